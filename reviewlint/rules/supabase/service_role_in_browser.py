"""A Supabase client with the service-role key is built in browser code.

The key passes every row-level security policy. In the browser it belongs to every visitor: one look at the network tab
gives read and write access to all rows of all users, and to the administration of accounts.
"""

from collections.abc import Iterator

from ...credentials.specimens import supabase_jwt
from ...finding import Finding
from ...join.browser import browser
from ...join.clients import Key, is_published, supabase_clients
from ...join.loading import loading
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="error",
    confidence="high",
    since="0.1.0",
    languages=("typescript",),
    found_at=("Client",),
    asked_by="F",
    strictly="clients with a key from a variable that no bundler publishes, in files that do not say themselves that they "
    "are for the browser: either they fail there, or the file runs somewhere else.",
    security="9.8",
    limits="A client in a shared module that the browser imports is a finding of secret-reaches-client.",
)


def check(project: Project) -> Iterator[Finding]:
    reach = project.view(browser)
    for one in project.view(supabase_clients):
        at = one.client.at
        if one.key is not Key.SERVICE or not reach.needs(at.path, one.client.function):
            continue
        if reach.is_entry(at.path) or is_published(one.variable):  # else secret-reaches-client
            source = f"the key from `{one.variable}`" if one.variable else "a service-role key"
            yield Finding(
                at,
                f"{at.path} runs in the browser and builds a Supabase client with {source}.",
                remedy=(
                    "const supabase = createClient(url, publishableKey)  // policies decide what the visitor may do\n"
                    "What needs more goes into a route handler or Edge Function that checks who is calling."
                ),
                slots={"file": at.path, "name": one.client.name or "this client"},
                strict=bool(one.variable)
                and not is_published(one.variable)
                and not project.view(loading).summary(at.path).is_client,
            )


REMARK = (
    "With this client every visitor is the database's owner, and row-level security might as well be off. "
    "Move it behind an endpoint, roll the key, and give the browser the publishable one."
)

EXAMPLES = [
    f"""
=== package.json
{{"dependencies": {{"react": "19", "react-dom": "19", "@supabase/supabase-js": "2"}}}}
=== src/supabase.ts
import {{ createClient }} from "@supabase/supabase-js"
import {{ useEffect }} from "react"

export const admin = createClient(import.meta.env.VITE_SUPABASE_URL, import.meta.env.VITE_SUPABASE_SERVICE_ROLE_KEY) // <-- from the bundle
export const client = createClient(import.meta.env.VITE_SUPABASE_URL, import.meta.env.VITE_SUPABASE_ANON_KEY)
=== src/users.tsx
"use client"
import {{ createClient }} from "@supabase/supabase-js"

const key = "{supabase_jwt("service_role")}"
export const users = createClient("https://kzqw.supabase.co", key).auth.admin.listUsers() // <-- a literal
""",
    """
=== package.json
{"dependencies": {"next": "16", "react": "19", "@supabase/supabase-js": "2"}}
=== lib/admin.ts
import { createClient } from "@supabase/supabase-js"

export const admin = createClient(process.env.NEXT_PUBLIC_SUPABASE_URL!, process.env.SUPABASE_SERVICE_ROLE_KEY!)
=== lib/client.ts
"use client"
import { createBrowserClient } from "@supabase/ssr"

export const client = createBrowserClient(process.env.NEXT_PUBLIC_SUPABASE_URL!, process.env.NEXT_PUBLIC_SUPABASE_ANON_KEY!)
""",
    """
=== package.json
{"dependencies": {"next": "16", "react": "19", "@supabase/supabase-js": "2"}}
=== lib/published.ts
import { createClient } from "@supabase/supabase-js"

export const root = createClient(process.env.NEXT_PUBLIC_SUPABASE_URL!, process.env.NEXT_PUBLIC_SERVICE_ROLE_KEY!) // <-- a published key, imported by browser code
=== app/orders.tsx
"use client"
import { root } from "../lib/published"

export const Orders = () => <a onClick={() => root.from("orders").select("id")}>orders</a>
=== app/emblem.tsx
"use client"
import { createClient } from "@supabase/supabase-js"

const root = createClient(process.env.NEXT_PUBLIC_SUPABASE_URL!, process.env.SUPABASE_SERVICE_ROLE_KEY!) // <-- the file says where it runs

export const Emblem = () => <a onClick={() => root.storage.from("emblems").list()}>emblem</a>
""",
    """
=== package.json
{"dependencies": {"vite": "7", "react": "19", "react-dom": "19", "@supabase/supabase-js": "2"}}
=== src/lib/entitled.ts
import { createClient } from "@supabase/supabase-js"
import { useEffect } from "react"

export const admin = createClient(process.env.SUPABASE_URL!, process.env.SUPABASE_SERVICE_ROLE_KEY!) // <-- strict: nothing is there in a browser
""",
]
