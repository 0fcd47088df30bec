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
_CODE = frozenset({"python", "sql"})


def gates(source: Source, data: bytes) -> Iterator[FileFact]:
    """The thresholds of one file; `data` is UTF-8."""
    if source.language in _CODE or not any(mark in data for mark in _MARKS):
        return
    text = data.decode("utf-8", "replace")
    for found in _UNDER.finditer(text):
        if not text[text.rfind("\n", 0, found.start()) + 1 : found.start()].lstrip().startswith(("#", "//", ";")):
            yield CoverageGate(_at(source, text, found.start(), found.end()), float(found["percent"]))
    named = [(block.start(), block["inside"]) for block in _BLOCK.finditer(text)] if _is_configuration(source) else []
    named += [(found.start(), text) for found in _CHECKED.finditer(text)]
    named += [(found.start(), found[0]) for found in _LINE_ASKED.finditer(text)]
    for start, inside in named:
        percents = {one["what"]: float(one["percent"]) for one in _ONE.finditer(inside)}
        if percents:
            percent = percents.get("lines", min(percents.values()))
            end = text.find("\n", start)
            yield CoverageGate(_at(source, text, start, end if end >= 0 else len(text)), percent)


def _is_configuration(source: Source) -> bool:
    return (
        source.language not in ("typescript", "tsx")
        or re.search(r"\.config[\w.]*\.[mc]?[jt]s$", source.path) is not None
    )


def _at(source: Source, text: str, start: int, end: int) -> Location:
    line = text.count("\n", 0, start) + 1
    column = start - text.rfind("\n", 0, start)
    return Location(source.path, line, column, line, column + end - start)
