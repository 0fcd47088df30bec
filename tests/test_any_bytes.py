"""No bytes bring a reader down, and every place that it names is a place in the file."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from reviewlint import readers
from reviewlint.classify import classify
from reviewlint.facts.file import FileFacts, IgnoreComment
from reviewlint.facts.location import Location
from reviewlint.packing import pack, unpack
from reviewlint.source import Skipped, Source
from reviewlint.texts import decode, lines_of

PATHS = ["a.py", "a.ts", "a.tsx", "a.js", "a.sql", ".env", "pyproject.toml", "package.json", "a.yml", "a.md", "a.go"]
PIECES = [
    *(
        "# ",
        "// ",
        "-- ",
        "/* ",
        " */",
        "{/* ",
        "*/}",
        "<!-- ",
        " -->",
        "reviewlint: ignore[a]",
        "reviewlint: ignore-file",
    ),
    *("\n", "\r\n", "\r", "\x0c", "\u2028", "\ufeff", " ", "    ", "\t", "é", "𝄞", "\0", "\\", "\x1b[31m"),
    *(
        "'",
        '"',
        "`",
        '"""',
        "'''",
        "$$",
        "$a$",
        "${",
        "{{",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "<a>",
        "</a>",
        "=",
        ":",
        ",",
        ";",
    ),
    *(
        "select * from t where id = ",
        "create table t (id int)",
        "f'{x}'",
        "cur.execute(",
        "def f(a):",
        "class A:",
        "if x:",
    ),
    *(
        "import os",
        "from a import b",
        "const x = ",
        "export async function GET(r) ",
        "async () => ",
        "try ",
        "except E as e:",
    ),
    *(
        "return",
        "await ",
        "logging.info(",
        "console.log(",
        "process.env.A",
        "os.environ['A']",
        "supabase.from('t')",
        "A=1",
    ),
]

texts = some.lists(some.sampled_from(PIECES) | some.text(max_size=5), max_size=40).map("".join)
contents = texts.map(lambda text: text.encode("utf-8", "surrogatepass")) | some.binary(max_size=300)


def read(path: str, data: bytes) -> FileFacts | None:
    source = classify(path, data)
    if isinstance(source, Skipped):
        return None
    assert isinstance(source, Source)
    return readers.read(source, data)


def locations(thing: Any) -> Iterator[Location]:
    if isinstance(thing, Location):
        yield thing
    elif isinstance(thing, tuple | frozenset):
        for each in thing:
            yield from locations(each)
    elif hasattr(thing, "__dataclass_fields__"):
        for name in thing.__dataclass_fields__:
            yield from locations(getattr(thing, name))


@pytest.mark.parametrize("path", PATHS)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=contents)
def test_places_are_places_in_the_file(path: str, data: bytes) -> None:
    facts = read(path, data)
    if facts is None:
        return
    lines = lines_of(decode(data))
    for at in locations(facts):
        assert at.path == path
        assert 1 <= at.line <= at.end_line <= len(lines)
        assert at.column >= 1
        assert (at.line, at.column) <= (at.end_line, at.end_column)
    assert unpack(pack(facts)) == facts


@pytest.mark.parametrize("path", PATHS)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(before=texts, after=texts)
def test_an_ignore_comment_covers_itself_and_lies_in_its_removal(path: str, before: str, after: str) -> None:
    text = f"{before}\n# reviewlint: ignore[a] why\n// reviewlint: ignore[b]\n-- reviewlint: ignore[c]\n{after}"
    data = text.encode("utf-8", "surrogatepass")
    facts = read(path, data)
    for fact in facts.facts if facts is not None else ():
        if isinstance(fact, IgnoreComment):
            assert fact.first_line <= fact.at.line <= fact.last_line
            assert fact.removal.line <= fact.at.end_line
            assert fact.names is None or fact.removal.holds(fact.names)
