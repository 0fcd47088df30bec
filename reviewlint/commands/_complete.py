"""What shells complete: the values of arguments and options that have names."""

from collections.abc import Callable, Iterable

import click

Completion = Callable[[click.Context, click.Parameter, str], list[str]]


def _from(names: Callable[[], Iterable[str]]) -> Completion:
    return lambda context, parameter, begun: [name for name in names() if name.startswith(begun)]


def _rules_and_families() -> list[str]:
    from .. import catalogue

    known = catalogue.names()
    return [*known, *sorted(set(known.values()))]


def _voices() -> Iterable[str]:
    from .. import voices

    return voices.names()


def _formats() -> Iterable[str]:
    from .. import reporters

    return reporters.names()


rules = _from(_rules_and_families)
voices = _from(_voices)
formats = _from(_formats)
