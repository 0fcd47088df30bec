"""The facts that one TypeScript or JavaScript file gives, with their exact places."""

import textwrap
from typing import TypeVar

import pytest

from reviewlint.facts.clients import EnvironmentRead
from reviewlint.facts.code import Catch, Class, Definition, Function
from reviewlint.facts.data import Loop, ModelAccess, Query
from reviewlint.facts.file import Directive, FileFact, IgnoreComment, Problem, Side
from reviewlint.facts.imports import Export, Import
from reviewlint.facts.logs import LogCall
from reviewlint.facts.values import Constant, constant_text, rendered
from reviewlint.readers import read
from reviewlint.source import Source

F = TypeVar("F", bound=FileFact)


def facts(kind: type[F], source: str | bytes, path: str = "src/a.ts", side: Side = Side.SERVER) -> list[F]:
    data = source if isinstance(source, bytes) else textwrap.dedent(source).lstrip("\n").encode()
    language = "tsx" if path.endswith("x") else "typescript"
    return [fact for fact in read(Source(path, language, side, len(data)), data).facts if type(fact) is kind]


def test_imports() -> None:
    found = facts(
        Import,
        """
        import "./setup";
        import d, { a, b as c, type T } from "./m";
        import type { U } from "./types";
        import { type V, type W } from "./more";
        import * as ns from 'ns';
        import cjs = require("cjs");
        const { x, y: z = 1 } = require('pg');
        const fs = require('fs');
        const { late } = await import(`./late`);
        lazy(() => import("./page"));
        require("side-effect");
        export { p as q } from "./r";
        export * from "./s";
        export * as t from "./t";
        require(name);
        """,
    )
    assert [(one.at.line, one.module, one.names) for one in found] == [
        (1, "./setup", ()),
        (2, "./m", (("default", "d"), ("a", "a"), ("b", "c"), ("T", "T"))),
        (3, "./types", (("U", "U"),)),
        (4, "./more", (("V", "V"), ("W", "W"))),
        (5, "ns", (("*", "ns"),)),
        (6, "cjs", (("*", "cjs"),)),
        (7, "pg", (("x", "x"), ("y", "z"))),
        (8, "fs", (("*", "fs"),)),
        (9, "./late", (("late", "late"),)),
        (10, "./page", (("*", ""),)),
        (11, "side-effect", ()),
        (12, "./r", (("p", "q"),)),
        (13, "./s", (("*", "*"),)),
        (14, "./t", (("*", "t"),)),
    ]
    assert [one.module for one in found if one.type_only] == ["./types", "./more"]
    assert [one.module for one in found if one.dynamic] == ["./late", "./page"]
    assert [one.module for one in found if one.reexport] == ["./r", "./s", "./t"]


def test_an_import_that_is_only_asked_for_its_type_is_left_out() -> None:
    found = facts(
        Import,
        """
        import { orders, lines } from './orders'
        import { carts } from './carts'
        import { users } from './users'
        type Order = Awaited<ReturnType<typeof orders>>[number] | Awaited<ReturnType<typeof lines>>
        type Cart = ReturnType<typeof carts>
        export const all = () => carts()
        """,
    )
    assert [one.module for one in found if one.type_only] == ["./orders"]


def test_exports() -> None:
    found = facts(
        Export,
        """
        export const a = 1, { b, c: [d] } = x;
        export function e() {}
        export class F {}
        export enum G { X }
        export default async function h() {}
        export { i, j as k };
        module.exports = { l, m: n, o() {} };
        exports.p = q;
        """,
    )
    assert [(one.at.line, one.name, one.local) for one in found] == [
        (1, "a", "a"),
        (1, "b", "b"),
        (1, "d", "d"),
        (2, "e", "e"),
        (3, "F", "F"),
        (4, "G", "G"),
        (5, "default", "h"),
        (6, "i", "i"),
        (6, "k", "j"),
        (7, "default", "default"),
        (7, "l", "l"),
        (7, "m", "n"),
        (7, "o", "exports.o"),
        (8, "p", "q"),
    ]
    assert [one.local for one in facts(Export, "export default foo;")] == ["foo"]
    assert [one.local for one in facts(Export, "export default () => 1;")] == ["default"]


def test_functions_are_named_after_what_holds_them() -> None:
    found = facts(
        Function,
        """
        function a() { function b() {} const c = () => 1; xs.map(x => y()); }
        const d = async (p, { q }, ...r) => {};
        export default function () {}
        class K { constructor() {} async m(s: string, t = 1) { this.n(); } static n = () => {}; #p() {} }
        const handlers = { list() {}, show: async () => {}, deep: { er: function () {} } };
        export const GET = withAuth(async (req) => {});
        app.get("/x", async (req, res) => { db.transaction(async (tx) => { inner(); }); });
        exports.e = function () {};
        const f = useCallback(() => {});
        (async () => {})();
        """,
    )
    assert [(one.at.line, one.name, one.parameters) for one in found] == [
        (1, "a", ()),
        (1, "a.b", ()),
        (1, "a.c", ()),
        (2, "d", ("p", "{1}", "r")),
        (3, "default", ()),
        (4, "K.constructor", ()),
        (4, "K.m", ("s", "t")),
        (4, "K.n", ()),
        (4, "K.#p", ()),
        (5, "handlers.list", ()),
        (5, "handlers.show", ()),
        (5, "handlers.deep.er", ()),
        (6, "GET", ("req",)),
        (7, "app.get@7", ("req", "res")),
        (8, "e", ()),
        (9, "f", ()),
        (10, "function@10", ()),
    ]
    calls = {one.name: one.calls for one in found}
    assert calls["a"] == ("xs.map", "y")
    assert calls["K.m"] == ("K.n",)
    assert calls["app.get@7"] == ("db.transaction", "inner")
    assert [one.name for one in found if one.is_async] == [
        "d",
        "K.m",
        "handlers.show",
        "GET",
        "app.get@7",
        "function@10",
    ]
    assert [(name, rendered(value)) for one in found for name, value in one.defaults] == [("t", "1")]


def test_functions_count_the_lines_that_choose_a_way() -> None:
    found = facts(
        Function,
        """
        export const plain = (a) => a
        /** if (only) */
        export function choosing(a) {
          if (!a) {
            throw new Error('none')
          } else if (a.b) {
            return 1
          }
          try { a() }
          catch { return 2 }
        }
        """,
    )
    assert [(one.name, one.decisions) for one in found] == [("plain", 0), ("choosing", 4)]


def test_functions_say_what_they_return() -> None:
    (found,) = facts(
        Function,
        """
        function f(code) {
          if (code) return { error: { code } };
          items.map((item) => { return 1; });
          return g(code);
        }
        """,
    )
    assert [type(value).__name__ for value in found.returns] == ["Record", "Call"]


def test_definitions_and_classes() -> None:
    source = """
        export const TABLE = "users", n = 3;
        const f = () => 1;
        enum Status { OPEN = "open" }
        function g() { const inner = 1; }
        @Injectable()
        export class Repo extends base.Base<T> { static table = "t"; private x: string; }
        """
    assert [(one.at.line, one.name) for one in facts(Definition, source)] == [
        (1, "TABLE"),
        (1, "n"),
        (3, "Status"),
        (6, "Repo.table"),
    ]
    (klass,) = facts(Class, source)
    assert (klass.at.line, klass.name, klass.bases, klass.decorators) == (6, "Repo", ("base.Base",), ("Injectable",))


def test_catches() -> None:
    found = facts(
        Catch,
        """
        function f() {
          try { a() } catch {}
          try { a() } catch (e) { /* why */ }
          try { a() } catch (e) { console.error(e); throw e }
          try { a() } catch (e) { x = 1; if (y) return null; retry() }
          for (;;) { try { a() } catch (e) { continue } }
          p.catch(() => {});
          p.catch((err) => log.warn(err)).finally(() => {});
          p.then(a, (err) => undefined);
          p.catch(() => null);
          p.catch(() => []);
          const kept = p.catch(() => undefined);
          await Promise.all(several.map((one) => one.catch(() => undefined)));
        }
        """,
    )
    assert [(one.at.line, one.variable, sorted(one.does)) for one in found] == [
        (2, "", []),
        (3, "e", ["comments"]),
        (4, "e", ["logs", "raises"]),
        (5, "e", ["assigns", "calls", "returns"]),
        (6, "e", ["continues"]),
        (7, "", []),
        (8, "err", ["logs"]),
        (9, "err", []),
        (10, "", []),
        (11, "", ["returns"]),
        (12, "", ["returns"]),
        (13, "", []),
    ]
    assert {one.function for one in found} == {"f"}


def test_directives() -> None:
    source = """
        // first
        "use client";
        import x from "x";
        export async function save() { "use server"; return "use server"; }
        """
    assert [(one.at.line, one.text, one.function) for one in facts(Directive, source)] == [
        (2, "use client", ""),
        (4, "use server", "save"),
    ]


def test_environment_reads() -> None:
    found = facts(
        EnvironmentRead,
        """
        const a = process.env.A, b = process.env["B"] ?? "x";
        const { C, D: d = "y" } = process.env;
        function f() { return import.meta.env.VITE_E! || 1; }
        Deno.env.get("F"); Bun.env.G; Deno.env.get(name);
        process.env.H = "set"; delete process.env.I; // process.env.J
        const env = process.env; "process.env.K";
        (process.env.L as string).trim();
        """,
    )
    assert [(one.at.line, one.name, one.function, constant_text(one.default)) for one in found] == [
        (1, "A", "", None),
        (1, "B", "", "x"),
        (2, "C", "", None),
        (2, "D", "", "y"),
        (3, "VITE_E", "f", None),
        (4, "F", "", None),
        (4, "G", "", None),
        (7, "L", "", None),
    ]


def logs(source: str) -> list[tuple[int, str, str, str | None, tuple[str, ...]]]:
    return [
        (
            one.at.line,
            one.library,
            one.level,
            rendered(one.message) if one.message is not None else None,
            tuple(name for name, _ in one.fields),
        )
        for one in facts(LogCall, source)
    ]


def test_logs() -> None:
    assert logs(
        """
        import pino from "pino"; import winston from "winston"; import { Logger } from "@nestjs/common";
        import { logger } from "./logger"; import { other } from "mathematics";
        const p = pino(); const child = p.child({ a: 1 }); const w = winston.createLogger({});
        console.log("a", x); console.error({ b: 1 }); console.warn(JSON.stringify({ msg: "m", c }));
        p.info({ d, e: 1 }, "text"); child.fatal("x"); w.log("warn", "y", { f: 1 }); w.info(`z ${q}`);
        logger.error("own", { g: 1 }); other.info("no"); Math.log(2); console.table(x); logger.child({});
        class S { private readonly l = new Logger(S.name); constructor(private out: Logger) {}
          m(req) { this.l.verbose("v"); this.out.log("o"); req.log.debug({ h: 1 }, "r"); } }
        """
    ) == [
        (4, "console", "info", "a", ()),
        (4, "console", "error", None, ("b",)),
        (4, "console", "warning", "m", ("c",)),
        (5, "pino", "info", "text", ("d", "e")),
        (5, "pino", "critical", "x", ()),
        (5, "winston", "warning", "y", ("f",)),
        (5, "winston", "info", "z {}", ()),
        (6, "logger", "error", "own", ("g",)),
        (8, "nest", "debug", "v", ()),
        (8, "nest", "info", "o", ()),
        (8, "pino", "debug", "r", ("h",)),
    ]


def test_logs_in_catch_clauses() -> None:
    found = facts(
        LogCall,
        """
        async function f() {
          try { await a() } catch (problem) {
            console.error("x");
            console.error("x", problem);
            logger.error({ err: problem }, "x");
            logger.error("x " + problem.message);
            items.forEach(() => console.error(problem.stack));
            later(function g() { console.error("not in it") });
          }
          a().catch((e) => console.error("y", e));
          console.error("out");
        }
        """,
    )
    assert [(one.at.line, one.in_catch, one.catch_variable, one.with_exception) for one in found] == [
        (3, True, "problem", False),
        (4, True, "problem", True),
        (5, True, "problem", True),
        (6, True, "problem", False),
        (7, True, "problem", True),
        (8, False, "", False),
        (10, True, "e", True),
        (11, False, "", False),
    ]
    assert found[3].inserted == ("problem.message",)


def queries(source: str) -> list[tuple[int, str, str, str, bool]]:
    return [(one.at.line, one.driver, one.paramstyle, rendered(one.text), one.certain) for one in facts(Query, source)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import { Pool } from 'pg'; const p = new Pool(); p.query('x', [1])", ("pg", "$1", "x", True)),
        ("import pg from 'pg'; const c = await new pg.Pool().connect(); c.query({ text: 'x', values: [] })",
         ("pg", "$1", "x", True)),
        ("import { PoolClient } from 'pg'; export const f = (c: PoolClient, s: string) => c.query(s)",
         ("pg", "$1", "{}", True)),
        ("import { Pool } from 'npm:pg@8'; class R { constructor(private pool: Pool) {} f() { this.pool.query('x') } }",
         ("pg", "$1", "x", True)),
        ("import mysql from 'mysql2/promise'; const c = await mysql.createConnection({}); c.execute('x')",
         ("mysql", "?", "x", True)),
        ("import Database from 'better-sqlite3'; const db = new Database('f'); db.prepare('x')",
         ("sqlite", "?", "x", True)),
        ("import postgres from 'postgres'; const sql = postgres(); sql.unsafe('x')", ("postgres", "$1", "x", True)),
        ("import knex from 'knex'; const k = knex({}); k.raw('x ?', [1])", ("knex", "?", "x ?", True)),
        ("k('t').whereRaw(`a = ${b}`)", ("knex", "?", "a = {}", True)),
        ("import { Sequelize } from 'sequelize'; const s = new Sequelize(); s.query('x', { replacements: {} })",
         ("sequelize", ":name", "x", True)),
        ("import { Sequelize, literal } from 'sequelize'; literal('x')", ("sequelize", "", "x", True)),
        ("import { DataSource } from 'typeorm'; const d = new DataSource({}); d.query('x')",
         ("typeorm", "$1", "x", True)),
        ("repo.createQueryBuilder('u').where(`u.id = ${id}`)", ("typeorm", ":name", "u.id = {}", True)),
        ("prisma.$queryRawUnsafe('x ' + a)", ("prisma", "$1", "x {}", True)),
        ("import { Prisma } from '@prisma/client'; Prisma.raw(a)", ("prisma", "$1", "{}", True)),
        ("import { sql } from 'drizzle-orm'; sql.raw(a)", ("drizzle", "", "{}", True)),
        ("import { sql } from 'kysely'; sql.raw(a)", ("kysely", "", "{}", True)),
        ("client.queryObject('x')", ("deno-postgres", "$1", "x", True)),
        ("import { db } from './db'; db.query(`select * from t where a = ${b}`)",
         ("sql", "", "select * from t where a = {}", True)),
        ("import { db } from './db'; db.query('select * from t where a = $1', [b])",
         ("sql", "$1", "select * from t where a = $1", True)),
        ("import { db } from './db'; db.query(text)", ("sql", "", "{}", False)),
    ],
)  # fmt: skip
def test_queries(source: str, expected: tuple[str, str, str, bool]) -> None:
    assert queries(source) == [(1, *expected)]


@pytest.mark.parametrize(
    "source",
    [
        "import { Client } from '@elastic/elasticsearch'; const c = new Client(); c.query('select a from b')",
        "trpc.users.list.query({ id })",
        "document.query('div')",
        "/a/.exec('select a')",
        "prisma.$queryRaw`select ${a}`",
        "sql`select ${a}`",
        "db.query(({ input }) => input)",
        "child.exec('ls')",
    ],
)
def test_what_is_no_query_text(source: str) -> None:
    assert queries(source) == []


def test_a_query_at_the_end_of_a_chain_stands_on_its_own_line() -> None:
    (found,) = facts(Query, "const rows = knex('t')\n  .select('a')\n  .whereRaw('b = 1');\n")
    assert (found.at.line, found.at.column) == (3, 4)


def test_columns_count_code_points() -> None:
    (found,) = facts(EnvironmentRead, "/* é😀 */ f('😀', process.env.A);\n")
    assert (found.at.line, found.at.column, found.at.end_column) == (1, 17, 30)
    (with_mark,) = facts(EnvironmentRead, b"\xef\xbb\xbfprocess.env.A;\n")
    assert (with_mark.at.column, with_mark.at.end_column) == (1, 14)
    (wide,) = facts(EnvironmentRead, "f('é');process.env.A;\r\n".encode("utf-16"))
    assert (wide.at.column, wide.at.end_column) == (8, 21)


def test_broken_files_are_read_as_far_as_they_go() -> None:
    source = "const a = process.env.A;\nfunction (( {\nconst b = process.env.B;\n"
    assert [one.at.line for one in facts(Problem, source)] == [2]
    assert "A" in [one.name for one in facts(EnvironmentRead, source)]


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("a.tsx", "const x = <p title='a?b=1&c=2&d=3'>Terms & conditions & more</p>;"),
        ("a.ts", "const x = await load<typeof import('./x')>();"),
        ("a.ts", "const m = {} as Partial<Record<import('x').A['name'], B>>;"),
        ("a.ts", "f(\n  <A, B>(\n    a: A\n  ) => a\n);\nexport type * from './b';"),
        ("a.ts", "interface A<B> {\n  table: import('x').Table<B>;\n}"),
        ("a.ts", "export * from './a';\nexport type * from './b';"),
        ("a.js", "export { default as config } from './config.json' with { type: 'json' };"),
        ("a.ts", "interface A {\n  all: number\n  in_progress: number\n  inner?: B\n}"),
        ("a.ts", "const f: (any) => string = g;"),
        ("a.ts", "interface A {\n  value: string\n  in: 'header'\n}"),
        ("a.ts", "interface A {\n  b: C\n  // x\n  instanceof(c: any): D\n}"),
        ("a.ts", "declare const f: {\n  (a: string): void\n  <T extends A>(b: T): void\n}"),
        ("a.ts", "const x = <string>y;"),
        (
            "a.tsx",
            "const A = styled.p<Props & {\n  b?: (c: D<E>) => F;\n}>`\n  color: ${({ b }) => (b ? `red` : x < y)};\n`;",
        ),
        ("a.ts", "const rows = await sql<{ n: number }[]>`select ${x}`;"),
        ("a.js", "const x = <p>{y}</p>;"),
        ("a.js", "// @flow\ntype A = {| b: ?string |};\nfunction f(x: ?string = null) {}"),
        ("a.mts", "export {};"),
        ("a.cjs", "module.exports = class { static { x() } #p = 1 };"),
        ("a.js", "#!/usr/bin/env node\nlabel: for (;;) break label;"),
        ("a.ts", ""),
    ],
)
def test_valid_sources_are_no_problem(path: str, source: str) -> None:
    assert facts(Problem, source, path) == []


def test_names_are_those_of_the_source_where_the_parser_is_given_another() -> None:
    source = "interface A {\n  b: string\n  in: 'header'\n}\nfunction f(\n  input: string,\n) {}"
    assert [one.parameters for one in facts(Function, source, "a.ts")] == [("input",)]


@pytest.mark.parametrize(
    "data",
    [
        b"\x00\xff\xfe{{{",
        b"(" * 20_000,
        b"a(" * 20_000,
        b"x => " * 10_000,
        b"`${" * 10_000,
        b"<a>" * 10_000,
        b"class A { m() {" * 3_000,
        b"export default " * 5_000,
        b"import {" + b"a," * 50_000,
        b"if (a) b; else " * 20_000,
        b"const {" * 10_000,
        b"\xed\xa0\x80'\xff'",
    ],
)
def test_hostile_bytes_are_read_to_the_end(data: bytes) -> None:
    for path in ("a.ts", "a.tsx", "a.test.js"):
        assert all(problem.at.path == path for problem in facts(Problem, data, path))


def test_ignore_comments() -> None:
    found = facts(IgnoreComment, "f(); // reviewlint: ignore[a, b] why\n'// reviewlint: ignore[c]';\n")
    assert [(one.at.line, one.rules, one.reason) for one in found] == [(1, ("a", "b"), "why")]


def test_facts_stand_in_the_order_of_the_text() -> None:
    data = b"import a from 'a';\nexport const b = process.env.B;\nfunction c() { console.log(1); }\n"
    found = read(Source("a.ts", "typescript", Side.SERVER, len(data)), data).facts
    assert [fact.at for fact in found] == sorted((fact.at for fact in found), key=lambda at: (at.line, at.column))
    assert {type(fact) for fact in found} >= {Import, Export, Definition, EnvironmentRead, Function, LogCall}
    definition = next(fact for fact in found if isinstance(fact, Definition))
    assert not isinstance(definition.value, Constant)


def test_calls_are_named_after_the_class_of_their_receiver() -> None:
    source = """
        import { Orders } from "./orders";
        const orders = new Orders(db);
        class Controller {
          private readonly log = new Log();
          constructor(private readonly users: Users, @Inject(X) private mail: Mail | null, plain: string) {}
          run() { orders.create(); this.users.find(); this.mail?.send(); this.log.info(); this.own(); plain.f(); }
        }
        """
    calls = {one.name: one.calls for one in facts(Function, source)}
    assert calls["Controller.run"] == (
        "./orders.Orders.create",
        "Users.find",
        "Mail.send",
        "Log.info",
        "Controller.own",
        "plain.f",
    )


def test_a_model_of_a_transaction_or_else_of_the_client() -> None:
    (access,) = facts(
        ModelAccess,
        """
        import { Prisma } from '@prisma/client';
        import { PrismaService } from '../prisma/prisma.service';
        export class Teams {
          constructor(private readonly prisma: PrismaService) {}
          async find(id: string, tx: Prisma.TransactionClient | null = null) {
            return await (tx || this.prisma).team.findUnique({ where: { id } });
          }
        }
        """,
    )
    assert (access.model, access.operation, access.call) == ("team", "select", "findUnique")


def test_calls_that_begin_together_come_in_one_order() -> None:
    text = "function f(a) {\n" + "  return a.filter(one).map(two).sort(three)\n" * 20 + "}\n"
    told = {facts(Function, text)[0].calls for _ in range(20)}
    assert told == {("a.filter().map().sort", "a.filter().map", "a.filter")}


def test_what_is_called_with_types_is_called_and_waited_for_as_everything_is() -> None:
    """The grammar takes `await one<Row>(…)` for a call of `await one`, and a tagged template for no end of things."""
    source = """
        const rows = async (ids) => {
          for (const id of ids) await pool.query<Row>("select 1 where $1", [id]);
          try { await this.work<Row>(ids); await sql<Row[]>`select ${ids}`; } catch {}
          return await one<Row>("select 1");
        }
    """
    assert [one.calls for one in facts(Function, source)] == [("pool.query", "this.work", "sql", "one")]
    assert [one.waits for one in facts(Catch, source)] == [("this.work", "sql")]
    (loop,), (query, *_) = facts(Loop, source), facts(Query, source)
    assert any(wait.holds(query.at) for wait in loop.waits)
