"""A query asks for every column there is.

`SELECT *` reads what nobody needs, cannot be answered from an index alone, and changes its shape with every migration: a
column that is added tomorrow, a password hash perhaps, goes wherever these rows go. Naming the columns is the contract
between the query and the code that reads it.
"""

from collections.abc import Iterator

from ...facts.data import Query, TableAccess
from ...facts.statements import SqlStatement
from ...facts.values import Call, Constant, Record, constant_text
from ...finding import Finding
from ...join.statements import routines, statements
from ...project import SERVER_SIDES, Project
from ...rule import Meta

META = Meta(
    severity="note",
    confidence="high",
    since="0.1.0",
    languages=("python", "typescript", "sql"),
    asked_by="F E",
    level="strict",
    limits="Reads through object-relational mappers are not judged.",
)


def check(project: Project) -> Iterator[Finding]:
    for access in project.facts(TableAccess, *SERVER_SIDES):
        if access.operation == "select" and _takes_all(access):
            yield _finding(access, access.relation or "the table", f".select() on `{access.relation or 'a table'}`")
    parsed = project.view(statements)
    for query in project.facts(Query, *SERVER_SIDES):
        tables = [table for statement in parsed.get(query.at, ()) for table in statement.starred]
        if tables:
            yield _finding(query, tables[0], f"The SQL that `{query.call}` runs")
    for function, statement in project.view(routines):
        for table in statement.starred[:1]:
            yield _finding(statement, table, f"A query in {function.identity}")


def _takes_all(access: TableAccess) -> bool:
    """Whether `.select()` names no columns, and rows are wanted and not their number."""
    for call in access.calls:
        if isinstance(call, Call) and call.name == "select":
            wanted = call.arguments[1] if len(call.arguments) > 1 else None
            head = wanted.get("head") if isinstance(wanted, Record) else call.keyword("head")
            if isinstance(head, Constant) and head.value is True:
                return False
            return not call.arguments or (constant_text(call.arguments[0]) or "").strip() == "*"
    return False


def _finding(fact: TableAccess | Query | SqlStatement, table: str, what: str) -> Finding:
    return Finding(
        fact.at,
        f"{what} asks for every column.",
        "Name the columns that the code reads.",
        slots={"table": table},
    )


REMARK = (
    "Nobody reading this can tell what `{table}` has to hold for it to work. "
    "Name the columns, and the next one that is added stays where it belongs."
)

EXAMPLES = [
    """
=== supabase/migrations/20240101000000_orders.sql
create table public.orders (id bigint primary key, total int);

create function public.latest() returns setof public.orders language sql set search_path = '' as $$
  select * from public.orders order by id desc limit 10; -- <-- every column, now and later
$$;

create function public.totals() returns table (id bigint, total int) language plpgsql set search_path = '' as $$
begin
  return query select o.id, o.total from public.orders o;
end
$$;
""",
    """
=== src/orders.ts
import { createClient } from "@supabase/supabase-js";
import { Pool } from "pg";

const supabase = createClient(process.env.SUPABASE_URL!, process.env.SUPABASE_ANON_KEY!);
const pool = new Pool();

export async function orders() {
  await supabase.from("orders").select("*"); // <-- every column
  await supabase.from("orders").select().eq("id", 1); // <-- the same
  await supabase.from("orders").select("id, total");
  await supabase.from("orders").select("*", { count: "exact", head: true });
  await pool.query("SELECT * FROM orders WHERE id = $1", [1]); // <-- every column
  await pool.query("SELECT count(*) FROM orders");
  await pool.query("SELECT id FROM orders WHERE EXISTS (SELECT * FROM items)");
  await pool.query("WITH recent AS (SELECT id FROM orders) SELECT * FROM recent");
}
""",
    """
=== shop/orders.py
import sqlite3

connection = sqlite3.connect("shop.db")


def orders(state):
    connection.execute("SELECT o.* FROM orders o WHERE state = ?", (state,))  # <-- every column
    connection.execute("SELECT id, total * 2 FROM orders")
    connection.execute("SELECT '* FROM everywhere' AS motto FROM orders")
""",
    """
=== shop/counts.py
import sqlite3


def count():
    return sqlite3.connect("shop.db").execute("SELECT COUNT(*) FROM orders").fetchone()
""",
]
