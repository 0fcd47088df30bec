"""What a request's body says is written to the database unseen.

Without a schema the first caller with a missing field gets a 500, the first with an extra one writes a column nobody
meant to offer, and the first with a number of the wrong size fills the table with it. A schema in front of the handler
(pydantic, marshmallow, a serializer, zod, joi, …) turns all three into a 422 that says which field.

Silent wherever the handler checks anything: a validator's call, a test with a 4xx, a schema among the route's guards.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from ...facts.code import Function
from ...facts.data import Check
from ...facts.imports import Import
from ...facts.location import Location, Related
from ...facts.statuses import status_of_word
from ...facts.values import Call, Value
from ...finding import Finding, Subject
from ...join.bodies import words
from ...join.clauses import clauses
from ...join.endpoints import Endpoint, answers, endpoints
from ...join.faults import Fault, checked, meant, told
from ...join.functions import classes, functions
from ...join.grounds import forbids
from ...join.inspected import CHECKS, guards_body, is_elsewhere, loading, looks_at_body, reads_number
from ...join.lookups import relation
from ...join.places import called, located
from ...join.responses import CATCH_ALL, Answer, responses
from ...join.rows import looked_for
from ...join.services import services
from ...join.standing import asked
from ...join.taken import REQUESTS, leaves, of_body, part_of, spelled
from ...join.webhooks import to_hook
from ...join.writes import Write, writes
from ...project import SERVER_SIDES, Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="medium",
    since="0.1.0",
    languages=("python", "typescript"),
    asked_by="F E A S",
    limits="Bodies that a handler passes on to another function are taken for checked there.",
)

HANDING = frozenset({"nest", "fastapi", "starlette", "flask", "django", "drf", "express", "fastify", "hono", "koa"})
"""Frameworks whose handlers are followed to the functions that write for them."""
THROWN = frozenset({"Error", "TypeError", "ValueError"})
"""What is thrown by those who have no class of their own."""
DEMANDS = re.compile(r"\b(?:required|missing|invalid)\b", re.IGNORECASE)
"""What they are thrown with where a part of the body is not there."""
METHOD = re.compile(r"\bmethod\s*={2,3}\s*['\"](\w+)['\"]")
"""The test of a handler for several methods."""
READS = re.compile(
    rf"(?:^|\.)(?:int|float|Decimal|UUID|Number|BigInt|fromisoformat|strptime|loads|get_json|json)$|{CHECKS.pattern}",
    re.IGNORECASE,
)
"""Calls that fail by the form of what they are given."""
NAMES = re.compile(
    r"(?<![\w.'\"])(?!(?:not|and|or|typeof|instanceof|is|in|true|false|null|undefined|None)\b)[A-Za-z_]\w*\b(?![.('\"])"
)
"""The variables in a condition."""
CALLED_BY = re.compile(r"\b(?:req|request|ctx|c|context)\.(?:user|auth|session|params|query|state|headers)\b[\w.?!]*")
"""What a request says beside its body of who asks for what."""
PARTS = re.compile(r"(?<![\w.'\"])([a-z_]\w*)[?!]?(?:\.\w+)+(?![\w(])")
"""Those of which it asks a part."""
WRITES = re.compile(r"(?:update|create|insert|upsert|delete|replace|save)\w*$", re.IGNORECASE)
"""Calls that give back the row that they wrote."""
ABSENT = re.compile(r"(?:!|not )(\w+)$|(\w+) (?:={2,3} (?:null|undefined)|is None)$")
"""The test of a variable that nothing was found for."""
LOG = re.compile(
    r"^logs?$|(?:error|audit|access|event|activity|debug|request|api|system|security)_?logs?$", re.IGNORECASE
)
"""Tables that keep what happened, whatever it was."""
DESCRIPTION = re.compile(
    r"(?:express-openapi(?:-validat\w+)?|openapi-backend|express-oas-validator|koa-oas3|fastify-openapi-glue|connexion"
    r"|exegesis(?:-\w+)?|openapi-validator-middleware|swagger-tools|oas-tools|openapi-enforcer-middleware)$"
)
"""Packages that hold every request against a description of the whole API."""
DESCRIBES = re.compile(
    r"(?:@nestjs/(?:swagger|mongoose|typeorm)|mongoose|typeorm|@mikro-orm/[\w-]+|sequelize-typescript)\."
)
"""Packages whose decorators say how a field is stored or documented, and check nothing."""


def check(project: Project) -> Iterator[Finding]:
    """Each handler that writes parts of a body that nobody looked at."""
    known = project.view(writes)
    tests: dict[tuple[str, str], list[Check]] = defaultdict(list)
    for fact in project.facts(Check):
        tests[fact.at.path, fact.function].append(fact)
    seen: set[tuple[str, str, str]] = set()
    names = project.view(services)
    described = {
        names.of(one.at.path)
        for one in project.facts(Import)
        if DESCRIPTION.match(one.module) and project.side(one.at.path) in SERVER_SIDES
    }
    for endpoint in project.view(endpoints):
        place = (endpoint.handler_path, endpoint.handler)
        if endpoint.method in ("GET", "HEAD") or not project.is_wanted(endpoint.handler_path):
            continue  # a form, of which the submission has a body
        if to_hook(endpoint) or project.side(endpoint.at.path) not in SERVER_SIDES:
            continue
        if described and names.of(endpoint.at.path) in described:
            continue
        handed = next(_handed(project, endpoint, known), None) if endpoint.framework in HANDING else None
        loads = loading(project, endpoint) if known.get(place) else frozenset()
        found = [(one.at, taken) for one in known.get(place, ()) if one.value and (taken := of_body(one.value, loads))]
        found += [handed] if handed is not None else []
        own = _own(project, endpoint) if found else ()
        for at, taken in found:
            branch = _branch(at, own)
            if (*place, branch) in seen or (branch and endpoint.method not in (branch, "*")):
                continue
            seen.add((*place, branch))
            if _checks(project, endpoint, at, own, tests[place]) or reads_number(project, place, at, taken):
                continue
            if any(_is_allowed(taken, answer) or _is_there(taken, answer) for answer in own):
                continue
            name = spelled(taken)
            route = f"{branch or endpoint.method} {endpoint.path}"
            yield Finding(
                at,
                evidence=f"`{name}` goes from the body of `{route}` into the database; nothing looks at it on the way.",
                remedy="Declare the body's fields with their types and limits, and refuse the rest with 422.",
                related=(Related(endpoint.at, route),) if endpoint.at != at else (),
                subject=Subject("endpoint", route),
                slots={"name": name, "route": route},
            )


def _own(project: Project, endpoint: Endpoint) -> tuple[Answer, ...]:
    """What the handler itself answers, in the order of its text."""
    given = (answer for answer in answers(project, endpoint) if answer.response.function == endpoint.handler)
    return tuple(sorted(given, key=lambda answer: answer.at[:3]))


def _method(answer: Answer) -> str:
    """The method in whose branch of a handler for several an answer is given, `""` where it is for all."""
    found = (METHOD.search(one) for one in answer.response.conditions if not one.startswith("not "))
    return next((match[1].upper() for match in found if match is not None), "")


def _branch(at: Location, own: Sequence[Answer]) -> str:
    """The method in whose branch something stands, by the answers around it: a branch goes on until it has answered."""
    before = [answer for answer in own if answer.at[:3] < at[:3]]
    open_ = _method(before[-1]) if before else ""
    if open_ and all((answer.status or 0) >= 400 for answer in before if _method(answer) == open_):
        return open_
    return next((_method(answer) for answer in own if answer.at[:3] >= at[:3]), "")


def _handed(
    project: Project, endpoint: Endpoint, known: Mapping[tuple[str, str], tuple[Write, ...]]
) -> Iterator[tuple[Location, Value]]:
    """Where a handler hands a body that nothing checks to a function that writes it, with the part that is handed."""
    place = (endpoint.handler_path, endpoint.handler)
    function = project.view(functions).get(place)
    if function is None:
        return
    unmarked = (name for name, kind in endpoint.route.bodies if _is_unmarked(project, endpoint.handler_path, kind))
    loose = (*endpoint.route.loose, *unmarked)
    if not (loose or REQUESTS.intersection(function.parameters) or endpoint.framework == "flask"):
        return
    for write in known.get(place, ()):
        if write.value is not None and (part := part_of(write.value, loose)) is not None:
            yield write.at, part
    targets = {callee: called(project, function, callee) for callee in function.calls}
    writing = {callee: target for callee, target in targets.items() if target is not None and known.get(target)}
    names = {callee.rpartition(".")[2] for callee in writing}
    for call in project.calls_made(endpoint.handler_path, names) if names else ():
        target = writing.get(call.callee) or next(
            (one for callee, one in writing.items() if callee.rpartition(".")[2] == call.callee.rpartition(".")[2]),
            None,
        )
        inner = project.view(functions).get(target) if target is not None else None
        if call.function != endpoint.handler or target is None or inner is None or _looks(project, inner):
            continue
        for name, given in zip(inner.parameters, call.arguments, strict=False):
            part = part_of(given, loose) or of_body(given)
            kept = (one.value for one in known[target] if one.value and not LOG.search(one.table))
            if part is not None and any(part_of(one, (name,)) for one in kept):
                yield call.at, part


def _is_unmarked(project: Project, path: str, kind: str) -> bool:
    """Whether a class has fields, and no decorator or base that could say what they may hold."""
    place = located(project, path, kind)
    found = project.view(classes).get(place) if place is not None else None
    if found is None or not found.fields or found.bases:
        return False
    return all(map(DESCRIBES.match, found.marks))


def _looks(project: Project, function: Function) -> bool:
    """Whether a function that is handed a body looks at it."""
    if any(CHECKS.search(name) and name != "JSON.parse" for name in function.calls):
        return True
    own = (
        one
        for one in project.view(responses)
        if (one.at.path, one.response.function) == (function.at.path, function.name)
    )
    return any((said := told(one)) is not None and said[0] is Fault.INVALID for one in own)


def _checks(
    project: Project, endpoint: Endpoint, write: Location, own: Sequence[Answer], tests: Iterable[Check]
) -> bool:
    """Whether anything in front of the handler, or in the branch of it that writes, looks at the body before it does."""
    branch = _branch(write, own)
    if any(guards_body(project, endpoint.at.path, name) for name in endpoint.guards):
        return True
    if any(not is_elsewhere(test.value) and _branch(test.at, own) in ("", branch) for test in tests):
        return True
    thrown = project.calls_made(endpoint.handler_path, THROWN)
    before = (one for one in thrown if one.function == endpoint.handler and one.at < write)
    said = (text for one in before for value in one.arguments[:1] for text in words(value))
    if any(meant(text) is Fault.INVALID or DEMANDS.search(text) for text in said):
        return True
    function = project.view(functions).get((endpoint.handler_path, endpoint.handler))
    calls = function.calls if function is not None else ()
    calls = tuple(name for name in calls if name not in ("JSON.parse", *loading(project, endpoint)))
    names = {name.rpartition(".")[2] for name in calls if CHECKS.search(name)}
    made = project.calls_made(endpoint.handler_path, names) if names else ()
    for name in names:
        several = [one for one in made if one.function == endpoint.handler and one.callee.rpartition(".")[2] == name]
        before = (one for one in several if one.at[:3] < write[:3] or write.holds(one.at))
        if not several or any(looks_at_body(one) and _branch(one.at, own) in ("", branch) for one in before):
            return True
    parameters = {name.strip("{}[]<>:.") for name in endpoint.written if not name.isidentifier()}
    here = [answer for answer in own if not branch or _method(answer) in ("", branch)]
    own_parameters = function.parameters if function is not None else ()
    elsewhere = parameters | _rows(here)
    return any(_refuses(project, answer, own_parameters) and not _is_about(elsewhere, answer) for answer in here)


def _is_allowed(taken: Value, answer: Answer) -> bool:
    """Whether a refusal asks if the caller may choose this very value, or a page is left for what it is."""
    last = re.escape(spelled(taken).rpartition(".")[2])
    test = next(iter(answer.response.conditions), "")
    named_here = re.search(rf"(?<![\w.]){last}\b|\b(?:body|data|json|form)\.{last}\b", test)
    return answer.status in (302, 303, 403) and named_here is not None


def _is_there(taken: Value, answer: Answer) -> bool:
    """Whether a refusal asks if there is what this very value names."""
    lacks = answer.response.lacks
    looked_up = answer.status == 404 and _is_lookup(lacks) and not any(map(WRITES.search, _callees(lacks)))
    return looked_up and any(spelled(one) == spelled(taken) for one in leaves(lacks))


def _callees(value: Value | None) -> list[str]:
    return [one.callee for one in leaves(value) if isinstance(one, Call)]


def _rows(own: Iterable[Answer]) -> set[str]:
    """The variables of rows that a handler looked up, by its answers where there are none."""
    lacking = (answer for answer in own if isinstance(answer.response.lacks, Call) and answer.response.conditions)
    tests = (ABSENT.match(answer.response.conditions[0]) for answer in lacking if _is_lookup(answer.response.lacks))
    return {test[1] or test[2] for test in tests if test is not None}


def _is_lookup(value: Value | None) -> bool:
    return bool(relation(value)) or (isinstance(value, Call) and bool(looked_for(value)))


def _is_about(others: Collection[str], answer: Answer) -> bool:
    """Whether all that a refusal asked before it are others than the body: `!ObjectId.isValid(id)`, `boat.sold`."""
    test = next(iter(answer.response.conditions), "")
    other = CALLED_BY.sub("", test)
    asked = {*NAMES.findall(other), *PARTS.findall(other)}
    return bool(asked) and asked <= set(others)


def _refuses(project: Project, answer: Answer, parameters: Collection[str]) -> bool:
    """Whether an answer may be about the body: by its words, or a 400 or 422 that does not speak of something else."""
    clause = project.view(clauses).around(answer.at) if answer.response.in_catch else None
    said = told(answer) or checked(answer, clause)
    if said is not None:
        return said[0] is Fault.INVALID
    if clause is not None and CATCH_ALL.issuperset(clause.exceptions) and not any(map(READS.search, clause.attempts)):
        return False  # whatever went wrong, it was nobody's look at the body
    if any(map(_is_lookup, (answer.response.lacks, answer.response.finds))) or forbids(answer):
        return False
    if any(asked(test, parameters, answer.response.function) for test in answer.response.conditions[:1]):
        return False
    if answer.status is None and not answer.response.raised:
        return _is_called_refusal(answer)
    return answer.status in (None, 400, 422)


def _is_called_refusal(answer: Answer) -> bool:
    """Whether what nobody could follow is a refusal by its name, and not of what the path says: `Api.badRequest(…)`."""
    lacks = answer.response.lacks
    named_so = status_of_word(answer.response.helper.rpartition(".")[2]) in (400, 422)
    return named_so and (lacks is None or not is_elsewhere(lacks))


REMARK = "The first caller who leaves `{name}` out, or sends a novel in it, decides what this table holds. Let a schema read the body before the database does."

EXAMPLES = [
    """
=== src/routes/api/looms/[id]/+server.ts
import { ApiResponse } from "$lib/responses";
import { supabase } from "$lib/db";

export async function PATCH({ request, params }) {
  if (!params.id) return ApiResponse.badRequest("Loom id required");
  const body = await request.json();
  if (typeof body.running !== "boolean") return ApiResponse.badRequest("Expected a boolean");
  await supabase.from("looms").update({ running: body.running }).eq("id", params.id);
  return ApiResponse.success();
}
export async function PUT({ request, params }) {
  if (!params.id) return ApiResponse.badRequest("Loom id required");
  const body = await request.json();
  await supabase.from("looms").update({ running: body.running }).eq("id", params.id); // <-- only the path was asked for
  return ApiResponse.success();
}
=== src/lib/responses.ts
import { json } from "@sveltejs/kit";

export class ApiResponse {
  static error(message: string, status: number) {
    return json({ message }, { status });
  }
  static badRequest(message: string) {
    return this.error(message, 400);
  }
  static success() {
    return json({}, { status: 200 });
  }
}
=== src/sweep.ts
import express from "express";
import { keep, note } from "./kept";

const app = express();

app.post("/sweeps", async (req, res) => {
  try {
    await sweep();
    res.status(204).end();
  } catch (failed) {
    await note(failed, req.body.isDry);
    res.status(500).end();
  }
});
app.post("/brooms", async (req, res) => {
  await keep(req.body.name); // <-- to the table of brooms
  res.status(204).end();
});
=== src/kept.ts
import { pool } from "./db";

export async function note(failed: Error, isDry: boolean) {
  await pool.query("insert into error_logs (message, dry) values ($1, $2)", [failed.message, isDry]);
}
export async function keep(name: string) {
  await pool.query("insert into brooms (name) values ($1)", [name]);
}
""",
    """
=== supabase/functions/organize/index.ts
import { createClient } from "https://esm.sh/@supabase/supabase-js@2";

Deno.serve(async (req) => {
  const supabase = createClient(Deno.env.get("SUPABASE_URL"), Deno.env.get("SUPABASE_ANON_KEY"));
  const { crateId } = await req.json();
  if (!crateId) {
    throw new Error("Crate id is required");
  }
  await supabase.from("shelves").insert({ crate_id: crateId });
  return new Response(null, { status: 204 });
});
=== supabase/functions/answers/index.ts
import { createClient } from "https://esm.sh/@supabase/supabase-js@2";
import { prisma } from "../prisma.ts";

Deno.serve(async (req) => {
  const { question } = await req.json();
  const found = await prisma.question.findUnique({ where: { id: question } });
  if (!found) return new Response(JSON.stringify({ error: "No such question" }), { status: 404 });
  await prisma.answer.create({ data: { question } });
  return new Response(null, { status: 204 });
});
=== supabase/functions/rename/index.ts
import { createClient } from "https://esm.sh/@supabase/supabase-js@2";

Deno.serve(async (req) => {
  const supabase = createClient(Deno.env.get("SUPABASE_URL"), Deno.env.get("SUPABASE_ANON_KEY"));
  const { newName } = await req.json();
  if (!newName) throw new Error("New name required");
  await supabase.from("shelves").insert({ name: newName });
  return new Response(null, { status: 204 });
});
""",
    """
=== wharf/urls.py
from django.urls import path

from wharf import views

urlpatterns = [path("moor/", views.moor), path("signal/", views.signal)]
=== wharf/views.py
from django.http import HttpResponseRedirect

from wharf.models import Mooring, Signal

def moor(request):
    boat = request.POST.get("boat", None)
    if not boat:
        return HttpResponseRedirect("/moorings/")
    mooring = Mooring(boat=boat, owner=request.user)
    mooring.save()
    return HttpResponseRedirect(f"/moorings/{mooring.id}/")

def signal(request):
    if not request.user.is_staff:
        return HttpResponseRedirect("/login/")
    sent = Signal(flags=request.POST.get("flags"), sender=request.user)
    sent.save()  # <-- who sends it says nothing of the flags
    return HttpResponseRedirect("/signals/")
""",
    """
=== alms/http.py
import json

from django.http import JsonResponse

def parse_json(request):
    try:
        return json.loads(request.body or b"{}")
    except ValueError:
        return None
=== alms/urls.py
from django.urls import path

from alms import views

urlpatterns = [path("gifts/", views.give), path("pledges/", views.pledge)]
=== alms/views.py
from django.http import JsonResponse
from django.views.decorators.http import require_POST

from alms.forms import PledgeForm
from alms.http import parse_json
from alms.models import Gift, Pledge

@require_POST
def give(request):
    data = parse_json(request)
    gift = Gift.objects.create(giver=data["giver"], note=data.get("note", ""))  # <-- parsed by a helper, checked by none
    return JsonResponse({"id": gift.pk}, status=201)

@require_POST
def pledge(request):
    form = PledgeForm(parse_json(request))
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    made = Pledge.objects.create(giver=form.cleaned_data["giver"])
    return JsonResponse({"id": made.pk}, status=201)
""",
    """
=== src/rooms.js
const express = require('express')
const { pool } = require('./db')

const app = express()

app.post('/rooms/:id/guests', async (req, res) => {
  const { rows } = await pool.query('select * from rooms where id = $1', [req.params.id])
  const room = rows[0]
  if (!room) return res.status(404).json({ error: 'Room not found' })
  if (room.state !== 'free') return res.status(400).json({ error: 'It is busy' })
  if (room.owner_id === req.user.id) return res.status(400).json({ error: 'It is yours' })
  await pool.query('insert into guests (room, name) values ($1, $2)', [room.id, req.body.name]) // <-- nothing of it
  res.status(201).end()
})
=== src/claims.controller.ts
import { BadRequestException, Body, Controller, NotFoundException, Param, Post, Put } from '@nestjs/common'
import { InjectRepository } from '@nestjs/typeorm'
import { Repository } from 'typeorm'
import { Claim } from './claim.entity'

@Controller('claims')
export class ClaimsController {
  constructor(@InjectRepository(Claim) private readonly claims: Repository<Claim>) {}

  @Put(':id')
  async change(@Param('id') id: string, @Body() body: any) {
    const claim = await this.claims.findOneBy({ id })
    if (!claim) throw new NotFoundException('No such claim')
    if (claim.closed) throw new BadRequestException('It is closed')
    claim.text = body.text
    await this.claims.save(claim) // <-- that it is open says nothing of the text
  }

  @Post(':id')
  async merge(@Param('id') id: string, @Body() body: any) {
    const claim = await this.claims.findOneBy({ id })
    if (body.text === claim.text) throw new BadRequestException('Nothing new')
    claim.text = body.text
    await this.claims.save(claim)
  }
}
""",
    """
=== src/items.ts
import { Router } from "express";
import { Items } from "./repository";
import { signedIn, validateBody, schema } from "./middleware";

const items = new Items();
const router = Router();

router.post("/items", validateBody(schema), async (req, res) => {
  await items.add(req.body.name);
  res.status(201).end();
});

router.post("/drafts", signedIn, async (req, res) => {
  await items.add(req.body.name); // <-- to the method that writes it
  res.status(201).end();
});
=== src/repository.ts
import { pool } from "./db";

export class Items {
  async add(name: string) {
    await pool.query("insert into items (name) values ($1)", [name]);
  }
}
""",
    """
=== supabase/functions/pledges/index.ts
import { createClient } from 'npm:@supabase/supabase-js@2'
import { z } from 'npm:zod'

const Pledge = z.object({ cents: z.number() })
const supabase = createClient(Deno.env.get('SUPABASE_URL')!, Deno.env.get('SUPABASE_ANON_KEY')!)

Deno.serve(async (req) => {
  if (req.method === 'POST') {
    const pledge = Pledge.safeParse(await req.json())
    if (!pledge.success) return Response.json({ message: 'Invalid pledge' }, { status: 422 })
    const { error } = await supabase.from('pledges').insert(pledge.data)
    return error ? Response.json({}, { status: 500 }) : Response.json({}, { status: 201 })
  }
  if (req.method === 'PATCH') {
    const { id, note } = await req.json()
    const { error } = await supabase.from('pledges').update({ note }).eq('id', id) // <-- the schema is for POST
    return error ? Response.json({}, { status: 500 }) : Response.json({})
  }
  return Response.json({ message: 'Method not allowed' }, { status: 405 })
})
""",
    """
=== pages/api/tickets/[id].ts
import { ObjectId } from 'mongodb'
import type { NextApiRequest, NextApiResponse } from 'next'
import { database } from 'lib/mongo'

export default async function handler(req: NextApiRequest, res: NextApiResponse) {
  const { id } = req.query as { id: string }
  if (!ObjectId.isValid(id)) return res.status(400).json({ message: 'Invalid ticket id' })
  const tickets = (await database()).collection('tickets')
  if (req.method === 'PUT') {
    const { subject, text } = req.body
    await tickets.updateOne({ _id: new ObjectId(id) }, { $set: { subject, text } }) // <-- only the path was checked
    return res.json({})
  }
  if (req.method === 'PATCH') {
    const { subject } = req.body
    if (!subject) return res.status(400).json({ message: 'subject is required' })
    await tickets.updateOne({ _id: new ObjectId(id) }, { $set: { subject } })
  }
  res.status(204).end()
}
""",
    """
=== src/rooms/rooms.controller.ts
import { Body, Controller, Param, Patch, Post, Put } from '@nestjs/common'
import { RoomChange, RoomDto } from './room.dto'
import { RoomsService } from './rooms.service'

@Controller('rooms')
export class RoomsController {
  constructor(private readonly rooms: RoomsService) {}

  @Post()
  create(@Body() body: RoomDto) {
    return this.rooms.create(body.name)
  }

  @Patch(':id')
  async change(@Param('id') id: string, @Body() body: RoomChange) {
    await this.rooms.change(id, body) // <-- its class says nothing that a pipe could check
  }

  @Put(':id')
  async rename(@Param('id') id: string, @Body() body: Record<string, string>) {
    await this.rooms.rename(id, body.name) // <-- a record is gone when the program runs
  }

  @Put(':id/size')
  resize(@Param('id') id: string, @Body('size') size: number) {
    return this.rooms.resize(id, size)
  }
}
=== src/rooms/room.dto.ts
import { IsString } from 'class-validator'

export class RoomDto {
  @IsString()
  name: string
}

export class RoomChange {
  name?: string
  size?: number
}
=== src/rooms/rooms.service.ts
import { BadRequestException, Injectable } from '@nestjs/common'
import { InjectRepository } from '@nestjs/typeorm'
import { Repository } from 'typeorm'
import { Room } from './room.entity'

@Injectable()
export class RoomsService {
  constructor(@InjectRepository(Room) private readonly rooms: Repository<Room>) {}

  create(name: string) {
    return this.rooms.save({ name })
  }

  change(id: string, change: RoomChange) {
    return this.rooms.update({ id }, { name: change.name, size: change.size })
  }

  rename(id: string, name: string) {
    return this.rooms.update({ id }, { name })
  }

  resize(id: string, size: number) {
    if (!Number.isInteger(size)) throw new BadRequestException('size must be a number')
    return this.rooms.update({ id }, { size })
  }
}
=== server/guard.ts
import { jsonError } from './errors'

export function guarded(next: (request: Request, extra: object) => Promise<Response>) {
  return async (request: Request, extra: object) => {
    if (!request.headers.get('authorization')) return jsonError(401, 'Sign in first')
    return next(request, extra)
  }
}
=== app/api/rows/[id]/route.ts
import { db } from '@/server/db'
import { guarded } from '@/server/guard'

export const PUT = guarded(async (request, { params }) => {
  const { row } = await request.json()
  await db.updateTable('rows').set({ row }).where('id', '=', params.id).execute() // <-- who asks says nothing of what
  return Response.json({ row })
})
=== app/api/seats/[id]/route.ts
import { db } from '@/server/db'

export async function PUT(request: Request, { params }: { params: { id: string } }) {
  const { row } = await request.json()
  await db.updateTable('seats').set({ row }).where('id', '=', params.id).execute() // <-- Kysely's, too
  return Response.json({ row })
}
""",
    """
=== app/orders.py
from flask import Blueprint, request

bp = Blueprint("orders", __name__)

@bp.post("/orders")
def create():
    data = request.get_json()
    cursor.execute(  # <-- whatever the body says
        "insert into orders (product, quantity) values (%s, %s)",
        (data["product"], data.get("quantity")),
    )
    return {"status": "created"}, 201

@bp.post("/carts")
def cart():
    data = CartSchema().load(request.get_json())
    cursor.execute("insert into carts (owner) values (%s)", (data["owner"],))
    return {"status": "created"}, 201

@bp.post("/notes")
def note():
    data = request.get_json()
    if len(data.get("text", "")) > 500:
        return {"error": "too long"}, 422
    cursor.execute("insert into notes (text) values (%s)", (data["text"],))
    return {"status": "created"}, 201
""",
    """
=== src/server.ts
import express from 'express'
import { Pool } from 'pg'
import { z } from 'zod'

const pool = new Pool()
const app = express()
const Order = z.object({ product: z.string() })

app.post('/orders', async (req, res) => {
  await pool.query('insert into orders (product) values ($1)', [req.body.product]) // <-- no schema
  res.status(201).json({ ok: true })
})

app.post('/carts', async (req, res) => {
  const { product } = Order.parse(req.body)
  await pool.query('insert into carts (product) values ($1)', [product])
  res.status(201).json({ ok: true })
})
""",
    """
=== app/notes.py
from fastapi import APIRouter
from pydantic import BaseModel

router = APIRouter()

class Note(BaseModel):
    text: str

@router.post("/notes", status_code=201)
def create(note: Note, cursor=None):
    cursor.execute("insert into notes (text) values (%s)", (note.text,))
    return {"status": "created"}
""",
    """
=== app/boxes.py
from typing import Annotated

from fastapi import APIRouter, Body, Depends, HTTPException

from app.models import Box
from app.people import get_db, get_current_user

router = APIRouter()

@router.patch("/boxes/{box_id}")
def rename(box_id: int, payload: Annotated[dict, Body()], session=Depends(get_db), user=Depends(get_current_user)):
    box = session.get(Box, box_id)
    if box.owner_id != user.id:
        raise HTTPException(400, "hands off")
    box.title = payload["title"]  # <-- whose box it is says nothing of its title
    session.commit()

@router.put("/boxes/{box_id}")
def replace(box_id: int, payload: dict, session=Depends(get_db)):
    box = session.get(Box, box_id)
    for name, value in payload.items():
        setattr(box, name, value)  # <-- whatever the caller calls it
    session.commit()

@router.post("/boxes/{box_id}")
def fill(box_id: int, payload: dict, session=Depends(get_db)):
    box = session.get(Box, box_id)
    if not isinstance(payload["title"], str):
        raise HTTPException(422, "title")
    box.title = payload["title"]
    session.commit()
""",
    """
=== src/posts.ts
import express from "express";
import { check, checkDevice, needs, withBody } from "./middleware";
import { pool } from "./db";
import { Post } from "./schemas";

const app = express();

app.post("/posts", check(Post), async (req, res) => {
  await pool.query("insert into posts (text) values ($1)", [req.body.text]);
  res.status(201).end();
});
app.post("/drafts", needs("text"), async (req, res) => {
  await pool.query("insert into drafts (text) values ($1)", [req.body.text]);
  res.status(201).end();
});
app.post("/notes", withBody(Post, async (req, res) => {
  await pool.query("insert into notes (text) values ($1)", [req.body.text]);
  res.status(201).end();
}));
app.post("/pings", checkDevice, async (req, res) => {
  await pool.query("insert into pings (text) values ($1)", [req.body.text]); // <-- it looks at a header
  res.status(201).end();
});
app.post("/likes", async (req, res) => {
  const { rows } = await pool.query("insert into likes (post) values ($1) returning *", [req.body.post]); // <-- checked too late
  checkQuota(rows[0]);
  res.status(201).end();
});
=== src/middleware.ts
export const check = (schema) => (req, res, next) => {
  const { error, value } = schema.validate(req.body);
  if (error) return res.status(422).json({ error });
  req.body = value;
  next();
};

export const needs = (...keys) => (req, res, next) => {
  for (const key of keys) if (!(key in req.body)) return res.status(400).json({ error: key });
  next();
};

export const withBody = (schema, run) => async (req, res) => {
  req.body = await schema.parseAsync(req.body);
  return run(req, res);
};

export const checkDevice = (req, res, next) => {
  if (req.headers["x-device"] !== process.env.DEVICE) return res.status(401).end();
  next();
};
""",
    """
=== src/bays.ts
import Fastify from "fastify";
import { pool } from "./db";

const app = Fastify();

app.post("/bays", { schema: { response: { 201: {} } } }, async (request, reply) => {
  await pool.query("insert into bays (name) values ($1)", [request.body.name]); // <-- a schema of what goes out
  return reply.code(201).send({});
});
app.post("/docks", { schema: { body: Dock } }, async (request, reply) => {
  await pool.query("insert into docks (name) values ($1)", [request.body.name]);
  return reply.code(201).send({});
});
""",
    """
=== src/boats.js
const express = require('express')
const { Boat } = require('./models/boat')

const app = express()
app.patch('/boats/:id', async (req, res) => {
  const boat = await Boat.findById(req.params.id)
  if (!boat) return res.status(404).json({ message: 'Boat not found' })
  Object.assign(boat, req.body) // <-- whatever it is
  await boat.save()
  res.json(boat)
})
""",
    """
=== bank/parcels.py
from flask import Blueprint, jsonify, request

from .models import Parcel

bp = Blueprint("parcels", __name__, url_prefix="/parcels")

@bp.route("/<int:parcel_id>/items", methods=["PATCH"])
def change(parcel_id):
    try:
        parcel = Parcel.get_by_id(parcel_id)
        parcel.contents = request.json["items"]  # <-- that it may fail in any way is no look at it
        parcel.save()
    except Exception:
        return jsonify(detail="failed"), 400
    return jsonify(id=parcel_id)

@bp.route("/<int:parcel_id>/weight", methods=["PATCH"])
def weigh(parcel_id):
    try:
        parcel = Parcel.get_by_id(parcel_id)
        parcel.weight = int(request.json["weight"])
        parcel.save()
    except Exception:
        return jsonify(detail="failed"), 400
    return jsonify(id=parcel_id)
""",
]
