"""Nest's configuration: what a `ConfigService` is asked for, by the names of environment variables."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from ...facts.clients import EnvironmentRead
from ...facts.file import FileFact
from ...facts.values import constant_text
from ..refusals import is_refused
from . import syntax
from .environment import fallback
from .module import Module
from .origins import origin

TRIGGERS = (b"ConfigService",)
CALLS = frozenset({"get", "getOrThrow"})
_VARIABLE = re.compile(r"^[A-Z][A-Z0-9_]*$")


def call(node: Node, module: Module) -> Iterator[FileFact]:
    """`config.get("JWT_SECRET", "fallback")`; what is called otherwise is a part of the program's own configuration."""
    receiver, given = module.receiver(node), syntax.arguments(node)
    name = constant_text(module.value(given[0])) if receiver is not None and given else None
    if receiver is None or name is None or not _VARIABLE.match(name):
        return
    if origin(receiver, module) != "@nestjs/config.ConfigService":
        return
    otherwise = given[1] if len(given) > 1 and module.callee(node).endswith(".get") else fallback(node)
    default = module.value(otherwise) if otherwise is not None else None
    refused = is_refused(module.data, name, default)
    yield EnvironmentRead(module.location(node), module.enclosing(node), name, default, is_refused=refused)
