"""What the last review of a project found out, in `.reviewlint_cache/`.

What files said is kept by their content: one file holds the batches of packed facts of a review, and a small one those
of the files that changed since, so that not all is written again for a few. A file is
found in them by a digest of its path, side, language and content, so nothing ever has to be thrown away by date; what
another version of reviewlint, of a parser or of Python wrote is not read at all, nor what another user or an archive
has put there (see `trust`). Whatever is wrong with the cache costs
time and nothing else: a damaged batch is as good as none, and a folder that cannot be written is left alone. Each is
replaced as a whole, so concurrent reviews see the old one or the new.

Two more files answer whole questions: what each file is, as long as the file system says that it was not touched
(as git does it), and what the rules found, as long as nothing that they look at is any different.
"""

import os
import stat
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cache, cached_property
from hashlib import blake2b
from hmac import compare_digest
from pathlib import Path
from tempfile import mkstemp
from typing import Any

from . import __version__, disk, installed, plugins, trust
from .packing import UnpackingError, pack, unpack
from .shelf import Batch, alike, batches, prepare, unpack_all
from .source import Source

FOLDER = ".reviewlint_cache"

DIGEST = 20
"""Bytes of a digest."""

AHEAD = 64_000_000
"""Bytes of facts of which some are unpacked ahead of time; of more it would be too much to have twice."""

FEW = 8
"""Facts are recent as long as they are not more than one part in so many."""

_ENGINES = ("tree-sitter", "tree-sitter-python", "tree-sitter-typescript", "postgast", "sqlglot", "libcst", "semgrep")
_MAKERS = ("readers", "facts", "credentials")
"""The folders of this package whose code decides what is read out of a file."""
_NAMES = ("calls", "facts", "files", "findings", "flows", "recent", "rules", "some", "states")
"""What is kept, each in a file of its own."""


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
        self._used: list[Batch] = []
        self._fresh: list[Batch] = []

    @cached_property
    def _stock(self) -> list[Batch]:
        return list(batches(self._read("facts", _header(*_MAKERS))))

    @cached_property
    def _kept(self) -> list[Batch]:
        return [*self._stock, *batches(self._read("recent", _header(*_MAKERS)))]

    @property
    def is_there(self) -> bool:
        """Whether anything may be kept."""
        return self._folder.is_dir()

    def is_older_than(self, path: Path) -> bool:
        """Whether a regular file was written after the last review that kept what files are."""
        try:
            found, last = os.lstat(path), os.lstat(self._folder / "files")
        except OSError:
            return False
        return stat.S_ISREG(found.st_mode) and found.st_mtime_ns > last.st_mtime_ns

    def lacks(self, source: Source) -> bool:
        """Whether what this file says with this content would have to be read, though others are known."""
        return self.is_there and not self.holds(source)

    def holds(self, source: Source) -> bool:
        """Whether what this file says with this content is known."""
        return source.digest in self._digests

    @cached_property
    def _digests(self) -> set[bytes]:
        return {key for batch in self._kept for key, _ in batch.files}

    def known(self, sources: Iterable[Source]) -> list[tuple[Batch, Mapping[int, str]]]:
        """Where the facts of files with exactly this content are kept: a batch, and numbers of files with their paths.

        A batch of which less than half is of use is left out, so that what is gone does not pile up.
        """
        wanted = {source.digest: source.path for source in sources}
        found: list[tuple[Batch, Mapping[int, str]]] = []
        for batch in self._kept:
            paths = {number: path for number, (key, path) in enumerate(batch.files) if wanted.get(key) == path}
            if 2 * len(paths) >= len(batch.files):
                found.append((batch, paths))
                for number in paths:
                    wanted.pop(batch.files[number][0], None)
        self._used += [batch for batch, _ in found if batch not in self._used]
        return found

    def prepared(self) -> Iterator[Batch]:
        """The batches that are of use in this review, each once what nearly every join asks for is unpacked."""
        if sum(len(batch.data) for batch in self._used) < AHEAD:
            for batch in self._used:
                yield prepare(batch)

    def keep(self, fresh: Iterable[Batch]) -> None:
        """Keep what was read anew, too. Not files that were given up: that may have been the machine's fault."""
        self._fresh += [batch for batch in fresh if any(key != bytes(DIGEST) for key, _ in batch.files)]

    def unaltered(self) -> dict[str, bytes]:
        """The files that were read anew, if all of them say what they said before, with their digests of then.

        A comment was written, a wording or a style changed: nobody who goes by the facts needs to be asked again.
        """
        latest = {file[1]: (batch, number) for batch in self._kept for number, file in enumerate(batch.files)}
        found: dict[str, bytes] = {}
        for fresh in self._fresh:
            for number, (_, path) in enumerate(fresh.files):
                before = latest.get(path)
                if before is None or not _alike(fresh, number, *before):
                    return {}
                found[path] = before[0].files[before[1]][0]
        return found

    def earlier(self, paths: Collection[str]) -> Iterator[tuple[str, bytes]]:
        """The digests that files at these paths had when they were read before, once what they said is unpacked."""
        for batch in self._kept:
            for key, path in batch.files:
                if path in paths:
                    with suppress(UnpackingError, TypeError, ValueError):  # whoever compares it finds out
                        unpack_all(batch)
                    yield path, key

    def save(self) -> None:
        """Write what was used in this review, where that is not what is there."""
        used = [*self._used, *self._fresh]
        if used == self._kept:
            return
        recent = [batch for batch in used if batch not in self._stock]
        is_there = len(used) - len(recent) == len(self._stock)
        if is_there and FEW * sum(len(batch.data) for batch in recent) < sum(len(batch.data) for batch in self._stock):
            self._write("recent", _header(*_MAKERS), *(batch.data for batch in recent))
        else:
            self._write("facts", _header(*_MAKERS), *(batch.data for batch in used))
            if len(self._kept) > len(self._stock):
                with suppress(OSError):
                    (self._folder / "recent").unlink()

    def recall(self, name: str, question: bytes) -> Any:
        """The answer that is kept in the file called `name`, None where it belongs to another question."""
        data = self._read(name, _header("") + question)
        try:
            return unpack(data) if data else None
        except UnpackingError:
            return None

    def remember(self, name: str, question: bytes, answer: Any) -> None:
        """Keep the answer to a question, in place of the one before. Nothing is kept of what cannot be packed."""
        try:
            packed = pack(answer)
        except TypeError:
            return
        self._write(name, _header("") + question, packed)

    def _write(self, name: str, start: bytes, *parts: bytes | memoryview) -> None:
        if not trust.key():
            return
        code = trust.code(name.encode(), start, *parts)
        with suppress(OSError):
            self._prepare()
            handle, temporary = mkstemp(dir=self._folder, prefix=f"{name}-")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.writelines((start, code, *parts))
                Path(temporary).replace(self._folder / name)
            except BaseException:
                Path(temporary).unlink(missing_ok=True)
                raise

    def _read(self, name: str, start: bytes) -> memoryview:
        """What comes after `start` in a file of the cache; nothing where another start, or another user, wrote it."""
        nothing = memoryview(b"")
        if not trust.key() or self._folder.is_symlink():
            return nothing
        try:
            data, _ = disk.read(str(self._folder / name))
        except (OSError, disk.NotRegular):
            return nothing
        if not data.startswith(start):
            return nothing
        code, rest = data[len(start) : len(start) + trust.SIZE], memoryview(data)[len(start) + trust.SIZE :]
        return rest if compare_digest(code, trust.code(name.encode(), start, rest)) else nothing

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


def _alike(one: Batch, number: int, other: Batch, its_number: int) -> bool:
    try:
        return alike(one, number, other, its_number)
    except (UnpackingError, TypeError, ValueError):
        return False


def remove(root: Path) -> bool:
    """Delete the cache of the project at `root`; whether there was one. Raises OSError, and for a link does nothing."""
    folder = root / FOLDER
    if folder.is_symlink() or not folder.is_dir():
        return False
    for path in folder.iterdir():
        if path.name in (".gitignore", "CACHEDIR.TAG") or path.name.partition("-")[0] in _NAMES:
            path.unlink()
    folder.rmdir()
    return True


@cache
def _header(*folders: str) -> bytes:
    """What a cache begins with that can be used: a name, and a digest of the code in `folders` of this package."""
    made = blake2b(digest_size=DIGEST)
    made.update(repr((__version__, sys.version, [installed.version(engine) for engine in _ENGINES])).encode())
    made.update(plugins.fingerprint().encode())
    for folder in folders:
        for path, found in _code(f"{Path(__file__).parent}/{folder}"):
            made.update(f"{path} {found.st_size} {found.st_mtime_ns}\n".encode())
    return b"reviewlint 4\n" + made.digest()


def _code(folder: str) -> Iterator[tuple[str, os.stat_result]]:
    """The files of code and data in a folder of this package and below, in order."""
    with os.scandir(folder) as scan:
        entries = sorted(scan, key=lambda entry: entry.name)
    for entry in entries:
        if entry.is_dir():
            if entry.name != "__pycache__":
                yield from _code(entry.path)
        else:
            yield entry.path, entry.stat()
