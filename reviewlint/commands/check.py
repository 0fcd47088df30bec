"""`reviewlint check`: review, write the review down, and say by exit status how it went."""

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .. import reporters
from ..console import ColourChoice, look_of, say, write
from ..failure import Failure
from . import _complete
from ._baseline import accepted
from ._mend import mend, proposed, shown
from ._settings import colour_option, settings, takes_settings

if TYPE_CHECKING:
    from ..config import Config
    from ..facts.change import Change
    from ..report import Report
    from ..review import Review
    from ..voices import Voice

FINDINGS = 1
FAILED = 2


@click.command()
@click.argument("paths", nargs=-1)
@takes_settings
@click.option(
    "--output-format",
    metavar="FORMAT",
    default="text",
    shell_complete=_complete.formats,
    help=f"How to write the review: {', '.join(reporters.names())}. [text]",
)
@click.option(
    "--output",
    "outputs",
    metavar="FORMAT:FILE",
    multiple=True,
    help="Write the review to a file as well; may be given several times.",
)
@click.option("--base", metavar="REF", help="Review the change since HEAD left REF, with what is not committed.")
@click.option("--staged", is_flag=True, help="Review the change that is staged, as it is staged.")
@click.option("--all", "everything", is_flag=True, help="Review everything, for a pull request too.")
@click.option("--coverage", metavar="FILE", multiple=True, help="A report of what ran with the tests; several times.")
@click.option("--statistics", is_flag=True, help="Say how many findings each rule has, and of which label.")
@click.option("--timing", is_flag=True, help="Say where the time went: by stage, reader, engine, join and rule.")
@click.option("--fix", is_flag=True, help="Carry out the fixes that change nothing else, then review what is left.")
@click.option("--unsafe-fixes", is_flag=True, help="Like --fix, with the fixes that may change what the program does.")
@click.option("--diff", is_flag=True, help="Show what --fix would change, and change nothing.")
@click.option("--fix-as-migration", is_flag=True, help="Print a new migration that mends what applied ones did.")
@click.option("--no-baseline", is_flag=True, help="Show what the baseline accepts, too.")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 although there are findings.")
@click.option("--no-cache", is_flag=True, help="Read every file again, and keep nothing for the next time.")
@click.option("--jobs", "-j", type=click.IntRange(min=1), help="Processes to use. [one a core]")
@click.option("--stdin-filename", metavar="FILE", help="What the text on standard input (path `-`) is called.")
@colour_option
def command(
    *,
    paths: tuple[str, ...],
    output_format: str,
    outputs: tuple[str, ...],
    base: str | None,
    staged: bool,
    everything: bool,
    coverage: tuple[str, ...],
    statistics: bool,
    timing: bool,
    fix: bool,
    unsafe_fixes: bool,
    diff: bool,
    fix_as_migration: bool,
    no_baseline: bool,
    exit_zero: bool,
    no_cache: bool,
    jobs: int | None,
    stdin_filename: str | None,
    colour: ColourChoice,
    **given: Any,
) -> int:
    """Review PATHS, or the project around the working directory.

    PATHS limit what is reported; the project around them is read as context. `-` reviews standard input. On a pull
    request, as GitHub Actions tells it, the change is reviewed.
    """
    chosen = settings(**given)
    _check_format(output_format)
    targets = [_target(each) for each in outputs]
    if "-" in paths and (fix or unsafe_fixes or diff):
        raise Failure("fixes need files; standard input can only be reviewed")
    if (base is not None) + staged + everything > 1:
        raise Failure("--base, --staged and --all exclude one another")
    if "-" in paths and (base is not None or staged):
        raise Failure("standard input is no change; leave out --base and --staged")
    if staged and (fix or unsafe_fixes or diff):
        raise Failure("fixes are for the files on the disk; --staged reviews what is staged")
    stdin, asked = _asked(paths, stdin_filename)

    from .. import desk, discovery, evidence, texts
    from .. import timing as spent
    from ..patience import while_waiting
    from ..reading import cores
    from ..report import report

    wanted = [*asked, *([Path(stdin[0])] if stdin else [])] or [Path()]
    folders = {path if path.is_dir() else path.parent for path in (path.absolute() for path in wanted)}
    root = _root({discovery.find_root(folder) for folder in folders})
    try:
        start = Path(os.path.commonpath(folders))
        config_of = chosen.governing(root)
        config = config_of(_as_folder(discovery.relative(root, start)))
        voice = _voice(config)
        reports = evidence.reported(map(Path, coverage))
        known = () if no_baseline else accepted(root) or ()

        def review_now() -> "Review":
            whole = everything or "-" in paths
            with while_waiting():
                return desk.check(
                    root,
                    asked,
                    config,
                    jobs=jobs,
                    cache=not no_cache,
                    stdin=stdin,
                    config_of=config_of,
                    baseline=known,
                    reports=reports,
                    change=None if whole else _change(root, base, staged=staged),
                )

        review = review_now()
        contents = {} if review.change is None else dict(review.change.contents)
        if stdin is not None:
            contents[discovery.relative(root, Path(stdin[0]))] = stdin[1]
    except discovery.OutsideRoot as error:
        raise Failure(str(error)) from None
    if diff:
        files = proposed(review, root, unsafe=unsafe_fixes)
        write(shown(files))
        return FAILED if review.faults else FINDINGS if files and not exit_zero else 0
    if fix_as_migration:
        from ..amendments import migration
        from ..printable import guarded, printable_lines

        write(guarded("\n".join(printable_lines(migration(review.findings)))))
        return FAILED if review.faults else 0
    if fix or unsafe_fixes:
        review = mend(review, root, review_now, unsafe=unsafe_fixes)
    if timing:
        review = replace(review, spent=spent.taken())
    finished = report(review, voice, texts.Texts(root, contents).lines, root, jobs or cores())
    for name, file in targets:
        _deliver(finished, name, file)
    write(reporters.render(output_format, finished, look_of(sys.stdout, colour)))
    _summarize(finished, statistics)
    for line in spent.told(finished.review.spent):
        say(line)
    return _status(finished, config, exit_zero)


def _change(root: Path, base: str | None, *, staged: bool) -> "Change | None":
    """The change that is asked for, or that the pull request is which this runs for."""
    from .. import change

    try:
        if staged:
            return change.staged(root)
        return change.of_pull_request(root) if base is None else change.since(root, base)
    except change.ChangeError as error:
        raise Failure(str(error)) from None


def _status(report: "Report", config: "Config", exit_zero: bool) -> int:
    review = report.review
    if review.faults or (config.require_semgrep and review.undecided):
        return FAILED
    if config.strict_files and any(not each.expected for each in review.skipped):
        return FAILED
    failing = any(finding.severity is not None and finding.severity >= config.fail_on for finding in report.shown)
    return FINDINGS if failing and not exit_zero else 0


def _summarize(report: "Report", statistics: bool) -> None:
    from ..summary import by_rule, summary

    for line in (*(by_rule(report) if statistics else ()), *summary(report)):
        say(line)


def _voice(config: "Config") -> "Voice":
    from .. import voices

    try:
        return voices.load(config.voice, config.own.rules)
    except voices.VoiceError as error:
        raise Failure(str(error)) from None


def _asked(paths: tuple[str, ...], stdin_filename: str | None) -> tuple[tuple[str, bytes] | None, list[Path]]:
    """Standard input with its name where it is asked for, and the paths on the disk, which all exist."""
    asked = [Path(path) for path in paths if path != "-"]
    for path in asked:
        if not os.path.lexists(path):
            raise Failure(f"there is no file or folder {path}")
    if "-" not in paths:
        if stdin_filename is not None:
            raise Failure("--stdin-filename names what comes on standard input; give `-` as the path too")
        return None, asked
    if stdin_filename is None:
        raise Failure("`-` needs --stdin-filename: the name tells the language and the place in the project")
    return (stdin_filename, sys.stdin.buffer.read()), asked


def _root(roots: set[Path]) -> Path:
    """The root that all others lie in: a project may hold smaller ones."""
    outermost = min(roots, key=lambda root: len(root.parts))
    for root in roots:
        if not root.is_relative_to(outermost):
            raise Failure(f"the paths lie in two projects, {outermost} and {root}; review one at a time")
    return outermost


def _as_folder(path: str) -> str:
    return f"{path}/" if path else ""


def _check_format(name: str) -> None:
    if name not in reporters.names():
        from ..guess import did_you_mean

        guess = did_you_mean(name, reporters.names()) or f"; there are {', '.join(reporters.names())}"
        raise Failure(f"there is no output format `{name}`{guess}")


def _target(given: str) -> tuple[str, Path]:
    """The format and the file of an `--output`, which can be written as far as one can tell beforehand."""
    name, colon, file = given.partition(":")
    if not (colon and file):
        raise Failure(f"--output takes FORMAT:FILE, such as json:review.json, not {given}")
    _check_format(name)
    path = Path(file)
    if path.is_dir():
        raise Failure(f"cannot write {file}: it is a folder")
    if not path.absolute().parent.is_dir():
        raise Failure(f"cannot write {file}: there is no folder {path.parent}")
    return name, path


def _deliver(report: "Report", name: str, path: Path) -> None:
    from ..atomic import replace_file
    from ..console import Look

    try:
        replace_file(path, reporters.render(name, report, Look()))
    except OSError as error:
        raise Failure(f"cannot write {path}: {(error.strerror or str(error)).lower()}") from None
