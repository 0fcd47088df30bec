"""SQLite: better-sqlite3, sqlite3, sqlite, Bun's, Node's and Deno's, libSQL."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from ...facts.file import FileFact
from . import queries
from .module import Module
from .origins import origin

CALLS = frozenset({"all", "each", "exec", "execute", "get", "prepare", "query", "run"})
TRIGGERS = (b"sql",)
_MADE = re.compile(r"^(?:better-sqlite3|sqlite3?|bun:sqlite|@libsql/client|sqlite/DB|@db/sqlite|x/sqlite)(?:\.|/|$)")


def call(node: Node, module: Module) -> Iterator[FileFact]:
    """A query on what the package made."""
    receiver = module.receiver(node)
    if receiver is not None and _MADE.match(origin(receiver, module)):
        yield from queries.queries(node, module, "sqlite", "?")
