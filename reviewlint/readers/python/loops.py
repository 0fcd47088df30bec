"""Loops over collections, in files that send queries."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tree_sitter import Node

from ...facts.data import Loop
from ...facts.file import FileFact
from ...facts.values import Call
from ..reasons import takes_each
from . import syntax

if TYPE_CHECKING:
    from .module import Module

_PAUSES = re.compile(rb"\b(?:time|asyncio|anyio|trio|gevent)\.sleep\(|\bsleep\(")
"""What paces a loop by hand: nobody waits for such a loop."""
_MODELS = (b".objects.", b".query.", b".query(", b".scalar", b"select(", b"session.")
_SQL = (b"SELECT ", b"INSERT ", b"UPDATE ", b"DELETE ")
_MANAGED = (b".count()", b".exists()", b".first()", b".last()")
"""What managers of related rows are asked for in Django: `order.lines.count()`."""
TRIGGERS = (b".execute", b".fetch", b".raw(", b".table(", b".from_(", b".rpc(", *_MODELS, *_SQL, *_MANAGED)


def file(module: "Module") -> Iterator[FileFact]:
    """`for x in xs:`, and comprehensions."""
    for kind in ("for", "clause"):
        for node in module.seen.get(kind, ()):
            over = node.child_by_field_name("right")
            body = node.child_by_field_name("body") if kind == "for" else node.parent
            if over is None or body is None or over.type in ("list", "tuple", "set", "dictionary", "string"):
                continue
            text = module.data[body.start_byte : body.end_byte]
            if not any(word in text for word in TRIGGERS) or _PAUSES.search(text):
                continue
            value = module.value(over)
            if not (isinstance(value, Call) and value.callee in ("range", "itertools.count")):
                waits = syntax.captures("(await) @await", body).get("await", ())
                waited = tuple(map(module.location, waits))
                explained = kind == "for" and takes_each(module.data, node.start_byte)
                yield Loop(module.location(body), module.enclosing(node), value, waited, _most(over, module), explained)


def _most(over: Node, module: "Module") -> int | None:
    """How many elements a slice has at most: 10 of `rows[:10]`."""
    part = over.child_by_field_name("subscript") if over.type == "subscript" else None
    match module.text(part).replace(" ", "").split(":") if part is not None and part.type == "slice" else ():
        case ["" | "0", end] if end.isdigit():
            return int(end)
    return None
