"""What happens in a sequence of statements, as a tree of questions, each with what follows a yes and a no."""

from collections.abc import Callable

from .alike import Tree
from .terms import FUNCTIONS, Part, do, kind, statements_of

_ENDS = frozenset({"return", "raise_statement", "throw_statement", "continue", "break"})
_BOOLEAN = frozenset({"is", "<", "not"})
"""What a comparison is, as against a value that is taken for true."""


def flow(statements: Tree, end: str, budget: list[int]) -> Tree:
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
            case [word] | [word, "nothing"] if word == end:
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
                if ends(one):
                    return done
    return done


def _answer(given: Part, rest: Tree, end: str, budget: list[int]) -> Callable[[], Tree]:
    """What happens after an answer, once somebody asks: what it does, and then what follows."""
    return lambda: flow([given] if ends(given) else [given, *rest], end, budget)


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
    if isinstance(part, str) or kind(part) in FUNCTIONS:
        return part
    if part[:1] in (["do"], ["if"]):
        return do(flow([part], "", budget))
    if part[:1] == ["each"]:
        return ["each", do(flow([part[1]], "continue", budget)), *part[2:]]
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
    return [["if", condition, do(yes()), do(no())]]


def ends(part: Part) -> bool:
    """Whether nothing that stands behind a sequence runs."""
    statements = statements_of(part)
    match statements[-1] if statements else "":
        case ["if", _, then, other]:
            return ends(then) and ends(other)
        case [str(word), *_]:
            return word in _ENDS
    return False


def _may_end(part: Part) -> bool:
    """Whether nothing that stands behind it runs, at least after some answer."""
    match part:
        case ["do", *_, last]:
            return _may_end(last)
        case ["if", _, then, other]:
            return _may_end(then) or _may_end(other)
    return ends(part)


def _is_boolean(value: Part) -> bool:
    match value:
        case ["and" | "or", left, right]:
            return _is_boolean(left) and _is_boolean(right)
        case [str(word), *_]:
            return word in _BOOLEAN
    return False
