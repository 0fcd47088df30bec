"""What the functions of a file of a change do, and what its names stand for."""

from collections.abc import Iterator

from tree_sitter import Node

from ...facts.code import Behaviour, Declared
from ...facts.file import FileFact
from ..behaviour import TYPESCRIPT, spelled
from . import syntax
from .module import Module

_HELD = frozenset({"export_statement", "lexical_declaration", "variable_declaration"})


def file(module: Module) -> Iterator[FileFact]:
    """The behaviour of each function that stands in no other; of one that is handed over, with the whole statement."""
    done = 0
    for scope in module.scopes.all if module.closely else ():
        parent = scope.parent
        while parent is not None and parent.kind == "class":
            parent = parent.parent
        if scope.kind == "function" and parent is not None and parent.kind == "module" and scope.start >= done:
            node = _statement(scope.node) if "@" in scope.name else scope.node
            done = node.end_byte
            yield Behaviour(module.location(node), scope.name, spelled(node, TYPESCRIPT, tuple(_decorators(node))))
    if module.closely:
        yield from _declared(module)


def _declared(module: Module) -> Iterator[FileFact]:
    """What names are given at module level and in classes, and what decorates the classes."""
    work = list(reversed(module.root.named_children))
    while work:
        node = work.pop()
        name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
        if node.type in _HELD:
            work += reversed(node.named_children)
        elif (
            node.type == "variable_declarator" and name is not None and name.type == "identifier" and value is not None
        ):
            value = syntax.unwrapped(value)
            if value.type not in syntax.FUNCTIONS and value.type not in syntax.CLASSES:
                yield from _of_name(module.text(name), value, module)
        elif node.type in syntax.CLASSES and name is not None:
            owner = module.text(name)
            outside = node.parent if node.parent is not None and node.parent.type == "export_statement" else node
            for child in (*outside.children, *(node.children if outside is not node else ())):
                if child.type == "decorator":
                    said = module.text(child).partition("(")[0]
                    yield Declared(module.location(child), f"{owner}.{said}", spelled(child, TYPESCRIPT))
            body = node.child_by_field_name("body")
            for field in body.named_children if body is not None else ():
                named, given = field.child_by_field_name("name"), field.child_by_field_name("value")
                if field.type == "public_field_definition" and named is not None:
                    parts = [child for child in field.named_children if child.type == "decorator"]
                    parts += [given] if given is not None and given.type not in syntax.FUNCTIONS else []
                    code = " ".join(filter(None, (spelled(one, TYPESCRIPT) for one in parts)))
                    yield Declared(module.location(field), f"{owner}.{module.text(named)}", code)


def _of_name(name: str, value: Node, module: Module) -> Iterator[FileFact]:
    """What a name is given; of an object, and of one that a call is given, each key for itself."""
    inside = value
    if value.type == "call_expression" and _is_link(value):
        return  # each function that it is handed is looked at by itself
    if value.type == "call_expression":
        inside = next(iter(syntax.arguments(value)), value)
    if inside.type != "object":
        yield Declared(module.location(value), name, spelled(value, TYPESCRIPT))
        return
    for pair in inside.named_children:
        key, given = pair.child_by_field_name("key"), pair.child_by_field_name("value")
        if pair.type == "pair" and key is not None and given is not None and given.type not in syntax.FUNCTIONS:
            yield Declared(module.location(pair), f"{name}.{module.text(key)}", spelled(pair, TYPESCRIPT))


def _statement(node: Node) -> Node:
    """The statement that hands a function over: the path and the guards of a route stand beside its handler.

    In a chain of calls that are handed functions it is what its own call is given: `new Hono().get(…).post(…)`.
    """
    link = None
    while node.parent is not None and not node.type.endswith("_statement"):
        if link is None and node.type == "arguments" and _is_link(node.parent):
            link = node
        node = node.parent
    return link or node


def _is_link(call: Node) -> bool:
    """Whether another call of the chain that a call is part of is handed a function."""
    held = call.parent
    above = held.parent if held is not None and held.type == "member_expression" else None
    callee = call.child_by_field_name("function")
    below = callee.child_by_field_name("object") if callee is not None else None
    return any(
        one is not None and one.type == "call_expression" and any(map(_is_handed, syntax.arguments(one)))
        for one in (above, below)
    )


def _is_handed(argument: Node) -> bool:
    return argument.type in syntax.FUNCTIONS


def _decorators(node: Node) -> Iterator[Node]:
    """The decorators in front of a method, which the grammar puts beside it."""
    before = node.prev_named_sibling
    while before is not None and before.type in ("decorator", "comment"):
        if before.type == "decorator":
            yield before
        before = before.prev_named_sibling
