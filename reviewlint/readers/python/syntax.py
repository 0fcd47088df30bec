"""The Python grammar, and the few questions that every reader asks a node."""

from collections.abc import Iterator
from functools import cache

import tree_sitter_python
from tree_sitter import Language, Node, Query, Tree

from .. import trees

LANGUAGE = Language(tree_sitter_python.language())


def parse(data: bytes) -> Tree:
    """The syntax tree of `data`; parts that are no Python become ERROR nodes. Raises TimeoutError."""
    return trees.parse(data, LANGUAGE)


@cache
def query(text: str) -> Query:
    """The compiled query."""
    return Query(LANGUAGE, text)


def captures(text: str, node: Node) -> dict[str, list[Node]]:
    """All captures of the query `text` under `node`, by name, in the order of the file, the outer before the inner."""
    return trees.in_order(trees.captures(query(text), node))


def field(node: Node, name: str) -> Node | None:
    """The child in the field `name`."""
    return node.child_by_field_name(name)


WRAPPING = ("parenthesized_expression", "await")
"""What stands around an expression and is the same as that."""


def unwrapped(node: Node) -> Node:
    """The expression inside parentheses and `await`."""
    while node.type in WRAPPING:
        inner = [child for child in node.named_children if child.type != "comment"]
        if len(inner) != 1:
            return node
        node = inner[0]
    return node


def children(node: Node) -> list[Node]:
    """The named children without comments."""
    return [child for child in node.named_children if child.type not in ("comment", "line_continuation")]


def root(node: Node | None) -> Node | None:
    """What a chain of calls, attributes and subscripts begins with: `select` in `select(User).where(…)`."""
    while node is not None and node.type in ("attribute", "call", "subscript", "await", "parenthesized_expression"):
        node = node.named_children[0] if node.named_children else None
    return node


def positional(call: Node) -> Iterator[Node]:
    """The positional arguments of a call, up to the first `*spread`."""
    arguments = call.child_by_field_name("arguments")
    if arguments is None:
        return
    if arguments.type == "generator_expression":
        yield arguments
        return
    for child in arguments.named_children:
        if child.type == "list_splat":
            return
        if child.type not in ("keyword_argument", "dictionary_splat", "comment", "line_continuation"):
            yield child
