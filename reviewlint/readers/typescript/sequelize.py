"""Sequelize: `sequelize.query(…)` and `literal(…)`."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from ...facts.file import FileFact
from ...facts.values import Record
from . import queries, syntax
from .module import Module
from .origins import origin
from .packages import normal

TRIGGERS = (b"equelize",)
CALLS = frozenset({"literal", "query"})
_MADE = re.compile(r"^(?:sequelize|sequelize-typescript|@sequelize/core)(?:\.|/|$)")


def call(node: Node, module: Module) -> Iterator[FileFact]:
    """`sequelize.query(…)` on an instance, `sequelize.literal(…)` and `literal(…)` of the package."""
    callee, receiver = normal(module.callee(node)), module.receiver(node)
    made = origin(receiver, module) if receiver is not None else ""
    spoken = receiver is not None and module.dotted(receiver).rpartition(".")[2].lower().endswith("sequelize")
    known = _MADE.match(callee) is not None or _MADE.match(made) is not None
    if callee.endswith("literal"):
        if known or spoken:
            yield from queries.queries(node, module, "sequelize", "", certain=known)
    elif known or spoken:
        yield from queries.queries(node, module, "sequelize", _style(node, module), certain=True)


def _style(node: Node, module: Module) -> str:
    """`bind` is spelled `$1`, `replacements` `:name` or `?`."""
    given = syntax.arguments(node)
    said = module.value(given[1]) if len(given) > 1 else None
    return "$1" if isinstance(said, Record) and said.get("bind") is not None else ":name"
