"""What tree-sitter has to be spared: trees that make its cursors take time by the square of their size.

Measured with tree-sitter 0.25: one query over 64,000 nested calls takes 20 s, over 32,000 of them 0.03 s; over an
ERROR node with 200,000 children it takes 28 s, over a module of 200,000 statements 0.9 s.
"""

import re
from collections.abc import Iterator
from itertools import count
from operator import attrgetter
from time import process_time

from tree_sitter import Language, Node, Parser, Query, QueryCursor, Tree

from ..facts.file import FileFacts, Problem
from ..facts.location import Location
from ..source import Source
from ..timing import spending

DEEPEST = 30_000
"""Levels; a query does not look below."""

MOST = 10_000
"""Children of one ERROR node; with more of them there is nothing to be read."""

SECONDS = 3.0
"""Of this process, that a grammar may take for a file: 5 MB take 0.4 s, and some 900 bytes of broken JSX for ever."""

KEPT = 4
"""Files whose trees are kept after somebody looked into them once more: who did often has another question."""

_START, _END = attrgetter("start_byte"), attrgetter("end_byte")

_CHUNK = 256
"""Bytes that the parser is handed at a time. It does not parse any slower for small ones, but `Node.text` copies whole
chunks: with 64 KiB, reading a file of 124 KB took 12 s."""


_BETWEEN = 16
"""How often the parser may ask whether to go on before somebody looks at the clock: some 1,600 steps of it."""


def parse(data: bytes, language: Language) -> Tree:
    """The syntax tree of `data`; parts that the grammar does not know become ERROR nodes.

    Raises TimeoutError where the parser does not come to an end.
    """
    end, asked = process_time() + SECONDS, count()
    try:
        with spending("engine", "tree-sitter"):
            return Parser(language).parse(
                lambda offset, _: data[offset : offset + _CHUNK],
                progress_callback=lambda *_: next(asked) % _BETWEEN == 0 and process_time() > end,
            )
    except ValueError:
        raise TimeoutError("the parser does not come to an end") from None


def captures(query: Query, node: Node) -> dict[str, list[Node]]:
    """All captures of the query under `node`, by name, each in the order of the file."""
    cursor = QueryCursor(query)
    cursor.set_max_start_depth(DEEPEST)
    return cursor.captures(node)


def named(node: Node, name: str, data: bytes) -> Iterator[Node]:
    """The identifiers `name` under `node`, no parts of strings, comments or dotted names; `data` is the file's text."""
    for match in re.finditer(
        rb"(?<![\w.$])" + re.escape(name.encode()) + rb"(?![\w$])", data[node.start_byte : node.end_byte]
    ):
        at = node.start_byte + match.start()
        found = node.descendant_for_byte_range(at, node.start_byte + match.end())
        if found is not None and found.type in ("identifier", "shorthand_property_identifier"):
            yield found


def in_order(found: dict[str, list[Node]]) -> dict[str, list[Node]]:
    """Captures in the order of the file, of those that begin together the outer before the inner."""
    for nodes in found.values():
        if len(nodes) > 1:
            nodes.sort(key=_END, reverse=True)
            nodes.sort(key=_START)
    return found


def rubble(source: Source, root: Node) -> FileFacts | None:
    """What there is to say about a file in which the parser found next to nothing to hold on to; None for others."""
    stack = [root] if root.has_error else []
    while stack:
        node = stack.pop()
        if node.is_error and node.child_count > MOST:
            start = Location(source.path, node.start_point[0] + 1, 1, node.start_point[0] + 1, 1)
            problem = Problem(start, "from here on it is no source code that anything could be made of")
            return FileFacts(source.path, source.language, source.side, (problem,))
        stack += [child for child in node.children if child.has_error]
    return None
