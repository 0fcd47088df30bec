"""Flask, Quart and Flask-RESTful: blueprints, rules, views as classes, responses, aborts, error handlers."""

import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from tree_sitter import Node

from ...facts.file import FileFact
from ...facts.http import ErrorHandler, Mount, Response, Route, Router
from ...facts.values import Call, Constant, Record, Value
from . import syntax
from .raises import Answered, bases
from .replies import (
    argument,
    assigned_name,
    headers_later,
    is_json,
    is_text,
    path_of,
    paths_of,
    qualified,
    referred,
    response,
    status_fields,
    status_later,
    value_of,
    wrapped,
)
from .scopes import Scope
from .statuses import status_of

if TYPE_CHECKING:
    from .module import Module

TRIGGERS = (
    b"flask",
    b"Flask",
    b"quart",
    b"werkzeug",
    b"Blueprint",
    b".register_blueprint(",
    b".add_namespace(",
    b".add_url_rule(",
)

METHODS = frozenset({"get", "post", "put", "patch", "delete"})
MAKERS = frozenset({"Flask", "Blueprint", "Quart", "Api", "Namespace"})
BUILDERS = frozenset({"jsonify", "make_response", "Response"})
CALLS = MAKERS | BUILDERS | {
    "register_blueprint", "add_url_rule", "add_resource", "add_namespace", "namespace", "abort",
    "register_error_handler",
}  # fmt: skip
_RESTX = ("flask_restx", "flask_restplus")
_ADDS = re.compile(rb"add_\w+_resource")
DECORATORS = METHODS | {"route", "errorhandler", "app_errorhandler"}

_STATUSES = {
    "BadRequest": 400,
    "Unauthorized": 401,
    "Forbidden": 403,
    "NotFound": 404,
    "MethodNotAllowed": 405,
    "NotAcceptable": 406,
    "RequestTimeout": 408,
    "Conflict": 409,
    "Gone": 410,
    "PreconditionFailed": 412,
    "RequestEntityTooLarge": 413,
    "UnsupportedMediaType": 415,
    "UnprocessableEntity": 422,
    "Locked": 423,
    "TooManyRequests": 429,
    "InternalServerError": 500,
    "NotImplemented": 501,
    "BadGateway": 502,
    "ServiceUnavailable": 503,
    "GatewayTimeout": 504,
}
_SPARES = re.compile(rb"isinstance\((\w+), *(?:\w+\.)*HTTPException\) *:\s+return \1\s")
"""What a handler for everything does with the exceptions that are responses already (Flask, "Handling Application
Errors")."""
EXCEPTIONS = {
    f"werkzeug.exceptions.{name}": Answered("flask", status, detail_names=("description",))
    for name, status in _STATUSES.items()
} | {"werkzeug.exceptions.HTTPException": Answered("flask", detail_names=("description",))}


def _is_flask(module: "Module") -> bool:
    return module.has_import("flask", "quart", "flask_restful", "flask_restx", "flask_smorest", "werkzeug")


def file(module: "Module") -> Iterator[FileFact]:
    """Resources that a method of the project's own adds: `api.add_org_resource(Alerts, "/api/alerts")`."""
    for name, nodes in module.called.items():
        if _ADDS.fullmatch(name) and _is_flask(module):
            for node in nodes:
                yield from _resource(node, module)


def call(node: Node, module: "Module") -> Iterator[FileFact]:
    """Blueprints, rules, responses and aborts."""
    callee = module.callee(node)
    name = callee.rpartition(".")[2]
    if name in MAKERS:
        variable = assigned_name(node, module)
        if variable and callee.startswith(("flask", "quart")):
            prefix = path_of(argument(node, module, -1, "url_prefix", "prefix", "path"), module)
            if prefix is None and name == "Namespace":
                prefix = _path_by_name(node, callee, module)
            at, application = module.location(node), name in ("Flask", "Quart")
            yield Router(at, qualified(variable, node, module), "flask", prefix or "", application=application)
            on = argument(node, module, 0, "app") if name == "Api" else None
            if on is not None and on.type in ("identifier", "attribute"):
                yield Mount(at, _router(on, node, module), qualified(variable, node, module))
    elif name in ("register_blueprint", "add_namespace"):
        child = argument(node, module, 0, "blueprint")
        if child is not None and child.type in ("identifier", "attribute"):
            at, parent = module.location(node), _receiver(node, module)
            names = referred(child, module) or [_router(child, node, module)]
            prefixes = paths_of(argument(node, module, 1, "url_prefix", "path"), len(names), module)
            for one, prefix in zip(names, prefixes, strict=True):
                yield Mount(at, parent, one, prefix)
    elif name == "namespace":
        yield from _namespace(node, module)
    elif name == "add_url_rule":
        yield from _rule(node, module)
    elif name == "add_resource":
        yield from _resource(node, module)
    elif name == "register_error_handler":
        exception, handler = argument(node, module, 0), argument(node, module, 1)
        if exception is not None and handler is not None:
            yield _error_handler(node, exception, module.dotted(handler), module)
    elif name == "abort":
        yield from _abort(node, callee, module)
    elif name in BUILDERS and callee.startswith(("flask.", "quart.", "werkzeug.")) and _outermost(node, module):
        yield _built(node, module)


def _namespace(node: Node, module: "Module") -> Iterator[Router | Mount]:
    """A namespace of Flask-RESTX's that is made on what it belongs to: `orders = api.namespace("orders")`."""
    variable, parent = assigned_name(node, module), _receiver(node, module)
    if variable and parent and module.has_import(*_RESTX):
        at, name = module.location(node), qualified(variable, node, module)
        prefix = path_of(argument(node, module, -1, "path"), module)
        named = _path_by_name(node, _RESTX[0], module) if prefix is None else prefix
        yield Router(at, name, "flask", named or "")
        yield Mount(at, parent, name)


def _path_by_name(node: Node, callee: str, module: "Module") -> str | None:
    """The path of a namespace that is given none: Flask-RESTX takes its name (Flask-RESTX, "Scaling your project")."""
    name = path_of(argument(node, module, 0, "name"), module) if callee.startswith(_RESTX) else None
    return None if name is None else f"/{name}"


def decorated(node: Node, definition: Node, module: "Module") -> Iterator[FileFact]:
    """Routes and error handlers declared by decorators."""
    made = node.named_children[0]
    scope = module.scopes.of(definition)
    function = made.child_by_field_name("function") if made.type == "call" else None
    if function is None or function.type != "attribute" or scope is None or not _is_flask(module):
        return
    name = module.text(function).rpartition(".")[2].strip()
    first = argument(made, module, 0, "rule", "code_or_exception")
    if name in ("errorhandler", "app_errorhandler"):
        if first is not None:
            yield _error_handler(node, first, scope.name, module)
        return
    path = path_of(first, module)
    if first is None or (path is None and first.type == "string"):
        return
    if scope.kind == "class":
        name = path_of(argument(made, module, -1, "endpoint"), module) or ""
        yield from _class_routes(node, path, scope, _receiver(made, module), name, module)
        return
    methods = [name.upper()] if name in METHODS else _methods(argument(made, module, -1, "methods"), module)
    guards = tuple(_guards(node, module))
    endpoint = path_of(argument(made, module, -1, "endpoint"), module) or scope.name.rpartition(".")[2]
    for method in methods:
        at, router = module.location(node), _receiver(made, module)
        yield Route(at, "flask", method, path, scope.name, router, guards, None, endpoint)


def function(scope: Scope, module: "Module") -> Iterator[FileFact]:
    """What functions return: `body, status` pairs, and in handlers plain data."""
    if not _is_flask(module):
        return
    handler, declared = _is_handler(scope, module), _declared(scope, module)
    for node in syntax.captures("(return_statement) @return", scope.body).get("return", []):
        if not node.named_children or module.scope(node) is not scope:
            continue
        given = syntax.unwrapped(node.named_children[0])
        if given.type in ("expression_list", "tuple"):
            yield from _pair(node, given, handler, module)
        elif given.type == "conditional_expression" and (pairs := _chosen(given)):
            for pair in pairs:
                yield from _pair(pair, pair, handler, module)
        elif handler and given.type == "conditional_expression":
            for way in map(syntax.unwrapped, syntax.children(given)[::2]):
                if way.type == "call" and _is_of_project(way, module):
                    yield response(way, module, "flask", helper=module.callee(way), body=module.value(way))
        elif handler or (given.type == "call" and _is_of_project(given, module)):
            value = module.value(given)
            if not handler:
                yield response(node, module, "flask", helper=module.callee(given), body=value)
            elif is_json(value) or is_text(value):
                json = {"body": value} if is_json(value) else {"text": value}
                yield response(node, module, "flask", **declared, **json)
            elif not declared["status_is_default"] and given.type == "identifier":
                yield response(node, module, "flask", body=value, **declared)
            elif given.type == "call" and isinstance(value, Call) and value.name not in BUILDERS | {"redirect"}:
                yield response(node, module, "flask", helper=module.callee(given), body=value)


def _declared(scope: Scope, module: "Module") -> dict[str, Any]:
    """The status of what a handler returns without one: flask-smorest's `@blp.response(201, OrderSchema)`, else 200."""
    fields: dict[str, Any] = {"status": HTTPStatus.OK.value, "status_is_default": True}
    outer = scope.node.parent
    if outer is None or outer.type != "decorated_definition" or not module.has_import("flask_smorest"):
        return fields
    for decorator in outer.named_children:
        made = decorator.named_children[0] if decorator.type == "decorator" and decorator.named_children else None
        if made is not None and made.type == "call" and module.callee(made).rpartition(".")[2] == "response":
            said = status_fields(argument(made, module, 0, "status_code"), module, HTTPStatus.OK.value)
            fields = {"status_is_default": False, **said}
    return fields


def _chosen(choice: Node) -> list[Node]:
    """The pairs of body and status between which a conditional expression decides, none where a way has no status."""
    either, _, other = syntax.children(choice)
    ways = [syntax.unwrapped(either), syntax.unwrapped(other)]
    return ways if all(way.type == "tuple" for way in ways) else []


def _is_of_project(call: Node, module: "Module") -> bool:
    """Whether a call may be one of a helper that builds a response: a function of this file or a relative's."""
    callee = module.callee(call)
    if "()" in callee or "[]" in callee or callee.rpartition(".")[2] in BUILDERS | {"redirect"}:
        return False
    written = module.text(call.child_by_field_name("function") or call)
    return module.scopes.named(callee) is not None or written.partition(".")[0] in module.names


def _pair(node: Node, pair: Node, handler: bool, module: "Module") -> Iterator[Response]:
    """`return body, status[, headers]`."""
    parts = syntax.children(pair)
    if len(parts) not in (2, 3):
        return
    status, status_value = status_of(parts[1], module)
    body = syntax.unwrapped(parts[0])
    value = _json(module.value(body), module.callee(body) if body.type == "call" else "")
    certain = handler or (body.type == "call" and module.callee(body).startswith(("flask.", "quart.")))
    if status is not None and not certain and not 100 <= status <= 599:
        return
    if not certain and not (status is not None and is_json(value)):
        return
    fields: dict[str, Any] = {"status": status, "status_value": status_value}
    if len(parts) == 3:
        fields["headers"] = module.value(parts[2])
    elif is_text(value) or body.type in ("dictionary", "list") or _has_no_headers(body, module):
        fields["headers"] = Record(module.location(pair), ())
    if is_text(value):
        yield response(node, module, "flask", text=value, **fields)
    elif isinstance(value, Call) and not value.callee.startswith(("flask.", "quart.")):
        yield response(node, module, "flask", body=value, **fields)
    else:
        yield response(node, module, "flask", body=value, **fields)


def _has_no_headers(body: Node, module: "Module") -> bool:
    """Whether what is sent comes from a function of Flask's that sets none."""
    return body.type == "call" and module.callee(body).rpartition(".")[2] in ("jsonify", "render_template")


def _json(value: Value, callee: str) -> Value:
    """The body of `jsonify(…)`, or the value itself."""
    if isinstance(value, Call) and (callee or value.callee).rpartition(".")[2] == "jsonify":
        if value.arguments:
            return value.arguments[0]
        return Record(value.at, value.keywords)
    return value


def _built(node: Node, module: "Module") -> Response:
    """`jsonify(…)`, `make_response(…)` or `Response(…)` that stands alone, with the status set on it afterwards."""
    callee = module.callee(node)
    name = callee.rpartition(".")[2]
    given = module.value(node)
    fields: dict[str, Any] = {"status": HTTPStatus.OK.value, "status_is_default": True}
    body: Value | None = None
    if name == "jsonify":
        body = _json(given, callee)
    else:
        first = argument(node, module, 0, "response")
        if first is not None and first.type == "tuple":
            parts = syntax.children(first)
            first = parts[0]
            fields = status_fields(parts[1], module, None) if len(parts) > 1 else fields
        inner = value_of(first, module)
        body = (
            None
            if inner is None
            else _json(inner, module.callee(first) if first is not None and first.type == "call" else "")
        )
        if isinstance(body, Call) and body.name == "dumps" and body.arguments:
            body = body.arguments[0]
        status = argument(node, module, 1, "status")
        if status is not None:
            fields = status_fields(status, module, None)
    later = status_later(node, module)
    if later is not None:
        fields = status_fields(later, module, None)
    sets = argument(node, module, 2, "headers") if name != "jsonify" else None
    whole = argument(node, module, 0) if sets is None and name == "make_response" else None
    if whole is not None and whole.type == "tuple":
        sets = next(iter(syntax.children(whole)[2:]), None)
    fields["headers"] = headers_later(node, module) or value_of(sets, module)
    if fields["headers"] is None and node.parent is not None and node.parent.type == "return_statement":
        fields["headers"] = Record(module.location(node), ())  # nobody sets any later
    if is_text(body):
        return response(node, module, "flask", text=body, **fields)
    media = value_of(argument(node, module, -1, "mimetype", "content_type"), module)
    if isinstance(media, Constant) and isinstance(media.value, str):
        fields["content_type"] = media.value
    return response(node, module, "flask", body=body, **fields)


def _outermost(node: Node, module: "Module") -> bool:
    """Whether no other builder, and no `body, status` pair of a return, holds this call or the variable it makes."""
    if (variable := assigned_name(node, module)) and variable in _paired(module.scope(node), module):
        return False
    parent = node.parent
    while parent is not None and parent.type in (
        "tuple",
        "expression_list",
        "parenthesized_expression",
        "argument_list",
        "await",
    ):
        if parent.type == "expression_list" and parent.parent is not None and parent.parent.type == "return_statement":
            return False
        if parent.type == "tuple" and parent.parent is not None and _is_returned(parent.parent):
            return False
        parent = parent.parent
    return not (
        parent is not None
        and parent.type == "call"
        and module.callee(parent).rpartition(".")[2] in BUILDERS | {"abort"}
    )


def _is_returned(node: Node) -> bool:
    """Whether a node is a return, or what a return chooses between: `return (body, 200) if fits else (other, 409)`."""
    while node.parent is not None and node.type in ("parenthesized_expression", "conditional_expression"):
        node = node.parent
    return node.type == "return_statement"


def _paired(scope: Scope, module: "Module") -> frozenset[str]:
    """The variables that a function returns with a status: `return response, 404`."""
    pairs = "(return_statement [(expression_list . (identifier) @name) (tuple . (identifier) @name)])"
    return frozenset(map(module.text, syntax.captures(pairs, scope.body).get("name", ())))


def _abort(node: Node, callee: str, module: "Module") -> Iterator[Response]:
    if not callee.startswith(("flask", "quart", "werkzeug")) and "." in callee:
        return
    first = argument(node, module, 0, "code", "http_status_code")
    if first is None:
        return
    fields = status_fields(first, module, None)
    message = argument(node, module, -1, "message")
    detail = argument(node, module, 1, "description", "message")
    restful = callee.startswith(("flask_restful.", "flask_restx.", "flask_smorest."))
    if restful:
        keywords = tuple((name, module.value(value)) for name, value in module.keywords(node).items())
        if message is None and detail is not None:
            keywords = (("message", module.value(detail)), *keywords)
        fields["default_body"] = Record(module.location(node), keywords) if keywords else None
    elif first.type == "call":
        yield response(node, module, "flask", helper=module.callee(first), body=module.value(first))
        return
    exception = "" if fields.get("status") is None else _class_of(fields["status"])
    yield response(node, module, "flask", raised=True, exception=exception, body=value_of(detail, module), **fields)


def _class_of(status: int) -> str:
    name = next((name for name, number in _STATUSES.items() if number == status), "HTTPException")
    return f"werkzeug.exceptions.{name}"


def _methods(node: Node | None, module: "Module") -> list[str]:
    if node is None:
        return ["GET"]
    named = [module.value(child) for child in syntax.children(node)] if node.type in ("list", "tuple", "set") else []
    found = [value.value.upper() for value in named if isinstance(value, Constant) and isinstance(value.value, str)]
    return [method for method in found if method != "OPTIONS"] or ["*"]


def _receiver(made: Node, module: "Module") -> str:
    function = made.child_by_field_name("function")
    receiver = function.child_by_field_name("object") if function is not None else None
    return _router(receiver, made, module) if receiver is not None else ""


def _router(node: Node, near: Node, module: "Module") -> str:
    name = module.dotted(node)
    if node.type == "identifier" and module.scope(near).name and module.names.get(name) is None:
        for made in module.calls:
            if module.callee(made).rpartition(".")[2] in MAKERS and assigned_name(made, module) == name:
                return qualified(name, made, module)
    return name


def _guards(decorator: Node, module: "Module") -> Iterator[str]:
    """The other decorators beside one of a route."""
    parent = decorator.parent
    for sibling in parent.named_children if parent is not None else ():
        if sibling.type == "decorator" and sibling != decorator and sibling.named_children:
            inner = sibling.named_children[0]
            yield module.callee(inner) if inner.type == "call" else module.dotted(inner)


def _rule(node: Node, module: "Module") -> Iterator[Route]:
    path, view = argument(node, module, 0, "rule"), argument(node, module, 2, "view_func")
    if view is None:
        return
    router, name = _receiver(node, module), path_of(argument(node, module, 1, "endpoint"), module) or ""
    made = module.assigned(module.text(view), module.scopes.module) if view.type == "identifier" else []
    view, guards = wrapped(made[0] if len(made) == 1 and made[0].type == "call" else view, module)
    if view.type == "call" and module.callee(view).endswith(".as_view"):
        klass = module.callee(view).removesuffix(".as_view")
        name = name or path_of(argument(view, module, 0), module) or ""
        yield from _views(node, path_of(path, module), klass, name, module, guards)
        return
    at, handler = module.location(node), module.dotted(view)
    name = name or handler.rpartition(".")[2]  # Flask, "add_url_rule": `endpoint` is the name of the function
    for method in _methods(argument(node, module, -1, "methods"), module):
        yield Route(at, "flask", method, path_of(path, module), handler, router, guards, None, name)


def _resource(node: Node, module: "Module") -> Iterator[Route]:
    """Flask-RESTful's `api.add_resource(Users, "/users", "/users/<id>")`."""
    positional = module.arguments(node)
    if len(positional) < 2 or positional[0].type not in ("identifier", "attribute"):
        return
    name = path_of(argument(node, module, -1, "endpoint"), module) or ""
    for path in positional[1:]:
        klass = module.dotted(positional[0])
        yield from _views(node, path_of(path, module), klass, name, module)


def _views(  # noqa: PLR0917
    at: Node, path: str | None, klass: str, name: str, module: "Module", guards: tuple[str, ...] = ()
) -> Iterator[Route]:
    """A route for each method that a class of this file has; one for any method where the class is elsewhere."""
    own = [scope for scope in module.scopes.all if scope.kind == "class" and scope.name == klass]
    found = [method for scope in own for method in _verbs(scope, module)]
    where, router, methods = module.location(at), _receiver(at, module), argument(at, module, -1, "methods")
    chosen = _methods(methods, module) if methods is not None else ["*"]
    for method in found:
        if "*" in chosen or method.upper() in chosen:
            yield Route(where, "flask", method.upper(), path, f"{klass}.{method}", router, guards, None, name)
    if not found:
        for verb in chosen:
            yield Route(where, "flask", verb, path, klass, router, guards, None, name)


def _class_routes(  # noqa: PLR0917
    node: Node, path: str | None, scope: Scope, router: str, name: str, module: "Module"
) -> Iterator[Route]:
    """The routes that Flask-RESTX puts before a resource: `@ns.route("/users", endpoint="users")`."""
    at = module.location(node)
    for method in _verbs(scope, module):
        yield Route(at, "flask", method.upper(), path, f"{scope.name}.{method}", router, (), None, name)


def _verbs(klass: Scope, module: "Module") -> list[str]:
    inside = [scope.name.rpartition(".")[2] for scope in module.scopes.all if scope.parent is klass]
    return [name for name in inside if name in METHODS]


def _is_handler(scope: Scope, module: "Module") -> bool:
    """Whether the function answers requests: by its decorator, or as a method of a view class."""
    parent = scope.node.parent
    if parent is not None and parent.type == "decorated_definition":
        for decorator in parent.named_children:
            if decorator.type == "decorator" and decorator.named_children[0].type == "call":
                function = decorator.named_children[0].child_by_field_name("function")
                if (
                    function is not None
                    and function.type == "attribute"
                    and module.text(function).rpartition(".")[2] in DECORATORS
                ):
                    return True
    owner = scope.parent
    return (
        owner is not None
        and owner.kind == "class"
        and scope.name.rpartition(".")[2] in METHODS
        and any(base.endswith(("View", "Resource")) for base in bases(owner, module))
    )


def _error_handler(node: Node, exception: Node, handler: str, module: "Module") -> ErrorHandler:
    number, _ = status_of(exception, module)
    name = str(number) if number is not None else module.dotted(exception)
    exceptions: tuple[str, ...] = (name,)
    if name == "werkzeug.exceptions.HTTPException":
        exceptions = tuple(EXCEPTIONS)
    scope = module.scopes.named(handler)
    spares = scope is not None and _SPARES.search(scope.body.text or b"") is not None
    return ErrorHandler(module.location(node), "flask", exceptions, handler, spares)
