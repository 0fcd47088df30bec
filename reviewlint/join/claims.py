"""What policies ask the caller's token: which claims they read, and where they call for it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from ..facts import sql
from ..facts.frozen import dataclass
from ..facts.location import Location
from ..facts.schema import Database, Function, Policy, Table
from ..facts.sql import Expression, Invocation, Name, Tree

CALLER = frozenset({("auth", "uid"), ("auth", "jwt"), ("auth", "role"), ("auth", "email"), ("", "current_setting")})
"""The functions that say who is calling; each is the same for every row of a statement."""

_DEEPEST = 4
"""So many functions are followed that call one another."""
_STEPS = frozenset({"->", "->>", "#>", "#>>"})


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim that an expression takes out of the token: the keys from the outermost in, and the whole operation."""

    at: Location
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CallerCall:
    """A call that says who is calling. `wrapped`: `bare` (evaluated for each row), `inside` a scalar sub-query that
    computes more than the call, or `alone` in one. `apart` where it stands in a sub-query that asks nothing of the row:
    then PostgreSQL works that out once."""

    call: Invocation
    wrapped: str
    apart: bool = False

    @property
    def name(self) -> str:
        """`auth.uid()`, or the setting that is read."""
        if self.call.function.name == "current_setting":
            return "current_setting(…)"
        return f"{self.call.function}()"


def expressions(policy: Policy) -> Iterator[Expression]:
    """The policy's conditions."""
    return (expression for expression in (policy.using, policy.check) if expression is not None)


def asks_caller(database: Database, function: Function, depth: int = 0) -> bool:
    """Whether a function's body, or a function that it calls, asks who is calling."""
    if function.body is None:
        return False
    for name in function.body.calls:
        if (name.schema, name.name) in CALLER or name.name == "current_setting":
            return True
        if depth < _DEEPEST:
            for called in database.functions_called(name if name.schema else Name(function.name.schema, name.name)):
                if called is not function and asks_caller(database, called, depth + 1):
                    return True
    return "session_user" in function.body.text or "auth.uid" in function.body.text


def caller_calls(tree: Tree, wrapped: str = "bare") -> Iterator[CallerCall]:
    """Every call in an expression that says who is calling."""
    match tree:
        case sql.Invocation(function=function):
            if (function.schema, function.name) in CALLER:
                yield CallerCall(tree, wrapped)
            for argument in tree.arguments:
                yield from caller_calls(argument, "inside" if wrapped == "alone" else wrapped)
        case sql.Query(use="scalar", outputs=(output,), relations=(), conditions=(), others=(), parts=()):
            yield from caller_calls(output, "alone")
        case sql.Query(outputs=(Invocation() as output, *_)):
            yield from caller_calls(output, "alone")
            for child in sql.children(tree):
                if child is not output:
                    yield from caller_calls(child, "bare")
        case sql.Query():
            for child in sql.children(tree):
                yield from caller_calls(child, "bare")
        case _:
            for child in sql.children(tree):
                yield from caller_calls(child, "inside" if wrapped == "alone" else wrapped)


def apart(tree: Tree, outer: Name, tables: Mapping[Name, Table]) -> Iterator[CallerCall]:
    """The bare calls of an expression about rows of `outer` that stand in sub-queries which ask nothing of the row."""
    if isinstance(tree, sql.Query) and tree.relations and not _asks_row(tree, outer, tables):
        inside = tree._replace(operand=None)  # that of `operand in (select …)` is the row's
        yield from (replace(call, apart=True) for call in caller_calls(inside) if call.wrapped == "bare")
        return
    for child in sql.children(tree):
        yield from apart(child, outer, tables)


def _asks_row(query: sql.Query, outer: Name, tables: Mapping[Name, Table]) -> bool:
    """Whether a sub-query depends on the row around it: it names another relation, or a column that its own lack.

    Of relations that nobody knows, a column is taken for theirs where the row has none of that name.
    """
    inside = [*_queries(query)]
    relations = [relation for one in inside for relation in one.relations]
    own = {relation.alias for relation in relations} | {alias for one in inside for alias, _, _ in one.tables}
    known = [tables.get(relation.name._replace(schema=relation.name.schema or "public")) for relation in relations]
    columns = {column.name for table in known if table is not None for column in table.columns}
    whole = all(table is not None and table.complete for table in known) and not any(one.tables for one in inside)
    around = tables.get(outer)
    for reference in _references(query):
        if len(reference.parts) > 1:
            foreign = reference.parts[-2] not in own
        else:
            others = whole or around is None or around.column(reference.name) is not None
            foreign = others and reference.name not in columns | own
        if foreign:
            return True
    return False


def _queries(tree: Tree) -> Iterator[sql.Query]:
    if isinstance(tree, sql.Query):
        yield tree
    for child in sql.children(tree):
        yield from _queries(child)


def _references(tree: Tree) -> Iterator[sql.ColumnRef]:
    if isinstance(tree, sql.ColumnRef) and tree.name != "*":
        yield tree
    for child in sql.children(tree):
        yield from _references(child)


def claims(tree: Tree) -> Iterator[Claim]:
    """Every claim that an expression reads from the caller's token."""
    path = _path(tree)
    if path is not None:
        yield Claim(tree.at, path)
        return
    for child in sql.children(tree):
        yield from claims(child)


def _path(tree: Tree) -> tuple[str, ...] | None:
    """The keys that lead from the token to the value of an expression, None where it is not one."""
    match tree:
        case sql.Operation(operator=operator, operands=(left, right)) if operator in _STEPS:
            inner, keys = _path(left), _keys(right)
            return None if inner is None or keys is None else (*inner, *keys)
        case sql.Cast(operand=operand):
            return _path(operand)
        case sql.Query(use="scalar", outputs=(output,), relations=(), parts=()):
            return _path(output)
        case sql.Invocation(function=sql.Name(schema="auth", name="jwt")):
            return ()
        case sql.Invocation(function=sql.Name(name="current_setting"), arguments=(sql.Literal(value=str(setting)), *_)):
            if setting == "request.jwt.claims":
                return ()
            prefix = "request.jwt.claim."
            return (setting.removeprefix(prefix),) if setting.startswith(prefix) else None
        case sql.Invocation(function=sql.Name(name="nullif" | "coalesce"), arguments=(first, *_)):
            return _path(first)
        case sql.Operation(operator="nullif" | "coalesce", operands=(first, *_)):
            return _path(first)
        case _:
            return None


def _keys(tree: Tree) -> tuple[str, ...] | None:
    match tree:
        case sql.Literal(value=str(text)):
            return tuple(part.strip(' "') for part in text[1:-1].split(",")) if text.startswith("{") else (text,)
        case sql.Literal(value=int(number)):
            return (str(number),)
        case sql.Cast(operand=operand):
            return _keys(operand)
        case sql.Operation(operator="array", operands=operands):
            keys = [key for operand in operands for key in _keys(operand) or ()]
            return tuple(keys)
        case _:
            return None
