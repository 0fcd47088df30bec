"""What stands behind a member of a value of TypeScript and JavaScript: `a.b`, `a["b"]`, `a[0]`, `this.b`."""

from dataclasses import replace
from typing import TYPE_CHECKING

from tree_sitter import Node

from ...facts.values import (
    Call,
    Choice,
    Constant,
    Environment,
    Items,
    Parameter,
    Record,
    Reference,
    Text,
    Unknown,
    Value,
)
from . import syntax
from .scopes import Scope
from .texts import one_of

if TYPE_CHECKING:
    from .values import Evaluator

ENVIRONMENTS = frozenset(
    {
        "process.env",
        "process.default.env",
        "node:process.env",
        "node:process.default.env",
        "globalThis.process.env",
        "import.meta.env",
        "Bun.env",
        "$env/dynamic/private.env",
        "$env/dynamic/public.env",
    }
)
_CONTENTS = frozenset({"Object.keys", "Object.values", "Object.entries", "Array.from"})
_PARSERS = frozenset({"parse", "parseAsync", "validateSync"})


def member(evaluator: "Evaluator", node: Node) -> Value:
    """What stands at `target.name`."""
    target, name = node.child_by_field_name("object"), node.child_by_field_name("property")
    if target is None or name is None:
        return evaluator.unknown(node)
    target = syntax.unwrapped(target)
    if target.type == "this":
        return _field(evaluator, node, evaluator.module.text(name))
    return stepped(evaluator, evaluator.value(target), (f".{evaluator.module.text(name)}",), None, node)


def subscript(evaluator: "Evaluator", node: Node) -> Value:
    """What stands at `target[index]`."""
    target, index = node.child_by_field_name("object"), node.child_by_field_name("index")
    if target is None or index is None:
        return evaluator.unknown(node)
    key = evaluator.value(index)
    step = "[]"
    if isinstance(key, Constant) and isinstance(key.value, str):
        step = f".{key.value}"
    elif isinstance(key, Constant) and isinstance(key.value, int):
        step = f"[{key.value}]"
    value = evaluator.value(target)
    if step == "[]" and isinstance(value, Record) and value.entries and not value.open:
        return one_of(evaluator.at(node), [entry for _, entry in value.entries])
    return stepped(evaluator, value, (step,), None, node)


def stepped(evaluator: "Evaluator", value: Value, steps: tuple[str, ...], default: Node | None, node: Node) -> Value:
    """What the steps lead to from `value`; `node` is where that stands."""
    for step in steps:
        value = behind(evaluator, value, step, node)
    if default is not None:
        fallback = evaluator.value(default)
        if isinstance(value, Environment) and value.default is None:
            return Environment(value.at, value.name, fallback)
        if isinstance(value, Constant) and value.value is None:
            return fallback
        return one_of(evaluator.at(node), [value, fallback])
    return value


def behind(evaluator: "Evaluator", value: Value, step: str, node: Node) -> Value:
    """What one step leads to from `value`; `node` is where that stands."""
    at = evaluator.at(node)
    name = step[1:] if step.startswith(".") else ""
    match value:
        case Reference(name=base) if base in ENVIRONMENTS and name:
            return Environment(at, name)
        case Parameter() if name == "length":
            return Call(at, "Number", (value,))
        case Parameter(name=own, function=function, annotation=annotation, path=path):
            return Parameter(at, own, function, annotation, capped(path + step))
        case Record():
            found = value.get(name) if name else None
            if found is not None:
                return found
            return (
                Constant(at, None) if name and not value.open and not value.entries else _left(evaluator, value, node)
            )
        case Items(items=items, open=open_):
            if name == "length":
                return Call(at, "Number", ())
            if step == "[]":
                return element(evaluator, value, node)
            if not name and not open_ and int(step[1:-1]) < len(items):
                return items[int(step[1:-1])]
            return _left(evaluator, value, node)
        case Choice(options=several):
            return one_of(at, [behind(evaluator, option, step, node) for option in several])
        case Reference(name=base):
            return Call(at, "Number", (value,)) if name == "length" else Reference(at, capped(base + step))
        case Call(callee=callee, arguments=arguments):
            if name == "length":
                return Call(at, "Number", (value,))
            field = _schema_of(value, name) if name else None
            if field is not None:
                return Call(at, capped(f"{field.callee}().parse"), arguments, receiver=field)
            if step == "[]" and callee in _CONTENTS and arguments:
                return element(evaluator, arguments[0], node)
            return Reference(at, capped(f"{callee}(){step}"))
        case Constant(value=str(letters)) if not name and step != "[]" and int(step[1:-1]) < len(letters):
            return Constant(at, letters[int(step[1:-1])])
        case Text() | Constant() if name == "length":
            return Call(at, "Number", (value,))
    return _left(evaluator, value, node)


def _left(evaluator: "Evaluator", value: Value, node: Node) -> Value:
    """A member that nobody can follow: by its name where it has one."""
    dotted = evaluator.module.dotted(node)
    return Reference(evaluator.at(node), dotted) if dotted else evaluator.unknown(node)


def element(evaluator: "Evaluator", value: Value, node: Node) -> Value:
    """Any element of an array."""
    if isinstance(value, Items):
        return one_of(evaluator.at(node), list(value.items)) if value.items else evaluator.unknown(node)
    return behind(evaluator, value, "[]", node)


def _field(evaluator: "Evaluator", node: Node, name: str) -> Value:
    """A field of the class around: what it begins with, or the text that is once assigned to it."""
    klass = evaluator.module.scope(node).klass
    reference = Reference(evaluator.at(node), f"this.{name}")
    writes = evaluator.bindings.written(f"this.{name}")
    if klass is not None and len(writes) == 1 and evaluator.module.scope(writes[0].node).klass is klass:
        assigned = writes[0].value if writes[0].operator == "=" else None
        text = None if assigned is None else evaluator.once(writes[0].position, node, lambda: evaluator.value(assigned))
        return text if isinstance(text, Text | Constant) else reference
    if klass is None or writes:
        return reference
    child = evaluator.module.members(klass).get(name)
    if child is None or child.type != "public_field_definition":
        return reference
    value = child.child_by_field_name("value")
    if value is None or value.type in syntax.CALLS or value.type in syntax.FUNCTIONS:
        return reference
    found = evaluator.once(
        child.start_byte, node, lambda: _with_pushed(evaluator, evaluator.value(value), f"this.{name}", klass)
    )
    return reference if found is None or isinstance(found, Unknown) else found


def _with_pushed(evaluator: "Evaluator", value: Value, target: str, klass: Scope) -> Value:
    """A field's list with what the methods of its class push."""
    if not isinstance(value, Items):
        return value
    pushes = [node for node in evaluator.bindings.pushed(target) if evaluator.module.scope(node).klass is klass]
    added = [evaluator.value(argument) for node in pushes[:8] for argument in syntax.arguments(node)]
    return replace(value, items=(*value.items, *added)) if added else value


def capped(name: str) -> str:
    """A name that is no longer than a reader bears."""
    return name if len(name) <= 200 else name[:199] + "…"


def _schema_of(parsed: Call, name: str) -> Call | None:
    """The schema of a field of what a schema of objects lets pass: `z.object({ id: z.uuid() }).parse(body).id`."""
    schema = parsed.receiver if parsed.name in _PARSERS else None
    shape = schema.arguments[0] if isinstance(schema, Call) and schema.name == "object" and schema.arguments else None
    field = shape.get(name) if isinstance(shape, Record) else None
    return field if isinstance(field, Call) else None
