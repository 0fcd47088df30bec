"""TOML with positions: `tomllib` judges the text, a small scanner of valid TOML finds where each key stands."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace

from .entry import Entry, MalformedError

_BLANK = re.compile(r"(?:\s|#[^\n]*)*")
_PART = re.compile(r'[ \t]*(?:(?P<bare>[\w-]+)|(?P<quoted>"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'))[ \t]*')
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'',
    re.S,
)
_SCALAR = re.compile(r"[^,\]}\n#]+")
_ENDLESS_KEY = re.compile(r"(?:\.[ \t]*+[\w-]++[ \t]*+){200}")
"""`tomllib` takes time by the square of a key's length."""
_SWITCHES = frozenset({"true", "false"})
"""Beside other values comments may hold what has to be kept out of facts: a password that was."""
_COMMENT = re.compile(r"#+[ \t]*([^\n]*)")
_ABOVE = re.compile(r"(?:^|\n)((?:[ \t]*#[^\n]*\n)+)(?:[ \t]*\[[^\n]*\n)?[ \t]*$")
_AFTER = re.compile(r"[ \t]*(?:#[^\n]*)?(?:(?:\n[ \t]*#[^\n]*)+(?=\n[ \t]*\n|\s*\Z))?")
_FAR = 500
"""Characters above a key that are looked at for what is said about it."""
_FAULT = re.compile(r"(?P<reason>.*) \(at (?:line (?P<line>\d+), column \d+|end of document)\)\Z", re.S)


def entries(text: str) -> list[Entry]:
    """Every scalar with the keys that lead to it, list items counted from 0.

    Raises `MalformedError` at the line where TOML ends to be valid, with the entries above it.
    """
    if too_long := _ENDLESS_KEY.search(text):
        raise MalformedError("a key of more than 200 parts", too_long.start(), [])
    try:
        tomllib.loads(text)
    except RecursionError as error:
        raise MalformedError("nested too deeply", 0, []) from error
    except tomllib.TOMLDecodeError as error:
        fault = _FAULT.match(str(error))
        lines = text.split("\n")
        number = int(fault["line"]) if fault and fault["line"] else len(lines)
        above = "\n".join(lines[: number - 1])
        try:
            tomllib.loads(above)
            readable = list(_entries(above))
        except (tomllib.TOMLDecodeError, RecursionError):
            readable = []
        offset = min(len(above) + 1, len(text)) if number > 1 else 0
        raise MalformedError(fault["reason"] if fault else str(error), offset, readable) from error
    return list(_entries(text))


def _entries(text: str) -> Iterator[Entry]:
    table: tuple[str, ...] = ()
    counts: dict[tuple[str, ...], int] = {}
    position = _blank(text, 0)
    while position < len(text):
        if text.startswith("[[", position):
            keys, position = _keys(text, position + 2)
            keys = _inside(keys, counts)
            counts[keys] = counts.get(keys, -1) + 1
            table = (*keys, str(counts[keys]))
            position += 2
        elif text[position] == "[":
            keys, position = _keys(text, position + 1)
            table = _inside(keys, counts, last=True)
            position += 1
        else:
            start = position
            keys, position = _keys(text, position)
            found, position = _value(text, _blank(text, position + 1), (*table, *keys), start)
            if len(found) == 1 and found[0].value in _SWITCHES:
                found = [replace(found[0], comment=_comment(text, start, position))]
            yield from found
        position = _blank(text, position)


def _inside(keys: tuple[str, ...], counts: dict[tuple[str, ...], int], *, last: bool = False) -> tuple[str, ...]:
    """A header's keys with the running number put in after each array of tables on the way."""
    way: tuple[str, ...] = ()
    for number, key in enumerate(keys):
        way = (*way, key)
        if way in counts and (last or number < len(keys) - 1):
            way = (*way, str(counts[way]))
    return way


def _keys(text: str, position: int) -> tuple[tuple[str, ...], int]:
    keys = []
    while part := _PART.match(text, position):
        keys.append(part["bare"] or _string(part["quoted"]))
        position = part.end()
        if text[position : position + 1] != ".":
            break
        position += 1
    return tuple(keys), position


def _value(text: str, position: int, keys: tuple[str, ...], start: int) -> tuple[list[Entry], int]:
    """The entries of the value at `position`, and where it ends. `start` is where its key stands."""
    if text[position] == "[":
        found: list[Entry] = []
        number = 0
        position = _blank(text, position + 1)
        while text[position] != "]":
            more, position = _value(text, position, (*keys, str(number)), position)
            found += more
            number += 1
            position = _past_comma(text, position)
        return found, position + 1
    if text[position] == "{":
        found = []
        position = _blank(text, position + 1)
        while text[position] != "}":
            inner, after = _keys(text, position)
            more, position = _value(text, _blank(text, after + 1), (*keys, *inner), position)
            found += more
            position = _past_comma(text, position)
        return found, position + 1
    string = _STRING.match(text, position)
    if string:
        return [Entry(keys, _string(string[0]), start, string.end())], string.end()
    scalar = _SCALAR.match(text, position)
    written = scalar[0].rstrip() if scalar else ""
    return [Entry(keys, written, start, position + len(written))], position + max(len(written), 1)


def _comment(text: str, start: int, end: int) -> str:
    """What is said about the key between `start` and `end`: behind its value, right above it or its table, or below.

    Comments right above a table are about that one, and not about the key before.
    """
    above = _ABOVE.search(text[max(0, start - _FAR) : start])
    after = _AFTER.match(text, end)
    return " ".join(_COMMENT.findall((above[1] if above else "") + (after[0] if after else "")))


def _past_comma(text: str, position: int) -> int:
    position = _blank(text, position)
    return _blank(text, position + 1) if text[position] == "," else position


def _blank(text: str, position: int) -> int:
    blank = _BLANK.match(text, position)
    return blank.end() if blank else position


def _string(written: str) -> str:
    return str(tomllib.loads(f"v = {written}")["v"])
