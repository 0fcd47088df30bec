"""Only code in the browser keeps a write from people without the right to it.

What runs in the browser is the visitor's to change: a test of a role there decides what is shown, never what is allowed.
The same request can be sent from the console. The right has to be asked for by the table's policies.
"""

import re
from collections.abc import Iterator

from ...facts.data import TableAccess
from ...facts.file import Side
from ...facts.location import Location, Related
from ...facts.schema import Database, Table
from ...facts.sql import Name
from ...finding import Finding, Subject
from ...join.exposure import for_visitors
from ...join.served import schema_asked, served_to
from ...join.truth import is_for_anybody
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="error",
    confidence="medium",
    since="0.1.0",
    languages=("typescript",),
    found_at=("TableAccess",),
    asked_by="FE",
    level="strict",
    security="8.1",
    limits="Tests of a role in another component or function are not seen. Policies that ask for anything beyond being "
    "signed in are taken to enforce the right.",
)

_ROLE = re.compile(
    r"\b(?:is_?(?:super_?)?(?:admin|staff|moderator|editor|manager)|(?:user_?)?roles?|permissions?"
    r"|(?:can|may)(?:Edit|Delete|Write|Manage|Update|Create)\w*|has_?(?:Role|Permission|Access)\w*)\b",
    re.I,
)
_COMMANDS = {"insert": ("insert",), "update": ("update",), "upsert": ("insert", "update"), "delete": ("delete",)}


def check(project: Project) -> Iterator[Finding]:
    """Every write from the browser behind a test of a role, where the table lets everybody who is signed in do it."""
    for access in project.facts(TableAccess, Side.BROWSER):
        test = next((one for one in access.conditions if _ROLE.search(one)), "")
        served = served_to(project, access.at.path) if test and access.library == "supabase" else None
        schema = schema_asked(project, access) if served is not None else None
        if served is None or schema is None or access.relation is None or access.operation not in _COMMANDS:
            continue
        table = served.database.tables.get(Name(schema, access.relation))
        if table is None or not table.seen or table.uncertain or table.platform or not served.is_sure(table.name):
            continue
        opened = _opened(served.database, table, access.operation)
        if opened is not None:
            at, why = opened
            yield Finding(
                access.at,
                f"`{test}` in the browser is all that keeps people from this {access.operation}: {why}.",
                f"a policy on {table.name} that asks for the role, for {' and '.join(_COMMANDS[access.operation])}",
                (Related(at, why),),
                Subject("table", table.name.name, table.name.schema, table=table.name.name),
                {"test": test, "table": table.name.name, "operation": access.operation},
            )


def _opened(database: Database, table: Table, operation: str) -> tuple[Location, str] | None:
    """What lets everybody who is signed in do it, and how; None where nothing does."""
    if not table.rls:
        return (table.made, f"`{table.name.name}` has no row security") if table.made is not None else None
    policies = database.policies_of(table.name)
    if any(not policy.permissive or policy.uncertain for policy in policies):
        return None
    for policy in policies:
        if policy.command not in ("all", *_COMMANDS[operation]) or not for_visitors(policy):
            continue
        clauses = [clause.tree for clause in (policy.using, policy.check) if clause is not None]
        if clauses and all(is_for_anybody(clause) for clause in clauses):
            return policy.defined, f"policy '{policy.name}' allows it to everybody who is signed in"
    return None


REMARK = "`{test}` runs on the visitor's machine. Whoever skips it can {operation} rows of `{table}`; ask for the role in a policy."

EXAMPLES = [
    """
=== supabase/migrations/20240101000000_posts.sql
create table posts (id bigint primary key, title text);
alter table posts enable row level security;
create policy "signed in" on posts for delete to authenticated using (true);
create policy "admins" on posts for update to authenticated
  using ((select auth.jwt()) -> 'app_metadata' ->> 'role' = 'admin');
create table notices (id bigint primary key, title text);

=== app/posts.tsx
"use client"
import { useState } from "react"
import { createClient } from "@supabase/supabase-js"

const supabase = createClient(url, key)

export async function remove(user: User, id: number) {
  if (user.role !== "admin") return
  await supabase.from("posts").delete().eq("id", id) // <-- everybody may
}

export async function announce(isAdmin: boolean, title: string) {
  if (isAdmin) {
    await supabase.from("notices").insert({ title }) // <-- no row security
  }
}
""",
    """
=== supabase/migrations/20240101000000_posts.sql
create table posts (id bigint primary key, title text);
alter table posts enable row level security;
create policy "signed in" on posts for delete to authenticated using (true);
create policy "admins" on posts for update to authenticated
  using ((select auth.jwt()) -> 'app_metadata' ->> 'role' = 'admin');

=== app/posts.tsx
"use client"
import { useState } from "react"
import { createClient } from "@supabase/supabase-js"

const supabase = createClient(url, key)

export async function rename(user: User, id: number, title: string) {
  if (user.role !== "admin") return
  await supabase.from("posts").update({ title }).eq("id", id)
}

export async function remove(id: number) {
  if (!confirm("Sure?")) return
  await supabase.from("posts").delete().eq("id", id)
}
""",
]
