"""Fixes of queries whose text was put into a variable first: values become parameters, and nothing is left to find."""

import pytest

from reviewlint.facts.data import Query
from reviewlint.facts.file import Side
from reviewlint.finding import Edit, Fix
from reviewlint.project import Project
from reviewlint.readers import read
from reviewlint.rewriters.queries import bind_values, unquote_placeholders
from reviewlint.rules.queries import interpolated_query, quoted_placeholder
from reviewlint.source import Source

DRIVERS = {
    "psycopg2": ("cursor = psycopg2.connect('').cursor()", "cursor.execute(sql)", "%s", "(name,)"),
    "MySQLdb": ("cursor = MySQLdb.connect().cursor()", "cursor.execute(sql)", "%s", "(name,)"),
    "sqlite3": ("db = sqlite3.connect('a.db')", "db.execute(sql)", "?", "(name,)"),
    "pyodbc": ("db = pyodbc.connect('a')", "db.execute(sql)", "?", "(name,)"),
    "oracledb": ("cursor = oracledb.connect().cursor()", "cursor.execute(sql)", ":name", '{"name": name}'),
    "asyncpg": ("pool = asyncpg.create_pool()", "await pool.fetch(sql)", "$1", "name"),
}
BUILT = [
    "sql = f\"SELECT id FROM users WHERE name = '{name}'\"",
    "sql = \"SELECT id FROM users WHERE name = '%s'\" % name",
    "sql = \"SELECT id FROM users WHERE name = '{}'\".format(name)",
    'sql = "SELECT id FROM users WHERE name = \'" + name + "\'"',
]


def facts(text: str) -> Project:
    data = text.encode()
    source = Source("a.py", "python", Side.SERVER, len(data))
    return Project([read(source, data)], sources=[source])


def applied(text: str, fix: Fix) -> str:
    lines = text.split("\n")

    def offset(line: int, column: int) -> int:
        return sum(len(one) + 1 for one in lines[: line - 1]) + column - 1

    def start(edit: Edit) -> int:
        return offset(edit.at.line, edit.at.column)

    for edit in sorted(fix.edits, key=start, reverse=True):
        text = text[: start(edit)] + edit.text + text[offset(edit.at.end_line, edit.at.end_column) :]
    return text


def bound(text: str) -> str | None:
    [query] = facts(text).facts(Query)
    fix = bind_values(query, text)
    return applied(text, fix) if fix is not None else None


@pytest.mark.parametrize("built", BUILT)
@pytest.mark.parametrize("driver", DRIVERS)
def test_values_of_a_variable_are_bound(driver: str, built: str) -> None:
    made, call, placeholder, given = DRIVERS[driver]
    text = f"import {driver}\n\n\nasync def find(name):\n    {made}\n    {built}\n    return {call}\n"
    assert [finding.at.line for finding in interpolated_query.check(facts(text))] == [7]
    fixed = bound(text)
    expected = f'\n    sql = "SELECT id FROM users WHERE name = {placeholder}"\n    return {call[:-1]}, {given})\n'
    assert fixed is not None
    assert fixed.endswith(expected)
    compile(fixed, "a.py", "exec")
    assert list(interpolated_query.check(facts(fixed))) == []


def test_in_an_inner_block_and_after_existing_parameters() -> None:
    text = (
        "import psycopg2\n\ndef find(name, age):\n"
        "    sql = f\"SELECT id FROM users WHERE age = %s AND name LIKE '%%{name}%%'\"\n"
        "    with psycopg2.connect('') as connection, connection.cursor() as cursor:\n"
        "        cursor.execute(sql, (age,))\n"
    )
    fixed = bound(text)
    assert fixed is not None
    assert 'sql = "SELECT id FROM users WHERE age = %s AND name LIKE %s"\n' in fixed
    assert 'cursor.execute(sql, (age, f"%{name}%"))' in fixed


def test_text_of_sqlalchemy_in_a_variable() -> None:
    text = (
        "from sqlalchemy import text\nfrom sqlalchemy.orm import Session\n\ndef find(session: Session, name):\n"
        "    statement = text(f\"SELECT id FROM users WHERE name = '{name}'\")\n"
        "    return session.execute(statement)\n"
    )
    [query] = [one for one in facts(text).facts(Query) if one.call.endswith("execute")]
    fix = bind_values(query, text)
    assert fix is not None
    fixed = applied(text, fix)
    assert 'statement = text("SELECT id FROM users WHERE name = :name")' in fixed
    assert 'session.execute(statement, {"name": name})' in fixed


@pytest.mark.parametrize(
    "body",
    [
        'sql = f"SELECT id FROM users WHERE name = {name}"\n    log(sql)\n    db.execute(sql)',
        'sql = f"SELECT id FROM users WHERE name = {name}"\n    sql += " LIMIT 1"\n    db.execute(sql)',
        'sql = f"SELECT id FROM users WHERE name = {name}"\n    name = 1\n    db.execute(sql)',
        'sql = ""\n    sql = f"SELECT id FROM users WHERE name = {name}"\n    db.execute(sql)',
        'if name:\n        sql = f"SELECT id FROM users WHERE name = {name}"\n    db.execute(sql)',
        'sql = f"SELECT id FROM {name}"\n    db.execute(sql)',
    ],
)
def test_what_would_reach_further_is_left_alone(body: str) -> None:
    text = f"import sqlite3\n\ndef find(name, log):\n    db = sqlite3.connect('a.db')\n    {body}\n"
    assert bound(text) is None


def test_placeholders_of_a_variable_lose_their_quotes() -> None:
    text = (
        "import sqlite3\n\ndef find(name):\n    db = sqlite3.connect('a.db')\n"
        "    sql = \"SELECT id FROM users WHERE name = '?'\"\n    return db.execute(sql, (name,))\n"
    )
    [query] = facts(text).facts(Query)
    fix = unquote_placeholders(query, text)
    assert fix is not None
    fixed = applied(text, fix)
    assert 'sql = "SELECT id FROM users WHERE name = ?"\n    return db.execute(sql, (name,))' in fixed
    assert list(quoted_placeholder.check(facts(fixed))) == []


@pytest.mark.parametrize(
    ("made", "call", "fixed"),
    [
        ("", "q.where(text(f\"name = '{name}'\"))", 'q.where(text("name = :name").bindparams(name=name))'),
        ("", "q.filter(f\"name = '{name}'\")", None),
        ("", "select(literal_column(f\"length('{name}')\"))", None),
        ("db = duckdb.connect()", "db.sql(f\"SELECT '{name}'\")", 'db.sql("SELECT ?", params=(name,))'),
        ("db = duckdb.connect()", "db.execute(f\"SELECT '{name}'\")", 'db.execute("SELECT ?", (name,))'),
    ],
)
def test_calls_that_take_values_in_their_own_way(made: str, call: str, fixed: str | None) -> None:
    text = (
        "import duckdb\nfrom sqlalchemy import literal_column, select, text\nfrom sqlalchemy.orm import Session\n\n\n"
        f"def find(session: Session, name):\n    q = session.query(User)\n    {made or 'pass'}\n    return {call}\n"
    )
    after = bound(text)
    assert (after is None) is (fixed is None)
    if after is not None and fixed is not None:
        assert after.endswith(f"    return {fixed}\n")
        compile(after, "a.py", "exec")
        assert list(interpolated_query.check(facts(after))) == []
