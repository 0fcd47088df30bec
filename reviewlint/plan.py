"""Which rules run, with which options, on which files: folders may have configurations of their own."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from . import catalogue
from .config import Config
from .rule import Rule


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a rule over the whole project. Its findings are those in `paths`; None for every path."""

    rule: Rule
    options: Mapping[str, Any]
    paths: Collection[str] | None = None

    def covers(self, path: str) -> bool:
        """Whether findings in the file at `path` are this run's."""
        return self.paths is None or path in self.paths


def plan(paths: Collection[str], config: Config, config_of: Callable[[str], Config]) -> list[Run]:
    """The runs that a review of `paths` takes, by rule.

    A rule runs once for all the files whose configurations give it the same options, and not for the files whose
    configuration does not select it. `config` holds where there are no files.
    """
    governed: dict[int, tuple[Config, list[str]]] = {}
    for path in paths:
        its = config_of(path)
        governed.setdefault(id(its), (its, []))[1].append(path)
    alike: dict[tuple[object, ...], list[str]] = defaultdict(list)
    configs: dict[tuple[object, ...], Config] = {}
    for its, several in governed.values():
        key: tuple[object, ...] = (
            its.select,
            its.ignore,
            its.strict,
            repr(sorted(its.options.items())),
            *its.own.rules,
        )
        alike[key] += several
        configs[key] = its
    if not alike:
        alike, configs = defaultdict(list, {(): []}), {(): config}
    rules: dict[str, Rule] = {}
    grouped: dict[str, dict[str, tuple[Mapping[str, Any], list[str]]]] = defaultdict(dict)
    for key, its in configs.items():
        for rule in catalogue.selected(its.select, its.ignore, strict=its.strict, own=its.own.rules):
            rules.setdefault(rule.name, rule)
            options = its.options.get(rule.name, {})
            _, together = grouped[rule.name].setdefault(repr(sorted(options.items())), (options, []))
            together += alike[key]
    return [
        Run(rules[name], options, None if len(together) == len(paths) else frozenset(together))
        for name in sorted(grouped)
        for options, together in grouped[name].values()
    ]
