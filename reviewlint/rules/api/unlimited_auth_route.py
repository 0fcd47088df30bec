"""Routes that check credentials can be tried without limit.

A login, a password reset, a one-time code: whoever may try a million times will find one that fits, and each try costs a
password hash or a mail. A limit by address and account in front of these routes ends that.

Judged for the application: a limiter among the packages, guards or functions of the service counts. Strict, since a
gateway, a CDN or the identity provider often holds the limit. One finding for a service.
"""

import re
from collections import defaultdict
from collections.abc import Iterator

from ...facts.code import Definition, Function
from ...facts.imports import Import
from ...facts.location import Related
from ...facts.values import Items, Record, Value, constant_text
from ...finding import Finding, Subject
from ...join.endpoints import Endpoint, endpoints
from ...join.services import services
from ...project import SERVER_SIDES, Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="medium",
    since="0.1.0",
    languages=("python", "typescript"),
    found_at=("Route",),
    asked_by="F E A R",
    level="strict",
    security="5.3",
    limits="Limits that a gateway or the identity provider holds are not seen.",
)

CREDENTIALS = re.compile(
    r"^(?:(?:log-?in|sign-?in|sign-?up|registration)s?|register|token|access-?tokens?|otps?|verify-?otp|2fa|mfa|totp|magic-?links?|passwords?"
    r"|(?:forgot|reset|recover|change)-?passwords?|passwords?-?(?:resets?|recovery|recoveries|forgot)|recover|sessions?)$",
    re.IGNORECASE,
)
ACTS = re.compile(r"^(?:reset|forgot|recovery|request|verify|confirm)$", re.IGNORECASE)
LIMITS = re.compile(r"limit|throttl|slow_?down|brute|lockout|captcha|turnstile|arcjet|(?:^|[./])axes\b", re.IGNORECASE)
SHOWN = 6
ROWS = re.compile(r"(?:^|[.)])limit(?=\(\)|$)")
"""What a query builder calls the number of rows."""


def check(project: Project) -> Iterator[Finding]:
    """One finding for each service whose credential routes nothing limits."""
    names = project.view(services)
    limited = {names.of(fact.at.path) for fact in project.facts(Import) if LIMITS.search(fact.module)}
    limited |= {
        names.of(fact.at.path)
        for fact in project.facts(Function)
        if LIMITS.search(fact.name)
        or any(LIMITS.search(ROWS.sub("", name)) for name in (*fact.calls, *fact.decorators))
    }
    limited |= {
        names.of(fact.at.path)
        for fact in project.facts(Definition)
        if LIMITS.search(fact.name.rpartition(".")[2]) or _configures(fact.value)
    }
    found: dict[str, list[Endpoint]] = defaultdict(list)
    for endpoint in project.view(endpoints):
        service = names.of(endpoint.at.path)
        if any(map(LIMITS.search, endpoint.guards)):
            limited.add(service)
        if (
            (endpoint.method == "POST" or (endpoint.method == "*" and endpoint.framework == "next"))
            and project.side(endpoint.at.path) in SERVER_SIDES
            and _takes_credentials(endpoint)
        ):
            found[service].append(endpoint)
    for service, several in found.items():
        if service not in limited:
            yield _finding(several)


def _configures(value: Value) -> bool:
    """Whether settings speak of limits: `REST_FRAMEWORK = {"DEFAULT_THROTTLE_RATES": …}`, a middleware that locks out."""
    match value:
        case Record(keys=keys):
            return any(map(LIMITS.search, keys))
        case Items(items=items):
            return any(LIMITS.search(constant_text(one) or "") for one in items)
        case _:
            return False


def _takes_credentials(endpoint: Endpoint) -> bool:
    parts = [re.sub(r"_", "-", part) for part in endpoint.segments or () if "{" not in part]
    if not parts:
        return False
    return CREDENTIALS.match(parts[-1]) is not None or (
        ACTS.match(parts[-1]) is not None and len(parts) > 1 and CREDENTIALS.match(parts[-2]) is not None
    )


def _finding(several: list[Endpoint]) -> Finding:
    first = several[0]
    listed = ", ".join(f"`{one.method} {one.path}`" for one in several[:SHOWN])
    return Finding(
        first.at,
        evidence=f"Nothing in this service limits how often {listed}{', …' if len(several) > SHOWN else ''} may be tried.",
        remedy="Put a limiter by address and account in front: slowapi, flask-limiter, express-rate-limit, @nestjs/throttler.",
        related=tuple(Related(one.at, f"{one.method} {one.path}") for one in several[1:SHOWN] if one.at != first.at),
        subject=Subject("endpoint", f"{first.method} {first.path}"),
        slots={"route": f"{first.method} {first.path}", "count": str(len(several))},
    )


REMARK = "`{route}` may be tried as often as somebody likes. Ten guesses a minute is a typo, ten thousand is an attack; only a limiter can tell."

EXAMPLES = [
    """
=== package.json
{"dependencies": {"hono": "^4"}}
=== src/account.ts
import { Hono } from "hono";

const app = new Hono();

app.post("/login", async (c) => {  // <-- the limit of the query is one of rows
  const [user] = await db.select().from(users).limit(1);
  return c.json({ id: user.id });
});
""",
    """
=== app/auth.py
from fastapi import APIRouter

router = APIRouter(prefix="/auth")

@router.post("/login")  # <-- guess away
def login(body: dict):
    return check(body)

@router.post("/password-reset")
def reset(body: dict):
    return mail(body)
""",
    """
=== src/server.ts
import express from 'express'
import rateLimit from 'express-rate-limit'

const app = express()

app.post('/login', rateLimit({ limit: 10 }), login)
app.post('/password/reset', reset)
""",
    """
=== src/open.ts
import express from 'express'

const app = express()

app.post('/login', login) // <-- no limiter anywhere
app.post('/orders', create)
""",
]
