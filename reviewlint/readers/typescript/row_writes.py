"""What Mongoose, MongoDB, TypeORM, Sequelize, Knex, Drizzle and tagged SQL templates write."""

import re
from collections.abc import Iterator
from dataclasses import replace

from tree_sitter import Node

from ...facts.data import RowWrite
from ...facts.file import FileFact
from ...facts.values import Call, Constant, Items, Record, Text, Value, constant_text, holes, rendered
from . import models, routing, syntax
from .module import Module

_DOCUMENTS = {
    "insertOne": "insert",
    "insertMany": "insert",
    "updateOne": "update",
    "updateMany": "update",
    "replaceOne": "update",
    "findOneAndUpdate": "update",
    "findByIdAndUpdate": "update",
    "deleteOne": "delete",
    "deleteMany": "delete",
    "findOneAndDelete": "delete",
    "findByIdAndDelete": "delete",
}
_REPOSITORY = {
    "save": "insert",
    "insert": "insert",
    "upsert": "insert",
    "update": "update",
    "delete": "delete",
    "remove": "delete",
    "softDelete": "delete",
}
"""Methods of TypeORM's repositories; `create` only makes an object."""
_MODELS = {"create": "insert", "bulkCreate": "insert", "destroy": "delete", "update": "update"}
_BUILDERS = {"insert": "insert", "update": "update", "del": "delete", "delete": "delete"}
_UNFILTERED = frozenset(
    {"update", "del", "delete", "returning", "transacting", "timeout", "withSchema", "then", "catch"}
)
"""What may be asked of Knex for a write that still means every row."""
_DRIZZLE = {"values": "insert", "set": "update"}
_KYSELY = {"insertInto": "insert", "updateTable": "update", "deleteFrom": "delete", "replaceInto": "insert"}
"""Kysely names the table first, and the values in the next call of the chain."""
_AT_ONCE = frozenset({"run", "all", "get"})
"""What sends a statement that Drizzle built for a driver that does not wait."""
_AGAIN = re.compile(r"onConflict|onDuplicate|orIgnore|orUpdate|ignore$")
_UPSERTS = frozenset({"upsert", "ignoreDuplicates", "updateOnDuplicate", "skipDuplicates"})
_TAGS = frozenset({"sql", "tx", "$executeRaw", "$queryRaw"})
_ASKS = frozenset(
    {"query", "queryOne", "queryRow", "queryRows", "execute", "exec", "run", "runQuery", "executeQuery", "dbQuery", "q"}
    | {"one", "oneOrNone", "maybeOne", "many", "any", "all", "none", "get", "first", "fetchOne", "fetchAll"}
)
"""What projects call the function of their own that sends its text to the database."""
CALLS = frozenset({*_DOCUMENTS, *_REPOSITORY, *_MODELS, *_BUILDERS, *_DRIZZLE, *_KYSELY, *_TAGS, *_ASKS})
_LOADED = re.compile(r"\.(?:find\w*|getOne\w*)$")
_SQL = re.compile(
    r"^\s*(?:with\b.*?\)\s*)?(insert\s+into|update|delete\s+from)\s+(?:only\s+)?[\"`]?((?:\w+\.)?\w+)", re.I | re.S
)


def call(node: Node, module: Module) -> Iterator[FileFact]:
    """One write, where the call says what it writes to."""
    name = module.callee(node).rpartition(".")[2].rpartition("/")[2]
    template = syntax.template(node)
    if template is not None:
        yield from _tagged(node, template, module) if name in _TAGS else ()
        return
    receiver, given = module.receiver(node), syntax.arguments(node)
    if node.type != "call_expression":
        return
    if receiver is None or receiver.type == "this":
        yield from _asked(node, given, module) if name in _ASKS else ()
        return
    for write in _made(node, name, receiver, given, module):
        if not write.library:
            yield write
            continue
        chained = models.methods(node, module)
        yield replace(
            write,
            awaited=syntax.is_waited_for(node) or not chained.isdisjoint(_AT_ONCE),
            joined=models.joins(node, module),
            again=name == "upsert" or any(map(_AGAIN.match, chained)) or any(_is_upsert(one, module) for one in given),
        )


def _made(node: Node, name: str, receiver: Node, given: list[Node], module: Module) -> Iterator[RowWrite]:
    table = models.last(receiver, module)
    if name in _DOCUMENTS:
        operation = _DOCUMENTS[name]
        at = 0 if operation == "insert" else 1
        value = module.value(given[at]) if at < len(given) and operation != "delete" else None
        if value is not None or operation == "delete":
            kept = models.collection(receiver, module)
            library = "mongodb" if kept else "mongoose" if models.is_model(receiver, module) else ""
            yield _write(node, operation, kept or table, value, module, library=library)
    elif name in _REPOSITORY and models.is_managed(given, module):
        yield _stored(node, name, module.text(given[0]), given[1:], module)
    elif name in _REPOSITORY and models.is_repository(receiver, module):
        write = _stored(node, name, table, given, module)
        yield from _changed(write, given[0], node, module) if name == "save" and given else [write]
    elif name in _KYSELY:
        yield from _chosen(node, _KYSELY[name], given, module)
    elif name in _DRIZZLE:
        yield from _built(node, _DRIZZLE[name], receiver, given, module)
    elif name in _BUILDERS and (knex := models.knex_table(receiver, module)):
        write = _write(node, _BUILDERS[name], knex, module.value(given[0]) if given else None, module, library="knex")
        chained = models.methods(node, module)
        sent = _is_sent(node) or "then" in chained
        yield replace(write, whole=name != "insert" and sent and chained <= _UNFILTERED)
    elif name == "delete" and len(given) == 1 and _is_table(given[0]) and models.is_drizzle(receiver, module):
        write = _write(node, "delete", models.last(given[0], module), None, module, library="drizzle")
        yield replace(write, whole=_is_sent_whole(node, module))
    elif name in _MODELS and models.is_model(receiver, module):
        value = module.value(given[0]) if given and _MODELS[name] != "delete" else None
        yield _write(node, _MODELS[name], table, value, module, library=_library(name, module))
    elif name in ("update", "destroy") and (model := _model_of(receiver, module)):
        value = module.value(given[0]) if given and name == "update" else None
        yield _write(node, _MODELS[name], model, value, module, library="sequelize")
    elif name == "save" and not given:
        yield from _saved(node, receiver, module)
        yield from _stored_new(node, receiver, module)


def _is_table(given: Node) -> bool:
    return given.type in ("identifier", "member_expression")


def _is_upsert(given: Node, module: Module) -> bool:
    """Whether an argument says that a row may be there: `{ upsert: true }`, `{ ignoreDuplicates: true }`."""
    value = module.value(given) if given.type == "object" else None
    return isinstance(value, Record) and any(key in _UPSERTS for key in value.keys)


def _library(name: str, module: Module) -> str:
    """Whose model it is that both Mongoose and Sequelize call so: by the method, or what else the file speaks of."""
    is_table = name != "create" or module.mentions(b"equelize", b"findByPk", b"findAll", b"bulkCreate")
    return "sequelize" if is_table else "mongoose"


def _write(
    node: Node, operation: str, table: str, value: Value | None, module: Module, *, library: str = ""
) -> RowWrite:
    inner = value.get("$set") if isinstance(value, Record) else None
    fields = inner if isinstance(inner, Record) else value
    callee = syntax.callee(node)
    return RowWrite(
        module.link(node),
        module.enclosing(node),
        operation,
        table,
        module.one_line(callee, 60) if callee is not None else "",
        value,
        fields.keys if isinstance(fields, Record) else (),
        library=library,
    )


def _tagged(node: Node, template: Node, module: Module) -> Iterator[RowWrite]:
    """`sql`update orders set …``: the values are bound, and they are written."""
    value = module.value(node)
    text = value.arguments[0] if isinstance(value, Call) and value.arguments else value
    match = _SQL.match(rendered(text, "?"))
    if match is not None:
        bound = Items(module.location(template), tuple(holes(text))) if isinstance(text, Text) else None
        operation = match[1].split()[0].lower()
        yield RowWrite(
            module.location(node),
            module.enclosing(node),
            operation,
            match[2].rpartition(".")[2],
            " ".join(rendered(text, "?").split()),
            bound if operation != "delete" else None,
        )


def _asked(node: Node, given: list[Node], module: Module) -> Iterator[RowWrite]:
    """`one("insert into orders …", [total])`, where the project's own function sends its text on."""
    text = module.value(given[0]) if given else None
    match = _SQL.match(rendered(text, "?")) if isinstance(text, Constant | Text) else None
    if match is not None and text is not None:
        operation = match[1].split()[0].lower()
        value = module.value(given[1]) if len(given) > 1 and operation != "delete" else None
        spelled = " ".join(rendered(text, "?").split())
        table = match[2].rpartition(".")[2]
        yield RowWrite(module.link(node), module.enclosing(node), operation, table, spelled, value)


def _stored(node: Node, name: str, table: str, given: list[Node], module: Module) -> RowWrite:
    """`repository.save(…)` inserts what `create` made or a literal says; of what was loaded, it is an update."""
    value = module.value(given[0]) if given else None
    operation = _REPOSITORY[name]
    if name == "update":
        value = module.value(given[1]) if len(given) > 1 else None
    elif isinstance(value, Call) and value.name == "create" and value.arguments:
        value = value.arguments[0]
    elif isinstance(value, Call) and name == "save" and not _is_new(value):
        operation, value = "update", None
    return _write(node, operation, table, value, module, library="typeorm")


def _changed(write: RowWrite, row: Node, node: Node, module: Module) -> Iterator[RowWrite]:
    """`repository.save(order)` with what was assigned to the order, which was loaded, before."""
    name, found = module.text(row), module.value(row) if row.type == "identifier" else None
    if write.operation != "update" or not isinstance(found, Call):
        yield write
        return
    entries = tuple((field, value) for _, field, value in _assignments(name, node, module))
    record = Record(write.at, entries) if entries else None
    yield replace(write, value=record, fields=record.keys if record is not None else ())
    yield from _assigned(name, found, node, module)


def _is_new(value: Call) -> bool:
    """Whether what is saved was made just before: `new Order(…)`, `plainToInstance(Order, body)`."""
    return value.name[:1].isupper() or value.name in ("plainToInstance", "plainToClass")


def _built(node: Node, operation: str, receiver: Node, given: list[Node], module: Module) -> Iterator[RowWrite]:
    """Drizzle's `db.insert(orders).values(…)`, `db.update(orders).set(…)`."""
    receiver = syntax.unwrapped(receiver)
    if receiver.type != "call_expression" or module.callee(receiver).rpartition(".")[2] != operation or not given:
        return
    tables = syntax.arguments(receiver)
    if len(tables) == 1 and _is_table(tables[0]):
        write = _write(
            node, operation, models.last(tables[0], module), module.value(given[0]), module, library="drizzle"
        )
        yield replace(write, whole=operation == "update" and _is_sent_whole(node, module))


def _is_sent_whole(node: Node, module: Module) -> bool:
    """Whether Drizzle sends a write as it stands, and it has no `where`."""
    is_whole = models.methods(node, module) <= {*_UNFILTERED, "set", "execute"}
    return is_whole and _is_sent(node) and module.has_import("drizzle-orm")


def _is_sent(node: Node) -> bool:
    """Whether the chain that a call is part of is sent as it stands: what is kept may get a condition later."""
    outermost = node
    while (member := outermost.parent) is not None and member.type == "member_expression" and member.parent is not None:
        outermost = member.parent
    returned = outermost.parent is not None and outermost.parent.type == "return_statement"
    return returned or syntax.is_awaited(outermost)


def _chosen(node: Node, operation: str, given: list[Node], module: Module) -> Iterator[RowWrite]:
    """Kysely's `db.insertInto("orders").values(…)`, `db.deleteFrom("orders")`."""
    table = constant_text(module.value(given[0])) if len(given) == 1 else None
    if table is None:
        return
    current, value = node, None
    while (
        current.parent is not None and current.parent.type == "member_expression" and current.parent.parent is not None
    ):
        own = current.parent.child_by_field_name("property")
        current = current.parent.parent
        if own is not None and module.text(own) in _DRIZZLE and (said := syntax.arguments(current)):
            function = routing.inner_function(said[0])
            body = function.child_by_field_name("body") if function is not None else said[0]
            value = module.value(syntax.unwrapped(body) if body is not None else said[0])
    yield _write(node, operation, table.rpartition(".")[2], value, module, library="kysely")


def _model_of(row: Node, module: Module) -> str:
    """The model of Sequelize's by which a row was found before: `const order = await Order.findByPk(id)`."""
    value = module.value(row) if row.type == "identifier" else None
    found = re.search(r"(?:^|[./])(\w+)\.find(?:ByPk|One)$", value.callee) if isinstance(value, Call) else None
    return found[1] if found is not None and module.mentions(b"findByPk", b"sequelize") else ""


def _stored_new(node: Node, receiver: Node, module: Module) -> Iterator[RowWrite]:
    """`await new Order({ … }).save()`, `const order = new Order({ … }); await order.save()`."""
    made = syntax.unwrapped(receiver)
    if made.type == "identifier" and (binding := module.binding(made)) is not None:
        first = binding.declaration.child_by_field_name("value")
        later = (write.value for write in module.assigned(binding))
        made = next((syntax.unwrapped(one) for one in (first, *later) if one is not None), made)
    model = made.child_by_field_name("constructor") if made.type == "new_expression" else None
    if model is not None and models.is_model(model, module):
        given = syntax.arguments(made)
        value = module.value(given[0]) if given else None
        yield _write(node, "insert", models.last(model, module), value, module, library=_library("create", module))


def _assigned(name: str, found: Call, saved: Node, module: Module) -> Iterator[RowWrite]:
    """`Object.assign(order, body); await order.save()`, `order.set(body); …`, TypeORM's `orders.merge(order, body)`."""
    for call in module.calls_in(module.scope(saved)):
        given, callee = syntax.arguments(call), module.callee(call)
        merges = callee == "Object.assign" or callee.endswith(".merge")
        into = merges and len(given) == 2 and module.text(given[0]) == name
        if into or (callee == f"{name}.set" and len(given) == 1):
            model = models.queried(found.callee, module)
            yield _write(call, "update", model, module.value(given[-1]), module)


def _assignments(name: str, saved: Node, module: Module) -> Iterator[tuple[Node, str, Value]]:
    """The assignments to fields of a variable in the function that saves it, with the field and what it is set to."""
    scope = module.scope(saved)
    for write in module.writes:
        left, right = write.child_by_field_name("left"), write.child_by_field_name("right")
        if left is None or right is None or left.type != "member_expression" or write.type != "assignment_expression":
            continue
        owner, field = left.child_by_field_name("object"), left.child_by_field_name("property")
        if owner is not None and field is not None and module.text(owner) == name and module.scope(write) is scope:
            yield write, module.text(field), module.value(right)


def _saved(node: Node, receiver: Node, module: Module) -> Iterator[RowWrite]:
    """`order.state = "paid"; await order.save()` on what was found before."""
    value = module.value(receiver)
    if receiver.type != "identifier" or not isinstance(value, Call) or not _LOADED.search(value.callee):
        return
    name = module.text(receiver)
    entries = list(_assignments(name, node, module))
    yield from _assigned(name, value, node, module)
    if entries:
        at = module.location(entries[0][0])
        record = Record(at, tuple((field, right) for _, field, right in entries))
        model = models.queried(value.callee, module)
        library = _library("create", module)
        yield RowWrite(
            at, module.enclosing(node), "update", model, f"{name}.save", record, record.keys, library=library
        )
