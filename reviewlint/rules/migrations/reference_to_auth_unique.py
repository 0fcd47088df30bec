"""A foreign key refers to a column of the `auth` schema that is unique, but not the primary key.

Supabase looks after the tables of `auth`, changes them, and only promises their primary keys. A constraint on a
unique column such as `phone` or `email` ties the project to an index that may go, and holds up the platform's own
migrations.
"""

from collections.abc import Iterator

from ...finding import Finding, Subject
from ...join.exposure import api_databases, own_tables
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="error",
    confidence="high",
    since="0.1.0",
    languages=("sql",),
    asked_by="F R",
)


def check(project: Project) -> Iterator[Finding]:
    """Every foreign key into `auth` that does not refer to the primary key."""
    for database, _ in project.view(api_databases):
        for table in own_tables(database):
            for constraint in table.constraints:
                target = database.tables.get(constraint.references) if constraint.references else None
                if target is None or target.name.schema != "auth" or constraint.at is None:
                    continue
                key = target.primary_key
                if key is None or set(constraint.referenced_columns) == set(key.columns):
                    continue
                columns = ", ".join(constraint.referenced_columns)
                yield Finding(
                    constraint.at,
                    f"foreign key {constraint.name} of {table.name} refers to {target.name} ({columns}), which is not "
                    "its primary key.",
                    f"references {target.name} ({', '.join(key.columns)})",
                    subject=Subject("foreign key", constraint.name, table.name.schema, table=table.name.name),
                    slots={"table": str(table.name), "target": str(target.name), "columns": columns},
                )


REMARK = "`{target}` is not yours: only its primary key is promised to stay. Refer to that, and look up `{columns}` from there."

EXAMPLES = [
    """
=== supabase/migrations/20240101000000_profiles.sql
create table public.profiles (
  id uuid primary key references auth.users (id),
  phone text references auth.users (phone) -- <-- unique today
);
""",
    """
=== supabase/migrations/20240101000000_profiles.sql
create table public.profiles (id uuid primary key references auth.users, owner uuid references auth.users (id));
""",
]
