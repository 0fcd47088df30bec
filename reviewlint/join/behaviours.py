"""Which functions a change makes do anything else, as against the same functions spelled, named or placed otherwise."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..facts.code import Behaviour, Function
from ..project import Project

_WORD = re.compile(r"[A-Za-z_]\w*")
_SPELLED = re.compile(r"(?<![\w$(])[A-Za-z_]\w*")
"""A word of the source in a function's code, not the kind of a node."""
_PLACE = re.compile(r"@\d+$")


@dataclass(frozen=True, slots=True)
class Changed:
    """A function that does anything else than at the base; `line` is the first one of the change.

    `before` is what it did at the base, None for a function that was added.
    """

    function: Behaviour
    line: int
    before: Behaviour | None

    @property
    def added(self) -> bool:
        """Whether there was no such function at the base."""
        return self.before is None


def changed_behaviours(project: Project) -> tuple[Changed, ...]:
    """The view: the functions of the change that are new or do anything else than at the base, by place.

    A function that stands elsewhere or under another name at the base is the same; so is one that only calls such a
    function, or takes it from its new module, and one of which a part became a new function.
    """
    change = project.change
    if change is None:
        return ()
    before = [fact for file in project.originals.values() for fact in file.facts if isinstance(fact, Behaviour)]
    now = [fact for path in change.files for fact in project.facts_of(path, Behaviour)]
    known = Counter(one.code for one in before)
    new = [one for one in now if not known[one.code]]
    renamed = {**_renamed(before, now), **_parameters_renamed(project)}
    if renamed:
        again = {_replaced(one.code, renamed) for one in before}
        new = [one for one in new if _replaced(one.code, renamed) not in again]
    named = {(change.names.get(one.at.path, one.at.path), _plain(one.name)): one for one in before}
    parts = [one for one in new if (one.at.path, _plain(one.name)) not in named]
    found = []
    for one in new:
        was = named.get((one.at.path, _plain(one.name)))
        if was is not None and any(_was_part(part, was, one) for part in parts):
            continue
        file = change.files[one.at.path]
        starts = (max(start, one.at.line) for start, end in file.lines if end >= one.at.line - 1)
        line = min(starts, default=one.at.line)
        found.append(Changed(one, line if line <= one.at.end_line else one.at.line, was))
    return tuple(found)


def _plain(name: str) -> str:
    """The name without the line that tells apart what has none of its own."""
    return _PLACE.sub("", name)


def _renamed(before: Iterable[Behaviour], now: Iterable[Behaviour]) -> dict[str, str]:
    """What words of the base are called now: functions, and modules whose functions moved."""
    places: dict[str, list[Behaviour]] = defaultdict(list)
    for one in before:
        places[one.code].append(one)
    words: dict[str, str] = {}
    gone = {one.name for one in before} - {one.name for one in now}
    for one in now:
        for other in places.get(one.code, ()):
            if other.name in gone:
                words[other.name.rpartition(".")[2]] = one.name.rpartition(".")[2]
            if _stem(other.at.path) != _stem(one.at.path):
                words[_stem(other.at.path)] = _stem(one.at.path)
    return {old: new for old, new in words.items() if old != new and _WORD.fullmatch(old)}


def _parameters_renamed(project: Project) -> dict[str, str]:
    """What keywords of calls are called now, because the parameters of a function of the change are."""
    change = project.change
    words: dict[str, str] = {}
    for path, file in change.files.items() if change is not None else ():
        was = project.originals.get(file.before)
        before = {one.name: one.parameters for one in was.facts if isinstance(one, Function)} if was is not None else {}
        for one in project.facts_of(path, Function) if before else ():
            old = before.get(one.name, ())
            if len(old) == len(one.parameters):
                words.update((a, b) for a, b in zip(old, one.parameters, strict=True) if a != b and _WORD.fullmatch(a))
    return words


def _was_part(part: Behaviour, before: Behaviour, now: Behaviour) -> bool:
    """Whether a function lost nothing but what stands in the new function `part`, and only calls that instead."""
    name = part.name.rpartition(".")[2]
    old, new, inside = (Counter(_SPELLED.findall(one.code)) for one in (before, now, part))
    return new[name] > 0 and not (old - new).keys() - inside.keys() and not (new - old).keys() - old.keys() - {name}


def _stem(path: str) -> str:
    return path.rpartition("/")[2].partition(".")[0]


def _replaced(code: str, words: Mapping[str, str]) -> str:
    return _WORD.sub(lambda word: words.get(word[0], word[0]), code)
