"""Every route of the project, those among them that are rows of a table."""

from collections.abc import Iterator

from ..facts.http import Route, RouteTable
from ..facts.values import Call, Items, Record, Reference, Value, constant_text, options
from ..project import Project
from .resolve import resolve


def routes(project: Project) -> tuple[Route, ...]:
    """The view: the routes that files declare, then the rows of tables, each where it is written."""
    rows = (route for table in project.facts(RouteTable) for route in _rows(project, table))
    return (*project.facts(Route), *dict.fromkeys(rows))


def _rows(project: Project, table: RouteTable) -> Iterator[Route]:
    listed = resolve(project, table.rows)
    for row in listed.items if isinstance(listed, Items) else ():
        for one in options(row):
            if isinstance(one, Record):
                yield from _of(one, table)


def _of(row: Record, table: RouteTable) -> Iterator[Route]:
    """The routes of one row: one for each method that it names."""
    method, path, handler = (_first(row, keys) for keys in (table.method, table.path, table.handler))
    methods = method.items if isinstance(method, Items) else (method,)
    answering = _function(handler)
    guards = (_function(guard) or key for key in table.guards if (guard := row.get(key)) is not None)
    known = tuple(guards)
    for name in filter(None, map(constant_text, methods)):
        yield Route(
            row.at,
            table.framework,
            name.upper(),
            constant_text(path),
            answering,
            table.router,
            known,
            router_path=table.at.path,
        )


def _first(row: Record, keys: tuple[str, ...]) -> Value | None:
    return next((value for key in keys if (value := row.get(key)) is not None), None)


def _function(value: Value | None) -> str:
    """The name of a function, one that is wrapped by another included: `asyncHandler(list)`; `""` where it has none."""
    if isinstance(value, Call) and value.arguments:
        return _function(value.arguments[-1])
    return value.name if isinstance(value, Reference) else ""
