"""supabase-py: calls of a client's `auth`, and conditions on metadata that users write themselves."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tree_sitter import Node

from ...facts.clients import AuthCall, MetadataRead
from ...facts.file import FileFact
from ..decisions import PREDICATE

if TYPE_CHECKING:
    from .module import Module

TRIGGERS = (b".auth.", b"user_metadata", b"raw_user_meta_data")
CALLS = frozenset(
    "get_user get_claims get_session set_session refresh_session sign_in_with_password sign_in_with_otp "
    "sign_in_with_oauth sign_in_with_id_token sign_in_anonymously sign_up sign_out verify_otp "
    "exchange_code_for_session update_user create_user delete_user update_user_by_id list_users get_user_by_id "
    "invite_user_by_email generate_link".split()
)
_METADATA = re.compile(rb"\b(?:raw_)?user_meta_?data\b")


def call(node: Node, module: "Module") -> Iterator[FileFact]:
    """`client.auth.method(…)` and `client.auth.admin.method(…)`."""
    client, found, method = module.callee(node).partition(".auth.")
    if found and method.removeprefix("admin.") in CALLS and "(" not in method:
        given = tuple(module.value(argument) for argument in module.arguments(node))
        yield AuthCall(module.location(node), module.enclosing(node), client, method, given)


def file(module: "Module") -> Iterator[FileFact]:
    """Properties of `user_metadata`: `["role"]` and `.get("role")`."""
    for match in _METADATA.finditer(module.data) if module.mentions(b"user_meta") else ():
        node = module.root.descendant_for_byte_range(match.start(), match.end())
        if node is None or node.type not in ("identifier", "string_content"):
            continue
        metadata = _whole(node)
        read = _property(metadata) if metadata is not None else None
        if read is not None:
            whole, name = read
            yield MetadataRead(module.location(whole), module.enclosing(whole), name, _decides(whole, module))


def _whole(node: Node) -> Node | None:
    """`….user_metadata`, `…["user_metadata"]` or `….get("user_metadata", …)`."""
    parent = node.parent
    if parent is not None and parent.type == "attribute" and parent.child_by_field_name("attribute") == node:
        return parent
    if parent is not None and parent.type == "string":
        outer = parent.parent
        if outer is not None and outer.type == "subscript":
            return outer
        if outer is not None and outer.type == "argument_list" and outer.parent is not None:
            return outer.parent if outer.named_children[0] == parent else None
    return None


def _property(metadata: Node) -> tuple[Node, str] | None:
    outer = metadata.parent
    while outer is not None and outer.type in ("parenthesized_expression", "boolean_operator"):
        outer = outer.parent
    key: Node | None = None
    whole: Node | None = None
    if outer is not None and outer.type == "subscript":
        whole, key = outer, outer.child_by_field_name("subscript")
    elif outer is not None and outer.type == "attribute" and outer.parent is not None and outer.parent.type == "call":
        own, given = outer.child_by_field_name("attribute"), outer.parent.child_by_field_name("arguments")
        if own is not None and own.text == b"get" and given is not None and given.named_children:
            whole, key = outer.parent, given.named_children[0]
    if whole is None or key is None or key.type != "string" or key.text is None:
        return None
    return whole, key.text.decode("utf-8", "replace").strip("\"'")


def _decides(node: Node, module: "Module") -> bool:
    inner, outer = node, node.parent
    while outer is not None:
        match outer.type:
            case "parenthesized_expression" | "boolean_operator":
                pass
            case "comparison_operator" | "not_operator":
                return True
            case "argument_list" if outer.parent is not None and module.callee(outer.parent) == "bool":
                outer = outer.parent
            case "return_statement":
                return PREDICATE.match(module.enclosing(node).rpartition(".")[2]) is not None
            case "if_statement" | "elif_clause" | "while_statement":
                return outer.child_by_field_name("condition") == inner
            case "conditional_expression":
                return len(outer.named_children) > 1 and outer.named_children[1] == inner
            case "assignment":
                left = outer.child_by_field_name("left")
                return left is not None and left.type == "identifier" and _compared(module.text(left), outer, module)
            case _:
                return False
        inner, outer = outer, outer.parent
    return False


def _compared(name: str, assignment: Node, module: "Module") -> bool:
    """Whether a condition of the same function depends on a variable."""
    scope = module.scope(assignment).function
    end = scope.node.end_byte if scope is not None else len(module.data)
    rest = module.data[assignment.end_byte : end].decode("utf-8", "replace")
    word = re.escape(name)
    return (
        re.search(rf"\b{word}\b\s*(?:[!=]=|\bnot in\b|\bin\b)|[!=]=\s*{word}\b|\bif (?:not )?{word}\b", rest)
        is not None
    )
