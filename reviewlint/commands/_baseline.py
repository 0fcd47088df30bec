"""The baseline as commands need it: what cannot be used is one line and exit status 2."""

from pathlib import Path
from typing import TYPE_CHECKING

from .. import baseline
from ..failure import Failure
from ..finding import State

if TYPE_CHECKING:
    from ..review import Review


def accepted(root: Path) -> tuple[baseline.Entry, ...] | None:
    """The entries of the project's baseline, None where it has none."""
    try:
        return baseline.load(root)
    except baseline.MalformedError as error:
        raise Failure(str(error)) from None
    except OSError as error:
        raise Failure(f"{baseline.PATH}: cannot be read: {(error.strerror or str(error)).lower()}") from None


def accept_all(root: Path, review: "Review") -> int:
    """Write every finding of a review of the whole project into its baseline; gives how many these are.

    Those about the review itself are no faults of the project, so they are left out.
    """
    about_the_review = {rule.name for rule in review.rules if rule.meta.after_review}
    entries = baseline.entries_of(
        finding
        for finding in review.findings
        if finding.state in (State.SHOWN, State.BASELINED) and finding.rule not in about_the_review
    )
    save(root, entries)
    return sum(entry.count for entry in entries)


def save(root: Path, entries: tuple[baseline.Entry, ...]) -> None:
    """Write the baseline of the project."""
    try:
        baseline.save(root, entries)
    except OSError as error:
        raise Failure(f"cannot write {baseline.PATH}: {(error.strerror or str(error)).lower()}") from None
