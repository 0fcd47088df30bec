"""One function writes to several tables, and nothing makes these writes one.

When the second write fails, or the process ends between the two, the first one stays: an order without its items, money
taken from one account and never given to the other. Nobody sees it happen, and no retry can tell what is already there.
A transaction is all or nothing. PostgREST has none across requests: with supabase-js and supabase-py it takes one
database function that does it all, called with `.rpc(…)`.

Logs, audit trails, events, jobs, caches and counters may lag behind and are not meant, nor are updates that set nothing
but when something was last and how many there are, functions that clean up and run again, writes on branches that
exclude each other, nor what runs after the answer or may fail on its own, nor what goes through the connection that a
callback is handed, whose giver may have begun one, nor a write that is undone by hand, nor a first write that the next
try repeats without harm: an upsert, a row that is made where there is none yet, a token that is used up before it takes
effect.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from ...facts.code import Function
from ...facts.data import ModelAccess, Query, RowWrite, TableAccess, Transaction
from ...facts.file import Side
from ...facts.http import Mount, Route, Router
from ...facts.imports import Import
from ...facts.location import Location
from ...facts.values import Constant, Record, Value, constant_text
from ...finding import Confidence, Finding, Related
from ...join.clauses import clauses
from ...join.courses import both_run, each_sometimes, fails_alone, makes_up, other_arm
from ...join.enclosed import is_enclosed
from ...join.endpoints import endpoints, serving
from ...join.handlers import handlers
from ...join.modules import modules
from ...join.runners import wrapped
from ...join.running import runs
from ...join.services import services
from ...join.switched_off import is_switched_off
from ...join.tools import stays_by_name
from ...join.writes import writes
from ...project import SERVER_SIDES, Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="medium",
    since="0.1.0",
    languages=("python", "typescript"),
    found_at=("HandedQuery", "ModelAccess", "Query", "RowWrite", "TableAccess"),
    serving=True,
    asked_by="F R E",
    strictly="deletes of several tables and nothing else, as the next try deletes what is left; writes that are each made "
    "where a test of its own holds; files of Node.js that nothing of a service loads; what a constant of its own file "
    "switches off.",
    limits="Writes that different functions make are not put together, nor statements that are prepared elsewhere, nor "
    "tagged templates. Django's are judged in what answers requests; SQLAlchemy's session is one transaction until it "
    "commits.",
)

_ASIDE = re.compile(
    r"log(?:s|ging)?$|audit|histor|activit|cache|metric|analytic|telemetry|tracking|stat(?:s|istics)?$|counter|heartbeat"
    r"|rate_?limit|notifica(?:tion|c)|^sent_?(?:e?mail|message)s?$|presence|usage|view_?counts?$|last_?seen|webhook|(?:^|_|(?<=[a-z])(?=(?-i:[EJQU])))(?:event|job|queue|update)s?$|^deleted_|tombstone",
    re.IGNORECASE,
)
"""Tables that may lag behind the others."""
_KEPT = re.compile(
    r"^(?:last|updated|modified|seen)(?:_|[A-Z])|(?:_c|[a-z]C)ounts?$|[sS]tarted_?[aA]t$"
    r"|^(?:received|synced|polled|checked|refreshed|viewed|touched|bumped)_?[aA]t$"
)
"""Columns that keep when something was last, or how many there are; `accepted_at` says that something came about."""
_CLEANS = re.compile(
    r"(?:^|_|\b)(?:clean|prune|purge|sweep|expire|retention|garbage|house_?keep)"
    r"|Clean|Prune|Purge|Sweep|Expire|Retention|House[kK]eep"
)
"""Functions and files that tidy up: they run again, and find what is left."""
_USED_UP = re.compile(r"token|otp$|nonce|challenge|verification|one_?time", re.IGNORECASE)
"""Tables of what holds once: taken away before it takes effect, it cannot be used twice, whatever fails then."""
_ONE_WAY = re.compile(r"nonce|challenge|(?:oauth|auth|login|csrf)_?states?$", re.IGNORECASE)
"""Tables of what one round of signing in uses up, whatever becomes of it: an update that notes so must stay, too."""
_UNTIL_COMMIT = frozenset(
    """psycopg psycopg2 sqlite3 aiosqlite MySQLdb pymysql mysql aiomysql asyncmy pymssql pyodbc aioodbc oracledb
    cx_Oracle snowflake redshift_connector aiopg dbapi sqlalchemy""".split()
)
"""Python's drivers whose connections are in a transaction until they commit (PEP 249), and SQLAlchemy's sessions."""
_NUMBERED = re.compile(r"\$\d")
"""asyncpg's placeholders, which no driver of PEP 249 has: each of its statements is a transaction of its own."""
_SHARED = re.compile(r"pool|db$|database$|^sql$|knex|sequelize|prisma|data_?source", re.IGNORECASE)
"""What hands each query to a connection of its own choice."""
_INSIDE = re.compile(
    r"^(?:tx|trx|txn|t|transaction\w*|manager|query_?runner|em|(?:get_?)?(?:tx|trx|txn|transaction)_?(?:client|host|manager))$",
    re.IGNORECASE,
)
"""What is called after the transaction that it belongs to; so is what hands out the client of the one that is open."""
_UNKNOWN = "sql"
"""The driver of what is called like a connection in TypeScript, wherever it came from."""
_CONNECTS = re.compile(
    r"(?:^|\.)(?:(?:re|auto|db)?[cC]onnect(?:ion|db)?|acquire|(?:get|create|open|new|make|reserve)\w*(?:[cC]onnection|[cC]onn|[cC]lient|[dD]b|[dD]atabase|[pP]ool))$"
)
"""What hands out a connection."""
_NAME = re.compile(r"\w+")
_NODE = (".ts", ".js", ".mts", ".mjs", ".cts", ".cjs")
_MARKED = re.compile(r"transaction|atomic|unit_?of_?work", re.IGNORECASE)


_ROOM = re.compile(r"(?<=\w)_?(?:Repository|Repo|Model)$")
"""What else is said of a table where its model or repository is called after it."""
_HANDED = re.compile(r"(?:get_?)?(?:Repository|Repo|Model)?$", re.IGNORECASE)
"""What hands out the repository of a class, and says nothing of its table."""


@dataclass(frozen=True, slots=True)
class _Write:
    at: Location
    function: str
    operation: str
    table: str
    through: str
    name: str


def check(project: Project) -> Iterator[Finding]:
    functions = {(fact.at.path, fact.name): fact for fact in project.facts(Function, *SERVER_SIDES)}
    marks: dict[str, list[Transaction]] = defaultdict(list)
    for mark in project.facts(Transaction, *SERVER_SIDES):
        marks[mark.at.path].append(mark)
    inside: dict[tuple[str, str], list[Location]] = defaultdict(list)
    for fact in project.facts(Function, *SERVER_SIDES):
        inside[fact.at.path, fact.name].append(fact.at)
    found: dict[tuple[str, str, str, Location | None], list[_Write]] = defaultdict(list)
    kept = _kept(project)
    for write in (*_by_builders(project), *_by_sql(project, functions), *_by_models(project), *_by_rows(project)):
        named = (write.function.rpartition(".")[2], *write.at.path.split("/")[-2:])
        if write.function and write.at not in kept and not any(map(_CLEANS.search, named)):
            several_of_it = inside[write.at.path, write.function]  # one for each row of a table of functions
            own = next((at for at in several_of_it if at.holds(write.at)), None)
            found[write.at.path, write.function, write.through, own].append(write)
    for (path, name, _, _), several in sorted(found.items(), key=lambda item: item[1][0].at):
        if len({write.table for write in several}) < 2:
            continue
        function = functions.get((path, name))
        if function is None or not any(map(_MARKED.search, function.decorators)):
            pairs = _apart(project, sorted(several, key=lambda write: write.at), marks[path])
            told = [pair for pair in pairs if not _only_deletes(pair) and not _mend_apart(project, pair)]
            told = [pair for pair in told if not is_switched_off(project, pair[1].at, name)]
            if _is_on_its_own(project, path, name):
                told = []
            if pairs and not is_enclosed(project, path, name):
                yield replace(_finding(project, name, told or pairs), strict=not told)


def _is_on_its_own(project: Project, path: str, function: str) -> bool:
    """Whether nothing of a service that answers requests loads a file of Node.js: people run it, or nobody does.

    What is called after a program that stays may do the work of the service.
    """
    return (
        project.side(path) is Side.SERVER
        and path.endswith(_NODE)
        and project.view(services).of(path) in project.view(serving)
        and path not in project.view(_loaded)
        and not stays_by_name(path)
        and not runs(project, path, function)
    )


def _loaded(project: Project) -> frozenset[str]:
    """The view: the files that answer requests, and those that others load which are neither tests nor scripts."""
    answer = {one.handler_path or one.at.path for one in project.view(endpoints)}
    answer |= {fact.at.path for kind in (Route, Router, Mount) for fact in project.facts(kind)}
    load = (path for path in project.files if project.side(path) not in (Side.TEST, Side.SCRIPT, Side.MIGRATION))
    edges = (edge for path in load for edge in project.view(modules).imports(path) if edge.target != path)
    return frozenset(answer | {edge.target for edge in edges})


def _kept(project: Project) -> set[Location]:
    """The updates that only keep what may lag behind."""
    return {
        write.at
        for several in project.view(writes).values()
        for write in several
        if write.operation == "update" and isinstance(write.value, Record) and _only_keeps(write.value)
    }


def _only_keeps(written: Record) -> bool:
    """Whether an update sets nothing but when something was last, how many there are, or that work on it began."""
    if not written.entries or written.open:
        return False
    for name, value in written.entries:
        inner = isinstance(value, Record) and name.startswith("$")
        if inner and isinstance(value, Record) and (_is_one_more(value) if name == "$inc" else _only_keeps(value)):
            continue
        if not _KEPT.search(name) and not _counts(value) and not _begins(name, value):
            return False
    return True


def _is_one_more(increments: Record) -> bool:
    return all(isinstance(value, Constant) and value.value == 1 for _, value in increments.entries)


def _counts(value: Value) -> bool:
    """Whether one more is counted: `{ increment: 1 }`."""
    by = value.get("increment") if isinstance(value, Record) else None
    return isinstance(by, Constant) and by.value == 1


def _begins(name: str, value: Value) -> bool:
    """Whether work is claimed before it is done: `status: "processing"`; whoever finds it left behind takes it up."""
    return name in ("status", "state") and (constant_text(value) or "").endswith("ing")


def _by_builders(project: Project) -> Iterator[_Write]:
    for access in project.facts(TableAccess, *SERVER_SIDES):
        if access.operation in ("insert", "update", "upsert", "delete") and access.relation and access.awaited:
            yield _write(access.at, access.function, access.operation, access.relation, "supabase")


def _by_models(project: Project) -> Iterator[_Write]:
    for access in project.facts(ModelAccess, *SERVER_SIDES):
        name = access.client.removesuffix("()").rpartition(".")[2]
        if access.operation != "select" and access.awaited and not _INSIDE.match(name):
            again = isinstance(access.argument, Record) and "skipDuplicates" in access.argument.keys
            operation = "upsert" if again else access.operation
            yield _write(access.at, access.function, operation, access.model, access.library)


def _by_sql(project: Project, functions: dict[tuple[str, str], Function]) -> Iterator[_Write]:
    known = {write.at: write for several in project.view(writes).values() for write in several}
    for query in project.facts(Query, *SERVER_SIDES):
        write = known.get(query.at)
        function = functions.get((query.at.path, query.function))
        if write is None or not write.table or not query.certain or not query.sent:
            continue
        numbered = query.driver == "dbapi" and _NUMBERED.search(constant_text(query.text) or "") is not None
        driver = "asyncpg" if numbered else query.driver
        through = "commit" if driver in _UNTIL_COMMIT and query.at.path.endswith(".py") else driver
        if through == "commit" or _is_own(project, query, function):
            yield _write(query.at, query.function, write.operation, write.table, through)

    for query, sent in project.view(wrapped).items():
        write = known.get(query.at)
        is_meant = write is not None and write.table and query.certain and not query.at.path.endswith(".py")
        if write is None or not is_meant or project.side(query.at.path) not in SERVER_SIDES:
            continue
        if _is_own(project, sent, functions.get((sent.at.path, sent.function))):
            yield _write(query.at, query.function, write.operation, write.table, sent.driver)


def _by_rows(project: Project) -> Iterator[_Write]:
    joins = any(mark.kind == "requests" for mark in project.facts(Transaction))
    answer = {(handler.path, handler.function) for handler in project.view(handlers)}
    for write in project.facts(RowWrite, *SERVER_SIDES):
        if write.library == "django" and (joins or (write.at.path, write.function) not in answer):
            continue  # a transaction of Django's reaches all that is called in it
        if write.library and not _HANDED.match(write.table) and write.awaited and not write.joined:
            operation = "upsert" if write.again else write.operation
            through = "commit" if write.library in _UNTIL_COMMIT else write.library
            yield _write(write.at, write.function, operation, _ROOM.sub("", write.table), through)


def _is_own(project: Project, query: Query, function: Function | None) -> bool:
    """Whether a query goes through a pool or a connection that the function itself got: in no caller's transaction."""
    receiver = query.call.rpartition(".")[0]
    name = receiver.rpartition(".")[2]
    if _INSIDE.match(name) or receiver in ("this", "self"):  # an object may be made for one transaction
        return False
    if function is not None and not set(_NAME.findall(receiver)).isdisjoint(function.parameters):
        return False  # `(client ?? pool).query(…)`
    if _SHARED.search(name):
        return True
    if name != receiver or not name.isidentifier() or function is None or name in function.parameters:
        return False
    # What nobody saw made is the parameter of a callback, whose giver may have opened a transaction.
    is_seen = query.driver != _UNKNOWN or any(_CONNECTS.search(one) for one in function.calls)
    return is_seen or any(name == local for fact in project.facts_of(query.at.path, Import) for _, local in fact.names)


def _write(at: Location, function: str, operation: str, table: str, through: str) -> _Write:
    return _Write(at, function, operation, table.rpartition(".")[2].lower(), through, table)


def _apart(project: Project, several: list[_Write], marks: list[Transaction]) -> list[tuple[_Write, _Write]]:
    """The pairs of writes to different tables of which one can be made and the other not."""
    through, function = several[0].through, several[0].function
    own = [mark for mark in marks if mark.function == function or function.startswith(f"{mark.function}.")]
    if through not in ("supabase", "commit"):
        if any(mark.kind == "begin" for mark in own):
            return []
        blocks = [mark.at for mark in marks if mark.kind == "block"]
        several = [write for write in several if not any(block.holds(write.at) for block in blocks)]
    alone = [mark.at for mark in marks if mark.kind in ("later", "apart")]
    commits = [mark.at for mark in own if mark.kind == "commit"]
    several = [write for write in several if not _ASIDE.search(write.name.rpartition(".")[2])]
    pairs = []
    for number, first in enumerate(several):
        for second in several[number + 1 :]:
            if first.table == second.table or _may_be_first(first):
                continue
            if any(once.holds(first.at) != once.holds(second.at) for once in alone):
                continue
            if fails_alone(project, first.at, second.at) or fails_alone(project, second.at, first.at):
                continue
            if first.operation == "insert" and makes_up(project, first.at, second.at):
                continue  # the next try finds it
            if second.operation == "insert" and makes_up(project, second.at, first.at):
                continue  # the first may be why it is not missing
            if through == "commit" and not any(
                first.at < commit < second.at
                and both_run(project, first.at, commit)
                and both_run(project, commit, second.at)
                for commit in commits
            ):
                continue
            if _is_set_back(project, first, second, several):
                continue
            if both_run(project, first.at, second.at) and not _is_undone(first, second, several):
                pairs.append((first, second))
    return pairs


def _only_deletes(pair: tuple[_Write, _Write]) -> bool:
    """Whether both writes take away: whoever tries again takes away what is left."""
    return all(write.operation == "delete" for write in pair)


def _mend_apart(project: Project, pair: tuple[_Write, _Write]) -> bool:
    """Whether each of two writes mends something else, where that is found to need it."""
    return each_sometimes(project, pair[0].at, pair[1].at)


def _may_be_first(write: _Write) -> bool:
    """Whether a write may stand alone for a while: the next try repeats an upsert, and what is used once is used up."""
    is_used_up = (write.operation == "delete" and _USED_UP.search(write.name)) or (
        write.operation == "update" and _ONE_WAY.search(write.name)
    )
    return write.operation == "upsert" or bool(is_used_up)


def _is_undone(first: _Write, second: _Write, several: list[_Write]) -> bool:
    """Whether the function takes an insert back by hand, after the second write or by it."""
    inserted = [first, *(one for one in several if one.table == second.table and one.at < second.at)]
    return any(
        write.operation in ("insert", "upsert")
        and any(one.operation == "delete" and one.table == write.table and one.at > write.at for one in several)
        for write in inserted
    )


def _is_set_back(project: Project, first: _Write, second: _Write, several: list[_Write]) -> bool:
    """Whether a clause for what fails after a write says in its rows by hand what became of them.

    Supabase's client raises nothing in TypeScript: its answers have to be looked at before anything reaches the clause.
    """
    around = project.view(clauses).around
    if around(second.at) is not None:
        return False
    asked = next((one for one in project.facts_of(second.at.path, TableAccess) if one.at == second.at), None)
    if asked is not None and not second.at.path.endswith(".py") and "error" not in (asked.takes or ()):
        return False
    later = [one for one in several if one.table == first.table and one.operation == "update" and one.at > second.at]
    return any(around(one.at) is not None and other_arm(project, one.at, second.at) for one in later)


_CURES = {
    "supabase": "One database function that makes all of these writes, called with `.rpc(…)`.",
    "prisma": "`prisma.$transaction(async (tx) => { … })`, with every write through `tx`.",
    "typeorm": "`dataSource.transaction(async (manager) => { … })`, with every write through `manager`.",
    "sequelize": "`sequelize.transaction(async (transaction) => { … })`, with `{ transaction }` given to every write.",
    "drizzle": "`db.transaction(async (tx) => { … })`, with every write through `tx`.",
    "kysely": "`db.transaction().execute(async (trx) => { … })`, with every write through `trx`.",
    "knex": "`knex.transaction(async (trx) => { … })`, with every write through `trx`.",
    "mongoose": "`session.withTransaction(async () => { … })`, with `{ session }` given to every write.",
    "mongodb": "`session.withTransaction(async () => { … })`, with `{ session }` given to every write.",
    "asyncpg": "`async with connection.transaction():` around these writes, on one connection.",
    "databases": "`async with database.transaction():` around these writes.",
    "django": "`with transaction.atomic():` around these writes.",
    "commit": "One `commit()` after the last of these writes.",
    "postgres": "`sql.begin(async (sql) => { … })` around these writes.",
}


_MAPPERS = {
    "typeorm": ("typeorm", "@nestjs/typeorm"),
    "mikro-orm": ("@mikro-orm/",),
    "prisma": ("@prisma/",),
    "drizzle": ("drizzle-orm",),
    "kysely": ("kysely",),
    "sequelize": ("sequelize",),
    "mongoose": ("mongoose", "@nestjs/mongoose"),
    "knex": ("knex",),
    "supabase": ("@supabase/supabase-js",),
}
"""What the libraries are imported as that may stand behind a repository of the project's own."""
_BEHIND = {
    "mikro-orm": "`em.transactional(async (em) => { … })` around both, with every write through that `em`.",
    "prisma": "`prisma.$transaction(async (tx) => { … })` around both, with `tx` given to the repositories.",
    "drizzle": "`db.transaction(async (tx) => { … })` around both, with `tx` given to the repositories.",
    "kysely": "`db.transaction().execute(async (trx) => { … })` around both, with `trx` given to the repositories.",
    "sequelize": "`sequelize.transaction(async (transaction) => { … })` around both, with `transaction` given to them.",
    "mongoose": "`session.withTransaction(async () => { … })` around both, with `session` given to the repositories.",
    "knex": "`knex.transaction(async (trx) => { … })` around both, with `trx` given to the repositories.",
}
"""How each of them makes the writes of several repositories one."""


def _mappers(project: Project) -> Mapping[str, frozenset[str]]:
    """The view: the libraries of those that each service imports on its servers."""
    found: dict[str, set[str]] = defaultdict(set)
    for fact in project.facts(Import, *SERVER_SIDES):
        for name, known in _MAPPERS.items():
            if any(fact.module == one or (one[-1] == "/" and fact.module.startswith(one)) for one in known):
                found[project.view(services).of(fact.at.path)].add(name)
    return {service: frozenset(names) for service, names in found.items()}


def _cure(project: Project, write: _Write) -> str:
    """How the library at hand makes writes one; a repository of the project's own may stand for another library."""
    library = write.through
    if library == "typeorm":
        there = project.view(_mappers).get(project.view(services).of(write.at.path), frozenset())
        behind = next((name for name in _MAPPERS if name in there), library)
        if behind != library:
            return _BEHIND.get(behind) or _CURES[behind]
    return _CURES.get(library, "`BEGIN` and `COMMIT` around these writes, on one connection.")


def _finding(project: Project, function: str, pairs: list[tuple[_Write, _Write]]) -> Finding:
    first, second = pairs[0]
    made = dict.fromkeys(write for pair in pairs for write in pair)
    tables = " and ".join(f"`{name}`" for name in dict.fromkeys(write.name for write in (first, second)))
    others = sorted({write.name for write in made} - {first.name, second.name})
    more = f", so do those to {', '.join(f'`{name}`' for name in others)}" if others else ""
    each = "each in a request of its own" if first.through == "supabase" else "outside of a transaction"
    if first.through == "commit":
        each = "with a commit between them"
    last = function.rpartition(".")[2]
    return Finding(
        second.at,
        f"The writes to {tables} in `{last}` are made {each}{more}.",
        _cure(project, first),
        (Related(first.at, f"the {first.operation} of `{first.name}`, which stays when this one fails"),),
        slots={"first": first.name, "second": second.name, "function": last},
        confidence=Confidence.HIGH if first.through == "supabase" else Confidence.MEDIUM,
    )


REMARK = (
    "If the write to `{second}` fails, the one to `{first}` is already there, and nobody takes it back. "
    "Make them one, so that there is nothing in between."
)

EXAMPLES = [
    """
=== app/moves.py
from fastapi import FastAPI, Request

app = FastAPI()


@app.post("/moves")
async def move(request: Request, source: int, target: int, amount: int):
    async with request.app.state.pool.acquire() as conn:
        await conn.execute("UPDATE wallets SET amount = amount - $1 WHERE id = $2", amount, source)
        await conn.execute("INSERT INTO transfers (source, target) VALUES ($1, $2)", source, target)  # <-- both or none
        async with conn.transaction():
            await conn.execute("UPDATE accounts SET amount = amount - $1 WHERE id = $2", amount, source)
            await conn.execute("INSERT INTO moves (source, target) VALUES ($1, $2)", source, target)
""",
    """
=== src/transactions.ts
export class Transactions {
  async runInTransaction<T>(work: () => Promise<T>): Promise<T> {
    return this.open(work);
  }
}
=== src/forms.ts
import { Repository } from "typeorm";

export class Forms {
  constructor(
    private readonly forms: Repository<Form>,
    private readonly breaks: Repository<Break>,
    private readonly transactions: Transactions,
  ) {}

  async update(form: Form) {
    return this.transactions.runInTransaction(() => this.replace(form));
  }

  private async replace(form: Form) {
    await this.forms.save(form);
    await this.breaks.delete({ form: form.id });
  }

  async remove(form: Form) {
    await this.forms.update(form.id, { gone: true });
    await this.breaks.insert({ form: form.id }); // <-- nobody opens one for this
  }
}
""",
    """
=== src/users.ts
import { PrismaClient } from "@prisma/client";
import { waitUntil } from "@vercel/functions";

const prisma = new PrismaClient();

export async function POST(request: Request) {
  const { mail } = await request.json();
  const user = await prisma.user.create({ data: { mail } });
  waitUntil(
    (async () => {
      await prisma.greeting.create({ data: { userId: user.id } });
    })(),
  );
  await prisma.account.create({ data: { userId: user.id } }); // <-- a user without an account
  return Response.json(user, { status: 201 });
}
""",
    """
=== src/checkout.ts
import { createClient } from "@supabase/supabase-js";

const supabase = createClient(process.env.SUPABASE_URL!, process.env.SUPABASE_SERVICE_ROLE_KEY!);

export async function checkout(order: Order) {
  const { error } = await supabase.from("orders").insert(order);
  if (error) throw error;
  await supabase.from("stock").update({ left: 0 }).eq("id", order.item); // <-- the order stays
}

export async function save(order: Order, old: boolean) {
  if (old) {
    await supabase.from("orders").update(order).eq("id", order.id);
    await supabase.from("audit_log").insert({ order: order.id });
    return;
  }
  await supabase.from("drafts").insert(order);
}

export async function sync(order: Order) {
  await supabase.from("orders").upsert(order);
  await supabase.from("customers").upsert(order.customer);
}

export async function careful(order: Order) {
  await supabase.from("orders").insert(order);
  const { error } = await supabase.from("items").insert(order.items);
  if (error) await supabase.from("orders").delete().eq("id", order.id);
}

export async function whole(order: Order) {
  await supabase.rpc("place_order", { order });
}
""",
    """
=== src/transfer.ts
import { Pool } from "pg";
import { PrismaClient } from "@prisma/client";

const pool = new Pool();
const prisma = new PrismaClient();

export async function transfer(id: string, total: number) {
  await pool.query("UPDATE accounts SET total = total - $1 WHERE id = $2", [total, id]);
  await pool.query("INSERT INTO transfers (account, total) VALUES ($1, $2)", [id, total]); // <-- the money is gone
}

export async function together(id: string, total: number) {
  const client = await pool.connect();
  await client.query("BEGIN");
  await client.query("UPDATE accounts SET total = total - $1 WHERE id = $2", [total, id]);
  await client.query("INSERT INTO transfers (account, total) VALUES ($1, $2)", [id, total]);
  await client.query("COMMIT");
}

export async function around(work: Work) {
  const client = await work.pool.connect();
  await client.query("UPDATE accounts SET total = total - $1 WHERE id = $2", [work.total, work.id]);
  await client.query("INSERT INTO transfers (account, total) VALUES ($1, $2)", [work.id, work.total]); // <-- its own
}

export const command = runCommand({
  execute: async ({ client }) => {
    await client.query("UPDATE accounts SET total = total - $1 WHERE id = $2", [total, id]);
    await client.query("INSERT INTO transfers (account, total) VALUES ($1, $2)", [id, total]);
  },
});

export function steps(id: string, total: number) {
  return [
    async (step) => {
      await step.query("UPDATE accounts SET total = total - $1 WHERE id = $2", [total, id]);
      await step.query("INSERT INTO transfers (account, total) VALUES ($1, $2)", [id, total]);
    },
  ];
}

export async function join(id: string) {
  await prisma.member.create({ data: { id } });
  await prisma.team.update({ where: { id }, data: { size: 2 } }); // <-- a member too many
}

export async function joined(id: string) {
  await prisma.$transaction([
    prisma.member.create({ data: { id } }),
    prisma.team.update({ where: { id }, data: { size: 2 } }),
  ]);
  await prisma.$transaction(async (tx) => {
    await tx.member.create({ data: { id } });
    await tx.team.update({ where: { id }, data: { size: 2 } });
  });
}
""",
    """
=== shop/orders.py
import asyncpg
import psycopg


async def place(pool: asyncpg.Pool, order):
    async with pool.acquire() as connection:
        await connection.execute("INSERT INTO orders (id) VALUES ($1)", order.id)
        await connection.execute("UPDATE stock SET held = held + 1 WHERE id = $1", order.item)  # <-- not held


async def place_whole(pool: asyncpg.Pool, order):
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("INSERT INTO orders (id) VALUES ($1)", order.id)
        await connection.execute("UPDATE stock SET held = held + 1 WHERE id = $1", order.item)


async def within(connection: asyncpg.Connection, order):
    await connection.execute("INSERT INTO orders (id) VALUES ($1)", order.id)
    await connection.execute("UPDATE stock SET held = held + 1 WHERE id = $1", order.item)


def place_once(order):
    connection = psycopg.connect("dbname=shop")
    connection.execute("INSERT INTO orders (id) VALUES (%s)", (order.id,))
    connection.execute("UPDATE stock SET held = held + 1 WHERE id = %s", (order.item,))
    connection.commit()


def place_twice(order):
    connection = psycopg.connect("dbname=shop")
    connection.execute("INSERT INTO orders (id) VALUES (%s)", (order.id,))
    connection.commit()
    connection.execute("UPDATE stock SET held = held + 1 WHERE id = %s", (order.item,))  # <-- committed apart
    connection.commit()
""",
    """
=== shop/urls.py
from django.urls import path

from shop.views import place, place_whole, renamed

urlpatterns = [path("place/", place), path("whole/", place_whole), path("renamed/", renamed)]
=== shop/views.py
from django.db import transaction
from django.http import JsonResponse
from django.shortcuts import get_object_or_404

from shop.forms import NoteForm
from shop.models import Delivery, Order, Stock


def place(request):
    order = Order.objects.create(total=request.POST["total"])
    Stock.objects.filter(sku=request.POST["sku"]).update(held=True)  # <-- not held
    return JsonResponse({"id": order.pk}, status=201)


def place_whole(request):
    with transaction.atomic():
        order = Order.objects.create(total=request.POST["total"])
        Stock.objects.filter(sku=request.POST["sku"]).update(held=True)
    return JsonResponse({"id": order.pk}, status=201)


def renamed(request):
    order = get_object_or_404(Order, pk=request.POST["id"])
    order.name = request.POST["name"]
    order.save()
    note = NoteForm(request.POST).save(commit=False)
    note.order = order
    return deliver(order)


def deliver(order):
    Delivery.objects.create(order=order)
    order.stock_set.all().delete()
    Stock.objects.filter(order=order).update(held=False)
    return JsonResponse({})
""",
    """
=== shop/single.py
from supabase import create_client

supabase = create_client("https://example.supabase.co", key)


def save(order):
    supabase.table("orders").upsert(order).execute()
    return supabase.table("orders").select("id").eq("id", order["id"]).execute()
""",
    """
=== supabase/functions/tick/index.ts
import { createClient } from 'npm:@supabase/supabase-js@2'

const supabase = createClient(Deno.env.get('SUPABASE_URL')!, Deno.env.get('SUPABASE_ANON_KEY')!)

Deno.serve(async () => {
  await supabase.from('despesas').update({ estado: 'vencido' }).lt('vencimento', new Date().toISOString())
  await supabase.from('despesas_notificacoes').insert({ tipo: 'vencido' })
  return new Response('ok')
})
""",
    """
=== src/orders.ts
import { createClient } from "@supabase/supabase-js";

const client = createClient(process.env.SUPABASE_URL!, process.env.SUPABASE_ANON_KEY!);

export async function fulfil(id: string, bottles: string[]) {
  try {
    await client.from("bottles").update({ status: "sold" }).in("id", bottles);
    const { error } = await client.from("orders").update({ status: "fulfilled" }).eq("id", id);
    if (error) throw error;
  } catch (error) {
    await client.from("bottles").update({ status: "in_stock" }).in("id", bottles);
    throw error;
  }
}

export async function ship(id: string, bottles: string[]) {
  try {
    await client.from("bottles").update({ status: "shipped" }).in("id", bottles);
    const { error } = await client.from("orders").update({ status: "shipped" }).eq("id", id); // <-- nobody takes the first back
    if (error) throw error;
  } catch (error) {
    await client.from("complaints").insert({ order_id: id });
    throw error;
  }
}

export async function connected(nonce: string, account: string) {
  await client.from("oauth_states").update({ consumed: true }).eq("nonce", nonce);
  await client.from("accounts").insert({ name: account });
}

export async function doHousekeeping(day: string) {
  await client.from("incidents").update({ status: "resolved" }).lt("found", day);
  await client.from("runs").delete().lt("started", day);
}
""",
    """
=== jobs/runs.py
from supabase import create_client

supabase = create_client("https://example.supabase.co", key)


def run(item, alert):
    try:
        supabase.table("items").update({"status": "completed"}).eq("id", item).execute()
        supabase.table("alerts").insert(alert).execute()
    except Exception:
        supabase.table("items").update({"status": "failed"}).eq("id", item).execute()


def run_twice(item, alert):
    try:
        supabase.table("items").update({"status": "completed"}).eq("id", item).execute()
    except Exception:
        supabase.table("items").update({"status": "failed"}).eq("id", item).execute()
    supabase.table("alerts").insert(alert).execute()  # <-- nothing is tried any more
""",
    """
=== package.json
{"dependencies": {"express": "5", "@prisma/client": "6"}}
=== src/app.ts
import express from "express";
import { rename } from "./names";

const app = express();
app.post("/names", async (req, res) => {
  await rename(req.body);
  res.sendStatus(204);
});
=== src/names.ts
import { prisma } from "./prisma";

export async function rename(names: Names) {
  await prisma.address.update({ where: { id: names.id }, data: { city: names.city } });
  await prisma.company.update({ where: { id: names.id }, data: { city: names.city } }); // <-- one city, two names
}
=== src/run/cities.ts
import { prisma } from "../prisma";

export async function cities(names: Names) {
  await prisma.address.update({ where: { id: names.id }, data: { city: names.city } });
  await prisma.company.update({ where: { id: names.id }, data: { city: names.city } }); // <-- strict: who runs this?
}
=== src/prisma.ts
import { PrismaClient } from "@prisma/client";

export const prisma = new PrismaClient();
""",
    """
=== app/picks.py
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Item, Shelf


def pick(session: Session, item_id: int, user):
    item = session.execute(select(Item).options(EAGER).where(Item.id == item_id)).scalar_one_or_none()
    item.picked_by = user.id
    session.commit()
    fresh = session.scalar(select(Item).where(Item.id == item_id))
    fresh.user = user
    shelf = session.scalars(select(Shelf).where(Shelf.id == item.shelf_id)).one()
    shelf.count = 0  # <-- another table, after the commit
    session.commit()
    return fresh
""",
]
