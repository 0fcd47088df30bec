"""The command line as a user meets it: exit status, streams, colours, and one line for whatever goes wrong."""

import json
import os
import pty
import subprocess
import sys
import time
from pathlib import Path

import pytest

from reviewlint.cli import run
from reviewlint.credentials.specimens import token

FAULT = "x = 1  # reviewlint: ignore[no-such-rule-exists] reason\n"
CLEAN = "x = 1\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one warning in it, as working directory."""
    (tmp_path / "reviewlint.toml").write_text("root = true\n")
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "main.py").write_text(FAULT)
    (tmp_path / "app" / "clean.py").write_text(CLEAN)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def reviewlint(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    environment |= options.pop("env", {})  # type: ignore[arg-type]
    return subprocess.run(
        [sys.executable, "-m", "reviewlint", *arguments],
        text=True,
        capture_output=True,
        env=environment,
        check=False,
        **options,  # type: ignore[call-overload]
    )


@pytest.mark.parametrize("output_format", ["text", "concise", "json"])
@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["app"], 1),
        (["app/clean.py"], 0),
        (["app", "--exit-zero"], 0),
        (["app", "--fail-on", "error"], 0),
        (["app", "--ignore", "review"], 0),
        (["app", "--per-file", "app/**:unknown-ignore"], 0),
        (["app", "--select", "unused-ignore"], 0),
        (["app", "--min-severity", "error"], 0),
        (["nowhere"], 2),
    ],
)
def test_exit_status_is_the_same_in_every_format(
    project: Path, capsys: pytest.CaptureFixture[str], output_format: str, arguments: list[str], status: int
) -> None:
    assert run(["check", *arguments, "--output-format", output_format]) == status


def test_findings_go_to_stdout_and_everything_else_to_stderr(project: Path) -> None:
    done = reviewlint("check", "--output-format", "concise")
    assert done.returncode == 1
    assert done.stdout.startswith("app/main.py:1:8: warning unknown-ignore: ")
    assert done.stdout.count("\n") == 1
    assert done.stderr == "3 files reviewed: 1 warning\n"


def test_a_clean_review_says_one_line_on_stderr_and_nothing_on_stdout(project: Path) -> None:
    done = reviewlint("check", "app/clean.py")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "3 files reviewed: no findings, approve\n"


def test_several_outputs_at_once(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "--output", "json:review.json", "--output", "concise:review.txt"]) == 1
    assert json.loads((project / "review.json").read_text())["summary"]["states"]["shown"] == 1
    assert "\x1b" not in (project / "review.txt").read_text()
    assert "Verdict: approve with remarks" in capsys.readouterr().out
    written = {each.name for each in project.iterdir()} - {".reviewlint_cache"}
    assert written == {"app", "review.json", "review.txt", "reviewlint.toml"}


def test_an_output_file_keeps_its_mode_and_its_link(project: Path) -> None:
    target = project / "real.json"
    target.write_text("old")
    target.chmod(0o600)
    (project / "link.json").symlink_to("real.json")
    assert run(["check", "--output", "json:link.json"]) == 1
    assert (project / "link.json").is_symlink()
    assert target.stat().st_mode & 0o777 == 0o600
    assert json.loads(target.read_text())


def test_an_output_may_be_a_device(project: Path) -> None:
    assert run(["check", "--output", "json:/dev/null"]) == 1
    assert Path("/dev/null").is_char_device()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["chek"], "there is no command `chek`; did you mean `check`?"),
        (["app"], "there is no command `app`; to review it: `reviewlint check app`"),
        (["check", "nowhere"], "there is no file or folder nowhere"),
        (["check", "no\n::error::where"], "there is no file or folder no\\n::error::where"),
        (["check", "--strcit"], "there is no option `--strcit`; did you mean `--strict`?"),
        (["check", "--zzz"], "there is no option `--zzz`; `reviewlint check --help` lists them"),
        (
            ["check", "--min-severity", "high"],
            "invalid value for '--min-severity': 'high' is not one of 'note', 'warning', 'error'; "
            "`reviewlint check --help` says more",
        ),
        (
            ["check", "--select", "unknown-ignor"],
            "--select: there is no rule or family `unknown-ignor`; did you mean `unknown-ignore`?",
        ),
        (["check", "--ignore", "revue"], "--ignore: there is no rule or family `revue`; did you mean `review`?"),
        (["check", "--per-file", "x"], "--per-file takes PATTERN:NAMES, such as 'scripts/**:unstructured-log', not x"),
        (["check", "--voice", "forman"], "there is no voice `forman`; did you mean `foreman`?"),
        (["check", "--output-format", "jsn"], "there is no output format `jsn`; did you mean `json`?"),
        (["check", "--output", "json"], "--output takes FORMAT:FILE, such as json:review.json, not json"),
        (["check", "--output", "json:a/b"], "cannot write a/b: there is no folder a"),
        (["check", "--output", "json:app"], "cannot write app: it is a folder"),
        (["check", "--config", "x.toml"], "there is no configuration file x.toml"),
        (["check", "-"], "`-` needs --stdin-filename: the name tells the language and the place in the project"),
        (
            ["check", "--stdin-filename", "a.py"],
            "--stdin-filename names what comes on standard input; give `-` as the path too",
        ),
        (["explain", "unknown-ignor"], "there is no rule or family `unknown-ignor`; did you mean `unknown-ignore`?"),
        (["config", "nowhere"], "there is no file or folder nowhere"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_exit_status_2(
    project: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert run(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == f"reviewlint: {message}\n"


def test_a_configuration_that_cannot_be_used_stops_the_review(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "reviewlint.toml").write_text("root = true\nselct = []\n")
    assert run(["check"]) == 2
    assert capsys.readouterr().err == "reviewlint: reviewlint.toml:2: unknown key `selct`; did you mean `select`?\n"


def test_paths_of_two_projects_are_not_reviewed_together(
    project: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("other")
    (other / "reviewlint.toml").write_text("root = true\n")
    done = reviewlint("check", "app", str(other))
    assert done.returncode == 2
    assert "lie in two projects" in done.stderr


def test_an_output_that_cannot_be_written_is_one_line(project: Path) -> None:
    done = reviewlint("check", "--output", "json:/dev/full")
    assert done.returncode == 2
    assert done.stderr == "reviewlint: cannot write /dev/full: no space left on device\n"


def test_a_full_disk_behind_stdout_is_one_line(project: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "reviewlint", "check"], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 2
    assert done.stderr == "reviewlint: no space left on device\n"


@pytest.mark.parametrize("arguments", [["check"], ["rules"], ["explain", "unknown-ignore"], ["--help"]])
def test_a_closed_pipe_is_no_reason_to_shout(project: Path, arguments: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "reviewlint", *arguments], stdout=writing, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (2, "")


def test_messages_into_a_closed_pipe_are_no_traceback(project: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "reviewlint", "check", "nowhere"]
    assert subprocess.run(command, stdout=writing, stderr=writing, check=False).returncode == 2
    os.close(writing)


@pytest.mark.parametrize(
    ("words", "completed"),
    [
        ("reviewlint ch", ["check", "checklist"]),
        ("reviewlint check --output-f", ["--output-format"]),
        ("reviewlint check --output-format js", ["json"]),
        ("reviewlint check --voice arch", ["architect"]),
        ("reviewlint check --select unknown-i", ["unknown-ignore"]),
        ("reviewlint check --fail-on er", ["error"]),
        ("reviewlint explain migrations", ["migrations"]),
        ("reviewlint checklist --voice pl", ["plain"]),
    ],
)
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_complete_commands_options_and_names(shell: str, words: str, completed: list[str]) -> None:
    given = {
        "COMP_WORDS": words,
        "COMP_CWORD": words.rsplit(maxsplit=1)[-1] if shell == "fish" else str(len(words.split()) - 1),
    }
    done = reviewlint(env={"_REVIEWLINT_COMPLETE": f"{shell}_complete", **given})
    assert done.returncode == 0
    lines = done.stdout.split("\n")
    values = {"bash": lines, "zsh": lines[1::3], "fish": lines}[shell]
    assert [value.partition(",")[2].partition("\t")[0] or value for value in values if value] == completed


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_are_told_how_to_complete(shell: str) -> None:
    done = reviewlint(env={"_REVIEWLINT_COMPLETE": f"{shell}_source"})
    assert done.returncode == 0
    assert f"_REVIEWLINT_COMPLETE={shell}_complete" in done.stdout


def test_closed_streams_do_no_harm(project: Path) -> None:
    command = f'"{sys.executable}" -m reviewlint check >&- 2>&-'
    assert subprocess.run(command, shell=True, check=False).returncode == 1


def test_a_defect_of_ours_is_one_line(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("out of\nluck")

    monkeypatch.setattr("reviewlint.desk.check", broken)
    assert run(["check"]) == 2
    assert capsys.readouterr().err.startswith(
        "reviewlint: internal error: RuntimeError: out of\\nluck. Please report this"
    )


def test_the_trace_of_a_defect_quotes_no_credential(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    key = token("sk_live_", 24)

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError(f"cannot read {key}")

    monkeypatch.setattr("reviewlint.desk.check", broken)
    monkeypatch.setenv("REVIEWLINT_TRACEBACK", "1")
    assert run(["check"]) == 2
    told = capsys.readouterr().err
    assert "in broken" in told and "RuntimeError: cannot read sk_l…" in told
    assert key[:8] not in told


def test_a_rule_that_breaks_is_named_and_the_rest_is_shown(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(project: object) -> None:
        raise RuntimeError("no luck")

    monkeypatch.setattr("reviewlint.rules.review.unused_ignore.check", broken)
    assert run(["check"]) == 2
    captured = capsys.readouterr()
    assert "unknown-ignore" in captured.out
    assert "internal error in rule unused-ignore: RuntimeError: no luck. Everything else was reviewed." in captured.err


def test_standard_input_stands_for_a_file(project: Path) -> None:
    done = reviewlint("check", "-", "--stdin-filename", "app/clean.py", "--output-format", "concise", input=FAULT)
    assert done.returncode == 1
    assert done.stdout.startswith("app/clean.py:1:8: warning unknown-ignore")


def test_file_names_cannot_give_commands(project: Path) -> None:
    name = "::error title=x::\n##[group]\x1b[31m.py"
    (project / name).write_text(FAULT)
    for output_format in ("text", "concise"):
        out = reviewlint("check", "--output-format", output_format).stdout
        assert "\x1b" not in out and "##[" not in out
        assert not [line for line in out.splitlines() if line.lstrip().startswith("::")]
        assert "\\::error title=x::\\n#\\#[group]\\x1b[31m.py:1:8" in out


def test_what_the_encoding_lacks_is_written_as_an_escape(project: Path) -> None:
    (project / "app" / "main.py").write_text("x = 'ü日'  " + FAULT.removeprefix("x = 1  "))
    done = reviewlint("check", env={"PYTHONIOENCODING": "ascii"})
    assert done.returncode == 1
    assert "x = '\\xfc\\u65e5'" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "environment", "coloured"),
    [
        ([], {}, False),
        (["--color", "always"], {"NO_COLOR": "1"}, True),
        ([], {"FORCE_COLOR": "1"}, True),
        ([], {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        (["--color", "never"], {"FORCE_COLOR": "1"}, False),
    ],
)
def test_colours_are_a_matter_of_the_command_line_then_of_the_environment(
    project: Path, arguments: list[str], environment: dict[str, str], coloured: bool
) -> None:
    out = reviewlint("check", *arguments, env=environment).stdout
    assert ("\x1b[" in out) is coloured
    assert "\x1b]8" not in out


def on_a_terminal(*arguments: str, program: tuple[str, str] = ("-m", "reviewlint")) -> str:
    """What comes out where stdout and stderr are a terminal."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, *program, *arguments],
        stdout=theirs,
        stderr=theirs,
        stdin=subprocess.DEVNULL,
        env={**{n: v for n, v in os.environ.items() if n not in ("NO_COLOR", "FORCE_COLOR")}, "TERM": "xterm"},
    )
    os.close(theirs)
    shown = b""
    while True:
        try:
            read = os.read(ours, 4096)
        except OSError:
            break
        if not read:
            break
        shown += read
    process.wait()
    os.close(ours)
    return shown.decode()


def test_a_terminal_gets_colours_and_links(project: Path) -> None:
    shown = on_a_terminal("check")
    assert f"\x1b]8;;{(project / 'app' / 'main.py').resolve().as_uri()}#1\x1b\\" in shown
    assert "\x1b[33;1mwarning\x1b[0m" in shown


def test_a_long_review_counts_the_seconds_on_a_terminal_and_leaves_no_trace() -> None:
    from io import StringIO

    from reviewlint import patience

    terminal = StringIO()
    with patience.patience(terminal, quiet=0.01, beat=0.01):
        time.sleep(0.1)
    assert terminal.getvalue().startswith("\rreviewing ... 0 s")
    assert terminal.getvalue().endswith("\r\x1b[K")


LONG = """\
import sys
from reviewlint import patience
from reviewlint.cli import run
slow = patience.patience
patience.patience = lambda terminal: slow(terminal, quiet=0.0, beat=0.01)
sys.exit(run(sys.argv[1:]))
"""
"""A reviewlint with less patience."""


def test_a_long_review_shows_that_it_lives_where_stderr_is_a_terminal_and_nowhere_else(project: Path) -> None:
    shown = on_a_terminal("check", "--no-cache", program=("-c", LONG))
    assert "\rreviewing ... 0 s" in shown and "\r\x1b[K" in shown
    command = [sys.executable, "-c", LONG, "check", "--no-cache"]
    done = subprocess.run(command, text=True, capture_output=True, check=False)
    assert "reviewing" not in done.stdout + done.stderr
    assert done.stderr == "3 files reviewed: 1 warning\n"


def test_statistics_stand_before_the_summary(project: Path) -> None:
    done = reviewlint("check", "--statistics", "--no-cache")
    assert done.stderr == "unknown-ignore       1\n3 files reviewed: 1 warning\n"


def test_a_voice_file_that_is_not_whole_stops_the_review(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "team.toml").write_text('[verdict]\napprove = "Fine."\n')
    assert run(["check", "--voice", "team.toml"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == "reviewlint: voice file team.toml: [verdict] lacks a sentence for `approve-with-remarks`\n"


@pytest.mark.parametrize("payload", ["nowhere", "app", "app/main.py", "/dev/full"])
def test_the_payload_of_an_event_is_not_needed(
    project: Path, payload: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GITHUB_EVENT_PATH", payload)
    monkeypatch.setenv("GITHUB_EVENT_NAME", "push")
    assert run(["check", "--output-format", "github"]) == 1
    assert capsys.readouterr().out.startswith("::warning file=")


def test_without_a_command_there_is_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([]) == 0
    assert "Commands:\n  check " in capsys.readouterr().out


@pytest.mark.parametrize("command", ["check", "rules", "explain", "config"])
def test_every_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([command, "--help"]) == 0
    assert capsys.readouterr().out.startswith(f"Usage: reviewlint {command} ")


def test_the_version_comes_without_importing_the_house() -> None:
    code = "import sys; from reviewlint.cli import run; run(['--version']); print(sorted(sys.modules), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], text=True, capture_output=True, check=True)
    assert done.stdout.startswith("reviewlint ")
    loaded = set(done.stderr.replace("'", "").strip("[]\n").split(", "))
    assert not {
        name for name in loaded if name.startswith(("libcst", "sqlglot", "postgast", "tree_sitter", "pathspec"))
    }
    assert not {"reviewlint.catalogue", "reviewlint.review", "json", "tomllib"} & loaded


def test_rules_are_listed_and_read_by_machines(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["rules", "--output-format", "json"]) == 0
    rules = json.loads(capsys.readouterr().out)
    assert {"name", "family", "level", "severity", "confidence", "languages", "summary", "asked_by", "since"} == set(
        rules[0]
    )
    assert run(["rules"]) == 0
    listed = capsys.readouterr().out
    assert all(rule["name"] in listed and rule["summary"] in listed for rule in rules)


def test_every_rule_and_family_can_be_explained(capsys: pytest.CaptureFixture[str]) -> None:
    from reviewlint import catalogue

    for name, family in catalogue.names().items():
        assert run(["explain", name]) == 0
        page = capsys.readouterr().out
        assert page.startswith(f"# {name}\n\n{catalogue.load(name).summary}\n")
        assert "## Why" in page and "## Examples" in page and "<--" in page
        assert run(["explain", family]) == 0
        assert f"`{name}`" in capsys.readouterr().out


def test_config_says_where_each_value_comes_from(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "reviewlint.toml").write_text('root = true\nfail-on = "error"\n')
    assert run(["config", "app/main.py", "--strict"]) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert rows[0] == ["app/main.py:", "reviewlint.toml"]
    assert ["fail-on", "=", '"error"', "reviewlint.toml:2"] in rows
    assert ["strict", "=", "true", "--strict"] in rows
    assert ["voice", "=", '"foreman"', "default"] in rows
    assert run(["config", "app/main.py", "--output-format", "json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["settings"]["fail-on"] == {"value": "error", "origin": "reviewlint.toml:2"}


def test_strict_files_makes_a_file_that_cannot_be_reviewed_exit_status_2(project: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may read everything")
    (project / "app" / "secret.py").write_text(CLEAN)
    (project / "app" / "secret.py").chmod(0)
    assert run(["check", "--strict-files", "--exit-zero"]) == 2


QUERY = """\
from flask import request


@app.get("/orders")
def orders():
    cursor.execute(f"select * from orders where name = '{request.args['name']}'")
"""


@pytest.fixture
def without_semgrep(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The project with a query whose values would have to be followed, on a machine without semgrep."""
    from reviewlint.facts.flows import DataFlowUnavailable

    def unavailable(*_: object) -> None:
        raise DataFlowUnavailable("semgrep is not installed; to judge data flow: pip install 'reviewlint[semgrep]'")

    monkeypatch.setattr("reviewlint.readers.dataflow.judge", unavailable)
    (project / "app" / "main.py").write_text(QUERY)
    return project


def test_rules_that_could_not_judge_data_flow_are_named(
    without_semgrep: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["check", "--output-format", "concise"]) == 1
    captured = capsys.readouterr()
    assert "interpolated-query" in captured.out
    assert (
        "data flow not judged by `interpolated-query`: semgrep is not installed; "
        "to judge data flow: pip install 'reviewlint[semgrep]'\n"
    ) in captured.err


def test_require_semgrep_makes_that_exit_status_2(without_semgrep: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "--require-semgrep", "--exit-zero"]) == 2
    (without_semgrep / "reviewlint.toml").write_text("root = true\nrequire-semgrep = true\n")
    assert run(["check", "--exit-zero"]) == 2
    assert run(["check", "--exit-zero", "--no-require-semgrep"]) == 0


def test_a_folders_own_configuration_excludes_its_files(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "app" / "reviewlint.toml").write_text('exclude = ["*.py", "!clean.py"]\n')
    assert run(["check", "--output-format", "json"]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)["summary"]["files"] == 3
    assert captured.err == "3 files reviewed: no findings, approve\n"
