"""Bodies of functions and DO blocks: the statements in them, the text they execute, what they call and touch."""

import re
from functools import lru_cache

from ...facts.location import Location
from ...facts.sql import Body, Name
from . import blocks
from .blocks import ReadStatement
from .lexer import after_comment, tokens
from .trees import Place

_NAME = r"""(?:[^\W\d][\w$]*+|"[^"]*+(?:""[^"]*+)*")"""
_BEFORE = "from|join|into|update|table"
_NAMES = re.compile(
    rf"""
    (?: [^\w$'"/-]++ | \d[\w$]*+ | --[^\n]*+ | [-/](?![-*])
      | (?<![\w$])[eE]'[^'\\]*+(?:(?:\\.|'')[^'\\]*+)*' | '[^']*+(?:''[^']*+)*'
      | (?!(?:{_BEFORE})(?![\w$]) | {_NAME}(?:\s*+\.\s*+{_NAME})*(?:\s*+\(|')){_NAME}(?:\s*+\.\s*+{_NAME})*
    )*
    (?: /(?P<comment>\*)
      | (?<![\w$])(?P<tag>\$(?:[^\W\d]\w*)?\$)[^$]*+(?:(?!(?P=tag))\$[^$]*+)*(?P=tag)
      | (?<![\w$])
        (?:(?P<before>{_BEFORE})(?:\s|--[^\n]*\n)+ | (?!(?:{_BEFORE})(?:\s|--[^\n]*\n)))
        (?P<name>{_NAME}(?:\s*+\.\s*+{_NAME})*)
        (?:(?P<called>\s*+\()|(?(before)|(?!)))
      | . | \Z
    )
""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
"""The next name that is called, or that a word says to be that of a relation, behind all that is neither.

What is passed over is passed over in one go, and something always matches: no text is looked at twice.
"""
_PART = re.compile(_NAME)


def body(text: str, language: str, place: Place, position: int, read: ReadStatement, *, runs: bool = False) -> Body:
    """A body whose text was found quoted behind `position` of the statement's source.

    `runs` for what runs by itself, DO blocks and the functions of event triggers: their statements are read whole,
    those of other functions are only looked through.
    """
    start, at = _inside(text, place, position)
    calls, relations = _touched(text)
    executes = "execute" in text.lower()
    if language != "plpgsql" or not (runs or executes):
        return Body(at, text, calls=calls, relations=relations)
    found = blocks.block(text, tuple(tokens(text)), place, start, at, read=read, runs=runs)
    return Body(at, text, found.statements if runs else (), found.dynamic, calls, relations)


def _inside(text: str, place: Place, position: int) -> tuple[int | None, Location]:
    """Where a body's text begins in the file (None where its quotes are doubled), and its location."""
    for token in tokens(place.source, position):
        if token.kind in {"dollar", "string"}:
            offset = token.text.index("$", 1) + 1 if token.kind == "dollar" else token.text.index("'") + 1
            start = token.start + offset
            if place.whole is None and place.source.startswith(text, start):
                return place.start + start, place.span(start, start + len(text))
            return None, place.span(token.start, token.end)
    return None, place.span(0, len(place.source))


def _touched(text: str) -> tuple[tuple[Name, ...], tuple[Name, ...]]:
    """The functions called and the relations read or written, by the words and brackets around their names."""
    calls: dict[Name, None] = {}
    relations: dict[Name, None] = {}
    position = 0
    while position < len(text) and (match := _NAMES.match(text, position)):
        position = match.end()
        if match["comment"]:
            position = after_comment(text, position)
        elif match["name"]:
            name = _named(match["name"])
            if match["called"] and (match["before"] or "").lower() != "into":
                calls[name] = None
            elif match["before"]:
                relations[name] = None
    return tuple(calls), tuple(relations)


@lru_cache(maxsize=4096)
def _named(written: str) -> Name:
    """The last two parts of a name."""
    parts = [one[1:-1].replace('""', '"') if one[0] == '"' else one.lower() for one in _PART.findall(written)]
    return Name(parts[-2] if len(parts) > 1 else "", parts[-1])
