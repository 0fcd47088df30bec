"""Which tests a change edits: whole files, or single cases of a file of which nothing else is any different."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..facts.change import ChangedFile
from ..facts.location import Location
from ..facts.tests import TestCase
from ..project import Project
from .coverage import test_files

_NOTHING = re.compile(r"\s*(?:$|#|//|/?\*|import\b|from\b|[\w$*{},\s]*\}? from\b|[\w$, ]*,?$|[)\]}\s,;]*$)")
"""A line that checks nothing by itself: blank, a comment, an import, the end of something."""


@dataclass(frozen=True, slots=True)
class Edited:
    """The test files of a change; `kept` are the cases in them that are as they were, where that can be told."""

    files: frozenset[str]
    kept: Mapping[str, tuple[TestCase, ...]]

    def counts(self, at: Location) -> bool:
        """Whether what stands there belongs to what was edited, or to what its cases share."""
        return not any(_within(case, at.line) for case in self.kept.get(at.path, ()))


def edited(project: Project) -> Edited:
    """The view."""
    change = project.change
    files = change.files if change is not None else {}
    tests = frozenset(path for path in files if path in project.view(test_files))
    return Edited(tests, {path: _kept(files[path], project.facts_of(path, TestCase)) for path in tests})


def _kept(file: ChangedFile, cases: tuple[TestCase, ...]) -> tuple[TestCase, ...]:
    """The cases that the change does not touch; none where it touches what they may share, or no case at all."""
    touched = set()
    for line, text in _lines(file) if file.before else ():
        around = {case for case in cases if _within(case, line)}
        if not around and not _NOTHING.match(text):
            return ()
        touched |= around
    return tuple(case for case in cases if case not in touched) if touched else ()


def _lines(file: ChangedFile) -> Iterator[tuple[int, str]]:
    """Each line of the change with its text; for lines that were taken out, the one before them and nothing."""
    texts = iter(file.added)
    for start, end in file.lines:
        if end < start:
            yield end, ""
        for line in range(start, end + 1):
            yield line, next(texts, "")


def _within(case: TestCase, line: int) -> bool:
    return case.at.line <= line <= case.at.end_line
