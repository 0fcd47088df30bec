"""Many ways to put SQL together, and to choose it safely: a finding on every arrow, none elsewhere."""

from pathlib import Path

import pytest

from reviewlint import catalogue
from reviewlint.examples import parse

from .test_examples import lines_found

CORNERS = sorted((Path(__file__).parent / "fixtures" / "rules" / "interpolated-query").iterdir())


@pytest.mark.parametrize("path", CORNERS, ids=lambda path: path.name)
def test_corner(path: Path) -> None:
    example = parse(f"=== src/{path.name}\n{path.read_text()}")
    assert lines_found(catalogue.load("interpolated-query"), example.files) == sorted(example.arrows)
