"""The wheel as its users get it: built, installed into a clean environment, and used there."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parent.parent
SCRIPTS = "Scripts" if sys.platform == "win32" else "bin"
WORKER = """\
import sqlite3


def serve(sock):
    name = sock.recv(1024).decode()
    connection = sqlite3.connect("shop.db")
    connection.execute("SELECT * FROM users WHERE name = '" + name + "'")
"""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--wheel-dir",
        str(folder),
        str(REPOSITORY),
    ]
    subprocess.run(command, check=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of a new environment that holds the wheel and what it needs, nothing else."""
    home = tmp_path_factory.mktemp("clean")
    subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
    python = home / SCRIPTS / "python"
    subprocess.run([str(python), "-m", "pip", "install", "--quiet", "--no-input", str(wheel)], check=True)
    return home / SCRIPTS


def reviewed(programs: Path, folder: Path, path: str) -> dict[str, object]:
    (folder / "app.py").write_text(WORKER)
    (folder / "pyproject.toml").write_text("[project]\nname = 'shop'\n")
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    done = subprocess.run(
        [str(programs / "reviewlint"), "check", "--select", "interpolated-query", "--output-format", "json", "."],
        cwd=folder,
        env=environment | {"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    review = json.loads(done.stdout)
    assert isinstance(review, dict)
    return review


def test_every_semgrep_rule_travels(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    rules = [path.relative_to(REPOSITORY / "rules") for path in (REPOSITORY / "rules").rglob("*.yml")]
    assert rules
    assert {f"reviewlint/semgrep/{rule.as_posix()}" for rule in rules} <= inside
    assert not [name for name in inside if name.startswith("tests/")]


def test_reviews_with_the_semgrep_on_the_path(installed: Path, tmp_path: Path) -> None:
    review = reviewed(installed, tmp_path, f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    (finding,) = review["findings"]  # type: ignore[misc, attr-defined]
    assert (finding["rule"], finding["severity"], finding["line"]) == ("interpolated-query", "error", 7)
    assert finding["related"][0]["line"] == 5


def test_reviews_without_semgrep(installed: Path, tmp_path: Path) -> None:
    review = reviewed(installed, tmp_path, str(tmp_path / "nothing"))
    (finding,) = review["findings"]  # type: ignore[misc, attr-defined]
    assert (finding["rule"], finding["severity"], finding["line"]) == ("interpolated-query", "warning", 7)
