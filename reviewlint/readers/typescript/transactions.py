"""What belongs together and what does not: `$transaction(…)`, `sql.begin(…)`, `BEGIN` sent as a query, `allSettled`."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from ...facts.data import Transaction
from ...facts.file import FileFact
from . import syntax
from .module import Module

TRIGGERS = (
    *(b"ransaction", b"begin", b"BEGIN", b"commit", b"COMMIT", b"nitOfWork", b".tx", b"withTx", b"inTx"),
    *(b"waitUntil", b"after(", b"setImmediate", b"nextTick", b"queueMicrotask", b"allSettled", b"catch"),
)
_LATER = re.compile(rb"(?:^|\.)(?:waitUntil|after|setImmediate|nextTick|queueMicrotask)$")
_OPENS = re.compile(rb"(?:^|\.)\$?(?:\w*[tT]ransaction\w*|begin\w*|tx|withTx|inTx|runTx|\w*[uU]nitOfWork)$")
_SENDS = re.compile(rb"(?:^|\.)(?:query|execute|exec|run|raw|unsafe)$")
_SETTLED = re.compile(rb"(?:^|\.)allSettled$")
_BEGIN = re.compile(r"[`'\"]\s*(?:begin|start\s+transaction)\b", re.IGNORECASE)


def file(module: Module) -> Iterator[FileFact]:
    """Calls that take what belongs together or runs later, and calls that begin a transaction for what follows."""
    for node, text in module.callees:
        name = text[-60:].strip()
        given = node.child_by_field_name("arguments")
        if given is None:
            continue
        if _OPENS.search(name):
            kind = "block" if syntax.arguments(node) else "begin"
            at = module.location(given)
            yield Transaction(at, module.enclosing(node), kind)
            yield from _gathered(syntax.arguments(node), node, module)
        elif _LATER.search(name):
            yield Transaction(module.location(given), module.enclosing(node), "later")
        elif _SETTLED.search(name):
            for one in (*_elements(syntax.arguments(node)), *_collected(syntax.arguments(node), node, module)):
                yield Transaction(module.location(one), module.enclosing(node), "apart")
        elif _SENDS.search(name) and (inside := syntax.arguments(node)) and _BEGIN.match(module.text(inside[0])):
            yield Transaction(module.location(node), module.enclosing(node), "begin")


def _elements(given: list[Node]) -> list[Node]:
    """What is waited for: the elements of a list that is written there, else what is given."""
    return syntax.children(given[0]) if len(given) == 1 and given[0].type == "array" else given


def _collected(given: list[Node], node: Node, module: Module) -> Iterator[Node]:
    """What a variable holds that is waited for: the elements of its list, and what is added: `all.push(save())`."""
    for value in _made(given, node, module):
        yield from _elements([value])
    if len(given) != 1 or given[0].type != "identifier":
        return
    added = f"{module.text(given[0])}.push".encode()
    body = module.scopes.at(node.start_byte).body
    for call, text in module.callees:
        if text == added and body.start_byte <= call.start_byte < node.start_byte:
            yield from syntax.arguments(call)


def _gathered(given: list[Node], node: Node, module: Module) -> Iterator[Transaction]:
    """What a variable was given that is handed to a transaction: `const all = rows.map(…); db.$transaction(all)`."""
    for value in _made(given, node, module):
        yield Transaction(module.location(value), module.enclosing(node), "block")


def _made(given: list[Node], node: Node, module: Module) -> Iterator[Node]:
    """What the variable was made with that is all that is given."""
    if len(given) != 1 or given[0].type != "identifier":
        return
    name, body = module.text(given[0]), module.scopes.at(node.start_byte).body
    for made in syntax.captures("(variable_declarator) @made", body, module.language).get("made", ()):
        own, value = made.child_by_field_name("name"), made.child_by_field_name("value")
        if own is not None and value is not None and module.text(own) == name:
            yield value
