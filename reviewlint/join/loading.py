"""What comes along when a module is loaded: other modules, followed by the names that are taken of them.

Bundlers leave out what nobody asks for: of a module that only passes on what others export (a barrel), the modules that
nobody takes a name of; of a page, what its data functions alone need. Next.js, "getServerSideProps" (imports used there
alone are taken out of the client's bundle); Remix and React Router, "Module constraints" (loaders and actions).
"""

import re
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from ..facts.code import Class, Definition, Function
from ..facts.file import Directive
from ..facts.imports import Export, Import
from ..facts.values import Call, Choice, Items, Record, Reference, Text, Value
from ..project import Project
from .modules import Modules, modules

CODE = frozenset({"typescript", "tsx"})

DATA_FUNCTIONS = frozenset(
    {"getServerSideProps", "getStaticProps", "getStaticPaths", "getInitialProps", "loader", "action", "headers"}
)
"""What a page exports for the server alone."""

_SERVER_MODULES = re.compile(
    r"server-only$|\$env/(?:static|dynamic)/private$|\$lib/server/|next/(?:headers|server|cache)$|node:|(?:fs|fs/promises|net|tls|dns|child_process|worker_threads|cluster"
    r"|http2|pg|mysql2?|postgres|better-sqlite3|express|fastify|ioredis|nodemailer)$"
)
"""Modules that no bundler can put into a browser: what imports them is never there, or the build would fail."""
_PAGE = re.compile(r"(?:^|/)(?:pages|routes)/(?!api/).*\.[jt]sx?$|(?:^|/)app/root\.[jt]sx?$")

Hop = tuple[str, frozenset[str] | None, Import | None]
"""A module that comes along, the names wanted of it (None for all of it), and the import (None where it begins)."""


@dataclass(frozen=True, slots=True)
class Step:
    """How the module at `path` came along. `before` is None where it began."""

    path: str
    before: "Step | None" = None
    fact: Import | None = None


@dataclass(frozen=True, slots=True)
class Loaded:
    """All that came along: how each module did by the shortest way, and the names wanted of it, None for all of it."""

    steps: dict[str, Step] = field(default_factory=dict)
    wanted: dict[str, set[str | None]] = field(default_factory=lambda: defaultdict(set))


class Loading:
    """What comes along with the modules of a project. Get it with `project.view(loading)`."""

    def __init__(self, project: Project) -> None:
        """Know the project; nothing is followed yet."""
        self._project = project
        self._modules: Modules = project.view(modules)
        self._summaries: dict[str, Summary] = {}
        self._exported: dict[tuple[str, int], frozenset[str]] = {}

    def loaded(self, starts: Iterable[Hop], stops: Callable[[str], bool]) -> Loaded:
        """What comes along with `starts`, breadth first; nothing of a module that `stops`, and nothing behind it."""
        found = Loaded()
        queue: deque[tuple[Step, frozenset[str] | None]] = deque()
        seen: set[tuple[str, str | None]] = set()

        def go(hop: Hop, before: Step | None) -> None:
            target, wanted, fact = hop
            types = self.summary(target).types  # compilers leave them out, whether the import says `type` or not
            names = wanted - types if wanted is not None else (None,)
            new = [name for name in names if (target, name) not in seen]
            if not new or (target, None) in seen:
                return
            seen.update((target, name) for name in new)
            step = Step(target, before, fact)
            passed_on = self.summary(target).passed_on
            if wanted is None or any(name not in passed_on for name in new):
                found.steps.setdefault(target, step)
                found.wanted[target].update(new)
            queue.append((step, wanted))

        for hop in starts:
            go(hop, None)
        while queue:
            step, names = queue.popleft()
            for hop in self._next(step.path, names):
                if not stops(hop[0]):
                    go(hop, step)
        return found

    def for_data(self, path: str) -> Iterator[Hop]:
        """What comes along with the data functions of a page alone."""
        for edge in self._modules.imports(path) if self.has_data(path) else ():
            if not (edge.fact.type_only or edge.fact.reexport) and self._only_for_data(path, edge.fact):
                yield edge.target, _wanted(edge.fact), edge.fact

    def _next(self, path: str, names: frozenset[str] | None) -> Iterator[Hop]:
        """What comes along with `names` of the file at `path`: (module, names wanted of it or None for all, import)."""
        summary = self.summary(path)
        own = names is None or any(name not in summary.passed_on for name in names)
        has_data = self.has_data(path)
        for edge in self._modules.imports(path):
            fact = edge.fact
            if fact.type_only or edge.target == path:
                continue
            if not fact.reexport:
                if own and not (has_data and self._only_for_data(path, fact)):
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

    def has_data(self, path: str) -> bool:
        """Whether the file at `path` is a page with functions that run on the server alone."""
        return _PAGE.search(path) is not None and self.summary(path).data_functions

    def _only_for_data(self, path: str, fact: Import) -> bool:
        """Whether a page uses an import in its data functions alone."""
        callers = {
            function.name.split(".")[0]
            for function in self.summary(path).functions
            if any(_is_of(call, fact, name) for call in function.calls for name, _ in fact.names)
        }
        for definition in self._project.facts_of(path, Definition):  # `export const getServerSideProps = wrapped(…)`
            if any(_is_of(used, fact, name) for used in _names(definition.value) for name, _ in fact.names):
                callers.add(definition.name)
        return bool(callers) and callers <= self._for_data(path)

    def _for_data(self, path: str) -> frozenset[str]:
        """The functions of a page that only its data functions need: these, and what they alone call."""
        summary = self.summary(path)
        callers: dict[str, set[str]] = defaultdict(set)
        for function in summary.functions:
            for call in function.calls:
                callers[call.split(".")[0].split("(")[0]].add(function.name.split(".")[0])
        found = set(DATA_FUNCTIONS)
        exported = {*summary.exports, *summary.locals.values()}
        waiting = [name for name in callers if name not in exported]
        while helpers := [name for name in waiting if name not in found and found >= callers[name] - {name} > set()]:
            found.update(helpers)
        return frozenset(found)

    def _exports(self, path: str, depth: int = 4) -> frozenset[str]:
        """The names that the file at `path` exports, with those of its star exports."""
        known = self._exported.get((path, depth))
        if known is None:
            summary = self.summary(path)
            found = set(summary.exports) | set(summary.passed_on)
            if depth:
                for edge in self._modules.imports(path):
                    if edge.fact.reexport and any(name == "*" and local == "*" for name, local in edge.fact.names):
                        found |= self._exports(edge.target, depth - 1)
            known = self._exported[path, depth] = frozenset(found)
        return known

    def summary(self, path: str) -> "Summary":
        """What the search asks of the file at `path`."""
        if path not in self._summaries:
            self._summaries[path] = Summary.of(self._project, path)
            if not self._summaries[path].own_code:  # a barrel: star exports are passed on as well
                self._summaries[path] = _passing_on(self._summaries[path], self._exports(path))
        return self._summaries[path]


@dataclass(frozen=True, slots=True)
class Summary:
    """What the search asks of a file. `passed_on` are the names that it only re-exports, `types` those of types."""

    is_client: bool
    is_server: bool
    server_modules: tuple[str, ...]
    exports: frozenset[str]
    passed_on: frozenset[str]
    functions: tuple[Function, ...]
    data_functions: bool
    own_code: bool
    locals: dict[str, str]
    server_functions: frozenset[str]
    types: frozenset[str]

    @classmethod
    def of(cls, project: Project, path: str) -> "Summary":
        """Gather it from the facts of the file at `path`."""
        directives = project.facts_of(path, Directive)
        imports = [fact for fact in project.facts_of(path, Import) if not fact.type_only]
        functions = project.facts_of(path, Function)
        given = project.facts_of(path, Export)
        exported = {fact.name: fact.local for fact in given}
        values = {fact.name for fact in given if not fact.type_only}
        definitions = project.facts_of(path, Definition)
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
            not DATA_FUNCTIONS.isdisjoint([*(one.name for one in functions), *(one.name for one in definitions)]),
            bool(functions or definitions or project.facts_of(path, Class)),
            exported,
            frozenset(fact.function for fact in directives if fact.function and fact.text == "use server"),
            frozenset(exported.keys() - values),
        )


def at_start(project: Project, path: str) -> frozenset[str]:
    """The names that the file at `path` calls or refers to while it is loaded."""
    return frozenset(name.split(".")[0] for fact in project.facts_of(path, Definition) for name in _names(fact.value))


def loading(project: Project) -> Loading:
    """What comes along with what; call it through `project.view(loading)`."""
    return Loading(project)


def _passing_on(summary: Summary, names: frozenset[str]) -> Summary:
    return replace(summary, passed_on=summary.passed_on | (names - summary.exports))


def _names(value: Value) -> Iterator[str]:
    """Every name that a module-level value calls or refers to, dotted."""
    match value:
        case Call(callee=callee, arguments=arguments, keywords=keywords):
            yield callee
            for argument in (*arguments, *(one for _, one in keywords)):
                yield from _names(argument)
        case Reference(name=name):
            yield name
        case Record(entries=entries):
            for _, one in entries:
                yield from _names(one)
        case Items(items=several) | Choice(options=several) | Text(parts=several):
            for one in several:
                yield from _names(one)


def _wanted(fact: Import) -> frozenset[str] | None:
    """The names that an import takes, None for the whole module."""
    if not fact.names or any(name == "*" for name, _ in fact.names):
        return None
    return frozenset(name for name, _ in fact.names)


def _is_of(used: str, fact: Import, name: str) -> bool:
    """Whether what is called or referred to is `name` of an import, or something of it."""
    whole = f"{fact.module}.{name}"
    return used == whole or used.startswith((f"{whole}.", f"{whole}("))
