"""An ignore comment ignores nothing.

The fault that it excused is gone, or the comment stands on the wrong line. Left in place it will excuse the next fault
of that rule on the same line, which nobody has looked at. Only rules that ran are judged: a comment for a rule that was
not selected, or could not do its work, is left alone.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from ...facts.file import IgnoreComment
from ...finding import Edit, Finding, Fix
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="high",
    since="0.1.0",
    languages=("python", "typescript", "sql", "settings", "text"),
    after_review=True,
)

REMARK = (
    "There is nothing of {rules} left to excuse here. An excuse that outlives its reason covers the next mistake on "
    "this line, so take it out."
)


def check(project: Project) -> Iterator[Finding]:
    unused: dict[IgnoreComment, list[str]] = defaultdict(list)
    for comment, name in project.outcome.unused if project.outcome is not None else ():
        if name not in unused[comment]:
            unused[comment].append(name)
    for comment, names in unused.items():
        rules = " or ".join(f"`{name}`" for name in names)
        yield Finding(
            comment.at,
            evidence=f"{_where(comment)} has no finding of {rules}.",
            remedy="Delete the comment." if set(names) >= set(comment.rules) else f"Take {rules} out of the brackets.",
            fix=_fix(comment, names),
            slots={"rules": rules},
        )


def _where(comment: IgnoreComment) -> str:
    first, last = comment.first_line, comment.last_line
    return f"Line {first}" if first == last else f"What this comment covers, lines {first} to {last},"


def _fix(comment: IgnoreComment, unused: Sequence[str]) -> Fix | None:
    used = [name for name in comment.rules if name not in unused]
    if not used:
        return Fix(safe=True, edits=(Edit(comment.removal, ""),))
    return Fix(safe=True, edits=(Edit(comment.names, ", ".join(used)),)) if comment.names is not None else None


EXAMPLES = [
    """
=== app/orders.py
def find(cursor, order_id):
    cursor.execute("select * from orders where id = %s", [order_id])  # reviewlint: ignore[interpolated-query] # <-- bound
    return cursor.fetchone()
=== fixed app/orders.py
def find(cursor, order_id):
    cursor.execute("select * from orders where id = %s", [order_id])
    return cursor.fetchone()
""",
    """
=== src/orders.ts
import { Pool } from "pg";

const pool = new Pool();

export async function find(id: string) {
  // reviewlint: ignore[interpolated-query] the id comes from us  // <-- bound
  return pool.query("select * from orders where id = $1", [id]);
}
=== fixed src/orders.ts
import { Pool } from "pg";

const pool = new Pool();

export async function find(id: string) {
  return pool.query("select * from orders where id = $1", [id]);
}
""",
    """
=== app/orders.py
import psycopg


def find(connection: psycopg.Connection, table: str):
    cursor = connection.cursor()
    cursor.execute(f"select * from {table}")  # reviewlint: ignore[interpolated-query] table is one of ours
    return cursor.fetchall()
""",
    """
=== supabase/migrations/20260101000000_orders.sql
create table public.orders (id bigint primary key);
-- reviewlint: ignore[rls-disabled] it is enabled below -- <-- for one line too few: it covers the next statement
alter table public.orders enable row level security;
=== .env.example
PORT=8080 # reviewlint: ignore[public-env-secret] not published # <-- no prefix
=== deploy/values.yaml
port: 8080 # reviewlint: ignore[hardcoded-secret] a port # <-- no secret
""",
]
