"""A status says something else than its own message.

Clients act on the number: 401 sends the user to sign in, 403 says that it will not help, 404 drops the item from the
list, 409 offers another name. A message for humans beside the wrong number leads each of them astray.

Missing or invalid credentials are 401, a lack of permission is 403 (or 404, to hide that there is something), a missing
resource is 404, a duplicate is 409. For invalid fields both 400 and 422 are right, and so is 400 where a request names
something that does not exist in its body, or holds a token that is not the caller's own. Where nobody knows the user that
signs in 401 is right; the token endpoint of OAuth answers wrong passwords with 400 (RFC 6749, 5.2), and Django REST
framework's serializers all that is invalid.

Nothing is said where anything else in the answer speaks for its number: a code beside the message, the words of a message
beside the test. Nor where a helper answers in several ways: that is judged in the helper.
"""

import re
from collections import defaultdict
from collections.abc import Iterator

from ...facts.http import Response
from ...facts.location import Location
from ...facts.values import Call, Choice, Constant, Items, Parameter, Record, Reference, Value, named, options
from ...finding import Confidence, Finding
from ...join.asked_for import is_asked_for, is_named, parameters, running
from ...join.bodies import content, words
from ...join.clauses import clauses
from ...join.endpoints import Endpoint, answering, endpoints
from ...join.faults import Fault, checked, said, told
from ...join.found_out import MAILED, TOKEN, found_out, where_signs_in
from ...join.functions import functions
from ...join.grounds import compares_password, proves_nobody
from ...join.habits import as_habits
from ...join.lookups import is_by_key
from ...join.lookups import is_by_path as is_given_path
from ...join.paths import PARAMETER
from ...join.places import located
from ...join.responses import Answer, responses
from ...join.rows import key_of, looked_for
from ...project import SERVER_SIDES, Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="medium",
    since="0.1.0",
    languages=("python", "typescript"),
    asked_by="S E",
    limits="Judged by the words of constant messages, by error codes of databases and by the type of what is caught.",
)

RIGHT = {
    Fault.MISSING: "404",
    Fault.CREDENTIALS: "401",
    Fault.FORBIDDEN: "403",
    Fault.DUPLICATE: "409",
    Fault.INVALID: "422 or 400",
}
WRONG = {
    Fault.MISSING: frozenset({403, 405, 409, 429}),
    Fault.CREDENTIALS: frozenset({400, 403, 404, 409, 422}),
    Fault.FORBIDDEN: frozenset({400, 401, 422}),
    Fault.DUPLICATE: frozenset({400, 401, 403, 404}),
    Fault.INVALID: frozenset({404}),
}
BY_BODY = frozenset({400, 422})
"""What is right where the body names something that is not there."""
_REFUSED = r"forbid|permission|denied|\bcannot\b|\ballowed\b|\broles?\b|\bscopes?\b|\bplan\b|restrict|disabled"
_UNPROVEN = (
    r"signature|token|\bkeys?\b|secret|credential|password|session|log-? ?in\b|sign-? ?in\b|authenticat|timestamp"
)
_UNFIT = r"\binvalid|malformed|unsupported|\bmust\b|\bexpected\b|\bformat\b|not valid|out of range"
SPEAKS_FOR = {
    400: re.compile(_UNFIT, re.IGNORECASE),
    401: re.compile(_UNPROVEN, re.IGNORECASE),
    403: re.compile(_REFUSED, re.IGNORECASE),
    404: re.compile(r"not[ _-]?found|no such|does(?:n't| not) exist", re.IGNORECASE),
    409: re.compile(r"conflict|\balready\b|duplicate|another|in use", re.IGNORECASE),
    422: re.compile(_UNFIT, re.IGNORECASE),
}
"""Words by which another part of the answer speaks for the number that was sent."""
PASSWORD_FORM = re.compile(r"OAuth2PasswordRequestForm(?:Strict)?$")
"""The parameter of an endpoint that gives tokens for passwords."""
ELSEWHERE = re.compile(
    r"\b(?:in|from|by) (?:the |its )?(?:\w+ )?(?:response|reply|answer|provider|upstream)\b"
    r"|\b(?:stored|saved|configured|connected|linked|on file|set up)\b",
    re.IGNORECASE,
)
"""Messages about credentials in another service's answer, or such as the service keeps for somebody."""
CALLING = re.compile(
    r"\bnot authenticated\b|\bunauthenticated\b|\b(?:logged|signed) in\b|\b(?:log|sign)[ -]?in\b|\blogin required\b"
    r"|\bbearer\b|\bauthori[sz]ation (?:header|scheme)\b|\bauth(?:entication)? (?:is )?required\b|\bplease authenticate\b|^(?:the |your )?(?:user |login )?session\b",
    re.IGNORECASE,
)
"""Messages that can only be about whoever makes the request."""
HOLDS = re.compile(r"authori[sz]ation|\bheaders?\b|cookie|bearer|x-api-key|\b(?:user|session)\b", re.IGNORECASE)
"""What a request brings to say who makes it."""
PROOF = re.compile(r"signature|secret|token|password|api_?key|timestamp", re.IGNORECASE)
"""Tests of such proof."""
OF_TOKEN = re.compile(r"token|\bkey\b|\bjwt\b|authorization", re.IGNORECASE)
GRANT = re.compile(r"\bclient (?:credentials|id|secret|authentication)\b|\brefresh token\b|\bgrant\b", re.IGNORECASE)
"""What a token endpoint refuses with 400 (RFC 6749, section 5.2: `invalid_client`, `invalid_grant`)."""
OF_OAUTH = frozenset({"access_denied", "expired_token", "invalid_token"})
"""Codes of errors that OAuth's endpoints answer with 400 (RFC 6749, 5.2; RFC 8628, 3.5)."""
FIELD = re.compile(r"\w_id$|[a-z]Id$")
"""The key of a message about a field of the request that names something by its id."""
SERIALIZER = re.compile(r"(?:^|\.)(?:serializers|rest_framework\.exceptions)\.ValidationError$")
"""The exception by which serializers gather what is invalid; all of it is answered 400 together."""
CONSTRUCTOR = re.compile(r"(?:^|\.)(?:__init__|constructor)$")
LEFT_OUT = re.compile(
    r"\b(?:is|are) required\b|\bmissing\b|\bvalidation\b|^(?!.*\b(?:id|uuid|slug|url|path)s?\b).*\bmust (?:be|have|contain)\b",
    re.IGNORECASE,
)
"""Messages about input that can only be about what the request holds."""
ANOTHERS = re.compile(r"\bbelongs? to (?:some(?:one|body) else|an(?:other|y other)|a different)\b", re.IGNORECASE)
"""Messages about what somebody else has: no permission is missing where it was looked for to see whether it is free."""
UNKNOWN = re.compile(r"^unknown [a-z]+[.!]?$", re.IGNORECASE)
"""Messages that call a thing unknown; of what, only the path tells."""
CALLER = re.compile(r"\b(?:user|team|organi[sz]ation|account|tenant|workspace|membership|profile)\b", re.IGNORECASE)
"""What there is of the one who is calling."""
SEVERAL = re.compile(r"\bfollowing\b|\b(?:ids|IDs|uuids)\b|\bone or more\b")
"""Messages about a list that the request holds."""
HIDDEN = re.compile(
    r"\bfound\b|\bexists?\b|\bno such\b|\bor\b|\bis not (?:an? )?(?:member|participant)\b", re.IGNORECASE
)
"""Messages that leave open whether a resource is not there or not to be seen."""
LOCATES = frozenset({"loc", "field", "path", "pointer"})
"""Keys that say which field an entry of a list of faults is about."""


def check(project: Project) -> Iterator[Finding]:
    """Each 4xx whose message is about something else; what a service always does so is one finding."""
    found = list(_each(project))
    said_at = {finding.at for _, finding in found}
    once = (
        finding for origin, finding in found if origin == finding.at or origin not in said_at
    )  # where it is written
    yield from as_habits(project, once, lambda finding: f"{finding.slots['right']} as {finding.slots['status']}")


def _each(project: Project) -> Iterator[tuple[Location, Finding]]:
    """The findings, each with where the answer's shape is written."""
    handled: dict[tuple[str, str], list[Endpoint]] = defaultdict(list)
    for endpoint in project.view(endpoints):
        handled[endpoint.handler_path, endpoint.handler].append(endpoint)
    seen: set[object] = set()
    for answer in (*project.view(responses), *_given_back(project)):
        status = answer.status
        if status is None or not 400 <= status <= 499 or answer.at in seen or answer.is_one_of:
            continue
        if project.side(answer.at.path) not in SERVER_SIDES:
            continue
        own = handled.get((answer.at.path, answer.response.function), [])
        blamed = _blamed(project, answer, own)
        if blamed is None or _is_excused(project, answer, own, *blamed):
            continue
        fault, text = blamed
        own_class = answer.response.raised and (not answer.response.framework or _by_class(answer, text))
        if own_class and (CONSTRUCTOR.search(answer.response.function) or (answer.response.exception, text) in seen):
            continue  # said where it is raised first
        if not (_is_wrong(project, answer, own, fault, text) or _is_told_apart(project, answer, fault, text)):
            continue
        seen |= {answer.at, (answer.response.exception, text)}
        code, text = text.startswith("`"), text.strip("`")[:80]
        finding = Finding(
            answer.at,
            evidence=f"{f'`{text}`' if code else f'“{text}”'} tells of {fault}, the status is {status}.",
            remedy=f"Answer {RIGHT[fault]}.",
            slots={"said": text, "status": str(status), "right": RIGHT[fault]},
            confidence=Confidence.MEDIUM,
        )
        yield answer.origin, finding


def _blamed(project: Project, answer: Answer, own: list[Endpoint]) -> tuple[Fault, str] | None:
    """What went wrong by the answer's words, or by what was found out before it where these leave it open."""
    blamed = told(answer)
    if blamed is not None and answer.response.finds is not None and ANOTHERS.search(blamed[1]):
        return Fault.DUPLICATE, blamed[1]  # what was looked for is there, and somebody else has it
    if blamed is None or (blamed[0] is Fault.INVALID and " " not in blamed[1]):  # a code for all that is refused
        return found_out(project, answer, own) or blamed or _unknown(answer, own)
    return blamed


def _unknown(answer: Answer, own: list[Endpoint]) -> tuple[Fault, str] | None:
    """What a message calls unknown where the path names it: "unknown session" at `/sessions/:id`."""
    text = next((text for text in words(content(answer)) if UNKNOWN.match(text) and is_named(own, text)), "")
    return (Fault.MISSING, text) if text else None


def _is_wrong(project: Project, answer: Answer, own: list[Endpoint], fault: Fault, text: str) -> bool:
    """Whether a status is wrong for what is blamed."""
    if fault is not Fault.MISSING or answer.status not in BY_BODY:
        return answer.status in WRONG[fault]
    if SEVERAL.search(text):
        return False  # a path names one
    lacks = answer.response.lacks
    about = looked_for(lacks) if isinstance(lacks, Call) and told(answer) is None else text
    if own:
        return is_asked_for(own, about) or is_given_path(lacks, set(parameters(own)))
    return answer.response.raised and is_named(_for(project, answer, own), about)


def _for(project: Project, answer: Answer, own: list[Endpoint]) -> list[Endpoint]:
    """The endpoints for whose requests an answer is given."""
    return own or project.view(running).get((answer.at.path, answer.response.function), [])


def _is_told_apart(project: Project, answer: Answer, fault: Fault, text: str) -> bool:
    """Whether a status that may stand for the fault is belied: a 404 that says "not allowed", a 422 for a known 23505."""
    if fault is Fault.FORBIDDEN and answer.status == 404:
        return told(answer) is not None and HIDDEN.search(text) is None
    if fault is not Fault.DUPLICATE or answer.status != 422:
        return False
    clause = project.view(clauses).around(answer.at) if answer.response.in_catch else None
    if answer.response.finds is not None:  # it is there; where each field's faults are listed, it is one of them
        return not (isinstance(answer.body, Record) and any(isinstance(one, Items) for _, one in answer.body.entries))
    return text.startswith("`") or (checked(answer, clause) or ("",))[0] is Fault.DUPLICATE


# What excuses


def _is_excused(project: Project, answer: Answer, own: list[Endpoint], fault: Fault, text: str) -> bool:
    """Whether something speaks for the status that was sent, a framework, a standard or the answer itself."""
    if fault is not Fault.DUPLICATE and _speaks_for_itself(answer, text):
        return True
    match fault:
        case Fault.CREDENTIALS:
            return _may_be_others(project, answer, own, text)
        case Fault.MISSING:
            return _may_be_hidden(project, answer, own, text) or _is_of_field(answer, own)
        case Fault.INVALID:  # an address that is not well-formed leads nowhere, and that is a 404
            return not LEFT_OUT.search(text) and not _is_of_query(own)
    by_serializer = SERIALIZER.search(answer.response.exception) is not None
    return by_serializer or (answer.status == 422 and answer.response.raised and _lists_fields(answer.response.body))


def _speaks_for_itself(answer: Answer, text: str) -> bool:
    """Whether another part of the answer than the one that tells of the fault speaks for its number."""
    if answer.status == 401 and (proves_nobody(answer) or any(map(PROOF.search, answer.response.conditions[:1]))):
        return True
    speaks = SPEAKS_FOR.get(answer.status or 0)
    return speaks is not None and any(speaks.search(one) for one in said(answer) if one != text)


def _may_be_others(project: Project, answer: Answer, own: list[Endpoint], text: str) -> bool:
    """Whether credentials that are missing or wrong may be any others than those of whoever makes the request."""
    if ELSEWHERE.search(text) or (TOKEN.search(text) and MAILED.search(answer.response.function)):
        return True
    if answer.status == 404:  # what is there is nobody's business who is not known
        return told(answer) is None and not compares_password(answer)
    if answer.status not in BY_BODY:
        return False
    if text in OF_OAUTH or GRANT.search(text) or SERIALIZER.search(answer.response.exception):
        return True
    if any(PASSWORD_FORM.search(kind) for endpoint in own for kind in endpoint.route.annotations):
        return answer.status == 400
    if text.startswith("`") or CALLING.search(text) or proves_nobody(answer):
        return False
    if not own and _stands_before(project, answer):
        return False
    if any(map(HOLDS.search, (*answer.response.conditions[:1], *_asked(answer.response.lacks)))):
        return False
    return OF_TOKEN.search(text) is not None or not where_signs_in(project, answer, own)


def _stands_before(project: Project, answer: Answer) -> bool:
    """Whether an answer is that of a function which stands before handlers: middleware, or a guard of Nest's."""
    function = project.view(functions).get((answer.at.path, answer.response.function))
    return function is not None and ("next" in function.parameters or function.name.endswith(".canActivate"))


def _asked(value: Value | None) -> Iterator[str]:
    """The names and constants by which a value was had: `c.req.header`, `x-device-token`."""
    match value:
        case Call(callee=callee, arguments=arguments, receiver=receiver):
            yield callee
            for one in (*arguments, receiver):
                yield from _asked(one)
        case Parameter() | Reference():
            yield named(value)
        case Choice(options=several):
            for one in several:
                yield from _asked(one)
        case Constant(value=str() as text):
            yield text


def _may_be_hidden(project: Project, answer: Answer, own: list[Endpoint], text: str) -> bool:
    """Whether a 403 may be right for what is not there: it is not what the client asked for, but its user, its team."""
    if answer.status != 403:
        return False
    if told(answer) is None:
        lacks = answer.response.lacks
        is_one = is_by_key(lacks) or (isinstance(lacks, Call) and key_of(lacks) is not None)
        by_path = not answer.at.path.endswith(".py") or not own or is_given_path(lacks, set(parameters(own)))
        return not (is_one and by_path)  # what is not among those that the caller may see is not there for them
    asked = _for(project, answer, own)
    return not (is_named(asked, text) or (not CALLER.search(text) and is_asked_for(asked, text)))


def _is_of_field(answer: Answer, own: list[Endpoint]) -> bool:
    """Whether a message is about one field of the request, or gathered with those about others."""
    about_field = isinstance(answer.body, Record) and any(map(FIELD.search, answer.body.keys))
    return about_field or (bool(SERIALIZER.search(answer.response.exception)) and not own)


def _is_of_query(own: list[Endpoint]) -> bool:
    """Whether it cannot be the address that is not well-formed: no path of the handler has a place to fill in."""
    return bool(own) and not any(PARAMETER in (endpoint.segments or (PARAMETER,)) for endpoint in own)


def _lists_fields(value: Value | None) -> bool:
    """Whether what is raised is a list of what is wrong with which field: `[{"loc": ("body", "email"), "msg": …}]`."""
    given = value.arguments if isinstance(value, Call) else (value,)
    items = [item for one in given if isinstance(one, Items) for item in one.items]
    return any(isinstance(item, Record) and LOCATES.intersection(item.keys) for item in items)


def _by_class(answer: Answer, text: str) -> bool:
    """Whether it is the project's own class that says so, and not the place where it is raised."""
    made = answer.response.body
    given = made.arguments if isinstance(made, Call) else ()
    return bool(answer.response.helper) and not any(text in words(one) for one in given)


# What functions give their handlers to answer with


def _given_back(project: Project) -> Iterator[Answer]:
    """What functions give their handlers to answer with: `return { ok: false, status: 409, error: "Taken" }`."""
    handled = {(endpoint.handler_path, endpoint.handler) for endpoint in project.view(endpoints)}
    known = project.view(functions)
    for place in sorted(project.view(answering) - handled):
        function = known.get(place)
        returned = (option for one in (function.returns if function is not None else ()) for option in options(one))
        for record in returned:
            for body in (record, *(inner for _, inner in record.entries)) if isinstance(record, Record) else ():
                status = _status_in(project, place[0], body)
                if status is not None:
                    response = Response(body.at, place[1], "", status, body, raised=True)
                    yield Answer(response, status, _said_by(body), None, body.at)


def _status_in(project: Project, path: str, body: Value) -> int | None:
    """The status that an object holds, or that a function which makes such objects is given."""
    said: Value | None = None
    if isinstance(body, Record):
        said = body.get("status") or body.get("statusCode")
    elif isinstance(body, Call) and (place := located(project, path, body.callee)) is not None:
        made = project.view(functions).get(place)
        makes = made is not None and any(isinstance(one, Record) and one.get("status") for one in made.returns)
        said = next((one for one in body.arguments if isinstance(one, Constant)), None) if makes else None
    return said.value if isinstance(said, Constant) and type(said.value) is int else None


def _said_by(body: Value) -> Value:
    """What such an object says: what it is made of."""
    return Items(body.at, body.arguments) if isinstance(body, Call) else body


REMARK = "“{said}” is one thing, {status} says another, and clients only read the number. {right} is the one."

EXAMPLES = [
    """
=== reading/deps.py
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse

from reading.rooms import Rooms, seats, sessions

app = FastAPI()

@app.exception_handler(HTTPException)
def refuse(request: Request, exc: HTTPException):
    return JSONResponse({"error": exc.detail}, status_code=exc.status_code)

def reader(token: str, rooms: Rooms):
    found = sessions.resolve(token)
    if found is None:
        raise HTTPException(403, "Invalid or expired token")  # <-- nobody is known
    return found

def seat(number: int, rooms: Rooms):
    if rooms.query(Seat).filter_by(number=number).first():
        raise HTTPException(422, "Number already taken")  # <-- it was looked up, and is there
=== reading/connections/mail.py
from fastapi import HTTPException

def tried(server):
    if not server.accepts():
        raise HTTPException(400, "Invalid credentials")  # those for another service
    raise HTTPException(403, "Invalid credentials")  # <-- nobody may not do this
""",
    """
=== src/roles.guard.ts
import { BadRequestException, CanActivate, ExecutionContext, Injectable } from "@nestjs/common";

@Injectable()
export class RolesGuard implements CanActivate {
  constructor(private readonly wanted: string[]) {}

  canActivate(context: ExecutionContext) {
    const { user } = context.switchToHttp().getRequest();
    const roles = this.wanted;
    if (roles && !roles.includes(user.role)) {
      throw new BadRequestException("No"); // <-- by the test
    }
    if (user.suspended) throw new BadRequestException("Your role does not permit this"); // <-- by the words
    if (!user.badge) throw new BadRequestException("Role name is required");
    return true;
  }
}
""",
    """
=== berths/answers.py
from starlette.responses import JSONResponse

def problem(status: int, message: str) -> JSONResponse:
    return JSONResponse({"error": message}, status_code=status)
=== berths/app.py
import functools

from starlette.applications import Starlette
from starlette.authentication import requires
from starlette.routing import Route

from berths import storage
from berths.answers import problem

def for_captains(handler):
    @functools.wraps(handler)
    async def inner(*args, **kwargs):
        if not args[0].user.is_authenticated:
            return problem(403, "Authentication required")  # <-- in front of handlers
        return await handler(*args, **kwargs)
    return inner

@requires("harbour")
async def free(request):
    return problem(409, "Berth not found")  # <-- behind a decorator

@for_captains
async def take(req):
    if await storage.taken(req.path_params["berth"]):
        return problem(400, "Berth is already taken")  # <-- by whatever name the request goes
    return problem(501, "Nobody can")

async def leave(request):
    return problem(404, "Berth not found")

app = Starlette(
    routes=[Route("/free/{berth}", free), Route("/take/{berth}", take), Route("/leave", requires("harbour")(leave))]
)
""",
    """
=== src/errors.ts
export abstract class HttpProblem extends Error {
  abstract readonly status: number;
}
export class SeatTaken extends HttpProblem {
  readonly status = 400;
  constructor() {
    super("Seat is already booked");
  }
}
=== src/server.ts
import express from "express";
import { HttpProblem, SeatTaken } from "./errors";

const app = express();

app.post("/tickets", async (req, res) => {
  if (await taken(req.body.seat)) throw new SeatTaken(); // <-- what its base tells Error
  if (!valid(req.body.from)) return res.status(404).json({ message: "from must be a date" }); // <-- 422
  if (!req.user.staff) return res.status(401).json({ message: "You can only book your own seats" }); // <-- 403
  res.status(201).json({});
});

app.get("/tickets/:id", (req, res) => {
  if (Number.isNaN(Number(req.params.id))) return res.status(404).json({ message: "id must be a number" });
  res.json({});
});

app.use((err, req, res, next) => {
  if (err instanceof HttpProblem) return res.status(err.status).json({ message: err.message });
  res.status(500).json({ message: "failed" });
});
""",
    """
=== src/plots.errors.ts
import { ConflictException, HttpException, UnauthorizedException } from '@nestjs/common'

export class PlotTaken extends HttpException {
  constructor() {
    super('Plot already taken', 400)
  }
}

export class NotOwner extends UnauthorizedException {
  constructor(name: string) {
    super(`You are not allowed to water ${name}`)
  }
}

export class PlotGone extends ConflictException {}
=== src/plots.controller.ts
import { Controller, Param, Post } from '@nestjs/common'
import { NotOwner, PlotGone, PlotTaken } from './plots.errors'

@Controller('plots')
export class PlotsController {
  @Post(':id/claim')
  async claim(@Param('id') id: string) {
    if (await this.plots.taken(id)) throw new PlotTaken() // <-- what its class hands on
    if (await this.plots.reserved(id)) throw new PlotTaken()
    throw new PlotGone('Plot is under water')
  }

  @Post(':id/water')
  async water(@Param('id') id: string) {
    if (!(await this.plots.mine(id))) throw new NotOwner(id) // <-- 403
    throw new PlotGone('Plot not found') // <-- the status of its base
  }
}
""",
    """
=== library/models.py
from flask_sqlalchemy import SQLAlchemy

db = SQLAlchemy()

class Loan(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    book_id = db.Column(db.Integer)
    owner_id = db.Column(db.Integer)

class Ban(db.Model):
    id = db.Column(db.Integer, primary_key=True)
=== library/loans.py
from flask import Blueprint, abort, jsonify, request
from sqlalchemy.exc import IntegrityError

from library.models import Ban, Loan, db

bp = Blueprint("loans", __name__)

@bp.get("/loans/<int:loan_id>")
def show(loan_id):
    loan = db.session.get(Loan, loan_id)
    if not loan:
        abort(403)  # <-- it is not there, whoever asks
    return jsonify(id=loan.id)

@bp.get("/mine/<int:loan_id>")
def mine(loan_id):
    loan = Loan.query.filter_by(id=loan_id, owner_id=request.user.id).first()
    if loan is None:
        abort(403)
    return jsonify(id=loan.id)

@bp.post("/loans")
def borrow():
    if Ban.query.filter_by(member=request.user.id).first():
        return jsonify(message="nope"), 400
    existing = Loan.query.filter_by(book_id=request.json["book"]).first()
    if existing:
        return jsonify(message="unavailable"), 400  # <-- somebody has it
    loan = Loan(book_id=request.json["book"])
    db.session.add(loan)
    try:
        db.session.commit()
    except IntegrityError:
        return jsonify(code="duplicate"), 400  # <-- the code says so
    return jsonify(id=loan.id), 201

@bp.get("/loans")
def index():
    if not request.args.get("page", "1").isdigit():
        return jsonify(message="page must be a number"), 404  # <-- no part of the address
    if not request.user.is_authenticated:
        return jsonify(message="no"), 403  # <-- nobody knows who asks
    if request.user.blocked:
        return jsonify(message="Your account may not see loans"), 401  # <-- it is known who asks
    return jsonify([])
""",
    """
=== src/fault.ts
import type { Context } from "hono";

export class RefusedError extends Error {
  constructor(message: string, readonly status: number) {
    super(message);
  }
}
export class NotAllowed extends RefusedError {
  constructor() {
    super("You are not allowed to vote", 401);
  }
}
export const fault = (status: number, message: string) => ({ status, message });
const say = (c: Context, status: number, message: string) => c.json({ message }, status as never);
export const refuse = (c: Context, one: { status: number; message: string }) =>
  c.body(JSON.stringify({ message: one.message }), one.status as never);
export function onError(error: Error, c: Context) {
  if (error instanceof RefusedError) return say(c, error.status, error.message);
  return c.json({ message: "failed" }, 500);
}
=== src/polls.ts
import { Hono } from "hono";
import { NotAllowed, fault, onError, refuse } from "./fault";

const app = new Hono();
app.onError(onError);

app.post("/polls/:id/votes", async (c) => {
  if (!c.get("voter")) return refuse(c, fault(403, "Session expired, please sign in again")); // <-- 401
  if (!may(c)) throw new NotAllowed(); // <-- its class says 401
  if (voted(c)) return refuse(c, fault(400, "You have already voted")); // <-- 409
  if (closed(c)) return refuse(c, fault(409, "You have already voted"));
  return c.json({ message: "This vote belongs to somebody else" }, 401); // <-- 403
});
""",
    """
=== club/errors.py
from rest_framework.exceptions import APIException

class AlreadyIn(APIException):
    status_code = 400
    default_detail = "You are already enrolled"

class Full(APIException):
    status_code = 409
    default_detail = "No places left"
=== club/base.py
from rest_framework.response import Response
from rest_framework.views import APIView

class Base(APIView):
    def refuse(self, message, status):
        return Response({"detail": message}, status=status)
=== club/urls.py
from django.urls import path

from club.views import Course, Courses

urlpatterns = [path("courses/", Courses.as_view()), path("courses/<int:pk>/", Course.as_view())]
=== club/views.py
from rest_framework.exceptions import ValidationError

from club.base import Base
from club.errors import AlreadyIn, Full

class Courses(Base):
    def post(self, request):
        if taken(request):
            raise AlreadyIn()  # <-- its class says so
        if not places(request):
            raise Full()
        return self.refuse("Course not found", 400)

class Course(Base):
    def get(self, request, pk):
        if not find(pk):
            return self.refuse("Course not found", 400)  # <-- by a method of the base
        return self.refuse("Course not found", 404)

    def delete(self, request, pk):
        if not find(pk):
            raise ValidationError("Course does not exist")  # <-- no serializer gathered it
        raise ValidationError("Courses with members stay")
""",
    """
=== src/auth.js
const jwt = require("jsonwebtoken");

function signedIn(req, res, next) {
  jwt.verify(req.header("authorization"), process.env.JWT_SECRET, (err, user) => {
    if (err) return res.sendStatus(403);  // <-- nobody is signed in
    req.user = user;
    next();
  });
}

module.exports = { signedIn };
=== src/payments.js
const express = require("express");
const db = require("./db");

const router = express.Router();

router.get("/payments/:id", async (req, res) => {
  const payment = await db.payments.find(req.params.id);
  if (!payment) return res.status(404).json({ error: "Not Found", message: "Payment not found" });
  if (payment.owner !== req.user.id) {
    return res.status(404).json({ message: "Only the owner may see a payment" });  // <-- says that it is there
  }
  if (payment.hidden) return res.status(404).json({ message: "Payment does not exist or you are not allowed to see it" });
  res.json(payment);
});

router.put("/payments/:id/note", async (req, res) => {
  if (!KINDS.has(req.body.kind)) return res.status(400).json({ message: "Unknown kind" });
  if (!(await db.payments.find(req.params.id))) return res.status(400).json({ message: "Unknown payment" }); // <-- 404
  res.json({});
});

router.post("/payments/:id/refunds", async (req, res) => {
  try {
    await db.refunds.add(req.params.id, req.body);
  } catch (err) {
    if (err.code === "23505") return res.status(422).json({ message: "refunded before" });  // <-- a duplicate
    throw err;
  }
  res.status(201).json({});
});

module.exports = router;
""",
    """
=== lib/status.js
module.exports = Object.freeze({ BAD_REQUEST: 400, NOT_FOUND: 404 });
=== lib/reply.js
module.exports = { refuse: (res, status, message) => res.status(status).json({ message }) };
=== lib/base.js
class Base {
  refuse(res, status, message) {
    return res.status(status).json({ message });
  }
}
module.exports = { Base };
=== routes/parcels.js
const express = require('express');
const S = require('../lib/status');
const { refuse } = require('../lib/reply');
const { Base } = require('../lib/base');

const app = express();

app.get('/parcels/:id', async (req, res) => {
  if (!(await find(req.params.id))) return refuse(res, S.BAD_REQUEST, 'Parcel not found'); // <-- the path names it
  if (!(await may(req))) return refuse(res, S.NOT_FOUND, 'Parcel not found');
  res.json({});
});

class Parcels extends Base {
  constructor() {
    super();
    app.put('/parcels/:id', this.update);
  }

  update = async (req, res) => {
    if (!(await find(req.params.id))) return this.refuse(res, 400, 'Parcel not found'); // <-- a method of the base
    return this.refuse(res, 404, 'Parcel not found');
  };
}
""",
    """
=== src/status.ts
export const Http = { Unauthorized: 401, Forbidden: 403 } as const;
=== src/links.ts
import { Hono } from "hono";
import { Http } from "./status";

const app = new Hono();

app.get("/links", (c) => {
  if (!c.req.header("x-api-key")) return c.json({ message: "API key is missing" }, Http.Forbidden);  // <-- 401
  if (!may(c)) return c.json({ message: "Members only" }, Http.Forbidden);
  return c.json([]);
});
""",
    """
=== app/orders.py
from fastapi import APIRouter, HTTPException

router = APIRouter()

@router.get("/orders/{order_id}")
def read(order_id: int, user=None):
    if user is None:
        raise HTTPException(status_code=403, detail="Not authenticated")  # <-- 401
    if not may_read(user):
        raise HTTPException(status_code=400, detail="Not enough permissions")  # <-- 403
    order = find(order_id)
    if order is None:
        raise HTTPException(status_code=400, detail="Order not found")  # <-- the path names it: 404
    return order

@router.post("/orders")
def create(order: dict):
    if exists(order):
        raise HTTPException(status_code=400, detail="An order with this number already exists")  # <-- 409
    if not product(order):
        raise HTTPException(status_code=400, detail="Product not found")
    if not order.get("lines"):
        raise HTTPException(status_code=400, detail="lines is required")
    return insert(order)
""",
    """
=== src/server.ts
import express from 'express'

const app = express()

app.post('/users', async (req, res) => {
  if (!req.user) return res.status(401).json({ error: 'Not authenticated' })
  if (await taken(req.body.email)) {
    return res.status(400).json({ error: 'Email already in use' }) // <-- 409
  }
  if (!req.user.admin) return res.status(401).json({ error: 'Insufficient permissions' }) // <-- 403
  res.status(201).json({})
})
""",
    """
=== app/token.py
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException
from fastapi.security import OAuth2PasswordRequestForm

router = APIRouter()

@router.post("/token")
def token(form: Annotated[OAuth2PasswordRequestForm, Depends()]):
    user = check(form.username, form.password)
    if not user:
        raise HTTPException(status_code=400, detail="Incorrect username or password")
    return {"access_token": sign(user)}

@router.post("/session")
def session(email: str, password: str):
    user = find(email)
    if user is None:
        raise HTTPException(status_code=401, detail="User not found")
    if not matches(user, password):
        raise HTTPException(status_code=400, detail="Incorrect email or password")  # <-- 401
    return {"session": start(user)}
""",
    """
=== orders/serializers.py
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

class OrderSerializer(serializers.Serializer):
    number = serializers.CharField()

    def validate_number(self, number):
        if taken(number):
            raise serializers.ValidationError("An order with this number already exists")
        return number

class OrderView(APIView):
    def put(self, request, pk):
        customer = find(request.data["customer_id"])
        if customer is None:
            return Response({"customer_id": "Customer not found."}, status=400)
        if taken(request.data["number"]):
            return Response({"error": "An order with this number already exists"}, status=400)  # <-- 409
        return Response({})
=== orders/urls.py
from django.urls import path

from .serializers import OrderView

urlpatterns = [path("orders/<int:pk>/", OrderView.as_view())]
""",
    """
=== app/views.py
from flask import Blueprint, abort

bp = Blueprint("orders", __name__)

@bp.get("/orders/<int:oid>")
def read(oid):
    if not find(oid):
        abort(404, description="Order not found")
    abort(403, description="You do not have access to this order")
""",
    """
=== app/faults.py
class Fault(Exception):
    def __init__(self, status: int, code: str, message: str):
        self.status = status
        self.code = code
        self.message = message
        super().__init__(message)
=== app/main.py
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from app.faults import Fault
from app.users import router

app = FastAPI()
app.include_router(router)

@app.exception_handler(Fault)
async def handle(request: Request, fault: Fault):
    return JSONResponse({"code": fault.code, "message": fault.message}, fault.status)
=== app/users.py
import asyncpg
import jwt
from fastapi import APIRouter

from app.faults import Fault

router = APIRouter()

@router.post("/users")
async def create(form: Form):
    try:
        claims = jwt.decode(form.token, KEY, algorithms=["HS256"])
    except jwt.InvalidTokenError as exc:
        raise Fault(400, "token", "Try again") from exc  # <-- the type of what is caught says 401
    if "admin" not in claims["roles"]:
        raise Fault(401, "role", "You do not have permission to do this")  # <-- 403
    try:
        return await insert(form)
    except asyncpg.UniqueViolationError:
        raise Fault(400, "taken", "Choose another one")  # <-- 409

@router.post("/password")
async def reset_password(form: Form):
    try:
        return jwt.decode(form.token, KEY, algorithms=["HS256"])
    except jwt.InvalidTokenError as exc:
        raise Fault(400, "token", "This link is too old") from exc
""",
    """
=== src/server.ts
import { Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'

const app = new Hono()

app.onError((err, c) => {
  const code = err.status === 403 ? 'FORBIDDEN' : 'BAD_REQUEST'
  return c.json({ code, message: err.message }, err.status)
})
app.get('/install', (c) => {
  if (!c.req.query('token')) return c.json({ error: 'token is required' }, 400)
  if (!c.get('scopes')) return c.json({ error: 'The access token is missing the "read" scope.' }, 403)
  if (!c.get('user')) return c.json({ error: 'access token is missing' }, 400) // <-- 401
  throw new HTTPException(400, { message: 'Something went wrong' })
})
""",
    """
=== kiosk/errors.py
class SeatGone(Exception):
    pass

class AlreadySeated(Exception):
    pass

class ConfigMissing(Exception):
    pass
=== kiosk/seats.py
from typing import Annotated

from fastapi import APIRouter, Depends, Header, HTTPException
from sqlalchemy import exists, select
from sqlalchemy.exc import IntegrityError, NoResultFound

from kiosk import crud
from kiosk.errors import AlreadySeated, ConfigMissing, SeatGone
from kiosk.models import Seat

router = APIRouter()
PLANS = {}

async def signed_in(authorization: Annotated[str | None, Header()] = None):
    if not authorization:
        raise HTTPException(403, "stop")  # <-- 401
    return await crud.get_user_by_token(authorization)

@router.get("/seats/{seat_id}")
async def read(seat_id: int, session, user=Depends(signed_in)):
    seat = (await session.execute(select(Seat).where(Seat.id == seat_id))).scalar_one_or_none()
    if seat is None:
        raise HTTPException(400, "no luck")  # <-- 404
    if seat.owner_id != user.id:
        raise HTTPException(400, "no luck")  # <-- 403
    if seat.row != seat.column:
        raise HTTPException(400, "no luck")
    return seat

@router.get("/seats/{seat_id}/map")
async def show_map(seat_id: int, session, current_user=Depends(signed_in)):
    if not await session.scalar(select(exists().where(Seat.id == seat_id))):
        raise HTTPException(409, "no luck")  # <-- 404
    if current_user.role != "usher" and not current_user.is_admin:
        raise HTTPException(401, "no luck")  # <-- 403
    if (plan := await crud.find_plan(seat_id)) is not None:
        return plan
    raise HTTPException(400, "no luck")  # <-- 404

@router.put("/seats/{seat_id}/plan")
async def put_plan(seat_id: int, name: str):
    match await crud.get_seat(seat_id):
        case None:
            raise HTTPException(400, "no luck")  # <-- 404
    if name not in PLANS:
        raise HTTPException(400, "no such luck today")
    PLANS[name] = seat_id
    return {}

@router.post("/plans", status_code=201)
async def add_plan(name: str):
    if name in PLANS:
        raise HTTPException(400, "no luck")  # <-- 409
    PLANS[name] = None
    return {"name": name}

@router.post("/guests", status_code=201)
async def add_guest(email: str, tariff: int):
    if await crud.get_guest_by_email(email):
        raise HTTPException(422, "no luck")  # <-- 409
    if not await crud.get_tariff(tariff):
        raise HTTPException(400, "no luck")
    return await crud.create_guest(email)

@router.delete("/seats/{seat_id}")
async def leave(seat_id: int, session):
    try:
        seat = (await session.scalars(select(Seat).where(Seat.id == seat_id))).one()
        return await crud.leave(seat)
    except NoResultFound:
        raise HTTPException(400, "no luck")  # <-- the type of what is caught
    except SeatGone:
        raise HTTPException(409, "no luck")  # <-- so do the project's own
    except AlreadySeated:
        raise HTTPException(400, "no luck")  # <-- 409
    except ConfigMissing:
        raise HTTPException(400, "no luck")
    except IntegrityError:
        raise HTTPException(400, "no luck")

@router.post("/seats", status_code=201)
async def add(number: int, session):
    session.add(Seat(number=number))
    try:
        await session.commit()
    except IntegrityError:
        raise HTTPException(400, "no luck")  # <-- 409

@router.post("/sign-in")
async def sign_in(email: str, password: str):
    user = await crud.get_user_by_email(email)
    if user is None or not verify_password(password, user.hash):
        raise HTTPException(400, "no luck")  # <-- 401
    return user

@router.post("/password")
async def change_password(old: str, current_user=Depends(signed_in)):
    if not verify_password(old, current_user.hash):
        raise HTTPException(400, "no luck")
    return {}
""",
    """
=== rowing/refusals.py
from fastapi import HTTPException

class ClubError(Exception):
    def __init__(self, message, status=500):
        self.message = message
        self.status = status

def bad(message):
    return ClubError(message, status=400)

def hidden(what):
    return HTTPException(403, f"{what} not found")  # <-- said once, where it is written

def absent(what):
    return HTTPException(404, f"{what} not found")
=== rowing/main.py
from bson import ObjectId
from fastapi import FastAPI, HTTPException
from fastapi.responses import JSONResponse
from pymongo import MongoClient

from rowing.refusals import ClubError, absent, bad, hidden

app = FastAPI()
db = MongoClient().rowing
unknown = HTTPException(403, "Not authenticated")

@app.exception_handler(ClubError)
async def on_error(request, exc):
    return JSONResponse({"message": exc.message}, exc.status)

@app.get("/boats/{boat_id}")
def read(boat_id: str, token: str):
    if not token:
        raise unknown  # <-- 401, where it is raised
    boat = db.boats.find_one({"_id": ObjectId(boat_id)})
    if boat is None:
        raise bad("sorry")  # <-- 404
    if boat["sunk"]:
        raise bad("sorry")
    if boat["lent"]:
        raise hidden("boat")
    raise absent("boat")
""",
    """
=== src/boats.ts
import { Router } from "express";
import bcrypt from "bcrypt";
import { prisma, pool } from "./db";

const boats = new Map<string, Boat>();
export const r = Router();

r.get("/boats/:id", async (req, res) => {
  const boat = await prisma.boat.findUnique({ where: { id: req.params.id } });
  if (!boat) return res.status(400).json({ message: "Try again" }); // <-- the row of the path is not there
  if (boat.ownerId !== req.user.id) return res.status(400).json({ message: "No" }); // <-- somebody else's
  const harbour = await prisma.harbour.findUnique({ where: { id: boat.harbourId } });
  if (!harbour) return res.status(400).json({ message: "No harbour" });
  res.json(boat);
});

r.get("/boats/:id/crew", async (req, res) => {
  const { rows } = await pool.query("select * from boats where id = $1", [req.params.id]);
  if (rows.length === 0) return res.status(409).json({ message: "Try again" }); // <-- nor here
  const boat = boats.get(req.params.id);
  res.status(boat ? 200 : 403).json(boat ?? { message: "Try again" }); // <-- the fork says so
});

r.post("/boats", async (req, res) => {
  const twin = await prisma.boat.findFirst({ where: { name: req.body.name } });
  if (twin) return res.status(400).json({ message: "Choose otherwise" }); // <-- there is one already
  const owner = await prisma.user.findUnique({ where: { id: req.body.ownerId } });
  if (!owner) return res.status(400).json({ message: "Whose is it?" });
  if (owner.plan !== "captain") return res.status(400).json({ message: "Captains have boats" });
  res.status(201).json(await prisma.boat.create({ data: req.body }));
});

r.post("/login", async (req, res) => {
  const user = await prisma.user.findUnique({ where: { email: req.body.email } });
  if (!user || !(await bcrypt.compare(req.body.password, user.hash))) {
    return res.status(400).json({ message: "Try again" }); // <-- nobody is signed in
  }
  res.json({});
});

r.put("/boats/:id", async (req, res) => {
  const boat = await prisma.boat.findUnique({ where: { id: req.params.id } });
  if (!boat) {
    res.status(400);
    throw new Error("Boat not found"); // <-- with the status that was set before
  }
  res.json(boat);
});

export const crewOnly = (req, res, next) => {
  if (!req.user) return res.status(403).json({ message: "Who are you?" }); // <-- nobody knows
  if (!req.user.roles.includes("crew")) return res.status(401).json({ message: "No" }); // <-- known, and not crew
  next();
};
=== src/fares.ts
import { Router } from "express";

const fault = (status: number, message: string) => ({ status, message });
async function book(id: string) {
  const fare = await find(id);
  if (!fare) return { ok: false, status: 400, error: "Fare not found" }; // <-- what its handler will answer
  if (fare.full) return { ok: false, status: 409, error: "No seats left" };
  if (fare.over) return { ok: false, fault: fault(403, "Fare does not exist") }; // <-- by a function that makes it
  return { ok: true, fare };
}

export const fares = Router();
fares.post("/fares/:id/book", async (req, res) => {
  const booked = await book(req.params.id);
  if (!booked.ok) return res.status(booked.status).json({ message: booked.error });
  res.json(booked.fare);
});
""",
    """
=== src/donors.ts
import express from "express";
import { Donor } from "./models";

const app = express();

app.put("/donors/:id", async (req, res) => {
  const other = await Donor.exists({ email: req.body.email, _id: { $ne: req.params.id } });
  if (other) return res.status(409).json({ error: "That e-mail belongs to another donor" });
  const twin = await Donor.findOne({ phone: req.body.phone });
  if (twin) return res.status(403).json({ error: "That number belongs to somebody else" }); // <-- it is taken: 409
  const donor = await Donor.findById(req.params.id);
  if (donor.owner !== req.user.id) return res.status(403).json({ error: "This donor belongs to somebody else" });
  res.json(donor);
});
""",
    """
=== lending/auth.py
from flask import Blueprint, jsonify, request
from werkzeug.security import check_password_hash

bp = Blueprint("auth", __name__)

@bp.post("/login")
def login():
    member = find(request.json["card"])
    if member is None or not check_password_hash(member.pin_hash, request.json["pin"]):
        return jsonify(error="That did not work."), 404  # <-- nobody proved who it is
    return jsonify(token=token(member))

@bp.post("/pin")
def change_pin():
    member = find(request.json["card"])
    if not check_password_hash(member.pin_hash, request.json["old"]):
        return jsonify(error="That did not work."), 422
    return jsonify(changed=True)
""",
    """
=== src/alerts.ts
import express from "express";
import { findAlert, findUser, keys, known, links } from "./store";

const app = express();

app.put("/alerts/:id", async (req, res) => {
  const user = await findUser(req.userId);
  if (!user) return res.status(403).json({ message: "User not found" });
  const alert = await findAlert(req.params.id);
  if (!alert) return res.status(403).json({ message: "Alert not found" }); // <-- that was asked for
  const missing = req.body.sources.filter((one) => !known(one));
  if (missing.length) return res.status(400).json({ message: `Could not find the following source ids: ${missing}` });
  try {
    res.json(await alert.change(req.body));
  } catch (err) {
    res.status(400).json({ message: err instanceof Error ? err.message : "Access denied" });
  }
});

app.delete("/keys/:provider", async (req, res) => {
  if (!(await keys.remove(req.params.provider))) return res.status(404).json({ message: "No API key is stored for it" });
  res.status(204).end();
});

app.post("/password", async function resetPassword(req, res) {
  const link = await links.take(req.body.code);
  if (!link) return res.status(400).json({ message: "Token is invalid" });
  res.status(204).end();
});
""",
]
