"""Which endpoints a service's tests may request in a way that nobody can follow."""

import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from re import Pattern

from ..facts.code import Function
from ..facts.tests import TestCase
from ..facts.values import Value, holes
from ..project import Project
from .coverage import ANY, CHANGING, followed, met, through_clients
from .endpoints import Endpoint, endpoints
from .functions import calling
from .modules import modules
from .paths import Requested
from .requests import test_files
from .services import services

_WORD = re.compile(r"[A-Z]?[a-z]{2,}|[A-Z]{3,}")
_CLICKS = re.compile(r"(?:^|\.)(?:page|cy|driver|browser)\b.*\.(?:click|press|submit|check|dispatchEvent)(?:\(\))?$")
"""What sends a form in Playwright, Cypress, Puppeteer and Selenium."""
FEW = 0.05
"""Where no more of the requests by a method have a path that nobody knows, what they leave out is known."""


@dataclass(frozen=True, slots=True)
class _Open:
    """A request of which not all is known: of its path some segments, or nothing.

    `words` are those of the test file's name that routes are called by, none where it is not called after any.
    """

    method: str
    known: tuple[Pattern[str], ...]
    is_unknown: bool
    words: frozenset[str]


class Doubts:
    """What the requests of a service's tests leave open, which lead to no route that is known.

    With `counts` only those of these test files, as where a route is new that no other can know.
    """

    def __init__(self, project: Project, service: str, counts: Collection[str] | None = None) -> None:
        within = project.view(services).within
        every = project.view(endpoints)
        self._project = project
        self._taken = project.view(_taken_by_hand)
        self._called = project.view(_called_by_a_name)
        self._segments = {part for one in every for part in one.segments or ()}
        self._words = frozenset().union(*map(_words_of, self._segments)) if self._segments else frozenset()
        self._asked: Counter[str] = Counter()
        self._open: list[_Open] = []
        for path in through_clients(project):
            if within(path, service) and (counts is None or path in counts):
                self._asked[ANY] += 1
                self._open.append(_Open(ANY, (), True, self._named(path)))
        driving = project.view(_driving)
        self._pages: set[tuple[str, ...]] = set()
        asked = project.view(followed)
        is_any_led = any(leads for _, leads in asked)
        told = {(request.at.path, request.at.line) for request, _ in asked if request.paths}
        for request, leads in asked:
            if not within(request.at.path, service) or (counts is not None and request.at.path not in counts):
                continue
            self._asked[request.method] += 1
            if leads and request.method == ANY and request.at.path in driving:
                self._pages |= {one.segments for one in met(project, request) if one.method == "GET" and one.segments}
            if leads or (request.helper and is_any_led):
                continue
            # What is constant and leads nowhere is there for that, or another service's.
            parts = {self._part(path) for path in request.paths if any(holes(path))}
            # A path that no route has any part of, given to who knows what, is that of a file.
            unknown = not request.paths or (() in parts and request.method != ANY)
            if not request.paths and (request.at.path, request.at.line) in told:
                continue  # what is requested is in another of its parts: `app.request(new Request(url))`
            words = self._named(request.at.path)
            self._open += (_Open(request.method, part, False, words) for part in parts - {()})
            if unknown:
                self._open.append(_Open(request.method, (), True, words))

    def _part(self, path: Value) -> tuple[Pattern[str], ...]:
        """What is known of the segments of a path, without prefixes that no route is known to have."""
        return tuple(known for known in Requested(path).known if any(map(known.fullmatch, self._segments)))

    def _named(self, path: str) -> frozenset[str]:
        """The words of a test file's name that some route has, too."""
        return _words_of(path.rpartition("/")[2].partition(".")[0]) & self._words

    def of(self, endpoint: Endpoint) -> bool:
        """Whether tests may request this endpoint, as far as its method and what is known of their paths tell.

        A test that is called after other routes asks for those, one that is called after this asks for it. A page on
        which a test clicks sends what it is told to where it lies, or below. Of what a helper calls by a name that it
        is given nobody knows which. What a function puts on the application that it is given, a test may have it put
        on a stand-in.
        """
        if endpoint.at.path in self._taken and any(
            one.at.line < endpoint.at.line <= one.at.end_line
            for one in self._project.facts_of(endpoint.at.path, Function)
        ):
            return True
        if endpoint.handler_path in self._called:
            return True
        segments = endpoint.segments or ()
        if endpoint.method in CHANGING and any(
            segments[:depth] in self._pages for depth in range(1, len(segments) + 1)
        ):
            return True
        own = frozenset().union(*map(_words_of, segments)) if segments else frozenset()
        methods = {*self._asked} if endpoint.method == ANY else {endpoint.method, ANY}
        near = [one for one in self._open if one.method in methods and not (one.words and one.words.isdisjoint(own))]
        if any(one.is_unknown and not one.words.isdisjoint(own) for one in near):
            return True
        asked = sum(self._asked[one] for one in methods)
        return sum(one.is_unknown for one in near) > FEW * asked or any(
            all(any(map(known.fullmatch, segments)) for known in one.known) for one in near if not one.is_unknown
        )


def _words_of(name: str) -> frozenset[str]:
    """The words of a name in the singular, as far as cutting an `s` off tells."""
    return frozenset(word.lower().rstrip("s") for word in _WORD.findall(name))


def _driving(project: Project) -> frozenset[str]:
    """The view: the files of tests that click on pages in a browser."""
    every = project.view(test_files)
    return frozenset(fact.at.path for fact in calling(project, _CLICKS.search) if fact.at.path in every)


def _taken_by_hand(project: Project) -> frozenset[str]:
    """The view: the files that tests import which request no route that is known, and so may call what is in them.

    What tests share, and holds none, makes the application for those that request something of it.
    """
    requesting = {one.at.path for one, leads in project.view(followed) if leads}
    tests = {case.at.path for case in project.facts(TestCase)} - requesting
    return frozenset(edge.target for path in tests for edge in project.view(modules).imports(path))


def _called_by_a_name(project: Project) -> frozenset[str]:
    """The view: the files of which tests call what they are told: `orders[name](req, res)`."""
    tests, resolve = project.view(test_files), project.view(modules).resolve
    return frozenset(
        found
        for fact in calling(project, lambda callee: callee.endswith("[]"))
        if fact.at.path in tests
        for callee in fact.calls
        if callee.endswith("[]") and (found := resolve(callee.removesuffix("[]"), fact.at.path)) is not None
    )
