"""Queries on an object that another file makes: known by the SQL that it is given, or by its name."""

import re
from collections.abc import Iterator
from dataclasses import replace

from tree_sitter import Node

from ...facts.file import FileFact
from ...facts.values import Call, Parameter, Reference, Text, options
from . import queries, syntax
from .module import Module
from .origins import origin
from .packages import is_own

_ALWAYS = frozenset({"exec", "execute", "prepare", "query"})
_SOMETIMES = frozenset(
    {"all", "any", "batch", "each", "get", "many", "manyOrNone", "none", "one", "oneOrNone", "run", "stream", "Request"}
)
CALLS = _ALWAYS | _SOMETIMES
_SPOKEN = re.compile(
    r"(?:^|\.)_?(?:db|database|pool|pg|pgPool|sql|conn|connection|tx|trx|dbClient|pgClient|sqlClient|dbPool|knex|tnx"
    r"|readPool|writePool)(?:\(\))?$"
)
_OPEN = Text | Parameter | Reference | Call
_OTHERS = (b"typeorm", b"equelize")
_READ_ELSEWHERE = re.compile(
    r"^(?:mysql2?|mariadb|promise-mysql|@planetscale/database|pg|pg-pool|pg-native|pg-promise|@neondatabase/serverless"
    r"|@vercel/postgres|better-sqlite3|sqlite3?|bun:sqlite|@libsql/client|sqlite/DB|@db/sqlite|x/sqlite|knex|objection"
    r"|@adonisjs/lucid|sequelize|sequelize-typescript|typeorm|@nestjs/typeorm|postgres|x/postgres)(?:\.|/|$)"
)
"""Packages with a reader of their own."""
_SPEAKS_SQL = re.compile(
    r"^(?:mssql|tedious|snowflake-sdk|@google-cloud/bigquery|oracledb|@clickhouse/client|clickhouse|cassandra-driver|duckdb"
    r"|@mikro-orm/[\w-]+|sql\.js|expo-sqlite|massive|node-firebird|@electric-sql/[\w-]+"
    r"|@duckdb/[\w-]+|@databricks/sql|ibm_db|odbc|hdb|trino-client|presto-client|@aws-sdk/client-rds-data|slonik)(?:\.|/|$)"
)
"""Packages without one whose methods take SQL."""
_IN_MEMORY = re.compile(r"^(?:Weak)?(?:Map|Set)(?:\(|$)|^(?:URLSearchParams|Headers|FormData|lru-cache|node-cache)\b")
"""What keeps things under a key, which may well be a text."""


def call(node: Node, module: Module) -> Iterator[FileFact]:
    """`db.query(…)` where no other reader knows what `db` is."""
    receiver, given = module.receiver(node), syntax.arguments(node)
    if node.type == "new_expression":
        if module.callee(node).rpartition(".")[2] == "Request" and module.has_import("tedious", "mssql"):
            yield from (
                query for query in queries.queries(node, module, "mssql", "@name") if queries.is_sql(query.text)
            )
        return
    if receiver is None or not given:
        return
    dotted = module.dotted(receiver)
    if module.mentions(*_OTHERS) and re.search(r"(?:sequelize|queryRunner|dataSource|manager)$", dotted, re.IGNORECASE):
        return
    made = origin(receiver, module)
    if _READ_ELSEWHERE.match(made) or _IN_MEMORY.match(made):
        return
    method = module.callee(node).rpartition(".")[2]
    is_foreign = bool(made) and not is_own(made) and (made[0] == "@" or module.has_import(made.partition(".")[0]))
    if is_foreign and not _SPEAKS_SQL.match(made):
        return
    for query in queries.queries(node, module, "sql", ""):
        style = queries.paramstyle_of(query.text)
        if queries.is_sql(query.text):
            yield replace(query, paramstyle=style)
        elif (
            method in _ALWAYS
            and not is_foreign
            and _SPOKEN.search(dotted)
            and all(isinstance(one, _OPEN) for one in options(query.text))
        ):
            yield replace(query, paramstyle=style, certain=False)
