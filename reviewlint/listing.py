"""The names of a project's files: by git where there is one, else by walking with the .gitignore files obeyed."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from . import disk
from .cache import FOLDER
from .classify import VENDORED
from .git import ask

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

_ORIGINS = {"linguist-generated": "generated", "linguist-vendored": "vendored"}
_METADATA = frozenset({".git", ".hg", ".svn", ".jj", FOLDER})


def by_git(root: Path) -> dict[str, bool] | None:
    """The tracked and the unignored files below `root`, each with whether it is tracked; None where git cannot tell.

    Paths are relative to `root` with `/`; bytes that are not UTF-8 stand as surrogates. A repository inside of this
    one is a path with `/` at its end.
    """
    listed = ask(root, "ls-files", "-z", "-t", "--cached", "--others", "--exclude-standard")
    if not listed:
        return None
    files: dict[str, bool] = {}
    for entry in listed.split(b"\0"):
        path = os.fsdecode(entry[2:])
        if path and not path.startswith(("/", "../")):
            files[path] = files.get(path, False) or entry[:1] != b"?"
    # The repository's configuration may put its work tree elsewhere; then none of these names is a file here.
    return files if any(os.path.lexists(f"{root}/{path}") for path in files) else None


def declared(root: Path, paths: Iterable[str]) -> dict[str, str]:
    """Those of the paths that the repository's .gitattributes call generated or vendored, each with which of the two.

    The attributes are `linguist-generated` and `linguist-vendored`, by which GitHub folds such files in a pull request:
    https://docs.github.com/en/repositories/working-with-files/managing-files/customizing-how-changed-files-appear-on-github
    """
    paths = list(paths)
    if not any(_speaks_of_origin(root, path) for path in paths if path.rpartition("/")[2] == ".gitattributes"):
        return {}
    given = b"".join(os.fsencode(path) + b"\0" for path in paths)
    answer = ask(root, "check-attr", "-z", "--stdin", *_ORIGINS, given=given) or b""
    fields = answer.split(b"\0")
    triples = zip(fields[::3], fields[1::3], fields[2::3], strict=False)  # behind the last one stands an empty field
    return {os.fsdecode(path): _ORIGINS[name.decode()] for path, name, value in triples if value in (b"set", b"true")}


def _speaks_of_origin(root: Path, path: str) -> bool:
    try:
        return b"linguist-" in disk.read(f"{root}/{path}", 100_000)[0]
    except (OSError, disk.NotRegular):
        return False


def by_walking(root: Path, start: str = "", *, obey: bool = True) -> Iterator[tuple[str, str]]:
    """The files below `root/start`, each with a reason not to enter it or `""`.

    Folders of vendored code and folders that cannot be listed come as one entry with the reason. Links are not
    followed. With `obey`, what the .gitignore files name is left out, as git would.
    """
    yield from _walk(root, start, _ignores(root, start) if obey else None, (root / ".git").exists())


_Ignores = tuple[tuple[str, "GitIgnoreSpec"], ...]


def _walk(root: Path, folder: str, ignores: _Ignores | None, in_repository: bool) -> Iterator[tuple[str, str]]:
    try:
        with os.scandir(root / folder) as scan:
            entries = sorted(scan, key=lambda entry: entry.name)
    except OSError as error:
        yield folder or ".", f"cannot be listed: {error.strerror}"
        return
    names = {entry.name for entry in entries}
    if folder and in_repository and ".git" in names:
        yield folder, "another repository (submodule)"
        return
    if ignores is not None and folder and ".gitignore" in names:
        ignores = (*ignores, *_spec(root, folder))
    for entry in entries:
        path = f"{folder}/{entry.name}" if folder else entry.name
        is_folder = entry.is_dir(follow_symlinks=False)
        if entry.name in _METADATA or (ignores and _ignored(path + "/" * is_folder, ignores)):
            continue
        if not is_folder:
            yield path, ""
        elif entry.name.lower() in VENDORED:
            yield path, "vendored"
        else:
            yield from _walk(root, path, ignores, in_repository)


def _ignores(root: Path, start: str) -> _Ignores:
    """The patterns that hold above and at `start`, outermost first."""
    parts = start.split("/") if start else []
    above = ["/".join(parts[:count]) for count in range(len(parts))] if parts else []
    return tuple(spec for folder in ("", *above[1:]) for spec in _spec(root, folder))


def _spec(root: Path, folder: str) -> _Ignores:
    names = (".git/info/exclude", ".gitignore") if not folder else (".gitignore",)
    lines: list[str] = []
    for name in names:
        path = root / folder / name
        if path.is_file() and not path.is_symlink():
            lines += path.read_text("utf-8", "surrogateescape").split("\n")
    if not lines:
        return ()
    from pathspec import GitIgnoreSpec

    return ((folder, GitIgnoreSpec.from_lines(lines)),)


def _ignored(path: str, ignores: _Ignores) -> bool:
    """Whether the innermost .gitignore that has a word on `path` ignores it."""
    for folder, spec in reversed(ignores):
        verdict = spec.check_file(path[len(folder) + 1 :] if folder else path).include
        if verdict is not None:
            return verdict
    return False
