"""What a test before a response asks for: a row that was looked up, and whether it is missing or there."""

from typing import TYPE_CHECKING

from tree_sitter import Node

from ...facts.values import Call, Value
from . import syntax

if TYPE_CHECKING:
    from .module import Module

_WITHIN = frozenset({"block", "return_statement", "raise_statement", "expression_statement", "call", "argument_list"})


def of(node: Node, module: "Module") -> tuple[Value | None, Value | None]:
    """What the innermost `if` around a response found missing (`not row`, `row is None`), and what it found there.

    Only where its test is nothing but a name, or a call, whose value a call of this function gave; else None.
    """
    inner, outer = node, node.parent
    while outer is not None and outer.type not in ("if_statement", "elif_clause"):
        if outer.type not in _WITHIN and outer.type not in ("tuple", "expression_list"):
            return None, None
        inner, outer = outer, outer.parent
    if outer is None or outer.child_by_field_name("consequence") != inner:
        return None, None
    test = outer.child_by_field_name("condition")
    return _split(syntax.unwrapped(test), module) if test is not None else (None, None)


def _split(test: Node, module: "Module") -> tuple[Value | None, Value | None]:
    missing = False
    if test.type == "not_operator":
        inner = test.child_by_field_name("argument")
        test, missing = (syntax.unwrapped(inner) if inner is not None else test), True
    elif test.type == "comparison_operator":
        operands = syntax.children(test)
        sign = [child.type for child in test.children if not child.is_named]
        if len(operands) != 2 or operands[1].type != "none" or sign not in (["is"], ["is not"]):
            return None, None
        test, missing = operands[0], sign == ["is"]
    if test.type not in ("identifier", "call"):
        return None, None
    value = module.value(test)
    if not isinstance(value, Call):
        return None, None
    return (value, None) if missing else (None, value)
