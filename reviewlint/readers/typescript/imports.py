"""What a file imports and exports, and under which names."""

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from tree_sitter import Node

from .bindings import taken_by
from .packages import is_own
from .syntax import FUNCTIONS, children, unwrapped


@dataclass(frozen=True, slots=True)
class Imported:
    """One import statement taken apart. `names` pairs the exported name with the local one."""

    node: Node
    module: str
    names: tuple[tuple[str, str], ...] = ()
    type_only: bool = False
    dynamic: bool = False
    reexport: bool = False


def text(node: Node | None, data: bytes) -> str:
    """The text of a small node of the file that `data` is, quotes of a string taken off."""
    if node is None:
        return ""
    found = data[node.start_byte : node.end_byte].decode("utf-8", "replace")
    return sys.intern(found[1:-1] if node.type in ("string", "template_string") else found)


def statement(node: Node, data: bytes) -> Imported | None:
    """An `import` or `export … from` statement; None for an export without a source."""
    source = node.child_by_field_name("source")
    names: list[tuple[str, str]] = []
    runtime = False
    type_only = any(child.type in ("type", "typeof") for child in node.children[:2])
    for clause in node.named_children:
        match clause.type:
            case "import_clause":
                for child in clause.named_children:
                    match child.type:
                        case "identifier":
                            names.append(("default", text(child, data)))
                            runtime = True
                        case "namespace_import":
                            names.append(("*", text(child.named_children[0], data)))
                            runtime = True
                        case "named_imports":
                            for specifier in child.named_children:
                                if specifier.type == "import_specifier":
                                    names.append(_pair(specifier, data))
                                    runtime = runtime or specifier.children[0].type not in ("type", "typeof")
            case "import_require_clause":
                source = clause.child_by_field_name("source")
                names.append(("*", text(clause.named_children[0], data)))
                runtime = True
            case "export_clause":
                for specifier in clause.named_children:
                    if specifier.type == "export_specifier":
                        names.append(_pair(specifier, data))
                        runtime = runtime or specifier.children[0].type != "type"
            case "namespace_export":
                names.append(("*", text(clause.named_children[0], data)))
                runtime = True
    if source is None:
        return None
    reexport = node.type == "export_statement"
    if reexport and not names:
        names, runtime = [("*", "*")], True
    return Imported(node, text(source, data), tuple(names), type_only or bool(names and not runtime), False, reexport)


def elided(imported: Imported, data: bytes) -> Imported:
    """The same, for types alone if its names are used as `<typeof name>` only: TypeScript leaves such imports out."""
    if imported.reexport or imported.dynamic or not imported.names:
        return imported
    rest = data[: imported.node.start_byte] + data[imported.node.end_byte :]
    asked = all(_is_asked_for_type(name.encode(), rest) for _, name in imported.names)
    return replace(imported, type_only=True) if asked else imported


def _is_asked_for_type(name: bytes, data: bytes) -> bool:
    """Whether a name stands in questions for its type, and nowhere else; comments and strings count as uses."""
    asked = data.count(b"<typeof " + name)
    return asked > 0 and len(re.findall(rb"(?<![\w$])" + re.escape(name) + rb"(?![\w$])", data)) == asked


def _pair(specifier: Node, data: bytes) -> tuple[str, str]:
    name, alias = specifier.child_by_field_name("name"), specifier.child_by_field_name("alias")
    return text(name, data), text(alias or name, data)


_LOADS = re.compile(rb"require|import|rewire|proxyquire(?:\.\w+\(\))*(?:\.load)?")
"""`rewire` and `proxyquire` load a module as `require` does, and let tests replace what it takes itself."""


_TAKES = {"variable_declarator": ("name", "value"), "assignment_expression": ("left", "right")}
"""Where what takes a value stands, and the value."""


def loads(callee: bytes) -> bool:
    """Whether a call of what is called so loads the module that it is given."""
    return _LOADS.fullmatch(callee) is not None


def loaded(node: Node, data: bytes) -> Imported | None:
    """What `require("…")`, `import("…")` or what stands in for them in tests loads, with the names that the variable
    before it takes, declared there or (`beforeEach(() => { orders = require("../orders") })`) elsewhere; None where not
    constant.
    """
    given = node.child_by_field_name("arguments")
    function = node.child_by_field_name("function")
    if given is None or function is None or not (arguments := children(given)):
        return None
    source = arguments[0]
    plain = all(part.type == "string_fragment" for part in children(source))
    if source.type != "string" and not (source.type == "template_string" and plain):
        return None
    dynamic = function.type == "import"
    holder, parent, member = node, node.parent, ""
    while parent is not None and parent.type in ("await_expression", "parenthesized_expression", "as_expression"):
        holder, parent = parent, parent.parent
    if parent is not None and parent.type == "member_expression":
        member = text(parent.child_by_field_name("property"), data)
        holder, parent = parent, parent.parent
    names: tuple[tuple[str, str], ...] = (("*", ""),) if parent is None or parent.type != "expression_statement" else ()
    if member and member not in ("then", "catch"):
        names = ((member, ""),)
    fields = _TAKES.get(parent.type) if parent is not None else None
    if parent is not None and fields is not None and parent.child_by_field_name(fields[1]) == holder:
        target = parent.child_by_field_name(fields[0])
        if target is not None and target.type == "identifier":
            names = ((member or "*", text(target, data)),)
        elif target is not None and target.type == "object_pattern" and not member:
            names = tuple(_taken(target))
    return Imported(node, text(source, data), names, dynamic=dynamic)


def _taken(pattern: Node) -> Iterator[tuple[str, str]]:
    """The (property, local name) pairs of an object pattern."""
    for taken in taken_by(pattern):
        if len(taken.steps) == 1 and taken.steps[0].startswith("."):
            yield taken.steps[0][1:], taken.name


def renamed(names: Mapping[str, str]) -> dict[bytes, bytes]:
    """What packages call what a file calls otherwise: `request` for `import { request as call } from "undici"`."""
    found = ((local, name, name.rpartition(".")[2]) for local, name in names.items())
    return {
        local.encode(): last.encode()
        for local, name, last in found
        if last != local and last.isidentifier() and last != "default" and "." in name and not is_own(name)
    }


def local_names(imported: list[Imported]) -> dict[str, str]:
    """What each imported local name stands for: `{"Pool": "pg.Pool", "ns": "./errors"}`."""
    found: dict[str, str] = {}
    for one in imported:
        if not one.reexport:
            for name, local in one.names:
                if local:
                    found[local] = one.module if name == "*" else f"{one.module}.{name}"
    return found


def exports(node: Node, data: bytes) -> Iterator[tuple[str, str, Node]]:
    """What an `export` statement without a source gives away: (exported name, local name, node)."""
    declaration = node.child_by_field_name("declaration")
    value = node.child_by_field_name("value")
    default = any(child.type == "default" for child in node.children[:3])
    if declaration is not None:
        if default:
            yield "default", text(declaration.child_by_field_name("name"), data) or "default", node
            return
        for identifier in _declared(declaration):
            yield text(identifier, data), text(identifier, data), identifier
    elif value is not None:
        value = unwrapped(value)
        yield "default", text(value, data) if value.type == "identifier" else _inner(value, data), node
    else:
        for clause in node.named_children:
            if clause.type == "export_clause":
                for specifier in clause.named_children:
                    if specifier.type == "export_specifier":
                        name, outside = _pair(specifier, data)
                        yield outside, name, specifier
            elif clause.type == "identifier":
                yield "default", text(clause, data), node


def gathered(value: Node, data: bytes) -> Iterator[tuple[str, str]]:
    """What an object that is given away as a whole holds by name: `export default { orders, users: usersRouter }`."""
    for child in value.named_children:
        if child.type == "shorthand_property_identifier":
            yield text(child, data), text(child, data)
        elif child.type == "pair":
            key, held = child.child_by_field_name("key"), child.child_by_field_name("value")
            if key is not None and held is not None and key.type == "property_identifier" and held.type == "identifier":
                yield text(key, data), text(held, data)


def _inner(value: Node, data: bytes) -> str:
    """The local name of a default export that is an expression: a named function's own, else `default`."""
    own = value.child_by_field_name("name") if value.type in ("function_expression", "class") else None
    return text(own, data) or "default"


def _declared(declaration: Node) -> Iterator[Node]:
    name = declaration.child_by_field_name("name")
    if name is not None:
        yield name
        return
    for child in declaration.named_children:
        if child.type == "variable_declarator" and (target := child.child_by_field_name("name")) is not None:
            yield from (taken.node for taken in taken_by(target))


def commonjs(node: Node, data: bytes) -> Iterator[tuple[str, str, Node]]:
    """What an assignment to `module.exports` or `exports.x` gives away."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None or left.type != "member_expression":
        return
    target = text(left, data)
    if target == "module.exports":
        if right.type == "object":
            for child in children(right):
                if child.type == "shorthand_property_identifier":
                    yield text(child, data), text(child, data), child
                elif child.type in ("pair", "method_definition"):
                    key = text(child.child_by_field_name("key") or child.child_by_field_name("name"), data)
                    value = child.child_by_field_name("value")
                    local = text(value, data) if value is not None and value.type == "identifier" else key
                    made_here = child.type == "method_definition" or (value is not None and value.type in FUNCTIONS)
                    yield key, f"exports.{key}" if made_here else local, child
        own = _inner(right, data)
        made_here = own == "default" and right.type in FUNCTIONS
        yield "default", text(right, data) if right.type == "identifier" else "exports" if made_here else own, node
    elif target.startswith(("module.exports.", "exports.")):
        name = target.rpartition(".")[2]
        yield name, text(right, data) if right.type == "identifier" else name, node
