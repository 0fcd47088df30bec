"""pg-promise."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from ...facts.file import FileFact
from . import queries
from .module import Module
from .origins import origin

CALLS = frozenset(
    {
        "any",
        "each",
        "func",
        "many",
        "manyOrNone",
        "map",
        "multi",
        "multiResult",
        "none",
        "one",
        "oneOrNone",
        "query",
        "result",
    }
)
TRIGGERS = (b"pg-promise",)
_MADE = re.compile(r"^pg-promise(?:\.|$)")


def call(node: Node, module: Module) -> Iterator[FileFact]:
    """A query on what the package made."""
    receiver = module.receiver(node)
    if receiver is not None and _MADE.match(origin(receiver, module)):
        yield from queries.queries(node, module, "pg-promise", "$1")
