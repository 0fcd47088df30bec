"""The names of a project's files: by git where there is one, else by walking with the .gitignore files obeyed."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from .cache import FOLDER
from .classify import VENDORED
from .git import ask

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

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
