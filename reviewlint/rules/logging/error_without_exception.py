"""An error is logged in an except/catch without the exception.

The line says that something failed; what, where and why stood in the exception, and is gone. With the exception the log
has the type, the message and the trace; without it somebody has to make the failure happen again.

In Python, `exc_info=True` or `logger.exception`; in TypeScript the error object as an argument or field. A clause that
does anything else with what it caught than to answer with it is left alone, and so are one of Python that raises again,
one for an exception whose type says all, and one where nothing but the form of a value can fail. The text of an exception (`str(e)`, `{e}`, `err.message`) is enough where the clause names what it expects; in
a clause for everything it tells neither what was raised nor where.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from ...facts.code import Catch, Function
from ...facts.file import Side
from ...facts.logs import LogCall
from ...facts.values import Call, Choice, Parameter, Reference, Text, Value, named, options, rendered
from ...finding import Finding, Rewrite
from ...join.bodies import mentions
from ...join.clauses import clauses, handed_on
from ...join.converts import converts
from ...join.field_order import is_over_pino
from ...join.functions import classes, functions
from ...join.habits import as_habits
from ...join.loggers import Libraries, own_method
from ...join.places import called, located, method_of
from ...join.responses import Answer, responses
from ...join.tools import tools
from ...join.unexpected import logged_before, unexpected
from ...project import SERVER_SIDES, Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="high",
    since="0.1.0",
    languages=("python", "typescript"),
    found_at=("LogCall",),
    serving=True,
    asked_by="F E S",
    strictly="clauses for an exception whose type may say all there is to say, one event or one of the project's own, "
    "which fail no request.",
    limits="An exception that is given to anything but a response is taken for logged there.",
)
BROAD = frozenset({"Exception", "BaseException"})
SUFFIXES = ("Error", "Exception", "Failure")
EXPECTED = re.compile(
    r"^(?:Key|Index|Value|Type|Attribute|JSONDecode|Lookup|Import|ModuleNotFound|FileNotFound|FileExists|UnicodeDecode"
    r"|Validation|Integrity|Timeout|Authentication|Permission)Error$"
    r"|NotFound|DoesNotExist|Already|Duplicate|Forbidden|Unauthorized|PermissionDenied|Conflict"
    r"|Invalid|Missing|Expired|Exceeded|Exhausted|Unsupported|Disabled|NotConfigured"
)
"""Exceptions whose name says all there is to say: what is the matter, and not what was being done."""

ERRORS = frozenset({"error", "critical"})
NOTHING = "nothing of the exception: neither type, message nor trace"
TEXT = "the text of the exception alone, without its trace"
EXITS = frozenset({"process.exit", "Deno.exit"})
LEVELS = frozenset({"error", "warn", "warning", "info", "debug"})
CHECKS = re.compile(r"^(?:parse|validate|assert|require|import|verify|construct)(?:_|[A-Z]|$)")
"""Calls that fail by what they are given."""
WIDE = re.compile(
    r"(?:^|\.)(?:Base)?Exception$"
    r"|(?:OS|IO|Runtime|[hH]ttp|HTTP|Api|API|Client|Server|Database|Operational|SQLAlchemy|Redis|Mongo|Connection|Request|Mail"
    r"|SMTP|SSL|Socket|Network|Transport|Boto(?:Core)?|Stripe|Service|Provider|Internal)(?:Error|Exception)$"
)
"""Exceptions that many failures have in common, of anything or of another service; others may be one event each."""
FORM = re.compile(
    r"\b(?:un|non-?)?pars(?:e|able|eable|ing)\b|\bmalformed|\b(?:invalid|not) (?:valid )?json", re.IGNORECASE
)
"""Words of a message about something that could not be read."""
PRINTED = frozenset({"str", "repr", "String"})
"""What makes a text of an exception."""
SAID = re.compile(r"message|msg|text|event|line|content", re.IGNORECASE)
"""How a logger of the project's own calls the one thing that it writes."""
OF_ERRORS = re.compile(r"exc|err|trace|stack", re.IGNORECASE)
"""How it calls what it would write a trace of; whatever else it is given, `print` writes as it writes texts."""
RESULT = re.compile(
    r"^(?:!|not )?\s*\(?(?:([A-Za-z_$][\w$]*)(?:\??\.\w+)*\??\.(?:success|ok|is_?[vV]alid|failed|errors?|status\w*)\b"
    r"|(\w*[eE]rr(?:or)?)\b)"
)
"""A test of what came of something else: `if (!result.success)`."""


def check(project: Project) -> Iterator[Finding]:
    """Each error line in a clause of which nothing carries the exception."""
    nothing, texts = _by_handlers(project)
    logs: dict[str, list[LogCall]] = defaultdict(list)
    for log in project.facts(LogCall, *SERVER_SIDES):
        if log.in_catch and log.library != "print":
            logs[log.at.path].append(log)
    programs = {
        (fact.at.path, fact.name) for fact in project.facts(Function, *SERVER_SIDES) if not EXITS.isdisjoint(fact.calls)
    }
    answers = _answers(project) if logs else {}
    for path, lines in logs.items():
        for log in lines:
            clause = project.view(clauses).around(log.at)
            if log.level not in ERRORS or clause is None or not _unexpected(clause) or _is_of_another(log, clause):
                continue
            program = not log.function or (path, log.function) in programs
            program = program or path in project.view(tools)
            if log.library == "console" and project.side(path) is not Side.EDGE and program:
                continue  # a program that has said why to whoever called it
            given = [one for one in answers.get(path, ()) if clause.at.holds(one.at)]
            if any(_has_trace(line, clause) for line in lines if clause.at.holds(line.at)):
                continue
            if path.endswith(".py") and _raises(clause, given):
                continue  # Python's exceptions keep those that they were raised for
            if all(any(one.at.holds(use) for one in given) for use in clause.uses):
                if not (_only_converts(clause) or _tells_form(log, clause) or _mends(project, clause, lines)):
                    finding = _finding(project, log, NOTHING, clause.exceptions, clause.variable)
                    nothing.append(replace(finding, strict=not (_is_wide(clause) or any(map(_is_failure, given)))))
            elif not _is_broad(clause) or _only_converts(clause):
                continue  # whose text says all there is to say
            elif _says_only_text(log, clause.variable) and not _is_kept(project, clause, given):
                texts.append(_finding(project, log, TEXT, clause.exceptions, clause.variable))
    yield from nothing
    yield from as_habits(project, texts)


def _has_trace(log: LogCall, clause: Catch) -> bool:
    """Whether a line is given the exception, or its trace by another name."""
    given = [*log.arguments, *(value for _, value in log.fields), *([log.message] if log.message is not None else [])]
    traces = (f"{clause.variable}.stack", f"{clause.variable}?.stack")
    return log.with_exception or any(named(one) in traces for value in given for one in options(value))


def _answers(project: Project) -> dict[str, list[Answer]]:
    """The answers that clauses give, by file; what they raise is one where no handler logs it on the way.

    Of TypeScript's exceptions only the frameworks' own are: others may be given what was caught.
    """
    found: dict[str, list[Answer]] = defaultdict(list)
    logging = {(log.at.path, log.function) for log in project.facts(LogCall, *SERVER_SIDES)}
    for answer in project.view(responses):
        raised = answer.response.raised and not answer.response.framework
        ends = answer.status is not None and answer.at.path.endswith(".py") and answer.handler not in logging
        if answer.response.in_catch and (ends or not raised):
            found[answer.at.path].append(answer)
    return found


def _by_handlers(project: Project) -> tuple[list[Finding], list[Finding]]:
    """The error lines of global handlers for what nobody expected: those without the exception, and with its text."""
    nothing, texts = list[Finding](), list[Finding]()
    known = project.view(logged_before)
    handlers = {place: given for place, given in project.view(unexpected).items() if place not in known}
    lines: dict[tuple[str, str], list[LogCall]] = defaultdict(list)
    for log in project.facts(LogCall, *SERVER_SIDES) if handlers else ():
        if (log.at.path, log.function) in handlers and log.library != "print" and not log.in_catch:
            lines[log.at.path, log.function].append(log)
    for place, several in lines.items():
        variable, failing = handlers[place], [log for log in several if log.level in ERRORS and not log.conditions]
        if not failing or any(log.with_exception for log in several):
            continue
        if not any(_says(log, variable) for log in several):
            nothing.append(_finding(project, failing[0], NOTHING, (), variable))
        elif all(_says_only_text(log, variable) or not _says(log, variable) for log in several):
            texts.append(_finding(project, failing[0], TEXT, (), variable))
    return nothing, texts


def _unexpected(clause: Catch) -> bool:
    """Whether the exception says more than its type: one that means "not there" or "not well-formed" does not."""
    names = [name.rpartition(".")[2] for name in clause.exceptions]
    return not names or any(name in BROAD or (name.endswith(SUFFIXES) and not EXPECTED.search(name)) for name in names)


def _raises(clause: Catch, given: list[Answer]) -> bool:
    """Whether a clause raises anything else than an answer."""
    return "raises" in clause.does and not any(one.response.raised for one in given)


def _is_failure(answer: Answer) -> bool:
    return answer.status is not None and answer.status >= 500


def _is_wide(clause: Catch) -> bool:
    return not clause.exceptions or any(map(WIDE.search, clause.exceptions))


def _is_kept(project: Project, clause: Catch, given: list[Answer]) -> bool:
    """Whether somebody else gets what a clause caught, and may log it."""
    return _raises(clause, given) or handed_on(project, clause)


def _mends(project: Project, clause: Catch, lines: list[LogCall]) -> bool:
    """Whether a clause stands in one for the failure that it tried to mend, and that one is told."""
    around = [catch for catch in project.view(clauses).of(clause.at.path) if catch is not clause]
    return any(
        log.with_exception or _says(log, log.catch_variable)
        for outer in around
        if outer.at.holds(clause.at)
        for log in lines
        if outer.at.holds(log.at) and not clause.at.holds(log.at)
    )


def _is_of_another(log: LogCall, clause: Catch) -> bool:
    """Whether a line tells of another failure than the clause caught: of that which the test around it finds."""
    test = RESULT.match(log.conditions[0]) if log.conditions else None
    told = (test[1] or test[2]) if test is not None else ""
    if not told or told == clause.variable:
        return False
    spoken = re.compile(rf"(?<![\w.'\"]){re.escape(told)}(?!\w)")
    return any(map(spoken.search, log.given))


def _only_converts(clause: Catch) -> bool:
    """Whether all that is tried is to read a value: its exception says that it could not be read."""
    tried = [callee for callee in clause.attempts if callee.rpartition(".")[2] not in LEVELS]
    return bool(tried) and all(map(_reads, tried))


def _reads(callee: str) -> bool:
    return converts(callee) or CHECKS.match(callee.rpartition(".")[2]) is not None


def _tells_form(log: LogCall, clause: Catch) -> bool:
    """Whether a value is read first of all, and the line says that it had the wrong form."""
    said = rendered(log.message, "…") if log.message is not None else ""
    return any(map(_reads, clause.attempts[:1])) and FORM.search(said) is not None


def _is_broad(clause: Catch) -> bool:
    names = {name.rpartition(".")[2] for name in clause.exceptions}
    return not names or not names.isdisjoint(BROAD)


def _said(log: LogCall, variable: str) -> list[Value]:
    """The values of a line that hold anything of the exception."""
    values = [log.message, *log.arguments, *(value for _, value in log.fields)]
    return [value for value in values if value is not None and mentions(value, variable)]


def _says(log: LogCall, variable: str) -> bool:
    """Whether the line says anything of the exception."""
    named = re.compile(rf"(?<![\w.]){re.escape(variable)}\b")
    return bool(variable) and (bool(_said(log, variable)) or any(map(named.search, log.given)))


def _says_only_text(log: LogCall, variable: str) -> bool:
    """Whether what the line says of the exception is its text."""
    said = _said(log, variable)
    return bool(said) and all(_is_text_of(value, variable) for value in said)


def _is_text_of(value: Value | None, variable: str, *, written: bool = False) -> bool:
    """Whether a value is the text of the exception; `written` where it stands in a text, which turns it into one."""
    match value:
        case Text(parts=parts):
            return all(_is_text_of(part, variable, written=True) for part in parts if mentions(part, variable))
        case Choice(options=several):
            return all(_is_text_of(one, variable) for one in several if mentions(one, variable))
        case Call(callee=callee, arguments=arguments):
            return callee in PRINTED and all(isinstance(one, Reference | Parameter) for one in arguments)
        case Reference(name=name):
            return name == f"{variable}.message" or (written and name == variable)
        case Parameter(name=name, path=path):
            return name == variable and (path == ".message" or (written and not path))
    return False


def _finding(project: Project, log: LogCall, what: str, exceptions: tuple[str, ...], variable: str) -> Finding:
    caught = " or ".join(name.rpartition(".")[2] for name in exceptions) or "every exception"
    bind = (
        "Pass the error along"
        if variable or not log.in_catch
        else "Catch it by a name, `catch (error)`, and pass it along"
    )
    variable = variable or "error"
    library, own = project.view(Libraries).of(log), own_method(project, log)
    is_narrow = own is not None and _takes_text_alone(project, own)
    if is_narrow:
        remedy = f"Let `{log.call}` take the error, too, and write its trace; then hand it over here."
    elif log.at.path.endswith(".py"):
        remedy = f"{log.call.rpartition('.')[0]}.exception(…), or exc_info=True beside the message"
    elif (own is None and library in ("pino", "bunyan")) or (library == "nest" and is_over_pino(project, log.at.path)):
        remedy = f"{bind}: {log.call}({{ err: {variable} }}, …)"
    elif library == "nest":
        remedy = f"{bind}: {log.call}(…, {variable} instanceof Error ? {variable}.stack : String({variable}))"
    elif _writes_json(project, log):
        remedy = f"{bind}: {log.call}(…, {{ error: {variable}.message, stack: {variable}.stack }})"
    else:
        remedy = f"{bind}: {log.call}(…, {variable})"
    return Finding(
        log.at,
        evidence=f"`{log.call}` in a {'clause' if log.in_catch else 'handler'} for {caught} logs {what}.",
        remedy=remedy,
        slots={"call": log.call, "caught": caught, "variable": variable},
        rewrite=Rewrite("log_exception", log) if log.in_catch and not is_narrow else None,
    )


def _takes_text_alone(project: Project, own: Function) -> bool:
    """Whether a method of the project's own logger has no room for an exception, nor its class one that has."""
    parameters, owner = own.parameters, own.name.rpartition(".")[0]
    if not own.at.path.endswith(".py"):
        return len(parameters) == 1 and SAID.fullmatch(parameters[0]) is not None
    kind = project.view(classes).get((own.at.path, owner))
    inherits = kind is not None and any(located(project, own.at.path, base) is None for base in kind.bases)
    full = method_of(project, own.at.path, owner, "exception") or method_of(project, own.at.path, owner, "__getattr__")
    if inherits or full is not None:
        return False
    return all(map(SAID.fullmatch, parameters)) or (
        _prints(project, own) and not any(map(OF_ERRORS.search, parameters))
    )


def _prints(project: Project, own: Function) -> bool:
    """Whether a method of the project's own logger, or one of its file that it calls, writes with `print` at last."""
    known = project.view(functions)
    places = (called(project, own, callee) for callee in own.calls)
    inner = [known[place] for place in places if place in known and place[0] == own.at.path]
    return any("print" in one.calls for one in (own, *inner))


def _writes_json(project: Project, log: LogCall) -> bool:
    """Whether the project's own logger writes objects as JSON, where an error is `{}` but for what is named of it."""
    place = located(project, log.at.path, log.call.partition(".")[0])
    return place is not None and any("JSON.stringify" in fact.calls for fact in project.facts_of(place[0], Function))


REMARK = (
    "Whoever reads this line at night has a message and no trace to follow. The exception is right there in the clause; "
    "let `{call}` have it."
)

EXAMPLES = [
    """
=== app/mail.py
import logging

logger = logging.getLogger(__name__)

def send(order):
    try:
        deliver(order)
    except Exception:
        logger.error("mail of %s not sent", order.id)  # <-- why not
    try:
        count(order)
    except Exception:
        logger.critical(  # <-- why not
            "mail of %s not counted",
            order.id,
        )
=== fixed app/mail.py
import logging

logger = logging.getLogger(__name__)

def send(order):
    try:
        deliver(order)
    except Exception:
        logger.exception("mail of %s not sent", order.id)
    try:
        count(order)
    except Exception:
        logger.critical(
            "mail of %s not counted",
            order.id,
            exc_info=True,
        )
""",
    """
=== src/mail.ts
import pino from 'pino'

const logger = pino()

export async function send(order: Order) {
  try {
    await deliver(order)
  } catch (error) {
    logger.error('mail not sent') // <-- why not
    return false
  }
}
=== fixed src/mail.ts
import pino from 'pino'

const logger = pino()

export async function send(order: Order) {
  try {
    await deliver(order)
  } catch (error) {
    logger.error({ err: error }, 'mail not sent')
    return false
  }
}
""",
    """
=== app/sync.py
import logging

logger = logging.getLogger(__name__)

def sync(orders):
    for order in orders:
        try:
            push(order)
        except Exception:
            logger.error("push failed for %s", order.id)  # <-- nothing of the exception
    try:
        finish()
    except Exception as e:
        logger.error("finish failed: %s", e)

def kept(order):
    try:
        push(order)
    except TimeoutError as e:
        logger.error("push timed out: %s", e)
    except Exception:
        logger.exception("push failed")
    try:
        push(order)
    except Exception:
        logger.error("push failed", exc_info=True)
    try:
        push(order)
    except Exception as e:
        logger.error("push failed")
        raise PushError(order.id) from e
""",
    """
=== src/server.ts
import express from 'express'
import pino from 'pino'

const logger = pino()
const app = express()

app.post('/sync', async (req, res) => {
  try {
    await push(req.body)
  } catch (err) {
    logger.error('push failed') // <-- the error object stays behind
  }
  try {
    await finish()
  } catch (err) {
    logger.error({ err }, 'finish failed')
    return res.status(502).json({ error: 'finish failed' })
  }
  res.json({ ok: true })
})
""",
    """
=== src/push.ts
export function answered(status: number, body: string) {
  try {
    const { reason } = JSON.parse(body)
    if (reason) remember(reason)
  } catch {
    console.error(`push: ${status} (unparseable body)`)
  }
}
=== packages/tools/src/setup.ts
export async function readSettings(path: string) {
  try {
    await fs.lstat(path)
  } catch (e) {
    console.error(`${path} is not there`)
  }
}
=== app/cache.py
import structlog

log = structlog.get_logger()

def read(key):
    try:
        return cache[key]
    except KeyError:
        log.info("cache_miss", key=key)
    except Exception:
        log.exception("cache_failed", key=key)
""",
    """
=== app/main.py
import logging

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

logger = logging.getLogger(__name__)
app = FastAPI()

@app.exception_handler(Exception)
async def on_any(request: Request, exc: Exception):
    logger.error("unhandled error at %s", request.url.path)  # <-- what kind of error
    return JSONResponse({"detail": "failed"}, 500)

@app.exception_handler(ValueError)
async def on_value(request: Request, exc: ValueError):
    logger.error("a value at %s", request.url.path)
    return JSONResponse({"detail": "value"}, 400)
=== flasks/app.py
from flask import Flask

app = Flask(__name__)

@app.errorhandler(500)
def failed(error):
    app.logger.error("failed", exc_info=error)
    return "failed", 500
=== app/plain.py
from flask import Flask

app = Flask(__name__)

@app.errorhandler(500)
def failed(error):
    app.logger.error(f"failed: {error}")
    return "failed", 500

@app.errorhandler(Exception)
def broken(error):
    app.logger.error(f"broken: {error}")  # <-- what Flask hands to this one, it has not logged
    return "broken", 500
""",
    """
=== src/server.ts
import express from "express";
import { logger } from "./logger";

const app = express();
app.post("/answers", (req, res) => {
  try {
    return res.json(shown(req.body));
  } catch {
    const result = Answer.safeParse(mended(req.body));
    if (!result.success) {
      logger.error("answer does not fit", { issues: result.error.issues.length });
    }
  }
  try {
    keep(req.body);
  } catch {
    if (!req.ok) logger.error("not kept"); // <-- of what was caught
  }
  try {
    send(req.body);
  } catch (sendError) {
    const error = putAside(req.body);
    if (error) logger.error("not put aside", { why: error.code });
  }
  res.json({});
});
=== src/logger.ts
export const logger = { error: (text: string, fields?: object) => process.stderr.write(JSON.stringify({ text, fields })) };
""",
    """
=== src/hooks.ts
import express from "express";
import { logger } from "./logger";

const app = express();
app.post("/hooks", (req, res) => {
  let event;
  try {
    event = stripe.webhooks.constructEvent(req.body, req.headers["stripe-signature"], SECRET);
  } catch (err) {
    logger.error(`signature: ${err.message}`);
    return res.status(400).send("bad signature");
  }
  try {
    keep(event);
  } catch (err) {
    logger.error(`event: ${err.message}`); // <-- of anything that may happen there
  }
  res.json({});
});
""",
    """
=== src/main.ts
import express from "express";
import { logger } from "./logger";

const app = express();
app.post("/orders", (req, res) => {
  try {
    keep(req.body);
  } catch (error) {
    const trace = error.stack;
    logger.error(`not kept: ${error.message}`);
    logger.debug("at", trace);
  }
  try {
    send(req.body);
  } catch (error) {
    const code = error.code;
    logger.error(`not sent: ${error.message}`); // <-- nor is its trace anywhere
    logger.debug("with", code);
  }
  res.json({});
});
""",
]
