"""A foreign key's columns have no index of their own.

PostgreSQL indexes the referenced side, not the referencing one. Without an index every delete or key change of a
parent row reads the whole child table while it holds locks, and so does every join from parent to children.
"""

from collections.abc import Iterator

from ...facts import sql
from ...facts.schema import Constraint, Table
from ...finding import Amendment, Finding, Subject
from ...join.databases import databases
from ...join.exposure import own_tables
from ...join.indexing import leads
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="high",
    since="0.1.0",
    languages=("sql",),
    asked_by="F E R",
)


def check(project: Project) -> Iterator[Finding]:
    """Every foreign key that no index begins with, at the constraint."""
    for database in project.view(databases):
        for table in own_tables(database):
            for constraint in table.constraints:
                if constraint.kind != "foreign key" or constraint.at is None or not constraint.columns:
                    continue
                if not leads(database, table.name, *constraint.columns) and not table.partition:
                    yield _finding(table, constraint)


def _finding(table: Table, constraint: Constraint) -> Finding:
    assert constraint.at is not None
    columns = ", ".join(constraint.columns)
    written = ", ".join(map(sql.quoted, constraint.columns))
    remedy = f"create index concurrently on {table.name.quoted} ({written});"
    return Finding(
        constraint.at,
        f"foreign key {constraint.name} of {table.name} ({columns}) references {constraint.references}, and no index "
        f"begins with {columns}.",
        remedy,
        subject=Subject(
            "foreign key",
            constraint.name,
            table.name.schema,
            table=table.name.name,
            column=", ".join(constraint.columns),
        ),
        slots={"table": str(table.name), "columns": columns, "references": str(constraint.references)},
        amendment=Amendment(True, remedy),
    )


REMARK = (
    "Delete one row of `{references}` and PostgreSQL reads all of `{table}` to see who pointed there. "
    "An index on `{columns}` turns that into a lookup."
)

EXAMPLES = [
    """
=== supabase/migrations/20240101000000_orders.sql
create table public.orders (id uuid primary key);
create table public.lines (
  id uuid primary key,
  order_id uuid references public.orders (id) -- <-- no index on order_id
);
""",
    """
=== supabase/migrations/20240101000000_orders.sql
create table public.orders (id uuid primary key);
create table public.lines (
  order_id uuid references public.orders (id),
  number int,
  primary key (order_id, number)
);
create table public.notes (id uuid primary key, order_id uuid references public.orders (id));
=== supabase/migrations/20240102000000_index.sql
create index on public.notes (order_id);
""",
]
