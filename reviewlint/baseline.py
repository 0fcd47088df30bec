"""The baseline: faults that were there when reviewlint came, so that only new ones are shown.

It is a text file that git merges well: one entry a line, sorted, with a count instead of line numbers, so that moved
lines change nothing and a second fault like an accepted one is new. An entry reads `identity count rule path`. The
identity is made of the rule and of what it is about (the object's name, or the code itself without white space), not
of the path, so that entries follow renamed files.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote, unquote

from .atomic import replace_file
from .finding import Finding, State

PATH = ".reviewlint/baseline"
"""Where the baseline of a project is, relative to its root."""

_ATTRIBUTES = "# Both sides of a merge are right about their own entries.\nbaseline merge=union\n"
_HEADER = (
    "# Faults that are known and not shown, one a line: identity, count, rule, path.\n"
    "# `reviewlint baseline prune` takes out what is mended.\n"
)
_ENTRY = re.compile(r"(?P<identity>[0-9a-f]{16}) (?P<count>[1-9][0-9]{0,6}) (?P<rule>[a-z0-9-]+) (?P<path>\S+)\Z")


class MalformedError(ValueError):
    """A baseline cannot be read; the message says which line and what to do."""


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """`count` accepted findings of `rule` in the file at `path`; `line` is the entry's own, 1-based, 0 if unwritten."""

    path: str
    rule: str
    identity: str
    count: int
    line: int = 0


def parse(text: str) -> tuple[Entry, ...]:
    """The entries of a baseline's text. An entry on several lines, as a merge may leave it, counts as its highest.

    Raises MalformedError.
    """
    found: dict[tuple[str, str, str], Entry] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip() or line.startswith("#"):
            continue
        match = _ENTRY.match(line.rstrip())
        if match is None:
            raise MalformedError(
                f"{PATH}:{number}: is no entry `identity count rule path`; "
                "take the line out, or write the baseline anew"
            )
        entry = Entry(unquote(match["path"]), match["rule"], match["identity"], int(match["count"]), number)
        key = (entry.path, entry.rule, entry.identity)
        if key not in found or found[key].count < entry.count:
            found[key] = entry
    return tuple(found.values())


def written(entries: Iterable[Entry]) -> str:
    """The text of a baseline: sorted, the same for the same entries."""
    lines = [f"{each.identity} {each.count} {each.rule} {quote(each.path, safe='/')}\n" for each in sorted(entries)]
    return _HEADER + "".join(lines)


def load(root: Path) -> tuple[Entry, ...] | None:
    """The entries of the project's baseline, None where it has none. Raises MalformedError, or OSError."""
    try:
        text = (root / PATH).read_text("utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except UnicodeDecodeError:
        raise MalformedError(f"{PATH}: is not UTF-8; write the baseline anew") from None
    return parse(text)


def save(root: Path, entries: Iterable[Entry]) -> None:
    """Write the project's baseline, and beside it what tells git to merge it by taking both sides. Raises OSError."""
    file = root / PATH
    file.parent.mkdir(exist_ok=True)
    attributes = file.parent / ".gitattributes"
    if not attributes.exists():
        replace_file(attributes, _ATTRIBUTES)
    replace_file(file, written(entries))


def entries_of(findings: Iterable[Finding]) -> tuple[Entry, ...]:
    """The entries that accept these findings."""
    counted = Counter((finding.at.path, finding.rule, finding.identity) for finding in findings)
    return tuple(Entry(*key, count) for key, count in sorted(counted.items()))


def accept(
    findings: Sequence[Finding], entries: Iterable[Entry], paths: Collection[str]
) -> tuple[list[Finding], tuple[Entry, ...]]:
    """The findings with those that the entries accept labelled so, and what is left of the entries.

    `paths` are the files of the project: an entry of a file that is not there any more accepts the same fault in
    another file, for files are renamed. Findings that are ignored take nothing from the baseline.
    """
    left: Counter[tuple[str, str, str]] = Counter()
    of: dict[tuple[str, str, str], Entry] = {}
    for entry in entries:
        key = (entry.path, entry.rule, entry.identity)
        left[key] += entry.count
        of[key] = entry
    moved: dict[tuple[str, str], list[tuple[str, str, str]]] = defaultdict(list)
    for key in left:
        if key[0] not in paths:
            moved[key[1:]].append(key)
    labelled = []
    for finding in findings:
        here = (finding.at.path, finding.rule, finding.identity)
        places = (here, *moved[here[1:]])
        accepted = next((place for place in places if left[place] > 0), None)
        if finding.state in (State.SHOWN, State.OUT_OF_SCOPE) and accepted is not None:
            left[accepted] -= 1
            finding = replace(finding, state=State.BASELINED, reason="in the baseline")
        labelled.append(finding)
    return labelled, tuple(replace(of[key], count=count) for key, count in sorted(left.items()) if count > 0)
