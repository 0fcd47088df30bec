"""supabase-js: calls of a client's storage that make buckets, public addresses and changes of files."""

from collections.abc import Iterator

from tree_sitter import Node

from ...facts.clients import StorageCall
from ...facts.file import FileFact
from ...facts.values import Call, options
from . import syntax
from .module import Module

TRIGGERS = (b"getPublicUrl", b"createBucket", b"updateBucket", b".storage")
_OF_FILES = frozenset("list remove move copy update upload download createSignedUrl createSignedUrls".split())
_OF_BUCKETS = frozenset({"createBucket", "updateBucket"})
CALLS = frozenset({"getPublicUrl"}) | _OF_BUCKETS | _OF_FILES


def call(node: Node, module: Module) -> Iterator[FileFact]:
    """`storage.createBucket(name, options)` and `storage.from(name).getPublicUrl(path)`."""
    receiver = module.receiver(node)
    given = [module.value(argument) for argument in syntax.arguments(node)]
    method = module.callee(node).rpartition(".")[2]
    if receiver is None or not given:
        return
    at, function = module.location(node), module.enclosing(node)
    if method in _OF_BUCKETS:
        yield StorageCall(at, function, method, given[0], options=given[1] if len(given) > 1 else None)
        return
    for made in options(module.value(receiver)):
        if isinstance(made, Call) and made.name == "from" and made.arguments:
            if method == "getPublicUrl" or "storage" in made.callee.split("."):
                chosen = given[2] if method == "upload" and len(given) > 2 else None
                yield StorageCall(at, function, method, made.arguments[0], given[0], chosen)
            return
