"""What stands beside a value and says that it opens nothing: comments, the block that it is in, whom it belongs to."""

import re
from collections.abc import Iterator

from .names import secret_kind, words

DEVELOPMENT = frozenset(
    "dev develop development local localhost test testing tests ci e2e smoke demo sandbox mock fake dummy".split()
)
"""Words in the name of a value, or of what it stands in, that is for trying things out."""

_HARMLESS = re.compile(
    r"\bcan be anything\b|\bdoes(?:n['’]?t| not) matter\b|\bsafe to (?:commit|share|publish|expose|check in)\b"
    r"|\b(?:is|are|be|to|as|with|uses?|using|these|an?|of) (?:\w+ )?public (?:\w+ )?(?:value|key|token|secret)s?\b"
    r"|\bpublic(?:ly)? (?:known|by design|on purpose)\b|\bintentional(?:ly)?\b|\bdeliberate(?:ly)?\b|\bon purpose\b"
    r"|(?:\bnot|n['’]?t) (?:actually |really )?(?:an? )?(?:real |actual )?(?:secret|sensitive|confidential)\b"
    r"|\b(?:only|just|purely|solely) (?:ever )?(?:meant |used |valid |needed )?(?:for|in|during|on) (?:the |a |your )?"
    r"(?:local\w*|dev|development|tests?|testing|ci|demos?|sandbox)\b"
    r"|\b(?:for|during|in) (?:the )?(?:local(?: (?:dev\w*|use|test\w*))?|development|automated tests?|demo|ci)"
    r"(?: purposes?| environments?| use)?(?: only|[.,;)]|$)"
    r"|\b(?:local|dev|development|tests?|testing|demo|ci)(?: (?:use|purposes?|environments?|setup|mode))?[ -]only\b"
    r"|\b(?:dummy|fake|throw-?away|mock|made[- ]up|bogus|disposable)\b|\bsandbox\b"
    r"|\b(?:stock|well[- ]known|published) (?:default|key|secret|value|credential|password|account)s?\b",
    re.IGNORECASE,
)
"""What a comment says of a value that nobody has to keep to themselves."""
_STAYED = re.compile(
    r"\b(?:todo|fixme|hack|xxx|temporar\w*|remove|replace|move|rotate|hard-?coded?|for now"
    r"|do(?:n['’]?t| not) commit)\b",
    re.IGNORECASE,
)
"""What a comment says of a value that should not have stayed."""
_COMMENT = re.compile(rb"[ \t]*(?:#|//|/?\*|;|--|<!--)(?P<text>.*)")
_TRAILING = re.compile(rb"[\"'`),;\]} \t]*(?:#|//|--|/\*|<!--)\s?(?P<text>[^\n]*)")
_NEAR = 6
"""Lines between a value and the comment that its paragraph begins with."""
_REACH = 300
"""Bytes in which the other parts stand of what a value is a part of."""
_OF_NOBODY = re.compile(rb"@(?:[\w.-]+\.)?(?:invalid|test|example|example\.(?:com|org|net))(?![\w.-])", re.IGNORECASE)
"""A mailbox on a domain that is kept for tests and documentation (RFC 2606)."""
_SANDBOX = re.compile(rb"https?://(?:[\w-]+[.-])*sandbox[\w.-]*")
_CLOSING = re.compile(rb"[)}\]]")
_NAMED = re.compile(rb"(?P<name>[A-Za-z][\w-]{0,60})[\"']?\s*(?:[:=]|=>)\s*[\"'`]\Z")
_TOLD = frozenset("user username login name database db dbname host region schema account".split())
"""What a value may be called that is told to everybody."""
_KEY = re.compile(
    rb"[ \t]*(?:-[ \t]+)?[\"'\[]?(?P<key>[A-Za-z_][\w.-]*)[\"'\]]{0,2}[ \t]*(?::|=>|=(?!=))[ \t]*(?:[|>{\[(&]|$)"
)
"""A line that opens a block with a name: `development:`, `"test": {`, `[Environment.local]: [`."""
_BLOCKS = 400
"""Lines above a value in which the blocks begin that it stands in."""


def is_of_nobody(data: bytes, start: int, end: int) -> bool:
    """Whether a password at `data[start:end]` belongs to nobody: to a made-up mailbox, or to whoever is called so too.

    A password that is the name of its user, or of its database, has never been one.
    """
    if _is_next_to(_OF_NOBODY, data, start, end):
        return True
    first, last = _paragraph(data, start, end)
    value = data[start:end]
    position = data.find(value, first, last)
    while position >= 0:
        named = _NAMED.search(data, max(first, position - _REACH), position) if position != start else None
        name = named["name"].decode("latin-1") if named is not None else ""
        if not secret_kind(name) and not _TOLD.isdisjoint(words(name)[-1:]):
            return True
        position = data.find(value, position + len(value), last)
    return False


def is_excused(data: bytes, start: int, end: int) -> bool:
    """Whether what stands beside a value at `data[start:end]` says that it is meant to be seen, or opens nothing real.

    A comment above its paragraph or behind it; the block that it is in, by its name; the address of a sandbox.
    """
    comment = _comment(data, start, end)
    if _HARMLESS.search(comment) and not _STAYED.search(comment):
        return True
    if _is_next_to(_SANDBOX, data, start, end):
        return True
    return any(not DEVELOPMENT.isdisjoint(words(key)) for key in _blocks(data, start))


def _is_next_to(pattern: re.Pattern[bytes], data: bytes, start: int, end: int) -> bool:
    """Whether what is looked for stands in the paragraph of a value, and no bracket ends between them."""
    first, last = _paragraph(data, start, end)
    before = list(pattern.finditer(data, first, start))
    if before and not _CLOSING.search(data, before[-1].end(), start):
        return True
    after = pattern.search(data, end, last)
    return after is not None and not _CLOSING.search(data, end, after.start())


def _paragraph(data: bytes, start: int, end: int) -> tuple[int, int]:
    """Where the text around a value begins and ends that is a part of the same thing: no further than a blank line."""
    above, below = data.rfind(b"\n\n", max(0, start - _REACH), start), data.find(b"\n\n", end, end + _REACH)
    return above + 2 if above >= 0 else max(0, start - _REACH), below if below >= 0 else min(len(data), end + _REACH)


def _comment(data: bytes, start: int, end: int) -> str:
    """The comment behind a value, and that above it: right above, or at the beginning of its paragraph."""
    found = []
    behind = _TRAILING.match(data, end)
    if behind is not None:
        found.append(behind["text"])
    own = data.rfind(b"\n", 0, start) + 1
    width = _width(data[own:start])
    above: list[bytes] = []
    for number, line in enumerate(_upwards(data, own)):
        comment = _COMMENT.match(line)
        if comment is not None:
            above.append(comment["text"])
        elif above or not line.strip() or number >= _NEAR or _width(line) != width:
            break
    text = b" ".join((*reversed(above), *found))
    return " ".join(text.decode("utf-8", "replace").split())


def _blocks(data: bytes, start: int) -> list[str]:
    """The names of the blocks that a value stands in, by the indentation of the lines above."""
    own = data.rfind(b"\n", 0, start) + 1
    width = _width(data[own:start])
    found = []
    for number, line in enumerate(_upwards(data, own)):
        if not width or number >= _BLOCKS:
            break
        if line.strip() and _width(line) < width:
            width = _width(line)
            opened = _KEY.match(line)
            if opened is not None:
                found.append(opened["key"].decode("latin-1").rpartition(".")[2])
    return found


def _upwards(data: bytes, line: int) -> Iterator[bytes]:
    """The lines before the one that begins at offset `line`, the nearest first."""
    while line > 0:
        before = data.rfind(b"\n", 0, line - 1) + 1
        yield data[before : line - 1]
        line = before


def _width(line: bytes) -> int:
    return len(line) - len(line.lstrip(b" \t"))
