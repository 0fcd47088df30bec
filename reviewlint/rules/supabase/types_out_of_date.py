"""The generated type of the database lacks tables or columns that the migrations create.

Whoever writes against the type cannot see the new column, casts to `any` to reach it, and the type protects nobody any
more. It is generated, so bringing it up to date is one command.
"""

from collections import defaultdict
from collections.abc import Iterator

from ...facts.data import TypedRelation
from ...facts.location import Related
from ...facts.schema import Table
from ...finding import Finding, Subject
from ...join.exposure import own_tables
from ...join.served import Served, served_to
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="high",
    since="0.1.0",
    languages=("typescript",),
    found_at=("TypedRelation",),
    asked_by="F",
    level="strict",
    limits="Schemas that the type does not hold at all are not missed, and partitions are not.",
)


def check(project: Project) -> Iterator[Finding]:
    """What each generated type lacks: missing tables at the first relation of their schema, columns at their table."""
    files: dict[str, list[TypedRelation]] = defaultdict(list)
    for typed in project.facts(TypedRelation):
        if typed.kind != "function":
            files[typed.at.path].append(typed)
    for path, relations in files.items():
        served = served_to(project, path)
        if served is not None:
            yield from _lacks(served, relations)


def _lacks(served: Served, relations: list[TypedRelation]) -> Iterator[Finding]:
    typed = {(one.schema, one.name): one for one in relations}
    tables = [table for table in own_tables(served.database) if not table.partition and served.is_sure(table.name)]
    shared = [table for table in tables if (table.name.schema, table.name.name) in typed]
    if 2 * len(shared) < len(tables):
        return  # the type of another database
    for table in tables:
        first = next((one for one in relations if one.schema == table.name.schema), None)
        own = typed.get((table.name.schema, table.name.name))
        if own is None and first is not None:
            yield _finding(first, table, "table", f"table `{table.name.name}`")
        elif own is not None and own.columns:
            missing = [column.name for column in table.columns if column.name not in own.columns]
            if missing:
                listed = ", ".join(f"`{name}`" for name in missing)
                what = f"column{'s' if len(missing) > 1 else ''} {listed} of `{table.name.name}`"
                yield _finding(own, table, ", ".join(missing), what)


def _finding(typed: TypedRelation, table: Table, missing: str, what: str) -> Finding:
    places = [place for place in (table.made, *table.changed) if place is not None]
    return Finding(
        typed.at,
        f"the migrations make {what}, which the generated type lacks.",
        f"supabase gen types typescript --local > {typed.at.path}",
        (Related(places[-1], f"`{table.name.name}` got its present form here"),) if places else (),
        Subject("type", table.name.name, table.name.schema, table=table.name.name, column=missing),
        {"what": what, "file": typed.at.path.rpartition("/")[2]},
    )


REMARK = (
    "{file} was generated before the last migrations: {what} is not in it. Generate it again, in the build if you can."
)

EXAMPLES = [
    """
=== supabase/migrations/20240101000000_shop.sql
create table orders (id bigint primary key, total numeric);
create table people (id bigint primary key);
create table parcels (id bigint primary key);

=== supabase/migrations/20240201000000_more.sql
alter table people add column name text;

=== lib/database.types.ts
export type Json = string | number | boolean | null | { [key: string]: Json | undefined } | Json[]

export type Database = {
  public: {
    Tables: {
      orders: { // <-- no parcels
        Row: {
          id: number
          total: number | null
        }
      }
      people: { // <-- no name
        Row: {
          id: number
        }
      }
    }
  }
}
""",
    """
=== supabase/migrations/20240101000000_shop.sql
create table orders (id bigint primary key, total numeric);
create schema internal;
create table internal.jobs (id bigint primary key);

=== lib/database.types.ts
export type Json = string | number | boolean | null | { [key: string]: Json | undefined } | Json[]

export interface Database {
  public: {
    Tables: {
      orders: {
        Row: {
          id: number
          total: number | null
        }
      }
    }
  }
}
""",
]
