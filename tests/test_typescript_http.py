"""Routers, mounts, routes, responses and error handlers that one TypeScript file gives, with their lines."""

import textwrap
from typing import TypeVar

import pytest

from reviewlint.facts.clients import Client
from reviewlint.facts.data import TableAccess
from reviewlint.facts.file import FileFact, Side
from reviewlint.facts.http import ErrorHandler, Mount, Response, Route, Router
from reviewlint.facts.imports import Export
from reviewlint.facts.tests import RequestedRoute, TestCase
from reviewlint.facts.values import Environment, Record, Value, constant_text, rendered
from reviewlint.readers import read
from reviewlint.readers.typescript.nextjs import app_path, pages_path
from reviewlint.source import Source

F = TypeVar("F", bound=FileFact)


def facts(kind: type[F], source: str, path: str = "src/a.ts", side: Side = Side.SERVER) -> list[F]:
    data = textwrap.dedent(source).lstrip("\n").encode()
    language = "tsx" if path.endswith("x") else "typescript"
    return [fact for fact in read(Source(path, language, side, len(data)), data).facts if type(fact) is kind]


def routes(source: str, path: str = "src/a.ts") -> list[tuple[int, str, str | None, str, str, tuple[str, ...]]]:
    return [
        (one.at.line, one.method, one.path, one.handler, one.router, one.guards) for one in facts(Route, source, path)
    ]


def keys(value: Value | None) -> str:
    if isinstance(value, Record):
        return (
            "{"
            + ", ".join(
                f"{name}{': ' + keys(inner) if isinstance(inner, Record) else ''}" for name, inner in value.entries
            )
            + "}"
        )
    return "" if value is None else rendered(value)


def responses(source: str, path: str = "src/a.ts") -> list[tuple[int, str, int | None, str]]:
    return [(one.at.line, one.framework, one.status, keys(one.body)) for one in facts(Response, source, path)]


EXPRESS = """
    import express, { Router } from "express";
    import { StatusCodes } from "http-status-codes";
    import users from "./users";
    const app = express();
    const router = Router();
    app.use(helmet(), requireUser);
    app.use("/users", audit, users);
    app.use("/v1", router);
    app.use(`${base}/late`, require("./late"));
    router.get("/items/:id", guard, asyncHandler(async (req, res) => {
      try {
        if (!item) return res.status(StatusCodes.NOT_FOUND).json({ error: { code: "x", message: "y" } });
        res.json(item);
      } catch (err) {
        res.status(500).send({ error: err.message });
      }
    }));
    router.route("/things").get(list).post(auth, controller.create.bind(controller));
    router.delete(["/a", "/b"], (req, res, next) => {
      if (x) return next(new NotFound("z"));
      res.status(204).end();
    });
    app.all("*", notFound);
    app.use((err, req, res, next) => { res.status(err.status || 500).json({ error: "x" }) });
    function sendError(res, status, message) { return res.status(status).json({ error: message }); }
    function show(req, res) {
      if (a) return sendError(res, 404, "no");
      res.statusCode = 400;
      res.send("text");
    }
    function more(req, res) { res.sendStatus(401); res.redirect("/x"); res.set("Location", "/y").status(201).send(); }
    """


def test_express_routes() -> None:
    assert routes(EXPRESS) == [
        (10, "GET", "/items/:id", "asyncHandler@10", "router", ("guard",)),
        (18, "GET", "/things", "list", "router", ()),
        (18, "POST", "/things", "controller.create", "router", ("auth",)),
        (19, "DELETE", "/a", "router.delete@19", "router", ()),
        (19, "DELETE", "/b", "router.delete@19", "router", ()),
        (23, "*", "*", "notFound", "app", ()),
    ]


def test_express_routers_and_mounts() -> None:
    assert [(one.at.line, one.name, one.guards, one.application) for one in facts(Router, EXPRESS)] == [
        (4, "app", ("helmet", "requireUser"), True),
        (5, "router", (), False),
    ]
    assert [(one.at.line, one.parent, one.child, one.prefix, one.guards) for one in facts(Mount, EXPRESS)] == [
        (7, "app", "./users.default", "/users", ("audit",)),
        (8, "app", "router", "/v1", ()),
        (9, "app", "./late", "/late", ()),
    ]
    assert [(one.at.line, one.handler) for one in facts(ErrorHandler, EXPRESS)] == [(24, "app.use@24")]


def test_express_responses() -> None:
    assert responses(EXPRESS) == [
        (12, "express", 404, "{error: {code, message}}"),
        (13, "express", 200, "{}"),
        (15, "express", 500, "{error}"),
        (20, "express", None, "{}"),
        (21, "express", 204, ""),
        (24, "express", None, "{error}"),
        (25, "express", None, "{error}"),
        (27, "express", None, "{}"),
        (29, "express", 400, ""),
        (31, "express", 401, ""),
        (31, "express", 302, ""),
        (31, "express", 201, ""),
    ]
    found = facts(Response, EXPRESS)
    assert [one.at.line for one in found if one.in_catch] == [15]
    assert [(one.at.line, one.helper) for one in found if one.helper] == [(20, "NotFound"), (27, "sendError")]
    assert [(one.at.line, one.exception) for one in found if one.raised] == [(20, "NotFound")]
    assert [(one.at.line, constant_text(one.text)) for one in found if one.text is not None] == [
        (29, "text"),
        (31, "Unauthorized"),
    ]
    assert [(one.at.line, one.status_value is not None) for one in found if one.status is None] == [
        (20, False),
        (24, True),
        (25, True),
        (27, False),
    ]
    assert [one.at.line for one in found if one.status_is_default] == [13, 31]


@pytest.mark.parametrize(
    "source",
    [
        "import axios from 'axios'; axios.get('/users', config); axios.post('/users', (x) => x);",
        "const response = await fetch(u); return response.json();",
        "fetch(u).then((res) => res.json());",
        "cache.get('/key', fallback);",
        "import { http } from 'msw'; http.get('/users', () => HttpResponse.json({}));",
        "const m = new Map(); m.delete('/x', y);",
        "function useFile(response: Upload) { store(response); return response.send(1); }",
    ],
)
def test_what_is_no_route_and_no_response(source: str) -> None:
    assert routes(source) == []
    assert responses(source) == []


def test_routers_inside_functions_and_classes() -> None:
    source = """
        import { Router, Express } from "express";
        export function make(db) { const r = Router(); r.get("/a", one); return r; }
        export class Api {
          private router = Router();
          constructor(private readonly app: Express) { this.router.post("/b", this.two.bind(this)); app.get("/c", c); }
          two(req: Request, res: Response) { res.status(400).json({ a: 1 }); }
        }
        """
    assert [one.name for one in facts(Router, source)] == ["make.r", "Api.router"]
    assert routes(source) == [
        (2, "GET", "/a", "one", "make.r", ()),
        (5, "POST", "/b", "Api.two", "Api.router", ()),
        (5, "GET", "/c", "c", "Api.constructor.app", ()),
    ]
    assert [(one.function, one.status) for one in facts(Response, source)] == [("Api.two", 400)]


def test_classes_of_failures_hand_on_their_status() -> None:
    source = """
        export class AppError extends Error { constructor(public readonly statusCode: number, m: string) { super(m); } }
        export class Missing extends AppError { constructor(what: string) { super(404, what); } }
        export class Teapot extends AppError { statusCode = 418; }
        """
    found = facts(Response, source)
    assert [(one.at.line, one.function, one.status, one.exception, one.helper) for one in found] == [
        (1, "AppError.constructor", None, "Error", ""),
        (2, "Missing.constructor", None, "AppError", "AppError"),
        (3, "Teapot.constructor", 418, "AppError", "AppError"),
    ]
    thrown = facts(
        Response,
        "import createError from 'http-errors'; function f() { throw createError(409, 'x'); throw new Error('y') }",
    )
    assert [(one.status, one.exception, one.raised) for one in thrown] == [(409, "http-errors.default", True)]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("app/api/users/route.ts", "/api/users"),
        ("src/app/(shop)/items/[id]/route.ts", "/items/[id]"),
        ("apps/web/src/app/api/[...slug]/route.ts", "/api/[...slug]"),
        ("apps/app/app/x/route.ts", "/x"),
        ("app/@modal/(.)x/route.ts", "/(.)x"),
        ("app/route.ts", "/"),
    ],
)
def test_next_paths(path: str, expected: str) -> None:
    assert app_path(path) == expected
    assert [pages_path("api/users/[id]"), pages_path("api/index"), pages_path("api/a/index")] == [
        "/api/users/[id]",
        "/api",
        "/api/a",
    ]


NEXT = """
    import { NextResponse } from "next/server";
    import { withAuth, apiError } from "@/lib/api";
    const headers = { "Content-Type": "application/problem+json" };
    export async function GET(req: Request, { params }: Context) {
      try {
        if (!params.id) return apiError("not_found", 404);
        return NextResponse.json({ items: [] });
      } catch (e) {
        return new Response(JSON.stringify({ message: "x" }), { status: 500, headers });
      }
    }
    export const POST = withAuth(async (req) => new NextResponse("made", { status: 201 }));
    export { PUT, remove as DELETE } from "./more";
    export const dynamic = "force-dynamic";
    function fail(status: number) { return Response.json({ error: { code: "x" } }, { status }); }
    function away() { return NextResponse.redirect(new URL("/x", base)); }
    """


def test_next_route_handlers() -> None:
    path = "src/app/api/(group)/items/[id]/route.ts"
    assert routes(NEXT, path) == [
        (4, "GET", "/api/items/[id]", "GET", "", ()),
        (12, "POST", "/api/items/[id]", "POST", "", ("@/lib/api.withAuth",)),
        (13, "PUT", "/api/items/[id]", "./more.PUT", "", ()),
        (13, "DELETE", "/api/items/[id]", "./more.remove", "", ()),
    ]
    found = facts(Response, NEXT, path)
    assert [(one.at.line, one.function, one.status, keys(one.body)) for one in found] == [
        (6, "GET", None, "{}"),
        (7, "GET", 200, "{items}"),
        (9, "GET", 500, "{message}"),
        (12, "POST", 201, ""),
        (15, "fail", None, "{error: {code}}"),
        (16, "away", 307, ""),
    ]
    assert {one.framework for one in found} == {"next"}
    assert (found[0].helper, found[2].in_catch, found[2].content_type) == (
        "@/lib/api.apiError",
        True,
        "application/problem+json",
    )


def test_next_api_routes() -> None:
    source = """
        export default async function handler(req: NextApiRequest, res: NextApiResponse) {
          if (req.method === "POST") { return res.status(201).json({ ok: true }); }
          switch (req.method) { case "GET": return res.json([]); default: res.status(405).end(); }
        }
        """
    assert routes(source, "pages/api/users/[id].ts") == [
        (1, "POST", "/api/users/[id]", "handler", "", ()),
        (1, "GET", "/api/users/[id]", "handler", "", ()),
    ]
    assert responses(source, "pages/api/users/[id].ts") == [
        (2, "next", 201, "{ok}"),
        (3, "next", 200, "{}"),
        (3, "next", 405, ""),
    ]


def test_edge_functions() -> None:
    source = """
        import { serve } from "https://deno.land/std@0.168.0/http/server.ts";
        import { createClient } from "https://esm.sh/@supabase/supabase-js@2.38.4";
        import { cors } from "../_shared/cors.ts";
        serve(async (req) => {
          if (req.method === "OPTIONS") return new Response("ok", { headers: cors });
          const admin = createClient(Deno.env.get("SUPABASE_URL") ?? "", Deno.env.get("SERVICE_ROLE")!);
          const headers = { ...cors, "content-type": "application/json" };
          return new Response('{"error": {"code": "x"}}', { status: 400, headers });
        });
        """
    path = "supabase/functions/charge/index.ts"
    assert routes(source, path) == [(4, "*", "/functions/v1/charge", "serve@4", "", ())]
    assert responses(source, path) == [(5, "edge", 200, ""), (8, "edge", 400, "{error: {code}}")]
    (client,) = facts(Client, source, path)
    assert (client.at.line, client.constructor, client.name) == (
        6,
        "@supabase/supabase-js.createClient",
        "serve@4.admin",
    )
    assert isinstance(client.key, Environment)
    assert client.key.name == "SERVICE_ROLE"
    assert routes("Deno.serve(app.fetch)", path) == []


def test_table_access() -> None:
    source = """
        import { createServerClient } from "@supabase/ssr";
        import { supabase } from "./supabase";
        async function f(id: string) {
          const client = createServerClient(url, key, { cookies });
          const { data } = await client.from("orders").select("*, items(*)").eq("id", id).single();
          await supabase.schema("x").from("t").update({ a: 1 }).eq("b", 2);
          supabase.rpc("charge", { id }).then(done);
          supabase.from(name).delete();
          supabase.storage.from("files").upload(p, f); Array.from(xs); supabase.auth.getUser();
        }
        """
    found = facts(TableAccess, source)
    assert [(one.at.line, one.client, one.relation, one.operation, one.awaited) for one in found] == [
        (5, "client", "orders", "select", True),
        (6, "./supabase.supabase.schema()", "t", "update", True),
        (7, "./supabase.supabase", "charge", "rpc", True),
        (8, "./supabase.supabase", None, "delete", False),
    ]
    assert [call.name for call in found[0].calls] == ["from", "select", "eq", "single"]


def test_fastify() -> None:
    source = """
        import Fastify, { FastifyInstance } from "fastify";
        import users from "./users";
        const app = Fastify({ logger: true });
        app.register(users, { prefix: "/users" });
        app.get("/x", { preHandler: [auth] }, async (request, reply) => {
          if (a) return reply.code(404).send({ error: "n" });
          return { ok: true };
        });
        app.setErrorHandler((error, request, reply) => { reply.status(500).send({ message: "x" }); });
        export default async function (fastify: FastifyInstance) {
          fastify.route({ method: ["GET", "POST"], url: "/r", handler: list });
        }
        """
    assert routes(source) == [
        (5, "GET", "/x", "app.get@5", "app", ("auth",)),
        (11, "GET", "/r", "list", "default.fastify", ()),
        (11, "POST", "/r", "list", "default.fastify", ()),
    ]
    assert [(one.child, one.prefix) for one in facts(Mount, source)] == [("./users.default", "/users")]
    assert responses(source) == [
        (6, "fastify", 404, "{error}"),
        (7, "fastify", 200, "{ok}"),
        (9, "fastify", 500, "{message}"),
    ]


def test_what_is_used_under_a_path_stands_in_front_of_what_lies_there() -> None:
    source = """
        import express from "express";
        import { guard } from "./guard";
        import { bills } from "./bills";
        const app = express();
        app.get("/admin/early", list);
        app.use("/admin", guard);
        app.get("/admin/users", list);
        app.get("/administrators", list);
        app.use("/admin/bills", bills);
        """
    assert [(path, guards) for _, _, path, _, _, guards in routes(source)] == [
        ("/admin/early", ()),
        ("/admin/users", ("./guard.guard",)),
        ("/administrators", ()),
    ]
    assert [(one.prefix, one.guards) for one in facts(Mount, source) if one.child == "./bills.bills"] == [
        ("/admin/bills", ("./guard.guard",))
    ]


def test_a_path_of_hono_holds_for_longer_ones_where_it_ends_in_a_wildcard() -> None:
    source = """
        import { Hono } from "hono";
        import { bearerAuth } from "hono/bearer-auth";
        const app = new Hono();
        app.use("/internal/*", bearerAuth({ token }));
        app.use("/me", bearerAuth({ token }));
        app.get("/internal/jobs", list);
        app.get("/me", list);
        app.get("/me/jobs", list);
        """
    assert [(path, bool(guards)) for _, _, path, _, _, guards in routes(source)] == [
        ("/internal/jobs", True),
        ("/me", True),
        ("/me/jobs", False),
    ]


def test_a_route_of_fastify_without_a_reply_is_known_by_its_neighbours() -> None:
    assert routes(
        """
        export default async function meters(app) {
          app.get("/", async (request, reply) => reply.code(204).send());
          app.get("/usage", async (request) => ({ days: request.query.days }));
          app.cache.get("/usage", async (key) => key);
        }
        """
    ) == [
        (2, "GET", "/", "meters.app.get@2", "meters.app", ()),
        (3, "GET", "/usage", "meters.app.get@3", "meters.app", ()),
    ]


def test_a_route_of_fastify_is_known_by_its_options_and_by_a_handler_that_only_takes_the_request() -> None:
    assert routes(
        """
        export default async function meters(app) {
          app.get("/", { onRequest: app.operatorOnly }, async () => ({ meters: all.all() }));
        }
        export async function usage(server, options) {
          server.get("/usage", async ({ query, log }) => { return days(query.days) });
          server.get("/usage/last", async (req) => last(req.query.days));
          server.route({ method: "DELETE", url: "/usage", handler: async () => forget() });
          server.get("/usage/first", async (key) => key);
        }
        export async function stored(cache) {
          cache.get("/usage", async (request) => request.key);
        }
        """
    ) == [
        (2, "GET", "/", "meters.app.get@2", "meters.app", ("meters.app.operatorOnly",)),
        (5, "GET", "/usage", "usage.server.get@5", "usage.server", ()),
        (6, "GET", "/usage/last", "usage.server.get@6", "usage.server", ()),
        (7, "DELETE", "/usage", "usage.server.route@7.handler", "usage.server", ()),
        (8, "GET", "/usage/first", "usage.server.get@8", "usage.server", ()),
    ]


def test_hooks_of_fastify_stand_in_front_of_their_instance() -> None:
    source = """
        import Fastify from "fastify";
        const app = Fastify();
        app.addHook("onRequest", signedIn);
        app.addHook("onResponse", log);
        app.register(async (inner) => {
          inner.addHook("preHandler", isAdmin);
          inner.get("/x", list);
        });
        """
    assert [one.guards for one in facts(Router, source)] == [("signedIn",), ("isAdmin",)]


def test_what_stands_before_a_path_of_hono_stands_before_what_is_mounted_there() -> None:
    source = """
        import { Hono } from "hono";
        import { feeds } from "./feeds";
        import { items } from "./items";
        import { signedIn } from "./auth";

        export const app = new Hono().basePath("/api");
        app.use("/feeds/*", signedIn);
        app.route("/feeds", feeds);
        app.route("/items", items);
        """
    assert [(one.child, one.guards) for one in facts(Mount, source)] == [
        ("./feeds.feeds", ("./auth.signedIn",)),
        ("./items.items", ()),
    ]


def test_hono_takes_several_methods_at_once_and_routes_that_are_described() -> None:
    source = """
        import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
        const app = new OpenAPIHono();
        const read = createRoute({ method: "get", path: "/beds/{id}", responses: {} });
        app.on(["PUT", "DELETE"], "/beds/:id", signedIn, change);
        app.on("PURGE", ["/cache", "/old"], (c) => c.body(null, 204));
        app.openapi(read, (c) => c.json({ id: c.req.param("id") }));
        bus.on("beds", "/beds", change);
        """
    assert [(line, method, path) for line, method, path, *_ in routes(source)] == [
        (4, "PUT", "/beds/:id"),
        (4, "DELETE", "/beds/:id"),
        (5, "PURGE", "/cache"),
        (5, "PURGE", "/old"),
        (6, "GET", "/beds/{id}"),
    ]


def test_hono() -> None:
    source = """
        import { Hono } from "hono";
        import { HTTPException } from "hono/http-exception";
        import admin from "./admin";
        const app = new Hono().basePath("/api");
        app.use("*", cors());
        app.get("/x/:id", async (c) => {
          if (a) throw new HTTPException(404, { message: "no" });
          return c.json({ error: "x" }, 400);
        });
        app.route("/admin", admin);
        export const routes = new Hono()
          .get("/a", (c) => c.text("a"))
          .post("/b", validate, (c) => c.json({ ok: true }));
        """
    assert routes(source) == [
        (6, "GET", "/x/:id", "app.get@6", "app", ()),
        (12, "GET", "/a", "get@12", "routes", ()),
        (13, "POST", "/b", "post@13", "routes", ("validate",)),
    ]
    assert [(one.name, one.prefix, one.guards) for one in facts(Router, source)] == [
        ("app", "/api", ("cors",)),
        ("routes", "", ()),
    ]
    assert [(one.parent, one.child, one.prefix) for one in facts(Mount, source)] == [
        ("app", "./admin.default", "/admin")
    ]
    assert responses(source) == [
        (7, "hono", 404, "{}"),
        (8, "hono", 400, "{error}"),
        (12, "hono", 200, ""),
        (13, "hono", 200, "{ok}"),
    ]


def test_koa() -> None:
    source = """
        import Router from "@koa/router";
        const router = new Router({ prefix: "/v1" });
        router.get("/x", auth, async (ctx) => {
          if (!a) ctx.throw(404, "no");
          ctx.status = 201;
          ctx.body = { ok: 1 };
        });
        app.use(router.routes());
        """
    assert routes(source) == [(3, "GET", "/x", "router.get@3", "router", ("auth",))]
    assert responses(source) == [(4, "koa", 404, "{}"), (6, "koa", 201, "{ok}")]
    assert [(one.parent, one.child) for one in facts(Mount, source)] == [("app", "router")]


def test_nest() -> None:
    source = """
        import { Catch, Controller, Get, HttpCode, HttpException } from "@nestjs/common";
        import { HttpStatus, NotFoundException, Post, UseGuards } from "@nestjs/common";
        @Controller({ path: "users", version: "1" })
        @UseGuards(JwtGuard)
        export class Users {
          @Get(":id")
          @UseGuards(RolesGuard)
          one(@Param("id") id: string) { throw new NotFoundException("no user"); }
          @Post()
          @HttpCode(HttpStatus.ACCEPTED)
          make(@Body() body: Dto) {
            if (x) throw new HttpException({ error: { code: 1 } }, HttpStatus.CONFLICT);
            return { ok: true };
          }
        }
        @Catch(HttpException)
        export class Filter { catch(e, host) { const response = host.getResponse(); } }
        """
    assert routes(source) == [
        (6, "GET", ":id", "Users.one", "Users", ("RolesGuard",)),
        (9, "POST", "", "Users.make", "Users", ()),
    ]
    assert [(one.name, one.prefix, one.version, one.guards) for one in facts(Router, source)] == [
        ("Users", "/users", "v1", ("JwtGuard",))
    ]
    assert [(one.exceptions, one.handler) for one in facts(ErrorHandler, source)] == [
        (("@nestjs/common.HttpException",), "Filter.catch")
    ]
    found = facts(Response, source)
    assert [(one.at.line, one.function, one.status, keys(one.default_body)) for one in found] == [
        (8, "Users.one", 404, "{statusCode, message, error}"),
        (12, "Users.make", 409, "{error: {code}}"),
        (13, "Users.make", 202, ""),
    ]


def test_tests_and_what_they_request() -> None:
    source = """
        import { describe, it, test, expect } from "vitest";
        import request from "supertest";
        describe("users", () => {
          it("works", async () => { await request(app).get("/v1/users/1").expect(200); });
          it.skip("later", () => {});
          it.only("helps", () => { check(1); });
          test.each([1, 2])("n %i", (n) => { n; });
          test.todo("todo");
        });
        describe.skip("gone", () => { prepare(); });
        function check(x) { expect(x).toBe(1); }
        Deno.test({ name: "d", ignore: true, fn() { assertEquals(1, 1); } });
        test("requests", async () => {
          await app.inject({ method: "PUT", url: "/b" });
          await fetch(`${base}/c/${id}`, { method: "DELETE" });
          await app.request("/d");
          map.get("key");
        });
        """
    found = facts(TestCase, source, "src/a.test.ts", Side.TEST)
    assert [(one.at.line, one.name, one.asserts, one.skipped, one.focused) for one in found] == [
        (4, "works", True, False, False),
        (5, "later", False, True, False),
        (6, "helps", True, False, True),
        (7, "n %i", False, False, False),
        (8, "todo", False, True, False),
        (10, "gone", True, True, False),
        (12, "d", True, True, False),
        (13, "requests", False, False, False),
    ]
    asked = facts(RequestedRoute, source, "src/a.test.ts", Side.TEST)
    known = list(dict.fromkeys((one.at.line, one.method, rendered(one.path)) for one in asked if one.method != "*"))
    assert known == [(4, "GET", "/v1/users/1"), (14, "PUT", "/b"), (15, "DELETE", "{}/c/{}"), (16, "GET", "/d")]
    assert facts(TestCase, 'test("is no suite", () => { run() })', "src/a.ts") == []


def test_sveltekit() -> None:
    source = """
        import { error, json } from "@sveltejs/kit";
        export const GET = async ({ params }) => {
          if (!params.id) error(404, "no");
          return json({ ok: true }, { status: 200 });
        };
        """
    path = "src/routes/(app)/api/items/[id]/+server.ts"
    assert routes(source, path) == [(2, "GET", "/api/items/[id]", "GET", "", ())]
    assert responses(source, path) == [(3, "sveltekit", 404, "{message}"), (4, "sveltekit", 200, "{ok}")]


def test_helpers_that_are_handed_the_context() -> None:
    made = """
        import { bad } from "./reply";
        export const requireRole = (role) => (req, res, next) => {
          if (req.user.role !== role) return bad(res, "no", 401);
          next();
        };
        """
    assert [(one.at.line, one.helper) for one in facts(Response, made)] == [(3, "./reply.bad")]
    koa = """
        const Router = require("@koa/router");
        const { fail } = require("../errors");
        const router = new Router();
        router.put("/:id", async (ctx) => {
          if (!ctx.params.id) return fail(ctx, 404, "gone");
          ctx.status = 204;
        });
        """
    assert [(one.at.line, one.helper) for one in facts(Response, koa) if one.helper] == [(5, "../errors.fail")]


def test_a_fastify_status_that_is_set_before_what_is_returned() -> None:
    source = """
        import Fastify from "fastify";
        const app = Fastify();
        app.post("/a", async (request, reply) => {
          if (request.body.old) {
            reply.status(204);
            return { removed: true };
          }
          reply.code(201).header("location", "/a/1");
          return { id: 1 };
        });
        app.get("/b", async (request, reply) => {
          const { rows } = await app.pg.query("select 1");
          if (!rows.length) return reply.callNotFound();
          return rows[0];
        });
        """
    assert responses(source) == [
        (6, "fastify", 204, "{removed}"),
        (9, "fastify", 201, "{id}"),
        (14, "fastify", 200, "{}"),
    ]


def test_an_edge_function_behind_a_function_of_the_project() -> None:
    source = """
        import { json, serveJson } from "../_shared/http.ts";
        serveJson(async (req) => {
          return json({ done: true }, 204);
        });
        """
    path = "supabase/functions/cancel/index.ts"
    assert [(one.at.line, one.method, one.path) for one in facts(Route, source, path, Side.EDGE)] == [
        (2, "*", "/functions/v1/cancel")
    ]
    assert [(one.at.line, one.helper) for one in facts(Response, source, path, Side.EDGE)] == [
        (3, "../_shared/http.ts.json")
    ]


def test_a_plugin_of_fastify_that_a_file_gives_away() -> None:
    source = """
        module.exports = async function (fastify, opts) {
          fastify.get("/", async (request) => request.query);
        };
        """
    assert [one.name for one in facts(Router, source)] == ["exports.fastify"]
    assert [(one.name, one.local) for one in facts(Export, source)] == [("default", "exports")]


def test_the_case_of_a_switch_is_a_condition() -> None:
    source = """
        import express from "express";
        express().get("/a", async (req, res) => {
          switch (req.query.kind) {
            case "a":
              return res.status(400).json({ message: "x" });
            default:
              return res.json({});
          }
        });
        """
    assert [one.conditions for one in facts(Response, source)] == [('req.query.kind === "a"',), ()]


def test_koa_asserts_and_http_errors_tell_their_status_and_words() -> None:
    source = """
        import Router from "@koa/router";
        import createError from "http-errors";
        const router = new Router();
        router.get("/x/:id", async (ctx) => {
          const found = await load(ctx.params.id);
          ctx.assert(found, 404, "not found");
          if (!ctx.state.user) throw createError(401, "sign in");
        });
        """
    found = [(one.at.line, one.status, constant_text(one.text)) for one in facts(Response, source)]
    assert found == [(6, 404, "not found"), (7, 401, "sign in")]


def test_a_status_said_after_a_header_holds_for_what_the_handler_returns() -> None:
    source = """
        import Fastify from "fastify";
        const app = Fastify();
        app.post("/x", async (request, reply) => {
          reply.header("Location", "/x/1").code(201);
          return { id: 1 };
        });
        """
    assert responses(source) == [(5, "fastify", 201, "{id}")]


def test_a_handler_that_hands_each_method_on_to_a_function() -> None:
    by_switch = """
        async function create(req: Request) {
          return Response.json(await insert(await req.json()))
        }
        Deno.serve(async (req) => {
          if (req.method === 'GET') return list(req)
          switch (req.method) {
            case 'POST':
              return create(req)
            case 'PUT': {
              if (!req.body) return refuse(422)
              return Response.json({})
            }
          }
          return refuse(405)
        })
        function list(req: Request) {
          return Response.json([])
        }
        """
    assert [route[1:4] for route in routes(by_switch, "supabase/functions/rooms/index.ts")] == [
        ("GET", "/functions/v1/rooms", "list"),
        ("POST", "/functions/v1/rooms", "create"),
        ("PUT", "/functions/v1/rooms", "Deno.serve@4"),
    ]
    by_table = """
        import { serve } from 'std/http/server.ts'
        const handlers = {
          async GET(req) { return Response.json([]) },
          POST: async (req) => Response.json({}),
        }
        serve((req) => handlers[req.method]?.(req) ?? new Response(null, { status: 405 }))
        """
    assert [route[1:4] for route in routes(by_table, "supabase/functions/rooms/index.ts")] == [
        ("GET", "/functions/v1/rooms", "handlers.GET"),
        ("POST", "/functions/v1/rooms", "handlers.POST"),
    ]


def test_pages_with_a_router_or_a_table_of_methods() -> None:
    connected = """
        import { createRouter } from 'next-connect'
        const router = createRouter()
        router.use(signedIn).get(async (req, res) => res.json([]))
        router.post(create)
        function create(req, res) { res.status(201).json({}) }
        export default router.handler({ onError(err, req, res) { res.status(500).end() } })
        """
    assert [route[1:4] for route in routes(connected, "pages/api/deals.ts")] == [
        ("GET", "/api/deals", "get@3"),
        ("POST", "/api/deals", "create"),
    ]
    assert [one.handler for one in facts(ErrorHandler, connected, "pages/api/deals.ts")] == ["onError"]
    table = """
        import { methods } from '@/server/api'
        const list = async (req, res) => res.json([])
        export default methods({ GET: list, POST: (req, res) => res.json({}) })
        """
    assert [route[1] for route in routes(table, "pages/api/deals.ts")] == ["GET", "POST"]


def test_what_a_method_of_nest_returns_and_takes_unseen() -> None:
    source = """
        import { Body, Controller, Delete, HttpCode, Post, Put, Res, UsePipes } from '@nestjs/common'
        interface NewRoom { name: string }
        @Controller('rooms')
        export class Rooms {
          @Post() create(@Body() body: NewRoom) { return this.rooms.create(body) }
          @Put() rename(@Body('name') name: string) { return this.rooms.rename(name) }
          @Put('x') @UsePipes(Checked) replace(@Body() body: any) { return this.rooms.replace(body) }
          @Put('y') typed(@Body() body: RoomDto, @Body(new Pipe()) other: any) { return this.rooms.put(body) }
          @Delete() @HttpCode(204) async drop(@Res() res: Response) { return this.rooms.drop() }
        }
        """
    assert [route.loose for route in facts(Route, source)] == [("body",), ("name",), (), (), ()]
    assert [(one.at.line, one.status) for one in facts(Response, source)] == [(5, 201), (6, 200), (7, 200), (8, 200)]


def test_handlers_of_fastify_that_take_no_reply_answer_what_they_return() -> None:
    source = """
        import type { FastifyInstance } from "fastify";
        export async function boards(app: FastifyInstance) {
          app.withTypeProvider<ZodTypeProvider>().post("/boards", { schema: { body } }, async (request) => {
            return { id: await store(request.body) };
          });
          app.get("/health", async () => ({ status: "ok" }));
        }
        """
    assert [one[1:3] for one in routes(source)] == [("POST", "/boards"), ("GET", "/health")]
    assert responses(source) == [(4, "fastify", 200, "{id}"), (6, "fastify", 200, "{status}")]


def test_routes_of_fastify_in_a_chain_after_plugins_that_stand_in_front_of_them() -> None:
    source = """
        import type { FastifyInstance } from "fastify";
        import { auth } from "./auth";
        export async function boards(app: FastifyInstance) {
          app.withTypeProvider<ZodTypeProvider>().register(auth).get("/boards", { schema }, async (request) => {
            return store(request.query);
          });
          app.addHook("preHandler", limited).after().register(auth).register(members).put("/boards", async (asked) => {
            return { id: store(asked.body) };
          });
          app.post("/boards", async () => ({}));
        }
        """
    found = [(one.method, one.path, one.router, one.guards) for one in facts(Route, source)]
    assert sorted(found) == [
        ("GET", "/boards", "boards.app", ("./auth.auth", "schema")),
        ("POST", "/boards", "boards.app", ()),
        ("PUT", "/boards", "boards.app", ("limited", "./auth.auth", "members")),
    ]


def test_what_a_function_around_handlers_answers_in_their_stead() -> None:
    source = """
        import { NextRequest } from 'next/server'
        import { jsonError } from './errors'
        export function guarded(next) {
          return async (request: NextRequest, extra) => {
            if (!request.headers.get('authorization')) return jsonError(401, 'Sign in first')
            return next(request, extra)
          }
        }
        """
    assert [(one.at.line, one.helper) for one in facts(Response, source)] == [(5, "./errors.jsonError")]


def test_a_status_set_on_one_way_to_an_answer_leaves_it_unknown() -> None:
    source = """
        import express from "express";
        const app = express();
        app.get("/a", async (req, res) => {
          if (!(await up())) res.status(503);
          res.json({});
        });
        app.get("/b", async (req, res) => {
          try { await ping(); } catch { res.statusCode = 503 }
          res.json({});
        });
        app.get("/c", async (req, res) => {
          if (!req.query.id) {
            res.status(404);
            throw new Error("no such thing");
          }
          if (req.query.old) { res.status(410).json({}); }
          res.json({});
        });
        """
    assert [(one.at.line, one.status) for one in facts(Response, source) if not one.raised] == [
        (5, None),
        (9, None),
        (16, 410),
        (17, 200),
    ]
