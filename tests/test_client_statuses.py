"""Statuses that contradict what they are about, through helpers, classes, guards, lookups and clauses."""

import pytest

from reviewlint import catalogue
from reviewlint.examples import parse

from .test_examples import lines_found

RULE = next(rule for rule in catalogue.load_all() if rule.name == "wrong-client-status")

CASES = [
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
    super('Plot already taken', 400) // <-- 409, said where both stand
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
    if (await this.plots.taken(id)) throw new PlotTaken()
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
=== src/fault.ts
import type { Context } from "hono";

export class RefusedError extends Error {
  constructor(message: string, readonly status: number) {
    super(message);
  }
}
export class NotAllowed extends RefusedError {
  constructor() {
    super("You are not allowed to vote", 401); // <-- 403
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
  if (!may(c)) throw new NotAllowed();
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
    return HTTPException(403, f"{what} not found")

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
  if (fare.over) return { ok: false, fault: fault(403, "Fare does not exist") };
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
=== src/keys.ts
import express from "express";
import { find, findChat, findUser, gateway, may } from "./store";

const app = express();
const types = { 400: "invalid_request", 401: "unauthenticated" };

function refuse(res, status, message) {
  return res.status(status).json({ type: status === 401 ? "unauthenticated" : "invalid_request", message });
}

function answer(res, id) {
  if (!may(id)) return res.status(403).json({ message: "No" });
  return res.status(404).json({ message: "Key not found" });
}

app.post("/chats/:chatId/fork", async (req, res) => {
  const chat = await findChat(req.params.chatId);
  if (!chat) return res.status(400).json({ message: "Chat not found" }); // <-- the path asks for it
  if (!chat.holds(req.body.message)) return res.status(400).json({ message: "Message not found in chat" });
  if (!req.query.cursor) return refuse(res, 400, "This is no cursor of ours");
  if (req.body.key) return answer(res, req.body.key);
  res.json(chat);
});

app.put("/keys/:id", async (req, res) => {
  if (!gateway.signed(req.get("x-signature"))) {
    return res.status(401).json({ type: "permission_denied", code: "invalid_signature" });
  }
  if (!req.body.accessToken) return res.status(400).json({ message: "Access token is required" });
  if (!(await findUser(req.body.owner))) return res.status(400).json({ message: "User not found" });
  if (!KINDS[req.params.id]) return res.status(400).json({ message: "Invalid kind of key" });
  if (req.user.role !== "admin") return res.status(401).json({ message: "Not allowed" }); // <-- 403
  res.status(204).end();
});

export function deviceOnly(req, res, next) {
  if (!req.get("x-device-token")) return res.status(400).json({ message: "Device token is missing" }); // <-- 401
  next();
}
""",
    """
=== src/guard.js
import express from "express";
import { readClaims } from "./claims";

const app = express();

function signedIn(req, res, next) {
  const raw = (req.get("authorization") || "").replace("Bearer ", "");
  if (!raw) return res.status(400).json({ message: "Authentication token required" }); // <-- nobody is known
  const claims = readClaims(raw);
  if (!claims) return res.status(400).json({ message: "Token is invalid or expired" }); // <-- nor by this one
  next();
}

app.use(signedIn);
""",
]


@pytest.mark.parametrize("text", CASES)
def test_findings_start_on_the_arrows_and_nowhere_else(text: str) -> None:
    example = parse(text)
    assert lines_found(RULE, example.files) == sorted(example.arrows)
