"""What the SQL of each query does, and that in the bodies of functions, as far as it was parsed."""

from collections import defaultdict
from collections.abc import Mapping

from ..facts.location import Location
from ..facts.schema import Function
from ..facts.statements import SqlStatement
from ..project import Project
from .databases import databases


def statements(project: Project) -> Mapping[Location, tuple[SqlStatement, ...]]:
    """The view: the statements that the text of a query may hold, by the place of its call."""
    found: dict[Location, list[SqlStatement]] = defaultdict(list)
    for statement in project.facts(SqlStatement):
        found[statement.at].append(statement)
    return {at: tuple(dict.fromkeys(several)) for at, several in found.items()}


def routines(project: Project) -> tuple[tuple[Function, SqlStatement], ...]:
    """The view: the statements in the bodies of functions that are there at the end of the migrations, in order."""
    inside: dict[str, list[SqlStatement]] = defaultdict(list)
    for statement in project.facts(SqlStatement):
        inside[statement.at.path].append(statement)
    found: dict[SqlStatement, Function] = {}
    for database in project.view(databases):
        for function in database.functions.values():
            place = function.defined or function.made
            if place is not None and not function.platform:
                found.update({one: function for one in inside.get(place.path, ()) if place.holds(one.at)})
    return tuple((function, one) for one, function in sorted(found.items(), key=lambda item: item[0].at))
