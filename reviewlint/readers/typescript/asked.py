"""What a test before a response asks for: what was looked up, and whether it is missing or there."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from tree_sitter import Node

from ...facts.file import FileFact
from ...facts.http import Response
from ...facts.values import Call, Parameter, Reference, Value
from ..conditions import node_at
from . import syntax
from .instances import Instances
from .packages import is_own

if TYPE_CHECKING:
    from .module import Module

_TESTS = frozenset({"if_statement", "ternary_expression"})
_WITHIN = frozenset(
    {
        "statement_block",
        "else_clause",
        "return_statement",
        "throw_statement",
        "expression_statement",
        "call_expression",
        "new_expression",
        "arguments",
        "member_expression",
        "assignment_expression",
        *syntax.TRANSPARENT,
    }
)
_NOTHING = frozenset({"null", "undefined", "0", "-1", '"undefined"', "'undefined'", "false"})
_ABSENT = frozenset({"===", "==", "<"})
_PRESENT = frozenset({"!==", "!=", ">"})
_ONE = frozenset({"1"})
_PARTS = frozenset(
    {"rows", "rowCount", "length", "size", "data", "count", "user", "session", "claims"}
    | {"affected", "affectedRows", "numDeletedRows", "deletedCount", "matchedCount", "modifiedCount", "n", "changes"}
)
"""Parts of what a lookup or a write gives by which code asks whether there was anything."""
_ERRORS = re.compile(r"err|error|[a-z]\w*(?:Error|Err)")
"""What code calls the failure that a call gives back beside what it was asked for."""
_ASSERTS = frozenset({"assert", "invariant"})
_MAX_STEPS = 12


def with_lookups(facts: Iterable[FileFact], module: "Module") -> Iterator[FileFact]:
    """`facts`, responses with what the innermost test around them asked for."""
    lines: list[bytes] | None = None
    for fact in facts:
        if not isinstance(fact, Response) or not (fact.conditions or fact.raised):
            yield fact
            continue
        lines = lines if lines is not None else module.data.split(b"\n")
        node = node_at(fact.at, module.root, lines)
        lacks, finds = _of(node, module) if node is not None else (None, None)
        yield fact if lacks is None and finds is None else replace(fact, lacks=known(lacks), finds=known(finds))


def known(value: Value | None) -> Value | None:
    """What has a name or was called; anything else says nothing about what was asked for."""
    return value if isinstance(value, Call | Parameter | Reference) else None


def _of(node: Node, module: "Module") -> tuple[Value | None, Value | None]:
    """What the test right around a response found missing, and what it found there."""
    if node.type == "call_expression" and module.callee(node).rpartition(".")[2] in _ASSERTS:
        given = syntax.arguments(node)  # Koa's `ctx.assert(order, 404)`
        return (missing_by(given[0], module)[1], None) if given else (None, None)
    inner, outer = node, node.parent
    while outer is not None and outer.type not in _TESTS:
        if outer.type not in _WITHIN:
            return None, None
        inner, outer = outer, outer.parent
    test = outer.child_by_field_name("condition") if outer is not None else None
    if outer is None or test is None or inner == test:
        return None, None
    lacks, finds = missing_by(test, module)
    return (finds, lacks) if inner in outer.children_by_field_name("alternative") else (lacks, finds)


def missing_by(test: Node, module: "Module") -> tuple[Value | None, Value | None]:
    """What is not there where a test holds, and what is there."""
    test = syntax.unwrapped(test)
    if test.type == "unary_expression" and test.children[0].type == "!":
        lacks, finds = missing_by(test.named_children[-1], module)
        return finds, lacks
    if test.type == "binary_expression":
        operator, (left, right) = test.child_by_field_name("operator"), _sides(test)
        sign = operator.type if operator is not None else ""
        if left is None or right is None:
            return None, None
        if sign in ("||", "&&"):
            return _either(left, right, module) if sign == "||" else _both(left, right, module)
        if sign.startswith(("=", "!", "<", ">")) and module.text(right) in _NOTHING | (_ONE if sign == "<" else set()):
            asked = syntax.unwrapped(left)
            if asked.type == "unary_expression" and asked.children[0].type == "typeof":
                asked = asked.named_children[-1]
            found = _looked_up(asked, module)
            return (found, None) if sign in _ABSENT else (None, found) if sign in _PRESENT else (None, None)
        return None, None
    return None, _looked_up(test, module)


def _sides(test: Node) -> tuple[Node | None, Node | None]:
    return test.child_by_field_name("left"), test.child_by_field_name("right")


def _either(left: Node, right: Node, module: "Module") -> tuple[Value | None, Value | None]:
    """What `error || !row` and `!row || !(await compare(…))` ask for: the one thing, or what was asked of it last."""
    one, other = missing_by(left, module)[0], missing_by(right, module)[0]
    if one is not None and _begins(left, right, module):
        return one, None
    return (other if one is not None or _ERRORS.fullmatch(module.text(syntax.unwrapped(left))) else None), None


def _begins(left: Node, right: Node, module: "Module") -> bool:
    """Whether the second test asks more of what the first asked for: `!header || !header.startsWith("Bearer ")`."""
    name = module.text(left).lstrip("!( ").rstrip(")")
    return module.text(right).lstrip("!( ").startswith((f"{name}.", f"{name}?."))


def _both(left: Node, right: Node, module: "Module") -> tuple[Value | None, Value | None]:
    """What `row && row.id !== id` found there."""
    name = re.escape(module.text(syntax.unwrapped(left)))
    another = re.match(rf"{name}[!?]?\._?id\b[^&|]*!==?", module.text(right)) is not None
    return None, missing_by(left, module)[1] if another else None


def _looked_up(node: Node, module: "Module") -> Value | None:
    """What gave a value: the call that a name, or a part of what it gave, stands for; else the value itself."""
    for _ in range(_MAX_STEPS):
        node = syntax.unwrapped(node)
        if node.type == "call_expression":
            return _call(node, module)
        if node.type == "member_expression":
            owner, own = node.child_by_field_name("object"), node.child_by_field_name("property")
            if owner is None or own is None or module.text(own) not in _PARTS or _is_request(owner, module):
                return module.value(node)
            node = owner
        elif node.type == "subscript_expression":
            owner, index = node.child_by_field_name("object"), node.child_by_field_name("index")
            if owner is None or index is None or index.type != "number":
                return module.value(node)
            node = owner
        elif node.type == "identifier":
            given = _given(node, module)
            if given is None:
                return module.value(node)
            node = given
        else:
            return module.value(node)
    return None


def _is_request(owner: Node, module: "Module") -> bool:
    """Whether it is the caller that is asked for, and no part of what a lookup gave: `req.user`, `ctx.state.user`."""
    return module.text(owner).rpartition(".")[2] in ("req", "request", "state", "locals", "ctx", "session", "auth")


def _given(name: Node, module: "Module") -> Node | None:
    """What the one declaration or assignment of a name gives it."""
    binding = module.binding(name)
    if binding is None or binding.write is None or binding.kind != "variable":
        return None
    first = binding.write
    if any(step.startswith(".") and step[1:] not in _PARTS for step in first.steps):
        return None
    later = [write for write in module.assigned(binding) if write.value is not None]
    if first.value is not None:
        return first.value if not later else None
    return later[0].value if len(later) == 1 else None


def _call(node: Node, module: "Module") -> Call:
    receiver = module.receiver(node)
    given = tuple(module.value(argument) for argument in syntax.arguments(node))
    template = syntax.template(node)
    if template is not None:
        given = (module.value(template),)
    made = module.value(receiver) if receiver is not None and receiver.type != "this" else None
    callee = module.callee(node)
    if "." in callee:
        resolved = module.once(Instances).resolved(callee, module.scopes.at(node.start_byte))
        callee = resolved if is_own(resolved) else callee  # what a library made is told by what it is called here
    return Call(module.location(node), callee, given, receiver=made)
