"""No test requests this route or calls its handler.

What no test requests breaks silently: the next change to the handler, its guards or its router is checked by the users.
A single request that expects the right status would notice a broken query, a missing import, a lost permission check.

Routes are matched with the requests of all tests by method and whole path: prefixes and mounts are followed, path
parameters and interpolated parts of the path stand for one another. Importing the handler in a test counts, too, and so
does the table of routes (`urlpatterns`), which a test walks. A service that leaves many of its endpoints untested gets one
finding with the five where the first tests matter most. Where tests ask for paths that only running them tells
(`order.urls.edit`), what those may be is told with `--strict` alone: routes with the same method, or with what is known
of the path.
Documentation, health checks, static files, what answers all paths below its own, the views of libraries and where tRPC is
mounted, whose procedures tests call, are left out, and so is a service where a description of the API says what it
answers (`connexion`) or what its tests ask for (`schemathesis`). Supabase's Edge Functions are the business of
`untested-edge-function`, and routes whose handler a change makes or alters are that of `change-without-test`.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from ...facts.http import Response
from ...facts.location import Location, Related
from ...facts.tests import TestCase
from ...finding import Confidence, Finding, Subject
from ...join.coverage import is_described, tested
from ...join.doubts import Doubts
from ...join.endpoints import Endpoint, endpoints
from ...join.endpoints import reached as running
from ...join.paths import REST
from ...join.requests import test_files
from ...join.services import EDGE_FUNCTIONS, services
from ...join.unnoticed import unnoticed
from ...project import SERVER_SIDES, Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="medium",
    since="0.1.0",
    languages=("python", "typescript"),
    found_at=("Route",),
    asked_by="F E S R",
    strictly="what tests may ask for by a path that nobody can follow, as its method or what is known of it tells.",
    limits="Requests through generated clients, and paths that are computed at run time, are not seen.",
)

TRIVIAL = re.compile(
    r"^__|^_*(?:docs|redoc|openapi|swagger|schema|health\w*|healthz?|live|livez|ready|readyz|readiness|liveness|ping|status"
    r"|metrics|trpc|(?:build-?)?version|static|assets|public|media|favicon|robots|sitemap|well-known|manifest|llms)(?:[-_.].*)?$|\.(?:txt|xml|ico|png|svg|css|js|webmanifest)$",
    re.IGNORECASE,
)
MUTATING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
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

PUT_ON_ROUTERS = frozenset({"express", "fastify", "hono", "koa"})
"""Frameworks whose paths are whole only with the router's."""


def check(project: Project) -> Iterator[Finding]:
    """Each untested route; one finding for a service whose tests reach few of its routes or none."""
    names = project.view(services)
    reached = project.view(tested)
    told = project.view(unnoticed)
    lost = _lost(project, reached)
    folders = frozenset(part for path in project.files for part in path.split("/")[:-1])
    by_service: dict[str, list[Endpoint]] = defaultdict(list)
    written_out = {(one.handler_path, one.handler.rpartition(".")[0]) for one in project.view(endpoints)}
    for endpoint in project.view(endpoints):
        edge_function = f"{EDGE_FUNCTIONS}/" in endpoint.at.path
        if edge_function or _trivial(endpoint) or _is_foreign(endpoint, folders):
            continue
        if endpoint.framework == "drf" and endpoint.method == "*" and _handler(endpoint) in written_out:
            continue  # a view set, of which each action is an endpoint
        if project.side(endpoint.at.path) in SERVER_SIDES:
            by_service[names.of(endpoint.at.path)].append(endpoint)
    for service, every in by_service.items():
        routes = _by_route(every)
        untested = [lacking for several in routes if (lacking := _unreached(several, reached))]
        if is_described(project, service):
            continue
        tests = [path for path in project.view(test_files) if names.within(path, service)]
        nothing = (reached | lost).isdisjoint(every) and (len(routes) > 1 or not tests)
        doubts = Doubts(project, service) if untested else None
        for several in untested:
            if not lost.isdisjoint(several):
                in_doubt = doubts is not None and any(map(doubts.of, several))
                yield replace(_finding(several, is_lost=True), strict=in_doubt)
        untested = [several for several in untested if lost.isdisjoint(several)]
        for strict in (False, True):
            those = [one for one in untested if doubts is not None and any(map(doubts.of, one)) is strict]
            left = [several for several in those if not any(told.has_function(*_handler(one)) for one in several)]
            many = len(those) > MANY or (len(those) >= HABIT and 2 * len(untested) > len(routes))
            if left and (nothing or many):
                found = [_habit(project, left, len(those), len(routes), has_tests=bool(tests))]
            else:
                found = list(map(_finding, left))
            yield from (replace(one, strict=strict) for one in found)


def _lost(project: Project, reached: Collection[Endpoint]) -> frozenset[Endpoint]:
    """The endpoints that tests reached before the change deleted these tests."""
    change = project.change
    gone = [file for path in (change.deleted if change else ()) if (file := project.originals.get(path)) is not None]
    if not any(isinstance(fact, TestCase) for file in gone for fact in file.facts):
        return frozenset()
    return project.less((), gone).view(tested) - frozenset(reached)


def _trivial(endpoint: Endpoint) -> bool:
    if endpoint.segments is None or endpoint.method in ("OPTIONS", "HEAD", "WEBSOCKET"):
        return True
    if endpoint.segments[-1:] == (REST,):
        return True  # files, or a library that answers all that is below: `/api/auth/[...nextauth]`
    if not endpoint.route.router and endpoint.framework in PUT_ON_ROUTERS:
        return True  # a base class puts it on a router of its own, under what path nobody knows
    constant = [part.lstrip(".") for part in endpoint.segments if "{" not in part]
    return not endpoint.segments or any(map(TRIVIAL.match, (*constant[:1], *constant[-1:])))


def _is_foreign(endpoint: Endpoint, folders: frozenset[str]) -> bool:
    """Whether Django's URLs name a view of a package that is none of the project's `folders`."""
    package, found, _ = endpoint.handler.partition(".")
    return endpoint.route.framework == "django" and not endpoint.handler_path and bool(found) and package not in folders


def _by_route(every: Sequence[Endpoint]) -> list[list[Endpoint]]:
    """Endpoints that stand at one place, and so are one line of code: several mounts, several methods."""
    found: dict[Location, list[Endpoint]] = defaultdict(list)
    for endpoint in every:
        found[endpoint.at].append(endpoint)
    return list(found.values())


def _unreached(several: Sequence[Endpoint], reached: Collection[Endpoint]) -> list[Endpoint]:
    """Those of one place that are answered by none of the handlers that tests reach there, as methods of a class are."""
    handlers = {one.handler for one in several if one in reached}
    return [one for one in several if one.handler not in handlers]


def _handler(endpoint: Endpoint) -> tuple[str, str]:
    return endpoint.handler_path or endpoint.at.path, endpoint.handler


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
    project: Project, untested: Sequence[Sequence[Endpoint]], count: int, total: int, *, has_tests: bool
) -> Finding:
    """One finding for the many of a service."""
    ranked = sorted(untested, key=lambda several: (-_weight(project, several), several[0].at))
    first = ranked[0]
    places = ", ".join(f"`{_named(several)}`" for several in ranked[:FIRST])
    if has_tests:
        seen = f"{count} of {total} endpoints of this service are requested by no test"
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
    weight = 4 if any(one.method in MUTATING for one in several) else 0
    weight += 3 if SENSITIVE.search(f"{first.path} {first.handler}") else 0
    ends = project.view(_ends)
    return weight + min(sum(ends[place] for place in running(project, first.handler_path, first.handler)), 4)


def _ends(project: Project) -> Counter[tuple[str, str]]:
    """The view: how many responses stand in each function."""
    return Counter((fact.at.path, fact.function) for fact in project.facts(Response))


REMARK = "`{route}` can break without a single red test. One request with an expected status would have noticed."

EXAMPLES = [
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
from .users import bp

app = Flask(__name__)
app.register_blueprint(bp, url_prefix="/api/users")

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
]
