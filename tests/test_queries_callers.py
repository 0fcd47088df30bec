"""How bad a splice is: who chooses it, through the functions of other files too, and whether it could be bound."""

from reviewlint import catalogue

from .test_examples import project_of

RULE = catalogue.load("interpolated-query")


def severities(files: dict[str, str]) -> list[tuple[str, int, str]]:
    found = RULE.check(project_of(files), None)
    return [(one.at.path, one.at.line, (one.severity or RULE.severity).name) for one in found]


SERVICE = {
    "app/api.py": (
        "from fastapi import APIRouter, Depends\n"
        "from app.service import Customers\n\n"
        "router = APIRouter()\n\n\n"
        '@router.get("/customers")\n'
        "async def customers(q: str, service: Customers = Depends()):\n"
        "    await service.top('age')\n"
        "    return await service.search(q.strip(), 3)\n"
    ),
    "app/service.py": (
        "from app.store import Store\n\n\n"
        "class Customers:\n"
        "    def __init__(self, store: Store):\n"
        "        self.store = store\n\n"
        "    async def search(self, term: str, page):\n"
        "        return await self.store.named(term, int(page))\n\n"
        "    async def top(self, column):\n"
        "        return await self.store.top(column)\n"
    ),
    "app/store.py": (
        "import asyncpg\n\n\n"
        "class Store:\n"
        "    def __init__(self, pool: asyncpg.Pool):\n"
        "        self.pool = pool\n\n"
        "    async def named(self, term: str, page):\n"
        "        return await self.pool.fetch(f\"SELECT id FROM customers WHERE name = '{term}' OFFSET {page}\")\n\n"
        "    async def top(self, column):\n"
        '        return await self.pool.fetch(f"SELECT id FROM customers ORDER BY {column}")\n\n'
        "    async def sorted(self, column):\n"
        '        return await self.pool.fetch(f"SELECT id FROM customers ORDER BY {column}")\n'
    ),
}


def test_a_request_is_followed_from_the_handler_to_the_store() -> None:
    (error, note) = RULE.check(project_of(SERVICE), None)
    assert (error.at.path, error.at.line, error.severity and error.severity.name) == ("app/store.py", 9, "ERROR")
    assert [(step.at.path, step.at.line) for step in error.related] == [("app/api.py", 10), ("app/service.py", 9)]
    assert "`term` comes from the request" in error.evidence
    assert "page" not in error.slots["values"]
    assert (note.at.line, note.severity and note.severity.name) == (15, "NOTE")  # of a name that nobody gives


def test_constants_of_all_callers_settle_a_name() -> None:
    files = {
        "src/tables.ts": (
            'import { Pool } from "pg";\nconst pool = new Pool();\n'
            "export function count(table: string) {\n  return pool.query(`SELECT count(*) FROM ${table}`);\n}\n"
            "export function size(table: string) {\n  return pool.query(`SELECT pg_table_size('${table}')`);\n}\n"
        ),
        "src/report.ts": (
            'import { count, size } from "./tables";\n'
            'export const report = () => Promise.all([count("users"), count("orders")]);\n'
            "export const sizes = (names: string[]) => names.map((name) => size(name));\n"
        ),
    }
    assert severities(files) == [("src/tables.ts", 7, "WARNING")]
    files["src/report.ts"] = files["src/report.ts"].replace('count("orders")', "count(process.title)")
    assert severities(files) == [("src/tables.ts", 4, "NOTE"), ("src/tables.ts", 7, "WARNING")]


def test_what_a_queue_a_view_and_a_page_bring() -> None:
    query = "    connection.execute(f\"SELECT id FROM orders WHERE state = '{state}'\")\n"
    for before in (
        "from celery import shared_task\n\n\n@shared_task\ndef count(state):\n",
        "import streamlit as st\n\n\ndef page():\n    state = st.text_input('State')\n",
        "from bottle import route\n\n\n@route('/orders/<state>')\ndef orders(state):\n",
    ):
        text = f"import sqlite3\n{before}    connection = sqlite3.connect('a')\n{query}"
        assert severities({"app/orders.py": text}) == [("app/orders.py", text.count("\n"), "ERROR")], before


def test_parts_that_a_builder_keeps() -> None:
    python = (
        "import sqlite3\nfrom flask import Flask, request\n\napp = Flask(__name__)\n\n\n"
        "class Select:\n    def __init__(self):\n        self.parts = []\n\n"
        "    def where(self, value):\n        self.parts.append(f\"name = '{value}'\")\n        return self\n\n"
        "    def run(self, connection):\n"
        '        return connection.execute("SELECT id FROM a WHERE " + " AND ".join(self.parts))\n\n\n'
        '@app.get("/a")\ndef a():\n    return Select().where(request.args["a"]).run(sqlite3.connect("a"))\n'
    )
    assert severities({"app/select.py": python}) == [("app/select.py", 16, "ERROR")]
    typescript = (
        'import { Pool } from "pg";\nconst pool = new Pool();\n'
        "class Select {\n  private parts: string[] = [];\n"
        "  where(value: string) {\n    this.parts.push(`name = '${value}'`);\n    return this;\n  }\n"
        '  run() {\n    return pool.query("SELECT id FROM a WHERE " + this.parts.join(" AND "));\n  }\n}\n'
        "export const a = (req: Request) => new Select().where(req.query.a as string).run();\n"
    )
    assert severities({"src/select.ts": typescript}) == [("src/select.ts", 10, "ERROR")]


def test_a_command_that_takes_nothing_may_mean_every_row() -> None:
    licence = (
        'import { PrismaClient } from "@prisma/client";\n'
        "const prisma = new PrismaClient();\n"
        "export const removeLicence = async () => {\n"
        "  await prisma.licence.deleteMany();\n"
        "};\n"
        "export async function connect(shop) {\n"
        "  async function store() {\n"
        "    await prisma.payment.updateMany({ data: { open: true } });\n"
        "  }\n"
        "  await store();\n"
        "}\n"
    )
    rule = catalogue.load("unfiltered-write")
    found = rule.check(project_of({"src/licence.ts": licence}), None)
    assert [(one.at.line, (one.severity or rule.severity).name) for one in found] == [(4, "NOTE"), (8, "ERROR")]
