"""A policy lets everybody write: its condition is true for every row.

Row security with `with check (true)` is row security turned off for that command. Anybody with the anon key inserts
what they like, or changes and deletes the rows of others. Reading is different: `for select using (true)` is how
tables that are meant to be public say so, and stays silent.

Where every signed-in user may add rows that belong to nobody, as when each may found an organisation, it may be meant:
that is a warning. Policies that only the service role or an owner uses are not judged: those roles pass row security anyway.
"""

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
)

_USERS = Name("auth", "users")
_WRITES = {
    "all": "insert, change and delete rows",
    "insert": "insert any row",
    "update": "change any row",
    "delete": "delete any row",
}


def check(project: Project) -> Iterator[Finding]:
    """Every permissive write policy for visitors that is constant true, on tables with row security."""
    for database, _ in project.view(api_databases):
        for policy, table in own_policies(database):
            clauses = _open_clauses(policy)
            if clauses and table.rls and policy.permissive and policy.command != "select" and for_visitors(policy):
                yield _finding(policy, table, clauses, _owner(table, database))


def _open_clauses(policy: Policy) -> list[str]:
    """The clauses that are constant true; a missing WITH CHECK follows USING."""
    clauses = []
    if policy.using and always_true(policy.using.tree):
        clauses.append(f"using ({policy.using.text})")
    if policy.check and always_true(policy.check.tree):
        clauses.append(f"with check ({policy.check.text})")
    return clauses


def _owner(table: Table, database: Database) -> str:
    """The column that says whose a row is: it leads to auth.users, at once or over one table, or is called so."""
    owners = {constraint.references: constraint.columns[0] for constraint in _foreign_keys(table)}
    for name, column in owners.items():
        other = database.tables.get(name) if name is not None else None
        if name == _USERS or (other is not None and any(key.references == _USERS for key in _foreign_keys(other))):
            return column
    return next((name for name in ("user_id", "owner_id", "created_by", "profile_id") if table.column(name)), "user_id")


def _foreign_keys(table: Table) -> list[Constraint]:
    return [one for one in table.constraints if one.references is not None and len(one.columns) == 1]


def _finding(policy: Policy, table: Table, clauses: list[str], owner: str) -> Finding:
    roles = ", ".join(policy.roles) or "everybody"
    condition = f"{quoted(owner)} = (select auth.uid())"
    lines = [
        f'drop policy "{policy.name}" on {table.name.quoted};',
        f'create policy "{policy.name}" on {table.name.quoted}',
    ]
    lines.append(f"  for {policy.command} to authenticated")
    if policy.command != "insert":
        lines.append(f"  using ({condition})")
    if policy.command != "delete":
        lines.append(f"  with check ({condition})")
    return Finding(
        policy.defined,
        f"policy {policy.name!r} lets {roles} {_WRITES[policy.command]} of {table.name}: {' and '.join(clauses)} holds for every row.",
        "\n".join(lines) + ";",
        (),
        policy_subject(policy),
        {"policy": policy.name, "table": str(table.name), "roles": roles, "clause": clauses[0]},
        severity=Severity.WARNING if _may_be_meant(policy, table, owner) else None,
        confidence=Confidence.LOW if policy.uncertain else None,
    )


def _may_be_meant(policy: Policy, table: Table, owner: str) -> bool:
    """Whether all that is open is to add rows, to those who signed in, and in nobody's name."""
    return policy.command == "insert" and policy.roles == ("authenticated",) and table.column(owner) is None


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
]
