"""Whether a function of a change surely comes to something else than before, or to the same as often as not."""

import re
from collections.abc import Collection, Sequence
from itertools import chain

from ..facts.code import Function
from ..facts.file import Side
from ..facts.http import Route
from ..facts.imports import Export
from ..project import Project
from .alike import BOUND, parsed, text_of, walked
from .behaviours import Changed, gone_fields
from .deeds import Different, deeds, is_answer, is_decided, is_there, is_write, keeps_out, refuses, weighs
from .exercised import reach
from .expecting import answers_route
from .pages import pages

_ADMITTING = re.compile(r"guard |except |swallow ")
"""What a handler decides that leaves the rest to others."""
_READS = re.compile(r"@ \(\(call get ")
"""What a handler is decorated with that reads."""
_PICKS = re.compile(r"\((?:if_clause|continue_statement)\b")
"""What goes on without some of many."""
_SAYS_SETTINGS = re.compile(r"(?:^|[._])(?:get|load|read|parse)?_?\w*(?:[Cc]onf(?:ig(?:uration)?)?|[Ss]ettings)$")
"""Functions that read what an operator sets."""
_IS_SHOWN = re.compile(r"(?:^|\.)(?:__str__|__repr__|toString)$")
"""How an object is put into words, for whoever looks at it."""
_WATCHES = re.compile(r"(?:^|[._])(?:monitor|instrument|trace)(?:[A-Z_]\w*)?$")
"""How what other code does is seen, by those who run it."""
_SOMETHING = re.compile(r"\$\d|[Tt]rue|[1-9]")
"""What says that an answer is more than nothing: a value that was given or made, a yes, an amount."""
_IS_MISSING = re.compile(
    r"(?:not_operator not|unary_expression !) \S|comparison_operator .+ is None$"
    r"|binary_expression .+ ===? (?:null|undefined)$"
)
"""Asking whether something is not there."""
_WORD = re.compile(r"[^\s()]+")
_MEMBER = re.compile(r" \. (\w+)\)")
"""A part of something that is asked for."""
SHORT = 8
"""Lines of so few characters say nothing: brackets, and `return x`."""


def is_sure(project: Project, changed: Changed, found: Different, *, few: bool) -> bool:
    """Whether a function surely comes to something else: it is new, or decides what it did not.

    Where it decides less, what it asked is asked elsewhere as often as not. So it is where it only says what stands
    for something missing, or puts a text together. In a change of more than a `few` functions one is written anew where
    it loses what it gets, and what is new, and run by the tests as they are, was a part of another; in any change, so
    is what nobody else can call. What is new and only asks whether something is there, refusing nothing, holds or hands
    on what others make; and to ask so is a precaution where many functions change, or where no test has ever reached
    the function. What makes pages is looked at, and a script runs once.
    """
    answers = answers_route(project, changed)
    path, name = changed.place
    if _IS_SHOWN.search(name) or _SAYS_SETTINGS.search(name) or (changed.added and _stood_before(project, changed)):
        return False
    if _WATCHES.search(name) and not answers:
        return False
    if path in project.view(pages) or project.side(path) is Side.SCRIPT:
        return any(map(keeps_out, found.every))
    idle = changed.added and not any(map(refuses, found.got))
    if any(weighs(deed) and not (idle and is_there(deed)) for deed in found.got):
        if changed.added:
            apart = few and not _is_private(project, changed)
            return apart or answers or not project.view(reach).includes(*changed.place)
        mere = all(map(is_there, filter(weighs, found.got)))
        picks = _PICKS.search(changed.function.code)  # what is left out of a sum is no precaution
        if mere and not picks and not any(refuses(deed) or is_answer(deed) for deed in found.got):
            return not _only_guards(changed) and few and project.view(reach).includes(*changed.place)
        return few or not (mere or any(map(is_decided, found.lost)))
    forgets = not found.got and any(map(is_write, found.lost))
    left_out = project.view(gone_fields)  # nobody can ask for these any more
    told = (deed for deed in found.lost if left_out.isdisjoint(_MEMBER.findall(deed)))
    lets_in = any(map(keeps_out, told)) and not _is_given_otherwise(project, changed)
    return forgets or lets_in or (answers and any(map(is_answer, found.got)))


def _stood_before(project: Project, changed: Changed) -> bool:
    """Whether half the lines of a new function were there before, wherever: it was a part of others."""
    at = changed.function.at
    file = project.change.files.get(at.path) if project.change is not None else None
    if file is None or not file.before:
        return False
    numbers = chain.from_iterable(range(start, end + 1) for start, end in file.lines)
    texts = dict(zip(numbers, map(str.strip, file.added), strict=False))
    own = range(at.line + 1, at.end_line + 1)
    fresh = [text for line in own if len(text := texts.get(line, "")) > SHORT]
    kept = sum(line not in texts for line in own)
    known = kept + sum(text in project.view(_taken_out) for text in fresh)
    return known > 1 and 2 * known >= kept + len(fresh)


def _taken_out(project: Project) -> frozenset[str]:
    """The view: the lines that a change takes out, without the space around them."""
    files = project.change.files.values() if project.change is not None else ()
    return frozenset(line.strip() for file in files for line in file.removed)


def _is_given_otherwise(project: Project, changed: Changed) -> bool:
    """Whether a handler is given its caller by another dependency than before: that one asks what it asked itself."""
    path, name = changed.place
    file = project.change.files.get(path) if project.change is not None else None
    was = project.originals.get(file.before) if file is not None else None
    before = [fact for fact in was.facts if isinstance(fact, Route) and fact.handler == name] if was is not None else []
    now = [fact for fact in project.facts_of(path, Route) if fact.handler == name]
    return bool(before and now) and not _given(now) <= _given(before)


def _given(routes: Sequence[Route]) -> frozenset[str]:
    return frozenset(one for route in routes for one in (*route.guards, *route.annotations))


def _only_guards(changed: Changed) -> bool:
    """Whether all that is different is a question before all else whether something is there, and nothing where not."""
    tree = parsed(changed.function.code)
    first = next((node for node in walked(tree or []) if node[:1] in (["block"], ["statement_block"])), [])
    match first[1:2]:
        case [["if_statement", "if", [*asked], ["return_statement", *value]] as guard] if changed.before is not None:
            left = text_of(tree or []).replace(text_of([guard]), "", 1)
            missing = _IS_MISSING.match(text_of(asked)) and not _SOMETHING.search(text_of(value))
            return bool(missing) and _words(left) == _words(changed.before.code)
    return False


def _words(code: str) -> list[str]:
    """What a function says, by the order of its names, whatever stands in one block."""
    names: dict[str, str] = {}
    words = [word for word in _WORD.findall(code) if word not in ("block", "statement_block")]
    return [names.setdefault(word, f"${len(names)}") if BOUND.fullmatch(word) else word for word in words]


def calls_what_is_tested(project: Project, changed: Changed, found: Different, tested: Collection[str]) -> bool:
    """Whether a function decides nothing new but whether something is there, and calls a new function, one of those
    which tests of the change reach, by these names: that one decides."""
    path, name = changed.place
    if changed.before is None or not all(map(is_there, filter(weighs, found.got))):
        return False
    called = {
        f"call {one.rpartition('.')[2]}"
        for fact in project.facts_of(path, Function)
        if fact.name == name
        for one in fact.calls
    }
    new = deeds(changed.function.code).keys() - deeds(changed.before.code).keys()
    return not {f"call {one}" for one in tested}.isdisjoint(called & new)


def hands_on(project: Project, changed: Changed, found: Different, tested: Collection[str]) -> bool:
    """Whether a handler is new and decides nothing but who is let in and what is missing, and only reads, or calls what
    tests of the change reach, by these names."""
    own = (deed for deed in found.got if weighs(deed) and not is_there(deed))
    if not changed.added or not all(map(_ADMITTING.match, own)):
        return False
    path, name = changed.place
    called = (one for fact in project.facts_of(path, Function) if fact.name == name for one in fact.calls)
    return any(map(_READS.match, found.got)) or any(one.rpartition(".")[2] in tested for one in called)


def _is_private(project: Project, changed: Changed) -> bool:
    """Whether only functions of the same class or module can call a function."""
    path, name = changed.place
    if name.rpartition(".")[2].startswith(("_", "#")):
        return not name.endswith("__")
    exports = project.facts_of(path, Export)
    return bool(exports) and all(name.partition(".")[0] not in (one.name, one.local) for one in exports)
