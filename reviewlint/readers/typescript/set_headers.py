"""The headers that a function gives its response in statements of their own: `res.set("Location", to)`, `c.header(…)`.

A function of the project that is handed the response may set any: then nobody knows all of them.
"""

import re

from tree_sitter import Node

from ...facts.values import Record, Value, constant_text
from . import syntax
from .module import Module
from .scopes import Scope

_SETTERS = frozenset({"set", "header", "headers", "setHeader", "setHeaders", "append", "addHeader", "writeHead"})
_KOAS = "ctx"
"""What Koa's context is called, whose `redirect` sets the Location and answers nothing by itself."""
_LOOKS = re.compile(
    r"(?:cookies?|tokens?|sessions?|auth\w*|user|log|audit|validate|check|verify|require|assert|csrf|limit)(?:[A-Z]\w*)?$"
    r"|(?:^|\.)(?:get|is|has|check|verify|validate|assert|require|log|audit|track|authorize|authenticate)[A-Z]\w*$",
    re.IGNORECASE,
)
"""Functions that look at a request, or let somebody in, and say nothing of where things are."""


class _Set:
    """What each function of a file sets on a response of a name."""

    def __init__(self, module: Module) -> None:
        self._module = module
        self._known: dict[tuple[int, str], tuple[tuple[tuple[str, Value], ...], bool]] = {}

    def by(self, scope: Scope, name: str) -> tuple[tuple[tuple[str, Value], ...], bool]:
        """The headers, and whether there may be more."""
        key = scope.start, name
        if key not in self._known:
            self._known[key] = self._looked_up(scope, name)
        return self._known[key]

    def _looked_up(self, scope: Scope, name: str) -> tuple[tuple[tuple[str, Value], ...], bool]:
        entries: list[tuple[str, Value]] = []
        module, more = self._module, False
        for call in module.calls_in(scope):
            first, _, rest = module.callee(call).partition(".")
            last, given = rest.rpartition(".")[2], syntax.arguments(call)
            if first != name:
                handed = _is_kept(call) and not _LOOKS.search(module.callee(call))
                more = more or (handed and any(_is_handed(one, name, module) for one in given))
            elif given and (last == "location" or (last == "redirect" and name == _KOAS)):
                entries.append(("Location", module.value(given[-1])))
            elif last in _SETTERS and given:
                said = _said([module.value(one) for one in given])
                entries += said.entries if said is not None else ()
                more = more or said is None or said.open
        begins = (f"{name}.headers", f"{name}.response.header", f"{name}.res", f"{name}.raw")
        inside = (node for node in module.writes if scope.start <= node.start_byte < scope.end)
        return tuple(entries), more or any(module.text(node).startswith(begins) for node in inside)


def all_headers(node: Node, name: str, own: Value | None, module: Module) -> Value | None:
    """What is set on the response called `name` where `node` answers: its `own` headers, and what statements set.

    At module level nobody follows what runs before what.
    """
    scope = module.scope(node).owner
    if scope.kind != "function" or (own is not None and not isinstance(own, Record)):
        return own
    entries, more = module.once(_Set).by(scope, name)
    mine = own if isinstance(own, Record) else Record(module.location(node), ())
    return Record(mine.at, (*entries, *mine.entries), mine.open or more)


def _said(given: list[Value]) -> Record | None:
    """The headers that a call is given, by name and value or as an object; None where their names are not known."""
    key = constant_text(given[0])
    if key is not None and len(given) > 1:
        return Record(given[0].at, ((key, given[1]),))
    return given[-1] if isinstance(given[-1], Record) else None


def _is_kept(call: Node) -> bool:
    """Whether what follows a call may answer: what is given back, or is left after, has answered itself."""
    parent = call.parent
    while parent is not None and parent.type in syntax.TRANSPARENT:
        parent = parent.parent
    if parent is None or parent.type in ("return_statement", "arrow_function"):
        return False
    after = parent.next_named_sibling if parent.type == "expression_statement" else None
    return after is None or after.type != "return_statement" or bool(syntax.children(after))


def _is_handed(given: Node, name: str, module: Module) -> bool:
    """Whether an argument is the response, or an object that holds it."""
    return re.search(rf"(?<![\w.$]){re.escape(name)}\b(?!\s*[.:(\[?!])", module.text(given)) is not None
