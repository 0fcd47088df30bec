"""What was found by looking into files once more for calls, kept for as long as the files say the same.

A parser has to be loaded for it and the files parsed again, while most of those that are looked into did not change.
"""

from collections.abc import Collection, Mapping
from functools import cached_property

from .cache import Cache
from .facts.data import CallMade
from .project import AskCalls, Look

_NAME = "calls"
"""What the cache keeps them under."""

SPARE = 64
"""So many answers are kept though no file says so any more: one may say so again, as before a change."""

_Key = tuple[bytes, tuple[str, ...]]


class Called:
    """Somebody who looks into files where nobody remembers what is there."""

    def __init__(self, look: AskCalls, cache: Cache, digests: Mapping[str, bytes]) -> None:
        """`digests` tell the files by path from what they were before."""
        self._look, self._cache, self._digests = look, cache, digests
        self._again: dict[Look, tuple[CallMade, ...]] = {}

    @cached_property
    def _kept(self) -> dict[_Key, tuple[CallMade, ...]]:
        return self._cache.recall(_NAME, b"") or {}

    def __call__(self, path: str, names: Collection[str]) -> tuple[CallMade, ...]:
        """The calls in the file at `path` of what is called so."""
        digest = self._digests.get(path)
        known = None if digest is None else self._kept.get((digest, tuple(sorted(names))))
        return self._look(path, names) if known is None else known

    def was_looked_into(self, earlier: bytes) -> bool:
        """Whether a file was looked into when its digest was `earlier`."""
        return any(digest == earlier for digest, _ in self._kept)

    def says_the_same(self, path: str, earlier: bytes) -> bool:
        """Whether looking into the file at `path` shows what was found there when its digest was `earlier`."""
        before = {names: calls for (digest, names), calls in self._kept.items() if digest == earlier}
        now = {names: self(path, names) for names in before}
        self._again.update({(path, names): calls for names, calls in now.items()})
        return bool(before) and now == before

    def save(self, looks: Mapping[Look, tuple[CallMade, ...]]) -> None:
        """Keep what was found for the next time, with what was before and may be asked for again."""
        every = {**self._again, **looks}.items()
        now = {(self._digests[path], names): calls for (path, names), calls in every if path in self._digests}
        if now:
            there = set(self._digests.values())
            kept = self._kept | now
            of_use = {key: calls for key, calls in kept.items() if key[0] in there}
            if len(kept) > max(SPARE, 2 * len(of_use)):
                kept = of_use
            if kept != self._kept:
                self._cache.remember(_NAME, b"", kept)
