"""Ignore comments: `reviewlint: ignore[rule, …] reason` and `ignore-file[…]` in the comments of every syntax.

Only real comments count. In Python and TypeScript the syntax tree says what is one; the other languages have small
lexers here that know their strings. A comment on a line with code covers that line (all of it, where a string began
on an earlier one). A comment alone on its line covers the next statement, without the blocks of statements inside of
it: those have lines of their own to be commented.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from ..facts.file import IgnoreComment
from ..facts.location import Location

if TYPE_CHECKING:
    from tree_sitter import Node

MARK = b"reviewlint:"
"""A file without these bytes has no ignore comments."""

_DIRECTIVE = re.compile(
    r"(?:^\{?\s*(?:\#+!?|/[/*]+!?|--+|<!--|;+)?[ \t*]*|[ \t](?=\#|//|--))(?P<whole>(?:\#+|//+|--+)?[ \t]*"
    r"reviewlint:[ \t]*(?P<verb>(?:ignore|disable|suppress|skip|noqa)[\w-]*)[ \t]*(?:\[(?P<rules>[^\]\n]*)\])?"
    r"(?P<reason>(?:(?!\*/|-->|[ \t](?:\#|//|--)[ \t])[^\n])*))",
    re.M,
)
_ANOTHER = re.compile(r"[ \t]+(?=#|//|--)")
"""What is between a directive and another comment on the same line."""
_BLOCKS = frozenset({"block", "statement_block", "class_body", "switch_body", "interface_body", "enum_body"})
_STRINGS = frozenset({"string", "template_string", "concatenated_string"})


def ignores(root: "Node", data: bytes, path: str) -> Iterator[IgnoreComment]:
    """The ignore comments of a Python or TypeScript file, by its syntax tree. `data` is UTF-8."""
    page = _Page(path, data.decode())
    last_rows: dict[int, int] = {}
    position = offset = counted = 0  # `offset` counts the code points of the first `counted` bytes
    while (position := data.find(MARK, position)) >= 0:
        node = root.descendant_for_byte_range(position, position + 1)
        if node is None or not _is_comment(node):
            position += 1
            continue
        position = node.end_byte
        if node.parent is not None and _is_comment(node.parent):
            node = node.parent
        start = offset + len(data[counted : node.start_byte].decode())
        end = start + len(data[node.start_byte : node.end_byte].decode())
        offset, counted = end, node.end_byte
        alone = page.alone(start, end)
        first = page.line(start) if alone else _first_row(root, data, node.start_byte) + 1
        last = _last_row(root, data, node, last_rows) + 1 if alone else page.line(end)
        yield from page.comments(start, end, alone, first, last)


def ignores_in_text(text: str, path: str, language: str) -> Iterator[IgnoreComment]:
    """The ignore comments of a file in a language without a syntax tree."""
    page = _Page(path, text)
    comments = list(_comments(text, path, language))
    following = _following(text, comments)
    statement_end = _statement_ends(text) if language == "sql" else None
    for start, end in comments:
        if "reviewlint:" not in text[start:end]:
            continue
        alone = page.alone(start, end)
        last = page.line(end)
        if alone:
            code = following[end]
            last = page.line(statement_end(end, code) if statement_end else code)
        yield from page.comments(start, end, alone, page.line(start), last)


class _Page:
    """The text of a file by lines."""

    def __init__(self, path: str, text: str) -> None:
        self._path, self._text = path, text
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def line(self, offset: int) -> int:
        """The line (1-based) of an offset."""
        return bisect_right(self._starts, offset)

    def at(self, start: int, end: int) -> Location:
        first, last = self.line(start), self.line(end)
        columns = (start - self._starts[first - 1] + 1, end - self._starts[last - 1] + 1)
        return Location(self._path, first, columns[0], last, columns[1])

    def _around(self, start: int, end: int) -> tuple[str, str]:
        """What stands before and after a range on its lines."""
        line_end = self._text.find("\n", end)
        return (
            self._text[self._starts[self.line(start) - 1] : start],
            self._text[end : len(self._text) if line_end < 0 else line_end],
        )

    def alone(self, start: int, end: int) -> bool:
        """Whether nothing stands beside a comment."""
        return not "".join(self._around(start, end)).strip()

    def comments(self, start: int, end: int, alone: bool, first: int, last: int) -> Iterator[IgnoreComment]:
        """What the comment at a range says; it covers the lines from `first` to `last`."""
        written = self._text[start:end]
        for directive in _DIRECTIVE.finditer(written):
            verb = directive["verb"]
            understood = verb in ("ignore", "ignore-file")
            rules = tuple(name for part in (directive["rules"] or "").split(",") if (name := part.strip()))
            covered = (1, len(self._starts)) if verb == "ignore-file" else (first, last)
            yield IgnoreComment(
                self.at(start, end),
                rules if understood else (),
                directive["reason"].strip(" \t\r:-—") if understood else "",
                *covered,
                self._removal(start, end, alone, start + directive.start("whole"), start + directive.end("whole")),
                self.at(start + directive.start("rules"), start + directive.end("rules")) if rules else None,
            )

    def _removal(self, start: int, end: int, alone: bool, first: int, last: int) -> Location:
        """The range that holds the directive, which is `first` to `last`, and nothing that anybody would miss."""
        said_before = self._text[start:first].strip("{#/*-<!; \t\n")
        said_after = self._text[last:end].strip("*/->} \t\r\n")
        if said_after and not said_before and (another := _ANOTHER.match(self._text, last, end)):
            return self.at(start, another.end())
        if said_before or said_after:
            start, end, alone = first, last, False
        if alone:
            line_end = self._text.find("\n", end)
            return self.at(self._starts[self.line(start) - 1], len(self._text) if line_end < 0 else line_end + 1)
        before, _ = self._around(start, end)
        return self.at(start - (len(before) - len(before.rstrip())), end)


# What a comment covers, by the syntax tree


def _is_comment(node: "Node") -> bool:
    """Whether `node` is a comment, or the braces that JSX has around one."""
    if node.type == "jsx_expression":
        return node.named_child_count > 0 and all(child.type == "comment" for child in node.named_children)
    return node.type in ("comment", "html_comment")


def _last_row(root: "Node", data: bytes, comment: "Node", known: dict[int, int]) -> int:
    """The last row of the statement that follows `comment`, up to the first block of statements inside of it.

    `known` keeps the answers by the first bytes of comments: those that follow each other have the same.
    """
    node = _outermost(comment)
    passed: list[int] = []
    row = node.end_point[0]
    while _is_comment(node):
        if node.start_byte in known:
            row = known[node.start_byte]
            break
        passed.append(node.start_byte)
        code = _CODE.search(data, node.end_byte)
        following = root.descendant_for_byte_range(code.start(), code.end()) if code else None
        if following is None:
            row = node.end_point[0]
            break
        node = _outermost(following)
    else:
        row = _header_row(node)
    known.update(dict.fromkeys(passed, row))
    return row


def _header_row(node: "Node") -> int:
    """The last row of a statement, up to the first block of statements inside of it."""
    while node.type == "decorator" and node.next_named_sibling is not None:
        node = node.next_named_sibling
    block = _first_block(node)
    if block is None:
        return node.end_point[0]
    before = block.prev_sibling
    while before is not None and _is_comment(before):
        before = before.prev_sibling
    return before.end_point[0] if before is not None else block.start_point[0]


def _outermost(node: "Node") -> "Node":
    """The largest node that begins where `node` does, inside of the same block."""
    while (parent := node.parent) is not None and parent.start_byte == node.start_byte:
        if parent.parent is None or parent.type in _BLOCKS or parent.type == "ERROR":
            break
        node = parent
    return node


def _first_block(node: "Node") -> "Node | None":
    """The first block of statements, or list of JSX children, inside of `node`."""
    stack = [node]
    while stack:
        inner = stack.pop()
        if inner.type in _BLOCKS:
            return inner
        children = inner.children
        if inner.type == "jsx_element" and len(children) > 2:
            children = children[:2]
            stack.append(children[1])
            if children[1].type != "jsx_closing_element":
                return _first_block(children[0]) or children[1]
        stack += [
            child for child in reversed(children) if child.type in _BLOCKS or child.end_point[0] > child.start_point[0]
        ]
    return None


def _first_row(root: "Node", data: bytes, position: int) -> int:
    """The row on which the line around `position` begins: an earlier one where a string runs over several."""
    while True:
        line = start = data.rfind(b"\n", 0, position) + 1
        node = root.descendant_for_byte_range(line, line)
        while node is not None and node.type not in _BLOCKS:
            if node.type in _STRINGS and node.start_byte < line:
                start = node.start_byte
            node = node.parent
        if start == line:
            return data.count(b"\n", 0, line)
        position = start


# Comments and statements of languages without a syntax tree


_SQL = re.compile(
    r"""(?P<comment>--[^\n]*) | (?P<block>/\*) | (?<![\w$])[eE]'[^'\\]*+(?:(?:\\.|'')[^'\\]*+)*' | '[^']*+' | "[^"]*+"
      | (?<![\w$])(?P<dollar>\$(?:[^\W\d]\w*)?\$)""",
    re.X | re.S,
)
_JSON = re.compile(r"""(?P<comment>//[^\n]*|/\*[^*]*+(?:\*(?!/)[^*]*+)*\*/) | "[^"\\\n]*+(?:\\.[^"\\\n]*+)*" """, re.X)
_TOML = re.compile(
    r"""(?P<comment>\#[^\n]*) | \"{3}[^"\\]*+(?:(?:\\.|"(?!""))[^"\\]*+)*"{3,5} | '{3}[^']*+(?:'(?!'')[^']*+)*'{3,5}
      | "[^"\\\n]*+(?:\\.[^"\\\n]*+)*" | '[^'\n]*+' """,
    re.X | re.S,
)
_ENV = re.compile(
    r"""(?P<comment>(?:^|(?<=[ \t]))\#[^\n]*)
      | (?<==)[ \t]*(?:"[^"\\]*+(?:\\.[^"\\]*+)*" | '[^'\\]*+(?:\\.[^'\\]*+)*' | `[^`\\]*+(?:\\.[^`\\]*+)*`)""",
    re.X | re.S | re.M,
)
_QUOTES = r"""| "[^"\\\n]*+(?:\\.[^"\\\n]*+)*" | '[^'\\\n]*+(?:\\.[^'\\\n]*+)*' """
_HASHES = re.compile(r"(?P<comment>(?:^|(?<=[ \t]))\#[^\n]*)" + _QUOTES, re.X | re.M)
_SLASHES = re.compile(r"(?P<comment>(?:^|(?<=[ \t;{}]))//[^\n]*|/\*[^*]*+(?:\*(?!/)[^*]*+)*\*/)" + _QUOTES, re.X | re.M)
_TAGS = re.compile(r"(?P<comment><!--[^-]*+(?:-(?!->)[^-]*+)*-->)", re.X)
_LEXERS = {"sql": _SQL, "json": _JSON, "toml": _TOML, "env": _ENV}
_SLASH_ENDINGS = frozenset(
    ".go .rs .java .kt .kts .swift .c .h .cc .cpp .hpp .cs .scala .dart .proto .prisma .css .scss .less .groovy "
    ".gradle .jenkinsfile .zig .sol .m .php .json5".split()
)
_TAG_ENDINGS = frozenset(".md .mdx .markdown .html .htm .xml .svg .vue .svelte .astro .xhtml".split())
_CODE_POINT = re.compile(r"\S")
_CODE = re.compile(rb"\S")
_NESTED = re.compile(r"/\*|\*/")


def _comments(text: str, path: str, language: str) -> Iterator[tuple[int, int]]:
    """The ranges of the comments; strings are passed over."""
    lexer = _LEXERS.get(language) or _lexer_by_ending(path)
    position = 0
    while (token := lexer.search(text, position)) is not None:
        position = token.end()
        groups = token.groupdict()
        if groups.get("comment") is not None:
            yield token.span()
        elif groups.get("block") is not None:
            position = _after_nested(text, position)
            yield token.start(), position
        elif (quote := groups.get("dollar")) is not None:
            close = text.find(quote, position)
            position = len(text) if close < 0 else close + len(quote)


def _lexer_by_ending(path: str) -> re.Pattern[str]:
    ending = PurePosixPath(path).suffix.lower()
    if ending in _TAG_ENDINGS:
        return _TAGS
    return _SLASHES if ending in _SLASH_ENDINGS else _HASHES


def _after_nested(text: str, position: int) -> int:
    """The end of the SQL comment whose opening ends at `position`."""
    depth = 1
    for edge in _NESTED.finditer(text, position):
        depth += 1 if edge[0] == "/*" else -1
        if not depth:
            return edge.end()
    return len(text)


def _following(text: str, comments: list[tuple[int, int]]) -> dict[int, int]:
    """Behind each comment (by its end) the first offset that is neither white space nor in a comment."""
    following: dict[int, int] = {}
    begun: dict[int, int] = {}
    for start, end in reversed(comments):
        code = _CODE_POINT.search(text, end)
        offset = end if code is None else code.start()
        following[end] = begun[start] = begun.get(offset, offset)
    return following


def _statement_ends(text: str) -> Callable[[int, int], int]:
    """A function of a comment's end and the code behind it: where the SQL statement ends that begins with this code.

    The code's own place where the comment stands inside of a statement.
    """
    from .sql import lexer

    pieces = list(lexer.pieces(text))
    ends = [piece.end for piece in pieces]

    def statement_end(comment_end: int, code: int) -> int:
        index = bisect_right(ends, comment_end)
        return pieces[index].end if index < len(pieces) and pieces[index].start >= comment_end else code

    return statement_end
