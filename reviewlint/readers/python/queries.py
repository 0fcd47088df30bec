"""What the readers of queries share: whose object a call is made on, and whether a text is SQL."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from tree_sitter import Node

from ...facts.data import Query
from ...facts.values import Call, Choice, Constant, Items, Parameter, Reference, Text, Value, options, rendered
from . import syntax

if TYPE_CHECKING:
    from .module import Module

PERCENT, QUESTION, DOLLAR, COLON = "%s", "?", "$1", ":name"
PARAMSTYLES = {
    "psycopg": PERCENT,
    "psycopg2": PERCENT,
    "MySQLdb": PERCENT,
    "pymysql": PERCENT,
    "mysql": PERCENT,
    "aiomysql": PERCENT,
    "asyncmy": PERCENT,
    "pymssql": PERCENT,
    "snowflake": PERCENT,
    "redshift_connector": PERCENT,
    "aiopg": PERCENT,
    "django": PERCENT,
    "sqlite3": QUESTION,
    "aiosqlite": QUESTION,
    "pyodbc": QUESTION,
    "aioodbc": QUESTION,
    "duckdb": QUESTION,
    "oracledb": COLON,
    "cx_Oracle": COLON,
    "asyncpg": DOLLAR,
    "databases": COLON,
    "sqlalchemy": COLON,
    "records": COLON,
    "clickhouse_driver": PERCENT,
    "clickhouse_connect": PERCENT,
    "bigquery": "",
    "pony": "",
    "spark": "",
}
"""How each driver spells a bound value, from PEP 249's `paramstyle` of each and the manuals of the others."""

_LIBRARIES = {
    "alembic": "sqlalchemy",
    "psycopg_pool": "psycopg",
    "sqlmodel": "sqlalchemy",
    "flask_sqlalchemy": "sqlalchemy",
    "pysqlite3": "sqlite3",
    "flask_mysqldb": "MySQLdb",
    "flaskext": "pymysql",
    "pyspark": "spark",
}
_HANDED_ON = frozenset(
    """cursor acquire connection connect getconn get_connection begin transaction begin_nested execution_options
    raw_connection __enter__ __aenter__ get_bind session session_factory execute scoped_session sessionmaker
    async_sessionmaker async_scoped_session close dialect pipeline""".split()
)
"""Methods that give back another object of the same driver."""
_WRAPPING = frozenset({"closing", "aclosing", "enter_context", "enter_async_context", "next", "anext"})
"""Functions that give back what they are given, or what it gives."""
_HELPERS = 3
"""How many functions of the file are followed to where they get a connection from."""
_SESSIONS = re.compile(r"(?:Async)?(?:Read|Write)?(?:Session|Engine|AsyncConnection)(?:Dep|Maker)?$")
_DATABASE_NAMES = re.compile(
    r"(?:^|[._])(?:cr|cur|curs|cursor|conn|connection|con|db|database|session|engine|pool|tx|txn|transaction)\d?(?:\(\)|\[\])?$",
    re.IGNORECASE,
)
_TEXT_TYPES = re.compile(r"\b(?:Literal)?(?:str|String|Any|object|Query|SQL|Composed|Composable|TextClause|bytes)\b")
_BUILDERS = frozenset(
    """select insert update delete values where filter filter_by returning order_by group_by having limit offset union
    with_only_columns on_conflict_do_nothing on_conflict_do_update select_from outerjoin options with_for_update
    distinct correlate execution_options add_columns scalar_subquery exists""".split()
)
"""Methods of query objects that no string has."""
_BEGINNINGS = frozenset(
    f"{library}.{name}"
    for library in ("sqlalchemy", "sqlalchemy.sql", "sqlalchemy.sql.expression", "sqlalchemy.future", "sqlmodel")
    for name in ("select", "insert", "update", "delete")
) | {"sqlalchemy.dialects.postgresql.insert"}
"""What makes a query object that other methods go on with."""
_SQL = re.compile(
    r"""\b(?:
    select\s .*? \bfrom\b | select\s+(?:\d|[\w.]+\(|'|\*)
    | insert\s+(?:ignore\s+|or\s+\w+\s+)?into\b | replace\s+into\b
    | update\s+(?:only\s+)?\S+(?:\s+(?:as\s+)?\w+)?\s+set\b | delete\s+from\b
    | with\s+(?:recursive\s+)?\S+\s*(?:\([^)]*\)\s*)?as\s*(?:not\s+|materialized\s*)*\(
    | (?:create|drop|alter)\s+
      (?:or\s+replace\s+|unique\s+|virtual\s+|temp(?:orary)?\s+|global\s+|materialized\s+|external\s+|unlogged\s+)*
      (?:table|index|view|schema|database|function|procedure|trigger|role|user|type|extension|sequence|policy|domain
        |publication|subscription|server|rule)\b
    | truncate\s+table\b | (?:grant|revoke)\s .+? \b(?:on|to|from)\b | merge\s+into\b
    | set\s+(?:local|session|search_path|role)\b | refresh\s+materialized\s+view\b | comment\s+on\b
    | lock\s+table\b | pragma\s+\w+ | explain\s+(?:analyze|select|verbose|\()
    | copy\s+\S+ .*? \b(?:from|to)\b | call\s+\S+\( | declare\s+\S+ .*? cursor\b
    )""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
_SQL_WORD = re.compile(
    r"\s*(?:/\*.*?\*/\s*|--[^\n]*\n\s*|\(\s*)*(?:select|insert|update|delete|with|create|alter|drop|truncate|grant|revoke"
    r"|begin|commit|rollback|set|show|explain|call|exec|execute|merge|replace|pragma|vacuum|analyze|copy|lock|declare|do"
    r"|listen|unlisten|notify|use|refresh|comment|savepoint|release|values|attach|detach|describe|desc|reset|reindex|kill)\b",
    re.IGNORECASE | re.DOTALL,
)


def looks_like_sql(value: Value) -> bool:
    """Whether a text reads as SQL without anybody saying that it is."""
    return any(_SQL.search(rendered(option, " x ")[:4000]) is not None for option in options(value) if _is_text(option))


def could_be_sql(value: Value) -> bool:
    """Whether what a driver is given can be SQL text: all but constants that are plainly something else."""
    return any(
        _SQL_WORD.match(rendered(option, " x ")[:4000]) is not None or _starts_open(option)
        if _is_text(option)
        else isinstance(option, Parameter | Reference | Call | Choice) or not isinstance(option, Constant | Items)
        for option in options(value)
    )


def is_expression(value: Value) -> bool:
    """Whether a value is a query object that a library built (`select(User).where(…)`), no text."""
    return any(_is_expression(option) for option in options(value))


def _is_expression(value: Value) -> bool:
    if isinstance(value, Parameter):
        return bool(value.annotation) and not value.path and not _TEXT_TYPES.search(value.annotation)
    for _ in range(24):
        if not isinstance(value, Call):
            return False
        if value.callee.startswith(("sqlalchemy.", "sqlmodel.", "peewee.", "pypika.")) or value.name in _BUILDERS:
            return True
        if value.receiver is None:
            return False
        value = value.receiver
    return True


def _is_text(value: Value) -> bool:
    return isinstance(value, Text) or (isinstance(value, Constant) and isinstance(value.value, str))


def _starts_open(value: Value) -> bool:
    return isinstance(value, Text) and not isinstance(value.parts[0], Constant)


def is_built(node: Node, module: "Module", hops: int = 3) -> bool:
    """Whether an expression is a query that SQLAlchemy puts together, by its form alone: `select(User).where(…)`, or a
    name that such are given, and what is made of them (`query = query.limit(10)`).
    """
    node = syntax.unwrapped(node)
    if node.type == "identifier" and hops:
        name = module.text(node)
        made = [value for value in module.assigned(name, module.scope(node)) if not _is_of(name, value, module)]
        return bool(made) and all(is_built(value, module, hops - 1) for value in made)
    first = syntax.root(node) if node.type == "call" else None
    return first is not None and first.type == "identifier" and module.dotted(first) in _BEGINNINGS


def _is_of(name: str, node: Node, module: "Module") -> bool:
    """Whether an expression is a call of a method of what the name stands for."""
    node = syntax.unwrapped(node)
    first = syntax.root(node) if node.type == "call" else None
    function = node.child_by_field_name("function")
    return first is not None and function is not None and function.type == "attribute" and module.text(first) == name


def driver_of(value: Value | None, module: "Module") -> str:
    """The library whose object `value` is, by how it was made or what it is annotated with; `""` where not known."""
    return _of_any([value], module, _HELPERS) if value is not None else ""


def _of_any(values: Iterable[Value], module: "Module", hops: int) -> str:
    return next(
        (found for value in values for option in options(value) if (found := _driver(option, module, hops))), ""
    )


def _driver(value: Value, module: "Module", hops: int) -> str:
    for _ in range(12):
        match value:
            case Call(callee=callee, receiver=None) if library(callee):
                return library(callee)
            case Call(name=name, arguments=[inner, *_]) if name in _WRAPPING:
                value = inner
            case Call(name=name, receiver=receiver) if receiver is not None and name in _HANDED_ON:
                value = receiver
            case Call(callee=callee):
                return library(callee) or (_of_any(module.given_by(callee), module, hops - 1) if hops else "")
            case Parameter(annotation=annotation, path="") if annotation:
                return _of_type(annotation, module)
            case Reference(name=name):
                return "sqlalchemy" if name.endswith(("db.session", "db.engine")) else library(name)
            case _:
                return ""
    return ""


def _of_type(annotation: str, module: "Module") -> str:
    """The library of an annotated type: `asyncpg.Pool`, `"Session | None"`, `Annotated[AsyncSession, Depends(…)]`."""
    for name in re.findall(r"[A-Za-z_][\w.]*", annotation)[:6]:
        first, dot, rest = name.partition(".")
        dotted = module.names.get(first, first) + dot + rest
        found = library(dotted)
        if found:
            return found
        if _SESSIONS.search(name):
            return "sqlalchemy"
    return ""


def library(name: str) -> str:
    """The driver that a dotted name belongs to, `""` where it is none's."""
    if name.startswith("django.db."):
        return "django" if name.startswith(("django.db.connection", "django.db.connections")) else ""
    if name.startswith("google.cloud.bigquery."):
        return "bigquery"
    first = name.partition(".")[0]
    first = _LIBRARIES.get(first, first)
    return first if first in PARAMSTYLES and first != "django" and "." in name else ""


def receiver_of(node: Node) -> Node | None:
    """The object that a method is called on."""
    function = node.child_by_field_name("function")
    return function.child_by_field_name("object") if function is not None and function.type == "attribute" else None


def is_named_like_database(node: Node, module: "Module") -> bool:
    """Whether the receiver's name says that it is a connection, a cursor, a session."""
    return _DATABASE_NAMES.search(module.dotted(node)) is not None


def imported_driver(module: "Module") -> str:
    """The only driver that the file imports; `""` where it imports none or several."""
    found = [name for name in PARAMSTYLES if module.has_import(name)]
    return found[0] if len(found) == 1 else ""


_PREPARES = frozenset({"mogrify", "parse", "prepare"})
"""Calls that send nothing yet."""


def query(
    node: Node,
    module: "Module",
    driver: str,
    text: Value,
    parameters: Value | None,
    *,
    paramstyle: str | None = None,
    certain: bool = True,
) -> Query:
    """The fact for the call `node`."""
    called = module.one_line(node.child_by_field_name("function") or node)
    return Query(
        module.location(node),
        module.enclosing(node),
        driver,
        called,
        text,
        parameters,
        PARAMSTYLES.get(driver, "") if paramstyle is None else paramstyle,
        certain,
        called.rpartition(".")[2] not in _PREPARES,
    )
