"""A view that the API serves runs with its owner's rights: row security of the tables below it does not apply.

Migrations run as `postgres`, which passes row security, and a view reads as its owner unless it says
`security_invoker`. So the view shows every row to everybody who may read the view, whatever the policies say.

Sometimes that is the purpose: a view shows the public columns of a table that visitors may not read. Such a view is
given to them by name, and says so, or what it reads is closed to them, or it picks the caller's rows itself.

Of a view of `auth.users` the rule `exposed-auth-users` says the worse, and what it asks for mends this as well.
"""

import re
from collections.abc import Iterator

from ...facts import sql
from ...facts.schema import Database, View
from ...facts.sql import Name
from ...finding import Amendment, Edit, Finding, Fix, Severity
from ...join.claims import CALLER, asks_caller
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
    strictly="views of `auth.users`, of which `exposed-auth-users` says more; views that are meant to read as their owner: "
    "they say `security_invoker = off` or the comment above them says so, or they are granted by name to who may not read "
    "the tables below, or to who gets no more than rows that the view picks by the caller.",
)

USERS = Name("auth", "users")
_SAID = re.compile(
    r"security[ _-](?:invoker|definer)|\bbypass\w*\b.{0,30}\b(?:rls|row.level)|\bowner-?privileged"
    r"|\b(?:runs?|reads?|executes?|works?) (?:as|with) (?:its |the )?(?:view(?:'s)? )?owner|\bowner'?s'? (?:rights|privileges)",
    re.IGNORECASE,
)
"""What somebody writes of a view who knows whose rights it reads with."""


def check(project: Project) -> Iterator[Finding]:
    """Every exposed view without `security_invoker`."""
    for database, served in project.view(api_databases):
        for view in database.views.values():
            if view.platform or view.materialized or view.name.schema not in served:
                continue
            roles = holders(view.grants, "select")
            if roles and not reads_as_caller(view):
                yield _finding(view, " and ".join(roles), meant=_is_meant(database, view, roles))


def _is_meant(database: Database, view: View, roles: tuple[str, ...]) -> bool:
    """Whether a view reads with its owner's rights on purpose."""
    made = [one for one in database.steps if isinstance(one.action, sql.CreateView) and _is_of(one.action.name, view)]
    if "security_invoker" in view.options or any(_SAID.search(one.statement.note) for one in made):
        return True
    if not _is_given(database, view, roles):
        return False
    below = [database.tables[name] for name in view.relations if name in database.tables]
    closed = any(set(roles) - set(holders(table.grants, "select")) for table in below)
    return closed or (_asks_caller(database, view) and not holders(view.grants, "insert", "update", "delete"))


def _is_given(database: Database, view: View, roles: tuple[str, ...]) -> bool:
    """Whether somebody gave each of the roles the view by name, and not the platform's defaults alone."""
    grants = [one.action for one in database.steps if isinstance(one.action, sql.Grant) and one.action.granted]
    given = {role for one in grants if any(_is_of(each.name, view) for each in one.objects) for role in one.roles}
    return "public" in given or given.issuperset(roles)


def _is_of(written: Name, view: View) -> bool:
    return written._replace(schema=written.schema or "public") == view.name


def _asks_caller(database: Database, view: View) -> bool:
    """Whether the rows that a view shows depend on who is calling."""
    conditions = view.query.conditions if view.query else ()
    called = (node for condition in conditions for node in sql.walk(condition) if isinstance(node, sql.Invocation))
    for name in (one.function for one in called):
        own = database.functions_called(name._replace(schema=name.schema or "public"))
        if (name.schema, name.name) in CALLER or any(asks_caller(database, one) for one in own):
            return True
    return False


def _finding(view: View, roles: str, *, meant: bool) -> Finding:
    below = ", ".join(map(str, sorted(view.relations))) or "what it computes"
    remedy = f"alter view {view.name.quoted} set (security_invoker = on);"
    strict = meant or USERS in view.relations
    end = view.defined.end
    return Finding(
        view.defined,
        f"{roles} may read the view {view.name}, which reads {below} with its owner's rights: row security of the "
        "tables does not apply.",
        f"-- unless its owner's rights are meant: whom the policies of {below} let see nothing sees nothing here, then\n{remedy}"
        if meant
        else remedy,
        subject=view_subject(view),
        slots={"view": str(view.name), "below": below},
        amendment=None if meant else Amendment(False, remedy),
        severity=Severity.NOTE if USERS in view.relations else None,
        strict=strict,
        fix=None if view.changed or meant else Fix(False, (Edit(end, f";\n\n{remedy.removesuffix(';')}"),)),
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
=== supabase/migrations/20240101000000_shops.sql
create table public.shops (id uuid primary key, owner_id uuid, name text, revenue int);
alter table public.shops enable row level security;
create function public.my_shops() returns setof uuid language sql stable
  as $$ select s.id from public.shops s where s.owner_id = auth.uid() $$;
create view public.shop_names as select id, name from public.shops; -- <-- strict: anon may not read shops, and is given this
grant select on public.shop_names to anon, authenticated;
revoke select on public.shops from anon;
create view public.shop_count with (security_invoker = off) as -- <-- strict: it says so
  select count(*) from public.shops;
-- Runs as its owner, for the directory: no revenue in it.
create view public.directory as select name from public.shops; -- <-- strict: its comment says so
create view public.own_revenue as -- <-- strict: to be read only, and of the caller
  select revenue from public.shops where id in (select public.my_shops());
revoke all on public.own_revenue from public, anon, authenticated;
grant select on public.own_revenue to authenticated;
-- Row security of shops keeps others out.
create view public.revenue as select id, revenue from public.shops; -- <-- it does not
revoke all on public.revenue from anon, authenticated;
grant select on public.revenue to authenticated;
create view public.figures as select id, revenue from public.shops; -- <-- given to anon by default
""",
    """
=== supabase/migrations/20240101000000_people.sql
create view public.people as select id, email from auth.users; -- <-- strict: accounts, served
""",
]
