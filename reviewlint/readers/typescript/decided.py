"""Conditions that the program's own constants decide: `7 * 18 + margin > 200` where `const margin = 106`.

A branch that never runs gives no value to what comes after. Only comparisons of literals and of names that nothing
assigns to again are decided: members and the results of calls change elsewhere.
"""

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tree_sitter import Node

from ...facts.values import Constant, Value
from . import syntax

if TYPE_CHECKING:
    from .values import Evaluator

_OPERATORS: dict[str, Callable[[Any, Any], object]] = {
    "===": operator.eq,
    "==": operator.eq,
    "!==": operator.ne,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_LEAVING = frozenset({"break_statement", "return_statement", "throw_statement", "continue_statement"})


def decided(condition: Node, evaluator: "Evaluator") -> bool | None:
    """Whether a condition always holds, or never; None where that depends."""
    condition = syntax.unwrapped(condition)
    match condition.type:
        case "true":
            return True
        case "false":
            return False
        case "unary_expression" if condition.children[0].type == "!":
            inner = decided(condition.named_children[-1], evaluator)
            return None if inner is None else not inner
        case "binary_expression":
            sign = condition.child_by_field_name("operator")
            sides = syntax.children(condition)
            if sign is None or len(sides) != 2:
                return None
            if sign.type in ("&&", "||"):
                both, settling = [decided(side, evaluator) for side in sides], sign.type == "||"
                if settling in both:
                    return settling
                return None if None in both else not settling
            return _compared(sign.type, sides, evaluator)
    return None


def _compared(sign: str, sides: list[Node], evaluator: "Evaluator") -> bool | None:
    left, right = (_settled(side, evaluator) for side in sides)
    if sign not in _OPERATORS or left is None or right is None or isinstance(left, str) is not isinstance(right, str):
        return None
    return bool(_OPERATORS[sign](left, right))


def _settled(node: Node, evaluator: "Evaluator") -> str | int | float | None:
    """The constant that an expression always is, where nothing in it is ever assigned to again."""
    value: Value | None = evaluator.value(node) if _is_plain(node, evaluator) else None
    return value.value if isinstance(value, Constant) else None


def _is_plain(node: Node, evaluator: "Evaluator") -> bool:
    match node.type:
        case "number" | "string":
            return True
        case "identifier":
            binding = evaluator.bindings.named(node)
            return binding is not None and binding.kind == "variable" and not evaluator.bindings.writes(binding)
        case "binary_expression" | "parenthesized_expression" | "subscript_expression":
            return all(_is_plain(child, evaluator) for child in syntax.children(node))
    return False


def runs(branching: Node, child: Node, evaluator: "Evaluator") -> bool | None:
    """Whether the part `child` of an `if`, a ternary or a case of a `switch` always runs, or never."""
    match branching.type:
        case "if_statement" | "ternary_expression":
            condition = branching.child_by_field_name("condition")
            holds = decided(condition, evaluator) if condition is not None and child.id != condition.id else None
            is_other = child in branching.children_by_field_name("alternative")
            return holds if holds is None else holds is not is_other
        case "switch_case" | "switch_default":
            return _runs_case(branching, evaluator)
    return None


def _runs_case(case: Node, evaluator: "Evaluator") -> bool | None:
    body = case.parent
    subject = body.parent.child_by_field_name("value") if body is not None and body.parent is not None else None
    wanted = _settled(syntax.unwrapped(subject), evaluator) if subject is not None else None
    if body is None or wanted is None:
        return None
    cases, entered, default = syntax.children(body), -1, -1
    for number, one in enumerate(cases):
        label = one.child_by_field_name("value")
        known = _settled(label, evaluator) if label is not None else None
        if one.type == "switch_default":
            default = number
        elif known is None:
            return None
        elif known == wanted and entered < 0:
            entered = number
    entered = default if entered < 0 else entered
    for one in cases[entered:] if entered >= 0 else ():
        if one == case:
            return True
        statements = one.children_by_field_name("body")
        if statements and _leaves(statements[-1]):
            break
    return False


def _leaves(statement: Node) -> bool:
    inner = syntax.children(statement)[-1:] if statement.type == "statement_block" else [statement]
    return bool(inner) and inner[0].type in _LEAVING
