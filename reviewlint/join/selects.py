"""PostgREST's way to name columns: the `select` parameter, filters, and the trees of conditions in `or`.

The syntax is that of PostgREST's manual, "Tables and Views" and "Resource Embedding".
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_NAME = re.compile(r'"(?P<quoted>[^"]*)"|(?P<plain>(?:[^\s,():!."*{}-]|-(?!>))+)')
_PATH = re.compile(r"->>?\s*(?:\"[^\"]*\"|-?[\w$ ]+)")
_CAST = re.compile(r"::\s*[\w \[\]]+")
_AGGREGATE = re.compile(r"\.\s*(?:avg|count|max|min|sum)\s*\(\s*\)")
_SPACE = re.compile(r"\s*")
_GROUP = re.compile(r"\s*(?:not\.)?(?:and|or)\s*\(")


@dataclass(frozen=True, slots=True)
class Selected:
    """One item of a select: a column, or with `inner` not None another relation with what is taken of it.

    `at` is the offset of the name in the text. `label` is what the answer and filters call it.
    """

    name: str
    at: int
    label: str
    inner: "tuple[Selected, ...] | None" = None


def selected(text: str) -> tuple[Selected, ...] | None:
    """The items of a select without stars and `count()`; None where it has another form."""
    try:
        items, end = _items(text, 0)
    except ValueError:
        return None
    return items if end == len(text) else None


def _items(text: str, at: int) -> tuple[tuple[Selected, ...], int]:
    items: list[Selected] = []
    at = _skip(_SPACE, text, at)
    while at < len(text) and text[at] != ")":
        item, at = _item(text, at)
        if item is not None:
            items.append(item)
        at = _skip(_SPACE, text, at)
        if at < len(text) and text[at] == ",":
            at = _skip(_SPACE, text, at + 1)
        elif at < len(text) and text[at] != ")":
            raise ValueError(text)
    return tuple(items), at


def _item(text: str, at: int) -> tuple[Selected | None, int]:
    spread = text.startswith("...", at)
    at = _skip(_SPACE, text, at + 3 * spread)
    if text.startswith("*", at):
        return None, at + 1
    name, begin, at = _word(text, at)
    label = ""
    if text.startswith(":", at) and not text.startswith("::", at):
        label = name
        name, begin, at = _word(text, _skip(_SPACE, text, at + 1))
    while text.startswith("!", at):
        _, _, at = _word(text, at + 1)
    if text.startswith("(", at):
        inner, at = _items(text, at + 1)
        if not text.startswith(")", at):
            raise ValueError(text)
        at = _skip(_CAST, text, _skip(_SPACE, text, at + 1))
        if name == "count" and not inner:
            return None, at
        return Selected(name, begin, label or name, inner), at
    if spread:
        raise ValueError(text)
    while (after := _skip(_AGGREGATE, text, _skip(_CAST, text, _skip(_PATH, text, at)))) > at:
        at = after
    return Selected(name, begin, label or name), at


def _word(text: str, at: int) -> tuple[str, int, int]:
    """A name, where it begins, and where what follows it begins."""
    match = _NAME.match(text, at)
    if match is None:
        raise ValueError(text)
    return match["quoted"] if match["plain"] is None else match["plain"], at, _skip(_SPACE, text, match.end())


def _skip(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at


def filtered(column: str) -> tuple[str, ...] | None:
    """The column that a filter or order names, after the relations that it goes through; None where it is no name."""
    parts: list[str] = []
    at = 0
    while (match := _NAME.match(column, at)) is not None:
        parts.append(match["quoted"] if match["plain"] is None else match["plain"])
        at = match.end()
        if not column.startswith(".", at):
            break
        at += 1
    rest = column[at:]
    return tuple(parts) if parts and (not rest or rest.startswith(("->", "::"))) else None


def conditions(text: str) -> Iterator[tuple[str, int]]:
    """The columns of a tree of conditions, `a.eq.1,and(b.gt.2,c.is.null)`, with their offsets."""
    depth, begin, quoted = 0, 0, False
    for at, letter in enumerate(text + ","):
        if letter == '"' and (at == 0 or text[at - 1] != "\\"):
            quoted = not quoted
        elif quoted:
            continue
        elif letter in "({":
            depth += 1
        elif letter in ")}":
            depth -= 1
        elif letter == "," and depth == 0:
            yield from _condition(text[begin:at], begin)
            begin = at + 1


def _condition(text: str, at: int) -> Iterator[tuple[str, int]]:
    group = _GROUP.match(text)
    if group is not None:
        for name, inside in conditions(text[group.end() : text.rstrip().rfind(")")]):
            yield name, at + group.end() + inside
        return
    lead = len(text) - len(text.lstrip())
    match = _NAME.match(text, lead)
    if match is not None and text[match.end() :].startswith((".", "->")):
        after = _skip(_PATH, text, match.end())
        operator = re.match(r"\.(?:not\.)?(?P<word>[a-z]+)(?:\([^)]*\))?\.", text[after:])
        if operator is not None and operator["word"] in _OPERATORS:
            yield match["quoted"] if match["plain"] is None else match["plain"], at + lead


_OPERATORS = frozenset(
    "eq gt gte lt lte neq like ilike match imatch in is isdistinct fts plfts phfts wfts cs cd ov sl sr nxr nxl "
    "adj".split()
)
"""PostgREST's operators; after any other word the name stands for a relation."""
