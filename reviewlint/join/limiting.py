"""Whether a handler counts its callers, as only what is meant for strangers has to."""

import re

from ..project import Project
from .endpoints import reached
from .functions import functions

_LIMITS = re.compile(r"rate_?limit|throttl|captcha|turnstile|too_?many", re.IGNORECASE)


def counts_callers(project: Project, path: str, function: str) -> bool:
    """Whether a function of the file at `path`, or what it calls, asks how often somebody came, or for a human."""
    known = project.view(functions)
    return any(
        _LIMITS.search(place[1]) or (place in known and any(map(_LIMITS.search, known[place].calls)))
        for place in reached(project, path, function)
    )
