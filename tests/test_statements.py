"""What is read of the SQL in strings: a parser's judgement, and silence where there is none."""

import pytest

from reviewlint.facts.data import Query
from reviewlint.facts.location import Location
from reviewlint.facts.statements import SqlStatement, TableWrite, TextSearch
from reviewlint.facts.values import Constant, Reference, Text, Value
from reviewlint.readers.statements import statements

AT = Location("a.py", 1, 1, 1, 9)


def read(text: str, driver: str = "psycopg", style: str = "%s") -> list[SqlStatement]:
    """The statements of a text; `{}` in it is a hole."""
    value: Value = Constant(AT, text)
    if "{}" in text:
        parts: list[Value] = []
        for piece in text.split("{}"):
            parts += [Constant(AT, piece), Reference(AT, "hole")]
        value = Text(AT, tuple(parts[:-1]), "f-string")
    return list(statements([Query(AT, "f", driver, "run", value, None, style)]))


@pytest.mark.parametrize(
    ("text", "table", "bounded"),
    [
        ("DELETE FROM a", "a", False),
        ('DELETE FROM ONLY "a"."b"', "a.b", False),
        ("UPDATE a SET b = 'where c'", "a", False),
        ("UPDATE a SET b = {}", "a", False),
        ("UPDATE a SET {}", "a", True),
        ("DELETE FROM a {}", "a", True),
        ("DELETE FROM {}", "", True),
        ("DELETE FROM a WHERE true", "a", True),
        ("DELETE FROM a USING b WHERE a.c = b.c", "a", True),
        ("UPDATE a SET b = c.d FROM c WHERE c.e = a.e", "a", True),
        ("INSERT INTO a (b) VALUES (%s) ON CONFLICT (b) DO UPDATE SET b = 1", "a", True),
    ],
)
def test_writes(text: str, table: str, bounded: bool) -> None:
    [statement] = read(text)
    assert [(write.table, write.bounded) for write in statement.writes] == [(table, bounded)]


def test_writes_inside_of_statements() -> None:
    [statement] = read("WITH a AS (DELETE FROM b RETURNING id) INSERT INTO c SELECT id FROM a")
    assert set(statement.writes) == {TableWrite("insert", "c"), TableWrite("delete", "b", False)}


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("UPDATE a SET b = 'c'", True),
        ("UPDATE a SET b = true, c = 0, d = NULL", True),
        ("UPDATE a SET b = 0", False),
        ("UPDATE a SET b = ''", False),
        ("UPDATE a SET b = 'c', d = d + 1", False),
        ("UPDATE a SET b = '{}'", False),
        ("UPDATE a SET b = %s", False),
        ("DELETE FROM a", False),
    ],
)
def test_updates_that_mark_each_row(text: str, marks: bool) -> None:
    [statement] = read(text)
    assert [write.marks for write in statement.writes] == [marks]


@pytest.mark.parametrize(
    ("text", "starred", "whole"),
    [
        ("SELECT * FROM a", ("a",), "a"),
        ("SELECT b.* FROM a JOIN b ON b.c = a.c", ("b",), ""),
        ("SELECT count(*) FROM a", (), ""),
        ("SELECT EXISTS (SELECT * FROM a)", (), ""),
        ("WITH x AS (SELECT id FROM a) SELECT * FROM x", (), ""),
        ("SELECT * FROM (SELECT * FROM a) x", ("a",), ""),
        ("SELECT id FROM a ORDER BY id", (), "a"),
        ("SELECT id FROM a ORDER BY {}", (), ""),
        ("SELECT id FROM a LIMIT %s", (), ""),
        ("SELECT id FROM generate_series(1, 2)", (), ""),
        ("SELECT {} FROM a", (), "a"),
    ],
)
def test_reads(text: str, starred: tuple[str, ...], whole: str) -> None:
    assert [(one.starred, one.whole) for one in read(text)] == ([(starred, whole)] if starred or whole else [])


@pytest.mark.parametrize(
    ("text", "driver", "style", "search"),
    [
        ("SELECT id FROM a WHERE b LIKE '%x'", "psycopg", "%s", TextSearch("a", "b", "LIKE", None, False)),
        ("SELECT id FROM a WHERE c = %s AND b LIKE %s", "psycopg", "%s", TextSearch("a", "b", "LIKE", 1, True)),
        ("SELECT id FROM a x WHERE x.b ILIKE '%' || $1", "asyncpg", "$1", TextSearch("a", "b", "ILIKE", None, False)),
        ("SELECT id FROM `a` WHERE b LIKE CONCAT('%', ?)", "mysql", "?", TextSearch("a", "b", "LIKE", None, False)),
        ("SELECT id FROM a WHERE b LIKE :q", "sqlalchemy", ":name", TextSearch("a", "b", "LIKE", "q", False)),
    ],
)
def test_searches(text: str, driver: str, style: str, search: TextSearch) -> None:
    [statement] = read(text, driver, style)
    assert statement.searches == (search,)


@pytest.mark.parametrize("text", ["SELECT * FRM a", "DELETE FROM a wher b = 1", "update", "delete from", "((" * 3000])
def test_what_no_parser_reads_is_silent(text: str) -> None:
    assert read(text) == []
