"""SQL text handed to functions that are named like a way to run queries: `run_query(f"…")`, `self.fetch_rows(sql)`."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tree_sitter import Node

from ...facts.data import HandedQuery
from ...facts.file import FileFact
from ...facts.values import Choice, Constant, Parameter, Text, Value
from . import queries

if TYPE_CHECKING:
    from .module import Module

TRIGGERS = (b"SELECT", b"select ", b"INSERT", b"insert into", b"UPDATE", b"update ", b"DELETE", b"delete from", b"sql")
_RUNNERS = re.compile(rb"(?:quer|sql|exec|fetch|select|run|rows|statement|command|find|all|one)\w*$", re.IGNORECASE)
_SQL_NAMES = re.compile(r"(?:^|_)(?:sql|query|statement|stmt|command)(?:_|$)", re.IGNORECASE)
_STRINGS = frozenset(
    {"string", "concatenated_string", "binary_operator", "identifier", "call", "parenthesized_expression"}
)
_FIRST = 3


def file(module: "Module") -> Iterator[FileFact]:
    """Every such call."""
    for name, nodes in module.called.items():
        if _RUNNERS.search(name):
            for node in nodes:
                yield from _handed(node, module)


def _handed(node: Node, module: "Module") -> Iterator[FileFact]:
    given: list[tuple[int | str, Node]] = list(enumerate(module.arguments(node)[:_FIRST]))
    given += [(name, value) for name, value in module.keywords(node).items() if _SQL_NAMES.search(name)]
    for argument, expression in given:
        named_so = expression.type == "identifier" and _SQL_NAMES.search(module.text(expression)) is not None
        if expression.type not in _STRINGS or not (named_so or module.may_be_text(expression)):
            continue
        if queries.is_built(expression, module):
            continue
        text = module.value(expression)
        if _is_open(text):
            at, function = module.location(node), module.enclosing(node)
            called = module.one_line(node.child_by_field_name("function") or node)
            yield HandedQuery(at, function, module.callee(node), called, argument, text)


def _is_open(value: Value) -> bool:
    """Whether a value is SQL text that is not constant, or a parameter that is called like one."""
    match value:
        case Parameter(name=name, path=""):
            return _SQL_NAMES.search(name) is not None
        case Text():
            return queries.looks_like_sql(value)
        case Choice(options=several):
            return any(_is_open(option) for option in several if not isinstance(option, Constant))
    return False
