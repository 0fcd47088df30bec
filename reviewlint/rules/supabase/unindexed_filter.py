"""A query searches or sorts by columns that no index of the migrations begins with.

PostgreSQL then reads the whole table for each request. With a hundred rows nobody notices; with a million the page
takes seconds, and the connections of everybody else wait behind it.
"""

from collections.abc import Iterator

from ...facts.data import TableAccess
from ...facts.file import Side
from ...facts.location import Related
from ...facts.schema import Table
from ...facts.sql import Name
from ...facts.values import Call, Record, constant_text
from ...finding import Finding, Subject
from ...join.clients import is_supabase
from ...join.indexing import leads
from ...join.selects import filtered
from ...join.served import Served, schema_asked, served_to
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="medium",
    since="0.1.0",
    languages=("typescript", "python"),
    found_at=("TableAccess",),
    asked_by="FE",
    level="strict",
    limits="How many rows a table has is not known; for a few hundred no index is needed. One of several filters that an "
    "index begins with is enough. Conditions in `or` and patterns are not judged.",
)

_SIDES = frozenset({Side.TEST, Side.SCRIPT, Side.MIGRATION})
_SEARCHES = frozenset({"eq", "in", "in_", "gt", "gte", "lt", "lte"})
_UNJUDGED = frozenset({"or", "or_", "filter", "textSearch", "text_search", "contains", "overlaps", "containedBy"})
_ENDS = frozenset({"limit", "range", "single", "maybeSingle", "maybe_single"})


def check(project: Project) -> Iterator[Finding]:
    """Every chain none of whose filters an index serves; each table and set of columns once a file."""
    seen: set[tuple[str, Name, tuple[str, ...]]] = set()
    for access in project.facts(TableAccess):
        path = access.at.path
        if access.operation in ("rpc", "insert", "upsert") or access.relation is None:
            continue
        asked = project.side(path) not in _SIDES and is_supabase(project, access)
        served = served_to(project, path) if asked else None
        schema = schema_asked(project, access) if served is not None else None
        if served is None or schema is None or served.may_make_indexes:
            continue
        name = Name(schema, access.relation)
        table = served.database.tables.get(name)
        if table is None or served.columns(name) is None:
            continue
        columns, how = _unserved(access, table, served)
        if columns and (path, name, columns) not in seen:
            seen.add((path, name, columns))
            yield _finding(access, table, columns, how)


def _unserved(access: TableAccess, table: Table, served: Served) -> tuple[tuple[str, ...], str]:
    """The columns that a chain searches by, or sorts the first few rows by, where no index begins with one of them."""
    calls = [one for one in access.calls[1:] if isinstance(one, Call)]
    names = {call.name for call in calls}
    if names & _UNJUDGED:
        return (), ""
    searched = tuple(sorted({column for call in calls for column in _searched(call)}))
    sorted_by = tuple(column for call in calls if call.name == "order" for column in _named(call))[:1]
    columns, how = (searched, "searched") if searched else (sorted_by if names & _ENDS else (), "sorted")
    known = [found for column in columns if (found := table.column(column)) is not None]
    if len(known) < len(columns) or all(column.type == "boolean" for column in known):
        return (), ""
    if any(leads(served.database, table.name, column) for column in columns):
        return (), ""
    return columns, how


def _searched(call: Call) -> Iterator[str]:
    if call.name in _SEARCHES:
        yield from _named(call)
    elif call.name == "match" and call.arguments and isinstance(call.arguments[0], Record):
        yield from call.arguments[0].keys


def _named(call: Call) -> Iterator[str]:
    """The column of the relation itself that a call names; a JSON path in it is no column that an index begins with."""
    text = constant_text(call.arguments[0]) if call.arguments else None
    path = filtered(text) if text is not None else None
    if text is not None and path is not None and len(path) == 1 and path[0] == text:
        yield text


def _finding(access: TableAccess, table: Table, columns: tuple[str, ...], how: str) -> Finding:
    listed = " and ".join(f"`{column}`" for column in columns)
    related = (Related(table.made, f"`{table.name.name}` is created here"),) if table.made is not None else ()
    return Finding(
        access.at,
        f"`{table.name.name}` is {how} by {listed}, and no index of the migrations begins with "
        f"{'it' if len(columns) == 1 else 'either' if len(columns) == 2 else 'one of them'}.",
        f"create index concurrently on {table.name.quoted} ({', '.join(columns)});",
        related,
        Subject("table", table.name.name, table.name.schema, table=table.name.name, column=", ".join(columns)),
        {"table": table.name.name, "columns": listed, "how": how},
    )


REMARK = (
    "`{table}` is {how} by {columns}, and no index begins there: each new row makes this query slower for everybody."
)

EXAMPLES = [
    """
=== supabase/migrations/20240101000000_orders.sql
create table orders (
  id bigint primary key, customer_id bigint, status text, paid boolean, created_at timestamptz, number text unique
);
create index on orders (customer_id, created_at);

=== lib/orders.ts
import { createClient } from "@supabase/supabase-js"

const supabase = createClient(url, key)
export const open = (status: string) => supabase.from("orders").select("id").eq("status", status) // <-- status
export const latest = () => supabase.from("orders").select("id").order("created_at").limit(10) // <-- created_at
""",
    """
=== supabase/migrations/20240101000000_orders.sql
create table orders (
  id bigint primary key, customer_id bigint, status text, paid boolean, created_at timestamptz, number text unique
);
create index on orders (customer_id, created_at);

=== lib/orders.ts
import { createClient } from "@supabase/supabase-js"

const supabase = createClient(url, key)
export const one = (id: number) => supabase.from("orders").select("id").eq("id", id).eq("status", "open")
export const theirs = (id: number) => supabase.from("orders").select("id").eq("customer_id", id).order("created_at")
export const numbered = (number: string) => supabase.from("orders").select("id").eq("number", number).single()
export const all = () => supabase.from("orders").select("id").order("created_at")
export const paid = () => supabase.from("orders").select("id").eq("paid", true)
""",
    """
=== supabase/migrations/20240101000000_orders.sql
create table orders (id bigint primary key, customer_id bigint, status text);
create index on orders (customer_id);

=== app/orders.py
from supabase import create_client

supabase = create_client(url, key)


def having(status: str):
    return supabase.table("orders").select("id").eq("status", status).execute()  # <-- status


def theirs(customer_id: int):
    return supabase.table("orders").select("id").eq("customer_id", customer_id).execute()
""",
]
