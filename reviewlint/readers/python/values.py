"""The evaluator: what an expression can be, as far as its own file tells (see facts/values.py)."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from tree_sitter import Node

from ...facts.algebra import choice, element, is_number, is_textual, member, put_in, text, weight
from ...facts.location import Location
from ...facts.values import (
    Call,
    Choice,
    Constant,
    Environment,
    Items,
    Parameter,
    Record,
    Reference,
    Text,
    Unknown,
    Value,
    constant_text,
    options,
)
from . import formats, results, syntax, variables
from .decided import decided
from .literals import string_constant

if TYPE_CHECKING:
    from .module import Module
    from .scopes import Scope

_WORD = re.compile(r"\w+")
DEPTH = 40
"""How deep expressions and definitions are followed; what lies deeper is Unknown."""
WEIGHT = 600
"""How many parts the value of a name may have; what has more is Unknown."""


class Evaluator:
    """Evaluates expressions of one file."""

    def __init__(self, module: "Module") -> None:
        self._module = module
        self._known: dict[tuple[int, frozenset[str]], Value] = {}
        self._names: frozenset[str] = frozenset()
        self._uses = 0
        self._light: dict[int, tuple[bool, Value]] = {}
        self._depth = 0
        self._bound: list[dict[str, Value]] = []
        self._following: set[int] = set()
        self._returned: dict[str, tuple[Value, ...]] = {}
        self._inside: set[str] = set()
        self._variables = variables.Variables(module, self)
        self._by_type: dict[str, Callable[[Node], Value]] = {
            "identifier": self._identifier,
            "string": self._string,
            "concatenated_string": self._concatenated,
            "integer": self._number,
            "float": self._number,
            "true": lambda node: Constant(self.at(node), True),
            "false": lambda node: Constant(self.at(node), False),
            "none": lambda node: Constant(self.at(node), None),
            "attribute": self._attribute,
            "subscript": self._subscript,
            "call": self._call,
            "binary_operator": self._binary,
            "boolean_operator": self._boolean,
            "conditional_expression": self._conditional,
            "unary_operator": self._unary,
            "dictionary": self._dictionary,
            "list": self._items,
            "tuple": self._items,
            "set": self._items,
            "expression_list": self._items,
            "list_comprehension": self._comprehension,
            "set_comprehension": self._comprehension,
            "generator_expression": self._comprehension,
            "named_expression": lambda node: self._field(node, "value"),
            "keyword_argument": lambda node: self._field(node, "value"),
        }

    def at(self, node: Node) -> Location:
        """Where `node` stands."""
        return self._module.location(node)

    def unknown(self, node: Node) -> Unknown:
        """The expression, not followed."""
        return Unknown(self.at(node), self._module.one_line(node))

    def value(self, node: Node) -> Value:
        """What `node` can be."""
        if (kind := node.type) in syntax.WRAPPING:
            node = syntax.unwrapped(node)
            kind = node.type
        key = node.id, self._names
        if (known := self._known.get(key)) is not None:
            return known
        evaluate = self._by_type.get(kind)
        if evaluate is None or self._depth >= DEPTH:
            return self.unknown(node)
        self._depth += 1
        uses = self._uses
        try:
            found = evaluate(node)
        finally:
            self._depth -= 1
        if uses == self._uses:  # whatever the names are bound to, this is the same
            self._known[key] = found
        return found

    @contextmanager
    def binding(self, names: dict[str, Value]) -> Iterator[None]:
        """Inside, each of `names` stands for its value (the variables of a comprehension)."""
        before = self._names
        self._bound.append(names)
        self._names = before.union(names)
        try:
            yield
        finally:
            self._bound.pop()
            self._names = before

    def _field(self, node: Node, name: str) -> Value:
        child = node.child_by_field_name(name)
        return self.value(child) if child is not None else self.unknown(node)

    # Names

    def _identifier(self, node: Node) -> Value:
        name = self._module.text(node)
        for names in reversed(self._bound):
            if name in names:
                self._uses += 1
                return names[name]
        found = self._variables.narrowed(node) or self._variables.value(name, node)
        if found is None and not self._bound and name not in self._module.names:
            found = self._comprehended(name, node)
        if found is None:
            return Reference(self.at(node), self._module.names.get(name, name))
        return found if self._is_light(found) else self.unknown(node)

    def _is_light(self, value: Value) -> bool:
        """Whether a value may stand for a name: values that hold each other many times over must not grow forever."""
        if isinstance(value, Constant | Parameter | Reference | Unknown):
            return True
        known = self._light.get(id(value))
        if known is None:
            known = self._light[id(value)] = (weight(value, WEIGHT) < WEIGHT, value)
        return known[0]

    def _attribute(self, node: Node) -> Value:
        inner, name_node = node.child_by_field_name("object"), node.child_by_field_name("attribute")
        if inner is None or name_node is None:
            return self.unknown(node)
        inner, name = syntax.unwrapped(inner), self._module.text(name_node)
        narrowed = self._variables.narrowed(node)
        if narrowed is not None:
            return narrowed
        if inner.type == "identifier":
            attribute = self._variables.attribute(self._module.text(inner), name, node)
            if attribute is not None:
                return attribute
        return member(self.value(inner), f".{name}", self.at(node)) or self.unknown(node)

    def _subscript(self, node: Node) -> Value:
        container = node.child_by_field_name("value")
        keys = node.children_by_field_name("subscript")
        if container is None or len(keys) != 1:
            return self.unknown(node)
        at = self.at(node)
        if self._module.dotted(container) == "os.environ":
            name = constant_text(self.value(keys[0]))
            return Environment(at, name) if name is not None else self.unknown(node)
        value = self.value(container)
        if keys[0].type == "slice":
            return (
                value
                if is_textual(value) or isinstance(value, Items | Parameter | Reference | Call)
                else self.unknown(node)
            )
        key = self.value(keys[0])
        match value, key:
            case Record(), Constant(value=str(wanted)) if (entry := value.get(wanted)) is not None:
                return entry
            case Record(open=False, entries=entries), _ if entries and not isinstance(key, Constant):
                return choice(at, [entry for _, entry in entries])
            case Items(items=items), Constant(value=int(index)) if -len(items) <= index < len(items) and not value.open:
                return items[index]
            case Constant(value=str(letters)), Constant(value=int(index)) if -len(letters) <= index < len(letters):
                return Constant(at, letters[index])
            case Items(open=False, items=items), _ if items and not isinstance(key, Constant):
                return choice(at, items)
        suffix = f".{key.value}" if isinstance(key, Constant) and isinstance(key.value, str) else "[]"
        return member(value, suffix, at) or self.unknown(node)

    # Literals

    def _number(self, node: Node) -> Value:
        try:
            source = self._module.text(node).replace("_", "")
            return Constant(self.at(node), int(source, 0) if node.type == "integer" else float(source))
        except ValueError:
            return self.unknown(node)

    def _string(self, node: Node) -> Value:
        if self._is_plain(node):
            return Constant(self.at(node), string_constant(node, self._module.data))
        return text(self.at(node), self._string_parts(node), "f-string")

    def _is_plain(self, node: Node) -> bool:
        """Whether a string has no holes."""
        return self._module.data.find(b"{", node.start_byte, node.end_byte) < 0 or not any(
            child.type == "interpolation" for child in node.named_children
        )

    def _concatenated(self, node: Node) -> Value:
        parts = [part for child in node.named_children if child.type == "string" for part in self._string_parts(child)]
        return text(self.at(node), parts, "f-string")

    def _string_parts(self, node: Node) -> list[Value]:
        if self._is_plain(node):
            return [Constant(self.at(node), string_constant(node, self._module.data))]
        parts: list[Value] = []
        for child in node.named_children:
            if child.type == "string_content":
                parts.append(Constant(self.at(child), string_constant(node, self._module.data, child)))
            elif child.type == "interpolation":
                parts.append(self._interpolation(child))
        return parts

    def _interpolation(self, node: Node) -> Value:
        expression = node.child_by_field_name("expression")
        if expression is None:
            return self.unknown(node)
        value = self.value(expression)
        specifier = next((child for child in node.named_children if child.type == "format_specifier"), None)
        if specifier is None:
            return value
        return formats.specified(value, self._module.text(specifier).lstrip(":"))

    def _dictionary(self, node: Node) -> Value:
        entries: list[tuple[str, Value]] = []
        is_open = False
        for child in syntax.children(node):
            if child.type == "pair":
                key, value = child.child_by_field_name("key"), child.child_by_field_name("value")
                name = self.value(key) if key is not None else None
                if isinstance(name, Constant) and value is not None:
                    entries.append((str(name.value), self.value(value)))
                else:
                    is_open = True
            elif child.type == "dictionary_splat" and child.named_children:
                spread = self.value(child.named_children[0])
                if isinstance(spread, Record):
                    entries.extend(spread.entries)
                    is_open = is_open or spread.open
                else:
                    is_open = True
            else:
                is_open = True
        return Record(self.at(node), tuple(entries), is_open)

    def _items(self, node: Node) -> Value:
        items: list[Value] = []
        is_open = False
        for child in syntax.children(node):
            if child.type == "list_splat":
                spread = self.value(child.named_children[0]) if child.named_children else None
                if isinstance(spread, Items):
                    items.extend(spread.items)
                is_open = is_open or not isinstance(spread, Items) or spread.open
            else:
                items.append(self.value(child))
        return Items(self.at(node), tuple(items), is_open)

    def _comprehension(self, node: Node) -> Value:
        body = node.child_by_field_name("body")
        clauses = [child for child in node.named_children if child.type == "for_in_clause"]
        if body is None or not clauses:
            return self.unknown(node)
        filtered = any(child.type == "if_clause" for child in node.named_children)
        names: dict[str, Value] = {}
        with self.binding(names):
            for clause in clauses[:-1]:
                self._bind_clause(clause, names)
            target, iterable = clauses[-1].child_by_field_name("left"), clauses[-1].child_by_field_name("right")
            if target is None or iterable is None:
                return self.unknown(node)
            over = self.value(iterable)
            if isinstance(over, Items) and not over.open and len(over.items) <= results.EXPANDED and len(clauses) == 1:
                found: list[Value] = []
                for item in over.items:
                    names.update(self.unpacked(target, item))
                    found.append(self.value(body))
                return Items(self.at(node), tuple(found), open=filtered)
            names.update(self.unpacked(target, element(over, self.at(iterable)) or self.unknown(target)))
            return Items(self.at(node), (self.value(body),), open=True)

    def _comprehended(self, name: str, node: Node) -> Value | None:
        """What a name is that a comprehension around it binds, None where none does."""
        around = [
            (start, clause)
            for start, end, clause in self._clauses.get(name, ())
            if start <= node.start_byte < end and not clause.start_byte <= node.start_byte < clause.end_byte
        ]
        if not around:
            return None
        clause = max(around, key=lambda found: found[0])[1]
        if clause.start_byte in self._following:
            return None
        names: dict[str, Value] = {}
        self._following.add(clause.start_byte)
        try:
            self._bind_clause(clause, names)
        finally:
            self._following.discard(clause.start_byte)
        return names.get(name)

    @cached_property
    def _clauses(self) -> dict[str, list[tuple[int, int, Node]]]:
        """The clauses of comprehensions by the names that they bind, with where their comprehension begins and ends."""
        found: dict[str, list[tuple[int, int, Node]]] = {}
        module = self._module
        for clause in module.seen.get("clause", ()):
            target, whole = clause.child_by_field_name("left"), clause.parent
            if target is not None and whole is not None:
                for name in set(_WORD.findall(module.text(target))):
                    found.setdefault(name, []).append((whole.start_byte, whole.end_byte, clause))
        return found

    def _bind_clause(self, clause: Node, names: dict[str, Value]) -> None:
        target, iterable = clause.child_by_field_name("left"), clause.child_by_field_name("right")
        if target is not None and iterable is not None:
            one = element(self.value(iterable), self.at(iterable)) or self.unknown(target)
            names.update(self.unpacked(target, one))

    def unpacked(self, target: Node, value: Value) -> dict[str, Value]:
        """The names that `target` binds when `value` is assigned to it."""
        if target.type == "identifier":
            return {self._module.text(target): value}
        if target.type not in ("pattern_list", "tuple_pattern", "list_pattern", "tuple", "list", "expression_list"):
            return {}
        names: dict[str, Value] = {}
        targets = syntax.children(target)
        exact = isinstance(value, Items) and not value.open and len(value.items) == len(targets)
        for number, inner in enumerate(targets):
            if isinstance(value, Items) and exact:
                part: Value = value.items[number]
            elif isinstance(value, Choice) and all(
                isinstance(option, Items) and len(option.items) == len(targets) for option in value.options
            ):
                part = choice(value.at, [option.items[number] for option in value.options])  # type: ignore[union-attr]
            else:
                part = member(value, "[]", self.at(inner)) or self.unknown(inner)
            names.update(self.unpacked(inner, part))
        return names

    # Operators

    def _unary(self, node: Node) -> Value:
        value = self._field(node, "argument")
        operator = node.child_by_field_name("operator")
        match value:
            case Constant(value=int(number) | float(number)) if operator is not None and operator.type == "-":
                return Constant(self.at(node), -number)
        return self.unknown(node)

    def _conditional(self, node: Node) -> Value:
        branches = syntax.children(node)
        if len(branches) != 3:
            return self.unknown(node)
        holds = decided(branches[1], self)
        if holds is not None:
            return self.value(branches[0 if holds else 2])
        chosen = choice(self.at(node), [self.value(branches[0]), self.value(branches[2])])
        return replace(chosen, test=self._module.one_line(branches[1])) if isinstance(chosen, Choice) else chosen

    def _boolean(self, node: Node) -> Value:
        left, right = self._field(node, "left"), self._field(node, "right")
        if _is_either_or(node):  # `flag and one or other`: the flag itself is never the result
            inner = syntax.field(syntax.unwrapped(node.named_children[0]), "right")
            left = self.value(inner) if inner is not None else left
        operator = node.child_by_field_name("operator")
        if operator is not None and operator.type == "or" and isinstance(left, Environment) and left.default is None:
            return Environment(self.at(node), left.name, right)
        if operator is not None and operator.type == "or" and isinstance(left, Constant) and not left.value:
            return right
        return choice(self.at(node), [left, right])

    def _binary(self, node: Node) -> Value:
        operator = node.child_by_field_name("operator")
        sign = operator.type if operator is not None else ""
        if sign == "+":
            return self._sum(node)
        left, right = self._field(node, "left"), self._field(node, "right")
        if sign == "%":
            return self.percent(node, left, right)
        if sign == "*":
            return self._times(node, left, right)
        if sign == "|" and isinstance(left, Record) and isinstance(right, Record):
            return Record(self.at(node), left.entries + right.entries, left.open or right.open)
        if sign == "|":
            sets = [one for side in (left, right) for one in options(side)]
            items = tuple(item for one in sets if isinstance(one, Items) for item in one.items)
            if all(isinstance(one, Items) for one in sets) and len(items) <= 4 * results.EXPANDED:
                known = isinstance(left, Items) and isinstance(right, Items) and not left.open and not right.open
                return Items(self.at(node), items, open=not known)
        return self._arithmetic(node, sign, left, right)

    def _sum(self, node: Node) -> Value:
        operands: list[Node] = []
        inner: Node | None = node
        while inner is not None and inner.type == "binary_operator":
            operator = inner.child_by_field_name("operator")
            if operator is None or operator.type != "+":
                break
            right = inner.child_by_field_name("right")
            operands += [right] if right is not None else []
            inner = inner.child_by_field_name("left")
            inner = syntax.unwrapped(inner) if inner is not None else None
        values = [self.value(operand) for operand in ([inner] if inner is not None else []) + operands[::-1]]
        if any(is_textual(value) for value in values):
            return text(self.at(node), values, "+")
        if all(isinstance(value, Items) for value in values) or (values and isinstance(values[0], Items)):
            return Items(
                self.at(node),
                tuple(item for value in values if isinstance(value, Items) for item in value.items),
                any(not isinstance(value, Items) or value.open for value in values),
            )
        if len(values) == 2:
            return self._arithmetic(node, "+", values[0], values[1])
        return self.unknown(node)

    def _arithmetic(self, node: Node, sign: str, left: Value, right: Value) -> Value:
        match left, right:
            case Constant(value=int(a)), Constant(value=int(b)):
                if sign == "+":
                    return Constant(self.at(node), a + b)
                if sign == "-":
                    return Constant(self.at(node), a - b)
                if sign == "*" and abs(a) < 1 << 32 and abs(b) < 1 << 32:
                    return Constant(self.at(node), a * b)
        numbers = is_number(left) + is_number(right)
        if sign in ("//", "**") or (sign in ("+", "-", "/") and numbers) or (sign == "*" and numbers == 2):
            # Of sets `-` leaves a set, of paths `/` makes a path, of texts `*` makes a text: a number beside `+`, `-`
            # or `/` says that it is arithmetic, of `*` only two do.
            return Call(self.at(node), "float" if sign == "/" else "int", (left, right))
        return self.unknown(node)

    def _times(self, node: Node, left: Value, right: Value) -> Value:
        if not isinstance(left, Items) and not is_textual(left):
            left, right = right, left
        if isinstance(left, Items):
            if (
                isinstance(right, Constant)
                and isinstance(right.value, int)
                and 0 <= right.value * len(left.items) <= results.EXPANDED
            ):
                return Items(self.at(node), left.items * right.value, left.open)
            return Items(self.at(node), left.items, open=True)
        if is_textual(left):
            match left, right:
                case Constant(value=str(repeated)), Constant(value=int(times)) if 0 <= times * len(repeated) <= 1000:
                    return Constant(self.at(node), repeated * times)
            return left
        return self._arithmetic(node, "*", left, right)

    # Texts

    def percent(self, node: Node, left: Value, right: Value) -> Value:
        """`left % right`."""
        return formats.percent(self.at(node), left, right, lambda left, right: self._arithmetic(node, "%", left, right))

    # Calls

    def _call(self, node: Node) -> Value:
        function = node.child_by_field_name("function")
        if function is None:
            return self.unknown(node)
        at = self.at(node)
        function = syntax.unwrapped(function)
        callee = self._module.dotted(function) or self._module.one_line(function, 40)
        arguments, keywords = self._arguments(node)
        if function.type == "attribute":
            found = self._method(at, function, callee, arguments, keywords)
            if found is not None:
                return found
        else:
            found = results.of_builtin(at, callee, arguments, keywords)
            if found is not None:
                return found
        scope = self._variables.function(function)
        if scope is not None:
            found = self._inlined(at, scope, arguments, keywords)
            if found is not None:
                return found
        return Call(at, callee, arguments, keywords, self._receiver(function))

    def _receiver(self, function: Node) -> Value | None:
        inner = function.child_by_field_name("object") if function.type == "attribute" else None
        if inner is None:
            return None
        value = self.value(inner)
        return None if isinstance(value, Reference) and value.name == self._module.dotted(inner) else value

    def _arguments(self, node: Node) -> tuple[tuple[Value, ...], tuple[tuple[str, Value], ...]]:
        """Positional and keyword arguments; spreads stand as keywords `*` and `**`."""
        positional: list[Value] = []
        keywords: list[tuple[str, Value]] = []
        arguments = node.child_by_field_name("arguments")
        if arguments is not None and arguments.type == "generator_expression":
            return (self.value(arguments),), ()
        for child in syntax.children(arguments) if arguments is not None else ():
            if child.type == "keyword_argument":
                name, value = child.child_by_field_name("name"), child.child_by_field_name("value")
                if name is not None and value is not None:
                    keywords.append((self._module.text(name), self.value(value)))
            elif child.type == "list_splat":
                spread = self.value(child.named_children[0]) if child.named_children else self.unknown(child)
                if isinstance(spread, Items) and not spread.open and not keywords:
                    positional.extend(spread.items)
                else:
                    keywords.append(("*", spread))
            elif child.type == "dictionary_splat":
                spread = self.value(child.named_children[0]) if child.named_children else self.unknown(child)
                if isinstance(spread, Record) and not spread.open:
                    keywords.extend(spread.entries)
                else:
                    keywords.append(("**", spread))
            else:
                positional.append(self.value(child))
        return tuple(positional), tuple(keywords)

    def _method(
        self,
        at: Location,
        function: Node,
        callee: str,
        arguments: tuple[Value, ...],
        keywords: tuple[tuple[str, Value], ...],
    ) -> Value | None:
        """A call of a method whose result we know: of text, dicts, lists, `os.environ`."""
        if callee in results.DEDENT or callee in ("os.getenv", "dict.fromkeys", "functools.reduce"):
            return results.of_builtin(at, callee, arguments, keywords)
        if callee == "os.environ.get" and arguments and (variable := constant_text(arguments[0])) is not None:
            return Environment(at, variable, arguments[1] if len(arguments) > 1 else dict(keywords).get("default"))
        method = callee.rpartition(".")[2]
        inner = function.child_by_field_name("object")
        if inner is None or method not in results.METHODS:
            return None
        receiver = self.value(inner)
        return results.of_method(at, receiver, method, arguments, keywords)

    # Functions of this file

    def may_be_text(self, node: Node, hops: int = 4) -> bool:
        """Whether an expression can be text, by its form alone."""
        node = syntax.unwrapped(node)
        match node.type:
            case "string" | "concatenated_string":
                return True
            case "binary_operator" | "boolean_operator" | "conditional_expression":
                return hops > 0 and any(self.may_be_text(part, hops - 1) for part in syntax.children(node))
            case "call":
                function = node.child_by_field_name("function")
                if function is None:
                    return False
                name = self._module.dotted(function)
                return (
                    name == "str"
                    or name.rpartition(".")[2] in results.METHODS
                    or name in results.DEDENT
                    or self._variables.function(function) is not None
                )
            case "identifier":
                return hops > 0 and self._variables.may_be_text(node, hops)
            case "attribute":
                return self._variables.is_told(node)
            case "subscript" | "named_expression":
                return True
        return False

    def assigned(self, name: str, scope: "Scope", *, whatever_it_holds: bool = False) -> list[Node]:
        """The expressions that are assigned to a plain name in `scope` itself."""
        return self._variables.assigned(name, scope, whatever_it_holds=whatever_it_holds)

    def returns(self, scope: "Scope") -> list[Node]:
        """The expressions that a function returns, in order; none for generators."""
        return self._variables.returns(scope)

    def returned(self, scope: "Scope") -> tuple[Value, ...]:
        """What a function may return, in the order of the text."""
        known = self._returned.get(scope.name)
        if known is not None and scope.name not in self._inside:
            return known
        if scope.name in self._inside or self._depth >= DEPTH:
            return ()
        self._inside.add(scope.name)
        bound, self._bound = self._bound, []
        names, self._names = self._names, frozenset()
        try:
            nodes = self._variables.returns(scope)
            found = tuple(self.value(node) for node in nodes)
        finally:
            self._inside.discard(scope.name)
            self._bound, self._names = bound, names
        self._returned[scope.name] = found
        return found

    def _inlined(
        self, at: Location, scope: "Scope", arguments: tuple[Value, ...], keywords: tuple[tuple[str, Value], ...]
    ) -> Value | None:
        """The value of a call into this file, where the function gives back texts or constants."""
        found = self.returned(scope)
        if not found or not all(_is_plain(value) for value in found):
            return None
        names = [name for name, declared in scope.parameters.items() if not declared.spread]
        if scope.is_method and names and names[0] in ("self", "cls"):
            names = names[1:]
        given = dict(zip(names, arguments, strict=False))
        given.update({name: value for name, value in keywords if name not in ("*", "**")})
        for name, declared in scope.parameters.items():
            if name not in given and declared.default is not None:
                given[name] = self.value(declared.default)
        return choice(at, [put_in(value, scope.name, given, at) for value in found])


def _is_either_or(node: Node) -> bool:
    """Whether an expression is `test and one or other`."""
    left = syntax.field(node, "left")
    if left is None:
        return False
    left = syntax.unwrapped(left)
    signs = [syntax.field(one, "operator") for one in (node, left)]
    return left.type == "boolean_operator" and [sign.type for sign in signs if sign is not None] == ["or", "and"]


def _is_plain(value: Value) -> bool:
    return (isinstance(value, Constant) and isinstance(value.value, str)) or (
        isinstance(value, Text | Choice) and is_textual(value)
    )
