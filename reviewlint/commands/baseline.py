"""`reviewlint baseline`: accept what is there today, so that tomorrow's faults stand out."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .. import baseline
from ..console import say
from ..failure import Failure
from ..finding import State
from ..wording import counted
from ._baseline import accept_all, accepted, save
from ._settings import settings, takes_settings

if TYPE_CHECKING:
    from ..review import Review


@click.group(name="baseline")
def command() -> None:
    """Accept the findings of today, so that only new ones are shown."""


@command.command()
@takes_settings
def write(**given: Any) -> int:
    """Write every finding of the project around the working directory into the baseline."""
    root, review = _review(given)
    count = accept_all(root, review)
    say(f"accepted {counted(count, 'finding')} in {baseline.PATH}; commit the folder")
    return 0


@command.command()
@takes_settings
def prune(**given: Any) -> int:
    """Take out the entries whose faults are mended, and no others."""
    root, review = _review(given)
    before = accepted(root)
    if before is None:
        raise Failure(f"there is no baseline in {root}; `reviewlint baseline write` makes one")
    after = baseline.entries_of(finding for finding in review.findings if finding.state is State.BASELINED)
    unjudged = {entry.rule for entry in before} - _judged(review)
    after = tuple(sorted({*after, *(entry for entry in before if entry.rule in unjudged)}))
    save(root, after)
    gone = sum(entry.count for entry in before) - sum(entry.count for entry in after)
    say(f"took out {gone} of {_findings(before)} that the baseline accepted")
    return 0


@command.command()
def show() -> int:
    """Count what the baseline accepts, by rule."""
    root = _root()
    entries = accepted(root)
    if entries is None:
        raise Failure(f"there is no baseline in {root}; `reviewlint baseline write` makes one")
    counted: Counter[str] = Counter()
    files: dict[str, set[str]] = {}
    for entry in entries:
        counted[entry.rule] += entry.count
        files.setdefault(entry.rule, set()).add(entry.path)
    for rule, count in sorted(counted.items(), key=lambda pair: (-pair[1], pair[0])):
        click.echo(f"{count:>6}  {rule} in {len(files[rule])} file{'s' * (len(files[rule]) != 1)}")
    say(f"{_findings(entries)} accepted")
    return 0


def _root() -> Path:
    from .. import discovery

    return discovery.find_root(Path())


def _review(given: dict[str, Any]) -> "tuple[Path, Review]":
    """The review of the whole project, judged against the baseline that there is."""
    from .. import desk

    root = _root()
    config_of = settings(**given).governing(root)
    review = desk.check(root, [], config_of(""), config_of=config_of, baseline=accepted(root) or ())
    if review.faults:
        fault = review.faults[0]
        raise Failure(f"the review is not whole, so the baseline stays as it is: {fault.where}: {fault.message}")
    return root, review


def _judged(review: "Review") -> set[str]:
    return {rule.name for rule in review.rules} - set(review.undecided)


def _findings(entries: tuple[baseline.Entry, ...]) -> str:
    count = sum(entry.count for entry in entries)
    return f"{count} finding{'s' * (count != 1)}"
