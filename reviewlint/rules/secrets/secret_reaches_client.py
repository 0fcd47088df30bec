"""A module that uses a secret of the server is imported by browser code.

One import is enough: a client component takes a helper from a module that also builds the service-role client, and the
module is part of the browser's bundle from then on. The bundler leaves server variables empty there, so the first
effect is a crash, and the usual cure for it, a public prefix, publishes the secret.

The chain of imports is shown hop by hop. It follows aliases, workspaces, re-exports and dynamic imports, and ends at
server boundaries: `server-only`, server actions, route handlers, `.server` modules, type-only imports, what a page
imports for `getServerSideProps` alone, and functions that nothing in the bundle calls. Whether a page with such a
function uses what it imports in the browser, too, is not always to be seen: there it is a note for
those who ask for everything.
"""

import re
from collections import defaultdict
from collections.abc import Iterator

from ...credentials.names import is_server_only
from ...credentials.published import PREFIXES
from ...facts.clients import EnvironmentRead
from ...facts.imports import Import
from ...finding import Finding, Severity
from ...join.browser import browser, certain_browser
from ...join.clients import Key, supabase_clients
from ...join.loading import loading
from ...join.secrets import for_development
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="error",
    confidence="high",
    since="0.1.0",
    languages=("typescript",),
    found_at=("EnvironmentRead",),
    asked_by="F A",
    security="8.1",
    strictly="modules that only a folder's name says to be imported by browser code, and, unless they build a service-role "
    "client, those that read the secret in functions alone and, as notes, those of pages that also run on the server.",
    limits="What a bundler's plug-in imports (globs, auto-imports of Nuxt) is not followed.",
)

_ENV = re.compile(r"(?:^|/)env(?:/|\.\w+$)")
"""The module that holds the environment of both sides against schemas of its own, as create-t3-app writes it."""

_FOR_BROWSERS = re.compile(
    r"(?:^|_)(?:G?MAPS?|MAPBOX|MAPTILER|MAPKIT)(?:_JS|_JAVASCRIPT)?(?:_API|_ACCESS)?_(?:KEY|TOKEN)$"
)
"""Keys of map services, which draw in the browser: it sends the key, whose use is tied to the site."""


def check(project: Project) -> Iterator[Finding]:
    reach = project.view(browser)
    guarded = {
        fact.at.path
        for fact in project.facts(Import)
        if fact.module.startswith("@t3-oss/env") or (fact.module == "zod" and _ENV.search(fact.at.path))
    }
    service = {one.client.at.path: one for one in project.view(supabase_clients) if one.key is Key.SERVICE}
    reads: dict[str, list[EnvironmentRead]] = defaultdict(list)
    for read in project.facts(EnvironmentRead):
        path = read.at.path
        if (
            reach.needs(path, read.function)
            and not reach.is_entry(path)
            and path not in guarded
            and is_server_only(read.name)
            and not read.name.startswith(PREFIXES)
            and not _FOR_BROWSERS.search(read.name)
            and not for_development(project, path)
        ):
            reads[path].append(read)
    for path, found in reads.items():
        names = list(dict.fromkeys(read.name for read in found))
        chain = reach.chain(path)
        listed = ", ".join(f"`{name}`" for name in names[:4]) + (
            f" and {len(names) - 4} more" if len(names) > 4 else ""
        )
        privileged = path in service
        entry = chain[0].at.path
        on_server = not privileged and project.view(loading).has_data(entry)
        yield Finding(
            found[0].at,
            f"This module reads {listed}{' and builds a service-role client' if privileged else ''}, "
            f"and browser code in {entry} reaches it through {len(chain)} import{'s' if len(chain) > 1 else ''}.",
            remedy='import "server-only"  // first line of this module; move what the browser needs into another one',
            related=chain,
            severity=None if privileged else Severity.NOTE if on_server else Severity.WARNING,
            strict=on_server
            or not any(
                project.view(certain_browser).needs(path, read.function)
                for read in found
                if privileged or not read.function
            ),
            slots={"variable": names[0], "file": path, "entry": entry},
        )


REMARK = (
    "{entry} runs in the browser and pulls {file} in with it. Split the module: what needs `{variable}` stays behind "
    '`import "server-only"`, and the next such import fails the build instead of the customer.'
)

EXAMPLES = [
    """
=== tsconfig.json
{"compilerOptions": {"paths": {"@/*": ["./src/*"]}}}
=== package.json
{"dependencies": {"next": "16", "react": "19"}}
=== src/components/orders.tsx
"use client"
import { useState } from "react"
import { total } from "@/lib"
import type { Secret } from "@/lib/types"
import { listed } from "@/lib/listed"
import { Output } from "@/lib/outputs"

type Listed = Awaited<ReturnType<typeof listed>>

export function Orders() {
  const [open] = useState(false)
  return <p>{total([])}</p>
}
=== src/lib/index.ts
export { total } from "./orders"
export * from "./mail"
=== src/lib/orders.ts
import { admin } from "./admin"

export const total = (rows: number[]) => rows.length
export const load = () => admin.from("orders").select("id")
=== src/lib/admin.ts
import { createClient } from "@supabase/supabase-js"

export const admin = createClient(
  process.env.NEXT_PUBLIC_SUPABASE_URL!,
  process.env.SUPABASE_SERVICE_ROLE_KEY!, // <-- orders.tsx, lib, orders, admin
)
=== src/lib/mail.ts
const key = process.env.RESEND_API_KEY
export const send = () => fetch("https://api.resend.com", { headers: { authorization: `Bearer ${key}` } })
=== src/lib/listed.ts
const key = process.env.JWT_SECRET
export const listed = async () => verified(key)
=== src/lib/outputs.ts
import { listed } from "./listed"

export type Output = Awaited<ReturnType<typeof listed>>
export const output = (): Output => listed()
=== src/lib/types.ts
const key = process.env.JWT_SECRET
export type Secret = string
""",
    """
=== package.json
{"dependencies": {"next": "16", "react": "19"}}
=== app/form.tsx
"use client"
import { save } from "./actions"
import { format } from "../lib/both"
import { guarded } from "../lib/guarded"
import { keys } from "../lib/keys.server"
import { given } from "../lib/env.mjs"

export const Form = () => <form action={save}>{format(1)}</form>
=== app/actions.ts
"use server"
import { sign } from "../lib/sign"

export const save = async () => sign("x")
=== lib/sign.ts
export const secret = process.env.JWT_SECRET
export const sign = (text: string) => text + secret
=== lib/both.ts
export const format = (cents: number) => `${cents / 100}`
export function stripe() {
  return connect(process.env.STRIPE_SECRET_KEY!)
}
=== lib/env.mjs
import { z } from "zod"

export const server = z.object({ JWT_SECRET: z.string() })
export const given = { JWT_SECRET: process.env.JWT_SECRET }
=== lib/guarded.ts
import "server-only"

export const guarded = process.env.JWT_SECRET
=== lib/keys.server.ts
export const keys = process.env.JWT_SECRET
=== pages/index.tsx
import { sign } from "../lib/sign"
import { useState } from "react"

export const getServerSideProps = async () => ({ props: { token: sign("x") } })
export default function Page({ token }) {
  const [open] = useState(false)
  return <p>{token}</p>
}
""",
    """
=== package.json
{"dependencies": {"next": "13", "react": "18"}}
=== tsconfig.json
{"compilerOptions": {"baseUrl": "src"}}
=== src/server/keys.ts
export const key = process.env.MAIL_API_KEY! // <-- a page without a hook is browser code too
=== src/utils/search.ts
import { key } from "server/keys"

export const search = (q: string) => fetch("https://search.acme.dev", { headers: { authorization: key }, body: q })
=== src/pages/search.tsx
import { search } from "utils/search"

export default function Search() {
  return <input onChange={(event) => search(event.target.value)} />
}
""",
    """
=== package.json
{"dependencies": {"react": "19", "react-dom": "19", "vite": "7"}, "workspaces": ["packages/*"]}
=== packages/core/package.json
{"name": "@acme/core", "exports": {".": {"import": "./dist/index.js"}}}
=== packages/core/src/index.ts
export * from "./billing"
export * from "./format"
=== packages/core/src/billing.ts
const key = process.env.STRIPE_SECRET_KEY // <-- through the workspace
export const charge = () => fetch("https://api.stripe.com", { headers: { authorization: `Bearer ${key}` } })
=== packages/core/src/format.ts
export const format = (cents: number) => `${cents / 100}`
=== src/main.tsx
import { createRoot } from "react-dom/client"

const load = () => import("./pay")
createRoot(document.body).render(<a onClick={load}>pay</a>)
=== src/pay.tsx
import { charge } from "@acme/core"

export const Pay = () => <a onClick={charge}>pay</a>
""",
    """
=== package.json
{"dependencies": {"next": "13", "react": "18"}}
=== lib/with-env.ts
export default function withEnv(handler) {
  return async (context) => handler(context, process.env.DATABASE_URL)
}
=== lib/keys.ts
export const key = process.env.MAIL_API_KEY // <-- strict: the page itself uses it
=== pages/setting.tsx
import withEnv from "../lib/with-env"
import { key } from "../lib/keys"

export const getServerSideProps = withEnv(async (context) => ({ props: { key } }))
export default function Setting({ value }) {
  return <p>{send(key, value)}</p>
}
""",
    """
=== package.json
{"dependencies": {"next": "16", "react": "19"}}
=== src/components/map.tsx
"use client"
import { mapsApiKey } from "../configs/maps"
import { mailKey } from "../configs/mail"

export const Map = () => <iframe src={`https://maps.test/?key=${mapsApiKey}&mail=${mailKey}`} />
=== src/configs/maps.ts
export const mapsApiKey = process.env.SHOP_GCP_MAPS_API_KEY
=== src/configs/mail.ts
export const mailKey = process.env.SHOP_MAIL_API_KEY // <-- no browser needs it
""",
]
