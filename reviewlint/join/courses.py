"""Which queries of a function can run in the same call of it, by the arms that they stand in."""

from collections import defaultdict
from collections.abc import Mapping

from ..facts.data import Branch
from ..facts.location import Location
from ..project import Project

Arms = Mapping[str, tuple[Branch, ...]]


def arms(project: Project) -> Arms:
    """The view: the arms around queries, by file."""
    found: dict[str, list[Branch]] = defaultdict(list)
    for branch in project.facts(Branch):
        found[branch.at.path].append(branch)
    return {path: tuple(several) for path, several in found.items()}


def both_run(project: Project, first: Location, second: Location) -> bool:
    """Whether one call of a function may come by `first` and then by `second`, which stands after it."""
    for arm in project.view(arms).get(first.path, ()):
        if not arm.at.holds(first) or arm.at.holds(second):
            continue
        if arm.leaves or arm.whole.holds(second):
            return False
    return True
