"""A foreign key's columns have no index of their own.

PostgreSQL indexes the referenced side, not the referencing one. Without an index every delete or key change of a
parent row reads the whole child table while it holds locks, and so does every join from parent to children.

An index that a file makes which sorts before that of its table counts: it was there when somebody ran it.

Of several columns one may do: where it alone says which row of the parent is meant, or which of the child, an index
that begins with it finds no more rows than one on all of them. Of a parent that no migration makes, nobody knows.
A table that can hold one row, by a unique column that a check lets have one value, is read whole by any index.
"""

from collections.abc import Iterator
from dataclasses import replace

from ...facts import sql
from ...facts.schema import Constraint, Database, Table
from ...finding import Amendment, Finding, Severity, Subject
from ...join.applied import is_of_postgres, is_told
from ...join.databases import databases
from ...join.exposure import own_tables
from ...join.indexing import holds_one_row, leads, tells
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="high",
    since="0.1.0",
    languages=("sql",),
    asked_by="F E R",
    strictly="keys of several columns, where an index begins with one of them that is unique by itself on either side, as "
    "far as the migrations tell; migrations that no tool, number or version puts into an order, that say nothing "
    "which only PostgreSQL understands, or that are copies of others; tables that are made where they are there "
    "already, so that something happened which no file tells.",
)


def check(project: Project) -> Iterator[Finding]:
    """Every foreign key that no index begins with, at the constraint."""
    for database in project.view(databases):
        for table in own_tables(database):
            for constraint in table.constraints:
                if constraint.kind != "foreign key" or constraint.at is None or not constraint.columns:
                    continue
                if table.partition or holds_one_row(database, table):
                    continue
                if not leads(database, table.name, *constraint.columns):
                    found = _finding(table, constraint, _served_by(database, table, constraint))
                    known = is_told(project, database, table.name) and is_of_postgres(project, database)
                    yield found if known else replace(found, strict=True)


def _served_by(database: Database, table: Table, constraint: Constraint) -> str:
    """The column of several that an index begins with and that may tell the row of the child, or of the parent, alone."""
    parent = constraint.references and database.tables.get(constraint.references)
    for column, referenced in zip(constraint.columns, constraint.referenced_columns, strict=False):
        single = parent is None or not parent.complete or tells(database, parent.name, referenced)
        if (single or tells(database, table.name, column)) and leads(database, table.name, column, whole=True):
            return column
    return ""


def _finding(table: Table, constraint: Constraint, served: str) -> Finding:
    assert constraint.at is not None
    columns = ", ".join(constraint.columns)
    written = ", ".join(map(sql.quoted, constraint.columns))
    remedy = f"create index concurrently on {table.name.quoted} ({written});"
    return Finding(
        constraint.at,
        f"foreign key {constraint.name} of {table.name} ({columns}) references {constraint.references}, and no index "
        f"begins with {columns}{f', though one with {served}, which may tell the row alone' if served else ''}.",
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
        severity=Severity.NOTE if served else None,
        strict=bool(served),
    )


REMARK = (
    "Delete one row of `{references}` and PostgreSQL reads all of `{table}` to see who pointed there. "
    "An index on `{columns}` turns that into a lookup."
)

EXAMPLES = [
    """
=== sql/migrations/DRAFT.sql
create table public.orders (id uuid primary key);
create table public.lines (
  id uuid primary key,
  order_id uuid references public.orders (id) -- <-- strict: of a script that may never have run
);
""",
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
    """
=== supabase/migrations/20240101000000_runs.sql
create table public.runs (id uuid primary key, owner uuid, number int, unique (id, owner), unique (owner, number));
create table public.laps (
  run_id uuid,
  owner uuid,
  number int,
  unique (run_id, number),
  foreign key (run_id, owner) references public.runs (id, owner), -- <-- strict: the run is found by its id
  foreign key (owner, number) references public.runs (owner, number) -- <-- neither of the two tells a run
);
create table public.ends (
  id uuid primary key,
  owner uuid,
  number int unique,
  foreign key (owner, number) references public.runs (owner, number) -- <-- strict: one end for a number
);
create table public.rests (
  id uuid primary key,
  run_id uuid,
  owner uuid,
  foreign key (run_id, owner) references public.runs (id, owner) -- <-- no index at all
);
create index on public.rests (run_id) where owner is not null;
create table public.visits (
  id uuid primary key,
  guest_id uuid,
  owner uuid,
  foreign key (guest_id, owner) references public.guests (id, owner) -- <-- strict: of guests nothing is known
);
create index on public.visits (guest_id);
""",
    """
=== supabase/migrations/20240101000000_indexes.sql
create index orders_customer on orders (customer_id);
=== supabase/migrations/20240301000000_orders.sql
create table customers (id bigint primary key);
create table orders (
  id bigint primary key,
  customer_id bigint references customers (id),
  payer_id bigint references customers (id) -- <-- nothing indexes it, early or late
);
""",
    """
=== supabase/migrations/001_squashed.sql
create table people (id uuid primary key);
create table errands (id uuid primary key, person_id uuid references people (id));
create index errands_person on errands (person_id);
create table trips (id uuid primary key);
=== supabase/migrations/20230101000000_tasks.sql
create table tasks (id uuid primary key, person_id uuid references people (id));
create table tours (id uuid primary key, person_id uuid references people (id)); -- <-- made anew after it is renamed
create index tasks_person on tasks (person_id);
=== supabase/migrations/20230201000000_rename.sql
alter table tasks rename to errands;
alter index tasks_person rename to old_errands_person;
drop index old_errands_person;
alter table tours rename to trips;
=== supabase/migrations/20230301000000_tours.sql
create table if not exists tours (id uuid primary key, person_id uuid references people (id));
""",
    """
=== supabase/migrations/20240101000000_settings.sql
create table public.people (id uuid primary key);
create table public.settings (
  id boolean primary key default true check (id = true),
  changed_by uuid references public.people (id)
);
create table public.limits (
  id int primary key default 1,
  changed_by uuid references public.people (id),
  constraint one_row check (id = 1)
);
create table public.flags (
  singleton boolean not null unique default true,
  changed_by uuid references public.people (id),
  check (singleton)
);
create table public.switches (
  id boolean primary key,
  changed_by uuid references public.people (id) -- <-- may hold two
);
create table public.levels (
  id int primary key check (id > 0),
  changed_by uuid references public.people (id) -- <-- may hold many
);
create table public.kinds (
  id int primary key,
  kind int check (kind = 1),
  changed_by uuid references public.people (id) -- <-- many of one kind
);
""",
]
