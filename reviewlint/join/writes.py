"""What functions write to a database: SQL, query builders, and the calls of ORMs that cannot mean anything else."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..facts.data import ModelAccess, Query, RowWrite, TableAccess
from ..facts.location import Location
from ..facts.values import Call, Record, Value, rendered
from ..project import Project
from .endpoints import Endpoint, reached
from .functions import functions
from .places import called
from .statements import statements

CALLS_AWAY = 2
"""How many calls away from its handler a write still counts as the endpoint's own."""


@dataclass(frozen=True, slots=True)
class Write:
    """One write. `operation` is `insert`, `update` or `delete`; `table` is `""` where it is not known.

    `text` is the SQL with holes, or the call as the code spells it. `function` is where it stands. `fields` are the
    columns that are written and `value` what is written to them, where that is known.
    """

    at: Location
    operation: str
    table: str
    text: str
    function: str
    fields: tuple[str, ...] = ()
    value: Value | None = None


_OPERATIONS = {"insert": "insert", "upsert": "insert", "update": "update", "delete": "delete"}


def writes(project: Project) -> Mapping[tuple[str, str], tuple[Write, ...]]:
    """The view: the writes of each function, by its file and qualified name."""
    found: dict[tuple[str, str], list[Write]] = defaultdict(list)
    parsed = project.view(statements)
    for query in project.facts(Query):
        for one in dict.fromkeys(write for statement in parsed.get(query.at, ()) for write in statement.writes):
            operation = "update" if one.operation == "merge" else one.operation
            value = query.parameters if operation != "delete" else None
            table = one.table.rpartition(".")[2]
            write = Write(query.at, operation, table, rendered(query.text), query.function, (), value)
            found[query.at.path, query.function].append(write)
    for access in project.facts(TableAccess):
        if access.operation in _OPERATIONS:
            text = f"{access.client}.{access.operation}()"
            operation = _OPERATIONS[access.operation]
            given = next((one for one in access.calls if isinstance(one, Call) and one.name == access.operation), None)
            value = given.arguments[0] if given is not None and given.arguments and operation != "delete" else None
            fields = value.keys if isinstance(value, Record) else ()
            write = Write(access.at, operation, access.relation or "", text, access.function, fields, value)
            found[access.at.path, access.function].append(write)
    for row in project.facts(RowWrite):
        text = f"{row.call}({', '.join(row.fields)})" if row.fields else row.call
        found[row.at.path, row.function].append(
            Write(row.at, row.operation, row.table, text, row.function, row.fields, row.value)
        )
    for model in project.facts(ModelAccess):
        if model.operation in _OPERATIONS:
            data = model.argument.get("data") if isinstance(model.argument, Record) else None
            fields = data.keys if isinstance(data, Record) else ()
            text = f"{model.model}.{model.call}({', '.join(fields)})"
            operation = "update" if model.operation == "upsert" else model.operation
            found[model.at.path, model.function].append(
                Write(model.at, operation, model.model, text, model.function, fields, data)
            )
    return {place: tuple(several) for place, several in found.items()}


def written_by(project: Project, endpoint: Endpoint) -> Iterator[Write]:
    """What answering a request of `endpoint` writes, the handler's own writes first."""
    if endpoint.handler_path:
        known = project.view(writes)
        for place in reached(project, endpoint.handler_path, endpoint.handler, CALLS_AWAY):
            yield from known.get(place, ())


def way_to(project: Project, place: tuple[str, str], write: Write, calls: int = CALLS_AWAY) -> tuple[Location, ...]:
    """The calls by which the function at `place` (path, name) comes to a write, which is the last.

    Empty where no way there is seen.
    """
    if (write.at.path, write.function) == place:
        return (write.at,)
    function = project.view(functions).get(place)
    for callee in function.calls if function is not None and calls else ():
        target = called(project, function, callee) if function is not None else None
        rest = way_to(project, target, write, calls - 1) if target is not None else ()
        made = project.calls_made(place[0], {callee.rpartition(".")[2]}) if rest else ()
        here = [one.at for one in made if one.function == place[1] and one.callee == callee]
        if here:
            return (here[0], *rest)
    return ()


def inserts(project: Project, place: tuple[str, str], kind: str) -> bool:
    """Whether the function at `place` (path, name) inserts into the table of a kind, spelled as a model or a table."""
    made = project.view(writes).get(place, ())
    return any(write.operation == "insert" and _stem(write.table) == _stem(kind) for write in made)


def _stem(name: str) -> str:
    return name.rpartition(".")[2].replace("_", "").lower().removesuffix("s")
