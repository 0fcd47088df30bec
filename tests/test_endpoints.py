"""Endpoints, responses and the tests that reach them, joined over the files of small projects."""

import re
import textwrap
from collections.abc import Mapping

import pytest

from reviewlint import discovery, readers
from reviewlint.facts.location import Location
from reviewlint.facts.values import Constant, Record, Text, Unknown
from reviewlint.join import coverage
from reviewlint.join.endpoints import answers, endpoints
from reviewlint.join.envelopes import DEFAULT, learned, shapes
from reviewlint.join.paths import Requested, segments
from reviewlint.join.places import located
from reviewlint.join.responses import responses
from reviewlint.join.services import services
from reviewlint.join.writes import writes
from reviewlint.project import Project
from reviewlint.source import Source

HERE = Location("a.py", 1, 1, 1, 1)


def project_of(others: Mapping[str, str] | None = None, /, **files: str) -> Project:
    """A project of files; in keywords `__` stands for `/` and a trailing `_py`, `_ts` or `_json` for the suffix."""
    named = {re.sub(r"_(py|ts|json)$", r".\1", name).replace("__", "/"): text for name, text in files.items()}
    facts, sources = [], []
    for path, text in {**(others or {}), **named}.items():
        source = discovery.classify(path, text.encode())
        assert isinstance(source, Source), source
        sources.append(source)
        facts.append(readers.read(source, text.encode()))
    return Project(facts, sources=sources)


def listed(project: Project) -> list[tuple[str, str | None, str]]:
    return [(one.method, one.path, one.handler) for one in project.view(endpoints)]


@pytest.mark.parametrize(
    ("spelled", "expected"),
    [
        ("/items/{item_id}", ("items", "{}")),
        ("/files/{path:path}", ("files", "{*}")),
        ("/users/<int:user_id>/", ("users", "{}")),
        (r"^api/(?P<pk>[^/]+)/ship/$", ("api", "{}", "ship")),
        ("/orders/:id", ("orders", "{}")),
        (r"/orders/:id(\d+)/lines", ("orders", "{}", "lines")),
        ("/blog/[slug]/[...rest]", ("blog", "{}", "{*}")),
        ("/", ()),
    ],
)
def test_paths_of_all_frameworks_have_one_spelling(spelled: str, expected: tuple[str, ...]) -> None:
    assert segments(spelled) == expected


def asked(*parts: str | None) -> Requested:
    """A requested path; None stands for what is not constant."""
    values = tuple(Unknown(HERE, "x") if part is None else Constant(HERE, part) for part in parts)
    return Requested(Text(HERE, values, "f-string"))


def test_a_hole_stands_for_a_parameter_before_it_stands_for_a_constant() -> None:
    request = asked("/users/", None)
    by_parameter, by_constant = request.closeness(("users", "{}")), request.closeness(("users", "me"))
    assert by_parameter is not None and by_constant is not None and by_parameter > by_constant


def test_a_request_meets_a_route_behind_an_unknown_prefix_and_query_strings_do_not_count() -> None:
    assert asked(None, "/orders/7?full=1").closeness(("api", "v1", "orders", "{}")) is not None
    assert asked("https://shop.test/v1/orders").closeness(("orders",)) is not None
    assert asked("/orders").closeness(("orders", "{}")) is None
    assert asked("/").closeness(("orders",)) is None
    behind, anything = asked("/api/teams/me").closeness(("teams", "me")), asked("/api/teams/me").closeness(("{*}",))
    assert behind is not None and anything is not None and behind > anything


def test_prefixes_of_routers_and_mounts_add_up_over_files() -> None:
    project = project_of(
        app__main_py="""
from fastapi import Depends, FastAPI
from .api import api
from .auth import signed_in

app = FastAPI()
app.include_router(api, prefix="/v1", dependencies=[Depends(signed_in)])
""",
        app__api_py="""
from fastapi import APIRouter
from . import orders

api = APIRouter(prefix="/shop")
api.include_router(orders.router)
""",
        app__orders_py="""
from fastapi import APIRouter, Depends

router = APIRouter(prefix="/orders")

@router.get("/{order_id}")
def read(order_id: int, db=Depends(database)):
    return {}
""",
        app__auth_py="def signed_in(): ...\n",
    )
    assert listed(project) == [("GET", "/v1/shop/orders/{order_id}", "read")]
    assert [name.rpartition(".")[2] for name in project.view(endpoints)[0].guards] == ["signed_in", "database"]


def test_a_router_that_is_used_under_a_path_guards_nothing() -> None:
    project = project_of(
        app_ts="""
import express from "express";
import { users } from "./users";
import { signedIn } from "./session";
const app = express();
app.use("/users", users);
app.use("/users", signedIn);
app.get("/users/export", list);
""",
        users_ts='import { Router } from "express";\nexport const users = Router();\n',
        session_ts="export function signedIn(req, res, next) { next(); }\n",
    )
    assert [one.guards for one in project.view(endpoints)] == [("./session.signedIn",)]


def test_the_decorators_of_a_view_of_django_are_guards_unless_they_say_how_it_is_asked() -> None:
    project = project_of(
        shop__urls_py="""
from django.urls import path
from . import views
urlpatterns = [path("bills/", views.bills), path("orders/", views.Orders.as_view())]
""",
        shop__views_py="""
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.views import View
from django.views.decorators.http import require_GET

@login_required
@require_GET
def bills(request):
    return JsonResponse({})

class Orders(LoginRequiredMixin, View):
    def get(self, request):
        return JsonResponse({})
""",
    )
    guards = [one.guards for one in project.view(endpoints)]
    assert [[name.rpartition(".")[2] for name in each] for each in guards] == [
        ["login_required"],
        ["LoginRequiredMixin"],
    ]


def test_a_router_mounted_twice_gives_two_endpoints_and_one_that_nobody_mounts_gives_its_own_path() -> None:
    """Flask puts the prefix of the registration in the place of the blueprint's own."""
    project = project_of(
        app_py="""
from flask import Blueprint, Flask

app = Flask(__name__)
users = Blueprint("users", __name__, url_prefix="/users")
alone = Blueprint("alone", __name__, url_prefix="/alone")
app.register_blueprint(users)
app.register_blueprint(users, name="again", url_prefix="/v2")

@users.route("/<int:uid>", methods=["GET", "DELETE"])
def user(uid):
    return {}

@alone.get("/x")
def x():
    return {}
"""
    )
    assert sorted(listed(project)) == [
        ("DELETE", "/users/<int:uid>", "user"),
        ("DELETE", "/v2/<int:uid>", "user"),
        ("GET", "/alone/x", "x"),
        ("GET", "/users/<int:uid>", "user"),
        ("GET", "/v2/<int:uid>", "user"),
    ]


def test_lists_of_routes_are_routers_that_starlette_mounts() -> None:
    project = project_of(
        main_py="""
from starlette.applications import Starlette
from starlette.routing import Mount, Route, Router
import items, orders, users
inner = Router(routes=[Route("/in", ping), Mount("/deep", app=orders.app)])
routes = [
    Route("/ping", ping),
    Mount("/users", routes=users.routes),
    Mount("/api", routes=[Mount("/inner", inner), *users.extra]),
] + items.more

def create_app():
    return Starlette(routes=routes)
""",
        users_py="""
from starlette.routing import Route
routes = [Route("/{id}", one)]
extra = [Route("/extra", one)]
""",
        orders_py="""
from starlette.applications import Starlette
from starlette.routing import Route
app = Starlette(routes=[Route("/x", one)])
""",
        items_py="from starlette.routing import Route\nmore = [Route('/more', one)]\n",
    )
    assert sorted(path or "" for _, path, _ in listed(project)) == [
        "/api/extra",
        "/api/inner/deep/x",
        "/api/inner/in",
        "/more",
        "/ping",
        "/users/{id}",
    ]


def test_routers_that_a_loop_mounts_and_blueprints_in_blueprints() -> None:
    project = project_of(
        main_py="""
from fastapi import FastAPI
import items, orders
app = FastAPI()
for router, prefix in [(items.router, "/items"), (orders.router, "/orders")]:
    app.include_router(router, prefix=prefix)
""",
        items_py="from fastapi import APIRouter\nrouter = APIRouter()\n@router.get('/a')\ndef a(): ...\n",
        orders_py="from fastapi import APIRouter\nrouter = APIRouter()\n@router.get('/b')\ndef b(): ...\n",
        site_py="""
from flask import Blueprint, Flask
site = Flask(__name__)
api = Blueprint("api", __name__, url_prefix="/api")
users = Blueprint("users", __name__, url_prefix="/users")
api.register_blueprint(users)
site.register_blueprint(api)
@users.get("/me")
def me(): ...
""",
    )
    assert sorted(path or "" for _, path, _ in listed(project)) == ["/api/users/me", "/items/a", "/orders/b"]


def test_blueprints_that_a_loop_mounts_below_a_prefix_keep_their_own() -> None:
    blueprint = (
        "from flask import Blueprint\nbp = Blueprint('x', __name__, url_prefix='/{}')\n@bp.get('/a')\ndef a(): ...\n"
    )
    project = project_of(
        main_py="""
from flask import Flask
from items import bp as items
from orders import bp as orders

def register(app: Flask):
    for bp in (items, orders):
        app.register_blueprint(bp, url_prefix=f"/api{bp.url_prefix}")
""",
        items_py=blueprint.format("items"),
        orders_py=blueprint.format("orders"),
    )
    assert sorted(path or "" for _, path, _ in listed(project)) == ["/api/items/a", "/api/orders/a"]


def test_namespaces_of_restx_have_their_names_for_paths_unless_they_are_given_others() -> None:
    project = project_of(
        api_py="""
from flask import Blueprint
from flask_restx import Api, Namespace, Resource
blueprint = Blueprint("v1", __name__, url_prefix="/v1")
api = Api(blueprint)
boats = Namespace("boats")
cars = Namespace("cars")
api.add_namespace(boats)
api.add_namespace(cars, path="/autos")
@boats.route("/<int:number>")
class Boat(Resource):
    def get(self, number): ...
@cars.route("/<int:number>")
class Car(Resource):
    def get(self, number): ...
""",
        tents_py="""
from flask_restx import Resource
from api import api
tents = api.namespace("tents", description="what people sleep in")
pegs = api.namespace("pegs", path="/iron/pegs")
@tents.route("")
class Tents(Resource):
    def get(self): ...
@pegs.route("/<int:number>")
class Peg(Resource):
    def get(self, number): ...
""",
        other_py="""
from flask import Blueprint
from shelf import made
kind = made.namespace("kind")
boxes = Blueprint("boxes", __name__)
@boxes.get("/boxes")
def listed(): ...
""",
    )
    assert sorted(path or "" for _, path, _ in listed(project)) == [
        "/boxes",
        "/v1/autos/<int:number>",
        "/v1/boats/<int:number>",
        "/v1/iron/pegs/<int:number>",
        "/v1/tents",
    ]


def test_lists_of_patterns_that_django_includes() -> None:
    project = project_of(
        shop__urls_py="""
from django.urls import include, path
from orders import routes
from . import views
api = [path("ping/", views.ping), path("orders/", include((routes.patterns, "orders")))]
web = [path("home/", views.home)]
urlpatterns = [path("api/", include(api))] + web
""",
        orders__routes_py="from django.urls import path\nimport views\npatterns = [path('<int:pk>/', views.one)]\n",
    )
    assert sorted(path or "" for _, path, _ in listed(project)) == ["/api/orders/<int:pk>", "/api/ping", "/home"]


def test_classes_of_responses_and_statuses_that_are_turned_into_numbers() -> None:
    project = project_of(
        replies_py="""
from http import HTTPStatus
from django.http import HttpResponse
from starlette.responses import JSONResponse

class Problem(JSONResponse):
    media_type = "application/problem+json"

class Failure(JSONResponse):
    def __init__(self, code, status=HTTPStatus.BAD_REQUEST):
        super().__init__({"code": code}, status_code=int(status))

class Missing(Failure):
    def __init__(self):
        super().__init__("missing", HTTPStatus.NOT_FOUND)

class Conflict(HttpResponse):
    status_code = 409

def problem(status: HTTPStatus):
    return Problem({"title": status.phrase}, status_code=status.value)
""",
        app_py="""
from http import HTTPStatus
from fastapi import FastAPI
from replies import Conflict, Failure, Missing, problem
app = FastAPI()

@app.get("/")
def read():
    if one(): return problem(HTTPStatus.GONE)
    if two(): return Missing()
    if three(): return Failure("third", 422)
    return Conflict("no")
""",
        middleware_py="""
from replies import problem

class Guard:
    async def __call__(self, scope, receive, send):
        response = problem(403)
        await response(scope, receive, send)
""",
    )
    found = [one for one in project.view(responses) if one.at.path == "app.py"]
    assert [one.status for one in found] == [410, 404, 422, 409]
    assert [one.body.keys if isinstance(one.body, Record) else () for one in found] == [
        ("title",),
        ("code",),
        ("code",),
        (),
    ]
    assert found[0].response.content_type == "application/problem+json"
    assert [one.status for one in project.view(responses) if one.at.path == "middleware.py"] == [403]


def test_django_includes_and_rest_routers() -> None:
    project = project_of(
        shop__urls_py="""
from django.urls import include, path
urlpatterns = [path("api/", include("orders.urls")), path("v2/", include([path("ping/", ping)]))]
""",
        orders__urls_py="""
from django.urls import path
from rest_framework.routers import DefaultRouter
from . import views
router = DefaultRouter()
router.register("lines", views.LineViewSet, basename="line")
urlpatterns = [path("orders/<int:pk>/", views.OrderView.as_view(), name="order")]
urlpatterns += router.urls
""",
        orders__views_py="class OrderView: ...\nclass LineViewSet: ...\n",
    )
    assert sorted(path or "" for _, path, _ in listed(project)) == [
        "/api/lines",
        "/api/lines/{pk}",
        "/api/orders/<int:pk>",
        "/v2/ping",
    ]


def test_an_unknown_path_stays_unknown() -> None:
    project = project_of(app_py="from fastapi import FastAPI\napp = FastAPI()\n@app.get(path_of())\ndef f(): ...\n")
    assert all(path is None or "{}" in path for _, path, _ in listed(project))


def statuses(project: Project, path: str) -> list[int | None]:
    endpoint = next(one for one in project.view(endpoints) if one.path == path)
    return sorted((answer.status or 0) for answer in answers(project, endpoint))


def test_a_helpers_response_has_the_callers_arguments() -> None:
    project = project_of(
        errors_py="""
from fastapi.responses import JSONResponse

def body(code, message):
    return {"error": {"code": code, "message": message}}

def failure(message, status=400):
    return JSONResponse(status_code=status, content=body("failed", message))

def missing(what):
    return failure(f"no such {what}", 404)
""",
        app_py="""
from fastapi import FastAPI
from errors import failure, missing

app = FastAPI()

@app.get("/orders")
def orders():
    if late():
        return failure("too late")
    return missing("order")
""",
    )
    assert statuses(project, "/orders") == [400, 404]
    found = [one for one in project.view(responses) if one.at.path == "app.py"]
    assert [str(shape) for one in found for shape in shapes(one.body)] == ["{error: {code, message}}"] * 2
    assert {one.origin.path for one in found} == {"errors.py"}


def test_raised_exceptions_have_the_shape_of_their_handler_and_the_status_of_their_class() -> None:
    project = project_of(
        app_py="""
from fastapi import FastAPI
from fastapi.responses import JSONResponse

class ShopError(Exception):
    status_code = 400

class Missing(ShopError):
    status_code = 404

app = FastAPI()

@app.exception_handler(ShopError)
def answer(request, error):
    return JSONResponse({"message": str(error)}, status_code=error.status_code)

@app.get("/orders")
def orders():
    if not find():
        raise Missing("order")
    raise ShopError("closed")
"""
    )
    raised = [one for one in project.view(responses) if one.response.raised]
    assert [(one.status, one.handled) for one in raised] == [(404, True), (400, True)]
    assert {str(shape) for one in raised for shape in shapes(one.body)} == {"{message}"}


def test_what_a_base_class_is_told_is_what_the_subclass_answers() -> None:
    project = project_of(
        app_py="""
from fastapi import HTTPException, status

class NotFound(HTTPException):
    def __init__(self, what):
        super().__init__(status_code=status.HTTP_404_NOT_FOUND, detail=f"{what} not found")

class OrderNotFound(NotFound):
    def __init__(self):
        super().__init__("order")

def read():
    raise OrderNotFound()
"""
    )
    answer = next(one for one in project.view(responses) if one.response.function == "read")
    assert answer.status == 404
    assert isinstance(answer.body, Record) and answer.body.keys == ("detail",)


def test_helpers_that_call_each_other_in_a_circle_come_to_an_end() -> None:
    project = project_of(
        app_py="""
from fastapi import FastAPI
app = FastAPI()

def one(x): return two(x)
def two(x): return one(x)

@app.get("/")
def root():
    return one(1)
"""
    )
    assert [answer.status for answer in project.view(responses)] == [200]


def test_names_are_found_through_packages_that_pass_them_on() -> None:
    project = project_of(
        {"app/errors/__init__.py": "from .http import NotFound as Missing\n"},
        app__errors__http_py="class NotFound(Exception): ...\n",
        app__views_py="from app.errors import Missing\n",
    )
    assert located(project, "app/views.py", "app.errors.Missing") == ("app/errors/http.py", "NotFound")
    assert located(project, "app/views.py", "app.errors.Other") is None


def test_every_manifest_and_the_edge_functions_are_services_of_their_own() -> None:
    project = project_of(
        package_json="{}",
        api__main_py="x = 1\n",
        web__package_json="{}",
        web__page_ts="export const x = 1\n",
        supabase__functions__pay__index_ts="Deno.serve(() => new Response('ok'))\n",
        supabase__functions__refund__index_ts="Deno.serve(() => new Response('ok'))\n",
    )
    of = project.view(services).of
    assert of("web/page.ts") == "web (typescript)"
    assert of("api/main.py") != of("web/page.ts")
    assert of("supabase/functions/pay/index.ts") == of("supabase/functions/refund/index.ts")


def test_tests_reach_endpoints_by_path_by_name_and_by_import() -> None:
    project = project_of(
        app_py="""
from flask import Flask
app = Flask(__name__)

@app.get("/by-path/<int:i>")
def by_path(i): return {}

@app.get("/by-name")
def by_name(): return {}

@app.get("/by-import")
def by_import(): return {}

@app.get("/not")
def not_at_all(): return {}
""",
        test_app_py="""
from flask import url_for
from app import by_import

def test_path(client):
    assert client.get(f"/by-path/{7}").status_code == 200

def test_name(client):
    assert client.get(url_for("by_name")).status_code == 200

def test_import():
    assert by_import() == {}
""",
    )
    assert {one.handler for one in project.view(coverage.tested)} == {"by_path", "by_name", "by_import"}


def shape_of(**entries: str | dict[str, str]) -> Record:
    made = tuple(
        (key, shape_of(**value) if isinstance(value, dict) else Constant(HERE, value)) for key, value in entries.items()
    )
    return Record(HERE, made)


def test_the_envelope_is_what_three_quarters_carry() -> None:
    good = shapes(shape_of(error={"code": "x", "message": "y"}))
    bad = shapes(shape_of(detail="z"))
    envelope = learned([*good * 3, *bad])
    assert str(envelope) == "{error: {code, message}}"
    assert learned([*good * 2, *bad]) is None
    assert DEFAULT.admits(good[0]) and not DEFAULT.admits(bad[0])


def test_optional_keys_of_the_majority_are_not_required() -> None:
    plain, with_field = shapes(shape_of(error="x")), shapes(shape_of(error="x", field="y"))
    envelope = learned([*with_field * 8, *plain * 2])
    assert str(envelope) == "{error}"


def test_text_and_object_under_one_key_are_two_shapes() -> None:
    text, nested = shapes(shape_of(error="x")), shapes(shape_of(error={"code": "x"}))
    envelope = learned([*text * 4, *nested])
    assert envelope is not None and not envelope.admits(nested[0])


def test_a_global_handler_that_hands_on_to_a_helper_has_the_helpers_shape() -> None:
    project = project_of(
        app__faults_py="""
from fastapi.responses import JSONResponse

class Fault(Exception):
    def __init__(self, status, code):
        self.status = status
        self.code = code

def answer(fault):
    return JSONResponse(dict(code=fault.code), fault.status)
""",
        app__main_py="""
from fastapi import FastAPI
from app.faults import Fault, answer
app = FastAPI()

@app.exception_handler(Fault)
async def handle(request, fault):
    return answer(fault)

@app.get("/")
def root():
    raise Fault(409, "taken")
""",
    )
    (raised,) = (one for one in project.view(responses) if one.response.function == "root")
    assert raised.status == 409
    assert isinstance(raised.body, Record)
    assert raised.body.keys == ("code",)


def test_files_of_a_folder_that_fastify_loads_answer_under_their_folder() -> None:
    project = project_of(
        {
            "app.js": """
const path = require('node:path')
const AutoLoad = require('@fastify/autoload')

module.exports = async function (fastify, opts) {
  fastify.register(AutoLoad, { dir: path.join(__dirname, 'routes'), options: opts })
}
""",
            "routes/visits/index.js": """
module.exports = async function (app) {
  app.get('/:id', async (request, reply) => ({ id: request.params.id }))
}
""",
        }
    )
    assert listed(project) == [("GET", "/visits/:id", "exports.app.get@3")]


def test_a_plugin_by_the_type_of_its_variable_answers_under_its_prefix() -> None:
    project = project_of(
        src__server_ts="""
import Fastify from 'fastify';
import visits from './visits';
const app = Fastify();
app.register(visits, { prefix: '/v1/visits' });
""",
        src__visits_ts="""
import type { FastifyPluginAsync } from 'fastify';
const plugin: FastifyPluginAsync = async (app) => {
  app.get('/', async (request, reply) => reply.send([]));
};
export default plugin;
""",
    )
    assert listed(project) == [("GET", "/v1/visits", "plugin.app.get@4")]


def test_failures_of_classes_that_fastify_makes_have_their_status_and_words() -> None:
    project = project_of(
        {
            "errors.js": """
const createError = require('@fastify/error')
const SlotTaken = createError('SLOT_TAKEN', 'This slot is already taken', 409)
module.exports = { SlotTaken }
""",
            "visits.js": """
const { SlotTaken } = require('./errors')
module.exports = async function (fastify) {
  fastify.post('/visits', async (request, reply) => { throw new SlotTaken() })
}
""",
        }
    )
    found = [answer for answer in project.view(responses) if answer.at.path == "visits.js"]
    assert [(answer.status, answer.text.value) for answer in found if isinstance(answer.text, Constant)] == [
        (409, "This slot is already taken")
    ]


def test_a_class_without_a_status_has_the_one_that_its_handler_chooses_for_it() -> None:
    project = project_of(
        src__app_ts="""
import Fastify from 'fastify';
export class ClientError extends Error {}
const app = Fastify();
app.setErrorHandler((error, request, reply) => {
  if (error instanceof ClientError) return reply.status(400).send({ message: error.message });
  return reply.status(500).send({ message: 'internal' });
});
app.get('/boards/:id', async (request, reply) => { throw new ClientError('Board not found'); });
""",
    )
    (endpoint,) = project.view(endpoints)
    assert [answer.status for answer in answers(project, endpoint)] == [400]


def test_what_mongoose_models_are_made_for_and_statements_are_bound_to_is_written() -> None:
    project = project_of(
        {
            "lots.js": """
const { Lot } = require('./models');
exports.create = async (req) => { await new Lot({ title: req.body.title }).save(); };
""",
            "tags.ts": """
export async function tag(c) {
  await c.env.DB.prepare('insert into tags (tag) values (?)').bind(c.body.tag).run();
}
""",
        }
    )
    written = {name: several for (_, name), several in project.view(writes).items()}
    assert {name: [(one.operation, one.table) for one in several] for name, several in written.items()} == {
        "create": [("insert", "Lot")],
        "tag": [("insert", "tags")],
    }
    assert all(one.value is not None for several in written.values() for one in several)


def test_rows_of_a_table_that_is_gone_through_are_routes() -> None:
    project = project_of(
        {
            "server.js": textwrap.dedent("""
                import Fastify from "fastify";
                import express from "express";
                import { stations } from "./stations.js";
                import { people, close } from "./people.js";

                const app = Fastify();
                app.register(async (api) => {
                  for (const route of stations) api.route(route);
                }, { prefix: "/v3" });

                const web = express();
                people.forEach(({ verb, path, handle, before }) => web[verb.toLowerCase()](path, before, wrap(handle)));
                const doors = [{ method: "delete", path: "/doors/:id", act: close }];
                for (const one of doors) web[one.method](one.path, one.act);
                for (const name of ["a", "b"]) web.route(name);
            """),
            "stations.js": textwrap.dedent("""
                import { seen } from "./people.js";
                async function list(request, reply) { return []; }
                async function add(request, reply) { return reply.code(201).send({}); }

                export const stations = [
                  { method: "GET", url: "/stations", handler: list },
                  { method: ["POST", "PUT"], url: "/stations", preHandler: seen, schema: {}, handler: add },
                ];
            """),
            "people.js": textwrap.dedent("""
                export function seen(request, reply, next) {}
                export function close(req, res) {}
                function read(req, res) {}
                export const people = [{ verb: "GET", path: "/people", handle: read, before: seen }];
            """),
        }
    )
    found = [(one.at.path, one.method, one.path, one.handler_path, one.handler) for one in project.view(endpoints)]
    assert sorted(found) == [
        ("people.js", "GET", "/people", "people.js", "read"),
        ("server.js", "DELETE", "/doors/:id", "people.js", "close"),
        ("stations.js", "GET", "/v3/stations", "stations.js", "list"),
        ("stations.js", "POST", "/v3/stations", "stations.js", "add"),
        ("stations.js", "PUT", "/v3/stations", "stations.js", "add"),
    ]
    guards = {one.path: one.guards for one in project.view(endpoints)}
    assert guards["/v3/stations"] == ("./people.js.seen", "schema")


def test_handlers_are_found_behind_what_a_table_of_routes_puts_around_them() -> None:
    project = project_of(
        mill__urls_py="""
from django.contrib.auth.decorators import login_required
from django.urls import path
from django.views.decorators.cache import cache_page
from mill import views

urlpatterns = [
    path("flour/<int:pk>/", cache_page(60)(views.flour)),
    path("sacks/", login_required(views.Sacks.as_view())),
    path("wheels/", views.made_for(views.Wheel)),
]
""",
        mill__views_py="""
from django.http import JsonResponse
from django.views import View

def flour(request, pk):
    return JsonResponse({})

class Sacks(View):
    def post(self, request):
        return JsonResponse({})
""",
        barn__app_py="""
from flask import Flask
from barn.users import known

app = Flask(__name__)

def hay():
    return {}

app.add_url_rule("/hay", view_func=known(hay), methods=["PUT"])
""",
    )
    assert listed(project) == [
        ("PUT", "/hay", "hay"),
        ("*", "/flour/<int:pk>", "flour"),
        ("POST", "/sacks", "Sacks.post"),
        ("*", "/wheels", "mill.views.made_for()"),
    ]
    assert [one.guards[:1] for one in project.view(endpoints)] == [
        ("barn.users.known",),
        ("django.views.decorators.cache.cache_page",),
        ("django.contrib.auth.decorators.login_required",),
        (),
    ]


def test_a_router_that_a_function_makes_is_mounted_where_that_is_called() -> None:
    project = project_of(
        {
            "src/app.ts": """
import { Hono } from 'hono'
import { redirect } from './routes/redirect'

export function createApp(deps: Deps) {
  const app = new Hono()
  app.route('/r', redirect(deps))
  return app
}
""",
            "src/routes/redirect.ts": """
import { Hono } from 'hono'

export function redirect({ db }: Deps) {
  const app = new Hono()
  app.get('/:slug', (c) => c.redirect(db.find(c.req.param('slug')), 302))
  return app
}
""",
        }
    )
    assert [(method, path) for method, path, _ in listed(project)] == [("GET", "/r/:slug")]


def test_requests_of_what_tests_share_count_whatever_words_stand_in_it() -> None:
    project = project_of(
        app_py="from flask import Flask\n\napp = Flask(__name__)\n\n@app.post('/login')\ndef login():\n    return ''\n",
        tests__helpers_py="def login(client):\n    return client.post('/login', json={})\n",
        tests__test_login_py="from .helpers import login\n\ndef test_login(client):\n    assert login(client)\n",
    )
    assert [one.handler for one in project.view(coverage.tested)] == ["login"]


def test_view_sets_are_looked_up_by_their_model_where_the_router_says_the_plural() -> None:
    project = project_of(
        shop__urls_py="from rest_framework.routers import DefaultRouter\n\nfrom .views import DoctorViewSet\n\n"
        "router = DefaultRouter()\nrouter.register('doctors', DoctorViewSet)\nurlpatterns = router.urls\n",
        shop__views_py="from rest_framework.viewsets import ReadOnlyModelViewSet\n\nfrom .models import Doctor\n\n"
        "class DoctorViewSet(ReadOnlyModelViewSet):\n    queryset = Doctor.objects.all()\n",
        shop__tests_py="from django.test import TestCase\nfrom django.urls import reverse\n\n"
        "class Doctors(TestCase):\n    def test_list(self):\n"
        "        self.assertEqual(self.client.get(reverse('doctor-list')).status_code, 200)\n",
    )
    assert {one.path for one in project.view(coverage.tested)} == {"/doctors"}
