"""Which tests certainly check nothing: each thing that they call is known, and is no check."""

import builtins
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from enum import Enum

from ..facts.code import Definition, Function
from ..facts.tests import TestCase
from ..facts.values import Call, Parameter, options
from ..project import Project
from .deciding import is_aid
from .functions import by_callee, classes, functions
from .modules import modules
from .places import called, located, method_of
from .requests import test_files
from .services import services

MAX_HELPERS = 3
"""How many functions of tests may call each other."""

_STANDARD = sys.stdlib_module_names - {"asyncio", "doctest", "sqlite3", "subprocess", "unittest"}
_BUILTINS = frozenset(
    """bool bytearray bytes dict enumerate filter float frozenset getattr hasattr int isinstance iter len list literal
    map max min open print range repr reversed round set setattr sorted str sum super tuple type vars zip
    ArrayBuffer Array Blob Boolean BigInt Buffer Date File FormData Headers Map Math Number Object Request Response Set
    AbortController Error RangeError SyntaxError TypeError String Symbol TextDecoder TextEncoder URL URLSearchParams
    Uint8Array JSON console crypto performance process setImmediate setTimeout structuredClone
    jest vi sinon @nestjs/testing vitest.vi @jest/globals.jest node:test.mock next/server unittest.mock
    monkeypatch mocker tmp_path tmpdir caplog capsys settings""".split()
)
"""What languages, their runners and pytest give to everybody, none of which looks at what the code did."""
_COMPUTES = frozenset({"Math", "Number", "String", "Boolean"})
_OF_PYTHON = frozenset(dir(builtins)) - {"compile", "eval", "exec"}
_DRIVES = re.compile(r"(?:asyncio|anyio|trio)\.run|[\w.()]*\.run_until_complete|(?:asgiref\.sync\.)?async_to_sync")
"""Runs what is asynchronous, and fails where that does."""
_LOADS = frozenset({"require()", "import()"})
_NODE = re.compile(r"(?:node:)?(?:buffer|crypto|fs|fs/promises|os|path|url|util)(?:\.|$)")
_AIDS = re.compile(
    r"(?:^|[/._-])(?:\w*test(?:s|ing|[-_]?\w*)|e2e|spec|mocks?|fakes?|helpers?|harness)(?:[/._-]|$)", re.I
)
"""Files that help tests wherever they stand."""

_VERBS = r"get|post|put|patch|delete|del|head|options|request|inject|open|invoke"
_MAKER = (
    r"(?:TestClient|AsyncClient|APIClient|test_client|CliRunner|test_cli_runner|django\.test\.(?:Async)?Client"
    r"|httpx\.Client)"
)
_CLIENTS = re.compile(rf"(?:^|\.){_MAKER}(?:\(\))?$")
"""What makes a client that sends requests to an application under test, or commands: none fails for an answer."""
_OF_APPLICATION = (".test_client", ".test_cli_runner")
"""What gives a client or a runner, of an application of Flask's or Quart's, wherever that is kept."""
_CLIENT_CLASS = re.compile(r"(?:^|\.)(?:Flask|Quart|Test|Async|API)?Client$")
"""How libraries call the classes of their clients, from which tests derive their own."""
_FIXTURE = re.compile(r"(?:^|\.)fixture$")
_SENT = re.compile(  # chai-http rejects for no status since 4.0
    r"(?:supertest(?:\.default|\.agent)?|light-my-request(?:\.default|\.inject)?|fetch)\(\)"
    r"|(?:chai(?:\.default)?(?:\.use\(\))?|chai-http(?:\.default)?)\.request(?:\.agent|\.execute)?\(\)"
    rf"|supertest\.(?:default\.)?(?:SuperTest|Agent|TestAgent|SuperAgentTest)\.(?:{_VERBS})\(\)"
    rf"|@?playwright\S*\.APIRequestContext\.(?:{_VERBS}|fetch)\(\)"
    rf"|(?:self\.client|httpx|requests|(?:[\w.()]+\.)?{_MAKER}\(\))\.(?:{_VERBS})\(\)"
)
_ASKED = re.compile(rf"(\w+)\.(?:{_VERBS})\(\)")
_ASKED_OF_GIVEN = re.compile(rf"(\w+)\(\)\.(?:{_VERBS})\(\)")
_OF_PARAMETER = re.compile(r"(\w+)\.\w+\(\)")
_ASKED_OF_OWN = re.compile(rf"self\.\w+\.(?:{_VERBS})\(\)")
_READY = ("setUp", "asyncSetUp", "setUpClass", "setUpTestData", "setup_method", "__init__")
"""Where a class of tests keeps what its methods use."""
_ASKED_OF_OBJECT = re.compile(rf"([A-Za-z_$][\w$]*)\.(\w+)(\(\))?\.(?:{_VERBS})\(\)")
"""A request by what an object of a class keeps, or one of its methods gives: `this.http().post()`, by the class."""
_ASKED_OF_APP = re.compile(r"[^()]*\.(?:request|fetch|inject)\(\)")
"""Hono's and Fastify's applications answer without a client."""
_INJECTED = re.compile(
    r"(?:\S+\.)?(?:app|server|fastify|hono)\.(?:inject|request)\(\)"
    r"|(?:\S+\.)?(?:Hono|OpenAPIHono|FastifyInstance|Pick|ReturnType|Awaited)\.(?:inject|request|fetch)\(\)"
    r"|\S+\(\)\.inject\(\)"
)
"""The same of an application that a hook or a helper makes, or that a class of the tests keeps, by its type."""
_OF_EXTENDED = re.compile(r"(\w+)(\.\w+)")
_READ = re.compile(r"\w+\.(?:json|get_json|text)$")
"""Reads an answer."""
_EMPTIED = re.compile(
    r"(?P<answer>.+\(\))\.(?:json|text|blob|bytes|arrayBuffer|formData|body\.(?:cancel|getReader))\(\)"
)
"""Reads or throws away the body of what is by that an answer (Fetch, "Body")."""
_MEMBER = re.compile(r"(?P<made>[^()]+)\(\)\.(?P<name>\w+)\(\)")
"""Something of what a helper or a class gives: `useApi().send()`."""
_AGENT = re.compile(rf"[^()]+\(\)\.(?:{_VERBS})\(\)")
"""A request by what a helper gives: `signedIn().get()`."""
_MAKES_AGENT = re.compile(rf"(?:^|\.)(?:supertest(?:\.default|\.agent)*|{_MAKER})(?:\(\))?$")
_PLAYWRIGHT = re.compile(rf"request\.(?:{_VERBS}|fetch)")
"""What Playwright gives to send requests by; it fails for no status (Playwright, "APIRequestContext")."""
_OF_ITSELF = re.compile(
    r"(?:^|[./@])(?:axios|got|ky|ofetch|\$fetch|superagent|page|browser|context|cy|driver|screen|user|userEvent|locator"
    r"|playwright|puppeteer\w*|selenium|webdriver\w*|@?testing-library|pactum|frisby|chai|nock|hamcrest|benchmark|snapshot)\b",
    re.IGNORECASE,
)
"""What fails by itself where all is not well: clients that throw for a status, and what is clicked in a browser."""
_WAITS = frozenset({"Promise", "done", "next", "resolve"})
"""What a test waits for, and which never comes where all is not well."""
_FAILS = re.compile(r"raise|throw|fail|reject|parse|require", re.IGNORECASE)
"""Names, beside those of checks, of what may fail on purpose."""
_PRETENDS = re.compile(r"\.mock(?:Return|Resolved|Rejected|Implementation|Reset|Clear|Restore)\w*(?:\(\))?$")
"""Tells a mock of Jest's or Vitest's what to do."""
_PROVIDED = re.compile(r"@nestjs/testing\.[\w.()]*\.(?:get|resolve)\(\)\.\w+\(\)$")
"""A method of what Nest's testing module gives: a part of the application (Nest, "Unit testing")."""
_GIVEN_CLIENTS = frozenset({"client", "admin_client", "async_client"})
"""Fixtures of pytest-django and pytest-flask."""
_OF_UNITTEST = frozenset({"self.subTest", "self.addCleanup", "self.enterContext"})
"""What arranges a test and looks at nothing (Python's library, `unittest.TestCase`)."""
_MAKES = re.compile(
    r"(?<![a-z])(?:creat|construct|instan|initiali|build|built|mak(?:es?|ing)|made|new|default|start|subclass|inherit|abstract)",
    re.IGNORECASE,
)
"""Words by which a test says that it is there to see that something can be made."""
_HARMLESS_MARKS = re.compile(
    r"pytest\.mark\.(?!xfail)|(?:freezegun\.)?freeze_time|time_machine\.travel|responses\.activate|(?:pytest\.)?fixture|moto\.mock_\w+|(?:unittest\.)?mock\.patch|django\.test\.(?:utils\.)?\w+_settings"
)


_CHECKS = re.compile(
    r"assert|expect|verif|check(?!out|box|sum|point)|should|ensure|must(?!ache)|snapshot|wait_?(?:for|until)|(?<!in)valid|full_clean"
    r"|(?<![a-z])unwrap(?!p?ed|_?or)|Unwrap(?!p?ed|Or)"
    r"|(?<![A-Za-z])test(?!_?(?:client|cli))|(?<=[a-z0-9])(?<!sub)Test"
    r"|(?:find|get)(?:All)?By(?:Role|Text|Label|Placeholder|TestId|Alt|Title|Display)",
    re.IGNORECASE,
)
"""Names by which a helper may be a check of its own; `full_clean` is Django's, and what unwraps a result throws for
one that says what went wrong (neverthrow, "`_unsafeUnwrap`"; Redux Toolkit, "`unwrap`")."""
_MAYBE_CHECKS = re.compile(
    r"(?<![A-Za-z])(?:run(?!ner)|match|compare)|(?<=[a-z0-9])(?:Run(?!ner)|Match|Compare)|clean$"
)
"""Names by which so may one of which nothing else is known."""
_NO_CHECKS = frozenset(
    {"supertest", "supertest.default", "fastapi.testclient.TestClient", "starlette.testclient.TestClient"}
)
"""What is called so and checks nothing."""


class _Kind(Enum):
    RUN = "the project's code"
    ASKED = "a request, which may fail by its answer alone"
    MADE = "an object of a class of the project's"
    AID = "what is known to do nothing about it"
    QUIET = "what no helper of the tests that is called so looks at"
    UNKNOWN = "what may check"


def may_check(callee: str) -> bool:
    """Whether what is called this may be a check, by its last name."""
    last = callee.replace("()", "").rpartition(".")[2]
    named_so = _CHECKS.search(last) is not None or _MAYBE_CHECKS.search(last) is not None
    return callee.startswith("cy.") or (named_so and callee not in _NO_CHECKS)


def calls_check(project: Project, case: TestCase) -> bool:
    """Whether anything that a test calls may be a check by its name, and is not known to give its answer away only.

    What is called `run`, or in another way that may mean anything, is one where it is not known what it does.
    """
    suspects = [at for at, callee in enumerate(case.calls) if may_check(callee)]
    if not suspects:
        return False
    kinds = _kinds(project, case, _function(project, case)) if case.origins else []
    return any(
        not _only_tells(project, case.at.path, case.calls[at])
        and (
            _is_named_check(case.calls[at])
            or at >= len(kinds)
            or kinds[at] in (_Kind.UNKNOWN, _Kind.QUIET)
            or (kinds[at] is _Kind.RUN and _looks(project, case, case.calls[at]))
        )
        for at in suspects
    )


def _looks(project: Project, case: TestCase, callee: str) -> bool:
    """Whether a function of the project that a test calls is not to be seen, or calls what is a check by its name."""
    function, caller = None, _function(project, case)
    if caller is not None and callee in caller.parameters:
        function = _fixture(project, case.at.path, callee)
    else:
        place = called(project, caller, callee) if caller is not None else located(project, case.at.path, callee)
        function = project.view(functions).get(place) if place is not None else None
    return function is None or any(map(_is_named_check, function.calls))


def _is_named_check(callee: str) -> bool:
    return callee.startswith("cy.") or _CHECKS.search(callee.replace("()", "").rpartition(".")[2]) is not None


def _function(project: Project, case: TestCase) -> Function | None:
    return project.view(functions).get((case.at.path, case.name))


def _only_tells(project: Project, path: str, callee: str) -> bool:
    """Whether what is called so is a function of the project that cannot fail on purpose: `codes_match(a, b)`."""
    place = located(project, path, callee)
    function = project.view(functions).get(place) if place is not None else None
    if function is None or function.is_async or function.decisions or _is_aid(function.at.path):
        return False
    return function.at.path not in project.view(test_files) and not any(map(_may_fail, function.calls))


def unchecked(project: Project, case: TestCase, *, is_hopeful: bool = False) -> tuple[str, ...]:
    """What a test runs of the project's code or requests of it, in order; `()` where it calls what could be a check.

    Where the test says that all goes well, it takes a request, which does so or not by its answer alone. It takes one,
    too, where it calls anything of which is only known that no helper of the tests by that name checks. Where nothing
    runs but the making of an object, that counts unless making it is what the test is there for.
    """
    path, function = case.at.path, _function(project, case)
    if not all(map(_HARMLESS_MARKS.match, function.decorators if function else ())):
        return ()
    kinds = _kinds(project, case, function)
    hopes = is_hopeful and not _cannot_fail(project, case, kinds)
    if _Kind.UNKNOWN in kinds or ((hopes or _Kind.QUIET in kinds) and _Kind.ASKED not in kinds):
        return ()
    ran: tuple[_Kind, ...] = (_Kind.RUN, _Kind.ASKED)
    if not set(ran).intersection(kinds) and not path.endswith(".py") and not _MAKES.search(case.name):
        ran = (_Kind.MADE,)
    return tuple(origin for origin, kind in zip(case.origins, kinds, strict=True) if kind in ran)


def _cannot_fail(project: Project, case: TestCase, kinds: Sequence[_Kind]) -> bool:
    """Whether what a test runs only computes, which in TypeScript never fails: only what it gives shows it."""
    ran = [origin for origin, kind in zip(case.origins, kinds, strict=True) if kind is _Kind.RUN]
    return bool(ran) and not case.at.path.endswith(".py") and all(_computes(project, case.at.path, one) for one in ran)


def _computes(project: Project, path: str, origin: str) -> bool:
    place = located(project, path, origin.removesuffix("()"))
    function = project.view(functions).get(place) if place is not None else None
    if function is None or not _only_tells(project, path, origin.removesuffix("()")):
        return False
    return all(callee.partition(".")[0] in _COMPUTES for callee in function.calls)


def _kinds(project: Project, case: TestCase, function: Function | None) -> list[_Kind]:
    """What each thing is that a test calls, the one with the other: what is read of an answer, what makes ready."""
    path = case.at.path
    emptied = () if path.endswith(".py") else tuple(filter(None, map(_EMPTIED.fullmatch, case.origins)))
    answers, bodies = {one["answer"] for one in emptied}, {one[0] for one in emptied}
    # What only gives the object that has the method does what matters in that.
    givers = {f"{one.partition('()')[0]}()" for one in case.origins if _member(project, path, one) is not None}
    kinds: list[_Kind] = []
    is_ready = False
    for at, origin in enumerate(case.origins):
        if origin in bodies or (origin in givers and not _is_class(project, path, origin)):
            kind = _Kind.AID
        elif (origin and not origin.startswith("{")) or at >= len(case.calls):
            kind = _kind(project, path, function, origin, MAX_HELPERS)
        elif case.framework == "playwright" and _PLAYWRIGHT.fullmatch(case.calls[at]):
            kind = _Kind.ASKED
        else:  # of a parameter that is taken apart, of a function of the test's own, or of what nothing is known of
            kind = _unnamed(project, path, case.calls[at])
        if kind is _Kind.RUN and origin in answers:
            kind = _Kind.ASKED
        elif kind in (_Kind.UNKNOWN, _Kind.QUIET) and not is_ready and _is_of_tests(project, path, function, origin):
            kind = _Kind.AID  # what it may look at is what the test begins with
        is_ready = is_ready or kind in (_Kind.RUN, _Kind.ASKED)
        kinds.append(kind)
    return kinds


def _unnamed(project: Project, path: str, callee: str) -> _Kind:
    """What a test calls where nothing says what made it: a fixture of an extended runner, a function around it."""
    script = not path.endswith(".py")
    if script and (given := _OF_EXTENDED.fullmatch(callee)) is not None:
        fixture = project.view(_extended).get(given[1])
        found = _of_maker(project, fixture, given[2], MAX_HELPERS) if fixture is not None else None
        return found or _by_name(project, callee)
    named = [one for one in project.facts_of(path, Function) if f".{one.name}".endswith(f".{callee}")] if script else []
    if len(named) == 1 and "." not in callee:
        return _within(project, (path, named[0].name), path, MAX_HELPERS)
    return _by_name(project, callee)


def _extended(project: Project) -> dict[str, Function]:
    """The view: what makes the fixtures that `test.extend` of Playwright and Vitest is given, where one alone does."""
    found: dict[str, list[Function]] = defaultdict(list)
    for path in project.view(test_files):
        for one in project.facts_of(path, Function) if not path.endswith(".py") else ():
            if "use" in one.parameters and "use" in one.calls:
                found[one.name.rpartition(".")[2]].append(one)
    return {name: several[0] for name, several in found.items() if len(several) == 1}


def _kind(
    project: Project, path: str, caller: Function | None, origin: str, helpers: int, *, given: bool = False
) -> _Kind:
    """What `caller` calls, as the test file at `path` spells where it comes from.

    `given` where the object that it belongs to was made with a plain client.
    """
    first, tests = origin.partition("()")[0], project.view(test_files)
    if _SENT.match(origin) and located(project, path, first) is None:
        return _sent(project, path, caller, origin, helpers)
    if _INJECTED.fullmatch(origin) and not path.endswith(".py"):
        return _Kind.ASKED
    if _PRETENDS.search(origin) or _DRIVES.fullmatch(first) or (origin in _LOADS and not path.endswith(".py")):
        return _Kind.AID
    if first.endswith(_OF_APPLICATION) and origin == f"{first}()":
        return _Kind.AID
    if _PROVIDED.match(origin):
        return _Kind.RUN
    if caller is not None and first.startswith("self."):
        return _of_own(project, caller, origin, helpers, given=given)
    if caller is not None and _is_sent_by_own(project, caller, origin):
        return _Kind.ASKED
    if (asked := _ASKED.match(origin)) and located(project, path, first) is None:
        return _asked_of(project, path, asked[1], origin, helpers)
    if caller is not None and (asked := _ASKED_OF_GIVEN.fullmatch(origin)) and asked[1] in caller.parameters:
        return _Kind.ASKED if _gives_clients(project, path, asked[1]) else _by_name(project, origin)
    given = given or (caller is not None and _gets_client(project, caller))
    if (member := _of_helper(project, path, origin, helpers, given=given)) is not None:
        return member
    if caller is not None and (one := _OF_PARAMETER.match(origin)) and one[1] in caller.parameters:
        return _of_fixture(project, path, one[1], origin, helpers) or _by_name(project, origin)
    if caller is not None and origin == f"{first}()" and first in caller.parameters:
        fixture = _fixture(project, path, first)
        if fixture is None or any(one.decisions for one in (fixture, *_defined_in(project, fixture))):
            return _Kind.UNKNOWN
        return _within(project, (fixture.at.path, fixture.name), path, helpers)
    for name in _prefixes(first):
        place = _helper(project, path, name) if name == first else located(project, path, name)
        target = place[0] if place is not None else project.view(modules).resolve(name, path)
        helper = place is not None and name == first and place in project.view(functions)
        if place is not None and helper and (target == path or (origin == f"{name}()" and target in tests)):
            return _within(project, place, path, helpers)
        if place in project.view(classes) and origin == f"{name}()":
            return _Kind.MADE
        if target is not None:
            if target in tests or _is_aid(target):
                return _by_name(project, origin)
            return _Kind.ASKED if not path.endswith(".py") and _ASKED_OF_APP.match(origin) else _Kind.RUN
        python = name in _STANDARD or (name in _OF_PYTHON and name == first)
        if name in _BUILTINS or _NODE.match(name) or (python and path.endswith(".py")):
            return _Kind.AID
    if first.startswith(("./", "../")) and not _is_aid(first) and not path.endswith(".py"):
        return _Kind.RUN  # of a file that is not there, or not any more
    nested = [one for one in project.facts_of(path, Function) if one.name.endswith(f".{first}")]
    if origin == f"{first}()" and len(nested) == 1 and "." not in first:
        return _within(project, (path, nested[0].name), path, helpers)
    return _Kind.AID if _READ.match(first) else _by_name(project, origin)


def _sent(project: Project, path: str, caller: Function | None, origin: str, helpers: int) -> _Kind:
    """A request by a library's client, or by what the class of a test was given in its place as `self.client`."""
    for one in _preparing(project, caller) if caller is not None and origin.startswith("self.client.") else ():
        if "client" in one.parameters:
            return _asked_of(project, one.at.path, "client", origin.removeprefix("self."), helpers)
        for maker in one.calls:
            own = f"{maker}(){origin.removeprefix('self.client')}"
            if _is_class(project, one.at.path, f"{maker}()") and (found := _of_helper(project, path, own, helpers)):
                return found
    return _of_stand_in(project, path, origin, helpers) if path.endswith(".py") else _Kind.ASKED


def _preparing(project: Project, caller: Function) -> Iterator[Function]:
    """The methods that make ready what the methods of a class of tests use, its own and those of its bases."""
    owner = located(project, caller.at.path, caller.name.rpartition(".")[0])
    waiting, seen = [owner], set[tuple[str, str]]()
    while waiting:
        owner = waiting.pop(0)
        known = project.view(classes).get(owner) if owner is not None and owner not in seen else None
        if owner is None or known is None:
            continue
        seen.add(owner)
        for one in project.facts_of(owner[0], Function):
            outer, _, name = one.name.rpartition(".")
            if outer == owner[1] and (name in _READY or any(map(_FIXTURE.search, one.decorators))):
                yield one
        waiting += [located(project, owner[0], base) for base in known.bases]


def _of_stand_in(project: Project, path: str, origin: str, helpers: int) -> _Kind:
    """A request by a library's client, or by the class of the tests that it is to be made of (`test_client_class`)."""
    verb = origin.removesuffix("()").rpartition(".")[2]
    service = project.view(services).of(path)
    for owner in project.view(_stand_ins):
        place = method_of(project, *owner, verb)
        meant = place is not None and project.view(services).within(owner[0], service)
        if meant and place is not None and _within(project, place, path, helpers) is _Kind.UNKNOWN:
            return _Kind.UNKNOWN
    return _Kind.ASKED


def _stand_ins(project: Project) -> Sequence[tuple[str, str]]:
    """The view: the classes of tests that are derived from a library's client, and that the library itself makes."""
    values = (one.value for one in project.facts(Definition))
    made = {*project.view(by_callee), *(one.callee for one in values if isinstance(one, Call))}
    names = {callee.rpartition(".")[2] for callee in made}
    return [
        place
        for place, one in project.view(classes).items()
        if one.name not in names and any(map(_CLIENT_CLASS.search, one.bases)) and _helps(project, place)
    ]


def _asked_of(project: Project, path: str, name: str, origin: str, helpers: int) -> _Kind:
    """A request by what pytest gives for a parameter: a plain client, or an object of the tests that sends it."""
    if _is_client(project, path, name):
        return _of_stand_in(project, path, origin, helpers)
    return _of_fixture(project, path, name, origin, helpers) or _Kind.UNKNOWN


def _gives_clients(project: Project, path: str, name: str) -> bool:
    """Whether pytest gives a function for a parameter that makes a plain client: `as_user("ann").post("/orders")`."""
    fixture = _fixture(project, path, name)
    inside = list(_defined_in(project, fixture)) if fixture is not None else []
    return any(_MAKES_AGENT.search(callee) for one in inside for callee in one.calls)


def _of_fixture(project: Project, path: str, name: str, origin: str, helpers: int) -> _Kind | None:
    """A method of what pytest gives for a parameter: an object of the tests, or of a class of the project's."""
    fixture = _fixture(project, path, name)
    return _of_maker(project, fixture, origin.removeprefix(name), helpers) if fixture is not None else None


def _of_maker(project: Project, fixture: Function, rest: str, helpers: int) -> _Kind | None:
    """A method, the `rest` of what is called, of what a fixture makes."""
    if fixture.decisions:
        return None
    given = _gets_client(project, fixture)
    for maker in _makers(fixture):
        found = _of_helper(project, fixture.at.path, f"{maker}(){rest.removesuffix('()')}()", helpers, given=given)
        if found is not None:
            return found
        place = located(project, fixture.at.path, maker)
        if place in project.view(classes) and not _helps(project, place):
            return _Kind.RUN
    return None


def _makers(fixture: Function) -> Sequence[str]:
    """What a fixture may make what it gives with."""
    returned = [one.callee for value in fixture.returns for one in options(value) if isinstance(one, Call)]
    return returned or fixture.calls


def _helps(project: Project, place: tuple[str, str]) -> bool:
    """Whether something stands in tests or in what helps them."""
    return place[0] in project.view(test_files) or _is_aid(place[0])


def _gets_client(project: Project, function: Function) -> bool:
    """Whether a fixture or a test makes a plain client or gets one, and so may what it makes."""
    makes = any(map(_CLIENTS.search, function.calls))
    return makes or any(_is_client(project, function.at.path, one) for one in function.parameters)


def _is_sent_by_own(project: Project, caller: Function, origin: str) -> bool:
    """Whether a helper sends a request by an agent that it makes, the function around it, or its class does."""
    path, (outer, _, _) = caller.at.path, caller.name.rpartition(".")
    known = project.view(functions)
    if (
        (asked := _ASKED.match(origin))
        and asked[1] not in caller.parameters
        and located(project, path, asked[1]) is None
    ):
        around = (known.get((path, name)) for name in _prefixes(caller.name))
        return any(_MAKES_AGENT.search(callee) for one in around if one is not None for callee in one.calls)
    asked = _ASKED_OF_OBJECT.match(origin)
    if asked is None or not outer or asked[1] not in ("this", outer):
        return False
    if asked[3]:
        maker = known.get(method_of(project, path, outer, asked[2]) or (path, ""))
        return maker is not None and any(map(_MAKES_AGENT.search, maker.calls))
    makers = (one for one in project.facts_of(path, Function) if one.name.startswith(f"{outer}."))
    return any(_MAKES_AGENT.search(callee) for one in makers for callee in one.calls)


def _helper(project: Project, path: str, name: str) -> tuple[str, str] | None:
    """Where a name is defined; behind an alias that nothing tells, the only helper of the tests that is called so."""
    place = located(project, path, name)
    if place is None and name.startswith(("#", "~/", "@/", "@test")):
        several = project.view(_helpers).get(name.rpartition(".")[2], ())
        return several[0] if len(several) == 1 else None
    return place


def _helpers(project: Project) -> dict[str, list[tuple[str, str]]]:
    """The view: the functions and classes at the top of test files by their names."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    tests = project.view(test_files)
    for path, name in (*project.view(functions), *project.view(classes)):
        if path in tests and "." not in name and "@" not in name:
            found[name].append((path, name))
    return found


def _is_of_tests(project: Project, path: str, caller: Function | None, origin: str) -> bool:
    """Whether a function is called that stands in tests or in what helps them, a method of an object of these too."""
    name = origin.removesuffix("()")
    if caller is not None and name.startswith("self.") and "(" not in name:
        places = [called(project, caller, name)]
    elif caller is not None and name in caller.parameters:
        fixture = _fixture(project, path, name)
        places = [(fixture.at.path, fixture.name)] if fixture is not None else []
    elif caller is not None and (one := _OF_PARAMETER.fullmatch(origin)) and one[1] in caller.parameters:
        fixture = _fixture(project, path, one[1])
        rest = origin.removeprefix(one[1])
        makers = _makers(fixture) if fixture is not None else ()
        places = [_member(project, fixture.at.path, f"{maker}(){rest}") for maker in makers if fixture is not None]
    else:
        places = [_member(project, path, origin) if "(" in name else _helper(project, path, name)]
    return any(one is not None and one in project.view(functions) and _helps(project, one) for one in places)


def _is_class(project: Project, path: str, origin: str) -> bool:
    return _helper(project, path, origin.removesuffix("()")) in project.view(classes)


def _member(project: Project, path: str, origin: str) -> tuple[str, str] | None:
    """The function of an object that a helper of tests gives or that is of a class of tests; None where it is not."""
    found = _MEMBER.match(origin)
    place = _helper(project, path, found["made"]) if found is not None else None
    if found is None or place is None or place[0] not in project.view(test_files):
        return None
    member = (place[0], f"{place[1]}.{found['name']}")
    if member in project.view(functions):
        return member
    return method_of(project, *(_made_by(project, place) or place), found["name"])


def _made_by(project: Project, place: tuple[str, str]) -> tuple[str, str] | None:
    """The class of which a function of tests makes an object: `Shop.open()`, `startShop()`."""
    maker = project.view(functions).get(place)
    made = {located(project, place[0], callee) for callee in _makers(maker)} if maker is not None else set()
    several = [one for one in made if one is not None and one in project.view(classes)]
    return several[0] if len(several) == 1 else None


def _of_helper(project: Project, path: str, origin: str, helpers: int, *, given: bool = False) -> _Kind | None:
    """A call on what a helper of tests gives or on an object of a class of tests; None where it is neither."""
    found = _MEMBER.match(origin)
    if (member := _member(project, path, origin)) in project.view(functions) and member is not None:
        method = _further(project, member, origin[found.end() :]) if found is not None else None
        if method is not None:
            return _within(project, method, path, helpers, given=given)
        if found is not None and _goes_on_to_check(project, member, origin[found.end() :]):
            return _Kind.UNKNOWN
        return _within(project, member, path, helpers, given=given) if _helps(project, member) else _Kind.RUN
    place = _helper(project, path, found["made"]) if found is not None else None
    maker = project.view(functions).get(place) if place is not None and place[0] in project.view(test_files) else None
    if place is None or maker is None or not _AGENT.match(origin) or not any(map(_MAKES_AGENT.search, maker.calls)):
        return None
    return _Kind.ASKED if _within(project, place, path, helpers) is not _Kind.UNKNOWN else _Kind.UNKNOWN


def _further(project: Project, member: tuple[str, str], rest: str) -> tuple[str, str] | None:
    """The method that is called as the `rest` of a chain, of what a function of tests makes: `as("clerk").post()`."""
    method = re.fullmatch(r"\.(\w+)\(\)", rest)
    made = _made_by(project, member) if method is not None and _helps(project, member) else None
    return method_of(project, *made, method[1]) if made is not None and method is not None else None


def _goes_on_to_check(project: Project, member: tuple[str, str], rest: str) -> bool:
    """Whether what follows on a method of tests may check: the next method of an object that gives itself away."""
    owner = member[1].rpartition(".")[0]
    names = [one for one in rest.replace("()", "").split(".") if one]
    return any(
        (member[0], f"{owner}.{one}") in project.view(functions) or _by_name(project, one) is _Kind.UNKNOWN
        for one in names
    )


def _by_name(project: Project, callee: str) -> _Kind:
    """What is called so, as far as its name and the helpers of that name tell."""
    last = callee.replace("()", "").rpartition(".")[2]
    if not last or may_check(callee) or _FAILS.search(last) or _OF_ITSELF.search(callee):
        return _Kind.UNKNOWN
    return _Kind.UNKNOWN if last in _WAITS or last in project.view(_checking) else _Kind.QUIET


def _checking(project: Project) -> frozenset[str]:
    """The view: the last names of functions of tests that may check anything, by themselves or by what they call."""
    aids = project.view(test_files) | {path for path in project.files if _is_aid(path)}
    helpers = [one for one in project.facts(Function) if one.at.path in aids]
    found = {one.name.rpartition(".")[2] for one in helpers if one.decisions or any(map(_may_fail, one.calls))}
    grown = -1
    while grown != len(found):
        grown = len(found)
        found.update(
            one.name.rpartition(".")[2]
            for one in helpers
            if any(callee.rpartition(".")[2] in found for callee in one.calls)
        )
    return frozenset(found)


def _may_fail(callee: str) -> bool:
    return may_check(callee) or _FAILS.search(callee.rpartition(".")[2]) is not None


def _of_own(project: Project, caller: Function, origin: str, helpers: int, *, given: bool) -> _Kind:
    """What a method of a class of tests calls of itself, or of what it keeps: a client, an object of the project's."""
    if origin.removesuffix("()") in _OF_UNITTEST:
        return _Kind.AID
    if _ASKED_OF_OWN.match(origin):
        ready = (called(project, caller, f"self.{name}") for name in _READY)
        known = project.view(functions)
        makes = (callee for place in ready if place in known for callee in known[place].calls)
        if given or any(map(_CLIENTS.search, makes)):
            return _of_stand_in(project, caller.at.path, origin, helpers)
    place = called(project, caller, origin.partition("()")[0])
    if place is None:
        return _Kind.UNKNOWN
    return _within(project, place, caller.at.path, helpers, given=given) if _helps(project, place) else _Kind.RUN


def _prefixes(name: str) -> Iterator[str]:
    """A dotted name and what it begins with, longest first."""
    while name.strip("."):
        yield name
        name = name.rpartition(".")[0]


def _is_aid(path: str) -> bool:
    return is_aid(path) or _AIDS.search(path) is not None


def _within(project: Project, place: tuple[str, str], path: str, helpers: int, *, given: bool = False) -> _Kind:
    """What a function of tests calls, taken together; that it asserts nothing by itself the file at `path` knows."""
    function = project.view(functions).get(place)
    if function is None or not helpers or (place[0] != path and function.decisions):
        return _Kind.UNKNOWN
    inside = [function, *_defined_in(project, function)]
    calls = [(one, callee) for one in inside for callee in one.calls]
    kinds = [_kind(project, place[0], one, f"{callee}()", helpers - 1, given=given) for one, callee in calls]
    if place[0] != path and any(
        _may_fail(callee) and (_is_named_check(callee) or kind in (_Kind.UNKNOWN, _Kind.QUIET))
        for (_, callee), kind in zip(calls, kinds, strict=True)
    ):
        return _Kind.UNKNOWN
    order = (_Kind.UNKNOWN, _Kind.ASKED, _Kind.QUIET, _Kind.RUN)
    return next((kind for kind in order if kind in kinds), _Kind.AID)


def _defined_in(project: Project, function: Function) -> Iterator[Function]:
    """What a fixture defines to give it away."""
    for one in project.facts_of(function.at.path, Function):
        if one.name.startswith(f"{function.name}."):
            yield one


def _is_client(project: Project, path: str, name: str) -> bool:
    """Whether pytest gives a plain test client for a parameter, as far as the nearest fixture of that name tells."""
    fixture = _fixture(project, path, name)
    if fixture is None:
        return path.endswith(".py") and name in _GIVEN_CLIENTS
    places = [located(project, fixture.at.path, callee) for callee in fixture.calls]
    own = project.view(test_files)
    plain = all(place is None or place[0] not in own or _gives_data(project, place) for place in places)
    handed_on = (one for value in fixture.returns for one in options(value) if isinstance(one, Parameter))
    return plain and (
        any(map(_CLIENTS.search, fixture.calls))
        or any(
            not one.path and one.name != name and _is_client(project, fixture.at.path, one.name) for one in handed_on
        )
    )


def _gives_data(project: Project, place: tuple[str, str]) -> bool:
    """Whether a function of tests only makes objects of the project's classes, and so no client: `make_driver()`."""
    function = project.view(functions).get(place)
    if function is None or any(_defined_in(project, function)):
        return False
    made = [callee for callee in function.calls if callee.partition(".")[0] not in _STANDARD | _OF_PYTHON]
    places = [located(project, place[0], callee) for callee in made]
    known = project.view(classes)
    return bool(places) and all(one is not None and one in known and not _helps(project, one) for one in places)


def _fixture(project: Project, path: str, name: str) -> Function | None:
    """The nearest function that pytest may call for a parameter of this name (pytest, "conftest.py")."""
    known = project.view(functions)
    folder = path.rpartition("/")[0]
    while (path, name) not in known:
        if path == "conftest.py" or not path.endswith(".py"):
            return None
        path = f"{folder}/conftest.py" if folder else "conftest.py"
        folder = folder.rpartition("/")[0]
    return known[path, name]
