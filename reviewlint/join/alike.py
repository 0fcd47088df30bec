"""Whether two versions of a function come to the same for whoever called it before, by how they are spelled.

A parameter that is new changes nothing as long as nobody gives it: with its default in its place, the function does
what it did.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping

from ..facts.code import Behaviour

_GIVEN = re.compile(
    r"\((?:(?:default|required|optional)_parameter|assignment_pattern) (\$\d+) (?:= )?(\?|[^\s()]+|\(string ?\w*\))\) ?"
)
"""A parameter and its default, where that is one word; `?` for one that may be left out."""
BOUND = re.compile(r"\$\d+")
"""What stands for a name that a function binds."""
HOLE = "_"
"""Stands for an item that a pattern leaves out: `const [, second] = pair`."""
TOKEN = re.compile(r"\(?[^\s()]+|\(")
_PARTS = re.compile(r"[()]|[^\s()]+")
_FALSE = frozenset({"None", "?", "False", "null", "undefined", "false", "0", "(string )"})
_TRUE = frozenset({"True", "true"})
_END = re.compile(r" \(return_statement(?: (?:False|None|false|null|undefined))? ?\)(?=\)+$)")
_MEMBER = frozenset({"(attribute", "(member_expression", "."})
DEEPEST = 150

Tree = list["Tree | str"]


def is_same_by_default(before: Behaviour, now: Behaviour) -> bool:
    """Whether a function does what it did, with the defaults of its new parameters in their place."""
    new = _GIVEN.findall(now.code)
    old = Counter(default for _, default in _GIVEN.findall(before.code))
    if len(new) <= sum(old.values()):
        return False
    was = _renumbered(before.code)
    return any(
        _renumbered(code) == was for code in _without(now.code, [one for one in new if _counts(one, before.code)])
    )


def is_same_without_end(before: Behaviour, now: Behaviour) -> bool:
    """Whether one says at its end that it is not so, where the other ends without a word."""
    return _renumbered(_END.sub("", before.code)) == _renumbered(_END.sub("", now.code))


def is_imported_otherwise(
    before: Behaviour, now: Behaviour, modules: Mapping[str, Collection[str]], others: Mapping[str, Collection[str]]
) -> bool:
    """Whether names only have that of their module before them now, or not any more; both by what a file imports.

    `modules` has the modules that a name of the file may stand for or be taken from at the base; `others` now.
    """
    old, new = (Counter(TOKEN.findall(one.code)) for one in (before, now))
    lost, got = old - new, new - old
    if bool(lost) == bool(got):
        return False
    more, known, rest = (got, others, modules) if got else (lost, modules, others)
    there = {module for several in rest.values() for module in several}
    names = [name for name in more if name not in _MEMBER]
    return bool(names) and all(not there.isdisjoint(known.get(name, ())) for name in names)


def is_taken_in_place(
    before: Behaviour, now: Behaviour, modules: Mapping[str, object], others: Mapping[str, object]
) -> bool:
    """Whether nothing is different but names that the file takes from elsewhere, in the place of some it takes no more.

    `modules` has the names that it took at the base, `others` those that it takes now.
    """
    lost, got = modules.keys() - others.keys(), others.keys() - modules.keys()
    was, does = (
        [None if token in names else token for token in TOKEN.findall(one.code)]
        for one, names in ((before, lost), (now, got))
    )
    return was == does


def walked(tree: Tree) -> Iterator[Tree]:
    """The tree and each list in it."""
    waiting = [tree]
    while waiting:
        one = waiting.pop()
        yield one
        waiting += [part for part in one if isinstance(part, list)]


def _counts(given: tuple[str, str], before: str) -> bool:
    return given[1] in _FALSE | _TRUE or given[1] in before


def _without(code: str, given: list[tuple[str, str]]) -> Iterator[str]:
    """The code with the defaults of some of the last of these parameters in their place, of one and of two of them."""
    for count in (1, 2):
        for start in range(len(given) - count + 1):
            again = code
            for name, default in given[start : start + count]:
                parts = [one[0] for one in _GIVEN.finditer(again) if one[1] == name]
                again = again.replace(parts[0], "") if parts else again
                again = re.sub(rf"{re.escape(name)}(?!\d)", default, again)
            tree = parsed(again)
            yield text_of(_decided(tree)) if tree is not None else again


def _renumbered(code: str) -> str:
    names: dict[str, str] = {}
    tree = parsed(code)
    plain = text_of(_decided(tree)) if tree is not None else code
    plain = plain.replace("(keyword_separator *)", "").replace("  ", " ").replace(" )", ")")
    return BOUND.sub(lambda one: names.setdefault(one[0], f"${len(names) + 1}"), plain)


def parsed(code: str) -> Tree | None:
    """The nested lists that the code of a `Behaviour` spells; None where a text in it has parentheses of its own.

    None, too, where they are nested deeper than anybody writes: what is done with them calls itself.
    """
    stack: list[Tree] = [[]]
    for token in _PARTS.findall(code):
        if token == "(":
            stack.append([])
            if len(stack) > DEEPEST:
                return None
        elif token == ")":
            if len(stack) == 1:
                return None
            done = stack.pop()
            stack[-1].append(done)
        else:
            stack[-1].append(token)
    return stack[0] if len(stack) == 1 else None


def text_of(tree: Tree) -> str:
    """What `parsed` takes apart."""
    return " ".join(one if isinstance(one, str) else f"({text_of(one)})" for one in tree)


def _decided(tree: Tree) -> Tree:
    """The tree without what its conditions never let run, as far as they are constant."""
    parts: Tree = []
    for one in tree:
        done = _chosen(_decided(one)) if isinstance(one, list) else [one]
        parts += done
    return parts


def _chosen(node: Tree) -> Tree:
    """What is left of one node: itself, one of its parts, or nothing."""
    match node:
        case ["block" | "statement_block", only]:
            return [only]
        case ["if_statement", "if", condition, *rest] if (said := _truth(condition)) is not None:
            otherwise = [one for one in rest if isinstance(one, list) and one[:1] in (["else_clause"], ["elif_clause"])]
            then = [one for one in rest if one not in otherwise]
            if said:
                return _bare(then)
            return _bare([part for one in otherwise[:1] for part in one[2:]]) if len(otherwise) < 2 else [node]
        case ["conditional_expression", first, "if", condition, "else", second] if (
            said := _truth(condition)
        ) is not None:
            return [first if said else second]
        case ["ternary_expression", condition, "?", first, second] if (said := _truth(condition)) is not None:
            return [first if said else second]
        case ["boolean_operator" | "binary_expression", first, "and" | "&&", second] if (
            said := _truth(first)
        ) is not None:
            return [second if said else first]
        case ["boolean_operator" | "binary_expression", first, "or" | "||" | "??", second] if (
            said := _truth(first)
        ) is not None:
            return [first if said else second]
        case ["boolean_operator" | "binary_expression", first, "and" | "&&", second] if _truth(second) is True:
            return [first]
        case ["boolean_operator" | "binary_expression", first, "or" | "||", second] if _truth(second) is False:
            return [first]
        case ["not_operator", "not", value] | ["unary_expression", "!", value] if (said := _truth(value)) is not None:
            return ["False" if said else "True"]
        case ["comparison_operator", value, "is", "None"] if (said := _truth(value)) is not None:
            return ["True" if value == "None" else "False"]
        case ["comparison_operator", value, ["is", "not", *_], "None"] if (said := _truth(value)) is not None:
            return ["False" if value == "None" else "True"]
    return [node]


def _bare(parts: Tree) -> Tree:
    """What a branch holds, without the block around it."""
    only = parts[0] if len(parts) == 1 else None
    return only[1:] if isinstance(only, list) and only[:1] in (["block"], ["statement_block"]) else parts


def _truth(value: "Tree | str") -> bool | None:
    if isinstance(value, list):
        return False if value == ["string"] else None
    return False if value in _FALSE else True if value in _TRUE else None
