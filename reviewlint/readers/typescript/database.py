"""Queries on an object that another file makes: known by the SQL that it is given, or by its name."""

import re
from collections.abc import Iterator
from dataclasses import replace

from tree_sitter import Node

from ...facts.file import FileFact
from ...facts.values import Call, Parameter, Reference, Text, options
from . import queries, syntax
from .module import Module
from .origins import origin
from .packages import is_own

CALLS = frozenset({"exec", "execute", "prepare", "query"})
_SPOKEN = re.compile(
    r"(?:^|\.)_?(?:db|database|pool|pg|pgPool|sql|conn|connection|tx|trx|dbClient|pgClient|sqlClient|dbPool|knex|tnx"
    r"|readPool|writePool)(?:\(\))?$"
)
_OPEN = Text | Parameter | Reference | Call
_OTHERS = (b"typeorm", b"equelize")


def call(node: Node, module: Module) -> Iterator[FileFact]:
    """`db.query(…)` where the file itself does not say what `db` is."""
    receiver, given = module.receiver(node), syntax.arguments(node)
    if receiver is None or not given or node.type != "call_expression":
        return
    dotted = module.dotted(receiver)
    if module.mentions(*_OTHERS) and re.search(r"(?:sequelize|queryRunner|dataSource|manager)$", dotted, re.IGNORECASE):
        return
    made = origin(receiver, module)
    if made and not is_own(made):
        return
    for query in queries.queries(node, module, "sql", ""):
        style = queries.paramstyle_of(query.text)
        if queries.is_sql(query.text):
            yield replace(query, paramstyle=style)
        elif _SPOKEN.search(dotted) and all(isinstance(one, _OPEN) for one in options(query.text)):
            yield replace(query, paramstyle=style, certain=False)
