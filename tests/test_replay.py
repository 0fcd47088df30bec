"""The replay against a real PostgreSQL: after the same migrations both have the same database."""

from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from reviewlint import discovery, readers
from reviewlint.facts.file import FileFacts
from reviewlint.facts.schema import Database
from reviewlint.facts.sql import Do, Name
from reviewlint.join.databases import Begun, databases, left_by_files
from reviewlint.project import Project
from reviewlint.shelf import batch, batches
from reviewlint.source import Source
from tests import catalog, postgres

FIXTURES = Path(__file__).parent / "fixtures"
ROOTS = [
    FIXTURES / "databases" / "club",
    FIXTURES / "databases" / "ledger",
    FIXTURES / "databases" / "blocks",
    FIXTURES / "databases" / "watched",
    FIXTURES / "projects" / "shop",
]


@pytest.fixture(scope="module")
def dsn() -> Iterator[str]:
    if postgres.binaries() is None:
        pytest.skip("no PostgreSQL server is installed (Debian: apt-get install postgresql)")
    pytest.importorskip("psycopg", reason="psycopg is not installed (pip install psycopg[binary])")
    with postgres.server() as running:
        yield running


def replayed(root: Path) -> Database:
    (database,) = project(root).view(databases)
    return database


def project(root: Path) -> Project:
    return Project(read(root))


def read(root: Path) -> list[FileFacts]:
    facts = []
    for path in sorted(root.rglob("*.sql")):
        name, data = path.relative_to(root).as_posix(), path.read_bytes()
        source = discovery.classify(name, data)
        assert isinstance(source, Source)
        facts.append(readers.read(source, data))
    return facts


def memory(**files: str) -> Database:
    """The database of Supabase migrations given as texts, in the order of their names."""
    facts = []
    for name, text in files.items():
        source = discovery.classify(f"supabase/migrations/{name}.sql", text.encode())
        assert isinstance(source, Source)
        facts.append(readers.read(source, text.encode()))
    (database,) = Project(facts).view(databases)
    return database


@pytest.mark.parametrize("root", ROOTS, ids=lambda root: root.name)
def test_replay_equals_postgresql(root: Path, dsn: str) -> None:
    import psycopg

    database = replayed(root)
    name = f"replay_{root.name}"
    with psycopg.connect(f"{dsn} dbname=postgres", autocommit=True) as admin:
        admin.execute(f"create database {name}")
    with psycopg.connect(f"{dsn} dbname={name}", autocommit=True) as connection:
        if database.platform == "supabase":
            connection.execute(catalog.PLATFORM.read_bytes(), prepare=False)
        refused = catalog.apply(connection, catalog.scripts(root, database))
        real = catalog.normal(catalog.of_server(connection))
    ours = catalog.normal(catalog.of_replay(database))
    for kind, items in real.items():
        assert ours[kind] == items, kind
    blocks = [step.statement.at for step in database.steps if isinstance(step.action, Do)]
    foreseen = {
        (step.statement.at.path, step.statement.at.line)
        for step in database.steps
        if (step.problem or step.missing)
        and not any(block.holds(step.statement.at) and block != step.statement.at for block in blocks)
    }
    assert {(path, line) for path, line, _ in refused} == foreseen


def test_a_history_may_begin_in_the_middle() -> None:
    database = memory(a="alter table public.users add column name text; create index on public.users (name);")
    table = database.tables[Name("public", "users")]
    assert (table.seen, table.made, table.complete) == (False, None, False)
    assert [column.name for column in table.columns] == ["name"]


def test_an_object_remembers_what_made_and_changed_it() -> None:
    database = memory(
        a="create table notes (id int);\nalter table notes enable row level security;",
        b="alter table notes rename to papers;\n"
        "create policy p on papers using (true);\nalter policy p on papers using (false);",
    )
    table = database.tables[Name("public", "papers")]
    assert table.made is not None and (table.made.path, table.made.line) == ("supabase/migrations/a.sql", 1)
    assert [(at.path[-5:], at.line) for at in table.changed] == [("a.sql", 2), ("b.sql", 1)]
    (policy,) = database.policies_of(table.name)
    assert (policy.made.line, policy.defined.line) == (2, 3)


@pytest.mark.parametrize("root", ROOTS, ids=lambda root: root.name)
def test_a_replay_that_began_before_all_was_read_ends_the_same(root: Path) -> None:
    facts = read(root)
    for heard in (facts, facts[:2], facts[1:], facts[::-1], []):
        assert begun(facts, heard) == Project(facts).view(databases)


def test_a_replay_begins_again_when_a_later_file_makes_what_was_taken_to_be_there(tmp_path: Path) -> None:
    folder = tmp_path / "supabase" / "migrations"
    folder.mkdir(parents=True)
    (folder / "1_a.sql").write_text("alter table papers add column title text;\n")
    (folder / "2_b.sql").write_text("create table papers (id bigint primary key);\n")
    facts = read(tmp_path)
    (database,) = begun(facts, facts[:1])
    assert [column.name for column in database.tables[Name("public", "papers")].columns] == ["id"]
    assert begun(facts, facts) == begun(facts, facts[:1]) == Project(facts).view(databases)


def begun(facts: Sequence[FileFacts], heard: Sequence[FileFacts]) -> tuple[Database, ...]:
    """The databases that files leave, of which some were heard of in that order while they were read."""
    replays = Begun(facts, deque(one for file in heard for one in batches(batch([(b"", file)]))))
    for ran in replays.steps():
        if not ran:
            break
    return Project(facts, begun={left_by_files: replays.finished}).view(databases)


def test_each_folder_of_migrations_is_a_database_of_its_own() -> None:
    facts = []
    for path in (
        "a/supabase/migrations/1_x.sql",
        "b/supabase/migrations/1_x.sql",
        "db/migrations/V2__b.sql",
        "db/migrations/V10__c.sql",
        "db/migrations/U2__b.sql",
        "db/migrations/R__views.sql",
        "prisma/migrations/20240101_one/migration.sql",
        "prisma/migrations/20240102_two/migration.sql",
        "plain/migrations/2_b.up.sql",
        "plain/migrations/10_c.up.sql",
        "plain/migrations/2_b.down.sql",
    ):
        source = discovery.classify(path, b"select 1;")
        assert isinstance(source, Source)
        facts.append(readers.read(source, b"select 1;"))
    found = {
        database.root: (database.platform, database.tool, database.files) for database in Project(facts).view(databases)
    }
    assert found == {
        "a/supabase/migrations": ("supabase", "supabase", ("a/supabase/migrations/1_x.sql",)),
        "b/supabase/migrations": ("supabase", "supabase", ("b/supabase/migrations/1_x.sql",)),
        "db/migrations": (
            "postgres",
            "flyway",
            ("db/migrations/V2__b.sql", "db/migrations/V10__c.sql", "db/migrations/R__views.sql"),
        ),
        "plain/migrations": ("postgres", "numbered", ("plain/migrations/2_b.up.sql", "plain/migrations/10_c.up.sql")),
        "prisma/migrations": (
            "postgres",
            "prisma",
            ("prisma/migrations/20240101_one/migration.sql", "prisma/migrations/20240102_two/migration.sql"),
        ),
    }


def test_dynamic_sql_that_is_not_known_leaves_doubt() -> None:
    database = memory(
        a="create table notes (id int);",
        b="do $$ begin execute 'alter table ' || current_setting('x') || ' enable row level security'; end $$;",
    )
    assert database.tables[Name("public", "notes")].uncertain


def test_an_empty_schema_tells_what_a_function_dropped() -> None:
    orders = Name("old", "orders")
    made = "create schema old; create table old.orders (id int primary key);"
    body = "begin execute 'drop table ' || name; end"
    clearing = f"create function clear(name text) returns void language plpgsql as $$ {body} $$;"
    assert not memory(a=made, b=f"{clearing} select clear('old.orders'); drop schema old;").tables.get(orders)
    assert memory(a=made, b="drop schema old;").tables.get(orders)
