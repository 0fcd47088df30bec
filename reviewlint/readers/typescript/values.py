"""What expressions can be: the evaluator of TypeScript and JavaScript into `facts.values`."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from tree_sitter import Node

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
from .. import templates
from . import formats, syntax
from .aliases import fixed_types
from .bindings import Binding, Bindings, Write, reaches
from .decided import decided, runs
from .scopes import ITERATIONS, Scope
from .texts import MAX_PARTS, array_joined, joined, numeric, one_of, printed, shown, textual, unescaped

if TYPE_CHECKING:
    from .module import Module

_MAX_DEPTH = 60
_MAX_STEPS = 5_000
_MAX_SUMMARY = 80
_MAX_WRITES = 40
_MAX_PUSHES = 100
_MAX_INLINED = 4
_MAX_NAME = 300
_MAX_DIGITS = 400
_SMALL = 1 << 53
ENVIRONMENTS = frozenset(
    {
        "process.env",
        "process.default.env",
        "node:process.env",
        "node:process.default.env",
        "globalThis.process.env",
        "import.meta.env",
        "Bun.env",
        "$env/dynamic/private.env",
        "$env/dynamic/public.env",
    }
)
_COUNTS = frozenset({"indexOf", "lastIndexOf", "findIndex", "getTime", "push", "unshift", "charCodeAt"})
_TEXT_TAGS = frozenset({"String.raw", "dedent", "outdent", "stripIndent", "stripIndents", "codeBlock", "oneLine"})
_TRIMS = frozenset({"trim", "trimStart", "trimEnd", "toString", "valueOf"})
_ELEMENTWISE = frozenset({"map", "forEach", "flatMap", "filter", "find", "findIndex", "findLast", "some", "every"})
_MAPS = frozenset({"map", "flatMap"})
_COPIES = frozenset({"filter", "sort", "reverse", "slice", "toSorted", "toReversed", "flat"})
_CONTENTS = frozenset({"Object.keys", "Object.values", "Object.entries", "Array.from"})
_SAME = frozenset({"Object.freeze", "Object.seal", "structuredClone"})
_TEXT_METHODS = frozenset({"concat", "fill", "join", "padStart", "repeat", "replace", "replaceAll", *_TRIMS, *_COPIES})
_PARSERS = frozenset({"parse", "parseAsync", "validateSync"})
_ARITHMETIC = frozenset({"-", "*", "/", "%", "**", "|", "&", "^", "<<", ">>", ">>>"})


class Evaluator:
    """Evaluates the expressions of one module. Never raises; what is too deep or too large is `Unknown`."""

    def __init__(self, module: "Module") -> None:
        self._module = module
        self._known_bindings: Bindings | None = None
        self._depth = 0
        self._steps = 0
        self._limit = _MAX_STEPS
        self._gaps = 0
        self._known: dict[tuple[int, int], Value] = {}
        self._summarised: dict[tuple[int, int], Value] = {}
        self._frames: list[tuple[int, dict[str, Value]]] = []
        self._following: set[tuple[int, int]] = set()
        self._kinds: dict[str, Callable[[Node], Value]] = {
            "string": self._string,
            "template_string": self._template,
            "number": self._number,
            "true": lambda node: Constant(self._at(node), True),
            "false": lambda node: Constant(self._at(node), False),
            "null": lambda node: Constant(self._at(node), None),
            "undefined": lambda node: Constant(self._at(node), None),
            "identifier": self._identifier,
            "shorthand_property_identifier": self._identifier,
            "this": lambda node: Reference(self._at(node), "this"),
            "member_expression": self._member_expression,
            "subscript_expression": self._subscript,
            "meta_property": lambda node: Reference(self._at(node), "import.meta"),
            "object": self._object,
            "array": self._array,
            "binary_expression": self._binary,
            "unary_expression": self._unary,
            "update_expression": self._update,
            "ternary_expression": self._ternary,
            "call_expression": self._call,
            "new_expression": self._call,
            "assignment_expression": self._assignment,
            "sequence_expression": self._sequence,
        }

    @property
    def bindings(self) -> Bindings:
        """The names of the file."""
        if self._known_bindings is None:
            self._known_bindings = Bindings(self._module)
        return self._known_bindings

    def _at(self, node: Node) -> Location:
        return self._module.location(node)

    def _unknown(self, node: Node) -> Unknown:
        return Unknown(self._at(node), self._module.one_line(node))

    def value(self, node: Node, limit: int = _MAX_STEPS) -> Value:
        """What the expression can be; what is not reached in `limit` steps is `Unknown`."""
        node = syntax.unwrapped(node)
        if self._depth == 0:
            self._steps, self._limit = 0, limit
        self._steps += 1
        if self._depth >= _MAX_DEPTH or self._steps > self._limit:
            self._gaps += 1
            return self._unknown(node)
        known = self._known if self._limit == _MAX_STEPS else self._summarised
        key = node.id, node.start_byte
        if not self._frames and key in known:
            return known[key]
        gaps = self._gaps
        self._depth += 1
        try:
            found = self._kinds.get(node.type, self._unknown)(node)
        finally:
            self._depth -= 1
        if not self._frames and gaps == self._gaps:
            known[key] = found
        return found

    def summary(self, node: Node) -> Value:
        """What the expression can be, without following it into functions and not very far."""
        return self.value(node, _MAX_SUMMARY)

    # Literals

    def _string(self, node: Node) -> Value:
        return Constant(self._at(node), unescaped(self._module.text(node)[1:-1]))

    def _number(self, node: Node) -> Value:
        text = self._module.text(node).replace("_", "").rstrip("n")
        if len(text) > _MAX_DIGITS:
            return self._unknown(node)
        try:
            return Constant(self._at(node), int(text) if text.isdigit() else int(text, 0))
        except ValueError:
            pass
        try:
            return Constant(self._at(node), float(text))
        except ValueError:
            return self._unknown(node)

    def _template(self, node: Node) -> Value:
        parts: list[Value] = []
        data, start = self._module.data, node.start_byte + 1
        for child in node.named_children:
            if child.type != "template_substitution":
                continue
            if child.start_byte > start:
                parts.append(self._fragment(node, data[start : child.start_byte]))
            inner = syntax.children(child)
            parts.append(self.value(inner[0]) if inner else self._unknown(child))
            start = child.end_byte
        if node.end_byte - 1 > start:
            parts.append(self._fragment(node, data[start : node.end_byte - 1]))
        return joined(self._at(node), parts, "template literal")

    def _fragment(self, node: Node, text: bytes) -> Value:
        return Constant(self._at(node), unescaped(text.decode("utf-8", "replace")))

    def _object(self, node: Node) -> Value:
        entries: list[tuple[str, Value]] = []
        open_ = False
        for child in syntax.children(node):
            match child.type:
                case "pair":
                    key, value = child.child_by_field_name("key"), child.child_by_field_name("value")
                    name = self._key(key) if key is not None else None
                    if name is None or value is None:
                        open_ = True
                    else:
                        entries.append((name, self.value(value)))
                case "shorthand_property_identifier":
                    entries.append((self._module.text(child), self.value(child)))
                case "method_definition":
                    key = child.child_by_field_name("name")
                    if key is not None:
                        entries.append((self._module.text(key), self._unknown(child)))
                case "spread_element":
                    inner = syntax.children(child)
                    spread = self.value(inner[0]) if inner else self._unknown(child)
                    records = [option for option in options(spread) if isinstance(option, Record)]
                    for record in records:
                        entries.extend(record.entries)
                    open_ = open_ or not isinstance(spread, Record) or spread.open
            if len(entries) > MAX_PARTS:
                return Record(self._at(node), tuple(entries[:MAX_PARTS]), True)
        return Record(self._at(node), tuple(entries), open_)

    def _key(self, node: Node) -> str | None:
        match node.type:
            case "string":
                return unescaped(self._module.text(node)[1:-1])
            case "computed_property_name":
                inner = syntax.children(node)
                computed = self.value(inner[0]) if inner else None
                if isinstance(computed, Constant) and computed.value is not None:
                    return shown(computed.value)
                return None
        return self._module.text(node)

    def _array(self, node: Node) -> Value:
        items: list[Value] = []
        open_ = False
        for child in syntax.children(node):
            if child.type == "spread_element":
                open_ = self._spread(child, items) or open_
            else:
                items.append(self.value(child))
            if len(items) > MAX_PARTS:
                return Items(self._at(node), tuple(items[:MAX_PARTS]), True)
        return Items(self._at(node), tuple(items), open_)

    def _spread(self, node: Node, items: list[Value]) -> bool:
        """Put what a spread adds into `items`; whether it may be more."""
        inner = syntax.children(node)
        spread = self.value(inner[0]) if inner else self._unknown(node)
        if isinstance(spread, Items):
            items.extend(spread.items)
            return spread.open
        items.append(self._unknown(node))
        return True

    # Texts

    def _number_of(self, node: Node, *operands: Value) -> Value:
        return Call(self._at(node), "Number", operands)

    def _binary(self, node: Node) -> Value:
        operator = node.child_by_field_name("operator")
        sign = operator.type if operator is not None else ""
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is None or right is None:
            return self._unknown(node)
        if sign == "+":
            return self._sum(node)
        if sign in ("||", "??"):
            return self._fallback(node, self.value(left), self.value(right))
        if sign == "&&":
            return one_of(self._at(node), [Constant(self._at(left), False), self.value(right)])
        if sign in _ARITHMETIC:
            return self._arithmetic(node, sign, self.value(left), self.value(right))
        return self._unknown(node)

    def _arithmetic(self, node: Node, sign: str, left: Value, right: Value) -> Value:
        match left, right:
            case Constant(value=int(one)), Constant(value=int(other)) if sign == "-":
                return Constant(self._at(node), one - other)
            case Constant(value=int(one)), Constant(value=int(other)) if (
                sign == "*" and max(abs(one), abs(other)) < _SMALL
            ):
                return Constant(self._at(node), one * other)
        return self._number_of(node, left, right)

    def _sum(self, node: Node) -> Value:
        operands: list[Node] = []
        current: Node = node
        while current.type == "binary_expression":
            operator, left = current.child_by_field_name("operator"), current.child_by_field_name("left")
            right = current.child_by_field_name("right")
            if operator is None or operator.type != "+" or left is None or right is None:
                break
            operands.append(right)
            current = syntax.unwrapped(left)
        operands.append(current)
        values = [self.value(operand) for operand in reversed(operands)]
        total = values[0]
        at = self._at(node)
        for position, value in enumerate(values[1:], 1):
            if numeric(total) and numeric(value):
                if isinstance(total, Constant) and isinstance(value, Constant):
                    total = Constant(at, total.value + value.value)  # type: ignore[operator]
                else:
                    total = Call(at, "Number", (total, value))
            else:
                return joined(at, [total, *values[position:]], "+")
        return total

    def _fallback(self, node: Node, left: Value, right: Value) -> Value:
        if isinstance(left, Environment) and left.default is None:
            return Environment(left.at, left.name, right)
        if isinstance(left, Constant) and (left.value is None or left.value == ""):
            return right
        return one_of(self._at(node), [left, right])

    def _unary(self, node: Node) -> Value:
        operator, argument = node.child_by_field_name("operator"), node.child_by_field_name("argument")
        sign = operator.type if operator is not None else ""
        if argument is None:
            return self._unknown(node)
        if sign == "void":
            return Constant(self._at(node), None)
        if sign in ("+", "-", "~"):
            value = self.value(argument)
            if sign == "-" and isinstance(value, Constant) and numeric(value):
                return Constant(self._at(node), -value.value)  # type: ignore[operator]
            return self._number_of(node, value)
        return self._unknown(node)

    def _update(self, node: Node) -> Value:
        argument = node.child_by_field_name("argument")
        return self._unknown(node) if argument is None else self._number_of(node, self.value(argument))

    def _ternary(self, node: Node) -> Value:
        either, other = node.child_by_field_name("consequence"), node.child_by_field_name("alternative")
        condition = node.child_by_field_name("condition")
        if either is None or other is None or condition is None:
            return self._unknown(node)
        holds = decided(condition, self)
        if holds is not None:
            return self.value(either if holds else other)
        chosen = one_of(self._at(node), [self.value(either), self.value(other)])
        return replace(chosen, test=self._module.one_line(condition)) if isinstance(chosen, Choice) else chosen

    def _assignment(self, node: Node) -> Value:
        right = node.child_by_field_name("right")
        return self._unknown(node) if right is None else self.value(right)

    def _sequence(self, node: Node) -> Value:
        inner = syntax.children(node)
        return self.value(inner[-1]) if inner else self._unknown(node)

    # Names

    def _identifier(self, node: Node) -> Value:
        name = self._module.text(node)
        if name == "undefined":
            return Constant(self._at(node), None)
        binding = self.bindings.resolve(name, node.start_byte)
        if binding is None:
            return self._global(node, self._module.names.get(name, name))
        match binding.kind:
            case "parameter":
                return self._parameter(binding, node)
            case "variable":
                return self._variable(binding, node)
            case "enum":
                return self._enum(binding.node)
        return Reference(self._at(node), self._module.names.get(name, name))

    def _global(self, node: Node, name: str) -> Value:
        if name.startswith("$env/static/"):
            return Environment(self._at(node), name.rpartition(".")[2])
        return Reference(self._at(node), name)

    def _parameter(self, binding: Binding, node: Node) -> Value:
        assert binding.parameter is not None and binding.taken is not None
        parameter, at = binding.parameter, self._at(node)
        for function, names in reversed(self._frames):
            if function == binding.scope.node.id:
                if parameter.name in names:
                    return self._stepped(names[parameter.name], binding.taken.steps, binding.taken.default, node)
                break
        handed = self._handed(binding, node)
        if handed is not None:
            return self._stepped(handed, binding.taken.steps, binding.taken.default, node)
        header = self._header(parameter.pattern) if self._module.mentions(b"@Headers(") else None
        if header is not None:
            return Call(at, "req.header", (header,))
        steps = "".join(binding.taken.steps)
        annotation = self._module.once(fixed_types).get(parameter.annotation, parameter.annotation)
        return Parameter(at, parameter.name, binding.scope.name, annotation, steps)

    def _header(self, pattern: Node) -> Value | None:
        """The name of the header that Nest fills a parameter with: `@Headers("x-api-key") key`."""
        around = pattern.parent
        for child in around.children if around is not None else ():
            inner = child.named_children[0] if child.type == "decorator" and child.named_children else None
            if inner is not None and inner.type == "call_expression" and self._module.callee(inner).endswith("Headers"):
                return next(map(self.value, syntax.arguments(inner)), None)
        return None

    def _handed(self, binding: Binding, node: Node) -> Value | None:
        """What a callback gets: an element for `map` and its kin, the number of the element, the value of a promise."""
        scope = binding.scope
        arguments = scope.node.parent
        call = arguments.parent if arguments is not None and arguments.type == "arguments" else None
        if call is None or arguments is None or call.type != "call_expression":
            return None
        name = syntax.callee(call)
        if name is None or name.type != "member_expression":
            return None
        method, position = self._module.text(name).rpartition(".")[2].strip(), scope.parameters.index(binding.parameter)  # type: ignore[arg-type]
        receiver = name.child_by_field_name("object")
        given = syntax.arguments(call)
        if self._module.text(name) == "Array.from" and len(given) == 2 and given[1].id == scope.node.id:
            return self._index(node, binding) if position == 1 else None
        if receiver is None or not given or given[0].id != scope.node.id or method not in ITERATIONS | _ELEMENTWISE:
            return None
        if method == "then" and position == 0:
            return self._once(binding.scope.start, node, lambda: self.value(receiver))
        if method == "reduce" and position == 0:
            return Constant(self._at(node), "")
        if method in _ELEMENTWISE or method == "reduce":
            position -= method == "reduce"
            if position == 0:
                return self._once(binding.scope.start, node, lambda: self._element(self.value(receiver), node))
            if position == 1:
                return self._index(node, binding)
        return None

    def _index(self, node: Node, binding: Binding) -> Value:
        return Parameter(self._at(node), binding.name, binding.scope.name, "number")

    def _once(self, key: int, node: Node, evaluate: Callable[[], Value]) -> Value | None:
        """`evaluate()`, or None where that is already under way for the same place."""
        mark = (key, node.start_byte)
        if mark in self._following:
            self._gaps += 1
            return None
        self._following.add(mark)
        try:
            return evaluate()
        finally:
            self._following.discard(mark)

    def _variable(self, binding: Binding, node: Node) -> Value:
        found = self._once(binding.node.start_byte, node, lambda: self._written(binding, node))
        return self._unknown(node) if found is None else found

    def _written(self, binding: Binding, node: Node) -> Value:
        """What a variable can hold where `node` reads it."""
        assert binding.write is not None
        position = node.start_byte
        here = self._module.scopes.at(position).owner is binding.scope.owner
        writes = [write for write in self.bindings.writes(binding) if not here or write.node.end_byte <= position]
        first = binding.write
        current = None
        if first.value is not None:
            current = self._stepped(self.value(first.value), first.steps, first.default, node)
        elif first.steps:
            current = Reference(self._at(node), binding.name)
        for write in writes[-_MAX_WRITES:]:
            reached = self._reached(write.node, position) if here else "maybe"
            if reached != "never":
                current = self._after(current, write, reached == "maybe", node)
        if current is None:
            return (
                Reference(self._at(node), binding.name)
                if first.node.type != "variable_declarator"
                else (Constant(self._at(node), None) if not self.bindings.writes(binding) else self._unknown(node))
            )
        if isinstance(current, Items):
            return self._pushed(current, binding, position if here else None)
        if isinstance(current, Record):
            return self._put_into(current, binding, position if here else None)
        if isinstance(current, Call | Unknown) and first.node.type == "for_in_statement":
            return Reference(self._at(node), binding.name)
        return current

    def _after(self, current: Value | None, write: Write, conditional: bool, node: Node) -> Value | None:
        """What a variable holds after one more assignment."""
        at = self._at(write.node)
        if write.value is None:
            return Call(at, "Number", () if current is None else (current,))
        right = self._stepped(self.value(write.value), write.steps, write.default, node)
        match write.operator:
            case "=":
                return one_of(at, [current, right]) if conditional and current is not None else right
            case "+=":
                if current is None:
                    return right
                if numeric(current) and numeric(right):
                    return Call(at, "Number", (current, right))
                if conditional:
                    right = one_of(at, [Constant(at, ""), right])
                return joined(at, [current, right], "+=")
            case "||=" | "??=":
                return right if current is None else self._fallback(write.node, current, right)
            case "&&=":
                return right if current is None else one_of(at, [current, right])
        return Call(at, "Number", (right,) if current is None else (current, right))

    def _pushed(self, items: Items, binding: Binding, position: int | None) -> Items:
        """An array with what is pushed to it before `position`."""
        found, open_ = list(items.items), items.open
        for call in self.bindings.pushes(binding)[:_MAX_PUSHES]:
            if position is not None and call.end_byte > position:
                break
            reached = self._reached(call, position) if position is not None else "maybe"
            if reached == "never":
                continue
            open_ = open_ or reached == "maybe"
            for argument in syntax.arguments(call):
                if argument.type == "spread_element":
                    open_ = self._spread(argument, found) or open_
                else:
                    found.append(self.value(argument))
        return Items(items.at, tuple(found), open_)

    def _reached(self, node: Node, position: int) -> Literal["always", "maybe", "never"]:
        return reaches(node, position, lambda branching, child: runs(branching, child, self))

    def _put_into(self, record: Record, binding: Binding, position: int | None) -> Record:
        """An object or map with what is put into it before `position`."""
        entries, open_ = dict(record.entries), record.open
        for put in self.bindings.puts(binding)[:_MAX_PUSHES]:
            if position is not None and put.node.end_byte > position:
                break
            reached = self._reached(put.node, position) if position is not None else "maybe"
            if reached == "never" or put.value is None:
                continue
            key = self.value(put.key) if put.key.type != "property_identifier" else None
            name = self._module.text(put.key) if key is None else constant_text(key)
            if name is None:
                open_ = True
                continue
            value, before = self.value(put.value), entries.get(name)
            is_sure = reached == "always" or before is None
            entries[name] = value if is_sure or before is None else one_of(value.at, [before, value])
        return Record(record.at, tuple(entries.items()), open_)

    def _got(self, node: Node, target: Node, key: Node) -> Value | None:
        """What a `Map` that the file fills holds under a key; None where nobody can tell."""
        binding = self.bindings.named(target) if target.type == "identifier" else None
        if binding is None or self.bindings.writes(binding):
            return None
        here = self._module.scopes.at(node.start_byte).owner is binding.scope.owner
        empty, position = Record(self._at(node), ()), node.start_byte if here else None
        record = self._once(binding.node.start_byte, node, lambda: self._put_into(empty, binding, position))
        if not isinstance(record, Record):
            return None
        wanted = constant_text(self.value(key))
        if wanted is not None:
            return record.get(wanted)
        return one_of(self._at(node), [value for _, value in record.entries]) if record.entries else None

    def _enum(self, node: Node) -> Value:
        body, entries, following = node.child_by_field_name("body"), [], 0
        for child in syntax.children(body) if body is not None else ():
            if child.type == "enum_assignment":
                name, value = child.child_by_field_name("name"), child.child_by_field_name("value")
                if name is None or value is None:
                    continue
                found = self.value(value)
                if isinstance(found, Constant) and isinstance(found.value, int):
                    following = found.value + 1
                entries.append((self._module.text(name).strip("'\""), found))
            else:
                entries.append((self._module.text(child).strip("'\""), Constant(self._at(child), following)))
                following += 1
        return Record(self._at(node), tuple(entries))

    # Members

    def _member_expression(self, node: Node) -> Value:
        target, name = node.child_by_field_name("object"), node.child_by_field_name("property")
        if target is None or name is None:
            return self._unknown(node)
        target = syntax.unwrapped(target)
        if target.type == "this":
            return self._field(node, self._module.text(name))
        return self._stepped(self.value(target), (f".{self._module.text(name)}",), None, node)

    def _subscript(self, node: Node) -> Value:
        target, index = node.child_by_field_name("object"), node.child_by_field_name("index")
        if target is None or index is None:
            return self._unknown(node)
        key = self.value(index)
        step = "[]"
        if isinstance(key, Constant) and isinstance(key.value, str):
            step = f".{key.value}"
        elif isinstance(key, Constant) and isinstance(key.value, int):
            step = f"[{key.value}]"
        value = self.value(target)
        if step == "[]" and isinstance(value, Record) and value.entries and not value.open:
            return one_of(self._at(node), [entry for _, entry in value.entries])
        return self._stepped(value, (step,), None, node)

    def _stepped(self, value: Value, steps: tuple[str, ...], default: Node | None, node: Node) -> Value:
        """What the steps lead to from `value`; `node` is where that stands."""
        for step in steps:
            value = self._step(value, step, node)
        if default is not None:
            fallback = self.value(default)
            if isinstance(value, Environment) and value.default is None:
                return Environment(value.at, value.name, fallback)
            if isinstance(value, Constant) and value.value is None:
                return fallback
            return one_of(self._at(node), [value, fallback])
        return value

    def _step(self, value: Value, step: str, node: Node) -> Value:
        at = self._at(node)
        name = step[1:] if step.startswith(".") else ""
        match value:
            case Reference(name=base) if base in ENVIRONMENTS and name:
                return Environment(at, name)
            case Parameter() if name == "length":
                return Call(at, "Number", (value,))
            case Parameter(name=own, function=function, annotation=annotation, path=path):
                return Parameter(at, own, function, annotation, _capped(path + step))
            case Record():
                found = value.get(name) if name else None
                if found is not None:
                    return found
                return Constant(at, None) if name and not value.open and not value.entries else self._left(value, node)
            case Items(items=items, open=open_):
                if name == "length":
                    return Call(at, "Number", ())
                if step == "[]":
                    return self._element(value, node)
                if not name and not open_ and int(step[1:-1]) < len(items):
                    return items[int(step[1:-1])]
                return self._left(value, node)
            case Choice(options=several):
                return one_of(at, [self._step(option, step, node) for option in several])
            case Reference(name=base):
                return Call(at, "Number", (value,)) if name == "length" else Reference(at, _capped(base + step))
            case Call(callee=callee, arguments=arguments):
                if name == "length":
                    return Call(at, "Number", (value,))
                field = _schema_of(value, name) if name else None
                if field is not None:
                    return Call(at, _capped(f"{field.callee}().parse"), arguments, receiver=field)
                if step == "[]" and callee in _CONTENTS and arguments:
                    return self._element(arguments[0], node)
                return Reference(at, _capped(f"{callee}(){step}"))
            case Constant(value=str(letters)) if not name and step != "[]" and int(step[1:-1]) < len(letters):
                return Constant(at, letters[int(step[1:-1])])
            case Text() | Constant() if name == "length":
                return Call(at, "Number", (value,))
        return self._left(value, node)

    def _left(self, value: Value, node: Node) -> Value:
        """A member that nobody can follow: by its name where it has one."""
        dotted = self._module.dotted(node)
        return Reference(self._at(node), dotted) if dotted else self._unknown(node)

    def _element(self, value: Value, node: Node) -> Value:
        """Any element of an array."""
        if isinstance(value, Items):
            return one_of(self._at(node), list(value.items)) if value.items else self._unknown(node)
        return self._step(value, "[]", node)

    def _field(self, node: Node, name: str) -> Value:
        """A field of the class around: what it begins with, or the text that is once assigned to it."""
        klass = self._module.scope(node).klass
        reference = Reference(self._at(node), f"this.{name}")
        writes = self.bindings.written(f"this.{name}")
        if klass is not None and len(writes) == 1 and self._module.scope(writes[0].node).klass is klass:
            assigned = writes[0].value if writes[0].operator == "=" else None
            text = None if assigned is None else self._once(writes[0].position, node, lambda: self.value(assigned))
            return text if isinstance(text, Text | Constant) else reference
        if klass is None or writes:
            return reference
        child = self._module.members(klass).get(name)
        if child is None or child.type != "public_field_definition":
            return reference
        value = child.child_by_field_name("value")
        if value is None or value.type in syntax.CALLS or value.type in syntax.FUNCTIONS:
            return reference
        found = self._once(child.start_byte, node, lambda: self._with_pushed(self.value(value), f"this.{name}", klass))
        return reference if found is None or isinstance(found, Unknown) else found

    def _with_pushed(self, value: Value, target: str, klass: Scope) -> Value:
        """A field's list with what the methods of its class push."""
        if not isinstance(value, Items):
            return value
        pushes = [node for node in self.bindings.pushed(target) if self._module.scope(node).klass is klass]
        added = [self.value(argument) for node in pushes[:8] for argument in syntax.arguments(node)]
        return replace(value, items=(*value.items, *added)) if added else value

    # Calls

    def _call(self, node: Node) -> Value:
        function = syntax.callee(node)
        if function is None:
            return self._unknown(node)
        at, callee = self._at(node), self._module.dotted(function)
        template = syntax.template(node)
        if template is not None:
            text = self._template(template)
            return (
                text
                if callee.rpartition("/")[2].partition(".")[0] in _TEXT_TAGS or callee in _TEXT_TAGS
                else Call(at, callee, (text,))
            )
        given = syntax.arguments(node)
        if callee == "Deno.env.get" and given:
            name = constant_text(self.value(given[0]))
            return Environment(at, name) if name is not None else Call(at, callee, self._arguments(given))
        if callee == "require" and len(given) == 1 and (name := constant_text(self.value(given[0]))) is not None:
            return Reference(at, name)
        if callee in _SAME and given:
            return self.value(given[0])
        formatted = self._formatted(at, function, callee, given)
        if formatted is not None:
            return formatted
        if callee == "Array.from" and len(given) == 2:
            return self._mapped(node, given[1], given[0])
        receiver: Value | None = None
        if function.type == "member_expression":
            target, own = function.child_by_field_name("object"), function.child_by_field_name("property")
            method = self._module.text(own) if own is not None else ""
            if method in _MAPS and given:
                return self._mapped(node, given[0], target)
            summary = self._limit < _MAX_STEPS and method not in _TEXT_METHODS
            if target is not None and target.type not in ("this", "super") and not summary:
                receiver = self.value(target)
                if method == "get" and isinstance(receiver, Call) and receiver.callee == "Map" and len(given) == 1:
                    got = self._got(node, target, given[0]) if not receiver.arguments else None
                    if got is not None:
                        return got
                found = self._method(node, receiver, method, given)
                if found is not None:
                    return found
        elif function.type not in ("identifier", "import", "super"):
            receiver = self.value(function)
        if node.type == "call_expression":
            inlined = self._inlined(function, given)
            if inlined is not None:
                return inlined
        if not callee:
            return self._unknown(node)
        return Call(at, _capped(self._first_called(function) or callee), self._arguments(given), receiver=receiver)

    def _first_called(self, function: Node) -> str:
        """What a function is called where a callee is only another name for it: `const q = quoted`."""
        if function.type != "identifier":
            return ""
        binding = self.bindings.resolve(self._module.text(function), function.start_byte)
        write = binding.write if binding is not None else None
        if write is None or write.value is None or write.steps or write.value.type != "identifier":
            return ""
        return self._module.dotted(write.value)

    def _formatted(self, at: Location, function: Node, callee: str, given: list[Node]) -> Value | None:
        """What a formatting function or a template makes of values; None for other calls."""
        if formats.is_formatter(callee) and given:
            template = constant_text(self.value(given[0]))
            return None if template is None else printed(at, template, self._arguments(given[1:]))
        kind = formats.rendered(callee)
        if kind and len(given) > 1:
            template = constant_text(self.value(given[0]))
            return None if template is None else self._filled(at, template, kind, given[1])
        if given and function.type in ("identifier", "call_expression") and self._module.mentions(*formats.MENTIONS):
            made = self.value(function)
            kind = formats.compiled(made.callee) if isinstance(made, Call) and made.arguments else ""
            template = constant_text(made.arguments[0]) if kind and isinstance(made, Call) else None
            return None if template is None else self._filled(at, template, kind, given[0])
        return None

    def _filled(self, at: Location, template: str, kind: str, data: Node) -> Value:
        values, parts = self.value(data), list[Value]()
        for text, name in templates.pieces(template, kind):
            parts.append(Constant(at, text))
            if name:
                value = values
                for step in name.split("."):
                    value = self._step(value, f".{step}", data)
                parts.append(value)
        return joined(at, parts, "a template")

    def _arguments(self, given: list[Node]) -> tuple[Value, ...]:
        return tuple(self.value(argument) for argument in given[:MAX_PARTS])

    def _mapped(self, node: Node, callback: Node, over: Node | None) -> Value:
        """What `map` gives: an array of unknown length with what the callback returns."""
        scope = self._module.scopes.of(syntax.unwrapped(callback))
        returned = self.returned_by(scope) if scope is not None else []
        item = one_of(self._at(callback), returned) if returned else self._made_by(callback, over)
        if isinstance(item, Items):
            return Items(self._at(node), item.items, True)
        return Items(self._at(node), (item,), True)

    def _made_by(self, callback: Node, over: Node | None) -> Value:
        """What a function that is handed over by its name gives for an element: `columns.map(quoted)`."""
        match self.value(callback):
            case Reference(name=name) if over is not None and self._limit >= _MAX_STEPS:
                return Call(self._at(callback), _capped(name), (self._element(self.value(over), over),))
            case Call(name="constant", arguments=(always,)):  # lodash's function that gives the same each time
                return always
        return self._unknown(callback)

    def _method(self, node: Node, receiver: Value, method: str, given: list[Node]) -> Value | None:
        """The result of a method of texts and arrays, or None."""
        at = self._at(node)
        if method in _COUNTS or (method == "search" and (textual(receiver) or _is_pattern(given))):
            return Call(at, "Number", (receiver,))
        if method in _TRIMS and textual(receiver):
            return receiver
        if method == "concat" and isinstance(receiver, Items):
            items = list(receiver.items)
            open_ = receiver.open
            for value in self._arguments(given):
                items.extend(value.items if isinstance(value, Items) else (value,))
                open_ = open_ or not isinstance(value, Items) or value.open
            return Items(at, tuple(items), open_)
        if method == "concat" and textual(receiver):
            return joined(at, [receiver, *self._arguments(given)], "concat")
        if method == "join" and len(given) < 2:  # more are parts of a path
            separator = self.value(given[0]) if given else Constant(at, ",")
            return array_joined(at, receiver, separator)
        if method == "fill" and given and isinstance(receiver, Call) and receiver.callee == "Array":
            return Items(at, (self.value(given[0]),), True)
        if method == "repeat" and textual(receiver):
            return Text(at, receiver.parts if isinstance(receiver, Text) else (receiver,), "repeat")
        if method in _COPIES and isinstance(receiver, Items):
            return Items(receiver.at, receiver.items, receiver.open or method in ("filter", "slice"))
        if method == "reduce" and given and (scope := self._module.scopes.of(syntax.unwrapped(given[0]))) is not None:
            added = self.returned_by(scope)
            if added and all(map(textual, added)):
                return joined(at, [*self._arguments(given[1:]), one_of(at, added)], "reduce")
        if method in ("replace", "replaceAll") and textual(receiver) and len(given) == 2:
            return self._replaced(at, receiver, given, method)
        return None

    def _replaced(self, at: Location, receiver: Value, given: list[Node], method: str) -> Value:
        needle, by = self.value(given[0]), self.value(given[1])
        old, new, text = constant_text(needle), constant_text(by), constant_text(receiver)
        if old is not None and new is not None and text is not None:
            return Constant(at, text.replace(old, new, 1 if method == "replace" else -1))
        if new is not None:
            return receiver
        return joined(at, [receiver, by], "replace")

    # Functions of the same file

    def _inlined(self, function: Node, given: list[Node]) -> Value | None:
        """What a call of a function of this file gives, where that is a literal or a text; else None."""
        if self._limit < _MAX_STEPS or len(self._frames) >= _MAX_INLINED:
            return None
        scope = self.called(function)
        if scope is None or any(node == scope.node.id for node, _ in self._frames):
            return None
        parameters = scope.parameters
        if any(argument.type == "spread_element" for argument in given):
            return None
        names: dict[str, Value] = {}
        for position, parameter in enumerate(parameters):
            if parameter.rest:
                break
            if position < len(given):
                names[parameter.name] = self.value(given[position])
            elif parameter.default is not None:
                names[parameter.name] = self.value(parameter.default)
        with self._frame(scope, names):
            found = self.returned_by(scope)
        if not found or not all(isinstance(one, Constant | Text | Record | Items) for one in found):
            return None
        return one_of(self._at(function), found)

    @contextmanager
    def _frame(self, scope: Scope, names: dict[str, Value]) -> Iterator[None]:
        self._frames.append((scope.node.id, names))
        try:
            yield
        finally:
            self._frames.pop()

    def called(self, function: Node) -> Scope | None:
        """The function of this file that a callee names: `where(…)`, `this.where(…)`; None for others."""
        if function.type == "identifier":
            return self.function_named(self._module.text(function), function.start_byte)
        if function.type == "member_expression":
            target, name = function.child_by_field_name("object"), function.child_by_field_name("property")
            klass = self._module.scope(function).klass
            if target is not None and name is not None and target.type == "this" and klass is not None:
                member = self._module.members(klass).get(self._module.text(name))
                if member is not None and member.type == "method_definition":
                    return self._module.scopes.of(member)
        return None

    def function_named(self, name: str, position: int) -> Scope | None:
        """The function of this file that is called `name` at `position`."""
        binding = self.bindings.resolve(name, position)
        if binding is None:
            return None
        if binding.kind == "function":
            return self._module.scopes.of(binding.node)
        if binding.write is not None and binding.write.value is not None and not binding.write.steps:
            return self._module.scopes.of(syntax.unwrapped(binding.write.value))
        return None

    def returned_by(self, scope: Scope) -> list[Value]:
        """Every value that a function can return, in order."""
        if scope.body.type != "statement_block":
            return [self.value(scope.body)]
        return [self.value(node) for node in self._module.returned_nodes(scope)]

    def returned(self, scope: Scope) -> tuple[Value, ...]:
        """The literals, texts and calls that a function may return, its parameters standing as `Parameter`."""
        kept = (Constant, Text, Record, Items, Call, Choice)
        nodes = (scope.body,) if scope.body.type != "statement_block" else self._module.returned_nodes(scope)
        found = (self.summary(node) for node in nodes if not node.type.startswith("jsx"))
        return tuple(value for value in found if isinstance(value, kept))

    def qualified(self, node: Node) -> str:
        """The dotted name of an expression as other files and facts know it."""
        node = syntax.unwrapped(node)
        if node.end_byte - node.start_byte > _MAX_NAME:
            return self._module.dotted(node)
        match node.type:
            case "identifier":
                name = self._module.text(node)
                binding = self.bindings.resolve(name, node.start_byte)
                if binding is None or binding.scope.kind == "module":
                    return self._module.names.get(name, name)
                owner = binding.scope.owner.name
                return f"{owner}.{name}" if owner else name
            case "member_expression":
                target, own = node.child_by_field_name("object"), node.child_by_field_name("property")
                if target is None or own is None:
                    return ""
                if target.type == "this":
                    klass = self._module.scope(node).klass
                    return f"{klass.name if klass is not None else 'this'}.{self._module.text(own)}"
                base = self.qualified(target)
                return f"{base}.{self._module.text(own)}" if base else ""
        return self._module.dotted(node)


def _is_pattern(given: list[Node]) -> bool:
    """Whether a call is given a regular expression: `text.search(/x/)` counts, `orders.search(query)` finds."""
    return len(given) == 1 and given[0].type == "regex"


def _capped(name: str) -> str:
    return name if len(name) <= 200 else name[:199] + "…"


def _schema_of(parsed: Call, name: str) -> Call | None:
    """The schema of a field of what a schema of objects lets pass: `z.object({ id: z.uuid() }).parse(body).id`."""
    schema = parsed.receiver if parsed.name in _PARSERS else None
    shape = schema.arguments[0] if isinstance(schema, Call) and schema.name == "object" and schema.arguments else None
    field = shape.get(name) if isinstance(shape, Record) else None
    return field if isinstance(field, Call) else None
