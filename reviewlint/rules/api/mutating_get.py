"""A GET changes data.

GET is promised to be safe: crawlers follow it, browsers prefetch it, proxies repeat it, mail scanners open every link
of a message. Each of them would now create, change or delete rows, and a cross-site image tag would, too.

Counters, last-seen marks, caches, sessions and audit logs may be written by a GET; links from mails and redirects of
sign-in flows change something by design and are left alone. So is what a reading function does on its way: defaults
that it makes where there are none yet or a copy that it brings up to date (an upsert), leftovers that it puts away; and
what a scheduler calls that proves itself by a secret of its own.

Nothing in a write says whether it is what was asked for or kept on the way. By default only what the address or the
handler calls a deed is shown, `GET /loans/:id/renew`, where the handler is there for GET alone; of the others that were read in code that it had not met, most
were settings made at the first look, values kept for the next time and jobs.
"""

import re
from collections import defaultdict
from collections.abc import Iterator

from ...facts.clients import EnvironmentRead
from ...facts.code import Function
from ...facts.http import Response
from ...facts.location import Location, Related
from ...facts.values import Call, Constant, Record, Unknown, Value
from ...finding import Finding, Subject
from ...join.asked_for import parameters
from ...join.endpoints import Endpoint, endpoints, reached, stands_apart
from ...join.functions import functions
from ...join.modules import imported
from ...join.paths import PARAMETER
from ...join.places import located
from ...join.responses import given_by, responses
from ...join.writes import CALLS_AWAY, Write, writes, written_by
from ...project import SERVER_SIDES, Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="medium",
    since="0.1.0",
    languages=("python", "typescript"),
    asked_by="S E",
    strictly="writes behind paths and handlers that name no deed: they may be kept on the way to an answer; deeds whose "
    "handler is there for another method as well, and those of controllers that no module was seen to import.",
    limits="Writes more than two calls away from the handler, and those of unknown ORMs, are not seen.",
)

MARKS = re.compile(
    r"log|audit|event|view|visit|stats?(?![a-z])|statistic|metric"
    r"|(?<!ac)(?<!dis)count|seen|session|cache|token|histor|analytic|click|hit|access"
    r"|activit|nonce|state"
    r"|usage|track|recent|impression|rate_?limit|lock|otp|lease|heartbeat",
    re.IGNORECASE,
)
BY_DESIGN = re.compile(
    r"callback|confirm|verify|unsubscribe|redirect|log-?out|sign-?out|web_?-?hook|cron|track|click|pixel|auth|oauth"
    r"|(?<![a-z])sso(?![a-z])|saml"
    r"|invite|accept|magic|login|install|connect|health|export|download|stream",
    re.IGNORECASE,
)
DEEDS = frozenset(
    "accept ack acknowledge activate add allocate apply approve archive assign attach ban begin block book cancel "
    "change claim clear clone close complete confirm convert copy create deactivate decline delete deliver demote "
    "detach disable dismiss dispatch downgrade drop duplicate edit empty enable end enqueue evict expire extend "
    "finish flag freeze fulfill grant ingest insert inspect join kick leave like lock mark merge move mute notify "
    "open pause pay pin place process promote publish purge push reassign rebalance rebuild recalculate recompute "
    "recreate redeem refund regenerate reissue reject release remove rename renew reopen reorder repair replace "
    "reprocess request rerun resend reserve reset restart restock restore resume retire retry return revert revoke "
    "rotate run save schedule send set settle ship start stop submit subscribe suspend swap switch sync terminate "
    "toggle transfer trigger unarchive unassign unban unblock unfollow unfreeze unlike unlink unlock unmute unpin "
    "unpublish unregister unsubscribe untag update upgrade void vote wake withdraw".split()
)
"""What is done to things, as paths and handlers name it by their first word."""
SCHEDULER = re.compile(r"\bCRON_\w+", re.IGNORECASE)
"""A test of the secret that a scheduler sends; those of the platforms can only GET."""
COLLECTED = re.compile(
    r"^(?:invite|invitation|export|download|stream|installation|connection|verification|confirmation|author|authorization)s$",
    re.IGNORECASE,
)
"""Collections whose names hold such a word, which says nothing of what is asked of them."""
DECIDES = re.compile(r"^(?:confirm(?:ation)?|accept(?:ance)?|verify|verification)$", re.IGNORECASE)
BODY = frozenset({"json", "formData"})
OF_BODY = re.compile(r"(?:^|\.)(?:req|request|c\.req|event\.request|ctx\.request)\.(?:json|formData)$")
"""Calls that read the body of a request of the Fetch standard's, and throw where it has none."""
METHOD = re.compile(r"\bmethod\s*[!=]={1,2}\s*['\"](?!GET|HEAD|OPTIONS)\w+['\"]")
"""A test of another method."""
ASKED_BY_GET = re.compile(r"\bmethod\s*={2,3}\s*['\"](?:GET|HEAD)")
OTHER_THAN_GET = re.compile(r"\bmethod\s*!={1,2}\s*['\"](?:GET|HEAD)")
METHOD_ASKED = re.compile(r"\bmethod\b\s*(?:[!=]={1,2}|(?:not )?in\b)")
SUBMITTED = re.compile(r"\.(?:validate_on_submit|is_submitted)$")
"""How Flask-WTF asks whether a form was sent by a method that changes something, and is filled in well."""
ASKS = re.compile(r"confirm|(?:^|_)(?:post|submit|submission)(?:_|$)", re.IGNORECASE)
"""What decorators of packages are called that ask first."""
BY_ID = re.compile(r"^\W+(?:\w+:)?(?:\w*[a-z]I|(?:\w+_)?i)d\W*$")
"""A parameter that is an id, where links from mails have a token."""
KEY = re.compile(r"token|payload|^code$|(?:invit|access|reset|auth)\w*_?code|key|hash|secret|signature", re.IGNORECASE)
"""Parameters of paths that only who got a mail knows."""
READS = re.compile(r"(?:get|find|fetch|load|read|list|ensure|resolve|check|lookup|search|has|is)(?:_|[A-Z]|$)")
"""How the name of a function begins that is called for what it gives back."""
VIEWS = re.compile(r"^views?\.")
"""What Django calls files of handlers, which tells nothing of what they write."""
NEWS = re.compile(r"events?|views?|visits?|states?|logs?", re.IGNORECASE)
"""Tables of marks by their names, where rows that are changed are things of their own: an event that is published."""
_DECIDED = (
    r"(?!(?:deleted|archived|cancell?ed|published|approved|rejected|returned|closed|completed|revoked|disabled|paid"
    r"|refunded|confirmed|suspended|banned|shipped|deactivated|retired|removed|released|resolved|claimed|accepted"
    r"|declined|withdrawn|voided|fulfilled|submitted|activated|enabled|assigned|hidden)_at)"
)
"""Times of what somebody decided are no marks."""
_MARKED = rf"last_\w+|\w+_count|views|hits|\w*seen\w*|{_DECIDED}\w+_at"
TOUCHED = re.compile(rf"^(?:{_MARKED}|\$inc)$")
TOUCHES = re.compile(rf"\b(?:{_MARKED})\b\s*=|\b(\w+)\s*=\s*\1\s*\+(?!\s*(?:\d\d|[2-9]))", re.IGNORECASE)
WORD = re.compile(r"[a-z]+")
SETS = re.compile(r"\bset\b(.*?)(?=\b(?:where|returning|from)\b|$)", re.IGNORECASE | re.DOTALL)
"""What an UPDATE says of columns."""
BETWEEN = re.compile(r",(?![^(]*\))")
"""The commas between assignments, and not those of calls."""
ASSIGNED = re.compile(r"\b(\w+)\s*=\s*(?:'(\w+)'|true\b|now\(\))", re.IGNORECASE)
"""What an UPDATE sets whoever asks: the word that a column gets, or the column that begins to hold."""
COUNTED = re.compile(r"\bF\(|\bincrement\b|\b(?:\w+\.)?(\w+)\s*\+\s*1\b")
"""A value that is what it was, and a bit more."""


def check(project: Project) -> Iterator[Finding]:
    """Each GET or HEAD whose handler writes rows that matter."""
    every = project.view(endpoints)
    if not any(project.is_wanted(path) for endpoint in every for path in (endpoint.at.path, endpoint.handler_path)):
        return
    others = [endpoint for endpoint in every if endpoint.method not in ("GET", "HEAD")]
    forms = (endpoint for endpoint in others if not _never_asks(project, endpoint))
    seen = {(endpoint.at, endpoint.handler) for endpoint in forms}  # a form and its submission
    submitted = {(endpoint.place, endpoint.segments) for endpoint in others}
    beside: dict[Location, list[Endpoint]] = defaultdict(list)
    for other in others:
        beside[other.at].append(other)
    told = set()
    scheduled = {
        fact.at.path for fact in project.facts(Response, *SERVER_SIDES) if any(map(SCHEDULER.search, fact.conditions))
    } | {fact.at.path for fact in project.facts(EnvironmentRead, *SERVER_SIDES) if SCHEDULER.match(fact.name)}
    for endpoint in every:
        if endpoint.method not in ("GET", "HEAD") or (endpoint.at, endpoint.handler) in seen:
            continue
        if endpoint.at.path in scheduled:
            continue
        if (endpoint.place, endpoint.segments) in submitted and _asks(project, endpoint.place):
            continue
        handler = endpoint.handler.removeprefix("exports.")  # what a plugin is, and nothing about what it does
        asked = "/".join(part for part in endpoint.written or (endpoint.path or "",) if not COLLECTED.match(part))
        by_design = BY_DESIGN.search(f"{asked} {handler}") and not _is_decision(endpoint)
        if project.side(endpoint.at.path) not in SERVER_SIDES or by_design:
            continue
        passing = _in_passing(project, endpoint) | _of_others(project, endpoint, beside[endpoint.at])
        written = (
            write
            for write in written_by(project, endpoint)
            if (write.at.path, write.function) not in passing
            and not _needs_form(project, write)
            and not _needs_body(project, endpoint, write)
        )
        asks = (_is_asked_for, _is_mark_asked_for)
        write = next((one for one in written if any(ask(endpoint, one) for ask in asks) or _matters(one)), None)
        if write is None or write.at in told:
            continue
        seen.add((endpoint.at, endpoint.handler))
        told.add(write.at)
        others_too = (endpoint.place, endpoint.segments) in submitted or any(
            one.place == endpoint.place for one in beside[endpoint.at]
        )
        what = f"{write.operation}s {f'`{write.table}`' if write.table else 'rows'}"
        route = f"{endpoint.method} {endpoint.path}"
        own = (write.at.path, write.function) == (endpoint.handler_path, endpoint.handler)
        at = write.at if own and stands_apart(project, endpoint) else endpoint.at
        yield Finding(
            at,
            evidence=f"`{route}` {what}: `{' '.join(write.text.split())[:80]}`.",
            remedy="Make it a POST, PUT or DELETE, or move the write to where the change is asked for.",
            related=tuple(
                Related(other, note)
                for other, note in ((endpoint.at, f"`{route}`"), (write.at, "writes here"))
                if other != at
            ),
            subject=Subject("endpoint", route),
            slots={"route": route, "what": what},
            strict=not (_is_deed(endpoint) or _is_outcome(endpoint, write))
            or (endpoint.framework == "nest" and endpoint.at.path not in project.view(imported))
            or ((endpoint.framework == "edge" or others_too) and not _is_by_get(project, endpoint, write)),
        )


def _needs_form(project: Project, write: Write) -> bool:
    """Whether a write stands in a function that asks whether a form was sent."""
    function = project.view(functions).get((write.at.path, write.function))
    return function is not None and any(map(SUBMITTED.search, function.calls))


def _needs_body(project: Project, endpoint: Endpoint, write: Write) -> bool:
    """Whether a write is not come by without a body, of which a GET has none: `await req.json()` throws before it.

    Where a handler tells another method apart it may read the body for that one alone.
    """
    place = (endpoint.handler_path, endpoint.handler)
    if (write.at.path, write.function) != place:
        return False
    read = (
        one for one in project.calls_made(place[0], BODY) if one.function == place[1] and OF_BODY.search(one.callee)
    )
    own = given_by(project.view(responses), *place)
    others = (METHOD.search(test) for one in own for test in one.response.conditions)
    return any(one.at[:3] < write.at[:3] for one in read) and not any(others)


def _is_by_get(project: Project, endpoint: Endpoint, write: Write) -> bool:
    """Whether it is in the branch of a GET that a handler for several methods writes: it answers there, or no other."""
    place = (endpoint.handler_path, endpoint.handler)
    own = sorted(given_by(project.view(responses), *place), key=lambda one: one.at[:3])
    after = next((one for one in own if one.at[:3] >= write.at[:3]), None)
    here = after.response.conditions if after is not None and place == (write.at.path, write.function) else ()
    refused = (test for one in own if one.status == 405 for test in one.response.conditions)
    return any(map(ASKED_BY_GET.search, here)) or any(map(OTHER_THAN_GET.search, refused))


def _is_deed(endpoint: Endpoint) -> bool:
    """Whether an endpoint is there for a deed, by the last part of its path that is none to fill in or its handler.

    Edge Functions may be named the other way round, `order-cancel`. A key in the path came with a mail.
    """
    if _has_key(endpoint):
        return False
    said = [part for part in endpoint.segments or () if part != PARAMETER]
    several = [WORD.findall(_snake(one)) for one in (*said[-1:], _last(endpoint.handler))]
    backwards = endpoint.framework == "edge"
    return any(words[0] in DEEDS or (backwards and words[-1] in DEEDS) for words in several if words)


def _is_outcome(endpoint: Endpoint, write: Write) -> bool:
    """Whether a write sets what the address or the handler asks for: `GET /trees/:id/fell`, `{ felled: true }`."""
    if write.operation != "update" or _has_key(endpoint):
        return False
    last = [part for part in (endpoint.segments or ())[-1:] if part != PARAMETER]
    asked = [word for one in (*last, _last(endpoint.handler)) for word in WORD.findall(_snake(one)) if len(word) > 3]
    return any(one.startswith(word) for one in map(_snake, _set(write)) for word in asked)


def _set(write: Write) -> Iterator[str]:
    """What an update says of rows whoever asks: the words that it sets, and the columns that begin to hold."""
    if isinstance(write.value, Record):
        entries = [(key, one.value) for key, one in write.value.entries if isinstance(one, Constant)]
        yield from (value if isinstance(value, str) else key for key, value in entries if value)
    sets = SETS.search(write.text)
    for found in ASSIGNED.finditer(sets[1]) if sets is not None else ():
        yield found[2] or found[1]


def _has_key(endpoint: Endpoint) -> bool:
    """Whether a path has a place for what came with a mail."""
    return any(map(KEY.search, parameters((endpoint,))))


def _never_asks(project: Project, endpoint: Endpoint) -> bool:
    """Whether a handler writes by whatever method it was called: neither it nor what is around it chooses a way."""
    place = (endpoint.handler_path, endpoint.handler)
    handler = project.view(functions).get(place)
    return (
        handler is not None
        and handler.decisions == 0
        and bool(project.view(writes).get(place))
        and not any(_asks_first(project, handler.at.path, name) for name in handler.decorators)
    )


def _asks_first(project: Project, path: str, decorator: str) -> bool:
    """Whether a decorator answers a GET itself, with a question, and calls the handler for what is sent to that."""
    place = located(project, path, decorator)
    if place is None:
        return ASKS.search(decorator.rpartition(".")[2]) is not None
    return _asks(project, place)


def _asks(project: Project, place: tuple[str, str]) -> bool:
    """Whether a function, or one inside it, asks by which method it was called, or whether a form was sent."""
    inside = (one for one in project.facts_of(place[0], Function) if f"{one.name}.".startswith(f"{place[1]}."))
    calls = (callee for one in inside for callee in one.calls)
    own = (one for one in project.facts_of(place[0], Response) if f"{one.function}.".startswith(f"{place[1]}."))
    tests = (test for one in own for test in one.conditions)
    return any(map(SUBMITTED.search, calls)) or any(map(METHOD_ASKED.search, tests))


def _is_decision(endpoint: Endpoint) -> bool:
    """Whether a path asks for something to be decided about what it names by its id, which no mailed link does."""
    return len(endpoint.written) > 1 and bool(
        DECIDES.match(endpoint.written[-1]) and BY_ID.search(endpoint.written[-2])
    )


def _in_passing(project: Project, endpoint: Endpoint) -> set[tuple[str, str]]:
    """The functions that run because the handler, or what it calls, wants to read something."""
    start = (endpoint.handler_path, endpoint.handler)
    readers = [
        place for place in reached(project, *start, CALLS_AWAY) if place != start and READS.match(_last(place[1]))
    ]
    return {place for reader in readers for place in reached(project, *reader, CALLS_AWAY)}


def _of_others(project: Project, endpoint: Endpoint, others: list[Endpoint]) -> set[tuple[str, str]]:
    """The functions that a handler for several methods leaves its other methods to."""
    places = {(one.handler_path, one.handler) for one in others} - {(endpoint.handler_path, endpoint.handler)}
    return {place for path, name in places for place in reached(project, path, name, CALLS_AWAY)}


def _last(name: str) -> str:
    return name.rpartition(".")[2].lstrip("_")


def _is_asked_for(endpoint: Endpoint, write: Write) -> bool:
    """Whether a path asks for something to be done in the collection that is written, whatever its name reminds of.

    So is `GET /visits/start` no mark of a visit, but one that begins.
    """
    above = [_snake(part).replace("-", "_") for part in endpoint.written[:-1]]
    kept = not write.text.endswith(".upsert()") and NEWS.fullmatch(write.table) is not None
    return kept and write.operation != "update" and not BY_ID.search(endpoint.written[-1]) and write.table in above


def _is_mark_asked_for(endpoint: Endpoint, write: Write) -> bool:
    """Whether the time that a write keeps is what the path asks for: `GET /lifts/:id/inspected`, `inspectedAt`."""
    last = endpoint.written[-1] if write.operation == "update" and endpoint.written else ""
    asked = [word for word in WORD.findall(_snake(last)) if len(word) > 3] if not BY_ID.search(last) else []
    kept = [word for field in write.fields if _snake(field).endswith("_at") for word in WORD.findall(_snake(field))]
    return any(one.startswith(other) or other.startswith(one) for one in asked for other in kept if len(other) > 3)


def _matters(write: Write) -> bool:
    """Whether the write is more than a mark; by where it stands, for want of a table."""
    if write.text.endswith(".upsert()"):
        return False
    about = write.table or f"{VIEWS.sub('', write.at.path.rpartition('/')[2])} {_last(write.function)}"
    if write.operation == "update" and write.fields and all(TOUCHED.match(_snake(field)) for field in write.fields):
        return False
    if write.operation == "update" and write.fields and NEWS.fullmatch(write.table):
        return True
    if write.operation == "update" and isinstance(write.value, Record) and _counts(write.value):
        return False
    return not MARKS.search(about) and not (write.operation == "update" and _touches(write.text))


def _touches(text: str) -> bool:
    """Whether all that an UPDATE sets are marks and counters; one that comes with something else only says when."""
    sets = SETS.search(text)
    return all(map(TOUCHES.search, BETWEEN.split(sets[1] if sets is not None else text)))


def _counts(value: Record) -> bool:
    """Whether all that is written are counters that are moved on."""
    return bool(value.entries) and all(COUNTED.search(_written(one)) for _, one in value.entries)


def _written(value: Value) -> str:
    match value:
        case Unknown(source=source):
            return source
        case Record():
            return " ".join(value.keys)
        case Call(callee=callee, arguments=arguments):
            return " ".join((f"{callee.rpartition('.')[2]}(", *map(_written, arguments)))
        case _:
            return ""


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


REMARK = "`{route}` {what}, and GET is what crawlers, prefetchers and retries send without asking. Give the change a method of its own."

EXAMPLES = [
    """
=== src/tools.js
const express = require("express");
const { pool } = require("./db");

const app = express();

app.get("/tools/:id/retire", async (req, res) => { // <-- when it was done does not make it a mark
  await pool.query("UPDATE tools SET retired = true, synced_at = now() WHERE id = $1", [req.params.id]);
  res.json({});
});

app.get("/tools/:id/sharpen", async (req, res) => { // <-- and SQL says so, too
  await pool.query("UPDATE tools SET edge = 'sharpened' WHERE id = $1 RETURNING id", [req.params.id]);
  res.json({});
});

app.get("/tools/:id", async (req, res) => {
  await pool.query("UPDATE tools SET last_seen = now(), looks = looks + 1 WHERE id = $1", [req.params.id]);
  res.json({});
});
""",
    """
=== app/books.py
from flask import Blueprint, jsonify, request
from flask_sqlalchemy import SQLAlchemy

db = SQLAlchemy()
bp = Blueprint("books", __name__)

class Book(db.Model):
    id = db.Column(db.Integer, primary_key=True)

@bp.route("/books/<int:book_id>/tidy", methods=["GET", "POST"])  # <-- strict: whichever it is
def tidy(book_id):
    book = Book.query.get_or_404(book_id)
    db.session.delete(book)
    db.session.commit()
    return jsonify(id=book_id)

@bp.route("/books/<int:book_id>/edit", methods=["GET", "POST"])
def edit(book_id):
    book = Book.query.get_or_404(book_id)
    if request.method == "POST":
        db.session.delete(book)
        db.session.commit()
    return jsonify(id=book_id)
""",
    """
=== src/subscribers.ts
import { Hono } from "hono";
import { db } from "./db";
import { bookings } from "./schema";

const app = new Hono();

app.get("/bookings/:id/confirm", async (c) => {  // <-- no link from a mail has only an id
  await db.update(bookings).set({ state: "confirmed" }).where(is(c.req.param("id")));
  return c.json({ confirmed: true });
});

app.get("/bookings/:token/accept", async (c) => {
  await db.update(bookings).set({ state: "accepted" }).where(is(c.req.param("token")));
  return c.json({ accepted: true });
});
""",
    """
=== shop/urls.py
from django.urls import path

from shop import views

urlpatterns = [
    path("products/<int:pk>/drop/", views.drop),
    path("coupons/<int:pk>/", views.coupon),
]
=== shop/views.py
from django.db.models import F
from django.http import JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from shop.models import Coupon, Product

@require_GET
def drop(request, pk):
    product = get_object_or_404(Product, pk=pk)
    product.delete()  # <-- far from where the route is declared
    return JsonResponse({"id": pk})

@require_GET
def coupon(request, pk):
    Coupon.objects.filter(pk=pk).update(uses=F("uses") + 1)
    return JsonResponse({"id": pk})
""",
    """
=== app/orders.py
from fastapi import APIRouter

router = APIRouter()

@router.get("/orders/{order_id}/cancel")  # <-- a prefetch cancels the order
def cancel(order_id: int, cursor):
    cursor.execute("update orders set status = 'cancelled' where id = %s", (order_id,))
    return {"status": "cancelled"}

@router.get("/settings")
def settings(cursor):
    return get_or_create_settings(cursor)

def get_or_create_settings(cursor):
    cursor.execute("select * from settings")
    return cursor.fetchone() or make_settings(cursor)

def make_settings(cursor):
    cursor.execute("insert into settings default values returning *")
    return cursor.fetchone()

@router.get("/orders/{order_id}")
def read(order_id: int, cursor):
    cursor.execute("insert into audit_log (order_id) values (%s)", (order_id,))
    cursor.execute("update orders set last_seen_at = now() where id = %s", (order_id,))
    cursor.execute("select * from orders where id = %s", (order_id,))
    return cursor.fetchone()

@router.post("/orders")
def create(cursor):
    cursor.execute("insert into orders default values")
    return {}
""",
    """
=== app/api/carts/route.ts
import { createClient } from '@supabase/supabase-js'

const supabase = createClient(process.env.SUPABASE_URL!, process.env.SUPABASE_ANON_KEY!)

export async function GET() { // <-- strict: reading creates a cart
  const { data, error } = await supabase.from('carts').insert({ open: true }).select()
  if (error) return Response.json({ error: 'no cart' }, { status: 500 })
  return Response.json({ cart: data })
}

export async function POST() {
  const { data, error } = await supabase.from('carts').insert({ open: true }).select()
  if (error) return Response.json({ error: 'no cart' }, { status: 500 })
  return Response.json({ cart: data }, { status: 201 })
}
""",
    """
=== app/auth.py
from flask import Blueprint

bp = Blueprint("auth", __name__)

@bp.get("/confirm/<code>")
def confirm(code):
    cursor.execute("update users set confirmed = true where code = %s", (code,))
    return {"status": "confirmed"}
""",
    """
=== src/jobs.ts
import { Hono } from 'hono'
import { prisma } from './prisma'

const app = new Hono()

app.use(async (c, next) => {
  if (c.req.header('authorization') !== process.env.CRON_SECRET) return c.text('Unauthorized', 401)
  return next()
})
app.get('/incidents/cleanup', async (c) => {
  await prisma.incident.updateMany({ where: { open: true }, data: { resolved: true } })
  return c.json({ ok: true })
})
=== src/dashboard.ts
import { Hono } from 'hono'
import { prisma } from './prisma'

const app = new Hono()

app.get('/dashboard', async (c) => {
  await prisma.subscription.upsert({ where: { userId: 1 }, create: { active: true }, update: { active: true } })
  return c.json(await prisma.link.findMany({ take: 10 }))
})
app.get('/rules/reset', async (c) => { // <-- a link resets them
  await prisma.rule.deleteMany({ where: { userId: 1 } })
  return c.json({ ok: true })
})
""",
    """
=== src/joining.ts
import { Hono } from "hono";
import { prisma } from "./prisma";

const app = new Hono();

app.get("/invites/:token", async (c) => { // <-- strict: whoever looks at an invitation joins
  const family = await prisma.family.create({ data: { name: c.req.param("token") } });
  return c.json({ family });
});
app.get("/invites/:token/accept", async (c) => {
  const family = await prisma.family.create({ data: { name: c.req.param("token") } });
  return c.json({ family });
});
""",
    """
=== school/views/lessons.py
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.viewsets import ModelViewSet

class LessonViewSet(ModelViewSet):
    @action(detail=True, methods=["get"])
    def attended(self, request, pk=None):  # <-- a lesson is attended by looking at it
        lesson = self.get_object()
        lesson.state = "attended"
        lesson.save(update_fields=["state"])
        return Response({"id": lesson.pk})
=== school/urls.py
from rest_framework.routers import DefaultRouter

from school.views.lessons import LessonViewSet

router = DefaultRouter()
router.register("lessons", LessonViewSet)
urlpatterns = router.urls
""",
    """
=== bank/items.py
from flask import Blueprint, jsonify

from .models import Item

bp = Blueprint("items", __name__, url_prefix="/items")

@bp.route("/<label>/restock")  # <-- peewee's statement
def restock(label):
    Item.update(stock=Item.stock + 12).where(Item.label == label).execute()
    return jsonify({"label": label})

@bp.route("/<label>/retire")  # <-- that of a query
def retire(label):
    Item.query.filter_by(label=label).update({"retired": True})
    return jsonify({"label": label})

@bp.route("/<label>")
def show(label):
    return jsonify({"stock": Item.select().where(Item.label == label).execute()})
=== bank/models.py
from peewee import CharField, IntegerField, Model

class Item(Model):
    label = CharField()
    stock = IntegerField()
""",
    """
=== pages/api/projects/index.ts
import { prisma } from '@/lib/prisma'
import { made } from '@/lib/projects'

export default async function handler(req, res) {
  if (req.method === 'GET') {
    const projects = await prisma.project.findMany({ take: 10 })
    return res.status(200).json({ projects })
  }
  if (req.method === 'POST') {
    if (!req.body.name) return res.status(422).json({ error: 'name' })
    return made(req, res)
  }
  res.status(405).end()
}
=== lib/projects.ts
import { prisma } from '@/lib/prisma'

export async function made(req, res) {
  const project = await prisma.project.create({ data: { name: req.body.name } })
  res.status(201).json({ project })
}
""",
    """
=== supabase/functions/process-rolls/index.ts
import { serve } from "https://deno.land/std/http/server.ts";
import { createClient } from "npm:@supabase/supabase-js@2";

serve(async (req) => {
  if (req.method === "GET" && new URL(req.url).pathname.endsWith("/health")) return new Response("ok");
  const supabase = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!);
  const roll = await req.json(); // a GET has none
  await supabase.from("rolls").update({ done: true }).eq("id", roll.id);
  return Response.json({ done: true });
});
=== supabase/functions/process-bales/index.ts
import { serve } from "https://deno.land/std/http/server.ts";
import { createClient } from "npm:@supabase/supabase-js@2";

serve(async (req) => { // <-- before any body
  const supabase = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!);
  if (req.method === "GET") {
    await supabase.from("bales").update({ done: true }).eq("open", true);
    return Response.json({ done: true });
  }
  const bale = await req.json();
  return Response.json({ bale });
});
""",
    """
=== app/asking.py
from functools import wraps

from flask import render_template, request

from app.forms import Sure

def sure(action):
    def around(view):
        @wraps(view)
        def inner(*args, **kwargs):
            form = Sure()
            if form.validate_on_submit():
                return view(*args, **kwargs)
            return render_template("sure.html", action=action, form=form)
        return inner
    return around

def asked(view):
    @wraps(view)
    def inner(*args, **kwargs):
        if request.method != "POST":
            return render_template("sure.html")
        return view(*args, **kwargs)
    return inner

def known(view):
    @wraps(view)
    def inner(*args, **kwargs):
        if not request.headers.get("X-Member"):
            return render_template("who.html"), 401
        return view(*args, **kwargs)
    return inner
=== app/tents.py
from flask import Blueprint, redirect
from flask_sqlalchemy import SQLAlchemy

from app.asking import asked, known, sure

db = SQLAlchemy()
bp = Blueprint("tents", __name__)

class Tent(db.Model):
    id = db.Column(db.Integer, primary_key=True)

@bp.route("/tents/<int:tent_id>/delete", methods=["GET", "POST"])
@known
@sure("delete it")
def delete(tent_id):
    db.session.delete(Tent.query.get_or_404(tent_id))
    db.session.commit()
    return redirect("/tents")

@bp.route("/tents/<int:tent_id>/remove", methods=["GET", "POST"])
@asked
def remove(tent_id):
    db.session.delete(Tent.query.get_or_404(tent_id))
    db.session.commit()
    return redirect("/tents")

@bp.route("/tents/<int:tent_id>/drop", methods=["GET", "POST"])  # <-- strict: nobody was seen to ask
@known
def drop(tent_id):
    db.session.delete(Tent.query.get_or_404(tent_id))
    db.session.commit()
    return redirect("/tents")
""",
    """
=== app/rafts.py
from flask import Blueprint, redirect, render_template
from flask_sqlalchemy import SQLAlchemy

from app.forms import Sure

db = SQLAlchemy()
bp = Blueprint("rafts", __name__)

class Raft(db.Model):
    id = db.Column(db.Integer, primary_key=True)

@bp.get("/rafts/<int:raft_id>/delete")
@bp.post("/rafts/<int:raft_id>/delete")
def delete(raft_id):
    form = Sure()
    if form.validate_on_submit():
        db.session.delete(Raft.query.get_or_404(raft_id))
        db.session.commit()
        return redirect("/rafts")
    return render_template("sure.html", form=form)

@bp.get("/rafts/<int:raft_id>/remove")  # <-- strict: whatever there is to fill in
@bp.post("/rafts/<int:raft_id>/remove")
def remove(raft_id):
    form = Sure()
    db.session.delete(Raft.query.get_or_404(raft_id))
    db.session.commit()
    return render_template("gone.html", form=form)
=== src/boats.ts
import { Router } from "express";
import { prisma } from "./db";

const r = Router();

async function drop(req, res) {
  if (req.method === "POST") {
    await prisma.boat.delete({ where: { id: req.params.id } });
    return res.redirect("/boats");
  }
  res.render("sure");
}
async function remove(req, res) {
  await prisma.boat.delete({ where: { id: req.params.id } }); // <-- strict: and asks nothing
  res.redirect("/boats");
}
r.get("/boats/:id/drop", drop);
r.post("/boats/:id/drop", drop);
r.get("/boats/:id/remove", remove);
r.post("/boats/:id/remove", remove);
""",
    """
=== pages/api/kites/clear.ts
import { prisma } from '@/lib/prisma'

export default async function handler(req, res) {
  if (req.method === 'GET') {
    await prisma.kite.deleteMany({ where: { torn: true } })
    return res.status(200).json({ cleared: true }) // for whoever looks
  }
  if (req.method === 'POST') return res.status(200).json({})
  res.status(405).end()
}
=== supabase/functions/clear-kites/index.ts
import { createClient } from "npm:@supabase/supabase-js@2";

Deno.serve(async (req) => { // <-- strict: nobody says by which method the rest is asked for
  const supabase = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!);
  if (req.method === "GET" && req.url.endsWith("/health")) return new Response("ok");
  await supabase.from("kites").delete().eq("torn", true);
  return Response.json({ cleared: true });
});
=== supabase/functions/drop-kites/index.ts
import { createClient } from "npm:@supabase/supabase-js@2";

Deno.serve(async (req) => { // <-- by nothing else
  if (req.method !== "GET") return new Response(null, { status: 405 });
  const supabase = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!);
  await supabase.from("kites").delete().eq("torn", true);
  return Response.json({ cleared: true });
});
""",
    """
=== src/kites.controller.ts
import { Controller, Get, Param } from "@nestjs/common";
import { KitesRepository } from "./kites.repository";

@Controller("kites")
export class KitesController {
  constructor(private readonly kites: KitesRepository) {}

  @Get(":id/cancel") // <-- a link cancels it
  async cancel(@Param("id") id: string) {
    await prisma.kite.delete({ where: { id } });
  }
}
=== src/tried.controller.ts
import { Controller, Get, Param } from "@nestjs/common";

@Controller("tried")
export class TriedController {
  @Get(":id/cancel") // <-- strict: in no module
  async cancel(@Param("id") id: string) {
    await prisma.kite.delete({ where: { id } });
  }
}
=== src/app.module.ts
import { Module } from "@nestjs/common";
import { KitesController } from "./kites.controller";

@Module({ controllers: [KitesController] })
export class AppModule {}
""",
    """
=== app/kites.py
from fastapi import APIRouter, Depends

from app.models import Kite, get_db

router = APIRouter()

@router.get("/kites/{kite_id}/delete")  # <-- by a query
def delete(kite_id: int, db=Depends(get_db)):
    db.query(Kite).filter(Kite.id == kite_id).delete()
    db.commit()
    return {}
""",
]
