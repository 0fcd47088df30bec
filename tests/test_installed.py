"""What is installed beside reviewlint, as `importlib.metadata` tells it."""

import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from reviewlint import installed


@pytest.mark.parametrize("name", ["tree-sitter", "tree_sitter_python", "postgast", "SQLGlot", "libcst", "click"])
def test_a_version_is_what_python_says(name: str) -> None:
    assert installed.version(name) == version(name) != ""


def test_nothing_is_known_of_what_is_not_installed() -> None:
    assert installed.version("no-such-package-anywhere") == ""


def test_the_first_of_two_is_what_an_import_would_find(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder, name in (("one", "twice_made-1.0"), ("two", "twice_made-2.0")):
        (tmp_path / folder / f"{name}.dist-info").mkdir(parents=True)
    monkeypatch.setattr(sys, "path", [str(tmp_path / each) for each in ("not there", "one", "two")])
    installed.version.cache_clear()
    assert installed.version("twice-made") == "1.0"
    assert installed.packages(str(tmp_path / "not there")) == ()
