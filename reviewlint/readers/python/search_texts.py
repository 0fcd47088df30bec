"""Searches in languages of their own: LDAP filters, and the query strings of OpenSearch and Elasticsearch."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tree_sitter import Node

from ...facts.data import SearchText
from ...facts.file import FileFact
from ...facts.values import Record
from . import syntax

if TYPE_CHECKING:
    from .module import Module

TRIGGERS = (b"ldap", b"query_string", b"elasticsearch", b"opensearch")
_FILTER = {"search": 1, "paged_search": 1, "search_s": 2, "search_st": 2, "search_ext": 2, "search_ext_s": 2}
"""The methods that take a filter, with its position: of ldap3's connections, then of python-ldap's."""
_FILTER_NAMES = ("search_filter", "filterstr")
CALLS = frozenset(_FILTER)
_BODIES = "(pair key: (string) value: (dictionary)) @pair"


def call(node: Node, module: "Module") -> Iterator[FileFact]:
    """`connection.search(base, "(uid=…)")`, and `client.search(q="…")`."""
    arguments, keywords = module.arguments(node), module.keywords(node)
    place = _FILTER.get(module.callee(node).rpartition(".")[2])
    if place is not None and module.has_import("ldap3", "ldap"):
        given = next((keywords[name] for name in _FILTER_NAMES if name in keywords), None)
        if given is None and len(arguments) > place:
            given = arguments[place]
        if given is not None:
            yield SearchText(module.location(node), module.enclosing(node), "LDAP", module.value(given))
    elif "q" in keywords and module.has_import("elasticsearch", "opensearchpy"):
        yield SearchText(module.location(node), module.enclosing(node), "query string", module.value(keywords["q"]))


def file(module: "Module") -> Iterator[FileFact]:
    """`{"query_string": {"query": "…"}}`."""
    for pair in syntax.captures(_BODIES, module.root).get("pair", ()) if module.mentions(b"query_string") else ():
        key, body = pair.child_by_field_name("key"), pair.child_by_field_name("value")
        if key is None or body is None or module.text(key)[1:-1] != "query_string":
            continue
        value = module.value(body)
        text = value.get("query") if isinstance(value, Record) else None
        if text is not None:
            yield SearchText(module.location(pair), module.enclosing(pair), "query string", text)
