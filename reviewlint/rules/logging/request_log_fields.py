"""A line about a request or its response lacks what such lines are searched by.

The access line is where every investigation begins: which request, which path, how it ended, how long it took. Without
`request_id` it cannot be tied to the lines of the same request; without `status` and `duration_ms` nothing can be
counted or measured from it.

Required are `request_id`, `method` and `path`, and `status` and `duration_ms` on completion; common synonyms count. A
request id that is bound to the context (structlog's contextvars, pino-http, asgi-correlation-id, OpenTelemetry) is there.

Known to be the log of requests is what a middleware writes around each of them, all its lines together, and what tells
of their end; “request received” may be a webhook's. A service with a filter, formatter or adapter of its own may add the
id to each record in ways that nobody sees.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ...facts.code import Class, Function
from ...facts.imports import Import
from ...facts.logs import LogCall, RecordFields
from ...facts.values import Call, Constant, Record, Text, Value, holes, named, rendered
from ...finding import Confidence, Finding
from ...join.endpoints import handling
from ...join.functions import calling, functions
from ...join.modules import modules
from ...join.running import runs
from ...join.services import services
from ...project import SERVER_SIDES, Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="medium",
    since="0.1.0",
    languages=("python", "typescript"),
    found_at=("LogCall",),
    serving=True,
    asked_by="S F A",
    strictly="lines that lack nothing but an id where the service's log may add it, those that tell of a request "
    "outside of middleware before it ends, those that read nothing of a request where none is known to run the line, and "
    "those of services of which another line around each request is put together elsewhere.",
    limits="Lines are known by their message, “request completed” and the like, or by what they hold in a middleware.",
)

BEGINS = re.compile(
    r"^\W*(?:incoming|received|new|handling|processing|http)?[ _.-]*(?:http[ _.-]*)?request(?:[ _.-]*(?:received|started|start|begin|began|in))?\W*$",
    re.IGNORECASE,
)
ENDS = re.compile(
    r"^\W*(?:http[ _.-]*)?(?:request|response)[ _.-]*(?:completed?|finished|done|handled|processed|end(?:ed)?|sent|out|log)\W*$"
    r"|^\W*access(?:[ _.-]?log)?\W*$|^\W*(?:completed|finished|handled) request\W*$",
    re.IGNORECASE,
)
CONTEXT = re.compile(
    r"^(?:structlog\.contextvars|pino-http|nestjs-pino|asgi_correlation_id|opentelemetry|@opentelemetry/|express-http-context"
    r"|cls-hooked|@fastify/request-context|node:async_hooks|async_hooks|ddtrace|dd-trace|elasticapm|starlette_context)"
)
CHILD = re.compile(r"(?:^|\.)child$")
BOUND = re.compile(r"^(?:req|request|res|reply)\.log\.")
"""The logger that Fastify, pino-http and restify hang on each request, with its id bound."""
OF_REQUEST = re.compile(r"^(?:req|request|res|response|ctx|context|c)\b")
"""Loggers that a middleware hangs on the request; what it bound to them stands in another place."""
WRITES_OUT = re.compile(r"(?:^|\.)(?:dumps|stringify|inspect|pformat|to_?json|serialize)$", re.IGNORECASE)
"""What makes text of all that an object holds: `json.dumps(line)`, `JSON.stringify(line)`."""
BINDS = re.compile(r"(?:^|\.)(?:bind_contextvars|bound_contextvars|contextualize)$")
SENT = re.compile(r"\bresponse\.(?:request|config)\b")
"""The request that belongs to an answer in the hands of a client: httpx and requests, axios."""
ADDS = re.compile(r"(?:^|\.)(?:Filter|Formatter|LoggerAdapter)$")
"""The classes of Python's logging that a service extends to add something to each line."""
RECORDS = {"logging.Filter": "filter", "logging.Formatter": "format"}
"""What gives every record of Python's logging a field that no call passes, and the method that does."""
TOLD = re.compile(r"(?:^|[._])correlation\w*\.get$", re.IGNORECASE)
"""How a context variable is read that has no `id` in its name."""
READS = re.compile(r"\b(?:request|req|ctx|context|c|response|res|reply)\??\.\w")
"""What is read of a request, or of what answers it."""
PASSES_ON = re.compile(r"(?:^|\.)(?:call_next|get_response)$")
"""What a middleware of Starlette or Django calls to have the request answered."""
NEXT = re.compile(r"^next(?:\.handle)?$")
"""What middleware of Express, Koa and Hono, and interceptors of Nest, call for the same."""
AROUND = ("after_request", "after_app_request")
"""How Flask's functions are decorated that see every response."""
SPELLED = {
    "request_id": r"request_?id|req_?id|correlation_?id|trace_?id|x[-_]request[-_]id",
    "method": r"method|verb",
    "path": r"path\w*|url|uri|route|endpoint|originalurl",
    "status": r"status\w*|code",
    "duration_ms": r"duration\w*|elapsed\w*|latency\w*|response_?time\w*|took\w*|process_?time\w*|time_?ms|ms|time_?taken",
}
ACCESS = ("method", "path", "status")
"""What a line without a word of its own is given where it is about a request that was answered."""
QUOTES = re.compile(r"^[fFrRbB]*[\"'`]+|[\"'`]+$")
UNIT = re.compile(r"\bms\b")
WORD = re.compile(r"[^\W\d_]{2}")
TIMED = re.compile(
    r"\b(?:requests?|responses?|https?|took|taken|in|ms|seconds?|completed?|finished|ended|handled|served|done|processed"
    r"|returned|method|path|url|duration|elapsed|time|latency)\b",
    re.IGNORECASE,
)
"""Words of a line that tells how long a request took, and of nothing else that took its time."""
START = ("request_id", "method", "path")
END = (*START, "status", "duration_ms")


@dataclass(frozen=True)
class Options:
    """`required` on every request line and `on_completion` besides, out of the names above or names of your own."""

    required: tuple[str, ...] = START
    on_completion: tuple[str, ...] = ("status", "duration_ms")


def check(project: Project, options: Options) -> Iterator[Finding]:
    """Each request line without a required field."""
    names = project.view(services)
    bound = {names.of(fact.at.path) for fact in project.facts(Import) if CONTEXT.match(fact.module)}
    binding = {names.of(fact.at.path) for fact in calling(project, BINDS.search)}
    bound |= _filtered(project)
    added: dict[str, str] = defaultdict(str)
    for fact in project.facts(RecordFields, *SERVER_SIDES):
        added[names.of(fact.at.path)] += " ".join(("", *map(_snake, fact.names)))
    around = _around(project)
    beneath = {(path, one) for path, name in around for one in _calls_beside(project, path, name)}
    computed = {  # what no line of its own file tells: it may be the log of requests
        names.of(log.at.path)
        for log in project.facts(LogCall, *SERVER_SIDES)
        if isinstance(log.message, Call) and log.level == "info" and (log.at.path, log.function) in around | beneath
    }
    together: dict[tuple[str, str], str] = defaultdict(str)
    for log in project.facts(LogCall, *SERVER_SIDES):
        if (place := (log.at.path, log.function)) in around:
            together[place] += f" {_said(log)}"
    adding = {names.of(fact.at.path) for fact in project.facts(Class) if any(map(ADDS.search, fact.bases))}
    children = {names.of(fact.at.path) for fact in calling(project, CHILD.search)}
    for log in project.facts(LogCall, *SERVER_SIDES):
        if (log.at.path, log.function) in project.view(handling):
            continue  # of what one endpoint does, not of all requests
        if log.message is not None and any(SENT.search(named(hole)) for hole in holes(log.message)):
            continue  # of a request that the service makes
        if log.level not in ("info", "debug") or log.library == "print" or not isinstance(log.message, Constant | Text):
            continue
        text = re.sub(r"\{\}|%\w", " ", rendered(log.message)).strip()
        ends = ENDS.match(text) is not None
        said, place = _said(log), (log.at.path, log.function)
        if not WORD.search(UNIT.sub(" ", text)) and all(_names(name, said) for name in ACCESS):
            text, ends = QUOTES.sub("", log.given[0]) if log.given else rendered(log.message, "…"), True
        elif place in around and all(_names(name, said) for name in START[1:]):
            timed = _names("duration_ms", said) and not WORD.search(TIMED.sub(" ", text))
            ends = ends or timed or _names("status", said)
        if not ends and not BEGINS.match(text):
            continue
        written = [one for one in _parts(log) if isinstance(one, Call) and WRITES_OUT.search(one.callee)]
        if any(isinstance(one, Record) and one.open for one in log.arguments) or not _is_known(log, written):
            continue
        said += _snake(" ".join(("", *(key for one in written for key in _keys(one)))))
        required = [*options.required, *(options.on_completion if ends else ())]
        service, loaded = names.of(log.at.path), project.view(_loaded).get(names.of(log.at.path), set())
        held = BOUND.match(log.call) or (service in children and OF_REQUEST.match(log.call))
        given = (
            START if service in binding else ("request_id",) if held or not bound.isdisjoint({service, *loaded}) else ()
        )
        said_of_all = "".join(added[one] for one in {service, *loaded})
        lacking = [name for name in required if name not in given and not _names(name, said + said_of_all)]
        if lacking:
            listed = ", ".join(f"`{name}`" for name in lacking)
            yield Finding(
                log.at,
                evidence=f"“{text}” is logged without {listed}.",
                remedy=f"Pass {listed} as fields, or bind the request's id to the log context in a middleware.",
                slots={"message": text, "fields": listed},
                confidence=Confidence.MEDIUM,
                strict=not (ends or place in around)
                or not (place in around or runs(project, *place) or any(map(READS.search, log.given)))
                or (service in adding and lacking == ["request_id"])
                or service in computed
                or all(_names(name, together[place]) for name in lacking),
            )


def _loaded(project: Project) -> dict[str, set[str]]:
    """The view: by service the packages of the repository that it loads, and those that these load."""
    names, graph = project.view(services), project.view(modules)
    direct: dict[str, set[str]] = defaultdict(set)
    for path, file in project.files.items():
        if file.side in SERVER_SIDES:
            own = names.of(path)
            direct[own] |= {names.of(edge.target) for edge in graph.imports(path)} - {own}
    found: dict[str, set[str]] = {}
    for service in list(direct):
        waiting, found[service] = [*direct[service]], set()
        while waiting:
            if (one := waiting.pop()) not in found[service]:
                found[service].add(one)
                waiting += direct.get(one, ())
    return found


def _filtered(project: Project) -> set[str]:
    """The services whose records get the request's id from a filter or formatter: `record.id = request_id_var.get()`."""
    names, known = project.view(services), project.view(functions)
    spelled = re.compile(SPELLED["request_id"], re.IGNORECASE)
    found = set()
    for fact in project.facts(Class):
        method = next((RECORDS[base] for base in fact.bases if base in RECORDS), "")
        own = known.get((fact.at.path, f"{fact.name}.{method}")) if method else None
        if own is not None and (
            any(map(spelled.search, (_snake(fact.name), *own.calls))) or any(map(TOLD.search, own.calls))
        ):
            found.add(names.of(fact.at.path))
    return found


def _around(project: Project) -> set[tuple[str, str]]:
    """The functions that stand around every request."""
    decorated = (fact for fact in project.facts(Function) if any(name.endswith(AROUND) for name in fact.decorators))
    passing = (fact for fact in calling(project, NEXT.search) if "next" in fact.parameters)
    return {(fact.at.path, fact.name) for fact in (*calling(project, PASSES_ON.search), *decorated, *passing)}


def _calls_beside(project: Project, path: str, name: str) -> Iterator[str]:
    """The functions that one calls which stand in the same file, or in the same function of it."""
    known, outer = project.view(functions), name.rpartition(".")[0]
    for callee in known[path, name].calls if (path, name) in known else ():
        yield from (one for one in (callee, f"{outer}.{callee}") if (path, one) in known)


def _said(log: LogCall) -> str:
    """What a line is given, in snake case, the keys of an object in a field among it."""
    nested = (key for _, value in log.fields if isinstance(value, Record) for key in value.keys)
    return _snake(" ".join((*(name for name, _ in log.fields), *nested, *log.given)))


def _names(field: str, said: str) -> bool:
    """Whether what a line is given, in snake case, has a field, by any of its spellings."""
    return re.search(rf"(?i)(?<![a-z]){SPELLED.get(field, field)}(?![a-z])", said) is not None


def _parts(log: LogCall) -> Iterator[Value]:
    """What a line is put together of."""
    yield from log.message.parts if isinstance(log.message, Text) else ()
    yield from log.arguments


def _keys(written: Call) -> Iterator[str]:
    """What is in the object that a call makes text of."""
    for one in written.arguments[:1]:
        yield from one.keys if isinstance(one, Record) else ()


def _is_known(log: LogCall, written: Sequence[Call]) -> bool:
    """Whether all that the line is given can be read: no object or mapping that is built elsewhere, as text neither."""
    if any(not isinstance(part, Record) or part.open for one in written for part in one.arguments[:1]):
        return False
    return not any("**" in text or "..." in text for text in log.given) and not any(
        re.fullmatch(r"[A-Za-z_]\w*", text)
        and text not in ("err", "error")
        and not any(_names(name, text) for name in END)
        for text in log.given[1:]
    )


def _snake(text: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text)


REMARK = "“{message}” without {fields} cannot be tied to anything else that happened in that request, and nothing can be measured by it."

EXAMPLES = [
    """
=== app/log.py
import json
import logging
from contextvars import ContextVar

correlation = ContextVar("correlation")

class Json(logging.Formatter):
    def format(self, record):
        return json.dumps({"message": record.getMessage(), "correlation_id": correlation.get()})
=== app/access.py
import logging

log = logging.getLogger(__name__)

def consumed(message):
    log.info("request completed")  # <-- strict: perhaps a request of another kind

def begun(request):
    log.info("request received", extra={"method": request.method, "path": request.path})

def named(request):
    log.info("request received", extra={"method": request.method})  # <-- strict: the formatter has no path
=== app/client.py
import logging

log = logging.getLogger(__name__)

def sent(response):
    request = response.request
    log.debug(f"HTTP Request: {request.method}")

def taken(request):
    log.debug(f"HTTP Request: {request.method}")  # <-- strict: of a request that came in
""",
    """
=== shop/middleware.py
import logging
import time

log = logging.getLogger("shop.access")

class Timing:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        began = time.monotonic()
        response = self.get_response(request)
        log.info("%s %s took %d", request.method, request.path, time.monotonic() - began)  # <-- no id, no status
        log.info("client %s", request.META["REMOTE_ADDR"])
        return response
""",
    """
=== shop/logs.py
import logging

from shop.context import request_id_var

class AddsId(logging.Filter):
    def filter(self, record):
        record.request_id = request_id_var.get()
        return True
=== shop/access.py
import logging

log = logging.getLogger("shop.access")

async def access(request, call_next):
    response = await call_next(request)
    log.info(
        "request completed",
        extra={"method": request.method, "path": request.url.path, "status": response.status_code, "duration_ms": 1},
    )
    return response
""",
    """
=== src/middleware.js
const Koa = require("koa");
const log = require("pino")();

exports.correlate = () => (ctx, next) => {
  ctx.state.log = log.child({ reqId: ctx.get("X-Request-Id") });
  return next();
};

exports.access = () => async (ctx, next) => {
  const start = Date.now();
  await next();
  ctx.state.log.info({ method: ctx.method, path: ctx.path, status: ctx.status, ms: Date.now() - start }, "request completed");
};
""",
    """
=== shop/middleware.py
import logging

logger = logging.getLogger("access")

class Log:
    def __call__(self, request):
        response = self.get_response(request)
        logger.info("%s %s -> %s", request.method, request.path, response.status_code)  # <-- no id, no duration
        logger.info("%s: %s", request.method, request.path)
        return response
""",
    """
=== app/access.py
import structlog

log = structlog.get_logger()

async def access(request, call_next):
    structlog.contextvars.bind_contextvars(request_id=request.id, method=request.method, path=request.url.path)
    response = await call_next(request)
    log.info("request_completed", status=response.status_code, duration_ms=elapsed())
    return response
""",
    """
=== app/middleware.py
import json
import logging
import time

logger = logging.getLogger(__name__)

async def access(request, call_next):
    started = time.monotonic()
    logger.info("request started", extra={"method": request.method})  # <-- strict: no id, no path
    response = await call_next(request)
    logger.info(  # <-- no status, no duration
        "request completed",
        extra={"request_id": request.state.id, "method": request.method, "path": request.url.path},
    )
    return response

async def written_out(request, call_next):
    line = {"requestId": request.state.id, "method": request.method, "path": request.url.path}
    logger.info(f"Request: {json.dumps(line)}")
    logger.info("Request: %s", json.dumps(line_of(request)))
    logger.info("Request: %s", json.dumps({"method": request.method}))  # <-- no id, no path
    return await call_next(request)

async def whole(request, call_next):
    response = await call_next(request)
    logger.info("request completed", extra={
        "request_id": request.state.id, "method": request.method, "path": request.url.path,
        "status_code": response.status_code, "duration_ms": 3,
    })
    logger.info("requesting a quote")
    return response
""",
    """
=== shop/lines.py
def line_of(response):
    return f"http id={request_id()} status={response.status_code} took={took()}"
=== shop/main.py
import logging

from flask import Flask, request

from shop.lines import line_of

logger = logging.getLogger("app")
app = Flask(__name__)

@app.after_request
def audited(response):
    logger.info("%s %s %s", request.method, request.path, response.status_code)  # <-- strict: perhaps the other line
    return response

def observe(response):
    logger.info(line_of(response))

@app.after_request
def observed(response):
    observe(response)
    return response
""",
    """
=== src/access.ts
import pino from 'pino'

const logger = pino()

export function access(req: Request, res: Response, next: () => void) {
  logger.info({ method: req.method, url: req.url }, 'request received') // <-- strict: no request id
  logger.info({ reqId: req.id, method: req.method, url: req.url, statusCode: res.statusCode, responseTime: 3 }, 'request completed')
  logger.info({ reqId: req.id, method: req.method, url: req.url, authDurationMs: 3 }, 'Caller is known')
  next()
}
""",
    """
=== app/access.py
import structlog
from structlog.contextvars import bind_contextvars

log = structlog.get_logger()

async def access(request, call_next):
    bind_contextvars(request_id=request.headers["x-request-id"])
    log.info("request_started", method=request.method, path=request.url.path)
    return await call_next(request)
""",
    """
=== app/logs.py
import logging

from flask import g, request

class OfRequest(logging.Filter):
    def filter(self, record):
        record.request_id = g.request_id
        record.method = request.method
        record.path = request.path
        return True
=== app/main.py
import logging

from flask import Flask

logger = logging.getLogger("app")
app = Flask(__name__)

@app.after_request
def after(response):
    logger.info("request completed", extra={"status": response.status_code, "duration_ms": 3})
    logger.info("request completed", extra={"status": response.status_code})  # <-- strict: the filter measures nothing
    return response
""",
    """
=== src/app.ts
import { Hono } from 'hono'
import { logger } from './logger'

const app = new Hono()
app.use('*', async (c, next) => {
  const start = performance.now()
  await next()
  logger.info({ method: c.req.method, path: c.req.path, status: c.res.status, ms: performance.now() - start }, 'handled') // <-- whose id?
})
=== src/access.ts
import { logger } from './logger'

export function access(req: Request, res: Response, next: () => void) {
  next()
  logger.info({
    msg: 'request completed',
    requestId: req.id,
    request: {
      authorization: req.headers.authorization ? true : null,
      contentType: req.headers['content-type'],
      hostname: req.hostname,
      ip: req.ip,
      ips: req.ips,
      params: req.params,
      protocol: req.protocol,
      query: req.query,
      method: req.method,
      url: req.url,
      statusCode: res.statusCode,
      responseTime: res.elapsedTime,
    },
  })
}

export function brief(req: Request, res: Response, next: () => void) {
  next()
  logger.info({ msg: 'request completed', requestId: req.id, request: { method: req.method } }) // <-- not how it ended
}
""",
    """
=== shared/pyproject.toml
[project]
name = "shared"
=== shared/logs.py
import logging
from contextvars import ContextVar

request_id_var = ContextVar("request_id")

class AddsId(logging.Filter):
    def filter(self, record):
        record.request_id = request_id_var.get()
        return True

def get_logger(name):
    return logging.getLogger(name)
=== shop/pyproject.toml
[project]
name = "shop"
=== shop/main.py
from fastapi import FastAPI
from shared.logs import get_logger

logger = get_logger("shop")
app = FastAPI()

@app.middleware("http")
async def timed(request, call_next):
    response = await call_next(request)
    logger.info(f"{request.method} {request.url.path} {response.status_code} {took():.4f}s")
    logger.info(f"{request.method} {request.url.path} {response.status_code}")  # <-- strict: the line above says it
    return response
""",
]
