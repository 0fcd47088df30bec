"""A handler acts with the service role before anything established who is calling.

The service role passes every policy, so the handler is the only access control left. Without a check of the caller the
endpoint is open to everyone who finds its address, and where the request chooses the rows they choose whose. That holds
for Edge Functions whose JWT is verified too: the anon key, which every visitor has, is such a JWT.

What counts as a check: a verified token (`getUser`, `getClaims`, a JWT library), a webhook's signature, a comparison
with a shared secret, a guard in front of the route, an answer 401 or 403; in the handler or in what it calls, also in
other files. Reads that begin with what a constant calls published (`.eq("is_public", true)`) have no caller to ask for.
Server actions are handlers: Next.js gives each a public address. Schedules' routes are not judged; what a cron job of
the database calls, or one that the comment above the function tells of, is where it writes rows that the request
chooses, since anybody else can call it as well.
"""

import re
from collections.abc import Iterator

from ...facts.clients import AuthCall, Setting
from ...facts.data import TableAccess
from ...facts.file import Side
from ...facts.location import Related
from ...facts.values import (
    Call,
    Choice,
    Constant,
    Items,
    Parameter,
    Record,
    Reference,
    Text,
    Unknown,
    Value,
    constant_text,
)
from ...finding import Finding, Severity
from ...join.callers import (
    acts_too_early,
    asks_before_handing_on,
    establishes_caller,
    guarded_by_middleware,
    is_guard,
)
from ...join.clients import Key, client_behind
from ...join.developing import refuses_in_production
from ...join.edge_functions import scheduled_functions, unverified_functions
from ...join.endpoints import reached
from ...join.functions import functions
from ...join.handlers import Handler, handlers
from ...join.limiting import counts_callers
from ...join.meant import documented_public
from ...join.places import located
from ...join.webhooks import WEBHOOK
from ...project import SERVER_SIDES, Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="medium",
    since="0.1.0",
    languages=("typescript", "python"),
    asked_by="F A E",
    security="8.6",
    strictly="handlers in which whoever calls decides nothing, neither which rows are touched nor what is written, gets no more "
    "than some columns of some rows, and calls no route of administrators; those that count their callers (rate limits, captchas) or call themselves public "
    "(`/api/public/…`), as what is meant for strangers does; and Edge Functions that only read, and that the comment at the head "
    "of their file, or beside their setting in config.toml, calls public.",
    limits="Checks that a proxy or gateway makes in front of the service are not seen.",
)

_SCHEDULED = re.compile(r"cron|schedul", re.I)
_OPEN = re.compile(
    r"health|ready|alive|ping|sign-?up|register|login|sign-?in|callback|confirm|subscribe|newsletter|wait-?list"
    r"|\botp\b|forgot|recover|(?:reset|lost)-?password|password-?reset|magic-?link|\bdemo\b",
    re.I,
)
_FOR_EVERYBODY = re.compile(r"(?:^|/)public(?:/|$)", re.I)
"""Routes that call themselves public."""
_ADMINISTERS = re.compile(r"(?:^|[/_-])(?:admin\w*|internal)(?:[/_-]|$)", re.I)
"""Routes that call themselves those of somebody in particular."""
_PUBLISHED = re.compile(r"^(?:is_?)?(?:public|published)$", re.I)
"""Columns that say of a row that everybody may read it."""
_PUBLISHING = re.compile(r"^(?:\w+_)?(?:visibility|status|state|access)$", re.I)
"""Columns that may say so, by `public` or `published`."""
_SIDES = SERVER_SIDES | {Side.OTHER, Side.BROWSER}
"""Pages of Remix hold their loaders beside what the browser renders."""
_REQUEST = re.compile(
    r"\.(?:json|text|formData|form|get_json|query|params|body|searchParams|path_params|query_params)\b|^(?:req|request)\b"
)
_CHOOSING = frozenset("eq neq in in_ match filter or or_ contains gt gte lt lte like ilike is is_ rpc".split())


_METHODS = re.compile(r"^[A-Z]+(?:[,|/ ]+[A-Z]+)* (?=/)")
"""What a route is asked by, before its path."""


def check(project: Project) -> Iterator[Finding]:
    uses: dict[tuple[str, str], list[TableAccess | AuthCall]] = {}
    privileged: list[TableAccess | AuthCall] = [*project.facts(TableAccess), *project.facts(AuthCall)]
    for access in privileged:
        if isinstance(access, AuthCall) and not access.method.startswith("admin."):
            continue
        if project.side(access.at.path) is Side.TEST:
            continue
        behind = client_behind(project, access)
        if behind is not None and behind.key is Key.SERVICE:
            uses.setdefault((access.at.path, access.function), []).append(access)
    if not uses:
        return
    unverified = {function.path for function in project.view(unverified_functions)}
    scheduled = project.view(scheduled_functions)
    documented = project.view(documented_public)
    seen: set[tuple[str, str]] = set()
    for handler in _open_to_strangers(project):
        place = (handler.path, handler.function)
        if place in seen or handler.path in unverified:
            continue
        seen.add(place)
        acting = [access for where in reached(project, *place) for access in uses.get(where, ())]
        if not acting or _reads_published(acting):
            continue
        late = next((one for one in acting if _writes(one) and acts_too_early(project, *place, one)), None)
        if late is None and establishes_caller(project, *place):
            continue
        if asks_before_handing_on(project, *place) or refuses_in_production(project, *place):
            continue
        if not handler.path.endswith(".py") and guarded_by_middleware(project, handler.path):
            continue
        parameters = _Given(project, place)
        chosen = next((one for one in ([late] if late else acting) if _chosen_by_request(one, parameters)), None)
        if handler.path in scheduled and (chosen is None or not _writes(chosen)):
            continue
        first = chosen or late or acting[0]
        inside = first.at.path == handler.path and first.function.split(".")[0] == handler.function.split(".")[0]
        what = _spoken(first)
        decides = chosen is not None or any(_is_given(one, parameters) or _reads_all(one) for one in acting)
        meant = _FOR_EVERYBODY.search(handler.route) is not None or counts_callers(project, *place)
        meant = meant or (handler.path in documented and _only_reads(acting))
        name = handler.name
        if project.side(handler.path) is Side.EDGE:  # which answers all methods, whatever it tells apart
            name = _METHODS.sub("", name)
        yield Finding(
            first.at if inside else handler.at,
            f"`{name}` {what} with the service role, and nothing before it establishes who is calling"
            + (", though the request chooses the rows." if chosen else "."),
            remedy=_remedy(project, handler),
            related=() if inside else (Related(first.at, "the service role acts here"),),
            severity=Severity.ERROR if chosen else None,
            slots={"handler": name, "what": what},
            strict=meant or not (decides or _ADMINISTERS.search(handler.route)),
        )


def _open_to_strangers(project: Project) -> Iterator[Handler]:
    """The handlers that answer whoever asks: no guard in front of them, no route of a schedule, no sign-in."""
    crons = {
        setting.value.rstrip("/")
        for setting in project.facts(Setting)
        if setting.keys[:1] == ("crons",) and setting.keys[-1:] == ("path",)
    }
    for handler in project.view(handlers):
        if any(_asks(project, handler, guard) for guard in handler.guards) or project.side(handler.path) not in _SIDES:
            continue
        if handler.route.rstrip("/") in crons or _OPEN.search(handler.route):
            continue
        if not _SCHEDULED.search(f"{handler.path} {handler.name}"):
            yield handler


def _asks(project: Project, handler: Handler, guard: str) -> bool:
    """Whether what stands in front of a handler has to do with the caller, by its name or by what it does."""
    place = None if is_guard(guard) else located(project, handler.at.path, guard)
    return is_guard(guard) or (place is not None and establishes_caller(project, *place))


def _writes(access: TableAccess | AuthCall) -> bool:
    return isinstance(access, AuthCall) or access.operation in ("insert", "update", "upsert", "delete")


def _is_given(access: TableAccess | AuthCall, parameters: "_Given") -> bool:
    """Whether a handler administers users, or what the request says is written."""
    if isinstance(access, AuthCall):
        return True
    calls = [call for call in access.calls if isinstance(call, Call)] if _writes(access) else []
    return any(_requested(argument, parameters) for call in calls for argument in call.arguments)


def _reads_all(access: TableAccess | AuthCall) -> bool:
    """Whether every row of a table is read, or all that a row has; a few columns of some rows are often for everybody."""
    calls = [call for call in access.calls if isinstance(call, Call)] if isinstance(access, TableAccess) else []
    asked = next((call for call in calls if call.name == "select"), None)
    if asked is None or not isinstance(access, TableAccess) or access.operation != "select":
        return False
    columns = constant_text(asked.arguments[0]) if asked.arguments else "*"
    return columns == "*" or not any(call.name in _CHOOSING for call in calls)


def _only_reads(acting: list[TableAccess | AuthCall]) -> bool:
    return all(isinstance(one, TableAccess) and one.operation == "select" for one in acting)


def _reads_published(acting: list[TableAccess | AuthCall]) -> bool:
    """Whether a handler only reads, and begins with rows that are published: what follows belongs to them."""
    first = min((one for one in acting if one.at.path == acting[0].at.path), key=lambda one: one.at)
    return (
        _only_reads(acting)
        and isinstance(first, TableAccess)
        and any(isinstance(call, Call) and call.name == "eq" and _is_published(*call.arguments) for call in first.calls)
    )


def _is_published(column: Value | None = None, value: Value | None = None, *_: Value) -> bool:
    match column, value:
        case Constant(value=str(name)), Constant(value=True):
            return _PUBLISHED.match(name) is not None
        case Constant(value=str(name)), Constant(value="public" | "published"):
            return _PUBLISHING.match(name) is not None
    return False


class _Given:
    """What a handler is given: its own parameters, and those of what it calls as far as they are given some of it."""

    def __init__(self, project: Project, place: tuple[str, str]) -> None:
        function = project.view(functions).get(place)
        self._project = project
        self._place = place
        self._own = frozenset(function.parameters if function is not None else ())
        self._followed: set[tuple[str, str, str]] = set()

    def __contains__(self, name: str) -> bool:
        return name in self._own

    def holds(self, parameter: Parameter) -> bool:
        """Whether a parameter has something of the request, as it may where nobody sees who calls its function."""
        path, name = parameter.at.path, parameter.function
        if path == self._place[0] and f"{name}.".startswith(f"{self._place[1]}."):
            return True
        key = (path, name, parameter.name)
        function = self._project.view(functions).get((path, name))
        position = _position(parameter.name, function.parameters if function is not None else ())
        if position is None:
            return True
        if key in self._followed:
            return False
        self._followed.add(key)
        given = list(self._arguments(name.rpartition(".")[2], position))
        self._followed.discard(key)
        return not given or any(_requested(one, self) for one in given)

    def _arguments(self, name: str, position: int) -> Iterator[Value]:
        """What functions that run for the handler give to the one of this name."""
        for path, function in reached(self._project, *self._place):
            for call in self._project.calls_made(path, {name}):
                if f"{call.function}.".startswith(f"{function}.") and len(call.arguments) > position:
                    yield call.arguments[position]


def _position(name: str, parameters: tuple[str, ...]) -> int | None:
    """Where a parameter stands; one that is taken apart is called by its place, `{0}`."""
    if name.startswith("{"):
        return int(name[1:-1]) if name[1:-1].isdigit() else None
    return parameters.index(name) if name in parameters else None


def _chosen_by_request(access: TableAccess | AuthCall, parameters: "_Given") -> bool:
    """Whether what the request says decides which rows (or users) are touched."""
    if isinstance(access, AuthCall):
        return any(_requested(argument, parameters) for argument in access.arguments)
    return any(
        _requested(argument, parameters)
        for call in access.calls
        if isinstance(call, Call) and call.name in _CHOOSING
        for argument in (*call.arguments, *(one for _, one in call.keywords))
    )


def _requested(value: Value, parameters: "_Given") -> bool:
    match value:
        case Parameter():
            return parameters.holds(value)
        case Reference(name=name):
            return _REQUEST.search(name) is not None or name.split(".")[0] in parameters
        case Call(callee=callee, arguments=arguments, receiver=receiver):
            return (
                _REQUEST.search(callee) is not None
                or (receiver is not None and _requested(receiver, parameters))
                or any(_requested(argument, parameters) for argument in arguments)
            )
        case Text(parts=several) | Items(items=several) | Choice(options=several):
            return any(_requested(one, parameters) for one in several)
        case Record(entries=entries):
            return any(_requested(one, parameters) for _, one in entries)
        case Unknown(source=source):
            return _REQUEST.search(source) is not None
    return False


def _spoken(access: TableAccess | AuthCall) -> str:
    if isinstance(access, AuthCall):
        return f"calls `auth.{access.method}`"
    if access.operation == "rpc":
        return f"calls `{access.relation or 'a function'}`"
    verbs = {
        "select": "reads",
        "insert": "writes to",
        "upsert": "writes to",
        "update": "changes",
        "delete": "deletes from",
    }
    return f"{verbs.get(access.operation, 'uses')} `{access.relation or 'a table'}`"


def _remedy(project: Project, handler: Handler) -> str:
    """How a handler establishes who calls: a user by a token, a provider by its signature, a page by the session."""
    is_hook = WEBHOOK.search(f"{handler.route} {handler.name}") is not None
    if handler.path.endswith(".py"):
        if is_hook:
            return (
                "# before the service client: check the provider's signature over the raw body; answer 401 without it"
            )
        return "user = supabase.auth.get_user(token)  # before the service client; answer 401 without one"
    request = "req" if project.side(handler.path) is Side.EDGE else "request"
    refused = 'return new Response("unauthorized", { status: 401 })'
    if is_hook:
        return (
            "// before the service client: the provider's signature over the raw body; where it signs nothing, compare a\n"
            "// secret of your own that stands in the address which the provider is given\n"
            f"if (!(await isSigned({request}.headers, await {request}.clone().text()))) {refused}"
        )
    if handler.name.startswith("server action"):
        return (
            "const { data: { user } } = await supabase.auth.getUser()\n"
            'if (!user) throw new Error("unauthorized")\n'
            '// what only the server itself calls belongs into a module without "use server"'
        )
    if request == "req":
        token = 'req.headers.get("Authorization")?.replace("Bearer ", "")'
        return f"const {{ data: {{ user }} }} = await admin.auth.getUser({token})\nif (!user) {refused}"
    return f"const {{ data: {{ user }} }} = await supabase.auth.getUser()\nif (!user) {refused}"


REMARK = (
    "Whoever finds `{handler}` {what} as the owner of the database. "
    "Ask who it is first, answer 401 where nobody can say, and only then pick up the service role."
)

EXAMPLES = [
    """
=== lib/admin.ts
import { createClient } from "@supabase/supabase-js"

export const admin = createClient(process.env.SUPABASE_URL!, process.env.SUPABASE_SERVICE_ROLE_KEY!)

=== app/api/seed/route.ts
import { admin } from "../../../lib/admin"

export async function POST() {
  if (process.env.NODE_ENV === "production") {
    return Response.json({ error: "Not found" }, { status: 404 })
  }
  await admin.from("profiles").insert({ name: "Ada" })
  return Response.json({ seeded: true })
}

=== app/api/recover-account/route.ts
import { admin } from "../../../lib/admin"

export async function POST(request: Request) {
  const { email } = await request.json()
  await admin.from("mails").insert({ email, kind: "recovery" })
  return Response.json({ sent: true })
}

=== app/api/fill/route.ts
import { admin } from "../../../lib/admin"

export async function POST() {
  if (process.env.NODE_ENV === "production") {
    console.warn("filling a real database")
  }
  await admin.from("profiles").insert({ name: "Ada" }) // <-- strict: it only warns, and writes what nobody chose
  return Response.json({ seeded: true })
}
""",
    """
=== lib/admin.ts
import { createClient } from "@supabase/supabase-js"

export const admin = createClient(process.env.SUPABASE_URL!, process.env.SUPABASE_SERVICE_ROLE_KEY!)
=== lib/auth.ts
export async function caller(req: Request) {
  const user = await verifyJwt(req.headers.get("authorization"))
  return user
}
=== app/api/users/route.ts
import { admin } from "@/lib/admin"
import { caller } from "@/lib/auth"

export async function DELETE(req: Request) {
  const { id } = await req.json()
  const { error } = await admin.auth.admin.deleteUser(id) // <-- anyone deletes anyone
  return Response.json({ error })
}
export async function POST(req: Request) {
  const body = await req.json()
  const { error } = await admin.from("orders").update({ paid: true }).eq("id", body.id) // <-- anyone's order
  return Response.json({ error })
}
export async function PUT(req: Request) {
  await caller(req)
  const { id } = await req.json()
  return Response.json(await admin.auth.admin.deleteUser(id))
}
=== tsconfig.json
{"compilerOptions": {"paths": {"@/*": ["./*"]}}}
""",
    """
=== lib/guards.ts
export async function requireStaff(req, res) {
  const user = await verifyJwt(req.headers.authorization)
  if (!user) throw new Error("UNAUTHORIZED")
  return user
}
=== pages/api/invoices.ts
import { createClient } from "@supabase/supabase-js"
import { requireStaff } from "../../lib/guards"

const admin = createClient(process.env.SUPABASE_URL!, process.env.SUPABASE_SERVICE_ROLE_KEY!)

export default async function handler(req, res) {
  await requireStaff(req, res)
  if (req.method === "GET") return await list(req, res)
  if (req.method === "DELETE") return await remove(req, res)
  return res.status(405).end()
}
async function list(req, res) {
  return res.json(await admin.from("invoices").select("id").eq("customer", req.query.customer))
}
async function remove(req, res) {
  return res.json(await admin.from("invoices").delete().eq("id", req.query.id))
}
=== pages/api/notes.ts
import { createClient } from "@supabase/supabase-js"
import { userOf } from "../../lib/users"

const admin = createClient(process.env.SUPABASE_URL!, process.env.SUPABASE_SERVICE_ROLE_KEY!)

export default async function handler(req, res) {
  if (req.method === "GET") return await list(req, res)
  const user = await userOf(req)
  if (!user) return res.status(401).end()
  if (req.method === "DELETE") return await remove(req, res)
}
async function list(req, res) {
  return res.json(await admin.from("notes").select("id").eq("owner", req.query.owner)) // <-- before anybody asks
}
async function remove(req, res) {
  return res.json(await admin.from("notes").delete().eq("id", req.query.id))
}
=== pages/api/parts.ts
import { createClient } from "@supabase/supabase-js"

const admin = createClient(process.env.SUPABASE_URL!, process.env.SUPABASE_SERVICE_ROLE_KEY!)

export default async function handler(req, res) {
  if (req.method === "POST") return await create(req, res)
  if (req.method === "GET") return await list(req, res)
}
async function create(req, res) {
  if (!(await verifyJwt(req.headers.authorization))) return res.status(401).end()
  return res.json(await admin.from("parts").insert(req.body))
}
async function list(req, res) {
  return res.json(await admin.from("parts").select("id").eq("kind", req.query.kind)) // <-- only the other one asks
}
=== pages/api/public/prices.ts
import { createClient } from "@supabase/supabase-js"

const admin = createClient(process.env.SUPABASE_URL!, process.env.SUPABASE_SERVICE_ROLE_KEY!)

export default async function handler(req, res) {
  return res.json(await admin.from("prices").select("id").eq("kind", req.query.kind)) // <-- strict: for everybody
}
=== package.json
{"dependencies": {"next": "15", "@supabase/supabase-js": "2"}}
""",
    """
=== supabase/functions/refund/index.ts
import { createClient } from "jsr:@supabase/supabase-js@2"

Deno.serve(async (req) => {
  const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!)
  const { id } = await req.json()
  const { data, error } = await admin.from("orders").select("*").eq("id", id) // <-- a JWT of the anon key gets here too
  return Response.json({ data, error })
})
""",
    """
=== supabase/functions/hook/index.ts
import { createClient } from "jsr:@supabase/supabase-js@2"
import Stripe from "npm:stripe@17"

Deno.serve(async (req) => {
  const event = await stripe.webhooks.constructEventAsync(await req.text(), req.headers.get("stripe-signature")!, secret)
  const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!)
  const { error } = await admin.from("payments").insert({ id: event.id })
  return Response.json({ error })
})
=== supabase/functions/paid/index.ts
import { createClient } from "jsr:@supabase/supabase-js@2"
import { hashed } from "../_shared/hashed.ts"

Deno.serve(async (req) => {
  const form = await req.formData()
  const signature = form.get("signature")
  if (signature !== hashed(form)) return new Response("not signed", { status: 400 })
  const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!)
  const { error } = await admin.from("payments").update({ paid: true }).eq("id", form.get("id"))
  return Response.json({ error })
})
=== supabase/functions/nightly-cron/index.ts
import { createClient } from "jsr:@supabase/supabase-js@2"

Deno.serve(async () => {
  const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!)
  const { error } = await admin.from("sessions").delete().lt("expires", new Date().toISOString())
  return Response.json({ error })
})
=== supabase/functions/tidy/index.ts
import { createClient } from "jsr:@supabase/supabase-js@2"

Deno.serve(async () => {
  const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!)
  const { error } = await admin.from("carts").delete().lt("expires", new Date().toISOString())
  return Response.json({ error })
})
=== supabase/functions/resettle/index.ts
import { createClient } from "jsr:@supabase/supabase-js@2"

Deno.serve(async (req) => {
  const { town } = await req.json()
  const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!)
  const { error } = await admin.from("carts").delete().eq("town", town) // <-- the night's job is not all that can call it
  return Response.json({ error })
})
=== supabase/functions/recount/index.ts
// Counts the carts of each town.
// Runs daily (see the dashboard)
import { createClient } from "jsr:@supabase/supabase-js@2"

Deno.serve(async (req) => {
  const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!)
  const { data } = await admin.from("carts").select("town")
  return Response.json({ counted: data?.length })
})
=== supabase/functions/relabel/index.ts
import { createClient } from "jsr:@supabase/supabase-js@2"

/** Called by pg_cron. */
Deno.serve(async (req) => {
  const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!)
  const { town } = await req.json()
  const { error } = await admin.from("carts").update({ label: "old" }).eq("town", town) // <-- whose carts anybody says
  return Response.json({ error })
})
=== supabase/functions/plans/index.ts
// What is scheduled in each town
import { createClient } from "jsr:@supabase/supabase-js@2"

Deno.serve(async (req) => {
  const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!)
  const { data } = await admin.from("plans").select("town") // <-- no clock asks for this
  return Response.json({ data })
})
=== supabase/migrations/20240101000000_tidy.sql
select cron.schedule('resettle', '0 5 * * *', $$
  select net.http_post(url := 'https://qwfjznvbxmctuyaeslrd.supabase.co/functions/v1/resettle', body := '{"town": 4}'::jsonb);
$$);
select cron.schedule('tidy', '0 4 * * *', $$
  select net.http_post(url := 'https://qwfjznvbxmctuyaeslrd.supabase.co/functions/v1/tidy', body := '{}'::jsonb);
$$);
=== supabase/functions/secret/index.ts
import { createClient } from "jsr:@supabase/supabase-js@2"

Deno.serve(async (req) => {
  if (req.headers.get("x-secret") !== Deno.env.get("HOOK_SECRET")) return new Response("no", { status: 401 })
  const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!)
  const { error } = await admin.from("sessions").delete().eq("id", await req.text())
  return Response.json({ error })
})
""",
    """
=== package.json
{"dependencies": {"next": "16"}}
=== middleware.ts
import { NextResponse } from "next/server"
import { createServerClient } from "@supabase/ssr"

export async function middleware(request) {
  const supabase = createServerClient(process.env.SUPABASE_URL!, process.env.SUPABASE_ANON_KEY!, { cookies: request.cookies })
  const { data: { user } } = await supabase.auth.getUser()
  if (!user) return NextResponse.redirect(new URL("/login", request.url))
  return NextResponse.next()
}
export const config = { matcher: ["/((?!_next/static|favicon.ico).*)"] }
=== lib/admin.ts
import { createClient } from "@supabase/supabase-js"

export const admin = createClient(process.env.SUPABASE_URL!, process.env.SUPABASE_SERVICE_ROLE_KEY!)
=== app/api/orders/route.ts
import { admin } from "../../../lib/admin"

export async function DELETE(req: Request) {
  const { id } = await req.json()
  const { error } = await admin.from("orders").delete().eq("id", id)
  return Response.json({ error })
}
""",
    """
=== lib/admin.ts
import { createClient } from "@supabase/supabase-js"

export const admin = createClient(process.env.SUPABASE_URL!, process.env.SUPABASE_SERVICE_ROLE_KEY!)
=== app/api/boards/route.ts
import { admin } from "../../../lib/admin"

export async function GET(req: Request) {
  const { searchParams } = new URL(req.url)
  const { data: board } = await admin
    .from("boards").select("id, title").eq("id", searchParams.get("id")).eq("is_public", true).maybeSingle()
  if (!board) return new Response(null, { status: 404 })
  return Response.json(await admin.from("cards").select("id, title").eq("board_id", board.id))
}
export async function POST(req: Request) {
  const { id } = await req.json()
  return Response.json(await admin.from("boards").update({ stars: 1 }).eq("id", id).eq("is_public", true)) // <-- it writes
}
export async function PUT(req: Request) {
  const { id, shown } = await req.json()
  return Response.json(await admin.from("boards").select("*").eq("id", id).eq("is_public", shown)) // <-- who asks says which
}
=== app/api/mails/[id]/route.ts
import { admin } from "../../../../lib/admin"

export async function GET(req: Request, { params }: { params: { id: string } }) {
  return Response.json(await (admin.from("mails") as any).update({ opened: true }).eq("tracking_id", params.id))
}
=== app/api/offers/route.ts
import { isRateLimited } from "../../../lib/limits"
import { admin } from "../../../lib/admin"

export async function GET() {
  return Response.json(await admin.from("offers").select("id, title").eq("is_active", true)) // <-- strict: some columns
}
export async function POST(req: Request) {
  if (await isRateLimited(req)) return new Response(null, { status: 429 })
  const { email } = await req.json()
  return Response.json(await admin.from("guests").insert({ email })) // <-- strict: it counts who comes, as for strangers
}
export async function PUT() {
  return Response.json(await admin.from("offers").select("*").eq("is_active", true)) // <-- all that they have
}
=== app/api/pages/route.ts
import { admin } from "../../../lib/admin"

export async function GET() {
  return Response.json(await admin.from("pages").select("slug, title").eq("visibility", "public"))
}
""",
    """
=== app/orders.py
import os

from fastapi import APIRouter, Depends
from supabase import create_client

from .auth import current_user

router = APIRouter()
admin = create_client(os.environ["SUPABASE_URL"], os.environ["SUPABASE_SERVICE_ROLE_KEY"])


@router.delete("/orders/{order_id}")
def remove(order_id: str):
    return admin.table("orders").delete().eq("id", order_id).execute()  # <-- anyone's order


@router.delete("/mine/{order_id}")
def remove_mine(order_id: str, user=Depends(current_user)):
    return admin.table("orders").delete().eq("id", order_id).eq("owner", user.id).execute()
""",
    """
=== pyproject.toml
[project]
dependencies = ["fastapi", "supabase"]
=== app/clients.py
import os
from typing import Annotated

from fastapi import Depends
from supabase import Client, create_client


def service():
    return create_client(os.environ["SUPABASE_URL"], os.environ["SUPABASE_SERVICE_ROLE_KEY"])


Service = Annotated[Client, Depends(service)]
=== app/invoices.py
from fastapi import APIRouter

from .clients import Service, service

router = APIRouter()


@router.patch("/invoices/{number}")
def pay(number: str):
    service().table("invoices").update({"paid": True}).eq("number", number).execute()  # <-- made in another file


@router.delete("/invoices/{number}")
def remove(number: str, db: Service):
    db.table("invoices").delete().eq("number", number).execute()  # <-- injected
""",
    """
=== package.json
{"dependencies": {"@remix-run/node": "2", "@remix-run/react": "2"}}
=== app/db.server.ts
import { createClient } from "@supabase/supabase-js"

export const db = createClient(process.env.SUPABASE_URL!, process.env.SUPABASE_SERVICE_ROLE_KEY!)
=== app/reply.server.ts
export const reply = (body: object, status = 200) => new Response(JSON.stringify(body), { status })
=== app/routes/notes.tsx
import { db } from "../db.server"
import { currentUser } from "../session.server"

export async function action({ request }) {
  const form = await request.formData()
  await db.from("notes").delete().eq("id", form.get("id")) // <-- asked afterwards
  return currentUser(request)
}
=== app/routes/trash.tsx
import { db } from "../db.server"
import { reply } from "../reply.server"

export async function action({ request }) {
  const form = await request.formData()
  if (!sameSecret(request.headers.get("x-key"))) return reply({ error: "no" }, 401)
  await db.from("notes").delete().eq("id", form.get("id"))
}
=== app/routes/invited.tsx
import { db } from "../db.server"

export async function loader({ params }) {
  return db.from("invitations").select("email").eq("invite_token", params.token).single()
}
""",
    """
=== package.json
{"dependencies": {"express": "5", "@supabase/supabase-js": "2"}}
=== src/server.ts
import express from "express"
import { createClient } from "@supabase/supabase-js"
import { requireAuth } from "./auth"

const admin = createClient(process.env.SUPABASE_URL!, process.env.SUPABASE_SERVICE_ROLE_KEY!)
const app = express()
app.post("/events", async (req, res) => {
  await admin.from("events").insert(req.body) // <-- the guard comes later
  res.sendStatus(202)
})
app.use(requireAuth)
app.post("/bills", async (req, res) => {
  await admin.from("bills").insert(req.body)
  res.sendStatus(202)
})
""",
    """
=== package.json
{"dependencies": {"fastify": "5", "@supabase/supabase-js": "2"}}
=== src/clients.ts
import { createClient } from "@supabase/supabase-js"

export const clientWith = (key: string) => createClient(process.env.SUPABASE_URL!, key)
export const privileged = () => clientWith(process.env.SUPABASE_SERVICE_ROLE_KEY!)
=== src/server.ts
import Fastify from "fastify"
import { clientWith, privileged } from "./clients"

const app = Fastify()
const open = Fastify()
const visitors = clientWith(process.env.SUPABASE_ANON_KEY!)
app.addHook("onRequest", async (request, reply) => {
  const { data } = await visitors.auth.getUser(request.headers.authorization)
  if (!data.user) return reply.code(401).send()
})
app.delete("/bills/:id", async (request) => privileged().from("bills").delete().eq("id", request.params.id))
open.delete("/drafts/:id", async (request) => visitors.from("drafts").delete().eq("id", request.params.id))
open.delete("/bills/:id", async (request) => privileged().from("bills").delete().eq("id", request.params.id)) // <-- open
""",
    """
=== lib/admin.ts
import { createClient } from "@supabase/supabase-js"

export const admin = createClient(process.env.SUPABASE_URL!, process.env.SUPABASE_SERVICE_ROLE_KEY!)
=== app/actions.ts
"use server"
import { admin } from "../lib/admin"

export async function promote(id: string) {
  const { error } = await admin.from("members").update({ role: "admin" }).eq("id", id) // <-- a public address
  if (error) throw error
}
export async function rename(id: string, name: string) {
  const user = await requireUser()
  const { error } = await admin.from("members").update({ name }).eq("id", user.id)
  if (error) throw error
}
""",
    """
=== supabase/functions/pairing/index.ts
import { createClient } from "jsr:@supabase/supabase-js@2"

const SIGNS = "ACDEFGHJKMNPQRTUVWXY34679"

Deno.serve(async () => {
  const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!)
  const code = SIGNS[Math.floor(Math.random() * SIGNS.length)]
  const { error } = await admin.from("codes").insert({ code, until: new Date().toISOString() }) // <-- strict: its own code
  return Response.json({ code, error })
})
=== supabase/functions/work-off/index.ts
import { createClient } from "jsr:@supabase/supabase-js@2"

const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!)

Deno.serve(async (req) => { // <-- strict: whoever calls says when, and not which
  const { action } = await req.json()
  return action === "next" ? await next() : Response.json({ up: true })
})

async function next() {
  const { data: job } = await admin.rpc("next_job").single()
  await told(job.id, 100) // what the table says, not who asks
  return Response.json({ done: job.id })
}

async function told(id: string, progress: number) {
  await admin.rpc("tell_progress", { id, progress })
}
=== supabase/functions/work-on/index.ts
import { createClient } from "jsr:@supabase/supabase-js@2"

const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!)

Deno.serve(async (req) => { // <-- told of the job that the request names
  const { job } = await req.json()
  await told(job, 100)
  return Response.json({ done: job })
})

async function told(id: string, progress: number) {
  await admin.rpc("tell_progress", { id, progress })
}
=== supabase/functions/signs/index.ts
import { createClient } from "jsr:@supabase/supabase-js@2"

Deno.serve(async (req) => {
  const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!)
  const body = await req.json()
  const { error } = await admin.from("signs").insert({ text: body.text }) // <-- whatever somebody sends
  return Response.json({ error })
})
""",
    """
=== supabase/functions/check-diploma/index.ts
/**
 * check-diploma
 * PUBLIC endpoint: whoever was handed a diploma asks whether it is genuine.
 */
import { createClient } from "jsr:@supabase/supabase-js@2"

const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!)

Deno.serve(async (req) => {
  const { code } = await req.json()
  const { data, error } = await admin.from("diplomas").select("name, issued").eq("code", code).single() // <-- strict: everybody may ask
  return Response.json(error ? { genuine: false } : data)
})
=== supabase/functions/withdraw-diploma/index.ts
// Public endpoint (verify_jwt = false)
import { createClient } from "jsr:@supabase/supabase-js@2"

const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!)

Deno.serve(async (req) => {
  const { code } = await req.json()
  const { error } = await admin.from("diplomas").delete().eq("code", code) // <-- whose it is decides nobody
  return Response.json({ error })
})
=== supabase/functions/list-diplomas/index.ts
// Lists what public.diplomas has of somebody, a public table until last year.
import { createClient } from "jsr:@supabase/supabase-js@2"

const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!)

Deno.serve(async (req) => {
  const { email } = await req.json()
  const { data, error } = await admin.from("diplomas").select("name, issued").eq("email", email) // <-- it speaks of a table
  return Response.json({ data, error })
})
=== supabase/functions/show-diploma/index.ts
// Public endpoint; the link's token is checked.
import { createClient } from "jsr:@supabase/supabase-js@2"

const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!)

Deno.serve(async (req) => {
  const { id } = await req.json()
  const { data, error } = await admin.from("diplomas").select("name, issued").eq("id", id).single() // <-- no token is checked
  return Response.json({ data, error })
})
""",
]
