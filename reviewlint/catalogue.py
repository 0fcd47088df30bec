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


def selected(select: Iterable[str], ignore: Iterable[str], *, strict: bool) -> list[Rule]:
    """The rules to run: those selected by rule or family name, else all of the level, without the ignored ones.

    A rule that is selected by its own name runs whatever its level; a family's name selects its rules of the level.
    """
    chosen, dropped = set(select), set(ignore)
    return [
        rule
        for rule in load_all()
        if rule.name in chosen
        or (
            rule.name not in dropped
            and rule.family not in dropped
            and (not chosen or rule.family in chosen)
            and (strict or rule.meta.level == "rec")
        )
    ]
