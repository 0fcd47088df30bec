"""Names followed to what was assigned to them, in the scopes of one file."""

from bisect import bisect_left
from typing import TYPE_CHECKING

from tree_sitter import Node

from ...facts.algebra import choice
from ...facts.values import Constant, Items, Parameter, Reference, Value
from . import guards, syntax
from .bindings import START, Binding, Bindings
from .changes import Changes
from .reaching import Reaching
from .scopes import Scope

if TYPE_CHECKING:
    from .module import Module
    from .values import Evaluator

_NESTED = 24
"""How many names are followed one inside the other."""


class Variables:
    """The variables of one file."""

    def __init__(self, module: "Module", evaluator: "Evaluator") -> None:
        self._module = module
        self._evaluator = evaluator
        self._bindings = Bindings(module)
        self._changes = Changes(module, evaluator)
        self._reaching = Reaching(module, evaluator, self._bindings, self._changes)
        self._following: set[tuple[int, str, int]] = set()
        self._settled: dict[tuple[int, str], Value | None] = {}
        self._seen: dict[tuple[int, str, int, int], Value] = {}
        self._classes = {scope.name: scope for scope in module.scopes.all if scope.kind == "class"}

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
        bindings = self._bindings.of(scope).bindings.get(name, [])
        if at_end is None or not bindings:
            return at_end
        made = self._in_scope(scope, name, position, use)
        return made if made is None or bindings[-1].start < position else choice(made.at, [made, at_end])

    def narrowed(self, use: Node) -> Value | None:
        """What tests before the name or attribute `use` leave of it; None where they say nothing."""
        scope = self._module.scopes.at(use.start_byte)
        if scope.kind != "function":
            return None
        names = self._bindings.of(scope)
        if not names.tests or (source := self._module.text(use)) not in names.tests:
            return None
        position = use.start_byte
        first = source.partition(".")[0]
        for test in reversed(names.tests[source]):
            if test.start_byte <= position < test.end_byte:
                continue
            between = bisect_left(names.bindings.get(first, ()), test.end_byte, key=START)
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
        names = self._bindings.of(scope)
        declared = scope.parameters.get(name)
        if name in names.shared:
            return None
        bindings = names.bindings.get(name, [])
        if (declared is None and not bindings) or (position is not None and position < scope.body.start_byte):
            return None
        if scope.kind == "module" and name in self._bindings.changed_globals():
            return Reference(self._evaluator.at(use), name)
        settled = (scope.number, name)
        is_end = position is None or position >= scope.body.end_byte
        if is_end and settled in self._settled:
            return self._settled[settled]
        key = (*settled, position or -1)
        exactly = (*key, use.end_byte)
        if not is_end and exactly in self._seen:
            return self._seen[exactly]
        if key in self._following or len(self._following) >= _NESTED:
            self._reaching.given_up += 1
            return Reference(self._evaluator.at(use), name)
        given_up = self._reaching.given_up
        self._following.add(key)
        try:
            found = self._found(scope, name, None if is_end else position, bindings, use)
        finally:
            self._following.discard(key)
        if found is None:
            found = Reference(self._evaluator.at(use), name)
        if is_end:
            self._settled[settled] = found
        elif given_up == self._reaching.given_up:  # what was given up may be found from elsewhere
            self._seen[exactly] = found
        return found

    def _found(self, scope: Scope, name: str, position: int | None, bindings: list[Binding], use: Node) -> Value | None:
        def start() -> Value | None:
            return self._parameter(scope, name, use)

        if not bindings:
            return start()
        if position is None:
            return self._reaching.end(scope.body, bindings, start)
        return self._reaching.at(scope, position, bindings, start)

    def _parameter(self, scope: Scope, name: str, use: Node) -> Value | None:
        declared = scope.parameters.get(name)
        if declared is None:
            return None
        at = self._evaluator.at(use)
        if scope.is_method and name in ("self", "cls") and next(iter(scope.parameters)) == name:
            return Reference(at, name)
        return Parameter(at, name, scope.name, declared.annotation, injected=declared.injected)

    def attribute(self, owner: str, name: str, use: Node) -> Value | None:
        """What `owner.name` is: of `self`, `cls` or a class of this file, or as this file assigns it (`g.db = …`)."""
        scope = self._module.scope(use)
        klass: Scope | None = None
        if owner in ("self", "cls"):
            klass = scope.klass
        elif owner not in self._module.names:
            klass = self._classes.get(owner)
        assigned = (
            self._bindings.instance(klass).get(name, []) if klass is not None else self._elsewhere(owner, name, scope)
        )
        if klass is None and not assigned:
            return None
        found: list[Value] = []
        key = (klass.number, f".{name}", 0) if klass is not None else (-1, f"{owner}.{name}", 0)
        if key in self._following or len(self._following) >= _NESTED:
            self._reaching.given_up += 1
            return None
        self._following.add(key)
        try:
            bindings = self._bindings.of(klass).bindings.get(name, []) if klass is not None else []
            if klass is not None and bindings:
                value = self._reaching.end(klass.body, bindings, lambda: None)
                found += [value] if value is not None else []
            for binding in assigned[:8]:
                value = self._changes.assigned(binding)
                found += [value] if value is not None else []
            if klass is not None and any(isinstance(value, Items) for value in found):
                for node in self._bindings.filled.get((klass.number, name), ())[:8]:
                    found = [self._changes.mutated(value, node) or value for value in found]
        finally:
            self._following.discard(key)
        real = [value for value in found if not (isinstance(value, Constant) and value.value is None)] or found
        return choice(self._evaluator.at(use), real) if real else None

    def _elsewhere(self, owner: str, name: str, scope: Scope) -> list[Binding]:
        """The assignments to an attribute of an imported or module-level object (`g.db`), wherever they stand."""
        if owner in scope.parameters or (owner in self._bindings.of(scope).bindings and scope.parent is not None):
            return []
        return self._bindings.attributes.get(f"{owner}.{name}", [])

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

    def is_told(self, attribute: Node) -> bool:
        """Whether the file may tell what an attribute is: by assigning or testing it, or in a class."""
        source = self._module.text(attribute)
        owner = source.partition(".")[0]
        return (
            owner in ("self", "cls")
            or (owner in self._classes and owner not in self._module.names)
            or source in self._bindings.attributes
            or source in self._bindings.of(self._module.scope(attribute)).tests
        )

    def may_be_text(self, node: Node, hops: int) -> bool:
        """Whether a name can be text, by the forms of what it is bound to."""
        name = self._module.text(node)
        scope: Scope | None = self._module.scopes.at(node.start_byte)
        while scope is not None:
            bindings = self._bindings.of(scope).bindings.get(name)
            if bindings:
                assigned = self.assigned(name, scope)
                return not assigned or any(self._evaluator.may_be_text(value, hops - 1) for value in assigned)
            if name in scope.parameters:
                return False
            scope = scope.parent
        return False

    def assigned(self, name: str, scope: Scope, *, whatever_it_holds: bool = False) -> list[Node]:
        """The expressions that are assigned to a plain name in `scope` itself."""
        return self._bindings.assigned(name, scope, whatever_it_holds=whatever_it_holds)

    def returns(self, scope: Scope) -> list[Node]:
        """The expressions that a function returns, in the order of the text; none for generators."""
        if self._module.captured("yield", scope):
            return []
        return [inner[0] for node in self._module.captured("return", scope) if (inner := syntax.children(node))]
