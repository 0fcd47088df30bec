"""An index is built on a table in use without CONCURRENTLY: writes wait until it is done.

`create index` locks the table against writes for as long as it reads it: seconds on thousands of rows, minutes on
millions. `create index concurrently` takes longer and locks nobody out. It cannot run inside a transaction, so it
belongs into a migration of its own, and where one is open the migration fails.

Tables that the same file creates are empty and have no readers: there an ordinary index is right. That somebody waits is
known of migrations that a tool applies to PostgreSQL, not of a script which people run when they like.
"""

from collections.abc import Iterator
from dataclasses import replace

from ...facts import sql
from ...facts.schema import Database, Step, Table
from ...finding import Edit, Finding, Fix, Severity, Subject
from ...join.applied import meets_rows
from ...join.habits import as_habits
from ...join.history import altered, existed, is_loaded, must_be_empty, steps
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="high",
    since="0.1.0",
    languages=("sql",),
    asked_by="S F",
    strictly="migrations that no tool, number or version puts into an order, that say nothing which only PostgreSQL "
    "understands, or that are copies of others; tables made in the hour before or by the same change; constraints "
    "that a migration adds only where they are missing, of tables that nobody sees made.",
    limits="How many rows a table has is not known; a table that an earlier file made is taken to be in use.",
)


def check(project: Project) -> Iterator[Finding]:
    """Indexes and unique constraints on existing tables, and concurrent ones inside a transaction."""
    yield from as_habits(project, _found(project), lambda finding: str(finding.severity or ""), of_history=True)


def _found(project: Project) -> Iterator[Finding]:
    for database, step in steps(project):
        action = step.action
        if isinstance(action, sql.CreateIndex):
            for table in step.tables[:1]:
                if action.concurrently and step.transaction:
                    yield _in_transaction(step, action)
                elif action.concurrently or step.statement.conditional or _is_there(database, step, action, table):
                    continue
                elif existed(database, table, step) and not (
                    must_be_empty(database, step, table) or is_loaded(database, step, table, action.name)
                ):
                    waited = meets_rows(project, database, step, table)
                    yield replace(_blocking(step, action, table), strict=not waited)
    for change in altered(project):
        if isinstance(change.change, sql.AddConstraint):
            constraint = change.change.constraint
            is_built = constraint.kind in {"unique", "primary key"} and not constraint.index
            here = (change.database, change.step, change.table)
            if is_built and not must_be_empty(*here) and not is_loaded(*here, constraint.name):
                waited = meets_rows(project, *here) and not _may_be_there(project, change.step, change.table)
                yield replace(_constraint(change.step, constraint, change.table), strict=not waited)


def _is_there(database: Database, step: Step, action: sql.CreateIndex, table: Table) -> bool:
    """Whether `if not exists` finds the index of an earlier migration, and builds nothing."""
    known = database.indexes.get(sql.Name(table.name.schema, action.name)) if action.if_not_exists else None
    return known is not None and known.made is not None and known.made.path in database.files[: step.file]


def _may_be_there(project: Project, step: Step, table: Table) -> bool:
    """Whether a migration provides for its constraint being there already, and what made the table is not seen."""
    if table.made is not None:
        return False
    at = step.statement.at
    around = (one for one in project.facts_of(at.path, sql.Statement) if one.at.holds(at))
    return step.statement.conditional or any(
        isinstance(one.action, sql.Do)
        and any(
            isinstance(inner.action, sql.Block) and () in inner.action.handlers for inner in one.action.body.statements
        )
        for one in around
    )


def _subject(name: str, table: Table | None, written: sql.Name) -> Subject:
    full = table.name if table else written
    return Subject("index", name or full.name, full.schema, table=full.name)


def _blocking(step: Step, action: sql.CreateIndex, table: Table) -> Finding:
    at = step.statement.at
    unique = "unique " if action.unique else ""
    columns = ", ".join(element.text for element in action.elements)
    named = f" if not exists {sql.quoted(action.name)}" if action.name else ""
    return Finding(
        at,
        f"index on {table.name} ({columns}) is built without CONCURRENTLY: the table was there before this migration, "
        "and writes to it wait until the index is done.",
        f"-- in a migration of its own, outside of a transaction\n"
        f"create {unique}index concurrently{named} on {table.name.quoted}{_written(action)};",
        subject=_subject(action.name, table, action.table),
        slots={"table": str(table.name), "columns": columns},
        fix=Fix(False, (Edit(action.after_index, " concurrently"),))
        if action.after_index and not step.transaction
        else None,
    )


def _written(action: sql.CreateIndex) -> str:
    """The method, the keys and what else says which rows are in an index, as SQL must write them."""
    method = f" using {action.method}" if action.method != "btree" else ""
    names = [sql.quoted(one.column) if one.column else f"({one.text})" for one in action.elements]
    keys = ", ".join(f"{name} {one.options}".rstrip() for name, one in zip(names, action.elements, strict=True))
    include = f" include ({', '.join(map(sql.quoted, action.include))})" if action.include else ""
    nulls = " nulls not distinct" if action.nulls_not_distinct else ""
    where = f" where {action.where.text}" if action.where else ""
    return f"{method} ({keys}){include}{nulls}{where}"


_NO_TRANSACTION = """\
-- dbmate: -- migrate:up transaction:false
-- goose: -- +goose NO TRANSACTION
-- sql-migrate: -- +migrate Up notransaction
-- Django: atomic = False
-- Alembic: with op.get_context().autocommit_block():"""
"""How a migration says that it wants none."""


def _in_transaction(step: Step, action: sql.CreateIndex) -> Finding:
    opened, remedy = "", "-- end the transaction first, or move the statement to a migration of its own\ncommit;"
    if step.statement.wrapped:
        opened = ", which the tool opens around the migration"
        remedy = f"-- in a migration of its own that runs without a transaction\n{_NO_TRANSACTION}"
    return Finding(
        step.statement.at,
        f"index on {action.table} is built CONCURRENTLY inside a transaction{opened}: PostgreSQL refuses that.",
        remedy,
        subject=_subject(action.name, step.tables[0] if step.tables else None, action.table),
        slots={"table": str(action.table), "columns": ", ".join(element.text for element in action.elements)},
        severity=Severity.ERROR,
    )


def _constraint(step: Step, constraint: sql.ConstraintDef, table: Table) -> Finding:
    columns = ", ".join(constraint.columns)
    name = constraint.name or f"{table.name.name}_{'_'.join(constraint.columns)}_key"
    kind = "primary key" if constraint.kind == "primary key" else "unique"
    nulls = " nulls not distinct" if "nulls not distinct" in constraint.actions else ""
    return Finding(
        step.statement.at,
        f"the {constraint.kind} constraint on {table.name} ({columns}) builds its index while the table is locked: it "
        "was there before this migration.",
        f"create unique index concurrently {sql.quoted(name)} on {table.name.quoted} "
        f"({', '.join(map(sql.quoted, constraint.columns))}){nulls};\n"
        f"alter table {table.name.quoted} add constraint {sql.quoted(name)} {kind} using index {sql.quoted(name)};",
        subject=_subject(name, table, table.name),
        slots={"table": str(table.name), "columns": columns},
    )


REMARK = (
    "Every write to `{table}` stands in line behind this index. CONCURRENTLY costs a second pass over the table and "
    "nobody's time."
)

EXAMPLES = [
    """
=== migrations/0001_words.sql
CREATE TABLE words (id INT PRIMARY KEY, text_id INT);
=== migrations/0002_texts.sql
CREATE TABLE texts (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY) ENGINE=InnoDB;
=== migrations/0003_index.sql
CREATE INDEX words_text ON words (text_id);
""",
    """
=== migrations/0001_orders.sql
create table orders (id bigint primary key, customer_id bigint, number text);
create index on orders (number);
=== migrations/0002_index.sql
create index orders_customer on orders (customer_id); -- <-- orders is in use by now
create index if not exists orders_number_idx on orders (number);
alter table orders add constraint orders_number unique (number); -- <-- builds an index as well
=== fixed migrations/0002_index.sql
create index concurrently orders_customer on orders (customer_id);
create index if not exists orders_number_idx on orders (number);
alter table orders add constraint orders_number unique (number);
""",
    """
=== migrations/0002_index.sql
begin;
create index concurrently users_email on users (email); -- <-- not inside a transaction
commit;
create index users_name on users (name); -- <-- a table that no file makes is in use
""",
    """
=== db/migrations/0001_index.sql
-- migrate:up
create index concurrently users_email on users (email); -- <-- dbmate opens a transaction
-- migrate:down
drop index users_email;
=== db/migrations/0002_index.sql
-- migrate:up transaction:false
create index concurrently users_name on users (name);
-- migrate:down
drop index users_name;
""",
    """
=== migrations/0001_orders.sql
create table orders (id bigint primary key, customer_id bigint);
create index on orders (customer_id);
=== migrations/0002_lines.sql
create table lines (id bigint primary key, order_id bigint references orders (id));
create index on lines (order_id);
create index concurrently orders_customer on orders (customer_id);
create unique index concurrently orders_pair on orders (id, customer_id);
alter table orders add constraint orders_pair unique using index orders_pair;
""",
    """
=== migrations/000_all.sql
create table if not exists lines (id bigserial primary key, order_id bigint);
create index if not exists lines_order on lines (order_id);
=== migrations/002_lines.sql
create table if not exists lines (id bigint primary key, order_id bigint);
create index if not exists lines_order_too on lines (order_id);
=== migrations/003_more.sql
create index if not exists lines_order_again on lines (order_id); -- <-- in use by now
""",
    """
=== migrations/0001_orders.sql
create table old_orders (id bigserial primary key, customer_id bigint);
create table orders (id bigint primary key, customer_id bigint);
create index orders_customer on orders (customer_id);
=== migrations/0002_moved.sql
drop index orders_customer;
insert into orders select id, customer_id from old_orders;
create index orders_customer on orders (customer_id);
create index orders_both on orders (customer_id, id); -- <-- was not there before
""",
    """
=== migrations/versions/0001_orders.py
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.execute("create table orders (id bigint primary key, customer_id bigint, number text)")
=== migrations/versions/0002_index.py
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    if environment not in ["live", "production"]:
        op.execute("create index orders_customer on orders (customer_id)")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("create index orders_number on orders (number)")  # <-- on the database that counts
""",
    """
=== migrations/0001_orders.sql
create table orders (id bigint primary key, number text);
=== migrations/0002_index.sql
create index orders_number on orders (number); -- <-- strict: any database would do that
""",
    """
=== sql/migrations/orders.sql
create table orders (id uuid primary key, number text);
=== sql/migrations/quick_fix.sql
create index on orders (number); -- <-- strict: did anybody run it?
""",
    """
=== supabase/migrations/20240101000000_orders.sql
create table public.orders (id uuid primary key, number text);
=== supabase/migrations/20240201000000_index.sql
create index on public.orders (number); -- <-- the tool runs this one
=== supabase/migrations/add_index.sql
create index on public.orders (number, id); -- <-- strict: and skips this one
=== db/migrations/20240101000000_orders.sql
create table public.orders (id uuid primary key, number text);
=== db/migrations/20240201000000_index.sql
create index on public.orders (number); -- <-- strict: a copy
""",
    """
=== prisma/migrations/20240101090000_decks/migration.sql
CREATE TABLE "Deck" ("id" SERIAL NOT NULL, "name" TEXT NOT NULL);
=== prisma/migrations/20240101090118_names/migration.sql
CREATE INDEX "Deck_name_idx" ON "Deck"("name"); -- <-- strict: of a table that is a minute old
""",
    """
=== base migrations/0001_orders.sql
create table orders (id uuid primary key, number text);
=== migrations/0001_orders.sql
create table orders (id uuid primary key, number text);
=== migrations/0002_lines.sql
create table lines (id uuid primary key, order_id uuid);
=== migrations/0003_indexes.sql
create index orders_number on orders (number); -- <-- orders are in use
create index lines_order on lines (order_id); -- <-- strict: lines come with the same change
""",
    """
=== supabase/schemas/01_orders.sql
create table public.orders (id uuid primary key, number text);
=== supabase/schemas/02_indexes.sql
create index on public.orders (number);
alter table public.orders add unique (number);
""",
    """
=== .env.example
DATABASE_URL=postgresql+asyncpg://localhost/shop
=== migrations/0001_orders.sql
create table orders (id bigint primary key, number text);
=== migrations/0002_index.sql
create index orders_number on orders (number); -- <-- on that database
""",
    """
=== pyproject.toml
[project]
name = "shop"
dependencies = ["fastapi", "psycopg[binary]>=3.2"]
=== migrations/0001_orders.sql
create table orders (id bigint primary key, number text);
=== migrations/0002_index.sql
create index orders_number on orders (number); -- <-- the program has no driver but psycopg
""",
    """
=== app/db.py
import asyncpg
=== app/local.py
import aiosqlite
=== migrations/0001_orders.sql
create table orders (id bigint primary key, number text);
=== migrations/0002_index.sql
create index orders_number on orders (number); -- <-- strict: of which of the two?
""",
    """
=== app/db.py
import asyncpg
=== migrations/0001_orders.sql
create table orders (id bigint primary key, number text);
=== migrations/0002_index.sql
create index orders_number on orders (number); -- <-- the program asks PostgreSQL
""",
    """
=== migrations/0001_orders.sql
create table orders (id bigint primary key, number text);
=== migrations/0002_number.sql
alter table orders drop column id, add column id text not null, add primary key (id);
create index orders_number on orders (number);
""",
    """
=== migrations/0001_orders.sql
create table orders (id bigserial primary key, number text);
=== migrations/0002_numbers.sql
do $$ begin
  alter table orders add constraint orders_number unique (number); -- <-- it is not there yet
exception when duplicate_table then null;
end $$;
do $$ begin
  alter table lines add constraint lines_number unique (number); -- <-- strict: who knows?
exception when duplicate_table then null;
end $$;
alter table lines add constraint lines_text unique (text); -- <-- nothing says that it may be there
""",
]
