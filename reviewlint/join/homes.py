"""Where a test of a file stands, or would: the project's own habit of naming and placing tests."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from posixpath import basename, dirname, join

from ..facts.tests import TestCase
from ..project import Project
from .coverage import met
from .modules import modules
from .requests import requests, test_files
from .services import services

_AFFIXES = re.compile(
    r"^(?P<before>test_|tests_)?(?P<stem>.+?)(?P<after>(?:[._-](?:test|tests|spec|e2e|e2e-spec|cy))*)?$"
)


RARE = 20
"""A habit that fewer than one test in so many has is no habit."""


class Homes:
    """`project.view(homes).of(path, name)` is the test file for a function of the module at `path`, new or there."""

    def __init__(self, project: Project) -> None:
        self._project = project
        cases = {fact.at.path for fact in project.facts(TestCase)}
        self._tests = frozenset(path for path in project.view(test_files) if path in cases)
        self._by_stem: dict[str, list[str]] = defaultdict(list)
        for test in sorted(self._tests):
            before, stem, after = _parts(test)
            if before or after:
                self._by_stem[stem].append(test)
                if "." in stem:  # `graphql.refund.test.js` is about `refund`
                    self._by_stem[stem.rpartition(".")[2]].append(test)
        self._folders = {basename(dirname(path)) for path in project.files if path not in self._tests and _family(path)}
        self._named = Counter(_stem(path) for path in project.files if path not in self._tests and _family(path))
        self._habits = Counter(habit for habit in self._observed())
        self._homes = {folder for test in self._tests if basename(folder := dirname(test)) in self._folders}

    def of(self, path: str, name: str = "") -> str:
        """The test file that has the function's or the module's name, that imports least beside it, that requests its
        routes, or that its kin would have.
        """
        own = [test for test in self._by_stem.get(name.partition("@")[0].rpartition(".")[2], ()) if name]
        named = own or [test for each in self._names(path) for test in self._by_stem.get(each, ())]
        there = [test for test in named if self._is_for(test, path)]
        if there:
            near = basename(dirname(path))
            return max(there, key=lambda test: (near in test.split("/"), _shared(test, path), -len(test)))
        importing = [
            (len(targets), test)
            for test in self._tests
            if path in (targets := {edge.target for edge in self._project.view(modules).imports(test)})
            and not any(self._is_called_after(test, target) for target in targets if target != path)
        ]
        planned = self._planned(path)
        if importing and (
            dirname(planned) not in self._homes or any(dirname(one) == dirname(planned) for _, one in importing)
        ):
            return min(importing, key=lambda one: (dirname(one[1]) != dirname(planned), one))[1]
        requesting = Counter(
            request.at.path
            for request in self._project.view(requests)
            if request.at.path in self._tests and any(one.handler_path == path for one in met(self._project, request))
        )
        return max(sorted(requesting), key=requesting.__getitem__) if requesting else planned

    def _names(self, path: str) -> tuple[str, ...]:
        """What tests of a module are called: like it, its folder and it, or its folder where many are called so."""
        stem, folder = _stem(path), basename(dirname(path))
        together = (f"{folder}_{stem}", f"{folder}-{stem}", f"{folder}.{stem}") if folder else ()
        return (stem, *together, *([folder] if folder and self._named[stem] > 1 else ()))

    def _is_for(self, test: str, path: str) -> bool:
        """Whether a test of that name is meant for the module: names such as `service` need a folder to tell."""
        names = self._project.view(services)
        plain = _parts(test)[1] == _stem(path) and self._named[_stem(path)] > 1
        if not names.within(test, names.of(path)) or self._is_of_another(test, path):
            return False
        return not plain or basename(dirname(path)) in test.split("/") or _above(test) == _above(path)

    def _is_of_another(self, test: str, path: str) -> bool:
        """Whether a test stands in a folder that another package has the name of, and does not take the module."""
        folder = basename(dirname(test))
        if folder not in self._folders or folder in path.split("/"):
            return False
        return all(edge.target != path for edge in self._project.view(modules).imports(test))

    def _is_called_after(self, test: str, path: str) -> bool:
        """Whether a test has the name of a module, and is the test of that."""
        return _parts(test)[1] in self._names(path) and self._is_for(test, path)

    def _observed(self) -> Iterator[tuple[str, str, str, str, str]]:
        """Where the tests of modules stand that are named like them: kind, folders, and what the name is made with."""
        by_stem: dict[str, list[str]] = defaultdict(list)
        for path, file in self._project.files.items():
            if path not in self._tests and file.language in ("python", "typescript", "tsx"):
                by_stem[_stem(path)].append(path)
        for stem, tests in self._by_stem.items():
            for test in tests:
                alike = [
                    path
                    for path in by_stem.get(stem, ())
                    if _family(path) == _family(test) and not self._is_of_another(test, path)
                ]
                if alike:
                    yield _habit(max(alike, key=lambda path: (_shared(test, path), -len(path))), test)

    def _planned(self, path: str) -> str:
        for (kind, source, target, before, after), count in self._habits.most_common():
            folder, family = dirname(path), _family(path)
            if _family(after) != family or not f"{folder}/".startswith(f"{source}/" if source else ""):
                continue
            if RARE * count < sum(_family(test) == family for test in self._tests):
                continue
            name = f"{before}{_stem(path)}{after}"
            if kind == "below":
                return join(folder, target, name)
            return join(target, folder.removeprefix(source).strip("/"), name)
        if _family(path) == ".py":
            names = self._project.view(services)
            kin = [one for one in self._tests if one.endswith(".py") and names.within(one, names.of(path))]
            near, folder = [dirname(one) for one in kin], basename(dirname(path))
            doubled = sum(basename(one).startswith(f"test_{basename(dirname(one))}_") for one in kin)
            name = f"test_{folder}_{_stem(path)}.py" if folder and 2 * doubled > len(kin) else f"test_{_stem(path)}.py"
            beside = {basename(dirname(one)) for one in self._project.files if _above(one) == _above(path)}
            mirrored = Counter(dirname(one) for one in near if basename(one) in beside)
            if mirrored and folder:
                return join(max(sorted(mirrored), key=mirrored.__getitem__), folder, name)
            return join(min(near, key=lambda one: (one.count("/"), one), default="tests"), name)
        names = self._project.view(services)
        kin = [
            one for one in self._tests if _family(one) and _family(one) != ".py" and names.within(one, names.of(path))
        ]
        near = [dirname(one) for one in kin if dirname(one)]
        ending = Counter(_parts(one)[2] + basename(one)[basename(one).rfind(".") :] for one in kin)
        after = max(sorted(ending), key=ending.__getitem__, default=".test.ts")
        return join(max(sorted(near), key=near.count, default=dirname(path)), f"{_stem(path)}{after}")


def homes(project: Project) -> Homes:
    """The view."""
    return Homes(project)


def _parts(path: str) -> tuple[str, str, str]:
    name = basename(path)
    dot = name.rfind(".")
    match = _AFFIXES.match(name[:dot] if dot > 0 else name)
    return (match["before"] or "", match["stem"], match["after"] or "") if match else ("", name, "")


def _stem(path: str) -> str:
    name = basename(path)
    stem = name[: name.rfind(".")] if "." in name else name
    return basename(dirname(path)) if stem in ("index", "__init__", "route", "+server") else stem


def _above(path: str) -> str:
    """The folder that holds a file's folder."""
    return dirname(dirname(path))


def _family(path: str) -> str:
    """The ending that tests of it have."""
    return ".py" if path.endswith(".py") else ".ts" if re.search(r"\.[cm]?[jt]sx?$", path) else ""


def _shared(one: str, other: str) -> int:
    """How many folders the two paths have in common, in whatever order they come."""
    return sum((Counter(one.split("/")[:-1]) & Counter(other.split("/")[:-1])).values())


def _habit(path: str, test: str) -> tuple[str, str, str, str, str]:
    before, _, after = _parts(test)
    ending = after + basename(test)[basename(test).rfind(".") :]
    here, there = dirname(path), dirname(test)
    if there == here or there.startswith(f"{here}/" if here else "\0"):
        return "below", "", there[len(here) :].strip("/"), before, ending
    ours, theirs = here.split("/"), there.split("/")
    while ours and theirs and ours[-1] == theirs[-1]:
        ours.pop()
        theirs.pop()
    return "mirror", "/".join(ours), "/".join(theirs), before, ending
