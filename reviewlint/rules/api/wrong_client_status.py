"""A status says something else than its own message.

Clients act on the number: 401 sends the user to sign in, 403 says that it will not help, 404 drops the item from the
list, 409 offers another name. A message for humans beside the wrong number leads each of them astray.

Missing or invalid credentials are 401, a lack of permission is 403 (or 404, to hide that there is something), a missing
resource is 404, a duplicate is 409. For invalid fields both 400 and 422 are right, and so is 400 where a request names
something that does not exist in its body.
"""

import itertools
import re
from collections import defaultdict
from collections.abc import Iterator

from ...finding import Confidence, Finding
from ...join.endpoints import Endpoint, endpoints
from ...join.faults import Fault, told
from ...join.paths import PARAMETER
from ...join.responses import responses
from ...project import SERVER_SIDES, Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="medium",
    since="0.1.0",
    languages=("python", "typescript"),
    asked_by="S E",
    limits="Judged by the words of constant messages.",
)

RIGHT = {Fault.MISSING: 404, Fault.CREDENTIALS: 401, Fault.FORBIDDEN: 403, Fault.DUPLICATE: 409}
WRONG = {
    Fault.MISSING: frozenset({401, 403, 405, 409, 429}),
    Fault.CREDENTIALS: frozenset({400, 403, 404, 409, 422}),
    Fault.FORBIDDEN: frozenset({400, 401, 409, 422}),
    Fault.DUPLICATE: frozenset({400, 401, 403, 404}),
}
BY_BODY = frozenset({400, 422})
"""What is right where the body names something that is not there."""
BY_PATH = frozenset({"GET", "PUT", "PATCH", "DELETE"})


def check(project: Project) -> Iterator[Finding]:
    """Each 4xx whose message is about something else."""
    handled: dict[tuple[str, str], list[Endpoint]] = defaultdict(list)
    for endpoint in project.view(endpoints):
        handled[endpoint.handler_path, endpoint.handler].append(endpoint)
    seen = set()
    for answer in project.view(responses):
        status = answer.status
        if status is None or not 400 <= status <= 499 or answer.at in seen:
            continue
        if project.side(answer.at.path) not in SERVER_SIDES:
            continue
        said = told(answer)
        if said is None or said[0] not in RIGHT:
            continue
        fault, text = said
        own = handled.get((answer.at.path, answer.response.function), [])
        if status in WRONG[fault] or (fault is Fault.MISSING and status in BY_BODY and _by_path(own, text)):
            seen.add(answer.at)
            yield Finding(
                answer.at,
                evidence=f"“{text[:80]}” tells of {fault}, the status is {status}.",
                remedy=f"Answer {RIGHT[fault]}.",
                slots={"said": text[:80], "status": str(status), "right": str(RIGHT[fault])},
                confidence=Confidence.MEDIUM,
            )


def _by_path(own: list[Endpoint], text: str) -> bool:
    """Whether the resource is one that the path names: `GET /orders/{}`, “order not found” at `POST /orders/{}/pay`."""
    said = {_stem(word) for word in re.findall(r"[A-Za-z]+", text)}
    for endpoint in own:
        parts = endpoint.segments or ()
        if endpoint.method in BY_PATH and parts[-1:] == (PARAMETER,):
            return True
        named = {_stem(name) for name, after in itertools.pairwise(parts) if after == PARAMETER}
        if named & said:
            return True
    return False


def _stem(word: str) -> str:
    return word.lower().removesuffix("s")


REMARK = (
    "The message says “{said}”, the number says something else, and clients only read the number. {right} is the one."
)

EXAMPLES = [
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
=== app/views.py
from flask import Blueprint, abort

bp = Blueprint("orders", __name__)

@bp.get("/orders/<int:oid>")
def read(oid):
    if not find(oid):
        abort(404, description="Order not found")
    abort(403, description="You do not have access to this order")
""",
]
