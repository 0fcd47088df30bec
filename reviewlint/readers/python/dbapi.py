"""Queries through DB-API cursors and connections (PEP 249), and through asyncpg and databases."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tree_sitter import Node

from ...facts.algebra import choice, is_textual
from ...facts.file import FileFact
from ...facts.values import Call, Choice, Items, Text, Value
from . import queries

if TYPE_CHECKING:
    from .module import Module

TRIGGERS = (
    b".execute", b".fetch", b".copy", b".iterate", b".prepare", b".cursor", b".mogrify", b".sql(", b".query(",
    b"clickhouse", b"records", b"bigquery", b"pony.",
)  # fmt: skip
_ASYNCPG = frozenset(
    {"execute", "executemany", "fetch", "fetchrow", "fetchval", "fetchmany", "prepare", "cursor", "copy_from_query"}
)
_DATABASES = frozenset({"execute", "execute_many", "fetch_all", "fetch_one", "fetch_val", "iterate"})
_DBAPI = frozenset(
    {"execute", "executemany", "executescript", "execute_async", "execute_fetchall", "copy_expert", "copy", "mogrify"}
)
_METHODS = {
    "asyncpg": _ASYNCPG,
    "databases": _DATABASES,
    "duckdb": _DBAPI | {"sql", "query"},
    "oracledb": _DBAPI | {"prepare", "parse"},
    "cx_Oracle": _DBAPI | {"prepare", "parse"},
    "records": frozenset({"query", "bulk_query"}),
    "clickhouse_driver": frozenset({"execute", "execute_iter", "query_dataframe", "execute_with_progress"}),
    "clickhouse_connect": frozenset({"query", "command", "query_df", "query_np", "query_arrow", "raw_query"}),
    "bigquery": frozenset({"query", "query_and_wait"}),
    "pony": frozenset({"execute", "select", "get", "exists"}),
    "spark": frozenset({"sql"}),
}
"""The methods that take SQL, of the drivers that have more or others than PEP 249."""
_COMMON = _ASYNCPG | _DATABASES | _DBAPI | {"sql", "query"}
CALLS = _COMMON.union(*_METHODS.values())
_PACKAGES = {"bigquery": "google.cloud.bigquery", "spark": "pyspark"}
_COMPOSED = ("psycopg.sql.", "psycopg2.sql.")


def call(node: Node, module: "Module") -> Iterator[FileFact]:
    """A call that hands SQL to a driver."""
    receiver = queries.receiver_of(node)
    if receiver is None:
        return
    method = module.callee(node).rpartition(".")[2]
    if method not in _COMMON and not module.has_import(
        *(_PACKAGES.get(one, one) for one, methods in _METHODS.items() if method in methods)
    ):
        return
    driver = queries.driver_of(module.value(receiver), module) or queries.library(module.dotted(receiver) + ".x")
    if driver == "sqlalchemy" or (driver and method not in _METHODS.get(driver, _DBAPI)):
        return
    arguments = module.arguments(node)
    keywords = module.keywords(node)
    given = arguments[0] if arguments else keywords.get("query") or keywords.get("sql") or keywords.get("operation")
    if given is None:
        return
    text = composed(module.value(given), module)
    if queries.is_expression(text) or (
        not driver and not is_textual(text) and module.has_import("sqlalchemy", "sqlmodel")
    ):
        return
    certain = bool(driver) or queries.looks_like_sql(text)
    if driver:
        if not queries.could_be_sql(text):
            return
    elif not certain and (
        method not in _DBAPI - {"copy"}
        or not queries.is_named_like_database(receiver, module)
        or not queries.could_be_sql(text)
    ):
        return
    driver = driver or queries.imported_driver(module) or "dbapi"
    if driver == "sqlalchemy":
        driver = "dbapi"
    yield queries.query(
        node, module, driver, text, _parameters(arguments[1:], keywords, driver, module), certain=certain
    )


def _parameters(rest: list[Node], keywords: dict[str, Node], driver: str, module: "Module") -> Value | None:
    """The bound values: one sequence or mapping, or for asyncpg what follows the query."""
    if driver == "asyncpg":
        values = tuple(module.value(node) for node in rest)
        return Items(values[0].at, values) if values else None
    for name in ("params", "parameters", "vars", "args", "values", "seq_of_parameters", "argslist"):
        if name in keywords:
            return module.value(keywords[name])
    return module.value(rest[0]) if rest else None


def composed(value: Value, module: "Module") -> Value:
    """psycopg's `sql.SQL(…).format(…)`, `+` and `join` as the text that they compose, identifiers standing as calls."""
    if isinstance(value, Choice):
        return choice(value.at, [composed(option, module) for option in value.options])
    if not isinstance(value, Call) or not value.callee.startswith(_COMPOSED):
        return value
    name, receiver = value.callee.rpartition(".sql.")[2], value.receiver
    if name == "SQL" and value.arguments:
        return value.arguments[0]
    if receiver is None:
        return value
    template = composed(receiver, module)
    if value.name == "format" and is_textual(template):
        named = {key: composed(part, module) for key, part in value.keywords if key not in ("*", "**")}
        return module.formatted(value.at, template, [composed(part, module) for part in value.arguments], named)
    if value.name == "join" and value.arguments and is_textual(template):
        items = value.arguments[0]
        if isinstance(items, Items):
            items = Items(items.at, tuple(composed(item, module) for item in items.items), items.open)
        return module.joined(value.at, template, items)
    return Text(value.at, (value,), "+") if value.name == "SQL" else value
