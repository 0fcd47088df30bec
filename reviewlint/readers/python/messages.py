"""What Python code sends to others: requests, httpx and aiohttp, and the clients of brokers."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tree_sitter import Node

from ...facts.file import FileFact
from ...facts.messages import OutboundRequest, PublishedEvent, RequestIdKept
from ...facts.values import Call, Parameter, Reference, Value, options
from . import queries
from .replies import argument, value_of

if TYPE_CHECKING:
    from .module import Module

_METHODS = frozenset({"get", "post", "put", "patch", "delete", "head", "request"})
_EVENTS = {
    "publish": (1, ("message", "body", "payload", "data", "Message", "event")),
    "basic_publish": (2, ("body",)),
    "send_and_wait": (1, ("value",)),
    "send_message": (-1, ("MessageBody",)),
    "put_record": (-1, ("Data",)),
    "produce": (1, ("value",)),
    "send": (1, ("value",)),
    "xadd": (1, ("fields",)),
}
"""Methods of brokers' clients: where the payload stands among their arguments, and what it is called."""
CALLS = _METHODS | set(_EVENTS)
_LIBRARY = re.compile(r"^(requests|httpx|aiohttp)(?:\.|$)")
_CLIENTS = frozenset({"Client", "AsyncClient", "Session", "ClientSession"})
_ADDS = frozenset({"headers", "auth", "event_hooks", "transport", "trace_configs", "middlewares", "mounts", "**"})
"""Arguments of a client by which its requests get more headers."""
_BROKER = re.compile(
    r"(?:^|[._])(?:\w*producer|\w*publisher|broker|redis\w*|nats|nc|js|jetstream|channel|\w*exchange|sns|sqs|kinesis|pubsub|bus"
    r"|\w*(?:event|message)_?bus|\w*broker|kafka\w*|queue|amqp|mq|outbox|topic)(?:_client)?(?:\(\))?$",
    re.IGNORECASE,
)
_ENCODES = frozenset({"dumps", "encode", "Message", "model_dump_json", "json", "packb", "bytes"})
_KEPT = re.compile(
    r"^(?:(?:\w+\.)*(?:g|request|req|state|record|\w*(?:local|context|ctx|scope)|self\.headers)\.)"
    r"(?:request|correlation|trace)_?id$"
    r"|\[b?[\"'](?:HTTP_)?X?[-_]?(?:request|correlation|trace)[-_]id[\"']\]$|\[b?[\"']traceparent[\"']\]$",
    re.IGNORECASE,
)
"""Where the id of a request is kept: on what stands for the request or its context, or under a header's name."""
_VARIABLE = re.compile(r"(?:request|correlation|trace)[-_]?id|traceparent", re.IGNORECASE)
_NAMES_ID = (
    *(b"request_id", b"REQUEST_ID", b"equest-I", b"requestId", b"correlation", b"Correlation", b"CORRELATION"),
    *(b"trace_id", b"Trace-I", b"traceparent"),
)
"""What a file has to mention that may keep such an id."""


def call(node: Node, module: "Module") -> Iterator[FileFact]:
    """A request or an event, where the receiver's origin or name says that it is one."""
    receiver, name = queries.receiver_of(node), module.callee(node).rpartition(".")[2]
    if receiver is None:
        return
    if name in _METHODS:
        yield from _request(node, receiver, name, module)
    if name in _EVENTS and _is_broker(receiver, module):
        position, names = _EVENTS[name]
        given = argument(node, module, position, *names)
        alone = module.arguments(node)
        payload = value_of(alone[0] if given is None and position >= 0 and len(alone) == 1 else given, module)
        if payload is not None:
            beside = value_of(
                argument(node, module, -1, "headers", "attributes", "properties", "MessageAttributes"), module
            )
            yield PublishedEvent(
                module.location(node), module.enclosing(node), _written(node, module), _decoded(payload), beside
            )


def file(module: "Module") -> Iterator[FileFact]:
    """Where the id of the request is kept."""
    if not module.mentions(*_NAMES_ID):
        return
    for node in module.seen.get("assign", ()):
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is None or right is None:
            continue
        held = right.type == "call" and module.callee(right).rpartition(".")[2] == "ContextVar"
        if (left.type != "identifier" and _KEPT.search(module.text(left))) or (
            held and _VARIABLE.search(module.text(node))
        ):
            yield RequestIdKept(module.location(node), module.text(left))


def _is_broker(receiver: Node, module: "Module") -> bool:
    """Whether a receiver is a broker's client, by its name or by what made it."""
    made = (option.callee for option in options(module.value(receiver)) if isinstance(option, Call))
    return any(map(_BROKER.search, (module.dotted(receiver), *made)))


def _request(node: Node, receiver: Node, name: str, module: "Module") -> Iterator[OutboundRequest]:
    made = module.dotted(receiver)
    own = not _LIBRARY.match(made)
    if own:
        if not module.has_import("requests", "httpx", "aiohttp"):
            return
        client = next((one for one in options(module.value(receiver)) if isinstance(one, Call)), None)
        made, own = ("", own) if client is None else (client.callee, _may_add(client, module.dotted(receiver), module))
    match = _LIBRARY.match(made)
    if match is None or not module.arguments(node):
        return
    url = value_of(argument(node, module, 1 if name == "request" else 0, "url"), module)
    headers = value_of(argument(node, module, -1, "headers"), module)
    yield OutboundRequest(
        module.location(node), module.enclosing(node), match[1], _written(node, module), url, headers, own
    )


def _may_add(client: Call, name: str, module: "Module") -> bool:
    """Whether a client may have headers that its calls do not say: given to it when it was made, or set on it later."""
    given = {key for key, _ in client.keywords}
    plain = client.at.path == module.path and client.name in _CLIENTS and not given & _ADDS
    return not plain or f"{name.rpartition('.')[2]}.".encode() + b"headers" in module.data


def _written(node: Node, module: "Module") -> str:
    function = node.child_by_field_name("function")
    return module.one_line(function, 60) if function is not None else ""


def _decoded(value: Value) -> Value:
    """What is turned into text: the object in `json.dumps(event).encode()`."""
    while isinstance(value, Call) and value.name in _ENCODES:
        inner = value.receiver if value.receiver is not None and not value.arguments else None
        inner = inner if inner is not None else next(iter(value.arguments), None)
        inner = inner if inner is not None else value.keyword("body")
        if inner is None or isinstance(inner, Reference | Parameter):
            return inner if inner is not None else value
        value = inner
    return value
