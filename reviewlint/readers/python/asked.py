"""What a test before a response asks for: a row that was looked up, and whether it is missing or there."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tree_sitter import Node

from ...facts.values import Call, Reference, Unknown, Value
from . import syntax

if TYPE_CHECKING:
    from .module import Module

_HELD = frozenset(
    {
        "block",
        "return_statement",
        "raise_statement",
        "expression_statement",
        "call",
        "argument_list",
        "keyword_argument",
        "tuple",
        "expression_list",
        "parenthesized_expression",
    }
)
"""What may stand between a response and the test that it is given for."""
_ENDS = frozenset({"return_statement", "raise_statement"})
KEPT = "dict.get"
_MISSES = {
    ("is", "none"): True,
    ("is not", "none"): False,
    ("==", "none"): True,
    ("!=", "none"): False,
    ("==", "0"): True,
    ("<", "1"): True,
    (">", "0"): False,
    (">=", "1"): False,
    ("!=", "0"): False,
}
"""What a comparison of a row, or of how many there are, says: whether it is missing."""


def of(node: Node, module: "Module") -> tuple[Value | None, Value | None]:
    """What the innermost test around a response found missing (`not row`, `row is None`), and what it found there.

    Only where the test is nothing but a name, or a call, whose value a call of this function gave; else None. A dict
    that the file's functions fill is asked by `dict.get`, however the code spells it.
    """
    for test, holds in _tested(node):
        value, missing = _split(syntax.unwrapped(test), module)
        if value is not None and missing == holds:
            return value, None
        if value is not None:
            return None, (value if _is_made(value, node, module) else None)
    return None, None


def _tested(node: Node) -> Iterator[tuple[Node, bool]]:
    """The innermost test under which a response is given, and whether it held; before it that of an `if row: return …`
    right above, which did not.
    """
    inner, outer = node, node.parent
    while outer is not None:
        test, holds, ways = None, True, syntax.children(outer)
        if outer.type == "block" and (before := _passed(inner)) is not None:
            yield before, False
        elif outer.type in ("if_statement", "elif_clause") and outer.child_by_field_name("consequence") == inner:
            test = outer.child_by_field_name("condition")
        elif outer.type == "else_clause":
            test, holds = _only_test(outer.parent), False
        elif outer.type == "conditional_expression" and len(ways) == 3 and inner != ways[1]:
            test, holds = ways[1], inner == ways[0]
        elif outer.type == "case_clause":
            test = _matched(outer)
        if test is not None:
            yield test, holds
        if test is not None or outer.type not in _HELD:
            return
        inner, outer = outer, outer.parent


def _only_test(statement: Node | None) -> Node | None:
    """The test of an `if` with no other branch than its else."""
    if statement is None or statement.type != "if_statement":
        return None
    alone = len(statement.children_by_field_name("alternative")) == 1
    return statement.child_by_field_name("condition") if alone else None


def _passed(statement: Node) -> Node | None:
    """The test of the `if` right before a statement, where it held the function would have ended."""
    before = statement.prev_named_sibling
    while before is not None and before.type == "comment":
        before = before.prev_named_sibling
    if before is None or before.type != "if_statement" or before.children_by_field_name("alternative"):
        return None
    body = before.child_by_field_name("consequence")
    ends = body is not None and bool(body.named_children) and body.named_children[-1].type in _ENDS
    return before.child_by_field_name("condition") if ends else None


def _matched(clause: Node) -> Node | None:
    """What `match row:` asks for, of the clause for `None`."""
    pattern = next((child for child in clause.named_children if child.type == "case_pattern"), None)
    statement = clause.parent.parent if clause.parent is not None else None
    if pattern is None or pattern.text != b"None" or statement is None or statement.type != "match_statement":
        return None
    return pattern


def _split(test: Node, module: "Module") -> tuple[Value | None, bool]:
    """What a test asks for, and whether it holds where that is missing."""
    if test.type == "case_pattern":
        statement = test.parent.parent.parent if test.parent is not None and test.parent.parent is not None else None
        subject = statement.child_by_field_name("subject") if statement is not None else None
        return (_given(subject, module) if subject is not None else None), True
    if test.type == "not_operator":
        inner = test.child_by_field_name("argument")
        value, missing = _split(syntax.unwrapped(inner), module) if inner is not None else (None, False)
        return value, not missing
    if test.type == "comparison_operator":
        return _compared(test, module)
    return _given(test, module), False


def _compared(test: Node, module: "Module") -> tuple[Value | None, bool]:
    operands = syntax.children(test)
    sign = " ".join(child.type for child in test.children if not child.is_named)
    if len(operands) != 2:
        return None, False
    if sign in ("in", "not in") and operands[1].type == "identifier":
        return _kept(operands[1], operands[0], module), sign == "not in"
    other = "none" if operands[1].type == "none" else module.text(operands[1])
    missing = _MISSES.get((sign, other))
    return (None, False) if missing is None else (_given(operands[0], module), missing)


def _given(node: Node, module: "Module") -> Value | None:
    """The call that gave what stands here, None where none did."""
    node = syntax.unwrapped(node)
    if node.type == "named_expression":
        inner = node.child_by_field_name("value")
        node = syntax.unwrapped(inner) if inner is not None else node
    made = node
    if node.type == "identifier":
        bound = module.assigned(module.text(node), module.scope(node))
        made = syntax.unwrapped(bound[0]) if len(bound) == 1 else node
    if made.type == "call" and (kept := _looked_up(made, module)) is not None:
        return kept
    if node.type not in ("identifier", "call"):
        return None
    value = module.value(node)
    if isinstance(value, Call) and value.callee == "len" and value.arguments:
        value = value.arguments[0]
    return value if isinstance(value, Call) else None


def _is_made(value: Value, node: Node, module: "Module") -> bool:
    """Whether what was found is no entry of a dict, or of one that the same function fills."""
    if not isinstance(value, Call) or value.callee != KEPT or not isinstance(store := value.arguments[0], Reference):
        return True
    return _is_filled(store.name, module.scope(node).body.text or b"")


def _is_filled(store: str, body: bytes) -> bool:
    return re.search(rb"^[ \t]*%b\[[^\]\n]+\] = " % re.escape(store.encode()), body, re.MULTILINE) is not None


def _looked_up(made: Node, module: "Module") -> Value | None:
    """`ORDERS.get(number)` of a dict that is kept."""
    function = made.child_by_field_name("function")
    owner = function.child_by_field_name("object") if function is not None and function.type == "attribute" else None
    given = module.arguments(made)
    if owner is None or owner.type != "identifier" or not given or not module.callee(made).endswith(".get"):
        return None
    return _kept(owner, given[0], module)


def _kept(store: Node, key: Node, module: "Module") -> Value | None:
    """The lookup of a key in a module's dict, where functions of the file fill it."""
    name = module.text(store)
    if not module.assigned(name, module.scopes.module) or not _is_filled(name, module.data):
        return None
    at = module.location(store)
    return Call(at, KEPT, (Reference(at, name), Unknown(module.location(key), module.one_line(key))))
