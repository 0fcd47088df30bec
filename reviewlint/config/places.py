"""Where a key stands in a TOML file: tomllib tells values alone, and errors need a line."""

import re
from collections.abc import Sequence

_PART = r"""(?:[\w-]+|"[^"]*"|'[^']*')"""
_DOTTED = rf"{_PART}(?:\s*\.\s*{_PART})*"
_HEADER = re.compile(rf"^\s*\[\[?\s*({_DOTTED})\s*\]")
_ENTRY = re.compile(rf"^\s*({_DOTTED})\s*=")


def line_of(text: str, key: Sequence[str]) -> int:
    """The 1-based line of the first place that names `key` (its parts from the top of the file), else of its table."""
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), 1):
        header = _HEADER.match(line)
        entry = None if header else _ENTRY.match(line)
        if header:
            table = _parts(header[1])
        elif not entry:
            continue
        here = table + _parts(entry[1]) if entry else table
        if here[: len(key)] == tuple(key):
            return number
    return line_of(text, key[:-1]) if key else 1


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in re.findall(_PART, dotted))
