"""The text of a new migration that mends what migrations which have run already did.

A migration runs once: to edit it changes nothing where it has run. So the remedies are collected into statements for a
file of their own. Those that may change what callers get are comments in it, for somebody to decide.
"""

from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from .finding import Finding, State

_HEAD = """\
-- Mends what reviewlint found in {folder}.
-- Read it, give it a version that comes after the last migration, and keep it in the same folder.
"""
_APART = """\
-- CONCURRENTLY cannot run in a transaction: where the migration tool opens one, these go into a file of their own.
"""


def migration(findings: Iterable[Finding]) -> str:
    """The statements that mend the findings that are shown, by folder of migrations; `""` where none can be told."""
    folders: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.amendment is not None and finding.state is State.SHOWN:
            folders.setdefault(str(PurePosixPath(finding.at.path).parent), []).append(finding)
    return "\n".join(_folder(folder, inside) for folder, inside in sorted(folders.items()))


def _folder(folder: str, findings: list[Finding]) -> str:
    inside = list(dict.fromkeys(_statements(findings, alone=False)))
    apart = list(dict.fromkeys(_statements(findings, alone=True)))
    parts = [_HEAD.format(folder=folder), *inside, *([_APART] if apart else []), *apart]
    return "\n".join(parts)


def _statements(findings: list[Finding], *, alone: bool) -> Iterator[str]:
    for finding in findings:
        amendment = finding.amendment
        if amendment is None or (" concurrently " in amendment.text) != alone:
            continue
        text = amendment.text if amendment.safe else "-- " + amendment.text.replace("\n", "\n-- ")
        note = "" if amendment.safe else " (changes what callers get: decide)"
        yield f"-- {finding.rule}, {finding.at.path}:{finding.at.line}{note}\n{text}\n"
