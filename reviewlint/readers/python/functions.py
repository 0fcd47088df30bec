"""Functions: the summaries by which calls into them are followed."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tree_sitter import Node

from ...facts.code import Function
from ...facts.file import FileFact, Side
from ...facts.values import Unknown, Value, options
from ..decisions import Decisions
from . import syntax
from .types import receivers

if TYPE_CHECKING:
    from .module import Module
    from .scopes import Scope

_TELLING = frozenset(
    """string concatenated_string dictionary list tuple expression_list identifier conditional_expression
    boolean_operator binary_operator integer float true false none""".split()
)
_QUERY_BUILDERS = ("sqlalchemy.", "sqlmodel.")
_BUILTINS = frozenset(
    """list tuple set frozenset sorted reversed len int float bool any all sum max min round next iter zip map filter
    range super type getattr isinstance open object""".split()
)
_DECISION = re.compile(
    rb"\n[ \t]*+(?:(?:if|elif|for|async for|while|match|case|except)\b[^\n]*[:(\[{][ \t]*(?:#[^\n]*)?$"
    rb"|raise\b(?![ \t]+NotImplementedError))",
    re.M,
)
"""A line that chooses a way; one of a docstring seldom looks like it."""
_DECISION_OF_TEST = re.compile(_DECISION.pattern + rb"|\n[ \t]*+assert\b", re.M)
"""In a test, what it asserts, too."""
_OF_PATHS = (b"/", b"_url", b"URL", b"reverse", b"url_for", b"path_for", b"return self.")
"""What a function of tests says that may return a path: the path, what looks one up, or another method that does."""
_TEXT_METHODS = frozenset({"join", "format", "format_map", "replace", "strip", "copy"})


def function(scope: "Scope", module: "Module") -> Iterator[FileFact]:
    """The summary of a function; of what tests return, paths alone are anybody's business."""
    parameters = list(scope.parameters)
    if scope.is_method and parameters and parameters[0] in ("self", "cls"):
        del parameters[0]
    yield Function(
        module.location(scope.node),
        scope.name,
        tuple(parameters),
        module.decorators(scope),
        tuple(
            value
            for node in (module.returns(scope) if _is_followed(scope, module) else ())
            if _may_tell(node, scope, module) and _is_useful(value := module.value(node))
        ),
        _calls(scope, module),
        scope.is_async,
        tuple(
            (name, module.value(declared.default))
            for name, declared in scope.parameters.items()
            if declared.default is not None
        ),
        module.once(decisions).between(scope.start, scope.end),
        tuple(receivers(scope, module)),
        scope.node.child_by_field_name("return_type") is not None
        or any(declared.annotation for declared in scope.parameters.values()),
    )


def _is_followed(scope: "Scope", module: "Module") -> bool:
    """Whether it matters what a function returns; of those of tests, it does where that may be a path to request, or
    what a fixture makes.
    """
    if module.side is not Side.TEST:
        return True
    source = module.data[scope.start : scope.end]
    return b"return" in source and (
        any(sign in source for sign in _OF_PATHS) or any(name.endswith("fixture") for name in module.decorators(scope))
    )


def decisions(module: "Module") -> Decisions:
    """The lines of a file that choose a way."""
    return Decisions(_DECISION_OF_TEST if module.side is Side.TEST else _DECISION, module.data)


def _is_useful(value: Value) -> bool:
    return not all(isinstance(option, Unknown) for option in options(value))


def _may_tell(node: Node, scope: "Scope", module: "Module", hops: int = 3) -> bool:
    """Whether a returned expression can say anything to a caller: what methods of other objects return does not."""
    node = syntax.unwrapped(node)
    if node.type == "identifier" and hops:
        assigned = module.assigned(module.text(node), scope)
        return not assigned or any(_may_tell(value, scope, module, hops - 1) for value in assigned)
    if node.type != "call":
        return node.type in _TELLING
    function = node.child_by_field_name("function")
    first = syntax.root(function)
    if function is None or first is None or first.type != "identifier":
        return True
    root = module.text(first)
    origin = module.names.get(root, "" if function.type == "attribute" else root)
    if not origin:
        return root in ("self", "cls") or module.dotted(function).rpartition(".")[2] in _TEXT_METHODS
    return origin not in _BUILTINS and not origin.startswith(_QUERY_BUILDERS)


def _calls(scope: "Scope", module: "Module") -> tuple[str, ...]:
    found = {module.callee(node): None for node in module.calls_in(scope)}
    found.pop("", None)
    return tuple(found)
