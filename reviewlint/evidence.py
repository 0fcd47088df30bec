"""Coverage reports that the user names, held against the files of the project."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from posixpath import basename

from . import disk
from .facts.tests import Ran
from .failure import Failure

MAX_BYTES = 200_000_000
"""Larger reports are not read; that of a million lines has a tenth of it."""


def reported(files: Iterable[Path]) -> dict[str, Ran]:
    """What the coverage reports say, by the paths that they have for the sources. Raises Failure."""
    from .readers import coverage

    found: dict[str, Ran] = {}
    for file in files:
        try:
            data, size = disk.read(str(file), MAX_BYTES)
            if size > MAX_BYTES:
                raise Failure(f"--coverage {file}: larger than {MAX_BYTES // 1_000_000} MB")
            for path, ran in coverage.read(data).items():
                known = found.get(path, Ran(frozenset()))
                calls = {line: known.calls.get(line, 0) + count for line, count in ran.calls.items()}
                found[path] = Ran(known.lines | ran.lines, {**known.calls, **calls})
        except OSError as error:
            raise Failure(f"--coverage {file}: cannot be read: {(error.strerror or str(error)).lower()}") from None
        except (disk.NotRegular, coverage.CoverageError) as error:
            raise Failure(f"--coverage {file}: {error}") from None
    return found


def matched(reports: Mapping[str, Ran], root: Path, paths: Collection[str]) -> dict[str, Ran]:
    """The same by the paths of the project's files; what is about no file of it, or may be about several, is left out.

    Reports name files as the machine that ran the tests saw them: from its own root, or from a folder of the project.
    """
    by_name: dict[str, list[str]] = defaultdict(list)
    for path in paths if reports else ():
        by_name[basename(path)].append(path)
    found: dict[str, Ran] = {}
    for written, ran in reports.items():
        path = written.replace("\\", "/")
        if path.startswith(f"{root}/"):
            path = path[len(str(root)) + 1 :]
        lengths = {one: _common(one, path) for one in by_name.get(basename(path), ())}
        best = [one for one, length in lengths.items() if length == max(lengths.values())]
        if len(best) == 1 and (lengths[best[0]] >= min(best[0].count("/"), path.strip("/").count("/")) + 1):
            found[best[0]] = ran
    return found


def _common(one: str, other: str) -> int:
    """How many parts two paths have in common at their ends."""
    ours, theirs = one.split("/"), other.strip("/").split("/")
    count = 0
    while count < min(len(ours), len(theirs)) and ours[-1 - count] == theirs[-1 - count]:
        count += 1
    return count
