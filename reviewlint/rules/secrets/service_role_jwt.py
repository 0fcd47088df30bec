"""A key of Supabase's service role is written out in a file.

The service role bypasses row-level security: whoever holds the key reads and writes every row of every table, and may
delete every user. A key in the repository is in every clone, every fork and every backup of it, and taking the line out
leaves it in the history. So the cure is two steps: roll the key, then read the new one from the environment.

JSON Web Tokens are decoded and the `role` claim decides, so the `anon` key, which is meant to be public, is never a
finding; the newer keys say what they are by `sb_secret_`. The keys of the local stack (`supabase start`) are published
and the same on every machine: in tests, templates and compose files they are no finding, in other code a note, for code
that falls back to them runs in production with a key that everybody knows. A self-made key without a project's
reference is no finding in files that are plainly for development, and in tests none that is not as long as those that
Supabase issues: somebody typed it.
"""

from collections import defaultdict
from collections.abc import Iterator

from ...credentials.specimens import HEX, jwt, supabase_jwt, token
from ...facts.file import Side
from ...facts.location import Related
from ...facts.secrets import Secret
from ...finding import Finding, Severity
from ...join.secrets import for_development, for_tests, is_demo, is_service_role, spoken
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="error",
    confidence="high",
    since="0.1.0",
    languages=("text", "python", "typescript", "sql", "settings"),
    found_at=("Secret",),
    asked_by="F A",
    security="9.8",
    limits="A key that is put together from parts, or encoded once more, is not seen.",
)

_CODE = frozenset({Side.SERVER, Side.EDGE, Side.BROWSER})
_ISSUED = len("sb_secret_") + 22 + len("_") + 8
"""Characters of a secret key: what is random, and a checksum (Supabase, "Understanding API keys")."""


def check(project: Project) -> Iterator[Finding]:
    keys = [secret for secret in project.facts(Secret) if is_service_role(secret)]
    places: dict[str, list[Secret]] = defaultdict(list)
    for key in keys:
        places[key.fingerprint].append(key)
    for key in keys:
        path = key.at.path
        if is_demo(key):
            if project.side(path) in _CODE and not for_development(project, path):
                yield Finding(
                    key.at,
                    f"The secret key of Supabase's local stack ({spoken(key)}) is written out in code that runs in production.",
                    remedy=_read(project, path),
                    severity=Severity.NOTE,
                    slots={"code": path},
                )
            continue
        if key.role and not key.project and for_development(project, path):
            continue
        if not key.role and key.at.end_column - key.at.column != _ISSUED and for_tests(project, path):
            continue
        whose = f" of the project {key.project}" if key.project else ""
        source = project.sources.get(path)
        untracked = source is not None and source.tracked is False
        yield Finding(
            key.at,
            f"A {key.kind}{whose} ({spoken(key)}) is written out in {path}."
            + (" Git does not track the file yet, and does not ignore it either." if untracked else ""),
            remedy=_remedy(project, path),
            related=tuple(Related(other.at, "the same key") for other in places[key.fingerprint] if other is not key),
            severity=Severity.WARNING if untracked else None,
            slots={"what": f"a {key.kind}", "file": path},
        )


def _remedy(project: Project, path: str) -> str:
    roll = "Roll the key first (Project Settings, API Keys): removing the line leaves it in the history."
    return f"{_read(project, path)}\n{roll}"


def _read(project: Project, path: str) -> str:
    """How code or settings at `path` come by the key instead."""
    read = {
        Side.EDGE: 'Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!',
        Side.SETTINGS: f"git rm --cached {path}  # and name it in .gitignore",
    }.get(project.side(path))
    if read is None:
        language = project.files[path].language
        read = {
            "python": 'os.environ["SUPABASE_SERVICE_ROLE_KEY"]',
            "typescript": "process.env.SUPABASE_SERVICE_ROLE_KEY!",
            "tsx": "process.env.SUPABASE_SERVICE_ROLE_KEY!",
            "sql": "select decrypted_secret from vault.decrypted_secrets where name = 'service_role_key'",
        }.get(language, "SUPABASE_SERVICE_ROLE_KEY from the environment")
    return read


REMARK = (
    "This is {what}: it passes every row-level security policy there is, and {file} hands it to everyone who can "
    "read the repository. Treat it as stolen. Roll it, then read it from the environment.",
    "Everybody has the key in {code}: it is the one that all local stacks share. Harmless there, and an open database "
    "wherever this code finds nothing else to use.",
)

_SERVICE = supabase_jwt("service_role")
_OWN = jwt(role="service_role", iat=1700000000)
_DEMO = jwt(iss="supabase-demo", role="service_role", exp=1983812996)
_SECRET = token("sb_secret_", 31)
_TYPED = token("sb_secret_", 24, HEX)

EXAMPLES = [
    f"""
=== src/lib/admin.ts
import {{ createClient }} from "@supabase/supabase-js"

const key =
  "{_SERVICE}" // <-- the payload says service_role
export const admin = createClient("https://kzqw.supabase.co", key)
export const admin2 = createClient("https://kzqw.supabase.co", "{_SECRET}") // <-- a secret key
""",
    f"""
=== src/lib/client.ts
import {{ createClient }} from "@supabase/supabase-js"

export const client = createClient(url, "{supabase_jwt("anon")}")
export const other = createClient(url, "{token("sb_publishable_", 31)}")
export const admin = createClient(url, process.env.SUPABASE_SERVICE_ROLE_KEY!)
""",
    f"""
=== app/db.py
import os

supabase = create_client(os.environ["SUPABASE_URL"], "{_SERVICE}")  # <-- written out
safe = create_client(os.environ["SUPABASE_URL"], os.environ["SUPABASE_SERVICE_ROLE_KEY"])
""",
    f"""
=== .env
SUPABASE_URL=https://kzqw.supabase.co
SUPABASE_ANON_KEY={supabase_jwt("anon")}
SUPABASE_SERVICE_ROLE_KEY={_SERVICE} # <-- in a tracked file
=== deploy/worker.yml
env:
  SUPABASE_SERVICE_ROLE_KEY: "{_SECRET}" # <-- in a deployment
=== supabase/migrations/20240101000000_cron.sql
select net.http_post(
  url := 'https://kzqw.supabase.co/functions/v1/send',
  headers := '{{"Authorization": "Bearer {_SERVICE}"}}'::jsonb -- <-- in a cron job
);
=== README.md
Run it with `SERVICE_KEY={_SERVICE} npm start`. <!-- <-- a hosted project's key is a secret in a document too -->
""",
    f"""
=== .env.test
SUPABASE_SERVICE_ROLE_KEY={_DEMO}
STORAGE_SERVICE_KEY={_OWN}
=== docker-compose.yml
    environment:
      SERVICE_KEY: {_DEMO}
=== tests/helpers.ts
export const admin = createClient("http://127.0.0.1:54321", "{_DEMO}")
=== tests/scanner.test.ts
import {{ scan }} from "../src/scan"

test("finds a key", () => {{
  expect(scan("{_TYPED}")).toHaveLength(1)
  expect(scan("sb_secret_THIS_WILL_NEVER_MATCH")).toHaveLength(0)
}})
test("finds it in the cloud", () => expect(scan("{_SECRET}")).toHaveLength(1)) // <-- issued, by its form
=== src/lib/other.ts
export const other = createClient(url, "{_TYPED}") // <-- whoever wrote this may know more
=== src/lib/admin.ts
const key = process.env.SUPABASE_SERVICE_ROLE_KEY || "{_DEMO}" // <-- a note: production may run with a published key
""",
    """
=== .env.example
SUPABASE_SERVICE_ROLE_KEY=eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.your-service-role-key.xxxxxxxxxxxx
SUPABASE_SECRET_KEY=sb_secret_xxxxxxxxxxxxxxxxxxxxxxxx
=== docs/broken.md
A malformed token: eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoic2VydmljZV9yb2xl.mRk3Zt0vXqL7bHs9wUoYc2NfJd5pGaEi8TnKx1QrVyw
""",
]
