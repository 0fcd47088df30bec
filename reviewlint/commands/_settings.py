"""The settings that several commands take on the command line, and the configuration that they lead to."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from ..config import Config
from ..config.files import ConfigurationError, Override, governing, problem_with
from ..failure import Failure
from ..finding import Confidence, Severity
from ..rule import Rule
from . import _complete

Command = TypeVar("Command", bound=Callable[..., Any])

_SEVERITIES = click.Choice([str(each) for each in Severity])
_CONFIDENCES = click.Choice([str(each) for each in Confidence])

_OPTIONS = (
    click.option(
        "--select",
        metavar="NAMES",
        multiple=True,
        shell_complete=_complete.rules,
        help="Rules and families to run, instead of the usual.",
    ),
    click.option(
        "--ignore",
        metavar="NAMES",
        multiple=True,
        shell_complete=_complete.rules,
        help="Rules and families not to run.",
    ),
    click.option(
        "--per-file",
        metavar="PATTERN:NAMES",
        multiple=True,
        help="Rules and families not to run on the files that a gitignore pattern matches.",
    ),
    click.option("--strict/--no-strict", default=None, help="Run the strict rules too."),
    click.option("--min-severity", type=_SEVERITIES, help="Show no finding below this."),
    click.option("--min-confidence", type=_CONFIDENCES, help="Show no finding below this."),
    click.option("--fail-on", type=_SEVERITIES, help="Exit with 1 for findings from this severity. [warning]"),
    click.option(
        "--voice",
        metavar="VOICE",
        shell_complete=_complete.voices,
        help="The reviewer: a name, or a voice file. [foreman]",
    ),
    click.option(
        "--strict-files/--no-strict-files", default=None, help="Exit with 2 for files that cannot be reviewed."
    ),
    click.option("--require-semgrep/--no-require-semgrep", default=None, help="Exit with 2 where semgrep is missing."),
    click.option("--config", metavar="FILE", help="Use this configuration file for every path."),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """What was set on the command line."""

    overrides: dict[str, Override]
    config: Path | None
    named: tuple[tuple[str, str], ...] = ()

    def governing(self, root: Path) -> Callable[[str], Config]:
        """How to find the configuration of a path; what cannot be used is a `Failure`.

        So are names on the command line that neither the catalogue nor the first configuration that is asked for knows.
        """
        find = governing(root, self.overrides, self.config)
        unchecked = list(self.named)

        def config_of(path: str) -> Config:
            try:
                config = find(path)
            except ConfigurationError as error:
                raise Failure(str(error)) from None
            while unchecked:
                option, name = unchecked.pop(0)
                if problem := problem_with(name, own=config.own.rules):
                    raise Failure(f"{option}: {problem}")
            return config

        return config_of


def takes_settings(command: Command) -> Command:
    """Give a click command the options; it gets them as keyword arguments for `settings`."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def settings(
    *,
    select: tuple[str, ...] = (),
    ignore: tuple[str, ...] = (),
    per_file: tuple[str, ...] = (),
    strict: bool | None = None,
    min_severity: str | None = None,
    min_confidence: str | None = None,
    fail_on: str | None = None,
    voice: str | None = None,
    strict_files: bool | None = None,
    require_semgrep: bool | None = None,
    config: str | None = None,
) -> Settings:
    """What the options say. Raises `Failure` for what cannot be meant."""
    ignored = _per_file(per_file)
    values: dict[str, Any] = {
        "select": _names(select) or None,
        "ignore": _names(ignore) or None,
        "per_file": ignored or None,
        "strict": strict,
        "min_severity": min_severity and Severity[min_severity.upper()],
        "min_confidence": min_confidence and Confidence[min_confidence.upper()],
        "fail_on": fail_on and Severity[fail_on.upper()],
        "voice": voice,
        "strict_files": strict_files,
        "require_semgrep": require_semgrep,
    }
    overrides = {
        name: Override(value, f"--{name.replace('_', '-')}") for name, value in values.items() if value is not None
    }
    if config is not None and not Path(config).exists():
        raise Failure(f"there is no configuration file {config}")
    named = [("--select", name) for name in _names(select)]
    named += [("--ignore", name) for name in _names(ignore)]
    named += [("--per-file", name) for names in ignored.values() for name in names]
    return Settings(overrides, None if config is None else Path(config).absolute(), tuple(named))


def _names(given: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.strip() for each in given for name in each.split(",") if name.strip()))


def _per_file(given: Iterable[str]) -> dict[str, tuple[str, ...]]:
    ignored: dict[str, tuple[str, ...]] = {}
    for each in given:
        pattern, colon, names = each.rpartition(":")
        if not (pattern and colon and names):
            raise Failure(f"--per-file takes PATTERN:NAMES, such as 'scripts/**:unstructured-log', not {each}")
        ignored[pattern] = (*ignored.get(pattern, ()), *_names([names]))
    return ignored


colour_option = click.option(
    "--color", "colour", type=click.Choice(["auto", "always", "never"]), default="auto", help="Colours. [auto]"
)


def project_rules() -> Mapping[str, Rule]:
    """The rules of its own that the project around the working directory has."""
    from .. import discovery

    root = discovery.find_root(Path())
    below = discovery.relative(root, Path())
    return settings().governing(root)(f"{below}/" if below else "").own.rules
