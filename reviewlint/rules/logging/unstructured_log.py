"""A log line has its values baked into the message instead of beside it.

A message is what log lines are grouped, counted and alerted by. With an id or an error text inside, every line is
a message of its own: nobody can search for one order's lines, count one failure, or alert on its rate, and the values
are formatted even where the level is off. As arguments or fields they stay data.

Lines of `print` and `console` are `print-as-log`, except in Edge Functions and Workers, where `console` is the logger. A service
that bakes values in as a habit gets one finding with the counts and the places to begin with.
"""

import ast
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from keyword import iskeyword
from operator import or_
from warnings import catch_warnings

from ...facts.location import Related
from ...facts.logs import LogCall
from ...facts.values import Call, Constant, Parameter, Reference, Text, Unknown, Value, holes, named, rendered
from ...finding import Finding, Rewrite, Subject
from ...join.consoles import logs_to_console
from ...join.field_order import takes_fields_first
from ...join.leaks import leaks
from ...join.loggers import Libraries
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

OUTPUTS = frozenset({"console", "print"})
"""What writes to the terminal; only in Edge Functions and Workers it is the logger."""

HABIT = 8
SHARE = 0.1
"""From so many lines and such a share of all on, baking values in is a habit: one finding, not one a line."""
MANY = 50
"""More lines than this are one finding, however many there are beside them: nobody reads a long list."""

SHOWN = 5
"""How many places a finding about a habit names."""

MESSAGE = re.compile(r"[rRbBuU]?[fF]?[rR]?[\"'`]")
"""How an argument begins that is text, and no field."""

TRACES = re.compile(r"(?:^|\.)(?:format_exc|format_exception|format_tb|format_stack)\b")
"""What writes out a trace: a log takes the exception itself."""

_PART = re.compile(
    r"([\w.]+)(?:\.(?:slice|substring|substr|padStart|toString|toUpperCase|toLowerCase)\([^()]*\)|\[[\d:-]*\])$"
)
"""A part or another spelling of a text."""

_TRACE = re.compile(r"(\w+)\??\.stack$")
"""The trace of an error, where a line is given that alone."""

_GROUP = re.compile(r"\([^()]*\0[^()]*\)|\[[^\[\]]*\0[^\[\]]*\]")
_GLUED = re.compile(
    r"(?:(?<!\S)(?:for|of|from|to|in|on|at|by|with|as|via|into|the|an?) )*[!-~]*\0[!-~\0]*?(?=[,;]?(?:[^!-~\0]|$))",
    re.IGNORECASE,
)
"""A value in parentheses, and what stands with one in the same word: a unit, an address, its name and `=`; with the word
that leads to it."""
_COMMAS = re.compile(r"[\s:=,;]*([,;])(?=\s|$)")
_CONVERSIONS = {"r": "repr", "s": "str", "a": "ascii"}
_PRINTED = re.compile(r"[-+ 0#]*\d*(?:\.\d+)?[dfFeEgGxXo]|-?\d*s|\.\d+s")
"""Formats of Python that `%` knows as well."""
_EMPTY_WORDS = frozenset({"self", "this", "get", "str", "string", "json", "dumps", "stringify", "len"})
_RESERVED = frozenset("event level timestamp logger exc_info stack_info stacklevel self message record time".split())
"""Names that structlog and loguru use themselves."""

SERIOUS = {"critical": 3, "error": 2, "warning": 1}


def check(project: Project) -> Iterator[Finding]:
    """Each line, or one finding for a service that does it everywhere."""
    names = project.view(services)
    baked: dict[str, list[LogCall]] = defaultdict(list)
    every: dict[str, int] = defaultdict(int)
    leaking = {at for at, (_, leak) in project.view(leaks).items() if leak.sure and not leak.whole}
    for log in project.facts(LogCall, *SERVER_SIDES):
        if log.library in OUTPUTS and not logs_to_console(project, log.at.path):
            continue
        service = names.of(log.at.path)
        every[service] += 1
        if log.at in leaking:
            continue  # which no field may hold either
        if _values(log):
            baked[service].append(log)
    for service, logs in baked.items():
        if len(logs) > MANY or (len(logs) >= HABIT and len(logs) >= SHARE * every[service]):
            yield _habit(project, service, logs, every[service])
        else:
            yield from (_finding(project, log) for log in logs)


def _values(log: LogCall) -> list[str]:
    """The values baked into the message, as written, but for those that are fields as well; none where it draws a picture."""
    if not isinstance(log.message, Text):
        return []
    values = [hole for hole in holes(log.message) if not (_constant(hole) or _trace(hole))]
    if not values or rendered(log.message).strip().count("\n") > 1:
        return []
    written = [text for text in log.inserted if not text.isupper()]
    if log.inserted and not written:
        return []
    several = written or [named(value).rpartition("/")[2] for value in values]
    if log.fields:
        several = _not_beside(log, written, values, several)
    return list(dict.fromkeys(several))


def _not_beside(log: LogCall, written: Sequence[str], values: Sequence[Value], several: Sequence[str]) -> list[str]:
    """Which of `several` a line does not have as a field, too: as it is written, whole, or in a record spread there."""
    fields = " ".join(one for one in log.given if not MESSAGE.match(one))
    named_so = [_is_named(text, fields) or _is_named_whole(text, fields) for text in written]
    held = [any(_is_same(value, field) for _, field in log.fields) for value in values]
    if len(named_so) == len(held):
        beside = list(map(or_, named_so, held))
    else:
        beside = [all(held)] * len(several) if all(held) or not named_so else named_so
    return [text for text, there in zip(several, beside, strict=True) if not there]


def _is_named(text: str, fields: str) -> bool:
    return re.search(rf"(?<![\w.]){re.escape(text)}(?![\w.(\[])", fields) is not None


def _is_named_whole(text: str, fields: str) -> bool:
    """Whether a text of which a part stands in the message is a field: `orderId` beside `orderId.slice(0, 8)`."""
    part = _PART.match(text)
    return part is not None and re.search(rf"(?<![\w.]){re.escape(part[1])}(?![\w.(\[:])", fields) is not None


def _is_same(value: Value, other: Value) -> bool:
    """Whether two values are one: what is only named wherever that is, anything else where it was worked out once."""
    if isinstance(value, Reference | Parameter) and type(value) is type(other):
        return replace(value, at=other.at) == other
    return value == other and not isinstance(value, Unknown)


def _constant(value: Value) -> bool:
    """Whether the value is a constant by its name: `SERVICE_NAME`, `__name__`, `settings.APP_NAME`."""
    if not isinstance(value, Reference):
        return isinstance(value, Constant)
    last = value.name.rpartition(".")[2]
    return last.isupper() or (last.startswith("__") and last.endswith("__"))


def _trace(value: Value) -> bool:
    name = value.callee if isinstance(value, Call) else value.name if isinstance(value, Reference) else ""
    return TRACES.search(name) is not None


def _listed(values: Sequence[str]) -> str:
    return ", ".join(f"`{_short(value)}`" for value in values)


def _short(value: str) -> str:
    return value if len(value) <= 40 else value[:39] + "…"


def _finding(project: Project, log: LogCall) -> Finding:
    values = _values(log)
    assert isinstance(log.message, Text)
    return Finding(
        log.at,
        evidence=f"`{log.call}` gets its message by {log.message.how}: {_listed(values)} "
        f"{'is' if len(values) == 1 else 'are'} part of the text “{_text(log)}”.",
        remedy=_remedy(project, log, values),
        slots={"call": log.call, "values": _listed(values), "count": "1", "total": "1"},
        rewrite=Rewrite("structured_log", log),
    )


def _habit(project: Project, service: str, logs: Sequence[LogCall], total: int) -> Finding:
    worst = sorted(logs, key=lambda log: (-SERIOUS.get(log.level, 0), -len(_values(log)), log.at))
    first = worst[0]
    values = _values(first)
    files = len({log.at.path for log in logs})
    return Finding(
        first.at,
        evidence=f"{len(logs)} of this service's {total} log lines, in {files} file{'s' * (files > 1)}, have values baked "
        f"into the message; here {_listed(values)} in “{_text(first)}”.",
        remedy=_remedy(project, first, values),
        related=tuple(Related(log.at, f"“{_text(log)}”") for log in worst[1:SHOWN]),
        subject=Subject("service", service),
        slots={"call": first.call, "values": _listed(values), "count": str(len(logs)), "total": str(total)},
    )


def _text(log: LogCall) -> str:
    text = " ".join(rendered(log.message, "…").split()) if log.message is not None else ""
    return text if len(text) <= 60 else text[:59] + "…"


def _remedy(project: Project, log: LogCall, values: Sequence[str]) -> str:
    """The same line with its values beside the message, as its library takes them; in words where that is no code.

    A message that begins with a value says nothing without it: what it is to be called is for whoever knows.
    """
    python, library = log.at.path.endswith(".py"), project.view(Libraries).of(log)
    said = _said(log)
    names = _names(values, python)
    known = said.count("\0") == len(log.inserted) and not any("…" in value for value in log.inserted)
    words = _words(said)
    code = ""
    if known and python:
        code = _python(log, said, words, names, library)
    elif known and re.search(r"\w", words) and not said.startswith("\0"):
        code = _typescript(
            log, json.dumps(words, ensure_ascii=False), names, library, first=takes_fields_first(project, log, library)
        )
    beside = "arguments" if python and library == "logging" else "fields"
    return code or f"A constant message, and {_listed(values)} beside it, as {beside}."


def _said(log: LogCall) -> str:
    """The message with a zero for each value; a name stands for one, whatever text was made before and is known."""
    written = _parsed(log)
    if isinstance(written, ast.JoinedStr) or (isinstance(written, ast.BinOp) and isinstance(written.op, ast.Add)):
        return _as_written(written)
    parts = log.message.parts if isinstance(log.message, Text) else ()
    if sum(not isinstance(part, Constant) for part in parts) == len(log.inserted):
        return "".join(str(part.value) if isinstance(part, Constant) else "\0" for part in parts)
    return rendered(log.message, "\0") if log.message is not None else ""


def _parsed(log: LogCall) -> ast.expr | None:
    """The message as Python reads it, without a word about its escapes."""
    with suppress(SyntaxError, ValueError, RecursionError, MemoryError), catch_warnings(action="ignore"):
        return ast.parse(log.given[0], mode="eval").body if log.given and log.at.path.endswith(".py") else None
    return None


def _as_written(message: ast.expr) -> str:
    match message:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=several):
            return "".join(map(_as_written, several))
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _as_written(left) + _as_written(right)
        case _:
            return "\0"


def _format(log: LogCall, value: str) -> tuple[str, str]:
    """How an f-string writes a value out, as far as it says so: its conversion and its format."""
    said = re.search(
        r"\{\s*" + re.escape(value) + r"\s*(?:!([rsa]))?(?::([^{}]+))?\}", log.given[0] if log.given else ""
    )
    return (said[1] or "", said[2] or "") if said is not None else ("", "")


def _printed(log: LogCall, value: str) -> tuple[str, str]:
    """The mark of `%` for a value, and the value, with its format where `%` has none like it."""
    conversion, form = _format(log, value)
    if form and (conversion or not _PRINTED.fullmatch(form)):
        written = f"{_CONVERSIONS[conversion]}({value})" if conversion else value
        return "%s", f"format({written}, {_quoted(form)})"
    return f"%{form or conversion or 's'}", value


def _words(said: str) -> str:
    """A message without its values and what belongs to them."""
    words = _COMMAS.sub(r"\1", _GLUED.sub(" ", _GROUP.sub(" ", said)))
    return " ".join(words.split()).lstrip(" ,;").rstrip(" :=,;-–—：，")


def _python(log: LogCall, said: str, words: str, names: Mapping[str, str], library: str) -> str:
    """`logger.info("order %s", order.id)`, or with fields; `""` where there is more in the line than can be told."""
    more = len(log.given) - 1
    shown = (
        log.with_exception and not log.call.endswith("exception") and more == 1 and not (log.arguments or log.fields)
    )
    if more and not shown:
        return ""
    ends = ", exc_info=True" if shown else ""
    fields = ", ".join(f"{name}={value}" for value, name in names.items())
    match library:
        case "logging":
            match _parsed(log):
                case ast.BinOp(left=ast.Constant(value=str(text)), op=ast.Mod()) if "%(" not in text:
                    return f"{log.call}({_quoted(text)}, {', '.join(log.inserted)}{ends})"
            printed = [_printed(log, value) for value in log.inserted]
            text = _filled(said.replace("%", "%%"), [mark for mark, _ in printed])
            return f"{log.call}({_quoted(text)}, {', '.join(value for _, value in printed)}{ends})"
        case "loguru" if not shown and all(value in names for value in log.inserted):
            marks = [f"{{{names[value]}{_spelled(*_format(log, value))}}}" for value in log.inserted]
            text = _filled(said.replace("{", "{{").replace("}", "}}"), marks)
            return f"{log.call}({_quoted(text)}, {fields})"
        case "structlog" if re.search(r"\w", words):
            return f"{log.call}({_quoted(words)}, {fields}{ends})"
    return ""


def _filled(said: str, marks: Sequence[str]) -> str:
    """A message with a mark in the place of each value."""
    first, *pieces = said.split("\0")
    return first + "".join(mark + piece for mark, piece in zip(marks, pieces, strict=True))


def _spelled(conversion: str, form: str) -> str:
    return (f"!{conversion}" if conversion else "") + (f":{form}" if form else "")


def _typescript(log: LogCall, message: str, names: Mapping[str, str], library: str, *, first: bool | None) -> str:
    """`logger.info({ orderId }, "order")`, or as another library takes fields, with what else the line is given.

    `first` where fields stand before the message; `""` where nobody knows, and where more would have to be rearranged.
    """
    fields = ", ".join(name if name == value else f"{name}: {value}" for value, name in names.items())
    others = [one for one in log.given if not MESSAGE.match(one)]
    if first is None or len(others) != len(log.given) - 1 or any("…" in one for one in others):
        return ""
    leads = log.given[0] in others
    if len(others) == 1 and others[0].startswith("{"):
        fields = f"{others.pop()[1:-1].strip().rstrip(',')}, {fields}"
    rest = "".join(f", {one}" for one in others)
    if library == "console":
        return f"{log.call}(JSON.stringify({{ message: {message}, {fields} }}){rest})"
    if not first:  # behind what else is given or before it, no one knows
        return "" if others else f"{log.call}({message}, {{ {fields} }})"
    if len(others) == 1 and (leads or log.with_exception):
        taken = f"err: {_error(others[0])}" if log.with_exception else f"...{others[0]}"
        return f"{log.call}({{ {taken}, {fields} }}, {message})"
    return "" if others and library == "nest" else f"{log.call}({{ {fields} }}, {message}{rest})"


def _error(written: str) -> str:
    """The error itself, where a line is given its trace."""
    trace = _TRACE.match(written)
    return trace[1] if trace is not None else written


def _quoted(text: str) -> str:
    """A literal that means the same in Python and in JavaScript."""
    return json.dumps(text, ensure_ascii=False)


def _names(values: Sequence[str], python: bool) -> dict[str, str]:
    """By value a name for its field, each another."""
    found: dict[str, str] = {}
    for value in values:
        name = _field(value, python)
        name = name if name not in found.values() else f"{name}{len(found) + 1}"
        found[value] = f"{name}_value" if python and (name in _RESERVED or iskeyword(name)) else name
    return found


def _field(value: str, python: bool) -> str:
    """A name for the field that holds `value`: `order_id` for `order.id` in Python, `orderId` in TypeScript."""
    parts = re.sub(r"\(.*\)|\[.*\]|[?!]", "", value, flags=re.DOTALL).split(".")
    words = [word for part in parts[-2:] for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+", part)]
    words = [word.lower() for word in words if word.lower() not in _EMPTY_WORDS]
    words = words if words and not words[0].isdigit() else ["value", *words]
    return "_".join(words) if python else words[0] + "".join(word.capitalize() for word in words[1:])


REMARK = (
    "{values} went into the message of `{call}`, so this line can be read but neither searched nor counted. "
    "Keep the message constant and pass the value beside it."
)

EXAMPLES = [
    """
=== tower/tasks.py
import traceback

from tower.logs import logger

def run(task, error):
    logger.error(traceback.format_exc())
    logger.error("".join(traceback.format_exception(error)))
    logger.error(f"{task.name} failed: {error}")  # <-- loguru fills braces, not %s
=== tower/logs.py
import logging

from loguru import logger as _logger

logging.root.handlers = []
logger = _logger.bind(service="tower")
""",
    """
=== tower/bells.py
import logging

logger = logging.getLogger(__name__)

def ring(bell, times):
    logger.info(f"bell {bell.id} rings", extra={"times": times})  # <-- one field does not make a message of another
    logger.info(f"bell {bell.id} rings", extra={"bell_id": bell.id})
    logger.info("bell rings", extra={"bell_id": bell.id})
    known = {"bell": bell.id, "times": times}
    logger.info(f"bell {bell.id} rings", extra=known)
    logger.info(f"bell {bell.id} rings {times}", extra={**known, "tower": 1})
    logger.info(f"bell {bell.name} rings", extra=known)  # <-- its name is not known
=== src/bells.ts
import pino from 'pino'

const logger = pino()

export async function ring({ bellId, name }: { bellId: string; name: string }) {
  const ctx = { bellId, tower: 1 }
  logger.info({ ...ctx, times: 3 }, `bell ${bellId} rings`)
  logger.info({ ...ctx, times: 3 }, `bell ${name} rings`) // <-- the record holds its id alone
  logger.info({ ...ctx, name }, `bell ${name} (${bellId}) rings`)
  logger.info({ bellId }, `bell #${bellId.slice(0, 8)} rings`)
  logger.info({ bellId }, `bell #${bellId.slice(0, 8)} of ${name} rings`) // <-- the name alone is in the text only
}
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
const PORT = Number(process.env.PORT)

app.post('/orders', (req, res) => {
  logger.info(`order ${req.body.id} placed`) // <-- pino takes an object first
  logger.info(`listening on ${PORT}`)
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
