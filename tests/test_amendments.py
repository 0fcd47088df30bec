"""`--fix-as-migration`: a new migration that a real PostgreSQL takes, and after which the findings are gone."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewlint.cli import run
from tests import catalog, postgres

MIGRATION = """\
create table public.teams (id uuid primary key, "Name" text);
create table public.notes (
  id uuid primary key, owner uuid, team_id uuid references public.teams (id), body text
);
alter table public.notes enable row level security;
create policy "it's mine" on public.notes for all to authenticated
  using (auth.uid() = owner and body <> 'auth.uid()x') with check (owner = auth.uid());
create policy "by claim" on public.notes for select to authenticated
  using (current_setting('app.team', true)::uuid = team_id);
create function public.touch() returns trigger language plpgsql as $$ begin return new; end $$;
create index notes_owner on public.notes (owner);
create index notes_owner_again on public.notes (owner);
create view public.names as select "Name" from public.teams;
"""
MENDED = (
    "rls-disabled,unwrapped-auth-call,mutable-search-path,unindexed-foreign-key,duplicate-index,unindexed-policy-column"
)


@pytest.fixture(scope="module")
def dsn() -> Iterator[str]:
    if postgres.binaries() is None:
        pytest.skip("no PostgreSQL server is installed (Debian: apt-get install postgresql)")
    pytest.importorskip("psycopg", reason="psycopg is not installed (pip install psycopg[binary])")
    with postgres.server() as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    migrations = tmp_path / "supabase" / "migrations"
    migrations.mkdir(parents=True)
    (migrations / "20240101000000_notes.sql").write_text(MIGRATION)
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    monkeypatch.chdir(tmp_path)
    return migrations


def printed(capsys: pytest.CaptureFixture[str], *options: str) -> str:
    run(["check", "--no-cache", *options])
    return capsys.readouterr().out


def test_a_new_migration_mends_what_applied_ones_did(
    folder: Path, dsn: str, capsys: pytest.CaptureFixture[str]
) -> None:
    import psycopg

    text = printed(capsys, "--fix-as-migration", "--select", MENDED)
    assert text.startswith("-- Mends what reviewlint found in supabase/migrations.\n")
    new = folder / "20240102000000_mend.sql"
    new.write_text(text)
    with psycopg.connect(f"{dsn} dbname=postgres", autocommit=True) as connection:
        connection.execute("create database amended")
    with psycopg.connect(f"{dsn} dbname=amended", autocommit=True) as connection:
        connection.execute(catalog.PLATFORM.read_bytes(), prepare=False)
        files = [(path.name, path.read_text()) for path in sorted(folder.glob("*.sql"))]
        assert catalog.apply(connection, files) == []
        (using, check) = connection.execute(
            "select qual, with_check from pg_policies where policyname = 'it''s mine'"
        ).fetchone() or ("", "")
    assert re.sub(r"\s+", " ", using) == "((( SELECT auth.uid() AS uid) = owner) AND (body <> 'auth.uid()x'::text))"
    assert re.sub(r"\s+", " ", check) == "(owner = ( SELECT auth.uid() AS uid))"
    assert run(["check", "--no-cache", "--select", MENDED]) == 0


def test_what_changes_answers_is_for_somebody_to_decide(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, "--fix-as-migration", "--select", "definer-view").splitlines()[3:] == [
        "-- definer-view, supabase/migrations/20240101000000_notes.sql:13 (changes what callers get: decide)",
        "-- alter view public.names set (security_invoker = on);",
    ]
