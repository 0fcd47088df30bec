"""What a merge left in a file: versions of the same lines between markers, of which nobody chose one.

No parser reads the markers, and what stands between them is there twice. So one version is read, that of the branch
which somebody was on, or the other where that has nothing; the rest is blank, and all places stay what they are.
Source: git's manual, "git-merge", "How conflicts are presented".
"""

from dataclasses import dataclass

MARK = b"<<<<<<< "
_BASE, _OTHER, _END = b"||||||| ", b"=======", b">>>>>>> "


@dataclass(frozen=True, slots=True)
class Merged:
    """A file with one version of each conflict; `line` is where the first begins, 1-based, `mark` how it is marked."""

    data: bytes
    line: int
    mark: str


def merged(data: bytes) -> Merged | None:
    """`data` with one version of each conflict; None where it has none that is whole."""
    if MARK not in data:
        return None
    lines = data.split(b"\n")
    kept: list[bytes] = []
    first = 0
    at = 0
    while at < len(lines):
        parts = _conflict(lines, at) if lines[at].startswith(MARK) else None
        if parts is None:
            kept.append(lines[at])
            at += 1
            continue
        first = first or at + 1
        middle, base, end = parts
        ours = range(at + 1, base)
        version = ours if any(lines[number].strip() for number in ours) else range(middle + 1, end)
        kept += [lines[number] if number in version else _blank(lines[number]) for number in range(at, end + 1)]
        at = end + 1
    if not first:
        return None
    return Merged(b"\n".join(kept), first, lines[first - 1].decode("utf-8", "replace").strip())


def _conflict(lines: list[bytes], at: int) -> tuple[int, int, int] | None:
    """The lines of a conflict's markers: between the versions, after the first version, and at the end."""
    base = middle = 0
    for number in range(at + 1, len(lines)):
        line = lines[number]
        if line.startswith(MARK):
            return None
        if line.startswith(_BASE):
            base = base or number
        elif line.rstrip() == _OTHER:
            middle = middle or number
        elif line.startswith(_END):
            return (middle, base or middle, number) if middle else None
    return None


def _blank(line: bytes) -> bytes:
    return b" " * len(line.rstrip(b"\r")) + b"\r" * line.endswith(b"\r")
