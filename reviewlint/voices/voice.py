"""One voice: what its file says, and how its sentences are filled from a finding."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

from ..finding import Finding, Severity
from ..guess import did_you_mean
from ..rule import Rule
from ..verdict import Verdict
from ..wording import counted

_SLOT = re.compile(r"\{\{|\}\}|(?:\b(?P<article>[Aa]) )?\{(?P<name>[a-z][a-z0-9_]*)\}")
_WORDS = re.compile(r"[a-z]+ ")
_LONGEST = 64
_VOWELS = tuple("aeioAEIO")

DECISIONS = ("approve", "approve-with-remarks", "request-changes")
VERDICT_SLOTS = frozenset({"blocking", "errors", "warnings", "notes", "findings", "files", "first"})
"""What a verdict's sentence may speak of: counts in words (`3 errors`), and the rule of the first deciding finding."""


class VoiceError(Exception):
    """A voice cannot be used. The message says which file and what to do."""


@dataclass(frozen=True, slots=True)
class Voice:
    """A manner of speaking.

    `priorities` are families, the one that matters most first; those that are not named come after them.
    `remarks` hold sentences by rule, the first that can be filled is spoken. A rule without any gets the sentence of
    its own module (`otherwise = "remark"`) or the first sentence of its reasons (`"why"`).
    `verdict` has one sentence for each decision. `checklist` is the one it goes through: a name, or a file's path.
    """

    name: str
    manner: str
    verdict: Mapping[str, str]
    priorities: tuple[str, ...] = ()
    otherwise: Literal["remark", "why"] = "remark"
    remarks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    checklist: str = "foreman"

    def rank(self, family: str) -> int:
        """How early this voice speaks about a family, 0 first."""
        return self.priorities.index(family) if family in self.priorities else len(self.priorities)

    def remark(self, finding: Finding, rule: Rule | None) -> str:
        """What this voice says about a finding: the same finding always gets the same words."""
        filled = (filled_in(sentence, finding.slots) for sentence in self._sentences(finding.rule, rule))
        return next((sentence for sentence in filled if sentence), "")

    def _sentences(self, name: str, rule: Rule | None) -> Iterator[str]:
        """What may be said about the findings of a rule, the best first."""
        yield from self.remarks.get(name, ())
        if rule is not None:
            yield from rule.remarks if self.otherwise == "remark" else ()
            yield first_sentence(rule.why)
            yield rule.summary

    def closing(self, verdict: Verdict, shown: Sequence[Finding], files: int) -> str:
        """What this voice says with a verdict."""
        by_severity = Counter(finding.severity for finding in shown)
        slots = {
            "blocking": counted(verdict.blocking, "finding"),
            "errors": counted(by_severity[Severity.ERROR], "error"),
            "warnings": counted(by_severity[Severity.WARNING], "warning"),
            "notes": counted(by_severity[Severity.NOTE], "note"),
            "findings": counted(len(shown), "finding"),
            "files": counted(files, "file"),
            "first": f"`{verdict.deciding[0].rule}`" if verdict.deciding else "",
        }
        return filled_in(self.verdict[verdict.decision], slots)


def filled_in(sentence: str, slots: Mapping[str, str]) -> str:
    """The sentence with its slots filled, or `""` where one of them has no value. `{{` and `}}` are braces.

    It begins with a capital where it begins with several words in a slot (one word may be a name of the code), and an
    article before a slot is that of what stands in it.
    """
    pieces: list[str] = []
    for text, article, name in _pieces(sentence):
        value = " ".join(slots.get(name, "").split()) if name else text
        if not value:
            return ""
        if name:
            if not pieces and _WORDS.match(value):
                value = value[0].upper() + value[1:]
            if article:
                pieces.append(f"{article}{'n' * value.startswith(_VOWELS)} ")
            value = value if len(value) <= _LONGEST else _clipped(value)
        pieces.append(value)
    return "".join(pieces)


@cache
def _pieces(sentence: str) -> tuple[tuple[str, str, str], ...]:
    """A sentence on one line as texts and slots: either a text, or a slot's name and the article before it."""
    pieces: list[tuple[str, str, str]] = []
    line, end = " ".join(sentence.split()), 0
    for match in _SLOT.finditer(line):
        if match.start() > end:
            pieces.append((line[end : match.start()], "", ""))
        brace = "" if match["name"] else match[0][0]
        pieces.append((brace, match["article"] or "", match["name"] or ""))
        end = match.end()
    return (*pieces, (line[end:], "", "")) if end < len(line) else tuple(pieces)


def _clipped(value: str) -> str:
    """A long value cut, after a whole item where it is a list, and never inside of backticks that stay open."""
    items = value.split(", ")
    while len(items) > 1 and len(", ".join(items)) > _LONGEST - 5:
        items.pop()
    text = ", ".join(items)
    if len(text) <= _LONGEST - 5:
        return f"{text}, ..."
    cut = f"{text[: _LONGEST - 3].rstrip()}..."
    return f"{cut}`" if cut.count("`") % 2 else cut


def slots_of(sentence: str) -> set[str]:
    """The slots that a sentence needs."""
    return {match["name"] for match in _SLOT.finditer(sentence) if match["name"]}


def first_sentence(text: str) -> str:
    """The first sentence of a text of several paragraphs."""
    paragraph = " ".join(text.partition("\n\n")[0].split())
    end = re.search(r"[.!?](?=\s+[A-Z`\"(])", paragraph)
    return paragraph[: end.end()] if end else paragraph


def read(path: Path) -> Voice:
    """The voice in a file. Raises VoiceError where it cannot be read or does not hold a voice."""
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise VoiceError(f"voice file {path}: cannot be read: {(error.strerror or str(error)).lower()}") from None
    except UnicodeDecodeError:
        raise VoiceError(f"voice file {path}: is not UTF-8; save it as UTF-8") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise VoiceError(f"voice file {path}: is not valid TOML: {error}") from None
    try:
        return _voice(data, path)
    except ValueError as error:
        raise VoiceError(f"voice file {path}: {error}") from None


def _voice(data: Mapping[str, Any], path: Path) -> Voice:
    _only(data, ("manner", "priorities", "otherwise", "checklist", "verdict", "remarks"), "key")
    verdict = _table(data, "verdict")
    _only(verdict, DECISIONS, "decision")
    for decision in DECISIONS:
        if not isinstance(verdict.get(decision), str):
            raise ValueError(f"[verdict] lacks a sentence for `{decision}`")
        for slot in slots_of(verdict[decision]) - VERDICT_SLOTS:
            raise ValueError(
                f"`{{{slot}}}` in the sentence for `{decision}` is no slot; there are {_listed(VERDICT_SLOTS)}"
            )
    priorities = data.get("priorities", [])
    if not (isinstance(priorities, list) and all(isinstance(each, str) for each in priorities)):
        raise ValueError("`priorities` takes a list of families")
    if data.get("otherwise", "remark") not in ("remark", "why"):
        raise ValueError('`otherwise` takes "remark" or "why"')
    checklist = data.get("checklist", "foreman")
    if not isinstance(checklist, str):
        raise ValueError("`checklist` takes the name of a checklist, or the path of one that ends in .toml")
    remarks: dict[str, tuple[str, ...]] = {}
    for rule, said in _table(data, "remarks").items():
        sentences = [said] if isinstance(said, str) else said
        if not (isinstance(sentences, list) and all(isinstance(each, str) for each in sentences)):
            raise ValueError(f"the remark on `{rule}` takes a sentence or a list of sentences")
        remarks[rule] = tuple(sentences)
    return Voice(
        name=path.stem,
        manner=str(data.get("manner", "")),
        verdict=verdict,
        priorities=tuple(priorities),
        otherwise=data.get("otherwise", "remark"),
        remarks=remarks,
        checklist=str(path.parent / checklist) if checklist.endswith(".toml") else checklist,
    )


def check_names(voice: Voice, own: Mapping[str, Rule]) -> None:
    """Raise VoiceError where a voice speaks of a family or a rule that does not exist. `own` are the project's."""
    from .. import catalogue

    known = catalogue.known(own)
    for family in voice.priorities:
        if family not in known.values():
            raise VoiceError(
                f"voice `{voice.name}`: there is no family `{family}`{did_you_mean(family, known.values())}"
            )
    for rule in voice.remarks:
        if rule not in known:
            raise VoiceError(f"voice `{voice.name}`: there is no rule `{rule}`{did_you_mean(rule, known)}")


def _only(table: Mapping[str, Any], known: Iterable[str], what: str) -> None:
    for key in table:
        if key not in known:
            raise ValueError(f"unknown {what} `{key}`{did_you_mean(key, known)}")


def _table(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    table = data.get(key, {})
    if not isinstance(table, dict):
        raise ValueError(f"`{key}` takes a table")
    return table


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(names))
