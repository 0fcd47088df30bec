"""Tests that narrow what a name can be: `if order not in ("asc", "desc"): raise …`, `assert kind in KINDS`."""

from typing import TYPE_CHECKING

from tree_sitter import Node

from ...facts.algebra import element, is_textual
from ...facts.values import Call, Constant, Items, Record, Reference, Value, options
from . import syntax

if TYPE_CHECKING:
    from .values import Evaluator

_LEAVING = frozenset({"return_statement", "raise_statement", "continue_statement", "break_statement"})
_TESTS = frozenset({"in", "not in", "==", "!="})


def leaves(statements: "tuple[Node, ...] | list[Node]") -> bool:
    """Whether a block ends by leaving: what it assigned is not seen after it."""
    return bool(statements) and statements[-1].type in _LEAVING


def leaves_turn(statements: "tuple[Node, ...] | list[Node]") -> bool:
    """Whether a block ends by leaving the turn of a loop: what it assigned is seen in the next, and after the loop."""
    return bool(statements) and statements[-1].type in ("continue_statement", "break_statement")


def operator(test: Node) -> str:
    """The operator of a comparison of two operands that narrows, or `""`."""
    found = [child.type for child in test.children if not child.is_named]
    return found[0] if len(found) == 1 and found[0] in _TESTS and test.named_child_count == 2 else ""


def holding_at(test: Node, position: int) -> bool | None:
    """Whether a comparison is certainly true (or false) where the byte at `position` runs; None where neither."""
    condition = test
    while (parent := condition.parent) is not None and parent.type in (
        "boolean_operator",
        "not_operator",
        "parenthesized_expression",
    ):
        condition = parent
    if parent is None:
        return None
    truth: bool | None = None
    match parent.type:
        case "if_statement" | "elif_clause":
            consequence = parent.child_by_field_name("consequence")
            if consequence is None or condition.end_byte > consequence.start_byte:
                return None
            statement = parent if parent.type == "if_statement" else parent.parent
            if consequence.start_byte <= position < consequence.end_byte:
                truth = True
            elif statement is None or statement.parent is None:
                return None
            elif consequence.end_byte <= position < statement.end_byte or (
                leaves(syntax.children(consequence)) and statement.end_byte <= position < statement.parent.end_byte
            ):
                truth = False
        case "assert_statement":
            if parent.parent is not None and parent.end_byte <= position < parent.parent.end_byte:
                truth = True
        case "conditional_expression":
            branches = syntax.children(parent)
            if len(branches) == 3 and branches[1].id == condition.id:
                if branches[0].start_byte <= position < branches[0].end_byte:
                    truth = True
                elif branches[2].start_byte <= position < branches[2].end_byte:
                    truth = False
    return implied(test, condition, truth) if truth is not None else None


def implied(test: Node, condition: Node, truth: bool) -> bool | None:
    """Whether a comparison inside `condition` is certainly true or false when the whole of it is `truth`."""
    path: list[Node] = []
    node: Node | None = test
    while node is not None and node.id != condition.id:
        node = node.parent
        if node is None:
            return None
        path.append(node)
    for outer in reversed(path):
        if outer.type == "not_operator":
            truth = not truth
        elif outer.type == "boolean_operator":
            sign = outer.child_by_field_name("operator")
            if sign is None or truth is not (sign.type == "and"):
                return None
        elif outer.type != "parenthesized_expression":
            return None
    return truth


def allowed(test: Node, holds: bool, evaluator: "Evaluator") -> Value | None:
    """What the left side of a comparison can be, given whether it holds; None where it says nothing."""
    sign = operator(test)
    if (sign in ("in", "==")) is not holds:
        return None
    right = test.named_children[1]
    value = evaluator.value(right)
    if sign in ("==", "!="):
        return value if isinstance(value, Constant) and isinstance(value.value, str) else None
    if is_textual(value) or not isinstance(value, Items | Record | Reference | Call):
        return None
    found = element(value, evaluator.at(right))
    return found if found is not None and all(isinstance(one, Constant | Reference) for one in options(found)) else None
