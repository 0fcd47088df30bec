"""Programs of a package's own that its `test` scripts run in place of a test runner: what they reach nobody can say."""

import re
from collections.abc import Iterator
from posixpath import join, normpath

from ..facts.clients import Setting
from ..project import Project
from .requests import test_files
from .services import services

_SCRIPT = re.compile(r"test(?:[:_-].*)?")
_COMMAND = re.compile(r"&&|\|\||;")
_RUNS = re.compile(r"\s*(?:[A-Z_]\w*=\S+\s+)*(?:npx\s+)?(?:node|tsx|ts-node|bun|deno\s+run)\s")
_PROGRAM = re.compile(r"(?<=\s)(?!-)[\w./@-]+\.[cm]?[jt]s(?=\s|$)")


def testing_programs(project: Project) -> frozenset[str]:
    """The view: the files that such scripts run, without those that are tests by what they hold or by their place."""
    return frozenset(_run(project)) & project.files.keys() - project.view(test_files)


def is_tested_by_programs(project: Project, service: str) -> bool:
    """Whether more of such programs than of other tests belong to a service."""
    within = project.view(services).within
    programs = sum(within(path, service) for path in project.view(testing_programs))
    return bool(programs) and programs > sum(within(path, service) for path in project.view(test_files))


def _run(project: Project) -> Iterator[str]:
    for setting in project.facts(Setting):
        folder, _, name = setting.at.path.rpartition("/")
        if name == "package.json" and setting.keys[:1] == ("scripts",) and _SCRIPT.fullmatch(setting.keys[-1]):
            for command in filter(_RUNS.match, _COMMAND.split(setting.value)):
                yield from (normpath(join(folder, path)) for path in _PROGRAM.findall(command)[:1])
