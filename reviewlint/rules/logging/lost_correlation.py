"""A call to another service drops the request's correlation id.

The service knows which request it works for: the id is in its log lines. A request or event that goes out without it
ends the trail at the border, and the other side's log cannot be searched for what happened here.

Judged where a service logs or forwards such an id, for code that runs while a request is answered. Tracing libraries
that add their headers by themselves (OpenTelemetry, ddtrace, Sentry) end the matter.
"""

import re
from collections import defaultdict
from collections.abc import Iterator

from ...facts.code import Function
from ...facts.imports import Import
from ...facts.location import Location
from ...facts.logs import LogCall
from ...facts.messages import OutboundRequest, RequestIdKept
from ...facts.values import Constant, Record, Value
from ...finding import Finding, Subject
from ...join.beside import beside
from ...join.endpoints import endpoints, reached
from ...join.events import events
from ...join.functions import functions
from ...join.habits import as_habits
from ...join.places import located
from ...join.services import services
from ...join.written import written_out
from ...project import SERVER_SIDES, Project
from ...rule import Meta

META = Meta(
    severity="note",
    confidence="medium",
    since="0.1.0",
    languages=("python", "typescript"),
    asked_by="F S A",
    level="strict",
    limits="Headers that a client adds to all of its requests are taken to have the id.",
)

ID = re.compile(r"(?:request|correlation|trace)[-_]?id|traceparent|x-b3-|x-cloud-trace|x-amzn-trace", re.IGNORECASE)
BY_ITSELF = re.compile(
    r"^(?:opentelemetry|@opentelemetry/|ddtrace|dd-trace|sentry_sdk|@sentry/|elasticapm|elastic-apm-node|newrelic|aws_xray_sdk"
    r"|aws-xray-sdk|logfire)"
)


def check(project: Project) -> Iterator[Finding]:
    """Each call and event of a service that knows an id and does not send it; where it never does, one."""
    yield from as_habits(project, _each(project))


def _each(project: Project) -> Iterator[Finding]:
    names = project.view(services)
    traced = {names.of(fact.at.path) for fact in project.facts(Import) if BY_ITSELF.match(fact.module)}
    knows = {
        names.of(log.at.path)
        for log in project.facts(LogCall, *SERVER_SIDES)
        if any(ID.search(name) for name, _ in log.fields)
    }
    knows |= {
        names.of(fact.at.path)
        for fact in project.facts(Function)
        if any(call.endswith("bind_contextvars") or ID.search(call.rpartition(".")[2]) for call in fact.calls)
    }
    knows |= {names.of(fact.at.path) for fact in project.facts(RequestIdKept, *SERVER_SIDES)}
    dropping: dict[str, list[tuple[Location, str]]] = defaultdict(list)
    running = _running(project)
    for request in project.facts(OutboundRequest, *SERVER_SIDES):
        if (request.at.path, request.function) in running:
            carries = _may_carry(project, request.at.path, request.headers) or request.client
            knows |= {names.of(request.at.path)} if _carries(request.headers) else set()
            if not carries:
                dropping[names.of(request.at.path)].append((request.at, request.call))
    for event in project.view(events):
        if (event.at.path, event.function) in running:
            carries = any(_may_carry(project, event.at.path, one) for one in (event.payload, event.attributes))
            sent = _carries(event.attributes) or _carries(event.payload)
            knows |= {names.of(event.at.path)} if sent else set()
            if not carries:
                dropping[names.of(event.at.path)].append((event.at, event.call))
    for service, several in dropping.items():
        yield from (_finding(at, call) for at, call in several if service in knows - traced)


def _running(project: Project) -> set[tuple[str, str]]:
    """The functions that run while a request is answered: handlers, what stands in front of them, what these call."""
    known = project.view(functions)
    found = set()
    for endpoint in project.view(endpoints):
        starts = [(endpoint.handler_path, endpoint.handler)] if endpoint.handler_path else []
        guards = (located(project, endpoint.at.path, name) for name in endpoint.guards)
        starts += [place for place in guards if place is not None and place in known]
        found |= {place for start in starts for place in reached(project, *start)}
    for place, handing in project.view(beside).items():
        if not found.isdisjoint(handing):
            found |= set(reached(project, *place))
    return found


def _carries(value: Value | None) -> bool:
    """Whether headers certainly have the id: who sends it somewhere has it."""
    return isinstance(value, Record) and any(ID.search(key) for key in value.keys)


def _may_carry(project: Project, path: str, value: Value | None) -> bool:
    """Whether headers or a payload have the id, or may have it."""
    value = None if value is None else written_out(project, path, value)
    if isinstance(value, Record):
        return value.open or any(ID.search(key) for key in value.keys)
    return value is not None and not (isinstance(value, Constant) and value.value is None)


def _finding(at: Location, call: str) -> Finding:
    return Finding(
        at,
        evidence=f"`{call}` leaves this service without the request's id, which its log lines have.",
        remedy='Send it along: headers={"X-Request-ID": request_id}, best in one client that all calls go through.',
        subject=Subject("call", call),
        slots={"call": call},
    )


REMARK = "The request's id ends at `{call}`. When the other side fails, nobody will find the line that belongs to this request."

EXAMPLES = [
    """
=== src/casts.ts
import express from "express";
import got from "got";
import { request as call } from "undici";

const studio = got.extend({ prefixUrl: process.env.STUDIO_URL, timeout: { request: 2000 } });
const traced = got.extend({ prefixUrl: process.env.STUDIO_URL, headers: { "x-request-id": "-" } });
const app = express();

app.post("/casts", async (req, res) => {
  await call("https://stock.internal/tapes", { headers: { "x-request-id": req.id } });
  await call("https://stock.internal/discs", { headers: { accept: "text/plain" } }); // <-- by whatever name
  await studio.post("jobs", { json: { cast: 1 } }); // <-- this client adds nothing
  await traced.post("jobs", { json: { cast: 1 } });
  res.status(202).end();
});
""",
    """
=== app/bank.py
import httpx

client = httpx.Client(base_url="https://bank.internal", timeout=10)
traced = httpx.Client(base_url="https://bank.internal", timeout=10, event_hooks={"request": [with_id]})

def transfer(order):
    traced.post("/checks", json=order)
    client.post("/transfers", json=order)  # <-- this client adds nothing
=== app/orders.py
import structlog
from fastapi import APIRouter, Request

from app.bank import transfer

router = APIRouter()
log = structlog.get_logger()

@router.post("/orders", status_code=201)
def create(request: Request, order: dict):
    log.info("order placed", request_id=request.state.id)
    transfer(order)
    return {}
""",
    """
=== src/server.js
const express = require('express')
const { known } = require('./known')

const app = express()

app.get('/orders', known, async (req, res) => {
  const stock = await fetch('https://stock.internal/all', { headers: { 'x-request-id': req.id } })
  res.json(await stock.json())
})
=== src/known.js
module.exports.known = async (req, res, next) => {
  const answer = await fetch('https://people.internal/me') // <-- in front of the handler
  if (!answer.ok) return res.status(401).end()
  next()
}
""",
    """
=== app/orders.py
import httpx
import structlog
from fastapi import APIRouter, Request

router = APIRouter()
log = structlog.get_logger()

@router.post("/orders", status_code=201)
def create(request: Request, order: dict):
    log.info("order placed", request_id=request.state.id)
    httpx.post("https://stock.internal/reserve", json=order, timeout=3)  # <-- the id stays here
    httpx.post("https://mail.internal/receipts", json=order, timeout=3)  # <-- and here
    return {}

@router.post("/carts", status_code=201)
def cart(request: Request):
    httpx.post("https://stock.internal/hold", headers={"X-Request-ID": request.state.id}, timeout=3)
    return {}
""",
    """
=== src/server.ts
import express from 'express'
import pino from 'pino'

const logger = pino()
const app = express()

app.post('/orders', async (req, res) => {
  logger.info({ requestId: req.id }, 'order placed')
  await fetch('https://stock.internal/reserve', { method: 'POST' }) // <-- without requestId
  res.status(202).end()
})
""",
    """
=== src/plain.ts
import express from 'express'

const app = express()

app.post('/orders', async (req, res) => {
  await fetch('https://stock.internal/reserve', { method: 'POST' })
  res.status(202).end()
})
""",
    """
=== app/hooks.py
import httpx
import structlog
from fastapi import BackgroundTasks, FastAPI, Request

app = FastAPI()
log = structlog.get_logger()

def push(order: dict):
    httpx.post("https://push.internal/orders", json=order, timeout=3)  # <-- it runs after the response, for the same request

@app.post("/pushes")
def create(request: Request, order: dict, tasks: BackgroundTasks):
    log.info("pushing", request_id=request.state.id)
    tasks.add_task(push, order)
    return {}
""",
    """
=== app/main.py
import uuid

import requests
from flask import Flask, g, request

from app.http import session, signed

app = Flask(__name__)

@app.before_request
def begin():
    g.request_id = request.headers.get("X-Request-ID") or uuid.uuid4().hex

@app.post("/orders")
def create():
    session().post("https://stock.internal/reserve", json={}, timeout=3)
    requests.post("https://mail.internal/receipts", headers=signed(), timeout=3)  # <-- signed, but without the id
    return {}, 202
=== app/http.py
import requests
from flask import g

def session():
    made = requests.Session()
    made.headers["X-Request-ID"] = g.request_id
    return made

def signed():
    return {"Authorization": "Bearer " + token()}
""",
    """
=== app/context.py
from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("request_id", default="-")
=== app/orders.py
import httpx
from fastapi import APIRouter

router = APIRouter()

@router.post("/orders", status_code=201)
async def create(order: dict):
    async with httpx.AsyncClient(timeout=3) as client:
        await client.post("https://stock.internal/reserve", json=order)  # <-- the variable stays here
    return {}
""",
]
