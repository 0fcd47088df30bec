"""Reviews made by hand, to see how they are written down."""

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from reviewlint import voices
from reviewlint.facts.file import Side
from reviewlint.finding import Confidence, Finding, Location, Severity
from reviewlint.report import Report, report
from reviewlint.review import Review
from reviewlint.rule import Meta, Rule
from reviewlint.source import Source


def rule(name: str = "interpolated-query", family: str = "queries", **changes: Any) -> Rule:
    """A rule without a check."""
    module = ModuleType(f"reviewlint.rules.{family}.{name.replace('-', '_')}")
    module.__doc__ = "SQL text is put together.\n\nWhoever sends the value writes the query. More on that."
    said = {"severity": "error", "confidence": "high", "since": "0.1.0", "languages": ("python",), **changes}
    module.META = Meta(**said)  # type: ignore[attr-defined]
    module.REMARK = "`{variable}` ends up in the SQL."  # type: ignore[attr-defined]
    module.EXAMPLES = []  # type: ignore[attr-defined]
    return Rule(module)


def finding(path: str = "api/orders.py", line: int = 2, **changes: Any) -> Finding:
    """A finding in the second line of `SOURCE`."""
    base = Finding(
        Location(path, line, 5, line, 12),
        "`name` is part of the SQL text.",
        remedy="cursor.execute(query, [name])",
        slots={"variable": "name"},
        severity=Severity.ERROR,
        confidence=Confidence.HIGH,
        rule="interpolated-query",
        family="queries",
        fingerprint="0123456789abcdef",
    )
    return dataclasses.replace(base, **changes)


SOURCE = ["def find(cursor, name):", "    execute(f'select {name}')", "    return cursor"]


def reported(
    *findings: Finding,
    rules: Sequence[Rule] = (),
    lines: Mapping[str, Sequence[str]] | None = None,
    voice: str = "foreman",
    **changes: Any,
) -> Report:
    """The report on findings, in files that hold `SOURCE` unless `lines` say otherwise."""
    texts = lines or {}
    paths = sorted({each.at.path for each in findings} | set(texts) | {"api/orders.py"})
    review = Review(
        findings=findings,
        sources=tuple(Source(path, "python", Side.SERVER, 100) for path in paths),
        skipped=(),
        rules=tuple(rules) or (rule(),),
    )
    review = dataclasses.replace(review, **changes)
    return report(review, voices.load(voice), lambda path: texts.get(path, SOURCE), Path("/project"))
