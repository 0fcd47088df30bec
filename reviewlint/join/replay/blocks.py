"""DO blocks, carried out: variables, branches, loops over the catalogue, and text that is executed.

Migrations often protect or clean up with a loop over `pg_tables` or `pg_policies`. What such a query returns can be
told from the replayed database. A condition on a row that cannot be told is taken to hold; what runs under it is
uncertain, and an error there does not undo the block.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import is_dataclass, replace
from operator import is_
from typing import Any

from ...facts import sql
from ...facts.location import Location
from ...facts.sql import Name, Statement
from .state import Refused, State
from .values import UNKNOWN, elements, first, rows, truth, value

Run = Callable[[State, Statement], None]
"""Carries out one statement."""

_MOST_RUNS = 5_000
"""Rows of a loop that are followed."""


class Left(Exception):
    """A loop or the block was left. `what` is `return`, `exit` or `continue`."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class _Lost(Exception):
    """What a loop does to this row cannot be told."""


def do(state: State, action: sql.Do, run: Run) -> None:
    """A DO block: all of it or nothing. Raises `Refused` where PostgreSQL would undo it."""
    state.variables, state.certain, state.loops, state.effort = {}, True, 0, 0
    with suppress(Left):
        _all(state, action.body.statements, run)
    for dynamic in action.body.dynamic:
        doubt_text(state, dynamic.text.lower())


def step(state: State, action: sql.Action, run: Run) -> bool:
    """Carry out what only DO blocks have; whether it is that."""
    match action:
        case sql.Assign(variable=name, value=tree):
            state.variables[name] = UNKNOWN if tree is None else value(state, tree, {})
        case sql.Bind():
            _bind(state, action)
        case sql.ForEach():
            _for_each(state, action, run)
        case sql.Choose():
            _choose(state, action, run)
        case sql.Block():
            _block(state, action, run)
        case sql.Leave():
            _leave(state, action)
        case sql.Execute():
            _execute(state, action, run)
        case _:
            return False
    return True


def _all(state: State, statements: Iterable[Statement], run: Run) -> None:
    for statement in statements:
        run(state, statement)


@contextmanager
def _doubtful(state: State, *, certain: bool) -> Iterator[None]:
    """What runs here may not run at all, unless that is certain."""
    before = state.certain
    state.certain = before and certain
    try:
        yield
    finally:
        state.certain = before


def _bind(state: State, action: sql.Bind) -> None:
    """SELECT INTO: the values of the first row, NULL where there is none."""
    found: Mapping[str, Any] | None = None
    try:
        if action.query is None:
            raise LookupError
        found = first(state, action.query)
    except LookupError:
        state.variables.update(dict.fromkeys((*action.variables, "found"), UNKNOWN))
        return
    state.variables["found"] = found is not None
    state.variables.update(dict.fromkeys(action.variables))
    if found is not None:
        _take(state, action.variables, found)


def _for_each(state: State, action: sql.ForEach, run: Run) -> None:
    found = _rows(state, action)
    if found is None:
        state.variables.update(dict.fromkeys(action.variables, UNKNOWN))
        found = [({}, False)]
    unread = _is_unread(action.statements)
    for row, sure in found[:_MOST_RUNS]:
        _take(state, action.variables, row)
        saved = state.copy() if unread else None
        state.loops += unread
        try:
            with _doubtful(state, certain=sure):
                _all(state, action.statements, run)
        except _Lost:
            if saved is not None:
                state.restore(saved)
        except Left as left:
            if left.what == "exit":
                break
            if left.what == "return":
                raise
        finally:
            state.loops -= unread


def _is_unread(statements: Iterable[Statement]) -> bool:
    """Whether a loop executes a text that is not known at all."""
    for statement in statements:
        inside: Iterable[Iterable[Statement]] = ()
        match statement.action:
            case sql.Execute(statements=()):
                return True
            case sql.Choose(branches=branches):
                inside = (some for _, some in branches)
            case sql.Block(statements=some, handlers=handlers):
                inside = (some, *handlers)
            case _:
                pass
        if any(map(_is_unread, inside)):
            return True
    return False


def _take(state: State, variables: tuple[str, ...], row: Any) -> None:
    """Give a loop's variables the values of one row, or element."""
    if len(variables) == 1 or not isinstance(row, Mapping):
        state.variables[variables[0]] = dict(row) if isinstance(row, Mapping) else row
    else:
        state.variables.update(zip(variables, row.values(), strict=False))


def _rows(state: State, action: sql.ForEach) -> list[tuple[Any, bool]] | None:
    """What a loop runs over, None where that cannot be told."""
    if not action.variables or action.source is None:
        return None
    if not isinstance(action.source, sql.Query):
        found = elements(state, action.source)
        return None if found is None else [(one, True) for one in found]
    try:
        return list(rows(state, action.source))
    except LookupError:
        return None


def _choose(state: State, action: sql.Choose, run: Run) -> None:
    """Carry out the first branch whose condition holds; where that cannot be told, the next ones as well."""
    for condition, statements in action.branches:
        holds = True if condition is None else truth(state, condition)
        if holds is False:
            continue
        try:
            with _doubtful(state, certain=bool(holds)):
                _all(state, statements, run)
        except Left:
            if holds:
                raise
        if holds:
            return


def _block(state: State, action: sql.Block, run: Run) -> None:
    """A block with handlers: its first error undoes it, and the first handler runs."""
    saved = state.copy()
    variables = dict(state.variables)
    try:
        with _doubtful(state, certain=True):
            _all(state, action.statements, run)
    except Refused:
        state.restore(saved)
        state.variables = variables
        _all(state, action.handlers[0], run)


def _leave(state: State, action: sql.Leave) -> None:
    holds = True if action.condition is None else truth(state, action.condition)
    if not holds:
        return
    if action.what != "raise":
        raise Left(action.what)
    if state.certain:
        raise Refused("the block raises an exception")


def _execute(state: State, action: sql.Execute, run: Run) -> None:
    """EXECUTE. Where its text is not known, nothing of what the loop around it does to this row is argued from."""
    if not action.statements:
        if state.loops:
            raise _Lost
        return
    values = {word: value(state, tree, {}) for word, tree in action.holes}
    if any(one is UNKNOWN for one in values.values()):
        doubt(state, action.statements)
        if state.loops:
            raise _Lost
        return
    if None in values.values():
        if state.certain:
            raise Refused("null cannot be part of the executed text")
        return
    for statement in action.statements:
        run(state, filled(statement, values))


def doubt(state: State, statements: Iterable[Statement]) -> None:
    """What statements may have changed whose objects are not known is uncertain from now on."""
    for statement in statements:
        match statement.action:
            case sql.AlterTable(changes=changes) if any(isinstance(one, sql.RowSecurity) for one in changes):
                doubt_text(state, "row level security")
            case sql.CreatePolicy() | sql.AlterPolicy() | sql.Drop(kind="policy"):
                doubt_text(state, "policy")
            case _:
                pass


def doubt_text(state: State, text: str) -> None:
    """The same for text that is executed and not known, as far as its words tell what it is about."""
    if "row level security" in text:
        for name, table in state.tables.items():
            if not table.platform and not table.rls:
                state.tables[name] = replace(table, uncertain=True)
    if "policy" in text:
        for key, policy in state.policies.items():
            state.policies[key] = replace(policy, uncertain=True)


def filled(item: Any, values: Mapping[str, Any]) -> Any:
    """A copy of a fact in which every word that stands for a value is that value."""
    kind = type(item)
    if kind is str:
        for word, one in values.items() if "_zz" in item else ():
            if word in item:
                item = item.replace(word, one.text if isinstance(one, sql.Expression) else str(one))
        return item
    if kind is tuple:
        parts = tuple([filled(one, values) for one in item]) if item else item
        return item if _is_same(parts, item) else parts
    if kind in _WITHOUT_WORDS:
        return item
    if kind is Name:
        return _name(item, values)
    if kind is sql.ColumnRef and isinstance(values.get(item.parts[0]), sql.Expression):
        return values[item.parts[0]].tree
    if kind in _WITH_ARGUMENTS and "(" in (text := filled(item.name.name, values)):
        # A function's identity: `oid::regprocedure` prints its arguments along.
        name, _, arguments = text.rstrip(")").partition("(")
        schema, _, bare = name.rpartition(".")
        types = tuple(one.strip() for one in arguments.split(",") if one.strip())
        return item._replace(name=Name(schema or filled(item.name.schema, values), bare.strip('"')), arguments=types)
    if kind in _WITH_ARGUMENTS and item.arguments and item.arguments[0] in values:
        # The arguments of a function, all in one text.
        types = tuple(one.strip() for one in filled(item.arguments[0], values).split(",") if one.strip())
        return item._replace(name=filled(item.name, values), arguments=types)
    if isinstance(item, tuple):
        parts = tuple([filled(one, values) for one in item])
        return item if _is_same(parts, item) else item._make(parts)  # type: ignore[attr-defined]
    if is_dataclass(item):
        changed = {
            name: now
            for name in item.__dataclass_fields__
            if (now := filled(before := getattr(item, name), values)) is not before
        }
        return replace(item, **changed) if changed else item  # type: ignore[type-var]
    return item


_WITHOUT_WORDS = frozenset({Location, bool, int, float, type(None)})
_WITH_ARGUMENTS = frozenset({sql.Dropped, sql.AlterFunction})


def _is_same(parts: tuple[Any, ...], before: tuple[Any, ...]) -> bool:
    """Whether every part is the very one that was there before."""
    return all(map(is_, parts, before))


def _name(name: Name, values: Mapping[str, Any]) -> Name:
    """A name with its values; one that was not quoted may bring its schema along."""
    label, schema = filled(name.name, values), filled(name.schema, values)
    if label == name.name and schema == name.schema:
        return name
    if name.name.startswith("zz_"):
        if not schema and "." in label:
            schema, _, label = label.rpartition(".")
        label, schema = label.strip('"'), schema.strip('"')
    return Name(schema, label)
