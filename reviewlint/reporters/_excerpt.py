"""Excerpts of source with marks under the places that matter, as they stand on a terminal."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..finding import Location
from ..printable import printable
from ._filled import filled

TAB = 4
_CUT = "..."
MOST_LINES = 4
"""Of a place with more lines than this only the first is shown."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A place to mark in an excerpt; `primary` for the finding's own."""

    at: Location
    note: str = ""
    primary: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row of an excerpt: a numbered line of source, or a mark below it, or a gap (neither number nor text).

    Of a mark, `text` is the white space before it, `mark` the mark itself (`""` where its note stands on a row of its
    own), `note` what it says.
    """

    number: int = 0
    text: str = ""
    mark: str = ""
    note: str = ""
    primary: bool = False


def excerpt(lines: Sequence[str], marks: Iterable[Mark], width: int) -> list[Row]:
    """The lines that `marks` stand on, in order, each with its marks below; gaps where lines are left out.

    No row is wider than `width` columns: of long lines the part around the first mark is shown.
    """
    placed = sorted((mark for mark in marks if 1 <= mark.at.line <= len(lines)), key=lambda mark: mark.at)
    numbers: set[int] = set()
    for mark in placed:
        last = min(mark.at.end_line - (mark.at.end_column == 1 and mark.at.end_line > mark.at.line), len(lines))
        whole = last - mark.at.line < MOST_LINES
        numbers.update(range(mark.at.line, (last if whole else mark.at.line) + 1))
    rows: list[Row] = []
    previous = 0
    for number in sorted(numbers):
        if previous and number == previous + 2:
            rows += _line(lines[number - 2], number - 1, [], width)
        elif previous and number > previous + 1:
            rows.append(Row())
        rows += _line(lines[number - 1], number, [mark for mark in placed if mark.at.line == number], width)
        previous = number
    return rows


def _line(line: str, number: int, marks: Sequence[Mark], width: int) -> list[Row]:
    texts, columns = _cells(line)
    spans = [_span(line, mark.at) for mark in marks]
    first, last = _window(columns, spans[0] if spans else (0, 0), width)
    before, after = _CUT if first else "", _CUT if last < len(texts) else ""
    rows = [Row(number, (before + "".join(texts[first:last]) + after).rstrip())]
    for mark, (start, end) in zip(marks, spans, strict=True):
        start, end = max(start, first), min(end, last)
        if start > last:
            continue
        indent = len(before) + sum(columns[first:start])
        length = max(1, sum(columns[start:end]))
        sign = "^" if mark.primary else "-"
        note = printable(mark.note)
        if note and indent + length + 1 + len(note) > width:
            rows.append(Row(0, " " * indent, sign * length, primary=mark.primary))
            rows += [
                Row(0, " " * min(indent, width // 2), note=line, primary=mark.primary)
                for line in filled(note, max(20, width - min(indent, width // 2)), long_words=True)
            ]
        else:
            rows.append(Row(0, " " * indent, sign * length, note, mark.primary))
    return rows


def _span(line: str, at: Location) -> tuple[int, int]:
    """Which code points of a place's first line belong to it, 0-based, end exclusive."""
    start = min(at.column - 1, len(line))
    end = at.end_column - 1 if at.end_line == at.line else len(line.rstrip())
    return start, max(min(end, len(line)), start)


def _window(columns: Sequence[int], span: tuple[int, int], width: int) -> tuple[int, int]:
    """Which cells fit into `width` columns so that the beginning of `span` is among them."""
    if isinstance(columns, bytes):
        return _plain_window(len(columns), span, width)
    if sum(columns) <= width:
        return 0, len(columns)
    room = width - 2 * len(_CUT)
    first = 0
    if sum(columns[: span[1]]) > room:
        first = span[0]
        lead = room // 3
        while first and lead > 0:
            first -= 1
            lead -= columns[first]
    last, used = first, 0
    while last < len(columns) and used + columns[last] <= room:
        used += columns[last]
        last += 1
    while last == len(columns) and first and used + columns[first - 1] <= room:
        first -= 1
        used += columns[first]
    return first, last


def _plain_window(cells: int, span: tuple[int, int], width: int) -> tuple[int, int]:
    """The same for a line whose cells take one column each."""
    if cells <= width:
        return 0, cells
    room = width - 2 * len(_CUT)
    first = max(0, span[0] - room // 3) if span[1] > room else 0
    return (first, first + room) if first + room < cells else (min(first, cells - room), cells)


def _cells(line: str) -> tuple[Sequence[str], Sequence[int]]:
    """What is printed for each code point of a line, and how many columns each takes."""
    if line.isascii() and line.isprintable():
        return line, b"\x01" * len(line)
    texts, widths = [], []
    column = 0
    for character in line:
        if character == "\t":
            text = " " * (TAB - column % TAB)
            columns = len(text)
        else:
            text = printable(character)
            columns = len(text) if text != character else _columns(character)
        texts.append(text)
        widths.append(columns)
        column += columns
    return texts, widths


def _columns(character: str) -> int:
    if character.isascii():
        return 1
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
