"""What indexes do for a search: whether one begins with the columns that are searched by."""

from ..facts.schema import Database
from ..facts.sql import Name


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
