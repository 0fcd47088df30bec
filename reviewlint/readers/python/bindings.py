"""Which places of a scope bind or change which names."""

from bisect import bisect_left
from dataclasses import dataclass, field
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING

from tree_sitter import Node

from . import guards, syntax
from .scopes import Scope

if TYPE_CHECKING:
    from .module import Module

_BINDING = ("assign", "augment", "for", "as", "walrus", "global", "delete", "test")
"""The captures of the screen that bind, change or test names."""
_MUTATING = frozenset(
    {b"append", b"extend", b"insert", b"add", b"update", b"appendleft", b"setdefault", b"pop", b"remove", b"clear"}
)
_FILLING = frozenset({b"append", b"extend", b"insert", b"add", b"appendleft"})

START = attrgetter("start")


@dataclass(slots=True, eq=False)
class Binding:
    """A place that binds or changes a name: `kind` is the capture's name in the query."""

    kind: str
    node: Node
    start: int
    name: str = ""


@dataclass(slots=True, eq=False)
class Names:
    """The bindings of one scope, by name, in the order of the text; `shared` are its `global` and `nonlocal` names.

    `tests` are the comparisons that narrow a name or attribute, by its source.
    """

    bindings: dict[str, list[Binding]] = field(default_factory=dict)
    attributes: dict[str, list[Binding]] = field(default_factory=dict)
    shared: set[str] = field(default_factory=set)
    tests: dict[str, list[Node]] = field(default_factory=dict)


class Bindings:
    """The bindings of one file."""

    def __init__(self, module: "Module") -> None:
        self._module = module
        self._names: dict[int, Names] = {}
        self._rebound: frozenset[str] | None = None

    def of(self, scope: Scope) -> Names:
        """The bindings of a scope itself, by name."""
        known = self._names.get(scope.number)
        if known is None:
            known = self._names[scope.number] = self._read(scope)
        return known

    def _read(self, scope: Scope) -> Names:
        names = Names()
        for binding in self._by_scope.get(scope.number, ()):
            if binding.kind == "global":
                names.shared.update(self._module.text(child) for child in binding.node.named_children)
                continue
            if binding.kind == "test":
                if guards.operator(binding.node):
                    names.tests.setdefault(self._module.text(binding.node.named_children[0]), []).append(binding.node)
                continue
            for name in self._bound_by(binding):
                where = names.attributes if name.startswith("self.") else names.bindings
                name = name.removeprefix("self.")
                where.setdefault(name, []).append(Binding(binding.kind, binding.node, binding.start, name))
        return names

    def _bound_by(self, binding: Binding) -> list[str]:
        node = binding.node
        match binding.kind:
            case "assign" | "augment" | "for":
                return self._targets(node.child_by_field_name("left"))
            case "as":
                if node.parent is not None and node.parent.type == "except_clause":
                    return []
                alias = node.child_by_field_name("alias")
                return self._targets(alias.named_children[0] if alias is not None and alias.named_children else None)
            case "walrus":
                return self._targets(node.child_by_field_name("name"))
            case "delete":
                return [name for child in syntax.children(node) for name in self._targets(child)]
            case "mutate":
                function = node.child_by_field_name("function")
                return self._targets(function.child_by_field_name("object") if function is not None else None)
        return []

    def _targets(self, target: Node | None) -> list[str]:
        if target is None:
            return []
        match target.type:
            case "identifier":
                return [self._module.text(target)]
            case "attribute":
                inner, name = target.child_by_field_name("object"), target.child_by_field_name("attribute")
                if inner is not None and name is not None and self._module.text(inner) == "self":
                    return [f"self.{self._module.text(name)}"]
            case "subscript":
                inner = target.child_by_field_name("value")
                while inner is not None and inner.type == "subscript":
                    inner = inner.child_by_field_name("value")
                return [self._module.text(inner)] if inner is not None and inner.type == "identifier" else []
            case "pattern_list" | "tuple_pattern" | "list_pattern" | "tuple" | "list" | "expression_list":
                return [name for child in syntax.children(target)[:32] for name in self._targets(child)]
            case "list_splat_pattern":
                return [name for child in target.named_children for name in self._targets(child)]
        return []

    def assigned(self, name: str, scope: Scope, *, whatever_it_holds: bool = False) -> list[Node]:
        """The expressions that are assigned to a plain name in `scope` itself; none where it is changed in place."""
        found: list[Node] = []
        for binding in self.of(scope).bindings.get(name, ()):
            if whatever_it_holds and binding.kind == "mutate":
                continue
            left, right = binding.node.child_by_field_name("left"), binding.node.child_by_field_name("right")
            if binding.kind != "assign" or left is None or left.type != "identifier" or right is None:
                return []
            found.append(right)
        return found

    def instance(self, klass: Scope) -> dict[str, list[Binding]]:
        """The assignments to `self.…` in a class's methods."""
        found: dict[str, list[Binding]] = {}
        for scope in self._module.scopes.all:
            if scope.kind == "function" and scope.parent is klass:
                for name, bindings in self.of(scope).attributes.items():
                    found.setdefault(name, []).extend(binding for binding in bindings if binding.kind == "assign")
        return found

    @cached_property
    def filled(self) -> dict[tuple[int, str], list[Node]]:
        """The calls that add to a list in an attribute of `self`, by class and attribute, in the order of the text."""
        found: dict[tuple[int, str], list[Node]] = {}
        for method in _FILLING & self._module.called.keys():
            for node in self._module.called[method]:
                function = node.child(0)
                text = self._module.data[function.start_byte : function.end_byte] if function is not None else b""
                klass = self._module.scope(node).klass if text.startswith(b"self.") and text.count(b".") == 2 else None
                if klass is not None:
                    found.setdefault((klass.number, text.split(b".")[1].decode()), []).append(node)
        for nodes in found.values():
            nodes.sort(key=lambda node: node.start_byte)
        return found

    @cached_property
    def attributes(self) -> dict[str, list[Binding]]:
        """The assignments to attributes of names, by `name.attribute`, other than those of `self`."""
        found: dict[str, list[Binding]] = {}
        for node in self._module.seen.get("assign", ()):
            left = node.child_by_field_name("left")
            if left is None or left.type != "attribute":
                continue
            source = self._module.text(left)
            owner = source.partition(".")[0]
            if owner not in ("self", "cls") and owner not in self._module.scopes.at(node.start_byte).parameters:
                found.setdefault(source, []).append(Binding("assign", node, node.start_byte, source))
        return found

    @cached_property
    def _by_scope(self) -> dict[int, list[Binding]]:
        """All places that bind, change or test names, by the number of their scope, in the order of the text."""
        seen, at = self._module.seen, self._module.scopes.at
        found = [Binding(kind, node, node.start_byte) for kind in _BINDING for node in seen.get(kind, ())]
        found += [Binding("mutate", node, node.start_byte) for node in self._mutations()]
        found.sort(key=START)
        parted: dict[int, list[Binding]] = {}
        for binding in found:
            parted.setdefault(at(binding.start).number, []).append(binding)
        return parted

    def _mutations(self) -> list[Node]:
        """The calls of `append` and its kin on plain names."""
        module = self._module
        found: list[Node] = []
        for method in _MUTATING & module.called.keys():
            for node in module.called[method]:
                function = node.child(0)
                if function is not None and function.type == "attribute":
                    owner = module.data[function.start_byte : function.end_byte].rpartition(b".")[0]
                    if owner.replace(b"_", b"a").isalnum():
                        found.append(node)
        return found

    def changed_globals(self) -> frozenset[str]:
        """Module-level names that functions assign to."""
        if self._rebound is None:
            found: set[str] = set()
            if self._module.mentions(b"global "):
                for node in self._module.seen.get("global", ()):
                    found.update(self._module.text(child) for child in node.named_children)
            self._rebound = frozenset(found)
        return self._rebound


def within(bindings: list[Binding], statement: Node) -> list[Binding]:
    """The bindings inside a statement."""
    first = bisect_left(bindings, statement.start_byte, key=START)
    last = bisect_left(bindings, statement.end_byte, key=START)
    return bindings[first:last]


def is_change(binding: Binding) -> bool:
    """Whether a binding only adds to the value that a name has, or takes from it."""
    if binding.kind in ("augment", "mutate"):
        return True
    if binding.kind == "delete":
        return [child.type for child in binding.node.named_children] == ["subscript"]
    left = binding.node.child_by_field_name("left") if binding.kind == "assign" else None
    return left is not None and left.type == "subscript"
