"""Rules of a project's own: semgrep YAML in folders of the repository, each made a rule like ours.

What stands in a repository under review is data: patterns for semgrep to look for, and sentences. Rules as code come
from installed packages alone (`plugins`).
"""

import json
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from . import disk
from .facts.flows import Search
from .fault import Fault
from .finding import Edit, Finding, Fix
from .project import Project
from .rule import ConfidenceName, Meta, Rule, SeverityName

FAMILY = "own"

LARGEST = 1_000_000
"""Bytes of one file; nobody writes more patterns."""

MOST_VALUES = 20_000
"""As many values may one rule have, aliases counted wherever they stand."""

_SEVERITIES: Mapping[str, SeverityName] = {
    "CRITICAL": "error",
    "HIGH": "error",
    "ERROR": "error",
    "MEDIUM": "warning",
    "WARNING": "warning",
    "LOW": "note",
    "INFO": "note",
}
_CONFIDENCES: Mapping[str, ConfidenceName] = {"HIGH": "high", "MEDIUM": "medium", "LOW": "low"}
_PATTERNS = ("pattern", "patterns", "pattern-either", "pattern-regex", "match", "taint", "pattern-sources")
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_READS = {"python": "python", "typescript": "typescript", "js": "typescript"}


@dataclass(frozen=True)
class Own:
    """The rules of a project's own by name, and what cannot be used of them, named with file and line."""

    rules: Mapping[str, Rule] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()


def read(place: Path, called: str) -> Own:
    """The rules in the YAML file `place`, or in all of those below the folder `place`.

    `called` is its path from the project's root. A rule that cannot be used costs neither the others of its file nor
    those of other files. Links are not followed.
    """
    rules: dict[str, Rule] = {}
    faults: list[Fault] = []
    for path, name in _files(place, called):
        try:
            found = list(_rules(path, name))
        except _Broken as broken:
            faults.append(Fault(broken.where, broken.message, ours=False))
            continue
        for each in found:
            if isinstance(each, Fault):
                faults.append(each)
            elif each.name in rules:
                where = f"{each.module.PATH}:{each.module.LINE}"
                other = rules[each.name].module
                faults.append(
                    Fault(where, f"`{each.name}` is defined in {other.PATH}:{other.LINE} already", ours=False)
                )
            else:
                rules[each.name] = each
    return Own(rules, tuple(faults))


class _Broken(Exception):
    def __init__(self, where: str, message: str) -> None:
        super().__init__(message)
        self.where, self.message = where, message


def _files(place: Path, called: str) -> Iterator[tuple[Path, str]]:
    if place.is_file():
        yield place, called
        return
    for path in sorted(place.rglob("*")):
        if path.suffix in (".yml", ".yaml") and not path.is_symlink():
            yield path, f"{called.rstrip('/')}/{path.relative_to(place).as_posix()}".removeprefix("/")


def _rules(path: Path, name: str) -> Iterator[Rule | Fault]:
    text = _text(path, name)
    import yaml

    try:
        loader = yaml.SafeLoader(text)
        node = loader.get_single_node()
        data = loader.construct_document(node) if node is not None else None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise _Broken(f"{name}:{line}", f"not valid YAML: {error.problem or error.context}") from None
    except (yaml.YAMLError, ValueError) as error:
        raise _Broken(f"{name}:1", f"not valid YAML: {str(error).partition(chr(10))[0]}") from None
    except RecursionError:
        raise _Broken(f"{name}:1", "is nested too deeply to be read") from None
    if not (isinstance(data, dict) and isinstance(data.get("rules"), list)):
        raise _Broken(f"{name}:1", "has no list `rules`, as semgrep's rule files have")
    listed = next(value for key, value in reversed(node.value) if key.value == "rules")  # of two, YAML takes the last
    for item, definition in zip(listed.value, data["rules"], strict=True):
        line = item.start_mark.line + 1
        shown = textwrap.dedent(" " * item.start_mark.column + text[item.start_mark.index : item.end_mark.index])
        try:
            yield Rule(_module(definition, name, line, shown))
        except ValueError as error:
            yield Fault(f"{name}:{line}", str(error), ours=False)


def _text(path: Path, name: str) -> str:
    try:
        data, size = disk.read(str(path), LARGEST)
    except OSError as error:
        raise _Broken(f"{name}:1", f"cannot be read: {(error.strerror or str(error)).lower()}") from None
    except disk.NotRegular as other:
        raise _Broken(f"{name}:1", f"cannot be read: {other}") from None
    if size > LARGEST:
        raise _Broken(f"{name}:1", f"is larger than {LARGEST // 1_000_000} MB")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _Broken(
            f"{name}:{data.count(bytes([10]), 0, error.start) + 1}", "is not UTF-8; save it as UTF-8"
        ) from None


def _module(definition: object, path: str, line: int, shown: str) -> ModuleType:
    """The rule as a module with all that a rule's module says. Raises ValueError where it cannot be used."""
    if not isinstance(definition, dict):
        raise ValueError("a rule takes a table with `id`, `message`, `severity`, `languages` and a pattern")
    _measure(definition)
    given = definition.get("id")
    if not isinstance(given, str):
        raise ValueError("the rule lacks `id`")
    name = re.sub(r"[._\s]+", "-", given.lower()).strip("-")
    if not _NAME.fullmatch(name):
        raise ValueError(f"`{given}` is no name of a rule; take lower-case words with hyphens between them")
    message = definition.get("message")
    if not (isinstance(message, str) and message.strip()):
        raise ValueError(f"rule `{name}` lacks `message`")
    severity = _SEVERITIES.get(str(definition.get("severity", "")).upper())
    if severity is None:
        raise ValueError(f"`severity` of rule `{name}` takes ERROR, WARNING or INFO")
    if not any(key in definition for key in _PATTERNS):
        raise ValueError(f"rule `{name}` has no pattern to look for")
    if definition.get("mode", "search") not in ("search", "taint"):
        raise ValueError(f"`mode` of rule `{name}` takes search or taint")
    from .readers.dataflow import languages

    wanted = definition.get("languages")
    if not (isinstance(wanted, list) and wanted and all(isinstance(each, str) for each in wanted)):
        raise ValueError(f"`languages` of rule `{name}` takes a list of languages")
    if unread := [each for each in wanted if each not in languages()]:
        raise ValueError(f"rule `{name}` is for {unread[0]}; there are {', '.join(sorted(languages()))}")
    paths = definition.get("paths", {})
    if not isinstance(paths, dict):
        raise ValueError(f"`paths` of rule `{name}` takes a table with `include` and `exclude`")
    metadata = definition.get("metadata")
    said: dict[str, Any] = metadata if isinstance(metadata, dict) else {}
    why = str(said.get("why", "")).strip()
    origin = f"A rule of this project: {path}, line {line}."
    module = ModuleType(f"reviewlint.rules.{FAMILY}.{name.replace('-', '_')}")
    module.__doc__ = f"{' '.join(message.split())}\n\n{why or origin}"
    body = {key: value for key, value in definition.items() if key not in ("paths", "metadata", "validators")}
    included = _matcher(paths.get("include"), name) or (lambda path: True)
    excluded = _matcher(paths.get("exclude"), name) or (lambda path: False)
    for key, value in {
        "META": Meta(
            severity=severity,
            confidence=_CONFIDENCES.get(str(said.get("confidence", "")).upper(), "high"),
            since="",
            languages=tuple(dict.fromkeys(_read_as(each) for each in wanted)),
            data_flow=name,
        ),
        "REMARK": str(said.get("remark", "")) or _first_line(why) or origin,
        "EXAMPLES": [],
        "PATH": path,
        "LINE": line,
        "YAML": shown,
        "search": _search({**body, "id": name}, included, excluded),
        "check": _check(name),
    }.items():
        setattr(module, key, value)
    return module


def _first_line(text: str) -> str:
    from .voices.voice import first_sentence

    return first_sentence(text)


def _read_as(language: str) -> str:
    from .readers.dataflow import analyzers

    known = {name for suffix in (".py", ".ts", ".js") for name in analyzers([language], f"x{suffix}")}
    return next((_READS[name] for name in sorted(known) if name in _READS), "text")


def _measure(definition: Mapping[str, Any]) -> None:
    """Raise ValueError for a definition that is too large: aliases can make one of a few lines grow without end."""
    left = MOST_VALUES
    waiting: list[object] = [definition]
    while waiting:
        each = waiting.pop()
        left -= 1
        if left < 0:
            raise ValueError(f"the rule has more than {MOST_VALUES:,} values")
        if isinstance(each, dict):
            if any(not isinstance(key, str) for key in each):
                raise ValueError("a key of the rule is no text")
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each


def _matcher(patterns: object, name: str) -> Callable[[str], bool] | None:
    if patterns is None:
        return None
    if not (isinstance(patterns, list) and all(isinstance(each, str) for each in patterns)):
        raise ValueError(f"`include` and `exclude` in `paths` of rule `{name}` take lists of patterns")
    from pathspec import GitIgnoreSpec

    return GitIgnoreSpec.from_lines(patterns).match_file


def _search(
    definition: Mapping[str, Any], included: Callable[[str], bool], excluded: Callable[[str], bool]
) -> Callable[[Project], Search]:
    from .readers.dataflow import analyzers

    plain = json.loads(json.dumps(definition, default=str))

    def search(project: Project) -> Search:
        paths = (path for path in project.files if analyzers(plain["languages"], path))
        return Search(plain, frozenset(path for path in paths if included(path) and not excluded(path)))

    return search


def _check(name: str) -> Callable[[Project], Iterator[Finding]]:
    def check(project: Project) -> Iterator[Finding]:
        for match in project.matches:
            if match.rule == name:
                yield Finding(
                    match.at,
                    evidence=match.message,
                    remedy=match.fix or "",
                    related=match.trace,
                    slots=dict(match.metavariables),
                    fix=None if match.fix is None else Fix(safe=False, edits=(Edit(match.at, match.fix),)),
                )

    return check
