"""JSON with positions; comments and trailing commas, as `tsconfig.json` has them, are no fault."""

import json
import re

from .entry import Entry, MalformedError

_TOKEN = re.compile(
    r"""
    (?P<blank>[\s\ufeff]+|//[^\n]*|/\*.*?\*/)
  | (?P<string>"(?:[^"\\\n]|\\.)*")
  | (?P<mark>[{}\[\],:])
  | (?P<scalar>[\w.+-]+)
    """,
    re.X | re.S,
)
_WORDS = frozenset({"true", "false", "null"})
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\Z")


def entries(text: str) -> list[Entry]:
    """Every scalar with the keys that lead to it. Raises `MalformedError` at the first fault, with those before it."""
    found: list[Entry] = []
    keys: list[str | int] = []  # the way to here: a name in an object, a running number in a list
    starts: list[int] = []  # where each of `keys` was written
    position, expected = 0, "value"
    while position < len(text):
        token = _TOKEN.match(text, position)
        if token is None:
            raise MalformedError(f"unexpected character {text[position]!r}", position, found)
        position = token.end()
        kind, written = token.lastgroup, token[0]
        if kind == "blank":
            continue
        if expected == "nothing":
            raise MalformedError("more text after the end of the value", token.start(), found)
        if written in ("}", "]") and expected in ("key", "value", "comma") and _closes(written, keys, expected):
            keys.pop()
            starts.pop()
            expected = "comma" if keys else "nothing"
        elif expected == "key" and kind == "string":
            keys[-1], starts[-1] = _string(written), token.start()
            expected = "colon"
        elif expected == "colon" and written == ":":
            expected = "value"
        elif expected == "comma" and written == ",":
            expected = "key" if isinstance(keys[-1], str) else "value"
            if isinstance(keys[-1], int):
                keys[-1] += 1
        elif expected == "value" and kind != "mark":
            if kind == "scalar" and written not in _WORDS and not _NUMBER.match(written):
                raise MalformedError(f"{written[:20]!r} is no JSON value", token.start(), found)
            value = _string(written) if kind == "string" else written
            start = starts[-1] if keys and isinstance(keys[-1], str) else token.start()
            found.append(Entry(tuple(map(str, keys)), value, start, token.end()))
            expected = "comma" if keys else "nothing"
        elif expected == "value" and written in ("{", "["):
            keys.append("" if written == "{" else 0)
            starts.append(token.start())
            expected = "key" if written == "{" else "value"
        else:
            raise MalformedError(f"a {expected} should stand before {written[:20]!r}", token.start(), found)
    if expected != "nothing" and (keys or not found):
        raise MalformedError("the text ends inside a value", max(len(text) - 1, 0), found)
    return found


def _closes(mark: str, keys: list[str | int], expected: str) -> bool:
    if not keys:
        return False
    if isinstance(keys[-1], str):
        return mark == "}" and expected in ("key", "comma")
    return mark == "]"


def _string(written: str) -> str:
    try:
        return str(json.loads(written, strict=False))
    except ValueError:
        return written[1:-1]
