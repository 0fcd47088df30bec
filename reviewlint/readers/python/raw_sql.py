"""Raw SQL in migrations of Django (`RunSQL`) and Alembic (`op.execute`): each statement as if it stood in a file.

What such a migration does through the ORM stays unseen: its tables are taken to exist. Order is by the dependencies
that migrations declare, not by their names.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from ...facts.file import FileFact, Side
from ...facts.location import Location
from ...facts.sql import Revision, Statement
from ...source import Source

if TYPE_CHECKING:
    from ..sql.lexer import Text

_MARKS = (b"RunSQL", b"op.execute")
_ALEMBIC = re.compile(r"^(?P<down>down_)?revision\b[^=\n]*=\s*(?P<value>\([^)]*\)|[^\n]*)", re.MULTILINE)
_DJANGO = re.compile(r"\bdependencies\s*=\s*[\[(](?P<value>[^\]]*)")
_UNWRAPPED = re.compile(r"\batomic\s*=\s*False\b|\bautocommit_block\b")
"""What keeps Django, or Alembic, from running a migration in a transaction."""
_TEXT = re.compile(r"""["\']([^"\']+)["\']""")


def read(source: Source, data: bytes) -> Iterator[FileFact]:
    """The statements of a migration, and its place among the others."""
    if source.side is not Side.MIGRATION:
        return
    content = data.decode("utf-8", "replace")
    found: list[Statement] = []
    if any(mark in data for mark in _MARKS):
        try:
            found = list(_statements(source, content, ast.parse(data)))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return
    revision = _revision(source, content, raw=bool(found))
    if revision is not None:
        yield revision
        wrapped = _UNWRAPPED.search(content) is None
        yield from (replace(one, wrapped=wrapped) for one in found)


def _revision(source: Source, content: str, *, raw: bool) -> Revision | None:
    """The place that a migration says it has, None for a file that is none."""
    at = Location(source.path, 1, 1, 1, 1)
    parts = {bool(match["down"]): tuple(_TEXT.findall(match["value"])) for match in _ALEMBIC.finditer(content)}
    if parts.get(False):
        return Revision(at, "alembic", parts[False][0], parts.get(True, ()), raw)
    if "Migration" not in content:
        return None
    before = _DJANGO.search(content)
    name = source.path.rpartition("/")[2].removesuffix(".py")
    return Revision(at, "django", name, tuple(_TEXT.findall(before["value"])) if before else (), raw)


def _statements(source: Source, content: str, tree: ast.Module) -> Iterator[Statement]:
    """The statements of every raw text, in the order of the file."""
    from ..sql import lexer

    text = lexer.Text(source.path, content)
    backwards = [one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef) and one.name == "downgrade"]
    undoing = {id(node) for one in backwards for node in ast.walk(one)}
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
            base = call.func.value
            if call.func.attr == "RunSQL":
                named = {one.arg: one.value for one in call.keywords}
                for place, key in enumerate(("sql", "reverse_sql")):
                    value = call.args[place] if len(call.args) > place else named.get(key)
                    yield from _read(text, value, "down" if place else "up")
            elif call.func.attr == "execute" and isinstance(base, ast.Name) and base.id == "op" and call.args:
                yield from _read(text, call.args[0], "down" if id(call) in undoing else "up")


def _read(text: "Text", value: ast.expr | None, section: str) -> Iterator[Statement]:
    from ..sql import actions, lexer
    from ..sql.postgres import SyntaxFailure

    for node in ast.walk(value) if value is not None else ():
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        whole, start = _place(text, node, node.value)
        for piece in lexer.pieces(node.value):
            if piece.kind != "statement":
                continue
            written = node.value[piece.start : piece.end]
            try:
                found = actions.statement(text, start + piece.start, written, whole)
            except SyntaxFailure:
                continue  # another database's SQL, or no SQL at all
            yield replace(found, section=section)


def _place(text: "Text", node: ast.Constant, value: str) -> tuple[Location | None, int]:
    """Where a text stands: its offset in the file, or where that does not map, the whole literal's location."""
    first = text.offset(node.lineno)
    last = text.offset(node.end_lineno or node.lineno) + (node.end_col_offset or 0)
    start = text.text.find(value, first, last) if value else -1
    return (text.at(first + node.col_offset, last), first) if start < 0 else (None, start)
