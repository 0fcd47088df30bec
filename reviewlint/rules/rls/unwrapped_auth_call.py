"""A policy calls `auth.uid()` or its kin once for every row instead of once for the statement.

PostgreSQL evaluates a function in a policy for each row that it looks at. Wrapped in a scalar sub-query it becomes an
initial plan: computed once, compared often. On a table of a hundred thousand rows that is the difference between
milliseconds and seconds, and it changes nothing about the result.

A sub-query that computes more than the call, `(select auth.jwt() ->> 'role')`, is evaluated once as well. It is
reported as a note because Supabase's own linter, which knows only the plain form, reports it. A condition that wraps
one call and leaves another of the same function bare passes, there as here. A sub-query over rows that asks nothing of
the row around it is evaluated once, too: a bare call in it is a note for the same reason.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from ...facts import sql
from ...facts.location import Location, Related
from ...facts.schema import Policy
from ...facts.sql import Expression
from ...finding import Amendment, Confidence, Edit, Finding, Fix, Severity
from ...join.claims import CallerCall, apart, caller_calls, expressions
from ...join.exposure import api_databases, own_policies, policy_subject
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="high",
    since="0.1.0",
    languages=("sql",),
    asked_by="F",
)


def check(project: Project) -> Iterator[Finding]:
    """Every policy with a caller function outside of a sub-query of its own."""
    for database, _ in project.view(api_databases):
        for policy, table in own_policies(database, "realtime"):
            calls = [call for expression in expressions(policy) for call in _calls(expression)]
            bare = [call for call in calls if call.wrapped == "bare"]
            inside = [call for call in calls if call.wrapped == "inside"]
            found = (one for each in expressions(policy) for one in apart(each.tree, policy.table, database.tables))
            once = {call.call.at for call in found}
            each_row = [call for call in bare if call.call.at not in once]
            if table.rls and each_row:
                yield _finding(policy, each_row + [call for call in bare if call.call.at in once])
            elif table.rls and bare:
                yield replace(_finding(policy, bare), evidence=_said_once(policy, bare), severity=Severity.NOTE)
            elif table.rls and inside:
                yield _note(policy, inside[0])


def _calls(expression: Expression) -> list[CallerCall]:
    """The calls of one condition; where one function is wrapped once, Supabase's linter is content with it."""
    calls = list(caller_calls(expression.tree))
    content = {call.name for call in calls if call.wrapped == "alone"}
    return [call for call in calls if call.name not in content]


def _finding(policy: Policy, bare: list[CallerCall]) -> Finding:
    names = " and ".join(dict.fromkeys(f"`{call.name}`" for call in bare))
    first = bare[0]
    edits = tuple(
        Edit(at, text)
        for call in bare
        for at, text in (
            (_point(call, end=False), "(select "),
            (_point(call, end=True), ")"),
        )
    )
    wrapped = f"(select {first.name})" if "…" not in first.name else "(select current_setting('…', true))"
    return Finding(
        first.call.at,
        f"policy {policy.name!r} of {policy.table} calls {names} for every row that it looks at.",
        wrapped,
        tuple(Related(call.call.at, "also called here") for call in bare[1:]),
        policy_subject(policy),
        {"policy": policy.name, "table": str(policy.table), "call": first.name},
        Fix(True, edits),
        amendment=_amendment(policy, {call.name for call in bare}),
    )


def _said_once(policy: Policy, bare: list[CallerCall]) -> str:
    names = " and ".join(dict.fromkeys(f"`{call.name}`" for call in bare))
    return (
        f"policy {policy.name!r} of {policy.table} calls {names} in a sub-query that asks nothing of the row: PostgreSQL "
        "works that out once, but may call it for each row that the sub-query looks at, and Supabase's linter reports it."
    )


_CALL = re.compile(
    r"'(?:[^']|'')*'"
    r"|(?<!select )\b(?P<call>auth\.(?:uid|jwt|role|email)\(\)|current_setting\((?:[^()']|'[^']*')*\))",
    re.IGNORECASE,
)


def _amendment(policy: Policy, bare: set[str]) -> Amendment:
    """ALTER POLICY with the same conditions, the calls wrapped."""

    def wrapped(call: re.Match[str]) -> str:
        written = call["call"]
        name = "current_setting(…)" if written and "_setting" in written.lower() else (written or "").lower()
        return f"(select {written})" if name in bare else call[0]

    clauses = [
        f"\n  {word} ({_CALL.sub(wrapped, expression.text)})"
        for word, expression in (("using", policy.using), ("with check", policy.check))
        if expression is not None
    ]
    return Amendment(True, f"alter policy {sql.quoted(policy.name)} on {policy.table.quoted}{''.join(clauses)};")


def _note(policy: Policy, inside: CallerCall) -> Finding:
    return Finding(
        inside.call.at,
        f"policy {policy.name!r} of {policy.table} wraps `{inside.name}` together with more than the call: it is "
        "evaluated once, but Supabase's linter recognises only the plain form and reports it.",
        f"(select {inside.name})",
        subject=policy_subject(policy),
        slots={"policy": policy.name, "table": str(policy.table), "call": inside.name},
        severity=Severity.NOTE,
        confidence=Confidence.LOW,
    )


def _point(call: CallerCall, *, end: bool) -> Location:
    at = call.call.at
    if end:
        return Location(at.path, at.end_line, at.end_column, at.end_line, at.end_column)
    return Location(at.path, at.line, at.column, at.line, at.column)


REMARK = (
    "`{call}` gives the same answer for every row of `{table}`, and nothing here tells PostgreSQL so. "
    "Ask once, in a sub-query of its own."
)

EXAMPLES = [
    """
=== supabase/migrations/20240101000000_notes.sql
create table public.notes (id uuid primary key, user_id uuid, team_id uuid);
alter table public.notes enable row level security;
create policy "own" on public.notes for all to authenticated
  using (user_id = auth.uid()) -- <-- per row, and again in the check
  with check (user_id = auth.uid());
create policy "team" on public.notes for select to authenticated using (
  team_id in (select team_id from public.members m where m.user_id = auth.uid())); -- <-- a sub-query over rows is no wrapping
=== fixed supabase/migrations/20240101000000_notes.sql
create table public.notes (id uuid primary key, user_id uuid, team_id uuid);
alter table public.notes enable row level security;
create policy "own" on public.notes for all to authenticated
  using (user_id = (select auth.uid()))
  with check (user_id = (select auth.uid()));
create policy "team" on public.notes for select to authenticated using (
  team_id in (select team_id from public.members m where m.user_id = (select auth.uid())));
""",
    """
=== supabase/migrations/20240101000000_notes.sql
create table public.notes (id uuid primary key, user_id uuid);
alter table public.notes enable row level security;
create policy "own" on public.notes for select to authenticated using (user_id = (select auth.uid()));
create policy "role" on public.notes for delete to authenticated
  using (((select auth.jwt()) -> 'app_metadata' ->> 'role') = 'admin');
create policy "old" on public.notes for update to authenticated using (user_id = auth.uid());
drop policy "old" on public.notes;
""",
    """
=== supabase/migrations/20240101000000_teams.sql
create table public.members (user_id uuid, team_id uuid, role text, primary key (user_id, team_id));
create table public.teams (id uuid primary key, company_id uuid);
alter table public.teams enable row level security;
create policy "admins" on public.teams for delete to authenticated using (
  exists (select 1 from public.members m where m.user_id = auth.uid() and m.role = 'admin')); -- <-- once: a note
create policy "own" on public.teams for select to authenticated using (
  exists (select 1 from public.members m where m.user_id = auth.uid() and m.team_id = teams.id)); -- <-- of each row
create policy "company" on public.teams for update to authenticated using (
  exists (select 1 from members where user_id = auth.uid() and team_id = company_id)); -- <-- a column of the row
create policy "known" on public.teams for insert to authenticated with check (
  exists (select 1 from public.profiles where id = auth.uid())); -- <-- `id` may be that of the row
""",
    """
=== supabase/migrations/20240101000000_admins.sql
create table public.admins (user_id uuid primary key, kind text);
create table public.renders (id bigint primary key, active boolean);
alter table public.renders enable row level security;
create policy "see" on public.renders for select to authenticated
  using (active or auth.uid() in (select user_id from public.admins where kind = 'all')); -- <-- beside the sub-query, for every row
create policy "drop" on public.renders for delete to authenticated
  using (exists (select 1 from public.admins where user_id = auth.uid())); -- <-- a note: once
""",
]
