"""An endpoint that lists things reads a whole table: no limit, no page, no filter by a key.

It is fast on the day that it is written, and each day after that it sends more: memory on the server, bytes on the wire,
rows that nobody scrolls to. PostgREST cuts such an answer off where its `max-rows` says so, without a word, and then the
list is not even whole. A limit and a cursor, or a range, keep it the same size for ever.

Tables of a few rows by what they are (countries, roles, plans) are not meant, nor tables whose row security leaves each
caller their own rows.
"""

import re
from collections.abc import Iterator

from ...facts.location import Location
from ...facts.schema import Database, Function, Table
from ...facts.statements import SqlStatement
from ...finding import Finding, Related
from ...join.databases import databases
from ...join.endpoints import Endpoint, endpoints, reached
from ...join.exposure import function_subject
from ...join.reads import WholeRead, whole_reads
from ...join.statements import routines
from ...join.truth import always_true
from ...project import SERVER_SIDES, Project
from ...rule import Meta

META = Meta(
    severity="note",
    confidence="medium",
    since="0.1.0",
    languages=("python", "typescript", "sql"),
    asked_by="E F",
    level="strict",
    limits="Judged are GET endpoints that are no single resource, in their handler and what it calls directly: constant "
    "SQL, supabase, Prisma's `findMany`, SQLAlchemy's `query(…).all()` and a `select(…)` that nothing in its function narrows.",
)

CALLS_AWAY = 1
"""How many calls away from its handler a read still is what the endpoint lists."""

_FEW = re.compile(
    r"countr|currenc|langu|locale|timezone|region|role|permission|plan|price|tier|categor|setting|config|feature|flag"
    r"|status|types?$|tag|provider|enum|option|level|priorit|severit|unit|template|version|migration|health",
    re.IGNORECASE,
)
"""Tables that hold few rows by what they are."""


def check(project: Project) -> Iterator[Finding]:
    """Every read of a whole table that a list endpoint makes, once."""
    wholes = project.view(whole_reads)
    own = {table.name.name for database in project.view(databases) for table in _with_own_rows(database)}
    said: set[Location] = set()
    for endpoint in project.view(endpoints):
        if endpoint.method != "GET" or not _is_list(endpoint):
            continue
        for place in reached(project, endpoint.handler_path, endpoint.handler, CALLS_AWAY):
            for read in wholes.get(place, ()) if project.side(place[0]) in SERVER_SIDES else ():
                if read.at not in said and read.table not in own and not _FEW.search(read.table or place[1]):
                    said.add(read.at)
                    yield _finding(read, endpoint)
    for function, statement in project.view(routines):
        table = statement.whole.rpartition(".")[2]
        gives_rows = function.returns.lower().startswith(("setof", "table"))
        if table and gives_rows and (function.definer or table not in own) and not _FEW.search(table):
            yield _of_function(function, statement, table)


def _of_function(function: Function, statement: SqlStatement, table: str) -> Finding:
    return Finding(
        statement.at,
        f"{function.identity} gives back every row of `{table}`, however many there are.",
        "Parameters for a limit and a cursor, and `limit least(page_size, 100)`.",
        subject=function_subject(function),
        slots={"table": f"`{table}`", "route": str(function.name)},
    )


def _is_list(endpoint: Endpoint) -> bool:
    """Whether a path is that of a collection, as far as it can be seen: it ends with no parameter."""
    last = endpoint.segments[-1] if endpoint.segments else "{}"
    return bool(endpoint.handler_path) and not last.startswith("{") and not _FEW.search(last)


def _with_own_rows(database: Database) -> Iterator[Table]:
    """The tables of which callers see by row security what is theirs."""
    for table in database.tables.values():
        reading = [
            one for one in database.policies_of(table.name) if one.permissive and one.command in ("select", "all")
        ]
        if table.rls and not any(one.using is None or always_true(one.using.tree) for one in reading):
            yield table


def _finding(read: WholeRead, endpoint: Endpoint) -> Finding:
    table = f"`{read.table}`" if read.table else "its table"
    route = endpoint.path or ""
    return Finding(
        read.at,
        f"{read.call} reads every row of {table} for GET {route}, however many there are.",
        f"{read.limit}, and a page size that the caller cannot raise without end.",
        (Related(endpoint.at, "the endpoint"),),
        slots={"table": table, "route": f"GET {route}"},
    )


REMARK = (
    "{route} reads {table} from the first row to the last. "
    "It will be noticed when the table has grown, which is when it is hardest to change."
)

EXAMPLES = [
    """
=== supabase/migrations/20240101000000_orders.sql
create table public.orders (id bigint primary key, total int);
create table public.notes (id bigint primary key, body text, owner uuid);
alter table public.notes enable row level security;
create policy own on public.notes for select to authenticated using ((select auth.uid()) = owner);

create function public.order_ids() returns setof bigint language sql set search_path = '' as $$
  select id from public.orders order by id; -- <-- all of them
$$;

create function public.pages(size int, after bigint) returns setof bigint language sql set search_path = '' as $$
  select id from public.orders where id > after order by id limit least(size, 100);
$$;

create function public.bodies() returns table (body text) language plpgsql set search_path = '' as $$
begin
  return query select n.body from public.notes n;
end
$$;

create function public.total() returns bigint language sql set search_path = '' as $$
  select sum(total) from public.orders;
$$;
""",
    """
=== shop/api.py
import psycopg
from fastapi import APIRouter

router = APIRouter()


@router.get("/orders")
def orders(limit: int = 50):
    connection = psycopg.connect("dbname=shop")
    found = connection.execute("SELECT id, total FROM orders ORDER BY id").fetchall()  # <-- all of them
    page = connection.execute("SELECT id, total FROM orders ORDER BY id LIMIT %s", (limit,)).fetchall()
    mine = connection.execute("SELECT id, total FROM orders WHERE user_id = %s", (1,)).fetchall()
    count = connection.execute("SELECT count(*) FROM orders").fetchone()
    names = connection.execute("SELECT code, name FROM countries").fetchall()
    return {"items": found, "page": page, "mine": mine, "count": count, "countries": names}


@router.get("/orders/{id}")
def order(id: int):
    return psycopg.connect("dbname=shop").execute("SELECT id, total FROM orders").fetchone()


def export():
    return psycopg.connect("dbname=shop").execute("SELECT id, total FROM orders").fetchall()
""",
    """
=== shop/views.py
from flask import Blueprint, jsonify

from .models import Order, db

views = Blueprint("views", __name__)


@views.get("/orders")
def orders():  # <-- Order.query.all()
    return jsonify([order.as_dict() for order in Order.query.order_by(Order.id).all()])


@views.get("/orders/mine")
def mine():
    return jsonify([order.as_dict() for order in Order.query.filter_by(user_id=1).all()])
""",
    """
=== shop/items.py
from fastapi import APIRouter
from sqlmodel import Session, select

from .models import Item

router = APIRouter()


@router.get("/items")
def items(session: Session):  # <-- every item
    return session.exec(select(Item)).all()


@router.get("/items/page")
def page(session: Session, skip: int = 0):
    return session.exec(select(Item).offset(skip).limit(50)).all()


@router.get("/items/mine")
def mine(session: Session, owner: int):
    statement = select(Item)
    statement = statement.where(Item.owner == owner)
    return session.exec(statement).all()
""",
    """
=== app/api/orders/route.ts
import { createClient } from "@supabase/supabase-js";
import { PrismaClient } from "@prisma/client";

const supabase = createClient(process.env.SUPABASE_URL!, process.env.SUPABASE_SERVICE_ROLE_KEY!);
const prisma = new PrismaClient();

export async function GET() {
  const { data } = await supabase.from("orders").select("id, total").order("id"); // <-- every order
  const page = await supabase.from("orders").select("id, total").range(0, 49);
  const { count } = await supabase.from("orders").select("*", { count: "exact", head: true });
  const items = await prisma.item.findMany({ orderBy: { id: "asc" } }); // <-- every item
  const some = await prisma.item.findMany({ take: 50 });
  return Response.json({ data, page, count, items, some });
}
""",
    """
=== supabase/migrations/1_notes.sql
create table notes (id bigint primary key, user_id uuid not null);
alter table notes enable row level security;
create policy "own notes" on notes for select using (user_id = auth.uid());

=== app/api/notes/route.ts
import { createClient } from "@/utils/supabase/server";

export async function GET() {
  const supabase = await createClient();
  const { data } = await supabase.from("notes").select("id");
  return Response.json(data);
}
""",
]
