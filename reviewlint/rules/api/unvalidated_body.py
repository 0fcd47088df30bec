"""What a request's body says is written to the database unseen.

Without a schema the first caller with a missing field gets a 500, the first with an extra one writes a column nobody
meant to offer, and the first with a number of the wrong size fills the table with it. A schema in front of the handler
(pydantic, marshmallow, a serializer, zod, joi, …) turns all three into a 422 that says which field.

Silent wherever the handler checks anything: a validator's call, a test with a 4xx, a schema among the route's guards. By
default a row has to take several parts of the body as they came, or the only one that it has of it.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from ...facts.code import Function
from ...facts.data import CallMade, Check
from ...facts.imports import Import
from ...facts.location import Location, Related
from ...facts.statuses import status_of_word
from ...facts.values import Call, Choice, Constant, Parameter, Record, Reference, Value
from ...finding import Finding, Subject
from ...join.bodies import words
from ...join.clauses import clauses
from ...join.endpoints import Endpoint, answers, endpoints
from ...join.faults import Fault, checked, meant, told
from ...join.functions import calling_named, classes, functions
from ...join.grounds import forbids
from ...join.inspected import CHECKS, guards_body, is_elsewhere, loading, looks_at_body, reads_number
from ...join.lookups import relation
from ...join.places import called, located
from ...join.responses import CATCH_ALL, Answer, responses
from ...join.rows import looked_for
from ...join.services import services
from ...join.standing import asked
from ...join.taken import REQUESTS, as_they_came, leaves, of_body, part_of, spelled
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
    strictly="the fields of a form, whose texts are often looked at by truth and length alone, or are anybody's to choose, "
    "and the only field that a row takes as it came, where something is made of the others, another value may stand for it "
    "or it is handed on beside what was looked up.",
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
    rf"(?:^|\.)(?:int|float|Decimal|UUID|Number|BigInt|fromisoformat|strptime)$|{CHECKS.pattern}",
    re.IGNORECASE,
)
"""Calls that fail by the form of what they are given."""
NAMES = re.compile(
    r"(?<![\w.'\"])(?!(?:not|and|or|typeof|instanceof|is|in|true|false|null|undefined|None)\b)[A-Za-z_]\w*\b(?![.('\"])"
)
"""The variables in a condition."""
CALLED_BY = re.compile(r"\b(?:req|request|ctx|c|context)\.(?:user|auth|session|params|query|state|headers)\b[\w.?!]*")
"""What a request says beside its body of who asks for what."""
NAME = re.compile(r"[A-Za-z_]\w*")
PARTS = re.compile(r"(?<![\w.'\"])([a-z_]\w*)[?!]?(?:\.\w+)+(?![\w(])")
"""Those of which it asks a part."""
WRITES = re.compile(r"(?:update|create(?!\w*Client$)|insert|upsert|delete|replace|save)\w*$", re.IGNORECASE)
"""Calls that give back the row that they wrote."""
ABSENT = re.compile(r"(?:!|not )(\w+)$|(\w+) (?:={2,3} (?:null|undefined)|is None)$")
"""The test of a variable that nothing was found for."""
FORM = re.compile(r"\.(?:POST|form|forms|values)\b(?!\()")
"""What Django, Flask and Bottle call the fields of a form."""
LOG = re.compile(
    r"^logs?$|(?:error|audit|access|event|activity|debug|request|api|system|security)_?logs?$", re.IGNORECASE
)
"""Tables that keep what happened, whatever it was."""
DESCRIPTION = re.compile(
    r"(?:express-openapi(?:-validat\w+)?|openapi-backend|express-oas-validator|koa-oas3|fastify-openapi-glue|connexion"
    r"|exegesis(?:-\w+)?|openapi-validator-middleware|swagger-tools|oas-tools|openapi-enforcer-middleware)$"
)
"""Packages that hold every request against a description of the whole API."""
STRIPS = ("whitelist", "forbidUnknownValues")
"""Options of Nest's `ValidationPipe` (docs.nestjs.com/techniques/validation)."""
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
        found = [
            (one.at, taken, _is_unlooked_at(one.value, loads), _names_in(one.value, loads))
            for one in known.get(place, ())
            if one.value and (taken := of_body(one.value, loads))
        ]
        found += [(*handed, frozenset[str]())] if handed is not None else []
        own = _own(project, endpoint) if found else ()
        for at, taken, certain, parts in found:
            branch = _branch(at, own)
            if (*place, branch) in seen or (branch and endpoint.method not in (branch, "*")):
                continue
            if any(_is_allowed(taken, answer) or _is_there(taken, answer) for answer in own):
                continue  # another part of the body may be nobody's to look at
            seen.add((*place, branch))
            if _checks(project, endpoint, at, own, tests[place]) or reads_number(project, place, at, taken):
                continue
            if any(_lists(text, parts) for text in _told(_thrown(project, endpoint, at))):
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
                strict=not certain or FORM.search(name) is not None,
            )


def _is_unlooked_at(value: Value, loads: frozenset[str]) -> bool:
    """Whether a row takes the body as it came: several parts of it, or the only one that it has of it.

    Where it makes something of the others, or puts something else in the place of the only one, somebody looked.
    """
    came = list(as_they_came(value, loads))
    taken = {spelled(one) for one in came}
    parts = (one for one in leaves(value) if isinstance(one, Reference | Parameter))
    held = {spelled(one) for one in parts if of_body(one, loads) is not None}
    chosen = isinstance(value, Record) and any(
        isinstance(one, Choice) and any(as_they_came(one, loads)) for _, one in value.entries
    )
    return len(taken) > 1 or not (held - taken - {spelled(inner) for one in came for inner in leaves(one)} or chosen)


def _names_in(value: Value, loads: frozenset[str]) -> frozenset[str]:
    """What the body calls the parts of it that a row takes as they came."""
    return frozenset(spelled(one).rpartition(".")[2] for one in as_they_came(value, loads))


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
) -> Iterator[tuple[Location, Value, bool]]:
    """Where a handler hands a body that nothing checks to a function that writes it, with the part that is handed.

    Last whether it is handed alone: beside what was looked up, somebody may have looked at it.
    """
    place = (endpoint.handler_path, endpoint.handler)
    function = project.view(functions).get(place)
    if function is None:
        return
    unmarked = (name for name, kind in endpoint.route.bodies if _is_unmarked(project, endpoint.handler_path, kind))
    is_kept = project.view(services).of(endpoint.at.path) not in project.view(_stripping)
    loose = (*endpoint.route.loose, *(unmarked if is_kept else ()))
    if not (loose or REQUESTS.intersection(function.parameters) or endpoint.framework == "flask"):
        return
    for write in known.get(place, ()):
        if write.value is not None and (part := part_of(write.value, loose)) is not None:
            yield write.at, part, True
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
        tested, refused = _tested(project, inner), _refused(project, inner)
        for name, handed in zip(inner.parameters, call.arguments, strict=False):
            if name in tested or (name in refused and spelled(handed).rpartition(".")[2] == name):
                continue
            given = _without(handed, refused)
            part = part_of(given, loose) or of_body(given)
            kept = (one.value for one in known[target] if one.value and not LOG.search(one.table))
            if part is not None and any(part_of(one, (name,)) for one in kept):
                yield call.at, part, not any(isinstance(one, Call) and one is not part for one in call.arguments)


def _tested(project: Project, function: Function) -> frozenset[str]:
    """The parameters of which a function tests a part, after which only certain values go on."""
    tests = (one.value for one in project.facts_of(function.at.path, Check) if one.function == function.name)
    return frozenset(one.name for value in tests for one in leaves(value) if isinstance(one, Parameter))


def _refused(project: Project, function: Function) -> frozenset[str]:
    """The words in what a function asks before it refuses anything, and in what it looks up and refuses where it is not
    there; what must not be there twice may be anything.
    """
    place = function.at.path, function.name
    own = [one.response for one in project.view(responses) if (one.at.path, one.response.function) == place]
    sought = (spelled(leaf) for one in own for leaf in leaves(one.lacks))
    asked = (test for one in own for test in one.conditions)
    return frozenset(word for text in (*sought, *asked) for word in NAME.findall(text))


def _without(handed: Value, refused: Collection[str]) -> Value:
    """What a function is handed, of an object without the fields that it asks for itself before it refuses anything."""
    if not isinstance(handed, Record):
        return handed
    return replace(handed, entries=tuple(entry for entry in handed.entries if entry[0] not in refused))


def _is_unmarked(project: Project, path: str, kind: str) -> bool:
    """Whether a class has fields, and no decorator or base that could say what they may hold."""
    place = located(project, path, kind)
    found = project.view(classes).get(place) if place is not None else None
    if found is None or not found.fields or found.bases:
        return False
    return all(map(DESCRIBES.match, found.marks))


def _stripping(project: Project) -> frozenset[str]:
    """The view: the services that run all bodies past Nest's pipe, and have it keep nothing that no decorator is on."""
    names = project.view(services)
    paths = {caller.at.path for _, caller in calling_named(project, "useGlobalPipes")}
    return frozenset(
        names.of(path)
        for path in paths
        for call in project.calls_made(path, {"useGlobalPipes"})
        if any(map(_strips, call.arguments))
    )


def _strips(pipe: Value) -> bool:
    """Whether a pipe drops fields without decorators, or refuses classes that have none."""
    given = pipe.arguments[0] if isinstance(pipe, Call) and pipe.name == "ValidationPipe" and pipe.arguments else None
    said = [given.get(key) for key in STRIPS] if isinstance(given, Record) else []
    return any(isinstance(one, Constant) and one.value is True for one in said)


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
    own_thrown = _thrown(project, endpoint, write)
    if own_thrown and any(one.response.in_catch and one.status in (400, 422) for one in own):
        return True  # of what it throws itself it says that it was the client's fault, in whatever words
    said = _told(own_thrown)
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


def _thrown(project: Project, endpoint: Endpoint, write: Location) -> list[CallMade]:
    """What a handler makes to throw before it writes, of no class of its own."""
    thrown = project.calls_made(endpoint.handler_path, THROWN)
    return [one for one in thrown if one.function == endpoint.handler and one.at < write]


def _told(thrown: Iterable[CallMade]) -> Iterator[str]:
    """The texts that it is made with."""
    return (text for one in thrown for value in one.arguments[:1] for text in words(value))


def _lists(text: str, parts: Collection[str]) -> bool:
    """Whether a text names several of these parts: "Faltan campos: name, subject"."""
    return sum(re.search(rf"(?<![\w.]){re.escape(one)}\b", text) is not None for one in parts) > 1


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
from sqlalchemy import insert

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

@router.post("/boxes")
def stow(rows: Annotated[list[dict], Body()], session=Depends(get_db)):
    session.execute(insert(Box).values(rows))  # <-- as many as they like, of whatever they like

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

@router.post("/lids")
def cover(lid: Lid, owner: dict = Depends(get_current_user), shelf: Annotated[dict, Depends(get_shelf)] = None, db=Depends(get_db)):
    db.table("lids").insert({"owner": owner["id"], "shelf": shelf["id"], "name": lid.name}).execute()
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
=== supabase/functions/move-crate/index.ts
import { createClient } from "npm:@supabase/supabase-js@2";

Deno.serve(async (req) => {
  const supabase = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!);
  const { crateId, shelf } = await req.json().catch(() => ({}));
  const { data: crate, error: crateError } = await supabase.from("crates").select("id").eq("id", crateId).single();
  if (crateError || !crate) return Response.json({ error: "Crate not found" }, { status: 404 });
  await supabase.from("moves").insert({ crate: crateId });
  await supabase.from("crates").update({ shelf }).eq("id", crateId); // <-- nobody looked at the shelf
  return Response.json({ crate }, { status: 201 });
});
""",
    """
=== src/buckets.ts
import express from "express";
import { request } from "./asked";
import { pool, supabase } from "./db";

const app = express();

app.patch("/buckets/:id", async (req, res) => {
  const { label, leaks } = req.body;
  await supabase.from("buckets").update({ label: String(label).trim(), leaks }).eq("id", req.params.id); // <-- strict: it looks at the other
  res.json({});
});
app.post("/buckets", async (req, res) => {
  await supabase.from("buckets").insert({ holds: req.body.holds ?? 9 }); // <-- strict: nine where it is none
  res.status(201).json({});
});
app.post("/pails", async (req, res) => {
  const { label, holds } = req.body;
  await supabase.from("pails").insert({ label, holds: holds ?? 9 }); // <-- whatever the label is
  res.status(201).json({});
});
app.post("/asked", async (req, res) => {
  const bucket = await supabase.from("buckets").select("id").eq("id", req.body.bucket).throwOnError();
  await request(bucket, req.body.note); // <-- strict: the bucket was looked up
  res.status(201).json({});
});
=== src/asked.ts
import { pool } from "./db";

export async function request(bucket: Row, note: string) {
  await pool.query("insert into asked (bucket, note) values ($1, $2)", [bucket.id, note]);
}
""",
    """
=== supabase/functions/carts/index.ts
import { createClient } from "npm:@supabase/supabase-js@2";

Deno.serve(async (req) => {
  const supabase = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!);
  try {
    const { holds, wheels } = await req.json();
    const { error } = await supabase.from("carts").insert({ holds, wheels }); // <-- that it is JSON says nothing of it
    if (error) throw error;
    return Response.json({});
  } catch {
    return Response.json({ error: "no cart" }, { status: 400 });
  }
});
=== supabase/functions/barrows/index.ts
import { createClient } from "npm:@supabase/supabase-js@2";

Deno.serve(async (req) => {
  const supabase = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!);
  try {
    const { holds, wheels } = await req.json();
    if (!holds || !wheels) throw new Error("Räder fehlen");
    const { error } = await supabase.from("barrows").insert({ holds, wheels });
    if (error) throw error;
    return Response.json({});
  } catch (error) {
    return Response.json({ error: error.message }, { status: 400 });
  }
});
=== supabase/functions/wagons/index.ts
import { createClient } from "npm:@supabase/supabase-js@2";

Deno.serve(async (req) => {
  const supabase = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!);
  try {
    const { holds, wheels } = await req.json();
    if (!holds || !wheels) throw new Error("Es fehlen: holds, wheels");
    const { error } = await supabase.from("wagons").insert({ holds, wheels });
    if (error) throw error;
    return Response.json({});
  } catch {
    return Response.json({ error: "no wagon" }, { status: 500 });
  }
});
""",
    """
=== app/routes.py
from flask import Blueprint, request

from app.sections import Sections

bp = Blueprint("sections", __name__)

@bp.post("/sections")
def add():
    sections = Sections()
    return sections.add_section(request.json)

@bp.post("/chapters")
def append():
    sections = Sections()
    return sections.add_chapter(request.json)  # <-- it tests something else
=== app/sections.py
import re

class Sections:
    def add_section(self, section):
        key = (section.get("key") or "").strip()
        if not re.fullmatch("[a-z]+", key):
            key = "section"
        self.cursor.execute("INSERT INTO sections (key, name) VALUES (%s, %s)", (key, section["name"]))
        return {}

    def add_chapter(self, chapter):
        if not self.prefix.isdigit():
            self.prefix = "0"
        self.cursor.execute("INSERT INTO chapters (key, name) VALUES (%s, %s)", (chapter["key"], chapter["name"]))
        return {}
""",
    """
=== src/goals.ts
import { Router } from "express";
import { createGoal, createAim, createEnd, createHope } from "./goals.service";

const router = Router();

router.post("/goals", async (req, res) => {
  const { staffId, kind, period } = req.body;
  res.status(201).json(await createGoal(req.params.shop, { staffId, kind, period })); // <-- `kind` and `period`
});
router.post("/aims", async (req, res) => {
  const { staffId } = req.body;
  res.status(201).json(await createAim(req.params.shop, { staffId }));
});
router.post("/ends", async (req, res) => {
  const { staffId } = req.body;
  res.status(201).json(await createEnd(req.params.shop, staffId));
});
router.post("/hopes", async (req, res) => {
  const { text } = req.body;
  res.status(201).json(await createHope(req.params.shop, text)); // <-- nothing asks for it
});
=== src/goals.service.ts
import { ConflictError, NotFoundError } from "./errors";
import { prisma } from "./db";

export async function createGoal(shop: string, input: GoalInput) {
  const staff = await prisma.staff.findUnique({ where: { id: input.staffId } });
  if (!staff) throw new NotFoundError("Staff not found");
  const same = await prisma.goal.findFirst({ where: { shop, kind: input.kind } });
  if (same) throw new ConflictError("There is one of this kind");
  return prisma.goal.create({ data: { shop, staffId: input.staffId, kind: input.kind, period: input.period } });
}
export async function createAim(shop: string, input: AimInput) {
  const staff = await prisma.staff.findUnique({ where: { id: input.staffId } });
  if (!staff) throw new NotFoundError("Staff not found");
  return prisma.aim.create({ data: { shop, staffId: input.staffId } });
}
export async function createEnd(shop: string, staffId: string) {
  const staff = await prisma.staff.findUnique({ where: { id: staffId } });
  if (!staff) throw new NotFoundError("Staff not found");
  return prisma.end.create({ data: { shop, staffId } });
}
export async function createHope(shop: string, text: string) {
  const venue = await prisma.venue.findUnique({ where: { id: shop } });
  if (!venue) throw new NotFoundError("Venue not found");
  return prisma.hope.create({ data: { shop, text } });
}
""",
]
