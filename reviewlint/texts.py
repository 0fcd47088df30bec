"""From the bytes of a file to its text and lines: one decision about encodings for readers, rules and reporters."""

import codecs
import re
from functools import cache
from pathlib import Path

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_COOKIE = re.compile(rb"\A(?:[^\n]*\n)?[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
"""PEP 263: the encoding that a Python file declares on its first or second line."""


_FAILING = frozenset({"undefined", "idna", "punycode", "unicode_escape", "raw_unicode_escape"})
"""Text encodings of Python that are no encodings of files, and may fail where told to replace."""


def decode(data: bytes) -> str:
    """The text of a file, never failing: by its byte order mark, as UTF-8, as it declares, else as Latin-1.

    The byte order mark is no part of the text.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode(declared_encoding(data) or "latin-1", "replace")


def declared_encoding(data: bytes) -> str:
    """The encoding that a `coding:` comment declares, `""` where there is none or Python knows no such encoding."""
    cookie = _COOKIE.match(data[:500])
    if cookie is None:
        return ""
    try:
        codec = codecs.lookup(cookie[1].decode("ascii"))
    except (LookupError, ValueError):
        return ""
    return codec.name if codec._is_text_encoding and codec.name not in _FAILING else ""


def utf8(data: bytes) -> bytes:
    """The text of a file as UTF-8 without byte order mark: what every reader reads."""
    if not data.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            pass
        else:
            return data
    return decode(data).encode("utf-8", "replace")


def misread(data: bytes) -> tuple[int, int] | None:
    """Where a file that declares no other encoding is not UTF-8: the line (1-based) and the offending byte."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return None
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        if declared_encoding(data):
            return None
        return data.count(b"\n", 0, error.start) + 1, data[error.start]
    return None


def lines_of(text: str) -> list[str]:
    """The lines of a text without their ends. Only `\\n` and `\\r\\n` end a line, as for the parsers."""
    return [line.removesuffix("\r") for line in text.split("\n")]


class Texts:
    """The lines of the project's files, each read when first asked for."""

    def __init__(self, root: Path, contents: dict[str, bytes] | None = None) -> None:
        """`contents` stand for what is on the disk under their paths (an editor's buffer, standard input)."""
        self._root = root
        self._contents = contents or {}
        self.lines = cache(self._lines)
        """The lines of the file at a path relative to the root; none where it cannot be read."""

    def _lines(self, path: str) -> list[str]:
        try:
            data = self._contents[path] if path in self._contents else (self._root / path).read_bytes()
        except OSError:
            return []
        return lines_of(decode(data))
