"""What the code found out before it answered, where the words of the answer leave it open.

That a row which was looked for is not there, or is there already; that nobody proved who is calling, or that who is
calling may not do this; which exception was caught.
"""

import re
from collections.abc import Iterable

from ..facts.code import Function
from ..facts.values import Call, Value
from ..project import Project
from .asked_for import parameters, running
from .clauses import clauses
from .endpoints import Endpoint
from .faults import VERIFIES, Fault, checked, said
from .functions import functions
from .grounds import compares_password, forbids, lacks_input, proves_nobody, signs_in
from .lookups import is_by_key, is_for_new
from .lookups import is_by_path as is_given_path
from .refusals import refused
from .responses import Answer
from .rows import is_by_path, makes_another
from .standing import asked

MAILED = re.compile(
    r"reset|confirm|verif|invit|unsubscribe|(?<!can)activat|magic|download|share|state|callback|oauth", re.IGNORECASE
)
"""Functions whose tokens come with a link, or back from a provider: a bad one is bad input, nobody has to sign in."""
TOKEN = re.compile(
    r"^(?:the |your |this )?(?:jwt|token) (?:(?:is|was|has|has been) )?"
    r"(?:(?:expired|invalid|malformed|missing|revoked|not valid|not recogni[sz]ed)(?: or (?=\w)|(?=[.!]?$)))+[.!]?$"
    r"|^(?:invalid|expired|missing|malformed|bad|unknown|revoked|no|unrecogni[sz]ed)"
    r"(?:(?: or |/)(?:invalid|expired|missing|revoked|malformed))? (?:jwt|token)(?: provided)?[.!]?$",
    re.IGNORECASE,
)
"""Messages about a token that does not say what for."""
_PASSWORD = re.compile(
    r"\b(?:wrong|incorrect|invalid|bad) password\b|\bpassword (?:is |was )?(?:wrong|incorrect|invalid|mismatch)\b"
    r"|^(?:log-?in|sign-?in|authentication) failed\b",
    re.IGNORECASE,
)
"""Messages about a password; where nobody signs in, it may be one that is asked for once more."""
_CHANGES = re.compile(r"(?:change|reset|update|new|set)-?_?passwords?", re.IGNORECASE)
"""Functions and paths by which a password is changed by somebody who is signed in."""
_FAILED = re.compile(r"^(?:e|err|error)(?:\s*(?:\|\||!==?)\s*[\w!.]+)?$")
"""The test of what a callback is given first."""
BY_BODY = frozenset({400, 422})
"""What is right where the body names something that is not there."""


def found_out(project: Project, answer: Answer, own: list[Endpoint]) -> tuple[Fault, str] | None:
    """What was found out, with the test or the words that say so. `own` are the endpoints that the function handles."""
    clause = project.view(clauses).around(answer.at) if answer.response.in_catch else None
    found = checked(answer, clause) or (refused(project, answer, clause) if clause is not None else None)
    found = found or _by_words(project, answer, own) or _by_lookup(project, answer)
    function = project.view(functions).get((answer.at.path, answer.response.function))
    if found is None and function is not None and any(map(_FAILED.match, answer.response.conditions[:1])):
        called_back = next(filter(VERIFIES.search, function.calls), "")
        found = (Fault.CREDENTIALS, f"`{called_back.rpartition('.')[2]}` failed") if called_back else None
    found = found or _by_caller(answer) or _in_python(answer, function, own)
    where = f"{answer.response.function} {answer.response.exception}"
    by_mail = found is not None and found[0] is Fault.CREDENTIALS and MAILED.search(where)
    return None if by_mail else found


def where_signs_in(project: Project, answer: Answer, own: Iterable[Endpoint]) -> bool:
    """Whether callers sign in by the function of an answer, or by the paths for which it runs."""
    place = (answer.at.path, answer.response.function)
    several = (*own, *project.view(running).get(place, ()))
    where = [answer.response.function, *(endpoint.path or "" for endpoint in several)]
    return any(map(signs_in, where)) and not any(map(_CHANGES.search, where))


def _by_lookup(project: Project, answer: Answer) -> tuple[Fault, str] | None:
    """That the row which the path names is not there, or that there is one like that which is to be made."""
    lacks = answer.response.lacks
    if isinstance(lacks, Call) and (is_by_key(lacks) or is_by_path(lacks)):
        return Fault.MISSING, _test(answer, lacks)
    is_python = answer.at.path.endswith(".py")
    if is_for_new(project, answer) or (not is_python and makes_another(project, answer)):
        return Fault.DUPLICATE, _test(answer, answer.response.finds)
    return None


def _by_caller(answer: Answer) -> tuple[Fault, str] | None:
    """That nobody proved who is calling, or that who is may not do this."""
    test = f"`{next(iter(answer.response.conditions), '')}`"
    if forbids(answer):
        return Fault.FORBIDDEN, test
    if lacks_input(answer):
        return Fault.INVALID, test
    return (Fault.CREDENTIALS, test) if proves_nobody(answer) else None


def _in_python(answer: Answer, function: Function | None, own: list[Endpoint]) -> tuple[Fault, str] | None:
    """What Python code found out by a function of its own, or about the caller."""
    if answer.status in BY_BODY and is_given_path(answer.response.lacks, set(parameters(own))):
        return Fault.MISSING, _test(answer, answer.response.lacks)
    if function is None or not answer.response.conditions:
        return None
    given = set(function.parameters) - set(parameters(own))
    where = " ".join([answer.response.function, *(endpoint.path or "" for endpoint in own)])
    fault = asked(answer.response.conditions[0], given, where)
    return (fault, f"`{answer.response.conditions[0]}`") if fault is not None else None


def _by_words(project: Project, answer: Answer, own: list[Endpoint]) -> tuple[Fault, str] | None:
    """That a password or token does not prove who is calling, by words that say so where somebody signs in."""
    place, texts = (answer.at.path, answer.response.function), list(said(answer))
    text = next((text for text in texts if _PASSWORD.search(text)), "")
    if (text or compares_password(answer)) and where_signs_in(project, answer, own):
        return Fault.CREDENTIALS, text or _test(answer, None)
    text = next((text for text in texts if TOKEN.search(text)), "")
    signed = answer.status == 403 and own  # of a link that was signed: 403 is what those who serve files answer
    where = (answer.at.path, place[1], *(endpoint.path or "" for endpoint in project.view(running).get(place, ())))
    return (Fault.CREDENTIALS, text) if text and not signed and not any(map(MAILED.search, where)) else None


def _test(answer: Answer, call: Value | None) -> str:
    """The test before an answer as written; that of an `if` which was left before it by what it asked for."""
    if answer.response.conditions:
        return f"`{answer.response.conditions[0]}`"
    return f"`{call.name}`" if isinstance(call, Call) else ""
