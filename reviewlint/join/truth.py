"""What an SQL expression comes to where that is the same for every row: the constants that policies are made of."""

from ..facts import sql
from ..facts.sql import Name, Tree

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


def is_for_anybody(tree: Tree) -> bool:
    """Whether a condition only asks for somebody who is signed in, or for nothing."""
    match tree:
        case sql.Operation(operator="and", operands=operands):
            return all(is_for_anybody(one) for one in operands)
        case sql.Operation(operator="=", operands=(left, right)):
            sides = (_plain(left), _plain(right))
            role = any(isinstance(one, sql.Invocation) and one.function == Name("auth", "role") for one in sides)
            return (role and any(_is_signed_in(one) for one in sides)) or always_true(tree)
        case sql.Operation(operator="is not null", operands=(operand,)):
            inner = _plain(operand)
            return isinstance(inner, sql.Invocation) and inner.function == Name("auth", "uid")
        case _:
            return always_true(tree)


def _is_signed_in(tree: Tree) -> bool:
    return isinstance(tree, sql.Literal) and tree.value in ("authenticated", "anon")


def _plain(tree: Tree) -> Tree:
    """An expression without casts and without the `select` around it."""
    match tree:
        case sql.Cast(operand=operand):
            return _plain(operand)
        case sql.Query(use="scalar", outputs=(output,), relations=()):
            return _plain(output)
        case _:
            return tree
