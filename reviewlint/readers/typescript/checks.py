"""Tests that let only certain values go on, in files that send queries: membership, a comparison, a form."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from ...facts.code import Class
from ...facts.data import Check
from ...facts.file import FileFact
from . import syntax
from .module import Module

TRIGGERS = (b".query(", b".execute", b"Raw(", b".raw(", b"Unsafe", b".unsafe(", b".prepare(", b"literal(")
_MEMBERSHIP = frozenset({"includes", "has", "indexOf", "hasOwn", "hasOwnProperty"})
_FORMS = frozenset(
    {"test", "isNaN", "isInteger", "isFinite", "isSafeInteger", "validate", "isUUID", "isNumeric", "isInt"}
)
_VALIDATES = re.compile(
    r"^(?:is|has|validate|check|assert)(?:\w*(?:Valid|Safe|Allowed|Known|Supported)\w*"
    r"|\w*(?:Duration|Date|Identifier|Number|Numeric|Slug|U[uU][iI][dD]|Hex|Iso|ISO)\w*)$"
)
"""Functions that say of a text whether it has a form."""
_TELLING = re.compile(r"(?:^console|logger|log)\.(?:debug|info|warn|warning|error|log|trace)$", re.IGNORECASE)
CALLS = _MEMBERSHIP | _FORMS
_OPERATORS = '["===" "=="] @equal ["!==" "!="] @unequal "in" @member ["<" ">" "<=" ">="] @ordered'
_LEAVING = frozenset({"return_statement", "throw_statement", "continue_statement", "break_statement"})


def call(node: Node, module: Module) -> Iterator[FileFact]:
    """`ALLOWED.includes(x)`, `COLUMNS.has(x)`, `/^[a-z]+$/.test(x)`, `Number.isInteger(x)`."""
    given = syntax.arguments(node)
    if not given:
        return
    method = module.callee(node).rpartition(".")[2]
    receiver = module.receiver(node)
    if method in _FORMS and not (method == "isNaN" and _is_only_told(node, module)):
        yield Check(module.location(node), module.enclosing(node), module.value(given[0]))
    elif method not in _FORMS and receiver is not None and not _is_only_told(node, module):
        owner, tested = (given[0], given[1]) if method == "hasOwn" and len(given) > 1 else (receiver, given[0])
        yield Check(module.location(node), module.enclosing(node), module.value(tested), module.value(owner))


def _is_only_told(test: Node, module: Module) -> bool:
    """Whether all that comes of `!ALLOWED.has(x)`, or of `isNaN(x)`, is a line in a log: then any value goes on."""
    negation = test.parent
    condition = negation.parent if negation is not None and negation.type == "unary_expression" else None
    if negation is not None and negation.type == "parenthesized_expression" and module.callee(test).endswith("isNaN"):
        condition = negation
    statement = condition.parent if condition is not None else None
    body = statement.child_by_field_name("consequence") if statement is not None else None
    if statement is None or statement.type != "if_statement" or body is None:
        return False
    done = syntax.children(body) if body.type == "statement_block" else [body]
    calls = [inner[0] for one in done if len(inner := syntax.children(one)) == 1 and inner[0].type == "call_expression"]
    return len(calls) == len(done) > 0 and all(_TELLING.search(module.callee(one)) for one in calls)


def file(module: Module) -> Iterator[FileFact]:
    """Comparisons that choose, and the fields of the file's interfaces."""
    yield from _interfaces(module)
    yield from _comparisons(module)
    yield from _validated(module)


def _validated(module: Module) -> Iterator[FileFact]:
    """`if (!isValidDuration(x)) throw …`: what a function of the project's own lets go on."""
    found = syntax.captures(
        "(if_statement (parenthesized_expression (unary_expression argument: (call_expression) @call)))",
        module.root,
        module.language,
    )
    for node in found.get("call", ()):
        given = syntax.arguments(node)
        statement = node.parent.parent.parent if node.parent is not None and node.parent.parent is not None else None
        consequence = statement.child_by_field_name("consequence") if statement is not None else None
        says = _VALIDATES.search(module.callee(node).rpartition(".")[2])
        if says and len(given) == 1 and consequence is not None and _leaves(consequence):
            yield Check(module.location(node), module.enclosing(node), module.value(given[0]))


def _interfaces(module: Module) -> Iterator[FileFact]:
    """The fields of interfaces, whose names may stand in a query."""
    if b"interface " not in module.data:
        return
    found = syntax.captures("(interface_declaration) @interface", module.root, module.language)
    for node in found.get("interface", ()):
        name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
        members = body.named_children if body is not None else []
        if name is None or any(member.type == "index_signature" for member in members):
            continue
        fields = tuple(
            (module.text(field), module.one_line(annotation).lstrip(": "))
            for member in members
            if member.type == "property_signature"
            and (field := member.child_by_field_name("name")) is not None
            and (annotation := member.child_by_field_name("type")) is not None
        )
        yield Class(module.location(node), module.text(name), fields=fields)


def _comparisons(module: Module) -> Iterator[FileFact]:
    """`x === "a" || x === "b" ? x : "a"`, `if (x !== "a" && x !== "b") throw …`, `x in COLUMNS`, `if (x > 0)`."""
    for kind, operators in syntax.captures(_OPERATORS, module.root, module.language).items():
        for operator in operators:
            node, left, right = operator.parent, operator.prev_named_sibling, operator.next_named_sibling
            if (
                node is None
                or node.type != "binary_expression"
                or left is None
                or right is None
                or left.type == "string"
            ):
                continue
            if kind == "ordered":
                if right.type == "number" and _guards_query(node, module):
                    yield Check(module.location(node), module.enclosing(node), module.value(left))
                continue
            if kind != "member" and (right.type != "string" or right.named_child_count == 0):
                continue
            if kind == "member":
                against = module.value(right)
                yield Check(module.location(node), module.enclosing(node), module.value(left), against)
            elif _decides(node, module.text(left), kind, module):
                yield Check(module.location(node), module.enclosing(node), module.value(left))


def _guards_query(comparison: Node, module: Module) -> bool:
    """Whether a query is sent only where a comparison with a number holds, which it does for no text but a number's."""
    condition = comparison
    while (parent := condition.parent) is not None and parent.type in ("binary_expression", "parenthesized_expression"):
        if parent.type == "binary_expression" and module.text(parent.children[1]) != "&&":
            return False
        condition = parent
    consequence = parent.child_by_field_name("consequence") if parent is not None else None
    if parent is None or consequence is None or parent.type != "if_statement" or consequence.id == condition.id:
        return False
    inside = module.text(consequence)
    return any(trigger.decode() in inside for trigger in TRIGGERS)


def _decides(node: Node, tested: str, kind: str, module: Module) -> bool:
    """Whether a comparison chooses: the value goes on where it holds, or the function is left where it does not."""
    condition = node
    while (parent := condition.parent) is not None and parent.type in ("binary_expression", "parenthesized_expression"):
        condition = parent
    if parent is None:
        return False
    consequence = parent.child_by_field_name("consequence")
    if consequence is None or consequence.id == condition.id:
        return False
    if parent.type == "ternary_expression":
        branch = consequence if kind == "equal" else parent.child_by_field_name("alternative")
        return branch is not None and module.text(syntax.unwrapped(branch)) == tested
    if parent.type != "if_statement" or kind != "unequal":
        return False
    return _leaves(consequence)


def _leaves(consequence: Node) -> bool:
    """Whether a branch ends the function or the turn of the loop."""
    last = (
        consequence.named_children[-1]
        if consequence.type == "statement_block" and consequence.named_children
        else consequence
    )
    return last.type in _LEAVING
