"""A policy lets everybody write: its condition is true for every row.

Row security with `with check (true)` is row security turned off for that command. Anybody with the anon key inserts
what they like, or changes and deletes the rows of others. Reading is different: `for select using (true)` is how
tables that are meant to be public say so, and stays silent.

Where every signed-in user may add rows that belong to nobody, as when each may found an organisation, it may be meant:
that is a warning. Where a comment on the policy says that visitors add rows, it is meant, and shown with `--strict`.
Policies that only the service role or an owner uses are not judged: those roles pass row security anyway.
"""

import re
from collections.abc import Iterator

from ...facts.schema import Constraint, Database, Policy, Table
from ...facts.sql import Name, quoted
from ...finding import Confidence, Finding, Severity
from ...join.exposure import api_databases, for_visitors, own_policies, policy_subject
from ...join.truth import always_true
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="error",
    confidence="high",
    since="0.1.0",
    languages=("sql",),
    asked_by="F A",
    security="8.2",
    strictly="inserts that a comment right before the policy leaves to visitors.",
)

_USERS = Name("auth", "users")
_CALLER = "(select auth.uid())"
_OWNERS = ("user_id", "owner_id", "created_by", "author_id", "profile_id")
_DECIDED = re.compile(r"(?!created_by)\w+_by(?:_id)?$|assign")
"""Columns that say who did something with a row later, not whose it is."""
_LEADING = re.compile(r"_(?:by|id)$")
"""Columns that may name a user, or what a user belongs to: `requested_by`, `company_id`."""
_FOR_VISITORS = re.compile(
    r"\banonymous|\banon\b|\bvisitors?\b|\bguests?\b|\bpublic(?:ly)?\b(?!\.)|\bany(?:one|body)\b|\beverybody\b"
    r"|\bunauthenticated\b|\b(?:without|not) (?:\w+ )?(?:log|sign)(?:ged|ging|ned|ning)?.?in\b",
    re.I,
)
_WRITES = {
    "all": "insert, change and delete rows",
    "insert": "insert any row",
    "update": "change any row",
    "delete": "delete any row",
}


def check(project: Project) -> Iterator[Finding]:
    """Every permissive write policy for visitors that is constant true, on tables with row security."""
    for database, _ in project.view(api_databases):
        notes = {step.statement.at: step.statement.note for step in database.steps}
        for policy, table in own_policies(database):
            clauses = _open_clauses(policy)
            if clauses and table.rls and policy.permissive and policy.command != "select" and for_visitors(policy):
                meant = policy.command == "insert" and _FOR_VISITORS.search(notes.get(policy.defined, "")) is not None
                yield _finding(policy, table, clauses, _owned(table, database), meant)


def _open_clauses(policy: Policy) -> list[str]:
    """The clauses that are constant true; a missing WITH CHECK follows USING."""
    clauses = []
    if policy.using and always_true(policy.using.tree):
        clauses.append(f"using ({policy.using.text})")
    if policy.check and always_true(policy.check.tree):
        clauses.append(f"with check ({policy.check.text})")
    return clauses


def _owned(table: Table, database: Database) -> str:
    """The condition under which a row is the caller's, `""` where no column of the table says whose it is.

    A column says so that leads to auth.users, at once or over one other table, or that is called so.
    """
    owned: dict[str, str] = {}
    for key in _foreign_keys(table):
        if key.references is not None and (condition := _leads_to_caller(key, key.references, database)):
            owned.setdefault(key.columns[0], condition)
    elsewhere = {key.columns[0] for key in _foreign_keys(table) if key.references in database.tables}
    for name in _OWNERS:
        if table.column(name) and name not in elsewhere:
            owned.setdefault(name, f"{name} = {_CALLER}")
    first = min(owned, key=lambda name: (name not in _OWNERS, _DECIDED.match(name) is not None), default="")
    return owned.get(first, "")


def _leads_to_caller(key: Constraint, name: Name, database: Database) -> str:
    """The condition that what a foreign key leads to is the caller, `""` where it leads to no user."""
    column, other = quoted(key.columns[0]), database.tables.get(name)
    if name == _USERS:
        return f"{column} = {_CALLER}"
    if other is None:
        return ""
    primary = next((one.columns for one in other.constraints if one.kind == "primary key"), ())
    target = (key.referenced_columns or primary)[:1]
    users = [one.columns for one in _foreign_keys(other) if one.references == _USERS]
    if target and target in users:
        return f"{column} = {_CALLER}"
    owners = sorted((one for (one,) in users if not _DECIDED.match(one)), key=lambda one: one not in _OWNERS)
    if not target or not owners:
        return ""
    return f"{column} in (select {quoted(target[0])} from {name.quoted} where {quoted(owners[0])} = {_CALLER})"


def _foreign_keys(table: Table) -> list[Constraint]:
    return [one for one in table.constraints if one.references is not None and len(one.columns) == 1]


def _remedy(policy: Policy, table: Table, condition: str) -> str:
    lines = [f"drop policy {quoted(policy.name)} on {table.name.quoted};"]
    if not condition:
        told = f"{lines[0]} -- what the service role writes needs none\n-- or say in it who may"
        keys = {key.columns[0] for key in _foreign_keys(table)}
        leading = [
            column.name
            for column in table.columns
            if _LEADING.search(column.name) and (column.type == "uuid" or column.name in keys)
        ]
        return told + (
            f", where one of these leads to the caller: {', '.join(leading)}"
            if leading
            else ": no column says whose a row is"
        )
    lines.append(f"create policy {quoted(policy.name)} on {table.name.quoted}")
    lines.append(f"  for {policy.command} to authenticated")
    if policy.command != "insert":
        lines.append(f"  using ({condition})")
    if policy.command != "delete":
        lines.append(f"  with check ({condition})")
    return "\n".join(lines) + ";"


def _finding(policy: Policy, table: Table, clauses: list[str], condition: str, meant: bool) -> Finding:
    roles = ", ".join(policy.roles) or "everybody"
    return Finding(
        policy.defined,
        f"policy {policy.name!r} lets {roles} {_WRITES[policy.command]} of {table.name}: {' and '.join(clauses)} holds for every row.",
        _remedy(policy, table, condition),
        (),
        policy_subject(policy),
        {"policy": policy.name, "table": str(table.name), "roles": roles, "clause": clauses[0]},
        severity=Severity.WARNING if _may_be_meant(policy, condition) else None,
        confidence=Confidence.LOW if policy.uncertain else None,
        strict=meant,
    )


def _may_be_meant(policy: Policy, condition: str) -> bool:
    """Whether all that is open is to add rows, to those who signed in, and in nobody's name."""
    return policy.command == "insert" and policy.roles == ("authenticated",) and not condition


REMARK = (
    "`{clause}` is a policy in name only: {roles} may write to `{table}` as if row security were off. "
    "Say whose rows these are and check for that."
)

EXAMPLES = [
    """
=== supabase/migrations/20240101000000_notes.sql
create table public.notes (id uuid primary key, user_id uuid, body text);
alter table public.notes enable row level security;
create policy "read" on public.notes for select using (true);
create policy "add" on public.notes for insert with check (true); -- <-- anybody inserts
create policy "edit" on public.notes for update to authenticated -- <-- the old row is theirs, the new one anybody's
  using (user_id = (select auth.uid())) with check (1 = 1);
create policy "backend" on public.notes for all to service_role using (true);
create policy "own" on public.notes for delete to authenticated using (user_id = (select auth.uid()));
""",
    """
=== supabase/migrations/20240101000000_notes.sql
create table public.notes (id uuid primary key, user_id uuid);
alter table public.notes enable row level security;
create policy "all" on public.notes for all using (true);
create policy "late" on public.notes for delete using (user_id = (select auth.uid()));
=== supabase/migrations/20240201000000_tighten.sql
drop policy "all" on public.notes;
=== supabase/migrations/20240301000000_loosen.sql
alter policy "late" on public.notes using (true); -- <-- where it was last defined
""",
    """
=== supabase/migrations/20240101000000_notes.sql
create table public.notes (id uuid primary key, user_id uuid);
alter table public.notes enable row level security;
create policy "limit" on public.notes as restrictive for delete using (true);
create policy "own" on public.notes for all to authenticated using (user_id = (select auth.uid()));
""",
    """
=== supabase/migrations/20240101000000_teams.sql
create table public.teams (id uuid primary key, name text);
alter table public.teams enable row level security;
create policy "found" on public.teams for insert to authenticated with check (true); -- <-- a warning: everybody may found a team
create policy "rename" on public.teams for update to authenticated using (true); -- <-- an error: others' teams too
""",
    """
=== supabase/migrations/20240101000000_visits.sql
create table public.visits (id uuid primary key, page text);
alter table public.visits enable row level security;
-- Visitors are counted before they sign in
create policy "count" on public.visits for insert to anon with check (true); -- <-- strict: for visitors, as it says
-- Visitors count
create policy "recount" on public.visits for update to anon using (true); -- <-- not each other's visits
-- Rows of public.visits come from the backend
create policy "note" on public.visits for insert with check (true); -- <-- the name of a schema is no decision
""",
]
