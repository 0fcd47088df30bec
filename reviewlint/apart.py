"""Work that a copy of this process does for us, while we go on."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

from . import timing
from .packing import UnpackingError, pack, unpack

T = TypeVar("T")


@contextmanager
def apart(work: Callable[[], T]) -> Iterator[Callable[[], T]]:
    """Begin `work` in a copy of this process, and give what waits for its end: that returns what `work` did.

    The result has to be one that can be packed. Where the copy cannot be made, breaks, or has something to raise, the
    work is done here instead. The copy does not outlive the block.
    """
    begun = _begin(work)
    if begun is None:
        yield work
        return
    process, pipe = begun
    waiting = True

    def wait() -> T:
        nonlocal waiting
        with os.fdopen(pipe, "rb", closefd=False) as answer:
            data = answer.read()
        _, status = os.waitpid(process, 0)
        waiting = False
        with suppress(UnpackingError, TypeError, ValueError):
            if status == 0:
                result, spent = unpack(data)
                timing.add(spent)
                return result  # type: ignore[no-any-return]
        return work()

    try:
        yield wait
    finally:
        os.close(pipe)
        if waiting:
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)


def _begin(work: Callable[[], object]) -> tuple[int, int] | None:
    """The process that works and the pipe that its answer comes by; None where processes cannot be copied safely."""
    if sys.platform != "linux":
        return None
    ours, theirs = os.pipe()
    try:
        process = os.fork()
    except OSError:
        os.close(ours)
        os.close(theirs)
        return None
    if process:
        os.close(theirs)
        return process, ours
    status = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # who has begun this work ends it
        os.close(ours)
        timing.taken()  # what was spent before is not told twice
        answer = pack((work(), timing.taken()))
        with os.fdopen(theirs, "wb") as pipe:
            pipe.write(answer)
        status = 0
    finally:
        os._exit(status)
