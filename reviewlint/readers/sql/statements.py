"""Reads a file of SQL: its statements one by one, each as a fact; one broken statement never costs another."""

import re
from collections.abc import Iterator

from ...facts.file import FileFact, FileFacts, Problem
from ...facts.location import Location
from ...facts.sql import Statement
from ...source import Source
from . import actions, lexer
from .postgres import SyntaxFailure

_SECTION = re.compile(
    r"^\s*--\s*(?:\+?\s*(?:migrate|goose|micrate|dbmate|rambler)\s*:?\s*|//\s*@)(?P<up>up|do)?(?P<down>down|undo)?\b",
    re.IGNORECASE | re.MULTILINE,
)


def read(source: Source, data: bytes) -> FileFacts:
    """The facts of one SQL file: a `Statement` for each, and one `Problem` where some could not be parsed."""
    content = data.decode("utf-8-sig", "replace")
    text = lexer.Text(source.path, content)
    facts: list[FileFact] = []
    failures: list[tuple[Location, str]] = []
    sections = [(match.start(), "down" if match["down"] else "up") for match in _SECTION.finditer(content)]
    for piece in lexer.pieces(content):
        if piece.kind == "copy":
            continue
        at = text.at(piece.start, piece.end)
        section = next((name for start, name in reversed(sections) if start <= piece.start), "up")
        if piece.kind == "meta":
            facts.append(Statement(at, "", None, section=section, dialect="psql"))
            continue
        written = content[piece.start : piece.end]
        try:
            statement = actions.statement(text, piece.start, written)
        except SyntaxFailure as failure:
            stop = min(piece.start + failure.offset, max(piece.end - 1, piece.start))
            failures.append((text.at(stop, stop + 1), failure.message))
            facts.append(Statement(at, actions.first_words(written), None, parsed=False, section=section))
        else:
            facts.append(_in_section(statement, section))
    facts.extend(_problem(failures, sum(isinstance(fact, Statement) for fact in facts)))
    return FileFacts(source.path, source.language, source.side, tuple(facts))


def _in_section(statement: Statement, section: str) -> Statement:
    if section == "up":
        return statement
    return Statement(statement.at, statement.words, statement.action, section=section)


def _problem(failures: list[tuple[Location, str]], total: int) -> Iterator[Problem]:
    """What is said about all statements of a file that could not be parsed: once, at the first."""
    if not failures:
        return
    at, message = failures[0]
    count = "" if total == 1 else f" ({len(failures)} of {total} statements could not be parsed)"
    yield Problem(at, f"{message}{count}")
