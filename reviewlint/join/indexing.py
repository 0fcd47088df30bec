"""What indexes do for a search: whether one begins with the columns that are searched by."""

from ..facts.schema import Database
from ..facts.sql import Name


def leads(database: Database, table: Name, *columns: str) -> bool:
    """Whether an index of the table begins with the columns, in that order."""
    return any(
        columns == tuple(element.column for element in index.elements[: len(columns)])
        for index in database.indexes_of(table)
    )
