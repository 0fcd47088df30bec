"""Failures that server code throws for an error handler to answer: the project's own exception classes, http-errors.

So are those that @fastify/error makes (its README: `createError(code, message [, statusCode …])`, 500 by default).
"""

import re
from collections.abc import Iterator

from tree_sitter import Node

from ...facts.code import Class
from ...facts.file import FileFact, Side
from ...facts.http import Response
from ...facts.values import Call, Choice, Value
from . import helpers, nest, syntax
from .express import raised
from .module import Module
from .origins import declared
from .packages import is_own, normal
from .scopes import Scope
from .statuses import status_of

TRIGGERS = (b"throw", b"Error", b"Exception")
_ANSWERING = frozenset({Side.SERVER, Side.EDGE, Side.OTHER})
"""Sides whose failures may be answered; who loads a module that does not say its side is known after reading."""
_ERROR = re.compile(r"(?:Error|Exception|Fault|Failure|Problem)$")
_STATUS = ("httpStatus", "httpStatusCode", "httpCode", "statusCode", "status")
"""What classes of failures call the status; beside a name that says HTTP the others may be codes of their own."""
_FRAMEWORKS = ("express", "fastify", "hono", "koa", "@nestjs/common", "next")


def file(module: Module) -> Iterator[FileFact]:
    """Every `throw` of a class of the project or of http-errors."""
    if module.side not in _ANSWERING:
        return
    if module.has_import("@fastify/error"):
        yield from _made_classes(module)
    if not module.mentions(b"throw"):
        return
    for statement in syntax.captures("(throw_statement) @throw", module.root, module.language).get("throw", ()):
        thrown = syntax.unwrapped(statement.named_children[0]) if statement.named_children else None
        if thrown is None or thrown.type not in syntax.CALLS:
            continue
        name, made = module.callee(thrown), syntax.callee(thrown)
        local = made is not None and made.type == "identifier" and (binding := module.binding(made)) is not None
        own = (is_own(name) and "()" not in name) or (local and binding is not None and binding.kind == "class")
        if name == "Error" and module.mentions(b"express"):
            yield from _with_status(statement, thrown, module)
        if own or normal(name).startswith("http-errors") or ".httpErrors." in name:
            yield from raised(thrown, statement, _framework(module), module)


def _with_status(statement: Node, thrown: Node, module: Module) -> Iterator[Response]:
    """`res.status(404); throw new Error("…")`: the error middleware answers with the status that was set."""
    said, given = helpers.status_before(thrown, ("res.status",), module), syntax.arguments(thrown)
    if said is None:
        return
    (status, status_value), caught = status_of(said, module), module.catch_of(statement)
    yield Response(
        module.location(statement),
        module.enclosing(statement),
        "express",
        status,
        None,
        raised=True,
        in_catch=caught is not None,
        catch_variable=caught.variable if caught is not None else "",
        text=module.value(given[0]) if given else None,
        exception="Error",
        status_value=status_value,
    )


def _made_classes(module: Module) -> Iterator[FileFact]:
    """`const SlotTaken = createError("SLOT_TAKEN", "Slot is taken", 409)`: a class, and what its objects answer."""
    found = syntax.captures("(variable_declarator value: (call_expression) @made)", module.root, module.language)
    for node in found.get("made", ()):
        name, given = declared(node, module), syntax.arguments(node)
        if not name or len(given) < 2 or not normal(module.callee(node)).startswith("@fastify/error"):
            continue
        at, (status, value) = module.location(node), status_of(given[2], module) if len(given) > 2 else (500, None)
        yield Class(at, name, ("@fastify/error",))
        yield Response(
            at, f"{name}.constructor", "", status, None, raised=True, text=module.value(given[1]), status_value=value
        )


def _framework(module: Module) -> str:
    return next((name.removesuffix("js/common").lstrip("@") for name in _FRAMEWORKS if module.has_import(name)), "")


def klass(scope: Scope, module: Module) -> Iterator[FileFact]:
    """What a class of failures hands on to its base, and the status that it keeps, as a response of its constructor."""
    base = _base(scope, module) if module.side in _ANSWERING else ""
    if not base or not (_ERROR.search(scope.name) or _ERROR.search(base)):
        return
    constructor = next((one for one in _methods(scope, module) if one.name.endswith(".constructor")), None)
    handed = _handed_on(constructor, module) if constructor is not None else None
    status, value = _status(scope, constructor, module)
    given = syntax.arguments(handed) if handed is not None else []
    if status is None and value is None:
        status, value = nest.status_by(base, given, module)
    if handed is None and status is None and value is None:
        return
    arguments = tuple(module.value(argument) for argument in given)
    at = module.location(handed if handed is not None else scope.node)
    yield Response(
        at,
        f"{scope.name}.constructor",
        "",
        status,
        Call(at, base, arguments),
        raised=True,
        helper=base if not _builtin(base) else "",
        exception=base,
        default_body=nest.default_by(base, handed, status, module),
        default_key="message",
        status_value=value,
    )


def _builtin(base: str) -> bool:
    return (
        "." not in base and "/" not in base and base.endswith("Error") and base[:-5] in ("", "Type", "Range", "Syntax")
    )


def _base(scope: Scope, module: Module) -> str:
    for child in scope.node.named_children:
        for clause in child.named_children if child.type == "class_heritage" else ():
            value = clause.child_by_field_name("value") if clause.type == "extends_clause" else None
            if value is not None:
                return module.dotted(value)
    return ""


def _methods(scope: Scope, module: Module) -> Iterator[Scope]:
    for child in scope.body.named_children:
        found = module.scopes.of(child) if child.type == "method_definition" else None
        if found is not None:
            yield found


def _handed_on(constructor: Scope, module: Module) -> Node | None:
    """The `super(…)` of a constructor."""
    for node in module.calls_in(constructor):
        if node.type == "call_expression" and module.callee(node) == "super":
            return node
    return None


def _status(scope: Scope, constructor: Scope | None, module: Module) -> tuple[int | None, Value | None]:
    """The status that instances of a class carry: what is assigned to it, a field's value, a parameter that is kept."""
    for name in _STATUS:
        said = [*_fields(scope, name, module), *_assigned(scope, name, module)]
        last = said[-1].parent if said else None
        always = last is not None and constructor is not None and _is_statement_of(last, constructor)
        found = [status_of(value, module) for value in (said[-1:] if always else said)]
        if len(found) == 1:
            return found[0]
        if found:
            values = (module.value(value) for value in said)
            return None, Choice(module.location(said[0]), tuple(values))
        for parameter in constructor.parameters if constructor is not None else ():
            around = parameter.pattern.parent
            kept = around is not None and any(
                child.type in ("accessibility_modifier", "readonly") for child in around.children
            )
            if kept and parameter.name == name:
                return None, module.value(parameter.pattern)
    return None, None


def _fields(scope: Scope, name: str, module: Module) -> Iterator[Node]:
    """The value that a field of a class begins with."""
    for child in scope.body.named_children:
        if child.type == "public_field_definition":
            field, value = child.child_by_field_name("name"), child.child_by_field_name("value")
            if field is not None and value is not None and module.text(field) == name:
                yield value


def _assigned(scope: Scope, name: str, module: Module) -> Iterator[Node]:
    """What the methods of a class assign to one of its attributes."""
    for write in module.written(f"this.{name}"):
        right = write.child_by_field_name("right")
        if right is not None and scope.start <= write.start_byte < scope.end:
            yield right


def _is_statement_of(write: Node, constructor: Scope) -> bool:
    """Whether an assignment is a statement of the constructor's own, under no condition."""
    statement = write.parent
    around = statement.parent if statement is not None else None
    return around is not None and around.parent is not None and around.parent == constructor.node
