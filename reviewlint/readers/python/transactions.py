"""Where transactions begin and end: `with conn.transaction():`, `session.begin()`, `conn.commit()`."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ...facts.data import Transaction
from ...facts.file import FileFact

if TYPE_CHECKING:
    from .module import Module

TRIGGERS = (b"transaction", b"begin", b"atomic", b"commit", b"nit_of_work", b"savepoint", b"ATOMIC_REQUESTS")
_BLOCK = re.compile(r"transaction|atomic|(?:^|_)begin|savepoint|unit_?of_?work", re.IGNORECASE)
_BEGIN = re.compile(r"^(?:begin\w*|start_transaction|start|set_autocommit|savepoint)$")

_REQUESTS = re.compile(rb"\bATOMIC_REQUESTS[\"']?\]?\s*[:=]\s*(?!False)\S")
"""Django, "Tying transactions to HTTP requests"."""


def file(module: "Module") -> Iterator[FileFact]:
    """Blocks that are transactions, calls that begin or end one, and the setting that makes each request one."""
    if module.mentions(b"ATOMIC_REQUESTS") and _REQUESTS.search(module.data):
        yield Transaction(module.location(module.root), "", "requests")
    inside: set[int] = set()
    for node in module.seen.get("with", ()):
        clause, body = node.named_children[0], node.child_by_field_name("body")
        for item in clause.named_children if body is not None else ():
            value = item.child_by_field_name("value") if item.type == "with_item" else None
            entered = value.named_children[0] if value is not None and value.type == "as_pattern" else value
            if entered is None or body is None:
                continue
            inside.add(entered.id)
            name = module.dotted(entered).removesuffix("()").rpartition(".")[2]
            if _BLOCK.search(name):
                yield Transaction(module.location(body), module.enclosing(body), "block")
    for word, calls in module.called.items():
        kind = "commit" if word == b"commit" else "begin" if _BEGIN.match(word.decode("utf-8", "replace")) else ""
        for call in calls if kind else ():
            # `task.start()` begins no transaction; `tr = conn.transaction(); await tr.start()` does
            if call.id not in inside and (word != b"start" or module.mentions(b"transaction(")):
                yield Transaction(module.location(call), module.enclosing(call), kind)
