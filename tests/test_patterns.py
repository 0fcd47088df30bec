"""Regular expressions mean the same to every Python that reviewlint runs on."""

import re
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "reviewlint"


def test_no_group_is_possessive() -> None:
    """Python before 3.11.5 loses matches of `(…)*+` (https://github.com/python/cpython/issues/106052)."""
    possessive = re.compile(r"\)(?:[*+?]|\{[\d,]+\})\+")
    found = {
        f"{path.relative_to(PACKAGE)}:{number}"
        for path in PACKAGE.rglob("*.py")
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if possessive.search(line)
    }
    assert found == set()
