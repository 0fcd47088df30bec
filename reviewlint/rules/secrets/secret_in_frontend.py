"""Browser code reads a secret of the server, or holds one.

What runs in the browser is read by everyone who opens it. A literal is in the download as it stands. A variable without
the bundler's public prefix is either empty there, so the feature is broken for every visitor, or somebody has told the
bundler to write it in, and it is published.

Client components, single-page applications and mobile apps are browser code; what Next.js takes out of the client's
bundle (`getServerSideProps`, loaders, server actions) is not.
"""

from collections.abc import Iterator

from ...credentials.names import is_server_only
from ...credentials.published import PREFIXES
from ...credentials.scan import FIREBASE
from ...credentials.specimens import token
from ...facts.clients import EnvironmentRead
from ...facts.file import Side
from ...facts.imports import Import
from ...facts.secrets import Secret
from ...finding import Confidence, Finding
from ...join.browser import browser, certain_browser
from ...join.clients import Key, supabase_clients
from ...join.secrets import for_development, is_service_role, spoken
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="error",
    confidence="high",
    since="0.1.0",
    languages=("typescript",),
    found_at=("EnvironmentRead", "Secret"),
    asked_by="F A",
    security="8.6",
    strictly="literals under the name of a secret, which are mostly made for browsers or examples, and variables that are "
    "read where only a folder says that it is browser code.",
    limits="Templates of Vue, Svelte and Astro are searched for literals alone, their scripts for everything.",
)


def check(project: Project) -> Iterator[Finding]:
    reach = project.view(browser)
    said = {
        (one.client.at.path, one.variable) for one in project.view(supabase_clients) if one.key is Key.SERVICE
    }  # service-role-in-browser
    guarded = {one.at.path for one in project.facts(Import) if one.module.startswith("@t3-oss/env-")}
    for read in project.facts(EnvironmentRead):
        path, name = read.at.path, read.name
        if not reach.is_entry(path) or not reach.needs(path, read.function) or (path, name) in said:
            continue
        if path in guarded:
            continue  # T3 Env refuses to give the server's variables to a browser
        if is_server_only(name) and not name.startswith(PREFIXES) and not for_development(project, path):
            yield Finding(
                read.at,
                f"{path} runs in the browser and reads `{name}`, which only the server may know.",
                remedy=(
                    f"Read `{name}` in a route handler or server action, and let this code ask for the result:\n"
                    'const result = await fetch("/api/…")'
                ),
                strict=not project.view(certain_browser).is_entry(path),
                slots={"what": f"`{name}`", "file": path},
            )
    for secret in project.facts(Secret):
        path = secret.at.path
        if not (reach.is_entry(path) or project.side(path) is Side.BROWSER):
            continue
        if is_service_role(secret) or secret.how == "url" or for_development(project, path):
            continue
        if secret.issuer == FIREBASE or secret.kind in ("Google API key", "JSON Web Token"):
            continue  # the first are made for browsers, of the second many are
        yield Finding(
            secret.at,
            f"{path} runs in the browser and holds a {secret.kind} ({spoken(secret)}).",
            remedy="Move the call behind a route of the server, read the key from its environment, and revoke this one.",
            confidence=Confidence.MEDIUM if secret.how == "name" else None,
            strict=secret.how == "name",
            slots={"what": f"this {secret.kind}", "file": path},
        )


REMARK = (
    "Nothing in {file} is private: the browser downloads it, and so does everyone else. "
    "Leave {what} on the server and give this code an endpoint to ask."
)

EXAMPLES = [
    """
=== package.json
{"dependencies": {"react": "19", "react-dom": "19", "vite": "7"}}
=== api/chat.js
export default async function handler(req, res) {
  const key = process.env.OPENAI_API_KEY
  res.json(await ask(key, req.body))
}
=== api/_limit.js
export const token = process.env.UPSTASH_REDIS_REST_TOKEN
""",
    f"""
=== components/chat.tsx
"use client"
import {{ useState }} from "react"
import OpenAI from "openai"

const client = new OpenAI({{ apiKey: process.env.OPENAI_API_KEY, dangerouslyAllowBrowser: true }}) // <-- a client component
const stripe = "{token("sk_live_", 24)}" // <-- in the download as it stands
export const url = process.env.NEXT_PUBLIC_API_URL
""",
    f"""
=== package.json
{{"dependencies": {{"react": "19", "react-dom": "19", "vite": "7"}}}}
=== src/api.ts
import {{ useQuery }} from "@tanstack/react-query"

export const login = () => fetch("/login", {{ headers: {{ "x-key": process.env.INTERNAL_API_KEY }} }}) // <-- single-page application
const config = {{ clientSecret: "{token("", 40)}" }} // <-- strict: a literal, which may be made for browsers
export const mode = import.meta.env.MODE
=== src/env.ts
import {{ createEnv }} from "@t3-oss/env-core"

export const env = createEnv({{ server, runtimeEnv: {{ RESEND_API_KEY: process.env.RESEND_API_KEY }} }})
=== src/form.tsx
import {{ useState }} from "react"

export const Form = () => <input placeholder="{token("sk_live_", 24)}" />
=== src/locales/jp.ts
export const texts = {{ invalid_password: "パスワードは少なくとも8文字必要です" }}
=== src/firebase.ts
export const app = initializeApp({{ apiKey: "{token("AIza", 35)}", authDomain: "shop.firebaseapp.com" }})
""",
    """
=== package.json
{"dependencies": {"next": "16", "react": "19"}}
=== pages/index.tsx
import { useState } from "react"

export async function getServerSideProps() {
  const rates = await fetch("https://rates.acme.io", { headers: { authorization: process.env.RATES_API_KEY! } })
  return { props: { rates: await rates.json() } }
}
export default function Page({ rates }) {
  const [open, setOpen] = useState(false)
  return <p>{rates.eur}</p>
}
=== app/api/pay/route.ts
export const POST = () => pay(process.env.STRIPE_SECRET_KEY!)
=== app/page.tsx
export default async function Page() {
  return <p>{await balance(process.env.STRIPE_SECRET_KEY!)}</p>
}
""",
]
