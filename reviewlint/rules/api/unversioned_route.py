"""A route has no version where the service's other routes have one.

A version in the path lets the next shape live beside this one. A route without it can only be changed under the feet of
the clients that use it, and gateways that route by version miss it.

The majority decides: at least three quarters of the service's routes. Health checks, metrics, documentation, webhooks,
callbacks and the pages of a browser are not part of the API's contract. One finding for each group of routes.
"""

import re
from collections import defaultdict
from collections.abc import Iterator

from ...facts.location import Related
from ...facts.values import Items, Record
from ...finding import Finding, Subject
from ...join.endpoints import Endpoint, answers, endpoints
from ...join.functions import functions
from ...join.services import services
from ...project import SERVER_SIDES, Project
from ...rule import Meta

META = Meta(
    severity="note",
    confidence="medium",
    since="0.1.0",
    languages=("python", "typescript"),
    found_at=("Route",),
    asked_by="F E A S",
    level="strict",
    limits="A version that a gateway or a header adds is not seen.",
)

VERSION = re.compile(r"^v\d+(?:[a-z]+\d*)?$|^\d{4}-\d\d(?:-\d\d)?$", re.IGNORECASE)
ASIDE = re.compile(
    r"^(?:health\w*|ready|readyz?|live|livez|liveness|readiness|ping|status|metrics|version|docs|redoc|openapi.*|swagger.*"
    r"|web_?-?hooks?|hooks?|callback|oauth\d?|auth|\.well-known|robots\.txt|favicon\.ico|static|assets|public|internal|_\w+"
    r"|admin|backoffice|debug|graphql|sitemap.*|logout|login|sso|saml|scim|ws|socket.*|slack|stripe|github|discord)$",
    re.IGNORECASE,
)
PAGE = re.compile(
    r"(?:^|\.)(?:render(?:_\w+)?|\w*TemplateResponse|HTMLResponse|HttpResponseRedirect|RedirectResponse|redirect)$"
)
"""What answers a browser: pages, and the redirects to them."""
OF_SITES = frozenset({"flask", "django"})
"""Frameworks whose handlers answer browsers as often as programs."""
DATA = re.compile(r"(?:^|\.)(?:jsonify|JsonResponse|dumps|rest_framework\.response\.Response)$")
MAJORITY = 0.75
ENOUGH = 4
SHOWN = 5


def check(project: Project) -> Iterator[Finding]:
    """Each group of routes without the version that the others carry."""
    names = project.view(services)
    every: dict[str, list[Endpoint]] = defaultdict(list)
    for endpoint in project.view(endpoints):
        if endpoint.segments and project.side(endpoint.at.path) in SERVER_SIDES and not _is_aside(project, endpoint):
            every[names.of(endpoint.at.path)].append(endpoint)
    for several in every.values():
        versioned = [endpoint for endpoint in several if _version(endpoint)]
        if len(versioned) < ENOUGH or len(versioned) < MAJORITY * len(several) or len(versioned) == len(several):
            continue
        groups: dict[str, list[Endpoint]] = defaultdict(list)
        for endpoint in several:
            if not _version(endpoint):
                groups[endpoint.at.path].append(endpoint)
        for group in groups.values():
            yield _finding(group, versioned, len(several))


def _version(endpoint: Endpoint) -> str:
    return next((part for part in endpoint.segments or () if VERSION.match(part)), "")


def _is_aside(project: Project, endpoint: Endpoint) -> bool:
    parts = endpoint.segments or ()
    # a view of Django is asked by any method unless it says otherwise; one that answers with data is no page
    given = [answer.body for answer in answers(project, endpoint) if not answer.response.raised]
    data = any(isinstance(one, Record | Items) for one in given)
    function = project.view(functions).get((endpoint.handler_path, endpoint.handler))
    calls = function.calls if function is not None and endpoint.at.path.endswith(".py") else ()
    page = any(map(PAGE.search, calls)) or (
        bool(calls) and endpoint.framework in OF_SITES and not any(map(DATA.search, calls))
    )
    asked_any = endpoint.method == "*" and not (any(given) and endpoint.framework == "django")
    return (page and not data) or asked_any or parts[0].startswith("{") or any(map(ASIDE.match, parts))


def _finding(group: list[Endpoint], versioned: list[Endpoint], total: int) -> Finding:
    first, example = group[0], versioned[0]
    route = f"{first.method} {first.path}"
    more = f" and {len(group) - 1} more in this file have" if len(group) > 1 else " has"
    return Finding(
        first.at,
        evidence=f"`{route}`{more} no version; {len(versioned)} of {total} routes of this service have one, like "
        f"`{example.path}`.",
        remedy=f"Mount it under `{_version(example)}`, and keep the old path as an alias until clients have moved.",
        related=(
            *(Related(one.at, f"{one.method} {one.path}") for one in group[1:SHOWN]),
            Related(example.at, f"`{example.path}`"),
        ),
        subject=Subject("endpoint", route),
        slots={"route": route, "version": _version(example), "count": str(len(versioned)), "total": str(total)},
    )


REMARK = "{count} of {total} routes say which version they are, `{route}` does not. It can never change without breaking somebody."

EXAMPLES = [
    """
=== app/main.py
from fastapi import APIRouter, FastAPI

app = FastAPI()
router = APIRouter(prefix="/v1/orders")

@router.get("")
def index():
    return []

@router.get("/{order_id}")
def read(order_id: int):
    return {}

@router.post("", status_code=201)
def create():
    return {}

@router.delete("/{order_id}", status_code=204)
def delete(order_id: int):
    return None

@app.get("/reports")  # <-- the only one without a version
def reports():
    return []

@app.get("/health")
def health():
    return {"status": "ok"}

app.include_router(router)
""",
    """
=== src/server.ts
import express from 'express'

const app = express()

app.get('/api/v2/orders', list)
app.post('/api/v2/orders', create)
app.get('/api/v2/orders/:id', read)
app.put('/api/v2/orders/:id', update)
app.get('/api/exports', exportAll) // <-- no v2
app.get('/login', page)
""",
    """
=== src/small.ts
import express from 'express'

const app = express()

app.get('/orders', list)
app.get('/v1/carts', carts)
""",
    """
=== app/main.py
from flask import Blueprint, Flask, jsonify, redirect, render_template

app = Flask(__name__)
api = Blueprint("api", __name__, url_prefix="/api/v1")
app.register_blueprint(api)

@api.get("/teams")
def teams():
    return jsonify([])

@api.get("/users")
def users():
    return jsonify([])

@api.get("/games")
def games():
    return jsonify([])

@api.get("/scores")
def scores():
    return jsonify([])

@app.get("/scoreboard")
def scoreboard():
    return render_template("scores.html", scores=[])

@app.get("/leave")
def leave():
    return redirect("/scoreboard")

@app.get("/events")  # <-- data, as the others
def events():
    return jsonify([])
""",
]
