"""What indexes do for a search: whether one begins with the columns that are searched by."""

from ..facts import sql
from ..facts.schema import Database, Table
from ..facts.sql import Name, Tree


def leads(database: Database, table: Name, *columns: str, whole: bool = False) -> bool:
    """Whether an index of the table begins with the columns, in that order; `whole` if one for all rows has to."""
    return any(
        columns == tuple(element.column for element in index.elements[: len(columns)])
        for index in database.indexes_of(table)
        if not (whole and index.where)
    )


def finds(database: Database, table: Name, column: str, beside: frozenset[str]) -> bool:
    """Whether an index finds rows by a column, perhaps behind others by which the same search asks, `beside`."""
    return any(
        column in columns and beside.issuperset(columns[: columns.index(column)])
        for columns in ([element.column for element in index.elements] for index in database.indexes_of(table))
    )


def tells(database: Database, table: Name, column: str) -> bool:
    """Whether a column alone says which row of the table is meant: it is the primary key, or unique."""
    return any(
        index.unique and not index.where and [element.column for element in index.elements] == [column]
        for index in database.indexes_of(table)
    )


def holds_one_row(database: Database, table: Table) -> bool:
    """Whether a table can have no second row: a check lets a unique column have one value alone."""
    return any(
        tells(database, table.name, column)
        for constraint in table.constraints
        if constraint.kind == "check" and constraint.expression is not None
        for column in [_one_valued(constraint.expression.tree)]
        if column
    )


def _one_valued(tree: Tree) -> str:
    """The column that a check lets have one value, `""` for none: `id = 1`, `singleton`, `id is true`."""
    match tree:
        case sql.ColumnRef(parts=(*_, name)):
            return name
        case sql.Operation(operator="=" | "is true" | "is false", operands=operands):
            names = [one.name for one in operands if isinstance(one, sql.ColumnRef)]
            fixed = all(isinstance(one, sql.ColumnRef | sql.Literal | sql.Cast) for one in operands)
            return names[0] if len(names) == 1 and fixed else ""
        case _:
            return ""
