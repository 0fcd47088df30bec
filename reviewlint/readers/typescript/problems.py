"""What of a file no grammar can read: one `Problem`, at the first broken place."""

from typing import TYPE_CHECKING

from tree_sitter import Node

from ...facts.file import Problem

if TYPE_CHECKING:
    from .module import Module

_HEAD = 1_000
"""The bytes at the beginning of a file in which `@flow` says that it is Flow's own language."""


def problem(module: "Module") -> Problem | None:
    """The first part of the file that is neither TypeScript nor JavaScript, or None."""
    if b"@flow" in module.data[:_HEAD]:
        return None
    node = _first_error(module.root) if module.root.has_error else None
    return None if node is None else Problem(module.location(node), _reason(node, module))


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


def _reason(node: Node, module: "Module") -> str:
    if node.is_missing:
        return f"syntax error: {node.type!r} expected"
    source = module.one_line(node, 40)
    return f"syntax error at {source!r}" if source else "syntax error"
