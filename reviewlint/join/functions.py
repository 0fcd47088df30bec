"""The functions of a project by where they stand."""

from ..facts.code import Class, Function
from ..project import Project


def functions(project: Project) -> dict[tuple[str, str], Function]:
    """The view: the functions of the project by file and qualified name; of several with one name the last."""
    return {(fact.at.path, fact.name): fact for fact in project.facts(Function)}


def classes(project: Project) -> dict[tuple[str, str], Class]:
    """The view: the classes of the project, in the same way."""
    return {(fact.at.path, fact.name): fact for fact in project.facts(Class)}
