"""Which modules reach the browser, and by which imports."""

from reviewlint.join.browser import browser

from .test_modules import project_of

CLIENT = '"use client"\n'


def chain(files: dict[str, str], path: str) -> list[tuple[str, int]]:
    found = project_of(files).view(browser)
    return [(hop.at.path, hop.at.line) for hop in found.chain(path)] if found.reaches(path) else [("not", 0)]


def test_the_shortest_chain_with_each_hop() -> None:
    files = {
        "a.tsx": CLIENT + 'import { b } from "./b"\nimport { x } from "./x"\n',
        "b.ts": 'import "./c"\nexport const b = 1\n',
        "c.ts": 'import { d } from "./d"\nexport const c = d\n',
        "x.ts": 'export const x = 1\nconst later = () => import("./d")\n',
        "d.ts": "export const d = 1\n",
        "server.ts": 'import { d } from "./d"\n',
    }
    assert chain(files, "a.tsx") == []
    assert chain(files, "d.ts") == [("a.tsx", 3), ("x.ts", 2)]
    assert chain(files, "c.ts") == [("a.tsx", 2), ("b.ts", 1)]
    assert chain(files, "server.ts") == [("not", 0)]


def test_a_barrel_passes_on_what_is_asked_of_it_alone() -> None:
    files = {
        "a.tsx": CLIENT + 'import { one, renamed } from "./lib"\n',
        "lib/index.ts": 'export { one } from "./one"\nexport { two as renamed } from "./two"\nexport * from "./more"\n'
        'export { three } from "./three"\n',
        "lib/one.ts": "export const one = 1\n",
        "lib/two.ts": "export const two = 2\n",
        "lib/three.ts": "export const three = 3\n",
        "lib/more.ts": "export const four = 4\n",
        "b.tsx": CLIENT + 'import { five } from "./deep"\n',
        "deep/index.ts": 'export * from "./mid"\nexport * from "./other"\n',
        "deep/mid.ts": 'export * from "./low"\n',
        "deep/low.ts": "export const five = 5\n",
        "deep/other.ts": "export const six = 6\n",
    }
    found = project_of(files).view(browser)
    reached = {path for path in files if found.reaches(path)}
    assert reached == {"a.tsx", "lib/one.ts", "lib/two.ts", "b.tsx", "deep/low.ts"}
    assert [(hop.at.path, hop.at.line) for hop in found.chain("lib/two.ts")] == [("a.tsx", 2), ("lib/index.ts", 2)]
    assert [hop.at.path for hop in found.chain("deep/low.ts")] == ["b.tsx", "deep/index.ts", "deep/mid.ts"]


def test_a_namespace_takes_everything_of_a_barrel() -> None:
    files = {
        "a.tsx": CLIENT + 'import * as lib from "./lib"\n',
        "lib.ts": 'export { one } from "./one"\nexport * from "./two"\n',
        "one.ts": "export const one = 1\n",
        "two.ts": "export const two = 2\n",
    }
    assert chain(files, "one.ts") == [("a.tsx", 2), ("lib.ts", 1)]
    assert chain(files, "two.ts") == [("a.tsx", 2), ("lib.ts", 2)]


def test_server_boundaries() -> None:
    imports = "".join(
        f'import {{ x as x{number} }} from "{name}"\n'
        for number, name in enumerate(
            ["./only", "./action", "./x.server", "./app/api/route", "./pages/api/x", "./node", "./headers"]
        )
    )
    files = {
        "a.tsx": CLIENT + imports + 'import type { T } from "./types"\n',
        "only.ts": 'import "server-only"\nexport const x = 1\n',
        "action.ts": '"use server"\nimport { y } from "./behind"\nexport const x = async () => y\n',
        "behind.ts": "export const y = 1\n",
        "x.server.ts": "export const x = 1\n",
        "app/api/route.ts": "export const x = 1\n",
        "pages/api/x.ts": "export const x = 1\n",
        "node.ts": 'import fs from "node:fs"\nexport const x = fs\n',
        "headers.ts": 'import { cookies } from "next/headers"\nexport const x = cookies\n',
        "types.ts": "export type T = string\n",
    }
    found = project_of(files).view(browser)
    assert {path for path in files if found.reaches(path)} == {"a.tsx"}


def test_what_a_page_imports_for_its_data_functions_stays_on_the_server() -> None:
    page = (
        'import { useState } from "react"\nimport { data } from "../lib/data"\nimport { shown } from "../lib/shown"\n'
        "export async function getServerSideProps() {\n  return { props: await data() }\n}\n"
        "export default function Page() {\n  useState(1)\n  return shown()\n}\n"
    )
    files = {
        "pages/index.tsx": page,
        "lib/data.ts": "export const data = 1\n",
        "lib/shown.ts": "export const shown = 1\n",
    }
    found = project_of(files).view(browser)
    assert not found.reaches("lib/data.ts")
    assert found.reaches("lib/shown.ts")
    assert not found.needs("pages/index.tsx", "getServerSideProps")


def test_what_only_the_helpers_of_data_functions_need_stays_on_the_server() -> None:
    page = (
        'import { data } from "../lib/data"\nimport { both } from "../lib/both"\nimport { out } from "../lib/out"\n'
        "const load = async () => more(await data(), both())\nconst more = (a, b) => data(a, b)\n"
        "export async function getServerSideProps() {\n  return { props: await load() }\n}\n"
        "export const given = () => out()\n"
        "export default function Page() {\n  return both()\n}\n"
    )
    files = {
        "pages/index.tsx": page,
        "lib/data.ts": "export const data = 1\n",
        "lib/both.ts": "export const both = 1\n",
        "lib/out.ts": "export const out = 1\n",
    }
    found = project_of(files).view(browser)
    assert [found.reaches(f"lib/{name}.ts") for name in ("data", "both", "out")] == [False, True, True]


def test_functions_that_nothing_in_the_bundle_calls_are_not_needed() -> None:
    files = {
        "a.tsx": CLIENT + 'import { format } from "./both"\n',
        "both.ts": "const start = boot()\nexport const format = () => helper()\nfunction helper() { return 1 }\n"
        "export function admin() { return 2 }\nfunction boot() { return 3 }\n",
    }
    found = project_of(files).view(browser)
    needed = [name for name in ("", "format", "helper", "admin", "boot") if found.needs("both.ts", name)]
    assert needed == ["", "format", "helper", "boot"]


def test_components_of_vue_svelte_and_astro() -> None:
    files = {
        "src/App.vue": '<template>\n  <p>é import "./no"</p>\n</template>\n<script setup lang="ts">\n'
        'import { a } from "./a"\n</script>\n<style>.x { color: red }</style>\n',
        "src/routes/+page.svelte": '<script>\n  import { b } from "$lib/b"\n</script>\n<p>{b}</p>\n',
        "src/pages/index.astro": '---\nimport { c } from "../c"\n---\n<script>\nimport { d } from "../d"\n</script>\n',
        "src/a.ts": "export const a = 1\n",
        "src/lib/b.ts": "export const b = 1\n",
        "src/c.ts": "export const c = 1\n",
        "src/d.ts": "export const d = 1\n",
        "src/no.ts": "export const no = 1\n",
    }
    assert chain(files, "src/a.ts") == [("src/App.vue", 5)]
    assert chain(files, "src/lib/b.ts") == [("src/routes/+page.svelte", 2)]
    assert chain(files, "src/d.ts") == [("src/pages/index.astro", 5)]
    assert chain(files, "src/c.ts") == chain(files, "src/no.ts") == [("not", 0)]


def test_cycles_and_a_folder_that_is_only_called_frontend() -> None:
    files = {
        "a.tsx": CLIENT + 'import { b } from "./b"\n',
        "b.ts": 'import { c } from "./c"\nexport const b = 1\n',
        "c.ts": 'import { b } from "./b"\nexport * from "./b"\nexport const c = 1\n',
        "frontend/tools/package.json": '{"name": "tools", "dependencies": {"dotenv": "1", "openai": "5"}}',
        "frontend/tools/src/run.ts": "export const key = process.env.OPENAI_API_KEY\n",
    }
    assert chain(files, "c.ts") == [("a.tsx", 2), ("b.ts", 1)]
    assert chain(files, "frontend/tools/src/run.ts") == [("not", 0)]
