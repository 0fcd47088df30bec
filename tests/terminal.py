"""The command line in this process: what it prints, and how it ends."""

import contextlib
import io
from dataclasses import dataclass

from reviewlint import cli


@dataclass(frozen=True)
class Ran:
    status: int
    out: str
    err: str


def run(*arguments: str) -> Ran:
    """`reviewlint` with these arguments."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = cli.run(list(arguments))
    return Ran(status, out.getvalue(), err.getvalue())
