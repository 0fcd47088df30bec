"""Credentials by the way in which they are presented: headers, `auth=` pairs, keyword connection strings, YAML pairs.

RFC 6750 (`Authorization: Bearer`), RFC 7617 (`Basic`, base64 of `user:password`); libpq, "Keyword/Value Connection
Strings"; ADO.NET, "Connection String Syntax"; Kubernetes, "Define Environment Variables for a Container"; AWS CLI,
"configure set".
"""

import base64
import binascii
import re
from collections.abc import Iterator
from typing import NamedTuple

from .dummies import is_placeholder, looks_secret
from .names import secret_kind


class Presented(NamedTuple):
    """A credential in `data[start:end]`. `host` is where it is presented, `""` where that is not said."""

    kind: str
    start: int
    end: int
    name: str = ""
    host: str = ""


_HEADER = re.compile(
    rb"authorization[\"'\]]{0,2}\s*[:=,]\s*\(?[brf]{0,2}[\"'`]?(?P<scheme>bearer|basic|token)[ ]+"
    rb"(?P<value>[a-z0-9._~+/=-]{16,500})(?![\w{$<%])"
)
_PAIR = re.compile(
    rb"(?:\bauth\s*=\s*\(|\bHTTPBasicAuth\(|\bBasicAuth\()\s*[^,()\n]{1,80},\s*[\"'](?P<value>[^\"'\s\\]{8,200})[\"']\s*\)"
)
_PAIRED = re.compile(rb"auth\s*=\s*\(")
"""A text without this and without `BasicAuth(` has no such pair, which takes longer to look for."""
_KEYWORD = re.compile(rb"p(?:assword|wd)(?<![\w-]password)(?<![\w-]pwd)\s?=\s?(?P<value>[^\s;\"'`&<>{}$()\[\]]{6,100})")
_KEYWORD_HOST = re.compile(
    rb"(?<![\w-])(?:host|hostaddr|server|data source|address)\s?=\s?(?:tcp:)?(?P<host>[\w.-]+)", re.I
)
_REACH = 200
"""Bytes on either side of a password in which the other parts of its connection string stand."""
_VARIABLE = re.compile(
    rb"^[ \t]*(?:-[ \t]+)?name:[ \t]*[\"']?(?P<name>[A-Za-z_]\w*)[\"']?[ \t]*\r?\n"
    rb"[ \t]*value:[ \t]*[\"']?(?P<value>[^\s\"'#{}$]{8,400})",
    re.M,
)
_TO_SERVERS: tuple[tuple[re.Pattern[bytes], re.Pattern[bytes]], ...] = (
    # PostgreSQL, "CREATE ROLE"; MySQL, "CREATE USER".
    *(
        (
            re.compile(said + rb"\s+'"),
            re.compile(rb"\b(?:role|user)\s[^;'\"]{1,200}?\b" + said + rb"\s+'(?P<value>[^'\s\\]{8,100})'", re.I),
        )
        for said in (rb"password", rb"identified\s+by")
    ),
    # GNU inetutils, "The .netrc file".
    (
        re.compile(rb"machine\s"),
        re.compile(rb"\bmachine\s+\S{1,100}\s+login\s+\S{1,100}\s+password\s+(?P<value>[^\s\"'$]{8,200})"),
    ),
    # curl(1), --user; mysql(1), --password; sshpass(1), -p.
    (
        re.compile(rb"curl"),
        re.compile(rb"\bcurl\b[^\n|;]{0,300}?\s(?:-u|--user)[ =]?[\"']?[^\s:\"'$]{1,80}:(?P<value>[^\s:\"'$]{8,100})"),
    ),
    (
        re.compile(rb"mysql"),
        re.compile(
            rb"\bmysql(?:dump|admin|import)?\b[^\n|;]{0,200}?\s(?:-p|--password=)[\"']?(?P<value>[^\s\"'$]{8,100})"
        ),
    ),
    (re.compile(rb"sshpass\s"), re.compile(rb"\bsshpass\s+-p\s*[\"']?(?P<value>[^\s\"'$]{8,100})")),
)
"""Passwords as they are told to a server, or to a program that tells one, each with a sign that its text holds."""
_BARE_KEY = re.compile(rb"key(?<![\w-]key)[\"']?\s*:\s*[\"'`](?P<value>[^\"'`\s]{16,400})[\"'`]")
_SECTION = re.compile(rb"(?P<name>[A-Za-z][\w-]{1,60})[\"']?\s*[:=]\s*\{[^{}]*\Z")
_SECTION_REACH = 400
"""Bytes before a bare `key` in which the name of the object stands that it is a part of."""
_AWS_CLI = re.compile(rb"\baws_secret_access_key[ \t\"']+(?P<value>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+])")


def in_headers(data: bytes, lowered: bytes) -> Iterator[Presented]:
    """Tokens and passwords of `Authorization` headers, and of the pairs that HTTP clients make them from."""
    for match in _HEADER.finditer(lowered) if b"uthorization" in data else ():
        value = data[match.start("value") : match.end("value")].decode("latin-1")
        if match["scheme"] == b"basic":
            if looks_secret(_password(value), "password"):
                yield Presented("password", match.start("value"), match.end("value"), "Authorization")
        elif not value.startswith("ey") and looks_secret(value, "token"):
            yield Presented("token", match.start("value"), match.end("value"), "Authorization")
    for match in _PAIR.finditer(data) if b"BasicAuth(" in data or _PAIRED.search(data) else ():
        if looks_secret(match["value"].decode("latin-1"), "password"):
            yield Presented("password", match.start("value"), match.end("value"), "auth")


def in_keywords(data: bytes, lowered: bytes) -> Iterator[Presented]:
    """Passwords of connection strings such as `host=db user=app password=…` and `Server=db;User Id=app;Password=…`."""
    for match in _KEYWORD.finditer(lowered):
        line = data.rfind(b"\n", 0, match.start()) + 1
        end = data.find(b"\n", match.end())
        before, after = max(line, match.start() - _REACH), match.end() + _REACH
        host = _KEYWORD_HOST.search(data, before, min(after, end if end >= 0 else after))
        if host is not None:
            yield Presented("password", *match.span("value"), host=host["host"].decode("latin-1"))


def in_pairs(data: bytes) -> Iterator[Presented]:
    """Values of `name: X` and `value: …` in YAML."""
    for match in _VARIABLE.finditer(data) if b"value:" in data and b"name:" in data else ():
        name = match["name"].decode("latin-1")
        kind = secret_kind(name)
        if kind and looks_secret(match["value"].decode("latin-1"), kind):
            yield Presented(kind, *match.span("value"), name=name)


def in_sections(data: bytes, lowered: bytes) -> Iterator[Presented]:
    """Values of a bare `key` whose object says what it opens: `"Jwt": {"Key": "…"}`."""
    for match in _BARE_KEY.finditer(lowered):
        section = _SECTION.search(data, max(0, match.start() - _SECTION_REACH), match.start())
        kind = secret_kind(f"{section['name'].decode('latin-1')}_key") if section is not None else ""
        value = data[match.start("value") : match.end("value")].decode("latin-1")
        if section is not None and kind and looks_secret(value, kind):
            yield Presented(kind, *match.span("value"), name=f"{section['name'].decode('latin-1')}_key")


def to_servers(data: bytes, lowered: bytes) -> Iterator[Presented]:
    """Passwords in SQL, `.netrc` and on command lines, and secret access keys that `aws configure set` is given."""
    for sign, pattern in _TO_SERVERS:
        for match in pattern.finditer(data) if sign.search(lowered) else ():
            if looks_secret(match["value"].decode("latin-1"), "password"):
                yield Presented("password", *match.span("value"), name="password")
    for match in _AWS_CLI.finditer(data) if b"aws_secret_access_key" in data else ():
        if not is_placeholder(match["value"].decode("latin-1")):
            yield Presented("access key", *match.span("value"), name="aws_secret_access_key")


def _password(basic: str) -> str:
    """The password in the base64 of `user:password`, `""` where it is none."""
    try:
        text = base64.b64decode(basic + "=" * (-len(basic) % 4), validate=True).decode()
    except (binascii.Error, ValueError):
        return ""
    return text.partition(":")[2]
