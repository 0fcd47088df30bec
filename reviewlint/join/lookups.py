"""Lookups of rows before an answer: what was looked for, and what it says of the answer that it was there or not."""

import re
from collections.abc import Iterator

from ..facts.values import Call, Reference, Text, Value, constant_text, rendered
from ..project import Project
from .responses import Answer
from .writes import writes

_ORM = frozenset({"first", "get", "one_or_none", "scalar_one_or_none", "scalar", "exists", "find_one"})
_GIVES = _ORM | {"fetchrow", "fetchval", "fetchone", "fetch_one", "fetch_val"}
"""Calls that give one row, a value of it, or whether there is one."""
_ASKS = re.compile(r"\.(?:query|objects)\.|(?:^|[._])(?:db|database|session|conn|connection|cursor|pool)\b[^()]*\.\w+$")
_MODEL = re.compile(r"(?:^|\.)([A-Z]\w*)(?:\.|$)")
_FROM = re.compile(r"\bfrom\s+[\"`]?(?:\w+\.)?(\w+)", re.IGNORECASE)
_KEY = frozenset({"id", "pk", "uuid"})
_SQL_BY_KEY = re.compile(
    r"\bwhere\s+(?:\w+\.)?(?:id|uuid)\s*=\s*(?:\$1|%s|\?|:\w+|%\(\w+\)s)\s*(?:limit 1)?;?\s*$", re.IGNORECASE
)


def relation(call: Value | None) -> str:
    """The model or table that a call looks for one row of, `""` where it is no such lookup."""
    if not isinstance(call, Call) or call.name not in _GIVES or not _ASKS.search(call.callee):
        return ""
    for one in _steps(call):
        if model := _MODEL.findall(one.callee.replace("()", "")):
            return str(model[-1])
        for given in one.arguments:
            text = constant_text(given) or (rendered(given) if isinstance(given, Text) else "")
            if found := _FROM.search(text):
                return found[1]
            if isinstance(given, Reference) and (found := _MODEL.search(given.name)):
                return found[1]
    return ""


def is_by_key(call: Value | None) -> bool:
    """Whether a lookup asks for the row with a key and for nothing besides, such as whose row it is."""
    if not isinstance(call, Call) or not relation(call):
        return False
    sql = next(filter(None, map(constant_text, call.arguments)), "") if call.arguments else ""
    if sql:
        return _SQL_BY_KEY.search(sql) is not None
    steps = list(_steps(call))
    narrowed = [one for one in steps if one.keywords or (one.arguments and one is not steps[0])]
    if call.name == "get" and len(call.arguments) == 2 and not call.keywords:
        return len(narrowed) == 0
    return len(narrowed) == 1 and len(narrowed[0].keywords) == 1 and narrowed[0].keywords[0][0] in _KEY


def is_for_new(project: Project, answer: Answer) -> bool:
    """Whether an answer is given because a row is there already of the kind that the same function inserts."""
    kind = relation(answer.response.finds)
    if not kind:
        return False
    made = project.view(writes).get((answer.at.path, answer.response.function), ())
    return any(write.operation == "insert" and _stem(write.table) == _stem(kind) for write in made)


def _steps(call: Call) -> Iterator[Call]:
    """A call, those that its receiver is made by, and the statement that it is given: `session.scalar(select(…))`."""
    one: Value | None = call
    while isinstance(one, Call):
        yield one
        for given in one.arguments:
            if isinstance(given, Call):
                yield from _steps(given)
        one = one.receiver


def _stem(name: str) -> str:
    return name.rpartition(".")[2].replace("_", "").lower().removesuffix("s")
