"""The arms of statements in which queries stand, read the same way in both grammars."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from tree_sitter import Node

from ..facts.data import Branch, ModelAccess, Query, TableAccess
from ..facts.file import FileFact
from ..facts.location import Location
from .conditions import node_at

_IFS = frozenset({"if_statement", "ternary_expression", "conditional_expression"})
_CASES = frozenset({"switch_case", "switch_default", "case_clause"})
_HANDLERS = frozenset({"except_clause", "except_group_clause", "catch_clause"})
_LEAVES = frozenset({"return_statement", "raise_statement", "throw_statement", "continue_statement", "break_statement"})
_BLOCKS = frozenset({"block", "statement_block", "else_clause", "elif_clause", "case_clause", "switch_default"})
_DEEPEST = 200
"""Levels around a query that are looked at."""


def branches(
    facts: Sequence[FileFact], root: Node, data: bytes, locate: Callable[[Node], Location]
) -> Iterator[Branch]:
    """Each arm around the queries of functions that send more than one, once."""
    sent = [fact for fact in facts if isinstance(fact, Query | TableAccess | ModelAccess)]
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
                yield Branch(locate(child), locate(whole), _leaves(child))
            child = parent


def _is_arm(child: Node, parent: Node) -> bool:
    if parent.type in _IFS:
        return child != parent.child_by_field_name("condition")
    if parent.type == "try_statement":
        return child.type in _HANDLERS or child == parent.child_by_field_name("body")
    return child.type in _CASES


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
