"""A client with the service-role key also carries a user's session.

Each request has one `Authorization` header, and the session wins over the key: a client that was meant to pass the
policies runs as whoever called, or as whoever signed in on it last. Which of the two depends on cookies and on the order
of requests, so it works in development and fails, or leaks, in production.

Found are the caller's `Authorization` header on a service-role client, `createServerClient` that reads the caller's
cookies beside the service-role key, and signing users in on a service-role client.
"""

import re
from collections.abc import Iterator

from ...facts.clients import AuthCall
from ...facts.data import TableAccess
from ...facts.file import Side
from ...facts.location import Related
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
    options,
)
from ...finding import Finding
from ...join.clients import Key, client_behind, supabase_clients
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
    strictly="sign-ins on a client that is made for the call, and that the same function does nothing else with.",
)

_SIGNS_IN = frozenset(
    "signInWithPassword signInWithOtp signInWithIdToken signInAnonymously setSession refreshSession verifyOtp "
    "exchangeCodeForSession sign_in_with_password sign_in_with_otp sign_in_with_id_token sign_in_anonymously set_session "
    "refresh_session verify_otp exchange_code_for_session".split()
)
_APART = (
    "const asUser = createClient(url, publishableKey, { global: { headers: { Authorization } } })\n"
    "const admin = createClient(url, serviceRoleKey)"
)
_APART_PYTHON = (
    'as_user = create_client(url, publishable_key, ClientOptions(headers={"Authorization": authorization}))\n'
    "admin = create_client(url, service_role_key)"
)
_NO_COOKIES = re.compile(r"=>\s*(?:\[\s*\]|null|undefined|\{\s*\})|return\s*(?:\[\s*\]|null|undefined)|\{\s*\}\s*,?$")


def check(project: Project) -> Iterator[Finding]:
    for one in project.view(supabase_clients):
        client = one.client
        if one.key is not Key.SERVICE or project.side(client.at.path) is Side.TEST:
            continue
        carried = _authorization(client.options)
        if carried is not None:
            yield Finding(
                client.at,
                "This client has the service-role key and the caller's `Authorization` header, and the header decides.",
                remedy=_APART_PYTHON if client.at.path.endswith(".py") else _APART,
                related=(Related(carried.at, "the caller's header"),),
                slots={"what": "the caller's header"},
            )
        elif client.constructor.endswith(".createServerClient") and _reads_cookies(client.options):
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
        if behind is not None and behind.key is Key.SERVICE:
            yield Finding(
                call.at,
                f"`auth.{call.method}` signs a user in on a service-role client, which acts as that user from then on.",
                remedy="Sign in on a client of its own with the publishable key, one for each request.",
                related=(Related(behind.client.at, "the service-role client"),),
                slots={"what": "a signed-in session"},
                strict=behind.client.function != "" and not _goes_on(project, call),
            )


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
  return Response.json({})
})
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
export const who = (token: string) => admin.auth.getUser(token)
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
    return mixed.auth.get_user().user.id
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
]
