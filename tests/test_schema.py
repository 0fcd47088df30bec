"""`reviewlint schema`: the replayed database in words and as SQL."""

from pathlib import Path

import pytest

from reviewlint.join.databases import database_at
from reviewlint.join.outline import as_sql, outline
from tests import catalog
from tests.test_replay import ROOTS, dsn, project, replayed

__all__ = ["dsn"]

CLUB = ROOTS[0]
SAME = ("tables", "columns", "policies", "constraints", "views", "enums")


def test_outline_shows_protection_columns_and_policies() -> None:
    text = outline(replayed(CLUB))
    assert "public.line_up  row security on, 1 policy\n" in text
    assert "  jersey     smallint\n" in text
    assert "  index squad_person_id_idx (person_id) where jersey is not null\n" in text
    assert "  policy \"read\" for select to anon, authenticated using (rank <> 'guest')\n" in text
    assert "public.nowhere  not created by any migration\n" in text


def test_the_database_at_a_migration() -> None:
    path = "supabase/migrations/20240101000000_start.sql"
    database = database_at(project(CLUB), path)
    assert database is not None and database.files == (path,)
    assert "public.squad" in outline(database) and "line_up" not in outline(database)
    assert database_at(project(CLUB), "elsewhere.sql") is None


@pytest.mark.parametrize("root", [root for root in ROOTS if root.name != "club"], ids=lambda root: root.name)
def test_sql_makes_the_same_database(root: Path, dsn: str) -> None:
    import psycopg

    database = replayed(root)
    name = f"made_{root.name}"
    with psycopg.connect(f"{dsn} dbname=postgres", autocommit=True) as admin:
        admin.execute(f"create database {name}")
    with psycopg.connect(f"{dsn} dbname={name}", autocommit=True) as connection:
        if database.platform == "supabase":
            connection.execute(catalog.PLATFORM.read_bytes(), prepare=False)
        assert catalog.apply(connection, [("schema.sql", as_sql(database))]) == []
        made = catalog.normal(catalog.of_server(connection))
    ours = catalog.normal(catalog.of_replay(database))
    for kind in SAME:
        assert made[kind] == ours[kind], kind
