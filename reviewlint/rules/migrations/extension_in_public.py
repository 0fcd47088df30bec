"""An extension is installed in the `public` schema.

Its functions and types stand among the project's own: they become endpoints of the API, collide with the project's
names, and are in every search path. Supabase keeps extensions in the schema `extensions`.
"""

from collections.abc import Iterator

from ...facts import sql
from ...finding import Amendment, Finding, Subject
from ...join.exposure import api_databases
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="high",
    since="0.1.0",
    languages=("sql",),
    asked_by="F",
    limits="Only Supabase projects are judged.",
)

_OWN_SCHEMA = frozenset(
    {"plpgsql", "pg_cron", "pg_net", "pgsodium", "supabase_vault", "pg_graphql", "pgmq", "pg_tle", "pgjwt"}
)
"""Extensions that choose their schema themselves, whatever the search path is."""


def check(project: Project) -> Iterator[Finding]:
    """Every extension that ends up in `public`."""
    for database, _ in project.view(api_databases):
        for extension in database.extensions.values():
            if extension.made is None or extension.schema != "public" or extension.name in _OWN_SCHEMA:
                continue
            name = sql.quoted(extension.name)
            yield Finding(
                extension.made,
                f"extension {extension.name} is installed in public, which the API serves.",
                f"create extension if not exists {name} schema extensions;\n"
                f"-- where it is installed already: alter extension {name} set schema extensions;",
                subject=Subject("extension", extension.name, extension.schema),
                slots={"extension": extension.name},
                amendment=Amendment(False, f"alter extension {name} set schema extensions;"),
            )


REMARK = (
    "The functions of `{extension}` land in `public`, and what is in `public` is served. Give them the schema "
    "that is made for extensions."
)

EXAMPLES = [
    """
=== supabase/migrations/20240101000000_extensions.sql
create extension if not exists hstore; -- <-- lands in public
create extension unaccent schema public; -- <-- told to
create extension if not exists pg_trgm; -- <-- no new project has it
create extension if not exists ltree with schema extensions;
""",
    """
=== supabase/migrations/20240101000000_extensions.sql
create extension if not exists pgcrypto;
create extension if not exists "pg_stat_statements";
create extension hstore;
create extension if not exists pg_cron;
=== supabase/migrations/20240102000000_move.sql
alter extension hstore set schema extensions;
=== migrations/0001_plain.sql
create extension citext;
""",
]
