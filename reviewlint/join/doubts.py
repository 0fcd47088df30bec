"""Which endpoints a service's tests may request in a way that nobody can follow."""

from collections import Counter, defaultdict
from re import Pattern

from ..facts.values import Value, holes
from ..project import Project
from .coverage import ANY, leads, through_clients
from .endpoints import Endpoint, endpoints
from .paths import Requested
from .requests import requests
from .services import services

FEW = 0.05
"""Where no more of the requests by a method have a path that nobody knows, what they leave out is known."""


class Doubts:
    """What the requests of a service's tests leave open, which lead to no route that is known."""

    def __init__(self, project: Project, service: str) -> None:
        within = project.view(services).within
        self._segments = {part for one in project.view(endpoints) for part in one.segments or ()}
        self._asked: Counter[str] = Counter()
        self._unknown: Counter[str] = Counter()
        self._partly: dict[str, set[tuple[Pattern[str], ...]]] = defaultdict(set)
        for path in through_clients(project):
            if within(path, service):
                self._asked[ANY] += 1
                self._unknown[ANY] += 1
        for request in project.view(requests):
            if not within(request.at.path, service):
                continue
            self._asked[request.method] += 1
            if leads(project, request):
                continue
            # What is constant and leads nowhere is there for that, or another service's.
            parts = {self._part(path) for path in request.paths if any(holes(path))}
            self._partly[request.method] |= parts - {()}
            # A path that no route has any part of, given to who knows what, is that of a file.
            self._unknown[request.method] += not request.paths or (() in parts and request.method != ANY)

    def _part(self, path: Value) -> tuple[Pattern[str], ...]:
        """What is known of the segments of a path, without prefixes that no route is known to have."""
        return tuple(known for known in Requested(path).known if any(map(known.fullmatch, self._segments)))

    def of(self, endpoint: Endpoint) -> bool:
        """Whether tests may request this endpoint, as far as its method and what is known of their paths tell."""
        methods = [*self._asked] if endpoint.method == ANY else [endpoint.method, ANY]
        asked, unknown = (sum(counted[one] for one in methods) for counted in (self._asked, self._unknown))
        segments = endpoint.segments or ()
        return unknown > FEW * asked or any(
            all(any(map(known.fullmatch, segments)) for known in path) for one in methods for path in self._partly[one]
        )
