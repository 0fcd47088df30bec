"""Exceptions that become responses: the frameworks' own, and the project's, whose meaning the join finds out.

A framework's module says which exceptions it answers by itself: `EXCEPTIONS`, a mapping of dotted class names to
`Answered`.
"""

import builtins
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from tree_sitter import Node

from ...facts.file import FileFact
from ...facts.http import Response
from ...facts.values import Record, Value
from . import syntax
from .replies import argument, response, status_fields, value_of
from .scopes import Scope

if TYPE_CHECKING:
    from .module import Module

CALLS = frozenset({"__init__"})
STATUS_ATTRIBUTES = frozenset({"status_code", "status", "http_status", "http_status_code"})
_BUILTIN = frozenset(name for name in vars(builtins) if isinstance(getattr(builtins, name), type))


@dataclass(frozen=True, slots=True)
class Answered:
    """How a framework answers one of its exceptions.

    `status` is fixed, or else argument `status_at` (by position and name `status_code`). The detail is argument
    `detail_at` or one of `detail_names`; `key` is the JSON key under which the framework sends it, `""` where it
    answers with something other than JSON, as it does in files of another framework that name one of `text_in`.
    """

    framework: str
    status: int | None = None
    status_at: int = -1
    detail_at: int = 0
    detail_names: tuple[str, ...] = ("detail",)
    key: str = ""
    text_in: tuple[bytes, ...] = ()


@cache
def _answered() -> Mapping[str, Answered]:
    from .module import readers

    known: dict[str, Answered] = {}
    for reader in readers():
        known.update(getattr(reader, "EXCEPTIONS", {}))
    return known


def file(module: "Module") -> Iterator[FileFact]:
    """Every `raise` of something that may become a response."""
    for node in module.seen.get("raise", ()):
        raised = node.named_children[0] if node.named_children else None
        if raised is None or raised.type == "from":
            continue
        raised = _made_before(raised, module)
        name = module.callee(raised) if raised.type == "call" else module.dotted(raised)
        found = _raised(node, raised, name, module)
        if found is not None:
            yield found
    for node in module.seen.get("return", ()) if module.mentions(b"return HTTPException(") else ():
        given = node.named_children[0] if node.named_children else None
        name = module.callee(given) if given is not None and given.type == "call" else ""
        if given is not None and name in _answered() and module.scope(node).name:
            yield response(
                node,
                module,
                _answered()[name].framework,
                raised=True,
                exception=name,
                **_fields(_answered()[name], given, module),
            )


def _made_before(raised: Node, module: "Module") -> Node:
    """What a plain name was made as, where that is known: `refused = HTTPException(401)`, later `raise refused`."""
    if raised.type != "identifier":
        return raised
    name = module.text(raised)
    made = module.assigned(name, module.scope(raised)) or module.assigned(name, module.scopes.module)
    return made[0] if len(made) == 1 and made[0].type == "call" else raised


def call(node: Node, module: "Module") -> Iterator[FileFact]:
    """`super().__init__(…)` in an exception class: what a base is told is what the response says."""
    function = node.child_by_field_name("function")
    scope = module.scope(node)
    klass = scope.klass
    if function is None or klass is None or not scope.is_method or not module.text(function).startswith("super("):
        return
    for base in bases(klass, module):
        if base in _answered() or (_exceptional(klass.name, base) and not base.endswith("Response")):
            found = _raised(node, node, base, module)
            if found is not None:
                yield found
                return


def klass(scope: Scope, module: "Module") -> Iterator[FileFact]:
    """`self.status_code = …` in the `__init__` of an exception class."""
    if not any(_exceptional(scope.name, base) for base in bases(scope, module)):
        return
    text = "(assignment left: (attribute object: (identifier) @self attribute: (identifier) @name) right: (_) @value)"
    seen = syntax.captures(text, scope.body)
    for name, value in zip(seen.get("name", ()), seen.get("value", ()), strict=False):
        function = module.enclosing(value)
        if module.text(name) in STATUS_ATTRIBUTES and function == f"{scope.name}.__init__":
            status = status_fields(value, module, None)
            yield response(value, module, "", raised=True, **status)


def bases(scope: Scope, module: "Module") -> list[str]:
    """The dotted names of a class's bases."""
    arguments = scope.node.child_by_field_name("superclasses")
    found = [module.dotted(child) for child in syntax.children(arguments)] if arguments is not None else []
    return [name for name in found if name]


def _exceptional(name: str, base: str) -> bool:
    return any(part.endswith(("Error", "Exception", "Problem", "Fault")) for part in (name, base))


def _raised(at: Node, raised: Node, name: str, module: "Module") -> Response | None:
    """The response that raising `name` gives; `raised` is its construction (or its bare name)."""
    kind = _answered().get(name)
    call = raised if raised.type == "call" else None
    if kind is not None:
        fields = _fields(kind, call, module)
        return response(at, module, kind.framework, raised=True, exception=name, **fields)
    last = name.rpartition(".")[2]
    if not name or "()" in name or name in _BUILTIN:
        return None
    if not last[:1].isupper() and not (call is not None and _is_of_project(name, call, module)):
        return None
    return response(at, module, "", raised=True, exception=name, helper=name, body=value_of(call, module))


def _is_of_project(name: str, call: Node, module: "Module") -> bool:
    """Whether a call is one of a function that the file has or imports, and may make an exception."""
    root = module.text(call.child_by_field_name("function") or call).partition(".")[0]
    return module.scopes.named(name) is not None or root in module.names


def _fields(kind: Answered, call: Node | None, module: "Module") -> dict[str, Any]:
    if call is None:
        return {"status": kind.status}
    detail = value_of(argument(call, module, kind.detail_at, *kind.detail_names), module)
    status = {"status": kind.status}
    if kind.status is None:
        status = status_fields(argument(call, module, kind.status_at, "status_code"), module, None)
    default: Value | None = None
    if kind.text_in and any(one in module.data for one in kind.text_in) and b"fastapi" not in module.data:
        default = None
    elif kind.key and detail is not None:
        default = Record(detail.at, ((kind.key, detail),))
    elif kind.key:
        default = Record(module.location(call), ((kind.key, module.value(call)),))
    return {
        **status,
        "body": detail,
        "default_body": default,
        "default_key": kind.key if kind.framework == "drf" else "",
        "headers": value_of(argument(call, module, -1, "headers"), module),
    }
