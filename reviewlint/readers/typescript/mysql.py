"""mysql, mysql2 and mariadb."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from ...facts.file import FileFact
from . import queries
from .module import Module
from .origins import origin

CALLS = frozenset({"batch", "execute", "query"})
_MADE = re.compile(r"^(?:mysql2?|mariadb|promise-mysql|@planetscale/database)(?:\.|/|$)")


def call(node: Node, module: Module) -> Iterator[FileFact]:
    """A query on what the package made."""
    receiver = module.receiver(node)
    if receiver is not None and _MADE.match(origin(receiver, module)):
        yield from queries.queries(node, module, "mysql", "?")
