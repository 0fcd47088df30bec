"""A column's type is changed in a way that rewrites the whole table.

PostgreSQL then copies every row and builds every index anew, while nobody may read or write. A few changes need no
copy: `varchar` to `text`, `citext` or a longer `varchar`, a wider `numeric`. All others are better done with a new column.
"""

import re
from collections.abc import Iterator

from ...facts import sql
from ...finding import Confidence, Finding
from ...join.applied import meets_rows
from ...join.exposure import table_subject
from ...join.history import Altered, altered
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="high",
    since="0.1.0",
    languages=("sql",),
    asked_by="E S",
    strictly="a change to a type with a size (`numeric(12,2)`, `varchar(80)`) where no migration says what the column "
    "was: it may only have got wider; and migrations that no tool, number or version puts into an order, that say "
    "nothing which only PostgreSQL understands, or that are copies of others; tables made in the hour before or by "
    "the same change.",
    limits="Whether a change between domains or extension types copies rows is not known; it is taken to.",
)

ONE_FORM = frozenset({"text", "character varying", "citext"})
"""Types that store a text alike, so that PostgreSQL casts one to another without touching it ("CREATE CAST")."""

_SIZE = re.compile(r"\((\d+)(?:,(-?\d+))?\)")


def check(project: Project) -> Iterator[Finding]:
    """Every type change of an existing table's column that copies the table."""
    by_statement: dict[int, list[tuple[Altered, sql.AlterColumnType, str]]] = {}
    for one in altered(project):
        change = one.change
        if not isinstance(change, sql.AlterColumnType):
            continue
        column = one.table.column(change.column)
        old = column.type if column else ""
        new = _plain(change.type)
        if (old and _rewrites(_plain(old), new)) or (not old and (change.using or new not in ONE_FORM)):
            by_statement.setdefault(id(one.step), []).append((one, change, old))
    for changes in by_statement.values():
        one = changes[0][0]
        yield _finding(changes, waited=meets_rows(project, one.database, one.step, one.table))


def _finding(changes: list[tuple[Altered, sql.AlterColumnType, str]], *, waited: bool) -> Finding:
    """One statement rewrites a table once, however many columns it changes."""
    one, change, old = changes[0]
    columns = ", ".join(f"{made.column} ({f'{was} → ' if was else ''}{made.type})" for _, made, was in changes)
    table, name, new = one.table.name.quoted, sql.quoted(change.column), sql.quoted(change.column + "_new")
    times = {re.sub(r"\(\d\)", "", old), re.sub(r"\(\d\)", "", change.type)}
    in_utc = times == {"timestamp with time zone", "timestamp without time zone"}
    return Finding(
        one.step.statement.at,
        f"the type of {columns} of {one.table.name} changes: every row is copied while the table is locked"
        f"{', unless the time zone of the session is UTC' if in_utc else ''}.",
        f"alter table {table} add column {new} {change.type};\n"
        f"-- keep both in step with a trigger, fill {new} in batches, give it what the old one has (default, not null,\n"
        "-- indexes, constraints; views and policies have to name the new one), then in one transaction\n"
        f"alter table {table} drop column {name};\nalter table {table} rename column {new} to {name};",
        subject=table_subject(one.table, change.column),
        slots={"table": str(one.table.name), "column": change.column, "type": change.type},
        confidence=None if old and not in_utc else Confidence.MEDIUM,
        strict=not waited or all(not was and _SIZE.search(made.type) is not None for _, made, was in changes),
    )


def _plain(written: str) -> str:
    """A type as `_rewrites` knows it: `citext` is an extension's, and may stand in any schema."""
    return "citext" if written.endswith(".citext") else written


def _rewrites(old: str, new: str) -> bool:
    """Whether PostgreSQL copies the table; the manual's page on ALTER TABLE, "Notes"."""
    names = _SIZE.sub("", old), _SIZE.sub("", new)
    before, after = _SIZE.search(old), _SIZE.search(new)
    if names == ("cidr", "inet") or (names[0] != names[1] and ONE_FORM.issuperset(names)):
        return after is not None
    if names[0] != names[1]:
        return True
    if after is None or names[0] == "character":
        return old != new and names[0] == "character"
    if before is None or int(after[1]) < int(before[1]):
        return True
    return (before[2] or "0") != (after[2] or "0")


REMARK = (
    "Changing `{column}` copies all of `{table}`, and nobody gets in until it is done. "
    "Give the new type a column of its own and move over at leisure."
)

EXAMPLES = [
    """
=== sql/migrations/events.sql
create table events (id integer primary key);
=== sql/migrations/wider.sql
alter table events alter column id type bigint; -- <-- strict: a script
""",
    """
=== migrations/0001_events.sql
create table events (id integer primary key, at timestamp, name varchar(50));
=== migrations/0002_types.sql
alter table events alter column id type bigint; -- <-- every row and index
alter table events alter column name type varchar(20); -- <-- a shorter one as well
""",
    """
=== migrations/0001_events.sql
create schema extensions;
create extension citext with schema extensions;
create table events (id bigint primary key, name varchar(50), code varchar(9), price numeric(8,2), at timestamptz(3));
create table hosts (site text, mail extensions.citext);
alter table events alter column id type integer;
=== migrations/0002_types.sql
alter table events alter column name type varchar(100);
alter table events alter column name type text;
alter table events alter column code type citext;
alter table events alter column price type numeric(12,2);
alter table hosts alter column site type extensions.citext using site::extensions.citext;
alter table hosts alter column mail type text;
alter table events alter column at type timestamptz;
=== migrations/0003_codes.sql
delete from events;
alter table events alter column code type integer using 0;
""",
    """
=== migrations/0001_wider.sql
alter table scores alter column handicap type numeric(5,1); -- <-- strict: of a table made elsewhere, perhaps from numeric(3,1)
alter table scores alter column points type bigint; -- <-- whatever it was, it was another type
""",
]
