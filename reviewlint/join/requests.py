"""What tests request: every path as far as its own file, other files, fixtures and the callers of helpers tell."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ..facts.algebra import choice, put_in
from ..facts.code import Function
from ..facts.data import CallMade
from ..facts.file import Side
from ..facts.location import Location
from ..facts.tests import RequestedRoute, TestCase
from ..facts.values import Call, Choice, Constant, Parameter, Reference, Text, Unknown, Value, holes, options, rendered
from ..project import Project
from .functions import calling_named, classes, functions
from .places import located
from .resolve import resolve

MAX_CALLERS = 3
"""How many helpers may hand a path on to each other."""

_LOOK_UP = frozenset({"reverse", "reverse_lazy", "url_for", "url_path_for"})
_OWN = frozenset({"self", "cls", "this"})
_EACH = re.compile(r"\.(?:each|for)\(.*@(\d+)$", re.DOTALL)
"""The function of a case that is repeated for each row of the table before it, and its line."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request. `paths` are what it may ask for, `()` where only running it tells; `name` is that of its route.

    `at` is where a test makes it: of what a helper requests, the call of the helper. `helper` is the function of which
    it is known that it requests what its callers say, where none of them is known: what they say may be a request, too.
    """

    at: Location
    method: str
    paths: tuple[Value, ...]
    name: str = ""
    helper: str = ""


def test_files(project: Project) -> frozenset[str]:
    """The view: the paths of files that are tests or hold any."""
    paths = {path for path, file in project.files.items() if file.side is Side.TEST}
    return frozenset(paths | {case.at.path for case in project.facts(TestCase)})


def requests(project: Project) -> tuple[Asked, ...]:
    """The view: all that test files request; what is looked up by its name is there by that alone."""
    tests = project.view(test_files)
    facts = (fact for fact in project.facts(RequestedRoute) if fact.at.path in tests)
    every = [one for fact in facts if not _is_left_over(project, fact) for one in _asked(project, fact)]
    methods: dict[tuple[str, int], set[str]] = defaultdict(set)
    for one in every:
        methods[one.at.path, one.at.line].add(one.method)
    # A helper that hands the method on is given it where it is called: `api.post("/orders")`.
    told = {place: next(iter(known)) for place, several in methods.items() if len(known := several - {"*"}) == 1}
    return tuple(
        replace(one, method=told.get((one.at.path, one.at.line), "*")) if one.method == "*" else one for one in every
    )


def _is_left_over(project: Project, fact: RequestedRoute) -> bool:
    """Whether a request stands in a method of a client that tests have, and that nobody calls by its name."""
    owner, dot, last = fact.function.partition("@")[0].rpartition(".")
    if not dot or (fact.at.path, owner) not in project.view(classes) or project.facts_of(fact.at.path, TestCase):
        return False
    return next(calling_named(project, last), None) is None


def _asked(project: Project, fact: RequestedRoute) -> Iterator[Asked]:
    if fact.name:
        yield Asked(fact.at, fact.method, (), fact.name)
    elif not _is_looked_up(project, fact):  # else another fact tells the name
        path = _of_table(project, fact.at.path, fact.path)
        given = list(_filled(project, fact.at, fact.function, path, MAX_CALLERS))
        open_ = any(isinstance(one, Parameter) and one.function == fact.function for one in holes(path))
        helper = "" if given or "@" in fact.function or not open_ else fact.function
        for at, told in given or [(fact.at, path)]:
            yield Asked(at, fact.method, tuple(_paths(project, told)), helper=helper)


def _is_looked_up(project: Project, fact: RequestedRoute) -> bool:
    """Whether a path is what looks a route up by its name, or what a function of the same file gives that does so."""
    if not isinstance(fact.path, Call):
        return False
    looking = {one.function.partition(".")[0] for one in project.facts_of(fact.at.path, RequestedRoute) if one.name}
    return fact.path.name in _LOOK_UP or fact.path.callee in looking - {""}


def _of_table(project: Project, file: str, path: Value) -> Value:
    """A path with what the table of cases says of it, in place of the parameters of a test that is repeated for it."""
    for one in holes(path):
        if isinstance(one, Parameter) and (line := _EACH.search(one.function)) is not None:
            before = [fact for fact in project.facts_of(file, RequestedRoute) if fact.at.line <= int(line[1])]
            nearest = max((fact.at for fact in before), default=None)
            cells = [fact.path for fact in before if fact.at == nearest and isinstance(fact.path, Constant)]
            if cells:
                path = put_in(path, one.function, {one.name: choice(one.at, cells)}, one.at)
    return path


def _paths(project: Project, value: Value) -> Iterator[Value]:
    """What a value may be as a path; nothing where only its name is known, and no file says what it is."""
    value = _bare(value)
    named = isinstance(value, Reference | Call | Parameter | Unknown | Choice)
    resolved = resolve(project, value)
    for path in options(resolved) if named else (resolved,):
        if not named or (isinstance(path, Constant | Text) and "/" in rendered(path)):
            yield path


def _bare(value: Value) -> Value:
    """What a URL is made of that is made for the request alone: `new URL(path, base).toString()`, `str(url)`."""
    while isinstance(value, Call):
        if value.callee in ("URL", "str") and value.arguments:
            value = value.arguments[0]
        elif value.name in ("toString", "href") and value.receiver is not None:
            value = value.receiver
        else:
            break
    return value


def _filled(project: Project, at: Location, function: str, path: Value, hops: int) -> Iterator[tuple[Location, Value]]:
    """A path with what the callers of its function give for the parameters in it, and where; nothing without any."""
    wanted = {one.name for one in holes(path) if isinstance(one, Parameter) and one.function == function}
    helper = project.view(functions).get((at.path, function)) if wanted and hops else None
    if helper is None:
        return
    fixed = {name: value for name in wanted if (value := _fixture(project, at.path, name)) is not None}
    if fixed:
        yield at, put_in(path, function, fixed, at)
        return
    for made in _calls_of(project, helper):
        given = dict(helper.defaults)
        given.update(zip(helper.parameters, made.arguments, strict=False))
        given.update(made.keywords)
        told = put_in(path, function, given, made.at)
        yield from list(_filled(project, made.at, made.function, told, hops - 1)) or [(made.at, told)]


def _fixture(project: Project, path: str, name: str) -> Value | None:
    """What pytest gives for a parameter: what the nearest function of its name returns (pytest, "conftest.py")."""
    known = project.view(functions)
    folder = path.rpartition("/")[0]
    while path.endswith(".py"):
        found = known.get((path, name))
        if found is not None and found.returns:
            return choice(found.at, found.returns)
        if path == "conftest.py":
            break
        path = f"{folder}/conftest.py" if folder else "conftest.py"
        folder = folder.rpartition("/")[0]
    return None


def _calls_of(project: Project, helper: Function) -> Iterator[CallMade]:
    """The calls of a function in the tests, as far as they say which it is; of a method, those on its own object."""
    place, last = (helper.at.path, helper.name), helper.name.rpartition(".")[2]
    tests = project.view(test_files)
    calling: dict[str, set[str]] = defaultdict(set)
    for callee, caller in calling_named(project, last):
        if caller.at.path in tests and (caller.at.path, caller.name) != place:
            own = callee.rpartition(".")[0] in _OWN and "." in helper.name
            if own or located(project, caller.at.path, callee) == place:
                calling[caller.at.path].add(callee)
    for path, callees in calling.items():
        yield from (made for made in project.calls_made(path, {last}) if made.callee in callees)
