"""A table or column in use gets another name, and nothing answers to the old one.

While a deployment rolls out, the version that is still running asks for the old name and fails; so does everything
that was forgotten: reports, jobs, clients of the API. A view with the old name, or a new column that is kept in step,
lets both live for a release. A view that a later migration makes counts as well, where it is there in the end or made
on the same day.

What was made on the day on which it is renamed, by the times in the migrations' names, no released code may know. Of a
table that no migration makes the migrations are not the history: they may only catch up with names that the code has.
"""

import re
from collections.abc import Iterator, Sequence

from ...facts import sql
from ...facts.data import TableAccess
from ...facts.schema import Database, Step, Table
from ...facts.values import Call, Record, Value, constant_text
from ...finding import Confidence, Finding, Related
from ...join.databases import databases
from ...join.exposure import table_subject
from ...join.history import existed, is_put_aside, same_file, steps, within_a_day
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="medium",
    since="0.1.0",
    languages=("sql",),
    asked_by="R E",
    strictly="renames in migrations written in Python, around which code may do the rest; of what was made on the same day, "
    "and of columns of tables that no migration of a Supabase project makes, where no code at hand uses the old name.",
    limits="Of code that still uses the old name, chains on a constant table are shown; the SQL in it is not searched.",
)

_OTHERS = frozenset({"from", "from_", "table", "schema", "rpc", "limit", "range", "returns", "then", "throwOnError"})
"""Calls on a table that name no column first."""
MOST_USES = 5
"""How many places of the code that still use an old name are shown."""


def check(project: Project) -> Iterator[Finding]:
    """Renamed tables and columns of earlier migrations without a stand-in for the old name."""
    for database, step in steps(project):
        action = step.action
        if not isinstance(action, sql.Rename) or action.kind not in {"table", "column"}:
            continue
        if action.kind == "table" and action.new.endswith("_seq"):
            continue  # PostgreSQL renames sequences by ALTER TABLE, too, and the defaults that use them follow
        for table in step.tables[:1]:
            if is_put_aside(action.new):
                continue
            if action.kind == "table" and table.name in database.views:
                continue
            if not existed(database, table, step) or _stands_in(database, step, table, action):
                continue
            uses = _uses(project, table) if action.kind == "table" else _asking(project, database, table, action)
            yield _finding(table, action, step, uses, not uses and _is_unknown(database, step, table, action))


def _uses(project: Project, table: Table) -> tuple[TableAccess, ...]:
    """Where code still asks for a table by a name that nothing has any more."""
    old = table.name
    if any(old in (*database.tables, *database.views) for database in project.view(databases)):
        return ()
    return tuple(_on(project, table))


def _asking(project: Project, database: Database, table: Table, action: sql.Rename) -> tuple[TableAccess, ...]:
    """Where code still asks a table for a column that it has no more."""
    now = database.tables.get(table.name)
    if now is not None and now.column(action.part):
        return ()
    word = re.compile(rf"(?<![\w.:]){re.escape(action.part)}(?!\w|\s*\()")
    return tuple(
        access
        for access in _on(project, table)
        if any(_names(call, word) for call in access.calls if isinstance(call, Call) and call.name not in _OTHERS)
    )


def _names(call: Call, word: re.Pattern[str]) -> bool:
    """Whether a call on a table names a column: `.select("a, b")`, `.eq("a", 1)`, `.insert({ a: 1 })`."""
    first: Value | None = call.arguments[0] if call.arguments else None
    if isinstance(first, Record):
        return any(word.fullmatch(key) for key, _ in first.entries)
    text = (constant_text(first) or "") if first is not None else ""
    return word.search(re.sub(r"\([^()]*\)", "", text)) is not None


def _on(project: Project, table: Table) -> Iterator[TableAccess]:
    """The chains of the code on a table."""
    for access in project.facts(TableAccess):
        named = access.relation == table.name.name and access.schema in ("", table.name.schema)
        if named and access.operation != "rpc":
            yield access


def _is_unknown(database: Database, step: Step, table: Table, action: sql.Rename) -> bool:
    """Whether the migrations give no reason to think that code in use knows the old name."""
    if table.made is None:
        return database.platform == "supabase" and action.kind == "column"
    made = table.made.path
    for one in database.steps:
        if one is step:
            break
        if isinstance(one.action, sql.AlterTable) and any(each.name == table.name for each in one.tables[:1]):
            added = {change.column.name for change in one.action.changes if isinstance(change, sql.AddColumn)}
            made = one.statement.at.path if action.part in added else made
    return within_a_day(made, step.statement.at.path)


def _stands_in(database: Database, step: Step, table: Table, action: sql.Rename) -> bool:
    """Whether the same migration gives the old name to something else: a view, a table, a column; a view on its day."""
    here = step.statement.at.path
    for one in database.steps if action.kind == "table" else ():
        match one.action:
            case sql.CreateView(name=name) if one.file > step.file and name.name == table.name.name:
                if within_a_day(here, one.statement.at.path):
                    return True
            case _:
                pass
    for one in same_file(database, step):
        match one.action:
            case sql.CreateView(name=name) | sql.CreateTable(name=name):
                if name.name == table.name.name:
                    return True
            case sql.AlterTable(name=name, changes=changes) if action.kind == "column":
                added = {change.column.name for change in changes if isinstance(change, sql.AddColumn)}
                if name.name == table.name.name and action.part in added:
                    return True
            case sql.Rename(new=new) if new == (action.part or table.name.name):
                return True
            case _:
                pass
    return False


def _finding(table: Table, action: sql.Rename, step: Step, uses: Sequence[TableAccess], unknown: bool) -> Finding:
    if action.kind == "table":
        old, new = table.name.name, action.new
        what = f"table {table.name} is renamed to {new}"
        remedy = (
            f"create view {table.name.quoted} with (security_invoker = on) as\n"
            f"  select * from {sql.Name(table.name.schema, new).quoted}; -- drop it a release later"
        )
    else:
        old, new = action.part, action.new
        what = f"column {old} of {table.name} is renamed to {new}"
        remedy = (
            f"alter table {table.name.quoted} add column {sql.quoted(new)} …;\n"
            f"-- keep {old} and {new} in step with a trigger, move the code, drop {old} a release later"
        )
    return Finding(
        step.statement.at,
        f"{what}, and nothing answers to the old name: code that is still running fails.",
        remedy,
        tuple(Related(use.at, f"still asks for {old}") for use in uses[:MOST_USES]),
        confidence=Confidence.HIGH if uses else None,
        strict=unknown or step.statement.at.path.endswith(".py"),
        subject=table_subject(table, action.part),
        slots={"table": str(table.name), "old": old, "new": new},
    )


REMARK = (
    "For as long as the deployment takes, half of the code asks for `{old}` and half for `{new}`. "
    "Keep the old name alive for one release."
)

EXAMPLES = [
    """
=== supabase/migrations/20240101000000_people.sql
create table public.contacts (id uuid primary key);
create table public.accounts (id uuid primary key);
=== supabase/migrations/20240301000000_retire.sql
alter table public.contacts rename to _deprecated_contacts;
alter table public.accounts rename to old_accounts;
""",
    """
=== migrations/0001_users.sql
create table users (id bigint primary key, name text);
=== migrations/0002_rename.sql
alter table users rename column name to full_name; -- <-- the running version asks for name
alter table member_id_seq rename to users_id_seq;
alter table users rename to people; -- <-- and for users
""",
    """
=== migrations/0001_users.sql
create table users (id bigint primary key, name text);
alter table users rename column name to full_name;
=== migrations/0002_rename.sql
alter table users rename to people;
create view users with (security_invoker = on) as select * from people;
alter index users_pkey rename to people_pkey;
""",
    """
=== migrations/0001_users.sql
create table users (id bigint primary key, name text);
=== migrations/0002_rename.sql
alter table users rename to people;
=== migrations/0003_compatible.sql
create view users with (security_invoker = on) as select * from people;
""",
    """
=== supabase/migrations/20240101000000_users.sql
create table public.users (id bigint primary key, name text);
=== supabase/migrations/20240201000000_rename.sql
alter table public.users rename to people; -- <-- the page below still asks for users
=== src/app/users/page.tsx
import { createClient } from '@supabase/supabase-js'

const supabase = createClient(process.env.URL!, process.env.ANON_KEY!)

export async function names() {
  const { data } = await supabase.from('users').select('name')
  return data
}
""",
    """
=== supabase/migrations/20240101090000_files.sql
create table public.files (id bigint primary key, size bigint);
create table public.notes (id bigint primary key, body text);
=== supabase/migrations/20240101094000_names.sql
alter table public.files rename column size to size_in_bytes; -- <-- strict: forty minutes old
=== supabase/migrations/20240105000000_times.sql
alter table public.notes add column at timestamptz;
=== supabase/migrations/20240105120000_names.sql
alter table public.notes rename column at to written_at; -- <-- strict: the column is as young
alter table public.notes rename column body to text; -- <-- this one is not
alter table public.runs rename column result to status; -- <-- strict: made by hand, perhaps with both names
alter table public.steps rename column result to status; -- <-- the code below asks for the old name
alter table public.notes rename to remarks;
=== supabase/migrations/20240105120100_stand_in.sql
create view public.notes as select * from public.remarks;
=== supabase/migrations/20240301000000_gone.sql
drop view public.notes;
=== src/steps.ts
import { createClient } from '@supabase/supabase-js'

const supabase = createClient(process.env.URL!, process.env.ANON_KEY!)

export const steps = () => supabase.from('steps').select('id, result')
export const runs = () => supabase.from('runs').select('id, status, steps (result)')
""",
]
