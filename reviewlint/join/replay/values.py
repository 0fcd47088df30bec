"""The values of expressions in DO blocks: of variables, constants, and queries over the replayed catalogue."""

import re
from collections.abc import Iterator
from copy import copy
from typing import Any, TypeGuard

from ...facts import sql
from ...facts.schema import Constraint
from ...facts.sql import Expression, Name, Query, Tree
from .catalogue import Row, definition, source
from .state import Refused, State

UNKNOWN = object()
"""What cannot be told."""

Scope = dict[str, Row]
"""The rows that an expression is about, by the alias of their relation."""

_SERVER_VERSION = "150000"
_TEXTS = frozenset(
    {
        "text",
        "name",
        "character varying",
        "regproc",
        "regprocedure",
        "regnamespace",
        "oid",
        "information_schema.sql_identifier",
    }
)
_MOST_ROWS = 20_000
_MOST_EFFORT = 60_000
"""Rows that the conditions of one block are held against: far more than migrations need, and a bound on their cost."""


def truth(state: State, condition: Tree) -> bool | None:
    """Whether a condition holds now, None where that cannot be told. NULL is no."""
    found = value(state, condition, {})
    return None if found is UNKNOWN else bool(found)


def rows(state: State, query: Query) -> Iterator[tuple[Row, bool]]:
    """The rows of a query, each with whether it is surely one. Raises `LookupError` where they cannot be told."""
    if query.union:
        for arm in query.union:
            yield from rows(state, query.parts[arm])
        return
    unnested = [one for one in query.outputs if isinstance(one, sql.Invocation) and one.function.name == "unnest"]
    if unnested and not query.relations:
        items = elements(state, unnested[0].arguments[0]) if len(query.outputs) == 1 else None
        if items is None:
            raise LookupError
        yield from (({query.names[0] or "unnest": item}, True) for item in items)
        return
    seen: set[tuple[Any, ...]] = set()
    for scope, sure in _scopes(state, query, {}):
        row: dict[str, Any] = {}
        for output, name in zip(query.outputs, query.names, strict=False):
            if isinstance(output, sql.ColumnRef) and output.name == "*":
                for alias, one in scope.items():
                    if len(output.parts) == 1 or output.parts[-2] == alias:
                        row.update(one)
            else:
                row[name or _label(output)] = value(state, output, scope)
        if query.distinct:
            same = tuple(map(repr, row.values()))
            if same in seen:
                continue
            seen.add(same)
        yield row, sure


def first(state: State, query: Query) -> Row | None:
    """The first row of a query, None where it has none. Raises `LookupError` where that cannot be told."""
    counted = _aggregate(state, query)
    if counted is not None:
        return counted
    for row, sure in rows(state, query):
        return row if sure else dict.fromkeys(row, UNKNOWN)
    return None


def elements(state: State, tree: Tree) -> list[Any] | None:
    """The elements of an array or range, None where they cannot be told."""
    match tree:
        case sql.Operation(operator="range", operands=(low, high)):
            start, stop = value(state, low, {}), value(state, high, {})
            if isinstance(start, int) and isinstance(stop, int) and stop - start < _MOST_ROWS:
                return list(range(start, stop + 1))
            return [] if stop is None else None
        case _:
            found = value(state, tree, {})
            return found if isinstance(found, list) else None


def value(state: State, tree: Tree, scope: Scope) -> Any:
    """The value of an expression for one row, `UNKNOWN` where it cannot be told."""
    match tree:
        case sql.Literal(value=constant):
            return constant
        case sql.ColumnRef(parts=parts):
            return _column(state, parts, scope)
        case sql.Cast(operand=operand, type=type_):
            return _cast(state, value(state, operand, scope), type_)
        case Query():
            return _subquery(state, tree, scope)
        case sql.Operation():
            return _operation(state, tree, scope)
        case sql.Invocation(function=function, arguments=arguments):
            return _called(state, function.name, [value(state, argument, scope) for argument in arguments])


def _column(state: State, parts: tuple[str, ...], scope: Scope) -> Any:
    *qualifiers, name = parts
    for alias, row in scope.items():
        if (not qualifiers or alias == qualifiers[-1]) and name in row:
            return row[name]
    if not qualifiers:
        held = state.variables.get(name, UNKNOWN)
        return next(iter(held.values())) if isinstance(held, dict) and len(held) == 1 else held
    held = state.variables.get(qualifiers[-1])
    return held.get(name, UNKNOWN) if isinstance(held, dict) else UNKNOWN


def _cast(state: State, found: Any, type_: str) -> Any:
    if found is UNKNOWN or found is None:
        return found
    if type_ in {"regclass", "regtype"} and isinstance(found, str):
        return _object(state, found)
    if type_.endswith("[]") and isinstance(found, str):
        return [part.strip().strip('"') for part in found.strip("{}").split(",") if part.strip()]
    if type_ in {"integer", "bigint"}:
        return int(found) if str(found).lstrip("-").isdigit() else UNKNOWN
    if type_ == "boolean":
        return found if isinstance(found, bool) else {"true": True, "t": True, "false": False, "f": False}.get(found)
    if type_.partition("(")[0] in _TEXTS or type_.endswith("[]"):
        return found
    return found if isinstance(found, str | int) and type_ in state_types(state) else UNKNOWN


def state_types(state: State) -> set[str]:
    """The names of the types that migrations made."""
    return {name.name for name in state.types} | {str(name) for name in state.types}


def _object(state: State, text: str) -> str:
    """A written name as the catalogue's identifiers are told here."""
    schema, _, name = text.replace('"', "").rpartition(".")
    return str(state.find(Name(schema, name), state.tables, state.views, state.types, state.indexes, state.sequences))


# Queries


def _scopes(state: State, query: Query, outer: Scope) -> Iterator[tuple[Scope, bool]]:
    """The combinations of rows that a query's conditions do not rule out, each with whether they surely hold."""
    if query.rows:
        for values in query.rows:
            yield {"": {f"column{n}": value(state, one, outer) for n, one in enumerate(values, 1)}}, True
        return
    query = query._replace(conditions=tuple(_folded(state, one, outer) for one in query.conditions))
    sources: list[tuple[str, list[Row]]] = []
    for relation in query.relations:
        make = source(relation.name)
        if make is None:
            raise LookupError
        known = dict(_fixed(state, query, relation.alias, next(make(state), {}), outer))
        called = known.get("table_name", known.get("tablename"))
        sources.append((relation.alias, list(make(state if called is None else _with_tables(state, called)))))
    sources += [
        (alias, list(_derived(state, names, query.parts[place] if place >= 0 else query.others[~place], alias, outer)))
        for alias, names, place in query.tables
    ]
    if len(query.parts) > sum(place >= 0 for _, _, place in query.tables):
        raise LookupError
    joined: list[Scope] = [dict(outer)]
    for alias, made in sources:
        fixed = list(_fixed(state, query, alias, made[0] if made else {}, outer))
        some = [row for row in made if all(row.get(name, held) == held for name, held in fixed)]
        some = [row for row in some if _holds(state, query, {**outer, alias: row}) is not False]
        joined = list(_joined(state, query, joined, alias, some))
    for scope in joined:
        holds = _holds(state, query, scope)
        if holds is not False:
            yield scope, bool(holds)


def _with_tables(state: State, called: object) -> State:
    """The state with only the tables that are called so: the catalogue has a row for every column of every other."""
    narrow = copy(state)
    narrow.tables = {name: table for name, table in state.tables.items() if name.name == called}
    return narrow


def _joined(state: State, query: Query, scopes: list[Scope], alias: str, made: list[Row]) -> Iterator[Scope]:
    """The rows of one more relation beside those that there are, by the columns that have to be equal."""
    keys = [pair for condition in query.conditions for pair in _equal(condition, alias)]
    keys = [(other, name) for other, name in keys if scopes and other.parts[-2] in scopes[0]]
    by_key: dict[tuple[str, ...], list[Row]] = {}
    for row in made:
        by_key.setdefault(tuple(str(row.get(name)) for _, name in keys), []).append(row)
    count = 0
    for scope in scopes:
        for row in by_key.get(tuple(str(value(state, other, scope)) for other, _ in keys), ()):
            count += 1
            if count > _MOST_ROWS:
                raise LookupError
            yield {**scope, alias: row}


def _folded(state: State, tree: Tree, scope: Scope) -> Tree:
    """An expression whose parts that are the same for every row are constants."""
    if isinstance(tree, sql.Literal | Query):
        return tree
    found = value(state, tree, scope)
    if found is None or isinstance(found, str | int):
        return sql.Literal(tree.at, found)
    match tree:
        case sql.Operation():
            return tree._replace(operands=tuple(_folded(state, one, scope) for one in tree.operands))
        case sql.Invocation():
            return tree._replace(arguments=tuple(_folded(state, one, scope) for one in tree.arguments))
        case sql.Cast():
            return tree._replace(operand=_folded(state, tree.operand, scope))
        case _:
            return tree


def _fixed(state: State, query: Query, alias: str, row: Row, outer: Scope) -> Iterator[tuple[str, Any]]:
    """The columns of a relation that have to have one value which is known before its rows are."""
    for condition in query.conditions:
        for one in condition.operands if _is(condition, "and") else (condition,):
            if not _is(one, "=") or len(one.operands) != 2:
                continue
            for column, other in (one.operands, one.operands[::-1]):
                if not isinstance(column, sql.ColumnRef) or column.name not in row:
                    continue
                if len(column.parts) == 1 or column.parts[-2] == alias:
                    held = value(state, other, outer)
                    if held is not UNKNOWN and not isinstance(held, list):
                        yield column.name, held


def _is(tree: Tree, operator: str) -> TypeGuard[sql.Operation]:
    return isinstance(tree, sql.Operation) and tree.operator == operator


def _equal(condition: Tree, alias: str) -> Iterator[tuple[sql.ColumnRef, str]]:
    """The columns of other relations that equal one of this relation, by its name."""
    match condition:
        case sql.Operation(operator="and", operands=operands):
            for one in operands:
                yield from _equal(one, alias)
        case sql.Operation(
            operator="=",
            operands=(sql.ColumnRef(parts=(*_, left, _)) as first_, sql.ColumnRef(parts=(*_, right, _)) as second),
        ) if left != right:
            if right == alias:
                yield first_, second.name
            elif left == alias:
                yield second, first_.name
        case _:
            return


def _derived(state: State, names: tuple[str, ...], made: Tree, alias: str, outer: Scope) -> Iterator[Row]:
    """The rows of a query or call in FROM."""
    if isinstance(made, Query):
        for row, _ in rows(state, made) if not made.rows else _values(state, made, outer):
            yield dict(zip(names, row.values(), strict=False)) if names else row
        return
    if isinstance(made, sql.Operation) and any(map(_is_commands, sql.walk(made))):
        yield from state.commands
        return
    calls = [one for one in sql.walk(made) if isinstance(one, sql.Invocation) and one.function.name == "unnest"]
    items = elements(state, calls[0].arguments[0]) if len(calls) == 1 and len(calls[0].arguments) == 1 else None
    if items is None:
        raise LookupError
    for item in items:
        yield {names[0] if names else alias or "unnest": item}


def _is_commands(tree: Tree) -> bool:
    """Whether that is the call by which an event trigger learns what was done."""
    return isinstance(tree, sql.Invocation) and tree.function.name == "pg_event_trigger_ddl_commands"


def _values(state: State, made: Query, outer: Scope) -> Iterator[tuple[Row, bool]]:
    for scope, sure in _scopes(state, made, outer):
        yield scope[""], sure


def _holds(state: State, query: Query, scope: Scope) -> bool | None:
    """Whether the conditions of a query hold, None where the relations in scope do not tell."""
    state.effort += 1
    if state.effort > _MOST_EFFORT:
        raise LookupError
    sure = True
    for condition in query.conditions:
        found = value(state, condition, scope)
        if found is UNKNOWN:
            sure = False
        elif not found:
            return False
    return True if sure else None


def _aggregate(state: State, query: Query) -> Row | None:
    """The one row of a query that counts or collects, None for other queries."""
    names = {one.function.name for one in query.outputs if isinstance(one, sql.Invocation)}
    if not names or not names <= {"count", "array_agg", "string_agg"} or len(names) != len(query.outputs):
        return None
    scopes = list(_scopes(state, query, {}))
    row: dict[str, Any] = {}
    for output, name in zip(query.outputs, query.names, strict=False):
        if not isinstance(output, sql.Invocation):
            raise LookupError
        held = [value(state, output.arguments[0], scope) for scope, _ in scopes] if output.arguments else []
        if not all(sure for _, sure in scopes) or any(one is UNKNOWN for one in held):
            row[name or output.function.name] = UNKNOWN
        elif output.function.name == "count":
            row[name or "count"] = len(scopes)
        else:
            row[name or output.function.name] = held if output.function.name == "array_agg" and held else None
    return row


def _subquery(state: State, query: Query, scope: Scope) -> Any:
    """The value of a query inside an expression."""
    try:
        match query.use:
            case "exists":
                found = [sure for _, sure in _scopes(state, query, scope)]
                return True if any(found) else UNKNOWN if found else False
            case "any" if query.operator == "=" and query.operand is not None:
                wanted = value(state, query.operand, scope)
                held = [(next(iter(row.values()), UNKNOWN), sure) for row, sure in rows(state, query)]
                if wanted is UNKNOWN or any(one is UNKNOWN or not sure for one, sure in held):
                    return UNKNOWN
                return wanted in [one for one, _ in held]
            case "scalar" | "":
                counted = _aggregate(state, query)
                if counted is not None:
                    return next(iter(counted.values()), UNKNOWN)
                for inner, sure in _scopes(state, query, scope):
                    return value(state, query.outputs[0], inner) if sure else UNKNOWN
                return None
            case "array":
                held = [(next(iter(row.values()), UNKNOWN), sure) for row, sure in rows(state, query)]
                return UNKNOWN if not all(sure for _, sure in held) else [one for one, _ in held]
            case _:
                return UNKNOWN
    except (LookupError, IndexError):
        return UNKNOWN


def _label(tree: Tree) -> str:
    match tree:
        case sql.Cast(operand=operand):
            return _label(operand)
        case sql.Invocation(function=function):
            return function.name
        case sql.ColumnRef():
            return tree.name
        case _:
            return "?column?"


# Functions and operators


def _called(state: State, name: str, values: list[Any]) -> Any:
    if name in {"array_length", "cardinality"} and values and isinstance(values[0], list):
        return len(values[0]) or None
    if name == "format" and values and UNKNOWN not in values:
        return _formatted(values)
    if name == "concat" and UNKNOWN not in values:
        return "".join("" if one is None else str(one) for one in values)
    if name == "current_setting":
        return _SERVER_VERSION if values[:1] == ["server_version_num"] else UNKNOWN
    if name in {"current_schema", "current_user"}:
        return {"current_schema": "public", "current_user": "postgres"}[name]
    if any(not isinstance(one, str | int | Expression | Constraint) for one in values):
        return None if None in values and name in _STRICT else UNKNOWN
    match name, values:
        case "lower" | "upper", [str() as text]:
            return text.lower() if name == "lower" else text.upper()
        case "quote_ident", [str() as text]:
            return sql.quoted(text)
        case "quote_literal", [str() as text]:
            return "'" + text.replace("'", "''") + "'"
        case "replace", [str() as text, str() as old, str() as new]:
            return text.replace(old, new)
        case "replace", [Expression() as expression, str() as old, str() as new]:
            return _wrapped(expression, old, new)
        case "left", [str() as text, int() as count]:
            return text[:count]
        case "right", [str() as text, int() as count]:
            return text[-count:] if count else ""
        case "trim" | "btrim", [str() as text]:
            return text.strip(" ")
        case "split_part", [str() as text, str() as mark, int() as place] if mark and place > 0:
            return [*text.split(mark), *[""] * place][place - 1]
        case (("substring" | "substr"), [str() as text, int() as start, *count]):
            stop = start - 1 + count[0] if count and isinstance(count[0], int) else len(text)
            return text[max(start - 1, 0) : stop]
        case "starts_with", [str() as text, str() as prefix]:
            return text.startswith(prefix)
        case "like_escape", [str() as pattern, str() as mark]:
            return pattern.replace(mark, "\\") if mark else pattern
        case "strpos" | "position", [str() as text, str() as part]:
            return text.find(part) + 1
        case "length" | "char_length", [str() as text]:
            return len(text)
        case (
            ("pg_get_function_identity_arguments" | "oidvectortypes" | "pg_get_function_arguments"),
            [str() as identity],
        ):
            return identity.partition("(")[2].rstrip(")")
        case "to_regclass", [str() as text]:
            return _there(state, text)
        case "to_regprocedure" | "to_regproc", [str() as text]:
            return _function_there(state, text)
        case "to_regtype", [str() as text]:
            found = _object(state, text)
            return found if any(str(one) == found for one in state.types) else None
        case "pg_get_constraintdef", [Constraint() as constraint, *_]:
            return definition(constraint)
        case "pg_get_functiondef" | "pg_get_viewdef", [str() as found, *_]:
            return _definition(state, name, found)
        case "pg_get_expr", [Expression() as expression, *_]:
            return expression
        case _:
            return UNKNOWN


def _definition(state: State, name: str, found: str) -> Any:
    """The text of a function or view, as far as conditions look for words in it."""
    if name == "pg_get_viewdef":
        return next((view.text for label, view in state.views.items() if str(label) == found), UNKNOWN)
    for function in state.functions.values():
        if function.identity == found:
            head = f"CREATE OR REPLACE {function.kind.upper()} {found} {'SECURITY DEFINER' * function.definer}"
            return f"{head} {function.body.text if function.body else ''}"
    return UNKNOWN


_SELECTED = re.compile(r"\(\s*select\s+([\w.]+\(\))\s*(?:as\s+\w+\s*)?\)", re.IGNORECASE)


def _printed(expression: Expression) -> str:
    """An expression's text as PostgreSQL prints it, as far as conditions on policies look at it."""
    return _SELECTED.sub(lambda call: f"( SELECT {call[1]} AS {call[1][:-2].rpartition('.')[2]})", expression.text)


def _wrapped(expression: Expression, old: str, new: str) -> Any:
    """An expression with a call replaced by a query of it, which migrations do to all policies at once."""
    selected = _SELECTED.fullmatch(new.strip())
    if selected is None or selected[1].lower() != old.lower():
        return UNKNOWN
    text = expression.text.replace(old, new)
    return sql.Expression(expression.at, text, _with_queries(expression.tree, old))


def _with_queries(tree: Tree, call: str) -> Tree:
    match tree:
        case sql.Invocation() if f"{tree.function}()" == call:
            return Query(tree.at, "scalar", outputs=(tree,), names=(tree.function.name,))
        case sql.Invocation():
            return tree._replace(arguments=tuple(_with_queries(one, call) for one in tree.arguments))
        case sql.Operation():
            return tree._replace(operands=tuple(_with_queries(one, call) for one in tree.operands))
        case sql.Cast():
            return tree._replace(operand=_with_queries(tree.operand, call))
        case Query():
            return tree._replace(
                outputs=tuple(_with_queries(one, call) for one in tree.outputs),
                conditions=tuple(_with_queries(one, call) for one in tree.conditions),
            )
        case _:
            return tree


_STRICT = frozenset("lower upper quote_ident replace left right trim btrim split_part to_regclass to_regproc".split())


def _there(state: State, text: str) -> Any:
    """A relation's identifier, NULL where there is none; unknown for what lies outside the migrations' reach."""
    found = _object(state, text)
    held = (state.tables, state.views, state.indexes, state.sequences)
    if any(str(name) == found for kind in held for name in kind):
        return found
    schema = found.rpartition(".")[0]
    return UNKNOWN if schema in {"cron", "net", "vault", "pgmq", "realtime", "auth"} else None


def _function_there(state: State, text: str) -> Any:
    written, _, inside = text.partition("(")
    schema, _, name = written.replace('"', "").rpartition(".")
    types = tuple(one.strip() for one in inside.rstrip(")").split(",") if one.strip())
    key = state.function(Name(schema, name), types if inside else None)
    if key is None and schema in {"cron", "net", "vault", "pgmq", "realtime", "auth"}:
        return UNKNOWN
    for one in types:
        bare = Name("", one.removesuffix("[]").removeprefix("public."))
        if one.startswith("public.") and state.find(bare, state.types, state.tables, state.views) not in {
            *state.types,
            *state.tables,
            *state.views,
        }:
            raise Refused(f"type {one} does not exist")
    return state.functions[key].identity if key else None


def _formatted(values: list[Any]) -> Any:
    """What `format` makes of constants."""
    template, *arguments = values
    number = -1

    def filled(match: re.Match[str]) -> str:
        nonlocal number
        if match["kind"] == "%":
            return "%"
        number = int(match["place"]) - 1 if match["place"] else number + 1
        one = arguments[number] if number < len(arguments) else None
        text = "" if one is None else str(one)
        if match["kind"] == "I":
            return sql.quoted(text)
        return "'" + text.replace("'", "''") + "'" if match["kind"] == "L" else text

    return re.sub(r"%(?:(?P<place>\d+)\$)?(?P<kind>[sIL%])", filled, str(template))


def _operation(state: State, tree: sql.Operation, scope: Scope) -> Any:
    if tree.operator in {"and", "or"}:
        return _decided(state, tree, scope)
    if tree.operator == "coalesce":
        return next((one for one in (value(state, item, scope) for item in tree.operands) if one is not None), None)
    values = [value(state, operand, scope) for operand in tree.operands]
    if tree.operator in {"any", "all", "array", "list", "row"}:
        single = len(values) == 1 and isinstance(values[0], list) and tree.operator in {"any", "all"}
        return UNKNOWN if UNKNOWN in values else values[0] if single else values
    if UNKNOWN in values:
        return UNKNOWN
    if "like" in tree.operator or tree.operator.strip("!*") in {"~", "~~"}:
        values = [_printed(one) if isinstance(one, Expression) else one for one in values]
    match tree.operator, values:
        case ("is null" | "is not null") as operator, [one]:
            return (one is None) == (operator == "is null")
        case ("is true" | "is false" | "is not true" | "is not false") as operator, [one]:
            return (one is operator.endswith("true")) != ("not" in operator)
        case ("is distinct from" | "is not distinct from") as operator, [left, right]:
            return (left != right) != ("not" in operator)
        case "indices", [int() as place]:
            return place
        case "indirection", [list() as items, int() as place]:
            return items[place - 1] if 0 < place <= len(items) else None
        case _ if None in values:
            return None
        case "not", [bool() as one]:
            return not one
        case ("=" | "<>" | "!=") as operator, [left, list() as right]:
            return (left in right) if operator == "=" else any(left != one for one in right)
        case "=", [left, right]:
            return left == right
        case "<>" | "!=", [left, right]:
            return left != right
        case "in", [left, *rest]:
            return left in rest
        case "not in", [left, *rest]:
            return left not in rest
        case (("<" | ">" | "<=" | ">="), [int() as left, int() as right]):
            return {"<": left < right, ">": left > right, "<=": left <= right, ">=": left >= right}[tree.operator]
        case (("+" | "-"), [int() as left, int() as right]):
            return left + right if tree.operator == "+" else left - right
        case ("like" | "ilike" | "not like" | "not ilike") as operator, [str() as text, str() as pattern]:
            return _like(text, pattern, ignore_case="ilike" in operator) != operator.startswith("not")
        case (("~~" | "!~~"), [str() as text, str() as pattern]):
            return _like(text, pattern, ignore_case=False) != tree.operator.startswith("!")
        case ("~" | "!~" | "~*" | "!~*") as operator, [str() as text, str() as pattern]:
            return _matches(text, pattern, operator)
        case "||", [list() as left, list() as right]:
            return left + right
        case "||", [(str() | int()) as left, (str() | int()) as right]:
            return f"{left}{right}"
        case "->>", [dict() as left, right]:
            return left.get(right, UNKNOWN)
        case _:
            return UNKNOWN


def _decided(state: State, tree: sql.Operation, scope: Scope) -> Any:
    """AND and OR, in SQL's three-valued logic."""
    decisive = tree.operator == "or"
    result: Any = not decisive
    for operand in tree.operands:
        found = value(state, operand, scope)
        if found is decisive:
            return decisive
        if found is UNKNOWN or (found is None and result is not UNKNOWN):
            result = found
    return result


def _like(text: str, pattern: str, *, ignore_case: bool) -> bool:
    parts = re.findall(r"\\.|[%_]|[^\\%_]+|\\$", pattern, re.DOTALL)
    expression = "".join({"%": ".*", "_": "."}.get(part) or re.escape(part.removeprefix("\\")) for part in parts)
    return re.fullmatch(expression, text, re.DOTALL | (re.IGNORECASE if ignore_case else 0)) is not None


def _matches(text: str, pattern: str, operator: str) -> Any:
    try:
        found = re.search(pattern, text, re.IGNORECASE if "*" in operator else 0) is not None
    except re.error:
        return UNKNOWN
    return found != operator.startswith("!")
