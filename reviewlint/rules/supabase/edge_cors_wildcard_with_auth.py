"""An Edge Function lets every site call it from a browser, and trusts what the browser sends along by itself.

`Access-Control-Allow-Origin: *` is right for a function that asks for a token in the Authorization header: no browser
adds that by itself. Cookies are different. A browser sends them with the visitor's name on it, and either refuses the
answer because `*` and credentials do not go together, or, where no answer is needed, has done what a foreign page asked.
"""

from collections.abc import Iterator

from ...facts.code import Definition
from ...facts.file import Side
from ...facts.http import CookieRead, Response
from ...facts.imports import Export, Import
from ...facts.location import Location, Related
from ...facts.values import Constant, Record, Value, constant_text
from ...finding import Finding
from ...join.modules import modules
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="high",
    since="0.1.0",
    languages=("typescript",),
    asked_by="A",
    level="strict",
    security="5.4",
    limits="Only Edge Functions are judged, and cookies only where they are read from the request itself.",
)

_ORIGIN = "access-control-allow-origin"
_CREDENTIALS = "access-control-allow-credentials"


def check(project: Project) -> Iterator[Finding]:
    """Every `*` beside allowed credentials, and every one in a function that reads cookies, or where it is imported."""
    open_to_all: dict[str, dict[Location, bool]] = {}
    named: set[tuple[str, str]] = set()
    for path, name, headers in _headers(project):
        star = _under(headers, _ORIGIN)
        if isinstance(headers, Record) and star is not None and constant_text(star) == "*":
            allowed = _under(headers, _CREDENTIALS)
            credentials = isinstance(allowed, Constant) and str(allowed.value).lower() == "true"
            places = open_to_all.setdefault(star.at.path, {})
            places[star.at] = places.get(star.at, False) or credentials
            named.add((path, name))
    for places in open_to_all.values():
        for at, credentials in places.items():
            if credentials:
                yield _finding(at, "the answer allows credentials", None)
    exported = {(one.at.path, one.name): one.local for one in project.facts(Export)}
    seen: set[str] = set()
    for cookie in project.facts(CookieRead, Side.EDGE):
        path = cookie.at.path
        if path in seen:
            continue
        seen.add(path)
        own = [at for at, credentials in open_to_all.get(path, {}).items() if not credentials]
        for at in own[:1] or list(_imported(project, path, named, exported))[:1]:
            yield _finding(at, "the function reads the visitor's cookies", cookie.at)


def _headers(project: Project) -> Iterator[tuple[str, str, Value]]:
    """Whatever may be headers in Edge Functions: the file, the name it has there or `""`, and the value."""
    for definition in project.facts(Definition, Side.EDGE):
        yield definition.at.path, definition.name, definition.value
    for response in project.facts(Response, Side.EDGE):
        if response.headers is not None:
            yield response.at.path, "", response.headers


def _under(headers: Value, name: str) -> Value | None:
    entries = headers.entries if isinstance(headers, Record) else ()
    return next((value for key, value in reversed(entries) if key.lower() == name), None)


def _imported(
    project: Project, path: str, named: set[tuple[str, str]], exported: dict[tuple[str, str], str]
) -> Iterator[Location]:
    """Where a file imports headers that are open to all."""
    for fact in project.facts(Import, Side.EDGE):
        target = project.view(modules).resolve(fact.module, path) if fact.at.path == path else None
        if target is not None and any((target, exported.get((target, own), own)) in named for own, _ in fact.names):
            yield fact.at


def _finding(at: Location, why: str, cookie: Location | None) -> Finding:
    related = (Related(cookie, "cookies are read here"),) if cookie is not None else ()
    return Finding(
        at,
        f"every origin may read the answer, and {why}.",
        '"Access-Control-Allow-Origin": ALLOWED.includes(origin) ? origin : ALLOWED[0], "Vary": "Origin"',
        related,
        slots={"why": why},
    )


REMARK = "`*` invites every site, and {why}. Name the origins, or ask for a token in the Authorization header."

EXAMPLES = [
    """
=== supabase/functions/profile/index.ts
import { getCookies } from "https://deno.land/std@0.224.0/http/cookie.ts"

const headers = { "Access-Control-Allow-Origin": "*" } // <-- with cookies

Deno.serve(async (req) => {
  const session = getCookies(req.headers).session
  return new Response(JSON.stringify({ session }), { headers })
})

=== supabase/functions/_shared/cors.ts
export const corsHeaders = { "Access-Control-Allow-Origin": "*", "Access-Control-Allow-Headers": "authorization" }

=== supabase/functions/orders/index.ts
import { corsHeaders } from "../_shared/cors.ts" // <-- with cookies

Deno.serve(async (req) => {
  const cookie = req.headers.get("Cookie")
  return new Response(cookie, { headers: { ...corsHeaders, "Content-Type": "text/plain" } })
})

=== supabase/functions/both/index.ts
Deno.serve(async () => new Response("ok", {
  headers: {
    "Access-Control-Allow-Origin": "*", // <-- with credentials
    "Access-Control-Allow-Credentials": "true",
  },
}))
""",
    """
=== supabase/functions/_shared/cors.ts
export const corsHeaders = { "Access-Control-Allow-Origin": "*", "Access-Control-Allow-Headers": "authorization" }

=== supabase/functions/orders/index.ts
import { corsHeaders } from "../_shared/cors.ts"

Deno.serve(async (req) => {
  const token = req.headers.get("Authorization")
  return new Response(token, { headers: corsHeaders })
})

=== supabase/functions/profile/index.ts
Deno.serve(async (req) => {
  const cookie = req.headers.get("cookie")
  return new Response(cookie, { headers: { "Access-Control-Allow-Origin": "https://example.com" } })
})
""",
]
