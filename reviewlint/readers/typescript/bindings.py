"""Which declaration a name means, and where it is written."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from tree_sitter import Node

from .scopes import Parameter, Scope
from .syntax import FUNCTIONS, arguments, callee, children

if TYPE_CHECKING:
    from .module import Module

Kind = Literal["variable", "parameter", "function", "class", "enum", "catch"]
Step = str
"""One step into a destructured value: `.name`, `[0]`, or `[]` for any element."""

_BRANCHES = frozenset(
    {
        "if_statement",
        "switch_case",
        "switch_default",
        "for_statement",
        "for_in_statement",
        "while_statement",
        "do_statement",
        "catch_clause",
        "ternary_expression",
    }
)
_MAX_STEPS = 30
_FEW = 8
"""Declarations of one name up to which looking at all of them is faster than grouping them by function."""
_EVERYWHERE = (0, 1 << 62)


@dataclass(frozen=True, slots=True)
class Taken:
    """A name that a pattern binds: the steps that lead to it and the default beside it."""

    name: str
    node: Node
    steps: tuple[Step, ...] = ()
    default: Node | None = None


@dataclass(slots=True, eq=False)
class Write:
    """A declaration or assignment of a name: `operator` is `=`, `+=`, `++`, …; `value` what is written, or None."""

    node: Node
    position: int
    operator: str
    value: Node | None
    steps: tuple[Step, ...] = ()
    default: Node | None = None


@dataclass(slots=True, eq=False)
class Put:
    """`box.key = value`, `box[key] = value` or `box.set(key, value)`; without a value `delete box.key`."""

    node: Node
    key: Node
    value: Node | None


@dataclass(slots=True, eq=False)
class Binding:
    """A declared name, visible in `start`..`end` (bytes); `declaration` is what declares it."""

    kind: Kind
    name: str
    node: Node
    module: "Module" = field(repr=False)
    declaration: Node = field(repr=False)
    write: Write | None = None
    parameter: Parameter | None = None
    taken: Taken | None = None
    writes: list[Write] | None = field(default=None, repr=False)
    pushes: list[Node] | None = field(default=None, repr=False)
    _range: tuple[int, int] | None = field(default=None, repr=False)
    _scope: Scope | None = field(default=None, repr=False)

    @property
    def range(self) -> tuple[int, int]:
        """The bytes in which the name is visible."""
        if self._range is None:
            match self.declaration.type:
                case "variable_declarator":
                    self._range = _visible(self.declaration, self.module)
                case "enum_declaration" | "class_declaration" | "abstract_class_declaration":
                    self._range = _block(self.declaration)
                case _ if self.kind == "function":
                    self._range = _block(self.declaration)
                case _:
                    self._range = self.declaration.start_byte, self.declaration.end_byte
        return self._range

    @property
    def start(self) -> int:
        """Where the name begins to be visible."""
        return self.range[0]

    @property
    def end(self) -> int:
        """Where the name ends to be visible."""
        return self.range[1]

    @property
    def scope(self) -> Scope:
        """The function, class or module that the name belongs to."""
        if self._scope is None:
            scopes = self.module.scopes
            self._scope = scopes.module if self.range == _EVERYWHERE else scopes.at(self.start)
        return self._scope


class Bindings:
    """All names of a file, found when first asked for."""

    def __init__(self, module: "Module") -> None:
        self._module = module
        self._declared: dict[str, list[Binding]] = {}
        self._written: dict[str, list[Write]] = {}
        self._grouped: dict[str, dict[int, list[Binding]]] = {}
        self._parameters: dict[int, dict[str, Binding]] = {}
        self._pushed: dict[str, list[Node]] | None = None
        self._put: dict[str, list[Put]] | None = None
        for node in module.writes:
            self._index(node)
        for scope in module.scopes.all[1:]:
            self._index_scope(scope)
        for clause in module.catches:
            parameter = clause.child_by_field_name("parameter")
            for taken in taken_by(parameter) if parameter is not None else ():
                self._declare("catch", taken.name, taken.node, clause)

    def _index(self, node: Node) -> None:
        match node.type:
            case "variable_declarator":
                pattern, value = node.child_by_field_name("name"), node.child_by_field_name("value")
                if pattern is None:
                    return
                start = node.start_byte
                if pattern.type == "identifier":
                    self._declare("variable", self._module.text(pattern), pattern, node, Write(node, start, "=", value))
                    return
                for taken in taken_by(pattern):
                    write = Write(node, start, "=", value, taken.steps, taken.default)
                    self._declare("variable", taken.name, taken.node, node, write)
            case "for_in_statement":
                pattern, value = node.child_by_field_name("left"), node.child_by_field_name("right")
                if pattern is None:
                    return
                each = node.child_by_field_name("operator")
                if each is None or each.type != "of":
                    value = None
                for taken in taken_by(pattern):
                    write = Write(node, node.start_byte, "=", value, ("[]", *taken.steps), taken.default)
                    if node.child_by_field_name("kind") is not None:
                        self._declare("variable", taken.name, taken.node, node, write)
                    else:
                        self._written.setdefault(taken.name, []).append(write)
            case "assignment_expression":
                left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
                if left is None:
                    return
                if left.type == "member_expression":
                    self._written.setdefault(self._module.text(left), []).append(
                        Write(node, node.start_byte, "=", right)
                    )
                for taken in taken_by(left):
                    self._written.setdefault(taken.name, []).append(
                        Write(node, node.start_byte, "=", right, taken.steps, taken.default)
                    )
            case "augmented_assignment_expression":
                left, operator = node.child_by_field_name("left"), node.child_by_field_name("operator")
                if left is not None and left.type in ("identifier", "member_expression"):
                    self._written.setdefault(self._module.text(left), []).append(
                        Write(
                            node,
                            node.start_byte,
                            operator.type if operator is not None else "+=",
                            node.child_by_field_name("right"),
                        )
                    )
            case "update_expression":
                left = node.child_by_field_name("argument")
                if left is not None and left.type == "identifier":
                    self._written.setdefault(self._module.text(left), []).append(
                        Write(node, node.start_byte, "++", None)
                    )
            case "enum_declaration":
                name = node.child_by_field_name("name")
                if name is not None:
                    self._declare("enum", self._module.text(name), node, node)

    def _index_scope(self, scope: Scope) -> None:
        kind: Kind
        if scope.node.type in ("function_declaration", "generator_function_declaration"):
            kind = "function"
        elif scope.node.type in ("class_declaration", "abstract_class_declaration"):
            kind = "class"
        else:
            return
        name = scope.node.child_by_field_name("name")
        if name is not None:
            self._declare(kind, self._module.text(name), scope.node, scope.node)

    def _declare(self, kind: Kind, name: str, node: Node, declaration: Node, write: Write | None = None) -> None:
        self._declared.setdefault(name, []).append(Binding(kind, name, node, self._module, declaration, write))

    def of_parameters(self, scope: Scope) -> dict[str, Binding]:
        """The names that the parameters of a function bind."""
        known = self._parameters.get(scope.node.id)
        if known is None:
            known = self._parameters[scope.node.id] = {
                taken.name: Binding(
                    "parameter",
                    taken.name,
                    taken.node,
                    self._module,
                    scope.node,
                    None,
                    parameter,
                    taken,
                    _range=(scope.start, scope.end),
                    _scope=scope,
                )
                for parameter in scope.parameters
                for taken in taken_by(parameter.pattern)
            }
        return known

    def resolve(self, name: str, position: int) -> Binding | None:
        """The innermost declaration of `name` that is visible at `position`; None for globals and imports."""
        declared = self._declared.get(name, [])
        few = len(declared) <= _FEW
        best = _innermost(declared, position) if few else None
        scope: Scope | None = self._module.scopes.at(position)
        while scope is not None:
            if not few:
                best = _innermost(self._homes(name, scope), position)
            if best is not None and best.start > scope.start:
                return best
            found = self.of_parameters(scope).get(name) if scope.kind == "function" else None
            if found is not None:
                return found
            if not few and best is not None:
                return best
            scope = scope.parent
        return best

    def _homes(self, name: str, scope: Scope) -> list[Binding]:
        """The declarations of a name directly in a scope."""
        grouped = self._grouped.get(name)
        if grouped is None:
            grouped = self._grouped[name] = {}
            for binding in self._declared.get(name, ()):
                home = self._module.scopes.at(binding.declaration.start_byte)
                if binding.kind in ("function", "class") and home.parent is not None:
                    home = home.parent
                grouped.setdefault(home.node.id, []).append(binding)
        return grouped.get(scope.node.id, [])

    def named(self, identifier: Node) -> Binding | None:
        """The declaration that an identifier means where it stands."""
        return self.resolve(self._module.text(identifier), identifier.start_byte)

    def writes(self, binding: Binding) -> list[Write]:
        """The assignments to a declared name after its declaration, in the order of the text."""
        if binding.writes is None:
            binding.writes = [
                write
                for write in self._written.get(binding.name, ())
                if binding.start <= write.position < binding.end
                and self.resolve(binding.name, write.position) is binding
            ]
        return binding.writes

    def written(self, target: str) -> list[Write]:
        """The assignments to a member as written: `this.table`."""
        return self._written.get(target, [])

    def pushes(self, binding: Binding) -> list[Node]:
        """The `push` calls on a declared name, in the order of the text."""
        if binding.pushes is None:
            start, end = binding.range
            binding.pushes = [
                node
                for node in self.pushed(binding.name)
                if start <= node.start_byte < end and self.resolve(binding.name, node.start_byte) is binding
            ]
        return binding.pushes

    def pushed(self, target: str) -> list[Node]:
        """The `push` calls on a name or member as written, in the order of the text: `this.parts`."""
        if self._pushed is None:
            self._pushed = {}
            for node in self._module.calls if self._module.mentions(b".push(") else ():
                name = callee(node)
                if name is not None and name.type == "member_expression":
                    owner, _, method = self._module.text(name).rpartition(".")
                    if method == "push":
                        self._pushed.setdefault(owner, []).append(node)
        return self._pushed.get(target, [])

    def puts(self, binding: Binding) -> list[Put]:
        """What is put under keys of a declared object or map, in the order of the text."""
        if self._put is None:
            self._put = {}
            for node in self._module.writes:
                self._index_put(node)
            for node in self._module.calls if self._module.mentions(b".set(") else ():
                self._index_put(node)
        start, end = binding.range
        return [
            put
            for put in sorted(self._put.get(binding.name, ()), key=lambda put: put.node.start_byte)
            if start <= put.node.start_byte < end and self.resolve(binding.name, put.node.start_byte) is binding
        ]

    def _index_put(self, node: Node) -> None:
        key: Node | None = None
        value: Node | None = None
        target: Node | None = None
        if node.type in ("assignment_expression", "unary_expression"):
            value = node.child_by_field_name("right")
            left = node.child_by_field_name("left" if node.type == "assignment_expression" else "argument")
            if left is not None and left.type in ("member_expression", "subscript_expression"):
                target = left.child_by_field_name("object")
                key = left.child_by_field_name("index" if left.type == "subscript_expression" else "property")
        elif node.type == "call_expression":
            function, given = callee(node), arguments(node)
            if function is not None and function.type == "member_expression" and len(given) == 2:
                own = function.child_by_field_name("property")
                if own is not None and own.text == b"set":
                    target, (key, value) = function.child_by_field_name("object"), given
        if self._put is not None and target is not None and target.type == "identifier" and key is not None:
            self._put.setdefault(self._module.text(target), []).append(Put(node, key, value))


def _innermost(bindings: list[Binding], position: int) -> Binding | None:
    """The binding with the smallest range around a position."""
    best: Binding | None = None
    for binding in bindings:
        start, end = binding.range
        if start <= position < end and (best is None or end - start <= best.end - best.start):
            best = binding
    return best


def taken_by(pattern: Node, steps: tuple[Step, ...] = (), default: Node | None = None) -> Iterator[Taken]:
    """The names that a pattern binds."""
    if len(steps) > _MAX_STEPS:
        return
    match pattern.type:
        case "identifier" | "shorthand_property_identifier_pattern":
            name = (pattern.text or b"").decode("utf-8", "replace")
            own = (f".{name}",) if pattern.type != "identifier" else ()
            yield Taken(name, pattern, (*steps, *own), default)
        case "object_pattern":
            for child in children(pattern):
                yield from taken_by(child, steps)
        case "pair_pattern":
            key, value = pattern.child_by_field_name("key"), pattern.child_by_field_name("value")
            if key is not None and value is not None:
                name = (key.text or b"").decode("utf-8", "replace").strip("'\"")
                yield from taken_by(value, (*steps, "[]" if key.type == "computed_property_name" else f".{name}"))
        case "array_pattern":
            position = 0
            for child in pattern.children:
                if child.type == ",":
                    position += 1
                elif child.is_named and child.type != "comment":
                    yield from taken_by(child, (*steps, f"[{position}]"))
        case "assignment_pattern" | "object_assignment_pattern":
            left = pattern.child_by_field_name("left")
            if left is not None:
                yield from taken_by(left, steps, pattern.child_by_field_name("right"))
        case "rest_pattern":
            for child in pattern.named_children:
                yield from taken_by(child, (*steps, "[]"))


def _visible(declarator: Node, module: "Module") -> tuple[int, int]:
    """The bytes in which a variable is visible: its block, or for `var` its function."""
    declaration = declarator.parent
    if declaration is None:
        return _EVERYWHERE
    if declaration.type == "variable_declaration":
        scope = module.scopes.at(declarator.start_byte)
        return _EVERYWHERE if scope.kind == "module" else (scope.start, scope.end)
    return _block(declaration)


def _block(declaration: Node) -> tuple[int, int]:
    block = declaration.parent
    while block is not None and block.type in ("export_statement", "ambient_declaration"):
        block = block.parent
    if block is None:
        return declaration.start_byte, declaration.end_byte
    if block.type == "program":
        return _EVERYWHERE
    return block.start_byte, block.end_byte


def reaches(
    write: Node, position: int, runs: Callable[[Node, Node], bool | None]
) -> Literal["always", "maybe", "never"]:
    """Whether what `write` does has happened when the code at `position`, later in the text, runs.

    `runs` says whether a part of a branching always runs, or never.
    """
    child, node = write, write.parent
    conditional = False
    while node is not None and not node.start_byte <= position < node.end_byte:
        if node.type in _BRANCHES or node.type in FUNCTIONS:
            taken = runs(node, child)
            if taken is False:
                return "never"
            conditional = conditional or taken is None
        elif node.type == "binary_expression":
            operator = node.child_by_field_name("operator")
            conditional = conditional or (operator is not None and operator.type in ("&&", "||", "??"))
        child, node = node, node.parent
    if node is not None and node.type in ("if_statement", "switch_body", "ternary_expression"):
        condition = node.child_by_field_name("condition")
        if condition is None or not condition.start_byte <= write.start_byte < condition.end_byte:
            return "never"
    return "maybe" if conditional else "always"
