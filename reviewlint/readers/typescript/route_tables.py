"""Routes as objects: rows of a table (`for (const one of routes) app[one.method](one.path, one.handle)`), and what a
controller tells a method of its base (`this.route({ method: "get", path: "/orders", handler: this.list })`).
"""

from collections.abc import Iterator

from tree_sitter import Node

from ...facts.file import FileFact
from ...facts.http import Route, RouteTable
from ...facts.values import constant_text
from . import routing, syntax
from .module import Module
from .scopes import ITERATIONS

_WHOLE = (
    ("method",),
    ("url", "path"),
    ("handler",),
    ("onRequest", "preParsing", "preValidation", "preHandler", "schema"),
)
"""Where the one argument of Fastify's `route` has method, path, handler and what stands in front ("Routes")."""


def file(module: Module) -> Iterator[FileFact]:
    """Each table that this file puts on a router, each route that a controller of it declares."""
    for call, callee in module.callees:
        if callee in (b"this.route", b"this.addRoute"):
            yield from _told(call, module)
        elif callee.endswith((b"]", b".route")) and call.type == "call_expression":
            yield from _table(call, module)


def _told(call: Node, module: Module) -> Iterator[Route]:
    """The route of one object, where its handler says whose it is; on which router its base puts it nobody knows."""
    given = syntax.arguments(call)
    told = {}
    for child in syntax.children(given[0]) if len(given) == 1 and given[0].type == "object" else ():
        key = syntax.field(child, "key") or syntax.field(child, "name")
        if key is not None:
            told[module.text(key)] = syntax.field(child, "value") or child
    path, handler = told.get("path") or told.get("url"), told.get("handler")
    method = constant_text(module.value(told["method"])) if "method" in told else None
    framework = routing.by_parameters([handler], module) if handler is not None else ""
    if path is None or handler is None or method is None or method.lower() not in routing.METHODS or not framework:
        return
    others = [node for key, node in told.items() if key not in ("method", "path", "url", "handler")]
    for said in routing.paths_of(path, module):
        yield Route(
            module.location(call),
            framework,
            routing.METHODS[method.lower()],
            said,
            routing.handler_name(handler, module),
            guards=routing.guard_names(others, module),
        )


def _table(call: Node, module: Module) -> Iterator[FileFact]:
    name, given = syntax.callee(call), syntax.arguments(call)
    router = None if name is None else syntax.field(name, "object")
    if name is None or router is None or not given:
        return
    rows = _taken(given[0], module)
    if rows is None:
        return
    table, key = rows
    keys: tuple[tuple[str, ...], ...] = ()
    if name.type == "subscript_expression":
        index = syntax.field(name, "index")
        taken = [_taken(node, module) for node in given]
        method = None if index is None else _taken(_plain(index, module), module)
        if method is None or taken[-1] is None or not all((method[1], key, taken[-1][1])):
            return
        guards = tuple(one[1] for one in taken[1:-1] if one is not None and one[1])
        keys = ((method[1],), (key,), (taken[-1][1],), guards)
    elif len(given) == 1 and not key:
        keys = _WHOLE
    framework = routing.framework_of(router, module, [])
    if keys and framework:
        own = module.qualified(routing.root_of(syntax.unwrapped(router), module))
        yield RouteTable(module.location(call), framework, own, module.value(table), *keys)


def _plain(node: Node, module: Module) -> Node:
    """An expression without what changes its case: `one.method.toLowerCase()`."""
    node = syntax.unwrapped(node)
    receiver = module.receiver(node) if node.type == "call_expression" else None
    return syntax.unwrapped(receiver) if receiver is not None and not syntax.arguments(node) else node


def _taken(node: Node, module: Module) -> tuple[Node, str] | None:
    """What is gone through where `node` is its element, with `""`, or a part of its element, with the part's name."""
    node = syntax.unwrapped(node)
    if node.type in ("call_expression", "spread_element") and (inner := syntax.children(node)):
        last = syntax.arguments(node)[-1:] if node.type == "call_expression" else inner[:1]
        return _taken(last[0], module) if last else None  # wrapped, or several at once
    if node.type == "member_expression":
        own, part = syntax.field(node, "object"), syntax.field(node, "property")
        found = _taken(own, module) if own is not None and own.type == "identifier" else None
        return None if found is None or found[1] or part is None else (found[0], module.text(part))
    binding = module.binding(node) if node.type == "identifier" else None
    if binding is None:
        return None
    if binding.write is not None and binding.declaration.type == "for_in_statement" and binding.write.value is not None:
        steps, table = binding.write.steps[1:], binding.write.value
    elif binding.parameter is not None and binding.scope.parameters[:1] == [binding.parameter]:
        around = binding.scope.node.parent
        called = around.parent if around is not None and around.type == "arguments" else None
        receiver = module.receiver(called) if called is not None and called.type == "call_expression" else None
        method = module.callee(called).rpartition(".")[2] if called is not None else ""
        if receiver is None or method not in ITERATIONS:
            return None
        steps, table = binding.taken.steps if binding.taken is not None else (), receiver
    else:
        return None
    return (table, "".join(steps).removeprefix(".")) if len(steps) < 2 else None
