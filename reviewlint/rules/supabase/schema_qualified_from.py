"""A table is asked for as `schema.table`, which the API takes for a table's name.

`from("auth.users")` looks for a table called `auth.users` in the exposed schema, finds none, and answers 404 with
`PGRST205`. The schema is chosen by `.schema("…")`, and only among those that the API exposes.
"""

import re
from collections.abc import Iterator

from ...facts.data import TableAccess
from ...facts.file import Side
from ...facts.location import Location
from ...facts.values import Call, constant_text
from ...finding import Edit, Finding, Fix
from ...join.clients import as_written, is_supabase
from ...join.developing import is_debugging
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="error",
    confidence="high",
    since="0.1.0",
    languages=("typescript", "python"),
    found_at=("TableAccess",),
    asked_by="R",
    strictly="what stands in tests and in scripts for debugging, which often only try whether it works.",
)

_QUALIFIED = re.compile(r"(?P<schema>[A-Za-z_]\w*)\.(?P<table>[A-Za-z_]\w*)")


def check(project: Project) -> Iterator[Finding]:
    for access in project.facts(TableAccess):
        name = _QUALIFIED.fullmatch(access.relation or "")
        if access.operation == "rpc" or not name or not is_supabase(project, access):
            continue
        schema, table = name["schema"], name["table"]
        if schema == "public":
            remedy = f'from("{table}")  # public is the default schema'
        else:
            remedy = (
                f'{as_written(access.client)}.schema("{schema}").from("{table}")  # {schema} has to be exposed, '
                f"or a view in public stands for it"
            )
        yield Finding(
            _asked_at(access),
            f"`{name[0]}` is looked for as a table of that name; a schema is no part of it.",
            remedy=remedy,
            slots={"relation": name[0], "schema": schema, "table": table},
            fix=_fix(access, schema, table),
            strict=project.side(access.at.path) is Side.TEST or is_debugging(access.at.path),
        )


def _asked_at(access: TableAccess) -> Location:
    """The name in a chain, which may stand lines below the chain's beginning; the chain where the name is a constant."""
    start = access.calls[0] if access.calls else None
    name = start.arguments[0].at if isinstance(start, Call) and start.arguments else access.at
    return name if access.at.holds(name) else access.at


def _fix(access: TableAccess, schema: str, table: str) -> Fix | None:
    """The mended chain, where the receiver and the call stand on one line so that every column is known."""
    start = access.calls[0] if access.calls else None
    if not isinstance(start, Call) or not start.arguments or constant_text(start.arguments[0]) is None:
        return None
    name = start.arguments[0].at
    if schema == "public":
        return Fix(True, (Edit(name, f'"{table}"'),))
    called = name.column - len(start.callee) - 1
    written = (access.client, access.client.rpartition(".")[2])  # the second where it is imported
    if start.at.line != name.line or called not in {start.at.column + len(text) + 1 for text in written}:
        return None
    at = Location(name.path, name.line, called, name.end_line, name.end_column)
    return Fix(True, (Edit(at, f'schema("{schema}").{start.callee}("{table}"'),))


REMARK = (
    "There is no table called `{relation}`, so this answers 404 for everyone. "
    'The schema goes into `.schema("{schema}")`, the table into `from`.'
)

EXAMPLES = [
    """
=== lib/users.ts
import { createClient } from "@supabase/supabase-js"

const supabase = createClient(url, key)
export const users = () => supabase.from("auth.users").select("id") // <-- another schema
export const orders = () => supabase.from('public.orders').select("id") // <-- the default schema
export const wrapped = () =>
  supabase
    .from("public.orders") // <-- on its own line
    .select("id")
=== fixed lib/users.ts
import { createClient } from "@supabase/supabase-js"

const supabase = createClient(url, key)
export const users = () => supabase.schema("auth").from("users").select("id")
export const orders = () => supabase.from("orders").select("id")
export const wrapped = () =>
  supabase
    .from("orders")
    .select("id")
""",
    """
=== lib/users.ts
import { createClient } from "@supabase/supabase-js"

const supabase = createClient(url, key)
export const right = () => supabase.schema("billing").from("invoices").select("id")
export const plain = () => supabase.from("orders").select("*, customers(name)").eq("customers.name", "x")
export const files = () => supabase.storage.from("user.files").list()
""",
    """
=== debug/users.js
import { createClient } from "@supabase/supabase-js"

const supabase = createClient(url, key)
console.log(await supabase.from("auth.users").select("id")) // <-- strict: it is tried
=== fixed debug/users.js
import { createClient } from "@supabase/supabase-js"

const supabase = createClient(url, key)
console.log(await supabase.schema("auth").from("users").select("id"))
""",
    """
=== app/clients.py
from supabase import create_client

def reader():
    return create_client(url, key)
=== app/orders.py
from supabase import create_client

from .clients import reader

supabase = create_client(url, key)
rows = supabase.table("billing.invoices").select("*").execute()  # <-- another schema
fine = supabase.schema("billing").from_("invoices").select("*").execute()
imported = reader().table("billing.invoices").select("*").execute()  # <-- of a factory in another file
=== fixed app/orders.py
from supabase import create_client

from .clients import reader

supabase = create_client(url, key)
rows = supabase.schema("billing").table("invoices").select("*").execute()
fine = supabase.schema("billing").from_("invoices").select("*").execute()
imported = reader().schema("billing").table("invoices").select("*").execute()
""",
]
