"""Where the time of a review goes: by stage, by reader, by engine, by join and by rule."""

import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from time import perf_counter

SPENT = ("stage", "reader", "engine", "join", "rule")
"""What time is spent on, in the order in which it is told."""

Spent = dict[tuple[str, str], float]
"""Seconds by kind and name."""

LEAST = 0.005
"""Seconds; what takes less is not worth a line."""

_spent: Spent = defaultdict(float)
_open = threading.local()


@contextmanager
def spending(kind: str, name: str) -> Iterator[None]:
    """Count the time inside, less what is counted for the same kind or another further inside."""
    inner: list[float] = _open.__dict__.setdefault("inner", [])
    inner.append(0.0)
    started = perf_counter()
    try:
        yield
    finally:
        took = perf_counter() - started
        _spent[kind, name] += took - inner.pop()
        if inner:
            inner[-1] += took


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
