"""Responses that a function of the project builds: `return apiError("not_found", 404)`, `sendError(res, 404, "…")`."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from ...facts.http import Response
from ...facts.values import Call
from . import syntax
from .module import Module
from .packages import is_own
from .scopes import Scope

_FORWARDING = frozenset({"handler", "handle", "next", "app", "session"})
"""What a handler is called where another one wraps it."""

_ENDS = re.compile(r"\b(?:return|throw)\b|\.(?:json|send|end|render|redirect|pipe)\(|\.body\s*=")
"""What leaves nothing to be answered: the end of a function, or the answer itself."""


def returned(scope: Scope, framework: str, module: Module) -> Iterator[Response]:
    """What a handler returns by calling a function of the project, callbacks that are part of it included."""
    for inner in module.parts(scope):
        if inner.body.type != "statement_block":
            if inner is scope:
                yield from built(inner.body, framework, module)
            continue
        for node in module.returned_nodes(inner):
            yield from built(node, framework, module)


def given(scope: Scope, context: str, framework: str, module: Module) -> Iterator[Response]:
    """What a handler answers by handing its parameter `context` (`res`, `ctx`) to a function of the project."""
    for node in module.calls_between(scope.start, scope.end):
        if module.scopes.at(node.start_byte).owner is not scope.owner:
            continue
        name = own_function(node, module)
        if not name or name.rpartition(".")[2] in _FORWARDING:
            continue
        if any(one.type == "identifier" and module.text(one) == context for one in syntax.arguments(node)):
            yield from built(node, framework, module)


def built(node: Node, framework: str, module: Module) -> Iterator[Response]:
    """The responses that an expression stands for where it calls functions of the project."""
    pending = [node]
    while pending:
        node = syntax.unwrapped(pending.pop())
        if node.type == "ternary_expression":
            parts = (node.child_by_field_name(name) for name in ("alternative", "consequence"))
            pending.extend(part for part in parts if part is not None)
        else:
            yield from _built(node, framework, module)


def _built(node: Node, framework: str, module: Module) -> Iterator[Response]:
    if node.type != "call_expression" or syntax.template(node) is not None:
        return
    name = own_function(node, module)
    if not name:
        return
    caught = module.catch_of(node)
    arguments = tuple(module.value(argument) for argument in syntax.arguments(node))
    yield Response(
        module.location(node),
        module.enclosing(node),
        framework,
        None,
        Call(module.location(node), name, arguments),
        in_catch=caught is not None,
        catch_variable=caught.variable if caught is not None else "",
        helper=name,
    )


def status_before(returned: Node, callees: tuple[str, ...], module: Module) -> Node | None:
    """The status that an earlier statement of the same block sets: `reply.code(201).header(…)`, then `return row`."""
    statement = returned
    while statement.parent is not None and not statement.type.endswith("_statement"):
        statement = statement.parent
    before = statement.prev_named_sibling
    while before is not None:
        current = before.named_children[0] if before.type == "expression_statement" and before.named_children else None
        said: Node | None = None
        while current is not None and current.type == "call_expression":
            name = syntax.callee(current)
            own = name.child_by_field_name("property") if name is not None else None
            if said is None and own is not None and any(one.endswith(f".{module.text(own)}") for one in callees):
                said = next(iter(syntax.arguments(current)), None)
            if module.callee(current).partition(".")[0] == callees[0].partition(".")[0] and said is not None:
                return said
            current = module.receiver(current)
        before = before.prev_named_sibling
    return None


def may_have_status(answer: Node, name: str, module: Module) -> bool:
    """Whether the function has set a status on some way to where it answers: `if (!up) reply.code(503);`.

    `name` is the response, reply or context. Where what sets it ends the function, or answers, none is left to that.
    """
    scope = module.scope(answer)
    before = module.data[scope.start : answer.start_byte]
    if b"tatus" not in before and b".code(" not in before:
        return False
    text = before.decode(errors="replace")
    said = rf"{re.escape(name)}\.(?:(?:status|code)\([^()]*\)|status(?:Code)? =(?!=)[^;\n]*)[ \t]*(?=;|$|\}})"
    sets = re.compile(rf"(?P<before>^|[{{;)]|\belse\b)[ \t]*{said}", re.MULTILINE)
    return any(
        found["before"] == ")" or not _ENDS.search(text[found.end() :].partition("}")[0])
        for found in sets.finditer(text)
    )


def own_function(call: Node, module: Module) -> str:
    """The dotted name of what a call calls where that is a function of the project, else `""`."""
    function = syntax.callee(call)
    if function is None:
        return ""
    scope = module.function_named(function) if function.type not in syntax.FUNCTIONS else None
    if scope is not None:
        return scope.name
    if function.type == "member_expression" and module.text(function).startswith("this."):
        name = module.qualified(function)
        return name if name.count(".") == 1 else ""  # a method that a base class may have
    name = module.dotted(function)
    return name if is_own(name) and "()" not in name else ""
