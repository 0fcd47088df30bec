"""Conditions that the program's own constants decide: `7 * 18 + margin > 200` where `margin = 106`.

A branch that never runs gives no value to what comes after. Only comparisons of literals and plain names are decided:
attributes and the results of calls change elsewhere, and a bare name (`if DEBUG:`) is a switch that people turn.
"""

import operator
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from tree_sitter import Node

from ...facts.values import Constant
from . import syntax

if TYPE_CHECKING:
    from .values import Evaluator

_CHANGING = re.compile(rb"\.|\w\(")
_OPERATORS: dict[str, Callable[[Any, Any], object]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def decided(condition: Node, evaluator: "Evaluator") -> bool | None:
    """Whether a condition always holds, or never; None where that depends."""
    condition = syntax.unwrapped(condition)
    match condition.type:
        case "true":
            return True
        case "false":
            return False
        case "not_operator":
            inner = decided(condition.named_children[-1], evaluator)
            return None if inner is None else not inner
        case "boolean_operator":
            sides = [decided(side, evaluator) for side in syntax.children(condition)]
            sign = syntax.field(condition, "operator")
            settling = sign is not None and sign.type == "or"
            if settling in sides:
                return settling
            return None if None in sides else not settling
        case "comparison_operator":
            return _compared(condition, evaluator)
    return None


def _compared(test: Node, evaluator: "Evaluator") -> bool | None:
    signs = [child.type for child in test.children if not child.is_named]
    sides = syntax.children(test)
    if len(sides) != 2 or len(signs) != 1 or signs[0] not in _OPERATORS or _CHANGING.search(test.text or b""):
        return None
    left, right = evaluator.value(sides[0]), evaluator.value(sides[1])
    if not isinstance(left, Constant) or not isinstance(right, Constant):
        return None
    try:
        return bool(_OPERATORS[signs[0]](left.value, right.value))
    except TypeError:
        return None


def branches(statement: Node, evaluator: "Evaluator") -> tuple[list[Node], bool]:
    """The blocks of an `if` or `match` that may run, and whether one of them always does."""
    return _of_match(statement, evaluator) if statement.type == "match_statement" else _of_if(statement, evaluator)


def _of_if(statement: Node, evaluator: "Evaluator") -> tuple[list[Node], bool]:
    found: list[Node] = []
    for clause in (statement, *statement.children_by_field_name("alternative")):
        block = clause.child_by_field_name("body" if clause.type == "else_clause" else "consequence")
        condition = clause.child_by_field_name("condition")
        holds = decided(condition, evaluator) if condition is not None else True
        if holds is not False and block is not None:
            found.append(block)
        if holds:
            return found, True
    return found, False


def _of_match(statement: Node, evaluator: "Evaluator") -> tuple[list[Node], bool]:
    body = statement.child_by_field_name("body")
    subjects = statement.children_by_field_name("subject")
    is_plain = len(subjects) == 1 and not _CHANGING.search(subjects[0].text or b"")
    subject = evaluator.value(subjects[0]) if is_plain else None
    found: list[Node] = []
    for clause in syntax.children(body) if body is not None else ():
        patterns = [child for child in clause.named_children if child.type == "case_pattern"]
        block = clause.child_by_field_name("consequence")
        if block is None or len(patterns) != 1:
            continue
        holds: bool | None = None
        if clause.child_by_field_name("guard") is None:
            holds = True if patterns[0].text == b"_" else _matches(patterns[0], subject, evaluator)
        if holds is not False:
            found.append(block)
        if holds:
            return found, True
    return found, False


def _matches(pattern: Node, subject: object, evaluator: "Evaluator") -> bool | None:
    """Whether a pattern of literals matches a constant; None for other patterns and subjects."""
    if not isinstance(subject, Constant):
        return None
    literals = list(_literals(pattern))
    values = [evaluator.value(literal) for literal in literals]
    if not literals or not all(isinstance(value, Constant) for value in values):
        return None
    return any(isinstance(value, Constant) and value.value == subject.value for value in values)


def _literals(pattern: Node) -> Iterator[Node]:
    """The alternatives of a pattern."""
    if pattern.type in ("case_pattern", "union_pattern"):
        for child in syntax.children(pattern):
            yield from _literals(child)
    else:
        yield pattern
