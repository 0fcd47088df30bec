"""NestJS: controllers, their routes and guards, what they return, the exceptions they raise, exception filters."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from ...facts.file import FileFact
from ...facts.http import ErrorHandler, Response, Route, Router
from ...facts.statuses import status_of_word
from ...facts.values import Call, Constant, Items, Record, Text, Unknown, Value, constant_text, named
from . import routing, syntax
from .module import Module
from .packages import normal
from .scopes import Scope
from .set_headers import all_headers
from .statuses import status_of

TRIGGERS = (b"@nestjs/",)
_ROUTES = {
    "Get": "GET",
    "Post": "POST",
    "Put": "PUT",
    "Patch": "PATCH",
    "Delete": "DELETE",
    "Head": "HEAD",
    "Options": "OPTIONS",
    "All": "*",
    "Sse": "GET",
}
DECORATORS = frozenset({"Catch", "Controller", *_ROUTES})
_EXCEPTION = re.compile(r"^@nestjs/common\.(\w+Exception)$")
CALLS = frozenset(
    {
        "setGlobalPrefix",
        "enableVersioning",
        "HttpException",
        "BadRequestException",
        "UnauthorizedException",
        "NotFoundException",
        "ForbiddenException",
        "NotAcceptableException",
        "RequestTimeoutException",
        "ConflictException",
        "GoneException",
        "HttpVersionNotSupportedException",
        "PayloadTooLargeException",
        "UnsupportedMediaTypeException",
        "UnprocessableEntityException",
        "InternalServerErrorException",
        "NotImplementedException",
        "ImATeapotException",
        "MethodNotAllowedException",
        "BadGatewayException",
        "ServiceUnavailableException",
        "GatewayTimeoutException",
        "PreconditionFailedException",
    }
)
_UNCHECKED = re.compile(r"(?:$|(?:any|unknown|object|string|number|boolean)\b|\{|(?:Record|Partial|Pick|Omit|Array)<)")
_PHRASES = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 409: "Conflict"}


def decorated(node: Node, definition: Node, module: Module) -> Iterator[FileFact]:
    """A controller, one of its routes, an exception filter."""
    name, given = _taken(node, module)
    scope = module.scopes.of(_inner(definition))
    if scope is None or not module.dotted(_expression(node)).startswith("@nestjs/common."):
        return
    if name == "Catch":
        exceptions = tuple(module.dotted(one) for one in given)
        yield ErrorHandler(module.location(node), "nest", exceptions, f"{scope.name}.catch")
    elif name == "Controller":
        prefix, version = _prefix(given, module)
        yield Router(module.location(node), scope.name, "nest", prefix, _guards(node, module), version=version)
    elif scope.kind == "function" and scope.klass is not None:
        yield from _route(node, name, given, scope, module)


def call(node: Node, module: Module) -> Iterator[FileFact]:
    """An exception of Nest's, thrown."""
    callee = normal(module.callee(node))
    if callee.endswith(".setGlobalPrefix"):
        yield from _global_prefix(node, module)
        return
    if callee.endswith(".enableVersioning"):
        yield from _versioning(node, module)
        return
    match, value = _EXCEPTION.match(callee), module.value(node)
    if match is None or not isinstance(value, Call) or node.type != "new_expression":
        return
    given = syntax.arguments(node)
    status, status_value = status_by(callee, given, module)
    caught = module.catch_of(node)
    said = module.value(given[0]) if given else None
    yield Response(
        module.location(node),
        module.enclosing(node),
        "nest",
        status,
        said if isinstance(said, Record) else value,
        raised=True,
        in_catch=caught is not None,
        catch_variable=caught.variable if caught is not None else "",
        text=said if isinstance(said, Constant | Text) else None,
        exception=value.callee,
        default_body=_default_body(node, said, status, module),
        default_key="message",
        status_value=status_value,
    )


def status_by(base: str, given: list[Node], module: Module) -> tuple[int | None, Value | None]:
    """The status that an exception of Nest has by its class or is given, as a number or a value."""
    match = _EXCEPTION.match(normal(base))
    if match is None:
        return None, None
    if match[1] != "HttpException":
        return status_of_word(match[1].removesuffix("Exception")), None
    return status_of(given[1], module) if len(given) > 1 else (None, None)


def default_by(base: str, given: Node | None, status: int | None, module: Module) -> Value | None:
    """What Nest's own filter answers to a class derived from one of its exceptions that is told this by `super(…)`."""
    said = syntax.arguments(given) if given is not None else []
    if _EXCEPTION.match(normal(base)) is None or given is None or not said:
        return None
    return _default_body(given, module.value(said[0]), status, module)


def _global_prefix(node: Node, module: Module) -> Iterator[Router]:
    """`app.setGlobalPrefix("api")`: the application, whose prefix stands before every controller's."""
    given, receiver = syntax.arguments(node), module.receiver(node)
    path = constant_text(module.value(given[0])) if given else None
    if path and receiver is not None:
        name = module.qualified(receiver)
        yield Router(module.location(node), name, "nest", f"/{path.strip('/')}", application=True)


def _versioning(node: Node, module: Module) -> Iterator[Router]:
    """`app.enableVersioning({ type: VersioningType.URI, defaultVersion: "1" })`: the version of what says none itself.

    By any other type it is no part of the path (Nest, "Versioning").
    """
    given, receiver = syntax.arguments(node), module.receiver(node)
    said = module.value(given[0]) if given else Record(module.location(node), ())
    if receiver is None or not isinstance(said, Record):
        return
    kind = said.get("type")
    version = _version(said.get("defaultVersion")) if kind is None or named(kind).endswith(".URI") else None
    if version is not None:
        name = f"{module.qualified(receiver)}.enableVersioning"
        yield Router(module.location(node), name, "nest", application=True, version=version)


def _version(said: Value | None) -> str | None:
    """The segment that a version is in a path, the first of several; `""` for what has none in any case."""
    one = said.items[0] if isinstance(said, Items) and said.items else said
    if one is not None and named(one).endswith("VERSION_NEUTRAL"):
        return ""
    version = constant_text(one)
    return f"v{version}" if version else None


def _default_body(node: Node, said: Value | None, status: int | None, module: Module) -> Value | None:
    """What Nest's own filter answers: the object given, or `{ statusCode, message, error }`."""
    if isinstance(said, Record):
        return said
    at = module.location(node)
    message = said if said is not None else Constant(at, _PHRASES.get(status or 0, "Error"))
    entries: tuple[tuple[str, Value], ...] = (("statusCode", Constant(at, status)), ("message", message))
    if said is not None and not normal(module.callee(node)).endswith(".HttpException"):
        entries = (*entries, ("error", Constant(at, _PHRASES.get(status or 0, "Error"))))
    return Record(at, entries)


def _expression(decorator: Node) -> Node:
    inner = decorator.named_children[0]
    return inner.child_by_field_name("function") or inner if inner.type == "call_expression" else inner


def _taken(decorator: Node, module: Module) -> tuple[str, list[Node]]:
    """The last name of a decorator and its arguments."""
    inner = decorator.named_children[0]
    given = syntax.arguments(inner) if inner.type == "call_expression" else []
    return module.dotted(_expression(decorator)).rpartition(".")[2], given


def _inner(definition: Node) -> Node:
    return definition.child_by_field_name("declaration") or definition


def _siblings(decorator: Node) -> Iterator[Node]:
    """All decorators of the class or method that a decorator belongs to."""
    parent = decorator.parent
    if parent is None:
        return
    if parent.type != "class_body":
        yield from (child for child in parent.named_children if child.type == "decorator")
        if (
            parent.type == "class_declaration"
            and parent.parent is not None
            and parent.parent.type == "export_statement"
        ):
            yield from (child for child in parent.parent.named_children if child.type == "decorator")
        return
    first = decorator
    while (before := first.prev_named_sibling) is not None and before.type in ("decorator", "comment"):
        first = before
    node: Node | None = first
    while node is not None and node.type in ("decorator", "comment"):
        if node.type == "decorator":
            yield node
        node = node.next_named_sibling


def _guards(decorator: Node, module: Module) -> tuple[str, ...]:
    """What `@UseGuards`, `@UseInterceptors` and the project's own decorators put in front."""
    found: list[str] = []
    for one in _siblings(decorator):
        name, given = _taken(one, module)
        if name == "UseGuards":
            found.extend(routing.guard_names(given, module))
        elif one != decorator and not module.dotted(_expression(one)).startswith(
            ("@nestjs/common.", "@nestjs/swagger.")
        ):
            found.append(module.dotted(_expression(one)))
    return tuple(name for name in found if name)


def _prefix(given: list[Node], module: Module) -> tuple[str, str | None]:
    """The path of a controller and its version."""
    said = module.value(given[0]) if given else None
    version = None
    if isinstance(said, Record):
        version = _version(said.get("version"))
        said = said.get("path")
    path = (constant_text(said) or "").strip("/")
    return (f"/{path}" if path else ""), version


def _route(node: Node, name: str, given: list[Node], scope: Scope, module: Module) -> Iterator[FileFact]:
    assert scope.klass is not None
    status, router = None, scope.klass.name
    for one in _siblings(node):
        other, values = _taken(one, module)
        if other == "HttpCode" and values:
            status = status_of(values[0], module)[0]
        elif other == "Version" and values and (version := _version(module.value(values[0]))) is not None:
            for controller in _of_class(scope):
                if _taken(controller, module)[0] == "Controller":
                    router, (prefix, _) = f"{router}@{version}", _prefix(_taken(controller, module)[1], module)
                    guards = _guards(controller, module)
                    yield Router(module.location(one), router, "nest", prefix, guards, version=version)
    paths = routing.paths_of(given[0], module) if given else [""]
    guards = _guards(node, module)
    bodies = tuple(_bodies(node, scope, module))
    for path in paths:
        yield Route(
            module.location(node),
            "nest",
            _ROUTES[name],
            path,
            scope.name,
            router,
            guards,
            status,
            loose=tuple(name for name, kind in bodies if _is_loose(kind, module)),
            bodies=tuple((name, kind) for name, kind in bodies if kind.isidentifier() and not _is_loose(kind, module)),
        )
    if _sends_itself(scope, module):
        return
    headers = _headers(node, scope, module)
    for returned in module.returned_nodes(scope) if scope.body.type == "statement_block" else ():
        value = module.value(returned)
        if not isinstance(value, Constant | Unknown):
            caught = module.catch_of(returned)
            yield Response(
                module.location(returned),
                scope.name,
                "nest",
                status or (201 if name == "Post" else 200),
                value,
                status_is_default=status is None,
                in_catch=caught is not None,
                catch_variable=caught.variable if caught is not None else "",
                headers=headers if status is not None and 300 <= status < 400 else None,
            )


def _headers(node: Node, scope: Scope, module: Module) -> Value | None:
    """The headers that decorators set, and a method itself that is lent the response: `@Header("Location", …)`."""
    entries: list[tuple[str, Value]] = []
    for name, given in (_taken(one, module) for one in _siblings(node)):
        if name == "Redirect" and given:
            entries.append(("Location", module.value(given[0])))
        elif name == "Header" and len(given) > 1:
            key = constant_text(module.value(given[0]))
            entries.append((key or "Location", module.value(given[1])))  # whatever it is that is not known
    headers: Value | None = Record(module.location(node), tuple(entries))
    for parameter in scope.parameters:
        around = parameter.pattern.parent
        lent = (child for child in (around.children if around is not None else ()) if child.type == "decorator")
        if any(_taken(one, module)[0] in ("Res", "Response") for one in lent):
            headers = all_headers(scope.body, parameter.name, headers, module)
    return headers


def _bodies(node: Node, scope: Scope, module: Module) -> Iterator[tuple[str, str]]:
    """The parameters that `@Body()` fills without a pipe of its own, with their types."""
    if any(_taken(one, module)[0] == "UsePipes" for one in (*_siblings(node), *_of_class(scope))):
        return
    for parameter in scope.parameters:
        around = parameter.pattern.parent
        for child in around.children if around is not None else ():
            name, given = _taken(child, module) if child.type == "decorator" else ("", [])
            if name == "Body" and all(one.type == "string" for one in given):
                yield parameter.name, parameter.annotation


def _of_class(scope: Scope) -> Iterator[Node]:
    """The decorators of the class that a method is in."""
    node = scope.klass.node if scope.klass is not None else None
    around = node.parent if node is not None and node.parent is not None else None
    for holder in (node, around if around is not None and around.type == "export_statement" else None):
        yield from (
            child for child in (holder.named_children if holder is not None else ()) if child.type == "decorator"
        )


def _is_loose(annotation: str, module: Module) -> bool:
    """Whether a type is gone when the program runs, so that no pipe knows of it: `any`, a record, an interface."""
    if _UNCHECKED.match(annotation):
        return True
    name = re.escape(annotation).encode()
    return annotation.isidentifier() and re.search(rb"\b(?:interface|type)\s+" + name + rb"\b", module.data) is not None


def _sends_itself(scope: Scope, module: Module) -> bool:
    """Whether a method takes the response to send it: `@Res() res` without `passthrough`."""
    for parameter in scope.parameters:
        around = parameter.pattern.parent
        for child in around.children if around is not None else ():
            if child.type == "decorator" and _taken(child, module)[0] in ("Res", "Response"):
                return "passthrough" not in module.text(child)
    return False
