"""The arms of statements in which queries stand, read the same way in both grammars."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from tree_sitter import Node

from ..facts.data import Branch, ModelAccess, Query, RowRead, RowWrite, TableAccess
from ..facts.file import FileFact
from ..facts.location import Location
from .conditions import node_at

_IFS = frozenset({"if_statement", "ternary_expression", "conditional_expression"})
_CASES = frozenset({"switch_case", "switch_default", "case_clause"})
_HANDLERS = frozenset({"except_clause", "except_group_clause", "catch_clause"})
_LEAVES = frozenset({"return_statement", "raise_statement", "throw_statement", "continue_statement", "break_statement"})
_BLOCKS = frozenset({"block", "statement_block", "else_clause", "elif_clause", "case_clause", "switch_default"})
_FUNCTIONS = frozenset(
    {"function_declaration", "function_expression", "arrow_function", "method_definition", "program", "module"}
)
_CALLBACKS = frozenset({"arrow_function", "function_expression"})
_AT_ONCE = frozenset({"map", "flatMap", "forEach", "reduce", "filter"})
"""Methods that run what they are given in the course of the function around them."""
_AFTERWARDS = frozenset({"then", "finally"})
"""Methods that run what they are given in the course of the function around them, if it waits for them."""
_LONGEST = 120
"""Characters of a test that are kept."""
_DEEPEST = 200
"""Levels around a query that are looked at."""


def branches(
    facts: Sequence[FileFact], root: Node, data: bytes, locate: Callable[[Node], Location]
) -> Iterator[Branch]:
    """Each arm around the queries of functions that send more than one, once."""
    sent = [fact for fact in facts if isinstance(fact, Query | TableAccess | ModelAccess | RowRead | RowWrite)]
    count = Counter(fact.function for fact in sent)
    several = [fact for fact in sent if count[fact.function] > 1]
    lines = data.split(b"\n") if several else []
    seen: set[int] = set()
    for fact in several:
        child = node_at(fact.at, root, lines)
        for _ in range(_DEEPEST):
            parent = child.parent if child is not None else None
            if child is None or parent is None:
                break
            if child.id not in seen and _is_arm(child, parent):
                seen.add(child.id)
                whole = parent.parent if child.type in _CASES and parent.parent is not None else parent
                yield Branch(locate(child), locate(whole), _leaves(child), _test(child, parent))
            elif child.id not in seen and child.type in _CALLBACKS and _is_handed_on(child):
                seen.add(child.id)
                around = parent
                while around.parent is not None and around.type not in _FUNCTIONS:
                    around = around.parent
                yield Branch(locate(child), locate(around), callback=True)
            child = parent


def _is_arm(child: Node, parent: Node) -> bool:
    if parent.type in _IFS:
        return child != parent.child_by_field_name("condition")
    if parent.type == "try_statement":
        return child.type in _HANDLERS or child == parent.child_by_field_name("body")
    return child.type in _CASES


def _test(arm: Node, parent: Node) -> str:
    """The condition under which an arm of an if runs."""
    asked = arm if arm.type == "elif_clause" else parent
    if parent.type != "if_statement" or (asked is parent and arm != parent.child_by_field_name("consequence")):
        return ""
    test = asked.child_by_field_name("condition")
    text = " ".join(((test.text if test is not None else None) or b"").decode("utf-8", "replace").split())
    bare = test is not None and test.type == "parenthesized_expression"
    return (text[1:-1] if bare else text)[:_LONGEST]


def _is_handed_on(function: Node) -> bool:
    """Whether a function is given to a call that may keep it: that does not go through a list, and nobody waits for."""
    arguments = function.parent
    call = arguments.parent if arguments is not None and arguments.type == "arguments" else None
    if call is None:
        return False
    callee = call.child_by_field_name("function")
    name = ((callee.text if callee is not None else None) or b"").rpartition(b".")[2].decode("utf-8", "replace")
    while call.parent is not None and call.parent.parent is not None and call.parent.type == "member_expression":
        call = call.parent.parent
    if name in _AFTERWARDS:
        return call.parent is not None and call.parent.type in ("expression_statement", "unary_expression")
    waiting = call.parent is not None and call.parent.type in ("await_expression", "return_statement", "arrow_function")
    return name not in _AT_ONCE and not waiting


def _leaves(arm: Node) -> bool:
    """Whether an arm ends by leaving, on every way through its last statement."""
    if arm.type in _LEAVES:
        return True
    inside = [child for child in arm.named_children if child.type != "comment"]
    if not inside:
        return False
    if arm.type in _BLOCKS | _HANDLERS | {"switch_case"}:
        return _leaves(inside[-1])
    if arm.type == "if_statement":
        others = arm.children_by_field_name("alternative")
        has_else = any(other.type == "else_clause" for other in others)
        then = arm.child_by_field_name("consequence")
        return has_else and then is not None and all(map(_leaves, (then, *others)))
    return False
