"""The TypeScript and TSX grammars, and the few questions that every reader asks a node."""

from functools import cache

import tree_sitter_typescript
from tree_sitter import Language, Node, Query, Tree

from .. import trees

TYPESCRIPT = Language(tree_sitter_typescript.language_typescript())
TSX = Language(tree_sitter_typescript.language_tsx())

FUNCTIONS = frozenset(
    {
        "function_declaration",
        "function_expression",
        "arrow_function",
        "method_definition",
        "generator_function_declaration",
        "generator_function",
    }
)
CLASSES = frozenset({"class_declaration", "abstract_class_declaration", "class"})
CALLS = frozenset({"call_expression", "new_expression"})
TRANSPARENT = frozenset(
    {
        "parenthesized_expression",
        "await_expression",
        "as_expression",
        "satisfies_expression",
        "non_null_expression",
        "type_assertion",
        "instantiation_expression",
    }
)


def parse(data: bytes, language: Language) -> Tree:
    """The syntax tree of `data`; parts that the grammar does not know become ERROR nodes. Raises TimeoutError."""
    return trees.parse(data, language)


@cache
def query(text: str, language: Language) -> Query:
    """The compiled query."""
    return Query(language, text)


def captures(text: str, node: Node, language: Language) -> dict[str, list[Node]]:
    """All captures of the query `text` under `node`, by name, each in the order of the file, the outer node first."""
    return trees.in_order(trees.captures(query(text, language), node))


def field(node: Node, name: str) -> Node | None:
    """The child in the field `name`."""
    return node.child_by_field_name(name)


def children(node: Node) -> list[Node]:
    """The named children without comments."""
    return [child for child in node.named_children if child.type != "comment"]


def unwrapped(node: Node) -> Node:
    """The expression inside parentheses, `await`, `as`, `satisfies`, `!` and type assertions."""
    while node.type in TRANSPARENT:
        inner = children(node)
        if not inner:
            return node
        node = inner[-1] if node.type == "type_assertion" else inner[0]
    return node


def callee(node: Node) -> Node | None:
    """The callee of a call or `new`, unwrapped."""
    found = node.child_by_field_name("function" if node.type == "call_expression" else "constructor")
    return None if found is None else unwrapped(found)


def is_awaited(call: Node) -> bool:
    """Whether a call is waited for where it stands; the grammar hangs the `await` of `await one<Row>(…)` on the callee.

    (Or on what is inside of it: a tagged template with types is a call of an instantiated `await`.)
    """
    if call.parent is not None and call.parent.type == "await_expression":
        return True
    inner = call.child_by_field_name("function")
    while inner is not None and inner.type in TRANSPARENT:
        if inner.type == "await_expression":
            return True
        inner = inner.named_children[0] if inner.named_children else None
    return False


def is_waited_for(call: Node) -> bool:
    """Whether the result of a call, or of the chain that goes on, is awaited, returned or given to `Promise.all`.

    Lists of calls that are given to anything else are not.
    """
    child, parent = call, call.parent
    if is_awaited(call):
        return True
    while parent is not None and parent.type in (*TRANSPARENT, "array", "member_expression", "call_expression"):
        if parent.type == "await_expression" or (parent.type == "call_expression" and is_awaited(parent)):
            return True
        child, parent = parent, parent.parent
    around = parent.parent if parent is not None and parent.type == "arguments" else None
    if around is not None and child.type == "array":
        function = callee(around)
        return function is not None and (function.text or b"").startswith(b"Promise.all")
    return parent is not None and parent.type == "return_statement"


def template(node: Node) -> Node | None:
    """The template string of a tagged template, None for an ordinary call."""
    arguments = node.child_by_field_name("arguments")
    return arguments if arguments is not None and arguments.type == "template_string" else None


def arguments(node: Node) -> list[Node]:
    """The arguments of a call or `new` as written, without comments; spreads are `spread_element` nodes."""
    found = node.child_by_field_name("arguments")
    return children(found) if found is not None and found.type == "arguments" else []
