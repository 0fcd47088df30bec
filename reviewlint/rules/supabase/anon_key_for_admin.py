"""An administrative call goes through a client with the anon key.

`auth.admin` needs the service role: with the anon or publishable key every call is answered 401 or 403. Where it seems
to work, it was only ever run with another key.
"""

from collections.abc import Iterator

from ...facts.clients import AuthCall
from ...facts.file import Side
from ...facts.location import Related
from ...finding import Finding
from ...join.clients import Key, client_behind
from ...join.developing import is_debugging
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="error",
    confidence="high",
    since="0.1.0",
    languages=("typescript", "python"),
    found_at=("AuthCall",),
    asked_by="F",
)


def check(project: Project) -> Iterator[Finding]:
    for call in project.facts(AuthCall):
        path = call.at.path
        if not call.method.startswith("admin.") or project.side(path) is Side.TEST or is_debugging(path):
            continue
        one = client_behind(project, call)
        if one is not None and one.key is Key.ANON:
            key = f"`{one.variable}`" if one.variable else "the anon key"
            yield Finding(
                call.at,
                f"`auth.{call.method}` needs the service role, and this client was built with {key}.",
                remedy="Build a second client with the service-role key, on the server, behind a check of the caller.",
                related=(Related(one.client.at, "the client is built here"),),
                slots={"method": call.method},
            )


REMARK = (
    "`auth.{method}` is refused with this key, every time. It wants a service-role client of its own, on the server, "
    "and somebody to check who may ask for it."
)

EXAMPLES = [
    """
=== debug/who.js
import { createClient } from "@supabase/supabase-js"

const supabase = createClient(process.env.SUPABASE_URL, process.env.SUPABASE_ANON_KEY)
console.log(await supabase.auth.admin.listUsers())

=== lib/users.ts
import { createClient } from "@supabase/supabase-js"

const supabase = createClient(process.env.SUPABASE_URL!, process.env.SUPABASE_ANON_KEY!)
const admin = createClient(process.env.SUPABASE_URL!, process.env.SUPABASE_SERVICE_ROLE_KEY!)

export const remove = (id: string) => supabase.auth.admin.deleteUser(id) // <-- refused
export const list = () => admin.auth.admin.listUsers()
=== lib/server.ts
import { createServerClient } from "@supabase/ssr"

export function createClient() {
  return createServerClient(process.env.NEXT_PUBLIC_SUPABASE_URL!, process.env.NEXT_PUBLIC_SUPABASE_ANON_KEY!, {})
}
=== lib/invite.ts
import { createClient } from "./server"

export async function invite(email: string) {
  const client = createClient()
  await client.auth.admin.inviteUserByEmail(email) // <-- through a factory
}
""",
    """
=== app/users.py
import os

from supabase import create_client

supabase = create_client(os.environ["SUPABASE_URL"], os.environ["SUPABASE_ANON_KEY"])
admin = create_client(os.environ["SUPABASE_URL"], os.environ["SUPABASE_SERVICE_ROLE_KEY"])


def remove(user_id):
    supabase.auth.admin.delete_user(user_id)  # <-- refused
    admin.auth.admin.delete_user(user_id)


class Users:
    def __init__(self):
        self.client = create_client(os.environ["SUPABASE_URL"], os.environ["SUPABASE_ANON_KEY"])

    def remove(self, user_id):
        self.client.auth.admin.delete_user(user_id)  # <-- through a field
""",
    """
=== lib/users.ts
import { createClient } from "@supabase/supabase-js"

class Users {
  private client = createClient(url, process.env.SUPABASE_SERVICE_ROLE_KEY!)
  remove(id: string) {
    return this.client.auth.admin.deleteUser(id)
  }
}
const either = createClient(url, elevated ? process.env.SUPABASE_SERVICE_ROLE_KEY! : process.env.SUPABASE_ANON_KEY!)
export const remove = (id: string) => either.auth.admin.deleteUser(id)
""",
]
