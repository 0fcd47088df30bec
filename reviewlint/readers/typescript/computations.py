"""What computes or compares values, in files whose lines seldom choose a way."""

from collections.abc import Iterator

from tree_sitter import Node

from ...facts.code import Computation
from ...facts.file import FileFact, Side
from ..decisions import TAKES_TIME, outermost
from . import syntax
from .module import Module
from .structure import decisions

_QUERY = """
[(binary_expression) (augmented_assignment_expression) (ternary_expression)] @computes
(call_expression function: (member_expression object: (identifier) @_math) (#eq? @_math "Math")) @computes
(call_expression function: (member_expression property: (property_identifier) @_name)
  arguments: (arguments . (regex)) (#any-of? @_name "replace" "replaceAll" "match" "split")) @computes
(call_expression function: (member_expression object: (regex))) @computes
(if_statement condition: (_) @header)
(while_statement condition: (_) @header)
(do_statement condition: (_) @header)
(for_statement condition: (_) @header)
(for_statement increment: (_) @header)
(throw_statement) @header
"""
_ARITHMETIC = frozenset({"-", "*", "/", "%", "**", "+"})
_STEPS = frozenset({"+=", "-=", "*=", "/=", "%=", "**="})
_COMPARISONS = frozenset({"<", "<=", ">", ">=", "==", "!=", "===", "!=="})
_CONSTANT = frozenset({"number", "true", "false", "null", "undefined"})
_TEXT = frozenset({"string", "template_string", "array", "object"})
_ABSENT = frozenset({"null", "undefined", "string", "array", "object", "false", "true"})
"""What stands for something that is missing, where one of these is chosen."""
_MISSING = ("null", "undefined", "true", "false")
_OF_KIND = ("instanceof", "in", "typeof")
"""What asks of which kind something is, to make another of it."""
_PAGES = (".tsx", ".jsx")


def file(module: Module) -> Iterator[FileFact]:
    """Each such expression of a function; none of tests, of what runs in browsers, of files that decide much anyhow."""
    if module.side in (Side.TEST, Side.BROWSER) or module.path.endswith(_PAGES) or len(module.scopes.all) < 2:
        return
    if not module.once(decisions).are_few:
        return
    found = syntax.captures(_QUERY, module.root, module.language)
    computing = (node for node in found.get("computes", ()) if _computes(node, module))
    for node in outermost(computing, found.get("header", ())):
        if function := module.enclosing(node):
            yield Computation(module.location(node), function)


def _computes(node: Node, module: Module) -> bool:
    if module.data.find(b".env", node.start_byte, node.end_byte) >= 0:
        return False
    is_comparison = node.type == "binary_expression" and _operator(node) in _COMPARISONS
    if not is_comparison and TAKES_TIME.search(module.data, node.start_byte, node.end_byte):
        return False
    operands = [syntax.unwrapped(child) for child in syntax.children(node)]
    kinds = [operand.type for operand in operands]
    match node.type:
        case "binary_expression":
            if _operator(node) in _ARITHMETIC:
                is_constant = all(operand.type in _CONSTANT or module.text(operand).isupper() for operand in operands)
                return not is_constant and _TEXT.isdisjoint(kinds)
            texts = [module.text(operand) for operand in operands]
            asks = any(text in _MISSING or text.startswith("typeof ") for text in texts)
            return is_comparison and not asks and not _asks_length(texts)
        case "augmented_assignment_expression":
            return _operator(node) in _STEPS and _TEXT.isdisjoint(kinds)
        case "ternary_expression":
            by_name = kinds[:1] == ["identifier"] and kinds[1:] != ["number", "number"]
            asks = by_name or _operator(operands[0]) in _OF_KIND
            return len(kinds) == 3 and _ABSENT.isdisjoint(kinds[1:]) and not asks
    return True


def _operator(node: Node) -> str:
    operator = node.child_by_field_name("operator")
    return operator.type if operator is not None else ""


def _asks_length(texts: list[str]) -> bool:
    """Whether it only asks whether there are any: `rows.length > 0`."""
    return any(text.endswith(".length") for text in texts) and any(text in ("0", "1") for text in texts)
