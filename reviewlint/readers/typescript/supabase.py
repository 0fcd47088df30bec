"""supabase-js: clients, and what they ask of tables and functions."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from ...facts.clients import Client
from ...facts.data import TableAccess
from ...facts.file import FileFact
from ...facts.values import Call, Record, Value, constant_text
from ..schemas import schema_of
from . import syntax
from .bindings import taken_by
from .module import Module
from .origins import declared, origin
from .packages import normal

TRIGGERS = (b"upabase", b"postgrest", b".from(", b".rpc(")
_MAKERS = frozenset(
    {
        "createClient",
        "createServerClient",
        "createBrowserClient",
        "createClientComponentClient",
        "createServerComponentClient",
        "createRouteHandlerClient",
        "createMiddlewareClient",
        "createServerActionClient",
        "createPagesBrowserClient",
        "createPagesServerClient",
        "createServerSupabaseClient",
        "createBrowserSupabaseClient",
        "createMiddlewareSupabaseClient",
        "serverSupabaseServiceRole",
        "serverSupabaseClient",
        "SupabaseClient",
        "PostgrestClient",
    }
)
CALLS = _MAKERS | {"from", "rpc"}
_PACKAGES = ("@supabase/", "supabase-js")
_FROM_HELPERS = frozenset(
    {
        "createClientComponentClient",
        "createServerComponentClient",
        "createRouteHandlerClient",
        "createMiddlewareClient",
        "createServerActionClient",
        "createPagesBrowserClient",
        "createPagesServerClient",
        "serverSupabaseServiceRole",
        "serverSupabaseClient",
    }
)
_FUNCTIONS = frozenset(
    {"function_declaration", "function_expression", "arrow_function", "method_definition", "program"}
)
_OPERATIONS = ("insert", "upsert", "update", "delete", "select")
_SPOKEN = re.compile(r"supabase|(?:^|[./])(?:adminClient|serviceClient|serviceRole\w*|sb)(?:\(\))?$", re.IGNORECASE)
_ASIDE = re.compile(r"\.(?:storage|functions|realtime|auth)$")


def call(node: Node, module: Module) -> Iterator[FileFact]:
    """A client's constructor, or the start of a chain on a table or function."""
    callee = module.callee(node)
    name = callee.rpartition(".")[2]
    if name in _MAKERS:
        # `createClient` is anybody's word; the others are Supabase's, also where a package of the project hands them on
        if any(package in callee for package in _PACKAGES) or (name != "createClient" and "." in callee):
            yield _client(node, callee, module)
        return
    receiver = module.receiver(node)
    if receiver is None or node.type != "call_expression":
        return
    if _is_client(receiver, module):
        yield _access(node, name, receiver, module, "supabase")
    elif _is_shaped(node, name, receiver, module):
        yield _access(node, name, receiver, module, "")


def _client(node: Node, callee: str, module: Module) -> Client:
    given = [module.value(argument) for argument in syntax.arguments(node)]
    name = callee.rpartition(".")[2]
    url = given[0] if given else None
    key = given[1] if len(given) > 1 else None
    options: Value | None = given[2] if len(given) > 2 else None
    if name in _FROM_HELPERS:
        options = given[-1] if given else None
        chosen = given[-1] if len(given) > 1 and isinstance(given[-1], Record) else None
        url, key = (chosen.get("supabaseUrl"), chosen.get("supabaseKey")) if chosen is not None else (None, None)
    return Client(
        module.location(node),
        module.enclosing(node),
        "supabase",
        normal(callee),
        declared(node, module),
        url,
        key,
        options,
        _is_typed(node, module),
    )


def _is_typed(node: Node, module: Module) -> bool:
    """Whether a client has the type of its database: `createClient<Database>`, or a variable's `SupabaseClient<…>`."""
    if node.child_by_field_name("type_arguments") is not None:
        return True
    outer = node.parent
    while outer is not None and outer.type in syntax.TRANSPARENT:
        outer = outer.parent
    if outer is not None and outer.type == "return_statement":
        scope = module.scope(node).function
        returned = scope.node.child_by_field_name("return_type") if scope is not None else None
        return returned is not None and "<" in module.text(returned)
    annotation = outer.child_by_field_name("type") if outer is not None else None
    return annotation is not None and "<" in module.text(annotation)


def _is_client(receiver: Node, module: Module) -> bool:
    """Whether a chain's receiver is a Supabase client: made, annotated or at least called one."""
    dotted = module.dotted(receiver)
    if _ASIDE.search(dotted):
        return False
    made = origin(receiver, module)
    if made:
        if made.rpartition(".")[2] in _MAKERS and any(package in made for package in _PACKAGES):
            return True
        if "supabase" in made.rpartition("/")[2].lower() and not made.startswith("drizzle"):
            return True
        last = made.removesuffix("()").rpartition(".")[2]
        if last == "schema":
            return "supabase" in made.lower() or "supabase" in dotted.lower()
        if last in _MAKERS and "supabase" in made.lower():
            return True
    return _SPOKEN.search(dotted) is not None and not dotted.startswith(("Array", "Buffer", "Object"))


def _is_shaped(node: Node, name: str, receiver: Node, module: Module) -> bool:
    """Whether a call on an imported object has the form of supabase-js: `db.from("a").select(…)`, `db.rpc("f")`."""
    given = syntax.arguments(node)
    member = node.parent
    own = member.child_by_field_name("property") if member is not None and member.type == "member_expression" else None
    return (
        (name == "rpc" or (own is not None and module.text(own) in _OPERATIONS))
        and "/" in origin(receiver, module)
        and bool(given)
        and constant_text(module.value(given[0])) is not None
    )


def _access(node: Node, name: str, receiver: Node, module: Module, library: str) -> TableAccess:
    """The whole chain that begins with `from(…)` or `rpc(…)`, with what is added to the variable that it is kept in."""
    outer, calls = node, [_link(node, name, module)]
    while True:
        member = outer.parent
        while member is not None and member.type in syntax.TRANSPARENT and member.type != "await_expression":
            member = member.parent
        following = member.parent if member is not None and member.type == "member_expression" else None
        if following is None or following.type != "call_expression" or member is None:
            break
        if following.child_by_field_name("function") != member:
            break
        own = member.child_by_field_name("property")
        method = module.text(own) if own is not None else ""
        if method in ("then", "catch", "finally"):
            break
        outer = following
        calls.append(_link(following, method, module))
    calls.extend(_later(outer, module))
    names = [one.name for one in calls]
    operation = "rpc" if name == "rpc" else next((one for one in _OPERATIONS if one in names), "select")
    given = syntax.arguments(node)
    parent = outer.parent
    while parent is not None and parent.type in syntax.TRANSPARENT and parent.type != "await_expression":
        parent = parent.parent
    awaited = parent is not None and (parent.type == "await_expression" or _is_then(parent, module))
    return TableAccess(
        module.location(outer),
        module.enclosing(node),
        library,
        module.dotted(receiver) or module.one_line(receiver, 40),
        constant_text(module.value(given[0])) if given else None,
        operation,
        tuple(calls),
        awaited,
        origin(receiver, module),
        *(_takes(outer, module) if awaited else (None, False)),
        schema_of(module.value(receiver)),
        tuple(_tests(outer, module)) if operation in _OPERATIONS[:4] else (),
    )


def _later(chain: Node, module: Module) -> Iterator[Call]:
    """The calls on the variable that a chain is kept in: `query = query.or(…)`, `await query.limit(10)`."""
    kept = chain.parent
    while kept is not None and kept.type in syntax.TRANSPARENT and kept.type != "await_expression":
        kept = kept.parent
    field = (
        {"variable_declarator": "name", "assignment_expression": "left"}.get(kept.type) if kept is not None else None
    )
    variable = kept.child_by_field_name(field) if kept is not None and field else None
    binding = module.binding(variable) if variable is not None and variable.type == "identifier" else None
    if binding is None or binding.kind != "variable":
        return
    after = module.calls_between(chain.end_byte, binding.scope.owner.end)
    for call in sorted(after, key=lambda one: one.end_byte):
        member = syntax.callee(call)
        own = member.child_by_field_name("property") if member is not None else None
        root = _root(call)
        if own is not None and root.type == "identifier" and module.binding(root) is binding:
            yield _link(call, module.text(own), module)


def _root(node: Node) -> Node:
    """What a chain of members and calls begins with."""
    while node.type in ("call_expression", "member_expression", *syntax.TRANSPARENT):
        inner = node.child_by_field_name("function") or node.child_by_field_name("object")
        inner = inner or next(iter(syntax.children(node)), None)
        if inner is None:
            break
        node = inner
    return node


def _tests(node: Node, module: Module) -> Iterator[str]:
    """The tests that a node stands behind in its function: see `TableAccess.conditions`."""
    inner, outer = node, node.parent
    while outer is not None and outer.type not in _FUNCTIONS:
        test = outer.child_by_field_name("condition") if outer.type in ("if_statement", "ternary_expression") else None
        if test is not None and inner != test:
            yield module.one_line(test, 80)
        elif outer.type == "binary_expression" and outer.child_by_field_name("right") == inner:
            left = outer.child_by_field_name("left")
            if left is not None and b"&&" in module.data[left.end_byte : inner.start_byte]:
                yield module.one_line(left, 80)
        elif outer.type == "statement_block":
            yield from _ended_before(inner, outer, module)
        inner, outer = outer, outer.parent


def _ended_before(node: Node, block: Node, module: Module) -> Iterator[str]:
    """The tests before a statement of a block after which nothing goes on: `if (…) return`."""
    for statement in block.named_children:
        if statement.start_byte >= node.start_byte:
            return
        test = statement.child_by_field_name("condition") if statement.type == "if_statement" else None
        then = statement.child_by_field_name("consequence") if test is not None else None
        last = (
            then.named_children[-1]
            if then is not None and then.type == "statement_block" and then.named_children
            else then
        )
        if test is not None and last is not None and last.type in ("return_statement", "throw_statement"):
            yield module.one_line(test, 80)


def _takes(chain: Node, module: Module) -> tuple[tuple[str, ...] | None, bool]:
    """The parts of an awaited answer that code takes, and whether it stops without data: see `TableAccess`."""
    inner, outer = chain, chain.parent
    while outer is not None and outer.type in (*syntax.TRANSPARENT, "await_expression"):
        inner, outer = outer, outer.parent
    if outer is None:
        return None, False
    if outer.type == "expression_statement":
        return (), False
    if outer.type == "member_expression" and outer.child_by_field_name("object") == inner:
        own = outer.child_by_field_name("property")
        return ((module.text(own),) if own is not None and module.text(own) in ("data", "count") else None), False
    pattern = outer.child_by_field_name("name") if outer.type == "variable_declarator" else None
    if pattern is None:
        return None, False
    scope = module.scope(chain).function
    end = scope.node.end_byte if scope is not None else len(module.data)
    rest = module.data[outer.end_byte : end].decode("utf-8", "replace")
    if pattern.type == "object_pattern":
        taken = list(taken_by(pattern))
        if any(not one.steps or not one.steps[0].startswith(".") for one in taken):
            return None, False
        names = [one.name for one in taken if one.steps[0] in (".data", ".count")]
        return tuple(one.steps[0][1:] for one in taken), any(_stops(name, rest) for name in names)
    if pattern.type != "identifier":
        return None, False
    name = re.escape(module.text(pattern))
    used = re.findall(rf"(?<![\w.]){name}\b(\s*[?!]?\.\s*data\b)?", rest)
    return (("data",), _stops(rf"{name}\s*[?!]?\.\s*data", rest)) if used and all(used) else (None, False)


def _stops(name: str, rest: str) -> bool:
    """Whether a condition asks if something is missing: `if (!data)`, `data === null`, `data ? … : …`.

    `!data?.length` asks whether there is none of it, which is so after a failure and after none.
    """
    return (
        re.search(
            rf"!\s*{name}\b(?!\s*\?\.\s*length)|\b{name}\s*[!=]==?\s*(?:null|undefined)|if\s*\(\s*{name}\s*[)&]|\b{name}\s*\?[^.?]",
            rest,
        )
        is not None
    )


def _link(node: Node, name: str, module: Module) -> Call:
    return Call(module.location(node), name, tuple(module.value(argument) for argument in syntax.arguments(node)))


def _is_then(member: Node, module: Module) -> bool:
    own = member.child_by_field_name("property") if member.type == "member_expression" else None
    return own is not None and module.text(own) == "then"
