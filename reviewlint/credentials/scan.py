"""Find the credentials in a text of any kind, fast enough to look at every file.

Three screens, each one compiled expression over the bytes: long runs of word characters whose first two letters are a
provider's, quoted literals after a name that holds secrets, and URLs with a password. What passes a screen is judged
with the functions of this package.
"""

import base64
import binascii
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from . import formats, presented
from .beside import is_of_nobody
from .dummies import entropy, is_placeholder, is_stand_in, looks_secret
from .names import secret_kind, words


@dataclass(frozen=True, slots=True)
class Credential:
    """A credential in `data[start:end]` (bytes, end exclusive); the other fields as in `facts.secrets.Secret`.

    `certain` is False for a value that may be a word: too weak to accuse, too strong to show.
    """

    kind: str
    start: int
    end: int
    name: str = ""
    role: str = ""
    how: Literal["format", "name", "url"] = "format"
    issuer: str = ""
    host: str = ""
    project: str = ""
    certain: bool = True


LOCAL_SUPABASE_KEY = b"sb_secret_N7UND0UgjKTVK-Uodkm0Hg_xSvEMPvz"
"""The secret key that `supabase start` prints on every machine: published, and good for the local stack alone."""
AZURITE_KEY = b"Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
"""The account key of Azure's storage emulator, the same on every machine (Azurite, "Well-known storage account")."""
DEMO_ISSUER = "supabase-demo"
"""The `iss` claim of the JWTs of Supabase's local stack, signed with a published secret."""
ONE_TIME = "one-time token"
"""What a link brings that somebody follows once: it opens nothing any more as soon as it has been followed."""
FIREBASE = "firebase"
"""The issuer of an API key that stands in the configuration of a Firebase app, which is made for clients."""

_SIGNED = re.compile(rb"(?:AWSAccessKeyId|X-Amz-Credential|SubscriptionId)(?:=|%3D)$", re.IGNORECASE)
_LONG = b"a" * 20
_AS_RUNS = bytes(ord("a" if re.match(rb"[A-Za-z0-9_-]", bytes([byte])) else " ") for byte in range(256))
"""Turns the characters of which tokens consist into one, and all others into another."""
_QUOTED = re.compile(rb"[\"'`]([^\"'`\s\\]{8,400})[\"'`]")
_AFTER_NOUN = re.compile(
    rb"[\w$]*(?P<quote>[\"'`]\s*[\])]?|\])?\s*"
    rb"(?P<operator>:\s*(?:[\w.\[\]| ]{1,40}=\s*)?|[!=]==?|=>|:?=|\|\|=?|\?\?=?|\bor\b|,(?![ \t]*\r?\n))\s*"
    rb"(?:(?:new\s)?(?:secretstr|secret|string|str|bytes(?:\.fromhex)?|buffer\.from|[\w.]*b64decode|[\w.]*unhexlify"
    rb"|fernet))?\(?\s*[brfu]{0,2}"
)
_NAME = re.compile(rb"[\w$-]*")
_ANNOTATED = re.compile(rb"([A-Za-z_][\w$]{0,60})\??[ \t]*:[ \t]*\Z")
_NAME_BYTES = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$-"
_UNQUOTED = re.compile(
    rb"\n[ \t]*+(?:-[ \t]++)?(?:(?:export|ENV|ARG|set|setx)[ \t]++|//[\w./:@-]+:(?=_))?(?P<name>[A-Za-z_][\w.-]*+)"
    rb"[ \t]*+(?P<operator>=|:(?=[ \t]))[ \t]*"
    rb"(?P<value>[^\s\"'`#,;\[\]{}()|&<>]{8,400})[ \t]*(?:#[^\n]*)?\r?$",
    re.M,
)
"""A line, with the end of the one before: a search runs from one of those to the next."""
_AWS_SECRET = re.compile(rb"[A-Za-z0-9/+]{40}")
_NOUNS = (b"pass", b"secret", b"token", b"key", b"pwd", b"role")
_NOUN = re.compile(b"|".join(_NOUNS))
_BEFORE_VALUE = frozenset(bytes([byte]) for byte in b"=:>|?,rbfustem4xy")
_URL = re.compile(
    rb"://(?P<user>[^\s/:@\"'`<>]{0,100}):(?P<password>[^\s/@\"'`<>]{3,200})@(?P<host>[\w.-]+|\[[0-9a-fA-F:]+\])"
)
_QUERIES = tuple(
    re.compile(mark + rb"(?P<name>[A-Za-z][\w-]{2,40})=(?P<value>[\w.~%+-]{12,400})") for mark in (rb"\?", b"&")
)
"""A part of a query string by either mark: a single letter is looked for five times as fast as one of two."""
_BEFORE_QUERY = re.compile(rb"://(?P<host>[\w.\[\]-]+)(?::\d+)?(?:/[\w./%~+-]*)?\Z")
_ONCE = re.compile(
    rb"/(?:[\w-]*[-_])?(?:verify|verification|confirm|confirmation|activate|activation|invite|invitation|magic|reset|recover)"
    rb"(?:[-_][\w-]*)?/?(?:\?[\w.&=%~+-]*)?\Z",
    re.I,
)
"""How the address of a link ends that somebody follows once, to prove that a letter came to them."""
_OWN_KINDS = frozenset({"password", "secret", "secret key", "signing key", "encryption key", "private key"})
"""Kinds of secrets that people make up themselves, so that they may be words."""
_EXAMPLE = re.compile(
    rb"\bexamples?[\"']?\s*[:=(\[]|@example|\be\.g\."
    rb"|\bplaceholder[\"']?\s*[=:]|\wholder\s*="
    rb"|\bnot (?:actually |really )?a (?:real )?(?:secret|credential|password|token)\b"
    rb"|\bhxxps?\b|\w\[\.\]\w",  # an address made harmless, by whoever writes of an attack: its own credential
    re.I,
)
_EXAMPLE_REACH = 160
"""Bytes. A value that follows `example:` so closely documents a format; one that is said to be no secret is none."""
_OF_EXAMPLE = re.compile(r"(?:@|%40)example\.(?:com|org|net)$", re.IGNORECASE)
"""Whose mailbox is on a domain that is kept for documentation (RFC 2606, 3)."""
_SEARCHES = re.compile(rb"\b(?:algolia|docsearch|typesense)[\"']?\s*[:=(]\s*\{(?![^}]*(?i:admin|write|secret))[^}]*\Z")
"""The configuration of a service that pages search with, whose key is made for pages."""
_BEFORE_DOCSTRING = re.compile(rb"(?:\A|:)[ \t]*(?:#[^\n]*)?\s*[rR]?\Z")
_LOCAL_HOST = re.compile(
    r"(?:localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[?::1\]?|10\.0\.2\.2|[\w-]+"
    r"|.*\.(?:local|localhost|test|example|invalid|docker\.internal)|(?:.*\.)?example\.(?:com|org|net))",
    re.I,
)


def scan(data: bytes, *, unquoted: bool = False, uncertain: bool = False) -> list[Credential]:
    """The credentials in `data`, in order, none inside another.

    `unquoted` for texts whose values stand without quotes (`.env`, YAML, INI, shell). `uncertain` to get those too
    that may be words.
    """
    found = sorted(
        (
            credential
            for credential in _all(data, unquoted)
            if (credential.certain or uncertain)
            and not _is_example(data, credential.start)
            and not (credential.how == "name" and _in_docstring(data, credential.start))
            and not (credential.kind == "password" and is_of_nobody(data, credential.start, credential.end))
            and not (
                credential.how == "name" and _SEARCHES.search(data, max(0, credential.start - 300), credential.start)
            )
        ),
        key=lambda credential: (credential.start, -credential.end),
    )
    kept: list[Credential] = []
    for credential in found:
        if kept and credential.start < kept[-1].end:
            if _rank(credential) < _rank(kept[-1]):
                kept[-1] = replace(credential, name=credential.name or kept[-1].name)
            elif not kept[-1].name:
                kept[-1] = replace(kept[-1], name=credential.name)
            continue
        kept.append(credential)
    return kept


def may_hold(data: bytes) -> bool:
    """Whether there may be a credential in `data`, whatever stands around it; weaker than `scan`, and sooner."""
    return next(_all(data, unquoted=True), None) is not None


def _is_example(data: bytes, start: int) -> bool:
    return _EXAMPLE.search(data, max(0, start - _EXAMPLE_REACH), start) is not None


def _in_docstring(data: bytes, start: int) -> bool:
    """Whether offset `start` lies in the docstring of a Python module, class or function: an example."""
    quotes = b'"""' if data.rfind(b'"""', 0, start) >= 0 else b"'''"
    opening = data.rfind(quotes, 0, start)
    return (
        opening >= 0
        and data.count(quotes, 0, start) % 2 == 1
        and _BEFORE_DOCSTRING.search(data, max(0, opening - 400), opening) is not None
    )


def _rank(credential: Credential) -> int:
    return ("format", "url", "name").index(credential.how)


def _all(data: bytes, unquoted: bool) -> Iterator[Credential]:
    yield from _by_format(data)
    if b"://" in data and b"@" in data:
        yield from _by_url(data)
    lowered = data.lower()
    for one in presented.in_headers(data, lowered):
        yield Credential(one.kind, one.start, one.end, name=one.name, how="name")
    if any(word in lowered for word in _NOUNS):
        yield from _by_keyword(data, lowered)
        for one in (*presented.to_servers(data, lowered), *presented.in_sections(data, lowered)):
            yield Credential(one.kind, one.start, one.end, name=one.name, how="name")
        yield from _by_name(data, lowered)
        if b"=" in data and (b"?" in data or b"&" in data):
            yield from _by_query(data)
        if unquoted:
            for line in _UNQUOTED.finditer(b"\n" + data):
                yield from _named(line["name"], line["value"], line.start("value") - 1)
            for one in presented.in_pairs(data):
                yield Credential(one.kind, one.start, one.end, name=one.name, how="name")


def _by_format(data: bytes) -> Iterator[Credential]:
    runs = list(_runs(data))
    for start in runs:
        first = data[start : start + 2]
        if first == b"ey":
            token = formats.JWT.match(data, start)
            if token:
                yield from _jwt(token)
            continue
        for listed in formats.BY_START.get(first, ()):
            match = listed.pattern.match(data, start)
            if match and listed.kind == "AWS access key id" and _SIGNED.search(data, max(0, start - 40), start):
                break  # in a URL that names the key and is made to be handed out
            if match and not is_placeholder(_body(match[0])):
                yield _known(Credential(listed.kind, start, match.end()), data)
                break
    for text, listed in (*formats.ANYWHERE, *(formats.BESIDE_RUNS if runs else ())):
        if text in data:
            for match in listed.pattern.finditer(data):
                text_of = match[0].decode("latin-1").removeprefix("hooks.slack.com/")
                if match[0] != AZURITE_KEY and not is_placeholder(text_of):
                    yield Credential(listed.kind, match.start(), match.end())
    if b"PRIVATE KEY" in data:
        yield from _private_keys(data)


def _runs(data: bytes) -> Iterator[int]:
    """Where the runs of characters of tokens begin that are long enough for one.

    Five times as fast as the expression that says the same.
    """
    plain = data.translate(_AS_RUNS)
    start = plain.find(_LONG)
    while start >= 0:
        yield start
        end = plain.find(b" ", start + len(_LONG))
        start = plain.find(_LONG, end) if end >= 0 else -1


def _body(token: bytes) -> str:
    """What follows the provider's fixed prefix."""
    text = token.decode("latin-1")
    head = re.match(r"(?:AKIA|ASIA|AIza|SK|[a-z0-9]+(?:_(?:live|secret|pat|v1|api|tkn|pw|oat|oauth))?[_-])", text)
    return text[head.end() :] if head else text


def _known(credential: Credential, data: bytes) -> Credential:
    """The credential with its issuer where that makes it public."""
    if data[credential.start : credential.end] == LOCAL_SUPABASE_KEY:
        return replace(credential, issuer=DEMO_ISSUER)
    around = data[max(0, credential.start - 400) : credential.end + 600]
    if credential.kind == "Google API key" and (b"firebase" in around.lower() or b"authDomain" in around):
        return replace(credential, issuer=FIREBASE)
    return credential


def _jwt(token: re.Match[bytes]) -> Iterator[Credential]:
    """A JWT by what its payload claims; nothing where the payload cannot be read. No signature is checked."""
    payload = _claims(token[0].split(b".")[1])
    if payload is None or _claims(token[0].split(b".")[0]) is None:
        return
    role, issuer = payload.get("role"), payload.get("iss")
    role = role if isinstance(role, str) else ""
    issuer = issuer if isinstance(issuer, str) else ""
    supabase = issuer in ("supabase", DEMO_ISSUER) or "ref" in payload
    if role in ("anon", "authenticated") and (supabase or "sub" not in payload):
        return
    kind = "Supabase service-role JWT" if role == "service_role" else "JSON Web Token"
    signature = token[0].rpartition(b".")[2].decode("latin-1")
    if entropy(signature) < 3 or is_placeholder(signature):
        return
    reference = payload.get("ref")
    project = reference[:40] if isinstance(reference, str) else ""
    yield Credential(kind, token.start(), token.end(), role=role[:40], issuer=issuer[:80], project=project)


def _claims(part: bytes) -> dict[str, object] | None:
    try:
        claims = json.loads(base64.urlsafe_b64decode(part + b"=" * (-len(part) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        return None
    return claims if isinstance(claims, dict) else None


def _private_keys(data: bytes) -> Iterator[Credential]:
    for match in formats.PRIVATE_KEY.finditer(data):
        body = match["body"].replace(b"\\r", b"").replace(b"\\n", b"\n")
        code = b"".join(re.findall(rb"[A-Za-z0-9+/=]{16,}", body))
        if len(code) >= max(64, 0.5 * len(body)) and not is_placeholder(code[:400].decode("latin-1")):
            what = match["what"].decode("latin-1").strip()
            kind = "encrypted private key" if what == "ENCRYPTED" or b"ENCRYPTED" in body else "private key"
            yield Credential(f"{what} {kind}" if what not in ("", "ENCRYPTED") else kind, match.start(), match.end())


def _by_url(data: bytes) -> Iterator[Credential]:
    for match in _URL.finditer(data):
        password, user, host = (match[group].decode("latin-1") for group in ("password", "user", "host"))
        if not _LOCAL_HOST.fullmatch(host) and _is_password(password, user):
            yield Credential("password in a URL", match.start("password"), match.end("password"), how="url", host=host)


def _by_keyword(data: bytes, lowered: bytes) -> Iterator[Credential]:
    for one in presented.in_keywords(data, lowered):
        password = data[one.start : one.end].decode("latin-1")
        if not _LOCAL_HOST.fullmatch(one.host) and _is_password(password, ""):
            yield Credential("password in a connection string", one.start, one.end, how="url", host=one.host)


def _by_query(data: bytes) -> Iterator[Credential]:
    for match in (match for query in _QUERIES for match in query.finditer(data)):
        name = match["name"].decode("latin-1")
        kind = secret_kind(name) or ("API key" if name.lower() == "key" else "")
        if kind and looks_secret(match["value"].decode("latin-1"), "token") and not _opens_nothing(data, match.start()):
            if name.lower() == "token" and _ONCE.search(data, max(0, match.start() - 80), match.start()):
                kind = ONE_TIME
            yield Credential(f"{kind} in a URL", match.start("value"), match.end("value"), name=name, how="url")


def _opens_nothing(data: bytes, query: int) -> bool:
    """Whether the address that a query string ends stands for the machine of whoever wrote it, or names a document."""
    address = _BEFORE_QUERY.search(data, max(0, query - 300), query)
    if address is None:
        return False
    return address["host"] == b"docs.google.com" or _LOCAL_HOST.fullmatch(address["host"].decode("latin-1")) is not None


def _is_password(password: str, user: str) -> bool:
    lowered = password.lower()
    return (
        not is_placeholder(password + "0aZ9")
        and not _OF_EXAMPLE.search(user)
        and lowered
        not in (user.lower(), "password", "passwd", "pass", "pwd", "secret", "postgres", "root", "admin", "test")
        and not re.search(r"password|passwd|secret|\[|\]|\{|\}|\$|%s|\*", lowered)
        and re.search(r"\d", password) is not None
        and len(password) >= 6
    )


def _by_name(data: bytes, lowered: bytes) -> Iterator[Credential]:
    for quoted in _QUOTED.finditer(data):
        start = quoted.start()
        tail = lowered[max(0, start - 80) : start]
        if tail.rstrip(b" \t\r\n(")[-1:] not in _BEFORE_VALUE or not _NOUN.search(tail):
            continue
        end = len(tail)
        for _ in range(2):  # the type or constructor beside the name may hold a noun too: `key: SecretStr = "…"`
            end = max(tail.rfind(noun, 0, end) for noun in _NOUNS)
            if end < 0:
                break
            between = _AFTER_NOUN.fullmatch(tail, end)
            if between and (between["quote"] or between["operator"] != b","):
                name = _identifier(data, start - len(tail) + end, between["operator"])
                yield from _named(name, quoted[1], quoted.start(1))
                break


def _identifier(data: bytes, inside: int, operator: bytes) -> bytes:
    """The identifier around offset `inside`; where it is the type of `name: Type = …`, the name."""
    before = data[max(0, inside - 60) : inside]
    name = _NAME.match(data, inside - len(before) + len(before.rstrip(_NAME_BYTES)))
    if name is None:
        return b""
    annotated = operator.startswith(b"=") and _ANNOTATED.search(data, max(0, name.start() - 70), name.start())
    return annotated[1] if annotated else name[0].rstrip(b"-")


def _named(name_bytes: bytes, value_bytes: bytes, start: int) -> Iterator[Credential]:
    name = name_bytes.decode("latin-1")
    kind = secret_kind(name)
    if not kind:
        return
    try:
        value = value_bytes.decode()
    except UnicodeDecodeError:
        return
    token = formats.JWT.fullmatch(value_bytes)
    if token:
        for found in _jwt(token):
            yield replace(found, start=start, end=start + len(value_bytes), name=name)
    elif looks_secret(value, kind):
        of_aws = kind == "access key" and _AWS_SECRET.fullmatch(value_bytes) and "secret" in words(name)
        how: Literal["format", "name"] = "format" if of_aws else "name"
        kind = "AWS secret access key" if of_aws else kind
        yield Credential(kind, start, start + len(value_bytes), name=name, how=how)
    elif kind in _OWN_KINDS and not is_stand_in(value):
        yield Credential(kind, start, start + len(value_bytes), name=name, how="name", certain=False)
