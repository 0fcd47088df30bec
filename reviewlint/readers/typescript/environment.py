"""Reads of environment variables."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from ...facts.clients import EnvironmentRead
from ...facts.file import FileFact
from ...facts.values import Environment, constant_text
from ..developing import chosen_for_development, for_development
from ..refusals import is_refused
from .bindings import taken_by
from .members import ENVIRONMENTS
from .module import Module
from .syntax import TRANSPARENT, arguments

TRIGGERS = (b".env", b"$env/")
_SWITCH = re.compile(r"""[!=]==?\s*["'](?:true|false|0|1|on|off|yes|no|enabled|disabled)["']\s*$""", re.IGNORECASE)
_PLACE = re.compile(rb"\.\s*env\b")


def file(module: Module) -> Iterator[FileFact]:
    """`process.env.X`, `import.meta.env.X`, `Deno.env.get("X")`, `Bun.env.X`, SvelteKit's `$env`, and destructuring."""
    for match in _PLACE.finditer(module.data):
        node = module.root.descendant_for_byte_range(match.end() - 3, match.end())
        parent = node.parent if node is not None and node.type == "property_identifier" else None
        if parent is not None and parent.type == "member_expression":
            name = module.dotted(parent)
            if name in ENVIRONMENTS or name == "Deno.env":
                yield from _reads(parent, module)
    for one in module.imports:
        if one.module.startswith("$env/static/"):
            for name, _ in one.names:
                yield EnvironmentRead(module.location(one.node), "", name)


def _reads(environment: Node, module: Module) -> Iterator[FileFact]:
    """What is read of an environment object where it stands."""
    node, parent = _outside(environment)
    if parent is None:
        return
    if parent.type == "variable_declarator" and parent.child_by_field_name("value") == node:
        pattern = parent.child_by_field_name("name")
        for taken in taken_by(pattern) if pattern is not None and pattern.type == "object_pattern" else ():
            if taken.steps and taken.steps[0] != "[]":
                default = module.value(taken.default) if taken.default is not None else None
                yield EnvironmentRead(
                    module.location(taken.node), module.enclosing(parent), taken.steps[0][1:], default
                )
        return
    if parent.type not in ("member_expression", "subscript_expression"):
        return
    read = parent
    if module.dotted(environment) == "Deno.env":
        call = parent.parent
        if call is None or call.type != "call_expression" or not (given := arguments(call)):
            return
        if not module.dotted(parent).endswith(".get") or constant_text(module.value(given[0])) is None:
            return
        read = call
    if _is_target(read):
        return
    value, node, parent = module.value(read), *_outside(read)
    is_switch = (
        parent is not None and parent.type == "binary_expression" and _SWITCH.search(module.text(parent)) is not None
    )
    otherwise = fallback(read)
    if isinstance(value, Environment):
        default = module.value(otherwise) if otherwise is not None else value.default
        refused = default is not None and (
            for_development(read, module.data)
            or chosen_for_development(otherwise)
            or is_refused(module.data, value.name, default)
        )
        yield EnvironmentRead(module.location(read), module.enclosing(read), value.name, default, is_switch, refused)


def fallback(read: Node) -> Node | None:
    """What stands for an expression that gives nothing: `"c"` of `read ?? "c"`."""
    node, parent = _outside(read)
    while _falls_back(parent) and parent is not None and parent.child_by_field_name("right") == node:
        node, parent = _outside(parent)  # the second of three: `A ?? B ?? "c"`
    return parent.child_by_field_name("right") if _falls_back(parent) and parent is not None else None


def _falls_back(node: Node | None) -> bool:
    """Whether an expression gives its right side where its left gives nothing."""
    operator = node.child_by_field_name("operator") if node is not None and node.type == "binary_expression" else None
    return operator is not None and operator.type in ("||", "??")


def _outside(node: Node) -> tuple[Node, Node | None]:
    """The node with its parentheses, `!` and `as`, and what is around them."""
    parent = node.parent
    while parent is not None and parent.type in TRANSPARENT:
        node, parent = parent, parent.parent
    return node, parent


def _is_target(node: Node) -> bool:
    """Whether a variable is set or deleted here instead of read."""
    parent = node.parent
    if parent is None:
        return False
    if parent.type == "assignment_expression":
        return parent.child_by_field_name("left") == node
    return parent.type == "unary_expression" and parent.children[0].type == "delete"
