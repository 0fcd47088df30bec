"""Lookups of rows before an answer: what was looked for, and what it says of the answer that it was there or not."""

import re
from collections.abc import Collection, Iterator

from ..facts.values import (
    Call,
    Items,
    Parameter,
    Record,
    Reference,
    Text,
    Unknown,
    Value,
    constant_text,
    named,
    rendered,
)
from ..project import Project
from .functions import functions
from .responses import Answer
from .writes import inserts

_ORM = frozenset(
    {
        *("first", "afirst", "get", "aget", "get_or_none", "one_or_none", "scalar_one_or_none", "scalar", "exists"),
        *("aexists", "find_one", "count", "acount", "all", "last"),
        "count_documents",
    }
)
_GIVES = _ORM | {"fetchrow", "fetchval", "fetchone", "fetch_one", "fetch_val"}
"""Calls that give rows, a value of one, how many there are, or whether there is one."""
_ASKS = re.compile(
    r"\.(?:query|objects)\.|(?:^|[._])(?:db|database|session|conn|connection|cursor|pool|tx|uow)\b[\w.()]*\.\w+$"
)
_DOCUMENTS = frozenset({"find_one", "count_documents"})
"""Those of MongoDB's clients, on a collection."""
_FILTERS = frozenset({"filter", "filter_by", "where"})
_KEPT = "dict.get"
"""The lookup in a module's dict that its functions fill."""
_COMPARES = re.compile(r"^(?:\w+\.)*([A-Z]\w*)\.(\w+)\s*==(?!.*(?:[&|]|==.*==))")
"""A condition of SQLAlchemy's: the model and the column that has to have a value."""
_FINDS = re.compile(
    r"^_*(?:a?get|find|fetch|load|read|look_?up|retrieve|select)(?:_|$)|_by_(?:id|pk|key|slug|name|uuid)$"
)
"""What functions of a project are called that look something up."""
_FOUND = re.compile(
    r"^_*(?:a?get|find|fetch|load|look_?up)(?:_(?!by_|one_|or_none)(\w+?))?(?:_(?:by|with|for|from)_\w+|_or_none)?$"
    r"|^(?:(\w+?)_)?exists(?:_by_\w+|_with_\w+)?$"
)
_MAKES = re.compile(r"^(?:create|add|insert|register|new)(?:_\w+)?$")
"""What functions of a project are called that look for one thing, and that make one."""
_STEERS = frozenset({"options", "with_for_update", "populate_existing", "execution_options"})
"""Keywords that say how a row is loaded, and not which."""
_MODEL = re.compile(r"(?:^|\.)([A-Z]\w*)(?:\.|$)")
_FROM = re.compile(r"\bfrom\s+[\"`]?(?:\w+\.)?(\w+)", re.IGNORECASE)
_KEY = frozenset({"id", "_id", "pk", "uuid"})
_CONVERTS = frozenset({"ObjectId", "PydanticObjectId", "UUID", "int", "str"})
_SQL_BY_KEY = re.compile(
    r"\bwhere\s+(?:\w+\.)?(?:id|uuid)\s*=\s*(?:\$1|%s|\?|:\w+|%\(\w+\)s)\s*(?:limit 1)?;?\s*$", re.IGNORECASE
)


def relation(call: Value | None) -> str:
    """The model or table that a call looks for one row of, `""` where it is no such lookup."""
    if not isinstance(call, Call):
        return ""
    if call.callee == _KEPT:
        return named(call.arguments[0])
    if call.name in _DOCUMENTS:
        return call.callee.split(".")[-2] if "." in call.callee else ""
    if call.name not in _GIVES or not _ASKS.search(call.callee):
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
            if isinstance(given, Unknown) and (found := _COMPARES.search(given.source)):
                return found[1]
    return ""


def is_by_key(call: Value | None) -> bool:
    """Whether a lookup asks for the row with a key and for nothing besides, such as whose row it is."""
    if not isinstance(call, Call) or not relation(call):
        return False
    sql = next(filter(None, map(constant_text, call.arguments)), "") if call.arguments else ""
    if sql:
        return _SQL_BY_KEY.search(sql) is not None
    return list(_asked(call)) == [True]


def is_by_path(call: Value | None, parameters: Collection[str]) -> bool:
    """Whether a lookup is given what the path names: `find_order(order_id)` at `/orders/{order_id}`."""
    if not isinstance(call, Call) or not (relation(call) or _FINDS.search(call.name)):
        return False
    steps = _steps(call) if relation(call) else (call,)
    given = [
        one
        for step in steps
        for value in (*step.arguments, *(value for _, value in step.keywords))
        for one in _plain(value)
    ]
    return any(
        (isinstance(one, Parameter | Reference) and _is_of_path(named(one), parameters))
        or (isinstance(one, Unknown) and any(re.search(rf"\b{re.escape(name)}\b", one.source) for name in parameters))
        for one in given
    )


def is_by_others(call: Value | None) -> bool:
    """Whether a lookup asks for what belongs to other things and by these alone: `Call.filter_by(lead_id=lead_id)`."""
    kind = relation(call).lower().replace("_", "").removesuffix("s")
    columns = list(_columns(call)) if isinstance(call, Call) and kind else []
    return bool(columns) and all(
        one.endswith("_id") and not kind.endswith(one.removesuffix("_id").replace("_", "").lower()) for one in columns
    )


def _is_of_path(name: str, parameters: Collection[str]) -> bool:
    """Whether a name is that of a path's parameter, or of its place in a request: `request.path_params.order_id`."""
    owner, _, last = name.rpartition(".")
    return last in parameters and (not owner or owner.endswith(("path_params", "kwargs", "view_args", "match_info")))


def _plain(value: Value) -> Iterator[Value]:
    """A value without what converts it: `ObjectId(order_id)`; of a filter, or what is bound to SQL, what is in it."""
    match value:
        case Record(entries=entries):
            for _, one in entries:
                yield from _plain(one)
        case Items(items=items):
            for one in items:
                yield from _plain(one)
        case Call(arguments=(one,), name=name) if name in _CONVERTS:
            yield one
        case _:
            yield value


def _columns(call: Call) -> Iterator[str]:
    """The columns that the conditions of a lookup name."""
    for one in _steps(call):
        yield from (name for name, _ in one.keywords if one.name in _ORM | _FILTERS and name not in _STEERS)
        filters = one.arguments[0] if one.name in _DOCUMENTS and one.arguments else None
        yield from filters.keys if isinstance(filters, Record) else ()
        compared = (_COMPARES.search(given.source) for given in one.arguments if isinstance(given, Unknown))
        yield from (found[2] for found in compared if found is not None)


def _asked(call: Call) -> Iterator[bool]:
    """Each condition of a lookup, whether it is that of a key."""
    if call.callee == _KEPT:
        yield True
        return
    for one in _steps(call):
        keywords = [name for name, _ in one.keywords if name not in _STEERS]
        yield from (name in _KEY for name in keywords)
        filters = one.arguments[0] if one.name in _DOCUMENTS and one.arguments else None
        yield from (name in _KEY for name in (filters.keys if isinstance(filters, Record) else ()))
        compared = [_COMPARES.search(given.source) for given in one.arguments if isinstance(given, Unknown)]
        if one.name in ("get", "aget") and one.arguments and not keywords:
            yield True
        else:
            yield from (found is not None and found[2] in _KEY for found in compared)
            yield from (False for given in one.arguments if isinstance(given, Parameter))


def is_for_new(project: Project, answer: Answer) -> bool:
    """Whether an answer is given because a row is there already of the kind that the same function inserts."""
    kind, place = relation(answer.response.finds), (answer.at.path, answer.response.function)
    if kind and inserts(project, place, kind):
        return True
    found, function = answer.response.finds, project.view(functions).get(place)
    if isinstance(found, Call) and found.callee == _KEPT:
        return True  # the reader tells of those only that the same function fills
    asked = _FOUND.match(found.name) if isinstance(found, Call) else None
    if asked is None or not isinstance(found, Call) or function is None:
        return False
    owner, thing = found.callee.rpartition(".")[0], asked[1] or asked[2] or ""
    makers = (
        _MAKES.match(name) and (at, name.partition("_")[2])
        for at, _, name in (one.rpartition(".") for one in function.calls)
    )
    return any(one and (one[1] == thing if thing and one[1] else owner and one[0] == owner) for one in makers)


def _steps(call: Call) -> Iterator[Call]:
    """A call, those that its receiver is made by, and the statement that it is given: `session.scalar(select(…))`."""
    one: Value | None = call
    while isinstance(one, Call):
        yield one
        for given in one.arguments:
            if isinstance(given, Call):
                yield from _steps(given)
        one = one.receiver
