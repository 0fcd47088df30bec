"""Where SQL statements, comments, quotes and brackets begin and end; knows no grammar, so nothing can break it."""

import re
from bisect import bisect_right
from collections.abc import Generator, Iterable, Iterator
from functools import partial
from typing import NamedTuple

from ...facts.frozen import dataclass
from ...facts.location import Location

_QUOTED = r"""
    (?P<line>--[^\n]*)
  | (?P<block>/\*)
  | (?P<string>(?<![\w$])[eE]'[^'\\]*(?:(?:\\.|'')[^'\\]*)*' | '[^']*(?:''[^']*)*')
  | (?P<name>"[^"]*(?:""[^"]*)*")
  | (?P<dollar>(?<![\w$])\$(?:[^\W\d]\w*)?\$)
"""
_MARKS = re.compile(
    r"""
    (?:
        [^-/'"$;\\]++ | --[^\n]*+ | - | /(?!\*) | \$(?!(?<![\w$]\$)(?:[^\W\d]\w*)?\$)
      | '(?:(?<=(?<![\w$])[eE]')[^'\\]*(?:(?:\\.|'')[^'\\]*)*' | [^']*(?:''[^']*)*')
      | "[^"]*(?:""[^"]*)*"
    )*
    (?: (?P<end>;) | (?P<meta>\\) | /(?P<block>\*) | (?P<dollar>\$\w*\$) | (?P<open>['"]) | (?P<rest>\Z) )
""",
    re.VERBOSE | re.DOTALL,
)
"""The next of the same, all that is in nobody's way passed over in one go."""
_ATOMIC_MARKS = re.compile(
    _QUOTED
    + r"| (?P<end>;) | (?P<meta>\\) | (?P<open>['\"])"
    + r"| \b(?P<atomic>begin\s+atomic)\b | \b(?P<case>case)\b | \b(?P<stop>end)\b",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_ATOMIC = re.compile(r"begin(?<!\wbegin)\s+atomic\b")
"""What begins a body that is not quoted, in lower case: searches are fast for what begins with a plain letter."""
_TOKENS = re.compile(
    _QUOTED
    + r"""
  | (?P<word>[^\W\d][\w$]*)
  | (?P<number>\d[\w.]*)
  | (?P<sign>:=|::|=>|\.\.|[-+*/<>=~!@\#%^&|`?]+|[\[\](),;.:$'"{}\\])
""",
    re.VERBOSE | re.DOTALL,
)
_PLAIN_TOKENS = re.compile(
    r"""
    (?P<word>[^\W\d][\w$]*(?!['\w$]))
  | (?P<line>--[^\n]*)
  | (?P<string>(?<![\w$])[eE]'[^'\\]*(?:(?:\\.|'')[^'\\]*)*' | '[^']*(?:''[^']*)*')
  | (?P<name>"[^"]*(?:""[^"]*)*")
  | (?P<dollar>(?<![\w$])(?P<tag>\$(?:[^\W\d]\w*)?\$)[^$]*+(?:(?!(?P=tag))\$[^$]*+)*(?P=tag))
  | (?P<rest>[^\W\d][\w$]*)
  | (?P<number>\d[\w.]*)
  | (?P<sign>:=|::|=>|\.\.|[-+*/<>=~!@\#%^&|`?]+|[\[\](),;.:$'"{}\\])
""",
    re.VERBOSE | re.DOTALL,
)
_BLANK = re.compile(r"(?:\s+|--[^\n]*|(?<![^\n])[gG][oO][ \t]*(?:\r?\n|\Z))*")
"""White space, comments, and the line GO that ends a batch for SQL Server's tools."""
_HELD = r"""
    -(?P<line>-[^\n]*)
  | '(?:(?<=(?<![\w$])[eE]')(?P<escaped>[^'\\]*(?:(?:\\.|'')[^'\\]*)*') | (?P<string>[^']*(?:''[^']*)*'))
  | "(?P<name>[^"]*(?:""[^"]*)*")
  | \$(?P<dollar>(?<![\w$]\$)(?P<tag>(?:[^\W\d]\w*)?\$)[^$]*+(?:\$(?!(?P=tag))[^$]*+)*\$(?P=tag))
"""
_EDGES = re.compile(rf"\((?P<open>) | \)(?P<close>) | {_HELD}", re.VERBOSE | re.DOTALL)
"""Brackets, and what may hold others that are none."""
_CLAUSES = frozenset({"using", "with", "check", "where"})
_SIGNPOSTS = re.compile(
    "|".join(("[()]", *(rf"{word}(?<!\w{word})\b" for word in sorted(_CLAUSES)), _HELD)), re.VERBOSE | re.DOTALL
)
"""The same, and the words that begin the clauses of policies and indexes, in lower case."""
_COMMENT_EDGE = re.compile(r"/\*|\*/")
_COPY = re.compile(r"copy\s.*\bfrom\s+stdin\b", re.IGNORECASE | re.DOTALL)
_RULE = re.compile(r"create\s+(?:or\s+replace\s+)?rule\b", re.IGNORECASE)
_DATA_END = re.compile(r"^\\\.[ \t]*\r?$", re.MULTILINE)
_STATEMENT_END = re.compile(r";[ \t]*(?:--[^\n]*)?\r?(?:\n|\Z)")


_location = partial(tuple.__new__, Location)


class Text:
    """A file's text, by offset; turns offsets (in code points) into locations."""

    def __init__(self, path: str, text: str) -> None:
        """`text` is the whole file, line ends as they are."""
        self.path = path
        self.text = text
        self._lines = [0]
        self._lines += [match.end() for match in re.finditer(r"\n", text)]

    def offset(self, line: int) -> int:
        """Where a line begins, counted from 1."""
        return self._lines[line - 1]

    def at(self, start: int, end: int) -> Location:
        """The location of `text[start:end]`."""
        lines = self._lines
        first = last = bisect_right(lines, start)
        if last < len(lines) and end >= lines[last]:
            last = bisect_right(lines, end, last)
        return _location((self.path, first, start - lines[first - 1] + 1, last, end - lines[last - 1] + 1))


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a script: `kind` is `statement`, `copy` (a data block) or `meta` (a psql command)."""

    kind: str
    start: int
    end: int


class Token(NamedTuple):
    """A token: `kind` is `word`, `name` (quoted identifier), `string`, `dollar`, `number` or `sign`.

    `lower` is the text as keywords are compared.
    """

    kind: str
    text: str
    start: int
    end: int
    lower: str


_token = partial(tuple.__new__, Token)
"""A token of its five parts: there are a hundred thousand to a megabyte, and this takes half the time."""


def pieces(text: str) -> Iterator[Piece]:
    """The script's statements (without their semicolons and leading comments), psql commands and COPY data."""
    lowered = text.lower()
    marks = _ATOMIC_MARKS if "atomic" in lowered and _ATOMIC.search(lowered) else _MARKS
    position = 0
    while True:
        start = position = after_blanks(text, position)
        if start >= len(text):
            return
        depth = 0
        while True:
            mark = marks.search(text, position)
            kind = (mark and mark.lastgroup) or "rest"
            if mark is None or kind == "rest":
                yield from _piece(text, start, len(text))
                return
            at, position = mark.span(kind)
            if kind == "block":
                position = after_comment(text, position)
            elif kind == "dollar":
                close = text.find(mark[kind], position)
                if close < 0:
                    position = _recovered(text, position)
                    yield from _piece(text, start, position)
                    break
                position = close + len(mark[kind])
            elif kind == "open":
                position = _recovered(text, position)
                yield from _piece(text, start, position)
                break
            elif kind == "meta":
                yield from _piece(text, start, at)
                line = text.find("\n", position)
                position = len(text) if line < 0 else line
                yield Piece("meta", at, position)
                break
            elif kind == "atomic" or (kind == "case" and depth):
                depth += 1
            elif kind == "stop" and depth:
                depth -= 1
            elif kind == "end" and not depth:
                if _RULE.match(text, start) and text.count("(", start, position) > text.count(")", start, position):
                    continue
                yield from _piece(text, start, at)
                if _COPY.match(text, start, at):
                    position = yield from _copied(text, position)
                break


def _piece(text: str, start: int, end: int) -> Iterator[Piece]:
    while end > start and (text[end - 1].isspace() or text[end - 1] == ";"):
        end -= 1
    if end > start:
        yield Piece("statement", start, end)


def _copied(text: str, position: int) -> Generator[Piece, None, int]:
    """The data block behind a COPY … FROM STDIN; returns where the script goes on."""
    line = text.find("\n", position)
    close = _DATA_END.search(text, position)
    if line < 0:
        return len(text)
    end = close.end() if close else len(text)
    yield Piece("copy", line + 1, end)
    return end


def _recovered(text: str, position: int) -> int:
    """Behind the next statement that ends with its line: where to go on after a quote that nobody closes."""
    end = _STATEMENT_END.search(text, position)
    return end.end() if end else len(text)


def after_blanks(text: str, position: int) -> int:
    """The first offset from `position` on that is neither white space, comment nor a lone semicolon."""
    while True:
        blank = _BLANK.match(text, position)
        position = blank.end() if blank else position
        if text.startswith("/*", position):
            position = after_comment(text, position + 2)
        elif text.startswith(";", position):
            position += 1
        else:
            return position


def after_comment(text: str, position: int) -> int:
    """Behind the block comment whose opening ends at `position`; comments nest."""
    depth = 1
    for edge in _COMMENT_EDGE.finditer(text, position):
        depth += 1 if edge[0] == "/*" else -1
        if not depth:
            return edge.end()
    return len(text)


def tokens(text: str, start: int = 0, end: int | None = None) -> Iterator[Token]:
    """The tokens of `text[start:end]`, comments left out."""
    position, stop = start, len(text) if end is None else end
    if text.find("/*", start, stop) < 0:
        for plain in _PLAIN_TOKENS.finditer(text, start, stop):
            kind = plain.lastgroup or ""
            if kind != "line":
                written = plain[0]
                yield _token(("word" if kind == "rest" else kind, written, *plain.span(), written.lower()))
        return
    while True:
        match = _TOKENS.search(text, position, stop)
        if match is None:
            return
        kind = match.lastgroup or ""
        position = match.end()
        if kind == "block":
            position = after_comment(text, position)
        elif kind == "dollar":
            close = text.find(match[0], position, stop)
            position = close + len(match[0]) if close >= 0 else stop
        if kind not in {"block", "line"}:
            written = text[match.start() : position]
            yield Token(kind, written, match.start(), position, written.lower())


def closing(text: str, position: int, end: int | None = None) -> int:
    """The offset behind the bracket that closes the first one from `position` on; the end where none does."""
    depth = 0
    stop = len(text) if end is None else end
    if text.find("/*", position, stop) < 0:
        for edge in _EDGES.finditer(text, position, stop):
            if edge.lastgroup == "open":
                depth += 1
            elif edge.lastgroup == "close":
                depth -= 1
                if depth <= 0:
                    return edge.end()
        return stop
    for token in tokens(text, position, end):
        if token.text == "(":
            depth += 1
        elif token.text == ")":
            depth -= 1
            if depth <= 0:
                return token.end
    return stop


def clauses(text: str) -> dict[str, tuple[int, int]]:
    """Where the words USING, WITH, CHECK and WHERE stand outside of brackets: by word, the last place of each."""
    found: dict[str, tuple[int, int]] = {}
    depth = 0
    lowered = text.lower()
    signs: Iterable[tuple[str, int, int]] = ((mark[0], *mark.span()) for mark in _SIGNPOSTS.finditer(lowered))
    if "/*" in text or len(lowered) != len(text):
        signs = ((token.lower, token.start, token.end) for token in tokens(text))
    for sign, start, end in signs:
        if sign == "(":
            depth += 1
        elif sign == ")":
            depth -= 1
        elif not depth and sign in _CLAUSES:
            found[sign] = start, end
    return found
