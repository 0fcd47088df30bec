"""Coverage reports: every format says the same, and what a stranger puts into one harms nobody."""

import json
import subprocess
from pathlib import Path

import pytest

from reviewlint.cli import run
from reviewlint.evidence import matched
from reviewlint.facts.tests import Ran
from reviewlint.readers.coverage import CoverageError, read

SERVICE = """from fastapi import FastAPI

app = FastAPI()

@app.get("/orders")
def orders():
    return []

@app.get("/refunds")
def refunds():
    return []
"""
PRICES = "def tax(price):\n    return price * 2\n"
DISCOUNT = "\ndef discount(price, kind):\n    if kind == 'book':\n        return price * 0.9\n    return price\n"
PYTHON = json.dumps({"meta": {}, "files": {"app/main.py": {"executed_lines": [1, 3, 5, 7, 9], "missing_lines": [11]}}})
XML = """<?xml version="1.0" ?>
<!DOCTYPE coverage SYSTEM "http://cobertura.example/coverage-04.dtd">
<coverage><sources><source>/builds/shop/app</source></sources><packages><package><classes>
<class filename="main.py"><methods/><lines>
<line number="1" hits="1"/><line number="7" hits="2"/><line number="11" hits="0"/></lines></class>
</classes></package></packages></coverage>
"""
LCOV = "TN:\nSF:/builds/shop/app/main.py\nDA:1,1\nDA:6,1\nDA:7,2\nDA:11,0\nend_of_record\n"


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A service with two routes, and a test that calls neither as far as one can see."""
    (tmp_path / "app").mkdir()
    (tmp_path / "tests").mkdir()
    (tmp_path / "reviewlint.toml").write_text("root = true\n")
    (tmp_path / "app" / "main.py").write_text(SERVICE)
    (tmp_path / "tests" / "test_main.py").write_text("def test_orders(robot):\n    assert robot.visits('orders')\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def untested(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[int]:
    run(["check", "--select", "untested-endpoint", "--output-format", "json", "--no-cache", *arguments])
    return [each["line"] for each in json.loads(capsys.readouterr().out)["findings"]]


@pytest.mark.parametrize("report", [PYTHON, XML, LCOV], ids=["coverage.py", "cobertura", "lcov"])
def test_what_ran_with_the_tests_is_tested(shop: Path, capsys: pytest.CaptureFixture[str], report: str) -> None:
    (shop / "report").write_text(report)
    assert untested(capsys) == [5]
    assert untested(capsys, "--coverage", "report") == [9]


def test_what_a_change_adds_and_a_report_saw_running_has_a_test(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    git = ["git", "-c", "user.name=A", "-c", "user.email=a@example.com"]
    (shop / "app" / "prices.py").write_text(PRICES)
    (shop / "tests" / "test_prices.py").write_text(
        "from app.prices import tax\n\ndef test_tax():\n    assert tax(1) == 2\n"
    )
    for command in ("init -q", "add -A", "commit -qm Begin"):
        subprocess.run([*git, *command.split()], cwd=shop, check=True)
    (shop / "app" / "prices.py").write_text(PRICES + DISCOUNT)
    (shop / "unit.info").write_text("SF:app/prices.py\nDA:1,1\nDA:2,1\nDA:4,1\nDA:5,1\nDA:6,1\nend_of_record\n")

    def untouched(*arguments: str) -> list[int]:
        options = ("--select", "change-without-test", "--output-format", "json", "--no-cache", "--base", "HEAD")
        run(["check", *options, *arguments])
        return [each["line"] for each in json.loads(capsys.readouterr().out)["findings"]]

    assert untouched() == [4]
    assert untouched("--coverage", "unit.info") == []
    (shop / "unit.info").write_text("SF:app/prices.py\nDA:1,1\nDA:2,1\nDA:4,1\nDA:5,0\nDA:6,0\nend_of_record\n")
    assert untouched("--coverage", "unit.info") == [4]


def test_reports_add_up(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shop / "unit.json").write_text(PYTHON)
    (shop / "e2e.info").write_text("SF:app/main.py\nDA:11,4\nend_of_record\n")
    assert untested(capsys, "--coverage", "unit.json", "--coverage", "e2e.info") == []


def test_istanbul_tells_functions_from_the_lines_that_they_share() -> None:
    place = {"start": {"line": 3, "column": 0}, "end": {"line": 3, "column": 40}}
    other = {"start": {"line": 5, "column": 0}, "end": {"line": 5, "column": 40}}
    file = {
        "path": "/x/src/app.ts",
        "statementMap": {"0": place, "1": other},
        "fnMap": {"0": {"name": "a", "loc": place}, "1": {"name": "b", "loc": other}},
        "s": {"0": 1, "1": 1},
        "f": {"0": 7, "1": 0},
    }
    assert read(json.dumps({"/x/src/app.ts": file}).encode()) == {
        "/x/src/app.ts": Ran(frozenset({3, 5}), {3: 7, 5: 0}),
    }


def test_lcov_knows_functions() -> None:
    report = b"SF:src/app.ts\nFN:3,list\nFN:9,12,find\nFNDA:2,list\nFNDA:0,find\nDA:3,1\nDA:9,1\nend_of_record\n"
    assert read(report) == {"src/app.ts": Ran(frozenset({3, 9}), {3: 2, 9: 0})}


def test_files_are_found_from_wherever_the_report_was_written() -> None:
    ran = Ran(frozenset({1}))
    paths = {"backend/app/main.py", "backend/app/util.py", "worker/util.py", "frontend/index.ts"}
    reports = {"app/main.py": ran, "util.py": ran, "/ci/shop/frontend/index.ts": ran, "other/app/main.ts": ran}
    assert matched(reports, Path("/srv/shop"), paths).keys() == {"backend/app/main.py", "frontend/index.ts"}
    assert matched({"/srv/shop/worker/util.py": ran}, Path("/srv/shop"), paths).keys() == {"worker/util.py"}
    assert matched({"lib/util.py": ran}, Path("/srv/shop"), paths) == {}


BOMB = b'<?xml version="1.0"?><!DOCTYPE c [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><coverage>&b;</coverage>'


@pytest.mark.parametrize(
    "hostile",
    [
        b"",
        b"no report",
        b"<coverage><packages>",
        b"\x00\x01\x02",
        b"{",
        b"{}",
        b'{"totals": 3}',
        b'{"a":' * 100_000,
        BOMB,
        BOMB.replace(b'"aaaa"', b'SYSTEM "file:///etc/passwd"'),
    ],
)
def test_what_is_no_report_is_refused(hostile: bytes) -> None:
    with pytest.raises(CoverageError):
        read(hostile)


@pytest.mark.parametrize(
    "odd",
    [
        b'{"files": {"a.py": 3, "b.py": {"executed_lines": ["x", null, 2]}}}',
        b'{"a.ts": {"statementMap": {"0": 3, "1": {"start": 4}}, "s": [], "fnMap": null}}',
        b"SF:a.py\nDA:x,1\nDA:,\nFN:1\nFNDA:2\nend_of_record\nend_of_record\n",
        b'<coverage><class filename="a.py"><line number="-1" hits="x"/><line/></class><class/></coverage>',
    ],
)
def test_what_is_odd_in_a_report_is_left_out(odd: bytes) -> None:
    assert all(ran.lines <= {2} for ran in read(odd).values())


def test_a_report_that_cannot_be_used_ends_the_review(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shop / "report.xml").write_bytes(BOMB)
    for name in ("report.xml", "nowhere.xml", "app"):
        assert run(["check", "--coverage", name]) == 2
        captured = capsys.readouterr()
        assert captured.out == ""
        assert captured.err.count("\n") == 1 and f"--coverage {name}: " in captured.err
