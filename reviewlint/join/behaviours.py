"""Which functions a change makes do anything else, as against the same functions spelled, named or placed otherwise."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from ..facts.code import Behaviour, Declared, Definition, Function
from ..facts.http import Route
from ..facts.imports import Import
from ..facts.values import Constant
from ..project import Project
from .alike import BOUND, TOKEN, is_imported_otherwise, is_same_by_default, is_same_without_end, is_taken_in_place
from .plain import is_same_in_plain

_WORD = re.compile(r"[A-Za-z_]\w*")
_SPELLED = re.compile(r"(?<![\w$(])[A-Za-z_]\w*")
"""A word of the source in a function's code, not the kind of a node."""
_KEYWORD = re.compile(r"\(keyword_argument (\S+) = ")
_TOLD = re.compile(r"\(string (\w+(?: [^\s()]+)+)\)")
"""A text of several words: what it says may be given to what makes the answer of it."""
_PLACE = re.compile(r"@\d+$")

_Place = tuple[str, str]
"""A path, and the name of a function in it."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A function that does something else than at the base; `line` is the first one of the change.

    `before` is what it did at the base, None for a function that was added. `declared` for a name that stands for
    something else, or what decorates a class (`Orders.@frozen`); tests then reach what goes by it, `by` among others.
    Not `sure` where that is the same as often as not. Functions of the same `edit`, where that is known, got the same.
    """

    function: Behaviour
    line: int
    before: Behaviour | None
    declared: bool = False
    sure: bool = True
    edit: frozenset[str] = frozenset()
    by: _Place | None = None

    @property
    def added(self) -> bool:
        """Whether there was no such function at the base."""
        return self.before is None

    @property
    def place(self) -> _Place:
        """Where the function stands."""
        return self.function.at.path, self.function.name


def spelled(project: Project) -> tuple[tuple[Behaviour, ...], tuple[Behaviour, ...]]:
    """The view: what the functions of all files of the change did at the base, and what they do now."""
    constants = _constants(project)
    old = (fact for file in project.originals.values() for fact in file.facts if isinstance(fact, Behaviour))
    paths = project.change.files if project.change is not None else ()
    now = (fact for path in paths for fact in project.facts_of(path, Behaviour))
    return tuple(_in_place(fact, constants) for fact in old), tuple(_in_place(fact, constants) for fact in now)


def changed_behaviours(project: Project) -> tuple[Changed, ...]:
    """The view: the functions of the change that are new or do something else than at the base, by place.

    A function that stands elsewhere or under another name at the base is the same; so is one that only calls such a
    function, or takes it from its new module, and one of which a part became a new function.
    """
    change = project.change
    if change is None:
        return ()
    before, now = project.view(spelled)
    known = {one.code for one in before}
    new = [one for one in now if one.code not in known]
    renamed = {**_renamed_names(project), **_renamed(before, now)}
    if renamed:
        again = {_replaced(one.code, renamed) for one in before}
        new = [one for one in new if _replaced(one.code, renamed) not in again]
    named = {(change.names.get(one.at.path, one.at.path), _plain(one.name)): one for one in before}
    named |= _elsewhere(named, now)
    paired = _paired(change.names, before, now)

    def at_base(one: Behaviour) -> Behaviour | None:
        unnamed = _PLACE.search(one.name)
        return paired.get((one.at.path, one.name)) if unnamed else named.get((one.at.path, one.name))

    parts = [one for one in new if at_base(one) is None]
    lost = project.view(gone) - renamed.keys()
    found = []
    moved: set[Behaviour] = set()
    for one in new:
        was = at_base(one)
        inside = [part for part in parts if was is not None and _was_part(part, was, one)]
        moved.update(part for part in inside if was is not None and _is_all_of(part, was))
        if was is not None and (
            inside
            or _only_lost(was, one, lost)
            or is_same_by_default(was, one)
            or is_same_without_end(was, one)
            or is_same_in_plain(was, one)
            or is_imported_otherwise(was, one, *(taken := _imports(project, one.at.path)))
            or is_taken_in_place(was, one, *taken)
        ):
            continue
        file = change.files[one.at.path]
        starts = (max(start, one.at.line) for start, end in file.lines if end >= one.at.line - 1)
        line = min(starts, default=one.at.line)
        found.append(Changed(one, line if line <= one.at.end_line else one.at.line, was))
    return tuple(each for each in found if each.function not in moved)


def _paired(names: Mapping[str, str], before: Iterable[Behaviour], now: Iterable[Behaviour]) -> dict[_Place, Behaviour]:
    """What the functions of the change that have no name of their own were at the base.

    Of those that are handed to the same, and are there no more as they were, the one that says most of the same.
    """
    left: dict[_Place, list[Behaviour]] = defaultdict(list)
    kept = Counter((one.at.path, _plain(one.name), one.code) for one in now)
    for one in before:
        place = names.get(one.at.path, one.at.path), _plain(one.name)
        if _PLACE.search(one.name) and not kept[*place, one.code]:
            left[place].append(one)
    known = {(names.get(one.at.path, one.at.path), _plain(one.name), one.code) for one in before}
    found: dict[_Place, Behaviour] = {}
    for one in now:
        several = left[one.at.path, _plain(one.name)]
        if several and (one.at.path, _plain(one.name), one.code) not in known:
            words = Counter(_SPELLED.findall(one.code))
            was = max(several, key=lambda old: (words & Counter(_SPELLED.findall(old.code))).total())
            several.remove(was)
            found[one.at.path, one.name] = was
    return found


def _elsewhere(named: Mapping[_Place, Behaviour], now: Iterable[Behaviour]) -> dict[_Place, Behaviour]:
    """The functions that stand in another file or class than at the base: the only ones of a name, there and here."""
    here = {(one.at.path, _plain(one.name)): one for one in now}
    gone, come = (_by_last_name(one, other) for one, other in ((named, here), (here, named)))
    both = ((was, one) for name, was in gone.items() if (one := come.get(name)) is not None)
    return {place: before for (_, before), (place, one) in both if _is_much_of(before, one)}


def _by_last_name(every: Mapping[_Place, Behaviour], others: Collection[_Place]) -> dict[str, tuple[_Place, Behaviour]]:
    """Of the functions that are not among the others: those whose last name only one of them has."""
    found: dict[str, list[tuple[_Place, Behaviour]]] = defaultdict(list)
    for place, one in every.items():
        if place not in others and not _PLACE.search(one.name):
            found[place[1].rpartition(".")[2]].append((place, one))
    return {name: several[0] for name, several in found.items() if len(several) == 1}


def _is_much_of(before: Behaviour, now: Behaviour) -> bool:
    """Whether most of what either of two functions says is in the other one, too."""
    one, other = (set(_SPELLED.findall(each.code)) for each in (before, now))
    return 2 * len(one & other) >= max(len(one), len(other))


def _imports(project: Project, path: str) -> tuple[dict[str, Collection[str]], ...]:
    """The modules that a name of a file of the change may stand for or be taken from, at the base and now."""
    was = project.originals.get(project.change.files[path].before) if project.change is not None else None
    before = [one for one in was.facts if isinstance(one, Import)] if was is not None else []
    return tuple(
        {local: (one.module, f"{one.module}.{name}") for one in every for name, local in (*one.names, ("", one.module))}
        for every in (before, project.facts_of(path, Import))
    )


def by_route(project: Project, changed: Changed) -> tuple[Changed, ...]:
    """The handlers that are different in a function that only sets up routes; itself, where anything else is."""
    path, name = changed.function.at.path, changed.function.name
    change = project.change
    routes = {route.handler: route for route in project.facts_of(path, Route)}
    begins = {handler: route.at.line for handler, route in routes.items()}
    spans = {
        fact.name: fact.at._replace(line=min(fact.at.line, begins[fact.name]), column=1)
        for fact in project.facts_of(path, Function)
        if fact.name in begins and fact.name.startswith(f"{name}.")
    }
    if not spans or change is None:
        return (changed,)
    file = change.files[path]
    was = project.originals.get(file.before)
    known = {(fact.method, fact.path) for fact in was.facts if isinstance(fact, Route)} if was is not None else set()
    touched = [
        (max(start, changed.function.at.line), min(end, changed.function.at.end_line))
        for start, end in file.lines
        if start <= changed.function.at.end_line and end >= changed.function.at.line - 1
    ]
    found = []
    for handler, at in spans.items():
        # Where lines were only taken out, the range ends before it starts.
        own = [(start, end) for start, end in touched if start <= at.end_line and at.line <= max(end, start - 1)]
        if own:
            whole = any(start <= at.line and at.end_line <= end for start, end in own)
            route = routes[handler]
            new = whole and (route.method, route.path) not in known  # what is laid out otherwise is no new route
            line = max(at.line, min(start for start, _ in own))
            found.append(Changed(Behaviour(at, handler, changed.function.code), line, None if new else changed.before))
    inside = all(any(at.line <= start and end <= at.end_line + 1 for at in spans.values()) for start, end in touched)
    return tuple(found) if inside and found else (changed,)


def _plain(name: str) -> str:
    """The name without the line that tells apart what has none of its own."""
    return _PLACE.sub("", name)


_PASSING_ON = frozenset(
    "(call (call_expression (attribute (member_expression . (argument_list (arguments (keyword_argument (pair (object "
    "(default_parameter = = None True False null undefined true false".split()
)


def only_passes_on(
    changed: Changed,
    words: Collection[str],
    added: Collection[str] = frozenset(),
    gone: Collection[str] = frozenset(),
) -> bool:
    """Whether a function does what it did, and is different only in calling or handing over one of `words` besides.

    Or in naming one of the functions that were `added` where it named one that is `gone`, or nothing but such words
    where it named more than that: it follows what is told of, or needs no telling, where that stands.
    """
    if changed.before is None:
        return False
    old, new = (
        Counter(token for token in TOKEN.findall(one.code) if not BOUND.fullmatch(token))
        for one in (changed.before, changed.function)
    )
    more, less = (new - old).keys() - _PASSING_ON, (old - new).keys() - _PASSING_ON
    if len(more) == len(less) == 1:  # one function in place of another
        return more <= set(added) and less <= set(gone)
    if more and more <= set(words) and not less.isdisjoint(gone):
        return True
    given = [len(BOUND.findall(one.code)) for one in (changed.before, changed.function)]
    return not old - new and (bool(new - old) or given[0] < given[1]) and more <= set(words)


def new_parameters(project: Project) -> frozenset[str]:
    """The names of the parameters that functions of the change take besides those that they had."""
    found: set[str] = set()
    for path, file in project.change.files.items() if project.change is not None else ():
        was = project.originals.get(file.before)
        before = {one.name: one.parameters for one in was.facts if isinstance(one, Function)} if was is not None else {}
        did = {one.name: one for one in was.facts if isinstance(one, Behaviour)} if was is not None else {}
        does = {one.name: one for one in project.facts_of(path, Behaviour)}
        for one in project.facts_of(path, Function):
            more = set(one.parameters) - set(before.get(one.name, one.parameters))
            # Where nothing is different without it, those who give it are told of.
            if more and not (one.name in did and is_same_by_default(did[one.name], does.get(one.name, did[one.name]))):
                found.update(more)
    return frozenset(found)


def new_fields(project: Project) -> frozenset[str]:
    """The view: the names of the fields that classes have got in files of the change."""
    change = project.change
    found: set[str] = set()
    for path, file in change.files.items() if change is not None else ():
        was = project.originals.get(file.before)
        before = {one.name for one in was.facts if isinstance(one, Declared)} if was is not None else set()
        now = {one.name for one in project.facts_of(path, Declared) if "." in one.name} if was is not None else set()
        found.update(name.rpartition(".")[2] for name in now - before)
    return frozenset(found)


def gone_fields(project: Project) -> frozenset[str]:
    """The view: the names of the fields that some class has no more, in files of the change, whatever others have."""
    change = project.change
    now = {one.name for path in change.files for one in project.facts_of(path, Declared)} if change is not None else ()
    before = (fact.name for file in project.originals.values() for fact in file.facts if isinstance(fact, Declared))
    return frozenset(name.rpartition(".")[2] for name in before if "." in name and name not in now)


def _renamed(before: Iterable[Behaviour], now: Iterable[Behaviour]) -> dict[str, str]:
    """What words of the base are called now: functions, and modules whose functions moved."""
    places: dict[str, list[Behaviour]] = defaultdict(list)
    for one in before:
        places[one.code].append(one)
    words: dict[str, str] = {}
    gone = {one.name for one in before} - {one.name for one in now}
    known, kept = {one.name for one in before}, {(one.name, one.code) for one in now}
    for one in now:
        for other in places.get(one.code, ()):
            again = other.name in gone or (other.name, other.code) not in kept
            if again and one.name not in known:
                words[other.name.rpartition(".")[2]] = one.name.rpartition(".")[2]
            if _stem(other.at.path) != _stem(one.at.path):
                words[_stem(other.at.path)] = _stem(one.at.path)
    return {old: new for old, new in words.items() if old != new and _WORD.fullmatch(old)}


def _renamed_names(project: Project) -> dict[str, str]:
    """What constants and fields of the base are called now: of a file that says the same of one under one new name."""
    change = project.change
    words: dict[str, str] = {}
    for path, file in change.files.items() if change is not None else ():
        was = project.originals.get(file.before)
        before = {one.name: one for one in was.facts if isinstance(one, Declared)} if was is not None else {}
        now = {one.name: one for one in project.facts_of(path, Declared)}
        left, new = (
            [one for name, one in every.items() if name not in other] for every, other in ((before, now), (now, before))
        )
        for one in left:
            same = [other for other in new if _is_renamed(one, other)]
            if len(same) == 1 and sum(_is_renamed(other, same[0]) for other in left) == 1:
                words[one.name.rpartition(".")[2]] = same[0].name.rpartition(".")[2]
    return {old: new for old, new in words.items() if _WORD.fullmatch(old)}


def _is_renamed(one: Declared, other: Declared) -> bool:
    """Whether two names stand for the same in the same class or module, wherever the code says its own name."""
    owner, _, old = one.name.rpartition(".")
    its_owner, _, new = other.name.rpartition(".")
    return owner == its_owner and bool(one.code) and _replaced(one.code, {old: new}) == other.code


def _constants(project: Project) -> dict[str, str]:
    """Numbers that have a name in files of the change, at the base or now: naming one changes nothing."""
    change = project.change
    paths = change.files if change is not None else ()
    now = [fact for path in paths for fact in project.facts_of(path, Definition)]
    was = [fact for file in project.originals.values() for fact in file.facts if isinstance(fact, Definition)]
    values: dict[str, set[str]] = defaultdict(set)
    for fact in (*was, *now):
        said = fact.value.value if isinstance(fact.value, Constant) else None
        values[fact.name].add(str(said) if isinstance(said, int | float) and not isinstance(said, bool) else "")
    return {name: only for name, several in values.items() if len(several) == 1 and (only := next(iter(several)))}


def _in_place(one: Behaviour, constants: Mapping[str, str]) -> Behaviour:
    """What a function does with numbers in place of their names."""
    code = _WORD.sub(lambda word: constants.get(word[0], word[0]), one.code) if constants else one.code
    return one if code == one.code else replace(one, code=code)


def _was_part(part: Behaviour, before: Behaviour, now: Behaviour) -> bool:
    """Whether a function only calls the new function `part` where it lost something, most of which stands in that."""
    name = part.name.rpartition(".")[2]
    old, new, inside = (Counter(_SPELLED.findall(one.code)) for one in (before, now, part))
    given = {name, *_KEYWORD.findall(now.code), *(word for text in _TOLD.findall(now.code) for word in text.split())}
    lost = (old - new).keys()
    called = new[name] > 0 or name == before.name.rpartition(".")[2]
    return called and 2 * len(lost - inside.keys()) <= len(lost) and not (new - old).keys() - old.keys() - given


def _is_all_of(part: Behaviour, before: Behaviour) -> bool:
    """Whether hardly anything stands in the new function `part` that was not in the function that it was a part of."""
    inside, whole = (set(_SPELLED.findall(one.code)) for one in (part, before))
    return 5 * len(inside - whole) <= len(inside)


def _only_lost(before: Behaviour, now: Behaviour, lost: Collection[str]) -> bool:
    """Whether a function only lost what went by names that are `lost`: what went with them."""
    old, new = (Counter(_SPELLED.findall(one.code)) for one in (before, now))
    return not new - old and any(name in lost for name in old - new)


def gone(project: Project) -> frozenset[str]:
    """The view: the last parts of the names of functions, fields and constants that the change takes away."""
    change = project.change
    now = (fact for path in change.files for fact in project.everything_of(path)) if change is not None else ()
    before = (fact for file in project.originals.values() for fact in file.facts)
    return frozenset(_last_names(before) - _last_names(now))


def _last_names(facts: Iterable[object]) -> set[str]:
    return {fact.name.rpartition(".")[2] for fact in facts if isinstance(fact, Behaviour | Declared)}


def _stem(path: str) -> str:
    return path.rpartition("/")[2].partition(".")[0]


def _replaced(code: str, words: Mapping[str, str]) -> str:
    return _WORD.sub(lambda word: words.get(word[0], word[0]), code)
