"""A table without row security is granted, for writing, to everybody or to anonymous visitors.

`grant all … to public` reaches every role that there is or will be. Where no row security stands behind it, the
privilege is the whole of the access control. Of a table that Supabase's API serves `rls-disabled` says so as well, at
the statement that made it: what stands here is the one that hands the table out.
"""

from collections.abc import Iterator

from ...facts import sql
from ...facts.location import Location
from ...facts.schema import TABLE_PRIVILEGES, Database, Table
from ...finding import Finding
from ...join.databases import databases
from ...join.exposure import own_tables, table_subject
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="error",
    confidence="high",
    since="0.1.0",
    languages=("sql",),
    asked_by="F E",
    security="7.5",
    limits="Privileges that nobody wrote down, as those that Supabase gives by default, are left to `rls-disabled`.",
)

_WRITES = frozenset({"insert", "update", "delete", "truncate"})
_EVERYBODY = frozenset({"public", "anon"})


def check(project: Project) -> Iterator[Finding]:
    """Every grant of a write privilege to everybody that still holds, on tables without row security."""
    for database in project.view(databases):
        for table in own_tables(database):
            for role in sorted(_EVERYBODY & set(table.grants)) if not table.rls else ():
                given = _given(database, table, role)
                if given is not None:
                    at, writes = given
                    who = "everybody (public)" if role == "public" else "anonymous visitors (anon)"
                    yield Finding(
                        at,
                        f"{who} may {', '.join(writes)} on {table.name}, which has no row security.",
                        f"revoke {', '.join(writes)} on {table.name.quoted} from {role};",
                        subject=table_subject(table, role=role),
                        slots={"table": str(table.name), "role": role, "who": who},
                    )


def _given(database: Database, table: Table, role: str) -> tuple[Location, list[str]] | None:
    """The last statement that granted a role write privileges that it still holds, with these; None without one."""
    last, is_there = None, False
    for step in database.steps:
        action = step.action
        is_there = is_there or step.statement.at == table.made
        if is_there and isinstance(action, sql.Grant) and action.granted and action.kind == "table":
            names = {item.name.name for item in action.objects}
            on_it = table.name.name in names or table.name.schema in action.schemas
            writes = sorted(_WRITES & table.grants[role] & _written(action))
            if on_it and role in action.roles and writes:
                last = step.statement.at, writes
    return last


def _written(grant: sql.Grant) -> frozenset[str]:
    """The privileges on whole tables that a GRANT names, all that there are for ALL."""
    return TABLE_PRIVILEGES if not (grant.privileges or grant.column_privileges) else frozenset(grant.privileges)


REMARK = (
    "`{table}` is open for writing to {who}, with nothing behind the privilege. "
    "Grant what the application needs to the role that it runs as."
)

EXAMPLES = [
    """
=== migrations/0001_audit.sql
create table audit (id bigint primary key, note text);
grant all on audit to public; -- <-- every role, now and later
create table settings (key text primary key, value text);
grant select on settings to public;
""",
    """
=== migrations/0001_audit.sql
create table audit (id bigint primary key, owner text);
alter table audit enable row level security;
create policy own on audit using (owner = current_user);
grant all on audit to public;
create table jobs (id bigint primary key);
grant all on jobs to public;
revoke all on jobs from public;
create table orders (id bigint primary key);
grant select, insert on orders to app;
""",
    """
=== supabase/migrations/20240101000000_votes.sql
create table public.votes (id bigint primary key, choice int);
grant insert on public.votes to anon; -- <-- with the key that every visitor has
create table public.polls (id bigint primary key);
alter table public.polls enable row level security;
grant all on all tables in schema public to authenticated, service_role;
create table public.answers (id bigint primary key);
grant select on public.answers to anon;
""",
]
