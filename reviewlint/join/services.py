"""Which files answer together: a repository may hold several services, each with habits and contracts of its own."""

from functools import cached_property
from posixpath import basename, dirname

from ..project import Project

MANIFESTS = frozenset(
    {"package.json", "pyproject.toml", "setup.py", "setup.cfg", "requirements.txt", "Pipfile", "manage.py", "deno.json"}
)
EDGE_FUNCTIONS = "supabase/functions"


class Services:
    """The services of a project: a service is the nearest folder with a manifest, and one language in it.

    Supabase's Edge Functions are one service wherever they lie.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._known: dict[str, str] = {}

    @cached_property
    def _roots(self) -> frozenset[str]:
        paths = {*self._project.files, *self._project.sources}
        return frozenset(dirname(path) for path in paths if basename(path) in MANIFESTS)

    def of(self, path: str) -> str:
        """The name of the service that the file at `path` belongs to; equal names, same service."""
        language = "python" if self._project.files[path].language == "python" else "typescript"
        folder = dirname(path)
        if folder not in self._known:
            self._known[folder] = self._root(folder)
        return f"{self._known[folder] or '.'} ({language})"

    def _root(self, folder: str) -> str:
        if f"{EDGE_FUNCTIONS}/" in f"{folder}/":
            return folder[: folder.index(EDGE_FUNCTIONS) + len(EDGE_FUNCTIONS)]
        while folder and folder not in self._roots:
            folder = dirname(folder)
        return folder


def services(project: Project) -> Services:
    """The view: `project.view(services).of(path)`."""
    return Services(project)
