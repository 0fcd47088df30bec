"""A response with a status that allows no body has one.

204, 205 and 304 end with the headers. A body behind them is dropped by one server, breaks the next response on the
connection with another, and in the Fetch standard `new Response(body, { status: 204 })` throws before anything is sent.
"""

import re
from collections.abc import Iterator
from http import HTTPStatus

from ...facts.http import Route
from ...facts.location import Location
from ...facts.values import Call, Constant, Items, Record, Reference, Text, Value, options
from ...finding import Finding, Rewrite
from ...join.responses import Answer, responses
from ...project import SERVER_SIDES, Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="high",
    since="0.1.0",
    languages=("python", "typescript"),
    found_at=("Response",),
    serving=True,
    asked_by="S",
    limits="A body that is only known at run time is not judged.",
)

BODILESS = frozenset({204, 205, 304})
"""RFC 9110, sections 15.3.5, 15.3.6 and 15.4.5."""


GIVES = re.compile(r"^(?:find|get|load|fetch|read|create|insert|save|upsert|update|add|first|one)(?![a-z])", re.ASCII)
"""Calls that are kept in a variable for what they give; what deletes is kept and sent on where it gives nothing, too."""
ROW = re.compile(r"\(\)[\w.]*\[\d+\]$")
"""One of what a call gave: `rows[0]`."""


def check(project: Project) -> Iterator[Finding]:
    """Each response without content that certainly has some."""
    seen = set[Location]()
    declared = {(route.at.path, route.handler): route for route in project.facts(Route) if route.status is not None}
    for answer in sorted(project.view(responses), key=lambda one: one.at != one.origin):  # where it is written first
        if answer.status not in BODILESS or not seen.isdisjoint((answer.at, answer.origin)):
            continue
        if project.side(answer.at.path) not in SERVER_SIDES:
            continue
        body = _body(answer)
        if body:
            seen.add(answer.at)
            yield Finding(
                answer.at,
                evidence=f"Status {answer.status} has no body, but this response carries {body}.",
                remedy=f"Send it with 200, or keep {answer.status} and leave the body out.",
                slots={"status": str(answer.status), "body": body},
                rewrite=Rewrite(
                    "allow_body", declared.get((answer.at.path, answer.response.function)) or answer.response
                )
                if answer.status == HTTPStatus.NO_CONTENT
                else None,
            )


def _body(answer: Answer) -> str:
    """What the body certainly is, `""` where there may be none."""
    kept = answer.response.body
    if (
        isinstance(kept, Call)
        and GIVES.match(kept.name)
        and not answer.response.helper
        and not answer.at.holds(kept.at)
    ):
        return f"what `{kept.name}` gave"  # kept in a variable
    value = answer.body if answer.body is not None else answer.text
    found = [_described(option) for option in options(value)] if value is not None else [""]
    return found[0] if all(found) else ""


def _described(value: Value) -> str:
    match value:
        case Record(entries=entries) if entries:
            return "a JSON object with " + ", ".join(f"`{name}`" for name, _ in entries[:3])
        case Items(items=items) if items:
            return "a JSON array"
        case Constant(value=str(text)) if text:
            return f"the text “{text[:40]}”"
        case Text():
            return "a text"
        case Reference(name=name) if ROW.search(name):
            return "a row"
        case _:
            return ""


REMARK = (
    "{status} promises that nothing follows, and then {body} does. Some servers drop it, some corrupt the connection; "
    "pick the status that fits what you send."
)

EXAMPLES = [
    """
=== supabase/functions/marks/index.ts
import { createClient } from 'npm:@supabase/supabase-js@2'

const supabase = createClient(Deno.env.get('SUPABASE_URL')!, Deno.env.get('SUPABASE_ANON_KEY')!)

function reply(body: unknown, init: ResponseInit = {}) {
  return new Response(body === null ? null : JSON.stringify(body), init)
}

Deno.serve(async (req) => {
  const { data } = await supabase.from('marks').delete().eq('id', req.headers.get('x-id')).select()
  if (!data?.length) return reply(null, { status: 204 })
  return reply(data[0], { status: 204 }) // <-- the row that was deleted
})
""",
    """
=== src/rooms.controller.ts
import { Controller, Delete, HttpCode, Param, Patch } from '@nestjs/common'

@Controller('rooms')
export class RoomsController {
  @Patch(':id')
  @HttpCode(204)
  async rename(@Param('id') id: string) {
    const room = await this.rooms.update(id)
    return room // <-- kept, so there is something
  }

  @Delete(':id')
  @HttpCode(204)
  async remove(@Param('id') id: string) {
    return this.rooms.remove(id)
  }
}
""",
    """
=== app/carts.py
from http import HTTPStatus

from flask import Blueprint, jsonify

bp = Blueprint("carts", __name__)

@bp.delete("/carts/<int:cid>")
def delete(cid):
    return jsonify(deleted=cid), HTTPStatus.NO_CONTENT  # <-- 204 by the constant
=== fixed app/carts.py
from http import HTTPStatus

from flask import Blueprint, jsonify

bp = Blueprint("carts", __name__)

@bp.delete("/carts/<int:cid>")
def delete(cid):
    return jsonify(deleted=cid), HTTPStatus.OK
""",
    """
=== app/orders.py
from fastapi import APIRouter, Response, status
from fastapi.responses import JSONResponse

router = APIRouter()

@router.delete("/orders/{order_id}", status_code=204)
def delete(order_id: int):
    remove(order_id)
    return {"deleted": order_id}  # <-- the decorator says 204

@router.delete("/carts/{cart_id}", status_code=status.HTTP_204_NO_CONTENT)
def clear(cart_id: int):
    if not find(cart_id):
        return JSONResponse({"error": "no such cart"}, status_code=404)
    return Response(status_code=status.HTTP_204_NO_CONTENT)

@router.put("/carts/{cart_id}")
def put(cart_id: int):
    return JSONResponse({"ok": True}, status_code=status.HTTP_204_NO_CONTENT)  # <-- by the constant
""",
    """
=== src/server.ts
import express from 'express'

const app = express()

app.delete('/orders/:id', (req, res) => {
  res.status(204).json({ deleted: req.params.id }) // <-- 204 with JSON
})

app.delete('/carts/:id', (req, res) => {
  res.status(204).end()
})

app.put('/carts/:id', (req, res) => {
  res.sendStatus(204)
})
""",
    """
=== app/views.py
from flask import Blueprint

bp = Blueprint("orders", __name__)

@bp.delete("/orders/<int:oid>")
def delete(oid):
    return "", 204

@bp.delete("/carts/<int:cid>")
def clear(cid):
    return {}, 204
""",
    """
=== fleet/drivers.py
from flask.views import MethodView
from flask_smorest import Blueprint

blp = Blueprint("drivers", __name__, url_prefix="/drivers")

@blp.route("/<int:driver_id>")
class Driver(MethodView):
    @blp.response(204)
    def delete(self, driver_id):
        remove(driver_id)
        return {"message": "gone"}  # <-- nobody gets it

    @blp.response(204)
    def post(self, driver_id):
        honk(driver_id)
""",
    """
=== app/api/works/route.ts
import { NextResponse } from 'next/server'
import { db } from '@/db'

async function work(id: string) {
  await db.query('delete from works where id = $1', [id])
  return NextResponse.json({ id }, { status: 204 }) // <-- and not where it is called
}

export async function DELETE(request: Request) {
  return work(request.url)
}
""",
    """
=== supabase/functions/works/index.ts
import { reply } from '../_shared/reply.ts'

const remove = async (id: string) => {
  await gone(id)
  return reply({ removed: id }, 204) // <-- the branch for DELETE, and what it comes to
}

Deno.serve(async (req) => {
  const id = new URL(req.url).pathname.split('/')[2]
  switch (req.method) {
    case 'DELETE':
      return id ? remove(id) : reply({ error: 'which?' }, 400)
    default:
      return reply({ error: 'what?' }, 405)
  }
})
=== supabase/functions/_shared/reply.ts
export const reply = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status })
""",
]
