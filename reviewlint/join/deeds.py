"""What a function decides, computes, refuses, asks for and does, by how it is spelled.

Two versions of a function may differ in many words and do the same: another name for a constant, one more setting that
is handed to a library, an entry of a table, a part that is a function of its own now. What a test could tell apart
shows in few places: conditions, operations and texts made of values, errors, what is answered, which rows are asked
for, and what happens besides.
"""

import operator
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from itertools import accumulate

from ..facts.code import Behaviour
from ..project import Project
from .alike import BOUND, Tree, parsed, text_of, walked
from .behaviours import Changed, spelled

_CONDITION = {
    "if_statement": 2,
    "elif_clause": 2,
    "while_statement": 2,
    "if_clause": 2,
    "switch_case": 2,
    "case_clause": 2,
    "conditional_expression": 3,
    "ternary_expression": 1,
}
"""Which part of what chooses is its condition."""
OPERATIONS = frozenset(
    "binary_operator comparison_operator not_operator unary_operator binary_expression unary_expression "
    "augmented_assignment augmented_assignment_expression boolean_operator".split()
)
_AND = frozenset({"and", "&&"})
_EITHER_WAY = frozenset("+ * == != === !== and or && ||".split())
"""What comes to the same from either side."""
_GIVES = frozenset({"return_statement", "assignment", "variable_declarator", "arrow_function"})
"""What gives what stands at its end."""
_LOOPS = frozenset("for_statement for_in_statement for_in_clause while_statement".split())
_CALLS = frozenset({"call", "call_expression", "new_expression"})
_SETS = frozenset({"assignment", "assignment_expression"})
_BODY = {
    **dict.fromkeys(("if_statement", "elif_clause"), 3),
    "try_statement": 2,
    **dict.fromkeys(
        "else_clause for_statement for_in_statement while_statement with_statement except_clause catch_clause "
        "finally_clause switch_case case_clause function function_definition method_definition".split(),
        -1,
    ),
}
"""Where the only statement of a body stands, which has no block of its own."""
_NARROWS = re.compile(
    r"(?:filter|filter_by|exclude|(?:and|or)?_?where\w*|order_?by|having|\w*join|group_?by|offset|distinct|eq|neq|gte?|lte?"
    r"|in_|is_|values|update|from_?|rpc|table|execute|find\w*|count\w*)$",
    re.IGNORECASE,
)
"""What says which rows, of which table, and in what order."""
_SYNONYMS = {"filter": "where"}
"""What narrows rows by either name ("A synonym for the `Select.where()` method": SQLAlchemy, `Select.filter`)."""
_NO_ROWS = re.compile(r"\w+$|\(\w+ (?:\$ \. update\)|\(string|Array |Buffer |Object |Date |\(attribute \S+ \. path\))")
"""What such methods belong to where they are about something else: texts, lists, paths."""
_COLUMNS = re.compile(r" \(string (?:\*|[\w.]+(?:, ?[\w.]+)+)\)")
"""Which columns of the rows that are found are asked for: it shows where they are used."""
_ANSWERS = re.compile(r"(?:json|send|jsonify|(?:\w*[^e])?Response)$")
_TAKES = frozenset(
    "get dict list str int bool len keys items json options model_dump gettext ngettext translate timeout all "
    "abortOnSignal withTimer withSpan timed traced".split()
)
"""Calls that only take what is there, hand it on in another shape, or watch it and how long it takes."""
COMPUTES = frozenset({"min", "max", "round", "floor", "ceil", "trunc", "abs", "slice", "substring"})
"""Calls that are operations on values."""
_ORDERS = re.compile(r"(?:sort|sorted|toSorted|sortBy|sort_values|min|max)$")
_HOW = frozenset("keyword_argument lambda function arrow_function object dictionary array".split())
"""What tells such calls by what to compare, as against what is compared."""
_GUARDS = frozenset({"Depends", "Security"})
_ADMITS = re.compile(
    r"require(?!ment)|permission|verif|check(?!out|list|box|sum|point)|guard|admin|allow|current_user|auth(?!or(?!i))"
    r"|token(?!i|_?(?:count|limit|s(?![a-z])))",
    re.IGNORECASE,
)
"""Who lets in, of those that give a function what it needs."""
_CHECKS = re.compile(
    r"(?:call|do) _*(?:require|verify|check|ensure|assert|guard|allow|deny|authori[sz]e|authenticate)", re.IGNORECASE
)
"""A call that lets in or refuses, by what it is called; what only names such a thing gets it or shows it."""
_WHOSE = re.compile(r"user|owner|tenant|member|author|organi[sz]ation", re.IGNORECASE)
"""Who rows belong to."""
_NAMES = frozenset({"call", "call_expression", "new_expression", "keyword_argument", "pair", "string"})
"""What begins with a name that is none of a variable."""
_MEMBERS = frozenset({"attribute", "member_expression", "string", "optional_chain"})
"""What ends with one."""
_VARIABLE = re.compile(
    r"\$\d+$|(?!(?:in|not|is|and|or|if|else|for|while|try|except|raise|throw|new|await|async|def|typeof|instanceof|delete|void"
    r"|true|false|null|undefined|super|case|default|catch|finally|with|as|from|of|lambda|return|yield)$)[a-z]\w*$"
)
_PATTERN = re.compile(r"\\[a-zA-Z.]|\[\^?\w+(?:-|\])")
"""A part of a regular expression."""
_ASIDE = re.compile(r" \. (?:env|environ|getenv)\b|^\(binary_expression \$ instanceof Error\)$|hasOwn(?:Property)?\b")
"""Asking what an operator sets, whether what was thrown is an error at all, and what `for … in` has to ask."""
_JOINS = re.compile(r"\((?:binary_operator|binary_expression) (?:\(string [^()]*\) \+|.* \+ \(string [^()]*\)\)$)")
"""Texts that are put together, as in a template."""
_KEEPS = (["assignment"], ["variable_declarator"])
_AWAITS = (["await"], ["await_expression"])
_RUNS = ("ask ", "call ", "do ", "answer ", "raise ")
"""What counts even where its value is only logged, as what says nothing else of it uses it."""
_DIGITS = re.compile(r"\d+")
"""A version in a text."""
_CHAIN = re.compile(
    r"(?:\((?:attribute|member_expression) )+[$a-z_][\w$]*"
    r"(?: (?:\.|\(optional_chain \?\.\)) (?!env(?:iron)?\b)[a-z_]\w*\))+$"
)
"""Parts of parts of a variable."""
_NUMBER = re.compile(r"-?\d[\d_.]*$")
_GIVEN_NOW = re.compile(r"(?<= )(?:-?\d[\d_.]*|\((?:attribute|member_expression) \$ \. \w+\))(?=[ )])")
"""What may be given as a parameter instead: a number, or a part of something."""
_BODIES = re.compile(r"\((?:block|statement_block|return_statement) ")
_STATUS = re.compile(r"[\"']?([1-5]\d\d)[\"']?$")
_CONSTANT = re.compile(r"[\d.]+$|[Tt]rue$|[Ff]alse$|None$|null$|undefined$|\(string [^()]*\)$")
_GIVEN = re.compile(r"\(keyword_argument \w+ = (?:\(string [^()]*\)|[\w.]+|…)\) ?")
"""What a decorator is told by a name: what a route is called, not where it is."""
_LAST = re.compile(r"/\)")
"""The last slash of a route: frameworks lead from one to the other."""
_SQL = re.compile(r"\(string (?:select|insert|update|delete|with)\b", re.IGNORECASE)
_WRITES = re.compile(r"\(string (?:insert|update|delete)\b", re.IGNORECASE)
_NAMED_STATUS = re.compile(r"HTTP_([1-5]\d\d)_\w+$")
DEEP = 120
"""Nodes inside of one another beyond which nobody tells what a function does."""

_METHOD = re.compile(r"\((call|call_expression) \((?:attribute|member_expression) \$ \. (\w+)\)")
"""A method of a variable that is called: as a function of the same name would be."""
_OWN = re.compile(r" \. [A-Za-z]|\(string \w|[A-Z]{2}|^(?:do|call) |\(call\w* (?:\w+_\w|[a-z]+[A-Z])")
"""A name in a deed by which it is told from others of its kind."""
_WHERE: dict[str, Callable[[bool, bool], bool]] = {
    "call ": operator.ne,  # one in the place of another is the same thing by another name as often as not
    "default ": operator.and_,
    "number ": operator.and_,  # one that has a name now is the same, or was set elsewhere
    "(string ": lambda more, less: more,
}
"""By what a deed begins with: whether it counts where there are more of its kind, where there are less, or both."""
_WEAK = re.compile(r"(?:raise|swallow|do|set|key|number|call|@|return|answer) |\(string ")
"""Deeds that alone decide nothing."""
_MERE = re.compile(r"(?:do|set|key|call) |\(string ")
"""What is called, set, named or worded: another of these comes to the same as often as not."""
_WAYS = re.compile(rf"{_ADMITS.pattern}|\b(?:\w*route|get|post|put|patch|delete)\b", re.IGNORECASE)
"""Who is let in, and where."""
_GATES = re.compile(rf"{_WAYS.pattern}|valid|limit|throttl|csrf|public", re.IGNORECASE)
"""Who is let in, how often, with what, and where: what decorators tell besides when and how something runs."""
_FLAG = re.compile(
    r"(?:is_?(?:feature_?)?enabled|(?:feature_?)?flag_?is_?(?:active|enabled)|variation)\)* \(arg\w+ \(string ",
    re.IGNORECASE,
)
"""Asking whether something is switched on that is known by a text."""


_THING = r"(?:\$|\((?:attribute|member_expression) \$ \. \w+\))"
_IS_THERE = re.compile(
    rf"(?:if )?(?:{_THING}|\((?:not_operator not|unary_expression !) {_THING}\)"
    rf"|\(comparison_operator {_THING} (?:is|\(is not is not\)) None\)"
    rf"|\(binary_expression (?:{_THING} [!=]==? (?:null|undefined)|(?:null|undefined) [!=]==? {_THING})\))$"
)
"""Asking whether something is there at all."""
_FALLBACK = re.compile(
    r"\((?:binary_expression|boolean_operator) (?:(?!call).)+ (?:\?\?|\|\||or) "
    r"(?:[\w.]+|\(string[^()]*\)|\((?:array|list|object|dictionary)\))\)$"
)
"""What stands for something that is missing."""


def is_decided(deed: str) -> bool:
    """Whether a deed chooses, refuses, computes or asks, as against what is merely done and answered."""
    return _WEAK.match(deed) is None


def weighs(deed: str) -> bool:
    """Whether a deed makes something else of a function that has got it: a decision, or what it asks of a database."""
    decides = is_decided(deed) and _FALLBACK.match(deed) is None and _JOINS.match(deed) is None
    return decides or _SQL.match(deed) is not None


def is_there(deed: str) -> bool:
    """Whether a deed only gets something, or asks whether it is there: a new function of no more hands it on."""
    return _IS_THERE.match(deed) is not None or deed.startswith("ask get ")


def refuses(deed: str) -> bool:
    """Whether it is an error that is raised."""
    return deed.startswith("raise ")


def is_answer(deed: str) -> bool:
    """Whether it is a status, or says who is let in, or where."""
    return deed.startswith("answer ") or (deed.startswith("@ ") and _WAYS.search(deed) is not None)


def keeps_out(deed: str) -> bool:
    """Whether it is about who is let in, or whose rows are asked for."""
    if _MERE.match(deed):
        return _CHECKS.match(deed) is not None
    return (_WHOSE if deed.startswith("ask ") else _ADMITS).search(deed) is not None


def is_write(deed: str) -> bool:
    """Whether it is a statement of SQL that writes rows."""
    return _WRITES.match(deed) is not None


def is_told(deed: str) -> bool:
    """Whether it shows by itself that something else comes of it, as against another way to the same."""
    if deed.startswith("@ "):
        return _GATES.search(deed) is not None
    return _MERE.match(deed) is None or _SQL.match(deed) is not None


@dataclass(frozen=True, slots=True)
class Different:
    """The deeds that a function has `got` and `lost`."""

    got: frozenset[str]
    lost: frozenset[str]

    def without(self, deeds: Collection[str]) -> "Different":
        """What is left without some deeds."""
        return Different(self.got.difference(deeds), self.lost.difference(deeds))

    @property
    def every(self) -> frozenset[str]:
        """Both."""
        return self.got | self.lost


def different(project: Project, changed: Changed) -> Different:
    """What a function does that it did not, or does no more, as far as no other function of the change takes it over.

    Some count only beside others of their kind, or without them: see `_WHERE`. A flag that nobody asks for any more was
    switched on before, and what a new parameter stands for now is the business of those who give it.
    """
    was = deeds(changed.before.code) if changed.before is not None else Counter()
    now = deeds(changed.function.code)
    more, less = (now - was).keys(), {one for one in was - now if not _FLAG.search(one)}
    idle = set(project.view(_moved))
    written = {one for one in less if is_write(one)}
    if changed.before is not None and _takes(changed.function) > _takes(changed.before):
        given = {_GIVEN_NOW.sub("$", one) for one in more} & {_GIVEN_NOW.sub("$", one) for one in less}
        idle.update(one for one in (*more, *less) if _GIVEN_NOW.sub("$", one) in given)
    for how, counts in _WHERE.items():
        if not counts(*(any(one.startswith(how) for one in each) for each in (more, less))):
            idle.update(one for one in (*more, *less) if one.startswith(how))
    return Different(frozenset(more), frozenset(less)).without(idle - (written - project.view(_moved)))


def _takes(function: Behaviour) -> int:
    """How many parameters a function has."""
    return len(BOUND.findall(_BODIES.split(function.code, 1)[0]))


def _moved(project: Project) -> frozenset[str]:
    """The view: the deeds that some functions of the change have besides and others have no more.

    What is like many others (`if` something is missing) only where it is lost as often as it is got.
    """
    change = project.change
    names = change.names if change is not None else {}
    before, now = project.view(spelled)
    old = {(names.get(one.at.path, one.at.path), one.name): one.code for one in before}
    new = {(one.at.path, one.name): one.code for one in now}
    more: Counter[str] = Counter()
    less: Counter[str] = Counter()
    for place in old.keys() | new.keys():
        was, does = old.get(place, ""), new.get(place, "")
        if was != does:
            more += deeds(does) - deeds(was)
            less += deeds(was) - deeds(does)
    return frozenset(one for one in more.keys() & less.keys() if _OWN.search(one) or more[one] == less[one])


@lru_cache(maxsize=256)
def deeds(code: str) -> Counter[str]:
    """Everything that a function does, with how often; nothing where its code cannot be taken apart."""
    tree = parsed(code) if _depth(code) <= DEEP else None
    if tree is None:
        return Counter()
    found = Counter(_in(tree))
    uses = Counter(BOUND.findall(code))
    for node in walked(tree):
        waits = any(part[:1] in _AWAITS for part in node)  # it is done whatever becomes of what it gives
        if node[:1] in _KEEPS and isinstance(node[1], str) and uses[node[1]] == 1 and not waits:
            found -= Counter(one for one in _in(node) if not one.startswith(_RUNS))
    return Counter({one: 1 if one.startswith("call ") else count for one, count in found.items()})


def _in(tree: Tree) -> Iterator[str]:
    return (_METHOD.sub(r"(\1 \2", one) for node in walked([_plain(tree)]) for one in _of(node) if one)


def _depth(code: str) -> int:
    return max(accumulate((character == "(") - (character == ")") for character in code), default=0)


def _plain(node: Tree, silent: bool = False) -> Tree:
    """The tree with one word for all variables, as far as they are no constants, and without the words of errors.

    `?.` is `.`: what is nothing gives nothing, where it threw or was believed to. And a part of a part is a part.
    """
    node = _made_once(node)
    kind = str(node[0]) if node else ""
    if kind == "string" and silent:
        return ["string"]
    node = ["." if one == ["optional_chain", "?."] else one for one in node]
    if kind in _MEMBERS and kind != "string" and isinstance(node[1], list) and _CHAIN.match(_text(node[1])):
        return [kind, "$", ".", node[-1]]
    silent = silent or kind in ("raise_statement", "throw_statement")
    first = 2 if kind in _NAMES else 1 if kind != "decorator" else len(node)
    last = len(node) - 1 if kind in _MEMBERS else len(node)
    return [
        _plain(one, silent) if isinstance(one, list) else "$" if first <= at < last and _VARIABLE.match(one) else one
        for at, one in enumerate(node)
    ]


def _made_once(node: Tree) -> Tree:
    """What makes something where it is not there yet, as what makes it: the same comes of it.

    And nothing of what refuses to go on where a name of the module is not set: that was said when it was started.
    """
    match node:
        case ["if_statement", "if", ["unary_expression" | "not_operator", "!" | "not", str(name)], body] if (
            not BOUND.match(name) and _raises(body)
        ):
            return []
        case ["if_statement", "if", condition, [("assignment" | "assignment_expression"), name, "=", [*_]] as made]:
            missing = (["comparison_operator", name, "is", "None"], ["not_operator", "not", name])
            return made if condition in (*missing, ["unary_expression", "!", name]) else node
    return node


def _handles(last: "Tree | str", what: Tree) -> bool:
    """Whether anything but a record stands in what catches an error, by its last part; other rules ask about that."""
    return isinstance(last, list) and last is not what and last not in (["block"], ["statement_block"])


def _raises(body: "Tree | str") -> bool:
    if isinstance(body, list) and body[:1] in (["block"], ["statement_block"]) and len(body) == 2:
        body = body[1]
    return isinstance(body, list) and body[:1] in (["raise_statement"], ["throw_statement"])


def _of(node: Tree) -> Iterator[str]:
    kind = str(node[0]) if node else ""
    place = _CONDITION.get(kind)
    if place is not None and len(node) > place:
        yield from (f"if {one}" for one in _parts(node[place]) if not _ASIDE.search(one))
    if kind in _GIVES and isinstance(node[-1], list) and _is_and(node[-1]):
        yield from (f"if {one}" for one in _parts(node[-1]) if not _ASIDE.search(one))
    if kind in OPERATIONS and not _is_and(node) and "delete" not in node:
        done = _operands(node)
        yield "" if _ASIDE.search(done) else done
    if kind in ("conditional_expression", "ternary_expression"):
        chosen = (node[1], node[-1]) if kind == "conditional_expression" else node[-2:]
        yield from (f"choose {one}" for one in chosen if isinstance(one, str) and _NUMBER.match(one))
    if kind in _LOOPS:
        yield "loop"
    if kind in ("raise_statement", "throw_statement"):
        yield f"raise {_name(node[-1]) if len(node) > 1 else ''}"
    if kind in ("except_clause", "catch_clause"):
        what = next((one for one in node[2:3] if kind == "except_clause" and isinstance(one, list)), [])
        caught = what[1] if what[:1] == ["as_pattern"] else node[2] if kind == "except_clause" and len(node) > 2 else ""
        yield f"{'except' if _handles(node[-1], what) else 'swallow'} {_text(caught)}"
    if kind == "return_statement" and len(node) == 2 and _CONSTANT.match(_text(node[1])):
        yield f"return {_text(node[1])}"
    if kind == "return_statement" and len(node) == 2:
        yield from _keys(node[1])
    if kind in _SETS and len(node) > 3 and isinstance(node[1], list):
        yield f"set {_text(node[1])}"
    if kind in _CALLS and len(node) > 2:
        yield from _of_call(node)
    if kind == "pair" and node[1] in ("where", "orderBy"):
        yield f"ask {_text(node)}"
    if kind == "decorator" and node[1:] not in (["@", "classmethod"], ["@", "staticmethod"], ["@", "property"]):
        yield f"@ {_LAST.sub(')', _GIVEN.sub('', _text([one for one in node[1:] if one != '@'])))}"
    if kind == "string" and any(isinstance(one, list) for one in node[1:]):
        yield _DIGITS.sub("#", _text(node))
    if _SQL.match(text := _text(node) if kind == "string" else ""):
        yield text
    if kind in ("default_parameter", "assignment_pattern", "required_parameter") and len(node) > 3:
        yield f"default {_text(node[-1])}" if not isinstance(node[-1], list) else ""
    if kind not in _MEMBERS:
        yield from (f"answer {status}" for one in node[1:] if (status := _status(one)))
    yield from (f"match {one}" for one in node if isinstance(one, str) and _PATTERN.search(one))
    yield from (f"number {one}" for one in node[1:] if isinstance(one, str) and _NUMBER.match(one))
    body = _BODY.get(kind)
    statements = node[1:] if kind in ("block", "statement_block") else node[body:][:1] if body is not None else ()
    yield from (f"do {name}" for one in statements if (name := _done(one)))


def _of_call(call: Tree) -> Iterator[str]:
    name = _name(call)
    by_keyword = name == "get" and _text(call[2]).startswith("(argument_list (keyword_argument ")
    of_rows = _NARROWS.match(name) and not _NO_ROWS.match(_text(call[1]))
    name = _SYNONYMS.get(name, name) if of_rows else name
    which_and_what = name == "update" and len(call[2]) > 2  # what is updated with one thing may be no row
    if len(call[2]) > 1 and (by_keyword or of_rows or which_and_what):
        which = _text(call[2])
        yield f"ask {name} {_COLUMNS.sub('', which) if name.startswith('find') else which}"
    if _ORDERS.match(name):
        how = [_text(one) for one in call[2][1:] if isinstance(one, list) and one[0] in _HOW]
        yield f"ask {name} {' '.join(how)}" if how else ""
    if name in COMPUTES:
        yield _operands(["call", name, *call[2:]])
    elif name == "forEach":
        yield "loop"
    elif name[:1].islower() and name not in _TAKES:
        yield f"call {name}"
    if name in _GUARDS and _ADMITS.search(_text(call[2])):
        yield f"guard {_text(call[2])}"
    if _ANSWERS.match(name):
        yield from (key for one in call[2][1:] for key in _keys(one))


def _keys(value: "Tree | str") -> Iterator[str]:
    """The keys of an object that is answered."""
    if isinstance(value, list) and value[:1] in (["object"], ["dictionary"]):
        for pair in value[1:]:
            yield f"key {_text(pair[1])}" if isinstance(pair, list) and len(pair) > 1 else ""


def _parts(condition: "Tree | str") -> Iterator[str]:
    """What has to be so for a condition to be met."""
    if isinstance(condition, list) and _is_and(condition):
        for one in (condition[1], condition[-1]):
            yield from _parts(one)
    else:
        yield _operands(condition)


def _operands(node: "Tree | str") -> str:
    """An operation without what the calls in it are given, as far as that is more than words."""
    if not isinstance(node, list):
        return node
    if node[:1] in (["argument_list"], ["arguments"]) and any(
        isinstance(one, list) and one[:1] != ["string"] for one in node[1:]
    ):
        return "(…)"
    parts = list(map(_operands, node))
    if len(parts) == 4 and parts[2] in _EITHER_WAY:
        parts[1], parts[3] = sorted((parts[1], parts[3]))
    return f"({' '.join(parts)})"


def _is_and(node: Tree) -> bool:
    return node[:1] in (["boolean_operator"], ["binary_expression"]) and len(node) == 4 and node[2] in _AND


def _done(statement: "Tree | str") -> str:
    """The name of what a statement calls that is nothing but a call."""
    one = statement
    while isinstance(one, list) and one[:1] in (["await"], ["await_expression"]):
        one = one[-1]
    return BOUND.sub("$", _name(one)) if isinstance(one, list) and one[:1] in (["call"], ["call_expression"]) else ""


def _name(node: "Tree | str") -> str:
    """The last part of the name of what is called or made."""
    while isinstance(node, list) and node:
        made = node[1:] if node[1:2] != ["new"] else node[2:]
        node = made[0] if node[0] in _CALLS and made else node[-1]
    return node if isinstance(node, str) else ""


def _status(one: "Tree | str") -> str:
    if isinstance(one, list):
        name = one[-1] if one[:1] in (["attribute"], ["member_expression"], ["string"]) else None
        if not isinstance(name, str):
            return ""
        if one[0] == "string":
            found = _STATUS.match(name)
            return found[1] if found else ""
        named = _NAMED_STATUS.match(name)
        if named:
            return named[1]
        return str(HTTPStatus[name].value) if "HTTPStatus" in one[1] and name in HTTPStatus.__members__ else ""
    named = _NAMED_STATUS.match(one)
    found = _STATUS.match(one)
    return named[1] if named else found[1] if found else ""


def _text(node: "Tree | str") -> str:
    return node if isinstance(node, str) else f"({text_of(node)})"
