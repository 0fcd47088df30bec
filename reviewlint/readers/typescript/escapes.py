"""`any`, and comments that tell the compiler to look away, in the files of a change."""

from collections.abc import Iterator

from ...facts.code import TypeEscape
from ...facts.file import FileFact
from ..escapes import is_reason, told
from . import syntax
from .module import Module


def file(module: Module) -> Iterator[FileFact]:
    """Each of them; a comment on its line or the line above may say why."""
    if not module.closely:
        return
    found = syntax.captures(
        '(comment) @comment ((predefined_type) @any (#eq? @any "any"))', module.root, module.language
    )
    rows: dict[int, str] = {}
    for node in found.get("comment", []):
        text = module.text(node)
        rows[node.end_point.row] = text
        if (escape := told(text)) is not None:
            yield TypeEscape(module.location(node), *escape)
    for node in found.get("any", []):
        row = node.start_point.row
        reason = any(is_reason(rows.get(near, "")) for near in (row, row - 1))
        yield TypeEscape(module.location(node), "any", reason)
