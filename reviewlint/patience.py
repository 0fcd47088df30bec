"""A sign of life on the terminal while a long review runs."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TextIO


def while_waiting() -> AbstractContextManager[None]:
    """Patience on the terminal that stderr is; nothing where it is none."""
    return patience(sys.stderr) if sys.stderr.isatty() else nullcontext()


@contextmanager
def patience(terminal: TextIO, *, quiet: float = 1.0, beat: float = 0.5) -> Iterator[None]:
    """While the block runs, count the seconds on `terminal` every `beat` seconds, after `quiet` seconds of silence."""
    done = threading.Event()

    def count() -> None:
        begun = time.monotonic()
        if done.wait(quiet):
            return
        while not done.wait(beat):
            terminal.write(f"\rreviewing ... {time.monotonic() - begun:.0f} s")
            terminal.flush()
        terminal.write("\r\x1b[K")
        terminal.flush()

    counter = threading.Thread(target=count, daemon=True)
    counter.start()
    try:
        yield
    finally:
        done.set()
        counter.join()
