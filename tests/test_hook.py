"""The hook, run by the real pre-commit in a repository of its own. Needs a package index."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HOUSE = Path(__file__).parent.parent
FAULT = "x = 1  # reviewlint: ignore[no-such-rule-exists] reason\n"

pytestmark = pytest.mark.slow


def git(where: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *identity, *arguments], cwd=where, check=True, capture_output=True)


@pytest.fixture(scope="module")
def hooked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A copy of this project as a repository with a commit, and the folder for pre-commit's environments."""
    source = tmp_path_factory.mktemp("house")
    for name in ("reviewlint", "rules", "pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml"):
        if (HOUSE / name).is_dir():
            shutil.copytree(HOUSE / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(HOUSE / name, source / name)
    git(source, "init", "-q")
    git(source, "add", "-A")
    git(source, "commit", "-qm", "All of it")
    return source, tmp_path_factory.mktemp("environments")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q")
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "old.py").write_text(FAULT)
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "Begin")
    return tmp_path


def try_repo(hooked: tuple[Path, Path], repository: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    source, environments = hooked
    return subprocess.run(
        [sys.executable, "-m", "pre_commit", "try-repo", str(source), "reviewlint", *arguments],
        cwd=repository,
        env={**os.environ, "PRE_COMMIT_HOME": str(environments)},
        text=True,
        capture_output=True,
        check=False,
    )


def test_a_staged_fault_blocks_and_reads_well_captured(hooked: tuple[Path, Path], repository: Path) -> None:
    (repository / "app" / "new.py").write_text(FAULT)
    git(repository, "add", "-A")
    done = try_repo(hooked, repository)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "app/new.py:1:8: warning: unknown-ignore\n" in done.stdout
    assert "app/old.py" not in done.stdout
    assert "\x1b" not in done.stdout
    assert "2 files reviewed: 1 warning (1 out of scope)\n" in done.stdout


def test_only_what_is_staged_is_reviewed(hooked: tuple[Path, Path], repository: Path) -> None:
    (repository / "app" / "new.py").write_text("x = 1\n")
    git(repository, "add", "-A")
    (repository / "app" / "new.py").write_text(FAULT)
    done = try_repo(hooked, repository)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (repository / "app" / "new.py").read_text() == FAULT


def test_thousands_of_names_are_no_trouble(hooked: tuple[Path, Path], repository: Path) -> None:
    folder = repository / ("a_rather_long_name_of_a_folder_" * 4)
    folder.mkdir()
    for number in range(3000):
        (folder / f"module_{number}.py").write_text("x = 1\n")
    git(repository, "add", "-A")
    (repository / "app" / "new.py").write_text(FAULT)
    git(repository, "add", "-A")
    done = try_repo(hooked, repository, "--all-files")
    assert done.returncode == 1, done.stdout + done.stderr
    assert done.stdout.count("app/new.py:1:8: warning: unknown-ignore\n") == 1
