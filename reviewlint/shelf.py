"""What the files of a project say, by kind of fact, packed until somebody asks.

Files are read in batches, and a batch holds one packed column for each kind of fact. So facts cross processes and come
from the disk as bytes that need not be looked into; a rule that asks for log calls has the log calls unpacked, and a
review that has nothing new to find out has next to nothing unpacked.
"""

import struct
import zlib
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import Protocol, TypeVar

from .facts.code import Class, Definition, Function
from .facts.file import FileFact, FileFacts, Side
from .facts.imports import Import
from .facts.sql import Statement
from .packing import UnpackingError, pack, unpack

F = TypeVar("F", bound=FileFact)

_HEAD = struct.Struct(">III")
"""Checksum of all that follows (begun with the last number), its length, and the length of the index in it."""


class File(Protocol):
    """What there is to know about a file without its facts."""

    @property
    def path(self) -> str:
        """Relative to the root, with `/`."""

    @property
    def language(self) -> str:
        """As in `Source`."""

    @property
    def side(self) -> Side:
        """Where its code runs."""


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Files that were read in one go, and their facts.

    `files` holds digest and path of each, `columns` by the name of a kind the packed pairs of a file's number in
    `files` and its facts of that kind. `data` is all of it as bytes. `ready` holds the columns that were unpacked.
    """

    files: tuple[tuple[bytes, str], ...]
    columns: Mapping[str, memoryview]
    data: memoryview = field(repr=False)
    ready: dict[str, Mapping[int, tuple[FileFact, ...]]] = field(default_factory=dict, repr=False)

    def facts(self, kind: type[F]) -> dict[str, tuple[F, ...]]:
        """The facts of a kind by path, of every file. Raises `UnpackingError`."""
        found = self.column(_name(kind))
        return {path: found.get(number, ()) for number, (_, path) in enumerate(self.files)}  # type: ignore[misc]

    def column(self, name: str) -> Mapping[int, tuple[FileFact, ...]]:
        """The facts of a kind by the number of the file; all who hold the batch share them. Raises `UnpackingError`."""
        if name not in self.ready:
            self.ready[name] = dict(unpack(self.columns[name])) if name in self.columns else {}
        return self.ready[name]


def prepare(batch: Batch) -> Batch:
    """Unpack what nearly every join asks for."""
    for kind in (Class, Definition, Function, Import, Statement):
        batch.column(_name(kind))
    return batch


def unpack_all(batch: Batch) -> None:
    """Unpack what every file of a batch says. Raises `UnpackingError`."""
    for name in batch.columns:
        batch.column(name)


def batch(read: Sequence[tuple[bytes, FileFacts]]) -> bytes:
    """The facts of files, each with the digest of its content, as the bytes of a batch. Raises TypeError for others."""
    by_kind: dict[str, list[tuple[int, tuple[FileFact, ...]]]] = {}
    for number, (_, file) in enumerate(read):
        kinds: dict[type[FileFact], list[FileFact]] = {}
        for fact in file.facts:
            if not isinstance(fact, FileFact):
                raise TypeError(f"{fact!r} is no fact")
            kinds.setdefault(type(fact), []).append(fact)
        for kind, facts in kinds.items():
            by_kind.setdefault(_name(kind), []).append((number, tuple(facts)))
    columns = {name: pack(pairs) for name, pairs in by_kind.items()}
    files = tuple((digest, file.path) for digest, file in read)
    index = pack((files, tuple((name, len(column)) for name, column in columns.items())))
    rest = b"".join((index, *columns.values()))
    return _HEAD.pack(zlib.crc32(rest, len(index)), len(rest), len(index)) + rest


def batches(data: bytes | memoryview, start: int = 0) -> Iterator[Batch]:
    """The batches that stand one after the other in `data` from `start`, up to the first that is damaged.

    The checksum is against accidents; bytes that somebody made up bring nothing to life but facts (see `packing`).
    """
    view = memoryview(data)
    while start + _HEAD.size <= len(view):
        checksum, length, index_length = _HEAD.unpack_from(view, start)
        rest = view[start + _HEAD.size : start + _HEAD.size + length]
        if len(rest) != length or zlib.crc32(rest, index_length) != checksum:
            return
        columns, position = {}, index_length
        try:
            files, lengths = unpack(rest[:index_length])
            for name, size in lengths:
                columns[name] = rest[position : position + size]
                position += size
        except (UnpackingError, TypeError, ValueError):
            return
        yield Batch(files, columns, view[start : start + _HEAD.size + length])
        start += _HEAD.size + length


def alike(one: Batch, number: int, other: Batch, its_number: int) -> bool:
    """Whether file `number` of a batch says the same, place for place, as file `its_number` of another."""
    names = sorted(one.columns.keys() | other.columns.keys())
    return all(one.column(name).get(number, ()) == other.column(name).get(its_number, ()) for name in names)


def _name(kind: type[FileFact]) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


class Shelf:
    """The facts of a project's files. `files` maps paths to files, in the order of the paths."""

    def __init__(self, files: Iterable[File], parts: Iterable[tuple[Batch, Mapping[int, str]]] = ()) -> None:
        """Take, out of each batch, the facts of the files whose numbers are given with their paths."""
        self.files: Mapping[str, File] = {file.path: file for file in sorted(files, key=lambda file: file.path)}
        self._parts = tuple(parts)
        self._unpacked: dict[str, dict[str, tuple[FileFact, ...]]] = {}

    @classmethod
    def of(cls, files: Iterable[FileFacts]) -> "Shelf":
        """The same for facts that are at hand."""
        every = sorted(files, key=lambda file: file.path)
        data = batch([(b"", file) for file in every])
        return cls(every, ((one, dict(enumerate(path for _, path in one.files))) for one in batches(data)))

    def less(self, paths: Container[str], others: Iterable[FileFacts]) -> "Shelf":
        """The same without the files at `paths`, and with `others` instead."""
        new = Shelf.of(others)
        kept = (
            (one, {number: path for number, path in taken.items() if path not in paths}) for one, taken in self._parts
        )
        files = (file for path, file in self.files.items() if path not in paths)
        return Shelf((*files, *new.files.values()), (*kept, *new._parts))

    def only(self, paths: Collection[str]) -> "Shelf":
        """The files at `paths` alone; nothing of batches that hold none of them is ever unpacked for it."""
        taken = ((one, {number: path for number, path in each.items() if path in paths}) for one, each in self._parts)
        files = (file for path, file in self.files.items() if path in paths)
        return Shelf(files, ((one, each) for one, each in taken if each))

    @property
    def size(self) -> int:
        """How many bytes the packed facts take, those of files that have others now among them."""
        return sum(len(batch.data) for batch, _ in self._parts)

    def size_of(self, kind: type[FileFact]) -> int:
        """How many of these bytes are facts of a kind."""
        return sum(len(batch.columns.get(_name(kind), b"")) for batch, _ in self._parts)

    def kinds(self) -> frozenset[str]:
        """What the kinds of the facts in these files are called."""
        return frozenset(
            name.rpartition(".")[2]
            for batch, paths in self._parts
            for name in batch.columns
            if any(number in paths for number in batch.column(name))
        )

    def facts(self, kind: type[F]) -> list[F]:
        """Every fact of a kind, by path and then in the order of the text."""
        return list(chain.from_iterable(self._rows(_name(kind)).values()))  # type: ignore[arg-type]

    def facts_of(self, path: str, kind: type[F]) -> tuple[F, ...]:
        """The facts of a kind in the file at `path`, in the order of the text; no other batch is unpacked for it."""
        if path not in self._places:
            return ()
        batch, number = self._places[path]
        return batch.column(_name(kind)).get(number, ())  # type: ignore[return-value]

    def everything_of(self, path: str) -> tuple[FileFact, ...]:
        """Every fact of the file at `path`, in the order of its text."""
        if path not in self._places:
            return ()
        batch, number = self._places[path]
        every = chain.from_iterable(batch.column(name).get(number, ()) for name in sorted(batch.columns))
        return tuple(sorted(every, key=lambda fact: (fact.at.line, fact.at.column)))

    def __iter__(self) -> Iterator[FileFacts]:
        """Every file with all of its facts."""
        for path, file in self.files.items():
            yield FileFacts(path, file.language, file.side, self.everything_of(path))

    @cached_property
    def _places(self) -> dict[str, tuple[Batch, int]]:
        return {path: (batch, number) for batch, paths in self._parts for number, path in paths.items()}

    def _rows(self, name: str) -> dict[str, tuple[FileFact, ...]]:
        """The facts of the kind of this name by path, in the order of the paths."""
        if name not in self._unpacked:
            found = {
                paths[number]: facts
                for batch, paths in self._parts
                for number, facts in batch.column(name).items()
                if number in paths
            }
            self._unpacked[name] = {path: found[path] for path in sorted(found)}
        return self._unpacked[name]
