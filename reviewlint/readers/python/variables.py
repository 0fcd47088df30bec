"""Names followed to what was assigned to them: which assignments can reach a use, and what they make of the value.

The blocks of a function are walked backwards from the use. A plain assignment ends the walk; what only adds to a value
(`+=`, `append`, `d["k"] = …`) is collected on the way and put on top of what the assignment before it gave; branches
give choices; a loop adds its part once.
"""

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tree_sitter import Node

from ...facts.values import Constant, Items, Parameter, Record, Reference, Value, constant_text
from . import syntax
from .algebra import choice, element, is_textual, text
from .scopes import Scope

if TYPE_CHECKING:
    from .module import Module
    from .values import Evaluator

_BINDINGS = """
(assignment) @assign
(augmented_assignment) @augment
(for_statement) @for
(as_pattern) @as
(named_expression) @walrus
(global_statement) @global
(nonlocal_statement) @global
(delete_statement) @delete
(call function: (attribute object: (identifier) attribute: (identifier) @m)
  (#any-of? @m "append" "extend" "insert" "add" "update" "appendleft" "setdefault" "pop" "remove" "clear")) @mutate
"""
_RETURNS = "(return_statement) @return (yield) @yield"
_COMPOUND = frozenset(
    {"if_statement", "for_statement", "while_statement", "try_statement", "with_statement", "match_statement"}
)
_NESTED = 24
"""How many names are followed one inside the other."""


@dataclass(frozen=True, slots=True, eq=False)
class _Binding:
    """A place that binds or changes a name: `kind` is the capture's name in the query."""

    kind: str
    node: Node
    start: int
    name: str = ""


@dataclass(slots=True, eq=False)
class _Names:
    """The bindings of one scope, by name, in the order of the text; `shared` are its `global` and `nonlocal` names."""

    bindings: dict[str, list[_Binding]] = field(default_factory=dict)
    attributes: dict[str, list[_Binding]] = field(default_factory=dict)
    shared: set[str] = field(default_factory=set)


class Variables:
    """The variables of one file."""

    def __init__(self, module: "Module", evaluator: "Evaluator") -> None:
        self._module = module
        self._evaluator = evaluator
        self._names: dict[int, _Names] = {}
        self._following: set[tuple[int, str, int]] = set()
        self._functions: dict[str, Scope] | None = None
        self._rebound: frozenset[str] | None = None

    # What a name stands for

    def value(self, name: str, use: Node) -> Value | None:
        """What `name` is at `use`; None where this file binds no value to it."""
        position = use.start_byte
        scope: Scope | None = self._module.scopes.at(position)
        first = True
        while scope is not None:
            if scope.kind != "class" or first:
                found = self._in_scope(scope, name, position if first else None, use)
                if found is not None:
                    return found
            position, first, scope = scope.start, False, scope.parent
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
        key = (scope.start, name, position or -1)
        if key in self._following or len(self._following) >= _NESTED:
            return Reference(self._evaluator.at(use), name)
        self._following.add(key)
        try:

            def start() -> Value | None:
                return self._parameter(scope, name, use)

            if not bindings:
                found = start()
            elif position is None or position >= scope.body.end_byte:
                found = self._before(syntax.children(scope.body), bindings, start)
            else:
                found = self._at(scope, position, bindings, start)
        finally:
            self._following.discard(key)
        if found is None:
            found = Reference(self._evaluator.at(use), name)
        return found

    def _parameter(self, scope: Scope, name: str, use: Node) -> Value | None:
        declared = scope.parameters.get(name)
        if declared is None:
            return None
        at = self._evaluator.at(use)
        if scope.is_method and name in ("self", "cls") and next(iter(scope.parameters)) == name:
            return Reference(at, name)
        return Parameter(at, name, scope.name, declared.annotation)

    def attribute(self, owner: str, name: str, use: Node) -> Value | None:
        """What `owner.name` is, where `owner` is `self`, `cls` or a class of this file."""
        scope = self._module.scope(use)
        klass: Scope | None = None
        if owner in ("self", "cls"):
            klass = scope.klass
        elif owner not in self._module.names:
            klass = self._classes().get(owner)
        if klass is None:
            return None
        names = self._of(klass)
        found: list[Value] = []
        key = (klass.start, f".{name}", 0)
        if key in self._following or len(self._following) >= _NESTED:
            return None
        self._following.add(key)
        try:
            bindings = names.bindings.get(name, [])
            if bindings:
                value = self._before(syntax.children(klass.body), bindings, lambda: None)
                found += [value] if value is not None else []
            for binding in self._instance(klass).get(name, [])[:8]:
                value = self._assigned(binding)
                found += [value] if value is not None else []
        finally:
            self._following.discard(key)
        real = [value for value in found if not (isinstance(value, Constant) and value.value is None)] or found
        return choice(self._evaluator.at(use), real) if real else None

    def function(self, function: Node) -> Scope | None:
        """The function or method of this file that a callee's expression names."""
        if function.type == "identifier":
            name = self._module.text(function)
            return self._by_name().get(name) if name not in self._module.names else None
        inner, attribute = function.child_by_field_name("object"), function.child_by_field_name("attribute")
        if function.type != "attribute" or inner is None or attribute is None or inner.type != "identifier":
            return None
        owner = self._module.text(inner)
        if owner in ("self", "cls"):
            klass = self._module.scope(function).klass
            owner = klass.name if klass is not None else ""
        return self._by_name().get(f"{owner}.{self._module.text(attribute)}") if owner else None

    def returns(self, scope: Scope) -> list[Node]:
        """The expressions that a function returns, in the order of the text; none for generators."""
        captured = syntax.captures(_RETURNS, scope.body)
        if any(self._module.scopes.at(node.start_byte) is scope for node in captured.get("yield", ())):
            return []
        return [
            syntax.children(node)[0]
            for node in captured.get("return", ())
            if syntax.children(node) and self._module.scopes.at(node.start_byte) is scope
        ]

    def _by_name(self) -> dict[str, Scope]:
        if self._functions is None:
            self._functions = {scope.name: scope for scope in self._module.scopes.all if scope.kind == "function"}
        return self._functions

    def _classes(self) -> dict[str, Scope]:
        return {scope.name: scope for scope in self._module.scopes.all if scope.kind == "class"}

    def _changed_globals(self) -> frozenset[str]:
        """Module-level names that functions assign to."""
        if self._rebound is None:
            found: set[str] = set()
            if self._module.mentions(b"global "):
                for node in syntax.captures("(global_statement) @global", self._module.root).get("global", ()):
                    found.update(self._module.text(child) for child in node.named_children)
            self._rebound = frozenset(found)
        return self._rebound

    # The bindings of a scope

    def _of(self, scope: Scope) -> _Names:
        known = self._names.get(scope.start if scope.parent else -1)
        if known is None:
            known = self._names[scope.start if scope.parent else -1] = self._read(scope)
        return known

    def _read(self, scope: Scope) -> _Names:
        names = _Names()
        scopes = self._module.scopes
        found = [
            _Binding(kind, node, node.start_byte)
            for kind, nodes in syntax.captures(_BINDINGS, scope.body).items()
            if kind != "m"
            for node in nodes
            if scopes.at(node.start_byte) is scope
        ]
        found.sort(key=lambda binding: binding.start)
        for binding in found:
            if binding.kind == "global":
                names.shared.update(self._module.text(child) for child in binding.node.named_children)
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

    def _at(
        self, scope: Scope, position: int, bindings: list[_Binding], start: Callable[[], Value | None]
    ) -> Value | None:
        """The value before the byte at `position`."""
        path: list[tuple[list[Node], int, Node]] = []
        block: Node | None = scope.body
        while block is not None and len(path) < 64:
            statements = syntax.children(block)
            index = next((i for i, node in enumerate(statements) if node.start_byte <= position < node.end_byte), -1)
            if index < 0:
                break
            path.append((statements, index, statements[index]))
            block = _block_at(statements[index], position)
        return self._outwards(path, position, bindings, start)

    def _outwards(
        self,
        path: list[tuple[list[Node], int, Node]],
        position: int,
        bindings: list[_Binding],
        start: Callable[[], Value | None],
    ) -> Value | None:
        if not path:
            return start()
        statements, index, statement = path[-1]
        if statement.type not in _COMPOUND:
            # An assignment expression, or the target of a comprehension, earlier in the same statement.
            inner = [b for b in _within(bindings, statement) if b.kind == "walrus" and b.node.end_byte <= position]
            if inner:
                return self._assigned(inner[-1])

        def outside() -> Value | None:
            if len(path) == 1:
                return start()
            outer = path[-2][2]
            head = [b for b in _within(bindings, outer) if b.start < statements[0].start_byte and _is_head(b, outer)]
            if head:
                return self._assigned(head[-1])
            rest = self._outwards_of(path[:-1], position, bindings, start)
            if outer.type == "try_statement":
                return self._in_try(outer, position, bindings, _once(rest))
            if outer.type in ("for_statement", "while_statement"):
                return self._carried(outer, position, bindings, rest)
            return rest()

        return self._before(statements[:index], bindings, outside)

    def _outwards_of(
        self,
        path: list[tuple[list[Node], int, Node]],
        position: int,
        bindings: list[_Binding],
        start: Callable[[], Value | None],
    ) -> Callable[[], Value | None]:
        return lambda: self._outwards(path, position, bindings, start)

    def _in_try(
        self, statement: Node, position: int, bindings: list[_Binding], before: Callable[[], Value | None]
    ) -> Value | None:
        """The value with which a block of a `try` begins: its handlers may see the body half done."""
        body = statement.child_by_field_name("body")
        if body is None or position < body.end_byte:
            return before()
        clause = next((child for child in statement.named_children if child.end_byte > position), statement)
        after = self._before(_statements(body), bindings, before)
        return after if clause.type == "else_clause" else self._either(statement, [before(), after])

    def _carried(
        self, loop: Node, position: int, bindings: list[_Binding], before: Callable[[], Value | None]
    ) -> Value | None:
        """What the turn before may have left in a name that is used in a loop."""
        value = before()
        later = [binding for binding in _within(bindings, loop) if binding.start > position]
        if not later:
            return value
        if all(self._is_change(binding) for binding in later):
            for binding in later:
                value = self._changed(value, binding)
            return value
        options = [value] if value is not None else []
        for binding in later:
            if not self._is_change(binding):
                assigned = self._assigned(binding)
                options += [assigned] if assigned is not None else []
        return choice(self._evaluator.at(loop), options) if options else None

    def _before(
        self, statements: list[Node], bindings: list[_Binding], start: Callable[[], Value | None]
    ) -> Value | None:
        """The value after `statements` have run, `start` giving the one before them."""
        changes: list[tuple[Node, list[_Binding]]] = []
        value: Value | None = None
        for index in range(len(statements) - 1, -1, -1):
            statement = statements[index]
            touching = _within(bindings, statement)
            if not touching:
                continue
            if all(self._is_change(binding) for binding in touching):
                changes.append((statement, touching))
                continue
            if statement.type not in _COMPOUND:
                last = max(number for number, binding in enumerate(touching) if not self._is_change(binding))
                value = self._assigned(touching[last])
                for binding in touching[last + 1 :]:
                    value = self._changed(value, binding)
                break
            value = self._through(statement, bindings, _once(self._fall(statements[:index], bindings, start)))
            break
        else:
            value = start()
        for statement, touching in reversed(changes):
            value = self._changed_in(value, statement, touching)
        return value

    def _fall(
        self, statements: list[Node], bindings: list[_Binding], start: Callable[[], Value | None]
    ) -> Callable[[], Value | None]:
        return lambda: self._before(statements, bindings, start)

    def _through(self, statement: Node, bindings: list[_Binding], before: Callable[[], Value | None]) -> Value | None:
        """The value after a compound statement that assigns the name somewhere inside."""
        head = [binding for binding in _within(bindings, statement) if _is_head(binding, statement)]
        if head and statement.type != "for_statement":
            inner = self._assigned(head[-1])
            before = lambda: inner  # noqa: E731
        match statement.type:
            case "with_statement":
                return self._before(_statements(statement.child_by_field_name("body")), bindings, before)
            case "for_statement" | "while_statement":
                enter = before
                if head:
                    inner = self._assigned(head[-1])
                    enter = lambda: inner  # noqa: E731
                after = self._before(_statements(statement.child_by_field_name("body")), bindings, enter)
                return self._either(statement, [before(), after])
            case "try_statement":
                return self._after_try(statement, bindings, before)
        options: list[Value | None] = []
        blocks = _branches(statement)
        for block in blocks:
            statements = _statements(block)
            if not _leaves(statements):
                options.append(self._before(statements, bindings, before))
        if not _is_exhaustive(statement):
            options.append(before())
        return self._either(statement, options)

    def _after_try(self, statement: Node, bindings: list[_Binding], before: Callable[[], Value | None]) -> Value | None:
        body = _statements(statement.child_by_field_name("body"))
        clauses = syntax.children(statement)
        otherwise = next((clause for clause in clauses if clause.type == "else_clause"), None)
        if otherwise is not None:
            body = body + _statements(otherwise.child_by_field_name("body"))
        options = [] if _leaves(body) else [self._before(body, bindings, before)]
        for clause in clauses:
            if clause.type in ("except_clause", "except_group_clause"):
                statements = _statements(next((c for c in clause.named_children if c.type == "block"), None))
                if not _leaves(statements):
                    options.append(self._before(statements, bindings, before))
        final = next((clause for clause in clauses if clause.type == "finally_clause"), None)
        value = self._either(statement, options)
        if final is not None:
            block = next((child for child in final.named_children if child.type == "block"), None)
            value = self._before(_statements(block), bindings, lambda: value)
        return value

    def _either(self, node: Node, options: list[Value | None]) -> Value | None:
        known = [option for option in options if option is not None]
        return choice(self._evaluator.at(node), known) if known else None

    # What one binding does

    def _is_change(self, binding: _Binding) -> bool:
        if binding.kind in ("augment", "mutate"):
            return True
        left = binding.node.child_by_field_name("left") if binding.kind == "assign" else None
        return left is not None and left.type == "subscript"

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
        for block in _branches(statement):
            statements = _statements(block)
            if not _leaves(statements):
                part = self._before(statements, touching, lambda: Constant(at, ""))
                added += [part] if part is not None else []
        if statement.type in ("if_statement", "match_statement") and not _is_exhaustive(statement):
            added.append(Constant(at, ""))
        if not added or not any(is_textual(part) for part in added):
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
        arguments = [self._evaluator.value(argument) for argument in syntax.positional(node)]
        if isinstance(value, Parameter) and value.annotation.lower().startswith("list"):
            one = element(value, value.at)
            value = Items(value.at, (one,) if one is not None else (), open=True)
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
    first = bisect_left(bindings, statement.start_byte, key=lambda binding: binding.start)
    last = bisect_left(bindings, statement.end_byte, key=lambda binding: binding.start)
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


def _branches(statement: Node) -> list[Node]:
    """The blocks of which one runs (of a loop or `with`: the body)."""
    if statement.type in ("for_statement", "while_statement", "with_statement"):
        body = statement.child_by_field_name("body")
        return [body] if body is not None else []
    return _blocks(statement)


def _block_at(statement: Node, position: int) -> Node | None:
    """The block of a compound statement that holds the byte at `position`."""
    if statement.type not in _COMPOUND:
        return None
    return next((block for block in _blocks(statement) if block.start_byte <= position < block.end_byte), None)


def _is_head(binding: _Binding, statement: Node) -> bool:
    """Whether a binding inside a compound statement is made by its head (`for x in`, `with … as x`, `if (x := …)`)."""
    return binding.start == statement.start_byte or _block_at(statement, binding.start) is None


def _is_exhaustive(statement: Node) -> bool:
    """Whether one of the branches of a statement always runs."""
    if statement.type == "if_statement":
        return any(child.type == "else_clause" for child in statement.named_children)
    if statement.type == "match_statement":
        body = statement.child_by_field_name("body")
        last = body.named_children[-1] if body is not None and body.named_children else None
        pattern = last.named_children[0] if last is not None and last.named_children else None
        return pattern is not None and pattern.text == b"_"
    return True


def _statements(block: Node | None) -> list[Node]:
    return syntax.children(block) if block is not None else []


def _leaves(statements: list[Node]) -> bool:
    """Whether a block ends by leaving: what it assigned is not seen after it."""
    return bool(statements) and statements[-1].type in (
        "return_statement",
        "raise_statement",
        "continue_statement",
        "break_statement",
    )
