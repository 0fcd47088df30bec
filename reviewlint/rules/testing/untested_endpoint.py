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
    r"^_*(?:docs|redoc|openapi|swagger|schema|health\w*|healthz?|live|livez|ready|readyz|readiness|liveness|ping|status"
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
        nothing = reached.isdisjoint(every) and (len(routes) > 1 or not tests)
        doubts = Doubts(project, service) if untested else None
        for strict in (False, True):
            those = [one for one in untested if doubts is not None and any(map(doubts.of, one)) is strict]
            left = [several for several in those if not any(told.has_function(*_handler(one)) for one in several)]
            many = len(those) > MANY or (len(those) >= HABIT and 2 * len(untested) > len(routes))
            if left and (nothing or many):
                found = [_habit(project, left, len(those), len(routes), has_tests=bool(tests))]
            else:
                found = list(map(_finding, left))
            yield from (replace(one, strict=strict) for one in found)


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


def _finding(several: Sequence[Endpoint]) -> Finding:
    first = several[0]
    handler = f" `{first.handler}`" if first.handler and "@" not in first.handler else ""
    return Finding(
        first.at,
        evidence=f"No test requests `{_named(several)}` or calls its handler{handler}.",
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
from .settings import settings
from .items import router

app = FastAPI()
app.include_router(router, prefix=settings.API_PREFIX)

=== app/items.py
from fastapi import APIRouter

router = APIRouter(prefix="/items")

@router.get("/{item_id}")
def read(item_id: int):
    return {}

@router.post("/")
def create():
    return {}

=== tests/test_items.py
from app.settings import settings

def make_item(client, **fields):
    return client.post(f"{settings.API_PREFIX}/items/", json=fields).json()

async def test_read(client):
    item = make_item(client, name="rope")
    response = await client.get(f"{settings.API_PREFIX}/items/{item['id']}")
    assert response.status_code == 200
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
=== shop/urls.py
from rest_framework.routers import DefaultRouter

from .views import OrderViewSet, RefundViewSet

router = DefaultRouter()
router.register("orders", OrderViewSet, basename="shop-order")
router.register("given-back", RefundViewSet)
urlpatterns = router.urls

=== shop/views.py
from rest_framework.decorators import action
from rest_framework.viewsets import ModelViewSet, ViewSet

class OrderViewSet(ViewSet):
    def list(self, request):
        return None

    def create(self, request):
        return None

    def retrieve(self, request, pk):  # <-- one order
        return None

    @action(detail=True, methods=["POST"])
    def ship_now(self, request, pk):
        return None

    @action(detail=True, url_name="other-way")
    def back(self, request, pk):
        return None

    @action(detail=True)
    def print(self, request, pk):  # <-- on paper
        return None

    @action(detail=False, methods=["POST"])
    def delete(self, request):
        return None

class RefundViewSet(ModelViewSet):
    queryset = Refund.objects.all()

=== shop/tests.py
from django.test import TestCase
from django.urls import reverse

class OrderTests(TestCase):
    def test_orders(self):
        self.client.get(reverse("shop-order-list"))
        self.client.post(reverse(f"{self.version}:shop-order-ship-now", args=(7,)))
        self.client.get(reverse("shop-order-other-way", args=(7,)))
        self.client.post(reverse("shop-order-delete"))
        self.client.get(reverse("refund-list"))
        self.client.get(reverse("refund-detail", args=(7,)))
        self.assertTrue(True)
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
=== supabase/functions/pay/index.ts
Deno.serve(async () => new Response('paid'))

=== supabase/functions/refund/index.ts
Deno.serve(async () => new Response('refunded'))

=== supabase/functions/tests/refund.test.ts
Deno.test('refunds', async () => {
  const response = await fetch('http://localhost:54321/functions/v1/refund')
  if (response.status !== 200) throw new Error('no refund')
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
=== app/main.py
from fastapi import FastAPI

app = FastAPI()

@app.get("/items")
def items():
    return []

@app.get("/items/{item_id}")
def item(item_id: int):
    return {"id": item_id}

@app.get("/prices")
def prices():
    return []

@app.get("/carts/{cart_id}")  # <-- a path that nobody requests is no test
def cart(cart_id: int):
    return {"id": cart_id}
=== tests/__init__.py
=== tests/urls.py
carts = "/carts"
items = "/items"
=== tests/test_items.py
from fastapi.testclient import TestClient

from app.main import app
from tests import urls

client = TestClient(app)

def test_items():
    assert client.get(urls.items).json() == []
    assert client.get("/items/7").json() == {"id": 7}
    assert client.get("/prices").json() == []
""",
    """
=== shop/urls.py
from urllib.parse import urlparse

from django.conf import settings
from django.contrib.auth.views import LogoutView
from django.urls import include, path, re_path

from shop import views

order_urls = [path("remove/", views.remove_order, name="remove")]
prefix = urlparse(settings.SITE_ROOT).path.lstrip("/")
urlpatterns = [
    path(prefix, include("shop.projects")),
    path("orders/<uuid:code>/", include(order_urls)),
    path("logout/", LogoutView.as_view()),
    re_path(r"^api/", include([re_path("^bulk/", include([re_path("^download/", views.download)]))])),
    path("overview/", views.overview, name="overview"),
    path("audit/", views.audit),  # <-- nobody asks for it
]
=== shop/projects.py
from django.urls import path

from shop import views

urlpatterns = [path("projects/<uuid:code>/remove/", views.remove_project)]
=== shop/tests/test_shop.py
from django.test import TestCase

class ShopTest(TestCase):
    def setUp(self):
        self.url = f"/projects/{self.project.code}/remove/"

    def test_remove(self):
        assert self.client.post(self.url).status_code == 302
        assert self.client.post(f"/orders/{self.code}/remove/").status_code == 302
        assert self.client.post("/api/bulk/download/").status_code == 200

class OverviewTest(OverviewTestCase):
    url = "shop:overview"
""",
    """
=== src/routes/index.js
const express = require('express');
const userRoute = require('./user.route');

const router = express.Router();
const routes = [{ path: '/users', route: userRoute }];

routes.forEach((one) => {
  router.use(one.path, one.route);
});
module.exports = router;
=== src/routes/user.route.js
const express = require('express');

const router = express.Router();
router.route('/:id').get(users.read).delete(users.remove);
router.route('/:id/audit').get(users.audit); // <-- nobody asks for it
module.exports = router;
=== src/app.js
const express = require('express');
const routes = require('./routes');

const app = express();
app.use('/v1', routes);
module.exports = app;
=== packages/integration-tests/src/users.js
const request = require('supertest');
const app = require('../../../src/app');

it('removes', () => request(app).delete(`/v1/users/${one.id}`).expect(204));
it('reads', () => request(app).get(`/v1/users/${one.id}`).expect(200));
""",
    """
=== app/main.py
from fastapi import FastAPI

app = FastAPI()

@app.get("/articles/{slug}", name="articles:get-article")
def read(slug: str):
    return find(slug)

@app.put("/articles/{slug}", name="articles:update-article")
def update(slug: str):
    return change(slug)

@app.delete("/articles/{slug}", name="articles:delete-article")  # <-- nobody asks for it
def delete(slug: str):
    return remove(slug)
=== tests/test_articles.py
import pytest

@pytest.mark.parametrize("method, name", (("GET", "articles:get-article"),))
def test_missing(app, client, method, name):
    assert client.request(method, app.url_path_for(name, slug="x")).status_code == 404

def test_update(app, client):
    assert client.put(app.url_path_for("articles:update-article", slug="a")).status_code == 200
""",
    """
=== shop/urls.py
from django.urls import path

from shop import views

urlpatterns = [path("orders/<int:pk>/remind/", views.remind)]  # <-- strict: what `urls.remind` is only runs know
=== shop/views.py
def remind(request, pk):
    return redirect(send(pk))
=== shop/tests/test_orders.py
def test_remind(client, order):
    assert client.post(order.urls.remind).status_code == 302
""",
    """
=== app/parts.py
from fastapi import APIRouter

router = APIRouter(prefix="/parts")

@router.get("/bolts/size")  # <-- of nine here, eight
def bolts():
    return {}

@router.get("/nuts/size")
def nuts():
    return {}

@router.get("/gears/size")
def gears():
    return {}

@router.get("/pins/size")
def pins():
    return {}

@router.get("/rods/size")
def rods():
    return {}

@router.get("/caps/size")
def caps():
    return {}

@router.get("/rings/size")
def rings():
    return {}

@router.get("/seals/size")
def seals():
    return {}

@router.get("/springs/size")
def springs():
    return {}

=== app/tools.py
from fastapi import APIRouter

router = APIRouter(prefix="/tools")

@router.get("/saws/size")
def saws():
    return {}

@router.get("/files/size")
def files():
    return {}

@router.get("/drills/size")
def drills():
    return {}

@router.get("/planes/size")
def planes():
    return {}

@router.get("/vices/size")
def vices():
    return {}

@router.get("/clamps/size")
def clamps():
    return {}

=== app/main.py
from fastapi import FastAPI

from app.parts import router as parts
from app.tools import router as tools

app = FastAPI()
app.include_router(parts)
app.include_router(tools)

=== tests/test_sizes.py
import pytest
from fastapi.testclient import TestClient

from app.main import app

client = TestClient(app)


@pytest.mark.parametrize(
    "path",
    ["/parts/springs/size", "/tools/saws/size", "/tools/files/size", "/tools/drills/size", "/tools/planes/size", "/tools/vices/size", "/tools/clamps/size"],
)
def test_size(path):
    assert client.get(path).status_code == 200
""",
    """
=== src/app.ts
import express from "express";
import routers from "./routers";

const app = express();
app.use("/team", routers.teamRouter);
app.use("/keys", routers.keys);

=== src/routers/index.ts
import keyRouter from "./keys";
import teamRouter from "./team";

export default { teamRouter, keys: keyRouter };

=== src/routers/team.ts
import { Router } from "express";

const router = Router();
router.get("/members", (req, res) => res.json([]));
router.get("/rules", (req, res) => res.json([]));
router.delete("/members/:id", (req, res) => res.status(204).end()); // <-- nobody leaves
export default router;

=== src/routers/keys.ts
import { Router } from "express";

const router = Router();
router.put("/:id", (req, res) => res.json({}));
router.delete("/:id", (req, res) => res.status(204).end()); // <-- kept for ever
export default router;

=== src/routers/team.test.ts
import request from "supertest";
import app from "../app";

const KEYS = "/keys";
const asMember = (method: "get" | "put", url: string) => request(app)[method](url).set("Authorization", "Bearer test");

it("lists", async () => {
  await request(app).get("/team/members").expect(200);
});

it("changes", async () => {
  await asMember("put", `${KEYS}/7`).expect(200);
});

=== src/routers/leaving.test.ts
import fetch from "node-fetch";

it("says what it may", async () => {
  const response = await fetch(`${server.url}/team/rules`);
  expect(response.status).toBe(200);
});
""",
    """
=== shop/urls.py
from django.urls import path
from . import views

urlpatterns = [
    path("orders/", views.orders, name="order_list"),
    path("orders/<int:pk>/ship/", views.ship, name="order_ship"),  # <-- strict: no helper is given this name
]

=== shop/views.py
def orders(request):
    return None

def ship(request, pk):
    return None

=== shop/tests.py
from django.test import TestCase
from django.urls import reverse

class OrderTests(TestCase):
    namespace = "shop"

    def _path(self, name, *args):
        return reverse(f"{self.namespace}:{name}", args=args)

    def test_list(self):
        self.assertEqual(self.client.get(self._path("order_list")).status_code, 200)
""",
    """
=== app/files.py
from starlette.applications import Starlette
from starlette.routing import Route

async def lock(request):
    return None

async def unlock(request):
    return None

app = Starlette(routes=[
    Route("/files/{name:path}/lock", endpoint=lock, methods=["POST"]),
    Route("/files/{name:path}/unlock", endpoint=unlock, methods=["POST"]),  # <-- locked for ever
])

=== tests/test_files.py
from starlette.testclient import TestClient
from app.files import app

def test_lock():
    assert TestClient(app).post("/files/a/b/c.txt/lock").status_code == 200
""",
    """
=== packages/client/package.json
{"name": "@shop/client"}
=== packages/client/src/index.ts
import axios from "axios";

export const placeOrder = (order: object) => axios.post(urlOf(ORDERS), order);

=== apps/api/package.json
{"name": "api", "dependencies": {"@shop/client": "workspace:*", "express": "4"}}
=== apps/api/src/app.ts
import express from "express";

const app = express();
app.post("/orders", (req, res) => res.status(201).json({})); // <-- strict: of two, what the client asks for is not seen
app.delete("/orders/:id", (req, res) => res.status(204).end());
export default app;

=== apps/api/test/orders.e2e-spec.ts
import { placeOrder } from "@shop/client";

it("places", async () => {
  expect((await placeOrder({})).status).toBe(201);
});
""",
    """
=== shop/admin.py
from flask import Blueprint

def make_blueprint():
    view = Blueprint("admin", __name__)

    @view.route("/users", methods=["POST"])
    def add_user():
        return {}, 201

    @view.route("/users/<int:user_id>", methods=["DELETE"])
    def remove_user(user_id):
        return "", 204

    @view.route("/users/audit", methods=["POST"])  # <-- no test knows its name
    def audit_users():
        return {}

    return view
=== shop/__init__.py
from flask import Flask
from shop import admin

app = Flask(__name__)
app.register_blueprint(admin.make_blueprint(), url_prefix="/admin")
=== tests/test_admin.py
from flask import url_for

def test_add(client):
    assert client.post(url_for("admin.add_user"), data={"name": "Ada"}).status_code == 201
def test_remove(admin_request):
    admin_request.delete("admin.remove_user", user_id=7)
""",
    """
=== shop/orders/urls.py
from django.urls import path

from shop.orders import views

urlpatterns = [path("orders/", views.orders), path("orders/<int:pk>/ship/", views.ship)]
=== shop/refunds/urls.py
from django.urls import path

from shop.refunds import views

urlpatterns = [path("refunds/", views.refunds)]  # <-- strict: the test walks the other table
=== shop/orders/views.py
def orders(request):
    return None

def ship(request, pk):
    return None
=== shop/refunds/views.py
def refunds(request):
    return None
=== tests/test_privacy.py
def test_nobody_gets_in(client, walked):
    from shop.orders.urls import urlpatterns

    for path in walked(urlpatterns):
        assert client.get(path).status_code == 302
""",
]
