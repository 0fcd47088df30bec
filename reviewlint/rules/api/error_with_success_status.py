"""A response says in its body that something failed, and in its status that all went well.

Clients, proxies, caches, retries and dashboards go by the status. An error sent with 200 is cached, not retried, counted
as a success, and every client has to look into every body to find out.

Answers to machines that insist on 200 (webhook acknowledgements, GraphQL, JSON-RPC) and health reports are left alone.
"""

import re
from collections.abc import Iterator
from http import HTTPStatus

from ...facts.location import Location
from ...facts.statuses import status_named
from ...facts.values import Call, Choice, Constant, Items, Record, Reference, Text, Value, named, options
from ...finding import Confidence, Finding
from ...join.bodies import let_out
from ...join.endpoints import endpoints
from ...join.functions import functions
from ...join.habits import as_habits
from ...join.idle import is_idle
from ...join.responses import Answer, are_wanted, responses
from ...join.webhooks import to_webhook
from ...join.written import written_out
from ...project import SERVER_SIDES, Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="high",
    since="0.1.0",
    languages=("python", "typescript"),
    asked_by="E S",
    strictly="failures beside other things that a body tells, those of handlers that were asked to try something or how it "
    "stands with something or found it in a state of failure, 202 (Accepted), a status for which a comment at it speaks or which is "
    "only for what came back without one, and what stands in files of Python that nothing loads or in tasks of a queue.",
    limits="Bodies whose error is only known at run time are judged where they are built in an except/catch.",
)

EXEMPT = re.compile(
    r"graphql|json-?_?rpc|\brpc\b|health|readiness|liveness|/readyz?$|slack|discord|callback|lnurl", re.IGNORECASE
)
FLAGS = frozenset({"success", "ok"})
FAILED = frozenset({"error", "fail", "failed", "failure", "ko", "nok"})
EXPLAINED = frozenset(
    {
        "message",
        "error",
        "detail",
        "reason",
        "msg",
        "errors",
        "why",
        "description",
        "error_message",
        "errorMessage",
        "cause",
    }
)
TRIES = re.compile(
    r"(?:^|[/._-])(?:test|try|check|validate|verify|preview|probe|dry[_-]?run|ping)(?=[A-Z/_-]|$)", re.IGNORECASE
)
"""Handlers and files whose answer is how it went, whatever that is."""
TELLS = re.compile(
    r"(?:^|[/._-])(?:\w+[-_])?(?:status|availability|diagnos\w*|diagnose|eligib\w*)(?=[A-Z/_.-]|$)|[a-z](?:Status|Availability)$",
    re.IGNORECASE,
)
"""Those that are asked how something else stands: a flag may be what they found."""
TESTED = re.compile(
    r"^(?:[\w.?!]*(?:^|\.|[a-z](?=E))[eE]rr(?:ors?)?(?: !==? (?:null|undefined)|\.length(?: > 0)?)?|![\w.?]*[eE]rrors\.isEmpty\(\)"
    r"|!\w+\.(?:ok|success))(?: \|\| !?[\w.?]+)*$"
)
"""A test by which code that gets its failures back, and throws none, finds one."""
ENDED = re.compile(
    r"(?:^|[/._-])(?:fail(?:ed|ure)?|errors?|cancel(?:led|ed)?|declined?|denied|rejected)$|[a-z](?:Fail(?:ed|ure)?|Error)$",
    re.IGNORECASE,
)
"""Addresses to which somebody is sent because something failed elsewhere: to tell of that is what was asked for."""
OF_STATE = re.compile(
    r"\.(?:status|state|phase)\s*={2,3}\s*(?:['\"](?:error|fail(?:ed|ure)?|errored)['\"]|\w+\.(?:ERROR|FAIL(?:ED|URE)?|Error|Failed)\b)"
)
"""A test of what state something is in, which may be all that was asked for: `job.status === "failed"`."""
STATES = ("status", "result", "outcome")
"""What bodies call how it went."""
NUMBERS = ("status", "code", "status_code", "statusCode", "error_code", "errorCode")
"""What bodies call a status of HTTP that they repeat."""


def check(project: Project) -> Iterator[Finding]:
    """Each 2xx whose body is certainly an error; of a service that answers so throughout one."""
    if are_wanted(project):
        yield from as_habits(project, _failures(project))


def _failures(project: Project) -> Iterator[Finding]:
    exempt = {
        (endpoint.handler_path, endpoint.handler)
        for endpoint in project.view(endpoints)
        if EXEMPT.search(endpoint.path or "")
        or (endpoint.method == "GET" and endpoint.written and ENDED.search(endpoint.written[-1]))
    }
    seen, own_codes = set(), _with_own_codes(project)
    for answer in project.view(responses):
        if answer.status is None or not 200 <= answer.status <= 299 or answer.handled or answer.origin in seen:
            continue
        if answer.status == HTTPStatus.MULTI_STATUS:  # its body says how each part went (RFC 4918, 13)
            continue
        if project.side(answer.at.path) not in SERVER_SIDES:
            continue
        if EXEMPT.search(answer.response.function) or EXEMPT.search(answer.at.path) or to_webhook(project, answer):
            continue
        if (answer.at.path, answer.response.function) in exempt | own_codes:
            continue
        for body in _bodies(project, answer):
            at = answer.at if answer.at.holds(body.at) or _chosen_here(project, answer) else answer.origin
            if at not in seen and (said := _failure(body, answer)):
                seen.add(at)
                known = EXPLAINED | FLAGS | {*STATES, *NUMBERS, "data", "details"}
                where = f"{answer.response.function}/{'/'.join(answer.at.path.split('/')[-2:])}"
                meant = answer.response.explained or answer.status == HTTPStatus.ACCEPTED
                tells = TELLS.search(where) is not None and said.endswith("false")
                of_state = any(map(OF_STATE.search, answer.response.conditions[:1]))
                apart = _is_fallback(answer) or is_idle(project, answer.at.path, answer.response.function)
                weak = (TRIES.search(where) is not None or meant or tells or of_state or apart) or any(
                    key not in known and not isinstance(value, Constant | Text) for key, value in body.entries
                )
                yield _finding(answer, at, said, weak)
                break


def _is_fallback(answer: Answer) -> bool:
    """Whether the status is that of what came back, and a success only where it has none: `result.status || 200`."""
    said = answer.response.status_value
    several = said.options if isinstance(said, Choice) and not said.test else ()
    return any(isinstance(one, Reference) and status_named(named(one)) is None for one in several)


def _chosen_here(project: Project, answer: Answer) -> bool:
    """Whether the code that gives the response says its status to a helper: `failure("…", 200)`, `(res, HTTP.OK)`."""
    call = answer.response.body
    given = (*call.arguments, *(value for _, value in call.keywords)) if isinstance(call, Call) else ()
    known = (written_out(project, answer.at.path, one) if isinstance(one, Reference) else one for one in given)
    return any(
        (isinstance(one, Constant) and one.value == answer.status)
        or (isinstance(one, Reference) and status_named(one.name) == answer.status)
        for one in known
    )


def _with_own_codes(project: Project) -> frozenset[tuple[str, str]]:
    """The functions that say `error: 0` where all went well: they speak a protocol that has codes of its own."""
    return frozenset(
        (answer.at.path, answer.response.function)
        for answer in project.view(responses)
        if isinstance(answer.body, Record)
        and isinstance(told := answer.body.get("error"), Constant)
        and type(told.value) is int
        and told.value == 0
    )


def _bodies(project: Project, answer: Answer) -> Iterator[Record]:
    """What the answer may say, out of the `data` that a helper wraps it in.

    Of what another function gives back, now this, now that, nobody knows which it is here: the tests before tell them
    apart.
    """
    several = list(options(answer.body)) if answer.body is not None else []
    function = project.view(functions).get((answer.at.path, answer.response.function))
    if len(several) > 1 and function is not None and not all(function.at.holds(one.at) for one in several):
        return
    for body in several:
        inner = body.get("data") if isinstance(body, Record) and len(body.entries) == 1 else None
        if isinstance(inner, Record):
            yield inner
        elif isinstance(body, Record):
            yield body


def _failure(body: Record, answer: Answer) -> str:
    """By what the body says that it is an error, as code; `""` where it does not."""
    keys = set(body.keys)
    if isinstance(body.get("valid"), Constant):
        return ""  # whether it is valid was the question, and this is the answer
    if "jsonrpc" in keys or keys >= {"data", "error"} or keys >= {"data", "errors"}:
        return ""
    for flag in FLAGS & keys:
        value = body.get(flag)
        if isinstance(value, Constant) and value.value is False and (keys & EXPLAINED or answer.response.in_catch):
            return f"{flag}: false"
    told = any(isinstance(body.get(key), Constant | Text) for key in EXPLAINED & keys)  # else it is a job's own state
    for key in STATES if told else ():
        state = body.get(key)
        if isinstance(state, Constant) and str(state.value).lower() in FAILED:
            return f'{key}: "{state.value}"'
    for key in NUMBERS if told else ():
        number = body.get(key)
        if isinstance(number, Constant) and type(number.value) is int and 400 <= number.value <= 599:
            return f"{key}: {number.value}"
    errors = body.get("errors")
    if isinstance(errors, Items) and errors.items and not errors.open:
        return "errors"
    error = body.get("error")
    if error is not None and _is_error(error, answer):
        return "error"
    return ""


def _is_error(value: Value, answer: Answer) -> bool:
    match value:
        case Constant(value=str(text)):
            return bool(text.strip())
        case Constant(value=True):
            return isinstance(answer.body, Record) and isinstance(answer.body.get("message"), Constant | Text)
        case Text():
            return True
        case Record(entries=entries):
            return bool(entries)
        case Constant():
            return False
        case _ if any(map(TESTED.match, answer.response.conditions[:1])):
            return True
        case _:
            return answer.response.in_catch and let_out(value, answer.response.catch_variable) is not None


def _finding(answer: Answer, at: Location, said: str, weak: bool) -> Finding:
    default = answer.response.status_is_default
    how = "the default status" if default else "status"
    return Finding(
        at,
        evidence=f"The body says `{said}`, {how} {answer.status} says success.",
        remedy="Answer with the status of the failure: 4xx where the request was at fault, 5xx where the service was.",
        slots={"said": said, "status": str(answer.status)},
        confidence=Confidence.HIGH if default or answer.response.in_catch else Confidence.MEDIUM,
        strict=weak,
    )


REMARK = (
    "`{said}` in the body, {status} on the wire. Every proxy, retry and dashboard between here and the user will count "
    "this failure as a success."
)

EXAMPLES = [
    """
=== moorings/views.py
from django.http import JsonResponse

def moor(request):
    try:
        response = JsonResponse({"moored": store(request.POST["boat"])})
    except KeyError as error:
        response = JsonResponse({"moored": False, "error": str(error)})
        response.status_code = 400
        return response
    except Exception as error:
        response = JsonResponse({"error": str(error)})  # <-- this one keeps its 200
    return response
""",
    """
=== src/gifts.ts
import express from "express";
import { client } from "./client";
import { fail, json } from "./answers";

const HTTP = { OK: 200, NOT_FOUND: 404 };
const app = express();

app.get("/gifts", async (req, res) => {
  const { data, error } = await client.from("gifts").select("id");
  if (error) return json(res, { error: error.message }); // <-- whatever it says
  json(res, { gifts: data });
});

app.get("/gifts/:id", async (req, res) => {
  const gift = await client.find(req.params.id);
  if (!gift) return fail(res, HTTP.OK, "No such gift"); // <-- chosen here
  if (gift.given) return fail(res, HTTP.NOT_FOUND, "It was given away");
  json(res, { gift, error: gift.error });
});
=== src/answers.ts
export const fail = (res, status, message) => res.status(status).json({ status: "error", message });
export const json = (res, body, status = 200) => res.status(status).json(body);
""",
    """
=== src/token.ts
import type { HttpRequest, HttpResponse } from "uWebSockets.js";

export function token(res: HttpResponse, req: HttpRequest) {
  if (!req.getQuery("grant")) {
    res.writeStatus("400 Bad Request");
    res.writeHeader("Content-Type", "application/json");
    res.end(JSON.stringify({ error: "invalid_request" }));
    return;
  }
  res.writeStatus("401 Unauthorized").end(JSON.stringify({ error: "invalid_client" }));
}
""",
    """
=== app/loans.py
from flask import Blueprint, jsonify

bp = Blueprint("loans", __name__)

@bp.post("/loans/<int:loan_id>/extend")
def extend(loan_id):
    fits = free(loan_id)
    return (jsonify(success=True), 200) if fits else (jsonify(success=False, error="taken"), 409)

@bp.post("/loans/<int:loan_id>/remind")
def remind(loan_id):
    sent = mail(loan_id)
    return (jsonify(success=True), 200) if sent else (jsonify(success=False, error="no mail"), 200)  # <-- either way
""",
    """
=== src/system.js
const Router = require("koa-router");
const db = require("./db");

const router = new Router();

router.get("/health", async (ctx) => {
  try {
    await db.ping();
    ctx.body = { status: "ok" };
  } catch (err) {
    ctx.body = { status: "error", message: "no database" };
  }
});

router.post("/pings", async (ctx) => {
  ctx.body = { status: "error", message: "no database" };  // <-- default status
});

module.exports = router;
""",
    """
=== src/respond.ts
import { NextResponse } from "next/server";

export const failure = (error: string, status = 400) => NextResponse.json({ success: false, error }, { status });
=== src/app/api/items/route.ts
import { failure } from "../../../respond";

export async function PUT(req: Request) {
  if (!(await known(req))) return failure("no such item", 404);
  return failure("could not update", 200);  // <-- the number is chosen here
}
""",
    """
=== app/search.py
from fastapi import APIRouter
from fastapi.responses import JSONResponse

router = APIRouter()

@router.get("/search")
def search(q: str):
    if not q:
        return JSONResponse({"error": "q is empty"}, status_code=422)
    return {"hits": [], "error": None, "success": True}

@router.post("/graphql")
def graphql(query: dict):
    return {"data": None, "errors": [{"message": "unknown field"}]}
""",
    """
=== app/orders.py
from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

router = APIRouter()

@router.post("/orders")
def create(order: dict):
    if not order:
        return {"error": "empty order"}  # <-- left at 200
    try:
        return {"order": place(order), "error": None}
    except OutOfStock as e:
        return {"success": False, "message": str(e)}  # <-- left at 200
    except Exception:
        return JSONResponse({"success": False, "message": "try again"}, status_code=503)

@router.get("/orders/{order_id}")
def read(order_id: int, response: Response):
    order = find(order_id)
    if order is None:
        response.status_code = 404
        return {"error": "not found"}
    return {"order": order, "ok": True}

@router.post("/webhooks/payments")
def payment_webhook(event: dict):
    return {"success": False, "message": "ignored"}
""",
    """
=== src/server.ts
import express from 'express'

const app = express()

app.post('/orders', async (req, res) => {
  if (!req.body.lines) {
    return res.json({ error: 'empty order' }) // <-- left at 200
  }
  if (!req.user) {
    return res.status(401).json({ error: 'sign in first' })
  }
  res.status(201).json({ ok: true })
})
""",
    """
=== app/views.py
from flask import Blueprint, jsonify

bp = Blueprint("orders", __name__)

@bp.get("/orders/<int:oid>")
def read(oid):
    if not find(oid):
        return jsonify(status="error", message="no such order")  # <-- left at 200
    if locked(oid):
        return jsonify(status="error", message="locked"), 423
    return jsonify(status="ok")
""",
    """
=== app/main.py
from flask import Flask, jsonify, request

app = Flask(__name__)

@app.post("/stock")
def stock():
    if not request.headers.get("X-Key"):
        return jsonify({"status": "failed", "why": "the key is missing"})  # <-- as if it went well
    if not request.is_json:
        return {"code": 415, "msg": "send JSON"}  # <-- only the body says the number
    if request.args.get("job"):
        return {"result": "failed", "job": 3}
    return {"code": 0, "msg": "stored"}
""",
    """
=== app/results.py
from pydantic import BaseModel

class Result(BaseModel):
    success: bool
    message: str | None = None
=== app/main.py
from fastapi import FastAPI

from app.results import Result

app = FastAPI()

@app.post("/jobs")
def start(name: str):
    if not begin(name):
        return Result(success=False, message="not started")  # <-- 200
    return Result(success=True)
""",
    """
=== src/boards.ts
import express from "express";

const app = express();

app.post("/boards/check", (req, res) => {
  const problem = check(req.body);
  if (problem) return res.json({ valid: false, errors: [{ message: problem }] });
  res.json({ valid: true, errors: [] });
});

app.post("/boards/import", (req, res) => {
  const problem = check(req.body);
  if (problem) return res.json({ errors: [{ message: problem }] }); // <-- nothing was asked
  res.json({ imported: true });
});
""",
    """
=== src/provider-status/route.ts
export async function GET() {
  const first = await fetch(process.env.PROVIDER_URL!);
  if (first.status === 400) {
    return Response.json({ ok: false, reason: "switched off" }); // <-- strict: what it was asked
  }
  return Response.json({ ok: true });
}
=== src/ledger/route.ts
export async function POST(request: Request) {
  let entry;
  try {
    entry = await request.json();
  } catch {
    return Response.json({ success: false, message: "malformed" }); // <-- strict: the comment below
  }
  // A malformed entry is a result (200), not a transport error: the caller would send it again.
  const parts = await book(entry);
  if (parts.some((part) => part.failed)) {
    return Response.json({ success: false, message: "some failed" }, { status: 207 });
  }
  if (parts.length > 9) {
    // 200: the sender does not know any other
    return Response.json({ success: false, message: "too many" }); // <-- strict: the comment above
  }
  if (parts.length === 0) {
    // nothing was booked
    return Response.json({ success: false, message: "empty" }); // <-- no word of its status
  }
  return Response.json({ success: true });
}
=== src/relay/route.ts
export async function GET() {
  let upstream = await fetch(process.env.UPSTREAM_URL!);
  if (!upstream || upstream.status === 404) {
    upstream = Response.json({ success: false, message: "stands in" });
  }
  const found = await upstream.json();
  const refusal = Response.json({ success: false, message: "sent after all" }); // <-- returned below
  if (!found.items) return refusal;
  return Response.json({ items: found.items });
}
""",
    """
=== reading.py
import json

from flask import Flask, Response, request

app = Flask(__name__)

@app.post("/read")
def read():
    try:
        ret = mark(request.get_json())
    except OSError as error:
        ret = Response(json.dumps({"success": False, "msg": str(error)}), mimetype="application/json")
    return json.dumps({"success": True})
""",
    """
=== app/payments.py
from flask import Blueprint, jsonify

bp = Blueprint("payments", __name__)

@bp.get("/payments/return/success")
def paid():
    return jsonify({"status": "success", "message": "Paid"})

@bp.get("/payments/return/fail")
def unpaid():
    return jsonify({"status": "failed", "message": "Not paid"})

@bp.get("/payments/return/done")
def done():
    return jsonify({"status": "failed", "message": "Not paid"})  # <-- no address for failures

@bp.post("/payments/<int:number>/cancel")
def cancel(number):
    return jsonify({"status": "failed", "message": "Too late"})  # <-- nor a deed that failed
""",
    """
=== src/reports.ts
import express from "express";
import { reports } from "./stores";

const app = express();

app.get("/reports/:id", async (req, res) => {
  const report = await reports.find(req.params.id);
  if (!report) return res.json({ state: "failed", error: "No such report" }); // <-- nothing is in that state
  if (report.state === "pending") return res.status(202).json({ state: "pending" });
  if (report.state === "failed") return res.json({ state: "failed", error: "It could not be made" }); // <-- strict: what was asked for
  res.json({ state: "ready", report });
});

app.use((err, req, res, next) => {
  if (err.code === "EBADCSRFTOKEN") {
    res.status(403);
    if (req.accepts("html")) {
      res.render("error", { message: "Send it again" });
    } else {
      res.json({ error: "Send it again" }); // 403, as set above
    }
    return;
  }
  if (err.code === "LATE") {
    res.json({ error: "Too late" }); // <-- set in the other branch alone
  }
});
""",
    """
=== src/readings.ts
import express from "express";
import httpStatus from "http-status";
import { hourly, daily } from "./readings";

const app = express();

app.get("/hours", async (req, res) => {
  const result = await hourly(req);
  const status = result.status || httpStatus.OK;
  if (result.success === true) {
    res.status(status).json({ success: true, data: result.data });
  } else {
    res.status(status).json({ success: false, message: result.message }); // failures may bring their own
  }
});
app.get("/days", async (req, res) => {
  const result = await daily(req);
  const status = httpStatus.OK;
  if (!result.success) return res.status(status).json({ success: false, message: "None" }); // <-- nothing else
  res.json(result.data);
});
""",
    """
=== main.py
from fastapi import FastAPI

from app import tides

app = FastAPI()
app.include_router(tides.router)
=== app/__init__.py
=== app/tides.py
from fastapi import APIRouter

router = APIRouter()

@router.get("/tides/{day}")
def read(day: str):
    return {"ok": False, "error": "not found"}  # <-- it is mounted
=== app/waves.py
from fastapi import APIRouter

router = APIRouter()

@router.get("/waves/{day}")
def read(day: str):
    return {"ok": False, "error": "not found"}  # <-- strict: it never is
""",
]
