"""What can be done with values whatever syntax they came from."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from operator import attrgetter
from typing import Any

from .location import Location
from .values import (
    Call,
    Choice,
    Constant,
    Environment,
    Items,
    Parameter,
    Record,
    Reference,
    Text,
    Value,
)

OPTIONS = 16
"""How many options a choice keeps."""
PIECES = frozenset({"split", "rsplit", "splitlines", "partition", "rpartition", "findall"})
"""Methods that cut a text into pieces: a piece is still that call, so that what was cut is not forgotten."""
COMPARED = 40
"""How many parts options may have to be compared with each other."""


def is_textual(value: Value) -> bool:
    """Whether `value` is certainly a string (or, of a choice, one of its options is)."""
    match value:
        case Constant(value=constant):
            return isinstance(constant, str)
        case Choice(options=options):
            return any(is_textual(option) for option in options)
    return isinstance(value, Text)


def is_number(value: Value) -> bool:
    """Whether `value` is certainly a number."""
    match value:
        case Constant(value=constant):
            return isinstance(constant, int | float)
        case Call(callee=callee):
            return callee in ("int", "float", "len")
    return False


def text(at: Location, parts: Iterable[Value], how: str) -> Value:
    """The string that `parts` make up: one `Constant` where all are constant, else a `Text`."""
    merged: list[Value] = []
    for part in flat(parts):
        last = merged[-1] if merged else None
        if isinstance(part, Constant):
            source = str(part.value)
            if isinstance(last, Constant):
                merged[-1] = Constant(_spanned(last.at, part.at), f"{last.value}{source}")
            elif source:
                merged.append(Constant(part.at, source))
        else:
            merged.append(part)
    if not merged:
        return Constant(at, "")
    if len(merged) == 1 and isinstance(merged[0], Constant):
        return Constant(at, merged[0].value)
    if merged[0:1] and isinstance(merged[0], Constant) and merged[0].value == "":
        merged = merged[1:]
    return Text(at, tuple(merged), how)


def flat(parts: Iterable[Value]) -> Iterable[Value]:
    """The parts, with those of texts among them in their place."""
    for part in parts:
        if isinstance(part, Text):
            yield from part.parts
        else:
            yield part


def _spanned(first: Location, last: Location) -> Location:
    if (first.end_line, first.end_column) >= (last.end_line, last.end_column) or first.path != last.path:
        return first
    return Location(first.path, first.line, first.column, last.end_line, last.end_column)


def choice(at: Location, options: Sequence[Value]) -> Value:
    """One of `options`: nested choices opened, equal ones told once."""
    found: dict[object, Value] = {}
    for option in options:
        for inner in option.options if isinstance(option, Choice) else (option,):
            found.setdefault(_shape(inner) if weight(inner, COMPARED) < COMPARED else id(inner), inner)
    several = tuple(found.values())
    return several[0] if len(several) == 1 else Choice(at, several[:OPTIONS])


def _shape(value: Value) -> object:
    """`value` without its places, to tell whether two are the same."""
    match value:
        case Constant(value=constant):
            return type(constant), constant
        case Text(parts=inner) | Items(items=inner) | Choice(options=inner):
            return type(value), tuple(_shape(one) for one in inner)
        case Record(entries=entries):
            return Record, tuple((key, _shape(one)) for key, one in entries), value.open
        case Call(callee=callee, arguments=arguments, keywords=keywords):
            named = tuple((key, _shape(one)) for key, one in keywords)
            receiver = _shape(value.receiver) if value.receiver is not None else None
            return callee, tuple(_shape(one) for one in arguments), named, receiver
        case Parameter(name=name, function=function, path=path):
            return Parameter, name, function, path
        case Reference(name=name) | Environment(name=name):
            return type(value), name
    return value


def member(value: Value, suffix: str, at: Location) -> Value | None:
    """What `suffix` (`.name`, `[]`) takes from `value`, or None where nothing can be said."""
    match value:
        case Parameter():
            return replace(value, at=at, path=value.path + suffix)
        case Reference(name=name):
            return Reference(at, name + suffix)
        case Call(name=name) if suffix == "[]" and name in PIECES:
            return value
        case Call(callee=callee):
            return Reference(at, f"{callee}(){suffix}")
        case Record() if suffix.startswith("."):
            return value.get(suffix[1:])
        case Choice(options=options):
            found = [member(option, suffix, at) for option in options]
            return choice(at, [option for option in found if option is not None]) if all(found) else None
    return None


def element(value: Value, at: Location) -> Value | None:
    """What iterating over `value` gives, or None where nothing can be said."""
    match value:
        case Items(items=items) if items:
            return choice(at, items)
        case Record(entries=entries, open=False) if entries:
            return choice(at, [Constant(at, key) for key, _ in entries])
        case Choice(options=options):
            filled = [one for one in options if not isinstance(one, Items) or one.items or one.open]
            found = [element(option, at) for option in filled]
            return choice(at, [option for option in found if option is not None]) if found and all(found) else None
        case Parameter() | Reference() | Call():
            return member(value, "[]", at)
    return None


def put_in(value: Value, function: str, given: Mapping[str, Value], at: Location) -> Value:
    """`value` with what is `given` in place of the parameters of `function`."""
    match value:
        case Parameter(name=name, path=path) if value.function == function and name in given:
            inner = given[name]
            if not path:
                return inner
            for suffix in filter(None, suffixes(path)):
                taken = element(inner, at) if suffix == "[]" else member(inner, suffix, at)
                if taken is None:
                    return value
                inner = taken
            return inner
        case Text(parts=parts, how=how):
            return text(value.at, [put_in(part, function, given, at) for part in parts], how)
        case Choice(options=options):
            return choice(value.at, [put_in(option, function, given, at) for option in options])
        case Items(items=items):
            return replace(value, items=tuple(put_in(item, function, given, at) for item in items))
        case Record(entries=entries):
            return replace(value, entries=tuple((key, put_in(entry, function, given, at)) for key, entry in entries))
        case Call(arguments=arguments, keywords=keywords, receiver=receiver, callee=callee):
            first = callee.partition(".")[0]
            if receiver is None and first != callee and first in given:  # a method of a parameter, by its name alone
                receiver = Parameter(value.at, first, function)
            return replace(
                value,
                arguments=tuple(put_in(argument, function, given, at) for argument in arguments),
                keywords=tuple((key, put_in(argument, function, given, at)) for key, argument in keywords),
                receiver=put_in(receiver, function, given, at) if receiver is not None else None,
            )
        case Environment(default=default) if default is not None:
            return replace(value, default=put_in(default, function, given, at))
    return value


def suffixes(name: str) -> list[str]:
    """A dotted name taken apart: `.models.TABLES[].name` → `.models`, `.TABLES`, `[]`, `.name`."""
    dots = len(name) - len(name.lstrip("."))
    first, *rest = re.split(r"(?=\.)|(?=\[\])|(?=\(\))", name[dots:])
    return [name[:dots] + first, *rest]


def weight(value: Value, limit: int) -> int:
    """How many values `value` is made of, counted up to `limit`."""
    count = 0
    waiting: list[Value] = [value]
    while waiting and count < limit:
        count += 1
        one = waiting.pop()
        made_of = _MADE_OF.get(type(one))
        if made_of is not None:
            waiting += made_of(one)
    return count


def _in_call(call: Call) -> list[Value]:
    inner = [*call.arguments, *(keyword for _, keyword in call.keywords)]
    return inner if call.receiver is None else [*inner, call.receiver]


_MADE_OF: dict[type, Callable[[Any], Iterable[Value]]] = {
    Text: attrgetter("parts"),
    Choice: attrgetter("options"),
    Items: attrgetter("items"),
    Record: lambda record: [entry for _, entry in record.entries],
    Call: _in_call,
    Environment: lambda variable: () if variable.default is None else (variable.default,),
}
"""What the values are made of that are made of others."""
