"""What a function does, said in one way of the many there are: two that come to the same are spelled alike.

The code of a `Behaviour` is rewritten until nothing is left to choose for who writes it:

- what decides is a tree of questions, each with what follows a yes and a no. Guards, `else`, `elif`, `switch`, nested
  conditions, `and`, `or`, `not` and conditional expressions are such trees; a comparison is only asked as `==` or `<`.
- a loop that only collects, counts up or looks for something is the comprehension, the sum, the search that it is:
  `append`, `push`, `forEach`, `map`, `filter`, `reduce`, `any`, `next`, `some`, `find` are others of their spellings.
- a name for a value on the way is the value, where it stands once or costs nothing to say again.

What these rewritings take for granted is that comparing has no effect and that a number is not NaN: a reviewer would.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import reduce

from ..facts.code import Behaviour
from .alike import Tree, parsed, text_of, walked

MOST = 6_000
"""Parts of a function beyond which nobody asks what else it could be: questions one after another repeat answers."""
QUESTIONS = 60
"""Things that a function asks beyond which nobody follows what comes after each answer."""
NAMES = 60
"""Names on the way beyond which they are left in place."""

_WORDS = {"True": "true", "False": "false", "None": "nothing", "undefined": "nothing"}
_AND, _OR = frozenset({"and", "&&"}), frozenset({"or", "||"})
_NEGATED = {"!=": "==", "!==": "===", "<>": "=="}
_POSITIVE = frozenset({"==", "===", "is", "in", "instanceof"})
_BOOLEAN = frozenset({"is", "<", "not"})
_ENDS = frozenset({"return", "raise_statement", "throw_statement", "continue", "break"})
_ASKS = frozenset({"if", "and", "or", "choose"})
_FUNCTIONS = frozenset({"function", "function_definition", "method_definition", "lambda"})
_CHEAP = (
    frozenset(
        "binary_operator binary_expression unary_operator unary_expression attribute member_expression subscript "
        "subscript_expression string".split()
    )
    | _BOOLEAN
)
"""What may be said again instead of being given a name."""
_GIVES = frozenset({"assign", "extend", "count", "augmented_assignment", "augmented_assignment_expression"})
_COLLECTS = {"append": "list", "push": "list", "add": "set"}
_EMPTY: tuple[Tree, ...] = (["list"], ["array"], ["dictionary"], ["object"], ["call", "set", ["argument_list"]])
_BOUND = re.compile(r"\$\d+")

Part = Tree | str


def is_same_in_plain(before: Behaviour, now: Behaviour) -> bool:
    """Whether two versions of a function come to the same, however they are written."""
    was = plain(before.code)
    return was is not None and was == plain(now.code)


def plain(code: str) -> str | None:
    """The plain form of the code of a `Behaviour`; None where it is too long, or has parentheses in a text."""
    tree = parsed(code)
    if tree is None or sum(map(len, walked(tree))) > MOST:
        return None
    tree = [_rewritten(one) for one in tree]
    if sum(_kind(node) in _ASKS for node in walked(tree)) > QUESTIONS:
        return None
    names: dict[str, str] = {}
    budget = [MOST]
    try:
        found = text_of([_of_functions(one, budget) for one in tree])
    except OverflowError:
        return None
    return _BOUND.sub(lambda one: names.setdefault(one[0], f"${len(names) + 1}"), found)


def _kind(node: Tree) -> str:
    return node[0] if node and isinstance(node[0], str) else ""


def _rewritten(part: Part) -> Part:
    return _WORDS.get(part, part) if isinstance(part, str) else _neutral([_rewritten(one) for one in part])


def _of_functions(part: Part, budget: list[int]) -> Part:
    """What every function in a tree does, as the questions that it asks."""
    if isinstance(part, str):
        return part
    done: Tree = [_of_functions(one, budget) for one in part]
    if _kind(done) in _FUNCTIONS and len(done) > 1:
        body = _inlined(_statements(done[-1]), done[:-1])
        done = [*done[:-1], *_flow(body, "return", budget)]
    return done


# One word for what languages call by several


def _neutral(node: Tree) -> Tree:
    """A node whose parts are neutral, by what it means."""
    match node:
        case ["block" | "statement_block", *parts]:
            return _do(_sequence(parts))
        case ["else_clause", "else", *parts]:
            return ["else", *(one for part in parts for one in _statements(part))]
        case ["return_statement", *value]:
            return ["return", *(value or ["nothing"])]
        case ["continue_statement" | "break_statement" as kind, *_]:
            return [str(kind).partition("_")[0]]
        case ["if_statement", "if", condition, *rest]:
            return _if(condition, rest)
        case ["switch_statement", "switch", subject, ["switch_body", *cases]]:
            return _switch(subject, cases) or node
        case ["conditional_expression", first, "if", condition, "else", second]:
            return _choose(condition, first, second)
        case ["ternary_expression", condition, "?", first, second]:
            return _choose(condition, first, second)
        case ["not_operator" | "unary_expression", "not" | "!", value]:
            return ["not", value]
        case ["boolean_operator" | "binary_expression", left, str(word), right] if word in _AND | _OR:
            return ["and" if word in _AND else "or", left, right]
        case ["comparison_operator" | "binary_expression", left, operator, right]:
            return _compared(left, operator, right) or node
        case ["lexical_declaration", ["variable_declarator", name, "=", value]]:
            return ["assign", name, value]
        case ["assignment" | "assignment_expression", name, "=", value]:
            return ["assign", name, value]
        case ["call" | "call_expression", *_]:
            return _call(node)
        case ["for_statement", "for", target, "in", source, body] | [
            "for_in_statement", "for", target, "of", source, body,
        ]:  # fmt: skip
            return _loop(target, source, body)
        case ["list_comprehension" | "set_comprehension" | "generator_expression" as kind, item, *clauses]:
            return _comprehension(str(kind).partition("_")[0], item, clauses) or node
        case ["dictionary_comprehension", ["pair", *pair], *clauses]:
            return _comprehension("dictionary", ["pair", *pair], clauses) or node
        case ["array", ["spread_element", "...", source]]:
            return ["gather", "list", "$0", ["over", "$0", source]]
    return node


def _statements(part: Part) -> Tree:
    return part[1:] if isinstance(part, list) and part[:1] == ["do"] else [part]


def _do(statements: Iterable[Part]) -> Tree:
    return ["do", *statements]


def _choose(condition: Part, first: Part, second: Part) -> Tree:
    match condition:
        case ["not", value]:
            return ["choose", value, second, first]
    return ["choose", condition, first, second]


def _if(condition: Part, rest: Tree) -> Tree:
    """`if`, `elif` and `else` as one question with two answers."""
    then: Tree = ["do"]
    other: Tree = ["do"]
    for one in reversed(rest):
        match one:
            case ["else", *body]:
                other = _do(body)
            case ["elif_clause", "elif", asked, *body]:
                other = _do([["if", asked, _do(_statements(body[0]) if body else []), other]])
            case _:
                then = _do(_statements(one))
    return ["if", condition, then, other]


def _switch(subject: Part, cases: Tree) -> Tree | None:
    """A `switch` of which each case ends by itself, as questions one after another."""
    found: list[tuple[Part | None, Tree]] = []
    asked: list[Part] = []
    for case in cases:
        match case:
            case ["switch_case", "case", value]:
                asked.append(["is", "===", subject, value])
            case ["switch_case", "case", value, *body] if _ends(_do(body)):
                asked.append(["is", "===", subject, value])
                found.append((reduce(lambda one, other: ["or", one, other], asked), _left(body)))
                asked = []
            case ["switch_default", "default", *body] if case is cases[-1] and not asked:
                found.append((None, _left(body)))
            case _:
                return None
    other: Tree = []
    for condition, body in reversed(found):
        other = body if condition is None else [["if", condition, _do(body), _do(other)]]
    return _do(other)


def _left(body: Tree) -> Tree:
    """The statements of a case without the `break` at its end."""
    return body[:-1] if body[-1:] == [["break"]] else body


def _compared(left: Part, operator: Part, right: Part) -> Tree | None:
    """A comparison by what it asks for: whether something is, or is less."""
    match operator:
        case ["is", "not", *_] | "is not":
            return ["not", ["is", "is", left, right]]
        case ["not", "in", *_] | "not in":
            return ["not", ["is", "in", left, right]]
        case "<":
            return ["<", left, right]
        case ">":
            return ["<", right, left]
        case ">=":
            return ["not", ["<", left, right]]
        case "<=":
            return ["not", ["<", right, left]]
        case str() if operator in _NEGATED:
            return ["not", ["is", _NEGATED[operator], left, right]]
        case str() if operator in _POSITIVE:
            return ["is", operator, left, right]
    return None


# What goes over many: clauses are `over` a target and its source, and `where` a condition holds


def _clauses(target: Part, source: Part) -> tuple[Tree, Part]:
    """What is gone over, and what stands for the target; what only picks from another source is gone over as that."""
    match source:
        case ["gather", _, item, ["over", inner, _], *_] if item == inner:
            return list(source[3:]), inner
    return [["over", target, source]], target


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


def _comprehension(kind: str, item: Part, clauses: Tree) -> Tree | None:
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


def _loop(target: Part, source: Part, body: Part) -> Tree:
    """A loop that does one thing for each, by that; any other as it is."""
    clauses, named = _clauses(target, source)
    only: Tree = _statements(_replaced(body, target, named))
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
                return ["each", _do(only), *clauses]


def _added_to(name: Part, value: Part) -> Part | None:
    """What a sum adds to the name that it begins with."""
    match value:
        case ["binary_operator" | "binary_expression" as kind, left, "+", right]:
            if left == name:
                return right
            first = _added_to(name, left)
            return [kind, first, "+", right] if first is not None else None
    return None


def _call(node: Tree) -> Tree:
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
        case ["call_expression", ["member_expression", source, ".", str(method)], ["arguments", function, *more]]:
            return _method(source, method, function, more) or node
    return node


def _method(source: Part, method: str, function: Part, more: Tree) -> Tree | None:
    """What a method of JavaScript's arrays comes to that calls a function for each."""
    match function:
        case ["function", ["formal_parameters", *parameters], body]:
            names = [one[1] if isinstance(one, list) and len(one) == 2 else one for one in parameters]
        case ["function", str(parameter), body]:
            names = [parameter]
        case _:
            return None
    item = body[1] if body[:1] == ["return"] else None
    if method == "reduce" and len(names) == 2 and more == ["0"] and item is not None:
        added = _added_to(names[0], item)
        clauses, named = _clauses(names[1], source)
        return ["total", ["gather", "generator", _replaced(added, names[1], named), *clauses]] if added else None
    if more or len(names) != 1:
        return None
    if method == "forEach" and (item is not None or not any(one[:1] == ["return"] for one in walked([body]))):
        return _loop(names[0], source, body if item is None else item)
    if item is None:
        return None
    clauses, named = _clauses(names[0], source)
    item = _replaced(item, names[0], named)
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


def _sequence(statements: Iterable[Part]) -> Tree:
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


# Names on the way


def _inlined(statements: Tree, parameters: Tree) -> Tree:
    """Statements with values in the place of names that are given once, where that says no more than before."""
    given = Counter(str(node[1]) for node in walked(statements) if _kind(node) in _GIVES)
    set_anew = [node for node in walked(statements) if _kind(node) == "update_expression"]
    given.update(part for node in (*set_anew, *walked(parameters)) for part in node if isinstance(part, str))
    names = [str(node[1]) for node in walked(statements) if _is_name(node) and given[str(node[1])] == 1]
    found: Tree = statements
    for name in names if len(names) <= NAMES else ():
        value, uses = _value(found, name)
        if value is not None and uses == sum(part == name for one in walked(found) for part in one) - 1:
            inside = list(walked([value]))[1:]
            kept = any(given[part] > 1 for one in [[value], *inside] for part in one if isinstance(part, str))
            if not kept and (uses == 1 or (uses > 1 and all(_kind(one) in _CHEAP for one in inside))):
                found = _without(found, name, value)
    return found


def _is_name(node: Tree) -> bool:
    return len(node) == 3 and node[0] == "assign" and isinstance(node[1], str) and node[1].startswith("$")


def _value(statements: Tree, name: str) -> tuple[Part | None, int]:
    """What a name is given, and how often it stands behind that in the same sequence."""
    for node in walked(statements):
        for place, one in enumerate(node):
            if isinstance(one, list) and _is_name(one) and one[1] == name:
                return one[2], sum(part == name for rest in walked(node[place + 1 :]) for part in rest)
    return None, 0


def _without(tree: Tree, name: Part, value: Part) -> Tree:
    found: Tree = []
    for one in tree:
        if isinstance(one, list):
            if not (_is_name(one) and one[1] == name):
                found.append(_without(one, name, value))
        else:
            found.append(value if one == name else one)
    return found


def _replaced(part: Part, name: Part, other: Part) -> Part:
    if name == other:
        return part
    if isinstance(part, str):
        return other if part == name else part
    return [_replaced(one, name, other) for one in part]


# Questions, and what follows their answers


def _flow(statements: Tree, end: str, budget: list[int]) -> Tree:
    """What happens in a sequence: where a question decides how it goes on, what follows stands in its answers.

    `end` is the statement that says no more than the end of the sequence does.
    """
    done: Tree = []
    waiting = statements[::-1]
    while waiting:
        budget[0] -= 1
        if budget[0] < 0:
            raise OverflowError
        match one := _decided(waiting.pop()):
            case ["do", *inner]:
                waiting += reversed(inner)
            case [kind] | [kind, "nothing"] if kind == end:
                return done
            case ["find", value, *clauses] if end == "return" and not waiting:
                return [*done, ["return", ["first", value, "nothing", *clauses]]]
            case ["if", condition, then, other] if _may_end(one):
                rest = waiting[::-1]
                return done + _asked(condition, *(_answer(each, rest, end, budget) for each in (then, other)))
            case ["if", condition, then, other]:
                done += _asked(condition, *(_answer(each, [], "", budget) for each in (then, other)))
            case _:
                done.append(_inner(one, budget))
                if _ends(one):
                    return done
    return done


def _answer(given: Part, rest: Tree, end: str, budget: list[int]) -> Callable[[], Tree]:
    """What happens after an answer, once somebody asks: what it does, and then what follows."""
    return lambda: _flow([given] if _ends(given) else [given, *rest], end, budget)


def _decided(statement: Part) -> Part:
    """A statement that answers or keeps one of several values, as a question."""
    match statement:
        case ["return", ["and", left, right]] if _is_boolean(left):
            return ["if", left, ["do", ["return", right]], ["do", ["return", "false"]]]
        case ["return", ["or", left, right]] if _is_boolean(left):
            return ["if", left, ["do", ["return", "true"]], ["do", ["return", right]]]
        case ["return", value] if _is_boolean(value):
            return ["if", value, ["do", ["return", "true"]], ["do", ["return", "false"]]]
        case ["return", ["choose", condition, yes, no]]:
            return ["if", condition, ["do", ["return", yes]], ["do", ["return", no]]]
        case ["assign", name, ["choose", condition, yes, no]]:
            return ["if", condition, ["do", ["assign", name, yes]], ["do", ["assign", name, no]]]
    return statement


def _inner(part: Part, budget: list[int]) -> Part:
    """A statement with the sequences in it; other functions are left as they are."""
    if isinstance(part, str) or _kind(part) in _FUNCTIONS:
        return part
    if part[:1] in (["do"], ["if"]):
        return _do(_flow([part], "", budget))
    if part[:1] == ["each"]:
        return ["each", _do(_flow([part[1]], "continue", budget)), *part[2:]]
    return [_inner(one, budget) for one in part]


def _asked(condition: Part, yes: Callable[[], Tree], no: Callable[[], Tree]) -> Tree:
    """One question for each thing that a condition asks, with what follows a yes and a no."""
    match condition:
        case ["not", value]:
            return _asked(value, no, yes)
        case ["and", left, right]:
            return _asked(left, lambda: _asked(right, yes, no), no)
        case ["or", left, right]:
            return _asked(left, yes, lambda: _asked(right, yes, no))
    return [["if", condition, _do(yes()), _do(no())]]


def _ends(part: Part) -> bool:
    """Whether nothing that stands behind a sequence runs."""
    statements = _statements(part)
    match statements[-1] if statements else "":
        case ["if", _, then, other]:
            return _ends(then) and _ends(other)
        case [str(kind), *_]:
            return kind in _ENDS
    return False


def _may_end(part: Part) -> bool:
    """Whether nothing that stands behind it runs, at least after some answer."""
    match part:
        case ["do", *_, last]:
            return _may_end(last)
        case ["if", _, then, other]:
            return _may_end(then) or _may_end(other)
    return _ends(part)


def _is_boolean(value: Part) -> bool:
    match value:
        case ["and" | "or", left, right]:
            return _is_boolean(left) and _is_boolean(right)
        case [str(kind), *_]:
            return kind in _BOOLEAN
    return False
