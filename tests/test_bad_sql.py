"""What stands in folders of migrations and is no PostgreSQL: said once, and the replay goes on behind it."""

import pytest

from reviewlint import discovery, readers
from reviewlint.facts.file import FileFacts, Problem, Side
from reviewlint.facts.schema import Database
from reviewlint.facts.sql import Name
from reviewlint.join.databases import databases
from reviewlint.project import Project
from reviewlint.source import Source

AFTER = "\ncreate table public.after (id int primary key);\n"
NAME = Name("public", "after")


def facts(text: str, name: str = "20240101000000_a.sql") -> FileFacts:
    source = discovery.classify(f"supabase/migrations/{name}", text.encode())
    assert isinstance(source, Source)
    return readers.read(source, text.encode())


def replayed(*files: FileFacts) -> Database:
    (database,) = Project(files).view(databases)
    return database


def problems(file: FileFacts) -> list[int]:
    return [fact.at.line for fact in file.facts if isinstance(fact, Problem)]


@pytest.mark.parametrize(
    "before",
    [
        "\\set ON_ERROR_STOP on\n\\connect other\n",
        "\\i other.sql\n\\if :{?x}\n\\endif\n",
        "select 1 \\gexec\n",
        "create table public.:tenant (id int);\nset role :'owner';\n",
        "alter table ${schema}.thing add column a int;\n",
        "copy public.cities (id, name) from stdin;\n1\tO'Fallon\n2\t$$;\n\\.\n",
        "COPY public.cities FROM stdin WITH (FORMAT csv);\n1,create table x (\n\\.\n",
        "create table `users` (`id` int(11) not null auto_increment, primary key (`id`)) ENGINE=InnoDB;\n",
        "CREATE TABLE [dbo].[users] ([id] INT IDENTITY(1,1) NOT NULL);\nGO\n",
        "-- only a comment\n/* and /* another */ one */\n;;;\n",
        "comment on table public.missing is 'x';\ndrop policy gone on public.missing;\n",
        "alter type public.missing add value 'x';\nalter function public.missing() set search_path = '';\n",
    ],
)
def test_what_is_no_sql_of_the_server_costs_nothing_else(before: str) -> None:
    file = facts(before + AFTER)
    assert problems(file) == []
    assert NAME in replayed(file).tables


@pytest.mark.parametrize(
    ("before", "line"),
    [
        ("select 1;\ncreate tabel public.x (id int);\n", 2),
        ("create table public.x (id int,);\nselect;\n", 1),
        ("select 1;\nselect " + "(" * 40_000 + "1" + ")" * 40_000 + ";\n", 2),
        ("select 1" + "+1" * 60_000 + ";\n", 1),
        ("select 'never closed;\n\n", 1),
        ("create function public.f() returns int language sql as $$ select 1;\n\n", 1),
    ],
)
def test_a_statement_that_cannot_be_read_is_said_once(before: str, line: int) -> None:
    file = facts(before + AFTER)
    assert problems(file) == [line]
    assert NAME in replayed(file).tables


def test_a_null_byte_is_said_and_hides_nothing_behind_it() -> None:
    text = "select 'a\0b';\n" + AFTER
    file = readers.read(Source("supabase/migrations/1_a.sql", "sql", Side.MIGRATION, len(text)), text.encode())
    assert problems(file) == [1]
    assert NAME in replayed(file).tables


def test_several_such_statements_are_one_problem_of_their_file() -> None:
    file = facts("selec 1;\nupdat x;\n" + AFTER)
    (problem,) = [fact for fact in file.facts if isinstance(fact, Problem)]
    assert "2 of 3 statements could not be parsed" in problem.reason


def test_files_out_of_order_leave_what_they_need_missing() -> None:
    database = replayed(
        facts("alter table public.late add column b int;" + AFTER, "20240101000000_a.sql"),
        facts("create table public.late (a int);", "20240102000000_b.sql"),
    )
    assert [column.name for column in database.tables[Name("public", "late")].columns] == ["a"]
    assert NAME in database.tables
    assert database.steps[0].missing == (Name("public", "late"),)


def test_text_that_is_not_known_makes_uncertain_what_it_may_be_about() -> None:
    database = replayed(
        facts("create table public.notes (id int);\ncreate policy p on public.notes using (true);"),
        facts(
            "do $$ begin execute 'drop policy p on ' || current_setting('x'); end $$;" + AFTER, "20240102000000_b.sql"
        ),
    )
    assert NAME in database.tables
    assert all(policy.uncertain for policy in database.policies.values())


def test_what_stops_the_parser_is_no_variable_of_the_client() -> None:
    assert problems(facts("select id from orders\nwhere customer = :customer;\nselect :id,\nfrom from orders;")) == [4]
