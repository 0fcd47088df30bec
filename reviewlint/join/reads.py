"""Which functions read whole tables: no filter, no limit, no page, whatever they ask with."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..facts.code import Function
from ..facts.data import ModelAccess, Query, TableAccess
from ..facts.location import Location
from ..facts.values import Call, Constant, Record, Text, Value, constant_text
from ..project import Project
from .statements import statements


@dataclass(frozen=True, slots=True)
class WholeRead:
    """A read of every row. `table` is `""` where it is not known, `call` how the code spells it, `limit` the cure.

    `at` is the function where the call itself is not known by its place.
    """

    at: Location
    table: str
    call: str
    limit: str


_NARROWS = frozenset(
    """eq neq gt gte lt lte like ilike likeAllOf likeAnyOf ilikeAllOf ilikeAnyOf is is_ in in_ contains containedBy
    contained_by rangeGt rangeGte rangeLt rangeLte rangeAdjacent range_gt range_gte range_lt range_lte range_adjacent
    overlaps ov textSearch text_search fts match not not_ or or_ filter cs cd single maybeSingle maybe_single limit
    range""".split()
)
_MAPPED = re.compile(
    r"(?:(?:^|\.)query\(\)|(?:^|\.)[A-Z]\w*\.query)(?:\.(?:order_by|options|distinct|populate_existing)\(\))*\.all$"
)
_SELECT = re.compile(r"^(?:sqlalchemy|sqlmodel)(?:\.\w+)*\.select$")
_ALL_OF = re.compile(r"(?:\.|^)(?:exec|execute|scalars)\(\)(?:\.(?:scalars|unique|mappings)\(\))*\.all$")
_LESS = re.compile(
    r"where|filter|limit|offset|join|pagina|page|group_by|having|slice|count|func\.|scope|apply|first|one\b|scalar\b|from",
    re.IGNORECASE,
)
_MODEL = re.compile(r"(?:^|\.)([A-Z]\w*)\.query\.")


def whole_reads(project: Project) -> Mapping[tuple[str, str], tuple[WholeRead, ...]]:
    """The view: the reads of whole tables that each function makes, by its file and qualified name."""
    found: dict[tuple[str, str], list[WholeRead]] = defaultdict(list)
    for function, read in (*_by_builders(project), *_by_sql(project), *_by_models(project), *_by_sessions(project)):
        found[read.at.path, function].append(read)
    return {place: tuple(several) for place, several in found.items()}


def _by_builders(project: Project) -> Iterator[tuple[str, WholeRead]]:
    for access in project.facts(TableAccess):
        calls = [call for call in access.calls if isinstance(call, Call)]
        names = {call.name for call in calls}
        if access.operation != "select" or not access.relation or len(calls) < len(access.calls):
            continue
        if access.awaited and not names & _NARROWS and not _counts(calls):
            yield access.function, WholeRead(access.at, access.relation, "`.select()`", "`.range(from, to)`")


def _counts(calls: list[Call]) -> bool:
    """Whether only the number of rows is wanted, or nobody knows what."""
    for call in calls:
        if call.name == "select":
            wanted = call.arguments[1] if len(call.arguments) > 1 else call.keyword("head")
            head = wanted.get("head") if isinstance(wanted, Record) else wanted
            aggregates = "count" in (constant_text(call.arguments[0]) or "" if call.arguments else "")
            return aggregates or (head is not None and not (isinstance(head, Constant) and head.value is False))
    return True


def _by_sql(project: Project) -> Iterator[tuple[str, WholeRead]]:
    parsed = project.view(statements)
    for query in project.facts(Query):
        read = [one.whole.rpartition(".")[2] for one in parsed.get(query.at, ()) if one.whole]
        if query.certain and read and isinstance(query.text, Constant | Text):
            yield query.function, WholeRead(query.at, read[0], f"`{query.call}`", "`LIMIT`, with a cursor or an offset")


def _by_models(project: Project) -> Iterator[tuple[str, WholeRead]]:
    for access in project.facts(ModelAccess):
        if access.call == "findMany" and access.awaited and not _is_narrowed(access.argument):
            yield (
                access.function,
                WholeRead(access.at, access.model, "`.findMany()`", "`take`, with a `cursor` or `skip`"),
            )


def _is_narrowed(argument: Value | None) -> bool:
    """Whether Prisma is given a filter or a page, or something that nobody followed."""
    if argument is None:
        return False
    if not isinstance(argument, Record) or argument.open:
        return True
    return any(key in ("where", "take", "skip", "cursor", "distinct") for key in argument.keys)


def _by_sessions(project: Project) -> Iterator[tuple[str, WholeRead]]:
    """SQLAlchemy: `session.query(Order).all()`, `Order.query.all()`, `session.exec(select(Order)).all()`."""
    for function in project.facts(Function):
        for callee in function.calls:
            if callee.endswith(".all") and _MAPPED.search(callee):
                model = _MODEL.search(callee)
                read = WholeRead(function.at, model[1] if model else "", "`.all()`", "`.limit(…)`, with a cursor")
                yield function.name, read
        selects = any(map(_SELECT.match, function.calls)) and any(map(_ALL_OF.search, function.calls))
        if selects and not any(map(_LESS.search, function.calls)):
            yield function.name, WholeRead(function.at, "", "`select(…)`", "`.limit(…)`, with a cursor")
