"""What functions write to a database: SQL, query builders, and the calls of ORMs that cannot mean anything else."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..facts.code import Function
from ..facts.data import Query, TableAccess
from ..facts.location import Location
from ..facts.values import rendered
from ..project import Project
from .endpoints import Endpoint, reached

CALLS_AWAY = 2
"""How many calls away from its handler a write still counts as the endpoint's own."""


@dataclass(frozen=True, slots=True)
class Write:
    """One write. `operation` is `insert`, `update` or `delete`; `table` is `""` where it is not known.

    `text` is the SQL with holes, or the call as the code spells it. `function` is where it stands.
    """

    at: Location
    operation: str
    table: str
    text: str
    function: str


_SQL = re.compile(
    r"""^\s*(?:with\b.*?\)\s*)?(insert\s+into|update|delete\s+from)\s+(?:only\s+)?["'`]?((?:\w+["'`]?\.["'`]?)?\w+)""",
    re.IGNORECASE | re.DOTALL,
)
_OPERATIONS = {"insert": "insert", "upsert": "insert", "update": "update", "delete": "delete"}
_ORM = (
    (re.compile(r"(?:^|[._])(?:session|db|db_session|tx)\.(?:add|add_all)$"), "insert", 0),
    (re.compile(r"(?:^|[._])(?:session|db_session)\.delete$"), "delete", 0),
    (re.compile(r"(\w+)\.objects\.(?:create|bulk_create|acreate)$"), "insert", 1),
    (re.compile(r"prisma\w*\.(\w+)\.(?:create|createMany|createManyAndReturn)$"), "insert", 1),
    (re.compile(r"prisma\w*\.(\w+)\.(?:update|updateMany|upsert)$"), "update", 1),
    (re.compile(r"prisma\w*\.(\w+)\.(?:delete|deleteMany)$"), "delete", 1),
    (re.compile(r"(\w+)\.(?:insertOne|insertMany)$"), "insert", 1),
    (re.compile(r"(\w+)\.(?:updateOne|updateMany|findOneAndUpdate|findByIdAndUpdate)$"), "update", 1),
    (re.compile(r"(\w+)\.(?:deleteOne|deleteMany|findOneAndDelete|findByIdAndDelete)$"), "delete", 1),
)
"""Callees of ORMs that write, what they do, and the group that names the table (0: none)."""
_LAST = re.compile(
    r"\.(?:add|add_all|delete|a?create|bulk_create|upsert|(?:create|update|delete|insert)(?:Many|One)\w*|update|findOneAnd\w+|findByIdAnd\w+)$"
)
"""What each of them ends with, to look at the others only once."""


def writes(project: Project) -> Mapping[tuple[str, str], tuple[Write, ...]]:
    """The view: the writes of each function, by its file and qualified name."""
    found: dict[tuple[str, str], list[Write]] = defaultdict(list)
    for query in project.facts(Query):
        text = rendered(query.text)
        match = _SQL.match(text)
        if match:
            operation = match[1].split()[0].lower()
            table = re.sub(r"[\"'`]", "", match[2]).rpartition(".")[2]
            found[query.at.path, query.function].append(Write(query.at, operation, table, text, query.function))
    for access in project.facts(TableAccess):
        if access.operation in _OPERATIONS:
            text = f"{access.client}.{access.operation}()"
            operation = _OPERATIONS[access.operation]
            write = Write(access.at, operation, access.relation or "", text, access.function)
            found[access.at.path, access.function].append(write)
    for function in project.facts(Function):
        for callee in filter(_LAST.search, function.calls):
            for pattern, operation, group in _ORM:
                if match := pattern.search(callee):
                    table = match[group] if group else ""
                    called = f"{callee.rpartition('/')[2]}()"
                    write = Write(function.at, operation, table, called, function.name)
                    found[function.at.path, function.name].append(write)
    return {place: tuple(several) for place, several in found.items()}


def written_by(project: Project, endpoint: Endpoint) -> Iterator[Write]:
    """What answering a request of `endpoint` writes, the handler's own writes first."""
    if endpoint.handler_path:
        known = project.view(writes)
        for place in reached(project, endpoint.handler_path, endpoint.handler, CALLS_AWAY):
            yield from known.get(place, ())
