"""A view that the API serves runs with its owner's rights: row security of the tables below it does not apply.

Migrations run as `postgres`, which passes row security, and a view reads as its owner unless it says
`security_invoker`. So the view shows every row to everybody who may read the view, whatever the policies say.

Of a view of `auth.users` the rule `exposed-auth-users` says the worse, and what it asks for mends this as well.
"""

from collections.abc import Iterator

from ...facts.schema import View
from ...facts.sql import Name
from ...finding import Amendment, Edit, Finding, Fix, Severity
from ...join.exposure import api_databases, holders, reads_as_caller, view_subject
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="error",
    confidence="high",
    since="0.1.0",
    languages=("sql",),
    asked_by="F R",
    security="7.5",
    strictly="views of `auth.users`, of which `exposed-auth-users` says more.",
)

USERS = Name("auth", "users")


def check(project: Project) -> Iterator[Finding]:
    """Every exposed view without `security_invoker`."""
    for database, served in project.view(api_databases):
        for view in database.views.values():
            if view.platform or view.materialized or view.name.schema not in served:
                continue
            roles = holders(view.grants, "select")
            if roles and not reads_as_caller(view):
                yield _finding(view, " and ".join(roles))


def _finding(view: View, roles: str) -> Finding:
    below = ", ".join(map(str, sorted(view.relations))) or "what it computes"
    remedy = f"alter view {view.name.quoted} set (security_invoker = on);"
    end = view.defined.end
    return Finding(
        view.defined,
        f"{roles} may read the view {view.name}, which reads {below} with its owner's rights: row security of the "
        "tables does not apply.",
        remedy,
        subject=view_subject(view),
        slots={"view": str(view.name), "below": below},
        amendment=Amendment(False, remedy),
        severity=Severity.NOTE if USERS in view.relations else None,
        strict=USERS in view.relations,
        fix=None if view.changed else Fix(False, (Edit(end, f";\n\n{remedy.removesuffix(';')}"),)),
    )


REMARK = (
    "`{view}` reads {below} as the owner and walks past every policy on the way. "
    "Make it run as the caller; if it must not, move it out of the API."
)

EXAMPLES = [
    """
=== supabase/migrations/20240101000000_notes.sql
create table public.notes (id uuid primary key, user_id uuid, body text);
alter table public.notes enable row level security;
create view public.recent_notes as select id, body from public.notes; -- <-- everybody's notes
=== fixed supabase/migrations/20240101000000_notes.sql
create table public.notes (id uuid primary key, user_id uuid, body text);
alter table public.notes enable row level security;
create view public.recent_notes as select id, body from public.notes;

alter view public.recent_notes set (security_invoker = on);
""",
    """
=== supabase/migrations/20240101000000_notes.sql
create table public.notes (id uuid primary key, user_id uuid, body text);
alter table public.notes enable row level security;
create view public.mine with (security_invoker = true) as select id from public.notes;
create view public.late as select id from public.notes;
create schema private;
create view private.report as select count(*) from public.notes;
create view public.closed as select id from public.notes;
revoke all on public.closed from anon, authenticated;
=== supabase/migrations/20240102000000_late.sql
alter view public.late set (security_invoker = on);
""",
    """
=== supabase/migrations/20240101000000_people.sql
create view public.people as select id, email from auth.users; -- <-- strict: accounts, served
""",
]
