"""Where the time of a review goes, as it is told."""

import json
import time
from pathlib import Path

import pytest

from reviewlint import timing
from reviewlint.cli import run

SHOP = Path(__file__).parent / "fixtures" / "projects" / "shop"


def test_what_is_inside_is_counted_once() -> None:
    timing.taken()
    with timing.spending("rule", "outer"), timing.spending("join", "inner"):
        time.sleep(0.02)
    spent = timing.taken()
    assert spent["join", "inner"] >= 0.02
    assert spent["rule", "outer"] < 0.02
    assert timing.taken() == {}


def test_the_time_of_other_processes_is_added() -> None:
    timing.taken()
    timing.add({("reader", "python"): 1.0})
    timing.add({("reader", "python"): 0.5, ("reader", "sql"): 2.0})
    spent = timing.taken()
    assert timing.by_kind(spent)["reader"] == {"sql": 2.0, "python": 1.5}
    assert list(timing.told(spent)) == ["   2.000 s  reader sql", "   1.500 s  reader python"]


def test_a_review_tells_stages_readers_engines_joins_and_rules(capsys: pytest.CaptureFixture[str]) -> None:
    run(["check", "--no-cache", "--timing", "--output-format", "json", str(SHOP)])
    output = capsys.readouterr()
    told = json.loads(output.out)["timing"]
    assert set(told["stage"]) == {"discovery", "reading", "review"}
    assert {"python", "typescript", "sql"} <= set(told["reader"])
    assert {"tree-sitter", "libpg_query"} <= set(told["engine"])
    assert "endpoints.endpoints" in told["join"]
    assert "interpolated-query" in told["rule"]
    assert " s  stage reading" in output.err


def test_nobody_is_told_who_did_not_ask(capsys: pytest.CaptureFixture[str]) -> None:
    run(["check", "--no-cache", "--output-format", "json", str(SHOP)])
    output = capsys.readouterr()
    assert "timing" not in json.loads(output.out)
    assert "stage" not in output.err
