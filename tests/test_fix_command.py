"""`reviewlint check --fix`, `--unsafe-fixes` and `--diff` on real files."""

from pathlib import Path

import pytest

from reviewlint.cli import run

QUERY = """import psycopg


def find(connection: psycopg.Connection, name: str):
    with connection.cursor() as cursor:
        cursor.execute(f"select id from users where name = '{name}'")
        return cursor.fetchall()
"""
BOUND = """import psycopg


def find(connection: psycopg.Connection, name: str):
    with connection.cursor() as cursor:
        cursor.execute("select id from users where name = %s", (name,))
        return cursor.fetchall()
"""
LOG = """import logging

logger = logging.getLogger(__name__)


def done(order):
    logger.info(f"order {order} done")
"""
ONLY = ["--select", "interpolated-query,unstructured-log"]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "queries.py").write_text(QUERY)
    (tmp_path / "orders.py").write_text(LOG)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_safe_fixes_are_carried_out_and_the_rest_is_reported(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "--fix", *ONLY, "--output-format", "concise"]) == 1
    assert (project / "orders.py").read_text() == LOG.replace('f"order {order} done"', '"order %s done", order')
    assert (project / "queries.py").read_text() == QUERY
    said = capsys.readouterr()
    assert [line.split(":")[0] for line in said.out.splitlines()] == ["queries.py"]
    assert "mended 1 finding in 1 file" in said.err


def test_unsafe_fixes_are_carried_out_when_asked_for(project: Path) -> None:
    assert run(["check", "--unsafe-fixes", *ONLY]) == 0
    assert (project / "queries.py").read_text() == BOUND


def test_a_diff_changes_nothing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "--diff", *ONLY]) == 1
    assert (project / "orders.py").read_text() == LOG
    changed = [line for line in capsys.readouterr().out.splitlines() if line[:1] in "+-"]
    assert changed == [
        "--- a/orders.py",
        "+++ b/orders.py",
        '-    logger.info(f"order {order} done")',
        '+    logger.info("order %s done", order)',
    ]


def test_a_second_run_has_nothing_left_to_fix(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["check", "--unsafe-fixes", *ONLY])
    capsys.readouterr()
    assert run(["check", "--diff", "--unsafe-fixes", *ONLY]) == 0
    assert capsys.readouterr().out == ""


def test_standard_input_is_not_fixed(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "-", "--stdin-filename", "a.py", "--fix"]) == 2
    assert "fixes need files" in capsys.readouterr().err


def test_a_diff_gives_the_runner_no_command(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "orders.py").write_text(LOG + "\n\nTEXT = '''\n::error::no\n##[error]no\n\x1b[31m\n'''\n")
    (project / "orders.py").write_text((project / "orders.py").read_text().replace("def done", "x = 1\n\n\ndef done"))
    assert run(["check", "--diff", *ONLY]) == 1
    out = capsys.readouterr().out
    assert not [line for line in out.splitlines() if line.strip().startswith("::") or "##[" in line or "\x1b" in line]
