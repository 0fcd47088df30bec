"""A function does not fix its search path: whoever calls it decides which objects its names mean.

An unqualified name in a function is looked up when it runs, in the caller's search path. A caller who can create
objects in a schema that comes first makes the function use theirs; in a SECURITY DEFINER function that means with the
owner's rights.
"""

import re
from collections.abc import Iterator

from ...facts.location import Location
from ...facts.schema import Database, Function
from ...facts.sql import ColumnDef, Name
from ...finding import Amendment, Confidence, Edit, Finding, Fix, Severity
from ...join.databases import databases
from ...join.exposure import SERVICE_SCHEMAS, api_databases, function_subject
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="high",
    since="0.1.0",
    languages=("sql",),
    asked_by="F A",
    limits="In databases without an API only SECURITY DEFINER functions are judged.",
)


_FROM_EXTENSIONS = re.compile(
    r"uuid_generate_|gen_random_bytes|gen_salt|crypt$|digest|hmac|encrypt|decrypt|pgp_|similarity|word_similarity|"
    r"unaccent|levenshtein|st_|http|net_|cron_|cosine_|l2_|inner_product|embedding|show_trgm|hstore|earth|ll_to_earth"
)
_TYPES_OF_EXTENSIONS = re.compile(r"(?:^|\.)(?:vector|halfvec|sparsevec|citext|hstore|ltree|cube|geometry|geography)\b")
"""Types whose operators (`<=>`, `&&`, and `=` of citext) stand in the extension's schema, and cannot be told by sight."""
_OF_TRIGRAMS = re.compile(r"%|<->")
_WORD = re.compile(r"(?<![\w.])[a-z_]\w*(?!\s*\.)")


def check(project: Project) -> Iterator[Finding]:
    """Every function without `set search_path`."""
    served = {database.root for database, _ in project.view(api_databases)}
    for database in project.view(databases):
        for function in database.functions.values():
            if function.made is None or function.defined is None or function.name.schema in SERVICE_SCHEMAS:
                continue
            if "search_path" not in function.settings and (function.definer or database.root in served):
                yield _finding(database, function)


def _finding(database: Database, function: Function) -> Finding:
    assert function.defined is not None
    if function.kind == "aggregate":
        return _note(function, function.defined)
    today = "public, extensions, pg_temp" if database.platform == "supabase" else "public, pg_temp"
    path = "''" if _qualified(database, function) else today
    signature = f"{function.name.quoted}({', '.join(function.signature)})"
    remedy = f"alter {function.kind} {signature} set search_path = {path};"
    end = function.defined.end
    rights = " and runs with its owner's rights" if function.definer else ""
    return Finding(
        function.defined,
        f"{function.kind} {function.identity} has no `set search_path`{rights}: the caller's path decides what its "
        "names mean.",
        remedy,
        subject=function_subject(function),
        slots={"function": str(function.name)},
        amendment=Amendment(True, remedy),
        fix=Fix(True, (Edit(end, f";\n\n{remedy.removesuffix(';')}"),)) if function.made == function.defined else None,
        severity=Severity.ERROR if function.definer else None,
    )


def _note(function: Function, defined: Location) -> Finding:
    """PostgreSQL has no way to pin the path of an aggregate: what counts are the functions that it is made of."""
    return Finding(
        defined,
        f"aggregate {function.identity} has no `set search_path`, which aggregates cannot have: its functions should.",
        "-- pin the path of its state and final function",
        subject=function_subject(function),
        slots={"function": str(function.name)},
        severity=Severity.NOTE,
        confidence=Confidence.LOW,
    )


def _qualified(database: Database, function: Function) -> bool:
    """Whether the body names everything of the project's and of extensions with its schema.

    Then an empty path changes nothing: what is built in is always found.
    """
    if function.body is None or not all(name.schema for name in function.body.relations):
        return False
    own = {name.name for name, _ in database.functions}
    called = {name.name for name in function.body.calls if not name.schema}
    if called & own or any(_FROM_EXTENSIONS.match(name) for name in called):
        return False
    held = [column.type for name in function.body.relations for column in _columns(database, name)]
    if any(map(_TYPES_OF_EXTENSIONS.search, (*function.signature, *held, *_WORD.findall(function.body.text)))):
        return False
    if "pg_trgm" in database.extensions and _OF_TRIGRAMS.search(function.body.text):
        return False
    words = set(_WORD.findall(function.body.text))
    return not words & {name.name for name in (*database.types, *database.tables)}


def _columns(database: Database, name: Name) -> tuple[ColumnDef, ...]:
    table = database.tables.get(name)
    return table.columns if table is not None else ()


REMARK = (
    "What `{function}` means depends on who calls it. Pin the path; "
    "then the names in its body are yours and not the caller's."
)

EXAMPLES = [
    """
=== supabase/migrations/20240101000000_functions.sql
create function public.total() returns bigint language sql -- <-- the caller's path
  as $$ select count(*) from public.notes $$;
create function public.promote(who uuid) returns void language plpgsql security definer as $$ -- <-- with the owner's rights
begin
  update profiles set role = 'admin' where id = who;
end $$;
=== fixed supabase/migrations/20240101000000_functions.sql
create function public.total() returns bigint language sql
  as $$ select count(*) from public.notes $$;

alter function public.total() set search_path = '';
create function public.promote(who uuid) returns void language plpgsql security definer as $$
begin
  update profiles set role = 'admin' where id = who;
end $$;

alter function public.promote(uuid) set search_path = public, extensions, pg_temp;
""",
    """
=== supabase/migrations/20240101000000_functions.sql
create function public.total() returns bigint language sql set search_path = '' as $$ select 1 $$;
create function public.late() returns bigint language sql as $$ select 1 $$;
alter function public.late() set search_path to 'public';
=== migrations/0001_plain.sql
create function touch() returns trigger language plpgsql as $$ begin return new; end $$;
""",
    """
=== supabase/migrations/20240101000000_search.sql
create extension vector with schema extensions;
create table public.pages (id bigint primary key, embedding extensions.vector(3));
create function public.nearest(wanted extensions.vector) returns setof public.pages language sql -- <-- its operator is the extension's
  as $$ select * from public.pages order by pages.embedding <=> wanted limit 5 $$;
create function public.pages_there() returns bigint language sql as $$ -- <-- nothing says which columns it reads
  select count(*) from public.pages $$;
=== fixed supabase/migrations/20240101000000_search.sql
create extension vector with schema extensions;
create table public.pages (id bigint primary key, embedding extensions.vector(3));
create function public.nearest(wanted extensions.vector) returns setof public.pages language sql
  as $$ select * from public.pages order by pages.embedding <=> wanted limit 5 $$;

alter function public.nearest(extensions.vector) set search_path = public, extensions, pg_temp;
create function public.pages_there() returns bigint language sql as $$
  select count(*) from public.pages $$;

alter function public.pages_there() set search_path = public, extensions, pg_temp;
""",
    """
=== supabase/migrations/20240101000000_paths.sql
alter function public.greet() set search_path = '';
=== supabase/migrations/greeting.sql
create function public.greet() returns text language sql as $$ select 'hello' $$;
create function public.greet(who text) returns text language sql as $$ select who $$; -- <-- another one
""",
    """
=== supabase/migrations/20240101000000_total.sql
create function public.total() returns bigint language sql set search_path = '' as $$ select 2 $$;
create function public.sum() returns bigint language sql as $$ select 2 $$; -- <-- what is skipped does not set it
=== supabase/migrations/total.sql
drop function if exists public.total();
create function public.total() returns bigint language sql as $$ select 1 $$;
create or replace function public.sum() returns bigint language sql set search_path = '' as $$ select 1 $$;
create function public.other() returns bigint language sql as $$ select 1 $$; -- <-- which is there all the same
""",
]
