"""A service writes to the terminal instead of its log.

`print` and `console.log` have no level, no time, no request id and no fields: they cannot be filtered, cannot be
switched off, and get lost between two lines of another request.

Judged where a request is answered and, as notes, where something fails beside it: in files of which something runs for
requests, and in functions of a service that mostly uses its logger, unless a tool or a script loads them. Elsewhere
nobody can tell a log from what somebody wants to see who called a tool by hand. Command line tools, scripts, migrations and the module that is the service's logger may write to the terminal, and
so may what tells why the program ends on the next line, what runs in development alone and what a mark for ESLint, Biome or Ruff says to be meant; in Edge Functions and
Workers `console` is the logger. A habit is one finding.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from posixpath import basename

from ...facts.file import Side
from ...facts.imports import Import
from ...facts.location import Related
from ...facts.logs import LogCall
from ...facts.values import rendered
from ...finding import Finding, Severity, Subject
from ...join.clauses import clauses
from ...join.consoles import logs_to_console
from ...join.developing import in_development
from ...join.endpoints import serving
from ...join.leaks import leaks
from ...join.prints import PRINTS, Place, prints
from ...join.services import services
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="high",
    since="0.1.0",
    languages=("python", "typescript"),
    found_at=("LogCall",),
    serving=True,
    asked_by="F S",
    strictly="as notes, lines that no request is known to run and that tell of no failure, where there is a logger, or of one "
    "in files of which no request is known to run anything; and what is written where the telling of a failure has failed.",
    limits="Services whose endpoints are not recognised are left alone.",
)

STDIO = re.compile(r"^(?:@modelcontextprotocol/.*/stdio(?:\.js)?|mcp\.server\.stdio)$")
"""Modules of servers that answer on stdout, and have stderr for their log."""
BY_HAND = re.compile(
    r"\b(?:verbos\w*|show_?progress|dry_?run|interactive|isatty|isTTY|\w*logging)\b|stdout", re.IGNORECASE
)
"""Conditions by which somebody at a terminal asks for more."""
BEFORE_LOG = re.compile(
    r"^_*(?:get|make|create|build|init\w*|set_?up|configure)_?logg(?:er|ing)(?:_?(?:config\w*|options|settings))?$",
    re.IGNORECASE,
)
"""Functions that make the log, and so run before there is one."""
STARTS = re.compile(r"(?:bootstrap|main|start_?server)$", re.IGNORECASE)
"""The functions by which services are started."""
LOG_FAILED = re.compile(r"log(?:ger|ging)?_?(?:err\w*|exc\w*|e|failure)$", re.IGNORECASE)
"""What code calls a failure of its log, after which nothing else is left to tell of it."""
EXITS = frozenset({"sys.exit", "os._exit", "exit", "quit", "process.exit", "Deno.exit"})
"""What ends a program."""
NEXT = 8
"""How many lines below a print the end of the program may stand that it tells of."""
BESIDE = 3
"""How many lines beside a print the log may be given the same."""
MAKES_LOG = re.compile(r"(?:^|\.)(?:fileConfig|dictConfig|basicConfig|addHandler)$")
"""The calls by which Python's log is made."""
REPORTS = re.compile(
    r"(?:^|\.)(?:_*log(?:ger|ging)?\.(?:error|exception|critical|fatal)|capture_?(?:exception|message))$", re.IGNORECASE
)
"""The calls that tell of a failure; where they fail themselves, the terminal is what is left."""

HABIT = 4
SHOWN = 5


def check(project: Project) -> Iterator[Finding]:
    """Each line, or one finding for a service that does it everywhere."""
    names = project.view(services)
    stdio = {names.of(fact.at.path) for fact in project.facts(Import) if STDIO.match(fact.module)}
    told: dict[str, dict[Place, list[LogCall]]] = defaultdict(lambda: defaultdict(list))
    logged = {
        (log.at.path, log.function)
        for log in project.facts(LogCall, Side.SERVER)
        if log.in_catch and log.library not in PRINTS
    }
    leaking = {at for at, (_, leak) in project.view(leaks).items() if leak.sure and not leak.whole}
    for log, place in project.view(prints):
        if (
            (log.in_catch and (log.at.path, log.function) in logged)
            or names.of(log.at.path) not in project.view(serving) - stdio
            or logs_to_console(project, log.at.path)
            or in_development(log.conditions)
            or any(map(BY_HAND.search, log.conditions))
            or _is_before_log(project, log)
            or (place is not Place.REQUEST and _is_banner(log))
            or log.meant
            or log.at in leaking  # which no log may hold either
            or _is_logged_too(project, log)
            or _tells_the_end(project, log)
        ):
            continue
        told[names.of(log.at.path)][Place.ELSEWHERE if _is_last_resort(project, log) else place].append(log)
    loggers = {names.of(log.at.path) for log in project.facts(LogCall, Side.SERVER) if log.library not in PRINTS}
    imported: dict[str, set[str]] = defaultdict(set)
    for fact in project.facts(Import):
        imported[names.of(fact.at.path)].add(fact.module)
    for service, by_place in told.items():
        remedies = _Remedies(service in loggers, frozenset(imported[service]))
        yield from _of_service(service, by_place, remedies)


def _of_service(service: str, by_place: dict[Place, list[LogCall]], remedies: "_Remedies") -> Iterator[Finding]:
    """The findings of one service, no line in two of them: what is said of many says which they are."""
    one, many = partial(_told, remedies), partial(_told_of_many, remedies, service)
    asked, aside, elsewhere = (by_place[place] for place in Place)
    if len(asked) >= HABIT:
        yield many(asked, aside, ("", ""))
    else:
        yield from map(one, asked)
        several = len(aside) >= HABIT
        notes = [many(aside, [], ("aside", " outside the path of its requests"))] if several else map(one, aside)
        yield from (replace(each, severity=Severity.NOTE) for each in notes)
    several = len(elsewhere) >= HABIT
    unseen = " where nothing failed or no request is known to come"
    notes = [many(elsewhere, [], ("elsewhere", unseen))] if several else map(one, elsewhere)
    yield from (replace(each, severity=Severity.NOTE, strict=True) for each in notes)


def _is_before_log(project: Project, log: LogCall) -> bool:
    """Whether there may be no log yet, or none any more: its making is what the line tells of."""
    clause = project.view(clauses).around(log.at) if log.in_catch else None
    making = clause is not None and any(map(MAKES_LOG.search, clause.attempts))
    failed = clause is not None and LOG_FAILED.match(clause.variable) is not None
    return making or failed or BEFORE_LOG.match(log.function.rpartition(".")[2]) is not None


def _is_last_resort(project: Project, log: LogCall) -> bool:
    """Whether what failed is how failures are told of, so that nobody but the terminal may be left."""
    clause = project.view(clauses).around(log.at) if log.in_catch else None
    return clause is not None and any(map(REPORTS.search, clause.attempts))


def _tells_the_end(project: Project, log: LogCall) -> bool:
    """Whether a line says why the program ends right below it, in a function that has no log."""
    ends = any(
        made.callee in EXITS
        and made.function == log.function
        and made.at.column == log.at.column
        and log.at.end_line < made.at.line <= log.at.end_line + NEXT
        for made in project.calls_made(log.at.path, {name.rpartition(".")[2] for name in EXITS})
    )
    return ends and not any(
        other.function == log.function and other.library not in PRINTS
        for other in project.facts_of(log.at.path, LogCall)
    )


def _is_logged_too(project: Project, log: LogCall) -> bool:
    """Whether the log is given the same right beside the line: `log.info(message)`, `print(message, file=sys.stderr)`."""
    said = rendered(log.message) if log.message is not None else ""
    return bool(said) and any(
        other.function == log.function
        and other.library not in PRINTS
        and other.message is not None
        and abs(other.at.line - log.at.line) <= BESIDE
        and rendered(other.message) == said
        for other in project.facts_of(log.at.path, LogCall)
    )


def _is_banner(log: LogCall) -> bool:
    """Whether a line tells whoever started the service that it is up."""
    starts = STARTS.match(log.function.partition(".")[0]) is not None
    return starts and not log.in_catch and log.level not in ("error", "critical")


def _text(log: LogCall) -> str:
    text = " ".join(rendered(log.message, "…").split()) if log.message is not None else ""
    return (text or "…") if len(text) <= 60 else text[:59] + "…"


@dataclass(frozen=True, slots=True)
class _Remedies:
    """What to write lines with instead: the service's own logger where it `has_logger`, or one that suits its modules."""

    has_logger: bool
    modules: frozenset[str]

    @property
    def log(self) -> str:
        """The log as a sentence speaks of it."""
        return "the log" if self.has_logger else "a log: this service has no logger yet"

    def of(self, log: LogCall) -> str:
        """That for one line."""
        if log.at.path.endswith(".py"):
            begun = "" if self.has_logger else "logging.basicConfig(level=logging.INFO) where the service starts;\n"
            return f"{begun}logger = logging.getLogger(__name__), then logger.info(…) with the values as arguments"
        if self.has_logger:
            return "Write it with the service's logger: a constant message, and the values as fields."
        if "@nestjs/common" in self.modules:
            return 'private readonly logger = new Logger("…"), of @nestjs/common, then this.logger.log(…) and .error(…)'
        if "fastify" in self.modules:
            return 'request.log.info({ … }, "…"), and fastify({ logger: true }) where the service starts'
        return (
            'export const logger = pino() in a module of its own (import pino from "pino"), then logger.info({ … }, "…"): '
            "a constant message, and the values as fields."
        )


def _told(remedies: _Remedies, log: LogCall) -> Finding:
    return Finding(
        log.at,
        evidence=f"`{log.call}` in {basename(log.at.path)} writes “{_text(log)}” to the terminal, not to {remedies.log}.",
        remedy=remedies.of(log),
        slots={"call": log.call, "count": "1"},
    )


def _told_of_many(
    remedies: _Remedies, service: str, logs: list[LogCall], others: list[LogCall], of: tuple[str, str]
) -> Finding:
    """One finding for many lines, and for `others` beside them; `of` is their kind, and where they stand if not all."""
    kind, where = of
    serious = sorted(logs, key=lambda log: (not log.in_catch, log.level not in ("error", "critical"), log.at))
    first, files = serious[0], len({log.at.path for log in (*logs, *others)})
    return Finding(
        first.at,
        evidence=f"{len(logs) + len(others)} lines in {files} file{'s' * (files > 1)} of this service{where} write to "
        f"the terminal (`{first.call}`), not to a log; here “{_text(first)}”.",
        remedy=remedies.of(first),
        related=tuple(Related(log.at, f"“{_text(log)}”") for log in (*serious[1:], *others)[: SHOWN - 1]),
        subject=Subject("service", f"{service} {kind}".strip()),
        slots={"call": first.call, "count": str(len(logs) + len(others))},
    )


REMARK = (
    "`{call}` has no level, no request id and no off switch. When this service is asked what happened, "
    "this line will not be in the answer."
)

EXAMPLES = [
    """
=== shop/api.py
import logging
from fastapi import FastAPI

from shop import users

log = logging.getLogger(__name__)
app = FastAPI()

@app.get("/orders")
def orders():
    log.info("orders asked for")
    log.info("orders found")
    log.info("orders given")
    log.info("done")
    log.debug("as far as %s", 4)
    log.debug("since %s", 1)
    log.debug("by %s", 2)
    log.debug("for %s", 3)
    return []
=== shop/users.py
import logging
import sys

log = logging.getLogger(__name__)

def table(session):
    try:
        session.create()
    except OSError:
        print("not to be written to")
        sys.exit(2)

def shut(session):
    log.info("to be shut")
    try:
        session.close()
    except OSError as error:
        print("not shut", error)  # <-- there is a log
        sys.exit(2)

def named(session):
    if not session.name:
        print("without a name")  # <-- strict: and goes on, with nothing that failed
        return
    sys.exit(2)
=== fetch.py
from shop import users

def fetch(session):
    try:
        users.named(session)
    except OSError as error:
        print("not fetched", error)  # <-- strict: to who runs it

if __name__ == "__main__":
    fetch(users.begun())
=== worker.py
from shop import users

def work(session):
    try:
        users.named(session)
    except OSError as error:
        print("not done", error)  # <-- nobody watches what stays

if __name__ == "__main__":
    work(users.begun())
=== shop/tasks.py
from celery import Celery

from shop import users

app = Celery("shop")

@app.task(bind=True)
def debug_task(self):
    print(f"Request: {self.request!r}")

@app.task
def fetch(name):
    print("fetching", name)  # <-- it is there to fetch
    return users.named(name)
""",
    """
=== src/server.js
const express = require('express')
const logs = require('./LogManager')

const app = express()
app.get('/logs', (req, res) => res.json(logs.latest()))
=== src/LogManager.js
module.exports.latest = () => {
  try {
    return read()
  } catch (error) {
    console.error('log file cannot be read', error)
    return []
  }
}
""",
    """
=== wrangler.toml
name = "links"
main = "src/index.ts"
=== src/index.ts
import { Hono } from "hono";

const app = new Hono();

app.get("/:slug", async (c) => {
  console.log("asked for", c.req.param("slug"));
  return c.json({ slug: c.req.param("slug") });
});

export default app;
""",
    """
=== app/main.py
from fastapi import FastAPI

from .orders import place

app = FastAPI()

@app.post("/orders")
def create(order: dict):
    print("placing", order["id"])  # <-- in the path of a request
    return place(order)

if __name__ == "__main__":
    print("use uvicorn")

=== app/orders.py
def place(order):
    print(f"placed {order['id']}")  # <-- called by a handler
    return order

=== scripts/seed.py
print("seeding")
=== .install-scripts/rename.py
print("renaming")
""",
    """
=== src/server.ts
import express from 'express'

const app = express()

app.get('/orders', async (req, res) => {
  console.log('listing orders') // <-- a service has a logger
  // eslint-disable-next-line no-console
  console.log('to whoever watches')
  // eslint-disable-next-line no-unused-vars
  console.log('to nobody') // <-- it says nothing of the console
  res.json([])
})

=== src/logger.ts
export const logger = { info: (message: string) => console.log(message) }
""",
    """
=== supabase/functions/notify/index.ts
Deno.serve(async () => {
  console.log('notified')
  return new Response('ok')
})
""",
    """
=== src/server.ts
import express from 'express'

const app = express()

app.use(createHandler({ onError: env.NODE_ENV === 'development' ? ({ path, error }) => { console.error(path, error) } : undefined }))
app.get('/rates', (req, res) => {
  if (env.isDevelopment) console.log('asked for rates')
  console.log('rates') // <-- in the path of a request
  if (process.env.NODE_ENV === 'production') console.log('asked') // <-- where it matters
  res.json(rates())
})
app.listen(3000, () => {
  console.info(`server up on port ${3000}`)
  console.info(`Documentation: http://localhost:${3000}/docs`)
})
""",
    """
=== src/server.ts
import express from "express";
import { listing } from "./listing";

const app = express();
app.get("/orders", (req, res) => res.json(listing()));
=== src/fixtures.ts
import request from "supertest";

export function started(app: App) {
  console.error("started");
  return request(app);
}
=== src/listing.ts
export function listing() {
  console.error("listing"); // <-- of the service
}
""",
    """
=== app/main.py
import logging
from fastapi import FastAPI

from app import setup_notes

logger = logging.getLogger(__name__)
app = FastAPI()

try:
    logging.config.fileConfig("logging.ini")
except OSError as error:
    print("no log", error)

def reported(error):
    try:
        logger.error("not loaded: %s", error)
    except Exception as other:
        print("not even told of", other)  # <-- strict: the log may be what failed

@app.get("/orders")
def orders():
    try:
        return load()
    except OSError:
        print("orders are not to be had")
        logger.exception("orders are not to be had")
        raise

def load():
    return []

def told():
    print("told")  # <-- strict: the file has a logger, and nobody is known to call this

def summed(debug_to_stdout):
    if debug_to_stdout:
        print("asked for")

def fetched(days, show_progress=False):
    if show_progress and len(days) > 1:
        print("asked for")

def setup_logging():
    print("no log yet")
=== app/stock.py
def counted():
    try:
        return count()
    except OSError as error:
        print(error)  # <-- strict: who runs this?
=== app/wrappers.py
from fastapi import FastAPI

def worn(view):
    def wrapper(request):
        print("asked for")  # <-- at each request
        return view(request)
    return wrapper

def unworn(view):
    def wrapper(request):
        print("nobody asks for it")
        return view(request)
    return wrapper

def created():
    app = FastAPI()

    @app.middleware("http")
    async def told(request, call_next):
        print("asked for")  # <-- at each request
        return await call_next(request)

    return app

@worn
def listing(request):
    return []
=== app/setup_notes.py
def show(verbosity):
    if verbosity > 1:
        print("nobody knows who calls this")
""",
    """
=== shop/api.py
import logging
from fastapi import FastAPI

from shop.stock import counted

log = logging.getLogger(__name__)
app = FastAPI()

@app.get("/orders")
def orders():
    log.info("orders asked for")
    log.info("orders found")
    log.info("orders given")
    log.info("orders paid")
    log.info("orders shipped")
    log.info("orders told")
    log.info("done")
    return []
=== shop/stock.py
from shop.models import Item

print("loaded")

def counted():
    try:
        print("counting")  # <-- strict: a service that has a logger, and no tool loads this file
        return Item.count()
    except OSError as error:
        print(error)  # <-- and this is a failure
=== shop/looked_at.py
from shop.models import Item

def show():
    print("nobody calls this", Item.count())
=== shop/rates.py
import logging

log = logging.getLogger(__name__)

def load(rates):
    log.info("rates asked for")
    print("rates", len(rates))  # <-- strict: nobody is seen to call this, but the file has a logger
=== shop/imported.py
from shop.models import Item

def load():
    print("loading")
    return Item.count()
=== shop/alone.py
def told():
    print("told")
=== shop/models.py
class Item:
    pass
=== scripts/load.py
from shop.imported import load

load()
""",
    """
=== src/server.ts
import express from "express";
import { logger } from "./logging";

const app = express();
app.get("/orders", (req, res) => {
  console.log("asked"); // <-- with those below, and the one beside them
  console.log("found");
  console.log("given");
  console.log("done");
  try {
    logger.info("orders asked for");
  } catch (loggerError) {
    console.error("not even logged", loggerError);
  }
  res.json([]);
});

export class SafeLogger {
  write(level: string, text: string) {
    console.error(text);
  }
}

export function written(level: string, text: string) {
  const entry = { level, message: text, at: Date.now() };
  console.log(JSON.stringify(entry));
}

export function tidied() {
  try {
    tidy();
  } catch (error) {
    console.error("not tidied", error);
  }
}

async function bootstrap() {
  await app.listen(3000);
  console.log("### up on port 3000 ###");
}
void bootstrap();
""",
    """
=== src/server.ts
import express from "express";

const app = express();
app.get("/orders", (req, res) => res.json([]));
=== src/prices.js
import puppeteer from "puppeteer";

async function collected() {
  try {
    const page = await puppeteer.newPage();
    page.on("request", (req) => req.continue());
    console.log("collected");
  } catch (error) {
    console.error("not collected", error); // <-- strict: to who runs it, and nobody else can
  }
}

collected();
=== src/guards.js
export async function guarded(req, res, next) {
  try {
    await asked(req);
  } catch (error) {
    console.error("not asked", error); // <-- somebody loads this for requests
  }
  next();
}
""",
    """
=== shop/signals.py
from django.db.models.signals import post_save
from django.dispatch import receiver

@receiver(post_save, sender=Loan)
def told(sender, instance, **kwargs):
    print("loan", instance.pk)  # <-- runs whenever a request saves one
=== shop/urls.py
from django.urls import path

from .views import loans

urlpatterns = [path("loans", loans)]
=== shop/views.py
from django.http import JsonResponse

def loans(request):
    return JsonResponse({})
""",
    """
=== src/server.ts
import express from "express";

const app = express();
app.post("/forgotten", async (req, res) => {
  const token = await drawn(req.body.email);
  console.info(`link: ${SITE}/reset?token=${token}`);
  console.info("link sent"); // <-- without the link
  res.json({});
});
""",
    """
=== src/server.ts
import express from "express";
import { logger } from "./logger";
import { tree } from "./tree";

const app = express();
app.get("/shelves", (req, res) => {
  logger.info("shelves asked for");
  logger.info("shelves found");
  logger.info("shelves given");
  logger.info("done");
  res.json([]);
});
setInterval(tree, 1000);
=== src/tree.ts
export function tree() {
  console.log("tree made"); // <-- strict: nothing failed
  if (!parent()) console.error("no parent"); // <-- something did
}
""",
    """
=== app/main.py
import logging
import sys

from fastapi import FastAPI

log = logging.getLogger(__name__)
app = FastAPI()

@app.post("/steps")
def step(name: str):
    told = f"step {name}"
    log.info(told)
    # whoever deploys watches stderr
    print(told, file=sys.stderr, flush=True)
    print("done with", name)  # <-- which the log is not given
    return {}
""",
]
