"""What a function does, said in one way of the many there are: two that come to the same are spelled alike.

The code of a `Behaviour` is rewritten until nothing is left to choose for who writes it:

- what decides is a tree of questions, each with what follows a yes and a no. Guards, `else`, `elif`, `switch`, nested
  conditions, `and`, `or`, `not` and conditional expressions are such trees; a comparison is only asked as `==` or `<`.
- a loop that only collects, counts up or looks for something is the comprehension, the sum, the search that it is:
  `append`, `push`, `forEach`, `map`, `filter`, `reduce`, `any`, `next`, `some`, `find` are others of their spellings.
- a name for a value on the way is the value, where it stands once or costs nothing to say again.

What these rewritings take for granted is that comparing has no effect and that a number is not NaN: a reviewer would.
"""

from collections import Counter
from functools import reduce

from ..facts.code import Behaviour
from .alike import BOUND, HOLE, Tree, parsed, text_of, walked
from .gathering import call, comprehension, loop, sequence
from .questions import ends, flow
from .terms import FUNCTIONS, Part, do, kind, statements_of

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
_ASKS = frozenset({"if", "and", "or", "choose"})
_CHEAP = frozenset(
    "binary_operator binary_expression unary_operator unary_expression attribute member_expression subscript "
    "subscript_expression string is < not".split()
)
"""What may be said again instead of being given a name."""
_GIVES = frozenset({"assign", "extend", "count", "augmented_assignment", "augmented_assignment_expression"})
_AGAIN = FUNCTIONS | frozenset(
    "each gather first find for_statement for_in_statement while_statement do_statement".split()
)
"""What runs for each of many, or whenever somebody calls it."""


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
    if sum(kind(node) in _ASKS for node in walked(tree)) > QUESTIONS:
        return None
    names: dict[str, str] = {}
    budget = [MOST]
    try:
        found = text_of([_of_functions(one, budget) for one in tree])
    except OverflowError:
        return None
    return BOUND.sub(lambda one: names.setdefault(one[0], f"${len(names) + 1}"), found)


def _rewritten(part: Part) -> Part:
    return _WORDS.get(part, part) if isinstance(part, str) else _neutral([_rewritten(one) for one in part])


def _of_functions(part: Part, budget: list[int]) -> Part:
    """What every function in a tree does, as the questions that it asks."""
    if isinstance(part, str):
        return part
    done: Tree = [_of_functions(one, budget) for one in part]
    if kind(done) in FUNCTIONS and len(done) > 1:
        body = _inlined(statements_of(done[-1]), done[:-1])
        done = [*done[:-1], *flow(body, "return", budget)]
    return done


# One word for what languages call by several


def _neutral(node: Tree) -> Tree:
    """A node whose parts are neutral, by what it means."""
    match node:
        case ["block" | "statement_block", *parts]:
            return do(sequence([one for part in parts for one in statements_of(part)]))
        case ["else_clause", "else", *parts]:
            return ["else", *(one for part in parts for one in statements_of(part))]
        case ["return_statement", *value]:
            return ["return", *(value or ["nothing"])]
        case ["continue_statement" | "break_statement" as word, *_]:
            return [str(word).partition("_")[0]]
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
        case ["lexical_declaration", ["variable_declarator", [_, *_] as names, "=", value]] if taken := _taken_apart(
            names, value
        ):
            return taken
        case ["lexical_declaration", ["variable_declarator", name, "=", value]]:
            return ["assign", name, value]
        case ["member_expression", value, ["optional_chain", "?."], part]:  # what is nothing has no parts
            return ["member_expression", value, ".", part]
        case ["assignment" | "assignment_expression", name, "=", value]:
            return ["assign", name, value]
        case ["call" | "call_expression", *_]:
            return call(node)
        case ["formal_parameters", *parameters]:
            return ["formal_parameters", *map(_parameter, parameters)]
        case ["function", *before, str(parameter), body] if parameter.startswith("$"):
            return ["function", *before, ["formal_parameters", parameter], body]
        case ["for_statement", "for", target, "in", source, body] | [
            "for_in_statement", "for", target, "of", source, body,
        ]:  # fmt: skip
            return loop(target, source, body)
        case ["list_comprehension" | "set_comprehension" | "generator_expression" as word, item, *clauses]:
            return comprehension(str(word).partition("_")[0], item, clauses) or node
        case ["dictionary_comprehension", ["pair", *pair], *clauses]:
            return comprehension("dictionary", ["pair", *pair], clauses) or node
        case ["array", ["spread_element", "...", source]]:
            return ["gather", "list", "$0", ["over", "$0", source]]
    return node


def _taken_apart(names: Tree, value: Part) -> Tree | None:
    """What gives each name of a pattern its part of a value; nothing where something else is left, or made again."""
    found: Tree = []
    for place, one in enumerate(names[1:]):
        match one:
            case ["pair" | "pair_pattern", str(part), str(name)] if names[0] == "object_pattern":
                found.append(["assign", name, ["member_expression", value, ".", part]])
            case str() if names[0] == "array_pattern" and one.startswith("$"):
                found.append(["assign", one, ["subscript_expression", value, str(place)]])
            case _ if one != HOLE:
                return None
    made = any(kind(one) not in _CHEAP for one in list(walked([value]))[1:])
    return do(found) if len(found) == 1 or (found and not made) else None


def _parameter(part: Part) -> Part:
    """A parameter that may not be left out, without the word for that."""
    match part:
        case ["required_parameter", only]:
            return only
    return part


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
                other = do(body)
            case ["elif_clause", "elif", asked, *body]:
                other = do([["if", asked, do(statements_of(body[0]) if body else []), other]])
            case _:
                then = do(statements_of(one))
    return ["if", condition, then, other]


def _switch(subject: Part, cases: Tree) -> Tree | None:
    """A `switch` of which each case ends by itself, as questions one after another."""
    found: list[tuple[Part | None, Tree]] = []
    asked: list[Part] = []
    for case in cases:
        match case:
            case ["switch_case", "case", value]:
                asked.append(["is", "===", subject, value])
            case ["switch_case", "case", value, *body] if ends(do(body)):
                asked.append(["is", "===", subject, value])
                found.append((reduce(lambda one, other: ["or", one, other], asked), _left(body)))
                asked = []
            case ["switch_default", "default", *body] if case is cases[-1] and not asked:
                found.append((None, _left(body)))
            case _:
                return None
    if any(["break"] in node for _, body in found for node in walked(body)):
        return None
    other: Tree = []
    for condition, body in reversed(found):
        other = body if condition is None else [["if", condition, do(body), do(other)]]
    return do(other)


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


# Names on the way


def _inlined(statements: Tree, parameters: Tree) -> Tree:
    """Statements with values in the place of names that are given once, where that says no more than before."""
    given = Counter(str(node[1]) for node in walked(statements) if kind(node) in _GIVES)
    set_anew = [node for node in walked(statements) if kind(node) == "update_expression"]
    given.update(part for node in (*set_anew, *walked(parameters)) for part in node if isinstance(part, str))
    names = [str(node[1]) for node in walked(statements) if _is_name(node) and given[str(node[1])] == 1]
    found: Tree = statements
    for name in names if len(names) <= NAMES else ():
        value, uses = _value(found, name)
        if value is not None and uses == sum(part == name for one in walked(found) for part in one) - 1:
            inside = list(walked([value]))[1:]
            kept = any(given[part] > 1 for one in [[value], *inside] for part in one if isinstance(part, str))
            once = uses == 1 and not any(_repeats(one, name) for one in walked(found))
            if not kept and (once or (uses > 0 and all(kind(one) in _CHEAP for one in inside))):
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


def _repeats(node: Tree, name: str) -> bool:
    """Whether what stands for a name would run again and again in a node; what it goes over first runs once."""
    if kind(node) not in _AGAIN:
        return False
    first = next((one for one in node if isinstance(one, list) and kind(one) == "over"), [])
    return any(name in one for part in node if isinstance(part, list) and part is not first for one in walked(part))


def _without(tree: Tree, name: Part, value: Part) -> Tree:
    found: Tree = []
    for one in tree:
        if isinstance(one, list):
            if not (_is_name(one) and one[1] == name):
                found.append(_without(one, name, value))
        else:
            found.append(value if one == name else one)
    return found
