"""What stands in a hole of an SQL text: a value, which can be bound, or the name of something, which cannot.

Told from the words around it, in the grammar that all dialects share, so that it is told of texts too that no parser
reads. Holes before and after it stand as `{}`.
"""

import re
from typing import Literal

Position = Literal["value", "identifier", "fragment"]

_QUOTES = '"`['
_COMPARED = re.compile(
    r"[\"`\]]?\s*(?:=|<|>|!=|~|@>|&&|::|\|\||->|(?:not\s+)?(?:i?like|in|between|similar|regexp|rlike)\b|is\s+(?:not\s+)?(?:null|true|false|distinct)\b)",
    re.IGNORECASE,
)
"""What follows the left side of a comparison, or the column that is set."""
_CONDITION = re.compile(r"\b(?:where|and|or|on|set|not|having|when|update)\s*\(*$|[,(]$", re.IGNORECASE)
"""What stands before the left side of a comparison."""
_OPERAND = re.compile(
    r"(?:[=<>~+*/%-]|\|\||\b(?:like|ilike|and|or|not|between|limit|offset|interval|when|then|else|any|all|is|top|escape|"
    r"fetch\s+(?:first|next)|password|comment|rows|where|having|similar\s+to|regexp|rlike)\b\s*\(*)$",
    re.IGNORECASE,
)
"""What stands before a value: an operator, or a word of an expression."""
_NAMED = re.compile(
    r"\b(?:from|join|into|update|table|by|select|distinct|schema|database|index|column|view|exists|as|truncate|trigger|role"
    r"|user|sequence|function|procedure|type|extension|only|refresh|concurrently|to|use|warehouse|set|returning|constraint"
    r"|savepoint|listen|unlisten|notify|vacuum|analyze|analyse|full|reindex|cluster|collate|call|owner|owned|partition|of"
    r"|inherits|copy|lock|describe|desc|rename|policy|domain|language|publication|subscription|server|grant|revoke|nulls"
    r"|drop|create|alter|add|cascade|materialized|temporary|temp|key|using|describe|on|pragma)$|::$",
    re.IGNORECASE,
)
"""What stands before the name of a table, a column, a type, or of anything else that a database keeps."""
_ALL_COLUMNS = re.compile(r"(?:\b(?:select|distinct|all|returning)\s+|[,.(]\s*)\*$", re.IGNORECASE)
_SORTED = re.compile(
    r"\border\s+by\s+(?:(?!\blimit\b|\boffset\b|\bfor\b|\bfetch\b)[^()])*[\w\"`\]})]$", re.IGNORECASE | re.DOTALL
)
"""After the column that is sorted by: its direction."""
_PLACEHOLDER = re.compile(r"\s+(?:\$\d|\?|%s|%\(|:[A-Za-z_])")
"""What stands after an operator that compares with a bound value."""
_COLUMN_LIST = re.compile(
    r"(?:\b(?:insert\s+(?:\w+\s+)*into|replace\s+into|references|create\s+(?:\w+\s+)*(?:table|index)\b.*|on|copy)\s+[\w.\"`\[\]{}]+"
    r"|\b(?:key|unique|using(?:\s+\w+)?|over|conflict|pragma\s+\w+|table_info|foreign_key_list|index_list|include|returning"
    r"|count|sum|min|max|avg|distinct|array_agg|string_agg|group_concat|row_number|rank|unnest|as))\s*$",
    re.IGNORECASE | re.DOTALL,
)
"""What stands before a parenthesis around names."""
_CLAUSES = re.compile(
    r"\b(?:select|from|set|values|by|returning|where|having|limit|truncate|into|table|grant|on|using|with|join)\b",
    re.IGNORECASE,
)
_OF_NAMES = frozenset(
    {"select", "from", "by", "returning", "truncate", "into", "table", "grant", "join", "using", "set"}
)


_DEFINITION = re.compile(
    r"\s*(?:create|alter|drop|truncate|grant|revoke|pragma|set|reset|use|attach|detach|vacuum|analyze|reindex|lock|listen"
    r"|notify|rename|cluster)\b(?!.*\b(?:select\b|where\b|(?<!for )values\b|delete\b|update\s+\S+\s*=))",
    re.IGNORECASE | re.DOTALL,
)
"""A statement that defines or sets something, up to where it reads or writes rows: databases bind nothing in it."""
_ASKED_OF_A_WHOLE = re.compile(
    r"\s*(?:explain|describe|desc)\b(?:\s+\w+\b(?:\s*=\s*\w+)?,?|\s*\([^()]*\))*", re.IGNORECASE
)
"""What stands before a whole statement, to ask how it would be run."""
_BUILDERS = (
    (re.compile(r"order_?by(?:_?raw)?$|orderBy(?:Raw)?$", re.IGNORECASE), "ORDER BY "),
    (re.compile(r"group_?by(?:_?raw)?$", re.IGNORECASE), "GROUP BY "),
    (re.compile(r"(?:^|\.)(?:literal_)?column(?:_?raw)?$", re.IGNORECASE), "SELECT "),
    (re.compile(r"(?:from|join|into)_?raw$", re.IGNORECASE), "FROM "),
    (re.compile(r"(?:where|having)(?:_?raw)?$", re.IGNORECASE), "WHERE "),
)


def written_before(call: str) -> str:
    """The words that a query builder writes before the text that it is given: `ORDER BY ` for `orderByRaw`."""
    return next((words for method, words in _BUILDERS if method.search(call)), "")


def is_in_string(before: str) -> bool:
    """Whether what comes after `before` stands in a string of the SQL."""
    return before.replace("''", "").count("'") % 2 == 1


def defines(before: str) -> bool:
    """Whether what comes after `before` stands in a statement that defines something, for which nothing is bound."""
    return _DEFINITION.match(before.rpartition(";")[2]) is not None


def position(before: str, after: str) -> Position:
    """What stands between `before` and `after`: a `value`, an `identifier`, or a `fragment` of SQL.

    What a statement that binds nothing takes unquoted counts as identifier, too: a type, the size of a cache.
    """
    if is_in_string(before):
        return "value"
    left = before.rstrip()
    if _ASKED_OF_A_WHOLE.fullmatch(left):
        return "fragment"
    if defines(before):
        return "identifier"
    if left.endswith(tuple(_QUOTES)):
        left = left[:-1].rstrip()
    if left.endswith(".") or re.match(r"[\"`\]]?\.", after):
        return "identifier"
    if _COMPARED.match(after) and _CONDITION.search(left):
        return "identifier"
    if _ALL_COLUMNS.search(left):
        return "fragment"
    if left.endswith(("(", ",")):
        return _of_list(left)
    if _NAMED.search(left) or _SORTED.search(left):
        return "identifier"
    if re.search(r"[\w\"`\]]$", left) and _PLACEHOLDER.match(after) and not _OPERAND.search(left):
        return "identifier"  # an operator
    return "value" if _OPERAND.search(left) and not _begins_a_condition(left) else "fragment"


def _begins_a_condition(left: str) -> bool:
    """Whether a whole condition may follow: `where`, `and`, `or`, with no comparison begun."""
    return re.search(r"\b(?:where|having|and|or|not|when)\s*\(*$", left, re.IGNORECASE) is not None


def _of_list(left: str) -> Position:
    """What an element of a list is, by what opens the list: a parenthesis or the word of a clause."""
    depth = 0
    for at in range(len(left) - 1, -1, -1):
        if left[at] == ")":
            depth += 1
        elif left[at] == "(" and depth:
            depth -= 1
        elif left[at] == "(":
            return _in_parenthesis(left[:at].rstrip())
    words = _CLAUSES.findall(left)
    return "identifier" if words and words[-1].lower() in _OF_NAMES else "fragment"


def _in_parenthesis(opened: str) -> Position:
    if _COLUMN_LIST.search(opened):
        return "identifier"
    if re.search(r"\b(?:from|join|where|select|exists|union|with|having)$", opened, re.IGNORECASE) or not opened:
        return "fragment"
    if re.search(r"\b(?:and|or|not|when)$", opened, re.IGNORECASE) or re.search(r"[a-z]If$", opened):
        return "fragment"  # ClickHouse's combinator -If takes a condition: `countIf(age > 3)`
    return "value"
