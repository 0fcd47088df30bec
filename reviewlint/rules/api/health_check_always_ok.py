"""A health check says that all is well whatever it finds.

Load balancers, orchestrators and deployments go by the status. A check that catches the database's failure and answers
200 keeps a broken instance in rotation, and a readiness check that looks at nothing lets traffic in before the service
can serve it. Answer 503 where a dependency is down; a liveness check may be constant, a readiness check may not.

By default it is shown where the check asks a dependency, by the name of the call that is tried, and answers nothing but 200.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from ...facts.code import Catch, Function
from ...facts.data import ModelAccess, Query, RowWrite, TableAccess
from ...facts.values import Choice, Record, constant_text
from ...finding import Confidence, Finding, Subject
from ...join.clauses import clauses
from ...join.converts import converts
from ...join.endpoints import Endpoint, answers, endpoints
from ...join.failing import leads_out
from ...join.functions import functions
from ...join.paths import Segments
from ...join.responses import Answer
from ...join.services import services
from ...project import SERVER_SIDES, Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="high",
    since="0.1.0",
    languages=("python", "typescript"),
    found_at=("Response", "Route"),
    asked_by="S R",
    strictly="words for what is impaired and not down, what a clause with a comment lets pass, the health of a part of a "
    "service that has a check of its own, checks that answer 503 to something else, and those that ask nothing by a name "
    "that tells of a dependency.",
    limits="A check that a helper of another package makes is not seen.",
)

HEALTH = re.compile(r"^(?:health\w*|readyz?|readiness|heartbeat)$", re.IGNORECASE)
"""What is asked by a path that is for probes; a `status` may be anything's."""
DEEPER = re.compile(r"^(?:deep|full|details?|detailed|db|database|dependencies|deps|check|status)$", re.IGNORECASE)
"""What a path goes on with below the health that it asks for."""
FAILED = re.compile(r"^(?:\w+\.)*\w*(?:[eE]rr(?:or)?|failed|failure)$|^!\w*(?:alive|healthy|ok|up)$")
"""A test by which code that gets its failures back finds one."""
UNWELL = re.compile(
    r"^(?:down|degraded|impaired|unhealthy|unreachable|unavailable|disconnected|not[ _-]?(?:ready|ok))$", re.IGNORECASE
)
"""Words by which a check says that something is wrong."""
IMPAIRED = re.compile(r"^(?:degraded|impaired)$", re.IGNORECASE)
"""Those of a service that can still answer: many keep it in rotation on purpose."""
READS_BODY = re.compile(r"(?:^|\.)(?:req|request|c\.req|ctx\.req)\.(?:json|text|formData)(?:\(\))?$")
"""What fails by what a client sent, and by nothing that the service depends on."""
PROBES = re.compile(
    r"(?:^|_)(?:ping|execute|query|connect(?:ion)?|health\w*|probe|reachable|alive|select|command|inspect|authenticate)(?:_|$)"
    r"|(?:Ping|Query|Connect(?:ion|ed)?|Health\w*|Reachable|Alive|Ready|Database|Redis)$|^(?:ping|query|probe|connect)[A-Z]"
    r"|^(?:check|test|verify)(?:_|[A-Z]|$)|^\$(?:query|execute)|^is_?(?:alive|[rR]eady|[cC]onnected|[hH]ealthy|[uU]p)$"
)
"""What calls are named that ask a dependency whether it is there."""
SENDS = re.compile(r"(?:^|\.)(?:json|jsonify|send|end|status|Response|JSONResponse|code|text|info|debug|dict)$")
"""Calls that answer, or say so in the log."""
CONSTANT = re.compile(
    r"(?:Math|Date|process|os|performance|Number|String|JSON|BigInt|Object|Array|Intl|time|datetime|platform|sys)\b"
    r"|(?:node:)?(?:os|process|perf_hooks)\.|socket\.gethostname$|(?:int|str|float|round|bool|len)$|importlib\.metadata\."
)
"""Calls that succeed whatever became of everything else: clocks, uptime, versions, conversions."""
LETS_IN = re.compile(
    r"(?:auth(?!entication_classes$)|permission(?!_classes$))|admin|login|signed_?in|current_?user", re.IGNORECASE
)
"""What asks who is there; the decorators of Django REST with which anybody may be let in say mostly that."""
SIGNS_IN = re.compile(r"(?:^|[._])(?:authenticate|require_?(?:auth|admin|login|user))", re.IGNORECASE)
"""What a handler calls for the same."""
CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
"""Methods by which no probe asks."""
PREFIX = re.compile(r"^(?:api|v\d+|functions|internal|rest|_)$", re.IGNORECASE)
READY = re.compile(r"^(?:ready|readyz|readiness)$", re.IGNORECASE)


def check(project: Project) -> Iterator[Finding]:
    """Each health check that hides a failure, and each readiness check that looks at nothing."""
    names = project.view(services)
    kept = {
        names.of(fact.at.path)
        for fact in (
            *project.facts(Query),
            *project.facts(TableAccess),
            *project.facts(RowWrite),
            *project.facts(ModelAccess),
        )
    }
    known = project.view(functions)
    going_on: dict[tuple[str, str], list[Catch]] = defaultdict(list)
    for catch in project.facts(Catch):
        if not _is_harmless(catch) and "raises" not in catch.does and not {"returns", "calls"} <= catch.does:
            going_on[catch.at.path, catch.function].append(catch)
    seen = set()
    asked = [one for one in project.view(endpoints) if HEALTH.match(_asked(one.segments or ("",)))]
    whole = {names.of(one.at.path) for one in asked if len(_beneath(one)) == 1}
    for endpoint in asked:
        last = _asked(endpoint.segments or ("",))
        if endpoint.method in CHANGING or endpoint.at in seen or project.side(endpoint.at.path) not in SERVER_SIDES:
            continue
        function = known.get((endpoint.handler_path, endpoint.handler))
        calls = function.calls if function is not None else ()
        if any(map(LETS_IN.search, endpoint.guards)) or any(map(SIGNS_IN.search, calls)):
            continue  # no probe signs in: somebody looks
        own = [answer for answer in answers(project, endpoint) if answer.response.function == endpoint.handler]
        if any(one.status in (401, 403) for one in own):
            continue
        seen.add(endpoint.at)
        of_part = names.of(endpoint.at.path) in whole and not all(map(HEALTH.match, _beneath(endpoint)))
        hides = list(_hiding(project, own, going_on[endpoint.handler_path, endpoint.handler], calls))
        if hides:
            hiding, how, weak = min(hides, key=lambda one: one[2])
            yield Finding(
                hiding.at,
                evidence=f"`{endpoint.path}` {how} and still answers 200.",
                remedy="Answer 503 with what is down.",
                subject=Subject("endpoint", f"{endpoint.method} {endpoint.path}"),
                slots={"route": endpoint.path or "", "how": f"{how} and still answers 200"},
                strict=weak or of_part,
            )
        elif (
            READY.match(last)
            and names.of(endpoint.at.path) in kept
            and all(one.status is not None and one.status < 500 for one in own)
            and _looks_at_nothing(endpoint, known)
        ):
            yield Finding(
                endpoint.at,
                evidence=f"`{endpoint.path}` answers without looking at anything; this service has a database.",
                remedy="Run `select 1` with a short timeout, and answer 503 where it fails.",
                subject=Subject("endpoint", f"{endpoint.method} {endpoint.path}"),
                slots={"route": endpoint.path or "", "how": "looks at nothing"},
                confidence=Confidence.MEDIUM,
            )


def _hiding(
    project: Project, own: list[Answer], going_on: list[Catch], calls: tuple[str, ...]
) -> Iterator[tuple[Answer, str, bool]]:
    """The answers of a check that hide a failure, how they do, and whether that may be meant so.

    What is hidden for certain is that something the check asks is not there, by a handler that answers nothing but 200.
    """
    always = {one.status for one in own} == {200}
    clauses_on = going_on if always else []
    says_no = any(map(_says_no, own))
    for one in own:
        clause = project.view(clauses).around(one.at) if one.response.in_catch else None
        before = [catch for catch in clauses_on if catch.at < one.at]
        if one.status == 200 and one.response.in_catch and (clause is None or not _is_harmless(clause)):
            asks = clause is not None and _asks(clause.attempts) and "comments" not in clause.does
            yield one, "catches a failure", not (always and asks)
        if one.status == 200 and not one.response.in_catch and _on_failure(one):
            yield one, "finds a failure", False
        if before:
            asks = any(_asks(catch.attempts) and "comments" not in catch.does for catch in before)
            yield one, "catches a failure", not asks
        if one.status == 200 and not one.response.in_catch and not says_no and (words := _owns_up(one)):
            yield one, f"may say `{words[0]}`", not (always and _asks(calls)) or all(map(IMPAIRED.match, words))


def _asks(calls: Iterable[str]) -> bool:
    """Whether calls ask something that the service depends on, by their names."""
    return any(
        leads_out(one) or PROBES.search(one.rpartition(".")[2]) for one in (one.replace("()", "") for one in calls)
    )


def _is_harmless(clause: Catch) -> bool:
    """Whether nothing that a service depends on can fail in what is tried."""
    return all(READS_BODY.search(one) or CONSTANT.match(one) or converts(one) for one in clause.attempts)


def _beneath(endpoint: Endpoint) -> list[str]:
    """What a path names but its prefix and version: `health` of `/api/v1/health`, `orders` and `health` below that."""
    return [one for one in endpoint.segments or () if not (PREFIX.match(one) or DEEPER.match(one))]


def _asked(segments: Segments) -> str:
    """The part of a path that asks how the service is: `/health`, the first of `/health/db`."""
    above, last = segments[-2:] if len(segments) > 1 else ("", segments[-1])
    return above if HEALTH.match(above) and DEEPER.match(last) else last


def _says_no(answer: Answer) -> bool:
    """Whether an answer is for what the check found to be down: what it says otherwise is for what is up.

    That stands below a test, or after that of what is up: `if ok: return …`, and 503 for the rest.
    """
    return (answer.status or 0) >= 500 and not answer.response.in_catch


def _on_failure(answer: Answer) -> bool:
    """Whether an answer is for a failure that was given back: `if (error) return Response.json({ status: "down" })`."""
    return any(map(FAILED.match, answer.response.conditions[:1]))


def _owns_up(answer: Answer) -> list[str]:
    """The words of an answer that may say that something is down: `{ status: error ? "down" : "ok" }`."""
    entries = answer.body.entries if isinstance(answer.body, Record) else ()
    chosen = [one for _, value in entries if isinstance(value, Choice) for one in value.options]
    return [word for one in chosen if UNWELL.match(word := constant_text(one) or "")]


def _looks_at_nothing(endpoint: Endpoint, known: dict[tuple[str, str], Function]) -> bool:
    function = known.get((endpoint.handler_path, endpoint.handler))
    if function is None or (endpoint.guards and endpoint.at.path.endswith(".py")):
        return False  # a dependency may look
    return all(
        SENDS.search(plain) or CONSTANT.match(plain) for plain in (one.replace("()", "") for one in function.calls)
    )


REMARK = "`{route}` {how}, so a broken instance keeps getting requests. The one thing a health check must be able to say is no."

EXAMPLES = [
    """
=== src/main.ts
import express from 'express'
import { DataSource } from 'typeorm'

const source = new DataSource({ type: 'mysql' })
const app = express()

app.get('/ready', (req, res) => res.status(source.isInitialized ? 200 : 503).json({}))
app.get('/v1/ready', (req, res) => res.json({ ready: true })) // <-- whatever became of the database
app.get('/orders', async (req, res) => res.json(await source.query('select id from orders limit 9')))
""",
    """
=== supabase/functions/health/index.ts
import { createClient } from 'npm:@supabase/supabase-js@2'

const supabase = createClient(Deno.env.get('SUPABASE_URL')!, Deno.env.get('SUPABASE_ANON_KEY')!)

Deno.serve(async (req) => {
  const { error } = await supabase.from('notes').select('id', { head: true })
  if (error && req.method === 'HEAD') return new Response(null, { status: 503 })
  if (error) return Response.json({ status: 'degraded' }) // <-- says so to nobody who looks at the status
  return Response.json({ status: 'ok' })
})
=== supabase/functions/ready/index.ts
import { createClient } from 'npm:@supabase/supabase-js@2'

const supabase = createClient(Deno.env.get('SUPABASE_URL')!, Deno.env.get('SUPABASE_ANON_KEY')!)

Deno.serve(async () => {
  const { error } = await supabase.from('notes').select('id', { head: true })
  const status = error ? 'down' : 'up'
  if (error) console.error('notes cannot be read', error)
  return Response.json({ status }) // <-- the words change, the status does not
})
=== supabase/functions/status/index.ts
import { createClient } from 'npm:@supabase/supabase-js@2'

const supabase = createClient(Deno.env.get('SUPABASE_URL')!, Deno.env.get('SUPABASE_ANON_KEY')!)

Deno.serve(async () => {
  const { error } = await supabase.from('notes').select('id', { head: true })
  return Response.json({ status: error ? 'down' : 'up' }, { status: error ? 503 : 200 })
})
""",
    """
=== app/main.py
from fastapi import FastAPI
from fastapi.responses import JSONResponse

app = FastAPI()

@app.get("/health")
def health():
    try:
        ping_database()
    except Exception:
        return {"status": "degraded"}  # <-- 200 with a broken database
    return {"status": "ok"}

@app.get("/ready")  # <-- ready before the database is
def ready():
    return {"status": "ready"}

@app.get("/livez")
def live():
    return {"status": "alive"}

@app.get("/payments/{payment_id}/status")
def status(payment_id: int):
    try:
        payment = find(payment_id)
    except LookupError:
        return {"status": "unknown"}
    return {"status": payment.status}

@app.get("/orders")
def orders(cursor):
    cursor.execute("select 1")
    return []
""",
    """
=== src/server.ts
import express from 'express'

const app = express()

app.get('/healthz', async (req, res) => {
  try {
    await pool.query('select 1')
    res.json({ status: 'ok' })
  } catch (err) {
    res.json({ status: 'down' }) // <-- down, says the body; 200, says the status
  }
})

app.get('/health', async (req, res) => {
  let cache = 'up'
  try {
    await redis.ping()
  } catch {
    cache = 'down'
  }
  const database = await pool.query('select 1').then(() => 'up').catch(() => 'down')
  res.json({ status: 'ok', cache, database }) // <-- the flag changes the words, not the status
})

app.get('/ready', async (req, res) => {
  let healthy = true
  try {
    await pool.query('select 1')
  } catch {
    healthy = false
  }
  res.status(healthy ? 200 : 503).json({ healthy })
})

app.get('/readyz', async (req, res) => {
  try {
    await pool.query('select 1')
    res.json({ status: 'ok' })
  } catch (err) {
    res.status(503).json({ status: 'down' })
  }
})
""",
    """
=== app/static.py
from flask import Flask

app = Flask(__name__)

@app.get("/ready")
def ready():
    return {"status": "ready"}
""",
    """
=== src/health.ts
import express from 'express'
import { pool } from './db'

const app = express()
app.get('/health/db', async (req, res) => {
  let db = 'up'
  try { await pool.query('select 1') } catch { db = 'down' }
  res.json({ db }) // <-- below the path that asks
})
""",
    """
=== src/ops.ts
import Fastify from "fastify";
import { Pool } from "pg";

const app = Fastify();
const pool = new Pool();

app.get("/readyz", async (request, reply) => { // <-- an uptime tells nothing of the database
  return reply.code(200).send({ ready: true, uptime: Math.round(process.uptime()), at: new Date().toISOString() });
});
app.get("/ready", async (request, reply) => {
  await reachable();
  return reply.code(200).send({ ready: true, uptime: process.uptime() });
});
app.get("/parcels", async () => (await pool.query("select id from parcels limit 9")).rows);
""",
    """
=== src/probes.ts
import Fastify from "fastify";
import { pool } from "./db";

const app = Fastify();

app.get("/a/health", async (request, reply) => {
  let pgConnected = false;
  try {
    await pool.query("select 1");
    pgConnected = true;
  } catch (err) {
    request.log.error(err);
  }
  const status = pgConnected ? "healthy" : "degraded";
  if (!pgConnected) return reply.code(503).send({ status });
  return { status };
});
app.get("/b/health", async (request, reply) => {
  let allHealthy = true;
  try { await pool.query("select 1"); } catch { allHealthy = false; }
  if (!allHealthy) reply.code(503);
  return { status: allHealthy ? "healthy" : "unhealthy" };
});
app.get("/c/health", async (request, reply) => {
  let allHealthy = true;
  try { await pool.query("select 1"); } catch { allHealthy = false; }
  return { status: allHealthy ? "healthy" : "unhealthy" }; // <-- in words alone
});
app.get("/d/health", async (request, reply) => {
  try {
    const late = await lag();
    return { status: late ? "degraded" : "up" }; // <-- strict: impaired is not down
  } catch {
    return reply.code(503).send({ status: "down" });
  }
});
=== src/express.ts
import express from "express";
import { pool } from "./db";

const app = express();

app.get("/e/health", async (req, res) => {
  const services = { db: "up" };
  try { await pool.query("select 1"); } catch { services.db = "down"; res.status(503); }
  res.json({ services });
});
app.get("/f/health", async (req, res) => {
  const health = { status: "healthy" };
  try { await pool.query("select 1"); } catch { health.status = "unhealthy"; }
  if (health.status !== "healthy") {
    res.statusCode = 503;
  }
  res.json(health);
});
""",
    """
=== src/koa.ts
import Router from "@koa/router";

export const router = new Router();

router.get("/health", async (ctx) => {
  let status = "up";
  try { await ping(); } catch { status = "down"; }
  if (status === "down") ctx.status = 503;
  ctx.body = { status };
});
router.get("/deep/health", async (ctx) => {
  let status = "up";
  try { await ping(); } catch { status = "down"; }
  ctx.body = { status }; // <-- in words alone
});
=== src/hono.ts
import { Hono } from "hono";

export const app = new Hono();

app.get("/health", async (c) => {
  let status = "up";
  try { await ping(); } catch { status = "down"; }
  if (status === "down") c.status(503);
  return c.json({ status });
});
""",
    """
=== src/parts.ts
import express from "express";
import { pool, registry } from "./store";

const app = express();

app.get("/health", async (req, res) => {
  try {
    await pool.query("select 1");
  } catch {
    return res.status(503).json({ status: "down" });
  }
  let commit = "unknown";
  try { commit = JSON.parse(String(process.env.BUILD)).commit; } catch {}
  res.json({ status: "up", commit });
});
app.get("/api/v1/sorters/health", async (req, res) => {
  const sorters = await registry.all();
  res.json({ status: sorters.length > 0 ? "healthy" : "unhealthy" }); // <-- strict: the service has a check of its own
});
app.post("/sessions/heartbeat", async (req, res) => {
  let seat = "";
  try { seat = await registry.seat(req.body.id); } catch { seat = "none"; }
  res.json({ seat });
});
app.get("/kiosks/health", async (req, res) => {
  if (!req.headers.authorization) return res.status(401).json({ status: "unknown" });
  try { await registry.all(); } catch { return res.json({ status: "down" }); }
  res.json({ status: "up" });
});
""",
    """
=== src/whole.ts
import express from "express";
import { pool, cache } from "./store";

const app = express();

app.get("/health", async (req, res) => {
  const database = await pool.alive();
  let warm = true;
  try {
    await cache.ping();
  } catch {
    warm = false; // the cache is optional: without it every answer takes longer
  }
  res.json({ status: database ? "up" : "down", warm }); // <-- words alone
});
app.get("/api/health", async (req, res) => {
  let warm = true;
  try {
    await cache.ping();
  } catch {
    // the cache is optional: without it every answer takes longer
    warm = false;
  }
  res.json({ warm }); // <-- strict: it says why that may fail
});
""",
    """
=== shop/urls.py
from django.urls import path

from shop import views

urlpatterns = [path("health/", views.health), path("heartbeat/", views.heartbeat)]
=== shop/views.py
from django.db import DatabaseError, connection
from django.http import JsonResponse

def health(request):
    try:
        connection.ensure_connection()
        database = "ok"
    except DatabaseError:
        database = "unavailable"
    data = {"status": "ok" if database == "ok" else "unavailable"}
    if database == "ok":
        return JsonResponse(data)
    return JsonResponse(data, status=503)

def heartbeat(request):
    try:
        connection.ensure_connection()
        database = "ok"
    except DatabaseError:
        database = "unavailable"
    data = {"status": "ok" if database == "ok" else "unavailable"}
    return JsonResponse(data)  # <-- and none for the rest
""",
    """
=== src/asked.ts
import express from "express";
import { pool, registry, search } from "./store";

const app = express();

app.get("/health", async (req, res) => {
  let providers = "loaded";
  try { await registry.all(); } catch { providers = "none"; }
  res.json({ providers }); // <-- strict: nothing says that this leads anywhere
});
app.get("/readyz", async (req, res) => {
  try {
    await pool.query("select 1");
  } catch {
    return res.status(503).json({ status: "down" });
  }
  try {
    await search.ping();
    res.json({ status: "up" });
  } catch {
    res.json({ status: "degraded" }); // <-- strict: what it cannot do without is answered 503
  }
});
app.get("/healthz", async (req, res) => {
  let found = "up";
  try { await search.ping(); } catch { found = "down"; }
  res.json({ found }); // <-- it was asked, and is not there
});
app.get("/health/ready", async (req, res) => {
  let found = "up";
  try { await search.ping(); } catch { found = "down"; }
  res.json({ found }); // <-- of the whole, too
});
""",
]
