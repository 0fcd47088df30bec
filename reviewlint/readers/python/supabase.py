"""supabase-py: clients, and what they ask of tables, functions and storage."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tree_sitter import Node

from ...facts.clients import Client
from ...facts.data import TableAccess
from ...facts.file import FileFact
from ...facts.values import Call, Reference, Value, constant_text, options
from ...facts.values import Parameter as ParameterValue
from ..schemas import schema_of
from .fastapi import dependencies
from .syntax import root

if TYPE_CHECKING:
    from .module import Module

TRIGGERS = (b"supabase", b"postgrest", b".table(", b".from_(", b".rpc(")
CALLS = frozenset(
    {"create_client", "acreate_client", "create_async_client", "Client", "AsyncClient", "table", "from_", "rpc"}
)
_MAKERS = frozenset({"create_client", "acreate_client", "create_async_client", "Client", "AsyncClient"})
_OPERATIONS = ("insert", "upsert", "update", "delete", "select")


def call(node: Node, module: "Module") -> Iterator[FileFact]:
    """A client's constructor, or the start of a chain on a table or function."""
    callee = module.callee(node)
    name = callee.rpartition(".")[2]
    if name in _MAKERS:
        if callee.startswith(("supabase.", "supabase_auth.", "postgrest.")):
            yield _client(node, callee, module)
        return
    function = node.child_by_field_name("function")
    receiver = function.child_by_field_name("object") if function is not None else None
    if receiver is None:
        return
    if _is_client(receiver, module):
        yield _access(node, name, receiver, module, "supabase")
    elif _is_from_elsewhere(receiver, module):
        access = _access(node, name, receiver, module, "")
        if access.relation and any(isinstance(one, Call) and one.name == "execute" for one in access.calls):
            yield access


def _client(node: Node, callee: str, module: "Module") -> Client:
    value = module.value(node)
    arguments = value.arguments if isinstance(value, Call) else ()
    keywords = dict(value.keywords) if isinstance(value, Call) else {}

    def given(position: int, *names: str) -> Value | None:
        if position < len(arguments):
            return arguments[position]
        return next((keywords[name] for name in names if name in keywords), None)

    return Client(
        module.location(node),
        module.enclosing(node),
        "supabase",
        callee,
        _bound_to(node, module),
        given(0, "supabase_url", "url"),
        given(1, "supabase_key", "key"),
        given(2, "options"),
    )


def _bound_to(node: Node, module: "Module") -> str:
    """The qualified name of the variable that a call's result is assigned to, or `""`."""
    parent = node.parent
    while parent is not None and parent.type in ("await", "parenthesized_expression"):
        parent = parent.parent
    if parent is None or parent.type != "assignment":
        return ""
    left = parent.child_by_field_name("left")
    if left is None or left.type not in ("identifier", "attribute"):
        return ""
    scope, name = module.scope(node), module.text(left)
    if name.startswith("self.") and scope.klass is not None:
        return f"{scope.klass.name}.{name.removeprefix('self.')}"
    return f"{scope.name}.{name}" if scope.name else name


def _is_client(receiver: Node, module: "Module") -> bool:
    """Whether a chain's receiver is a Supabase client: made, annotated or at least called one."""
    for option in options(module.value(receiver)):
        match option:
            case Call(callee=callee) if callee.rpartition(".")[2] in _MAKERS and callee.startswith("supabase."):
                return True
            case Call(name="schema", receiver=inner) if inner is not None:
                return True
            case ParameterValue(annotation=annotation) if "Client" in annotation and "supabase" in "".join(
                module.names.values()
            ):
                return True
            case Reference(name=name) if "supabase" in name.lower():
                return True
    return "supabase" in module.dotted(receiver).lower()


def _is_from_elsewhere(receiver: Node, module: "Module") -> bool:
    """Whether a chain's receiver is something that another file can say more of: imported, made or injected."""
    return bool(_made(receiver, module)) or (
        isinstance(module.value(receiver), Reference) and "." in module.dotted(receiver)
    )


def _made(receiver: Node, module: "Module") -> str:
    """The dotted name of what makes a chain's receiver: a function that is called, or one that a parameter depends on.

    For a parameter whose type alone says where it comes from, that type: `db: ServiceClient`, an `Annotated[…]`.
    """
    for option in options(module.value(receiver)):
        match option:
            case Call(callee=callee) if callee and "(" not in callee:
                return callee
            case ParameterValue(name=name, path="", function=owner):
                scope = module.scopes.named(owner)
                declared = scope.parameters.get(name) if scope is not None else None
                if declared is None:
                    continue
                given = next(dependencies(declared, module), "")
                typed = declared.type
                return given or (module.dotted(typed.named_children[0]) if typed and typed.named_children else "")
    return ""


def _access(node: Node, name: str, receiver: Node, module: "Module", library: str) -> TableAccess:
    outer, chained = node, [module.value(node)]
    while True:
        attribute = outer.parent
        following = attribute.parent if attribute is not None and attribute.type == "attribute" else None
        if following is None or following.type != "call":
            break
        outer = following
        chained.append(module.value(outer))
    chained.extend(map(module.value, _later(outer, module)))
    calls = tuple(Call(one.at, one.name, one.arguments, one.keywords) for one in chained if isinstance(one, Call))
    names = {one.name for one in calls}
    operation = "rpc" if name == "rpc" else next((one for one in _OPERATIONS if one in names), "select")
    arguments = module.arguments(node)
    return TableAccess(
        module.location(outer),
        module.enclosing(node),
        library,
        module.dotted(receiver) or module.one_line(receiver, 40),
        constant_text(module.value(arguments[0])) if arguments else None,
        operation,
        calls,
        "execute" in names,
        _made(receiver, module),
        schema=schema_of(module.value(receiver)),
    )


def _later(chain: Node, module: "Module") -> Iterator[Node]:
    """The calls on the variable that a chain is kept in: `query = query.or_(…)`, `query.limit(10).execute()`."""
    kept = chain.parent
    variable = kept.child_by_field_name("left") if kept is not None and kept.type == "assignment" else None
    if variable is None or variable.type != "identifier":
        return
    name = module.text(variable)
    after = [call for call in module.calls_in(module.scope(chain)) if call.start_byte >= chain.end_byte]
    for call in sorted(after, key=lambda one: one.end_byte):
        begins = root(call)
        if begins is not None and begins.type == "identifier" and module.text(begins) == name:
            yield call
