"""What is tried that may fail by itself, whatever the client sent: a database, a queue, another service."""

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace

from ..facts.code import Catch
from ..facts.data import DocumentQuery, ModelAccess, Query, RowWrite, TableAccess
from ..facts.http import Response
from ..facts.location import Location
from ..facts.messages import OutboundRequest
from ..facts.values import Reference, constant_text
from ..project import Project
from .converts import converts
from .endpoints import reached
from .functions import functions
from .places import called
from .responses import CATCH_ALL

_PARSES = re.compile(
    r"json|parse|validate|decode|verify|construct|uuid|loads?$|schema|cast|decrypt|^url$|_url$|param(?:eter)?s$|render"
    r"|plain_?to|regex|compile|text$|form_?data|formdata|^arraybuffer$|get$|^(?:assert|ensure|require)(?:_|[A-Z]\w)"
    r"|normali[sz]e|patch|Exception$|Error$|Response$|^getOrThrow$|secret$|^assign$|^(?:import|require|catch)$"
    r"|^_*(?:get|read|collect|receive|consume)_?\w*(?:body|input|payload)$",
    re.IGNORECASE,
)
"""Calls that fail by their input; a clause around nothing else may blame the client."""
_OF_STREAM = re.compile(r"(?:^|\.)(?:\w*[rR]eader|\w*[dD]ecoder|\w*[sS]tream|body)\.\w+$")
"""Calls on what a client sends, bit by bit."""
_GIVES_BACK = re.compile(
    r"\.from(?:$|(?:\(\))?\.(?:select|insert|update|upsert|delete|upload|download|remove|list|move|copy|create\w+)\b(?!.*throwOnError$))"
    r"|(?:^|\.)\w*(?:[sS]upabase|[cC]lient|[aA]dmin)\w*(?:\(\))?\.(?:rpc\b(?!.*throwOnError$)|auth\.|storage\.|functions\.)"
)
"""Supabase's calls in TypeScript: they throw nothing, and give `{ data, error }`."""
_FAILED = re.compile(
    r"^(?:\w+\.)*\w*(?:[eE]rr(?:or)?s?|failed|failure)(?: !==? null)?\b(?!\.)"
    r"|^!(?:\w+\.)*(?:success|ok|succeeded|isOk(?:\(\))?)$|\.isErr\(\)$|\.(?:success|ok) === false$"
)
"""A test of what a call gave, by which code finds out that it failed."""
_LOOKS_THROUGH = re.compile(
    r"(?:^|\.)(?:re|regex|[A-Z][A-Z0-9_]+|\w*(?:_re|regexp?|pattern|PATTERN))(?:\.compile)?\.(?:search|find\w*|sub\w*|split|\w*match)$"
)
"""Python's regular expressions, which look through texts."""
_ASKS = re.compile(
    r"\.objects(?:\.\w+)+$|(?:^|[._])(?:session|db)\.get$|\.query(?:\.\w+)*\.get$|\.throwOnError$"
    r"|(?:^|\.)[A-Z]\w*\.query(?:\.\w+)*\.(?:first|one|all|scalar|count|paginate|get)\w*$"
)
"""Of those that are called so, the ones that ask a database: Supabase's queries throw where they are told to."""
_IN_BETWEEN = re.compile(
    r"(?:^|[._])(?:db|database|session|cursor|conn|connection|objects|query|requests|client|redis|collection|repo(?:sitory)?"
    r"|crud|store|engine|s3|smtp\w*|service)\b[\w.()]*\."
    r"|^requests\.",
)
"""Calls on what leads out of the process: asynchronous Python may make them without waiting, and hold up all others."""
_VERBS = (
    r"(?:save|create|update|delete|remove|insert|upsert|add|store|put|send|fetch|upload|download|commit|execute|sync"
    r"|bulk_\w+|submit|publish|enqueue|charge|pay|register|cancel|destroy|import|export|list|find|query|search)"
)
_DOES = re.compile(rf"^_*{_VERBS}(?:_|$)")
"""What functions are called that do something for which they need a database or another service."""
_OUTSIDE = re.compile(
    rf"^_*{_VERBS}(?:_|[A-Z]|$)"
    r"|^_*(?:get|load|push|count|select|bulk|read)(?!\w*(?i:key|token|claim|header|body|cookie|config|option))(?:_|[A-Z])"
    r"|^_*(?:api|http|make|do)_?[rR]equest$"
)
"""The same, and what fetches something, as TypeScript spells it, too."""
_STORES = re.compile(
    r"^_*(?:save|create|update|delete|insert|upsert|store|commit|execute|persist|publish|enqueue|charge|submit|register|query"
    r"|bulk|fetch|sync)(?:_|[A-Z]|$)"
    r"|^_*(?:get|load|find|count|select|search|push|cancel|remove|add|upload|download|pay|destroy|put)(?:_(?!from)[a-z]|[A-Z])"
)
"""Names of functions that change or ask what is kept elsewhere: a verb for that alone, or one with what is got."""
_WAITED = re.compile(r"^(?:find|list|search|remove|add|put)$")
"""What lists and sets have as well, and nobody waits for there."""

CALLS_AWAY = 3
"""How many calls away from what is tried it may be that a database is asked."""


def fails_by_itself(clause: Catch) -> str:
    """The first call that may fail on the service's side, `""` where all that is tried fails by its input.

    Asynchronous code waits for such a call, but for what blocks it; of other code the name has to say so. One
    that leads out of the process, by its name, goes first.
    """
    failing = [callee for callee in map(_plain, clause.attempts) if _may_fail(callee, clause)]
    return next(filter(leads_out, failing), next(iter(failing), ""))


def throwing(project: Project, clause: Catch) -> Catch:
    """A clause without the attempts that throw nothing but give their failures back, where the code throws none itself.

    Nor are they thrown where the code around answers them at once. Of Python, without the looks into texts. Of all, not
    those that keep their failures to themselves.
    """
    clause = _without_quiet(project, clause)
    thrown = "raises" in clause.tries and not gets_failures_back(project, clause)
    if clause.at.path.endswith(".py"):
        return _without_looks(project, clause)
    if thrown:
        return clause
    return replace(clause, attempts=tuple(one for one in clause.attempts if not _GIVES_BACK.search(one)))


def _without_quiet(project: Project, clause: Catch) -> Catch:
    """A clause without the calls of functions that catch whatever fails in them."""
    function = project.view(functions).get((clause.at.path, clause.function))
    made = function.calls if function is not None else ()
    loud = []
    for callee in clause.attempts:
        same = [one for one in made if one.rpartition(".")[2] == callee.rpartition(".")[2]]
        places = [called(project, function, one) for one in same] if function is not None else []
        if not places or not all(place is not None and place in project.view(_quiet) for place in places):
            loud.append(callee)
    return replace(clause, attempts=tuple(loud))


def _quiet(project: Project) -> frozenset[tuple[str, str]]:
    """The view: the functions that may fail only in a try with a clause for everything, which throws nothing on."""
    found = set()
    for clause in project.facts(Catch):
        place = (clause.at.path, clause.function)
        function = project.view(functions).get(place)
        if function is None or "raises" in clause.does or not clause.attempts or clause.nested:
            continue
        if clause.exceptions and not CATCH_ALL.intersection(clause.exceptions):
            continue
        tried = {one.rpartition(".")[2] for one in clause.attempts}
        others = [one for one in function.calls if one.rpartition(".")[2] not in tried]
        failing = {one.rpartition(".")[2] for one in others if leads_out(_plain(one)) and not _is_harmless(_plain(one))}
        made = project.calls_made(clause.at.path, failing) if failing else ()
        if not any(one.function == clause.function and not clause.at.holds(one.at) for one in made):
            found.add(place)
    return frozenset(found)


def _without_looks(project: Project, clause: Catch) -> Catch:
    """A clause without the calls that look into a text, `body.find("<")`; a database is asked by more."""
    if not any(one.endswith(".find") for one in clause.attempts):
        return clause
    made = [one for one in project.calls_made(clause.at.path, frozenset({"find"})) if one.function == clause.function]
    if not made or not all(len(one.arguments) == 1 and constant_text(one.arguments[0]) is not None for one in made):
        return clause
    return replace(clause, attempts=tuple(one for one in clause.attempts if not one.endswith(".find")))


def gets_failures_back(project: Project, clause: Catch, callee: str = "") -> bool:
    """Whether what is tried asks calls for their failures, and answers them itself: `if (!result.success) return …`.

    With a `callee`, whether it asks that one, or another method of the same thing.
    """
    own = project.view(_answered).get((clause.at.path, clause.function), ())
    asking = (one for one in own if one.at[:3] < clause.at[:3] and any(map(_FAILED.search, one.conditions[:1])))
    given = (value for one in asking for value in (one.lacks, one.finds))
    owner, _, last = callee.rpartition(".")
    asked = (f"{last}().", f"{owner}." if owner.rpartition(".")[2] not in ("", "this", "self") else f"{last}().")
    return any(not callee or (isinstance(one, Reference) and any(map(one.name.__contains__, asked))) for one in given)


def _answered(project: Project) -> dict[tuple[str, str], list[Response]]:
    """The view: what each function answers outside of clauses, and does not throw."""
    found: dict[tuple[str, str], list[Response]] = defaultdict(list)
    for one in project.facts(Response):
        if not one.raised and not one.in_catch:
            found[one.at.path, one.function].append(one)
    return found


def leads_outside(project: Project, clause: Catch, tells: Callable[[str], bool] | None = None) -> bool:
    """Whether what is tried asks a database or another service: by its name, or by a function of the project's own.

    `tells` says it of the names of calls that lead to nothing known, `leads_out` where it is not given.
    """
    tells = tells or leads_out
    failing = [callee for callee in clause.attempts if _may_fail(_plain(callee), clause)]
    function = project.view(functions).get((clause.at.path, clause.function))
    made = function.calls if function is not None else ()  # by what the names stand for, which clauses do not know
    for callee in failing:
        last = callee.rpartition(".")[2]
        same = [one for one in made if one.rpartition(".")[2] == last]
        places = [called(project, function, one) for one in same] if function is not None else []
        known = [place for place in places if place is not None]
        waited = clause.waits is not None and callee in clause.waits and _WAITED.match(last) is not None
        if any(_asks(project, place, tells) for place in known) or (not known and (waited or tells(_plain(callee)))):
            return True
    return _asks_itself(project, clause)


def _asks_itself(project: Project, clause: Catch) -> bool:
    """Whether a database or another service is asked in what is tried itself: between its first call and the clause."""
    first = clause.attempts[0].replace("()", "").rpartition(".")[2] if clause.attempts else ""
    made = project.calls_made(clause.at.path, frozenset({first})) if first else ()
    begins = [one.at for one in made if one.function == clause.function and one.at[:3] < clause.at[:3]]
    places = project.view(_asking_at).get((clause.at.path, clause.function), ())
    return bool(begins) and any(max(begins)[:3] <= at[:3] < clause.at[:3] for at in places)


def _asks(project: Project, place: tuple[str, str], tells: Callable[[str], bool]) -> bool:
    """Whether a function of the project's asks a database or another service, itself or in what it calls."""
    asking, known = project.view(_asking), project.view(functions)
    for one in reached(project, *place, CALLS_AWAY):
        function = known.get(one)
        if one in asking:
            return True
        if function is None:
            continue
        plain = (callee for callee in function.calls if tells(_plain(callee)) and not _is_harmless(_plain(callee)))
        if any(called(project, function, callee) is None for callee in plain):
            return True
    return False


def _asking(project: Project) -> frozenset[tuple[str, str]]:
    """The view: the functions that ask a database or another service themselves."""
    return frozenset(project.view(_asking_at))


def _asking_at(project: Project) -> dict[tuple[str, str], list[Location]]:
    """The view: where each function asks a database or another service."""
    found: dict[tuple[str, str], list[Location]] = defaultdict(list)
    asking: list[ModelAccess | RowWrite | TableAccess | DocumentQuery | Query | OutboundRequest] = []
    asking += [*project.facts(ModelAccess), *project.facts(RowWrite), *project.facts(TableAccess)]
    asking += [*project.facts(DocumentQuery), *project.facts(Query), *project.facts(OutboundRequest)]
    for one in asking:
        found[one.at.path, one.function].append(one.at)
    return found


def leads_out(callee: str) -> bool:
    """Whether a call asks a database or another service, or has something done there, by its name."""
    return _ASKS.search(callee) is not None or _OUTSIDE.match(callee.rpartition(".")[2]) is not None


def asks(callee: str) -> bool:
    """Whether a call asks a database or another service, by what it is made on."""
    return any(one.search(callee) is not None for one in (_ASKS, _GIVES_BACK, _IN_BETWEEN))


def stores(callee: str) -> bool:
    """Whether a call asks a database, or keeps something, by its name: one that finds or reads may do so in memory."""
    return asks(callee) or (_STORES.match(callee.rpartition(".")[2]) is not None and leads_out(callee))


def _plain(callee: str) -> str:
    return callee.replace("()", "").removesuffix(".default")


def _may_fail(callee: str, clause: Catch) -> bool:
    if _ASKS.search(callee):
        return True
    name = callee.rpartition(".")[2]
    if _is_harmless(callee):
        return False
    if clause.waits is not None and callee in map(_plain, clause.waits):
        return True
    is_python = clause.at.path.endswith(".py")
    if clause.waits is None and (not is_python or _DOES.match(name)):
        return True
    return is_python and _IN_BETWEEN.search(callee) is not None


def _is_harmless(callee: str) -> bool:
    """Whether a call fails by its input alone."""
    parses = _PARSES.search(callee.rpartition(".")[2]) or _OF_STREAM.search(callee)
    return (
        bool(parses or _LOOKS_THROUGH.search(callee))
        or converts(callee)
        or callee.startswith("zod.")
        or callee == "next"
    )
