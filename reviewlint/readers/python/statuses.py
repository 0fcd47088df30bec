"""HTTP statuses as Python code spells them."""

from typing import TYPE_CHECKING

from tree_sitter import Node

from ...facts.statuses import status_named
from ...facts.values import Constant, Value

if TYPE_CHECKING:
    from .module import Module


def status_of(node: Node, module: "Module") -> tuple[int | None, Value | None]:
    """The number of `404`, `status.HTTP_404_NOT_FOUND`, `HTTPStatus.NOT_FOUND`; the value of what is no number yet."""
    number = status_named(module.dotted(node))
    if number is not None:
        return number, None
    value = module.value(node)
    if isinstance(value, Constant):
        return (value.value, None) if type(value.value) is int else (None, None)
    return None, value
