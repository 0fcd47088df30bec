"""Searches in languages of their own: LDAP filters, and the query strings of OpenSearch and Elasticsearch."""

from collections.abc import Iterator

from tree_sitter import Node

from ...facts.data import SearchText
from ...facts.file import FileFact
from ...facts.values import Record
from . import syntax
from .module import Module

TRIGGERS = (b"ldap", b"query_string")
CALLS = frozenset({"search"})
_BODIES = "(pair value: (object)) @pair"


def call(node: Node, module: Module) -> Iterator[FileFact]:
    """`client.search(base, { filter: "(uid=…)" })`."""
    given = syntax.arguments(node)
    if len(given) > 1 and module.has_import("ldapjs", "ldapts", "activedirectory2"):
        options = module.value(given[1])
        text = options.get("filter") if isinstance(options, Record) else None
        if text is not None:
            yield SearchText(module.location(node), module.enclosing(node), "LDAP", text)


def file(module: Module) -> Iterator[FileFact]:
    """`{ query_string: { query: "…" } }`."""
    pairs = syntax.captures(_BODIES, module.root, module.language) if module.mentions(b"query_string") else {}
    for pair in pairs.get("pair", ()):
        key, body = pair.child_by_field_name("key"), pair.child_by_field_name("value")
        if key is None or body is None or module.text(key).strip("\"'") != "query_string":
            continue
        value = module.value(body)
        text = value.get("query") if isinstance(value, Record) else None
        if text is not None:
            yield SearchText(module.location(pair), module.enclosing(pair), "query string", text)
