"""Compares replays with a real PostgreSQL: python -m benchmarks.replay REPOSITORY…

Every database of each repository is replayed from its migrations, and the same files are applied to an empty database
of a private server. Prints, by kind of object, how many both have and the first few that only one of them has.
Needs a PostgreSQL server's programs and psycopg.
"""

import sys
import uuid
from pathlib import Path

from reviewlint import discovery, readers
from reviewlint.facts.schema import Database
from reviewlint.join.databases import databases
from reviewlint.project import Project
from reviewlint.source import Source
from tests import catalog
from tests.postgres import server

SHOWN = 5


def project_of(root: Path) -> Project:
    """The SQL of a repository."""
    facts = []
    for path in sorted(root.rglob("*.sql")):
        relative = path.relative_to(root).as_posix()
        if "node_modules/" in relative:
            continue
        data = path.read_bytes()
        source = discovery.classify(relative, data)
        if isinstance(source, Source):
            facts.append(readers.read(source, data))
    return Project(facts)


def compare(root: Path, database: Database, dsn: str) -> bool:
    """Print the comparison of one database; whether both sides agree."""
    import psycopg

    name = "replay_" + uuid.uuid4().hex[:8]
    with psycopg.connect(f"{dsn} dbname=postgres", autocommit=True) as admin:
        admin.execute(f"create database {name}")
    with psycopg.connect(f"{dsn} dbname={name}", autocommit=True) as connection:
        if database.platform == "supabase":
            connection.execute(catalog.PLATFORM.read_bytes(), prepare=False)
        files = catalog.scripts(root, database)
        refused = catalog.apply(connection, files)
        real = catalog.normal(catalog.of_server(connection))
    replayed = catalog.normal(catalog.of_replay(database))
    problems = {
        (step.statement.at.path, step.statement.at.line) for step in database.steps if step.problem or step.missing
    }
    print(f"\n{root.name}/{database.root}: {len(files)} files, {len(refused)} statements refused by the server")
    for path, line, why in refused:
        known = "" if (path, line) in problems else "  (not foreseen)"
        print(f"    {path.rpartition('/')[2]}:{line} {why}{known}")
    agree = True
    for kind, items in real.items():
        ours = replayed[kind]
        missing, extra = items - ours, ours - items
        agree = agree and not missing and not extra
        print(f"  {kind:16} both {len(items & ours):5}  server only {len(missing):4}  replay only {len(extra):4}")
        for label, only in (("-", missing), ("+", extra)):
            for item in sorted(only, key=repr)[:SHOWN]:
                print(f"      {label} {item}")
    return agree


def main() -> int:
    """Compare every database of every repository named on the command line."""
    with server() as dsn:
        agree = [
            compare(root, database, dsn)
            for root in map(Path, sys.argv[1:])
            for database in project_of(root).view(databases)
        ]
    print(f"\n{sum(agree)} of {len(agree)} databases equal")
    return 0 if all(agree) else 1


if __name__ == "__main__":
    sys.exit(main())
