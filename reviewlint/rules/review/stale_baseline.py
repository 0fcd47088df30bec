"""An entry of the baseline accepts nothing any more.

The fault that it accepted has been mended, or its file is gone. Left in place, the entry would accept the same fault
when somebody makes it again. `reviewlint baseline prune` takes out what is stale and nothing else. Only entries whose
rule ran to its end are judged.
"""

from collections.abc import Iterator

from ...finding import Finding
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="note",
    confidence="high",
    since="0.1.0",
    languages=("text",),
    after_review=True,
)

REMARK = (
    "{path} no longer has this fault of `{rule}`. Prune the entry while the mending is fresh, or it excuses a relapse."
)


def check(project: Project) -> Iterator[Finding]:
    for at, rule, path, count in project.outcome.stale if project.outcome is not None else ():
        several = f"{count} findings" if count > 1 else "a finding"
        yield Finding(
            at,
            evidence=f"The baseline accepts {several} of `{rule}` in {path} that the review does not have.",
            remedy="reviewlint baseline prune",
            slots={"rule": rule, "path": path},
        )


EXAMPLES = [
    """
=== .reviewlint/baseline
0123456789abcdef 1 interpolated-query app/orders.py  # <-- mended
=== app/orders.py
def find(cursor, order_id):
    cursor.execute("select * from orders where id = %s", [order_id])
""",
    """
=== app/orders.py
def find(cursor, order_id):
    cursor.execute("select * from orders where id = %s", [order_id])
""",
]
