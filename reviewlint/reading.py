"""Reading files into facts, in processes that can be killed.

Parsers written in C and Rust read what strangers wrote: they can crash, hang, or eat the machine. So every file is
read in a worker, even a single one (a fork costs two milliseconds), and whatever happens to the worker costs only the
file that it was reading. A worker gets its files in pieces and answers each piece with one batch of packed facts; how
far it is stands in memory that its parent sees, also when the worker is gone.
"""

import gc
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from . import disk, timing
from .cache import AHEAD, DIGEST, Cache, digest
from .classify import with_nul_bytes
from .facts.file import FileFacts, Problem
from .facts.location import Location
from .fault import Fault, in_words
from .packing import pack, unpack
from .shelf import Batch, Shelf, batch, batches, prepare
from .source import Skipped, Source

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import BaseContext
    from multiprocessing.process import BaseProcess

TIME_LIMIT = 10.0
"""Seconds that a file may take, for each megabyte that it begins, before its worker is killed."""

ORPHANED = 60
"""Seconds after which a worker ends itself if nobody is left to do it."""

MEMORY_LIMIT = 4 << 30
"""Bytes of address space that a worker may have."""

BYTES_PER_WORKER = 256_000
"""As much source as makes up for starting one more worker: about 30 ms of reading."""

BYTES_PER_COLLECTION = 16_000_000
"""As much source is read between two garbage collections of a worker. Readers let go of what they know of a file, so
that little is left for these."""

PIECES_PER_WORKER = 4
"""How many pieces of its size would be left for each worker where a piece begins: they get smaller towards the end, so
that all workers finish together."""

BYTES_PER_PIECE = 1_000_000
"""As much source is in a piece at most, so that no worker holds too many facts at a time."""

LAST_PIECE = 100_000
"""As much source is in the last pieces of a large project."""

LARGE = 50_000
"""As much source in one file takes so long that nobody should begin with it last."""

MANY = 1_000
"""Files: to look into more of them takes as long as it takes to load the readers."""

GLANCE = 0.25
"""Seconds between two looks at how far the workers are."""


Outcome = FileFacts | Skipped | Fault


def read_all(
    root: Path,
    sources: Collection[Source],
    jobs: int | None = None,
    contents: Mapping[str, bytes] | None = None,
    *,
    meanwhile: Callable[[], Iterable[object]] = tuple,
    hear: Callable[[Batch], None] = lambda batch: None,
    cache: Cache | None = None,
    workers: "Crew | None" = None,
) -> tuple[Shelf, list[Skipped], list[Fault]]:
    """The facts of all files, the files that could not be read by path, and the defects that came to light.

    A file that brought a reader down is among the skipped, beside its fault; its credentials are found all the same.
    `jobs` is the number of processes, by default one for each core that this process may use, fewer where the work is
    small. `contents` stand for what is on the disk under their paths. `meanwhile` gives steps to take while the workers
    read, each of which says whether there was anything to do, and `hear` is told of what they have read. What the
    `cache` holds is not read again, and what is read is put into it. `workers` that are there do the work, and stay.
    """
    known = [] if cache is None else cache.known(sources)
    there = {path for _, paths in known for path in paths.values()}
    unknown = [source for source in sources if source.path not in there]
    lost: list[tuple[str, Skipped | Fault]] = []
    fresh: list[tuple[Batch, Mapping[int, str]]] = []
    size = 0
    with nullcontext(workers) if workers is not None else crew(root) as team:
        for answer in _answers(team, unknown, contents or {}, jobs, meanwhile=meanwhile) if unknown else ():
            lost += answer.lost
            timing.add(answer.spent)
            size += len(answer.batch)
            for read in batches(answer.batch):
                fresh.append((read, dict(enumerate(path for _, path in read.files))))
                if size < AHEAD:
                    hear(prepare(read))
    if cache is not None:
        cache.keep(read for read, _ in fresh)
    skipped = [
        one if isinstance(one, Skipped) else Skipped(path, f"reviewlint failed on it: {one.message}", expected=False)
        for path, one in sorted(lost, key=lambda pair: pair[0])
    ]
    faults = [one for _, one in sorted(lost, key=lambda pair: pair[0]) if isinstance(one, Fault)]
    missing = {path for path, _ in lost}
    shelf = Shelf((one for one in sources if one.path not in missing), (*known, *fresh))
    broken = {path for path, one in lost if isinstance(one, Fault)}
    saved = [_saved(root, source, contents or {}) for source in sources if source.path in broken]
    return (shelf.less((), [one for one in saved if one.facts]) if saved else shelf), skipped, faults


def _saved(root: Path, source: Source, contents: Mapping[str, bytes]) -> FileFacts:
    """The credentials of a file whose reader broke; never cached, so that the next run tells of the fault again."""
    from . import readers

    path = source.path
    try:
        return readers.plain(source, contents[path] if path in contents else disk.read(f"{root}/{path}")[0])
    except Exception:  # the same defect as in the worker
        return FileFacts(path, source.language, source.side, ())


@dataclass(frozen=True, slots=True)
class _Answer:
    """What came of a piece of work: its facts as a batch, by path what could not be read, and the time that it took."""

    batch: bytes
    lost: tuple[tuple[str, Skipped | Fault], ...] = ()
    spent: timing.Spent = field(default_factory=dict)


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
    from . import readers  # 30 ms that a review of what is known need not wait

    path = source.path
    if (binary := with_nul_bytes(path, source.language, data)) is not None:
        return binary
    try:
        return readers.read(source, data)
    except (RecursionError, MemoryError):
        lost = given_up(source, "nested too deeply to be read: split it, or exclude it")
        return readers.plain(source, data, lost.facts)
    except TimeoutError as error:
        lost = given_up(source, f"{error}: mend its syntax, or exclude it", timed_out=True)
        return readers.plain(source, data, lost.facts)
    except Exception as error:
        return _fault(source, in_words(error))


def given_up(source: Source, reason: str, *, timed_out: bool = False) -> FileFacts:
    """The facts of a file of which nothing could be read."""
    start = Location(source.path, 1, 1, 1, 1)
    return FileFacts(source.path, source.language, source.side, (Problem(start, reason, timed_out),))


@dataclass(slots=True)
class _Worker:
    """A process, the piece of work that it has, and how many files of it are read: as seen last, and since when."""

    process: "BaseProcess"
    connection: "Connection[Any, Any]"
    progress: Any
    piece: Sequence[Source] = ()
    seen: int = 0
    since: float = 0.0

    def is_stuck(self) -> bool:
        """Whether it has been at the same file for too long."""
        if self.progress.value != self.seen:
            self.seen, self.since = self.progress.value, monotonic()
        limit = time_limit(self.piece[min(self.seen, len(self.piece) - 1)])
        # What was seen last may have been so for a glance already, and the next look is another one away.
        return monotonic() - self.since >= limit - 2 * GLANCE and not self.connection.poll()


def time_limit(source: Source) -> float:
    """Seconds that reading a file may take."""
    return TIME_LIMIT * (source.size // 1_000_000 + 1)


@contextmanager
def crew(root: Path) -> "Iterator[Crew]":
    """Workers for `read_all`, which may get ready before it is known what there is to read; none is left behind."""
    made = Crew(root)
    try:
        yield made
    finally:
        made.dismiss()


class Crew:
    """The workers, and the pieces of work that none of them has yet."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._contents: Mapping[str, bytes] = {}
        self._pieces: deque[Sequence[Source]] = deque()
        self._begun: frozenset[Source] = frozenset()
        self.workers: list[_Worker] = []

    def get_ready(self, count: int, jobs: int | None) -> None:
        """Have `count` workers load the readers while somebody finds out what else there is to read."""
        if (jobs or cores()) > 1:
            self.start(count, ahead=True)

    def start(self, count: int, *, ahead: bool = False) -> None:
        """Have as many workers as that; `ahead` of the work they load the readers."""
        for _ in range(count - len(self.workers)):
            self.workers.append(self._start(ahead=ahead))

    def begin_early(self, sources: Collection[Source], jobs: int | None, contents: Mapping[str, bytes]) -> None:
        """Have files read that will most likely be among those of `read_all`, while somebody finds these out."""
        if sources and (jobs or cores()) > 1:
            count = _processes(sources, jobs)
            largest_first = sorted(sources, key=lambda source: (-source.size, source.path))
            self._give([largest_first[number::count] for number in range(count)], count, contents)
            self._begun = frozenset(sources)

    def begin(self, sources: Collection[Source], jobs: int | None, contents: Mapping[str, bytes]) -> None:
        """Give the work to as many workers as it takes; `contents` stand for what is on the disk under their paths.

        What was begun early is under way, unless some of it is not among the `sources` at all: then all begins anew.
        """
        begun, self._begun = self._begun, frozenset()
        if not begun.issubset(sources):
            self.dismiss()
            begun = frozenset()
        left = [source for source in sources if source not in begun]
        count = _processes(left, jobs)
        self._give(_pieces(left, count), count, contents)

    def _give(self, pieces: Collection[Sequence[Source]], count: int, contents: Mapping[str, bytes]) -> None:
        """Give the pieces to at least `count` workers, where there are so many of them."""
        self._pieces += pieces
        self._contents = contents
        self.start(min(count, len(pieces)))
        for worker in self.workers:
            if not worker.piece:
                self.hand(worker)

    def hand(self, worker: _Worker) -> None:
        """Give the worker its next piece of work, where there is one."""
        worker.piece = self._pieces.popleft() if self._pieces else ()
        if not worker.piece:
            return
        worker.progress.value = worker.seen = 0
        worker.since = monotonic()
        contents = {one.path: self._contents[one.path] for one in worker.piece if one.path in self._contents}
        with suppress(BrokenPipeError):  # it died after its last answer; the next one to be asked finds out
            worker.connection.send((worker.piece, contents))

    def replace(self, worker: _Worker) -> Source | None:
        """Put a fresh process in the place of one that is gone. Gives the file that it was reading.

        The rest of its piece is done again by others: what was read before that file, and what comes after it. Where
        the worker went down when all was read, each file is left to a process of its own, and a single one is blamed.
        """
        worker.process.join()
        worker.connection.close()
        done, rest = worker.piece[: worker.progress.value], worker.piece[worker.progress.value :]
        if not rest and len(done) > 1:
            pieces: list[Sequence[Source]] = [[one] for one in done]
        else:
            pieces = [piece for piece in (done if rest else (), rest[1:]) if piece]
        self._pieces.extendleft(pieces)
        self.workers.remove(worker)
        if self._pieces:
            self.workers.append(self._start())
            self.hand(self.workers[-1])
        return rest[0] if rest else done[0] if len(done) == 1 else None

    def dismiss(self) -> None:
        """End every worker, whatever it does."""
        for worker in self.workers:
            worker.process.kill()
        for worker in self.workers:
            worker.process.join()
            worker.connection.close()
        self.workers = []
        self._pieces.clear()

    @cached_property
    def _context(self) -> "BaseContext":
        from multiprocessing import get_context

        # Forking is safe and fast where the platform's own libraries start no threads; that is Linux.
        return get_context("fork" if sys.platform == "linux" else "spawn")

    def _start(self, *, ahead: bool = False) -> _Worker:
        ours, theirs = self._context.Pipe()
        progress = self._context.RawValue("l", 0)
        inherited = [ours, *(worker.connection for worker in self.workers)] if sys.platform == "linux" else []
        process: BaseProcess = self._context.Process(  # type: ignore[attr-defined]
            target=_work,
            args=(theirs, inherited, progress, self._root),
            kwargs={"ahead": ahead},
            daemon=True,
        )
        process.start()
        theirs.close()
        return _Worker(process, ours, progress)


def _answers(
    crew: Crew,
    sources: Collection[Source],
    contents: Mapping[str, bytes],
    jobs: int | None,
    *,
    meanwhile: Callable[[], Iterable[object]],
) -> Iterator[_Answer]:
    """What comes of the files, piece by piece in the order in which they come in."""
    from multiprocessing.connection import wait

    crew.begin(sources, jobs, contents)
    steps = iter(meanwhile())
    while busy := {worker.connection: worker for worker in crew.workers if worker.piece}:
        for connection in wait(list(busy), 0 if next(steps, None) else GLANCE):
            worker = busy[connection]  # type: ignore[index]
            try:
                answer = worker.connection.recv_bytes()
            except (EOFError, OSError):
                if (source := crew.replace(worker)) is not None:
                    yield _Answer(b"", ((source.path, _fault(source, _death(worker.process))),))
                continue
            crew.hand(worker)
            yield _answer(answer)
        for worker in list(crew.workers):
            if worker.piece and worker.is_stuck():
                worker.process.kill()
                if (source := crew.replace(worker)) is not None:
                    reason = f"not read to the end within {time_limit(source):g} seconds: split it, or exclude it"
                    yield _Answer(batch([(bytes(DIGEST), given_up(source, reason, timed_out=True))]))


def _answer(data: bytes) -> _Answer:
    lost = int.from_bytes(data[:4])
    return _Answer(data[4 + lost :], *unpack(data[4 : 4 + lost]))


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _processes(sources: Iterable[Source], jobs: int | None) -> int:
    """How many processes it takes to read the files."""
    return max(1, min(jobs or cores(), 1 + sum(source.size for source in sources) // BYTES_PER_WORKER))


def _pieces(sources: Collection[Source], workers: int) -> deque[Sequence[Source]]:
    """The files in pieces, large files first so that none is left for the end, and smaller pieces towards it.

    The others come by their paths: that is the order in which migrations run.
    """
    left = sum(source.size for source in sources)
    least = min(left / (workers * PIECES_PER_WORKER) / 2, LAST_PIECE)
    pieces: deque[Sequence[Source]] = deque()
    room = filled = 0.0
    for source in sorted(sources, key=lambda source: (-max(source.size, LARGE), source.path)):
        if filled >= room:
            piece: list[Source] = []
            pieces.append(piece)
            room, filled = max(least, min(left / (workers * PIECES_PER_WORKER), BYTES_PER_PIECE)), 0
        piece.append(source)
        filled += source.size
        left -= source.size
    return pieces


def _work(
    connection: "Connection[Any, Any]",
    inherited: list["Connection[Any, Any]"],
    progress: Any,
    root: Path,
    *,
    ahead: bool,
) -> None:
    """A worker's life: read the files of a piece, answer, and so on until it is ended or nobody is there any more."""
    _confine()
    for other in inherited:
        other.close()  # so that this worker hears when its parent is gone
    alarm = getattr(signal, "alarm", lambda seconds: None)
    timing.taken()  # what the parent spent is not told twice
    gc.disable()  # a tenth of the time would go into looking for cycles that are not there
    if ahead:
        with suppress(Exception):  # whatever is wrong is told of the files that it is wrong for
            from . import readers

            readers.load(until=connection.poll)
    read = 0
    with suppress(EOFError, OSError):
        while True:
            piece, contents = connection.recv()
            outcomes = []
            for source in piece:
                alarm(ORPHANED)
                with timing.spending("reader", source.language):
                    outcomes.append((source, *read_one(root, source, contents)))
                progress.value += 1
                read += source.size
                if read > BYTES_PER_COLLECTION:
                    gc.collect()
                    gc.freeze()  # what is left is code and facts: there is no need to look through that again
                    read = 0
            connection.send_bytes(_packed(outcomes))
            alarm(0)


def _packed(outcomes: Sequence[tuple[Source, bytes, Outcome]]) -> bytes:
    """The answer to a piece of work, see `_answer`. Facts that cannot be packed are a fault of their file's reader."""
    read = [(key, outcome) for _, key, outcome in outcomes if isinstance(outcome, FileFacts)]
    lost = tuple((source.path, outcome) for source, _, outcome in outcomes if not isinstance(outcome, FileFacts))
    try:
        facts, words = batch(read), pack((lost, timing.taken()))
    except Exception as error:
        if len(outcomes) == 1:
            [(source, key, _)] = outcomes
            return _packed([(source, key, _fault(source, in_words(error)))])
        checked = []
        for outcome in outcomes:
            answer = _answer(_packed([outcome]))
            checked.append((*outcome[:2], dict(answer.lost).get(outcome[0].path, outcome[2])))
        return _packed(checked)
    return len(words).to_bytes(4) + words + facts


def _fault(source: Source, message: str) -> Fault:
    return Fault(f"the {source.language} reader on {source.path}", message)


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
