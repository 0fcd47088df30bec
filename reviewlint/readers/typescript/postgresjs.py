"""postgres.js: `sql.unsafe(…)`. Its tagged templates bind and are no texts."""

from collections.abc import Iterator

from tree_sitter import Node

from ...facts.file import FileFact
from . import queries
from .module import Module
from .origins import origin
from .packages import is_own

CALLS = frozenset({"unsafe"})


def call(node: Node, module: Module) -> Iterator[FileFact]:
    """`sql.unsafe(…)` on a connection or transaction."""
    receiver = module.receiver(node)
    if receiver is None:
        return
    made = origin(receiver, module)
    known = made.startswith("postgres") and made[8:9] in ("", ".", "/")
    if known or (
        (not made or is_own(made)) and module.dotted(receiver).rpartition(".")[2] in ("sql", "tx", "db", "pg")
    ):
        yield from queries.piece(node, module, "postgres", "$1", certain=known)
