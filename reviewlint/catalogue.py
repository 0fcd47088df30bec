"""The catalogue of rules, found by walking the folders under `reviewlint/rules`."""

import importlib
import pkgutil
from collections.abc import Iterable, Iterator
from functools import cache

from . import rules
from .rule import Rule


@cache
def names() -> dict[str, str]:
    """Every rule's name with its family, in order; imports no rule."""
    found = {}
    for family in pkgutil.iter_modules(rules.__path__):
        if family.ispkg:
            for module in pkgutil.iter_modules([f"{path}/{family.name}" for path in rules.__path__]):
                found[module.name.replace("_", "-")] = family.name
    return dict(sorted(found.items()))


@cache
def load(name: str) -> Rule:
    """The rule called `name`; raises KeyError where there is none."""
    family = names()[name]
    return Rule(importlib.import_module(f"{rules.__name__}.{family}.{name.replace('-', '_')}"))


def load_all() -> Iterator[Rule]:
    """Every rule, by name."""
    return map(load, names())


@cache
def defect(name: str) -> str:
    """Why the rule called `name` cannot be loaded, `""` where it can."""
    try:
        load(name)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


def selected(select: Iterable[str], ignore: Iterable[str], *, strict: bool) -> list[Rule]:
    """The rules to run: those selected by rule or family name, else all of the level, without the ignored ones.

    A rule that is selected by its own name runs whatever its level; a family's name selects its rules of the level.
    Rules that are not wanted are not imported. Those with a defect are left out.
    """
    chosen = set(select)
    rules = (load(name) for name in wanted(select, ignore) if not defect(name))
    return [rule for rule in rules if rule.name in chosen or strict or rule.meta.level == "rec"]


def wanted(select: Iterable[str], ignore: Iterable[str]) -> list[str]:
    """The names of the rules that are selected and not ignored, of either level."""
    chosen, dropped = set(select), set(ignore)
    return [
        name
        for name, family in names().items()
        if name in chosen or (dropped.isdisjoint((name, family)) and (not chosen or family in chosen))
    ]
