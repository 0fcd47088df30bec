"""Responses whose status a conditional expression chooses: `res.status(row ? 200 : 404).json(…)` are two."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from ...facts.file import FileFact
from ...facts.http import Response
from ...facts.statuses import status_named
from ...facts.values import Choice, Constant, Reference, Value
from ..conditions import node_at
from . import asked, syntax
from .packages import normal

if TYPE_CHECKING:
    from .module import Module

_ERRORS = 400


def with_forks(facts: Iterable[FileFact], module: "Module") -> Iterator[FileFact]:
    """`facts`, a response that has either of two statuses as one of each, with what decides among its conditions."""
    for fact in facts:
        chosen = fact.status_value if isinstance(fact, Response) and fact.status is None else None
        if isinstance(fact, Response) and isinstance(chosen, Choice) and chosen.test and _is_fork(fact, chosen):
            yield from _split(fact, chosen, module)
        else:
            yield fact


def _is_fork(fact: Response, chosen: Choice) -> bool:
    """Whether the statuses say two different things: one body for success and failure alike is a report of both."""
    numbers = [number for number in _numbers(chosen) if number is not None]
    either = any(isinstance(said, Choice) for said in (fact.body, fact.text))
    return len(numbers) == 2 and (either or min(numbers) >= _ERRORS)


def _numbers(chosen: Choice) -> tuple[int | None, int | None]:
    several = tuple(map(_number, chosen.options))
    return (several[0], several[1]) if len(several) == 2 else (None, None)


def _number(value: Value) -> int | None:
    match value:
        case Constant(value=int(number)):
            return number
        case Reference(name=name):
            return status_named(normal(name))
    return None


def _split(fact: Response, chosen: Choice, module: "Module") -> Iterator[Response]:
    node = node_at(chosen.at, module.root, module.data.split(b"\n"))
    node = syntax.unwrapped(node) if node is not None else None
    test = node.child_by_field_name("condition") if node is not None else None
    lacks, finds = asked.missing_by(test, module) if test is not None else (None, None)
    for status, holds in zip(_numbers(chosen), (True, False), strict=True):
        yield replace(
            fact,
            status=status,
            status_value=None,
            body=_part(fact.body, chosen.test, status or 0, holds=holds),
            text=_part(fact.text, chosen.test, status or 0, holds=holds),
            conditions=(chosen.test if holds else f"not {chosen.test}", *fact.conditions),
            lacks=asked.known(lacks if holds else finds),
            finds=asked.known(finds if holds else lacks),
        )


def _part(body: Value | None, test: str, status: int, *, holds: bool) -> Value | None:
    """What of a body goes with a status: the same conditional's other side, or the fallback with the failure."""
    if not isinstance(body, Choice) or len(body.options) != 2:
        return body
    if body.test == test:
        return body.options[0 if holds else 1]
    return body.options[1 if status >= _ERRORS else 0]
