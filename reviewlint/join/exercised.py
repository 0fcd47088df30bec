"""Which modules tests exercise: imported by a test, called from there, or called by the handler of a tested route."""

import re
from collections import defaultdict, deque
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from ..facts.code import Function
from ..facts.http import Mount, Route, Router
from ..facts.imports import Import
from ..facts.location import Location
from ..facts.tests import TestCase
from ..facts.values import Call, Reference, Value, constant_text
from ..project import Project
from .coverage import all_met, asked_for, ran_files, tested_by
from .edited import Edited, is_within
from .endpoints import Endpoint, endpoints
from .entry_points import entry_points, loading_entry_points
from .functions import calling
from .injected import injected
from .modules import modules
from .places import located, method_of
from .requests import requests, test_files
from .ways import WHOLE, Place, ways

LOADERS = frozenset({"importlib.import_module", "pkgutil.iter_modules", "pkgutil.walk_packages", "__import__"})
"""Calls that load modules by names made at run time."""

COMMAND = "call_command"
"""What runs a command of Django's by its name, which is that of a module in `management/commands/`."""
_COMMANDS = re.compile(rf"(?:^|\.){COMMAND}$")

_COMMAND = re.compile(r"(?:^|\.)(?:cli|click|\w+_cli|\w+_group)\.command$")
"""What makes a function a command that a terminal runs by its name: `@app.cli.command("remind")`."""
_INVOKES = re.compile(r"(?:^|\.)(?:invoke|test_cli_runner|CliRunner)$")

_SETS = "set_defaults"
"""How argparse is told what a command runs (Python's library, "argparse": `add_subparsers`)."""

_VERBS = frozenset({"get", "post", "put", "patch", "delete", "head", "options"})
"""What views of classes call what answers each method (Django, "Class-based views"; Flask, "Method Dispatching")."""

MAX_CALLS = 5
"""How many calls away from a test or a tested handler a module still counts as exercised."""
FAR = 12
"""How many calls away it still may be."""
INJECTED = ".module.ts"
"""How files of Nest end that only list what others are given: a test of theirs asks for it."""


def exercised(project: Project) -> frozenset[str]:
    """The view: the paths of all files that some test exercises, tests included.

    Where a call goes through an object whose class is not known (`self.orders.find()`), it may go into every module
    that the file imports. An application that a test imports runs what is requested of it, and no more.
    """
    return project.view(reach).files


def imported_by_tests(project: Project) -> frozenset[str]:
    """The view: the paths of files that tests import, all of which are exercised."""
    edges = (edge for path in project.view(test_files) for edge in project.view(modules).imports(path))
    return frozenset(edge.target for edge in edges if not edge.fact.type_only)


def reach(project: Project) -> "Reach":
    """The view: what all tests together exercise, by function as far as that is known, or ran in by their report."""
    found = exercised_by(project, project.view(test_files), closed=project.view(routing_as_a_whole))
    return replace(found, files=found.files | project.view(ran_files))


def may_be_exercised(project: Project) -> frozenset[str]:
    """The view: the paths of all files that some test exercises, or may by a way that nobody can follow for certain.

    What a module takes from others and none of its functions calls is run as it is loaded, or handed to somebody who
    calls it when the time has come: middleware, providers, listeners. Plugins are found by their names, and what Nest
    puts in the place of something else by what tests load.
    """
    return _Walk(project, project.view(test_files), loading=True).reach(FAR).files


@dataclass(frozen=True, slots=True)
class Reach:
    """What some tests exercise: whole files, and in them functions and classes as (path, name).

    `own` are the places that tests import or call by themselves, `apart` functions in others that do not run with them:
    handlers of routes that nobody requests.
    """

    files: frozenset[str]
    places: frozenset[tuple[str, str]]
    own: frozenset[tuple[str, str]] = frozenset()
    apart: frozenset[tuple[str, str]] = frozenset()

    def includes(self, path: str, name: str) -> bool:
        """Whether a function may be among it; a file of which only the whole is known may mean each of its own."""
        if (path, name) in self.apart:
            return not self.places.isdisjoint(((path, name), (path, WHOLE)))
        parts = name.split(".")
        around = {(path, ".".join(parts[:count])) for count in range(1, len(parts) + 1)}
        return not self.places.isdisjoint({*around, (path, WHOLE)}) or any(
            place == path and inner.startswith(f"{name}.") for place, inner in self.places
        )


def exercised_by(
    project: Project,
    tests: frozenset[str],
    calls: int = MAX_CALLS,
    edited: Edited | None = None,
    closed: Collection[tuple[str, str]] = (),
) -> Reach:
    """What the test files at these paths exercise, in the same way, at most so many `calls` away.

    Where `edited` is given, only what it counts in them does. No way leads through what is `closed`, and no route asks
    for it, unless a test calls or requests that by itself.
    """
    return _Walk(project, tests, edited, closed=closed).reach(calls)


def all_leads(project: Project, edited: Edited) -> bool:
    """Whether edited tests request anything, themselves or through what they share, and all of it leads to a route."""
    return all_met(project, *_Walk(project, edited.files, edited).asking(edited))


def _answering(project: Project) -> frozenset[Place]:
    """The view: the functions that routes name as what answers them."""
    return frozenset((fact.at.path, fact.handler) for fact in project.facts(Route))


def _handlers(project: Project) -> frozenset[Place]:
    """The view: the functions and classes that answer endpoints."""
    return frozenset(one.place for one in project.view(endpoints))


def _looked_up(project: Project) -> frozenset[Place]:
    """The view: the functions that are called as routes which tests look up by a name that no known route has.

    Frameworks whose routes nobody reads name them after their functions (django-ninja, "Reverse Resolution of URLs").
    """
    asked = {one.name for one in project.view(requests) if one.name} - {fact.name for fact in project.facts(Route)}
    found = (fact for fact in project.facts(Function) if fact.name in asked and fact.decorators)
    return frozenset((fact.at.path, fact.name) for fact in found)


def _commands(project: Project) -> frozenset[Place]:
    """The view: the functions that run as commands (Flask, "Command Line Interface"; Click), where no test runs any."""
    tests = project.view(test_files)
    if any(fact.at.path in tests for fact in calling(project, _INVOKES.search)):
        return frozenset()
    marked = (fact for fact in project.facts(Function) if any(map(_COMMAND.search, fact.decorators)))
    return frozenset((fact.at.path, fact.name) for fact in marked)


def routing_as_a_whole(project: Project) -> frozenset[Place]:
    """The view: the files that declare or mount routes, each as a whole: what they may run if it is requested."""
    declaring = {fact.at.path for kind in (Route, Router, Mount) for fact in project.facts(kind)}
    return frozenset((path, WHOLE) for path in declaring | project.view(_routing))


def _routing(project: Project) -> frozenset[str]:
    """The view: the files that routes or what answers them stand in."""
    return frozenset(path for one in project.view(endpoints) for path in (one.at.path, one.handler_path))


class _Steps(dict[Place, tuple[Place, ...]]):
    """The view: where all that tests reach leads in one step, as far as some walk of theirs has come by it."""

    def __init__(self, project: Project) -> None:
        super().__init__()


class _Walk:
    """A walk along calls, from tests and from the handlers of the routes that they request."""

    def __init__(
        self,
        project: Project,
        tests: frozenset[str],
        edited: Edited | None = None,
        *,
        loading: bool = False,
        closed: Collection[Place] = (),
    ) -> None:
        self.project = project
        self.closed = closed
        self.edited = edited
        self.loading = loading
        self.tests = tests
        self.shared = project.view(test_files)
        self.modules = project.view(modules)
        self.ways = project.view(ways)
        self.steps = project.view(_Steps)

    def reach(self, calls: int) -> Reach:
        """All files and places on the way."""
        found = set(self.tests)
        waiting: deque[tuple[Place, int]] = deque()
        seen: set[Place] = set()
        loaded: set[str] = set()
        own = frozenset(self._from_tests(found))
        begun = (*own, *self._from_handlers(own), *self._run_by(sorted(found), loaded), *self._plugins())
        for place in (*begun, *(self.project.view(injected) if self.loading else ())):
            waiting.append((place, calls))
        while waiting:
            place, left = waiting.popleft()
            if place in seen:  # the first way is one of the shortest
                continue
            seen.add(place)
            found.add(place[0])
            waiting.extend((other, left) for other in self._run_by([place[0]], loaded))
            if left:
                ways = (other for other in self._next(place) if other not in seen and other not in self.closed)
                waiting.extend((other, left - 1) for other in ways)
        apart = frozenset(place for place in self.closed if self._is_inside(place))
        return Reach(frozenset(found | self._loaded(found)), frozenset(seen), own, apart)

    def _is_inside(self, place: Place) -> bool:
        """Whether a function stands in another: a handler in what makes the application or its router."""
        path, name = place
        while name := name.rpartition(".")[0]:
            if (path, name) in self.ways.functions:
                return True
        return False

    def _run_by(self, paths: Sequence[str], loaded: set[str]) -> Iterator[Place]:
        """What modules, and all that these import, take from others and call in none of their functions.

        Only those that are not among the `loaded` yet, to which they are added. What answers routes runs when these are
        requested, and never before.
        """
        waiting = [path for path in paths if path not in loaded] if self.loading else []
        while waiting:
            path = waiting.pop()
            if path in loaded:
                continue
            loaded.add(path)
            edges = [edge for edge in self.modules.imports(path) if not edge.fact.type_only]
            waiting += (edge.target for edge in edges if edge.target not in loaded)
            if path not in self.tests and not path.endswith(("__init__.py", INJECTED)):
                yield from self._taken(path, [edge.fact for edge in edges if not edge.fact.reexport])

    def _plugins(self) -> Collection[Place]:
        """What packages name for whoever loads it, where tests exercise what does so."""
        loads = self.loading and not self.project.view(loading_entry_points).isdisjoint(self.project.view(exercised))
        return self.project.view(entry_points) if loads else ()

    def _taken(self, path: str, imports: Sequence[Import]) -> Iterator[Place]:
        """What a file imports by name and calls in none of its functions."""
        called: set[str] = set()
        for function in self.project.facts_of(path, Function):
            for name in (*function.calls, *(name for _, name in function.receivers)):
                name = name.replace("()", "")
                while name not in called:
                    called.add(name)
                    name = name.rpartition(".")[0]
        for fact in imports:
            for name in (f"{fact.module}{'' if fact.module.endswith('.') else '.'}{name}" for name, _ in fact.names):
                place = located(self.project, path, name) if name not in called else None
                if place is None or place in self.ways.applications or place[0] in self.project.view(_routing):
                    continue
                if place in self.ways.functions or place in self.ways.classes:
                    yield place

    def _loaded(self, found: Collection[str]) -> set[str]:
        """What modules among `found` may load by names made at run time: anything in their own folder and below."""
        loading = (fact for fact in calling(self.project, LOADERS.__contains__) if fact.at.path in found)
        folders = tuple({fact.at.path.rpartition("/")[0] + "/" for fact in loading})
        return {path for path in self.project.files if path.startswith(folders)} if folders else set()

    def _from_tests(self, found: set[str]) -> Iterator[Place]:
        """What tests import or call; files that they only name go into `found`."""
        for path in self.tests:
            for edge in self.modules.imports(path):
                if edge.fact.type_only:
                    continue
                found.add(edge.target)
                if any(name == "*" for name, _ in edge.fact.names):
                    found.update(inner.target for inner in self.modules.imports(edge.target) if inner.fact.reexport)
                for name, local in edge.fact.names:
                    if self.edited is not None and not self.edited.may_use(path, {name, local}):
                        continue
                    place = located(self.project, path, f"{edge.fact.module}.{name}")
                    if place is not None:
                        found.add(place[0])
                        if place not in self.ways.applications:
                            yield place
        for path in self._commanding():
            for made in self.project.calls_made(path, {COMMAND}):
                for name in filter(None, map(constant_text, made.arguments[:1])):
                    yield from self.ways.commands[name]
        every: tuple[Function | TestCase, ...] = (*self.project.facts(Function), *self.project.facts(TestCase))
        called: dict[str, set[str]] = defaultdict(set)
        for fact in every:
            if fact.at.path in self.tests and (self.edited is None or self.edited.counts(fact.at)):
                called[fact.at.path].update(fact.calls)
        for path, callees in called.items():
            for callee in callees:
                yield from self._followed(path, "", callee)

    def _commanding(self) -> Iterator[str]:
        """The tests that run commands of Django's by name."""
        cases = (fact.at.path for fact in self.project.facts(TestCase) if any(map(_COMMANDS.search, fact.calls)))
        functions = (fact.at.path for fact in calling(self.project, _COMMANDS.search))
        return (path for path in dict.fromkeys((*cases, *functions)) if path in self.tests)

    def _from_handlers(self, own: Collection[Place]) -> Iterator[Place]:
        if self.edited is not None:
            reached = self._requested_with(self.edited, self._helping(self.edited, own))
        elif self.tests == self.project.view(test_files):
            reached = self.project.view(asked_for)
        else:
            reached = tested_by(self.project, self.tests)
        for endpoint in reached:
            place = (endpoint.handler_path or endpoint.at.path, endpoint.handler if endpoint.handler_path else WHOLE)
            # One that hands requests on runs what is requested of it, and no more; a class answers by what it inherits.
            if place not in self.ways.applications or place in self.ways.classes:
                yield place
            named = [(endpoint.at.path, name) for name in endpoint.route.annotations]
            for name in endpoint.guards:  # of a mount, it is named where that is
                named += ((path, name) for path in (endpoint.at.path, *self.ways.guarding[name]))
            for path, name in named:
                yield from (one for one in self._called(path, "", name) if one not in self.closed)
        if self.edited is None:
            yield from self.project.view(_looked_up)

    def _requested_with(self, edited: Edited, helping: Collection[Place]) -> frozenset[Endpoint]:
        """What is requested by edited tests, and for them by functions that they share with others."""
        files, counts = self._asking(edited, helping)
        return tested_by(
            self.project,
            files,
            counts,
            lambda path, names: path in self.tests and edited.may_use(path, names),
        )

    def asking(self, edited: Edited) -> tuple[Collection[str], Callable[[Location], bool]]:
        """The files in which edited tests or the functions that they share with others ask for something, and where."""
        return self._asking(edited, self._helping(edited, frozenset(self._from_tests(set(self.tests)))))

    def _asking(self, edited: Edited, helping: Collection[Place]) -> tuple[Collection[str], Callable[[Location], bool]]:
        helpers: dict[str, list[Location]] = defaultdict(list)
        for place in helping:
            helpers[place[0]].append(self.ways.functions[place].at)
        return (
            self.tests | helpers.keys(),
            lambda at: any(is_within(one, at) for one in helpers[at.path]) if at.path in helpers else edited.counts(at),
        )

    def _helping(self, edited: Edited, own: Collection[Place]) -> frozenset[Place]:
        """The functions of other test files that edited tests call, or are given as fixtures."""
        shared = self.project.view(test_files) - self.tests
        cases = [fact for fact in self.project.facts(Function) if fact.at.path in self.tests and edited.counts(fact.at)]
        waiting = [*own, *(place for case in cases for place in (*self._fixtures(case), *self._of_fixtures(case)))]
        found: set[Place] = set()
        while waiting:
            place = waiting.pop()
            function = self.ways.functions.get(place)
            if place in self.ways.classes and place[0] in shared:
                waiting += (one for one in self.ways.methods[place] if self._is_named(edited, one))
            if function is None or place[0] not in shared or place in found:
                continue
            found.add(place)
            waiting += self._fixtures(function)
            waiting += (other for callee in function.calls for other in self._followed(*place, callee))
        return frozenset(found)

    def _is_named(self, edited: Edited, method: Place) -> bool:
        """Whether edited tests say the name of a method, whatever they call it of."""
        last = method[1].rpartition(".")[2]
        return any(edited.may_use(path, {last}) for path in self.tests)

    def _of_fixtures(self, case: Function) -> Iterator[Place]:
        """The methods that a function calls of what fixtures make for it: `rota_api.create()`."""
        made = {name: self.ways.functions[path, name] for path, name in self._fixtures(case)}
        for callee in case.calls:
            root, _, method = callee.partition(".")
            if root in made and method:
                for value in made[root].returns:
                    owner = located(self.project, made[root].at.path, value.callee) if isinstance(value, Call) else None
                    if (
                        owner in self.ways.classes
                        and (place := (owner[0], f"{owner[1]}.{method}")) in self.ways.functions
                    ):
                        yield place

    def _fixtures(self, function: Function) -> Iterator[Place]:
        """The functions that pytest gives to one by the names of its parameters (pytest, "conftest.py: sharing")."""
        folder = function.at.path.rpartition("/")[0]
        while function.parameters:
            path = f"{folder}/conftest.py" if folder else "conftest.py"
            yield from ((path, name) for name in function.parameters if (path, name) in self.ways.functions)
            if not folder:
                return
            folder = folder.rpartition("/")[0]

    def _next(self, place: Place) -> Sequence[Place]:
        if self.edited is not None or self.tests != self.shared:
            return tuple(self._led_to(place))
        if place not in self.steps:  # walks differ by how far they go, not by their steps
            self.steps[place] = tuple(self._led_to(place))
        return self.steps[place]

    def _led_to(self, place: Place) -> Iterator[Place]:
        path, name = place
        function = self.ways.functions.get(place)
        if function is not None:
            for callee in function.calls:
                yield from self._followed(path, name, callee)
            yield from self._registered(function)
            yield from self._inside(place)
            for _, default in function.defaults:
                for callee in _named(default):
                    yield from self._called(path, name, callee)
        elif place in self.ways.aliases:
            for name in self.ways.aliases[place]:
                yield from self._called(path, "", name)
        elif place in self.ways.classes:
            yield from self.ways.methods[place]
            for base in self.ways.classes[place].bases:  # what it has from them is its own
                yield from self._called(path, "", base)
            for given in self.ways.attributes[place]:
                yield from self._called(path, "", given)
        elif path not in self.tests:  # what those take is where all begins
            yield from ((edge.target, WHOLE) for edge in self.modules.imports(path))

    def _registered(self, function: Function) -> Iterator[Place]:
        """What a function tells argparse to run for a command: `parser.set_defaults(handler=remind)`."""
        if not any(callee.endswith(f".{_SETS}") for callee in function.calls):
            return
        for made in self.project.calls_made(function.at.path, {_SETS}):
            for _, value in made.keywords if made.function == function.name else ():
                for name in _named(value):
                    yield from self._called(function.at.path, function.name, name)

    def _inside(self, place: Place) -> Sequence[Place]:
        """The functions in a function, which it hands to others, without those that answer routes or commands."""
        apart = self.project.view(_answering) | self.project.view(_commands)
        return [one for one in self.ways.methods[place] if one not in apart]

    def _followed(self, path: str, function: str, callee: str) -> Sequence[Place]:
        """Where a call leads; of an edited test, a method of who knows what to the only one that is called so.

        Whoever edits a test has something in mind: what it may reach is asked for by nobody. A view's methods that
        are called after those of requests are the framework's to call: `prices.get(…)` is a mapping's.
        """
        found = tuple(self._called(path, function, callee))
        owner, _, method = callee.rpartition(".")
        if found or self.edited is None or not owner:
            return found
        several = self.ways.by_method[method]
        return several if len(several) == 1 and not self._answers(several[0]) else ()

    def _answers(self, method: Place) -> bool:
        """Whether a method answers requests of the method of HTTP that it is called after."""
        path, name = method
        owner, _, verb = name.rpartition(".")
        return verb in _VERBS and not self.project.view(_handlers).isdisjoint((method, (path, owner)))

    def _called(self, path: str, function: str, callee: str) -> Iterator[Place]:
        """Where a call leads, as the function of the file at `path` writes it."""
        name = callee.replace("()", "")
        if name.startswith(("self.", "this.", "cls.")):
            owner = function.rpartition(".")[0]
            own = (path, f"{owner}.{name.partition('.')[2]}")
            place = (
                own if own in self.ways.functions else method_of(self.project, path, owner, own[1][len(owner) + 1 :])
            )
            if place is not None:
                yield place
            elif path not in self.shared:  # what a test keeps in itself it has called where it was made
                yield path, WHOLE
            return
        if name.startswith("super."):
            yield from self._inherited(path, function.rpartition(".")[0], name.partition(".")[2])
            return
        place = self.ways.to(path, name)
        if place is not None:
            yield place

    def _inherited(self, path: str, owner: str, method: str) -> Iterator[Place]:
        """The method that a class of the file at `path` has from a base, as `super()` finds it."""
        known = self.ways.classes.get((path, owner))
        for base in known.bases if known is not None else ():
            place = method_of(self.project, path, base, method)
            if place is not None:
                yield place
                return


def _named(value: Value) -> Iterator[str]:
    """The dotted names in a value: `Depends(get_session)` gives both."""
    if isinstance(value, Reference):
        yield value.name
    elif isinstance(value, Call):
        yield value.callee
        for argument in value.arguments:
            yield from _named(argument)
