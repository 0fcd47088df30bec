"""One checklist: what its file says."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..guess import did_you_mean
from .subjects import SUBJECTS


class ChecklistError(Exception):
    """A checklist cannot be used. The message says which file and what to do."""


@dataclass(frozen=True, slots=True)
class Line:
    """One demand.

    `id` never changes once it was released. `about` is the subject (see `subjects`) without which the line does not
    apply. `rules` answer it from the code; `needs` is what has to be seen elsewhere, for all of the line where there
    are no rules, for the rest of it where there are. `asked_in` are the lines of the reviewer's document (from 1) that
    ask for it, empty for a checklist without a document.
    """

    id: str
    says: str
    about: str
    rules: tuple[str, ...] = ()
    needs: str = ""
    asked_in: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """Lines that belong together. `families` of rules tell how early a voice speaks about them."""

    title: str
    lines: tuple[Line, ...]
    families: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Aside:
    """Lines of the reviewer's document that ask nothing of a backend, and what they are."""

    is_: str
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Checklist:
    """A reviewer's checklist. `length` is that of the document in lines, 0 where there is none."""

    name: str
    sections: tuple[Section, ...]
    length: int = 0
    asides: tuple[Aside, ...] = ()

    @property
    def lines(self) -> Iterator[Line]:
        """The lines of all sections, in order."""
        for section in self.sections:
            yield from section.lines

    @property
    def rules(self) -> frozenset[str]:
        """The rules that answer any of its lines."""
        return frozenset(rule for line in self.lines for rule in line.rules)


def read(path: Path) -> Checklist:
    """The checklist in a file. Raises ChecklistError where it cannot be read or does not hold one."""
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ChecklistError(f"checklist {path}: cannot be read: {(error.strerror or str(error)).lower()}") from None
    except UnicodeDecodeError:
        raise ChecklistError(f"checklist {path}: is not UTF-8; save it as UTF-8") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ChecklistError(f"checklist {path}: is not valid TOML: {error}") from None
    try:
        return _checklist(data, path.stem)
    except ValueError as error:
        raise ChecklistError(f"checklist {path}: {error}") from None


def check_rules(checklist: Checklist) -> None:
    """Raise ChecklistError where a checklist names a rule or a family that does not exist."""
    from .. import catalogue

    known = catalogue.names()
    for section in checklist.sections:
        for family in section.families:
            if family not in known.values():
                guess = did_you_mean(family, known.values())
                raise ChecklistError(f"checklist `{checklist.name}`: there is no family `{family}`{guess}")
    for line in checklist.lines:
        for rule in line.rules:
            if rule not in known:
                guess = did_you_mean(rule, known)
                raise ChecklistError(
                    f"checklist `{checklist.name}`, line `{line.id}`: there is no rule `{rule}`{guess}"
                )


def _checklist(data: Mapping[str, Any], name: str) -> Checklist:
    _only(data, ("document", "sections"), "key")
    document = data.get("document", {})
    if not isinstance(document, dict):
        raise ValueError("`document` takes a table")
    _only(document, ("length", "asides"), "key of `document`")
    length = document.get("length", 0)
    if not isinstance(length, int):
        raise ValueError("`document.length` takes a whole number")
    sections = tuple(_section(each) for each in _tables(data, "sections"))
    if not sections:
        raise ValueError("lacks [[sections]] with `title` and `lines`")
    checklist = Checklist(name, sections, length, tuple(_aside(each) for each in _tables(document, "asides")))
    seen: set[str] = set()
    for line in checklist.lines:
        if line.id in seen:
            raise ValueError(f"two lines are called `{line.id}`")
        seen.add(line.id)
    return checklist


def _section(data: Mapping[str, Any]) -> Section:
    _only(data, ("title", "families", "lines"), "key of a section")
    title = _text(data, "title", "a section")
    lines = tuple(_line(each) for each in _tables(data, "lines"))
    if not lines:
        raise ValueError(f"the section “{title}” has no lines")
    return Section(title, lines, _texts(data, "families", f"the section “{title}”"))


def _line(data: Mapping[str, Any]) -> Line:
    _only(data, ("id", "says", "about", "rules", "needs", "from"), "key of a line")
    name = _text(data, "id", "a line")
    where = f"the line `{name}`"
    about = data.get("about", "code")
    if about not in SUBJECTS:
        raise ValueError(f"{where} is about `{about}`, which is no subject{did_you_mean(str(about), SUBJECTS)}")
    rules, needs = _texts(data, "rules", where), data.get("needs", "")
    if not isinstance(needs, str):
        raise ValueError(f"`needs` of {where} takes a text")
    if not (rules or needs):
        raise ValueError(f"{where} lacks `rules` that answer it, or what it `needs` from outside the code")
    return Line(name, _text(data, "says", where), about, rules, needs, _numbers(data.get("from", []), where))


def _aside(data: Mapping[str, Any]) -> Aside:
    _only(data, ("is", "from"), "key of an aside")
    return Aside(_text(data, "is", "an aside"), _numbers(data.get("from", []), "an aside"))


def _numbers(given: object, where: str) -> tuple[int, ...]:
    """Line numbers: whole numbers, and ranges with both ends as "12-15"."""
    numbers: list[int] = []
    for each in given if isinstance(given, list) else [given]:
        first, _, last = str(each).partition("-")
        if not (first.isdecimal() and (last or first).isdecimal()):
            raise ValueError(f'`from` of {where} takes a list of numbers and of ranges such as "12-15"')
        numbers += range(int(first), int(last or first) + 1)
    return tuple(numbers)


def _text(data: Mapping[str, Any], key: str, where: str) -> str:
    if not (isinstance(data.get(key), str) and data[key]):
        raise ValueError(f"{where} lacks `{key}`")
    return str(data[key])


def _texts(data: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
    given = data.get(key, [])
    if not (isinstance(given, list) and all(isinstance(each, str) for each in given)):
        raise ValueError(f"`{key}` of {where} takes a list of names")
    return tuple(given)


def _tables(data: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    given = data.get(key, [])
    if not (isinstance(given, list) and all(isinstance(each, dict) for each in given)):
        raise ValueError(f"`{key}` takes a list of tables")
    return given


def _only(table: Mapping[str, Any], known: Iterable[str], what: str) -> None:
    for key in table:
        if key not in known:
            raise ValueError(f"unknown {what} `{key}`{did_you_mean(key, known)}")
