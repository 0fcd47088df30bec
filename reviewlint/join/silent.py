"""Which tests certainly check nothing: each thing that they call is known, and is no check."""

import re
import sys
from collections.abc import Iterator
from enum import Enum

from ..facts.code import Function
from ..facts.tests import TestCase
from ..project import Project
from .deciding import is_aid
from .functions import classes, functions
from .modules import modules
from .places import called, located
from .requests import test_files

MAX_HELPERS = 3
"""How many functions of tests may call each other."""

_STANDARD = sys.stdlib_module_names - {"asyncio", "doctest", "subprocess", "unittest"}
_BUILTINS = frozenset(
    """bool bytearray bytes dict enumerate filter float frozenset getattr hasattr int isinstance iter len list literal
    map max min open print range repr reversed round set setattr sorted str sum super tuple type vars zip
    ArrayBuffer Array Blob Boolean BigInt Buffer Date File FormData Headers Map Math Number Object Request Response Set
    String Symbol TextDecoder TextEncoder URL URLSearchParams Uint8Array JSON console crypto performance process
    structuredClone
    jest vi sinon @nestjs/testing vitest.vi @jest/globals.jest node:test.mock next/server unittest.mock
    monkeypatch mocker tmp_path tmpdir caplog capsys settings""".split()
)
"""What languages, their runners and pytest give to everybody, none of which looks at what the code did."""
_NODE = re.compile(r"(?:node:)?(?:buffer|crypto|fs|fs/promises|os|path|url|util)(?:\.|$)")
_AIDS = re.compile(
    r"(?:^|[/._-])(?:\w*test(?:s|ing|[-_]?\w*)|e2e|spec|mocks?|fakes?|helpers?|harness)(?:[/._-]|$)", re.I
)
"""Files that help tests wherever they stand."""

_VERBS = r"get|post|put|patch|delete|del|head|options|request|inject|open"
_MAKER = r"(?:TestClient|AsyncClient|APIClient|test_client|django\.test\.(?:Async)?Client|httpx\.Client)"
_CLIENTS = re.compile(rf"(?:^|\.){_MAKER}(?:\(\))?$")
"""What makes a client that sends requests to an application under test."""
_SENT = re.compile(
    r"(?:supertest(?:\.default|\.agent)?|light-my-request(?:\.default|\.inject)?|fetch)\(\)"
    rf"|(?:self\.client|httpx|requests|(?:[\w.()]+\.)?{_MAKER}\(\))\.(?:{_VERBS})\(\)"
)
_ASKED = re.compile(rf"(\w+)\.(?:{_VERBS})\(\)")
_ASKED_OF_OWN = re.compile(rf"self\.\w+\.(?:{_VERBS})\(\)")
_ASKED_OF_APP = re.compile(r"[^()]*\.(?:request|fetch|inject)\(\)")
"""Hono's and Fastify's applications answer without a client."""
_READ = re.compile(r"\w+\.(?:json|get_json|text)$")
"""Reads an answer."""
_PRETENDS = re.compile(r"\.mock(?:Return|Resolved|Rejected|Implementation|Reset|Clear|Restore)\w*(?:\(\))?$")
"""Tells a mock of Jest's or Vitest's what to do."""
_PROVIDED = re.compile(r"@nestjs/testing\.[\w.()]*\.(?:get|resolve)\(\)\.\w+\(\)$")
"""A method of what Nest's testing module gives: a part of the application (Nest, "Unit testing")."""
_GIVEN_CLIENTS = frozenset({"client", "admin_client", "async_client"})
"""Fixtures of pytest-django and pytest-flask."""
_HARMLESS_MARKS = re.compile(
    r"pytest\.mark\.(?!xfail)|(?:unittest\.)?mock\.patch|django\.test\.(?:utils\.)?\w+_settings"
)


_CHECKS = re.compile(
    r"assert|expect|verif|check|should|ensure|must|test|snapshot|compare|match|wait_?(?:for|until)|valid|clean$|run|find(?:All)?By|get(?:All)?By",
    re.IGNORECASE,
)
"""Names by which a helper may be a check of its own; `full_clean` is Django's."""
_NO_CHECKS = frozenset(
    {"supertest", "supertest.default", "fastapi.testclient.TestClient", "starlette.testclient.TestClient"}
)
"""What is called so and checks nothing."""


class _Kind(Enum):
    RUN = "the project's code"
    ASKED = "a request, which may fail by its answer alone"
    AID = "what is known to do nothing about it"
    UNKNOWN = "what may check"


def may_check(callee: str) -> bool:
    """Whether what is called this may be a check, by its last name."""
    last = callee.replace("()", "").rpartition(".")[2]
    return callee.startswith("cy.") or (_CHECKS.search(last) is not None and callee not in _NO_CHECKS)


def unchecked(project: Project, case: TestCase, *, is_hopeful: bool = False) -> tuple[str, ...]:
    """What a test runs of the project's code or requests of it, in order; `()` where it calls what could be a check.

    Where the test says that all goes well, it takes a request, which does so or not by its answer alone.
    """
    path = case.at.path
    function = project.view(functions).get((path, case.name))
    if not all(map(_HARMLESS_MARKS.match, function.decorators if function else ())):
        return ()
    kinds = [_kind(project, path, function, origin, MAX_HELPERS) for origin in case.origins]
    if _Kind.UNKNOWN in kinds or (is_hopeful and _Kind.ASKED not in kinds):
        return ()
    ran = (_Kind.RUN, _Kind.ASKED)
    return tuple(origin for origin, kind in zip(case.origins, kinds, strict=True) if kind in ran)


def _kind(project: Project, path: str, caller: Function | None, origin: str, helpers: int) -> _Kind:
    """What `caller` calls, as the test file at `path` spells where it comes from."""
    first, tests = origin.partition("()")[0], project.view(test_files)
    if _SENT.match(origin) and located(project, path, first) is None:
        return _Kind.ASKED
    if _PRETENDS.search(origin):
        return _Kind.AID
    if _PROVIDED.match(origin):
        return _Kind.RUN
    if caller is not None and first.startswith("self."):
        return _of_own(project, caller, origin, helpers)
    if (asked := _ASKED.match(origin)) and located(project, path, first) is None:
        return _Kind.ASKED if _is_client(project, path, asked[1]) else _Kind.UNKNOWN
    if caller is not None and origin == f"{first}()" and first in caller.parameters:
        fixture = _fixture(project, path, first)
        return _Kind.UNKNOWN if fixture is None else _within(project, (fixture.at.path, fixture.name), path, helpers)
    for name in _prefixes(first):
        place = located(project, path, name)
        target = place[0] if place is not None else project.view(modules).resolve(name, path)
        helper = place is not None and name == first and place in project.view(functions)
        if place is not None and helper and (target == path or (origin == f"{name}()" and target in tests)):
            return _within(project, place, path, helpers)
        if place in project.view(classes) and origin == f"{name}()":
            return _Kind.AID  # that it can be made is what a test of it shows
        if target is not None:
            if target in tests or _is_aid(target):
                return _Kind.UNKNOWN
            return _Kind.ASKED if not path.endswith(".py") and _ASKED_OF_APP.match(origin) else _Kind.RUN
        if name in _BUILTINS or _NODE.match(name) or (name in _STANDARD and path.endswith(".py")):
            return _Kind.AID
    return _Kind.AID if _READ.match(first) else _Kind.UNKNOWN


def _of_own(project: Project, caller: Function, origin: str, helpers: int) -> _Kind:
    """What a method of a class of tests calls of itself, or of the client that its `setUp` keeps."""
    if _ASKED_OF_OWN.match(origin):
        ready = called(project, caller, "self.setUp")
        makes = project.view(functions)[ready].calls if ready in project.view(functions) else ()
        return _Kind.ASKED if any(map(_CLIENTS.search, makes)) else _Kind.UNKNOWN
    place = called(project, caller, origin.partition("()")[0])
    return _within(project, place, caller.at.path, helpers) if place is not None else _Kind.UNKNOWN


def _prefixes(name: str) -> Iterator[str]:
    """A dotted name and what it begins with, longest first."""
    while name.strip("."):
        yield name
        name = name.rpartition(".")[0]


def _is_aid(path: str) -> bool:
    return is_aid(path) or _AIDS.search(path) is not None


def _within(project: Project, place: tuple[str, str], path: str, helpers: int) -> _Kind:
    """What a function of tests calls, taken together; that it asserts nothing by itself the file at `path` knows."""
    function = project.view(functions).get(place)
    if function is None or not helpers or (place[0] != path and function.decisions):
        return _Kind.UNKNOWN
    inside = [function, *_defined_in(project, function)]
    calls = [(one, callee) for one in inside for callee in one.calls]
    if place[0] != path and any(may_check(callee) for _, callee in calls):
        return _Kind.UNKNOWN
    kinds = {_kind(project, place[0], one, f"{callee}()", helpers - 1) for one, callee in calls}
    return next((kind for kind in (_Kind.UNKNOWN, _Kind.RUN, _Kind.ASKED) if kind in kinds), _Kind.AID)


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
    plain = all(place is None or place[0] not in project.view(test_files) for place in places)
    return plain and any(map(_CLIENTS.search, fixture.calls))


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
