"""A placeholder stands inside quotes, where it is text and no placeholder.

`WHERE name = '?'` compares the name with a question mark. Some drivers then complain about the number of parameters,
some put the value in with quotes of its own inside the quotes (`''O'Brien''`), and some find no rows for ever after. The
driver quotes a bound value itself: the quotes around the placeholder have to go.
"""

import re
from collections.abc import Iterator

from ...facts.data import Query
from ...facts.values import Constant, Items, Record, Text, Value, options, rendered
from ...finding import Finding, Rewrite
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="error",
    confidence="high",
    since="0.1.0",
    languages=("python", "typescript"),
    found_at=("Query",),
    asked_by="E S",
    limits="Only calls that bind values are judged, and only placeholders of the driver's own kind, or the text's only kind "
    "where the driver is not known.",
)

_QUOTED = {
    "%s": re.compile(r"'(?:%%)?(%s|%\(\w+\)s)(?:%%)?'"),
    "?": re.compile(r"'%?(\?)%?'"),
    "$1": re.compile(r"'%?(\$\d+)%?'"),
    ":name": re.compile(r"'%?(:[A-Za-z_]\w*)%?'"),
}
_BARE = {"%s": re.compile(r"(?<!%)%s"), "?": re.compile(r"(?<!\?)\?(?!\?)"), "$1": re.compile(r"\$\d+")}
_LITERAL = re.compile(r"'[^']*'")
_UNIT = re.compile(r"\s*(second|minute|hour|day|week|month|year)s?\s*", re.IGNORECASE)
_COLON = re.compile(r"(?<![:\w]):[A-Za-z_]")


def check(project: Project) -> Iterator[Finding]:
    for query in project.facts(Query):
        if not _binds(query.parameters):
            continue
        for option in options(query.text):
            text = rendered(option, "{}") if isinstance(option, Constant | Text) else ""
            found = _quoted(query, text)
            if found is None:
                continue
            before, placeholder, after = found
            quoted = f"'{before}{placeholder}{after}'"
            right = " || ".join(
                part for part in (before and f"'{before}'", placeholder, after and f"'{after}'") if part
            )
            yield Finding(
                query.at,
                f"`{quoted}` in the SQL of `{query.call}` is a text that reads {placeholder}, no place for a bound value.",
                f"Write `{right}` without the quotes around the placeholder; the driver quotes the value.",
                slots={"placeholder": placeholder, "quoted": quoted, "call": query.call},
                rewrite=Rewrite("unquote_placeholders", query) if quoted == f"'{placeholder}'" else None,
            )
            break


def _quoted(query: Query, text: str) -> tuple[str, str, str] | None:
    """The placeholder that stands in a literal, with what stands there before and behind it.

    Amid other text it is one where the values are more than the placeholders outside: one of them has no other place.
    """
    style = query.paramstyle or _only_style(text)
    pattern = _QUOTED.get(style)
    found = pattern.search(text) if pattern is not None else None
    if found is not None and not (_is_meant(query, text) or _is_bound_elsewhere(query, found[1])):
        return text[found.start() + 1 : found.start(1)], found[1], text[found.end(1) : found.end() - 1]
    given, bare = query.parameters, _BARE.get(style)
    if bare is None or not isinstance(given, Items) or given.open or _count(text, style) >= len(given.items):
        return None
    for literal in _LITERAL.finditer(text):
        inside = bare.search(literal[0])
        # Drivers that put values into the text by themselves make '5 days' of '%s days', and '[5]' of '[?]'.
        if inside is not None and (style == "$1" or (style == "%s" and "%%" in literal[0])):
            return literal[0][1 : inside.start()], inside[0], literal[0][inside.end() : -1]
    return None


def _unquoted(before: str, placeholder: str, after: str) -> str:
    """How to write a literal with a bound value in it: a length of time is multiplied, a text put together."""
    unit = _UNIT.fullmatch(after)
    if unit is not None and not before.strip():
        return f"{placeholder} * interval '1 {unit[1]}'"
    return " || ".join(part for part in (before and f"'{before}'", placeholder, after and f"'{after}'") if part)


def _count(text: str, style: str) -> int:
    """How many placeholders stand outside of literals; numbered ones count once."""
    outside = _BARE[style].findall(_LITERAL.sub("", text))
    return len(set(outside)) if style == "$1" else len(outside)


def _only_style(text: str) -> str:
    """The style of the quoted placeholders of a text that has no others, where the driver is not known; `""` for others."""
    outside = _LITERAL.sub("''", text)
    bare = any(pattern.search(outside) for pattern in _BARE.values()) or "%(" in outside or _COLON.search(outside)
    styles = [style for style in ("%s", "?", "$1") if _QUOTED[style].search(text)]
    return styles[0] if len(styles) == 1 and not bare else ""


def _binds(parameters: Value | None) -> bool:
    """Whether values are bound at all."""
    match parameters:
        case None | Constant():
            return False
        case Items(items=items, open=more):
            return bool(items) or more
        case Record(entries=entries, open=more):
            return bool(entries) or more
    return True


def _is_meant(query: Query, text: str) -> bool:
    """Whether the values are as many as the placeholders outside of quotes: the quoted one is meant as text."""
    given = query.parameters
    if query.paramstyle not in _BARE or not isinstance(given, Items) or given.open:
        return False
    return _count(text, query.paramstyle) == len(given.items)


def _is_bound_elsewhere(query: Query, placeholder: str) -> bool:
    """Whether a named placeholder is none of the names that are bound."""
    names = query.parameters.keys if isinstance(query.parameters, Record) and not query.parameters.open else None
    return query.paramstyle == ":name" and names is not None and placeholder[1:] not in names


REMARK = (
    "`{quoted}` asks the database for rows that hold the characters {placeholder}. "
    "The value you bind beside it goes nowhere, or goes in twice quoted: take the quotes off."
)

EXAMPLES = [
    """
=== shop/names.py
def find(cursor, name):
    cursor.execute("SELECT id FROM users WHERE name = '%s'", (name,))  # <-- the text's only placeholder
    cursor.execute("SELECT id FROM users WHERE name LIKE '%(name)s'", {"name": name})  # <-- the same by name
    cursor.execute("SELECT id FROM users WHERE name = ? AND motto = 'why?'", (name,))
    cursor.execute("SELECT id FROM users WHERE motto = '?' AND name = :name", {"name": name})
""",
    """
=== shop/users.py
import sqlite3
import psycopg2
from sqlalchemy import text

connection = sqlite3.connect("shop.db")


def find(name, cursor, session):
    connection.execute("SELECT id FROM users WHERE name = '?'", (name,))  # <-- compares with a question mark
    connection.execute("SELECT id FROM users WHERE name = ?", (name,))
    connection.execute("SELECT id FROM users WHERE name = '?' AND mail = ?", (name,))
    connection.execute("SELECT id FROM users WHERE name = '?'")
    session.execute(text("SELECT id FROM users WHERE name = ':name'"), {"name": name})  # <-- a text that begins with a colon
    session.execute(text("SELECT id FROM users WHERE at = '10:30' AND name = :name"), {"name": name})


def search(term):
    cursor = psycopg2.connect("dbname=shop").cursor()
    cursor.execute("SELECT id FROM users WHERE name = '%s'", (term,))  # <-- psycopg quotes it once more
    cursor.execute("SELECT id FROM users WHERE name LIKE '%%%s%%'", (term,))  # <-- quotes inside of quotes
    cursor.execute("SELECT id FROM users WHERE name LIKE '%%' || %s || '%%'", (term,))
    cursor.execute("SELECT id FROM users WHERE mail LIKE '%%@%s'", [term])  # <-- amid other text
    cursor.execute("SELECT id, 'like %%s' FROM users WHERE mail = %s", [term])
    cursor.execute("SELECT id FROM users WHERE seen > now() - interval '%s days'", [30])
""",
    """
=== src/users.ts
import { Pool } from "pg";

const pool = new Pool();

export async function find(name: string) {
  await pool.query("SELECT id FROM users WHERE name = '$1'", [name]); // <-- compares with a dollar and a one
  await pool.query("SELECT id FROM users WHERE name = $1", [name]);
  await pool.query("SELECT id, 'costs $1' FROM users WHERE name = $1", [name]);
  await pool.query("SELECT id FROM users WHERE seen > now() - interval '$1 days'", [name]); // <-- amid other text
  await pool.query("SELECT id, 'costs $2' FROM users WHERE name = $1", [name]);
}
""",
    """
=== src/plain.ts
import { Pool } from "pg";

export const all = (pool: Pool) => pool.query("SELECT '$1' AS sample FROM users");
""",
]
