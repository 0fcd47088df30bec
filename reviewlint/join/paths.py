"""Paths of routes in one spelling, whatever the framework's own is, and whether a request's path meets one."""

import re
from collections.abc import Iterable
from typing import TypeAlias

from ..facts.values import Value, rendered

Segments: TypeAlias = tuple[str, ...]
"""A path taken apart at its slashes: constant segments, `{}` for one parameter, `{*}` for the rest of the path."""

PARAMETER = "{}"
REST = "{*}"

_HOLE = "\0"
_REST = re.compile(
    r"""^(?: \{[^{}]*:path\} | <path:[^<>]*> | \{\*[^{}]*\} | \*[^/]* | :[A-Za-z_]\w*\*
          | \[\[?\.\.\.[^\[\]]*\]\]? | \(\?P<[^<>]*>\.[*+]\) | \(\.[*+]\) | \{\*\} )\$?$""",
    re.VERBOSE,
)
_INNER = r"(?: [^()] | \( (?: [^()] | \([^()]*\) )* \) )*"
"""What stands in a group of a regular expression, with groups in it."""
_PARAMETER = re.compile(
    rf"""\{{[^{{}}]*\}} | <[^<>]*> | (?<!\}}):[A-Za-z_]\w*(?:\([^()]*\))?[?]? | \[[^\[\]]*\][+*]? | \\[dw][+*]?
         | \((?:\?P<[^<>]*>|\?:)?{_INNER}\)[?*+]?""",
    re.VERBOSE,
)
_OPTIONAL_SLASH = "?"
"""What is left of `/?` at the end of a regular expression."""


def segments(path: str) -> Segments:
    """`path`, as FastAPI, Flask, Django, Express, Next.js and their kin spell it, in segments.

    Slashes at the ends do not count.
    A regular expression of Django's `re_path` is read as far as its groups say where the parameters are.
    """
    return tuple(map(segment, pieces(path)))


def segment(piece: str) -> str:
    """One segment in the common spelling."""
    return REST if _REST.match(piece) else _PARAMETER.sub(PARAMETER, piece).replace("\\.", ".").replace("\\-", "-")


def pieces(path: str) -> tuple[str, ...]:
    """The same segments as they are written, with the names of their parameters: `{order_id}`, `:id`, `<int:id>`."""
    parts = _slashes(path.strip().removeprefix("^").removesuffix("$"))
    bare = (part.removeprefix("^").removesuffix("$") for part in parts)
    return tuple(part for part in bare if part not in ("", _OPTIONAL_SLASH))


def _slashes(path: str) -> list[str]:
    """The parts between slashes, without taking a parameter's own expression apart (`(?P<x>[^/]+)`)."""
    parts, depth, start = [], 0, 0
    for position, character in enumerate(path):
        if character in "([{<":
            depth += 1
        elif character in ")]}>":
            depth = max(depth - 1, 0)
        elif character == "/" and depth == 0:
            parts.append(path[start:position])
            start = position + 1
    return [*parts, path[start:]]


def spelled(parts: Iterable[str]) -> str:
    """Segments or pieces as one path."""
    return "/" + "/".join(parts)


class Requested:
    """The path that a request asks for, as far as it is known."""

    def __init__(self, value: Value) -> None:
        text = rendered(value, _HOLE)
        scheme, found, rest = text.partition("://")
        if found and "/" not in scheme:
            text = "/" + rest.partition("/")[2]
        text = re.split(r"[?#]", text, maxsplit=1)[0]
        # A hole at the start is a base URL or a prefix, and may be several segments: what follows is what is known.
        self.segments: Segments = tuple(part for part in text.lstrip(_HOLE).split("/") if part)

    @property
    def known(self) -> tuple[re.Pattern[str], ...]:
        """What each segment can be of which anything is known."""
        parts = (part.split(_HOLE) for part in self.segments)
        return tuple(re.compile(".*".join(map(re.escape, part))) for part in parts if any(part))

    def fits(self, route: Segments) -> bool:
        """Whether this is a path that `route` answers, whatever stands before both."""
        return _fit(self.segments, route) is not None

    def closeness(self, route: Segments, declared: Segments = ()) -> tuple[int, int] | None:
        """How well this fits `route`, given its full path, or `declared`, what its own file says of it; None where not.

        The larger, the better: the whole path before its declared part before a tail, then the more segments that are
        certain; a path of parameters alone, which fits whatever there is, comes last. Prefixes that are only known at
        run time, and tests of an application apart from what it is mounted on, are allowed for: the request may have
        more before the route's path, or less; one constant segment at least must agree.
        """
        asked = self.segments
        if (whole := _fit(asked, route)) is not None and (not route or any(map(str.__eq__, asked, route))):
            return (2, whole)
        if any(map(str.__eq__, asked, declared)) and (fit := _fit(asked, declared)) is not None:
            return (1, fit)
        length = min(len(asked), len(route))
        ending, tail = asked[len(asked) - length :], route[len(route) - length :]
        fit = _fit(ending, tail) if any(map(str.__eq__, ending, tail)) else None
        if fit is not None:
            return (0, fit)
        return None if whole is None else (-1, whole)


def _fit(asked: Segments, route: Segments) -> int | None:
    """How certainly each segment of a request fits, summed; None where one does not."""
    if route and route[-1] == REST:
        return _fit(asked[: len(route) - 1], route[:-1]) if len(asked) >= len(route) - 1 else None
    if REST in route:
        place = route.index(REST)
        behind = len(route) - place - 1
        if len(asked) <= place + behind:
            return None
        fits = (_fit(asked[:place], route[:place]), _fit(asked[len(asked) - behind :], route[place + 1 :]))
        return None if None in fits else sum(filter(None, fits))
    if len(asked) != len(route):
        return None
    certain = 0
    for pair in zip(asked, route, strict=True):
        fit = _segment_fit(*pair)
        if fit is None:
            return None
        certain += fit
    return certain


def _segment_fit(asked: str, route: str) -> int | None:
    if asked == route:
        return 3
    if _HOLE in asked and PARAMETER in route:
        return 2
    if route == PARAMETER:
        return 1
    if PARAMETER in route:
        return 1 if re.fullmatch(".+".join(map(re.escape, route.split(PARAMETER))), asked) else None
    if _HOLE in asked:
        return 0 if re.fullmatch(".*".join(map(re.escape, asked.split(_HOLE))), route) else None
    return None
