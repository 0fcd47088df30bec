"""`reviewlint init`: what a project needs to be reviewed from now on, written where nothing is yet."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..console import say, write
from ..failure import Failure
from ._baseline import accept_all, accepted

if TYPE_CHECKING:
    from ..adoption import Proposal

_ANSWERS = {"y": True, "yes": True, "n": False, "no": False}


@click.command()
@click.option("--yes", "-y", is_flag=True, help="Write everything without asking.")
@click.option("--no-baseline", is_flag=True, help="Accept no findings of today.")
def command(*, yes: bool, no_baseline: bool) -> int:
    """Set up the project around the working directory: configuration, hook, workflow and baseline.

    Asks before it writes, and changes no file that is there already: what to add to it is shown.
    """
    from .. import adoption, discovery
    from ..config.files import ConfigurationError

    root = discovery.find_root(Path())
    sources = discovery.discover(root).sources
    try:
        proposals = list(adoption.proposals(root, sources))
    except ConfigurationError as error:
        raise Failure(f"the configuration that is there cannot be used: {error}") from None
    _tell(f"{root.name}: {adoption.described(sources)}")
    written = []
    for proposal in proposals:
        if proposal.there:
            _show(proposal)
        elif yes or _agreed(f"write {proposal.path}, {proposal.what}?", otherwise=True):
            try:
                adoption.write(root, proposal)
            except adoption.Unwritable as error:
                raise Failure(str(error)) from None
            _tell(f"wrote {proposal.path}, {proposal.what}")
            written.append(proposal.path)
    if not (root / ".git").exists():
        _tell("there is no git repository here: after `git init`, `reviewlint init` offers the hook and the workflow")
    if not no_baseline and _accept(root, yes=yes):
        from ..baseline import PATH

        written.append(PATH.partition("/")[0])
    _say_what_is_next(root, written)
    return 0


def _show(proposal: "Proposal") -> None:
    """Say what to add to a file that is there."""
    if proposal.text:
        _tell(f"{proposal.path} is there already; add {proposal.what}:\n\n{proposal.text}")
    else:
        _tell(f"{proposal.path} is there already, with {proposal.what}")


def _accept(root: Path, *, yes: bool) -> bool:
    """Offer to accept what a review finds today; gives whether that was done."""
    from .. import desk
    from ..patience import while_waiting
    from ..wording import counted
    from ._settings import Settings

    if accepted(root) is not None:
        return False
    config_of = Settings({}, None).governing(root)
    with while_waiting():
        review = desk.check(root, [], config_of(""), config_of=config_of)
    if review.faults:
        _tell(f"no baseline is offered, since the review is not whole: {review.faults[0].message}")
        return False
    if not review.shown:
        return False
    found = counted(len(review.shown), "finding")
    question = f"there are {found} today; accept them in a baseline, so that only new ones are shown?"
    if not (yes or _agreed(question, otherwise=False)):
        _tell(f"{found} today: `reviewlint check` shows them, `reviewlint baseline write` accepts them")
        return False
    _tell(f"accepted {counted(accept_all(root, review), 'finding')}: `reviewlint check --no-baseline` shows them")
    return True


def _say_what_is_next(root: Path, written: list[str]) -> None:
    lines = []
    if ".pre-commit-config.yaml" in written:
        lines.append("pip install pre-commit && pre-commit install")
    if written and (root / ".git").exists():
        lines.append(f"git add {' '.join(written)} && git commit -m 'Review with reviewlint'")
    if lines:
        _tell("\n  ".join(["\nnext:", *lines]))


def _tell(text: str) -> None:
    from ..printable import guarded, printable_lines

    write(guarded("\n".join(printable_lines(text)) + "\n"))


def _agreed(question: str, *, otherwise: bool) -> bool:
    """The answer to a question; `otherwise` for none but a line end."""
    while True:
        sys.stderr.write(f"{question} [{'Y/n' if otherwise else 'y/N'}] ")
        sys.stderr.flush()
        line = sys.stdin.readline()
        if not line:
            say("")
            raise Failure("there is nobody to answer; `reviewlint init --yes` writes everything without asking")
        answer = line.strip().lower()
        if not answer:
            return otherwise
        if answer in _ANSWERS:
            return _ANSWERS[answer]
