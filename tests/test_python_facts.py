"""The facts that one Python file gives, with their exact places."""

import textwrap
from typing import TypeVar

import pytest

from reviewlint.facts.clients import Client, EnvironmentRead
from reviewlint.facts.code import Catch, Class, Definition, Function
from reviewlint.facts.data import Query, TableAccess
from reviewlint.facts.file import FileFact, Problem, Side
from reviewlint.facts.imports import Import
from reviewlint.facts.logs import LogCall
from reviewlint.facts.values import Call, Constant, Environment, Items, Record, Text, constant_text, rendered
from reviewlint.readers import read
from reviewlint.source import Source

F = TypeVar("F", bound=FileFact)


def facts(kind: type[F], source: str | bytes) -> list[F]:
    data = source if isinstance(source, bytes) else textwrap.dedent(source).lstrip("\n").encode()
    return [fact for fact in read(Source("a.py", "python", Side.SERVER, len(data)), data).facts if type(fact) is kind]


def queries(source: str) -> list[tuple[int, str, str, str, bool]]:
    return [
        (query.at.line, query.driver, query.paramstyle, rendered(query.text), query.certain)
        for query in facts(Query, source)
    ]


def test_imports() -> None:
    found = facts(
        Import,
        """
        import os, a.b as c
        from ..x import (y as z,
            w)
        from . import *
        if TYPE_CHECKING:
            from t import T
        def f():
            import late
        importlib.import_module("dyn.amic")
        """,
    )
    assert [(one.at.line, one.module, one.names) for one in found] == [
        (1, "os", ()),
        (1, "a.b", (("*", "c"),)),
        (2, "..x", (("y", "z"), ("w", "w"))),
        (4, ".", (("*", "*"),)),
        (6, "t", (("T", "T"),)),
        (8, "late", ()),
        (9, "dyn.amic", ()),
    ]
    assert [one.module for one in found if one.type_only] == ["t"]
    assert [one.module for one in found if one.dynamic] == ["dyn.amic"]


def test_definitions_classes_and_functions() -> None:
    source = """
        from sqlalchemy.orm import DeclarativeBase as Base
        TABLE = "users"
        try:
            LIMIT = int("3")
        except ValueError:
            LIMIT = 10
        @dataclass
        class Order(Base, Generic[T]):
            name: str = "x"
            @property
            async def total(self, currency, *, rate=2):
                return f"{currency} {self.net(rate)}"
        def outer():
            def inner(): ...
            return inner()
    """
    assert [(one.at.line, one.name) for one in facts(Definition, source)] == [
        (2, "TABLE"),
        (4, "LIMIT"),
        (6, "LIMIT"),
        (9, "Order.name"),
    ]
    [order] = facts(Class, source)
    assert (order.at.line, order.name, order.bases, order.decorators) == (
        8,
        "Order",
        ("sqlalchemy.orm.DeclarativeBase", "Generic"),
        ("dataclass",),
    )
    total, outer, inner = facts(Function, source)
    assert (total.name, total.parameters, total.decorators, total.is_async, total.calls) == (
        "Order.total",
        ("currency", "rate"),
        ("property",),
        True,
        ("self.net",),
    )
    assert [name for name, _ in total.defaults] == ["rate"]
    assert rendered(total.returns[0]) == "{} {}"
    assert (outer.name, outer.calls, inner.name) == ("outer", ("inner",), "outer.inner")


def test_functions_count_the_lines_that_choose_a_way() -> None:
    found = facts(
        Function,
        '''
        def plain(a):
            """Say nothing

            if there is nothing."""
            return a if a else None

        def choosing(a):
            if (
                a
            ):
                raise ValueError
            for each in a:  # all
                try:
                    each()
                except KeyError:
                    pass
            else_ = 1

        def later():
            raise NotImplementedError
        ''',
    )
    assert [(one.name, one.decisions) for one in found] == [("plain", 0), ("choosing", 4), ("later", 0)]


def test_catches() -> None:
    found = facts(
        Catch,
        """
        def f():
            try:
                g()
            except (ValueError, json.JSONDecodeError) as e:
                log.error("no", exc_info=e)
                raise HTTPException(500) from e
            except KeyError:
                pass
            except:
                # best effort
                x = 1
                return None
        """,
    )
    assert [(one.at.line, one.function, one.exceptions, one.variable, sorted(one.does)) for one in found] == [
        (4, "f", ("ValueError", "json.JSONDecodeError"), "e", ["calls", "logs", "raises"]),
        (7, "f", ("KeyError",), "", []),
        (9, "f", (), "", ["assigns", "comments", "returns"]),
    ]


def test_environment_reads() -> None:
    found = facts(
        EnvironmentRead,
        """
        import os
        from decouple import config
        A = os.environ["A"]
        os.environ["B"] = "written"
        C = os.getenv("C", "c")
        D = os.environ.get("D") or "d"
        E = config("E", default="e")
        F = {}.get("F")
        """,
    )
    assert [(one.at.line, one.name, constant_text(one.default)) for one in found] == [
        (3, "A", None),
        (5, "C", "c"),
        (6, "D", "d"),
        (7, "E", "e"),
    ]


def test_log_calls_of_the_standard_library() -> None:
    found = facts(
        LogCall,
        """
        import logging
        from logging import getLogger, info
        log = getLogger(__name__)
        class Job:
            def __init__(self):
                self.logger = logging.getLogger("job")
            def run(self, x):
                self.logger.info("x is %s", x, extra={"user": 1})
                logging.warn(f"x {x}")
                info("i")
                log.log(logging.ERROR, "e")
                try:
                    run()
                except OSError as error:
                    log.error("failed: %s", error)
                    log.error(f"failed: {error}")
                    log.exception("failed")
                    log.warning("failed", exc_info=True)
                    log.warning("failed", exc_info=False)
                math.log(x)
                messages.error(request, "no log")
                current_app.logger.debug("d")
        """,
    )
    assert [(one.at.line, one.library, one.call, one.level, one.with_exception) for one in found] == [
        (8, "logging", "self.logger.info", "info", False),
        (9, "logging", "logging.warn", "warning", False),
        (10, "logging", "info", "info", False),
        (11, "logging", "log.log", "error", False),
        (15, "logging", "log.error", "error", True),
        (16, "logging", "log.error", "error", False),
        (17, "logging", "log.exception", "error", True),
        (18, "logging", "log.warning", "warning", True),
        (19, "logging", "log.warning", "warning", False),
        (22, "logging", "current_app.logger.debug", "debug", False),
    ]
    assert found[0].function == "Job.run"
    assert [name for name, _ in found[0].fields] == ["user"]
    assert len(found[0].arguments) == 1
    assert isinstance(found[1].message, Text)
    assert [one.in_catch for one in found] == [False] * 4 + [True] * 5 + [False]
    assert {one.catch_variable for one in found if one.in_catch} == {"error"}


def test_log_calls_of_structlog_loguru_and_other_modules() -> None:
    found = facts(
        LogCall,
        """
        import structlog
        from loguru import logger
        from app.log import get_logger, audit_log
        log = structlog.get_logger(service="s")
        other = get_logger(__name__)
        async def f(given: structlog.stdlib.BoundLogger, x):
            bound = log.bind(user=x)
            bound.info("paid", amount=3)
            await log.ainfo("a")
            logger.bind(order=1).opt(exception=True).error("no {}", x)
            other.info("own")
            audit_log.warning("own")
            given.info("given")
        """,
    )
    assert [(one.at.line, one.library, [name for name, _ in one.fields]) for one in found] == [
        (8, "structlog", ["service", "user", "amount"]),
        (9, "structlog", ["service"]),
        (10, "loguru", ["order"]),
        (11, "structlog", []),
        (12, "structlog", []),
        (13, "structlog", []),
    ]
    assert found[2].with_exception


def test_prints() -> None:
    found = facts(
        LogCall,
        """
        import sys
        def f(x):
            print("a", x)
            print("b", file=sys.stderr)
            print("c", file=out)
        if __name__ == "__main__":
            print("d")
        """,
    )
    assert [(one.at.line, one.library, constant_text(one.message)) for one in found] == [
        (3, "print", "a"),
        (4, "print", "b"),
    ]


def test_queries_of_known_receivers() -> None:
    assert queries(
        """
        import psycopg, sqlite3, asyncpg, oracledb, duckdb, aiosqlite
        from contextlib import closing
        db = psycopg.connect("")
        def f(t):
            with db.cursor() as cur:
                cur.execute(f"select * from {t} where a = %s", (1,))
            with closing(sqlite3.connect("")) as lite:
                lite.execute("pragma foreign_keys")
            oracledb.connect().cursor().execute("select 1 from dual where a = :a", a=1)
            duckdb.sql("select 42")
        async def g(pool: asyncpg.Pool, q):
            async with pool.acquire() as connection:
                rows = await connection.fetch(q, 1)
            async with aiosqlite.connect("") as lite:
                await lite.execute_fetchall("select 1")
        """
    ) == [
        (6, "psycopg", "%s", "select * from {} where a = %s", True),
        (8, "sqlite3", "?", "pragma foreign_keys", True),
        (9, "oracledb", ":name", "select 1 from dual where a = :a", True),
        (10, "duckdb", "?", "select 42", True),
        (13, "asyncpg", "$1", "{}", True),
        (15, "aiosqlite", "?", "select 1", True),
    ]


def test_queries_of_connections_that_helpers_of_the_file_hand_out() -> None:
    assert queries(
        """
        import psycopg2, pymysql, sqlite3
        from flask import g
        def get_db():
            if "db" not in g:
                g.db = sqlite3.connect("")
            return g.db
        def connect():
            return pymysql.connect()
        @contextmanager
        def cursor():
            connection = psycopg2.connect("")
            yield connection.cursor()
        class Repository:
            def __init__(self, dsn):
                self.connection = psycopg2.connect(dsn)
            def all(self):
                self.connection.cursor().execute("select 1")
        def f():
            connect().cursor().execute("select 2")
            with cursor() as c:
                c.execute("select 3")
            get_db().execute("select 4")
        """
    ) == [
        (17, "psycopg2", "%s", "select 1", True),
        (19, "pymysql", "%s", "select 2", True),
        (21, "psycopg2", "%s", "select 3", True),
        (22, "sqlite3", "?", "select 4", True),
    ]


def test_queries_by_their_text_or_the_name_of_the_receiver() -> None:
    assert queries(
        """
        def f(executor, cursor, runner, q, job):
            executor.execute(job)
            executor.execute("echo hello")
            runner.execute("delete from t where a = 1")
            cursor.execute(q)
            cursor.execute("RESET ROLE")
            cursor.execute(["not", "sql"])
            self.cache.fetch("select")
        """
    ) == [
        (4, "dbapi", "", "delete from t where a = 1", True),
        (5, "dbapi", "", "{}", False),
        (6, "dbapi", "", "RESET ROLE", False),
    ]


def test_parameters_of_queries() -> None:
    found = facts(
        Query,
        """
        import asyncpg, psycopg2
        async def f(pool: asyncpg.Pool, a):
            await pool.fetch("select $1, $2", a, 2)
            psycopg2.connect().cursor().execute("select %s", (a,))
            psycopg2.connect().cursor().execute("select %(a)s", vars={"a": a})
            await pool.fetch("select 1")
        """,
    )
    first, second, third, last = found
    assert isinstance(first.parameters, Items) and len(first.parameters.items) == 2
    assert isinstance(second.parameters, Items) and len(second.parameters.items) == 1
    assert isinstance(third.parameters, Record) and third.parameters.keys == ("a",)
    assert last.parameters is None


def test_composed_identifiers_stand_in_the_text() -> None:
    [query] = facts(
        Query,
        """
        from psycopg import sql
        def f(cur, table, columns):
            cur.execute(sql.SQL("select {} from {t}").format(
                sql.SQL(", ").join(map(sql.Identifier, columns)), t=sql.Identifier(table)))
        """,
    )
    assert rendered(query.text) == "select {} from {}"
    assert isinstance(query.text, Text)
    holes = [part.callee for part in query.text.parts if isinstance(part, Call)]
    assert holes == ["psycopg.sql.Identifier"] * 2


def test_sqlalchemy() -> None:
    assert queries(
        """
        import sqlalchemy as sa
        from sqlalchemy import select, text
        from sqlalchemy.ext.asyncio import AsyncSession
        async def f(session: AsyncSession, name, user_id):
            statement = text("select * from t where a = :a").bindparams(a=1)
            await session.execute(statement)
            await session.execute(text("select " + name), {"x": 1})
            await session.execute(select(User).where(User.id == user_id))
            connection.exec_driver_sql("select 1")
            query.order_by(text(name))
            query.order_by(text("false"), sa.literal_column("lower(email)"))
            sa.Column(server_default=sa.text("now()"))
            query.filter(f"age > {name}")
        """
    ) == [
        (6, "sqlalchemy", ":name", "select * from t where a = :a", True),
        (7, "sqlalchemy", ":name", "select {}", True),
        (9, "sqlalchemy", "", "select 1", True),
        (10, "sqlalchemy", ":name", "{}", True),
        (13, "sqlalchemy", ":name", "age > {}", False),
    ]


def test_django_peewee_and_pandas() -> None:
    assert queries(
        """
        import pandas as pd
        from django.db import connection
        from django.db.models.expressions import RawSQL
        def f(x, engine):
            with connection.cursor() as c:
                c.execute("select %s", [x])
            User.objects.raw(f"select * from u where a = {x}")
            qs.annotate(v=RawSQL("a + %s", (x,)))
            User.objects.extra(where=["a = %s" % x], select={"b": "c"})
            pd.read_sql("select 1", engine)
        """
    ) == [
        (6, "django", "%s", "select %s", True),
        (7, "django", "%s", "select * from u where a = {}", True),
        (8, "django", "%s", "a + %s", True),
        (9, "django", "%s", "c", True),
        (9, "django", "%s", "a = {}", True),
        (10, "pandas", "", "select 1", True),
    ]


def test_supabase() -> None:
    source = """
        import os
        from supabase import create_client, AsyncClient
        supabase = create_client("https://x.supabase.co", os.environ["KEY"])
        async def f(db: AsyncClient, table):
            rows = await db.table("orders").select("*").eq("id", 1).execute()
            supabase.from_(table).update({"a": 1}).execute()
            supabase.rpc("total", {"a": 1}).execute()
            ui.table("no client")
    """
    [client] = facts(Client, source)
    assert (client.at.line, client.name, client.constructor) == (3, "supabase", "supabase.create_client")
    assert isinstance(client.key, Environment)
    found = facts(TableAccess, source)
    assert [(one.at.line, one.client, one.relation, one.operation, one.awaited) for one in found] == [
        (5, "db", "orders", "select", True),
        (6, "supabase", None, "update", True),
        (7, "supabase", "total", "rpc", True),
    ]
    assert [call.callee for call in found[0].calls if isinstance(call, Call)] == ["table", "select", "eq", "execute"]


def test_columns_count_code_points() -> None:
    source = "é = '🙂'; cur.execute('select \"ä\"'); x = 1\nü = 'a'\n".encode()
    [query] = facts(Query, source)
    assert (query.at.line, query.at.column, query.at.end_column) == (1, 10, 35)
    last = facts(Definition, source)[-1]
    assert (last.name, last.at.line, last.at.column, last.at.end_column) == ("ü", 2, 1, 8)


def test_byte_order_mark_and_windows_line_ends() -> None:
    [first, second] = facts(Definition, b"\xef\xbb\xbfA = 1\r\nB = 2\r\n")
    assert (first.at.column, second.at.line, second.at.column) == (1, 2, 1)
    assert isinstance(second.value, Constant)


def test_a_broken_place_costs_only_itself() -> None:
    source = """
        import os
        def f(cur, x):
            cur.execute(f"select {x} from t")
        def g(:
            pass
        def h(cur, x):
            cur.execute(f"select {x} from u")
    """
    assert [query.at.line for query in facts(Query, source)] == [3, 7]
    [problem] = facts(Problem, source)
    assert problem.at.line == 4


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("print 'a'\nprint 'b'\n", [1]),
        ("x = 1\nexec 'a'\n", [2]),
        ("print (x)\n", []),
        ("type X = int\ndef f[T](x: T): ...\n", []),
        ("try: ...\nexcept A, B: ...\n", []),
        ("x = f'{a['b']}'\n", []),
        ("", []),
    ],
)
def test_at_most_one_problem_a_file(source: str, lines: list[int]) -> None:
    assert [problem.at.line for problem in facts(Problem, source)] == lines


@pytest.mark.parametrize(
    "data", [b"\x00", b"\xff\xfe\x00", bytes(range(256)), b"def", b"f'{", b"((((", b"\r\r\r", b"@"]
)
def test_any_bytes_are_read(data: bytes) -> None:
    assert read(Source("a.py", "python", Side.SERVER, len(data)), data).path == "a.py"
