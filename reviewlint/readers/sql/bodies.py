"""Bodies of functions and DO blocks: the statements in them, the text they execute, what they call and touch."""

from ...facts.location import Location
from ...facts.sql import Body, Name
from . import blocks
from .blocks import ReadStatement
from .lexer import Token, tokens
from .trees import Place

_RELATION_WORDS = frozenset({"from", "join", "into", "update", "table"})


def body(text: str, language: str, place: Place, position: int, read: ReadStatement, *, runs: bool = False) -> Body:
    """A body whose text was found quoted behind `position` of the statement's source.

    `runs` for DO blocks: their statements are read whole, those of a function are only looked through.
    """
    start, at = _inside(text, place, position)
    inside = tuple(tokens(text))
    calls, relations = _touched(inside)
    executes = "execute" in text.lower() and any(token.lower == "execute" for token in inside)
    if language != "plpgsql" or not (runs or executes):
        return Body(at, text, calls=calls, relations=relations)
    found = blocks.block(text, inside, place, start, at, read=read, runs=runs)
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


def _touched(inside: tuple[Token, ...]) -> tuple[tuple[Name, ...], tuple[Name, ...]]:
    """The functions called and the relations read or written, by the tokens around their names."""
    calls: dict[Name, None] = {}
    relations: dict[Name, None] = {}
    index, count = 0, len(inside)
    while index < count:
        token = inside[index]
        if token.kind not in {"word", "name"}:
            index += 1
            continue
        before = inside[index - 1].text.lower() if index else ""
        names = [_identifier(token)]
        index += 1
        while index + 1 < count and inside[index].text == "." and inside[index + 1].kind in {"word", "name"}:
            names.append(_identifier(inside[index + 1]))
            index += 2
        name = Name(names[-2] if len(names) > 1 else "", names[-1])
        if index < count and inside[index].text == "(" and before != "into":
            calls[name] = None
        elif before in _RELATION_WORDS:
            relations[name] = None
    return tuple(calls), tuple(relations)


def _identifier(token: Token) -> str:
    return token.text[1:-1].replace('""', '"') if token.kind == "name" else token.lower
