"""Many ways to put SQL together, and to choose it safely: a finding on every arrow, none elsewhere.

The texts are whole small projects, whose arrows say what is strict.
"""

from pathlib import Path

import pytest

from reviewlint import catalogue
from reviewlint.examples import parse

from .test_examples import found, places

CORNERS = sorted((Path(__file__).parent / "fixtures" / "rules" / "interpolated-query").iterdir())


@pytest.mark.parametrize("path", CORNERS, ids=lambda path: path.name)
def test_corner(path: Path) -> None:
    text = path.read_text()
    example = parse(text if path.suffix == ".txt" else f"=== src/{path.name}\n{text}")
    findings = found(catalogue.load("interpolated-query"), example.files)
    assert places(findings) == sorted(example.arrows)
    if path.suffix == ".txt":
        assert places(finding for finding in findings if finding.strict) == sorted(example.strict)
