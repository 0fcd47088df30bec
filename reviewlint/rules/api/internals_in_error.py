"""An error response tells the client what the exception says.

The text of an unexpected exception is written for whoever runs the service: it names tables, constraints, hosts, file
paths, sometimes the values of a query. Sent to the client it is a map for an attacker and nonsense for everybody else,
and it changes with every library update, so that no client can rely on it. Log the exception, answer with a constant
message and an id by which the log line is found.

Judged where nothing narrowed the exception down: a 5xx, or an except/catch for everything. An exception class of one's
own, or a test of its type in the clause, is a decision to show its message.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from ...facts.code import Catch
from ...facts.http import Response
from ...facts.values import Call, Choice, Parameter, Record, Reference, Text, Value, named
from ...finding import Confidence, Finding
from ...join.bodies import content, let_out
from ...join.caught_above import is_caught_above
from ...join.clauses import clauses
from ...join.developing import in_development, in_testing
from ...join.endpoints import answering
from ...join.failing import fails_by_itself, leads_outside
from ...join.functions import functions
from ...join.habits import as_habits
from ...join.idle import is_idle
from ...join.places import located
from ...join.responses import CATCH_ALL, Answer, responses
from ...join.unexpected import unexpected
from ...project import SERVER_SIDES, Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="high",
    since="0.1.0",
    languages=("python", "typescript"),
    found_at=("Response",),
    serving=True,
    asked_by="S E A",
    strictly="clauses that answer 4xx, or by Nest with the error itself, whose JSON has no message, around calls of which "
    "no name tells that they lead out of the process, and those of "
    "endpoints that try something out, `/debug/mail`, `test_smtp`: why it fails is what they are asked for; and what is "
    "raised where a global handler chooses among bodies and was not seen to send the text on; what is answered only where a "
    "setting says that the service runs for its developers or its tests; and what is answered in tasks of a "
    "queue, in files of Python that nothing loads and in methods of views without a route.",
    security="4.3",
    limits="Exceptions that a helper of another file turns into text are followed as far as the helper's own shape.",
)

WEBHOOK = re.compile(r"web_?-?hook", re.IGNORECASE)
"""The provider that called reads its own error's text; it is nobody's user."""

INFRASTRUCTURE = re.compile(
    r"(?:^|\.)(?:DatabaseError|IntegrityError|OperationalError|ProgrammingError|DataError|InterfaceError|SQLAlchemyError|DBAPIError"
    r"|PyMongoError|RedisError|ClientError|BotoCoreError|OSError|IOError|ConnectionError|PostgresError"
    r"|RequestException|HTTPError|RequestError|HTTPStatusError|ClientConnectorError)$|^(?:psycopg2?|sqlite3|MySQLdb|pymysql|pyodbc|oracledb|aiosqlite|mysql\.connector)\.Error$"
)
"""Exceptions of drivers and of the machine: their texts name hosts, tables and values."""
DATABASE_ERROR = re.compile(
    r"(?:\.(?:from|rpc|schema)\(\).*|\.auth\.(?:admin\.)?\w+\(\))\.error\.(?:message|details|hint)$"
)
"""What supabase-js says of a failure: the database's own message."""

UNEXPOSED = "koa.HttpError"
"""What `ctx.throw` throws: of a 5xx Koa sends the name of the status alone."""

UNANSWERED = re.compile(r"^\w*response is None$")
"""The test of a handler of REST framework's for what the framework itself has no answer to."""

DIAGNOSES = re.compile(r"(?:^|[/._-])(?:debug|diagnos\w*|probe|test)(?=[/_-]|[A-Z]|$)")
"""How files and functions are called that try something out, to tell whoever asked for it why it does not work."""

STACKS = frozenset({"stack", "format_exc", "format_exception"})


def check(project: Project) -> Iterator[Finding]:
    """Each response in an except/catch that carries the exception's text; where a service always does it, one."""
    yield from as_habits(project, _each(project))


def _each(project: Project) -> Iterator[Finding]:
    handed = project.view(unexpected)
    seen = set()
    for answer in project.view(responses):
        if project.side(answer.at.path) not in SERVER_SIDES or answer.at in seen:
            continue
        if not answer.response.in_catch:
            variable = handed.get((answer.at.path, answer.response.function), "")
            told, where = _from_database(content(answer)), "the database's answer"
            if told is None and variable and not _tested(answer):
                told, where = let_out(content(answer), variable), "the handler gets every exception"
            if told is not None and (answer.status or 0) >= 500:
                seen.add(answer.at)
                yield _finding(answer, where, told)
            continue
        found = _let_out(answer)
        if found is None or answer.status is None or answer.status < 400:
            continue
        if (answer.response.raised and answer.response.in_try) or WEBHOOK.search(answer.at.path):
            continue
        if answer.response.exception == UNEXPOSED and answer.status >= 500:
            continue
        own = answer.response.raised and not answer.response.framework
        if own and (answer.at.path, answer.response.function) not in project.view(answering):
            continue  # raised in a job, where nobody is answered
        if own and is_caught_above(project, answer):
            continue
        clause = project.view(clauses).around(answer.at)
        if clause is not None and _unexpected(project, answer, clause, _is_stack(found)):
            seen.add(answer.at)
            caught = " or ".join(name.rpartition(".")[2] for name in clause.exceptions) or "every exception"
            asked = DIAGNOSES.search("/".join((*answer.at.path.split("/")[-3:], answer.response.function))) is not None
            within = answer.status < 500 or _is_whole(answer, found)
            weak = asked or _is_replaced(project, answer) or (within and not leads_outside(project, clause))
            found_in = _finding(answer, f"the clause catches {caught}", found)
            tests = answer.response.conditions
            apart = in_development(tests) or in_testing(tests)  # where nobody is served
            apart = apart or is_idle(project, answer.at.path, answer.response.function)
            yield replace(found_in, strict=apart or (weak and not _is_stack(found)))


def _tested(answer: Answer) -> bool:
    """Whether the code found out something before it answered; that a test failed tells nothing."""
    return any("not " not in test[:4] and not UNANSWERED.match(test) for test in answer.response.conditions)


def _let_out(answer: Answer) -> Value | None:
    """What of the exception the response carries: sent as it is, or raised for a handler to send."""
    told = (content(answer), answer.response.body if answer.response.raised else None)
    found = (let_out(value, answer.response.catch_variable) for value in told)
    return next((one for one in found if one is not None and one.at.path == answer.at.path), None)


def _is_whole(answer: Answer, found: Value) -> bool:
    """Whether Nest is given the error itself and answers with it: as JSON that has no message, and only fields if any."""
    made = answer.response.body
    given = made.arguments[:1] if isinstance(made, Call) else ()
    is_error = isinstance(found, Reference | Parameter) and named(found) == answer.response.catch_variable
    return answer.response.framework == "nest" and not answer.handled and is_error and found in given


def _is_replaced(project: Project, answer: Answer) -> bool:
    """Whether a global handler has several bodies for what is raised, and none was seen to send its text on."""
    if not answer.handled or answer.handler is None:
        return False
    path, name = answer.handler
    several = [one for one in project.facts_of(path, Response) if one.function == name]
    return len(several) > 1 and let_out(content(answer), answer.response.catch_variable) is None


def _unexpected(project: Project, answer: Answer, clause: Catch, stack: bool) -> bool:
    """Whether nothing has told that the exception's message is meant for clients."""
    broad = not clause.exceptions or bool(CATCH_ALL.intersection(clause.exceptions))
    if stack:
        return True
    if clause.exceptions and all(_has_words_of_its_own(project, clause.at.path, name) for name in clause.exceptions):
        return False
    if (answer.status or 0) < 500 and clause.attempts and not fails_by_itself(clause):
        return False  # it fails by what the client sent, and says what of it
    own = answer.response.raised and not answer.response.framework  # its message was chosen with the class
    foreign = not own and (answer.status or 0) >= 500 and any(map(INFRASTRUCTURE.search, clause.exceptions))
    foreign = foreign or (not own and (answer.status or 0) >= 500 and _says_all(answer, clause))
    return (broad and not _tested(answer)) or foreign


def _has_words_of_its_own(project: Project, path: str, name: str) -> bool:
    """Whether an exception is a class of the project's that is made of nothing: its message was written with it."""
    place = located(project, path, name)
    made = project.view(functions).get((place[0], f"{place[1]}.__init__")) if place is not None else None
    return made is not None and not made.parameters


def _says_all(answer: Answer, clause: Catch) -> bool:
    """Whether Python's text of an exception is sent, which nobody wrote for clients; that of a `KeyError` is the key."""
    if not clause.at.path.endswith(".py") or clause.exceptions == ("KeyError",):
        return False
    found = _let_out(answer)
    while isinstance(found, Call) and found.arguments:
        found = found.arguments[0]
    return isinstance(found, Reference) and "." not in found.name


def _is_stack(value: Value) -> bool:
    match value:
        case Reference(name=name) | Call(callee=name):
            return name.rpartition(".")[2] in STACKS
        case _:
            return False


def _from_database(value: Value | None) -> Value | None:
    """The part of a body that is what supabase-js says of a failure."""
    match value:
        case Reference(name=name):
            return value if DATABASE_ERROR.search(name) else None
        case Record(entries=entries):
            return next((found for _, entry in entries if (found := _from_database(entry)) is not None), None)
        case Text(parts=several) | Choice(options=several):
            return next((found for one in several if (found := _from_database(one)) is not None), None)
        case _:
            return None


def _finding(answer: Answer, where: str, found: Value) -> Finding:
    what = named(found)
    what = f"…{what[what.index('.error.') :]}" if DATABASE_ERROR.search(what) else what
    return Finding(
        answer.at,
        evidence=f"This {answer.status} sends the text of `{what}` to the client; {where}.",
        remedy="Log the exception with its trace, and answer with a constant message and the request's id.",
        slots={"what": what, "status": str(answer.status), "caught": where},
        confidence=Confidence.HIGH if (answer.status or 0) >= 500 else Confidence.MEDIUM,
    )


REMARK = (
    "Whatever fails in there, a database, a file, a missing key, its message goes to the client as `{what}`. "
    "The log is the place for that; the client needs a constant sentence and an id."
)

EXAMPLES = [
    """
=== kiln/answers.py
from flask import jsonify

def failed(status, message, **details):
    body = {"error": {"message": message}}
    if details:
        body["error"]["details"] = details
    return jsonify(body), status

def refused(status, **fields):
    return jsonify(code="refused", **fields), status
=== kiln/pots.py
import traceback

from flask import Flask

from kiln.answers import failed, refused

app = Flask(__name__)

@app.get("/pots")
def pots():
    try:
        return {"pots": load()}
    except Exception:
        return failed(500, "Not loaded", trace=traceback.format_exc())  # <-- collected by the helper

@app.get("/lids")
def lids():
    try:
        return {"lids": load()}
    except Exception as exc:
        return refused(500, reason=str(exc))  # <-- and handed on by another

@app.get("/glazes")
def glazes():
    try:
        return {"glazes": load()}
    except Exception:
        return failed(500, "Not loaded", shelf="upper")
""",
    """
=== src/filter.ts
import { ArgumentsHost, Catch, ExceptionFilter, HttpException } from '@nestjs/common'

@Catch()
export class Filter implements ExceptionFilter {
  catch(exception: unknown, host: ArgumentsHost) {
    const status = exception instanceof HttpException ? exception.getStatus() : 500
    const message = exception instanceof HttpException ? exception.message : 'Unexpected failure'
    const response = host.switchToHttp().getResponse()
    response.status(status).json({ error: { message } })
  }
}
=== src/rooms.service.ts
import { Injectable, InternalServerErrorException } from '@nestjs/common'

@Injectable()
export class RoomsService {
  async create(name: string) {
    try {
      return await this.rooms.save({ name })
    } catch (err) {
      throw new InternalServerErrorException((err as Error).message) // <-- the filter sends it on
    }
  }
}
""",
    """
=== pages/api/contacts.ts
import type { NextApiRequest, NextApiResponse } from 'next'
import * as yup from 'yup'

const contact = yup.object({ email: yup.string().email().required() })

export default async function handler(req: NextApiRequest, res: NextApiResponse) {
  try {
    await contact.validate(req.body)
  } catch (e) {
    return res.status(422).json({ error: (e as yup.ValidationError).message })
  }
  try {
    await store(req.body)
  } catch (e) {
    return res.status(422).json({ error: (e as Error).message }) // <-- anything may have failed in there
  }
  res.status(201).json({})
}
=== src/failures.filter.ts
import { ArgumentsHost, Catch, ExceptionFilter, HttpException } from '@nestjs/common'

@Catch()
export class Failures implements ExceptionFilter {
  catch(exception: unknown, host: ArgumentsHost) {
    const response = host.switchToHttp().getResponse()
    if (exception instanceof HttpException) {
      return response.status(exception.getStatus()).json({ error: exception.message })
    }
    return response.status(500).json({ error: (exception as Error).stack }) // <-- what nobody expected
  }
}
""",
    """
=== src/payments.js
const Router = require("@koa/router");
const bank = require("./bank");

const router = new Router();

router.post("/payments", async (ctx) => {
  try {
    ctx.body = await bank.pay(ctx.request.body);
  } catch (err) {
    ctx.throw(500, err);
  }
});

router.post("/refunds", async (ctx) => {
  try {
    ctx.body = await bank.refund(ctx.request.body);
  } catch (err) {
    ctx.throw(400, err.message);  // <-- strict: shown, whatever it says
  }
});

module.exports = router;
""",
    """
=== src/app.ts
import express from "express";
import createError, { isHttpError } from "http-errors";

const app = express();

app.post("/members", async (req, res, next) => {
  try {
    res.json(await save(req.body));
  } catch (err) {
    next(createError(409, "This phone is in use"));
  }
});

app.use((err, req, res, next) => {
  const known = isHttpError(err);
  res.status(known ? err.status : 500).json({ message: known ? err.message : "Internal error" });
});
""",
    """
=== src/app.ts
import express, { NextFunction, Request, Response } from "express";
import { AppError } from "./errors";

const app = express();

app.use((err: any, req: Request, res: Response, next: NextFunction) => {
  if (err instanceof AppError) return res.status(err.status).json({ message: err.message });
  res.status(err.status || 500).json({ message: err.message });  // <-- what nobody expected arrives here as well
});
=== src/other.ts
import express from "express";

export const other = express();

other.use((err, req, res, next) => {
  const status = err.status ?? 500;
  res.status(status).json({ message: status < 500 ? err.message : "Internal error" });
});
""",
    """
=== app/items.py
from flask import Blueprint, jsonify

bp = Blueprint("items", __name__)

@bp.post("/items")
def create():
    try:
        return jsonify(save()), 201
    except ValueError as e:
        return jsonify(error=str(e)), 422
    except Exception as e:
        code = "timeout" if isinstance(e, TimeoutError) else "internal"
        return jsonify(error=code), 500
""",
    """
=== app/reports.py
import logging
import traceback

from fastapi import APIRouter, HTTPException
from fastapi.responses import JSONResponse

router = APIRouter()
logger = logging.getLogger(__name__)

class ReportError(Exception):
    pass

@router.get("/reports/{name}")
def report(name: str):
    try:
        return build(name)
    except ReportError as e:
        raise HTTPException(status_code=422, detail=str(e))
    except Exception as e:
        raise HTTPException(status_code=500, detail=str(e))  # <-- any exception's text

@router.get("/totals")
def totals():
    try:
        return fetch_totals()
    except Exception as exc:
        return JSONResponse({"error": f"failed: {exc}"}, status_code=400)  # <-- in the f-string

@router.get("/trace")
def trace():
    try:
        return compute()
    except ReportError:
        return JSONResponse({"error": "failed", "trace": traceback.format_exc()}, 500)  # <-- a stack is never for clients

@router.get("/quiet")
def quiet():
    try:
        return compute()
    except Exception:
        logger.exception("compute failed")
        raise HTTPException(status_code=500, detail="Something went wrong")
""",
    """
=== src/server.ts
import express from 'express'

const app = express()

app.get('/reports/:name', async (req, res) => {
  try {
    res.json(await build(req.params.name))
  } catch (err) {
    if (err instanceof ReportError) {
      return res.status(422).json({ error: err.message })
    }
    res.status(500).json({ error: err.message }) // <-- a driver's message, most days
  }
})

app.get('/totals', async (req, res) => {
  try {
    res.json(await compute())
  } catch (err) {
    res.status(500).json({ error: 'Not computed', ...(process.env.NODE_ENV === 'development' && { details: err.message }) })
  }
})

app.get('/sums', async (req, res) => {
  try {
    res.json(await compute())
  } catch (err) {
    res.status(500).json({ error: 'Not computed', ...(err instanceof Error && { details: err.message }) }) // <-- of any class
  }
})

app.get('/quiet', async (req, res) => {
  try {
    res.json(await compute())
  } catch (err) {
    req.log.error({ err }, 'compute failed')
    res.status(500).json({ error: 'Something went wrong' })
  }
})
""",
    """
=== supabase/functions/pay/index.ts
Deno.serve(async (req) => {
  try {
    const order = await pay(await req.json())
    return Response.json({ order })
  } catch (error) {
    return new Response(JSON.stringify({ error: error.message }), { status: 400 }) // <-- everything ends here
  }
})
""",
    """
=== app/__init__.py
from flask import Flask, jsonify

from werkzeug.exceptions import HTTPException

from app.bank import BankDown, charge

app = Flask(__name__)

@app.errorhandler(HTTPException)
def refused(error):
    return jsonify(error=str(error)), error.code or 500

@app.errorhandler(500)
def failed(error):
    return jsonify(error=str(error.original_exception)), 500  # <-- Flask hands on what nobody expected

@app.post("/charges")
def post():
    try:
        charge()
    except BankDown as exc:
        return jsonify(error=str(exc)), 502  # <-- what the bank says of it
    except ValueError as exc:
        return jsonify(error=str(exc)), 422
    return "", 204
=== app/drf.py
from rest_framework.response import Response
from rest_framework.views import exception_handler

def handle(exc, context):
    response = exception_handler(exc, context)
    if response is None:
        return Response({"detail": str(exc)}, status=500)  # <-- the framework has no answer to it
    return response
=== app/settings.py
REST_FRAMEWORK = {"EXCEPTION_HANDLER": "app.drf.handle"}
""",
    """
=== app/envelope.py
from flask import jsonify

def fail(code, message, status=400, details=None, **extra):
    body = {"error": {"code": code, "message": message}, **extra}
    if details:
        body["error"]["details"] = details
    return jsonify(body), status
=== app/main.py
import traceback

import psycopg
from flask import Flask

from app.envelope import fail

app = Flask(__name__)

@app.delete("/gifts/<int:gift_id>")
def delete(gift_id):
    try:
        forget(gift_id)
    except psycopg.Error as exc:
        return fail("not_deleted", exc.diag.message_primary or "unknown", 500)  # <-- the database's own words
    try:
        tell(gift_id)
    except OSError as exc:
        return fail("not_told", "Nobody was told.", 502, {"cause": repr(exc)})  # <-- in a branch of the helper
    try:
        count(gift_id)
    except psycopg.Error as exc:
        return fail("not_counted", "Nobody counted.", 500, {"table": "gifts"})
    return "", 204

@app.post("/gifts")
def give():
    try:
        keep()
    except Exception as exc:
        if app.config["ENV"] == "dev":
            message = str(exc)
        else:
            message = "Sorry."
        return fail("broken", message, 500)

@app.errorhandler(Exception)
def crash(exc):
    return fail("crash", "Sorry.", 500, trace=traceback.format_exc().splitlines()[-3:])  # <-- under a name of its own
""",
    """
=== src/app/api/debug/mail/route.ts
import { sendMail } from "@/mail";

export async function POST(request: Request) {
  try {
    await sendMail((await request.json()).to);
    return Response.json({ sent: true });
  } catch (error) {
    return Response.json({ error: "Not sent", details: error.message }, { status: 500 }); // <-- strict: what was asked for
  }
}
=== src/app/api/mail/route.ts
import { sendMail } from "@/mail";

export async function POST(request: Request) {
  try {
    await sendMail((await request.json()).to);
    return Response.json({ sent: true });
  } catch (error) {
    return Response.json({ error: "Not sent", details: error.message }, { status: 500 }); // <-- nobody asked how it works
  }
}
""",
    """
=== app/failures.py
from fastapi import HTTPException, Request
from fastapi.responses import JSONResponse

from app.texts import text_of, unknown

async def refuse(request: Request, exc: HTTPException):
    known = text_of(exc.status_code)
    if known:
        return JSONResponse(status_code=exc.status_code, content=known.model_dump())
    return JSONResponse(status_code=exc.status_code, content=unknown(exc).model_dump())
=== app/main.py
from typing import Any, cast

from fastapi import FastAPI, HTTPException

from app.failures import refuse

app = FastAPI()
app.add_exception_handler(HTTPException, cast(Any, refuse))

@app.post("/tides")
async def tides():
    try:
        return await measure()
    except Exception as e:
        raise HTTPException(500, detail=f"No tide: {e}")  # <-- strict: the handler has texts of its own
""",
    """
=== app/casks.py
from celery import Celery
from fastapi import APIRouter, HTTPException

from app.cellar import turn

queue = Celery("casks")
router = APIRouter()

@queue.task
def turn_all():
    try:
        check_all()
    except Exception as e:
        raise HTTPException(status_code=500, detail=str(e))  # <-- strict: a worker runs it, and answers nobody

def check_all():
    try:
        turn()
    except Exception as e:
        raise HTTPException(status_code=500, detail=str(e))  # <-- strict: for that worker

@router.post("/casks/turned")
def turn_now():
    turn_all.delay()
    try:
        turn()
    except Exception as e:
        raise HTTPException(status_code=500, detail=str(e))  # <-- a client gets it
""",
]
