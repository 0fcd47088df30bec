"""Input that says little or lies: the families `secrets` and `supabase` handle it, count it, and accuse nobody."""

import random
import string
from pathlib import Path

import pytest

from reviewlint import desk
from reviewlint.config import Config
from reviewlint.credentials.specimens import supabase_jwt, token
from reviewlint.review import Review

NEXT = '{"dependencies": {"next": "16", "react": "19"}}'
ADMIN = """import { createClient } from "@supabase/supabase-js"
export const admin = createClient(process.env.SUPABASE_URL!, process.env.SUPABASE_SERVICE_ROLE_KEY!)
"""
KEY = token("sk_live_", 24)
JWT = supabase_jwt("service_role")


def reviewed(root: Path, files: dict[str, str | bytes]) -> Review:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(text if isinstance(text, bytes) else text.encode())
    return desk.check(root, [], Config(select=("secrets", "supabase")), jobs=1)


def places(result: Review) -> list[str]:
    assert not result.faults
    return [f"{one.rule} {one.at.path}:{one.at.line}" for one in result.findings]


def test_imports_that_lead_nowhere(tmp_path: Path) -> None:
    page = '"use client"\nimport { a } from "./gone"\nimport b from "@/gone"\nimport "@acme/gone"\nimport(`./${a}`)\n'
    assert places(reviewed(tmp_path, {"package.json": NEXT, "app/page.tsx": page, "lib/admin.ts": ADMIN})) == []


def test_imports_in_a_circle(tmp_path: Path) -> None:
    files = {
        "package.json": NEXT,
        "app/page.tsx": '"use client"\nimport { a } from "../lib/a"\nexport default () => a\n',
        "lib/a.ts": 'export { b as a } from "./b"\nexport * from "./b"\n',
        "lib/b.ts": 'export * from "./a"\nimport { admin } from "./admin"\nexport const b = admin\n',
        "lib/admin.ts": f'import {{ b }} from "./b"\n{ADMIN}',
    }
    assert places(reviewed(tmp_path, files)) == ["secret-reaches-client lib/admin.ts:3"]


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"tsconfig.json": "{"},
        {"tsconfig.json": '{"extends": "./gone.json"}'},
        {"tsconfig.json": '{"extends": "./tsconfig.json"}'},
        {"tsconfig.json": '{"extends": 5, "compilerOptions": {"paths": {"@/*": "./*", "*": []}}}'},
    ],
)
def test_a_tsconfig_that_is_missing_or_makes_no_sense(tmp_path: Path, config: dict[str, str]) -> None:
    page = '"use client"\nimport { admin } from "~~/lib/admin"\nexport default () => admin\n'
    assert (
        places(reviewed(tmp_path, {"package.json": NEXT, "app/page.tsx": page, "lib/admin.ts": ADMIN} | config)) == []
    )


def test_a_chain_of_extends_in_json_with_comments(tmp_path: Path) -> None:
    files = {
        "package.json": NEXT,
        "tsconfig.json": '{ // nearest\n "extends": ["./config/middle.json"], }',
        "config/middle.json": '{ /* between */ "extends": "./base.json" }',
        "config/base.json": '{ "compilerOptions": { "baseUrl": "..", "paths": { "#lib/*": ["lib/*"], } } }',
        "app/page.tsx": '"use client"\nimport { admin } from "#lib/admin"\nexport default () => admin\n',
        "lib/admin.ts": ADMIN,
    }
    assert places(reviewed(tmp_path, files)) == ["secret-reaches-client lib/admin.ts:2"]


@pytest.mark.parametrize("path", ["lib/data.ts", "app/data.py", "notes.md", "config.json", ".env", "values.yaml"])
def test_bytes_that_are_no_text_under_a_name_for_text(tmp_path: Path, path: str) -> None:
    noise = random.Random(path).randbytes(4000)
    result = reviewed(tmp_path, {path: b"\x00\x01" + noise + f'"{KEY}"'.encode()})
    assert places(result) == []
    assert [one.path for one in result.skipped] == [path]


@pytest.mark.parametrize("path", ["lib/data.ts", "page.html", "values.yaml", "run.sh"])
def test_a_line_of_a_megabyte(tmp_path: Path, path: str) -> None:
    letters = random.Random(path)
    line = "".join(letters.choices(string.ascii_letters + string.digits + '"=:; ', k=900_000))
    result = reviewed(tmp_path, {path: f"{line}\n// {KEY}\n"})
    found = [place for place in places(result) if place.endswith(":2")]
    assert found == [f"hardcoded-secret {path}:2"] or [one.path for one in result.skipped] == [path]


@pytest.mark.parametrize(
    "text",
    [
        "eyJhbGciOiJIUzI1NiJ9.eyJ.x",
        JWT.rpartition(".")[0],
        ".".join((JWT.split(".")[0], JWT.split(".")[1][:-5], JWT.split(".")[2])),
        ".".join((JWT.split(".")[0], "eyJ" + "\u00e9" * 20, JWT.split(".")[2])),
        ".".join((JWT.split(".")[1], JWT.split(".")[2], JWT.split(".")[0])),
        "eyJ" * 2000,
    ],
)
def test_tokens_that_cannot_be_decoded(tmp_path: Path, text: str) -> None:
    assert places(reviewed(tmp_path, {"lib/keys.ts": f'export const anything = "{text}"\n'})) == []
