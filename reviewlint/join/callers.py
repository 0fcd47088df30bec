"""Whether a handler finds out who is calling, also through the functions that it calls in other files."""

import re
from collections import defaultdict

from ..facts.clients import EnvironmentRead
from ..facts.code import Function
from ..facts.http import Response
from ..project import Project
from .endpoints import reached

_CHECKS = re.compile(
    r"(?:^|\.)(?:getUser|getClaims|get_user|get_claims|jwtVerify|verify(?!_?otp)\w*|constructEvent(?:Async)?|construct_event"
    r"|timingSafeEqual|compare_digest|authenticate\w*|authoriz\w*|authoris\w*|auth"
    r"|require_?(?:auth|user|admin|session|role|login|api_?key)\w*|(?:unstable_)?get_?(?:server_?)?session"
    r"|get_?(?:current|authenticated|logged_?in|auth)_?\w*|current_?user"
    r"|(?:validate|check|is|ensure|assert|protect|guard|with)_?(?:valid_?)?(?:auth|token|jwt|signature|webhook|user|session"
    r"|permission|role|access|admin|secret|api_?key|logged_?in|caller|cron)\w*|decode_?(?:token|jwt))(?:\(\))?$",
    re.I,
)
_GUARD = re.compile(
    r"auth|user|admin|session|token|login|permission|role|jwt|verif|secur|protect|guard|key|signature|caller", re.I
)
_SHARED = re.compile(r"(?:WEBHOOK|SIGN|HOOK|CRON|SHARED|INTERNAL|FUNCTION|VERIF|JWT)\w*(?:SECRET|KEY|TOKEN)", re.I)
"""An environment variable that a caller's signature or secret is compared with."""
_REFUSED = frozenset({401, 403})


def is_guard(name: str) -> bool:
    """Whether what stands in front of a route has, by its name, to do with the caller."""
    return _GUARD.search(name.rpartition("/")[2]) is not None


def establishes_caller(project: Project, path: str, function: str) -> bool:
    """Whether a function of the file at `path` establishes who is calling, itself or through what it calls.

    A call that verifies something counts by its name, and so does an answer 401 or 403: only who looked refuses. A
    secret that callers sign or send is read for no other reason than to compare it.
    """
    refusals, functions = project.view(_refusals), project.view(_functions)
    if any(_SHARED.search(name) for name in environment_of(project, path, function)):
        return True
    for place in reached(project, path, function):
        fact = functions.get(place)
        if place in refusals or (fact is not None and any(_CHECKS.search(call) for call in fact.calls)):
            return True
    return False


def environment_of(project: Project, path: str, function: str) -> set[str]:
    """The environment variables that run along with a function: its own, those of what it calls, of its module."""
    reads = project.view(_reads)
    return {name for place in {*reached(project, path, function), (path, "")} for name in reads.get(place, ())}


def _functions(project: Project) -> dict[tuple[str, str], Function]:
    return {(one.at.path, one.name): one for one in project.facts(Function)}


def _refusals(project: Project) -> frozenset[tuple[str, str]]:
    return frozenset((one.at.path, one.function) for one in project.facts(Response) if one.status in _REFUSED)


def _reads(project: Project) -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for read in project.facts(EnvironmentRead):
        found[read.at.path, read.function].append(read.name)
    return found
