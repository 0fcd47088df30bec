"""Comments that tell a type checker to look away, in the files of a change."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ...facts.code import TypeEscape
from ...facts.file import FileFact
from ..escapes import is_reason, told
from . import syntax

if TYPE_CHECKING:
    from .module import Module


def file(module: "Module") -> Iterator[FileFact]:
    """Each such comment; a line of comment above it may say why."""
    if not module.closely:
        return
    rows: dict[int, str] = {}
    for node in syntax.captures("(comment) @comment", module.root).get("comment", []):
        text = module.text(node)
        row = node.start_point.row
        if (found := told(text)) is not None:
            yield TypeEscape(module.location(node), f"# {found[0]}", found[1] or is_reason(rows.get(row - 1, "")))
        else:
            rows[row] = text
