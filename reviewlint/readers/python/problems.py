"""What of a file is no Python that anyone can read: one `Problem`, at the first broken place."""

from typing import TYPE_CHECKING

from tree_sitter import Node

from ...facts.file import Problem
from . import syntax

if TYPE_CHECKING:
    from .module import Module


def problem(module: "Module") -> Problem | None:
    """The first part of the file that is not Python 3, or None."""
    node = _first_error(module.root) if module.root.has_error else _first_python_2(module)
    if node is None:
        return None
    return Problem(module.location(node), _reason(node, module))


def _first_error(root: Node) -> Node | None:
    """The first ERROR or MISSING node, outermost first."""
    node = root
    while True:
        if node.is_error or node.is_missing:
            return node
        broken = next((child for child in node.children if child.is_error or child.is_missing or child.has_error), None)
        if broken is None:
            return None
        node = broken


def _first_python_2(module: "Module") -> Node | None:
    if not module.mentions(b"print ", b"exec "):
        return None
    found = syntax.captures("(print_statement) @old (exec_statement) @old", module.root).get("old", [])
    return found[0] if found else None


def _reason(node: Node, module: "Module") -> str:
    if node.type in ("print_statement", "exec_statement"):
        return f"this is Python 2 (a {node.type.removesuffix('_statement')} statement)"
    if node.is_missing:
        return f"syntax error: {node.type!r} expected"
    source = module.one_line(node, 40)
    return f"syntax error at {source!r}" if source else "syntax error"
