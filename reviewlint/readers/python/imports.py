"""Imports: the facts, and the names that they bind in the file."""

import re
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from tree_sitter import Node

from ...facts.file import FileFact
from ...facts.imports import Import

if TYPE_CHECKING:
    from .module import Module

CALLS = frozenset({"import_module", "__import__", "spec_from_file_location", "SourceFileLoader", "run_path"})
_BY_PATH = {
    "importlib.util.spec_from_file_location": 1,
    "importlib.machinery.SourceFileLoader": 1,
    "runpy.run_path": 0,
}
"""What loads a file by its path, and which argument that is (Python's library, `importlib`, `runpy`)."""
_FILE = re.compile(rb"""["'/]([A-Za-z_]\w*)\.py["')\s]*$""")

Imported = tuple[Node, str | None, tuple[tuple[str, str], ...]]
"""A statement, the module that `from … import` names (None for `import a as b`), and its names with the local ones."""


def call(node: Node, module: "Module") -> Iterator[FileFact]:
    """A dynamic import of a module whose name is constant, or of a file: `.stock` for `ROOT / "stock.py"`."""
    from ...facts.values import constant_text

    callee, arguments = module.callee(node), module.arguments(node)
    if callee in _BY_PATH:
        for given in arguments[_BY_PATH[callee] :][:1]:
            yield from (Import(module.location(node), f".{file}", dynamic=True) for file in _files(given, module))
        return
    if callee not in ("importlib.import_module", "__import__"):
        return
    name = constant_text(module.value(arguments[0])) if arguments else None
    if name:
        yield Import(module.location(node), name, dynamic=True)


def _files(given: Node, module: "Module") -> Iterator[str]:
    """What the Python files are called whose path an argument is, as far as it or what it is assigned ends in that."""
    if given.type == "call" and len(inner := module.arguments(given)) == 1:
        given = inner[0]  # `str(path)`
    scope = module.scope(given).function
    places = [scope] if scope is not None else []
    paths = [given]
    if given.type == "identifier":
        places.append(module.scopes.at(0))
        paths = next(filter(None, (module.assigned(module.text(given), place) for place in places)), [])
    for path in paths:
        found = _FILE.search(path.text or b"")
        if found is not None:
            yield sys.intern(found[1].decode())


def file(module: "Module") -> Iterator[FileFact]:
    """Every import statement."""
    for node, origin, names in module.imported:
        type_only = module.mentions(b"TYPE_CHECKING") and _only_for_types(node)
        at = module.location(node)
        if origin is not None:
            yield Import(at, origin, names, type_only)
        else:
            for name, local in names:
                yield Import(at, name, (("*", local),) if local else (), type_only)


def imported(nodes: Iterable[Node], module: "Module") -> Iterator[Imported]:
    """The import statements at `nodes`, taken apart."""
    for node in nodes:
        if node.type == "import_statement":
            yield node, None, tuple(_whole(node, module))
        else:
            yield node, _source(node, module), tuple(_names(node, module))


def bound(statements: Iterable[Imported]) -> dict[str, str]:
    """Local names with the dotted names that they stand for (`np` → `numpy`, `User` → `.models.User`)."""
    names: dict[str, str] = {}
    for _, origin, pairs in statements:
        for name, local in pairs:
            if origin is None:
                first = name.partition(".")[0]
                names[local or first] = name if local else first
            elif name != "*":
                names[local] = origin + name if origin.endswith(".") else f"{origin}.{name}"
    return names


def _source(node: Node, module: "Module") -> str:
    """The module that `from … import` names, as written."""
    if node.type == "future_import_statement":
        return "__future__"
    name = node.child_by_field_name("module_name")
    return sys.intern("".join(module.text(name).split())) if name is not None else ""


def _whole(node: Node, module: "Module") -> Iterator[tuple[str, str]]:
    """`import a.b as c, d`: (`a.b`, `c`), (`d`, ``)."""
    for child in node.children_by_field_name("name"):
        name, alias = child, None
        if child.type == "aliased_import":
            name, alias = child.child_by_field_name("name") or child, child.child_by_field_name("alias")
        yield sys.intern("".join(module.text(name).split())), module.word(alias) if alias is not None else ""


def _names(node: Node, module: "Module") -> Iterator[tuple[str, str]]:
    for child in node.children_by_field_name("name"):
        name, alias = child, child
        if child.type == "aliased_import":
            name = child.child_by_field_name("name") or child
            alias = child.child_by_field_name("alias") or child
        yield module.word(name), module.word(alias)
    if any(child.type == "wildcard_import" for child in node.named_children):
        yield "*", "*"


def _only_for_types(node: Node) -> bool:
    block = node.parent
    branch = block.parent if block is not None else None
    if branch is None or branch.type != "if_statement" or branch.child_by_field_name("consequence") != block:
        return False
    condition = branch.child_by_field_name("condition")
    return condition is not None and condition.text in (b"TYPE_CHECKING", b"typing.TYPE_CHECKING", b"t.TYPE_CHECKING")
