"""Paths in TypeScript tests beyond the clients that `tests` knows: helpers, `new Request(…)`, `endpoint` options."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from ...facts.file import FileFact, Side
from ...facts.tests import RequestedRoute
from ...facts.values import Constant, Record, Text, Value, constant_text, options
from . import syntax
from .module import Module
from .tests import TEST_FILE

_GIVEN = """
(call_expression function: (_) @callee arguments: (arguments . (_) @path))
(new_expression constructor: (_) @callee arguments: (arguments . (_) @path))
(pair key: (property_identifier) @callee value: (_) @path)
"""
_KEYS = frozenset({"endpoint", "url", "path", "pathname", "uri"})
_METHODS = frozenset({"get", "post", "put", "patch", "delete", "head", "options"})
_REQUESTS = frozenset({"Request", "NextRequest"})
_NOT_REQUESTS = frozenset({"mock", "join", "resolve", "describe", "it", "test", "require", "import", "readFileSync"})
_PATH = re.compile(r"(?:https?://[^/\s]+)?/[^\s/][^\s]*$")


def file(module: Module) -> Iterator[FileFact]:
    """Each path that is given to a call, a request or an option."""
    if module.side is not Side.TEST and not TEST_FILE.search(module.path):
        return
    for callee, path in zip(*_pairs(module), strict=True):
        name = module.text(callee).rpartition(".")[2].strip()
        if name in _NOT_REQUESTS or (callee.type == "property_identifier" and name not in _KEYS):
            continue
        if syntax.unwrapped(path).type not in ("string", "template_string", "identifier", "binary_expression"):
            continue
        for value in filter(_is_path, options(module.value(path))):
            yield RequestedRoute(module.location(path), module.enclosing(path), _method(name, callee, module), value)


def _pairs(module: Module) -> tuple[list[Node], list[Node]]:
    seen = syntax.captures(_GIVEN, module.root, module.language)
    callees, paths = seen.get("callee", []), seen.get("path", [])
    by_parent = {_owner(path).id: path for path in paths}
    both = [(callee, by_parent[owner.id]) for callee in callees if (owner := callee.parent) and owner.id in by_parent]
    return [callee for callee, _ in both], [path for _, path in both]


def _owner(path: Node) -> Node:
    """The call, construction or pair that a path is given to."""
    parent = path.parent
    if parent is not None and parent.type == "arguments" and parent.parent is not None:
        return parent.parent
    return parent or path


def _method(name: str, callee: Node, module: Module) -> str:
    if name.lower() in _METHODS:
        return name.upper()
    if name not in _REQUESTS or callee.parent is None:
        return "*"
    given = syntax.arguments(callee.parent)
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
