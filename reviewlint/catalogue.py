"""The catalogue of rules, found by walking the folders under `reviewlint/rules`, and those that packages bring along.

A project's own rules are no part of it: they hold where its configuration does (`Config.own`).

Importing all of the rules takes a third of a review that finds nothing new. What such a review asks of them is
remembered (`told`), and they are imported when one of them has to run. Where nothing is remembered, the head of a
rule's source says what it is: none of code is imported where there is no code.
"""

import ast
import importlib
import pkgutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from . import plugins, rules
from .rule import Meta, Rule


class Told(NamedTuple):
    """What a rule's module says about the rule, beside what it does."""

    meta: Meta
    documentation: str | None
    remark: str | tuple[str, ...]


_told: dict[str, Told] = {}
"""What is known of rules that need not be imported for it."""


class _Known(ModuleType):
    """A rule's module, imported when more is asked of it than what is known."""

    def __init__(self, name: str, documentation: str | None, **known: Any) -> None:
        super().__init__(name, documentation)
        vars(self).update(known)

    def __getattr__(self, name: str) -> Any:
        return getattr(importlib.import_module(self.__name__), name)


@cache
def names() -> dict[str, str]:
    """Every rule's name with its family, in order; imports no rule."""
    return {name: package.rpartition(".")[2] for name, package in _packages().items()}


@cache
def _packages() -> dict[str, str]:
    """Every rule's name with the package that its module stands in, in order. Of two of one name, ours counts."""
    found: dict[str, str] = {}
    for package, folders in ((rules.__name__, list(rules.__path__)), *_brought_along()):
        for family in pkgutil.iter_modules(folders):
            if family.ispkg:
                for module in pkgutil.iter_modules([f"{folder}/{family.name}" for folder in folders]):
                    found.setdefault(module.name.replace("_", "-"), f"{package}.{family.name}")
    return dict(sorted(found.items()))


def _brought_along() -> Iterator[tuple[str, list[str]]]:
    for package, folder in plugins.rule_packages().items():
        yield package, [folder]


@cache
def load(name: str) -> Rule:
    """The rule called `name`; raises KeyError where there is none."""
    module = f"{_packages()[name]}.{name.replace('-', '_')}"
    if name in _told:
        known = _told[name]
        return Rule(_Known(module, known.documentation, META=known.meta, REMARK=known.remark))
    if is_ours(name) and module not in sys.modules and (head := _head(module)):
        return Rule(_Known(module, head[0], META=head[1]))
    return Rule(importlib.import_module(module))


def _head(module: str) -> tuple[str, Meta] | None:
    """What the source of one of our rules begins with, None where that cannot be told."""
    path = Path(rules.__path__[0], *module.split(".")[-2:]).with_suffix(".py")
    try:
        text = path.read_text("utf-8")
        documentation, meta = text[: text.index('"""', 3) + 3], text.index("\nMETA = Meta(")
        call = ast.parse(text[meta + len("\nMETA = ") : text.index("\n)\n", meta) + 2], mode="eval").body
        assert isinstance(call, ast.Call)
        values = {str(value.arg): ast.literal_eval(value.value) for value in call.keywords}
        return ast.literal_eval(documentation), Meta(**values)
    except (OSError, ValueError, SyntaxError):
        return None


def told() -> dict[str, Told]:
    """What those of our own rules say that are imported, or that an earlier run told of."""
    for name, package in _packages().items():
        module = sys.modules.get(f"{package}.{name.replace('-', '_')}")
        if name not in _told and module is not None and is_ours(name) and not defect(name):
            _told[name] = Told(module.META, module.__doc__, module.REMARK)
    return dict(_told)


def expect(known: Mapping[str, Told]) -> None:
    """Take the word of an earlier run of the same code for what rules say; those that are loaded stay what they are."""
    _told.update({name: one for name, one in known.items() if name in names() and is_ours(name)})


def ready(wanted: Iterable[Rule]) -> Iterator[Rule]:
    """Import the rules that are about to run, one at each step."""
    for rule in wanted:
        if not rule.is_own:
            importlib.import_module(rule.module.__name__)
            yield rule


def is_ours(name: str) -> bool:
    """Whether the rule called `name` comes with reviewlint itself."""
    return name not in _packages() or _packages()[name].startswith(f"{rules.__name__}.")


def load_all() -> Iterator[Rule]:
    """Every rule, by name, without those of packages that cannot be loaded."""
    return (load(name) for name in names() if is_ours(name) or not defect(name))


@cache
def defect(name: str) -> str:
    """Why the rule called `name` cannot be loaded, `""` where it can."""
    try:
        load(name)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


def selected(
    select: Iterable[str], ignore: Iterable[str], *, strict: bool, own: Mapping[str, Rule] | None = None
) -> list[Rule]:
    """The rules to run: those selected by rule or family name, else all of the level, without the ignored ones.

    A rule that is selected by its own name runs whatever its level; a family's name selects its rules of the level.
    Rules that are not wanted are not imported. Those with a defect are left out. `own` are the project's.
    """
    chosen, house = set(select), own or {}
    names = (name for name in wanted(select, ignore, house) if name in house or not defect(name))
    found = (house.get(name) or load(name) for name in names)
    return [rule for rule in found if rule.name in chosen or strict or rule.meta.level == "rec"]


def wanted(select: Iterable[str], ignore: Iterable[str], own: Mapping[str, Rule] | None = None) -> list[str]:
    """The names of the rules that are selected and not ignored, of either level. `own` are the project's."""
    chosen, dropped = set(select), set(ignore)
    return [
        name
        for name, family in known(own).items()
        if name in chosen or (dropped.isdisjoint((name, family)) and (not chosen or family in chosen))
    ]


def known(own: Mapping[str, Rule] | None = None) -> dict[str, str]:
    """The names of all rules with their families, those of the project's `own` included."""
    return {**{name: rule.family for name, rule in (own or {}).items()}, **names()}
