"""Which tests a change edits, and what these use: single cases, as far as a file can be compared case by case.

A comment, a title or the layout is no test. A case is as it was when it says what it did and when so do the fixtures,
helpers, hooks and data that it goes by. Of a file that is new, or of which no cases are known, everything counts; and
of one that is given a fixture which the change has edited in another, that imports edited data or an edited suite, or
whose snapshots are.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from ..facts.code import Behaviour, Function
from ..facts.location import Location
from ..facts.tests import RequestedRoute, TestCase, TestPart
from ..project import Project
from .modules import modules
from .requests import test_files


@dataclass(frozen=True, slots=True)
class Edited:
    """The test files of a change in which something counts.

    `kept` are the parts of them that do not, `uses` the words of those that do; both only where that can be told.
    """

    files: frozenset[str]
    kept: Mapping[str, tuple[TestPart, ...]] = field(default_factory=dict)
    uses: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def counts(self, at: Location) -> bool:
        """Whether what stands there belongs to what was edited or what that goes by, and holds nothing else."""
        return not any(is_within(part.at, at) or is_within(at, part.at) for part in self.kept.get(at.path, ()))

    def may_use(self, path: str, names: Collection[str]) -> bool:
        """Whether what counts in a file names any of these."""
        uses = self.uses.get(path)
        return uses is None or not uses.isdisjoint(names)


def edited(project: Project) -> Edited:
    """The view."""
    change = project.change
    files: set[str] = set()
    kept: dict[str, tuple[TestPart, ...]] = {}
    uses: dict[str, frozenset[str]] = {}
    for path, file in change.files.items() if change is not None else ():
        if path not in project.view(test_files):
            continue
        was = project.originals.get(file.before)
        parts = project.facts_of(path, TestPart)
        before = [one for one in was.facts if isinstance(one, TestPart)] if was is not None else []
        if not before or not parts:
            files.add(path)
            continue
        other = _other(before, parts)
        if not other:
            continue
        files.add(path)
        counted = _gone_by(other, parts)
        words = frozenset(word for one in counted for word in one.uses)
        left = tuple(one for one in parts if one not in counted)
        if any(one.is_case for one in counted) and _leads_anywhere(project, path, words, left):
            kept[path], uses[path] = left, words
    given = _given(project, files) | _going_by_data(project, files) | set(_with_snapshots(project))
    given |= _running_suites(project, files)
    left_out = kept.keys() - given
    return Edited(
        frozenset(files | given), {path: kept[path] for path in left_out}, {path: uses[path] for path in left_out}
    )


def _going_by_data(project: Project, files: Collection[str]) -> set[str]:
    """The test files that import one of these in which no case and no function is, or none that is edited: data."""
    data = set()
    for path in files:
        was = project.originals.get(project.change.files[path].before) if project.change is not None else None
        before = {one.code for one in was.facts if isinstance(one, Behaviour)} if was is not None else set()
        now = {one.code for one in project.facts_of(path, Behaviour)}
        if was is not None and before == now and not project.facts_of(path, TestCase):
            data.add(path)
    tests = project.view(test_files) if data else frozenset()
    return {path for path in tests if any(edge.target in data for edge in project.view(modules).imports(path))}


def _running_suites(project: Project, files: Collection[str]) -> set[str]:
    """The test files that run cases of these: suites that several implementations share are imported."""
    found: set[str] = set()
    suites = {path for path in files if project.facts_of(path, TestCase)}
    while suites:
        running = {
            path
            for path in project.files.keys() - found - suites
            if any(edge.target in suites for edge in project.view(modules).imports(path))
        }
        found |= running
        suites = running
    return found


def _with_snapshots(project: Project) -> Iterator[str]:
    """The test files whose snapshots the change edits (Jest, "Snapshot Testing"; syrupy, "Usage")."""
    for path in project.change.files if project.change is not None else ():
        folder, found, name = path.rpartition("__snapshots__/")
        test = f"{folder}{name.removesuffix('.snap')}" if name.endswith(".snap") else f"{folder}{name[:-5]}.py"
        if found and test in project.view(test_files):
            yield test


def _given(project: Project, files: Collection[str]) -> set[str]:
    """The test files that are given fixtures which a change has edited (pytest, "conftest.py: sharing fixtures")."""
    found: set[str] = set()
    change = project.change
    for path in (one for one in files if change is not None and one.rpartition("/")[2] == "conftest.py"):
        was = project.originals.get(change.files[path].before) if change is not None else None
        before = {one.code for one in was.facts if isinstance(one, Behaviour)} if was is not None else set()
        names = {one.name for one in project.facts_of(path, Behaviour) if one.code not in before}
        folder = path.removesuffix("conftest.py")
        below = [one for one in project.view(test_files) if one.startswith(folder)]
        given = [fact for one in below for fact in project.facts_of(one, Function)]
        known = 0
        while len(names) > known:
            known = len(names)
            for fact in given:
                if not names.isdisjoint(fact.parameters) or (fact.at.path == path and not names.isdisjoint(fact.calls)):
                    found.add(fact.at.path)
                    if fact.at.path.endswith("conftest.py"):
                        names.add(fact.name)
    return found


def _other(before: Collection[TestPart], parts: Collection[TestPart]) -> set[TestPart]:
    """The parts that are new or say something else than before, or go by such.

    All of them where there are fewer cases than before, or less that runs for all of them.
    """
    old = Counter(map(_said, before))
    found: set[TestPart] = set()
    for one in parts:
        if one.names or one.is_case:
            _count(one, old, found)
    # Of what is said alike for several groups of cases, that is new which stands around new ones.
    cases = [one for one in parts if one.is_case]
    around = [one for one in parts if not one.names and not one.is_case]
    for one in sorted(around, key=lambda one: any(is_within(one.holds, case.at) and case in found for case in cases)):
        _count(one, old, found)
    for is_case in (True, False):
        gone = sum(count for (names, _, case), count in old.items() if not names and case == is_case)
        if gone > sum(not one.names and one.is_case == is_case for one in found):
            return set(parts)
    while True:
        names = {name for one in found for name in one.names}
        hooks = [one.holds for one in found if not one.names and not one.is_case]
        more = {
            one
            for one in parts
            if one not in found
            and (not names.isdisjoint(one.uses) or (one.is_case and any(is_within(held, one.at) for held in hooks)))
        }
        if not more:
            return found
        found |= more


def _count(one: TestPart, old: Counter[tuple[tuple[str, ...], str, bool]], found: set[TestPart]) -> None:
    """Take a part from those that were there before, or put it among those that are `found` to be new."""
    if old[_said(one)] > 0:
        old[_said(one)] -= 1
    else:
        found.add(one)


def _said(part: TestPart) -> tuple[tuple[str, ...], str, bool]:
    return part.names, part.code, part.is_case


def _gone_by(other: Collection[TestPart], parts: Collection[TestPart]) -> set[TestPart]:
    """The cases among `other` with all that they go by; those parts themselves where no case goes by any of them."""
    found = {one for one in other if one.is_case} or set(other)
    while True:
        words = {word for one in found for word in one.uses}
        more = {
            one
            for one in parts
            if not one.is_case
            and one not in found
            and (
                not words.isdisjoint(one.names) or (not one.names and any(is_within(one.holds, it.at) for it in found))
            )
        }
        if not more:
            return found
        found |= more


def _leads_anywhere(project: Project, path: str, words: Collection[str], left: Collection[TestPart]) -> bool:
    """Whether what counts in a file names something that the file imports from the project, or requests anything."""
    for edge in project.view(modules).imports(path):
        if any((local or name) in words or {name, local} <= {"*", ""} for name, local in edge.fact.names):
            return True
    requests = (fact.at for fact in project.facts_of(path, RequestedRoute))
    return any(not any(is_within(one.at, at) for one in left) for at in requests)


def is_within(outer: Location, inner: Location) -> bool:
    """Whether one place lies in another of the same file."""
    return (outer.line, outer.column) <= (inner.line, inner.column) and (inner.end_line, inner.end_column) <= (
        outer.end_line,
        outer.end_column,
    )
