"""Reading files into facts, in processes that can be killed.

Parsers written in C and Rust read what strangers wrote: they can crash, hang, or eat the machine. So every file is
read in a worker, even a single one (a fork costs two milliseconds), and whatever happens to the worker costs only the
file that it was reading.
"""

import gc
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from . import disk, readers
from .cache import DIGEST, Cache, digest
from .classify import with_nul_bytes
from .facts.file import FileFacts, Problem
from .facts.location import Location
from .fault import Fault
from .packing import UnpackingError, collecting_later, pack, unpack
from .source import Skipped, Source

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import BaseContext
    from multiprocessing.process import BaseProcess

TIME_LIMIT = 10.0
"""Seconds that a file may take before its worker is killed."""

ORPHANED = 60
"""Seconds after which a worker ends itself if nobody is left to do it."""

MEMORY_LIMIT = 4 << 30
"""Bytes of address space that a worker may have."""

BYTES_PER_WORKER = 256_000
"""As much source as makes up for starting one more worker: about 30 ms of reading."""

BYTES_PER_COLLECTION = 2_000_000
"""As much source is read between two garbage collections of a worker; a syntax tree takes fifty times its source."""

CHUNKS_PER_WORKER = 8
"""Into how many pieces a worker's share is cut, so that all of them finish together."""


Outcome = FileFacts | Skipped | Fault


def read_all(
    root: Path,
    sources: Collection[Source],
    jobs: int | None = None,
    contents: Mapping[str, bytes] | None = None,
    *,
    meanwhile: Callable[[], object] = lambda: None,
    cache: Cache | None = None,
) -> tuple[list[FileFacts], list[Skipped], list[Fault]]:
    """The facts of all files by path, the files that could not be read, and the defects that came to light.

    A file that brought a reader down is among the skipped, beside its fault. `jobs` is the number of processes, by
    default one for each core that this process may use, fewer where the work is small. `contents` stand for what is
    on the disk under their paths. `meanwhile` is called while the workers begin. What the `cache`
    holds is not read again, and what is read is put into it.
    """
    order = {source.path: source for source in sources}
    with collecting_later():
        outcomes: dict[str, Outcome] = {}
        if cache is not None:
            outcomes.update((source.path, known) for source in sources if (known := cache.get(source)) is not None)
        unknown = [source for source in sources if source.path not in outcomes]
        if unknown:
            outcomes.update(_outcomes(root, unknown, jobs, contents or {}, meanwhile=meanwhile, cache=cache))
    facts: list[FileFacts] = []
    skipped: list[Skipped] = []
    faults: list[Fault] = []
    for path in sorted(order):
        match outcomes[path]:
            case FileFacts() as read:
                facts.append(read)
            case Skipped() as left:
                skipped.append(left)
            case Fault() as fault:
                faults.append(fault)
                skipped.append(Skipped(path, f"reviewlint failed on it: {fault.message}", expected=False))
    return facts, skipped, faults


def read_one(root: Path, source: Source, contents: Mapping[str, bytes]) -> tuple[bytes, Outcome]:
    """The digest of a file's content as it was read, and its facts or why there are none."""
    path = source.path
    try:
        data = contents[path] if path in contents else disk.read(f"{root}/{path}")[0]
    except OSError as error:
        return bytes(DIGEST), Skipped(path, f"cannot be read: {error.strerror}", expected=False)
    except disk.NotRegular as other:
        return bytes(DIGEST), Skipped(path, str(other), expected=False)
    return digest(source, data), _read(source, data)


def _read(source: Source, data: bytes) -> Outcome:
    path = source.path
    if (binary := with_nul_bytes(path, source.language, data)) is not None:
        return binary
    try:
        return readers.read(source, data)
    except (RecursionError, MemoryError):
        return given_up(source, "nested too deeply to be read: split it, or exclude it")
    except TimeoutError as error:
        return given_up(source, f"{error}: mend its syntax, or exclude it", timed_out=True)
    except Exception as error:
        return _fault(source, error)


def given_up(source: Source, reason: str, *, timed_out: bool = False) -> FileFacts:
    """The facts of a file of which nothing could be read."""
    start = Location(source.path, 1, 1, 1, 1)
    return FileFacts(source.path, source.language, source.side, (Problem(start, reason, timed_out),))


@dataclass(slots=True)
class _Worker:
    """A process and the files that it was given and has not answered for yet, the one it reads now first."""

    process: "BaseProcess"
    connection: "Connection[Any, Any]"
    given: deque[Source] = field(default_factory=deque)
    since: float = 0.0


class _Crew:
    """The workers, and the pieces of work that none of them has yet."""

    def __init__(self, root: Path, contents: Mapping[str, bytes], chunks: deque[list[Source]], count: int) -> None:
        from multiprocessing import get_context

        # Forking is safe and fast where the platform's own libraries start no threads; that is Linux.
        self._context: BaseContext = get_context("fork" if sys.platform == "linux" else "spawn")
        self._root, self._contents, self._chunks = root, contents, chunks
        self.workers: list[_Worker] = []
        for _ in range(min(count, len(chunks))):
            self.workers.append(self._start())
        for worker in self.workers:
            self.hand(worker)

    def hand(self, worker: _Worker) -> None:
        """Give the worker its next piece of work, or its leave where there is none."""
        worker.given.extend(self._chunks.popleft() if self._chunks else ())
        worker.since = monotonic()
        with suppress(BrokenPipeError):  # it died after its last answer; the next one to be asked finds out
            worker.connection.send(list(worker.given))

    def replace(self, worker: _Worker) -> None:
        """Put a fresh process in the place of one that is gone, with the work that it left."""
        worker.process.join()
        worker.connection.close()
        if worker.given:
            self._chunks.appendleft(list(worker.given))
            worker.given.clear()
        if self._chunks:
            self.workers.remove(worker)
            self.workers.append(self._start())
            self.hand(self.workers[-1])

    def dismiss(self) -> None:
        """End every worker, whatever it does."""
        for worker in self.workers:
            worker.process.kill()
        for worker in self.workers:
            worker.process.join()
            worker.connection.close()

    def _start(self) -> _Worker:
        ours, theirs = self._context.Pipe()
        inherited = [ours, *(worker.connection for worker in self.workers)] if sys.platform == "linux" else []
        process: BaseProcess = self._context.Process(  # type: ignore[attr-defined]
            target=_work, args=(theirs, inherited, self._root, self._contents), daemon=True
        )
        process.start()
        theirs.close()
        return _Worker(process, ours)


def _outcomes(
    root: Path,
    sources: Collection[Source],
    jobs: int | None,
    contents: Mapping[str, bytes],
    *,
    meanwhile: Callable[[], object],
    cache: Cache | None,
) -> Iterator[tuple[str, Outcome]]:
    """Every file's path and outcome, in the order in which they come in."""
    from multiprocessing.connection import wait

    count = max(1, min(jobs or _cores(), 1 + sum(source.size for source in sources) // BYTES_PER_WORKER))
    crew = _Crew(root, contents, _chunks(sources, count), count)
    try:
        meanwhile()
        while busy := {worker.connection: worker for worker in crew.workers if worker.given}:
            patience = min(worker.since for worker in busy.values()) + TIME_LIMIT - monotonic()
            for connection in wait(list(busy), max(0.0, patience)):
                worker = busy[connection]  # type: ignore[index]
                source = worker.given.popleft()
                try:
                    answer = worker.connection.recv_bytes()
                except (EOFError, OSError):
                    crew.replace(worker)
                    yield source.path, Fault(f"the {source.language} reader on {source.path}", _death(worker.process))
                    continue
                worker.since = monotonic()
                if not worker.given:
                    crew.hand(worker)
                outcome = _unpacked(source, answer[DIGEST:])
                if cache is not None and isinstance(outcome, FileFacts):
                    cache.put(answer[:DIGEST], answer[DIGEST:], outcome)
                yield source.path, outcome
            for worker in list(crew.workers):
                if worker.given and monotonic() - worker.since >= TIME_LIMIT and not worker.connection.poll():
                    source = worker.given.popleft()
                    worker.process.kill()
                    crew.replace(worker)
                    reason = f"not read to the end within {TIME_LIMIT:g} seconds: split it, or exclude it"
                    yield source.path, given_up(source, reason, timed_out=True)
    finally:
        crew.dismiss()


def _cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _chunks(sources: Collection[Source], workers: int) -> deque[list[Source]]:
    """The files in pieces of about the same size, the largest files first so that none is left for the end."""
    room = sum(source.size for source in sources) / (workers * CHUNKS_PER_WORKER)
    chunks: deque[list[Source]] = deque()
    filled = room
    for source in sorted(sources, key=lambda source: (-source.size, source.path)):
        if filled >= room:
            chunks.append([])
            filled = 0
        chunks[-1].append(source)
        filled += source.size
    return chunks


def _work(
    connection: "Connection[Any, Any]",
    inherited: list["Connection[Any, Any]"],
    root: Path,
    contents: Mapping[str, bytes],
) -> None:
    """A worker's life: read what it is given, answer file by file, until it is given nothing."""
    _confine()
    for other in inherited:
        other.close()  # so that this worker hears when its parent is gone
    alarm = getattr(signal, "alarm", lambda seconds: None)
    gc.disable()  # a tenth of the time goes into looking for cycles; there are some for every file, so now and then
    read = 0
    with suppress(EOFError, OSError):
        while given := connection.recv():
            for source in given:
                alarm(ORPHANED)
                key, outcome = read_one(root, source, contents)
                connection.send_bytes(key + _packed(source, outcome))
                read += source.size
                if read > BYTES_PER_COLLECTION:
                    gc.collect()
                    read = 0
            alarm(0)


def _packed(source: Source, outcome: Outcome) -> bytes:
    try:
        return pack(outcome)
    except Exception as error:
        return pack(_fault(source, error))


def _unpacked(source: Source, data: bytes) -> Outcome:
    try:
        outcome: Outcome = unpack(data)
    except UnpackingError as error:
        return _fault(source, error)
    return outcome


def _fault(source: Source, error: Exception) -> Fault:
    return Fault(f"the {source.language} reader on {source.path}", f"{type(error).__name__}: {error}")


def _confine() -> None:
    """Make the process harmless: quiet, small, and left to its parent to stop."""
    import faulthandler

    faulthandler.disable()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    quiet = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(quiet, stream)
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if sys.platform == "linux":
            hard = resource.getrlimit(resource.RLIMIT_AS)[1]
            soft = MEMORY_LIMIT if hard == resource.RLIM_INFINITY else min(MEMORY_LIMIT, hard)
            resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _death(process: "BaseProcess") -> str:
    """How a worker died, in words."""
    code = process.exitcode
    if code is not None and code < 0:
        return f"the parser crashed ({signal.Signals(-code).name})"
    return f"the parser ended the process (exit status {code})"
