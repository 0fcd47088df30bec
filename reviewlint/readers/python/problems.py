"""What of a file is no Python that anyone can read: one `Problem`, at the first broken place."""

import ast
import warnings
from typing import TYPE_CHECKING

from tree_sitter import Node

from ...facts.file import Problem
from ...facts.location import Location
from . import syntax

if TYPE_CHECKING:
    from .module import Module


def problem(module: "Module") -> Problem | None:
    """The first part of the file that is not Python 3, or None."""
    node = _first_error(module.root) if module.root.has_error else _first_python_2(module)
    if node is None:
        return None
    return _in_pythons_words(module) or Problem(module.location(node), _reason(node, module))


def _in_pythons_words(module: "Module") -> Problem | None:
    """What CPython's parser says; None where it has nothing against the file, or no place to point at.

    It names the line of a mistake better than tree-sitter, which recovers by putting what is around into the error.
    Where a carriage return stands alone it counts other lines than everybody else, and is not asked.
    """
    if module.data.count(b"\r") != module.data.count(b"\r\n"):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(module.data)
    except SyntaxError as error:
        if error.lineno:
            line, column = error.lineno, max(1, error.offset or 1)
            return Problem(Location(module.path, line, column, line, column + 1), error.msg)
    except (ValueError, RecursionError, MemoryError):
        pass
    return None


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
