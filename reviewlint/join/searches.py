"""Searches for a text anywhere inside a column, whatever they ask with, and whether an index can answer them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..facts.data import ModelAccess, Query, TableAccess
from ..facts.location import Location
from ..facts.schema import Database, Index
from ..facts.values import Call, Constant, Items, Record, Text, Value, constant_text, options, rendered
from ..project import Project
from .databases import databases
from .statements import routines, statements


@dataclass(frozen=True, slots=True)
class Search:
    """A search with a pattern that begins with a wildcard. `table` and `column` are `""` where they are not known.

    `call` is how the code spells it. `narrowed` where something else keeps the rows few: an equality with a key.
    """

    at: Location
    table: str
    column: str
    call: str
    narrowed: bool


_KEYS = frozenset({"eq", "in", "in_", "match", "contains", "overlaps", "fts", "textSearch", "text_search"})
_IN_FILTER = re.compile(r"(?:^|[,(])\s*\"?(?P<column>\w+)\"?\.(?:not\.)?i?like\.[\"']?[%*]")
_CATALOGUE = re.compile(r"\b(?:information_schema|pg_catalog|pg_\w+|sqlite_master)\b", re.IGNORECASE)


def searches(project: Project) -> tuple[Search, ...]:
    """The view: every such search, by the place of its query."""
    found = [*_by_builders(project), *_by_sql(project), *_by_models(project), *_in_routines(project)]
    return tuple(sorted(found, key=lambda search: search.at))


def _by_builders(project: Project) -> Iterator[Search]:
    for access in project.facts(TableAccess):
        calls = [call for call in access.calls if isinstance(call, Call)]
        narrowed = any(call.name in _KEYS for call in calls) or len(calls) < len(access.calls)
        for call in calls if access.operation == "select" else ():
            column = _searched(call)
            if column is not None:
                yield Search(access.at, access.relation or "", column, f"`.{call.name}()`", narrowed)
                break


def _searched(call: Call) -> str | None:
    """The column that a filter of a query builder searches inside of; None where it does not."""
    given = call.arguments
    if call.name in ("like", "ilike") and len(given) > 1 and _begins_wild(given[1]):
        return constant_text(given[0]) or ""
    if call.name == "filter" and len(given) > 2 and constant_text(given[1]) in ("like", "ilike"):
        return (constant_text(given[0]) or "") if _begins_wild(given[2]) else None
    if call.name in ("or", "or_") and given and isinstance(given[0], Constant | Text):
        inside = _IN_FILTER.search(rendered(given[0]))
        return inside["column"] if inside else None
    return None


def _begins_wild(value: Value) -> bool:
    return isinstance(value, Constant | Text) and rendered(value).startswith(("%", "*"))


def _by_sql(project: Project) -> Iterator[Search]:
    parsed = project.view(statements)
    for query in project.facts(Query):
        for one in (search for statement in parsed.get(query.at, ()) for search in statement.searches):
            wild = one.bound is None or _is_bound_wild(query.parameters, one.bound)
            if query.certain and wild and one.table and not _CATALOGUE.search(one.table):
                table = one.table.rpartition(".")[2]
                yield Search(query.at, table, one.column, f"`{one.word}`", one.narrowed)
                break


def _in_routines(project: Project) -> Iterator[Search]:
    for _, statement in project.view(routines):
        for one in [search for search in statement.searches if search.bound is None and search.table][:1]:
            yield Search(statement.at, one.table.rpartition(".")[2], one.column, f"`{one.word}`", one.narrowed)


def _is_bound_wild(parameters: Value | None, which: int | str) -> bool:
    """Whether a bound value is a text that begins with a wildcard."""
    match parameters:
        case Items(items=items) if isinstance(which, int) and which < len(items):
            return _begins_wild(items[which])
        case Record() if isinstance(which, str) and (value := parameters.get(which)) is not None:
            return _begins_wild(value)
    return False


def _by_models(project: Project) -> Iterator[Search]:
    for access in project.facts(ModelAccess):
        given = access.argument.get("where") if isinstance(access.argument, Record) else None
        for where in options(given) if given is not None and access.call == "findMany" else ():
            inside = list(_contained(where)) if isinstance(where, Record) and not where.open else []
            if isinstance(where, Record) and inside:
                keyed = any(key not in ("OR", "AND", "NOT") and key not in inside for key in where.keys)
                yield Search(access.at, access.model, inside[0], "`contains`", keyed)
                break


def _contained(where: Value) -> Iterator[str]:
    """The fields of a Prisma filter that are searched inside of."""
    match where:
        case Items(items=items):
            for item in items:
                yield from _contained(item)
        case Record(entries=entries):
            for key, value in entries:
                if isinstance(value, Record) and ("contains" in value.keys or "endsWith" in value.keys):
                    yield key
                elif key in ("OR", "AND"):
                    yield from _contained(value)


def is_indexed(project: Project, search: Search) -> bool:
    """Whether a replayed schema has a trigram or full-text index that such a search, or a better one, could use."""
    return any(_helps(database, index, search) for database in project.view(databases) for index in _indexes(database))


def _indexes(database: Database) -> Iterator[Index]:
    yield from (index for index in database.indexes.values() if index.method not in ("btree", "hash", "brin"))


def _helps(database: Database, index: Index, search: Search) -> bool:
    if search.table and _plain(index.table.name) != _plain(search.table):
        return False
    table = database.tables.get(index.table)
    for element in index.elements:
        words = f"{element.text} {element.options}".lower()
        column = table.column(element.column) if table is not None and element.column else None
        if "tsvector" in words or (column is not None and "tsvector" in str(column.type)):
            return True
        if ("trgm" in words or "bigm" in words) and (not search.column or _plain(search.column) in _plain(words)):
            return True
    return index.method in ("rum", "pgroonga", "bm25", "zombodb")


def _plain(name: str) -> str:
    """A name as tables and the models of object-relational mappers have it in common."""
    return re.sub(r"[\W_]", "", name).lower().removesuffix("s")
