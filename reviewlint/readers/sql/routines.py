"""What the statements in the bodies of functions do, for the rules that ask it of queries in application code too."""

import re
from collections.abc import Iterable, Iterator

from ...facts.file import FileFact
from ...facts.location import Location
from ...facts.sql import Body, CreateFunction, Statement
from ...facts.statements import SqlStatement
from . import lexer
from .effects import effects
from .postgres import SyntaxFailure, parse

_LANGUAGES = frozenset({"sql", "plpgsql"})
_BLOCK = re.compile(
    r"(?:.*\b(?:begin|then|else|loop)\s+)?(?:return\s+query\s+(?P<rows>(?:select|with)\b)|(?P<write>(?:update|delete|with)\b))",
    re.IGNORECASE | re.DOTALL,
)
"""Up to where a statement of PL/pgSQL begins that gives back rows or changes them."""
_TELLING = ("query", "update", "delete", "with")
"""Of these words any text in PL/pgSQL holds one of which anything is asked, in lower case."""
_RESULT = re.compile(r"\binto\s+(?:strict\s+)?[\w$.]+(?:\s*,\s*[\w$.]+)*\s*\Z", re.IGNORECASE)
"""The variables that PL/pgSQL puts what RETURNING gives into, which PostgreSQL's grammar knows nothing of."""
_HIDDEN = re.compile(r"--[^\n]*|/\*.*?\*/|'[^']*(?:''[^']*)*'|\"[^\"]*(?:\"\"[^\"]*)*\"", re.DOTALL)
_INNERMOST = re.compile(r"\([^()]*\)")
_STARRED = re.compile(r"(?<!returning)(?<!returning\s)\*\s*(?:,|(?:from|into)\b)", re.IGNORECASE)
_WORD = re.compile(r"\w+")
_BOUNDS = frozenset({"where", "limit", "group", "having", "fetch", "join"})
_WRITE = re.compile(r"\(\s*(?:update|delete)\b", re.IGNORECASE)


def routine_statements(facts: Iterable[FileFact]) -> Iterator[SqlStatement]:
    """The statements in the bodies of the functions that a file creates, as far as they can be parsed."""
    for fact in facts:
        if isinstance(fact, Statement) and isinstance(fact.action, CreateFunction):
            body, language = fact.action.body, fact.action.language
            if body is not None and language in _LANGUAGES:
                yield from _of(body, str(fact.action.name), language == "sql")


def _of(body: Body, name: str, plain: bool) -> Iterator[SqlStatement]:
    if not plain and not _tells(body.text):
        return
    for piece in lexer.pieces(body.text):
        start, written = piece.start, body.text[piece.start : piece.end]
        if not plain:
            begins = _BLOCK.match(written) if _tells(written) else None
            if begins is None:
                continue
            skipped = begins.start("rows") if begins["rows"] else begins.start("write")
            start, written = start + skipped, written[skipped:]
        if not _is_telling(written):
            continue
        try:
            found = effects(parse(_RESULT.sub("", written)), _place(body, start, piece.end), name)
        except (SyntaxFailure, RecursionError):
            continue
        if found is not None:
            yield found


def _tells(text: str) -> bool:
    """Whether a text in PL/pgSQL may hold a statement of which anything is asked."""
    lowered = text.lower()
    return any(word in lowered for word in _TELLING)


def _is_telling(text: str) -> bool:
    """Whether a statement may read every column or row, write every row, or search inside of texts.

    All that is asked of those in functions, and few do: where this says no, no parser has to look.
    """
    if "'%" in text and "like" in text.lower():
        return True
    shown = _HIDDEN.sub(" ", text)
    if _STARRED.search(shown):
        return True
    while inside := _INNERMOST.findall(shown):
        if any(_WRITE.match(part) and _is_unbounded(part) for part in inside):
            return True
        shown = _INNERMOST.sub(" ", shown)
    return _is_unbounded(shown)


def _is_unbounded(text: str) -> bool:
    """Whether a statement, what is in its brackets taken away, may read or write every row."""
    words = set(_WORD.findall(text.lower()))
    return words.isdisjoint(_BOUNDS) and ("from" in words or "update" in words)


def _place(body: Body, start: int, end: int) -> Location:
    """Where a stretch of a body's text stands in its file."""
    lines = []
    for offset in (start, end):
        before = body.text[:offset]
        line = before.count("\n")
        lines.append((body.at.line + line, len(before) - before.rfind("\n") if line else body.at.column + offset))
    return Location(body.at.path, *lines[0], *lines[1])
