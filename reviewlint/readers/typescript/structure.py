"""What a file is made of: imports, exports, definitions, functions, classes, handled failures, directives."""

import itertools
import re
from collections.abc import Iterator

from tree_sitter import Node

from ...facts.code import Catch, Class, Definition, Function
from ...facts.file import Directive, FileFact, Side
from ...facts.imports import Export, Import
from ...facts.location import Location
from ...facts.values import Record, Value
from .. import trees
from ..decisions import Decisions
from ..reasons import TOLERATES, gives_reason, promises_to_go_on
from . import imports, syntax
from .module import Module
from .scopes import Scope

_UNFOLLOWED = frozenset({Side.TEST, Side.BROWSER})
"""Sides whose functions answer no requests: what they return is not kept."""
_SHORT = 600
"""How many bytes a function of a test that gives a path may take."""
_DECISION = re.compile(
    rb"\n[ \t]*+(?:(?:\}[ \t]*)?(?:else[ \t]+)?(?:if|for|for await|while|switch)[ \t]*\("
    rb"|(?:\}[ \t]*)?catch\b|case\b|throw\b(?![^\n]*(?i:\b(?:not|un)[ _]?(?:yet[ _])?implemented)))"
)
"""A line that chooses a way; those of comments begin otherwise."""
_TYPES = frozenset({"type_alias_declaration", "interface_declaration"})
_DIRECTIVE = re.compile(rb"""["']use (?:client|server)["']""")


def file(module: Module) -> Iterator[FileFact]:
    """Imports, exports, module-level definitions, directives, and the callbacks of `.catch(…)`."""
    for one in module.imports:
        yield Import(module.location(one.node), one.module, one.names, one.type_only, one.dynamic, one.reexport)
    yield from _exports(module)
    yield from _definitions(module)
    yield from _directives(module)
    for callback in module.rejections:
        yield from _rejection(callback, module)


def _exports(module: Module) -> Iterator[FileFact]:
    for node in module.exports:
        if node.child_by_field_name("source") is None:
            declared = node.child_by_field_name("declaration")
            of_type = declared is not None and declared.type in _TYPES
            for name, local, at in imports.exports(node, module.data):
                yield Export(module.location(at), name, local, of_type)
            value = node.child_by_field_name("value")
            if value is not None and syntax.unwrapped(value).type == "object":
                for name, local in imports.gathered(syntax.unwrapped(value), module.data):
                    yield Export(module.location(node), f"default.{name}", local)
    if module.mentions(b"exports"):
        for node in module.writes:
            if node.type == "assignment_expression":
                for name, local, at in imports.commonjs(node, module.data):
                    yield Export(module.location(at), name, local)


def _definitions(module: Module) -> Iterator[FileFact]:
    for node in module.writes if module.mentions(b"module.exports") else ():
        left, value = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is not None and value is not None and module.text(left) == "module.exports":
            held = module.summary(value) if _is_definition(syntax.unwrapped(value)) else None
            if isinstance(held, Record):
                yield Definition(module.location(node), "default", held)
    for node in module.writes:
        if node.type not in ("variable_declarator", "enum_declaration"):
            continue
        if module.scopes.at(node.start_byte).kind != "module":
            continue
        name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
        if name is None or name.type != "identifier":
            continue
        if node.type == "enum_declaration":
            yield Definition(module.location(node), module.text(name), module.value(name))
        elif value is not None and _is_definition(syntax.unwrapped(value)):
            yield Definition(module.location(node), module.text(name), module.summary(value))


def _is_definition(value: Node) -> bool:
    return value.type not in syntax.FUNCTIONS and value.type not in syntax.CLASSES and not value.type.startswith("jsx")


def _directives(module: Module) -> Iterator[FileFact]:
    for match in _DIRECTIVE.finditer(module.data) if module.mentions(b"use client", b"use server") else ():
        node = module.root.descendant_for_byte_range(match.start(), match.end())
        if node is None or node.type != "string" or node.parent is None or node.parent.type != "expression_statement":
            continue
        if _is_prologue(node.parent):
            yield Directive(module.location(node), module.text(node)[1:-1], module.enclosing(node))


def _is_prologue(statement: Node) -> bool:
    """Whether only other directives and comments stand before a statement in its block."""
    before = statement.prev_named_sibling
    while before is not None:
        if before.type == "expression_statement" and before.named_children[0].type == "string":
            pass
        elif before.type not in ("comment", "hash_bang_line"):
            return False
        before = before.prev_named_sibling
    return True


def function(scope: Scope, module: Module) -> Iterator[FileFact]:
    """The summary of a function that has a name."""
    if not scope.own:
        return
    yield Function(
        module.location(scope.node),
        scope.name,
        tuple(parameter.name for parameter in scope.parameters),
        tuple(_decorators(scope.node, module)) if module.decorators else (),
        module.returned(scope) if module.side not in _UNFOLLOWED or _may_build_path(scope, module) else (),
        module.called_in(scope),
        scope.is_async,
        tuple(_defaults(scope, module)),
        module.once(decisions).between(scope.node.start_byte, scope.node.end_byte),
    )


def _may_build_path(scope: Scope, module: Module) -> bool:
    """Whether a function of a test has the form of those that give the paths of what is requested."""
    source = module.data[scope.start : scope.end]
    return module.side is Side.TEST and len(source) < _SHORT and (b"/" in source or b"join(" in source)


def _defaults(scope: Scope, module: Module) -> Iterator[tuple[str, Value]]:
    """What parameters are where they are left out, and what is taken from one by name: `({ status = 400 })`."""
    for parameter in scope.parameters:
        if parameter.default is not None:
            yield parameter.name, module.summary(parameter.default)
        for child in parameter.pattern.named_children if parameter.pattern.type == "object_pattern" else ():
            left, right = child.child_by_field_name("left"), child.child_by_field_name("right")
            if child.type == "object_assignment_pattern" and left is not None and right is not None:
                yield f"{parameter.name}.{module.text(left)}", module.summary(right)


def decisions(module: Module) -> Decisions:
    """The lines of a file that choose a way."""
    return Decisions(_DECISION, module.data)


def klass(scope: Scope, module: Module) -> Iterator[FileFact]:
    """A class, and its fields that hold literals."""
    if not scope.own:
        return
    bases = []
    for child in scope.node.named_children:
        if child.type == "class_heritage":
            for clause in child.named_children:
                if clause.type == "extends_clause" and (base := clause.child_by_field_name("value")) is not None:
                    bases.append(module.dotted(base))
    decorators = tuple(_decorators(scope.node, module))
    fields = tuple(
        (module.text(name), module.one_line(annotation).lstrip(": "))
        for child in scope.body.named_children
        if child.type == "public_field_definition"
        and (name := child.child_by_field_name("name")) is not None
        and (annotation := child.child_by_field_name("type")) is not None
    )
    declared = (child for child in scope.body.named_children if child.type == "public_field_definition")
    marks = tuple(dict.fromkeys(mark for child in declared for mark in _decorators(child, module)))
    yield Class(module.location(scope.node), scope.name, tuple(filter(None, bases)), decorators, fields, marks)
    for child in scope.body.named_children:
        if child.type == "public_field_definition":
            name, value = child.child_by_field_name("name"), child.child_by_field_name("value")
            if name is not None and value is not None and _is_definition(syntax.unwrapped(value)):
                yield Definition(module.location(child), f"{scope.name}.{module.text(name)}", module.summary(value))


def _decorators(node: Node, module: Module) -> Iterator[str]:
    """The dotted names of the decorators of a class or method."""
    found = [child for child in node.named_children if child.type == "decorator"]
    parent = node.parent
    if not found and parent is not None and parent.type == "export_statement":
        found = [child for child in parent.named_children if child.type == "decorator"]
    elif not found and parent is not None and parent.type == "class_body" and module.decorators:
        before = node.prev_named_sibling
        while before is not None and before.type in ("decorator", "comment"):
            found.insert(0, before)
            before = before.prev_named_sibling
    for decorator in found:
        if decorator.type == "decorator" and decorator.named_children:
            inner = decorator.named_children[0]
            if inner.type == "call_expression":
                inner = inner.child_by_field_name("function") or inner
            name = module.dotted(inner)
            if name:
                yield name


def catch(node: Node, module: Module) -> Iterator[FileFact]:
    """A `catch` clause."""
    body = node.child_by_field_name("body")
    does = _does(body, module) if body is not None else frozenset()
    tried = node.parent.child_by_field_name("body") if node.parent is not None else None
    attempts = _attempts(tried, module) if tried is not None else ()
    caught = node.child_by_field_name("parameter")
    variable, tries = module.catch_variable(node), _does(tried, module) if tried is not None else frozenset()
    if _explained(node.parent or node, module):
        does |= {"comments"}
    if tried is not None and _settles(tried, module):
        tries |= {"settles"}
    yield Catch(
        module.location(node),
        module.enclosing(node),
        (),
        variable,
        does,
        attempts,
        tries,
        _is_nested(node.parent or node),
        _waits(tried, module) if tried is not None else None,
        gives=tuple(_gives(body, variable, module)) if body is not None else (),
        uses=tuple(_uses(body, module.text(caught) if caught is not None else "", module)) if body is not None else (),
    )


_OUTCOMES = frozenset({"string", "false", "true", "number"})


def _settles(tried: Node, module: Module) -> bool:
    """Whether what is tried ends by saying how it ended in a variable that says something else until then."""
    last = next((one for one in reversed(tried.named_children) if one.type != "comment"), None)
    said = last.named_children[0] if last is not None and last.type == "expression_statement" else None
    target = said.child_by_field_name("left") if said is not None and said.type == "assignment_expression" else None
    binding = module.binding(target) if target is not None and target.type == "identifier" else None
    begun = binding.write.value if binding is not None and binding.write is not None else None
    if binding is None or begun is None or syntax.unwrapped(begun).type not in _OUTCOMES:
        return False
    function = module.scopes.at(tried.start_byte)
    asked = re.search(
        rf"(?<![\w.$]){re.escape(binding.name)}(?![\w$])".encode(), module.data[tried.end_byte : function.end]
    )
    return begun.end_byte < tried.start_byte and function.start <= begun.start_byte and asked is not None


def _gives(body: Node, variable: str, module: Module) -> Iterator[tuple[str, Location]]:
    """The calls in a clause that are given what it caught."""
    named = re.compile(rf"(?<![\w.$]){re.escape(variable)}(?![\w$])")
    inside = [call for call in module.calls_between(body.start_byte, body.end_byte) if variable]
    for call in inside[:12]:
        given = call.child_by_field_name("arguments")
        if given is not None and named.search(module.text(given)):
            yield module.callee(call), module.location(call)


def _uses(body: Node, variable: str, module: Module) -> Iterator[Location]:
    """Where a clause speaks of what it caught; a pattern that takes it apart has many names for it."""
    if not variable.isidentifier():
        return iter((module.location(body),) if variable else ())
    return map(module.location, itertools.islice(trees.named(body, variable, module.data), 12))


def _explained(node: Node, module: Module) -> bool:
    """Whether a comment behind a statement explains it, or one about failing above it or above the `if` it begins.

    What documents its function may promise that nothing fails, too.
    """
    if promises_to_go_on(_documentation(node, module)):
        return True
    while node.parent is not None and not node.type.endswith(("_statement", "_declaration")):
        if node.parent.type in ("array", "arguments") and TOLERATES.search(_said_above(node, module)):
            return True
        node = node.parent
    last = node.children[-1] if node.children else node
    if last.type == "comment":  # where no semicolon ends the statement, it holds the comment behind it
        return gives_reason(last.text or b"")
    after = node.next_sibling
    if after is not None and after.type == "comment" and after.start_point[0] == node.end_point[0]:
        return gives_reason(after.text or b"")
    while True:
        before = node.prev_sibling
        if before is not None and before.type == "comment":
            return TOLERATES.search(_said_above(node, module)) is not None
        block = node.parent
        if before is None or before.is_named or block is None or block.type != "statement_block":
            return False
        if block.parent is None or block.parent.type != "if_statement":
            return False
        node = block.parent


_DECLARING = frozenset(
    {"variable_declarator", "lexical_declaration", "export_statement", "pair", "public_field_definition"}
)
"""What a function is given its name by."""


def _documentation(node: Node, module: Module) -> bytes:
    """The comments above the innermost function around a node that has any, or above what gives it its name."""
    around = node.parent
    while around is not None:
        if around.type in syntax.FUNCTIONS:
            declared = around
            while declared.parent is not None and declared.parent.type in _DECLARING:
                declared = declared.parent
            while declared.prev_sibling is not None and declared.prev_sibling.type == "decorator":
                declared = declared.prev_sibling
            if said := _said_above(declared, module):
                return said
        around = around.parent
    return b""


def _said_above(node: Node, module: Module) -> bytes:
    """The comments right above a node, line upon line, as one text."""
    first = node
    while first.prev_sibling is not None and first.prev_sibling.type == "comment":
        first = first.prev_sibling
    return module.data[first.start_byte : node.start_byte]


def _waits(tried: Node, module: Module) -> tuple[str, ...] | None:
    """The callees in what is tried that stand below an `await`; None in a function that is not `async`."""
    function = module.scopes.at(tried.start_byte).function
    waits = tuple(module.callee(call) for call in _failing(tried, module) if _is_awaited(call, tried))
    return waits if waits or (function is not None and function.is_async) else None


def _is_awaited(call: Node, tried: Node) -> bool:
    node: Node | None = call
    while node is not None and node != tried:
        if node.type == "await_expression" or syntax.is_awaited(node):
            return True
        node = node.parent
    return False


def _is_nested(node: Node) -> bool:
    """Whether a try or a call stands in another clause or a finally of the same function."""
    parent = node.parent
    while parent is not None and parent.type not in syntax.FUNCTIONS:
        if parent.type in ("catch_clause", "finally_clause"):
            return True
        parent = parent.parent
    return False


def _attempts(tried: Node, module: Module) -> tuple[str, ...]:
    """The callees in what is tried."""
    return tuple(module.callee(call) for call in _failing(tried, module) if call.end_byte <= tried.end_byte)[:12]


def _failing(tried: Node, module: Module) -> Iterator[Node]:
    """The calls in what is tried whose failures come out of it: a clause inside may take them and hand none on."""
    for call in module.calls_between(tried.start_byte, tried.end_byte):
        if not _is_caught(call, tried, module):
            yield call


def _is_caught(call: Node, tried: Node, module: Module) -> bool:
    """Whether a clause inside `tried`, or a `.catch(…)`, takes what a call throws, and throws nothing itself."""
    node = call
    while node != tried and node.parent is not None:
        inner = node.parent
        if inner.type == "member_expression" and _is_taken(inner, module):
            return True
        handler = inner.child_by_field_name("handler") if inner.type == "try_statement" and inner != tried else None
        body = handler.child_by_field_name("body") if handler is not None else None
        if body is not None and node == inner.child_by_field_name("body") and "raises" not in _does(body, module):
            return True
        node = inner
    return False


def _is_taken(method: Node, module: Module) -> bool:
    """Whether the member of a promise is its `catch`, called with a function written there that throws nothing."""
    name, call = method.child_by_field_name("property"), method.parent
    if name is None or name.text != b"catch" or call is None or call.type != "call_expression":
        return False
    given = call.child_by_field_name("arguments")
    scope = next(filter(None, map(module.scopes.of, given.named_children)), None) if given is not None else None
    return scope is not None and "raises" not in _does(scope.body, module)


def _rejection(callback: Node, module: Module) -> Iterator[FileFact]:
    """The callback of `.catch(…)`."""
    scope = module.scopes.of(callback)
    if scope is None:
        return
    variable = scope.parameters[0].name if scope.parameters else ""
    where = callback.parent or callback
    if scope.body.type == "statement_block":
        does = _does(scope.body, module)
    else:
        does = _said(syntax.unwrapped(scope.body), module)
    call = where.parent if where.type == "arguments" else None
    if call is not None and scope.body.type in _NOTHING and _is_dropped(call, module):
        does = frozenset()
    function = call.child_by_field_name("function") if call is not None else None
    attempts = _attempts(_promised(function), module) if function is not None else ()
    if _explained(where, module):
        does |= {"comments"}
    nested = _is_nested(callback)
    gives = tuple(_gives(scope.body, variable, module))
    yield Catch(
        module.location(callback),
        module.enclosing(where),
        (),
        variable,
        does,
        attempts,
        nested=nested,
        gives=gives,
        uses=tuple(_uses(scope.body, variable, module)),
        waited=call is None or not _is_statement(call),
    )


def _is_statement(call: Node) -> bool:
    """Whether a call is all that a statement says: `send().catch(…)`, `void send().catch(…)`."""
    parent = call.parent
    if parent is not None and parent.type == "unary_expression":
        parent = parent.parent
    return parent is not None and parent.type == "expression_statement"


def _promised(method: Node) -> Node:
    """The promise of which a `.catch` is called; what a `.finally` before it does is not what may fail."""
    promise = method.child_by_field_name("object") or method
    inner = promise.child_by_field_name("function") if promise.type == "call_expression" else None
    named = inner.child_by_field_name("property") if inner is not None else None
    return _promised(inner) if inner is not None and named is not None and named.text == b"finally" else promise


_NOTHING = frozenset({"undefined", "null", "false"})
"""What a callback gives that does nothing but give something."""
_ALL = frozenset({"Promise.all", "Promise.allSettled"})


def _is_dropped(promise: Node, module: Module) -> bool:
    """Whether nobody looks at what a promise gives: a statement of its own, or one of many that are waited for."""
    node = promise
    while node.parent is not None:
        node = node.parent
        if node.type == "expression_statement":
            return True
        if node.type == "call_expression":
            if not (module.callee(node) in _ALL or module.callee(node).endswith((".map", ".forEach"))):
                return False
        elif node.type not in ("await_expression", "parenthesized_expression", "arguments", "arrow_function"):
            return False
    return False


_LOGGERS = re.compile(r"(?:^|[._])(?:console|log|logger|logging|Sentry|capture(?:Exception|Message))\b", re.IGNORECASE)


def _does(body: Node, module: Module) -> frozenset[str]:
    """What the statements of a block do, nested blocks included."""
    found: set[str] = set()
    pending = list(body.named_children)
    while pending:
        node = pending.pop()
        match node.type:
            case "comment":
                found |= {"comments"} if gives_reason(node.text or b"") else set()
            case "throw_statement":
                found.add("raises")
            case "return_statement":
                found.add("returns" if syntax.children(node) else "continues")
                found |= {"pretends"} if any(map(_is_empty, syntax.children(node))) else set()
                pending.extend(node.named_children)
            case "yield_expression" if syntax.children(node):
                found.add("yields")
                pending.extend(node.named_children)
            case "continue_statement" | "break_statement":
                found.add("continues")
            case "call_expression" | "new_expression":
                found |= _said(node, module)
            case "assignment_expression" | "augmented_assignment_expression" | "update_expression":
                found |= {"returns", "pretends"} if _answers_nothing(node) else {"assigns"}
                pending.extend(node.named_children)
            case kind if kind in syntax.FUNCTIONS:
                pass
            case _:
                pending.extend(node.named_children)
    return frozenset(found)


def _answers_nothing(assignment: Node) -> bool:
    """Whether an empty list or a zero is what Koa answers: `ctx.body = []`."""
    left, right = (assignment.child_by_field_name(side) for side in ("left", "right"))
    return left is not None and right is not None and (left.text or b"").endswith(b".body") and _is_empty(right)


def _is_empty(given: Node) -> bool:
    """Whether what is given is `[]`, `0`, or an object of such: what a search gives that found nothing."""
    given = syntax.unwrapped(given)
    inside = syntax.children(given)
    if given.type == "object":
        values = [pair.child_by_field_name("value") for pair in inside]
        return bool(values) and all(one is not None and _is_empty(one) for one in values)
    return (given.type == "array" and not inside) or (given.type == "number" and given.text == b"0")


def _said(node: Node, module: Module) -> frozenset[str]:
    """What an expression does as the body of a handler."""
    if node.type in syntax.CALLS:
        name = module.callee(node)
        if name in ("Promise.reject", "reject"):
            return frozenset({"raises"})
        return frozenset({"logs"}) if _LOGGERS.search(name) else frozenset({"calls"})
    return frozenset({"returns"})
