"""What made an object: the constructor, factory or type behind a receiver."""

import re

from tree_sitter import Node

from ...facts.values import Call, Parameter, Reference, Value, options
from . import syntax
from .module import Module
from .packages import is_own, normal
from .scopes import Scope

_TYPE = re.compile(r"^(?:readonly\s+)?(?:typeof\s+)?([A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*)")
_KEEPER = re.compile(r"^(?:readonly\s+)?(?:\w+\.)?\w*Repository<\s*([A-Za-z_$][\w$]*)\s*>")
"""The type of a repository, with the class whose rows it keeps."""
_LENDERS = frozenset(
    {
        "acquire",
        "child",
        "connect",
        "createQueryRunner",
        "extend",
        "forUpdate",
        "getConnection",
        "getDataSource",
        "getRepository",
        "promise",
        "reserve",
        "schema",
        "transaction",
        "withSchema",
    }
)
"""Methods that give an object of the same library as their receiver."""
_REPOSITORIES = frozenset({"getRepository", "getTreeRepository"})
"""Methods that give a repository of TypeORM's, whatever file the data source is from."""
_LENDING = frozenset({"transaction", "$transaction", "begin", "savepoint", "run", "register", "route", "group"})
"""Methods whose callback gets such an object."""


def origin(node: Node, module: Module) -> str:
    """The normal dotted name of what made the object that `node` is, or its type: `pg.Pool`, `knex.Knex`.

    `./db.pool` for what another file of the project exports, `""` where nothing says.
    """
    return _of_value(module.value(node), node, module, 0)


def _of_value(value: Value, node: Node, module: Module, depth: int) -> str:
    if depth > 8:
        return ""
    for option in options(value):
        found = ""
        match option:
            case Call(callee=callee, receiver=receiver):
                if depth == 0 and receiver is None and (given := _given(node, module)) is not None:
                    found = _of_value(module.value(given), given, module, depth + 1)
                if option.name in _LENDERS and receiver is not None:
                    found = _of_value(receiver, node, module, depth + 1)
                if option.name in _REPOSITORIES and (not found or is_own(found)):
                    found = "typeorm.Repository"
                found = found or normal(callee)
            case Parameter():
                found = _of_parameter(option, node, module, depth)
            case Reference(name=name):
                if name.startswith("this."):
                    found = of_field(name[5:], node, module, depth)
                elif "/" in name or name in module.names.values():
                    found = normal(name)
        if found:
            return found
    return ""


def _given(node: Node, module: Module) -> Node | None:
    """What a function of this file gives that does nothing else: `const orders = () => source.getRepository(Order)`."""
    called = syntax.callee(node) if node.type == "call_expression" else None
    scope = module.function_named(called) if called is not None and called.type == "identifier" else None
    if scope is None or scope.parameters:
        return None
    if scope.body.type != "statement_block":
        return syntax.unwrapped(scope.body)
    inner = syntax.children(scope.body)
    return (
        syntax.unwrapped(syntax.children(inner[0])[0]) if [one.type for one in inner] == ["return_statement"] else None
    )


def of_type(annotation: str, module: Module) -> str:
    """The normal dotted name of a type annotation's first type."""
    match = _TYPE.match(annotation)
    if match is None:
        return ""
    first, dot, rest = match[1].partition(".")
    return normal(module.names.get(first, first) + dot + rest)


def _of_parameter(parameter: Parameter, node: Node, module: Module, depth: int) -> str:
    if parameter.annotation and not parameter.path:
        return of_type(parameter.annotation, module)
    scope: Scope | None = module.scope(node)
    while scope is not None and not (
        scope.kind == "function" and any(one.name == parameter.name for one in scope.parameters)
    ):
        scope = scope.parent
    if scope is None or parameter.path:
        return ""
    given = scope.node.parent
    call = given.parent if given is not None and given.type == "arguments" else None
    if call is None or call.type != "call_expression" or scope.parameters[0].name != parameter.name:
        return ""
    receiver = module.receiver(call)
    if receiver is None or module.callee(call).rpartition(".")[2] not in _LENDING:
        return ""
    return _of_value(module.value(receiver), receiver, module, depth + 1)


def of_field(name: str, node: Node, module: Module, depth: int = 0) -> str:
    """What a field of the class around `node` holds: by its type, its initial value, or an assignment to it."""
    klass = module.scope(node).klass
    if klass is None or depth > 8:
        return ""
    child = module.members(klass).get(name)
    if child is not None and child.type == "public_field_definition":
        value = child.child_by_field_name("value")
        if value is not None and value.type in (*syntax.CALLS, "await_expression", "identifier"):
            found = _of_value(module.value(value), value, module, depth + 1)
            if found:
                return found
    if annotation := _annotation(name, klass, module):
        return of_type(annotation, module)
    for write in module.written(f"this.{name}"):
        if klass.start <= write.start_byte < klass.end:
            right = write.child_by_field_name("right")
            if right is not None:
                return _of_value(module.value(right), right, module, depth + 1)
    return ""


def _annotation(name: str, klass: Scope, module: Module) -> str:
    """The type that a class gives a field, itself or as a parameter of its constructor; `""` where it gives none."""
    members = module.members(klass)
    child, constructor = members.get(name), members.get("constructor")
    if child is not None and child.type == "public_field_definition":
        annotation = child.child_by_field_name("type")
        if annotation is not None:
            return module.text(annotation).lstrip(": \n")
    scope = module.scopes.of(constructor) if constructor is not None else None
    of_parameters = (one.annotation for one in (scope.parameters if scope is not None else ()) if one.name == name)
    return next(filter(None, of_parameters), "")


def kept_by(node: Node, module: Module) -> str:
    """The class whose rows a field keeps, by its type: `Order` for `this.repo` of `repo: Repository<Order>`."""
    klass, name = module.scope(node).klass, module.text(node)
    annotation = _annotation(name[5:], klass, module) if klass is not None and name.startswith("this.") else ""
    found = _KEEPER.match(annotation)
    return found[1] if found is not None else ""


def declared(call: Node, module: Module) -> str:
    """The qualified name of the variable or field that a call's result is bound to, `""` where none is."""
    node, parent = call, call.parent
    while parent is not None and (
        parent.type in syntax.TRANSPARENT or parent.type in ("binary_expression", "ternary_expression")
    ):
        node, parent = parent, parent.parent
    if parent is None:
        return ""
    target: Node | None = None
    if parent.type == "variable_declarator":
        target = parent.child_by_field_name("name")
    elif parent.type == "assignment_expression":
        target = parent.child_by_field_name("left")
    elif parent.type == "public_field_definition":
        name, klass = parent.child_by_field_name("name"), module.scope(parent).klass
        return f"{klass.name}.{module.text(name)}" if name is not None and klass is not None else ""
    elif parent.type == "export_statement":
        return "default"
    if target is None or target.id == node.id or target.type not in ("identifier", "member_expression"):
        return ""
    return module.qualified(target)
