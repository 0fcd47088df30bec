"""Coverage reports: which lines and functions the last run of the tests ran through.

Read are what coverage.py writes as JSON and XML (Cobertura), LCOV, and Istanbul's `coverage-final.json`. They may come
from a stranger like any other file: XML is read without a single entity of its own, and what is no number is left out.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from xml.parsers import expat

from ..facts.tests import Ran


class CoverageError(ValueError):
    """A coverage report cannot be read; the message says what is wrong with it."""


def read(data: bytes) -> dict[str, Ran]:
    """What ran, by the paths that the report has for the files. Raises CoverageError."""
    text = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"<"):
        return _cobertura(text)
    if text.startswith(b"{"):
        return _json(text)
    if text.startswith((b"TN:", b"SF:")):
        return _lcov(text.decode("utf-8", "replace"))
    raise CoverageError("is no coverage report: coverage.py's JSON or XML, LCOV and Istanbul's JSON are known")


def _json(text: bytes) -> dict[str, Ran]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise CoverageError("is no JSON that could be read: write the report anew") from None
    files = document.get("files")
    if isinstance(files, dict):  # coverage.py
        return {path: Ran(_numbers(_table(file).get("executed_lines"))) for path, file in files.items()}
    found = {path: _istanbul(file) for path, file in document.items() if "statementMap" in _table(file)}
    if not found:
        raise CoverageError("has neither coverage.py's `files` nor Istanbul's `statementMap`: name the detailed report")
    return found


def _istanbul(file: dict[str, Any]) -> Ran:
    lines = frozenset(line for line, count in _counted(file, "statementMap", "s") if count)
    return Ran(lines, dict(_counted(file, "fnMap", "f")))


def _counted(file: dict[str, Any], places: str, counts: str) -> Iterator[tuple[int, int]]:
    """The lines at which the statements or functions of a file begin, with how often each ran."""
    how_often = _table(file.get(counts))
    for key, place in _table(file.get(places)).items():
        at = _table(_table(place).get("loc", place))
        line, count = _table(at.get("start")).get("line"), how_often.get(key)
        if isinstance(line, int) and isinstance(count, int):
            yield line, count


def _lcov(text: str) -> dict[str, Ran]:
    found: dict[str, Ran] = {}
    path, lines, starts, calls = "", set[int](), dict[str, int](), dict[int, int]()
    for line in text.splitlines():
        key, _, rest = line.partition(":")
        first, _, second = rest.partition(",")
        if key == "SF":
            path, lines, starts, calls = rest, set(), {}, {}
        elif key == "DA" and first.isdecimal() and not second.startswith(("0", "-")):
            lines.add(int(first))
        elif key == "FN" and first.isdecimal():
            starts[second.rpartition(",")[2]] = int(first)
        elif key == "FNDA" and first.isdecimal() and second in starts:
            calls[starts[second]] = int(first)
        elif key == "end_of_record" and path:
            found[path] = Ran(frozenset(lines), calls)
    return found


def _cobertura(text: bytes) -> dict[str, Ran]:
    folders: list[str] = []
    words: list[str] = []
    lines: dict[str, set[int]] = defaultdict(set)
    open_file = [""]

    def start(name: str, attributes: dict[str, str]) -> None:
        words.clear()
        if name == "class":
            open_file[0] = attributes.get("filename", "")
        elif name == "line" and open_file[0]:
            number, hits = attributes.get("number", ""), attributes.get("hits", "0")
            if number.isdecimal() and hits.isdecimal() and int(hits):
                lines[open_file[0]].add(int(number))
            else:
                lines[open_file[0]].update()

    def end(name: str) -> None:
        if name == "source":
            folders.append("".join(words).strip())

    def refuse(*_: object) -> None:
        raise CoverageError("declares entities, as no coverage report does: it is not read")

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = words.append
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(text, True)
    except expat.ExpatError as error:
        raise CoverageError(f"is no XML that could be read ({error}): write the report anew") from None
    folder = folders[0].rstrip("/") if len(folders) == 1 else ""
    return {
        f"{folder}/{path}" if folder and not path.startswith("/") else path: Ran(frozenset(numbers))
        for path, numbers in lines.items()
    }


def _numbers(given: object) -> frozenset[int]:
    return frozenset(number for number in given if isinstance(number, int)) if isinstance(given, list) else frozenset()


def _table(given: object) -> dict[str, Any]:
    return given if isinstance(given, dict) else {}
