"""What the functions of a file of a change do, and what its names stand for."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tree_sitter import Node

from ...facts.code import Behaviour, Declared
from ...facts.file import FileFact
from ..behaviour import PYTHON, spelled

if TYPE_CHECKING:
    from .module import Module


def file(module: "Module") -> Iterator[FileFact]:
    """The behaviour of each function that stands in no other, and what stands beside the functions."""
    for scope in module.scopes.all if module.closely else ():
        if scope.kind == "function" and scope.parent is not None and scope.parent.function is None:
            outer = scope.node.parent
            whole = outer if outer is not None and outer.type == "decorated_definition" else scope.node
            decorators = tuple(child for child in whole.children if child.type == "decorator")
            yield Behaviour(module.location(whole), scope.name, spelled(scope.node, PYTHON, decorators))
    if module.closely:
        yield from _declared(module.root, "", module)


def _declared(body: Node, owner: str, module: "Module") -> Iterator[FileFact]:
    """What names are given in the body of a module or class, and in the classes in it."""
    for statement in body.named_children:
        whole = statement
        if whole.type == "decorated_definition":
            statement = whole.child_by_field_name("definition") or whole
        name = statement.child_by_field_name("name")
        if statement.type == "class_definition" and name is not None:
            inner = f"{owner}{module.text(name)}."
            for decorator in whole.children if whole is not statement else ():
                if decorator.type == "decorator":
                    said = module.text(decorator).partition("(")[0]
                    yield Declared(module.location(decorator), f"{inner}{said}", spelled(decorator, PYTHON))
            inside = statement.child_by_field_name("body")
            if inside is not None:
                yield from _declared(inside, inner, module)
        elif statement.type == "expression_statement" and (given := statement.named_children[0]).type == "assignment":
            left, right = given.child_by_field_name("left"), given.child_by_field_name("right")
            if left is not None and left.type == "identifier" and (right is not None or owner):
                code = spelled(right, PYTHON) if right is not None else ""
                yield Declared(module.location(given), f"{owner}{module.text(left)}", code)
