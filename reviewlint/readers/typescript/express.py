"""Express and its kin: routers, mounts, routes, error middleware, and what `res` answers."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus

from tree_sitter import Node

from ...facts.file import FileFact
from ...facts.http import ErrorHandler, Mount, Response, Route, Router
from ...facts.statuses import status_of_word
from ...facts.values import Call, Choice, Constant, Items, Record, Reference, Text, Value, constant_text
from . import helpers, routing, syntax
from .module import Module
from .origins import declared, of_type
from .packages import is_own, normal
from .scopes import ITERATIONS, Parameter, Scope
from .set_headers import all_headers
from .statuses import status_of

_MAKERS = frozenset({"express", "express.Router", "express.application", "express-promise-router", "router", "polka"})
_APPLICATIONS = frozenset({"express", "polka"})
_SETS_STATUS = ("status", "code", "writeStatus")
"""Calls on a response that set its status; the last is uWebSockets.js's, and takes the whole line."""
_ANSWERS = frozenset({"json", "jsonp", "send", "sendStatus", "end", "redirect", "render", "sendFile", "download"})
CALLS = frozenset({"express", "Router", "PromiseRouter", "polka", "use", *routing.METHODS, *_ANSWERS, "next"})
_PHRASES = {one.value: one.phrase for one in HTTPStatus if one.value not in (204, 205, 304)}
"""What `sendStatus` sends as text."""
_RESPONSE_NAME = re.compile(r"^_?(?:res|response)\d?$|Res(?:ponse)?$")
_REQUEST_NAME = re.compile(r"^_*(?:req|request)?\d?$|Req(?:uest)?$")
_RESPONSE_TYPE = re.compile(r"\b(?:\w*Response|Res|\w*Reply)\b(?!\[|['\"])")
_NOT_EXPRESS = re.compile(r"^(?:@?fastify|koa|@koa|undici|node-fetch|axios|cross-fetch)")


def call(node: Node, module: Module) -> Iterator[FileFact]:
    """An app or router made, a mount or middleware, a route, a response, a failure handed on."""
    name = module.callee(node).rpartition(".")[2]
    if normal(module.callee(node)) in _MAKERS:
        yield from _router(node, module)
    elif name == "use":
        yield from _use(node, module)
    elif name == "next":
        yield from _handed_on(node, module)
    elif name in _ANSWERS:
        yield from _response(node, name, module)
    if name in routing.METHODS:
        yield from _route(node, module)


def _router(node: Node, module: Module) -> Iterator[FileFact]:
    name = declared(node, module)
    if not name:
        return
    guards = _middleware(routing.used_first(name, module), module)
    application = normal(module.callee(node)) in _APPLICATIONS
    yield Router(module.location(node), name, "express", "", guards, application)


def _middleware(used: Iterator[list[Node]], module: Module) -> tuple[str, ...]:
    """The names of what is used for every path and is neither a router nor an error handler."""
    guards: list[str] = []
    for given in filter(None, used):
        if not routing.is_path(given[0], module):
            middleware = [one for one in given if not _error_handler(one, module) and not _is_router(one, module)]
            guards.extend(routing.guard_names(middleware, module))
    return tuple(dict.fromkeys(guards))


def _use(node: Node, module: Module) -> Iterator[FileFact]:
    receiver, given = module.receiver(node), syntax.arguments(node)
    if receiver is None or not given or routing.framework_of(receiver, module, given) != "express":
        return
    at, parent = module.location(node), module.qualified(routing.root_of(receiver, module))
    listed = list(_listed(given, module))
    if listed:
        yield from (Mount(at, parent, child, path) for path, child in listed)
        return
    paths: list[str | None] = [""]
    if routing.is_path(given[0], module) or (len(given) > 1 and routing.is_unknown_path(given[0], module)):
        paths, given = routing.paths_of(given[0], module), given[1:]
    for argument in given:
        handler = _error_handler(argument, module)
        if handler:
            yield ErrorHandler(at, "express", (), handler)
    if not given or _error_handler(given[-1], module):
        return
    child = _mounted(given[-1], module)
    if child:
        guards = routing.guard_names(given[:-1], module)
        if paths != [""]:
            guards = (*_middleware(routing.used_since(parent, node, module), module), *guards)
        for path in paths:
            if path is not None:
                under = _middleware(routing.used_under(parent, path, node, module), module)
                yield Mount(at, parent, child, path, (*guards, *under))


def _listed(given: list[Node], module: Module) -> Iterator[tuple[str, str]]:
    """The paths and routers of `routes.forEach((one) => app.use(one.path, one.router))`, where the list is known."""
    path, child = given[0], given[-1]
    if len(given) < 2 or path.type != "member_expression" or child.type != "member_expression":
        return
    own = [syntax.field(one, "object") for one in (path, child)]
    callback = module.scopes.at(path.start_byte)
    if not callback.parameters or any(one is None or module.text(one) != callback.parameters[0].name for one in own):
        return
    call = callback.node.parent.parent if callback.node.parent is not None else None
    rows = module.receiver(call) if call is not None and call.type == "call_expression" else None
    value = module.value(rows) if rows is not None else None
    for row in value.items if isinstance(value, Items) else ():
        if isinstance(row, Record):
            prefix, router = (row.get(module.text(one).rpartition(".")[2]) for one in (path, child))
            if isinstance(router, Reference) and (said := constant_text(prefix)):
                yield said, router.name


def _mounted(node: Node, module: Module) -> str:
    """The dotted name of a router that is mounted, `""` for middleware that is no router."""
    node = syntax.unwrapped(node)
    if node.type in ("identifier", "member_expression"):
        value = module.value(node)
        if isinstance(value, Call) and normal(value.callee) in _MAKERS:
            return module.qualified(node)
        name = module.qualified(node)
        if is_own(name) or name in module.names.values():
            return name if is_own(name) else ""
        return name if isinstance(value, Call) and is_own(normal(value.callee)) else ""
    if node.type == "call_expression":
        callee = module.callee(node)
        if callee == "require":
            given = syntax.arguments(node)
            return constant_text(module.value(given[0])) or "" if given else ""
        made = syntax.callee(node)
        local = module.function_named(made) if made is not None else None
        if is_own(callee):
            return callee
        return local.name if local is not None else ""
    return ""


def _is_router(node: Node, module: Module) -> bool:
    """Whether this file shows that what is used is a router."""
    name = _mounted(node, module)
    return bool(name) and not is_own(name)


def _error_handler(node: Node, module: Module) -> str:
    """The name of an error middleware (four parameters), `""` for others."""
    node = syntax.unwrapped(node)
    if node.type in ("identifier", "member_expression", *syntax.FUNCTIONS):
        scope = module.function_named(node)
        if scope is not None:
            return scope.name if len(scope.parameters) == 4 else ""
        name = module.qualified(node)
        said = f"{name} {module.text(node)}" if name.endswith(".default") else name
        return name if re.search(r"error(?:handler|middleware)?s?$", said, re.IGNORECASE) else ""
    if node.type == "call_expression":
        name = module.callee(node)
        return name if re.search(r"error(?:handl\w+|middleware)s?$", name, re.IGNORECASE) else ""
    return ""


def _route(node: Node, module: Module) -> Iterator[FileFact]:
    found = routing.declared_route(node, module)
    if found is None or routing.framework_of(found.router, module, found.handlers) != "express":
        return
    router = module.qualified(routing.root_of(found.router, module))
    handler = routing.handler_name(found.handlers[-1], module)
    since = _middleware(routing.used_since(router, node, module), module)
    own = routing.guards_of(found.handlers, module)
    for method, path in routing.written(found, module):
        guards = (*since, *_middleware(routing.used_under(router, path, node, module), module), *own)
        yield Route(module.link(node), "express", method, path, handler, router, guards)


def function(scope: Scope, module: Module) -> Iterator[FileFact]:
    """What functions of the project answer with for a handler that hands them its `res`; failures that it throws."""
    if not 2 <= len(scope.parameters) <= 6 or not (scope.own or _is_handed_out(scope)):
        return
    answering = next((one for one in scope.parameters if _is_response(one, module)), None)
    if answering is not None and (_is_certain(answering, module) or _takes_request(scope)):
        yield from helpers.given(scope, answering.name, _framework(module), module)


def _is_handed_out(scope: Scope) -> bool:
    """Whether a function is what another gives back, as those that make middleware do: `(role) => (req, res) => …`."""
    around = scope.node.parent
    while around is not None and around.type == "parenthesized_expression":
        around = around.parent
    return around is not None and around.type in ("arrow_function", "return_statement")


# Responses


@dataclass(frozen=True, slots=True)
class _Chain:
    """`res.status(404).set("X", "y").json(…)`: the root, and the calls before the last one by name."""

    root: Node
    calls: dict[str, Node]


def _chain(node: Node, module: Module) -> _Chain | None:
    calls: dict[str, Node] = {}
    current = module.receiver(node)
    while current is not None and current.type == "call_expression":
        name = syntax.callee(current)
        own = name.child_by_field_name("property") if name is not None else None
        if own is None:
            return None
        calls.setdefault(module.text(own), current)
        current = module.receiver(current)
    if current is None or current.type != "identifier":
        return None
    return _Chain(current, calls)


def response_parameter(node: Node, module: Module) -> bool:
    """Whether an identifier is the response of a handler: the parameter `res`, or one typed as such."""
    name = module.text(node)
    binding = module.binding(node)
    if binding is not None and binding.parameter is None and module.mentions(b".getResponse"):
        made = module.value(node)
        return isinstance(made, Call) and made.name == "getResponse"  # of Nest's `host.switchToHttp()`
    if binding is None or binding.parameter is None or binding.parameter.name != name:
        return False
    scope, parameter = binding.scope, binding.parameter
    if not _is_response(parameter, module):
        return False
    if scope.parameters[0] is parameter and not parameter.annotation:
        around = scope.node.parent
        called = around.parent if around is not None and around.type == "arguments" else None
        if called is not None and called.type == "call_expression":
            return module.callee(called).rpartition(".")[2] not in ITERATIONS
        return True
    return True


def _takes_request(scope: Scope) -> bool:
    return any(_REQUEST_NAME.search(one.name) for one in scope.parameters)


def _is_certain(parameter: Parameter, module: Module) -> bool:
    """Whether a parameter's type or decorator says that it is the response: `res: Response`, `@Res() res`."""
    around = parameter.pattern.parent
    decorated = around is not None and any(child.type == "decorator" for child in around.named_children)
    made = of_type(parameter.annotation, module)
    return decorated or made.startswith(("express.", "express-serve-static-core.", "next.", "fastify."))


def _is_response(parameter: Parameter, module: Module) -> bool:
    """Whether a parameter is a response by its type, or by its name where it has none."""
    if not parameter.annotation or parameter.annotation in ("any", "unknown"):
        return _RESPONSE_NAME.search(parameter.name) is not None
    if _NOT_EXPRESS.match(of_type(parameter.annotation, module)):
        return False
    return _RESPONSE_TYPE.search(parameter.annotation) is not None


def _response(node: Node, method: str, module: Module) -> Iterator[FileFact]:
    chain = _chain(node, module)
    if chain is None or not response_parameter(chain.root, module):
        return
    given = syntax.arguments(node)
    if (method == "json" and not given) or (method == "end" and _ANSWERS.intersection(chain.calls)):
        return
    said = next(filter(None, map(chain.calls.get, _SETS_STATUS)), None) or _status_before(node, chain.root, module)
    status: int | None = 200
    status_value: Value | None = None
    default = said is None
    if said is not None:
        arguments = syntax.arguments(said) if said.type == "call_expression" else [said]
        status, status_value = status_of(arguments[0], module) if arguments else (None, None)
    elif method not in ("sendStatus", "redirect") and helpers.may_have_status(node, module.text(chain.root), module):
        status, default = None, False
    body: Value | None = None
    text: Value | None = None
    headers = _headers(chain, module)
    match method:
        case "sendStatus":
            status, status_value = status_of(given[0], module) if given else (None, None)
            default = False
            if status is not None and status in _PHRASES:
                text = Constant(module.location(node), _PHRASES[status])
        case "json" | "jsonp":
            body = module.value(given[0])
            if (
                len(given) > 1 and said is None
            ):  # what answers so is typed by hand: `c: { json: (body, status) => Response }`
                (status, status_value), default = status_of(given[1], module), False
        case "redirect":
            status, status_value = status_of(given[0], module) if len(given) > 1 else (302, None)
            default = len(given) < 2
            if given:
                target = module.value(given[-1])
                entries = headers.entries if headers is not None else ()
                headers = Record(module.location(node), (*entries, ("Location", target)))
        case "send" | "end":
            if given:
                body, text = sent(module.value(given[0]))
            elif method == "end" and said is None:
                return
        case _:
            return
    caught = module.catch_of(node)
    yield Response(
        module.location(node),
        module.enclosing(node),
        _framework(module),
        status,
        body,
        status_is_default=default,
        in_catch=caught is not None,
        catch_variable=caught.variable if caught is not None else "",
        text=text,
        content_type=_content_type(chain, headers, module),
        headers=all_headers(node, module.text(chain.root), headers, module),
        status_value=status_value,
    )


def _framework(module: Module) -> str:
    """Whose `res` a file answers with: what looks like Express's may be Next's or Fastify's."""
    if "pages/api/" in module.path or module.mentions(b"NextApiResponse"):
        return "next"
    return "fastify" if module.has_import("fastify") and not module.has_import("express") else "express"


def sent(value: Value) -> tuple[Value | None, Value | None]:
    """What is sent as (JSON, text): `JSON.stringify(x)` is JSON, a string is text, an object is JSON."""
    if isinstance(value, Call) and value.callee == "JSON.stringify" and value.arguments:
        return value.arguments[0], None
    if isinstance(value, Constant) and value.value is None:
        return None, None
    if isinstance(value, Choice):  # `body === undefined ? null : JSON.stringify(body)`
        several = [one for one in map(sent, value.options) if one != (None, None)]
        return several[0] if len(several) == 1 else (value, None)
    if isinstance(value, Text) or (isinstance(value, Constant) and isinstance(value.value, str)):
        return None, value
    return value, None


def _status_before(node: Node, root: Node, module: Module) -> Node | None:
    """The status that an earlier statement sets, of the same block or of one around: `res.status(404); if (html) …`."""
    statement: Node | None = node
    while statement is not None and statement.parent is not None and not statement.type.endswith("_statement"):
        statement = statement.parent
    while statement is not None:
        result = _set_before(statement, module.text(root), module)
        if result is not None:
            return result
        around = statement.parent
        while around is not None and around.type in ("statement_block", "else_clause"):
            around = around.parent
        statement = around if around is not None and around.type == "if_statement" else None
    return None


def _set_before(statement: Node, name: str, module: Module) -> Node | None:
    """The status that one of the statements right before sets on the response of this name."""
    before, result = statement.prev_named_sibling, None
    for _ in range(4):
        if before is None or result is not None:
            break
        inner = before.named_children[0] if before.type == "expression_statement" and before.named_children else None
        if inner is not None and inner.type == "call_expression":
            if module.callee(inner) in (f"{name}.status", f"{name}.writeHead", f"{name}.writeStatus"):
                result = inner
        elif inner is not None and inner.type == "assignment_expression":
            left = inner.child_by_field_name("left")
            if left is not None and module.text(left) in (f"{name}.statusCode", f"{name}.status"):
                result = inner.child_by_field_name("right")
        before = before.prev_named_sibling
    return result


def _headers(chain: _Chain, module: Module) -> Record | None:
    """The headers that a chain sets."""
    entries: list[tuple[str, Value]] = []
    at = None
    for name in ("set", "header", "setHeader", "append", "location"):
        called = chain.calls.get(name)
        if called is None:
            continue
        given = syntax.arguments(called)
        at = at or module.location(called)
        if name == "location" and given:
            entries.append(("Location", module.value(given[0])))
        elif len(given) == 2:
            key = constant_text(module.value(given[0]))
            if key is not None:
                entries.append((key, module.value(given[1])))
        elif len(given) == 1 and isinstance(record := module.value(given[0]), Record):
            entries.extend(record.entries)
    return Record(at, tuple(entries)) if at is not None else None


def _content_type(chain: _Chain, headers: Record | None, module: Module) -> str:
    for name in ("type", "contentType"):
        called = chain.calls.get(name)
        given = syntax.arguments(called) if called is not None else []
        if given:
            return constant_text(module.value(given[0])) or ""
    return content_type(headers)


def content_type(headers: Value | None) -> str:
    """The content type among headers, `""` where none is set."""
    for name, value in headers.entries if isinstance(headers, Record) else ():
        if name.lower() == "content-type":
            return constant_text(value) or ""
    return ""


def _handed_on(node: Node, module: Module) -> Iterator[FileFact]:
    """`next(new NotFound("…"))`: a failure for the error middleware."""
    function, given = syntax.callee(node), syntax.arguments(node)
    if function is None or function.type != "identifier" or len(given) != 1:
        return
    binding = module.binding(function)
    if binding is None or binding.parameter is None or len(binding.scope.parameters) not in (3, 4):
        return
    yield from raised(given[0], node, "express", module)


def raised(thrown: Node, at: Node, framework: str, module: Module) -> Iterator[Response]:
    """A failure that is thrown or handed on, as far as its own construction says what will be answered."""
    thrown = syntax.unwrapped(thrown)
    if thrown.type not in syntax.CALLS:
        return
    value = module.value(thrown)
    if not isinstance(value, Call):
        return
    name = normal(value.callee)
    status: int | None = None
    status_value: Value | None = None
    text: Value | None = None
    given = syntax.arguments(thrown)
    if name.startswith("http-errors") or ".httpErrors." in name:
        known = _http_error(name)
        if known is not None:
            status = known
        elif given:
            status, status_value = status_of(given[0], module)
            given = given[1:]
        text = next((said for said in map(module.value, given) if isinstance(said, Text) or constant_text(said)), None)
    caught = module.catch_of(at)
    yield Response(
        module.location(at),
        module.enclosing(at),
        framework,
        status,
        value,
        text=text,
        raised=True,
        in_catch=caught is not None,
        helper=value.callee,
        catch_variable=caught.variable if caught is not None else "",
        exception=value.callee,
        status_value=status_value,
    )


def _http_error(name: str) -> int | None:
    last = name.rpartition(".")[2]
    return status_of_word(last) if last != "http-errors" else None
