"""The except/catch clauses of the project's servers: where they stand, and whether they keep what they caught."""

from collections import defaultdict

from ..facts.code import Catch
from ..facts.http import Response
from ..facts.location import Location
from ..facts.logs import LogCall
from ..project import SERVER_SIDES, Project


class Clauses:
    """`project.view(clauses).around(at)` is the innermost clause that a place stands in."""

    def __init__(self, project: Project) -> None:
        self._by_path: dict[str, list[Catch]] = defaultdict(list)
        for catch in project.facts(Catch, *SERVER_SIDES):
            self._by_path[catch.at.path].append(catch)

    def of(self, path: str) -> list[Catch]:
        """All those of a file, in order."""
        return self._by_path.get(path, [])

    def around(self, at: Location) -> Catch | None:
        """The innermost clause around `at`, None where it stands in none."""
        around = [catch for catch in self._by_path.get(at.path, ()) if catch.at.holds(at)]
        return max(around, key=lambda catch: catch.at) if around else None


_SAYS = frozenset({"str", "repr", "String", "type", "isinstance", "getattr", "JSON.stringify"})
"""Calls that only make a text of an exception, or ask what it is."""


def handed_on(project: Project, clause: Catch) -> bool:
    """Whether a clause gives what it caught to anything but its log lines and its answer: somebody else may keep it."""
    said = project.view(_said).get(clause.at.path, ())
    return any(
        callee not in _SAYS and not any(place.holds(at) or at.holds(place) for place in said)
        for callee, at in clause.gives
    )


def _said(project: Project) -> dict[str, list[Location]]:
    """The view: where each file writes to the log or answers."""
    found: dict[str, list[Location]] = defaultdict(list)
    for fact in (*project.facts(LogCall, *SERVER_SIDES), *project.facts(Response, *SERVER_SIDES)):
        found[fact.at.path].append(fact.at)
    return found


def clauses(project: Project) -> Clauses:
    """The view."""
    return Clauses(project)
