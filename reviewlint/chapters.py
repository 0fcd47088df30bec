"""Which files belong to the states of a program that a book goes through: `book/1-begin`, `book/1-end`, …"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import TypeAlias

_STATE = re.compile(
    r"(?:^|/)(?P<state>(?:(?:chapter|chap|ch|step|part|lesson|lecture|section|stage|episode|day|unit|exercise)[-_. ]?)?"
    r"(?P<number>\d{1,3})(?![\d.])[^/]*)/",
    re.IGNORECASE,
)
"""The outermost folder of a path whose name begins with a number that counts; a date or a version does not."""
_SOURCE = re.compile(r"\.(?:py|[cm]?[jt]sx?|vue|svelte)$")
MANY, MOST = 4, 100
"""Fewer folders beside each other may be services that were begun from one template, more are data."""
LEAST = 3
"""So many files, at least, are alike by accident in no two folders."""
NAMED, SAME = 0.8, 0.5
"""How many of a state's files stand in another by their name, and how many say the same there byte for byte."""

_States: TypeAlias = Mapping[str, frozenset[str]]
"""What the states beside each other hold, by their names."""


def chapters(paths: Iterable[str], read: Callable[[str], bytes]) -> set[str]:
    """Those of all paths that another state of the same program has, too; those of the last where it stands outside.

    `read` gives the content of the file at a path, `b""` where it cannot.
    """
    paths = list(paths)
    folders: dict[str, dict[str, str]] = defaultdict(dict)
    for home in {path[: path.rfind("/") + 1] for path in paths}:
        match = _STATE.search(home)
        if match is not None:
            folders[home[: match.start("state")]][home[: match.end()]] = match["state"]
    found = set[str]()
    for above, names in folders.items():
        if MANY <= len(names) <= MOST:
            sources = [path for path in paths if _SOURCE.search(path)]
            states = {name: frozenset(_below(folder, sources)) for folder, name in names.items()}
            told = _told(above, states, read)
            program = _outside(above, states[told[-1]], sources) if told else frozenset()
            for name in told if program else told[:-1]:
                others = program.union(*(states[one] for one in told if one != name))
                found.update(f"{above}{name}/{rest}" for rest in states[name] & others)
    return found


def _below(folder: str, paths: Iterable[str]) -> Iterator[str]:
    return (path[len(folder) :] for path in paths if path.startswith(folder))


def _told(above: str, states: _States, read: Callable[[str], bytes]) -> list[str]:
    """The states whose files stand in others, in order; none where too few say the same as in another."""

    @cache
    def content(name: str, rest: str) -> bytes:
        return read(f"{above}{name}/{rest}")

    states = {name: rests for name, rests in states.items() if rests}
    like = {name: [one for one in states if one != name and _share(states[name], states[one])] for name in states}
    told = [name for name in states if like[name]]
    same = 0
    for name in told if len(told) >= MANY else ():
        rests = states[name]
        most = max(
            sum(rest in states[one] and content(name, rest) == content(one, rest) for rest in rests)
            for one in like[name]
        )
        same += len(rests) >= LEAST and most >= SAME * len(rests)
    return sorted(told, key=_order) if same >= MANY and 2 * same >= len(states) else []


def _share(rests: frozenset[str], others: Iterable[str]) -> bool:
    return len(rests.intersection(others)) >= NAMED * len(rests)


def _order(name: str) -> tuple[int, str]:
    match = _STATE.match(f"{name}/")
    return (int(match["number"]) if match is not None else 0), name


def _outside(above: str, rests: frozenset[str], sources: Iterable[str]) -> frozenset[str]:
    """What a folder beside all states holds that has the files of the last one: the program itself; else nothing."""
    deepest = max(rests, key=lambda rest: (rest.count("/"), rest))
    there = {path for path in sources if not (above and path.startswith(above)) and not _STATE.match(path)}
    for path in sorted(there):
        root = path[: -len(deepest)]
        if path == root + deepest and root[-1:] in ("", "/"):
            inside = frozenset(_below(root, there))
            if _share(rests, inside):
                return inside
    return frozenset()
