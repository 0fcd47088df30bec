"""Server code decides by `auth.getSession()`, which nobody verified.

On the server the session comes out of a cookie, and a cookie is whatever the client sent. `getSession()` reads it and
checks no signature, so a forged cookie makes anyone the user of their choice. `getUser()` asks the auth server,
`getClaims()` verifies the token's signature; either may be trusted.

Where the user of such a session is only read, not decided by, it is a warning. Passing the session's token on is no
finding: whoever receives it verifies it. Neither is a function that also calls `getUser()` or `getClaims()`, or that
has just signed the user in.
"""

from collections.abc import Iterator

from ...facts.clients import AuthCall
from ...facts.code import Function
from ...facts.file import Side
from ...finding import Confidence, Finding, Severity
from ...join.browser import browser, touches_page
from ...join.clients import as_written, client_behind
from ...join.functions import functions
from ...join.modules import modules
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="error",
    confidence="high",
    since="0.1.0",
    languages=("typescript",),
    found_at=("AuthCall",),
    asked_by="F A",
    security="8.1",
    limits="A session that is handed to another function is not followed.",
)

_TEMPLATES = frozenset({"nuxt", "vue", "svelte", "@sveltejs/kit", "astro"})
"""Frameworks whose templates import modules unseen, so that a module of both sides may run in the browser alone."""
_WITHOUT_COOKIES = (".createClient", ".createBrowserClient", ".SupabaseClient")
"""What makes clients that keep their session in the browser's storage: on a server they have none to trust."""
_VERIFYING = frozenset(
    "getUser getClaims jwtVerify verifyToken verifyOtp exchangeCodeForSession refreshSession signInWithPassword "
    "signInWithIdToken signInAnonymously signUp".split()
)
"""What asks the auth server, whose answer is the session that is read afterwards."""


def check(project: Project) -> Iterator[Finding]:
    reach = project.view(browser)
    known = project.view(functions)
    for call in project.facts(AuthCall):
        path = call.at.path
        if call.method != "getSession" or not call.uses & {"user", "checked"}:
            continue
        loads = reach.is_entry(path) and not reach.needs(path, call.function)  # a loader beside what is rendered
        if not loads and (reach.reaches(path) or project.side(path) not in (Side.SERVER, Side.EDGE, Side.OTHER)):
            continue
        function = known.get((path, call.function))
        if function is not None and any(called.rpartition(".")[2] in _VERIFYING for called in function.calls):
            continue
        if "user" not in call.uses and ("token" in call.uses or _signs_out(function)):
            continue
        behind = client_behind(project, call)
        if behind is not None and behind.client.constructor.endswith(_WITHOUT_COOKIES):
            continue
        if touches_page(project, path):
            continue
        if project.side(path) is Side.OTHER and (
            reach.has_no_server(path) or not _TEMPLATES.isdisjoint(project.view(modules).dependencies(path) or ())
        ):
            continue
        reads = "takes the user from" if "user" in call.uses else "lets a request pass for"
        yield Finding(
            call.at,
            f"This server code {reads} the session in the cookie, which `getSession()` does not verify.",
            remedy=f"const {{ data: {{ user }} }} = await {as_written(call.client)}.auth.getUser()",
            severity=None if "checked" in call.uses else Severity.WARNING,
            confidence=None if {"user", "checked"} <= call.uses else Confidence.MEDIUM,
            slots={"function": call.function or "this module"},
        )


def _signs_out(function: Function | None) -> bool:
    """Whether a function only lets somebody leave, who need not prove who it is."""
    return function is not None and any(called.rpartition(".")[2] == "signOut" for called in function.calls)


REMARK = (
    "A cookie is the caller's word, and `getSession()` takes it. "
    "`getUser()` asks the auth server who this is; let the decision wait for that answer."
)

EXAMPLES = [
    """
=== app/actions/leave.ts
"use server"
import { createClient } from "../../lib/server"

export async function leave() {
  const supabase = await createClient()
  const { data: { session } } = await supabase.auth.getSession()
  if (!session) throw new Error("no session")
  await supabase.auth.signOut()
}
""",
    """
=== package.json
{"dependencies": {"@remix-run/react": "2", "@remix-run/node": "2", "@supabase/ssr": "0"}}
=== app/routes/orders.tsx
import { redirect } from "@remix-run/node"
import { clientOf } from "../supabase.server"

export async function loader({ request }) {
  const { data: { session } } = await clientOf(request).auth.getSession() // <-- beside what the browser renders
  if (!session) throw redirect("/login")
  return load(session.user.id)
}
export default function Orders() {
  const show = async () => {
    const { data: { session } } = await supabase.auth.getSession()
    if (session) setName(session.user.email)
  }
  return <a onClick={show}>orders</a>
}
""",
    """
=== lib/auth-config.ts
import { createClient } from "@supabase/supabase-js"

const supabase = createClient(import.meta.env.VITE_SUPABASE_URL, import.meta.env.VITE_SUPABASE_ANON_KEY)
export async function watch() {
  const { data: { session } } = await supabase.auth.getSession()
  if (session && isExpired(session.expires_at)) await supabase.auth.signOut()
}
""",
    """
=== app/api/orders/route.ts
import { createClient } from "@/lib/server"

export async function GET() {
  const supabase = await createClient()
  const { data: { session } } = await supabase.auth.getSession() // <-- the user of an unverified cookie
  if (!session) return new Response("no", { status: 401 })
  return Response.json(await load(session.user.id))
}
export async function POST() {
  const supabase = await createClient()
  const { data } = await supabase.auth.getSession() // <-- the same in parts
  if (!data.session) return new Response("no", { status: 401 })
  return Response.json(await load(data.session.user.id))
}
=== app/page.tsx
export default async function Page() {
  const supabase = await createClient()
  const { data: { session } } = await supabase.auth.getSession() // <-- lets pass
  if (!session) redirect("/login")
  return <Orders />
}
""",
    """
=== app/api/orders/route.ts
export async function GET() {
  const supabase = await createClient()
  const { data: { user } } = await supabase.auth.getUser()
  const { data: { session } } = await supabase.auth.getSession()
  if (!user || !session) return new Response("no", { status: 401 })
  return Response.json(await load(user.id))
}
export async function POST() {
  const supabase = await createClient()
  const { data: { session } } = await supabase.auth.getSession()
  if (!session) return new Response("no", { status: 401 })
  return fetch("https://api.acme.io", { headers: { authorization: `Bearer ${session.access_token}` } })
}
=== app/verify/route.ts
export async function POST(req: Request) {
  await supabase.auth.verifyOtp({ token: await req.text(), type: "email", email: "" })
  const { data: { session } } = await supabase.auth.getSession()
  if (!session) return new Response("no", { status: 401 })
  return Response.json(session.user)
}
=== components/menu.tsx
"use client"
import { useEffect } from "react"

export async function load() {
  const { data: { session } } = await supabase.auth.getSession()
  if (!session) return null
  return session.user
}
=== lib/tidy.ts
import { supabase } from "./clients"

export async function tidied() {
  const { data: { session } } = await supabase.auth.getSession()
  if (!session) localStorage.removeItem("draft")
  return session?.user
}
=== lib/seen.ts
export async function seen() {
  const supabase = await clients()
  const { data: { session } } = await supabase.auth.getSession() // <-- no page, no storage
  return session?.user
}
=== app/login/page.tsx
export default async function Page() {
  const { data: { session } } = await supabase.auth.getSession()
  if (session) redirect("/")
  return <Login />
}
""",
    """
=== package.json
{"dependencies": {"react-dom": "19", "@supabase/supabase-js": "2"}, "devDependencies": {"vite": "7", "pg": "8"}}
=== src/saved/seen.tsx
import { supabase } from "./clients"

export async function seen() {
  const { data: { session } } = await supabase.auth.getSession()
  return session?.user
}
""",
]
