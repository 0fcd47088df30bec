"""The parts of a test file, so that two versions of it can be compared case by case: the same for every language.

What holds no case is one part with the names that it makes; what holds some is taken apart further. A text that stands
alone or is given to a call that holds cases is a title or says something, and is no part.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator

from tree_sitter import Node

from ..facts.location import Location
from ..facts.tests import TestPart

_LEFT_OUT = frozenset(
    "comment type type_annotation type_arguments type_parameters import_statement import_from_statement "
    "future_import_statement".split()
)
_LAYOUT = frozenset("( ) , ; : ' \" ` => string_start string_end escape_interpolation".split())
_TEXTS = frozenset({"string", "template_string", "concatenated_string"})
_GIVEN = frozenset({"arguments", "argument_list"})
_QUERY = re.compile(r"\{\s*\w+\s*[\w({:}]")
"""What a query of GraphQL holds: a field and what is asked of it."""
_FIELD = re.compile(r"[A-Za-z_]\w*")
_IMPORTS = frozenset({"import_statement", "import_from_statement", "future_import_statement"})


def parts(
    root: Node,
    cases: Collection[Node],
    names: Callable[[Node], tuple[str, ...]],
    location: Callable[[Node], Location],
) -> Iterator[TestPart]:
    """Every part of the file below `root`; `names` says what a statement makes."""
    own = {case.id for case in cases}
    around: set[int] = set()
    for case in cases:
        above = case.parent
        while above is not None and above.id not in around:
            around.add(above.id)
            above = above.parent
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.id in around and node.id not in own:
            waiting += reversed(node.named_children)
            continue
        above = node.parent or node
        title = (node.type in _TEXTS and above.type in _GIVEN) or node == above.child_by_field_name("name")
        if not title and (words := tuple(_words(node, node.id in own))):
            is_case = node.id in own
            uses = tuple(dict.fromkeys(word for leaf in _leaves(node) for word in _named_in(leaf)))
            made = () if is_case else names(node)
            yield TestPart(location(node), made, " ".join(words), uses, location(above), is_case)


def _leaves(top: Node) -> Iterator[str]:
    waiting = [top]
    while waiting:
        node = waiting.pop()
        if node.type != "comment" and node.type not in _IMPORTS:
            waiting += reversed(node.children)
            if not node.child_count:
                yield (node.text or b"").decode("utf-8", "replace")


def _named_in(leaf: str) -> Iterable[str]:
    """A word itself; of a query of GraphQL, its fields."""
    if leaf.isidentifier():
        return (leaf,)
    return _FIELD.findall(leaf) if _QUERY.search(leaf) else ()


def _words(top: Node, is_case: bool) -> Iterator[str]:
    """What a part says: of a case without its name and its title."""
    title = _title(top) if is_case else None
    waiting = [top]
    while waiting:
        node = waiting.pop()
        if node.type in _LEFT_OUT or node.type in _LAYOUT or node == title or _says_something(node):
            continue
        waiting += reversed(node.children)
        if not node.child_count or (node.type in _TEXTS and not node.named_child_count):
            yield (node.text or b"").decode("utf-8", "replace")


def _title(case: Node) -> Node | None:
    """The name of a test function, the first text that a call is given."""
    definition = case.child_by_field_name("definition") or case
    given = definition.child_by_field_name("arguments")
    if given is None:
        return definition.child_by_field_name("name")
    return next((one for one in given.named_children if one.type in _TEXTS), None)


def _says_something(node: Node) -> bool:
    """Whether a statement is nothing but a text: what documents a function."""
    return node.type == "expression_statement" and [one.type in _TEXTS for one in node.named_children] == [True]
