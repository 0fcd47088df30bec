"""A log line has its values baked into the message instead of beside it.

A message is what log lines are grouped, counted and alerted by. With an id or an error text inside, every line is
a message of its own: nobody can search for one order's lines, count one failure, or alert on its rate, and the values
are formatted even where the level is off. As arguments or fields they stay data.

Lines of `print` and `console` are `print-as-log`, except in Edge Functions and Workers, where `console` is the logger. A service
that bakes values in as a habit gets one finding with the counts and the places to begin with.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from ...facts.imports import Import
from ...facts.location import Related
from ...facts.logs import LogCall
from ...facts.values import Constant, Reference, Text, Value, holes, named, rendered
from ...finding import Finding, Rewrite, Subject
from ...join.consoles import logs_to_console
from ...join.services import services
from ...project import SERVER_SIDES, Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="high",
    since="0.1.0",
    languages=("python", "typescript"),
    found_at=("LogCall",),
    serving=True,
    asked_by="F S A",
    limits="A message that another function builds is not judged.",
)

LIBRARIES = frozenset({"logging", "structlog", "loguru", "pino", "bunyan", "winston"})

OUTPUTS = frozenset({"console", "print"})
"""What writes to the terminal; only in Edge Functions and Workers it is the logger."""

HABIT = 8
SHARE = 0.1
"""From so many lines and such a share of all on, baking values in is a habit: one finding, not one a line."""

SHOWN = 5
"""How many places a finding about a habit names."""

MESSAGE = re.compile(r"[rRbBuU]?[fF]?[rR]?[\"'`]")
"""How an argument begins that is text, and no field."""

_AROUND = re.compile(r"[\s:=,\-–—()\[\]'\"]*\0[()\[\]'\"]*")
_EMPTY_WORDS = frozenset({"self", "this", "get", "str", "string", "json", "dumps", "stringify", "len"})

SERIOUS = {"critical": 3, "error": 2, "warning": 1}


def check(project: Project) -> Iterator[Finding]:
    """Each line, or one finding for a service that does it everywhere."""
    names = project.view(services)
    baked: dict[str, list[LogCall]] = defaultdict(list)
    every: dict[str, int] = defaultdict(int)
    for log in project.facts(LogCall, *SERVER_SIDES):
        if log.library in OUTPUTS and not logs_to_console(project, log.at.path):
            continue
        service = names.of(log.at.path)
        every[service] += 1
        if _values(log):
            baked[service].append(log)
    imported = _libraries(project)
    for service, logs in baked.items():
        library = imported.get(service, "")
        if len(logs) >= HABIT and len(logs) >= SHARE * every[service]:
            yield _habit(service, logs, every[service], library)
        else:
            yield from (_finding(log, library) for log in logs)


def _libraries(project: Project) -> dict[str, str]:
    """The logging library of each service that imports just one: what its loggers from other modules are made of."""
    names = project.view(services)
    found: dict[str, set[str]] = defaultdict(set)
    for one in project.facts(Import):
        if one.module in LIBRARIES:
            found[names.of(one.at.path)].add(one.module)
    return {service: next(iter(several)) for service, several in found.items() if len(several) == 1}


def _values(log: LogCall) -> list[str]:
    """The values baked into the message, as written; none for lines that have them as fields as well, or draw a picture."""
    if not isinstance(log.message, Text):
        return []
    values = [hole for hole in holes(log.message) if not _constant(hole)]
    if not values or rendered(log.message).strip().count("\n") > 1:
        return []
    written = [text for text in log.inserted if not text.isupper()]
    fields = " ".join(one for one in log.given if not MESSAGE.match(one)) if log.fields else ""
    if written and all(re.search(rf"(?<![\w.]){re.escape(text)}(?![\w.(\[])", fields) for text in written):
        return []
    return list(dict.fromkeys(written or [named(value).rpartition("/")[2] for value in values]))


def _constant(value: Value) -> bool:
    """Whether the value is a constant by its name: `SERVICE_NAME`, `__name__`, `settings.APP_NAME`."""
    if not isinstance(value, Reference):
        return isinstance(value, Constant)
    last = value.name.rpartition(".")[2]
    return last.isupper() or (last.startswith("__") and last.endswith("__"))


def _listed(values: Sequence[str]) -> str:
    return ", ".join(f"`{_short(value)}`" for value in values)


def _short(value: str) -> str:
    return value if len(value) <= 40 else value[:39] + "…"


def _finding(log: LogCall, library: str) -> Finding:
    values = _values(log)
    assert isinstance(log.message, Text)
    return Finding(
        log.at,
        evidence=f"`{log.call}` gets its message by {log.message.how}: {_listed(values)} "
        f"{'is' if len(values) == 1 else 'are'} part of the text “{_text(log)}”.",
        remedy=_remedy(log, values, library),
        slots={"call": log.call, "values": _listed(values), "count": "1", "total": "1"},
        rewrite=Rewrite("structured_log", log),
    )


def _habit(service: str, logs: Sequence[LogCall], total: int, library: str) -> Finding:
    worst = sorted(logs, key=lambda log: (-SERIOUS.get(log.level, 0), -len(_values(log)), log.at))
    first = worst[0]
    values = _values(first)
    files = len({log.at.path for log in logs})
    return Finding(
        first.at,
        evidence=f"{len(logs)} of this service's {total} log lines, in {files} file{'s' * (files > 1)}, have values baked "
        f"into the message; here {_listed(values)} in “{_text(first)}”.",
        remedy=_remedy(first, values, library),
        related=tuple(Related(log.at, f"“{_text(log)}”") for log in worst[1:SHOWN]),
        subject=Subject("service", service),
        slots={"call": first.call, "values": _listed(values), "count": str(len(logs)), "total": str(total)},
    )


def _text(log: LogCall) -> str:
    text = " ".join(rendered(log.message, "…").split()) if log.message is not None else ""
    return text if len(text) <= 60 else text[:59] + "…"


def _remedy(log: LogCall, values: Sequence[str], library: str) -> str:
    """The same line with its values beside the message, as the library (for a logger made elsewhere: that) takes them."""
    if log.message is None:
        return ""
    python = log.at.path.endswith(".py")
    library = library if log.library == "logger" and library else log.library
    if python and library in ("logging", "logger"):
        message = rendered(log.message, "%s").replace('"', "'")
        return f'{log.call}("{message}", {", ".join(log.inserted or values)})'
    plain = " ".join(re.sub(_AROUND, " ", rendered(log.message, "\0")).split()).replace('"', "'")
    pairs = [(_field(value, python), value) for value in values]
    if python:
        return f'{log.call}("{plain}", {", ".join(f"{name}={value}" for name, value in pairs)})'
    fields = ", ".join(name if name == value else f"{name}: {value}" for name, value in pairs)
    match library:
        case "console":
            return f'{log.call}(JSON.stringify({{ message: "{plain}", {fields} }}))'
        case "pino" | "bunyan":
            return f'{log.call}({{ {fields} }}, "{plain}")'
        case _:
            return f'{log.call}("{plain}", {{ {fields} }})'


def _field(value: str, python: bool) -> str:
    """A name for the field that holds `value`: `order_id` for `order.id` in Python, `orderId` in TypeScript."""
    parts = re.sub(r"\(.*\)|\[.*\]|[?!]", "", value, flags=re.DOTALL).split(".")
    words = [word for part in parts[-2:] for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+", part)]
    words = [word.lower() for word in words if word.lower() not in _EMPTY_WORDS] or ["value"]
    return "_".join(words) if python else words[0] + "".join(word.capitalize() for word in words[1:])


REMARK = (
    "{values} went into the message of `{call}`, so this line can be read but neither searched nor counted. "
    "Keep the message constant and pass the value beside it."
)

EXAMPLES = [
    """
=== tower/bells.py
import logging

logger = logging.getLogger(__name__)

def ring(bell, times):
    logger.info(f"bell {bell.id} rings", extra={"times": times})  # <-- one field does not make a message of another
    logger.info(f"bell {bell.id} rings", extra={"bell_id": bell.id})
    logger.info("bell rings", extra={"bell_id": bell.id})
""",
    """
=== app/orders.py
import logging

import structlog
from loguru import logger as loguru_logger

logger = logging.getLogger(__name__)
log = structlog.get_logger()
SERVICE = "orders"

def cancel(order, user):
    logger.info(f"order {order.id} cancelled by {user.email}")  # <-- two values in the message
    logger.warning("order %s is late" % order.id)  # <-- formatted before logging sees it
    logger.error("cannot cancel " + order.id)  # <-- concatenated
    log.info("refund of {} started".format(order.total))  # <-- structlog takes fields
    loguru_logger.info(f"stock of {order.product} is back")  # <-- loguru takes them, too
    logger.info("order %s cancelled", order.id)
    logger.info("order cancelled", extra={"order_id": order.id})
    log.info("order_cancelled", order_id=order.id)
    loguru_logger.info("order {} cancelled", order.id)
    logger.info(f"{SERVICE} is up")
    logger.info("a long message that takes "
                "two lines")
    logger.debug("cancelled %s", f"order-{order.id}")
""",
    """
=== src/server.ts
import express from 'express'
import pino from 'pino'

const logger = pino()
const app = express()

app.post('/orders', (req, res) => {
  logger.info(`order ${req.body.id} placed`) // <-- pino takes an object first
  logger.info({ orderId: req.body.id }, 'order placed')
  console.log(`order ${req.body.id} placed`)
  res.status(201).json({ id: req.body.id })
})
""",
    """
=== supabase/functions/notify/index.ts
Deno.serve(async (req) => {
  const { order_id } = await req.json()
  console.log(`notifying ${order_id}`) // <-- console is the logger here
  console.log(JSON.stringify({ event: 'notified', order_id }))
  console.log('done')
  return new Response('ok')
})
""",
    """
=== scripts/import.py
import logging

logger = logging.getLogger(__name__)

def main(path):
    logger.info(f"importing {path}")
""",
]
