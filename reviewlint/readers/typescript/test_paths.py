"""Paths in TypeScript tests beyond the clients that `tests` knows: helpers, `new Request(…)`, `endpoint` options."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from ...facts.file import FileFact
from ...facts.tests import RequestedRoute
from ...facts.values import Call, Constant, Record, Reference, Text, Value, constant_text, options
from . import syntax
from .module import Module
from .tests import is_client, is_of_tests

_OPTIONS = """
(pair key: (property_identifier) @key value: (_) @path
 (#any-of? @key "endpoint" "url" "path" "pathname" "uri"))
((shorthand_property_identifier) @path
 (#any-of? @path "endpoint" "url" "path" "pathname" "uri"))
"""
_NAMES = frozenset({"identifier", "shorthand_property_identifier"})
_KEPT = frozenset({"member_expression", "call_expression"})
_TEXTS = frozenset({"string", "template_string", "binary_expression", "ternary_expression"})
_METHODS = frozenset({"get", "post", "put", "patch", "delete", "head", "options"})
_NAMED = frozenset({"Request", "NextRequest", "fetch", "request", *_METHODS, *(method.upper() for method in _METHODS)})
_NOT_REQUESTS = frozenset(
    """expect mock join resolve describe it test require import readFileSync startsWith endsWith includes
    toBe toEqual toStrictEqual toMatch toContain toContainEqual toHaveBeenCalledWith toHaveBeenLastCalledWith
    equal equals eql deepEqual strictEqual deepStrictEqual include contain assertEquals assertStrictEquals""".split()
)
"""What is no request though it is given a path, matchers among it, which compare it with what came back."""
_PLACES = re.compile(r"(?:^|[./])\w*(?:[pP]aths?|[uU]rls?|[rR]outes?|[eE]ndpoints?)(?:\.\w+)+$", re.ASCII)
"""What tests keep the paths in that they request: `paths.orders`, `routes.orders.byId(7)`."""
_PATH = re.compile(r"(?:https?://[^/\s]+)?/[^\s/][^\s]*$")


def file(module: Module) -> Iterator[FileFact]:
    """Each path that is given to a call, a request or an option."""
    if not is_of_tests(module):
        return
    for call, callee in module.callees:
        name = callee.rpartition(b".")[2].strip().decode("utf-8", "replace")
        given = call.child_by_field_name("arguments")
        if given is None or given.type != "arguments" or not given.named_child_count or name in _NOT_REQUESTS:
            continue
        first = given.named_child(0)
        if name == "invoke" and first is not None and callee.endswith(b"functions.invoke"):
            yield from _invoked(first, module)
        elif first is not None and (verb := _verb(first, module)) and given.named_child_count > 1:
            yield from _requested(given.named_children[1], verb, module)  # a helper's: `asAdmin("delete", url)`
        elif first is not None and not _is_seen(name, call, module):
            yield from _requested(first, _method(name, call, module) if name in _NAMED else "*", module)
    for path in syntax.captures(_OPTIONS, module.root, module.language).get("path", ()):
        yield from _requested(path, _method_beside(path, module), module)


def _verb(first: Node, module: Module) -> str:
    """The method in upper case that a call is given as a text, `""` where its first argument is none."""
    said = module.text(first)[1:-1] if first.type == "string" else ""
    return said.upper() if said.lower() in _METHODS else ""


def _method_beside(path: Node, module: Module) -> str:
    """The method that stands in the same options as a path: `{ method: "POST", url: "/links" }`."""
    beside = path.parent if path.type == "shorthand_property_identifier" or path.parent is None else path.parent.parent
    around = module.value(beside) if beside is not None else None
    said = around.get("method") if isinstance(around, Record) else None
    return ((constant_text(said) if said is not None else None) or "*").upper()


def _invoked(name: Node, module: Module) -> Iterator[FileFact]:
    """supabase-js' `functions.invoke("pay")`, by the path that it requests."""
    said = constant_text(module.value(name))
    if said is not None:
        at = module.location(name)
        yield RequestedRoute(at, module.enclosing(name), "*", Constant(at, f"/functions/v1/{said}"))


def _requested(path: Node, method: str, module: Module) -> Iterator[FileFact]:
    inner = syntax.unwrapped(path)
    if method != "*" and inner.type in _KEPT:
        named = module.callee(inner) if inner.type == "call_expression" else module.dotted(inner)
        value = module.value(inner) if _PLACES.search(named) else None
        if isinstance(value, Reference | Call):
            yield RequestedRoute(module.location(path), module.enclosing(path), method, value)
    if inner.type not in _NAMES and inner.type not in _TEXTS:
        return
    if inner.type == "string" and module.data[inner.start_byte + 1 : inner.start_byte + 2] not in (b"/", b"h"):
        return
    if inner.type in _NAMES and not _holds_text(inner, module):
        return
    found = module.value(inner)
    for value in filter(_is_path, options(found)):
        yield RequestedRoute(module.location(path), module.enclosing(path), method, value)


def _is_seen(name: str, call: Node, module: Module) -> bool:
    """Whether the reader of tests sees this request itself, and with its method."""
    if call.type != "call_expression":
        return False
    receiver = module.receiver(call)
    return name == "inject" or (name in ("fetch", "request") and (receiver is None or is_client(receiver, module)))


def _holds_text(name: Node, module: Module) -> bool:
    """Whether a variable is declared with a text; cheaper than asking for its value."""
    binding = module.binding(name)
    value = binding.write.value if binding is not None and binding.write is not None else None
    return value is not None and syntax.unwrapped(value).type in _TEXTS


def _method(name: str, call: Node, module: Module) -> str:
    if name.lower() in _METHODS:
        return name.upper()
    given = syntax.arguments(call)
    init = module.value(given[1]) if len(given) > 1 else None
    said = init.get("method") if isinstance(init, Record) else None
    if said is None:
        return "GET" if init is None or (isinstance(init, Record) and not init.open) else "*"
    return (constant_text(said) or "*").upper()


def _is_path(value: Value) -> bool:
    match value:
        case Constant(value=str(text)):
            return _PATH.match(text) is not None
        case Text(parts=(Constant(value=str(start)), *_)):
            return _PATH.match(start + "x") is not None
        case Text(parts=(_, Constant(value=str(second)), *_)):
            return second.startswith("/")
        case _:
            return False
