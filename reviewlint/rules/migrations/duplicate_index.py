"""Two indexes are the same: same table, columns, order and condition.

Every write maintains both, the planner uses one, and the other takes memory from tables that need it.
"""

from collections import defaultdict
from collections.abc import Iterator

from ...facts import sql
from ...facts.location import Related
from ...facts.schema import Database, Index
from ...facts.sql import Name
from ...finding import Amendment, Finding, Subject
from ...join.applied import is_applied, is_refused, is_told
from ...join.databases import databases
from ...join.exposure import SERVICE_SCHEMAS
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="high",
    since="0.1.0",
    languages=("sql",),
    asked_by="E S",
    strictly="migrations that no tool, number or version puts into an order, or that are copies of others; tables "
    "that are made where they are there already, so that something happened which no file tells, constraints of "
    "those that several files make of which one has no number; indexes of a migration that makes anything else which is there already: PostgreSQL may have taken nothing of it.",
)


def check(project: Project) -> Iterator[Finding]:
    """Every group of equal indexes, at the one that came last; one behind a constraint is kept."""
    for database in project.view(databases):
        groups: dict[object, list[Index]] = defaultdict(list)
        for index in database.indexes.values():
            groups[_what(index)].append(index)
        for group in groups.values():
            if len(group) < 2 or group[0].table.schema in SERVICE_SCHEMAS:
                continue
            ordered = sorted(group, key=lambda index: (not index.constraint, index.made is not None, index.made))
            kept, spare = ordered[0], ordered[-1]
            if spare.made is None:
                continue
            columns = ", ".join(element.text for element in spare.elements)
            remedy = (
                f"alter table {spare.table.quoted} drop constraint {sql.quoted(spare.constraint)};"
                if spare.constraint
                else f"drop index concurrently {spare.name.quoted};"
            )
            yield Finding(
                spare.made,
                f"index {spare.name.name} on {spare.table} ({columns}) is the same as {kept.name.name}.",
                remedy,
                tuple(Related(index.made, f"index {index.name.name}") for index in ordered[:-1] if index.made),
                Subject(
                    "index", ",".join(sorted(index.name.name for index in group)), spare.table.schema, spare.table.name
                ),
                {"table": str(spare.table), "index": spare.name.name, "other": kept.name.name, "columns": columns},
                amendment=Amendment(not spare.constraint, remedy),
                strict=not is_told(project, database, spare.table)
                or any(is_refused(database, index.made.path) for index in group if index.made)
                or (bool(kept.constraint) and _has_other_makers(project, database, spare.table)),
            )


def _has_other_makers(project: Project, database: Database, table: Name) -> bool:
    """Whether several files make the table, and nobody knows which of them ran first: no other made its constraints."""
    makers = {
        step.statement.at.path
        for step in database.steps
        if isinstance(step.action, sql.CreateTable)
        and step.action.name.name == table.name
        and step.action.name.schema in ("", table.schema)
    }
    return len(makers) > 1 and not all(is_applied(project, database, path) for path in makers)


def _what(index: Index) -> object:
    """All that makes an index what it is, its name aside."""
    elements = tuple((element.column or element.text, element.options) for element in index.elements)
    where = sql.canonical(index.where.tree) if index.where else ""
    return index.table, index.method, index.unique, elements, index.include, where, index.nulls_not_distinct


REMARK = "`{index}` and `{other}` do one job twice, and every write to `{table}` pays for both. Drop `{index}`."

EXAMPLES = [
    """
=== migrations/0001_stats.sql
create table public.stats (day date primary key, medium bigint);
create index stats_medium on public.stats (medium);
=== migrations/0002_stats.sql
create table public.stats (day date primary key, medium bigint);
create index stats_by_medium on public.stats (medium); -- <-- strict: of which of the two tables?
""",
    """
=== migrations/0001_stats.sql
create table public.stats (day date primary key, medium bigint);
create index stats_medium on public.stats (medium);
create type kind as enum ('day', 'week');
=== migrations/0002_stats.sql
create type kind as enum ('day', 'week');
create table if not exists public.stats (day date primary key, medium bigint);
create index if not exists stats_by_medium on public.stats (medium); -- <-- strict: it got no further than the type
""",
    """
=== migrations/20240101_plans.sql
create table public.plans (id bigint primary key, event text unique);
=== migrations/20240102_prices.sql
create table public.prices (id bigint primary key, plan_id bigint);
create index prices_plan on public.prices (plan_id);
=== migrations/20240103_prices.sql
create index prices_by_id on public.prices (id, plan_id);
=== migrations/add_plans.sql
create table if not exists public.plans (id bigint primary key, event text);
create unique index if not exists plans_event on public.plans (event); -- <-- strict: perhaps it ran before them all
create index prices_of_plan on public.prices (plan_id); -- <-- whenever it ran
""",
    """
=== supabase/migrations/20240101000000_notes.sql
create table public.notes (id uuid primary key, slug text unique, user_id uuid);
create index notes_user on public.notes (user_id);
create index notes_user_id_idx on public.notes using btree (user_id); -- <-- the same again
create unique index notes_slug on public.notes (slug); -- <-- the constraint has one already
""",
    """
=== supabase/migrations/20240101000000_notes.sql
create table public.notes (id uuid primary key, user_id uuid, at timestamptz);
create index on public.notes (user_id);
create index on public.notes (user_id, at);
create index on public.notes (user_id desc);
create index on public.notes (user_id) where at is null;
create index temporary_one on public.notes (at);
create index temporary_two on public.notes (at);
drop index temporary_one;
""",
]
