"""Which columns an expression or query uses, with names looked up the way PostgreSQL does."""

from collections.abc import Callable, Mapping
from typing import Any

from ..facts import sql
from ..facts.schema import Table, View
from ..facts.sql import Name, Query, Tree

Find = Callable[..., Name]
"""Resolves a written name to a full one: `find(name, *kinds)`."""


Scope = Mapping[str, frozenset[str] | None]
"""Relations by alias, each with the names of its columns, None where these are not all known."""

_SYSTEM = frozenset({"*", "ctid", "oid", "tableoid", "xmin", "xmax", "cmin", "cmax"})


def unknown_column(tree: Tree, scopes: list[Scope], columns: Callable[[Name], frozenset[str] | None]) -> str:
    """The first column of an expression that surely is none of the relations' in scope, `""` where all may be."""
    match tree:
        case sql.ColumnRef(parts=(*qualifiers, name)):
            return ".".join(tree.parts) if name not in _SYSTEM and _is_unknown(qualifiers, name, scopes) else ""
        case Query():
            scope: dict[str, frozenset[str] | None] = {one.alias: columns(one.name) for one in tree.relations}
            if tree.parts or tree.tables or len(scope) < len(tree.relations):
                scope["?"] = None
            outputs: Scope = {"": frozenset(tree.names)}
            inner = [*scopes, outputs, scope]
            operand = (tree.operand,) if tree.operand is not None else ()
            found = (
                *(unknown_column(one, scopes, columns) for one in operand),
                *(unknown_column(one, inner, columns) for one in (*tree.outputs, *tree.conditions, *tree.parts)),
                *(unknown_column(one, inner, columns) for one in tree.others),
            )
            return next((one for one in found if one), "")
        case _:
            for child in sql.children(tree):
                if one := unknown_column(child, scopes, columns):
                    return one
            return ""


def _is_unknown(qualifiers: list[str], name: str, scopes: list[Scope]) -> bool:
    if qualifiers:
        for scope in reversed(scopes):
            if qualifiers[-1] in scope:
                known = scope[qualifiers[-1]]
                return known is not None and name not in known
        return False
    relations = [(alias, known) for scope in scopes for alias, known in scope.items()]
    return bool(relations) and not any(known is None or name in known or name == alias for alias, known in relations)


def words_of(tree: Tree) -> set[str]:
    """Every column name in an expression, whatever it belongs to."""
    return {node.name for node in sql.walk(tree) if isinstance(node, sql.ColumnRef)}


def uses_column(tree: Tree, owner: Table | None, table: Table, column: str, find: Find) -> bool:
    """Whether an expression on rows of `owner` (None for a query of its own) uses `table`'s column.

    A name without a qualifier belongs to the innermost relation that has such a column; a star uses all of them.
    """
    scopes: list[Mapping[str, Any]] = [{owner.name.name: owner.name}] if owner else []
    return _uses(tree, scopes, table, {column, "*"}, find)


def view_uses_column(view: View, table: Table, column: str, find: Find) -> bool:
    """Whether a view uses a table's column; a star means the columns that there were when the view was made."""
    if view.query is None:
        return False
    names = {column, "*"} if not view.columns or column in view.columns else {column}
    return _uses(view.query, [], table, names, find)


def _uses(tree: Tree, scopes: list[Mapping[str, Any]], table: Table, names: set[str], find: Find) -> bool:
    match tree:
        case sql.ColumnRef(parts=(*qualifiers, name)):
            if name not in names:
                return False
            for scope in reversed(scopes):
                if qualifiers:
                    if qualifiers[-1] in scope:
                        return bool(scope[qualifiers[-1]] == table.name)
                elif table.name in scope.values():
                    return True
            return False
        case Query():
            if tree.operand is not None and _uses(tree.operand, scopes, table, names, find):
                return True
            inner = [*scopes, {relation.alias: find(relation.name) for relation in tree.relations}]
            inside = (*tree.outputs, *tree.conditions, *tree.others, *tree.parts)
            return any(_uses(child, inner, table, names, find) for child in inside)
        case _:
            return any(_uses(child, scopes, table, names, find) for child in sql.children(tree))
