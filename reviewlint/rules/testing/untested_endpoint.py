"""No test requests this route or calls its handler.

What no test requests breaks silently: the next change to the handler, its guards or its router is checked by the
users. A single request that expects the right status would notice a broken query, a missing import, a lost permission
check.

Routes are matched with the requests of all tests by method and whole path: prefixes and mounts are followed, path
parameters and interpolated parts of the path stand for one another. Importing the handler in a test counts, too, and so
does the table of routes (`urlpatterns`), which a test walks. A service that leaves many of its endpoints untested gets
one finding with the five where the first tests matter most. Where tests ask for paths that only running them tells
(`order.urls.edit`), what those may be is told with `--strict` alone: routes with the same method, with what is known of
the path, or that the test file is called after, and whatever else the same handler answers. Documentation, health
checks, what shows a developer how things are (`/debug`), static files, open pages that a handler only gives out, what
answers all paths below its own, the views of libraries and where tRPC is mounted, whose procedures tests call, are left
out, and so is a service where a description of the API says what it answers (`connexion`) or what its tests ask for
(`schemathesis`). Supabase's Edge Functions are the business of `untested-edge-function`, and routes whose handler a
change alters are that of `change-without-test`. A route that a change adds is told of by itself, however many others of
its service have no test; one that had none before is no part of the change, even where its lines are.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ...facts.http import Response
from ...facts.location import Related
from ...finding import Confidence, Finding, Subject
from ...join.coverage import CHANGING
from ...join.endpoints import Endpoint
from ...join.endpoints import reached as running
from ...join.services import services
from ...join.unnoticed import unnoticed
from ...join.untested_routes import untested_routes
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="medium",
    since="0.1.0",
    languages=("python", "typescript"),
    found_at=("Route",),
    asked_by="F E S R",
    by_cause=True,
    strictly="what tests may ask for by a path that nobody can follow, as its method or what is known of it tells, and what "
    "a page may send that they click on in a browser; what else the handlers of these answer; single routes of files of "
    "which no test is seen to request any, where tests are seen to request less than half of all; and those on routers of "
    "files that no other imports.",
    limits="Requests through generated clients, and paths that are computed at run time, are not seen.",
)

SENSITIVE = re.compile(
    r"auth|login|sign|token|password|pay|charge|checkout|order|invoice|subscri|refund|transfer|admin|user|account"
    r"|upload|delete|invite|permission|role",
    re.IGNORECASE,
)

FIRST = 5
"""How many places a service without tests is told about."""

HABIT = 8
"""As many untested endpoints are the service's habit where they are most of it, of which one finding tells."""

MANY = 20
"""More untested endpoints than this are one finding, however many there are with tests: nobody reads a long list."""


def check(project: Project) -> Iterator[Finding]:
    """Each untested route; one finding for a service whose tests reach few of its routes or none."""
    told = project.view(unnoticed)
    for untested in project.view(untested_routes).values():
        for route in untested.lost:
            yield replace(_finding(route.endpoints, is_lost=True), strict=route.strict)
        for route in untested.new:
            yield replace(_finding(route.endpoints), strict=route.strict)
        for strict in (False, True):
            those = [route for route in untested.known if route.strict is strict]
            left = [one for one in those if not any(told.has_function(*each.place) for each in one.endpoints)]
            many = len(those) > MANY or (len(those) >= HABIT and 2 * len(untested.known) > untested.total)
            if left and (untested.is_all or many):
                every = [route.endpoints for route in left]
                unseen = 0 if strict else len(untested.known) - len(those)
                habit = _habit(project, every, (len(those), unseen, untested.total), has_tests=untested.has_tests)
                yield replace(habit, strict=strict)
            else:
                yield from (replace(_finding(one.endpoints), strict=strict or not one.beside) for one in left)


def _named(several: Sequence[Endpoint]) -> str:
    methods = "/".join(dict.fromkeys("any method of" if one.method == "*" else one.method for one in several))
    return f"{methods} {several[0].path}"


def _finding(several: Sequence[Endpoint], *, is_lost: bool = False) -> Finding:
    first = several[0]
    handler = f" `{first.handler}`" if first.handler and "@" not in first.handler else ""
    return Finding(
        first.at,
        evidence=f"No test requests `{_named(several)}` or calls its handler{handler}{' any more' if is_lost else ''}.",
        remedy=f"Request it once as its caller would, and once as somebody who may not: `{_named(several)}`",
        subject=Subject("endpoint", _named(several)),
        slots={"route": _named(several), "handler": first.handler, "count": "1", "total": "1"},
    )


def _habit(
    project: Project, untested: Sequence[Sequence[Endpoint]], counts: tuple[int, int, int], *, has_tests: bool
) -> Finding:
    """One finding for the many of a service; `counts` are those, those that perhaps a test requests, and all."""
    ranked = sorted(untested, key=lambda several: (-_weight(project, several), several[0].at))
    first = ranked[0]
    count, unseen, total = counts
    places = ", ".join(f"`{_named(several)}`" for several in ranked[:FIRST])
    if has_tests:
        seen = f"{count} of {total} endpoints of this service are requested by no test"
        seen += f", and {unseen} more by none that can be followed" if unseen else ""
    else:
        seen = f"This service has no tests; {total} endpoint{'s answer' if total > 1 else ' answers'} requests"
    return Finding(
        first[0].at,
        evidence=f"{seen}. The first tests matter most for {places}.",
        remedy="Begin with one request for each of these, through the application and its real guards.",
        related=tuple(Related(several[0].at, _named(several)) for several in ranked[1:FIRST]),
        subject=Subject("service", project.view(services).of(first[0].at.path)),
        slots={
            "route": _named(first),
            "handler": first[0].handler,
            "count": str(count),
            "total": str(total),
        },
        confidence=Confidence.MEDIUM,
    )


def _weight(project: Project, several: Sequence[Endpoint]) -> int:
    """How much depends on an endpoint: whether it changes something, what it is about, how many ways it can end."""
    first = several[0]
    weight = 4 if any(one.method in CHANGING for one in several) else 0
    weight += 3 if SENSITIVE.search(f"{first.path} {first.handler}") else 0
    ends = project.view(_ends)
    return weight + min(sum(ends[place] for place in running(project, first.handler_path, first.handler)), 4)


def _ends(project: Project) -> Counter[tuple[str, str]]:
    """The view: how many responses stand in each function."""
    return Counter((fact.at.path, fact.function) for fact in project.facts(Response))


REMARK = "`{route}` can break without a single red test. One request with an expected status would have noticed."

EXAMPLES = [
    """
=== src/berths.ts
import { Hono } from 'hono'
import { Scalar } from '@scalar/hono-api-reference'
import { rowed } from './rowing'

export const app = new Hono()
app.get('/scalar', Scalar({ url: '/openapi' }))
app.get('/rowed', rowed({ oars: 2 }))  // <-- nobody asks for it
app.get('/berths', (c) => c.json({ free: 4 }))
=== src/rowing.ts
export const rowed = ({ oars }: { oars: number }) => (c) => c.json({ oars })
=== src/berths.test.ts
import { app } from './berths'

test('tells what is free', async () => {
  expect((await app.request('/berths')).status).toBe(200)
})
""",
    """
=== src/quays.ts
import type { FastifyInstance } from 'fastify'

export default async function quays(app: FastifyInstance) {
  app.get('/:id', async (request, reply) => reply.send(await find(request.params)))
  app.delete('/:id', async (request, reply) => reply.send(await drop(request.params)))  // <-- nobody asks for it
}
=== src/app.ts
import Fastify from 'fastify'
import quays from './quays'

export const app = Fastify()
app.register(quays, { prefix: '/quays' })
app.get('/:page', async (request, reply) => reply.send(page(request.params)))
=== src/quays.test.ts
import Fastify from 'fastify'
import quays from './quays'

test('finds a quay', async () => {
  const app = Fastify()
  app.register(quays)
  const answer = await app.inject({ method: 'GET', url: '/north' })
  expect(answer.statusCode).toBe(200)
})
""",
    """
=== app/main.py
from fastapi import FastAPI

app = FastAPI()

@app.post("/orders")
def order():
    return {}

=== tests/test_api.py
import schemathesis
from app.main import app

schema = schemathesis.openapi.from_asgi("/openapi.json", app)

@schema.parametrize()
def test_api(case):
    case.call_and_validate()
""",
    """
=== app/main.py
from fastapi import FastAPI
from .orders import router

app = FastAPI()
app.include_router(router, prefix="/v1")

@app.get("/debug/jobs")
def jobs():
    return []


@app.get("/health")
def health():
    return {"status": "ok"}

=== app/orders.py
from fastapi import APIRouter

router = APIRouter(prefix="/orders")

@router.get("")
def list_orders():
    return []

@router.get("/recent")  # <-- the test's f-string is an id, not this
def recent():
    return []

@router.get("/{order_id}")
def read(order_id: int):
    return {}

@router.post("/{order_id}/cancel")
def cancel(order_id: int):
    return {}

@router.delete("/{order_id}")  # <-- GET of the same path is tested, DELETE is not
def remove(order_id: int):
    return {}

@router.post("/{order_id}/refund")
def refund(order_id: int):
    return {}

@router.post("/import")
def take_in():
    return {}

@router.put("/{order_id}/notes")
def note(order_id: int):
    return {}

=== tests/test_orders.py
from app.main import app
from app.orders import refund
from fastapi.testclient import TestClient

client = TestClient(app)
BASE = "/v1/orders"

def test_list():
    assert client.get(BASE).status_code == 200

def test_read(order):
    assert client.get(f"/v1/orders/{order.id}").status_code == 200

def test_import():
    assert client.post("v1/orders/import").status_code == 200

def test_note(order):
    assert client.put(f"v1/orders/{order.id}/notes").status_code == 200

def test_cancel(order):
    assert client.post(f"{BASE}/{order.id}/cancel").status_code == 200

def test_refund():
    assert refund(7) == {}
""",
    """
=== shop/__init__.py
from flask import Flask
from . import carts
from .stock import stock
from .users import bp

app = Flask(__name__)
app.register_blueprint(bp, url_prefix="/api/users")
app.register_blueprint(carts.bp)
app.register_blueprint(stock)

=== shop/stock.py
from flask import Blueprint

stock = Blueprint("stock", __name__)

@stock.get("/stock")  # <-- strict: of this file no test is seen to request anything
def count():
    return {}

=== shop/old.py
from flask import Blueprint

bp = Blueprint("old", __name__)

@bp.get("/old")  # <-- strict: nobody puts it on the application
def old():
    return {}

=== shop/users.py
from flask import Blueprint
from flask.views import MethodView

bp = Blueprint("users", __name__)

@bp.route("/<int:user_id>", methods=["GET", "PUT"])
def user(user_id):
    return {}

@bp.post("/import")  # <-- nothing posts to it
def import_users():
    return {}, 202

=== shop/carts.py
from flask import Blueprint
from flask.views import MethodView

bp = Blueprint("carts", __name__, url_prefix="/carts")

class Cart(MethodView):
    def get(self, cart_id):
        return {}

    def delete(self, cart_id):
        return "", 204

bp.add_url_rule("/<int:cart_id>", view_func=Cart.as_view("cart"))  # <-- it is read, and never emptied

=== tests/test_users.py
def test_user(client):
    assert client.get("/api/users/7").status_code == 200

def test_cart(client):
    assert client.get("/carts/7").status_code == 200
""",
    """
=== shop/urls.py
from django.urls import include, path

urlpatterns = [path("api/", include("orders.urls"))]

=== orders/urls.py
from django.conf import settings
from django.urls import path
from . import views

urlpatterns = [
    path("orders/", views.orders, name="order-list"),
    path("orders/<int:pk>/", views.OrderView.as_view(), name="order-detail"),
    path("orders/<int:pk>/ship/", views.ship, name="order-ship"),  # <-- neither by path nor by name
]
if settings.DEBUG:
    urlpatterns += [path("orders/mail/", views.show_mail)]

=== orders/views.py
def orders(request):
    return None

def ship(request, pk):
    return None

def show_mail(request):
    return None

class OrderView:
    pass

=== orders/tests.py
from django.test import TestCase
from django.urls import reverse

class OrderTests(TestCase):
    def test_list(self):
        self.assertEqual(self.client.get(reverse(self.endpoint("order-list"))).status_code, 200)

    def test_detail(self):
        self.assertEqual(self.client.get("/api/orders/7/").status_code, 200)
""",
    """
=== app.py
from flask import Flask

app = Flask(__name__)

@app.get("/reports")
def reports():
    return {}

@app.post("/payments")  # <-- no tests at all: begin here
def pay():
    return {}

@app.get("/ping")
def ping():
    return {}
""",
    """
=== src/app.ts
import express from 'express'
import { orders } from './orders'

export const app = express()
app.use('/v1/orders', orders)
app.get('/healthz', (req, res) => res.send('ok'))

=== src/orders.ts
import { Router } from 'express'

export const orders = Router()

orders.get('/', (req, res) => res.json([]))
orders.get('/:id', (req, res) => res.json({}))
orders.post('/:id/refund', (req, res) => res.json({})) // <-- nobody refunds in a test

=== src/orders.test.ts
import request from 'supertest'
import { expect, it } from 'vitest'
import { app } from './app'

it('lists', async () => {
  await request(app).get('/v1/orders').expect(200)
})

it('reads', async () => {
  const response = await request(app).get(`/v1/orders/${order.id}`)
  expect(response.status).toBe(200)
})
""",
    """
=== app/api/orders/route.ts
export async function GET() {
  return Response.json([])
}

export async function POST(request: Request) { // <-- only GET is imported
  return Response.json({}, { status: 201 })
}

=== app/api/orders/route.test.ts
import { expect, it } from 'vitest'
import { GET } from './route'

it('lists', async () => {
  expect((await GET()).status).toBe(200)
})
""",
    """
=== src/app.js
import Fastify from 'fastify'

export function build() {
  const app = Fastify()
  app.get('/links/:code', async (request, reply) => reply.redirect(302, request.params.code))
  app.delete('/links/:code', async (request, reply) => reply.code(204).send()) // <-- only GET is asked for
  return app
}

=== test/app.test.js
import test from 'node:test'
import assert from 'node:assert/strict'
import { build } from '../src/app.js'

test('follows', async () => {
  const response = await build().inject({ method: 'GET', url: '/links/abc' })
  assert.equal(response.statusCode, 302)
})
""",
    """
=== base shop/main.py
from fastapi import FastAPI

app = FastAPI()

@app.get("/orders")
def orders():
    return []

@app.get("/carts")
def carts():
    return []

=== shop/main.py
from fastapi import FastAPI

app = FastAPI()

@app.get("/orders")  # <-- its only test is gone
def orders():
    return []

@app.get("/carts")
def carts():
    return []

=== base tests/test_orders.py
from fastapi.testclient import TestClient
from shop.main import app

def test_orders():
    assert TestClient(app).get("/orders").json() == []

=== base tests/test_carts.py
from fastapi.testclient import TestClient
from shop.main import app

def test_carts():
    assert TestClient(app).get("/carts").json() == []

=== tests/test_carts.py
from fastapi.testclient import TestClient
from shop.main import app

def test_carts():
    assert TestClient(app).get("/carts").json() == []
""",
    """
=== src/app.ts
import express from 'express'

export const app = express()
const orders = express.Router()

orders
  .route('/:id')
  .get((req, res) => res.json({}))
  .delete((req, res) => res.status(204).end()) // <-- the table is only read
orders.patch('/:id', (req, res) => res.json({})) // <-- a path that is compared is not asked for

app.use('/orders', orders)
=== test/app.test.ts
import request from 'supertest'
import { app } from '../src/app'

it.each(['/orders/1', '/orders/2'])('answers %s', async (path) => {
  const answer = await request(app).get(path)
  expect(answer.headers.location).toBe('/orders/1')
})
""",
    """
=== src/app.js
const express = require('express')
const app = express()

app.get('/healthz', (req, res) => res.json({}))
app.get('/lockers/nearby', (req, res) => res.json([])) // <-- the health test's table is about other paths
app.get('/couriers', (req, res) => res.json([])) // <-- no test uses the client that asks for it
app.get('/depots', (req, res) => res.json([]))
app.get('/api/v1/health/startup', (req, res) => res.json({}))

module.exports = { app }

=== src/routes/stops.ts
import type { FastifyInstance } from 'fastify'

export default async function stops(fastify: FastifyInstance) {
  fastify.get('/stops', async () => []) // <-- strict: a test may put it on an application of its own
}

=== src/stopping.ts
import Fastify from 'fastify'
import stops from './routes/stops'

export const server = Fastify()
server.register(stops)

=== tests/support/client.js
const request = require('supertest')
const { app } = require('../../src/app')

class CourierClient {
  couriers() {
    return request(app).get('/couriers')
  }

  depots() {
    return request(app).get('/depots')
  }
}

module.exports = { CourierClient }

=== tests/health.test.js
const request = require('supertest')
const { app } = require('../src/app')

it.each([
  ['/healthz', 'up'],
  ['/readyz', 'ready'],
])('GET %s answers %s', async (path, status) => {
  const res = await request(app).get(path)
  expect(res.body).toEqual({ status })
})

=== tests/depots.test.js
const { CourierClient } = require('./support/client')

it('lists', async () => {
  expect((await new CourierClient().depots()).body).toEqual([])
})

=== tests/stops.test.ts
import stops from '../src/routes/stops'

it('lists', async () => {
  const fake = { get: vi.fn() }
  await stops(fake as any)
  expect(await fake.get.mock.calls[0][1]()).toEqual([])
})
""",
]
