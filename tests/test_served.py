"""What the API of a database is known to serve, and when nothing is known of it."""

import pytest

from reviewlint import catalogue
from reviewlint.join.selects import conditions, filtered, selected

from .test_examples import lines_found

MIGRATION = "supabase/migrations/20240101000000_first.sql"
CODE = "lib/orders.ts"
TABLES = "create table orders (id bigint primary key, total int);\ncreate table people (id bigint primary key);\n"
CLIENT = 'import { createClient } from "@supabase/supabase-js"\nconst supabase = createClient(url, key)\n'


def found(chain: str, migration: str = TABLES, **others: str) -> list[tuple[str, int]]:
    (rule,) = (rule for rule in catalogue.load_all() if rule.name == "unknown-relation")
    files = {MIGRATION: migration, CODE: f"{CLIENT}export const all = () => {chain}\n"}
    return lines_found(rule, files | {path.replace("__", "/") + ".ts": text for path, text in others.items()})


@pytest.mark.parametrize(
    "history",
    [
        "alter table older add column note text;",
        "do $$ begin execute 'create table ' || current_setting('app.name') || ' (id int)'; end $$;",
        "create function make(name text) returns void language plpgsql as $$\n"
        "begin execute format('create table %I (id int)', name); end $$;",
        "create function make() returns void language plpgsql as $$ begin create table invoices (id int); end $$;",
        "create table other.invoices (id int);",
        "create materialized view invoices as select id from orders;",
        "create table orders (id int); create table invoices (id int",
    ],
)
def test_a_history_that_does_not_tell_all_is_no_evidence(history: str) -> None:
    assert found('supabase.from("invoices").select("id")') == [(CODE, 3)]
    assert found('supabase.from("invoices").select("id")', TABLES + history + "\n") == []


def test_generated_types_are_a_second_source() -> None:
    chain = 'supabase.from("invoices").select("id")'
    types = (
        "export type Json = string | null\n"
        "export type Database = { public: { Tables: { invoices: { Row: { id: number } } } } }\n"
    )
    assert found(chain, database_types=types) == []
    columns = types.replace("invoices", "orders").replace("id:", "note:")
    assert found('supabase.from("orders").select("note")') == [(CODE, 3)]
    assert found('supabase.from("orders").select("note")', database_types=columns) == []


def test_a_table_that_was_dropped_is_not_there() -> None:
    assert found('supabase.from("people").select("id")', TABLES + "drop table people;\n") == [(CODE, 3)]
    assert found('supabase.from("orders").select("total")', TABLES + "alter table orders drop total;\n") == [(CODE, 3)]


def test_code_that_names_nothing_of_the_database_is_about_another_one() -> None:
    strange = ", ".join(f'supabase.from("{name}").select("id")' for name in ("planets", "moons", "comets"))
    assert found(f"[{strange}]") == []


@pytest.mark.parametrize(
    "chain",
    [
        'supabase.from("orders").select("sum:total.sum(), id::text, count()")',
        'supabase.from("orders").select("count", { count: "exact", head: true })',
        'supabase.from("orders").insert({ id: 1, note: undefined })',
        'supabase.from("orders").select("id").or("total.gt.5,and(id.eq.1,not.or(id.eq.2,total.is.null))")',
        'supabase.from("orders").select(columns)',
        'supabase.from("orders").upsert(rows.map((row) => ({ ...row })), { onConflict: "id" })',
    ],
)
def test_what_postgrest_understands_is_right(chain: str) -> None:
    assert found(chain) == []


def test_the_syntax_of_select() -> None:
    items = selected('id, who:people!people_id_fkey!inner(name, "Odd Name"), ...place(*), data->a->>b::text, n.max()')
    assert items is not None
    assert [(item.label, item.name) for item in items] == [
        ("id", "id"),
        ("who", "people"),
        ("place", "place"),
        ("data", "data"),
        ("n", "n"),
    ]
    assert [item.name for item in items[1].inner or ()] == ["name", "Odd Name"]
    assert selected("a, b(c") is None
    assert selected("{broken}") is None


def test_the_columns_of_filters() -> None:
    assert filtered("people.name") == ("people", "name")
    assert filtered("data->>key") == ("data",)
    assert filtered("people(name)") is None
    assert [
        name for name, _ in conditions('a.eq.1,and(b.in.(1,2),not.or(c.is.null)),d->>x.like."e.eq.1,f",g.h.eq.1')
    ] == [
        "a",
        "b",
        "c",
        "d",
    ]


def test_an_example_of_something_else_is_not_looked_up() -> None:
    (rule,) = (rule for rule in catalogue.load_all() if rule.name == "unknown-relation")
    code = f'{CLIENT}export const all = () => supabase.from("planets").select("id")\n'
    assert lines_found(rule, {MIGRATION: TABLES, "docs/orders.ts": code}) == []
    own = {f"examples/shop/{MIGRATION}": TABLES, "examples/shop/lib/orders.ts": code}
    assert lines_found(rule, own) == [("examples/shop/lib/orders.ts", 3)]


def test_two_databases_equally_near_say_nothing() -> None:
    (rule,) = (rule for rule in catalogue.load_all() if rule.name == "unknown-relation")
    asked = 'supabase.from("orders").select("id"), supabase.from("ordes").select("id")'
    code = f"{CLIENT}export const all = () => [{asked}]\n"
    one = {f"services/a/{MIGRATION}": TABLES, "web/lib/orders.ts": code}
    assert lines_found(rule, one) == [("web/lib/orders.ts", 3)]
    assert lines_found(rule, one | {f"services/b/{MIGRATION}": TABLES}) == []


@pytest.mark.parametrize(
    "chain",
    [
        'supabase.from("orders").select("id, people:total(name)").order("people(name)")',
        'supabase.from("orders").select("*, lines!inner(count)")',
        'supabase.from("orders").select("shown:id, total->a->>b").eq("total->>c", 1)',
        'supabase.storage.from("invoices").upload("a", file)',
        'supabase.from("orders").select("id").match({ id: 1, ...rest })',
    ],
)
def test_what_only_looks_unknown(chain: str) -> None:
    lines = "create table lines (id int primary key, order_id bigint references orders (id));\n"
    assert found(chain, TABLES + lines) == []
