"""The type of a database that `supabase gen types typescript` writes: `Database[schema]["Tables"][name]["Row"]`.

Its form is that of the Supabase CLI's generator (postgres-meta, `templates/typescript.ts`).
"""

from collections.abc import Iterator

from tree_sitter import Node

from ...facts.data import TypedRelation
from ...facts.file import FileFact, Side
from .module import Module

TRIGGERS = (b"Tables:",)
_KINDS = {"Tables": "table", "Views": "view", "Functions": "function"}


def file(module: Module) -> Iterator[FileFact]:
    """Every relation and function of an exported type `Database` in a generated file."""
    if module.side is not Side.GENERATED:
        return
    for statement in module.root.named_children:
        declaration = statement.child_by_field_name("declaration") if statement.type == "export_statement" else None
        name = declaration.child_by_field_name("name") if declaration is not None else None
        if declaration is None or name is None or module.text(name) != "Database":
            continue
        field = "body" if declaration.type == "interface_declaration" else "value"
        for schema, _, groups in _members(declaration.child_by_field_name(field), module):
            for group, _, relations in _members(groups, module):
                if group in _KINDS:
                    yield from _relations(schema, _KINDS[group], relations, module)


def _relations(schema: str, kind: str, relations: Node | None, module: Module) -> Iterator[TypedRelation]:
    for name, key, parts in _members(relations, module):
        rows = (body for part, _, body in _members(parts, module) if part == "Row" and kind != "function")
        columns = tuple(column for row in rows for column, _, _ in _members(row, module))
        yield TypedRelation(module.location(key), schema, kind, name, columns)


def _members(node: Node | None, module: Module) -> Iterator[tuple[str, Node, Node | None]]:
    """The properties of an object type: name, the name's node, the node of the type."""
    if node is None or node.type not in ("object_type", "interface_body"):
        return
    for member in node.named_children:
        key = member.child_by_field_name("name") if member.type == "property_signature" else None
        if key is None:
            continue
        annotation = member.child_by_field_name("type")
        inner = annotation.named_children[0] if annotation is not None and annotation.named_children else None
        yield module.text(key).strip("\"'"), key, inner
