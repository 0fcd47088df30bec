"""What a rule finds on weak evidence is shown where a strict rule would be."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from reviewlint.cli import run

Shown = Callable[..., list[tuple[str, str, int, bool]]]

WEAK = """import sqlite3
import sys

connection = sqlite3.connect("shop.db")
connection.execute(f"DROP TABLE {sys.argv[1]}")
"""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "reviewlint.toml").write_text("root = true\n")
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "drop.py").write_text(WEAK)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def shown(capsys: pytest.CaptureFixture[str]) -> Shown:
    """What `check` shows of the rules that these tests are about: rule, severity, line, and whether it is weak."""

    def check(*options: str) -> list[tuple[str, str, int, bool]]:
        run(["check", "--no-cache", "--output-format", "json", *options])
        return [
            (each["rule"], each["severity"], each["line"], each.get("strict", False))
            for each in json.loads(capsys.readouterr().out)["findings"]
            if each["state"] == "shown" and each["rule"] in ("interpolated-query", "unused-ignore", "stale-baseline")
        ]

    return check


def test_it_is_shown_with_strict_or_where_the_rule_is_selected_by_its_name(shown: Shown) -> None:
    weak = [("interpolated-query", "note", 5, True)]
    assert shown() == shown("--select", "queries") == []
    assert shown("--strict") == shown("--select", "interpolated-query") == weak


def test_ignoring_it_is_no_unused_ignore_where_it_is_not_shown(project: Path, shown: Shown) -> None:
    ignored = WEAK.replace('1]}")', '1]}")  # reviewlint: ignore[interpolated-query] whoever runs it owns the database')
    (project / "tools" / "drop.py").write_text(ignored)
    assert shown() == shown("--strict") == []


def test_it_keeps_its_place_in_the_baseline_where_it_is_not_shown(
    shown: Shown, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["baseline", "write", "--strict"]) == 0
    capsys.readouterr()
    assert shown() == shown("--strict") == []
