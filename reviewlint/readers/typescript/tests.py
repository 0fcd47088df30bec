"""Tests and the routes they request: Jest, Vitest, Mocha, node:test, Deno, Playwright; supertest, fetch, inject."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from ...facts.file import FileFact, Side
from ...facts.tests import RequestedRoute, TestCase
from ...facts.values import (
    Call,
    Constant,
    Items,
    Parameter,
    Record,
    Reference,
    Text,
    Value,
    constant_text,
    options,
    rendered,
)
from ..expected import is_hopeful, is_to_survive, is_told_what_to_expect
from ..whence import whence
from . import syntax
from .module import Module
from .origins import origin
from .scopes import Scope

_CASES = frozenset({"it", "test", "specify", "fit", "xit", "xtest", "Deno.test"})
_SKIPS = frozenset({"skip", "ignore"})
"""How runners call what does not run: Deno says `ignore`."""
_FAILS = frozenset({"fails", "failing"})
"""How Vitest and Jest call what passes where it throws."""
_FLAGS = _SKIPS | _FAILS | {"only", "todo", "concurrent", "serial", "each", "for", "skipIf", "runIf"}
_SUITES = frozenset({"describe", "context", "suite", "fdescribe", "xdescribe"})
_PACKAGES = ("vitest", "bun:test", "@jest/globals", "node:test", "@playwright/test", "mocha", "ava")
_METHODS = frozenset({"get", "post", "put", "patch", "delete", "del", "head", "options"})
_REQUESTS = _METHODS | {"fetch", "request", "inject"}
_FETCHES = frozenset(
    {"node-fetch.default", "cross-fetch.default", "isomorphic-fetch.default", "node-fetch-native.default"}
)
"""Packages that give away a `fetch` of their own as a whole."""
_TYPED = frozenset(f"${method}" for method in _METHODS)
"""What Hono's client calls the methods of a route: `client.orders[":id"].$get()` (Hono, "RPC")."""
_PARTS = frozenset({"test", "step"})
"""How a test that is given itself begins a part of it: `t.test` of node:test, tap and tape, `t.step` of Deno."""
CALLS = frozenset({name.rpartition(".")[2] for name in _CASES} | _PARTS | _FLAGS | _SUITES | _REQUESTS | _TYPED)

_GIVES = re.compile(rb"\breturn\s+[^;\s]")
"""What a test gives to a runner that the file has of its own, which looks at it."""
_THROWS = re.compile(rb"[\n{};)]\s*throw\s")
"""A test or helper that fails by hand."""
_PREPARES = frozenset({"context", "log", "plan", "teardown", "timeout", "title"})
"""What ava's test asks of the object that it is given and that checks nothing (ava, "Execution context")."""
_DROPPED = '(expression_statement (binary_expression operator: ["==" "===" "!=" "!=="]) @compared)'
_ASSERTS = re.compile(
    r"(?:^|\.)(?:expect\w*|assert\w*|should|verify\w*|strictEqual|deepStrictEqual|deepEqual|equals?|toMatchSnapshot"
    r"|ok|fail|rejects|throws|check(?!out|box|sum|point)\w*|ensure\w*|waitFor\w*|cy"
    r"|(?:get|find)(?:All)?By(?:Role|Text|Label|Placeholder|TestId|Alt|Title|Display)\w*)(?:$|[.(])"
)
_CHECKERS = re.compile(
    r"(?:node:)?assert(?:/strict)?\.|(?:chai(?![\w.()-]*[.-](?:request|http|use)\b)|power-assert|uvu/assert|expect-type|tsd|(?:jsr:|npm:)?@std/(?:assert|expect))\b"
)
"""Packages of which all is there to check: `import { strict as same } from 'node:assert'`."""
_CLASS = re.compile(r"[A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*")
"""What containers are asked for, as Nest's application is: `app.get(DataSource)` (Nest, "Standalone applications")."""
_TEST_FILE = re.compile(
    r"(?:^|/)(?:__tests__|tests?|e2e|spec|acceptance|integration)/|[._-](?:test|spec|e2e|it)\.[cm]?[jt]sx?$"
)
_SUITE_BEGINS = re.compile(rb"describe\(\s*[\"'`]")
_CASE_BEGINS = re.compile(rb"\b(?:it|test)\(\s*[\"'`]")


def is_of_tests(module: Module) -> bool:
    """Whether a file is one of tests by its side or name, or for the cases in it: a suite that several files run."""
    return module.side is Side.TEST or _TEST_FILE.search(module.path) is not None or module.once(_holds_cases)


def _holds_cases(module: Module) -> bool:
    data = module.data
    return b"describe(" in data and all(one.search(data) is not None for one in (_SUITE_BEGINS, _CASE_BEGINS))


def call(node: Node, module: Module) -> Iterator[FileFact]:
    """A test case, or a request that a test makes."""
    if not is_of_tests(module):
        return
    callee = module.callee(node)
    base, flags = _taken(callee)
    if base in _CASES | _SUITES and callee.endswith((".each", ".for")):
        yield from _table(node, module)
    elif base in _CASES:
        yield from _case(node, base, flags, module)
    elif base in _SUITES:
        yield from _suite(node, base, flags, module)
    elif _is_part(node, module):
        yield from _case(node, "test", (), module)
    elif callee.rpartition(".")[2] in _TYPED:
        _, *parts, method = callee.replace("()", "").split(".")
        at = module.location(node)
        yield RequestedRoute(at, module.enclosing(node), method[1:].upper(), Constant(at, "/" + "/".join(parts)))
    elif (callee in _FETCHES or callee.rpartition(".")[2] in _REQUESTS) and node.type == "call_expression":
        yield from _request(node, callee, module)


def _table(node: Node, module: Module) -> Iterator[FileFact]:
    """The paths in the table of cases that a test or suite is repeated for: `it.each(["/orders", "/carts"])`."""
    method = _method_of_rows(node, module)
    for given in syntax.arguments(node)[:1]:
        rows = module.value(given)
        for row in rows.items if isinstance(rows, Items) else ():
            for cell in row.items if isinstance(row, Items) else (row,):
                if (constant_text(cell) or "").startswith("/"):
                    yield RequestedRoute(module.location(node), module.enclosing(node), method, cell)


def _method_of_rows(each: Node, module: Module) -> str:
    """The method by which a test with a table asks for what the table gives it; `*` where that is not one."""
    case = each.parent
    if case is None or case.type != "call_expression":
        return "*"
    given = frozenset(
        module.text(name)
        for one in map(syntax.unwrapped, syntax.arguments(case))
        if one.type in syntax.FUNCTIONS and (parameters := one.child_by_field_name("parameters")) is not None
        for name in syntax.captures("(identifier) @name", parameters, module.language).get("name", ())
    )
    asking = {
        module.callee(call).rpartition(".")[2]
        for call in module.calls_between(case.start_byte, case.end_byte)
        if any(module.text(one) in given for one in syntax.arguments(call)[:1])
    }
    method = asking.pop() if len(asking) == 1 else ""
    return method.upper() if method in _METHODS else "*"


def is_case(node: Node, module: Module) -> bool:
    """Whether a call is a test case, with the table of one that has any."""
    base, flags = _taken(callee := module.callee(node))
    table = "each" in flags and callee.endswith((".each", ".for"))
    return base in _CASES and not table and not (flags and flags[0] in _SUITES) and bool(syntax.arguments(node))


def _is_part(node: Node, module: Module) -> bool:
    """Whether a call begins a case inside of another, by what that is given: `t.test("…", …)`."""
    name, of = syntax.callee(node), module.receiver(node)
    own = name.child_by_field_name("property") if name is not None else None
    if own is None or of is None or of.type != "identifier" or module.text(own) not in _PARTS:
        return False
    around, given = node.parent, module.text(of)
    while around is not None:
        if around.type in syntax.FUNCTIONS and (scope := module.scopes.of(around)) is not None:
            call = around.parent.parent if around.parent is not None else None
            if scope.parameters and scope.parameters[0].name == given:
                cased = call is not None and call.type == "call_expression"
                return call is not None and cased and (is_case(call, module) or _is_part(call, module))
        around = around.parent
    return False


def _holds_parts(body: Node, module: Module) -> bool:
    """Whether a test is made of others, which say by themselves what they check."""
    return any(_is_part(one, module) for one in module.calls_between(body.start_byte, body.end_byte))


def _taken(callee: str) -> tuple[str, tuple[str, ...]]:
    """`test.skip` is `test` with the flag `skip`; `it.each()` is `it` with `each`."""
    plain = callee.replace("()", "")
    package = next((one for one in _PACKAGES if plain == one or plain.startswith(f"{one}.")), "")
    names = plain[len(package) :].strip(".").split(".")
    if package and names[0] in ("", "default"):
        names[0] = "test"
    elif not package and ("/" in plain or ":" in plain):  # the project's own fixtures and helpers hand them on
        names = plain.rpartition("/")[2].rpartition(":")[2].split(".")[1:]
        while names and (names[0] not in _CASES | _SUITES or names[1:2] == ["test"]):
            names = names[1:]
    if names[:2] == ["Deno", "test"]:
        names = ["Deno.test", *names[2:]]
    if names and names[0] == "default" and len(names) > 1:
        names = names[1:]
    base = names[0] if names else ""
    return (base, tuple(names[1:])) if all(name in _FLAGS or name in _SUITES for name in names[1:]) else ("", ())


def _case(node: Node, base: str, flags: tuple[str, ...], module: Module) -> Iterator[FileFact]:
    if flags and flags[0] in _SUITES:
        yield from _suite(node, base, flags, module)
        return
    given, title, body = syntax.arguments(node), "", None
    for one in given:
        inner = syntax.unwrapped(one)
        if inner.type in syntax.FUNCTIONS:
            body = body or inner
        elif inner.type == "object":
            body = body or _function_of(inner)
            title = title or _title(module.value(inner), "name")
        elif not title:
            title = _title(module.value(inner), "")
    if not title and body is None:
        return
    skipped = bool(_SKIPS.intersection(flags)) or "todo" in flags or base in ("xit", "xtest")
    skipped = skipped or body is None or _said(given, "skip", module) or _said(given, "ignore", module)
    leaves = _leaves(body, module) if body is not None and not skipped else None
    skipped = skipped or leaves is not None
    focused = "only" in flags or base == "fit" or _said(given, "only", module)
    scope = module.scopes.of(body) if body is not None else None
    asserts = scope is not None and (not _FAILS.isdisjoint(flags) or _asserts(scope, module))
    asserts = asserts or (body is not None and _holds_parts(body, module))
    runner = syntax.callee(node)
    if scope is not None and runner is not None and runner.type == "identifier" and module.function_named(runner):
        asserts = asserts or _GIVES.search(module.data, scope.start, scope.end) is not None
    framework = "deno" if base == "Deno.test" else _framework(module)
    asserts = asserts or (framework == "ava" and body is not None and _asks_execution(body, module))
    reason = "todo" if "todo" in flags or body is None else _comment(node, module) or _first_words(body, module)
    reason = reason or (_why(given, module) or _said_above(node, module) if skipped else "")
    reason = reason or (_comment(leaves, module) if leaves is not None else "")
    inside = module.calls_between(scope.start, scope.end) if scope is not None else []
    calls = tuple(map(module.callee, inside[:20]))
    source = module.data[node.start_byte : node.end_byte]
    origins = () if asserts or is_to_survive(title, source) else _origins(inside, module)
    hopeful, at = not asserts and is_hopeful(title, source), module.location(node)
    dropped = not asserts and b"==" in source and bool(syntax.captures(_DROPPED, node, module.language))
    yield TestCase(at, title, framework, asserts, skipped, focused, reason, calls, origins, hopeful, dropped)


def _origins(calls: list[Node], module: Module) -> tuple[str, ...]:
    """Where each call comes from; of what was taken out of something that was made, from that.

    `as("clerk").post(…)` after `const { as } = useApp()` is `useApp().as().post()`.
    """
    return tuple(
        f"{taken}{origin.removeprefix(module.text(name))}"
        if (name := _first(call)) is not None and (taken := _taken_from(name, module))
        else origin
        for call, origin in zip(calls, whence(map(module.value, calls)), strict=False)
    )


def _first(call: Node) -> Node | None:
    """The function at the beginning of a chain of calls, where that is a plain name: `as` of `as("clerk").post(…)`."""
    node: Node | None = call
    while node is not None and node.type in ("call_expression", "member_expression"):
        function = syntax.callee(node) if node.type == "call_expression" else None
        if function is not None and function.type == "identifier":
            return function
        inner = function if function is not None else node.child_by_field_name("object")
        node = syntax.unwrapped(inner) if inner is not None else None
    return None


def _taken_from(name: Node, module: Module) -> str:
    """What a pattern takes out of what a call gives, by that; `""` for any other name."""
    binding = module.binding(name)
    if binding is None or binding.kind != "variable" or binding.write is None or not binding.write.steps:
        return ""
    value = module.value(name)
    return value.name if isinstance(value, Reference) and "()." in value.name else ""


_LEAVES = re.compile(r"(?:this|t|ctx|context|test|it|@playwright/test\.test)(?:\.test)?\.skip")
"""What a test calls to be skipped from there on: of Mocha, node:test, Vitest and Playwright."""


def _leaves(function: Node, module: Module) -> Node | None:
    """The call without a reason by which a test begins with skipping itself, so that nothing of it runs."""
    body = function.child_by_field_name("body")
    statements = [one for one in body.named_children if one.type != "comment"] if body is not None else []
    if not statements or statements[0].type not in ("expression_statement", "return_statement"):
        return None
    call = next(iter(statements[0].named_children), None)
    if call is None or call.type != "call_expression" or not _LEAVES.fullmatch(module.callee(call)):
        return None
    given = syntax.arguments(call)
    return call if not given or (len(given) == 1 and constant_text(module.value(given[0])) == "") else None


def _comment(node: Node, module: Module) -> str:
    """The comment in front of a test or behind its first line."""
    statement = node.parent if node.parent is not None and node.parent.type == "expression_statement" else node
    before, after = statement.prev_named_sibling, statement.next_named_sibling
    for comment in (before, after):
        if comment is not None and comment.type == "comment":
            near = statement.start_point[0] - comment.end_point[0] if comment is before else 0
            if near <= 1 and (comment is before or comment.start_point[0] == statement.end_point[0]):
                return module.one_line(comment)
    return ""


def _first_words(function: Node, module: Module) -> str:
    """The comment that a test's body begins with."""
    body = function.child_by_field_name("body")
    first = body.named_children[0] if body is not None and body.named_children else None
    return module.one_line(first) if first is not None and first.type == "comment" else ""


_WHY = re.compile(r"(?://|/?\*)[^\n]*(?<![-:\w])(?:skip|flaky|disabled?|broken|fails?|todo|fixme)[^\n]*", re.IGNORECASE)


def _said_inside(node: Node, module: Module) -> str:
    """A comment anywhere in a suite that speaks of not being run."""
    said = _WHY.search(module.text(node))
    return said[0] if said is not None else ""


_STATE = re.compile(
    r"\b(?:is|are|was|were|been|currently|temporarily) (?:suspended|unavailable|unreachable|deprecated|discontinued"
    r"|offline|down|not available|shut ?down)\b|\b(?:is|are) no longer (?:available|offered|supported|online)\b",
    re.IGNORECASE,
)
"""How it is with what a whole suite depends on."""


def _said_above(node: Node, module: Module) -> str:
    """The comment in front of a suite around a test that speaks of not being run, or of what it cannot be run with."""
    outer = node.parent
    while outer is not None:
        if outer.type == "call_expression":
            said = "\n".join(_comments_above(outer, module)) or _comment(outer, module)
            found = _WHY.search(said) or _STATE.search(said)
            if found is not None:
                return said
        outer = outer.parent
    return ""


def _comments_above(suite: Node, module: Module) -> list[str]:
    """The lines of comment right above a suite, or a blank line above one that stands in no other."""
    statement = suite.parent if suite.parent is not None and suite.parent.type == "expression_statement" else suite
    gap = 2 if statement.parent is not None and statement.parent.type == "program" else 1
    found: list[str] = []
    node, before = statement, statement.prev_named_sibling
    while before is not None and before.type == "comment" and node.start_point[0] - before.end_point[0] <= gap:
        found.append(module.text(before))
        node, before, gap = before, before.prev_named_sibling, 1
    return found[::-1]


def _suite(node: Node, base: str, flags: tuple[str, ...], module: Module) -> Iterator[FileFact]:
    """A suite is a test case of its own only where it is focused or skipped."""
    focused = "only" in flags or base == "fdescribe"
    skipped = bool(_SKIPS.intersection(flags)) or base == "xdescribe"
    given = syntax.arguments(node)
    if (focused or (skipped and not _is_empty(given))) and _has_body(given, module):
        title = _title(module.value(given[0]), "")
        reason = _comment(node, module) or _said_inside(node, module)
        yield TestCase(module.location(node), title, _framework(module), True, skipped, focused, reason)


def _has_body(given: list[Node], module: Module) -> bool:
    """Whether a suite is given a function, and not what a helper hands on: `describe.skip(title, body)`, `…args`."""
    return any(
        one.type in syntax.FUNCTIONS or (one.type == "identifier" and module.function_named(one) is not None)
        for one in map(syntax.unwrapped, given)
    )


def _is_empty(given: list[Node]) -> bool:
    """Whether a suite holds nothing yet: `describe.skip("refunds", () => {})`."""
    bodies = [one.child_by_field_name("body") for one in map(syntax.unwrapped, given) if one.type in syntax.FUNCTIONS]
    return any(body is not None and not body.named_children for body in bodies)


def _function_of(given: Node) -> Node | None:
    for child in syntax.children(given):
        if child.type == "method_definition":
            return child
        value = child.child_by_field_name("value")
        if value is not None and syntax.unwrapped(value).type in syntax.FUNCTIONS:
            return syntax.unwrapped(value)
    return None


def _title(value: Value, key: str) -> str:
    if isinstance(value, Record):
        value = value.get(key or "name") or value
    return rendered(value) if isinstance(value, Constant | Text) else ""


def _said(given: list[Node], key: str, module: Module) -> bool:
    """Whether the options of a test set a flag: `{ skip: true }`."""
    for one in given:
        if syntax.unwrapped(one).type == "object" and isinstance(record := module.value(one), Record):
            said = record.get(key)
            return isinstance(said, Constant) and said.value not in (None, False)
    return False


def _why(given: list[Node], module: Module) -> str:
    """The reason that the options of a test give in place of a flag, or in a comment beside it.

    `{ skip: "the sandbox is down" }` of node:test, `{ ignore: true } // the sandbox is down` of Deno's.
    """
    for one in given:
        options = syntax.unwrapped(one)
        if options.type == "object" and isinstance(record := module.value(one), Record):
            said = (constant_text(value) for key in ("skip", "todo") if (value := record.get(key)) is not None)
            flags = (pair for pair in options.named_children if _key(pair, module) in ("skip", "ignore"))
            beside = (_comment(pair, module) for pair in flags)
            return next((text for text in (*said, *beside) if text and text.strip()), "")
    return ""


def _key(pair: Node, module: Module) -> str:
    """What the entry of an object is called."""
    key = pair.child_by_field_name("key")
    return module.text(key).strip("\"'") if key is not None else ""


def _framework(module: Module) -> str:
    for package, name in (
        ("vitest", "vitest"),
        ("@jest/globals", "jest"),
        ("node:test", "node:test"),
        ("bun:test", "bun"),
        ("@playwright/test", "playwright"),
        ("ava", "ava"),
        ("mocha", "mocha"),
        ("chai", "mocha"),
    ):
        if module.has_import(package):
            return name
    return "jest"


def _asserts(scope: Scope, module: Module, depth: int = 0) -> bool:
    """Whether a test checks anything, itself or in a function of the same file."""
    start, end = scope.start, scope.end
    body = module.data[start:end]
    if b"expect(" in body or _THROWS.search(body) or is_told_what_to_expect(body):
        return True
    for node in module.calls_between(start, end):
        name = module.callee(node)
        if _CHECKERS.match(name) or _ASSERTS.search(name) or _ASSERTS.search(name.rpartition("/")[2]):
            return True
        function = syntax.callee(node)
        if function is None:
            continue
        if function.type == "identifier" and depth < 3:
            helper = module.function_named(function)
            if helper is not None and helper.start != start and _asserts(helper, module, depth + 1):
                return True
    return module.mentions(b".should") and b".should" in module.data[start:end]


def _asks_execution(body: Node, module: Module) -> bool:
    """Whether a test checks by the object that ava gives it (`t.is(total, 3)`), or hands that to somebody who may."""
    taken = body.child_by_field_name("parameter") or body.child_by_field_name("parameters")
    first = next(iter(syntax.children(taken)), None) if taken is not None and taken.type != "identifier" else taken
    name = module.text(first.child_by_field_name("pattern") or first) if first is not None else ""
    if not name.isidentifier():
        return first is not None  # taken apart: `({ is }) => …`
    for call in module.calls_between(body.start_byte, body.end_byte):
        receiver, _, asked = module.callee(call).partition(".")
        if receiver == name and asked.partition(".")[0] not in _PREPARES:
            return True
        if any(module.text(one) == name for one in syntax.arguments(call)):
            return True
    return False


def _request(node: Node, callee: str, module: Module) -> Iterator[FileFact]:
    given = syntax.arguments(node)
    method = "fetch" if callee in _FETCHES else callee.rpartition(".")[2]
    if not given:
        return
    receiver = module.receiver(node)
    if method in ("fetch", "request"):
        if (receiver is not None and not is_client(receiver, module)) or _is_asked_of(node, module):
            return
        yield from _facts(node, _method_of(given, module), given[0], module, _options(given, module))
    elif method == "inject":
        said = module.value(given[0])
        if isinstance(said, Record):
            path = said.get("url") or said.get("path")
            if path is not None:
                yield RequestedRoute(module.location(node), module.enclosing(node), _method_in(said), path)
        else:
            yield from _facts(node, "GET", given[0], module)
    elif receiver is not None and is_client(receiver, module) and not _CLASS.fullmatch(module.text(given[0])):
        yield from _facts(node, "DELETE" if method == "del" else method.upper(), given[0], module)


def _is_asked_of(call: Node, module: Module) -> bool:
    """Whether a call gives what is asked for a path next: `chai.request(app).get("/orders")`."""
    asked = call.parent
    name = asked.child_by_field_name("property") if asked is not None and asked.type == "member_expression" else None
    around = asked.parent if asked is not None else None
    called = around is not None and around.type == "call_expression" and around.child_by_field_name("function") == asked
    return called and name is not None and module.text(name) in _METHODS


def _method_of(given: list[Node], module: Module) -> str:
    said = module.value(given[1]) if len(given) > 1 else None
    if isinstance(said, Record):
        return _method_in(said)
    return "GET" if said is None else "*"


def _options(given: list[Node], module: Module) -> str:
    """The parameter that the options of a request are, or that is spread into them; `""` where there is none."""
    handed = [syntax.unwrapped(one) for one in given[1:2]]
    inside = [part for one in handed if one.type == "object" for part in one.named_children]
    spread = [part.named_children[0] for part in inside if part.type == "spread_element" and part.named_children]
    said = [module.value(one) for one in (*handed, *spread) if one.type == "identifier"]
    return next((one.name for one in said if isinstance(one, Parameter)), "")


def _method_in(said: Record) -> str:
    """The method that options of a request name; `GET` where they name none."""
    named = said.get("method")
    if named is None:
        return "*" if said.open else "GET"
    return (constant_text(named) or "*").upper()


def _facts(node: Node, method: str, path: Node, module: Module, handed: str = "") -> Iterator[FileFact]:
    value = module.value(path)
    at, function = module.location(node), module.enclosing(node)
    for option in options(value):
        if isinstance(option, Reference | Call | Parameter):  # `Routes.orders`, `orderUrl(7)`: other files may know
            yield RequestedRoute(at, function, method, option, options=handed)
        elif isinstance(option, Constant | Text):
            text = rendered(option, "\0")
            if "/" in text or text.startswith("\0"):
                yield RequestedRoute(at, function, method, option, options=handed)


_CLIENT = re.compile(
    r"(?:^|[./])(?:request|supertest|agent|\w*[rR]equest|\w*[aA]pp|\w*[cC]lient|\w*[aA]gent|api\w*|server|axios|http|page"
    r"|fetcher|\w*Api|chai)(?:\(\))*$"
)


def is_client(receiver: Node, module: Module) -> bool:
    """Whether a receiver sends requests: supertest, a test client, an app, Playwright's `request`, axios."""
    made = origin(receiver, module)
    if any(
        package in made for package in ("supertest", "axios", "light-my-request", "superagent", "playwright", "hono")
    ):
        return True
    dotted = module.dotted(receiver)
    return _CLIENT.search(dotted) is not None
