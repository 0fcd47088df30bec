"""An Edge Function is open to everyone: the platform does not verify its callers, and it does not either.

`verify_jwt = false` is right for webhooks and for functions that do the verifying themselves. This one checks neither
a token, nor a signature, nor a shared secret, and still acts: with the service role, on tables, or with a key that
somebody pays for. What a site shows its visitors asks for the site's key (`.eq("widget_key", key)`) and stops without
one: it is meant for everybody there, and no finding.

A comment beside the setting, or at the head of the function's file, that says that it is meant for everybody is a
decision: such functions are shown with `--strict`. A comment that promises a check, or names a webhook, is none: the
check is what is missing.
"""

import re
from collections.abc import Iterator

from ...credentials.names import is_server_only
from ...facts.clients import AuthCall
from ...facts.code import Function
from ...facts.data import TableAccess
from ...facts.location import Related
from ...finding import Finding
from ...join.callers import environment_of, establishes_caller
from ...join.clients import is_supabase
from ...join.edge_functions import UnverifiedFunction, unverified_functions
from ...join.endpoints import reached
from ...join.handlers import handlers
from ...join.limiting import counts_callers
from ...join.meant import documented_public
from ...join.modules import modules
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="error",
    confidence="high",
    since="0.1.0",
    languages=("settings",),
    asked_by="F A",
    security="8.6",
    strictly="functions that their name, a comment beside the setting or the one at the head of their file calls public, or "
    "open to those who are not signed in, and those that count their callers (rate limits, captchas), as what is meant "
    "for strangers does.",
    limits="Functions deployed with `--no-verify-jwt` on the command line are not seen.",
)

_OPEN = re.compile(r"(?:^|[-_])(?:public|widget|embed)(?:[-_]|$)", re.I)
"""Names of functions that are called from pages of others, where nobody is signed in."""
_CALLED_BACK = re.compile(r"hook|callback|oauth|redirect", re.I)
"""Words for functions that another service calls, or sends browsers to."""
_ASKING = re.compile(r"^(?:get|check|is|has|list|find|search|match|count|fetch|can)_")
"""Functions of the database that are asked something, by their names."""


def check(project: Project) -> Iterator[Finding]:
    answering = {handler.path: handler for handler in reversed(project.view(handlers))}
    documented = project.view(documented_public)
    for function in project.view(unverified_functions):
        inside = [one for path in _own_files(project, function) for one in project.facts_of(path, Function)]
        if not inside or any(establishes_caller(project, one.at.path, one.name) for one in inside):
            continue
        handler = answering.get(function.path)
        answers = [(handler.path, handler.function)] if handler else [(one.at.path, one.name) for one in inside]
        does = _acts(project, answers)
        if does:
            yield Finding(
                function.at,
                f"Anyone may call `{function.name}`: the platform does not verify its callers, its code does not "
                f"either, and it {does}.",
                remedy=_remedy(function),
                related=(Related(handler.at, "nothing here looks at the caller"),) if handler else (),
                slots={"function": function.name, "does": does},
                strict=_OPEN.search(function.name) is not None
                or any(counts_callers(project, *place) for place in answers)
                or function.path in documented,
            )


def _remedy(function: UnverifiedFunction) -> str:
    """The setting; in words where another service calls, which has no token of this platform's."""
    if _CALLED_BACK.search(f"{function.name} {function.reason}"):
        return (
            "Verify the caller's signature, secret or state before anything else: `verify_jwt = true` refuses it, too."
        )
    return f"[functions.{function.name}]\nverify_jwt = true  # or verify a signature before anything else"


def _own_files(project: Project, function: UnverifiedFunction) -> list[str]:
    """The file where a function begins and those of its own folder that it loads, one of which may do the answering.

    `Deno.serve(createHandler({ … }))`, with `createHandler` beside it.
    """
    folder, found = function.path.rpartition("/")[0] + "/", [function.path]
    for path in found:
        for edge in project.view(modules).imports(path):
            if edge.target.startswith(folder) and edge.target not in found and not edge.fact.type_only:
                found.append(edge.target)
    return found


def _acts(project: Project, answers: list[tuple[str, str]]) -> str:
    """What a caller can make the functions that answer do that is not open to everyone, or `""`."""
    places = {place for answer in answers for place in reached(project, *answer)}
    acting = [
        access
        for access in project.facts(TableAccess)
        if (access.at.path, access.function) in places and access.operation != "select"
        if not (access.operation == "rpc" and _ASKING.match(access.relation or ""))
        if is_supabase(project, access)
    ]
    if acting:
        first = min(acting, key=lambda one: one.operation == "rpc")
        verb = "calls" if first.operation == "rpc" else "writes to"
        return f"{verb} `{first.relation}`" if first.relation else "changes the database"
    if any(
        (call.at.path, call.function) in places and call.method.startswith("admin.") for call in project.facts(AuthCall)
    ):
        return "administers users"
    variables = {name for answer in answers for name in environment_of(project, *answer)}
    secret = next((name for name in sorted(variables) if is_server_only(name)), None)
    return f"uses `{secret}`" if secret else ""


REMARK = (
    "`{function}` has no lock on either side of the door, and it {does}. "
    "Turn `verify_jwt` on, or verify whoever is calling before the first line that acts."
)

EXAMPLES = [
    """
=== supabase/config.toml
[functions.refund]
verify_jwt = false # <-- nobody verifies anything
[functions.summary]
verify_jwt = false # <-- somebody pays for this key
[functions.widget-chat]
verify_jwt = false # <-- strict: pages of others call it, by its name
[functions.ask-guest]
verify_jwt = false # <-- strict: it refuses who comes too often
[functions.hook]
verify_jwt = false
[functions.health]
verify_jwt = false
[functions.closed]
verify_jwt = true
=== supabase/functions/refund/index.ts
import { createClient } from "jsr:@supabase/supabase-js@2"

Deno.serve(async (req) => {
  const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!)
  const { error } = await admin.from("orders").update({ refunded: true }).eq("id", await req.text())
  return Response.json({ error })
})
=== supabase/functions/summary/index.ts
Deno.serve(async (req) => {
  return fetch("https://api.openai.com/v1/responses", {
    headers: { Authorization: `Bearer ${Deno.env.get("OPENAI_API_KEY")}` },
    body: await req.text(),
  })
})
=== supabase/functions/widget-chat/index.ts
Deno.serve(async (req) => {
  return fetch("https://api.openai.com/v1/responses", {
    headers: { Authorization: `Bearer ${Deno.env.get("OPENAI_API_KEY")}` },
    body: await req.text(),
  })
})
=== supabase/functions/ask-guest/index.ts
import { isRateLimited } from "../_shared/limits.ts"

Deno.serve(async (req) => {
  if (await isRateLimited(req)) return new Response("later", { status: 429 })
  return fetch("https://api.openai.com/v1/responses", {
    headers: { Authorization: `Bearer ${Deno.env.get("OPENAI_API_KEY")}` },
    body: await req.text(),
  })
})
=== supabase/functions/hook/index.ts
import { verifySignature } from "../_shared/verify.ts"

Deno.serve(async (req) => {
  const body = await verifySignature(req)
  const { error } = await supabase.from("events").insert(body)
  return Response.json({ error })
})
=== supabase/functions/_shared/verify.ts
export async function verifySignature(req: Request) {
  return await crypto.subtle.verify("HMAC", key, signature, await req.arrayBuffer())
}
=== supabase/functions/health/index.ts
Deno.serve(() => new Response("ok"))
=== supabase/functions/closed/index.ts
import { createClient } from "jsr:@supabase/supabase-js@2"

Deno.serve(async () => {
  const { error } = await supabase.from("orders").insert({})
  return Response.json({ error })
})
""",
    """
=== supabase/config.toml
[functions.ask]
verify_jwt = false # <-- strict: everybody may ask
# Public contact form: rate limited, and only these two columns

# Anonymous visitors vote
[functions.vote]
verify_jwt = false # <-- strict: it says for whom

# Public: the provider calls, its signature is verified inside
[functions.paid]
verify_jwt = false # <-- nothing verifies it
# The next one is public
[functions.next]
verify_jwt = true

# public functions

[functions.tell]
verify_jwt = false # <-- the comment is about none in particular

[functions.enquire]
verify_jwt = false # <-- strict: it says so itself
[functions.collect]
verify_jwt = false # <-- it speaks of a table
=== supabase/functions/ask/index.ts
import { createClient } from "jsr:@supabase/supabase-js@2"

Deno.serve(async (req) => {
  const { error } = await supabase.from("questions").insert(await req.json())
  return Response.json({ error })
})
=== supabase/functions/vote/index.ts
import { createClient } from "jsr:@supabase/supabase-js@2"

Deno.serve(async (req) => {
  const { error } = await supabase.from("votes").insert(await req.json())
  return Response.json({ error })
})
=== supabase/functions/paid/index.ts
import { createClient } from "jsr:@supabase/supabase-js@2"

Deno.serve(async (req) => {
  const { error } = await supabase.from("payments").insert(await req.json())
  return Response.json({ error })
})
=== supabase/functions/enquire/index.ts
// POST /functions/v1/enquire
// Public endpoint (deploy with --no-verify-jwt): the form of our site.
import { createClient } from "jsr:@supabase/supabase-js@2"

Deno.serve(async (req) => {
  const { error } = await supabase.from("enquiries").insert(await req.json())
  return Response.json({ error })
})
=== supabase/functions/collect/index.ts
// Collects what goes to public.readings, without a session.
import { createClient } from "jsr:@supabase/supabase-js@2"

Deno.serve(async (req) => {
  const { error } = await supabase.from("readings").insert(await req.json())
  return Response.json({ error })
})
=== supabase/functions/tell/index.ts
import { createClient } from "jsr:@supabase/supabase-js@2"

Deno.serve(async (req) => {
  const { error } = await supabase.from("messages").insert(await req.json())
  return Response.json({ error })
})
""",
    """
=== supabase/config.toml
[functions.gone]
verify_jwt = false
""",
    """
=== supabase/config.toml
[functions.chat]
verify_jwt = false
[functions.board]
verify_jwt = false # <-- whether there is such a widget changes nothing
[functions.connected]
verify_jwt = false
[functions.counted]
verify_jwt = false # <-- what it answers is read with the service role
[functions.tidy]
verify_jwt = false # <-- whoever calls tidies up
=== supabase/functions/chat/index.ts
import { createClient } from "jsr:@supabase/supabase-js@2"

const db = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!)

Deno.serve(async (req) => {
  const { widgetKey, text } = await req.json()
  const { data: widget, error } = await db.from("widgets").select("id").eq("widget_key", widgetKey).single()
  if (error || !widget) return new Response("no such widget", { status: 404 })
  await db.from("messages").insert({ widget_id: widget.id, text })
  return new Response("ok")
})
=== supabase/functions/board/index.ts
import { createClient } from "jsr:@supabase/supabase-js@2"

const db = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!)

Deno.serve(async (req) => {
  const { widgetKey, text } = await req.json()
  const { data: widget } = await db.from("widgets").select("id").eq("widget_key", widgetKey).maybeSingle()
  await db.from("messages").insert({ widget_id: widget?.id, text })
  return new Response("ok")
})
=== supabase/functions/connected/index.ts
import { createClient } from "jsr:@supabase/supabase-js@2"

const db = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!)

Deno.serve(async (req) => {
  const [id, nonce] = new URL(req.url).searchParams.get("state")!.split(":")
  const { data: begun } = await db.from("connections").select("id, nonce, organization_id").eq("id", id).maybeSingle()
  if (begun?.nonce !== nonce) return Response.redirect("/?error=state")
  await db.from("connections").update({ connected: true }).eq("id", id)
  return Response.redirect("/")
})
=== supabase/functions/counted/index.ts
import { createClient } from "jsr:@supabase/supabase-js@2"

const db = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!)

Deno.serve(async () => Response.json(await db.rpc("get_number_of_visitors")))
=== supabase/functions/tidy/index.ts
import { createClient } from "jsr:@supabase/supabase-js@2"

const db = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!)

Deno.serve(async () => Response.json(await db.rpc("close_what_is_idle")))
""",
    """
=== supabase/config.toml
[functions.shown]
verify_jwt = false
[functions.told]
verify_jwt = false # <-- neither file looks at the caller
[functions.linked]
verify_jwt = false
=== supabase/functions/shown/index.ts
import { createClient } from "jsr:@supabase/supabase-js@2"
import { createHandler } from "./handler.ts"

const key = Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!
Deno.serve(createHandler({ db: () => createClient(Deno.env.get("SUPABASE_URL")!, key) }))
=== supabase/functions/shown/handler.ts
import { held } from "../_shared/held.ts"

export function createHandler(given) {
  return async (req: Request): Promise<Response> => {
    const link = await held(given.db(), new URL(req.url).searchParams.get("token"))
    return link ? Response.json(link) : new Response("no such link", { status: 404 })
  }
}
=== supabase/functions/_shared/held.ts
import type { SupabaseClient } from "jsr:@supabase/supabase-js@2"

export async function held(db: SupabaseClient, token: string) {
  const { data } = await db.from("links").select("id").eq("token", token).maybeSingle()
  return data
}
=== supabase/functions/told/index.ts
import { createClient } from "jsr:@supabase/supabase-js@2"
import { createHandler } from "./handler.ts"

const key = Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!
Deno.serve(createHandler({ db: () => createClient(Deno.env.get("SUPABASE_URL")!, key) }))
=== supabase/functions/told/handler.ts
export function createHandler(given) {
  return async (req: Request): Promise<Response> => Response.json(await given.db().from("links").select("id"))
}
=== supabase/functions/linked/index.ts
import { createClient } from "jsr:@supabase/supabase-js@2"

Deno.serve(async (req) => {
  const asked = new URL(req.url).searchParams
  const supabase = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!)
  const { data: begun } = await supabase.from("links").select("state_token, status").eq("id", asked.get("id")).single()
  if (begun.state_token !== asked.get("state")) throw new Error("another state")
  await supabase.from("links").update({ status: "linked" }).eq("id", asked.get("id"))
  return new Response("linked")
})
""",
]
