"""Reads a file of SQL: its statements one by one, each as a fact; one broken statement never costs another."""

import re
from bisect import bisect_right
from dataclasses import replace

from ...facts.file import FileFact, FileFacts, Problem
from ...facts.location import Location
from ...facts.sql import Statement
from ...source import Source
from . import actions, dialects, lexer
from .postgres import SyntaxFailure
from .routines import routine_statements

_SECTION = re.compile(
    r"--\s*(?:\+?\s*(?:migrate|goose|micrate|dbmate|rambler)\s*:?\s*|//\s*@)(?P<up>up|do)?(?P<down>down|undo)?\b",
    re.IGNORECASE,
)
"""On a line of its own."""
_WRAPPED = re.compile(r"^\s*--\s*(?:migrate:|\+goose\s|\+migrate\s)", re.IGNORECASE | re.MULTILINE)
"""The marks of dbmate, goose and sql-migrate, which run each migration in a transaction unless it says not to."""
_UNWRAPPED = re.compile(r"^\s*--.*\b(?:transaction\s*:\s*false|no ?transaction)\b", re.IGNORECASE | re.MULTILINE)
_COMMENT = re.compile(r"--+[ \t]*(?P<line>[^\n]*)|/\*+(?P<block>.*?)\*/", re.DOTALL)
_VARIABLE = re.compile(
    r"""(?<![:\w]):(?P<quoted>'[^']*'|"[^"]*")|\$\{(?P<filled>\w+)\}|(?<![:\w]):(?P<bare>[A-Za-z_]\w*)|%\((?P<bound>\w+)\)s"""
    r"""|(?<=[\s(,=<>])(?P<mark>\?)(?=[\s),;]|$)"""
)
"""Variables of psql and of tools that fill in a text, and what drivers bind values to."""
_BEHIND = re.compile(r"[ \t]*;?[ \t]*--+[ \t]*(?P<line>[^\n]*)")
"""A comment that ends the line of a statement, and is about that one."""
_LONGEST_NOTE = 500


def read(source: Source, data: bytes) -> FileFacts:
    """The facts of one SQL file: a `Statement` for each, and one `Problem` where some could not be parsed."""
    content = data.decode("utf-8", "replace")
    text = lexer.Text(source.path, content)
    facts: list[FileFact] = []
    failures: list[tuple[Location, str]] = []
    marks = [
        (match.start(), "down" if match["down"] else "up")
        for match in _SECTION.finditer(content)
        if not content[content.rfind("\n", 0, match.start()) + 1 : match.start()].strip()
    ]
    starts = [start for start, _ in marks]
    wrapped = bool(marks) and _WRAPPED.search(content) is not None and _UNWRAPPED.search(content) is None
    declared = dialects.dialect_by_path(source.path)
    written_in: set[str] = set()
    before = total = 0
    for piece in lexer.pieces(content):
        note, before = _note(content[before : piece.start]), piece.end
        if behind := _BEHIND.match(content, piece.end):
            note, before = f"{note} {behind['line']}".strip(), behind.end()
        if piece.kind == "copy":
            continue
        section = marks[place - 1][1] if (place := bisect_right(starts, piece.start)) else "up"
        if piece.kind == "meta":
            facts.append(Statement(text.at(piece.start, piece.end), "", None, section=section, dialect="psql"))
            continue
        total += 1
        if declared:
            words = actions.first_words(content[piece.start : piece.end])
            facts.append(Statement(text.at(piece.start, piece.end), words, None, section=section, dialect=declared))
            continue
        try:
            statement = _statement(text, piece, content[piece.start : piece.end], written_in)
        except SyntaxFailure as failure:
            stop = min(piece.start + failure.offset, max(piece.end - 1, piece.start))
            failures.append((text.at(stop, stop + 1), failure.message))
            words = actions.first_words(content[piece.start : piece.end])
            statement = Statement(text.at(piece.start, piece.end), words, None, parsed=False)
        if note or wrapped or section != "up":
            statement = replace(statement, section=section, note=note, wrapped=wrapped)
        facts.append(statement)
    foreign = any(isinstance(fact, Statement) and fact.dialect not in ("postgres", "psql") for fact in facts)
    if failures and not foreign:  # else the rest is that database's as well
        at, message = failures[0]
        count = "" if total == 1 else f" ({len(failures)} of {total} statements could not be parsed)"
        facts.append(Problem(at, f"{message}{count}"))
    facts += routine_statements(facts)
    return FileFacts(source.path, source.language, source.side, tuple(facts))


def _statement(text: lexer.Text, piece: lexer.Piece, written: str, written_in: set[str]) -> Statement:
    """One statement; its client's variables filled in, or read in another dialect, where it does not parse as it is.

    `written_in` are the dialects that other statements of the file were read in.
    """
    try:
        return actions.statement(text, piece.start, written)
    except SyntaxFailure as failed:
        failure = failed
        filled = _VARIABLE.sub(_filled, written)
        if filled != written:
            try:
                return replace(actions.statement(text, piece.start, filled), dialect="psql")
            except SyntaxFailure as still:
                failure = still  # the first one may be of a variable, which whoever runs it fills in
        dialect = dialects.dialect_of(written, written_in)
        if not dialect:
            raise failure from None
        written_in.add(dialect)
        return Statement(text.at(piece.start, piece.end), actions.first_words(written), None, dialect=dialect)


def _filled(match: re.Match[str]) -> str:
    """Something of the same length in the place of a variable: a literal, or a name."""
    if match["quoted"]:
        return f" {match['quoted']}"
    if match["mark"]:
        return "0"
    name = match["filled"] or match["bare"] or match["bound"]
    return name + "_" * (len(match[0]) - len(name))


def _note(gap: str) -> str:
    """The comments between two statements, on one line."""
    if "--" not in gap and "/*" not in gap:
        return ""
    texts = [match["line"] if match["line"] is not None else match["block"] for match in _COMMENT.finditer(gap)]
    return " ".join(" ".join(texts).split())[-_LONGEST_NOTE:]
