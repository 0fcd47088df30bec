"""FastAPI and Starlette: routers, mounts, routes, dependencies, responses, exception handlers."""

import re
from collections.abc import Iterator
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from tree_sitter import Node

from ...facts.file import FileFact
from ...facts.http import DependencyAlias, ErrorHandler, Mount, Response, Route, Router
from ...facts.values import Call, Constant, Record, Value, constant_text
from ...facts.values import Parameter as GivenParameter
from . import syntax
from .raises import Answered, bases
from .replies import (
    argument,
    assigned_name,
    headers_later,
    is_json,
    is_response_class,
    is_text,
    path_of,
    paths_of,
    qualified,
    referred,
    response,
    status_fields,
    takes_request,
    value_of,
    wrapped,
)
from .scopes import Parameter, Scope
from .statuses import status_of
from .types import declared

if TYPE_CHECKING:
    from .module import Module

TRIGGERS = (b"fastapi", b"starlette", b"APIRouter", b"receive, send", b".include_router(")

METHODS = frozenset({"get", "post", "put", "patch", "delete", "head", "options", "trace"})
MAKERS = frozenset({"FastAPI", "APIRouter", "Starlette", "Router"})
RESPONSES = frozenset(
    {
        "JSONResponse",
        "ORJSONResponse",
        "UJSONResponse",
        "Response",
        "PlainTextResponse",
        "HTMLResponse",
        "RedirectResponse",
        "StreamingResponse",
        "FileResponse",
    }
)
CALLS = (
    MAKERS
    | RESPONSES
    | {"include_router", "mount", "add_api_route", "add_route", "add_exception_handler", "Route", "Mount"}
    | {"__init__"}
)
DECORATORS = METHODS | {"api_route", "route", "exception_handler"}

_HTTP_EXCEPTION = Answered("fastapi", status_at=0, detail_at=1, key="detail")
_DATA = frozenset({"dict", "list", "tuple", "sorted", "str", "fastapi.encoders.jsonable_encoder"})
"""Calls that give data, which FastAPI answers as it does all data."""
_OF_PYDANTIC = frozenset({"model_validate", "from_orm", "parse_obj", "model_construct", "validate_python"})
"""Methods that give an object of a model, which is data, too."""
_CASTS = frozenset({"typing.cast", "typing_extensions.cast"})
_ALIASES = ("fastapi.HTTPException", "fastapi.exceptions.HTTPException", "starlette.exceptions.HTTPException")
_STARLETTE = (b"starlette.applications", b"starlette.endpoints", b"starlette.routing")
"""What an application imports that is Starlette's alone: that answers its `HTTPException` as text."""
EXCEPTIONS = dict.fromkeys(_ALIASES[:2], _HTTP_EXCEPTION) | {_ALIASES[2]: replace(_HTTP_EXCEPTION, text_in=_STARLETTE)}
_DEPENDS = frozenset({"Depends", "Security"})
_DEPENDENCY = re.compile(r"\b(?:Depends|Security)\(\s*([\w.]+)")


def call(node: Node, module: "Module") -> Iterator[FileFact]:
    """Routers, mounts, routes added by a call, responses, handlers added by a call."""
    callee = module.callee(node)
    name = callee.rpartition(".")[2]
    if name in RESPONSES:
        if _ours(callee, module):
            yield _response(node, name, module)
    elif name in MAKERS:
        variable = assigned_name(node, module)
        if variable:
            yield Router(
                module.location(node),
                qualified(variable, node, module),
                "fastapi",
                path_of(argument(node, module, -1, "prefix"), module) or "",
                _dependencies(node, module),
                application=name in ("FastAPI", "Starlette"),
            )
            if argument(node, module, -1, "routes") is not None:
                yield from _listed(node, module)
            handlers = argument(node, module, -1, "exception_handlers")
            yield from _handled(handlers, module) if handlers is not None else ()
    elif name == "__init__":
        yield from _told_base(node, module)
    elif name in ("include_router", "mount"):
        yield from _mount(node, name, module)
    elif name in ("add_api_route", "add_route"):
        yield from _added(node, module)
    elif name in ("Route", "Mount"):
        if callee.startswith("starlette."):
            yield from _starlette(node, module) if name == "Route" else _listed(node, module)
    else:
        exception, handler = argument(node, module, 0, "exc_class_or_status_code"), argument(node, module, 1, "handler")
        if exception is not None and handler is not None:
            yield _error_handler(node, exception, _handler(handler, module), module)


def file(module: "Module") -> Iterator[FileFact]:
    """Types that stand for dependencies, and lists of routes."""
    if module.has_import("starlette.routing"):
        yield from _lists(module)
    if not module.mentions(b"Annotated["):
        return
    for statement in module.root.named_children:
        node = (
            statement.named_children[0]
            if statement.type == "expression_statement" and statement.named_children
            else None
        )
        name, value = (node.child_by_field_name(one) for one in ("left", "right")) if node is not None else (None, None)
        if node is not None and node.type == "assignment" and name is not None and value is not None:
            guards = (
                tuple(_depended(value, module))
                if module.text(value).startswith(("Annotated[", "typing.Annotated["))
                else ()
            )
            # What depends on nothing is made by its type (FastAPI, "Classes as Dependencies": the shortcut).
            if name.type == "identifier" and (guards or "Depends()" in module.text(value)):
                yield DependencyAlias(
                    module.location(node), module.text(name), guards, declared(module.text(value), module)
                )


def decorated(node: Node, definition: Node, module: "Module") -> Iterator[FileFact]:
    """Routes and exception handlers declared by decorators."""
    made = node.named_children[0]
    scope = module.scopes.of(definition)
    function = made.child_by_field_name("function") if made.type == "call" else None
    if function is None or function.type != "attribute" or scope is None or scope.kind != "function":
        return
    receiver, _, name = module.text(function).rpartition(".")
    if receiver.endswith(".webhooks"):
        return  # only documents what the application itself sends (FastAPI, "OpenAPI Webhooks")
    name = name.strip()
    first = argument(made, module, 0, "path")
    if name in ("exception_handler", "middleware") and _is_fastapi(module):
        yield from _handed_on(scope, module)
    if name == "exception_handler":
        exception = argument(made, module, 0, "exc_class_or_status_code")
        if exception is not None:
            yield _error_handler(node, exception, scope.name, module)
    elif (
        _is_fastapi(module)
        and first is not None
        and first.type in ("string", "concatenated_string", "identifier", "attribute", "binary_operator")
    ):
        types = (_type(one, module) for one in scope.parameters.values())
        annotations = tuple(dict.fromkeys(name for name in types if name))
        yield from _routes(node, made, scope.name, _parameters(scope, module), module, annotations)
        yield from _returned(scope, made, module)


def _type(parameter: Parameter, module: "Module") -> str:
    """The dotted type of a parameter, without what `Annotated` puts around it; `""` where it is put together."""
    given = parameter.type.named_children[0] if parameter.type is not None and parameter.type.named_children else None
    if given is not None and given.type in ("identifier", "attribute"):
        return module.dotted(given)
    return declared(parameter.annotation, module)


def function(scope: Scope, module: "Module") -> Iterator[FileFact]:
    """What Starlette's endpoints return by a helper, anything by a response class of the project, middleware sends."""
    if _is_declared(scope, module):
        return
    named = [name for name in scope.parameters if name not in ("self", "cls")]
    answers = takes_request(scope, module)
    for node, given in _returns(scope, module) if module.has_import("starlette", "fastapi") else ():
        callee = module.callee(given)
        if not callee.startswith(("starlette.", "super")) if answers else is_response_class(callee):
            yield from _helped(node, given, module)
    if named[-2:] == ["receive", "send"]:
        yield from _sent(scope, named[-3:], module)


def _handed_on(scope: Scope, module: "Module") -> Iterator[FileFact]:
    """What a function returns by a helper or a response class of the project."""
    for node, given in _returns(scope, module):
        if not module.callee(given).startswith(("starlette.", "super")):
            yield from _helped(node, given, module)


def _returns(scope: Scope, module: "Module") -> Iterator[tuple[Node, Node]]:
    """The returns of a function that give what a call makes, with that call."""
    for node in syntax.captures("(return_statement) @return", scope.body).get("return", []):
        given = syntax.unwrapped(node.named_children[0]) if node.named_children else None
        if given is None or module.scope(node) is not scope:
            continue
        made = module.assigned(module.text(given), scope) if given.type == "identifier" else [given]
        made = [syntax.unwrapped(one) for one in made]
        if len(made) == 1 and made[0].type == "call":
            yield node, made[0]


def _helped(node: Node, given: Node, module: "Module") -> Iterator[Response]:
    callee = module.callee(given)
    if callee.rpartition(".")[2] not in RESPONSES:
        yield response(node, module, "starlette", helper=callee, body=module.value(given))


def _sent(scope: Scope, connection: list[str], module: "Module") -> Iterator[Response]:
    """What middleware answers by itself: `await problem(403, …)(scope, receive, send)`."""
    for node in syntax.captures("(call) @call", scope.body).get("call", []):
        function = node.child_by_field_name("function")
        if function is None or list(map(module.text, module.arguments(node))) != connection:
            continue
        made = module.assigned(module.text(function), scope) if function.type == "identifier" else [function]
        for one in made:
            if one.type == "call":
                yield from _helped(node, one, module)


def _is_declared(scope: Scope, module: "Module") -> bool:
    """Whether a decorator makes the function a route, a handler of exceptions or middleware, which is read there; one
    that wraps it (`@requires("admin")`, `@cached`) leaves what it returns as it is.
    """
    outer = scope.node.parent
    for one in outer.named_children if outer is not None and outer.type == "decorated_definition" else ():
        made = one.named_children[0] if one.type == "decorator" and one.named_children else None
        function = made.child_by_field_name("function") if made is not None and made.type == "call" else None
        if function is not None and function.type == "attribute":
            name = module.text(function).rpartition(".")[2].strip()
            if name in DECORATORS | {"middleware"}:
                return True
    return False


def _told_base(node: Node, module: "Module") -> Iterator[Response]:
    """`super().__init__(…)` in a response class of the project: what its instances answer."""
    function, klass = node.child_by_field_name("function"), module.scope(node).klass
    if function is None or klass is None or not module.text(function).startswith("super("):
        return
    for base in bases(klass, module):
        name = base.rpartition(".")[2]
        if name in RESPONSES and base.startswith(("fastapi.", "starlette.")):
            yield _response(node, name, module)
        elif _is_response(base, module) and module.has_import("fastapi", "starlette"):
            yield response(node, module, "starlette", helper=base, body=module.value(node))


def _is_response(name: str, module: "Module") -> bool:
    """Whether a class is one of responses: by its name, or by a base that it has in this file."""
    waiting, seen = [name], set()
    while waiting:
        name = waiting.pop()
        if is_response_class(name):
            return True
        own = [scope for scope in module.scopes.all if scope.kind == "class" and scope.name == name]
        waiting += [base for one in own if name not in seen for base in bases(one, module)]
        seen.add(name)
    return False


def _is_fastapi(module: "Module") -> bool:
    """Whether decorators that look like routes are FastAPI's: aiohttp beside it is a client."""
    others = ("flask", "quart", "bottle", "sanic", "aiohttp.web", "robyn", "litestar")
    return module.has_import("fastapi", "starlette") or not module.has_import(*others)


def _ours(callee: str, module: "Module") -> bool:
    if callee.startswith(("fastapi.", "starlette.")):
        return True
    return not callee.startswith(("flask.", "django.", "rest_framework.", "requests.", "httpx.", "aiohttp.")) and (
        callee.rpartition(".")[2] != "Response" and "." in callee
    )


def _routes(  # noqa: PLR0917
    at: Node, made: Node, handler: str, guards: tuple[str, ...], module: "Module", annotations: tuple[str, ...] = ()
) -> Iterator[Route]:
    function = made.child_by_field_name("function")
    name = module.text(function).rpartition(".")[2].strip() if function is not None else ""
    methods = [name.upper()] if name in METHODS else _methods(argument(made, module, -1, "methods"), module)
    status = argument(made, module, -1, "status_code")
    named = value_of(argument(made, module, -1, "name"), module)
    known_as = constant_text(named) if named is not None else None
    for method in methods:
        yield Route(
            module.location(at),
            "fastapi",
            method,
            path_of(argument(made, module, 0, "path"), module),
            handler,
            _receiver(made, module),
            (*_dependencies(made, module), *guards),
            status_of(status, module)[0] if status is not None else None,
            known_as or handler.rpartition(".")[2],
            annotations,
        )


def _methods(node: Node | None, module: "Module") -> list[str]:
    if node is None:
        return ["GET"]
    named = [module.value(child) for child in syntax.children(node)] if node.type in ("list", "tuple", "set") else []
    found = [value.value.upper() for value in named if isinstance(value, Constant) and isinstance(value.value, str)]
    return found or ["*"]


def _receiver(made: Node, module: "Module") -> str:
    """The dotted name of the router that a call or decorator is made on, qualified where a function binds it."""
    function = made.child_by_field_name("function")
    receiver = function.child_by_field_name("object") if function is not None else None
    return _router(receiver, made, module) if receiver is not None else ""


def _router(node: Node, near: Node, module: "Module") -> str:
    name = module.dotted(node)
    scope = module.scope(near)
    if node.type == "identifier" and scope.name and module.names.get(name) is None:
        for made in module.calls:
            if module.callee(made).rpartition(".")[2] in MAKERS and assigned_name(made, module) == name:
                return qualified(name, made, module)
    return name


def _mount(node: Node, name: str, module: "Module") -> Iterator[Mount]:
    position, keyword = (0, "router") if name == "include_router" else (1, "app")
    child = argument(node, module, position, keyword)
    prefix = argument(node, module, -1, "prefix") if name == "include_router" else argument(node, module, 0, "path")
    if child is not None and child.type in ("identifier", "attribute") and _is_fastapi(module):
        at, parent, guards = module.location(node), _receiver(node, module), _dependencies(node, module)
        names = referred(child, module) or [_router(child, node, module)]
        for one, path in zip(names, paths_of(prefix, len(names), module), strict=True):
            yield Mount(at, parent, one, path, guards)


def _added(node: Node, module: "Module") -> Iterator[Route]:
    path, handler = argument(node, module, 0, "path"), argument(node, module, 1, "endpoint", "route")
    if path is not None and handler is not None and _is_fastapi(module):
        handler, guards = wrapped(handler, module)
        yield from _routes(node, node, module.dotted(handler), guards, module)


def _starlette(node: Node, module: "Module") -> Iterator[Route]:
    path, handler = argument(node, module, 0, "path"), argument(node, module, 1, "endpoint")
    if path is None or handler is None:
        return
    handler, guards = wrapped(handler, module)
    prefix, router = _holder(node, module)
    own = path_of(path, module)
    whole = None if own is None else prefix + own
    methods = argument(node, module, -1, "methods")
    answering = module.dotted(handler)
    # Starlette, "Reverse URL lookups": without a name a route has that of what answers.
    name = path_of(argument(node, module, -1, "name"), module) or answering.rpartition(".")[2]
    is_class = methods is None and answering.rpartition(".")[2][:1].isupper()
    for method in ["*"] if is_class else _methods(methods, module):
        yield Route(module.location(node), "starlette", method, whole, answering, router, guards, name=name)


def _holder(node: Node, module: "Module") -> tuple[str, str]:
    """The prefixes of Starlette's `Mount`s around a node, and the application, router or list that holds it all."""
    prefix, parent = "", node.parent
    while parent is not None and parent.type not in ("function_definition", "module"):
        name = module.callee(parent).rpartition(".")[2] if parent.type == "call" else ""
        if name == "Mount":
            prefix = (path_of(argument(parent, module, 0, "path"), module) or "") + prefix
        variable = assigned_name(parent, module) if name in MAKERS or parent.type in ("list", "binary_operator") else ""
        if variable:
            return prefix, qualified(variable, parent, module)
        parent = parent.parent
    return prefix, ""


def _listed(node: Node, module: "Module") -> Iterator[Mount]:
    """The routes of others that `Mount("/users", routes=users.routes)`, `Router(routes=[…])` and lists take in."""
    prefix, router = _holder(node, module)
    given = None
    if module.callee(node).endswith("Mount"):
        given = argument(node, module, 1, "app")
        prefix += path_of(argument(node, module, 0, "path"), module) or ""
    else:
        router = qualified(assigned_name(node, module), node, module)
    for one in (given, argument(node, module, -1, "routes")):
        for name in _taken(one, module) if one is not None else ():
            yield Mount(module.location(node), router, name, prefix)


def _taken(node: Node, module: "Module") -> Iterator[str]:
    """The names of lists in `routes`, `[*users.routes, Route(…)]` and `users.routes + orders.routes`."""
    node = syntax.unwrapped(node)
    if node.type in ("identifier", "attribute"):
        yield qualified(module.text(node), node, module) if _is_local(node, module) else module.dotted(node)
        if node.type == "attribute" and module.text(node).endswith(".routes"):  # a router's, where they are no list
            yield module.dotted(node).removesuffix(".routes")
    elif node.type in ("list", "tuple", "binary_operator", "list_splat"):
        for child in syntax.children(node):
            if node.type not in ("list", "tuple") or child.type == "list_splat":
                yield from _taken(child, module)


def _is_local(node: Node, module: "Module") -> bool:
    return node.type == "identifier" and bool(module.assigned(module.text(node), module.scope(node)))


def _lists(module: "Module") -> Iterator[FileFact]:
    """Lists of Starlette's routes: each is a router that others mount."""
    found = set()
    for name in (b"Route", b"Mount", b"WebSocketRoute"):
        for node in module.called.get(name, ()):
            _, router = _holder(node, module)
            if router and router not in found and module.callee(node).startswith("starlette."):
                found.add(router)
                made = _list_of(node, module)
                if made is not None:
                    yield Router(module.location(made), router, "starlette")
                    for taken in _taken(made, module):
                        yield Mount(module.location(made), router, taken)


def _list_of(node: Node, module: "Module") -> Node | None:
    """The list, or sum of lists, around a node that a variable is bound to."""
    parent = node.parent
    while parent is not None and parent.type not in ("function_definition", "module"):
        if parent.type in ("list", "binary_operator") and assigned_name(parent, module):
            return parent
        parent = parent.parent
    return None


def _dependencies(node: Node, module: "Module") -> tuple[str, ...]:
    """The dotted callables of `dependencies=[Depends(…)]`."""
    given = argument(node, module, -1, "dependencies")
    return tuple(_depended(given, module)) if given is not None else ()


def _depended(node: Node, module: "Module") -> Iterator[str]:
    for made in syntax.captures("(call) @call", node).get("call", []):
        if module.callee(made).rpartition(".")[2] in _DEPENDS:
            on = argument(made, module, 0, "dependency")
            if on is not None:
                yield module.callee(on) if on.type == "call" else module.dotted(on)


def _parameters(scope: Scope, module: "Module") -> tuple[str, ...]:
    """The dependencies that a handler's parameters declare."""
    found: list[str] = []
    for parameter in scope.parameters.values():
        found += dependencies(parameter, module)
    return tuple(found)


def dependencies(parameter: Parameter, module: "Module") -> Iterator[str]:
    """The dotted callables that a parameter is injected from: `= Depends(get_db)`, `Annotated[Db, Depends(get_db)]`."""
    if parameter.default is not None:
        yield from _depended(parameter.default, module)
    for name in _DEPENDENCY.findall(parameter.annotation):
        first, dot, rest = name.partition(".")
        yield module.names.get(first, first) + dot + rest


def _response(node: Node, name: str, module: "Module") -> Response:
    positions = {"FileResponse": (-1, 1), "RedirectResponse": (-1, 1)}
    at_content, at_status = positions.get(name, (0, 1))
    content = value_of(argument(node, module, at_content, "content"), module)
    fields: dict[str, Any] = status_fields(
        argument(node, module, at_status, "status_code"), module, 307 if name == "RedirectResponse" else 200
    )
    if name.endswith("JSONResponse"):
        fields["body"] = content
    elif isinstance(content, Call) and content.name == "dumps" and content.arguments:
        fields["body"] = content.arguments[0]
    elif name in ("Response", "PlainTextResponse", "HTMLResponse"):
        fields["text"] = content
    media = value_of(argument(node, module, -1, "media_type"), module)
    if isinstance(media, Constant) and isinstance(media.value, str):
        fields["content_type"] = media.value
    fields["headers"] = value_of(argument(node, module, 2 if at_content == 0 else -1, "headers"), module)
    if name == "RedirectResponse":
        fields["headers"] = module.value(node)
    elif fields["headers"] is None and node.parent is not None and node.parent.type == "return_statement":
        fields["headers"] = Record(module.location(node), ())  # nobody sets any later
    elif fields["headers"] is None:
        fields["headers"] = headers_later(node, module)
    return response(node, module, "fastapi", **fields)


def _returned(scope: Scope, made: Node, module: "Module") -> Iterator[Response]:
    """What a handler returns without building a response: data, or what a function of the project makes."""
    status = argument(made, module, -1, "status_code")
    changed = b".status_code =" in (scope.body.text or b"")
    for node in syntax.captures("(return_statement) @return", scope.body).get("return", []):
        given = syntax.unwrapped(node.named_children[0]) if node.named_children else None
        if given is None or module.scope(node) is not scope:
            continue
        value = module.value(given)
        if is_json(value) or is_text(value):
            if changed:
                yield response(node, module, "fastapi", body=value)
                continue
            yield response(
                node,
                module,
                "fastapi",
                body=value,
                **status_fields(status, module, HTTPStatus.OK.value),
            )
        elif isinstance(value, Call) and value.name not in RESPONSES and given.type == "call":
            own: dict[str, Any] = {} if changed else status_fields(status, module, HTTPStatus.OK.value)
            callee = module.callee(given)
            helper = "" if callee in _DATA or callee.rpartition(".")[2] in _OF_PYDANTIC else callee
            yield response(node, module, "fastapi", helper=helper, body=module.value(given), **own)
        elif given.type in ("identifier", "attribute") and not changed and _is_data(value, made, module):
            own = status_fields(status, module, HTTPStatus.OK.value)
            yield response(node, module, "fastapi", body=value, **own)


def _is_data(value: Value, made: Node, module: "Module") -> bool:
    """Whether what a handler returns by a name is data: its route says of which model, or that it is something new."""
    if isinstance(value, Constant | GivenParameter) or (isinstance(value, Call) and is_response_class(value.callee)):
        return False
    model, status = (argument(made, module, -1, name) for name in ("response_model", "status_code"))
    said = status_of(status, module)[0] if status is not None else HTTPStatus.OK.value
    return said == HTTPStatus.CREATED or (said == HTTPStatus.OK and model is not None)


def _handled(handlers: Node, module: "Module") -> Iterator[ErrorHandler]:
    """The handlers that an application is made with: `FastAPI(exception_handlers={…})`."""
    several = (
        module.assigned(module.text(handlers), module.scopes.module) if handlers.type == "identifier" else [handlers]
    )
    for node in several:
        for pair in node.named_children if node.type == "dictionary" else ():
            exception, handler = pair.child_by_field_name("key"), pair.child_by_field_name("value")
            if exception is not None and handler is not None:
                yield _error_handler(pair, exception, _handler(handler, module), module)


def _handler(node: Node, module: "Module") -> str:
    """The name of a handler, by which it is given or out of a cast: `cast(Any, refuse)`."""
    function = node.child_by_field_name("function") if node.type == "call" else None
    given = module.arguments(node) if function is not None and module.dotted(function) in _CASTS else []
    return module.dotted(given[1] if len(given) == 2 else node)


def _error_handler(node: Node, exception: Node, handler: str, module: "Module") -> ErrorHandler:
    number, _ = status_of(exception, module)
    name = str(number) if number is not None else module.dotted(exception)
    exceptions = _ALIASES if name in _ALIASES else (name,)
    return ErrorHandler(module.location(node), "fastapi", exceptions, handler)
