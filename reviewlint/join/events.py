"""The events that a project publishes, followed to where their payload is written.

A payload that a function of the project builds (`make_event("order.placed", …)`) is written out as that function
returns it; one that a function only hands on (`def publish(topic, event)`) stands where that function is called.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..facts.location import Location
from ..facts.messages import PublishedEvent
from ..facts.values import Call, Constant, Parameter, Record, Value
from ..project import SERVER_SIDES, Project
from .givers import givers
from .written import written_out

MAX_HOPS = 3
"""How many functions a payload is followed through to where it is written."""
ENCODES = frozenset({"JSON.stringify", "Buffer.from", "json.dumps", "orjson.dumps"})
NAMES = ("type", "event", "event_type", "name", "kind")
"""What an envelope calls the kind of its event."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event as it is published.

    `at` is the call that publishes it, of the broker's client or of a function of the project; `function` the one that
    the call stands in, and `call` what is called. `payload` and `attributes` are as in `PublishedEvent`, written out.
    """

    at: Location
    function: str
    call: str
    payload: Value
    attributes: Value | None


def events(project: Project) -> tuple[Event, ...]:
    """The view: the events of the project's server code; of a function that sends any event one for each call of it."""
    return tuple(
        event
        for fact in project.facts(PublishedEvent, *SERVER_SIDES)
        for event in _followed(
            project, Event(fact.at, fact.function, fact.call, fact.payload, fact.attributes), MAX_HOPS
        )
    )


def _followed(project: Project, event: Event, hops: int) -> Iterator[Event]:
    payload = _decoded(written_out(project, event.at.path, event.payload))
    calls = project.view(givers).of(event.at.path, event.function).given if hops and _is_any(payload) else ()
    for call in calls:
        given = dict(call.arguments)
        bound = _given(payload, given)
        beside = None if event.attributes is None else _given(event.attributes, given)
        name = event.function.rpartition(".")[2]
        yield from _followed(project, Event(call.at, call.function, name, bound, beside), hops - 1)
    if not calls:
        yield Event(event.at, event.function, event.call, payload, event.attributes)


def _decoded(value: Value) -> Value:
    """What a function that builds events turns into text itself: `JSON.stringify({ id, type })`."""
    while isinstance(value, Call) and value.callee in ENCODES and value.arguments:
        value = value.arguments[0]
    return value


def _is_any(payload: Value) -> bool:
    """Whether a function sends whatever event it is given."""
    if isinstance(payload, Record):
        return any(isinstance(payload.get(name), Parameter) for name in NAMES)
    return isinstance(payload, Parameter) and not payload.path


def _given(value: Value, given: Mapping[str, Value]) -> Value:
    """`value` with what its function is given at one of its calls; what a call leaves out is nothing."""
    match value:
        case Parameter(name=name, path=""):
            return given.get(name, Constant(value.at, None))
        case Record(entries=entries):
            return Record(value.at, tuple((key, _given(one, given)) for key, one in entries), value.open)
        case _:
            return value
