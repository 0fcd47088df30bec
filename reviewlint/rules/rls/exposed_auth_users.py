"""The API serves `auth.users`, or a relation that row security cannot protect.

A view of `auth.users` in a served schema hands out what Supabase keeps apart on purpose: addresses, phone numbers,
metadata of every account. With `security_invoker` it hands out nothing, since the API's roles may not read `auth.users`
themselves. Materialized views and foreign tables have no row security at all: whoever may select from
them sees everything that is in them.
"""

from collections.abc import Iterator

from ...facts.schema import View
from ...facts.sql import Name
from ...finding import Finding, Severity
from ...join.exposure import api_databases, holders, is_exposed, reads_as_caller, table_subject, view_subject
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="error",
    confidence="high",
    since="0.1.0",
    languages=("sql",),
    asked_by="F",
    security="7.5",
)

_USERS = Name("auth", "users")


def check(project: Project) -> Iterator[Finding]:
    """Exposed views of auth.users, materialized views and foreign tables."""
    for database, served in project.view(api_databases):
        for view in database.views.values():
            roles = holders(view.grants, "select")
            if roles and not view.platform and view.name.schema in served:
                if _USERS in view.relations and not reads_as_caller(view):
                    yield _users(view, roles)
                elif view.materialized:
                    yield _unprotected(view, roles)
        for table in database.tables.values():
            if table.made and table.kind == "foreign" and is_exposed(table, served):
                yield Finding(
                    table.made,
                    f"the foreign table {table.name} is served by the API, and foreign tables have no row security.",
                    f"revoke all on {table.name.quoted} from anon, authenticated;",
                    subject=table_subject(table),
                    slots={"name": str(table.name), "roles": " and ".join(holders(table.grants, "select"))},
                    severity=Severity.WARNING,
                )


def _users(view: View, roles: tuple[str, ...]) -> Finding:
    kind = "materialized view" if view.materialized else "view"
    columns = f" ({', '.join(view.columns)})" if view.columns else ""
    return Finding(
        view.defined,
        f"the {kind} {view.name}{columns} reads auth.users, and {' and '.join(roles)} may select from it through the API.",
        f"revoke all on {view.name.quoted} from anon, authenticated;\n"
        "-- or keep what others may see in a table of its own, filled by a trigger on auth.users",
        subject=view_subject(view),
        slots={"name": str(view.name), "roles": " and ".join(roles)},
    )


def _unprotected(view: View, roles: tuple[str, ...]) -> Finding:
    return Finding(
        view.defined,
        f"the materialized view {view.name} is served by the API to {' and '.join(roles)}, and materialized views have "
        "no row security.",
        f"revoke all on {view.name.quoted} from anon, authenticated;",
        subject=view_subject(view),
        slots={"name": str(view.name), "roles": " and ".join(roles)},
        severity=Severity.WARNING,
    )


REMARK = (
    "Nothing stands between `{name}` and {roles}: no policy can. "
    "Take the privilege away, or serve a table that row security understands."
)

EXAMPLES = [
    """
=== supabase/migrations/20240101000000_people.sql
create view public.people as -- <-- accounts, served
  select id, email from auth.users;
create table public.sales (id uuid primary key, amount int);
alter table public.sales enable row level security;
create materialized view public.totals as select sum(amount) from public.sales; -- <-- no policy applies
""",
    """
=== supabase/migrations/20240101000000_people.sql
create schema private;
create view private.people as select id, email from auth.users;
create view public.callers with (security_invoker = on) as select id, email from auth.users;
create view public.later as select id, email from auth.users;
create view public.staff as select id from auth.users;
revoke all on public.staff from anon, authenticated;
create materialized view private.totals as select count(*) from auth.users;
=== supabase/migrations/20240102000000_later.sql
alter view public.later set (security_invoker = true);
""",
]
