"""How long the import graph of a large monorepo takes, cold: python -m benchmarks.imports [MODULES]

A workspace of ten packages is written to a temporary folder: barrels that re-export everything, aliases from a tsconfig
that extends another, dynamic and type-only imports, a service-role client that one page reaches. Prints the seconds for
reading the files and for the join (which file each import means, and what reaches the browser), the best of three
processes, and the whole command. The promise: the join of 2,000 modules in less than two seconds.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

PACKAGES = 10
PROMISE = 2.0
"""Seconds that the join of 2,000 modules may take."""

_PIECE = """
import sys, time
from pathlib import Path
from reviewlint import discovery, reading
from reviewlint.join.browser import browser
from reviewlint.join.modules import modules
from reviewlint.project import Project

if __name__ == "__main__":
    root = Path(sys.argv[1])
    began = time.perf_counter()
    found = discovery.discover(root, [root])
    facts, _, _ = reading.read_all(root, found.sources)
    read = time.perf_counter()
    project = Project(facts, sources=found.sources)
    edges = sum(len(project.view(modules).imports(path)) for path in project.files)
    reached = sum(project.view(browser).reaches(path) for path in project.files)
    print(read - began, time.perf_counter() - read, edges, reached)
"""


def write(root: Path, count: int) -> None:
    """A monorepo of `count` modules, the same each time."""

    def put(path: str, text: str) -> None:
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    each = count // PACKAGES
    put("package.json", '{"workspaces": ["packages/*", "apps/*"]}')
    put("tsconfig.base.json", '{"compilerOptions": {"baseUrl": ".", "paths": {"@acme/*": ["packages/*/src"]}}}')
    for package in range(PACKAGES):
        home = f"packages/p{package}"
        put(f"{home}/package.json", f'{{"name": "@acme/p{package}", "exports": {{".": "./src/index.ts"}}}}')
        put(f"{home}/tsconfig.json", '{"extends": "../../tsconfig.base.json"} // comments are fine')
        put(f"{home}/src/index.ts", "".join(f'export * from "./m{number}"\n' for number in range(each)))
        for number in range(each):
            others = [(number * 7 + step * 31) % each for step in range(1, 5)]
            lines = [f'import {{ f{other} }} from "./m{other}"' for other in others if other != number]
            lines.append(f'import type {{ T{number} }} from "@acme/p{(package + 1) % PACKAGES}"')
            lines.append(f'import {{ f{(number + 5) % each} as g }} from "@acme/p{(package + 3) % PACKAGES}"')
            lines.append(f"export interface T{number} {{ id: number }}")
            lines.append(f"export const f{number} = (id: number): number => (id > 9 ? g(id) : id)")
            put(f"{home}/src/m{number}.ts", "\n".join(lines) + "\n")
    put("apps/web/package.json", '{"dependencies": {"next": "16", "react": "19", "@acme/p0": "*"}}')
    put("apps/web/app/page.tsx", '"use client"\nimport { f1 } from "@acme/p0"\nexport default () => f1(1)\n')


def main(count: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write(root, count)
        runs = []
        for _ in range(3):
            piece = [sys.executable, "-c", _PIECE, folder]
            runs.append([float(word) for word in subprocess.check_output(piece, text=True).split()])
        read, joined, edges, reached = min(runs, key=lambda run: run[1])
        print(f"{count} modules, {edges:.0f} imports, {reached:.0f} reach the browser")
        print(f"reading {read:.2f} s, join {joined:.2f} s (promised for 2,000: {PROMISE:.0f} s)")
        began = time.perf_counter()
        check = [
            sys.executable,
            "-m",
            "reviewlint",
            "check",
            "--no-cache",
            "--select",
            "secrets,supabase",
            "--exit-zero",
        ]
        subprocess.run([*check, folder], check=True, capture_output=True)
        print(f"the whole command for the families `secrets` and `supabase`: {time.perf_counter() - began:.2f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
