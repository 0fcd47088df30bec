"""What tests request: every path as far as its own file, other files, fixtures and the callers of helpers tell."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ..facts.algebra import OPTIONS, choice, put_in, text
from ..facts.code import Definition, Function
from ..facts.data import CallMade
from ..facts.file import Side
from ..facts.location import Location
from ..facts.tests import RequestedRoute, TestCase
from ..facts.values import (
    Call,
    Choice,
    Constant,
    Parameter,
    Record,
    Reference,
    Text,
    Unknown,
    Value,
    constant_text,
    holes,
    options,
    rendered,
)
from ..project import Project
from .functions import calling_named, classes, functions
from .places import located, method_of
from .resolve import resolve

MAX_CALLERS = 3
"""How many helpers may hand a path on to each other."""

_LOOK_UP = frozenset({"reverse", "reverse_lazy", "url_for", "url_path_for"})
_OWN = frozenset({"self", "cls", "this"})
_VERBS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
_HOLE = "\0"
_EACH = re.compile(r"\.(?:each|for)\(.*@(\d+)$", re.DOTALL)
"""The function of a case that is repeated for each row of the table before it, and its line."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request. `paths` are what it may ask for, `()` where only running it tells; `name` is that of its route.

    `at` is where a test makes it: of what a helper requests, the call of the helper. `helper` is the function of which
    it is known that it requests what its callers say, where none of them is known: what they say may be a request, too.
    `through_helper` where a caller of one says what is asked for.
    """

    at: Location
    method: str
    paths: tuple[Value, ...]
    name: str = ""
    helper: str = ""
    through_helper: bool = False


def test_files(project: Project) -> frozenset[str]:
    """The view: the paths of files that are tests or hold any."""
    paths = {path for path, file in project.files.items() if file.side is Side.TEST}
    return frozenset(paths | {case.at.path for case in project.facts(TestCase)})


def requests(project: Project) -> tuple[Asked, ...]:
    """The view: all that test files request; what is looked up by its name is there by that alone."""
    tests = project.view(test_files)
    facts = [fact for fact in project.facts(RequestedRoute) if fact.at.path in tests]
    every = _told_once([one for fact in facts if not _is_left_over(project, fact) for one in _asked(project, fact)])
    methods: dict[tuple[str, int], set[str]] = defaultdict(set)
    for one in every:
        methods[one.at.path, one.at.line].add(one.method)
    # A helper that hands the method on is given it where it is called: `api.post("/orders")`.
    told = {place: next(iter(known)) for place, several in methods.items() if len(known := several - {"*"}) == 1}
    looked_up = _looked_up_for(facts)
    return tuple(
        replace(one, method=looked_up.get(one.at, "*") if one.name else told.get((one.at.path, one.at.line), "*"))
        if one.method == "*"
        else one
        for one in every
    )


def _looked_up_for(facts: Collection[RequestedRoute]) -> Mapping[Location, str]:
    """The method of a request by where in it its path is looked up: `client.post(reverse("orders"))`."""
    return {
        fact.path.at: fact.method
        for fact in facts
        if isinstance(fact.path, Call) and fact.method != "*" and fact.at.holds(fact.path.at)
    }


def _is_left_over(project: Project, fact: RequestedRoute) -> bool:
    """Whether a request stands in a method of a client that tests have, and that nobody calls by its name."""
    owner, dot, last = fact.function.partition("@")[0].rpartition(".")
    if not dot or (fact.at.path, owner) not in project.view(classes) or project.facts_of(fact.at.path, TestCase):
        return False
    return next(calling_named(project, last), None) is None


def _told_once(every: list[Asked]) -> list[Asked]:
    """All of it but what a helper is given that makes more of it: `self.call("POST", "/users")` for `/api/users`."""
    made: dict[str, list[tuple[Location, str]]] = defaultdict(list)
    for one in every:
        if one.through_helper:
            made[one.at.path] += ((one.at, rendered(path, _HOLE)) for path in one.paths)
    return [one for one in every if one.through_helper or not _is_made_more_of(one, made.get(one.at.path, ()))]


def _is_made_more_of(one: Asked, made: Collection[tuple[Location, str]]) -> bool:
    said = [rendered(path, _HOLE) for path in one.paths]
    whole = [path for at, path in made if at.holds(one.at)]
    return bool(said and whole) and all(any(part != path and path.endswith(part) for path in whole) for part in said)


def _asked(project: Project, fact: RequestedRoute) -> Iterator[Asked]:
    if fact.name:
        yield Asked(fact.at, fact.method, (), fact.name)
        return
    said = _of_closure(project, fact)
    path = _of_table(project, fact.at.path, said)
    given = list(_filled(project, fact.at, fact.function, path, MAX_CALLERS, handed=fact.options))
    by_name = said is fact.path and _is_looked_up(project, fact)
    for at, told, verb in given or [(fact.at, one, "*") for one in _of_classes(project, fact, path)]:
        method = verb if fact.method == "*" else fact.method
        names = list(dict.fromkeys(name for user in _users(project, fact) for name in _names(project, told, user)))
        if by_name or names:  # one that is known in its own file is told by another fact
            yield from (Asked(at, method, (), name) for name in names if given or not by_name)
        else:
            helper = _told_what(told, at.path)
            yield Asked(at, method, tuple(_paths(project, told)), helper=helper, through_helper=bool(given))


def _told_what(path: Value, file: str) -> str:
    """The function of a file whose callers say what is in a path, and are not known; `""` where there is none."""
    left = (one for one in holes(path) if isinstance(one, Parameter) and one.at.path == file)
    return next((one.function for one in left if "@" not in one.function), "")


def _users(project: Project, fact: RequestedRoute) -> Sequence[tuple[str, str] | None]:
    """The class that a request is made in, and those of tests that are made from it."""
    owner = _owner(project, fact.at.path, fact.function)
    return (owner, *project.view(_below).get(owner, ())) if owner is not None else (None,)


def _is_looked_up(project: Project, fact: RequestedRoute) -> bool:
    """Whether a path is what looks a route up by its name, or what a function of the same file gives that does so."""
    if not isinstance(fact.path, Call):
        return False
    named = [one for one in project.facts_of(fact.at.path, RequestedRoute) if one.name]
    looking = {one.function.partition(".")[0] for one in named}
    return (
        fact.path.name in _LOOK_UP
        or fact.path.callee in looking - {""}
        or ("." not in fact.path.callee and any(one.at == fact.path.at for one in named))
    )


def _looked_up(path: Value) -> tuple[Value, ...]:
    """What a path is looked up by, where it is; else the path."""
    return path.arguments[:1] if isinstance(path, Call) and path.name in _LOOK_UP else (path,)


def _names(project: Project, path: Value, owner: tuple[str, str] | None, hops: int = MAX_CALLERS) -> Iterator[str]:
    """The names of routes that a path is looked up by, once it is known what a helper is given for them.

    A helper may be a method of the class `owner` that asks, a property, or one that it has from its bases:
    `self.link("list")`. What these say of themselves is what it says.
    """
    for one in options(path):
        if isinstance(one, Reference) and owner is not None and one.name.partition(".")[0] in _OWN:
            one = Call(one.at, one.name, ())
        if not isinstance(one, Call) or not hops:
            continue
        if one.name in _LOOK_UP:
            for first in one.arguments[:1]:
                yield from filter(None, map(_without_namespace, options(resolve(project, first))))
            continue
        receiver, _, method = one.callee.rpartition(".")
        own = method_of(project, *owner, method) if owner is not None and receiver in _OWN else None
        place = own or located(project, one.at.path, one.callee)
        helper = project.view(functions).get(place) if place is not None else None
        if helper is not None:
            home = _owner(project, helper.at.path, helper.name)
            given = {**dict(helper.defaults), **dict(zip(helper.parameters, one.arguments, strict=False))}
            for returned in helper.returns:
                told = put_in(returned, helper.name, {**given, **dict(one.keywords)}, one.at)
                yield from _names(project, _looked_up_as(project, told, home, owner), owner, hops - 1)


def _looked_up_as(project: Project, path: Value, home: tuple[str, str] | None, user: tuple[str, str] | None) -> Value:
    """What a class looks up by its attributes, with what they are in one made from it."""
    if not isinstance(path, Call) or path.name not in _LOOK_UP or not path.arguments:
        return path
    return replace(path, arguments=(_as_of(project, path.arguments[0], home, user), *path.arguments[1:]))


def _without_namespace(name: Value) -> str:
    """The name of a route without the namespace before it, of which nothing has to be known: `f"{app}:orders"`."""
    end = name.parts[-1] if isinstance(name, Text) else name
    said = constant_text(end) or ""
    return said.rpartition(":")[2] if end is name or ":" in said else ""


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


def _of_closure(project: Project, fact: RequestedRoute) -> Value:
    """A path with what a function says that pytest gives to a test for a parameter, and which the test calls for it.

    That is one in a fixture which gives it away: `order_url("submit")`.
    """
    path, test = fact.path, project.view(functions).get((fact.at.path, fact.function))
    if not isinstance(path, Call) or test is None or path.callee not in test.parameters:
        return path
    fixture = _nearest(project, fact.at.path, path.callee)
    given = [one.name for one in fixture.returns if isinstance(one, Reference)] if fixture is not None else []
    inner = project.view(functions).get((fixture.at.path, f"{fixture.name}.{given[0]}")) if fixture and given else None
    if inner is None or not inner.returns:
        return path
    told = {**dict(inner.defaults), **dict(zip(inner.parameters, path.arguments, strict=False)), **dict(path.keywords)}
    return choice(path.at, [put_in(one, inner.name, told, path.at) for one in inner.returns])


def _paths(project: Project, value: Value) -> Iterator[Value]:
    """What a value may be as a path; nothing where only its name is known, and no file says what it is."""
    value = _bare(value)
    named = isinstance(value, Reference | Call | Parameter | Unknown | Choice)
    resolved = resolve(project, value)
    for path in options(resolved) if named else (resolved,):
        if not named or (isinstance(path, Constant | Text) and "/" in rendered(path)):
            yield from _each(path)


def _each(path: Value) -> Sequence[Value]:
    """The paths that one is of which a part is now this, now that: what a loop puts in, what a table says."""
    if not isinstance(path, Text):
        return (path,)
    every: list[list[Value]] = [[]]
    for part in path.parts:
        several = list(options(part))
        if len(every) * len(several) > OPTIONS:
            several = several[:1]
        every = [[*before, one] for before in every for one in several]
    return [text(path.at, parts, path.how) for parts in every]


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


def _filled(  # noqa: PLR0917
    project: Project, at: Location, function: str, path: Value, hops: int, verb: str = "*", *, handed: str = ""
) -> Iterator[tuple[Location, Value, str]]:
    """A path with what the callers of its function give for the parameters in it, where, and the method they give.

    The parameter `handed` holds the options of the request. Nothing where nobody is known to give anything.
    """
    open_ = [one for part in _looked_up(path) for one in holes(part)]
    if (known := _with_fixtures(project, at, function, path, open_)) is not path:
        yield at, known, verb
        return
    wanted = {one.name for one in open_ if isinstance(one, Parameter) and one.function == function}
    helper = project.view(functions).get((at.path, function)) if wanted and hops else None
    if helper is None:
        return
    for made in _calls_of(project, helper):
        given = dict(helper.defaults)
        given.update(zip(helper.parameters, made.arguments, strict=False))
        given.update(made.keywords)
        home, user = _owner(project, at.path, function), _owner(project, made.at.path, made.function)
        told = put_in(_as_of(project, path, home, user), function, given, made.at)
        verbs = {said for one in given.values() if (said := _named_verb(one)) in _VERBS}
        method = verbs.pop() if len(verbs) == 1 else verb
        how = given.get(handed)
        if method == "*" and handed in helper.parameters:
            method = _method_in(how)
        own = how.name if isinstance(how, Parameter) and how.function == made.function else ""
        further = list(_filled(project, made.at, made.function, told, hops - 1, method, handed=own))
        yield from further or [(made.at, told, method)]


def _named_verb(given: Value) -> str:
    """What may be a method that a helper is given: a text, or a member of an enumeration, `HTTPMethod.POST`."""
    said = given.name.rpartition(".")[2] if isinstance(given, Reference) else constant_text(given) or ""
    return said.upper()


def _method_in(said: Value | None) -> str:
    """The method that the options of a request name: `GET` where there are none or they name none."""
    if said is not None and not isinstance(said, Record):
        return "*"
    named = said.get("method") if said is not None else None
    if named is None:
        return "*" if said is not None and said.open else "GET"
    return (constant_text(named) or "*").upper()


def _with_fixtures(project: Project, at: Location, function: str, path: Value, parts: Iterable[Value]) -> Value:
    """A path with what pytest gives for parts of it that are parameters of its function, or of one around it."""
    for one in parts:
        if isinstance(one, Parameter) and f"{function}.".startswith(f"{one.function}."):
            value = _fixture(project, at.path, one.name)
            path = put_in(path, one.function, {one.name: value}, at) if value is not None else path
    return path


def _owner(project: Project, path: str, function: str) -> tuple[str, str] | None:
    """The class that a function stands in."""
    while function:
        function = function.rpartition(".")[0]
        if (path, function) in project.view(classes):
            return path, function
    return None


def _of_classes(project: Project, fact: RequestedRoute, path: Value) -> list[Value]:
    """A path as it is in its own class, and in each that has the function from there and another value of its own."""
    home = _owner(project, fact.at.path, fact.function)
    below = project.view(_below).get(home, ()) if home is not None else ()
    several = [told for user in below if (told := _as_of(project, path, home, user)) != path]
    return [*([] if several and isinstance(path, Reference) else [path]), *several]


def _below(project: Project) -> Mapping[tuple[str, str], list[tuple[str, str]]]:
    """The view: the classes of tests by each class that they are made from."""
    found: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    tests, known = project.view(test_files), project.view(classes)
    for place in known:
        waiting, seen = [place] if place[0] in tests else [], {place}
        while waiting:
            path, name = waiting.pop()
            for base in known[path, name].bases:
                above = located(project, path, base)
                if above is not None and above in known and above not in seen:
                    seen.add(above)
                    waiting.append(above)
                    found[above].append(place)
    return found


def _as_of(project: Project, path: Value, home: tuple[str, str] | None, user: tuple[str, str] | None) -> Value:
    """A path that the class `home` makes of its attributes with what they are in `user`, a class made from it."""
    if home is None or user is None or home == user:
        return path
    parts = path.parts if isinstance(path, Text) else (path,)
    told = [_attribute(project, part, home, user) or part for part in parts]
    return path if told == list(parts) else text(path.at, told, "+") if len(told) > 1 else told[0]


def _attribute(project: Project, part: Value, home: tuple[str, str], user: tuple[str, str]) -> Value | None:
    """What stands in `user` for an attribute of `home` that a part of a path is, or begins with."""
    known = project.view(_attributes)
    if isinstance(part, Reference):
        owner, _, name = part.name.partition(".")
        place = method_of(project, *user, name) if owner in _OWN and name else None
        return known.get(place) if place is not None else None
    said = (constant_text(part) or "") if isinstance(part, Constant) else None
    for (path, name), value in known.items() if said is not None else ():
        own = constant_text(value) or ""
        begins = path == home[0] and (value.at.line, value.at.column) == (part.at.line, part.at.column)
        if begins and said is not None and said.startswith(own) and name.rpartition(".")[0] == home[1]:
            place = method_of(project, *user, name.rpartition(".")[2])
            other = known.get(place) if place is not None else None
            if other is not None:
                return text(part.at, [other, Constant(part.at, said[len(own) :])], "+") if said != own else other
            return None
    return None


def _attributes(project: Project) -> Mapping[tuple[str, str], Value]:
    """The view: what the attributes of classes of tests are, by file and name."""
    tests = project.view(test_files)
    return {
        (fact.at.path, fact.name): fact.value
        for fact in project.facts(Definition)
        if "." in fact.name and fact.at.path in tests
    }


def _fixture(project: Project, path: str, name: str) -> Value | None:
    """What pytest gives for a parameter."""
    found = _nearest(project, path, name)
    return choice(found.at, found.returns) if found is not None else None


def _nearest(project: Project, path: str, name: str) -> Function | None:
    """The nearest function of the name of a parameter that gives anything (pytest, "conftest.py")."""
    known = project.view(functions)
    folder = path.rpartition("/")[0]
    while path.endswith(".py"):
        found = known.get((path, name))
        if found is not None and found.returns:
            return found
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
