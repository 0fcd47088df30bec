"""What one binding makes of the value that a name has."""

from dataclasses import replace
from typing import TYPE_CHECKING

from tree_sitter import Node

from ...facts.algebra import element, is_number, is_textual, text
from ...facts.values import Call, Constant, Items, Parameter, Record, Value, constant_text
from . import syntax
from .bindings import Binding

if TYPE_CHECKING:
    from .module import Module
    from .values import Evaluator

_BRANCHING = frozenset(
    {
        "if_statement",
        "for_statement",
        "while_statement",
        "try_statement",
        "match_statement",
        "elif_clause",
        "else_clause",
        "except_clause",
        "case_clause",
    }
)


class Changes:
    """The changes that one file makes to the values of its names."""

    def __init__(self, module: "Module", evaluator: "Evaluator") -> None:
        self._module = module
        self._evaluator = evaluator

    def assigned(self, binding: Binding) -> Value | None:
        """The value that a binding gives; for one name of several, by unpacking. None where none is given."""
        node = binding.node
        evaluator = self._evaluator
        match binding.kind:
            case "assign":
                left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
                while right is not None and right.type == "assignment":
                    right = right.child_by_field_name("right")
                if left is None or right is None:
                    return None
                return self._taken(left, evaluator.value(right), binding)
            case "for":
                left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
                if left is None or right is None:
                    return None
                one = element(evaluator.value(right), evaluator.at(right)) or evaluator.unknown(left)
                return self._taken(left, one, binding)
            case "as":
                children = syntax.children(node)
                return evaluator.value(children[0]) if children else None
            case "walrus":
                value = node.child_by_field_name("value")
                return evaluator.value(value) if value is not None else None
        return None

    def _taken(self, target: Node, value: Value, binding: Binding) -> Value | None:
        if target.type in ("identifier", "attribute"):
            return value
        return self._evaluator.unpacked(target, value).get(binding.name)

    def changed(self, value: Value | None, binding: Binding) -> Value | None:
        """`value` after one `+=`, `append`, `d[k] = …` and the like."""
        node = binding.node
        if binding.kind == "augment":
            return self._augmented(value, node)
        if binding.kind == "mutate":
            return self.mutated(value, node)
        if binding.kind == "delete":
            keys = _keys(node.named_children[0])
            return _without(value, self._evaluator.value(keys[0]), node) if len(keys) == 1 else value
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if isinstance(value, Record) and left is not None and right is not None:
            return self._put(value, _keys(left), right)
        return value

    def _put(self, value: Record, keys: list[Node], right: Node) -> Record:
        """`value` after `value[key]… = right`; it is open where a key is not constant."""
        key = constant_text(self._evaluator.value(keys[0])) if keys else None
        if key is None:
            return replace(value, open=True)
        held = value.get(key)
        if len(keys) == 1:
            held = self._evaluator.value(right)
        elif isinstance(held, Record):
            held = self._put(held, keys[1:], right)
        elif held is None:
            return replace(value, open=True)
        entries = tuple(entry for entry in value.entries if entry[0] != key)
        return replace(value, entries=(*entries, (key, held)))

    def _augmented(self, value: Value | None, node: Node) -> Value | None:
        at = self._evaluator.at(node)
        operator, right = node.child_by_field_name("operator"), node.child_by_field_name("right")
        if right is None or operator is None:
            return value
        added = self._evaluator.value(right)
        if operator.type == "+=":
            if (value is not None and is_textual(value)) or is_textual(added):
                return text(at, [part for part in (value, added) if part is not None], "+=")
            if isinstance(value, Items):
                items = added.items if isinstance(added, Items) else ()
                return Items(at, value.items + items, value.open or not isinstance(added, Items) or added.open)
        if value is not None and is_number(value) and is_number(added):
            return Call(at, "int")
        if operator.type == "|=" and isinstance(value, Record):
            entries = added.entries if isinstance(added, Record) else ()
            return Record(at, value.entries + entries, value.open or not isinstance(added, Record) or added.open)
        if operator.type == "%=" and value is not None and is_textual(value):
            return self._evaluator.percent(node, value, added)
        return self._evaluator.unknown(node)

    def mutated(self, value: Value | None, node: Node) -> Value | None:
        """`value` after a method call that changes it in place."""
        function = node.child_by_field_name("function")
        attribute = function.child_by_field_name("attribute") if function is not None else None
        method = self._module.text(attribute) if attribute is not None else ""
        if isinstance(value, Parameter) and value.annotation.lower().startswith("list"):
            one = element(value, value.at)
            value = Items(value.at, (one,) if one is not None else (), open=True)
        if not isinstance(value, Items | Record):
            return value
        arguments = [self._evaluator.value(argument) for argument in syntax.positional(node)]
        if isinstance(value, Items) and method in ("pop", "remove", "clear"):
            return self._shrunk(value, method, arguments, node)
        if isinstance(value, Items) and arguments:
            match method:
                case "append" | "add" | "appendleft" | "insert":
                    return replace(value, items=(*value.items, arguments[-1]))
                case "extend" | "update":
                    added = arguments[0]
                    items = added.items if isinstance(added, Items) else ()
                    return replace(
                        value, items=value.items + items, open=value.open or not isinstance(added, Items) or added.open
                    )
        if isinstance(value, Record):
            match method:
                case "update":
                    given = [argument for argument in arguments if isinstance(argument, Record)]
                    named = tuple((name, self._evaluator.value(at)) for name, at in self._module.keywords(node).items())
                    entries = value.entries + tuple(entry for record in given for entry in record.entries) + named
                    is_open = value.open or len(given) < len(arguments) or any(record.open for record in given)
                    return replace(value, entries=entries, open=is_open)
                case "setdefault" if len(arguments) > 1 and (key := constant_text(arguments[0])) is not None:
                    return value if value.get(key) else replace(value, entries=(*value.entries, (key, arguments[1])))
                case "clear":
                    return replace(value, entries=(), open=False)
                case "pop" if arguments:
                    return _without(value, arguments[0], node)
        return value

    def _shrunk(self, value: Items, method: str, arguments: list[Value], node: Node) -> Items:
        """A list after `pop`, `remove` or `clear`: without the item where it is sure which one goes."""
        index = arguments[0] if arguments else Constant(value.at, -1)
        if _is_sure(node) and not value.open:
            match method, index:
                case "clear", _:
                    return replace(value, items=())
                case "pop", Constant(value=int(number)) if -len(value.items) <= number < len(value.items):
                    items = list(value.items)
                    del items[number]
                    return replace(value, items=tuple(items))
        return replace(value, open=True)


def _is_sure(node: Node) -> bool:
    """Whether what a node does is done whenever its function runs so far."""
    around = node.parent
    while around is not None and around.type not in _BRANCHING | {"function_definition", "lambda"}:
        around = around.parent
    return around is None or around.type not in _BRANCHING


def _without(value: Value | None, key: Value, node: Node) -> Value | None:
    """A dictionary after `del value[key]` or `value.pop(key)` at `node`: without the key where it surely goes."""
    name = constant_text(key)
    if not isinstance(value, Record) or name is None or not _is_sure(node):
        return value
    return replace(value, entries=tuple(entry for entry in value.entries if entry[0] != name))


def _keys(target: Node) -> list[Node]:
    """The keys of `name[first][second]` in order; none where one of them is no single key."""
    found: list[Node] = []
    inner: Node | None = target
    while inner is not None and inner.type == "subscript":
        keys = inner.children_by_field_name("subscript")
        if len(keys) != 1:
            return []
        found.insert(0, keys[0])
        inner = inner.child_by_field_name("value")
    return found
