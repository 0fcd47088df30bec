"""Whether a handler may run a function, by what is called in the code: what is injected is called by its name alone."""

from collections import deque

from ..project import SERVER_SIDES, Project
from .endpoints import answering
from .functions import calling_named

HOPS = 6
"""As far as from what asks a database to a handler: by names alone, all that goes further leads anywhere."""


def within_reach(project: Project, path: str, function: str) -> bool:
    """Whether anything that answers requests calls a function, or calls what calls it, by their last names."""
    known = project.view(answering)
    waiting, seen = deque([((path, function), HOPS)]), {(path, function)}
    while waiting:
        place, left = waiting.popleft()
        if place in known:
            return True
        for _, caller in calling_named(project, place[1].rpartition(".")[2]) if left else ():
            above = (caller.at.path, caller.name)
            if above not in seen and project.side(caller.at.path) in SERVER_SIDES:
                seen.add(above)
                waiting.append((above, left - 1))
    return False
