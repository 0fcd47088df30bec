"""Tells whether a statement that PostgreSQL does not understand is another database's SQL."""

import re
from collections.abc import Collection

_TELLTALES = {
    "mysql": re.compile(
        r"`[^`\s]+`|\bauto_increment\b|\bengine\s*=|\bunsigned\b|\bon\s+update\s+current_timestamp\b|\bset\s+@\w+"
        r"|\bduplicate\s+key\s+update\b|\binterval\s+[?\d]",
        re.I,
    ),
    "sqlite": re.compile(r"\bautoincrement\b|\bpragma\s+\w+|\bwithout\s+rowid\b", re.I),
    "tsql": re.compile(
        r"\[\w+\]\.\[\w+\]|\bnvarchar\b|\bidentity\s*\(\d|\buniqueidentifier\b|\bdatetime2\b|[(,]\s*\[[a-z_]\w*\]\s+\[?[a-z]",
        re.I,
    ),
    "oracle": re.compile(r"\bvarchar2\b|\bnumber\(\d", re.I),
    "clickhouse": re.compile(r"\bengine\s*=\s*\w*mergetree\b", re.I),
    "snowflake": re.compile(r"\bcreate\s+(?:or\s+replace\s+)?(?:warehouse|stage|file\s+format)\b", re.I),
}
_CERTAIN = {
    "mysql": re.compile(
        r"\b(?:table|into|index|on|from|update|join)\s+`[^`\s]+`|'[\w.%-]+'\s*@\s*'[\w.%-]+'"
        r"|\bflush\s+privileges\b|^\s*use\s+[`\w]+\s*$|\bcreate\s+database\s+if\s+not\s+exists\b"
        r"|^\s*(?:insert\s+ignore|replace)\s+into\s"
        r"|\bupdate\s+\w+(?:\s+(?:as\s+)?\w+)?\s+(?:(?:inner|left|right|cross)\s+)?(?:outer\s+)?join\s",
        re.I,
    ),
    "sqlite": re.compile(r"^\s*(?:insert|update)\s+or\s+(?:ignore|replace|abort|fail|rollback)\s", re.I),
    "clickhouse": re.compile(
        r"\bcodec\s*\(\s*(?:zstd|lz4|delta|doubledelta|gorilla|none)\b|\blowcardinality\s*\("
        r"|\bengine\s*=\s*\w*mergetree\b|(?:^|\))\s*engine\s*=\s*\w|\btable\s+(?:if\s+(?:not\s+)?exists\s+)?default\."
        r"|\bformat\s+(?:json\w*|csv\w*|tsv\w*|pretty\w*|tabseparated\w*|vertical)\s*;?\s*$",
        re.I | re.M,
    ),
    "snowflake": re.compile(r"^\s*copy\s+into\s", re.I),
    "cockroachdb": re.compile(r"\bcreate\s+type\s+if\s+not\s+exists\b|\bstring\(\d+\)|\bunique_rowid\(\)", re.I),
}
"""What PostgreSQL has no way to write, whether or not the rest is read."""
_NAMES = {
    **dict.fromkeys(("sqlite", "sqlite3", "d1", "turso", "libsql"), "sqlite"),
    **dict.fromkeys(("mysql", "mariadb", "planetscale"), "mysql"),
    **dict.fromkeys(("mssql", "sqlserver"), "tsql"),
    **{name: name for name in ("oracle", "clickhouse", "snowflake", "bigquery", "duckdb")},
}
_NAMED = re.compile(
    rf"(?:^|[/._-])({'|'.join(_NAMES)})(?=[._-][^/]*/|/)|(?:^|[/.])({'|'.join(_NAMES)})\.sql$", re.IGNORECASE
)
_LONGEST = 20_000


def dialect_by_path(path: str) -> str:
    """The other database that a file is for by its folders, or by a name that says nothing else, `""` for none."""
    found = _NAMED.search(path)
    return _NAMES[(found[1] or found[2]).lower()] if found else ""


def dialect_of(statement: str, known: Collection[str] = ()) -> str:
    """The dialect whose words stand in the statement and whose parser reads it, `""` where there is none.

    Of the dialects that are `known` to be written in its file the words are enough.
    """
    if len(statement) > _LONGEST:
        return ""
    for dialect, certain in _CERTAIN.items():
        if certain.search(statement):
            return dialect
    for dialect, telltale in _TELLTALES.items():
        if telltale.search(statement) and (dialect in known or _reads(statement, dialect)):
            return dialect
    return ""


def _reads(statement: str, dialect: str) -> bool:
    import logging

    import sqlglot

    logger = logging.getLogger("sqlglot")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        parsed = sqlglot.parse(statement, read=dialect)
    except (sqlglot.errors.SqlglotError, RecursionError):
        return False
    finally:
        logger.setLevel(level)
    return any(tree is not None and tree.key != "command" for tree in parsed)
