"""What a service sends to others: requests over HTTP, and events."""

from .file import FileFact
from .frozen import dataclass
from .values import Value


@dataclass(frozen=True, slots=True)
class OutboundRequest(FileFact):
    """A request that code makes over HTTP.

    `library` is `requests`, `httpx`, `aiohttp`, `fetch`, `axios`, …; `call` the callee as written. `headers` are those
    that the call sets, None where it sets none. `client` where a client that was made elsewhere makes it, and may have
    headers of its own.
    """

    function: str
    library: str
    call: str
    url: Value | None = None
    headers: Value | None = None
    client: bool = False


@dataclass(frozen=True, slots=True)
class PublishedEvent(FileFact):
    """A message handed to a broker: Kafka, RabbitMQ, Redis, NATS, SNS, SQS, EventBridge, Pub/Sub.

    `call` is the callee as written; `payload` what is sent, before it is turned into text, and `attributes` the headers
    or attributes beside it, None where there are none.
    """

    function: str
    call: str
    payload: Value
    attributes: Value | None = None


@dataclass(frozen=True, slots=True)
class RequestIdKept(FileFact):
    """Code that keeps the id of the request which it works for, or puts it on a response or client.

    `name` is what it is kept under, as written: `g.request_id`, `session.headers["X-Request-ID"]`, a context variable.
    """

    name: str
