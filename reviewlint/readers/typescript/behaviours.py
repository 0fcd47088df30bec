"""What the functions of a file of a change do."""

from collections.abc import Iterator

from tree_sitter import Node

from ...facts.code import Behaviour
from ...facts.file import FileFact
from ..behaviour import TYPESCRIPT, spelled
from .module import Module


def file(module: Module) -> Iterator[FileFact]:
    """The behaviour of each function that stands in no other; of one that is handed over, with the whole statement."""
    done = 0
    for scope in module.scopes.all if module.closely else ():
        parent = scope.parent
        while parent is not None and parent.kind == "class":
            parent = parent.parent
        if scope.kind == "function" and parent is not None and parent.kind == "module" and scope.start >= done:
            node = _statement(scope.node) if "@" in scope.name else scope.node
            done = node.end_byte
            yield Behaviour(module.location(node), scope.name, spelled(node, TYPESCRIPT, tuple(_decorators(node))))


def _statement(node: Node) -> Node:
    """The statement that hands a function over: the path and the guards of a route stand beside its handler."""
    while node.parent is not None and not node.type.endswith("_statement"):
        node = node.parent
    return node


def _decorators(node: Node) -> Iterator[Node]:
    """The decorators in front of a method, which the grammar puts beside it."""
    before = node.prev_named_sibling
    while before is not None and before.type in ("decorator", "comment"):
        if before.type == "decorator":
            yield before
        before = before.prev_named_sibling
