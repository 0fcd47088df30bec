"""Hono: apps, mounts, routes, and what the context `c` answers."""

from collections.abc import Iterator

from tree_sitter import Node

from ...facts.file import FileFact
from ...facts.http import ErrorHandler, Mount, Response, Route, Router
from ...facts.values import Call, Items, Record, Value, constant_text
from . import helpers, routing, syntax
from .express import content_type, sent
from .module import Module
from .origins import declared
from .packages import normal
from .scopes import Scope
from .set_headers import all_headers
from .statuses import status_of

TRIGGERS = (b"hono", b"Hono")
_ANSWERS = frozenset({"json", "text", "html", "body", "newResponse", "redirect", "notFound"})
CALLS = frozenset(
    {
        "Hono",
        "OpenAPIHono",
        "HTTPException",
        "getResponse",
        "onError",
        "on",
        "openapi",
        "route",
        "use",
        *_ANSWERS,
        *routing.METHODS,
    }
)


def call(node: Node, module: Module) -> Iterator[FileFact]:
    """An app made, a mount, middleware, a route, a response."""
    callee = module.callee(node)
    name = callee.rpartition(".")[2]
    if name in ("Hono", "OpenAPIHono") and node.type == "new_expression":
        yield from _app(node, module)
    elif name == "HTTPException":
        yield from _exception(node, module)
    elif name == "route":
        yield from _mount(node, module)
    elif name == "onError":
        given = syntax.arguments(node)
        if given:
            yield ErrorHandler(module.location(node), "hono", (), routing.handler_name(given[0], module))
    elif name in _ANSWERS:
        yield from _response(node, name, module)
    elif name == "getResponse":
        yield from _own_response(node, module)
    if name in routing.METHODS:
        yield from _put(routing.declared_route(node, module), node, module)
    elif name == "on":
        yield from _put(_declared_on(node, module), node, module)
    elif name == "openapi":
        yield from _described(node, module)


def function(scope: Scope, module: Module) -> Iterator[FileFact]:
    """What functions of the project build for a handler that returns it."""
    if scope.own and any(_is_context(one.name, one.annotation) for one in scope.parameters[:2]):  # `onError(err, c)`
        yield from helpers.returned(scope, "hono", module)


def _is_context(name: str, annotation: str) -> bool:
    return name in ("c", "ctx", "context") and (not annotation or "Context" in annotation)


def _app(node: Node, module: Module) -> Iterator[FileFact]:
    outer, prefix = node, ""
    while (member := outer.parent) is not None and member.type == "member_expression":
        following = member.parent
        if following is None or following.type != "call_expression":
            break
        given, own = syntax.arguments(following), member.child_by_field_name("property")
        if own is not None and module.text(own) == "basePath" and given:
            prefix = constant_text(module.value(given[0])) or ""
        outer = following
    name = declared(outer, module)
    if not name:
        return
    guards = _middleware(routing.used_first(name, module), module)
    served = module.mentions(f"{name}.fetch".encode(), b"serve(")
    yield Router(module.location(node), name, "hono", prefix, guards, served)


def _middleware(used: Iterator[list[Node]], module: Module) -> tuple[str, ...]:
    """The names of what is used for every path."""
    guards: list[str] = []
    for given in filter(None, used):
        everywhere = not routing.is_path(given[0], module)
        if everywhere or constant_text(module.value(given[0])) in ("*", "/*"):
            guards.extend(routing.guard_names([one for one in given if not routing.is_path(one, module)], module))
    return tuple(dict.fromkeys(guards))


def _name_of(receiver: Node, module: Module) -> str:
    """The name of the app that a chain begins with; of the variable that holds the chain where it makes the app."""
    root = routing.root_of(receiver, module)
    if root.type != "new_expression":
        return module.qualified(root)
    outer = root
    while (member := outer.parent) is not None and member.type in ("member_expression", "call_expression"):
        outer = member
    return declared(outer, module)


def _mount(node: Node, module: Module) -> Iterator[FileFact]:
    receiver, given = module.receiver(node), syntax.arguments(node)
    if receiver is None or len(given) != 2 or routing.framework_of(receiver, module, []) != "hono":
        return
    prefix, child = constant_text(module.value(given[0])), module.qualified(given[1])
    if prefix is not None and child:
        name = _name_of(receiver, module)
        yield Mount(module.location(node), name, child, prefix, _in_front(name, prefix, node, module))


def _declared_on(node: Node, module: Module) -> routing.Declared | None:
    """What `app.on(["PUT", "DELETE"], "/orders", guard, handler)` declares (Hono, "Routing")."""
    receiver, given = module.receiver(node), syntax.arguments(node)
    if receiver is None or len(given) < 3 or not routing.is_path(given[1], module):
        return None
    said = module.value(given[0])
    methods = [constant_text(one) for one in (said.items if isinstance(said, Items) else (said,))]
    known = tuple(one.upper() for one in methods if one and one.isalpha())
    return routing.Declared(receiver, known, given[1], given[2:]) if known else None


def _put(found: routing.Declared | None, node: Node, module: Module) -> Iterator[FileFact]:
    """The routes that a call puts on an app of Hono's."""
    if found is None or routing.framework_of(found.router, module, found.handlers) != "hono":
        return
    handler = routing.handler_name(found.handlers[-1], module)
    name = _name_of(found.router, module)
    own = routing.guards_of(found.handlers, module)
    for method, path in routing.written(found, module):
        guards = (*_in_front(name, path, node, module), *own)
        yield Route(module.link(node), "hono", method, path, handler, name, tuple(dict.fromkeys(guards)))


def _described(node: Node, module: Module) -> Iterator[Route]:
    """`app.openapi(createRoute({ method: "get", path: "/orders/{id}", … }), handler)` of @hono/zod-openapi."""
    receiver, given = module.receiver(node), syntax.arguments(node)
    made = module.value(given[0]) if receiver is not None and len(given) > 1 else None
    said = made.arguments[0] if isinstance(made, Call) and made.name == "createRoute" and made.arguments else None
    if receiver is None or not isinstance(said, Record) or routing.framework_of(receiver, module, given) != "hono":
        return
    method, path = constant_text(said.get("method")), constant_text(said.get("path"))
    if method and method.lower() in routing.METHODS:
        name = _name_of(receiver, module)
        guards, handler = _in_front(name, path, node, module), routing.handler_name(given[1], module)
        yield Route(module.link(node), "hono", routing.METHODS[method.lower()], path, handler, name, guards)


def _in_front(name: str, path: str | None, node: Node, module: Module) -> tuple[str, ...]:
    """The names of what an app uses before `node`: for `path`, or for every path since its first route."""
    since = _middleware(routing.used_since(name, node, module), module)
    return (*since, *_middleware(routing.used_under(name, path, node, module, whole=True), module))


def _response(node: Node, method: str, module: Module) -> Iterator[FileFact]:
    receiver, given = module.receiver(node), syntax.arguments(node)
    if receiver is None or receiver.type != "identifier" or (not given and method != "notFound"):
        return
    binding = module.binding(receiver)
    if binding is None or binding.parameter is None:
        return
    if not _is_context(binding.name, binding.parameter.annotation):
        return
    status: int | None = 302 if method == "redirect" else 404 if method == "notFound" else 200
    status_value: Value | None = None
    default, headers = True, None
    body = module.value(given[0]) if given and method == "json" else None
    text = module.value(given[0]) if given and method in ("text", "html") else None
    if given and method in ("body", "newResponse"):
        raw = module.value(given[0])
        body, text = sent(raw) if isinstance(raw, Call) and raw.callee == "JSON.stringify" else (None, raw)
    if len(given) > 1:
        init = module.value(given[1])
        if isinstance(init, Record):
            said, headers = init.get("status"), init.get("headers")
            if said is not None:
                default = False
                status, status_value = _number(said)
        else:
            default = False
            status, status_value = status_of(given[1], module)
    if len(given) > 2:
        headers = module.value(given[2])
    said_before = helpers.status_before(node, (f"{binding.name}.status",), module) if default else None
    if said_before is not None:
        default = False
        status, status_value = status_of(said_before, module)
    elif default and helpers.may_have_status(node, binding.name, module):
        status, default = None, False
    if method == "redirect" and given:
        headers = Record(module.location(node), (("Location", module.value(given[0])),))
    headers = all_headers(node, binding.name, headers, module)
    caught = module.catch_of(node)
    yield Response(
        module.location(node),
        module.enclosing(node),
        "hono",
        status,
        body,
        status_is_default=default,
        in_catch=caught is not None,
        catch_variable=caught.variable if caught is not None else "",
        text=text,
        content_type=content_type(headers),
        headers=headers,
        status_value=status_value,
    )


def _own_response(node: Node, module: Module) -> Iterator[FileFact]:
    """`return error.getResponse()`: what an HTTPException that a handler got answers by itself."""
    receiver = module.receiver(node)
    if receiver is not None and receiver.type == "identifier" and module.has_import("hono"):
        value = module.value(node)
        yield Response(module.location(node), module.enclosing(node), "hono", None, None, status_value=value)


def _number(value: Value) -> tuple[int | None, Value | None]:
    known = getattr(value, "value", None)
    return (known, None) if type(known) is int else (None, value)


def _exception(node: Node, module: Module) -> Iterator[FileFact]:
    """`new HTTPException(404, { message })`."""
    given, value = syntax.arguments(node), module.value(node)
    if not isinstance(value, Call) or not normal(value.callee).startswith("hono") or not given:
        return
    status, status_value = status_of(given[0], module)
    said = module.value(given[1]) if len(given) > 1 else None
    caught = module.catch_of(node)
    yield Response(
        module.location(node),
        module.enclosing(node),
        "hono",
        status,
        value,
        raised=True,
        in_catch=caught is not None,
        catch_variable=caught.variable if caught is not None else "",
        text=said.get("message") if isinstance(said, Record) else None,
        exception=value.callee,
        status_value=status_value,
    )
