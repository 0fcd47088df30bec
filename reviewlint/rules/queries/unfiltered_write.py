"""An update or delete names no rows: it changes the whole table.

`DELETE FROM sessions` and `supabase.from("sessions").delete()` mean every row there is. PostgREST refuses such a call
only where the database is configured to; SQL never does. In a handler it is nearly always a filter that was forgotten,
and there is no undo but the backup.

Where the whole table is really meant, say so in the code: `WHERE true` in SQL, a filter that every row passes in a query
builder. Then the next reader knows too. An update that computes each row anew from the rows that belong to it says so by
itself, and so do a function that is called `delete_all` or `clear`, one that puts new rows into the table that it
empties.

The filter is plainly forgotten where a function is told which row it is about, by its parameters or the path of its
route, and its write does not ask, and where each row is marked with the same word (`SET state = 'closed'`): what every
row says tells nothing. Elsewhere all rows may be meant: of twenty-four such writes that were read in the
projects of the ecosystem check each was, by a table of one row, a reset, a recount. Those are for who asks for
everything, and notes where nothing at all is given by which rows could be told apart.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from ...facts.code import Function
from ...facts.data import ModelAccess, Query, RowWrite, TableAccess
from ...facts.location import Location
from ...facts.statements import SqlStatement
from ...facts.values import Call, Constant, Record, Value
from ...finding import Confidence, Finding, Severity
from ...join.endpoints import endpoints, handling
from ...join.exposure import function_subject
from ...join.functions import functions
from ...join.paths import PARAMETER
from ...join.statements import routines, statements
from ...project import SERVER_SIDES, Project
from ...rule import Meta

META = Meta(
    severity="error",
    confidence="high",
    since="0.1.0",
    languages=("python", "typescript", "sql"),
    asked_by="R F",
    strictly="writes of whole tables by code that is not told which row it is about, which mostly means all of them.",
    limits="Chains that go on in another statement are not judged, nor SQL that cannot be parsed or whose condition may "
    "be in what is spliced in. Tests, scripts and migrations may write whole tables.",
)

_FILTERS = frozenset(
    """eq neq gt gte lt lte like ilike likeAllOf likeAnyOf ilikeAllOf ilikeAnyOf is is_ in in_ contains containedBy contained_by
    rangeGt rangeGte rangeLt rangeLte rangeAdjacent range_gt range_gte range_lt range_lte range_adjacent overlaps ov
    textSearch text_search fts match not not_ or or_ filter cs cd single maybeSingle maybe_single where limit""".split()
)


_SAYS_SO = re.compile(
    r"(?:^|_)(?:all|every\w*|clear|reset|clean|clean_?up|truncate|wipe|flush|purge|drop)(?![a-z])"
    r"|(?:All|Every\w*|Clear|Reset|Clean|Clean[uU]p|Truncate|Wipe|Flush|Purge|Drop)(?![a-z])"
)
"""Words in the name of a function that say that all rows are meant."""
_REACHES = re.compile(
    r"^(?:self|cls|this|\*+\w*|_\w*|args|kwargs|options|apps|schema_editor|log(?:ger)?|app|ctx|context|config|settings|commit"
    r"|dry_?run|sender|db|database|conn(?:ection)?|cursor|engine|tx|trx|transaction|pool|repo|store)$"
    r"|(?:session|client|supabase|prisma|conn|connection|cursor|engine|manager|repository|[dD]b)$",
    re.IGNORECASE,
)
"""Parameters of which none says which rows are meant."""
_KEY = re.compile(r"^(?:id|pk|uuid|guid|slug)$|_(?:id|pk|uuid|slug)$|[a-z](?:Id|ID|Uuid|Slug)$")
"""Parameters that say which row is meant."""
_AT_START = re.compile(r"start|init|boot|ready|seed|migrat|upgrade|downgrade|recover|restore|backfill", re.IGNORECASE)
"""In the names of functions that bring a whole table to where it was, or is to be."""
_FEW = re.compile(r"setting|config|preference|state$|status$|meta|version|info$", re.IGNORECASE)
"""In the names of tables that mostly have one row."""
_TEMPORARY = re.compile(r"(?:^|[._])(?:te?mp|pg_temp|staging|scratch)(?:[._]|$)", re.IGNORECASE)
"""Tables that are filled anew each time."""


def check(project: Project) -> Iterator[Finding]:
    filled, handled, routed = project.view(_filled), project.view(handling), project.view(_routed)
    for at, finding, marks in _in_code(project):
        around = [function for function in project.facts_of(at.path, Function) if function.at.holds(at)]
        inner = min(around, key=lambda function: function.at.end_line - function.at.line, default=None)
        after = filled.get(_bare(finding.slots["table"]), ()) if finding.slots["operation"] == "delete" else ()
        if inner is not None and any(inner.at.holds(later) and at < later for later in after):
            continue
        places = [(function.at.path, function.name) for function in around]
        forgot = (
            marks and not _FEW.search(finding.slots["table"]) and not any(_AT_START.search(one.name) for one in around)
        )
        if forgot or not routed.isdisjoint(places) or any(map(_is_told_the_row, around)):
            yield finding
        elif not handled.isdisjoint(places) or any(map(_tells_rows_apart, around)):
            yield replace(finding, strict=True)
        else:  # nothing says which rows: all of them may well be meant
            yield replace(finding, severity=Severity.NOTE, confidence=Confidence.LOW, strict=True)
    yield from _in_database(project)


def _in_code(project: Project) -> Iterator[tuple[Location, Finding, bool]]:
    """The writes in code that name no rows: where they stand, what is said of them, and whether they mark each row."""
    for access in project.facts(TableAccess, *SERVER_SIDES):
        if access.operation in ("update", "delete") and access.awaited and not _is_filtered(access):
            if _means_all(access.function):
                continue
            table = access.relation or "the table"
            finding = Finding(
                access.at,
                f"`.{access.operation}()` on `{table}` has no filter: it is sent for every row.",
                f'`.{access.operation}(…).eq("id", id)`, with what makes the row the right one.',
                slots={"operation": access.operation, "table": table},
            )
            given = [one.arguments[0] for one in access.calls if isinstance(one, Call) and one.name == "update"][:1]
            yield access.at, finding, any(map(_marks, given))
    for write in project.facts(RowWrite, *SERVER_SIDES):
        if write.whole and not _means_all(write.function):
            table = write.table or "the table"
            finding = Finding(
                write.at,
                f"`{write.call}` sends the {write.operation} of `{table}` without a condition: it means every row.",
                "`.where(…)`, with what makes the row the right one.",
                slots={"operation": write.operation, "table": table},
            )
            yield write.at, finding, write.operation == "update" and _marks(write.value)
    for asked in project.facts(ModelAccess, *SERVER_SIDES):
        if asked.awaited and _names_no_rows(asked) and not _means_all(asked.function):
            finding = Finding(
                asked.at,
                f"`{asked.client}.{asked.model}.{asked.call}` has no `where`: it means every row.",
                "`where: { … }`, with what makes the row the right one.",
                slots={"operation": asked.operation, "table": asked.model},
            )
            written = asked.argument.get("data") if isinstance(asked.argument, Record) else None
            yield asked.at, finding, _marks(written)
    parsed = project.view(statements)
    for query in project.facts(Query, *SERVER_SIDES):
        writes = [one for statement in parsed.get(query.at, ()) for one in statement.writes if not one.bounded]
        means_all = _means_all(query.function) or _takes_nothing(
            project.view(functions).get((query.at.path, query.function))
        )
        for first in () if means_all else writes[:1]:
            table = first.table or "the table"
            finding = Finding(
                query.at,
                f"The {first.operation.upper()} on `{table}` that `{query.call}` runs has no WHERE: it means every row.",
                "Name the rows, or write `WHERE true` where all of them are meant.",
                slots={"operation": first.operation, "table": table},
                confidence=Confidence.HIGH if query.certain else Confidence.MEDIUM,
            )
            yield query.at, finding, first.marks and query.certain


def _marks(value: Value | None) -> bool:
    """Whether an update sets nothing but constants, and one of them to a word or to true, as `TableWrite.marks`."""
    given = [one for _, one in value.entries] if isinstance(value, Record) and not value.open else []
    constants = [one.value for one in given if isinstance(one, Constant)]
    return len(constants) == len(given) and any(one is True or (isinstance(one, str) and one) for one in constants)


def _routed(project: Project) -> frozenset[tuple[str, str]]:
    """The view: the handlers of routes whose path names a row: `/orders/:id`."""
    return frozenset(
        (endpoint.handler_path, endpoint.handler)
        for endpoint in project.view(endpoints)
        if endpoint.handler_path and PARAMETER in (endpoint.segments or ())
    )


def _is_told_the_row(function: Function) -> bool:
    return any(map(_KEY.search, function.parameters))


def _filled(project: Project) -> dict[str, list[Location]]:
    """The view: where rows are put into each table, by its name in lower case without a schema."""
    found: dict[str, list[Location]] = defaultdict(list)
    for access in project.facts(TableAccess):
        if access.operation in ("insert", "upsert"):
            found[_bare(access.relation or "")].append(access.at)
    for asked in project.facts(ModelAccess):
        if asked.operation in ("insert", "upsert"):
            found[_bare(asked.model)].append(asked.at)
    for write in project.facts(RowWrite):
        if write.operation == "insert":
            found[_bare(write.table)].append(write.at)
    for statement in project.facts(SqlStatement):
        for one in statement.writes:
            if one.operation == "insert":
                found[_bare(one.table)].append(statement.at)
    return found


def _bare(table: str) -> str:
    return table.rpartition(".")[2].lower()


def _in_database(project: Project) -> Iterator[Finding]:
    """The writes in the bodies of SQL functions that name no rows."""
    for function, statement in project.view(routines):
        if _means_all(function.name.name):
            continue
        for written in (one for one in statement.writes if not one.bounded and not _TEMPORARY.search(one.table)):
            yield Finding(
                statement.at,
                f"The {written.operation.upper()} on `{written.table}` in {function.identity} has no WHERE: it means every row.",
                "Name the rows, or write `where true` where all of them are meant.",
                subject=function_subject(function),
                strict=not any(_KEY.search(argument.name or "") for argument in function.arguments),
                slots={"operation": written.operation, "table": written.table},
            )


def _means_all(function: str) -> bool:
    return _SAYS_SO.search(function.rpartition(".")[2]) is not None


def _tells_rows_apart(function: Function) -> bool:
    """Whether a function is told something by which rows could be told apart, and not only what reaches the database."""
    return any(not _REACHES.search(name) for name in function.parameters)


def _takes_nothing(function: Function | None) -> bool:
    """Whether a function that deletes by its name is told nothing by which rows could be told apart: a command."""
    return (
        function is not None
        and not function.parameters
        and re.match(r"(?:delete|remove)_", function.name.rpartition(".")[2]) is not None
        and any(name.endswith("command") for name in function.decorators)
    )


def _names_no_rows(asked: ModelAccess) -> bool:
    """Whether Prisma is asked to write many rows, and nothing says which: no `where`, or an empty one."""
    if asked.call not in ("deleteMany", "updateMany"):
        return False
    given = asked.argument
    if given is None:
        return True
    where = given.get("where") if isinstance(given, Record) and not given.open else given
    return where is None or (isinstance(where, Record) and not where.entries and not where.open)


def _is_filtered(access: TableAccess) -> bool:
    """Whether a chain narrows the rows down, or goes through something that nobody followed."""
    names = [call.name for call in access.calls if isinstance(call, Call)]
    return len(names) < len(access.calls) or any(name in _FILTERS for name in names)


REMARK = (
    "This {operation} asks for no row in particular, so it gets all of `{table}`. "
    "One call is enough, and only the backup knows what was there."
)

EXAMPLES = [
    """
=== shop/sessions.py
from sqlalchemy import delete, update
from sqlalchemy.orm import Session as Database

from shop.models import Session


def expire(db: Database, session_id, rows):
    db.execute(delete(Session))  # <-- everybody's
    db.execute(update(Session).values(seen=True))  # <-- everybody's
    db.execute(delete(Session).where(Session.id == session_id))
    db.execute(update(Session), rows)
    db.query(Session).delete()  # <-- everybody's
    db.query(Session).filter(Session.id == session_id).delete()
    statement = delete(Session)
    if session_id:
        statement = statement.where(Session.id == session_id)
    db.execute(statement)

=== src/sessions.ts
import knexFactory from "knex";

const knex = knexFactory({ client: "pg" });

export async function expire(id: string) {
  await knex("sessions").del(); // <-- everybody's
  await knex("sessions").update({ seen: true }).returning("id"); // <-- everybody's
  await knex("sessions").where({ id }).del();
  await knex("sessions").del().where({ id });
  const later = knex("sessions").update({ seen: false });
  later.where(id ? { id } : { seen: true });
  await later;
}

=== shop/views.py
from shop.models import Cart


def close(request, pk):
    Cart.objects.update(open=False)  # <-- everybody's
    Cart.objects.filter(pk=pk).update(open=False)
    Cart.objects.all().update(open=False)

=== src/bags.ts
import { eq } from "drizzle-orm";
import { db } from "./db";
import { bags } from "./schema";

export async function empty(id: string) {
  await db.delete(bags); // <-- everybody's
  await db.update(bags).set({ open: false }).returning(); // <-- everybody's
  await db.delete(bags).where(eq(bags.id, id));
  await db.update(bags).set({ open: false }).where(eq(bags.id, id));
  const later = db.update(bags).set({ open: true });
  return later.where(eq(bags.id, id));
}

=== src/carts.ts
import { PrismaClient } from "@prisma/client";

const prisma = new PrismaClient();

export async function close(id: string, where: object) {
  await prisma.cart.deleteMany(); // <-- everybody's
  await prisma.cart.updateMany({ data: { open: false } }); // <-- everybody's
  await prisma.cart.deleteMany({ where: { id } });
  await prisma.cart.updateMany({ where, data: { open: false } });
}

export async function mirror(rows: Row[], count: number) {
  await prisma.rate.deleteMany();
  for (const row of rows.slice(0, count)) {
    await prisma.rate.create({ data: row });
  }
}

export async function deleteAllCarts() {
  await prisma.cart.deleteMany({});
}
""",
    """
=== supabase/migrations/20240101000000_sessions.sql
create table public.sessions (id bigint primary key, user_id uuid, seen boolean);

create function public.forget() returns void language plpgsql set search_path = '' as $$
begin
  delete from public.sessions; -- <-- strict: everybody's
  update public.users set open = (select count(*) from public.sessions s where s.user_id = users.id);
  update public.sessions set seen = false where user_id = auth.uid();
end
$$;

create function public.forget_mine() returns void language sql set search_path = '' as $$
  delete from public.sessions where user_id = auth.uid();
$$;
""",
    """
=== src/sessions.ts
import { createClient } from "@supabase/supabase-js";
import { Pool } from "pg";

const supabase = createClient(process.env.SUPABASE_URL!, process.env.SUPABASE_SERVICE_ROLE_KEY!);
const pool = new Pool();

export async function logout(userId: string) {
  await supabase.from("sessions").delete(); // <-- everybody is logged out
  await supabase.from("sessions").delete().eq("user_id", userId);
  await supabase.from("sessions").update({ seen: true }); // <-- every session
  await supabase.from("sessions").update({ seen: true }).match({ user_id: userId });
  await pool.query("DELETE FROM sessions"); // <-- every row
  await pool.query("DELETE FROM sessions WHERE user_id = $1", [userId]);
  await pool.query("DELETE FROM sessions WHERE true");
  let query = supabase.from("sessions").delete();
  query = query.eq("user_id", userId);
  await query;
}
""",
    """
=== shop/jobs.py
import psycopg2

connection = psycopg2.connect("dbname=shop")


def refresh(cursor):
    cursor = connection.cursor()
    cursor.execute("UPDATE orders SET state = 'where it was'")  # <-- every order, with one word
    cursor.execute("UPDATE orders SET tries = 0, seen = NULL")  # <-- strict: perhaps all begin anew
    cursor.execute("UPDATE orders SET state = %s", (STATE,))  # <-- strict: whatever it is
    cursor.execute("UPDATE settings SET theme = 'dark'")  # <-- strict: perhaps there is one row
    cursor.execute("UPDATE orders SET state = 'new' WHERE state IS NULL")
    cursor.execute("UPDATE orders SET total = sums.total FROM sums WHERE sums.id = orders.id")
    cursor.execute("DELETE FROM orders USING old WHERE old.id = orders.id")
    cursor.execute("SELECT id FROM orders FOR UPDATE")
""",
    """
=== shop/sweep.py
import sqlite3

connection = sqlite3.connect("shop.db")


def sweep(table, condition, state):
    connection.execute(f"DELETE FROM orders {condition}")
    connection.execute(f"UPDATE {table} SET state = '{state}'")
    connection.execute(f"UPDATE orders SET state = '{state}'")  # <-- strict: whatever the state
    connection.execute("INSERT INTO done (id) SELECT id FROM orders; DELETE FROM orders")  # <-- strict: in the second statement
    connection.execute("WITH old AS (SELECT id FROM orders) DELETE FROM items -- where?")  # <-- strict: all items
    connection.execute("DELETE FROM orders wher id = 1")
""",
    """
=== shop/state.py
import sqlite3

connection = sqlite3.connect("shop.db")


def remember(version):
    connection.execute("DELETE FROM applied")
    connection.execute("INSERT INTO applied (version) VALUES (?)", (version,))


def forget(version):
    connection.execute("INSERT INTO forgotten (version) VALUES (?)", (version,))
    connection.execute("DELETE FROM forgotten")  # <-- strict: what was there before, too
""",
    """
=== tests/test_shop.py
import psycopg2


def clean():
    psycopg2.connect("dbname=shop").cursor().execute("DELETE FROM orders")
""",
    """
=== shop/tables.py
import sqlite3

connection = sqlite3.connect("shop.db")


class Chunks:
    def delete_all(self):
        connection.execute("DELETE FROM chunks")

    def drop_table(self):
        connection.execute("DELETE FROM chunks")

    def install(self):
        connection.execute("DELETE FROM chunks")  # <-- strict: every chunk

    def call(self):
        connection.execute("DELETE FROM chunks")  # <-- strict: every chunk
""",
    """
=== src/routes.ts
import express from "express";
import { Pool } from "pg";

const app = express();
const pool = new Pool();

app.put("/carts/:id", async (req, res) => {
  await pool.query("UPDATE carts SET open = $1", [req.body.open]); // <-- the path says which
  res.end();
});

app.put("/settings", async (req, res) => {
  await pool.query("UPDATE settings SET open = $1", [req.body.open]); // <-- strict: perhaps there is one row
  res.end();
});
""",
]
