"""What operators of TypeScript and JavaScript make of values: sums, fallbacks, choices."""

from dataclasses import replace
from typing import TYPE_CHECKING

from tree_sitter import Node

from ...facts.values import Call, Choice, Constant, Environment, Value
from . import syntax
from .decided import decided
from .texts import joined, numeric, one_of

if TYPE_CHECKING:
    from .values import Evaluator

_SMALL = 1 << 53
_ARITHMETIC = frozenset({"-", "*", "/", "%", "**", "|", "&", "^", "<<", ">>", ">>>"})


def _number_of(evaluator: "Evaluator", node: Node, *operands: Value) -> Value:
    return Call(evaluator.at(node), "Number", operands)


def binary(evaluator: "Evaluator", node: Node) -> Value:
    """What two operands make: a sum, a number, the one or the other."""
    operator = node.child_by_field_name("operator")
    sign = operator.type if operator is not None else ""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None:
        return evaluator.unknown(node)
    if sign == "+":
        return _sum(evaluator, node)
    if sign in ("||", "??"):
        return fallback(evaluator, node, evaluator.value(left), evaluator.value(right))
    if sign == "&&":
        return one_of(evaluator.at(node), [Constant(evaluator.at(left), False), evaluator.value(right)])
    if sign in _ARITHMETIC:
        return _arithmetic(evaluator, node, sign, evaluator.value(left), evaluator.value(right))
    return evaluator.unknown(node)


def _arithmetic(evaluator: "Evaluator", node: Node, sign: str, left: Value, right: Value) -> Value:
    match left, right:
        case Constant(value=int(one)), Constant(value=int(other)) if sign == "-":
            return Constant(evaluator.at(node), one - other)
        case Constant(value=int(one)), Constant(value=int(other)) if sign == "*" and max(abs(one), abs(other)) < _SMALL:
            return Constant(evaluator.at(node), one * other)
    return _number_of(evaluator, node, left, right)


def _sum(evaluator: "Evaluator", node: Node) -> Value:
    operands: list[Node] = []
    current: Node = node
    while current.type == "binary_expression":
        operator, left = current.child_by_field_name("operator"), current.child_by_field_name("left")
        right = current.child_by_field_name("right")
        if operator is None or operator.type != "+" or left is None or right is None:
            break
        operands.append(right)
        current = syntax.unwrapped(left)
    operands.append(current)
    values = [evaluator.value(operand) for operand in reversed(operands)]
    total = values[0]
    at = evaluator.at(node)
    for position, value in enumerate(values[1:], 1):
        if numeric(total) and numeric(value):
            if isinstance(total, Constant) and isinstance(value, Constant):
                total = Constant(at, total.value + value.value)  # type: ignore[operator]
            else:
                total = Call(at, "Number", (total, value))
        else:
            return joined(at, [total, *values[position:]], "+")
    return total


def fallback(evaluator: "Evaluator", node: Node, left: Value, right: Value) -> Value:
    """What `left || right` or `left ?? right` gives."""
    if isinstance(left, Environment) and left.default is None:
        return Environment(left.at, left.name, right)
    if isinstance(left, Constant) and (left.value is None or left.value == ""):
        return right
    return one_of(evaluator.at(node), [left, right])


def unary(evaluator: "Evaluator", node: Node) -> Value:
    """What one operand makes: a number, or nothing."""
    operator, argument = node.child_by_field_name("operator"), node.child_by_field_name("argument")
    sign = operator.type if operator is not None else ""
    if argument is None:
        return evaluator.unknown(node)
    if sign == "void":
        return Constant(evaluator.at(node), None)
    if sign in ("+", "-", "~"):
        value = evaluator.value(argument)
        if sign == "-" and isinstance(value, Constant) and numeric(value):
            return Constant(evaluator.at(node), -value.value)  # type: ignore[operator]
        return _number_of(evaluator, node, value)
    return evaluator.unknown(node)


def update(evaluator: "Evaluator", node: Node) -> Value:
    """What `n++` and its kin give."""
    argument = node.child_by_field_name("argument")
    return evaluator.unknown(node) if argument is None else _number_of(evaluator, node, evaluator.value(argument))


def ternary(evaluator: "Evaluator", node: Node) -> Value:
    """Both branches, or the one that is decided."""
    either, other = node.child_by_field_name("consequence"), node.child_by_field_name("alternative")
    condition = node.child_by_field_name("condition")
    if either is None or other is None or condition is None:
        return evaluator.unknown(node)
    holds = decided(condition, evaluator)
    if holds is not None:
        return evaluator.value(either if holds else other)
    chosen = one_of(evaluator.at(node), [evaluator.value(either), evaluator.value(other)])
    return replace(chosen, test=evaluator.module.one_line(condition)) if isinstance(chosen, Choice) else chosen


def assignment(evaluator: "Evaluator", node: Node) -> Value:
    """What an assignment gives: what is assigned."""
    right = node.child_by_field_name("right")
    return evaluator.unknown(node) if right is None else evaluator.value(right)


def sequence(evaluator: "Evaluator", node: Node) -> Value:
    """What `a, b` gives: the last."""
    inner = syntax.children(node)
    return evaluator.value(inner[-1]) if inner else evaluator.unknown(node)
