"""What files said when they were last read, in `.reviewlint_cache/`, by their content.

One file holds the packed facts of all files of the last review. An entry is found by a digest of the file's path, side,
language and content, so nothing ever has to be thrown away by date; a cache that another version of reviewlint, of a
parser or of Python wrote is not read at all. Whatever is wrong with the cache costs time and nothing else: a damaged
entry is as good as none, and a folder that cannot be written is left alone. It is replaced as a whole, so concurrent
reviews see the old one or the new.
"""

import os
import struct
import sys
from contextlib import suppress
from functools import cache
from hashlib import blake2b
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from tempfile import mkstemp

from . import __version__, disk, plugins
from .facts.file import FileFacts, Problem
from .packing import UnpackingError, unpack
from .source import Source

FOLDER = ".reviewlint_cache"

DIGEST = 20
"""Bytes of a digest."""

_ENGINES = ("tree-sitter", "tree-sitter-python", "tree-sitter-typescript", "postgast", "sqlglot", "libcst")
_MAKERS = ("readers", "facts", "credentials")
"""The folders of this package whose code decides what is read out of a file."""

_HEAD = struct.Struct(f">{DIGEST}s16sI")
"""Digest of the source, checksum of the packed facts, and their length."""


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
        self._kept = self._load()
        self._used: dict[bytes, bytes] = {}

    def get(self, source: Source) -> FileFacts | None:
        """The facts of a file with exactly this content, where they are kept."""
        entry = self._kept.get(source.digest)
        if entry is None:
            return None
        head, packed = entry
        if blake2b(packed, digest_size=16).digest() != head:
            return None
        try:
            facts = unpack(packed)
        except UnpackingError:
            return None
        if not isinstance(facts, FileFacts) or facts.path != source.path:
            return None
        self._used[source.digest] = packed
        return facts

    def put(self, key: bytes, packed: bytes, facts: FileFacts) -> None:
        """Keep the facts of a file. Not those of a file that was given up: it may have been the machine's fault."""
        if not any(isinstance(fact, Problem) and fact.timed_out for fact in facts.facts):
            self._used[key] = packed

    def save(self) -> None:
        """Write what was used in this review, where that is more than what is there."""
        if self._used.keys() <= self._kept.keys():
            return
        parts = [_header()]
        for key, packed in self._used.items():
            parts += (_HEAD.pack(key, blake2b(packed, digest_size=16).digest(), len(packed)), packed)
        with suppress(OSError):
            self._prepare()
            handle, name = mkstemp(dir=self._folder, prefix="facts-")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.writelines(parts)
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

    def _load(self) -> dict[bytes, tuple[bytes, bytes]]:
        if self._folder.is_symlink():
            return {}
        try:
            data, _ = disk.read(str(self._folder / "facts"))
        except (OSError, disk.NotRegular):
            return {}
        header = _header()
        if not data.startswith(header):
            return {}
        kept: dict[bytes, tuple[bytes, bytes]] = {}
        position = len(header)
        while position + _HEAD.size <= len(data):
            key, checksum, length = _HEAD.unpack_from(data, position)
            position += _HEAD.size
            kept[key] = (checksum, data[position : position + length])
            position += length
        return kept


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
    return b"reviewlint facts 1\n" + made.digest()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
