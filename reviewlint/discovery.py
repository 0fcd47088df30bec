"""What is there: the root of a project, and its files with language and side, or the reason to leave them out.

Every file that is found ends up in exactly one of three places: reviewed, skipped with a reason, or ignored because
the configuration excludes it.
"""

import json
import os
import tomllib
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from . import disk
from .cache import FOLDER, Cache, digest
from .chapters import chapters
from .classify import HEAD, borrowed, classify, classify_content, skipped_by_path
from .copies import copies, is_put_aside, left_out
from .facts.file import Side
from .listing import by_git, by_walking, declared
from .looks import Looks
from .sides import Package
from .source import Skipped, Source

__all__ = ["Discovery", "OutsideRoot", "classify", "discover", "find_root", "relative"]

_DECLARATION = "reviewlint.toml"
_ROOT_MARKS = ("reviewlint.toml", "pyproject.toml", "package.json", "supabase")


class OutsideRoot(ValueError):
    """A path that was asked for does not lie in the project."""


@dataclass(frozen=True, slots=True)
class Discovery:
    """Every file that is there, by path. `ignored` are those that the configuration excludes.

    `packages` holds what each package.json says, by its folder (with `/` at the end, `""` for the root).
    """

    sources: tuple[Source, ...]
    skipped: tuple[Skipped, ...]
    ignored: tuple[str, ...] = ()
    packages: Mapping[str, Package] = field(default_factory=dict)

    @property
    def discovered(self) -> int:
        """How many files (or folders left out as a whole) were found."""
        return len(self.sources) + len(self.skipped) + len(self.ignored)


def find_root(path: Path) -> Path:
    """The root of the project that `path` lies in.

    It is the nearest folder whose reviewlint.toml says `root = true`, else the nearest repository, else the nearest
    folder with settings; where none of these is found it is the folder itself.
    """
    start = Path(os.path.realpath(path))
    if not start.is_dir():
        start = start.parent
    above = (start, *start.parents)
    declared = next((folder for folder in above if _is_declared_root(folder / _DECLARATION)), None)
    repository = next((folder for folder in above if (folder / ".git").exists()), None)
    settled = next((folder for folder in above if any((folder / mark).exists() for mark in _ROOT_MARKS)), None)
    return declared or repository or settled or start


def _is_declared_root(file: Path) -> bool:
    """Whether a reviewlint.toml says that its folder is a project of its own; what is wrong with it is said later."""
    try:
        return tomllib.loads(disk.read(str(file), 100_000)[0].decode()).get("root") is True
    except (OSError, ValueError, RecursionError, disk.NotRegular):
        return False


def relative(root: Path, path: Path) -> str:
    """`path` (absolute, or relative to the working directory) relative to `root` with `/`, `""` for the root itself.

    A link at the end of `path` stays what it is. Raises `OutsideRoot`.
    """
    whole = path.absolute()
    whole = whole.resolve() if whole.name == ".." else whole.parent.resolve() / whole.name
    top = root.resolve()
    if top in (whole, whole.resolve()):
        return ""
    try:
        return whole.relative_to(top).as_posix()
    except ValueError:
        raise OutsideRoot(f"{path} is outside of the project {root}") from None


def folders_above(path: str) -> Iterator[str]:
    """The folders that a relative path lies in, the innermost first."""
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


_CODE = frozenset({"python", "typescript", "tsx", "sql"})
"""Languages of what runs."""


def discover(
    root: Path,
    paths: Iterable[Path] = (),
    exclude: Collection[str] = (),
    contents: Mapping[str, bytes] | None = None,
    *,
    closely: Container[str] = (),
    cache: Cache | None = None,
    listed: Callable[[int], object] = lambda files: None,
    first: Callable[[Collection[Source]], object] = lambda sources: None,
    touched: Callable[[Source], object] = lambda source: None,
) -> Discovery:
    """Every file of the project at `root`, what git ignores left out.

    `paths` are reviewed although git ignores them; they may not lie outside of the root. `exclude` holds patterns as
    in a .gitignore file. `contents` stand for what is on the disk under their paths (relative to the root). What is at
    the paths in `closely` is to be read with all that its functions do. The `cache` tells what files are that nobody
    touched, unless it came with the repository: then whoever made it may have made up what it says. Without one there
    is no digest of any content. `listed` hears how many files there are before these are looked into, `first` of those
    at `paths` and in `closely` before any other is looked into, and `touched` of each that nobody knows any more.
    """
    contents = contents or {}
    asked = dict.fromkeys(relative(root, path) for path in paths)
    names, tracked = _names(root, list(asked), contents)
    names |= _inside_other_projects(root, names)
    names |= dict.fromkeys(borrowed(path for path, reason in names.items() if not reason), "vendored")
    skipped = [Skipped(path, reason, not reason.startswith("cannot")) for path, reason in names.items() if reason]
    remaining = sorted(path for path, reason in names.items() if not reason)
    ignored: list[str] = []
    if exclude:
        from pathspec import GitIgnoreSpec

        ignored = sorted(GitIgnoreSpec.from_lines(exclude).match_files(remaining))
        remaining = sorted(set(remaining).difference(ignored))
    listed(len(remaining))
    packages = _packages(root, remaining, contents)
    read = partial(_content, root, contents=contents)
    copied = copies(remaining) | chapters(remaining, read)
    spare = left_out(remaining, read)
    elsewhere = declared(root, remaining) if tracked is not None else {}
    foreign = any(path.startswith(f"{FOLDER}/") for path in names)
    around = sorted(
        (where, one.program, *map(sorted, (one.dependencies, one.behind))) for where, one in packages.items()
    )
    looks = Looks(None if foreign else cache, around)
    sources: list[Source] = []
    urgent = {path for path in remaining if path in asked or path in closely}
    waits = bool(urgent)
    for path in sorted(remaining, key=lambda path: (path not in urgent, path)):
        if waits and path not in urgent:
            waits = False
            first(tuple(sources))
        known = None if tracked is None else path in tracked
        found = _inspect(
            root,
            path,
            packages,
            contents,
            looks,
            touched=touched,
            tracked=known,
            closely=path in closely,
            digested=cache is not None,
        )
        if isinstance(found, Source) and path in elsewhere and _is_program(found):
            skipped.append(Skipped(path, elsewhere[path]))
        elif isinstance(found, Source):
            aside = is_put_aside(path) or path.startswith(spare)
            if (path in copied and _is_program(found)) or (found.language in _CODE and aside):
                found = replace(found, side=Side.GENERATED)  # as what nobody wrote: only its credentials are judged
            sources.append(found if found.tracked is known else replace(found, tracked=known))
        elif found is not None:
            skipped.append(found)
    looks.save()
    sources.sort(key=lambda one: one.path)
    return Discovery(tuple(sources), tuple(sorted(skipped, key=lambda one: one.path)), tuple(ignored), packages)


def _is_program(source: Source) -> bool:
    """Whether a file holds code that is nothing but written: migrations run, types of a database say what is in it."""
    return source.language in _CODE - {"sql"} and source.side not in (Side.MIGRATION, Side.GENERATED)


def originals(found: Discovery, contents: Mapping[str, bytes]) -> Iterator[Source]:
    """The files that `contents` hold by path, as they were at the base of a change, to be read closely."""
    skipped = {one.path for one in found.skipped}
    for path, data in contents.items():
        if path in skipped:
            continue
        source = _told(classify(path, data, package=_package_of(path, found.packages)), data, closely=True)
        if isinstance(source, Source):
            yield source


def _names(root: Path, asked: list[str], contents: Mapping[str, bytes]) -> tuple[dict[str, str], frozenset[str] | None]:
    """Every path with the reason not to look into it (`""` for none), and which ones git tracks (None without git)."""
    listed = by_git(root)
    names: dict[str, str] = {}
    if listed is None:
        names |= by_walking(root)
    else:
        names |= {path.rstrip("/"): "another repository (submodule)" if path[-1] == "/" else "" for path in listed}
    for path in asked:
        if not path or path in names or any(name.startswith(f"{path}/") for name in names):
            continue
        if (root / path).is_dir() and not (root / path).is_symlink():
            names |= by_walking(root, path, obey=False)
        else:
            names[path] = ""
    names |= dict.fromkeys(contents, "")
    tracked = None if listed is None else frozenset(path for path, known in listed.items() if known)
    return names, tracked


def _inside_other_projects(root: Path, names: Iterable[str]) -> dict[str, str]:
    """The paths below the root that lie in a folder which is a project of its own, with that as the reason."""
    folders = tuple(
        path.removesuffix(_DECLARATION)
        for path in names
        if path.endswith("/" + _DECLARATION) and _is_declared_root(root / path)
    )
    return {path: "another project (`root = true`)" for path in names if path.startswith(folders)} if folders else {}


def _inspect(
    root: Path,
    path: str,
    packages: Mapping[str, Package],
    contents: Mapping[str, bytes],
    looks: Looks,
    *,
    touched: Callable[[Source], object],
    tracked: bool | None,
    closely: bool,
    digested: bool,
) -> Source | Skipped | None:
    """The file at `path` as it is on the disk; None where it is not there any more."""
    if path in contents:
        found = classify(path, contents[path], package=_package_of(path, packages))
        return _told(found, contents[path] if digested else None, tracked=tracked, closely=closely)
    where = f"{root}/{path}"
    try:
        if reason := skipped_by_path(path):
            os.lstat(where)
            return Skipped(path, reason)
        stamp = looks.stamp(where)
        known = None if closely else looks.get(path, stamp)
        if known is not None:
            return known
        head, size = disk.read(where, HEAD)
        found = classify_content(path, head, size, _package_of(path, packages))
        if digested and size > len(head) and isinstance(found, Source):
            head, _ = disk.read(where)
        found = _told(found, head if digested else None, tracked=tracked, closely=closely)
        if isinstance(found, Source):
            touched(found)
        if not closely and looks.stamp(where) == stamp:
            looks.put(path, stamp, found)
        return found
    except (FileNotFoundError, NotADirectoryError):
        return None
    except disk.NotRegular as other:
        return Skipped(path, str(other))
    except OSError as error:
        return Skipped(path, f"cannot be read: {error.strerror}", expected=False)


def _told(
    found: Source | Skipped, data: bytes | None, *, tracked: bool | None = None, closely: bool
) -> Source | Skipped:
    """What was found with what else is known of it, and with a digest of its content where that is given."""
    if isinstance(found, Skipped):
        return found
    if (found.tracked, found.closely) != (tracked, closely):
        found = replace(found, tracked=tracked, closely=closely)
    return found if data is None else replace(found, digest=digest(found, data))


def _content(root: Path, path: str, contents: Mapping[str, bytes]) -> bytes:
    """What a file says, nothing where it cannot be read."""
    try:
        return contents[path] if path in contents else disk.read(f"{root}/{path}", 1_000_000)[0]
    except (OSError, disk.NotRegular):
        return b""


def _packages(root: Path, paths: Iterable[str], contents: Mapping[str, bytes]) -> dict[str, Package]:
    """What each package.json says, by its folder (with `/` at the end, `""` for the root)."""
    packages: dict[str, Package] = {}
    named: dict[str, str] = {}
    for path in paths:
        folder, _, name = path.rpartition("/")
        if name == "package.json" and not skipped_by_path(path):
            try:
                data = contents[path] if path in contents else disk.read(f"{root}/{path}", 1_000_000)[0]
                document = json.loads(data)
            except (OSError, ValueError, RecursionError, disk.NotRegular):
                continue
            home = folder + "/" if folder else ""
            told = document if isinstance(document, dict) else {}
            packages[home] = Package(_dependencies(document), bool(told.get("bin")))
            if isinstance(told.get("name"), str):
                named[told["name"]] = home
    return {home: replace(one, behind=_behind(one, packages, named)) for home, one in packages.items()}


def _behind(package: Package, packages: Mapping[str, Package], named: Mapping[str, str]) -> frozenset[str]:
    """What the project's own packages ask for that a package asks for, and those that they ask for."""
    found: set[str] = set()
    waiting = [package]
    while waiting:
        for name in waiting.pop().dependencies & named.keys():
            other = packages[named[name]]
            if not other.dependencies <= found:
                found |= other.dependencies
                waiting.append(other)
    return frozenset(found)


def _dependencies(document: object) -> frozenset[str]:
    """What a package asks for; Meteor, which is installed apart, is asked for by its settings."""
    names: set[str] = set()
    if isinstance(document, dict):
        names.update(["meteor"] if "meteor" in document else ())
        for key in ("dependencies", "devDependencies", "peerDependencies"):
            if isinstance(document.get(key), dict):
                names.update(document[key])
    return frozenset(names)


def _package_of(path: str, packages: Mapping[str, Package]) -> Package | None:
    """What the nearest package.json above `path` says."""
    folder = path
    while folder:
        folder = folder[: folder.rstrip("/").rfind("/") + 1]
        if folder in packages:
            return packages[folder]
    return None
