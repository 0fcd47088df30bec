"""Types of a file that are a fixed set of texts or numbers: enumerations and unions of literals."""

import re
from typing import TYPE_CHECKING

from tree_sitter import Node

from . import syntax

if TYPE_CHECKING:
    from .module import Module

_LITERALS = re.compile(r"\|?\s*(?:\"[^\"]*\"|'[^']*'|\d+)(?:\s*\|\s*(?:\"[^\"]*\"|'[^']*'|\d+))*")
_WORDS = (b"type ", b"enum ")


def fixed_types(module: "Module") -> dict[str, str]:
    """The union of literals that each of these types stands for, by its name."""
    found: dict[str, str] = {}
    for node in module.root.named_children if module.mentions(*_WORDS) else ():
        declared = node.child_by_field_name("declaration") if node.type == "export_statement" else node
        if declared is None or (name := declared.child_by_field_name("name")) is None:
            continue
        union = _union(declared, module)
        if union:
            found[module.text(name)] = union
    return found


def _union(declared: Node, module: "Module") -> str:
    if declared.type == "enum_declaration":
        body = declared.child_by_field_name("body")
        members = syntax.children(body) if body is not None else []
        return " | ".join(f'"{module.text(one).partition("=")[0].strip()}"' for one in members)
    value = declared.child_by_field_name("value") if declared.type == "type_alias_declaration" else None
    text = module.one_line(value, 400) if value is not None else ""
    if _LITERALS.fullmatch(text):
        return text
    return ""
