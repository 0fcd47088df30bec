"""What tests replace by name: `vi.mock`, `jest.mock`, and `patch` of unittest.mock and pytest-mock."""

import re
from collections.abc import Iterator

from ..facts.file import FileFact, Side
from ..facts.location import Location
from ..facts.tests import Replacement
from ..source import Source

_PYTHON = re.compile(r"^[^#\n\"']*?\b(?P<call>(?:mocker\.|mock\.)?patch\(\s*[\"'](?P<target>[\w.]+)[\"'])", re.M)
_TYPESCRIPT = re.compile(r"^[ \t]*(?P<call>(?:vi|jest)\.(?:mock|doMock)\(\s*[\"'](?P<target>[^\"'\n]+)[\"'])", re.M)


def replacements(source: Source, data: bytes) -> Iterator[FileFact]:
    """The replacements of one test file; `data` is UTF-8."""
    if source.side is not Side.TEST or source.language not in ("python", "typescript", "tsx"):
        return
    pattern, word = (_PYTHON, "patch(") if source.language == "python" else (_TYPESCRIPT, "ock(")
    if word.encode() not in data:
        return
    text = data.decode("utf-8", "replace")
    for found in _lines(pattern, word, text):
        start = found.start("call")
        line = text.count("\n", 0, start) + 1
        column = start - text.rfind("\n", 0, start)
        yield Replacement(Location(source.path, line, column, line, column + 1), found["target"])


def _lines(pattern: re.Pattern[str], word: str, text: str) -> Iterator[re.Match[str]]:
    """What `pattern`, which begins with a line, finds in the lines that hold `word`."""
    end, position = 0, text.find(word)
    while position >= 0:
        line = text.rfind("\n", 0, position) + 1
        found = pattern.match(text, line) if line >= end else None
        if found is not None:
            yield found
            end = found.end()
        position = text.find(word, max(end, position + 1))
