"""Names followed to what was assigned to them: which assignments can reach a use, and what they make of the value.

The blocks of a function are walked backwards from the use. A plain assignment ends the walk; what only adds to a value
(`+=`, `append`, `d["k"] = …`) is collected on the way and put on top of what the assignment before it gave; branches
give choices; a loop adds its part once.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING

from tree_sitter import Node

from ...facts.algebra import choice, element, is_number, is_textual, text
from ...facts.values import Call, Constant, Items, Parameter, Record, Reference, Unknown, Value, constant_text
from . import decided, guards, syntax
from .scopes import Scope

if TYPE_CHECKING:
    from .module import Module
    from .values import Evaluator

_BINDING = ("assign", "augment", "for", "as", "walrus", "global", "delete", "test")
"""The captures of the screen that bind, change or test names."""
_MUTATING = frozenset(
    {b"append", b"extend", b"insert", b"add", b"update", b"appendleft", b"setdefault", b"pop", b"remove", b"clear"}
)
_FILLING = frozenset({b"append", b"extend", b"insert", b"add", b"appendleft"})
_COMPOUND = frozenset(
    {"if_statement", "for_statement", "while_statement", "try_statement", "with_statement", "match_statement"}
)
_BRANCHING = _COMPOUND - {"with_statement"} | {"elif_clause", "else_clause", "except_clause", "case_clause"}
_LOOPS = frozenset({"for_statement", "while_statement"})
_NESTED = 24
"""How many names, and how many branching statements, are followed one inside the other."""


_start = attrgetter("start")
_Before = Callable[[], Value | None]
"""Gives the value that a name has before something; None where it has none."""


@dataclass(frozen=True, slots=True, eq=False)
class _Block:
    """The statements of a block and where each starts, in bytes."""

    statements: tuple[Node, ...]
    starts: tuple[int, ...]

    def index(self, position: int) -> int:
        """The number of the statement that holds the byte at `position`, or -1."""
        index = bisect_right(self.starts, position) - 1
        return index if index >= 0 and position < self.statements[index].end_byte else -1

    def last_touched(self, bindings: "list[_Binding]", end: int) -> int:
        """The number of the last statement before number `end` that holds one of `bindings`, or -1."""
        if not end:
            return -1
        limit = self.statements[end - 1].end_byte
        last = bisect_left(bindings, limit, key=_start) - 1
        if last < 0 or bindings[last].start < self.starts[0]:
            return -1
        return bisect_right(self.starts, bindings[last].start) - 1


@dataclass(frozen=True, slots=True, eq=False)
class _Binding:
    """A place that binds or changes a name: `kind` is the capture's name in the query."""

    kind: str
    node: Node
    start: int
    name: str = ""


@dataclass(slots=True, eq=False)
class _Names:
    """The bindings of one scope, by name, in the order of the text; `shared` are its `global` and `nonlocal` names.

    `tests` are the comparisons that narrow a name or attribute, by its source.
    """

    bindings: dict[str, list[_Binding]] = field(default_factory=dict)
    attributes: dict[str, list[_Binding]] = field(default_factory=dict)
    shared: set[str] = field(default_factory=set)
    tests: dict[str, list[Node]] = field(default_factory=dict)


class Variables:
    """The variables of one file."""

    def __init__(self, module: "Module", evaluator: "Evaluator") -> None:
        self._module = module
        self._evaluator = evaluator
        self._names: dict[int, _Names] = {}
        self._following: set[tuple[int, str, int]] = set()
        self._rebound: frozenset[str] | None = None
        self._through_depth = 0
        self._blocks: dict[int, _Block] = {}
        self._inner: dict[int, list[tuple[int, int, Node]]] = {}
        self._settled: dict[tuple[int, str], Value | None] = {}
        self._classes = {scope.name: scope for scope in module.scopes.all if scope.kind == "class"}

    # What a name stands for

    def value(self, name: str, use: Node) -> Value | None:
        """What `name` is at `use`; None where this file binds no value to it."""
        position = use.start_byte
        scope: Scope | None = self._module.scopes.at(position)
        first = True
        while scope is not None:
            if scope.kind != "class" or first:
                found = self._in_scope(scope, name, position if first else None, use)
                if not first and scope.kind == "function":
                    found = self._in_closure(scope, name, position, use, found)
                if found is not None:
                    return found
            position, first, scope = scope.start, False, scope.parent
        return None

    def _in_closure(self, scope: Scope, name: str, position: int, use: Node, at_end: Value | None) -> Value | None:
        """A name of the function around: as it was when the inner function was made, or as assigned later."""
        bindings = self._of(scope).bindings.get(name, [])
        if at_end is None or not bindings:
            return at_end
        made = self._in_scope(scope, name, position, use)
        return made if made is None or bindings[-1].start < position else choice(made.at, [made, at_end])

    def narrowed(self, source: str, use: Node) -> Value | None:
        """What tests before `use` leave of the name or attribute `source`; None where they say nothing."""
        scope = self._module.scopes.at(use.start_byte)
        if scope.kind != "function":
            return None
        names = self._of(scope)
        if source not in names.tests:
            return None
        position = use.start_byte
        first = source.partition(".")[0]
        for test in reversed(names.tests[source]):
            if test.start_byte <= position < test.end_byte:
                continue
            between = bisect_left(names.bindings.get(first, ()), test.end_byte, key=_start)
            later = names.bindings.get(first, [])[between : between + 1]
            if later and later[0].start < position:
                continue
            holds = guards.holding_at(test, position)
            found = guards.allowed(test, holds, self._evaluator) if holds is not None else None
            if found is not None:
                return found
        return None

    def _in_scope(self, scope: Scope, name: str, position: int | None, use: Node) -> Value | None:
        """`name` as bound in `scope`, before `position` or (None) at its end."""
        names = self._of(scope)
        declared = scope.parameters.get(name)
        if name in names.shared:
            return None
        bindings = names.bindings.get(name, [])
        if (declared is None and not bindings) or (position is not None and position < scope.body.start_byte):
            return None
        if scope.kind == "module" and name in self._changed_globals():
            return Reference(self._evaluator.at(use), name)
        settled = (scope.number, name)
        is_end = position is None or position >= scope.body.end_byte
        if is_end and settled in self._settled:
            return self._settled[settled]
        key = (*settled, position or -1)
        if key in self._following or len(self._following) >= _NESTED:
            return Reference(self._evaluator.at(use), name)
        self._following.add(key)
        try:
            found = self._found(scope, name, None if is_end else position, bindings, use)
        finally:
            self._following.discard(key)
        if found is None:
            found = Reference(self._evaluator.at(use), name)
        if is_end:
            self._settled[settled] = found
        return found

    def _found(
        self, scope: Scope, name: str, position: int | None, bindings: list[_Binding], use: Node
    ) -> Value | None:
        def start() -> Value | None:
            return self._parameter(scope, name, use)

        if not bindings:
            return start()
        if position is None:
            return self._end(scope.body, bindings, start)
        return self._at(scope, position, bindings, start)

    def _parameter(self, scope: Scope, name: str, use: Node) -> Value | None:
        declared = scope.parameters.get(name)
        if declared is None:
            return None
        at = self._evaluator.at(use)
        if scope.is_method and name in ("self", "cls") and next(iter(scope.parameters)) == name:
            return Reference(at, name)
        return Parameter(at, name, scope.name, declared.annotation)

    def attribute(self, owner: str, name: str, use: Node) -> Value | None:
        """What `owner.name` is: of `self`, `cls` or a class of this file, or as this file assigns it (`g.db = …`)."""
        scope = self._module.scope(use)
        klass: Scope | None = None
        if owner in ("self", "cls"):
            klass = scope.klass
        elif owner not in self._module.names:
            klass = self._classes.get(owner)
        assigned = self._instance(klass).get(name, []) if klass is not None else self._elsewhere(owner, name, scope)
        if klass is None and not assigned:
            return None
        found: list[Value] = []
        key = (klass.number, f".{name}", 0) if klass is not None else (-1, f"{owner}.{name}", 0)
        if key in self._following or len(self._following) >= _NESTED:
            return None
        self._following.add(key)
        try:
            bindings = self._of(klass).bindings.get(name, []) if klass is not None else []
            if klass is not None and bindings:
                value = self._end(klass.body, bindings, lambda: None)
                found += [value] if value is not None else []
            for binding in assigned[:8]:
                value = self._assigned(binding)
                found += [value] if value is not None else []
            if klass is not None and any(isinstance(value, Items) for value in found):
                for node in self._filled.get((klass.number, name), ())[:8]:
                    found = [self._mutated(value, node) or value for value in found]
        finally:
            self._following.discard(key)
        real = [value for value in found if not (isinstance(value, Constant) and value.value is None)] or found
        return choice(self._evaluator.at(use), real) if real else None

    @cached_property
    def _filled(self) -> dict[tuple[int, str], list[Node]]:
        """The calls that add to a list in an attribute of `self`, by class and attribute, in the order of the text."""
        found: dict[tuple[int, str], list[Node]] = {}
        for method in _FILLING & self._module.called.keys():
            for node in self._module.called[method]:
                function = node.child(0)
                text = self._module.data[function.start_byte : function.end_byte] if function is not None else b""
                klass = self._module.scope(node).klass if text.startswith(b"self.") and text.count(b".") == 2 else None
                if klass is not None:
                    found.setdefault((klass.number, text.split(b".")[1].decode()), []).append(node)
        for nodes in found.values():
            nodes.sort(key=lambda node: node.start_byte)
        return found

    def _elsewhere(self, owner: str, name: str, scope: Scope) -> list[_Binding]:
        """The assignments to an attribute of an imported or module-level object (`g.db`), wherever they stand."""
        if owner in scope.parameters or (owner in self._of(scope).bindings and scope.parent is not None):
            return []
        return self._attributes.get(f"{owner}.{name}", [])

    @cached_property
    def _attributes(self) -> dict[str, list[_Binding]]:
        """The assignments to attributes of names, by `name.attribute`, other than those of `self`."""
        found: dict[str, list[_Binding]] = {}
        for node in self._module.seen.get("assign", ()):
            left = node.child_by_field_name("left")
            if left is None or left.type != "attribute":
                continue
            source = self._module.text(left)
            owner = source.partition(".")[0]
            if owner not in ("self", "cls") and owner not in self._module.scopes.at(node.start_byte).parameters:
                found.setdefault(source, []).append(_Binding("assign", node, node.start_byte, source))
        return found

    def function(self, function: Node) -> Scope | None:
        """The function or method of this file that a callee's expression names."""
        if function.type == "identifier":
            name = self._module.text(function)
            return self._named(name, function) if name not in self._module.names else None
        inner, attribute = function.child_by_field_name("object"), function.child_by_field_name("attribute")
        if function.type != "attribute" or inner is None or attribute is None or inner.type != "identifier":
            return None
        owner = self._module.text(inner)
        if owner in ("self", "cls"):
            klass = self._module.scope(function).klass
            owner = klass.name if klass is not None else ""
        return self._module.scopes.named(f"{owner}.{self._module.text(attribute)}") if owner else None

    def _named(self, name: str, use: Node) -> Scope | None:
        """The function that a plain name means where it is used: the innermost one around."""
        scope: Scope | None = self._module.scope(use)
        while scope is not None:
            found = self._module.scopes.named(f"{scope.name}.{name}") if scope.kind == "function" else None
            if found is not None:
                return found
            scope = scope.parent
        return self._module.scopes.named(name)

    def may_be_text(self, node: Node, hops: int) -> bool:
        """Whether a name can be text, by the forms of what it is bound to."""
        name = self._module.text(node)
        scope: Scope | None = self._module.scopes.at(node.start_byte)
        while scope is not None:
            bindings = self._of(scope).bindings.get(name)
            if bindings:
                assigned = self.assigned(name, scope)
                return not assigned or any(self._evaluator.may_be_text(value, hops - 1) for value in assigned)
            if name in scope.parameters:
                return False
            scope = scope.parent
        return False

    def assigned(self, name: str, scope: Scope) -> list[Node]:
        """The expressions that are assigned to a plain name in `scope` itself."""
        found: list[Node] = []
        for binding in self._of(scope).bindings.get(name, ()):
            left, right = binding.node.child_by_field_name("left"), binding.node.child_by_field_name("right")
            if binding.kind != "assign" or left is None or left.type != "identifier" or right is None:
                return []
            found.append(right)
        return found

    def returns(self, scope: Scope) -> list[Node]:
        """The expressions that a function returns, in the order of the text; none for generators."""
        if self._module.captured("yield", scope):
            return []
        return [inner[0] for node in self._module.captured("return", scope) if (inner := syntax.children(node))]

    def _changed_globals(self) -> frozenset[str]:
        """Module-level names that functions assign to."""
        if self._rebound is None:
            found: set[str] = set()
            if self._module.mentions(b"global "):
                for node in self._module.seen.get("global", ()):
                    found.update(self._module.text(child) for child in node.named_children)
            self._rebound = frozenset(found)
        return self._rebound

    # The bindings of a scope

    @cached_property
    def _mutations(self) -> dict[int, list[Node]]:
        """The calls of `append` and its kin on plain names, by scope."""
        module = self._module
        found: list[Node] = []
        for method in _MUTATING & module.called.keys():
            for node in module.called[method]:
                function = node.child(0)
                if function is not None and function.type == "attribute":
                    owner = module.data[function.start_byte : function.end_byte].rpartition(b".")[0]
                    if owner.replace(b"_", b"a").isalnum():
                        found.append(node)
        return module.scopes.parted(found)

    def _of(self, scope: Scope) -> _Names:
        known = self._names.get(scope.number)
        if known is None:
            known = self._names[scope.number] = self._read(scope)
        return known

    def _read(self, scope: Scope) -> _Names:
        names = _Names()
        captured = self._module.captured
        found = [_Binding(kind, node, node.start_byte) for kind in _BINDING for node in captured(kind, scope)]
        found += [_Binding("mutate", node, node.start_byte) for node in self._mutations.get(scope.number, ())]
        found.sort(key=_start)
        for binding in found:
            if binding.kind == "global":
                names.shared.update(self._module.text(child) for child in binding.node.named_children)
                continue
            if binding.kind == "test":
                if guards.operator(binding.node):
                    names.tests.setdefault(self._module.text(binding.node.named_children[0]), []).append(binding.node)
                continue
            for name in self._bound_by(binding):
                where = names.attributes if name.startswith("self.") else names.bindings
                name = name.removeprefix("self.")
                where.setdefault(name, []).append(_Binding(binding.kind, binding.node, binding.start, name))
        return names

    def _bound_by(self, binding: _Binding) -> list[str]:
        node = binding.node
        match binding.kind:
            case "assign" | "augment" | "for":
                return self._targets(node.child_by_field_name("left"))
            case "as":
                if node.parent is not None and node.parent.type == "except_clause":
                    return []
                alias = node.child_by_field_name("alias")
                return self._targets(alias.named_children[0] if alias is not None and alias.named_children else None)
            case "walrus":
                return self._targets(node.child_by_field_name("name"))
            case "delete":
                return [name for child in syntax.children(node) for name in self._targets(child)]
            case "mutate":
                function = node.child_by_field_name("function")
                return self._targets(function.child_by_field_name("object") if function is not None else None)
        return []

    def _targets(self, target: Node | None) -> list[str]:
        if target is None:
            return []
        match target.type:
            case "identifier":
                return [self._module.text(target)]
            case "attribute":
                inner, name = target.child_by_field_name("object"), target.child_by_field_name("attribute")
                if inner is not None and name is not None and inner.text == b"self":
                    return [f"self.{self._module.text(name)}"]
            case "subscript":
                inner = target.child_by_field_name("value")
                return [self._module.text(inner)] if inner is not None and inner.type == "identifier" else []
            case "pattern_list" | "tuple_pattern" | "list_pattern" | "tuple" | "list" | "expression_list":
                return [name for child in syntax.children(target)[:32] for name in self._targets(child)]
            case "list_splat_pattern":
                return [name for child in target.named_children for name in self._targets(child)]
        return []

    def _instance(self, klass: Scope) -> dict[str, list[_Binding]]:
        """The assignments to `self.…` in a class's methods."""
        found: dict[str, list[_Binding]] = {}
        for scope in self._module.scopes.all:
            if scope.kind == "function" and scope.parent is klass:
                for name, bindings in self._of(scope).attributes.items():
                    found.setdefault(name, []).extend(binding for binding in bindings if binding.kind == "assign")
        return found

    # What reaches a use

    def _block(self, node: Node | None) -> "_Block":
        """The statements of a block."""
        if node is None:
            return _Block((), ())
        known = self._blocks.get(node.id)
        if known is None:
            statements = syntax.children(node)
            known = _Block(tuple(statements), tuple(statement.start_byte for statement in statements))
            self._blocks[node.id] = known
        return known

    def _block_at(self, statement: Node, position: int) -> Node | None:
        """The block of a compound statement that holds the byte at `position`."""
        if statement.type not in _COMPOUND:
            return None
        inner = self._inner.get(statement.id)
        if inner is None:
            inner = self._inner[statement.id] = [(b.start_byte, b.end_byte, b) for b in _blocks(statement)]
        return next((block for start, end, block in inner if start <= position < end), None)

    def _is_head(self, binding: _Binding, statement: Node) -> bool:
        """Whether a binding in a compound statement is made by its head (`for x in`, `with … as x`, `if (x := …)`)."""
        return binding.start == statement.start_byte or self._block_at(statement, binding.start) is None

    def _at(self, scope: Scope, position: int, bindings: list[_Binding], start: _Before) -> Value | None:
        """The value before the byte at `position`."""
        path: list[tuple[_Block, int]] = []
        node: Node | None = scope.body
        while node is not None and len(path) < 64:
            block = self._block(node)
            index = block.index(position)
            if index < 0:
                break
            path.append((block, index))
            node = self._block_at(block.statements[index], position)
        return self._outwards(path, position, bindings, start)

    def _outwards(
        self, path: list[tuple["_Block", int]], position: int, bindings: list[_Binding], start: _Before
    ) -> Value | None:
        if not path:
            return start()
        block, index = path[-1]
        statement = block.statements[index]
        if statement.type not in _COMPOUND:
            inner = [b for b in _within(bindings, statement) if b.kind == "walrus" and b.node.end_byte <= position]
            if inner:
                return self._assigned(inner[-1])
        else:
            head = [
                b for b in _within(bindings, statement) if b.node.end_byte <= position and self._is_head(b, statement)
            ]
            if head:
                return self._assigned(head[-1])

        def outside() -> Value | None:
            if len(path) == 1:
                return start()
            outer_block, outer_index = path[-2]
            outer = outer_block.statements[outer_index]
            first = block.starts[0]
            head = [b for b in _within(bindings, outer) if b.start < first and self._is_head(b, outer)]
            if head:
                return self._assigned(head[-1])

            def before() -> Value | None:
                return self._outwards(path[:-1], position, bindings, start)

            if outer.type == "try_statement":
                return self._in_try(outer, position, bindings, _once(before))
            if outer.type in _LOOPS:
                return self._carried(outer, position, bindings, before)
            return before()

        return self._before(block, index, bindings, outside)

    def _in_try(self, statement: Node, position: int, bindings: list[_Binding], before: _Before) -> Value | None:
        """The value with which a block of a `try` begins: its handlers may see the body half done."""
        body = statement.child_by_field_name("body")
        if body is None or position < body.end_byte:
            return before()
        clause = next((child for child in statement.named_children if child.end_byte > position), statement)
        after = self._end(body, bindings, before)
        return after if clause.type == "else_clause" else self._either(statement, [before(), after])

    def _carried(self, loop: Node, position: int, bindings: list[_Binding], before: _Before) -> Value | None:
        """What the turn before may have left in a name that is used in a loop."""
        value = before()
        later = [binding for binding in _within(bindings, loop) if binding.start > position]
        if not later:
            return value
        if all(_is_change(binding) for binding in later):
            for binding in later:
                value = self._changed(value, binding)
            return value
        options = [value] if value is not None else []
        for binding in later:
            if not _is_change(binding):
                assigned = self._assigned(binding)
                options += [assigned] if assigned is not None else []
        return choice(self._evaluator.at(loop), options) if options else None

    def _end(self, block: Node | None, bindings: list[_Binding], start: _Before) -> Value | None:
        """The value at the end of a block, `start` giving the one before it."""
        statements = self._block(block)
        return self._before(statements, len(statements.starts), bindings, start)

    def _before(self, block: "_Block", end: int, bindings: list[_Binding], start: _Before) -> Value | None:
        """The value before the statement number `end` of a block, `start` giving the one before the block."""
        changes: list[tuple[Node, list[_Binding]]] = []
        value: Value | None = None
        while True:
            index = block.last_touched(bindings, end)
            if index < 0:
                value = start()
                break
            end, statement = index, block.statements[index]
            touching = _within(bindings, statement)
            if all(_is_change(binding) for binding in touching):
                changes.append((statement, touching))
                continue
            if statement.type not in _COMPOUND:
                last = max(number for number, binding in enumerate(touching) if not _is_change(binding))
                value = self._assigned(touching[last])
                for binding in touching[last + 1 :]:
                    value = self._changed(value, binding)
                break
            before = _once(lambda: self._before(block, index, bindings, start))  # noqa: B023 - asked for before `break`
            value = self._through(statement, bindings, before)
            break
        for statement, touching in reversed(changes):
            value = self._changed_in(value, statement, touching)
        return value

    def _through(self, statement: Node, bindings: list[_Binding], before: _Before) -> Value | None:
        """The value after a compound statement that assigns the name somewhere inside."""
        if self._through_depth >= _NESTED:
            return Unknown(self._evaluator.at(statement), bindings[0].name)
        self._through_depth += 1
        try:
            return self._through_one(statement, bindings, before)
        finally:
            self._through_depth -= 1

    def _through_one(self, statement: Node, bindings: list[_Binding], before: _Before) -> Value | None:
        head = [binding for binding in _within(bindings, statement) if self._is_head(binding, statement)]
        enter = _once(lambda: self._assigned(head[-1])) if head else before
        if head and statement.type != "for_statement":
            before = enter
        match statement.type:
            case "with_statement":
                return self._end(statement.child_by_field_name("body"), bindings, before)
            case "for_statement" | "while_statement":
                last = self._end(statement.child_by_field_name("body"), bindings, enter)
                return self._either(statement, [before(), last, *self._left(statement, bindings, enter)])
            case "try_statement":
                return self._after_try(statement, bindings, before)
        blocks, always = self._branches(statement)
        options: list[Value | None] = [
            self._end(block, bindings, before) for block in blocks if not guards.leaves(self._block(block).statements)
        ]
        if not always:
            options.append(self._unless(statement, bindings[0].name, before))
        return self._either(statement, options)

    def _left(self, loop: Node, bindings: list[_Binding], enter: _Before) -> list[Value | None]:
        """The values with which the branches of a loop leave it, or its turn, by `break` or `continue`."""
        blocks: dict[int, Node] = {}
        for binding in _within(bindings, loop):
            node = binding.node.parent
            while node is not None and node.id != loop.id:
                if node.type == "block" and guards.leaves_turn(self._block(node).statements):
                    blocks[node.id] = node
                node = node.parent
        return [self._end(block, bindings, enter) for block in blocks.values()]

    def _branches(self, statement: Node) -> tuple[list[Node], bool]:
        """The blocks of which one runs (of a loop or `with`: the body), and whether one always does."""
        match statement.type:
            case "if_statement" | "match_statement":
                return decided.branches(statement, self._evaluator)
            case "try_statement":
                return _blocks(statement), True
        body = statement.child_by_field_name("body")
        return [body] if body is not None else [], True

    def _unless(self, statement: Node, name: str, before: _Before) -> Value | None:
        """The value of `name` after an `if` whose branch was not taken, narrowed by its condition."""
        condition = statement.child_by_field_name("condition")
        value = before()
        if condition is None or statement.type != "if_statement" or isinstance(value, Constant):
            return value
        names = self._of(self._module.scopes.at(statement.start_byte))
        for test in names.tests.get(name, ()):
            if condition.start_byte <= test.start_byte < condition.end_byte:
                holds = guards.implied(test, condition, False)
                found = guards.allowed(test, holds, self._evaluator) if holds is not None else None
                if found is not None:
                    return found
        return value

    def _after_try(self, statement: Node, bindings: list[_Binding], before: _Before) -> Value | None:
        last = body = statement.child_by_field_name("body")
        clauses = syntax.children(statement)
        after: _Before = _once(lambda: self._end(body, bindings, before))
        for clause in clauses:
            if clause.type == "else_clause":
                last = clause.child_by_field_name("body")
                after = _once(lambda after=after, last=last: self._end(last, bindings, after))  # type: ignore[misc]
        options = [] if guards.leaves(self._block(last).statements) else [after()]
        for clause in clauses:
            if clause.type == "except_clause":
                block = _block_of(clause)
                if not guards.leaves(self._block(block).statements):
                    options.append(self._end(block, bindings, before))
        value = self._either(statement, options)
        final = next((clause for clause in clauses if clause.type == "finally_clause"), None)
        return self._end(_block_of(final), bindings, lambda: value) if final is not None else value

    def _either(self, node: Node, options: list[Value | None]) -> Value | None:
        known = [option for option in options if option is not None]
        return choice(self._evaluator.at(node), known) if known else None

    # What one binding does

    def _assigned(self, binding: _Binding) -> Value | None:
        """The value that a binding gives; for one name of several, by unpacking. None where none is given."""
        node = binding.node
        evaluator = self._evaluator
        match binding.kind:
            case "assign":
                left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
                while right is not None and right.type == "assignment":
                    right = right.child_by_field_name("right")
                if left is None or right is None:
                    return None
                return self._taken(left, evaluator.value(right), binding)
            case "for":
                left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
                if left is None or right is None:
                    return None
                one = element(evaluator.value(right), evaluator.at(right)) or evaluator.unknown(left)
                return self._taken(left, one, binding)
            case "as":
                children = syntax.children(node)
                return evaluator.value(children[0]) if children else None
            case "walrus":
                value = node.child_by_field_name("value")
                return evaluator.value(value) if value is not None else None
        return None

    def _taken(self, target: Node, value: Value, binding: _Binding) -> Value | None:
        if target.type in ("identifier", "attribute"):
            return value
        return self._evaluator.unpacked(target, value).get(binding.name)

    def _changed_in(self, value: Value | None, statement: Node, touching: list[_Binding]) -> Value | None:
        """`value` after a statement in which it is only added to."""
        if statement.type not in _COMPOUND or not (value is None or is_textual(value) or isinstance(value, Parameter)):
            for binding in touching:
                value = self._changed(value, binding)
            if isinstance(value, Items) and statement.type in ("for_statement", "while_statement"):
                value = replace(value, open=True)
            return value
        at = self._evaluator.at(statement)
        added: list[Value] = []
        blocks, always = self._branches(statement)
        for block in blocks:
            if not guards.leaves(self._block(block).statements):
                part = self._end(block, touching, lambda: Constant(at, ""))
                added += [part] if part is not None else []
        if statement.type in _LOOPS:
            added += [part for part in self._left(statement, touching, lambda: Constant(at, "")) if part is not None]
        if not always:
            added.append(Constant(at, ""))
        if all(isinstance(part, Constant) and part.value == "" for part in added):
            return value
        return text(at, ([value] if value is not None else []) + [choice(at, added)], "+=")

    def _changed(self, value: Value | None, binding: _Binding) -> Value | None:
        """`value` after one `+=`, `append`, `d[k] = …` and the like."""
        node = binding.node
        if binding.kind == "augment":
            return self._augmented(value, node)
        if binding.kind == "mutate":
            return self._mutated(value, node)
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        keys = left.children_by_field_name("subscript") if left is not None else []
        if isinstance(value, Record) and right is not None and len(keys) == 1:
            key = constant_text(self._evaluator.value(keys[0]))
            if key is None:
                return replace(value, open=True)
            entries = tuple(entry for entry in value.entries if entry[0] != key)
            return replace(value, entries=(*entries, (key, self._evaluator.value(right))))
        return value

    def _augmented(self, value: Value | None, node: Node) -> Value | None:
        at = self._evaluator.at(node)
        operator, right = node.child_by_field_name("operator"), node.child_by_field_name("right")
        if right is None or operator is None:
            return value
        added = self._evaluator.value(right)
        if operator.type == "+=":
            if (value is not None and is_textual(value)) or is_textual(added):
                return text(at, [part for part in (value, added) if part is not None], "+=")
            if isinstance(value, Items):
                items = added.items if isinstance(added, Items) else ()
                return Items(at, value.items + items, value.open or not isinstance(added, Items) or added.open)
        if value is not None and is_number(value) and is_number(added):
            return Call(at, "int")
        if operator.type == "|=" and isinstance(value, Record):
            entries = added.entries if isinstance(added, Record) else ()
            return Record(at, value.entries + entries, value.open or not isinstance(added, Record) or added.open)
        if operator.type == "%=" and value is not None and is_textual(value):
            return self._evaluator.percent(node, value, added)
        return self._evaluator.unknown(node)

    def _mutated(self, value: Value | None, node: Node) -> Value | None:
        """`value` after a method call that changes it in place."""
        function = node.child_by_field_name("function")
        attribute = function.child_by_field_name("attribute") if function is not None else None
        method = self._module.text(attribute) if attribute is not None else ""
        if isinstance(value, Parameter) and value.annotation.lower().startswith("list"):
            one = element(value, value.at)
            value = Items(value.at, (one,) if one is not None else (), open=True)
        if not isinstance(value, Items | Record):
            return value
        arguments = [self._evaluator.value(argument) for argument in syntax.positional(node)]
        if isinstance(value, Items) and method in ("pop", "remove", "clear"):
            return self._shrunk(value, method, arguments, node)
        if isinstance(value, Items) and arguments:
            match method:
                case "append" | "add" | "appendleft" | "insert":
                    return replace(value, items=(*value.items, arguments[-1]))
                case "extend" | "update":
                    added = arguments[0]
                    items = added.items if isinstance(added, Items) else ()
                    return replace(
                        value, items=value.items + items, open=value.open or not isinstance(added, Items) or added.open
                    )
        if isinstance(value, Record):
            match method:
                case "update":
                    given = [argument for argument in arguments if isinstance(argument, Record)]
                    named = tuple((name, self._evaluator.value(at)) for name, at in self._module.keywords(node).items())
                    entries = value.entries + tuple(entry for record in given for entry in record.entries) + named
                    is_open = value.open or len(given) < len(arguments) or any(record.open for record in given)
                    return replace(value, entries=entries, open=is_open)
                case "setdefault" if len(arguments) > 1 and (key := constant_text(arguments[0])) is not None:
                    return value if value.get(key) else replace(value, entries=(*value.entries, (key, arguments[1])))
                case "clear":
                    return replace(value, entries=(), open=False)
        return value

    def _shrunk(self, value: Items, method: str, arguments: list[Value], node: Node) -> Items:
        """A list after `pop`, `remove` or `clear`: without the item where it is sure which one goes."""
        around = node.parent
        while around is not None and around.type not in _BRANCHING | {"function_definition", "lambda"}:
            around = around.parent
        is_sure = around is None or around.type not in _BRANCHING
        index = arguments[0] if arguments else Constant(value.at, -1)
        if is_sure and not value.open:
            match method, index:
                case "clear", _:
                    return replace(value, items=())
                case "pop", Constant(value=int(number)) if -len(value.items) <= number < len(value.items):
                    items = list(value.items)
                    del items[number]
                    return replace(value, items=tuple(items))
        return replace(value, open=True)


def _once(compute: Callable[[], Value | None]) -> Callable[[], Value | None]:
    """`compute`, done when first asked for and kept."""
    kept: list[Value | None] = []

    def known() -> Value | None:
        if not kept:
            kept.append(compute())
        return kept[0]

    return known


def _within(bindings: list[_Binding], statement: Node) -> list[_Binding]:
    """The bindings inside a statement."""
    first = bisect_left(bindings, statement.start_byte, key=_start)
    last = bisect_left(bindings, statement.end_byte, key=_start)
    return bindings[first:last]


def _blocks(statement: Node) -> list[Node]:
    """All blocks of a compound statement."""
    found: list[Node] = []
    for child in statement.named_children:
        if child.type == "block":
            if statement.type == "match_statement":
                found += [
                    block for case in child.named_children for block in case.named_children if block.type == "block"
                ]
            else:
                found.append(child)
        elif child.type.endswith("_clause"):
            found += [block for block in child.named_children if block.type == "block"]
    return found


def _block_of(clause: Node) -> Node | None:
    """The block of an `except` or `finally` clause."""
    return next((child for child in clause.named_children if child.type == "block"), None)


def _is_change(binding: _Binding) -> bool:
    """Whether a binding only adds to the value that a name has."""
    if binding.kind in ("augment", "mutate"):
        return True
    left = binding.node.child_by_field_name("left") if binding.kind == "assign" else None
    return left is not None and left.type == "subscript"
