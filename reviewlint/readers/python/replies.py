"""Responses, built the same way for every Python framework."""

import re
from typing import TYPE_CHECKING, Any

from tree_sitter import Node

from ...facts.http import Response
from ...facts.values import Call, Constant, Items, Record, Reference, Text, Unknown, Value, constant_text, options
from . import asked, syntax
from .scopes import Scope
from .statuses import status_of

if TYPE_CHECKING:
    from .module import Module

_REQUESTS = frozenset({"request", "req", "_request", "_req"})
_REQUEST = re.compile(r"(?:^|\.)(?:\w*Request|Any)\b")
_RESPONSE_CLASS = re.compile(r"(?:^|\.)[A-Z]\w*Response\w*$")


def response(node: Node, module: "Module", framework: str, **known: Any) -> Response:
    """The response that is given at `node`, with where it stands filled in; `known` are its other fields."""
    catch = module.catch_of(node)
    lacks, finds = asked.of(node, module)
    return Response(
        module.location(node),
        **{
            "function": module.enclosing(node),
            "framework": framework,
            "status": None,
            "body": None,
            "in_catch": catch is not None,
            "catch_variable": catch.variable if catch is not None else "",
            "lacks": lacks,
            "finds": finds,
            **known,
        },
    )


def argument(node: Node, module: "Module", position: int, *names: str) -> Node | None:
    """The argument of a call at `position` (negative: only by name) or under one of `names`."""
    keywords = module.keywords(node)
    for name in names:
        if name in keywords:
            return keywords[name]
    positional = module.arguments(node)
    return positional[position] if 0 <= position < len(positional) else None


def status_fields(node: Node | None, module: "Module", default: int | None) -> dict[str, Any]:
    """The fields of `Response` that say its status, where `node` is the expression or None."""
    if node is None:
        return {"status": default, "status_is_default": True}
    number, value = status_of(node, module)
    return {"status": number, "status_value": value}


def value_of(node: Node | None, module: "Module") -> Value | None:
    """The value of `node`, None where there is none."""
    return None if node is None else module.value(node)


def is_text(value: Value | None) -> bool:
    """Whether the value is certainly a string."""
    return isinstance(value, Text) or (isinstance(value, Constant) and isinstance(value.value, str))


def is_json(value: Value | None) -> bool:
    """Whether the value is certainly a JSON object or array."""
    return isinstance(value, Record | Items)


def is_response_class(callee: str) -> bool:
    """Whether a class may be one of responses, as far as its name tells."""
    return _RESPONSE_CLASS.search(callee) is not None


def assigned_name(node: Node, module: "Module") -> str:
    """The variable that a call's result is bound to, as written; `""` where none."""
    parent = node.parent
    while parent is not None and parent.type in ("await", "parenthesized_expression"):
        parent = parent.parent
    if parent is None or parent.type not in ("assignment", "named_expression"):
        return ""
    left = parent.child_by_field_name("left") or parent.child_by_field_name("name")
    return module.text(left) if left is not None and left.type in ("identifier", "attribute") else ""


def takes_request(scope: Scope, module: "Module") -> bool:
    """Whether a function is given a request first, as handlers are, or runs in place of one: `@wraps(view)`."""
    first = next((one for name, one in scope.parameters.items() if name not in ("self", "cls")), None)
    if first is not None and not first.spread:
        return _REQUEST.search(first.annotation) is not None if first.annotation else first.name in _REQUESTS
    outer = scope.node.parent
    made = (one.named_children[0] for one in (outer.named_children if outer is not None else ()) if one.named_children)
    return first is not None and any(module.callee(one).endswith("wraps") for one in made if one.type == "call")


def wrapped(node: Node, module: "Module") -> tuple[Node, tuple[str, ...]]:
    """A handler as a table of routes names it, without what is put around it there, and what that was:
    `login_required(orders)`, `requires("admin")(orders)`, `csrf_exempt(Orders.as_view())`.
    """
    around: list[str] = []
    while node.type == "call" and not module.callee(node).endswith(".as_view"):
        inner = argument(node, module, 0)
        named = inner is not None and inner.type in ("identifier", "attribute")
        if inner is None or not (inner.type == "call" or named):
            break
        if named and not module.text(inner).rpartition(".")[2].islower():
            break  # a handler that is made of a class or constant
        around.append(module.callee(node).removesuffix("()"))
        node = inner
    return node, tuple(around)


def headers_later(node: Node, module: "Module") -> Record | None:
    """The headers that the function sets on the variable which the response at `node` is bound to, None where none."""
    variable = assigned_name(node, module)
    if not variable:
        return None
    sets = re.compile(rf"\b{re.escape(variable)}(?:(?:\.headers)?\[([^\]\n]+)\] *=|\.(location) *=|\.headers\.\w+\()")
    found = [key[1] or key[2] or "" for key in sets.finditer(module.text(module.scope(node).body))]
    constant = [key.strip("\"'") for key in found if key[:1] in ('"', "'") or key == "location"]
    at = module.location(node)
    return Record(at, tuple((key, Unknown(at, key)) for key in constant), len(constant) < len(found)) if found else None


def status_later(node: Node, module: "Module") -> Node | None:
    """The status in `response.status_code = …` of the variable that a response is bound to, None where there is none.

    What stands behind a `return` or another clause, or where the variable is bound once more, is another response's.
    """
    variable = assigned_name(node, module)
    if not variable:
        return None
    text = "(assignment left: (attribute object: (identifier) @on attribute: (identifier) @name) right: (_) @value)"
    seen = syntax.captures(text, module.scope(node).body)
    for on, name, value in zip(seen.get("on", ()), seen.get("name", ()), seen.get("value", ()), strict=False):
        if module.text(on) != variable or module.text(name) != "status_code" or on.start_byte < node.end_byte:
            continue
        between = module.data[node.end_byte : on.start_byte].decode(errors="replace")
        other = re.search(rf"^\s*(?:{re.escape(variable)}\s*=[^=]|return\b|except\b)", between, re.MULTILINE)
        return value if other is None else None
    return None


def qualified(name: str, node: Node, module: "Module") -> str:
    """A variable's name qualified by the function or class that binds it at `node`."""
    scope = module.scope(node)
    return f"{scope.name}.{name}" if scope.name else name


def path_of(node: Node | None, module: "Module") -> str | None:
    """A path or prefix as text, what is not constant as `{its name}`; None where nothing of it is known.

    A function that is given a path puts something before it: `route(scoped("/login"))`.
    """
    value = value_of(node, module)
    if value is None:
        return None
    from ...facts.values import holes, named, rendered

    if isinstance(value, Constant):
        return value.value if isinstance(value.value, str) else None
    names = [named(hole) for hole in holes(value)]
    text = rendered(value)
    for name in names:
        text = text.replace("{}", "{" + name.replace("{", "").replace("}", "").replace("/", ".") + "}", 1)
    given = constant_text(value.arguments[0]) if isinstance(value, Call) and value.arguments else None
    return text + given if given and given.startswith("/") else text


def referred(node: Node, module: "Module") -> list[str]:
    """The names of other files that a loop's variable stands for, one after the other; none where it is no such."""
    value = module.value(node) if node.type == "identifier" else None
    several = list(options(value)) if value is not None else []
    names = [option.name for option in several if isinstance(option, Reference)]
    return names if len(names) == len(several) and names != [module.dotted(node)] else []


def paths_of(node: Node | None, count: int, module: "Module") -> list[str]:
    """A prefix for each of `count` routers: the same for all, or one for each where a loop's variable has them."""
    value = value_of(node, module)
    each = [option.value for option in options(value) if isinstance(option, Constant)] if value is not None else []
    texts = [text for text in each if isinstance(text, str)]
    return texts if len(texts) == count else [path_of(node, module) or ""] * count
