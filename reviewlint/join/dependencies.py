"""Which columns an expression or query uses, with names looked up the way PostgreSQL does."""

from collections.abc import Callable, Mapping
from typing import Any

from ..facts import sql
from ..facts.schema import Table, View
from ..facts.sql import Name, Query, Tree

Find = Callable[..., Name]
"""Resolves a written name to a full one: `find(name, *kinds)`."""


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
