"""Which bindings reach a use, and the value that they leave there.

The blocks of a function are walked backwards from the use. A plain assignment ends the walk; what only adds to a value
(`+=`, `append`, `d["k"] = …`) is collected on the way and put on top of what the assignment before it gave; branches
give choices; a loop adds its part once.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tree_sitter import Node

from ...facts.algebra import choice, is_textual, text
from ...facts.values import Constant, Items, Parameter, Unknown, Value
from . import decided, guards, syntax
from .bindings import START, Binding, Bindings, is_change, within
from .changes import Changes
from .scopes import Scope

if TYPE_CHECKING:
    from .module import Module
    from .values import Evaluator

_COMPOUND = frozenset(
    {"if_statement", "for_statement", "while_statement", "try_statement", "with_statement", "match_statement"}
)
_LOOPS = frozenset({"for_statement", "while_statement"})
_NESTED = 24
"""How many branching statements are followed one inside the other."""

Before = Callable[[], Value | None]
"""Gives the value that a name has before something; None where it has none."""


@dataclass(slots=True, eq=False)
class _Block:
    """The statements of a block and where each starts, in bytes."""

    statements: tuple[Node, ...]
    starts: tuple[int, ...]

    def index(self, position: int) -> int:
        """The number of the statement that holds the byte at `position`, or -1."""
        index = bisect_right(self.starts, position) - 1
        return index if index >= 0 and position < self.statements[index].end_byte else -1

    def last_touched(self, bindings: list[Binding], end: int) -> int:
        """The number of the last statement before number `end` that holds one of `bindings`, or -1."""
        if not end:
            return -1
        limit = self.statements[end - 1].end_byte
        last = bisect_left(bindings, limit, key=START) - 1
        if last < 0 or bindings[last].start < self.starts[0]:
            return -1
        return bisect_right(self.starts, bindings[last].start) - 1


class Reaching:
    """What reaches the uses of the names of one file. `given_up` counts where that was not followed to its end."""

    def __init__(self, module: "Module", evaluator: "Evaluator", bindings: Bindings, changes: Changes) -> None:
        self._module = module
        self._evaluator = evaluator
        self._bindings = bindings
        self._changes = changes
        self._depth = 0
        self.given_up = 0
        self._blocks: dict[int, _Block] = {}
        self._inner: dict[int, list[tuple[int, int, Node]]] = {}

    def at(self, scope: Scope, position: int, bindings: list[Binding], start: Before) -> Value | None:
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

    def end(self, block: Node | None, bindings: list[Binding], start: Before) -> Value | None:
        """The value at the end of a block, `start` giving the one before it."""
        statements = self._block(block)
        return self._before(statements, len(statements.starts), bindings, start)

    def _outwards(
        self, path: list[tuple[_Block, int]], position: int, bindings: list[Binding], start: Before
    ) -> Value | None:
        if not path:
            return start()
        block, index = path[-1]
        statement = block.statements[index]
        if statement.type not in _COMPOUND:
            inner = [b for b in within(bindings, statement) if b.kind == "walrus" and b.node.end_byte <= position]
            if inner:
                return self._changes.assigned(inner[-1])
        else:
            head = [
                b for b in within(bindings, statement) if b.node.end_byte <= position and self._is_head(b, statement)
            ]
            if head:
                return self._changes.assigned(head[-1])

        def outside() -> Value | None:
            if len(path) == 1:
                return start()
            outer_block, outer_index = path[-2]
            outer = outer_block.statements[outer_index]
            first = block.starts[0]
            head = [b for b in within(bindings, outer) if b.start < first and self._is_head(b, outer)]
            if head:
                return self._changes.assigned(head[-1])

            def before() -> Value | None:
                return self._outwards(path[:-1], position, bindings, start)

            if outer.type == "try_statement":
                return self._in_try(outer, position, bindings, _once(before))
            if outer.type in _LOOPS:
                return self._carried(outer, position, bindings, before)
            return before()

        return self._before(block, index, bindings, outside)

    def _in_try(self, statement: Node, position: int, bindings: list[Binding], before: Before) -> Value | None:
        """The value with which a block of a `try` begins: its handlers may see the body half done."""
        body = statement.child_by_field_name("body")
        if body is None or position < body.end_byte:
            return before()
        clause = next((child for child in statement.named_children if child.end_byte > position), statement)
        after = self.end(body, bindings, before)
        return after if clause.type == "else_clause" else self._either(statement, [before(), after])

    def _carried(self, loop: Node, position: int, bindings: list[Binding], before: Before) -> Value | None:
        """What the turn before may have left in a name that is used in a loop."""
        value = before()
        later = [binding for binding in within(bindings, loop) if binding.start > position]
        if not later:
            return value
        if all(is_change(binding) for binding in later):
            for binding in later:
                value = self._changes.changed(value, binding)
            return value
        options = [value] if value is not None else []
        for binding in later:
            if not is_change(binding):
                assigned = self._changes.assigned(binding)
                options += [assigned] if assigned is not None else []
        return choice(self._evaluator.at(loop), options) if options else None

    def _before(self, block: _Block, end: int, bindings: list[Binding], start: Before) -> Value | None:
        """The value before the statement number `end` of a block, `start` giving the one before the block."""
        changes: list[tuple[Node, list[Binding]]] = []
        value: Value | None = None
        while True:
            index = block.last_touched(bindings, end)
            if index < 0:
                value = start()
                break
            end, statement = index, block.statements[index]
            touching = within(bindings, statement)
            if all(is_change(binding) for binding in touching):
                changes.append((statement, touching))
                continue
            if statement.type not in _COMPOUND:
                last = max(number for number, binding in enumerate(touching) if not is_change(binding))
                value = self._changes.assigned(touching[last])
                for binding in touching[last + 1 :]:
                    value = self._changes.changed(value, binding)
                break
            before = _once(lambda: self._before(block, index, bindings, start))  # noqa: B023 - asked for before `break`
            value = self._through(statement, bindings, before)
            break
        for statement, touching in reversed(changes):
            value = self._changed_in(value, statement, touching)
        return value

    def _through(self, statement: Node, bindings: list[Binding], before: Before) -> Value | None:
        """The value after a compound statement that assigns the name somewhere inside."""
        if self._depth >= _NESTED:
            self.given_up += 1
            return Unknown(self._evaluator.at(statement), bindings[0].name)
        self._depth += 1
        try:
            return self._through_one(statement, bindings, before)
        finally:
            self._depth -= 1

    def _through_one(self, statement: Node, bindings: list[Binding], before: Before) -> Value | None:
        head = [binding for binding in within(bindings, statement) if self._is_head(binding, statement)]
        enter = _once(lambda: self._changes.assigned(head[-1])) if head else before
        if head and statement.type != "for_statement":
            before = enter
        match statement.type:
            case "with_statement":
                return self.end(statement.child_by_field_name("body"), bindings, before)
            case "for_statement" | "while_statement":
                last = self.end(statement.child_by_field_name("body"), bindings, enter)
                return self._either(statement, [before(), last, *self._left(statement, bindings, enter)])
            case "try_statement":
                return self._after_try(statement, bindings, before)
        blocks, always = self._branches(statement)
        options: list[Value | None] = [
            self.end(block, bindings, before) for block in blocks if not guards.leaves(self._block(block).statements)
        ]
        if not always:
            options.append(self._unless(statement, bindings[0].name, before))
        return self._either(statement, options)

    def _left(self, loop: Node, bindings: list[Binding], enter: Before) -> list[Value | None]:
        """The values with which the branches of a loop leave it, or its turn, by `break` or `continue`."""
        blocks: dict[int, Node] = {}
        for binding in within(bindings, loop):
            node = binding.node.parent
            while node is not None and node.id != loop.id:
                if node.type == "block" and guards.leaves_turn(self._block(node).statements):
                    blocks[node.id] = node
                node = node.parent
        return [self.end(block, bindings, enter) for block in blocks.values()]

    def _branches(self, statement: Node) -> tuple[list[Node], bool]:
        """The blocks of which one runs (of a loop or `with`: the body), and whether one always does."""
        match statement.type:
            case "if_statement" | "match_statement":
                return decided.branches(statement, self._evaluator)
            case "try_statement":
                return _blocks(statement), True
        body = statement.child_by_field_name("body")
        return [body] if body is not None else [], True

    def _unless(self, statement: Node, name: str, before: Before) -> Value | None:
        """The value of `name` after an `if` whose branch was not taken, narrowed by its condition."""
        condition = statement.child_by_field_name("condition")
        value = before()
        if condition is None or statement.type != "if_statement" or isinstance(value, Constant):
            return value
        names = self._bindings.of(self._module.scopes.at(statement.start_byte))
        for test in names.tests.get(name, ()):
            if condition.start_byte <= test.start_byte < condition.end_byte:
                holds = guards.implied(test, condition, False)
                found = guards.allowed(test, holds, self._evaluator) if holds is not None else None
                if found is not None:
                    return found
        return value

    def _after_try(self, statement: Node, bindings: list[Binding], before: Before) -> Value | None:
        last = body = statement.child_by_field_name("body")
        clauses = syntax.children(statement)
        after: Before = _once(lambda: self.end(body, bindings, before))
        for clause in clauses:
            if clause.type == "else_clause":
                last = clause.child_by_field_name("body")
                after = _once(lambda after=after, last=last: self.end(last, bindings, after))  # type: ignore[misc]
        options = [] if guards.leaves(self._block(last).statements) else [after()]
        for clause in clauses:
            if clause.type == "except_clause":
                block = _block_of(clause)
                if not guards.leaves(self._block(block).statements):
                    options.append(self.end(block, bindings, before))
        value = self._either(statement, options)
        final = next((clause for clause in clauses if clause.type == "finally_clause"), None)
        return self.end(_block_of(final), bindings, lambda: value) if final is not None else value

    def _changed_in(self, value: Value | None, statement: Node, touching: list[Binding]) -> Value | None:
        """`value` after a statement in which it is only added to."""
        if statement.type not in _COMPOUND or not (value is None or is_textual(value) or isinstance(value, Parameter)):
            for binding in touching:
                value = self._changes.changed(value, binding)
            if isinstance(value, Items) and statement.type in ("for_statement", "while_statement"):
                value = replace(value, open=True)
            return value
        at = self._evaluator.at(statement)
        added: list[Value] = []
        blocks, always = self._branches(statement)
        for block in blocks:
            if not guards.leaves(self._block(block).statements):
                part = self.end(block, touching, lambda: Constant(at, ""))
                added += [part] if part is not None else []
        if statement.type in _LOOPS:
            added += [part for part in self._left(statement, touching, lambda: Constant(at, "")) if part is not None]
        if not always:
            added.append(Constant(at, ""))
        if all(isinstance(part, Constant) and part.value == "" for part in added):
            return value
        return text(at, ([value] if value is not None else []) + [choice(at, added)], "+=")

    def _either(self, node: Node, options: list[Value | None]) -> Value | None:
        known = [option for option in options if option is not None]
        return choice(self._evaluator.at(node), known) if known else None

    def _block(self, node: Node | None) -> _Block:
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

    def _is_head(self, binding: Binding, statement: Node) -> bool:
        """Whether a binding in a compound statement is made by its head (`for x in`, `with … as x`, `if (x := …)`)."""
        return binding.start == statement.start_byte or self._block_at(statement, binding.start) is None


def _once(compute: Callable[[], Value | None]) -> Callable[[], Value | None]:
    """`compute`, done when first asked for and kept."""
    kept: list[Value | None] = []

    def known() -> Value | None:
        if not kept:
            kept.append(compute())
        return kept[0]

    return known


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
