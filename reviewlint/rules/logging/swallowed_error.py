"""A failure is caught and nobody hears of it.

`except Exception: pass` turns every fault of the block, including the ones written next year, into behaviour that
looks like success: an order that was not stored, a mail that was not sent, and no line in any log. Catch what is
expected by its type, and log, count or raise the rest.

Known to be missed is whatever a request or a task asks for, what is kept or sent by its name (`save`, `insert`,
`send_mail`), and what changes something (`update`, `post`) in a service that answers requests; of anything else that is
tried nobody can tell from outside whether it matters, but for the message of a queue that a loop has taken and goes on
without. Left alone: clauses with a comment that says why, fallbacks that return or assign something else, clean-up that
may fail (`close`, `rollback`, `unlink`), metrics, and blocks that only look into values, turn one into another, gather
spellings of a text or log what they see. So are
blocks of which somebody hears all the same: where all that is tried logs its failures itself and hands none on, where a
client is connected that somebody listens to, and where a variable that said `"failed"` or `false` before goes on saying
so.
"""

import re
from collections.abc import Iterator

from ...facts.code import Catch
from ...facts.logs import LogCall
from ...facts.values import Constant, Record
from ...finding import Confidence, Finding, Severity
from ...join.converts import converts
from ...join.endpoints import handling, serving
from ...join.functions import functions
from ...join.habits import as_habits
from ...join.responses import responses
from ...join.running import runs
from ...join.services import services
from ...join.telling import tells_itself
from ...project import SERVER_SIDES, Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="high",
    since="0.1.0",
    languages=("python", "typescript"),
    found_at=("Catch",),
    serving=True,
    asked_by="E R S",
    strictly="clauses that no request is known to run around what is not said to change anything, and those around a "
    "write for an exception that something else in the block may be expected to raise, or where something is taken back right "
    "before the response says that it failed.",
    limits="A clause that only assigns or returns a fallback is taken for a decision.",
)

CLEAN_UP = re.compile(
    r"^(?:a?close\w*|rollback|unlink\w*|rm\w*|remove\w*|kill|terminate|stop\w*|disconnect\w*|cancel\w*|destroy\w*|abort\w*"
    r"|shutdown|return|clean_?up\w*|unsubscribe|release\w*|dispose|quit|end|flush|import_module|__import__|unlock|reset|wait"
    r"|wait_closed|finished|(?:request_)?gc|drain|unlisten|unref|mkdir\w*"
    r"|delete_?(?:object|connection|file|blob|asset|image|photo|avatar|upload|attachment)s?(?:command)?"
    r"|text|arraybuffer|blob"  # reads what is left of an answer, so that its connection is free again
    r"|clear\w*|logout|(?:delete|purge|prune|drop)_?(?:te?mp|expired|old|stale|unused|orphan)\w*|rmtree|terminate\w*)$",
    re.IGNORECASE,
)
"""Calls of which a failure leaves nothing behind that anybody waits for."""

CLEANING = re.compile(
    r"^_*(?:clean(?:up)?|tear_?down|dispose|purge|prune)(?:_|[A-Z]|$)"
    r"|^_*(?:a?close|shutdown|stop|destroy|disconnect|del|a?exit)_*$"
    r"|^_*(?:graceful|on|handle)_?(?i:shut_?down|exit|sigterm|sigint|termination|signal)$",
    re.ASCII,
)
"""Functions that are there to put things away, whatever they call for it."""

PLACES = re.compile(r"(?:Path|Key|FileName|Dir|Directory|Url|Uri)$")
"""Calls that say where something is."""

CACHE = re.compile(
    r"(?:redis|memcached?)\.(?:\w+\.)*(?:delete|del|expire|set|setex)$"
    r"|cache\w*\.(?:\w+\.)*(?:delete|del|purge|invalidate|evict|expire|set)\w*$",
    re.IGNORECASE,
)
"""Calls that only change a cache, which entries leave by themselves."""

IN_BROWSER = re.compile(r"(?:navigator|window|document|localStorage|sessionStorage)\.")
"""Calls that only a browser has, whatever file they stand in."""

SETS_COOKIES = re.compile(r"(?:^|\.)setAll$")
"""Where a client of Supabase sets cookies, which a server component cannot: a middleware does (Supabase, "Setting up
Server-Side Auth for Next.js")."""

TAKES_BACK = re.compile(r"(?:delete|remove|revert|restore|undo|revoke|cancel)(?:_|[A-Z]|$)")
"""Calls that undo what was done before."""
NEXT = 3
"""Lines below a clause in which a response says what it does not."""

MEASURES = re.compile(
    r"metric|telemetry|gauge|monitor|statsd|psutil|analytics|posthog|mixpanel|heartbeat|(?:^|[._])track",
    re.IGNORECASE,
)
"""In the name of a function or callee: what measures the service and those who use it, and must not fail it."""
GATHERS = re.compile(r"^\w+\.(?:append|extend|push|unshift)$")
"""Calls that put a value into a list."""
SPELLS = re.compile(r"\b(?:encode|decode|strip|lower|upper|replace|normalize|quote|unquote|trim|toLowerCase)(?:\(\))?$")
"""Calls that spell a text in another way."""
LOOKS = re.compile(r"(?:^|\.)(?:f|l)?(?:access|stat)(?:Sync)?$")
"""Calls that ask whether a file is there."""

WORK = re.compile(
    r"^(?:commit|save|bulk_create|insert\w*|update_one|add_all|send_\w+|publish\w*|enqueue\w*|charge\w*)$"
)
"""Calls whose absence somebody notices later."""
KEEPS = re.compile(
    r"^(?:remember|store|write|persist|upload|post|put|patch|deliver|notify|dispatch|record|register|update|create|send"
    r"|execute|delete)(?:_|[A-Z]|$)"
)
"""Calls that change something outside, whatever is assigned of what they give."""
RECEIVES = re.compile(
    r"(?:^|[._])(?:queue|inbox|messages)\.(?:async_)?get(?:_nowait)?$"
    r"|\.(?:b?[lr]pop|xread(?:group|_group)?|receive_messages?|getone|getmany|basic_get)$",
    re.IGNORECASE,
)
"""Calls that take a message from a queue, which nobody gives again."""
FAULTS = frozenset(
    {"KeyError", "ValueError", "TypeError", "AttributeError", "IndexError", "LookupError", "OSError", "RuntimeError"}
)
"""Exceptions that anything in a block may raise: beside a write they are not known to be expected."""

CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
"""Methods of requests that are there to change something (RFC 9110, 9.2.1)."""

AWAITS = re.compile(
    r"^(?:wait\w*|get|read\w*|recv\w*|receive\w*|accept|join|gather|poll|result|select|next|anext|connect\w*|ping|sleep|listen)$"
)
"""Calls that wait for what may not come."""

OUTSIDE = re.compile(
    r"(?:^|\.)(?:httpx\.\w+|requests(?:\.exceptions)?\.\w+|aiohttp\.Client\w*|smtplib\.SMTP\w*Exception|SMTPException"
    r"|(?:Redis|PyMongo|SQLAlchemy|Database|Operational|BotoCore|Client|Connection|Timeout)Error|RequestException)$"
)
"""Exceptions by which something outside of the process tells that it did not do what it was asked for."""

SEARCHES = re.compile(
    r"(?:prisma|db|database|pool|client|knex|sql|conn\w*|tx|\w*[rR]epo(?:sitory)?|supabase)\b[\w.()$]*"
    r"\.(?:query|findMany|findAll|find|findAndCount|count|countDocuments|aggregate|groupBy|select|execute|rpc|all|any|many"
    r"|fetch(?:_?(?:one|all|row|val|many))?"
    r"|\$queryRaw)\b"
    r"|(?:^|[./])[A-Z]\w*\.(?:find|findAll|findMany|count|countDocuments|aggregate)$"
)
"""Calls by which rows are searched or counted."""
BROAD = frozenset({"Exception", "BaseException"})


def check(project: Project) -> Iterator[Finding]:
    """Each clause for everything that does nothing; of a service that has many of a kind one."""
    yield from as_habits(project, _swallowed(project), lambda finding: "aside" if finding.severity else "")


def _swallowed(project: Project) -> Iterator[Finding]:
    for catch in project.facts(Catch, *SERVER_SIDES):
        broad = not catch.exceptions or bool(BROAD.intersection(catch.exceptions))
        if not (broad or _loses_work(catch)) or (catch.does - {"comments", "continues"} and not _pretends(catch)):
            continue
        if "comments" in catch.does or catch.nested or _cleans_up(project, catch):
            continue
        if _falls_back(catch) and not _pretends(catch):
            continue
        if any(map(IN_BROWSER.match, catch.attempts)) or SETS_COOKIES.search(catch.function):
            continue
        if _only_looks(project, catch) or any(map(MEASURES.search, (catch.function, *catch.attempts))):
            continue
        if _is_told_elsewhere(project, catch):
            continue
        what = " or ".join(catch.exceptions) or "everything"
        goes_on = "goes on as if nothing had happened" if "continues" in catch.does else "does nothing"
        goes_on = "gives back what a search gives that found nothing" if _pretends(catch) else goes_on
        asked, expected = (
            runs(project, catch.at.path, catch.function),
            not broad and FAULTS.issuperset(catch.exceptions),
        )
        missed = (_changes(catch) or _sends(project, catch)) and (
            asked or project.view(services).of(catch.at.path) in project.view(serving)
        )
        yield Finding(
            catch.at,
            evidence=f"This clause catches {what} and {goes_on}: no log line, no counter, no failure to the caller.",
            remedy="Catch the type that is expected, and log what is not: logger.exception(…)"
            if catch.at.path.endswith(".py")
            else "Handle what is expected, and log what is not with the error object.",
            slots={"what": what, "function": catch.function or "the module"},
            severity=None if missed and catch.waited else Severity.NOTE,
            strict=expected
            or _undoes(project, catch)
            or not (asked or _works(catch) or (missed and catch.waited) or _loses_message(project, catch)),
            confidence=Confidence.HIGH,
        )


def _is_told_elsewhere(project: Project, catch: Catch) -> bool:
    """Whether somebody hears of it all the same.

    What is tried logs its failures itself and hands none on, or is a client that tells its listeners of them as an
    event; or a variable that stood for the failure before goes on standing for it.
    """
    if catch.attempts and all(_is_heard(project, catch, callee) for callee in catch.attempts):
        return True
    return "settles" in catch.tries or tells_itself(project, catch.at.path, catch.function, catch.attempts)


def _is_heard(project: Project, catch: Catch, callee: str) -> bool:
    """Whether a client is connected that the same function listens to."""
    around = project.view(functions).get((catch.at.path, catch.function))
    if around is None or callee.rpartition(".")[2] != "connect":
        return False
    on, connected = (
        {one.rpartition(".")[0] for one in around.calls if one.endswith(last)} for last in (".on", ".connect")
    )
    return bool(connected) and connected <= on


def _names(catch: Catch) -> list[str]:
    """What the functions are called that are tried; to execute a query that selects is to read."""
    names = [callee.rpartition(".")[2].strip("()") for callee in catch.attempts]
    return [name for name in names if name != "execute" or "select" not in names]


def _works(catch: Catch) -> bool:
    """Whether what is tried leaves something behind, whoever calls it."""
    return any(map(WORK.match, _names(catch)))


def _undoes(project: Project, catch: Catch) -> bool:
    """Whether what was begun is taken back, right before a response that says that it failed."""
    if not any(map(TAKES_BACK.match, _names(catch))):
        return False
    return any(
        answer.at.path == catch.at.path
        and answer.response.function == catch.function
        and 0 <= answer.at.line - catch.at.end_line <= NEXT
        and (answer.status or 0) >= 400
        for answer in project.view(responses)
    )


def _loses_message(project: Project, catch: Catch) -> bool:
    """Whether a loop goes on with the next message of a queue, and what was taken before is neither kept nor told of."""
    around = project.view(functions).get((catch.at.path, catch.function))
    if around is None or "continues" not in catch.does or any(map(RECEIVES.search, catch.attempts)):
        return False
    return any(map(RECEIVES.search, around.calls))


def _changes(catch: Catch) -> bool:
    return _works(catch) or any(map(KEEPS.match, _names(catch)))


def _sends(project: Project, catch: Catch) -> bool:
    """Whether a request is tried that is there to change something elsewhere: a `fetch` by another method than GET."""
    if "fetch" not in catch.attempts:
        return False
    own = [call for call in project.calls_made(catch.at.path, {"fetch"}) if call.function == catch.function]
    methods = [one.get("method") for call in own for one in call.arguments[1:] if isinstance(one, Record)]
    return len(own) == 1 and any(isinstance(one, Constant) and one.value in CHANGING for one in methods)


def _falls_back(catch: Catch) -> bool:
    """Whether what follows the try stands in for it: it leaves on success, or (without typed clauses) sets a variable.

    Nothing stands in for work that should have been kept, but for what leaves a loop the next turn does, another key.
    """
    next_is_tried = "continues" in catch.does and "returns" in catch.tries and not _works(catch)
    if _changes(catch) and "continues" not in catch.tries and not next_is_tried:
        return False
    if catch.tries & {"returns", "continues"} or catch.refines:
        return True
    return "assigns" in catch.tries and not catch.at.path.endswith(".py")


def _pretends(catch: Catch) -> bool:
    """Whether a failed search of a database comes out as one that found nothing: `catch { return [] }`."""
    pretends = catch.does == {"returns", "pretends"} or (catch.refines and not catch.does)
    return pretends and any(map(SEARCHES.search, catch.waits or ()))


def _only_looks(project: Project, catch: Catch) -> bool:
    """Whether what is tried does nothing that could be missed; of a promise in a variable nobody knows.

    That is to look into values, to gather them in a list, or to write a line of the log of them.
    """
    return all(
        converts(callee) or LOOKS.search(callee) or _gathers(catch, callee) or _logs(project, catch, callee)
        for callee in catch.attempts
    )


def _gathers(catch: Catch, callee: str) -> bool:
    others = [one for one in catch.attempts if not GATHERS.search(one)]
    return GATHERS.search(callee) is not None and bool(others) and all(map(SPELLS.search, others))


def _logs(project: Project, catch: Catch, callee: str) -> bool:
    logs = project.facts_of(catch.at.path, LogCall)
    return any(one.function == catch.function and f".{callee}".endswith(f".{one.call}") for one in logs)


def _loses_work(catch: Catch) -> bool:
    """Whether a narrow clause stands around a write or a message that is then not made, or another service's failure."""
    if not catch.does and catch.exceptions and all(map(OUTSIDE.search, catch.exceptions)):
        return not any(map(AWAITS.search, _names(catch)))
    return not catch.does and FAULTS.issuperset(catch.exceptions) and _works(catch)


def _cleans_up(project: Project, catch: Catch) -> bool:
    """Whether all that is tried is to put something away, or a cache is brought up to date."""
    tried = (callee for callee in catch.attempts if not (converts(callee) or callee.startswith("Promise.")))
    names = [callee.rpartition(".")[2].strip("()$") for callee in tried]
    names = [name for name in names if CLEAN_UP.match(name) or not PLACES.search(name)] or names
    names = [name for name in names if name.endswith("Command")] or names  # what an AWS client is told to do
    return (
        _is_for_cleaning(project, catch)
        or (bool(names) and all(map(CLEAN_UP.match, names)))
        or any(map(CACHE.search, catch.attempts))
    )


def _is_for_cleaning(project: Project, catch: Catch) -> bool:
    """Whether a function is there to put away what its object holds; one that answers requests changes something."""
    handles = (catch.at.path, catch.function) in project.view(handling)
    return not handles and CLEANING.search(catch.function.rpartition(".")[2]) is not None


REMARK = (
    "Whatever goes wrong here, this clause makes it look like success. Name the failure you expect and log the rest."
)

EXAMPLES = [
    """
=== app/main.py
from fastapi import FastAPI

app = FastAPI()

@app.get("/readings")
def readings():
    return []
=== app/worker.py
async def consume(queue, batch):
    while True:
        line = await queue.get()
        try:
            batch.append(parsed(line))
        except Exception:  # <-- the reading is lost
            continue

async def waited(queue):
    while True:
        try:
            line = await queue.get(timeout=1)
        except Exception:
            continue

def told(lines, batch):
    for line in lines:
        try:
            batch.append(parsed(line))
        except Exception:  # <-- strict: who knows what the lines are
            continue
""",
    """
=== mill/wheels.py
from flask import Flask, request

from mill import river

app = Flask(__name__)

@app.post("/wheels/<int:wheel>/stop")
def stop(wheel):
    try:
        river.hold(wheel)
    except Exception:  # <-- what the request asks for, by whatever name
        pass
    try:
        print(f"stopped {wheel} for {request.headers.get('x-miller')}")
    except Exception:
        pass
    spellings = []
    try:
        spellings.append(request.args["note"].encode("latin1").decode())
    except Exception:
        pass
    return {"stopped": wheel, "notes": spellings}

class Wheel:
    def stop(self):
        try:
            self.river.hold(self.number)
        except Exception:
            pass
""",
    """
=== app/orders.py
import logging

logger = logging.getLogger(__name__)

def store(orders):
    for order in orders:
        try:
            insert(order)
        except Exception:  # <-- lost orders look like stored ones
            continue

def notify(order):
    try:
        send_mail(order)
    except:  # <-- catches even the interrupt
        pass

def kept(order, connection):
    try:
        return float(order.total)
    except ValueError:
        pass
    try:
        connection.close()
    except Exception:
        pass
    try:
        insert(order)
    except Exception:
        logger.exception("insert failed")
    try:
        warm_cache(order)
    except Exception:
        pass  # the cache warms itself on the next read
    try:
        return order.discount()
    except Exception:
        return 0
""",
    """
=== src/orders.ts
export async function store(order: Order) {
  try {
    await insert(order)
  } catch (err) { // <-- an order that was not stored
  }
  await notify(order).catch(() => {}) // <-- strict: nobody hears of it
  await socket.close().catch(() => {})
  const lines = order.read()
  await lines.return?.().catch(() => undefined)
}
""",
    """
=== shop/signals.py
from django.db.models.signals import post_save
from django.dispatch import receiver

@receiver(post_save, sender=Member)
def greet(sender, instance, created, **kwargs):
    try:
        instance.greet("Your card is ready")
    except Exception:  # <-- runs whenever a request saves a member
        pass
""",
    """
=== src/links.ts
import express from "express";

const app = express();
app.get("/links", (req, res) => res.json([]));
=== src/expiry.ts
export async function told(count: number) {
  await fetch("https://hooks.acme.io/expired", { method: "POST", body: String(count) }).catch(() => undefined); // <-- it is to change something
}

export function opened(keys: Buffer[], sealed: Buffer) {
  for (const key of keys) {
    try {
      const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, 12));
      return Buffer.concat([decipher.update(sealed.subarray(12)), decipher.final()]);
    } catch {
      continue;
    }
  }
  throw new Error("none of the keys fits");
}

export async function seen() {
  await fetch("https://hooks.acme.io/seen").catch(() => undefined); // <-- strict: nobody knows who asks for it
}
""",
    """
=== src/server.ts
import express from "express";
import { people, profiles } from "./store";

const app = express();
app.post("/people", async (req, res) => {
  const { id } = await people.insert(req.body);
  const { error } = await profiles.insert({ id });
  if (error) {
    await people.deletePerson(id).catch(() => {}); // <-- strict: taken back, and the response says that it failed
    return res.status(500).json({ error: "not stored" });
  }
  await profiles.update({ id }).catch(() => {}); // <-- and nobody hears of it
  res.status(201).json({ id });
});
""",
    """
=== src/notices.ts
export class Notices {
  async send(text: string) {
    try {
      await fetch("https://hooks.acme.io/orders", { method: "POST", body: text })
    } catch (error) {
      console.error("notice not sent", error)
    }
  }

  async sendPaid(id: string) {
    return this.send(`paid: ${id}`)
  }

  async sendStrictly(text: string) {
    try {
      await fetch("https://hooks.acme.io/orders", { method: "POST", body: text })
    } catch (error) {
      console.error("notice not sent", error)
      throw error
    }
  }
}

export const notices = new Notices()
=== src/server.ts
import express from "express";
import Redis from "ioredis";
import { notices } from "./notices";
import { orders } from "./store";

const app = express();

app.post("/orders", async (req, res) => {
  await orders.insert(req.body);
  notices.sendPaid(req.body.id).catch(() => {});
  await notices.sendStrictly(req.body.id).catch(() => {}); // <-- that one rejects
  res.status(204).end();
});

app.post("/links", async (req, res) => {
  let outcome = "failed";
  try {
    const link = await orders.insertLink(req.body);
    outcome = link ? "complete" : "blocked";
  } catch {}
  res.redirect(`/links?outcome=${outcome}`);
});

app.post("/totals", async (req, res) => {
  let outcome = "failed";
  try {
    outcome = "complete";
    await orders.insertTotal(req.body);
  } catch {} // <-- strict
  res.redirect(`/totals?outcome=${outcome}`);
});

app.post("/relays", async (req, res) => {
  const answer = await fetch("https://relay.acme.io", { method: "POST" });
  try { await answer.text() } catch {}
  res.status(answer.status).end();
});

export function publisher() {
  const client = new Redis({ lazyConnect: true });
  client.on("error", (error) => console.warn(error));
  client.connect().catch(() => undefined);
  return client;
}
""",
    """
=== src/answers.ts
export async function* answers(question: string) {
  try {
    for await (const part of ask(question)) yield part
  } catch (error) {
    yield { type: "error", payload: String(error) }
  }
}
=== src/settings.ts
export function parsed(text: string) {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
""",
]
