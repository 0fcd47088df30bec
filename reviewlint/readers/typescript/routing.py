"""What the routers of Express, Fastify, Hono and Koa share: whose router it is, paths, handlers, guards."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from ...facts.values import Call, Constant, Items, Record, Text, Value, constant_text, rendered
from . import syntax
from .module import Module
from .origins import origin
from .packages import is_own

METHODS = {
    "get": "GET",
    "post": "POST",
    "put": "PUT",
    "patch": "PATCH",
    "delete": "DELETE",
    "del": "DELETE",
    "head": "HEAD",
    "options": "OPTIONS",
    "all": "*",
}
_CHAINED = ("use", "route", "basePath", "on", "openapi", "withTypeProvider", "register", "after", "addHook")
"""What routers give themselves back for, routes apart."""
_MADE = (
    (re.compile(r"^@?fastify(?:\.|$|/)"), "fastify"),
    (re.compile(r"^(?:@?hono[./]|@hono/)"), "hono"),
    (re.compile(r"^(?:@koa/router|koa-router|koa|koa-joi-router|@oak/oak|oak)(?:\.|$|/)"), "koa"),
    (
        re.compile(
            r"^(?:express|express-serve-static-core|express-promise-router|express-ws|polka|restify|router|ultimate-express)"
            r"(?:\.|$|/)"
        ),
        "express",
    ),
)
_SPOKEN = re.compile(r"(?:^|[._])(?:app|router|server|routes?|express|fastify|api)$|(?:App|Router|Server|Routes?)$")
_WILDCARD = re.compile(r"/?(?:\{?/?\*\w*\}?|\(\.\*\))$")
_PATH_NAME = re.compile(r"(?:path|prefix|base|url|uri|route|endpoint)$", re.IGNORECASE)
_BODY_OPTION = re.compile(r"(?:req(?:uest)?_?)?body(?:_?schema)?|schema", re.IGNORECASE)
_WRAPPER = re.compile(r"wrap|async|handle|handler|catch|with|auth|guard|protect|validate|promise|safe", re.IGNORECASE)
_FASTIFYS = frozenset({"onRequest", "preParsing", "preValidation", "preHandler", "preSerialization", "schema"})
"""Options of a route of Fastify's that stand before its handler."""
_INSTANCE = re.compile(r"app|fastify|server|instance|api", re.IGNORECASE)
_TAKES_REQUEST = re.compile(
    r"_?req(?:uest)?\b|\{(?:\s*(?:body|params|query|headers|user|log|session|cookies)\b(?:\s*:\s*[^,}]+)?,?)+\s*\}"
)
_PARAMETERS = (
    ("fastify", re.compile(r"^(?:_?req(?:uest)?),_?reply$")),
    ("express", re.compile(r"^(?:_?err\w*,)?_?(?:req(?:uest)?|_+)\w*,_?(?:res(?:ponse)?)\w*(?:,_?next)?$")),
    ("koa", re.compile(r"^_?ctx(?:,_?next)?$")),
    ("hono", re.compile(r"^_?c(?:,_?next)?$")),
)


def framework_of(receiver: Node, module: Module, handlers: list[Node]) -> str:
    """Whose router or app the receiver is: `express`, `fastify`, `hono`, `koa`; `""` where it is none.

    What made it says so, or its type; where only another file knows, its name and the parameters of the handlers.
    """
    root = root_of(receiver, module)
    made = origin(root, module)
    for pattern, framework in _MADE:
        if pattern.match(made):
            return framework
    name = module.dotted(root).removesuffix("()")
    if made and not is_own(made):
        return ""
    spoken = by_parameters(handlers, module) or _by_options(handlers, root, module)
    if _SPOKEN.search(name):
        return spoken or ("fastify" if name.rpartition(".")[2] == "fastify" else _by_imports(module))
    return spoken if spoken and not made and root.type in ("identifier", "member_expression") else ""


def root_of(receiver: Node, module: Module) -> Node:
    """The router at the beginning of a chain of routes: `new Hono()` in `new Hono().get(…).post(…)`."""
    while receiver.type == "call_expression":
        name = syntax.callee(receiver)
        if name is None or name.type != "member_expression":
            break
        own, target = name.child_by_field_name("property"), name.child_by_field_name("object")
        if own is None or target is None or module.text(own) not in (*METHODS, *_CHAINED):
            break
        receiver = syntax.unwrapped(target)
    binding = module.binding(receiver) if receiver.type == "identifier" else None
    made = (
        binding.write.value if binding is not None and binding.write is not None and not binding.write.steps else None
    )
    if made is not None and module.callee(syntax.unwrapped(made)).endswith(".withTypeProvider"):
        return root_of(syntax.unwrapped(made), module)  # Fastify's instance by another type
    return receiver


def uses(module: Module) -> dict[str, list[list[Node]]]:
    """What each router of a file uses, by the router's qualified name: the arguments of every `app.use(…)`."""
    found: dict[str, list[list[Node]]] = {}
    for node, callee in module.callees:
        receiver, given = (module.receiver(node), syntax.arguments(node)) if callee.endswith(b".use") else (None, [])
        if receiver is not None and given:
            found.setdefault(module.qualified(root_of(receiver, module)), []).append(given)
    return found


def _first_routes(module: Module) -> dict[str, int]:
    """The byte at which each router's first route begins, by the router's qualified name."""
    found: dict[str, int] = {}
    for node, callee in module.callees:
        if callee.rpartition(b".")[2].decode("utf-8", "replace") in METHODS:
            declaration = declared_route(node, module)
            if declaration is not None:
                found.setdefault(module.qualified(root_of(declaration.router, module)), node.end_byte)
    return found


def used_first(name: str, module: Module) -> Iterator[list[Node]]:
    """What a router uses before its first route, and so for all of them: the arguments of each `app.use(…)`."""
    first = module.once(_first_routes).get(name, len(module.data))
    return (given for given in module.once(uses).get(name, ()) if given[0].start_byte < first)


def used_since(name: str, node: Node, module: Module) -> Iterator[list[Node]]:
    """What a router uses between its first route and `node`: it stands in front of what comes after it alone."""
    first = module.once(_first_routes).get(name, len(module.data))
    return (given for given in module.once(uses).get(name, ()) if first <= given[0].start_byte < node.start_byte)


def used_under(name: str, path: str | None, node: Node, module: Module, *, whole: bool = False) -> Iterator[list[Node]]:
    """What a router uses before `node` for paths that `path` lies under: `guard` of each `app.use("/admin", guard)`.

    With `whole` only what ends in a wildcard holds for longer paths than its own.
    """
    for given in module.once(uses).get(name, ()) if path is not None else ():
        if given[0].start_byte >= node.start_byte or not is_path(given[0], module):
            continue
        if any(_covers(one, path or "", whole) for one in paths_of(given[0], module) if one is not None):
            yield given[1:]


def _covers(prefix: str, path: str, whole: bool) -> bool:
    begin = _WILDCARD.sub("", prefix)
    longer = begin != prefix or not whole
    return bool(begin) and (path == begin or (longer and path.startswith(f"{begin.rstrip('/')}/")))


def by_parameters(handlers: list[Node], module: Module) -> str:
    """Whose handlers these are by what their parameters are called, `""` where that says nothing."""
    for handler in handlers:
        scope = module.function_named(inner_function(handler) or handler)
        if scope is not None:
            names = ",".join(parameter.name for parameter in scope.parameters)
            for framework, pattern in _PARAMETERS:
                if pattern.match(names):
                    return framework
    return ""


def _by_options(handlers: list[Node], router: Node, module: Module) -> str:
    """Fastify, where options that it alone takes stand before the handler, or a plugin's handler only takes a request.

    What such a handler returns is the answer; Express would wait for it for ever (Fastify, "Routes").
    """
    options = (one for one in map(syntax.unwrapped, handlers[:-1]) if one.type == "object")
    keys = (
        child.child_by_field_name("key") or child.child_by_field_name("name") or child
        for one in options
        for child in syntax.children(one)
    )
    if any(module.text(key) in _FASTIFYS for key in keys):
        return "fastify"
    scope = module.function_named(inner_function(handlers[-1]) or handlers[-1]) if handlers else None
    if (
        scope is None
        or len(scope.parameters) != 1
        or not _TAKES_REQUEST.match(module.text(scope.parameters[0].pattern))
    ):
        return ""
    gives = scope.body.type != "statement_block" or module.returned_nodes(scope)
    return "fastify" if gives and is_given(router, module) else ""


def is_given(router: Node, module: Module) -> bool:
    """Whether what routes are put on is a function's parameter, as Fastify gives it to a plugin."""
    binding = module.binding(router) if router.type == "identifier" else None
    return binding is not None and binding.parameter is not None and _INSTANCE.fullmatch(binding.name) is not None


def _by_imports(module: Module) -> str:
    for framework, packages in (
        ("express", ("express",)),
        ("fastify", ("fastify", "@fastify", "fastify-plugin")),
        ("hono", ("hono", "@hono")),
        ("koa", ("koa", "@koa", "koa-router")),
    ):
        if module.has_import(*packages):
            return framework
    return ""


def inner_function(node: Node) -> Node | None:
    """The function that a handler is, wrappers taken off: `asyncHandler(async (req, res) => …)`."""
    node = syntax.unwrapped(node)
    for _ in range(6):
        if node.type in syntax.FUNCTIONS:
            return node
        if node.type != "call_expression":
            return None
        given = syntax.arguments(node)
        if not given:
            return None
        node = syntax.unwrapped(given[-1])
    return None


def handler_name(node: Node, module: Module) -> str:
    """The name of the function that answers: of this file (qualified) or dotted; wrappers and `bind` taken off."""
    node = syntax.unwrapped(node)
    function = inner_function(node)
    scope = module.scopes.of(function) if function is not None else None
    if scope is not None:
        return scope.name
    for _ in range(6):
        if node.type != "call_expression":
            break
        inner = _wrapped(node, module)
        if inner is None:
            return module.callee(node)
        node = inner
    if node.type == "member_expression":
        held, own = node.child_by_field_name("object"), node.child_by_field_name("property")
        made = module.value(held) if held is not None else None
        if own is not None and isinstance(made, Call):
            return f"{made.callee}.{module.text(own)}"
    return module.qualified(node)


def _wrapped(call: Node, module: Module) -> Node | None:
    """The handler inside a wrapper: `asyncHandler(list)`, `list.bind(this)`; None where the call makes the handler."""
    name, given = syntax.callee(call), syntax.arguments(call)
    if name is None:
        return None
    called = module.text(name).rpartition(".")[2]
    if called == "bind" and name.type == "member_expression":
        target = name.child_by_field_name("object")
        return syntax.unwrapped(target) if target is not None else None
    if not given:
        return None
    last = syntax.unwrapped(given[-1])
    if last.type == "call_expression" or (last.type == "identifier" and module.function_named(last) is not None):
        return last
    named = last.type in ("identifier", "member_expression") and _WRAPPER.search(called)
    return last if named and module.qualified(last) else None


def guard_names(nodes: list[Node], module: Module) -> tuple[str, ...]:
    """The dotted names of what stands in front of a handler; arrays are taken apart."""
    found: list[str] = []
    pending = nodes[::-1]
    while pending:
        node = syntax.unwrapped(pending.pop())
        if node.type == "array":
            pending.extend(reversed(syntax.children(node)))
        elif node.type in syntax.FUNCTIONS:
            scope = module.scopes.of(node)
            found.append(scope.name if scope is not None else "")
        elif node.type == "call_expression":
            callee = module.callee(node)
            found.append(callee)
            found.extend(f"{callee}.{key}" for key in _bodies(node, module))
        elif node.type in ("identifier", "member_expression", "spread_element"):
            inner = node.named_children[0] if node.type == "spread_element" and node.named_children else node
            found.append(module.qualified(inner))
    return tuple(name for name in found if name)


def guards_of(handlers: list[Node], module: Module) -> tuple[str, ...]:
    """The dotted names of what stands in front of the last of `handlers`, and around it with more than itself.

    `withBody(schema, handler)` may do what a guard does; what is given a handler alone catches its failures.
    """
    found, node = list(guard_names(handlers[:-1], module)), syntax.unwrapped(handlers[-1])
    while node.type == "call_expression" and (given := syntax.arguments(node)):
        inner = syntax.unwrapped(given[-1])
        if len(given) > 1 and (inner_function(inner) is not None or module.function_named(inner) is not None):
            found += guard_names([node], module)
        node = inner
    return tuple(found)


def _bodies(call: Node, module: Module) -> Iterator[str]:
    """The options of a call that say what a body is like: `requestBody` of `route({ requestBody: "Order" })`."""
    for argument in syntax.arguments(call):
        value = module.value(argument) if argument.type == "object" else None
        if isinstance(value, Record):
            yield from (key for key in value.keys if _BODY_OPTION.fullmatch(key))


def paths_of(node: Node, module: Module) -> list[str | None]:
    """The paths that an argument names: one, several in an array, a regular expression; None where unknown.

    What is put before a path at run time is left out (`${base}/users` is `/users`); what is unknown inside is `{}`.
    """
    node = syntax.unwrapped(node)
    if node.type == "regex":
        return [module.text(node.named_children[0]) if node.named_children else None]
    value = module.value(node)
    return [_path(item) for item in (value.items if isinstance(value, Items) else (value,))]


def _path(value: Value) -> str | None:
    if isinstance(value, Text) and len(value.parts) > 1:
        known = value.parts[1:] if not isinstance(value.parts[0], Constant) else value.parts
        return "".join(rendered(part) for part in known)
    return constant_text(value)


def is_path(node: Node, module: Module) -> bool:
    """Whether an argument names a path: a text, a template, an array of texts, a regular expression, a constant."""
    node = syntax.unwrapped(node)
    if node.type in ("string", "template_string", "regex"):
        return True
    if node.type in ("identifier", "member_expression", "array", "binary_expression"):
        value = module.value(node)
        if isinstance(value, Items):
            return bool(value.items) and all(isinstance(item, Constant | Text) for item in value.items)
        return isinstance(value, Text) or (isinstance(value, Constant) and isinstance(value.value, str))
    return False


def is_unknown_path(node: Node, module: Module) -> bool:
    """Whether an argument that nobody can follow is a path by its name: `basePath`, `config.baseUrl`."""
    node = syntax.unwrapped(node)
    return node.type in ("identifier", "member_expression") and _PATH_NAME.search(module.text(node)) is not None


@dataclass(frozen=True, slots=True)
class Declared:
    """One route as its call declares it."""

    router: Node
    methods: tuple[str, ...]
    path: Node | None
    handlers: list[Node]


def declared_route(call: Node, module: Module) -> Declared | None:
    """What `router.get("/x", guard, handler)` or `router.route("/x").get(handler)` declares; None for other calls."""
    name, receiver = syntax.callee(call), module.receiver(call)
    if name is None or receiver is None or call.type != "call_expression":
        return None
    method = module.text(name).rpartition(".")[2].strip()
    given = syntax.arguments(call)
    if method not in METHODS or not given:
        return None
    route = receiver
    while route.type == "call_expression":
        inner, callee = module.receiver(route), syntax.callee(route)
        called = module.text(callee).rpartition(".")[2].strip() if callee is not None else ""
        if called == "route" and inner is not None and syntax.arguments(route):
            if is_path(given[0], module):
                break
            return Declared(inner, (METHODS[method],), syntax.arguments(route)[0], given)
        if called not in METHODS or inner is None:
            break
        route = inner
    if len(given) < 2 or not is_path(given[0], module):
        return None
    if given[-1].type in ("string", "number", "object", "template_string", "array", "true", "false", "null"):
        return None
    return Declared(receiver, (METHODS[method],), given[0], given[1:])


def written(declaration: Declared, module: Module) -> Iterator[tuple[str, str | None]]:
    """Every (method, path) that a declaration stands for."""
    for method in declaration.methods:
        for path in paths_of(declaration.path, module) if declaration.path is not None else [None]:
            yield method, path
