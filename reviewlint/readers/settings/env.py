"""`.env` files, in the union of the dialects of dotenv (Node), python-dotenv, godotenv and Docker Compose.

Sources: the READMEs of those projects. `export` before a key, `KEY: value`, single, double and backtick quotes over
several lines, comments after white space, escapes in double quotes; a bare `KEY` is passed on with the value that
whoever starts the service has for it. Interpolation (`${OTHER}`) is kept as written:
which value it takes depends on the process that reads the file. Lines that tell a template what to do (`{% if … %}`,
`{{#if …}}`, `<% if … %>`) say nothing.
"""

import re
from collections.abc import Iterator

from .entry import Entry, MalformedError

_KEY = re.compile(r"[ \t]*(?:export[ \t]+)?(?P<key>[\w.-]+)[ \t]*(?:=|:(?=[ \t]|$))[ \t]*", re.M)
_NOTHING = re.compile(
    r"[ \t\r]*(?:[A-Z_][A-Z0-9_]*[ \t\r]*(?:[ \t]#[^\n]*)?"
    r"|\{[%#{][^\n]*[%#}]\}[ \t\r]*|<%[^\n]*%>[ \t\r]*|#[^\n]*|export[ \t]+[\w. \t-]+)?(?:\n|\Z)"
)
_QUOTED = {
    '"': re.compile(r'"((?:[^"\\]|\\.)*)"', re.S),
    "'": re.compile(r"'((?:[^'\\]|\\.)*)'", re.S),
    "`": re.compile(r"`((?:[^`\\]|\\.)*)`", re.S),
}
_UNQUOTED = re.compile(r"(?P<value>[^\n]*?)[ \t\r]*(?:(?<=[ \t=:])#[^\n]*)?$", re.M)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\", "$": "$"}


def entries(text: str) -> list[Entry]:
    """The variables of a `.env` file. Raises `MalformedError` at the first line that is none, with all the others."""
    found: list[Entry] = []
    problem: tuple[str, int] | None = None
    for piece in _pieces(text):
        if isinstance(piece, Entry):
            found.append(piece)
        else:
            problem = problem or piece
    if problem:
        raise MalformedError(*problem, found)
    return found


def _pieces(text: str) -> Iterator[Entry | tuple[str, int]]:
    position = 0
    while position < len(text):
        nothing = _NOTHING.match(text, position)
        if nothing:
            position = nothing.end()
            continue
        line_end = text.find("\n", position)
        line_end = len(text) if line_end < 0 else line_end
        key = _KEY.match(text, position)
        if not key or key.end() > line_end:
            yield "neither a comment nor NAME=value", position
            position = line_end + 1
            continue
        start = key.start("key")
        quote = text[key.end() : key.end() + 1]
        quoted = _QUOTED[quote].match(text, key.end()) if quote in _QUOTED else None
        if quoted:
            value = _unescaped(quoted[1]) if quote == '"' else quoted[1]
            yield Entry((key["key"],), value, start, quoted.end())
            after = text.find("\n", quoted.end())
            position = len(text) if after < 0 else after + 1
            continue
        if quote in _QUOTED:
            yield "a quote that is never closed", key.end()
        unquoted = _UNQUOTED.match(text, key.end())
        value = unquoted["value"] if unquoted else ""
        yield Entry((key["key"],), value, start, key.end() + len(value))
        position = line_end + 1


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda escape: _ESCAPES.get(escape[1], escape[0]), text, flags=re.S)
