"""A sign of life on the terminal while a long review runs."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

QUIET = 1.0
"""Seconds during which nothing is said."""


@contextmanager
def patience(terminal: TextIO) -> Iterator[None]:
    """While the block runs, count the seconds on `terminal` from the second one on; leave no trace behind."""
    done = threading.Event()

    def count() -> None:
        begun = time.monotonic()
        if done.wait(QUIET):
            return
        while not done.wait(0.5):
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
