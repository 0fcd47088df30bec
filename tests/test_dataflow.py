"""semgrep as a judge of data flow: what it finds, how its answer is read, and how it may fail."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from reviewlint.facts.flows import DataFlowUnavailable
from reviewlint.readers import dataflow

FLOWS = Path(__file__).parent / "fixtures" / "flows"
CHECK = "interpolated-query"
LEAK = 'def view(request):\n    cursor.execute("select " + request.GET["q"])\n'


def arrows(path: Path) -> list[int]:
    return [number for number, line in enumerate(path.read_text().split("\n"), 1) if "<--" in line]


@pytest.mark.parametrize("path", sorted(FLOWS.iterdir()), ids=lambda path: path.name)
def test_flows_end_on_the_arrows_and_nowhere_else(path: Path) -> None:
    flows = dataflow.judge(CHECK, [path.name], FLOWS)
    assert sorted({flow.at.line for flow in flows}) == arrows(path)


def test_semgrep_itself_accepts_the_rules_and_finds_the_same() -> None:
    command = [str(Path(sys.executable).parent / "semgrep"), "scan", "--metrics=off", "--disable-version-check"]
    command += ["--strict", "--quiet", "--vim", "--config", str(dataflow.rules_folder()), str(FLOWS / "servers.ts")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    lines = {int(line.split(":")[1]) for line in done.stdout.strip().split("\n")}
    assert sorted(lines) == arrows(FLOWS / "servers.ts")


def test_columns_count_code_points_and_the_trace_leads_from_source_to_sink(tmp_path: Path) -> None:
    text = "def view(request):\n    é = request.GET['ü']\n    sql = 'ß' + é\n    'ä'; cursor.execute(sql, 1)\n"
    (tmp_path / "views.py").write_text(text, encoding="utf-8")
    (flow,) = dataflow.judge(CHECK, ["views.py"], tmp_path)
    assert (flow.at.path, flow.at.line, flow.at.column, flow.at.end_column) == ("views.py", 4, 25, 28)
    assert flow.source == "request.GET"
    assert [(step.at.line, step.at.column) for step in flow.trace] == [(2, 9), (2, 5), (3, 5), (4, 25)]


def test_line_ends_and_byte_order_marks_do_not_shift_places(tmp_path: Path) -> None:
    leak = "// é\r\ndb.query('é' + req.query.q);\r\n"
    (tmp_path / "a.ts").write_bytes(b"\xef\xbb\xbf" + leak.encode())
    (flow,) = dataflow.judge(CHECK, ["a.ts"], tmp_path)
    assert (flow.at.line, flow.at.column, flow.at.end_column) == (2, 10, 27)


@pytest.mark.skipif(sys.platform == "win32", reason="such names cannot exist there")
@pytest.mark.parametrize("name", ["-rules", "a\nb", "sp ace;$(touch x)", "ümlaut"])
def test_file_names_are_only_names(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    (tmp_path / name / "-x.py").write_text(LEAK)
    assert [flow.at.path for flow in dataflow.judge(CHECK, [f"{name}/-x.py"], tmp_path)] == [f"{name}/-x.py"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems keep names in Unicode")
def test_a_name_that_is_no_unicode(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.py")
    (tmp_path / name).write_text(LEAK)
    assert [flow.at.path for flow in dataflow.judge(CHECK, [name], tmp_path)] == [name]


def test_the_repository_cannot_hide_its_flows(tmp_path: Path) -> None:
    (tmp_path / ".semgrepignore").write_text("*.py\n")
    (tmp_path / ".semgrep").mkdir()
    (tmp_path / ".semgrep" / "settings.yml").write_text("has_shown_metrics_notification: true\n")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_it.py").write_text(LEAK.replace('"])', '"])  # nosemgrep'))
    assert len(dataflow.judge(CHECK, ["tests/test_it.py"], tmp_path)) == 1


def test_a_file_that_cannot_be_parsed_costs_the_others_nothing(tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text("def (((:\n")
    (tmp_path / "zero.py").write_bytes(b"\0\0\xff")
    (tmp_path / "good.py").write_text(LEAK)
    flows = dataflow.judge(CHECK, ["bad.py", "good.py", "zero.py"], tmp_path)
    assert [flow.at.path for flow in flows] == ["good.py"]


def test_other_languages_are_passed_over_without_starting_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dataflow, "_run", None)
    assert dataflow.judge(CHECK, ["a.sql", "b.toml"], tmp_path) == []


def fake_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    engine = tmp_path / "engine"
    engine.write_text(f"#!{sys.executable}\n{script}\n")
    engine.chmod(0o755)
    monkeypatch.setattr(dataflow, "_engine", lambda folder: engine)


def judged(tmp_path: Path) -> str:
    (tmp_path / "a.py").write_text(LEAK)
    with pytest.raises(DataFlowUnavailable) as raised:
        dataflow.judge(CHECK, ["a.py"], tmp_path)
    return str(raised.value)


def test_missing_semgrep_names_the_install_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert judged(tmp_path) == "semgrep is not installed; to judge data flow: pip install 'reviewlint[semgrep]'"


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script stands in for the program")
def test_the_semgrep_on_the_path_is_asked_for_its_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = dataflow._engine(str(tmp_path))
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    program = tmp_path / "bin" / "semgrep"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\n[ "$1" = --dump-engine-path ] && echo {engine}\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    assert dataflow._engine(str(tmp_path)) == engine


def test_a_semgrep_in_the_reviewed_folder_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    trap = tmp_path / "semgrep"
    trap.write_text("#!/bin/sh\ntouch trapped\n")
    trap.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f".:{tmp_path}")
    assert "not installed" in judged(tmp_path)
    assert not (tmp_path / "trapped").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="a script stands in for the engine")
@pytest.mark.parametrize(
    ("script", "words"),
    [
        (
            "import sys; print('no room\\x1b[31m left', file=sys.stderr); sys.exit(3)",
            "with status 3: no room [31m left",
        ),
        ("print('not json')", "semgrep failed with status 0: it gave no result that can be read"),
        ('print(\'{"results": [{"path": "a.py"}], "errors": []}\')', "a form that is not known here"),
        (
            'print(\'{"results": [], "errors": [{"severity": "error", "message": "Fatal: rules"}]}\')',
            "semgrep failed with status 0: Fatal: rules",
        ),
        ("import os; os.kill(os.getpid(), 9)", "semgrep failed with status -9"),
    ],
)
def test_a_failing_engine_is_told_in_its_own_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, words: str
) -> None:
    fake_engine(tmp_path, monkeypatch, script)
    assert words in judged(tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="a script stands in for the engine")
def test_an_engine_that_hangs_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_engine(tmp_path, monkeypatch, "import time; time.sleep(60)")
    monkeypatch.setattr(dataflow, "SECONDS_AT_LEAST", 0.2)
    monkeypatch.setattr(dataflow, "SECONDS_AT_MOST", 0.2)
    assert judged(tmp_path) == "semgrep did not finish within 0.2 seconds"
