"""SQL text is put together from values instead of binding them.

A driver that is given one text cannot tell the command from the data in it. Whoever controls the data then decides
what the database runs: `' OR 1=1 --` in a search box reads every row, and a name such as O'Brien is enough to break
the page. Bound parameters travel beside the text, so their content never matters; they also let the database reuse
its plan.

The rule asks whether the text is constant when it reaches the driver. Local variables, branches, loops, helpers,
constants of other modules and values tested against a fixed set are followed. Where outside input reaches the text the
finding is an error and shows the way that it took, through the functions of other files too; where only the program
itself seems to fill the hole it is a warning, because the next caller may not be so careful. Names of tables and columns
cannot be bound: choose them from a fixed list, or quote them with the driver's own helper. Where nothing but such names
or pieces of SQL are spliced in, and no request is seen to choose them, nearly always the program itself does: that is a
note for those who ask for everything.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ...facts.data import Query
from ...facts.file import Side
from ...facts.flows import Flow
from ...facts.location import Location, Related
from ...facts.tests import TestCase
from ...facts.values import Choice, Constant, Parameter, Text, Value, named, options
from ...finding import Confidence, Finding, Rewrite, Severity
from ...join.binding import remedy
from ...join.commands import by_hand, moves_once
from ...join.holes import defines
from ...join.origins import COMMAND_LINE, ENVIRONMENT, REQUEST, TERMINAL
from ...join.runners import queries
from ...join.splices import Splice, Splices, splices
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="high",
    since="0.1.0",
    languages=("python", "typescript"),
    found_at=("HandedQuery", "Query"),
    asked_by="F E A S",
    data_flow="interpolated-query",
    strictly="names and pieces of SQL that no request is seen to choose, what an object holds that is no row, SQL that "
    "somebody types at a command line, and what scripts and helpers of tests put into "
    "their own queries, but for texts that a script is given, as notes.",
    security="9.1",
    limits="A text that another function made as a whole is only judged where that function is known, or where outside "
    "input is seen to reach it. Values that a class computes and hands on through attributes are not followed.",
)

_OWN = frozenset({ENVIRONMENT, COMMAND_LINE, TERMINAL})
"""Where what comes from outside was put in by whoever runs the program."""
_OWNED = frozenset({Side.SCRIPT, Side.TEST})
"""Where whoever runs the code owns the database that it asks, and writes its queries."""
_CLAUSE = re.compile(
    r"\b(?:select|insert|update|delete|from|where|join|set|values|create|drop|alter|truncate|order\s+by|group\s+by|limit"
    r"|with|union|and|or|returning|call|exec|execute|grant|revoke|like|in|use|show|describe|explain|pragma|replace|merge)\b"
    r"|\w\s*(?:=|<|>|<>|!=|<=|>=)\s*'",
    re.IGNORECASE,
)
_OF_ENVIRONMENT = re.compile(r"process\.env|os\.(?:environ|getenv)|Deno\.env|import\.meta\.env")
_SET_UP = re.compile(
    r"^(?:self|this)\.#?_?\w*(?:options|config|settings)\.|(?:^|\.)(?:config|settings)\.|\.host_?name$", re.IGNORECASE
)
"""What whoever set the program up told it, the name of its own host among it."""
_OWN_STATE = re.compile(r"(?:self|this)\.[\w.]+(?:\.get\([^()]*\))?(?:\[[^\[\]]*\])*$")
"""What an object holds, which its constructor may have checked, and which mostly is how it was set up."""
_KEY = re.compile(r"(?:\.|\w_|[a-z](?=[IUP]))(?:id|pk|uuid|Id|ID|Pk|PK|Uuid|UUID)$")
"""What the key of a row is called: a number, where it stands without quotes."""
_COMPARED = re.compile(
    r"(?:[=<>~]|\b(?:i?like|between)|\b(?:in|values|any|all)\s*\((?:[^()]|\([^()]*\))*)\s*\(*\"?$", re.IGNORECASE
)
"""What stands before something that is compared with, or stored in, a column."""
_NAME = re.compile(
    r"(?:^|[._]|(?<=[a-z])(?=[A-Z]))(?:[tT]able|[cC]olumn|(?:[cC]ol|[fF]ield|[sS]chema)(?=_?[nNrRiI]))(?:_?(?:[nN]ame|[rR]ef|[iI]dent\w*))?$"
)
"""What is called after the table or the column that it names, wherever in an expression it stands."""
_ASKED = re.compile(
    r"(?:\b(?:(?:table|column|schema)_(?:name|schema)|(?:dat|nsp|rel|rol|con|att|use|pro|typ|col|ext)name|(?:table|schema|index|trigger)name)\s*="
    r"|\b(?:setval|nextval|currval|to_regclass|pg_(?:total_)?relation_size|pg_get_serial_sequence)\("
    r"|\bpg_get_serial_sequence\('[^']*',)\s*'\"?$",
    re.I,
)
_CAST = re.compile(r"[^']*'::reg")
"""What stands around a name that the database's own catalogue is asked for."""
_HOW = {
    "f-string": "an f-string",
    "%": "the `%` operator",
    ".format()": "`.format()`",
    "+": "`+`",
    "+=": "`+=`",
    "join": "`join`",
    "template literal": "a template literal",
    "replace": "`replace`",
}


def suspects(project: Project) -> Iterator[str]:
    """Files with a query whose text outside input might reach."""
    view = project.view(splices)
    for query in project.view(queries):
        if project.side(query.at.path) is not Side.MIGRATION and view.may_be_reached(query):
            yield query.at.path


def check(project: Project) -> Iterator[Finding]:
    view = project.view(splices)
    direct = {id(query) for query in project.facts(Query)}
    flows: dict[str, list[Flow]] = defaultdict(list)
    for flow in project.flows or ():
        if flow.check == META.data_flow:
            flows[flow.at.path].append(flow)
    cases = {case.at.path for case in project.facts(TestCase)}
    for query in project.view(queries):
        side = project.side(query.at.path)
        found = view.of(query)
        if side is Side.MIGRATION or moves_once(query.at.path) or (not query.certain and not _reads_as_sql(query.text)):
            continue
        reaching = next((flow for flow in flows[query.at.path] if _ends_in(flow, query)), None)
        origin = next((splice.origin for splice in found if splice.origin), "") or view.origin_of_whole(query)
        if side is Side.TEST and query.at.path in cases and origin != REQUEST:
            continue
        if found:
            judged = _judged(query, found, reaching, origin, view)
            if id(query) in direct and all(splice.kind == "value" for splice in found):
                judged = replace(judged, rewrite=Rewrite("bind_values", query))
            owned = side in _OWNED or by_hand(project, query.at.path, query.function)
            if owned and (judged.severity is not Severity.ERROR or origin in _OWN):
                told = side is not Side.TEST and any(map(_is_given_text, found))
                judged = replace(judged, severity=Severity.NOTE, confidence=Confidence.LOW, strict=not told)
            yield judged
        elif view.is_handed_on(query) and (reaching is not None or origin):
            judged = _handed_on(query, reaching, origin)
            if reaching is None and origin in (COMMAND_LINE, TERMINAL):  # who has the database's password, too
                judged = replace(judged, severity=Severity.NOTE, confidence=Confidence.LOW, strict=True)
            yield judged


def _judged(query: Query, found: tuple[Splice, ...], flow: Flow | None, origin: str, view: Splices) -> Finding:
    """The finding about what is spliced in: who chooses it, and whether it could be bound, say how bad that is."""
    bound = tuple(splice for splice in found if _is_meant_as_value(splice) and not _is_own_state(splice, query, view))
    foreign = [splice for splice in found if splice.origin]
    is_set_up = flow is not None and _OF_ENVIRONMENT.match(flow.source) is not None
    if any(splice.origin == REQUEST or splice in bound for splice in foreign) or (
        flow is not None and not foreign and (bound or not is_set_up)
    ):
        return _error(query, found, flow, origin, view)
    return _warning(query, bound, view) if bound else _note(query, found, view)


def _is_meant_as_value(splice: Splice) -> bool:
    """Whether a splice is certainly a value that could be bound: in quotes, or a parameter that something is compared with.

    What stands bare and comes from anywhere else in the program is a number, or SQL does not take it; so are the entries
    of a list that are joined without quotes.
    """
    if splice.kind != "value" or _is_name(splice):
        return False
    name = named(splice.value)
    if not splice.origin and (defines(splice.before) or _SET_UP.search(name)):
        return False
    if not (splice.origin or splice.is_quoted) and "." in name and _KEY.search(name):
        return False
    given = isinstance(splice.value, Parameter) and splice.value.path != "[]" and not named(splice.value).isupper()
    return splice.is_quoted or bool(splice.origin) or (given and _COMPARED.search(splice.before) is not None)


def _is_own_state(splice: Splice, query: Query, view: Splices) -> bool:
    """Whether a splice is what an object holds that is no row of a table, and no outsider is known to have put there."""
    return not splice.origin and _OWN_STATE.match(named(splice.value)) is not None and not view.is_of_row(query)


def _is_given_text(splice: Splice) -> bool:
    """Whether a splice is certainly text that whoever runs or calls the code gives, and no name of a table or column.

    What a script reads, makes up or is set up with stands in quotes, too, and mostly is its own.
    """
    is_given = splice.origin not in ("", ENVIRONMENT) or isinstance(splice.value, Parameter)
    if not (splice.is_quoted and is_given and _is_meant_as_value(splice)):
        return False
    return _NAME.search(named(splice.value)) is None


def _is_name(splice: Splice) -> bool:
    """Whether a splice names a table or a column, by where it stands or by what it is called."""
    if splice.is_quoted:
        return _ASKED.search(splice.before) is not None or _CAST.match(splice.after) is not None
    return splice.kind == "identifier" or _NAME.search(named(splice.value)) is not None


def _error(query: Query, found: tuple[Splice, ...], flow: Flow | None, origin: str, view: Splices) -> Finding:
    outside = [splice for splice in found if splice.origin] or list(found)
    one = len(_names(outside, view)) == 1
    into = f"part of the SQL text that `{query.call}` runs"
    if flow is not None and not origin:
        what = f"`{flow.source}` (line {flow.trace[0].at.line}) comes from outside and becomes {into}"
    else:
        come, become = ("comes", "becomes") if one else ("come", "become")
        what = f"{_listed(outside, view)} {come} from {origin} and {become} {into}"
    return Finding(
        query.at,
        f"{what}{_put_together(query)}.{_path(query)}",
        remedy(query, found, view),
        flow.trace if flow is not None else (*_ways(outside), *_steps(query)),
        slots=_slots(query, outside, view),
        severity=Severity.ERROR,
        confidence=Confidence.HIGH if query.certain else Confidence.MEDIUM,
    )


def _warning(query: Query, found: tuple[Splice, ...], view: Splices) -> Finding:
    become = "becomes" if len(_names(found, view)) == 1 else "become"
    return Finding(
        query.at,
        f"{_listed(found, view)} {become} part of the SQL text that `{query.call}` runs"
        f"{_put_together(query)}.{_path(query)}",
        remedy(query, found, view),
        _steps(query),
        slots=_slots(query, found, view),
        confidence=Confidence.MEDIUM if query.certain else Confidence.LOW,
    )


def _note(query: Query, found: tuple[Splice, ...], view: Splices) -> Finding:
    names = tuple(splice for splice in found if _is_name(splice))
    told = names or found
    several = len(_names(told, view)) > 1
    what = "name something" if several else "names something"
    if not names:
        what = "are SQL of their own" if several else "is SQL of its own"
    return Finding(
        query.at,
        f"{_listed(told, view)} {what} in the text that `{query.call}` runs{_put_together(query)}, and who chooses "
        f"{'them' if several else 'it'} is not seen.{_path(query)}",
        remedy(query, told, view),
        _steps(query),
        slots={"names" if names else "pieces": _listed(told, view), "call": query.call, "line": str(query.at.line)},
        severity=Severity.NOTE,
        confidence=Confidence.LOW,
        strict=True,
    )


def _handed_on(query: Query, flow: Flow | None, origin: str) -> Finding:
    source = f"`{flow.source}` (line {flow.trace[0].at.line})" if flow is not None else f"Text from {origin}"
    return Finding(
        query.at,
        f"{source} reaches `{query.call}` as the SQL text itself.",
        "Run statements that the program wrote; take only values from outside, as bound parameters.",
        flow.trace if flow is not None else (),
        slots={"values": flow.source if flow is not None else origin, "call": query.call, "line": str(query.at.line)},
        severity=Severity.ERROR,
        confidence=Confidence.MEDIUM,
    )


def _reads_as_sql(text: Value) -> bool:
    return any(_CLAUSE.search(constant) for constant in _constants(text))


def _constants(value: Value) -> Iterator[str]:
    match value:
        case Constant(value=str() as constant):
            yield constant
        case Text(parts=inner) | Choice(options=inner):
            for part in inner:
                yield from _constants(part)


def _ends_in(flow: Flow, query: Query) -> bool:
    """Whether a flow's sink is this query: its call, or a place where its text was written."""
    return query.at.holds(flow.at) or any(place.holds(flow.at) or flow.at.holds(place) for place in _places(query.text))


def _places(value: Value) -> Iterator[Location]:
    """Where the pieces of a text are written."""
    match value:
        case Text(parts=parts):
            for part in parts:
                yield from _places(part)
        case Choice(options=several):
            for option in several:
                yield from _places(option)
        case Constant(value=str() as constant) if constant:
            yield value.at


# In words


def _names(found: Sequence[Splice], view: Splices) -> list[str]:
    return list(dict.fromkeys(f"`{view.spelled(splice.value)}`" for splice in found))


def _listed(found: Sequence[Splice], view: Splices) -> str:
    names = _names(found, view)
    if len(names) > 4:
        names = [*names[:3], f"{len(names) - 3} more values"]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _put_together(query: Query) -> str:
    text = next((option for option in options(query.text) if isinstance(option, Text)), None)
    return f", put together by {_HOW.get(text.how, f'`{text.how}`')}" if text is not None else ""


def _lines(query: Query) -> list[Location]:
    """Where the text is built, one place a line, in order, before the call that runs it."""
    first: dict[int, Location] = {}
    for place in sorted(_places(query.text)):
        if place.path == query.at.path and place.line < query.at.line:
            first.setdefault(place.line, place)
    return list(first.values())


def _path(query: Query) -> str:
    """` Built on line 12, extended on line 15, executed on line 21.`"""
    lines = [str(place.line) for place in _lines(query)]
    if not lines:
        return ""
    steps = [f"Built on line {lines[0]}"]
    if lines[1:]:
        several = f"{', '.join(lines[1:-1])} and {lines[-1]}" if lines[2:] else lines[1]
        steps.append(f"extended on line{'s' if lines[2:] else ''} {several}")
    return f" {', '.join(steps)}, executed on line {query.at.line}."


def _steps(query: Query) -> tuple[Related, ...]:
    places = _lines(query)
    notes = ["the text is built here", *["and extended here"] * (len(places) - 1)]
    return tuple(Related(place, note) for place, note in zip(places, notes, strict=False))


def _ways(found: Sequence[Splice]) -> tuple[Related, ...]:
    return tuple(dict.fromkeys(step for splice in found for step in splice.way))


def _slots(query: Query, found: Sequence[Splice], view: Splices) -> dict[str, str]:
    return {"values": _listed(found, view), "call": query.call, "line": str(query.at.line)}


REMARK = (
    "The database cannot tell {values} from the command around it once both are one text. "
    "Bind the value; where it names a table or a column, choose the name from a fixed list.",
    "An identifier such as {names} cannot be bound. Choose it from a fixed set, or quote it with the driver's helper.",
    "Nothing can be bound in the place of {pieces}. Keep such pieces constant, and hand their values on beside them.",
)

EXAMPLES = [
    """
=== src/base.ts
import { Pool } from "pg";

export abstract class Base {
  constructor(protected readonly pool: Pool) {}

  protected rows(text: string, values: unknown[] = []) {
    return this.pool.query(text, values);
  }
}

=== src/reports.ts
import format from "pg-format";
import { Pool } from "pg";
import postgres from "postgres";
import { Raw, Repository } from "typeorm";
import { z } from "zod";
import { Base } from "./base";

const sql = postgres();
const pool = new Pool();
const Sorting = z.object({ by: z.enum(["title", "id"]), first: z.coerce.number(), named: z.string() });

export class Reports extends Base {
  byTitle(title: string) {
    return this.rows(`SELECT id FROM reports WHERE title = '${title}'`); // <-- Base.rows hands it to pool.query
  }

  byOwner(owner: string) {
    return this.rows("SELECT id FROM reports WHERE owner = $1", [owner]);
  }
}

export async function sorted(body: unknown, column: string, reports: Repository<Report>) {
  const { by, first } = Sorting.parse(body);
  await pool.query(`SELECT id FROM reports ORDER BY ${by} LIMIT ${first}`);
  await pool.query(`SELECT id FROM reports WHERE title = '${Sorting.parse(body).named}'`); // <-- any text
  await pool.query(format("SELECT id FROM %I WHERE title = %L", column, column));
  await pool.query(format("SELECT id FROM reports ORDER BY %s", column)); // <-- strict: %s does not quote
  await sql`SELECT id FROM reports ORDER BY ${sql.unsafe(column)}`; // <-- strict: a piece that nothing binds
  return reports.find({ where: { title: Raw((alias) => `${alias} = :column`, { column }) } });
}
""",
    """
=== shop/orders.py
import psycopg2
from fastapi import APIRouter

router = APIRouter()
connection = psycopg2.connect("dbname=shop")


@router.get("/orders")
def search(customer: str, status: str = "open"):
    cursor = connection.cursor()
    cursor.execute(f"SELECT id, total FROM orders WHERE customer = '{customer}'")  # <-- customer comes from the request
    sql = "SELECT id FROM orders"
    if status:
        sql += " WHERE status = '%s'" % status
    cursor.execute(sql + " ORDER BY id")  # <-- built on line 12, extended on line 14
    cursor.execute("SELECT id, total FROM orders WHERE customer = %s", (customer,))
    return cursor.fetchall()


@router.get("/orders/{order_id}")
def show(order_id: int):
    cursor = connection.cursor()
    cursor.execute(f"SELECT id, total FROM orders WHERE id = {order_id}")
    return cursor.fetchone()
""",
    """
=== app/repository.py
import sqlite3
from uuid import UUID
from app.tables import AUDIT, TABLES

COLUMNS = {"name": "name", "newest": "created_at"}


def find(connection: sqlite3.Connection, table, order, term, user: UUID):
    rows = connection.execute(f"SELECT * FROM {table} WHERE name = ?", (term,))  # <-- strict: which table?
    rows = connection.execute("SELECT * FROM users WHERE name LIKE '%" + term + "%'")  # <-- the value is not bound
    rows = connection.execute("SELECT * FROM users ORDER BY {}".format(COLUMNS[order]))
    rows = connection.execute(f"SELECT * FROM users ORDER BY {COLUMNS.get(order, 'name')}")
    rows = connection.execute(f"SELECT * FROM {AUDIT} WHERE user_id = '{user}'")
    rows = connection.execute(f"SELECT * FROM {TABLES['users']} WHERE name = ?", (term,))
    return rows


def many(connection: sqlite3.Connection, ids, names, sort: str, table: str):
    marks = ",".join(["?"] * len(ids))
    connection.execute(f"SELECT * FROM users WHERE id IN ({marks})", ids)
    connection.execute(f"SELECT * FROM users WHERE id IN ({','.join('?' for _ in ids)})", ids)
    connection.execute(f"SELECT * FROM users WHERE id IN ({','.join(str(int(i)) for i in ids)})")
    connection.execute("SELECT * FROM users WHERE id = %d" % ids[0])
    connection.execute("SELECT * FROM users WHERE name IN ('" + "','".join(names) + "')")  # <-- names
    if sort not in ("name", "email"):
        raise ValueError(sort)
    connection.execute(f"SELECT * FROM users ORDER BY {sort}")
    if table.isidentifier():
        connection.execute(f"SELECT count(*) FROM {table}")
    for name in ("users", "orders"):
        connection.execute(f"DELETE FROM {name}")


=== app/tables.py
AUDIT = "audit_log"
TABLES = {"users": "app_users", "orders": "app_orders"}
""",
    """
=== app/search.py
from flask import Blueprint, request
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.models import User

users = Blueprint("users", __name__)


@users.get("/users")
def search(session: Session):
    name = request.args.get("name", "")
    session.execute(text(f"SELECT * FROM users WHERE name = '{name}'"))  # <-- name comes from the request
    statement = text("SELECT * FROM users WHERE name = " + name)
    session.execute(statement)  # <-- the text was built one line above
    session.execute(text("SELECT * FROM users WHERE name = :name"), {"name": name})
    session.execute(text("SELECT * FROM users WHERE name = :name").bindparams(name=name))
    session.execute(select(User).where(User.name == name))
    return session.query(User).filter(User.name == name).all()


def first(session: Session, condition: str):
    return session.query(User).filter(text(condition + " LIMIT 1")).first()  # <-- strict: condition


=== app/pages.py
from flask import request

from app.extensions import db
from app.models import User


def page():
    rows = User.query.filter(db.text("name = '%s'" % request.args["name"]))  # <-- name comes from the request
    return rows.order_by(db.text("age")).all()

=== app/models.py
from sqlalchemy.orm import DeclarativeBase, Mapped


class User(DeclarativeBase):
    __tablename__ = "users"
    name: Mapped[str]
""",
    """
=== reports/views.py
from django.db import connection
from django.db.models.expressions import RawSQL
from django.http import JsonResponse
from reports.models import Report


def listing(request):
    year = request.GET["year"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM reports WHERE year = %s" % year)  # <-- % instead of a parameter
        cursor.execute("SELECT id FROM reports WHERE year = %s", [year])
        cursor.execute(f"SELECT id FROM {Report._meta.db_table} WHERE year = %s", [year])
    Report.objects.raw(f"SELECT * FROM reports WHERE year = '{year}'")  # <-- raw
    Report.objects.raw("SELECT * FROM reports WHERE year = %s", [year])
    Report.objects.extra(where=["year = '%s'" % year])  # <-- extra
    Report.objects.annotate(mine=RawSQL("year = " + year, ()))  # <-- RawSQL
    return JsonResponse({})


=== reports/migrations/0002_fill.py
from django.db import migrations


def fill(apps, schema_editor):
    schema_editor.execute(f"UPDATE {apps.get_model('reports', 'Report')._meta.db_table} SET year = 2020")


class Migration(migrations.Migration):
    operations = [migrations.RunPython(fill)]
""",
    """
=== worker/store.py
import asyncpg
import duckdb
import pandas as pd
from psycopg import sql


async def load(pool: asyncpg.Pool, name: str, columns: list[str]):
    await pool.fetch(f"SELECT * FROM jobs WHERE name = '{name}'")  # <-- $1 is how asyncpg binds
    await pool.fetch("SELECT * FROM jobs WHERE name = $1", name)
    marks = ", ".join(f"${number}" for number in range(1, len(columns) + 1))
    await pool.fetch(f"SELECT * FROM jobs WHERE name IN ({marks})", *columns)


def export(cursor, connection, table, columns: list[str], day):
    cursor.execute(sql.SQL("SELECT {} FROM {}").format(
        sql.SQL(", ").join(map(sql.Identifier, columns)), sql.Identifier(table)
    ))
    cursor.execute(sql.SQL("SELECT * FROM " + table))  # <-- strict: SQL() does not quote
    pd.read_sql(f"SELECT * FROM sales WHERE day = '{day}'", connection)  # <-- params=
    pd.read_sql("SELECT * FROM sales WHERE day = %(day)s", connection, params={"day": day})
    duckdb.sql(f"SELECT * FROM read_csv('{table}')")  # <-- a file name is a value too


def count(cursor, where="1 = 1"):
    query = "SELECT count(*) FROM sales"
    conditions = []
    if where:
        conditions.append("day > " + where)
    query += " WHERE " + " AND ".join(conditions)
    cursor.execute(query)  # <-- built on line 29, extended on lines 32 and 33
    executor.execute("run " + where)
""",
    """
=== tools/dump.py
import argparse
import html
import os
import sys
import sqlite3

import click


@click.command()
@click.argument("table")
def dump(table):
    connection = sqlite3.connect("shop.db")
    for row in connection.execute("SELECT * FROM " + table):  # <-- strict: from the command line
        print(row)


def main():
    connection = sqlite3.connect("shop.db")
    parser = argparse.ArgumentParser()
    parser.add_argument("name")
    parser.add_argument("-d", "--days", type=int)
    given = parser.parse_args()
    connection.execute(f"DELETE FROM orders WHERE age > {given.days}")
    connection.execute(f"DELETE FROM orders WHERE name = '{html.escape(given.name)}'")  # <-- strict: that is for pages
    connection.execute(f"DELETE FROM orders WHERE name = '{given.name}'")  # <-- a note: a text that the script is given
    connection.execute(f"DROP TABLE {sys.argv[1]}")  # <-- strict: from the command line
    connection.execute(f"ATTACH '{os.environ['ARCHIVE']}' AS archive")  # <-- strict: from the environment


def columns(connection: sqlite3.Connection, schema: str, mail: str):
    connection.execute(f"SELECT 1 FROM information_schema.columns WHERE table_schema = '{schema}'")  # <-- strict: a name
    connection.execute(f"SELECT 1 FROM users WHERE mail = '{mail}'")  # <-- a text
""",
    """
=== src/routes/orders.ts
import { Router } from "express";
import { Pool } from "pg";
import { ORDERS } from "./tables";

const pool = new Pool();
export const router = Router();
const COLUMNS: Record<string, string> = { name: "name", newest: "created_at" };

router.get("/orders/:id", async (req, res) => {
  const { rows } = await pool.query(`SELECT * FROM orders WHERE id = ${req.params.id}`); // <-- from the request
  await pool.query("SELECT * FROM orders WHERE id = $1", [req.params.id]);
  await pool.query({ text: `SELECT * FROM orders WHERE name = '${req.query.name}'`, values: [] }); // <-- from the request
  await pool.query({ text: "SELECT * FROM orders WHERE name = $1", values: [req.query.name] });
  const limit = Number(req.query.limit);
  await pool.query(`SELECT * FROM ${ORDERS} LIMIT ${limit}`);
  await pool.query(`SELECT * FROM orders ORDER BY ${COLUMNS[req.query.sort as string]}`);
  res.json(rows);
});

router.post("/orders/search", async (req, res) => {
  const { customer, states, order } = req.body;
  let sql = "SELECT * FROM orders WHERE 1 = 1";
  const values: unknown[] = [];
  if (customer) {
    sql += ` AND customer = '${customer}'`;
  }
  const { rows } = await pool.query(sql, values); // <-- built on line 22, extended on line 25
  const marks = states.map((_: string, index: number) => `$${index + 1}`).join(", ");
  await pool.query(`SELECT * FROM orders WHERE state IN (${marks})`, states);
  const direction = order === "asc" || order === "desc" ? order : "asc";
  await pool.query(`SELECT * FROM orders ORDER BY id ${direction}`);
  const turned = ["ASC", "DESC"].includes(order.toUpperCase()) ? order : "asc";
  await pool.query(`SELECT * FROM orders ORDER BY id ${turned}`);
  res.json(rows);
});

=== src/routes/tables.ts
export const ORDERS = "shop.orders";
""",
    """
=== src/reports.ts
import knex from "knex";
import mysql from "mysql2/promise";
import postgres from "postgres";
import { Prisma, PrismaClient } from "@prisma/client";
import { Sequelize, QueryTypes } from "sequelize";
import { DataSource } from "typeorm";

const db = knex({ client: "pg" });
const sql = postgres();
const prisma = new PrismaClient();
const sequelize = new Sequelize("sqlite::memory:");

export async function reports(name: string, day: string, source: DataSource, order: "asc" | "desc") {
  await db.raw(`SELECT * FROM reports WHERE name = '${name}'`); // <-- knex binds with ?
  await db.raw("SELECT * FROM reports WHERE name = ?", [name]);
  await db("reports").whereRaw("day > '" + day + "'"); // <-- whereRaw takes bindings too
  await db("reports").whereRaw("day > ?", [day]).orderByRaw(`day ${order}`);
  await sql.unsafe(`SELECT * FROM reports WHERE name = '${name}'`); // <-- unsafe is the name for it
  await sql`SELECT * FROM reports WHERE name = ${name}`;
  await prisma.$queryRawUnsafe(`SELECT * FROM reports WHERE name = '${name}'`); // <-- $queryRaw binds
  await prisma.$queryRaw`SELECT * FROM reports WHERE name = ${name}`;
  await prisma.$queryRaw(Prisma.sql`SELECT * FROM reports WHERE name = ${name}`);
  await sequelize.query(`SELECT * FROM reports WHERE name = '${name}'`); // <-- replacements
  await sequelize.query("SELECT * FROM reports WHERE name = :name", { replacements: { name }, type: QueryTypes.SELECT });
  await source.query(`SELECT * FROM reports WHERE name = '${name}'`); // <-- $1 and a list
  await source.query("SELECT * FROM reports WHERE name = $1", [name]);
}

export async function purge(connection: mysql.Connection, table: string) {
  await connection.execute(`DELETE FROM ${table}`); // <-- strict: which table?
  await connection.query(`DELETE FROM ${mysql.escapeId(table)}`);
  await connection.query("DELETE FROM ??", [table]);
}
""",
    """
=== app/api/search/route.ts
import { NextRequest, NextResponse } from "next/server";
import { db } from "@/lib/db";

export async function GET(request: NextRequest) {
  const term = request.nextUrl.searchParams.get("q");
  const rows = await db.query(`SELECT * FROM notes WHERE body LIKE '%${term}%'`); // <-- from the request
  return NextResponse.json(rows);
}

=== app/notes/actions.ts
"use server";
import { db } from "@/lib/db";

export async function rename(form: FormData) {
  const known = new Map<string, string>();
  const text = `SELECT * FROM notes WHERE body = '${form.get("body")}'`;
  known.get(text);
  await db.query(text); // <-- a form is a request
}

=== lib/db.ts
import { Pool } from "pg";
export const db = new Pool();

=== supabase/functions/report/index.ts
import { Client } from "https://deno.land/x/postgres@v0.17.0/mod.ts";

const client = new Client();

Deno.serve(async (req) => {
  const { name } = await req.json();
  const found = await client.queryObject(`SELECT * FROM notes WHERE name = '${name}'`); // <-- from the request
  await client.queryObject`SELECT * FROM notes WHERE name = ${name}`;
  await client.queryObject("SELECT * FROM notes WHERE name = $1", [name]);
  return new Response(JSON.stringify(found.rows));
});
""",
    """
=== shop/quoting.py
import psycopg2


class Kind:
    TABLE = "kinds"

    def __init__(self, connection):
        self.connection = connection

    def rows(self, name):
        cursor = self.connection.cursor()
        cursor.execute(f"SELECT * FROM {self.TABLE} WHERE name = %s", (name,))
        cursor.execute("SELECT * FROM kinds WHERE name = %s" % psycopg2.extensions.adapt(name))
        cursor.execute("SELECT * FROM kinds " "WHERE name = %s", (name,))
        return cursor.fetchall()
""",
    """
=== app/db.py
import psycopg2

connection = psycopg2.connect("dbname=shop")


def run(sql, parameters=None):
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def run_all(statement):
    return run(statement)

=== app/orders.py
from app.db import run, run_all
from app.other import run_report


def find(name):
    run(f"SELECT * FROM orders WHERE name = '{name}'")  # <-- run() hands it to cursor.execute
    run_all("SELECT * FROM orders WHERE name = '%s'" % name)  # <-- two calls away
    run("SELECT * FROM orders WHERE name = %s", (name,))
    run_report(f"SELECT the best orders of {name} from the list")

=== app/other.py
def run_report(title):
    print(title)

=== app/scratch.py
import uuid

import psycopg


def scratch(connection: psycopg.Connection):
    name = "scratch_" + uuid.uuid4().hex[:8]
    connection.execute(f"create database {name}")


def restart(connection: psycopg.Connection, table):
    connection.execute(f"SELECT setval('{table}_id_seq', 1)")  # <-- strict: a name


def own(connection: psycopg.Connection, server):
    connection.execute(f"SELECT id FROM pictures WHERE url LIKE 'https://{server.hostname}/%'")  # <-- strict: set up


def frequent(connection: psycopg.Connection, least=100):
    connection.execute(f"SELECT word FROM words WHERE uses > {least}")

=== src/database.ts
import { Pool } from "pg";

const pool = new Pool();

export class Database {
  async rows(sql: string, values: unknown[] = []) {
    return (await pool.query(sql, values)).rows;
  }

  byName(name: string) {
    return this.rows(`SELECT * FROM orders WHERE name = '${name}'`); // <-- this.rows() hands it to pool.query
  }

  byId(id: string) {
    return this.rows("SELECT * FROM orders WHERE id = $1", [id]);
  }
}
""",
    """
=== app/charts.py
from cerberus import Validator
from django.db import connection

class Chart:
    def __init__(self, params):
        self.params = params
        self._validate()

    def _validate(self):
        if not Validator({"unit": {"allowed": ["day", "year"]}}).validate(self.params):
            raise ValueError

    @property
    def unit(self):
        return self.params.get("unit")

    def points(self, name):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT date_trunc('{self.unit}', at) FROM points")  # <-- strict: held, and checked
            cursor.execute(f"SELECT at FROM points WHERE name = '{name}'")  # <-- anything
            cursor.execute(f"SELECT pg_get_serial_sequence('{name}', 'id')")  # <-- strict: a table's name
            cursor.execute(f"UPDATE pg_database SET datallowconn = false WHERE datname = '{name}'")  # <-- strict: a name
=== src/members.js
import { GraphQLEnumType, GraphQLList, GraphQLNonNull, GraphQLString } from 'graphql'
import { sequelize } from './db'

const Role = new GraphQLEnumType({ name: 'Role', values: { ADMIN: {}, MEMBER: {} } })

export const Members = {
  args: {
    role: { type: new GraphQLList(new GraphQLNonNull(Role)) },
    name: { type: GraphQLString },
  },
  async resolve(club, args) {
    await sequelize.query(`SELECT id FROM members WHERE role = '${args.role}'`)
    await sequelize.query(`SELECT id FROM members WHERE name = '${args.name}'`) // <-- any text
    await sequelize.query(`SELECT id FROM members WHERE club = ${club.id}`) // <-- strict: the key of a row
  },
}
""",
    """
=== shop/receipts.py
from datetime import datetime

import psycopg2

connection = psycopg2.connect("dbname=shop")


def number(shop_id: int, owner: str):
    year = datetime.now().year
    cursor = connection.cursor()
    cursor.execute(f"SELECT nextval('receipts_{shop_id}_{year}')")
    cursor.execute(f"SELECT id FROM receipts WHERE owner = '{owner}' AND year = {year}")  # <-- any owner
    return cursor.fetchone()
""",
]
