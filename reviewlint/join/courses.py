"""Which queries of a function can run in the same call of it, by the arms that they stand in."""

import re
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


_EQUALITY = re.compile(r"([\w.\[\]'\"?]+)\s*={2,3}\s*('[^']*'|\"[^\"]*\"|\d+|[A-Z]\w*(?:\.\w+)+)")


def both_run(project: Project, first: Location, second: Location) -> bool:
    """Whether one call of a function may come by `first` and then by `second`, which stands after it."""
    known = project.view(arms).get(first.path, ())
    around_first = [arm for arm in known if arm.at.holds(first) and not arm.at.holds(second)]
    around_second = [arm for arm in known if arm.at.holds(second) and not arm.at.holds(first)]
    if any(arm.leaves or arm.whole.holds(second) for arm in around_first):
        return False
    if any(arm.callback and arm.whole.holds(first) for arm in around_second):
        return False
    return not any(_exclude(one.test, other.test) for one in around_first for other in around_second)


def _exclude(one: str, other: str) -> bool:
    """Whether two tests cannot both hold, as long as nothing changes what they test."""
    if not one or not other:
        return False
    if any(other == negation + one or one == negation + other for negation in ("!", "not ")):
        return True
    left, right = _EQUALITY.fullmatch(one), _EQUALITY.fullmatch(other)
    return left is not None and right is not None and left[1] == right[1] and left[2] != right[2]
