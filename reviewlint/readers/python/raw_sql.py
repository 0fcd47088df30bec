"""Raw SQL in migrations of Django (`RunSQL`) and Alembic (`op.execute`): each statement as if it stood in a file.

What such a migration does through the ORM stays unseen: its tables are taken to exist. What it does by SQL to a table
that it makes through the ORM is left out, too: such a table is new and empty, which SQL alone would not show. Order is
by the dependencies that migrations declare, not by their names.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from ...facts import sql
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
_DATABASE = re.compile(r"dialect|postgres|\bvendor\b")
"""A condition on the database, which always holds for the one that the SQL is for."""
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
    nodes = [one for one in ast.walk(tree) if isinstance(one, ast.Call | ast.FunctionDef | ast.If)]
    calls = [(one.func.attr, one) for one in nodes if isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute)]
    made = frozenset(_made(source.path, calls))
    backwards = [one for one in nodes if isinstance(one, ast.FunctionDef) and one.name == "downgrade"]
    undoing = _lines(backwards)
    some_runs = _lines(one for one in nodes if isinstance(one, ast.If) and not _DATABASE.search(ast.unparse(one.test)))
    for method, call in calls:
        base = call.func.value if isinstance(call.func, ast.Attribute) else None
        if method == "RunSQL":
            named = {one.arg: one.value for one in call.keywords}
            for place, key in enumerate(("sql", "reverse_sql")):
                value = call.args[place] if len(call.args) > place else named.get(key)
                yield from _on_others(_read(text, value, "down" if place else "up"), made)
        elif method == "execute" and isinstance(base, ast.Name) and base.id == "op" and call.args:
            written = _read(text, call.args[0], "down" if call.lineno in undoing else "up")
            conditional = call.lineno in some_runs
            yield from (replace(one, conditional=conditional) for one in _on_others(written, made))


def _lines(nodes: Iterable[ast.stmt]) -> set[int]:
    """The lines of statements."""
    return {line for one in nodes for line in range(one.lineno, (one.end_lineno or one.lineno) + 1)}


def _made(path: str, calls: Iterable[tuple[str, ast.Call]]) -> Iterator[str]:
    """The tables that the migration makes through the ORM: Alembic's by name, Django's as its default calls them."""
    app = path.rpartition("/migrations/")[0].rpartition("/")[2]
    for method, call in calls:
        if method in ("create_table", "CreateModel"):
            named = next((one.value for one in call.keywords if one.arg == "name"), None)
            said = call.args[0] if call.args else named
            name = said.value if isinstance(said, ast.Constant) and isinstance(said.value, str) else ""
            if name:
                yield name if method == "create_table" else f"{app}_{name}".lower()


def _on_others(statements: Iterator[Statement], made: frozenset[str]) -> Iterator[Statement]:
    """The statements but for indexes and changes of the tables that are `made` beside them."""
    for one in statements:
        match one.action:
            case sql.CreateIndex(table=table) | sql.AlterTable(name=table) if table.name in made:
                pass
            case _:
                yield one


def _read(text: "Text", value: ast.expr | None, section: str) -> Iterator[Statement]:
    from ..sql import actions, lexer
    from ..sql.postgres import SyntaxFailure

    for node, content in _texts(value):
        whole, start = _place(text, node, content)
        for piece in lexer.pieces(content):
            if piece.kind != "statement":
                continue
            written = content[piece.start : piece.end]
            try:
                found = actions.statement(text, start + piece.start, written, whole)
            except SyntaxFailure:
                continue  # another database's SQL, or no SQL at all
            yield replace(found, section=section)


def _texts(value: ast.expr | None) -> Iterator[tuple[ast.expr, str]]:
    """Every text in an expression, with what stands beside it filled in: `"… {table} …".format(table="orders")`."""
    match value:
        case ast.Constant(value=str(content)):
            yield value, content
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(template)) as text, attr="format"), args=[]):
            constants = ((one.arg, one.value) for one in value.keywords)
            given = {name: one.value for name, one in constants if name and isinstance(one, ast.Constant)}
            try:
                yield value, template.format(**given)
            except (AttributeError, IndexError, KeyError, TypeError, ValueError):
                yield text, template
        case None:
            pass
        case _:
            for inner in ast.iter_child_nodes(value):
                yield from _texts(inner) if isinstance(inner, ast.expr) else ()


def _place(text: "Text", node: ast.expr, value: str) -> tuple[Location | None, int]:
    """Where a text stands: its offset in the file, or where that does not map, the whole literal's location."""
    first = text.offset(node.lineno)
    last = text.offset(node.end_lineno or node.lineno) + (node.end_col_offset or 0)
    start = text.text.find(value, first, last) if value else -1
    return (text.at(first + node.col_offset, last), first) if start < 0 else (None, start)
