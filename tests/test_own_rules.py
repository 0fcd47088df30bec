"""A project's own rules: they run beside ours, and what is wrong with one is said with its file and line."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from reviewlint import own
from reviewlint.readers import dataflow

from .terminal import Ran, run

DOCS = Path(__file__).parent.parent / "docs" / "own-rules.md"

LEGACY = """\
rules:
  - id: legacy_mail
    languages: [python]
    severity: ERROR
    message: "`send_mail($TO, ...)` is the old way out"
    pattern: send_mail($TO, ...)
    fix: outbox.put($TO)
"""
CODE = "def welcome(user):\n    send_mail(user.address, 'hello')\n    return user\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "reviewlint.toml").write_text('root = true\nrules = ["review-rules/"]\n')
    (tmp_path / "review-rules").mkdir()
    (tmp_path / "review-rules" / "legacy.yml").write_text(LEGACY)
    (tmp_path / "app.py").write_text(CODE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def check(*more: str) -> Ran:
    return run("check", "--no-cache", "--output-format", "json", *more)


def findings(ran: Ran) -> list[dict[str, Any]]:
    return [each for each in json.loads(ran.out)["findings"] if each["family"] == own.FAMILY]


def test_own_rules_run_beside_ours(project: Path) -> None:
    ran = check()
    assert ran.status == 1
    (found,) = findings(ran)
    assert (found["rule"], found["family"], found["severity"]) == ("legacy-mail", "own", "error")
    assert (found["path"], found["line"], found["column"], found["end_column"]) == ("app.py", 2, 5, 37)
    assert found["evidence"] == "`send_mail(user.address, ...)` is the old way out"
    assert found["remark"] == "A rule of this project: review-rules/legacy.yml, line 2."
    assert found["remedy"] == "outbox.put(user.address)"
    assert found["fix"]["safe"] is False


def test_they_are_ignored_selected_and_accepted_like_ours(project: Path) -> None:
    assert [each["rule"] for each in findings(check("--select", "legacy-mail"))] == ["legacy-mail"]
    assert [each["rule"] for each in findings(check("--select", "own"))] == ["legacy-mail"]
    assert findings(check("--ignore", "legacy-mail")) == []
    assert run("baseline", "write").status == 0
    assert [each["state"] for each in findings(check())] == ["baselined"]
    assert [each["state"] for each in findings(check("--no-baseline"))] == ["shown"]
    (project / "app.py").write_text(CODE.replace("'hello')", "'hello')  # reviewlint: ignore[legacy-mail] last one"))
    ran = check()
    assert [(each["state"], each["state_reason"]) for each in findings(ran)] == [("ignored", "last one")]
    assert "unknown-ignore" not in ran.out


def test_the_configuration_and_a_voice_may_name_them(project: Path) -> None:
    (project / "house.toml").write_text(
        '[verdict]\napprove = "Fine."\napprove-with-remarks = "{findings}."\nrequest-changes = "{blocking}."\n'
        '[remarks]\nlegacy-mail = "Mail to {to} goes through the outbox."\n'
    )
    (project / "reviewlint.toml").write_text(
        'root = true\nrules = ["review-rules/legacy.yml"]\nvoice = "house.toml"\n'
        'select = ["legacy-mail"]\n[severities]\nlegacy-mail = "note"\n'
    )
    ran = check()
    assert ran.status == 0
    (found,) = findings(ran)
    assert found["severity"] == "note"
    assert found["remark"] == "Mail to user.address goes through the outbox."


def test_a_folder_has_rules_of_its_own(project: Path) -> None:
    (project / "reviewlint.toml").write_text("root = true\n")
    (project / "jobs").mkdir()
    (project / "jobs" / "nightly.py").write_text(CODE)
    (project / "jobs" / "reviewlint.toml").write_text('rules = ["../review-rules"]\n')
    assert [each["path"] for each in findings(check())] == ["jobs/nightly.py"]


def test_they_are_explained_and_listed(project: Path) -> None:
    page = run("explain", "legacy-mail").out
    assert page.startswith("# legacy-mail\n\n`send_mail($TO, ...)` is the old way out\n")
    assert "```yaml\n# review-rules/legacy.yml, line 2\nid: legacy_mail\nlanguages: [python]\n" in page
    assert "- `legacy-mail`: " in run("explain", "own").out
    assert any(each["name"] == "legacy-mail" for each in json.loads(run("rules", "--output-format", "json").out))


BROKEN = {
    "yaml": ("rules: [\n", 2, "not valid YAML"),
    "list": ("rule: []\n", 1, "has no list `rules`"),
    "id": ("rules:\n- message: x\n", 2, "the rule lacks `id`"),
    "name": ('rules:\n- id: "é"\n', 2, "is no name of a rule"),
    "severity": ("rules:\n\n- {id: a, message: b, severity: BAD, languages: [ts], pattern: c}\n", 3, "`severity` of"),
    "languages": ("rules:\n- {id: a, message: b, severity: INFO, languages: [cobol], pattern: c}\n", 2, "is for cobol"),
    "mode": (
        "rules:\n- {id: a, message: b, severity: INFO, languages: [ts], pattern: c, mode: join}\n",
        2,
        "`mode` of rule `a` takes search or taint",
    ),
    "nothing": ("rules:\n- {id: a, message: b, severity: INFO, languages: [ts]}\n", 2, "has no pattern to look for"),
    "ours": (
        "rules:\n- {id: rls-disabled, message: b, severity: INFO, languages: [ts], pattern: c}\n",
        2,
        "is the name of a rule of reviewlint",
    ),
    "twice": (
        "rules:\n- {id: legacy-mail, message: b, severity: INFO, languages: [ts], pattern: c}\n",
        2,
        "is defined in review-rules/legacy.yml",
    ),
    "pattern": (
        "rules:\n- {id: a, message: b, severity: INFO, languages: [python], pattern: 'foo((('}\n",
        2,
        "rule `a`: Invalid pattern",
    ),
    "bomb": (
        "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
        + "".join(
            f"{new}: &{new} [{', '.join([f'*{old}'] * 10)}]\n" for old, new in zip("abcdefg", "bcdefgh", strict=True)
        )
        + "rules:\n- {id: a, message: b, severity: INFO, languages: [python], patterns: *h}\n",
        10,
        "more than 20,000 values",
    ),
    "latin": ("rules:\n- id: \xe9\n".encode("latin-1"), 2, "is not UTF-8"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_rule_is_named_with_file_and_line_and_the_others_run(project: Path, name: str) -> None:
    text, line, message = BROKEN[name]
    path = project / "review-rules" / "z-broken.yml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    ran = check()
    assert ran.status == 2
    assert [each["rule"] for each in findings(ran)] == ["legacy-mail"]
    (said,) = [each for each in ran.err.split("\n") if "z-broken.yml" in each]
    assert said.startswith(f"review-rules/z-broken.yml:{line}: ")
    assert message in said
    assert "internal error" not in ran.err
    (fault,) = json.loads(ran.out)["summary"]["faults"]
    assert fault["where"] == f"review-rules/z-broken.yml:{line}"


def test_a_folder_that_is_not_there_is_an_error_of_the_configuration(project: Path) -> None:
    (project / "reviewlint.toml").write_text('root = true\n\nrules = ["reviewrules/"]\n')
    ran = check()
    assert (ran.status, ran.out) == (2, "")
    assert "reviewlint.toml:3: `rules`: there is no file or folder reviewrules/" in ran.err


@pytest.mark.parametrize("place", ["..", "/", "linked"])
def test_a_folder_outside_of_the_project_is_not_read(project: Path, place: str) -> None:
    (project / "linked").symlink_to("/etc")
    (project / "reviewlint.toml").write_text(f'root = true\nrules = ["{place}"]\n')
    ran = check()
    assert (ran.status, ran.out) == (2, "")
    assert f"reviewlint.toml:2: `rules`: {place} lies outside of the project" in ran.err


def test_without_semgrep_they_say_how_to_get_it(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(folder: str) -> Path:
        raise dataflow.DataFlowUnavailable(f"semgrep is not installed; {dataflow.INSTALL}")

    monkeypatch.setattr(dataflow, "_engine", missing)
    ran = check()
    assert ran.status == 2
    assert findings(ran) == []
    assert "1 rule of the project's own did not run" in ran.err.replace(": ", " ", 1)
    assert "pip install 'reviewlint[semgrep]'" in ran.err


def test_paths_and_languages_limit_where_they_look(project: Path) -> None:
    (project / "old").mkdir()
    (project / "old" / "app.py").write_text(CODE)
    (project / "web.ts").write_text("send_mail(user)\n")
    (project / "note.txt").write_text("TODO later\n")
    (project / "review-rules" / "legacy.yml").write_text(
        LEGACY
        + "    paths: {exclude: [old/]}\n"
        + "  - {id: todo, languages: [regex], severity: INFO, message: later, pattern-regex: TODO,"
        + ' paths: {include: ["*.txt"]}}\n'
    )
    assert [(each["rule"], each["path"]) for each in findings(check())] == [
        ("legacy-mail", "app.py"),
        ("todo", "note.txt"),
    ]


def test_a_taint_rule_shows_its_way(project: Path) -> None:
    (project / "review-rules" / "legacy.yml").write_text(
        "rules:\n  - {id: shell, languages: [python], severity: ERROR, message: shell, mode: taint,\n"
        "     pattern-sources: [{pattern: ask()}], pattern-sinks: [{pattern: run(...)}]}\n"
    )
    (project / "app.py").write_text("def f():\n    text = ask()\n    run(text)\n")
    (found,) = findings(check())
    assert [(each["line"], each["note"]) for each in found["related"]] == [
        (2, "ask() begins here"),
        (2, "carried by text"),
        (3, "arrives here"),
    ]


def test_code_in_the_folder_is_never_run(project: Path) -> None:
    marker = project / "ran"
    (project / "review-rules" / "__init__.py").write_text(f"open({str(marker)!r}, 'w')\n")
    (project / "review-rules" / "evil.yml").write_text(
        f"rules:\n- !!python/object/apply:os.system ['touch {marker}']\n"
    )
    ran = check()
    assert ran.status == 2
    assert "review-rules/evil.yml:2: not valid YAML" in ran.err
    assert not marker.exists()


def example(name: str) -> str:
    """A block of the documentation, by the file that its first line names."""
    found = re.search(rf"```\w+\n(?:#|//) {re.escape(name)}\n(.*?)```", DOCS.read_text(), re.DOTALL)
    assert found is not None, name
    return found[1]


def test_the_example_in_the_documentation_works(project: Path) -> None:
    (project / "review-rules" / "legacy.yml").unlink()
    (project / "reviewlint.toml").write_text(example("reviewlint.toml"))
    (project / "review-rules" / "outbox.yml").write_text(example("review-rules/outbox.yml"))
    (project / "app.py").write_text(example("app/welcome.py"))
    ran = run("check", "--no-cache", "--select", "own")
    assert ran.status == 1
    shown = re.search(r"```text\n(app\.py:.*?)```", DOCS.read_text(), re.DOTALL)
    assert shown is not None
    assert shown[1].strip("\n") in ran.out
