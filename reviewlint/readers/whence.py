"""Where what a test calls comes from: names followed to what made them."""

from collections.abc import Iterable

from ..facts.values import Call, Constant, Items, Parameter, Reference, Text, Value, options

LITERAL = "literal"
"""Stands for a text, a number or a list that is written out."""

_MAX_CALLS = 40
"""A test that calls more is not followed."""

_DEEPEST = 12


def whence(calls: Iterable[Value]) -> tuple[str, ...]:
    """The dotted name of each call with all that made what it is called on: `supertest.default().post()`.

    It begins with an import, a name of the file, a parameter or `LITERAL`; `""` where nothing says. Nothing at all
    where there are too many calls.
    """
    several = list(calls)
    return tuple(_made_by(call, _DEEPEST) for call in several) if len(several) <= _MAX_CALLS else ()


def _made_by(value: Value, deepest: int) -> str:
    names = {_name(option, deepest) for option in options(value)} if deepest else {""}
    return names.pop() if len(names) == 1 else ""


def _name(value: Value, deepest: int) -> str:
    match value:
        case Call(receiver=None, callee=callee):
            return f"{callee}()" if callee else ""
        case Call(receiver=receiver, name=name) if receiver is not None:
            owner = _made_by(receiver, deepest - 1)
            return f"{owner}.{name}()" if owner else ""
        case Reference(name=name) | Parameter(name=name):
            return name
        case Constant() | Text() | Items():
            return LITERAL
        case _:
            return ""
