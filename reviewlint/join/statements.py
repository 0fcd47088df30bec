"""What the SQL of each query does, as far as it was parsed."""

from collections import defaultdict
from collections.abc import Mapping

from ..facts.location import Location
from ..facts.statements import SqlStatement
from ..project import Project


def statements(project: Project) -> Mapping[Location, tuple[SqlStatement, ...]]:
    """The view: the statements that the text of a query may hold, by the place of its call."""
    found: dict[Location, list[SqlStatement]] = defaultdict(list)
    for statement in project.facts(SqlStatement):
        found[statement.at].append(statement)
    return {at: tuple(dict.fromkeys(several)) for at, several in found.items()}
