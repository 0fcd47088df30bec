"""The Edge Functions that no test requests, imports from or names."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..facts.code import Definition
from ..facts.tests import TestCase
from ..facts.values import constant_text, rendered
from ..project import Project
from .coverage import ran_files
from .edge_functions import EdgeFunction, edge_functions
from .exercised import reach
from .functions import calling
from .modules import modules
from .requests import requests, test_files

_INVOKES = re.compile(r"\bfunctions\.invoke$")
"""How supabase-js calls an Edge Function by its name."""


@dataclass(frozen=True, slots=True)
class UntestedEdgeFunctions:
    """What tests leave out of `total` functions: `new` are those that a change adds where there are tests."""

    total: int = 0
    new: Sequence[EdgeFunction] = ()
    known: Sequence[EdgeFunction] = ()


def untested_edge_functions(project: Project) -> UntestedEdgeFunctions:
    """The view."""
    every = project.view(edge_functions)
    if not every:
        return UntestedEdgeFunctions()
    said = _said(project)
    imported = _imported(project) | project.view(ran_files)
    untested = [one for one in every if not _is_reached(one, said, imported)]
    files = project.change.files if project.change is not None and project.view(test_files) else {}
    new = [one for one in untested if one.path in files and not files[one.path].before]
    return UntestedEdgeFunctions(len(every), new, [one for one in untested if one not in new])


def _is_reached(function: EdgeFunction, said: str, imported: frozenset[str]) -> bool:
    if any(path.startswith(function.folder) for path in imported):
        return True
    return re.search(rf"(?<![a-z0-9]){re.escape(_plain(function.name))}(?![a-z0-9])", said) is not None


def _said(project: Project) -> str:
    """The words of all tests in one spelling: their paths, titles, constants, and what they request."""
    tests = project.view(test_files)
    words = {path for path in tests if not path.endswith(".sql")}  # those name the database's own functions
    words.update(case.name for case in project.facts(TestCase))
    for path in (rendered(path) for request in project.view(requests) for path in request.paths):
        if "functions/" in path or not path.startswith("/"):  # else a path of another service
            words.add(path)
    for definition in project.facts(Definition):
        if definition.at.path in tests:
            words.add(constant_text(definition.value) or "")
    words.update(_invoked(project))
    return "\n".join(map(_plain, sorted(words)))


def _invoked(project: Project) -> Iterator[str]:
    """The names of the functions that the program's own functions invoke which tests reach."""
    for function in calling(project, _INVOKES.search):
        if project.view(reach).includes(function.at.path, function.name):
            for made in project.calls_made(function.at.path, {"invoke"}):
                if made.function == function.name and _INVOKES.search(made.callee):
                    yield from filter(None, map(constant_text, made.arguments[:1]))


def _plain(text: str) -> str:
    """`sendInvoice`, `send_invoice` and `Send invoice` as `send-invoice`."""
    return re.sub(r"[\s_-]+", "-", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", text)).lower()


def _imported(project: Project) -> frozenset[str]:
    """The files that tests import, and the tests themselves, which may stand in a function's folder."""
    tests = project.view(test_files)
    edges = (edge for path in tests for edge in project.view(modules).imports(path) if not edge.fact.type_only)
    return frozenset(tests | {edge.target for edge in edges})
