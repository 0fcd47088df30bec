"""Filters of MongoDB and Mongoose."""

from collections.abc import Iterator

from tree_sitter import Node

from ...facts.data import DocumentQuery
from ...facts.file import FileFact
from . import syntax
from .module import Module

CALLS = frozenset(
    """find findOne findOneAndUpdate findOneAndDelete findOneAndReplace updateOne updateMany deleteOne deleteMany
    replaceOne countDocuments exists where""".split()
)
TRIGGERS = (b"mongo", b"Mongo", b"req.body", b"req.query", b"request.body", b"request.query", b"ctx.query", b"$where")
"""What stands in files whose filters matter: models come from another one, and what is looked for from a request."""


def call(node: Node, module: Module) -> Iterator[FileFact]:
    """`collection.find(filter)`, `User.findOne(filter)`."""
    given, function = syntax.arguments(node), syntax.callee(node)
    if node.type != "call_expression" or not given or function is None or module.receiver(node) is None:
        return
    if syntax.unwrapped(given[0]).type in syntax.FUNCTIONS | {"string"}:
        return
    if module.has_import("typeorm") and not module.mentions(b"Mongo"):
        return  # a repository over tables: what it is given has operators of a class of TypeORM's own
    library = "mongoose" if module.has_import("mongoose") else "mongodb"
    yield DocumentQuery(
        module.location(node), module.enclosing(node), library, module.one_line(function, 60), module.value(given[0])
    )
