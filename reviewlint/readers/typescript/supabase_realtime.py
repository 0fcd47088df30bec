"""supabase-js: subscriptions to the changes of tables."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from ...facts.clients import Subscription
from ...facts.file import FileFact
from ...facts.location import Location
from ...facts.values import constant_text
from . import syntax
from .module import Module
from .origins import declared

TRIGGERS = (b"postgres_changes",)
CALLS = frozenset({"on"})
_ENDS = re.compile(rb"\b(?:removeChannel|removeAllChannels|unsubscribe)\b")


def call(node: Node, module: Module) -> Iterator[FileFact]:
    """`.on("postgres_changes", options, callback)`."""
    given = syntax.arguments(node)
    if len(given) < 2 or constant_text(module.value(given[0])) != "postgres_changes":
        return
    first, second = module.location(given[0]), module.location(given[1])
    at = Location(first.path, first.line, first.column, second.end_line, second.end_column)
    ended = _ENDS.search(module.data) is not None or _is_handed_on(node, module)
    yield Subscription(at, module.enclosing(node), module.value(given[1]), ended)


def _is_handed_on(node: Node, module: Module) -> bool:
    """Whether the channel is returned, passed to a function, or kept in a variable that is or in a member."""
    outer = node
    while outer.parent is not None and outer.parent.type in (
        *syntax.TRANSPARENT,
        "member_expression",
        "call_expression",
    ):
        if outer.parent.type == "call_expression" and outer.parent.child_by_field_name("function") != outer:
            return True
        outer = outer.parent
    parent = outer.parent
    if parent is None or parent.type == "expression_statement":
        return False
    if parent.type != "variable_declarator":
        return True
    name = re.escape(declared(outer, module).rpartition(".")[2]).encode()
    scope = module.scope(node).function
    body = module.data[scope.node.start_byte : scope.node.end_byte] if scope is not None else module.data
    return not name or re.search(rb"\breturn\b[^;\n]*\b" + name + rb"\b|[(,]\s*" + name + rb"\s*[,)]", body) is not None
