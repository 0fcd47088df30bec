"""Loops of DO blocks: the rows of the catalogue that they run over, and their statements with the values filled in.

Migrations often protect or clean up with a loop over `pg_tables` or `pg_policies`. What such a query returns can be
told from the replayed database. A condition that cannot be told is taken to hold.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from ...facts import sql
from ...facts.location import Location
from ...facts.sql import ForEach, Name, Query, Statement, Tree
from .state import State

Row = Mapping[str, Any]
"""A row: column to value; `oid` columns hold the names of what they stand for."""

_UNKNOWN = object()


def unrolled(state: State, loop: ForEach) -> Iterator[Statement]:
    """The statements of a loop in the order in which they run, nothing left open."""
    if loop.query is None:
        rows: list[Row] = [{"": value} for value in loop.values]
    else:
        rows = list(_rows(state, loop.query))
    for row in rows:
        values = {word: _text(row.get(field, row.get("") if not field else None)) for word, field in loop.holes}
        if None in values.values():
            continue
        filled = {word: value for word, value in values.items() if value is not None}
        for statement in loop.statements:
            yield _filled(statement, filled)


def truth(state: State, condition: Tree) -> bool | None:
    """Whether a condition holds now, None where that cannot be told."""
    value = _value(state, condition, {})
    return value if isinstance(value, bool) else None


def _text(value: Any) -> str | None:
    return None if value is None or value is _UNKNOWN else str(value)


def _filled(item: Any, values: Mapping[str, str]) -> Any:
    """A copy of a fact in which every word that stands for a value is that value."""
    if isinstance(item, str):
        for word, value in values.items():
            if word in item:
                item = item.replace(word, value)
        return item
    if isinstance(item, Name):
        name, schema = _filled(item.name, values), _filled(item.schema, values)
        if name != item.name and not schema and "." in name:
            schema, _, name = name.rpartition(".")
        return Name(schema.strip('"'), name.strip('"'))
    if isinstance(item, Location):
        return item
    if isinstance(item, tuple):
        return tuple(_filled(one, values) for one in item)
    if isinstance(item, sql.Dropped | sql.AlterFunction) and "(" in (text := _filled(item.name.name, values)):
        # A function's identity: `oid::regprocedure` prints its arguments along.
        name, _, arguments = text.rstrip(")").partition("(")
        schema, _, bare = name.rpartition(".")
        types = tuple(one.strip() for one in arguments.split(",") if one.strip())
        return replace(item, name=Name(schema, bare.strip('"')), arguments=types)
    if is_dataclass(item) and not isinstance(item, type):
        changed = {
            field.name: now
            for field in fields(item)
            if (now := _filled(value := getattr(item, field.name), values)) is not value and now != value
        }
        return replace(item, **changed) if changed else item
    return item


# The catalogue


def _tables(state: State) -> Iterator[Row]:
    for name, table in state.tables.items():
        yield {"schemaname": name.schema, "tablename": name.name, "rowsecurity": table.rls, "tableowner": "postgres"}


def _information_tables(state: State) -> Iterator[Row]:
    for names, kind in (([*state.tables], "BASE TABLE"), ([*state.views], "VIEW")):
        for name in names:
            yield {"table_schema": name.schema, "table_name": name.name, "table_type": kind}


def _columns(state: State) -> Iterator[Row]:
    for name, table in state.tables.items():
        for column in table.columns:
            yield {
                "table_schema": name.schema,
                "table_name": name.name,
                "column_name": column.name,
                "data_type": column.type.partition("(")[0],
            }


def _policies(state: State) -> Iterator[Row]:
    for policy in state.policies.values():
        yield {
            "schemaname": policy.table.schema,
            "tablename": policy.table.name,
            "policyname": policy.name,
            "polname": policy.name,
            "polrelid": str(policy.table),
            "cmd": policy.command.upper(),
            "permissive": "PERMISSIVE" if policy.permissive else "RESTRICTIVE",
        }


def _classes(state: State) -> Iterator[Row]:
    for name, table in state.tables.items():
        kind = {"partitioned": "p", "foreign": "f"}.get(table.kind, "r")
        yield {
            "oid": str(name),
            "relname": name.name,
            "relnamespace": name.schema,
            "relkind": kind,
            "relrowsecurity": table.rls,
            "relispartition": table.partition,
        }
    for name, view in state.views.items():
        kind = "m" if view.materialized else "v"
        yield {"oid": str(name), "relname": name.name, "relnamespace": name.schema, "relkind": kind}


def _namespaces(state: State) -> Iterator[Row]:
    return ({"oid": name, "nspname": name} for name in state.schemas)


def _functions(state: State) -> Iterator[Row]:
    for function in state.functions.values():
        yield {
            "oid": function.identity,
            "proname": function.name.name,
            "pronamespace": function.name.schema,
            "prosecdef": function.definer,
            "prokind": "p" if function.kind == "procedure" else "f",
            "routine_schema": function.name.schema,
            "routine_name": function.name.name,
            "routine_type": function.kind.upper(),
        }


def _views(state: State) -> Iterator[Row]:
    for name, view in state.views.items():
        label = "matviewname" if view.materialized else "viewname"
        yield {"schemaname": name.schema, label: name.name, "table_schema": name.schema, "table_name": name.name}


def _indexes(state: State) -> Iterator[Row]:
    for name, index in state.indexes.items():
        yield {"schemaname": name.schema, "tablename": index.table.name, "indexname": name.name}


def _constraints(state: State) -> Iterator[Row]:
    letters = {"primary key": "p", "unique": "u", "foreign key": "f", "check": "c", "exclude": "x"}
    for name, table in state.tables.items():
        for constraint in table.constraints:
            yield {
                "conname": constraint.name,
                "conrelid": str(name),
                "confrelid": str(constraint.references) if constraint.references else "0",
                "contype": letters.get(constraint.kind, "?"),
                "connamespace": name.schema,
                "constraint_name": constraint.name,
                "constraint_type": constraint.kind.upper(),
                "table_schema": name.schema,
                "table_name": name.name,
            }


def _triggers(state: State) -> Iterator[Row]:
    for trigger in state.triggers.values():
        yield {
            "tgname": trigger.name,
            "tgrelid": str(trigger.table),
            "tgisinternal": False,
            "trigger_name": trigger.name,
            "event_object_schema": trigger.table.schema,
            "event_object_table": trigger.table.name,
            "trigger_schema": trigger.table.schema,
        }


def _types(state: State) -> Iterator[Row]:
    for name, kind in state.types.items():
        letter = {"enum": "e", "domain": "d", "composite": "c", "range": "r"}.get(kind.kind, "b")
        yield {"oid": str(name), "typname": name.name, "typnamespace": name.schema, "typtype": letter}


def _extensions(state: State) -> Iterator[Row]:
    return ({"extname": name} for name in state.extensions)


def _published(state: State) -> Iterator[Row]:
    for publication in state.publications.values():
        for name in publication.tables:
            yield {"pubname": publication.name, "schemaname": name.schema, "tablename": name.name}


_CATALOGUE: dict[str, Callable[[State], Iterator[Row]]] = {
    "pg_tables": _tables,
    "tables": _information_tables,
    "columns": _columns,
    "pg_policies": _policies,
    "pg_policy": _policies,
    "pg_class": _classes,
    "pg_namespace": _namespaces,
    "pg_proc": _functions,
    "routines": _functions,
    "pg_views": _views,
    "pg_matviews": _views,
    "views": _views,
    "pg_indexes": _indexes,
    "pg_constraint": _constraints,
    "table_constraints": _constraints,
    "pg_trigger": _triggers,
    "triggers": _triggers,
    "pg_publication_tables": _published,
    "pg_type": _types,
    "pg_extension": _extensions,
}


def _rows(state: State, query: Query) -> Iterator[Row]:
    """The rows of a query over the catalogue; none where it is about anything else."""
    for scope in _scopes(state, query) or ():
        row: dict[str, Any] = {}
        for output, name in zip(query.outputs, query.names, strict=False):
            if isinstance(output, sql.ColumnRef) and output.name == "*":
                for one in scope.values():
                    row.update(one)
                continue
            value = _value(state, output, scope)
            row[name or _label(output)] = value
            row.setdefault("", value)
        yield row


def _scopes(state: State, query: Query) -> list[dict[str, Row]] | None:
    """The combinations of rows that a query's conditions do not rule out, None for what is not about the catalogue."""
    sources = [(relation.alias, _source(relation.name)) for relation in query.relations]
    if not sources or query.parts or any(make is None for _, make in sources):
        return None
    joined: list[dict[str, Row]] = [{}]
    for alias, make in sources:
        rows = [row for row in make(state) if _holds(state, query, {alias: row}, whole=False)] if make else []
        joined = [{**scope, alias: row} for scope in joined for row in rows]
        joined = [scope for scope in joined if _holds(state, query, scope, whole=len(scope) == len(sources))]
    return joined


def _source(name: Name) -> Callable[[State], Iterator[Row]] | None:
    expected = {"", "pg_catalog"} if name.name.startswith("pg_") else {"information_schema"}
    return _CATALOGUE.get(name.name) if name.schema in expected else None


def _exists(state: State, query: Query) -> Any:
    """Whether a query over the catalogue returns a row, `_UNKNOWN` where that cannot be told."""
    scopes = _scopes(state, query)
    if scopes is None:
        return _UNKNOWN
    sure = [scope for scope in scopes if all(_value(state, one, scope) is True for one in query.conditions)]
    return True if sure else _UNKNOWN if scopes else False


def _label(tree: Tree) -> str:
    match tree:
        case sql.Cast(operand=operand):
            return _label(operand)
        case sql.Invocation(function=function):
            return function.name
        case sql.ColumnRef():
            return tree.name
        case _:
            return ""


def _holds(state: State, query: Query, scope: dict[str, Row], *, whole: bool) -> bool:
    """Whether the conditions of a query hold, as far as the relations in scope tell."""
    for condition in query.conditions:
        value = _value(state, condition, scope)
        if value is False or (whole and value is None):
            return False
    return True


def _value(state: State, tree: Tree, scope: dict[str, Row]) -> Any:
    """The value of an expression for one row, `_UNKNOWN` where it cannot be told."""
    match tree:
        case sql.Literal(value=value):
            return value
        case sql.ColumnRef(parts=(*qualifiers, name)):
            rows = [row for alias, row in scope.items() if not qualifiers or alias == qualifiers[-1]]
            return next((row[name] for row in rows if name in row), _UNKNOWN)
        case sql.Cast(operand=operand, type=type_):
            value = _value(state, operand, scope)
            if type_ == "regclass" and isinstance(value, str):
                schema, _, name = value.replace('"', "").rpartition(".")
                return str(state.find(Name(schema, name)))
            return value
        case sql.Query(use="exists"):
            return _exists(state, tree)
        case sql.Operation():
            return _operation(state, tree, scope)
        case sql.Invocation(function=function, arguments=arguments):
            return _called(function.name, [_value(state, argument, scope) for argument in arguments])
        case _:
            return _UNKNOWN


def _called(name: str, values: list[Any]) -> Any:
    if any(not isinstance(value, str) for value in values):
        return _UNKNOWN
    match name, values:
        case "lower", [text]:
            return text.lower()
        case "quote_ident", [text]:
            return sql.quoted(text)
        case "format", ["%I.%I" | "%s.%s" | "%s.%I", schema, table]:
            return f"{schema}.{table}"
        case "pg_get_function_identity_arguments", [identity]:
            return identity.partition("(")[2].rstrip(")")
        case _:
            return _UNKNOWN


def _operation(state: State, tree: sql.Operation, scope: dict[str, Row]) -> Any:
    if tree.operator in {"and", "or"}:
        decided = tree.operator == "or"
        values = [_value(state, operand, scope) for operand in tree.operands]
        if decided in [value for value in values if isinstance(value, bool)]:
            return decided
        return _UNKNOWN if _UNKNOWN in values or None in values else not decided
    if tree.operator in {"any", "all", "array", "list", "row"}:
        return [_value(state, operand, scope) for operand in tree.operands]
    values = [_value(state, operand, scope) for operand in tree.operands]
    if any(value is _UNKNOWN or (isinstance(value, list) and _UNKNOWN in value) for value in values):
        return _UNKNOWN
    match tree.operator, values:
        case "not", [bool() as value]:
            return not value
        case ("is null" | "is not null") as operator, [value]:
            return (value is None) == (operator == "is null")
        case ("=" | "<>") as operator, [left, list() as right]:
            return (left in right) if operator == "=" else (left not in right)
        case "=", [left, right]:
            return left == right
        case "<>" | "!=", [left, right]:
            return left != right
        case "in", [left, *rest]:
            return left in rest
        case "not in", [left, *rest]:
            return left not in rest
        case ("like" | "ilike" | "not like" | "not ilike") as operator, [str() as text, str() as pattern]:
            return _like(text, pattern, ignore_case="ilike" in operator) != operator.startswith("not")
        case ("~" | "!~" | "~*" | "!~*") as operator, [str() as text, str() as pattern]:
            return _matches(text, pattern, operator)
        case "||", [str() as left, str() as right]:
            return left + right
        case _:
            return _UNKNOWN


def _like(text: str, pattern: str, *, ignore_case: bool) -> bool:
    parts = (re.escape(part) for part in re.split(r"([%_])", pattern.replace("\\_", "_")))
    expression = "".join({"%": ".*", "_": "."}.get(part, part) for part in parts)
    return re.fullmatch(expression, text, re.DOTALL | (re.IGNORECASE if ignore_case else 0)) is not None


def _matches(text: str, pattern: str, operator: str) -> Any:
    try:
        found = re.search(pattern, text, re.IGNORECASE if "*" in operator else 0) is not None
    except re.error:
        return _UNKNOWN
    return found != operator.startswith("!")
