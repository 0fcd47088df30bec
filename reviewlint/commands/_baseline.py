"""The baseline as commands need it: what cannot be used is one line and exit status 2."""

from pathlib import Path

from .. import baseline
from ..failure import Failure


def accepted(root: Path) -> tuple[baseline.Entry, ...] | None:
    """The entries of the project's baseline, None where it has none."""
    try:
        return baseline.load(root)
    except baseline.MalformedError as error:
        raise Failure(str(error)) from None
    except OSError as error:
        raise Failure(f"{baseline.PATH}: cannot be read: {(error.strerror or str(error)).lower()}") from None
