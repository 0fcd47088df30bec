"""The client's fault is answered as the service's, or every failure as the client's.

A 500 pages somebody, is retried by clients and proxies, and counts against the service's error budget: for a missing
row or an invalid field all three are wrong. The other way round, a clause for every exception that answers 400 or 404
hides outages: the database is down, and the dashboards show users who mistype.

A clause for everything is shown by default where what it surrounds asks a database or another service, found in the code
or by a name that says so, and where nothing in the handler or the clause tells failures apart. A lookup is, where the row
is looked for by its own key; a code of the database, where the last test asked for it.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from ...facts.code import Catch
from ...facts.http import ErrorHandler
from ...facts.location import Related
from ...facts.statuses import status_of_word
from ...facts.values import Call, Choice, Constant, Parameter, Record, Reference, Unknown, Value, named
from ...finding import Confidence, Finding
from ...join.asked_for import is_asked_for, is_named, running
from ...join.callers import environment_of
from ...join.caught_above import is_caught_above
from ...join.clauses import clauses
from ...join.endpoints import answering, endpoints, handling
from ...join.failing import asks, fails_by_itself, gets_failures_back, leads_outside, stores, throwing
from ...join.faults import RIGHT, Fault, checked, said, told
from ...join.functions import functions
from ...join.habits import as_habits
from ...join.idle import is_idle
from ...join.lookups import is_by_path as is_given
from ...join.lookups import relation
from ...join.places import located
from ...join.refusals import refused
from ...join.responses import CATCH_ALL, INSTANCE, Answer, given_by, responses
from ...join.rows import is_by_path
from ...join.unexpected import unexpected
from ...join.within_reach import within_reach
from ...project import SERVER_SIDES, Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="medium",
    since="0.1.0",
    languages=("python", "typescript"),
    found_at=("Response",),
    serving=True,
    asked_by="S E",
    strictly="what the class of an exception or a message alone says where the service may be at fault after all, what is "
    "looked for by its owner alone, what was not done, a token's failure beside others, clauses that answer some failures apart, clauses "
    "around calls whose names do not tell whether they lead out of the process or which give their failures back; what is "
    "raised where no handler was seen to call, or stands in files of Python that nothing loads, in methods of views "
    "without a route and in tasks of a queue; and credentials of which nobody was seen to ask the request.",
    limits="Judged by the words of constant messages, by the database's error codes, and by clauses for every exception.",
)

BLAMED = frozenset({400, 404, 422})
SHOWN = 5
KEY = re.compile(r"^(?:id|sub)$|_id$|[a-z]Id$")
"""Names of what a row is looked up by."""
NAME = re.compile(r"[A-Za-z_]\w*")
WEBHOOK = re.compile(r"web_?-?hook", re.IGNORECASE)


WRITTEN = re.compile(r"^!?(?:updated|created|saved|inserted|stored|refreshed|new[A-Z_])")
"""A test of what was read again after it was written: that has to be there."""
DONE = re.compile(r"^`!(?!(?:deleted|removed)\b)[a-z]+ed\b")
"""A test of whether something was done: that it was not need not be for want of a row, as it is where none was removed."""
WRITES = re.compile(r"(?:^|[._])(?:update|create|insert|upsert|save)\w*$", re.IGNORECASE)
"""Calls that give back what they wrote: where that is nothing, it is no question of what there is."""
PARAMS = re.compile(r"^params\b")
"""What some frameworks call a part of the request, and others anything that a function is given."""
ABSENT = re.compile(
    r"(?:!|\bnot )\(?([A-Za-z_][\w.]*)\b(?!\()|([A-Za-z_][\w.]*) (?:is None|={2,3} (?:null|undefined))\b"
)
"""The tests of what is not there."""
COMPARES = re.compile(r"[=!]==?(?! ?(?:null|undefined)\b)|[<>]|\bin\b")
VALIDATE = frozenset({"safeParse", "safeParseAsync", "validate", "validateSync", "validateAsync", "validationResult"})
RAISES = frozenset({"parse", "parseAsync"})
"""The schemas' calls that throw what they find."""
UNSET = re.compile(
    r"\bnot (?:been )?(?:configured|set up)\b|\bmisconfigur|(?:\b|_)(?:run(?: the)?|pending) migration|migrations?[ _](?:is |are )?required"
    r"|\b(?:column|relation|table) (?:\S+ )?does not exist\b",
    re.IGNORECASE,
)
"""What an answer says where it is the service that lacks something."""
SENT = re.compile(
    r"body|input|payload|query|params|\bdto\b|Dto\b|\breq\b|request|\bform\b|is_valid\(|validat(?:or|ion ?error)",
    re.IGNORECASE,
)
"""Names and words of what a client sent."""
CALLER = re.compile(
    r"\breq(?:uest)?\b|header|cookie|authorization|bearer|(?:\b|get_?)user\b|current_?user|session|\bjwt\b|verif|compare"
    r"|passw(?:or)?d|log_?in|sign_?in",
    re.IGNORECASE,
)
"""Names in tests and lookups that ask who makes the request."""
SIGNS_IN = re.compile(
    r"\b(?:logged|signed) in\b|\b(?:log|sign)[ -]?in\b|authenticat|authorization header|session", re.IGNORECASE
)
"""Messages to whoever makes it."""
SENDS_FILE = re.compile(r"(?:^|[._])(?:send_from_directory|send_file|sendFile|sendfile|FileResponse)$")
"""Calls that answer with a file."""


def check(project: Project) -> Iterator[Finding]:
    """Each 5xx for a client's fault, and each 4xx for every failure; where a service always does it, one."""
    yield from as_habits(
        project, _each(project), lambda finding: f"{finding.slots['right']} as {finding.slots['status']}"
    )


def _each(project: Project) -> Iterator[Finding]:
    seen = set()
    made: dict[tuple[str, int], list[Finding]] = {}
    for answer in project.view(responses):
        path = answer.at.path
        if answer.status is None or answer.is_one_of or answer.at in seen or project.side(path) not in SERVER_SIDES:
            continue
        if (answer.response.raised and answer.response.in_try) or WEBHOOK.search(path):
            continue
        clause = project.view(clauses).around(answer.at) if answer.response.in_catch else None
        found = (
            _as_500(project, answer, clause) or _as_client_fault(project, answer, clause) or _for_all(project, answer)
        )
        if found is None:
            continue
        if answer.response.raised and not answer.response.framework:
            if (path, answer.response.function) not in project.view(answering):
                continue  # raised in a job, where nobody is answered
            if is_caught_above(project, answer):
                continue
            made.setdefault((answer.response.exception, answer.status), []).append(found)
            continue
        seen.add(answer.at)
        yield found
    for several in made.values():
        more = tuple(Related(one.at, one.evidence) for one in several[1:SHOWN])
        yield replace(several[0], related=more) if more else several[0]


def _as_500(project: Project, answer: Answer, clause: Catch | None) -> Finding | None:
    """A 500 for what the client asked for or sent. What the service itself keeps or sets may well be its own fault."""
    if answer.status != 500:
        return None
    if clause is not None and not answer.response.conditions and _knows_some(project, clause):
        return None  # the rest is what it does not know
    found = checked(answer, clause) or _looked_up(project, answer)
    certain = found is not None and _is_nothing_else(project, answer, clause, *found)
    if found is None and clause is not None:
        found = refused(project, answer, clause)
        certain = found is not None and found[0] is not Fault.MISSING
    expected = clause is not None and clause.exceptions and not CATCH_ALL.intersection(clause.exceptions)
    if found is None and (expected or not answer.response.in_catch):
        found = told(answer)
        certain = found is not None and _is_of_request(project, answer, clause, *found)
    if found is None or _is_of_settings(project, answer) or any(map(UNSET.search, said(answer))):
        return None
    if _is_made_up_for(project, answer):
        return None
    fault, text = found
    text = text if text.startswith("`") else f"“{text[:80]}”"
    return Finding(
        answer.at,
        evidence=f"{text} is {fault}, and is answered {answer.status}.",
        remedy=f"Answer {RIGHT[fault]}.",
        slots={"said": f"“{text.strip('“”`')}”", "status": str(answer.status), "right": RIGHT[fault]},
        strict=not certain,
    )


def _is_of_settings(project: Project, answer: Answer) -> bool:
    """Whether all that a response found missing are the service's own settings: `!apiKey`, read from `MAIL_API_KEY`."""
    test = next(iter(answer.response.conditions), "")
    lacking = [one[1] or one[2] for one in ABSENT.finditer(test)]
    if not lacking or COMPARES.search(test):
        return False
    settings = {_squeezed(one) for one in environment_of(project, answer.at.path, answer.response.function)}
    return all(any(one.endswith(_squeezed(name.rpartition(".")[2])) for one in settings) for name in lacking)


def _is_made_up_for(project: Project, answer: Answer) -> bool:
    """Whether what was found out can end well: the code goes on from there, answers a success, and this where not."""
    tests = answer.response.conditions
    own = given_by(project.view(responses), answer.at.path, answer.response.function) if tests else ()
    return any(
        one.response.conditions[1:] == tests and (one.status or 500) < 300 and one.at[:3] < answer.at[:3] for one in own
    )


def _squeezed(name: str) -> str:
    return name.replace("_", "").lower()


def _is_of_request(project: Project, answer: Answer, clause: Catch | None, fault: Fault, text: str) -> bool:
    """Whether a message is about the request: what is raised by a class of the project's own may be caught, or means
    that the service is at fault, whatever its words.
    """
    own_class = answer.response.helper or not answer.response.framework
    if answer.response.raised and own_class and not _says_500(answer.response.body):
        return False
    given = tuple(_given(answer.response.lacks))
    if fault is Fault.MISSING:
        place = (answer.at.path, answer.response.function)
        own = [one for one in project.view(endpoints) if (one.handler_path, one.handler) == place]
        asked = own or project.view(running).get(place, [])
        looked_up = isinstance(answer.response.lacks, Call) and any(map(SENT.search, given))
        return looked_up or (is_asked_for if isinstance(answer.response.lacks, Call) else is_named)(asked, text)
    if (answer.at.path, answer.response.function) in project.view(handling) and _is_of_tested(answer, text):
        return True
    tried = clause.attempts if clause is not None else ()
    about = (*answer.response.conditions[:1], text, answer.response.function, *given, *tried)
    if (answer.at.path, answer.response.function) not in project.view(handling):
        about = tuple(one for one in about if not PARAMS.match(one))
    if fault is Fault.CREDENTIALS and not (SIGNS_IN.search(text) or any(map(CALLER.search, about))):
        return False  # those by which the service itself is known elsewhere
    if fault is not Fault.INVALID:
        place = (answer.at.path, answer.response.function)
        return place in project.view(handling) or answer.response.finds is not None
    return any(map(SENT.search, about))


def _is_of_tested(answer: Answer, text: str) -> bool:
    """Whether a message begins with the variable that the test before it asks for: "offset must be a number"."""
    name = text.partition(" ")[0]
    return name.isidentifier() and any(re.search(rf"(?<![\w.]){name}\b", one) for one in answer.response.conditions[:1])


def _says_500(made: Value | None) -> bool:
    """Whether it is where something is raised that the number is chosen: `new AppError(500, "…")`."""
    given = (*made.arguments, *(one for _, one in made.keywords)) if isinstance(made, Call) else ()
    return any(isinstance(one, Constant) and one.value == 500 for one in given)


def _given(value: Value | None) -> Iterator[str]:
    """The names of what a lookup is given: `input.donorId` of `exists({ _id: input.donorId })`."""
    match value:
        case Call(callee=callee, arguments=arguments, keywords=keywords, receiver=receiver):
            yield callee
            for one in (*arguments, *(each for _, each in keywords), receiver):
                yield from _given(one)
        case Record(entries=entries):
            for _, one in entries:
                yield from _given(one)
        case Parameter() | Reference():
            yield named(value)
        case Unknown(source=source):
            yield source


def _is_of_body(project: Project, answer: Answer, text: str) -> bool:
    """Whether what was found invalid is what the client sent: it may as well be what was stored or got from elsewhere."""
    where, thrown = (answer.at.path, answer.response.function), answer.response.in_catch
    made = project.calls_made(answer.at.path, VALIDATE | RAISES if thrown else VALIDATE)
    before = [one for one in made if (one.at.path, one.function) == where and one.at[:3] < answer.at[:3]]
    checks = [one for one in before if one.callee != "JSON.parse"] if thrown else before[-1:]
    given = [[name for value in one.arguments for name in _given(value)] for one in checks]
    of_body = bool(given) and all(any(map(SENT.search, names)) for names in given)
    return of_body or any(map(SENT.search, (text, answer.response.function)))


def _for_all(project: Project, answer: Answer) -> Finding | None:
    """A global handler that gets whatever nobody expected, and calls all of it the client's fault."""
    place = (answer.at.path, answer.response.function)
    if answer.status not in BLAMED or answer.response.conditions or place not in project.view(unexpected):
        return None
    return Finding(
        answer.at,
        evidence=f"`{answer.response.function.rpartition('.')[2]}` gets every exception that nobody expected, and answers {answer.status}.",
        remedy="Answer the expected failures by their type, and let the rest be a 500 that is logged.",
        slots={"said": "every unexpected failure", "status": str(answer.status), "right": "500"},
        confidence=Confidence.MEDIUM,
    )


def _looked_up(project: Project, answer: Answer) -> tuple[Fault, str] | None:
    """That the row which a path names was looked up, and is not there."""
    lacks = answer.response.lacks
    test = next(iter(answer.response.conditions), "")
    if answer.response.in_catch or not isinstance(lacks, Call) or WRITTEN.match(test) or WRITES.search(lacks.callee):
        return None
    if not (_is_given(project, answer, lacks) if answer.at.path.endswith(".py") else is_by_path(lacks)):
        return None
    return Fault.MISSING, f"`{test or lacks.name}`"


def _is_given(project: Project, answer: Answer, lacks: Call) -> bool:
    """Whether a row is looked up by what a function of Python is given."""
    function = project.view(functions).get((answer.at.path, answer.response.function))
    return function is not None and bool(relation(lacks)) and is_given(lacks, function.parameters)


def _is_nothing_else(project: Project, answer: Answer, clause: Catch | None, fault: Fault, text: str) -> bool:
    """Whether what was found out can be nothing of the service's own.

    What is invalid was sent, the row was looked up by its own key and not by whose it is, and what is raised for it below
    a handler tells of nothing else, the last test of all asked for the error's code, and nothing else that may fail was tried with what verifies a token.
    """
    if fault is Fault.INVALID and not _is_of_body(project, answer, text):
        return False
    if text.endswith("` failed"):
        return clause is not None and not fails_by_itself(clause)
    if fault is Fault.MISSING and isinstance(answer.response.lacks, Call):
        handles = (answer.at.path, answer.response.function) in project.view(handling)
        is_row = not DONE.match(text) and _is_its_own(answer.response.lacks, text)
        return is_row and (handles or not _tells_otherwise(answer, text))
    return not answer.response.conditions or text == f"`{answer.response.conditions[0]}`"


def _is_its_own(lacks: Call, test: str) -> bool:
    """Whether a thing is looked for by its own key, `beds.find(bedId)`: `wallets.of(userId)` says only whose it is."""
    given = [one for one in _given(lacks) if not one.startswith(lacks.callee)]
    ids = [name for one in given for name in NAME.findall(one) if KEY.search(name)]
    stems = [re.sub(r"_?id$", "", one.lower()).replace("_", "") for one in ids]
    tested = [
        _squeezed(re.sub(r"_?(?:[dD]oc(?:ument)?|[rR]ow|[eE]ntity|[rR]ecord|[dD]ata)$", "", one))
        for one in NAME.findall(test)
    ]
    sought = _squeezed(re.sub(r"_?[bB]y(?:_\w+|[A-Z]\w*)$", "", lacks.callee))
    return all(stem in sought or any(one.endswith(stem) for one in tested) for stem in stems)


def _tells_otherwise(answer: Answer, test: str) -> bool:
    """Whether a message speaks of what was not found, and of something else: "Booking could not be recovered"."""
    names = [_squeezed(one) for one in NAME.findall(test)]
    spoken = [word.lower() for one in said(answer) for word in NAME.findall(one)]
    return told(answer) is None and any(name in spoken for name in names)


def _holds(call: Value | None, variable: str) -> bool:
    """Whether a call is given what a variable holds, and not only its text."""
    given = (*call.arguments, *(one for _, one in call.keywords)) if isinstance(call, Call) else ()
    return any(isinstance(one, Reference | Parameter) and named(one) == variable for one in given)


def _knows_some(project: Project, clause: Catch) -> bool:
    """Whether a clause has answers of their own for some of what it catches."""
    return any(answer.response.conditions and clause.at.holds(answer.at) for answer in project.view(responses))


def _tells_apart(project: Project, clause: Catch) -> bool:
    """Whether a clause answers some of what it catches as the service's fault: the rest is what it knows."""
    return any(
        (answer.status or 0) >= 500 and answer.response.conditions and clause.at.holds(answer.at)
        for answer in project.view(responses)
    )


def _as_client_fault(project: Project, answer: Answer, clause: Catch | None) -> Finding | None:
    if answer.status not in BLAMED or not answer.response.in_catch or answer.response.conditions:
        return None
    if clause is None or (clause.exceptions and not CATCH_ALL.intersection(clause.exceptions)):
        return None
    if "raises" in clause.does and not answer.response.raised:
        return None  # it hands on what it does not know
    if answer.status in project.view(_refusing).get((answer.at.path, answer.response.function), ()):
        return None  # it was that before
    if answer.response.helper and _holds(answer.response.body, clause.variable):
        return None  # the helper is given the exception, and may look at it
    thrown = throwing(project, clause)
    if answer.status == 404:  # what these throw is mostly that there is no such file
        thrown = replace(thrown, attempts=tuple(one for one in thrown.attempts if not SENDS_FILE.search(one)))
    failing = fails_by_itself(thrown)
    if not failing or _tells_apart(project, clause):
        return None
    is_direct = clause.waits is None and not clause.at.path.endswith(".py")  # nothing is waited for
    caught = " or ".join(name.rpartition(".")[2] for name in clause.exceptions) or "everything"
    call = failing.rpartition(".")[2]
    return Finding(
        answer.at,
        evidence=f"This clause catches {caught}, also when `{call}` fails on the service's side, and answers {answer.status}.",
        remedy="Answer the expected failures by their type, and let the rest be a 500 that is logged.",
        slots={"said": f"every failure of {call}", "status": str(answer.status), "right": "500"},
        confidence=Confidence.MEDIUM,
        strict=gets_failures_back(project, clause, failing)
        or _knows_some(project, clause)
        or _asks_for_class(answer)
        or is_idle(project, answer.at.path, answer.response.function)
        or (answer.response.raised and not within_reach(project, answer.at.path, answer.response.function))
        or not leads_outside(project, thrown, asks if is_direct else stores),
    )


def _asks_for_class(answer: Answer) -> bool:
    """Whether the status is one of several among which the class of what is caught decides."""
    made = answer.response.body
    given = (answer.response.status_value, *(made.arguments if isinstance(made, Call) else ()))
    return any(isinstance(one, Choice) and INSTANCE.match(one.test) is not None for one in given)


def _refusing(project: Project) -> dict[tuple[str, str], set[int]]:
    """The view: the handlers that get what is refused already, and the statuses of that."""
    found: dict[tuple[str, str], set[int]] = defaultdict(set)
    for handler in project.facts(ErrorHandler):
        place = located(project, handler.at.path, handler.handler)
        for name in handler.exceptions if place is not None else ():
            word = name.rpartition(".")[2]
            status = int(word) if word.isdigit() else status_of_word(word.removesuffix("Exception"))
            if place is not None and status is not None:
                found[place].add(status)
    return found


REMARK = (
    "{said} goes out as {status}, so the alarms and the retries of everybody downstream look in the wrong place. "
    "It should be {right}."
)

EXAMPLES = [
    """
=== src/uploads.ts
import express from "express";
import { cargoSchema, signedSchema } from "./schemas";
import { sign } from "./store";

const app = express();

app.post("/uploads", async (req, res) => {
  const cargo = cargoSchema.safeParse(req.body);
  if (!cargo.success) return res.status(500).json({ error: "No" }); // <-- what was sent
  const signed = signedSchema.safeParse(await sign(cargo.data));
  if (!signed.success) return res.status(500).json({ error: "No" }); // <-- strict: what the store gave
  res.status(201).json(signed.data);
});
=== src/seeds.ts
import Router from "@koa/router";
import { Seed } from "./kinds";

export const seeds = new Router();

seeds.post("/seeds", async (ctx) => {
  const { value, error } = Seed.validate(ctx.request.body);
  if (error) ctx.throw(500, error.message); // <-- what Joi found in it
  ctx.status = 201;
  ctx.body = await sow(value);
});
=== src/beds.service.ts
import { Injectable, InternalServerErrorException } from "@nestjs/common";

@Injectable()
export class BedsService {
  async sow(dto: SowDto) {
    const bed = await this.beds.findOneBy({ id: dto.bedId });
    if (!bed) throw new InternalServerErrorException("Bed not found"); // <-- the bed that was asked for
    return bed;
  }
}
=== src/seasons.service.ts
import { Injectable, UnprocessableEntityException } from "@nestjs/common";

@Injectable()
export class SeasonsService {
  async begin(season: Season) {
    try {
      return await this.repository.save(season);
    } catch (error) {
      throw new UnprocessableEntityException("No season begins"); // <-- whatever failed
    }
  }
  async end(season: Season) {
    try {
      return await this.repository.save(season);
    } catch (error) {
      throw new UnprocessableEntityException("No season ends"); // <-- strict: a job asks for it, as it seems
    }
  }
}
=== src/seasons.job.ts
import { Injectable, OnModuleInit } from "@nestjs/common";

@Injectable()
export class SeasonsJob implements OnModuleInit {
  async onModuleInit() {
    await this.seasons.end(this.current);
  }
}
=== src/seasons.controller.ts
import { Body, Controller, Inject, Post } from "@nestjs/common";

@Controller("seasons")
export class SeasonsController {
  constructor(@Inject(SEASONS) private readonly seasons: ISeasons) {}

  @Post()
  async create(@Body() season: Season) {
    return this.seasons.begin(season);
  }
}
=== garden/views.py
from django.http import JsonResponse

from garden.models import Bed

def beds(request):
    try:
        found = Bed.objects.filter(kind=request.GET["kind"])[:50]
        return JsonResponse({"beds": [bed.name for bed in found]})
    except Exception:
        return JsonResponse({"error": "No such kind"}, status=400)  # <-- also when the database is down
=== garden/urls.py
from django.urls import path

from garden import views

urlpatterns = [path("beds/", views.beds)]
""",
    """
=== src/harbours.ts
import express from "express";

const app = express();

app.get("/harbours/:id", async (req, res) => {
  try {
    res.json(await harbour(req.params.id));
  } catch (err) {
    if (err.message !== "NOT_FOUND") {
      return res.status(500).json({ error: "server_error" });
    }
    return res.status(404).json({ error: "not_found" });
  }
});
app.get("/harbours/:id/berths", async (req, res) => {
  try {
    res.json(await berths(req.params.id));
  } catch (err) {
    return res.status(404).json({ error: "not_found" }); // <-- strict: also when nobody could look
  }
});
""",
    """
=== src/notes.ts
import express from "express";

const app = express();

app.post("/notes", async (req, res, next) => {
  try {
    res.status(201).json(await store(req.body));
  } catch (err) {
    switch (err.code) {
      case "23505":
        return res.status(500).json({ message: "not stored" });  // <-- a duplicate, says the database
      case "23503":
        return res.status(409).json({ message: "in use" });
      default:
        return next(err);
    }
  }
});
""",
    """
=== app/orders.py
from fastapi import APIRouter, HTTPException

router = APIRouter()

@router.get("/orders/{order_id}")
def read(order_id: int):
    order = find(order_id)
    if order is None:
        raise HTTPException(status_code=500, detail="Order not found")  # <-- nobody should be paged for it
    return order

@router.post("/orders")
def create(order: dict):
    try:
        return insert(order)
    except Exception:
        raise HTTPException(status_code=400, detail="Could not create the order")  # <-- also when the database is down

@router.put("/orders/{order_id}")
def put(order_id: str):
    try:
        number = int(order_id)
    except Exception:
        raise HTTPException(status_code=400, detail="Not a number")
    try:
        return update(number)
    except ValueError:
        raise HTTPException(status_code=422, detail="Total must be positive")
    except Exception:
        raise HTTPException(status_code=500, detail="Could not update the order")

@router.get("/rates")
def rates():
    if not provider:
        raise HTTPException(status_code=500, detail="API key not found in the configuration")
    return provider.rates()
""",
    """
=== src/server.ts
import express from 'express'

const app = express()

app.post('/orders/sync', async (req, res) => {
  if (!req.headers.authorization) return res.status(500).json({ error: 'Missing authorization header' }) // <-- 401
  const token = await market.tokenOf(SHOP)
  if (!token) return res.status(500).json({ error: 'No access token' }) // <-- strict: the shop's own
  res.json(await market.sync(token))
})

app.get('/orders/:id', async (req, res) => {
  const order = await find(req.params.id)
  if (!order) return res.status(500).json({ error: 'Order does not exist' }) // <-- 404
  res.json(order)
})

app.post('/orders', async (req, res) => {
  try {
    res.status(201).json(await insert(req.body))
  } catch (err) {
    res.status(400).json({ error: 'Could not create the order' }) // <-- whatever failed
  }
})
""",
    """
=== app/views.py
from flask import Blueprint, jsonify

bp = Blueprint("orders", __name__)

@bp.get("/orders/<int:oid>")
def read(oid):
    if not find(oid):
        return jsonify(error="order not found"), 404
    return jsonify(error="the warehouse is closed"), 503
""",
    """
=== loans/__init__.py
from flask import Flask, jsonify
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import HTTPException

from loans.models import Loan, db

app = Flask(__name__)

class NotYours(Exception):
    pass

@app.errorhandler(Exception)
def anything(error):
    if isinstance(error, HTTPException):
        return error
    return jsonify(message="bad request"), 400  # <-- outages, too

@app.post("/loans")
def lend():
    db.session.add(Loan(book=1))
    try:
        db.session.commit()
    except IntegrityError:
        return jsonify(message="no"), 500  # <-- a duplicate
    return jsonify(message="yes"), 201

@app.post("/loans/<int:loan_id>/return")
def give_back(loan_id):
    try:
        end(loan_id)
    except NotYours:
        return jsonify(message="no"), 500  # <-- 403
    except PermissionError:
        return jsonify(message="no"), 500  # <-- 403
    return "", 204
""",
    """
=== src/boats.ts
import { Router } from "express";
import { prisma } from "./db";

export const r = Router();

r.get("/boats/:id", async (req, res) => {
  const boat = await prisma.boat.findUnique({ where: { id: req.params.id } });
  if (!boat) return res.status(500).json({ message: "Try again" }); // <-- nobody broke anything
  res.json(boat);
});

r.patch("/boats/:id", async (req, res) => {
  await prisma.boat.update({ where: { id: req.params.id }, data: { name: String(req.body.name) } });
  const updated = await prisma.boat.findUnique({ where: { id: req.params.id } });
  if (!updated) return res.status(500).json({ message: "Try again" });
  res.json(updated);
});
""",
    """
=== parse/app.py
import json

from flask import Flask, jsonify, request

from parse.models import Box, db

app = Flask(__name__)

@app.post("/weights")
def weigh():
    try:
        weight = int(request.get_json()["weight"])
    except (KeyError, ValueError):
        return jsonify(message="no"), 500  # <-- 400
    try:
        tare(weight)
    except ValueError:
        return jsonify(message="no"), 500
    return "", 204

@app.get("/boxes/<int:box_id>")
def read(box_id):
    box = Box.query.get(box_id)
    if box is None:
        return jsonify(message="no"), 500  # <-- 404
    kind = db.session.get(Box, 1)
    if kind is None:
        return jsonify(message="no"), 500
    return jsonify(id=box.id)
""",
    """
=== src/links.service.ts
import { Injectable, InternalServerErrorException, PipeTransform, BadRequestException } from "@nestjs/common";
import { plainToInstance } from "class-transformer";

@Injectable()
export class LinksService {
  collect(ids: string[], rows: Record<string, Row>) {
    return ids.map((id) => {
      const row = rows[id];
      if (!row) {
        throw new InternalServerErrorException(`Row not found: ${id}`); // <-- strict: the service may have lost it
      }
      return row;
    });
  }
}

export class ParsePipe implements PipeTransform {
  async transform(value: string) {
    try {
      return plainToInstance(Object, JSON.parse(value));
    } catch {
      throw new BadRequestException("No JSON");
    }
  }
}
""",
    """
=== src/nets/[id]/mark/route.ts
import { db } from "@/db";

export async function POST(request: Request, { params }: { params: { id: string } }) {
  const net = await db.net.findUnique({ where: { id: params.id } });
  if (!net) return Response.json({ error: "No such net" }, { status: 500 }); // <-- the one that the path names
  const marked = await db.net.update({ where: { id: params.id }, data: { mark: mark() } });
  if (!marked) return Response.json({ error: "No mark was free" }, { status: 500 });
  return Response.json(marked);
}
""",
    """
=== src/refused.ts
const STATUS_OF: Record<string, number> = { berth_gone: 410, berth_taken: 409 };

export class Refused extends Error {
  statusCode: number;
  constructor(readonly code: string, message: string) {
    super(message);
    this.statusCode = STATUS_OF[code] ?? 500;
  }
}
export class Declined extends Error {
  status = 500;
  constructor(readonly code: string, message: string) {
    super(message);
    if (code in STATUS_OF) this.status = STATUS_OF[code];
  }
}
export class Broken extends Error {
  statusCode: number;
  constructor(message: string, statusCode?: number) {
    super(message);
    this.statusCode = statusCode ?? 500;
  }
}
=== src/berths.ts
import express from "express";
import { Broken, Declined, Refused } from "./refused";
import { berths } from "./store";

export const app = express();

app.get("/berths/:id", async (req, res) => {
  const berth = await berths.findUnique({ where: { id: req.params.id } });
  if (!berth && req.query.a) throw new Refused("berth_gone", "Berth not found");
  if (!berth && req.query.b) throw new Declined("berth_gone", "Berth not found");
  if (!berth) throw new Broken("Berth not found"); // <-- nobody gave it a status
  res.json(berth);
});
app.post("/berths", async (req, res) => {
  const { data, error } = await berths.insert(req.body);
  if (error) {
    if (error.code === "23505") {
      const taken = await berths.again(req.body);
      if (taken) return res.json(taken);
      return res.status(500).json({ message: "no" });
    }
    return res.status(500).json({ message: "no" });
  }
  res.status(201).json(data);
});
app.use((err, req, res, next) => {
  res.status(err.statusCode ?? err.status ?? 500).json({ message: err.message });
});
""",
    """
=== app/main.py
from fastapi import FastAPI
from fastapi.responses import JSONResponse

STATUS_OF = {"gone": 410}
app = FastAPI()

class Refused(Exception):
    status_code = 500

    def __init__(self, code, message):
        super().__init__(message)
        self.status_code = STATUS_OF.get(code, 500)

class Broken(Exception):
    status_code = 500

@app.exception_handler(Refused)
async def refused(request, exc):
    return JSONResponse(status_code=exc.status_code, content={"detail": str(exc)})

@app.exception_handler(Broken)
async def broken(request, exc):
    return JSONResponse(status_code=exc.status_code, content={"detail": str(exc)})

@app.get("/berths/{berth_id}")
def read(berth_id: int):
    berth = find(berth_id)
    if berth is None and gone(berth_id):
        raise Refused("gone", "Berth not found")
    if berth is None:
        raise Broken("Berth not found")  # <-- strict: somebody may catch it
    return berth
""",
    """
=== src/crates.ts
import express from "express";
import jwt from "jsonwebtoken";
import { createClient } from "@supabase/supabase-js";
import { readLabel } from "./labels";
import { crates } from "./crates.service";

const app = express();
const supabase = createClient(process.env.SUPABASE_URL!, process.env.SUPABASE_ANON_KEY!);

app.get("/crates/mine", async (req, res) => {
  try {
    let who;
    try {
      who = jwt.verify(req.cookies.seal, process.env.SEAL!);
    } catch {
      return res.status(401).json({ error: "bad seal" });
    }
    res.json(await crates.of(who.sub));
  } catch (error) {
    res.status(500).json({ error: "failed" });
  }
});
app.get("/crates/sealed", async (req, res) => {
  try {
    const who = jwt.verify(req.cookies.seal, process.env.SEAL!);
    res.json(await crates.of(who.sub));
  } catch (error) {
    res.status(500).json({ error: "failed" }); // <-- strict: the seal's failures, and those of the store
  }
});
app.use((req, res, next) => {
  try {
    req.who = jwt.verify(req.cookies.seal, process.env.SEAL!);
    next();
  } catch (error) {
    res.status(500).json({ error: "failed" }); // <-- nothing but the seal
  }
});
app.use((req, res, next) => {
  try {
    req.who = jwt.verify(req.cookies.seal, process.env.SEAL!);
    next();
  } catch (error) {
    if (error instanceof jwt.JsonWebTokenError) return res.status(401).json({ error: "bad seal" });
    res.status(500).json({ error: "failed" });
  }
});
app.get("/crates/:id", async (req, res) => {
  try {
    res.json(await crates.getCrate(req.params.id));
  } catch (error) {
    if (error.code === "gone") return res.status(410).json({ error: "gone" });
    res.status(404).json({ error: "no such crate" }); // <-- strict: it knows some
  }
});
app.post("/crates", async (req, res) => {
  try {
    const { data, error } = await supabase.from("crates").insert({ label: String(req.body.label) }).select().single();
    if (error) return res.status(500).json({ error: "not stored" });
    res.status(201).json(data);
  } catch {
    res.status(400).json({ error: "bad request" });
  }
});
app.put("/crates", async (req, res) => {
  try {
    const { data, error } = await supabase.from("crates").upsert({ label: String(req.body.label) }).select().single();
    if (error) throw error;
    res.json(data);
  } catch {
    res.status(400).json({ error: "bad request" }); // <-- what the database refuses is thrown
  }
});
app.patch("/crates", async (req, res) => {
  try {
    const result = await crates.updateAll(req.body);
    if (!result.success) return res.status(result.status).json({ error: result.error });
    res.json(result.data);
  } catch {
    res.status(400).json({ error: "bad request" }); // <-- strict: the service gives its failures back
  }
});
app.delete("/crates", async (req, res) => {
  try {
    await readLabel(req);
  } catch {
    return res.status(400).json({ error: "bad label" }); // <-- strict: it reads what was sent
  }
  res.status(202).json({});
});
=== src/wallets.service.ts
import { Injectable, InternalServerErrorException } from "@nestjs/common";

@Injectable()
export class WalletsService {
  async pay(userId: string) {
    const wallet = await this.wallets.findOneBy({ userId });
    if (!wallet) throw new InternalServerErrorException("Try again"); // <-- strict: everybody has one
    const user = await this.users.findOneBy({ id: userId });
    if (!user) throw new InternalServerErrorException("Try again"); // <-- who was asked for
    return wallet.pay(user);
  }
}
=== src/labels.ts
export async function readLabel(request) {
  const reader = request.body.getReader();
  const first = await reader.read();
  if (first.done) await reader.cancel();
  return shape(first.value);
}
function shape(value) {
  if (!value) throw new Error("empty");
  return value;
}
""",
    """
=== app/pages.py
import re

from flask import Flask, jsonify, request, send_file, send_from_directory

from app.models import Plan
from app.store import shelf

app = Flask(__name__)
TAG = re.compile("<[a-z]+>")

@app.errorhandler(404)
def missing(error):
    try:
        return shelf.load("missing.html")
    except Exception:
        return jsonify(error="not found"), 404

@app.get("/pages/<name>")
def page(name):
    try:
        return send_from_directory("pages", name)
    except Exception:
        return jsonify(error="not found"), 404

@app.get("/plans/<name>")
def plan(name):
    try:
        return send_file(Plan.query.filter_by(name=name).first_or_404().path)
    except Exception:
        return jsonify(error="not found"), 404  # <-- and for which the database is asked

@app.get("/shelf/<name>")
def kept(name):
    try:
        return shelf.load_all("pages", name)
    except Exception:
        return jsonify(error="not found"), 404  # <-- also when nobody could look

@app.get("/books/<name>")
def book(name):
    try:
        return shelf.find("book", name)
    except Exception:
        return jsonify(error="not found"), 404  # <-- which is no look into a text

@app.post("/tags")
def tags():
    try:
        text = request.data.decode("utf-8")
        return jsonify(tag=text[text.find("<"):], first=TAG.search(text)[0])
    except Exception:
        return jsonify(error="no tag"), 400
""",
    """
=== mill/settings.py
REST_FRAMEWORK = {"EXCEPTION_HANDLER": "mill.failures.answer"}
=== mill/failures.py
from rest_framework.response import Response
from rest_framework.views import exception_handler

class Refused(Exception):
    pass

def answer(exc, context):
    if not isinstance(exc, Refused):
        return exception_handler(exc, context)
    return Response({"detail": str(exc)}, status=400)  # for those alone
=== src/app.ts
import express from "express";
import { Refused } from "./refused";

const app = express();

app.use((error, req, res, next) => {
  if (!(error instanceof Refused)) return next(error);
  res.status(400).json({ message: error.message });
});
""",
    """
=== src/gates.ts
import express from "express";
import { Refused } from "./refused";
import { answer } from "./answers";
import { pool, record } from "./db";

const app = express();

app.get("/gates", async (req, res) => {
  try {
    answer(res, await record(pool.query("select id from gates")), 200);
  } catch (err) {
    answer(res, { error: "no" }, err instanceof Refused ? err.status : 400); // <-- strict: those of one class apart
  }
});
app.post("/gates", async (req, res) => {
  try {
    answer(res, await record(pool.query("insert into gates default values")), 201);
  } catch (err) {
    answer(res, { error: "no" }, 400); // <-- whatever failed
  }
});
app.get("/gates/opened", (req, res) => {
  try {
    const since = new Moment(req.query.since);
    res.json({ at: since.getTime() });
  } catch (err) {
    res.status(400).json({ error: "no time" }); // <-- strict: nothing is waited for
  }
});
=== src/answers.ts
export const answer = (res, body, status) => res.status(status).json(body);
""",
    """
=== src/locks.service.ts
import { HttpException, Injectable, InternalServerErrorException } from "@nestjs/common";

export class OpeningFailed extends HttpException {
  constructor(detail: string) {
    super(detail, 500);
  }
}

@Injectable()
export class LocksService {
  owner(input: Opening) {
    if (!isNamed(input)) throw new OpeningFailed("A name is required for the log"); // <-- strict: its class means a failure
    return input.name;
  }

  async resume(lockId: string) {
    const lock = await this.locks.findUnique({ where: { id: lockId } });
    if (!lock) throw new InternalServerErrorException("The lock could not be resumed"); // <-- strict: nobody says that it is not there
    return lock;
  }
}
""",
    """
=== app/routes.py
from flask import Blueprint, jsonify, request

from app.mail import send_letter, send_welcome
from app.users import create_user

bp = Blueprint("users", __name__)

@bp.post("/users")
def register():
    try:
        send_welcome(request.json["email"])
        return jsonify(ok=True), 201
    except Exception:
        return jsonify(error="No"), 400

@bp.post("/letters")
def write():
    try:
        send_letter(request.json["email"])
        return jsonify(ok=True), 201
    except Exception:
        return jsonify(error="No"), 400  # <-- it lets its failures out
=== app/mail.py
import logging

from app.clients import deliver_to, fetch_template

def send_welcome(email):
    try:
        deliver_to(email, fetch_template("welcome"))
        return True
    except Exception:
        logging.getLogger(__name__).exception("No welcome")
        return False

def send_letter(email):
    template = fetch_template("letter")
    try:
        deliver_to(email, template)
    except Exception:
        logging.getLogger(__name__).exception("No letter")
""",
    """
=== src/plans.ts
import express from 'express'

const app = express()
app.put('/plans/:id/tasks', async (req, res) => {
  const fetched = await plans.fetchTasks(req.params.id)
  if (!fetched) return res.status(500).json({ error: 'the tasks could not be had' }) // <-- strict: it failed, perhaps
  res.json({ fetched })
})
app.get('/plans/:id', async (req, res) => {
  const plan = await plans.find(req.params.id)
  if (!plan) return res.status(500).json({ error: 'no plan' }) // <-- there is none
  res.json(plan)
})
""",
]
