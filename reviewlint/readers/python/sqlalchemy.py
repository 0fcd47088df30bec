"""Textual SQL through SQLAlchemy and SQLModel: `text`, `execute`, `exec_driver_sql`, clauses given as strings."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tree_sitter import Node

from ...facts.algebra import choice, is_textual
from ...facts.file import FileFact
from ...facts.location import Location
from ...facts.values import Call, Constant, Record, Value, options
from . import queries

if TYPE_CHECKING:
    from .module import Module

TRIGGERS = (b"sqlalchemy", b"sqlmodel", b"session", b"engine", b"Session", b"Engine", b"db.text(")
_EXECUTES = frozenset(
    {b"execute", b"scalar", b"scalars", b"stream", b"stream_scalars", b"exec", b"exec_driver_sql", b"execute_sql"}
)
_CLAUSES = frozenset({b"filter", b"where", b"order_by", b"group_by", b"having", b"from_statement", b"literal_column"})
_TEXT = frozenset(
    {
        "sqlalchemy.text",
        "sqlalchemy.sql.text",
        "sqlalchemy.sql.expression.text",
        "sqlalchemy.literal_column",
        "sqlalchemy.sql.literal_column",
        "sqlalchemy.sql.expression.literal_column",
        "sqlalchemy.DDL",
        "sqlalchemy.schema.DDL",
        "sqlmodel.text",
    }
)
_TEXT_WORDS = (b"text", b"literal_column", b"DDL")
_PASSED_ON = frozenset({"bindparams", "columns", "execution_options", "params", "label"})


def _is_text(callee: str) -> bool:
    """Whether a function makes SQL of a text; Flask-SQLAlchemy's `db` has SQLAlchemy's functions as methods."""
    return callee in _TEXT or callee.endswith((".db.text", ".db.literal_column"))


def file(module: "Module") -> Iterator[FileFact]:
    """Each query once: where a `text(…)` is executed, at the call that executes it, else where it stands."""
    executed: set[Location] = set()
    called = module.called
    for last in sorted(_EXECUTES & called.keys()):
        for node in called[last]:
            yield from _executed(node, last.decode(), module, executed)
    for last in sorted(_CLAUSES & called.keys()):
        for node in called[last]:
            if not _is_text(module.callee(node)):
                yield from _clause(node, last.decode(), module)
    for node in _texts_in(module) if module.mentions(*_TEXT_WORDS) else ():
        if module.location(node) not in executed:
            value = module.value(node)
            if isinstance(value, Call) and value.arguments and _is_worth_it(value.arguments[0]):
                yield queries.query(node, module, "sqlalchemy", value.arguments[0], None)


def _texts_in(module: "Module") -> list[Node]:
    """The calls that make SQL of a text, by whatever name it was imported, in the order of the file."""
    named = {local.encode() for local, name in module.names.items() if name in _TEXT}
    nodes = [node for last in named.union(_TEXT_WORDS) for node in module.called.get(last, ())]
    return sorted((node for node in nodes if _is_text(module.callee(node))), key=lambda node: node.start_byte)


def _is_worth_it(text: Value) -> bool:
    """Whether a fragment says anything alone: constant ones (`text("false")`) do only where they are statements."""
    return not isinstance(text, Constant) or queries.looks_like_sql(text)


def _executed(node: Node, method: str, module: "Module", executed: set[Location]) -> Iterator[FileFact]:
    receiver = queries.receiver_of(node)
    arguments = module.arguments(node)
    keywords = module.keywords(node)
    given = arguments[0] if arguments else keywords.get("statement") or keywords.get("text")
    if receiver is None or given is None or (method != "exec_driver_sql" and queries.is_built(given, module)):
        return
    value = module.value(given)
    found = list(_texts(value))
    if found:
        executed.update(call.at for call in found)
        rest = arguments[1] if len(arguments) > 1 else keywords.get("params") or keywords.get("parameters")
        bound = module.value(rest) if rest is not None else _bound(value)
        text = choice(value.at, [call.arguments[0] for call in found])
        yield queries.query(node, module, "sqlalchemy", text, bound)
    elif method == "exec_driver_sql" or (is_textual(value) and queries.could_be_sql(value)):
        if method != "exec_driver_sql" and queries.driver_of(module.value(receiver), module) != "sqlalchemy":
            return
        rest = arguments[1] if len(arguments) > 1 else keywords.get("params") or keywords.get("parameters")
        bound = module.value(rest) if rest is not None else None
        style = "" if method == "exec_driver_sql" else None
        yield queries.query(node, module, "sqlalchemy", value, bound, paramstyle=style)


def _clause(node: Node, method: str, module: "Module") -> Iterator[FileFact]:
    """`.filter("…")` and its kin given a string, where the receiver is a query."""
    if not module.has_import("sqlalchemy", "sqlmodel", "flask_sqlalchemy") or queries.receiver_of(node) is None:
        return
    for argument in module.arguments(node)[:1]:
        value = module.value(argument)
        if is_textual(value) and _is_built(value):
            yield queries.query(node, module, "sqlalchemy", value, None, certain=False)


def _is_built(value: Value) -> bool:
    """Whether a clause is more than the name of a column."""
    return any(not (hasattr(option, "value") and str(option.value).isidentifier()) for option in options(value))


def _texts(value: Value) -> Iterator[Call]:
    """The `text(…)` calls that `value` comes from, methods that pass it on taken off."""
    for option in options(value):
        one: Value | None = option
        while isinstance(one, Call) and one.name in _PASSED_ON and one.receiver is not None:
            one = one.receiver
        if isinstance(one, Call) and _is_text(one.callee) and one.arguments:
            yield one


def _bound(value: Value) -> Value | None:
    """What `.bindparams(a=…)` binds."""
    while isinstance(value, Call) and value.name in _PASSED_ON and value.receiver is not None:
        if value.name in ("bindparams", "params") and value.keywords:
            return Record(value.at, value.keywords)
        value = value.receiver
    return None
