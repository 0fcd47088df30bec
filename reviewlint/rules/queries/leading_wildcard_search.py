"""A search begins its pattern with a wildcard, and no index of the schema can answer it.

A B-tree is ordered by how values begin: for `LIKE '%term%'` the database reads every row and compares it, for each key
that somebody presses in the search field. A trigram index (`using gin (name gin_trgm_ops)`, PostgreSQL's `pg_trgm`)
answers the same query, a full-text index (`to_tsvector`) a better one.

Searches among the rows of one key (`team_id = …`) are few rows and not meant.
"""

from collections.abc import Iterator

from ...facts.file import Side
from ...facts.sql import quoted
from ...finding import Finding
from ...join.searches import is_indexed, searches
from ...project import SERVER_SIDES, Project
from ...rule import Meta

META = Meta(
    severity="note",
    confidence="medium",
    since="0.1.0",
    languages=("python", "typescript", "sql"),
    asked_by="F R",
    level="strict",
    limits="Searches of SQLAlchemy and Django are not read, nor indexes that are made by anything but SQL migrations.",
)


_SIDES = SERVER_SIDES | {Side.MIGRATION}


def check(project: Project) -> Iterator[Finding]:
    """Every search of a whole table without an index for it."""
    for search in project.view(searches):
        if project.side(search.at.path) not in _SIDES or search.narrowed or is_indexed(project, search):
            continue
        column = search.column or "name"
        table = f"`{search.table}`" if search.table else "the table"
        yield Finding(
            search.at,
            f"{search.call} looks for a text anywhere in `{column}`, for which all of {table} is read.",
            f"create index on {quoted(search.table or 'orders')} using gin ({quoted(column)} gin_trgm_ops);",
            slots={"column": column, "table": table},
        )


REMARK = (
    "A pattern that begins with a wildcard reads {table} from end to end for every search. "
    "A trigram index on `{column}` answers the same query without that."
)

EXAMPLES = [
    """
=== supabase/migrations/20240101000000_search.sql
create extension pg_trgm;
create table public.notes (id bigint primary key, team bigint, body text, title text);
create index notes_title on public.notes using gin (title gin_trgm_ops);

create function public.find(q text) returns setof bigint language sql set search_path = '' as $$
  select id from public.notes where body ilike '%' || q || '%' limit 20; -- <-- anywhere in body
$$;

create function public.find_title(q text) returns setof bigint language sql set search_path = '' as $$
  select id from public.notes where title ilike '%' || q || '%' limit 20;
$$;

create function public.find_in(team_id bigint, q text) returns setof bigint language sql set search_path = '' as $$
  select id from public.notes where team = team_id and body ilike '%' || q || '%' limit 20;
$$;
""",
    """
=== src/search.ts
import { createClient } from "@supabase/supabase-js";
import { PrismaClient } from "@prisma/client";

const supabase = createClient(process.env.SUPABASE_URL!, process.env.SUPABASE_ANON_KEY!);
const prisma = new PrismaClient();

export async function find(term: string, team: string) {
  const pattern = `%${term}%`;
  await supabase.from("orders").select("id").ilike("note", pattern); // <-- anywhere in note
  await supabase.from("orders").select("id").or(`note.ilike.%${term}%,id.eq.1`); // <-- the same
  await supabase.from("orders").select("id").ilike("note", `${term}%`);
  await supabase.from("orders").select("id").eq("team", team).ilike("note", pattern);
  await prisma.item.findMany({ where: { OR: [{ name: { contains: term } }] }, take: 20 }); // <-- anywhere in name
  await prisma.item.findMany({ where: { team, name: { contains: term } } });
  await prisma.item.findMany({ where: { name: { startsWith: term } } });
}
""",
    """
=== shop/search.py
import psycopg

connection = psycopg.connect("dbname=shop")


def find(term, team):
    connection.execute("SELECT id FROM orders WHERE note ILIKE %s", (f"%{term}%",))  # <-- anywhere
    connection.execute("SELECT id FROM orders WHERE note LIKE '%late%'")  # <-- anywhere
    connection.execute("SELECT id FROM orders WHERE note LIKE %s", (f"{term}%",))
    connection.execute("SELECT id FROM orders WHERE team = %s AND note ILIKE %s", (team, f"%{term}%"))
""",
    """
=== supabase/migrations/1_orders.sql
create extension pg_trgm;
create table orders (id bigint primary key, note text, code text);
create index on orders using gin (note gin_trgm_ops);

=== shop/search.py
import psycopg

connection = psycopg.connect("dbname=shop")


def find(term):
    connection.execute("SELECT id FROM orders WHERE note ILIKE %s", (f"%{term}%",))
    connection.execute("SELECT id FROM orders WHERE code ILIKE %s", (f"%{term}%",))  # <-- has no index
""",
    """
=== supabase/migrations/1_orders.sql
create table orders (id bigint primary key, note text, words tsvector);
create index on orders using gin (words);

=== shop/search.py
import psycopg


def find(term):
    connection = psycopg.connect("dbname=shop")
    connection.execute("SELECT id FROM orders WHERE note ILIKE %s", (f"%{term}%",))
""",
]
