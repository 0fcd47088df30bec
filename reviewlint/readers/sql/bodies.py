"""Bodies of functions and DO blocks: the statements in them, the text they execute, what they call and touch.

PL/pgSQL is read by its tokens: control words, semicolons and brackets say where a statement begins and ends, and the
statements themselves go through PostgreSQL's parser. So positions are exact and a body in newer syntax costs nothing.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ...facts.location import Location
from ...facts.sql import Body, DynamicSql, Name, Statement
from .lexer import Token, tokens
from .postgres import SyntaxFailure
from .trees import Place

ReadStatement = Callable[..., Statement]
"""`actions.statement`."""

_OPENERS = frozenset({"then", "else", "loop", "begin", "declare"})
_DDL = frozenset(
    {"create", "alter", "drop", "grant", "revoke", "comment", "insert", "update", "delete", "truncate", "set", "reset"}
)
_RELATION_WORDS = frozenset({"from", "join", "into", "update", "table"})


@dataclass(frozen=True, slots=True)
class _Part:
    """One PL/pgSQL statement: its tokens, and whether an IF, a loop or a handler stands around it."""

    tokens: tuple[Token, ...]
    conditional: bool


def body(text: str, language: str, place: Place, position: int, read: ReadStatement, *, runs: bool = False) -> Body:
    """A body whose text was found quoted behind `position` of the statement's source.

    `runs` for DO blocks: their statements are read whole, those of a function are only looked through.
    """
    start, at = _inside(text, place, position)
    inside = tuple(tokens(text))
    calls, relations = _touched(inside)
    statements: list[Statement] = []
    dynamic: list[DynamicSql] = []
    if language == "plpgsql":
        for part in _parts(inside):
            first, last = part.tokens[0], part.tokens[-1]
            if runs and first.lower in _DDL:
                source = text[first.start : last.end]
                whole = at if start is None else None
                try:
                    statements.append(
                        read(place.text, (start or 0) + first.start, source, whole, conditional=part.conditional)
                    )
                except SyntaxFailure:
                    continue
    return Body(at, text, tuple(statements), tuple(dynamic), calls, relations)


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


def _parts(inside: tuple[Token, ...]) -> Iterator[_Part]:
    """The statements of a PL/pgSQL body."""
    part: list[Token] = []
    depth = brackets = 0
    for token in inside:
        word = token.lower if token.kind == "word" else token.text
        if word == "(":
            brackets += 1
        elif word == ")":
            brackets -= 1
        if word == ";" and not brackets:
            if part:
                yield _Part(tuple(part), depth > 0)
            if part and part[0].lower == "end" and len(part) > 1 and part[1].lower in {"if", "loop", "case"}:
                depth -= 1
            part = []
        elif token.kind == "word" and word in _OPENERS and not brackets and _opens(word, part):
            if part and part[0].lower in {"if", "for", "foreach", "while", "loop", "case"}:
                depth += 1
                yield _Part(tuple(part), depth > 1)
            elif word == "loop":
                depth += 1
            part = []
        else:
            part.append(token)
    if part:
        yield _Part(tuple(part), depth > 0)


def _opens(word: str, part: list[Token]) -> bool:
    """Whether a control word ends the statement so far: not in `end loop`, CASE expressions, or an SQL statement."""
    if not part:
        return True
    first = part[0].lower
    if first == "end":
        return False
    if word in {"then", "else"}:
        return first in {"if", "elsif", "elseif", "when", "case", "exception", "end"} and not _open_case(part)
    if word == "loop":
        return first in {"for", "foreach", "while"} or part[0].text == "<<"
    return word in {"begin", "declare"} and first not in _DDL


def _open_case(part: list[Token]) -> bool:
    """Whether a CASE expression of the condition is still open."""
    words = [token.lower for token in part[1:] if token.kind == "word"]
    return words.count("case") > words.count("end")


def _touched(inside: tuple[Token, ...]) -> tuple[tuple[Name, ...], tuple[Name, ...]]:
    """The functions called and the relations read or written, by the tokens around their names."""
    calls: dict[Name, None] = {}
    relations: dict[Name, None] = {}
    index = 0
    while index < len(inside):
        token = inside[index]
        if token.kind not in {"word", "name"}:
            index += 1
            continue
        before = inside[index - 1].lower if index else ""
        names = [_identifier(token)]
        index += 1
        while index + 1 < len(inside) and inside[index].text == "." and inside[index + 1].kind in {"word", "name"}:
            names.append(_identifier(inside[index + 1]))
            index += 2
        name = Name(names[-2] if len(names) > 1 else "", names[-1])
        if index < len(inside) and inside[index].text == "(" and before != "into":
            calls[name] = None
        elif before in _RELATION_WORDS:
            relations[name] = None
    return tuple(calls), tuple(relations)


def _identifier(token: Token) -> str:
    return token.text[1:-1].replace('""', '"') if token.kind == "name" else token.lower
