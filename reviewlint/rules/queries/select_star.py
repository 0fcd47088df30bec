"""A query asks for every column there is.

`SELECT *` reads what nobody needs, cannot be answered from an index alone, and changes its shape with every migration: a
column that is added tomorrow, a password hash perhaps, goes wherever these rows go. Naming the columns is the contract
between the query and the code that reads it.
"""

import re
from collections.abc import Iterator

from ...facts.data import Query, TableAccess
from ...facts.values import Call, Constant, Record, Text, constant_text, options, rendered
from ...finding import Finding
from ...project import SERVER_SIDES, Project
from ...rule import Meta

META = Meta(
    severity="note",
    confidence="high",
    since="0.1.0",
    languages=("python", "typescript"),
    asked_by="F E",
    level="strict",
    limits="Reads through object-relational mappers are not judged.",
)

_TEXTS = re.compile(r"'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/", re.DOTALL)
_STAR = re.compile(
    r"\bselect\s+(?:all\s+|distinct\s+)?(?:[\w\"]+\.)?\*\s*(?:,|\bfrom\s+(?P<table>[\w.\"]+))", re.IGNORECASE
)
_EXISTS = re.compile(r"\bexists\s*\(\s*select\s+\*|\bselect\s+\*\s*(?:,\s*[^()]*?)?\s*from\s*\(", re.IGNORECASE)
_DERIVED = re.compile(
    r"\bwith\s+(?:recursive\s+)?(?P<names>\w+)\s+as\b|,\s*(?P<more>\w+)\s+as\s*(?:materialized\s*)?\(", re.IGNORECASE
)


def check(project: Project) -> Iterator[Finding]:
    for access in project.facts(TableAccess, *SERVER_SIDES):
        if access.operation == "select" and _takes_all(access):
            yield _finding(access, access.relation or "the table", f".select() on `{access.relation or 'a table'}`")
    for query in project.facts(Query, *SERVER_SIDES):
        for option in options(query.text):
            text = rendered(option, "hole") if isinstance(option, Constant | Text) else ""
            table = _starred(text)
            if table:
                yield _finding(query, table, f"The SQL that `{query.call}` runs")
                break


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


def _starred(sql: str) -> str:
    """The table that a statement reads every column of, `""` where it names columns or reads its own subqueries."""
    statement = _EXISTS.sub(" ", _TEXTS.sub("''", sql))
    found = _STAR.search(statement)
    if found is None:
        return ""
    table = (found["table"] or "a table").strip('"')
    derived = {(one["names"] or one["more"]).lower() for one in _DERIVED.finditer(statement)}
    return "" if table.lower() in derived else table


def _finding(fact: TableAccess | Query, table: str, what: str) -> Finding:
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
