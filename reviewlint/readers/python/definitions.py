"""Names bound at module and class level, and classes."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tree_sitter import Node

from ...facts.code import Class, Definition
from ...facts.file import FileFact
from ...facts.values import Unknown, constant_text
from . import syntax

if TYPE_CHECKING:
    from .module import Module
    from .scopes import Scope


_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*){2,}")
"""The path of something in a module, which stands in a package."""


def file(module: "Module") -> Iterator[FileFact]:
    """The module-level definitions."""
    yield from _in_block(syntax.children(module.root), "", module)


def klass(scope: "Scope", module: "Module") -> Iterator[FileFact]:
    """A class and its attributes."""
    bases, statements = scope.node.child_by_field_name("superclasses"), syntax.children(scope.body)
    yield Class(
        module.location(scope.node),
        scope.name,
        tuple(
            name
            for base in (syntax.children(bases) if bases is not None else ())
            if base.type != "keyword_argument" and (name := module.dotted(_generic(base)))
        ),
        module.decorators(scope),
        tuple(_typed(statements, module)),
    )
    yield from _in_block(statements, f"{scope.name}.", module)


def _typed(statements: list[Node], module: "Module") -> Iterator[tuple[str, str]]:
    """The attributes of a class that are declared with a type, and that type."""
    for statement in statements:
        node = statement.named_children[0] if statement.type == "expression_statement" else statement
        annotation = node.child_by_field_name("type") if node.type == "assignment" else None
        left = node.child_by_field_name("left") if annotation is not None else None
        if annotation is not None and left is not None and left.type == "identifier":
            yield module.text(left), module.one_line(annotation)


def _generic(base: Node) -> Node:
    """`Base` of `Base[T]`."""
    inner = base.child_by_field_name("value") if base.type == "subscript" else None
    return inner if inner is not None else base


def _in_block(statements: list[Node], prefix: str, module: "Module") -> Iterator[FileFact]:
    for statement in statements:
        if statement.type in ("if_statement", "try_statement", "with_statement"):
            for child in statement.named_children:
                blocks = [child] if child.type == "block" else [c for c in child.named_children if c.type == "block"]
                for block in blocks:
                    yield from _in_block(syntax.children(block), prefix, module)
        if statement.type != "expression_statement" or not statement.named_children:
            continue
        node = statement.named_children[0]
        if node.type != "assignment":
            continue
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is None or right is None or left.type != "identifier":
            yield from _put_in(node, prefix, module)
            continue
        value = module.value(right)
        # what FastAPI injects for an annotated type is said nowhere else
        if not isinstance(value, Unknown) or (right.type == "subscript" and b"Depends(" in (right.text or b"")):
            yield Definition(module.location(node), prefix + module.text(left), value)


def _put_in(node: Node, prefix: str, module: "Module") -> Iterator[FileFact]:
    """What a setting is to find by its dotted path: `REST_FRAMEWORK["EXCEPTION_HANDLER"] = "shop.faults.answered"`."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None or left.type != "subscript" or right.type != "string":
        return
    holder, key = left.child_by_field_name("value"), left.child_by_field_name("subscript")
    said = constant_text(module.value(right)) or ""
    if holder is not None and holder.type == "identifier" and key is not None and _DOTTED.fullmatch(said):
        of = constant_text(module.value(key))
        if of is not None:
            yield Definition(module.location(node), f"{prefix}{module.text(holder)}.{of}", module.value(right))
