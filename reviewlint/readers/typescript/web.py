"""Responses of the Fetch standard, as route handlers, Edge Functions and workers give them; Remix and SvelteKit.

Fetch standard, "Response class": https://fetch.spec.whatwg.org/#response-class
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from tree_sitter import Node

from ...facts.file import FileFact
from ...facts.http import Response
from ...facts.location import Location
from ...facts.values import Call, Constant, Items, Record, Text, Unknown, Value, constant_text, options
from . import helpers, syntax
from .express import content_type, sent
from .module import Module
from .packages import normal
from .scopes import Scope
from .statuses import status_of

TRIGGERS = (b"Response", b"NextRequest", b"@remix-run/", b"@sveltejs/kit")
CALLS = frozenset({"json", "Response", "NextResponse", "redirect", "error", "data"})

_CLASSES = frozenset({"Response", "NextResponse", "next/server.NextResponse", "next/server.Response"})
_REMIX = re.compile(
    r"^@(?:remix-run/[\w-]+|vercel/remix|react-router/[\w-]+|sveltejs/kit)\.(json|data|redirect|error)$"
)
"""SvelteKit's `fail` is none of them: it hands what was entered back to the page's own form."""


_REQUEST = re.compile(r"^(?:Next)?Request$")
_ROUTED = re.compile(r"/route\.[cm]?[jt]sx?$|/pages/api/|/supabase/functions/[^_/][^/]*/")
"""Files of handlers, whose responses are read where their routes are."""
_GIVEN_BACK = frozenset({"return_statement", "arrow_function"})
"""Where a response stands that is handed on as it is."""


@dataclass(frozen=True, slots=True)
class _Init:
    """What the second argument of `Response` says: `default` where it leaves the status at 200."""

    status: int | None = 200
    value: Value | None = None
    default: bool = True
    headers: Value | None = None
    spread: tuple[Value, ...] = ()


def call(node: Node, module: Module) -> Iterator[FileFact]:
    """`new Response(…)`, `Response.json(…)`, `NextResponse.json(…)`, `redirect(…)` and kin."""
    callee, given = normal(module.callee(node)), syntax.arguments(node)
    holder, _, method = callee.rpartition(".")
    first = module.value(given[0]) if given else None
    init = _init(given[1], module) if len(given) > 1 else _Init()
    if callee in _CLASSES:
        if node.type == "new_expression":
            body, text = _body(given[0], init, module) if given else (None, None)
            yield _response(node, module, body, init, text)
    elif holder in _CLASSES and method == "json":
        yield _response(node, module, first, init)
    elif holder in _CLASSES and method == "redirect":
        yield _redirect(node, given, 307 if "Next" in holder else 302, module)
    elif match := _REMIX.match(callee):
        if match[1] in ("json", "data"):
            yield _response(node, module, first, init)
        elif match[1] == "redirect":
            yield _redirect(node, given, 302, module)
        elif given:
            status, value = status_of(given[0], module)
            body = module.value(given[1]) if len(given) > 1 else None
            if isinstance(body, Constant | Text):
                body = Record(body.at, (("message", body),))
            yield _response(node, module, body, _Init(status, value, False))


def function(scope: Scope, module: Module) -> Iterator[FileFact]:
    """What a function around handlers answers in their stead by a helper: `if (!token) return jsonError(401, "…")`."""
    if _ROUTED.search(f"/{module.path}") or not module.mentions(b"Request") or scope.body.type != "statement_block":
        return
    first = scope.parameters[0] if scope.parameters else None
    if first is not None and _REQUEST.match(first.annotation) is not None:
        answering = framework(module)
        for node in module.returned_nodes(scope):
            yield from helpers.built(node, answering, module)


def _redirect(node: Node, given: list[Node], status: int | None, module: Module) -> Response:
    numbers = [one for one in given if isinstance(module.value(one), Constant) and module.text(one).isdigit()]
    targets = [module.value(one) for one in given if one not in numbers][:1]
    init = _Init(status)
    if numbers:
        init = _Init(int(module.text(numbers[0])), None, False)
    elif len(given) > 1:
        said = _init(given[1], module)
        init = said if not said.default else init
    headers = Record(module.location(node), tuple(("Location", target) for target in targets))
    return _response(node, module, None, replace(init, headers=headers))


def _body(node: Node, init: _Init, module: Module) -> tuple[Value | None, Value | None]:
    """The first argument of `new Response` as (JSON, text); text that is written-out JSON is read as such."""
    body, text = sent(module.value(node))
    if body is not None and not isinstance(body, Record | Items):
        written = syntax.unwrapped(node).type == "call_expression" and module.callee(node) == "JSON.stringify"
        if not written and not _stringified(module.value(node)):
            body, text = None, body
    if text is not None and "json" in content_type(init.headers):
        written_out = constant_text(text)
        read = _read(written_out, text.at) if written_out is not None else None
        return read or Unknown(text.at, module.one_line(node)), None
    return body, text


def _stringified(value: Value) -> bool:
    return any(isinstance(one, Call) and one.callee == "JSON.stringify" for one in options(value))


def _read(text: str, at: Location) -> Value | None:
    try:
        return _of_json(json.loads(text), at)
    except (ValueError, RecursionError):
        return None


def _of_json(read: object, at: Location) -> Value:
    match read:
        case dict():
            return Record(at, tuple((str(key), _of_json(value, at)) for key, value in read.items()))
        case list():
            return Items(at, tuple(_of_json(value, at) for value in read))
        case str() | int() | float() | bool() | None:
            return Constant(at, read)
    return Unknown(at, "")


def _init(node: Node, module: Module) -> _Init:
    init = module.value(node)
    if isinstance(init, Constant):
        return _Init()
    if not isinstance(init, Record):
        return _Init(None, init, False)
    said, headers = _said(node, init, module), init.get("headers")
    written = _entry(node, "headers", module)
    if isinstance(headers, Call) and headers.name == "Headers":
        given = headers.arguments[0] if headers.arguments else Record(headers.at, ())
        kept = written is None or syntax.unwrapped(written).type != "new_expression"  # others may be set on it
        headers = replace(given, open=True) if kept and isinstance(given, Record) else given
    return replace(said, headers=headers, spread=() if written is None else tuple(_spreads(written, module)))


def _said(node: Node, init: Record, module: Module) -> _Init:
    """The status that an `init` says."""
    written = _entry(node, "status", module)
    if written is not None:
        status, value = status_of(written, module)
        return _Init(status, value, False)
    said = init.get("status")
    spread = _spread(node, module) if said is None and init.open else None
    if spread is not None:
        return _Init(None, spread, False)
    if said is None:
        return _Init(None if init.open else 200, None, not init.open)
    if isinstance(said, Constant) and type(said.value) is int:
        return _Init(said.value, None, False)
    return _Init(None, said, False)


def _spreads(node: Node, module: Module) -> Iterator[Value]:
    """What an object literal is open for: the values that are spread into it, or named by what is computed."""
    node = syntax.unwrapped(node)
    for child in syntax.children(node) if node.type == "object" else ():
        key = child.child_by_field_name("key")
        if child.type == "spread_element" and child.named_children:
            yield module.value(child.named_children[0])
        elif key is not None and key.type == "computed_property_name":
            yield Unknown(module.location(key), module.one_line(key))


def _spread(node: Node, module: Module) -> Value | None:
    """What an object literal takes all other entries from: `{ ...init, headers }`."""
    node = syntax.unwrapped(node)
    spreads = (
        [child for child in syntax.children(node) if child.type == "spread_element"] if node.type == "object" else []
    )
    return module.value(spreads[0].named_children[0]) if len(spreads) == 1 else None


def _entry(node: Node, key: str, module: Module) -> Node | None:
    """The value of a key of an object literal as written."""
    node = syntax.unwrapped(node)
    for child in syntax.children(node) if node.type == "object" else ():
        name = child.child_by_field_name("key") if child.type == "pair" else child
        if name is not None and module.text(name).strip("'\"") == key:
            return child.child_by_field_name("value") or child
    return None


def _response(node: Node, module: Module, body: Value | None, init: _Init, text: Value | None = None) -> Response:
    caught = module.catch_of(node)
    headers = init.headers
    if headers is None and node.parent is not None and node.parent.type in _GIVEN_BACK:
        headers = Record(module.location(node), ())  # nobody sets one later
    return Response(
        module.location(node),
        module.enclosing(node),
        framework(module),
        init.status,
        body,
        status_is_default=init.default,
        in_catch=caught is not None,
        catch_variable=caught.variable if caught is not None else "",
        text=text,
        content_type=content_type(init.headers),
        headers=headers,
        status_value=init.value,
        spread_headers=init.spread if isinstance(headers, Record) and headers.open else (),
    )


def framework(module: Module) -> str:
    """Whose responses a file gives: `next`, `edge`, `sveltekit`, `remix`, or `web` for the bare standard."""
    if module.mentions(b"next/server", b"NextResponse") or re.search(r"(?:^|/)app/(?:.*/)?route\.\w+$", module.path):
        return "next"
    if "supabase/functions/" in f"/{module.path}" or module.mentions(b"Deno.serve"):
        return "edge"
    if module.mentions(b"@sveltejs/kit") or re.search(r"(?:^|/)\+server\.[jt]s$", module.path):
        return "sveltekit"
    return "remix" if module.mentions(b"@remix-run/") else "web"
