"""Except clauses and what they do with the exception."""

import itertools
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tree_sitter import Node

from ...facts.code import Catch
from ...facts.file import FileFact
from ...facts.location import Location
from .. import trees
from ..reasons import TOLERATES, promises_to_go_on
from . import logging, syntax

if TYPE_CHECKING:
    from .module import Module
    from .scopes import Scope

_BROAD = frozenset({"Exception", "BaseException"})
_DOES = """
(raise_statement) @raises
(return_statement) @returns
(yield (_)) @yields
(continue_statement) @continues
(break_statement) @continues
(call) @calls
(assignment) @assigns
(augmented_assignment) @assigns
(comment) @comments
"""
_PRAGMA = re.compile(
    rb"^(?:#+\s*(?:noqa(?::\s*[A-Z]+\d+(?:[,\s]+[A-Z]+\d+)*)?|pragma:\s*no[ -]?cover|type:\s*ignore(?:\[[\w, -]*\])?"
    rb"|(?:pylint|pyright|flake8|ruff|mypy|fmt):\s*[\w-]+(?:\s*[=:,]\s*[\w-]+)*|nosec(?:\s+B\d+)*|NOSONAR|nopep8)\s*)+$"
)
"""A comment that only tells a tool to be silent."""


def catch(node: Node, module: "Module") -> Iterator[FileFact]:
    """An except clause."""
    block = next((child for child in node.named_children if child.type == "block"), None)
    scope = module.scopes.at(node.start_byte)
    does: set[str] = set()
    for name, nodes in syntax.captures(_DOES, node).items():
        inside = [found for found in nodes if module.scopes.at(found.start_byte) is scope]
        if name == "comments":
            inside = [found for found in inside if not _PRAGMA.match(found.text or b"")]
        if name == "calls":
            inside = [found for found in inside if block is not None and found.start_byte >= block.start_byte]
            if any(logging.is_log_call(found, module) for found in inside):
                does.add("logs")
        if inside:
            does.add(name)
    if (node.parent is not None and _explained(node.parent, module)) or promises_to_go_on(_docstring(scope)):
        does.add("comments")
    yield Catch(
        module.location(node),
        module.enclosing(node),
        tuple(_exceptions(node, module)),
        module.catch_variable(node),
        frozenset(does),
        tuple(_attempts(node, module)),
        _tries(node, module),
        _is_nested(node),
        _waits(node, module),
        _refines(node, module),
        tuple(_gives(node, block, module)),
        tuple(_uses(node, block, module)),
    )


def _docstring(scope: "Scope") -> bytes:
    """What documents a function, without reading further than its first statement; nothing of modules and classes."""
    first = scope.body.named_children[0] if scope.kind == "function" and scope.body.named_child_count else None
    said = first.named_children[0] if first is not None and first.type == "expression_statement" else None
    return (said.text or b"") if said is not None and said.type == "string" else b""


def _explained(tried: Node, module: "Module") -> bool:
    """Whether a comment above a try, or above the `if` that begins with it, speaks of what happens when it fails."""
    block = tried.parent
    if tried.prev_sibling is None and block is not None and block.parent is not None:
        tried = block.parent if block.parent.type == "if_statement" else tried
    first = tried
    while first.prev_sibling is not None and first.prev_sibling.type == "comment":
        first = first.prev_sibling
    return first != tried and TOLERATES.search(module.data[first.start_byte : tried.start_byte]) is not None


def _gives(clause: Node, block: Node | None, module: "Module") -> Iterator[tuple[str, Location]]:
    """The calls in a clause's block that are given what it caught."""
    variable = module.catch_variable(clause)
    if block is None or not variable:
        return
    named = re.compile(rf"\b{re.escape(variable)}\b")
    for call in syntax.captures("(call) @call", block).get("call", [])[:12]:
        if any(named.search(module.text(one)) for one in (*module.arguments(call), *module.keywords(call).values())):
            yield module.callee(call), module.location(call)


def _uses(clause: Node, block: Node | None, module: "Module") -> Iterator[Location]:
    """Where a clause's block speaks of what it caught."""
    variable = module.catch_variable(clause)
    named = trees.named(block, variable, module.data) if block is not None and variable else iter(())
    return map(module.location, itertools.islice(named, 12))


CALLS = frozenset({"suppress"})


def call(node: Node, module: "Module") -> Iterator[FileFact]:
    """`with contextlib.suppress(Exception): …`, which is a clause for everything that does nothing."""
    caught = tuple(module.dotted(one) for one in module.arguments(node))
    outer = node.parent
    while outer is not None and outer.type in ("with_item", "with_clause"):
        outer = outer.parent
    body = outer.child_by_field_name("body") if outer is not None and outer.type == "with_statement" else None
    if body is None or not module.callee(node).endswith("suppress") or not _BROAD.intersection(caught):
        return
    above = outer.prev_named_sibling if outer is not None else None
    said = syntax.captures("(comment) @comment", outer or body) or (above is not None and above.type == "comment")
    tries = _does(body, module)
    if {"assigns", "returns"} & tries:
        return  # what it had before stands in for it
    does = frozenset({"comments"}) if said else frozenset[str]()
    yield Catch(
        module.location(node),
        module.enclosing(node),
        caught,
        "",
        does,
        tuple(_called(body, module)),
        tries,
        _is_nested(body),
        _awaited(body, module),
    )


def _tries(clause: Node, module: "Module") -> frozenset[str]:
    """What the statements of the clause's try do."""
    body = clause.parent.child_by_field_name("body") if clause.parent is not None else None
    return _does(body, module) if body is not None else frozenset()


def _does(body: Node, module: "Module") -> frozenset[str]:
    scope = module.scopes.at(body.start_byte)
    seen = syntax.captures(_DOES, body)
    return frozenset(
        name for name, nodes in seen.items() if any(module.scopes.at(found.start_byte) is scope for found in nodes)
    )


def _is_nested(clause: Node) -> bool:
    """Whether the clause's try stands in another clause or a finally of the same function."""
    parent = clause.parent.parent if clause.parent is not None else None
    while parent is not None and parent.type not in ("function_definition", "module"):
        if parent.type in ("except_clause", "finally_clause"):
            return True
        parent = parent.parent
    return False


def _attempts(clause: Node, module: "Module") -> Iterator[str]:
    """The callees in the body of the clause's try."""
    body = clause.parent.child_by_field_name("body") if clause.parent is not None else None
    yield from _called(body, module) if body is not None else ()


def _called(body: Node, module: "Module") -> Iterator[str]:
    yield from map(module.callee, itertools.islice(_failing(body, module), 12))


def _failing(body: Node, module: "Module") -> Iterator[Node]:
    """The calls in what is tried whose failures come out of it: a clause inside may take them all, and raise none."""
    for call in syntax.captures("(call) @call", body).get("call", []):
        if not _is_caught(call, body, module):
            yield call


def _is_caught(call: Node, body: Node, module: "Module") -> bool:
    """Whether a clause for everything inside `body` takes what a call raises, and raises nothing itself."""
    node = call
    while node != body and node.parent is not None:
        inner = node.parent
        if inner.type == "try_statement" and inner.child_by_field_name("body") == node:
            for clause in inner.named_children:
                block = next((one for one in clause.named_children if one.type == "block"), None)
                if (
                    clause.type == "except_clause"
                    and block is not None
                    and _BROAD.issuperset(_exceptions(clause, module))
                ):
                    return "raises" not in _does(block, module)
        node = inner
    return False


def _waits(clause: Node, module: "Module") -> tuple[str, ...] | None:
    """Those that are awaited, with what an `async with` or `async for` begins with; None in a synchronous function."""
    body = clause.parent.child_by_field_name("body") if clause.parent is not None else None
    return _awaited(body, module) if body is not None else None


def _awaited(body: Node, module: "Module") -> tuple[str, ...] | None:
    function = module.scopes.at(body.start_byte).function
    if function is None or not function.is_async:
        return None
    calls = itertools.islice(_failing(body, module), 12)
    return tuple(module.callee(call) for call in calls if _is_awaited(call, body))


def _is_awaited(call: Node, body: Node) -> bool:
    """Whether the call stands below an `await`, or before the block of an `async with` or `async for`."""
    node = call
    while (parent := node.parent) is not None and node != body:
        if parent.type == "await":
            return True
        if parent.type in ("with_statement", "for_statement") and node.type != "block":
            return parent.children[0].type == "async"
        node = parent
    return False


def _refines(clause: Node, module: "Module") -> bool:
    """Whether the try gives a better value to a variable that its function has given one before."""
    tried = clause.parent
    body = tried.child_by_field_name("body") if tried is not None else None
    scope = module.scopes.at(clause.start_byte)
    if body is None or scope.function is None:
        return False
    bettered = {name for name, at in _assigned(body, module) if module.scopes.at(at) is scope}
    return bool(bettered) and any(
        name in bettered and at < body.start_byte and module.scopes.at(at) is scope
        for name, at in _assigned(scope.function.body, module)
    )


def _assigned(block: Node, module: "Module") -> Iterator[tuple[str, int]]:
    """The variables that a block gives values to, and the byte at which each does."""
    for left in syntax.captures("(assignment left: (identifier) @left)", block).get("left", []):
        yield module.text(left), left.start_byte


def _exceptions(node: Node, module: "Module") -> Iterator[str]:
    values = node.children_by_field_name("value")
    for value in values:
        if value.type == "as_pattern" and value.named_children:
            value = value.named_children[0]
        several = syntax.children(value) if value.type in ("tuple", "expression_list") else [value]
        for one in several:
            yield module.dotted(one) or module.one_line(one)
