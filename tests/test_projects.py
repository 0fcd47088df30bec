"""Whole small repositories: what a review of each says, line by line, is written down beside it."""

import shutil
from pathlib import Path

import pytest

from reviewlint import desk
from reviewlint.config import Config

PROJECTS = sorted((Path(__file__).parent / "fixtures" / "projects").iterdir())


@pytest.mark.parametrize("project", PROJECTS, ids=lambda path: path.name)
def test_review_says_what_is_expected_and_nothing_else(project: Path, tmp_path: Path) -> None:
    """To accept a change, copy the left side of the failing comparison into `expected.txt`, and read every line."""
    copy = Path(shutil.copytree(project, tmp_path / project.name))
    (copy / "expected.txt").unlink()
    review = desk.check(copy, [], Config())
    said = [
        f"{finding.at.path}:{finding.at.line} {finding.severity} {finding.rule}"
        + (f" ({finding.state})" if finding.state != "shown" else "")
        for finding in review.findings
    ]
    assert review.faults == ()
    assert said == (project / "expected.txt").read_text().splitlines()
