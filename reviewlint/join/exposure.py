"""What a database's HTTP API lets strangers reach: which schemas it serves, and who holds which privilege there."""

import re
from collections.abc import Iterator

from ..facts.clients import Setting
from ..facts.schema import Database, Grants, Table
from ..finding import Subject
from ..project import Project
from .databases import databases

VISITORS = frozenset({"anon", "authenticated"})
"""The roles that a request from outside runs as; both are in `public` too."""

_SERVICE_SCHEMAS = frozenset({"storage", "graphql_public", "auth", "extensions", "realtime", "vault", "graphql"})
_SCHEMAS = re.compile(r"api\.schemas\.\d+")


def api_databases(project: Project) -> tuple[tuple[Database, frozenset[str]], ...]:
    """The databases behind Supabase's API, with the project's own schemas that it serves.

    `public` is always among them: `config.toml` describes the local stack, and the hosted one serves `public` until
    somebody turns that off.
    """
    return tuple(
        (database, frozenset({"public", *_configured(project, database)}) - _SERVICE_SCHEMAS)
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


def table_subject(table: Table) -> Subject:
    """The table as a finding's subject."""
    return Subject("table", table.name.name, table.name.schema, table=table.name.name)
