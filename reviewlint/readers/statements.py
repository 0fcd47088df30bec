"""The SQL inside the strings of application code, parsed where a rule wants to know more than that it is there."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from ..facts.data import Query
from ..facts.file import FileFact
from ..facts.statements import SqlStatement
from ..facts.values import Constant, Text, Value, options

if TYPE_CHECKING:
    from .statement_trees import Read

LONGEST = 20_000
"""How many characters a text may have to be parsed."""
OPTIONS = 8
"""How many of the texts that a query may run are parsed."""
HOLE, BOUND = "rl_hole_", "rl_bound_"
"""What stands in the parsed text for a value that is spliced in, and for a placeholder."""

_DIALECTS = {
    **dict.fromkeys(("MySQLdb", "pymysql", "mysql", "aiomysql", "asyncmy"), "mysql"),
    **dict.fromkeys(("sqlite", "sqlite3", "aiosqlite"), "sqlite"),
    **dict.fromkeys(("oracledb", "cx_Oracle"), "oracle"),
    **dict.fromkeys(("pymssql", "mssql"), "tsql"),
    **dict.fromkeys(("clickhouse_driver", "clickhouse_connect"), "clickhouse"),
    **{name: name for name in ("snowflake", "duckdb", "bigquery", "spark")},
    "redshift_connector": "redshift",
}
"""The dialect of each driver that has but one, PostgreSQL's left out."""
_TELLING = re.compile(
    r"^[\s(]*(?:(?:--[^\n]*\n|/\*.*?\*/)\s*)*(?:(?:insert|update|delete|merge|replace)\b|with\b|select\b(?=.*(?:\*|like\b))"
    r"|select\b(?!.*\b(?:where|limit|group|fetch)\b))",
    re.IGNORECASE | re.DOTALL,
)
"""Statements that write, and those that may read all columns, all rows, or search."""
_MARKS = re.compile(
    r"(?P<text>'(?:[^']|'')*'|\"[^\"]*\"|`[^`]*`|--[^\n]*|/\*.*?\*/)|(?P<percent>%s)|%\((?P<named>\w+)\)s"
    r"|\$(?P<dollar>\d+)\b|(?P<question>\?\??)|(?<![:\w]):(?P<colon>[A-Za-z_]\w*)|@(?P<at>[A-Za-z_]\w*)",
    re.DOTALL,
)


def statements(facts: Iterable[FileFact]) -> Iterator[SqlStatement]:
    """What each query's text does, as far as it can be parsed."""
    for query in facts:
        if isinstance(query, Query):
            for option in [one for one in options(query.text) if isinstance(one, Constant | Text)][:OPTIONS]:
                text = _shown(option)
                for read in described(text, query.paramstyle, _dialect(query.driver, text)):
                    yield SqlStatement(query.at, query.function, read.writes, read.starred, read.whole, read.searches)


def described(text: str, style: str, dialect: str) -> "tuple[Read, ...]":
    """What a text does whose values are bound in a style; nothing where a rule would not ask or no parser reads it."""
    return _parsed(_marked(text, style), dialect) if len(text) <= LONGEST and _TELLING.match(text) else ()


def _shown(value: Value) -> str:
    """A text with names in place of its holes."""
    parts = value.parts if isinstance(value, Text) else (value,)
    return "".join(
        str(part.value) if isinstance(part, Constant) else f"{HOLE}{number}" for number, part in enumerate(parts)
    )


def _dialect(driver: str, text: str) -> str:
    return _DIALECTS.get(driver) or ("mysql" if "`" in text else "postgres")


def _marked(text: str, style: str) -> str:
    """The text with names in place of its placeholders, numbered where they have no name."""
    count = 0

    def name(mark: re.Match[str]) -> str:
        nonlocal count
        if mark["text"]:
            return mark[0]
        if mark["question"] and style in ("$1", "%s"):
            return mark[0]  # an operator of PostgreSQL
        if mark["dollar"]:
            return f"{BOUND}{int(mark['dollar']) - 1}"
        named = mark["named"] or mark["colon"] or mark["at"]
        if named:
            return f"{BOUND}{named}" if not mark["at"] or style.startswith("@") else mark[0]
        count += 1
        return f"{BOUND}{count - 1}"

    return _MARKS.sub(name, text)


@lru_cache(maxsize=1024)
def _parsed(text: str, dialect: str) -> "tuple[Read, ...]":
    from . import statement_trees

    return tuple(statement_trees.read(text, dialect))
