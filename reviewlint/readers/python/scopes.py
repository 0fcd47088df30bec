"""Modules, classes and functions of one file, and which of them a position is in."""

from bisect import bisect_right
from dataclasses import dataclass, field

from tree_sitter import Node


@dataclass(frozen=True, slots=True, eq=False)
class Parameter:
    """A parameter as declared: `annotation` is its type's source or `""`, `default` its default's node or None."""

    name: str
    node: Node
    annotation: str = ""
    default: Node | None = None
    spread: str = ""


@dataclass(slots=True, eq=False)
class Scope:
    """A module, class or function.

    `name` is qualified inside the file (`Orders.create`; `""` for the module), `kind` is `module`, `class` or
    `function`. `node` is the definition, `body` the block that holds its statements.
    """

    kind: str
    name: str
    node: Node
    body: Node
    start: int
    end: int
    parent: "Scope | None" = None
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
            self._parameters = dict(_parameters(self.node)) if self.kind == "function" else {}
        return self._parameters


class Scopes:
    """All scopes of a file."""

    def __init__(self, root: Node, definitions: list[Node]) -> None:
        """`definitions` are the function and class definitions in the order of their start."""
        self.module = Scope("module", "", root, root, 0, root.end_byte)
        self.all = [self.module]
        self._by_node: dict[int, Scope] = {root.id: self.module}
        open_ = [self.module]
        for node in definitions:
            name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
            if name is None or body is None or name.text is None:
                continue
            start, end = node.start_byte, node.end_byte
            while open_[-1].end <= start and len(open_) > 1:
                open_.pop()
            parent = open_[-1]
            own = name.text.decode("utf-8", "replace")
            scope = Scope(
                "class" if node.type == "class_definition" else "function",
                f"{parent.name}.{own}" if parent.name else own,
                node,
                body,
                start,
                end,
                parent,
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

    def of(self, node: Node) -> Scope | None:
        """The scope that a function or class definition opens."""
        return self._by_node.get(node.id)


def _parameters(definition: Node) -> list[tuple[str, Parameter]]:
    found: list[tuple[str, Parameter]] = []
    parameters = definition.child_by_field_name("parameters")
    for child in parameters.named_children if parameters is not None else ():
        name, spread = child, ""
        if child.type in ("typed_parameter", "typed_default_parameter", "default_parameter"):
            name = child.child_by_field_name("name") or child.named_children[0]
        if name.type in ("list_splat_pattern", "dictionary_splat_pattern"):
            spread = "*" if name.type == "list_splat_pattern" else "**"
            if not name.named_children:
                continue
            name = name.named_children[0]
        if name.type != "identifier" or name.text is None:
            continue
        annotation, text = child.child_by_field_name("type"), name.text.decode("utf-8", "replace")
        found.append(
            (
                text,
                Parameter(
                    text,
                    name,
                    " ".join((annotation.text or b"").decode("utf-8", "replace").split()) if annotation else "",
                    child.child_by_field_name("value"),
                    spread,
                ),
            )
        )
    return found
