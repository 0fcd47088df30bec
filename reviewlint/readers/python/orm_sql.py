"""Raw SQL through object-relational mappers and data frames: Django, peewee, pandas."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tree_sitter import Node

from ...facts.file import FileFact
from ...facts.values import Items, Record, Value
from . import queries
from .dbapi import composed

if TYPE_CHECKING:
    from .module import Module

TRIGGERS = (b".raw(", b"RawSQL", b".extra(", b"execute_sql", b"read_sql", b"read_database", b"SQL(")
CALLS = frozenset(
    {"raw", "RawSQL", "extra", "execute_sql", "SQL", "read_sql", "read_sql_query", "read_database", "read_database_uri"}
)
_RAW_SQL = frozenset({"django.db.models.expressions.RawSQL", "django.db.models.RawSQL"})


def call(node: Node, module: "Module") -> Iterator[FileFact]:
    """A call that takes SQL as text."""
    name = module.callee(node)
    method = name.rpartition(".")[2]
    arguments = module.arguments(node)
    keywords = module.keywords(node)
    match method:
        case "raw":
            if arguments and queries.receiver_of(node) is not None:
                yield from _raw(node, name, arguments, keywords, module)
        case "RawSQL":
            given = arguments[0] if arguments else keywords.get("sql")
            if given is not None and (name in _RAW_SQL or module.has_import("django")):
                rest = arguments[1] if len(arguments) > 1 else keywords.get("params")
                bound = module.value(rest) if rest is not None else None
                yield queries.query(node, module, "django", module.value(given), bound)
        case "extra":
            yield from _extra(node, keywords, module)
        case "SQL":
            if name in ("peewee.SQL", "playhouse.sql.SQL") and arguments:
                yield queries.query(node, module, "peewee", module.value(arguments[0]), None, paramstyle="")
        case "execute_sql":
            if arguments:
                text = module.value(arguments[0])
                if queries.could_be_sql(text) and (module.has_import("peewee") or queries.looks_like_sql(text)):
                    rest = arguments[1] if len(arguments) > 1 else keywords.get("params")
                    bound = module.value(rest) if rest is not None else None
                    yield queries.query(node, module, "peewee", text, bound, paramstyle="")
        case _:
            yield from _read(node, name, arguments, keywords, module)


def _raw(
    node: Node, name: str, arguments: list[Node], keywords: dict[str, Node], module: "Module"
) -> Iterator[FileFact]:
    """Django's `Model.objects.raw(sql, params)`, peewee's `Model.raw(sql, *params)`."""
    text = module.value(arguments[0])
    looks = queries.looks_like_sql(text)
    if name.endswith(".objects.raw") or (module.has_import("django") and looks):
        rest = arguments[1] if len(arguments) > 1 else keywords.get("params")
        bound = module.value(rest) if rest is not None else None
        yield queries.query(node, module, "django", text, bound, certain=name.endswith(".objects.raw") or looks)
    elif module.has_import("peewee", "playhouse") and looks:
        values = tuple(module.value(argument) for argument in arguments[1:])
        yield queries.query(node, module, "peewee", text, Items(text.at, values) if values else None, paramstyle="")


def _extra(node: Node, keywords: dict[str, Node], module: "Module") -> Iterator[FileFact]:
    """Django's `.extra(select=…, where=…, tables=…, order_by=…)`: each text in it."""
    if not module.has_import("django") and ".objects." not in module.callee(node):
        return
    rest = keywords.get("params")
    bound = module.value(rest) if rest is not None else None
    for name in ("select", "where"):
        value = module.value(keywords[name]) if name in keywords else None
        several: tuple[Value, ...] = ()
        if isinstance(value, Items):
            several = value.items
        elif isinstance(value, Record):
            several = tuple(entry for _, entry in value.entries)
        for text in several:
            yield queries.query(node, module, "django", text, bound)


def _read(
    node: Node, name: str, arguments: list[Node], keywords: dict[str, Node], module: "Module"
) -> Iterator[FileFact]:
    """`pandas.read_sql(sql, con, params=…)`, polars' `read_database`."""
    library = name.partition(".")[0]
    given = arguments[0] if arguments else keywords.get("sql") or keywords.get("query")
    if library not in ("pandas", "polars", "geopandas", "awswrangler") or given is None:
        return
    value = module.value(given)
    text = composed(getattr(value, "arguments", (value,))[0] if getattr(value, "name", "") == "text" else value, module)
    if not queries.could_be_sql(text):
        return
    rest = keywords.get("params")
    yield queries.query(node, module, library, text, module.value(rest) if rest is not None else None, paramstyle="")
