"""The databases of a project: which folders of migrations there are, in which order they apply, and what they leave."""

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from ..facts.clients import Setting
from ..facts.file import Side
from ..facts.schema import Database
from ..facts.sql import Revision, Statement
from ..project import Project
from ..shelf import Batch, File
from ..timing import spending
from .replay import Replay, replay

_SUPABASE = re.compile(r"^(?P<root>(?:.*/)?supabase/migrations)/[^/]+\.sql$")
_DECLARED = re.compile(r"^(?P<root>(?:.*/)?supabase/schemas)/.+\.sql$")
_FLYWAY = re.compile(r"^(?P<kind>[VRUB])(?P<version>[\d._]*)__.*\.sql$")
_NUMBER = re.compile(r"^\d+")
FOREIGN = 0.25
"""As large a part of a history in another database's SQL makes all of it that database's."""
_SHOWN = re.compile(r"(?:docs?|examples?|samples?|demos?)/")
"""Where migrations stand that are to be read, or tried, beside those of the program."""
_UNDOES = re.compile(r"(?:^|[._-])(?:down|undo|rollback|revert)\.sql$|^\d+\.undo\.", re.IGNORECASE)


def databases(project: Project) -> tuple[Database, ...]:
    """Every database of the project, by the folder of its migrations; those of PostgreSQL.

    What documentation and examples show is none where there are others.
    """
    found = (
        *project.view(left_by_files),
        *(_replayed(project, folder, folder.files) for folder in _in_python(project)),
    )
    own = [one for one in found if not _is_foreign(project, one)]
    return tuple(one for one in own if not _SHOWN.match(one.root)) or tuple(own)


def _is_foreign(project: Project, database: Database) -> bool:
    """Whether so many of the files hold what only another database understands that the others are for that, too."""
    foreign = [path for path in database.files if any(_is_others(one) for one in project.facts_of(path, Statement))]
    return database.platform != "supabase" and bool(foreign) and len(foreign) >= len(database.files) * FOREIGN


def _is_others(statement: Statement) -> bool:
    return statement.dialect not in ("postgres", "psql")


def left_by_files(project: Project) -> tuple[Database, ...]:
    """The databases that migrations in SQL leave."""
    return tuple(_replayed(project, folder, folder.files) for folder in _in_sql(project))


def database_at(project: Project, path: str) -> Database | None:
    """A migration's database as it is when the files up to that one have run; None for what is no migration."""
    for folder in _all_folders(project):
        if path in folder.files:
            return _replayed(project, folder, folder.files[: folder.files.index(path) + 1])
    return None


class Begun:
    """`left_by_files`, begun while the files are still read: each runs in its turn as soon as it is read."""

    def __init__(self, files: Iterable[File], read: deque[Batch]) -> None:
        """Take what was read out of `read`, in any order."""
        self._replays = [
            (folder, Replay(root=folder.root, platform=folder.platform, tool=folder.tool, alone=len(folder.files) == 1))
            for folder in _folders(files)
        ]
        self._read = read

    def steps(self) -> Iterator[bool]:
        """Run a file at each step; False where none can run yet."""
        said: dict[str, tuple[Statement, ...]] = {}
        try:
            for folder, replay in self._replays:
                for path in folder.files:
                    while path not in said:
                        if not self._read:
                            yield False
                        else:
                            said.update(self._read.popleft().facts(Statement))
                    with spending("join", f"databases.{left_by_files.__name__}"):
                        replay.foresee(said[path])
                        replay.run(path, said[path])
                    yield True
        except Exception:  # whoever asks for the databases will come to it again, and tell
            self._replays = []

    def finished(self, project: Project) -> tuple[Database, ...]:
        """What `left_by_files` gives."""
        if [folder for folder, _ in self._replays] != list(_in_sql(project)):
            return left_by_files(project)
        return tuple(_finished(project, folder, replay) for folder, replay in self._replays)


def _finished(project: Project, folder: "_Folder", replay: Replay) -> Database:
    """The database after all files of a folder, of which the first have run."""
    rest = [(path, project.facts_of(path, Statement)) for path in folder.files[len(replay.files) :]]
    for _, statements in rest:
        replay.foresee(statements)
    if _exposes(project, folder) is not None or not replay.holds():
        return _replayed(project, folder, folder.files)
    for path, statements in rest:
        replay.run(path, statements)
    return replay.database()


def _replayed(project: Project, folder: "_Folder", files: list[str]) -> Database:
    history = ((path, project.facts_of(path, Statement)) for path in files)
    return replay(
        history, root=folder.root, platform=folder.platform, tool=folder.tool, exposes=_exposes(project, folder)
    )


def _exposes(project: Project, folder: "_Folder") -> bool | None:
    """Whether new tables come to the API, as far as the configuration of the project on Supabase says so."""
    exposes = None
    config = folder.root.rpartition("/")[0] + "/config.toml"
    for setting in project.facts(Setting):
        if setting.at.path == config.lstrip("/") and setting.name == "api.auto_expose_new_tables":
            exposes = setting.value == "true"
    return exposes


@dataclass(frozen=True, slots=True)
class _Folder:
    """A folder of migrations: its path, what is there before them, what applies them, and the files in that order."""

    root: str
    platform: str
    tool: str
    files: list[str]


def _all_folders(project: Project) -> Iterator[_Folder]:
    yield from _in_sql(project)
    yield from _in_python(project)


def _in_sql(project: Project) -> Iterator[_Folder]:
    """The databases that files of SQL make, where Drizzle applies them by what its journal says."""
    for folder in _folders(project.files.values()):
        applied = project.view(_journals).get(folder.root)
        if applied is None:
            yield folder
        else:
            paths = [path for tag in applied if (path := f"{folder.root}/{tag}.sql") in folder.files]
            yield replace(folder, tool="drizzle", files=paths)


def _journals(project: Project) -> dict[str, list[str]]:
    """The names of the migrations that Drizzle applies to PostgreSQL, in its order, by their folder.

    Its migrator goes by `meta/_journal.json` and looks into no other file (drizzle-orm, `readMigrationFiles`).
    """
    tags: dict[str, list[str]] = {}
    others: set[str] = set()
    for setting in project.facts(Setting):
        root, found, _ = setting.at.path.partition("/meta/_journal.json")
        if found and setting.keys[:1] == ("entries",) and setting.keys[2:] == ("tag",):
            tags.setdefault(root, []).append(setting.value)
        elif found and setting.keys == ("dialect",) and setting.value not in ("postgresql", "pg"):
            others.add(root)
    return {root: applied for root, applied in tags.items() if root not in others}


def _folders(files: Iterable[File]) -> Iterator[_Folder]:
    """The databases of a project, by the paths and the names of files."""
    supabase: dict[str, list[str]] = {}
    declared: dict[str, list[str]] = {}
    plain: dict[str, list[str]] = {}
    for file in files:
        if file.language != "sql" or file.side in (Side.GENERATED, Side.TEST):  # put aside, or made to be thrown away
            continue
        migration, declaration = _SUPABASE.match(file.path), _DECLARED.match(file.path)
        if migration:
            supabase.setdefault(migration["root"], []).append(file.path)
        elif declaration:
            declared.setdefault(declaration["root"], []).append(file.path)
        elif file.side is Side.MIGRATION and "/supabase/" not in f"/{file.path}":
            plain.setdefault(_home(file.path), []).append(file.path)
    for root, paths in sorted(supabase.items()):
        yield _Folder(root, "supabase", "supabase", sorted(paths, key=lambda path: PurePosixPath(path).name))
    for root, paths in sorted(declared.items()):
        if root.removesuffix("schemas") + "migrations" not in supabase:
            yield _Folder(root, "supabase", "declared", sorted(paths))
    for root, paths in sorted(plain.items()):
        tool, ordered = _ordered(paths)
        if ordered:
            yield _Folder(root, "postgres", tool, ordered)


def _in_python(project: Project) -> Iterator[_Folder]:
    """The databases that migrations of Django and Alembic make, as far as raw SQL in them tells."""
    folders: dict[str, list[Revision]] = {}
    for revision in project.facts(Revision):
        folders.setdefault(_home(revision.at.path), []).append(revision)
    for root, revisions in sorted(folders.items()):
        if any(revision.raw for revision in revisions):
            yield _Folder(root, "postgres", revisions[0].tool, _by_dependency(revisions))


def _by_dependency(revisions: list[Revision]) -> list[str]:
    """The files of migrations that say which ones run before them, in an order in which they may run."""
    known = {revision.id: revision for revision in revisions}
    ordered: dict[str, None] = {}
    pending = sorted(known.values(), key=lambda revision: revision.at.path, reverse=True)
    waiting: set[str] = set()
    while pending:
        revision = pending[-1]
        before = [known[label] for label in revision.after if label in known and known[label].at.path not in ordered]
        if before and revision.id not in waiting:
            waiting.add(revision.id)
            pending += before
        else:
            ordered[pending.pop().at.path] = None
    return list(ordered)


def _home(path: str) -> str:
    """The folder of migrations that a file belongs to: its own, or the one above where each migration is a folder."""
    place = PurePosixPath(path)
    one_each = place.name in {"migration.sql", "up.sql", "down.sql"}
    return str(place.parent.parent if one_each else place.parent)


def _ordered(paths: list[str]) -> tuple[str, list[str]]:
    """The tool that a plain folder's names speak of, and its up-migrations in the order in which it applies them."""
    names = {path: PurePosixPath(path).name for path in paths}
    if any(_FLYWAY.match(name) for name in names.values()):
        versioned = [path for path in paths if (match := _FLYWAY.match(names[path])) and match["kind"] in "VB"]
        repeatable = [path for path in paths if (match := _FLYWAY.match(names[path])) and match["kind"] == "R"]
        return "flyway", sorted(versioned, key=lambda path: _version(names[path])) + sorted(repeatable)
    up = [path for path in paths if not _UNDOES.search(names[path])]
    if all(names[path] in {"migration.sql", "up.sql"} for path in up):
        return "prisma" if any(name == "migration.sql" for name in names.values()) else "diesel", sorted(up)
    if all(_NUMBER.match(names[path]) for path in up):
        return "numbered", sorted(up, key=lambda path: (int(_NUMBER.match(names[path])[0]), names[path]))  # type: ignore[index]
    return "", sorted(up)


def _version(name: str) -> tuple[int, ...]:
    match = _FLYWAY.match(name)
    return tuple(int(part) for part in re.split(r"[._]", match["version"]) if part) if match else ()
