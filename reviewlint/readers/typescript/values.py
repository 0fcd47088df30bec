"""What expressions can be: the evaluator of TypeScript and JavaScript into `facts.values`."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tree_sitter import Node

from ...facts.location import Location
from ...facts.values import Call, Choice, Constant, Items, Record, Reference, Text, Unknown, Value
from . import calls, literals, members, operators, syntax, variables
from .bindings import Bindings
from .scopes import Scope

if TYPE_CHECKING:
    from .module import Module

_MAX_DEPTH = 60
_MAX_STEPS = 5_000
_MAX_SUMMARY = 80
_MAX_OF_FILE = 60_000
"""Steps in one file after which only summaries are made: most values of a file that long hang together."""
_MAX_INLINED = 4
_MAX_NAME = 300


class Evaluator:
    """Evaluates the expressions of one module. Never raises; what is too deep or too large is `Unknown`."""

    def __init__(self, module: "Module") -> None:
        self.module = module
        self._known_bindings: Bindings | None = None
        self._depth = 0
        self._steps = 0
        self._limit = _MAX_STEPS
        self._spent = 0
        self._gaps = 0
        self._known: dict[tuple[int, int], Value] = {}
        self._summarised: dict[tuple[int, int], Value] = {}
        self._frames: list[tuple[int, Mapping[str, Value]]] = []
        self._following: set[tuple[int, int]] = set()

    @property
    def bindings(self) -> Bindings:
        """The names of the file."""
        if self._known_bindings is None:
            self._known_bindings = Bindings(self.module)
        return self._known_bindings

    def at(self, node: Node) -> Location:
        """Where the node stands."""
        return self.module.location(node)

    def unknown(self, node: Node) -> Unknown:
        """What nobody can tell, by its source."""
        return Unknown(self.at(node), self.module.one_line(node))

    def value(self, node: Node, limit: int = _MAX_STEPS) -> Value:
        """What the expression can be; what is not reached in `limit` steps is `Unknown`."""
        node = syntax.unwrapped(node)
        if self._depth == 0:
            self._spent += self._steps
            self._steps, self._limit = 0, limit if self._spent < _MAX_OF_FILE else min(limit, _MAX_SUMMARY)
        self._steps += 1
        if self._depth >= _MAX_DEPTH or self._steps > self._limit:
            self._gaps += 1
            return self.unknown(node)
        known = self._summarised if self.is_brief else self._known
        key = node.id, node.start_byte
        if not self._frames and key in known:
            return known[key]
        gaps = self._gaps
        self._depth += 1
        try:
            evaluate = _KINDS.get(node.type)
            found = self.unknown(node) if evaluate is None else evaluate(self, node)
        finally:
            self._depth -= 1
        if not self._frames and gaps == self._gaps:
            known[key] = found
        return found

    def summary(self, node: Node) -> Value:
        """What the expression can be, without following it into functions and not very far."""
        return self.value(node, _MAX_SUMMARY)

    @property
    def is_brief(self) -> bool:
        """Whether only a summary is asked for."""
        return self._limit < _MAX_STEPS

    def once(self, key: int, node: Node, evaluate: Callable[[], Value]) -> Value | None:
        """`evaluate()`, or None where that is already under way for the same place."""
        mark = (key, node.start_byte)
        if mark in self._following:
            self._gaps += 1
            return None
        self._following.add(mark)
        try:
            return evaluate()
        finally:
            self._following.discard(mark)

    # Functions of the same file

    def may_enter(self, scope: Scope) -> bool:
        """Whether a call is followed into this function: not too deep, and not twice."""
        inside = [function for function, _ in self._frames]
        return len(inside) < _MAX_INLINED and scope.node.id not in inside

    @contextmanager
    def entered(self, scope: Scope, names: Mapping[str, Value]) -> Iterator[None]:
        """Within it the parameters of a function are what a call hands over."""
        self._frames.append((scope.node.id, names))
        try:
            yield
        finally:
            self._frames.pop()

    def argument(self, scope: Scope, name: str) -> Value | None:
        """What the call that is followed into a function hands over as `name`."""
        handed = (names for function, names in reversed(self._frames) if function == scope.node.id)
        return next(handed, {}).get(name)

    def called(self, function: Node) -> Scope | None:
        """The function of this file that a callee names: `where(…)`, `this.where(…)`, `Map.where(…)`; else None."""
        if function.type == "identifier":
            return self.function_named(self.module.text(function), function.start_byte)
        if function.type == "member_expression":
            target, name = function.child_by_field_name("object"), function.child_by_field_name("property")
            klass = None if target is None else self._class_of(target)
            member = self.module.members(klass).get(self.module.text(name)) if klass and name is not None else None
            if member is not None and member.type == "method_definition":
                return self.module.scopes.of(member)
        return None

    def _class_of(self, target: Node) -> Scope | None:
        """The class of this file whose methods are called on `this` in it, or on its name where they are static."""
        if target.type == "this":
            return self.module.scope(target).klass
        name = self.module.text(target) if target.type == "identifier" else ""
        binding = self.bindings.resolve(name, target.start_byte) if name[:1].isupper() else None
        return self.module.scopes.of(binding.node) if binding is not None and binding.kind == "class" else None

    def function_named(self, name: str, position: int) -> Scope | None:
        """The function of this file that is called `name` at `position`."""
        binding = self.bindings.resolve(name, position)
        if binding is None:
            return None
        if binding.kind == "function":
            return self.module.scopes.of(binding.node)
        if binding.write is not None and binding.write.value is not None and not binding.write.steps:
            return self.module.scopes.of(syntax.unwrapped(binding.write.value))
        return None

    def returned_by(self, scope: Scope) -> list[Value]:
        """Every value that a function can return, in order."""
        if scope.body.type != "statement_block":
            return [self.value(scope.body)]
        return [self.value(node) for node in self.module.returned_nodes(scope)]

    def returned(self, scope: Scope) -> tuple[Value, ...]:
        """The literals, texts and calls that a function may return, its parameters standing as `Parameter`."""
        kept = (Constant, Text, Record, Items, Call, Choice)
        nodes = (scope.body,) if scope.body.type != "statement_block" else self.module.returned_nodes(scope)
        found = (self.summary(node) for node in nodes if not node.type.startswith("jsx"))
        return tuple(value for value in found if isinstance(value, kept))

    def qualified(self, node: Node) -> str:
        """The dotted name of an expression as other files and facts know it."""
        node = syntax.unwrapped(node)
        if node.end_byte - node.start_byte > _MAX_NAME:
            return self.module.dotted(node)
        match node.type:
            case "identifier":
                name = self.module.text(node)
                binding = self.bindings.resolve(name, node.start_byte)
                if binding is None or binding.scope.kind == "module":
                    return self.module.names.get(name, name)
                owner = binding.scope.owner.name
                return f"{owner}.{name}" if owner else name
            case "member_expression":
                target, own = node.child_by_field_name("object"), node.child_by_field_name("property")
                if target is None or own is None:
                    return ""
                if target.type == "this":
                    klass = self.module.scope(node).klass
                    return f"{klass.name if klass is not None else 'this'}.{self.module.text(own)}"
                base = self.qualified(target)
                return f"{base}.{self.module.text(own)}" if base else ""
        return self.module.dotted(node)


_KINDS: dict[str, Callable[[Evaluator, Node], Value]] = {
    "string": literals.string,
    "template_string": literals.template,
    "number": literals.number,
    "true": lambda evaluator, node: Constant(evaluator.at(node), True),
    "false": lambda evaluator, node: Constant(evaluator.at(node), False),
    "null": lambda evaluator, node: Constant(evaluator.at(node), None),
    "undefined": lambda evaluator, node: Constant(evaluator.at(node), None),
    "identifier": variables.identifier,
    "shorthand_property_identifier": variables.identifier,
    "this": lambda evaluator, node: Reference(evaluator.at(node), "this"),
    "member_expression": members.member,
    "subscript_expression": members.subscript,
    "meta_property": lambda evaluator, node: Reference(evaluator.at(node), "import.meta"),
    "object": literals.record,
    "array": literals.array,
    "binary_expression": operators.binary,
    "unary_expression": operators.unary,
    "update_expression": operators.update,
    "ternary_expression": operators.ternary,
    "call_expression": calls.call,
    "new_expression": calls.call,
    "assignment_expression": operators.assignment,
    "sequence_expression": operators.sequence,
}
"""How each kind of node is evaluated; what is not here is unknown."""
