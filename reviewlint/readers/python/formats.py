"""How Python puts values into texts: `%`, `format`, `join`, `replace`."""

import re
from collections.abc import Callable, Sequence
from string import Formatter

from ...facts.algebra import choice, element, is_textual, member, text
from ...facts.location import Location
from ...facts.values import Call, Choice, Constant, Items, Record, Text, Unknown, Value, constant_text

_PERCENT = re.compile(
    r"%(?:\((?P<key>[^)]*)\))?[#0\- +]*(?P<width>\*|\d+)?(?:\.(?P<precision>\*|\d+))?"
    r"[hlL]?(?P<type>[diouxXeEfFgGcrsab%])"
)


def percent(at: Location, left: Value, right: Value, otherwise: Callable[[Value, Value], Value]) -> Value:
    """`left % right`; `otherwise` gives what it is where no text is to the left."""
    if isinstance(left, Choice) and is_textual(left):
        return choice(at, [percent(at, option, right, otherwise) for option in left.options])
    if not is_textual(left):
        if isinstance(right, Items):
            return text(at, [left, *right.items], "%")
        if isinstance(right, Record):
            return text(at, [left, *(value for _, value in right.entries)], "%")
        return otherwise(left, right)
    by_name = right if isinstance(right, Record) else None
    arguments = list(right.items) if isinstance(right, Items) else [right]
    parts: list[Value] = []
    for part in left.parts if isinstance(left, Text) else (left,):
        template = constant_text(part)
        if template is None:
            parts.append(part)
            continue
        position = 0
        for found in _PERCENT.finditer(template):
            parts.append(Constant(part.at, template[position : found.start()]))
            position = found.end()
            if found["type"] == "%":
                parts.append(Constant(part.at, "%"))
                continue
            for star in (found["width"], found["precision"]):
                if star == "*" and arguments:
                    arguments.pop(0)
            if found["key"] is not None:
                value = (by_name.get(found["key"]) if by_name is not None else None) or member(
                    right, f".{found['key']}", at
                )
            else:
                value = arguments.pop(0) if arguments else None
            value = value or Unknown(at, found[0])
            parts.append(specified(value, found["type"]) if found["type"] not in "rsa" else value)
        parts.append(Constant(part.at, template[position:]))
    return text(at, parts, "%")


def formatted(
    at: Location, template: Value, arguments: Sequence[Value], names: dict[str, Value], rest: Value | None
) -> Value:
    """`template.format(*arguments, **names)`; `rest` is a mapping that may hold other names."""
    if isinstance(template, Choice):
        return choice(at, [formatted(at, option, arguments, names, rest) for option in template.options])
    parts: list[Value] = []
    automatic = 0
    for part in template.parts if isinstance(template, Text) else (template,):
        source = constant_text(part)
        if source is None:
            parts.append(part)
            continue
        try:
            fields = list(Formatter().parse(source))
        except ValueError:
            parts.append(Unknown(part.at, ".format()"))
            continue
        for literal, name, specifier, _ in fields:
            parts.append(Constant(part.at, literal))
            if name is None:
                continue
            first, suffix = _field_name(name)
            if not first:
                first, automatic = str(automatic), automatic + 1
            value: Value | None
            if first.isdecimal():
                value = arguments[int(first)] if len(first) < 4 and int(first) < len(arguments) else None
            else:
                value = names.get(first) or (member(rest, f".{first}", at) if rest is not None else None)
            value = value or Unknown(at, "{" + name + "}")
            if suffix:
                value = member(value, suffix, at) or Unknown(at, "{" + name + "}")
            parts.append(specified(value, specifier or ""))
    return text(at, parts, ".format()")


def joined(at: Location, separator: Value, items: Value) -> Value:
    """`separator.join(items)`."""
    constant = constant_text(items)
    if constant is not None and (between := constant_text(separator)) is not None and len(constant) < 1000:
        return Constant(at, between.join(constant))
    if isinstance(items, Choice):
        return choice(at, [joined(at, separator, option) for option in items.options])
    if isinstance(items, Record):
        items = Items(at, tuple(Constant(at, key) for key in items.keys), items.open)
    if isinstance(items, Items):
        parts: list[Value] = []
        for item in items.items:
            parts += [separator, item] if parts else [item]
        return text(at, parts, "join")
    one = element(items, at) or items
    return Text(at, (one,), "join")


def replaced(at: Location, receiver: Value, needle: Value, by: Value) -> Value | None:
    """`receiver.replace(needle, by)`; None where nobody knows what goes."""
    wanted = constant_text(needle)
    if not wanted:
        return receiver if is_textual(receiver) else None
    if isinstance(receiver, Choice):
        options = [replaced(at, option, needle, by) for option in receiver.options]
        return choice(at, [option for option in options if option is not None])
    parts: list[Value] = []
    for part in receiver.parts if isinstance(receiver, Text) else (receiver,):
        source = constant_text(part)
        if source is None:
            parts.append(part)
            continue
        for number, piece in enumerate(source.split(wanted)):
            parts += [by, Constant(part.at, piece)] if number else [Constant(part.at, piece)]
    return text(at, parts, receiver.how if isinstance(receiver, Text) and isinstance(by, Constant) else "replace")


def specified(value: Value, specifier: str) -> Value:
    """`value` under a format specifier; one for numbers refuses everything else."""
    if not specifier or isinstance(value, Constant):
        return value
    if specifier[-1] in "diouxXbcn":
        return Call(value.at, "int", (value,))
    if specifier[-1] in "eEfFgG%":
        return Call(value.at, "float", (value,))
    return value


def _field_name(name: str) -> tuple[str, str]:
    """`a.b[c]` → (`a`, `.b.c`)."""
    first, *rest = re.split(r"[.\[]", name.replace("]", ""))
    return first, "".join(f".{part}" for part in rest)
