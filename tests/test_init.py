"""`reviewlint init`: what it proposes, what it writes, and what it leaves alone."""

import io
import json
import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

from reviewlint import adoption, origin
from reviewlint.cli import run

FAULT = "x = 1  # reviewlint: ignore[no-such-rule-exists] reason\n"
HOUSE = Path(__file__).parent.parent
SHOP = Path(__file__).parent / "fixtures" / "projects" / "shop"
FILES = ["reviewlint.toml", ".pre-commit-config.yaml", ".github/workflows/review.yml"]


@pytest.fixture(autouse=True)
def released(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reviewlint under test is a release, not a checkout whose commit changes."""
    monkeypatch.setattr(origin, "distribution", lambda name: Installed(None))


class Installed:
    """What the packaging knows of an installed reviewlint: its `direct_url.json`."""

    def __init__(self, direct: str | None) -> None:
        self.direct = direct

    def read_text(self, name: str) -> str | None:
        assert name == "direct_url.json"
        return self.direct


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "shop"
    (place / "app").mkdir(parents=True)
    (place / "app" / "main.py").write_text("x = 1\n")
    (place / "app" / "schema.sql").write_text("select 1;\n")
    subprocess.run(["git", "init", "-q"], cwd=place, check=True)
    monkeypatch.chdir(place)
    return place


def answers(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))


def tree(root: Path) -> dict[str, str]:
    return {
        path.relative_to(root).as_posix(): path.read_text()
        for path in sorted(root.rglob("*"))
        if path.is_file() and not {".git", ".reviewlint_cache"} & set(path.relative_to(root).parts)
    }


def test_everything_is_written_into_an_empty_repository(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", "--yes"]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert said.out == (
        "shop: 2 files: 1 Python, 1 SQL\n"
        "wrote reviewlint.toml, the configuration\n"
        "wrote .pre-commit-config.yaml, the hook, for pre-commit\n"
        "wrote .github/workflows/review.yml, the workflow, which reviews pull requests\n"
        "\n"
        "next:\n"
        "  pip install pre-commit && pre-commit install\n"
        "  git add reviewlint.toml .pre-commit-config.yaml .github/workflows/review.yml"
        " && git commit -m 'Review with reviewlint'\n"
    )
    assert run(["check", "--no-cache"]) == 0
    hook = yaml.safe_load((repository / ".pre-commit-config.yaml").read_text())["repos"][0]
    assert (hook["repo"], hook["rev"]) == (origin.HOME, origin.RELEASE)
    assert hook["hooks"] == [{"id": "reviewlint"}]
    job = yaml.safe_load((repository / ".github/workflows/review.yml").read_text())["jobs"]["review"]
    assert job["steps"][0]["with"] == {"fetch-depth": 2, "persist-credentials": False}
    assert job["steps"][1]["uses"] == f"reviewlint/reviewlint@{origin.RELEASE}"


def test_a_second_time_changes_nothing(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", "--yes"]) == 0
    before = tree(repository)
    capsys.readouterr()
    assert run(["init", "--yes"]) == 0
    assert tree(repository) == before
    assert capsys.readouterr().out.splitlines()[1:] == [
        "reviewlint.toml is there already, with the configuration",
        ".pre-commit-config.yaml is there already, with the hook, for pre-commit",
        ".github/workflows/review.yml is there already, with the workflow, which reviews pull requests",
    ]


def test_the_configuration_and_what_it_comments_out_hold(repository: Path) -> None:
    assert run(["init", "--yes"]) == 0
    file = repository / "reviewlint.toml"
    file.write_text(re.sub(r'(?m)^# (?=\[|")', "", file.read_text()).replace("# untested", "untested"))
    assert set(tomllib.loads(file.read_text())) == {"voice", "fail-on", "exclude", "per-file", "severities"}
    assert run(["check", "--no-cache"]) == 0


def test_nothing_is_written_without_a_yes(
    repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = tree(repository)
    answers(monkeypatch, "n", "what?", "No", "n")
    assert run(["init"]) == 0
    said = capsys.readouterr()
    assert said.err.count("write .pre-commit-config.yaml, the hook, for pre-commit? [Y/n] ") == 2
    assert said.out == "shop: 2 files: 1 Python, 1 SQL\n"
    assert tree(repository) == before


def test_each_file_is_asked_for(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers(monkeypatch, "n", "", "y")
    assert run(["init"]) == 0
    assert [name for name in FILES if (repository / name).exists()] == FILES[1:]


def test_nobody_to_answer_is_one_line(
    repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers(monkeypatch)
    assert run(["init"]) == 2
    assert capsys.readouterr().err.endswith(
        "reviewlint: there is nobody to answer; `reviewlint init --yes` writes everything without asking\n"
    )
    assert not (repository / "reviewlint.toml").exists()


def test_what_is_there_is_left_alone_and_what_to_add_is_shown(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (repository / "pyproject.toml").write_text('[tool.reviewlint]\nvoice = "plain"\n')
    (repository / ".pre-commit-config.yaml").write_text(
        "repos:\n  - repo: https://example.com/other\n    rev: v1\n    hooks:\n      - id: other\n"
    )
    (repository / ".github" / "workflows").mkdir(parents=True)
    (repository / ".github" / "workflows" / "review.yml").write_text("on: push\n")
    (repository / ".github" / "workflows" / "lint.yaml").write_text("# reviewlint runs here\n")
    before = tree(repository)
    assert run(["init", "--yes"]) == 0
    assert tree(repository) == before
    out = capsys.readouterr().out
    assert "pyproject.toml is there already, with the configuration\n" in out
    assert ".github/workflows/lint.yaml is there already, with the workflow" in out
    shown = out.partition(".pre-commit-config.yaml is there already; add the hook, for pre-commit:\n\n")[2]
    entry = shown.partition("\n\n")[0]
    combined = yaml.safe_load(before[".pre-commit-config.yaml"] + entry)
    assert [each["hooks"][0]["id"] for each in combined["repos"]] == ["other", "reviewlint"]


def test_a_workflow_of_another_kind_in_our_place_is_left_alone(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (repository / ".github" / "workflows").mkdir(parents=True)
    (repository / ".github" / "workflows" / "review.yml").write_text("on: push\n")
    assert run(["init", "--yes"]) == 0
    assert (repository / ".github" / "workflows" / "review.yml").read_text() == "on: push\n"
    assert ".github/workflows/review.yml is there already; add the workflow" in capsys.readouterr().out


def test_a_baseline_is_offered_where_there_are_findings(
    repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(SHOP, repository, dirs_exist_ok=True)
    (repository / "reviewlint.toml").unlink()
    excused = repository / "api" / "app" / "routes" / "customers.py"
    excused.write_text(re.sub("  # reviewlint: ignore.*", "", excused.read_text()))  # faults of an excuse stay
    answers(monkeypatch, "", "", "", "")
    assert run(["init"]) == 0
    said = capsys.readouterr()
    asked = re.search(r"there are (\d+) findings today; accept them in a baseline, .*\? \[y/N\] $", said.err)
    assert asked is not None
    assert (
        f"{asked[1]} findings today: `reviewlint check` shows them, `reviewlint baseline write` accepts them"
        in said.out
    )
    assert not (repository / ".reviewlint").exists()
    assert run(["check", "--no-cache"]) == 1
    assert run(["init", "--yes"]) == 0
    assert f"accepted {asked[1]} findings: `reviewlint check --no-baseline` shows them\n" in capsys.readouterr().out
    assert run(["check", "--no-cache"]) == 0
    (repository / "app" / "new.py").write_text(FAULT)
    assert run(["check", "--no-cache"]) == 1


def test_no_baseline_is_offered_where_that_is_not_wanted(repository: Path) -> None:
    (repository / "app" / "main.py").write_text(FAULT)
    assert run(["init", "--yes", "--no-baseline"]) == 0
    assert not (repository / ".reviewlint").exists()


def test_without_git_there_is_a_configuration_and_a_word_about_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "package.json").write_text("{}\n")
    monkeypatch.chdir(tmp_path)
    assert run(["init", "--yes"]) == 0
    assert set(tree(tmp_path)) == {"package.json", "reviewlint.toml"}
    assert (
        "there is no git repository here: after `git init`, `reviewlint init` offers the hook"
        in capsys.readouterr().out
    )


def test_a_configuration_that_cannot_be_used_stops_it(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (repository / "reviewlint.toml").write_text('\nvoize = "plain"\n')
    before = tree(repository)
    assert run(["init", "--yes"]) == 2
    captured = capsys.readouterr()
    assert captured.err == (
        "reviewlint: the configuration that is there cannot be used: reviewlint.toml:2: "
        "unknown key `voize`; did you mean `voice`?\n"
    )
    assert tree(repository) == before


def test_a_folder_that_cannot_be_written_is_one_line(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (repository / ".github").write_text("a file\n")
    assert run(["init", "--yes"]) == 2
    assert capsys.readouterr().err == "reviewlint: cannot write .github/workflows/review.yml: not a directory\n"
    (repository / ".github").unlink()
    if os.geteuid() == 0:
        return  # root may write everywhere
    (repository / "reviewlint.toml").unlink()
    repository.chmod(0o555)
    assert run(["init", "--yes"]) == 2
    repository.chmod(0o755)
    assert capsys.readouterr().err == "reviewlint: cannot write reviewlint.toml: permission denied\n"


def test_no_link_leads_out_of_the_project(repository: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outside = tmp_path / "outside"
    (outside / "workflows").mkdir(parents=True)
    (repository / ".github").symlink_to(outside)
    (repository / "reviewlint.toml").symlink_to(outside / "not-there")
    assert run(["init", "--yes"]) == 2
    assert capsys.readouterr().err == "reviewlint: cannot write reviewlint.toml: file exists\n"
    (repository / "reviewlint.toml").unlink()
    assert run(["init", "--yes"]) == 2
    assert "outside of the project" in capsys.readouterr().err
    assert tree(outside) == {}


@pytest.mark.parametrize(
    ("direct", "expected"),
    [
        (None, (origin.HOME, origin.RELEASE)),
        ("{", (origin.HOME, origin.RELEASE)),
        ('{"url": "file:///no/such/folder", "dir_info": {}}', (origin.HOME, origin.RELEASE)),
        (
            '{"url": "https://example.com/r", "vcs_info": {"vcs": "git", "commit_id": "abc"}}',
            ("https://example.com/r", "abc"),
        ),
    ],
)
def test_the_hook_is_the_reviewlint_that_is_installed(
    monkeypatch: pytest.MonkeyPatch, direct: str | None, expected: tuple[str, str]
) -> None:
    monkeypatch.setattr(origin, "distribution", lambda name: Installed(direct))
    assert origin.repository() == expected


def test_the_hook_of_a_checkout_is_its_commit(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    direct = json.dumps({"url": repository.as_uri(), "dir_info": {"editable": True}})
    monkeypatch.setattr(origin, "distribution", lambda name: Installed(direct))
    assert origin.repository() == (origin.HOME, origin.RELEASE)  # nothing is committed yet
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.com")
    subprocess.run(["git", *identity, "commit", "-q", "--allow-empty", "-m", "Begin"], cwd=repository, check=True)
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=repository, check=True, capture_output=True, text=True)
    assert origin.repository() == (str(repository), head.stdout.strip())


@pytest.mark.parametrize("page", ["README.md", "docs/ci.md"])
def test_the_documentation_shows_what_is_written(page: str, repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(["init", "--yes"]) == 0
    shown = [yaml.safe_load(block) for block in re.findall("```yaml\n(.*?)```", (HOUSE / page).read_text(), re.S)]
    assert yaml.safe_load((repository / ".pre-commit-config.yaml").read_text()) in shown
    (workflow,) = [each for each in shown if "jobs" in each]
    written = yaml.safe_load((repository / ".github" / "workflows" / "review.yml").read_text())
    assert workflow["permissions"] == written["permissions"]
    assert workflow["jobs"]["review"]["steps"] == written["jobs"]["review"]["steps"]


def test_the_workflow_uses_the_commits_that_our_own_does() -> None:
    assert adoption.CHECKOUT in (HOUSE / ".github" / "workflows" / "review.yml").read_text()
