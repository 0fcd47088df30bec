"""Whether a handler finds out who is calling, also through the functions that it calls in other files."""

import posixpath
import re
from collections import defaultdict

from ..facts.clients import AuthCall, EnvironmentRead
from ..facts.code import Definition, Function
from ..facts.data import TableAccess
from ..facts.http import Response
from ..facts.location import Location
from ..facts.values import Call, Constant, Items, Record, Value, constant_text
from ..project import Project
from .endpoints import reached
from .functions import functions
from .handlers import handlers
from .modules import modules
from .places import located

_CHECKS = re.compile(
    r"(?:^|\.)(?:getUser|getClaims|get_user|get_claims|serverSupabaseUser|jwtVerify|verify(?!_?otp)\w*|constructEvent(?:Async)?|construct_event"
    r"|timingSafeEqual|compare_digest|authenticate\w*|authoriz\w*|authoris\w*|auth"
    r"|require_?(?:auth|user|admin|session|role|login|api_?key)\w*|(?:unstable_|safe_?)?get_?(?:server_?)?session"
    r"|(?:load|resolve|read|extract|parse)_?(?:session|caller|identity|claims|jwt)\w*"
    r"|(?:session|user|caller|claims|identity)_?(?:from|of)(?:_?\w+)?"
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
_CREDENTIAL = re.compile(
    r"(?:^|_)(?:token|secret|otp|(?:api|access|license)_?key|(?:device|invit\w*|auth)_code|tracking_id)(?:_hash)?$",
    re.I,
)
"""A column that holds what only one caller knows; by a `tracking_id` a link is known that was sent to somebody."""
_SITE_KEY = re.compile(
    r"(?:^|_)(?:widget|embed|site|form|chat|bot|app|client|project|public|publishable|store|workspace|channel)_?key$",
    re.I,
)
"""A column that holds what a site shows its visitors: it says for whom they come, where the code stops without it."""
_COMPARED = re.compile(
    r"(?:^|[\s,(])(?:\w+_)?(?:nonce|code_verifier|(?:oauth|csrf|state)_(?:state|token)|(?:token|secret|otp|pin|code)_hash)(?=[\s,)]|$)"
)
"""Columns that are read to be compared with what a caller brings."""
_REFUSED = frozenset({401, 403})
_SIGNED = re.compile(r"signature|hmac|digest", re.I)
"""Tests of whether a caller signed what they sent."""


def is_guard(name: str) -> bool:
    """Whether what stands in front of a route has, by its name, to do with the caller."""
    return _GUARD.search(name.rpartition("/")[2]) is not None


def establishes_caller(project: Project, path: str, function: str) -> bool:
    """Whether a function of the file at `path` establishes who is calling, itself or through what it calls.

    A call that verifies something counts by its name, and so does an answer 401 or 403: only who looked refuses. A
    secret that callers sign or send is read for no other reason than to compare it, and who looks a row up by a token
    asks the caller for one. A key that a site's visitors bring is one where the code stops if nothing has it.
    """
    refusals, known, presented = project.view(_refusals), project.view(functions), project.view(_presented)
    if _compares(project, path, function):
        return True
    for place in reached(project, path, function):
        fact = known.get(place)
        if place in refusals or place in presented or (fact and any(_CHECKS.search(call) for call in fact.calls)):
            return True
    return False


def acts_too_early(project: Project, path: str, function: str, act: TableAccess | AuthCall) -> bool:
    """Whether a handler acts before it asks who is calling: every check of its own stands after the act.

    Only where the order is plain: the act is the handler's own, and not in what it calls.
    """
    fact = project.view(functions).get((path, function))
    if fact is None or (act.at.path, act.function) != (path, function):
        return False
    end = f".auth.{act.method}" if isinstance(act, AuthCall) else f"().{act.operation}"
    position = next(
        (number for number, call in enumerate(fact.calls) if call.startswith(act.client) and call.endswith(end)), 0
    )
    before, after = fact.calls[:position], fact.calls[position + 1 :]
    refused = project.view(_refusals).get((path, function), ())
    if _compares(project, path, function) or any(line < act.at.line for line in refused):
        return False
    return any(_asks(project, path, call) for call in after) and not any(_asks(project, path, call) for call in before)


def asks_before_handing_on(project: Project, path: str, function: str) -> bool:
    """Whether a handler is called by others of its file alone, and all of these ask who is calling before.

    `if (req.method === "GET") return list(req, res)` after `await requireAdmin(req, res)`: the route leads to `list`.
    """
    givers = [one for one in project.facts_of(path, Function) if one.name != function and function in one.calls]
    return bool(givers) and all(_asks_before(project, giver, function) for giver in givers)


def _asks_before(project: Project, giver: Function, function: str) -> bool:
    path = giver.at.path
    others = {
        one.function for one in project.view(handlers) if one.path == path
    }  # what those ask is their own business
    before = [call for call in giver.calls[: giver.calls.index(function)] if call not in others]
    if any(_asks(project, path, call) for call in before):
        return True
    refused = project.view(_refusals).get((path, giver.name), ())
    handed = [call.at.line for call in project.calls_made(path, {function})] if refused else []
    return any(refusal < min(handed, default=0) for refusal in refused)


def _compares(project: Project, path: str, function: str) -> bool:
    """Whether a secret that callers sign or send is at hand where a function runs.

    Of what the module itself reads only what has a name counts: what is handed to a guard is for the guard's routes.
    """
    shared = project.view(_shared)
    return any(place in shared for place in (*reached(project, path, function), (path, "")))


def _shared(project: Project) -> frozenset[tuple[str, str]]:
    named: dict[str, list[Location]] = defaultdict(list)
    for definition in project.facts(Definition):
        named[definition.at.path].append(definition.value.at)
    return frozenset(
        (read.at.path, read.function)
        for read in project.facts(EnvironmentRead)
        if _SHARED.search(read.name)
        if read.function or any(at.holds(read.at) for at in named[read.at.path])
    )


def _asks(project: Project, path: str, call: str) -> bool:
    """Whether a call finds out who is calling, by its name or by what the function of the project does."""
    place = located(project, path, call)
    return _CHECKS.search(call) is not None or (place is not None and establishes_caller(project, *place))


def guarded_by_middleware(project: Project, path: str) -> bool:
    """Whether a Next.js middleware (`proxy` since 16) turns strangers away before they reach the file at `path`.

    It has to ask who is calling and redirect or refuse, and its matcher must not leave the API out.
    """
    home = project.view(modules).package_folder(path)
    for name in ("middleware.ts", "middleware.js", "proxy.ts", "proxy.js"):
        for folder in ("", "src"):
            file = posixpath.join(home, folder, name)
            if file in project.files and _turns_away(project, file) and not _leaves_out(project, file):
                return True
    return False


def _turns_away(project: Project, path: str) -> bool:
    known = project.view(functions)
    named = {one.name for one in project.facts_of(path, Function)}
    handlers = [name for name in ("middleware", "proxy", "default") if name in named]
    for handler in handlers:
        calls = {call for place in reached(project, path, handler) for call in known[place].calls}
        asks = any(_CHECKS.search(call) for call in calls)
        if asks and any(call.endswith((".redirect", "redirect")) for call in calls):
            return True
        if asks and any(place in project.view(_refusals) for place in reached(project, path, handler)):
            return True
    return False


def _leaves_out(project: Project, path: str) -> bool:
    """Whether the matcher of a middleware is written so that the API is none of its business."""
    config = next((one for one in project.facts(Definition) if one.at.path == path and one.name == "config"), None)
    matcher = config.value.get("matcher") if config is not None and isinstance(config.value, Record) else None
    if matcher is None:
        return False
    patterns = [constant_text(one) or "" for one in (matcher.items if isinstance(matcher, Items) else (matcher,))]
    everything = [pattern for pattern in patterns if pattern.startswith(("/(", "/:", "/api"))]
    return not everything or all(re.search(r"\(\?![^)]*\bapi\b", pattern) for pattern in everything)


def environment_of(project: Project, path: str, function: str) -> set[str]:
    """The environment variables that run along with a function: its own, those of what it calls, of its module."""
    reads = project.view(_reads)
    return {name for place in {*reached(project, path, function), (path, "")} for name in reads.get(place, ())}


def _refusals(project: Project) -> dict[tuple[str, str], list[int]]:
    """The lines where functions answer 401 or 403, themselves or by a helper that is told the status.

    What answers any other fault of the caller's where a signature is not the one that was computed says the same.
    """
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for response in project.facts(Response):
        unsigned = 400 <= (response.status or 0) < 500 and any(map(_SIGNED.search, response.conditions[:1]))
        if response.status in _REFUSED or unsigned or _refuses(response.body):
            found[response.at.path, response.function].append(response.at.line)
    for function in project.facts(Function):
        for value in function.returns:
            if _refuses(value):
                found[function.at.path, function.name].append(value.at.line)
    return found


def _refuses(value: Value | None) -> bool:
    match value:
        case Call(arguments=arguments, keywords=keywords):
            return any(_refuses(one) for one in (*arguments, *(one for _, one in keywords)))
        case Record():
            return _refuses(value.get("status"))
        case Constant(value=status):
            return status in _REFUSED
    return False


def _presented(project: Project) -> frozenset[tuple[str, str]]:
    """The functions that look rows up by a credential: `.eq("invite_token", token)`."""
    return frozenset(
        (access.at.path, access.function)
        for access in project.facts(TableAccess)
        for call in access.calls
        if isinstance(call, Call) and call.arguments and _asks_for_one(access, call)
    )


def _asks_for_one(access: TableAccess, call: Call) -> bool:
    given = constant_text(call.arguments[0]) or ""
    match call.name:
        case "eq":
            stops = access.checks or "error" in (access.takes or ())
            return _CREDENTIAL.search(given) is not None or (stops and _SITE_KEY.search(given) is not None)
        case "select":
            return _COMPARED.search(given) is not None
    return False


def _reads(project: Project) -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for read in project.facts(EnvironmentRead):
        found[read.at.path, read.function].append(read.name)
    return found
