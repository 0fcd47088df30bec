"""What was found by looking into files once more for calls, kept for as long as the files say the same.

A parser has to be loaded for it and the files parsed again, while most of those that are looked into did not change.
"""

from collections.abc import Collection, Mapping
from functools import cached_property

from .cache import Cache
from .facts.data import CallMade
from .project import AskCalls

_NAME = "calls"
"""What the cache keeps them under."""

_Key = tuple[bytes, tuple[str, ...]]


class Called:
    """Somebody who looks into files and remembers."""

    def __init__(self, look: AskCalls, cache: Cache, digests: Mapping[str, bytes]) -> None:
        """`digests` tell the files by path from what they were before."""
        self._look, self._cache, self._digests = look, cache, digests
        self._now: dict[_Key, tuple[CallMade, ...]] = {}

    @cached_property
    def _kept(self) -> dict[_Key, tuple[CallMade, ...]]:
        return self._cache.recall(_NAME, b"") or {}

    def __call__(self, path: str, names: Collection[str]) -> tuple[CallMade, ...]:
        """The calls in the file at `path` of what is called so."""
        if path not in self._digests:
            return self._look(path, names)
        key = self._digests[path], tuple(sorted(names))
        if key not in self._now:
            known = self._kept.get(key)
            self._now[key] = self._look(path, names) if known is None else known
        return self._now[key]

    def save(self) -> None:
        """Keep them for the next time, with those of before that may be asked for again: another process may ask."""
        if self._now:
            there = set(self._digests.values())
            kept = {key: calls for key, calls in self._kept.items() if key[0] in there} | self._now
            if kept != self._kept:
                self._cache.remember(_NAME, b"", kept)
