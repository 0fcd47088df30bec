"""What the readers of settings files hand over: keys with their values and where they stand."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """One key with its value as text; `start` and `end` are offsets into the decoded text, the end exclusive."""

    keys: tuple[str, ...]
    value: str
    start: int
    end: int
    comment: str = ""


class MalformedError(Exception):
    """The text cannot be read past `offset`; `entries` are those before it."""

    def __init__(self, reason: str, offset: int, entries: list[Entry]) -> None:
        """`reason` is one short clause for a reader of the finding."""
        super().__init__(reason)
        self.reason = reason
        self.offset = offset
        self.entries = entries
