"""What tests replace by name: `vi.mock`, `jest.mock`, `patch`, `setattr`, overrides of FastAPI and Nest."""

import re
from collections.abc import Iterator

from ..facts.file import FileFact, Side
from ..facts.location import Location
from ..facts.tests import Replacement
from ..source import Source

_PYTHON = re.compile(r"^[^#\n\"']*?\b(?P<call>(?:mocker\.|mock\.)?patch\(\s*[\"'](?P<target>[\w.]+)[\"'])", re.M)
_MOCK = r"(?:[\w.]+\.)?(?:(?:Magic|Async|NonCallableMagic)?Mock|create_autospec)\("
_OVERRIDE = re.compile(
    rf"^[ \t]*(?P<call>[\w.]+\.dependency_overrides\[(?P<target>[\w.]+)\])[ \t]*=[ \t]*(?:lambda[^:\n]*:[ \t]*)?"
    rf"(?:(?P<mock>{_MOCK})|(?P<name>\w+)[ \t]*(?:#.*)?$|)",
    re.M,
)
_TYPESCRIPT = re.compile(r"^[ \t]*(?P<call>(?:vi|jest)\.(?:mock|doMock)\(\s*[\"'](?P<target>[^\"'\n]+)[\"'])", re.M)

_VALUE = rf"(?:lambda[^:\n]*:[ \t]*)?(?:{_MOCK}|\w*(?i:fake|mock|stub)\w*)"
_SET = re.compile(
    r"^[ \t]*(?P<call>[\w.]*monkeypatch\.setattr\(\s*"
    r"(?:[\"'](?P<target>[\w.]+)[\"']|(?P<owner>[\w.]+),\s*[\"'](?P<attribute>\w+)[\"'])"
    rf",\s*{_VALUE})",
    re.M,
)
_PROVIDED = re.compile(
    r"^(?:[ \t]*|[^\n/*\"']*)(?P<call>\.overrideProvider\(\s*(?P<target>\w+(?:\([^()\n]*\))?)\s*,?\s*\))\s*"
    r"\.use(?:Value|Factory|Class)\((?![^;]{0,80}\bgetRepository\()\s*(?P<given>[^)\n]*)",
    re.M,
)
"""Nest, "Testing: End-to-end testing"."""
_TOKEN = re.compile(r"get(?:Repository|Model|EntityManager|DataSource|Connection)Token\(")
_PRETENDS = re.compile(r"(?i:fake|mock|stub)|\b(?:jest|vi|sinon)\b|^\{")
_MOCKED = [(_TYPESCRIPT, "ock("), (_PROVIDED, "overrideProvider(")]


def replacements(source: Source, data: bytes) -> Iterator[FileFact]:
    """The replacements of one test file; `data` is UTF-8."""
    if source.side is not Side.TEST or source.language not in ("python", "typescript", "tsx"):
        return
    patterns = (
        [(_PYTHON, "patch("), (_OVERRIDE, "_overrides["), (_SET, "setattr(")]
        if source.language == "python"
        else _MOCKED
    )
    text = data.decode("utf-8", "replace") if any(word.encode() in data for _, word in patterns) else ""
    for pattern, word in patterns:
        for found in _lines(pattern, word, text):
            by_mock = pattern is not _OVERRIDE or bool(found["mock"]) or _is_mock(found["name"], text[: found.start()])
            if pattern is _PROVIDED and not (_TOKEN.match(found["target"]) or _PRETENDS.search(found["given"])):
                continue
            start = found.start("call")
            line = text.count("\n", 0, start) + 1
            column = start - text.rfind("\n", 0, start)
            target = found["target"] or f"{found['owner']}.{found['attribute']}"
            at = Location(source.path, line, column, line, column + 1)
            yield Replacement(at, target, dependency=pattern is _OVERRIDE, by_mock=by_mock)


def _is_mock(name: str | None, before: str) -> bool:
    """Whether the last thing that a name was given in the text before is a mock."""
    if name is None:
        return False
    given = re.findall(
        rf"^[ \t]*(?:{name}(?:[ \t]*:[^=\n]*)?[ \t]*=(?!=)[ \t]*|def [^\n]*\b{name}\b)([^\n]*)", before, re.M
    )
    return bool(given) and re.match(_MOCK, given[-1]) is not None


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
