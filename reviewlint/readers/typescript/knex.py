"""Knex and what is built on it: `raw` and the methods that take a piece of SQL, `whereRaw` and its kin."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from ...facts.file import FileFact
from ...facts.values import Constant, Text, options
from . import queries, syntax
from .module import Module
from .origins import origin
from .packages import is_own, normal

_PIECES = frozenset(
    {
        "andHavingRaw",
        "andWhereRaw",
        "fromRaw",
        "groupByRaw",
        "havingRaw",
        "joinRaw",
        "orHavingRaw",
        "orWhereRaw",
        "orderByRaw",
        "whereRaw",
    }
)
CALLS = _PIECES | {"raw"}
_MADE = re.compile(r"^(?:knex|objection|@adonisjs/lucid)(?:\.|/|$)")
_SPOKEN = re.compile(r"(?:^|\.)(?:_?db|knex|trx|tx|transaction|database|conn(?:ection)?)(?:\(\))?$", re.IGNORECASE)


def call(node: Node, module: Module) -> Iterator[FileFact]:
    """`knex.raw(…)`, `query.whereRaw(…)`."""
    receiver, function = module.receiver(node), syntax.callee(node)
    if normal(module.callee(node)) == "objection.raw":
        yield from queries.queries(node, module, "knex", "?")
    if receiver is None or function is None:
        return
    made = origin(receiver, module)
    known = _MADE.match(made) is not None
    if module.text(function).rpartition(".")[2].strip() in _PIECES:
        yield from queries.queries(node, module, "knex", "?")
    elif known or ((not made or is_own(made)) and _SPOKEN.search(module.dotted(receiver))):
        given = syntax.arguments(node)
        text = module.value(given[0]) if given else None
        if text is not None and (known or any(isinstance(one, Constant | Text) for one in options(text))):
            yield from queries.queries(node, module, "knex", "?", certain=known or queries.is_sql(text))
