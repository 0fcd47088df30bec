"""Calls of the functions of a file that make queries or events of what they are given: how values are followed back."""

from collections.abc import Callable, Iterable, Iterator

from tree_sitter import Node

from ..facts.data import GivenToQuery, HandedQuery, Query, TableAccess
from ..facts.file import FileFact
from ..facts.location import Location
from ..facts.messages import PublishedEvent
from ..facts.values import Call, Choice, Constant, Items, Parameter, Record, Text, Value

Given = tuple[Node, str, dict[str, Node]]
"""A call, the qualified name of the function that it stands in, and what it gives to which parameter."""
_DEPTH = 12


def givers(
    facts: Iterable[FileFact],
    calls: Callable[[str], Iterable[Given]],
    value: Callable[[Node], Value],
    location: Callable[[Node], Location],
) -> Iterator[GivenToQuery]:
    """Every call of the file that gives a value to a function which puts it, itself or by others, into a query.

    `calls` finds the calls of a function of the file by its qualified name.
    """
    waiting = {parameter.function: None for fact in facts for text in _texts(fact) for parameter in _parameters(text)}
    done: set[str] = set()
    while waiting:
        function, _ = waiting.popitem()
        done.add(function)
        for node, inside, given in calls(function):
            arguments = tuple((name, value(argument)) for name, argument in given.items())
            yield GivenToQuery(location(node), inside, function, arguments)
            handed = (parameter.function for _, argument in arguments for parameter in _parameters(argument))
            waiting.update({name: None for name in handed if name not in done})


def _texts(fact: FileFact) -> Iterator[Value]:
    match fact:
        case Query(text=text) | HandedQuery(text=text) | PublishedEvent(payload=text):
            yield text
        case TableAccess(calls=calls):
            yield from (one for call in calls if isinstance(call, Call) for one in call.arguments if _is_text(one))


def _is_text(value: Value) -> bool:
    return isinstance(value, Text) or (isinstance(value, Choice) and any(map(_is_text, value.options)))


def _parameters(value: Value, depth: int = _DEPTH) -> Iterator[Parameter]:
    """The parameters in a value."""
    if not depth:
        return
    inner: Iterable[Value]
    match value:
        case Parameter():
            yield value
            return
        case Text(parts=inner) | Choice(options=inner) | Items(items=inner):
            pass
        case Record(entries=entries):
            inner = (entry for _, entry in entries)
        case Call(arguments=arguments, keywords=keywords, receiver=receiver):
            inner = (*arguments, *(one for _, one in keywords), *((receiver,) if receiver is not None else ()))
        case Constant() | _:
            return
    for one in inner:
        yield from _parameters(one, depth - 1)
