"""Where something stands in a file."""

from typing import NamedTuple

from .frozen import dataclass


class Location(NamedTuple):
    """A range of text in one file.

    A tuple, because there are more of these than of all facts together: a frozen dataclass takes 2.5 times as long to
    make, and its hash and order run as Python code.

    `path` is relative to the project's root, with `/`. Lines and columns are 1-based, columns count
    code points; the end is exclusive (`end_column` is one past the last character).
    """

    path: str
    line: int
    column: int
    end_line: int
    end_column: int

    @property
    def end(self) -> "Location":
        """The empty range right behind this one."""
        return Location(self.path, self.end_line, self.end_column, self.end_line, self.end_column)

    def holds(self, other: "Location") -> bool:
        """Whether `other` lies wholly inside this range of the same file."""
        return (
            self.path == other.path
            and (self.line, self.column) <= (other.line, other.column)
            and (other.end_line, other.end_column) <= (self.end_line, self.end_column)
        )


@dataclass(frozen=True, slots=True)
class Related:
    """Another place that explains a finding; a list of these in order is a trace."""

    at: Location
    note: str
