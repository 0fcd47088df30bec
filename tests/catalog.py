"""A database in comparable form, from two sides: a real server's `pg_catalog`, and a replay."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from reviewlint.facts.schema import Database, Grants
from reviewlint.readers.sql import lexer

Comparable = dict[str, set[tuple[Any, ...]]]
"""What is compared, by kind; each object as a tuple of its name and what is true of it."""

PLATFORM = Path(__file__).with_name("supabase.sql")

_OWN = """
  n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  and not exists (select from pg_depend d where d.objid = {0}.oid and d.classid = '{1}'::regclass and d.deptype = 'e')
"""
_QUERIES = {
    "tables": f"""
        select n.nspname, c.relname, c.relrowsecurity, c.relforcerowsecurity
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p', 'f') and {_OWN.format("c", "pg_class")}""",
    "columns": f"""
        select n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull
        from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p', 'f') and a.attnum > 0 and not a.attisdropped
          and {_OWN.format("c", "pg_class")}""",
    "policies": """
        select schemaname, tablename, policyname, lower(cmd), permissive = 'PERMISSIVE',
               array_to_string(array(select unnest(roles) order by 1), ','), qual is not null, with_check is not null
        from pg_policies""",
    "indexes": f"""
        select n.nspname, i.relname, c.relname, x.indisunique, x.indpred is not null,
               (select string_agg(coalesce(a.attname, ''), ',' order by k.n)
                from unnest(x.indkey[0:x.indnkeyatts - 1]) with ordinality k (attnum, n)
                left join pg_attribute a on a.attrelid = x.indrelid and a.attnum = k.attnum and k.attnum > 0)
        from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class c on c.oid = x.indrelid
        join pg_namespace n on n.oid = i.relnamespace where {_OWN.format("c", "pg_class")}""",
    "constraints": f"""
        select n.nspname, c.relname, o.conname, o.contype,
               case when o.contype <> 'c' then
                 (select string_agg(a.attname, ',' order by k.n) from unnest(o.conkey) with ordinality k (attnum, n)
                  join pg_attribute a on a.attrelid = o.conrelid and a.attnum = k.attnum) end,
               case when o.confrelid <> 0 then
                 (select fn.nspname || '.' || f.relname from pg_class f join pg_namespace fn on fn.oid = f.relnamespace
                  where f.oid = o.confrelid) end
        from pg_constraint o join pg_class c on c.oid = o.conrelid join pg_namespace n on n.oid = c.relnamespace
        where o.contype in ('p', 'u', 'f', 'c') and {_OWN.format("c", "pg_class")}""",
    "views": f"""
        select n.nspname, c.relname, c.relkind = 'm', coalesce(array_to_string(c.reloptions, ','), ''),
               (select string_agg(a.attname, ',' order by a.attnum) from pg_attribute a
                where a.attrelid = c.oid and a.attnum > 0)
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('v', 'm') and {_OWN.format("c", "pg_class")}""",
    "functions": f"""
        select n.nspname, p.proname,
               (select coalesce(string_agg(format_type(t.type, null), ',' order by t.n), '')
                from unnest(p.proargtypes) with ordinality t (type, n)),
               l.lanname, p.prosecdef, p.provolatile, coalesce(array_to_string(p.proconfig, ';'), '')
        from pg_proc p join pg_namespace n on n.oid = p.pronamespace join pg_language l on l.oid = p.prolang
        where p.prokind <> 'a' and {_OWN.format("p", "pg_proc")}""",
    "triggers": f"""
        select n.nspname, c.relname, t.tgname, fn.nspname || '.' || f.proname
        from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
        join pg_proc f on f.oid = t.tgfoid join pg_namespace fn on fn.oid = f.pronamespace
        where not t.tgisinternal and t.tgparentid = 0 and {_OWN.format("c", "pg_class")}""",
    "event triggers": """
        select evtname, evtevent, fn.nspname || '.' || f.proname, evtenabled <> 'D', array_to_string(evttags, ',')
        from pg_event_trigger e join pg_proc f on f.oid = e.evtfoid join pg_namespace fn on fn.oid = f.pronamespace""",
    "enums": f"""
        select n.nspname, t.typname, (select string_agg(e.enumlabel, ',' order by e.enumsortorder) from pg_enum e
                                      where e.enumtypid = t.oid)
        from pg_type t join pg_namespace n on n.oid = t.typnamespace
        where t.typtype = 'e' and {_OWN.format("t", "pg_type")}""",
    "grants": f"""
        select n.nspname, c.relname, coalesce(r.rolname, 'public'), lower(g.privilege_type)
        from pg_class c join pg_namespace n on n.oid = c.relnamespace, aclexplode(c.relacl) g
        left join pg_roles r on r.oid = g.grantee
        where c.relkind in ('r', 'p', 'f', 'v', 'm') and g.grantee <> c.relowner and {_OWN.format("c", "pg_class")}""",
    "function grants": f"""
        select n.nspname, p.proname,
               (select coalesce(string_agg(format_type(t.type, null), ',' order by t.n), '')
                from unnest(p.proargtypes) with ordinality t (type, n)), coalesce(r.rolname, 'public')
        from pg_proc p join pg_namespace n on n.oid = p.pronamespace,
             aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) g left join pg_roles r on r.oid = g.grantee
        where p.prokind <> 'a' and g.grantee <> p.proowner and {_OWN.format("p", "pg_proc")}""",
    "publications": "select pubname, schemaname, tablename from pg_publication_tables",
}
_KINDS = {"primary key": "p", "unique": "u", "foreign key": "f", "check": "c"}


def of_server(connection: Any) -> Comparable:
    """What a server says is there."""
    connection.execute("set search_path = ''")
    return {kind: set(connection.execute(text).fetchall()) for kind, text in _QUERIES.items()}


def apply(connection: Any, files: Iterable[tuple[str, str]]) -> list[tuple[str, int, str]]:
    """Apply migrations (path, text) statement by statement, as their tool would; path, line and why of the refused."""
    import psycopg

    refused = []
    for path, text in files:
        connection.execute("reset all")
        connection.execute("set search_path = public, extensions")
        for piece in lexer.pieces(text):
            source = text[piece.start : piece.end]
            if piece.kind != "statement" or re.match(r"(?:create|drop)\s+(?:database|tablespace)\b", source, re.I):
                continue
            source = re.sub(r"\bconcurrently\b", "", source, flags=re.I)
            try:
                connection.execute(source.encode(), prepare=False)
            except psycopg.Error as error:
                refused.append((path, text.count("\n", 0, piece.start) + 1, str(error).splitlines()[0]))
                if connection.info.transaction_status == psycopg.pq.TransactionStatus.INERROR:
                    connection.execute("rollback")
    return refused


def scripts(root: Path, database: Database) -> list[tuple[str, str]]:
    """The migrations of a database in order, with what undoes them left out: path and text."""
    found = []
    for path in database.files:
        text = (root / path).read_text("utf-8", "replace")
        found.append((path, re.split(r"^--\s*migrate:down", text, flags=re.M)[0]))
    return found


def _type(text: str) -> str:
    return re.sub(r'\b(?:public|extensions)\.|"', "", text)


def _grants(grants: Grants) -> Iterator[tuple[str, str]]:
    return ((role, privilege) for role, held in grants.items() for privilege in held if role != "postgres")


def of_replay(database: Database) -> Comparable:
    """What a replay says is there."""
    tables = [table for table in database.tables.values() if table.seen]
    functions = [one for one in database.functions.values() if one.kind != "aggregate"]
    return {
        "tables": {(*_name(table.name), table.rls, table.forced) for table in tables},
        "columns": {
            (*_name(table.name), column.name, column.type, column.not_null)
            for table in tables
            for column in table.columns
        },
        "policies": {
            (
                *_name(policy.table),
                policy.name,
                policy.command,
                policy.permissive,
                ",".join(sorted(policy.roles or ("public",))),
                policy.using is not None,
                policy.check is not None,
            )
            for policy in database.policies.values()
        },
        "indexes": {
            (
                *_name(index.name),
                index.table.name,
                index.unique,
                index.where is not None,
                ",".join(element.column for element in index.elements),
            )
            for index in database.indexes.values()
        },
        "constraints": {
            (
                *_name(table.name),
                constraint.name,
                _KINDS[constraint.kind],
                None if constraint.kind == "check" else ",".join(constraint.columns),
                str(constraint.references) if constraint.references else None,
            )
            for table in tables
            for constraint in table.constraints
            if constraint.kind in _KINDS
        },
        "views": {
            (
                *_name(view.name),
                view.materialized,
                ",".join(f"{key}={value}" for key, value in view.options.items()),
                ",".join(view.columns),
            )
            for view in database.views.values()
        },
        "functions": {
            (
                *_name(function.name),
                ",".join(function.signature),
                function.language,
                function.definer,
                function.volatility[0],
                ";".join(f'{key}={value or chr(34) * 2}' for key, value in function.settings.items()),
            )
            for function in functions
        },
        "triggers": {(*_name(one.table), one.name, str(one.function)) for one in database.triggers.values()},
        "event triggers": {
            (one.name, one.event, str(one.function), one.enabled, ",".join(one.tags) or None)
            for one in database.event_triggers.values()
        },
        "enums": {(*_name(one.name), ",".join(one.values)) for one in database.types.values() if one.kind == "enum"},
        "grants": {
            (*_name(holder.name), *grant)
            for holder in [*tables, *database.views.values()]
            for grant in _grants(holder.grants)
        },
        "function grants": {
            (*_name(function.name), ",".join(function.signature), role)
            for function in functions
            for role, _ in _grants(function.grants)
        },
        "publications": {
            (publication.name, *_name(table))
            for publication in database.publications.values()
            for table in (database.tables if publication.all_tables else publication.tables)
        },
    }  # fmt: skip


def _name(name: Any) -> tuple[str, str]:
    return name.schema, name.name


def normal(side: Comparable) -> Comparable:
    """The same without the ways of writing in which both sides may differ."""
    return {
        kind: {tuple(_type(part) if isinstance(part, str) else part for part in item) for item in items}
        for kind, items in side.items()
    }
