"""Which variables a service insists on as it starts, and which fallbacks it refuses, wherever it does so."""

import re
from collections import defaultdict
from collections.abc import Collection

from ..credentials.fingerprint import fingerprint
from ..credentials.names import plain
from ..facts.clients import Insistence
from ..facts.code import Class, Definition
from ..facts.file import Side
from ..facts.values import Value, constant_text
from ..project import Project
from .secrets import for_development
from .services import services

_STARTS = re.compile(
    r"^_*(?:valid|check|verif|assert|ensure|require|enforce|load|parse|init|setup|set_up|configur|config|settings|env|boot|start"
    r"|main\b|create_?(?:app|server)|build_?(?:app|server)|make_?app|app_?factory|register|use_?factory|lifespan|ready|constructor"
    r"|on_?(?:module_?init|startup|application_?bootstrap)|__init__|__post_init__|model_post_init|read_?(?:env|config))"
    r"|(?:env(?:ironment)?|config(?:uration)?|settings|secrets?|startup)(?:_?(?:or_?(?:throw|fail|die|exit)))?$",
    re.IGNORECASE,
)
"""What functions are called that run as a service starts."""
_BY_HAND = re.compile(
    r"(?:^|/)(?:scripts?|tools?|bin|cli|migrations?|seeds?|benchmarks?)/|(?:^|/)(?:seed|migrate)[\w.-]*$", re.I
)
"""Where programs lie that are not the service."""

_LONG = 6
"""Letters that the end of a variable's name has at least which stands for it: `config.auth.secret`."""


class Insisting:
    """What the services of a project insist on."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._names: dict[str, set[str]] = defaultdict(set)
        self._tests: dict[str, list[Insistence]] = defaultdict(list)
        for one in project.facts(Insistence, Side.SERVER, Side.OTHER, Side.EDGE):
            if for_development(project, one.at.path) or _BY_HAND.search(one.at.path):
                continue
            edge = project.side(one.at.path) is Side.EDGE
            service = one.at.path if edge else project.view(services).of(one.at.path)
            if one.refused:
                self._tests[service].append(one)
            if not one.function or _STARTS.search(one.function.rpartition(".")[2]):
                self._names[service] |= one.names
        self._of_settings()

    def _of_settings(self) -> None:
        """The fields of settings classes that have no default."""
        given = {(one.at.path, one.name) for one in self._project.facts(Definition)}
        for one in self._project.facts(Class, Side.SERVER, Side.OTHER):
            if any(base.rpartition(".")[2] == "BaseSettings" for base in one.bases):
                fields = (name for name, kind in one.fields if (one.at.path, f"{one.name}.{name}") not in given)
                if not for_development(self._project, one.at.path):
                    self._names[self._project.view(services).of(one.at.path)] |= {name.upper() for name in fields}

    def refuses(self, path: str, variable: str, default: Value, fingerprints: Collection[str] = ()) -> bool:
        """Whether the service of the file at `path` does not go on where `variable` is missing, or its default.

        `fingerprints` are those of the credentials in the default, whose text nobody has.
        """
        service = path if self._project.side(path) is Side.EDGE else self._project.view(services).of(path)
        text, name = constant_text(default), plain(variable)
        wanted = {*fingerprints, fingerprint(text.encode("utf-8", "surrogatepass")) if text else ""}
        return variable.upper() in self._names[service] or any(
            not wanted.isdisjoint(test.refused)
            and any((len(word) >= _LONG and name.endswith(word)) or word == name for word in test.words)
            for test in self._tests[service]
        )


def insisting(project: Project) -> Insisting:
    """The view: `project.view(insisting).refuses(path, variable, default)`."""
    return Insisting(project)
