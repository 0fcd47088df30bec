"""The parts of a test file of a change: its cases, and the helpers, hooks and data that these share."""

from collections.abc import Iterator

from tree_sitter import Node

from ...facts.file import FileFact
from ..cases import parts
from . import syntax
from .module import Module
from .tests import is_case, is_of_tests

_MAKES = {
    "function_declaration": "name",
    "generator_function_declaration": "name",
    "class_declaration": "name",
    "variable_declarator": "name",
}
_HELD = frozenset({"export_statement", "lexical_declaration", "variable_declaration"})
_BOUND = "[(identifier) (shorthand_property_identifier_pattern)] @name"


def file(module: Module) -> Iterator[FileFact]:
    """Each part."""
    if module.closely and is_of_tests(module):
        cases = [node for node in module.calls if is_case(node, module)]
        yield from parts(module.root, cases, lambda node: tuple(_names(node, module)), module.location)


def _names(node: Node, module: Module) -> Iterator[str]:
    """What a statement makes; nothing where it runs whether a case asks for it or not."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if one.type in _HELD:
            waiting += one.named_children
        elif one.type in _MAKES and (name := one.child_by_field_name(_MAKES[one.type])) is not None:
            found = syntax.captures(_BOUND, name, module.language).get("name", [])
            yield from map(module.text, found or [name])
