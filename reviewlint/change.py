"""What a change is: the files and lines that differ from a base, as git tells them.

A base that cannot be told is an error with the cure in one line. A review of nothing, or of everything, would look like
an answer.
"""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .facts.location import Location
from .finding import Finding
from .git import ask

OUTSIDE = "not part of the change"
"""Why a finding is out of scope."""

_MERGED = "pull_request"
_EVENTS = frozenset({_MERGED, "pull_request_target"})
"""Those that run for a pull request; the platform checks out its merge into the base for the first alone."""

_REGULAR = (b"100644", b"100755")
_SUBMODULE = b"160000"
_HUNK = re.compile(rb"@@ -\d+(?:,(?P<less>\d+))? \+(?P<start>\d+)(?:,(?P<more>\d+))? @@")
_ESCAPE = re.compile(rb'\\([0-7]{3}|[abtnvfr"\\])')
_ESCAPED = dict(zip(b'abtnvfr"\\', b'\a\b\t\n\v\f\r"\\', strict=True))


class ChangeError(ValueError):
    """The change cannot be told; the message says why and what to do, in one line."""


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """What happened to a file that is there now.

    `before` is its path at the base, `""` for a new file, of which every line is part of the change. `lines` are the
    ranges (1-based, inclusive) of lines that were added or changed; where lines were only taken out, the range
    (n + 1, n) stands for the gap between lines n and n + 1. `removed` and `added` are the texts of these lines.
    """

    before: str
    lines: tuple[tuple[int, int], ...] = ()
    removed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """What is different from `base` (in the words of the summary).

    Paths are relative to the project's root. `files` are there now, `gone` were there at the base under these names.
    `contents` stand for what is on the disk where something else is reviewed, as for the lines that are staged.
    """

    base: str
    files: Mapping[str, ChangedFile]
    gone: frozenset[str] = frozenset()
    contents: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def deleted(self) -> frozenset[str]:
        """The files that are gone and have no new name."""
        return self.gone - {file.before for file in self.files.values()}

    def touches(self, at: Location) -> bool:
        """Whether a place lies on lines of the change, or in a file that is gone."""
        if at.path in self.gone and at.path not in self.files:
            return True
        file = self.files.get(at.path)
        if file is None:
            return False
        last = at.end_line - (at.end_column == 1 and at.end_line > at.line)
        return not file.before or any(at.line <= end and start <= last for start, end in file.lines)

    def covers(self, finding: Finding) -> bool:
        """Whether a finding is about the change: its own place, or one of those that explain it, was touched."""
        return self.touches(finding.at) or any(self.touches(related.at) for related in finding.related)


def since(root: Path, base: str) -> Change:
    """What was done since the base: committed after the merge base of `base` and HEAD, staged, unstaged or untracked.

    Raises ChangeError.
    """
    head = _head(root)
    commit = None if base.startswith("-") else _commit(root, base)
    if commit is None:
        raise ChangeError(f"there is no commit `{base}` here: {_cure_of_missing(root, base)}")
    return _on_disk(root, _merge_base(root, base, commit, head), f"`{base}`")


def staged(root: Path) -> Change:
    """What is staged for the next commit, with the contents as they are staged. Raises ChangeError."""
    head = _head(root)
    files, gone = _compared(root, "--cached", head)
    return Change("the last commit", files, gone, _contents_of_index(root))


def of_pull_request(root: Path, environment: Mapping[str, str] = os.environ) -> Change | None:
    """The change of the pull request that GitHub Actions runs for; None where it runs for none.

    Raises ChangeError.
    """
    event = environment.get("GITHUB_EVENT_NAME")
    if event not in _EVENTS:
        return None
    head = _head(root)
    # A merge that was checked out by other means may be one of the branch's own.
    as_merged = event == _MERGED and environment.get("GITHUB_SHA", head) == head
    target = environment.get("GITHUB_BASE_REF", "")
    commit = _commit(root, "HEAD^1") if as_merged and _commit(root, "HEAD^2") else None
    if commit is None:
        base = f"origin/{target}"
        known = _commit(root, base) if target else None
        if known is None:
            raise ChangeError(
                "the base of the pull request is not in this clone: give actions/checkout `fetch-depth: 2`, "
                "or name one with --base"
            )
        commit = _merge_base(root, base, known, head)
    if commit == head:
        raise ChangeError(
            "what is checked out is the base of the pull request, not its head: check out the head, "
            "or review everything with --all"
        )
    return _on_disk(root, commit, f"`{target}`" if target else "the base of the pull request")


def _head(root: Path) -> str:
    top = ask(root, "rev-parse", "--show-toplevel")
    if top is None or not root.resolve().is_relative_to(Path(os.fsdecode(top.removesuffix(b"\n"))).resolve()):
        raise ChangeError(f"git knows no repository at {root}, and so no change: review everything, with --all")
    head = _commit(root, "HEAD")
    if head is None:
        raise ChangeError("there is no commit yet to compare with: review everything, with --all")
    return head


def _commit(root: Path, name: str) -> str | None:
    found = ask(root, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
    return found.decode().strip() if found else None


def _is_shallow(root: Path) -> bool:
    return ask(root, "rev-parse", "--is-shallow-repository") == b"true\n"


def _cure_of_missing(root: Path, base: str) -> str:
    if not base.startswith("-") and _commit(root, f"origin/{base}"):
        return f"did you mean origin/{base}?"
    if _is_shallow(root):
        return "the clone is shallow; `git fetch --unshallow`, or `fetch-depth: 0` for actions/checkout"
    return f"`git fetch origin {base}`, or name another one"


def _merge_base(root: Path, base: str, commit: str, head: str) -> str:
    found = ask(root, "merge-base", commit, head)
    if found:
        return found.decode().strip()
    if _is_shallow(root):
        raise ChangeError(
            f"`{base}` and HEAD have no common ancestor in this shallow clone: `git fetch --unshallow`, "
            "or `fetch-depth: 0` for actions/checkout"
        )
    raise ChangeError(f"`{base}` and HEAD have no common ancestor: name another base")


def _on_disk(root: Path, commit: str, name: str) -> Change:
    """What is different on the disk, files that git does not track yet among it."""
    files, gone = _compared(root, commit)
    untracked = _answered(ask(root, "ls-files", "-z", "--others", "--exclude-standard"))
    for path in untracked.split(b"\0"):
        if path and not path.endswith(b"/"):
            files.setdefault(os.fsdecode(path), ChangedFile(""))
    return Change(name, files, gone - files.keys())


def _compared(root: Path, *against: str) -> tuple[dict[str, ChangedFile], frozenset[str]]:
    """The files that are different, and those that are gone. Submodules are other repositories."""
    compare = ("diff-index", "--relative", "--no-ext-diff", "--no-textconv", "--ignore-submodules=all", "-M", *against)
    without_filters = _without_filters(root)
    entries = _entries(_answered(ask(root, *compare, "--raw", "-z", settings=without_filters)))
    kept = [(status, before, after) for modes, status, before, after in entries if _SUBMODULE not in modes]
    lines: dict[str, ChangedFile] = {}
    if any(status in "MR" for status, _, _ in kept):
        options = ("--patch", "--unified=0", "--text", "--diff-filter=MR", "--src-prefix=a/", "--dst-prefix=b/")
        lines = dict(_hunks(_answered(ask(root, *compare, *options, settings=without_filters))))
    files: dict[str, ChangedFile] = {}
    gone: set[str] = set()
    for status, before, after in kept:
        edited = lines.get(after)
        if status in "DR":
            gone.add(before)
        if status == "R" or (status == "M" and edited is not None):
            files[after] = ChangedFile(
                before, *((edited.lines, edited.removed, edited.added) if edited is not None else ())
            )
        elif status in "ATU":  # a file in place of a link, and one that a merge left in conflict, are new
            files[after] = ChangedFile("")
    return files, frozenset(gone - files.keys())


def _entries(raw: bytes) -> Iterator[tuple[tuple[bytes, bytes], str, str, str]]:
    """The modes, the status, and the paths before and after of each entry of `--raw -z`."""
    fields = iter(raw.split(b"\0"))
    for head in fields:
        if head:
            old, new, _, _, status = head[1:].split(b" ")
            before = os.fsdecode(next(fields))
            after = os.fsdecode(next(fields)) if status[:1] in b"RC" else before
            yield (old, new), status[:1].decode(), before, after


def _hunks(patch: bytes) -> Iterator[tuple[str, ChangedFile]]:
    """The path and the changed lines of each file in a patch without context."""
    path = ""
    ranges: list[tuple[int, int]] = []
    removed: list[str] = []
    added: list[str] = []
    less = more = 0
    for line in patch.split(b"\n"):
        if less and line[:1] == b"-":
            less -= 1
            removed.append(line[1:].decode("utf-8", "replace"))
        elif more and line[:1] == b"+":
            more -= 1
            added.append(line[1:].decode("utf-8", "replace"))
        elif line.startswith(b"diff --git ") and ranges:
            yield path, ChangedFile(path, tuple(ranges), tuple(removed), tuple(added))
            ranges, removed, added = [], [], []
        elif line.startswith(b"+++ "):
            path = _path(line[4:])
        elif hunk := _HUNK.match(line):
            less, more, start = int(hunk["less"] or 1), int(hunk["more"] or 1), int(hunk["start"])
            ranges.append((start, start + more - 1) if more else (start + 1, start))
    if ranges:
        yield path, ChangedFile(path, tuple(ranges), tuple(removed), tuple(added))


def _path(written: bytes) -> str:
    """A path as a patch writes it: with a prefix, and in quotes where it holds unusual characters."""
    if written.startswith(b'"'):
        written = _ESCAPE.sub(_unescaped, written.strip(b"\t")[1:-1])
    else:
        written = written.removesuffix(b"\t")
    return os.fsdecode(written[2:])


def _unescaped(escape: re.Match[bytes]) -> bytes:
    said = escape[1]
    return bytes([int(said, 8) if len(said) == 3 else _ESCAPED[said[0]]])


def _without_filters(root: Path) -> dict[str, str]:
    """Settings that keep git from running the programs which the repository says make the content of its files."""
    names = ask(
        root, "config", "--null", "--name-only", "--get-regexp", r"^filter\..*\.(clean|smudge|process|required)$"
    )
    settings = {name: "" for name in os.fsdecode(names or b"").split("\0") if name}
    return {name: "false" if name.endswith(".required") else value for name, value in settings.items()}


def _contents_of_index(root: Path) -> dict[str, bytes]:
    """What is staged in the files that are different on the disk."""
    compare = ("diff-files", "--raw", "-z", "--relative", "--no-ext-diff", "--no-renames", "--ignore-submodules=all")
    raw = _answered(ask(root, *compare, settings=_without_filters(root)))
    fields = raw.split(b"\0")
    objects: dict[str, bytes] = {}
    for head, path in zip(fields[::2], fields[1::2], strict=False):
        mode, _, name, _, status = head[1:].split(b" ")
        if status == b"U":
            raise ChangeError(f"{os.fsdecode(path)} is in conflict: resolve and stage it first")
        if mode in _REGULAR and name.strip(b"0"):
            objects[os.fsdecode(path)] = name
    return dict(zip(objects, _blobs(root, list(objects.values())), strict=True))


def _blobs(root: Path, names: list[bytes]) -> Iterator[bytes]:
    if not names:
        return
    answer = _answered(ask(root, "cat-file", "--batch", given=b"".join(name + b"\n" for name in names)))
    start = 0
    for _ in names:
        head, _, _ = answer[start : start + 200].partition(b"\n")
        if head.count(b" ") != 2 or head.split(b" ")[1] != b"blob":
            raise ChangeError("the staged content of a file is not in this clone: `git fetch` it first")
        start += len(head) + 1
        size = int(head.split(b" ")[2])
        yield answer[start : start + size]
        start += size + 1


def _answered(answer: bytes | None) -> bytes:
    if answer is None:
        raise ChangeError(
            "git could not compare the files, perhaps for want of objects: try `git fsck` and `git fetch`"
        )
    return answer
