"""What a line of a checklist can be about: a line does not apply where the project has nothing of the kind."""

from collections.abc import Callable

from ..facts.clients import Client, StorageCall, Subscription
from ..facts.data import DocumentQuery, ModelAccess, Query, TableAccess
from ..facts.file import FileFact, Side
from ..facts.logs import LogCall
from ..join.databases import databases
from ..join.edge_functions import edge_functions
from ..join.endpoints import endpoints
from ..project import SERVER_SIDES, Project

Found = Callable[[Project], bool]
"""Whether a project has something of a kind."""


def _facts(*kinds: type[FileFact]) -> Found:
    return lambda project: any(project.facts(kind) for kind in kinds)


def _code(*languages: str, sides: frozenset[Side] = SERVER_SIDES) -> Found:
    def found(project: Project) -> bool:
        files = project.files.values()
        return any(file.side in sides and (not languages or file.language in languages) for file in files)

    return found


def _in_database(attribute: str) -> Found:
    """Something that the migrations leave behind, beyond what the platform brings along."""

    def found(project: Project) -> bool:
        return any(
            thing.made is not None
            for database in project.view(databases)
            for thing in getattr(database, attribute).values()
        )

    return found


def _any(*found: Found) -> Found:
    return lambda project: any(each(project) for each in found)


def _supabase(project: Project) -> bool:
    return any("supabase" in client.library for client in project.facts(Client)) or any(
        database.platform == "supabase" for database in project.view(databases)
    )


def _buckets(project: Project) -> bool:
    return any(database.buckets for database in project.view(databases))


_CODE = _code("python", "typescript", "tsx")
_TABLES = _in_database("tables")

SUBJECTS: dict[str, tuple[str, Found]] = {
    "everything": ("files", lambda project: bool(project.files)),
    "code": ("backend code", _CODE),
    "typed code": ("Python or TypeScript", _code("python", "typescript", "tsx", sides=frozenset(Side))),
    "typescript": ("TypeScript", _code("typescript", "tsx", sides=frozenset(Side))),
    "browser code": ("browser code", _code("typescript", "tsx", sides=frozenset({Side.BROWSER}))),
    "endpoints": ("endpoints", lambda project: bool(project.view(endpoints))),
    "queries": ("queries", _facts(Query, TableAccess, ModelAccess, DocumentQuery)),
    "log lines": ("log lines", _any(_facts(LogCall), _CODE)),
    "migrations": ("migrations in SQL", lambda project: bool(project.view(databases))),
    "tables": ("tables in SQL migrations", _TABLES),
    "policies": ("tables or policies in SQL migrations", _any(_TABLES, _in_database("policies"))),
    "database functions": ("database functions in SQL migrations", _in_database("functions")),
    "views": ("views in SQL migrations", _in_database("views")),
    "supabase": ("Supabase", _supabase),
    "edge functions": ("Edge Functions", lambda project: bool(project.view(edge_functions))),
    "storage": ("file storage", _any(_facts(StorageCall), _buckets)),
    "realtime": ("realtime subscriptions", _facts(Subscription)),
}
"""Each subject with its name in the plural, and how to tell whether the project has any."""
