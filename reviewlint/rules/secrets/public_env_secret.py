"""A secret stands in an environment variable that the bundler publishes.

`NEXT_PUBLIC_`, `VITE_`, `REACT_APP_`, `EXPO_PUBLIC_` and their kin are instructions to write the value into the
JavaScript that every visitor downloads. The value is there to be read whether or not a line of code uses it in the
browser, and it stays in every old bundle that a cache or an archive kept.
 The configuration of a bundler does the same where
it hands a variable on by name: `env` of next.config, `runtimeConfig.public` of Nuxt, `define` of Vite.

The name decides: service-role keys, secrets, private keys, passwords, connection strings, and keys of services that
bill whoever holds them. What is made for browsers is silent: anon and publishable keys, site keys, DSNs, client and
measurement ids, search keys, map tokens. So is what code only compares with `"true"`: it switches something.
"""

import re
from collections import defaultdict
from collections.abc import Iterator

from ...credentials.published import published_secret, secret_held
from ...facts.clients import EnvironmentRead, Published, Setting
from ...facts.location import Location, Related
from ...finding import Finding
from ...join.secrets import for_tests, is_template
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="error",
    confidence="high",
    since="0.1.0",
    languages=("typescript", "settings"),
    found_at=("EnvironmentRead", "Published", "Setting"),
    asked_by="F A",
    security="8.6",
    limits="Variables that plug-ins of a bundler publish (`DefinePlugin` of webpack) are not seen.",
)


STORIES = re.compile(r"(?:^|/)\.?(?:storybook|stories)/|\.stories\.\w+$")
"""Code that only shows components to whoever makes them."""


def check(project: Project) -> Iterator[Finding]:
    set_at: dict[str, list[Location]] = defaultdict(list)
    read_at: dict[str, list[Location]] = defaultdict(list)
    found: dict[str, tuple[str, str]] = {}
    for setting in project.facts(Setting):
        secret = published_secret(setting.name, setting.value)
        if secret is not None and project.files[setting.at.path].language == "env":
            set_at[setting.name].append(setting.at)
            found[setting.name] = secret
    for read in project.facts(EnvironmentRead):
        if (
            for_tests(project, read.at.path)
            or STORIES.search(read.at.path)
            or project.files[read.at.path].language == "python"
        ):
            continue
        secret = published_secret(read.name)
        if secret is not None:
            read_at[read.name].append(read.at)
            found.setdefault(read.name, secret)
    switches = {read.name for read in project.facts(EnvironmentRead) if read.is_switch}
    for name in sorted(found.keys() - switches):
        prefix, what = found[name]
        definitions = sorted(set_at[name], key=lambda at: (is_template(at.path), at))
        places = [*definitions, *read_at[name]]
        yield Finding(
            places[0],
            f"`{name}` holds {what}, and the prefix `{prefix}` writes it into the code that browsers download.",
            remedy=f"{name.removeprefix(prefix)}=…  # without the prefix, read on the server only; roll the old value",
            related=tuple(Related(at, "set here" if at in set_at[name] else "read here") for at in places[1:]),
            slots={"variable": name, "prefix": prefix, "name": name.removeprefix(prefix)},
        )
    for one in project.facts(Published):
        what = secret_held(one.name)
        if what:
            yield Finding(
                one.at,
                f"`{one.section}` of {one.at.path} writes `{one.name}`, {what}, into the code that browsers download.",
                remedy=f"Take it out of `{one.section}`, read `{one.name}` on the server only, and roll the old value.",
                slots={"variable": one.name, "prefix": one.section, "name": one.name},
            )


REMARK = (
    "`{prefix}` is a publishing instruction: `{variable}` is in every visitor's download. "
    "Read `{name}` on the server, keep the call that needs it there, and roll the old value."
)

EXAMPLES = [
    """
=== .env
NEXT_PUBLIC_SUPABASE_URL=https://kzqw.supabase.co
NEXT_PUBLIC_SUPABASE_ANON_KEY=eyJhbGciOiJIUzI1NiJ9
NEXT_PUBLIC_SUPABASE_SERVICE_ROLE_KEY=your-key # <-- service role
VITE_DATABASE_URL=postgres://app:secret@db.internal:5432/app # <-- a connection string
REACT_APP_OPENAI_API_KEY= # <-- bills whoever holds it
EXPO_PUBLIC_ADMIN_PASSWORD=swordfish # <-- a password
PUBLIC_JWT_SECRET=abc # <-- a signing secret
NUXT_PUBLIC_STRIPE_SECRET_KEY=sk_live_ # <-- a secret key
GATSBY_CONTENTFUL_MANAGEMENT_TOKEN=abc # <-- writes
SUPABASE_SERVICE_ROLE_KEY=your-key
""",
    """
=== lib/admin.ts
import { createClient } from "@supabase/supabase-js"

export const admin = createClient(
  process.env.NEXT_PUBLIC_SUPABASE_URL!,
  process.env.NEXT_PUBLIC_SUPABASE_SERVICE_ROLE_KEY!, // <-- published
)
=== src/mail.ts
const { VITE_RESEND_API_KEY } = import.meta.env // <-- destructured
export const key = import.meta.env.VITE_SENDGRID_API_KEY // <-- a paid service
""",
    """
=== .env.example
NEXT_PUBLIC_PAYMENT_WEBHOOK_SECRET=
=== .env.production
NEXT_PUBLIC_PAYMENT_WEBHOOK_SECRET=abc # <-- once for a variable, where it is set; the others are related places
=== lib/pay.ts
export const secret = process.env.NEXT_PUBLIC_PAYMENT_WEBHOOK_SECRET
""",
    """
=== apps/web/next.config.mjs
export default {
  env: {
    STAGE: process.env.STAGE,
    payKey: process.env.STRIPE_SECRET_KEY, // <-- whatever it is called there
  },
}
=== apps/shop/nuxt.config.ts
export default defineNuxtConfig({
  runtimeConfig: {
    mailKey: process.env.MAILGUN_API_KEY,
    public: { mail: { key: process.env.MAILGUN_API_KEY } }, // <-- below `public`
  },
})
=== apps/board/vite.config.ts
import { defineConfig, loadEnv } from "vite"

export default defineConfig(({ mode }) => {
  const env = loadEnv(mode, process.cwd(), "")
  return {
    define: {
      __VERSION__: JSON.stringify(process.env.npm_package_version),
      "process.env.OPENAI_API_KEY": JSON.stringify(env.OPENAI_API_KEY), // <-- a paid service
    },
    server: { proxy: { "/api": { headers: { "x-key": process.env.DEV_API_SECRET } } } },
  }
})
""",
    """
=== .env
NEXT_PUBLIC_SUPABASE_PUBLISHABLE_KEY=sb_publishable_abc
NEXT_PUBLIC_STRIPE_PUBLISHABLE_KEY=pk_live_abc
NEXT_PUBLIC_STRIPE_KEY=pk_live_abc
NEXT_PUBLIC_RECAPTCHA_SITE_KEY=abc
NEXT_PUBLIC_SENTRY_DSN=https://abc@o1.ingest.sentry.io/1
NEXT_PUBLIC_SENTRY_AUTH_TOKEN_ENABLED=true
NEXT_PUBLIC_GOOGLE_CLIENT_ID=abc
NEXT_PUBLIC_FIREBASE_API_KEY=AIzaSyA
NEXT_PUBLIC_GOOGLE_MAPS_API_KEY=AIzaSyA
NEXT_PUBLIC_POSTHOG_KEY=phc_abc
NEXT_PUBLIC_ALGOLIA_SEARCH_API_KEY=abc
NEXT_PUBLIC_MAPBOX_ACCESS_TOKEN=pk.abc
NEXT_PUBLIC_MEASUREMENT_ID=G-ABC
NEXT_PUBLIC_VAPID_PUBLIC_KEY=abc
NEXT_PUBLIC_PASSWORD_MIN_LENGTH=8
NEXT_PUBLIC_ENABLE_PASSWORD=true
NEXT_PUBLIC_PASSWORD_RESET_URL=/reset-password
VITE_DATADOG_CLIENT_TOKEN=pub123
VITE_API_KEY=abc
PUBLIC_URL=https://shop.example.com
PUBLIC_KEY=abc
=== next.config.mjs
export default {
  env: { STAGE: process.env.STAGE, MAPS_SITE_KEY: process.env.MAPS_SITE_KEY },
  serverRuntimeConfig: { secret: process.env.STRIPE_SECRET_KEY },
}
=== settings.py
import os

key = os.environ["PUBLIC_JWT_SECRET"]
""",
    """
=== config/auth.ts
export const providers = {
  password: process.env.NEXT_PUBLIC_AUTH_PASSWORD === "true",
  admin: process.env.NEXT_PUBLIC_ADMIN_PASSWORD, // <-- handed on
}
""",
]
