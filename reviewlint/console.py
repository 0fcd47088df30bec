"""The terminal: colours and links where they are wanted, and messages beside the output."""

import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal, TextIO

from .printable import guarded, printable

ColourChoice = Literal["auto", "always", "never"]

_CODES = {
    "red": "31",
    "yellow": "33",
    "blue": "34",
    "green": "32",
    "cyan": "36",
    "bold": "1",
    "dim": "2",
}


@dataclass(frozen=True, slots=True)
class Look:
    """How text may be dressed: with colours, with links, and how wide (in columns)."""

    colours: bool = False
    links: bool = False
    width: int = 100

    def paint(self, text: str, *colours: str) -> str:
        """`text` in colours (`red`, `bold`, …), or as it is where there are none."""
        if not self.colours or not text:
            return text
        return f"\x1b[{';'.join(_CODES[colour] for colour in colours)}m{text}\x1b[0m"

    def link(self, text: str, target: str) -> str:
        """`text` as a link to the URL `target` on terminals that know links."""
        return f"\x1b]8;;{target}\x1b\\{text}\x1b]8;;\x1b\\" if self.links else text


def look_of(stream: TextIO, choice: ColourChoice = "auto", environment: Mapping[str, str] | None = None) -> Look:
    """What suits a stream: by the command line's choice, else `NO_COLOR`, else `FORCE_COLOR`, else the stream."""
    given = os.environ if environment is None else environment
    terminal = stream.isatty() and given.get("TERM") != "dumb"
    if choice != "auto":
        colours = choice == "always"
    elif given.get("NO_COLOR"):
        colours = False
    else:
        colours = terminal or given.get("FORCE_COLOR", "0") not in ("", "0")
    width = 100
    if stream.isatty():
        import shutil

        width = max(60, min(100, shutil.get_terminal_size((100, 24)).columns))
    return Look(colours, terminal and colours, width)


def write(text: str) -> None:
    """Write finished output to stdout; what the stream's encoding lacks is written as an escape."""
    _tolerant(sys.stdout)
    sys.stdout.write(text)
    sys.stdout.flush()


def say(message: str) -> None:
    """Write a message of one line to stderr."""
    with suppress(OSError):  # nobody is left to be told
        _tolerant(sys.stderr)
        sys.stderr.write(guarded(printable(message)) + "\n")
        sys.stderr.flush()


def _tolerant(stream: TextIO) -> None:
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")
