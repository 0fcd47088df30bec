"""A failure is logged as if it were news, or the expected as if it were a failure.

Alerts and on-call eyes go by the level. A caught failure that ends in a 500 and is logged at info wakes nobody; a missing
row that is answered 404 and logged at error wakes somebody for nothing, every night, until nobody looks any more.

Judged where a log line and the response that follows it stand side by side. A handled failure (a cache miss, an optional
lookup, input answered 4xx) may be logged at info or warning, and what is wrong with the service itself (its
configuration, a plugin that is not there) as an error, whatever the client is told. Why a request is answered 4xx the
message must say: broken contracts, lost rows and tampering are, too, and somebody may have to look at those. A comment above a
line that speaks of its level says that somebody has thought about it.
"""

import re
from collections import defaultdict
from collections.abc import Iterator

from ...facts.code import Catch
from ...facts.file import Side
from ...facts.http import ErrorHandler, Response
from ...facts.imports import Import
from ...facts.location import Location
from ...facts.logs import LogCall
from ...facts.values import Reference, rendered
from ...finding import Confidence, Finding
from ...join.beside import beside
from ...join.bodies import content, mentions, words
from ...join.clauses import clauses, handed_on
from ...join.converts import converts
from ...join.endpoints import answering
from ...join.faults import OUR_OWN, checked, meant, told
from ...join.habits import as_habits
from ...join.places import located
from ...join.responses import CATCH_ALL, UNANSWERED, Answer, responses
from ...join.unexpected import unexpected
from ...join.webhooks import to_webhook
from ...project import SERVER_SIDES, Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="medium",
    since="0.1.0",
    languages=("python", "typescript"),
    found_at=("LogCall",),
    serving=True,
    asked_by="F A",
    strictly="error lines before a 4xx whose message, or line, does not tell that the client was mistaken, and before any "
    "4xx for a failure that was given back, or that the line says to be one, for a claim of a user that is let in, or to a webhook.",
    limits="A line whose response stands in another function is not judged.",
)

QUIET = frozenset({"debug", "info"})
LOUD = frozenset({"error", "critical"})
FAILED = re.compile(r"^!?[\w.]*(?:[eE]rr(?:or)?|failed|failure)$|^!\w+\.ok$")
"""A test by which code that gets its failures back, and throws none, finds one."""
EITHER = re.compile(r"\s*(?:\|\||\bor\b)\s*")
FAILURES = frozenset({"Error", "TypeError", "RangeError", "AggregateError", "Exception", "RuntimeError", "ValueError"})
"""The languages' own exceptions, which code makes to say something else than what it caught."""
TELLS_FAILURE = re.compile(
    r"\bfail|\berror|\bcould(?: not|n't)\b|\bunable\b|\bcannot\b|\bexception\b|\bcrash|\bnot sent\b", re.IGNORECASE
)
SOUGHT = re.compile(r"\b(?:fail\w*|unable|could not|couldn't|cannot|error) (?:to )?(?:find|locat|look)", re.IGNORECASE)
"""Words by which something was not there; other failures are no such thing."""
OF_INPUT = frozenset({"JSONDecodeError", "ValidationError", "UnicodeDecodeError"})
"""Exceptions that tell of what was sent, where they are answered as the client's fault."""
OF_CONVERSION = frozenset({"ValueError", "KeyError", "TypeError"})
"""Those that do where nothing but a conversion was tried."""
CHECKS = re.compile(r"[.](?:validate|validateSync|validateAsync|model_validate|parseAsync)$|[sS]chema\w*\.parse$")
"""Calls that hold what was sent against a schema (Yup's, Joi's, zod's, pydantic's) and raise where it does not fit."""
OF_CHECKS = frozenset({400, 422})
DECIDED = frozenset({402, 403, 404, 409, 410, 412, 422, 423, 429})
"""Statuses that nobody chooses without knowing what happened, as they may 400."""
OWN_FILE = re.compile(r"\b(?:os\.path\.(?:exists|isfile)|\w*\.is_file|existsSync)\(")
"""A test of a file that the service keeps: one that is missing was lost."""
ALARM = re.compile(
    r"\bmanual|\breconcil|\binvestigat|\btamper|\bcorrupt|\bimpossible\b|\bshould (?:not|never)\b|\bnever (?:\w+ed|sent|paid)\b",
    re.IGNORECASE,
)
"""Words of a message that is for somebody who has to look at it, whatever the request was answered."""
VAGUE = frozenset({400, 403})
"""Statuses that say of no request what was wrong with it."""
CLAIM = re.compile(r"(?:[.]user|\b(?:claims|principal|identity|decoded|current_?[uU]ser))[?!]?\.(?!get\b)\w+")
"""A test of what is known of the caller who was let in: `!request.user.tenantId`."""
LACKED = re.compile(r"(?:!|not )\w+$|\w+ (?:is None|===? (?:null|undefined))$")
"""A test by which nothing was there."""
MOST_USES = 12
"""How many places a clause tells of where it speaks of what it caught."""
NEAR = 2
"""Lines between a log line and the response that it belongs to."""


def check(project: Project) -> Iterator[Finding]:
    """Each quiet failure, and each loud expectation; of a service that has many of one sort one."""
    chosen = {log.at for log in project.facts(LogCall, *SERVER_SIDES) if log.levelled}
    yield from as_habits(
        project,
        (finding for finding in _found(project) if finding.at not in chosen),
        lambda finding: "vague" if finding.strict else "loud" if finding.slots["level"] in LOUD else "quiet",
    )


def _found(project: Project) -> Iterator[Finding]:
    logs: dict[str, list[LogCall]] = defaultdict(list)
    for log in project.facts(LogCall, *SERVER_SIDES):
        if log.library != "print" and (log.library != "console" or project.side(log.at.path) is Side.EDGE):
            logs[log.at.path].append(log)
    given: dict[str, list[Answer]] = defaultdict(list)
    quiet = _quiet_places(project, logs)
    silent = frozenset(
        fact.at for fact in project.facts(Response, *SERVER_SIDES) if (fact.at.path, fact.function) in quiet
    )
    for answer in project.view(responses):
        running = not answer.response.raised or (answer.at.path, answer.response.function) in project.view(answering)
        alone = answer.origin in silent or answer.handler in quiet or _replaces(answer)
        alone = alone or 400 <= (answer.status or 0) <= 499
        heard = _sent(answer) or (alone and running)  # what a job raises answers nobody
        if answer.at.path in logs and answer.status is not None and heard:
            given[answer.at.path].append(answer)
    catches: dict[str, list[Catch]] = defaultdict(list)
    for catch in project.facts(Catch, *SERVER_SIDES):
        catches[catch.at.path].append(catch)
    raised: dict[str, list[Location]] = defaultdict(list)
    sockets = {fact.at.path for fact in project.facts(Import, *SERVER_SIDES) if fact.module == "@nestjs/websockets"}
    for response in project.facts(Response, *SERVER_SIDES):
        raised[response.at.path].append(response.at)
    for path, lines in logs.items():
        for clause in catches[path]:
            inner = [one.at for one in catches[path] if one is not clause and clause.at.holds(one.at)]
            own = [log for log in lines if not any(at.holds(log.at) for at in inner)]  # of this failure, not a second
            if not handed_on(project, clause):  # to who may report it
                yield from _quiet(clause, own, given[path])
                if (path, clause.function) in project.view(beside):
                    yield from _lost(clause, own)
            if (path, clause.function) in project.view(answering):
                again = _raised_again(clause, own, raised[path], handed_on=_hands_on(project, clause))
                yield from (one for one in again if not _raises_anew(project, clause))
        yield from _quiet_handlers(project, path, lines, given[path])
        for log in lines:
            if log.level in QUIET and not log.in_catch:
                yield from _quiet_branch(log, lines, given[path])
            if log.level in LOUD:
                yield from _loud(
                    project, log, [one for one in given[path] if not (path in sockets and one.response.raised)]
                )


def _sent(answer: Answer) -> bool:
    """Whether the response is given here; the project's own exceptions are somebody else's to log."""
    return not answer.response.raised or answer.response.default_body is not None


def _replaces(answer: Answer) -> bool:
    """Whether TypeScript fails the request with another failure than it caught, of which that one says nothing."""
    response = answer.response
    raised = response.raised and response.in_catch and not response.at.path.endswith(".py")
    return raised and (answer.status or 0) >= 500 and not mentions(response.body, response.catch_variable)


def _quiet_places(project: Project, logs: dict[str, list[LogCall]]) -> frozenset[tuple[str, str] | None]:
    """Global handlers that report as an error nothing but what no framework answers: whoever raises to them has to."""
    heard = {
        (log.at.path, log.function)
        for lines in logs.values()
        for log in lines
        if log.level in LOUD and not any(map(UNANSWERED.match, log.conditions))
    }
    handling = {located(project, fact.at.path, fact.handler) for fact in project.facts(ErrorHandler, *SERVER_SIDES)}
    return frozenset(handling - heard - {None})


def _quiet(clause: Catch, lines: list[LogCall], given: list[Answer]) -> Iterator[Finding]:
    """A clause that fails the request and says so below warning only; a client's fault needs another status instead."""
    inside = [log for log in lines if clause.at.holds(log.at)]
    failing = [answer for answer in given if clause.at.holds(answer.at) and (answer.status or 0) >= 500]
    failing = [one for one in failing if not (one.response.raised and (told(one) or checked(one, clause)))]
    if not inside or not failing or any(log.level not in QUIET for log in inside):
        return
    yield _too_quiet(inside[0], failing[0], "this clause")


def _quiet_handlers(project: Project, path: str, lines: list[LogCall], given: list[Answer]) -> Iterator[Finding]:
    """A global handler of what nobody expected that answers 500 and says so below warning only."""
    for place in project.view(unexpected):
        own = [log for log in lines if (path, log.function) == place and not log.in_catch]
        failing = [one for one in given if one.response.function == place[1] and (one.status or 0) >= 500]
        if place[0] == path and own and failing and all(log.level in QUIET for log in own) and not own[0].conditions:
            yield _too_quiet(own[0], failing[0], "this handler")


def _raised_again(clause: Catch, lines: list[LogCall], given: list[Location], *, handed_on: bool) -> Iterator[Finding]:
    """A clause for everything that fails the request with what it caught, and says so below warning only."""
    inside = [log for log in lines if clause.at.holds(log.at)]
    broad = not clause.exceptions or bool(CATCH_ALL.intersection(clause.exceptions))
    leaves = handed_on or ("raises" in clause.does and not {"returns", "continues"} & clause.does)
    if not broad or not leaves or not inside or any(log.level not in QUIET for log in inside):
        return
    if inside[0].conditions or _is_raised_before(clause, inside[0]):
        return  # one failure of many, which may be the one that is not raised again
    if not any(map(clause.at.holds, given)):  # what is raised in its stead says by itself how the request fails
        log = inside[0]
        yield Finding(
            log.at,
            evidence=f"`{log.call}` is all that is logged before this clause raises again what failed the request.",
            remedy=f"Log it as an error with the exception: {_louder(log)}",
            slots={"call": log.call, "level": log.level, "status": "500"},
            confidence=Confidence.MEDIUM,
        )


def _is_raised_before(clause: Catch, log: LogCall) -> bool:
    """Whether nothing after the line speaks of what was caught, and something before it does: `if (…) throw error`.

    In Python `raise` names nothing.
    """
    if log.at.path.endswith(".py"):
        return False
    spoken = [use for use in clause.uses if not log.at.holds(use)]
    return bool(spoken) and len(clause.uses) < MOST_USES and not any(use > log.at for use in spoken)


def _lost(clause: Catch, lines: list[LogCall]) -> Iterator[Finding]:
    """A clause for everything in a task, whose work is not done, of which nothing is said above info."""
    inside = [log for log in lines if clause.at.holds(log.at)]
    broad = not clause.exceptions or bool(CATCH_ALL.intersection(clause.exceptions))
    if not broad or "raises" in clause.does or not inside:
        return
    if any(log.level not in QUIET or log.conditions for log in inside):
        return
    log = inside[0]
    if log.message is None or not TELLS_FAILURE.search(rendered(log.message, "…")):
        return
    yield Finding(
        log.at,
        evidence=f"`{log.call}` is all that is said of a task that failed; nobody waits for its answer.",
        remedy=f"Log it as an error with the exception: {_louder(log)}",
        slots={"call": log.call, "level": log.level, "status": "failed task"},
        confidence=Confidence.MEDIUM,
    )


def _hands_on(project: Project, clause: Catch) -> bool:
    """Whether a clause hands what it caught to Express's error middleware: `next(err)`."""
    if clause.at.path.endswith(".py") or "calls" not in clause.does or not clause.variable:
        return False
    given = (call.arguments for call in project.calls_made(clause.at.path, {"next"}) if clause.at.holds(call.at))
    return any(len(one) == 1 and isinstance(one[0], Reference) and one[0].name == clause.variable for one in given)


def _raises_anew(project: Project, clause: Catch) -> bool:
    """Whether a clause makes a failure of its own, whose words and cause say what happened to whoever logs it."""
    return any(clause.at.holds(call.at) for call in project.calls_made(clause.at.path, FAILURES))


def _quiet_branch(log: LogCall, lines: list[LogCall], given: list[Answer]) -> Iterator[Finding]:
    """A line about a failure that was given back instead of thrown, right before its 5xx: `if (error) { … }`."""
    for answer in given:
        gap = answer.at.line - log.at.end_line
        beside = answer.response.function == log.function and 1 <= gap <= NEAR
        failed = bool(answer.response.conditions) and FAILED.match(answer.response.conditions[0]) is not None
        if not beside or not failed or (answer.status or 0) < 500:
            continue
        if not any(other.level not in QUIET and log.at < other.at < answer.at for other in lines):
            yield _too_quiet(log, answer, "this branch")
            return


def _too_quiet(log: LogCall, answer: Answer, where: str) -> Finding:
    return Finding(
        log.at,
        evidence=f"`{log.call}` is all that is logged before {where} answers {answer.status}.",
        remedy=f"Log it as an error with the exception: {_louder(log)}",
        slots={"call": log.call, "level": log.level, "status": str(answer.status)},
    )


def _is_either(test: str) -> bool:
    """Whether a test finds a failure or what was expected, and nobody knows which: `error || !row`."""
    parts = EITHER.split(test)
    return len(parts) > 1 and any(map(FAILED.search, parts))


def _louder(log: LogCall) -> str:
    logger = log.call.rpartition(".")[0]
    return f"{logger}.exception(…)" if log.at.path.endswith(".py") else f"{logger}.error(…)"


def _loud(project: Project, log: LogCall, given: list[Answer]) -> Iterator[Finding]:
    """An error line right before an expected 4xx, and before nothing worse."""
    clause = project.view(clauses).around(log.at) if log.in_catch else None
    given = [one for one in given if clause is None or clause.at.holds(one.at)]
    after = [one for one in given if one.response.function == log.function and one.at > log.at]
    if any((one.status or 0) >= 500 and one.at.line - log.at.end_line <= 2 * NEAR for one in after):
        return
    said = rendered(log.message, "…") if log.message is not None else ""
    if OUR_OWN.search(said) or ALARM.search(said):
        return
    if log.conditions and (_is_either(log.conditions[0]) or OWN_FILE.search(log.conditions[0])):
        return
    for answer in given:
        if any(map(OUR_OWN.search, words(content(answer)))):
            continue
        gap = answer.at.line - log.at.end_line
        caught = answer.response.in_catch
        if answer.response.function != log.function or caught != log.in_catch or not 1 <= gap <= NEAR:
            continue
        if len(answer.response.conditions) > len(log.conditions):
            continue  # the line is for what comes after that branch as well
        expected = answer.response.conditions or answer.response.raised
        if caught:  # a clause for what is expected: `except Order.DoesNotExist`
            expected = checked(answer, clause) is not None or (
                clause is not None
                and (_is_of_input(clause) or _is_decided(project, clause, answer) or _is_told(clause, answer))
            )
        if 400 <= (answer.status or 0) <= 499 and expected:
            yield Finding(
                log.at,
                evidence=f"`{log.call}` reports at {log.level} what the next statement answers {answer.status}.",
                remedy=f"Log it at info or warning: {log.call.rpartition('.')[0]}.warning(…)"
                if log.at.path.endswith(".py")
                else f"Log it at info or warning: {log.call.rpartition('.')[0]}.warn(…)",
                slots={"call": log.call, "level": log.level, "status": str(answer.status)},
                confidence=Confidence.MEDIUM,
                strict=not _tells_why(log, answer) or _may_be_ours(project, log, answer),
            )
            return


def _tells_why(log: LogCall, answer: Answer) -> bool:
    """Whether the response says what was wrong with the request, by its message or a status with one meaning.

    Before any other status than 400 and 403 the line or the clause around it may say so instead, and before 404 the test.
    """
    if told(answer) is not None:
        return True
    said = rendered(log.message, "…") if log.message is not None else ""
    if answer.status == 404 and log.conditions and LACKED.match(log.conditions[0]):
        return True
    return answer.status not in VAGUE and (answer.status == 401 or log.in_catch or meant(said) is not None)


def _may_be_ours(project: Project, log: LogCall, answer: Answer) -> bool:
    """Whether an error line before a 4xx may tell of what the service, or who sends it events, has to look at.

    A failure that was given back may be any, whatever the line makes of it, and so may one that the line calls a
    failure without saying which. What a claim of a user that was let in lacks, the service has given out so; what a
    webhook tells of and nobody knows is work that is lost.
    """
    test = log.conditions[0] if log.conditions and not log.in_catch else ""
    said = rendered(log.message, "…") if log.message is not None else ""
    known = answer.status == 401 or checked(answer, None) is not None
    given_back = FAILED.match(test) is not None and not known
    failed = TELLS_FAILURE.search(SOUGHT.sub("", said)) is not None and not (log.in_catch or known or meant(said))
    claimed = answer.status in (401, 403) and CLAIM.search(test) is not None
    return given_back or failed or claimed or to_webhook(project, answer)


def _is_decided(project: Project, clause: Catch, answer: Answer) -> bool:
    """Whether all that a clause catches are exceptions of the project's own, answered by a status that says of what."""
    own = [located(project, clause.at.path, name) for name in clause.exceptions]
    return bool(own) and None not in own and answer.status in DECIDED


def _is_told(clause: Catch, answer: Answer) -> bool:
    """Whether a clause for one kind of failure, or one in which only input is checked, tells whose fault it was."""
    narrow = bool(clause.exceptions) and (CATCH_ALL | OF_CONVERSION).isdisjoint(clause.exceptions)
    checks = bool(clause.attempts) and all(map(CHECKS.search, clause.attempts)) and answer.status in OF_CHECKS
    return (narrow and told(answer) is not None) or checks


def _is_of_input(clause: Catch) -> bool:
    """Whether a clause catches what parsing raises, and nothing else."""
    names = {name.rpartition(".")[2] for name in clause.exceptions}
    converted = bool(clause.attempts) and all(map(converts, clause.attempts))
    return bool(names) and names <= (OF_INPUT | OF_CONVERSION if converted else OF_INPUT)


REMARK = "{level} beside a {status} is the wrong level: whoever is woken by these lines will learn to ignore them, or is never woken at all."

EXAMPLES = [
    """
=== app/orders.py
import logging

from fastapi import APIRouter, HTTPException

router = APIRouter()
logger = logging.getLogger(__name__)

@router.get("/orders/{order_id}")
def read(order_id: int):
    order = find(order_id)
    if order is None:
        logger.error("order %s not found", order_id)  # <-- expected, and answered 404
        raise HTTPException(status_code=404, detail="Order not found")
    return order

@router.post("/orders")
def create(order: dict):
    try:
        return insert(order)
    except Exception as e:
        logger.info("insert failed: %s", e)  # <-- a 500 nobody hears of
        raise HTTPException(status_code=500, detail="Could not store the order")

@router.put("/orders")
def put(order: dict):
    if not order:
        logger.warning("empty order")
        raise HTTPException(status_code=422, detail="Order is empty")
    try:
        return update(order)
    except Exception:
        logger.exception("update failed")
        raise HTTPException(status_code=500, detail="Could not store the order")
""",
    """
=== supabase/functions/pay/index.ts
import { createClient } from 'npm:@supabase/supabase-js@2'

const supabase = createClient(Deno.env.get('SUPABASE_URL')!, Deno.env.get('SUPABASE_ANON_KEY')!)

Deno.serve(async (req) => {
  const { data, error } = await supabase.from('payments').select('id')
  if (error) {
    console.log('payments not read', error) // <-- a 500 nobody hears of
    return Response.json({ error: 'payments not read' }, { status: 500 })
  }
  try {
    return Response.json(await pay(req, data))
  } catch (error) {
    console.log('payment failed', error) // <-- info, before a 500
    return Response.json({ error: 'payment failed' }, { status: 500 })
  }
})
""",
    """
=== app/cache.py
import logging

logger = logging.getLogger(__name__)

def read(key):
    try:
        return cache[key]
    except KeyError:
        logger.debug("cache miss")
        return None
""",
    """
=== app/tokens.py
import logging

from fastapi import APIRouter, HTTPException

logger = logging.getLogger(__name__)
router = APIRouter()

@router.post("/codes")
def code(project: str, value: str):
    plugin = find_plugin(project)
    if plugin is None:
        logger.error("No plugin for codes is configured")
        raise HTTPException(status_code=400, detail="Codes cannot be checked")
    if plugin.paid(project) and not plugin.granted(project):
        logger.error("%s was paid and never granted", project)
        raise HTTPException(status_code=409, detail="Already paid")
    if not plugin.accepts(value):
        logger.error("Wrong code for %s", project)  # <-- strict: somebody mistyped
        raise HTTPException(status_code=400, detail="Wrong code")
""",
    """
=== app/events.py
import structlog
from flask import Blueprint, jsonify, request
from sqlalchemy.exc import IntegrityError

events = Blueprint("events", __name__)
log = structlog.get_logger()

@events.post("/events")
def create():
    try:
        store(request.get_json())
    except IntegrityError:
        log.error("slug already taken")  # <-- expected, and the answer says whose fault it was
        return jsonify(reason="slug already taken"), 409
    except Exception:
        log.error("not stored")
        return jsonify(reason="slug already taken"), 409
    return jsonify(status="ok")
""",
    """
=== src/recipes.js
import express from "express";
import * as yup from "yup";
import { logger } from "./logger";

const app = express();
const Recipe = yup.object({ title: yup.string().required() });

app.post("/recipes", async (req, res) => {
  let recipe;
  try {
    recipe = await Recipe.validate(req.body);
  } catch (err) {
    logger.error("invalid recipe", { err }); // <-- nothing but the input was checked
    return res.status(422).json({ message: err.message });
  }
  res.json(recipe);
});
""",
    """
=== app/exports.py
import logging
import os

from fastapi import APIRouter, HTTPException

router = APIRouter()
logger = logging.getLogger(__name__)

@router.get("/exports/{export_id}")
def read(export_id: int):
    path = place_of(export_id)
    if not os.path.exists(path):
        logger.error("export %s is ready, and its file is missing", export_id)
        raise HTTPException(404, "Export not found")
    return open(path).read()

@router.post("/payments")
def pay(event: dict):
    try:
        credit(event)
        book(event)
    except ValueError as error:
        logger.error("event not booked: %s", error)
        raise HTTPException(400, "Invalid event data")
    except PaymentUnknown:
        logger.error("no such payment")  # <-- an exception that says what the client did
        raise HTTPException(404, "Payment not found")
    return {}
""",
    """
=== supabase/functions/files/index.ts
import { createClient } from 'npm:@supabase/supabase-js@2'

const supabase = createClient(Deno.env.get('SUPABASE_URL')!, Deno.env.get('SUPABASE_ANON_KEY')!)

Deno.serve(async (req) => {
  const { key } = await req.json()
  const { data, error } = await supabase.storage.from('plans').download(key)
  if (error) {
    console.error('download', error) // <-- strict: the storage may be down
    return new Response('no plan', { status: 404 })
  }
  const { data: note, error: noteError } = await supabase.from('notes').select('text').eq('key', key).single()
  if (noteError) {
    console.error('note not found', key) // <-- strict: so may the database
    return new Response('no note', { status: 404 })
  }
  return Response.json({ data, note })
})
=== src/orders.ts
import express from 'express'
import { logger } from './logger'

const app = express()

app.post('/webhooks/paid', async (req, res) => {
  const order = await find(req.body.order)
  if (!order) {
    logger.error('order not found', { order: req.body.order }) // <-- strict: somebody has paid for it
    return res.status(404).json({ error: 'order not found' })
  }
  res.json({})
})
app.get('/orders', async (req, res) => {
  if (!req.user.tenantId) {
    logger.error('a user without a tenant', { user: req.user.id }) // <-- strict: who let it in without?
    return res.status(403).json({ error: 'You do not have access' })
  }
  if (!req.query.from) {
    logger.error('from is required') // <-- somebody forgot it
    return res.status(400).json({ error: 'from is required' })
  }
  res.json([])
})
""",
    """
=== src/chat.service.ts
import { Injectable, Logger, NotFoundException } from '@nestjs/common'

@Injectable()
export class ChatService {
  private readonly logger = new Logger('chat')

  async send(text: string) {
    const message = await this.messages.create(text)
    if (!message) {
      this.logger.error('Failed to store the message') // <-- strict: the status is wrong, not the level
      throw new NotFoundException('Message is not there')
    }
    const room = await this.rooms.find(text)
    if (!room) {
      this.logger.error('Failed to find the room') // <-- somebody asked for another
      throw new NotFoundException('Room not found')
    }
  }
}
=== src/chat.gateway.ts
import { Logger, NotFoundException } from '@nestjs/common'
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets'

@WebSocketGateway()
export class ChatGateway {
  private readonly logger = new Logger('chat')

  @SubscribeMessage('send')
  async send(text: string) {
    const room = await this.rooms.find(text)
    if (!room) {
      this.logger.error('Room not found')
      throw new NotFoundException('Room not found')
    }
  }
}
""",
]
