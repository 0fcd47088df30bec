"""What the paths ask for by which an answer is reached, and whether that is what a message says is not there."""

import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from ..project import Project
from .endpoints import Endpoint, endpoints, reached
from .paths import PARAMETER

_WHOLE = frozenset({"GET", "HEAD", "DELETE"})
"""Methods of requests that hold nothing but their path: what is not there is what that asks for."""
_NAMED = re.compile(r"^(?:\{(?=\w)|<(?:\w+:)?)(\w+)(?::\w+)?[}>]$")
"""A place to fill in: `{order_id:int}`, `<int:order_id>`."""
_BEFORE = re.compile(
    r"^(?:(?:sorry|error|oops)\W+|(?:there is|could(?: not|n't)|can(?:not|'t| not)|unable to|failed to|find|no|such|any"
    r"|the|this|that|an?|your|requested|specified|given|unknown)\b\s*)+",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"\s*(?:[^\w\s-]|\b(?:not|n't|found|do(?:es)?|did|was|were|is|are|could|can|cannot|has|have|with|for|by|in|of|from|on"
    r"|under|at|to|named|called|which|that|or|and|id|uuid|slug)\b).*$",
    re.IGNORECASE | re.DOTALL,
)
"""What stands in a message before and after the thing that it is about."""


def running(project: Project) -> dict[tuple[str, str], list[Endpoint]]:
    """The view: the endpoints for whose requests a function runs that is not their handler."""
    found: dict[tuple[str, str], list[Endpoint]] = defaultdict(list)
    for endpoint in project.view(endpoints):
        for place in reached(project, endpoint.handler_path, endpoint.handler) if endpoint.handler_path else ():
            found[place].append(endpoint)
    return found


def parameters(own: Iterable[Endpoint]) -> Iterator[str]:
    """The names of the places to fill in of paths: `order_id` of `{order_id:int}` and `<int:order_id>`."""
    for endpoint in own:
        yield from (found[1] for part in endpoint.written if (found := _NAMED.search(part)) is not None)


def is_asked_for(own: Iterable[Endpoint], text: str) -> bool:
    """Whether what a message says is not there is what the path names: "order not found" at `GET /orders/{}`."""
    own = list(own)
    whole = [endpoint.method in _WHOLE and (endpoint.segments or ())[-1:] == (PARAMETER,) for endpoint in own]
    return (bool(whole) and all(whole)) or is_named(own, text)


def is_named(own: Iterable[Endpoint], text: str) -> bool:
    """Whether a path has what a message is about by a parameter, or the name of an Edge Function, which has none."""
    thing = _words(subject(text))
    return bool(thing) and any(name[-len(thing) :] == thing for name in _names(own))


def subject(text: str) -> str:
    """What a message is about: "message" of "Message not found in chat", "user" of "No user with this id"."""
    text = re.sub(r"(?<=\w)[_-](?=\w)|(?<=[a-z])(?=[A-Z])", " ", text.strip("`'\" "))
    rest = _BEFORE.sub("", text)
    return _AFTER.sub("", rest) or _AFTER.sub("", rest.lstrip("…'\"`# "))


def _names(own: Iterable[Endpoint]) -> Iterator[list[str]]:
    """The words of what paths name: of the segment before each parameter, and of the parameter itself."""
    for endpoint in own:
        segments = endpoint.segments or ()
        yield from (_words(name) for name, after in itertools.pairwise(segments) if after == PARAMETER)
        if endpoint.framework == "edge":
            yield from ([word] for name in segments[-1:] for word in _words(name))
        yield from (_words(re.sub(r"_?(?:id|pk|uuid|slug)$", "", name)) for name in parameters((endpoint,)))


def _words(name: str) -> list[str]:
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return [re.sub(r"ies$", "y", word.lower()).removesuffix("s") for word in re.findall(r"[A-Za-z]+", spaced)]
