"""Raw SQL in migrations of Django and Alembic: read, in the order of their dependencies, and judged like files."""

from reviewlint import catalogue, discovery, readers
from reviewlint.facts.file import FileFacts
from reviewlint.facts.sql import Name
from reviewlint.join.databases import databases
from reviewlint.join.outline import outline
from reviewlint.project import Project
from reviewlint.source import Source

FIRST = '''"""first"""
from alembic import op
import sqlalchemy as sa

revision = "aaaa1111"
down_revision: str | None = None


def upgrade():
    op.create_table("users", sa.Column("id", sa.Integer()))
    op.execute("create table notes (id bigint primary key)")


def downgrade():
    op.execute("drop table notes")
'''
SECOND = '''"""second"""
from alembic import op
import sqlalchemy as sa

revision = "0000ffff"
down_revision = "aaaa1111"


def upgrade():
    op.execute(
        """
        create index notes_id on notes (id desc);
        create index users_name on users (name);
        """
    )
    op.execute(sa.text("alter table notes add column title text not null"))
    op.execute("SHOW ENGINES LIKE x")
'''
DJANGO = """from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]
    operations = [
        migrations.RunSQL(
            sql="create index shop_order_state on shop_order (state);",
            reverse_sql="drop index shop_order_state;",
        ),
        migrations.RunSQL(["drop table shop_old", "select 1"], migrations.RunSQL.noop),
    ]
"""


def read(path: str, text: str) -> FileFacts:
    source = discovery.classify(path, text.encode())
    assert isinstance(source, Source)
    return readers.read(source, text.encode())


def found(project: Project, name: str) -> list[tuple[str, int]]:
    rule = catalogue.load(name)
    return [
        (finding.at.path, finding.at.line) for finding in rule.check(project, rule.options() if rule.options else None)
    ]


def test_alembic_runs_in_the_order_of_its_revisions() -> None:
    one, two = "api/migrations/versions/aaaa1111_first.py", "api/migrations/versions/0000ffff_second.py"
    project = Project([read(two, SECOND), read(one, FIRST)])
    (database,) = project.view(databases)
    assert (database.tool, database.files) == ("alembic", (one, two))
    assert Name("public", "notes") in database.tables
    assert found(project, "blocking-index") == [(two, 13)]  # no row of notes would get a title
    assert found(project, "required-column-without-default") == [(two, 16)]
    assert found(project, "destructive-change") == []
    assert "only the raw SQL of these migrations is known" in outline(database)


def test_a_migration_runs_in_a_transaction_unless_it_says_not_to() -> None:
    path = "shop/migrations/0002_index.py"
    text = DJANGO.replace("create index", "create index concurrently")
    assert found(Project([read(path, text)]), "blocking-index") == [(path, 8)]
    text = text.replace("    dependencies", "    atomic = False\n    dependencies")
    assert found(Project([read(path, text)]), "blocking-index") == []


def test_django_runs_sql_forwards() -> None:
    path = "shop/migrations/0002_index.py"
    initial = "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n    dependencies = []\n"
    project = Project([read(path, DJANGO), read("shop/migrations/0001_initial.py", initial)])
    (database,) = project.view(databases)
    assert (database.tool, database.files) == ("django", ("shop/migrations/0001_initial.py", path))
    assert found(project, "blocking-index") == [(path, 8)]
    assert found(project, "destructive-change") == [(path, 11)]
    assert found(project, "migration-order") == []


def test_tables_that_the_orm_makes_beside_are_new() -> None:
    path = "api/migrations/versions/aaaa1111_first.py"
    text = FIRST.replace("create table notes (id bigint primary key)", "create index on users (id)")
    assert found(Project([read(path, text)]), "blocking-index") == []
    made = DJANGO.replace("operations = [", "operations = [\n        migrations.CreateModel(name='Order', fields=[]),")
    assert found(Project([read("shop/migrations/0001_initial.py", made)]), "blocking-index") == []


def test_names_that_a_text_is_given_beside_it_are_filled_in() -> None:
    path = "shop/migrations/0002_index.py"
    text = DJANGO.replace(
        '"create index shop_order_state on shop_order (state);"',
        '"create index {table}_state on {table} (state);".format(table="shop_order")',
    )
    project = Project([read(path, text)])
    (finding,) = catalogue.load("blocking-index").check(project, None)
    assert (finding.at.line, "index on public.shop_order (state)" in finding.evidence) == (8, True)
