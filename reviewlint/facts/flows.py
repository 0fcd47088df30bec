"""Data flow that semgrep's taint engine followed."""

from dataclasses import dataclass

from .file import FileFact
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


class DataFlowUnavailable(Exception):
    """Data flow cannot be judged: semgrep is missing or failed. The message says why and what to do."""
