"""Who calls a function of the same file or of another, and what it is given there."""

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from tree_sitter import Node

from ...facts.data import CallMade
from ..givers import Given
from . import syntax
from .instances import Instances

if TYPE_CHECKING:
    from .module import Module


def calls_of(name: str, module: "Module") -> Iterator[Given]:
    """The calls of the function with the qualified name, outside of itself."""
    scope = next((one for one in module.scopes.all if one.kind == "function" and one.own and one.name == name), None)
    if scope is None:
        return
    last, resolved = name.rpartition(".")[2].encode(), module.once(Instances).resolved
    for node, text in module.callees:
        if not text.endswith(last) or scope.start <= node.start_byte < scope.end:
            continue
        function = syntax.callee(node)
        if function is None or node.type != "call_expression":
            continue
        inside = module.scope(node)
        if module.function_named(function) is scope or (
            scope.is_method and resolved(module.dotted(function), inside).replace("().", ".", 1) == name
        ):
            declared = [parameter.name for parameter in scope.parameters if not parameter.rest]
            yield node, module.enclosing(node), dict(zip(declared, _positional(node), strict=False))


def made(names: Collection[str], module: "Module") -> Iterator[CallMade]:
    """The calls in the file of whatever is called so, by the last part of its name; classes with `new` among them."""
    ends, resolved = tuple(name.encode() for name in names), module.once(Instances).resolved
    for node, text in module.callees:
        if text.endswith(ends) and node.type in syntax.CALLS:
            callee = resolved(module.callee(node), module.scope(node))
            if callee.rpartition(".")[2] in names:
                values = tuple(module.value(argument) for argument in _positional(node))
                yield CallMade(module.location(node), module.enclosing(node), callee, values)


def _positional(call: Node) -> list[Node]:
    """The arguments of a call as far as they are given one by one."""
    arguments = syntax.arguments(call)
    spread = next((at for at, one in enumerate(arguments) if one.type == "spread_element"), len(arguments))
    return arguments[:spread]
