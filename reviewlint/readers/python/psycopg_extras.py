"""psycopg2's helpers that send one statement for many rows: `execute_values` and `execute_batch`."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tree_sitter import Node

from ...facts.file import FileFact
from . import queries
from .dbapi import composed

if TYPE_CHECKING:
    from .module import Module

TRIGGERS = (b"execute_values", b"execute_batch")
CALLS = frozenset({"execute_values", "execute_batch"})


def call(node: Node, module: "Module") -> Iterator[FileFact]:
    """`execute_values(cursor, sql, rows)`."""
    arguments, keywords = module.arguments(node), module.keywords(node)
    given = arguments[1] if len(arguments) > 1 else keywords.get("sql")
    rows = arguments[2] if len(arguments) > 2 else keywords.get("argslist")
    if given is not None and module.callee(node).startswith("psycopg2.extras."):
        text = composed(module.value(given), module)
        yield queries.query(node, module, "psycopg2", text, module.value(rows) if rows is not None else None)
