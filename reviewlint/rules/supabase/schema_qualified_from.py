"""A table is asked for as `schema.table`, which the API takes for a table's name.

`from("auth.users")` looks for a table called `auth.users` in the exposed schema, finds none, and answers 404 with
`PGRST205`. The schema is chosen by `.schema("…")`, and only among those that the API exposes.
"""

import re
from collections.abc import Iterator

from ...facts.data import TableAccess
from ...facts.location import Location
from ...facts.values import Call, constant_text
from ...finding import Edit, Finding, Fix
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="error",
    confidence="high",
    since="0.1.0",
    languages=("typescript", "python"),
    asked_by="R",
)

_QUALIFIED = re.compile(r"(?P<schema>[A-Za-z_]\w*)\.(?P<table>[A-Za-z_]\w*)")


def check(project: Project) -> Iterator[Finding]:
    for access in project.facts(TableAccess):
        name = _QUALIFIED.fullmatch(access.relation or "")
        if access.library != "supabase" or access.operation == "rpc" or not name:
            continue
        schema, table = name["schema"], name["table"]
        if schema == "public":
            remedy = f'from("{table}")  # public is the default schema'
        else:
            remedy = (
                f'{access.client}.schema("{schema}").from("{table}")  # {schema} has to be exposed, '
                f"or a view in public stands for it"
            )
        yield Finding(
            access.at,
            f"`{name[0]}` is looked for as a table of that name; a schema is no part of it.",
            remedy=remedy,
            slots={"relation": name[0], "schema": schema, "table": table},
            fix=_fix(access, schema, table),
        )


def _fix(access: TableAccess, schema: str, table: str) -> Fix | None:
    """The mended chain, where the receiver and the call stand on one line so that every column is known."""
    start = access.calls[0] if access.calls else None
    if not isinstance(start, Call) or not start.arguments or constant_text(start.arguments[0]) is None:
        return None
    name = start.arguments[0].at
    called = name.column - len(start.callee) - 1
    if start.at.line != name.line or called != start.at.column + len(access.client) + 1:
        return None
    at = Location(name.path, name.line, called, name.end_line, name.end_column)
    chosen = "" if schema == "public" else f'schema("{schema}").'
    return Fix(True, (Edit(at, f'{chosen}{start.callee}("{table}"'),))


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
=== app/orders.py
from supabase import create_client

supabase = create_client(url, key)
rows = supabase.table("billing.invoices").select("*").execute()  # <-- another schema
fine = supabase.schema("billing").from_("invoices").select("*").execute()
""",
]
