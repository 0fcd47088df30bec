"""No run of the tests fails when coverage falls.

Coverage that is only reported sinks by a little with each change, and nobody decides that it should. A threshold makes
the decision explicit: whoever lowers it does so in a reviewed line.

Thresholds are read wherever they are set: coverage.py, pytest-cov, Jest, Vitest, nyc and c8, in their own files, in
package.json and pyproject.toml, and on command lines of CI. A project without tests has other worries, and one that
hands its coverage to a service may have its gate there.
"""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ...facts.location import Location
from ...facts.tests import CoverageGate
from ...finding import Finding
from ...join.requests import test_files
from ...join.services import MANIFESTS
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="medium",
    since="0.1.0",
    languages=("settings",),
    asked_by="F S",
    level="strict",
    limits="A gate that a coverage service applies by itself is taken for granted where such a service is set up.",
)

_SERVICES = re.compile(
    r"(?:^|/)(?:\.?codecov\.ya?ml|\.coveralls\.ya?ml|sonar-project\.properties|\.codeclimate\.ya?ml)$"
)
_NAMES = frozenset().union(*MANIFESTS.values())


@dataclass(frozen=True)
class Options:
    """What the project asks of its tests."""

    minimum: int = 80
    """The lowest threshold in percent that counts as a gate."""


def check(project: Project, options: Options) -> Iterator[Finding]:
    """Each threshold below the minimum; one finding for a project with tests and without any threshold."""
    told = project.facts(CoverageGate)
    gates = [gate for gate in told if gate.percent]
    for gate in gates:
        if gate.percent < options.minimum:
            yield Finding(
                gate.at,
                evidence=f"The tests pass from {gate.percent:g} % coverage on; {options.minimum} % are asked for.",
                remedy="Raise it to what the tests reach today, and again with each file that gets its tests.",
                slots={"state": f"a threshold of {gate.percent:g} %", "minimum": str(options.minimum)},
            )
    paths = {*project.files, *project.sources}
    if gates or not project.view(test_files) or any(map(_SERVICES.search, paths)):
        return
    manifests = sorted((path for path in paths if posixpath.basename(path) in _NAMES), key=_depth)
    measured = sorted((gate.at for gate in told), key=lambda at: _depth(at.path))
    places = [*measured, *(Location(path, 1, 1, 1, 1) for path in manifests)]
    if places:
        yield Finding(
            places[0],
            evidence="There are tests, and no threshold below which their coverage fails the run.",
            remedy=f"fail_under = {options.minimum}  # [tool.coverage.report]; Jest: coverageThreshold, Vitest: coverage.thresholds",
            slots={"state": "no threshold", "minimum": str(options.minimum)},
        )


def _depth(path: str) -> tuple[int, str]:
    return path.count("/"), path


REMARK = "Coverage has {state}, so it can sink without anyone deciding it. {minimum} % is what this project asks for."

EXAMPLES = [
    """
=== pyproject.toml
[project] # <-- tests, and no threshold
name = "shop"

=== tests/test_shop.py
def test_shop():
    assert True
""",
    """
=== pyproject.toml
[tool.coverage.report]
fail_under = 60 # <-- below 80

=== tests/test_shop.py
def test_shop():
    assert True
""",
    """
=== package.json
{ "name": "shop", "scripts": { "test": "vitest run --coverage" } }

=== vitest.config.ts
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: { coverage: { provider: 'v8', thresholds: { lines: 85, branches: 70 } } },
})

=== src/shop.test.ts
import { expect, it } from 'vitest'

it('adds', () => expect(1 + 1).toBe(2))
""",
    """
=== requirements.txt
pytest-cov

=== .github/workflows/ci.yml
jobs:
  test:
    steps:
      - run: pytest --cov=shop --cov-fail-under=90

=== tests/test_shop.py
def test_shop():
    assert True
""",
    """
=== package.json
{ "name": "shop", "scripts": { "test": "vitest run --coverage" } }

=== vitest.config.ts
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    coverage: { // <-- measured, and nothing depends on it
      provider: 'v8',
      reporter: ['text'],
    },
  },
})

=== src/shop.test.ts
import { expect, it } from 'vitest'

it('adds', () => expect(1 + 1).toBe(2))
""",
    """
=== package.json
{
  "name": "shop",
  "jest": {
    "coverageThreshold": {
      "global": { "lines": 40, "branches": 85 } // <-- below 80
    }
  }
}

=== src/shop.test.js
it('adds', () => expect(1 + 1).toBe(2))
""",
]
