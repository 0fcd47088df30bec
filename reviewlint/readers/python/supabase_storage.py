"""supabase-py: calls of a client's storage that make a bucket, or the public address of a file."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tree_sitter import Node

from ...facts.clients import StorageCall
from ...facts.file import FileFact
from ...facts.values import Call, options

if TYPE_CHECKING:
    from .module import Module

TRIGGERS = (b"get_public_url", b"create_bucket", b"update_bucket")
_METHODS = {"get_public_url": "getPublicUrl", "create_bucket": "createBucket", "update_bucket": "updateBucket"}
CALLS = frozenset(_METHODS)


def call(node: Node, module: "Module") -> Iterator[FileFact]:
    """`storage.create_bucket(name, options=…)` and `storage.from_(name).get_public_url(path)`."""
    callee = module.callee(node)
    written = module.value(node)
    method = _METHODS.get(callee.rpartition(".")[2], "")
    if not isinstance(written, Call) or "storage" not in callee.split("."):
        return
    given = written.arguments
    at, function = module.location(node), module.enclosing(node)
    if method != "getPublicUrl":
        bucket = given[0] if given else written.keyword("id")
        chosen = written.keyword("options") or (given[-1] if len(given) > 1 else None)
        if bucket is not None:
            yield StorageCall(at, function, method, bucket, options=chosen)
        return
    for made in options(written.receiver) if written.receiver is not None else ():
        if isinstance(made, Call) and made.name == "from_" and made.arguments and given:
            yield StorageCall(at, function, method, made.arguments[0], given[0])
            return
