"""Which modules somebody may load or call whom nobody can see: a framework, a setting."""

import re
import sys
from collections.abc import Iterator

from ..facts.code import Class, Definition, Function
from ..facts.file import Directive
from ..facts.imports import Export, Import
from ..facts.values import Choice, Constant, Items, Record
from ..project import Project
from .modules import modules
from .places import located
from .requests import test_files

REGISTERING = ("apps.py", ".module.ts")
"""How files of Django and Nest end that load what the framework then calls by itself: signals, strategies, guards."""
_LISTENS = re.compile(r"(?:^|\.)(?:receiver|listens_for)$")
"""What marks a function of Django's or SQLAlchemy's that is called whenever something happens to a row."""
_TIMED = re.compile(r"^@nestjs/schedule\.(?:Cron|Interval|Timeout)$")
"""What marks a function that Nest calls when the time has come, and for no request (NestJS, "Task scheduling")."""
_NEXT = "get_response"
"""What Django gives middleware, which all requests pass (Django, "Middleware: writing your own")."""
_PLAIN = re.compile(
    r"(?:^|\.)(?:dataclass|define|frozen|staticmethod|classmethod|property|cached_property|lru_cache|cache|wraps|overload"
    r"|override|abstractmethod|contextmanager|asynccontextmanager|\w+\.setter|shared_task|task|actor|job)$"
)
"""Decorators that hand a function or a class to nobody who calls it in a test by itself."""
_OWN_BASES = re.compile(
    r"(?:^|\.)(?:object|ABC|Protocol|NamedTuple|TypedDict|Generic|(?:Str|Int)?Enum|BaseModel|\w*(?:Error|Exception))$"
)
"""Bases by which nobody finds a class."""
_CONVENTION = re.compile(
    r"(?:^|/)(?:convex|pages|hooks|plugins|subscribers|loaders|netlify|composables)/"
    r"|(?:^|/)(?:middleware|proxy|hooks(?:\.\w+)?|entry\.\w+|root|gatsby-\w+|instrumentation|\+[\w.]+)\.\w+$"
)
"""Where frameworks of JavaScript look for what they call by its name."""
_IMPORTS_BY_ITSELF = re.compile(r"(?:^|/)(?:nuxt|nitro)\.config\.\w+$")
"""What tells that a framework takes functions out of folders for whoever names them (Nuxt, "Auto-imports")."""

_ENDING = re.compile(r"\.(?:py|[cm]?[jt]sx?)$")
_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")
"""The path of a module or of something in it, as settings write it."""


def alone(project: Project) -> frozenset[str]:
    """The view: the files that a framework calls, or that no other imports but tests and it, or somebody, may load.

    So may all but those that stand among files which others import, extend no class of a package and are named nowhere;
    and those that hold nothing by which somebody finds what nobody names.
    """
    tests, edges = project.view(test_files), project.view(modules).imports
    importing = [path for path in project.files if path not in tests]
    taken = [
        (path, edge) for path in importing for edge in edges(path) if edge.target != path and not edge.fact.type_only
    ]
    registered = {edge.target for path, edge in taken if path.endswith(REGISTERING)}
    named = set(_named(project))
    loaded = {edge.target for path, edge in taken if not path.endswith(REGISTERING)}
    folders = {path.rpartition("/")[0] for path in loaded}
    known = {path for path in project.files if path.rpartition("/")[0] in folders} - registered - named
    every = project.facts(Function)
    timed = {one.at.path for one in every if any(map(_TIMED.search, one.decorators))}
    passed = {one.at.path for one in every if _NEXT in one.parameters}
    listening = {one.at.path for one in every if any(map(_LISTENS.search, one.decorators))}
    unclaimed = _unclaimed(project) - loaded - registered - named - passed
    extending = set(_extending(project)) - loaded
    known -= extending
    return frozenset(project.files) - known - loaded - timed - unclaimed | passed | listening & (loaded | registered)


def _extending(project: Project) -> Iterator[str]:
    """The files of Python with a class of which a package's is the base: its programs load such by a path."""
    for one in project.facts(Class):
        for base in one.bases if one.at.path.endswith(".py") else ():
            package, dot, _ = base.partition(".")
            is_packaged = bool(dot and package) and package not in sys.stdlib_module_names
            if is_packaged and not _OWN_BASES.search(base) and located(project, one.at.path, base) is None:
                yield one.at.path


def _unclaimed(project: Project) -> set[str]:
    """The files of which whoever does not name them finds nothing to call, and which nobody names."""
    named = {_stem(fact.module) for fact in project.facts(Import)}
    named |= {name for fact in project.facts(Import) if fact.at.path.endswith(".py") for name, _ in fact.names}
    marked = {one.at.path for one in project.facts(Function) if not all(map(_PLAIN.search, one.decorators))}
    for one in project.facts(Class):
        bases = one.bases if one.at.path.endswith(".py") else ()
        if not (all(map(_PLAIN.search, one.decorators)) and all(map(_OWN_BASES.search, bases))):
            marked.add(one.at.path)
    exports: dict[str, set[str]] = {}
    for fact in project.facts(Export):
        exports.setdefault(fact.at.path, set()).add(fact.name.partition(".")[0])
    by_itself = any(map(_IMPORTS_BY_ITSELF.search, project.files))
    called = {fact.at.path for fact in project.facts(Directive) if fact.text == "use server"}
    found = set(called)
    for path in project.files.keys() - marked:
        if _stem(path) not in named:
            gives = exports.get(path, set())
            if path.endswith(".py") or (
                gives and "default" not in gives and not by_itself and not _CONVENTION.search(path)
            ):
                found.add(path)
    return found


def _stem(path: str) -> str:
    """What a file is called, by its path or by what names it: `stock` for `shop/stock.py` and `@/lib/stock.js`."""
    name = _ENDING.sub("", path.rpartition("/")[2])
    return name if "/" in path and not path.endswith(".py") else name.rpartition(".")[2]


def _named(project: Project) -> Iterator[str]:
    """The files of what settings and tables name by its dotted path: `MIDDLEWARE = ["shop.guards.SignedIn"]`."""
    resolve = project.view(modules).resolve
    waiting = [definition.value for definition in project.facts(Definition)]
    while waiting:
        match waiting.pop():
            case Items(items=several) | Choice(options=several):
                waiting += several
            case Record(entries=entries):
                waiting += (value for _, value in entries)
            case Constant(at=at, value=str(text)) if _DOTTED.fullmatch(text):
                yield from filter(None, (resolve(text, at.path), resolve(text.rpartition(".")[0], at.path)))
            case _:
                pass
