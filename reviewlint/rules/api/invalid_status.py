"""A response has a status that does not exist, or redirects to nowhere.

Clients and proxies treat an unknown status by its first digit at best, and by closing the connection at worst; outside
of 100 to 599 most servers refuse to send it. A redirect without a Location leaves the client standing.
"""

import re
from collections.abc import Iterator

from ...facts.values import Record
from ...finding import Finding
from ...join.functions import functions
from ...join.responses import Answer, responses
from ...project import SERVER_SIDES, Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="high",
    since="0.1.0",
    languages=("python", "typescript"),
    asked_by="E S",
    limits="Statuses that are computed, and headers set in another statement, are not judged.",
)

ASSIGNED = frozenset(
    {*range(100, 105), *range(200, 209), 226, *range(300, 309), *range(400, 419), *range(421, 427), 428, 429, 431, 451}
    | {*range(500, 509), 510, 511}
)
"""IANA, "Hypertext Transfer Protocol (HTTP) Status Code Registry"."""

VENDOR = frozenset(
    {286, 419, 420, 440, 444, 449, 450, 460, 463, 494, 495, 496, 497, 498, 499, *range(520, 531), 561, 598, 599}
)
"""Statuses that servers, proxies and libraries in wide use have made their own; by 286 htmx stops to poll."""

REDIRECTS = frozenset({301, 302, 303, 307, 308})
SEND_WHOLE = frozenset({"fastapi", "starlette", "django", "drf", "edge", "next", "web", "koa", "hono", "nest"})
"""Frameworks where a response and its headers are one expression."""
BY_CHAIN = frozenset({"express", "next"})
SETS = re.compile(
    r"(?:^|\.)(?:set|header|headers|setHeader|setHeaders|location|append|writeHead|next)$"
    r"|^(?![A-Z])[^.]+$|^[./@~#]|^this\.[^.]+$"
)
"""What may set the Location of Express's response: its own methods, and the project's functions that are given it."""


def check(project: Project) -> Iterator[Finding]:
    """Each response whose status cannot be right."""
    seen = set()
    for answer in project.view(responses):
        status = answer.status
        if status is None or answer.at in seen or project.side(answer.at.path) not in SERVER_SIDES:
            continue
        fault = _fault(project, answer, status)
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
    if status not in ASSIGNED | VENDOR:
        return f"{status} is not assigned: no client knows what it means."
    headers = answer.response.headers
    said = isinstance(answer.body, Record) or isinstance(headers, Record)
    whole = said and answer.response.framework in SEND_WHOLE
    whole = whole or (isinstance(headers, Record) and answer.response.framework == "flask")
    if status in REDIRECTS and (whole or _is_all(project, answer)):
        known = headers is None or (isinstance(headers, Record) and not headers.open)
        names = [name.lower() for name in headers.keys] if isinstance(headers, Record) else []
        if known and "location" not in names:
            return f"{status} redirects, but this response sets no Location."
    return ""


def _is_all(project: Project, answer: Answer) -> bool:
    """Whether a handler of Express's kind does nothing that could set a header before it answers."""
    response = answer.response
    if response.framework not in BY_CHAIN or response.raised or response.helper:
        return False
    function = project.view(functions).get((response.at.path, response.function))
    return function is not None and not any(map(SETS.search, function.calls))


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
from flask import Flask, redirect

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
""",
]
