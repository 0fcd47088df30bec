"""Which modules end up in the code that browsers download, and by which chain of imports.

Next.js, "Server and Client Components" (`"use client"`, `server-only`); Remix and React Router, "Module constraints"
(`.server` modules); SvelteKit, "Server-only modules".
"""

import itertools
import re

from ..facts.code import Function
from ..facts.file import Side
from ..facts.location import Related
from ..project import Project
from .loading import CODE, DATA_FUNCTIONS, Loaded, Loading, Step, at_start, loading
from .modules import Modules, modules

_NEVER = frozenset({Side.TEST, Side.SCRIPT, Side.MIGRATION, Side.EDGE, Side.SETTINGS})
_SERVER_PATH = re.compile(
    r"(?:^|/)(?:pages/api|server/(?:api|routes|middleware|plugins)|lib/server|supabase/functions)/"
    r"|\.server(?:\.[\w-]+)*\.[cm]?[jt]sx?$|(?:^|/)\+server\.[jt]s$|(?:^|/)app/(?:.*/)?route\.[jt]sx?$"
)
_BROWSER_PACKAGES = frozenset(
    "react react-dom preact vue svelte solid-js lit jquery @angular/core react-native expo next nuxt astro gatsby vite "
    "@sveltejs/kit @remix-run/react @react-router/dev react-router-dom react-scripts parcel webpack @ionic/core "
    "@builder.io/qwik @tanstack/react-start".split()
)
"""A package that asks for none of these renders nothing in a browser, whatever its folder is called."""
_SERVER_PACKAGES = frozenset(
    "express fastify koa hono polka @hapi/hapi @nestjs/core next nuxt @remix-run/node @sveltejs/kit @trpc/server "
    "meteor-node-stubs @apollo/server socket.io firebase-functions".split()
)
"""A package that asks for one of these runs on a server as well; which of its folders do is a guess."""
_PAGE = ("localStorage", "sessionStorage", "window", "document", "navigator", "indexedDB")
"""What browsers alone have."""
_BUNDLERS = frozenset("vite react-scripts parcel webpack @angular/core react-native expo @ionic/core".split())
_ON_BOTH_SIDES = _SERVER_PACKAGES | frozenset(
    "astro @remix-run/react @react-router/dev @tanstack/react-start @builder.io/qwik @solidjs/start @angular/ssr vike "
    "waku h3 nitro nitropack vinxi".split()
)
_COMPONENTS = (".vue", ".svelte", ".astro")
_RENDERED: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("next", re.compile(r"^(?:src/)?pages/(?!api/|_document\.).+\.[jt]sx?$")),
    ("@remix-run/react", re.compile(r"^app/(?:root|routes/.+)\.[jt]sx$")),
    ("@react-router/dev", re.compile(r"^app/(?:root|routes/.+)\.[jt]sx$")),
    ("gatsby", re.compile(r"^(?:src/(?:pages|templates)/.+|gatsby-browser)\.[jt]sx?$")),
    ("@sveltejs/kit", re.compile(r"^src/(?:routes/(?:.+/)?\+(?:page|layout)|hooks\.client)\.[jt]s$")),
    ("nuxt", re.compile(r"^(?:(?:app|src)/)?(?:composables|plugins|middleware|stores|utils)/.+\.[jt]s$")),
)
"""Files that a framework sends to the browser for the place where they stand, by the package that says it is in use."""


class Browser:
    """The modules that reach the browser. Get it with `project.view(browser)`."""

    def __init__(self, project: Project, *, certain: bool = False) -> None:
        """Search the import graph breadth first, so that the chains are the shortest.

        Where it must be `certain`, the search does not begin at what only its folder says to be browser code.
        """
        self._project = project
        self._certain = certain
        self._modules: Modules = project.view(modules)
        self._loading: Loading = project.view(loading)
        self._packages: dict[str, bool] = {}
        self._boundaries: dict[str, bool] = {}
        entries = [(path, None, None) for path in project.files if self._is_browser(path)]
        self._loaded: Loaded = self._loading.loaded(entries, self._is_boundary)

    def reaches(self, path: str) -> bool:
        """Whether code of the file at `path` ends up in the browser, as an entry or through imports."""
        return path in self._loaded.steps

    def is_entry(self, path: str) -> bool:
        """Whether the file at `path` is browser code by itself, not only because browser code imports it."""
        step = self._loaded.steps.get(path)
        return step is not None and step.before is None

    def needs(self, path: str, function: str) -> bool:
        """Whether browser code needs what stands in `function` (`""` for module level) of a file that reaches it.

        Bundlers leave out functions that nothing calls; code of the module itself always runs.
        """
        if not self.reaches(path) or function.partition(".")[0] in DATA_FUNCTIONS:
            return False
        wanted, summary = self._loaded.wanted[path], self._loading.summary(path)
        if not function or None in wanted or function in summary.server_functions:
            return function not in summary.server_functions
        root = function.partition(".")[0]
        needed = {summary.locals.get(name, name) for name in wanted if name is not None}
        needed |= at_start(self._project, path)
        queue = list(needed)
        while queue:
            name = queue.pop()
            for one in summary.functions:
                if one.name.split(".")[0] == name:
                    called = {call.split(".")[0].split("(")[0] for call in one.calls} - needed
                    needed |= called
                    queue += called
        return root in needed

    def chain(self, path: str) -> tuple[Related, ...]:
        """The imports by which browser code reaches `path`, the entry first; empty for an entry."""
        steps: list[Step] = []
        step = self._loaded.steps.get(path)
        while step is not None:
            steps.append(step)
            step = step.before
        steps.reverse()
        hops = []
        for before, after in itertools.pairwise(steps):
            if after.fact is not None:
                what = "browser code" if before.before is None else before.path
                hops.append(Related(after.fact.at, f"{what} imports {after.path}"))
        return tuple(hops)

    def has_no_server(self, path: str) -> bool:
        """Whether the package around `path` is bundled for browsers and asks for no framework of a server."""
        asked = self._modules.dependencies(path)
        return asked is not None and not asked.isdisjoint(_BUNDLERS) and asked.isdisjoint(_ON_BOTH_SIDES)

    def _is_browser(self, path: str) -> bool:
        file = self._project.files[path]
        if file.language not in CODE or self._is_boundary(path):
            return False
        if self._loading.summary(path).is_client or path.endswith(_COMPONENTS):
            return True
        folder = self._modules.package_folder(path)
        asked = self._modules.dependencies(path)
        inside = path.removeprefix(f"{folder}/") if folder else path
        if asked and any(package in asked and place.search(inside) for package, place in _RENDERED):
            return True
        if file.side is not Side.BROWSER:
            return False
        if folder not in self._packages:
            guessed = asked is None or not asked.isdisjoint(_BROWSER_PACKAGES)
            alone = asked is not None and asked.isdisjoint(_SERVER_PACKAGES)
            self._packages[folder] = guessed and (alone or not self._certain)
        return self._packages[folder]

    def _is_boundary(self, path: str) -> bool:
        """Whether nothing of this file is ever sent to a browser; asked for each time that it is imported."""
        if path not in self._boundaries:
            self._boundaries[path] = self._is_never_sent(path)
        return self._boundaries[path]

    def _is_never_sent(self, path: str) -> bool:
        file = self._project.files[path]
        if file.side in _NEVER or file.language not in CODE or _SERVER_PATH.search(path):
            return True
        summary = self._loading.summary(path)
        return not summary.is_client and (summary.is_server or bool(summary.server_modules))


def touches_page(project: Project, path: str) -> bool:
    """Whether functions of the file at `path` call what only browsers have: `localStorage.getItem(…)`."""
    return any(call.split(".")[0] in _PAGE for one in project.facts_of(path, Function) for call in one.calls)


def browser(project: Project) -> Browser:
    """What reaches the browser; call it through `project.view(browser)`."""
    return Browser(project)


def certain_browser(project: Project) -> Browser:
    """What reaches the browser for certain: from modules that say so, from where a framework sends them, from packages
    that have no server.
    """
    return Browser(project, certain=True)
