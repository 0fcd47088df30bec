"""Carrying out fixes: which edits go together, what each file then says, and whether it still parses."""

import difflib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from . import readers
from .atomic import replace_file
from .facts.file import Problem
from .finding import Edit, Finding, Fix, Rewrite, State
from .source import Source


@dataclass(frozen=True, slots=True)
class FixedFile:
    """A file as fixes leave it: `path` relative to the root, the whole text `before` and `after`, what was mended.

    Whatever no edit touches is the same, to the byte.
    """

    path: str
    before: str
    after: str
    mended: tuple[Finding, ...]

    @property
    def diff(self) -> str:
        """The change as a unified diff."""
        lines = difflib.unified_diff(
            self.before.splitlines(keepends=True),
            self.after.splitlines(keepends=True),
            f"a/{self.path}",
            f"b/{self.path}",
        )
        return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)

    def write(self, root: Path) -> None:
        """Put the file in its place under `root`, whole or not at all. Raises OSError."""
        replace_file(root / self.path, self.after)


def fixed(
    findings: Iterable[Finding], sources: Iterable[Source], content: Callable[[str], bytes], *, unsafe: bool
) -> list[FixedFile]:
    """The files that the fixes of the shown findings change, by path; nothing is written.

    `content` gives a file's bytes by path. `unsafe` takes fixes along that may change what the program does. Of fixes
    that overlap the first one is carried out, the others wait for the next run. A fix whose file would not parse as
    well as before is left out, and so is every file that is not UTF-8.
    """
    wanted: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.state is State.SHOWN and (finding.fix is not None or finding.rewrite is not None):
            wanted[finding.at.path].append(finding)
    known = {source.path: source for source in sources}
    files = (_fixed(known[path], several, content, unsafe) for path, several in sorted(wanted.items()) if path in known)
    return [file for file in files if file is not None]


def _fixed(
    source: Source, findings: Sequence[Finding], content: Callable[[str], bytes], unsafe: bool
) -> FixedFile | None:
    try:
        before = content(source.path).decode("utf-8")
    except (UnicodeDecodeError, OSError):
        return None
    mended: list[Finding] = []
    edits: list[Edit] = []
    for finding in sorted(findings, key=lambda finding: finding.at):
        fix = finding.fix or _rewritten(finding.rewrite, before)
        if fix is None or not (fix.safe or unsafe) or any(edit.at.path != source.path for edit in fix.edits):
            continue
        if any(_overlap(edit, other) for edit in fix.edits for other in edits):
            continue
        if _problems(source, _with(before, [*edits, *fix.edits])) <= _problems(source, before):
            edits += fix.edits
            mended.append(replace(finding, fix=fix))
    after = _with(before, edits)
    return FixedFile(source.path, before, after, tuple(mended)) if after != before else None


def _rewritten(rewrite: Rewrite | None, text: str) -> Fix | None:
    """The edits that a rewriter makes of what a rule asked for; none where it cannot, or not for this language."""
    from .facts.data import Query
    from .facts.http import Response, Route
    from .facts.logs import LogCall

    match rewrite:
        case Rewrite("bind_values", Query() as query) if query.at.path.endswith((".py", ".pyi")):
            from .rewriters.queries import bind_values

            return bind_values(query, text)
        case Rewrite("unquote_placeholders", Query() as query):
            from .rewriters.queries import unquote_placeholders

            return unquote_placeholders(query, text)
        case Rewrite("structured_log", LogCall() as call) if call.at.path.endswith((".py", ".pyi")):
            from .rewriters.python import structured_log

            return structured_log(call, text)
        case Rewrite("log_exception", LogCall() as call):
            from .rewriters.logs import log_exception

            return log_exception(call, text)
        case Rewrite("say_created", Route() | Response() as fact):
            from .rewriters.statuses import say_created

            return say_created(fact, text)
        case Rewrite("allow_body", Route() | Response() as fact):
            from .rewriters.statuses import allow_body

            return allow_body(fact, text)
    return None


def _overlap(one: Edit, other: Edit) -> bool:
    """Whether two edits touch the same characters, or are put in at the same place."""
    first, second = sorted(
        ((edit.at.line, edit.at.column), (edit.at.end_line, edit.at.end_column)) for edit in (one, other)
    )
    return second[0] < first[1] or second[0] == first[0]


def _problems(source: Source, text: str) -> int:
    data = text.encode("utf-8")
    return sum(isinstance(fact, Problem) for fact in readers.read(source, data).facts)


def _with(text: str, edits: Sequence[Edit]) -> str:
    """`text` with the edits carried out, the last one first."""
    lines = [0]
    for line in text.split("\n"):
        lines.append(lines[-1] + len(line) + 1)
    mark = 1 if text.startswith("\ufeff") else 0
    for edit in sorted(edits, key=lambda edit: edit.at, reverse=True):
        start = lines[edit.at.line - 1] + edit.at.column - 1 + (mark if edit.at.line == 1 else 0)
        end = lines[edit.at.end_line - 1] + edit.at.end_column - 1 + (mark if edit.at.end_line == 1 else 0)
        text = text[:start] + edit.text + text[end:]
    return text
