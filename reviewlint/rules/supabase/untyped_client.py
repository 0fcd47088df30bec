"""A Supabase client is built without the type of the database.

Without `createClient<Database>` every row is `any`: a renamed column, a misspelt filter, a null that nobody expected
compile all the same, and the failure moves from the editor to production. The type is generated from the schema.
"""

import re
from collections.abc import Iterator

from ...facts.clients import Client
from ...facts.data import TableAccess
from ...facts.file import Side
from ...finding import Finding
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="high",
    since="0.1.0",
    languages=("typescript",),
    asked_by="F",
    level="strict",
    limits="A client that is only used for authentication or storage needs no type.",
)

_SIDES = frozenset({Side.SERVER, Side.EDGE, Side.BROWSER, Side.OTHER})
_MAKERS = re.compile(r"@supabase/[\w-]+\.create\w*Client\w*$")


def check(project: Project) -> Iterator[Finding]:
    asked = {(access.at.path, access.client) for access in project.facts(TableAccess)}
    for client in project.facts(Client):
        path = client.at.path
        if client.typed or client.library != "supabase" or not path.endswith((".ts", ".tsx", ".mts", ".cts")):
            continue
        owner, _, variable = client.name.rpartition(".")
        if owner and (path, variable) not in asked:
            continue  # used inside of one function, and for authentication alone
        if project.side(path) in _SIDES and _MAKERS.match(client.constructor):
            maker = client.constructor.rpartition(".")[2]
            yield Finding(
                client.at,
                f"`{maker}` is called without a type argument, so every row is `any`.",
                remedy=f"{maker}<Database>(…)  // supabase gen types typescript --local > database.types.ts",
                slots={"maker": maker},
            )


REMARK = (
    "The schema is known and this client does not know it. "
    "Give `{maker}` the generated type, and a renamed column is a compile error instead of an incident."
)

EXAMPLES = [
    """
=== lib/client.ts
import { createClient, SupabaseClient } from "@supabase/supabase-js"
import type { Database } from "./database.types"

export const untyped = createClient(url, key) // <-- any
export const typed = createClient<Database>(url, key)
export const annotated: SupabaseClient<Database> = createClient(url, key)
export async function signedIn() {
  const auth = createClient(url, key)
  return auth.auth.getUser()
}
""",
    """
=== lib/client.js
import { createClient } from "@supabase/supabase-js"

export const client = createClient(url, key)
""",
]
