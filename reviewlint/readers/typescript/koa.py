"""Koa and Oak: routers, mounts, routes, and what is assigned to `ctx`."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from ...facts.file import FileFact
from ...facts.http import Mount, Response, Route, Router
from ...facts.values import Call, Record, Value, constant_text
from . import helpers, routing, syntax
from .express import sent
from .module import Module
from .origins import declared
from .packages import normal
from .scopes import Scope
from .set_headers import all_headers
from .statuses import status_of

TRIGGERS = (b"koa", b"Koa", b"oak", b"ctx")
CALLS = frozenset({"Koa", "Application", "Router", "throw", "assert", "use", *routing.METHODS})
_FAILING = {"throw": 0, "assert": 1}
"""What of Koa's context throws, by the position of its status."""
_ELSE = re.compile(r"ctx\.(?:response\.)?(?:body|redirect|set|append|throw|assert|type|res)\b|\bnext\(|\(ctx[,)]")
"""What gives an answer more than a status, or lets others do so."""
_APPS = frozenset({"koa", "oak.Application", "@oak/oak.Application", "x/oak.Application"})
_ROUTERS = frozenset(
    {"@koa/router", "koa-router", "oak.Router", "@oak/oak.Router", "x/oak.Router", "@koa/router.Router"}
)


def call(node: Node, module: Module) -> Iterator[FileFact]:
    """An app or router made, a mount, a route, `ctx.throw(…)`."""
    callee = module.callee(node)
    name = callee.rpartition(".")[2]
    if normal(callee) in _APPS | _ROUTERS and node.type == "new_expression":
        bound, given = declared(node, module), syntax.arguments(node)
        said = module.value(given[0]) if given else None
        prefix = constant_text(said.get("prefix")) if isinstance(said, Record) else None
        if bound:
            application = normal(callee) in _APPS
            yield Router(module.location(node), bound, "koa", prefix or "", application=application)
    elif name == "use":
        yield from _use(node, module)
    elif name in _FAILING:
        yield from _thrown(node, syntax.arguments(node)[_FAILING[name] :], module)
    elif name in routing.METHODS:
        yield from _route(node, module)


def function(scope: Scope, module: Module) -> Iterator[FileFact]:
    """What functions of the project answer with for a handler that hands them its `ctx`."""
    if not scope.own or not scope.parameters or scope.parameters[0].name not in ("ctx", "context"):
        return
    if module.mentions(b"koa", b"Koa", b"oak", b"ctx.body", b"ctx.throw") and not module.has_import("hono"):
        yield from helpers.given(scope, scope.parameters[0].name, "koa", module)


def file(module: Module) -> Iterator[FileFact]:
    """`ctx.body = …`, with the status that the same block sets; a status that is all of an answer."""
    for node in module.written("ctx.status") if module.mentions(b"koa", b"Koa") else ():
        yield from _bare(node, module)
    if not module.mentions(b"ctx.body", b"ctx.response.body", b"context.response.body"):
        return
    for target in ("ctx.body", "ctx.response.body", "context.response.body"):
        for node in module.written(target):
            yield from _body(node, target, module)


def _use(node: Node, module: Module) -> Iterator[FileFact]:
    """`app.use(router.routes())`, `router.use("/v1", inner.routes())`."""
    receiver, given = module.receiver(node), syntax.arguments(node)
    if receiver is None or not given:
        return
    last = syntax.unwrapped(given[-1])
    inner = module.receiver(last) if last.type == "call_expression" else None
    if inner is None or not module.callee(last).endswith((".routes", ".middleware")):
        return
    prefix = constant_text(module.value(given[0])) or "" if routing.is_path(given[0], module) else ""
    yield Mount(module.location(node), module.qualified(receiver), module.qualified(inner), prefix)


def _route(node: Node, module: Module) -> Iterator[FileFact]:
    found = routing.declared_route(node, module)
    if found is None or routing.framework_of(found.router, module, found.handlers) != "koa":
        return
    router = module.qualified(routing.root_of(found.router, module))
    handler = routing.handler_name(found.handlers[-1], module)
    guards = routing.guards_of(found.handlers, module)
    for method, path in routing.written(found, module):
        yield Route(module.link(node), "koa", method, path, handler, router, guards)


def _body(node: Node, target: str, module: Module) -> Iterator[FileFact]:
    right = node.child_by_field_name("right")
    if right is None:
        return
    status: int | None = 200
    status_value: Value | None = None
    context, changed = target.removesuffix(".body"), False
    said = _status_beside(node, (f"{context}.status", f"{context.removesuffix('.response')}.status"), module)
    if said is not None:
        status, status_value = status_of(said, module)
    elif changed := helpers.may_have_status(node, context, module):
        status = None
    body, text = sent(module.value(right))
    caught = module.catch_of(node)
    yield Response(
        module.location(node),
        module.enclosing(node),
        "koa",
        status,
        body,
        status_is_default=said is None and not changed,
        in_catch=caught is not None,
        catch_variable=caught.variable if caught is not None else "",
        text=text,
        headers=all_headers(node, target.partition(".")[0], None, module),
        status_value=status_value,
    )


def _bare(node: Node, module: Module) -> Iterator[FileFact]:
    """`ctx.status = 204` in a function that sets nothing else of the response."""
    right, scope = node.child_by_field_name("right"), module.scope(node)
    if right is None or _ELSE.search(module.text(scope.body)):
        return
    status, status_value = status_of(right, module)
    at = module.location(node)
    yield Response(at, module.enclosing(node), "koa", status, None, headers=Record(at, ()), status_value=status_value)


def _status_beside(node: Node, targets: tuple[str, ...], module: Module) -> Node | None:
    statement = node.parent
    block = statement.parent if statement is not None else None
    for other in block.named_children if block is not None else ():
        inner = other.named_children[0] if other.type == "expression_statement" and other.named_children else None
        if inner is not None and inner.type == "assignment_expression":
            left = inner.child_by_field_name("left")
            if left is not None and module.text(left) in targets:
                return inner.child_by_field_name("right")
    return None


def _thrown(node: Node, given: list[Node], module: Module) -> Iterator[FileFact]:
    """`ctx.throw(404, "…")`, `ctx.assert(order, 404, "…")`: what is `given` from the status on."""
    receiver = module.receiver(node)
    if receiver is None or module.text(receiver) not in ("ctx", "context") or not given:
        return
    status, status_value = status_of(given[0], module)
    caught, value = module.catch_of(node), module.value(node)
    yield Response(
        module.location(node),
        module.enclosing(node),
        "koa",
        status,
        value if isinstance(value, Call) else None,
        raised=True,
        in_catch=caught is not None,
        catch_variable=caught.variable if caught is not None else "",
        text=module.value(given[1]) if len(given) > 1 else None,
        exception="koa.HttpError",
        status_value=status_value,
    )
