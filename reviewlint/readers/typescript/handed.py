"""SQL text handed to functions that are named like a way to run queries: "runQuery(`…`)", `this.rows(sql)`."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from ...facts.data import HandedQuery
from ...facts.file import FileFact, Side
from ...facts.values import Choice, Constant, Parameter, Text, Value
from . import queries, syntax
from .module import Module

TRIGGERS = (b"SELECT", b"select ", b"INSERT", b"insert into", b"UPDATE", b"update ", b"DELETE", b"delete from", b"sql")
_RUNNERS = re.compile(rb"(?:quer|sql|exec|fetch|select|run|rows|statement|command|find|all|one)\w*$", re.IGNORECASE)
_SQL_NAMES = re.compile(r"sql|query|statement|stmt|command", re.IGNORECASE)
_STRINGS = frozenset(
    {"string", "template_string", "binary_expression", "identifier", "call_expression", "parenthesized_expression"}
)
_FIRST = 3


def file(module: Module) -> Iterator[FileFact]:
    """Every such call outside of tests."""
    if module.side is Side.TEST:
        return
    for node, name in module.callees:
        if not _RUNNERS.search(name[-40:]):
            continue
        function = syntax.callee(node)
        if node.type == "call_expression" and function is not None and syntax.template(node) is None:
            yield from _handed(node, function, module)


def _handed(node: Node, function: Node, module: Module) -> Iterator[FileFact]:
    for number, expression in enumerate(syntax.arguments(node)[:_FIRST]):
        if syntax.unwrapped(expression).type not in _STRINGS:
            continue
        text = module.value(expression)
        if _is_open(text):
            at, inside = module.location(node), module.enclosing(node)
            yield HandedQuery(at, inside, module.dotted(function), module.one_line(function, 60), number, text)


def _is_open(value: Value) -> bool:
    """Whether a value is SQL text that is not constant, or a parameter that is called like one."""
    match value:
        case Parameter(name=name, path=""):
            return _SQL_NAMES.search(name) is not None
        case Text():
            return queries.is_sql(value)
        case Choice(options=several):
            return any(_is_open(option) for option in several if not isinstance(option, Constant))
    return False
