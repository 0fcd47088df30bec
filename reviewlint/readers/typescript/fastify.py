"""Fastify: instances, plugins, routes, and what `reply` answers."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from ...facts.file import FileFact
from ...facts.http import ErrorHandler, Mount, Response, Route, Router
from ...facts.statuses import status_of_word
from ...facts.values import Call, Constant, Items, Record, Reference, Value, constant_text, named
from . import helpers, routing, syntax
from .express import content_type, sent
from .module import Module
from .origins import declared, of_type, origin
from .packages import normal
from .scopes import Scope
from .set_headers import all_headers
from .statuses import status_of

_SENSIBLE = frozenset(
    {"badRequest", "unauthorized", "forbidden", "notFound", "methodNotAllowed", "notAcceptable", "conflict", "gone"}
    | {"preconditionFailed", "payloadTooLarge", "unsupportedMediaType", "unprocessableEntity", "tooManyRequests"}
    | {"internalServerError", "notImplemented", "badGateway", "serviceUnavailable", "gatewayTimeout"}
)
"""What @fastify/sensible puts on `reply` (its README), answered as the error of http-errors with this name is."""
CALLS = frozenset({"fastify", "Fastify", "register", "route", "send", "setErrorHandler", *_SENSIBLE, *routing.METHODS})
_MAKERS = frozenset({"fastify", "fastify.fastify", "fastify.Fastify"})
_WRITTEN = frozenset({"object", "array", "identifier"})
_FOLDER = re.compile(
    r"""\bdir:\s*(?:path\.)?(?:join|resolve)\(\s*[\w.]*[dD]irname\s*,\s*((?:['"][\w./-]+['"]\s*,?\s*)+)\)"""
)
"""The folder that @fastify/autoload is told, from its own file's on."""
_OPTIONS = (b"onRequest", b"preHandler", b"preValidation", b"schema")
_GUARDS = ("onRequest", "preValidation", "preHandler", "preParsing")


def call(node: Node, module: Module) -> Iterator[FileFact]:
    """An instance made, a plugin registered, a route, a reply, the error handler."""
    callee = module.callee(node)
    name = callee.rpartition(".")[2]
    if normal(callee) in _MAKERS:
        bound = declared(node, module)
        if bound:
            yield Router(module.location(node), bound, "fastify", "", _hooks(bound, module), application=True)
    elif name == "register":
        yield from _register(node, module)
    elif name == "setErrorHandler":
        yield from _error_handler(node, module)
    elif name == "send":
        yield from _reply(node, module)
    elif name == "route":
        yield from _full_route(node, module)
    elif name in _SENSIBLE:
        yield from _failed(node, name, module)
    if name in routing.METHODS:
        yield from _route(node, module)


def function(scope: Scope, module: Module) -> Iterator[FileFact]:
    """What a handler returns instead of sending it; the plugin that a function with an instance is."""
    if not scope.own:
        return
    if scope.parameters:
        yield from _plugin(scope, module)
    second = scope.parameters[1] if len(scope.parameters) > 1 else None
    if second is not None and second.default is not None:
        return  # which a framework gives to every handler
    if second is not None and is_reply(second.name, second.annotation):
        if scope.is_method and module.has_import("@nestjs/common"):
            return  # what a controller's method returns is Nest's to send, with the status of its own
        yield from _returned(scope, second.name, module)
    elif second is None and scope.start in module.once(_routed).handlers:
        yield from _returned(scope, "", module)


def _plugin(scope: Scope, module: Module) -> Iterator[Router]:
    first = scope.parameters[0]
    typed = bool(first.annotation) and of_type(first.annotation, module).startswith("fastify.FastifyInstance")
    inline = scope.node.parent is not None and scope.node.parent.type == "arguments"
    name = f"{scope.name}.{first.name}"
    named_so = first.name == "fastify" and not first.annotation and not inline
    if typed or named_so or name in module.once(_routed).routers:
        yield Router(module.location(first.pattern), name, "fastify", "", _hooks(name, module))


def _returned(scope: Scope, reply: str, module: Module) -> Iterator[FileFact]:
    """What a handler returns, whose `reply` may be `""` where it takes none."""
    yield from helpers.returned(scope, "fastify", module)
    sets = rf"(?m)(?:^|\)|\belse\b)\s*(?:await |void )?{re.escape(reply)}\.(?:code|status)\("
    changed = re.search(sets, module.text(scope.body)) if reply else None
    for part in module.parts(scope):
        whole = [part.body] if part is scope else []
        for node in module.returned_nodes(part) if part.body.type == "statement_block" else whole:
            value = module.value(node)
            written = isinstance(value, Record | Items) and syntax.unwrapped(node).type in _WRITTEN
            if written or (part is scope and _is_fetched(node, value, reply, module)):
                caught = module.catch_of(node)
                said = helpers.status_before(node, (f"{reply}.code", f"{reply}.status"), module)
                status, status_value = status_of(said, module) if said is not None else (None if changed else 200, None)
                yield Response(
                    module.location(node),
                    scope.name,
                    "fastify",
                    status,
                    value,
                    status_is_default=changed is None,
                    in_catch=caught is not None,
                    catch_variable=caught.variable if caught is not None else "",
                    headers=all_headers(node, reply, None, module),
                    status_value=status_value,
                )


@dataclass(frozen=True, slots=True)
class _Routed:
    """What routes are put on that Fastify answers, by qualified name, and where the functions begin that answer."""

    routers: frozenset[str]
    handlers: frozenset[int]


def _routed(module: Module) -> _Routed:
    """The routes of a file, those on a plugin's instance that nothing types among them."""
    routers, handlers = set(), set()
    for node, callee in module.callees if module.mentions(b"req", b"reply", b"astify", b".route(", *_OPTIONS) else ():
        name = callee.rpartition(b".")[2].decode("utf-8", "replace")
        if name == "route" and (whole := _whole(node, module)) is not None:
            routers.add(module.qualified(whole.router))
        elif name in routing.METHODS:
            one = routing.declared_route(node, module)
            if one is not None and _is_fastify(one.router, one.handlers, module):
                routers.add(module.qualified(routing.root_of(one.router, module)))
                function = routing.inner_function(one.handlers[-1])
                handlers |= {function.start_byte} if function is not None else set()
    return _Routed(frozenset(routers), frozenset(handlers))


def _hooks(instance: str, module: Module) -> tuple[str, ...]:
    """The names of the hooks that run before every handler of an instance: `app.addHook("preHandler", signedIn)`."""
    found: list[str] = []
    for node, callee in module.callees:
        receiver = module.receiver(node) if callee.endswith(b".addHook") else None
        if receiver is None or module.qualified(receiver) != instance:
            continue
        given = syntax.arguments(node)
        if len(given) == 2 and constant_text(module.value(given[0])) in _GUARDS:
            found.extend(routing.guard_names(given[1:], module))
    return tuple(found)


def _is_fetched(node: Node, value: Value, reply: str, module: Module) -> bool:
    """Whether what a handler returns came from elsewhere: rows, what a library gives back; not what `reply` does."""
    if not isinstance(value, Reference | Call) or helpers.own_function(syntax.unwrapped(node), module):
        return False
    return named(value).partition(".")[0] != reply


def is_reply(name: str, annotation: str) -> bool:
    """Whether a parameter is Fastify's reply."""
    return re.match(r"^_?reply$", name) is not None or "FastifyReply" in annotation


def _is_fastify(receiver: Node, handlers: list[Node], module: Module) -> bool:
    return routing.framework_of(receiver, module, handlers) == "fastify"


def _options(nodes: list[Node], module: Module) -> tuple[str, ...]:
    """What stands in front of a handler among a route's options: its hooks, and `schema` where the body has one."""
    found: list[str] = []
    for node in nodes:
        node = syntax.unwrapped(node)
        if node.type in ("identifier", "member_expression"):
            said = module.value(node)
            if _says_body(said.get("schema") if isinstance(said, Record) else said):
                found.append(f"{module.dotted(node)}.schema")
        for child in syntax.children(node) if node.type == "object" else ():
            key, value = child.child_by_field_name("key"), child.child_by_field_name("value")
            if module.text(key or child) == "schema":
                found.extend(["schema"] if _says_body(module.value(value or child)) else [])
            elif module.text(key or child) == "config" and value is not None and "rateLimit" in module.text(value):
                found.append("@fastify/rate-limit")
            elif key is not None and value is not None and module.text(key) in _GUARDS:
                found.extend(routing.guard_names([value], module))
    return tuple(found)


def _says_body(schema: Value | None) -> bool:
    """Whether a route's schema, as far as it is written out here, may say what the body is like."""
    if isinstance(schema, Record) and not schema.open:
        return schema.get("body") is not None
    return schema is not None


def _route(node: Node, module: Module) -> Iterator[FileFact]:
    found = routing.declared_route(node, module)
    if found is None:
        return
    router = module.qualified(routing.root_of(found.router, module))
    # A handler that takes no reply says nothing of the framework; the other routes of its router do.
    if not (_is_fastify(found.router, found.handlers, module) or router in module.once(_routed).routers):
        return
    handler = routing.handler_name(found.handlers[-1], module)
    if syntax.unwrapped(found.handlers[-1]).type == "object":
        handler = ""
    guards = (*_chained(found.router, module), *_options(found.handlers[:-1], module))
    for method, path in routing.written(found, module):
        yield Route(module.link(node), "fastify", method, path, handler, router, guards)


def _chained(receiver: Node, module: Module) -> tuple[str, ...]:
    """What an instance is given in the chain before a route: `auth` of `app.register(auth).get(…)`.

    A plugin that is wrapped by fastify-plugin works on the instance that it is registered on (Fastify, "Plugins").
    """
    found: list[tuple[str, ...]] = []
    while receiver.type == "call_expression" and (inner := module.receiver(receiver)) is not None:
        name, given = module.callee(receiver).rpartition(".")[2], syntax.arguments(receiver)
        if name == "register":
            found.append(routing.guard_names(given[:1], module))
        elif name == "addHook" and len(given) == 2 and constant_text(module.value(given[0])) in _GUARDS:
            found.append(routing.guard_names(given[1:], module))
        receiver = inner
    return tuple(name for names in reversed(found) for name in names)


@dataclass(frozen=True, slots=True)
class _Whole:
    """A route that is one object, with its keys as written: `fastify.route({ method, url, handler })`."""

    router: Node
    said: Record
    handler: Node | None


def _whole(node: Node, module: Module) -> _Whole | None:
    receiver, given = module.receiver(node), syntax.arguments(node)
    said = module.value(given[0]) if receiver is not None and len(given) == 1 else None
    if receiver is None or not isinstance(said, Record) or said.get("method") is None:
        return None
    handler = None
    for child in syntax.children(syntax.unwrapped(given[0])):
        key = child.child_by_field_name("key") or child.child_by_field_name("name")
        if key is not None and module.text(key) == "handler":
            handler = child.child_by_field_name("value") or child
    known = _is_fastify(receiver, [handler] if handler is not None else [], module)
    is_one = known or (said.get("url") is not None and handler is not None and routing.is_given(receiver, module))
    return _Whole(receiver, said, handler) if is_one else None


def _full_route(node: Node, module: Module) -> Iterator[FileFact]:
    """`fastify.route({ method, url, handler })`."""
    whole = _whole(node, module)
    if whole is None:
        return
    methods = whole.said.get("method")
    path = whole.said.get("url") or whole.said.get("path")
    names = [constant_text(one) for one in (methods.items if isinstance(methods, Items) else (methods,))]
    handler = routing.handler_name(whole.handler, module) if whole.handler is not None else ""
    router = module.qualified(whole.router)
    for name in names:
        if name is not None:
            guards = _options(syntax.arguments(node), module)
            yield Route(module.link(node), "fastify", name.upper(), constant_text(path), handler, router, guards)


def _register(node: Node, module: Module) -> Iterator[FileFact]:
    receiver, given = module.receiver(node), syntax.arguments(node)
    if receiver is None or not given or not _is_fastify(receiver, given, module):
        return
    prefix = ""
    if len(given) > 1 and isinstance(said := module.value(given[1]), Record):
        prefix = constant_text(said.get("prefix")) or ""
    plugin = syntax.unwrapped(given[0])
    scope = module.function_named(plugin)
    parent = module.qualified(routing.root_of(receiver, module))
    if normal(origin(plugin, module)).startswith("@fastify/autoload") and len(given) > 1:
        folder = _FOLDER.search(module.text(given[1]))
        if folder is not None:
            inner = posixpath.normpath("/".join(part.strip().strip("'\"") for part in folder[1].split(",")))
            yield Mount(module.location(node), parent, f"./{inner}/**", prefix)
        return
    if scope is not None and scope.parameters:
        child = f"{scope.name}.{scope.parameters[0].name}"
        if not scope.parameters[0].annotation and child not in module.once(_routed).routers:
            yield Router(module.location(plugin), child, "fastify", "", _hooks(child, module))
        yield Mount(module.location(node), parent, child, prefix)
    elif plugin.type in ("identifier", "member_expression"):
        yield Mount(module.location(node), parent, module.qualified(plugin), prefix)
    elif plugin.type in ("call_expression", "await_expression") and module.text(plugin).startswith(
        ("import(", "require(")
    ):
        called = syntax.arguments(syntax.unwrapped(plugin))
        specifier = constant_text(module.value(called[0])) if called else None
        if specifier is not None:
            yield Mount(module.location(node), parent, f"{specifier}.default", prefix)


def _error_handler(node: Node, module: Module) -> Iterator[FileFact]:
    receiver, given = module.receiver(node), syntax.arguments(node)
    if receiver is not None and given:
        yield ErrorHandler(module.location(node), "fastify", (), routing.handler_name(given[0], module))


def _reply(node: Node, module: Module) -> Iterator[FileFact]:
    calls: dict[str, Node] = {}
    current = module.receiver(node)
    while current is not None and current.type == "call_expression":
        callee = syntax.callee(current)
        own = callee.child_by_field_name("property") if callee is not None else None
        if own is None:
            return
        calls.setdefault(module.text(own), current)
        current = module.receiver(current)
    if current is None or current.type != "identifier":
        return
    binding = module.binding(current)
    annotation = binding.parameter.annotation if binding is not None and binding.parameter is not None else ""
    if binding is None or binding.parameter is None or not is_reply(module.text(current), annotation):
        return
    if not module.text(current).endswith("reply") and not origin(current, module).startswith("fastify"):
        return
    status: int | None = 200
    status_value: Value | None = None
    said = calls.get("status") or calls.get("code")
    if said is not None and (numbers := syntax.arguments(said)):
        status, status_value = status_of(numbers[0], module)
    given = syntax.arguments(node)
    body, text = sent(module.value(given[0])) if given else (None, None)
    headers = _headers(calls, module)
    caught = module.catch_of(node)
    yield Response(
        module.location(node),
        module.enclosing(node),
        "fastify",
        status,
        body,
        status_is_default=said is None,
        in_catch=caught is not None,
        catch_variable=caught.variable if caught is not None else "",
        text=text,
        content_type=_type(calls, module) or content_type(headers),
        headers=all_headers(node, module.text(current), headers, module),
        status_value=status_value,
    )


def _failed(node: Node, name: str, module: Module) -> Iterator[FileFact]:
    """`reply.notFound("…")` of @fastify/sensible."""
    receiver, given = module.receiver(node), syntax.arguments(node)
    if receiver is None or receiver.type != "identifier" or not is_reply(module.text(receiver), ""):
        return
    caught, value = module.catch_of(node), module.value(node)
    yield Response(
        module.location(node),
        module.enclosing(node),
        "fastify",
        status_of_word(name),
        value if isinstance(value, Call) else None,
        raised=True,
        in_catch=caught is not None,
        catch_variable=caught.variable if caught is not None else "",
        text=module.value(given[0]) if given else None,
        exception=f"http-errors.{name}",
    )


def _headers(calls: dict[str, Node], module: Module) -> Record | None:
    for name in ("header", "headers"):
        called = calls.get(name)
        given = [module.value(one) for one in syntax.arguments(called)] if called is not None else []
        if called is not None and len(given) == 2 and (key := constant_text(given[0])) is not None:
            return Record(module.location(called), ((key, given[1]),))
        if len(given) == 1 and isinstance(given[0], Record):
            return given[0]
    return None


def _type(calls: dict[str, Node], module: Module) -> str:
    called = calls.get("type")
    given = syntax.arguments(called) if called is not None else []
    said = module.value(given[0]) if given else None
    return said.value if isinstance(said, Constant) and isinstance(said.value, str) else ""
