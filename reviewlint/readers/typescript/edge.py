"""Supabase Edge Functions, and what else serves requests with one function: `Deno.serve`, `serve` of Deno's library.

Supabase documentation, "Edge Functions": a function answers below `/functions/v1/<its folder>`.
"""

import re
from collections.abc import Iterator
from itertools import takewhile

from tree_sitter import Node

from ...facts.file import FileFact
from ...facts.http import Route
from . import helpers, nextjs, routing, syntax
from .module import Module
from .packages import is_own, normal

CALLS = frozenset({"serve"})
_FOLDER = re.compile(r"(?:^|/)supabase/functions/([^/_][^/]*)/")
_MARKS = re.compile(r"/\*+|\*+/|//+|(?:^|(?<=\s))\*+(?=\s|$)|[=─-]{3,}")
_LONGEST = 1_000
"""Characters of a note beyond which it is a manual, or a file that is commented out."""
_SERVERS = frozenset({"Deno.serve", "std/http.serve", "@std/http.serve", "http/server.serve", "Bun.serve"})


def call(node: Node, module: Module) -> Iterator[FileFact]:
    """The function that answers every request."""
    callee = normal(module.callee(node))
    if callee not in _SERVERS and not (
        _FOLDER.search(f"/{module.path}") and callee.endswith(".serve") and not is_own(callee)
    ):
        return
    given = [one for one in syntax.arguments(node) if syntax.unwrapped(one).type not in ("object", "number")]
    if given and not module.text(given[-1]).endswith(".fetch"):
        yield from _served(given[-1], module)


def file(module: Module) -> Iterator[FileFact]:
    """A function of Supabase whose handler is handed to the project's own `serve`: `serveJson(async (req) => …)`."""
    if _FOLDER.search(f"/{module.path}") is None or module.mentions(b"serve(", b"export default"):
        return
    for statement in module.root.named_children:
        called = syntax.unwrapped(statement.named_children[0]) if statement.type == "expression_statement" else None
        if called is not None and called.type == "call_expression" and helpers.own_function(called, module):
            given = syntax.arguments(called)
            if given and routing.inner_function(given[-1]) is not None:
                yield from _served(given[-1], module)


def _note(given: Node, module: Module) -> str:
    """The comments at the top of the file and right above the statement that `given` stands in, on one line."""
    statement = given
    while statement.parent is not None and statement.parent != module.root:
        statement = statement.parent
    top = list(takewhile(lambda one: one.type == "comment", module.root.named_children))
    above = []
    before = statement.prev_named_sibling
    while before is not None and before.type == "comment" and before not in top:
        above.append(before)
        before = before.prev_named_sibling
    text = " ".join(module.text(one) for one in (*top, *reversed(above)))
    return " ".join(_MARKS.sub(" ", text).split())[:_LONGEST]


def _served(given: Node, module: Module) -> Iterator[FileFact]:
    handler = routing.handler_name(given, module)
    if handler.endswith(".routes()"):
        return
    folder = _FOLDER.search(f"/{module.path}")
    path = f"/functions/v1/{folder[1]}" if folder is not None else None
    outer = syntax.unwrapped(given)
    guards = (module.callee(outer),) if outer.type == "call_expression" and routing.inner_function(outer) else ()
    answering = {handler: None}
    whole = Route(module.location(given), "edge", "*", path, handler, guards=guards, note=_note(given, module))
    for route in nextjs.by_method(whole, module):
        answering[route.handler] = None
        yield route
    for name in answering:
        yield from nextjs.built_by(name, "edge", module)
