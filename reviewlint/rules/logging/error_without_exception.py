"""An error is logged in an except/catch without the exception.

The line says that something failed; what, where and why stood in the exception, and is gone. With the exception the log
has the type, the message and the trace; without it somebody has to make the failure happen again.

In Python, `exc_info=True` or `logger.exception`; in TypeScript the error object as an argument or field. A line whose
clause raises again, has a line with the exception or gives it to any other call is left alone, and so is one where
nothing but the form of a value can fail. The text of an exception (`str(e)`, `{e}`,
`err.message`) is enough where the clause names what it expects; in a clause for everything it tells neither what was
raised nor where.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from ...facts.code import Catch, Function
from ...facts.file import Side
from ...facts.http import Response
from ...facts.location import Location
from ...facts.logs import LogCall
from ...facts.values import Call, Choice, Parameter, Reference, Text, Value, holes
from ...finding import Finding, Rewrite
from ...join.bodies import mentions
from ...join.clauses import handed_on
from ...join.converts import converts
from ...join.endpoints import handling
from ...join.functions import calling_named
from ...join.habits import as_habits
from ...join.places import called
from ...join.responses import UNANSWERED, responses
from ...join.unexpected import unexpected
from ...project import SERVER_SIDES, Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="high",
    since="0.1.0",
    languages=("python", "typescript"),
    asked_by="F E S",
    limits="An exception that is handed to a function which logs it is taken for logged.",
)
BROAD = frozenset({"Exception", "BaseException"})
SUFFIXES = ("Error", "Exception", "Failure")
EXPECTED = frozenset(
    {
        "KeyError",
        "IndexError",
        "ValueError",
        "TypeError",
        "AttributeError",
        "JSONDecodeError",
        "LookupError",
        "ImportError",
    }
    | {
        "ModuleNotFoundError",
        "FileNotFoundError",
        "UnicodeDecodeError",
        "ValidationError",
        "DoesNotExist",
        "IntegrityError",
        "TimeoutError",
        "AuthenticationError",
        "PermissionError",
        "FileExistsError",
    }
)

MEANT = re.compile(r"NotFound|DoesNotExist|Already|Duplicate|Forbidden|Unauthorized|PermissionDenied|Conflict")
"""Exceptions whose name says all there is to say."""

ERRORS = frozenset({"error", "critical"})
NOTHING = "nothing of the exception: neither type, message nor trace"
TEXT = "the text of the exception alone, without its trace"
EXITS = frozenset({"process.exit", "Deno.exit"})
LEVELS = frozenset({"error", "warn", "warning", "info", "debug"})
CHECKS = re.compile(r"^(?:parse|validate|assert|require|import)(?:_|[A-Z]|$)")
"""Calls that fail by what they are given."""
PRINTED = frozenset({"str", "repr", "String"})
"""What makes a text of an exception."""
ONE = re.compile(r"^(?:this|self)\._?\w*(?:[eE]rr(?:or)?|[eE]xception)$")
"""Where an object keeps what it caught."""
MADE_OF_ONE = re.compile(r"(?:error|exception|err|exc)\(\)\.\w+$", re.IGNORECASE)


def check(project: Project) -> Iterator[Finding]:
    """Each error line in a clause of which nothing carries the exception."""
    logs: dict[str, list[LogCall]] = defaultdict(list)
    for log in project.facts(LogCall, *SERVER_SIDES):
        if log.in_catch and log.library != "print":
            logs[log.at.path].append(log)
    nothing, texts = _by_handlers(project)
    if not logs:
        yield from (*nothing, *texts)
        return
    catches: dict[str, list[Catch]] = defaultdict(list)
    for catch in project.facts(Catch, *SERVER_SIDES):
        catches[catch.at.path].append(catch)
    programs = {
        (fact.at.path, fact.name) for fact in project.facts(Function, *SERVER_SIDES) if not EXITS.isdisjoint(fact.calls)
    }
    answered: dict[str, list[Location]] = defaultdict(list)
    for response in project.facts(Response, *SERVER_SIDES):
        new = not response.at.path.endswith(".py") and not mentions(response.body, response.catch_variable)
        if response.raised and response.in_catch and (response.framework or new):
            answered[response.at.path].append(response.at)
    for at in _silently_answered(project):
        answered[at.path].append(at)
    for path, lines in logs.items():
        if project.side(path) is not Side.EDGE:
            lines = [log for log in lines if log.library != "console" or log.level == "error"]
        for log in lines:
            clause = _clause(catches[path], log)
            if log.level not in ERRORS or clause is None or not _unexpected(clause):
                continue
            if log.library == "console" and (path, log.function) in programs:
                continue  # a program that ends, and has said why to whoever called it
            around = [one for one in catches[path] if one.at.holds(clause.at) and one.at != clause.at]
            if any(
                _told(one, [line for line in lines if not clause.at.holds(line.at)], answers=True) for one in around
            ):
                continue  # the failure that this one tried to mend is told
            answers = any(map(clause.at.holds, answered[path])) or (
                not log.conditions and _raises_another(project, clause)
            )
            answers = answers or _is_lost_above(project, clause, catches, logs)
            if not _told(clause, lines, answers=answers):
                if handed_on(project, clause) or _only_converts(clause):
                    continue
                nothing.append(_finding(log, NOTHING, clause.exceptions, clause.variable))
            elif (
                _is_broad(clause)
                and _says_only_text(log, clause.variable)
                and not _kept(clause, lines, answers=answers)
            ):
                texts.append(_finding(log, TEXT, clause.exceptions, clause.variable))
    yield from nothing
    yield from as_habits(project, texts)


def _silently_answered(project: Project) -> Iterator[Location]:
    """Where Python's clauses raise an exception of the project that a global handler answers and nobody logs."""
    logging, keeping = set(), set()
    for log in project.facts(LogCall, *SERVER_SIDES):
        if not any(map(UNANSWERED.match, log.conditions)):
            logging.add((log.at.path, log.function))
            if log.with_exception:
                keeping.add((log.at.path, log.function))
    for answer in project.view(responses):
        own = answer.response.raised and answer.response.in_catch and not answer.response.framework
        if not own or answer.handler is None or not answer.at.path.endswith(".py"):
            continue
        told = mentions(answer.response.body, answer.response.catch_variable)  # as part of what the handler may log
        if answer.handler not in (logging if told else keeping):
            yield answer.at


def _by_handlers(project: Project) -> tuple[list[Finding], list[Finding]]:
    """The error lines of global handlers for what nobody expected: those without the exception, and with its text."""
    nothing, texts = list[Finding](), list[Finding]()
    handlers = project.view(unexpected)
    lines: dict[tuple[str, str], list[LogCall]] = defaultdict(list)
    for log in project.facts(LogCall, *SERVER_SIDES) if handlers else ():
        if (log.at.path, log.function) in handlers and log.library != "print" and not log.in_catch:
            lines[log.at.path, log.function].append(log)
    for place, several in lines.items():
        variable, failing = handlers[place], [log for log in several if log.level in ERRORS and not log.conditions]
        if not failing or any(log.with_exception for log in several):
            continue
        if not any(_says(log, variable) for log in several):
            nothing.append(_finding(failing[0], NOTHING, (), variable))
        elif all(_says_only_text(log, variable) or not _says(log, variable) for log in several):
            texts.append(_finding(failing[0], TEXT, (), variable))
    return nothing, texts


def _clause(catches: list[Catch], log: LogCall) -> Catch | None:
    around = [catch for catch in catches if catch.at.holds(log.at)]
    return max(around, key=lambda catch: catch.at) if around else None


def _unexpected(clause: Catch) -> bool:
    """Whether the exception says more than its type: one that means "not there" or "not well-formed" does not."""
    names = [name.rpartition(".")[2] for name in clause.exceptions]
    return not names or any(
        name in BROAD or (name.endswith(SUFFIXES) and name not in EXPECTED and not MEANT.search(name)) for name in names
    )


def _told(clause: Catch, lines: list[LogCall], *, answers: bool) -> bool:
    """Whether the exception is kept: by a line of the clause that has it or says it, or by raising again; what is
    raised to answer the request (`HTTPException`) ends in a response, and in no log.
    """
    said = any(_says(log, clause.variable) for log in lines if clause.at.holds(log.at))
    return said or _kept(clause, lines, answers=answers)


def _kept(clause: Catch, lines: list[LogCall], *, answers: bool) -> bool:
    """Whether the exception itself is kept."""
    logged = any(log.with_exception or any(map(ONE.search, log.given)) for log in lines if clause.at.holds(log.at))
    return logged or ("raises" in clause.does and not answers)


def _raises_another(project: Project, clause: Catch) -> bool:
    """Whether a clause of TypeScript raises an error of its own, in which nothing is left of what it caught."""
    if clause.at.path.endswith(".py") or "raises" not in clause.does:
        return False
    made = [call for call in project.calls_made(clause.at.path, {"Error"}) if clause.at.holds(call.at)]
    return any(call.callee == "Error" for call in made) and not any(
        mentions(given, clause.variable) for call in made for given in call.arguments
    )


def _is_lost_above(
    project: Project, clause: Catch, catches: Mapping[str, list[Catch]], logs: Mapping[str, list[LogCall]]
) -> bool:
    """Whether all that is known to call the function of a clause catches what that raises again, and keeps none of it."""
    place, last = (clause.at.path, clause.function), clause.function.rpartition(".")[2]
    if "raises" not in clause.does or not last or place in project.view(handling):
        return False  # frameworks call handlers, and log what they raise
    callers = [
        (function, callee)
        for callee, function in calling_named(project, last)
        if called(project, function, callee) == place
    ]
    return bool(callers) and all(_drops(function, callee, catches, logs) for function, callee in callers)


def _drops(
    function: Function, callee: str, catches: Mapping[str, list[Catch]], logs: Mapping[str, list[LogCall]]
) -> bool:
    """Whether a function tries a call in clauses that neither raise, log nor give what they caught to anybody."""
    own = [one for one in catches.get(function.at.path, ()) if one.function == function.name and callee in one.attempts]
    told = (log.at for log in logs.get(function.at.path, ()))
    inside = [at for at in told if any(one.at.holds(at) for one in own)]
    return bool(own) and not inside and not any({"raises", "calls", "logs"} & one.does for one in own)


def _only_converts(clause: Catch) -> bool:
    """Whether all that is tried is to read a value: its exception says that it could not be read."""
    tried = [callee for callee in clause.attempts if callee.rpartition(".")[2] not in LEVELS]
    return bool(tried) and all(converts(callee) or CHECKS.match(callee.rpartition(".")[2]) for callee in tried)


def _is_broad(clause: Catch) -> bool:
    names = {name.rpartition(".")[2] for name in clause.exceptions}
    return not names or not names.isdisjoint(BROAD)


def _says(log: LogCall, variable: str) -> bool:
    """Whether the line says anything of the exception."""
    values = [log.message, *log.arguments, *(value for _, value in log.fields)]
    part = re.compile(rf"{re.escape(variable)}\??[.\[]") if variable else None
    return any(mentions(value, variable) or _was_made_of_one(value) for value in values if value is not None) or (
        part is not None and any(map(part.match, log.given))  # whole, as `extra=error.response`
    )


def _was_made_of_one(value: Value | None) -> bool:
    """Whether a value is part of what a function for errors gives: `parsed.code` after `parsed = parseError(error)`."""
    parts = holes(value) if value is not None else ()
    return any(isinstance(one, Reference) and MADE_OF_ONE.search(one.name) is not None for one in parts)


def _says_only_text(log: LogCall, variable: str) -> bool:
    """Whether what the line says of the exception is its text."""
    values = [log.message, *log.arguments, *(value for _, value in log.fields)]
    said = [value for value in values if mentions(value, variable)]
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


def _finding(log: LogCall, what: str, exceptions: tuple[str, ...], variable: str) -> Finding:
    caught = " or ".join(name.rpartition(".")[2] for name in exceptions) or "every exception"
    variable = variable or "error"
    if log.at.path.endswith(".py"):
        remedy = f"{log.call.rpartition('.')[0]}.exception(…), or exc_info=True beside the message"
    elif log.library == "pino":
        remedy = f"Pass the error along: {log.call}({{ err: {variable} }}, …)"
    else:
        remedy = f"Pass the error along: {log.call}(…, {variable})"
    return Finding(
        log.at,
        evidence=f"`{log.call}` in a {'clause' if log.in_catch else 'handler'} for {caught} logs {what}.",
        remedy=remedy,
        slots={"call": log.call, "caught": caught, "variable": variable},
        rewrite=Rewrite("log_exception", log) if log.in_catch else None,
    )


REMARK = (
    "Whoever reads this line at night has a message and no trace to follow. The exception is right there in the clause; "
    "let `{call}` have it."
)

EXAMPLES = [
    """
=== kiln/errors.py
import logging

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

logger = logging.getLogger(__name__)
app = FastAPI()

class KilnError(Exception):
    status_code = 500

class OvenDown(KilnError):
    status_code = 502

def envelope(status, message):
    return JSONResponse({"error": message}, status_code=status)

@app.exception_handler(KilnError)
async def refuse(request: Request, exc: KilnError):
    logger.info("refused", extra={"reason": str(exc)})
    return envelope(exc.status_code, str(exc))
=== kiln/ovens.py
import logging

import httpx
from fastapi import APIRouter

from kiln.errors import OvenDown

logger = logging.getLogger(__name__)
router = APIRouter()

@router.post("/firings")
def fire(pot: str):
    try:
        httpx.post("http://oven/firings", json={"pot": pot})
    except httpx.HTTPError as exc:
        logger.error("oven does not answer")  # <-- the handler logs what it is raised, without a cause
        raise OvenDown("The oven is down") from exc

@router.post("/coolings")
def cool(pot: str):
    try:
        httpx.post("http://oven/coolings", json={"pot": pot})
    except httpx.HTTPError as exc:
        logger.error("oven does not answer")
        raise OvenDown(f"The oven is down: {exc}") from exc
""",
    """
=== app/export.py
import logging

import httpx

logger = logging.getLogger(__name__)

def export(order):
    try:
        upload(order)
    except Exception as e:
        logger.error("export of %s failed: %s", order.id, str(e))  # <-- what was raised, and where?
    try:
        upload(order)
    except httpx.TimeoutException as e:
        logger.error("export of %s failed: %s", order.id, str(e))
    try:
        upload(order)
    except Exception as e:
        logger.error("export of %s failed: %s", order.id, str(e), exc_info=True)
    try:
        upload(order)
    except Exception as e:
        logger.warning("export of %s failed: %s", order.id, str(e))
=== src/export.ts
import winston from 'winston'

const logger = winston.createLogger()

export async function exportAll(orders: Order[]) {
  for (const order of orders) {
    try {
      await upload(order)
    } catch (err) {
      logger.error('export failed', { order: order.id, error: err.message }) // <-- no stack
    }
    try {
      await upload(order)
    } catch (err) {
      logger.error('export failed', { order: order.id, error: err.message, stack: err.stack })
    }
    try {
      await upload(order)
    } catch (err) {
      const parsed = parseCarrierError(err)
      logger.error('export failed', { order: order.id, code: parsed.code })
    }
  }
}
""",
    """
=== app/pay.py
import logging

import httpx
from fastapi import HTTPException

from app.errors import Unavailable

logger = logging.getLogger(__name__)

def pay(order):
    try:
        return charge(order)
    except httpx.HTTPError as exc:
        logger.error("payment of %s failed", order.id)  # <-- what is raised ends in a response
        raise HTTPException(502, "try again") from exc

def refund(order):
    try:
        return give_back(order)
    except httpx.HTTPError as exc:
        logger.error("refund of %s failed", order.id)
        raise Unavailable("refund") from exc
=== app/vault.py
import logging

from botocore.exceptions import ClientError

logger = logging.getLogger(__name__)

def fetch(store, key, held):
    try:
        return store.download(key)
    except ClientError as e:
        logger.error("not fetched", extra=e.response["Error"])
    try:
        return store.download(key)
    except ClientError as e:
        logger.error("not fetched, e.g. by %s", key, extra=held)  # <-- of something else
""",
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
=== src/pay.ts
import pino from 'pino'
import { Unavailable } from './errors'

const logger = pino()

export async function pay(order: Order) {
  try {
    await charge(order)
  } catch (error) {
    logger.error('payment failed') // <-- what is thrown next knows nothing of it
    throw new Unavailable('try again')
  }
}

export async function refund(order: Order) {
  try {
    await giveBack(order)
  } catch (error) {
    logger.error('refund failed')
    throw new Unavailable('try again', { cause: error })
  }
}
=== src/packs.ts
import express from 'express'

export async function load() {
  const packs = await list().catch((err) => {
    console.error('Could not load packs:', err?.message, err?.status)
    return []
  })
  return { packs, zones: await zones().catch((err) => {
    console.error('Could not load zones') // <-- which of them, and why
    return []
  }) }
}
=== app/redis.py
import logging
import sys

logger = logging.getLogger(__name__)

async def check(client):
    try:
        await client.ping()
    except TimeoutError:
        logger.error("redis does not answer in time")
        sys.exit(1)
    except Exception as error:
        logger.error("redis: %s", error)
        sys.exit(1)
""",
    """
=== src/parse.ts
import pino from 'pino'

const logger = pino()

export function parsed(text: string) {
  try {
    return JSON.parse(text)
  } catch (err) {
    try {
      return JSON.parse(repaired(text))
    } catch {
      logger.error('repair failed')
    }
    logger.error({ err }, 'not JSON')
    throw new Error('not JSON')
  }
}

export async function kept(text: string) {
  try {
    return await store(text)
  } catch (err) {
    try {
      return await store(text)
    } catch {
      logger.error('not stored') // <-- why not?
    }
    return null
  }
}
""",
    """
=== src/setup.ts
import pino from 'pino'

const logger = pino()

export async function start() {
  try {
    await execAsync('docker compose up -d')
  } catch (error) {
    console.error('Failed to start Docker. Please check your installation.')
    process.exit(1)
  }
}

export async function store(order: Order) {
  try {
    await insert(order)
  } catch (error) {
    console.error('not stored') // <-- why not?
  }
}
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
""",
    """
=== src/orders.ts
import { logger } from './logger'

export async function store(order) {
  try {
    await insert(order)
  } catch (err) {
    logger.error({ order: order.id }, 'not stored') // <-- what is raised in its stead tells nothing of it
    throw new Error('not stored')
  }
}

export async function load(id) {
  try {
    return await select(id)
  } catch (err) {
    logger.error({ id }, 'not loaded')
    throw new Error('not loaded', { cause: err })
  }
}
""",
    """
=== app/errors.py
from fastapi import FastAPI
from fastapi.responses import JSONResponse

app = FastAPI()

class Unavailable(Exception):
    pass

class Broken(Exception):
    pass

@app.exception_handler(Unavailable)
async def unavailable(request, exc):
    return JSONResponse({"error": "unavailable"}, status_code=503)
=== app/insurer.py
import logging

import httpx

from app.errors import Broken, Unavailable

log = logging.getLogger(__name__)

def covered(client, number):
    try:
        return client.get(f"/policies/{number}").json()
    except httpx.HTTPError as exc:
        log.error("insurer not reached")  # <-- the handler answers, and logs nothing
        raise Unavailable("insurer") from exc

def paid(client, number):
    try:
        return client.get(f"/bills/{number}").json()
    except httpx.HTTPError as exc:
        log.error("insurer not reached")
        raise Broken("insurer") from exc
""",
    """
=== src/notify.ts
import { log } from './log'

export async function ready(reservation: Reservation) {
  try {
    await mailed(reservation)
  } catch (err) {
    log.error('mail could not be sent', { id: reservation.id }) // <-- its only caller drops it
    throw err
  }
}

export async function late(reservation: Reservation) {
  try {
    await mailed(reservation)
  } catch (err) {
    log.error('reminder could not be sent', { id: reservation.id })
    throw err
  }
}
=== src/lending.ts
import { log } from './log'
import { late, ready } from './notify'

export async function giveBack(reservation: Reservation) {
  try {
    await ready(reservation)
  } catch {
    // the book is back all the same
  }
  try {
    await late(reservation)
  } catch (err) {
    log.warn('no reminder', { err })
  }
}
""",
    """
=== src/jobs.ts
import pino from "pino";
import { report } from "./report";

const logger = pino();

export async function nightly(queue: Queue) {
  try {
    await queue.run();
  } catch (err) {
    logger.error("nightly run failed");
    report(new Error("nightly", { cause: err }));
  }
  try {
    await queue.clear();
  } catch (err) {
    const failure = toFailure(err);
    logger.error({ name: failure.name }, "queue not cleared");
  }
  try {
    return JSON.parse(queue.state);
  } catch {
    logger.error({ state: queue.state }, "state is no JSON");
  }
  try {
    await queue.close();
  } catch (err) {
    logger.error("queue not closed"); // <-- why, nobody knows
    return { error: String(err) };
  }
}
""",
]
