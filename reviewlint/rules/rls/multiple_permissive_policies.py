"""Several permissive policies apply to one role and command: every one of them runs for every row.

PostgreSQL joins permissive policies with OR and evaluates them all. Two policies that could be one cost twice, and a
reader has to put them together to know who gets in: the widest one wins.
"""

from collections import defaultdict
from collections.abc import Iterator

from ...facts.location import Related
from ...facts.schema import Policy, Table
from ...finding import Finding
from ...join.exposure import api_databases, own_tables, table_subject
from ...join.platform import API_ROLES
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="high",
    since="0.1.0",
    languages=("sql",),
    asked_by="F",
)

_COMMANDS = ("select", "insert", "update", "delete")


def check(project: Project) -> Iterator[Finding]:
    """Every table and set of policies that meet for a role and command; one finding for all commands where they do."""
    for database, _ in project.view(api_databases):
        for table in own_tables(database):
            meetings: dict[tuple[Policy, ...], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
            policies = [policy for policy in database.policies_of(table.name) if policy.permissive]
            for command in _COMMANDS:
                for role in _roles(policies):
                    meeting = tuple(policy for policy in policies if _applies(policy, role, command))
                    if len(meeting) > 1:
                        meetings[meeting][command].append(role)
            for meeting, commands in meetings.items():
                yield _finding(table, meeting, commands)


def _roles(policies: list[Policy]) -> list[str]:
    """The roles to ask about: those of the API, and all others that a policy names."""
    named = {role for policy in policies for role in policy.roles} - {"public", "postgres", "supabase_admin"}
    return [*API_ROLES, *sorted(named - set(API_ROLES))]


def _applies(policy: Policy, role: str, command: str) -> bool:
    return policy.command in {"all", command} and (not policy.roles or bool({"public", role} & set(policy.roles)))


def _finding(table: Table, meeting: tuple[Policy, ...], commands: dict[str, list[str]]) -> Finding:
    ordered = sorted(meeting, key=lambda policy: policy.defined)
    roles = list(dict.fromkeys(role for several in commands.values() for role in several))
    names = " and ".join(repr(policy.name) for policy in ordered)
    what = ", ".join(command.upper() for command in commands)
    using = "\n    or ".join(f"({policy.using.text})" for policy in ordered if policy.using)
    remedy = f'create policy "{ordered[0].name}" on {table.name.quoted}\n  for {next(iter(commands))}'
    if using:
        remedy += f"\n  using (\n    {using}\n  );"
    return Finding(
        ordered[-1].defined,
        f"{len(ordered)} permissive policies of {table.name} apply to {what} by {', '.join(roles)}: {names}. "
        "Each is evaluated for every row.",
        remedy if using else "",
        tuple(Related(policy.defined, f"policy {policy.name!r}") for policy in ordered[:-1]),
        table_subject(table, role=", ".join(roles)),
        {"table": str(table.name), "policies": names, "command": what, "count": str(len(ordered))},
    )


REMARK = (
    "{count} policies answer the same question about `{table}`, and the most generous answer wins. "
    "Merge them into one that can be read from top to bottom."
)

EXAMPLES = [
    """
=== supabase/migrations/20240101000000_notes.sql
create table public.notes (id uuid primary key, user_id uuid, shared boolean);
alter table public.notes enable row level security;
create policy "own" on public.notes for all to authenticated using (user_id = (select auth.uid()));
create policy "shared" on public.notes for select to authenticated using (shared); -- <-- meets "own" on select
""",
    """
=== supabase/migrations/20240101000000_notes.sql
create table public.notes (id uuid primary key, user_id uuid, shared boolean);
alter table public.notes enable row level security;
create policy "visitors" on public.notes for select to anon using (shared);
create policy "members" on public.notes for select to authenticated using (true);
create policy "add" on public.notes for insert to authenticated with check (user_id = (select auth.uid()));
create policy "limit" on public.notes as restrictive for select to authenticated using (shared);
""",
]
