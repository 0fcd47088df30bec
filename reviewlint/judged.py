"""Verdicts on data flow, kept for as long as neither the file nor the check is another.

semgrep follows values inside of one file, and takes about a second to say the same again.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cached_property
from hashlib import blake2b

from .cache import DIGEST, Cache
from .facts.flows import Flow

Judge = Callable[[str, Collection[str]], Iterable[Flow]]
"""Judges data flow: (semgrep check, paths) → flows."""

_Key = tuple[str, bytes]


class Judged:
    """A judge who remembers."""

    def __init__(self, judge: Judge, cache: Cache, digests: Mapping[str, bytes], checks: Callable[[], bytes]) -> None:
        """`digests` tell the files by path from what they were before, `checks` gives all that the judge goes by."""
        self._judge, self._cache, self._digests, self._checks = judge, cache, digests, checks
        self._now: dict[_Key, tuple[Flow, ...]] = {}

    @cached_property
    def _question(self) -> bytes:
        return blake2b(self._checks(), digest_size=DIGEST).digest()

    @cached_property
    def _kept(self) -> dict[_Key, tuple[Flow, ...]]:
        return self._cache.recall("flows", self._question) or {}

    def __call__(self, check: str, paths: Collection[str]) -> list[Flow]:
        """The flows in these files. Raises what the judge raises where a file has to be judged anew."""
        keys = {path: (check, self._digests[path]) for path in paths}
        flows: dict[str, list[Flow]] = defaultdict(list)
        for flow in self._judge(check, [path for path, key in keys.items() if key not in self._kept]):
            flows[flow.at.path].append(flow)
        for path, key in keys.items():
            self._now[key] = self._kept.get(key, tuple(flows[path]))
        return [flow for key in keys.values() for flow in self._now[key]]

    def save(self) -> None:
        """Keep the verdicts for the next time, with those of before that may be asked for again."""
        there = set(self._digests.values())
        now = {key: flows for key, flows in self._kept.items() if key[1] in there} | self._now
        if self._now and now != self._kept:
            self._cache.remember("flows", self._question, now)
