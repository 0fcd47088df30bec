"""What files are, without looking into them again while the file system says that nobody touched them.

As git does it: size, times and number of a file are compared. A file that was changed so shortly before it was looked
into that another change might leave the same times behind is looked into the next time, too.
"""

import os
import stat
import time
from hashlib import blake2b
from typing import Any, TypeAlias

from .cache import Cache
from .source import Skipped, Source

Stamp: TypeAlias = tuple[int, int, int, int]

SETTLED = 2_000_000_000
"""Nanoseconds: the coarsest times that file systems keep."""


class Looks:
    """What the last look into each file of a project told, and this one's."""

    def __init__(self, cache: Cache | None, around: object) -> None:
        """`around` is all else that the answers depend on."""
        self._cache = cache
        self._question = blake2b(repr(around).encode("utf-8", "surrogatepass"), digest_size=20).digest()
        kept: Any = None if cache is None else cache.recall("files", self._question)
        self._kept: dict[str, tuple[Stamp, Source | Skipped]] = kept or {}
        self._now: dict[str, tuple[Stamp, Source | Skipped]] = {}

    def stamp(self, where: str) -> Stamp | None:
        """What tells the file at `where` from the same file after a change; None for what is no regular file.

        None where nothing is kept, too.
        """
        if self._cache is None:
            return None
        found = os.lstat(where)
        if not stat.S_ISREG(found.st_mode):
            return None
        return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino

    def get(self, path: str, stamp: Stamp | None) -> Source | Skipped | None:
        """What the file at `path` was when it had this stamp."""
        known = self._kept.get(path)
        if known is None or known[0] != stamp:
            return None
        self._now[path] = known
        return known[1]

    def put(self, path: str, stamp: Stamp | None, found: Source | Skipped) -> None:
        """Keep what was found in a file that had this stamp before and after."""
        if self._cache is not None and stamp is not None and time.time_ns() - max(stamp[:2]) > SETTLED:
            self._now[path] = (stamp, found)

    def save(self) -> None:
        """Keep all this for the next time."""
        if self._cache is not None and self._now != self._kept:
            self._cache.remember("files", self._question, self._now)
