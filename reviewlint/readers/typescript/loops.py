"""Loops over collections, in files that send queries."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from ...facts.data import Loop
from ...facts.file import FileFact
from ...facts.location import Location
from ..reasons import takes_each
from . import syntax
from .module import Module

TRIGGERS = (
    *(b".query", b".execute", b".raw(", b".from(", b".rpc(", b"Raw", b"sql`", b"prisma", b".find", b"selectFrom("),
    *(b".count", b".exist", b".aggregate(", b".distinct(", b".save(", b".create(", b".insert", b"uery("),
    *(b"SELECT ", b"INSERT ", b"UPDATE ", b"DELETE ", b".where(", b".first("),
)
CALLS = frozenset({"map", "forEach", "flatMap"})
_PAUSES = re.compile(rb"\bawait\s+(?:new\s+Promise\b[^;{}]*\bsetTimeout\(|(?:\w+\.)*(?:sleep|delay|wait)\()")
"""What paces a loop by hand, so that something is not asked too often: nobody waits for such a loop."""
_LOOPS = '(for_in_statement operator: "of") @loop'


def file(module: Module) -> Iterator[FileFact]:
    """`for (const x of xs)`."""
    for node in syntax.captures(_LOOPS, module.root, module.language).get("loop", ()):
        over, body = node.child_by_field_name("right"), node.child_by_field_name("body")
        if over is not None and body is not None and syntax.unwrapped(over).type != "array" and _sends(body, module):
            yield _loop(node, over, body, module, explained=takes_each(module.data, node.start_byte))


def call(node: Node, module: Module) -> Iterator[FileFact]:
    """`xs.map(async (x) => …)` and its kin."""
    receiver, given = module.receiver(node), syntax.arguments(node)
    if receiver is None or not given or receiver.type == "array":
        return
    callback = syntax.unwrapped(given[0])
    body = callback.child_by_field_name("body") if callback.type in syntax.FUNCTIONS else None
    if body is not None and _sends(body, module):
        statement = node
        while statement.parent is not None and not statement.type.endswith(("_statement", "_declaration")):
            statement = statement.parent
        yield _loop(node, receiver, body, module, explained=takes_each(module.data, statement.start_byte))


def _loop(node: Node, over: Node, body: Node, module: Module, *, explained: bool) -> Loop:
    waits = _waits(body, module)
    return Loop(module.location(body), module.enclosing(node), module.value(over), waits, explained=explained)


def _waits(body: Node, module: Module) -> tuple[Location, ...]:
    found = syntax.captures("(await_expression) @await", body, module.language).get("await", ())
    around = (one.parent for one in found if one.parent is not None and one.parent.type == "call_expression")
    typed = (call for call in around if syntax.is_awaited(call))
    return tuple(map(module.location, (*found, *typed)))


def _sends(body: Node, module: Module) -> bool:
    """Whether the text of a loop's body speaks of queries at all, and of no pause after each of them."""
    text = module.data[body.start_byte : body.end_byte]
    return any(word in text for word in TRIGGERS) and not _PAUSES.search(text)
