"""Modules, classes and functions of one file, and which of them a position is in."""

import re
from bisect import bisect_right
from dataclasses import dataclass, field

from tree_sitter import Node

from .syntax import CALLS, CLASSES, FUNCTIONS, callee

KEEPERS = frozenset(
    {
        "all",
        "addHook",
        "command",
        "del",
        "delete",
        "get",
        "handle",
        "head",
        "listen",
        "on",
        "onError",
        "openapi",
        "once",
        "options",
        "param",
        "patch",
        "post",
        "put",
        "register",
        "route",
        "serve",
        "setErrorHandler",
        "setNotFoundHandler",
        "notFound",
        "use",
    }
)
"""Callees that keep a function and call it later, so that it is no part of the function it is written in."""

ITERATIONS = frozenset(
    {
        "catch",
        "every",
        "filter",
        "finally",
        "find",
        "findIndex",
        "flatMap",
        "forEach",
        "map",
        "reduce",
        "reduceRight",
        "some",
        "sort",
        "then",
    }
)
"""Methods whose callback runs on the spot, so that a variable holding their result does not name the callback."""


_PIPE = re.compile(rb"\bParse(?:Int|Float|Bool|UUID|Date)Pipe\b")
"""What Nest turns a parameter into before a handler gets it; this counts for more than the type that is written."""


@dataclass(slots=True, eq=False)
class Parameter:
    """A parameter as declared: `pattern` is its name or destructuring, `annotation` its type's source or `""`."""

    name: str
    pattern: Node
    annotation: str = ""
    default: Node | None = None
    rest: bool = False


@dataclass(slots=True, eq=False)
class Scope:
    """A module, class or function.

    `name` is qualified inside the file (`Orders.create`; `""` for the module). A callback that is part of the function
    it is written in has `own` False and that function's name. `kind` is `module`, `class` or `function`. `node` is the
    definition, `body` the block (or an arrow's expression). `data` is the whole file.
    """

    kind: str
    name: str
    node: Node
    body: Node
    start: int
    end: int
    data: bytes = field(repr=False)
    own: bool = True
    parent: "Scope | None" = None
    _parameters: list[Parameter] | None = field(default=None, repr=False)

    @property
    def is_async(self) -> bool:
        """Whether this is an `async` function."""
        if self.kind != "function":
            return False
        parameters = self.node.child_by_field_name("parameters") or self.node.child_by_field_name("parameter")
        before = (parameters.start_byte if parameters is not None else self.body.start_byte) - self.start
        return b"async" in self.data[self.start : self.start + before].split()

    @property
    def function(self) -> "Scope | None":
        """The function that this is or stands in; None at module and class level."""
        scope: Scope | None = self
        while scope is not None and scope.kind == "class":
            scope = scope.parent
        return scope if scope is not None and scope.kind == "function" else None

    @property
    def owner(self) -> "Scope":
        """The function that this is part of: itself unless it is a mere callback; the module at module level."""
        scope = self
        while not scope.own and scope.parent is not None:
            scope = scope.parent
        return scope

    @property
    def klass(self) -> "Scope | None":
        """The class whose method (or function inside a method) this is; a class is its own."""
        scope: Scope | None = self
        while scope is not None and scope.kind != "class":
            scope = scope.parent
        return scope

    @property
    def is_method(self) -> bool:
        """Whether this is a function that stands directly in a class."""
        return self.kind == "function" and self.parent is not None and self.parent.kind == "class"

    @property
    def parameters(self) -> list[Parameter]:
        """The declared parameters in order."""
        if self._parameters is None:
            self._parameters = _parameters(self.node, self.data) if self.kind == "function" else []
        return self._parameters


class Scopes:
    """All scopes of a file."""

    def __init__(self, root: Node, definitions: list[Node], data: bytes) -> None:
        """`definitions` are the function and class nodes in the order of their start."""
        self.module = Scope("module", "", root, root, 0, root.end_byte, data)
        self.all = [self.module]
        self._by_node: dict[int, Scope] = {root.id: self.module}
        open_ = [self.module]
        for node in definitions:
            body = node.child_by_field_name("body")
            if body is None:
                continue
            start, end = node.start_byte, node.end_byte
            while open_[-1].end <= start and len(open_) > 1:
                open_.pop()
            parent = open_[-1]
            own, named = _name(node, parent.kind, data)
            if not named:
                name = parent.name
            else:
                name = f"{parent.name}.{own}" if parent.name else own
            kind = "class" if node.type in CLASSES else "function"
            scope = Scope(kind, name, node, body, start, end, data, bool(named), parent)
            self.all.append(scope)
            self._by_node[node.id] = scope
            open_.append(scope)
        self._starts = [scope.start for scope in self.all]

    def at(self, position: int) -> Scope:
        """The innermost scope whose definition holds the byte at `position`."""
        scope = self.all[bisect_right(self._starts, position) - 1]
        while scope.parent is not None and scope.end <= position:
            scope = scope.parent
        return scope

    def of(self, node: Node) -> Scope | None:
        """The scope that a function or class node opens."""
        return self._by_node.get(node.id)


def _text(node: Node, data: bytes) -> str:
    text = data[node.start_byte : node.end_byte].decode("utf-8", "replace")
    if node.type == "string":
        return text[1:-1]
    return text if len(text) <= 60 and "\n" not in text else " ".join(text.split())[:60]


def _name(node: Node, inside: str, data: bytes) -> tuple[str, bool]:
    """The own name of a function or class node, and whether it has one; `inside` is the kind of the scope around."""
    own = node.child_by_field_name("name")
    parent, child = node.parent, node
    if own is not None and (parent is None or parent.type != "object"):
        return _text(own, data), True
    path = [_text(own, data)] if own is not None else []
    wrapped = False
    while parent is not None:
        kind = parent.type
        if kind == "variable_declarator":
            target = parent.child_by_field_name("name")
            if target is None or target.type != "identifier" or (wrapped and inside == "function" and _awaits(parent)):
                break
            path.append(_text(target, data))
            break
        if kind in ("public_field_definition", "assignment_expression"):
            target = parent.child_by_field_name("name" if kind == "public_field_definition" else "left")
            if target is not None and target.id != child.id:
                path.append(_text(target, data).removeprefix("module.").removeprefix("exports."))
            break
        if kind == "pair":
            key = parent.child_by_field_name("key")
            path.append(_text(key, data) if key is not None else "")
        elif kind in CALLS:
            name = callee(parent)
            if name is None or name.id == node.id:
                break
            last = _text(name.child_by_field_name("property") or name, data)
            if path == ["handler"] and last == "route":  # one of many that Fastify is given so in the same function
                path.append(f"{_kept_by(_text(name, data), last)}@{node.start_point.row + 1}")
            if path:
                break
            if last in KEEPERS or (inside != "function" and not _is_held(parent)):
                path.append(f"{_kept_by(_text(name, data), last)}@{node.start_point.row + 1}")
                break
            if last in ITERATIONS:
                break
            wrapped = True
        elif kind == "export_statement":
            path.append("default")
            break
        elif kind in FUNCTIONS or kind in CLASSES or kind.endswith(("_statement", "_declaration")):
            break
        child, parent = parent, parent.parent
    if not path and inside != "function" and node.type not in CLASSES:
        path.append(f"function@{node.start_point.row + 1}")
    return ".".join(reversed(path)), bool(path)


def _kept_by(text: str, last: str) -> str:
    """What keeps a function, as its name: `app.get`; only `get` at the end of a chain of calls."""
    return last if "(" in text else text


def _awaits(declarator: Node) -> bool:
    value = declarator.child_by_field_name("value")
    return value is not None and value.type == "await_expression"


def _is_held(node: Node) -> bool:
    """Whether a call at module level is (part of) what a variable or default export holds, which then names it."""
    parent = node.parent
    while parent is not None and not parent.type.endswith(("_statement", "program")):
        if parent.type in ("variable_declarator", "assignment_expression", "public_field_definition"):
            return True
        parent = parent.parent
    return parent is not None and parent.type == "export_statement"


def _parameters(definition: Node, data: bytes) -> list[Parameter]:
    single = definition.child_by_field_name("parameter")
    if single is not None:
        return [Parameter(_text(single, data), single)]
    found: list[Parameter] = []
    parameters = definition.child_by_field_name("parameters")
    for child in parameters.named_children if parameters is not None else ():
        if child.type not in ("required_parameter", "optional_parameter"):
            continue
        pattern = child.child_by_field_name("pattern")
        if pattern is None or pattern.type == "this":
            continue
        rest = pattern.type == "rest_pattern"
        if rest:
            pattern = pattern.named_children[0] if pattern.named_children else pattern
        annotation = child.child_by_field_name("type")
        is_decorated = child.named_children[0].type == "decorator"
        piped = _PIPE.search(data, child.start_byte, child.end_byte) if is_decorated else None
        typed = data[annotation.start_byte : annotation.end_byte] if annotation is not None else b""
        written = piped[0] if piped is not None else typed
        found.append(
            Parameter(
                _text(pattern, data) if pattern.type == "identifier" else f"{{{len(found)}}}",
                pattern,
                " ".join(written.decode("utf-8", "replace").lstrip(":").split()),
                child.child_by_field_name("value"),
                rest,
            )
        )
    return found
