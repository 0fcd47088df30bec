"""node-postgres and what speaks its language: pg, Neon's and Vercel's drivers."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from ...facts.file import FileFact
from . import queries
from .module import Module
from .origins import origin

CALLS = frozenset({"query"})
_MADE = re.compile(
    r"^(?:pg|pg-pool|pg-native|@neondatabase/serverless|@vercel/postgres|@electric-sql/pglite)(?:\.|/|$)"
)


def call(node: Node, module: Module) -> Iterator[FileFact]:
    """A query on what the package made."""
    receiver = module.receiver(node)
    if receiver is not None and _MADE.match(origin(receiver, module)):
        yield from queries.queries(node, module, "pg", "$1")
