"""A query is sent once for every element of a collection.

Two rows cost two round trips, two thousand rows cost two thousand, each with its own latency, connection and plan: the
endpoint that answered at once in development times out with the first large customer. One query can ask for all of them
(`= ANY($1)`, `.in()`, a join), one statement can write all of them (several rows of `VALUES`, `executemany`, an upsert of
a list).

Loops that retry, wait, pause, count or page are not meant, nor those of scripts, of commands and of what these alone
load or call, nor those that send the elements in batches, nor those over a list that is written out or the classes that the code defines, nor what one transaction is
handed, nor writes that note what the code has waited for before (a file that is gone, an answer of another service), so
that it is not done again, or claim what it is about to do, nor updates that give each row another value where no call of
the library takes several of them, nor what is sent for few of the elements: where a cache has nothing, where one is given
up, for the one that is meant.

Jobs take one thing after another, each with what becomes of it, and often have to: where no request is known to run the
loop of one, that is for those who ask for everything.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain

from ...facts.code import Function
from ...facts.data import Loop, ModelAccess, Query, RowRead, RowWrite, TableAccess, Transaction
from ...facts.file import Side
from ...facts.imports import Import
from ...facts.location import Location
from ...facts.values import (
    Call,
    Choice,
    Constant,
    Environment,
    Items,
    Parameter,
    Record,
    Reference,
    Text,
    Unknown,
    Value,
    holes,
    named,
    options,
    rendered,
)
from ...finding import Confidence, Finding, Related
from ...join.commanded import commanded
from ...join.commands import by_hand
from ...join.courses import seldom_reads, seldom_writes
from ...join.endpoints import endpoints
from ...join.holes import position
from ...join.modules import modules
from ...join.runners import queries
from ...join.running import runs
from ...join.switched_off import is_switched_off
from ...join.tools import only_by_tools
from ...project import SERVER_SIDES, Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="medium",
    since="0.1.0",
    languages=("python", "typescript"),
    found_at=("HandedQuery", "ModelAccess", "Query", "RowRead", "RowWrite", "TableAccess"),
    serving=True,
    asked_by="F E",
    strictly="queries of jobs, and in programs that no file of a service imports, where no request is known to run them; "
    "queries of a table that is another each time, and of backups; models that are asked where nobody is known to wait for "
    "it, or for the first rows of each element, and rows that they insert one by one; rows and calls by which the code opens or "
    "claims what it then waits for elsewhere; loops through what an object holds, "
    "mostly what it was set up with, or ten of a list at most; loops of which a comment says why they take one by one; "
    "what a constant of its own file switches off.",
    limits="A query that a called function sends is not seen. It has to use the element that the loop stands at, and of "
    "SQL the statement has to be seen, or a builder's `where`.",
)

_BATCH = re.compile(
    r"batch|chunk|slice|split(?:_|[a-z])|page|partition|window|group|shard|attempt|retr|migration|statement|(?:table|schema)(?!\w*\()|tables\b",
    re.IGNORECASE,
)


_PIECE = re.compile(r"(?:Raw|literal|literal_column|\btext|\bSQL|RawSQL|extra|prepare|mogrify)$")
"""Calls that make a piece of a query, or prepare one."""
_WRITES = frozenset({"insert", "update", "delete", "replace", "merge"})
_HANDED = re.compile(r"(?:^|\.)queryRunner\.")
"""TypeORM's handle of one transaction, which migrations get, too."""
_MANY = re.compile(r"(?:^|\.)(?:executemany|execute_values|execute_batch|bulk_\w+|copy\w*|createMany\w*|insertMany)$")
"""Calls that send many rows as it is: the loop goes through batches."""
_STATEMENT = re.compile(r"\s*(select|insert|update|delete|replace|merge|with|execute|call)\b", re.IGNORECASE)
"""What reads or writes rows. Of tables, roles and sessions, no statement says more than of one."""
_CATALOGUE = re.compile(
    r"\b(?:information_schema|pg_catalog|pg_(?:class|indexes|tables)|sqlite_(?:master|schema))\b", re.IGNORECASE
)
"""Where databases keep what they know of their tables, of which there are few."""
_IN = "where: { column: { in: values } }"
_CURES = {"insert": "createMany({ data: rows })"}
"""How Prisma does for many rows what it does for one."""
_ROWS = {"select": "column IN (values)", "insert": "INSERT … VALUES (…), (…)"}
"""How one statement does for many rows what it does for one, however the mapper at hand spells it."""
_ONE_ROW = re.compile(r"(?:^|\.)(?:create|acreate|insert_one|insertOne|insert|save)$")
"""Calls that send one row at once; what is added to a session is sent with the rest."""
_AT_LEISURE = re.compile(
    r"cron|job|worker|(?<!a)(?<!A)sync|import(?!ant)|seed|clean|purge|backfill|reconcil|outbox|migrat|\bscripts?\b"
    r"|background|schedul|queue|batch|(?<!p)loader|copy",
    re.IGNORECASE,
)
"""What files and functions are called after whose work nobody waits for, and those that gather what others ask."""
_JOBS = re.compile(
    r"(?:^|/)(?:cron(?:jobs?|s)?|jobs|workers?|queues?|tasks|schedulers?)/"
    r"|(?:cron|job|worker|schedul|clean|purge|backfill|reconcil|outbox)[^/]*(?:/[^/]*)?$",
    re.IGNORECASE,
)
"""Folders, files and functions of jobs."""
_ONCE = re.compile(r"(?:^|[._])(?:migrate|backfill)(?:_|[A-Z]|$)")
"""Functions that bring what there is into a new form, once."""
_COPIES = re.compile(r"(?:^|[/._-])(?:backups?|dump|snapshots?)(?=[/._-])", re.IGNORECASE)
"""Where everything is read, piece by piece so that no answer gets too long."""
_HELD = re.compile(r"(?:this|self)\.[\w.\[\]]+(?:\.(?:keys|values|entries|items)\(…?\))?$")
"""An attribute of an object, or what its keys and values are gone through by."""
_OF_CONSTANT = re.compile(r"(?!(?:.*\.)?req(?:uest)?\.)(?:[\w./@-]*[./])?[A-Z][A-Z0-9_]+(?:\[\]|\.[A-Za-z_]\w*)+$")
"""What stands in a constant: `MENU[].pages`, the pages of each entry."""
_CLASSES = re.compile(r"\.(?:__subclasses__\(|_meta\.\w|registry\.mappers$|entityMetadatas$|modelNames\()")
_OF_APPS = re.compile(r"\.(?:get_models|get_app_configs)\(")
"""How Python, Django, SQLAlchemy, TypeORM and Mongoose list classes, or the fields of one; and how Django's apps do."""
_FEW = 10
"""As many round trips are no matter of how much there is."""
_MOMENTS = frozenset({"Date", "now", "utcnow", "toISOString", "timestamp"})
"""Calls that give the same to all rows, or near enough."""


_Asks = Query | TableAccess | ModelAccess | RowRead | RowWrite


@dataclass(frozen=True, slots=True)
class _Sent:
    """A query that has to do with the element that its loop stands at. `operation` is `select`, `update`, …

    `weak` where it may be meant: rows that are made one by one run what their model does as it is saved.
    """

    query: _Asks
    loop: Loop
    operation: str
    what: str
    cure: str
    weak: bool = False


def check(project: Project) -> Iterator[Finding]:
    loops: dict[str, list[Loop]] = defaultdict(list)
    for loop in project.facts(Loop, *SERVER_SIDES):
        is_meant = not (_is_fixed(loop.over) or _is_registry(project, loop)) and not _BATCH.search(named(loop.over))
        is_meant = is_meant and loop.at.path not in project.view(only_by_tools)
        if is_meant and not _ONCE.search(loop.function) and not by_hand(project, loop.at.path, loop.function):
            loops[loop.at.path].append(loop)
    reads: dict[Location, list[_Sent]] = defaultdict(list)
    for sent in chain.from_iterable(by(project, loops) for by in (_by_sql, _by_builders, _by_models, _by_rows)):
        at, body = sent.query.at, sent.loop.at
        if sent.operation == "select":
            is_meant = not seldom_reads(project, at, body)
        else:
            is_meant = not _is_noted(project, sent) and not seldom_writes(project, at, body)
        if not is_meant or (at.path, sent.loop.function) in project.view(commanded):
            continue
        opens = sent.operation not in ("select", "update") and _waits_for_others(project, sent)
        is_meant = sent.loop.explained or is_switched_off(project, at, sent.query.function)
        if (
            is_meant
            or opens
            or _is_of_few(project, sent.loop)
            or _is_held(sent.loop.over)
            or _may_take_its_time(project, at.path, sent.query.function)
        ):
            sent = replace(sent, weak=True)
        if isinstance(sent.query, RowRead):
            reads[body].append(sent)
        else:
            yield _finding(sent)
    yield from map(_finding, map(_at_once, reads.values()))


def _is_of_few(project: Project, loop: Loop) -> bool:
    """Whether a constant says that a loop goes through a few elements at most, whatever there is."""
    return (loop.most is not None and loop.most <= _FEW) or _holds_few(project, loop, loop.over)


def _holds_few(project: Project, loop: Loop, over: Value) -> bool:
    match over:
        case Choice(options=several):
            return all(_holds_few(project, loop, one) for one in several)
        case Items(items=items, open=may_be_more):
            return not may_be_more and len(items) <= _FEW
        case Reference(name=name) if name.removesuffix("[]").endswith("()"):
            given = [
                part
                for one in project.facts_of(loop.at.path, Function)
                if one.name == name.removesuffix("[]").removesuffix("()")
                for each in one.returns
                for part in (each.items if name.endswith("[]") and isinstance(each, Items) else (each,))
            ]
            lists = [one for one in given if any(isinstance(each, Items) for each in options(one))]
            return bool(lists) and all(_holds_few(project, loop, one) for one in lists)
        case Reference(name=name):
            asked = [one for one in project.facts_of(loop.at.path, TableAccess) if one.function == loop.function]
            same = [one for one in asked if one.at < loop.at and name.startswith(_spelled(one))]
            return bool(same) and all(any(map(_limits, one.calls)) for one in same)
        case Call(arguments=arguments, receiver=receiver):
            return _limits(over) or any(
                isinstance(one, Call) and _holds_few(project, loop, one) for one in (*arguments[:1], receiver)
            )
    return False


def _spelled(access: TableAccess) -> str:
    """How what a chain gives is called: `supabase.from().select().data`."""
    names = (f"{one.name}()" for one in access.calls if isinstance(one, Call))
    return ".".join((access.client, *names, ""))


def _limits(made: Value) -> bool:
    """Whether a call asks for a few rows at most: `.limit(5)`, `findMany({ take: 5 })`."""
    if not isinstance(made, Call) or not made.arguments:
        return False
    given = made.arguments[0]
    limit = given if made.name == "limit" else given.get("take") if isinstance(given, Record) else None
    return isinstance(limit, Constant) and isinstance(limit.value, int) and limit.value <= _FEW


def _imported(project: Project) -> frozenset[str]:
    """The view: the files that others of a service import."""
    imports = project.view(modules).imports
    serving = [path for path, file in project.files.items() if file.side in SERVER_SIDES]
    return frozenset(edge.target for path in serving for edge in imports(path) if edge.target != path)


def _may_take_its_time(project: Project, path: str, function: str) -> bool:
    """Whether nobody is known to wait: no request runs it, and it is a job by its name, or a program by itself.

    A job that takes one thing after another, each with what becomes of it, is often meant so. Of Edge Functions any may
    be called by a request.
    """
    if project.side(path) is Side.EDGE or path in project.view(_answering) or runs(project, path, function):
        return False
    return _JOBS.search(f"{path}/{function}") is not None or (
        path not in project.view(_imported) and _is_program(project, path)
    )


def _answering(project: Project) -> frozenset[str]:
    """The view: the files that answer requests."""
    return frozenset(one.handler_path or one.at.path for one in project.view(endpoints))


def _is_program(project: Project, path: str) -> bool:
    """Whether a file calls functions of its own as it is loaded: to load it is to run it."""
    own = {one.name for one in project.facts_of(path, Function) if "." not in one.name}
    return bool(own) and any(not made.function for made in project.calls_made(path, own))


def _by_sql(project: Project, loops: Mapping[str, list[Loop]]) -> Iterator[_Sent]:
    for query in project.view(queries):
        around = _around(query, loops)
        used = [query.text, query.parameters] if query.parameters is not None else [query.text]
        text = rendered(query.text)
        verb = _STATEMENT.match(text)
        if (
            around is None
            or not (verb or query.call.endswith(".where"))
            or _CATALOGUE.search(text)
            or _PIECE.search(query.call)
            or _HANDED.search(query.call)
            or _MANY.search(query.call)
            or _asks_each_its_own(query.text, around.over)
            or _joins_elements(used, around.over)  # each element holds many
        ):
            continue
        if any(_uses_element(value, around.over) for value in used):
            word = verb[1].lower() if verb is not None else "select"
            operation = word if word in _WRITES else "select"
            yield _Sent(query, around, operation, f"`{query.call}`", "= ANY(…)")


def _by_builders(project: Project, loops: Mapping[str, list[Loop]]) -> Iterator[_Sent]:
    for access in project.facts(TableAccess, *SERVER_SIDES):
        around = _around(access, loops)
        given = [one.arguments[:1] for one in access.calls if isinstance(one, Call) and one.name == access.operation]
        if around is None or (
            access.operation == "update"
            and any(_is_each_its_own(one, around.over) for one in chain.from_iterable(given))
        ):
            continue
        is_sent = access.awaited or _starts_with(access, around)
        if is_sent and any(_uses_element(call, around.over) for call in access.calls):
            what = f"`.{access.operation}()` on `{access.relation or 'a table'}`"
            weak = not access.relation or _COPIES.search(access.at.path) is not None
            yield _Sent(access, around, access.operation, what, ".in(column, values)", weak)


def _by_models(project: Project, loops: Mapping[str, list[Loop]]) -> Iterator[_Sent]:
    batches = [one.at for one in project.facts(Transaction, *SERVER_SIDES) if one.kind == "block"]
    for model in project.facts(ModelAccess, *SERVER_SIDES):
        around = _around(model, loops)
        if around is None or model.argument is None or not (model.awaited or _starts_with(model, around)):
            continue
        if _is_whole(model, model.argument, around.over) or any(batch.holds(around.at) for batch in batches):
            continue
        if _uses_element(model.argument, around.over):
            what = f"`{model.client.rpartition('.')[2]}.{model.model}.{model.call}`"
            yield _Sent(model, around, model.operation, what, _CURES.get(model.operation, _IN))


def _by_rows(project: Project, loops: Mapping[str, list[Loop]]) -> Iterator[_Sent]:
    """What models are asked for, and what is inserted by them."""
    for read in project.facts(RowRead, *SERVER_SIDES):
        around = _around(read, loops)
        if around is None or not (read.awaited or _starts_with(read, around)):
            continue
        if _uses_element(read.asked, around.over):
            weak = read.limited or not _is_waited_for(project, read)
            yield _Sent(read, around, "select", f"`{read.table}`", _ROWS["select"], weak)
    for write in project.facts(RowWrite, *SERVER_SIDES):
        around = _around(write, loops)
        if around is None or write.operation != "insert" or write.value is None or not _ONE_ROW.search(write.call):
            continue
        if _uses_element(write.value, around.over):
            yield _Sent(write, around, "insert", f"an insert of `{write.table}`", _ROWS["insert"], weak=True)


def _at_once(reads: list[_Sent]) -> _Sent:
    """The reads of one loop by models as one: the first that is not weak, with the tables of all."""
    tables = " and ".join(dict.fromkeys(read.what for read in reads))
    return replace(min(reads, key=lambda read: read.weak), what=f"a query of {tables}")


def _is_waited_for(project: Project, read: RowRead) -> bool:
    """Whether somebody waits for what a model is asked: a request is known to run it, and it is known for a model.

    In TypeScript, where types say what is a model, whatever is not called after work that is done at leisure may run
    for one: resolvers, procedures and pages are no endpoints with a path.
    """
    is_python = read.at.path.endswith(".py")
    if runs(project, read.at.path, read.function):
        return read.table[:1].isupper() or not is_python
    return not is_python and not _AT_LEISURE.search(f"{read.at.path}/{read.function}")


def _is_noted(project: Project, write: _Sent) -> bool:
    """Whether a write comes after something else that the loop waits for at each element, or claims it before that."""
    at, waits = write.query.at, [one for one in write.loop.waits if not one.holds(write.query.at)]
    return any(one < at for one in waits) or (write.operation == "update" and _waits_for_others(project, write))


def _waits_for_others(project: Project, write: _Sent) -> bool:
    """Whether a loop waits for something else than a database at each element beside what it writes."""
    waits = [one for one in write.loop.waits if not one.holds(write.query.at)]
    asked = project.view(_asked)[write.query.at.path]
    return any(not any(wait.holds(one) or one.holds(wait) for one in asked) for wait in waits)


def _asked(project: Project) -> Mapping[str, list[Location]]:
    """The view: where each file asks a database."""
    found: dict[str, list[Location]] = defaultdict(list)
    for fact in (
        *project.facts(Query, *SERVER_SIDES),
        *project.facts(TableAccess, *SERVER_SIDES),
        *project.facts(ModelAccess, *SERVER_SIDES),
    ):
        found[fact.at.path].append(fact.at)
    return found


def _starts_with(query: _Asks, loop: Loop) -> bool:
    """Whether the query is what a `map` makes of each element."""
    return (query.at.line, query.at.column) == (loop.at.line, loop.at.column)


def _around(query: _Asks, loops: Mapping[str, list[Loop]]) -> Loop | None:
    """The innermost loop of the same function that the query stands in."""
    inside = [loop for loop in loops.get(query.at.path, ()) if loop.at.holds(query.at)]
    return max(inside, key=lambda loop: loop.at, default=None)


def _asks_each_its_own(text: Value, over: Value) -> bool:
    """Whether the elements are tables or pieces of SQL, so that each is another statement."""
    if isinstance(text, Choice):
        return any(_asks_each_its_own(option, over) for option in text.options)
    parts = text.parts if isinstance(text, Text) else ()
    written = ["{}" if not isinstance(part, Constant) else str(part.value) for part in parts]
    return any(
        _uses_element(part, over) and position("".join(written[:at]), "".join(written[at + 1 :])) != "value"
        for at, part in enumerate(parts)
    )


def _joins_elements(used: list[Value], over: Value) -> bool:
    """Whether what each element holds is gone through in turn: `",".join(str(one) for one in ids)`."""
    return any(
        isinstance(one, Reference) and "[][]" in one.name and one.name.startswith(_root(over))
        for value in used
        for one in holes(value)
    )


def _is_whole(model: ModelAccess, argument: Value, over: Value) -> bool:
    """Whether Prisma can send no more than this in one call: many rows, an upsert, values of each element's own."""
    if model.operation == "update":
        return not isinstance(argument, Record) or _is_each_its_own(argument.get("data"), over)
    return model.operation == "upsert" or _MANY.search(model.call) is not None


def _is_each_its_own(update: Value | None, over: Value) -> bool:
    """Whether what an update sets may be another thing for each element, as far as that is seen."""
    match update:
        case Record(entries=entries, open=is_open):
            return is_open or any(_is_each_its_own(one, over) for _, one in entries)
        case Constant() | Environment():
            return False
        case Parameter():
            return _uses_element(update, over)
        case Reference(name=name):
            return name.endswith("]") or "()" in name or _uses_element(update, over)
        case Call(name=name, arguments=()):
            return name not in _MOMENTS
    return True


def _is_fixed(over: Value) -> bool:
    """Whether a loop goes through what the program itself lists, as many as are written there."""
    match over:
        case Items(items=items, open=may_be_more):
            return not may_be_more or all(_is_constant(item) for item in items)
        case Record() | Constant():
            return True
        case Reference(name=name):
            is_imported = "/" in name and "(" not in name and "[" not in name  # a list that another file holds
            return is_imported or name.rpartition(".")[2].isupper() or _OF_CONSTANT.match(name) is not None
    return False


def _is_registry(project: Project, loop: Loop) -> bool:
    """Whether a loop goes through the classes that the code defines, models mostly, as the framework has them listed."""
    names = [named(one) for one in (loop.over, *(loop.over.arguments[:1] if isinstance(loop.over, Call) else ()))]
    return any(map(_CLASSES.search, names)) or (
        any(map(_OF_APPS.search, names))
        and any(
            one.module == "django.apps" or (one.module == "django" and ("apps", "apps") in one.names)
            for one in project.facts_of(loop.at.path, Import)
        )
    )


def _is_held(over: Value) -> bool:
    """Whether a loop goes through what an object holds, mostly the few things that it was set up with: `this.limiters`."""
    return _HELD.match(named(over)) is not None


def _is_constant(value: Value) -> bool:
    match value:
        case Items(items=items):
            return all(_is_constant(item) for item in items)
        case Constant() | Record():
            return True
    return False


def _uses_element(value: Value, over: Value) -> bool:
    """Whether a value has an element of what the loop goes through in it."""
    match value:
        case Parameter(name=name, path=path):
            return isinstance(over, Parameter) and over.name == name and path.startswith(over.path + "[]")
        case Reference(name=name):
            return "[]" in name and name.startswith(_root(over))
        case Text(parts=inner) | Items(items=inner) | Choice(options=inner):
            return any(_uses_element(one, over) for one in inner)
        case Record(entries=entries):
            return any(_uses_element(one, over) for _, one in entries)
        case Call(arguments=arguments, keywords=keywords, receiver=receiver):
            given = [*arguments, *(one for _, one in keywords), *([receiver] if receiver is not None else [])]
            return any(_uses_element(one, over) for one in given)
    return False


def _root(over: Value) -> str:
    """How the elements of a collection begin to be called."""
    match over:
        case Reference(name=name):
            return f"{name}[]"
        case Call(callee=callee):
            return f"{callee}()[]"
        case Choice(options=several):
            return next((root for root in map(_root, several) if root != "\0"), "\0")
        case Items(items=(Reference(name=name), *_), open=True):
            return name
    return "\0"


def _finding(sent: _Sent) -> Finding:
    over = sent.loop.over
    whose = named(over).replace(".default", "").lstrip(".")  # what a default import is called, this file alone knows
    name = "the collection" if isinstance(over, Items | Choice | Unknown | Text) else f"`{whose}`"
    return Finding(
        sent.query.at,
        f"{sent.what[0].upper()}{sent.what[1:]} is sent once for each element of {name}.",
        f"One query for all of them: `{sent.cure}`, a join, or one statement with all the rows.",
        (Related(sent.loop.at, "the loop"),),
        slots={"collection": name, "call": sent.what},
        confidence=Confidence.MEDIUM,
        strict=sent.weak,
    )


REMARK = (
    "One round trip for each element of {collection}: it is fast exactly as long as nobody has data. "
    "Ask once, for all of them."
)

EXAMPLES = [
    """
=== src/renamed.js
const { pool } = require("./pool");

async function rename(orders) {
  for (const order of orders) {
    await pool.query("UPDATE orders SET name = $1 WHERE id = $2", [order.title, order.id]); // <-- strict: who runs this?
  }
}

rename(require("./orders.json"));
=== src/pool.js
const { Pool } = require("pg");

exports.pool = new Pool();
=== src/server.js
const express = require("express");
const { pool } = require("./pool");

const app = express();
app.post("/names", async (req, res) => {
  for (const order of req.body.orders) {
    await pool.query("UPDATE orders SET name = 'sold' WHERE id = $1", [order.id]); // <-- one for all of them would do
  }
  res.json({});
});
""",
    """
=== shop/orders.py
import psycopg2

connection = psycopg2.connect("dbname=shop")


def totals(users, state):
    cursor = connection.cursor()
    found = []
    for user in users:
        cursor.execute("SELECT sum(total) FROM orders WHERE user_id = %s", (user.id,))  # <-- once a user
        found.append(cursor.fetchone())
    cursor.execute("SELECT user_id, sum(total) FROM orders WHERE user_id = ANY(%s)", ([user.id for user in users],))
    for attempt in range(3):
        cursor.execute("SELECT 1 FROM orders WHERE state = %s", (state,))
    for table in ("orders", "items"):
        cursor.execute(f"SELECT count(*) FROM {table}")
    return found


def details(cursor):
    cursor.execute("SELECT id FROM orders")
    for (order,) in cursor.fetchall():
        cursor.execute("SELECT name FROM items WHERE order_id = %s", (order,))  # <-- once an order
    for (order,) in cursor.fetchall():
        cursor.executemany("INSERT INTO items (order_id, name) VALUES (%s, %s)", [(order, name) for name in NAMES])
    for batch in chunked(cursor.fetchall(), 500):
        cursor.execute("SELECT name FROM items WHERE order_id = ANY(%s)", (batch,))
""",
    """
=== shop/clients.py
from supabase import Client, create_client


def for_user(token: str) -> Client:
    return create_client(URL, token)

=== shop/lessons.py
from shop.clients import for_user


def upcoming(user):
    client = for_user(user.token)
    lessons = client.table("lessons").select("id, tutor_id").eq("student_id", user.id).execute().data
    for lesson in lessons:
        client.table("tutors").select("name").eq("id", lesson["tutor_id"]).single().execute()  # <-- once a lesson
    names = {}
    for lesson in lessons:
        if lesson["tutor_id"] not in names:
            names[lesson["tutor_id"]] = client.table("tutors").select("name").eq("id", lesson["tutor_id"]).execute()
    asked = [client.table("tutors").select("name").eq("id", lesson["tutor_id"]) for lesson in lessons]
    return client.table("tutors").select("name").in_("id", [one["tutor_id"] for one in lessons]).execute()

=== shop/orders.py
from psycopg import connect


def placed(body):
    with connect() as conn:
        for line in OrderSchema().load(body)["lines"]:
            conn.execute("INSERT INTO lines (product, count) VALUES (%s, %s)", (line["product"], line["count"]))  # <-- once a line
        for name in ShopSchema().tables:
            conn.execute("SELECT count(*) FROM orders WHERE name = %s", (name,))
""",
    """
=== shop/urls.py
from django.urls import path

from .views import counted

urlpatterns = [path("orders", counted)]
=== shop/views.py
from django.http import JsonResponse

from .models import Order


def counted(request):
    found = {}
    for order in Order.objects.filter(open=True)[:50]:
        found[order.pk] = order.lines.count()  # <-- once an order
    for order in Order.objects.prefetch_related("lines"):
        found[order.pk] += order.lines.count() + order.title.count("x")
    for order in Order.objects.prefetch_related("lines"):
        found[order.pk] += order.lines.filter(paid=True).exists()  # <-- what was fetched is no help
    return JsonResponse(found)
""",
    """
=== src/orders.ts
import { Pool } from "pg";
import { createClient } from "@supabase/supabase-js";

const pool = new Pool();
const supabase = createClient(process.env.SUPABASE_URL!, process.env.SUPABASE_ANON_KEY!);

export async function totals(users: { id: string }[], ids: string[]) {
  for (const user of users) {
    await pool.query("SELECT sum(total) FROM orders WHERE user_id = $1", [user.id]); // <-- once a user
  }
  await Promise.all(
    ids.map(async (id) => {
      await supabase.from("orders").select("id, total").eq("user_id", id); // <-- once an id
    }),
  );
  await supabase.from("orders").select("id, total").in("user_id", ids);
  for (const table of ["orders", "items"]) {
    await pool.query(`SELECT count(*) FROM ${table}`);
  }
  for (const id of [users[0].id, ids[0]]) {
    await pool.query("SELECT sum(total) FROM orders WHERE user_id = $1", [id]);
  }
}
""",
    """
=== app/main.py
import click
from fastapi import Depends, FastAPI
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.db import get_session
from app.models import Invite, Meeting, Room

app = FastAPI()


@app.get("/meetings")
def meetings(session: Session = Depends(get_session)):
    found = []
    for meeting in session.scalars(select(Meeting).limit(50)):
        invited = session.scalar(select(Invite).where(Invite.meeting_id == meeting.id))  # <-- one query for each
        found.append((meeting.title, invited, session.get(Room, meeting.room_id)))
    return found


@click.command()
def remind(session):
    told(session, session.scalars(select(Meeting)))


def told(session, meetings):
    for meeting in meetings:
        session.execute(text("SELECT id FROM invites WHERE meeting_id = :id"), {"id": meeting.id})


def counted(session, meetings):
    return {one.id: session.query(Invite).filter_by(meeting=one).count() for one in meetings}  # <-- strict: who runs this?
=== app/models.py
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    pass
""",
    """
=== src/poll.ts
import { Pool } from "pg";

export async function wait(pool: Pool, id: string) {
  while (true) {
    const { rows } = await pool.query("SELECT done FROM jobs WHERE id = $1", [id]);
    if (rows[0].done) return;
  }
}
""",
    """
=== src/limits.ts
import express from 'express'
import { Pool } from 'pg'

const LIMITS = { mail: 10, chat: 5 }

export class Limits {
  private readonly limiters = new Map<string, number>(Object.entries(LIMITS))

  constructor(private readonly pool: Pool) {}

  async resume(services: string[]) {
    for (const service of this.limiters.keys()) {
      await this.pool.query('UPDATE limits SET paused = false WHERE service = $1', [service])  // <-- strict: a few
    }
    for (const limiter of this.names) {
      await this.pool.query('UPDATE limits SET paused = false WHERE service = $1', [limiter])  // <-- strict: a few
    }
    for (const service of services) {
      await this.pool.query('UPDATE limits SET paused = false WHERE service = $1', [service])  // <-- whoever asks says how many
    }
  }
}
""",
    """
=== supabase/functions/backup-weekly/index.ts
import { createClient } from "npm:@supabase/supabase-js@2";
const client = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!);
Deno.serve(async () => {
  const { data: companies } = await client.from("companies").select("*");
  for (const company of companies) {
    await client.from("orders").select("*").eq("company_id", company.id).limit(50000); // <-- strict: a copy of all
  }
  return new Response("done");
});
=== supabase/functions/report/index.ts
import { createClient } from "npm:@supabase/supabase-js@2";
const client = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!);
Deno.serve(async () => {
  const { data: companies } = await client.from("companies").select("*");
  for (const company of companies) {
    await client.from("orders").select("*").eq("company_id", company.id); // <-- one after the other
    await client.from(company.table).select("*").eq("company_id", company.id); // <-- strict: another table each time
  }
  return new Response("done");
});
=== src/sessions.ts
export async function migrateMessages(client: Client, phones: string[]) {
  for (const phone of phones) {
    await client.query("select id from messages where phone = $1", [phone]);
  }
}
""",
    """
=== src/remind.ts
import { createClient } from "@supabase/supabase-js";

const supabase = createClient(process.env.SUPABASE_URL!, process.env.SUPABASE_ANON_KEY!);

export async function remind(ids: string[]) {
  for (const id of ids) {
    const { data } = await supabase.rpc("claim", { id }); // <-- strict: nobody else sends it then
    if (data) await fetch(MAILER, { method: "POST", body: id });
  }
  for (const id of ids) {
    await supabase.from("reminders").insert({ order_id: id }); // <-- nothing else is waited for
  }
}
""",
    """
=== bin/export.ts
import { exportAll } from "../src/export";

exportAll(process.argv.slice(2)).then(() => process.exit(0));
=== src/export.ts
import { pool } from "./pool";
import { copy } from "./copies";

export async function exportAll(ids: string[]) {
  for (const id of ids) {
    await pool.query("SELECT body FROM posts WHERE author_id = $1", [id]);
  }
  await copy(ids);
}
=== src/copies.ts
import { pool } from "./pool";

export async function copy(ids: string[]) {
  for (const id of ids) {
    await pool.query("SELECT body FROM drafts WHERE author_id = $1", [id]); // <-- the service loads it, too
  }
}
=== src/authors.ts
import express from "express";
import { copy } from "./copies";

const app = express();
app.post("/copies", async (req, res) => {
  await copy(req.body.ids);
  res.sendStatus(204);
});
app.listen(8080);
=== src/pool.ts
import { Pool } from "pg";
export const pool = new Pool();
""",
    """
=== bin/www.ts
import { start } from "../src/start";

start(process.argv[2]);
=== src/start.ts
import http from "node:http";
import { Pool } from "pg";

const pool = new Pool();

export function start(port: string) {
  http.createServer(async (req, res) => res.end(await posts(JSON.parse(await body(req))))).listen(port);
}

async function posts(ids: string[]) {
  for (const id of ids) {
    await pool.query("SELECT body FROM posts WHERE author_id = $1", [id]); // <-- whoever asks waits
  }
}
""",
    """
=== supabase/functions/tell/index.ts
import { createClient } from "npm:@supabase/supabase-js@2";

const client = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!);
const mails = false;

Deno.serve(async () => {
  const { data: admins } = await client.from("users").select("id").eq("role", "admin").limit(5);
  for (const admin of admins || []) {
    await client.from("notices").insert({ user_id: admin.id }); // <-- strict: five of them
  }
  const { data: users } = await client.from("users").select("id").eq("role", "user").limit(500);
  for (const user of users || []) {
    await client.from("told").insert({ user_id: user.id }); // <-- five hundred
  }
  for (const user of users || []) {
    if (mails) {
      await client.from("mails").insert({ user_id: user.id }); // <-- strict: never
    }
  }
  // Each by itself rather than by one statement: a mail that is refused must not take the others with it.
  for (const user of users || []) {
    await client.from("letters").insert({ user_id: user.id }); // <-- strict: somebody thought of it
  }
  return new Response("ok");
});
=== shop/top.py
from supabase import create_client

client = create_client("https://example.supabase.co", key)


def top(ids):
    for one in ids[:5]:
        client.table("orders").select("*").eq("user_id", one).execute()  # <-- strict: five
    # Count per user (not in_ across users): pages of many users lose rows.
    size = 1000
    for one in ids:
        client.table("carts").select("*").eq("user_id", one).limit(size).execute()  # <-- strict: says why
    # The carts of each user.
    for one in ids:
        client.table("carts").select("*").eq("user_id", one).execute()  # <-- says what, and not why
""",
    """
=== app/gates.py
from fastapi import FastAPI
from psycopg import connect

app = FastAPI()


def checked(cur, run):
    checks = []
    if run:
        checks.append({"name": "named", "passed": bool(run.name)})
        checks.append({"name": "dated", "passed": run.date is not None})
    else:
        checks = [{"name": "there", "passed": False}]
    return checks, len(checks)


def found(cur, run):
    rows = [{"name": "first"}]
    for row in cur.execute("SELECT name FROM runs").fetchall():
        rows.append({"name": row[0]})
    return rows, len(rows)


@app.get("/run")
def run(run: str):
    with connect() as cur:
        checks, total = checked(cur, run)
        rows, count = found(cur, run)
        for check in checks:
            cur.execute("INSERT INTO checks (name) VALUES (%s)", (check["name"],))  # <-- strict: two, or one
        for row in rows:
            cur.execute("INSERT INTO checks (name) VALUES (%s)", (row["name"],))  # <-- as many as there are
    return total + count
""",
]
