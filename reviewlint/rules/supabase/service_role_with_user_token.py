"""A client with the service-role key also carries a user's session.

Each request has one `Authorization` header, and the session wins over the key: a client that was meant to pass the
policies runs as whoever called, or as whoever signed in on it last. Which of the two depends on cookies and on the order
of requests, so it works in development and fails, or leaks, in production.

A client that is only asked who is calling (`auth.getUser()`) decides nothing: it is shown with `--strict`.

Found are the caller's `Authorization` header on a service-role client, `createServerClient` that reads the caller's
cookies beside the service-role key, and signing users in on a service-role client. Until its version 0.4 `@supabase/ssr`
let `persistSession: false` keep the cookies unread; since then it sets that option itself.
"""

import re
from collections.abc import Iterator

from ...facts.clients import AuthCall, Client, Setting
from ...facts.data import TableAccess
from ...facts.file import Side
from ...facts.location import Location, Related
from ...facts.values import (
    Call,
    Choice,
    Constant,
    Environment,
    Items,
    Parameter,
    Record,
    Reference,
    Text,
    Unknown,
    Value,
    constant_text,
    options,
)
from ...finding import Finding
from ...join.clients import Key, client_behind, supabase_clients
from ...join.functions import functions
from ...join.modules import modules
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="error",
    confidence="high",
    since="0.1.0",
    languages=("typescript", "python"),
    found_at=("AuthCall", "Client"),
    asked_by="F",
    security="6.5",
    strictly="sign-ins on a client that is made for the call, and that the same function does nothing else with; clients "
    "with both identities that are only asked who the user is.",
)

_SIGNS_IN = frozenset(
    "signInWithPassword signInWithIdToken signInAnonymously setSession refreshSession verifyOtp "
    "exchangeCodeForSession sign_in_with_password sign_in_with_id_token sign_in_anonymously set_session "
    "refresh_session verify_otp exchange_code_for_session".split()
)
"""Calls that give a session; `signInWithOtp` only sends the mail, whose code `verifyOtp` takes."""
_ASKS = frozenset({"getUser", "getClaims", "get_user", "get_claims"})
_APART = (
    "const asUser = createClient(url, publishableKey, { global: { headers: { Authorization } } })\n"
    "const admin = createClient(url, serviceRoleKey)"
)
_APART_PYTHON = (
    'as_user = create_client(url, publishable_key, ClientOptions(headers={"Authorization": authorization}))\n'
    "admin = create_client(url, service_role_key)"
)
_BEFORE_KEEPING = re.compile(r"[\^~=]?0\.[0-3]\.")
_NO_COOKIES = re.compile(r"=>\s*(?:\[\s*\]|null|undefined|\{\s*\})|return\s*(?:\[\s*\]|null|undefined)|\{\s*\}\s*,?$")


def check(project: Project) -> Iterator[Finding]:
    harmless: frozenset[Location] | None = None
    for one in project.view(supabase_clients):
        client = one.client
        if one.key is not Key.SERVICE or project.side(client.at.path) is Side.TEST:
            continue
        carried = _authorization(client.options)
        if carried is not None:
            harmless = _asked_for_users(project) if harmless is None else harmless
            yield Finding(
                client.at,
                "This client has the service-role key and the caller's `Authorization` header, and the header decides.",
                remedy=_APART_PYTHON if client.at.path.endswith(".py") else _APART,
                related=(Related(carried.at, "the caller's header"),),
                slots={"what": "the caller's header"},
                strict=client.at in harmless,
            )
        elif (
            client.constructor.endswith(".createServerClient")
            and _reads_cookies(client.options)
            and not (_keeps_no_session(client.options) and _may_keep_none(project, client.at.path))
        ):
            yield Finding(
                client.at,
                "This client has the service-role key and reads the caller's cookies: a session in them decides.",
                remedy="createClient(url, serviceRoleKey, { auth: { persistSession: false, autoRefreshToken: false } })",
                slots={"what": "the caller's cookies"},
            )
    for call in project.facts(AuthCall):
        if call.method not in _SIGNS_IN or project.side(call.at.path) is Side.TEST:
            continue
        behind = client_behind(project, call)
        if behind is not None and behind.key is Key.SERVICE and not _is_of_nobody(call):
            yield Finding(
                call.at,
                f"`auth.{call.method}` signs a user in on a service-role client, which acts as that user from then on.",
                remedy="Sign in on a client of its own with the publishable key, one for each request.",
                related=(Related(behind.client.at, "the service-role client"),),
                slots={"what": "a signed-in session"},
                strict=behind.client.function != "" and not _goes_on(project, call),
            )


def _asked_for_users(project: Project) -> frozenset[Location]:
    """Where the clients are made that are asked who the user is, and neither used for more nor handed on."""
    asked: set[Location] = set()
    used: set[Location] = set()
    everything: list[TableAccess | AuthCall] = [*project.facts(TableAccess), *project.facts(AuthCall)]
    for use in everything:
        behind = client_behind(project, use)
        if behind is not None:
            asks = isinstance(use, AuthCall) and use.method in _ASKS and not _does_more(project, use, behind.client)
            (asked if asks else used).add(behind.client.at)
    return frozenset(asked - used)


def _does_more(project: Project, use: AuthCall, client: Client) -> bool:
    """Whether a function that asks a client who the user is calls it for something else, or hands it to others."""
    function = project.view(functions).get((use.at.path, use.function))
    if function is None:
        return True
    callees = {call.rpartition(".")[2] for call in function.calls}
    own = {call.rpartition(".")[2] for call in function.calls if call.startswith(f"{use.client}.")}
    return not own <= _ASKS or any(
        _is_client(value, use, client)
        for call in project.calls_made(use.at.path, callees)
        for value in (*call.arguments, *(one for _, one in call.keywords))
    )


def _is_client(value: Value, use: AuthCall, client: Client) -> bool:
    match value:
        case Call(at=at, callee=callee):
            return at == client.at or (client.function != "" and callee == use.made)
        case Reference(name=name):
            return name == use.client
        case Record(entries=entries):
            return any(_is_client(one, use, client) for _, one in entries)
        case Choice(options=several) | Items(items=several):
            return any(_is_client(one, use, client) for one in several)
    return False


def _is_of_nobody(call: AuthCall) -> bool:
    """Whether nobody can have the address that signs in, as a probe's: `probe@nowhere.invalid` (RFC 2606, 2)."""
    given = call.arguments[0] if call.arguments else None
    email = given.get("email") if isinstance(given, Record) else None
    return email is not None and (constant_text(email) or "").endswith(".invalid")


def _goes_on(project: Project, call: AuthCall) -> bool:
    """Whether the function that signs a user in asks the same client for rows afterwards."""
    return any(
        access.function == call.function and access.client == call.client and access.at > call.at
        for access in project.facts_of(call.at.path, TableAccess)
    )


def _authorization(given: Value | None) -> Value | None:
    """The `Authorization` header among a client's options, where it comes from a request."""
    for option in options(given) if given is not None else ():
        headers = _inner(option, "global", "headers") or _inner(option, "headers")
        if isinstance(headers, Record):
            value = headers.get("Authorization") or headers.get("authorization")
            if value is not None and _from_request(value):
                return value
    return None


def _inner(value: Value | None, *keys: str) -> Value | None:
    for key in keys:
        match value:
            case Record():
                value = value.get(key)
            case Call():  # `ClientOptions(headers={…})`
                value = value.keyword(key)
            case _:
                return None
    return value


def _from_request(value: Value) -> bool:
    match value:
        case Constant() | Environment():
            return False
        case Text(parts=parts) | Items(items=parts):
            return any(_from_request(part) for part in parts)
        case Call(callee=callee, receiver=receiver, arguments=arguments):
            return (
                re.search(r"headers?\b.*\.get$|\.header$|^headers\(", callee) is not None
                or (receiver is not None and _from_request(receiver))
                or any(_from_request(argument) for argument in arguments)
            )
        case Reference(name=name):
            return re.search(r"headers\b|access_?token|session|jwt|authorization|auth_?header", name, re.I) is not None
        case Parameter(name=name, path=path):
            return re.search(r"headers?\b|token|jwt|auth|session", name + path, re.I) is not None
        case Choice(options=several):
            return any(_from_request(one) for one in several)
    return False


def _reads_cookies(given: Value | None) -> bool:
    cookies = _inner(given, "cookies")
    if not isinstance(cookies, Record):
        return False
    read = cookies.get("getAll") or cookies.get("get")
    if isinstance(read, Unknown):
        return _NO_COOKIES.search(read.source) is None
    return read is not None and not isinstance(read, Constant)


def _keeps_no_session(given: Value | None) -> bool:
    return any(
        isinstance(kept := _inner(option, "auth", "persistSession"), Constant) and kept.value is False
        for option in (options(given) if given is not None else ())
    )


def _may_keep_none(project: Project, path: str) -> bool:
    """Whether the package that makes the client is older than the version that always keeps a session."""
    manifest = f"{project.view(modules).package_folder(path)}/package.json".lstrip("/")
    return any(
        setting.keys[1:] == ("@supabase/ssr",) and _BEFORE_KEEPING.match(setting.value) is not None
        for setting in project.facts_of(manifest, Setting)
    )


REMARK = (
    "Two identities share this client, the key and {what}, and the key does not win. "
    "Give each its own client, so that the one that passes the policies never depends on who is calling."
)

EXAMPLES = [
    """
=== supabase/functions/orders/index.ts
import { createClient } from "jsr:@supabase/supabase-js@2"

Deno.serve(async (req) => {
  const authorization = req.headers.get("Authorization")!
  const mixed = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!, { // <-- both
    global: { headers: { Authorization: authorization } },
  })
  const asUser = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!, {
    global: { headers: { Authorization: authorization } },
  })
  const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!)
  await admin.from("orders").select("id")
  await mixed.auth.getUser()
  return Response.json(await mixed.from("orders").select("id"))
})
=== supabase/functions/who/index.ts
import { createClient } from "jsr:@supabase/supabase-js@2"

function asking(authorization: string) {
  return createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!, { // <-- strict: it asks who
    global: { headers: { Authorization: authorization } },
  })
}
Deno.serve(async (req) => {
  const authorization = req.headers.get("Authorization")!
  const { data: { user } } = await asking(authorization).auth.getUser()
  const asks = asking(authorization)
  await asks.auth.getUser()
  const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!)
  return Response.json(await admin.from("orders").select("id").eq("owner", user.id))
})
=== supabase/functions/list/index.ts
import { createClient } from "jsr:@supabase/supabase-js@2"
import { list } from "../_shared/list.ts"

Deno.serve(async (req) => {
  const authorization = req.headers.get("Authorization")!
  const handed = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!, { // <-- handed on
    global: { headers: { Authorization: authorization } },
  })
  await handed.auth.getUser()
  return Response.json(await list(handed))
})
=== supabase/functions/file/index.ts
import { createClient } from "jsr:@supabase/supabase-js@2"

Deno.serve(async (req) => {
  const files = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!, { // <-- uploads, too
    global: { headers: { Authorization: req.headers.get("Authorization")! } },
  })
  const { data: { user } } = await files.auth.getUser()
  return Response.json(await files.storage.from("scans").upload(user.id, req.body))
})
=== supabase/functions/_shared/list.ts
export const list = (client) => client.from("orders").select("id")
=== lib/admin.ts
import { createServerClient } from "@supabase/ssr"
import { cookies } from "next/headers"

export async function createAdmin() {
  const store = await cookies()
  return createServerClient(process.env.SUPABASE_URL!, process.env.SUPABASE_SERVICE_ROLE_KEY!, { // <-- the caller's cookies
    cookies: { getAll: () => store.getAll(), setAll: () => {} },
  })
}
export const createPlain = () =>
  createServerClient(process.env.SUPABASE_URL!, process.env.SUPABASE_SERVICE_ROLE_KEY!, {
    cookies: { getAll: () => [], setAll: () => {} },
  })
=== lib/login.ts
import { createClient } from "@supabase/supabase-js"

const admin = createClient(process.env.SUPABASE_URL!, process.env.SUPABASE_SERVICE_ROLE_KEY!)
export const login = (email: string, password: string) =>
  admin.auth.signInWithPassword({ email, password }) // <-- everyone is this user afterwards
export const probe = () => admin.auth.signInWithPassword({ email: "probe@nowhere.invalid", password: "none" })
export const who = (token: string) => admin.auth.getUser(token)
export const mail = (email: string) => admin.auth.signInWithOtp({ email })
export const enter = (email: string, token: string) => admin.auth.verifyOtp({ email, token, type: "email" }) // <-- a session
=== lib/reviewers.ts
import { makeAdmin } from "./made"

export async function enter(email: string, password: string) {
  const own = makeAdmin()
  return own.auth.signInWithPassword({ email, password }) // <-- strict: nobody else has this client
}
export async function enterAndList(email: string, password: string) {
  const own = makeAdmin()
  await own.auth.signInWithPassword({ email, password }) // <-- and what follows is asked as that user
  return own.from("orders").select("*")
}
=== lib/made.ts
import { createClient } from "@supabase/supabase-js"

export function makeAdmin() {
  return createClient(process.env.SUPABASE_URL!, process.env.SUPABASE_SERVICE_ROLE_KEY!)
}
""",
    """
=== app/login.py
import os

from supabase import create_client

admin = create_client(os.environ["SUPABASE_URL"], os.environ["SUPABASE_SERVICE_ROLE_KEY"])
client = create_client(os.environ["SUPABASE_URL"], os.environ["SUPABASE_ANON_KEY"])


def login(email, password):
    admin.auth.sign_in_with_password({"email": email, "password": password})  # <-- on the shared client
    return client.auth.sign_in_with_password({"email": email, "password": password})
""",
    """
=== app/whoami.py
import os

from fastapi import APIRouter, Header
from supabase import ClientOptions, create_client

router = APIRouter()


@router.get("/whoami")
def whoami(authorization: str = Header()):
    options = ClientOptions(headers={"Authorization": authorization})
    mixed = create_client(os.environ["SUPABASE_URL"], os.environ["SUPABASE_SERVICE_ROLE_KEY"], options=options)  # <-- both
    return mixed.table("people").select("*").eq("id", mixed.auth.get_user().user.id).execute()
""",
    """
=== lib/admin.ts
import { createClient } from "@supabase/supabase-js"

const key = process.env.SUPABASE_SERVICE_ROLE_KEY!
export const admin = createClient(process.env.SUPABASE_URL!, key, {
  auth: { persistSession: false },
  global: { headers: { Authorization: `Bearer ${key}` } },
})
""",
    """
=== old/package.json
{"dependencies": {"@supabase/ssr": "^0.3.0"}}
=== old/admin.ts
import { createServerClient } from "@supabase/ssr"
import { cookies } from "next/headers"

export const admin = () =>
  createServerClient(process.env.SUPABASE_URL!, process.env.SUPABASE_SERVICE_ROLE_KEY!, {
    cookies: { get: (name) => cookies().get(name)?.value },
    auth: { persistSession: false },
  })
export const both = () =>
  createServerClient(process.env.SUPABASE_URL!, process.env.SUPABASE_SERVICE_ROLE_KEY!, { // <-- it keeps what it finds
    cookies: { get: (name) => cookies().get(name)?.value },
  })
=== new/package.json
{"dependencies": {"@supabase/ssr": "^0.5.2"}}
=== new/admin.ts
import { createServerClient } from "@supabase/ssr"
import { cookies } from "next/headers"

export const admin = (store) =>
  createServerClient(process.env.SUPABASE_URL!, process.env.SUPABASE_SERVICE_ROLE_KEY!, { // <-- this version sets it itself
    cookies: { getAll: () => store.getAll(), setAll: () => {} },
    auth: { persistSession: false },
  })
""",
]
