"""Deno's postgres driver."""

from collections.abc import Iterator

from tree_sitter import Node

from ...facts.file import FileFact
from . import queries
from .module import Module

CALLS = frozenset({"queryArray", "queryObject"})


def call(node: Node, module: Module) -> Iterator[FileFact]:
    """`client.queryObject(…)`, `client.queryArray(…)`; no other library has methods of these names."""
    yield from queries.queries(node, module, "deno-postgres", "$1")
