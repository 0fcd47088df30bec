"""Paths as the platform knows them that shows the review: relative to its checkout, which may lie above the project."""

import os
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from ..report import Report

CHECKOUTS = ("GITHUB_WORKSPACE", "CI_PROJECT_DIR")
"""Where GitHub Actions and GitLab CI say that the checkout is."""


def from_checkout(report: Report) -> Callable[[str], str]:
    """A function from a path of the project to that path relative to the checkout, with `/`."""
    prefix = ""
    for name in CHECKOUTS:
        checkout = os.environ.get(name)
        if checkout and report.root.is_relative_to(Path(checkout).resolve()):
            below = report.root.relative_to(Path(checkout).resolve()).as_posix()
            prefix = "" if below == "." else f"{below}/"
            break
    return lambda path: prefix + path


def as_uri(path: str) -> str:
    """A path as the path of a URI, with the bytes that the file system has for it."""
    try:
        return quote(path.encode("utf-8", "surrogateescape"))
    except UnicodeEncodeError:  # half of a surrogate pair, as Windows allows
        return quote(path.encode("utf-8", "surrogatepass"))
