"""What a name of TypeScript and JavaScript stands for where it is read: what was assigned, put in, handed over."""

from typing import TYPE_CHECKING, Literal

from tree_sitter import Node

from ...facts.values import (
    Call,
    Constant,
    Environment,
    Items,
    Parameter,
    Record,
    Reference,
    Unknown,
    Value,
    constant_text,
)
from . import literals, members, operators, syntax
from .aliases import fixed_types
from .bindings import Binding, Write, reaches
from .decided import runs
from .scopes import ITERATIONS
from .texts import joined, numeric, one_of

if TYPE_CHECKING:
    from .values import Evaluator

_MAX_WRITES = 40
_MAX_PUSHES = 100
_ELEMENTWISE = frozenset({"map", "forEach", "flatMap", "filter", "find", "findIndex", "findLast", "some", "every"})


def identifier(evaluator: "Evaluator", node: Node) -> Value:
    """What a name stands for here."""
    name = evaluator.module.text(node)
    if name == "undefined":
        return Constant(evaluator.at(node), None)
    binding = evaluator.bindings.resolve(name, node.start_byte)
    if binding is None:
        return _global(evaluator, node, evaluator.module.names.get(name, name))
    match binding.kind:
        case "parameter":
            return _parameter(evaluator, binding, node)
        case "variable":
            return _variable(evaluator, binding, node)
        case "enum":
            return literals.enum(evaluator, binding.node)
    return Reference(evaluator.at(node), evaluator.module.names.get(name, name))


def _global(evaluator: "Evaluator", node: Node, name: str) -> Value:
    if name.startswith("$env/static/"):
        return Environment(evaluator.at(node), name.rpartition(".")[2])
    return Reference(evaluator.at(node), name)


def _parameter(evaluator: "Evaluator", binding: Binding, node: Node) -> Value:
    assert binding.parameter is not None and binding.taken is not None
    parameter, at = binding.parameter, evaluator.at(node)
    handed = evaluator.argument(binding.scope, parameter.name) or _handed(evaluator, binding, node)
    if handed is not None:
        return members.stepped(evaluator, handed, binding.taken.steps, binding.taken.default, node)
    header = _header(evaluator, parameter.pattern) if evaluator.module.mentions(b"@Headers(") else None
    if header is not None:
        return Call(at, "req.header", (header,))
    steps = "".join(binding.taken.steps)
    annotation = evaluator.module.once(fixed_types).get(parameter.annotation, parameter.annotation)
    return Parameter(at, parameter.name, binding.scope.name, annotation, steps)


def _header(evaluator: "Evaluator", pattern: Node) -> Value | None:
    """The name of the header that Nest fills a parameter with: `@Headers("x-api-key") key`."""
    around = pattern.parent
    for child in around.children if around is not None else ():
        inner = child.named_children[0] if child.type == "decorator" and child.named_children else None
        if inner is not None and inner.type == "call_expression" and evaluator.module.callee(inner).endswith("Headers"):
            return next(map(evaluator.value, syntax.arguments(inner)), None)
    return None


def _handed(evaluator: "Evaluator", binding: Binding, node: Node) -> Value | None:
    """What a callback gets: an element for `map` and its kin, the number of the element, the value of a promise."""
    scope = binding.scope
    arguments = scope.node.parent
    call = arguments.parent if arguments is not None and arguments.type == "arguments" else None
    if call is None or arguments is None or call.type != "call_expression":
        return None
    name = syntax.callee(call)
    if name is None or name.type != "member_expression":
        return None
    method, position = evaluator.module.text(name).rpartition(".")[2].strip(), scope.parameters.index(binding.parameter)  # type: ignore[arg-type]
    receiver = name.child_by_field_name("object")
    given = syntax.arguments(call)
    if evaluator.module.text(name) == "Array.from" and len(given) == 2 and given[1].id == scope.node.id:
        return _index(evaluator, node, binding) if position == 1 else None
    if receiver is None or not given or given[0].id != scope.node.id or method not in ITERATIONS | _ELEMENTWISE:
        return None
    if method == "then" and position == 0:
        return evaluator.once(binding.scope.start, node, lambda: evaluator.value(receiver))
    if method == "reduce" and position == 0:
        return Constant(evaluator.at(node), "")
    if method in _ELEMENTWISE or method == "reduce":
        position -= method == "reduce"
        if position == 0:
            return evaluator.once(
                binding.scope.start, node, lambda: members.element(evaluator, evaluator.value(receiver), node)
            )
        if position == 1:
            return _index(evaluator, node, binding)
    return None


def _index(evaluator: "Evaluator", node: Node, binding: Binding) -> Value:
    return Parameter(evaluator.at(node), binding.name, binding.scope.name, "number")


def _variable(evaluator: "Evaluator", binding: Binding, node: Node) -> Value:
    found = evaluator.once(binding.node.start_byte, node, lambda: _written(evaluator, binding, node))
    return evaluator.unknown(node) if found is None else found


def _written(evaluator: "Evaluator", binding: Binding, node: Node) -> Value:
    """What a variable can hold where `node` reads it."""
    assert binding.write is not None
    position = node.start_byte
    here = evaluator.module.scopes.at(position).owner is binding.scope.owner
    writes = [write for write in evaluator.bindings.writes(binding) if not here or write.node.end_byte <= position]
    first = binding.write
    current = None
    if first.value is not None:
        current = members.stepped(evaluator, evaluator.value(first.value), first.steps, first.default, node)
    elif first.steps:
        current = Reference(evaluator.at(node), binding.name)
    for write in writes[-_MAX_WRITES:]:
        reached = _reached(evaluator, write.node, position) if here else "maybe"
        if reached != "never":
            current = _after(evaluator, current, write, reached == "maybe", node)
    if current is None:
        return (
            Reference(evaluator.at(node), binding.name)
            if first.node.type != "variable_declarator"
            else (
                Constant(evaluator.at(node), None)
                if not evaluator.bindings.writes(binding)
                else evaluator.unknown(node)
            )
        )
    if isinstance(current, Items):
        return _pushed(evaluator, current, binding, position if here else None)
    if isinstance(current, Record):
        return _put_into(evaluator, current, binding, position if here else None)
    if isinstance(current, Call | Unknown) and first.node.type == "for_in_statement":
        return Reference(evaluator.at(node), binding.name)
    return current


def _after(evaluator: "Evaluator", current: Value | None, write: Write, conditional: bool, node: Node) -> Value | None:
    """What a variable holds after one more assignment."""
    at = evaluator.at(write.node)
    if write.value is None:
        return Call(at, "Number", () if current is None else (current,))
    right = members.stepped(evaluator, evaluator.value(write.value), write.steps, write.default, node)
    match write.operator:
        case "=":
            return one_of(at, [current, right]) if conditional and current is not None else right
        case "+=":
            if current is None:
                return right
            if numeric(current) and numeric(right):
                return Call(at, "Number", (current, right))
            if conditional:
                right = one_of(at, [Constant(at, ""), right])
            return joined(at, [current, right], "+=")
        case "||=" | "??=":
            return right if current is None else operators.fallback(evaluator, write.node, current, right)
        case "&&=":
            return right if current is None else one_of(at, [current, right])
    return Call(at, "Number", (right,) if current is None else (current, right))


def _pushed(evaluator: "Evaluator", items: Items, binding: Binding, position: int | None) -> Items:
    """An array with what is pushed to it before `position`."""
    found, open_ = list(items.items), items.open
    for call in evaluator.bindings.pushes(binding)[:_MAX_PUSHES]:
        if position is not None and call.end_byte > position:
            break
        reached = _reached(evaluator, call, position) if position is not None else "maybe"
        if reached == "never":
            continue
        open_ = open_ or reached == "maybe"
        for argument in syntax.arguments(call):
            if argument.type == "spread_element":
                open_ = literals.spread(evaluator, argument, found) or open_
            else:
                found.append(evaluator.value(argument))
    return Items(items.at, tuple(found), open_)


def _reached(evaluator: "Evaluator", node: Node, position: int) -> Literal["always", "maybe", "never"]:
    return reaches(node, position, lambda branching, child: runs(branching, child, evaluator))


def _put_into(evaluator: "Evaluator", record: Record, binding: Binding, position: int | None) -> Record:
    """An object or map with what is put into it, and without what is taken out of it, before `position`."""
    entries, open_ = dict(record.entries), record.open
    for put in evaluator.bindings.puts(binding)[:_MAX_PUSHES]:
        if position is not None and put.node.end_byte > position:
            break
        reached = _reached(evaluator, put.node, position) if position is not None else "maybe"
        if reached == "never":
            continue
        key = evaluator.value(put.key) if put.key.type != "property_identifier" else None
        name = evaluator.module.text(put.key) if key is None else constant_text(key)
        if name is None:
            open_ = True
            continue
        if put.value is None:
            if reached == "always":
                entries.pop(name, None)
            continue
        value, before = evaluator.value(put.value), entries.get(name)
        is_sure = reached == "always" or before is None
        entries[name] = value if is_sure or before is None else one_of(value.at, [before, value])
    return Record(record.at, tuple(entries.items()), open_)


def got(evaluator: "Evaluator", node: Node, target: Node, key: Node) -> Value | None:
    """What a `Map` that the file fills holds under a key; None where nobody can tell."""
    binding = evaluator.bindings.named(target) if target.type == "identifier" else None
    if binding is None or evaluator.bindings.writes(binding):
        return None
    here = evaluator.module.scopes.at(node.start_byte).owner is binding.scope.owner
    empty, position = Record(evaluator.at(node), ()), node.start_byte if here else None
    record = evaluator.once(binding.node.start_byte, node, lambda: _put_into(evaluator, empty, binding, position))
    if not isinstance(record, Record):
        return None
    wanted = constant_text(evaluator.value(key))
    if wanted is not None:
        return record.get(wanted)
    return one_of(evaluator.at(node), [value for _, value in record.entries]) if record.entries else None
