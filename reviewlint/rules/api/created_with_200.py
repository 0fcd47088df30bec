"""A POST creates a resource and answers 200.

201 says that something new exists, and where. With 200 a client cannot tell a creation from an update or from a repeated
request that was recognised, and every tool that reads the contract (generators, gateways, tests) believes nothing was
made. A service that answers its creations with 200 throughout gets one finding.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ...facts.data import Loop
from ...facts.location import Location, Related
from ...facts.values import Call, Constant, Record, Reference, Value, named, options
from ...finding import Confidence, Finding, Rewrite, Subject
from ...join.endpoints import Endpoint, answers, endpoints, stands_apart
from ...join.functions import functions
from ...join.responses import Answer
from ...join.services import services
from ...join.writes import Write, way_to, written_by
from ...project import SERVER_SIDES, Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="medium",
    since="0.1.0",
    languages=("python", "typescript"),
    found_at=("Response", "Route"),
    asked_by="S",
    strictly="creations whose path does not name the table, or whose answer tells how something went: what a request "
    "makes may be no resource that it asked for; those whose answer may tell of a row that was there before, or of what a row was added to; those that insert a row "
    "for each of several things that are sent; and those of "
    "services that write into each body that it is 200, or refuse with 200, too.",
    limits="Only a POST on a collection whose rows it inserts is taken for a creation.",
)

CREATES = re.compile(r"^(?:create|add|new|insert|register|post)(?:_|[A-Z]|$)")
ACTION = re.compile(
    r"^(?:import|export|sync|cancel|batch|test|track|report|send|bulk|upsert|webhooks?|graphql|rpc)$", re.IGNORECASE
)
"""Last segments of paths that name what is done, not what is made."""

SIGN = re.compile(
    r"^(?:log-?in|sign-?in|log-?out|sign-?out|tokens?|sessions?|refresh|verify|check|preview|search|query|auth\w*|validate"
    r"|mfa|2fa|t?otp|confirm|(?:enable|disable|activate|deactivate|update|change|reset|set|resend|request)(?:[-_]\w+)*)$",
    re.IGNORECASE,
)
"""Last segments of paths where a row is written beside what is asked for."""

INSERTS = re.compile(r"\.(?:insert\w*|create)\(")
"""In the name of what a body is: it came out of an insert."""

ASKED = re.compile(r"(?:^|[._])(?:sql|query|fetch(?:row|one|val)|execute|one)\(\)")
"""The same, where the insert is SQL that gives the row back."""

PREFLIGHT = re.compile(r"^\(?[\w.]*\bmethod\s*===?\s*['\"](?:OPTIONS|HEAD)['\"]\)?$")
"""The condition of an answer to another method, in a handler that is given all of them."""

POSTED = re.compile(r"^\(?[\w.]*\bmethod\s*={2,3}\s*['\"]POST['\"]\)?$")
"""The condition of an answer to POST, in a handler that is given others as well."""

BY_FILE = frozenset({"edge"})
"""Frameworks where the path names a function, not a collection."""

BY_ITSELF = frozenset({"fastapi", "starlette"})
"""Frameworks that answer 200 where neither the route nor the handler says a status."""

CALL = re.compile(r"/(?:create|add|insert|save|register)(?:[-_]\w+)?/?$", re.IGNORECASE)
"""How a path ends that names what to do and no collection; where its route says 200, too, it means a call, not REST."""

KEPT = re.compile(r"(?:[a-z]|_)(?:Log|log|History|history|Audit|audit|Token|token)s?$")
"""Tables of what was done, and of who is let in: what a request leaves there is not what it asked for."""

PUTS = re.compile(
    r"^(?:set|put|ensure|upsert)(?:_|[A-Z])|(?:get|find|first|update|insert)_?or_?(?:create|insert|new|update)",
    re.IGNORECASE,
)
"""How functions are called that make a row only where there is none."""

UPSERTS = re.compile(r"\bon (?:conflict|duplicate key)\b|upsert|or_(?:create|update)|orCreate", re.IGNORECASE)
"""The same of an insert."""

KEY = re.compile(r"(\w*?)(?:(?<![A-Za-z])(?:id|pk|uuid)|Id|ID)$")
"""What a row is known by, after a name for the row."""

FAILURES = frozenset({"error", "errors"})

REFUSES = re.compile(
    r"(?:^|_)(?:err|errors?|fail(?:ed|ure)?|reject(?:ed)?)(?:_|$)|(?:^|[a-z])(?:Err|Errors?|Fail(?:ed|ure)?)(?:[A-Z]|$)"
)
"""How functions are called that build the answer to what was refused."""

OUTCOME = re.compile(
    r"^(?:sent|failed|fail(?:ure)?s?|succeeded|processed|skipped|delivered|matched|rejected)(?:_?[cC]ount)?$"
    r"|^(?:is_?)?(?:valid|allowed|approved|granted)$|^(?:verdict|decision|outcome|results|received|acknowledged)$",
    re.IGNORECASE,
)
"""Keys of bodies that tell how what was asked for went."""

ENVELOPE = ("code", "status", "status_code", "statusCode")
"""Keys under which services write the status into their bodies."""

HABIT = 5
SHOWN = 5


def check(project: Project) -> Iterator[Finding]:
    """Each creation answered 200, or one finding for a service that answers all of them so."""
    names = project.view(services)
    found: dict[tuple[str, bool], dict[object, tuple[Endpoint, Write]]] = defaultdict(dict)
    for endpoint in project.view(endpoints):
        asked = endpoint.method == "POST" or (endpoint.method == "*" and _takes_posts(project, endpoint))
        if not asked or project.side(endpoint.at.path) not in SERVER_SIDES:
            continue
        write = _inserted(project, endpoint)
        if write is not None and _creates(project, endpoint, write) and _says_200(project, endpoint):
            given = [answer.body for answer in _good(project, endpoint) if answer.body is not None]
            may_be_there = any(_may_be_another(body, write) for body in given)
            certain = _is_named(project, endpoint, write) and not _is_beside(project, endpoint, write)
            certain = certain and not may_be_there and not _is_of_parent(project, endpoint, write)
            certain = (
                certain and not _refuses_with_200(project, endpoint) and not _is_of_several(project, endpoint, write)
            )
            found[names.of(endpoint.at.path), certain].setdefault(endpoint.at, (endpoint, write))
    for (service, certain), by_place in found.items():
        several = list(by_place.values())
        if len(several) >= HABIT:
            yield replace(_habit(service, several), strict=not certain)
        else:
            yield from (replace(_finding(project, *one), strict=not certain) for one in several)


def _is_named(project: Project, endpoint: Endpoint, write: Write) -> bool:
    """Whether a path is that of the collection whose row is inserted: `/orders`, `/order/create`, `open-order`.

    Where the row itself is answered it is enough that the path speaks of it: `/recipes/import`, `/rss`, `stock-intake`.
    Where the table is not known the handler has to say so: `create_order`, `OrderViewSet.create`.
    """
    path = CALL.sub("", endpoint.path or "").rstrip("/")
    constant = [part for part in path.split("/") if part.isascii() and not re.search(r"[{<:*(]", part)]
    table, last = _stem(write.table), _stem(constant[-1]) if constant else ""
    by_file = endpoint.framework in BY_FILE
    if not table and last:
        verb = endpoint.handler.rpartition(".")[2]
        return verb != "post" and CREATES.match(verb) is not None and last in _stem(endpoint.handler)
    is_plural = bool(constant) and constant[-1].endswith("s")  # the end of a name in the singular may be a verb: claim
    if not last or table == last or (is_plural and table.endswith(last)) or (by_file and last.endswith(table)):
        return bool(last)
    above = constant[-1].split("-") if by_file else constant[:-1]
    spoken_of = table.startswith(last) or any(table.endswith(_stem(part)) for part in above if _stem(part))
    return spoken_of and any(_is_whole(one.body, write) for one in _good(project, endpoint) if one.body is not None)


def _is_of_parent(project: Project, endpoint: Endpoint, write: Write) -> bool:
    """Whether what is answered may be the thing to which a row is added: `/receipts/{id}/items`, and a receipt."""
    above = (endpoint.segments or ())[-2:-1]
    if not any("{" in part for part in above):
        return False
    function = project.view(functions).get((endpoint.handler_path, endpoint.handler))
    given = [answer.body for answer in _good(project, endpoint) if answer.body is not None]
    given = given or list(function.returns if function is not None else ())
    added = {_stem(write.table), _stem((endpoint.segments or ("",))[-1])} - {""}
    return not any(_is_row(body, write) or _is_made(body, added) for body in given)


def _is_made(body: Value, added: set[str]) -> bool:
    """Whether a body comes from what makes things, or is called what was added: `ItemOut(create_item(…))`."""
    parts = [entry for _, entry in body.entries] if isinstance(body, Record) else [*options(body)]
    called = (named(one).replace("()", "") for part in parts for one in _inside(part) if not isinstance(one, Record))
    return any(
        CREATES.match(name.lstrip("_")) or any(stem in _stem(name) for stem in added)
        for each in called
        for name in each.split(".")
    )


def _is_beside(project: Project, endpoint: Endpoint, write: Write) -> bool:
    """Whether the row may be a record of what a request does: a scan, a mail that went out.

    Then the answer tells how that went, or is none of the row, and the path ends in a verb (`/scan`) and no collection.
    Nor is anything said of a service that writes into each body that it is 200.
    """
    given = [answer.body for answer in _good(project, endpoint) if answer.body is not None]
    rows = [body for body in given if _is_row(body, write)]
    told = [body for body in rows or given if isinstance(body, Record)]
    if told and all(any(map(OUTCOME.match, body.keys)) for body in told):
        return True
    if any(isinstance(one := body.get(key), Constant) and one.value == 200 for body in told for key in ENVELOPE):
        return True
    last = next((part for part in reversed(endpoint.segments or ()) if "{" not in part), "")
    makers = [endpoint.handler, *(one.callee for body in given for one in options(body) if isinstance(one, Call))]
    made = any(CREATES.match(name.removesuffix("()").rpartition(".")[2]) for name in makers)
    return bool(given) and not (rows or made or last.endswith("s") or endpoint.framework in BY_FILE)


def _inserted(project: Project, endpoint: Endpoint) -> Write | None:
    """The first row that a request inserts. Where it changes rows of other tables before, its path has to name it;
    None where it changes or removes one of the same table.
    """
    tables: set[str] = set()
    for write in written_by(project, endpoint):
        if write.operation != "insert":
            tables.add(write.table)
            continue
        named_so = bool(write.table) and _stem(write.table).endswith(_stem((endpoint.segments or ("?",))[-1]))
        return write if not tables or (named_so and not tables & {"", write.table}) else None
    return None


def _takes_posts(project: Project, endpoint: Endpoint) -> bool:
    """Whether a handler that is given every method answers to POST: a whole file, or a branch of it."""
    return endpoint.framework in BY_FILE or any(_is_posted(answer) for answer in _good(project, endpoint))


def _is_posted(answer: Answer) -> bool:
    return any(map(POSTED.search, answer.response.conditions))


def _creates(project: Project, endpoint: Endpoint, write: Write) -> bool:
    """Whether the route is where such things are made: by its table's name, its handler's, or by giving the row back."""
    function = project.view(functions).get((endpoint.handler_path, endpoint.handler))
    makers = [callee for callee in (function.calls if function is not None else ()) if write.table in callee]
    is_put = any(PUTS.search(name.rpartition(".")[2].lstrip("_")) for name in (write.function, *makers))
    if KEPT.search(write.table) or is_put or UPSERTS.search(write.text):
        return False
    given = [answer.body for answer in _good(project, endpoint) if answer.body is not None]
    if not given and endpoint.route.status is not None:
        given = list(function.returns) if function is not None else []
    texts = [answer.text for answer in _good(project, endpoint) if answer.text is not None]
    if (given or texts) and all(map(_acknowledges, given)) and all(isinstance(one, Constant) for one in texts):
        return False
    constant = [part for part in endpoint.segments or () if "{" not in part]
    if not endpoint.segments or not constant or endpoint.segments[-1] != constant[-1]:
        return endpoint.framework in BY_FILE and any(_is_row(body, write) for body in given)
    if SIGN.match(constant[-1]):
        return False
    if any(_is_row(body, write) for body in given):
        return True
    if ACTION.match(constant[-1]):
        return False
    handler = endpoint.handler.rpartition(".")[2]
    if write.table and _stem(write.table).endswith(_stem(constant[-1])):
        return True
    return CREATES.match(handler) is not None and (not write.table or _stem(handler).endswith(_stem(write.table)))


def _acknowledges(body: Value) -> bool:
    """Whether a body says no more than that it was done: `{ ok: true }`; a constant text says no more, either."""
    return isinstance(body, Record) and bool(body.entries) and all(isinstance(one, Constant) for _, one in body.entries)


def _is_row(body: Value, write: Write) -> bool:
    """Whether a body is what was inserted: what the insert gives back, or an object of the model."""
    model = re.compile(rf"(?:^|\.){re.escape(write.table)}\w*(?:\(|$)") if write.table else INSERTS
    returning = "returning" in write.text.lower()
    if isinstance(body, Record):
        return any(_is_row(entry, write) for _, entry in body.entries if not isinstance(entry, Record))
    return any(
        INSERTS.search(named(one)) or model.search(named(one)) or (returning and ASKED.search(named(one)))
        for option in options(body)
        for one in _inside(option)
        if isinstance(one, Call | Reference)
    )


def _is_whole(body: Value, write: Write) -> bool:
    """Whether a body tells of what was inserted, and not its key alone, beside what else was done: `{ done, newJobId }`."""
    if not isinstance(body, Record) or not _is_row(body, write):
        return _is_row(body, write)
    rows = [(key, named(one)) for key, one in body.entries if not isinstance(one, Record) and _is_row(one, write)]
    table, of = _stem(write.table), (_stem(KEY.sub(r"\1", key)) for key, _ in rows)
    return len(rows) > 1 or not KEY.search(rows[0][1]) or any(map(table.endswith, of))


def _may_be_another(body: Value, write: Write) -> bool:
    """Whether a body is what was inserted, or another that was there before: `{ id: cart.id ?? created.id }`."""
    parts = [entry for _, entry in body.entries] if isinstance(body, Record) else [body]
    rows = [[*options(one)] for one in parts if not isinstance(one, Record) and _is_row(one, write)]
    return bool(rows) and all(
        any(not (isinstance(one, Constant) or _is_row(one, write)) for one in several) for several in rows
    )


def _inside(body: Value) -> Iterator[Value]:
    """A body, what it is made of, and the key of a new row that it tells."""
    yield body
    if isinstance(body, Call):
        yield from body.arguments
    if isinstance(body, Record):
        yield from (entry for key, entry in body.entries if key == "id" or key.endswith(("_id", "Id", "uuid")))


def _stem(name: str) -> str:
    """A name without its plural and spelling: `order_lines`, `OrderLine` and `order-lines` are one."""
    plain = re.sub(r"(?<=s|x)es$|(?<=sh|ch)es$|(?<!s)s$", "", re.sub(r"[-_]", "", name).lower())
    return plain.removesuffix("ie").removesuffix("y").removesuffix("e")


def _says_200(project: Project, endpoint: Endpoint) -> bool:
    if endpoint.route.status is not None:
        return endpoint.route.status == 200 and not CALL.search(endpoint.path or "")
    good = {answer.status for answer in _good(project, endpoint)}
    return good == {200} or (not good and endpoint.framework in BY_ITSELF and not _renders(project, endpoint))


def _renders(project: Project, endpoint: Endpoint) -> bool:
    """Whether a handler gives a response that somebody else made, whose status nobody knows: a page of a template."""
    function = project.view(functions).get((endpoint.handler_path, endpoint.handler))
    calls = function.calls if function is not None else ()
    return any(name.endswith(("Response", ".get_response")) for name in calls)


def _good(project: Project, endpoint: Endpoint) -> list[Answer]:
    """What the handler itself answers when all goes well; what is raised is no success, whatever its status.

    Nor is what it answers before it comes to insert anything.
    """
    own = (answer for answer in answers(project, endpoint) if answer.response.function == endpoint.handler)
    good = [
        answer
        for answer in own
        if not answer.response.raised
        and (answer.status is None or answer.status < 400)
        and not _tells_failure(answer.body)
        and not REFUSES.search(answer.response.helper.rpartition(".")[2])
        and not any(map(PREFLIGHT.match, answer.response.conditions))
    ]
    good = [answer for answer in good if _is_posted(answer)] or good
    write = _inserted(project, endpoint) if len(good) > 1 else None
    begins = way_to(project, (endpoint.handler_path, endpoint.handler), write)[:1] if write is not None else ()
    return [answer for answer in good if all(answer.at.holds(at) or at[:3] < answer.at[:3] for at in begins)] or good


def _is_of_several(project: Project, endpoint: Endpoint, write: Write) -> bool:
    """Whether a row is inserted for each of several things that a request sends: none of them is what it asked for."""
    way = way_to(project, (endpoint.handler_path, endpoint.handler), write)
    return any(loop.at.holds(at) for at in way for loop in project.facts_of(at.path, Loop))


def _refuses_with_200(project: Project, endpoint: Endpoint) -> bool:
    """Whether a handler answers what it refuses with 200, too: then the number says nothing, and the body all."""
    own = (answer for answer in answers(project, endpoint) if answer.response.function == endpoint.handler)
    return any(one.status == 200 and REFUSES.search(one.response.helper.rpartition(".")[2]) for one in own)


def _tells_failure(body: Value | None) -> bool:
    """Whether a body says that nothing was made, whatever the status: `{"error": "Sold out"}`."""
    said = (one for key, one in body.entries if key in FAILURES) if isinstance(body, Record) else ()
    return any(not (isinstance(one, Constant) and not one.value) for one in said)


def _finding(project: Project, endpoint: Endpoint, write: Write) -> Finding:
    route = f"POST {endpoint.path}"
    at = _where(project, endpoint, write)
    return Finding(
        at,
        evidence=f"`{route}` inserts {f'into `{write.table}`' if write.table else 'a row'} and answers 200.",
        remedy="Answer 201, with a Location header that names the new resource.",
        related=(Related(endpoint.at, f"`{route}`"),) if at != endpoint.at else (),
        subject=Subject("endpoint", route),
        slots={"route": route, "count": "1"},
        rewrite=_rewrite(project, endpoint),
    )


def _where(project: Project, endpoint: Endpoint, write: Write) -> Location:
    """Where the status is given: the answer with the row, or the declaration where that says it for all of them."""
    good = _good(project, endpoint)
    apart = stands_apart(project, endpoint)
    if not good or (not apart and (endpoint.framework in BY_ITSELF or endpoint.route.status is not None)):
        return endpoint.at
    return next((one.at for one in good if one.body is not None and _is_row(one.body, write)), good[0].at)


def _rewrite(project: Project, endpoint: Endpoint) -> Rewrite | None:
    """What says the status: the declaration, or the one response in the same file that the handler ends well with."""
    if endpoint.framework in BY_ITSELF:
        return Rewrite("say_created", endpoint.route)
    good = [answer.response for answer in _good(project, endpoint) if answer.at.path == endpoint.at.path]
    return Rewrite("say_created", good[0]) if len(good) == 1 else None


def _habit(service: str, several: Sequence[tuple[Endpoint, Write]]) -> Finding:
    first = several[0][0]
    named = ", ".join(f"`POST {endpoint.path}`" for endpoint, _ in several[:SHOWN])
    return Finding(
        first.at,
        evidence=f"{len(several)} endpoints of this service create a resource and answer 200: {named}"
        f"{', …' if len(several) > SHOWN else ''}.",
        remedy="Answer creations with 201, in new endpoints first: clients may compare with 200.",
        related=tuple(Related(endpoint.at, f"POST {endpoint.path}") for endpoint, _ in several[1:SHOWN]),
        subject=Subject("service", service),
        slots={"route": f"POST {first.path}", "count": str(len(several))},
        confidence=Confidence.MEDIUM,
    )


REMARK = "`{route}` makes something new and reports business as usual. 201 tells the client that there is something to fetch, and where."

EXAMPLES = [
    """
=== src/labels.controller.ts
import { Body, Controller, HttpCode, HttpStatus, Post } from '@nestjs/common'
import { InjectRepository } from '@nestjs/typeorm'
import { Repository } from 'typeorm'
import { Label, LabelDto } from './label'

@Controller('labels')
export class LabelsController {
  constructor(@InjectRepository(Label) private readonly labels: Repository<Label>) {}

  @HttpCode(HttpStatus.OK)
  @Post('create')
  async make(@Body() label: LabelDto) {
    return this.labels.save({ name: label.name })
  }

  @HttpCode(HttpStatus.OK)
  @Post() // <-- a collection
  async create(@Body() label: LabelDto) {
    return this.labels.insert({ name: label.name })
  }
}
=== src/inks.controller.ts
import { Body, Controller, HttpCode, Post } from '@nestjs/common'
import { InjectRepository } from '@nestjs/typeorm'
import { Repository } from 'typeorm'
import { Ink, InkDto } from './ink'

@Controller('inks')
export class InksController {
  constructor(@InjectRepository(Ink) private readonly repo: Repository<Ink>) {}

  @HttpCode(200)
  @Post() // <-- the type of the repository says of what
  async add(@Body() ink: InkDto) {
    return this.repo.save({ name: ink.name })
  }
}
=== src/pens.ts
import Router from '@koa/router'
import { Pen } from './kinds'
import { sql } from './stores'

export const pens = new Router({ prefix: '/pens' })

pens.post('/', async (ctx) => {
  const { value, error } = Pen.validate(ctx.request.body)
  if (error) ctx.throw(422, error.message)
  const [id] = await sql('pens').insert(value)
  ctx.body = { id, ...value } // <-- Koa's own status
})
""",
    """
=== supabase/functions/new-crate/index.ts
import { createClient } from "npm:@supabase/supabase-js@2";

const supabase = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!);

Deno.serve(async (req) => {
  const { size } = await req.json();
  const { data: crate } = await supabase.from("crates").insert({ size }).select().single();
  return Response.json({ crate_id: crate.id }); // <-- the new one
});
=== supabase/functions/return-crate/index.ts
import { createClient } from "npm:@supabase/supabase-js@2";

const supabase = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!);

Deno.serve(async (req) => {
  const { order_id, size } = await req.json();
  const { data: order } = await supabase.from("orders").select().eq("id", order_id).single();
  let crateId = order.crate_id;
  if (!crateId) {
    const { data: crate } = await supabase.from("crates").insert({ size }).select().single();
    crateId = crate.id;
  }
  return Response.json({ crate_id: crateId }); // <-- strict: there may have been one
});
""",
    """
=== app/vehicles.py
import asyncpg
from fastapi import Depends, FastAPI
from pydantic import BaseModel

app = FastAPI()

class Vehicle(BaseModel):
    plate: str

@app.post("/vehicles")  # <-- a row as data is no response of its own
async def create(vehicle: Vehicle, db: asyncpg.Connection = Depends(connection)):
    row = await db.fetchrow("insert into vehicles (plate) values ($1) returning id, plate", vehicle.plate)
    return dict(row)
""",
    """
=== depot/urls.py
from django.urls import path

from depot import views

urlpatterns = [path("parcels/", views.parcels), path("classes/", views.classes)]
=== depot/views.py
from django.http import JsonResponse

from depot.models import Parcel, WeightClass

def parcels(request):
    if request.method == "POST":
        parcel = Parcel.objects.create(weight=weight(request))
        return JsonResponse({"id": parcel.pk})  # <-- the branch for POST
    return JsonResponse({"parcels": []})

def classes(request):
    if request.method == "POST":
        made = WeightClass.objects.create(limit=weight(request))
        return JsonResponse({"id": made.pk}, status=201)
    return JsonResponse({"classes": []})
""",
    """
=== clinic/urls.py
from django.urls import include, path
from rest_framework.routers import DefaultRouter

from clinic.views import OwnerViewSet

router = DefaultRouter()
router.register("owners", OwnerViewSet)
urlpatterns = [path("api/", include(router.urls))]
=== clinic/views.py
from rest_framework import viewsets
from rest_framework.response import Response

class OwnerViewSet(viewsets.GenericViewSet):
    def create(self, request):
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        serializer.save()
        return Response(serializer.data)  # <-- what the view's own serializer makes

    def partial_update(self, request, pk=None):
        serializer = self.get_serializer(self.get_object(), data=request.data)
        serializer.is_valid(raise_exception=True)
        serializer.save()
        return Response(serializer.data)
""",
    """
=== src/orders.ts
import express from "express";
import { NotFound } from "./errors";
import { knex } from "./db";

const app = express();

app.post("/orders", async (req, res) => {
  if (!(await known(req.body.customer))) throw new NotFound("customer");
  const [order] = await knex("orders").insert({ customer: req.body.customer }).returning("*");
  res.json({ data: order }); // <-- the failure that is thrown is no success
});
""",
    """
=== app/carts.py
from fastapi import APIRouter, status

router = APIRouter()

@router.post("/carts")  # <-- 200 by default
def create_cart(cursor):
    cursor.execute("insert into carts default values returning id")
    return {"id": cursor.fetchone()[0]}
=== fixed app/carts.py
from fastapi import APIRouter, status

router = APIRouter()

@router.post("/carts", status_code=status.HTTP_201_CREATED)
def create_cart(cursor):
    cursor.execute("insert into carts default values returning id")
    return {"id": cursor.fetchone()[0]}
""",
    """
=== src/notes.ts
import express from 'express'
import { Pool } from 'pg'

const pool = new Pool()
const app = express()

app.post('/notes', async (req, res) => {
  const { rows } = await pool.query('insert into notes (text) values ($1) returning id', [text(req)])
  res.json(rows[0]) // <-- 200 by default
})

app.post('/notes/:id/read', async (req, res) => {
  await pool.query('insert into note_reads (note_id) values ($1)', [req.params.id])
  res.json({ ok: true })
})
=== fixed src/notes.ts
import express from 'express'
import { Pool } from 'pg'

const pool = new Pool()
const app = express()

app.post('/notes', async (req, res) => {
  const { rows } = await pool.query('insert into notes (text) values ($1) returning id', [text(req)])
  res.status(201).json(rows[0])
})

app.post('/notes/:id/read', async (req, res) => {
  await pool.query('insert into note_reads (note_id) values ($1)', [req.params.id])
  res.json({ ok: true })
})
""",
    """
=== app/orders.py
from fastapi import APIRouter, status

router = APIRouter()

@router.post("/orders")  # <-- 200 by default
def create_order(order: dict, cursor):
    cursor.execute("insert into orders (total) values (%s) returning id", (order["total"],))
    return {"id": cursor.fetchone()[0]}

@router.post("/invoices", status_code=status.HTTP_201_CREATED)
def create_invoice(cursor):
    cursor.execute("insert into invoices default values returning id")
    return {"id": cursor.fetchone()[0]}

@router.post("/orders/search")
def search(cursor):
    cursor.execute("insert into searches default values")
    return {"hits": []}

@router.post("/orders/{order_id}/cancel")
def cancel(order_id: int, cursor):
    cursor.execute("update orders set status = 'cancelled' where id = %s", (order_id,))
    return {"status": "cancelled"}
""",
    """
=== app/api/notes/route.ts
import { createClient } from '@supabase/supabase-js'

const supabase = createClient(process.env.SUPABASE_URL!, process.env.SUPABASE_ANON_KEY!)

export async function POST(request: Request) {
  const { text } = await request.json()
  const { data, error } = await supabase.from('notes').insert({ text }).select().single()
  if (error) return Response.json({ error: 'not stored' }, { status: 500 })
  return Response.json(data) // <-- 200 by default
}
""",
    """
=== app/notes.py
from flask import Blueprint, jsonify

bp = Blueprint("notes", __name__)

@bp.post("/notes")
def create():
    cursor.execute("insert into notes default values returning id")
    return jsonify(id=cursor.fetchone()[0]), 201
""",
    """
=== bank/parcels.py
from flask import Blueprint, jsonify, request

from .models import Item, Parcel

bp = Blueprint("parcels", __name__, url_prefix="/parcels")

@bp.route("", methods=["POST"])
def pack():
    for label in request.json["labels"]:
        Item.update(stock=Item.stock - 1).where(Item.label == label).execute()
    parcel = Parcel.create(household=request.json["household"])
    return jsonify(id=parcel.id)  # <-- what is taken from the stock for it makes it no less new

@bp.route("/<int:number>", methods=["POST"])
def put(number):
    if not Parcel.update(household=request.json["household"]).where(Parcel.number == number).execute():
        Parcel.create(number=number, household=request.json["household"])
    return jsonify(number=number)
""",
    """
=== src/app/api/keys/[id]/claim/route.ts
import { db } from "@/db";

export async function POST(request: Request, { params }: { params: { id: string } }) {
  await db.keyClaim.create({ data: { keyId: params.id } });
  return Response.json({ key: await read(params.id) }); // <-- strict: what was asked for is the key
}
""",
    """
=== src/scan.ts
import express from "express";
import { pool } from "./db";

const app = express();

app.post("/scan", async (req, res) => {
  await pool.query("insert into scans (code) values ($1)", [req.body.code]);
  res.json(await verdict(req.body.code)); // <-- strict: what is asked for is the verdict
});
app.post("/mailings", async (req, res) => {
  const { rows } = await pool.query("insert into mailings (name) values ($1) returning id", [req.body.name]);
  const sent = await send(rows);
  res.json({ id: rows[0].id, sent }); // <-- strict: it tells how it went
});
app.post("/letters", async (req, res) => {
  const { rows } = await pool.query("insert into letters (text) values ($1) returning id", [req.body.text]);
  res.json({ code: 200, data: rows[0] }); // <-- strict: so does every body of it
});
app.post("/stamps", async (req, res) => {
  const { rows } = await pool.query("insert into stamps (name) values ($1) returning id", [req.body.name]);
  res.json(rows[0]); // <-- a new one
});
""",
    """
=== src/beacons.ts
import express from "express";
import { pool } from "./db";

const app = express();

app.post("/beacons", async (req, res) => {
  await pool.query("insert into beacons (name) values ($1)", [req.body.name]);
  res.json({ received: true, seen: await count() }); // <-- strict: what came in was kept
});
app.post("/signals", async (req, res) => {
  const results = [];
  for (const one of req.body) results.push(await pool.query("insert into signals (name) values ($1)", [one.name]));
  res.json({ results }); // <-- strict: it tells how each went
});
app.post("/buoys", async (req, res) => {
  await pool.query("insert into buoys (name) values ($1)", [req.body.name]);
  res.send("OK");
});
app.post("/piers", async (req, res) => {
  const { rows } = await pool.query("insert into piers (name) values ($1) returning id", [req.body.name]);
  res.json({ id: rows[0].id }); // <-- a new one
});
""",
    """
=== app/jobs.py
from fastapi import APIRouter, Depends, status

from app.models import Delivery, DeliveryItem, Job
from app.schemas import DeliveryOut

router = APIRouter()

@router.post("/jobs/{job_id}/retry")  # <-- strict: what was asked for is that it runs
def retry(job_id: int, db=Depends(session)):
    task = queue.send_task("run", args=[job_id])
    run = Job(copy_of=job_id, state="queued")
    db.add(run)
    db.commit()
    return {"done": True, "retried": job_id, "newJobId": run.id, "task": task.id}

@router.post("/jobs/{job_id}/copy")  # <-- it gives the copy
def copy(job_id: int, db=Depends(session)):
    run = Job(copy_of=job_id, state="new")
    db.add(run)
    db.commit()
    return {"id": run.id, "state": run.state}

@router.post("/deliveries/{delivery_id}/items", status_code=status.HTTP_200_OK)  # <-- strict: the delivery is given back
def receive(delivery_id: int, item: Item, db=Depends(session)):
    delivery = db.get(Delivery, delivery_id)
    line = DeliveryItem(delivery_id=delivery.id, name=item.name)
    db.add(line)
    db.commit()
    return DeliveryOut.model_validate(delivery)
""",
    """
=== app/stalls.py
from fastapi import APIRouter, Depends, status

from app.models import StallItem
from app.schemas import StallItemOut

router = APIRouter()

@router.post("/stalls/{stall_id}/items", status_code=status.HTTP_200_OK)  # <-- the new one is given back
def put(stall_id: int, item: Item, db=Depends(session)):
    made = StallItem(stall_id=stall_id, name=item.name)
    db.add(made)
    db.commit()
    return StallItemOut.model_validate(made)
""",
    """
=== src/berths.ts
import express from "express";
import { replay, take } from "./berths.service";

const app = express();

app.post("/berths", async (req, res) => {
  if (req.body.boats === 0) return res.json({ berths: [] });
  const berth = await take(req.body.boats);
  res.json({ berth }); // <-- not where nothing was made yet
});
app.post("/moorings", async (req, res) => {
  if (!req.body.length) return res.json({ data: [] });
  const made = await replay(req.body);
  res.json({ data: made }); // <-- strict: one for each that was sent
});
=== src/berths.service.ts
import { prisma } from "./db";

export async function take(boats: number) {
  return prisma.berth.create({ data: { boats } });
}
export async function replay(several: { boats: number }[]) {
  const made = [];
  for (const one of several) {
    made.push(await prisma.mooring.create({ data: { boats: one.boats } }));
  }
  return made;
}
""",
]
