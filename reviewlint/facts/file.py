"""A file as a whole: what kind it is, what was read of it, and what could not be read."""

from enum import StrEnum

from .frozen import dataclass
from .location import Location


class Side(StrEnum):
    """Where a file's code runs or what it is for."""

    SERVER = "server"
    BROWSER = "browser"
    EDGE = "edge"
    MIGRATION = "migration"
    TEST = "test"
    SCRIPT = "script"
    GENERATED = "generated"
    SETTINGS = "settings"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class FileFact:
    """Base of every fact: where it was seen."""

    at: Location


@dataclass(frozen=True, slots=True)
class Problem(FileFact):
    """A part of a file that no parser could read: `reason` is the parser's word on it.

    `timed_out` where reading the file was given up after the time limit.
    """

    reason: str
    timed_out: bool = False


@dataclass(frozen=True, slots=True)
class IgnoreComment(FileFact):
    """A comment `reviewlint: ignore[rule, …] reason` or `ignore-file[…]`.

    `at` is the comment. `first_line`..`last_line` (1-based, inclusive) are the lines it covers: its own, to the end
    of the next statement where it stands alone; for `ignore-file` every line. `rules` as written, in order; none
    where the comment does not say which in brackets, so that it ignores nothing.
    `removal` is the range to delete when the comment is of no use (with its line where it stands alone),
    `names` the range between the brackets, None where there are none.
    """

    rules: tuple[str, ...]
    reason: str
    first_line: int
    last_line: int
    removal: Location
    names: Location | None = None


@dataclass(frozen=True, slots=True)
class Directive(FileFact):
    """A `"use client"` or `"use server"` directive; `function` is where it stands, `""` for the module."""

    text: str
    function: str = ""


@dataclass(frozen=True, slots=True)
class FileFacts:
    """All that one file says, in the order of its text."""

    path: str
    language: str
    side: Side
    facts: tuple[FileFact, ...] = ()
