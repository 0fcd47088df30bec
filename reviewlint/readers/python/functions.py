"""Functions: the summaries by which calls into them are followed."""

from bisect import bisect_left
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ...facts.code import Function
from ...facts.file import FileFact
from ...facts.values import Unknown, Value, options

if TYPE_CHECKING:
    from .module import Module
    from .scopes import Scope


def function(scope: "Scope", module: "Module") -> Iterator[FileFact]:
    """The summary of a function."""
    parameters = list(scope.parameters)
    if scope.is_method and parameters and parameters[0] in ("self", "cls"):
        del parameters[0]
    yield Function(
        module.location(scope.node),
        scope.name,
        tuple(parameters),
        module.decorators(scope),
        tuple(value for value in module.returned(scope) if _is_useful(value)),
        _calls(scope, module),
        scope.is_async,
        tuple(
            (name, module.value(declared.default))
            for name, declared in scope.parameters.items()
            if declared.default is not None
        ),
    )


def _is_useful(value: Value) -> bool:
    return not all(isinstance(option, Unknown) for option in options(value))


def _calls(scope: "Scope", module: "Module") -> tuple[str, ...]:
    first = bisect_left(module.call_starts, scope.body.start_byte)
    last = bisect_left(module.call_starts, scope.end)
    found = {
        module.callee(node): None for node in module.calls[first:last] if module.scopes.at(node.start_byte) is scope
    }
    found.pop("", None)
    return tuple(found)
