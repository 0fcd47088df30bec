"""The baseline: what is known is not shown, what is new is, and git merges it."""

import subprocess
from pathlib import Path

import pytest

from reviewlint import baseline, desk
from reviewlint.cli import run
from reviewlint.config import Config
from reviewlint.finding import Finding, State

FAULT = """import psycopg


def find(connection: psycopg.Connection, name: str):
    with connection.cursor() as cursor:
        cursor.execute(f"select * from users where name = '{name}' and id = %s", (1,))
"""
SECOND = (
    FAULT
    + """        cursor.execute(f"select * from users where name = '{name}' and id = %s", (1,))
"""
)


def review(root: Path, *rules: str) -> list[Finding]:
    config = Config(select=rules or ("interpolated-query", "stale-baseline"))
    return list(desk.check(root, [], config, baseline=baseline.load(root) or ()).findings)


def states(root: Path) -> list[tuple[str, int, str]]:
    return [(finding.rule, finding.at.line, str(finding.state)) for finding in review(root)]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    subprocess.run(["git", "init", "-q", "-b", "main", tmp_path], check=True)
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "orders.py").write_text(FAULT)
    monkeypatch.chdir(tmp_path)
    assert run(["baseline", "write", "--select", "interpolated-query"]) == 0
    return tmp_path


def test_what_is_known_is_labelled_and_nothing_fails(project: Path) -> None:
    assert states(project) == [("interpolated-query", 6, "baselined")]
    assert run(["check", "--select", "interpolated-query"]) == 0
    assert run(["check", "--select", "interpolated-query", "--no-baseline"]) == 1


def test_moved_lines_and_reformatted_code_keep_their_entries(project: Path) -> None:
    reformatted = FAULT.replace("(1,))", "(1,),\n        )").replace("execute(f", "execute(\n            f")
    (project / "app" / "orders.py").write_text("# a new first line\n\n" + reformatted)
    assert states(project) == [("interpolated-query", 8, "baselined")]


def test_a_renamed_file_keeps_its_entries(project: Path) -> None:
    (project / "app" / "orders.py").rename(project / "app" / "purchases.py")
    assert states(project) == [("interpolated-query", 6, "baselined")]


def test_a_copy_of_the_file_is_new(project: Path) -> None:
    (project / "app" / "copy.py").write_text(FAULT)
    assert [(finding.at.path, str(finding.state)) for finding in review(project)] == [
        ("app/copy.py", "shown"),
        ("app/orders.py", "baselined"),
    ]


def test_a_second_identical_fault_is_new(project: Path) -> None:
    (project / "app" / "orders.py").write_text(SECOND)
    assert states(project) == [("interpolated-query", 6, "baselined"), ("interpolated-query", 7, "shown")]


def test_what_is_mended_is_stale_and_pruned(project: Path) -> None:
    before = (project / baseline.PATH).read_text()
    (project / "app" / "orders.py").write_text("x = 1\n")
    assert states(project) == [("stale-baseline", 3, "shown")]
    assert run(["baseline", "prune", "--select", "unreadable-source"]) == 0
    assert (project / baseline.PATH).read_text() == before, "a rule that did not run says nothing about its entries"
    assert run(["baseline", "prune"]) == 0
    assert baseline.load(project) == ()
    assert states(project) == []


def test_branches_that_both_add_entries_merge(project: Path) -> None:
    def git(*arguments: str) -> None:
        identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
        subprocess.run(["git", "-C", project, *identity, *arguments], check=True, capture_output=True)

    def add(branch: str, name: str) -> None:
        git("checkout", "-q", "-b", branch, "main")
        (project / "app" / name).write_text(FAULT.replace("name", name.removesuffix(".py")))
        assert run(["baseline", "write", "--select", "interpolated-query"]) == 0
        git("add", "-A")
        git("commit", "-qm", branch)

    git("add", "-A")
    git("commit", "-qm", "start")
    add("one", "first.py")
    add("two", "second.py")
    git("merge", "-q", "--no-edit", "one")
    assert {finding.state for finding in review(project)} == {State.BASELINED}
    assert len(baseline.load(project) or ()) == 3


def test_the_same_entry_twice_counts_once() -> None:
    text = "0123456789abcdef 1 some-rule a.py\n0123456789abcdef 3 some-rule a.py\n"
    assert [entry.count for entry in baseline.parse(text)] == [3]


def test_any_path_survives_writing() -> None:
    entries = (baseline.Entry("a b/ü\nc.py", "some-rule", "0123456789abcdef", 2),)
    assert [(each.path, each.count) for each in baseline.parse(baseline.written(entries))] == [("a b/ü\nc.py", 2)]


@pytest.mark.parametrize(
    "line", ["what", "0123 1 rule a.py", "0123456789abcdef 0 rule a.py", "0123456789abcdef 1 rule"]
)
def test_a_malformed_line_is_named(project: Path, line: str, capsys: pytest.CaptureFixture[str]) -> None:
    (project / baseline.PATH).write_text(f"# fine\n{line}\n")
    assert run(["check"]) == 2
    assert capsys.readouterr().err.startswith(f"reviewlint: {baseline.PATH}:2: is no entry")


def test_there_may_be_no_baseline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("show", "prune"):
        assert run(["baseline", name]) == 2
        assert "there is no baseline" in capsys.readouterr().err
