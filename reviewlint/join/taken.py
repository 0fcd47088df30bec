"""What a value has of a request's body as it came."""

import re
from collections.abc import Collection, Iterator

from ..facts.values import Call, Choice, Items, Parameter, Record, Reference, Text, Value, constant_text, named

BODY = re.compile(
    r"(?:^|\.)(?:request|req|c\.req|ctx\.request|context\.request)\.(?:(?:get_json|json|body|formData)\(\)|json|body|data|form|POST)(?:\.|\[|$)"
)
"""The body of a request, or a part of it, by its name."""
_PART = re.compile(r"(?:\.request)?\.(?:body|data|POST|form|json)\b")
REQUESTS = frozenset({"req", "request", "ctx", "c", "context", "event"})
"""Parameters that hold the request."""
_LOOSE = re.compile(r"^(?:(?:typing\.)?Annotated\[\s*)?(?:dict|Dict|typing\.Dict|Any|typing\.Any|Mapping)\b")
"""Types of parameters that say nothing of what is in them."""
_ROWS = re.compile(r"^(?:Annotated\[\s*)?(?:[lL]ist|Sequence)\[\s*(?:dict|Dict|Mapping|Any)\b")
"""The same of several at once, which a handler gets from nothing but a body."""


def of_body(value: Value, loads: frozenset[str] = frozenset()) -> Value | None:
    """The part of a value that comes from the request's body as it is."""
    match value:
        case Reference(name=name):
            loaded = name.startswith(tuple(f"{one}(){sign}" for one in loads for sign in ".["))
            return value if loaded or BODY.search(name) else None
        case Parameter(name=name, path=path, annotation=annotation, injected=False):
            whole = not path and "Body(" not in annotation  # it may be what a dependency gives
            loose = _ROWS.match(annotation) or (not whole and _LOOSE.match(annotation))
            return value if (name in REQUESTS and _PART.match(path)) or loose else None
        case Call(callee=callee, receiver=receiver):
            if BODY.search(callee):
                return value
            if value.name[:1].isupper():  # a row that is made of it
                return next((found for _, one in value.keywords if (found := of_body(one, loads)) is not None), None)
            if value.name == "get" and isinstance(receiver, Call) and receiver.callee in loads:
                return value
            return of_body(receiver, loads) if receiver is not None and value.name == "get" else None
        case Record(entries=entries):
            return next((found for _, entry in entries if (found := of_body(entry, loads)) is not None), None)
        case Items(items=several) | Choice(options=several) | Text(parts=several):
            return next((found for one in several if (found := of_body(one, loads)) is not None), None)
        case _:
            return None


def as_they_came(value: Value, loads: frozenset[str] = frozenset()) -> Iterator[Value]:
    """All the parts of a request's body that a value has as they are, those among them that a default may stand for."""
    match value:
        case Record(entries=entries):
            for _, entry in entries:
                yield from as_they_came(entry, loads)
        case Items(items=several) | Choice(options=several) | Text(parts=several):
            for one in several:
                yield from as_they_came(one, loads)
        case Call(keywords=keywords) if value.name[:1].isupper():
            for _, one in keywords:
                yield from as_they_came(one, loads)
        case _:
            if of_body(value, loads) is not None:
                yield value


def part_of(value: Value, names: Collection[str]) -> Value | None:
    """The part of a value that is one of these parameters, or taken from it as it is."""
    match value:
        case Parameter(name=name):
            return value if name in names else None
        case Record(entries=entries):
            return next((found for _, entry in entries if (found := part_of(entry, names)) is not None), None)
        case Items(items=several) | Choice(options=several) | Text(parts=several):
            return next((found for one in several if (found := part_of(one, names)) is not None), None)
        case _:
            return None


def leaves(value: Value | None) -> Iterator[Value]:
    """What a value is made of in the end; of a call what it is given."""
    match value:
        case Call(arguments=arguments, keywords=keywords, receiver=receiver):
            yield value
            for one in (*arguments, *(each for _, each in keywords), receiver):
                yield from leaves(one)
        case Record(entries=entries):
            for _, one in entries:
                yield from leaves(one)
        case Items(items=several) | Choice(options=several):
            for one in several:
                yield from leaves(one)
        case Parameter() | Reference():
            yield value


def spelled(value: Value) -> str:
    """Such a part as its code says it: `body.name`."""
    text = named(value)
    if isinstance(value, Call) and value.name == "get" and value.arguments:
        key = constant_text(value.arguments[0]) or named(value.arguments[0])
        text = f"{named(value.receiver) if value.receiver is not None else 'body'}.{key}"
    return text.replace("flask.", "").replace(".catch()", "")
