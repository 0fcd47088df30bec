"""Types of configuration values: what a TOML value must be for a Python type, and how JSON Schema says so."""

import types
from collections.abc import Mapping
from enum import Enum, IntEnum
from typing import Any, Literal, Union, get_args, get_origin


class WrongType(Exception):
    """A value is not what its key takes. The message says what it takes."""


def converted(hint: Any, value: Any) -> Any:
    """A TOML value as the Python type `hint`: arrays become tuples, names become members of an enumeration.

    Raises WrongType where it does not fit.
    """
    if not _fits(hint, value):
        raise WrongType(f"takes {described(hint)}")
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return next(converted(each, value) for each in arguments if _fits(each, value))
    if origin in (tuple, frozenset, list):
        return origin(converted(arguments[0], each) for each in value)
    if is_table(hint):
        return {key: converted(arguments[1], each) for key, each in value.items()}
    if isinstance(hint, type) and issubclass(hint, Enum):
        return next(member for member in hint if _name(member) == value)
    return float(value) if hint is float else value


def is_table(hint: Any) -> bool:
    """Whether a key of type `hint` takes a table."""
    return issubclass(_class(get_origin(hint)), Mapping)


def described(hint: Any) -> str:
    """What a key of type `hint` takes, in words."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return " or ".join(described(each) for each in arguments if each is not type(None))
    if origin in (tuple, frozenset, list):
        one = described(arguments[0])
        return f"a list of {one.removeprefix('a ').removeprefix('an ')}s" if one.startswith("a") else f"a list of {one}"
    if is_table(hint):
        return "a table"
    names = _names(hint)
    if names:
        return " or ".join(f'"{name}"' for name in names)
    return {bool: "true or false", int: "a whole number", float: "a number", str: "a string"}[hint]


def schema(hint: Any) -> dict[str, Any]:
    """The JSON Schema of a key of type `hint`."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        choices = [schema(each) for each in arguments if each is not type(None)]
        return choices[0] if len(choices) == 1 else {"anyOf": choices}
    if origin in (tuple, frozenset, list):
        return {"type": "array", "items": schema(arguments[0])}
    if is_table(hint):
        return {"type": "object", "additionalProperties": schema(arguments[1])}
    names = _names(hint)
    if names:
        return {"enum": names}
    return {"type": {bool: "boolean", int: "integer", float: "number", str: "string"}[hint]}


def plain(value: Any) -> Any:
    """A value as JSON and TOML know it: names for members of an enumeration, lists for tuples, text for dates."""
    if isinstance(value, Enum):
        return _name(value)
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, (tuple, list)):
        return [plain(each) for each in value]
    if isinstance(value, (set, frozenset)):
        return sorted(plain(each) for each in value)
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)


def as_toml(value: Any) -> str:
    """A value as it is written in a configuration file."""
    import json

    value = plain(value)
    if isinstance(value, dict):
        entries = ", ".join(f"{json.dumps(key, ensure_ascii=False)} = {as_toml(each)}" for key, each in value.items())
        return f"{{ {entries} }}" if entries else "{}"
    if isinstance(value, list):
        return f"[{', '.join(map(as_toml, value))}]"
    return json.dumps(value, ensure_ascii=False)


def _fits(hint: Any, value: Any) -> bool:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return any(_fits(each, value) for each in arguments if each is not type(None))
    if origin in (tuple, frozenset, list):
        return isinstance(value, list) and all(_fits(arguments[0], each) for each in value)
    if is_table(hint):
        return isinstance(value, dict) and all(_fits(arguments[1], each) for each in value.values())
    names = _names(hint)
    if names:
        return value in names if isinstance(value, str) else False
    if hint is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return isinstance(value, hint) and isinstance(value, bool) == (hint is bool)


def _names(hint: Any) -> list[str]:
    if get_origin(hint) is Literal:
        return [str(each) for each in get_args(hint)]
    if isinstance(hint, type) and issubclass(hint, Enum):
        return [_name(member) for member in hint]
    return []


def _name(member: Enum) -> str:
    return member.name.lower() if isinstance(member, IntEnum) else str(member.value)


def _class(origin: Any) -> type:
    return origin if isinstance(origin, type) else object
