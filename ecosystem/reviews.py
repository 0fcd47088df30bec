"""Reviews of a checkout by a version of reviewlint: the one of this tree, or the one of a commit."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parent.parent

Finding = dict[str, Any]
"""A finding as the JSON format has it."""


class ReviewError(Exception):
    """A review did not come to its end; the message holds what it said."""


@contextmanager
def version(commit: str | None) -> Iterator[Path]:
    """The folder in which this version of reviewlint lies; None is the tree as it is."""
    if commit is None:
        yield PROJECT
        return
    with tempfile.TemporaryDirectory(prefix="reviewlint-ecosystem-") as folder:
        place = Path(folder, "reviewlint")
        subprocess.run(["git", "clone", "--quiet", "--shared", "--no-checkout", PROJECT, place], check=True)
        subprocess.run(["git", "checkout", "--quiet", commit], cwd=place, check=True)
        yield place


def findings(checkout: Path, reviewlint: Path, *options: str) -> list[Finding]:
    """What the version of reviewlint in a folder shows on a checkout, in order. Raises ReviewError."""
    done = subprocess.run(
        [sys.executable, "-m", "reviewlint", "check", "--no-cache", "--output-format", "json", *options],
        cwd=checkout,
        env={**os.environ, "PYTHONPATH": str(reviewlint), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in (0, 1):
        raise ReviewError(f"{checkout.name}: status {done.returncode}: {done.stderr.strip()[-2000:]}")
    return [finding for finding in json.loads(done.stdout)["findings"] if finding["state"] == "shown"]
