"""Who calls a function of the same file, and what it is given there."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

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
            scope.is_method and resolved(module.dotted(function), inside) == name
        ):
            arguments = syntax.arguments(node)
            spread = next((at for at, one in enumerate(arguments) if one.type == "spread_element"), len(arguments))
            declared = [parameter.name for parameter in scope.parameters if not parameter.rest]
            yield node, module.enclosing(node), dict(zip(declared, arguments[:spread], strict=False))
