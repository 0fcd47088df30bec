"""Filters of pymongo and motor."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tree_sitter import Node

from ...facts.data import DocumentQuery
from ...facts.file import FileFact

if TYPE_CHECKING:
    from .module import Module

CALLS = frozenset(
    """find find_one find_one_and_update find_one_and_delete find_one_and_replace update_one update_many delete_one
    delete_many replace_one count_documents""".split()
)
TRIGGERS = (b"mongo", b"Mongo", b"motor", b"request")


def call(node: Node, module: "Module") -> Iterator[FileFact]:
    """`collection.find(filter)`."""
    arguments = module.arguments(node)
    if arguments and arguments[0].type != "string":
        called = module.one_line(node.child_by_field_name("function") or node)
        yield DocumentQuery(
            module.location(node), module.enclosing(node), "pymongo", called, module.value(arguments[0])
        )
