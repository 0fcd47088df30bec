"""Modules, classes and functions of one file, and which of them a position is in."""

import re
import sys
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field

from tree_sitter import Node

_INJECTS = re.compile(r"\b(?:Depends|Security)\(")


@dataclass(slots=True, eq=False)
class Parameter:
    """A parameter as declared: its `name`, `spread` (`*`, `**` or `""`), and the nodes of its type and default.

    `annotation` is the source of its type on one line, or `""`. `injected` is whether FastAPI gives what a function
    returns for it: `Depends(…)`, `Security(…)` as its default or in its type
    (fastapi.tiangolo.com/tutorial/dependencies).
    """

    name: str
    node: Node
    type: Node | None = None
    default: Node | None = None
    spread: str = ""
    annotation: str = ""
    injected: bool = False


@dataclass(slots=True, eq=False)
class Scope:
    """A module, class or function.

    `name` is qualified inside the file (`Orders.create`; `""` for the module), `kind` is `module`, `class` or
    `function`. `node` is the definition, `body` the block of its statements, `start` and `end` the range of bytes.
    `number` counts the scopes of the file from 0, which is the module. `data` is the whole file.
    """

    kind: str
    name: str
    node: Node
    body: Node
    start: int
    end: int
    data: bytes = field(repr=False)
    parent: "Scope | None" = None
    number: int = 0
    _parameters: dict[str, Parameter] | None = field(default=None, repr=False)

    @property
    def is_async(self) -> bool:
        """Whether this is an `async def`."""
        first = self.node.child(0)
        return self.kind == "function" and first is not None and first.type == "async"

    @property
    def function(self) -> "Scope | None":
        """The function that this is or stands in; None at module and class level."""
        scope: Scope | None = self
        while scope is not None and scope.kind == "class":
            scope = scope.parent
        return scope if scope is not None and scope.kind == "function" else None

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
    def parameters(self) -> dict[str, Parameter]:
        """The declared parameters by name, in order, `self` included."""
        if self._parameters is None:
            self._parameters = dict(_parameters(self.node, self.data)) if self.kind == "function" else {}
        return self._parameters


class Scopes:
    """All scopes of a file."""

    def __init__(self, root: Node, definitions: list[Node], data: bytes) -> None:
        """`definitions` are the function and class definitions in the order of their start."""
        self.module = Scope("module", "", root, root, 0, root.end_byte, data)
        self.all = [self.module]
        self._functions: dict[str, Scope] | None = None
        self._by_last: dict[str, Scope] | None = None
        self._by_node: dict[int, Scope] = {root.id: self.module}
        open_ = [self.module]
        for node in definitions:
            name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
            if name is None or body is None:
                continue
            start, end = node.start_byte, node.end_byte
            while open_[-1].end <= start and len(open_) > 1:
                open_.pop()
            parent = open_[-1]
            own = _text(name, data)
            scope = Scope(
                "class" if node.type == "class_definition" else "function",
                f"{parent.name}.{own}" if parent.name else own,
                node,
                body,
                start,
                end,
                data,
                parent,
                len(self.all),
            )
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

    def named(self, name: str) -> Scope | None:
        """The function that has the qualified name; the last one where several have it."""
        if self._functions is None:
            self._functions = {scope.name: scope for scope in self.all if scope.kind == "function"}
        return self._functions.get(name)

    def called(self, last: str) -> Scope | None:
        """The function whose name ends with `last`, wherever it is defined; the last one where several do."""
        if self._by_last is None:
            self._by_last = {scope.name.rpartition(".")[2]: scope for scope in self.all if scope.kind == "function"}
        return self._by_last.get(last)

    def parted(self, nodes: Iterable[Node]) -> dict[int, list[Node]]:
        """The nodes by the number of the scope that each stands in, in order."""
        found: dict[int, list[Node]] = {}
        at = self.at
        for node in nodes:
            number = at(node.start_byte).number
            if number in found:
                found[number].append(node)
            else:
                found[number] = [node]
        return found

    def of(self, node: Node) -> Scope | None:
        """The scope that a function or class definition opens."""
        return self._by_node.get(node.id)


def _text(node: Node, data: bytes) -> str:
    """The source of `node`: `Node.text` asks for it piece by piece."""
    return data[node.start_byte : node.end_byte].decode("utf-8", "replace")


def _parameters(definition: Node, data: bytes) -> list[tuple[str, Parameter]]:
    found: list[tuple[str, Parameter]] = []
    parameters = definition.child_by_field_name("parameters")
    for child in parameters.named_children if parameters is not None else ():
        kind, name, spread = child.type, child, ""
        if kind == "identifier":
            own = sys.intern(_text(child, data))
            found.append((own, Parameter(own, child)))
            continue
        if kind in ("typed_parameter", "typed_default_parameter", "default_parameter"):
            name = child.child_by_field_name("name") or child.named_children[0]
        if name.type in ("list_splat_pattern", "dictionary_splat_pattern"):
            spread = "*" if name.type == "list_splat_pattern" else "**"
            if not name.named_children:
                continue
            name = name.named_children[0]
        if name.type != "identifier":
            continue
        own = sys.intern(_text(name, data))
        declared, default = child.child_by_field_name("type"), child.child_by_field_name("value")
        annotation = sys.intern(" ".join(_text(declared, data).split())) if declared is not None else ""
        injected = any(map(_INJECTS.search, (annotation, _text(default, data) if default is not None else "")))
        found.append((own, Parameter(own, name, declared, default, spread, annotation, injected)))
    return found
