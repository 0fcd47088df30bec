"""The tests under which a response is given or a line is logged, read the same way in both grammars."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from tree_sitter import Node

from ..facts.file import FileFact
from ..facts.http import Response
from ..facts.location import Location
from ..facts.logs import LogCall
from . import trees
from .reasons import chooses_status

_TESTS = frozenset({"if_statement", "elif_clause", "ternary_expression"})
_BOUNDARIES = frozenset(
    {
        "module",
        "program",
        "function_definition",
        "except_clause",
        "catch_clause",
        "function_declaration",
        "function_expression",
        "arrow_function",
        "method_definition",
        "generator_function_declaration",
    }
)
_FUNCTIONS = _BOUNDARIES - {"module", "program", "except_clause", "catch_clause"}
_LEVELS = 2
"""How many statements around a response comments are looked for at: its own, and what decides about it."""
_WRAPS = frozenset({"parenthesized_expression", "await", "await_expression", "as_expression", "satisfies_expression"})
_KEEPS = frozenset({"assignment", "assignment_expression", "variable_declarator"})
_MADE = re.compile(
    rb"^(?:new\s+)?[\w.]*Response(?:\.json)?(?:<[^()]*>)?\(|^(?:flask\.)?(?:jsonify|make_response)\(|^json\("
)
"""What makes a response and sends nothing."""
_BLOCKS = frozenset({"block", "statement_block"})
_LEAVES = frozenset({"return_statement", "throw_statement", "raise_statement"})
_UNLESS = re.compile(r"^(?:not (isinstance\([\w.]+, [\w.]+\))|!\(([\w.]+ instanceof [\w.]+)\))$")
"""A test for what is of another class: whoever goes on behind it is of this one."""
_LONGEST = 120
"""Characters of a test that are kept; what matters stands at its beginning."""


def with_conditions(facts: Iterable[FileFact], root: Node, data: bytes) -> Iterator[FileFact]:
    """`facts`, responses and log lines with the tests around them, and whether a try may keep a response in.

    Of responses that are made and never sent, such as one that stands in for another service's, there is nothing.
    """
    lines: list[bytes] | None = None
    for fact in facts:
        if not isinstance(fact, Response | LogCall):
            yield fact
            continue
        lines = lines if lines is not None else data.split(b"\n")
        node = node_at(fact.at, root, lines)
        if node is None:
            yield fact
        elif isinstance(fact, LogCall):
            tests = tuple(_around(node))
            yield replace(fact, conditions=tests) if tests else fact
        elif fact.raised or not _is_set_aside(node, data):
            explained = chooses_status(b" ".join(_beside(node))) or _is_promised(node, fact.status)
            yield replace(fact, conditions=tuple(_around(node)), in_try=_in_try(node), explained=explained)


def node_at(at: Location, root: Node, lines: list[bytes]) -> Node | None:
    """The smallest node that has all of `at` in it; `lines` are those of the file."""
    start = at.line - 1, _bytes(lines, at.line, at.column)
    end = at.end_line - 1, _bytes(lines, at.end_line, at.end_column)
    return root.descendant_for_point_range(start, end)


def _bytes(lines: list[bytes], line: int, column: int) -> int:
    text = lines[line - 1] if line <= len(lines) else b""
    return column - 1 if text.isascii() else len(text.decode("utf-8", "replace")[: column - 1].encode())


def _in_try(node: Node) -> bool:
    """Whether the node stands in the body of a try, callbacks in it included."""
    child, parent = node, node.parent
    while parent is not None:
        if parent.type == "try_statement" and child == parent.child_by_field_name("body"):
            clauses = {one.type for one in parent.named_children}
            if clauses & {"except_clause", "except_group_clause", "catch_clause"}:
                return True
        child, parent = parent, parent.parent
    return False


def _beside(node: Node) -> Iterator[bytes]:
    """The comments at a response: above and behind its statement, above the tests and the try that it stands in."""
    child, levels = node, 0
    while child.parent is not None and child.parent.type not in _FUNCTIONS and levels <= _LEVELS:
        before, after = child.prev_sibling, child.next_sibling
        while before is not None and before.type == "comment":
            yield before.text or b""
            before = before.prev_sibling
        while after is not None and after.type == "comment":
            if child.type == "try_statement" or after.start_point[0] == child.end_point[0]:
                yield after.text or b""
            after = after.next_sibling
        levels += child.type.endswith("_statement")
        child = child.parent


def _is_promised(node: Node, status: int | None) -> bool:
    """Whether the text of a class of Python says which statuses its refusals have, this one among them."""
    outer: Node | None = node if status is not None and status >= 400 else None
    while outer is not None and outer.type != "class_definition":
        outer = outer.parent
    body = outer.child_by_field_name("body") if outer is not None else None
    first = next(iter(body.named_children), None) if body is not None else None
    held = (
        next(iter(first.named_children), None) if first is not None and first.type == "expression_statement" else None
    )
    said = held.text if held is not None and held.type == "string" else None
    return said is not None and re.search(rb"\b%d\b" % (status or 0), said) is not None


def _is_set_aside(node: Node, data: bytes) -> bool:
    """Whether a response is made for a variable that is never returned or handed on, only asked for its parts."""
    made = node
    while made.parent is not None and made.parent.type in _WRAPS:
        made = made.parent
    kept = made.parent
    left = kept.child_by_field_name("left" if "assignment" in kept.type else "name") if kept is not None else None
    if kept is None or kept.type not in _KEEPS or left is None or left.type != "identifier" or left == made:
        return False
    if not _MADE.search(node.text or b""):
        return False
    function, outer = None, kept.parent
    while outer is not None:
        function, outer = (outer if outer.type in _FUNCTIONS else function), outer.parent
    name = (left.text or b"").decode("utf-8", "replace")
    return function is not None and not any(map(_is_handed_on, trees.named(function, name, data)))


def _is_handed_on(name: Node) -> bool:
    """Whether a variable is spoken of as a whole, and not given another value; or some part of it is returned."""
    around = name.parent
    if around is None or (
        around.type in _KEEPS and name in (around.child_by_field_name(one) for one in ("left", "name"))
    ):
        return False
    if around.type not in ("attribute", "member_expression"):
        return around.type not in ("unary_expression", "not_operator")  # `if (!found)` only asks for it
    part = around.child_by_field_name("attribute") or around.child_by_field_name("property")
    if part is not None and part.text in (b"json", b"text", b"ok", b"status", b"status_code", b"body", b"data"):
        return False
    outer: Node | None = around
    while outer is not None and not outer.type.endswith("_statement"):
        outer = outer.parent
    return outer is not None and outer.type == "return_statement"


def _case(case: Node) -> str:
    """The test that a `case` stands for: `err.code === "23505"`."""
    switch = case.parent.parent if case.parent is not None else None
    sides = (switch.child_by_field_name("value") if switch is not None else None, case.child_by_field_name("value"))
    written = (" ".join((side.text or b"").decode("utf-8", "replace").split()) if side else "" for side in sides)
    return " === ".join(side.removeprefix("(").removesuffix(")") for side in written)[:_LONGEST]


def _match(case: Node) -> str:
    """The test that a `case` of Python stands for: `row is None`, `kind == "admin"`."""
    statement = case.parent.parent if case.parent is not None else None
    subject = statement.child_by_field_name("subject") if statement is not None else None
    pattern = _line(_written(case)[0])
    return f"{_line(subject) if subject is not None else ''} {'is' if pattern == 'None' else '=='} {pattern}"[:_LONGEST]


def _written(node: Node) -> list[Node]:
    return [child for child in node.named_children if child.type != "comment"]


def _line(node: Node) -> str:
    return " ".join((node.text or b"").decode("utf-8", "replace").split())


def _is_chosen(function: Node) -> bool:
    """Whether a function is what a conditional expression chooses: `dev ? (error) => print(error) : undefined`."""
    around = function.parent
    while around is not None and around.type == "parenthesized_expression":
        around = around.parent
    return around is not None and around.type == "ternary_expression"


def _condition(parent: Node) -> Node | None:
    """What a statement or an expression tests, without the parentheses around it."""
    test = parent.child_by_field_name("condition")
    return test.named_children[0] if test and test.type == "parenthesized_expression" and test.named_children else test


def _guarded(child: Node, parent: Node) -> Iterator[str]:
    """The classes that are left where those before have gone: `if not isinstance(exc, Refused): return …`."""
    for one in parent.named_children if parent.type in _BLOCKS else ():
        if one.start_byte >= child.start_byte:
            return
        if one.type != "if_statement" or one.child_by_field_name("alternative") is not None:
            continue
        test, then = _condition(one), one.child_by_field_name("consequence")
        unless = _UNLESS.match(_line(test)[:_LONGEST]) if test is not None else None
        last = _written(then)[-1:] if then is not None and then.type in _BLOCKS else [then]
        if unless is not None and last and last[0] is not None and last[0].type in _LEAVES:
            yield unless[1] or unless[2]


def _around(node: Node) -> Iterator[str]:
    child, parent = node, node.parent
    while parent is not None and (parent.type not in _BOUNDARIES or _is_chosen(parent)):
        yield from _guarded(child, parent)
        test = _condition(parent) if parent.type in _TESTS else None
        if test is not None and child not in (test, test.parent):
            otherwise = child in parent.children_by_field_name("alternative")
            text = _line(test)[:_LONGEST]
            yield f"not {text}" if otherwise else text
        elif parent.type == "conditional_expression" and len(ways := _written(parent)) == 3 and child != ways[1]:
            text = _line(ways[1])[:_LONGEST]
            yield text if child == ways[0] else f"not {text}"
        elif parent.type == "switch_case" and child != parent.child_by_field_name("value"):
            yield _case(parent)
        elif parent.type == "case_clause" and child == parent.child_by_field_name("consequence"):
            yield _match(parent)
        child, parent = parent, parent.parent
