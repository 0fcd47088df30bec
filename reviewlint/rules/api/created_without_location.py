"""A 201 does not say where the new resource is.

With a Location header a client can fetch what it created, and a repeated request can be pointed to the resource that is
there already. Without it each client builds the address itself, and all of them break when it changes.

Strict, since many services say the id in the body and have clients that live with it. A habit is one finding.
"""

import re
from collections import defaultdict
from collections.abc import Iterator

from ...facts.location import Related
from ...finding import Finding, Subject
from ...join.endpoints import Endpoint, answers, endpoints
from ...join.functions import functions
from ...join.responses import Answer
from ...join.services import services
from ...join.writes import written_by
from ...project import SERVER_SIDES, Project
from ...rule import Meta

META = Meta(
    severity="note",
    confidence="medium",
    since="0.1.0",
    languages=("python", "typescript"),
    found_at=("Response",),
    asked_by="S",
    level="strict",
    limits="A handler that takes the response object or sets headers in any statement is left alone.",
)

SETS = re.compile(
    r"\.(?:location|setHeader|header|headers|set|append|add_header|setdefault)(?:\.(?!get\b|has\b)\w+)?$", re.IGNORECASE
)
DECLARES = "fastapi.Header"
"""What is called to ask for a header, not to set one."""
HABIT = 4
SHOWN = 5


def check(project: Project) -> Iterator[Finding]:
    """Each creation without a Location, or one finding for a service that never sends one."""
    names = project.view(services)
    found: dict[str, dict[object, tuple[Endpoint, Answer]]] = defaultdict(dict)
    for endpoint in project.view(endpoints):
        edge = endpoint.method == "*" and endpoint.framework == "edge"
        if (endpoint.method not in ("POST", "PUT") and not edge) or project.side(endpoint.at.path) not in SERVER_SIDES:
            continue
        function = project.view(functions).get((endpoint.handler_path, endpoint.handler))
        if (
            function is None
            or "response" in function.parameters
            or any(SETS.search(call) and call != DECLARES for call in function.calls)
        ):
            continue
        for answer in answers(project, endpoint):
            if (
                answer.status == 201
                and answer.response.function == endpoint.handler
                and answer.lacks_header("location")
            ):
                if answer.response.status_is_default and not _inserts(project, endpoint):
                    continue  # Nest's default for every POST
                found[names.of(endpoint.at.path)].setdefault(answer.at, (endpoint, answer))
    for service, by_place in found.items():
        several = list(by_place.values())
        if len(several) >= HABIT:
            yield _finding(service, several)
        else:
            yield from (_finding("", [one]) for one in several)


def _inserts(project: Project, endpoint: Endpoint) -> bool:
    return any(write.operation == "insert" for write in written_by(project, endpoint))


def _finding(service: str, several: list[tuple[Endpoint, Answer]]) -> Finding:
    endpoint, answer = several[0]
    route = f"{endpoint.method} {endpoint.path}"
    more = f"{len(several)} responses of this service answer 201 without a Location header; here `{route}`."
    return Finding(
        answer.at,
        evidence=more if service else f"`{route}` answers 201 without a Location header.",
        remedy=f"Set Location to the address of the new resource: `{endpoint.path}/{{id}}`.",
        related=tuple(Related(other.at, f"{one.method} {one.path}") for one, other in several[1:SHOWN]),
        subject=Subject("service", service) if service else Subject("endpoint", route),
        slots={"route": route, "count": str(len(several))},
    )


REMARK = (
    "`{route}` says that something was created and not where. A Location header would spare every client the guess."
)

EXAMPLES = [
    """
=== store/api.py
from fastapi import APIRouter, status
from fastapi.responses import JSONResponse

from store.models import Rack
from store.schemas import RackIn, RackOut

router = APIRouter()

@router.post("/racks", status_code=status.HTTP_201_CREATED)
def create(body: RackIn, session):
    rack = Rack(name=body.name)
    session.add(rack)
    return rack  # <-- by its name it is data, too

@router.post("/lofts", status_code=201)
def create_loft(body: RackIn, session):
    answer = JSONResponse({"id": 1}, status_code=201, headers={"Location": "/lofts/1"})
    return answer
""",
    """
=== app/api/beds/route.ts
import { ok } from "@/lib/answers";
import { beds } from "@/lib/beds";

export async function POST(request: Request) {
  const bed = await beds.add(await request.json());
  if (bed.shared) return ok(bed, { status: 201 }); // <-- where is it?
  return ok(bed, { status: 201, headers: { Location: `/api/beds/${bed.id}` } });
}
=== lib/answers.ts
import { NextResponse } from "next/server";

export const ok = <T>(data: T, init?: ResponseInit) => NextResponse.json({ data }, init);
""",
    """
=== src/lofts.ts
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";

export async function lofts(app: FastifyInstance) {
  const typed = app.withTypeProvider<ZodTypeProvider>();

  typed.post("/lofts", async (request, reply) => {
    const loft = await add(request.body);
    return reply.status(201).send(loft); // <-- the same instance by another type
  });
}
""",
    """
=== shelf/api.py
from flask import Flask, jsonify, url_for

app = Flask(__name__)

@app.post("/books")
def add():
    book = store()
    response = jsonify({"id": book.id})
    response.status_code = 201
    response.headers["Location"] = url_for("show", book_id=book.id)
    return response

@app.post("/authors")
def add_author():
    response = jsonify({"id": store().id})  # <-- another header
    response.status_code = 201
    response.headers["X-Shelf"] = "new"
    return response
""",
    """
=== school/responses.py
from rest_framework.response import Response

class Created(Response):
    def __init__(self, data, location):
        super().__init__(data, status=201, headers={"Location": location})
=== school/api.py
from django.urls import path
from rest_framework.views import APIView

from school.responses import Created

class Students(APIView):
    def post(self, request):
        return Created(request.data, "/students/1/")

urlpatterns = [path("students/", Students.as_view())]
""",
    """
=== src/server.ts
import express from 'express'

const app = express()

app.post('/orders', async (req, res) => {
  const order = await insert(req.body)
  res.status(201).json(order) // <-- created, but where
})

app.post('/carts', async (req, res) => {
  const cart = await insert(req.body)
  res.status(201).location(`/carts/${cart.id}`).json(cart)
})

app.post('/notes', async (req, res) => {
  await update(req.body)
  res.json({ ok: true })
})
""",
    """
=== app/notes.py
from flask import Blueprint, jsonify

bp = Blueprint("notes", __name__)

@bp.post("/notes")
def create():
    note = insert()
    return jsonify(note), 201  # <-- no headers

@bp.post("/files")
def upload():
    file = store()
    return jsonify(file), 201, {"Location": f"/files/{file['id']}"}
""",
    """
=== app/orders.py
from fastapi import APIRouter, Response

router = APIRouter()

@router.post("/orders", status_code=201)
def create(order: dict, response: Response):
    response.headers["Location"] = "/orders/1"
    return {"id": 1}
""",
    """
=== src/rooms.ts
import express from 'express'
import { located, problem } from './answers'

const app = express()

app.post('/rooms', async (req, res) => {
  if (!req.body.name) {
    problem(res, 422, 'name')
    return
  }
  const room = await add(req.body)
  res.status(201).json(room) // <-- the helper has answered something else
})
app.post('/halls', async (req, res) => {
  const hall = await add(req.body)
  located(res, `/halls/${hall.id}`)
  res.status(201).json(hall)
})
=== src/answers.ts
export const problem = (res, status, message) => res.status(status).json({ error: message })
export const located = (res, path) => res.location(path)
""",
]
