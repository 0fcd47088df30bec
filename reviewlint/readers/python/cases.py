"""The parts of a test file of a change: its cases, and the fixtures, helpers and set-ups that these share."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tree_sitter import Node

from ...facts.file import FileFact
from ..cases import parts
from . import syntax
from .test_paths import is_test

if TYPE_CHECKING:
    from .module import Module

_FIXTURE = re.compile(rb"@(?:[\w.]+\.)?\w*fixture\b")
_BY_ITSELF = re.compile(rb"\bautouse\s*=\s*True")
_NAMED = re.compile(rb"\bname\s*=\s*[\"'](\w+)[\"']")
_HOOK = re.compile(r"(?:setUp|tearDown|setup|teardown)(?:\w*_\w+|[A-Z]\w*)?$|pytestmark$|pytest_\w+$")


def file(module: "Module") -> Iterator[FileFact]:
    """Each part."""
    if module.closely and is_test(module.path):
        found = syntax.captures("(function_definition) @function", module.root).get("function", [])
        cases = [_whole(one) for one in found if _is_case(one, module)]
        yield from parts(module.root, cases, lambda node: _names(node, module), module.location)


def _whole(definition: Node) -> Node:
    outside = definition.parent
    return outside if outside is not None and outside.type == "decorated_definition" else definition


def _is_case(function: Node, module: "Module") -> bool:
    name, above = function.child_by_field_name("name"), function.parent
    while above is not None and above.type != "function_definition":
        above = above.parent
    named = name is not None and module.text(name).startswith("test")
    return named and above is None and not _FIXTURE.match(_whole(function).text or b"")


def _names(node: Node, module: "Module") -> tuple[str, ...]:
    """What a statement makes; nothing where it runs whether a case asks for it or not."""
    text, definition = node.text or b"", node.child_by_field_name("definition") or node
    name = definition.child_by_field_name("name")
    made = [module.text(name)] if name is not None else []
    if definition is not node and _FIXTURE.match(text):
        marks = b"".join(one.text or b"" for one in node.children if one.type == "decorator")
        if _BY_ITSELF.search(marks):
            return ()
        made += [one.decode() for one in _NAMED.findall(marks)]
    if node.type == "expression_statement" and (given := node.named_children[:1]) and given[0].type == "assignment":
        left = given[0].child_by_field_name("left")
        found = syntax.captures("(identifier) @name", left).get("name", []) if left is not None else []
        made += [module.text(one) for one in found]
    return () if any(map(_HOOK.match, made)) else tuple(made)
