"""What the statements in the bodies of database functions do, told by PostgreSQL's own grammar."""

from dataclasses import replace

import pytest

from reviewlint.facts.file import Side
from reviewlint.facts.statements import SqlStatement, TableWrite, TextSearch
from reviewlint.readers.sql import statements
from reviewlint.source import Source

_SEARCH = TextSearch("public.notes", "body", "ILIKE", None, False)


def effects(body: str, language: str = "sql") -> list[SqlStatement]:
    """What is said of a function with this body."""
    data = f"create function f() returns void language {language} as $$ {body} $$;".encode()
    found = statements.read(Source("m.sql", "sql", Side.MIGRATION, len(data)), data).facts
    return [fact for fact in found if isinstance(fact, SqlStatement)]


@pytest.mark.parametrize(
    ("body", "writes"),
    [
        ("update notes set done = true", [TableWrite("update", "notes", False)]),
        (
            "begin update notes set done = true returning id into strict a, b; end",
            [TableWrite("update", "notes", False)],
        ),
        ("delete from app.notes using gone", [TableWrite("delete", "app.notes", True)]),
        (
            "update lists l set n = (select count(*) from notes where list = l.id)",
            [TableWrite("update", "lists", True)],
        ),
        (
            "with gone as (delete from notes returning id) insert into log select id from gone",
            [TableWrite("insert", "log", True), TableWrite("delete", "notes", False)],
        ),
    ],
)
def test_writes_say_whether_anything_bounds_them(body: str, writes: list[TableWrite]) -> None:
    (said,) = effects(body, "plpgsql" if body.startswith("begin") else "sql")
    assert sorted(said.writes, key=str) == sorted(writes, key=str)


@pytest.mark.parametrize(
    ("body", "starred", "whole"),
    [
        ("select * from notes n join public.lists l on true", ("notes", "public.lists"), ""),
        ("select l.* from notes n, public.lists l where true", ("public.lists",), ""),
        ("with mine as (select * from notes where own) select * from mine", ("notes",), ""),
        ("select id, upper(title) from notes order by id", (), "notes"),
        ("select max(id), greatest(a, b) from notes", None, None),
        ("select * from notes_of($1)", None, None),
        ("select id from notes limit 5", None, None),
    ],
)
def test_queries_say_what_they_give_all_of(body: str, starred: tuple[str, ...] | None, whole: str | None) -> None:
    said = [(one.starred, one.whole) for one in effects(body)]
    assert said == ([] if starred is None else [(starred, whole)])


@pytest.mark.parametrize(
    ("condition", "search"),
    [
        ("body ilike '%' || wanted || '%'", _SEARCH),
        ("n.body ilike concat('%', wanted) and n.owner = me", replace(_SEARCH, narrowed=True)),
        ("body not like $2 and length('%') > 0", replace(_SEARCH, word="LIKE", bound=1)),
    ],
)
def test_searches_say_where_they_look(condition: str, search: TextSearch) -> None:
    (said,) = effects(f"select id from public.notes n where {condition}")
    assert said.searches == (search,)


def test_a_tree_too_deep_for_a_walk_says_nothing() -> None:
    assert effects("update notes set a = " + "(" * 400 + "1" + ")" * 400 + " - " + "-".join(["b"] * 900)) == []
