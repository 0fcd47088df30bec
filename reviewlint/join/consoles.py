"""Services whose logger is `console`: what runs them collects what it writes, with the request that wrote it."""

from posixpath import basename, dirname

from ..facts.file import Side
from ..project import Project
from .services import services

WORKERS = frozenset({"wrangler.toml", "wrangler.json", "wrangler.jsonc"})
"""The configuration of Cloudflare Workers."""


def logs_to_console(project: Project, path: str) -> bool:
    """Whether `console` is the logger of the file at `path`: in an Edge Function, or in a service that is a Worker."""
    return project.side(path) is Side.EDGE or project.view(services).of(path) in project.view(_workers)


def _workers(project: Project) -> frozenset[str]:
    """The services with the configuration of a Worker in their folder, by the name that `services` gives them."""
    folders = {dirname(path) for path in (*project.sources, *project.files) if basename(path) in WORKERS}
    return frozenset(f"{folder or '.'} (typescript)" for folder in folders)
