"""Carrying out fixes for `reviewlint check`."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from ..console import say
from ..failure import Failure
from ..printable import guarded, printable

if TYPE_CHECKING:
    from ..fixes import FixedFile
    from ..review import Review

_ROUNDS = 10
"""Fixes that overlap wait for the next round; more rounds than this would mean that two fixes undo each other."""


def proposed(review: "Review", root: Path, *, unsafe: bool) -> "list[FixedFile]":
    """What the fixes of a review would make of its files."""
    from .. import disk
    from ..fixes import fixed

    return fixed(review.findings, review.sources, lambda path: disk.read(f"{root}/{path}")[0], unsafe=unsafe)


def shown(files: "list[FixedFile]") -> str:
    """The change as a unified diff; what would do something instead of showing something is written as an escape."""
    lines = "".join(file.diff for file in files).split("\n")
    return guarded("\n".join("\t".join(map(printable, line.split("\t"))) for line in lines))


def mend(review: "Review", root: Path, again: "Callable[[], Review]", *, unsafe: bool) -> "Review":
    """Carry out the fixes of a review, and of the reviews after that, until none is left; gives the last review."""
    findings, paths = 0, set()
    for _ in range(_ROUNDS):
        files = proposed(review, root, unsafe=unsafe)
        if not files:
            break
        for file in files:
            try:
                file.write(root)
            except OSError as error:
                raise Failure(f"cannot write {file.path}: {(error.strerror or str(error)).lower()}") from None
            findings += len(file.mended)
            paths.add(file.path)
        review = again()
    if findings:
        say(f"mended {findings} finding{'s' * (findings != 1)} in {len(paths)} file{'s' * (len(paths) != 1)}")
    return review
