"""Tests: pytest, unittest and Django's; what they check, and which routes they request.

A request is any call in a test file that is given a path: test clients, `httpx`, Django's and Flask's clients, and the
helpers that projects wrap around them. Where the call's name is no HTTP method, any method is meant.
"""

import re
from collections.abc import Iterator, Sequence
from posixpath import basename
from typing import TYPE_CHECKING

from tree_sitter import Node

from ...facts.algebra import element, text
from ...facts.file import FileFact
from ...facts.tests import RequestedRoute, TestCase
from ...facts.values import (
    Call,
    Choice,
    Constant,
    Items,
    Parameter,
    Reference,
    Text,
    Unknown,
    Value,
    constant_text,
    options,
)
from ..expected import is_hopeful, is_to_survive, is_told_what_to_expect
from ..whence import whence
from . import skipped, syntax
from .scopes import Scope
from .test_paths import is_test

if TYPE_CHECKING:
    from .module import Module

METHODS = frozenset({"get", "post", "put", "patch", "delete", "head", "options"})
_LONGEST_VERB = len('"""options"""')
NAMED = frozenset({"reverse", "url_for", "url_path_for", "reverse_lazy"})
_NOT_REQUESTS = frozenset(
    """Path join exists mkdir startswith endswith split compile match replace format strip lstrip rstrip print getenv
    setenv isinstance import_module len int str set approx assertEqual assertEquals assertNotEqual assertIn
    assertNotIn""".split()
)

_ROUTE_NAME = re.compile(r"[a-z][\w-]*(?::[\w-]+)+")
"""The name of a route with its namespace, among the parameters of a test: `users:get-current`."""
_GIVEN_NAME = re.compile(r"[\w-]+(?::[\w-]+)*")
"""The name of a route, with or without its namespace, as helpers are given it."""
_ENDPOINT = re.compile(r"[a-z]\w*\.[a-z]\w*")
"""The name of a route of a blueprint of Flask's."""
_COMPREHENSIONS = frozenset(
    {"list_comprehension", "set_comprehension", "dictionary_comprehension", "generator_expression"}
)
_STATEMENTS = frozenset({"block", "module", "lambda"})
_TELLING = frozenset({"attribute", "call", "identifier", "string"})
"""What an expression can be that stands for a path which another file tells."""
_CLIENT = re.compile(r"client|request|session|api|app|http|browser|\bself\b|\bc$", re.IGNORECASE)
"""What is asked for something by `get` and is no mapping."""
_LINKS = re.compile(r"(?:url|path|route|link|reverse)(?:_?for)?$", re.IGNORECASE)
_CLASS = re.compile(r"[A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*")
_PATH = re.compile(r"(?:https?://[^/\s]+)?/[^\s]*$")
_BARE = re.compile(r"[\w-]+(?:/[^\s/]*)+$")
"""A path from the address that its client keeps, which adds the slash: `client.post("api/v1/orders")`."""
_SLASHED = (b'"/', b"'/", b"://", b"}/")
"""A file without one of these writes no path out."""
_KEYWORDS = (b"url", b"path", b"endpoint")
_NAMED = tuple(sorted(name.encode() for name in NAMED))
_PARAMETERS = re.compile(r"\bparametrize\b|\bparams\s*=|\bparameterized(?:_class)?\b")
"""What repeats a test for the rows of a table: pytest's marks and fixtures, and the package `parameterized`."""
_CHECKS = re.compile(
    r"assert|expect|verif|check(?!out|box|sum|point)|ensure|should|raises|warns|\bfail\b|raise_for_status|snapshot|must"
    r"|(?<!in)validate|compare|(?:does_?)?not_?raise|^nullcontext$",  # pytest, "Parametrizing conditional raising"
    re.I,
)


_PARSES = re.compile(r"from\w*format|strptime|loads|literal_eval|b(?:16|32|64|85)decode|UUID|int|float|Decimal|ip_\w+")
"""What fails for a text of another form, and does nothing else: a statement of that alone is a check."""


def function(scope: Scope, module: "Module") -> Iterator[FileFact]:
    """A test function or method."""
    own = scope.name.rpartition(".")[2]
    if (
        not own.startswith("test")
        or not is_test(module.path)
        or basename(module.path) == "conftest.py"
        or scope.parent is None
        or scope.parent.kind == "function"
    ):
        return
    if any("fixture" in module.text(mark) for mark in _decorators(scope, module)):
        return
    marks = skipped.marks(scope, module)
    if (skip := skipped.skipping(scope, module)) is not None:
        marks.append(skip)
    in_class = scope.parent.kind == "class"
    # What it returns is looked at by whoever calls it: a program that tests something, and no test of pytest's.
    asserts = _asserts(scope, module, frozenset()) or bool(module.returns(scope))
    calls = module.inside("call", scope.body)
    source = module.data[scope.node.start_byte : scope.node.end_byte]
    yield TestCase(
        module.location(scope.node),
        scope.name,
        "unittest" if in_class and "TestCase" in module.text(scope.parent.node)[:200] else "pytest",
        asserts=asserts,
        skipped=bool(marks),
        reason=next(filter(None, (skipped.reason(mark, module) for mark in marks)), "")
        or (skipped.first_words(scope, module) if marks else ""),
        calls=tuple(map(module.callee, calls[:20])),
        origins=() if asserts or is_to_survive(scope.name, source) else whence(map(module.value, calls)),
        is_hopeful=not asserts and is_hopeful(scope.name, source),
        drops_comparison=not asserts
        and b"==" in source
        and bool(syntax.captures("(expression_statement (comparison_operator) @compared)", scope.body)),
    )


def file(module: "Module") -> Iterator[FileFact]:
    """Every request that a test file makes."""
    if not is_test(module.path):
        return
    for last, nodes in module.called.items() if module.mentions(*_SLASHED, *_NAMED, b"client") else ():
        name = last.decode("utf-8", "replace")
        for node in nodes if name not in _NOT_REQUESTS else ():
            yield from _requested(node, name, module)
    yield from _through_helpers(module)
    for definition in module.decorated:
        for decorator in definition.named_children:
            if decorator.type == "decorator" and _PARAMETERS.search(module.text(decorator)):
                method = _method_of_rows(definition, module.text(decorator), module)
                by_name = _looks_up_rows(definition, module.text(decorator), module)
                for literal in syntax.captures("(string) @string", decorator).get("string", []):
                    path = module.value(literal)
                    at, function = module.location(literal), module.enclosing(literal)
                    if known_as := (_GIVEN_NAME if by_name else _ROUTE_NAME).fullmatch(constant_text(path) or ""):
                        yield RequestedRoute(at, function, "*", Constant(at, None), known_as[0])
                    if _is_path(path):
                        yield RequestedRoute(at, function, method, path)
                        if "params" in module.text(decorator):  # a fixture's: tests put ids behind it
                            behind = Text(at, (path, Constant(at, "/"), Unknown(at, "…")), "f-string")
                            yield RequestedRoute(at, function, "*", behind)
                for cell in _cells_of_named(definition, decorator, module):
                    yield RequestedRoute(module.location(decorator), module.enclosing(decorator), method, cell)


def _cells_of_named(definition: Node, decorator: Node, module: "Module") -> Iterator[Value]:
    """The paths in tables that a test is repeated for by their names: `parametrize(("method", "path"), PRIVATE)`.

    What another file has by a name is followed where the test asks for what the table gives it.
    """
    call = decorator.named_children[0] if decorator.named_children else decorator
    for given in (*module.arguments(call), *module.given_as((b"argvalues", b"params"), call)):
        for name in (one for one in (given, *_inside(given)) if one.type == "identifier"):
            rows = [module.value(name)]
            while rows:
                row = rows.pop()
                if isinstance(row, Items | Choice):
                    rows += row.items if isinstance(row, Items) else row.options
                elif _is_path(row):
                    yield row
                elif isinstance(row, Reference) and _asks_rows(definition, module.text(decorator), module):
                    names = module.arguments(call)[:1]
                    each = element(row, row.at)
                    is_several = any(one.type != "string" or "," in module.text(one) for one in names)
                    yield from filter(None, [element(each, row.at) if is_several and each is not None else each])


def _asks_rows(definition: Node, table: str, module: "Module") -> bool:
    """Whether a test with a table gives to a request what the table gives it."""
    given = frozenset(re.findall(r"\w+", table))
    asking = (
        call
        for call in module.inside("call", definition)
        if module.callee(call).rpartition(".")[2] in METHODS | {"request"}
    )
    return any(module.text(one) in given for call in asking for one in module.arguments(call)[:2])


def _method_of_rows(definition: Node, table: str, module: "Module") -> str:
    """The method by which a test with a table asks for what the table gives it; `*` where that is not one."""
    given = frozenset(re.findall(r"\w+", table))
    asking = set[str]()
    for call in module.inside("call", definition):
        name = module.callee(call).rpartition(".")[2]
        for first in module.arguments(call)[:1] if name not in _NOT_REQUESTS else ():
            inside = (first, *_inside(first)) if name in METHODS else (first,)  # `client.get(path.format(order.id))`
            if any(one.type == "identifier" and module.text(one) in given for one in inside):
                asking.add(name)
    method = asking.pop() if len(asking) == 1 else ""
    return method.upper() if method in METHODS else "*"


def _looks_up_rows(definition: Node, table: str, module: "Module") -> bool:
    """Whether a test with a table looks up routes by what the table gives it: `reverse(name)`."""
    given = frozenset(re.findall(r"\w+", table))
    looking = (call for call in module.inside("call", definition) if module.callee(call).rpartition(".")[2] in NAMED)
    names = (one for call in looking for first in module.arguments(call)[:1] for one in (first, *_inside(first)))
    return any(one.type == "identifier" and module.text(one) in given for one in names)


def _inside(node: Node) -> Iterator[Node]:
    for child in node.named_children:
        yield child
        yield from _inside(child)


def _through_helpers(module: "Module") -> Iterator[RequestedRoute]:
    """Requests by names that a function of this file is given and looks up: `self.path("order-list")`."""
    looking = (node for name in NAMED for node in module.called.get(name.encode(), ()))
    helpers = {
        module.enclosing(node).rpartition(".")[2].encode()
        for node in looking
        if any(argument.type != "string" or "{" in module.text(argument) for argument in module.arguments(node)[:1])
    }
    for node in (node for helper in sorted(helpers - {b""}) for node in module.called.get(helper, ())):
        for argument in module.arguments(node):
            at, known_as = module.location(node), constant_text(module.value(argument))
            if known_as and _GIVEN_NAME.fullmatch(known_as):
                name = known_as.rpartition(":")[2]
                yield RequestedRoute(at, module.enclosing(node), "*", Constant(at, None), name)


def _requested(node: Node, name: str, module: "Module") -> Iterator[RequestedRoute]:
    positional = module.arguments(node)
    if name == "invoke" and positional and module.callee(node).endswith("functions.invoke"):
        at, said = module.location(node), constant_text(module.value(positional[0]))
        if said is not None:
            yield RequestedRoute(at, module.enclosing(node), "*", Constant(at, f"/functions/v1/{said}"))
        return
    if name in NAMED and positional:
        nowhere = Constant(module.location(positional[0]), None)
        for known_as in _route_names(module.value(positional[0])):
            where = module.location(node)
            yield RequestedRoute(where, module.enclosing(node), "*", nowhere, known_as.rpartition(":")[2])
        return
    if _LINKS.search(name) and positional and positional[0].type == "string":  # what a fixture looks routes up by
        known_as = constant_text(module.value(positional[0])) or ""
        if _ROUTE_NAME.fullmatch(known_as):
            where = module.location(node)
            nowhere = Constant(where, None)
            yield RequestedRoute(where, module.enclosing(node), "*", nowhere, known_as.rpartition(":")[2])
            return
    first = _verb(positional[:1], module)
    verb = first or _verb(module.given_as((b"method",), node), module)
    method = verb or (name.upper() if name in METHODS else "*")
    for argument in (*positional[:3], *module.given_as(_KEYWORDS, node)):
        if not _may_be_path(argument, module):
            continue
        paths = [option for option in options(module.value(argument)) if _is_path(option)]
        if not paths:
            continue
        for path in paths:
            yield RequestedRoute(module.location(node), module.enclosing(node), method, path)
        return
    if name in METHODS:
        below = _below_base(node, module) if positional else None
        if below is not None:
            yield RequestedRoute(module.location(node), module.enclosing(node), name.upper(), below)
            return
        for argument in positional[:2]:
            route = constant_text(module.value(argument)) if argument.type == "string" else None
            if route and _ENDPOINT.fullmatch(route):  # of a client that looks it up: `admin.get("users.show")`
                at = module.location(node)
                yield RequestedRoute(at, module.enclosing(node), name.upper(), Constant(at, None), route)
                return
    both = name == "request" and _says_both(node, module)
    if verb or both or _is_client(node, name, module):
        for argument in (*positional[bool(first) or both :], *module.given_as(_KEYWORDS, node))[:1]:
            told = _told_elsewhere(argument, module)
            if argument.type == "identifier" and _CLASS.fullmatch(module.text(argument)):
                continue  # what an ORM's session is asked for: `session.get(Order, 7)`
            if told is not None and not (isinstance(told, Parameter) and told.name in module.once(_in_tables)):
                yield RequestedRoute(module.location(node), module.enclosing(node), method, told)


def _below_base(call: Node, module: "Module") -> Value | None:
    """The path that a client is asked for without the slash that stands before it, with that slash."""
    first = module.arguments(call)[0]
    if first.type != "string" or not _CLIENT.search(module.callee(call).rpartition(".")[0]):
        return None
    said = module.value(first)
    start = constant_text(said.parts[0] if isinstance(said, Text) else said)
    return text(said.at, [Constant(said.at, "/"), said], "+") if start and _BARE.match(start) else None


def _verb(positional: Sequence[Node], module: "Module") -> str:
    """The method in upper case that a call is given as a text."""
    first = positional[0] if positional else None
    if first is None or first.type != "string" or first.end_byte - first.start_byte > _LONGEST_VERB:
        return ""
    said = constant_text(module.value(first))
    return said.upper() if said is not None and said.lower() in METHODS else ""


def _is_client(call: Node, name: str, module: "Module") -> bool:
    """Whether a method that requests are made by is called; `get` is one of mappings, too."""
    if name == "get":
        return _CLIENT.search(module.callee(call).rpartition(".")[0]) is not None
    return name in METHODS or name.startswith("getattr(")


def _says_both(call: Node, module: "Module") -> bool:
    """Whether `request` is told method and address: `session.request(method=…, url=…)`, `client.request(how, path)`."""
    if all(any(module.given_as((key,), call)) for key in (b"method", b"url")):
        return True
    return len(module.arguments(call)) > 1 and _CLIENT.search(module.callee(call).rpartition(".")[0]) is not None


def _in_tables(module: "Module") -> frozenset[str]:
    """The words in the tables that tests are repeated for, among them the names of parameters that hold their paths."""
    marks = (mark for one in module.decorated for mark in one.named_children if mark.type == "decorator")
    tables = (module.text(mark) for mark in marks)
    return frozenset(word for table in tables if _PARAMETERS.search(table) for word in re.findall(r"\w+", table))


def _told_elsewhere(argument: Node, module: "Module") -> Value | None:
    """What stands for a path that other files may know: `api_routes.users`, `order_url(7)`, `url + "/7"`."""
    if argument.type == "binary_operator" and (operator := argument.child_by_field_name("operator")) is not None:
        if operator.type != "+":
            return None
        sides = (argument.child_by_field_name(side) for side in ("left", "right"))
        return text(module.location(argument), [module.value(side) for side in sides if side is not None], "+")
    path = module.value(argument) if argument.type in _TELLING else None
    if argument.type == "attribute" and isinstance(path, Constant) and not path.value:
        return Reference(path.at, module.text(argument))  # what classes that are made from this one fill in
    return path if isinstance(path, Reference | Call | Parameter | Text | Unknown) else None


def _route_names(value: Value) -> Iterator[str]:
    """The names of routes in what is looked up: a text, its end behind a namespace, what a test's helper is given."""
    known_as = constant_text(value)
    if known_as is None and isinstance(value, Text):
        end = constant_text(value.parts[-1]) or ""
        known_as = end if ":" in end else None
    if known_as:
        yield known_as
    elif isinstance(value, Reference) and value.name.rpartition(".")[2][:1].isupper():
        yield value.name.rpartition(".")[2]  # the class that answers: Flask-RESTful's `api.url_for(Orders)`
    elif isinstance(value, Call):
        for argument in value.arguments:
            yield from _route_names(argument)
    elif isinstance(value, Choice):
        for option in value.options:
            yield from _route_names(option)


def _may_be_path(argument: Node, module: "Module") -> bool:
    """Whether an expression can be a path, by its form alone; cheap, since most of what calls are given is none."""
    if argument.type == "string":
        source = module.data[argument.start_byte : argument.end_byte]
        return b"/" in source or b"{" in source or b"\\" in source
    return module.may_be_text(argument) or (argument.type == "identifier" and _is_comprehended(argument))


def _is_comprehended(name: Node) -> bool:
    """Whether a name stands in a comprehension, which may bind it: `[client.get(path) for path in PRIVATE]`."""
    around = name.parent
    while around is not None and around.type not in _STATEMENTS:
        if around.type in _COMPREHENSIONS:
            return True
        around = around.parent
    return False


def _is_path(value: Value) -> bool:
    if isinstance(value, Choice):
        return False
    text = constant_text(value)
    if text is not None:
        return _PATH.match(text) is not None
    if not isinstance(value, Text):
        return False
    start = constant_text(value.parts[0])
    if start is not None:
        return _PATH.match(start.partition(" ")[0] + "x") is not None and " " not in start
    return any((constant_text(part) or "").startswith("/") for part in value.parts[1:2])


def _decorators(scope: Scope, module: "Module") -> Iterator[Node]:
    parent = scope.node.parent
    for child in parent.named_children if parent is not None and parent.type == "decorated_definition" else ():
        if child.type == "decorator":
            yield child


def _asserts(scope: Scope, module: "Module", seen: frozenset[str]) -> bool:
    """Whether the function checks anything, itself or through functions of this file that it calls."""
    if any(module.inside(kind, scope.body) for kind in ("assert", "raise")) or is_told_what_to_expect(
        module.data[scope.start : scope.end]
    ):
        return True
    for node in module.inside("call", scope.body):
        callee = node.child_by_field_name("function")
        name = module.text(callee).rpartition(".")[2].strip() if callee is not None else ""
        if _CHECKS.search(name):
            return True
        if _PARSES.fullmatch(name) and node.parent is not None and node.parent.type == "expression_statement":
            return True
        other = module.scopes.called(name)
        if other is not None and name not in seen and _asserts(other, module, seen | {name}):
            return True
    return False
