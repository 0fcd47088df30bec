"""Readers turn one file into facts. They are the only code that knows a parser or a framework."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace

from ..facts.clients import EnvironmentRead, Published
from ..facts.data import CallMade, TypedRelation
from ..facts.file import FileFact, FileFacts, IgnoreComment, Problem, Side
from ..facts.location import Location
from ..facts.sql import Statement
from ..source import COMPONENTS, Source
from ..texts import misread, utf8
from . import comments, components, conflicts, gates, replacements
from .secrets import with_secrets

_HAS_TREE = frozenset({"python", "typescript", "tsx"})
_WHOEVER_WROTE_IT = (EnvironmentRead, Published, IgnoreComment, TypedRelation, Statement)
"""What is asked, beside credentials, of what a program made or somebody put aside: nobody runs it, or mends it.

What a database has, such SQL may have made when it ran.
"""


def read(source: Source, data: bytes) -> FileFacts:
    """The facts of one file, in the order of its text.

    `data` is the file's content in any encoding; the readers of the languages get it as UTF-8 without byte order
    mark. Never raises on account of the content: what cannot be read becomes a `Problem`. Whatever the language,
    credentials become `Secret` facts, and their text is taken out of all others. What a program made or somebody put
    aside says its credentials and what a database has.
    """
    text = utf8(data)
    facts = _read(source, text)
    if conflicts.MARK in text and any(isinstance(fact, Problem) for fact in facts.facts):
        facts = _of_one_version(source, text) or facts
    if more := [*_more(source, data, text)]:
        facts = replace(facts, facts=(*facts.facts, *more))
    if source.side is Side.GENERATED:
        facts = replace(facts, facts=tuple(fact for fact in facts.facts if isinstance(fact, _WHOEVER_WROTE_IT)))
    facts = with_secrets(source, text, facts)
    return replace(facts, facts=tuple(sorted(facts.facts, key=_position)))


def _of_one_version(source: Source, text: bytes) -> FileFacts | None:
    """The facts of a file with one version of what conflicts in it, and the conflict as its only problem."""
    merged = conflicts.merged(text)
    if merged is None:
        return None
    facts = _read(source, merged.data)
    at = Location(source.path, merged.line, 1, merged.line, len(merged.mark) + 1)
    left = Problem(at, f"`{merged.mark[:40]}`, a conflict of two versions that nobody resolved")
    return replace(facts, facts=(left, *(fact for fact in facts.facts if not isinstance(fact, Problem))))


def load(until: Callable[[], bool]) -> None:
    """Load all that reads the languages in which most code is, one after the other `until` there is work."""
    for language in ("python", "tsx", "typescript"):
        if not until():
            load_one(language)


def load_one(language: str) -> None:
    """Load all that reads one language."""
    read(Source("", language, Side.SERVER, 0), b"")


def calls_made(source: Source, data: bytes, names: Collection[str]) -> tuple[CallMade, ...]:
    """The calls in a file, which was read before, of what is called so by the last part of its name; in order.

    Credentials are taken out of them as they are out of all facts.
    """
    text = utf8(data)
    merged = conflicts.merged(text)
    text = text if merged is None else merged.data
    made: Iterator[CallMade]
    match source.language:
        case "python":
            from .python import module

            made = module.calls_made(source, text, names)
        case "typescript" | "tsx":
            from .typescript import module as typescript_module

            made = typescript_module.calls_made(source, text, names)
        case _:
            return ()
    found = with_secrets(source, text, FileFacts(source.path, source.language, source.side, tuple(made)))
    return tuple(sorted((one for one in found.facts if isinstance(one, CallMade)), key=_position))


def plain(source: Source, data: bytes, facts: tuple[FileFact, ...] = ()) -> FileFacts:
    """`facts` and the credentials of a file, for which no parser is needed: what is left where a reader failed."""
    return with_secrets(source, utf8(data), FileFacts(source.path, source.language, source.side, facts))


def _position(fact: FileFact) -> tuple[int, int]:
    return fact.at.line, fact.at.column


def _read(source: Source, data: bytes) -> FileFacts:
    match source.language:
        case "python":
            from .python import module

            return module.read(source, data)
        case "typescript" | "tsx":
            from .typescript import module as typescript_module

            return typescript_module.read(source, data)
        case "sql":
            from .sql import statements

            return statements.read(source, data)
        case "text" if source.path.endswith(COMPONENTS):
            return components.read(source, data)
        case _:
            from .settings import files

            return files.read(source, data)


def _more(source: Source, data: bytes, text: bytes) -> Iterator[FileFact]:
    """What is the same in every language: ignores outside of trees, coverage gates, replacements, wrong encodings."""
    yield from gates.gates(source, text)
    if source.language == "python" and source.side is Side.MIGRATION:
        from .python import raw_sql

        yield from raw_sql.read(source, text)
    yield from replacements.replacements(source, text)
    if comments.MARK in text and source.language not in _HAS_TREE:
        yield from comments.ignores_in_text(text.decode(), source.path, source.language)
    if source.language != "text" and (wrong := misread(data)) is not None:
        line, byte = wrong
        yield Problem(
            Location(source.path, line, 1, line, 1),
            f"byte 0x{byte:02x} is not UTF-8; read as Latin-1: save it as UTF-8",
        )
