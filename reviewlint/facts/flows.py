"""Data flow that semgrep's taint engine followed."""

from collections.abc import Mapping
from typing import Any

from .file import FileFact
from .frozen import dataclass
from .location import Related


@dataclass(frozen=True, slots=True)
class Flow(FileFact):
    """Outside input reaches a sink; `at` is the sink.

    `check` is the semgrep rule's id, `source` the text of the input's expression on one line, `trace` the places on
    the way in order: the source first, the sink last.
    """

    check: str
    source: str
    trace: tuple[Related, ...]


@dataclass(frozen=True, slots=True)
class Match(FileFact):
    """A semgrep rule of the project's own matches; `at` is what it matches.

    `rule` is its name, `message` its message with the metavariables filled in, `fix` the text that it would put there
    (None where it has none), `metavariables` what `$X` and its kin stand for, `trace` as in `Flow`.
    """

    rule: str
    message: str
    fix: str | None
    metavariables: tuple[tuple[str, str], ...]
    trace: tuple[Related, ...]


@dataclass(frozen=True, slots=True)
class Search:
    """A semgrep rule of the project's own, as plain data with its name as id, and the files to look in."""

    definition: Mapping[str, Any]
    paths: frozenset[str]

    @property
    def rule(self) -> str:
        """The rule's name."""
        return str(self.definition["id"])


class DataFlowUnavailable(Exception):
    """Data flow cannot be judged: semgrep is missing or failed. The message says why and what to do."""
