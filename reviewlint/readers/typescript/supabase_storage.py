"""supabase-js: calls of a client's storage that make a bucket, or the public address of a file."""

from collections.abc import Iterator

from tree_sitter import Node

from ...facts.clients import StorageCall
from ...facts.file import FileFact
from ...facts.values import Call, options
from . import syntax
from .module import Module

TRIGGERS = (b"getPublicUrl", b"createBucket", b"updateBucket")
CALLS = frozenset({"getPublicUrl", "createBucket", "updateBucket"})


def call(node: Node, module: Module) -> Iterator[FileFact]:
    """`storage.createBucket(name, options)` and `storage.from(name).getPublicUrl(path)`."""
    receiver = module.receiver(node)
    given = [module.value(argument) for argument in syntax.arguments(node)]
    method = module.callee(node).rpartition(".")[2]
    if receiver is None or not given:
        return
    at, function = module.location(node), module.enclosing(node)
    if method != "getPublicUrl":
        yield StorageCall(at, function, method, given[0], options=given[1] if len(given) > 1 else None)
        return
    for made in options(module.value(receiver)):
        if isinstance(made, Call) and made.name == "from" and made.arguments:
            yield StorageCall(at, function, method, made.arguments[0], given[0])
            return
