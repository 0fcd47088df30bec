"""What strangers' bytes reach, one function a target: it must come back, and what it says must hold.

A target raises on a broken promise only; what the code is allowed to refuse is caught here by its own exception.
"""

import contextlib
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from pickletools import genops
from xml.etree import ElementTree

from reviewlint import baseline, catalogue, change, own, readers, reporters, voices
from reviewlint.classify import classify
from reviewlint.config import Config
from reviewlint.config import files as configurations
from reviewlint.config.files import ConfigurationError
from reviewlint.console import Look
from reviewlint.credentials.scan import scan
from reviewlint.facts.file import FileFacts
from reviewlint.facts.location import Location
from reviewlint.packing import UnpackingError, pack, unpack
from reviewlint.printable import printable
from reviewlint.readers import coverage as coverage_reports
from reviewlint.redact import redacted
from reviewlint.report import Report, report
from reviewlint.review import review
from reviewlint.shelf import Shelf, batches
from reviewlint.source import Skipped, Source
from reviewlint.texts import decode, lines_of
from reviewlint.voices import voice as voice_files
from reviewlint.voices.voice import VoiceError

Target = Callable[[bytes], None]

SETTINGS = (".env", "pyproject.toml", "package.json", "tsconfig.json", "deploy.yml", "Dockerfile", "a.html", "a.vue")
"""Files that no language's reader takes; the first byte of the input chooses one."""


WHOLE = ("app/orders.py", "src/app/api/orders/route.ts", "supabase/migrations/20240101000000_orders.sql")
"""The files of the project that an input is taken for; two bytes 0xFF stand between them."""


def python(data: bytes) -> None:
    """A Python file."""
    facts_of("app/orders.py", data)


def typescript(data: bytes) -> None:
    """A TypeScript file with markup."""
    facts_of("src/orders.tsx", data)


def sql(data: bytes) -> None:
    """A migration."""
    facts_of("supabase/migrations/1_orders.sql", data)


def settings(data: bytes) -> None:
    """A file of settings, of pages or of variables."""
    facts_of(SETTINGS[data[0] % len(SETTINGS)] if data else SETTINGS[0], data[1:])


def splitter(data: bytes) -> None:
    """The statements of a migration lie in its text, in order and apart."""
    from reviewlint.readers.sql.lexer import pieces, tokens

    text = decode(data)
    end = 0
    for piece in pieces(text):
        assert end <= piece.start <= piece.end <= len(text), (end, piece)
        end = piece.end
    last = 0
    for token in tokens(text):
        assert last <= token.start < token.end <= len(text), (last, token)
        last = token.end


def ignores(data: bytes) -> None:
    """An ignore comment covers lines of the file, itself among them or before them."""
    from reviewlint.readers.comments import ignores_in_text

    text = decode(data[1:])
    path, language = (("a.sql", "sql"), ("a.yml", "text"), ("a.html", "text"), ("a.toml", "toml"))[
        data[0] % 4 if data else 0
    ]
    lines = len(lines_of(text))
    for comment in ignores_in_text(text, path, language):
        assert 1 <= comment.at.line <= lines
        assert comment.first_line <= comment.last_line


def configuration(data: bytes) -> None:
    """A configuration is taken, or refused with one sentence."""
    file = _folder() / ("reviewlint.toml" if data[:1] < b"\x80" else "pyproject.toml")
    file.write_bytes(data[1:])
    try:
        configurations.read(file, _folder())
    except ConfigurationError as error:
        assert "\n" not in str(error), error


def voice_file(data: bytes) -> None:
    """A team's own voice is taken, or refused as such."""
    file = _folder() / "ours.toml"
    file.write_bytes(data)
    with contextlib.suppress(VoiceError):
        voice_files.read(file)


def known(data: bytes) -> None:
    """What a baseline says is what is written of it."""
    try:
        entries = baseline.parse(data.decode("utf-8", "replace"))
    except baseline.MalformedError:
        return
    again = baseline.parse(baseline.written(entries))
    assert {(each.path, each.rule, each.identity, each.count) for each in again} == {
        (each.path, each.rule, each.identity, each.count) for each in entries
    }


def packed(data: bytes) -> None:
    """Whatever a cache holds: facts or a refusal, and never a call of anything.

    A pickle may name a place in the memo that takes gigabytes; what is not ours is refused before it is unpacked.
    """
    if any(place > len(data) for place in _memo_places(data)):
        return
    with contextlib.suppress(UnpackingError):
        unpack(data)


def shelved(data: bytes) -> None:
    """The batches of a cache, whatever became of it: facts or nothing."""
    if any(place > len(data) for start in range(0, len(data), 64) for place in _memo_places(data[start:])):
        return
    for each in batches(data):
        assert all(isinstance(column, memoryview) for column in each.columns.values())


def coverage(data: bytes) -> None:
    """A coverage report is taken, or refused as such."""
    try:
        ran = coverage_reports.read(data)
    except coverage_reports.CoverageError:
        return
    for one in ran.values():
        assert all(isinstance(line, int) for line in one.lines or ())


def own_rules(data: bytes) -> None:
    """A project's own rules are taken, or named with file and line."""
    file = _folder() / "ours.yml"
    file.write_bytes(data)
    for fault in own.read(file, "ours.yml").faults:
        assert fault.where.startswith("ours.yml"), fault


def patch(data: bytes) -> None:
    """The changed lines of a patch are ranges of lines."""
    for _, changed in change._hunks(data):
        for first, last in changed.lines:
            assert last >= first - 1


def credentials(data: bytes) -> None:
    """No credential that is found is in what is written of the text."""
    for credential in scan(data):
        assert 0 <= credential.start <= credential.end <= len(data)
    text = decode(data)
    assert not printable(redacted(text)).encode("utf-8", "surrogatepass").count(b"\x1b")


def whole(data: bytes) -> None:
    """Three files, every rule, every format: no fault, and each format can be read by what it is for."""
    parts = [*data.split(b"\xff\xff", 2), b"", b""][:3]
    texts = dict(zip(WHOLE, parts, strict=True))
    facts = [read for path, text in texts.items() if (read := facts_of(path, text)) is not None]
    sources = [source for path, text in texts.items() if isinstance(source := classify(path, text), Source)]
    lines = {path: lines_of(decode(text)) for path, text in texts.items()}
    done = review(
        Shelf(facts),
        sources,
        (),
        Config(select=tuple(catalogue.names())),
        lines=lines.__getitem__,
        data_flow=lambda *_: (),
    )
    assert not done.faults, done.faults
    for finding in done.findings:
        _is_place(finding.at, lines)
    _written(report(done, voices.load("foreman"), lambda path: lines.get(path, []), Path("/project")))


def _written(reviewed: Report) -> None:
    for name in reporters.names():
        text = reporters.render(name, reviewed, Look(width=80))
        assert "\x1b" not in text
        if name in ("json", "sarif", "gitlab", "rdjson"):
            json.loads(text)
        elif name == "junit":
            ElementTree.fromstring(text.encode())


def facts_of(path: str, data: bytes) -> FileFacts | None:
    """The facts of a file, whose places lie in it and which packing does not change; None where there are none."""
    source = classify(path, data)
    if isinstance(source, Skipped):
        return None
    try:
        facts = readers.read(source, data)
    except TimeoutError:
        return None
    lines = {path: lines_of(decode(data))}
    for fact in facts.facts:
        _is_place(fact.at, lines)
    assert unpack(pack(facts)) == facts
    return facts


def _is_place(at: Location, lines: Mapping[str, list[str]]) -> None:
    assert 1 <= at.line <= at.end_line <= max(1, len(lines.get(at.path, []))), at
    assert (at.line, at.column) <= (at.end_line, at.end_column), at


def _memo_places(data: bytes) -> Iterator[int]:
    with contextlib.suppress(Exception):  # bytes that are no pickle name no place
        yield from (place for code, place, _ in genops(data) if "PUT" in code.name and isinstance(place, int))


@cache
def _folder() -> Path:
    """Where a target puts the file that it reads: in memory where the system has such a place."""
    memory = Path("/dev/shm")
    return Path(tempfile.mkdtemp(prefix="reviewlint-fuzz-", dir=memory if memory.is_dir() else None))
