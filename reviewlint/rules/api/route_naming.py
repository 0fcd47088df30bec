"""A path is spelled otherwise than the service's other paths.

Paths are read by people and guessed by them: `/orders`, so `/invoices`. One `/getInvoice` or `/invoice_lines` among them
has to be looked up each time, and ends up in every client as the exception.

Judged against the service's own majority of at least three quarters: how words are joined (kebab, snake, camel), and
whether collections are plural. A verb in front of a collection that the method already says (`/getOrders`) is a finding
where others manage without. One finding for each segment.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from ...facts.location import Location, Related
from ...facts.values import Record
from ...finding import Finding, Subject
from ...join.endpoints import Endpoint, answers, endpoints
from ...join.paths import PARAMETER
from ...join.services import services
from ...project import SERVER_SIDES, Project
from ...rule import Meta

META = Meta(
    severity="note",
    confidence="medium",
    since="0.1.0",
    languages=("python", "typescript"),
    found_at=("Route",),
    asked_by="S",
    level="strict",
    limits="Plurals are known by their last letters; names that the languages do not decline are left alone.",
)

STYLES = (
    ("kebab-case", re.compile(r"^[a-z0-9]+(?:-[a-z0-9]+)+$")),
    ("snake_case", re.compile(r"^[a-z0-9]+(?:_[a-z0-9]+)+$")),
    ("camelCase", re.compile(r"^[a-z][a-z0-9]*(?:[A-Z][a-z0-9]*)+$")),
)
VERB = re.compile(
    r"^(?:get|fetch|list|retrieve|create|add|insert|save|update|edit|modify|delete|destroy|remove)(?P<rest>[A-Z].*|[-_].+)$"
)
DOING = {
    **dict.fromkeys(("list", "fetch"), ("GET",)),
    **dict.fromkeys(("create", "add", "insert"), ("POST", "PUT")),
    "update": ("PUT", "PATCH"),
    **dict.fromkeys(("delete", "destroy", "remove"), ("DELETE",)),
}
"""What ends a path and says no more than these methods do: `POST /orders/create`."""
TASKS = re.compile(r"^(?:cron|crons|jobs|tasks|queue|queues|workers?|internal|rpc|webhooks?|events)$", re.IGNORECASE)
"""Where schedulers and queues call, which have no collections."""
UNDECLINED = re.compile(
    r"(?:s|ch|sh|data|info|media|me|news|people|children|auth|content|feedback|staff|staging|v\d+|api|by-\w+)$"
)
DOES = re.compile(
    r"^(?:confirm|callback|play|reset|register|claim|share|verify|activate|accept|make|trigger|unsubscribe|preview|search|top|redirect"
    r"|download|upload|export|import|login|invite|validate|check|revoke|restore|random|latest|me|self)(?:$|[-_A-Z])"
)
"""How segments begin that name no collection but what is done, or which one is meant."""
PREFIX = re.compile(r"^(?:api|v\d+|rest|public)$", re.IGNORECASE)
"""What stands before the collections of a service."""
MANY = re.compile(r"^[a-z][a-zA-Z_-]*[a-z](?<!ss)(?<!us)(?<!is)(?<!ic)(?<!stat)(?<!setting)(?<!new)(?<!credential)s$")
"""How collections are called that a path ends in."""
PAGES = re.compile(r"^(?:admin|backoffice|back-office)$", re.IGNORECASE)
"""Where the pages of a browser are, which name their forms."""
MAJORITY = 0.75
ENOUGH = 4
SHOWN = 4


def check(project: Project) -> Iterator[Finding]:
    """Each segment that stands against the majority of its service."""
    names = project.view(services)
    every: dict[str, dict[str, list[Endpoint]]] = defaultdict(lambda: defaultdict(list))
    collections: dict[str, set[str]] = defaultdict(set)
    ends: dict[str, set[str]] = defaultdict(set)
    asked: dict[str, int] = Counter()
    listing = project.view(_listing)
    whole = {(names.of(endpoint.at.path), endpoint.segments) for endpoint in project.view(endpoints)}
    for endpoint in project.view(endpoints):
        if project.side(endpoint.at.path) not in SERVER_SIDES or endpoint.framework == "edge":
            continue
        service, parts = names.of(endpoint.at.path), endpoint.segments or ()
        if any(map(PAGES.match, parts)):
            continue
        asked[service] += 1
        for position, (part, after) in enumerate(zip(parts, (*parts[1:], ""), strict=False), 1):
            if PARAMETER[0] not in part:
                every[service][part].append(endpoint)
                first = all(map(PREFIX.match, parts[: position - 1]))
                if after == PARAMETER and (first or part.endswith("s") or (service, parts[:position]) in whole):
                    collections[service].add(part)  # what stands deeper is one where it is asked for as a whole, too
                elif not after and (endpoint.at, part) in listing:
                    collections[service].add(part)
                elif not after and MANY.match(part):
                    ends[service].add(part)
    for service, segments in every.items():
        told = set()
        for part, fault, better in (
            *_verbs(segments),
            *_doings(segments, asked[service]),
            *_styles(segments),
            *_singulars(collections[service], ends[service], segments),
        ):
            if part not in told:
                told.add(part)
                where = segments[part] if part not in DOING else _twice(part, segments[part])
                yield _finding(part, fault, better, where or segments[part])


def _verbs(segments: dict[str, list[Endpoint]]) -> Iterator[tuple[str, str, str]]:
    said = {part: match["rest"] for part in segments if (match := VERB.match(part))}
    if len(segments) < ENOUGH or len(said) > (1 - MAJORITY) * len(segments):
        return
    for part, rest in said.items():
        name = rest.lstrip("-_")
        yield part, "says in the path what the method says", name[0].lower() + name[1:]


def _doings(segments: dict[str, list[Endpoint]], asked: int) -> Iterator[tuple[str, str, str]]:
    """The verbs that end paths below a collection, in a service where few do, whose method says the same."""
    said = {part: _below(segments[part]) for part in segments if part in DOING}
    if asked < 2 * ENOUGH or sum(map(len, said.values())) > (1 - MAJORITY) * asked:
        return
    for part in said:
        for one in _twice(part, segments[part])[:1]:
            yield part, "says in the path what the method says", "/".join((one.segments or ())[:-1])


def _twice(part: str, several: list[Endpoint]) -> list[Endpoint]:
    """The endpoints that say in their path what their method says, under a collection that people ask for."""
    below = (one for one in _below(several) if one.method in DOING[part])
    return [one for one in below if not any(map(TASKS.match, one.segments or ()))]


def _below(several: list[Endpoint]) -> list[Endpoint]:
    """The endpoints whose path ends under a collection."""
    paths = [(one, one.segments or ()) for one in several]
    return [one for one, path in paths if path[-1] in DOING and len(path) > 1 and path[-2].endswith("s")]


def _listing(project: Project) -> frozenset[tuple[Location, str]]:
    """The view: the endpoints that answer with several of what their path ends in: `{ teachers }` at `/teacher`."""
    found = set()
    for endpoint in project.view(endpoints):
        last = (endpoint.segments or ("",))[-1]
        if last and not last.endswith("s"):
            keys = {key for one in answers(project, endpoint) if isinstance(one.body, Record) for key in one.body.keys}
            if _plural(last) in keys:
                found.add((endpoint.at, last))
    return frozenset(found)


def _plural(part: str) -> str:
    return f"{part[:-1]}ies" if part.endswith("y") and part[-2:-1] not in "aeiou" else f"{part}s"


def _styles(segments: dict[str, list[Endpoint]]) -> Iterator[tuple[str, str, str]]:
    found = {part: style for part in segments for style, spelled in STYLES if spelled.match(part)}
    camels = [part for part, style in found.items() if style == "camelCase"]
    plain = sum(part.islower() and PREFIX.match(part) is None for part in segments)
    if len(found) < ENOUGH:
        if plain >= 2 * ENOUGH and len(camels) <= (1 - MAJORITY) * plain:
            for part in camels:
                yield (
                    part,
                    f"is camelCase; the {plain} other names of this service are lower case",
                    _spelled(part, "kebab-case"),
                )
        return
    best, count = Counter(found.values()).most_common(1)[0]
    if count < MAJORITY * len(found):
        return
    for part, style in found.items():
        if style != best:
            yield part, f"is {style}; {count} of {len(found)} names of this service are {best}", _spelled(part, best)


def _spelled(part: str, style: str) -> str:
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[-_]", " ", part).lower().split()
    if style == "camelCase":
        return words[0] + "".join(word.capitalize() for word in words[1:])
    return ("-" if style == "kebab-case" else "_").join(words)


def _singulars(
    collections: set[str], ends: set[str], segments: dict[str, list[Endpoint]]
) -> Iterator[tuple[str, str, str]]:
    """The singulars among `collections`; those that only end paths help to tell how many plurals there are."""
    judged = [part for part in collections if len(part) > 2]
    singular = [
        part for part in judged if not part.endswith("s") and not UNDECLINED.search(part) and not DOES.match(part)
    ]
    plural = sum(part.endswith("s") for part in judged)
    if plural + len(ends - collections) < ENOUGH or plural < MAJORITY * len(judged):
        return
    for part in sorted(singular):
        if f"{part}s" in segments or part.endswith(("e", "r", "t", "n", "m", "l", "k", "p", "d", "y")):
            yield part, f"is singular; {plural} of {len(judged)} collections of this service are plural", _plural(part)


def _finding(part: str, fault: str, better: str, where: list[Endpoint]) -> Finding:
    first = where[0]
    return Finding(
        first.at,
        evidence=f"`{part}` in `{first.path}` {fault}.",
        remedy=f"Call it `{better}`, and keep the old path as an alias until clients have moved.",
        related=tuple(Related(one.at, f"{one.method} {one.path}") for one in where[1:SHOWN] if one.at != first.at),
        subject=Subject("path segment", part),
        slots={"part": part, "better": better, "path": first.path or ""},
    )


REMARK = "Everybody who guesses `{better}` after the other paths will be wrong once: this one says `{part}`."

EXAMPLES = [
    """
=== src/app.ts
import express from "express";

const app = express();
app.get("/", (req, res) => res.json({ name: "app" }));
""",
    """
=== app/main.py
from fastapi import APIRouter

router = APIRouter()

@router.get("/orders/{order_id}")
def order(order_id: int):
    return {}

@router.get("/order-lines/{line_id}")
def line(line_id: int):
    return {}

@router.get("/price-lists/{list_id}")
def price_list(list_id: int):
    return {}

@router.get("/gift-cards/{card_id}")
def card(card_id: int):
    return {}

@router.get("/credit-notes/{note_id}")
def credit(note_id: int):
    return {}

@router.get("/tax_rates/{rate_id}")  # <-- snake among kebabs
def rate(rate_id: int):
    return {}

@router.get("/invoice/{invoice_id}")  # <-- singular among plurals
def invoice(invoice_id: int):
    return {}

@router.get("/orders/external/{external_id}")
def order_of_others(external_id: int):
    return {}

@router.get("/confirm/{token}")
def confirm(token: str):
    return {}
""",
    """
=== src/server.ts
import express from 'express'

const app = express()

app.get('/orders', list)
app.get('/carts', carts)
app.get('/invoices', invoices)
app.get('/getRefunds', refunds) // <-- GET is said twice
app.get('/reports', reports)
""",
    """
=== src/few.ts
import express from 'express'

const app = express()

app.get('/getOrders', list)
app.get('/getCarts', carts)
app.get('/invoice_lines', invoices)
""",
    """
=== src/hall.ts
import express from 'express'

const app = express()

app.get('/halls/:id', hall)
app.get('/shows', shows)
app.post('/shows', show)
app.get('/halls/:id/seats', seats)
app.post('/halls/:id/seats', seat)
app.get('/artists/:id', artist)
app.get('/tours/:id', tour)
app.get('/venues/:id', venue)
app.get('/crews/:id', crew)
app.get('/ticket/:id', ticket) // <-- singular, though no path ends with it
app.post('/shows/create', show) // <-- POST is said twice
app.get('/usher', (req, res) => res.json({ ushers: rota.slice(0, 9) })) // <-- a list of them
app.get('/status', (req, res) => res.json({ status: 'open' }))
app.get('/profile', (req, res) => res.json({ profile: req.user }))
app.get('/shows/:id/list', programme)
""",
    """
=== src/calls.ts
import express from 'express'

const app = express()

app.post('/orders/create', create)
app.post('/orders/update', update)
app.post('/orders/delete', remove)
app.get('/orders/list', list)
app.get('/carts', carts)
app.get('/carts/:id', cart)
app.get('/refunds', refunds)
app.get('/refunds/:id', refund)
""",
    """
=== freight/app.py
from starlette.applications import Starlette
from starlette.routing import Mount, Route

from freight import carriers, shipments

app = Starlette(
    routes=[
        Route("/health", live),
        Mount("/shipments", routes=shipments.routes),
        Mount("/carriers", routes=carriers.routes),
        Route("/trackShipment/{shipment_id:int}", track),  # <-- the only one with a capital
    ]
)
=== freight/shipments.py
from starlette.routing import Route

routes = [Route("/", index), Route("/{id}/scans", scans), Route("/{id}/hold", hold), Route("/{id}/label", label)]
=== freight/carriers.py
from starlette.routing import Route

routes = [Route("/", index), Route("/depots", depots), Route("/rates", rates)]
""",
]
