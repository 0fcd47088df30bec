"""The modules that decide or compute and that no test reaches, by service, and how surely."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ..facts.code import Computation, Function
from ..facts.data import DocumentQuery, ModelAccess, Query, RowRead, RowWrite, TableAccess
from ..facts.file import FileFacts, Side
from ..facts.http import Route, Router
from ..facts.imports import Export, Import
from ..facts.location import Location
from ..facts.tests import TestCase
from ..project import SERVER_SIDES, Project
from .alone import alone
from .coverage import asks_nobody, asks_unknown, is_unseen
from .deciding import may_decide
from .endpoints import endpoints
from .exercised import exercised, exercised_by, imported_by_tests, may_be_exercised, routing_as_a_whole
from .modules import importers, modules
from .requests import test_files
from .services import services
from .testing_programs import is_tested_by_programs

LEAST = 3
"""How often a module must decide, compute or query to have logic of its own; else a test would repeat its lines."""

SENT = (Query, TableAccess, ModelAccess, DocumentQuery)
"""What certainly asks a database."""
QUERIES = (*SENT, RowRead, RowWrite)
"""What asks one where it stands on a server; several of these may speak of one line."""

ONCE = frozenset({Side.SCRIPT, Side.MIGRATION})
"""Where code runs by hand or a single time, whatever it asks a database for."""

SERVING = frozenset({"serve", "listen"})
"""By what a program begins to answer."""

PAGES = (".tsx", ".jsx")

RUNNERS = frozenset({"unittest", "pytest"})
"""What only tests import, and what helps or runs them."""

_SCRIPT = re.compile(r"\.[cm]?[jt]sx?$")
_TEST_OF = re.compile(r"^tests?_|_tests?$|[-_]?spec$")


@dataclass(frozen=True, slots=True)
class UntestedModule:
    """A module with logic that no test reaches; `strict` where tests may in a way nobody can follow.

    `decisions`, `computations` and `queries` are how often its functions do so; the one at `at`, which is called
    `where`, decides and computes most.
    """

    path: str
    decisions: int
    computations: int
    queries: int
    where: str
    at: Location
    strict: bool = False

    @property
    def weight(self) -> int:
        """How much there is to test."""
        return _weight(self.decisions, self.computations, self.queries)


@dataclass(frozen=True, slots=True)
class UntestedModules:
    """What the tests of a service leave out of its `total` modules with logic, those that hold most first.

    `lost` are those whose tests a change deletes, `new` those that it adds, `known` the rest.
    """

    total: int
    lost: Sequence[UntestedModule]
    new: Sequence[UntestedModule]
    known: Sequence[UntestedModule]


def untested_modules(project: Project) -> Mapping[str, UntestedModules]:
    """The view: the services with tests that leave any out; none where none can be among the wanted files."""
    lost = _lost(project)
    by_service: dict[str, list[UntestedModule]] = defaultdict(list)
    sending = set()
    names = project.view(services)
    for module in _modules(project, lost):
        by_service[names.of(module.path)].append(module)
        if any(project.facts_of(module.path, kind) for kind in SENT):
            sending.add(module.path)
    if not by_service:
        return {}
    reached = project.view(exercised)
    tests = project.view(test_files)
    answering = {names.of(endpoint.at.path) for endpoint in project.view(endpoints)}
    found: dict[str, UntestedModules] = {}
    for service, every in by_service.items():
        if not any(names.within(path, service) for path in tests):
            continue
        python = service.endswith("(python)")
        meant = {_stem(path) for path in tests if python and names.within(path, service)}
        backend = [
            one
            for one in every
            if (python or one.path in sending or service in answering)
            and (one.path in reached or one.path in lost or _stem(one.path) not in meant)
        ]
        untested = [one for one in backend if one.path in lost or one.path not in reached]
        if service in answering and is_unseen(project, service):
            untested = [one for one in untested if one.path in lost]
        if untested:
            in_doubt = project.view(alone) | project.view(may_be_exercised) | project.view(_may_help)
            in_doubt |= project.view(_may_be_imported)
            if is_tested_by_programs(project, service) or asks_unknown(project, service):
                in_doubt |= {one.path for one in untested}
            elif service not in answering and asks_nobody(project, service):
                in_doubt |= project.view(_loaded_by_tests)
            found[service] = _sorted(project, untested, len(backend), lost, in_doubt)
    return found


def _sorted(
    project: Project, untested: Sequence[UntestedModule], total: int, lost: frozenset[str], in_doubt: frozenset[str]
) -> UntestedModules:
    """What is `untested` of a service by what the change did to it."""
    files = project.change.files if project.change is not None else {}
    sorted_: dict[str, list[UntestedModule]] = {"lost": [], "new": [], "known": []}
    for one in sorted(untested, key=lambda one: (-one.weight, one.path)):
        is_new = one.path in files and not files[one.path].before
        kind = "lost" if one.path in lost else "new" if is_new else "known"
        sorted_[kind].append(replace(one, strict=kind != "lost" and one.path in in_doubt))
    return UntestedModules(total, sorted_["lost"], sorted_["new"], sorted_["known"])


def _loaded_by_tests(project: Project) -> frozenset[str]:
    """The view: the files that are loaded with what tests import: any may answer requests in a way nobody knows."""
    waiting, found = [*project.view(test_files)], set(project.view(test_files))
    while waiting:
        for edge in project.view(modules).imports(waiting.pop()):
            if edge.target not in found and not edge.fact.type_only:
                found.add(edge.target)
                waiting.append(edge.target)
    return frozenset(found)


def _may_help(project: Project) -> frozenset[str]:
    """The view: the files after which something beside a test is called that it takes and that nobody could read.

    As where a helper of tests is made by a tool, or holds bytes that no parser is given.
    """
    missing = set[str]()
    for path in project.view(test_files):
        there = {edge.fact for edge in project.view(modules).imports(path)}
        for fact in project.facts_of(path, Import):
            if fact.module.startswith("./") and fact not in there and "." not in fact.module.rpartition("/")[2]:
                missing.add(fact.module.rpartition("/")[2])
    return frozenset(path for path in project.files if any(name.startswith(f"{_stem(path)}-") for name in missing))


def _may_be_imported(project: Project) -> frozenset[str]:
    """The view: the files that are called as what a test imports of the project and nobody can find."""
    folders = {part for path in project.files for part in path.split("/")[:-1]}
    lost = set[str]()
    for path in project.view(test_files):
        found = {edge.fact for edge in project.view(modules).imports(path)}
        for fact in project.facts_of(path, Import):
            parts = _SCRIPT.sub("", fact.module).replace("/", ".").split(".")
            if fact not in found and (fact.module.startswith((".", "@/", "~")) or parts[0] in folders):
                lost.add(parts[-1])
                lost.update(name for name, _ in fact.names if path.endswith(".py"))
    return frozenset(path for path in project.files if path.rpartition("/")[2].rpartition(".")[0] in lost)


def _stem(path: str) -> str:
    """What a file is called without its ending, and without what makes it the test of another: `test_orders.py`."""
    return _TEST_OF.sub("", path.rpartition("/")[2].partition(".")[0])


def _lost(project: Project) -> frozenset[str]:
    """The files that tests reach no more since the change deleted tests: somebody found them worth one."""
    names = project.change.names if project.change is not None else {}
    gone = [file for path, file in project.originals.items() if _lacks_cases(project, file, names.get(path, path))]
    if not gone:
        return frozenset()
    there = {path for file in gone if (path := names.get(file.path, file.path)) in project.files}
    return _surely_exercised(project.less(there, gone)) - _surely_exercised(project)


def _surely_exercised(project: Project) -> frozenset[str]:
    """The files that tests exercise, themselves included, without all that an application may run if it is asked to."""
    return exercised_by(project, project.view(test_files), closed=project.view(routing_as_a_whole)).files


def _lacks_cases(project: Project, before: FileFacts, path: str) -> bool:
    """Whether a test file is gone, or cases are that it had `before`; of its name now there may be another."""
    cases = [fact for fact in before.facts if isinstance(fact, TestCase)]
    return len(cases) > len(project.facts_of(path, TestCase)) if path in project.files else bool(cases)


def _modules(project: Project, lost: frozenset[str]) -> Iterator[UntestedModule]:
    """The modules with logic, tested or not, without those that are another rule's business; none where none is wanted.

    What sends SQL for others runs on a server, even if nothing there imports it.
    """
    wanted = (path for path in project.files if project.is_wanted(path))
    if not any(_has_logic(project, path, lost) and (path in lost or _may_lack_tests(project, path)) for path in wanted):
        return
    routing = {fact.at.path for kind in (Route, Router) for fact in project.facts(kind)}
    routing |= {endpoint.handler_path for endpoint in project.view(endpoints) if endpoint.method != "WEBSOCKET"}
    tests = project.view(test_files) | {
        fact.at.path for fact in project.facts(Import) if fact.module.partition(".")[0] in RUNNERS
    }
    for path in project.files:
        if path in routing or path in tests or not _has_logic(project, path, lost):
            continue
        if path not in lost and not may_decide(path):
            continue
        if not path.endswith(".py") and not project.facts_of(path, Export):
            continue  # of which no test can take anything
        lends = bool(project.facts_of(path, Query)) and bool(project.facts_of(path, Export))
        serves = project.side(path) in SERVER_SIDES or (lends and project.side(path) not in ONCE) or path in lost
        serves = serves or _begins(project, path)
        if serves and not _is_program(project, path) and not _only_migrates(project, path):
            most = _most(project, path)
            yield UntestedModule(path, *_logic(project, path), most.name, most.at)


def _begins(project: Project, path: str) -> bool:
    """Whether a change adds a module that no other imports yet to a folder of which all others serve."""
    file = project.change.files.get(path) if project.change is not None else None
    if file is None or file.before or project.side(path) is not Side.OTHER:
        return False
    folder, tests = path.rpartition("/")[0], project.view(test_files)
    beside = [one for one in project.files if one.rpartition("/")[0] == folder and one not in tests and one != path]
    sides = {Side.BROWSER if one.endswith(PAGES) else project.side(one) for one in beside}
    return not sides.isdisjoint(SERVER_SIDES) and sides <= {*SERVER_SIDES, Side.OTHER}


def _is_program(project: Project, path: str) -> bool:
    """Whether a file that no other imports serves or calls functions of its own as it is loaded: that is to run it."""
    if path in project.view(importers):
        return False
    own = {one.name for one in project.facts_of(path, Function) if "." not in one.name}
    return any(not made.function for made in project.calls_made(path, own | SERVING))


def _only_migrates(project: Project, path: str) -> bool:
    """Whether only migrations import a file; what a script or a command loads is worth a test as well."""
    known = project.view(importers).get(path, ())
    return bool(known) and all(project.side(one) is Side.MIGRATION for one in known)


def _has_logic(project: Project, path: str, lost: frozenset[str]) -> bool:
    return _weight(*_logic(project, path)) >= (1 if path in lost else LEAST)


def _weight(decisions: int, computations: int, queries: int) -> int:
    return decisions + computations + 2 * queries


def _logic(project: Project, path: str) -> tuple[int, int, int]:
    """How often the functions of a file decide and compute, and how many queries stand in one that has functions."""
    functions = project.facts_of(path, Function)
    if not functions:
        return 0, 0, 0
    queries = {fact.at.line for kind in QUERIES for fact in project.facts_of(path, kind)}
    return sum(_own(functions)), len(project.facts_of(path, Computation)), len(queries)


def _own(functions: Sequence[Function]) -> Iterator[int]:
    """The decisions of each outermost function; those of the functions in it are among its own."""
    names = {one.name for one in functions}
    for one in functions:
        if one.name.rpartition(".")[0] not in names:
            yield one.decisions


def _most(project: Project, path: str) -> Function:
    """The function of a file that decides and computes most."""
    computing = Counter(fact.function for fact in project.facts_of(path, Computation))
    return max(project.facts_of(path, Function), key=lambda one: one.decisions + computing[one.name])


def _may_lack_tests(project: Project, path: str) -> bool:
    """Whether a module may be one that no test reaches, as far as that is known at once."""
    return project.may_serve(path) and may_decide(path) and path not in project.view(imported_by_tests)
