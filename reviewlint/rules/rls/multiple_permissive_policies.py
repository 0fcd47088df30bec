"""Several permissive policies apply to one role and command: every one of them runs for every row.

PostgreSQL joins permissive policies with OR and evaluates them all. Two policies that could be one cost twice, and a
reader has to put them together to know who gets in: the widest one wins.
"""

import re
from collections import defaultdict
from collections.abc import Iterator

from ...facts.location import Location, Related
from ...facts.schema import Policy, Table
from ...facts.sql import quoted
from ...finding import Finding
from ...join.applied import written
from ...join.exposure import api_databases, own_tables, table_subject
from ...join.platform import API_ROLES
from ...join.truth import always_true
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="high",
    since="0.1.0",
    languages=("sql",),
    asked_by="F",
)

_SERVICE = re.compile(
    r"[\s(]*(?:select\s+)?auth\.(?:role\(\)|jwt\(\)\s*->>\s*'role'(?:::text)?)(?:\s+as\s+\w+)?[\s)]*=\s*'service_role'(?:::text)?[\s)]*",
    re.IGNORECASE,
)
"""A condition that holds for `service_role` alone."""
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
                places = {policy.name: written(project, database, policy) for policy in meeting}
                yield _finding(table, meeting, commands, places)


_BYPASSING = frozenset({"public", "postgres", "supabase_admin", "service_role"})


def _roles(policies: list[Policy]) -> list[str]:
    """The roles to ask about: those of the API, and all others that a policy names and that no policy is asked for.

    Supabase, "Row Level Security", "Bypassing Row Level Security": so it is with `service_role`.
    """
    named = {role for policy in policies for role in policy.roles} - _BYPASSING
    return [*(role for role in API_ROLES if role not in _BYPASSING), *sorted(named - set(API_ROLES))]


def _applies(policy: Policy, role: str, command: str) -> bool:
    return policy.command in {"all", command} and (not policy.roles or bool({"public", role} & set(policy.roles)))


def _finding(
    table: Table, meeting: tuple[Policy, ...], commands: dict[str, list[str]], places: dict[str, Location]
) -> Finding:
    ordered = sorted(meeting, key=lambda policy: places[policy.name])
    roles = list(dict.fromkeys(role for several in commands.values() for role in several))
    names = " and ".join(repr(policy.name) for policy in ordered)
    what = ", ".join(command.upper() for command in commands)
    return Finding(
        places[ordered[-1].name],
        f"{len(ordered)} permissive policies of {table.name} apply to {what} by {', '.join(roles)}: {names}. "
        "Each is evaluated for every row.",
        _remedy(table, ordered, list(commands), roles),
        tuple(Related(places[policy.name], f"policy {policy.name!r}") for policy in ordered[:-1]),
        table_subject(table, role=", ".join(roles)),
        {"table": str(table.name), "policies": names, "command": what, "count": str(len(ordered))},
    )


def _remedy(table: Table, policies: list[Policy], commands: list[str], roles: list[str]) -> str:
    """One policy for each command instead of all; where one of them lets everybody through, which to choose from.

    It has a name of its own where the others stay.
    """
    idle = [policy for policy in policies if _is_for_service(policy)]
    if idle and len(policies) - len(idle) < 2:
        told = "-- service_role passes row security by itself: no policy has to let it"
        return "\n".join([told, *(f"drop policy {quoted(policy.name)} on {table.name.quoted};" for policy in idle)])
    for policy in policies:
        if any(clause is not None and always_true(clause.tree) for clause in (policy.using, policy.check)):
            return _beside_open(table, policy, [one for one in policies if one is not policy])
    same = len({frozenset(policy.roles) - {"public"} for policy in policies}) == 1
    if same:
        lines = [f"drop policy {quoted(policy.name)} on {table.name.quoted};" for policy in policies]
        roles = [role for role in policies[0].roles if role != "public"]
    else:
        replaced = [one for one in policies if one.roles and {*one.roles} <= {*roles} and one.command in commands]
        lines = [f"drop policy {quoted(policy.name)} on {table.name.quoted};" for policy in replaced]
        left = " and ".join(quoted(policy.name) for policy in policies if policy not in replaced)
        lines += [f"-- take {', '.join(roles)} out of {left}, for the roles that are left"] if left else []
    covered = _COMMANDS if same and any(policy.command == "all" for policy in policies) else commands
    to = f" to {', '.join(map(quoted, roles))}" if roles else ""
    for command in covered:
        meeting = [policy for policy in policies if policy.command in {"all", command}]
        name = quoted(meeting[0].name if same and len(covered) == 1 else f"{meeting[0].name}: {command}")
        lines.append(f"create policy {name} on {table.name.quoted}\n  for {command}{to}{_clauses(meeting, command)};")
    return "\n".join(lines)


def _is_for_service(policy: Policy) -> bool:
    """Whether a policy lets nobody through but `service_role`, which bypasses row security."""
    clauses = [clause for clause in (policy.using, policy.check) if clause is not None]
    return bool(clauses) and all(_SERVICE.fullmatch(clause.text) for clause in clauses)


def _beside_open(table: Table, policy: Policy, others: list[Policy]) -> str:
    """What is left to the others where one lets everybody through: nothing, or to write where it is about reading."""
    name = quoted(policy.name)
    told = f"-- {name} holds for every row: drop it"
    if policy.command != "select" or not all(_covers(policy, one) for one in others):
        return f"{told}, or where that is meant those beside it\ndrop policy {name} on {table.name.quoted};"
    lines = [f"{told}, or where everybody may read that, ask nothing else about reading"]
    for other in others:
        lines.append(f"drop policy {quoted(other.name)} on {table.name.quoted};")
        to = f" to {', '.join(map(quoted, other.roles))}" if other.roles else ""
        for command in _COMMANDS[1:] if other.command == "all" else ():
            head = f"create policy {quoted(f'{other.name}: {command}')} on {table.name.quoted}"
            lines.append(f"{head}\n  for {command}{to}{_clauses([other], command)};")
    return "\n".join(lines)


def _covers(wide: Policy, narrow: Policy) -> bool:
    """Whether a policy is for all roles of another."""
    everybody = not wide.roles or "public" in wide.roles
    return everybody or (bool(narrow.roles) and set(narrow.roles) <= set(wide.roles))


def _clauses(policies: list[Policy], command: str) -> str:
    """The conditions of several policies for one command as one; a missing WITH CHECK follows USING."""
    using = [policy.using.text for policy in policies if policy.using]
    check = [clause.text for policy in policies if (clause := policy.check or policy.using)]
    said = {
        "using": using if command != "insert" else [],
        "with check": check if command in {"insert", "update"} else [],
    }
    if said["with check"] == using:
        said["with check" if command == "update" else "using"] = []
    return "".join(f"\n  {word} ({_either(texts)})" for word, texts in said.items() if texts)


def _either(texts: list[str]) -> str:
    several = list(dict.fromkeys(texts))
    return several[0] if len(several) == 1 else "\n    " + "\n    or ".join(f"({one})" for one in several) + "\n  "


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
create policy "service" on public.notes for all to service_role using (true);
create policy "jobs" on public.notes for all to service_role using (shared);
""",
]
