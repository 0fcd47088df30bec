"""A POST creates a resource and answers 200.

201 says that something new exists, and where. With 200 a client cannot tell a creation from an update or from a repeated
request that was recognised, and every tool that reads the contract (generators, gateways, tests) believes nothing was
made. A service that answers its creations with 200 throughout gets one finding.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from ...facts.location import Related
from ...finding import Confidence, Finding, Subject
from ...join.endpoints import Endpoint, answers, endpoints
from ...join.services import services
from ...join.writes import Write, written_by
from ...project import SERVER_SIDES, Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="medium",
    since="0.1.0",
    languages=("python", "typescript"),
    asked_by="S",
    limits="Only a POST on a collection whose rows it inserts is taken for a creation.",
)

CREATES = re.compile(r"^(?:create|add|new|insert|register|post)(?:_|[A-Z]|$)")
ACTION = re.compile(
    r"^(?:search|query|login|log-?out|sign-?in|sign-?out|import|export|sync|validate|preview|check|verify|refresh|cancel|batch"
    r"|test|track|report|send|bulk|upsert|webhooks?|graphql|rpc)$",
    re.IGNORECASE,
)
"""Last segments of paths that name what is done, not what is made."""

BY_ITSELF = frozenset({"fastapi", "starlette"})
"""Frameworks that answer 200 where neither the route nor the handler says a status."""

HABIT = 5
SHOWN = 5


def check(project: Project) -> Iterator[Finding]:
    """Each creation answered 200, or one finding for a service that answers all of them so."""
    names = project.view(services)
    found: dict[str, dict[object, tuple[Endpoint, Write]]] = defaultdict(dict)
    for endpoint in project.view(endpoints):
        if endpoint.method != "POST" or project.side(endpoint.at.path) not in SERVER_SIDES:
            continue
        write = next(written_by(project, endpoint), None)
        if (
            write is not None
            and write.operation == "insert"
            and _creates(endpoint, write)
            and _says_200(project, endpoint)
        ):
            found[names.of(endpoint.at.path)].setdefault(endpoint.at, (endpoint, write))
    for service, by_place in found.items():
        several = list(by_place.values())
        if len(several) >= HABIT:
            yield _habit(service, several)
        else:
            yield from (_finding(endpoint, write) for endpoint, write in several)


def _creates(endpoint: Endpoint, write: Write) -> bool:
    """Whether the route is the collection of what is inserted: by its table's name, or by its handler's."""
    constant = [part for part in endpoint.segments or () if "{" not in part]
    if not endpoint.segments or not constant or endpoint.segments[-1] != constant[-1]:
        return False
    if ACTION.match(constant[-1]):
        return False
    if write.table:
        return _stem(write.table) == _stem(constant[-1])
    return CREATES.match(endpoint.handler.rpartition(".")[2]) is not None


def _stem(name: str) -> str:
    """A name without its plural and spelling: `order_lines`, `OrderLine` and `order-lines` are one."""
    plain = re.sub(r"[-_]", "", name).lower()
    return plain.removesuffix("s").removesuffix("ie").removesuffix("y").removesuffix("e")


def _says_200(project: Project, endpoint: Endpoint) -> bool:
    if endpoint.route.status is not None:
        return endpoint.route.status == 200
    given = [answer for answer in answers(project, endpoint) if answer.response.function == endpoint.handler]
    good = {answer.status for answer in given if answer.status is None or answer.status < 400}
    return good == {200} or (not good and endpoint.framework in BY_ITSELF)


def _finding(endpoint: Endpoint, write: Write) -> Finding:
    route = f"POST {endpoint.path}"
    return Finding(
        endpoint.at,
        evidence=f"`{route}` inserts {f'into `{write.table}`' if write.table else 'a row'} and answers 200.",
        remedy="Answer 201, with a Location header that names the new resource.",
        subject=Subject("endpoint", route),
        slots={"route": route, "count": "1"},
    )


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

export async function POST(request: Request) { // <-- 200 by default
  const { text } = await request.json()
  const { data, error } = await supabase.from('notes').insert({ text }).select().single()
  if (error) return Response.json({ error: 'not stored' }, { status: 500 })
  return Response.json(data)
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
]
