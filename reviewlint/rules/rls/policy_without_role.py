"""A policy asks who the caller is and does not say `to authenticated`: anonymous requests evaluate it too.

Without a TO clause a policy applies to everybody. `auth.uid()` is NULL for a visitor, so the condition is evaluated
for each row only to be NULL; and a condition that does not treat NULL as a refusal lets the visitor in. With the role
in the policy PostgreSQL leaves the policy out for everybody else.

The anon key is a token, too: `auth.jwt()` has an issuer and the role `anon` for a visitor, and no `sub`, `email` or
`app_metadata`. So a policy asks for the caller by claims that only users have, not by the role.

Policies that do not ask for the caller are silent: `for select using (true)` is for everybody on purpose. So are those
of a table on which `anon` has no privilege that the policy is about: its requests are refused before any policy is asked.
"""

from collections.abc import Iterator

from ...facts import sql
from ...facts.location import Related
from ...facts.schema import Database, Policy, Table
from ...facts.sql import Tree
from ...finding import Amendment, Edit, Finding, Fix
from ...join.applied import written
from ...join.claims import caller_calls, claims, expressions
from ...join.exposure import api_databases, holders, own_policies, policy_subject
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="note",
    confidence="high",
    since="0.1.0",
    languages=("sql",),
    asked_by="F",
)

_OF_VISITORS = frozenset({"iss", "ref", "role", "iat", "exp"})
"""The claims of the anon key (Supabase, "Understanding API keys")."""


def check(project: Project) -> Iterator[Finding]:
    """Every policy without a TO clause that asks who is calling."""
    for database, _ in project.view(api_databases):
        for policy, table in own_policies(database):
            if policy.roles or not table.rls or policy.uncertain or not _is_asked(policy, table):
                continue
            kept = _kept_from_visitors(database, policy)
            if not all(_needs_caller(expression.tree, kept) for expression in expressions(policy)):
                continue
            asking = [one for expression in expressions(policy) for one in _asking(expression.tree)]
            if not (asking or kept):
                continue
            call = asking[0] if asking else f"select … from {kept}"
            why = "is NULL for anonymous requests" if asking else "finds nothing for anonymous requests"
            remedy = f"alter policy {sql.quoted(policy.name)} on {policy.table.quoted} to authenticated;"
            place = written(project, database, policy)
            again = () if place == policy.defined else (Related(policy.defined, "made again outside of the history"),)
            yield Finding(
                place,
                f"policy {policy.name!r} of {policy.table} has no TO clause and depends on `{call}`, which {why}: they "
                "evaluate it for nothing.",
                remedy,
                again,
                subject=policy_subject(policy),
                slots={"policy": policy.name, "table": str(policy.table), "call": call},
                amendment=Amendment(False, remedy),
                fix=Fix(False, (Edit(policy.clauses, "to authenticated "),)) if policy.clauses and not again else None,
            )


def _is_asked(policy: Policy, table: Table) -> bool:
    """Whether `anon` may do to the table, or to a column of it, what the policy decides about."""
    about = {"select", "insert", "update", "delete"} if policy.command == "all" else {policy.command}
    of_columns = (held for (role, _), held in table.column_grants.items() if role in {"anon", "public"})
    return "anon" in holders(table.grants, *about) or any(about & held for held in of_columns)


def _asking(tree: Tree) -> list[str]:
    """What a condition asks of the caller's token that is NULL for visitors, in the words of SQL."""
    calls = [call.name for call in caller_calls(tree) if call.name in {"auth.uid()", "auth.email()"}]
    read = [claim.path for claim in claims(tree) if claim.path and claim.path[0] not in _OF_VISITORS]
    return calls + [
        " ".join(("auth.jwt()", *(f"-> '{key}'" for key in path[:-1]), f"->> '{path[-1]}'")) for path in read
    ]


def _kept_from_visitors(database: Database, policy: Policy) -> str:
    """A table that a policy reads, where all that it reads are seen by nobody who has not signed in; else `""`."""
    for relation in policy.relations:
        table = database.tables.get(relation)
        readers = [one for one in database.policies_of(relation) if one.command in {"all", "select"}]
        if table is None or not table.rls or not readers or not all(map(_is_for_users, readers)):
            return ""
    return str(min(policy.relations, key=str, default=""))


def _is_for_users(policy: Policy) -> bool:
    """Whether a policy lets nobody in who has not signed in: by its roles, or because it asks who is calling."""
    if policy.roles:
        return {"anon", "public"}.isdisjoint(policy.roles)
    asked = [_needs_caller(expression.tree) for expression in expressions(policy)]
    return bool(asked) and all(asked)


def _needs_caller(tree: Tree, kept: str = "") -> bool:
    """Whether a condition can only hold for somebody who is signed in: not `published or owner = auth.uid()`.

    So can one that asks for a row of tables that are `kept` from all others.
    """
    match tree:
        case sql.Operation(operator="and", operands=operands):
            return any(_needs_caller(operand, kept) for operand in operands)
        case sql.Operation(operator="or", operands=operands):
            return all(_needs_caller(operand, kept) for operand in operands)
        case sql.Operation(operator="not" | "is null" | "is distinct from"):
            return False
        case sql.Query(use="any" | "exists") if kept:
            return True
        case _:
            return bool(_asking(tree))


REMARK = (
    "Visitors without an account run this policy too, and `{call}` has nothing to tell about them. "
    "Say `to authenticated` and the question never comes up."
)

EXAMPLES = [
    """
=== supabase/migrations/20240101000000_notes.sql
create table public.notes (id uuid primary key, user_id uuid);
alter table public.notes enable row level security;
create policy "own" on public.notes for select using (user_id = (select auth.uid())); -- <-- for anon as well
=== fixed supabase/migrations/20240101000000_notes.sql
create table public.notes (id uuid primary key, user_id uuid);
alter table public.notes enable row level security;
create policy "own" on public.notes for select to authenticated using (user_id = (select auth.uid()));
""",
    """
=== supabase/migrations/20240101000000_notes.sql
create table public.notes (id uuid primary key, user_id uuid, published boolean);
alter table public.notes enable row level security;
create policy "public" on public.notes for select using (published or user_id = (select auth.uid()));
create policy "own" on public.notes for update to authenticated using (user_id = (select auth.uid()));
create policy "late" on public.notes for delete using (user_id = (select auth.uid()));
alter policy "late" on public.notes to authenticated;
""",
    """
=== supabase/migrations/20240101000000_tokens.sql
create table public.tokens (id uuid primary key, user_id uuid);
alter table public.tokens enable row level security;
revoke all on public.tokens from anon;
create policy "own" on public.tokens for select using (user_id = (select auth.uid()));
create table public.hints (id uuid primary key, user_id uuid);
alter table public.hints enable row level security;
revoke update on public.hints from anon;
create policy "seen" on public.hints for select using (user_id = (select auth.uid())); -- <-- anon may still select
create policy "mend" on public.hints for update using (user_id = (select auth.uid()));
""",
    """
=== supabase/migrations/20240101000000_lines.sql
create table public.bills (id uuid primary key, user_id uuid);
alter table public.bills enable row level security;
create policy "own bills" on public.bills for select to authenticated using (user_id = (select auth.uid()));
create table public.lines (id uuid primary key, bill_id uuid references public.bills);
alter table public.lines enable row level security;
create policy "of own bills" on public.lines for select using (bill_id in (select id from public.bills)); -- <-- those of nobody else
create policy "of none" on public.lines for delete using (bill_id not in (select id from public.bills));
""",
    """
=== supabase/migrations/20240101000000_stalls.sql
create table public.stalls (id uuid primary key, open boolean);
alter table public.stalls enable row level security;
create policy "open stalls" on public.stalls for select using (open);
create table public.wares (id uuid primary key, stall_id uuid references public.stalls);
alter table public.wares enable row level security;
create policy "of open stalls" on public.wares for select using (stall_id in (select id from public.stalls));
""",
    """
=== supabase/migrations/20240101000000_orders.sql
create table public.orders (id uuid primary key, buyer text, shop text);
alter table public.orders enable row level security;
create policy "finance" on public.orders for select using ((auth.jwt() ->> 'role') = 'finance');
create policy "whoever" on public.orders for select using (auth.jwt() is not null);
create policy "bought" on public.orders for select using (buyer = (select auth.jwt() ->> 'email')); -- <-- visitors have no address
create policy "shop" on public.orders for update using (shop = (auth.jwt() -> 'app_metadata' ->> 'shop')); -- <-- nor a shop
create policy "cook" on public.orders for delete -- <-- the role alone would not do
  using ((auth.jwt() ->> 'role') = 'authenticated' and buyer = (auth.jwt() ->> 'email'));
""",
]
