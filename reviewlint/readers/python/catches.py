"""Except clauses and what they do with the exception."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tree_sitter import Node

from ...facts.code import Catch
from ...facts.file import FileFact
from . import logging, syntax

if TYPE_CHECKING:
    from .module import Module

_DOES = """
(raise_statement) @raises
(return_statement) @returns
(continue_statement) @continues
(break_statement) @continues
(call) @calls
(assignment) @assigns
(augmented_assignment) @assigns
(comment) @comments
"""


def catch(node: Node, module: "Module") -> Iterator[FileFact]:
    """An except clause."""
    block = next((child for child in node.named_children if child.type == "block"), None)
    scope = module.scopes.at(node.start_byte)
    does: set[str] = set()
    for name, nodes in syntax.captures(_DOES, node).items():
        inside = [found for found in nodes if module.scopes.at(found.start_byte) is scope]
        if name == "calls":
            inside = [found for found in inside if block is not None and found.start_byte >= block.start_byte]
            if any(logging.is_log_call(found, module) for found in inside):
                does.add("logs")
        if inside:
            does.add(name)
    yield Catch(
        module.location(node),
        module.enclosing(node),
        tuple(_exceptions(node, module)),
        module.catch_variable(node),
        frozenset(does),
        tuple(_attempts(node, module)),
        _tries(node, module),
        _is_nested(node),
    )


def _tries(clause: Node, module: "Module") -> frozenset[str]:
    """What the statements of the clause's try do."""
    body = clause.parent.child_by_field_name("body") if clause.parent is not None else None
    if body is None:
        return frozenset()
    scope = module.scopes.at(body.start_byte)
    seen = syntax.captures(_DOES, body)
    return frozenset(
        name for name, nodes in seen.items() if any(module.scopes.at(found.start_byte) is scope for found in nodes)
    )


def _is_nested(clause: Node) -> bool:
    """Whether the clause's try stands in another clause or a finally of the same function."""
    parent = clause.parent.parent if clause.parent is not None else None
    while parent is not None and parent.type not in ("function_definition", "module"):
        if parent.type in ("except_clause", "finally_clause"):
            return True
        parent = parent.parent
    return False


def _attempts(clause: Node, module: "Module") -> Iterator[str]:
    """The callees in the body of the clause's try."""
    body = clause.parent.child_by_field_name("body") if clause.parent is not None else None
    for node in syntax.captures("(call) @call", body).get("call", [])[:12] if body is not None else ():
        yield module.callee(node)


def _exceptions(node: Node, module: "Module") -> Iterator[str]:
    values = node.children_by_field_name("value")
    for value in values:
        if value.type == "as_pattern" and value.named_children:
            value = value.named_children[0]
        several = syntax.children(value) if value.type in ("tuple", "expression_list") else [value]
        for one in several:
            yield module.dotted(one) or module.one_line(one)
