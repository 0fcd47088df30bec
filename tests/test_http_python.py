"""What the Python readers see of the HTTP contract, of tests and of log lines."""

from typing import TypeVar

import pytest

from reviewlint import readers
from reviewlint.facts.file import FileFact, Side
from reviewlint.facts.http import ErrorHandler, Mount, Response, Route, Router
from reviewlint.facts.logs import LogCall
from reviewlint.facts.tests import RequestedRoute, TestCase
from reviewlint.facts.values import Constant, Record
from reviewlint.source import Source

F = TypeVar("F", bound=FileFact)


def facts(kind: type[F], text: str, path: str = "app/main.py") -> list[F]:
    data = text.encode()
    read = readers.read(Source(path, "python", Side.SERVER, len(data)), data)
    return [fact for fact in read.facts if isinstance(fact, kind)]


@pytest.mark.parametrize(
    ("written", "status"),
    [
        ("404", 404),
        ("status.HTTP_422_UNPROCESSABLE_ENTITY", 422),
        ("HTTPStatus.CONFLICT", 409),
        ("HTTPStatus.CONFLICT.value", 409),
        ("http.client.GONE", 410),
        ("compute()", None),
        ("True", None),
    ],
)
def test_statuses_resolve_to_numbers(written: str, status: int | None) -> None:
    head = "import http.client\nfrom http import HTTPStatus\nfrom fastapi import HTTPException, status\n"
    (response,) = facts(Response, f"{head}def f():\n    raise HTTPException({written}, detail='no')\n")
    assert (response.status, response.raised) == (status, True)
    assert isinstance(response.default_body, Record) and response.default_body.keys == ("detail",)


def test_fastapi_routes_have_methods_paths_guards_and_status() -> None:
    text = """
from fastapi import APIRouter, Depends, FastAPI
router = APIRouter(prefix="/orders", dependencies=[Depends(signed_in)])

@router.api_route("/{order_id}", methods=["GET", "HEAD"])
def read(order_id: int, user=Depends(current_user)): ...

@router.delete("/{order_id}", status_code=204, dependencies=[Depends(admin)])
def drop(order_id: int): ...

def create_app():
    app = FastAPI()
    app.include_router(router, prefix="/v1")
    app.add_api_route("/ping", ping)

    @app.get("/inner")
    def inner(): ...
    return app
"""
    routes = [(r.method, r.path, r.handler, r.router, r.guards, r.status) for r in facts(Route, text)]
    assert routes == [
        ("GET", "/{order_id}", "read", "router", ("current_user",), None),
        ("HEAD", "/{order_id}", "read", "router", ("current_user",), None),
        ("DELETE", "/{order_id}", "drop", "router", ("admin",), 204),
        ("GET", "/ping", "ping", "create_app.app", (), None),
        ("GET", "/inner", "create_app.inner", "create_app.app", (), None),
    ]
    assert [(r.name, r.prefix, r.guards, r.application) for r in facts(Router, text)] == [
        ("router", "/orders", ("signed_in",), False),
        ("create_app.app", "", (), True),
    ]
    assert [(m.parent, m.child, m.prefix) for m in facts(Mount, text)] == [("create_app.app", "router", "/v1")]


def test_decorators_that_only_look_like_routes_are_none() -> None:
    assert facts(Route, "import functools\nfrom cache import cache\n@cache.get('/x')\ndef f(): ...\n") == []


def test_webhooks_that_are_only_documented_are_no_routes() -> None:
    text = """
from fastapi import APIRouter, FastAPI
app = FastAPI()
webhooks = APIRouter()

@app.webhooks.post("order.paid")
def order_paid(body: Order):
    return None

@webhooks.post("/stripe")
def stripe(): ...
"""
    assert [(one.path, one.handler) for one in facts(Route, text)] == [("/stripe", "stripe")]


def test_fastapi_responses_by_construction_and_by_return() -> None:
    text = """
from fastapi import FastAPI
from fastapi.responses import JSONResponse, PlainTextResponse, RedirectResponse
app = FastAPI()

@app.post("/a", status_code=201)
def a():
    if one: return {"id": 1}
    if two: return PlainTextResponse("no", 503)
    if three: return RedirectResponse("/b")
    if four: return helper(1, b=2)
    return JSONResponse({"error": "x"}, status_code=409, headers={"X": "1"})

def b(response):
    response.status_code = 404
"""
    found = [(r.status, r.status_is_default, r.helper, r.text is not None, r.conditions) for r in facts(Response, text)]
    assert found == [
        (201, False, "", False, ("one",)),
        (503, False, "", True, ("two",)),
        (307, True, "", False, ("three",)),
        (201, False, "helper", False, ("four",)),
        (409, False, "", False, ()),
    ]


def test_flask_pairs_aborts_and_views() -> None:
    text = """
from flask import Blueprint, abort, jsonify, make_response
from flask.views import MethodView
bp = Blueprint("x", __name__, url_prefix="/x")

@bp.route("/<int:i>", methods=["GET", "POST"], endpoint="one")
def one(i):
    if i == 1: return jsonify(error="no"), 404
    if i == 2: abort(403)
    if i == 3: return make_response(jsonify({"a": 1}), 202)
    response = jsonify(ok=True)
    response.status_code = 418
    return response

class Many(MethodView):
    def get(self): return {"a": 1}
    def delete(self): return "", 204

bp.add_url_rule("/many", view_func=Many.as_view("many"))

@bp.app_errorhandler(404)
def missing(e): return {"error": "missing"}, 404

def pair(): return 1, 2
"""
    assert [(r.method, r.path, r.handler, r.name) for r in facts(Route, text)] == [
        ("GET", "/<int:i>", "one", "one"),
        ("POST", "/<int:i>", "one", "one"),
        ("GET", "/many", "Many.get", "many"),
        ("DELETE", "/many", "Many.delete", "many"),
    ]
    assert sorted((r.status or 0, r.raised) for r in facts(Response, text) if r.status is not None) == [
        (200, False),
        (202, False),
        (204, False),
        (403, True),
        (404, False),
        (404, False),
        (418, False),
    ]
    assert [(h.exceptions, h.handler) for h in facts(ErrorHandler, text)] == [(("404",), "missing")]


def test_an_exception_class_says_what_it_answers() -> None:
    text = """
from fastapi import HTTPException

class Missing(HTTPException):
    def __init__(self, what, code=404):
        super().__init__(status_code=code, detail=what)

class ShopError(Exception):
    def __init__(self, status):
        self.status_code = status

def f():
    raise Missing("x")
    raise ValueError("not a response")
    raise
"""
    found = [(r.function, r.exception, r.helper, r.status_value is not None) for r in facts(Response, text)]
    assert found == [
        ("Missing.__init__", "fastapi.HTTPException", "", True),
        ("ShopError.__init__", "", "", True),
        ("f", "Missing", "Missing", False),
    ]


def test_what_stands_in_a_try_may_never_become_a_response() -> None:
    text = """
from fastapi import HTTPException
def f():
    try:
        raise HTTPException(409)
    except Exception as e:
        if late(e):
            raise HTTPException(500, str(e))
"""
    inside, after = facts(Response, text)
    assert (inside.in_try, inside.in_catch) == (True, False)
    assert (after.in_try, after.in_catch, after.catch_variable, after.conditions) == (False, True, "e", ("late(e)",))


def test_django_patterns_and_responses() -> None:
    text = """
from django.http import HttpResponseForbidden, JsonResponse
from django.urls import include, path, re_path
from . import views
urlpatterns = [
    path("a/", include([path("b/<int:pk>/", views.b, name="b")])),
    re_path(r"^c/(?P<x>[^/]+)/$", views.C.as_view({"get": "list", "post": "create"})),
    path("d/", include("d.urls")),
]
def view(request):
    if no(): return HttpResponseForbidden("no")
    return JsonResponse({"a": 1}, status=202)
"""
    assert [(r.method, r.path, r.handler, r.name) for r in facts(Route, text)] == [
        ("*", "a/b/<int:pk>/", ".views.b", "b"),
        ("GET", "^c/(?P<x>[^/]+)/$", ".views.C", ""),
        ("POST", "^c/(?P<x>[^/]+)/$", ".views.C", ""),
    ]
    assert [(m.child, m.prefix) for m in facts(Mount, text)] == [("d.urls.urlpatterns", "d/")]
    assert [r.status for r in facts(Response, text)] == [403, 202]


def test_requests_of_tests_with_their_methods() -> None:
    text = """
import pytest
BASE = "/v1/orders"

@pytest.mark.parametrize("url", ["/a", "/b"])
def test_many(client, url):
    assert client.get(url).status_code == 200

async def test_others(api, order):
    await api.post(f"{BASE}/{order.id}", json={})
    await api.request("PATCH", "/c")
    get_json("/d")
    api.get(url="/e")
    open("notes.txt")
    print("/f is no request")
"""
    found = facts(RequestedRoute, text, "tests/test_orders.py")
    assert sorted((r.method, r.path.value if isinstance(r.path, Constant) else "?") for r in found) == [
        ("*", "/d"),
        ("GET", "/a"),
        ("GET", "/b"),
        ("GET", "/e"),
        ("PATCH", "/c"),
        ("POST", "?"),
    ]
    assert facts(RequestedRoute, text, "app/orders.py") == []


def test_test_cases_and_what_counts_as_a_check() -> None:
    text = """
import pytest, unittest

def test_plain(): assert 1
def test_raises():
    with pytest.raises(ValueError): f()
def test_helper(): check_all()
def test_own_helper(): helper()
def helper(): assert 1
def test_nothing(): f()

@pytest.mark.skip(reason="later")
def test_skipped(): assert 1

@pytest.fixture
def test_app(): return 1

class Orders(unittest.TestCase):
    def test_method(self): self.assertTrue(1)
"""
    found = {(case.name, case.asserts, case.skipped) for case in facts(TestCase, text, "tests/test_x.py")}
    assert found == {
        ("test_plain", True, False),
        ("test_raises", True, False),
        ("test_helper", True, False),
        ("test_own_helper", True, False),
        ("test_nothing", False, False),
        ("test_skipped", True, True),
        ("Orders.test_method", True, False),
    }


def test_an_http_client_beside_fastapi_hides_no_routes() -> None:
    text = "import aiohttp\nfrom fastapi import APIRouter\nrouter = APIRouter()\n@router.get('/x')\ndef x(): ...\n"
    assert [route.path for route in facts(Route, text)] == ["/x"]
    assert facts(Route, text.replace("fastapi", "app").replace("import aiohttp\n", "from aiohttp import web\n")) == []


def test_flask_views_by_a_variable_answer_the_methods_of_their_rule() -> None:
    text = """
from flask import Blueprint
from flask.views import MethodView
bp = Blueprint("shelves", __name__)

class Shelf(MethodView):
    def get(self, id): ...
    def post(self): ...

view = Shelf.as_view("shelf")
bp.add_url_rule("/", view_func=view, methods=["POST"])
bp.add_url_rule("/<int:id>", view_func=view, methods=["GET", "PUT"])
"""
    assert [(route.method, route.path, route.handler) for route in facts(Route, text)] == [
        ("POST", "/", "Shelf.post"),
        ("GET", "/<int:id>", "Shelf.get"),
    ]


def test_flask_responses_that_a_helper_builds_are_known_wherever_they_are_returned() -> None:
    text = """
from flask import request
from depot.http import refuse

@routes.on("POST", "/")
def receive():
    if not request.json: return refuse(400, "empty")
    return sorted(request.json)
"""
    assert [(response.helper, response.status) for response in facts(Response, text)] == [("depot.http.refuse", None)]


def test_loggers_with_fields_bound_to_them() -> None:
    text = """
import logging
import sys
from loguru import logger
logger.add(sys.stdout)
adapter = logging.LoggerAdapter(logging.getLogger("a"), {"tenant": 1})
def work(job):
    logger.bind(job=job.id).info("begun")
    logger.opt(lazy=True).bind(job=job.id, step=2).debug("half")
    adapter.warning("late")
"""
    found = [(log.library, log.level, tuple(name for name, _ in log.fields)) for log in facts(LogCall, text)]
    assert found == [
        ("loguru", "info", ("job",)),
        ("loguru", "debug", ("job", "step")),
        ("logging", "warning", ("tenant",)),
    ]
