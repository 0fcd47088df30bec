"""Coverage that a test run must reach: thresholds of coverage.py, pytest-cov, Jest, Vitest, nyc and c8, in any file.

coverage.py, "Configuration reference" (`fail_under`); pytest-cov (`--cov-fail-under`); Jest (`coverageThreshold`);
Vitest (`coverage.thresholds`); nyc and c8 (`check-coverage`, `--lines`).
"""

import re
from collections.abc import Iterator

from ..facts.file import FileFact
from ..facts.location import Location
from ..facts.tests import CoverageGate
from ..source import Source

_MARKS = (b"fail_under", b"fail-under", b"hreshold", b"check-coverage")
_UNDER = re.compile(r"\bfail[_-]under[\"']?[ \t]*[=: \t][ \t]*[\"']?(?P<percent>\d+(?:\.\d+)?)")
_BLOCK = re.compile(r"\b(?:coverageThreshold|thresholds?)[\"']?\s*:\s*\{(?P<inside>(?:[^{}]|\{[^{}]*\}){0,600})\}")
_CHECKED = re.compile(r"[\"']check-coverage[\"']\s*:\s*true")
_ONE = re.compile(
    r"(?<![\w-])[\"']?(?:--)?(?P<what>lines|statements|branches|functions)[\"']?\s*[:= ]\s*(?P<percent>\d+(?:\.\d+)?)"
)
_LINE_ASKED = re.compile(r"^.*--check-coverage.*$", re.M)
_MEASURED = re.compile(
    r"(?:^[ \t]*|[{,][ \t]*)[\"']?(?:coverage[\"']?\s*:\s*\{"
    r"|(?:collectCoverage(?:From)?|coverage(?:Directory|Provider|Reporters))[\"']?\s*:)"
    r"|^\[tool\.coverage\.(?:run|report)\]",
    re.M,
)
"""Where a configuration says how coverage is measured."""
_CODE = frozenset({"python", "sql"})
_PROSE = (".md", ".mdx", ".rst", ".adoc")


def gates(source: Source, data: bytes) -> Iterator[FileFact]:
    """The thresholds of one file; `data` is UTF-8."""
    configures, measures = _is_configuration(source), _measures(source)
    if (
        source.language in _CODE
        or source.path.endswith(_PROSE)
        or not any(mark in data for mark in (*_MARKS, *((b"overage",) if measures else ())))
    ):
        return
    text = data.decode("utf-8", "replace")
    for found in _UNDER.finditer(text):
        if not text[text.rfind("\n", 0, found.start()) + 1 : found.start()].lstrip().startswith(("#", "//", ";")):
            yield CoverageGate(_at(source, text, found.start(), found.end()), float(found["percent"]))
    named = [(block.start("inside"), block["inside"]) for block in _BLOCK.finditer(text)] if configures else []
    named += [(0, text) for _ in _CHECKED.finditer(text)]
    named += [(found.start(), found[0]) for found in _LINE_ASKED.finditer(text)]
    for start, inside in named:
        percents = {one["what"]: one for one in _ONE.finditer(inside)}
        if percents:
            one = percents.get("lines") or min(percents.values(), key=lambda each: float(each["percent"]))
            yield CoverageGate(_at(source, text, start + one.start(), start + one.end()), float(one["percent"]))
    measured = _MEASURED.search(text) if measures and not any(mark in data for mark in _MARKS) else None
    if measured is not None:
        yield CoverageGate(_at(source, text, measured.start(), measured.end()), 0)


def _is_configuration(source: Source) -> bool:
    return (
        source.language not in ("typescript", "tsx")
        or re.search(r"\.config[\w.]*\.[mc]?[jt]s$", source.path) is not None
    )


def _measures(source: Source) -> bool:
    """Whether a file is one in which Vitest, Jest or coverage.py are told what to do."""
    return (
        re.search(r"(?:^|/)(?:(?:vite|vitest|jest)\.config[\w.]*|package\.json|pyproject\.toml)$", source.path)
        is not None
    )


def _at(source: Source, text: str, start: int, end: int) -> Location:
    line = text.count("\n", 0, start) + 1
    column = start - text.rfind("\n", 0, start)
    return Location(source.path, line, column, line, column + end - start)
