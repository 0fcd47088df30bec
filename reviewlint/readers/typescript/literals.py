"""Literals of TypeScript and JavaScript as `facts.values`: texts, numbers, templates, objects, arrays, enums."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from tree_sitter import Node

from ...facts.values import Choice, Constant, Items, Record, Value, options
from . import syntax
from .texts import MAX_PARTS, joined, shown, unescaped

if TYPE_CHECKING:
    from .values import Evaluator

_MAX_DIGITS = 400


def string(evaluator: "Evaluator", node: Node) -> Value:
    """The text between quotes, its escapes read."""
    return Constant(evaluator.at(node), unescaped(evaluator.module.text(node)[1:-1]))


def number(evaluator: "Evaluator", node: Node) -> Value:
    """A number; one of too many digits is unknown."""
    text = evaluator.module.text(node).replace("_", "").rstrip("n")
    if len(text) > _MAX_DIGITS:
        return evaluator.unknown(node)
    try:
        return Constant(evaluator.at(node), int(text) if text.isdigit() else int(text, 0))
    except ValueError:
        pass
    try:
        return Constant(evaluator.at(node), float(text))
    except ValueError:
        return evaluator.unknown(node)


def template(evaluator: "Evaluator", node: Node) -> Value:
    """A template literal, its holes filled."""
    parts: list[Value] = []
    data, start = evaluator.module.data, node.start_byte + 1
    for child in node.named_children:
        if child.type != "template_substitution":
            continue
        if child.start_byte > start:
            parts.append(_fragment(evaluator, node, data[start : child.start_byte]))
        inner = syntax.children(child)
        parts.append(evaluator.value(inner[0]) if inner else evaluator.unknown(child))
        start = child.end_byte
    if node.end_byte - 1 > start:
        parts.append(_fragment(evaluator, node, data[start : node.end_byte - 1]))
    return joined(evaluator.at(node), parts, "template literal")


def _fragment(evaluator: "Evaluator", node: Node, text: bytes) -> Value:
    return Constant(evaluator.at(node), unescaped(text.decode("utf-8", "replace")))


def record(evaluator: "Evaluator", node: Node) -> Value:
    """An object literal with what it spreads."""
    entries: list[tuple[str, Value]] = []
    open_ = False
    for child in syntax.children(node):
        match child.type:
            case "pair":
                key, value = child.child_by_field_name("key"), child.child_by_field_name("value")
                name = _key(evaluator, key) if key is not None else None
                if name is None or value is None:
                    open_ = True
                else:
                    entries.append((name, evaluator.value(value)))
            case "shorthand_property_identifier":
                entries.append((evaluator.module.text(child), evaluator.value(child)))
            case "method_definition":
                key = child.child_by_field_name("name")
                if key is not None:
                    entries.append((evaluator.module.text(key), evaluator.unknown(child)))
            case "spread_element":
                inner = syntax.children(child)
                spread = evaluator.value(inner[0]) if inner else evaluator.unknown(child)
                records = [option for option in options(spread) if isinstance(option, Record)]
                is_all = sum(bool(record.entries) for record in records) == 1
                test = _decided_by(evaluator, syntax.unwrapped(inner[0]), spread) if inner and is_all else ""
                for record in records:
                    entries.extend(_if(record.entries, test))
                open_ = open_ or not isinstance(spread, Record) or spread.open
        if len(entries) > MAX_PARTS:
            return Record(evaluator.at(node), tuple(entries[:MAX_PARTS]), True)
    return Record(evaluator.at(node), tuple(entries), open_)


def _decided_by(evaluator: "Evaluator", node: Node, spread: Value) -> str:
    """The test on which it depends whether anything is spread: `isDev` in `...(isDev && { details })`."""
    left, operator = node.child_by_field_name("left"), node.child_by_field_name("operator")
    if node.type == "binary_expression" and left is not None and operator is not None and operator.type == "&&":
        return " ".join(evaluator.module.text(left).split())
    return spread.test if isinstance(spread, Choice) else ""


def _if(entries: Iterable[tuple[str, Value]], test: str) -> Iterator[tuple[str, Value]]:
    """Entries of which a test decides whether they are there."""
    for key, value in entries:
        yield key, Choice(value.at, (value,), test) if test else value


def _key(evaluator: "Evaluator", node: Node) -> str | None:
    match node.type:
        case "string":
            return unescaped(evaluator.module.text(node)[1:-1])
        case "computed_property_name":
            inner = syntax.children(node)
            computed = evaluator.value(inner[0]) if inner else None
            if isinstance(computed, Constant) and computed.value is not None:
                return shown(computed.value)
            return None
    return evaluator.module.text(node)


def array(evaluator: "Evaluator", node: Node) -> Value:
    """An array literal with what it spreads."""
    items: list[Value] = []
    open_ = False
    for child in syntax.children(node):
        if child.type == "spread_element":
            open_ = spread(evaluator, child, items) or open_
        else:
            items.append(evaluator.value(child))
        if len(items) > MAX_PARTS:
            return Items(evaluator.at(node), tuple(items[:MAX_PARTS]), True)
    return Items(evaluator.at(node), tuple(items), open_)


def spread(evaluator: "Evaluator", node: Node, items: list[Value]) -> bool:
    """Put what a spread adds into `items`; whether it may be more."""
    inner = syntax.children(node)
    spread = evaluator.value(inner[0]) if inner else evaluator.unknown(node)
    if isinstance(spread, Items):
        items.extend(spread.items)
        return spread.open
    items.append(evaluator.unknown(node))
    return True


def enum(evaluator: "Evaluator", node: Node) -> Value:
    """The members of an enum by their names."""
    body, entries, following = node.child_by_field_name("body"), [], 0
    for child in syntax.children(body) if body is not None else ():
        if child.type == "enum_assignment":
            name, value = child.child_by_field_name("name"), child.child_by_field_name("value")
            if name is None or value is None:
                continue
            found = evaluator.value(value)
            if isinstance(found, Constant) and isinstance(found.value, int):
                following = found.value + 1
            entries.append((evaluator.module.text(name).strip("'\""), found))
        else:
            entries.append((evaluator.module.text(child).strip("'\""), Constant(evaluator.at(child), following)))
            following += 1
    return Record(evaluator.at(node), tuple(entries))
