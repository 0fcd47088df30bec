"""Next.js: route handlers under `app/`, API routes under `pages/api/`, and where the file system puts them.

Next.js documentation, "File-system conventions: route.js" and "API Routes".
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from tree_sitter import Node

from ...facts.file import FileFact
from ...facts.http import ErrorHandler, Route
from . import dispatch, helpers, imports, routing, syntax
from .module import Module

_HANDLER = re.compile(r"(?:^|/)app/(?:.*/)?route\.(?:[cm]?[jt]s|[jt]sx)$")
_API = re.compile(r"(?:^|/)pages/(api(?:/.+?)?)\.(?:[cm]?[jt]s|[jt]sx)$")
_TESTED = re.compile(rb"""\b(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)\b""")


def file(module: Module) -> Iterator[FileFact]:
    """The routes that the file is, by its path, and the responses that its handlers let others build."""
    if _HANDLER.search(f"/{module.path}"):
        yield from exported_handlers(app_path(module.path), "next", module)
    elif (match := _API.search(f"/{module.path}")) and not match[1].endswith((".test", ".spec", ".d")):
        yield from _default(pages_path(match[1]), module)


def app_path(path: str) -> str:
    """The URL path of a route handler's file: groups `(x)` and parallel slots `@x` are no part of it."""
    folders = path.split("/")[:-1]
    roots = [position for position, folder in enumerate(folders) if folder == "app"]
    root = roots[0]
    if len(roots) > 1 and (roots[1] == root + 1 or folders[roots[1] - 1] == "src"):
        root = roots[1]
    kept = [folder for folder in folders[root + 1 :] if not re.match(r"^(?:\((?!\.).*\)|@.*)$", folder)]
    return "/" + "/".join(kept)


def pages_path(inside: str) -> str:
    """The URL path of a file under `pages/`, given as `api/users/[id]`."""
    return "/" + re.sub(r"(?:^|/)index$", "", inside)


def exported_handlers(path: str, framework: str, module: Module) -> Iterator[FileFact]:
    """The routes of a file that exports its handlers as `GET`, `POST`, …, and what others build for them."""
    for node in module.exports:
        if node.child_by_field_name("source") is not None:
            continue
        for name, local, at in imports.exports(node, module.data):
            if name in dispatch.METHODS:
                handler, guards = _handler(node, local, module)
                yield Route(module.location(at), framework, name, path, handler, guards=guards)
                yield from built_by(handler, framework, module)
    for one in module.imports:
        if one.reexport:
            for name, local in one.names:
                if local in dispatch.METHODS:
                    yield Route(module.location(one.node), framework, local, path, f"{one.module}.{name}")


def _handler(export: Node, local: str, module: Module) -> tuple[str, tuple[str, ...]]:
    """The function that answers and the wrappers around it: `export const GET = withAuth(handler)`."""
    declaration = export.child_by_field_name("declaration")
    value: Node | None = None
    for child in declaration.named_children if declaration is not None else module.writes:
        if child.type == "variable_declarator":
            name = child.child_by_field_name("name")
            if name is not None and module.text(name) == local:
                value = child.child_by_field_name("value")
    if value is None or syntax.unwrapped(value).type in syntax.FUNCTIONS:
        return module.names.get(local, local), ()
    wrappers = []
    wrapped = syntax.unwrapped(value)
    while wrapped.type == "call_expression":
        wrappers.append(module.callee(wrapped))
        given = syntax.arguments(wrapped)
        if not given:
            break
        wrapped = syntax.unwrapped(given[-1] if given[-1].type != "object" else given[0])
    return routing.handler_name(value, module), tuple(name for name in wrappers if name)


def built_by(handler: str, framework: str, module: Module) -> Iterator[FileFact]:
    """The responses that a handler of this file lets others build."""
    for scope in module.scopes.all:
        if scope.kind == "function" and scope.own and scope.name == handler:
            yield from helpers.returned(scope, framework, module)


def _default(path: str, module: Module) -> Iterator[FileFact]:
    for node in module.exports:
        for name, local, at in imports.exports(node, module.data) if node.child_by_field_name("source") is None else ():
            if name != "default":
                continue
            value = node.child_by_field_name("value")
            put = [*_connected(value, local, module), *_in_table(value, module)]
            for method, handler in put:
                yield Route(module.location(at), "next", method, path, handler)
            yield from _on_error(module) if put else ()
            if put:
                continue
            handler = routing.handler_name(value, module) if value is not None else module.names.get(local, local)
            guards = (module.callee(value),) if value is not None and value.type == "call_expression" else ()
            yield from by_method(Route(module.location(at), "next", "*", path, handler, guards=guards), module)


def _connected(value: Node | None, local: str, module: Module) -> Iterator[tuple[str, str]]:
    """The methods put on a router of next-connect: `router.post(create)`, then `export default router.handler()`."""
    held = syntax.unwrapped(value) if value is not None else None
    if held is not None and held.type == "call_expression" and module.callee(held).endswith(".handler"):
        held = module.receiver(held) or held
    exported = module.text(routing.root_of(held, module)) if held is not None else local
    for call, callee in module.callees:
        method = routing.METHODS.get(callee.rpartition(b".")[2].decode("utf-8", "replace"))
        receiver, given = module.receiver(call), syntax.arguments(call)
        if method not in dispatch.METHODS or receiver is None or not given:
            continue
        if module.text(routing.root_of(syntax.unwrapped(receiver), module)) == exported:
            last = syntax.unwrapped(given[-1])
            if routing.inner_function(last) is not None or module.function_named(last) is not None:
                yield method, routing.handler_name(last, module)


def _on_error(module: Module) -> Iterator[ErrorHandler]:
    """The function of this file that next-connect calls for what its handlers raise."""
    if not module.mentions(b"onError"):
        return
    for scope in module.scopes.all:
        if scope.kind == "function" and scope.own and scope.name.rpartition(".")[2] == "onError":
            yield ErrorHandler(module.location(scope.node), "next", (), scope.name)


def _in_table(value: Node | None, module: Module) -> Iterator[tuple[str, str]]:
    """The methods of a table that a wrapper is given: `export default methods({ GET: list, POST: create })`."""
    given = syntax.arguments(value) if value is not None and value.type == "call_expression" else []
    for pair in syntax.children(given[0]) if given and given[0].type == "object" else ():
        key, held = pair.child_by_field_name("key") or pair, pair.child_by_field_name("value") or pair
        method = module.text(key).strip("'\"").upper()
        if method in dispatch.METHODS and pair.type in ("pair", "shorthand_property_identifier"):
            yield method, routing.handler_name(held, module)


def methods_tested(module: Module) -> tuple[str, ...]:
    """The methods that a handler compares `req.method` with, or switches over, in order."""
    if not module.mentions(b".method") or not _TESTED.search(module.data):
        return ()
    return tuple(dict.fromkeys(method for method, _ in dispatch.tested(module) if method != "OPTIONS"))


def by_method(found: Route, module: Module) -> Iterator[Route]:
    """`found`, a route for all methods, by those that its handler tests for, each with the function that answers it."""
    handed = dispatch.handed_on(found.handler, module)
    for method in dict.fromkeys((*methods_tested(module), *handed)) or ("*",):
        if method != "OPTIONS":
            yield replace(found, method=method, handler=handed.get(method, found.handler))
