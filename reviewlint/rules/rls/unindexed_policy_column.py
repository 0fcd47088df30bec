"""A policy filters by a column that no index leads with.

The condition of a policy is part of every query on the table. Where its column has no index, every request reads the
whole table to find the caller's rows, however small the answer is. The same goes for the tables that a policy's
sub-queries search.
"""

from collections.abc import Iterable, Iterator

from ...facts import sql
from ...facts.location import Location
from ...facts.schema import Database, Policy, Table
from ...facts.sql import Name, Query, Tree
from ...finding import Amendment, Confidence, Finding
from ...join.claims import caller_calls, expressions
from ...join.exposure import api_databases, own_policies, table_subject
from ...join.indexing import finds
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="medium",
    since="0.1.0",
    languages=("sql",),
    asked_by="F",
    limits="Columns that a foreign key without index is made of are `unindexed-foreign-key`'s matter.",
)


def check(project: Project) -> Iterator[Finding]:
    """Every column that policies compare with the caller and that has no index; one finding a column."""
    for database, _ in project.view(api_databases):
        told: set[tuple[Name, str]] = set()
        for policy, table in own_policies(database):
            if not table.rls:
                continue
            for searched, column, at, beside in _filters(database, policy, table):
                definition = searched.column(column)
                if definition is None or searched.made is None or (searched.name, column) in told:
                    continue
                if finds(database, searched.name, column, beside) or _is_foreign_key(searched, column):
                    continue
                told.add((searched.name, column))
                remedy = f"create index concurrently on {searched.name.quoted} ({sql.quoted(column)});"
                yield Finding(
                    at,
                    f"policy {policy.name!r} of {policy.table} searches {searched.name} by {column}, and no index "
                    f"begins with {column}.",
                    remedy,
                    subject=table_subject(searched, column),
                    slots={"policy": policy.name, "table": str(searched.name), "column": column},
                    amendment=Amendment(True, remedy),
                    confidence=Confidence.LOW if definition.type == "boolean" else None,
                )


def _filters(database: Database, policy: Policy, table: Table) -> Iterator[tuple[Table, str, Location, frozenset[str]]]:
    """The columns that a policy compares with the caller: table, column, place, and what else it compares there."""
    if policy.command == "insert":
        return
    if policy.using is not None:
        yield from _searched([policy.using.tree], {table.name.name: table}, table)
    for expression in expressions(policy):
        for node in sql.walk(expression.tree):
            if isinstance(node, Query):
                scope = {}
                for relation in node.relations:
                    found = [one for one in policy.relations if one.name == relation.name.name]
                    if found and found[0] in database.tables:
                        scope[relation.alias] = database.tables[found[0]]
                only = next(iter(scope.values())) if len(scope) == 1 else None
                yield from _searched(node.conditions, scope, only)


def _searched(
    conditions: Iterable[Tree], scope: dict[str, Table], only: Table | None
) -> Iterator[tuple[Table, str, Location, frozenset[str]]]:
    """The columns that conditions which all have to hold compare with the caller, and the others of the table."""
    compared = [one for condition in conditions for one in _equalities(condition, scope, only)]
    for table, column, with_caller in compared:
        if with_caller:
            yield table, column.name, column.at, frozenset(one.name for of, one, _ in compared if of is table)


def _equalities(tree: Tree, scope: dict[str, Table], only: Table | None) -> Iterator[tuple[Table, sql.ColumnRef, bool]]:
    """The columns that have to be equal to something, and whether that is of the caller."""
    match tree:
        case sql.Operation(operator="and", operands=operands):
            for operand in operands:
                yield from _equalities(operand, scope, only)
        case sql.Operation(operator="=", operands=(left, right)):
            for column, other in ((left, right), (right, left)):
                if isinstance(column, sql.ColumnRef):
                    table = scope.get(column.parts[-2]) if len(column.parts) > 1 else only
                    if table is not None:
                        yield table, column, any(caller_calls(other))
        case _:
            return


def _is_foreign_key(table: Table, column: str) -> bool:
    return any(one.kind == "foreign key" and one.columns[:1] == (column,) for one in table.constraints)


REMARK = (
    "Every request on `{table}` pays for this policy, and without an index on `{column}` it pays with the whole table."
)

EXAMPLES = [
    """
=== supabase/migrations/20240101000000_notes.sql
create table public.notes (id uuid primary key, user_id uuid not null, body text);
create table public.members (id uuid primary key, team_id uuid, user_id uuid);
alter table public.notes enable row level security;
create policy "own" on public.notes for select to authenticated
  using (user_id = (select auth.uid())); -- <-- no index on user_id
create policy "team" on public.notes for update to authenticated using (
  exists (select 1 from public.members m
          where m.user_id = (select auth.uid()))); -- <-- no index on members.user_id either
""",
    """
=== supabase/migrations/20240101000000_notes.sql
create table public.notes (id uuid primary key, user_id uuid not null);
create index on public.notes (user_id);
create table public.members (team_id uuid, user_id uuid, primary key (user_id, team_id));
alter table public.notes enable row level security;
create policy "own" on public.notes for select to authenticated using (user_id = (select auth.uid()));
create policy "self" on public.notes for update to authenticated using (id = (select auth.uid()));
create policy "add" on public.notes for insert to authenticated with check (user_id = (select auth.uid()));
create table public.visits (tenant_id uuid not null, user_id uuid not null, at timestamptz);
create index on public.visits (tenant_id, user_id);
alter table public.visits enable row level security;
create policy "of tenant" on public.visits for select to authenticated
  using (tenant_id = public.current_tenant_id() and user_id = (select auth.uid()));
""",
]
