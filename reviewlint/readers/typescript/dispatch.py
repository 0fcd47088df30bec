"""Handlers that only choose by `req.method` who answers: `if (req.method === "GET") return read(req, res)`."""

from collections.abc import Iterator

from tree_sitter import Node

from ...facts.values import constant_text
from . import helpers, syntax
from .module import Module
from .scopes import Scope

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")

_EQUAL = frozenset({"===", "=="})
_UNEQUAL = frozenset({"!==", "!="})


def tested(module: Module) -> Iterator[tuple[str, Node | None]]:
    """Each method that the file compares `req.method` with, or switches over, and the statement that is for it."""
    seen = syntax.captures("(binary_expression) @test (switch_statement) @switch", module.root, module.language)
    for node in seen.get("test", ()):
        operator = node.child_by_field_name("operator")
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if operator is None or left is None or right is None or operator.type not in _EQUAL | _UNEQUAL:
            continue
        if module.text(left).endswith("method") and (method := constant_text(module.value(right))) in METHODS:
            yield str(method), _consequence(node) if operator.type in _EQUAL else None
    for node in seen.get("switch", ()):
        value, body = node.child_by_field_name("value"), node.child_by_field_name("body")
        if value is None or body is None or not module.text(value).strip("()").endswith("method"):
            continue
        for case in body.named_children:
            test = case.child_by_field_name("value")
            if test is not None and (method := constant_text(module.value(test))) in METHODS:
                yield str(method), case


def _consequence(test: Node) -> Node | None:
    """What an `if` does where this test alone decides."""
    around = test.parent
    while around is not None and around.type == "parenthesized_expression":
        around = around.parent
    return around.child_by_field_name("consequence") if around is not None and around.type == "if_statement" else None


def handed_on(handler: str, module: Module) -> dict[str, str]:
    """The function that answers, by method, where a handler hands its request on: `case "POST": return create(req)`.

    Also by a table of handlers: `handlers[req.method]`.
    """
    scope = next((one for one in module.scopes.all if one.own and one.name == handler and one.kind == "function"), None)
    if scope is None or not scope.parameters or not module.mentions(b".method"):
        return {}
    found = dict(_from_table(scope, module))
    for method, statement in tested(module):
        if statement is not None and scope.start <= statement.start_byte < scope.end:
            name = _answers(statement, scope.parameters[0].name, module)
            if name:
                found[method] = name
    return found


def _answers(statement: Node, request: str, module: Module) -> str:
    """The function that a branch leaves its work to: one that is given the request, or one of this file that waits."""
    inner = [child for child in statement.named_children if child.type.endswith(("_statement", "_block"))]
    if statement.type == "statement_block" or statement.type == "switch_case":
        inner = [one for one in inner if one.type != "break_statement"]
        if not inner or any(one.type != "if_statement" for one in inner[:-1]):
            return ""
        return _answers(inner[-1], request, module)  # what comes before it refuses
    if statement.type not in ("return_statement", "expression_statement") or not statement.named_children:
        return ""
    return _answered_by(syntax.unwrapped(statement.named_children[0]), request, module)


def _answered_by(called: Node, request: str, module: Module) -> str:
    if called.type == "ternary_expression":
        arms = (syntax.field(called, name) for name in ("consequence", "alternative"))
        names = (_answered_by(syntax.unwrapped(arm), request, module) for arm in arms if arm is not None)
        return next(filter(None, names), "")
    name, function = (
        (helpers.own_function(called, module), syntax.callee(called))
        if called.type == "call_expression"
        else ("", None)
    )
    given = syntax.arguments(called) if name else []
    scope = module.function_named(function) if function is not None else None
    work = scope is not None and scope.is_async  # what only words an answer waits for nothing
    return name if work or (given and module.text(given[0]) == request) else ""


def _from_table(scope: Scope, module: Module) -> Iterator[tuple[str, str]]:
    """The functions of an object whose keys are methods, where the handler picks one by the request's."""
    picked = syntax.captures("(subscript_expression) @picked", scope.node, module.language).get("picked", ())
    for node in picked:
        table, index = node.child_by_field_name("object"), node.child_by_field_name("index")
        if table is None or index is None or not module.text(index).rstrip("!").endswith(".method"):
            continue
        name = module.text(syntax.unwrapped(table))
        known = {one.name for one in module.scopes.all if one.kind == "function" and one.own}
        yield from ((method, f"{name}.{method}") for method in METHODS if f"{name}.{method}" in known)
