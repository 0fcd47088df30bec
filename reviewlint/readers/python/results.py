"""What calls of builtins give, and of methods of texts, dicts and lists."""

from ...facts.algebra import choice, element, is_textual, member, text
from ...facts.location import Location
from ...facts.values import (
    Call,
    Choice,
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
from .. import templates
from .formats import formatted, joined, replaced

EXPANDED = 24
"""How many items of a constant collection a comprehension is written out for."""

_SAME_TEXT = frozenset({"strip", "lstrip", "rstrip", "expandtabs", "encode", "decode"})
_CASED = frozenset({"lower", "upper", "title", "capitalize", "casefold"})
DEDENT = frozenset({"textwrap.dedent", "inspect.cleandoc", "textwrap.indent", "dedent"})
_COLLECTED = frozenset({"list", "tuple", "set", "frozenset", "sorted", "reversed", "iter", "dict.fromkeys"})
_TEMPLATES = {"string.Template": "dollar", "jinja2.Template": "curly", "jinja2.environment.Template": "curly"}
"""The templates whose holes are known by name, with the kind of their marks."""
_FILLING = frozenset({"substitute", "safe_substitute", "render"})
_VIEWS = frozenset({"keys", "values", "items"})
METHODS = _FILLING | _SAME_TEXT | _CASED | _VIEWS | {"join", "format", "format_map", "replace", "split", "get", "copy"}


def of_builtin(
    at: Location, callee: str, arguments: tuple[Value, ...], keywords: tuple[tuple[str, Value], ...]
) -> Value | None:
    """A call of a builtin whose result we know."""
    first = arguments[0] if arguments else None
    match callee:
        case "dict" if first is None or isinstance(first, Record):
            spread = any(name == "**" for name, _ in keywords)
            entries = first.entries if isinstance(first, Record) else ()
            named = tuple((name, value) for name, value in keywords if name != "**")
            return Record(at, entries + named, spread or (isinstance(first, Record) and first.open))
        case "list" | "tuple" | "set" | "frozenset" if not arguments and not keywords:
            return Items(at, ())
        case "str" if isinstance(first, Constant):
            return Constant(at, str(first.value))
        case "str" if first is not None and is_textual(first):
            return first
        case "map" if len(arguments) == 2 and isinstance(first, Reference):
            one = element(arguments[1], at) or Unknown(at, "…")
            known = of_builtin(at, first.name, (one,), ())
            return Items(at, (known or Call(at, first.name, (one,)),), open=True)
        case "zip":
            ones = tuple(element(argument, at) or Unknown(at, "…") for argument in arguments)
            return Items(at, (Items(at, ones),), open=True)
        case "enumerate" if first is not None:
            one = element(first, at) or Unknown(at, "…")
            return Items(at, (Items(at, (Call(at, "int"), one)),), open=True)
        case "range":
            return Items(at, (Call(at, "int", arguments),), open=True)
        case "os.getenv" if first is not None and (name := constant_text(first)) is not None:
            return Environment(at, name, arguments[1] if len(arguments) > 1 else dict(keywords).get("default"))
    if callee in _COLLECTED and first is not None:
        return _collected(at, first)
    if callee in DEDENT and first is not None and is_textual(first):
        return first
    if callee in ("functools.reduce", "reduce") and len(arguments) > 1 and isinstance(arguments[1], Items):
        pieces = (*arguments[2:], *arguments[1].items)
        return text(at, pieces, "reduce") if any(map(is_textual, pieces)) else None
    return None


def of_method(
    at: Location,
    receiver: Value,
    method: str,
    arguments: tuple[Value, ...],
    keywords: tuple[tuple[str, Value], ...],
) -> Value | None:
    """A call of a method of a value; None where nobody knows what it gives."""
    if method in _FILLING:
        return _filled(at, receiver, arguments, keywords)
    if method == "join" and is_textual(receiver) and len(arguments) == 1:
        return joined(at, receiver, arguments[0])
    if is_textual(receiver):
        return _text_method(at, receiver, method, arguments, keywords)
    if isinstance(receiver, Record):
        return _record_method(at, receiver, method, arguments)
    if isinstance(receiver, Items) and method == "copy":
        return receiver
    if isinstance(receiver, Parameter | Reference) and not arguments:
        return _view(at, receiver, method)
    if isinstance(receiver, Choice) and method in _VIEWS:
        return _view_of_any(at, receiver, method)
    return None


def _collected(at: Location, value: Value) -> Value | None:
    if isinstance(value, Items):
        return value
    if isinstance(value, Record):
        return Items(at, tuple(Constant(at, key) for key in value.keys), value.open)
    one = element(value, at)
    return Items(at, (one,), open=True) if one is not None else None


def _filled(
    at: Location, template: Value, arguments: tuple[Value, ...], keywords: tuple[tuple[str, Value], ...]
) -> Value | None:
    """What a template makes of values: `Template("… $name").substitute(name=name)`."""
    kind = _TEMPLATES.get(template.callee) if isinstance(template, Call) and template.arguments else None
    written = constant_text(template.arguments[0]) if kind and isinstance(template, Call) else None
    if kind is None or written is None:
        return None
    mapping = arguments[0] if arguments else dict(keywords).get("**")
    parts: list[Value] = []
    for constant, name in templates.pieces(written, kind):
        parts.append(Constant(at, constant))
        if name:
            found = dict(keywords).get(name)
            if found is None and mapping is not None:
                found = member(mapping, f".{name}", at)
            parts.append(found or Unknown(at, name))
    return text(at, parts, "a template")


def _text_method(
    at: Location,
    receiver: Value,
    method: str,
    arguments: tuple[Value, ...],
    keywords: tuple[tuple[str, Value], ...],
) -> Value | None:
    if method == "format":
        names = {name: value for name, value in keywords if name not in ("*", "**")}
        rest = next((value for name, value in keywords if name == "**"), None)
        return formatted(at, receiver, arguments, names, rest)
    if method == "format_map" and arguments:
        mapping = arguments[0]
        return formatted(at, receiver, (), dict(mapping.entries) if isinstance(mapping, Record) else {}, mapping)
    if method == "replace" and len(arguments) >= 2:
        return replaced(at, receiver, arguments[0], arguments[1])
    if method in _SAME_TEXT | _CASED:
        constant = constant_text(receiver)
        if constant is None or method in ("encode", "decode"):
            return receiver
        chosen = [constant_text(argument) for argument in arguments]
        if method in ("strip", "lstrip", "rstrip") and all(chars is not None for chars in chosen):
            return Constant(at, getattr(constant, method)(*chosen))
        return Constant(at, getattr(constant, method)() if not arguments else constant)
    if method == "split" and (constant := constant_text(receiver)) is not None and len(arguments) <= 1:
        separator = constant_text(arguments[0]) if arguments else None
        if (not arguments or separator) and len(pieces := constant.split(separator)) <= EXPANDED * 2:
            return Items(at, tuple(Constant(at, piece) for piece in pieces))
    return None


def _record_method(at: Location, receiver: Record, method: str, arguments: tuple[Value, ...]) -> Value | None:
    if method == "get" and arguments:
        default = arguments[1] if len(arguments) > 1 else Constant(at, None)
        key = arguments[0]
        if isinstance(key, Constant):
            entry = receiver.get(str(key.value))
            return entry or (default if not receiver.open else None)
        return choice(at, [value for _, value in receiver.entries] + [default]) if not receiver.open else None
    match method:
        case "copy":
            return receiver
        case "keys":
            return Items(at, tuple(Constant(at, key) for key in receiver.keys), receiver.open)
        case "values":
            return Items(at, tuple(value for _, value in receiver.entries), receiver.open)
        case "items":
            pairs = tuple(Items(at, (Constant(at, key), value)) for key, value in receiver.entries)
            return Items(at, pairs, receiver.open)
    return None


def _view(at: Location, receiver: Value, method: str) -> Value | None:
    """The keys, values or items of a dict that nobody knows."""
    one = element(receiver, at)
    if one is None or method not in _VIEWS:
        return None
    return Items(at, (Items(at, (one, one)) if method == "items" else one,), open=True)


def _view_of_any(at: Location, receiver: Choice, method: str) -> Value | None:
    """The keys, values or items of one of several dicts: those of all of them, if each is known."""
    views = [_record_method(at, one, method, ()) for one in receiver.options if isinstance(one, Record)]
    found = [view for view in views if isinstance(view, Items) and not view.open]
    if len(found) < len(receiver.options):
        return None
    return Items(at, tuple(item for view in found for item in view.items), open=True)
