"""Which class a variable or field holds an instance of, as far as one file says: `new Orders()`, `orders: Orders`."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tree_sitter import Node

from .scopes import Scope
from .syntax import unwrapped

if TYPE_CHECKING:
    from .module import Module

_TYPE = re.compile(r"^(?:readonly\s+)?([A-Z$][\w$]*)\s*(?:<.*>)?\s*(?:\|\s*(?:null|undefined))*$", re.DOTALL)


class Instances:
    """The classes behind the variables and fields of one file, by their dotted names."""

    def __init__(self, module: "Module") -> None:
        self._module = module
        self._fields: dict[int, dict[str, str]] = {}
        self._variables: dict[str, str] = {}
        for node in module.writes if module.mentions(b"new ") else ():
            name = node.child_by_field_name("name") if node.type == "variable_declarator" else None
            value = node.child_by_field_name("value")
            if name is not None and name.type == "identifier" and value is not None:
                made = self._made(value)
                if made:
                    self._variables[module.text(name)] = made

    def resolved(self, name: str, scope: Scope) -> str:
        """A callee by the class of its receiver: `orders.create` is `./orders.Orders.create` after `new Orders()`."""
        first, _, rest = name.partition(".")
        if first == "this":
            klass = scope.klass
            if klass is None:
                return name
            field, dot, method = rest.partition(".")
            held = self._field(klass, field) if dot else ""
            return f"{held}.{method}" if held else f"{klass.name}.{rest}"
        held = self._variables.get(first, "") if rest else ""
        return f"{held}.{rest}" if held else name

    def _field(self, klass: Scope, name: str) -> str:
        known = self._fields.get(klass.node.id)
        if known is None:
            known = self._fields[klass.node.id] = dict(self._found(klass))
        return known.get(name, "")

    def _found(self, klass: Scope) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        kept: dict[str, str] = {}
        text = self._module.text
        for name, child in self._module.members(klass).items():
            if child.type == "public_field_definition":
                value, annotation = child.child_by_field_name("value"), child.child_by_field_name("type")
                made = self._made(value) if value is not None else ""
                if not made and annotation is not None:
                    made = self._typed(text(annotation).lstrip(": \n"))
                found.append((name, made))
            elif name == "constructor":
                constructor = self._module.scopes.of(child)
                given = {
                    parameter.name: self._typed(parameter.annotation) or self._made(parameter.default)
                    for parameter in (constructor.parameters if constructor is not None else ())
                }
                found += given.items()
                kept = dict(self._kept(child, given))
        return [*((name, made) for name, made in kept.items() if made), *found] if kept else found

    def _kept(self, constructor: Node, given: dict[str, str]) -> Iterator[tuple[str, str]]:
        """What a constructor keeps in fields: what it makes, and what it is given, or makes where it is given none."""
        text = self._module.text
        for node in self._module.writes:
            if not constructor.start_byte <= node.start_byte < constructor.end_byte:
                continue
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            if left is not None and right is not None and text(left).startswith("this."):
                yield text(left).removeprefix("this."), given.get(text(right), "") or self._made(right)

    def _made(self, value: Node | None) -> str:
        if value is None:
            return ""
        value = unwrapped(value)
        if value.type == "binary_expression" and (otherwise := value.child_by_field_name("right")) is not None:
            return self._made(otherwise)  # `orders ?? new Orders()`
        made = value.child_by_field_name("constructor") if value.type == "new_expression" else None
        return self._module.dotted(made) if made is not None else ""

    def _typed(self, annotation: str) -> str:
        match = _TYPE.match(annotation)
        return self._module.names.get(match[1], match[1]) if match is not None else ""
