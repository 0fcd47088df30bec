"""What a change makes do anything else while no test of the change reaches it: functions, and objects of the database.

`change-without-test` says so. What it says something about is nothing for the rules that look for what no test has ever
reached, nor is what these tell of as new anything for it: a new route without a test is one cause, and one finding.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ..facts import sql
from ..facts.change import Change
from ..facts.code import Class, Function
from ..facts.file import Side
from ..facts.http import Mount, Route
from ..facts.imports import Import
from ..facts.location import Location
from ..facts.sql import Statement
from ..facts.tests import RequestedRoute, TestCase, TestPart
from ..project import Project
from .assured import calls_what_is_tested, hands_on, is_sure
from .behaviours import Changed, by_route, changed_behaviours, gone, new_fields, new_parameters, only_passes_on, spelled
from .declarations import redeclared
from .deeds import (
    Different,
    different,
    weighs,
)
from .edited import Edited, edited
from .endpoints import endpoints
from .endpoints import reached as running
from .exercised import Reach, all_leads, exercised_by, reach
from .expecting import error_handlers, is_expected, may_be_asked
from .graphql import is_resolver
from .modules import imported, modules
from .named_in_tests import named_in_tests
from .overridden import overridden
from .places import located
from .reguarded import reguarded
from .requests import test_files
from .restated import restated
from .services import services
from .subjects import share_subject
from .untested_edge_functions import untested_edge_functions
from .untested_modules import untested_modules
from .untested_routes import untested_routes
from .unused import is_called_by_nobody, is_new_and_unused
from .ways import WHOLE

_OVERLOAD = re.compile(r"\(decorator @ (?:\(attribute \w+ \. overload\)|overload)\)")
"""What only says of a function which types it takes."""
_NAME = re.compile(r"(?<!\. )(?<!\(string )(?<!keyword_argument )(?<![\w$(])[A-Za-z_]\w*")
"""A name in the code of a function that is none of a part, a text or a parameter."""
_PROCESSES = frozenset({"child_process", "execa", "zx", "subprocess", "pexpect"})
"""Modules that start programs."""
_GRAPHQL = re.compile(r"gql|graph_?ql", re.IGNORECASE)
"""What tests call whatever sends their queries."""

FARTHEST = 6
"""How many calls away from an edited test a function may be: who edits one has something in mind that it reaches."""

MANY = 3
"""So many functions of a service a change may make do something else: of more, one that loses what it gets is written
anew."""


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
        or (path not in requesting and path not in project.view(imported) and not _names_any(project, path))
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


def _has_run(project: Project, changed: Changed) -> bool:
    """Whether a coverage report says that some test has called a function which the change adds."""
    ran = project.coverage.get(changed.function.at.path)
    return changed.added and ran is not None and ran.entered(changed.function.at)


def _runs_on_import(project: Project, changed: Changed) -> bool:
    """Whether a function is new and called by its own module, which runs it for whoever imports that."""
    path, name = changed.place
    return changed.added and any(not made.function for made in project.calls_made(path, {name}))


def _functions(project: Project, tests: Edited) -> Mapping[str, Sequence[Changed]]:
    closed = _closed(project, tests) | overridden(project, tests)
    now = exercised_by(project, tests.files, FARTHEST, tests, closed)
    names = project.view(services)
    every = [one for changed in project.view(changed_behaviours) for one in by_route(project, changed)]
    reached = {one.place: now.includes(*one.place) for one in every}
    if any(fact.at.path in tests.files and tests.counts(fact.at) for fact in project.facts(RequestedRoute)):
        # What answers for errors runs in none of its own routes: who edits a request may mean any of them.
        reached |= dict.fromkeys(project.view(error_handlers), True)
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
    for changed in every:
        if importing[changed.function.at.path] and _runs_on_import(project, changed):
            reached[changed.place] = True
    tested = {one.place[1].rpartition(".")[2] for one in every if one.added and reached[one.place]}
    by_file: dict[str, list[Changed]] = defaultdict(list)
    for changed in every:
        path = changed.function.at.path
        if not may_be_asked(project, path) or _OVERLOAD.search(changed.function.code) or _has_run(project, changed):
            continue
        found = different(project, changed).without(handed)
        if (
            is_expected(project, changed, found.every)
            and not is_new_and_unused(project, changed)
            and not reached[changed.place]
            and not only_passes_on(changed, words | _parameters(project, changed), added, project.view(gone))
            and any(names.within(test, names.of(path)) for test in project.view(test_files))
        ):
            sure = (
                is_sure(project, changed, found, few=several[names.of(path)] <= MANY)
                and not is_called_by_nobody(project, changed)
                and not calls_what_is_tested(project, changed, found, tested)
                and not hands_on(
                    project, changed, found, {name.rpartition(".")[2] for (_, name), hit in reached.items() if hit}
                )
                and (
                    (not changed.added and changed.place in seen.places)
                    or not share_subject(touched - importing[path], *changed.place)
                )
            )
            by_file[path].append(replace(changed, sure=sure, edit=_edit(changed, found)))
    for one in (*project.view(redeclared), *project.view(reguarded)):
        path = one.changed.function.at.path
        if may_be_asked(project, path) and (by := one.reached(seen)) is not None and not one.may_be_reached(now):
            # What makes an application is another where it asks others for their names: said once.
            by_file[path] = [known for known in by_file[path] if known.line != one.changed.line] + [
                replace(one.changed, by=by)
            ]
    driven = _driven(project, tests.files)
    # What is as it was some commits ago is tested as it was then.
    left_out = change.restored if (change := project.change) is not None else frozenset()
    told = set(_told_as_untested(project, {one.place for one in every if one.added}))
    by_file = {path: [one for one in several if one.place not in told] for path, several in by_file.items()}
    return {
        path: _once(several)
        for path, several in by_file.items()
        if several and not path.startswith(driven) and path not in left_out
    }


def _once(several: Sequence[Changed]) -> Sequence[Changed]:
    """Each name once: a property is written for who reads it, for who sets it, and for queries."""
    found: dict[tuple[str, str], Changed] = {}
    for one in several:
        if one.place not in found or (one.sure and not found[one.place].sure):
            found[one.place] = one
    return list(found.values())


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


def _parameters(project: Project, changed: Changed) -> frozenset[str]:
    """The parameters of a function: what it was given and hands on is nothing of its own."""
    path, name = changed.place
    return frozenset(one for fact in project.facts_of(path, Function) if fact.name == name for one in fact.parameters)


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
