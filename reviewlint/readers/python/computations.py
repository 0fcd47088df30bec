"""What computes or compares values, in files whose lines seldom choose a way."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tree_sitter import Node

from ...facts.code import Computation
from ...facts.file import FileFact, Side
from ..decisions import TAKES_TIME, outermost
from . import syntax
from .functions import decisions

if TYPE_CHECKING:
    from .module import Module

_QUERY = """
[(binary_operator) (comparison_operator) (augmented_assignment) (conditional_expression)] @computes
(call function: (identifier) @_name (#any-of? @_name "min" "max" "round" "abs" "sum" "sorted" "divmod")) @computes
(call function: (attribute attribute: (identifier) @_name)
  (#any-of? @_name "quantize" "isocalendar" "weekday" "isoweekday")) @computes
(if_statement condition: (_) @header)
(elif_clause condition: (_) @header)
(while_statement condition: (_) @header)
(assert_statement) @header
(raise_statement) @header
"""
_ARITHMETIC = frozenset({"-", "*", "/", "//", "%", "**", "+"})
_STEPS = frozenset({"+=", "-=", "*=", "/=", "//=", "%=", "**="})
_COMPARISONS = frozenset({"<", "<=", ">", ">=", "==", "!=", "in", "not in"})
_CONSTANT = frozenset({"integer", "float", "true", "false", "none", "unary_operator"})
_TEXT = frozenset({"string", "concatenated_string", "list", "tuple", "dictionary", "list_comprehension"})
_ABSENT = frozenset({"none", "list", "dictionary", "tuple", "string", "false", "true"})
"""What stands for something that is missing, where one of these is chosen."""


_COLUMN = re.compile(rb"(?:self\.model|cls|model|[A-Z]\w*[a-z]\w*|\w+\.c)\.[a-z_]")


def file(module: "Module") -> Iterator[FileFact]:
    """Each such expression of a function; of tests, and of files that decide much anyhow, none."""
    if module.side is Side.TEST or len(module.scopes.all) < 2 or not module.once(decisions).are_few:
        return
    found = syntax.captures(_QUERY, module.root)
    computing = (node for node in found.get("computes", ()) if _computes(node, module))
    for node in outermost(computing, found.get("header", ())):
        if function := module.enclosing(node):
            yield Computation(module.location(node), function)


def _computes(node: Node, module: "Module") -> bool:
    if module.data.find(b"environ", node.start_byte, node.end_byte) >= 0:
        return False
    if node.type != "comparison_operator" and TAKES_TIME.search(module.data, node.start_byte, node.end_byte):
        return False
    operands = [syntax.unwrapped(child) for child in syntax.children(node)]
    kinds = [operand.type for operand in operands]
    match node.type:
        case "binary_operator":
            operator = node.child_by_field_name("operator")
            is_constant = all(operand.type in _CONSTANT or module.text(operand).isupper() for operand in operands)
            return operator is not None and operator.type in _ARITHMETIC and not is_constant and _TEXT.isdisjoint(kinds)
        case "comparison_operator":
            operators = {child.type for child in node.children if not child.is_named or child.type in _COMPARISONS}
            is_key = kinds[0] == "string" and not operators.isdisjoint(("in", "not in"))
            compares = not operators.isdisjoint(_COMPARISONS) and "none" not in kinds and not is_key
            return compares and not _asks_length(operands, module) and not _is_clause(operands, module)
        case "augmented_assignment":
            operator = node.child_by_field_name("operator")
            return operator is not None and operator.type in _STEPS and _TEXT.isdisjoint(kinds)
        case "conditional_expression":
            return len(kinds) == 3 and _ABSENT.isdisjoint((kinds[0], kinds[2])) and not _asks_kind(operands[1], module)
    return True


def _asks_kind(condition: Node, module: "Module") -> bool:
    """Whether it asks of which kind something is, or whether it is there, to make another of it."""
    return condition.type == "identifier" or module.text(condition).startswith(("isinstance(", "not ", "hasattr("))


def _is_clause(operands: list[Node], module: "Module") -> bool:
    """Whether it compares a column, which a database does: `Order.paid_at > since`."""
    return any(_COLUMN.match(module.data, one.start_byte, one.end_byte) for one in operands)


def _asks_length(operands: list[Node], module: "Module") -> bool:
    """Whether it only asks whether there are any: `len(rows) > 0`."""
    texts = [module.text(operand) for operand in operands]
    return any(text.startswith("len(") for text in texts) and any(text in ("0", "1") for text in texts)
