"""The hooks, run by the real pre-commit in repositories of their own. Needs a package index."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

HOUSE = Path(__file__).parent.parent
FAULT = "x = 1  # reviewlint: ignore[no-such-rule-exists] reason\n"
CLEAN = "y = 2\n"
FLOW = """\
import sqlite3


def serve(sock):
    name = sock.recv(1024).decode()
    connection = sqlite3.connect("shop.db")
    connection.execute("SELECT * FROM users WHERE name = '" + name + "'")
"""

pytestmark = pytest.mark.slow


def git(where: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
    command = ["git", *identity, *arguments]
    return subprocess.run(command, cwd=where, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A copy of this project as a repository with a commit, the same one for every process that runs tests."""
    temporary = tmp_path_factory.getbasetemp()
    source = (temporary if worker_id == "master" else temporary.parent) / "house"
    with FileLock(source.with_suffix(".lock")):
        if not source.exists():
            copy = source.with_suffix(".new")
            copy.mkdir()
            for name in ("reviewlint", "rules", "pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml"):
                if (HOUSE / name).is_dir():
                    shutil.copytree(HOUSE / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
                else:
                    shutil.copy(HOUSE / name, copy / name)
            git(copy, "init", "-q")
            git(copy, "add", "-A")
            git(copy, "commit", "-qm", "All of it")
            copy.rename(source)
    return source


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    place = tmp_path / "work"
    (place / "app").mkdir(parents=True)
    git(place, "init", "-q")
    (place / "app" / "old.py").write_text(FAULT)
    git(place, "add", "-A")
    git(place, "commit", "-qm", "Begin")
    return place


def pre_commit(house: Path, repository: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pre_commit", *arguments],
        cwd=repository,
        env={**os.environ, "PRE_COMMIT_HOME": str(house.parent / "environments")},
        text=True,
        capture_output=True,
        check=False,
    )


@pytest.fixture
def hooked(house: Path, repository: Path) -> Path:
    """The repository with the hook installed, as `git commit` runs it."""
    hook = f"repos:\n- repo: {house}\n  rev: {git(house, 'rev-parse', 'HEAD')}\n  hooks: [{{id: reviewlint}}]\n"
    (repository / ".pre-commit-config.yaml").write_text(hook)
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "Review")
    done = pre_commit(house, repository, "install", "--install-hooks")
    assert done.returncode == 0, done.stdout + done.stderr
    return repository


def commit(house: Path, repository: Path) -> subprocess.CompletedProcess[str]:
    """`git commit`, with the hook."""
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
    return subprocess.run(
        ["git", *identity, "commit", "-m", "Change"],
        cwd=repository,
        env={**os.environ, "PRE_COMMIT_HOME": str(house.parent / "environments")},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )


def test_try_repo_blocks_a_staged_fault_and_reads_well_captured(house: Path, repository: Path) -> None:
    (repository / "app" / "new.py").write_text(FAULT)
    git(repository, "add", "-A")
    done = pre_commit(house, repository, "try-repo", str(house), "reviewlint")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "app/new.py:1:8: warning: unknown-ignore\n" in done.stdout
    assert "app/old.py" not in done.stdout
    assert "\x1b" not in done.stdout
    assert "2 files reviewed: 1 warning\n" in done.stdout


def test_try_repo_follows_values_with_the_full_hook(house: Path, repository: Path) -> None:
    (repository / "app" / "worker.py").write_text(FLOW)
    git(repository, "add", "-A")
    done = pre_commit(house, repository, "try-repo", str(house), "reviewlint-full")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "app/worker.py:7:5: error: interpolated-query\n" in done.stdout


def test_a_commit_is_blocked_until_the_fault_is_mended(house: Path, hooked: Path) -> None:
    (hooked / "app" / "new.py").write_text(FAULT)
    git(hooked, "add", "-A")
    blocked = commit(house, hooked)
    assert blocked.returncode == 1
    assert "app/new.py:1:8: warning: unknown-ignore\n" in blocked.stdout
    (hooked / "app" / "new.py").write_text(CLEAN)
    git(hooked, "add", "-A")
    done = commit(house, hooked)
    assert done.returncode == 0, done.stdout
    assert "Passed" in done.stdout


def test_what_is_staged_is_reviewed_and_what_is_not_is_left_alone(house: Path, hooked: Path) -> None:
    new = hooked / "app" / "new.py"
    new.write_text(CLEAN)
    git(hooked, "add", "-A")
    new.write_text(FAULT)
    assert commit(house, hooked).returncode == 0
    assert new.read_text() == FAULT
    git(hooked, "add", "-A")
    new.write_text(CLEAN)
    blocked = commit(house, hooked)
    assert blocked.returncode == 1
    assert "app/new.py:1:8: warning: unknown-ignore\n" in blocked.stdout
    assert new.read_text() == CLEAN


def test_staged_lines_alone_are_reviewed_where_that_is_asked_for(house: Path, hooked: Path) -> None:
    config = hooked / ".pre-commit-config.yaml"
    config.write_text(config.read_text().replace("id: reviewlint", "id: reviewlint, args: [--staged]"))
    old = hooked / "app" / "old.py"
    old.write_text(FAULT + CLEAN)
    git(hooked, "add", "-A")
    done = commit(house, hooked)
    assert done.returncode == 0, done.stdout
    old.write_text(FAULT + CLEAN + FAULT)
    git(hooked, "add", "-A")
    blocked = commit(house, hooked)
    assert blocked.returncode == 1
    assert "app/old.py:3:8: " in blocked.stdout and "app/old.py:1:8: " not in blocked.stdout


def test_a_deleted_or_renamed_file_is_no_trouble(house: Path, hooked: Path) -> None:
    git(hooked, "mv", "app/old.py", "app/other name.py")
    (hooked / "app" / "other name.py").write_text(CLEAN)
    git(hooked, "add", "-A")
    assert commit(house, hooked).returncode == 0
    git(hooked, "rm", "-q", "app/other name.py")
    assert commit(house, hooked).returncode == 0


def test_thousands_of_names_are_no_trouble(house: Path, hooked: Path) -> None:
    folder = hooked / ("a_rather_long_name_of_a_folder_" * 4)
    folder.mkdir()
    for number in range(3000):
        (folder / f"module_{number}.py").write_text("x = 1\n")
    (hooked / "app" / "new.py").write_text(FAULT)
    git(hooked, "add", "-A")
    done = pre_commit(house, hooked, "run", "--all-files")
    assert done.returncode == 1, done.stdout + done.stderr
    assert done.stdout.count("app/new.py:1:8: warning: unknown-ignore\n") == 1
