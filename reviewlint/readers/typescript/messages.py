"""What TypeScript code sends to others: fetch, axios, got and ky, and the clients of brokers."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from ...facts.file import FileFact
from ...facts.messages import OutboundRequest, PublishedEvent
from ...facts.values import Call, Constant, Items, Record, Text, Value
from . import syntax
from .module import Module
from .origins import origin
from .packages import is_own

_METHODS = frozenset({"get", "post", "put", "patch", "delete", "head", "request"})
_EVENTS = frozenset(
    {"publish", "sendToQueue", "send", "sendBatch", "putEvents", "sendMessage", "xadd", "publishMessage"}
)
_NESTS = frozenset({"emit", "send"})
"""By what a `ClientProxy` of Nest's sends a payload under a pattern."""
CALLS = _METHODS | _EVENTS | _NESTS | {"fetch", "axios", "got", "ky"}
_CLIENT = re.compile(r"^(axios|got|ky|undici|superagent|node-fetch|cross-fetch|ofetch)(?:\.|$|/)")
_BROKER = re.compile(
    r"(?:^|[._])(?:\w*[pP]roducer|\w*[pP]ublisher|broker|redis\w*|nats|nc|\w*[cC]hannel|sns\w*|sqs\w*|pubsub|topic|bus|eventBus|kafka\w*"
    r"|eventBridge\w*)(?:\(\))?$"
)
_ENCODES = frozenset({"JSON.stringify", "Buffer.from", "stringify", "encode", "toBuffer"})
_ADDING = frozenset({"headers", "hooks", "interceptors", "transformRequest", "adapter", "agent", "handlers"})
_ADDED_LATER = (b".interceptors", b".defaults", b"mergeOptions")
"""How clients are told to add something to all that they send."""
_COMMAND = re.compile(r"(?:PublishCommand|SendMessageCommand|PutEventsCommand)$")


def call(node: Node, module: Module) -> Iterator[FileFact]:
    """A request or an event, where the receiver's origin or name says that it is one."""
    callee = module.callee(node)
    name, given, receiver = callee.rpartition(".")[2].rpartition("/")[2], syntax.arguments(node), module.receiver(node)
    if not given or node.type != "call_expression":
        return
    if receiver is None:
        match = _CLIENT.match(callee)
        if callee == "fetch" or match is not None:
            said = module.value(given[1]) if len(given) > 1 else None
            yield _request(node, callee if match is None else match[1], given[0], said, module)
    elif name in _METHODS and (match := _CLIENT.match(origin(receiver, module) or module.dotted(receiver))):
        own = _CLIENT.fullmatch(module.dotted(receiver).removesuffix(".default")) is None
        said = module.value(given[-1]) if len(given) > 1 else None
        yield _request(node, match[1], given[0], said, module, client=own and _may_add(receiver, module))
    elif _publishes(name, receiver, module):
        yield from _event(node, name, [module.value(one) for one in given], module)


def _may_add(client: Node, module: Module) -> bool:
    """Whether a client that was made before may have headers of its own; none that was made with other options has."""
    binding = module.binding(client) if client.type == "identifier" else None
    value = binding.declaration.child_by_field_name("value") if binding is not None else None
    made = syntax.unwrapped(value) if value is not None else None
    if made is None or made.type not in syntax.CALLS or module.mentions(*_ADDED_LATER):
        return True
    given = syntax.arguments(made)
    options = module.value(given[-1]) if given else None
    if isinstance(options, Record):
        return options.open or not _ADDING.isdisjoint(options.keys)
    return options is not None and not isinstance(options, Constant | Text)


def _publishes(name: str, receiver: Node, module: Module) -> bool:
    """Whether a method of that name hands something to a broker, by what its object is called or made by.

    What the project's own class is asked to publish is no event yet: that is what the class hands on.
    """
    if name in _EVENTS and _BROKER.search(module.dotted(receiver)):
        made = origin(receiver, module)
        return not (is_own(made) and made.rpartition(".")[2][:1].isupper())
    return name in _NESTS and origin(receiver, module).startswith("@nestjs/microservices.")


def _request(
    node: Node, library: str, url: Node, said: Value | None, module: Module, *, client: bool = False
) -> OutboundRequest:
    headers = said.get("headers") if isinstance(said, Record) else said
    if isinstance(said, Record) and said.open and headers is None:
        headers = said
    function = syntax.callee(node)
    return OutboundRequest(
        module.location(node),
        module.enclosing(node),
        library,
        module.one_line(function, 60) if function is not None else "",
        module.value(url),
        headers,
        client,
    )


def _event(node: Node, name: str, given: list[Value], module: Module) -> Iterator[PublishedEvent]:
    """The payloads of one call; of Kafka's `send({ messages: […] })` one for each message."""
    first, function = given[0], syntax.callee(node)
    if isinstance(first, Call) and _COMMAND.search(first.callee) and first.arguments:
        first = first.arguments[0]
    payloads: list[tuple[Value, Value | None]] = []
    if isinstance(first, Record):
        messages = first.get("messages") or first.get("Entries")
        several = messages.items if isinstance(messages, Items) else (first,)
        for one in several:
            if isinstance(one, Record):
                for key in ("value", "Message", "MessageBody", "Detail", "json", "data", "content"):
                    if (held := one.get(key)) is not None:
                        payloads.append(
                            (held, one.get("headers") or one.get("attributes") or one.get("MessageAttributes"))
                        )
                        break
    elif len(given) > 1:
        at = 2 if name == "publish" and len(given) > 2 else 1
        payloads.append((given[at], given[at + 1] if at + 1 < len(given) else None))
    for payload, beside in payloads:
        yield PublishedEvent(
            module.location(node),
            module.enclosing(node),
            module.one_line(function, 60) if function is not None else "",
            _decoded(payload),
            beside,
        )


def _decoded(value: Value) -> Value:
    """What is turned into text: the object in `Buffer.from(JSON.stringify(event))`."""
    while isinstance(value, Call) and (value.callee in _ENCODES or value.name in _ENCODES) and value.arguments:
        value = value.arguments[0]
    return value
