"""Supabase Edge Functions, and what else serves requests with one function: `Deno.serve`, `serve` of Deno's library.

Supabase documentation, "Edge Functions": a function answers below `/functions/v1/<its folder>`.
"""

import re
from collections.abc import Iterator

from tree_sitter import Node

from ...facts.file import FileFact
from ...facts.http import Route
from . import helpers, nextjs, routing, syntax
from .module import Module
from .packages import normal

TRIGGERS = (b"serve(",)
CALLS = frozenset({"serve"})
_FOLDER = re.compile(r"(?:^|/)supabase/functions/([^/_][^/]*)/")
_SERVERS = frozenset({"Deno.serve", "std/http.serve", "@std/http.serve", "http/server.serve", "Bun.serve"})


def call(node: Node, module: Module) -> Iterator[FileFact]:
    """The function that answers every request."""
    if normal(module.callee(node)) not in _SERVERS:
        return
    given = [one for one in syntax.arguments(node) if syntax.unwrapped(one).type not in ("object", "number")]
    if not given or module.text(given[-1]).endswith(".fetch"):
        return
    handler = routing.handler_name(given[-1], module)
    if handler.endswith(".routes()"):
        return
    folder = _FOLDER.search(f"/{module.path}")
    path = f"/functions/v1/{folder[1]}" if folder is not None else None
    outer = syntax.unwrapped(given[-1])
    guards = (module.callee(outer),) if outer.type == "call_expression" and routing.inner_function(outer) else ()
    for method in nextjs.methods_tested(module) or ("*",):
        yield Route(module.location(node), "edge", method, path, handler, guards=guards)
    for scope in module.scopes.all:
        if scope.kind == "function" and scope.own and scope.name == handler:
            yield from helpers.returned(scope, "edge", module)
