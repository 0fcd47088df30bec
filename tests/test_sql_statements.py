"""Reading SQL: every statement on its own, whatever stands around it."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewlint.facts import sql
from reviewlint.facts.file import Problem, Side
from reviewlint.facts.sql import Name, Statement
from reviewlint.readers.sql import lexer, postgres, statements
from reviewlint.source import Source


def read(text: str) -> list[Statement]:
    return [fact for fact in facts(text) if isinstance(fact, Statement)]


def facts(text: str) -> list[object]:
    data = text.encode()
    return list(statements.read(Source("m.sql", "sql", Side.MIGRATION, len(data)), data).facts)


def words(text: str) -> list[str]:
    return [statement.words for statement in read(text)]


def test_positions_are_exact() -> None:
    text = '-- première\nselect 1;\n  create policy "é" on t using (\n    ü = auth.uid() );'
    second = read(text)[1]
    assert (second.at.line, second.at.column, second.at.end_line) == (3, 3, 4)
    assert isinstance(second.action, sql.CreatePolicy) and second.action.using
    (call,) = [node for node in sql.walk(second.action.using.tree) if isinstance(node, sql.Invocation)]
    assert (call.at.line, call.at.column, call.at.end_column) == (4, 9, 19)
    assert second.action.using.text == "ü = auth.uid()"


@pytest.mark.parametrize("text", ["$$a $b$ $ c$$", "$a$ $ $$ $b$ a$ $a$", "$a$$a$", "$é$ $e$ $é$"])
def test_quotes_of_dollars_end_with_their_own_tag(text: str) -> None:
    (token,) = lexer.tokens(text)
    assert (token.kind, token.text) == ("dollar", text)
    assert lexer.closing(f"({text})", 0) == len(text) + 2


def test_one_broken_statement_costs_no_other() -> None:
    found = facts("create table a (id int);\ncreate tabel b (id int);\nselect 1 from;\ncreate table c (id int);")
    (problem,) = [fact for fact in found if isinstance(fact, Problem)]
    assert problem.at.line == 2
    assert problem.reason == 'syntax error at or near "tabel" (2 of 4 statements could not be parsed)'
    assert [fact.parsed for fact in found if isinstance(fact, Statement)] == [True, False, False, True]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "\\set x 1\n\\connect db\ncreate table a (id int); \\gexec\nselect 1;",
            ["", "", "create table", "", "select"],
        ),
        ("copy t (a, b) from stdin;\n1\tit's; here\n\\.\ncreate table a (id int);", ["copy t", "create table"]),
        ("select 'a;b', $$c;d$$, $t$ $$;$$ $t$, \"e;f\" /* ; /* ; */ ; */ -- ;\n;select 2", ["select", "select"]),
        (
            "create rule r as on insert to t do also (delete from a; delete from b);select 1",
            ["create rule", "select"],
        ),
        (
            "create function f() returns int language sql begin atomic select 1; select case when true then 1 end; end;"
            "select 1",
            ["create function", "select"],
        ),
        (";;;\n;", []),
        ("", []),
        ("-- nothing", []),
        ("select 'never closed;\nselect 1;\ncreate table a (id int);", ["select", "select", "create table"]),
    ],
)
def test_statements_are_told_apart(text: str, expected: list[str]) -> None:
    found = words(text)
    assert len(found) == len(expected)
    assert all(one.startswith(other) for one, other in zip(found, expected, strict=True))


def test_variables_of_clients_are_filled_in() -> None:
    (create, grant, flyway) = read(
        "create role :\"name\" login password :'secret';\n"
        "grant select on t to :name;\ncreate table ${schema}.t (id int);"
    )
    assert {create.dialect, grant.dialect, flyway.dialect} == {"psql"}
    assert isinstance(flyway.action, sql.CreateTable)


def test_other_dialects_are_no_broken_statements() -> None:
    (mysql,) = read("create table `users` (`id` int unsigned not null auto_increment primary key) engine=InnoDB")
    assert (mysql.dialect, mysql.parsed, mysql.action) == ("mysql", True, None)
    (joined,) = read("update orders as o inner join carts c on c.id = o.cart_id set o.total = c.total")
    assert (joined.dialect, joined.parsed) == ("mysql", True)
    (variable,) = read("set @menu = (select id from menus where name = 'x')")
    assert (variable.dialect, variable.parsed) == ("mysql", True)
    for text in ("insert or ignore into tags (name) values ('a')", "update or replace tags set name = 'a'"):
        (sqlite,) = read(text)
        assert (sqlite.dialect, sqlite.parsed) == ("sqlite", True), text
    (ignored,) = read("insert ignore into tags (name) values ('a')")
    assert (ignored.dialect, ignored.parsed) == ("mysql", True)
    for text in (
        "create table ${DB}.logs (`At` DateTime CODEC(ZSTD(1)), Body String) engine = MergeTree order by At",
        "alter table default.metrics drop column is_delta",
        "select Body from logs format JSONEachRow",
    ):
        (clickhouse,) = read(text)
        assert (clickhouse.dialect, clickhouse.parsed) == ("clickhouse", True), text


def test_nul_bytes_do_not_truncate() -> None:
    first, second = read("select 1 \0 from t; select 2")
    assert (first.parsed, second.parsed) == (False, True)


@pytest.mark.parametrize("count", [100, 1_000, 40_000])
@pytest.mark.parametrize(
    "make",
    [
        lambda n: "select " + "1+" * n + "1",
        lambda n: "select " + "(" * n + "1" + ")" * n,
        lambda n: "select " + "not " * n + "true",
        lambda n: "select 1" + " union select 1" * n,
        lambda n: "select 1" + "::int" * n,
        lambda n: "select a" + " isnull" * n,
        lambda n: "select " + "f(" * n + ")" * n,
        lambda n: "select * from a" + " join b using (c)" * n,
        lambda n: "select " + "case when true then " * n + "1" + " end" * n,
        lambda n: "select " + "'x' || " * n + "'x'",
        lambda n: "create policy p on t using (" + "a = 1 or (" * n + "b" + ")" * n + ")",
    ],
)
def test_depth_never_ends_the_process(make: object, count: int) -> None:
    (statement,) = read(make(count))  # type: ignore[operator]
    assert statement.parsed or count > 100


def test_sections_that_undo_are_marked() -> None:
    up, down = read("-- migrate:up\ncreate table a (id int);\n-- migrate:down\ndrop table a;")
    assert (up.section, down.section) == ("up", "down")


@pytest.mark.parametrize(
    ("text", "wrapped"),
    [
        ("-- migrate:up\nselect 1;\n-- migrate:down\n", True),
        ("-- migrate:up transaction:false\nselect 1;\n-- migrate:down\n", False),
        ("-- +goose Up\nselect 1;\n", True),
        ("-- +goose NO TRANSACTION\n-- +goose Up\nselect 1;\n", False),
        ("-- +migrate Up notransaction\nselect 1;\n", False),
        ("-- no marks at all\nselect 1;\n", False),
    ],
)
def test_tools_open_a_transaction_unless_a_migration_says_not_to(text: str, wrapped: bool) -> None:
    assert [statement.wrapped for statement in read(text)] == [wrapped]


def test_clauses_stand_outside_of_brackets_quotes_and_comments() -> None:
    text = 'create policy "using (x)" on t /* using ( */ for all using (a in (select 1 where b)) with check (c)'
    for source in (text, text.replace("/* using ( */", "")):
        using, check = source.index("using (a"), source.index("check (c")
        found = lexer.clauses(source)
        assert (found["using"], found["check"]) == ((using, using + 5), (check, check + 5))
        assert "where" not in found


def test_comments_before_a_statement_are_its_note() -> None:
    (drop,) = read("-- contract: unused\n/* since 1.4 */\ndrop table a;")
    assert drop.note == "contract: unused since 1.4"


def test_blocks_are_read_with_their_loops() -> None:
    (block,) = read(
        "do $$ declare t text; begin\n"
        "  foreach t in array array['a', 'b'] loop\n"
        "    execute format('alter table %I enable row level security', t);\n"
        "  end loop;\n"
        "  if true then create table c (id int); end if;\n"
        "end $$;"
    )
    assert isinstance(block.action, sql.Do)
    loop, choice = block.action.body.statements
    assert isinstance(loop.action, sql.ForEach) and loop.action.variables == ("t",)
    (execute,) = loop.action.statements
    assert isinstance(execute.action, sql.Execute) and isinstance(execute.action.statements[0].action, sql.AlterTable)
    assert [value.name for _, value in execute.action.holes if isinstance(value, sql.ColumnRef)] == ["t"]
    assert isinstance(choice.action, sql.Choose)
    ((_, (create,)),) = choice.action.branches
    assert isinstance(create.action, sql.CreateTable) and create.action.name == Name("", "c")
    assert (create.at.line, create.at.column) == (5, 16)


def test_bodies_of_functions_tell_what_they_execute_call_and_touch() -> None:
    (function,) = read(
        "create function f(x text) returns void language plpgsql as $$ begin\n"
        "  if not is_admin(auth.uid()) then raise exception 'no'; end if;\n"
        "  execute 'select * from notes where a = ' || x;\n"
        "  execute format('select %I from %s where b = %L', x, x, x);\n"
        "  execute 'select 1 from ' || quote_ident(x) || ' where c = $1' using x;\n"
        "  delete from public.notes;\n"
        '  alter policy "from here (api keys (all))" on t rename to u;\n'
        "end $$;"
    )
    assert isinstance(function.action, sql.CreateFunction) and function.action.body
    body = function.action.body
    assert [(one.at.line, one.variables) for one in body.dynamic if one.variables] == [(3, ("x",)), (4, ("x",))]
    assert set(body.calls) == {Name("", one) for one in ("is_admin", "format", "quote_ident")} | {Name("auth", "uid")}
    assert body.relations == (Name("public", "notes"),)


@given(st.text(alphabet="a;'\"$-/*\\()\n e\0é", max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_text_is_taken_apart_without_loss(text: str) -> None:
    found = list(lexer.pieces(text))
    assert all(0 <= piece.start < piece.end <= len(text) for piece in found)
    assert all(one.end <= other.start for one, other in pairwise(found))
    statements.read(Source("m.sql", "sql", Side.MIGRATION, 0), text.encode())


@given(st.text(alphabet="a'\"$-/*e \n(),", max_size=60))
@settings(max_examples=300, deadline=None)
def test_depth_bound_never_breaks(text: str) -> None:
    assert postgres.depth_bound(text * 40) >= 0


@pytest.mark.parametrize(
    "actions",
    [
        "",
        "on delete cascade",
        "match full on update cascade on delete set null (shop_id) deferrable initially deferred",
        "on update restrict deferrable",
    ],
)
def test_what_a_foreign_key_does_is_told_as_sql_writes_it(actions: str) -> None:
    (statement,) = read(f"alter table orders add foreign key (shop_id) references shops (id) {actions}")
    assert isinstance(statement.action, sql.AlterTable)
    (change,) = statement.action.changes
    assert isinstance(change, sql.AddConstraint) and change.constraint.actions == actions
