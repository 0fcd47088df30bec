"""Loops, comprehensions and methods that go over many, by what they come to: a list, a sum, a search.

Its parts are clauses: `over` a target and its source, and `where` a condition holds. `gather` collects a kind of thing,
`extend` and `count` add it to a name, `find` answers with the first, and `first` is that or a default. A loop that does
more is `each`.
"""

from collections.abc import Iterable, Iterator

from .alike import Tree, walked
from .terms import Part, do, statements_of

_COLLECTS = {"append": "list", "push": "list", "add": "set"}
_EMPTY: tuple[Tree, ...] = (["list"], ["array"], ["dictionary"], ["object"], ["call", "set", ["argument_list"]])


def _clauses(target: Part, source: Part) -> tuple[Tree, Part]:
    """What is gone over, and what stands for the target; what only picks from another source is gone over as that."""
    match source:
        case ["gather", _, item, ["over", inner, _], *_] if item == inner and isinstance(target, str):
            return list(source[3:]), inner
    return [["over", target, source]], target


def _renamed(part: Part, target: Part, named: Part) -> Part:
    """What is done for each, said of what stands for the target."""
    if target == named or isinstance(target, list):
        return part
    if isinstance(part, str):
        return named if part == target else part
    return [_renamed(one, target, named) for one in part]


def _where(condition: Part) -> Iterator[Part]:
    match condition:
        case ["and", left, right]:
            yield from _where(left)
            yield from _where(right)
        case ["not", ["not", value]]:
            yield from _where(value)
        case ["not", ["or", left, right]]:
            yield from _where(["not", left])
            yield from _where(["not", right])
        case _:
            yield ["where", condition]


def comprehension(kind: str, item: Part, clauses: Tree) -> Tree | None:
    """What a comprehension collects; None where it waits for anything."""
    found: Tree = []
    for clause in clauses:
        match clause:
            case ["for_in_clause", "for", target, "in", source]:
                found.append(["over", target, source])
            case ["if_clause", "if", condition]:
                found += _where(condition)
            case _:
                return None
    return ["gather", kind, item, *found]


def loop(target: Part, source: Part, body: Part) -> Tree:
    """A loop that does one thing for each, by that; any other as it is."""
    clauses, named = _clauses(target, source)
    only: Tree = statements_of(_renamed(body, target, named))
    while True:
        match only:
            case [["if", condition, ["do", ["continue"]], ["do", *other]], *rest]:
                clauses += _where(["not", condition])
                only = [*other, *rest]
            case [["if", condition, ["do", *then], ["do"]]]:
                clauses += _where(condition)
                only = list(then)
            case [["each", ["do", *then], *inner]]:
                clauses += inner
                only = list(then)
            case [["extend", name, ["gather", kind, item, *inner]]]:
                return ["extend", name, ["gather", kind, item, *clauses, *inner]]
            case [["call" | "call_expression", [_, name, ".", str(method)], [_, item]]] if method in _COLLECTS:
                return ["extend", name, ["gather", _COLLECTS[method], item, *clauses]]
            case [["assign", ["subscript" | "subscript_expression", name, key], value]]:
                return ["extend", name, ["gather", "dictionary", ["pair", key, value], *clauses]]
            case [["assign", name, value]] if (added := _added_to(name, value)) is not None:
                return ["count", name, ["gather", "generator", added, *clauses]]
            case [["return", value]]:
                return ["find", value, *clauses]
            case _:
                return ["each", do(only), *clauses]


def _added_to(name: Part, value: Part) -> Part | None:
    """What a sum adds to the name that it begins with."""
    match value:
        case ["binary_operator" | "binary_expression" as kind, left, "+", right]:
            if left == name:
                return right
            first = _added_to(name, left)
            return [kind, first, "+", right] if first is not None else None
    return None


def call(node: Tree) -> Tree:
    """A call that goes over many, by what it comes to."""
    match node:
        case ["call", "any", ["gather", _, item, *clauses]]:
            return ["first", "true", "false", *clauses, *_where(item)]
        case ["call", "all", ["gather", _, item, *clauses]]:
            return ["first", "false", "true", *clauses, *_where(["not", item])]
        case ["call", "next", ["argument_list", ["gather", _, item, *clauses], default]]:
            return ["first", item, default, *clauses]
        case ["call", "sum", ["gather", _, item, *clauses]]:
            return ["total", ["gather", "generator", item, *clauses]]
        case ["call", "list" | "set" as kind, ["gather", _, item, *clauses]]:
            return ["gather", str(kind), item, *clauses]
        case ["call", ["attribute", name, ".", "extend"], ["gather", _, item, *clauses]]:
            return ["extend", name, ["gather", "list", item, *clauses]]
        case [
            "call_expression",
            ["member_expression", source, ".", str(method)],
            ["arguments", ["function", ["formal_parameters", *names], body], *more],
        ]:
            return _method(source, method, names, body, more) or node
    return node


def _method(source: Part, method: str, names: Tree, body: Part, more: Tree) -> Tree | None:
    """What a method of JavaScript's arrays comes to that calls a function of these parameters for each."""
    item = body[1] if body[:1] == ["return"] else None
    if method == "reduce" and len(names) == 2 and more == ["0"] and item is not None:
        added = _added_to(names[0], item)
        clauses, named = _clauses(names[1], source)
        return ["total", ["gather", "generator", _renamed(added, names[1], named), *clauses]] if added else None
    if more or len(names) != 1:
        return None
    if method == "forEach" and (item is not None or not any(one[:1] == ["return"] for one in walked([body]))):
        return loop(names[0], source, body if item is None else item)
    if item is None:
        return None
    clauses, named = _clauses(names[0], source)
    item = _renamed(item, names[0], named)
    match method:
        case "map":
            return ["gather", "list", item, *clauses]
        case "filter":
            return ["gather", "list", named, *clauses, *_where(item)]
        case "some":
            return ["first", "true", "false", *clauses, *_where(item)]
        case "every":
            return ["first", "false", "true", *clauses, *_where(["not", item])]
        case "find":
            return ["first", named, "nothing", *clauses, *_where(item)]
    return None


def sequence(statements: Iterable[Part]) -> Tree:
    """Statements, with what is collected from nothing on, and what is looked for, as one."""
    found: Tree = []
    for one in statements:
        match [*found[-1:], one]:
            case [["assign", name, empty], ["extend", other, value]] if name == other and empty in _EMPTY:
                found[-1] = ["assign", name, value]
            case [["assign", name, "0"], ["count", other, value]] if name == other:
                found[-1] = ["assign", name, ["total", value]]
            case [["find", value, *clauses], ["return", default]]:
                found[-1] = ["return", ["first", value, default, *clauses]]
            case _:
                found.append(one)
    return found
