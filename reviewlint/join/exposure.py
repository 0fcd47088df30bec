"""What a database's HTTP API lets strangers reach: which schemas it serves, and who holds which privilege there."""

import re
from collections.abc import Iterator

from ..facts.clients import Setting
from ..facts.schema import Database, Function, Grants, Policy, Table, View
from ..finding import Subject
from ..project import Project
from .databases import databases

VISITORS = frozenset({"anon", "authenticated"})
"""The roles that a request from outside runs as; both are in `public` too."""

SERVICE_SCHEMAS = frozenset(
    "auth storage realtime extensions graphql graphql_public vault cron net supabase_functions supabase_migrations "
    "pgsodium pgsodium_masks pgbouncer pgmq pgtle topology tiger tiger_data pg_catalog information_schema".split()
)
"""Schemas that a platform or an extension looks after: their objects are not the project's to mend."""

_ON = frozenset({"on", "true", "yes", "1"})
_SCHEMAS = re.compile(r"api\.schemas\.\d+")


def api_databases(project: Project) -> tuple[tuple[Database, frozenset[str]], ...]:
    """The databases behind Supabase's API, with the project's own schemas that it serves.

    `public` is always among them: `config.toml` describes the local stack, and the hosted one serves `public` until
    somebody turns that off.
    """
    return tuple(
        (database, frozenset({"public", *_configured(project, database)}) - SERVICE_SCHEMAS)
        for database in project.view(databases)
        if database.platform == "supabase"
    )


def _configured(project: Project, database: Database) -> Iterator[str]:
    path = database.root.rpartition("/")[0] + "/config.toml"
    for setting in project.facts(Setting):
        if setting.at.path == path.lstrip("/") and _SCHEMAS.fullmatch(setting.name):
            yield setting.value


def holders(grants: Grants, *privileges: str) -> tuple[str, ...]:
    """The visitors that hold one of the privileges, in order; both where everybody does."""
    held = {role for role, theirs in grants.items() if theirs & set(privileges)}
    return tuple(sorted(VISITORS if "public" in held else VISITORS & held))


def is_exposed(table: Table, schemas: frozenset[str]) -> bool:
    """Whether visitors can read the table through the API, row security aside."""
    return table.name.schema in schemas and bool(holders(table.grants, "select"))


def own_tables(database: Database) -> Iterator[Table]:
    """The tables that the migrations made, by name; not those in a platform's schemas."""
    for table in database.tables.values():
        if table.made is not None and not (database.platform == "supabase" and table.name.schema in SERVICE_SCHEMAS):
            yield table


def own_policies(database: Database, *also: str) -> Iterator[tuple[Policy, Table]]:
    """The policies on tables outside of the platform's schemas, and in those named, with their tables."""
    for policy in database.policies.values():
        table = database.tables.get(policy.table)
        if table is not None and policy.table.schema not in SERVICE_SCHEMAS - {*also}:
            yield policy, table


def for_visitors(policy: Policy) -> bool:
    """Whether requests from outside are subject to the policy: it has no TO clause, or one that names a visitor."""
    return not policy.roles or bool({"public", *VISITORS} & set(policy.roles))


def table_subject(table: Table, column: str = "", role: str = "") -> Subject:
    """The table as a finding's subject."""
    return Subject("table", table.name.name, table.name.schema, table=table.name.name, column=column, role=role)


def policy_subject(policy: Policy) -> Subject:
    """The policy as a finding's subject."""
    return Subject("policy", policy.name, policy.table.schema, table=policy.table.name, policy=policy.name)


def reads_as_caller(view: View) -> bool:
    """Whether a view reads with its caller's rights, so that privileges and row security below it hold."""
    return not view.materialized and (view.options.get("security_invoker") or "off").lower() in _ON


def view_subject(view: View) -> Subject:
    """The view as a finding's subject."""
    return Subject("materialized view" if view.materialized else "view", view.name.name, view.name.schema)


def function_subject(function: Function, role: str = "") -> Subject:
    """The function as a finding's subject."""
    signature = f"{function.name.name}({', '.join(function.signature)})"
    return Subject(function.kind, function.name.name, function.name.schema, signature=signature, role=role)
