"""What models of Django and SQLAlchemy are asked for: `Order.objects.get(…)`, `session.scalar(select(Order))`."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from tree_sitter import Node

from ...facts.data import RowRead
from ...facts.file import FileFact
from ...facts.values import Call, Items, Reference, Value, named
from . import queries, syntax
from .row_writes import EXECUTES, SESSION, queried

if TYPE_CHECKING:
    from .module import Module

TRIGGERS = (b".objects.", b".query.", b"sqlalchemy", b"sqlmodel")
_MANAGED = frozenset({"get", "first", "last", "count", "exists", "latest", "earliest", "aggregate"})
_MANAGED |= {f"a{name}" for name in _MANAGED}
"""Methods of Django's managers and query sets that send the query, as they stand and awaited."""
_QUERIED = frozenset({"all", "count", "first", "get", "one", "one_or_none", "scalar"})
_QUERIED |= {"first_or_404", "get_or_404", "one_or_404"}
"""Methods of SQLAlchemy's `Query` that send it, and of Flask-SQLAlchemy's."""
_NARROWED = frozenset({"all", "filter", "exclude", "order_by"})
_RELATED = re.compile(r"(?:^|\.)(\w+)\.objects\.(?:\w+\(\)\.)*\w+(?:\(\))?\[\]\.(\w+)$")
"""What belongs to each of the rows that a query set of Django's gives: `Order.objects.filter()[].lines`."""
CALLS = _MANAGED | _QUERIED | EXECUTES


def call(node: Node, module: "Module") -> Iterator[FileFact]:
    """One read, where the call says which model it asks."""
    callee, receiver = module.callee(node), queries.receiver_of(node)
    name = callee.rpartition(".")[2]
    if receiver is None:
        return
    if name in _MANAGED and ".objects." in callee:
        yield _read(node, callee.partition(".objects.")[0], module)
    elif name in _MANAGED and not module.arguments(node) and (model := _related(module.value(receiver))):
        yield replace(_read(node, model, module), table=model)
    elif name in _QUERIED and ".query." in callee and _is_class(owner := callee.partition(".query.")[0]):
        yield _read(node, owner, module)
    elif name in _QUERIED and module.mentions(b".query(") and (model := queried(module.value(receiver))):
        yield _read(node, model, module)
    elif SESSION.search(module.dotted(receiver)):
        given = module.arguments(node)
        if name == "get" and len(given) == 2 and _is_class(module.dotted(given[0])):
            yield _read(node, module.dotted(given[0]), module)
        elif name in EXECUTES and given and (model := _selected(module.value(given[0]))):
            yield _read(node, model, module)


def _related(value: Value) -> str:
    """The model and the manager of what belongs to a row of a query set, as `Order.lines`; `""` where it is loaded."""
    narrowed = False
    while isinstance(value, Call) and value.name in _NARROWED and value.receiver is not None:
        narrowed, value = narrowed or value.name != "all", value.receiver
    found = _RELATED.search(value.name) if isinstance(value, Reference) else None
    if found is None or ("prefetch_related()" in found[0] and not narrowed):
        return ""
    return f"{found[1]}.{found[2]}"


def _is_class(name: str) -> bool:
    return name.rpartition(".")[2][:1].isupper()


def _read(node: Node, model: str, module: "Module") -> RowRead:
    made = node.child_by_field_name("function")
    compared = syntax.captures("(comparison_operator (_) @side)", node).get("side", ())
    asked = Items(module.location(node), (module.value(node), *map(module.value, compared)))
    called = module.one_line(made, 60) if made is not None else ""
    return RowRead(module.location(node), module.enclosing(node), model.rpartition(".")[2], called, asked)


def _selected(statement: Value) -> str:
    """The model of `select(Order).where(…)`, `""` where the statement is another one."""
    while isinstance(statement, Call) and statement.receiver is not None:
        statement = statement.receiver
    if not isinstance(statement, Call) or statement.name != "select" or not statement.arguments:
        return ""
    return named(statement.arguments[0]) if statement.callee.startswith(("sqlalchemy", "sqlmodel")) else ""
