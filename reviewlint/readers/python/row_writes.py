"""What Django's, SQLAlchemy's and MongoDB's objects write: creations, updates, deletions, attributes set and saved."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from tree_sitter import Node

from ...facts.data import RowWrite
from ...facts.file import FileFact
from ...facts.values import Call, Constant, Items, Parameter, Record, Text, Value, rendered
from . import queries, syntax
from .scopes import Scope
from .types import declared

if TYPE_CHECKING:
    from .module import Module

_MANAGED = {
    "create": "insert",
    "acreate": "insert",
    "bulk_create": "insert",
    "abulk_create": "insert",
    "update": "update",
    "aupdate": "update",
    "update_or_create": "update",
    "aupdate_or_create": "update",
    "bulk_update": "update",
    "abulk_update": "update",
    "delete": "delete",
    "adelete": "delete",
}
"""Methods of Django's managers and query sets."""
_DOCUMENTS = {
    "insert_one": "insert",
    "insert_many": "insert",
    "update_one": "update",
    "update_many": "update",
    "replace_one": "update",
    "find_one_and_update": "update",
    "delete_one": "delete",
    "delete_many": "delete",
    "find_one_and_delete": "delete",
}
_DJANGO = ("django", "rest_framework", "ninja")
_KEPT = frozenset({"create", "acreate", "bulk_create"})
_DELETES = frozenset({"delete", "adelete", "delete_instance"})
_ASKED = frozenset({"get", "get_or_none", "get_by_id", "find_one", "first"})
_MODELS = re.compile(r"(?:^|[._])models?(?:\.|$)")
_LASTING = frozenset({"self", "g", "request"})
"""What a request or its view holds was loaded before: `self.current_org`."""
_KEEPS = re.compile(rb"\.(?:commit|flush|asave|save(?:_to_db|_to_database)?|update_to_db)\(")
_SAVES = frozenset({"save", "asave"})
_UNSAVED = re.compile(r"\bcommit\s*=\s*False\s*,?\s*\)$")
"""A form of Django's that is asked for its object alone: `form.save(commit=False)`."""
_PEEWEE = {
    "insert": "insert",
    "insert_many": "insert",
    "replace": "update",
    "replace_many": "update",
    "update": "update",
    "delete": "delete",
}
"""Methods of Peewee's models that begin a statement, which `.execute()` ends."""
_BY_ID = {"set_by_id": "update", "delete_by_id": "delete"}
EXECUTES = frozenset({"execute", "scalar", "scalars", "exec"})
_STATEMENTS = {"insert": "insert", "update": "update", "delete": "delete"}
_UNFILTERED = frozenset({*_STATEMENTS, "values", "returning", "execution_options"})
"""What may be asked of a statement that still means every row."""
_ASKS = frozenset(
    {
        "run",
        "run_query",
        "execute_query",
        "exec_query",
        "run_sql",
        "execute_sql",
        "query_one",
        "query_all",
        "write",
        "one",
    }
)
"""What projects call the function of their own that sends its text to the database, and no driver does."""
_SQL = re.compile(r"\s*(insert\s+into|update|delete\s+from)\s+[\"`]?((?:\w+\.)?\w+)", re.IGNORECASE)
CALLS = frozenset({*_MANAGED, *_BY_ID, *_ASKS, *_DELETES, *_DOCUMENTS, *_SAVES, *EXECUTES, "add", "add_all"})
SESSION = re.compile(r"(?:^|[._])(?:session|db|db_session|tx|uow)(?:\(\))?$", re.IGNORECASE)
_LOADED = re.compile(
    r"\.objects\.|(?:^|\.)get_object(?:_or_404)?$|\.query\.|(?:session|db)\.(?:get|scalar|query)\b"
    r"|\.(?:scalar_one(?:_or_none)?|one_or_none|one|first|first_or_404|get_or_404)$"
)
"""Calls that give an object of the database's."""


def call(node: Node, module: "Module") -> Iterator[FileFact]:
    """One write, where the call says what it writes to."""
    for write in _writes(node, module):
        yield replace(write, library=_library(node, module), awaited=True)


def _library(node: Node, module: "Module") -> str:
    """Whose call a write is, `""` where neither Django nor SQLAlchemy is seen, nor the model that a form stands for."""
    name, receiver = module.callee(node).rpartition(".")[2], queries.receiver_of(node)
    if name in _DOCUMENTS or receiver is None or (name in _SAVES and _is_form(module.value(receiver))):
        return ""
    if module.has_import(*_DJANGO):
        return "django"
    return "sqlalchemy" if name in EXECUTES or SESSION.search(module.dotted(receiver)) else ""


def _writes(node: Node, module: "Module") -> Iterator[RowWrite]:
    callee, receiver = module.callee(node), queries.receiver_of(node)
    name = callee.rpartition(".")[2]
    if name in _ASKS:
        yield from _sent(node, module)
    if receiver is None:
        return
    if name in _MANAGED and ".objects" in callee:
        write = _write(node, _MANAGED[name], callee.partition(".objects")[0], _given(node, module), module)
        yield replace(write, whole=name in ("update", "aupdate") and callee.endswith(f".objects.{name}"))
    elif name == "update" and (model := queried(module.value(receiver))):
        yield _write(node, "update", model, _given(node, module), module)
    elif name == "delete" and (model := queried(asked := module.value(receiver))):
        yield replace(_write(node, "delete", model, None, module), whole=_asks_for_all(asked))
    elif name in _BY_ID and module.dotted(receiver).rpartition(".")[2][:1].isupper():
        yield _write(node, _BY_ID[name], module.dotted(receiver), next(iter(_values(node, module)[1:]), None), module)
    elif name == "execute" and not module.arguments(node):
        yield from _begun(node, module.value(receiver), module)
    elif name in _KEPT and _is_model(module.dotted(receiver)):
        yield _write(node, "insert", module.dotted(receiver), _given(node, module), module)
    elif name in _DOCUMENTS and module.arguments(node) and module.dotted(receiver) not in ("self", "cls"):
        given = module.arguments(node)
        at = 0 if _DOCUMENTS[name] == "insert" else 1
        value = module.value(given[at]) if at < len(given) and _DOCUMENTS[name] != "delete" else None
        yield _write(node, _DOCUMENTS[name], module.dotted(receiver), value, module)
    elif name in _DELETES and not module.arguments(node):
        value = module.value(receiver)
        model = _model_of(value) or _instance(node, value, module)
        if model or _is_row(value):
            yield replace(_write(node, "delete", model, None, module), whole=_asks_for_all(value))
    elif name in _SAVES and not _UNSAVED.search(module.text(node)):
        yield from _saved(node, module.value(receiver), module)
    elif name in EXECUTES:
        yield from _executed(node, module)
    elif SESSION.search(module.dotted(receiver)) and module.arguments(node):
        value = module.value(module.arguments(node)[0])
        if name == "delete":
            yield _write(node, "delete", _variable(node, module), None, module)
        elif name in ("add", "add_all"):
            yield from _added(node, value, module)


def function(scope: Scope, module: "Module") -> Iterator[FileFact]:
    """Attributes that are set on an object which was loaded, in a function that saves or commits."""
    if _KEEPS.search(module.data, scope.body.start_byte, scope.body.end_byte) is None:
        return
    text = "(assignment left: (attribute object: (identifier) @on attribute: (identifier) @name) right: (_) @value)"
    seen = syntax.captures(text, scope.body)
    found: dict[str, list[tuple[Node, Node]]] = {}
    for on, name, value in zip(seen.get("on", ()), seen.get("name", ()), seen.get("value", ()), strict=False):
        loaded = module.value(on) if module.scope(on) is scope else None
        if isinstance(loaded, Call) and _is_loaded(loaded):
            found.setdefault(_model(loaded) or module.text(on), []).append((name, value))
    yield from _set_by_name(scope, module)
    for model, several in found.items():
        entries = tuple((module.text(name), module.value(value)) for name, value in several)
        node = several[0][0].parent or several[0][0]
        record = Record(module.location(node), entries)
        at, spelled = module.location(node), f"{model}.{entries[0][0]} ="
        library = "django" if module.has_import(*_DJANGO) else "sqlalchemy"
        yield RowWrite(at, scope.name, "update", model, spelled, record, record.keys, library=library, awaited=True)


def _set_by_name(scope: Scope, module: "Module") -> Iterator[RowWrite]:
    """`setattr(order, name, value)` on what was loaded, mostly for each field that a request has."""
    for node in module.called.get(b"setattr", ()):
        given = module.arguments(node)
        loaded = module.value(given[0]) if len(given) == 3 and module.scope(node) is scope else None
        if isinstance(loaded, Call) and _is_loaded(loaded):
            yield _write(node, "update", _model(loaded) or module.text(given[0]), module.value(given[2]), module)


def _model(loaded: Call) -> str:
    """The model of `Order.objects.get(…)`, `Order.query.get(…)`, `session.get(Order, …)`, and of what is selected;
    `""` where none is named.
    """
    owner, found, _ = loaded.callee.partition(".objects." if ".objects." in loaded.callee else ".query.")
    if not found:
        owner = getattr(loaded.arguments[0], "name", "") if loaded.arguments else ""
    last = owner.rpartition(".")[2]
    return last if last[:1].isupper() else _selected(loaded)


def _selected(loaded: Value | None) -> str:
    """The model of `session.scalar(select(Order).where(…))`, whatever is then asked of its answer."""
    while isinstance(loaded, Call):
        if loaded.name == "select" and loaded.arguments:
            last = str(getattr(loaded.arguments[0], "name", "")).rpartition(".")[2]
            return last if last[:1].isupper() else ""
        is_asked = loaded.name in EXECUTES and loaded.arguments
        loaded = loaded.arguments[0] if is_asked else loaded.receiver
    return ""


def _write(node: Node, operation: str, table: str, value: Value | None, module: "Module") -> RowWrite:
    fields = value.keys if isinstance(value, Record) else ()
    made = node.child_by_field_name("function")
    called = module.one_line(made, 60) if made is not None else ""
    return RowWrite(
        module.location(node), module.enclosing(node), operation, table.rpartition(".")[2], called, value, fields
    )


def _given(node: Node, module: "Module") -> Value | None:
    """What a creation or update is given: its keywords, or the list of a bulk creation."""
    value = module.value(node)
    if not isinstance(value, Call):
        return None
    return Record(value.at, value.keywords) if value.keywords else next(iter(value.arguments), None)


def _is_loaded(value: Value) -> bool:
    if not isinstance(value, Call):
        return False
    owner, _, method = value.callee.rpartition(".")
    by_own = method in _ASKED or method.startswith(("find_by_", "get_by_"))
    return _LOADED.search(value.callee) is not None or (by_own and _is_model(owner))


_ROW = re.compile(
    r"\.objects\.(?:\w+\(\)\.)*(?:a?get|a?first|a?last)$|(?:^|\.)get_object(?:_or_404)?$|^django\.shortcuts\.\w*get_object_or_404$"
)


def _asks_for_all(value: Value) -> bool:
    """Whether a value is SQLAlchemy's query of a model, with nothing asked of it: `session.query(Order)`."""
    return isinstance(value, Call) and value.name == "query" and len(value.arguments) == 1 and not value.keywords


def _is_row(value: Value) -> bool:
    """Whether a value is one object that an ORM loaded."""
    return isinstance(value, Call) and _ROW.search(value.callee) is not None


def _is_model(name: str) -> bool:
    """Whether a dotted name is that of a class in a module of models: what Tortoise and Peewee call themselves."""
    module, _, last = name.rpartition(".")
    return last[:1].isupper() and _MODELS.search(module) is not None


def _instance(node: Node, value: Value, module: "Module") -> str:
    """The model of which a value is an object, where a declaration says so: that of a parameter, of what a method of
    the same class gives; else `""`.
    """
    declaration = value.annotation if isinstance(value, Parameter) and not value.path else ""
    owner, _, method = value.callee.rpartition(".") if isinstance(value, Call) else ("", "", "")
    klass = module.scope(node).klass if owner == "self" else None
    maker = module.scopes.named(f"{klass.name}.{method}") if klass is not None else None
    given = maker.node.child_by_field_name("return_type") if maker is not None else None
    name = declared(module.text(given) if given is not None else declaration, module)
    return name if _is_model(name) else ""


def _model_of(loaded: Value) -> str:
    return _model(loaded) if isinstance(loaded, Call) else ""


def _is_form(value: Value) -> bool:
    """Whether a value is a form of Django's or a serializer of its REST framework's."""
    return isinstance(value, Call) and value.name.endswith(("Form", "Serializer", "get_serializer"))


def _saved(node: Node, value: Value, module: "Module") -> Iterator[RowWrite]:
    """`form.save()`, `serializer.save()`, `Ticket(subject=…).save()`; what is set before is told by `function`."""
    if not isinstance(value, Call) or _is_loaded(value):
        return
    if _is_form(value):
        changes = len(value.arguments) > 1 or value.keyword("instance") is not None
        if value.name.endswith(("Serializer", "get_serializer")):
            changes = bool(value.arguments) or value.keyword("instance") is not None
        table = "" if value.name == "get_serializer" else value.name.removesuffix("Form").removesuffix("Serializer")
        yield _write(node, "update" if changes else "insert", table, None, module)
    elif value.name[:1].isupper() and value.keywords and module.has_import("django"):
        yield _write(node, "insert", value.name, Record(value.at, value.keywords), module)


def _sent(node: Node, module: "Module") -> Iterator[RowWrite]:
    """`db.run("insert into orders …", total)`, where the project's own function sends its text on."""
    given = [module.value(one) for one in module.arguments(node)]
    text, rest = (given[0], given[1:]) if given else (None, [])
    match = _SQL.match(rendered(text, "?")) if isinstance(text, Constant | Text) else None
    if match is None or text is None or not queries.looks_like_sql(text):
        return
    operation = match[1].split()[0].lower()
    value = Items(rest[0].at, tuple(rest)) if rest and operation != "delete" else None
    called = " ".join(rendered(text, "?").split())
    table = match[2].rpartition(".")[2]
    yield RowWrite(module.location(node), module.enclosing(node), operation, table, called, value)


def _added(node: Node, value: Value, module: "Module") -> Iterator[RowWrite]:
    several = value.items if isinstance(value, Items) else (value,)
    for one in several:
        made = one.callee.split(".")[-2:] if isinstance(one, Call) else []
        model = next((name for name in reversed(made) if name[:1].isupper()), "")
        if isinstance(one, Call) and model and not _is_loaded(one):
            plain = model == one.name and one.keywords
            yield _write(node, "insert", model, Record(one.at, one.keywords) if plain else None, module)
            return
    given = module.arguments(node)[0]
    if given.type == "attribute" and module.text(given).partition(".")[0] in _LASTING:
        yield _write(node, "update", "", None, module)
    elif not (isinstance(value, Call) and _is_loaded(value)):
        yield _write(node, "insert", "", None, module)


def _variable(node: Node, module: "Module") -> str:
    """The name of what a session is given, for want of its model: `session.delete(current_session)`."""
    given = module.arguments(node)[0]
    return module.text(given) if given.type == "identifier" else ""


def _values(node: Node, module: "Module") -> list[Value]:
    return [module.value(one) for one in module.arguments(node)]


def queried(value: Value | None) -> str:
    """The model of `session.query(Order).filter(…)`, of `Order.query.filter_by(…)`, of Tortoise's `Order.filter(…)`."""
    while isinstance(value, Call):
        owner, found, _ = value.callee.partition(".query.")
        if found and owner.rpartition(".")[2][:1].isupper():
            return owner
        if value.name == "query" and value.arguments:
            return str(getattr(value.arguments[0], "name", ""))
        owner, _, method = value.callee.rpartition(".")
        if method in ("filter", "exclude") and _is_model(owner):
            return owner
        value = value.receiver
    return ""


def _begun(node: Node, value: Value | None, module: "Module") -> Iterator[RowWrite]:
    """Peewee's `Order.update(state="paid").where(…).execute()`."""
    asked: set[str] = set()
    while isinstance(value, Call):
        owner, _, method = value.callee.rpartition(".")
        if (
            method in _PEEWEE
            and owner.rpartition(".")[2][:1].isupper()
            and (_is_model(owner) or module.has_import("peewee"))
        ):
            written = Record(value.at, value.keywords) if value.keywords else next(iter(value.arguments), None)
            operation = _PEEWEE[method]
            write = _write(node, operation, owner, None if operation == "delete" else written, module)
            yield replace(write, whole=operation != "insert" and not asked)
            return
        asked.add(value.name)
        value = value.receiver


def _executed(node: Node, module: "Module") -> Iterator[RowWrite]:
    """`session.execute(update(Order).where(…).values(…))`, `connection.execute(orders.update().where(…).values(…))`."""
    given = module.arguments(node)
    statement: Value | None = module.value(given[0]) if given else None
    written: Value | None = None
    asked: set[str] = set()
    while isinstance(statement, Call):
        asked.add(statement.name)
        if statement.name == "values" and written is None:
            written = Record(statement.at, statement.keywords) if statement.keywords else None
            written = written or next(iter(statement.arguments), None)
        made = statement.callee.rpartition(".")
        if made[2] in _STATEMENTS and made[0].startswith(("sqlalchemy", "sqlmodel")) and statement.arguments:
            table = getattr(statement.arguments[0], "name", "")
            write = _write(node, _STATEMENTS[made[2]], table, written, module)
            alone = len(given) == 1 and not module.keywords(node)  # beside a list of rows it is each row by its key
            yield replace(write, whole=made[2] != "insert" and alone and asked <= _UNFILTERED)
            return
        if made[2] in _STATEMENTS and made[0] and not isinstance(statement.receiver, Call) and not statement.arguments:
            yield _write(node, _STATEMENTS[made[2]], made[0].rpartition(".")[2], written, module)
            return
        statement = statement.receiver
