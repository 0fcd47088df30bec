"""What a service does throughout is said once: at the first place, with how often and where else."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from ..facts.location import Related
from ..finding import Finding, Subject
from ..project import Project
from .services import services

HABIT = 6
"""As many findings of one kind in a service are a habit of its authors, not so many slips."""
LEGACY = 20
"""So are as many in its migrations, most of which have run, and nobody mends them any more."""
SHOWN = 5


def as_habits(
    project: Project,
    found: Iterable[Finding],
    kind: Callable[[Finding], str] = lambda finding: "",
    *,
    of_history: bool = False,
) -> Iterator[Finding]:
    """The findings; where a service has many of a kind one in their stead, with the others as related places.

    Those `of_history` stand in migrations, where the newest speaks for all.
    A change is told of what it does itself, whatever the service does elsewhere.
    """
    if project.change is not None:
        yield from found
        return
    names = project.view(services)
    several: dict[tuple[str, str, bool], list[Finding]] = defaultdict(list)
    for finding in found:
        several[names.of(finding.at.path), kind(finding), finding.strict].append(finding)
    for (service, what, _), findings in several.items():
        if len(findings) < (LEGACY if of_history else HABIT):
            yield from findings
            continue
        if of_history:
            findings.sort(key=lambda finding: finding.at, reverse=True)
        first, files = findings[0], len({finding.at.path for finding in findings})
        where = f"{files} files" if files > 1 else "this file"
        yield replace(
            first,
            evidence=f"{first.evidence} So do {len(findings) - 1} other places of this service, in {where}.",
            related=tuple(Related(one.at, one.evidence) for one in findings[1 : SHOWN + 1]),
            subject=Subject("service", f"{service} {what}".strip()),
            fix=None,
            rewrite=None,
        )
