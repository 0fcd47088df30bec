"""The except/catch clauses of the project's servers, by where they stand."""

from collections import defaultdict

from ..facts.code import Catch
from ..facts.location import Location
from ..project import SERVER_SIDES, Project


class Clauses:
    """`project.view(clauses).around(at)` is the innermost clause that a place stands in."""

    def __init__(self, project: Project) -> None:
        self._by_path: dict[str, list[Catch]] = defaultdict(list)
        for catch in project.facts(Catch, *SERVER_SIDES):
            self._by_path[catch.at.path].append(catch)

    def around(self, at: Location) -> Catch | None:
        """The innermost clause around `at`, None where it stands in none."""
        around = [catch for catch in self._by_path.get(at.path, ()) if catch.at.holds(at)]
        return max(around, key=lambda catch: catch.at) if around else None


def clauses(project: Project) -> Clauses:
    """The view."""
    return Clauses(project)
