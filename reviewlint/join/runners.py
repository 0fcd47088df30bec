"""The project's own ways to run queries: functions that hand a parameter to a driver as SQL text.

A call of such a function is a query like any other.
"""

from collections.abc import Iterator, Mapping

from ..facts.code import Class, Function
from ..facts.data import HandedQuery, Query
from ..facts.values import Call, Parameter, Text, Value, options
from ..project import Project
from .places import located

HOPS = 3
"""How many wrappers around wrappers are followed."""


def queries(project: Project) -> tuple[Query, ...]:
    """The view: every query, those through the project's own functions included, by path and then by place."""
    return tuple(sorted((*project.view(_direct), *project.view(wrapped)), key=lambda query: query.at))


def _direct(project: Project) -> tuple[Query, ...]:
    """The view: the queries that drivers are handed, each once."""
    once = {(query.at, query.text.at): query for query in reversed(project.facts(Query))}
    return tuple(sorted(once.values(), key=lambda query: query.at))


def wrapped(project: Project) -> Mapping[Query, Query]:
    """The view: the queries that go through the project's own functions, each with the one that a driver is handed."""
    direct = project.view(_direct)
    seen = {(query.at.path, query.at.line, query.at.column) for query in direct}
    functions = {(fact.at.path, fact.name): fact for fact in project.facts(Function)}
    handed = [(one, place) for one in project.facts(HandedQuery) if (place := _runner(project, one, functions))]
    runs: dict[tuple[str, str, str], Query] = {}
    for query in direct:
        _add(runs, query, query.text)
    found: dict[HandedQuery, Query] = {}
    ends: dict[Query, Query] = {}
    for _ in range(HOPS):
        before = len(runs), len(found)
        for one, (path, name) in handed:
            parameter = _parameter(functions[path, name], one.argument)
            inner = runs.get((path, name, parameter)) if parameter else None
            if inner is None or one in found or (one.at.path, one.at.line, one.at.column) in seen:
                continue
            style, certain = inner.paramstyle, inner.certain
            known = Query(one.at, one.function, inner.driver, one.call, one.text, one.parameters, style, certain)
            found[one], ends[known] = known, ends.get(inner, inner)
            _add(runs, known, one.text)
        if (len(runs), len(found)) == before:
            break
    return ends


def _add(runs: dict[tuple[str, str, str], Query], query: Query, text: Value) -> None:
    for option in _wholes(text):
        if isinstance(option, Parameter) and not option.path:
            runs.setdefault((query.at.path, option.function, option.name), query)


def _wholes(text: Value) -> Iterator[Value]:
    """What a text is as a whole: its options, and what only stands alone in an f-string or a `text(…)`."""
    for option in options(text):
        if isinstance(option, Text) and len(option.parts) == 1:
            yield option.parts[0]
        elif isinstance(option, Call) and option.name == "text" and len(option.arguments) == 1:
            yield option.arguments[0]
        else:
            yield option


def _runner(
    project: Project, handed: HandedQuery, functions: dict[tuple[str, str], Function]
) -> tuple[str, str] | None:
    """The function of the project that is called, by file and name."""
    owner, _, name = handed.callee.rpartition(".")
    if owner in ("self", "this", "cls"):
        return _method(project, (handed.at.path, handed.function.split(".")[0]), name, functions, HOPS)
    found = located(project, handed.at.path, handed.callee)
    return found if found in functions else None


def _method(
    project: Project, klass: tuple[str, str], name: str, functions: dict[tuple[str, str], Function], hops: int
) -> tuple[str, str] | None:
    """The method of a class, or of one that it inherits from in at most `hops` steps."""
    path, owner = klass
    if (path, f"{owner}.{name}") in functions:
        return path, f"{owner}.{name}"
    for base in project.view(_bases).get(klass, ()) if hops else ():
        place = located(project, path, base)
        found = _method(project, place, name, functions, hops - 1) if place is not None else None
        if found is not None:
            return found
    return None


def _bases(project: Project) -> dict[tuple[str, str], tuple[str, ...]]:
    """The view: what each class of the project inherits from."""
    return {(fact.at.path, fact.name): fact.bases for fact in project.facts(Class)}


def _parameter(function: Function, argument: int | str) -> str:
    """The name of the parameter that takes an argument, `""` where there is none."""
    if isinstance(argument, str):
        return argument if argument in function.parameters else ""
    return function.parameters[argument] if argument < len(function.parameters) else ""
