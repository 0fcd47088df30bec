"""A password, token, credential header or whole request goes into the log.

Logs are read by more people, kept longer and copied to more places than any database. A token in a log line is a login
for everybody who can read the log, and nobody can take it back out of the backups. Log that it was there, its length, or
a keyed hash; log the two fields of a request that matter instead of its body and headers.

A name convinces where it is that of a text by which somebody is let in: a password, an API key, a refresh token. Projects
call many other things a token, a cookie or credentials, objects, ids and positions in a listing among them.
"""

import re
from collections.abc import Iterator

from ...facts.code import Function
from ...facts.logs import LogCall
from ...finding import Confidence, Finding
from ...join.habits import as_habits
from ...join.leaks import leaks
from ...join.services import services
from ...project import SERVER_SIDES, Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="medium",
    since="0.1.0",
    languages=("python", "typescript"),
    found_at=("LogCall",),
    serving=True,
    asked_by="F E S",
    strictly="tokens that are parts of an object or of a kind of the project's own, any token where neither the file, nor "
    "the function, nor the message is about signing in, and what is called `credentials`, `authorization`, an access key or "
    "a cookie, for which there is the name alone; fields of a service whose logger takes secrets out of them, by its name; whole requests where the same file takes secrets out "
    "of something.",
    security="6.5",
    limits="Judged by names: a secret in a variable called `data` is not seen.",
)

REDACTS = re.compile(
    r"(?:filter|mask|redact|hide|remove|saniti[sz]e|scrub|strip|clean)_?(?:secret|sensitive|credential|password)",
    re.IGNORECASE,
)
"""Names of functions that take the secrets out of what they are given."""

LOGGERS = re.compile(r"(?:^|[/._-])log(?:s|ger|gers|ging)?[/.]", re.IGNORECASE)
"""Where loggers are set up."""


def check(project: Project) -> Iterator[Finding]:
    """Each log line that is given a secret or a whole request; whole requests in many lines are a service's habit."""
    found = list(_found(project))
    yield from (finding for finding, whole in found if not whole)
    yield from as_habits(project, (finding for finding, whole in found if whole))


def _found(project: Project) -> Iterator[tuple[Finding, bool]]:
    for log, leak in project.view(leaks).values():
        what = f"all of `{leak.name}`" if leak.whole else f"`{leak.name}`"
        finding = Finding(
            log.at,
            evidence=f"`{_plain(log.call)}` writes {what} into the log.",
            remedy="Name the fields that are needed, one by one."
            if leak.whole
            else f"Log that it is there, or a keyed hash of it, never `{leak.name}` itself.",
            slots={"name": leak.name, "call": _plain(log.call)},
            confidence=Confidence.MEDIUM,
            strict=not leak.sure or (leak.whole and _redacts(project, log.at.path)) or _is_masked(project, log),
        )
        yield finding, leak.whole


def _is_masked(project: Project, log: LogCall) -> bool:
    """Whether the project's own set-up of its logger takes secrets out of fields, and the line gives fields alone."""
    return bool(log.fields) and not log.inserted and project.view(services).of(log.at.path) in project.view(_masking)


def _masking(project: Project) -> frozenset[str]:
    """The view: the services that take secrets out of their log lines where they set their logger up."""
    return frozenset(
        project.view(services).of(fact.at.path)
        for fact in project.facts(Function, *SERVER_SIDES)
        if REDACTS.search(fact.name) and LOGGERS.search(fact.at.path)
    )


def _redacts(project: Project, path: str) -> bool:
    """Whether a file takes secrets out of something, which may be what it logs."""
    return any(REDACTS.search(fact.name) for fact in project.facts_of(path, Function))


def _plain(call: str) -> str:
    return re.sub(r"\s*\.\s*", ".", call)


REMARK = (
    "`{name}` ends up wherever this log is shipped, kept and grepped. "
    "Whoever can read the log has it now; log that it was there, and rotate it if this line ever ran."
)

EXAMPLES = [
    """
=== src/proxy.ts
export function proxy(request: NextRequest, log: Logger) {
  log.debug('cookies', {
    cookies: request.cookies
      .getAll()
      .map((one) => one.name),
  })
  log.debug('cookies', { cookies: request.cookies })  // <-- every session
}
""",
    """
=== tower/hooks.py
import json
import logging

from flask import Flask, request

logger = logging.getLogger(__name__)
app = Flask(__name__)

@app.post("/hooks")
def hook():
    raw = request.get_data()
    logger.debug("hook: %s", raw)  # <-- the body, whatever is in it
    logger.debug("hook: %s", request.data.decode())  # <-- the same as a text
    payload = json.loads(request.data)
    logger.debug("hook: %s", payload)  # <-- and as an object
    logger.debug("hook of %d bytes: %s", len(raw), payload["kind"])
    return {}
""",
    """
=== app/partners.py
import logging

from flask import request

log = logging.getLogger(__name__)

def partner():
    key = request.headers.get("X-Api-Key")
    name = request.headers.get("X-Partner")
    mine = request.headers.get("X-Organizer-Key")
    log.debug("asked with " + mine)  # <-- a header that proves who asks
    log.warning("unknown partner %s with %s", name, key)  # <-- the variable has the header
    log.warning("unknown partner %s", name)
""",
    """
=== app/auth.py
import logging

logger = logging.getLogger(__name__)

def login(request, email, password):
    logger.info("login of %s with %s", email, password)  # <-- the password itself
    token = issue(email)
    logger.debug(f"issued {token}")  # <-- a login for whoever reads the log
    logger.info("request", extra={"headers": request.headers})  # <-- the Authorization header is in there
    logger.info("token issued", extra={"email": email, "has_token": bool(token)})
    logger.info("password changed for %s", email)
    logger.info("token of length %d", len(token))
    logger.info("used %d tokens", usage.total_tokens)
    logger.info("asked with a cookie: %s, a form: %s", "csrftoken" in request.COOKIES, f"{'csrf' in request.POST}")
    logger.info(f"csrf={'csrf' in request.POST}")
    logger.info("token expires at %s", token.expires_at)
    logger.info("issued by %s", jwt.decode(token, options={"verify_signature": False})["iss"])
    logger.info("issued as %s", base64.b64decode(token))  # <-- it is still all there
""",
    """
=== src/server.ts
import express from 'express'
import pino from 'pino'

const logger = pino()
const app = express()

app.post('/login', (req, res) => {
  logger.info({ body: req.body }, 'login') // <-- the password is in the body
  logger.info(`login: ${req.body}`)
  logger.info({ email: req.body.email, apiKey: req.body.apiKey }, 'login') // <-- a key by its name
  logger.info({ email: req.body.email, token: redact(req.body.token) }, 'login')
  const code = Math.floor(100000 + Math.random() * 900000)
  logger.info({ email: req.body.email, code }, 'password reset requested') // <-- whoever reads it resets it
  logger.info({ code }, 'room opened')
  logger.info({ code: failure.code }, 'password reset failed')
  logger.info({ hasToken: !!req.body.token }, 'login')
  logger.info('login', { email: req.body && req.body.email, from: req.headers && req.headers.origin ? 'page' : 'app' })
  logger.info('login', { email: req.body && req.body.email, given: req.body }) // <-- the second time all of it
  logger.info(colour.blue(`the secret comes from a file`))
  logger.info(colour.blue(`it is ${req.body.secret}`)) // <-- put in
  res.json({ ok: true })
})
=== src/errors.ts
import pino from 'pino'

const logger = pino()

export function filterSecrets(error, req, res, next) {
  req.body = without(req.body)
  next(error)
}

export function log(error, req, res, next) {
  logger.error({ error, body: req.body }) // <-- strict: what is left of it
  next(error)
}
""",
    """
=== src/reading/consistency.ts
import pino from 'pino'

const logger = pino()

export function waited(token: string) {
  logger.warn({ token }, 'not there yet') // <-- strict: nothing here is about who may come in
}
=== src/locks/distributed-lock.ts
import pino from 'pino'

const logger = pino()

export function released(token: string) {
  logger.debug({ token }, 'released') // <-- strict: so here
}
=== src/invited.ts
import pino from 'pino'

const logger = pino()

export function asked(req: Request) {
  logger.debug({ token: req.query.token }, 'asked') // <-- what somebody sent
  const token = req.query.token
  logger.debug(`asked with ${token}`) // <-- the same by another name
}
=== src/accounts/unlocked.ts
import pino from 'pino'

const logger = pino()

export function opened(token: string) {
  logger.debug({ token }, 'opened') // <-- whoever has it opens the account
}
=== src/failed.ts
import express from 'express'
import pino from 'pino'

const logger = pino()
const app = express()

app.post('/orders', (req, res) => {
  logger.error({ url: req.url, ...(config.env === 'development' && { body: req.body }) }, 'failed')
  logger.error({ url: req.url, body: isDevelopment ? req.body : undefined }, 'failed')
  logger.error({ url: req.url, body: config.env === 'production' ? undefined : req.body }, 'failed')
  logger.error({ url: req.url, body: config.env !== 'production' ? undefined : req.body }, 'failed') // <-- there alone
  logger.error({ url: req.url, ...(config.env === 'production' && { body: req.body }) }, 'failed') // <-- where it matters
})
""",
    """
=== app/tokens.py
import structlog

log = structlog.get_logger()

def rotate(token):
    log.info("token_rotated", token_id=token.id, kind="refresh")
    log.warning("invalid token")
""",
    """
=== app/accounts.py
import logging

from app.links import SITE

logger = logging.getLogger(__name__)

class MockAuth:
    def register(self, access_token):
        logger.debug("registered %s", access_token)

def forgotten(user, token, page_token):
    link = f"{SITE}/reset?token={token}"
    logger.info("link for %s: %s", user.id, link)  # <-- whoever reads it sets the password
    logger.info("link: %s", f"{SITE}/reset?token={token[:4]}…")
    logger.info("next", extra={"url": f"{SITE}/orders?page_token={page_token}"})  # <-- strict: a token of another kind
    logger.info("given out", extra={"access_token": token[:8] + "..."})
    logger.info("given out: %s to %s", token[:8], token[-8:])
    logger.info("given out", extra={"access_token": token})  # <-- all of it
=== src/accounts.ts
import pino from 'pino'

const logger = pino()

export function forgotten(user: User, token: string) {
  const resetLink = `${site}/reset-password?token=${encodeURIComponent(token)}`
  logger.info(`link for ${user.id}: ${resetLink}`) // <-- whoever reads it sets the password
  logger.info({ link: `${site}/reset-password?token=${mask(token)}` }, 'link')
}

export function listed(continuationToken: string, accessToken: string, req: Request) {
  logger.debug(`objects ${continuationToken ? `with continuation token ${continuationToken}` : ''}`) // <-- strict: so is this
  logger.debug(`objects ${accessToken ? `of ${accessToken}` : ''}`) // <-- in the text within the text
  const isDevMode = process.env.NODE_ENV === 'development'
  if (isDevMode) {
    logger.debug(req.body)
  }
}
""",
    """
=== src/requests.ts
import pino from 'pino'

const logger = pino()

export function told(request: Request) {
  logger.info({ ready: !!(process.env.API_KEY || process.env.PROXY_API_KEY) }, 'ready')
  logger.info({ reason: (request.body as any).reason }, 'given up')
  logger.info({ headers: filterHeaders(request.headers as Record<string, unknown>) }, 'asked')
  logger.info({ size: request.body ? JSON.stringify(request.body).length : 0 }, 'asked')
  logger.info({ size: Buffer.byteLength(hash(JSON.stringify(request.body))) }, 'asked')
  logger.info({ body: (request.body as any) }, 'asked') // <-- all of it
  logger.info({ body: JSON.stringify(request.body) }, 'asked') // <-- the same as a text
}
""",
    """
=== app/speech.py
import logging
import os

logger = logging.getLogger(__name__)

def client():
    place = os.environ.get("GOOGLE_APPLICATION_CREDENTIALS")
    logger.info(f"made from {place}")  # <-- strict: called credentials, and the place of a file
    key = os.environ.get("SPEECH_API_KEY")
    logger.info(f"made with {key}")  # <-- the key itself

def counted(businesses):
    count_with_secret = businesses.filter(has_secret=True).count()
    logger.info(f"count_with_secret={count_with_secret}")
=== supabase/functions/emit-nfce/index.ts
export async function emit(response) {
  const row = { access_key: response.chave, status: 1 }
  console.error("[emit-nfce] not written", JSON.stringify(row)) // <-- strict: the number of a document
}
=== supabase/functions/upload/index.ts
export async function upload(settings) {
  const row = { access_key: settings.access_key, status: 1 }
  console.error("not written", settings.access_key) // <-- strict: the name alone, which documents have as well
  console.error("not written", settings.secret_key) // <-- a key of a store
}
""",
    """
=== app/events.py
import logging

from fastapi import FastAPI

app = FastAPI()
logger = logging.getLogger(__name__)

def written(event, key, headers):
    logger.debug("topic of %s: %s, %s", key, event, headers)

@app.post("/orders")
def place(order: Order):
    written(order.event(), order.id, {"kind": "placed"})
    return {}
""",
    """
=== src/core/logger/formats.ts
import { format } from 'winston'

export const maskSecrets = () => format((info) => masked(info))()
=== src/sessions.ts
import winston from 'winston'

const logger = winston.createLogger()

export function resumed(sessionToken: string) {
  logger.debug('resumed', { sessionToken }) // <-- strict: the logger takes it out, by a name
  logger.debug(`resumed ${sessionToken}`) // <-- no field, so nothing takes it out
}
""",
]
