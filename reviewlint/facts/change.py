"""A change under review: the files and lines that differ from a base."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from .location import Location


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """What happened to a file that is there now.

    `before` is its path at the base, `""` for a new file, of which every line is part of the change. `lines` are the
    ranges (1-based, inclusive) of lines that were added or changed; where lines were only taken out, the range
    (n + 1, n) stands for the gap between lines n and n + 1. `removed` and `added` are the texts of these lines.
    """

    before: str
    lines: tuple[tuple[int, int], ...] = ()
    removed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()

    def touches(self, first: int, last: int) -> bool:
        """Whether lines of the change are among the lines `first` to `last`."""
        return not self.before or any(first <= end and start <= last for start, end in self.lines)


@dataclass(frozen=True, slots=True)
class Change:
    """What is different from `base` (in the words of the summary).

    Paths are relative to the project's root. `files` are there now, `gone` were there at the base under these names.
    `contents` stand for what is on the disk where something else is reviewed, as for the lines that are staged.
    `originals` are the contents at the base, under their paths there, of files that are changed, renamed or gone.
    `restored` are files that are again what they were some commits before the base.
    """

    base: str
    files: Mapping[str, ChangedFile]
    gone: frozenset[str] = frozenset()
    contents: Mapping[str, bytes] = field(default_factory=dict)
    originals: Mapping[str, bytes] = field(default_factory=dict)
    restored: frozenset[str] = frozenset()

    @property
    def deleted(self) -> frozenset[str]:
        """The files that are gone and have no new name."""
        return self.gone - {file.before for file in self.files.values()}

    @property
    def names(self) -> dict[str, str]:
        """What the files of the base are called now, where they are called anything else."""
        return {file.before: path for path, file in self.files.items() if file.before not in ("", path)}

    def touches(self, at: Location) -> bool:
        """Whether a place lies on lines of the change, or in a file that is gone."""
        if at.path in self.gone and at.path not in self.files:
            return True
        file = self.files.get(at.path)
        if file is None:
            return False
        return file.touches(at.line, at.end_line - (at.end_column == 1 and at.end_line > at.line))
