"""What the SQL inside the strings of application code does, read by a parser of its dialect."""

from .file import FileFact
from .frozen import dataclass


@dataclass(frozen=True, slots=True)
class TableWrite:
    """One write: `operation` is `insert`, `update`, `delete` or `merge`, `table` is dotted as written, without quotes.

    `bounded` where something says which rows: a condition, a limit, a join, or a part of the text that is not known.
    `marks` where an update gives each row a word or true, as the text of a query has it written out, and nothing of
    its own: `SET state = 'closed'`.
    """

    operation: str
    table: str
    bounded: bool = True
    marks: bool = False


@dataclass(frozen=True, slots=True)
class TextSearch:
    """A `LIKE` or `ILIKE` (`word`) on `column` of `table`; either is `""` where it is not known.

    `bound` says which bound value is the pattern: its number from 0 or its name; None for a pattern in the text that
    begins with a wildcard. `narrowed` where an equality keeps the rows few beside it.
    """

    table: str
    column: str
    word: str
    bound: int | str | None
    narrowed: bool


@dataclass(frozen=True, slots=True)
class SqlStatement(FileFact):
    """One statement in the text of a query, `at` the query's call.

    Only of texts that a parser reads. `starred` are the tables of which the statement's rows have every column.
    `whole` is the one table that is read from its first to its last row, `""` where something limits the rows.
    """

    function: str
    writes: tuple[TableWrite, ...] = ()
    starred: tuple[str, ...] = ()
    whole: str = ""
    searches: tuple[TextSearch, ...] = ()
