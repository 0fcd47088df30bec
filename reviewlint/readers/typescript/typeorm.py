"""TypeORM: `query(…)` of data sources, managers, runners and repositories; conditions of query builders as text."""

import re
from collections.abc import Iterator
from dataclasses import replace

from tree_sitter import Node

from ...facts.algebra import put_in
from ...facts.file import FileFact
from ...facts.values import Constant
from . import queries, syntax
from .module import Module
from .origins import origin
from .packages import normal
from .routing import is_path

_CONDITIONS = frozenset({"andHaving", "andWhere", "having", "orHaving", "orWhere", "where"})
CALLS = _CONDITIONS | {"query", "Raw"}
TRIGGERS = (b"typeorm", b"createQueryBuilder", b"ueryRunner")
_MADE = re.compile(r"^(?:@nestjs/)?typeorm(?:\.|/|$)")
_BUILDER = re.compile(r"createQueryBuilder\(\)|(?:^|\.)(?:qb|queryBuilder)(?:$|\.)")
_RUNNER = re.compile(r"(?:^|\.)(?:queryRunner|entityManager|dataSource|AppDataSource)(?:\.manager)?$")


def call(node: Node, module: Module) -> Iterator[FileFact]:
    """One query, or a condition of a query builder that is written as text."""
    receiver, function = module.receiver(node), syntax.callee(node)
    if normal(module.callee(node)) == "typeorm.Raw":
        yield from _piece(node, module)
    if receiver is None or function is None:
        return
    dotted = module.dotted(receiver)
    if module.text(function).rpartition(".")[2].strip() == "query":
        made = origin(receiver, module)
        if _MADE.match(made) or (_RUNNER.search(dotted) and module.mentions(b"typeorm")):
            yield from queries.queries(node, module, "typeorm", "$1")
    elif _BUILDER.search(dotted) or "QueryBuilder" in origin(receiver, module):
        given = syntax.arguments(node)
        if given and (is_path(given[0], module) or syntax.unwrapped(given[0]).type == "binary_expression"):
            yield from queries.queries(node, module, "typeorm", ":name")


def _piece(node: Node, module: Module) -> Iterator[FileFact]:
    """`Raw("…")` and `Raw((alias) => `…`)`, a condition as text; TypeORM itself writes the alias."""
    given = syntax.arguments(node)
    first = syntax.unwrapped(given[0]) if given else None
    scope = module.scopes.of(first) if first is not None and first.type in syntax.FUNCTIONS else None
    if scope is not None and scope.body.type != "statement_block":
        first = scope.body
    if first is not None and first.type not in syntax.FUNCTIONS:
        for query in queries.queries(node, module, "typeorm", ":name", text=first):
            names = {one.name: Constant(query.at, "alias") for one in scope.parameters} if scope is not None else {}
            yield replace(query, text=put_in(query.text, scope.name if scope is not None else "", names, query.at))
