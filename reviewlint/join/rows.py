"""Lookups of one row as TypeScript's clients spell them: what is looked for, and by which key alone."""

import re
from collections.abc import Iterator

from ..facts.values import (
    Call,
    Constant,
    Items,
    Parameter,
    Record,
    Reference,
    Text,
    Unknown,
    Value,
    constant_text,
    holes,
    rendered,
)
from ..project import Project
from .functions import functions
from .responses import Answer
from .writes import inserts

_BY_KEY = frozenset({"findById", "findByPk", "findByIdAndUpdate", "findByIdAndDelete", "findOneById"})
_BY_FILTER = frozenset(
    {"findUnique", "findFirst", "findOne", "findOneBy", "exists", "existsBy", "exist", "count", "countBy"}
    | {"countDocuments", "findOneAndUpdate", "findOneAndDelete", "updateOne", "deleteOne", "updateMany", "deleteMany"}
    | {"update", "delete", "softDelete", "destroy"}
)
_CHAINED = frozenset(
    {"maybeSingle", "single", "first", "limit", "where", "get", "all", "executeTakeFirst", "eq", "select"}
)
_ASKED = frozenset(
    {"query", "queryOne", "queryRow", "one", "oneOrNone", "execute", "get", "first", "all", "sql", "run"}
)
_MAKES = re.compile(r"^(?:create|insert|add|save|register|store|set|push)(?:[A-Z]\w*)?$")
"""What the project's own functions are called that make something new."""
_KEPT = frozenset({"get", "has", "find", "some", "delete", "findIndex"})
"""Methods of maps and lists by which a thing is looked for."""
_OTHER_MAPS = re.compile(
    r"(?:headers|cookies\w*|searchParams|params|query|form\w*|cache|redis|kv|session\w*|config\w*|env|tokens?|c|ctx|req|request"
    r"|storage|limit\w*|reflector|roles|permissions|scopes|allow\w*|client|axios|http|api)$",
    re.IGNORECASE,
)
"""What else has a `get` and is no store of things that have a path of their own."""
_FROM = re.compile(r"\b(?:from|update|into)\s+[\"`]?(?:\w+\.)?(\w+)", re.IGNORECASE)
_ONLY_KEY = re.compile(
    r"\bwhere\s+(?:\w+\.)?[\"`]?(?:\w+_)?(?:id|uuid|slug)[\"`]?\s*=\s*(?:\$\d|\?|:\w+|\{\})\s*"
    r"(?:limit 1|for update|returning\b.*)?;?\s*$",
    re.IGNORECASE | re.DOTALL,
)
_KEY = re.compile(r"^(?:_?id|pk|uuid|slug)$|(?:_id|[a-z]Id)$")
_SAME_KEY = re.compile(r"\.(?:_id|id|uuid|slug)\s*={2,3}\s*(?![^&|]*&&)")
_CONVERTS = frozenset({"Number", "parseInt", "String", "BigInt", "ObjectId", "toObjectId"})
_PATH_KEY = re.compile(r"\.params\.|\.param\(|={2,3}\s*(?:Number\(|parseInt\()?(?:\w+I)?[iI]d\)?$")
_OWN = re.compile(r"^(?:find|get|load|fetch|read|lookup|lookUp|retrieve|by|show)(?:[A-Z]\w*)?$")
"""What the project's own functions are called that look something up."""
_VERB = re.compile(r"^(?:find|get|load|fetch|read|lookup|lookUp|retrieve|show)(?:One)?|By[A-Z]\w*$|OrNull$|Maybe$")
_STORE = re.compile(r"(?:Repository|Repo|Model|Service|Store|Dao|Collection|Table|Map)$", re.IGNORECASE)


def looked_for(call: Call) -> str:
    """The model, table or store that a call looks for one row of, `""` where it is no such lookup."""
    steps, parts = list(_steps(call)), re.split(r"[./]", call.callee.replace("()", ""))
    for one in steps:
        if one.name == "from" and one.arguments:
            given = one.arguments[0]
            return constant_text(given) or (given.name.rpartition(".")[2] if isinstance(given, Reference) else "")
    if text := _sql(steps):
        found = _FROM.search(text)
        return found[1] if found is not None else ""
    for one in steps[1:]:
        if len(one.arguments) == 1 and "." not in one.callee and (table := constant_text(one.arguments[0])):
            return table
    owner = _STORE.sub("", parts[-2]) if len(parts) > 1 else ""
    if call.name in _BY_KEY | _BY_FILTER and len(parts) > 1:
        return owner or parts[-2]
    if call.name in _KEPT:
        held = len(parts) > 1 and len(call.arguments) == 1 and not isinstance(call.arguments[0], Constant)
        return (owner or parts[-2]) if held and not _OTHER_MAPS.search(parts[-2]) else ""
    if _OWN.match(call.name) and 1 <= len(call.arguments) <= 2:
        return _VERB.sub("", call.name) or owner
    return ""


def makes_another(project: Project, answer: Answer) -> bool:
    """Whether an answer is given because there is a row already of the kind that the same function makes one of."""
    found = answer.response.finds
    kind = looked_for(found) if isinstance(found, Call) else ""
    if not kind or not isinstance(found, Call):
        return False
    place = (answer.at.path, answer.response.function)
    if inserts(project, place, kind):
        return True
    function, owner = project.view(functions).get(place), found.callee.rpartition(".")[0]
    calls = function.calls if function is not None and owner else ()
    return any(_MAKES.match(name) for at, _, name in (one.rpartition(".") for one in calls) if at == owner)


def key_of(call: Call) -> Value | None:
    """The value by which a row is looked up, where nothing else says which row."""
    steps, name = list(_steps(call)), call.name
    if text := _sql(steps):
        return _bound(steps) if _ONLY_KEY.search(text) else None
    filters = [one for one in steps if one.name in ("eq", "where", "match", "filter", "is", "neq", "in", "andWhere")]
    if filters and name in _CHAINED:
        return _single(filters[0].arguments) if len(filters) == 1 else None
    given = call.arguments
    if name in _BY_FILTER and given:
        asked = (
            given[0].get("where") if isinstance(given[0], Record) and given[0].get("where") is not None else given[0]
        )
        return _single((asked,)) if asked is not None else None
    if name in ("find", "some", "findIndex") and given and isinstance(given[0], Unknown):
        return given[0] if _SAME_KEY.search(given[0].source) else None
    if len(given) == 1 and (name in _BY_KEY | _KEPT or _OWN.match(name)):
        return None if isinstance(given[0], Record) else given[0]
    return given[0] if name in _BY_KEY and given else None


def is_by_path(call: Call) -> bool:
    """Whether a call looks for the row whose key the path has; what a function is given as a whole may be that."""
    key = key_of(call) if looked_for(call) else None
    return key is not None and of_path(key)


def of_path(key: Value) -> bool:
    """Whether a value is one that the path of a request has: `req.params.id`, `Number(c.req.param("id"))`, `id`."""
    match key:
        case Parameter(name=name, path=path):
            return ".param" in path or (not path and _KEY.search(name) is not None)
        case Reference(name=name):
            return "params" in name.split(".")
        case Call(name=name, arguments=(inner, *_)) if name in _CONVERTS:
            return of_path(inner)
        case Call(name=name):
            return name == "param"
        case Unknown(source=source):
            return _PATH_KEY.search(source) is not None
    return False


def _single(given: tuple[Value, ...]) -> Value | None:
    """The value of a condition that compares a key and nothing else."""
    match given:
        case (Record(entries=((name, value),)),) if _KEY.search(name):
            return value
        case (Call(name="eq", arguments=(Reference(name=column), value)),) if _KEY.search(column.rpartition(".")[2]):
            return value
        case (column, value) | (column, _, value) if _KEY.search((constant_text(column) or "").rpartition(".")[2]):
            return value
        case (Parameter() | Reference() as value,):
            return value  # TypeORM's `update(id, …)`
    return None


def _sql(steps: list[Call]) -> str:
    for one in steps:
        for given in one.arguments[:1]:
            text = constant_text(given) or (rendered(given) if isinstance(given, Text) else "")
            if re.match(r"\s*(?:select|update|delete)\b", text, re.IGNORECASE):
                return text
    return ""


def _bound(steps: list[Call]) -> Value | None:
    """The value that is bound for the only condition, the last of those that are bound."""
    for one in steps:
        for given in one.arguments:
            if isinstance(given, Items) and given.items:
                return given.items[-1]
            if isinstance(given, Text) and (several := list(holes(given))):
                return several[-1]
        if one.name in ("bind", "get", "run") and one.arguments:
            return one.arguments[-1]
    return None


def _steps(call: Call) -> Iterator[Call]:
    one: Value | None = call
    while isinstance(one, Call):
        yield one
        one = one.receiver
