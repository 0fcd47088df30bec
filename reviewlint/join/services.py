"""Which files answer together: a repository may hold several services, each with habits and contracts of its own."""

from collections.abc import Iterator
from functools import cached_property
from posixpath import basename, dirname

from ..facts.http import Mount, Router
from ..project import Project
from .places import located

MANIFESTS = {
    "python": frozenset({"pyproject.toml", "setup.cfg", "requirements.txt", "Pipfile"}),
    "typescript": frozenset({"package.json", "deno.json", "deno.jsonc"}),
}
EDGE_FUNCTIONS = "supabase/functions"


class Services:
    """The services of a project: a service is the nearest folder with a manifest, and one language in it.

    An application that is mounted on another one is a service of its own: it handles its errors itself. Supabase's
    Edge Functions are one service wherever they lie.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._known: dict[tuple[str, str], str] = {}
        self._names: dict[str, str] = {}

    @cached_property
    def _roots(self) -> dict[str, frozenset[str]]:
        paths = {*self._project.files, *self._project.sources}
        mounted = frozenset(self._mounted())
        return {
            language: mounted | {dirname(path) for path in paths if basename(path) in names}
            for language, names in MANIFESTS.items()
        }

    def _mounted(self) -> Iterator[str]:
        """The folders of applications that another file mounts."""
        applications = {(fact.at.path, fact.name) for fact in self._project.facts(Router) if fact.application}
        for mount in self._project.facts(Mount):
            place = located(self._project, mount.at.path, mount.child)
            if place in applications and place is not None and dirname(place[0]) != dirname(mount.at.path):
                yield dirname(place[0])

    def of(self, path: str) -> str:
        """The name of the service that the file at `path` belongs to; equal names, same service."""
        if path not in self._names:
            language = "python" if self._project.files[path].language == "python" else "typescript"
            folder = dirname(path)
            if (language, folder) not in self._known:
                self._known[language, folder] = self._root(language, folder)
            self._names[path] = f"{self._known[language, folder] or '.'} ({language})"
        return self._names[path]

    def within(self, path: str, service: str) -> bool:
        """Whether the file at `path` belongs to `service` or to what surrounds it, as its tests do."""
        root, _, language = self.of(path).rpartition(" ")
        own_root, _, own_language = service.rpartition(" ")
        return language == own_language and (root == "." or f"{own_root}/".startswith(f"{root}/"))

    def _root(self, language: str, folder: str) -> str:
        if f"{EDGE_FUNCTIONS}/" in f"{folder}/":
            return folder[: folder.index(EDGE_FUNCTIONS) + len(EDGE_FUNCTIONS)]
        while folder and folder not in self._roots[language]:
            folder = dirname(folder)
        return folder


def services(project: Project) -> Services:
    """The view: `project.view(services).of(path)`."""
    return Services(project)
