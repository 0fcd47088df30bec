"""An ignore comment does not say which rule it ignores, or names one that does not exist.

Such a comment has no effect, and whoever wrote it believes that it has. There is no form that ignores everything: a
comment names its rules (or whole families) in brackets, so that it never excuses what nobody has seen.
"""

from collections.abc import Iterator

from ...facts.file import IgnoreComment
from ...finding import Edit, Finding, Fix
from ...guess import did_you_mean, nearest
from ...project import Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="high",
    since="0.1.0",
    languages=("python", "typescript", "sql", "settings", "text"),
    found_at=("IgnoreComment",),
)

REMARK = (
    "This comment says {said}, and no rule is called that, so it excuses nothing. Name the rule in brackets and say why "
    "it does not apply."
)


def check(project: Project) -> Iterator[Finding]:
    known = sorted({*project.known_rules, *project.known_rules.values()})
    for comment in project.facts(IgnoreComment):
        if not comment.rules:
            yield Finding(
                comment.at,
                evidence="This comment names no rule in brackets, so it ignores nothing.",
                remedy="reviewlint: ignore[rule-name] the reason",
                slots={"said": "to ignore something"},
            )
        for name in dict.fromkeys(comment.rules):
            if name not in known:
                yield Finding(
                    comment.at,
                    evidence=f"There is no rule or family called `{name}`{did_you_mean(name, known) or '.'}",
                    remedy="`reviewlint rules` lists them all.",
                    fix=_fix(comment, name, nearest(name, known)),
                    slots={"said": f"`{name}`"},
                )


def _fix(comment: IgnoreComment, wrong: str, right: str) -> Fix | None:
    """The nearest name in the place of the wrong one; a guess, so never a safe fix."""
    if not right or comment.names is None:
        return None
    names = dict.fromkeys(right if name == wrong else name for name in comment.rules)
    return Fix(safe=False, edits=(Edit(comment.names, ", ".join(names)),))


EXAMPLES = [
    """
=== app/orders.py
TIMEOUT = 30  # reviewlint: ignore[unreadable-sauce] # <-- did you mean unreadable-source?
LIMIT = 10  # reviewlint: ignore  # <-- names no rule
""",
    """
=== src/orders.ts
// reviewlint: disable  // <-- there is no such form
export const timeout = 30; /* reviewlint: ignore[no-such-rule] */  // <-- no such rule
""",
    """
=== supabase/migrations/20260101000000_orders.sql
-- reviewlint: ignore-file  -- <-- not even for a whole file
create table orders (id bigint primary key);
""",
    """
=== app/orders.py
# reviewlint: ignore-file[review] families can be named too
TIMEOUT = 30
NOTE = "# reviewlint: ignore"
""",
    """
=== .env.example
# reviewlint: ignore[no-such-rule] # <-- settings have comments too
PORT=8080
=== deploy/values.yaml
port: 8080 # reviewlint: ignore # <-- and so have other texts
""",
]
