"""A migration that is already on the base was changed, renamed or deleted.

A migration runs once. Databases that have run it never see the edit, new ones run the edited text, and from then on
there are two schemas under one version. Tools that keep checksums refuse to go on; tools that keep names run a renamed
file a second time, or miss a deleted one. What has to be different goes into a new migration.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from ...facts.change import Change, ChangedFile
from ...facts.code import Behaviour
from ...facts.file import Side
from ...facts.location import Location, Related
from ...finding import Finding, Subject
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="high",
    since="0.1.0",
    languages=("sql", "python", "typescript"),
    asked_by="R E",
    about_change=True,
    limits=(
        "Speaks only where a change is reviewed (`--base`, `--staged`, a pull request). Knows migrations by a version "
        "in front of their names, and cannot know whether one that is on the base has run anywhere."
    ),
)

_VERSIONED = re.compile(r"^(?:[VB]?\d|[0-9a-f]{10,16}_)")
_UNDOES = re.compile(r"(?:^|[._-])(?:down|undo|rollback|revert)\.\w+$", re.IGNORECASE)
_COMMENTS = {".sql": "--", ".py": "#", ".ts": "//", ".js": "//", ".mts": "//", ".mjs": "//", ".cjs": "//"}


def check(project: Project) -> Iterator[Finding]:
    """The migrations of the base that are not what they were."""
    change = project.change
    if change is None:
        return
    for path, file in sorted(change.files.items()):
        if _runs_once(project, file.before) and path in project.files and project.side(path) is Side.MIGRATION:
            yield from _edited(project, change, path, file)
    # A file that moved and was edited a lot is a deleted one and a new one to git.
    moved = {_name(PurePosixPath(path)) for path, file in change.files.items() if not file.before}
    for path in sorted(change.deleted):
        if (
            _name(PurePosixPath(path)) not in moved
            and _runs_once(project, path)
            and (path.endswith(".sql") or _is_among_migrations(project, path))
        ):
            yield _finding(change, path, 1, "deleted")


def _edited(project: Project, change: Change, path: str, file: ChangedFile) -> Iterator[Finding]:
    before, after = PurePosixPath(file.before), PurePosixPath(path)
    # What tells Alembic one migration from another stands in the file; the others go by the name.
    named = after.suffix != ".py" or after.parent.name == "migrations"
    if named and _name(before) != _name(after):
        yield _finding(change, path, 1, "renamed", Related(_line(file.before, 1), "its name on the base"))
    elif _code(file.removed, after.suffix) != _code(file.added, after.suffix) and not _does_the_same(
        project, path, file
    ):
        yield _finding(change, path, max(1, min(file.lines[0])), "changed")


def _does_the_same(project: Project, path: str, file: ChangedFile) -> bool:
    """Whether functions alone are different, and each does what it did; no tool keeps a checksum of those."""
    now = project.facts_of(path, Behaviour)
    was = [fact.code for fact in project.originals[file.before].facts if isinstance(fact, Behaviour)]
    inside = all(
        any(one.at.line <= start <= one.at.end_line + 1 and end <= one.at.end_line for one in now)
        for start, end in file.lines
    )
    return inside and [one.code for one in now] == was


def _finding(change: Change, path: str, line: int, what: str, *related: Related) -> Finding:
    name = PurePosixPath(path).name
    sign = _COMMENTS[PurePosixPath(path).suffix]
    return Finding(
        _line(path, line),
        f"{name} is on {change.base} already, and is {what} here: databases that have run it will not notice.",
        f"{sign} {name}: as it is on the base\n{sign} a new migration: what has to be different",
        related,
        Subject("migration", path),
        {"file": name, "what": what},
    )


def _line(path: str, line: int) -> Location:
    return Location(path, line, 1, line, 1)


def _runs_once(project: Project, path: str) -> bool:
    """Whether a file of the base is a migration with a version."""
    place = PurePosixPath(path)
    return (
        place.suffix in _COMMENTS
        and path in project.originals
        and project.originals[path].side is Side.MIGRATION
        and "supabase/schemas/" not in path
        and _VERSIONED.match(_name(place)) is not None
        and _UNDOES.search(place.name) is None
    )


def _is_among_migrations(project: Project, path: str) -> bool:
    """Whether there are migrations in the same folder still: code in such a folder may be anything."""
    folder = PurePosixPath(path).parent
    return any(
        file.side is Side.MIGRATION and PurePosixPath(other).parent == folder for other, file in project.files.items()
    )


def _name(place: PurePosixPath) -> str:
    """What the tool knows a migration by: the file's name, or the folder's where each has its own."""
    return place.parent.name if place.name in {"migration.sql", "up.sql", "down.sql"} else place.name


def _code(lines: Iterable[str], suffix: str) -> list[str]:
    """The words of some lines without comments and imports, as far as a line alone tells what is one."""
    sign = _COMMENTS[suffix]
    words: list[str] = []
    for line in lines if suffix == ".sql" else (one for one in lines if not one.startswith(("import ", "from "))):
        quoted = any(quote in line.partition(sign)[0] for quote in "'\"`$")
        words += (line if quoted else line.partition(sign)[0]).split()
    return words


REMARK = (
    "`{file}` was {what} after it reached the base, so there will be databases with the old schema and databases with "
    "the new one, both certain that they are up to date. Put the difference into a migration of its own."
)

EXAMPLES = [
    """
=== base migrations/0001_users.sql
create table users (id bigint primary key, name text);
=== base migrations/0002_notes.sql
create table notes (id bigint primary key);
=== migrations/0001_users.sql
create table users (id bigint primary key, name text not null); -- <-- no database that has it will learn of this
=== migrations/0002_notes.sql
create table notes (id bigint primary key);
""",
    """
=== base alembic/versions/0f3a9c1b2d4e_users.py
def upgrade():
    op.add_column("users", sa.Column("name", sa.Text()))
    op.create_index("users_name", "users", ["name"])
=== alembic/versions/0f3a9c1b2d4e_users.py
def upgrade():
    op.add_column("users", sa.Column("name", sa.Text(), nullable=True)) # <-- the same in Python
    op.create_index("users_name", "users", ["name"])
""",
    """
=== base migrations/0001_users.sql
create table users (id bigint primary key, name text);
=== migrations/0001_users.sql
-- everybody who has signed up
create table users (id bigint  primary key, name text); -- and their names
=== migrations/0002_users_need_names.sql
alter table users alter column name set not null;
""",
    """
=== base alembic/versions/0f3a9c1b2d4e_users.py
def upgrade():
    op.add_column("users", sa.Column("name", sa.Text()))

def downgrade():
    op.drop_column("users", "name")
    pass
=== alembic/versions/0f3a9c1b2d4e_users.py
def upgrade():
    op.add_column(
        "users",
        sa.Column("name", sa.Text()),
    )

def downgrade() -> None:
    op.drop_column("users", "name")
""",
    """
=== base src/migrations/1700000000000-Users.ts
export class Users1700000000000 implements MigrationInterface {
  async up(runner) {
    await runner.query("create table users (id bigint primary key)")
  }
}
=== src/migrations/1700000000000-Users.ts
export class Users1700000000000 implements MigrationInterface {
  async up(runner) {
    await runner.query("create table users (id bigint primary key, name text)") // <-- the same in TypeScript
  }
}
""",
]
