"""Who calls a function of the same file or of another, and what it is given there."""

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from tree_sitter import Node

from ...facts.data import CallMade
from ...facts.values import Call, Parameter, Reference, options
from ..givers import Given
from . import syntax

if TYPE_CHECKING:
    from .module import Module
    from .scopes import Scope


def calls_of(name: str, module: "Module") -> Iterator[Given]:
    """The calls of the function with the qualified name, outside of itself."""
    scope = module.scopes.named(name)
    if scope is None:
        return
    parameters = [own for own, declared in scope.parameters.items() if not declared.spread]
    if scope.is_method and parameters and "staticmethod" not in module.decorators(scope):
        del parameters[0]
    for node in module.called.get(name.rpartition(".")[2].encode(), ()):
        if not scope.start <= node.start_byte < scope.end and _is_call_of(scope, node, module):
            given = dict(zip(parameters, module.arguments(node), strict=False))
            given |= {key: value for key, value in module.keywords(node).items() if key in parameters}
            yield node, module.enclosing(node), given


def made(names: Collection[str], module: "Module") -> Iterator[CallMade]:
    """The calls in the file of whatever is called so, by the last part of its name."""
    for name in names:
        for node in module.called.get(name.encode(), ()):
            yield CallMade(
                module.location(node),
                module.enclosing(node),
                module.callee(node),
                tuple(module.value(argument) for argument in module.arguments(node)),
                tuple((key, module.value(argument)) for key, argument in module.keywords(node).items()),
            )


def _is_call_of(scope: "Scope", call: Node, module: "Module") -> bool:
    function = call.child_by_field_name("function")
    if function is None:
        return False
    if function.type == "identifier":
        outer = scope.parent
        return not scope.is_method and outer is not None and outer.start <= call.start_byte < outer.end
    owner, klass = function.child_by_field_name("object"), scope.klass
    if owner is None or not scope.is_method or klass is None:
        return False
    if module.text(owner) in ("self", "cls"):
        return module.scope(call).klass is klass
    return any(_is_instance(option, klass.name) for option in options(module.value(syntax.unwrapped(owner))))


def _is_instance(value: object, klass: str) -> bool:
    """Whether a value is an instance of a class of the file, by how it is made or declared, or the class itself."""
    match value:
        case Call(callee=callee):
            return callee == klass
        case Parameter(annotation=annotation, path=""):
            return annotation.strip("\"'") == klass
        case Reference(name=name):
            return name == klass
    return False
