"""What files said when they were last read, in `.reviewlint_cache/`, by their content.

One file holds the batches of packed facts of the last review. A file is found in them by a digest of its path, side,
language and content, so nothing ever has to be thrown away by date; a cache that another version of reviewlint, of a
parser or of Python wrote is not read at all. Whatever is wrong with the cache costs time and nothing else: a damaged
batch is as good as none, and a folder that cannot be written is left alone. It is replaced as a whole, so concurrent
reviews see the old one or the new.
"""

import os
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cache
from hashlib import blake2b
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from tempfile import mkstemp

from . import __version__, disk, plugins
from .shelf import Batch, batches
from .source import Source

FOLDER = ".reviewlint_cache"

DIGEST = 20
"""Bytes of a digest."""

_ENGINES = ("tree-sitter", "tree-sitter-python", "tree-sitter-typescript", "postgast", "sqlglot", "libcst")
_MAKERS = ("readers", "facts", "credentials")
"""The folders of this package whose code decides what is read out of a file."""


def digest(source: Source, data: bytes) -> bytes:
    """What the facts of `source` with the content `data` are kept under."""
    closely = "\0closely" if source.closely else ""
    what = f"{source.path}\0{source.language}\0{source.side}{closely}\0".encode("utf-8", "surrogatepass")
    return blake2b(what + data, digest_size=DIGEST).digest()


class Cache:
    """The facts of the last review of a project, and those of this one."""

    def __init__(self, root: Path) -> None:
        """Look up what is kept for the project at `root`; nothing where there is no cache that can be trusted."""
        self._folder = root / FOLDER
        self._kept = list(self._load())
        self._used: list[Batch] = []

    def known(self, sources: Iterable[Source]) -> list[tuple[Batch, Mapping[int, str]]]:
        """Where the facts of files with exactly this content are kept: a batch, and numbers of files with their paths.

        A batch of which less than half is of use is left out, so that what is gone does not pile up.
        """
        wanted = {source.digest: source.path for source in sources}
        found: list[tuple[Batch, Mapping[int, str]]] = []
        for batch in self._kept:
            paths = {number: path for number, (key, path) in enumerate(batch.files) if wanted.get(key) == path}
            if 2 * len(paths) > len(batch.files):
                found.append((batch, paths))
                for number in paths:
                    wanted.pop(batch.files[number][0], None)
        self._used += [batch for batch, _ in found if batch not in self._used]
        return found

    def keep(self, fresh: Iterable[Batch]) -> None:
        """Keep what was read anew, too. Not files that were given up: that may have been the machine's fault."""
        self._used += [batch for batch in fresh if any(key != bytes(DIGEST) for key, _ in batch.files)]

    def save(self) -> None:
        """Write what was used in this review, where that is not what is there."""
        if self._used == self._kept:
            return
        with suppress(OSError):
            self._prepare()
            handle, name = mkstemp(dir=self._folder, prefix="facts-")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.writelines((_header(), *(batch.data for batch in self._used)))
                Path(name).replace(self._folder / "facts")
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise

    def _prepare(self) -> None:
        """Make the folder, and let git and backups pass it over."""
        if self._folder.is_symlink():
            raise OSError("the folder of the cache is a link")
        self._folder.mkdir(exist_ok=True)
        for name, text in (
            (".gitignore", "*\n"),
            ("CACHEDIR.TAG", "Signature: 8a477f597d28d172789f06886806bc55\n# A cache of reviewlint: safe to delete.\n"),
        ):
            if not (self._folder / name).exists():
                (self._folder / name).write_text(text)

    def _load(self) -> Iterable[Batch]:
        if self._folder.is_symlink():
            return ()
        try:
            data, _ = disk.read(str(self._folder / "facts"))
        except (OSError, disk.NotRegular):
            return ()
        header = _header()
        return batches(data, len(header)) if data.startswith(header) else ()


def remove(root: Path) -> bool:
    """Delete the cache of the project at `root`; whether there was one. Raises OSError, and for a link does nothing."""
    folder = root / FOLDER
    if folder.is_symlink() or not folder.is_dir():
        return False
    for path in folder.iterdir():
        if path.name in ("facts", ".gitignore", "CACHEDIR.TAG") or path.name.startswith("facts-"):
            path.unlink()
    folder.rmdir()
    return True


@cache
def _header() -> bytes:
    """What a cache begins with that can be used: a name, and a digest of everything that makes facts."""
    made = blake2b(digest_size=DIGEST)
    made.update(repr((__version__, sys.version, [_version(engine) for engine in _ENGINES])).encode())
    made.update(plugins.fingerprint().encode())
    here = Path(__file__).parent
    for folder in _MAKERS:
        for path in sorted((here / folder).rglob("*.py")):
            found = path.stat()
            made.update(f"{path.relative_to(here)} {found.st_size} {found.st_mtime_ns}\n".encode())
    return b"reviewlint facts 2\n" + made.digest()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
