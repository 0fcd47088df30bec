"""HTTP statuses as JavaScript and TypeScript code spells them."""

from tree_sitter import Node

from ...facts.statuses import status_named
from ...facts.values import Constant, Value
from .module import Module
from .packages import normal


def status_of(node: Node, module: Module) -> tuple[int | None, Value | None]:
    """The number of `404`, `StatusCodes.NOT_FOUND`, `HttpStatus.NotFound`; the value of what is no number yet."""
    value = module.value(node)
    if isinstance(value, Constant):
        if type(value.value) is int:
            return value.value, None
        return (int(value.value), None) if isinstance(value.value, str) and value.value.isdigit() else (None, None)
    found = status_named(normal(module.dotted(node)))
    return (found, None) if found is not None else (None, value)
