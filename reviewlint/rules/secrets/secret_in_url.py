"""A password or a key stands inside a URL.

URLs are copied into log lines, error messages, monitoring, shell histories, proxies and `Referer` headers, and none of
these knows that a part of them is secret. So a password in a connection string leaks with the first exception that
prints it, and a key in a query string with the first request.

Hosts that only exist on the developer's machine or inside a compose network are silent, and so are placeholders and
parts that are filled in from elsewhere. What stands in tests, templates and documents is made up as a rule.
"""

from collections.abc import Iterator

from ...credentials.scan import ONE_TIME
from ...facts.file import Side
from ...facts.secrets import Secret
from ...finding import Confidence, Finding, Severity
from ...join.secrets import for_development, is_template, spoken
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="error",
    confidence="high",
    since="0.1.0",
    languages=("text", "python", "typescript", "sql", "settings"),
    found_at=("Secret",),
    asked_by="F E",
    security="7.5",
    strictly="passwords in documents and in what is only for development, what stands in comments, what is only called "
    "`key`, as widgets and maps call what is made for pages, and links that are followed once, as to confirm an address.",
    limits="Passwords without a digit are taken for placeholders.",
)


def check(project: Project) -> Iterator[Finding]:
    for secret in project.facts(Secret):
        path = secret.at.path
        if secret.how != "url" or is_template(path) or project.side(path) is Side.TEST:
            continue
        development = for_development(project, path)
        query = secret.name != ""
        if query and development:
            continue
        kind = secret.kind.removesuffix(" in a URL")
        where = f"the query parameter `{secret.name}`" if query else f"the address of {secret.host}"
        yield Finding(
            secret.at,
            f"A {kind} ({spoken(secret)}) is part of {where}.",
            remedy=_remedy(kind, query=query),
            severity=Severity.WARNING if development else None,
            strict=development
            or secret.commented
            or secret.excused
            or secret.name.lower() == "key"
            or kind == ONE_TIME,
            confidence=Confidence.MEDIUM if query else None,
            slots={"what": kind, "where": where},
        )


def _remedy(kind: str, *, query: bool) -> str:
    if kind == ONE_TIME:
        return (
            "Take the link out of the file. Where nobody has followed it yet, send another: that makes this one void."
        )
    if query:
        return "Send it in a header (`Authorization: Bearer …`), read from the environment; revoke this one."
    return "Read the whole address, or its password, from the environment; change this password."


REMARK = (
    "A URL is the one string that everything logs, and this one carries a {what}. "
    "Change it, and keep the next one out of addresses altogether."
)

EXAMPLES = [
    """
=== app/db.py
import os

engine = create_engine("postgresql://app:kX82hqLm@db.acme.io:5432/app")  # <-- a password
cache = Redis.from_url("redis://:kX82hqLm@cache.acme.io:6379")  # <-- without a user
local = create_engine("postgresql://app:kX82hqLm@localhost:5432/app")
compose = create_engine("postgresql://app:kX82hqLm@db:5432/app")
filled = create_engine(f"postgresql://app:{os.environ['PASSWORD']}@db.acme.io/app")
=== src/rates.ts
const url = "https://api.acme.io/v1/rates?api_key=9fQ2kLm81ZxRt7vB3nYw" // <-- a key in the query string
const chat = "https://widgets.acme.io/chat?key=9fQ2kLm81ZxRt7vB3nYw" // <-- strict: perhaps made for pages
const link = "https://abc.supabase.co/auth/v1/verify?token=7fQ2kLm81ZxRt7vB3nYw&type=signup" // <-- strict: followed once
const sent = "https://acme.io/confirm-email?lang=en&token=7fQ2kLm81ZxRt7vB3nYw" // <-- strict: the same
const feed = "https://api.acme.io/v1/feed?token=9fQ2kLm81ZxRt7vB3nYw" // <-- a token for each request
const page = "https://api.acme.io/v1/rates?page_token=9fQ2kLm81ZxRt7vB3nYw"
const mine = `https://api.acme.io/v1/rates?api_key=${process.env.KEY}`
=== deploy/values.yaml
  DATABASE_URL: postgres://app:kX82hqLm@db.acme.io:5432/app # <-- unquoted
""",
    """
=== .env.example
DATABASE_URL=postgresql://postgres:[YOUR-PASSWORD]@db.abc.supabase.co:5432/postgres
=== README.md
Clone `https://user:password@git.acme.io/shop.git`, or set `postgres://USER:PASS1234@HOST/db`.
Mail goes by `smtps://ann%40example.com:12%403424xkq@smtp.acme.io:465/`.
=== src/db.ts
export const pool = new Pool({ connectionString: "postgres://postgres:postgres@127.0.0.1:5432/postgres" })
export const git = "https://oauth2:${TOKEN}@git.acme.io/shop.git"
""",
    """
=== supabase/migrations/20240101000000_remote.sql
select dblink_connect('postgresql://app:kX82hqLm@db.acme.io:5432/app'); -- <-- a password
=== config/production.toml
database_url = "postgresql://app:kX82hqLm@db.acme.io:5432/app" # <-- a password
""",
]
