"""Reading one Python file, and the `Module` that its readers ask."""

import importlib
import pkgutil
import re
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from types import ModuleType
from typing import TypeVar

from tree_sitter import Node, Tree

from ... import plugins
from ...facts.data import CallMade
from ...facts.file import FileFact, FileFacts, Side
from ...facts.location import Location
from ...facts.values import Value
from ...source import Source
from .. import trees
from ..branches import branches
from ..conditions import with_conditions
from ..givers import givers
from ..insistence import insistences
from ..statements import statements
from ..words import Words
from . import formats, imports, syntax
from .callers import calls_of, made
from .problems import problem
from .scopes import Scope, Scopes
from .values import Evaluator

_SCREEN = """
(call) @call
(function_definition) @scope
(class_definition) @scope
(except_clause) @catch
(decorated_definition) @decorated
(import_statement) @import
(import_from_statement) @import
(future_import_statement) @import
(return_statement) @return
(yield) @yield
(assignment) @assign
(augmented_assignment) @augment
(for_statement) @for
(for_in_clause) @clause
(with_statement) @with
(as_pattern) @as
(named_expression) @walrus
(global_statement) @global
(nonlocal_statement) @global
(delete_statement) @delete
(comparison_operator) @test
(raise_statement) @raise
(assert_statement) @assert
"""
T = TypeVar("T")

_LONG = 200
"""How many bytes a name may have to be remembered by them."""
_CHAIN = 64
"""How many links of a chain of calls have a name."""
_PLAIN = re.compile(rb"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*")


@dataclass(frozen=True, slots=True)
class Catch:
    """The except clause that a node stands in: its `node` and the `variable` that it binds, or `""`."""

    node: Node
    variable: str


class Module:
    """One parsed file, as readers see it."""

    def __init__(self, path: str, data: bytes, tree: Tree, side: Side = Side.SERVER, *, closely: bool = False) -> None:
        self.path = path
        self.side = side
        self.closely = closely
        self.data = data
        self.root = tree.root_node
        # Everything that the screen caught, by the names above, each kind in the order of the text.
        self.seen = seen = syntax.captures(_SCREEN, self.root)
        self.calls: list[Node] = seen.get("call", [])
        self.catches: list[Node] = seen.get("catch", [])
        self.decorated: list[Node] = seen.get("decorated", [])
        self.scopes = Scopes(self.root, seen.get("scope", []), data)
        self.imported = list(imports.imported(seen.get("import", ()), self))
        self.names = imports.bound(self.imported)
        self._dotted: dict[bytes, str] = {}
        self._callees: dict[int, str] = {}
        self._words = Words(data)
        self._made: dict[object, object] = {}
        self._parted: dict[str, dict[int, list[Node]]] = {}
        self._starts: dict[str, list[int]] = {}
        self._evaluator = Evaluator(self)

    def release(self) -> None:
        """Let go of the tree and of all that is known: it refers to each other and would wait for the collector."""
        vars(self._evaluator).clear()
        vars(self).clear()

    # Where

    @cached_property
    def _wide(self) -> dict[int, bytes]:
        """The lines that are not ASCII, by number from 0."""
        if self.data.isascii():
            return {}
        return {number: line for number, line in enumerate(self.data.split(b"\n")) if not line.isascii()}

    def location(self, node: Node) -> Location:
        """Where `node` stands, 1-based, columns in code points."""
        (row, column), (end_row, end_column) = node.start_point, node.end_point
        if (wide := self._wide) and (row in wide or end_row in wide):
            column, end_column = self._column(row, column), self._column(end_row, end_column)
        return tuple.__new__(Location, (self.path, row + 1, column + 1, end_row + 1, end_column + 1))

    def _column(self, row: int, column: int) -> int:
        line = self._wide.get(row)
        if line is None:
            return column
        before = line[:column].removeprefix(b"\xef\xbb\xbf") if row == 0 else line[:column]
        return len(before) if before.isascii() else len(before.decode("utf-8", "replace"))

    def scope(self, node: Node) -> Scope:
        """The innermost scope around `node`; a definition's own scope for what is inside it, not for its decorators."""
        return self.scopes.at(node.start_byte)

    def enclosing(self, node: Node) -> str:
        """The qualified name of the function that `node` stands in, `""` outside of functions."""
        function = self.scope(node).function
        return function.name if function is not None else ""

    def catch_of(self, node: Node) -> Catch | None:
        """The innermost except clause that `node` stands in (of the same function), or None."""
        position = node.start_byte
        for clause in reversed(self.catches[: bisect_right(self._catch_starts, position)]):
            if clause.end_byte > position:
                if self.scopes.at(position) is not self.scopes.at(clause.start_byte):
                    return None
                return Catch(clause, self.catch_variable(clause))
        return None

    @cached_property
    def _catch_starts(self) -> list[int]:
        return [clause.start_byte for clause in self.catches]

    def catch_variable(self, clause: Node) -> str:
        """The name that an except clause binds, or `""`."""
        value = clause.child_by_field_name("value")
        alias = value.child_by_field_name("alias") if value is not None and value.type == "as_pattern" else None
        return self.text(alias) if alias is not None else ""

    @cached_property
    def called(self) -> dict[bytes, list[Node]]:
        """The calls by the last name of what is called, each in the order of the text."""
        found: dict[bytes, list[Node]] = {}
        data = self.data
        for node in self.calls:
            function = node.child(0)
            if function is not None:
                name = data[function.start_byte : function.end_byte].rpartition(b".")[2].strip()
                if name in found:
                    found[name].append(node)
                else:
                    found[name] = [node]
        return found

    def calls_in(self, scope: Scope) -> list[Node]:
        """The calls that stand in `scope` itself, not in a definition inside it."""
        return self.captured("call", scope)

    def captured(self, kind: str, scope: Scope) -> list[Node]:
        """The captures of the screen called `kind` that stand in `scope` itself, in order."""
        parted = self._parted.get(kind)
        if parted is None:
            parted = self._parted[kind] = self.scopes.parted(self.seen.get(kind, ()))
        return parted.get(scope.number, [])

    def inside(self, kind: str, node: Node) -> list[Node]:
        """The captures of the screen called `kind` that stand in `node`, definitions inside it included, in order."""
        starts = self._starts.get(kind)
        if starts is None:
            starts = self._starts[kind] = [found.start_byte for found in self.seen.get(kind, ())]
        first, last = bisect_left(starts, node.start_byte), bisect_left(starts, node.end_byte)
        return self.seen[kind][first:last] if first < last else []

    def once(self, make: "Callable[[Module], T]") -> T:
        """`make(module)`, computed once for the file."""
        if make not in self._made:
            self._made[make] = make(self)
        return self._made[make]  # type: ignore[return-value]

    # What

    def mentions(self, *words: bytes) -> bool:
        """Whether one of `words` occurs in the bytes of the file."""
        return self._words.mentioned(words)

    def has_import(self, *modules: str) -> bool:
        """Whether the file imports one of `modules` or something inside it."""
        return not self._imported.isdisjoint(modules)

    @cached_property
    def _imported(self) -> frozenset[str]:
        """The dotted names of all imports and of the packages around them."""
        whole = {name for _, origin, pairs in self.imported if origin is None for name, _ in pairs}
        names = whole.union(self.names.values(), (origin or "" for _, origin, _ in self.imported))
        around = names
        while around := {name.rpartition(".")[0] for name in around if "." in name} - names:
            names |= around
        return frozenset(names)

    def text(self, node: Node) -> str:
        """The source of `node`."""
        return self.data[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def word(self, node: Node) -> str:
        """The same of a name: one object for all of them, whatever the file, so that facts are packed with less."""
        return sys.intern(self.text(node))

    def one_line(self, node: Node, limit: int = 80) -> str:
        """The source of `node` on one line, cut at `limit` characters."""
        text = " ".join(
            self.data[node.start_byte : min(node.end_byte, node.start_byte + 8 * limit)]
            .decode("utf-8", "replace")
            .split()
        )
        return text if len(text) <= limit else text[: limit - 1] + "…"

    def dotted(self, node: Node) -> str:
        """The dotted name of an expression, its first name resolved through the file's imports.

        Calls in the chain stand as `()`, subscripts as `[]`: `get_logger().bind`. `""` where it is no such chain.
        """
        if node.end_byte - node.start_byte > _LONG:
            return self._chained(node)
        text = self.data[node.start_byte : node.end_byte]
        known = self._dotted.get(text)
        if known is None:
            known = self._dotted[text] = sys.intern(self._name(node, text))
        return known

    def _name(self, node: Node, text: bytes) -> str:
        if _PLAIN.fullmatch(text):
            first, dot, rest = text.decode().partition(".")
            return self.names.get(first, first) + dot + rest
        return self._chained(node)

    def _chained(self, node: Node) -> str:
        suffixes: list[str] = []
        while len(suffixes) <= _CHAIN:
            node = syntax.unwrapped(node)
            inner: Node | None
            match node.type:
                case "identifier":
                    name = self.text(node)
                    return self.names.get(name, name) + "".join(reversed(suffixes))
                case "attribute":
                    inner, name_node = node.child_by_field_name("object"), node.child_by_field_name("attribute")
                    suffixes.append("." + (self.text(name_node) if name_node is not None else ""))
                case "call":
                    inner = node.child_by_field_name("function")
                    suffixes.append("()")
                case "subscript":
                    inner = node.child_by_field_name("value")
                    suffixes.append("[]")
                case "string" | "concatenated_string":
                    return "str" + "".join(reversed(suffixes))
                case _:
                    return ""
            if inner is None:
                return ""
            node = inner
        return ""

    def callee(self, call: Node) -> str:
        """The dotted name of what a call calls."""
        known = self._callees.get(call.id)
        if known is None:
            function = call.child_by_field_name("function")
            known = self._callees[call.id] = self.dotted(function) if function is not None else ""
        return known

    def arguments(self, call: Node) -> list[Node]:
        """The positional arguments up to the first spread."""
        return list(syntax.positional(call))

    def keywords(self, call: Node) -> dict[str, Node]:
        """The keyword arguments by name."""
        found: dict[str, Node] = {}
        arguments = call.child_by_field_name("arguments")
        for child in arguments.named_children if arguments is not None else ():
            if child.type == "keyword_argument":
                name, value = child.child_by_field_name("name"), child.child_by_field_name("value")
                if name is not None and value is not None:
                    found[self.text(name)] = value
        return found

    def given_as(self, names: tuple[bytes, ...], call: Node) -> list[Node]:
        """The arguments that a call is given under one of these names, in the order of the names."""
        arguments = call.child_by_field_name("arguments")
        found: dict[bytes, Node] = {}
        for child in arguments.named_children if arguments is not None else ():
            if child.type == "keyword_argument" and self.data.startswith(names, child.start_byte):
                name, value = child.child_by_field_name("name"), child.child_by_field_name("value")
                if name is not None and value is not None:
                    found[self.data[name.start_byte : name.end_byte]] = value
        return [found[name] for name in names if name in found]

    def decorators(self, scope: Scope) -> tuple[str, ...]:
        """The dotted names of a definition's decorators, calls without their arguments."""
        outer = scope.node.parent
        if outer is None or outer.type != "decorated_definition":
            return ()
        names = (
            self.dotted(child.named_children[0]).removesuffix("()")
            for child in outer.named_children
            if child.type == "decorator" and child.named_children
        )
        return tuple(name for name in names if name)

    def value(self, node: Node) -> Value:
        """What the expression can be."""
        return self._evaluator.value(node)

    def formatted(self, at: Location, template: Value, arguments: Sequence[Value], names: dict[str, Value]) -> Value:
        """What `template.format(*arguments, **names)` makes of values."""
        return formats.formatted(at, template, arguments, names, None)

    def joined(self, at: Location, separator: Value, items: Value) -> Value:
        """What `separator.join(items)` makes of values."""
        return formats.joined(at, separator, items)

    def given_by(self, callee: str) -> Iterator[Value]:
        """What a call of a function of this file may give: what it returns, or yields as a context manager."""
        scope = self.scopes.named(callee)
        for node in [] if scope is None else self.captured("return", scope) + self.captured("yield", scope):
            inner = syntax.children(node)
            if inner:
                yield self.value(inner[0])

    def may_be_text(self, node: Node) -> bool:
        """Whether an expression can be text, by its form alone; cheap, to be asked where only text matters."""
        return self._evaluator.may_be_text(node)

    def assigned(self, name: str, scope: Scope, *, whatever_it_holds: bool = False) -> list[Node]:
        """The expressions that are assigned to a plain name in `scope` itself."""
        return self._evaluator.assigned(name, scope, whatever_it_holds=whatever_it_holds)

    def returns(self, scope: Scope) -> list[Node]:
        """The expressions that a function returns, in order; none for generators."""
        return self._evaluator.returns(scope)


Hook = Callable[..., Iterator[FileFact]]


@cache
def readers() -> tuple[ModuleType, ...]:
    """The readers of this folder: its modules with at least one hook."""
    package = __name__.rpartition(".")[0]
    folder = importlib.import_module(package)
    modules = [importlib.import_module(f"{package}.{found.name}") for found in pkgutil.iter_modules(folder.__path__)]
    modules += plugins.readers("python")
    hooks = ("call", "decorated", "function", "klass", "catch", "file")
    return tuple(
        module
        for module in modules
        if any(module.__name__ == getattr(getattr(module, hook, None), "__module__", "") for hook in hooks)
    )


def read(source: Source, data: bytes) -> FileFacts:
    """The facts of one Python file, in the order of its text."""
    tree = syntax.parse(data)
    if (nothing := trees.rubble(source, tree.root_node)) is not None:
        return nothing
    module = Module(source.path, data, tree, source.side, closely=source.closely)
    try:
        return FileFacts(source.path, source.language, source.side, tuple(_sorted(module)))
    finally:
        module.release()


def _sorted(module: Module) -> list[FileFact]:
    facts = list(with_conditions(_facts(module), module.root, module.data))
    facts += branches(facts, module.root, module.data, module.location)
    facts += statements(facts)
    facts += insistences(facts, module.root, module.data, module.location)
    facts += givers(facts, lambda name: calls_of(name, module), module.value, module.location)
    broken = problem(module)
    if broken is not None:
        facts.append(broken)
    facts.sort(key=_order)
    return facts


def calls_made(source: Source, data: bytes, names: Collection[str]) -> Iterator[CallMade]:
    """The calls in one Python file of what is called so, by the last part of its name."""
    yield from made(names, Module(source.path, data, _parsed_once(data), source.side))


_parsed_once = lru_cache(trees.KEPT)(syntax.parse)


def _order(fact: FileFact) -> tuple[int, int, str]:
    return fact.at.line, fact.at.column, type(fact).__name__


@cache
def _triggers(reader: str) -> tuple[bytes, ...]:
    """The words without one of which a reader has nothing to do in a file; none where it always has."""
    return getattr(sys.modules[reader], "TRIGGERS", ())


class _Active(dict[str, bool]):
    """Which readers the file has work for, found out when first asked for."""

    def __init__(self, module: Module) -> None:
        super().__init__()
        self._module = module

    def __missing__(self, name: str) -> bool:
        triggers = _triggers(name)
        self[name] = not triggers or self._module.mentions(*triggers)
        return self[name]


@cache
def _with(hook: str) -> tuple[tuple[str, Hook], ...]:
    """The readers that have a hook, by name."""
    return tuple((reader.__name__, getattr(reader, hook)) for reader in readers() if hasattr(reader, hook))


@cache
def _by_name(hook: str, names: str) -> dict[bytes, list[tuple[str, Hook]]]:
    """For each last name that readers list under `names`, those readers with their hooks."""
    found: dict[bytes, list[tuple[str, Hook]]] = {}
    for reader in readers():
        for name in getattr(reader, names, ()):
            found.setdefault(name.encode(), []).append((reader.__name__, getattr(reader, hook)))
    return found


def _facts(module: Module) -> Iterator[FileFact]:
    active = _Active(module)
    for reader, hook in _with("file"):
        if active[reader]:
            yield from hook(module)
    wanted = _by_name("call", "CALLS")
    for name in sorted(wanted.keys() & module.called.keys()):
        for reader, hook in wanted[name]:
            if active[reader]:
                for node in module.called[name]:
                    yield from hook(node, module)
    yield from _of_decorators(module, active)
    functions = [hook for reader, hook in _with("function") if active[reader]]
    classes = [hook for reader, hook in _with("klass") if active[reader]]
    for scope in module.scopes.all[1:]:
        for hook in functions if scope.kind == "function" else classes:
            yield from hook(scope, module)
    catches = [hook for reader, hook in _with("catch") if active[reader]]
    for node in module.catches if catches else ():
        for hook in catches:
            yield from hook(node, module)


def _of_decorators(module: Module, active: _Active) -> Iterator[FileFact]:
    wanted = _by_name("decorated", "DECORATORS")
    for definition in module.decorated:
        inner = definition.child_by_field_name("definition")
        for decorator in definition.named_children:
            if decorator.type != "decorator" or inner is None or not decorator.named_children:
                continue
            expression = decorator.named_children[0]
            if expression.type == "call":
                expression = expression.child_by_field_name("function") or expression
            name = module.data[expression.start_byte : expression.end_byte].rpartition(b".")[2].strip()
            for reader, hook in wanted.get(name, ()):
                if active[reader]:
                    yield from hook(decorator, inner, module)
