"""On which side modules run that do not say so themselves, and what rules find in them."""

import json
from pathlib import Path

import pytest

from reviewlint import desk
from reviewlint.config import Config
from reviewlint.facts.file import Side
from reviewlint.join.responses import responses

from .test_desk import written

NEXT = json.dumps({"name": "shop", "dependencies": {"next": "15", "react": "19", "react-dom": "19"}})
ALIAS = json.dumps({"compilerOptions": {"paths": {"@/*": ["./src/*"]}}})
ROUTE = "export async function GET() {\n  return Response.json(await all())\n}\n"
LIB = """import { db } from "./db"

export async function all() {
  try {
    return await db.order.findMany({ where: { open: true }, take: 10 })
  } catch (error) {
    console.error("orders failed")
    return []
  }
}

export async function lines(orders: { id: string }[]) {
  for (const order of orders) {
    await db.line.findMany({ where: { orderId: order.id }, take: 10 })
  }
}
"""
DB = 'import { PrismaClient } from "@prisma/client"\n\nexport const db = new PrismaClient()\n'


def sides(root: Path, files: dict[str, str]) -> dict[str, Side]:
    project = desk.check(written(root, files), [], Config()).project
    assert project is not None
    return {path: project.side(path) for path in files if path.endswith((".ts", ".tsx", ".py"))}


def findings(root: Path, files: dict[str, str]) -> list[str]:
    found = desk.check(written(root, files), [], Config(select=("logging", "queries"))).findings
    return [f"{one.at.path}:{one.at.line} {one.rule}" for one in found]


def test_what_route_handlers_import_runs_on_the_server(tmp_path: Path) -> None:
    files = {
        "package.json": NEXT,
        "tsconfig.json": ALIAS,
        "src/app/api/orders/route.ts": 'import { all } from "@/lib/orders"\n' + ROUTE,
        "src/lib/orders.ts": LIB,
        "src/lib/db.ts": DB,
        "src/lib/unused.ts": LIB,
    }
    assert findings(tmp_path, files) == [
        "src/lib/orders.ts:7 error-without-exception",
        "src/lib/orders.ts:7 print-as-log",
        "src/lib/orders.ts:14 query-in-loop",
    ]


def test_what_the_browser_imports_as_well_is_nobodys(tmp_path: Path) -> None:
    files = {
        "package.json": NEXT,
        "tsconfig.json": ALIAS,
        "src/app/api/orders/route.ts": 'import { all } from "@/lib/orders"\n' + ROUTE,
        "src/components/list.tsx": '"use client"\nimport { all } from "@/lib/orders"\nexport const list = all\n',
        "src/lib/orders.ts": LIB,
        "src/lib/db.ts": DB,
    }
    assert findings(tmp_path, files) == []


def test_server_actions_are_a_border_that_the_browser_does_not_look_behind(tmp_path: Path) -> None:
    files = {
        "package.json": NEXT,
        "tsconfig.json": ALIAS,
        "src/components/list.tsx": '"use client"\nimport { act } from "@/actions/orders"\nexport const list = act\n',
        "src/actions/orders.ts": '"use server"\nimport { all } from "@/lib/orders"\n'
        "export async function act() {\n  return all()\n}\n",
        "src/lib/orders.ts": LIB,
        "src/lib/db.ts": DB,
    }
    assert findings(tmp_path, files) == [
        "src/lib/orders.ts:7 error-without-exception",
        "src/lib/orders.ts:14 query-in-loop",
    ]


@pytest.mark.parametrize(
    ("importing", "side"),
    [
        ('import { all } from "@/lib/orders"', Side.SERVER),
        ('import * as orders from "../../../lib/orders"', Side.SERVER),
        ('const orders = import("@/lib/orders")', Side.SERVER),
        ('export { all } from "@/lib/orders"', Side.SERVER),
        ('import type { all } from "@/lib/orders"', Side.OTHER),
        ('import { type all } from "@/lib/orders"', Side.OTHER),
        ('import { all } from "orders"', Side.OTHER),
    ],
)
def test_only_what_is_loaded_counts(tmp_path: Path, importing: str, side: Side) -> None:
    files = {
        "package.json": NEXT,
        "tsconfig.json": ALIAS,
        "src/app/api/orders/route.ts": f"{importing}\n{ROUTE}",
        "src/lib/orders.ts": LIB,
    }
    assert sides(tmp_path, files)["src/lib/orders.ts"] is side


def test_importers_are_followed_as_far_as_they_go(tmp_path: Path) -> None:
    files = {
        "package.json": NEXT,
        "tsconfig.json": ALIAS,
        "src/app/api/orders/route.ts": 'import { all } from "@/lib/a"\n' + ROUTE,
        "src/lib/a.ts": 'import { b } from "./b"\nexport const all = () => b\n',
        "src/lib/b.ts": 'import { c } from "./index"\nimport { all } from "./a"\nexport const b = () => [c, all]\n',
        "src/lib/index.ts": 'export { c } from "./c"\nexport { d } from "./d"\n',
        "src/lib/c.ts": "export const c = 1\n",
        "src/lib/d.ts": "export const d = 1\n",
        "src/lib/e.ts": 'import { c } from "./c"\nexport const e = c\n',
        "src/lib/c.test.ts": 'import { e } from "./e"\ntest("e", () => expect(e).toBe(1))\n',
    }
    assert sides(tmp_path, files) == {
        "src/app/api/orders/route.ts": Side.SERVER,
        "src/lib/a.ts": Side.SERVER,
        "src/lib/b.ts": Side.SERVER,
        "src/lib/c.ts": Side.SERVER,
        "src/lib/c.test.ts": Side.TEST,
        "src/lib/index.ts": Side.OTHER,
        "src/lib/d.ts": Side.OTHER,
        "src/lib/e.ts": Side.OTHER,
    }


def test_a_package_runs_where_the_applications_run_that_import_it(tmp_path: Path) -> None:
    files = {
        "package.json": json.dumps({"workspaces": ["apps/*", "packages/*"]}),
        "apps/api/package.json": json.dumps({"name": "api", "dependencies": {"express": "5", "@shop/orders": "*"}}),
        "apps/api/src/index.ts": 'import express from "express"\nimport { all } from "@shop/orders"\n'
        'express().get("/orders", async (req, res) => res.json(await all()))\n',
        "apps/site/package.json": json.dumps({"name": "site", "dependencies": {"react-dom": "19", "@shop/money": "*"}}),
        "apps/site/src/main.tsx": 'import { euros } from "@shop/money"\nexport const price = euros(1)\n',
        "packages/orders/package.json": json.dumps({"name": "@shop/orders", "main": "src/index.ts"}),
        "packages/orders/src/index.ts": 'export * from "./all"\n',
        "packages/orders/src/all.ts": 'import { euros } from "@shop/money"\nexport const all = () => euros(2)\n',
        "packages/money/package.json": json.dumps({"name": "@shop/money", "main": "src/index.ts"}),
        "packages/money/src/index.ts": "export const euros = (value: number) => `${value} EUR`\n",
    }
    assert sides(tmp_path, files) == {
        "apps/api/src/index.ts": Side.SERVER,
        "apps/site/src/main.tsx": Side.BROWSER,
        "packages/orders/src/index.ts": Side.OTHER,
        "packages/orders/src/all.ts": Side.SERVER,
        "packages/money/src/index.ts": Side.OTHER,
    }


def test_data_functions_of_pages_are_called_on_the_server(tmp_path: Path) -> None:
    page = 'import { all } from "../lib/orders"\nimport { shown } from "../lib/shown"\n\n'
    page += "export async function getServerSideProps() {\n  return { props: { orders: await all() } }\n}\n\n"
    page += "export default function Page({ orders }) {\n  return <p>{shown(orders)}</p>\n}\n"
    files = {
        "package.json": NEXT,
        "pages/orders.tsx": page,
        "lib/orders.ts": LIB,
        "lib/db.ts": DB,
        "lib/shown.ts": "export const shown = (orders: unknown[]) => orders.length\n",
    }
    found = sides(tmp_path, files)
    assert (found["lib/orders.ts"], found["lib/shown.ts"]) == (Side.SERVER, Side.OTHER)


def test_what_only_edge_functions_import_runs_on_the_edge(tmp_path: Path) -> None:
    files = {
        "package.json": NEXT,
        "supabase/functions/pay/index.ts": 'import { one } from "../../../shared/one"\n'
        'import { both } from "../../../shared/both"\nDeno.serve(() => new Response(one + both))\n',
        "pages/api/pay.ts": 'import { both } from "../../shared/both"\n'
        "export default function handler(req, res) {\n  res.json({ both })\n}\n",
        "shared/one.ts": "export const one = 1\n",
        "shared/both.ts": "export const both = 2\n",
    }
    found = sides(tmp_path, files)
    assert (found["shared/one.ts"], found["shared/both.ts"]) == (Side.EDGE, Side.SERVER)


def test_failures_that_a_silent_module_throws_are_known_where_they_are_answered(tmp_path: Path) -> None:
    files = {
        "package.json": NEXT,
        "pages/api/pay.ts": 'import { pay } from "../../lib/pay"\n'
        "export default async function handler(req, res) {\n  res.json(await pay(req.body))\n}\n",
        "lib/pay.ts": 'import { Missing } from "./missing"\nexport async function pay(body) {\n'
        '  throw new Missing("no such order")\n}\n',
        "lib/missing.ts": "export class Missing extends Error {\n  status = 404\n}\n",
    }
    project = desk.check(written(tmp_path, files), [], Config()).project
    assert project is not None
    assert [(one.at.path, one.at.line, one.status) for one in project.view(responses) if one.response.raised] == [
        ("lib/missing.ts", 1, 404),
        ("lib/pay.ts", 3, 404),
    ]


def test_a_new_importer_changes_the_findings_of_files_in_the_cache(tmp_path: Path) -> None:
    files = {
        "package.json": NEXT,
        "tsconfig.json": ALIAS,
        "src/app/api/orders/route.ts": ROUTE,
        "src/components/list.tsx": "export const list = 1\n",
        "src/lib/orders.ts": LIB,
        "src/lib/db.ts": DB,
    }

    def found() -> list[str]:
        select = Config(select=("logging", "queries"))
        kept = desk.check(tmp_path, [], select, cache=True).findings
        assert kept == desk.check(tmp_path, [], select).findings
        return [f"{one.at.path}:{one.at.line}" for one in kept]

    written(tmp_path, files)
    assert found() == []
    written(tmp_path, {"src/app/api/orders/route.ts": 'import { all } from "@/lib/orders"\n' + ROUTE})
    assert found() == ["src/lib/orders.ts:7", "src/lib/orders.ts:7", "src/lib/orders.ts:14"]
    written(tmp_path, {"src/components/list.tsx": '"use client"\nimport { all } from "@/lib/orders"\nall()\n'})
    assert found() == []


def test_suites_that_tests_share_are_tests_whatever_they_are_called(tmp_path: Path) -> None:
    suite = (
        "import { describe, expect } from 'vitest'\n\nexport const behaves = (it) => {\n"
        "  describe('orders', () => {\n    it('adds', async ({ orders }) => {\n"
        "      expect(await orders.add()).toBe(1)\n    })\n  })\n}\n"
    )
    contract = "import { initContract } from '@ts-rest/core'\n\nexport const contract = initContract().router({})\n"
    files = {"src/orders.contract.ts": suite, "src/api.contract.ts": contract}
    assert sides(tmp_path, files) == {"src/orders.contract.ts": Side.TEST, "src/api.contract.ts": Side.SERVER}


def test_an_example_that_a_server_loads_runs_there(tmp_path: Path) -> None:
    files = {
        "app/main.py": "from fastapi import FastAPI\nfrom app.example_orders import place\n\napp = FastAPI()\n",
        "app/example_orders.py": "from app.stock_example import left\n\ndef place(order):\n    return left(order)\n",
        "app/stock_example.py": "def left(order):\n    return 1\n",
        "app/import_example.py": "from app.main import app\n\ndef run():\n    print(app)\n",
        "tests/test_examples.py": "from app.import_example import run\n\ndef test_run():\n    assert run\n",
    }
    found = sides(tmp_path, files)
    assert [path for path, side in found.items() if side is Side.SERVER] == [
        "app/main.py",
        "app/example_orders.py",
        "app/stock_example.py",
    ]
    assert found["app/import_example.py"] is Side.OTHER


def test_what_functions_share_runs_where_they_do(tmp_path: Path) -> None:
    shared = "export const vouched = (id: string) => id\n"
    files = {
        "functions/hook/index.ts": 'import { vouched } from "../_shared/vouch.ts"\n\nDeno.serve(() => vouched("a"))\n',
        "functions/_shared/vouch.ts": shared,
    }
    assert sides(tmp_path, files)["functions/_shared/vouch.ts"] is Side.EDGE


def test_a_package_runs_where_the_packages_behind_it_do(tmp_path: Path) -> None:
    database = {"name": "@shop/db", "dependencies": {"postgres": "3"}}
    files = {
        "packages/db/package.json": json.dumps(database),
        "packages/db/src/orders.ts": "export const one = 1\n",
        "packages/carts/package.json": json.dumps({"name": "@shop/carts", "dependencies": {"@shop/db": "workspace:*"}}),
        "packages/carts/src/index.ts": "export const two = 2\n",
        "apps/worker/package.json": json.dumps({"dependencies": {"@shop/carts": "workspace:*"}}),
        "apps/worker/src/expire.ts": "export const three = 3\n",
        "apps/web/package.json": json.dumps({"dependencies": {"react-dom": "19", "@shop/carts": "workspace:*"}}),
        "apps/web/src/page.ts": "export const four = 4\n",
        "packages/words/package.json": json.dumps({"name": "@shop/words", "dependencies": {"zod": "4"}}),
        "packages/words/src/index.ts": "export const five = 5\n",
    }
    assert sides(tmp_path, files) == {
        "packages/db/src/orders.ts": Side.SERVER,
        "packages/carts/src/index.ts": Side.SERVER,
        "apps/worker/src/expire.ts": Side.SERVER,
        "apps/web/src/page.ts": Side.BROWSER,
        "packages/words/src/index.ts": Side.OTHER,
    }
