"""The same thing goes into the log under two names.

A query for `user_id` finds nothing of what was logged as `userId`, a dashboard counts half, and whoever follows a
request through the logs loses it where the name changes. One name a thing, everywhere; which one matters less.

The majority of a service decides: at least two thirds of the lines that carry the thing, unless the packages beside it
say otherwise. One finding for each other name, with its places. What one line tells under both names is two things.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import combinations

from ...facts.location import Location, Related
from ...facts.logs import LogCall
from ...facts.values import Call, Parameter, Reference, Value, named
from ...finding import Finding, Subject
from ...join.services import services
from ...project import SERVER_SIDES, Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="high",
    since="0.1.0",
    languages=("python", "typescript"),
    found_at=("LogCall",),
    serving=True,
    asked_by="S A",
    strictly="names that two lines have against a third one in another file, or more lines of other services, and other words than the majority's for what is "
    "measured or where a request came from and went: there are several durations, addresses and paths.",
    limits="Names count as the same thing by their spelling, a short list of synonyms, and by the id that they hold.",
)

SYNONYMS = {
    "uid": "user_id",
    "userid": "user_id",
    "req_id": "request_id",
    "reqid": "request_id",
    "rid": "request_id",
    "requestid": "request_id",
    "org_id": "organization_id",
    "organisation_id": "organization_id",
    "elapsed_ms": "duration_ms",
    "took_ms": "duration_ms",
    "orderid": "order_id",
    "http_method": "method",
    "request_method": "method",
    "request_path": "path",
    "http_path": "path",
    "ip_address": "ip",  # that of the client and that of the peer are two: a proxy stands between them
}
SEVERAL = frozenset({"duration_ms", "method", "path", "ip"})
"""What one request has more than one of, so that another word may tell of another one."""
SHORT = frozenset({"id", "uid", "uuid", "pk"})
"""Names of fields that leave open whose id it is."""
KEYS = frozenset({"id", "_id", "pk", "uuid"})
"""What objects call their own id."""
NOBODY = frozenset(
    "self this cls row r obj object item instance data body payload result args params kwargs event record doc json one entry".split()
)
"""Names of objects that do not say what they are."""
SAME = frozenset({"str", "int", "repr", "String", "Number"})
"""Calls that leave an id the same."""
REQUEST_ID = "request_id"
OF_ENTITY = re.compile(r"^id$|(?:^|[./])(?:params|query|body)\.\w+$")
"""What names something that was asked for, which may be a request of its own kind, one for leave."""
OF_DEVICE = re.compile(
    r"(?:^|\.)(device|server|host|node|gateway|printer|camera|sensor|machine|upstream|target)\??\.\w+$"
)
"""What has an address of its own, which is not that of who asks."""
MAJORITY = 0.66
ENOUGH = 3
"""With fewer lines than this there is no majority to speak of."""
PLENTY = 4
"""With fewer lines than this the majority is as much of a chance as the other name, unless they stand in one file."""
SHOWN = 5


def check(project: Project) -> Iterator[Finding]:
    """Each name that stands against the majority's."""
    names = project.view(services)
    found: dict[tuple[str, str], dict[str, list[Location]]] = defaultdict(lambda: defaultdict(list))
    everywhere: Counter[tuple[str, str]] = Counter()
    beside: set[tuple[str, frozenset[str]]] = set()
    for log in project.facts(LogCall, *SERVER_SIDES):
        service, told = names.of(log.at.path), _told(log)
        beside |= {(service, frozenset(pair)) for pair in combinations(told, 2)}
        for name, value in told.items():
            if (thing := _thing(name, value)) != REQUEST_ID or not OF_ENTITY.search(named(value)):
                found[service, thing][name].append(log.at)
                everywhere[thing, name] += 1
    for (service, thing), spelled in sorted(found.items()):
        total = sum(map(len, spelled.values()))
        best = max(spelled, key=lambda name: (len(spelled[name]), name == thing))
        if total < ENOUGH or len(spelled) == 1 or len(spelled[best]) < MAJORITY * total or _snake(best) in SHORT:
            continue
        for name, places in sorted(spelled.items()):
            if name != best and _snake(name) == f"{_snake(best)}_id":
                continue  # the name that says more is not the one to give up
            if name != best and (service, frozenset((name, best))) not in beside:
                yield Finding(
                    places[0],
                    evidence=f"`{name}` is logged {_times(len(places))}, the same thing is `{best}` in "
                    f"{len(spelled[best])} of {total} lines of this service.",
                    remedy=f"Name it `{best}`.",
                    related=(
                        *(Related(at, f"`{name}`, too") for at in places[1:SHOWN]),
                        Related(spelled[best][0], f"`{best}`"),
                    ),
                    subject=Subject("log field", name),
                    strict=(total < PLENTY and all(at.path != places[0].path for at in spelled[best]))
                    or everywhere[thing, name] > everywhere[thing, best]
                    or (thing in SEVERAL and _snake(name) != _snake(best)),
                    slots={"name": name, "best": best, "count": str(len(spelled[best])), "total": str(total)},
                )


def _told(log: LogCall) -> dict[str, Value]:
    """The fields that the line itself names; those of an object made for something else have its names.

    `console.log("arguments", rpcArgs)` tells what a function of the database calls its parameters.
    """
    if log.at.path.endswith(".py") or any("..." in text for text in log.given):
        return dict(log.fields)
    written = " ".join(log.given)
    return {
        name: value for name, value in log.fields if re.search(rf"(?<![\w.$]){re.escape(name)}(?![\w$.(])", written)
    }


def _thing(name: str, value: Value) -> str:
    """What a field is about: its name in snake case, synonyms put together, that of the id which it holds."""
    plain, held = _snake(name), _held(value)
    if held.endswith("_id") and (plain in SHORT or f"{plain}_id" == held):
        return held
    thing = SYNONYMS.get(plain, plain)
    if thing == "ip" and isinstance(value, Reference | Parameter):
        owner = OF_DEVICE.search(named(value))
        return f"{owner[1]}_ip" if owner else thing
    return thing


def _held(value: Value) -> str:
    """How the code calls an id: `donor_id` for `g.donor["id"]` and `str(donor_id)`; `""` where it does not say whose."""
    while isinstance(value, Call):
        inner = value.arguments[0] if value.callee in SAME and value.arguments else None
        inner = value.receiver if value.name == "toString" else inner
        if inner is None:
            return ""
        value = inner
    if not isinstance(value, Reference | Parameter):
        return ""
    parts = [_snake(part) for part in re.split(r"[./?]+", named(value).replace("()", "").replace("[]", "")) if part]
    if parts[-1:] and parts[-1] not in KEYS:
        return parts[-1]
    return f"{parts[-2]}_id" if len(parts) > 1 and parts[-2] not in NOBODY else ""


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[-.]", "_", name).lower().strip("_")


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


REMARK = "Search the log for `{best}` and this line is missing, since it says `{name}`. One thing, one name."

EXAMPLES = [
    """
=== courses/pyproject.toml
[project]
name = "courses"
=== courses/publish.py
import structlog

log = structlog.get_logger()

def publish(course, picture):
    log.info("published", course_id=course.id, public_id=picture.name)
    log.info("sent", course_id=course.id, public_id=picture.name)
    log.info("shown", course_id=course.id, publicId=picture.key)  # <-- strict: most lines of the project say so
    log.info("told", courseId=course.id)  # <-- course_id everywhere else
=== pictures/pyproject.toml
[project]
name = "pictures"
=== pictures/upload.py
import structlog

log = structlog.get_logger()

def upload(picture):
    log.info("uploaded", publicId=picture.key)
    log.info("checked", publicId=picture.key)
""",
    """
=== app/orders.py
import structlog

log = structlog.get_logger()

def place(order, user):
    log.info("placing", user_id=user.id, order_id=order.id)
    log.info("stored", user_id=user.id, order_id=order.id)
    log.info("charged", user_id=user.id, order_id=order.id)

def cancel(order, user):
    log.info("cancelled", userId=user.id, order_id=order.id)  # <-- user_id everywhere else
""",
    """
=== src/server.ts
import pino from 'pino'

const logger = pino()

export function place(order: Order, user: User) {
  logger.info({ userId: user.id, requestId: order.requestId }, 'placing')
  logger.info({ userId: user.id, requestId: order.requestId }, 'stored')
  logger.info({ userId: user.id, requestId: order.requestId }, 'charged')
  logger.info({ uid: user.id, requestId: order.requestId }, 'shipped') // <-- userId everywhere else
}

export function wait(order: Order) {
  logger.info({ durationMs: order.took }, 'asked')
  logger.info({ durationMs: order.took }, 'found')
  logger.info({ durationMs: order.took }, 'given')
  logger.info({ elapsedMs: Date.now() - order.begun }, 'still waiting') // <-- strict: it is not over yet
}
""",
    """
=== app/items.py
import logging

logger = logging.getLogger(__name__)

def store(item):
    logger.info("storing", extra={"item_id": item.id, "duration": item.duration, "duration_ms": 3})
    logger.info("stored", extra={"item_id": item.id})

def ask(request, call):
    logger.info("asking", extra={"method": request.method})
    logger.info("asked", extra={"method": request.method})
    logger.warning("refused", extra={"method": request.method})
    logger.error("failed", extra={"method": call.name, "httpMethod": request.method})
""",
    """
=== app/loans.py
import logging

logger = logging.getLogger(__name__)

def lend(loan, member_id, book):
    logger.info("lent", extra={"member_id": member_id, "book_id": book.id})
    logger.info("renewed", extra={"member_id": loan.member_id, "book_id": str(book.id)})
    logger.info("returned", extra={"member_id": member_id, "book": book.id})  # <-- the same id without its ending
    logger.info("fined", extra={"uid": loan.member_id, "book_id": book["id"]})  # <-- a member's
    logger.info("taken over", extra={"owner": member_id, "id": book.shelf})

def keep(number):
    logger.info("kept", extra={"shelf_number": number})
    logger.info("found", extra={"shelf_number": number})
=== app/shelves.py
import logging

logger = logging.getLogger(__name__)

def move(number):
    logger.info("moved", extra={"shelfNumber": number})  # <-- strict: against two lines
    logger.info("measured", extra={"shelf_width": 3})
    logger.info("measured again", extra={"shelf_width": 3})
    logger.info("sawn", extra={"shelfWidth": 3})  # <-- side by side
""",
    """
=== src/limits.ts
import pino from 'pino'

const logger = pino()

export function told(request) {
  logger.info({ ip: request.ip }, 'asked')
  logger.info({ ip: request.ip }, 'found')
  logger.info({ ip: request.ip }, 'given')
  logger.info({ ip: request.ip }, 'done')
  logger.warn({ clientIp: clientOf(request) }, 'too often')
  logger.info({ ipAddress: device.ip_address }, 'switched on')
}

export function paid(recipientId: string) {
  logger.info({ recipient: recipientId }, 'asked')
  logger.info({ recipient: recipientId }, 'found')
  logger.info({ recipient: recipientId }, 'given')
  logger.info({ recipientId }, 'paid')
}
""",
    """
=== src/calls.ts
import express from 'express'

const app = express()

app.post('/leave/:id', async (req, res) => {
  const { id } = req.params
  const companyId = req.user.companyId
  console.log('asked', { companyId, requestId: id })
  console.log('found', { companyId, request_id: req.id })
  console.log('given', { companyId, request_id: req.id })
  console.log('done', { companyId, request_id: req.id })
  const args = { company_id: companyId, p_request: id }
  console.log('arguments', args)
  console.log('paid', { company_id: companyId }) // <-- named here
  res.json(await supabase.rpc('decide', args))
})
""",
]
