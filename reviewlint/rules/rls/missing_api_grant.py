"""The code asks the API for a table that no role of the API may touch.

Since May 30, 2026 new Supabase projects, and since October 30, 2026 all of them, no longer grant new tables of `public`
to the API's roles (changelog entry 45329). A table that is created after that and never granted answers `permission
denied` (42501) in production, whatever its policies say. The local stack follows `[api] auto_expose_new_tables` in
`config.toml`, so it may well work there.

The quick cure, `grant all … to anon`, is reported as well: it hands out every privilege, TRUNCATE included.
"""

from collections.abc import Iterator

from ...facts import sql
from ...facts.data import TableAccess
from ...facts.file import Side
from ...facts.location import Related
from ...facts.schema import Database, Table
from ...finding import Finding, Severity
from ...join.exposure import api_databases, own_tables, table_subject
from ...join.platform import API_ROLES
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="error",
    confidence="high",
    since="0.1.0",
    languages=("sql",),
    asked_by="F E",
    limits="Only tables that the code asks for by a constant name are known to be used.",
)

_PRIVILEGES = {"insert": "select, insert", "update": "select, update", "upsert": "select, insert, update"}


def check(project: Project) -> Iterator[Finding]:
    """Ungranted tables that the code uses, and grants of everything to anonymous visitors."""
    for database, served in project.view(api_databases):
        tables = {table.name.name: table for table in own_tables(database) if table.unexposed}
        used: dict[str, list[TableAccess]] = {}
        for access in project.facts(TableAccess):
            if (
                access.relation in tables
                and access.operation != "rpc"
                and project.side(access.at.path) is not Side.TEST
            ):
                used.setdefault(access.relation, []).append(access)
        for name, accesses in used.items():
            table = tables[name]
            if not set(table.grants) & {*API_ROLES, "public"} and table.name.schema in served and table.made:
                yield _finding(table, accesses)
        yield from _cures(database, tables)


def _finding(table: Table, accesses: list[TableAccess]) -> Finding:
    assert table.made is not None
    privileges = _PRIVILEGES.get(accesses[0].operation, "select")
    return Finding(
        table.made,
        f"{table.name} is created without any grant to the API's roles, which Supabase no longer makes by itself, and the "
        f"code uses it in {len(accesses)} {'place' if len(accesses) == 1 else 'places'}: permission denied (42501).",
        f"grant {privileges} on {table.name.quoted} to authenticated;",
        tuple(Related(access.at, f"{access.operation} on {access.relation}") for access in accesses[:3]),
        table_subject(table),
        {"table": str(table.name), "operation": accesses[0].operation},
    )


def _cures(database: Database, tables: dict[str, Table]) -> Iterator[Finding]:
    for step in database.steps:
        action = step.action
        if not isinstance(action, sql.Grant) or not action.granted or action.kind != "table" or action.privileges:
            continue
        if action.column_privileges or "anon" not in action.roles:
            continue
        for item in action.objects:
            table = tables.get(item.name.name)
            if table is not None:
                yield Finding(
                    step.statement.at,
                    f"all privileges on {table.name} are granted to anon, TRUNCATE and REFERENCES included.",
                    f"grant select on {table.name.quoted} to anon;",
                    subject=table_subject(table, role="anon"),
                    slots={"table": str(table.name), "operation": "read"},
                    severity=Severity.WARNING,
                )


REMARK = (
    "Supabase no longer hands `{table}` to the API by itself: say which role may {operation} it. "
    "Exactly that, and nothing more."
)

EXAMPLES = [
    """
=== supabase/migrations/20261115000000_orders.sql
create table public.orders (id uuid primary key); -- <-- used below, granted to nobody
alter table public.orders enable row level security;
create table public.tags (id uuid primary key);
alter table public.tags enable row level security;
grant all on public.tags to anon; -- <-- everything, to everybody
=== web/orders.ts
import { createClient } from "@supabase/supabase-js";
const supabase = createClient(process.env.SUPABASE_URL!, process.env.SUPABASE_ANON_KEY!);
export async function orders() {
  const { data, error } = await supabase.from("orders").select("id").limit(10);
  if (error) throw error;
  return data;
}
""",
    """
=== supabase/migrations/20250115000000_orders.sql
create table public.orders (id uuid primary key);
alter table public.orders enable row level security;
=== supabase/migrations/20261115000000_items.sql
create table public.items (id uuid primary key);
alter table public.items enable row level security;
grant select on public.items to authenticated;
create table public.internal (id uuid primary key);
alter table public.internal enable row level security;
=== web/orders.ts
import { createClient } from "@supabase/supabase-js";
const supabase = createClient(process.env.SUPABASE_URL!, process.env.SUPABASE_ANON_KEY!);
export async function orders() {
  const { data, error } = await supabase.from("orders").select("id, items(id)").limit(10);
  if (error) throw error;
  return data;
}
export async function items() {
  const { data, error } = await supabase.from("items").select("id").limit(10);
  if (error) throw error;
  return data;
}
""",
]
