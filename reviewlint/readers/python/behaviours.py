"""What the functions of a file of a change do."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ...facts.code import Behaviour
from ...facts.file import FileFact
from ..behaviour import PYTHON, spelled

if TYPE_CHECKING:
    from .module import Module


def file(module: "Module") -> Iterator[FileFact]:
    """The behaviour of each function that stands in no other."""
    for scope in module.scopes.all if module.closely else ():
        if scope.kind == "function" and scope.parent is not None and scope.parent.function is None:
            outer = scope.node.parent
            whole = outer if outer is not None and outer.type == "decorated_definition" else scope.node
            decorators = tuple(child for child in whole.children if child.type == "decorator")
            yield Behaviour(module.location(whole), scope.name, spelled(scope.node, PYTHON, decorators))
