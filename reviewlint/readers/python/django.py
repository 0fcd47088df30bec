"""Django and REST framework: URL patterns, routers, responses, exceptions."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tree_sitter import Node

from ...facts.file import FileFact
from ...facts.http import ErrorHandler, HandlerMethods, Mount, Response, Route, Router
from ...facts.values import Call, Constant, Record, Value, constant_text
from . import syntax
from .raises import Answered, bases
from .replies import (
    argument,
    assigned_name,
    headers_later,
    is_text,
    path_of,
    qualified,
    response,
    status_fields,
    status_later,
    takes_request,
    value_of,
    wrapped,
)
from .scopes import Scope

if TYPE_CHECKING:
    from .module import Module

TRIGGERS = (b"django", b"rest_framework", b"REST_FRAMEWORK")

PATTERNS = "urlpatterns"
"""The list of a URL module; it stands as that module's router."""
SOCKET = ".as_asgi"
"""What makes an application of a consumer of Channels, which answers a socket and no request (Channels, "Routing")."""
_DEBUG = re.compile(r"(?:\w+\.)*DEBUG(?:\s+and\s.*)?", re.DOTALL)

CALLS = frozenset(
    {
        "path",
        "re_path",
        "url",
        "register",
        "DefaultRouter",
        "SimpleRouter",
        "JsonResponse",
        "HttpResponse",
        "HttpResponseBadRequest",
        "HttpResponseForbidden",
        "HttpResponseNotFound",
        "HttpResponseNotAllowed",
        "HttpResponseGone",
        "HttpResponseServerError",
        "HttpResponseRedirect",
        "Response",
        "__init__",
    }
)
_STATUSES = {
    "HttpResponseBadRequest": 400,
    "HttpResponseForbidden": 403,
    "HttpResponseNotFound": 404,
    "HttpResponseNotAllowed": 405,
    "HttpResponseGone": 410,
    "HttpResponseServerError": 500,
    "HttpResponseRedirect": 302,
}
_METHODS = {"api_view": "http_method_names", "require_http_methods": "request_method_list"}
"""What Django and its REST framework call the list of methods that a decorator is given."""
DECORATORS = frozenset({"require_GET", "require_POST", "require_safe", "require_http_methods", "api_view"})
_REQUIRED = {"require_GET": ("GET",), "require_POST": ("POST",), "require_safe": ("GET", "HEAD")}
_ACTIONS = {
    "list": ("GET", ""),
    "create": ("POST", ""),
    "retrieve": ("GET", "{pk}"),
    "update": ("PUT", "{pk}"),
    "partial_update": ("PATCH", "{pk}"),
    "destroy": ("DELETE", "{pk}"),
}
"""The methods and paths of a view set's own actions."""
_DRF = {
    "ParseError": 400,
    "AuthenticationFailed": 401,
    "NotAuthenticated": 401,
    "PermissionDenied": 403,
    "NotFound": 404,
    "NotAcceptable": 406,
    "UnsupportedMediaType": 415,
    "Throttled": 429,
    "APIException": 500,
}
EXCEPTIONS = {
    **{f"rest_framework.exceptions.{name}": Answered("drf", status, key="detail") for name, status in _DRF.items()},
    "rest_framework.exceptions.ValidationError": Answered("drf", 400),
    "rest_framework.serializers.ValidationError": Answered("drf", 400),
    "django.http.Http404": Answered("django", 404),
    "django.core.exceptions.PermissionDenied": Answered("django", 403),
    "django.core.exceptions.SuspiciousOperation": Answered("django", 400),
    "django.core.exceptions.BadRequest": Answered("django", 400),
}


def file(module: "Module") -> Iterator[FileFact]:
    """The router that a URL module is; what it includes whole; REST framework's handler of exceptions."""
    assigned = _assigned(module)
    patterns = [(name, node, value) for name, node, value in assigned if name == PATTERNS]
    if patterns:
        yield Router(module.location(patterns[0][1]), PATTERNS, "django")
    for name, node, _ in assigned:
        if name in module.once(_apart):
            yield Router(module.location(node), name, "django")
    for _, node, value in patterns:
        for attribute in syntax.captures("(attribute) @attribute", value).get("attribute", []):
            outer = attribute.parent
            if module.text(attribute).endswith(".urls") and (outer is None or outer.type != "argument_list"):
                yield Mount(module.location(node), PATTERNS, module.dotted(attribute).removesuffix(".urls"))
    for name, node, value in assigned:
        if name == "REST_FRAMEWORK" and value.type == "dictionary":
            for pair in value.named_children:
                key, handler = pair.child_by_field_name("key"), pair.child_by_field_name("value")
                if key is not None and handler is not None and "EXCEPTION_HANDLER" in module.text(key):
                    dotted = module.value(handler)
                    if isinstance(dotted, Constant) and isinstance(dotted.value, str):
                        yield ErrorHandler(module.location(node), "drf", (), dotted.value)


def _apart(module: "Module") -> frozenset[str]:
    """The lists of patterns that stand beside the module's own: `include(api_patterns)`, or all where it has none."""
    if not module.has_import("django.urls", "django.conf.urls"):
        return frozenset()
    lists = {name: value for name, _, value in _assigned(module) if value.type in ("list", "binary_operator")}
    if PATTERNS not in lists and not module.mentions(PATTERNS.encode()):
        return frozenset(lists)
    included = {name for node in module.called.get(b"include", ()) for name in _included(node, module)}
    return frozenset(included.intersection(lists))


def _assigned(module: "Module") -> list[tuple[str, Node, Node]]:
    """The module's assignments: name, statement, value."""
    found = []
    for statement in module.root.named_children:
        node = (
            statement.named_children[0]
            if statement.type == "expression_statement" and statement.named_children
            else None
        )
        if node is None or node.type not in ("assignment", "augmented_assignment"):
            continue
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is not None and right is not None and left.type == "identifier":
            found.append((module.text(left), node, right))
    return found


def call(node: Node, module: "Module") -> Iterator[FileFact]:
    """URL patterns, registrations and responses."""
    callee = module.callee(node)
    name = callee.rpartition(".")[2]
    if name in ("path", "re_path", "url"):
        if callee.startswith("django."):
            yield from _pattern(node, module)
    elif name in ("DefaultRouter", "SimpleRouter"):
        variable = assigned_name(node, module)
        if variable:
            yield Router(module.location(node), qualified(variable, node, module), "drf")
    elif name == "register":
        yield from _registered(node, module)
    elif name == "__init__":
        yield from _told_base(node, module)
    elif callee.startswith(("django.", "rest_framework.")):
        yield _response(node, name, module)


def function(scope: Scope, module: "Module") -> Iterator[FileFact]:
    """What views return by a helper of the project."""
    if not takes_request(scope, module):
        return
    for node in syntax.captures("(return_statement) @return", scope.body).get("return", []):
        given = syntax.unwrapped(node.named_children[0]) if node.named_children else None
        if given is None or given.type != "call" or module.scope(node) is not scope:
            continue
        callee = module.callee(given)
        if callee and not callee.startswith(("django.", "rest_framework.", "super")):
            yield response(node, module, "django", helper=callee, body=module.value(given))


def _told_base(node: Node, module: "Module") -> Iterator[Response]:
    """`super().__init__(…)` in a response class of the project: what its instances answer."""
    function, klass = node.child_by_field_name("function"), module.scope(node).klass
    if function is None or klass is None or not module.text(function).startswith("super("):
        return
    for base in bases(klass, module):
        name = base.rpartition(".")[2]
        if base.startswith(("django.http", "rest_framework.response")) and name in CALLS:
            yield _response(node, name, module)


def decorated(node: Node, definition: Node, module: "Module") -> Iterator[FileFact]:
    """The methods that a view answers: `@require_POST`, `@require_http_methods([…])`, `@api_view([…])`."""
    made, scope = node.named_children[0], module.scopes.of(definition)
    name = (module.callee(made) if made.type == "call" else module.dotted(made)).rpartition(".")[2]
    listed = argument(made, module, 0, _METHODS.get(name, "")) if made.type == "call" else None
    methods = _REQUIRED.get(name) or tuple(_listed(listed, module))
    if name == "api_view" and not methods:
        methods = ("GET",)
    if scope is not None and methods:
        yield HandlerMethods(module.location(node), scope.name, methods)


def _listed(node: Node | None, module: "Module") -> Iterator[str]:
    for child in syntax.children(node) if node is not None and node.type in ("list", "tuple", "set") else ():
        value = module.value(child)
        if isinstance(value, Constant) and isinstance(value.value, str):
            yield value.value.upper()


def klass(scope: Scope, module: "Module") -> Iterator[FileFact]:
    """A view set: a router of its own actions, which `router.register(…)` mounts."""
    if not any(base.endswith("ViewSet") for base in (scope.name, *bases(scope, module))):
        return
    at = module.location(scope.node)
    yield Router(at, scope.name, "drf")
    for inner in module.scopes.all:
        name = inner.name.rpartition(".")[2]
        if inner.parent is not scope or inner.kind != "function":
            continue
        if name in _ACTIONS:
            method, path = _ACTIONS[name]
            known_as = "-detail" if path else "-list"
            yield Route(module.location(inner.node), "drf", method, path, inner.name, scope.name, (), None, known_as)
            continue
        extra = _action(inner, module)
        if extra is not None:
            detail = module.keywords(extra).get("detail")
            one = detail is not None and module.text(detail) == "True"
            own = path_of(argument(extra, module, -1, "url_path"), module) or name
            named = value_of(argument(extra, module, -1, "url_name"), module)
            known_as = f"-{(constant_text(named) if named is not None else None) or name.replace('_', '-')}"
            for method in list(_listed(argument(extra, module, 0, "methods"), module)) or ["GET"]:
                path = f"{{pk}}/{own}" if one else own
                yield Route(
                    module.location(inner.node), "drf", method, path, inner.name, scope.name, (), None, known_as
                )


def _action(scope: Scope, module: "Module") -> Node | None:
    """The `@action(…)` of a method."""
    outer = scope.node.parent
    for decorator in outer.named_children if outer is not None and outer.type == "decorated_definition" else ():
        made = decorator.named_children[0] if decorator.type == "decorator" and decorator.named_children else None
        if made is not None and made.type == "call" and module.callee(made) == "rest_framework.decorators.action":
            return made
    return None


def _pattern(node: Node, module: "Module") -> Iterator[FileFact]:
    first, view = argument(node, module, 0, "route", "regex"), argument(node, module, 1, "view")
    own = path_of(first, module)
    if view is None or _in_debugging(node, module):
        return
    before, router = _around(node, module)
    path = None if own is None or before is None else before + own
    at = module.location(node)
    callee = module.callee(view) if view.type == "call" else ""
    if callee.rpartition(".")[2] == "include":
        for child in _included(view, module):
            yield Mount(at, router, child, path or "")
        return
    if view.type == "attribute" and module.text(view).endswith((".site.urls", ".urls")):
        return
    view, guards = wrapped(view, module)
    callee = module.callee(view) if view.type == "call" else ""
    is_made = callee.endswith((".as_view", SOCKET))
    handler = callee.rpartition(".")[0] if is_made else module.dotted(view)
    name = value_of(argument(node, module, 3, "name"), module)
    known_as = name.value if isinstance(name, Constant) and isinstance(name.value, str) else ""
    for method in _methods(view, module):
        yield Route(at, "django", method, path, handler, router, guards, None, known_as)


def _in_debugging(node: Node, module: "Module") -> bool:
    """Whether a pattern is there for developers alone: `if settings.DEBUG: urlpatterns += […]`."""
    inner, outer = node, node.parent
    while outer is not None and outer.type != "function_definition":
        if outer.type == "if_statement" and outer.child_by_field_name("consequence") == inner:
            condition = outer.child_by_field_name("condition")
            if condition is not None and _DEBUG.fullmatch(module.text(condition)):
                return True
        inner, outer = outer, outer.parent
    return False


def _methods(view: Node, module: "Module") -> list[str]:
    """The methods of `ViewSet.as_view({"get": "list"})`; that of a consumer's socket; any method otherwise."""
    if view.type == "call" and module.callee(view).endswith(SOCKET):
        return ["WEBSOCKET"]
    actions = argument(view, module, 0, "actions") if view.type == "call" else None
    if actions is not None and actions.type == "dictionary":
        keys = [pair.child_by_field_name("key") for pair in actions.named_children if pair.type == "pair"]
        named = [module.value(key) for key in keys if key is not None]
        return [value.value.upper() for value in named if isinstance(value, Constant) and isinstance(value.value, str)]
    return ["*"]


def _included(node: Node, module: "Module") -> Iterator[str]:
    """What `include(…)` names: a URL module, a router, a module given as a list's name."""
    given = argument(node, module, 0, "arg")
    if given is not None and given.type == "tuple" and given.named_children:
        given = given.named_children[0]
    if given is None or given.type == "list":
        return
    value = module.value(given) if given.type in ("string", "concatenated_string") else None
    if isinstance(value, Constant) and isinstance(value.value, str):
        yield f"{value.value}.{PATTERNS}"
    elif given.type in ("attribute", "identifier"):
        dotted = module.dotted(given)
        yield dotted.removesuffix(".urls") if dotted.endswith(".urls") else dotted


def _around(node: Node, module: "Module") -> tuple[str | None, str]:
    """The prefixes of the `path(…, include([…]))` that hold this pattern, and the list that it is in."""
    prefix: str | None = ""
    parent = node.parent
    while parent is not None and parent.type not in ("function_definition", "module"):
        if parent.type == "call" and module.callee(parent) in (
            "django.urls.path",
            "django.urls.re_path",
            "django.conf.urls.url",
        ):
            outer = path_of(argument(parent, module, 0, "route"), module)
            prefix = None if outer is None or prefix is None else outer + prefix
        if parent.type in ("assignment", "augmented_assignment"):
            left = parent.child_by_field_name("left")
            name = module.text(left) if left is not None else ""
            return prefix, name if name in module.once(_apart) else PATTERNS
        parent = parent.parent
    return prefix, PATTERNS


def _registered(node: Node, module: "Module") -> Iterator[Mount | Route]:
    """REST framework's `router.register("users", UserViewSet)`: the collection and the item."""
    prefix, view = argument(node, module, 0, "prefix"), argument(node, module, 1, "viewset")
    function = node.child_by_field_name("function")
    receiver = function.child_by_field_name("object") if function is not None else None
    if (
        prefix is None
        or view is None
        or receiver is None
        or not module.has_import("rest_framework", "rest_framework_nested")
    ):
        return
    path = path_of(prefix, module)
    if path is None or view.type not in ("identifier", "attribute"):
        return
    at, router, handler = module.location(node), module.dotted(receiver), module.dotted(view)
    base = value_of(argument(node, module, 2, "basename", "base_name"), module)
    name = base.value if isinstance(base, Constant) and isinstance(base.value, str) else path.rpartition("/")[2]
    yield Mount(at, router, handler, path)
    yield Route(at, "drf", "*", path, handler, router, (), None, f"{name}-list")
    yield Route(at, "drf", "*", f"{path.rstrip('/')}/{{pk}}", handler, router, (), None, f"{name}-detail")


def _response(node: Node, name: str, module: "Module") -> Response:
    drf = name == "Response"
    content = value_of(argument(node, module, 0, "data" if name in ("Response", "JsonResponse") else "content"), module)
    at_status = {"Response": 1, "JsonResponse": -1, "HttpResponse": 2}.get(name, -1)
    fields: dict[str, Any] = status_fields(
        argument(node, module, at_status, "status"), module, _STATUSES.get(name, 200)
    )
    if name in _STATUSES:
        fields["status_is_default"] = False
    if (later := status_later(node, module)) is not None:
        fields = status_fields(later, module, None)
    headers = argument(node, module, 3 if drf else -1, "headers")
    fields["headers"] = module.value(headers) if headers is not None else headers_later(node, module)
    if fields["headers"] is None and node.parent is not None and node.parent.type == "return_statement":
        fields["headers"] = Record(module.location(node), ())  # nobody sets any later
    body: Value | None = content
    if isinstance(content, Call) and content.name == "dumps" and content.arguments:
        body = content.arguments[0]
    if name in ("Response", "JsonResponse") or body is not content:
        return response(node, module, "drf" if drf else "django", body=body, **fields)
    if name == "HttpResponseRedirect":
        return response(node, module, "django", **{**fields, "headers": module.value(node)})
    return response(node, module, "django", text=content if is_text(content) or content is not None else None, **fields)
