"""Code asks for a table, column or function that the migrations never create, or have dropped or renamed since.

The client only knows names: a misspelt table, a column that was renamed last week, a function that lives on somebody's
own database compile, pass review, and answer 404 or 400 in production.

A write that only runs when the database has said that something is missing is the way back to an older schema: silent.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches
from pathlib import PurePosixPath

from ...facts.data import TableAccess
from ...facts.file import Side
from ...facts.location import Location, Related
from ...facts.sql import Name
from ...facts.values import Call, Constant, Items, Record, Value, constant_text, options
from ...finding import Finding, Subject
from ...join.clients import is_supabase
from ...join.history import is_put_aside
from ...join.secrets import is_template
from ...join.selects import Selected, conditions, filtered, selected
from ...join.served import Served, is_above, is_beside, schema_asked, served_to
from ...join.services import services
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="error",
    confidence="high",
    since="0.1.0",
    languages=("typescript", "python"),
    found_at=("TableAccess",),
    asked_by="FER",
    strictly="what scripts ask for that was dropped or renamed since: most ran once, before that.",
    limits="Names put together at run time are not looked up. Silent where the migrations do not tell the whole history: "
    "one alters tables that none creates, cannot be read, or makes tables by dynamic SQL.",
)

_SIDES = frozenset({Side.TEST, Side.MIGRATION})
_FILTERS = frozenset(
    "eq neq gt gte lt lte like ilike is is_ in in_ contains contained_by containedBy overlaps filter not order "
    "textSearch text_search likeAllOf likeAnyOf ilikeAllOf ilikeAnyOf like_all_of like_any_of ilike_all_of "
    "ilike_any_of rangeGt rangeGte rangeLt rangeLte rangeAdjacent range_gt range_gte range_lt range_lte "
    "range_adjacent match_ isDistinct".split()
)
_WRITES = frozenset({"insert", "upsert", "update"})
_KNOWS = re.compile(
    r"missing|not_?exist|does not exist|42703|42P01|PGRST20[245]|undefined_?(?:column|table)", re.IGNORECASE
)
"""A test for the database's answer that a column or table is not there."""
_ALIKE = 0.75
"""How much of two words has to be the same for one to be a misspelling of the other (difflib's ratio)."""
_STARTS = frozenset({"select", "delete", *_WRITES})
_ASIDE = ("foreignTable", "referencedTable", "foreign_table", "referenced_table", "reference_table")


@dataclass(frozen=True, slots=True)
class _Missing:
    """A name that the database does not have. `relation` is the one that a column is missing in, else `""`."""

    at: Location
    access: TableAccess
    served: Served
    schema: str
    name: str
    kind: str
    relation: str = ""
    near: str = ""


def check(project: Project) -> Iterator[Finding]:
    """Every name that a database does not have, where the code's other names show that it is the right database."""
    missing: dict[tuple[str, Served], list[_Missing]] = defaultdict(list)
    known: dict[tuple[str, Served], set[str]] = defaultdict(set)
    for access in project.facts(TableAccess):
        path = access.at.path
        served = served_to(project, path) if project.side(path) not in _SIDES and _is_asked(project, access) else None
        schema = schema_asked(project, access) if served is not None else None
        if served is None or schema is None or access.relation is None or is_beside(served, path):
            continue
        if is_template(PurePosixPath(path).name):
            continue
        group = (project.view(services).of(path), served)
        found = list(_missing(access, access.relation, schema, served))
        missing[group] += found
        if not any(one.name == access.relation and not one.relation for one in found):
            known[group].add(access.relation)
    for group, found_there in missing.items():
        relations = {one.name for one in found_there if not one.relation}
        strange = {one.name for one in found_there if not one.relation and not one.near}
        there = len(known[group]) + len(relations) - len(strange)
        for one in found_there:
            enough = 3 if is_above(group[1], one.at.path) else 1
            if one.relation or one.name not in strange or len(strange) < enough or len(strange) <= there:
                yield _finding(one, by_hand=project.side(one.at.path) is Side.SCRIPT)


def _is_asked(project: Project, access: TableAccess) -> bool:
    """Whether a chain asks a Supabase client for rows, and not a storage bucket for files."""
    names = {one.name for one in access.calls if isinstance(one, Call)}
    if any(map(_KNOWS.search, access.conditions)):
        return False
    if "." in (access.relation or "") or "storage" in f"{access.client}.{access.made}".split("."):
        return False
    if access.operation != "rpc" and not names & _STARTS:
        return False
    return is_supabase(project, access)


def _missing(access: TableAccess, asked: str, schema: str, served: Served) -> Iterator[_Missing]:
    start = access.calls[0] if access.calls else None
    at = start.arguments[0].at if isinstance(start, Call) and start.arguments else access.at
    if at.path != access.at.path:
        at = access.at
    name = Name(schema, asked)
    if access.operation == "rpc":
        if (served.tells_all(schema) or served.gone(asked)) and not served.has_function(name):
            near = _near(asked, served.functions(schema))
            yield _Missing(at, access, served, schema, asked, "function", near=near)
        return
    if not served.has(name):
        if served.tells_all(schema) or served.gone(asked):
            near = _near(asked, served.relations(schema))
            yield _Missing(at, access, served, schema, asked, "table", near=near)
        return
    seen: set[tuple[str, str]] = set()
    for one in _in_chain(access, name, served):
        if (one.relation, one.name) not in seen:
            seen.add((one.relation, one.name))
            yield one


def _in_chain(access: TableAccess, name: Name, served: Served) -> Iterator[_Missing]:
    """The columns and embedded relations of a chain that are not there."""
    calls = [one for one in access.calls[1:] if isinstance(one, Call)]
    trees = [tree for call in calls if call.name == "select" for value in call.arguments[:8] for tree in _trees(value)]
    inside = {item.label: item for _, items in trees for item in items}
    for value, items in trees:
        yield from _in_select(access, value, items, name, served)
    for call in calls:
        if call.name in _WRITES and call.arguments:
            for written in options(call.arguments[0]):
                for record in written.items if isinstance(written, Items) else (written,):
                    if isinstance(record, Record):
                        yield from _in_record(access, record, name, served)
        elif call.name == "match" and call.arguments and isinstance(call.arguments[0], Record):
            yield from _in_record(access, call.arguments[0], name, served)
        elif call.name in _FILTERS and call.arguments and not _is_aside(call):
            yield from _in_filter(access, call.arguments[0], inside, name, served)
        elif call.name in ("or", "or_") and call.arguments and not _is_aside(call):
            text = call.arguments[0]
            if isinstance(text, Constant) and isinstance(text.value, str):
                for column, at in conditions(text.value):
                    if column not in inside:
                        yield from _column(access, name, column, _place(text, at), served)


def _trees(value: Value) -> Iterator[tuple[Constant, tuple[Selected, ...]]]:
    for option in options(value):
        if isinstance(option, Constant) and isinstance(option.value, str):
            items = selected(option.value)
            if items is not None:
                yield option, items


def _is_aside(call: Call) -> bool:
    """Whether a filter is told to look in another relation."""
    records = [one for one in call.arguments[1:] if isinstance(one, Record)]
    return any(call.keyword(word) is not None or any(one.get(word) for one in records) for word in _ASIDE)


def _in_select(
    access: TableAccess, text: Constant, items: Iterable[Selected], relation: Name | None, served: Served
) -> Iterator[_Missing]:
    """What is not there of a select's items; `relation` is None where nobody knows what is selected from."""
    for item in items:
        at = _place(text, item.at)
        if item.inner is None:
            if relation is not None and item.name != "count":
                yield from _column(access, relation, item.name, at, served)
            continue
        target, columns = _embedded(relation, item.name, served)
        yield from _in_select(access, text, item.inner, target, served)
        schema = relation.schema if relation is not None else ""
        known = target is not None or columns is None or item.name in columns or served.has_link(item.name)
        if not known and served.tells_all(schema) and not served.has(Name(schema, item.name)):
            near = _near(item.name, served.relations(schema))
            yield _Missing(at, access, served, schema, item.name, "table", near=near)


def _embedded(relation: Name | None, name: str, served: Served) -> tuple[Name | None, frozenset[str] | None]:
    """The relation that an embedded one is, and the columns of the one it is embedded in, as far as known."""
    if relation is None:
        return None, None
    columns = served.columns(relation)
    target = Name(relation.schema, name)
    table = served.database.tables.get(relation)
    for key in table.constraints if table is not None else ():
        if key.kind == "foreign key" and name in (key.name, *key.columns[:1]):
            return key.references, columns
    is_relation = target in served.database.tables or target in served.database.views
    return (target if is_relation and not served.has_link(name) else None), columns


def _in_record(access: TableAccess, record: Record, relation: Name, served: Served) -> Iterator[_Missing]:
    for key, value in record.entries:
        if isinstance(value, Constant) and value.value is None:
            continue  # `undefined` is left out of the request
        at = value.at if record.at.holds(value.at) else record.at
        yield from _column(access, relation, key, at, served)


def _in_filter(
    access: TableAccess, value: Value, inside: dict[str, Selected], relation: Name, served: Served
) -> Iterator[_Missing]:
    text = constant_text(value)
    path = filtered(text) if text is not None else None
    target: Name | None = relation
    for step in path[:-1] if path else ():
        item = inside.get(step)
        if item is None or item.inner is None or target is None:
            return
        target, inside = _embedded(target, item.name, served)[0], {one.label: one for one in item.inner}
    if path and target is not None and path[-1] not in inside:
        yield from _column(access, target, path[-1], value.at, served)


def _column(access: TableAccess, relation: Name, column: str, at: Location, served: Served) -> Iterator[_Missing]:
    columns = served.columns(relation)
    if columns is not None and column not in columns and column not in ("", "*"):
        near = _near(column, columns)
        place = at if at.path == access.at.path else access.at
        yield _Missing(place, access, served, relation.schema, column, "column", relation.name, near)


def _place(text: Constant, offset: int) -> Location:
    """Where a name inside of a literal stands; the literal itself where its lines are not those of its value."""
    at = text.at
    before = str(text.value)[:offset]
    if str(text.value).count("\n") != at.end_line - at.line:
        return at
    line = at.line + before.count("\n")
    column = offset - before.rfind("\n") if "\n" in before else at.column + 1 + offset
    return Location(at.path, line, column, line, column + 1)


def _near(name: str, others: Iterable[str]) -> str:
    found = get_close_matches(name, sorted(others), 1, 0.75)
    return found[0] if found else ""


def _is_meant(name: str, near: str) -> bool:
    """Whether a name that is there differs by its spelling alone: no word of it is another than what was asked for."""
    asked, there = ([one for one in re.split(r"_|(?<=[a-z])(?=[A-Z])", word) if one] for word in (name, near))
    if "".join(asked).lower() == "".join(there).lower():
        return True
    words = zip(asked, there, strict=False)
    return len(asked) == len(there) and all(
        SequenceMatcher(None, one.lower(), other.lower()).ratio() >= _ALIKE for one, other in words
    )


def _finding(one: _Missing, *, by_hand: bool) -> Finding:
    gone = one.served.gone(one.relation or one.name, one.name if one.relation else "")
    what = f"column `{one.name}` of `{one.relation}`" if one.relation else f"{one.kind} `{one.name}`"
    near = one.near if _is_meant(one.name, one.near) else ""
    if gone is not None and gone.now:
        near = "" if is_put_aside(gone.now) else gone.now
    if gone is not None:
        fate = f"was renamed to `{gone.now}` by a migration" if gone.now else "was dropped by a migration"
        related: tuple[Related, ...] = (Related(gone.at, "renamed here" if gone.now else "dropped here"),)
    else:
        fate = "is created by no migration"
        related = ()
        table = one.served.database.tables.get(Name(one.schema, one.relation))
        if one.relation and table is not None and table.made is not None:
            related = (Related(table.made, f"`{one.relation}` is created here, without it"),)
    hint = f"; `{near}` exists" if near and gone is None else ""
    return Finding(
        one.at,
        f"{what} {fate} of `{one.served.database.root}`{hint}.",
        remedy=near or _taken_out(one, is_gone=gone is not None),
        related=related,
        subject=Subject(one.kind, one.name, one.schema, table=one.relation, column=one.name if one.relation else ""),
        slots={"what": what, "name": one.name, "fate": fate, "near": near, "call": one.access.client},
        strict=by_hand and gone is not None,
    )


def _taken_out(one: _Missing, *, is_gone: bool) -> str:
    """What to do where no other name is meant: the request goes without it, or a migration makes it."""
    out = f"Take `{one.name}` out of the request" if one.relation else f"Ask for what is there instead of `{one.name}`"
    if is_gone:
        return f"{out}." if one.relation else f"{out}, or for nothing."
    if one.relation and Name(one.schema, one.relation) in one.served.database.tables:
        made = f"alter table {Name(one.schema, one.relation).quoted} add column {one.name} …;"
        return f"{out}, or make the column by a migration:\n{made}"
    return f"{out}, or have a migration make it."


REMARK = "The API refuses this request every time: {what} {fate}. Nothing before production would have said so."

EXAMPLES = [
    """
=== supabase/migrations/20240101000000_shop.sql
create table customers (id bigint primary key, name text not null, meta jsonb);
create table orders (
  id bigint primary key,
  customer_id bigint not null references customers (id),
  total numeric not null,
  state text not null
);
alter table orders rename column state to status;
create function close_order(order_id bigint) returns void language sql as $$ select 1 $$;
create function label(orders) returns text language sql as $$ select $1.status $$;
create view open_orders as select id, total from orders;

=== lib/_template.ts
import { createClient } from "@supabase/supabase-js"

const supabase = createClient(process.env.SUPABASE_URL!, process.env.SUPABASE_ANON_KEY!)
export const list = () => supabase.from("table_name").select("id")
=== lib/orders.ts
import { createClient } from "@supabase/supabase-js"

const supabase = createClient(process.env.SUPABASE_URL!, process.env.SUPABASE_ANON_KEY!)
export const misspelt = () => supabase.from("ordes").select("id") // <-- orders
export const renamed = () => supabase.from("orders").select("id, state") // <-- status since
export const filter = () => supabase.from("orders").select("*").eq("custmer_id", 7) // <-- customer_id
export const write = () => supabase.from("orders").insert({
  customer_id: 7,
  totl: 12, // <-- total
})
export const call = () => supabase.rpc("close_orders", { order_id: 1 }) // <-- close_order
export const view = () => supabase.from("open_orders").select("status") // <-- not in the view
export const nested = () => supabase.from("orders").select(`
  id,
  buyer:customers!inner(id, name)
`).order("fullname", { ascending: true }) // <-- of customers
""",
    """
=== supabase/migrations/20240101000000_shop.sql
create table customers (id bigint primary key, name text not null, meta jsonb);
create table orders (
  id bigint primary key,
  customer_id bigint not null references customers (id),
  total numeric not null,
  status text not null
);
create function label(orders) returns text language sql as $$ select $1.status $$;
create schema billing;
create table billing.invoices (id bigint primary key);

=== lib/orders.ts
import { createClient } from "@supabase/supabase-js"

const supabase = createClient(process.env.SUPABASE_URL!, process.env.SUPABASE_ANON_KEY!)
export const all = () => supabase.from("orders").select(`
  id, sum:total.sum(), t:total::text, label, count(),
  buyer:customers!orders_customer_id_fkey(id, name, city:meta->address->>city),
  other:customer_id(name), ...customers(name)
`).eq("buyer.name", "x").not("buyer", "is", null).or("total.gt.5,and(status.eq.open,id.lt.9)").order("meta->>x", { referencedTable: "customers" })
export const dynamic = (table: string) => supabase.from(table).select("whatever")
export const other = () => supabase.schema("billing").from("invoices").select("id")
export const unknown = () => supabase.schema("stripe").from("charges").select("id")
export const file = () => supabase.storage.from("receipts").download("a.pdf")
""",
    """
=== supabase/migrations/20240101000000_more.sql
alter table orders add column note text;
create table notes (id bigint primary key);

=== sql/by-hand.sql
alter table public.notes add column pinned boolean;
=== app/orders.py
from supabase import create_client

supabase = create_client(url, key)
by_hand = supabase.table("notes").select("pinned").execute()
earlier = supabase.table("orders").select("anything").execute()
as_well = supabase.table("customers").select("id").execute()
column = supabase.table("notes").select("id", "titel").execute()  # <-- notes are made here
""",
    """
=== supabase/migrations/20240101000000_stats.sql
create table public.stats (id bigint primary key, builds_new int);
=== supabase/functions/stats/index.ts
import { createClient } from "jsr:@supabase/supabase-js@2";

const supabase = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);

Deno.serve(async () => {
  const { error } = await supabase.from("stats").update({ builds_new: 1 }).eq("id", 1);
  if (isMissingColumn(error)) {
    const { error: again } = await supabase.from("stats").update({ builds_old: 1 }).eq("id", 1);
    if (again) throw again;
  }
  if (error) {
    const { error: third } = await supabase.from("stats").update({ builds_older: 1 }).eq("id", 1); // <-- never there
    if (third) throw third;
  }
  return new Response("ok");
});
""",
    """
=== supabase/migrations/20240101000000_parts.sql
create table prices (id bigint primary key, billing_name text, customer_id bigint);
create table parts (id bigint primary key);
=== supabase/migrations/20240301000000_retire.sql
alter table prices rename to prices_deprecated;
create table offers (id bigint primary key, billing_name text, customer_id bigint);
=== scripts/clean.ts
import { createClient } from "@supabase/supabase-js"

const supabase = createClient(process.env.SUPABASE_URL!, process.env.SUPABASE_SERVICE_ROLE_KEY!)
await supabase.from("prices").delete().lt("id", 7) // <-- strict: ran once, before the table was renamed
await supabase.from("offer").delete().lt("id", 7) // <-- offers
=== lib/parts.ts
import { createClient } from "@supabase/supabase-js"

const supabase = createClient(process.env.SUPABASE_URL!, process.env.SUPABASE_ANON_KEY!)
export const prices = () => supabase.from("prices").select("id") // <-- retired, so that there is nothing to ask instead
export const names = () => supabase.from("offers").select("id, billing_phone") // <-- no other column is meant
export const ids = () => supabase.from("offers").select("id, custmer_id") // <-- customer_id
export const parts = () => supabase.from("parts").select("id")
""",
]
