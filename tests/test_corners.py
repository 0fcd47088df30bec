"""Many ways to do what rules are about, and to do it well: a finding on every arrow, none elsewhere.

The texts are whole small projects, or changes of such, whose arrows say what is strict.
"""

from pathlib import Path

import pytest

from reviewlint import catalogue
from reviewlint.examples import parse

from .test_examples import found, places

CORNERS = sorted((Path(__file__).parent / "fixtures" / "rules").glob("*/*"))


@pytest.mark.parametrize("path", CORNERS, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_corner(path: Path) -> None:
    text = path.read_text()
    example = parse(text if path.suffix == ".txt" else f"=== src/{path.name}\n{text}")
    findings = found(catalogue.load(path.parent.name), example.files, base=example.base)
    assert places(findings) == sorted(example.arrows)
    if path.suffix == ".txt":
        assert places(finding for finding in findings if finding.strict) == sorted(example.strict)
