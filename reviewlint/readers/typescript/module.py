"""Reading one TypeScript or JavaScript file, and the `Module` that its readers ask."""

import importlib
import pkgutil
import re
import sys
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from types import ModuleType
from typing import TypeVar

from tree_sitter import Language, Node, Tree

from ... import plugins
from ...facts.data import CallMade
from ...facts.file import FileFact, FileFacts
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
from . import asked, imports, syntax
from .bindings import Binding, Write
from .callers import calls_of, made
from .forks import with_forks
from .grammar import parsed
from .instances import Instances
from .problems import problem
from .scopes import Scope, Scopes
from .spans import Spans
from .values import Evaluator

_SCREEN = """
[(call_expression) (new_expression)] @call
[(function_declaration) (function_expression) (arrow_function) (method_definition) (generator_function_declaration)
 (generator_function) (class_declaration) (abstract_class_declaration) (class)] @scope
(catch_clause) @catch
(decorator) @decorator
(import_statement) @import
(export_statement) @export
[(variable_declarator) (assignment_expression) (augmented_assignment_expression)
 (update_expression) (for_in_statement) (enum_declaration)
 (unary_expression operator: "delete")] @write
(return_statement) @return
"""
_PLAIN = re.compile(rb"[A-Za-z_$][\w$]*(?:\.[A-Za-z_$#][\w$]*)*", re.ASCII)
_MAX_DEPTH = 200

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Catch:
    """What a node stands in that handles a failure: a `catch` clause or the callback of `.catch(…)`.

    `variable` is the name that the error is bound to, or `""`.
    """

    node: Node
    variable: str


class Module:
    """One parsed file, as readers see it."""

    def __init__(self, source: Source, data: bytes, tree: Tree, language: Language) -> None:
        self.path = source.path
        self.side = source.side
        self.closely = source.closely
        self.data = data
        self.language = language
        self.root = tree.root_node
        self._dotted: dict[bytes, str] = {}
        self._words = Words(data)
        self._made: dict[object, object] = {}
        self._members: dict[int, dict[str, Node]] = {}
        seen = syntax.captures(_SCREEN, self.root, language)
        self.calls: list[Node] = seen.get("call", [])
        self.catches: list[Node] = seen.get("catch", [])
        self.decorators: list[Node] = seen.get("decorator", [])
        self.exports: list[Node] = seen.get("export", [])
        self.writes: list[Node] = seen.get("write", [])
        self._returns: list[Node] = seen.get("return", [])
        self.scopes = Scopes(self.root, seen.get("scope", []), data)
        self.imports = self._imports(seen.get("import", []))
        self.names = imports.local_names(self.imports)
        self._evaluator = Evaluator(self)

    def _imports(self, statements: list[Node]) -> list[imports.Imported]:
        found = [imports.statement(node, self.data) for node in (*statements, *self.exports)]
        if self.mentions(b"<typeof "):
            found = [imports.elided(one, self.data) if one is not None else None for one in found]
        if self.mentions(b"require(", b"import(", b"rewire(", b"proxyquire"):
            found += [imports.loaded(node, self.data) for node, name in self.callees if imports.loads(name)]
        return sorted((one for one in found if one is not None), key=lambda one: one.node.start_byte)

    @cached_property
    def callees(self) -> list[tuple[Node, bytes]]:
        """Every call, `new` and tagged template with the source of its callee, in order."""
        found = []
        data = self.data
        for node in self.calls:
            function = node.child_by_field_name("function") or node.child_by_field_name("constructor")
            if function is not None:
                if function.type in syntax.TRANSPARENT:
                    function = syntax.unwrapped(function)  # `await one<Row>(…)` has its `await` there
                found.append((node, data[function.start_byte : function.end_byte]))
        return found

    def release(self) -> None:
        """Let go of the tree and of all that is known: it refers to each other and would wait for the collector."""
        vars(self._evaluator).clear()
        vars(self).clear()

    # Where

    @cached_property
    def _lines(self) -> list[bytes] | None:
        return None if self.data.isascii() else self.data.split(b"\n")

    def location(self, node: Node) -> Location:
        """Where `node` stands, 1-based, columns in code points."""
        (row, column), (end_row, end_column) = node.start_point, node.end_point
        if self._lines is not None:
            column, end_column = self._column(row, column), self._column(end_row, end_column)
        return tuple.__new__(Location, (self.path, row + 1, column + 1, end_row + 1, end_column + 1))

    def link(self, call: Node) -> Location:
        """Where a call stands; at the end of a chain only its last link, so that it stands on its own line."""
        whole, function, receiver = self.location(call), syntax.callee(call), self.receiver(call)
        own = function.child_by_field_name("property") if function is not None else None
        if own is None or receiver is None or receiver.type not in syntax.CALLS:
            return whole
        start = self.location(own)
        return whole._replace(line=start.line, column=start.column)

    def _column(self, row: int, column: int) -> int:
        assert self._lines is not None
        before = self._lines[row][:column] if row < len(self._lines) else b""
        return column if before.isascii() else len(before.decode("utf-8", "replace"))

    def scope(self, node: Node) -> Scope:
        """The innermost scope around `node`; a function's own scope for what is inside it."""
        return self.scopes.at(node.start_byte)

    def enclosing(self, node: Node) -> str:
        """The qualified name of the function that `node` stands in, `""` outside of functions."""
        function = self.scopes.at(node.start_byte).function
        return function.name if function is not None else ""

    def catch_of(self, node: Node) -> Catch | None:
        """What handles a failure around `node` in the same function: a catch clause or `.catch(…)`; None elsewhere."""
        position = node.start_byte
        inside = self.scopes.at(position)
        clause = self._catch_spans.at(position)
        if clause is not None and self.scopes.at(clause.start_byte).owner is inside.owner:
            return Catch(clause, self.catch_variable(clause))
        scope: Scope | None = inside
        while scope is not None and not scope.own:
            if scope.node.id in self._rejected:
                return Catch(scope.node, scope.parameters[0].name if scope.parameters else "")
            scope = scope.parent
        return None

    @cached_property
    def _catch_spans(self) -> Spans:
        return Spans(self.catches)

    @cached_property
    def _rejected(self) -> frozenset[int]:
        return frozenset(callback.id for callback in self.rejections)

    @cached_property
    def rejections(self) -> tuple[Node, ...]:
        """The callbacks of `.catch(…)`, and those that `.then(…)` gets for failures."""
        found = []
        for node, name in self.callees if self.mentions(b".catch", b".then") else ():
            if name.endswith((b"catch", b"then")):
                match name.rpartition(b".")[2].strip(), syntax.arguments(node):
                    case (b"catch", [callback, *_]) | (b"then", [_, callback, *_]) if callback.type in syntax.FUNCTIONS:
                        found.append(callback)
        return tuple(found)

    def catch_variable(self, clause: Node) -> str:
        """The name that a catch clause binds, or `""`."""
        parameter = clause.child_by_field_name("parameter")
        return self.text(parameter) if parameter is not None and parameter.type == "identifier" else ""

    # What

    def once(self, make: "Callable[[Module], T]") -> T:
        """`make(module)`, computed once for the file."""
        if make not in self._made:
            self._made[make] = make(self)
        return self._made[make]  # type: ignore[return-value]

    def members(self, klass: Scope) -> dict[str, Node]:
        """The fields and methods of a class by name, as declared in its body."""
        known = self._members.get(klass.node.id)
        if known is None:
            known = self._members[klass.node.id] = {}
            for child in klass.body.named_children:
                name = child.child_by_field_name("name")
                if name is not None and child.type in ("public_field_definition", "method_definition"):
                    known.setdefault(self.text(name), child)
        return known

    def mentions(self, *words: bytes) -> bool:
        """Whether one of `words` occurs in the bytes of the file."""
        return self._words.mentioned(words)

    def has_import(self, *modules: str) -> bool:
        """Whether the file imports one of `modules` or something inside it (`pg` also for `pg/lib/client`)."""
        return any(name == wanted or name.startswith(wanted + "/") for name in self._imported for wanted in modules)

    @cached_property
    def _imported(self) -> frozenset[str]:
        return frozenset(one.module for one in self.imports)

    def text(self, node: Node) -> str:
        """The source of `node`."""
        return self.data[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def one_line(self, node: Node, limit: int = 80) -> str:
        """The source of `node` on one line, cut at `limit` characters."""
        start = node.start_byte
        text = " ".join(self.data[start : min(node.end_byte, start + 8 * limit)].decode("utf-8", "replace").split())
        return text if len(text) <= limit else text[: limit - 1] + "…"

    def dotted(self, node: Node) -> str:
        """The dotted name of an expression, its first name resolved through the file's imports.

        Calls in the chain stand as `()`, computed members as `[]`: `getLogger().child`. `""` where it is no such chain.
        """
        start, end = node.start_byte, node.end_byte
        if end - start > 400:
            return self._name(node)
        text = self.data[start:end]
        known = self._dotted.get(text)
        if known is None:
            known = self._dotted[text] = sys.intern(self._name(node))
        return known

    def _name(self, node: Node) -> str:
        text = self.data[node.start_byte : node.end_byte]
        if _PLAIN.fullmatch(text) and node.type in ("identifier", "member_expression"):
            first, dot, rest = text.decode().partition(".")
            return self.names.get(first, first) + dot + rest
        suffixes: list[str] = []
        for _ in range(_MAX_DEPTH):
            node = syntax.unwrapped(node)
            inner: Node | None
            match node.type:
                case "identifier" | "this" | "super" | "import":
                    name = self.text(node)
                    return self.names.get(name, name) + "".join(reversed(suffixes))
                case "meta_property":
                    return "import.meta" + "".join(reversed(suffixes))
                case "member_expression":
                    inner, own = node.child_by_field_name("object"), node.child_by_field_name("property")
                    suffixes.append("." + (self.text(own) if own is not None else ""))
                case "call_expression":
                    inner = node.child_by_field_name("function")
                    is_load = inner is not None and self.text(inner) in ("require", "import")
                    loaded = imports.loaded(node, self.data) if is_load else None
                    if loaded is not None:
                        return loaded.module + "".join(reversed(suffixes))
                    suffixes.append("()")
                case "new_expression":
                    inner = node.child_by_field_name("constructor")
                    suffixes.append("()")
                case "subscript_expression":
                    inner, index = node.child_by_field_name("object"), node.child_by_field_name("index")
                    named = index is not None and index.type == "string"
                    suffixes.append(f".{self.text(index)[1:-1]}" if named and index is not None else "[]")
                case _:
                    return ""
            if inner is None:
                return ""
            node = inner
        return ""

    def callee(self, call: Node) -> str:
        """The dotted name of what a call, `new` or tagged template calls."""
        function = syntax.callee(call)
        return self.dotted(function) if function is not None else ""

    def receiver(self, call: Node) -> Node | None:
        """The object whose method is called, or None."""
        function = syntax.callee(call)
        if function is None or function.type != "member_expression":
            return None
        found = function.child_by_field_name("object")
        return syntax.unwrapped(found) if found is not None else None

    def arguments(self, call: Node) -> list[Node]:
        """The arguments as written; a spread is a `spread_element`."""
        return syntax.arguments(call)

    def qualified(self, node: Node) -> str:
        """The dotted name of an expression as other files and facts know it: a local variable with its function.

        `createApp.app` for `app` declared in `createApp`, `app` at module level, `./db.pool` for an import.
        """
        return self._evaluator.qualified(node)

    def value(self, node: Node) -> Value:
        """What the expression can be."""
        return self._evaluator.value(node)

    def summary(self, node: Node) -> Value:
        """What the expression can be, for the use of other files: functions of this file are not followed into."""
        return self._evaluator.summary(node)

    def written(self, target: str) -> list[Node]:
        """The assignments to a member as written: `this.pool`."""
        return [write.node for write in self._evaluator.bindings.written(target)]

    def assigned(self, binding: Binding) -> list[Write]:
        """The assignments to a declared name after its declaration, in the order of the text."""
        return self._evaluator.bindings.writes(binding)

    def binding(self, node: Node) -> Binding | None:
        """The declaration that an identifier means, None for globals and imports."""
        return self._evaluator.bindings.resolve(self.text(node), node.start_byte)

    def function_named(self, node: Node) -> Scope | None:
        """The function of this file that an identifier or `this.method` names; a function node is itself."""
        node = syntax.unwrapped(node)
        return self.scopes.of(node) if node.type in syntax.FUNCTIONS else self._evaluator.called(node)

    def returned_nodes(self, scope: Scope) -> list[Node]:
        """The expressions after `return` in a function itself, callbacks inside it left out."""
        return self._returned.get(scope.node.id, [])

    @cached_property
    def _returned(self) -> dict[int, list[Node]]:
        found: dict[int, list[Node]] = {}
        for node in self._returns:
            given = syntax.children(node)
            if given:
                found.setdefault(self.scopes.at(node.start_byte).node.id, []).append(given[0])
        return found

    def parts(self, scope: Scope) -> list[Scope]:
        """A function and the callbacks that are part of it, in order."""
        return [
            one
            for one in self.scopes.all
            if one.kind == "function" and scope.start <= one.start < scope.end and one.owner is scope
        ]

    def calls_in(self, scope: Scope) -> list[Node]:
        """The calls in a function and the callbacks that are part of it, in order."""
        calls = self.calls_between(scope.start, scope.end)
        return [node for node in calls if self.scopes.at(node.start_byte).owner is scope]

    def calls_between(self, start: int, end: int) -> list[Node]:
        """The calls that begin in a range of bytes, in order."""
        return self.calls[bisect_left(self._call_starts, start) : bisect_left(self._call_starts, end)]

    @cached_property
    def _call_starts(self) -> list[int]:
        return [node.start_byte for node in self.calls]

    def called_in(self, scope: Scope) -> tuple[str, ...]:
        """The dotted callees in a function and the callbacks that are part of it, each once, in order."""
        return tuple(self._called.get(scope.node.id, ()))

    @cached_property
    def _called(self) -> dict[int, dict[str, None]]:
        found: dict[int, dict[str, None]] = {}
        known, at = self._dotted, self.scopes.at
        resolved = self.once(Instances).resolved
        for node, text in self.callees:
            scope = at(node.start_byte)
            name = known.get(text) or self.callee(node)
            if "." in name:
                name = resolved(name, scope)
            if name:
                found.setdefault(scope.owner.node.id, {})[name] = None
        return found

    def returned(self, scope: Scope) -> tuple[Value, ...]:
        """What a function may return, its parameters standing as `Parameter`."""
        return self._evaluator.returned(scope)


Hook = Callable[..., Iterator[FileFact]]
_HOOKS = ("call", "decorated", "function", "klass", "catch", "file")


@cache
def readers() -> tuple[ModuleType, ...]:
    """The readers of this folder: its modules with at least one hook."""
    package = __name__.rpartition(".")[0]
    folder = importlib.import_module(package)
    modules = [importlib.import_module(f"{package}.{found.name}") for found in pkgutil.iter_modules(folder.__path__)]
    modules += plugins.readers("typescript")
    return tuple(
        module
        for module in modules
        if any(getattr(getattr(module, hook, None), "__module__", "") == module.__name__ for hook in _HOOKS)
    )


@cache
def _others() -> tuple[ModuleType, ...]:
    """The readers that want more of a file than some of its calls."""
    return tuple(reader for reader in readers() if any(hasattr(reader, hook) for hook in _HOOKS if hook != "call"))


@cache
def _with(hook: str) -> tuple[ModuleType, ...]:
    """The readers that have a hook."""
    return tuple(reader for reader in readers() if hasattr(reader, hook))


@cache
def _triggers(reader: ModuleType) -> tuple[bytes, ...]:
    """The words without one of which a reader finds nothing; none where it always may."""
    return getattr(reader, "TRIGGERS", ())


def _is_active(reader: ModuleType, module: "Module") -> bool:
    triggers = _triggers(reader)
    return not triggers or module.mentions(*triggers)


def read(source: Source, data: bytes) -> FileFacts:
    """The facts of one file, in the order of its text."""
    tree, language = parsed(source, data)
    if (nothing := trees.rubble(source, tree.root_node)) is not None:
        return nothing
    module = Module(source, data, tree, language)
    try:
        return FileFacts(source.path, source.language, source.side, tuple(_sorted(module)))
    finally:
        module.release()


def _sorted(module: Module) -> list[FileFact]:
    found = asked.with_lookups(with_conditions(_facts(module), module.root, module.data), module)
    facts = list(with_forks(found, module))
    facts += branches(facts, module.root, module.data, module.location)
    facts += statements(facts)
    facts += insistences(facts, module.root, module.data, module.location)
    facts += givers(facts, lambda name: calls_of(name, module), module.value, module.location)
    broken = problem(module)
    if broken is not None:
        facts.append(broken)
    facts.sort(key=_position)
    return facts


def calls_made(source: Source, data: bytes, names: Collection[str]) -> Iterator[CallMade]:
    """The calls in one TypeScript or JavaScript file of what is called so, by the last part of its name."""
    yield from made(names, Module(source, data, *_parsed_once(source, data)))


_parsed_once = lru_cache(trees.KEPT)(parsed)


def _position(fact: FileFact) -> tuple[int, int]:
    return fact.at.line, fact.at.column


def _facts(module: Module) -> Iterator[FileFact]:
    active = {reader for reader in _others() if _is_active(reader, module)}
    for reader in _with("file"):
        if reader in active:
            yield from reader.file(module)
    yield from _of_calls(module)
    yield from _of_decorators(module, active)
    functions = [reader.function for reader in _with("function") if reader in active]
    classes = [reader.klass for reader in _with("klass") if reader in active]
    for scope in module.scopes.all[1:]:
        for hook in functions if scope.kind == "function" else classes:
            yield from hook(scope, module)
    catches = [reader.catch for reader in _with("catch") if reader in active]
    for node in module.catches if catches else ():
        for hook in catches:
            yield from hook(node, module)


@cache
def _call_readers() -> dict[bytes, tuple[ModuleType, ...]]:
    """The readers that want calls of a name, by name."""
    found: dict[bytes, tuple[ModuleType, ...]] = {}
    for reader in readers():
        for name in getattr(reader, "CALLS", ()):
            found[name.encode()] = (*found.get(name.encode(), ()), reader)
    return found


def _of_calls(module: Module) -> Iterator[FileFact]:
    wanted = _call_readers()
    known: dict[ModuleType, bool] = {}
    renamed = imports.renamed(module.names)
    for node, text in module.callees:
        name = renamed.get(text) or text[-60:].rpartition(b".")[2].strip()
        if name.endswith(b")"):
            name = _of_curried(text)
        for reader in wanted.get(name, ()):
            active = known.get(reader)
            if active is None:
                active = known[reader] = _is_active(reader, module)
            if active:
                yield from reader.call(node, module)


def _of_curried(text: bytes) -> bytes:
    """The last name of a callee that is itself a call: `each` in `test.each([…])`."""
    return text.partition(b"(")[0].rpartition(b".")[2].strip()


def _of_decorators(module: Module, active: Collection[ModuleType]) -> Iterator[FileFact]:
    hooks: dict[str, list[Hook]] = {}
    for reader in _with("decorated") if module.decorators else ():
        for name in reader.DECORATORS if reader in active else ():
            hooks.setdefault(name, []).append(reader.decorated)
    for decorator in module.decorators if hooks else ():
        inner = decorator.named_children[0] if decorator.named_children else None
        definition = _decorated(decorator)
        if inner is None or definition is None:
            continue
        if inner.type == "call_expression":
            inner = inner.child_by_field_name("function") or inner
        for hook in hooks.get(module.text(inner).rpartition(".")[2].strip(), ()):
            yield from hook(decorator, definition, module)


def _decorated(decorator: Node) -> Node | None:
    """The class, method, field or parameter that a decorator stands before."""
    parent = decorator.parent
    if parent is None or parent.type not in ("class_body", "export_statement"):
        return parent
    following = decorator.next_named_sibling
    while following is not None and following.type in ("decorator", "comment"):
        following = following.next_named_sibling
    return following
