"""Where something stands in a file."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A range of text in one file.

    `path` is relative to the project's root, with `/`. Lines and columns are 1-based, columns count
    code points; the end is exclusive (`end_column` is one past the last character).
    """

    path: str
    line: int
    column: int
    end_line: int
    end_column: int

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
