"""What texts are made of, as JavaScript puts them together, and one of several values."""

import re
from collections.abc import Iterable
from itertools import islice

from ...facts import algebra
from ...facts.location import Location
from ...facts.values import Call, Choice, Constant, Items, Parameter, Reference, Text, Unknown, Value, options
from . import formats

MAX_PARTS = 400
_NUMBERS = frozenset({"Number", "parseInt", "parseFloat", "Date.now", "performance.now"})
_HELD = {"number": "Number", "quoted": "quote"}
"""What a formatter makes of a value, by the kind of its mark."""
_ESCAPE = re.compile(r"\\(u\{[0-9a-fA-F]{1,6}\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|\r\n|[\s\S])")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": "", "\r": "", "\r\n": ""}


def unescaped(text: str) -> str:
    """The characters that the inside of a string or template literal stands for."""
    return _ESCAPE.sub(_character, text) if "\\" in text else text


def _character(match: re.Match[str]) -> str:
    code = match[1]
    if code[0] in "ux" and len(code) > 1:
        point = int(code[1:].strip("{}"), 16)
        return chr(point) if point < 0x110000 and not 0xD800 <= point < 0xE000 else "\ufffd"
    return _ESCAPES.get(code, code)


def numeric(value: Value) -> bool:
    """Whether the value is a number whatever its operands are."""
    match value:
        case Constant(value=constant):
            return isinstance(constant, int | float) and not isinstance(constant, bool)
        case Call(callee=callee):
            return callee in _NUMBERS or callee.startswith(("Math.", "Number.parse"))
        case Parameter(annotation=annotation, path=path):
            return annotation == "number" and not path
        case Choice(options=several):
            return all(numeric(option) for option in several)
    return False


def textual(value: Value) -> bool:
    """Whether the value is a text, so that adding to it makes a text."""
    match value:
        case Constant(value=constant):
            return isinstance(constant, str)
        case Text():
            return True
        case Choice(options=several):
            return any(textual(option) for option in several)
    return False


def shown(constant: str | int | float | bool | None) -> str:
    """A constant as JavaScript puts it into a text."""
    if isinstance(constant, bool):
        return "true" if constant else "false"
    if isinstance(constant, float) and constant.is_integer():
        return str(int(constant))
    return "null" if constant is None else str(constant)


def joined(at: Location, parts: Iterable[Value], how: str) -> Value:
    """The parts put together into a text, or a constant where all of them are."""
    written = (Constant(one.at, shown(one.value)) if isinstance(one, Constant) else one for one in algebra.flat(parts))
    return algebra.text(at, islice(written, MAX_PARTS), how)


def array_joined(at: Location, receiver: Value, separator: Value) -> Value:
    """`receiver.join(separator)`."""
    if isinstance(receiver, Choice):
        return one_of(at, [array_joined(at, option, separator) for option in receiver.options])
    if not isinstance(receiver, Items):
        return Text(at, (receiver,), "join")
    items = list(receiver.items)
    if receiver.open and len(items) == 1:
        items *= 2
    parts: list[Value] = []
    for item in items:
        if parts:
            parts.append(separator)
        parts.append(item)
    return joined(at, parts, "join")


def printed(at: Location, template: str, values: tuple[Value, ...]) -> Value:
    """What a formatter makes of a template and values; those that it has no hole for come after it."""
    parts: list[Value] = []
    rest = list(values)
    for text, hole in formats.printf(template):
        parts.append(Constant(at, text))
        if hole and rest:
            value = rest.pop(0)
            parts.append(Call(at, _HELD[hole], (value,)) if hole in _HELD else value)
    for value in rest:
        parts += [Constant(at, " "), value]
    return joined(at, parts, "format")


def one_of(at: Location, values: Iterable[Value]) -> Value:
    """One of several values; themselves where they are one."""
    flat: dict[object, Value] = {}
    for value in values:
        for option in options(value):
            flat.setdefault(_content(option), option)
    found = list(flat.values())[:32]
    return found[0] if len(found) == 1 else Choice(at, tuple(found))


def _content(value: Value) -> object:
    """What makes two options the same, wherever they stand."""
    match value:
        case Constant(value=constant):
            return ("constant", type(constant), constant)
        case Reference(name=name):
            return ("reference", name)
        case Parameter(name=name, function=function, path=path):
            return ("parameter", name, function, path)
        case Unknown(source=source):
            return ("unknown", source)
    return value
