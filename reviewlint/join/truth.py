"""What an SQL expression comes to where that is the same for every row: the constants that policies are made of."""

from ..facts import sql
from ..facts.sql import Tree

_BOOLEANS = {"t": True, "f": False, "true": True, "false": False}


def constant(tree: Tree) -> bool | str | int | float | None:
    """The constant that an expression is, None where it is not one (or is NULL)."""
    match tree:
        case sql.Literal(value=value):
            return value
        case sql.Cast(operand=operand, type="boolean"):
            value = constant(operand)
            return _BOOLEANS.get(value.lower()) if isinstance(value, str) else value
        case sql.Cast(operand=operand):
            return constant(operand)
        case sql.Operation(operator="=", operands=(left, right)):
            first, second = constant(left), constant(right)
            return first == second if first is not None and second is not None else None
        case sql.Operation(operator="not", operands=(operand,)):
            value = constant(operand)
            return not value if isinstance(value, bool) else None
        case sql.Operation(operator="or", operands=operands):
            return True if any(constant(operand) is True for operand in operands) else None
        case sql.Operation(operator="and", operands=operands):
            values = [constant(operand) for operand in operands]
            return True if all(value is True for value in values) else False if False in values else None
        case sql.Query(use="scalar", outputs=(output,), relations=(), conditions=(), parts=()):
            return constant(output)
        case _:
            return None


def always_true(tree: Tree) -> bool:
    """Whether a condition holds for every row."""
    return constant(tree) in {True, "t", "true"}
