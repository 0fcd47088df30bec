"""Requests whose cookies are read by hand, as functions on Deno do: from the header, or with `getCookies`."""

from collections.abc import Iterator

from tree_sitter import Node

from ...facts.file import FileFact
from ...facts.http import CookieRead
from ...facts.values import constant_text
from . import syntax
from .module import Module

TRIGGERS = (b"ookie",)
CALLS = frozenset({"get", "getCookies"})


def call(node: Node, module: Module) -> Iterator[FileFact]:
    """`headers.get("cookie")` and `getCookies(headers)` of Deno's library."""
    callee = module.callee(node)
    given = syntax.arguments(node)
    by_hand = (
        callee.endswith("headers.get") and given and (constant_text(module.value(given[0])) or "").lower() == "cookie"
    )
    if by_hand or callee.rpartition(".")[2] == "getCookies":
        yield CookieRead(module.location(node), module.enclosing(node))
