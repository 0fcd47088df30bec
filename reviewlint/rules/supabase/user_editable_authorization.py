"""A role or permission is read from `user_metadata`, which users write themselves.

`supabase.auth.updateUser({ data: { role: "admin" } })` is open to every signed-in user: `user_metadata` is their
profile. A decision that rests on it is theirs. `app_metadata` can only be written with the service role, and a table
with row-level security says who may change a role.
"""

import re
from collections.abc import Iterator

from ...facts.clients import MetadataRead
from ...facts.file import Side
from ...finding import Finding, Severity
from ...join.browser import browser
from ...join.developing import is_debugging
from ...join.responses import responses
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="error",
    confidence="high",
    since="0.1.0",
    strictly="ids in a browser's code, where mostly it is asked whether there is one.",
    languages=("typescript", "python"),
    found_at=("MetadataRead",),
    asked_by="F",
    security="8.8",
    limits="A value that another function decides by is not followed.",
)

_RIGHTS = re.compile(
    r"(?:user_?)?roles?|is_?(?:super_?)?(?:admin|staff|owner|moderator|manager|premium|pro|paid|verified)|admin|"
    r"permissions?|scopes?|access_?level|privileges?|plan|tier|subscription(?:_?status)?|"
    r"(?:org|organization|tenant|account|company|workspace)_?id|(?-i:can(?:_\w|[A-Z])\w+)",
    re.I,
)
_REFUSALS = frozenset({401, 403})


def check(project: Project) -> Iterator[Finding]:
    reach = project.view(browser)
    for read in project.facts(MetadataRead):
        path = read.at.path
        if not read.decides or project.side(path) is Side.TEST or is_debugging(path):
            continue
        if not _RIGHTS.fullmatch(read.name) and not _refuses(project, read):
            continue
        shown = reach.reaches(path) or project.side(path) is Side.BROWSER
        yield Finding(
            read.at,
            f"A condition depends on `user_metadata.{read.name}`, which every user can set for themselves.",
            remedy=f"Read `app_metadata.{read.name}`, which only the service role can write, or a table of roles.",
            severity=Severity.WARNING if shown else None,
            slots={"name": read.name},
            strict=shown and read.name.lower().endswith("id"),
        )


def _refuses(project: Project, read: MetadataRead) -> bool:
    """Whether a condition on what was read, whatever it is called, answers that somebody may not."""
    return any(
        answer.status in _REFUSALS and any(read.name in one and "meta" in one for one in answer.response.conditions[:1])
        for answer in project.view(responses)
        if (answer.at.path, answer.response.function) == (read.at.path, read.function)
    )


REMARK = (
    "Every signed-in user can set `{name}` with one call of `updateUser`. Decide by `app_metadata`, which only "
    "the server writes."
)

EXAMPLES = [
    """
=== src/live.tsx
"use client"
export async function load(session) {
  const tenant = session.user?.user_metadata?.tenant_id // <-- strict: asked whether there is one
  if (!tenant) return
  await fetch(`/api/live?tenant=${tenant}`)
}
""",
    """
=== app/api/admin/route.ts
export async function GET() {
  const { data: { user } } = await supabase.auth.getUser()
  if (user?.user_metadata?.role !== "admin") return new Response("no", { status: 403 }) // <-- compared
  const { plan } = { plan: user.user_metadata["plan"] }
  const role = user.user_metadata.role ?? "guest" // <-- through a variable
  if (role === "guest") return new Response("no", { status: 403 })
  let tenant = user.user_metadata.tenant_id
  if (known) tenant = (await profile(user.id)).tenant_id
  if (!tenant) return new Response("no", { status: 403 })
  let plan = user.user_metadata.plan // <-- whatever it says comes first
  if (!plan) plan = (await profile(user.id)).plan
  if (plan !== "paid") return new Response("no", { status: 403 })
  if (user.user_metadata.is_admin) return Response.json(await secrets()) // <-- a switch
  return Response.json({})
}
=== middleware.ts
export async function middleware(request) {
  const { data: { user } } = await supabase.auth.getUser()
  if (user && request.nextUrl.pathname === "/login") {
    const role = user.user_metadata?.role
    if (role === "customer") {
      return NextResponse.redirect(new URL("/portal", request.url))
    }
    return NextResponse.redirect(new URL("/dashboard", request.url))
  }
  if (user && request.nextUrl.pathname === "/") {
    return NextResponse.redirect(new URL(user.user_metadata.role === "customer" ? "/portal" : "/dashboard", request.url))
  }
  if (user.user_metadata.role !== "admin") return NextResponse.redirect(new URL("/login", request.url)) // <-- a guard
  return NextResponse.next()
}
=== app/api/debug/route.ts
export async function DELETE(request, { user }) {
  if (user.user_metadata.role !== "admin") return new Response("no", { status: 403 }) // <-- debugging, but open to callers
  return Response.json({})
}
=== debug/users.js
const customers = users.filter((user) => user.user_metadata?.role === "customer")
=== lib/rights.ts
export function canArchive(user) {
  return Boolean(user.user_metadata?.can_archive) // <-- what others decide by
}
""",
    """
=== app/auth.py
def require_admin(user, claims):
    if user.user_metadata["role"] != "admin":  # <-- compared
        raise Forbidden()
    role = claims.get("user_metadata", {}).get("role")  # <-- through a variable
    if role not in ("admin", "owner"):
        raise Forbidden()
    if user.app_metadata["role"] != "admin":
        raise Forbidden()

def can_refund(user):
    return bool(user.user_metadata.get("can_refund"))  # <-- what others decide by

def shown_name(user):
    return user.user_metadata.get("name") or "somebody"
=== app/courses.py
from fastapi import APIRouter, Depends, HTTPException

router = APIRouter()

@router.get("/courses/{course}/marks")
def marks(course: int, user=Depends(caller)):
    if not user.user_metadata.get("teaches"):  # <-- whatever it is called, without it they may not
        raise HTTPException(403, "Teachers only")
    return {"course": course}
""",
    """
=== components/name.tsx
export const Name = ({ user }) => (user.user_metadata.full_name ? <b>{user.user_metadata.full_name}</b> : null)
export const role = (user) => <i>{user.user_metadata.role}</i>
export const right = (user) => user.app_metadata.role === "admin"
export const isGreeted = (user) => Boolean(user.user_metadata?.greeting)
""",
    """
=== app/login/actions.ts
export async function login(client, data) {
  const role = data.user.user_metadata?.role ?? "doctor"
  let destination = "/doctor"
  if (role === "admin") {
    destination = "/admin"
  } else if (role === "patient") {
    destination = "/patient"
  }
  return { destination }
}
export function home(user) {
  switch (user.user_metadata.role) {
    case "admin":
      return "/admin"
    default:
      return "/"
  }
}
export function start(user) {
  let page = "/"
  const role = user.user_metadata.role // <-- more than a page depends on it
  if (role === "admin") {
    page = "/admin"
    user.unlimited = true
  }
  return page
}
""",
]
