"""What is tried that may fail by itself, whatever the client sent: a database, a queue, another service."""

import re

from ..facts.code import Catch
from ..facts.data import DocumentQuery, ModelAccess, Query, RowWrite, TableAccess
from ..facts.messages import OutboundRequest
from ..project import Project
from .converts import converts
from .endpoints import reached
from .functions import functions
from .places import called

_PARSES = re.compile(
    r"json|parse|validate|decode|verify|construct|uuid|loads?$|schema|cast|decrypt|^url$|_url$|param(?:eter)?s$|render"
    r"|plain_?to|regex|compile|text$|form_?data|formdata|^arraybuffer$|get$|^(?:assert|ensure|require)(?:_|[A-Z]\w)"
    r"|normali[sz]e|patch|Exception$|Error$|Response$|^getOrThrow$|secret$|^assign$",
    re.IGNORECASE,
)
"""Calls that fail by their input; a clause around nothing else may blame the client."""
_ASKS = re.compile(r"\.objects(?:\.\w+)+$|(?:^|[._])(?:session|db)\.get$|\.query(?:\.\w+)*\.get$|\.throwOnError$")
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


CALLS_AWAY = 3
"""How many calls away from what is tried it may be that a database is asked."""


def fails_by_itself(clause: Catch) -> str:
    """The first call that may fail on the service's side, `""` where all that is tried fails by its input.

    Asynchronous code waits for such a call, but for what blocks it; of other code the name has to say so. One
    that leads out of the process, by its name, goes first.
    """
    failing = [callee for callee in map(_plain, clause.attempts) if _may_fail(callee, clause)]
    return next(filter(leads_out, failing), next(iter(failing), ""))


def leads_outside(project: Project, clause: Catch) -> bool:
    """Whether what is tried asks a database or another service: by its name, or by a function of the project's own."""
    failing = [callee for callee in clause.attempts if _may_fail(_plain(callee), clause)]
    if any(leads_out(_plain(callee)) for callee in failing):
        return True
    function = project.view(functions).get((clause.at.path, clause.function))
    last = {callee.rpartition(".")[2] for callee in failing}
    made = function.calls if function is not None else ()  # by what the names stand for, which clauses do not know
    places = [called(project, function, one) for one in made if function and one.rpartition(".")[2] in last]
    asking = project.view(_asking) if any(places) else frozenset()
    return any(not asking.isdisjoint(reached(project, *place, CALLS_AWAY)) for place in places if place is not None)


def _asking(project: Project) -> frozenset[tuple[str, str]]:
    """The view: the functions that ask a database or another service themselves."""
    found = {(one.at.path, one.function) for one in project.facts(ModelAccess)}
    found |= {(one.at.path, one.function) for one in project.facts(RowWrite)}
    found |= {(one.at.path, one.function) for one in project.facts(TableAccess)}
    found |= {(one.at.path, one.function) for one in project.facts(DocumentQuery)}
    found |= {(one.at.path, one.function) for one in project.facts(Query)}
    return frozenset(found | {(one.at.path, one.function) for one in project.facts(OutboundRequest)})


def leads_out(callee: str) -> bool:
    """Whether a call asks a database or another service, or has something done there, by its name."""
    return _ASKS.search(callee) is not None or _OUTSIDE.match(callee.rpartition(".")[2]) is not None


def _plain(callee: str) -> str:
    return callee.replace("()", "").removesuffix(".default")


def _may_fail(callee: str, clause: Catch) -> bool:
    if _ASKS.search(callee):
        return True
    name = callee.rpartition(".")[2]
    if _PARSES.search(name) or converts(callee) or callee.startswith("zod.") or callee == "next":
        return False
    if clause.waits is not None and callee in map(_plain, clause.waits):
        return True
    is_python = clause.at.path.endswith(".py")
    if clause.waits is None and (not is_python or _DOES.match(name)):
        return True
    return is_python and _IN_BETWEEN.search(callee) is not None
