"""A migration drops or empties something that holds data, or makes a column too small for it.

A deployment can be rolled back, a dropped column cannot. The safe way is expand and contract: add the new, move code
and data, stop using the old, and drop it in a later release. A comment before the statement or at the head of the file
that says so (which release stopped using it, where the data went) is what a reviewer needs, and silences the finding;
so does a migration that moves rows before it drops anything. Where a comment only says more than the statement does,
whether that is a reason is for its reader to tell.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import dropwhile, takewhile

from ...facts import sql
from ...facts.schema import Database, Step, Table
from ...finding import Confidence, Finding, Severity, Subject
from ...join.applied import is_applied
from ...join.exposure import SERVICE_SCHEMAS
from ...join.habits import as_habits
from ...join.history import existed, same_file, steps
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="medium",
    since="0.1.0",
    languages=("sql",),
    asked_by="E R",
    strictly="migrations that no tool, number or version puts into an order, or that are copies of others; what "
    "stands below a comment that says a little more than the statement does, and SQL in migrations written in "
    "Python, around which code may have moved the data.",
    limits="A note is known by its length, in any language, or its words: contract, unused, moved, backfilled, deprecated, replaced ….",
)

NOTE = re.compile(
    r"\b(?:expand|contract|un-?used|no longer|not used|never used|obsolete|deprecat\w+|replaced?|supersed\w+|moved|"
    r"migrated|copied|backfill\w*|renamed|redundant|duplicate|safe to (?:drop|remove|delete)|empty|legacy|dead|"
    r"since v?\d|after release|archiv\w+)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_A-Z]|')+")
"""A word of any script, or a part of a name in camelCase."""
_MADE = re.compile(
    r"Warnings?:|- (?:You are about to|Added the required|A unique constraint|The (?:primary key|values|migration)|Made the)\b[^-]*"
    r"|\+goose \w+|> ?statement-breakpoint|\+micrate \w+"
    r"|\b(?:Alter|Drop|Create|Add|Rename|Redefine)(?:Table|Index|ForeignKey|Enum)s?\b|\A[^-]*(?=- You are about to)"
)
"""What tools write into a migration (Prisma's headings and warnings), and by which they take it apart."""
_SAME = frozenset(
    "drop drops dropping remove removes removing delete deletes alter the a an of from in and table tables column columns"
    " old index constraint step this that is are to it its data cleanup clean up now migration all".split()
)
"""Words by which a comment says again what the statement does."""
ENOUGH = 5
"""As many other words are a reason."""
_VIEW = re.compile(r"\bviews?\b", re.IGNORECASE)
_SIZES = {"smallint": 2, "integer": 4, "bigint": 8}
_LENGTH = re.compile(r"character varying\((\d+)\)|character\((\d+)\)")


def check(project: Project) -> Iterator[Finding]:
    """Drops, truncations and narrowed columns of what was there before this migration."""
    found = (
        one if is_applied(project, database, step.statement.at.path) else replace(one, strict=True)
        for database, step in steps(project)
        for one in _unexplained(database, step)
    )
    yield from as_habits(project, found, of_history=True)


def _unexplained(database: Database, step: Step) -> list[Finding]:
    found = list(_found(database, step))
    if not found:
        return []
    notes = [_MADE.sub("", note) for note in _notes(database, step)]
    if any(map(NOTE.search, (*notes, _file(step)))) or _was_moved(database, step):
        return []
    names = {
        word.lower()
        for one in found
        if one.subject
        for word in _WORD.findall(f"{one.subject.table} {one.subject.column}")
    }
    told = max(sum(word.lower() not in _SAME | names for word in _WORD.findall(note)) for note in notes)
    if told >= ENOUGH:
        return []
    return [replace(one, strict=told > 0 or step.statement.at.path.endswith(".py")) for one in found]


def _notes(database: Database, step: Step) -> list[str]:
    """What is said before a step, before the first of several that drop something in a row, and above all of them."""
    every = list(same_file(database, step))
    first = next((one for one in every if not isinstance(one.action, sql.Transaction)), step)
    row = [step]
    for one in reversed(every[: every.index(step)]):
        if not isinstance(one.action, sql.Drop):
            break
        row.append(one)
    return [one.statement.note for one in (every[0], first, row[-1], step)]


def _found(database: Database, step: Step) -> Iterator[Finding]:
    """What a step destroys, whatever is said about it."""
    match step.action:
        case sql.AlterTable(changes=changes):
            for table in step.tables[:1]:
                if existed(database, table, step):
                    yield from _changes(database, step, table, changes)
        case sql.Drop(kind="table"):
            yield from _tables(database, step, step.action)
        case sql.Drop(kind="schema", cascade=True, objects=objects):
            yield from _schemas(database, step, objects)
        case sql.Change(what="truncate", tables=names):
            yield from _truncated(database, step, names)
        case _:
            pass


def _was_moved(database: Database, step: Step) -> bool:
    """Whether the same migration fills rows with what it read elsewhere before it drops anything."""
    for one in same_file(database, step):
        if one is step:
            break
        match one.action:
            case sql.Insert(rows=()):
                return True
            case sql.Change(what="update"):
                return True
            case _:
                pass
    return False


def _file(step: Step) -> str:
    """The words of the file's name."""
    return re.sub(r"[-_./]", " ", step.statement.at.path)


def _tables(database: Database, step: Step, action: sql.Drop) -> Iterator[Finding]:
    known = {table.name.name: table for table in step.tables}
    for item in action.objects:
        table = known.get(item.name.name)
        if table is not None and not existed(database, table, step):
            continue
        if table is None or (action.if_exists and _made_here(database, step, item.name)):
            continue
        if not table.columns and _VIEW.search(step.statement.note):
            continue  # of which another database drops views as tables
        name = table.name
        yield Finding(
            step.statement.at,
            f"table {name} is dropped with all its rows, and no comment says why that is safe now.",
            f"-- release 1: stop using {name}\n-- release 2, later:\n"
            f"-- contract: unused since release 1\ndrop table {name.quoted};",
            subject=Subject("table", name.name, name.schema, table=name.name),
            slots={"what": f"table {name}", "first": _FIRST},
        )


def _schemas(database: Database, step: Step, objects: tuple[sql.Dropped, ...]) -> Iterator[Finding]:
    for item in objects:
        schema = item.name.name
        here = (one.action for one in same_file(database, step) if isinstance(one.action, sql.CreateSchema))
        if not any(action.name == schema for action in here):
            yield Finding(
                step.statement.at,
                f"schema {schema} is dropped with every table in it, and no comment says why that is safe now.",
                f"-- contract: nothing in {schema} is used since release 1\ndrop schema {sql.quoted(schema)} cascade;",
                subject=Subject("schema", schema, schema),
                slots={"what": f"schema {schema}", "first": _FIRST},
            )


def _made_here(database: Database, step: Step, name: sql.Name) -> bool:
    """Whether the same file makes a table of that name: a drop before it only clears the way."""
    made = (one.action for one in same_file(database, step) if isinstance(one.action, sql.CreateTable))
    return any(action.name.name == name.name for action in made)


def _made_again(database: Database, step: Step, table: Table) -> frozenset[str]:
    """The columns of a table that the same migration makes or renames another to: something has their place."""
    made = set[str]()
    for one in same_file(database, step):
        match one.action:
            case sql.AlterTable(name=name, changes=changes) if name.name == table.name.name:
                made.update(change.column.name for change in changes if isinstance(change, sql.AddColumn))
            case sql.Rename(kind="column", new=new):
                made.add(new)
            case _:
                pass
    return frozenset(made)


def _is_gone(database: Database, step: Step, table: Table, column: str) -> bool:
    """Whether a table does not have a column: all of them are known, or an earlier statement dropped it."""
    if table.complete or table.column(column):
        return not table.column(column)
    return any(
        isinstance(change, sql.DropColumn) and change.column == column
        for one in takewhile(lambda one: one is not step, database.steps)
        if isinstance(one.action, sql.AlterTable)
        and not one.problem
        and any(each.name == table.name for each in one.tables[:1])
        for change in one.action.changes
    )


def _changes(database: Database, step: Step, table: Table, changes: tuple[sql.TableChange, ...]) -> Iterator[Finding]:
    made = _made_again(database, step, table)
    for change in changes:
        match change:
            case sql.DropColumn(column=column):
                if column in made:
                    continue
                if change.if_exists and _is_gone(database, step, table, column):
                    continue
                yield Finding(
                    step.statement.at,
                    f"column {column} of {table.name} is dropped with its data, and no comment says why that is safe now.",
                    f"-- release 1: stop reading and writing {column}\n-- release 2, later:\n"
                    f"-- contract: unused since release 1\n"
                    f"alter table {table.name.quoted} drop column {sql.quoted(column)};",
                    subject=Subject("table", table.name.name, table.name.schema, table=table.name.name, column=column),
                    slots={"what": f"column {column} of {table.name}", "first": _FIRST},
                )
            case sql.AlterColumnType(column=column, type=new):
                definition = table.column(column)
                if definition and _narrower(definition.type, new):
                    yield Finding(
                        step.statement.at,
                        f"column {column} of {table.name} shrinks from {definition.type} to {new}: values that do not "
                        "fit are refused or cut, and the old type cannot bring them back.",
                        f"alter table {table.name.quoted} add column {sql.quoted(column + '_new')} {new};\n"
                        "-- fill it in batches, check what does not fit, then swap the names",
                        subject=Subject(
                            "table", table.name.name, table.name.schema, table=table.name.name, column=column
                        ),
                        slots={
                            "what": f"a part of what column {column} of {table.name} may hold",
                            "first": "Fill a column of the new type beside it, see what does not fit, and swap the names.",
                        },
                        severity=Severity.ERROR,
                    )
            case _:
                pass


def _narrower(old: str, new: str) -> bool:
    """Whether a type holds less than the one before."""
    if old in _SIZES and new in _SIZES:
        return _SIZES[new] < _SIZES[old]
    before, after = _length(old), _length(new)
    if after is not None:
        return (before is not None and after < before) or old in {"text", "character varying"}
    return (old, new) in {
        ("double precision", "real"),
        ("numeric", "integer"),
        ("numeric", "bigint"),
        ("timestamp with time zone", "date"),
        ("timestamp without time zone", "date"),
        ("text", "integer"),
    }


def _length(type_: str) -> int | None:
    match = _LENGTH.fullmatch(type_)
    return int(match[1] or match[2]) if match else None


def _truncated(database: Database, step: Step, names: tuple[sql.Name, ...]) -> Iterator[Finding]:
    known = {table.name.name: table for table in step.tables}
    for name in names:
        table = known.get(name.name)
        if name.schema in SERVICE_SCHEMAS or (table is not None and not existed(database, table, step)):
            continue
        full = table.name if table else name
        if _dropped_next(database, step, full):
            continue  # which says all there is to say
        yield Finding(
            step.statement.at,
            f"table {full} is emptied by a migration, and no comment says why that is safe now.",
            f"-- say where the rows went, or delete only those that are meant\ndelete from {full.quoted} where …;",
            subject=Subject("table", full.name, full.schema, table=full.name),
            slots={"what": f"every row of {full}", "first": _FIRST},
            confidence=Confidence.HIGH,
        )


def _dropped_next(database: Database, step: Step, table: sql.Name) -> bool:
    """Whether the same migration drops a table later on."""
    later = dropwhile(lambda one: one is not step, same_file(database, step))
    return any(
        isinstance(one.action, sql.Drop) and any(dropped.name == table for dropped in one.tables) for one in later
    )


_FIRST = "Stop using it first, ship that, and drop it in a later release with a note that says so."
"""What comes before whatever is dropped."""

REMARK = "This takes {what} away, and no rollback brings it back. {first}"

EXAMPLES = [
    """
=== migrations/0001_users.sql
create table users (id bigint primary key, name text, nickname text, score bigint);
create table sessions (id bigint primary key);
create table visits (id bigint primary key);
=== migrations/0002_clean.sql
alter table users drop column nickname; -- <-- with whatever is in it
alter table users alter column score type integer; -- <-- half the range
truncate visits; -- <-- every row
truncate sessions;
drop table sessions; -- <-- and the rest
""",
    """
=== migrations/0001_users.sql
drop table if exists users;
create table users (id bigint primary key, name varchar(50), nickname text, score integer);
create table scratch (id bigint primary key);
drop table scratch;
=== migrations/0002_clean.sql
-- contract: nickname is unused since release 41
alter table users drop column nickname;
alter table users alter column score type bigint;
alter table users alter column name type varchar(80);
drop table if exists never_there;
""",
    """
=== migrations/0001_users.sql
create table users (id bigserial primary key, name text, score integer);
create table scratch (id bigint primary key);
=== migrations/0002_clean.sql
-- drop the score column
alter table users drop column score; -- <-- the comment says it again
-- points count for more
alter table users drop column name; -- <-- strict: perhaps that is why
drop table scratch; -- unused since release 41
""",
    """
=== prisma/migrations/20240101000000_users/migration.sql
-- CreateTable
CREATE TABLE "User" ("id" SERIAL NOT NULL, "emailHash" TEXT, "nickname" TEXT);
=== prisma/migrations/20240201000000_columns/migration.sql
/*
  Warnings:

  - You are about to drop the column `emailHash` on the `User` table. All the data in the column will be lost.
  - Added the required column `email` to the `User` table. This is not possible if the table is not empty.

*/
-- AlterTable
ALTER TABLE "User" DROP COLUMN "emailHash", -- <-- a tool's words are no reason
ADD COLUMN "email" TEXT NOT NULL;
""",
    """
=== app/migrations/0001_initial.py
from django.db import migrations


class Migration(migrations.Migration):
    operations = [migrations.RunSQL("create table app_user (id bigint primary key, nickname text)")]
=== app/migrations/0002_names.py
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("app", "0001_initial")]
    operations = [migrations.RunPython(moved), migrations.RunSQL("alter table app_user drop column nickname")]  # <-- strict: after code
""",
    """
=== migrations/0002_routes.sql
alter table routes add column source uuid;
alter table if exists never_there drop column source;
=== migrations/0003_less.sql
alter table routes drop column if exists source; -- <-- of a table made elsewhere
=== migrations/0004_drift.sql
alter table routes drop column if exists source;
""",
    """
=== sql/migrations/cleanup.sql
drop table public.visits; -- <-- strict: nobody knows when, or whether
""",
    """
=== migrations/0001_users.sql
create table users (id bigint primary key, nickname text);
create table visits (id bigint primary key);
=== migrations/0002_clean.sql
-- Таблицы больше не нужны: отчёты читают сводку из хранилища
drop table visits;
alter table users drop column nickname;
=== migrations/0003_clean.sql
-- удалить
drop table users; -- <-- strict: a word
""",
]
