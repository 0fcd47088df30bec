"""Reads of environment variables: `os.environ[…]`, `os.environ.get`, `os.getenv`, and the settings readers."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tree_sitter import Node

from ...facts.clients import EnvironmentRead
from ...facts.file import FileFact
from ...facts.values import Value, constant_text
from ..developing import for_development
from ..refusals import is_refused
from . import syntax

if TYPE_CHECKING:
    from .module import Module

TRIGGERS = (b"environ", b"getenv", b"decouple", b"starlette.config")
CALLS = frozenset({"get", "getenv", "pop", "setdefault", "env", "config", "str", "bool", "int"})
_SUBSCRIPTS = "(subscript) @read"
_GETTERS = frozenset({"os.getenv", "os.environ.get", "os.environ.pop", "os.environ.setdefault"})
_READERS = frozenset({"decouple.config", "environ.Env", "environs.Env", "starlette.config.Config"})


def call(node: Node, module: "Module") -> Iterator[FileFact]:
    """`os.getenv("X", default)`, `decouple.config`, and what an `Env()` or starlette's `Config()` reads."""
    callee = module.callee(node)
    if callee not in _GETTERS and callee not in _READERS and not _is_reader(node, module):
        return
    arguments = module.arguments(node)
    name = constant_text(module.value(arguments[0])) if arguments else None
    if name is None:
        return
    default: Value | None = module.value(arguments[1]) if len(arguments) > 1 else None
    given = module.keywords(node).get("default")
    if given is not None:
        default = module.value(given)
    default = default or _otherwise(node, module)
    refused = default is not None and (for_development(node, module.data) or is_refused(module.data, name, default))
    yield EnvironmentRead(module.location(node), module.enclosing(node), name, default, is_refused=refused)


def _otherwise(node: Node, module: "Module") -> Value | None:
    """The right side of `os.getenv("X") or …`."""
    parent = node.parent
    if parent is None or parent.type != "boolean_operator" or parent.child_by_field_name("left") != node:
        return None
    operator, right = parent.child_by_field_name("operator"), parent.child_by_field_name("right")
    return module.value(right) if operator is not None and operator.type == "or" and right is not None else None


def _is_reader(node: Node, module: "Module") -> bool:
    """Whether what is called is an `Env()` or `Config()` object, or one of its typed methods."""
    function = node.child_by_field_name("function")
    if function is None or not module.has_import("environ", "environs", "starlette.config"):
        return False
    if function.type == "attribute":
        function = function.child_by_field_name("object") or function
    if function.type != "identifier":
        return False
    value = module.value(function)
    return getattr(value, "callee", "") in _READERS


def file(module: "Module") -> Iterator[FileFact]:
    """`os.environ["X"]` where it is read."""
    if not module.mentions(b"environ["):
        return
    for node in syntax.captures(_SUBSCRIPTS, module.root).get("read", ()):
        container, key = node.child_by_field_name("value"), node.child_by_field_name("subscript")
        if container is None or key is None or module.dotted(container) != "os.environ" or _is_written(node):
            continue
        name = constant_text(module.value(key))
        if name is not None:
            yield EnvironmentRead(module.location(node), module.enclosing(node), name)


def _is_written(node: Node) -> bool:
    parent = node.parent
    if parent is None:
        return False
    return parent.type == "delete_statement" or (
        parent.type in ("assignment", "augmented_assignment") and parent.child_by_field_name("left") == node
    )
