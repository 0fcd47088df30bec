"""Which client a chain goes through, and whose key it has."""

import pytest

from reviewlint.facts.data import TableAccess
from reviewlint.join.clients import client_behind

from .test_modules import project_of

SERVICE = "createClient(process.env.SUPABASE_URL!, process.env.SUPABASE_SERVICE_ROLE_KEY!)"
ANON = "createClient(process.env.SUPABASE_URL!, process.env.SUPABASE_ANON_KEY!)"
IMPORT = 'import { createClient } from "@supabase/supabase-js"\n'
USE = '\nexport const rows = () => db.from("orders").select("id")\n'


def keys(files: dict[str, str], path: str) -> list[str]:
    project = project_of(files)
    behind = [client_behind(project, one) for one in project.facts(TableAccess) if one.at.path == path]
    return ["" if one is None else str(one.key) for one in behind]


@pytest.mark.parametrize(
    ("made", "key"), [(SERVICE, "service role"), (ANON, "anon"), ("createClient(url, key)", "unknown")]
)
def test_a_client_of_the_same_file(made: str, key: str) -> None:
    assert keys({"a.ts": f"{IMPORT}const db = {made}{USE}"}, "a.ts") == [key]


def test_an_inner_client_hides_an_outer_one() -> None:
    inner = f'function go() {{\n  const db = {SERVICE}\n  return db.from("orders").select("id")\n}}\n'
    text = f"{IMPORT}const db = {ANON}\n{inner}"
    assert keys({"a.ts": text}, "a.ts") == ["service role"]


def test_clients_and_factories_of_other_files_through_barrels() -> None:
    files = {
        "lib/db.ts": f"{IMPORT}export const db = {SERVICE}\nexport function makeSupabase() {{\n  return {ANON}\n}}\n",
        "lib/index.ts": 'export * from "./db"\nexport { db as renamed } from "./db"\n',
        "a.ts": f'import {{ db }} from "./lib/db"{USE}',
        "b.ts": f'import {{ renamed as db }} from "./lib"{USE}',
        "c.ts": 'import { makeSupabase } from "./lib"\nconst supabase = makeSupabase()\n'
        'supabase.from("orders").select("id")\n',
        "d.ts": f'import {{ db }} from "knex-like"{USE}',
    }
    assert keys(files, "a.ts") == ["service role"]
    assert keys(files, "b.ts") == ["service role"]
    assert keys(files, "c.ts") == ["anon"]
    assert keys(files, "d.ts") in ([], [""])


def test_a_key_that_the_caller_of_a_factory_chooses_is_unknown() -> None:
    text = IMPORT + (
        "export function make(admin: boolean) {\n"
        "  const key = admin ? process.env.SUPABASE_SERVICE_ROLE_KEY! : process.env.SUPABASE_ANON_KEY!\n"
        '  const db = createClient(process.env.SUPABASE_URL!, key)\n  return db.from("orders").select("id")\n}\n'
    )
    assert keys({"a.ts": text}, "a.ts") == ["unknown"]


def test_a_key_through_a_constant_of_another_file() -> None:
    files = {
        "env.ts": "export const env = process.env.SUPABASE_SECRET_KEY!\nexport const url = 1\n",
        "a.ts": f'{IMPORT}import {{ env }} from "./env"\nconst db = createClient("https://x", env){USE}',
    }
    assert keys(files, "a.ts") == ["service role"]
