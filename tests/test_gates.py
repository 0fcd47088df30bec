"""Coverage thresholds, wherever tools look for them."""

import pytest

from reviewlint.facts.file import Side
from reviewlint.facts.tests import CoverageGate
from reviewlint.readers import read
from reviewlint.source import Source


@pytest.mark.parametrize(
    ("path", "language", "text", "gates"),
    [
        (".coveragerc", "text", "[report]\nfail_under = 87.5\n", [(2, 87.5)]),
        ("pyproject.toml", "toml", '[tool.pytest.ini_options]\naddopts = "--cov --cov-fail-under=80"\n', [(2, 80)]),
        (".github/workflows/ci.yml", "text", "- run: pytest --cov-fail-under 75\n", [(1, 75)]),
        ("Makefile", "text", "# coverage report --fail-under=90\n", []),
        ("docs/testing.md", "text", "Run `pytest --cov-fail-under=70`.\n", []),
        (
            "package.json",
            "json",
            '{"jest": {"coverageThreshold": {"global": {"branches": 60, "lines": 70}}}}',
            [(1, 70)],
        ),
        (
            "vitest.config.ts",
            "typescript",
            "export default {\n  coverage: { thresholds: { branches: 60 } },\n}\n",
            [(2, 60)],
        ),
        ("src/alarm.ts", "typescript", "export const alarm = { thresholds: { lines: 3 } }\n", []),
        (
            "vitest.config.ts",
            "typescript",
            "export default {\n  coverage: { provider: 'v8' },\n}\n",
            [(2, 0)],
        ),
        (".nycrc", "text", '{\n  "check-coverage": true,\n  "lines": 95\n}\n', [(3, 95)]),
        ("package.json", "json", '{"scripts": {"test": "c8 --check-coverage --lines 88 node --test"}}', [(1, 88)]),
    ],
)
def test_thresholds(path: str, language: str, text: str, gates: list[tuple[int, float]]) -> None:
    facts = read(Source(path, language, Side.OTHER, len(text)), text.encode()).facts
    assert [(fact.at.line, fact.percent) for fact in facts if isinstance(fact, CoverageGate)] == gates
