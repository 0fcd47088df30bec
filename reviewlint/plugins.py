"""Packages of the environment that bring rules or readers along, told by their entry points.

Entry points come from where this interpreter keeps its packages, never from the working directory or the repository
under review: what is installed is the user's choice, what is reviewed is not. `importlib.metadata` looks at every
folder of `sys.path`, and with 106 packages installed takes 18 ms to import and 5 ms to ask; the few bytes by which to
tell are read in 1.5 ms.
"""

import importlib
import importlib.util
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, wraps
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

from .facts.file import FileFact, Problem
from .facts.location import Location
from .fault import Fault
from .installed import packages

Group = Literal["reviewlint.rules", "reviewlint.readers"]

_SECTION = re.compile(r"^\[(?P<section>[^\]]+)\]|^(?P<name>[^\s=#;\[]+)\s*=\s*(?P<target>[\w.]+)", re.M)
_HOOKS = ("call", "decorated", "function", "klass", "catch", "file")


@dataclass(frozen=True, slots=True)
class EntryPoint:
    """One line of a package's entry points. `package` is its name and version, `folder` where it says so."""

    group: str
    name: str
    target: str
    package: str
    folder: str

    @property
    def title(self) -> str:
        """How messages call it."""
        return f"the package {self.package} ({self.group}: {self.name})"


@cache
def entry_points(group: Group) -> tuple[EntryPoint, ...]:
    """The entry points of a group, by package and name."""
    return tuple(sorted((each for each in _all() if each.group == group), key=lambda each: (each.package, each.name)))


@cache
def _all() -> tuple[EntryPoint, ...]:
    return tuple(each for folder in _folders() for each in _in(folder))


def _folders() -> list[str]:
    """Where this interpreter keeps its packages."""
    site = sys.modules.get("site")  # not there with `python -S`, and then neither are the packages
    if site is None:
        return []
    own = [site.getusersitepackages()] if site.ENABLE_USER_SITE else []
    return list(dict.fromkeys([*site.getsitepackages(), *own]))


def _in(folder: str) -> Iterator[EntryPoint]:
    for name in packages(folder):
        try:
            data = Path(folder, f"{name}.dist-info", "entry_points.txt").read_bytes()
        except OSError:
            continue
        if b"[reviewlint." in data:
            yield from _parsed(data.decode("utf-8", "replace"), name, f"{folder}/{name}.dist-info")


def _parsed(text: str, package: str, folder: str) -> Iterator[EntryPoint]:
    section = ""
    for match in _SECTION.finditer(text):
        if match["section"]:
            section = match["section"].strip()
        elif section.startswith("reviewlint."):
            yield EntryPoint(section, match["name"], match["target"], package.replace("-", " ", 1), folder)


@cache
def rule_packages() -> dict[str, str]:
    """Packages laid out as `reviewlint.rules` is: their dotted names, each with the folder that they lie in."""
    found: dict[str, str] = {}
    for each in entry_points("reviewlint.rules"):
        if not defect(each):
            spec = importlib.util.find_spec(each.target)
            for folder in spec.submodule_search_locations or () if spec else ():
                found.setdefault(each.target, folder)
    return found


@cache
def defect(each: EntryPoint) -> str:
    """Why an entry point cannot be used, `""` where it can."""
    try:
        if each.group == "reviewlint.rules":
            spec = importlib.util.find_spec(each.target)
            if spec is None or not spec.submodule_search_locations:
                return f"there is no package `{each.target}`"
        else:
            if each.name.partition(".")[0] not in ("python", "typescript"):
                return f"`{each.name}` names no language; a reader is called `python`, `typescript` or `python.<name>`"
            module = importlib.import_module(each.target)
            if not any(hasattr(module, hook) for hook in _HOOKS):
                return f"the module `{each.target}` has none of the hooks {', '.join(_HOOKS)}"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


def defects() -> list[Fault]:
    """What is wrong with the packages that bring something along; a broken one costs only itself."""
    every = (*entry_points("reviewlint.rules"), *entry_points("reviewlint.readers"))
    return [Fault(each.title, defect(each), ours=False) for each in every if defect(each)]


def readers(language: str) -> list[ModuleType]:
    """The readers of a language (`python`, `typescript`) that packages bring along, as the folder's own modules are.

    One that raises on a file costs what it would have read there, and a `Problem` says so.
    """
    return [
        _guarded(importlib.import_module(each.target), each)
        for each in entry_points("reviewlint.readers")
        if each.name.partition(".")[0] == language and not defect(each)
    ]


def _guarded(module: ModuleType, each: EntryPoint) -> ModuleType:
    guarded = ModuleType(module.__name__)
    for name in ("TRIGGERS", "CALLS", "DECORATORS"):
        if hasattr(module, name):
            setattr(guarded, name, getattr(module, name))
    for name in _HOOKS:
        if hasattr(module, name):
            setattr(guarded, name, _quiet(getattr(module, name), each))
    return guarded


def _quiet(hook: Callable[..., Iterator[FileFact]], each: EntryPoint) -> Callable[..., Iterator[FileFact]]:
    @wraps(hook)
    def facts(*arguments: Any) -> Iterator[FileFact]:
        try:
            for fact in hook(*arguments) or ():
                if not (isinstance(fact, FileFact) and type(fact).__module__.startswith("reviewlint.facts.")):
                    raise TypeError(f"{type(fact).__name__} is no fact of reviewlint.facts")
                yield fact
        except Exception as error:
            start = Location(arguments[-1].path, 1, 1, 1, 1)
            yield Problem(start, f"{each.title} failed on it: {type(error).__name__}: {error}")

    return facts


def fingerprint() -> str:
    """What tells these packages in these versions from others: their names, and their files as they are now."""
    parts: list[str] = []
    for each in (*entry_points("reviewlint.rules"), *entry_points("reviewlint.readers")):
        spec = None if defect(each) else importlib.util.find_spec(each.target)
        folders = [] if spec is None else spec.submodule_search_locations or [str(Path(spec.origin or "").parent)]
        files = [(path, path.stat()) for folder in folders for path in sorted(Path(folder).rglob("*.py"))]
        parts += [each.group, each.package, each.name, each.target]
        parts += [f"{path} {found.st_size} {found.st_mtime_ns}" for path, found in files]
    return "\n".join(parts)
