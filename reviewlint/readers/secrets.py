"""Secrets in the text of any file: a `Secret` fact for each, and their text taken out of every other fact."""

import dataclasses
import re
from operator import is_
from typing import Any

from ..credentials.beside import is_excused
from ..credentials.fingerprint import fingerprint
from ..credentials.scan import Credential, scan
from ..facts.file import FileFacts
from ..facts.location import Location
from ..facts.secrets import Secret
from ..facts.values import Unknown
from ..source import Source

_SHOWN = 4
_UNQUOTED = re.compile(
    r".*\.(?:ya?ml|ini|cfg|conf|properties|sh|bash|zsh|env|envrc|tfvars|service|npmrc|pypirc|netrc)(?:\.[\w-]+)*"
    r"|(?:.*\.)?(?:dockerfile|containerfile|procfile|makefile)(?:\.[\w-]+)?",
    re.I,
)
_COMMENTED = re.compile(rb"(?:^|\s)(?:#|//|/\*|<!--|(?:\*|--)\s)")
"""The mark of a comment, in whatever language."""
_TEXTLESS = {type(None), bool, int, Location}
"""Most of what facts are made of."""
_PIECE = re.compile(r"[A-Za-z0-9+/=]{32,}")


def with_secrets(source: Source, data: bytes, facts: FileFacts) -> FileFacts:
    """`facts` with a `Secret` for every credential in `data`, and its text in no other fact but for four characters.

    Facts are cached and end up in evidence, so the text of a secret must not survive in them.
    """
    unquoted = source.language == "env" or _UNQUOTED.fullmatch(source.path.rpartition("/")[2]) is not None
    found = scan(data, unquoted=unquoted, uncertain=True)
    if not found:
        return facts
    texts = [data[credential.start : credential.end].decode("utf-8", "replace") for credential in found]
    secrets = tuple(
        _fact(source.path, data, credential, text)
        for credential, text in zip(found, texts, strict=True)
        if credential.certain
    )
    hidden = _forms(texts)
    return dataclasses.replace(facts, facts=(*(_without(fact, hidden) for fact in facts.facts), *secrets))


def _fact(path: str, data: bytes, credential: Credential, text: str) -> Secret:
    return Secret(
        Location(path, *_position(data, credential.start), *_position(data, credential.end)),
        kind=credential.kind,
        prefix=text[:_SHOWN],
        fingerprint=fingerprint(data[credential.start : credential.end]),
        name=credential.name,
        role=credential.role,
        how=credential.how,
        issuer=credential.issuer,
        host=credential.host,
        project=credential.project,
        commented=_COMMENTED.search(data[data.rfind(b"\n", 0, credential.start) + 1 : credential.start]) is not None,
        excused=is_excused(data, credential.start, credential.end),
    )


def _position(data: bytes, offset: int) -> tuple[int, int]:
    """1-based line and column, the column in code points."""
    line_start = data.rfind(b"\n", 0, offset) + 1
    before = data[line_start:offset].decode("utf-8", "replace").removeprefix("\ufeff")
    return data.count(b"\n", 0, offset) + 1, len(before) + 1


def _forms(texts: list[str]) -> dict[str, str]:
    """Each text that must not be seen, with what stands for it; a private key's lines one by one as well."""
    forms: dict[str, str] = {}
    for text in texts:
        for form in (text, text.replace("\\n", "\n"), *(_PIECE.findall(text) if "PRIVATE KEY" in text else ())):
            forms[form] = form[:_SHOWN] + "…"
    return forms


def _without(fact: Any, hidden: dict[str, str]) -> Any:
    """`fact` (or a value inside it) with every hidden text replaced; the same object where nothing was."""
    if isinstance(fact, str):
        for text, shown in hidden.items():
            if text in fact:
                fact = fact.replace(text, shown)
        return fact
    names = _names[type(fact)]
    if not names and not isinstance(fact, tuple):
        return fact
    parts = [getattr(fact, name) for name in names] or fact
    changed = [part if type(part) in _TEXTLESS else _without(part, hidden) for part in parts]
    if isinstance(fact, tuple):
        if all(map(is_, changed, parts)):
            return fact
        return fact._make(changed) if hasattr(fact, "_make") else tuple(changed)
    changes = {name: new for name, new, old in zip(names, changed, parts, strict=True) if new is not old}
    if isinstance(fact, Unknown):
        source = _without_cut_end(changes.get("source", fact.source), hidden)
        if source != fact.source:
            changes["source"] = source
    return dataclasses.replace(fact, **changes) if changes else fact


def _without_cut_end(source: str, hidden: dict[str, str]) -> str:
    """`source` without the beginning of a secret at its end, where the reader cut it off."""
    bare = source.rstrip("….")
    for text, shown in hidden.items():
        for length in range(min(len(text) - 1, len(bare)), _SHOWN, -1):
            if bare.endswith(text[:length]):
                return bare[:-length] + shown
    return source


class _Names(dict[type, tuple[str, ...]]):
    """Of what a fact or a value is made, by its kind; nothing for what is neither."""

    def __missing__(self, kind: type) -> tuple[str, ...]:
        names = tuple(field.name for field in dataclasses.fields(kind)) if dataclasses.is_dataclass(kind) else ()
        self[kind] = names
        return names


_names = _Names()
