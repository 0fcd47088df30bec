"""Strangers may call a SECURITY DEFINER function through the API, and it does not ask who they are.

Every function in a served schema is an endpoint (`/rest/v1/rpc/…`), and PostgreSQL lets everybody execute new
functions. SECURITY DEFINER means that it runs with the owner's rights, past row security. Such a function has to
check the caller itself, or must not be callable.

What a function asks is known where all is known that it calls. With `--strict` there are notes for a function that a
policy calls, which visitors must be able to execute for the policy to work, for a trigger function, which the API cannot
call, and for one that asks for the caller, itself or by what it calls, which does not say that it refuses anybody:
Supabase's linter lists them as well.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ...facts import sql
from ...facts.data import TableAccess
from ...facts.file import Side
from ...facts.location import Location, Related
from ...facts.schema import Database, Function, Table
from ...facts.sql import Name
from ...finding import Amendment, Confidence, Finding, Severity
from ...join.claims import asks_caller
from ...join.clients import Key, client_behind
from ...join.exposure import SERVICE_SCHEMAS, api_databases, function_subject, holders
from ...join.truth import always_true
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="error",
    confidence="medium",
    since="0.1.0",
    languages=("sql",),
    asked_by="F A",
    security="8.1",
    strictly="functions that were taken from everybody and given to these roles by name, which are mostly meant for them; "
    "functions that ask who is calling, or call what the migrations do not show; functions that a policy calls; trigger "
    "functions, which the API cannot call; functions that only read what these roles may read anyway, or nothing but "
    "their arguments.",
    limits="Whether the check of the caller is a good one is not judged.",
)

_DEEPEST = 4
_SHOWN = 3
"""As many calls of a function are named."""
_DOES = re.compile(r"\b(?:insert|update|delete|merge|truncate|perform|call|execute)\b", re.IGNORECASE)
"""Words of statements that do more than read."""
_REACHES = re.compile(r"pg_|https?_|dblink|lo_|set_config|nextval|setval|(?:query|table|cursor|schema)_to_xml")
"""Functions of PostgreSQL, and of extensions in the path, that reach more than their arguments."""


def check(project: Project) -> Iterator[Finding]:
    """Every SECURITY DEFINER function in a served schema that visitors may execute."""
    calls = project.view(_called)
    for database, served in project.view(api_databases):
        history = _History.of(database)
        for function in database.functions.values():
            if function.made is None or not function.definer or function.name.schema not in served:
                continue
            roles = holders(function.grants, "execute")
            if roles:
                yield _finding(database, function, roles, history, calls.get(function.name.name, ()))


def _called(project: Project) -> Mapping[str, tuple[Location, ...]]:
    """The view: where code calls functions through the API, by their names; the service role needs nobody's privilege."""
    found: dict[str, list[Location]] = defaultdict(list)
    for access in project.facts(TableAccess):
        if access.operation == "rpc" and access.relation and project.side(access.at.path) is not Side.TEST:
            client = client_behind(project, access)
            if client is None or client.key is not Key.SERVICE:
                found[access.relation].append(access.at)
    return {name: tuple(several) for name, several in found.items()}


@dataclass(frozen=True)
class _History:
    """What a history says of functions: their grants, which names it makes, and which ones policies call."""

    grants: tuple[sql.Grant, ...]
    made: frozenset[str]
    asked: frozenset[Name]

    @classmethod
    def of(cls, database: Database) -> "_History":
        actions = [one.action for one in database.steps]
        return cls(
            tuple(one for one in actions if isinstance(one, sql.Grant)),
            frozenset(one.name.name for one in actions if isinstance(one, sql.CreateFunction)),
            frozenset(name for one in database.policies.values() for name in one.functions),
        )


def _finding(
    database: Database, function: Function, roles: tuple[str, ...], history: _History, calls: tuple[Location, ...]
) -> Finding:
    assert function.defined is not None
    who = " and ".join(roles)
    severity, confidence = None, None
    asks = asks_caller(database, function)
    calls = () if asks else calls
    if function.returns in {"trigger", "event_trigger"}:
        severity, confidence = Severity.NOTE, Confidence.LOW
        why = "it is a trigger function, which the API cannot call, but the privilege is not needed either"
    elif asks:
        severity, confidence = Severity.NOTE, Confidence.LOW
        why = "it asks who is calling, itself or by what it calls; see that it refuses whom it should"
    elif function.name in history.asked:
        severity, confidence = Severity.NOTE, Confidence.LOW
        why = "a policy asks it, so they have to; in a schema that the API does not serve it would be no endpoint"
    else:
        why = "it runs with its owner's rights and does not ask who is calling"
        severity = None if "anon" in roles else Severity.WARNING
    revoke = f"revoke execute on {function.kind} {function.name.quoted}({', '.join(function.signature)}) from public, {', '.join(roles)};"
    return Finding(
        function.defined,
        f"{who} may call the SECURITY DEFINER {function.kind} {function.identity} through the API: {why}.",
        _checked_first(calls[0], revoke) if calls else revoke,
        tuple(Related(at, "code calls it here") for at in calls[:_SHOWN]),
        subject=function_subject(function, ", ".join(roles)),
        slots={"function": str(function.name), "roles": who},
        amendment=Amendment(False, revoke),
        severity=severity,
        confidence=confidence,
        strict=asks
        or function.name in history.asked
        or _calls_unknown(database, function, history.made)
        or function.returns.endswith("trigger")
        or _is_meant(function, roles, history.grants)
        or _is_of_its_arguments(database, function)
        or _tells_nothing_new(database, function, roles),
    )


def _checked_first(call: Location, revoke: str) -> str:
    """What to do about a function that code calls: without the privilege, whoever calls it for a user is refused."""
    return (
        f"-- {call.path} calls it: have its body ask first who is calling, and refuse whom it should, as by\n"
        "if auth.uid() is distinct from … then raise exception 'not allowed' using errcode = '42501'; end if;\n"
        f"-- and where only the service role calls it:\n{revoke}"
    )


def _calls_unknown(database: Database, function: Function, made: frozenset[str]) -> bool:
    """Whether a function calls one of the project's that the migrations leave out or lose on the way: it may ask."""
    for name in function.body.calls if function.body else ():
        schema = name.schema or function.name.schema
        known = schema in SERVICE_SCHEMAS or bool(database.functions_called(Name(schema, name.name)))
        if not known and (name.schema or name.name in made):
            return True
    return False


def _is_meant(function: Function, roles: tuple[str, ...], grants: tuple[sql.Grant, ...]) -> bool:
    """Whether the privilege was taken from everybody, and given to each of the roles by name: for all to call."""
    taken, given = False, set[str]()
    for grant in grants:
        if any(one.name.name == function.name.name for one in grant.objects):
            taken |= not grant.granted and "public" in grant.roles
            given.update(grant.roles if grant.granted and taken else ())
    return given.issuperset(roles)


def _is_of_its_arguments(database: Database, function: Function, depth: int = 0) -> bool:
    """Whether a function, with all that it calls, reads no table and does nothing: whoever calls it learns nothing."""
    body = function.body
    if body is None or body.relations or body.dynamic or body.statements or _DOES.search(body.text):
        return False
    if function.language not in ("sql", "plpgsql") or depth > _DEEPEST:
        return False
    for name in body.calls:
        own = database.functions_called(name if name.schema else Name(function.name.schema, name.name))
        if not own and (name.schema not in ("", "pg_catalog") or _REACHES.match(name.name)):
            return False
        if not all(_is_of_its_arguments(database, one, depth + 1) for one in own if one is not function):
            return False
    return True


def _tells_nothing_new(database: Database, function: Function, roles: tuple[str, ...]) -> bool:
    """Whether a function only reads tables of which each of the roles may read every row without it."""
    body = function.body
    if body is None or not body.relations or body.dynamic or _DOES.search(body.text):
        return False
    if any(database.functions_called(one if one.schema else Name("public", one.name)) for one in body.calls):
        return False
    tables = [database.tables.get(one if one.schema else Name("public", one.name)) for one in body.relations]
    return all(table is not None and _is_open(database, table, roles) for table in tables)


def _is_open(database: Database, table: Table, roles: tuple[str, ...]) -> bool:
    if not set(roles) <= set(holders(table.grants, "select")):
        return False
    policies = [one for one in database.policies_of(table.name) if one.command in ("select", "all")]
    everything = [one for one in policies if one.permissive and one.using and always_true(one.using.tree)]
    shown_to = {role for one in everything for role in one.roles or ("public",)}
    restricted = any(not one.permissive for one in policies)
    return not table.rls or (not restricted and ("public" in shown_to or shown_to.issuperset(roles)))


REMARK = (
    "`{function}` is an endpoint with the owner's rights, open to {roles}. "
    "Check `auth.uid()` before it does anything, or take the privilege away."
)

EXAMPLES = [
    """
=== supabase/migrations/20240101000000_functions.sql
create function public.delete_account(who uuid) returns void -- <-- anybody deletes anybody
  language sql security definer set search_path = ''
  as $$ delete from auth.users where id = who $$;
""",
    """
=== supabase/migrations/20240101000000_functions.sql
create function public.cleanup() returns void language sql security definer set search_path = ''
  as $$ delete from public.jobs where done $$;
revoke execute on function public.cleanup() from public, anon, authenticated;
create schema private;
create function private.helper() returns void language sql security definer set search_path = '' as $$ select 1 $$;
create function public.invoker() returns int language sql set search_path = '' as $$ select 1 $$;
""",
    """
=== supabase/migrations/20240101000000_functions.sql
create table public.albums (id uuid primary key, public boolean);
alter table public.albums enable row level security;
create function public.is_public(album uuid) returns boolean -- <-- strict: a note: the policy below asks it
  language sql security definer set search_path = ''
  as $$ select exists (select 1 from public.albums where id = album and public) $$;
create policy "public pictures" on storage.objects for select using (public.is_public(name::uuid));
""",
    """
=== supabase/migrations/20240101000000_search.sql
create table public.tags (id uuid primary key, name text);
create function public.found(query text) returns setof public.tags -- <-- strict: for all to call
  language sql security definer set search_path = ''
  as $$ select * from public.tags where name = query $$;
revoke all on function public.found(text) from public;
grant execute on function public.found(text) to anon, authenticated;
create function public.mine() returns setof public.tags -- <-- strict: it asks
  language sql security definer set search_path = ''
  as $$ select * from public.tags where id = (select auth.uid()) $$;
revoke all on function public.mine() from public, anon;
grant execute on function public.mine() to authenticated;
create function public.swept() returns void -- <-- only its own roles keep it: Supabase grants to these two by default
  language sql security definer set search_path = ''
  as $$ delete from public.tags $$;
revoke all on function public.swept() from public;
grant execute on function public.swept() to service_role;
""",
    """
=== supabase/migrations/20240101000000_functions.sql
create function public.is_me(who uuid) returns boolean -- <-- strict: it asks
  language sql security definer set search_path = ''
  as $$ select who = auth.uid() $$;
create function public.noted() returns trigger -- <-- strict: a note: nobody calls it, and nobody has to be able to
  language plpgsql security definer set search_path = ''
  as $$ begin new.by := auth.uid(); return new; end $$;
""",
    """
=== supabase/migrations/20240101000000_functions.sql
create function public.forget(who uuid) returns void -- <-- here, whatever is set for it later
  language sql security definer
  as $$ delete from auth.users where id = who $$;
=== supabase/migrations/20240102000000_paths.sql
alter function public.forget(uuid) set search_path = '';
""",
    """
=== supabase/migrations/20240101000000_ranks.sql
create function public.rank(role text) returns int -- <-- strict: of its argument alone
  language sql immutable security definer set search_path = ''
  as $$ select case role when 'admin' then 2 else 1 end $$;
create function public.outranks(a text, b text) returns boolean -- <-- strict: the same
  language plpgsql security definer set search_path = ''
  as $$ begin return public.rank(a) > public.rank(lower(b)); end $$;
create function public.pay(who uuid) returns void -- <-- strict: of may_pay nothing is known but its name
  language plpgsql security definer set search_path = ''
  as $$ begin if not app.may_pay() then raise 'no'; end if; delete from public.bills; end $$;
create function public.called(url text) returns bigint -- <-- asks the world
  language sql security definer set search_path = ''
  as $$ select net.http_get(url) $$;
create function public.next() returns bigint -- <-- counts
  language sql security definer set search_path = ''
  as $$ select nextval('public.numbers') $$;
""",
    """
=== supabase/migrations/20240101000000_plans.sql
create table public.plans (id uuid primary key, price int);
alter table public.plans enable row level security;
create policy "for all to see" on public.plans for select to anon, authenticated using (true);
create table public.orders (id uuid primary key, plan uuid);
alter table public.orders enable row level security;
create function public.cheapest() returns uuid -- <-- strict: the price list is public
  language sql security definer set search_path = ''
  as $$ select id from public.plans order by price limit 1 $$;
create function public.sold(of uuid) returns bigint -- <-- orders are not
  language sql security definer set search_path = ''
  as $$ select count(*) from public.plans join public.orders on orders.plan = plans.id where plans.id = of $$;
create function public.raise_prices() returns void -- <-- and this writes
  language sql security definer set search_path = ''
  as $$ update public.plans set price = price + 1 where true $$;
""",
]
