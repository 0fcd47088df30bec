"""`reviewlint schema`: the database that the migrations leave behind."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..console import write
from ..failure import Failure

if TYPE_CHECKING:
    from ..facts.schema import Database


@click.command()
@click.argument("path", required=False, default=".")
@click.option("--sql", "as_statements", is_flag=True, help="Print statements that make it anew.")
@click.option("--at", metavar="FILE", help="Stop after this migration.")
def command(*, path: str, as_statements: bool, at: str | None) -> int:
    """Show the databases that the migrations in PATH make: tables, row security, policies, indexes, views, functions.

    Nothing is run: the migrations are replayed from their text, in the order in which their tool applies them.
    """
    from ..join.outline import as_sql, outline
    from ..printable import guarded, printable_lines

    databases = list(_databases(Path(path), at))
    if not databases:
        raise Failure(f"there are no migrations in {path}" if at is None else f"{at} is no migration of this project")
    texts = [as_sql(database) if as_statements else outline(database) for database in databases]
    if as_statements:
        texts = [f"-- {database.root}\n\n{text}" for database, text in zip(databases, texts, strict=True)]
    write(guarded("\n".join(printable_lines("\n".join(texts))) + "\n"))
    return 0


def _databases(path: Path, at: str | None) -> "Iterable[Database]":
    from .. import discovery, reading
    from ..join.databases import database_at, databases
    from ..project import Project

    asked = Path(at) if at is not None else path
    if not asked.exists():
        raise Failure(f"there is no file or folder {asked}")
    root = discovery.find_root(asked)
    found = discovery.discover(root, [asked])
    sources = [source for source in found.sources if source.language == "sql"]
    facts, _, faults = reading.read_all(root, sources)
    if faults:
        raise Failure(f"internal error in {faults[0].where}: {faults[0].message}")
    project = Project(facts, sources=sources)
    if at is not None:
        database = database_at(project, discovery.relative(root, asked))
        return [database] if database else []
    below = discovery.relative(root, path)
    return [one for one in project.view(databases) if not below or f"{one.root}/".startswith(f"{below.rstrip('/')}/")]
