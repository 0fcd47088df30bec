"""A part of a file cannot be read, so nothing in it was reviewed.

A parser gives up at a syntax that it does not know, at bytes in another encoding, at nesting that no person wrote. The
rest of the file is reviewed as far as it can be read, and the other files are not concerned; but silence about the
unreadable part is not a clean review. It is said once a file, with the parser's words.

Of a merge that nobody finished one version is reviewed, the first that says anything: the other is there twice.

What another parser may well accept is no mistake: TypeScript that our grammar does not know, SQL that nothing says to
be PostgreSQL's. A file that is broken on purpose, such as the fixture of a test, can be left out with `exclude` in the
configuration.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import PurePosixPath

from ...facts import sql
from ...facts.file import Problem, Side
from ...facts.sql import Statement
from ...finding import Confidence, Finding, Severity
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="high",
    since="0.1.0",
    languages=("python", "typescript", "sql", "settings"),
    strictly="TypeScript and JavaScript, whose own parser is not at hand; SQL in a folder of which neither its name nor "
    "its other statements say that it is for PostgreSQL; and, as notes, templates and those of tests.",
    limits="Parsers that recover silently from a mistake say nothing of it.",
)

REMARK = (
    "I cannot sign off what I cannot read, and neither can whoever runs it: line {line} stops the parser. "
    "Everything after it may be missing from this review."
)

_PLACEHOLDER = 'near "{"'
"""Where the parser of SQL stops at what somebody or something has yet to fill in: `{{AMOUNT}}`, `{schema}`."""

ON_PURPOSE = frozenset({Side.TEST})
"""Where an unreadable file is more often a fixture than a mistake."""

_TEMPLATE = re.compile(r"(?:^|/)(?:[\w.-]*templates?|[^/]*\{\{[^/]*)/")
"""Folders of files that something else fills in before anybody reads them as code."""

_POSTGRES = re.compile(r"(?:^|[/._-])(?:postgres(?:ql)?|pg|psql|supabase)(?=[/._-])", re.IGNORECASE)
_OF_POSTGRES = (sql.CreateExtension, sql.CreatePolicy, sql.Do, sql.AddValue, sql.Publication)
"""What PostgreSQL alone has."""

UNCONFIRMED = frozenset({"typescript", "tsx"})
"""Languages whose own parser is not at hand: what our grammar does not know may still be correct."""


def check(project: Project) -> Iterator[Finding]:
    problems: dict[str, list[Problem]] = defaultdict(list)
    for problem in project.facts(Problem):
        if not problem.timed_out:
            problems[problem.at.path].append(problem)
    others_write = {PurePosixPath(path).parent for path in _of_another_database(project)} if problems else set()
    for path, found in problems.items():
        language = project.files[path].language
        if language == "sql" and PurePosixPath(path).parent in others_write:
            continue
        aside = project.side(path) in ON_PURPOSE or _TEMPLATE.search(path) is not None
        aside = aside or (language == "sql" and _PLACEHOLDER in found[0].reason)
        conflict = "<<<<<<<" in found[0].reason
        other = not (conflict if language in UNCONFIRMED else language != "sql" or _is_of_postgres(project, path))
        first = found[0]
        others = "" if len(found) == 1 else f", and {len(found) - 1} more in this file"
        others = "; one of them is reviewed" if conflict else others
        stops = (
            f"Our grammar of TypeScript stops at line {first.at.line}, which a compiler may accept"
            if language in UNCONFIRMED
            else f"Line {first.at.line} cannot be read as {_language(project, path)}"
        )
        mend = (
            f"Choose one of the versions from line {first.at.line} on, and take the markers out."
            if conflict
            else f'Correct line {first.at.line}, or leave the file out: exclude = ["{path}"] in reviewlint.toml.'
        )
        yield Finding(
            first.at,
            evidence=f"{stops}: {first.reason}{others}.",
            remedy=mend,
            severity=Severity.NOTE if aside else None,
            strict=aside or other,
            confidence=Confidence.MEDIUM if language in UNCONFIRMED else None,
            slots={"line": str(first.at.line), "path": path},
        )


def _of_another_database(project: Project) -> Iterator[str]:
    """The SQL files that are in the words of another database than PostgreSQL: so are those beside them."""
    for statement in project.facts(Statement):
        if statement.dialect not in ("postgres", "psql"):
            yield statement.at.path


def _is_of_postgres(project: Project, path: str) -> bool:
    """Whether a file is for PostgreSQL by its path, or by what other statements in its folder do."""
    return _POSTGRES.search(path) is not None or path.rpartition("/")[0] in project.view(_folders_of_postgres)


def _folders_of_postgres(project: Project) -> frozenset[str]:
    """The view: the folders in which a statement does what PostgreSQL alone can."""
    statements = project.facts(Statement)
    return frozenset(one.at.path.rpartition("/")[0] for one in statements if isinstance(one.action, _OF_POSTGRES))


def _language(project: Project, path: str) -> str:
    names = {"python": "Python", "typescript": "TypeScript", "tsx": "TypeScript", "sql": "SQL", "env": "a .env file"}
    language = project.files[path].language
    return names.get(language, language.upper() if language != "text" else "text")


EXAMPLES = [
    """
=== app/orders.py
import logging


def total(items)  # <-- the colon is missing
    return sum(item.price for item in items)


def count(items):
    return len(items)
""",
    """
=== src/orders.ts
export function total(items: Item[]) {
  return items.reduce((sum, item => sum + item.price, 0);  // <-- strict: a bracket is missing
}
""",
    """
=== supabase/migrations/20260101000000_orders.sql
create table orders (id bigint primary key);
create tabel order_lines (id bigint primary key);  -- <-- the first statement is read all the same
""",
    """
=== app/orders.py
def total(items):
    return sum(item.price for item in items)
=== db/setup.sql
CREATE DATABASE IF NOT EXISTS shop;
CREATE USER IF NOT EXISTS 'shop'@'%' IDENTIFIED BY 'shop';
=== db/drizzle/0001_assets.sql
CREATE TABLE `assets_new` (`id` text PRIMARY KEY NOT NULL);
ALTER TABLE `assets` ALTER COLUMN "email" TO "email" text;
=== db/queries/orders.sql
select id from orders where id = %(order_id)s and made <= %(before)s;
=== db/queries/lines.sql
UPDATE order_lines SET made = ?, state = ? WHERE id = ?;
INSERT INTO order_lines (id, state) VALUES (?, 'new') ON DUPLICATE KEY UPDATE state = 'again';
SELECT l.`limit`, l.id FROM order_lines l WHERE l.id IN (SELECT JSON_ARRAYAGG(JSON_OBJECT('id', x.`id`)) FROM x);
=== db/queries/gone.sql
DELETE l, o FROM order_lines l JOIN orders o ON o.id = l.order_id WHERE o.id = 1;
=== db/cluster/0001_places.sql
CREATE TYPE IF NOT EXISTS place AS ENUM ('eu', 'us');
CREATE TABLE IF NOT EXISTS store (filename STRING(255) NOT NULL);
=== db/lake/trips.sql
CREATE TABLE dbo.trips ([begun] DATETIME2(0), [driver] bigint);
=== db/lake/load.sql
COPY INTO dbo.trips FROM 'https://example.com/trips.csv' WITH (FILE_TYPE = 'CSV', FIRSTROW = 2);
=== db/d1/0001_user.sql
CREATE TABLE user (id TEXT PRIMARY KEY);
=== src/orders.ts
export const total = (items: Item[]): number => items.reduce((sum, item) => sum + item.price, 0);
=== supabase/migrations/20260101000000_orders.sql
create table orders (id bigint primary key);
""",
    """
=== src/orders.ts
export const total = 1;
<<<<<<< HEAD // <-- nobody's grammar has that
export const count = 1;
=======
export const count = 2;
>>>>>>> main
=== src/lines.py
def total(items):
<<<<<<< HEAD  # <-- the other version is not looked at
    return sum(item.price for item in items)
||||||| base
    return sum(items)
=======
    return math.fsum(item.price for item in items)
>>>>>>> main
=== db/shop.sql
create tabel orders (id bigint primary key); -- <-- strict: of whatever database it is
=== db/postgres/shop.sql
create tabel orders (id bigint primary key); -- <-- of PostgreSQL, as its folder says
""",
    """
=== template/package.json
{ "name": {{ name }} } // <-- strict: this is no JSON before it is filled in
""",
    """
=== package.json
{
  "name": "shop"
  "private": true // <-- a comma is missing before it
}
""",
    """
=== supabase/checks/paid.sql
-- Replace the placeholders first.
select public.mark_paid('{{ENTRY}}'::uuid, {{AMOUNT}}); -- <-- strict: to be filled in
=== .env.example
# Set these where the service is started.
DATABASE_URL
SMTP_PASSWORD  # of the relay
=== deploy/.env
HOST=mail
a line of something else  # <-- no name, no value
=== setup/mail.env
HOST=mail
{% if ipv6 %}
SUBNET6={{ subnet6 }}
{% endif %}
""",
]
