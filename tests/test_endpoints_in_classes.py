"""Endpoints and responses that classes, factories and declarations elsewhere give: what only the join can know."""

import pytest

from reviewlint.facts.file import Side
from reviewlint.facts.values import Record, constant_text
from reviewlint.join.endpoints import Endpoint, answers, endpoints
from reviewlint.join.writes import writes
from reviewlint.project import Project

from .test_endpoints import listed, project_of


def answered(project: Project) -> list[tuple[str, int | None]]:
    """The status of each response that an endpoint gives, with its method."""
    return [(one.method, answer.status) for one in project.view(endpoints) for answer in answers(project, one)]


def messages(project: Project) -> list[str | None]:
    found: list[str | None] = []
    for one in project.view(endpoints):
        for answer in answers(project, one):
            error = answer.body.get("error") if isinstance(answer.body, Record) else None
            found.append(constant_text(error.get("message")) if isinstance(error, Record) else None)
    return found


def endpoint(project: Project) -> Endpoint:
    (one,) = project.view(endpoints)
    return one


def test_a_view_class_answers_its_own_methods_and_its_responses_are_known() -> None:
    project = project_of(
        urls_py="from django.urls import path\nfrom views import Tickets, close\n"
        "urlpatterns = [path('tickets/', Tickets.as_view()), path('close/', close)]\n",
        replies_py="from django.http import JsonResponse\n\nclass Failed(JsonResponse):\n"
        "    def __init__(self, message, status=400):\n"
        "        super().__init__({'error': {'message': message}}, status=status)\n",
        views_py="from django.views import View\nfrom django.views.decorators.http import require_POST\n"
        "from replies import Failed\n\nclass Tickets(View):\n"
        "    def get(self, request):\n        return Failed('gone', status=410)\n"
        "    def delete(self, request):\n        return Failed('no')\n\n"
        "@require_POST\ndef close(request):\n    return Failed('late')\n",
    )
    assert listed(project) == [
        ("GET", "/tickets", "Tickets.get"),
        ("DELETE", "/tickets", "Tickets.delete"),
        ("POST", "/close", "close"),
    ]
    assert answered(project) == [("GET", 410), ("DELETE", 400), ("POST", 400)]
    assert messages(project) == ["gone", "no", "late"]


def test_the_actions_of_a_view_set_stand_where_it_is_registered() -> None:
    project = project_of(
        urls_py="from django.urls import include, path\nfrom rest_framework.routers import DefaultRouter\n"
        "from views import Orders\nrouter = DefaultRouter()\nrouter.register('orders', Orders)\n"
        "urlpatterns = [path('api/', include(router.urls))]\n",
        views_py="from rest_framework.decorators import action\nfrom rest_framework.viewsets import ModelViewSet\n\n"
        "class Orders(ModelViewSet):\n    def destroy(self, request, pk):\n        pass\n\n"
        "    @action(detail=True, methods=['post'])\n    def ship(self, request, pk):\n        pass\n",
    )
    assert ("DELETE", "/api/orders/{pk}", "Orders.destroy") in listed(project)
    assert ("POST", "/api/orders/{pk}/ship", "Orders.ship") in listed(project)


def test_starlettes_endpoints_are_classes_too() -> None:
    project = project_of(
        app_py="from http import HTTPStatus\nfrom starlette.endpoints import HTTPEndpoint\n"
        "from starlette.routing import Mount, Route\nfrom starlette.responses import JSONResponse\n\n"
        "def failed(status):\n    return JSONResponse({}, status_code=status)\n\n"
        "class Post(HTTPEndpoint):\n    async def put(self, request):\n        return failed(HTTPStatus.GONE)\n\n"
        "routes = [Mount('/v1', routes=[Route('/posts/{id}', Post)])]\n"
    )
    assert listed(project) == [("PUT", "/v1/posts/{id}", "Post.put")]
    assert answered(project) == [("PUT", 410)]


def test_common_modules_are_routers_and_constants() -> None:
    project = project_of(
        {
            "app.js": "const app = require('express')()\napp.use('/v1/orders', require('./orders'))\n",
            "orders.js": "const { Router } = require('express')\nconst c = require('./controller')\n"
            "const router = Router()\nrouter.get('/:id', c.read)\nmodule.exports = router\n",
            "controller.js": "const httpStatus = require('http-status')\n"
            "exports.read = async (req, res) => { res.status(httpStatus.NOT_FOUND).json({}) }\n",
        }
    )
    assert listed(project) == [("GET", "/v1/orders/:id", "read")]
    assert answered(project) == [("GET", 404)]


def test_what_a_factory_throws_is_what_the_error_middleware_sends() -> None:
    project = project_of(
        errors_ts="export class ApiError extends Error {\n"
        "  constructor(readonly status: number, message: string) { super(message) }\n"
        "  toJSON() { return { error: { message: this.message } } }\n"
        "  static gone(what: string) { return new ApiError(410, what) }\n}\n"
        "export class Conflict extends ApiError {\n  constructor(message: string) { super(409, message) }\n}\n",
        app_ts="import express from 'express'\nimport { ApiError, Conflict } from './errors'\nconst app = express()\n"
        "app.get('/a', async (req, res) => { throw ApiError.gone('a is gone') })\n"
        "app.put('/a', async (req, res) => { throw new Conflict('a is taken') })\n"
        "app.use((err, req, res, next) => { res.status(err.status).json(err) })\n",
    )
    assert answered(project) == [("GET", 410), ("PUT", 409)]
    assert messages(project) == ["a is gone", "a is taken"]


def test_nests_global_prefix_stands_before_every_controller() -> None:
    project = project_of(
        main_ts="import { NestFactory } from '@nestjs/core'\nconst app = await NestFactory.create(AppModule)\n"
        "app.setGlobalPrefix('api/v1')\n",
        rooms_ts="import { Controller, Get } from '@nestjs/common'\n@Controller('rooms')\nexport class Rooms {\n"
        "  @Get(':id') read() { return {} }\n}\n",
    )
    assert listed(project) == [("GET", "/api/v1/rooms/:id", "Rooms.read")]


@pytest.mark.parametrize(
    ("versioning", "paths"),
    [
        ("{ type: VersioningType.URI, defaultVersion: '1' }", ["/api/v1/rooms", "/api/v2/beds", "/api/live"]),
        ("{ defaultVersion: ['2', '1'] }", ["/api/v2/rooms", "/api/v2/beds", "/api/live"]),
        ("{ type: VersioningType.URI, defaultVersion: VERSION_NEUTRAL }", ["/api/rooms", "/api/v2/beds", "/api/live"]),
        ("{ type: VersioningType.URI }", ["/api/rooms", "/api/v2/beds", "/api/live"]),
        (
            "{ type: VersioningType.HEADER, header: 'x-version', defaultVersion: '1' }",
            ["/api/rooms", "/api/v2/beds", "/api/live"],
        ),
    ],
)
def test_nests_default_version_stands_before_the_controllers_that_say_none(versioning: str, paths: list[str]) -> None:
    project = project_of(
        setup_ts="import { INestApplication, VERSION_NEUTRAL, VersioningType } from '@nestjs/common'\n"
        "export function setUp(app: INestApplication) {\n  app.setGlobalPrefix('api')\n"
        f"  app.enableVersioning({versioning})\n}}\n",
        rooms_ts="import { Controller, Get, VERSION_NEUTRAL } from '@nestjs/common'\n"
        "@Controller('rooms')\nexport class Rooms {\n  @Get() list() { return [] }\n}\n"
        "@Controller({ path: 'beds', version: '2' })\nexport class Beds {\n  @Get() list() { return [] }\n}\n"
        "@Controller({ path: 'live', version: VERSION_NEUTRAL })\n"
        "export class Live {\n  @Get() ok() { return {} }\n}\n",
    )
    assert [path for _, path, _ in listed(project)] == paths


def test_a_method_of_nest_may_have_a_version_of_its_own() -> None:
    project = project_of(
        main_ts="import { NestFactory } from '@nestjs/core'\nconst app = await NestFactory.create(AppModule)\n"
        "app.enableVersioning({ defaultVersion: '1' })\n",
        rooms_ts="import { Controller, Get, UseGuards, Version } from '@nestjs/common'\n"
        "@Controller('rooms')\n@UseGuards(SignedIn)\nexport class Rooms {\n"
        "  @Get(':id') read() { return {} }\n  @Version('2') @Get(':id') show() { return {} }\n}\n",
    )
    assert listed(project) == [("GET", "/v1/rooms/:id", "Rooms.read"), ("GET", "/v2/rooms/:id", "Rooms.show")]
    assert [one.guards for one in project.view(endpoints)] == [("SignedIn",), ("SignedIn",)]


def test_a_type_may_stand_for_a_dependency() -> None:
    project = project_of(
        deps_py="from typing import Annotated\nfrom fastapi import Depends\n\ndef get_user(): ...\n\n"
        "CurrentUser = Annotated[str, Depends(get_user)]\n",
        app_py="from fastapi import FastAPI\nfrom deps import CurrentUser\napp = FastAPI()\n\n"
        "@app.get('/me')\ndef me(user: CurrentUser):\n    return {}\n",
    )
    assert endpoint(project).guards == ("get_user",)


def test_an_application_is_made_with_its_error_handlers() -> None:
    project = project_of(
        app_py="from fastapi import FastAPI\nfrom fastapi.responses import JSONResponse\n\n"
        "class Missing(Exception):\n    pass\n\n"
        "async def on_missing(request, exc):\n"
        "    return JSONResponse({'error': {'message': 'gone'}}, status_code=404)\n\n"
        "app = FastAPI(exception_handlers={Missing: on_missing})\n\n@app.get('/a')\ndef a():\n    raise Missing()\n"
    )
    assert answered(project) == [("GET", 404)]
    assert messages(project) == ["gone"]


def written(**files: str) -> list[tuple[str, str, tuple[str, ...]]]:
    project = project_of(**files)
    return [(one.operation, one.table, one.fields) for several in project.view(writes).values() for one in several]


def test_writes_of_python_mappers() -> None:
    assert written(
        views_py="from sqlalchemy import update\nfrom models import Note, Order\n\n"
        "def a(session):\n    session.add(Order(total=3))\n\n"
        "def b(session):\n    session.execute(update(Order).where(Order.id == 3).values(state='paid'))\n\n"
        "def c(session):\n    order = session.get(Order, 3)\n    order.state = 'late'\n    session.commit()\n\n"
        "def d():\n    Note.objects.filter(pk=3).update(text='x')\n\n"
        "def e():\n    Note.objects.get(pk=3).delete()\n"
    ) == [
        ("insert", "Order", ("total",)),
        ("update", "Order", ("state",)),
        ("update", "Order", ("state",)),
        ("update", "Note", ("text",)),
        ("delete", "Note", ()),
    ]


def test_writes_of_typescript_mappers() -> None:
    assert written(
        package_json="{}",
        app_ts="import { Vehicle } from './models/Vehicle'\nimport { knex } from './knex'\n"
        "import { notes } from './schema'\nimport { Repository } from 'typeorm'\nimport { sql } from './db'\n"
        "export const a = () => Vehicle.create({ plate })\n"
        "export const b = () => Vehicle.updateOne({ id }, { $set: { plate } })\n"
        "export const c = () => knex('orders').where({ id }).update({ state })\n"
        "export const d = () => db.insert(notes).values({ text })\n"
        "export const e = () => sql`delete from carts where id = ${id}`\n"
        "export class S { constructor(private rooms: Repository<Room>) {}\n  f() { return this.rooms.delete(3) } }\n",
    ) == [
        ("insert", "Vehicle", ("plate",)),
        ("update", "Vehicle", ("plate",)),
        ("update", "orders", ("state",)),
        ("insert", "notes", ("text",)),
        ("delete", "carts", ()),
        ("delete", "rooms", ()),
    ]


def test_a_second_application_handles_its_own_errors_only() -> None:
    handler = (
        "async def failed(request, exc):\n    return JSONResponse({'error': {'message': 'W'}}, status_code=500)\n\n"
    )
    made = "from fastapi import FastAPI\nfrom fastapi.responses import JSONResponse\n"
    project = project_of(
        main_py="from fastapi import FastAPI\nfrom orders import router\napp = FastAPI()\napp.include_router(router)\n",
        orders_py="from fastapi import APIRouter, HTTPException\nrouter = APIRouter()\n\n@router.get('/a')\ndef a():\n"
        "    raise HTTPException(500, detail='late')\n",
        worker_py=f"{made}{handler}health = FastAPI(exception_handlers={{500: failed, Exception: failed}})\n",
    )
    (answer,) = [answer for one in project.view(endpoints) for answer in answers(project, one)]
    assert isinstance(answer.body, Record) and answer.body.keys == ("detail",)


def test_a_service_that_is_called_tasks_is_no_script() -> None:
    text = "from fastapi import APIRouter\nrouter = APIRouter()\n"
    project = project_of({"tasks/api.py": text, "tasks/build.py": "import shutil\n"})
    assert [project.side(path) for path in sorted(project.files)] == [Side.SERVER, Side.SCRIPT]


def test_a_helper_whose_caller_says_no_status_answers_200() -> None:
    project = project_of(
        respond_ts="import { NextResponse } from 'next/server'\n"
        "export const ok = (data: unknown, init?: ResponseInit) => NextResponse.json({ data }, init)\n",
        app__api__posts__route_ts="import { ok } from '../../../respond'\n"
        "export async function GET() { return ok([]) }\n"
        "export async function POST() { return ok({}, { status: 201 }) }\n",
    )
    assert answered(project) == [("GET", 200), ("POST", 201)]
