"""Tests that do not run, and the reasons that are given for it: marks of functions, classes and modules, `skip()`."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tree_sitter import Node

from ...facts.file import FileFact
from ...facts.tests import TestCase
from ...facts.values import constant_text
from .scopes import Scope
from .test_paths import is_test

if TYPE_CHECKING:
    from .module import Module

_SKIP = re.compile(r"^@(?:[\w.]+\.)?(?:skip\b|xfail\([^()]*\brun\s*=\s*False)")
_SKIPS = frozenset({"pytest.skip", "self.skipTest", "unittest.SkipTest"})
"""What a test calls, or raises, to be skipped from there on."""
_NO_REASON = frozenset({"allow_module_level", "run", "strict"})
"""Keywords that say how to skip, not why."""
_READY = frozenset({"setUp", "setUpClass", "asyncSetUp", "setup_method", "setup_class"})
"""What runs before each test of a class, or before all of them."""
_TESTS = re.compile(r"(?:^|\.)(?:Test\w*|\w*Tests?|\w*TestCase|\w*Spec)$")


def marks(scope: Scope, module: "Module") -> list[Node]:
    """The decorators by which a function or class of tests is skipped."""
    parent = scope.node.parent
    around = parent.named_children if parent is not None and parent.type == "decorated_definition" else ()
    return [one for one in around if one.type == "decorator" and _SKIP.search(module.text(one))]


def klass(scope: Scope, module: "Module") -> Iterator[FileFact]:
    """A class of tests that is skipped as a whole: by its decorator, the `pytestmark` in it, or what makes it ready."""
    if not is_test(module.path) or not _TESTS.search(scope.name):
        return
    ready = (one for one in module.scopes.all if one.parent is scope and one.name.rpartition(".")[2] in _READY)
    found = [
        *marks(scope, module),
        *_marked(scope.body, module),
        *filter(None, (skipping(one, module) for one in ready)),
    ]
    if found:
        why = next(filter(None, (reason(mark, module) for mark in found)), "")
        yield TestCase(module.location(scope.node), scope.name, "pytest", asserts=True, skipped=True, reason=why)


def file(module: "Module") -> Iterator[FileFact]:
    """A file of tests that is skipped as a whole, whatever happens: by its `pytestmark`, or by a `skip()` in it.

    So is a row of the table that a test is repeated for: `pytest.param(7, marks=pytest.mark.skip)`.
    """
    if is_test(module.path):
        yield from _rows(module)
    if not is_test(module.path) or not module.mentions(b"pytestmark", b"allow_module_level"):
        return
    name = module.path.rpartition("/")[2].removesuffix(".py")
    skipping = (one for child in module.root.named_children if (one := _skip_in(child, module)) is not None)
    for mark in (*_marked(module.root, module), *skipping):
        why = reason(mark, module)
        yield TestCase(module.location(mark), name, "pytest", asserts=True, skipped=True, reason=why)


def _rows(module: "Module") -> Iterator[TestCase]:
    for row in module.called.get(b"param", ()):
        given = module.keywords(row).get("marks") if module.callee(row) == "pytest.param" else None
        several = () if given is None else given.named_children if given.type in ("list", "tuple") else (given,)
        for mark in (one for one in several if _SKIP.search(f"@{module.text(one)}")):
            why = (_said_by(mark, module) if mark.type == "call" else "") or _beside(row, module)
            at = module.location(row)
            yield TestCase(at, _of_row(row, module), "pytest", asserts=True, skipped=True, reason=why)


def _of_row(row: Node, module: "Module") -> str:
    """What the test of a row is called, with the row's own name; the row itself where its table stands alone."""
    known_as = module.keywords(row).get("id")
    own = constant_text(module.value(known_as)) if known_as is not None else None
    outer: Node | None = row
    while outer is not None and outer.type != "decorated_definition":
        outer = outer.parent
    test = outer.child_by_field_name("definition") if outer is not None else None
    name = test.child_by_field_name("name") if test is not None else None
    if name is None:
        return own or module.one_line(row)
    return f"{module.text(name)}[{own}]" if own else module.text(name)


def _beside(node: Node, module: "Module") -> str:
    """The comment right above a row of a table, or behind it."""
    before, after = node.prev_named_sibling, node.next_named_sibling
    if before is not None and before.type == "comment" and before.start_point[0] == node.start_point[0] - 1:
        return module.text(before)
    if after is not None and after.type == "comment" and after.start_point[0] == node.end_point[0]:
        return module.text(after)
    return ""


def skipping(scope: Scope, module: "Module") -> Node | None:
    """The `skip()` with which a test begins, so that nothing of it runs."""
    statements = [one for one in scope.body.named_children if one.type != "comment"]
    if statements and statements[0].type == "expression_statement" and statements[0].named_children[0].type == "string":
        statements = statements[1:]
    return _skip_in(statements[0], module) if statements else None


def reason(mark: Node, module: "Module") -> str:
    """The reason that a skip gives: its text, its condition, or a comment above or beside it."""
    made = mark.named_children[0] if mark.type == "decorator" else mark
    if made.type == "call" and (module.arguments(made) or not _NO_REASON.issuperset(module.keywords(made))):
        return _said_by(made, module)
    if mark.type != "decorator":
        mark = _statement(mark)
    before, after = mark.prev_named_sibling, mark.next_named_sibling
    if mark.named_children and mark.named_children[-1].type == "comment":
        return module.text(mark.named_children[-1])
    if before is not None and before.type == "comment":
        return module.text(before)
    if after is not None and after.type == "comment":
        return module.text(after)
    above = mark.parent.prev_named_sibling if mark.parent is not None and mark.prev_named_sibling is None else None
    if above is not None and above.type == "comment" and mark.start_point[0] - above.end_point[0] == 1:
        return module.text(above)
    return ""


def first_words(scope: Scope, module: "Module") -> str:
    """The comment that a test's body begins with, where it says more than a heading of one word: `# Arrange`."""
    above = [
        one for one in scope.node.named_children if one.type == "comment" and one.end_byte <= scope.body.start_byte
    ]
    comments = (module.text(one) for one in (*above, *scope.body.named_children[:1]) if one.type == "comment")
    return next((text for text in comments if len(text.strip("# \t").split()) > 1), "")


def _said_by(made: Node, module: "Module") -> str:
    """What a skip is given as its reason, or as its condition."""
    keywords = (one for name, one in module.keywords(made).items() if name not in _NO_REASON)
    given = any(constant_text(module.value(one)) != "" for one in (*module.arguments(made), *keywords))
    return module.one_line(made) if given else ""


def _statement(node: Node) -> Node:
    while node.parent is not None and node.parent.type not in ("block", "module"):
        node = node.parent
    return node


def _marked(body: Node, module: "Module") -> Iterator[Node]:
    """The marks in `pytestmark = pytest.mark.skip` of a body, one or a list of them."""
    for statement in body.named_children:
        inner = statement.named_children[0] if statement.type == "expression_statement" else None
        if inner is None or inner.type != "assignment":
            continue
        left, right = inner.child_by_field_name("left"), inner.child_by_field_name("right")
        if left is None or right is None or module.text(left) != "pytestmark":
            continue
        several = right.named_children if right.type in ("list", "tuple") else [right]
        yield from (one for one in several if _SKIP.search(f"@{module.text(one)}"))


def _skip_in(statement: Node, module: "Module") -> Node | None:
    """The `skip()` that a statement is: `pytest.skip()`, `self.skipTest("")`, `raise unittest.SkipTest`."""
    inner = statement.named_children[0] if statement.named_children else None
    if statement.type not in ("expression_statement", "raise_statement") or inner is None:
        return None
    if inner.type == "call":
        return inner if module.callee(inner) in _SKIPS else None
    return (
        inner
        if statement.type == "raise_statement" and module.text(inner) in ("SkipTest", "unittest.SkipTest")
        else None
    )
