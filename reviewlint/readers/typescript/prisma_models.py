"""Prisma: the calls of models that the generated client has."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from ...facts.data import ModelAccess
from ...facts.file import FileFact
from ...facts.values import Record, Value
from . import syntax
from .module import Module
from .origins import origin
from .packages import is_own

TRIGGERS = (b"risma", b"data:", b"where:")
_OPERATIONS = {
    "findMany": "select",
    "findFirst": "select",
    "findFirstOrThrow": "select",
    "findUnique": "select",
    "findUniqueOrThrow": "select",
    "create": "insert",
    "createMany": "insert",
    "createManyAndReturn": "insert",
    "update": "update",
    "updateMany": "update",
    "upsert": "upsert",
    "delete": "delete",
    "deleteMany": "delete",
}
CALLS = frozenset(_OPERATIONS)
_CLIENT = re.compile(r"prisma", re.IGNORECASE)


def call(node: Node, module: Module) -> Iterator[FileFact]:
    """`prisma.order.create({…})`."""
    function = syntax.callee(node)
    model = module.receiver(node)
    if node.type != "call_expression" or function is None or model is None or model.type != "member_expression":
        return
    receiver, name = model.child_by_field_name("object"), model.child_by_field_name("property")
    operation = function.child_by_field_name("property")
    method = module.text(operation) if operation is not None else ""
    if receiver is None or name is None or method not in _OPERATIONS:
        return
    client, given = module.dotted(receiver), syntax.arguments(node)
    if not (
        _CLIENT.search(client.rpartition("/")[2])
        or "@prisma/client" in (made := origin(receiver, module))
        or (is_own(made) and len(given) == 1 and _is_asked(module.value(given[0])))
    ):
        return
    yield ModelAccess(
        module.location(node),
        module.enclosing(node),
        "prisma",
        client,
        module.text(name),
        _OPERATIONS[method],
        method,
        module.value(given[0]) if given else None,
        syntax.is_waited_for(node),
    )


def _is_asked(value: Value) -> bool:
    """Whether an argument is Prisma's alone: `{ where: {…} }`, `{ data: {…} }`, of a client that another file makes."""
    return isinstance(value, Record) and any(isinstance(value.get(key), Record) for key in ("where", "data"))
