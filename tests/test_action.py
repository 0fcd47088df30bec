"""The GitHub Action: its steps, run as the platform runs them, on checkouts as the platform makes them."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from . import workflow

HOUSE = Path(__file__).parent.parent
ACTION = yaml.safe_load((HOUSE / "action.yml").read_text())
FAULT = "x = 1  # reviewlint: ignore[no-such-rule-exists] reason\n"
CLEAN = "y = 2\n"


def git(where: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
    settings = ("-c", "protocol.file.allow=always", "-c", "init.defaultBranch=main")
    command = ["git", *identity, *settings, *arguments]
    return subprocess.run(command, cwd=where, check=True, capture_output=True, text=True).stdout.strip()


def test_nothing_of_a_strangers_is_pasted_into_a_script() -> None:
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step.get("run", "")


def test_every_input_is_used_and_explained() -> None:
    text = (HOUSE / "action.yml").read_text()
    for name, each in ACTION["inputs"].items():
        assert re.search(rf"\binputs\.{name}\b", text), name
        assert each["description"]
        assert f"`{name}`" in (HOUSE / "docs" / "ci.md").read_text(), name


@pytest.mark.parametrize("file", ["action.yml", *(f".github/workflows/{name}.yml" for name in ("ci", "review"))])
def test_actions_are_pinned_to_a_commit(file: str) -> None:
    for used in re.findall(r"uses: (.*)", (HOUSE / file).read_text()):
        assert used.startswith("./ ") or re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v[0-9.]+", used)


def test_zizmor_has_no_objections() -> None:
    zizmor = shutil.which("zizmor", path=str(Path(sys.executable).parent)) or shutil.which("zizmor")
    if zizmor is None:
        pytest.skip("zizmor is not installed")
    command = [zizmor, "--offline", "--no-progress", "action.yml", ".github/workflows"]
    done = subprocess.run(command, cwd=HOUSE, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


USES: dict[str, workflow.Uses] = {
    "actions/setup-python": lambda given: {"python-path": sys.executable},
    "github/codeql-action/upload-sarif": lambda given: {},
}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What `actions/checkout` makes of a pull request: its merge, and the parents of that."""
    origin = tmp_path / "origin"
    (origin / "app").mkdir(parents=True)
    git(origin, "init", "-q")
    (origin / "app" / "old.py").write_text(CLEAN + FAULT + CLEAN)
    git(origin, "add", "-A")
    git(origin, "commit", "-qm", "Begin")
    git(origin, "switch", "-qc", "feature")
    (origin / "app" / "new.py").write_text(CLEAN + FAULT)
    (origin / "app" / "::error::%0A::set-output name=verdict::approve, .py").write_text(FAULT)
    (origin / "app" / "a\n::warning::b.py").write_text(FAULT)
    git(origin, "add", "-A")
    git(origin, "commit", "-qm", "Add")
    git(origin, "switch", "-q", "main")
    (origin / "more.py").write_text(FAULT)
    git(origin, "add", "-A")
    git(origin, "commit", "-qm", "More")
    git(origin, "merge", "-q", "--no-ff", "-m", "Merge", "feature")
    git(origin, "update-ref", "refs/pull/7/merge", "HEAD")
    git(origin, "reset", "-q", "--hard", "HEAD^1")
    return cloned(origin, tmp_path / "checkout", 2)


def cloned(origin: Path, place: Path, depth: int) -> Path:
    place.mkdir()
    git(place, "init", "-q")
    git(place, "remote", "add", "origin", f"file://{origin}")
    merge = git(origin, "rev-parse", "refs/pull/7/merge")
    refspec = f"+{merge}:refs/remotes/pull/7/merge"
    git(origin, "config", "uploadpack.allowAnySHA1InWant", "true")
    git(place, "-c", "protocol.version=2", "fetch", "-q", "--no-tags", f"--depth={depth}", "origin", refspec)
    git(place, "checkout", "-q", "--force", "refs/remotes/pull/7/merge")
    return place


def reviewed(
    checkout: Path,
    inputs: Mapping[str, str] | None = None,
    *,
    head: str = "team/shop",
    whole: bool = False,
    environment: Mapping[str, str] | None = None,
) -> workflow.Job:
    """Run the action for a pull request from the repository `head`, with the reviewlint that is under test.

    Where `whole`, it is installed first.
    """
    temporary = checkout.parent / "temporary"
    temporary.mkdir(exist_ok=True)
    event = {"number": 7, "pull_request": {"head": {"repo": {"full_name": head}}, "title": "$(touch injected)"}}
    payload = temporary / "event.json"
    payload.write_text(json.dumps(event))
    action = HOUSE if whole else installed(temporary / "action")
    return workflow.run(
        action,
        inputs or {},
        {"event_name": "pull_request", "repository": "team/shop", "event": event},
        checkout=checkout,
        temporary=temporary,
        environment={
            "GITHUB_EVENT_NAME": "pull_request",
            "GITHUB_EVENT_PATH": str(payload),
            "GITHUB_BASE_REF": "main",
            "GITHUB_HEAD_REF": "feature",
            "GITHUB_REF": "refs/pull/7/merge",
            "GITHUB_SHA": git(checkout, "rev-parse", "HEAD"),
            "GITHUB_REPOSITORY": "team/shop",
            **(environment or {}),
        },
        uses=USES,
    )


def installed(action: Path) -> Path:
    """The action without its installation."""
    action.mkdir(exist_ok=True)
    programs = Path(sys.executable).parent
    steps = [each for each in ACTION["runs"]["steps"] if each.get("id") != "install"]
    steps.insert(0, {"id": "install", "shell": "bash", "run": f'echo "programs={programs}" >> "$GITHUB_OUTPUT"'})
    (action / "action.yml").write_text(yaml.safe_dump({**ACTION, "runs": {"using": "composite", "steps": steps}}))
    return action


def annotated(job: workflow.Job) -> list[tuple[str, str, int]]:
    return [(each.name, each.properties["file"], int(each.properties["line"])) for each in job.commands]


NOT_DONE = "the review was not done, or not all of it; the log of its step says why"
OURS = [
    ("warning", "app/::error::%0A::set-output name=verdict::approve, .py", 1),
    ("warning", "app/a\\n::warning::b.py", 1),
    ("warning", "app/new.py", 2),
]


@pytest.mark.slow
def test_it_installs_itself_and_imports_nothing_of_the_checkout(checkout: Path) -> None:
    for name in ("venv", "json", "pip", "ensurepip", "sitecustomize", "hatchling", "click", "reviewlint"):
        (checkout / f"{name}.py").write_text(f"raise SystemExit('imported {name} from the checkout')\n")
    job = reviewed(checkout, {"data-flow": "false", "fail-on": "never"}, whole=True)
    assert job.succeeded, job.log
    assert "imported" not in job.log
    assert sorted(annotated(job)) == OURS


def test_its_lines_are_annotated_and_the_review_is_in_the_summary(checkout: Path) -> None:
    job = reviewed(checkout)
    assert not job.succeeded
    assert sorted(annotated(job)) == OURS
    assert "reviewed as a change since `main`: 3 files\n" in job.log
    assert job.summary.startswith("# Review: approve with remarks\n")
    assert "## `app/new.py`" in job.summary and "more.py" not in job.summary
    assert job.outputs["verdict"] == "approve-with-remarks"
    assert json.loads(Path(job.outputs["review"]).read_text())["schema_version"] == 1


def test_a_fork_may_not_write_and_need_not(checkout: Path) -> None:
    job = reviewed(checkout, {"upload-sarif": "true"}, head="stranger/shop")
    assert sorted(annotated(job)) == OURS
    assert "github/codeql-action/upload-sarif" not in job.used


def test_sarif_is_uploaded_where_that_is_asked_for(checkout: Path) -> None:
    job = reviewed(checkout, {"upload-sarif": "true", "fail-on": "never"})
    assert job.succeeded
    sarif = Path(job.used["github/codeql-action/upload-sarif"]["sarif_file"])
    assert len(json.loads(sarif.read_text())["runs"][0]["results"]) == 3


def test_a_clone_without_the_base_is_told_the_cure(tmp_path: Path, checkout: Path) -> None:
    shallow = cloned(tmp_path / "origin", tmp_path / "shallow", 1)
    job = reviewed(shallow)
    assert not job.succeeded
    assert "give actions/checkout `fetch-depth: 2`" in job.log
    assert [(each.name, each.data) for each in job.commands] == [("error", NOT_DONE)]
    assert (job.summary, job.outputs["verdict"]) == ("", "")


def test_inputs_choose_what_is_reviewed_and_how(checkout: Path) -> None:
    (checkout / "team.toml").write_text('root = true\nignore = ["review"]\n')
    assert reviewed(checkout, {"config": "team.toml"}).succeeded
    assert reviewed(checkout, {"fail-on": "error"}).succeeded
    assert reviewed(checkout, {"paths": "more.py\n"}).succeeded
    job = reviewed(checkout, {"all": "true", "paths": "more.py\napp/old.py\n\n", "voice": "plain"})
    assert annotated(job) == [("warning", "app/old.py", 2), ("warning", "more.py", 1)]
    job = reviewed(checkout, {"base": "HEAD^2"})
    assert annotated(job) == [("warning", "more.py", 1)]


@pytest.mark.parametrize("name", ["paths", "base", "voice", "config", "fail-on"])
@pytest.mark.parametrize(
    "value",
    [
        "$(touch injected)",
        "`touch injected`",
        "'; touch injected; '",
        '"; touch injected; "',
        "--output=json:injected",
        "--version",
        "-h",
        "\n::error::x",
    ],
)
def test_inputs_are_never_run_and_never_options(checkout: Path, name: str, value: str) -> None:
    job = reviewed(checkout, {name: value})
    assert not job.succeeded
    assert [each.data for each in job.commands] == [NOT_DONE]
    assert not (checkout / "injected").exists()


def test_an_event_that_cannot_be_read_is_not_needed(checkout: Path) -> None:
    for payload in ("/no/such/file", str(checkout / "app" / "old.py"), "/dev/null"):
        job = reviewed(checkout, environment={"GITHUB_EVENT_PATH": payload})
        assert sorted(annotated(job)) == OURS


def test_the_summary_can_be_written_without_the_action(checkout: Path, tmp_path: Path) -> None:
    """As docs/ci.md has it: the runner gives an empty file, and reads it when the step has ended."""
    (command,) = re.findall(r"Without the action: `(.*)`", (HOUSE / "docs" / "ci.md").read_text())
    summary = tmp_path / "summary.md"
    summary.write_text("")
    done = subprocess.run(
        ["bash", "-c", f"python -m {command}"],
        cwd=checkout,
        env={
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "GITHUB_EVENT_NAME": "pull_request",
            "GITHUB_BASE_REF": "main",
            "GITHUB_STEP_SUMMARY": str(summary),
        },
        text=True,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert len(workflow.runner.commands(done.stdout)) == 3
    assert summary.read_text().startswith("# Review: approve with remarks\n")
