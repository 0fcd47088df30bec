"""The types of what methods are called on, as far as a file declares them: which class a call leads to."""

import re
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tree_sitter import Node

from . import syntax

if TYPE_CHECKING:
    from .module import Module
    from .scopes import Scope

_DECLARED = re.compile(
    r"^[\"']?(?:(?:\w+\.)?(?:Annotated|Optional)\[\s*)?[\"']?([A-Za-z_][\w.]*)[\"']?\s*(?:,.*\]|\])?(?:\s*\|\s*None)?[\"']?$"
)
"""A plain class, also where it may be missing or is annotated."""
_NAMES = re.compile(rb"[\w.\x80-\xff]+")
_CONSTRUCTORS = ("__init__", "setUp", "asyncSetUp", "setup_method")
_ATTRIBUTES = (
    "(assignment left: (attribute object: (identifier) @self attribute: (identifier) @name) right: (_) @value)"
)


def declared(annotation: str, module: "Module") -> str:
    """The dotted class that an annotation names, `""` where it is put together otherwise."""
    found = _DECLARED.match(annotation)
    first, dot, rest = found[1].partition(".") if found else ("", "", "")
    return module.names.get(first, first) + dot + rest


def receivers(scope: "Scope", module: "Module") -> Iterator[tuple[str, str]]:
    """The names on which a function calls methods, with the classes that they are declared or made with."""
    seen = {b"", b"self", b"cls"}
    for node in module.calls_in(scope):
        function = node.child(0)
        if function is None:
            continue
        owner = module.data[function.start_byte : function.end_byte].rpartition(b".")[0].rstrip()
        if owner in seen or function.type != "attribute":
            continue
        seen.add(owner)
        if _NAMES.fullmatch(owner):
            name = sys.intern(owner.decode("utf-8", "replace"))
            kind = _own(name, scope, module) if "." in name else _local(name, scope, module)
            if kind.rpartition(".")[2][:1].isupper():
                yield name, kind


def _local(name: str, scope: "Scope", module: "Module") -> str:
    """The class of a parameter or local variable."""
    parameter = scope.parameters.get(name)
    if parameter is not None:
        return declared(parameter.annotation, module)
    assigned = module.assigned(name, scope, whatever_it_holds=True)  # `orders.add(order)` makes no other object of it
    return _made(assigned[0], scope, module) if len(assigned) == 1 else ""


def _own(name: str, scope: "Scope", module: "Module") -> str:
    """The class of `self.x`, by what the constructor of the class, or what makes it ready as a test, assigns to it."""
    owner, _, attribute = name.partition(".")
    klass = scope.klass
    if owner != "self" or klass is None:
        return ""
    for method in _CONSTRUCTORS:
        constructor = module.scopes.named(f"{klass.name}.{method}")
        found = syntax.captures(_ATTRIBUTES, constructor.body) if constructor is not None else {}
        for one, value in zip(found.get("name", ()), found.get("value", ()), strict=False):
            if constructor is not None and module.text(one) == attribute:
                return _made(value, constructor, module)
    return ""


def _made(value: Node, scope: "Scope", module: "Module") -> str:
    """The class of an object by the expression that makes it, or by the parameter that it is."""
    value = syntax.unwrapped(value)
    if value.type == "call":
        return module.callee(value)
    if value.type == "identifier" and module.text(value) in scope.parameters:
        return declared(scope.parameters[module.text(value)].annotation, module)
    return ""
