"""A table or column in use gets another name, and nothing answers to the old one.

While a deployment rolls out, the version that is still running asks for the old name and fails; so does everything
that was forgotten: reports, jobs, clients of the API. A view with the old name, or a new column that is kept in step,
lets both live for a release. A view that a later migration makes counts as well, where it is there in the end.
"""

import re
from collections.abc import Iterator, Sequence

from ...facts import sql
from ...facts.data import TableAccess
from ...facts.schema import Database, Step, Table
from ...finding import Confidence, Finding, Related
from ...join.databases import databases
from ...join.exposure import table_subject
from ...join.history import existed, same_file, steps
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="medium",
    since="0.1.0",
    languages=("sql",),
    asked_by="R E",
    strictly="renames in migrations written in Python, around which code may do the rest.",
    limits="Of code that still uses the old name, chains on a constant table are shown; the SQL in it is not searched.",
)

_ASIDE = re.compile(r"_(?:old|bak|backup|legacy|deprecated|tmp)$", re.IGNORECASE)
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
            if _ASIDE.search(action.new):
                continue  # to make room for what gets the old name
            if action.kind == "table" and table.name in database.views:
                continue
            if existed(database, table, step) and not _stands_in(database, step, table, action):
                yield _finding(table, action, step, () if action.kind == "column" else _uses(project, table))


def _uses(project: Project, table: Table) -> tuple[TableAccess, ...]:
    """Where code still asks for a table by a name that nothing has any more."""
    old = table.name
    if any(old in (*database.tables, *database.views) for database in project.view(databases)):
        return ()
    return tuple(
        access
        for access in project.facts(TableAccess)
        if access.relation == old.name and access.schema in ("", old.schema) and access.operation != "rpc"
    )


def _stands_in(database: Database, step: Step, table: Table, action: sql.Rename) -> bool:
    """Whether the same migration gives the old name to something else: a view, a table, a column."""
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


def _finding(table: Table, action: sql.Rename, step: Step, uses: Sequence[TableAccess]) -> Finding:
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
        strict=step.statement.at.path.endswith(".py"),
        subject=table_subject(table, action.part),
        slots={"table": str(table.name), "old": old, "new": new},
    )


REMARK = (
    "For as long as the deployment takes, half of the code asks for `{old}` and half for `{new}`. "
    "Keep the old name alive for one release."
)

EXAMPLES = [
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
]
