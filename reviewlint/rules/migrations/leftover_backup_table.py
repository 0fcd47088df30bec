"""A copy of a table, made for the moment, is still there when all migrations have run.

`users_backup`, `orders_old`, `notes_20240312`: they were made before something risky, nobody looks after them, they
hold personal data that nobody deletes, and in Supabase they are served by the API without the policies of the
original.
"""

import re
from collections.abc import Iterator

from ...facts.schema import Database, Table
from ...finding import Confidence, Finding
from ...join.databases import databases
from ...join.exposure import own_tables, table_subject
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="high",
    since="0.1.0",
    languages=("sql",),
    asked_by="R",
    strictly="tables beside which there is none that they are called like.",
)

_LEFTOVER = re.compile(
    r"^(?:(?:backup|bak|old|tmp|temp)_(?P<behind>\w+)|(?P<before>\w+?)_(?:backup|bak|bkp|old|copy|orig|original|tmp|temp)\d*"
    r"|(?P<dated>\w+?)_(?:backup_|bak_|old_|copy_)?(?:19|20)\d\d_?(?:0\d|1[0-2])_?[0-3]\d)$"
)


_BUFFER = re.compile(r"^(?:tmp|temp)_|_(?:tmp|temp)\d*$")
"""Names that working tables have as well, which are there to be filled and emptied."""


def check(project: Project) -> Iterator[Finding]:
    """Tables with the name of a copy."""
    for database in project.view(databases):
        for table in own_tables(database):
            match = _LEFTOVER.match(table.name.name)
            if match is None or table.made is None or table.partition:
                continue
            original = match["behind"] or match["before"] or match["dated"]
            twin = _twin(database, table, original)
            may_be_meant = match["behind"] or _BUFFER.search(table.name.name)
            if may_be_meant and not _was_copied(table, twin):
                continue  # a working table, or one about backups
            yield Finding(
                table.made,
                f"{table.name} has the name of a copy{f' of {twin.name}' if twin else ''} and is still there when all "
                "migrations have run.",
                f"drop table {table.name.quoted};",
                subject=table_subject(table),
                slots={"table": str(table.name), "original": str(twin.name) if twin else original},
                confidence=None if twin else Confidence.MEDIUM,
                strict=twin is None,
            )


def _was_copied(table: Table, twin: Table | None) -> bool:
    """Whether a table came after the one that it is called like, and was not made together with it."""
    return twin is not None and (
        twin.made is None or table.made is None or (twin.made < table.made and twin.made.path != table.made.path)
    )


def _twin(database: Database, table: Table, original: str) -> Table | None:
    """The table that this one is a copy of."""
    names = {original, original + "s", original.removesuffix("s")}
    return next((one for one in database.tables.values() if one.name.name in names and one is not table), None)


REMARK = (
    "`{table}` was somebody's safety net and became a second `{original}` that nobody guards. "
    "Drop it, or say why it stays."
)

EXAMPLES = [
    """
=== migrations/0001_users.sql
create table users (id bigint primary key, email text);
=== migrations/0002_fix.sql
create table users_backup as select * from users; -- <-- never dropped
create table users_20240312 (like users); -- <-- nor this one
create table users_tmp (id bigint primary key); -- <-- nor this one, which came later
create table events (id bigint primary key);
create table events_tmp (id bigint primary key, event_id bigint);
create table inbox_tmp (id bigint primary key);
create table ledger_old (id bigint primary key); -- <-- strict: of which ledger?
""",
    """
=== migrations/0001_users.sql
create table users (id bigint primary key, email text);
create table backups (id bigint primary key, path text);
create table household (id bigint primary key);
=== migrations/0002_fix.sql
create table users_backup as select * from users;
drop table users_backup;
""",
]
