"""A column has a type that names an object by its number, and an upgrade of PostgreSQL refuses the table.

`regproc`, `regoper`, `regnamespace` and most of their kin store object ids, which a new server assigns afresh;
`pg_upgrade` stops when it finds a column of such a type. `regclass`, `regtype` and `regrole` survive.
"""

from collections.abc import Iterator

from ...finding import Finding
from ...join.databases import databases
from ...join.exposure import own_tables, table_subject
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="high",
    since="0.1.0",
    languages=("sql",),
    asked_by="R",
)

_TYPES = frozenset("regcollation regconfig regdictionary regnamespace regoper regoperator regproc regprocedure".split())
"""The types that pg_upgrade refuses; the manual's page on pg_upgrade, "Usage"."""


def check(project: Project) -> Iterator[Finding]:
    """Every column of such a type at the end of the history."""
    for database in project.view(databases):
        for table in own_tables(database):
            for column in table.columns:
                if column.type in _TYPES:
                    yield Finding(
                        column.at,
                        f"column {column.name} of {table.name} is a {column.type}: pg_upgrade refuses tables with such columns.",
                        f"alter table {table.name.quoted} alter column {column.name} type text;",
                        subject=table_subject(table, column.name),
                        slots={"table": str(table.name), "column": column.name, "type": column.type},
                    )


REMARK = (
    "`{column}` will stop the next major upgrade at `{table}`. Keep the name as text and look it up when you need it."
)

EXAMPLES = [
    """
=== migrations/0001_hooks.sql
create table hooks (
  id bigint primary key,
  handler regproc -- <-- an object id
);
""",
    """
=== migrations/0001_hooks.sql
create table hooks (id bigint primary key, handler text, target regclass);
""",
]
