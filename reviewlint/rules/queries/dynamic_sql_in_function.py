"""A database function executes text that its caller had a hand in.

`execute 'select … ' || x` runs whatever the caller wrote into `x`, and in a SECURITY DEFINER function it runs with the
owner's rights. Through Supabase's API every function in a served schema can be called. `format` with `%I` for names and
`%L` for values quotes what it puts in; values are better bound with USING.
"""

import re
from collections.abc import Iterator

from ...facts.schema import Function
from ...facts.sql import DynamicSql
from ...finding import Finding, Severity
from ...join.databases import databases
from ...join.exposure import function_subject
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="high",
    since="0.1.0",
    languages=("sql",),
    asked_by="F E A",
    security="8.8",
    limits="Only text that comes from parameters, or from the row of a trigger, is reported.",
)

_TEXT = ("text", "character varying", "character", "json", "jsonb", "name", "citext", "text[]")
_ROWS = frozenset({"new", "old"})


def check(project: Project) -> Iterator[Finding]:
    """Every EXECUTE in a function that is there in the end, into which a parameter is put unquoted."""
    for database in project.view(databases):
        for function in database.functions.values():
            if function.body is None or function.made is None:
                continue
            callers = {one.name for one in function.arguments if one.type.startswith(_TEXT) and one.mode != "out"}
            numbered = {f"${place}" for place, _ in enumerate(function.arguments, 1)}
            for dynamic in function.body.dynamic:
                names = [name for name in dynamic.variables if name.partition(".")[0] in callers | numbered | _ROWS]
                names += [name for name in dynamic.variables if name.startswith(f"{function.name.name}.")]
                names = [name for name in names if not _is_tested(function.body.text, name)]
                if names:
                    yield _finding(function, dynamic, names)


def _is_tested(body: str, name: str) -> bool:
    """Whether a function refuses or replaces what is not one of a set: `if dir not in ('asc', 'desc') then raise …`."""
    test = rf"\bif\b[^;]*\b{re.escape(name)}\b\s*\)?\s*(?:not\s+in\s*\(\s*'|!~|<>\s*all\b)[^;]*?\bthen\s+"
    return re.search(rf"{test}(?:raise|return|{re.escape(name)}\s*:?=)", body, re.IGNORECASE) is not None


def _finding(function: Function, dynamic: DynamicSql, names: list[str]) -> Finding:
    said = " and ".join(f"`{name}`" for name in names)
    name = names[0]
    rights = ", with its owner's rights" if function.definer else ""
    return Finding(
        dynamic.at,
        f"{function.kind} {function.identity} puts {said} into the text that it executes{rights}, without quoting: "
        f"`{dynamic.text[:120]}`.",
        f"execute format('… %I … = $1', {name}) using …; -- %I for names; bind values",
        subject=function_subject(function),
        slots={"function": str(function.name), "variable": name},
        severity=Severity.ERROR if function.definer else None,
    )


REMARK = (
    "Whoever calls `{function}` writes part of the SQL that it runs: `{variable}` goes in as it is. "
    "Quote names with `%I`, bind values with USING."
)

EXAMPLES = [
    """
=== supabase/migrations/20240101000000_search.sql
create function public.search(term text, sort text) returns setof record language plpgsql security definer as $$
declare
  query text := 'select * from public.notes where true';
begin
  if term is not null then
    query := query || ' and body like ''%' || term || '%''';
  end if;
  query := query || format(' order by %s', sort);
  return query execute query; -- <-- term and sort as they come
end $$;
create function public.count_in(relation text) returns bigint language plpgsql as $$
declare n bigint;
begin
  execute 'select count(*) from ' || relation into n; -- <-- any expression
  return n;
end $$;
""",
    """
=== supabase/migrations/20240101000000_search.sql
create function public.search(term text, sort text, most int) returns setof record language plpgsql as $$
declare
  query text := 'select * from public.notes where body like $1';
  total bigint;
begin
  query := query || format(' order by %I limit %s', sort, most);
  query := query || ' offset ' || quote_literal(term);
  return query execute query using '%' || term || '%';
  execute 'select count(*) from ' || sort::regclass into total;
  execute 'refresh materialized view public.totals';
end $$;
create function public.sorted(direction text, other text) returns setof record language plpgsql as $$
begin
  if lower(direction) not in ('asc', 'desc') then
    raise exception 'no such direction';
  end if;
  return query execute format('select * from public.notes order by id %s', direction);
end $$;
create function public.gone(relation text) returns void language plpgsql as $$
begin
  execute 'drop table ' || relation;
end $$;
drop function public.gone(text);
""",
    """
=== supabase/migrations/20240101000000_keys.sql
create function public.clean_key() returns trigger language plpgsql as $$
declare
  project int;
  label text;
begin
  project := old.project_id;
  label := old.label;
  execute 'update public.notes set keys = null where project_id = ' || project;
  execute 'update public.notes set keys = null where label = ' || label; -- <-- a text of the row
  return null;
end $$;
""",
]
