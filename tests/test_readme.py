"""What the README shows is what happens."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


def command(name: str) -> str:
    """The one line of a command that the README gives."""
    found = re.search(rf"<!-- command: {name} -->\n```sh\n(.*)\n```\n", README)
    assert found is not None
    return found[1]


def test_the_commands_are_one_line_each() -> None:
    for name in ("review", "test"):
        assert "\n" not in command(name)
        assert command(name).startswith("python3 -m venv .venv && ")


def test_the_output_is_real() -> None:
    review = shlex.split(command("review").rpartition("&&")[2])
    assert review[0] == ".venv/bin/reviewlint"
    done = subprocess.run(
        [sys.executable, "-m", "reviewlint", *review[1:], "--no-cache"],
        cwd=ROOT,
        text=True,
        capture_output=True,
        check=True,
    )
    shown = re.search(r"<!-- output: begin -->\n```text\n(.*?)```\n<!-- output: end -->", README, re.DOTALL)
    assert shown is not None
    for part in shown[1].split("\n[…]\n"):
        assert part.strip("\n") in done.stdout
