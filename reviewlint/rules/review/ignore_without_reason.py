"""An ignore comment does not say why.

Whoever meets it next, in a review or two years later, has to find out again whether the fault is excused or forgotten.
The reason belongs behind the brackets, in the same comment.
"""

from collections.abc import Iterator

from ...facts.file import IgnoreComment
from ...finding import Finding
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="note",
    confidence="high",
    since="0.1.0",
    languages=("python", "typescript", "sql", "settings", "text"),
    found_at=("IgnoreComment",),
    level="strict",
)

REMARK = (
    "{rules} is switched off here, and nothing says why. One clause behind the brackets is what the next reviewer has to "
    "go by."
)


def check(project: Project) -> Iterator[Finding]:
    for comment in project.facts(IgnoreComment):
        if comment.rules and not comment.reason:
            rules = ", ".join(comment.rules)
            yield Finding(
                comment.at,
                evidence=f"This comment ignores {rules} and gives no reason.",
                remedy=f"reviewlint: ignore[{rules}] the reason",
                slots={"rules": f"`{rules}`"},
            )


EXAMPLES = [
    """
=== app/orders.py
TIMEOUT = 30  # reviewlint: ignore[unstructured-log]  # <-- no reason
# reviewlint: ignore-file[unstructured-log]  # <-- no reason
""",
    """
=== src/orders.tsx
export const Orders = () => (
  <main>
    {/* reviewlint: ignore[unstructured-log] */}  // <-- no reason
    <Table />
  </main>
);
""",
    """
=== app/orders.py
TIMEOUT = 30  # reviewlint: ignore[unstructured-log] the line is read by a person, once
""",
    """
=== supabase/migrations/20260101000000_orders.sql
create table public.orders (id bigint primary key); -- reviewlint: ignore[rls-disabled] -- <-- no reason
=== .env.example
PORT=8080 # reviewlint: ignore[public-env-secret] # <-- no reason
=== deploy/values.yaml
port: 8080 # reviewlint: ignore[hardcoded-secret] # <-- no reason
""",
]
