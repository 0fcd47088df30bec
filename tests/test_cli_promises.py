"""Promises about every output: always the same bytes, and no secret in it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from reviewlint import reporters
from reviewlint.cli import run

SHOP = Path(__file__).parent / "fixtures" / "projects" / "shop"


def review(*arguments: str, cwd: Path = SHOP, seed: str = "0") -> str:
    done = subprocess.run(
        [sys.executable, "-m", "reviewlint", "check", *arguments, "--exit-zero"],
        text=True,
        capture_output=True,
        env={**os.environ, "PYTHONHASHSEED": seed},
        cwd=cwd,
        check=True,
    )
    return done.stdout + done.stderr


def test_the_same_project_gives_the_same_bytes() -> None:
    everything = ["--output-format", "json"]
    first = review(*everything)
    assert json.loads(first.rpartition("}")[0] + "}")["findings"]
    assert review(*everything, "--jobs", "1", seed="1") == first
    assert review(*everything, "--jobs", "3", seed="2", cwd=SHOP / "web") == first
    assert review(*everything, ".", cwd=SHOP) == first
    assert review(*everything, str(SHOP), cwd=Path("/")) == first


def test_the_order_of_arguments_and_the_working_directory_do_not_matter() -> None:
    first = review("api", "web", seed="3")
    assert review("web", "api", seed="4") == first
    assert review("../web", "../api", cwd=SHOP / "api") == first
    assert "api/" in first and "web/" in first


@pytest.mark.parametrize("name", reporters.names())
def test_no_format_prints_a_secret(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = "sk_" + "live_" + "51Hx" + "9fQ2mZ7Lw3Rt8Vb6Nc4Kd1Sg5"
    (tmp_path / "reviewlint.toml").write_text("root = true\n")
    (tmp_path / "pay.py").write_text(f'KEY = "{secret}"  # reviewlint: ignore[no-such-rule-exists] {secret}\n')
    monkeypatch.chdir(tmp_path)
    assert run(["check", "--output-format", name]) == 1
    captured = capsys.readouterr()
    assert secret not in captured.out + captured.err
    assert secret[8:] not in captured.out + captured.err
