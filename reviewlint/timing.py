"""Where the time of a review goes: by stage, by reader, by engine, by join and by rule."""

import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping
from time import perf_counter

SPENT = ("stage", "reader", "engine", "join", "rule")
"""What time is spent on, in the order in which it is told."""

Spent = dict[tuple[str, str], float]
"""Seconds by kind and name."""

LEAST = 0.005
"""Seconds; what takes less is not worth a line."""

_spent: Spent = defaultdict(float)
_open = threading.local()


class spending:  # noqa: N801 - a context manager is called like a function
    """Count the time inside, less what is counted for the same kind or another further inside.

    Every call of an engine is counted: `contextlib.contextmanager` would take three times as long.
    """

    __slots__ = ("_inner", "_key", "_started")

    def __init__(self, kind: str, name: str) -> None:
        self._key = kind, name

    def __enter__(self) -> None:
        self._inner: list[float] = _open.__dict__.setdefault("inner", [])
        self._inner.append(0.0)
        self._started = perf_counter()

    def __exit__(self, *_: object) -> None:
        took = perf_counter() - self._started
        _spent[self._key] += took - self._inner.pop()
        if self._inner:
            self._inner[-1] += took


def taken() -> Spent:
    """What was spent in this process since the last time this was asked."""
    spent = dict(_spent)
    _spent.clear()
    return spent


def add(spent: Mapping[tuple[str, str], float]) -> None:
    """Count what was spent in another process."""
    for key, seconds in spent.items():
        _spent[key] += seconds


def by_kind(spent: Mapping[tuple[str, str], float]) -> dict[str, dict[str, float]]:
    """Seconds by name for each kind, the longest first."""
    longest = sorted(spent.items(), key=lambda pair: (-pair[1], pair[0]))
    return {kind: {name: seconds for (of, name), seconds in longest if of == kind} for kind in SPENT}


def told(spent: Mapping[tuple[str, str], float]) -> Iterator[str]:
    """The same in lines."""
    for kind, seconds_of in by_kind(spent).items():
        for name, seconds in seconds_of.items():
            if seconds >= LEAST:
                yield f"{seconds:8.3f} s  {kind} {name}"
