"""Which modules end up in the code that browsers download, and by which chain of imports.

Next.js, "Server and Client Components" (`"use client"`, `server-only`) and "getServerSideProps" (imports used there
alone are taken out of the client's bundle); Remix and React Router, "Module constraints" (`.server` modules, loaders);
SvelteKit, "Server-only modules".
"""

import itertools
import re
from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ..facts.code import Class, Definition, Function
from ..facts.file import Directive, Side
from ..facts.imports import Export, Import
from ..facts.location import Related
from ..facts.values import Call, Choice, Items, Record, Reference, Text, Value
from ..project import Project
from .modules import Modules, modules

_CODE = frozenset({"typescript", "tsx"})
_NEVER = frozenset({Side.TEST, Side.SCRIPT, Side.MIGRATION, Side.EDGE, Side.SETTINGS})
_SERVER_PATH = re.compile(
    r"(?:^|/)(?:pages/api|server/(?:api|routes|middleware|plugins)|lib/server|supabase/functions)/"
    r"|\.server(?:\.[\w-]+)*\.[cm]?[jt]sx?$|(?:^|/)\+server\.[jt]s$|(?:^|/)app/(?:.*/)?route\.[jt]sx?$"
)
_SERVER_MODULES = re.compile(
    r"server-only$|\$env/(?:static|dynamic)/private$|\$lib/server/|next/(?:headers|server|cache)$|node:|(?:fs|fs/promises|net|tls|dns|child_process|worker_threads|cluster"
    r"|http2|pg|mysql2?|postgres|better-sqlite3|express|fastify|ioredis|nodemailer)$"
)
"""Modules that no bundler can put into a browser: what imports them is never there, or the build would fail."""
_DATA_FUNCTIONS = frozenset(
    {"getServerSideProps", "getStaticProps", "getStaticPaths", "getInitialProps", "loader", "action", "headers"}
)
_BROWSER_PACKAGES = frozenset(
    "react react-dom preact vue svelte solid-js lit jquery @angular/core react-native expo next nuxt astro gatsby vite "
    "@sveltejs/kit @remix-run/react @react-router/dev react-router-dom react-scripts parcel webpack @ionic/core "
    "@builder.io/qwik @tanstack/react-start".split()
)
"""A package that asks for none of these renders nothing in a browser, whatever its folder is called."""
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
_PAGE = re.compile(r"(?:^|/)(?:pages|routes)/(?!api/).*\.[jt]sx?$")


@dataclass(frozen=True, slots=True)
class _Step:
    """One hop of the search: how `path` was reached. `before` is None for an entry."""

    path: str
    before: "_Step | None" = None
    fact: Import | None = None


class Browser:
    """The modules that reach the browser. Get it with `project.view(browser)`."""

    def __init__(self, project: Project) -> None:
        """Search the import graph breadth first, so that the chains are the shortest."""
        self._project = project
        self._modules: Modules = project.view(modules)
        self._facts: dict[str, _Summary] = {}
        self._exported: dict[tuple[str, int], frozenset[str]] = {}
        self._packages: dict[str, bool] = {}
        self._reached: dict[str, _Step] = {}
        self._wanted: dict[str, set[str | None]] = defaultdict(set)
        self._search()

    def reaches(self, path: str) -> bool:
        """Whether code of the file at `path` ends up in the browser, as an entry or through imports."""
        return path in self._reached

    def is_entry(self, path: str) -> bool:
        """Whether the file at `path` is browser code by itself, not only because browser code imports it."""
        step = self._reached.get(path)
        return step is not None and step.before is None

    def needs(self, path: str, function: str) -> bool:
        """Whether browser code needs what stands in `function` (`""` for module level) of a file that reaches it.

        Bundlers leave out functions that nothing calls; code of the module itself always runs.
        """
        if not self.reaches(path) or function.partition(".")[0] in _DATA_FUNCTIONS:
            return False
        wanted, summary = self._wanted[path], self._summary(path)
        if not function or None in wanted or function in summary.server_functions:
            return function not in summary.server_functions
        root = function.partition(".")[0]
        needed = {summary.locals.get(name, name) for name in wanted if name is not None} | summary.at_start
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
        steps: list[_Step] = []
        step = self._reached.get(path)
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

    def _search(self) -> None:
        queue: deque[tuple[_Step, frozenset[str] | None]] = deque()
        seen: set[tuple[str, str | None]] = set()
        for path in self._project.files:
            if self._is_browser(path):
                step = _Step(path)
                self._reached[path] = step
                self._wanted[path].add(None)
                seen.add((path, None))
                queue.append((step, None))
        while queue:
            step, names = queue.popleft()
            for target, wanted, fact in self._next(step.path, names):
                if self._is_boundary(target):
                    continue
                new = [name for name in (wanted if wanted is not None else (None,)) if (target, name) not in seen]
                if not new or (target, None) in seen:
                    continue
                seen.update((target, name) for name in new)
                after = _Step(target, step, fact)
                summary = self._summary(target)
                if wanted is None or any(name not in summary.passed_on for name in new):
                    self._reached.setdefault(target, after)
                    self._wanted[target].update(new)
                queue.append((after, wanted))

    def _next(self, path: str, names: frozenset[str] | None) -> Iterator[tuple[str, frozenset[str] | None, Import]]:
        """What comes along with `names` of the file at `path`: (module, names wanted of it or None for all, import)."""
        summary = self._summary(path)
        own = names is None or any(name not in summary.passed_on for name in names)
        for edge in self._modules.imports(path):
            fact = edge.fact
            if fact.type_only or edge.target == path:
                continue
            if not fact.reexport:
                if own and not self._only_for_data(path, fact):
                    yield edge.target, _wanted(fact), fact
                continue
            if names is None:
                yield edge.target, _wanted(fact), fact
                continue
            stars = any(name == "*" for name, _ in fact.names)
            if stars:
                given = names & self._exports(edge.target)
            else:
                given = frozenset(name for name, local in fact.names if local in names)
            if given:
                yield edge.target, given, fact

    def _is_browser(self, path: str) -> bool:
        file = self._project.files[path]
        if file.language not in _CODE or self._is_boundary(path):
            return False
        if self._summary(path).is_client or path.endswith(_COMPONENTS):
            return True
        folder = self._modules.package_folder(path)
        asked = self._modules.dependencies(path)
        inside = path.removeprefix(f"{folder}/") if folder else path
        if asked and any(package in asked and place.search(inside) for package, place in _RENDERED):
            return True
        if file.side is not Side.BROWSER:
            return False
        if folder not in self._packages:
            self._packages[folder] = asked is None or not asked.isdisjoint(_BROWSER_PACKAGES)
        return self._packages[folder]

    def _is_boundary(self, path: str) -> bool:
        """Whether nothing of this file is ever sent to a browser."""
        file = self._project.files[path]
        if file.side in _NEVER or file.language not in _CODE or _SERVER_PATH.search(path):
            return True
        summary = self._summary(path)
        return not summary.is_client and (summary.is_server or bool(summary.server_modules))

    def _only_for_data(self, path: str, fact: Import) -> bool:
        """Whether a page uses an import in its data functions alone, so that the bundler takes it out."""
        if not _PAGE.search(path):
            return False
        summary = self._summary(path)
        if not summary.data_functions:
            return False
        callers = [
            function for function in summary.functions if any(_calls(function, fact, name) for name, _ in fact.names)
        ]
        outside = [function for function in callers if function.name.split(".")[0] not in _DATA_FUNCTIONS]
        return bool(callers) and not outside

    def _exports(self, path: str, depth: int = 4) -> frozenset[str]:
        """The names that the file at `path` exports, with those of its star exports."""
        known = self._exported.get((path, depth))
        if known is None:
            summary = self._summary(path)
            found = set(summary.exports) | set(summary.passed_on)
            if depth:
                for edge in self._modules.imports(path):
                    if edge.fact.reexport and any(name == "*" and local == "*" for name, local in edge.fact.names):
                        found |= self._exports(edge.target, depth - 1)
            known = self._exported[path, depth] = frozenset(found)
        return known

    def _summary(self, path: str) -> "_Summary":
        if path not in self._facts:
            self._facts[path] = _Summary.of(self._project, path)
            if not self._facts[path].own_code:  # a barrel: star exports are passed on as well
                self._facts[path] = _passing_on(self._facts[path], self._exports(path))
        return self._facts[path]


@dataclass(frozen=True, slots=True)
class _Summary:
    """What the search asks of a file. `passed_on` are the names that it only re-exports."""

    is_client: bool
    is_server: bool
    server_modules: tuple[str, ...]
    exports: frozenset[str]
    passed_on: frozenset[str]
    functions: tuple[Function, ...]
    data_functions: bool
    own_code: bool
    locals: dict[str, str]
    at_start: frozenset[str]
    server_functions: frozenset[str]

    @classmethod
    def of(cls, project: Project, path: str) -> "_Summary":
        directives = project.facts_of(path, Directive)
        imports = [fact for fact in project.facts_of(path, Import) if not fact.type_only]
        functions = project.facts_of(path, Function)
        definitions = project.facts_of(path, Definition)
        exported = {fact.name: fact.local for fact in project.facts_of(path, Export)}
        of_module = {fact.text for fact in directives if not fact.function}
        exports = frozenset(exported)
        passed_on = frozenset(
            local for fact in imports if fact.reexport for _, local in fact.names if local not in ("*", "")
        )
        return cls(
            "use client" in of_module,
            "use server" in of_module,
            tuple(
                fact.module
                for fact in imports
                if not fact.dynamic
                and (fact.names or fact.module == "server-only")
                and _SERVER_MODULES.match(fact.module)
            ),
            exports - passed_on,
            passed_on,
            functions,
            any(function.name in _DATA_FUNCTIONS for function in functions),
            bool(functions or definitions or project.facts_of(path, Class)),
            exported,
            frozenset(name for fact in definitions for name in _named(fact.value)),
            frozenset(fact.function for fact in directives if fact.function and fact.text == "use server"),
        )


def browser(project: Project) -> Browser:
    """What reaches the browser; call it through `project.view(browser)`."""
    return Browser(project)


def _passing_on(summary: _Summary, names: frozenset[str]) -> _Summary:
    return replace(summary, passed_on=summary.passed_on | (names - summary.exports))


def _named(value: Value) -> Iterator[str]:
    """The first part of every name that a module-level value calls or refers to."""
    match value:
        case Call(callee=callee, arguments=arguments, keywords=keywords):
            yield callee.split(".")[0]
            for argument in (*arguments, *(one for _, one in keywords)):
                yield from _named(argument)
        case Reference(name=name):
            yield name.split(".")[0]
        case Record(entries=entries):
            for _, one in entries:
                yield from _named(one)
        case Items(items=several) | Choice(options=several) | Text(parts=several):
            for one in several:
                yield from _named(one)


def _wanted(fact: Import) -> frozenset[str] | None:
    """The names that an import takes, None for the whole module."""
    if not fact.names or any(name == "*" for name, _ in fact.names):
        return None
    return frozenset(name for name, _ in fact.names)


def _calls(function: Function, fact: Import, name: str) -> bool:
    whole = f"{fact.module}.{name}"
    return any(call == whole or call.startswith((f"{whole}.", f"{whole}(")) for call in function.calls)
