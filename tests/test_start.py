"""The way that docs/start.md describes is gone, command by command, and what comes out is compared."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from . import runner, workflow

HOUSE = Path(__file__).parent.parent
START = (HOUSE / "docs" / "start.md").read_text()
README = (HOUSE / "README.md").read_text()
SEPARATOR = "\x1e"
UNSTABLE = re.compile(r"^(WARNING: |DEPRECATION: |\[notice\]|\[INFO\] (?:Initializing|Installing|Once|This)).*\n", re.M)
"""What installing says depends on the machine, and on what it installed before."""


def session(page: str) -> list[tuple[str, str]]:
    """The commands of a page's consoles, each with what it shows."""
    steps: list[tuple[list[str], list[str]]] = []
    for block in re.findall(r"^```console\n(.*?)^```", page, re.M | re.S):
        for line in block.splitlines():
            if line.startswith("$ "):
                steps.append(([line[2:]], []))
            elif line == ">" or (line.startswith("> ") and not steps[-1][1]):
                steps[-1][0].append(line[2:])
            else:
                steps[-1][1].append(line)
    return [("\n".join(command), "".join(f"{line}\n" for line in shown)) for command, shown in steps]


def test_the_readme_goes_the_same_way() -> None:
    commands = iter([command for command, _ in session(START)])
    (block,) = re.findall(r"<!-- start -->\n```sh\n(.*?)```", README, re.S)
    for line in block.splitlines():
        words = line.partition("  #")[0].strip()
        assert any(command.startswith(words) for command in commands), words


@pytest.mark.slow
def test_from_an_empty_repository_to_an_annotated_pull_request(tmp_path: Path) -> None:
    if not (HOUSE / ".git").exists():
        pytest.skip("this is no clone")
    environment = {
        **{name: value for name, value in os.environ.items() if name in ("PATH", "SSL_CERT_FILE", "TMPDIR")},
        **{name: value for name, value in os.environ.items() if name.startswith("PIP_")},
        "HOME": str(tmp_path / "home"),
        "PRE_COMMIT_HOME": str(tmp_path / "environments"),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_CACHE_DIR": os.environ.get("PIP_CACHE_DIR", str(Path.home() / ".cache" / "pip")),
        "REVIEWLINT": str(HOUSE),
        "LC_ALL": "C.UTF-8",
    }
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / ".gitconfig").write_text(
        f"[user]\n  name = A\n  email = a@example.com\n[init]\n  defaultBranch = main\n[safe]\n  directory = {HOUSE}\n"
    )
    steps = session(START)
    script = "".join(f"{command}\nprintf '{SEPARATOR}'\n" for command, _ in steps)
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=tmp_path,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    shown = done.stdout.split(SEPARATOR)
    for (command, expected), real in zip(steps, shown, strict=False):
        parts = UNSTABLE.sub("", expected).strip("\n").split("\n[…]\n")
        said = UNSTABLE.sub("", real.replace(str(HOUSE), "/path/to/reviewlint")).strip("\n")
        if not re.fullmatch("\n.*\n".join(map(re.escape, parts)), said, re.S):
            assert said == "\n[…]\n".join(parts), command
    assert len(shown) == len(steps) + 1

    assert annotations(tmp_path) == re.findall(r"^```text\n(.*?)^```", START, re.M | re.S)[0]


def annotations(folder: Path) -> str:
    """What the workflow that was written annotates on the pull request, as a person sees it."""
    shop = folder / "shop"

    def git(where: Path, *arguments: str) -> str:
        command = ["git", "-c", "user.name=A", "-c", "user.email=a@example.com", *arguments]
        return subprocess.run(command, cwd=where, check=True, capture_output=True, text=True).stdout.strip()

    job = yaml.safe_load((shop / ".github" / "workflows" / "review.yml").read_text())["jobs"]["review"]
    depth = job["steps"][0]["with"]["fetch-depth"]
    assert job["steps"][1]["uses"].startswith("reviewlint/reviewlint@")
    git(shop, "switch", "-q", "--detach", "main")
    git(shop, "merge", "-q", "--no-ff", "--no-verify", "-m", "Merge", "orders")
    git(shop, "branch", "merged")
    git(folder, "clone", "-q", f"--depth={depth}", "--branch=merged", shop.as_uri(), "checkout")
    temporary = folder / "temporary"
    temporary.mkdir()
    done = workflow.run(
        HOUSE,
        {"data-flow": "false"},
        {"event_name": "pull_request"},
        checkout=folder / "checkout",
        temporary=temporary,
        environment={
            "GITHUB_EVENT_NAME": "pull_request",
            "GITHUB_BASE_REF": "main",
            "GITHUB_SHA": git(folder / "checkout", "rev-parse", "HEAD"),
        },
        uses={"actions/setup-python": lambda given: {"python-path": sys.executable}},
    )
    assert not done.succeeded
    assert done.summary.startswith("# Review: request changes\n") and "## Checklist" in done.summary
    return "\n".join(as_shown(each) for each in done.commands)


def as_shown(command: runner.Command) -> str:
    about = command.properties
    message = "".join(f"  {line}".rstrip() + "\n" for line in command.data.splitlines())
    return f"{about['file']}, line {about['line']}: {command.name}: {about['title']}\n\n{message}"
