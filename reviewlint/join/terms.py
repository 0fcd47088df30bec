"""The code of a function as nested lists, each by its kind; those of statements one after another are `do`."""

from collections.abc import Iterable

from .alike import Tree

Part = Tree | str

FUNCTIONS = frozenset({"function", "function_definition", "method_definition", "lambda"})


def kind(node: Tree) -> str:
    """What a node is, `""` where that is no word."""
    return node[0] if node and isinstance(node[0], str) else ""


def do(statements: Iterable[Part]) -> Tree:
    """Statements one after another as one."""
    return ["do", *statements]


def statements_of(part: Part) -> Tree:
    """The statements that `do` holds; a single one is itself."""
    return part[1:] if isinstance(part, list) and part[:1] == ["do"] else [part]
