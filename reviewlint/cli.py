"""The command line: finds the command, and turns whatever goes wrong into one line and exit status 2."""

import gc
import importlib
import os
import pkgutil
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

import click

from . import __version__, commands
from .console import say
from .failure import Failure
from .guess import did_you_mean

FAILED = 2
INTERRUPTED = 130


class Commands(click.Group):
    """The commands that are modules of `reviewlint.commands`, loaded when they are needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, `check` first."""
        names = [each.name for each in pkgutil.iter_modules(commands.__path__) if not each.name.startswith("_")]
        return sorted(names, key=lambda name: (name != "check", name))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of the module called `cmd_name`."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = importlib.import_module(f"{commands.__name__}.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does it, with a guess where there is no such command."""
        name = args[0]
        if not name.startswith("-") and name not in self.list_commands(ctx):
            known = self.list_commands(ctx)
            guess = did_you_mean(name, known)
            if not guess and Path(name).exists():
                guess = f"; to review it: `reviewlint check {name}`"
            raise Failure(f"there is no command `{name}`{guess or '; there are ' + ', '.join(known)}")
        return super().resolve_command(ctx, args)


@click.command(
    cls=Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="reviewlint", message="%(prog)s %(version)s")
@click.pass_context
def reviewlint(context: click.Context) -> None:
    """Review backend code in Python, TypeScript and SQL: what is wrong, why it matters here, and the better code."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and leave with its exit status: 0 clean, 1 findings, 2 the work could not be done."""
    gc.disable()  # a run is over in seconds, and what it makes is needed to its end
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; gives the exit status."""
    _open_closed_streams()
    try:
        return _run(arguments)
    finally:
        _forget_unwritable()


def _run(arguments: Sequence[str] | None) -> int:
    try:
        status = reviewlint.main(arguments, prog_name="reviewlint", standalone_mode=False)
        sys.stdout.flush()
    except click.UsageError as error:
        say(f"reviewlint: {_usage(error)}")
        return FAILED
    except click.ClickException as error:
        say(f"reviewlint: {error.format_message()}")
        return FAILED
    except (KeyboardInterrupt, click.Abort):
        say("reviewlint: interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        return FAILED  # whoever read the output has gone, which needs no message
    except SystemExit as ended:  # click leaves by itself after shell completion, and where a pipe was closed
        return FAILED if ended.code else 0
    except OSError as error:
        say(f"reviewlint: {_lowered(error.strerror or str(error))}{f': {error.filename}' if error.filename else ''}")
        return FAILED
    except Exception as error:
        from .fault import in_words, traced

        if os.environ.get("REVIEWLINT_TRACEBACK"):
            for line in traced(error).splitlines():
                say(line)
            return FAILED
        say(
            f"reviewlint: internal error: {in_words(error)}. Please report this; with "
            "REVIEWLINT_TRACEBACK=1 in the environment the next run says where it happened"
        )
        return FAILED
    return status if isinstance(status, int) else 0


def _open_closed_streams() -> None:
    """Put /dev/null where a standard stream was closed, lest a pipe of ours takes its number and its output."""
    for number, (name, mode) in enumerate((("stdin", "r"), ("stdout", "w"), ("stderr", "w"))):
        if getattr(sys, name) is None and os.open(os.devnull, os.O_RDWR) == number:
            setattr(sys, name, os.fdopen(number, mode))


def _forget_unwritable() -> None:
    """Let /dev/null take what a full disk or a closed pipe does not: Python writes it once more when it ends.

    It would then complain, and leave with an exit status of its own.
    """
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            with suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _usage(error: click.UsageError) -> str:
    """What is wrong with the arguments, in one line."""
    command = error.ctx.command_path if error.ctx else "reviewlint"
    if isinstance(error, click.NoSuchOption):
        guess = f"; did you mean `{error.possibilities[0]}`?" if error.possibilities else ""
        return f"there is no option `{error.option_name}`{guess or f'; `{command} --help` lists them'}"
    return f"{_lowered(error.format_message())}; `{command} --help` says more"


def _lowered(message: str) -> str:
    first = message.strip().rstrip(".")
    return first[:1].lower() + first[1:]
