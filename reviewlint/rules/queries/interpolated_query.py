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
from ...facts.values import Call, Choice, Constant, Items, Parameter, Record, Text, Value, named, options
from ...finding import Confidence, Finding, Rewrite, Severity
from ...join.commands import by_hand
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
    strictly="names and pieces of SQL that no request is seen to choose, and what scripts and helpers of tests put into "
    "their own queries, as notes.",
    security="9.1",
    limits="A text that another function made as a whole is only judged where that function is known, or where outside "
    "input is seen to reach it. Values that a class computes and hands on through attributes are not followed.",
)

_OWN = frozenset({ENVIRONMENT, COMMAND_LINE, TERMINAL})
"""Where what comes from outside was put in by whoever runs the program."""
_OWNED = frozenset({Side.SCRIPT, Side.TEST})
"""Where whoever runs the code owns the database that it asks, and writes its queries."""
_SILENT = frozenset({Side.MIGRATION, Side.GENERATED})
_CLAUSE = re.compile(
    r"\b(?:select|insert|update|delete|from|where|join|set|values|create|drop|alter|truncate|order\s+by|group\s+by|limit"
    r"|with|union|and|or|returning|call|exec|execute|grant|revoke|like|in|use|show|describe|explain|pragma|replace|merge)\b"
    r"|\w\s*(?:=|<|>|<>|!=|<=|>=)\s*'",
    re.IGNORECASE,
)
_OF_ENVIRONMENT = re.compile(r"process\.env|os\.(?:environ|getenv)|Deno\.env|import\.meta\.env")
_SET_UP = re.compile(
    r"^(?:self|this)\.#?_?\w*(?:options|config|settings)\.|(?:^|\.)(?:config|settings)\.", re.IGNORECASE
)
"""What whoever set the program up told it."""
_MOVES = re.compile(r"(?:^|/)migrat\w*/", re.IGNORECASE)
"""Where code stands that moves data once from one place to another."""
_COMPARED = re.compile(
    r"(?:[=<>~]|\b(?:i?like|between)|\b(?:in|values|any|all)\s*\((?:[^()]|\([^()]*\))*)\s*\(*\"?$", re.IGNORECASE
)
"""What stands before something that is compared with, or stored in, a column."""
_NAME = re.compile(
    r"(?:^|[._]|(?<=[a-z])(?=[A-Z]))(?:[tT]able|[cC]olumn|(?:[cC]ol|[fF]ield|[sS]chema)(?=_?[nNrRiI]))(?:_?(?:[nN]ame|[rR]ef|[iI]dent\w*))?$"
)
"""What is called after the table or the column that it names, wherever in an expression it stands."""
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
        if project.side(query.at.path) not in _SILENT and view.may_be_reached(query):
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
        if side in _SILENT or _MOVES.search(query.at.path) or (not query.certain and not _reads_as_sql(query.text)):
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
                judged = replace(judged, severity=Severity.NOTE, confidence=Confidence.LOW, strict=True)
            yield judged
        elif view.is_handed_on(query) and (reaching is not None or origin):
            yield _handed_on(query, reaching, origin)


def _judged(query: Query, found: tuple[Splice, ...], flow: Flow | None, origin: str, view: Splices) -> Finding:
    """The finding about what is spliced in: who chooses it, and whether it could be bound, say how bad that is."""
    bound = tuple(splice for splice in found if _is_meant_as_value(splice))
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
    if not splice.origin and (defines(splice.before) or _SET_UP.search(named(splice.value))):
        return False
    given = isinstance(splice.value, Parameter) and splice.value.path != "[]" and not named(splice.value).isupper()
    return splice.is_quoted or bool(splice.origin) or (given and _COMPARED.search(splice.before) is not None)


def _is_name(splice: Splice) -> bool:
    """Whether a splice names a table or a column, by where it stands or by what it is called."""
    return splice.kind == "identifier" or (not splice.is_quoted and _NAME.search(named(splice.value)) is not None)


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
        _remedy(query, found, view),
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
        _remedy(query, found, view),
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
        _remedy(query, told, view),
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


# As code

_OPEN_LITERAL = re.compile(r"[EN]?'((?:[^']|'')*)$")
_WORD = re.compile(r"[A-Za-z_]\w*")


def _remedy(query: Query, found: tuple[Splice, ...], view: Splices) -> str:
    kinds = {splice.kind: splice for splice in reversed(found)}
    if "identifier" in kinds:
        return _chosen(query, kinds["identifier"], view)
    code = _bound(query, found, view) if "fragment" not in kinds else ""
    if code:
        return code
    splice = kinds.get("fragment", found[0])
    if splice.before.rstrip().lower().endswith("("):
        return f"Write one placeholder for each item of `{_bare(splice.value, view)}`, and hand the items over as parameters."
    placeholder = query.paramstyle or "?"
    return (
        f"Build the text from constant pieces such as `column = {placeholder}`, collect `{_bare(splice.value, view)}` "
        f"in a list beside it, and hand the list to `{query.call}` as parameters."
    )


def _bare(value: Value, view: Splices) -> str:
    return view.spelled(value).removesuffix("[…]")


def _chosen(query: Query, splice: Splice, view: Splices) -> str:
    """How a table or column is named safely, in the driver's own way."""
    name = _bare(splice.value, view)
    if query.driver in ("psycopg", "psycopg2"):
        return f'sql.SQL("… {{}} …").format(sql.Identifier({name}))'
    if query.driver == "knex":
        return f'{query.call}("… ?? …", [{name}])'
    table = f"{name.upper()}S" if name.isidentifier() else "NAMES"
    return f"Look the name up in a fixed table, `{table} = {{…}}`, and put `{table}[{name}]` into the text."


def _bound(query: Query, found: tuple[Splice, ...], view: Splices) -> str:
    """The call with its values bound in the driver's own style, `""` where that is more than one call can show."""
    text = next((option for option in options(query.text) if isinstance(option, Text)), None)
    values = [splice.value for splice in found]
    if text is None or query.call.endswith(".extra"):
        return ""
    written, given, rest = "", list[tuple[str, str]](), list(text.parts)
    while rest:
        part = rest.pop(0)
        if isinstance(part, Constant):
            written += str(part.value)
            continue
        if part not in values or view.spelled(part).endswith("[…]"):
            return ""
        name, code = _named(part, view), view.spelled(part)
        literal = _OPEN_LITERAL.search(written) if written.count("'") % 2 else None
        if literal is not None:
            after, quote, more = (
                str(rest[0].value).partition("'") if rest and isinstance(rest[0], Constant) else ("", "", "")
            )
            if not quote:
                return ""
            written = written[: literal.start()]
            rest[0] = Constant(rest[0].at, more)
            code = _with(literal[1], code, after, query)
        given.append((name, code))
        written += _placeholder(query.paramstyle, given)
    written = " ".join(written.split())
    return _call(query, written if len(written) <= 160 else f"… {written[-140:]}", given)


def _named(value: Value, view: Splices) -> str:
    """A name for a value: of the variable, or of what is taken from the request."""
    words = _WORD.findall(view.spelled(value).partition(",")[0])
    return words[-1] if words else "value"


def _with(before: str, code: str, after: str, query: Query) -> str:
    """The value with the text that stood around it inside the quotes, such as the `%` of a LIKE."""
    if not before and not after:
        return code
    quote = "'" if '"' in code else '"'
    if query.at.path.endswith((".py", ".pyi")):
        return f"f{quote}{before}{{{code}}}{after}{quote}"
    return f"`{before}${{{code}}}{after}`"


def _placeholder(style: str, given: list[tuple[str, str]]) -> str:
    match style:
        case "$1":
            return f"${len(given)}"
        case ":name":
            return f":{given[-1][0]}"
    return style or "?"


def _call(query: Query, text: str, given: list[tuple[str, str]]) -> str:
    quoted = next((f"{quote}{text}{quote}" for quote in "\"'`" if quote not in text), f'"{text}"')
    values = [code for _, code in given]
    if isinstance(query.parameters, Record | Call) or (isinstance(query.parameters, Items) and query.parameters.items):
        values = ["…", *values]
    listed = ", ".join(values)
    match query.driver:
        case "sqlalchemy" | "databases":
            pairs = ", ".join(f'"{name}": {code}' for name, code in given)
            statement = f"text({quoted})" if query.driver == "sqlalchemy" else quoted
            call = "session.execute" if query.call.endswith("text") else query.call
            return f"{call}({statement}, {{{pairs}}})"
        case "asyncpg":
            return f"{query.call}({quoted}, {listed})"
        case "pandas" | "polars":
            return f"{query.call}({quoted}, connection, params=[{listed}])"
        case "prisma" | "postgres.js" | "drizzle" | "kysely":
            tag = "prisma.$queryRaw" if query.driver == "prisma" else "sql"
            template = text
            for number, (_, code) in enumerate(given, 1):
                mark = f"${number}" if query.paramstyle == "$1" else query.paramstyle or "?"
                template = template.replace(mark, f"${{{code}}}", 1)
            return f"{tag}`{template}`: the tag binds what stands in its holes"
    if query.driver == "sequelize":
        pairs = ", ".join(name if name == code else f"{name}: {code}" for name, code in given)
        return f"{query.call}({quoted}, {{ replacements: {{ {pairs} }} }})"
    if query.at.path.endswith((".py", ".pyi")):
        return f"{query.call}({quoted}, ({listed},))" if len(values) == 1 else f"{query.call}({quoted}, ({listed}))"
    return f"{query.call}({quoted}, [{listed}])"


REMARK = (
    "The database cannot tell {values} from the command around it once both are one text. "
    "Bind the value; where it names a table or a column, choose the name from a fixed list.",
    "An identifier such as {names} cannot be bound. Choose it from a fixed set, or quote it with the driver's helper.",
    "Nothing can be bound in the place of {pieces}. Keep such pieces constant, and hand their values on beside them.",
)

EXAMPLES = [
    """
=== quay/forms.py
import sqlite3

SHIP = {"name": "Name", "flag": "Flag"}
FIELDS = {"ship": SHIP, "crew": {"age": "Age"}}

def rename(connection: sqlite3.Connection, given: dict):
    for form, fields in FIELDS.items():
        for field, label in fields.items():
            connection.execute(f"UPDATE fields SET label = '{label}' WHERE form = '{form}' AND field = '{field}'")
    for form, fields in {"ship": SHIP, "crew": given}.items():
        for field in fields.keys():
            connection.execute(f"DELETE FROM fields WHERE field = '{field}'")  # <-- one of them is anybody's
""",
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
=== src/pieces.ts
import { PrismaClient, Prisma } from "@prisma/client";
import { Pool } from "pg";
import { z } from "zod";

const prisma = new PrismaClient();
const pool = new Pool();
type Order = "asc" | "desc";
enum Column {
  Name = "name",
  Age = "age",
}

export async function pieces(column: string, known: Column, order: Order, id: string, rows: string[]) {
  await prisma.$queryRaw`SELECT ${Prisma.raw(column)} FROM users`; // <-- strict: a piece that nothing binds
  await pool.query(`SELECT id FROM users ORDER BY ${known} ${order}`);
  await pool.query(`SELECT name FROM users WHERE id = '${z.string().uuid().parse(id)}'`);
  await pool.query(rows.reduce((sql, row) => sql + `INSERT INTO users VALUES ('${row}');`, "")); // <-- each row
}
""",
    """
=== shop/nested.py
import sqlite3
from functools import reduce

from flask import Flask, request

app = Flask(__name__)


@app.get("/users")
def users():
    def named(name):
        return "SELECT id FROM users WHERE name = '" + name + "'"

    connection = sqlite3.connect("shop.db")
    connection.execute(named(request.args["name"]))  # <-- built by the function inside
    names = ",".join(map(str, request.args.getlist("id")))
    connection.execute(f"SELECT id FROM users WHERE id IN ({names})")  # <-- still texts
    size, wanted = request.args["size"], request.args.get("wanted")
    column = wanted and "name" or "id"
    if isinstance(size, int):
        connection.execute(f"SELECT {column} FROM users LIMIT {size}")
    connection.execute(reduce(str.__add__, ["SELECT id FROM users WHERE name = '", wanted, "'"]))  # <-- put together
    return ""
""",
    """
=== shop/stock.py
import sqlite3
from dataclasses import dataclass
from string import Template

from flask import Flask, request

app = Flask(__name__)


@dataclass
class Page:
    term: str
    size: int


class Stock:
    def __init__(self, connection):
        self.connection = connection

    def find(self, name):
        return self.connection.execute(f"SELECT id FROM stock WHERE name = '{name}'")  # <-- error: from the request

    def page(self, page: Page):
        self.connection.execute(f"SELECT id FROM stock LIMIT {page.size}")
        self.connection.execute(f"SELECT id FROM stock WHERE name = '{page.term}'")  # <-- the term is a text

    def count(self):
        return _count(self.connection, "stock") + _count(self.connection, "orders")


def _count(connection, table):
    return connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


@app.get("/stock")
def find():
    connection = sqlite3.connect("shop.db")
    connection.execute(Template("SELECT id FROM stock WHERE name = '$name'").substitute(name=request.args["name"]))  # <-- filled
    return Stock(connection).find(request.args["name"])
""",
    """
=== src/find.js
const util = require("node:util");
const _ = require("lodash");
const express = require("express");
const pool = new (require("pg").Pool)();
const byName = _.template("SELECT id FROM stock WHERE name = '<%= name %>'");
const app = express();

const find = (table, key) => pool.query(`SELECT id FROM ${table} WHERE key = '${key}'`); // <-- error: the request's key

app.get("/stock", async (req, res) => {
  res.json(await find("stock", req.query.key));
  await pool.query(byName({ name: req.query.name })); // <-- filled from the request
  await pool.query(util.format("SELECT id FROM stock WHERE name = '%s'", req.query.name)); // <-- the same
  await pool.query(util.format("SELECT id FROM stock LIMIT %d", req.query.size));
});
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
    connection.execute(f"DROP TABLE {sys.argv[1]}")  # <-- strict: from the command line
    connection.execute(f"ATTACH '{os.environ['ARCHIVE']}' AS archive")  # <-- strict: from the environment
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
=== src/store.ts
import { quoteIdentifier } from "./quote";
import { Pool } from "pg";

export class Store {
  private readonly jobs: string;

  constructor(private readonly pool: Pool, schema: string) {
    this.jobs = `${quoteIdentifier(schema)}.jobs`;
  }

  private table(name: string) {
    return `${quoteIdentifier(name)}`;
  }

  async list(column: string, id: string) {
    await this.pool.query(`SELECT * FROM ${this.jobs} WHERE id = $1`, [id]);
    await this.pool.query(`SELECT * FROM ${this.table("notes")} WHERE id = $1`, [id]);
    if (!["id", "name"].includes(column)) throw new Error(column);
    return this.pool.query(`SELECT ${column} FROM notes WHERE id = $1`, [id]);
  }
}

=== src/shelf.js
import { Model } from "sequelize";

export class Shelf extends Model {
  async touch() {
    await this.sequelize.query(`UPDATE shelves SET seen = now() WHERE id = '${this.id}'`);
    await this.sequelize.query(`UPDATE shelves SET seen = now() WHERE name = '${this.name}'`); // <-- anything
  }
}

=== src/quote.ts
export function quoteIdentifier(name: string) {
  return `"${name.replace(/"/g, '""')}"`;
}
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
=== src/dialects.ts
export interface Dialect {
  merge(column: string, position: number): string
  older(position: number): string
}
export const postgres: Dialect = {
  merge(column, position) {
    return `${column} || $${position}::jsonb`
  },
  older(position) {
    return `now() - ($${position} || ' days')::interval`
  },
}
export const sqlite: Dialect = {
  merge(column: string, position: number): string {
    return `json_patch(${column}, $${position})`
  },
  older(position: number): string {
    return `datetime('now', '-' || $${position} || ' days')`
  },
}
=== src/runs.ts
import { Pool } from "pg";
import { dialect } from "./connection";

const pool = new Pool();

export async function merge(id: string, column: string) {
  await pool.query(`UPDATE runs SET meta = ${dialect().merge("meta", 1)} WHERE id = $2`, ["{}", id]);
  await pool.query(`DELETE FROM runs WHERE seen < ${dialect().older(1)}`, [7]);
  await pool.query(`UPDATE runs SET meta = ${dialect().merge(column, 1)} WHERE id = $2`, ["{}", id]); // <-- strict: the column
}

export async function insert(any: Record<string, unknown>) {
  await pool.query(`INSERT INTO runs (${Object.keys(any).join(", ")}) VALUES ($1, $2)`, Object.values(any)); // <-- strict: any names
}

export async function wait(config: any, ahead = 24, rows: Array<{ id: number, name: string }>, day: Date) {
  if (config.timeout > 0) {
    await pool.query(`SET LOCAL statement_timeout = ${config.timeout}`);
  }
  await pool.query(`SET LOCAL lock_timeout = ${config.patience}`); // <-- strict: nobody looked at it
  await pool.query(`SELECT id FROM runs WHERE due < now() + interval '${ahead} hours'`);
  await pool.query(`SELECT id FROM runs WHERE id IN (${rows.map((row) => row.id).join(",")})`);
  await pool.query(`SELECT id FROM runs WHERE name IN (${rows.map((row) => row.name).join(",")})`); // <-- the names
  await pool.query(`SELECT id FROM runs WHERE month = ${day.getUTCMonth()}`);
}
""",
    """
=== src/spans.ts
import { Pool } from "pg";

const pool = new Pool();

function pad(value: number): string {
  return String(value).padStart(2, "0");
}

export async function since(day: Date, span: string, other: string) {
  await pool.query(`SELECT id FROM runs WHERE day > '${pad(day.getUTCMonth() + 1)}-${pad(day.getUTCDate())}'`);
  if (!isValidSpan(span)) {
    throw new Error("no span");
  }
  await pool.query(`SELECT id FROM runs WHERE due < now() + interval '${span}'`);
  await pool.query(`SELECT id FROM runs WHERE due < now() + interval '${other}'`); // <-- nobody looked at it
}
=== app/models.py
from typing import ClassVar

from sqlalchemy import text


class Searched:
    threshold: ClassVar[float] = 0.5
    label: ClassVar[str] = ""


class Recipe(Searched):
    @classmethod
    def search(cls, session):
        session.execute(text(f"SET pg_trgm.similarity_threshold = {cls.threshold}"))
        session.execute(text(f"SET application_name = '{cls.label}'"))  # <-- strict: a text
""",
    """
=== src/sql.ts
export function quoteIdent(name: string) {
  return `"${checked(name)}"`;
}

export function fromNow(kind: string, relative: string) {
  switch (kind) {
    case "postgres":
      return `(now() + interval '${relative}')`;
    default:
      return `datetime('now', '${relative}')`;
  }
}
=== src/filter.ts
export abstract class Filter {
  protected createSqlPlaceholders(values: unknown[]) {
    return values.map(() => "?").join(",");
  }

  protected jsonOf(many: boolean) {
    return `json_extract(${many ? "json_each.value" : "value"}, '$.id')`;
  }
}
=== src/keeper.ts
import _ from "lodash";
import { Pool } from "pg";
import { Filter } from "./filter";
import { fromNow, quoteIdent } from "./sql";

const pool = new Pool();
const OLD = "-30 days";

export class Keeper extends Filter {
  async columns(columns: string[], words: string[]) {
    await pool.query(`SELECT pack(${columns.map(quoteIdent).join(",")}) FROM kept`);
    await pool.query(`SELECT id FROM kept WHERE word = ANY(ARRAY[${words.map(cleaned).join(",")}])`); // <-- strict: whatever it gives
    const q = quoteIdent;
    await pool.query(`SELECT id FROM kept WHERE typeof(${q(columns[0])}) = 'blob'`);
    const mark = _.constant("?");
    await pool.query("DELETE FROM kept WHERE id IN (" + _.range(columns.length).map(mark).join(",") + ")", columns);
  }

  async rows(many: boolean, ids: string[], columnName: string) {
    await pool.query(`SELECT id FROM kept WHERE removed_at <= ${fromNow("postgres", OLD)}`);
    await pool.query(`SELECT id FROM kept WHERE ifnull(${this.jsonOf(many)}, '') IN (${this.createSqlPlaceholders(ids)})`, ids);
    await pool.query(`SELECT id FROM kept WHERE word = lower(${ids[0]})`); // <-- strict: a value
  }
}
""",
]
