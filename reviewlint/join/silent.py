"""Which tests certainly check nothing: each thing that they call is known, and is no check."""

import re
import sys
from collections.abc import Iterator
from enum import Enum

from ..facts.tests import TestCase
from ..project import Project
from .deciding import is_aid
from .functions import classes, functions
from .modules import modules
from .places import located
from .requests import test_files

MAX_HELPERS = 3
"""How many functions of a test file may call each other."""

_STANDARD = sys.stdlib_module_names - {"asyncio", "doctest", "subprocess", "unittest"}
_BUILTINS = frozenset(
    """bool bytearray bytes dict enumerate filter float frozenset getattr hasattr int isinstance iter len list literal
    map max min open print range repr reversed round set setattr sorted str sum super tuple type vars zip
    ArrayBuffer Array Blob Boolean BigInt Buffer Date File FormData Headers Map Math Number Object Request Response Set
    String Symbol TextDecoder TextEncoder URL URLSearchParams Uint8Array JSON console crypto process structuredClone
    jest vi sinon @nestjs/testing vitest.vi @jest/globals.jest node:test.mock next/server unittest.mock
    monkeypatch mocker tmp_path tmpdir caplog capsys settings""".split()
)
"""What languages, their runners and pytest give to everybody, none of which looks at what the code did."""
_NODE = re.compile(r"(?:node:)?(?:buffer|crypto|fs|fs/promises|os|path|url|util)(?:\.|$)")
_AIDS = re.compile(
    r"(?:^|[/._-])(?:\w*test(?:s|ing|[-_]?\w*)|e2e|spec|mocks?|fakes?|helpers?|harness)(?:[/._-]|$)", re.I
)
"""Files that help tests wherever they stand."""

_VERBS = r"get|post|put|patch|delete|del|head|options|request|inject"
_CLIENTS = re.compile(
    r"(?:^|\.)(?:TestClient|AsyncClient|APIClient|test_client|django\.test\.(?:Async)?Client|httpx\.Client)(?:\(\))?$"
)
"""What makes a client that sends requests to an application under test."""
_SENT = re.compile(
    rf"(?:supertest(?:\.default|\.agent)?|light-my-request(?:\.default|\.inject)?)\(\)|self\.client\.(?:{_VERBS})\(\)"
)
_ASKED = re.compile(rf"(\w+)\.(?:{_VERBS})\(\)")
_GIVEN_CLIENTS = frozenset({"client", "admin_client", "async_client"})
"""Fixtures of pytest-django and pytest-flask."""
_HARMLESS_MARKS = re.compile(
    r"pytest\.mark\.(?!xfail)|(?:unittest\.)?mock\.patch|django\.test\.(?:utils\.)?\w+_settings"
)


class _Kind(Enum):
    RUN = "the project's code, or a request to it"
    AID = "what is known to do nothing about it"
    UNKNOWN = "what may check"


def unchecked(project: Project, case: TestCase) -> tuple[str, ...]:
    """What a test runs of the project's code or requests of it, in order; `()` where it calls what could be a check."""
    path = case.at.path
    function = project.view(functions).get((path, case.name))
    if not all(map(_HARMLESS_MARKS.match, function.decorators if function else ())):
        return ()
    kinds = [_kind(project, path, origin, MAX_HELPERS) for origin in case.origins]
    if _Kind.UNKNOWN in kinds:
        return ()
    return tuple(origin for origin, kind in zip(case.origins, kinds, strict=True) if kind is _Kind.RUN)


def _kind(project: Project, path: str, origin: str, helpers: int) -> _Kind:
    """What is called, as the test file at `path` spells where it comes from."""
    if _SENT.match(origin):
        return _Kind.RUN
    first = origin.partition("()")[0]
    if (asked := _ASKED.match(origin)) and located(project, path, first) is None:
        return _Kind.RUN if _is_client(project, path, asked[1]) else _Kind.UNKNOWN
    for name in _prefixes(first):
        place = located(project, path, name)
        target = place[0] if place is not None else project.view(modules).resolve(name, path)
        if target == path and place is not None and name == first:
            return _within(project, path, place, helpers)
        if place in project.view(classes) and origin == f"{name}()":
            return _Kind.AID  # that it can be made is what a test of it shows
        if target is not None:
            return _Kind.UNKNOWN if target in project.view(test_files) or _is_aid(target) else _Kind.RUN
        if name in _BUILTINS or _NODE.match(name) or (name in _STANDARD and path.endswith(".py")):
            return _Kind.AID
    return _Kind.UNKNOWN


def _prefixes(name: str) -> Iterator[str]:
    """A dotted name and what it begins with, longest first."""
    while name.strip("."):
        yield name
        name = name.rpartition(".")[0]


def _is_aid(path: str) -> bool:
    return is_aid(path) or _AIDS.search(path) is not None


def _within(project: Project, path: str, place: tuple[str, str], helpers: int) -> _Kind:
    """What a function of the test file itself calls, taken together."""
    function = project.view(functions).get(place)
    if function is None or not helpers:
        return _Kind.UNKNOWN
    kinds = {_kind(project, path, f"{callee}()", helpers - 1) for callee in function.calls}
    return next((kind for kind in (_Kind.UNKNOWN, _Kind.RUN) if kind in kinds), _Kind.AID)


def _is_client(project: Project, path: str, name: str) -> bool:
    """Whether pytest gives a plain test client for a parameter, as far as the nearest fixture of that name tells."""
    known = project.view(functions)
    folder = path.rpartition("/")[0]
    while True:
        fixture = known.get((path, name))
        if fixture is not None:
            places = [located(project, path, callee) for callee in fixture.calls]
            plain = all(place is None or place[0] not in project.view(test_files) for place in places)
            return plain and any(map(_CLIENTS.search, fixture.calls))
        if path == "conftest.py" or not path.endswith(".py"):
            return path == "conftest.py" and name in _GIVEN_CLIENTS
        path = f"{folder}/conftest.py" if folder else "conftest.py"
        folder = folder.rpartition("/")[0]
