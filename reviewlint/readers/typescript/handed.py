"""SQL text handed to functions that are named like a way to run queries: "runQuery(`…`)", `this.rows(sql)`."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from ...facts.data import HandedQuery
from ...facts.file import FileFact, Side
from ...facts.values import Choice, Constant, Parameter, Text, Value
from . import queries, syntax
from .module import Module

TRIGGERS = (
    *(b"SELECT", b"select ", b"INSERT", b"insert into", b"UPDATE", b"update ", b"DELETE", b"delete from", b"sql"),
    b"query(text",
)
_RUNNERS = re.compile(rb"(?:quer|sql|exec|fetch|select|run|rows|statement|command|find|all|one)\w*$", re.IGNORECASE)
_SQL_NAMES = re.compile(r"sql|query|statement|stmt|command|^(?:text|q)$", re.IGNORECASE)
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
    given = syntax.arguments(node)
    for number, expression in enumerate(given[:_FIRST]):
        if syntax.unwrapped(expression).type not in _STRINGS:
            continue
        text = module.value(expression)
        if _is_open(text) or (_is_by_itself(function) and isinstance(text, Constant) and queries.is_sql(text)):
            at, inside = module.location(node), module.enclosing(node)
            called = module.one_line(function, 60)
            bound = module.value(given[number + 1]) if number + 1 < len(given) else None
            yield HandedQuery(at, inside, module.dotted(function), called, number, text, bound)


def _is_by_itself(function: Node) -> bool:
    """Whether what is called is a function or a method of `this`: objects that are asked have readers of their own."""
    owner = function.child_by_field_name("object")
    return owner is None or owner.type == "this"


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
