"""What a call of TypeScript and JavaScript gives: a text it formats, a list it maps, what a function here returns."""

from typing import TYPE_CHECKING

from tree_sitter import Node

from ...facts.location import Location
from ...facts.values import Call, Choice, Constant, Environment, Items, Record, Reference, Text, Value, constant_text
from .. import templates
from . import formats, literals, members, syntax, variables
from .texts import MAX_PARTS, array_joined, joined, one_of, printed, textual

if TYPE_CHECKING:
    from .values import Evaluator

_COUNTS = frozenset({"indexOf", "lastIndexOf", "findIndex", "getTime", "push", "unshift", "charCodeAt"})
_TEXT_TAGS = frozenset({"String.raw", "dedent", "outdent", "stripIndent", "stripIndents", "codeBlock", "oneLine"})
_TRIMS = frozenset({"trim", "trimStart", "trimEnd", "toString", "valueOf"})
_MAPS = frozenset({"map", "flatMap"})
_COPIES = frozenset({"filter", "sort", "reverse", "slice", "toSorted", "toReversed", "flat"})
_SAME = frozenset({"Object.freeze", "Object.seal", "structuredClone"})
_TEXT_METHODS = frozenset({"concat", "fill", "join", "padStart", "repeat", "replace", "replaceAll", *_TRIMS, *_COPIES})


def call(evaluator: "Evaluator", node: Node) -> Value:
    """What a call, `new` or a tagged template gives."""
    function = syntax.callee(node)
    if function is None:
        return evaluator.unknown(node)
    at, callee = evaluator.at(node), evaluator.module.dotted(function)
    template = syntax.template(node)
    if template is not None:
        text = literals.template(evaluator, template)
        return (
            text
            if callee.rpartition("/")[2].partition(".")[0] in _TEXT_TAGS or callee in _TEXT_TAGS
            else Call(at, callee, (text,))
        )
    given = syntax.arguments(node)
    if callee == "Deno.env.get" and given:
        name = constant_text(evaluator.value(given[0]))
        return Environment(at, name) if name is not None else Call(at, callee, _arguments(evaluator, given))
    if callee == "require" and len(given) == 1 and (name := constant_text(evaluator.value(given[0]))) is not None:
        return Reference(at, name)
    if callee in _SAME and given:
        return evaluator.value(given[0])
    formatted = _formatted(evaluator, at, function, callee, given)
    if formatted is not None:
        return formatted
    if callee == "Array.from" and len(given) == 2:
        return _mapped(evaluator, node, given[1], given[0])
    receiver: Value | None = None
    if function.type == "member_expression":
        target, own = function.child_by_field_name("object"), function.child_by_field_name("property")
        method = evaluator.module.text(own) if own is not None else ""
        if method in _MAPS and given:
            return _mapped(evaluator, node, given[0], target)
        summary = evaluator.is_brief and method not in _TEXT_METHODS
        if target is not None and target.type not in ("this", "super") and not summary:
            receiver = evaluator.value(target)
            if method == "get" and isinstance(receiver, Call) and receiver.callee == "Map" and len(given) == 1:
                got = variables.got(evaluator, node, target, given[0]) if not receiver.arguments else None
                if got is not None:
                    return got
            found = _method(evaluator, node, receiver, method, given)
            if found is not None:
                return found
    elif function.type not in ("identifier", "import", "super"):
        receiver = evaluator.value(function)
    if node.type == "call_expression":
        inlined = _inlined(evaluator, function, given)
        if inlined is not None:
            return inlined
    if not callee:
        return evaluator.unknown(node)
    return Call(
        at,
        members.capped(_first_called(evaluator, function) or callee),
        _arguments(evaluator, given),
        receiver=receiver,
    )


def _first_called(evaluator: "Evaluator", function: Node) -> str:
    """What a function is called where a callee is only another name for it: `const q = quoted`."""
    if function.type != "identifier":
        return ""
    binding = evaluator.bindings.resolve(evaluator.module.text(function), function.start_byte)
    write = binding.write if binding is not None else None
    if write is None or write.value is None or write.steps or write.value.type != "identifier":
        return ""
    return evaluator.module.dotted(write.value)


def _formatted(evaluator: "Evaluator", at: Location, function: Node, callee: str, given: list[Node]) -> Value | None:
    """What a formatting function or a template makes of values; None for other calls."""
    if formats.is_formatter(callee) and given:
        template = constant_text(evaluator.value(given[0]))
        return None if template is None else printed(at, template, _arguments(evaluator, given[1:]))
    kind = formats.rendered(callee)
    if kind and len(given) > 1:
        template = constant_text(evaluator.value(given[0]))
        return None if template is None else _filled(evaluator, at, template, kind, given[1])
    if given and function.type in ("identifier", "call_expression") and evaluator.module.mentions(*formats.MENTIONS):
        made = evaluator.value(function)
        kind = formats.compiled(made.callee) if isinstance(made, Call) and made.arguments else ""
        template = constant_text(made.arguments[0]) if kind and isinstance(made, Call) else None
        return None if template is None else _filled(evaluator, at, template, kind, given[0])
    return None


def _filled(evaluator: "Evaluator", at: Location, template: str, kind: str, data: Node) -> Value:
    values, parts = evaluator.value(data), list[Value]()
    for text, name in templates.pieces(template, kind):
        parts.append(Constant(at, text))
        if name:
            value = values
            for step in name.split("."):
                value = members.behind(evaluator, value, f".{step}", data)
            parts.append(value)
    return joined(at, parts, "a template")


def _arguments(evaluator: "Evaluator", given: list[Node]) -> tuple[Value, ...]:
    return tuple(evaluator.value(argument) for argument in given[:MAX_PARTS])


def _mapped(evaluator: "Evaluator", node: Node, callback: Node, over: Node | None) -> Value:
    """What `map` gives: an array of unknown length with what the callback returns."""
    scope = evaluator.module.scopes.of(syntax.unwrapped(callback))
    returned = evaluator.returned_by(scope) if scope is not None else []
    item = one_of(evaluator.at(callback), returned) if returned else _made_by(evaluator, callback, over)
    if isinstance(item, Items):
        return Items(evaluator.at(node), item.items, True)
    return Items(evaluator.at(node), (item,), True)


def _made_by(evaluator: "Evaluator", callback: Node, over: Node | None) -> Value:
    """What a function that is handed over by its name gives for an element: `columns.map(quoted)`."""
    match evaluator.value(callback):
        case Reference(name=name) if over is not None and not evaluator.is_brief:
            return Call(
                evaluator.at(callback), members.capped(name), (members.element(evaluator, evaluator.value(over), over),)
            )
        case Call(name="constant", arguments=(always,)):  # lodash's function that gives the same each time
            return always
    return evaluator.unknown(callback)


def _method(evaluator: "Evaluator", node: Node, receiver: Value, method: str, given: list[Node]) -> Value | None:
    """The result of a method of texts and arrays, or None."""
    at = evaluator.at(node)
    if method in _COUNTS or (method == "search" and (textual(receiver) or _is_pattern(given))):
        return Call(at, "Number", (receiver,))
    if method in _TRIMS and textual(receiver):
        return receiver
    if method == "concat" and isinstance(receiver, Items):
        items = list(receiver.items)
        open_ = receiver.open
        for value in _arguments(evaluator, given):
            items.extend(value.items if isinstance(value, Items) else (value,))
            open_ = open_ or not isinstance(value, Items) or value.open
        return Items(at, tuple(items), open_)
    if method == "concat" and textual(receiver):
        return joined(at, [receiver, *_arguments(evaluator, given)], "concat")
    if method == "join" and len(given) < 2:  # more are parts of a path
        separator = evaluator.value(given[0]) if given else Constant(at, ",")
        return array_joined(at, receiver, separator)
    if method == "fill" and given and isinstance(receiver, Call) and receiver.callee == "Array":
        return Items(at, (evaluator.value(given[0]),), True)
    if method == "repeat" and textual(receiver):
        return Text(at, receiver.parts if isinstance(receiver, Text) else (receiver,), "repeat")
    if method in _COPIES and isinstance(receiver, Items):
        return Items(receiver.at, receiver.items, receiver.open or method in ("filter", "slice"))
    if method == "reduce" and given and (scope := evaluator.module.scopes.of(syntax.unwrapped(given[0]))) is not None:
        added = evaluator.returned_by(scope)
        if added and all(map(textual, added)):
            return joined(at, [*_arguments(evaluator, given[1:]), one_of(at, added)], "reduce")
    if method in ("replace", "replaceAll") and textual(receiver) and len(given) == 2:
        return _replaced(evaluator, at, receiver, given, method)
    return None


def _replaced(evaluator: "Evaluator", at: Location, receiver: Value, given: list[Node], method: str) -> Value:
    needle, by = evaluator.value(given[0]), evaluator.value(given[1])
    old, new, text = constant_text(needle), constant_text(by), constant_text(receiver)
    if old is not None and new is not None and text is not None:
        return Constant(at, text.replace(old, new, 1 if method == "replace" else -1))
    if new is not None:
        return _struck(at, receiver, (needle, by)) if given[0].type == "regex" else receiver
    return joined(at, [receiver, by], "replace")


def _struck(at: Location, receiver: Value, given: tuple[Value, ...]) -> Value:
    """What is left of a value after a replacement: what may be another's text comes with what was struck out of it."""
    if not isinstance(receiver, Choice):
        return receiver
    return one_of(
        at,
        [
            one if isinstance(one, Constant | Text) else Call(at, "replace", given, receiver=one)
            for one in receiver.options
        ],
    )


def _inlined(evaluator: "Evaluator", function: Node, given: list[Node]) -> Value | None:
    """What a call of a function of this file gives, where that is a literal or a text; else None."""
    scope = None if evaluator.is_brief else evaluator.called(function)
    if scope is None or not evaluator.may_enter(scope):
        return None
    if any(argument.type == "spread_element" for argument in given):
        return None
    names: dict[str, Value] = {}
    for position, parameter in enumerate(scope.parameters):
        if parameter.rest:
            break
        if position < len(given):
            names[parameter.name] = evaluator.value(given[position])
        elif parameter.default is not None:
            names[parameter.name] = evaluator.value(parameter.default)
    with evaluator.entered(scope, names):
        found = evaluator.returned_by(scope)
    if not found or not all(isinstance(one, Constant | Text | Record | Items) for one in found):
        return None
    return one_of(evaluator.at(function), found)


def _is_pattern(given: list[Node]) -> bool:
    """Whether a call is given a regular expression: `text.search(/x/)` counts, `orders.search(query)` finds."""
    return len(given) == 1 and given[0].type == "regex"
