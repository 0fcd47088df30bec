"""Which queries of a function can run in the same call of it, by the arms that they stand in."""

import re
from collections import defaultdict
from collections.abc import Mapping

from ..facts.data import Branch
from ..facts.location import Location
from ..project import Project
from .clauses import clauses

Arms = Mapping[str, tuple[Branch, ...]]


def arms(project: Project) -> Arms:
    """The view: the arms around queries, by file."""
    found: dict[str, list[Branch]] = defaultdict(list)
    for branch in project.facts(Branch):
        found[branch.at.path].append(branch)
    return {path: tuple(several) for path, several in found.items()}


_LEAVES = frozenset({"raises", "returns"})
_MISSING = re.compile(r"^(?:!|not\s+)[\w.\[\]?]+$|\s(?:is|={2,3})\s(?:None|null|undefined)$")
"""A test that nothing is there."""
_NOT_KEPT = re.compile(r"^[\w.\[\]'\"]+ not in [\w.]+$|^!\s*[\w.]+\.has\([^()]*\)$")
"""A test that something has not been asked for before."""
_ONE = re.compile(r"^[\w.\[\]?]+\s*={2,3}\s*(?!(?:true|false|null|None|undefined)\b)[a-z_][\w.\[\]?]*$")
"""A test that something is what a variable says, as one element of many is."""
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


def fails_alone(project: Project, one: Location, other: Location) -> bool:
    """Whether the function goes on where `one` fails: it is tried without `other`, and no handler of it leaves."""
    tried = project.view(_tried).get(one.path, ())
    return any(arm.at.holds(one) and not arm.whole.holds(other) for arm in tried)


def _tried(project: Project) -> Arms:
    """The view: the arms in which something is tried and after which the function goes on, whatever fails."""
    return {
        path: tuple(arm for arm in several if _goes_on(project, arm)) for path, several in project.view(arms).items()
    }


def _goes_on(project: Project, arm: Branch) -> bool:
    handlers = project.view(clauses).of(arm.at.path)
    caught = [each for each in handlers if arm.whole.holds(each.at) and not arm.at.holds(each.at)]
    return bool(caught) and not any(each.does & _LEAVES for each in caught)


def other_arm(project: Project, one: Location, other: Location) -> bool:
    """Whether `one` stands in an arm of a statement, and `other` in the same statement beside that arm."""
    known = project.view(arms).get(one.path, ())
    return any(arm.at.holds(one) and arm.whole.holds(other) and not arm.at.holds(other) for arm in known)


def makes_up(project: Project, one: Location, other: Location) -> bool:
    """Whether `one` runs only where something is found missing, as `other` need not: `if not user: …`."""
    known = project.view(arms).get(one.path, ())
    return any(_MISSING.search(arm.test) for arm in known if arm.at.holds(one) and not arm.at.holds(other))


def each_sometimes(project: Project, one: Location, other: Location) -> bool:
    """Whether each of two places is come by only where a test of its own holds, that does not decide on the other."""
    known = project.view(arms).get(one.path, ())
    tests = [
        {arm.test for arm in known if arm.test and arm.at.holds(place) and not arm.at.holds(away)}
        for place, away in ((one, other), (other, one))
    ]
    return all(tests) and tests[0].isdisjoint(tests[1])


def seldom_reads(project: Project, at: Location, loop: Location) -> bool:
    """Whether a query in a loop's body is sent for few elements: where a cache has nothing, or for the one meant.

    What is asked right before the loop or its turn is left is mostly asked for what was looked for.
    """
    around = _inside(project, at, loop)
    return any(arm.leaves or any(one.search(arm.test) for one in (_MISSING, _NOT_KEPT, _ONE)) for arm in around)


def seldom_writes(project: Project, at: Location, loop: Location) -> bool:
    """Whether a write in a loop's body is made for few elements: where it gives one up, or for the one meant."""
    return any(arm.leaves or _ONE.search(arm.test) for arm in _inside(project, at, loop))


def _inside(project: Project, at: Location, loop: Location) -> list[Branch]:
    """The arms around a place that stand in a loop's body."""
    return [arm for arm in project.view(arms).get(at.path, ()) if arm.at.holds(at) and loop.holds(arm.at)]


def _exclude(one: str, other: str) -> bool:
    """Whether two tests cannot both hold, as long as nothing changes what they test."""
    if not one or not other:
        return False
    if any(other == negation + one or one == negation + other for negation in ("!", "not ")):
        return True
    left, right = _EQUALITY.fullmatch(one), _EQUALITY.fullmatch(other)
    return left is not None and right is not None and left[1] == right[1] and left[2] != right[2]
