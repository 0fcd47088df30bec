"""A response has a status that does not exist, or redirects to nowhere.

Clients and proxies treat an unknown status by its first digit at best, and by closing the connection at worst; outside
of 100 to 599 most servers refuse to send it. A redirect without a Location leaves the client standing.
"""

import re
from collections.abc import Iterator

from ...facts.location import Location
from ...facts.values import Call, Constant, Record, Text
from ...finding import Finding
from ...join.endpoints import handling
from ...join.faults import said
from ...join.responses import Answer, responses
from ...project import SERVER_SIDES, Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="high",
    since="0.1.0",
    languages=("python", "typescript"),
    found_at=("Response",),
    serving=True,
    asked_by="E S",
    limits="Statuses that are computed, and headers that another function may set, are not judged.",
)

ASSIGNED = frozenset(
    {*range(100, 105), *range(200, 209), 226, *range(300, 309), *range(400, 419), *range(421, 427), 428, 429, 431, 451}
    | {*range(500, 509), 510, 511}
)
"""IANA, "Hypertext Transfer Protocol (HTTP) Status Code Registry"."""

VENDOR = frozenset({286, 499})
"""By 286 htmx stops to poll; 499 is nginx' for a client that did not wait, and nobody is there to be sent it."""
GONE = re.compile(
    r"\b(?:abort|cancel|clos|disconnect|gone|left|interrupt|stop|terminat|time)|\bclient\b", re.IGNORECASE
)
"""What a message says beside nginx' 499."""

REDIRECTS = frozenset({301, 302, 303, 307, 308})
SEND_WHOLE = frozenset({"fastapi", "starlette", "django", "drf", "edge", "next", "web", "nest", "remix", "sveltekit"})
"""Frameworks where a response and its headers are one expression."""
BY_STATEMENT = frozenset({"express", "next", "fastify", "hono", "koa"})
"""Frameworks whose handlers may set headers in any statement before they answer."""
THROWN = re.compile(r"(?:@nestjs/common|koa|hono)\b")
"""Failures that carry no headers unless they are given some."""


def check(project: Project) -> Iterator[Finding]:
    """Each response whose status cannot be right."""
    seen, faults = set(), dict[Location, str]()
    for answer in project.view(responses):
        if answer.status is not None and answer.at == answer.origin:
            faults[answer.at] = _fault(project, answer, answer.status)
    for answer in project.view(responses):
        status = answer.status
        if status is None or answer.at in seen or project.side(answer.at.path) not in SERVER_SIDES:
            continue
        if status <= 0 and answer.response.raised and not answer.response.framework:
            continue  # a failure of the project's own that says that nothing was answered
        fault = _fault(project, answer, status)
        if answer.at != answer.origin and faults.get(answer.origin) == fault:
            continue  # said once, where the helper or handler chooses it for all
        if fault:
            seen.add(answer.at)
            yield Finding(
                answer.at,
                evidence=fault,
                remedy="Choose the registered status that says what happened."
                if status not in REDIRECTS
                else "Set Location to where the client should go, or answer with a status that is no redirect.",
                slots={"status": str(status)},
            )


def _fault(project: Project, answer: Answer, status: int) -> str:
    if not 100 <= status <= 599:
        return f"{status} is no HTTP status: they run from 100 to 599."
    texts = list(said(answer)) if status == 499 else []
    if status not in ASSIGNED | VENDOR or (texts and not any(map(GONE.search, texts))):
        return f"{status} is not assigned: no client knows what it means."
    framework, told = answer.response.framework, answer.response.headers is not None
    whole = (told and framework == "flask") or (framework in SEND_WHOLE and (told or isinstance(answer.body, Record)))
    if status in REDIRECTS and answer.lacks_header("location") and (whole or _is_all(project, answer)):
        return f"{status} redirects, but this response sets no Location."
    return ""


def _is_all(project: Project, answer: Answer) -> bool:
    """Whether nothing can set a header but the handler that answers, or the failure of a framework that it throws."""
    response, body = answer.response, answer.response.body
    if response.raised:
        bare = isinstance(body, Call) and all(isinstance(one, Constant | Text) for one in body.arguments)
        return bare and not answer.handled and THROWN.match(response.exception) is not None
    by_statement = response.framework in BY_STATEMENT and isinstance(response.headers, Record)
    return by_statement and (response.at.path, response.function) in project.view(handling)


REMARK = "Nothing between this service and its client knows what to do with {status}. Send a status that exists."

EXAMPLES = [
    """
=== app/api/go/route.ts
import { NextResponse } from 'next/server'

export function GET() {
  return new NextResponse(null, { status: 301 }) // <-- as it stands, nobody sets a Location any more
}

export function POST(request: Request) {
  const response = new NextResponse(null, { status: 303 })
  response.headers.set('Location', '/done')
  return response
}
=== pages/api/go.ts
import type { NextApiRequest, NextApiResponse } from 'next'

export default function go(req: NextApiRequest, res: NextApiResponse) {
  const target = String(req.query.to)
  if (!target.startsWith('/')) return res.status(307).end() // <-- to nowhere
  res.redirect(307, target)
}
""",
    """
=== app/moved.py
import aiohttp
from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

router = APIRouter()

@router.get("/old")
async def old():
    return Response(status_code=302)  # <-- nobody sets a Location any more

@router.get("/older")
async def older():
    response = Response(status_code=302)
    response.headers["Location"] = "/new"
    return response

@router.get("/oldest")
async def oldest():
    return RedirectResponse("/new", status_code=301)
""",
    """
=== app/orders.py
from fastapi import APIRouter, HTTPException
from fastapi.responses import JSONResponse, RedirectResponse

router = APIRouter()

@router.get("/orders/{order_id}")
def read(order_id: int):
    if order_id < 0:
        raise HTTPException(status_code=600, detail="what?")  # <-- past the end
    if order_id == 0:
        return JSONResponse({"error": "none"}, status_code=432)  # <-- nobody assigned it
    if moved(order_id):
        return JSONResponse({"moved": True}, status_code=301)  # <-- to where?
    if archived(order_id):
        return RedirectResponse("/archive", status_code=308)
    if joke(order_id):
        return JSONResponse({"error": "teapot"}, status_code=418)
    return {"id": order_id}
""",
    """
=== src/server.ts
import express from 'express'

const app = express()

app.get('/orders', (req, res) => {
  if (!req.query.page) return res.status(4000).json({ error: 'page' }) // <-- a zero too many
  if (req.query.old) return res.redirect(301, '/archive')
  res.status(206).json([])
})

app.get('/old-portal', (req, res) => {
  res.status(302).send('moved') // <-- to where?
})

app.get('/older-portal', (req, res) => {
  res.set('Location', '/portal')
  res.status(302).end()
})

app.get('/oldest-portal', (req, res) => {
  point(res, '/portal')
  res.status(302).end()
})
""",
    """
=== app/views.py
from flask import Blueprint, redirect

bp = Blueprint("orders", __name__)

@bp.get("/old")
def old():
    return redirect("/new", 308)
""",
    """
=== app.py
from flask import Flask, Response, jsonify, make_response, redirect

app = Flask(__name__)

@app.get("/old")
def old():
    return "", 302  # <-- where to

@app.get("/older")
def older():
    return redirect("/new"), 301

@app.get("/oldest")
def oldest():
    return "", 302, {"Location": "/new"}

@app.get("/wait")
def wait():
    return {"later": True}, 600  # <-- none

@app.get("/calm")
def calm():
    if full():
        return jsonify(error="client closed request"), 499
    if empty():
        return jsonify(error="no account"), 499  # <-- somebody is told of something else
    if request.args.get("empty"):
        return Response(status=499)
    return jsonify(error="slow down"), 420  # <-- what was meant is 429

@app.get("/moved")
def moved():
    if later():
        return jsonify(moved=True), 308  # <-- where to
    if soon():
        return make_response("", 307)  # <-- where to
    if now():
        return Response(status=303, headers={"location": "/new"})
    return sent("/new")

@app.get("/gone")
def gone():
    return sent(None)

def sent(target, headers=None):
    return "", 302, headers or {"Location": target}
=== shop/views.py
from django.http import HttpResponse
from django.utils.http import urlencode

def old(request):
    if request.GET:
        return HttpResponse(status=302, headers={"Location": f"/new?{urlencode(request.GET)}"})
    response = HttpResponse(status=302)
    response["Location"] = "/new"
    return response

def older(request):
    return HttpResponse(status=301)  # <-- where to
""",
    """
=== src/moved.ts
import Fastify from 'fastify'
import { point } from './point'

const app = Fastify()

app.get('/depots/:id', async (request, reply) => {
  reply.header('x-moved-by', 'dispatch')
  return reply.code(301).send({ movedTo: next(request.params.id) }) // <-- a header, and not the one
})
app.get('/depots/:id/map', (request, reply) => {
  reply.headers({ 'cache-control': 'no-store', location: '/map' })
  reply.code(302).send()
})
app.get('/depots/:id/plan', (request, reply) => {
  point(reply, '/plan')
  reply.code(302).send()
})
app.get('/depots/:id/dock', (request, reply) => reply.redirect('/docks', 308))
app.get('/depots/:id/ramp', (request, reply) => {
  reply.raw.setHeader('Location', '/ramps')
  return reply.status(303).send()
})
=== src/point.ts
export const point = (reply, to) => reply.header('location', to)
""",
    """
=== src/manuals.ts
import { Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'

const app = new Hono()

app.get('/manuals/:id', (c) => {
  c.header('Cache-Control', 'no-store')
  return c.body(null, 302) // <-- to where?
})
app.get('/manuals/:id/pdf', (c) => {
  c.header('Location', `/files/${c.req.param('id')}.pdf`)
  return c.body(null, 302)
})
app.get('/manuals/:id/old', () => {
  throw new HTTPException(301, { message: 'moved' })
})
app.get('/manuals/:id/print', (c) => c.newResponse(null, { status: 307, headers: { location: '/printer' } }))
=== src/keys.ts
import { Hono } from 'hono'

const app = new Hono()

app.get('/keys/:id', (c) => {
  const name = c.req.query('as') ?? 'Location'
  c.header(name, '/')
  return c.body(null, 302)
})
""",
    """
=== src/rooms.ts
import Router from '@koa/router'

export const router = new Router()

router.get('/rooms/:id', (ctx) => {
  ctx.set('Cache-Control', 'no-store')
  ctx.status = 303
  ctx.body = { moved: true } // <-- to where?
})
router.get('/rooms/:id/key', (ctx) => {
  ctx.redirect('/keys')
  ctx.status = 301
  ctx.body = { moved: true }
})
router.get('/rooms/:id/door', (ctx) => {
  ctx.set('Location', '/doors')
  ctx.status = 302
  ctx.body = { moved: true }
})
router.get('/rooms/:id/light', (ctx) => {
  if (!ctx.query.on) ctx.throw(419, 'gone dark') // <-- nobody assigned it
  ctx.throw(302, 'moved') // <-- thrown, and to nowhere
})
""",
    """
=== app/api/moved/route.ts
import { cors } from './cors'

const moved = (status: number, headers: Record<string, string> = {}) =>
  new Response(null, { status, headers: { ...cors, 'Cache-Control': 'no-store', ...headers } })

export function GET() {
  return moved(301) // <-- nobody gave it any
}
export function HEAD() {
  return moved(301, { Location: '/' })
}
export function POST(request: Request) {
  const headers = new Headers()
  headers.set('Location', '/done')
  return new Response(null, { status: 303, headers })
}
export function PUT(request: Request) {
  return new Response(null, { status: 303, headers: new Headers({ Vary: 'Accept' }) }) // <-- to where?
}
=== app/api/moved/cors.ts
export const cors = { 'Access-Control-Allow-Origin': 'https://example.org' }
""",
    """
=== src/moved.ts
import Router from '@koa/router'
import { Hono } from 'hono'

const router = new Router()
router.get('/old', (ctx) => {
  ctx.status = 303 // <-- whereto?
})
router.get('/older', (ctx) => {
  ctx.status = 301
  ctx.redirect('/old')
})
const app = new Hono()
app.get('/oldest', (c) => c.body(null, 302)) // <-- no Location
""",
    """
=== app/main.py
from fastapi import FastAPI
from fastapi.responses import JSONResponse

app = FastAPI()

class PaymentError(Exception):
    pass

@app.exception_handler(PaymentError)
async def not_paid(request, exc):
    return JSONResponse(status_code=520, content={"detail": "not paid"})  # <-- said here for all that raise it

@app.post("/invoices")
async def pay(number: int):
    if number < 0:
        raise PaymentError()
    if number == 0:
        raise PaymentError()
    return {}
""",
    """
=== src/rooms.controller.ts
import { Controller, Get, Header, HttpCode, HttpException, Redirect, Res } from '@nestjs/common'

@Controller('rooms')
export class RoomsController {
  @Get('old')
  @HttpCode(302)
  old() {
    return { to: '/rooms' } // <-- says where in a body that nobody reads
  }

  @Get('older')
  @HttpCode(302)
  @Header('Location', '/rooms')
  older() {
    return { to: '/rooms' }
  }

  @Get('oldest')
  @HttpCode(303)
  oldest(@Res({ passthrough: true }) res) {
    res.header('Location', '/rooms')
    return { to: '/rooms' }
  }

  @Get('gone')
  gone() {
    throw new HttpException('moved', 301) // <-- thrown, and to where?
  }

  @Get('moved')
  @Redirect('/rooms', 301)
  moved() {}
}
""",
    """
=== src/refusals.ts
import { HttpException, HttpStatus } from '@nestjs/common'
import { Code } from './codes'

export class NoBerth extends Error {
  readonly statusCode = Code.noBerth
  readonly httpStatus = HttpStatus.CONFLICT
}
export class NoCrane extends Error {
  readonly statusCode = Code.noCrane
}
export class NoCrew extends HttpException {
  constructor() {
    super('no crew', Code.noCrew) // <-- Nest answers with it
  }
}
=== src/codes.ts
export enum Code { noBerth = 5024, noCrane = 5025, noCrew = 5026 }
=== src/berths.controller.ts
import { Controller, Get } from '@nestjs/common'
import { NoBerth, NoCrane, NoCrew } from './refusals'

@Controller('berths')
export class BerthsController {
  @Get('free')
  free() {
    if (full()) throw new NoBerth()
    if (broken()) throw new NoCrane()
    throw new NoCrew()
  }
}
""",
    """
=== src/app.ts
import express from 'express'

class NoTug extends Error {
  statusCode = 70010
}
export const app = express()

app.get('/tugs', async (req, res) => {
  if (!req.query.harbour) throw new NoTug() // <-- the handler answers with it
  res.json([])
})
app.use((err, req, res, next) => {
  res.status(err.statusCode).json({ message: err.message })
})
""",
]
