"""What a change makes do anything else while no test of the change reaches it: functions, and objects of the database.

`change-without-test` says so. What it says something about is nothing for the rules that look for what no test has ever
reached, nor is what these tell of as new anything for it: a new route without a test is one cause, and one finding.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from ..facts import sql
from ..facts.change import Change
from ..facts.code import Class, Function
from ..facts.file import Side
from ..facts.http import ErrorHandler, Mount, Route
from ..facts.imports import Export, Import
from ..facts.location import Location
from ..facts.sql import Statement
from ..facts.tests import RequestedRoute, TestCase, TestPart
from ..project import SERVER_SIDES, Project
from .behaviours import Changed, by_route, changed_behaviours, gone, new_fields, new_parameters, only_passes_on, spelled
from .coverage import tested
from .deciding import is_aid, may_decide
from .declarations import redeclared
from .deeds import (
    Different,
    deeds,
    different,
    is_answer,
    is_decided,
    is_there,
    is_told,
    is_write,
    keeps_out,
    refuses,
    weighs,
)
from .edited import Edited, edited
from .endpoints import endpoints
from .endpoints import reached as running
from .exercised import Reach, all_leads, exercised_by, reach
from .graphql import is_resolver
from .modules import modules
from .named_in_tests import named_in_tests
from .pages import pages
from .places import located
from .reguarded import reguarded
from .requests import test_files
from .restated import restated
from .services import services
from .subjects import share_subject
from .untested_edge_functions import untested_edge_functions
from .untested_modules import untested_modules
from .untested_routes import untested_routes
from .ways import WHOLE

_WIRES = re.compile(
    r"(?:^|\.)(?:constructor|__init__|__repr__|__str__|toString|toJSON|(?:create|build|make|set_?up|init|register|configure)(?=[A-Z_]).*)$"
)
"""What puts parts together or shows them: it counts where it chooses between ways that it did not have before."""
_CONFIGURES = re.compile(r"(?:^|/)[\w-]*(?:config|settings|env|environment)(?:[._-](?:service|module|loader))?\.\w+$")
"""Modules that read what an operator sets."""
_SAYS_SETTINGS = re.compile(r"(?:^|[._])(?:get|load|read|parse)?_?\w*(?:[Cc]onf(?:ig(?:uration)?)?|[Ss]ettings)$")
"""Functions that do."""
_IS_SHOWN = re.compile(r"(?:^|\.)(?:__str__|__repr__|toString)$")
"""How an object is put into words, for whoever looks at it."""
_WATCHES = re.compile(
    r"(?:^|/)(?:monitoring|observability|telemetry|tracing|logging)/"
    r"|(?:^|[/_-])(?:logg(?:er|ing)|request[_-]?log|log[_-]request|telemetry|tracing|otel|sentry|instrumentation)(?:[._-][\w.-]*)?\.\w+$"
    r"|(?:^|/)metrics\.\w+$"
)
"""Modules by which those who run a program see what it does."""
_OVERLOAD = re.compile(r"\(decorator @ (?:\(attribute \w+ \. overload\)|overload)\)")
"""What only says of a function which types it takes."""
_NAME = re.compile(r"(?<!\. )(?<!\(string )(?<!keyword_argument )(?<![\w$(])[A-Za-z_]\w*")
"""A name in the code of a function that is none of a part, a text or a parameter."""
_PROCESSES = frozenset({"child_process", "execa", "zx", "subprocess", "pexpect"})
"""Modules that start programs."""
_ACTS = re.compile(r"(?:call|do|set|raise|key) ")
"""What a handler does besides answering always the same."""
_ADMITTING = re.compile(r"guard |except |swallow ")
"""What a handler decides that leaves the rest to others."""
_READS = re.compile(r"@ \(\(call get ")
"""What a handler is decorated with that reads."""
_GRAPHQL = re.compile(r"gql|graph_?ql", re.IGNORECASE)
"""What tests call whatever sends their queries."""
_PICKS = re.compile(r"\((?:if_clause|continue_statement)\b")
"""What goes on without some of many."""
_SHOWS = re.compile(r"\b(?:\w*[Tt]emplate\w*|render) ?\)|\bcall render\w* |Template\w*Response")
"""What answers with a page."""

FARTHEST = 6
"""How many calls away from an edited test a function may be: who edits one has something in mind that it reaches."""

MANY = 3
"""So many functions of a service a change may make do something else: of more, one that loses what it gets is written
anew."""

SHORT = 8
"""Lines of so few characters say nothing: brackets, and `return x`."""

FEW = 2
"""One file in so many, tested, is enough for tests to be expected of those beside it."""


ROUTES = 5
"""One route in so many, tested, is enough for tests to be expected of the others of a service."""


@dataclass(frozen=True, slots=True)
class Object:
    """A function, or a policy of the table that it is on, and what a statement does to it."""

    kind: str
    name: sql.Name
    policy: str
    what: str
    at: Location


@dataclass(frozen=True, slots=True)
class Unnoticed:
    """What no test of the change reaches: functions by path, objects of the database in what is done to each."""

    functions: Mapping[str, Sequence[Changed]] = field(default_factory=dict)
    objects: Sequence[Sequence[Object]] = ()

    def has_function(self, path: str, name: str) -> bool:
        """Whether a function is among them, or one around it, or a method of this class."""
        return any(
            known == name or known.startswith(f"{name}.") or name.startswith(f"{known}.")
            for known in (one.function.name for one in self.functions.get(path, ()))
        )

    def has_policy(self, table: sql.Name) -> bool:
        """Whether a policy of the table is among them."""
        return any(one.kind == "policy" and one.name == table for several in self.objects for one in several)


def unnoticed(project: Project) -> Unnoticed:
    """The view; nothing where no change is under review."""
    change = project.change
    if change is None:
        return Unnoticed()
    tests = project.view(edited)
    return Unnoticed(_functions(project, tests), tuple(_objects(project, change, tests.files)))


def _driven(project: Project, tests: Collection[str]) -> tuple[str, ...]:
    """Where the services begin of which some test may reach everything: it starts them, or names nothing known."""
    requesting = {fact.at.path for fact in project.facts(RequestedRoute)}
    files = {
        case.at.path for case in project.facts(TestCase) if case.at.path in tests and not case.at.path.endswith(".sql")
    }
    names = project.view(services)
    roots = {
        names.of(path).rpartition(" ")[0]
        for path in files
        if _starts(project, path)
        or (path not in requesting and path not in project.view(_imported) and not _names_any(project, path))
    }
    return tuple("" if root == "." else f"{root}/" for root in roots)


def _names_any(project: Project, test: str) -> bool:
    """Whether a test imports anything of the project, or is given what its fixtures make."""
    given = {name for fact in project.facts_of(test, Function) for name in fact.parameters}
    return bool(project.view(modules).imports(test)) or not given.isdisjoint(project.view(_fixtures))


def _fixtures(project: Project) -> frozenset[str]:
    """The view: the names of the functions that pytest may give to tests (pytest, "conftest.py: sharing fixtures")."""
    return frozenset(fact.name for fact in project.facts(Function) if fact.at.path.rpartition("/")[2] == "conftest.py")


def _starts(project: Project, test: str) -> bool:
    """Whether a test has an application listen, or it or a helper of tests that it imports starts processes."""
    if project.calls_made(test, {"listen"}):
        return True
    helpers = {edge.target for edge in project.view(modules).imports(test)} & project.view(test_files)
    taken = (fact.module for path in (test, *helpers) for fact in project.facts_of(path, Import))
    return any(module.removeprefix("node:") in _PROCESSES for module in taken)


# Code


def _functions(project: Project, tests: Edited) -> Mapping[str, Sequence[Changed]]:
    now = exercised_by(project, tests.files, FARTHEST, tests, _closed(project, tests))
    names = project.view(services)
    every = [one for changed in project.view(changed_behaviours) for one in by_route(project, changed)]
    reached = {_of(one): now.includes(*_of(one)) for one in every}
    if any(fact.at.path in tests.files and tests.counts(fact.at) for fact in project.facts(RequestedRoute)):
        # What answers for errors runs in none of its own routes: who edits a request may mean any of them.
        reached |= dict.fromkeys(project.view(_error_handlers), True)
    for place in (*_handed_on(project, now), *_asked_by_graphql(project, tests, reached)):
        reached[place] = True
    old, new = ({one.name.rpartition(".")[2] for one in several} for several in project.view(spelled))
    added = new - old
    # What is new is told of by itself, tested, or nothing that a test is asked for.
    words = added | project.view(new_parameters) | project.view(new_fields)
    handed = {how.format(each) for each in words for how in ("call {}", "do {}", "key {}", "key (string {})")}
    of_tests = project.view(test_files)
    several = Counter(
        names.of(one.function.at.path) for one in every if not one.added and one.function.at.path not in of_tests
    )
    seen = project.view(reach)
    touched = tests.files & (project.change.files.keys() if project.change is not None else set())
    importing: dict[str, set[str]] = defaultdict(set)  # whoever imports a module itself, and not this of it, is plain
    for test in touched:
        for edge in project.view(modules).imports(test):
            importing[edge.target].add(test)
    by_file: dict[str, list[Changed]] = defaultdict(list)
    for changed in every:
        path = changed.function.at.path
        if not _may_be_asked(project, path) or _OVERLOAD.search(changed.function.code):
            continue
        found = different(project, changed).without(handed)
        if (
            _matters(project, changed, found.every)
            and not _is_unused(project, changed)
            and not reached[_of(changed)]
            and not only_passes_on(changed, words | _parameters(project, changed), added, project.view(gone))
            and any(names.within(test, names.of(path)) for test in project.view(test_files))
        ):
            sure = (
                _is_sure(project, changed, found, few=several[names.of(path)] <= MANY)
                and not _hands_on(
                    project, changed, found, {name.rpartition(".")[2] for (_, name), hit in reached.items() if hit}
                )
                and (
                    (not changed.added and _of(changed) in seen.places)
                    or not share_subject(touched - importing[path], *_of(changed))
                )
            )
            by_file[path].append(replace(changed, sure=sure, edit=_edit(changed, found)))
    for one in (*project.view(redeclared), *project.view(reguarded)):
        path = one.changed.function.at.path
        if _may_be_asked(project, path) and one.is_reached(seen) and not one.is_reached(now):
            # What makes an application is another where it asks others for their names: said once.
            by_file[path] = [known for known in by_file[path] if known.line != one.changed.line] + [one.changed]
    driven = _driven(project, tests.files)
    # What is as it was some commits ago is tested as it was then.
    left_out = change.restored if (change := project.change) is not None else frozenset()
    told = set(_told_as_untested(project, {_of(one) for one in every if one.added}))
    by_file = {path: [one for one in several if _of(one) not in told] for path, several in by_file.items()}
    return {
        path: several
        for path, several in by_file.items()
        if several and not path.startswith(driven) and path not in left_out
    }


def _closed(project: Project, tests: Edited) -> frozenset[tuple[str, str]]:
    """What no way leads through from edited tests of which every request leads to a route.

    Who sets up all routes at once runs none of their handlers by that: those that answer, and the files that hold or
    mount them as a whole. Who answers by what its class has from another runs that.
    """
    if not all_leads(project, tests):
        return frozenset()
    files = {fact.at.path for kind in (Route, Mount) for fact in project.facts(kind)}
    handlers = {one.place for one in project.view(endpoints)}
    bases = project.view(_bases)
    own = {(path, name) for path, name in handlers if bases.isdisjoint(((path, name), (path, name.rpartition(".")[0])))}
    return frozenset(own | {(path, WHOLE) for path in files})


def _bases(project: Project) -> frozenset[tuple[str, str]]:
    """The view: the classes that others are made from; what these have from them runs with their own."""
    found = (located(project, fact.at.path, base) for fact in project.facts(Class) for base in fact.bases)
    return frozenset(place for place in found if place is not None)


def _told_as_untested(project: Project, added: Collection[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """What is new and told of as reached by no test at all, of the functions that the change has `added` and handlers.

    Handlers of new routes and what runs in these, the functions of new modules, and those of new Edge Functions.
    """
    for untested in project.view(untested_routes).values():
        for route in untested.new:
            for endpoint in route.endpoints if not route.strict else ():
                yield endpoint.place
                yield from (place for place in running(project, *endpoint.place) if place in added)
    begun = [one.path for several in project.view(untested_modules).values() for one in several.new if not one.strict]
    begun += [one.folder for one in project.view(untested_edge_functions).new]
    yield from (place for place in added if place[0].startswith(tuple(begun)))


def _edit(changed: Changed, found: Different) -> frozenset[str]:
    """What was done to a function that was there before: what makes something else of it, or all that is different."""
    return frozenset(filter(weighs, found.got)) or found.every if changed.before is not None else frozenset()


def _handed_on(project: Project, now: Reach) -> Iterator[tuple[str, str]]:
    """The functions of the change that one of their file which is reached names, to have others call them."""
    _, every = project.view(spelled)
    named: dict[str, set[str]] = defaultdict(set)
    for one in every:
        if now.includes(one.at.path, one.name):
            named[one.at.path].update(_NAME.findall(one.code))
    return ((one.at.path, one.name) for one in every if one.name in named[one.at.path])


def _asked_by_graphql(
    project: Project, tests: Edited, places: Collection[tuple[str, str]]
) -> Iterator[tuple[str, str]]:
    """The resolvers whose fields edited tests name that ask by GraphQL: `taxRate` is `resolve_tax_rate`'s."""
    parts = (fact for path in tests.files for fact in project.facts_of(path, TestPart) if tests.counts(fact.at))
    words = {word for one in parts if any(map(_GRAPHQL.search, one.uses)) for word in one.uses}
    for path, name in places if words else ():
        if is_resolver(project, path, name):
            field = name.rpartition(".")[2].removeprefix("resolve_")
            first, *rest = field.split("_")
            if not words.isdisjoint({field, name.rpartition(".")[2], first + "".join(map(str.capitalize, rest))}):
                yield path, name


def _is_unused(project: Project, changed: Changed) -> bool:
    """Whether a private function of a module is new, and nothing of the change uses it."""
    name = changed.function.name
    if not changed.added or not name.startswith("_") or "." in name or "(decorator" in changed.function.code:
        return False
    lines = project.change.files.values() if project.change is not None else ()
    return sum(line.count(name) for file in lines for line in file.added) < 2


def _handlers(project: Project) -> Mapping[str, set[str]]:
    """The view: the handlers of routes by the file that they stand in, wherever the routes are put together."""
    found: dict[str, set[str]] = defaultdict(set)
    for route in project.facts(Route):
        found[route.at.path].add(route.handler)
    for endpoint in project.view(endpoints):
        found[endpoint.handler_path].add(endpoint.handler)
    return {path: names - {""} for path, names in found.items()}


def _error_handlers(project: Project) -> frozenset[tuple[str, str]]:
    """The view: the functions that answer for errors, where they are defined."""
    every = ((fact.at.path, fact.handler) for fact in project.facts(ErrorHandler) if fact.handler)
    return frozenset(located(project, path, name) or (path, name) for path, name in every)


def _of(changed: Changed) -> tuple[str, str]:
    return changed.function.at.path, changed.function.name


def _parameters(project: Project, changed: Changed) -> frozenset[str]:
    """The parameters of a function: what it was given and hands on is nothing of its own."""
    path, name = _of(changed)
    return frozenset(one for fact in project.facts_of(path, Function) if fact.name == name for one in fact.parameters)


def _is_sure(project: Project, changed: Changed, found: Different, *, few: bool) -> bool:
    """Whether a function surely comes to something else: it is new, or decides what it did not.

    Where it decides less, what it asked is asked elsewhere as often as not. So it is where it only says what stands
    for something missing, or puts a text together. In a change of more than a `few` functions one is written anew where
    it loses what it gets, and what is new, and run by the tests as they are, was a part of another; in any change, so
    is what nobody else can call. What is new and only asks whether something is there, refusing nothing, holds or hands
    on what others make; and to ask so is a precaution where many functions change, or where no test has ever reached
    the function. What makes pages is looked at, and a script runs once.
    """
    answers = _answers_route(project, changed)
    path, name = _of(changed)
    if _IS_SHOWN.search(name) or _SAYS_SETTINGS.search(name) or (changed.added and _stood_before(project, changed)):
        return False
    if path in project.view(pages) or project.side(path) is Side.SCRIPT:
        return any(map(keeps_out, found.every))
    idle = changed.added and not any(map(refuses, found.got))
    if any(weighs(deed) and not (idle and is_there(deed)) for deed in found.got):
        if changed.added:
            apart = few and not _is_private(project, changed)
            return apart or answers or not project.view(reach).includes(*_of(changed))
        mere = all(map(is_there, filter(weighs, found.got)))
        picks = _PICKS.search(changed.function.code)  # what is left out of a sum is no precaution
        if mere and not picks and not any(refuses(deed) or is_answer(deed) for deed in found.got):
            return few and project.view(reach).includes(*_of(changed))
        return few or not (mere or any(map(is_decided, found.lost)))
    forgets = not found.got and any(map(is_write, found.lost))
    lets_in = any(map(keeps_out, found.lost)) and not _is_given_otherwise(project, changed)
    return forgets or lets_in or (answers and any(map(is_answer, found.got)))


def _stood_before(project: Project, changed: Changed) -> bool:
    """Whether half the lines of a new function were there before, wherever: it was a part of others."""
    at = changed.function.at
    file = project.change.files.get(at.path) if project.change is not None else None
    if file is None or not file.before:
        return False
    numbers = chain.from_iterable(range(start, end + 1) for start, end in file.lines)
    texts = dict(zip(numbers, map(str.strip, file.added), strict=False))
    own = range(at.line + 1, at.end_line + 1)
    fresh = [text for line in own if len(text := texts.get(line, "")) > SHORT]
    kept = sum(line not in texts for line in own)
    known = kept + sum(text in project.view(_taken_out) for text in fresh)
    return known >= FEW and 2 * known >= kept + len(fresh)


def _taken_out(project: Project) -> frozenset[str]:
    """The view: the lines that a change takes out, without the space around them."""
    files = project.change.files.values() if project.change is not None else ()
    return frozenset(line.strip() for file in files for line in file.removed)


def _is_given_otherwise(project: Project, changed: Changed) -> bool:
    """Whether a handler is given its caller by another dependency than before: that one asks what it asked itself."""
    path, name = _of(changed)
    file = project.change.files.get(path) if project.change is not None else None
    was = project.originals.get(file.before) if file is not None else None
    before = [fact for fact in was.facts if isinstance(fact, Route) and fact.handler == name] if was is not None else []
    now = [fact for fact in project.facts_of(path, Route) if fact.handler == name]
    return bool(before and now) and not _given(now) <= _given(before)


def _given(routes: Sequence[Route]) -> frozenset[str]:
    return frozenset(one for route in routes for one in (*route.guards, *route.annotations))


def _hands_on(project: Project, changed: Changed, found: Different, tested: Collection[str]) -> bool:
    """Whether a handler is new and decides nothing but who is let in and what is missing, and only reads, or calls what
    tests of the change reach, by these names."""
    own = (deed for deed in found.got if weighs(deed) and not is_there(deed))
    if not changed.added or not all(map(_ADMITTING.match, own)):
        return False
    path, name = _of(changed)
    called = (one for fact in project.facts_of(path, Function) if fact.name == name for one in fact.calls)
    return any(map(_READS.match, found.got)) or any(one.rpartition(".")[2] in tested for one in called)


def _is_private(project: Project, changed: Changed) -> bool:
    """Whether only functions of the same class or module can call a function."""
    path, name = _of(changed)
    if name.rpartition(".")[2].startswith(("_", "#")):
        return not name.endswith("__")
    exports = project.facts_of(path, Export)
    return bool(exports) and all(name.partition(".")[0] not in (one.name, one.local) for one in exports)


def _answers_route(project: Project, changed: Changed) -> bool:
    """Whether a function is a handler, or one in or around it."""
    path, name = _of(changed)
    routes = project.view(_handlers).get(path, set())
    return not {name, name.rpartition(".")[0]}.isdisjoint(routes) or any(one.startswith(f"{name}.") for one in routes)


def _matters(project: Project, changed: Changed, found: Collection[str]) -> bool:
    """Whether a test can be asked for a function, by the deeds that were `found` to be different."""
    path, name = _of(changed)
    if not any(map(is_told, found)):
        return False
    decides = any(map(is_decided, found))
    if _answers_route(project, changed):
        thin = changed.added and (_SHOWS.search(changed.function.code) or not any(map(_ACTS.match, found)))
        seen, every = project.view(_answered).get(project.view(services).of(path), (0, 0))
        return (decides or not thin) and (every <= ROUTES * seen or (path, name) in project.view(reach).places)
    known = not changed.added and not is_aid(path) and (path, name) in project.view(reach).places
    if (path, name) in project.view(_error_handlers):
        return not changed.added and path in project.view(reach).files
    asked = known or path in project.view(_named) or (may_decide(path) and _is_tested_around(project, path))
    if not asked or "@" in name:
        return False
    if changed.added or _WIRES.search(name):
        return decides
    return known or decides or any(map(is_decided, deeds(changed.function.code)))


def _may_be_asked(project: Project, path: str) -> bool:
    """Whether a file is the program's, and neither a test nor only for browsers.

    A script and a part of a library are asked where tests run them.
    """
    if path in project.view(test_files) or _CONFIGURES.search(path) or _WATCHES.search(path):
        return False
    side = project.side(path)
    if side in (Side.SCRIPT, Side.OTHER) and path in project.view(reach).files:
        return True
    if side is Side.OTHER:
        return _is_added(project, path) and _belongs_to_server(project, path)
    return side in SERVER_SIDES


def _is_added(project: Project, path: str) -> bool:
    change = project.change
    return change is not None and path in change.files and not change.files[path].before


def _belongs_to_server(project: Project, path: str) -> bool:
    """Whether a module that nothing loads yet stands among such as run on the server, and on no other side."""
    folder = path.rpartition("/")[0]
    sides = {project.side(other) for other in project.files if other.rpartition("/")[0] == folder} - {Side.OTHER}
    return bool(sides) and sides <= SERVER_SIDES and path not in project.view(_imported)


def _imported(project: Project) -> frozenset[str]:
    """The view: the files that others import."""
    known = project.view(modules)
    return frozenset(edge.target for path in project.files for edge in known.imports(path))


def _is_tested_around(project: Project, path: str) -> bool:
    """Whether tests reach the file or some beside it: where few go of many, nobody expects the next one.

    So it is with those that are called alike in other folders: `flows.py`, `*.listener.ts`.
    """
    if path in project.view(_named):
        return True
    folder, _, name = path.rpartition("/")
    seen, every = project.view(_expecting).get(folder, (0, 0))
    alike, kin = project.view(_expecting_alike).get(_kind(name), (0, 0))
    return seen > 0 and every <= FEW * seen and (kin < FEW or kin <= FEW * alike)


def _answered(project: Project) -> Mapping[str, tuple[int, int]]:
    """The view: by service, how many of its endpoints tests request, and how many there are."""
    names, requested = project.view(services), project.view(tested)
    found: dict[str, tuple[int, int]] = {}
    for one in project.view(endpoints):
        service = names.of(one.at.path)
        seen, every = found.get(service, (0, 0))
        found[service] = (seen + (one in requested), every + 1)
    return found


def _named(project: Project) -> frozenset[str]:
    """The view: the files of which tests import or call something by themselves."""
    return frozenset(path for path, _ in project.view(reach).own)


def _expecting(project: Project) -> Mapping[str, tuple[int, int]]:
    """The view: of the files of each folder, how many tests reach with a function, and of how many that may decide."""
    return _counted(project, lambda path: path.rpartition("/")[0])


def _expecting_alike(project: Project) -> Mapping[str, tuple[int, int]]:
    """The view: the same of the files that are called alike."""
    return _counted(project, lambda path: _kind(path.rpartition("/")[2]))


def _counted(project: Project, group: Callable[[str], str]) -> Mapping[str, tuple[int, int]]:
    seen = {path for path, _ in project.view(reach).places}
    found: dict[str, tuple[int, int]] = {}
    for path in project.files.keys() - project.view(test_files):
        if path in seen or (may_decide(path) and not is_aid(path)):
            reached, every = found.get(group(path), (0, 0))
            found[group(path)] = (reached + (path in seen), every + 1)
    return found


def _kind(name: str) -> str:
    """What files that do the same kind of thing are called: `.listener.ts` for `orders.listener.ts`, else the name."""
    kind = name.partition(".")[2]
    return f".{kind}" if "." in kind else name


# The database


def _objects(project: Project, change: Change, edited: Collection[str]) -> Iterator[Sequence[Object]]:
    named = project.view(named_in_tests)
    asking = (one for one in project.facts(Statement, Side.TEST) if isinstance(one.action, sql.Select | sql.Do))
    if not any(one.at.path.endswith(".sql") for one in asking):
        return  # what only fills a database for tests of another language asks nothing of it
    words = frozenset().union(*(named[path] for path in edited if path in named))
    found: dict[tuple[str, str], list[Object]] = defaultdict(list)
    for statement in project.facts(Statement, Side.MIGRATION):
        for one in _changed_objects(statement) if change.touches(statement.at) else ():
            if one.name.name not in words and one.at not in project.view(restated):
                found[one.kind, str(one.name)].append(one)
    yield from found.values()


def _changed_objects(statement: Statement) -> Iterator[Object]:
    match statement.action:
        case sql.CreatePolicy(name=policy, table=table):
            yield Object("policy", table, policy, "made", statement.at)
        case sql.AlterPolicy(name=policy, table=table):
            yield Object("policy", table, policy, "changed", statement.at)
        case sql.Drop(kind="policy", objects=objects):
            for dropped in objects:
                yield Object("policy", dropped.name, dropped.part, "dropped", statement.at)
        case sql.CreateFunction(name=name):
            yield Object("function", name, "", "made or replaced", statement.at)
        case _:
            return
