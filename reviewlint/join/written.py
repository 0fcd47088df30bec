"""What expressions come to with parameters put in, other files' constants and the project's own calls followed.

What cannot be followed stays as it is.
"""

import itertools
import re
from collections.abc import Mapping
from dataclasses import replace
from operator import is_

from ..facts.statuses import status_named
from ..facts.values import (
    Call,
    Choice,
    Constant,
    Items,
    Parameter,
    Record,
    Reference,
    Text,
    Unknown,
    Value,
    options,
)
from ..project import Project
from .code import Code, Place

MAX_HOPS = 6
"""How many calls deep a response is followed; helpers of helpers of helpers are rare, cycles are not."""

SERIALIZERS = frozenset({"toJSON", "toJson", "to_json", "to_dict", "toDict", "as_dict", "asdict", "serialize"})
"""Names of methods by which the project's own objects turn themselves into JSON; only used with what they return."""

MODEL_DUMPS = frozenset({"model_dump", "dict", "jsonable_encoder", "asdict"})
"""What turns an object into its fields without changing their names."""

NUMBERS = frozenset({"int", "http.HTTPStatus", "Number", "parseInt"})
"""Calls that leave a status what it is."""

DEFAULT_STATUS = 200
"""What the Fetch standard's `Response`, and every framework that takes a status, answers where none is given."""

STATUSES = ("http_status", "http_status_code", "httpStatus", "status_code", "statusCode", "status")
"""What constructors of exceptions call the status that their answer shall have; what says HTTP before what need not."""

_LOOKED_UP = re.compile(r"[\])](?:\.\w+)*$")
"""The end of what stands for a value that was looked up, or for a part of it."""

SPREADS = frozenset({"*", "**"})
MORE = "**"
"""Under what a call's arguments have those that no parameter of their own takes."""

Bindings = Mapping[str, Value]


def written_out(project: Project, path: str, value: Value) -> Value:
    """`value` with what the project's own functions return and other files define in the place of calls and names."""
    return expanded(project.view(Code), path, value, MAX_HOPS)


def arguments(code: Code, place: Place, call: Value | None, outer: Bindings) -> dict[str, Value]:
    """The parameters of the function at `place` as `call` gives them."""
    function = code.functions.get(place) or code.functions.get(Place(place.path, f"{place.name}.constructor"))
    if function is None or not isinstance(call, Call):
        return {}
    given: dict[str, Value] = dict(zip(function.parameters, call.arguments, strict=False))
    given.update(call.keywords)
    more = tuple((key, value) for key, value in call.keywords if key not in function.parameters and key not in SPREADS)
    if more:  # what Python's `**extra` takes
        given[MORE] = Record(call.at, more)
        if place.path.endswith(".py") and function.parameters:
            given.setdefault(function.parameters[-1], given[MORE])
    return {**dict(function.defaults), **{name: bound(code, value, outer) for name, value in given.items()}}


def bound(code: Code, value: Value, bindings: Bindings) -> Value:
    """`value` with the parameters that `bindings` know put in."""
    if not bindings:
        return value
    match value:
        case Parameter(name=name, path=path) if name in bindings or f"{name}{path}" in bindings:
            given = bindings.get(name)
            for step in filter(None, path.split(".")):
                given = None if given is None else _inside(code, given, step)
            return given or bindings.get(f"{name}{path}") or Unknown(value.at, f"{name}{path}")
        case Text(parts=parts):
            found = _all_bound(code, parts, bindings)
            return value if found is parts else replace(value, parts=found)
        case Record(entries=entries):
            named = _bound_by_name(code, entries, bindings)
            named = named if MORE not in value.keys else tuple(itertools.chain.from_iterable(map(_spread, named)))
            more = bindings.get(MORE) if value.open else None
            if isinstance(more, Record):
                named = (*named, *(entry for entry in more.entries if entry[0] not in value.keys))
            return value if named is entries else replace(value, entries=named)
        case Items(items=items):
            found = _all_bound(code, items, bindings)
            return value if found is items else replace(value, items=found)
        case Choice(options=several):
            found = _all_bound(code, several, bindings)
            return value if found is several else replace(value, options=found)
        case Call(arguments=arguments, keywords=keywords, receiver=receiver):
            found = _all_bound(code, arguments, bindings)
            named = _bound_by_name(code, keywords, bindings)
            made = None if receiver is None else bound(code, receiver, bindings)
            if found is arguments and named is keywords and made is receiver:
                return value
            return replace(value, arguments=found, keywords=named, receiver=made)
        case _:
            return value


def _spread(entry: tuple[str, Value]) -> tuple[tuple[str, Value], ...]:
    """The entries that `**extra` gives among keywords, where it is known."""
    key, value = entry
    return value.entries if key == MORE and isinstance(value, Record) else (entry,)


def _all_bound(code: Code, values: tuple[Value, ...], bindings: Bindings) -> tuple[Value, ...]:
    """The same tuple where nothing in it is bound: most values hold no parameter."""
    found = tuple([bound(code, value, bindings) for value in values])
    return values if all(map(is_, found, values)) else found


def _bound_by_name(
    code: Code, entries: tuple[tuple[str, Value], ...], bindings: Bindings
) -> tuple[tuple[str, Value], ...]:
    found = tuple([(key, bound(code, value, bindings)) for key, value in entries])
    same = all(one is other for (_, one), (_, other) in zip(found, entries, strict=True))
    return entries if same else found


def _inside(code: Code, given: Value, name: str) -> Value | None:
    """What `given.name` is: an entry of a record, an attribute of an object that a class of the project makes."""
    if isinstance(given, Record):
        return given.get(name)
    return _attribute(code, given, name, MAX_HOPS) if isinstance(given, Call) and "#" in given.callee else None


def _attribute(code: Code, made: Call, name: str, hops: int) -> Value | None:
    """An attribute of what `made` constructs (its class named by path and name): what the constructor gets under this
    name, else what the class says of all its objects, else what the class tells its base.
    """
    place = code.place("", made.callee)
    constructor = code.constructor(place) if place is not None and hops else None
    if place is None:
        return None
    given = {} if constructor is None else arguments(code, constructor, made, {})
    if constructor is not None and name in STATUSES and name not in given:
        told = next((one.status_value for one in code.responses.get(constructor, ())), None)
        if told is not None and is_computed(code, constructor.path, told, given):
            return bound(code, told, given)
    constant = code.attribute(place.path, made.callee, name)
    if name in given:
        own = given[name]
        return constant if constant is not None and isinstance(own, Constant) and own.value is None else own
    if constant is not None or constructor is None:
        said = made.arguments[0] if name == "message" and made.arguments and not place.path.endswith(".py") else None
        return said if constant is None else constant  # JavaScript's classes hand on what they are given
    for one in code.responses.get(constructor, ()):
        base = code.place(constructor.path, one.exception) if one.exception else None
        if base is not None and base in code.classes and isinstance(one.body, Call):
            told = bound(code, replace(one.body, callee=f"{base.path}#{base.name}"), given)
            if isinstance(told, Call) and (found := _attribute(code, told, name, hops - 1)) is not None:
                return found
    return None


def expanded(code: Code, path: str, value: Value, hops: int) -> Value:
    """`value` with other files' constants, and what the project's functions and classes return, in place of names."""
    if not hops:
        return value
    match value:
        case Record(entries=entries):
            return replace(value, entries=tuple((key, expanded(code, path, entry, hops)) for key, entry in entries))
        case Choice(options=several):
            return replace(value, options=tuple(expanded(code, path, option, hops) for option in several))
        case Reference(name=name):
            place = code.place(path, name)
            known = code.definitions.get(place) if place is not None else None
            if known is None or place is None:
                return _entry(code, path, name, hops) or value
            return expanded(code, place.path, known, hops - 1)
        case Call():
            return _called(code, path, value, hops)
        case _:
            return value


def _entry(code: Code, path: str, name: str, hops: int) -> Value | None:
    """What an object of constants that another file defines holds under a name: `./http.Status.Conflict`."""
    owner, _, key = name.rpartition(".")
    place = code.place(path, owner) if owner else None
    held = code.definitions.get(place) if place is not None else None
    found = held.get(key) if isinstance(held, Record) else None
    return None if found is None or place is None else expanded(code, place.path, found, hops - 1)


def _called(code: Code, path: str, call: Call, hops: int) -> Value:
    """What a call of the project's own code returns, `call` itself where that is not known."""
    if call.name in MODEL_DUMPS:
        inner = call.receiver if call.receiver is not None else next(iter(call.arguments), None)
        return call if inner is None else expanded(code, path, inner, hops - 1)
    place = code.place(path, call.callee)
    made = call.receiver if isinstance(call.receiver, Call) else None
    if place is None and call.name in SERIALIZERS and made is not None:
        place = _method(code, path, made.callee, call.name)
    if place is None and call.name in SERIALIZERS and isinstance(call.receiver, Parameter) and call.receiver.annotation:
        place = _method(code, path, call.receiver.annotation, call.name)
    if place is None:
        return call
    if place in code.classes:
        shown = _method(code, place.path, place.name, "toJSON")
        if shown is not None:
            named = replace(call, callee=f"{place.path}#{place.name}")
            return _returned(code, shown, Call(call.at, shown.name, receiver=named), hops)
        if call.keywords and not call.arguments:
            fields = tuple((key, expanded(code, path, given, hops - 1)) for key, given in call.keywords)
            return Record(call.at, fields, open=True)
        return call
    if made is not None and (owner := code.place(path, made.callee)) is not None and owner in code.classes:
        call = replace(call, receiver=replace(made, callee=f"{owner.path}#{owner.name}"))
    return _returned(code, place, call, hops)


def _returned(code: Code, place: Place, call: Call, hops: int) -> Value:
    """What the function at `place` returns to `call`; in a method, `this` and `self` are the object it is called on."""
    function = code.functions.get(place)
    if function is None or not function.returns:
        return call
    inner = arguments(code, place, call, {})
    made = call.receiver if isinstance(call.receiver, Call) and "#" in call.receiver.callee else None
    found = tuple(
        expanded(code, place.path, _of_object(code, bound(code, one, inner), made), hops - 1)
        for one in function.returns
    )
    return found[0] if len(found) == 1 else Choice(call.at, found)


def _of_object(code: Code, value: Value, made: Call | None) -> Value:
    """`value` with the attributes of the object that `made` constructs in place of `this.x` and `self.x`."""
    match value:
        case Reference(name=name) if made is not None and name.partition(".")[0] in ("this", "self"):
            return _attribute(code, made, name.partition(".")[2], MAX_HOPS) or value
        case Record(entries=entries):
            return replace(value, entries=tuple((key, _of_object(code, entry, made)) for key, entry in entries))
        case Text(parts=parts):
            return replace(value, parts=tuple(_of_object(code, part, made) for part in parts))
        case _:
            return value


def _method(code: Code, path: str, owner: str, method: str) -> Place | None:
    for place, _ in code.lineage(path, owner):
        if place is not None and (found := Place(place.path, f"{place.name}.{method}")) in code.functions:
            return found
    return None


def number(code: Code, path: str, value: Value | None, bindings: Bindings) -> int | None:
    """The status that an expression comes to, None where it is not one number.

    One beside what a caller may leave out holds wherever that is left out (`given ?? 404`). Beside what is looked up or
    made it is for what nobody has thought of: `STATUS_OF[code] ?? 500` is no 500.
    """
    found = _numbers(code, path, value, bindings)
    numbers = set(found.values()) - {None}
    unsaid = any(status is None and _is_looked_up(option) for option, status in found.items())
    return numbers.pop() if len(numbers) == 1 and not unsaid else None


def is_computed(code: Code, path: str, value: Value | None, bindings: Bindings) -> bool:
    """Whether something is said for a status, and what it comes to is not to be known here."""
    found = _numbers(code, path, value, bindings)
    several = len(set(found.values()) - {None}) > 1
    return several or any(status is None and _is_looked_up(option) for option, status in found.items())


def _numbers(code: Code, path: str, value: Value | None, bindings: Bindings) -> dict[Value, int | None]:
    """All that an expression may come to, with the status that each is."""
    if value is None:
        return {}
    said = expanded(code, path, bound(code, _number_itself(value), bindings), MAX_HOPS)
    return {option: _counted(_number_itself(option)) for option in options(said)}


def _is_looked_up(value: Value) -> bool:
    """Whether an expression gets its value from a table, or from code that is not known: `STATUS_OF[code]`.

    Or is a part of such a value: `known(key).status`.
    """
    match value:
        case Call():
            return True
        case Reference(name=source) | Unknown(source=source):
            return _LOOKED_UP.search(source) is not None
        case _:
            return False


def _number_itself(value: Value) -> Value:
    """A status without what only turns it into a number: `int(status)`, `HTTPStatus(status)`, `status.value`."""
    match value:
        case Call(callee=callee, arguments=(inner,)) if callee in NUMBERS:
            return _number_itself(inner)
        case Parameter(path=path) if path.endswith(".value"):
            return replace(value, path=path.removesuffix(".value"))
        case _:
            return value


def _counted(value: Value) -> int | None:
    match value:
        case Constant(value=int(number)):
            return number
        case Reference(name=name):
            return status_named(name)
        case Record():  # the `init` of the Fetch standard's `Response`
            said = value.get("status")
            return _counted(said) if said is not None else None if value.open else DEFAULT_STATUS
        case _:
            return None
