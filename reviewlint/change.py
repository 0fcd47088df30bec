"""What a change is: the files and lines that differ from a base, as git tells them.

A base that cannot be told is an error with the cure in one line. A review of nothing, or of everything, would look like
an answer.
"""

import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from . import disk
from .classify import MAX_CODE_BYTES, skipped_by_path
from .facts.change import Change, ChangedFile
from .git import ask

_MERGED = "pull_request"
_EVENTS = frozenset({_MERGED, "pull_request_target"})
"""Those that run for a pull request; the platform checks out its merge into the base for the first alone."""

_WANTING = "the content of a file is not in this clone: `git fetch --refetch` brings what a partial clone left out"

RECENT = 50
"""Commits before the base in which a file may have been what it is again; `git log` takes less than 0.2 s."""
_COMPARE = "diff-index --relative --no-ext-diff --no-textconv --ignore-submodules=all -M".split()
_LOG = f"log -{RECENT} --relative --raw --no-abbrev --no-renames --no-ext-diff -z --format=".split()

_REGULAR = (b"100644", b"100755")
_SUBMODULE = b"160000"
_HUNK = re.compile(rb"@@ -\d+(?:,(?P<less>\d+))? \+(?P<start>\d+)(?:,(?P<more>\d+))? @@")
_ESCAPE = re.compile(rb'\\([0-3][0-7]{2}|[abtnvfr"\\])')
_ESCAPED = dict(zip(b'abtnvfr"\\', b'\a\b\t\n\v\f\r"\\', strict=True))


class ChangeError(ValueError):
    """The change cannot be told; the message says why and what to do, in one line."""


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
    files, gone, originals, restored = _compared(root, head, "--cached", "--ita-invisible-in-index")
    return Change("the last commit", files, gone, _contents_of_index(root), originals, restored)


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
    if not base.strip() or base.startswith("-"):
        return "name a branch, a tag or a commit"
    if _commit(root, f"origin/{base}"):
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
    files, gone, originals, restored = _compared(root, commit)
    untracked = _answered(ask(root, "ls-files", "-z", "--others", "--exclude-standard"))
    left = {data: path for path, data in originals.items() if data and path in gone}
    for path in map(os.fsdecode, untracked.split(b"\0")):
        if path and not path.endswith("/"):
            files.setdefault(path, ChangedFile(left.pop(_content(root, path, left), "")))
    return Change(name, files, gone - files.keys(), originals=originals, restored=restored)


def _content(root: Path, path: str, wanted: Collection[bytes]) -> bytes:
    """What is in a file that may have been moved without telling git: one as long as a file that is gone."""
    if wanted:
        with suppress(OSError, disk.NotRegular):
            data, size = disk.read(f"{root}/{path}", max(map(len, wanted)))
            return data if size == len(data) else b""
    return b""


def _compared(
    root: Path, base: str, *how: str
) -> tuple[dict[str, ChangedFile], frozenset[str], dict[str, bytes], frozenset[str]]:
    """The files that are different from a commit, those that are gone, what was in both, and what is restored.

    Submodules are other repositories.
    """
    compare = (*_COMPARE, *how, base)
    without_filters = _without_filters(root)
    entries = _entries(_answered(ask(root, *compare, "--raw", "-z", settings=without_filters)))
    compared = [entry for entry in entries if _SUBMODULE not in entry.modes]
    lines: dict[str, ChangedFile] = {}
    if any(entry.status in "MR" for entry in compared):
        options = ("--patch", "--unified=0", "--text", "--diff-filter=MR", "--src-prefix=a/", "--dst-prefix=b/")
        lines = dict(_hunks(_answered(ask(root, *compare, *options, settings=without_filters))))
    # Of a repository that was copied git knows no more than that its files may be others.
    compared = [entry for entry in compared if entry.status != "M" or entry.after in lines]
    files: dict[str, ChangedFile] = {}
    gone: set[str] = set()
    for _, _, _, status, before, after in compared:
        edited = lines.get(after)
        if status in "DR":
            gone.add(before)
        if status in "MR":
            files[after] = ChangedFile(
                before, *((edited.lines, edited.removed, edited.added) if edited is not None else ())
            )
        elif status in "ATU":  # a file in place of a link, and one that a merge left in conflict, are new
            files[after] = ChangedFile("")
    return files, frozenset(gone - files.keys()), _originals(root, compared), _restored(root, base, compared)


class _Entry(NamedTuple):
    """One entry of `--raw -z`: the modes, the names of the objects at the base and now, and the paths then and now.

    Of a file that is not staged as it is, the object has no name yet: all zeros.
    """

    modes: tuple[bytes, bytes]
    original: bytes
    now: bytes
    status: str
    before: str
    after: str


def _entries(raw: bytes) -> Iterator[_Entry]:
    fields = iter(raw.split(b"\0"))
    for head in fields:
        if head:
            old, new, original, now, status = head[1:].split(b" ")
            before = os.fsdecode(next(fields))
            after = os.fsdecode(next(fields)) if status[:1] in b"RC" else before
            yield _Entry((old, new), original, now, status[:1].decode(), before, after)


def _restored(root: Path, base: str, entries: Iterable[_Entry]) -> frozenset[str]:
    """The files that are again what they were shortly before a commit; none where the history is not there."""
    now = {entry.after: entry.now for entry in entries if entry.status == "M" and entry.now.strip(b"0")}
    if not now:
        return frozenset()
    earlier = _entries(ask(root, *_LOG, base) or b"")
    return frozenset(one.after for one in earlier if one.status == "M" and now.get(one.after) == one.original)


def _originals(root: Path, entries: Iterable[_Entry]) -> dict[str, bytes]:
    """What was in the files of the base that are not what they were, as far as it might be reviewed."""
    names = {
        entry.before: entry.original
        for entry in entries
        if entry.status in "MDRT" and entry.modes[0] in _REGULAR and not skipped_by_path(entry.before)
    }
    small = set(_small(root, names.values()))
    names = {path: name for path, name in names.items() if name in small}
    return dict(zip(names, _blobs(root, list(names.values())), strict=True))


def _small(root: Path, names: Iterable[bytes]) -> Iterator[bytes]:
    """Those of the objects that are no larger than what is reviewed."""
    given = b"".join(name + b"\n" for name in names)
    for line in _answered(ask(root, "cat-file", "--batch-check", given=given)).splitlines() if given else ():
        name, _, size = line.split(b" ", 2) if line.count(b" ") == 2 else (b"", b"", b"")
        if not name:
            raise ChangeError(_WANTING)
        if int(size) <= MAX_CODE_BYTES:
            yield name


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
    """What is staged in the files that are different on the disk, as far as it might be reviewed.

    What nobody reads need not be in the clone: a partial one leaves out large files, which git then takes for deleted.
    """
    compare = ("diff-files", "--raw", "-z", "--relative", "--no-ext-diff", "--no-renames", "--ignore-submodules=all")
    raw = _answered(ask(root, *compare, settings=_without_filters(root)))
    fields = raw.split(b"\0")
    objects: dict[str, bytes] = {}
    for head, path in zip(fields[::2], fields[1::2], strict=False):
        mode, _, name, _, status = head[1:].split(b" ")
        if status == b"U":
            raise ChangeError(f"{os.fsdecode(path)} is in conflict: resolve and stage it first")
        after = os.fsdecode(path)
        if mode in _REGULAR and name.strip(b"0") and not skipped_by_path(after):
            objects[after] = name
    return dict(zip(objects, _blobs(root, list(objects.values())), strict=True))


def _blobs(root: Path, names: list[bytes]) -> Iterator[bytes]:
    if not names:
        return
    answer = _answered(ask(root, "cat-file", "--batch", given=b"".join(name + b"\n" for name in names)))
    start = 0
    for _ in names:
        head, _, _ = answer[start : start + 200].partition(b"\n")
        if head.count(b" ") != 2 or head.split(b" ")[1] != b"blob":
            raise ChangeError(_WANTING)
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
