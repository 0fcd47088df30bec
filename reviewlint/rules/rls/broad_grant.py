"""A table without row security is granted, for writing, to everybody or to anonymous visitors.

`grant all … to public` reaches every role that there is or will be. Where no row security stands behind it, the
privilege is the whole of the access control.
"""

from collections.abc import Iterator

from ...facts import sql
from ...facts.location import Location
from ...facts.schema import Database, Table
from ...finding import Finding
from ...join.databases import databases
from ...join.exposure import api_databases, is_exposed, own_tables, table_subject
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="error",
    confidence="high",
    since="0.1.0",
    languages=("sql",),
    asked_by="F E",
    security="7.5",
    limits="Tables that the API serves are the matter of `rls-disabled`.",
)

_WRITES = frozenset({"insert", "update", "delete", "truncate"})
_EVERYBODY = frozenset({"public", "anon"})


def check(project: Project) -> Iterator[Finding]:
    """Every grant of a write privilege to everybody that still holds, on tables without row security."""
    served = {database.root: schemas for database, schemas in project.view(api_databases)}
    for database in project.view(databases):
        for table in own_tables(database):
            if table.rls or is_exposed(table, served.get(database.root, frozenset())):
                continue
            for role in sorted(_EVERYBODY & set(table.grants)):
                writes = sorted(table.grants[role] & _WRITES)
                at = _granted(database, table, role)
                if writes and at:
                    who = "everybody (public)" if role == "public" else "anonymous visitors (anon)"
                    yield Finding(
                        at,
                        f"{who} may {', '.join(writes)} on {table.name}, which has no row security.",
                        f"revoke {', '.join(writes)} on {table.name.quoted} from {role};",
                        subject=table_subject(table, role=role),
                        slots={"table": str(table.name), "role": role, "who": who},
                    )


def _granted(database: Database, table: Table, role: str) -> Location | None:
    """The last statement that granted a role something on the table, None where only defaults did."""
    last = None
    for step in database.steps:
        action = step.action
        if isinstance(action, sql.Grant) and action.granted and action.kind == "table" and role in action.roles:
            names = {item.name.name for item in action.objects}
            if table.name.name in names or table.name.schema in action.schemas:
                last = step.statement.at
    return last


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
]
