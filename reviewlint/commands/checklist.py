"""`reviewlint checklist`: a reviewer's whole checklist, each line answered by the code as far as code can tell."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..console import ColourChoice, look_of, say, write
from ..failure import Failure
from . import _complete
from ._baseline import accepted
from ._settings import colour_option, settings

if TYPE_CHECKING:
    from ..checklists import Checklist
    from ..checklists.written import Sheet
    from ..config import Config
    from ..finding import Severity
    from ..report import Report
    from ..voices import Voice

FINDINGS = 1
FAILED = 2


@click.command()
@click.argument("path", required=False, default=".")
@click.option(
    "--voice",
    metavar="VOICE",
    shell_complete=_complete.voices,
    help="The reviewer: a name, or a voice file. [that of the configuration]",
)
@click.option("--output-format", type=click.Choice(["text", "markdown", "json"]), default="text", help="[text]")
@click.option("--config", metavar="FILE", help="Use this configuration file for every path.")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 although lines failed.")
@click.option("--no-cache", is_flag=True, help="Read every file again, and keep nothing for the next time.")
@colour_option
def command(
    *,
    path: str,
    voice: str | None,
    output_format: str,
    config: str | None,
    exit_zero: bool,
    no_cache: bool,
    colour: ColourChoice,
) -> int:
    """Answer the reviewer's checklist for the project in PATH, line by line.

    Every rule that a line needs is run, the strict ones and those that the configuration does not select too; what the
    configuration ignores stays ignored. Lines that code cannot answer say what evidence they need.
    """
    from ..checklists import written

    sheet, report, fail_on = _sheet(Path(path), voice, config, cache=not no_cache)
    texts = {
        "text": lambda: written.as_text(sheet, look_of(sys.stdout, colour)),
        "markdown": lambda: written.as_markdown(sheet),
        "json": lambda: written.as_json(sheet),
    }
    write(texts[output_format]())
    from ..summary import losses
    from ..wording import counted

    for line in losses(report):
        say(line)
    say(f"ran {counted(len(report.review.rules), 'rule')} for these lines, strict ones too")
    if report.review.faults:
        return FAILED
    failing = any(finding.severity is not None and finding.severity >= fail_on for finding in report.shown)
    return FINDINGS if failing and not exit_zero else 0


def _sheet(asked: Path, voice: str | None, config: str | None, *, cache: bool) -> "tuple[Sheet, Report, Severity]":
    from .. import desk, discovery, texts
    from ..checklists.answers import answered, executing
    from ..checklists.written import Sheet
    from ..report import report

    if not asked.exists():
        raise Failure(f"there is no file or folder {asked}")
    root = discovery.find_root(asked)
    below = discovery.relative(root, asked)
    find = settings(voice=voice, config=config).governing(root)
    governing = find(f"{below}/" if below and asked.is_dir() else below)
    speaker = _voice(governing)
    checklist = _checklist(speaker)

    def config_of(path: str) -> "Config":
        return executing(find(path), checklist.rules)

    review = desk.check(
        root,
        [asked],
        executing(governing, checklist.rules),
        config_of=config_of,
        cache=cache,
        baseline=accepted(root) or (),
    )
    assert review.project is not None
    finished = report(review, speaker, texts.Texts(root).lines, root)
    return (
        Sheet(checklist, speaker, answered(checklist, finished, review.project, speaker)),
        finished,
        governing.fail_on,
    )


def _voice(config: "Config") -> "Voice":
    from .. import voices

    try:
        return voices.load(config.voice, config.own.rules)
    except voices.VoiceError as error:
        raise Failure(str(error)) from None


def _checklist(voice: "Voice") -> "Checklist":
    from .. import checklists

    try:
        return checklists.load(voice.checklist)
    except checklists.ChecklistError as error:
        raise Failure(str(error)) from None
