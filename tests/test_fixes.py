"""Fixes: what they write, that nothing else changes, and that nothing is left to find."""

import textwrap
from pathlib import Path

import pytest

from reviewlint import catalogue
from reviewlint.facts.location import Location
from reviewlint.finding import Edit, Finding, Fix
from reviewlint.fixes import FixedFile, fixed

from .test_examples import project_of

RULE = catalogue.load("interpolated-query")


def fix(text: str, *, unsafe: bool = True) -> list[FixedFile]:
    project = project_of({"app.py": text})
    return fixed(RULE.check(project, None), project.sources.values(), lambda path: text.encode(), unsafe=unsafe)


def mended(statement: str, setup: str) -> str:
    text = f"{setup}\n\ndef f(cur, conn, session, name, day, low, high, user):\n    {statement}\n"
    files = fix(text)
    if not files:
        return ""
    (file,) = files
    assert not list(RULE.check(project_of({"app.py": file.after}), None))
    before, after = text.split("\n"), file.after.split("\n")
    assert after[:-2] == before[:-2]
    return after[-2].strip()


PSYCOPG, SQLITE, ASYNCPG, ALCHEMY = (
    "import psycopg2",
    "import sqlite3\nconn = sqlite3.connect('a')",
    "import asyncpg\npool = asyncpg.create_pool()",
    "from sqlalchemy import text",
)


@pytest.mark.parametrize(
    ("setup", "before", "after"),
    [
        (
            PSYCOPG,
            """cur.execute(f"SELECT * FROM users WHERE name = '{name}'")""",
            """cur.execute("SELECT * FROM users WHERE name = %s", (name,))""",
        ),
        (
            PSYCOPG,
            """cur.execute("SELECT * FROM users WHERE name = '%s' AND day > %s" % (name, day))""",
            """cur.execute("SELECT * FROM users WHERE name = %s AND day > %s", (name, day))""",
        ),
        (
            PSYCOPG,
            """cur.execute("SELECT * FROM users WHERE name = '" + user.name + "' LIMIT 1")""",
            """cur.execute("SELECT * FROM users WHERE name = %s LIMIT 1", (user.name,))""",
        ),
        (
            PSYCOPG,
            """cur.execute(f"SELECT * FROM users WHERE name LIKE '%{name}%' AND mail LIKE '%.org'")""",
            """cur.execute("SELECT * FROM users WHERE name LIKE %s AND mail LIKE '%%.org'", (f"%{name}%",))""",
        ),
        (
            PSYCOPG,
            """cur.execute(f"SELECT * FROM users WHERE day > %s AND name = {name} AND day < %s", (low, high))""",
            """cur.execute("SELECT * FROM users WHERE day > %s AND name = %s AND day < %s", (low, name, high))""",
        ),
        (
            SQLITE,
            """conn.execute(f"SELECT id FROM users WHERE name = '{name}' AND day IN (?, ?)", [low, high])""",
            """conn.execute("SELECT id FROM users WHERE name = ? AND day IN (?, ?)", (name, low, high))""",
        ),
        (
            ASYNCPG,
            """pool.fetch(f"SELECT * FROM users WHERE day > $1 AND name = '{name}'", day)""",
            """pool.fetch("SELECT * FROM users WHERE day > $1 AND name = $2", day, name)""",
        ),
        (
            ALCHEMY,
            """session.execute(text(f"DELETE FROM a WHERE b='{user.name}' AND day = :day"), {"day": day})""",
            """session.execute(text("DELETE FROM a WHERE b=:name AND day = :day"), {"day": day, "name": user.name})""",
        ),
        (
            PSYCOPG,
            """cur.execute("SELECT * FROM users WHERE name = '{}' AND day = {}".format(name, user.day))""",
            """cur.execute("SELECT * FROM users WHERE name = %s AND day = %s", (name, user.day))""",
        ),
        (PSYCOPG, """cur.execute(f"SELECT * FROM {name} WHERE day = {day}")""", ""),
        (PSYCOPG, """cur.execute(f"SELECT * FROM users WHERE day = {day!r}")""", ""),
        (PSYCOPG, """cur.execute(f"SELECT * FROM users WHERE day = {day}", low)""", ""),
        (PSYCOPG, """cur.execute("SELECT * FROM users WHERE day = " + day, *low)""", ""),
        (PSYCOPG, """cur.execute(f"SELECT * FROM users WHERE {day}")""", ""),
    ],
)
def test_values_become_parameters(setup: str, before: str, after: str) -> None:
    assert mended(before, setup) == after


def test_binding_is_not_a_safe_fix() -> None:
    text = 'import psycopg2\n\ndef f(cur, name):\n    cur.execute(f"SELECT * FROM a WHERE name = {name}")\n'
    assert fix(text, unsafe=False) == []
    assert len(fix(text)) == 1


def test_everything_else_stays_to_the_byte(tmp_path: Path) -> None:
    text = (
        "\ufeffimport psycopg2\r\n\r\ndef f(cur, name):  # ünïcödé\t\r\n"
        '    x = "é"; cur.execute(f"SELECT * FROM a WHERE name = {name}")  # why\r\n    return None'
    )
    (file,) = fix(text)
    expected = text.replace('(f"SELECT * FROM a WHERE name = {name}")', '("SELECT * FROM a WHERE name = %s", (name,))')
    assert file.after == expected
    file.write(tmp_path)
    assert (tmp_path / "app.py").read_bytes() == expected.encode()
    assert file.diff.startswith("--- a/app.py\n+++ b/app.py\n@@ ")


def edit(line: int, column: int, end: int, text: str, *, safe: bool = True) -> Finding:
    at = Location("app.py", line, column, line, end)
    return Finding(at, "", fix=Fix(safe, (Edit(at, text),)))


def carried_out(text: str, *findings: Finding) -> str:
    project = project_of({"app.py": text})
    files = fixed(findings, project.sources.values(), lambda path: text.encode(), unsafe=False)
    return files[0].after if files else text


def test_of_overlapping_fixes_the_first_is_carried_out() -> None:
    assert carried_out("abc = 1\n", edit(1, 1, 4, "xyz"), edit(1, 2, 3, "B"), edit(1, 7, 8, "2")) == "xyz = 2\n"


def test_a_fix_that_would_break_the_file_is_left_out() -> None:
    assert carried_out("a = 1\nb = 2\n", edit(1, 5, 6, "(("), edit(2, 5, 6, "3")) == "a = 1\nb = 3\n"


def test_unsafe_fixes_and_foreign_files_wait() -> None:
    text = textwrap.dedent("a = 1\n")
    assert carried_out(text, edit(1, 5, 6, "2", safe=False)) == text


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        (
            "app.py",
            """conn.execute("SELECT '10' FROM a WHERE b = '?' AND c = ?", (name, 'x'))""",
            """conn.execute("SELECT '10' FROM a WHERE b = ? AND c = ?", (name, 'x'))""",
        ),
        (
            "app.ts",
            """new Pool().query(`SELECT 1 FROM a WHERE b = '$1'`, [name]);""",
            """new Pool().query(`SELECT 1 FROM a WHERE b = $1`, [name]);""",
        ),
    ],
)
def test_placeholders_lose_their_quotes(path: str, before: str, after: str) -> None:
    setup = "import sqlite3\nconn = sqlite3.connect('a')\n" if path.endswith(".py") else 'import { Pool } from "pg";\n'
    project = project_of({path: setup + before + "\n"})
    findings = catalogue.load("quoted-placeholder").check(project, None)
    (file,) = fixed(findings, project.sources.values(), lambda _: (setup + before + "\n").encode(), unsafe=False)
    assert file.after == setup + after + "\n"
