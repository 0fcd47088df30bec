"""The functions of a project by where they stand, and by what they call."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping

from ..facts.code import Class, Function
from ..project import Project


def functions(project: Project) -> dict[tuple[str, str], Function]:
    """The view: the functions of the project by file and qualified name; of several with one name the last."""
    return {(fact.at.path, fact.name): fact for fact in project.facts(Function)}


def classes(project: Project) -> dict[tuple[str, str], Class]:
    """The view: the classes of the project, in the same way."""
    return {(fact.at.path, fact.name): fact for fact in project.facts(Class)}


def by_callee(project: Project) -> Mapping[str, list[Function]]:
    """The view: the functions that call something, by what they call it."""
    found: dict[str, list[Function]] = defaultdict(list)
    for fact in project.facts(Function):
        for callee in fact.calls:
            found[callee].append(fact)
    return found


def callees(project: Project) -> Mapping[str, list[str]]:
    """The view: what is called in the project, by its last name."""
    found: dict[str, list[str]] = defaultdict(list)
    for callee in project.view(by_callee):
        found[callee.rpartition(".")[2]].append(callee)
    return found


def calling_named(project: Project, last: str) -> Iterator[tuple[str, Function]]:
    """What is called by this last name, with each function that calls it so."""
    for callee in project.view(callees).get(last, ()):
        yield from ((callee, function) for function in project.view(by_callee)[callee])


def calling(project: Project, means: Callable[[str], object]) -> Iterator[Function]:
    """The functions that call anything that is meant; each name is asked for once, however many call it."""
    for callee, callers in project.view(by_callee).items():
        if means(callee):
            yield from callers
