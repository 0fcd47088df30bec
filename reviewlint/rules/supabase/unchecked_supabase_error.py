"""The answer of a Supabase call is used, or dropped, without a look at its error.

supabase-js does not throw: a refused insert, a policy that hides the rows, a timeout come back as `{ data: null, error }`
and the code goes on. A write whose answer is dropped reports success for what never happened; `data` without `error`
turns an outage into "no results".

Looking at `error`, `.throwOnError()`, and stopping when there is no data count as checking; asking how many rows there
are (`!data?.length`) does not, since none are there after a failure, either. What is written while a page goes away
(`beforeunload`) is nobody's to report.
"""

from collections.abc import Iterator

from ...facts.code import Function
from ...facts.data import TableAccess
from ...facts.file import Side
from ...facts.values import Call, Constant, Reference
from ...finding import Finding
from ...join.clauses import clauses
from ...join.clients import as_written, is_supabase
from ...join.switched_off import is_switched_off
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="high",
    since="0.1.0",
    languages=("typescript",),
    found_at=("TableAccess",),
    asked_by="F E R",
    strictly="what a constant of its own file switches off; and rows that are deleted again where something failed of which "
    "the caller is told.",
    limits="Answers that are kept whole, handed on or awaited together are not followed.",
)

_SIDES = frozenset({Side.SERVER, Side.EDGE, Side.BROWSER, Side.OTHER})
_WRITES = frozenset({"insert", "update", "upsert", "delete"})
_GOING = frozenset({"beforeunload", "pagehide", "unload"})
"""What browsers say when a page goes away: nothing that its code still does is waited for."""


def check(project: Project) -> Iterator[Finding]:
    for access in project.facts(TableAccess):
        path = access.at.path
        if access.takes is None or path.endswith(".py") or not is_supabase(project, access):
            continue
        if project.side(path) not in _SIDES or access.checks or "error" in access.takes:
            continue
        if any(isinstance(call, Call) and call.name == "throwOnError" for call in access.calls):
            continue
        what = f"`{access.operation}` on `{access.relation}`" if access.relation else f"`{access.operation}`"
        client = as_written(access.client)
        if not access.takes:
            if access.operation not in _WRITES or _is_last(project, access):
                continue
            evidence = f"The answer of the {what} is dropped, its error with it."
            remedy = f"const {{ error }} = await {client}.…\nif (error) throw error"
        else:
            taken = ", ".join(access.takes)
            evidence = f"Of the answer of the {what} only `{taken}` is taken, so a failure looks like no data."
            # `.single()` calls it an error when there is no row, which this code allows for: it asks for no more of `data`
            may_be_none = access.operation == "select" and any(_is_single(call) for call in access.calls)
            asked = f"{client}.….maybeSingle()" if may_be_none else f"{client}.…"
            remedy = f"const {{ {taken}, error }} = await {asked}\nif (error) throw error"
        yield Finding(
            access.at,
            evidence,
            remedy=remedy,
            slots={
                "operation": access.operation,
                "relation": access.relation or "the table",
                "outcome": "take it for no data" if access.operation not in _WRITES else "report success",
            },
            strict=is_switched_off(project, access.at, access.function) or _cleans_up(project, access),
        )


def _is_single(call: object) -> bool:
    return isinstance(call, Call) and call.name == "single"


def _cleans_up(project: Project, access: TableAccess) -> bool:
    """Whether a row is taken away again where something failed, and the caller is told of that."""
    clause = project.view(clauses).around(access.at) if access.operation == "delete" else None
    return clause is not None and "raises" in clause.does


def _is_last(project: Project, access: TableAccess) -> bool:
    """Whether a write is made while its page goes away, in what listens for that."""
    path = access.at.path
    if not any(call.endswith("addEventListener") for one in project.facts_of(path, Function) for call in one.calls):
        return False
    for made in project.calls_made(path, {"addEventListener"}):
        match made.arguments[:2]:
            case Constant(value=event), listener if event in _GOING:
                own = isinstance(listener, Reference) and listener.name == access.function.rpartition(".")[2]
                if own or listener.at.holds(access.at):
                    return True
    return False


REMARK = (
    "This client returns its failures, it never throws them, and nobody reads this one. "
    "When the {operation} on `{relation}` is refused, the code will {outcome}."
)

EXAMPLES = [
    """
=== lib/orders.ts
import { createClient } from "@supabase/supabase-js"

const supabase = createClient(url, key)

export async function save(order: Order) {
  await supabase.from("orders").insert(order) // <-- dropped
  await supabase.from("audit").insert({ order: order.id }).throwOnError()
  const { error } = await supabase.from("stock").update({ left: 1 }).eq("id", order.item)
  if (error) throw error
}
export async function list() {
  const { data } = await supabase.from("orders").select("*") // <-- an outage looks like no orders
  return data ?? []
}
export async function one(id: string) {
  const { data } = await supabase.from("orders").select("*").eq("id", id).maybeSingle()
  if (!data) throw new Error("no such order")
  return data
}
export async function remove(id: string) {
  const { data } = await supabase.from("orders").delete().eq("id", id).select("id") // <-- a refusal looks like none
  if (!data?.length) return Response.json({ error: "no such order" }, { status: 404 })
  return Response.json({ id })
}
export async function both(id: string) {
  const { data, error } = await supabase.from("orders").select("*").eq("id", id)
  if (error) throw error
  return data
}
export async function whole(id: string) {
  const answer = await supabase.from("orders").select("*").eq("id", id)
  return answer
}
export async function part(id: string) {
  const answer = await supabase.from("orders").select("*").eq("id", id) // <-- only the data of it
  return answer.data
}
""",
    """
=== lib/orders.test.ts
import { createClient } from "@supabase/supabase-js"

const supabase = createClient(url, key)
afterEach(async () => {
  await supabase.from("orders").delete().neq("id", 0)
})
=== lib/later.ts
import { createClient } from "@supabase/supabase-js"

const supabase = createClient(url, key)
export const query = () => supabase.from("orders").select("*")
""",
    """
=== components/presence.tsx
"use client"
import { supabase } from "../lib/client"

export function usePresence(id: string) {
  useEffect(() => {
    const leave = async () => {
      await supabase.from("people").update({ here: false }).eq("id", id)
    }
    const focus = async () => {
      await supabase.from("people").update({ here: true }).eq("id", id) // <-- the page is still there
    }
    window.addEventListener("focus", focus)
    window.addEventListener("beforeunload", leave)
    window.addEventListener("pagehide", async () => {
      await supabase.from("people").update({ here: false }).eq("id", id)
    })
  }, [id])
}
""",
    """
=== supabase/functions/orders/index.ts
import { createClient } from "npm:@supabase/supabase-js@2"

const supabase = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!)
const writes: boolean = false
let loud = false

async function held(id: string) {
  await supabase.from("orders").update({ held: true }).eq("id", id) // <-- strict: called where nothing runs
}

async function told(id: string) {
  await supabase.from("orders").update({ told: true }).eq("id", id) // <-- called below, too
}

Deno.serve(async (request) => {
  const { id } = await request.json()
  if (writes && id) {
    await supabase.from("orders").insert({ id }) // <-- strict: never
    await held(id)
    await told(id)
  }
  if (loud) {
    await supabase.from("events").insert({ id }) // <-- what may change is no such switch
  }
  loud = true
  await told(id)
  if (!writes) {
    return new Response("ok")
  }
  await supabase.from("orders").delete().eq("id", id) // <-- strict: behind what always leaves
})
""",
]
