"""A status says something else than its own message.

Clients act on the number: 401 sends the user to sign in, 403 says that it will not help, 404 drops the item from the
list, 409 offers another name. A message for humans beside the wrong number leads each of them astray.

Missing or invalid credentials are 401, a lack of permission is 403 (or 404, to hide that there is something), a missing
resource is 404, a duplicate is 409. For invalid fields both 400 and 422 are right, and so is 400 where a request names
something that does not exist in its body, or holds a token that is not the caller's own. Where what the path names lacks
something yet 409 is right (RFC 9110, 15.5.10). A method that a path does not have is 405. Where nobody knows the user that signs in 401 is right; the token
endpoint of OAuth answers wrong passwords with 400 (RFC 6749, 5.2), and Django REST framework's serializers all that is
invalid.

Nothing is said where anything else in the answer speaks for its number: a code beside the message, the words of a message
beside the test. Nor where a helper answers in several ways: that is judged in the helper. What a
global handler answers with a number that is right for nothing it gets is said once, at the handler. By default a message
of what is not there takes a lookup or a test of what the path names, and a refusal that is answered 400 a test of the
caller or a word for rights.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

from ...facts.http import Response
from ...facts.location import Location, Related
from ...facts.values import Call, Constant, Items, Record, Value, options
from ...finding import Confidence, Finding
from ...join.asked_for import is_asked_for, is_named, parameters, running, subject
from ...join.bodies import words
from ...join.caught_above import is_caught_above
from ...join.clauses import clauses
from ...join.endpoints import Endpoint, answering, endpoints
from ...join.faults import RIGHT, Fault, checked, said, told
from ...join.found_out import BY_BODY, MAILED, TOKEN, found_out, where_signs_in
from ...join.functions import functions
from ...join.graphql import by_graphql
from ...join.grounds import compares_password, proves_nobody
from ...join.habits import as_habits
from ...join.idle import is_idle
from ...join.lookups import is_by_key, is_by_others, relation
from ...join.lookups import is_by_path as is_given_path
from ...join.paths import PARAMETER
from ...join.places import located
from ...join.refusals import refused
from ...join.responses import CATCH_ALL, Answer, given_by, responses
from ...join.rows import is_by_path, looked_for, of_path
from ...join.webhooks import to_webhook
from ...project import SERVER_SIDES, Project
from ...rule import Meta

META = Meta(
    severity="warning",
    confidence="medium",
    since="0.1.0",
    languages=("python", "typescript"),
    found_at=("Response",),
    serving=True,
    asked_by="S E",
    strictly="what only a test or only a message says, where it may mean something else: a message of what is not there "
    "without a lookup by the path, or where what the path names only lacks it or is over, a test of the caller or of what is there "
    "without a word of it, a refusal answered 400 or 422 without a test of the caller or a word for rights, what was "
    "already used where nothing was looked for, and credentials "
    "that nobody was seen to ask the request for, or that a provider's hook is refused for with 403; what the text of a "
    "class promises; and what stands in files of Python that nothing loads, in methods of views without a route, or in tasks of a queue, "
    "or for messages of a socket.",
    limits="Judged by the words of constant messages, by error codes of databases and by the type of what is caught.",
)

WRONG = {
    Fault.MISSING: frozenset({403, 405, 409, 429}),
    Fault.CREDENTIALS: frozenset({400, 403, 404, 409, 422}),
    Fault.FORBIDDEN: frozenset({400, 401, 422}),
    Fault.DUPLICATE: frozenset({400, 401, 403, 404}),
    Fault.INVALID: frozenset({404}),
}
SHOWN = 5
BESIDE_PATH = BY_BODY | {401, 409}
"""What is right where something else is not there than what the path names."""
_REFUSED = r"forbid|permission|denied|\bcannot\b|\ballowed\b|\broles?\b|\bscopes?\b|\bplan\b|restrict|disabled"
_UNPROVEN = (
    r"signature|token|\bkeys?\b|secret|credential|password|session|log-? ?in\b|sign-? ?in\b|authenticat|timestamp"
)
_UNFIT = r"\binvalid|malformed|unsupported|\bmust\b|\bexpected\b|\bformat\b|not valid|out of range"
SPEAKS_FOR = {
    400: re.compile(_UNFIT, re.IGNORECASE),
    401: re.compile(_UNPROVEN, re.IGNORECASE),
    403: re.compile(_REFUSED, re.IGNORECASE),
    404: re.compile(r"not[ _-]?found|no such|does(?:n't| not) exist", re.IGNORECASE),
    409: re.compile(r"conflict|\balready\b|duplicate|another|in use", re.IGNORECASE),
    422: re.compile(_UNFIT, re.IGNORECASE),
}
"""Words by which another part of the answer speaks for the number that was sent."""
PASSWORD_FORM = re.compile(r"OAuth2PasswordRequestForm(?:Strict)?$")
"""The parameter of an endpoint that gives tokens for passwords."""
ELSEWHERE = re.compile(
    r"\b(?:in|from|by) (?:the |its )?(?:\w+ )?(?:response|reply|answer|provider|upstream)\b"
    r"|\b(?:stored|saved|configured|connected|linked|on file|set up)\b",
    re.IGNORECASE,
)
"""Messages about credentials in another service's answer, such as the service keeps for somebody."""
OF_FORM = re.compile(r"(?<![A-Za-z])(?i:[cx]srf)|(?<=[a-z])[CX]srf")
"""Names of what proves which page a request comes from, not who makes it."""
CALLING = re.compile(
    r"\bnot authenticated\b|\bunauthenticated\b|\b(?:logged|signed) in\b|\b(?:log|sign)[ -]?in\b|\blogin required\b"
    r"|\bbearer\b|\bauthori[sz]ation (?:header|scheme)\b|\bauth(?:entication)? (?:is )?required\b|\bplease authenticate\b|^(?:the |your )?(?:user |login )?session\b",
    re.IGNORECASE,
)
"""Messages that can only be about whoever makes the request."""
UNIQUE = re.compile(r"\bmust be unique\b", re.IGNORECASE)
"""What is asked of a list in the request as well as of what is there."""
USED = re.compile(r"\balready (?:been )?used\b", re.IGNORECASE)
"""What is said of things that are good for once as well as of names that somebody has."""
SOME = re.compile(r"^only (?!.*\b(?:you|admin|owner|staff|manager|moderator|author|creator))", re.IGNORECASE)
"""What is asked of things as well as of those who make requests: “only drafts can be edited”."""
CALLER = re.compile(
    r"current_?user|\b(?:req|request)[?!]?\.(?:user|auth|session|account|state)|\bctx\.(?:state|user)|\blocals\b|\bc\.(?:get|var)\b"
    r"|\b(?:session|auth|caller|viewer|actor|principal|claims|membership)\b|user_?id\b"
    r"|\buser[?!]?\.(?:roles?|permissions|scopes?|id|is_?(?:admin|staff|superuser|owner|member)|has_perm\w*)\b"
    r"|is_?(?:admin|owner|staff|member)\b|has_?(?:role|permission|access)",
    re.IGNORECASE,
)
"""Tests of who makes the request."""
RIGHTS = re.compile(r"permission|privilege|\brights\b|\bdenied\b|\bforbidden\b|\bnot authori[sz]ed\b", re.IGNORECASE)
"""Words for what the caller may do, and nothing that is asked of things."""
RANKS = re.compile(r"\broles?\b|\badmin|\bowner\b", re.IGNORECASE)
"""Words for what callers are, which requests name as well: “Invalid or missing role”, of somebody who is to be hired."""
RANK = re.compile(r"['\".](?:super_?)?(?:admin\w*|owner|staff|moderator|manager|editor)\b", re.IGNORECASE)
"""A test for one that may do what others may not: `role !== "admin"`."""
GIVEN = re.compile(r"(?:provided|given|supplied|specified|selected)\W*$", re.IGNORECASE)
"""The end of a message about what the request holds, not about who makes it."""
THERE = re.compile(r"\b(?:already|exists|taken|in use|duplicate|twice)\b", re.IGNORECASE)
"""Words of what is there where something was to be made, which say it together with a test that found it."""
ALL = re.compile(r"\btoo many\b|\(s\)|\busers already exist\b", re.IGNORECASE)
"""Words of a limit, or of all that there are: nothing like them was to be made."""
OF_KNOWN = re.compile(
    r"(?:user|caller|account|member|principal|actor)\.(?:is|has|can|may)(?!_?(?:authenticated|anonymous|logged|signed))\w*\(",
    re.IGNORECASE,
)
"""Tests that ask somebody who is there: `user.is_clerk()`."""
ENDED = re.compile(r"\bor\b.*\b(?:expired|used|revoked|invalid|inactive|cancel\w*|closed)\b", re.IGNORECASE)
"""Messages by which what is there and no longer holds is refused as what is not: “not found or expired”."""
PROOF = re.compile(
    r"^(?!.*(?:admin|role|scope|owner)(?!_?(?:key|token|secret))).*(?:signature|secret|token|password|_key|api_?key|timestamp)",
    re.IGNORECASE,
)
"""Tests of such proof."""
MAKES = re.compile(r"_*(?:generate|create|sign|issue|make|mint|encode|build|refresh|exchange)(?:_|[A-Z]|$)")
"""Calls that give what they make."""
PERSON = re.compile(r"^(?:user|account|member|session|api key|key|owner|profile)$", re.IGNORECASE)
"""Who makes a request, as messages call them."""
GRANT = re.compile(r"\bclient (?:credentials|id|secret|authentication)\b|\brefresh token\b|\bgrant\b", re.IGNORECASE)
"""What a token endpoint refuses with 400 (RFC 6749, section 5.2: `invalid_client`, `invalid_grant`)."""
OF_OAUTH = frozenset({"access_denied", "expired_token", "invalid_token"})
"""Codes of errors that OAuth's endpoints answer with 400 (RFC 6749, 5.2; RFC 8628, 3.5)."""
FIELD = re.compile(r"\w_id$|[a-z]Id$")
"""The key of a message about a field of the request that names something by its id."""
AUTHENTICATES = re.compile(r"(?:^|\.)(?:AuthenticationFailed|NotAuthenticated)$")
"""What authenticators raise: whoever is refused by one has not signed in yet, whatever it asks of them."""
SERIALIZER = re.compile(r"(?:^|\.)(?:serializers|rest_framework\.exceptions)\.ValidationError$")
"""The exception by which serializers gather what is invalid; all of it is answered 400 together."""
CONSTRUCTOR = re.compile(r"(?:^|\.)(?:__init__|constructor)$")
ANOTHERS = re.compile(r"\bbelongs? to (?:some(?:one|body) else|an(?:other|y other)|a different)\b", re.IGNORECASE)
"""Messages about what somebody else has: no permission is missing where it was looked for to see whether it is free."""
WRONG_PASSWORD = re.compile(
    r"(?:incorrect|wrong|invalid|bad)\b.*\bpassword\b|\bpassword\b.*(?:incorrect|wrong|invalid)", re.IGNORECASE
)
"""Messages of a sign-in that failed."""
HIDDEN = re.compile(
    r"\bfound\b|\bexists?\b|\bno such\b|\bor\b|\bis not (?:an? )?(?:member|participant)\b", re.IGNORECASE
)
"""Messages that leave open whether a resource is not there or not to be seen."""
OF_METHOD = re.compile(
    r"(?!not )[\w.]*\bmethod(?:\(\))? (?:!={1,2}|not in) [^&|]*$|not \(?[\w.]*\bmethod(?:\(\))? (?:={2,3}|in) [^&|]*$"
)
"""Tests that leave out a method: `request.method != "POST"`, and what is refused by one has no other method."""
BY_METHOD = "a method that is not allowed", "405"
LOCATES = frozenset({"loc", "field", "path", "pointer"})
"""Keys that say which field an entry of a list of faults is about."""


def check(project: Project) -> Iterator[Finding]:
    """Each 4xx whose message is about something else; what a service always does so is one finding."""
    found = list(_each(project))
    said_at = {finding.at for _, finding in found}
    once = [one for one in found if one[0].origin == one[1].at or one[0].origin not in said_at]
    yield from as_habits(
        project, _by_handlers(project, once), lambda finding: f"{finding.slots['right']} as {finding.slots['status']}"
    )


def _by_handlers(project: Project, found: Iterable[tuple[Answer, Finding]]) -> Iterator[Finding]:
    """The findings; one in their stead where a handler of errors gives several that are raised its own number."""
    several: dict[object, list[tuple[Answer, Finding]]] = defaultdict(list)
    for answer, finding in found:
        kind = finding.slots["right"], finding.slots["status"], finding.strict
        place = (answer.origin, *kind) if _is_numbered(project, answer) else answer.at
        several[place].append((answer, finding))
    for (answer, first), *others in several.values():
        raised = tuple(Related(one.at, "raised here") for one in (first, *(one for _, one in others)))
        more = (
            f"{first.evidence} Its handler gives {len(others)} more such failure{'s' * (len(others) > 1)} this number."
        )
        yield replace(first, at=answer.origin, evidence=more, related=raised[:SHOWN]) if others else first


def _is_numbered(project: Project, answer: Answer) -> bool:
    """Whether it is a handler of errors that gives what is raised its number, and no class that it asks for.

    Where that number is right for others that it gets, these are of the wrong class, and it is where they are raised.
    """
    sent = (one for one in project.facts_of(answer.origin.path, Response) if one.at == answer.origin)
    if not answer.handled or not any(
        one.status == answer.status and not one.raised and not one.conditions for one in sent
    ):
        return False
    alike = (one for one in project.view(responses) if one.origin == answer.origin and one.status == answer.status)
    return not any(found is not None and one.status not in WRONG[found[0]] for one in alike for found in (told(one),))


def _each(project: Project) -> Iterator[tuple[Answer, Finding]]:
    """The findings, each with its answer."""
    handled: dict[tuple[str, str], list[Endpoint]] = defaultdict(list)
    for endpoint in project.view(endpoints):
        handled[endpoint.handler_path, endpoint.handler].append(endpoint)
    seen: set[object] = set()
    for answer in (*project.view(responses), *_given_back(project)):
        status = answer.status
        if status is None or not 400 <= status <= 499 or answer.at in seen or answer.is_one_of:
            continue
        if project.side(answer.at.path) not in SERVER_SIDES or by_graphql(project, answer):
            continue
        own = handled.get((answer.at.path, answer.response.function), [])
        blamed = _blamed(project, answer, own)
        if blamed is None or _is_excused(project, answer, own, *blamed):
            continue
        fault, text = blamed
        own_class = answer.response.raised and (not answer.response.framework or _by_class(answer, text))
        if own_class and (CONSTRUCTOR.search(answer.response.function) or (answer.response.exception, text) in seen):
            continue  # said where it is raised first
        if not (_is_wrong(project, answer, own, fault, text) or _is_told_apart(project, answer, fault, text)):
            continue
        if is_caught_above(project, answer):
            continue  # and nobody gets this number
        seen |= {answer.at, (answer.response.exception, text)}
        about, right = BY_METHOD if _is_by_method(answer, fault) else (str(fault), RIGHT[fault])
        at = _in_class(project, answer, text) or answer.at
        shown = (text if len(text) < 83 else f"{text[:81]}`") if text.startswith("`") else f"“{text[:80]}”"
        finding = Finding(
            at,
            evidence=f"{shown} tells of {about}, the status is {status}.",
            remedy=f"Answer {right}.",
            related=(Related(answer.at, "raised here"),) if at != answer.at else (),
            slots={"said": text.strip("`")[:80], "status": str(status), "right": right},
            confidence=Confidence.MEDIUM,
            strict=not _is_certain(project, answer, own, *blamed)
            or is_idle(project, answer.at.path, answer.response.function)
            or _is_by_socket(project, answer),
        )
        yield answer, finding


def _is_by_method(answer: Answer, fault: Fault) -> bool:
    """Whether it is the method that is refused: what is invalid or not allowed is nothing else of the request."""
    tests = answer.response.conditions[:1]
    return fault in (Fault.INVALID, Fault.FORBIDDEN) and any(
        " or " not in one and OF_METHOD.match(one) for one in tests
    )


def _is_by_socket(project: Project, answer: Answer) -> bool:
    """Whether what is raised is raised for a message of a socket, to which nobody answers with a number."""
    function = project.view(functions).get((answer.at.path, answer.response.function))
    return answer.response.raised and function is not None and "socket" in function.parameters


def _blamed(project: Project, answer: Answer, own: list[Endpoint]) -> tuple[Fault, str] | None:
    """What went wrong by the answer's words, or by what was found out before it where these leave it open."""
    blamed = told(answer)
    if blamed is not None and answer.response.finds is not None and ANOTHERS.search(blamed[1]):
        return Fault.DUPLICATE, blamed[1]  # what was looked for is there, and somebody else has it
    if blamed is None or (blamed[0] is Fault.INVALID and " " not in blamed[1]):  # a code for all that is refused
        return found_out(project, answer, own) or blamed
    return blamed


def _is_wrong(project: Project, answer: Answer, own: list[Endpoint], fault: Fault, text: str) -> bool:
    """Whether a status is wrong for what is blamed."""
    if fault is not Fault.MISSING or answer.status not in BESIDE_PATH:
        return answer.status in WRONG[fault]
    lacks = answer.response.lacks
    about = looked_for(lacks) if isinstance(lacks, Call) and told(answer) is None else text
    if own:
        return is_asked_for(own, about) or is_given_path(lacks, set(parameters(own)))
    return answer.response.raised and is_named(_for(project, answer, own), about)


def _for(project: Project, answer: Answer, own: list[Endpoint]) -> list[Endpoint]:
    """The endpoints for whose requests an answer is given."""
    return own or project.view(running).get((answer.at.path, answer.response.function), [])


def _is_told_apart(project: Project, answer: Answer, fault: Fault, text: str) -> bool:
    """Whether a status that may stand for the fault is belied: a 404 that says "not allowed", a 422 for a known 23505."""
    if fault is Fault.FORBIDDEN and answer.status == 404:
        lacks = answer.response.lacks
        looked_up = isinstance(lacks, Call) and (relation(lacks) or looked_for(lacks))
        return told(answer) is not None and HIDDEN.search(text) is None and not looked_up
    if fault is Fault.INVALID and answer.status in (403, 409):
        return (checked(answer, None) or ("",))[0] is Fault.INVALID
    if fault is not Fault.DUPLICATE or answer.status != 422:
        return False
    clause = project.view(clauses).around(answer.at) if answer.response.in_catch else None
    if answer.response.finds is not None:  # it is there; where each field's faults are listed, it is one of them
        return not (isinstance(answer.body, Record) and any(isinstance(one, Items) for _, one in answer.body.entries))
    by_clause = clause is not None and (checked(answer, clause) or refused(project, answer, clause) or ("",))[0]
    return text.startswith("`") or by_clause is Fault.DUPLICATE


def _is_certain(project: Project, answer: Answer, own: list[Endpoint], fault: Fault, text: str) -> bool:
    """Whether what is blamed can be nothing else: words that have one meaning, or that agree with the test before."""
    clause = project.view(clauses).around(answer.at) if answer.response.in_catch else None
    found, is_spoken = checked(answer, clause), not text.startswith("`")
    if answer.response.explained or _is_caught(project, answer):
        return False
    if fault is Fault.DUPLICATE and not is_spoken and answer.status not in BY_BODY:
        return False  # a refusal may be meant to tell nobody what is there
    if fault is Fault.CREDENTIALS and answer.status == 403 and _lets_nobody_in(project, answer):
        return False
    if (found is not None and found[0] is fault) or text.endswith("` failed"):  # a library found it out
        return True
    match fault:
        case Fault.CREDENTIALS if answer.status == 403:  # which some answer to all whom they do not let in
            return is_spoken or any(map(SPEAKS_FOR[401].search, said(answer)))
        case Fault.CREDENTIALS:
            known = compares_password(answer) or "credential" in text.lower()
            signs = known and where_signs_in(project, answer, own)
            return signs or proves_nobody(answer) or any(one.search(text) for one in (CALLING, WRONG_PASSWORD))
        case Fault.MISSING if is_spoken:
            if answer.status in BY_BODY and ENDED.search(text):
                return False
            lacks, asked = answer.response.lacks, _for(project, answer, own)
            by_path = is_given_path(lacks, set(parameters(asked))) and not is_by_others(lacks)
            if isinstance(lacks, Call) and any(map(of_path, lacks.arguments)):
                return True
            return by_path or (is_named(asked, text) and _is_looked_up(answer, asked))
        case Fault.DUPLICATE if is_spoken and any(one.search(text) for one in (UNIQUE, USED)):
            return answer.response.finds is not None
        case Fault.DUPLICATE if is_spoken:
            return answer.status in BY_BODY or ALL.search(text) is None
        case Fault.DUPLICATE:
            return bool(answer.response.finds) and any(map(THERE.search, said(answer)))
        case Fault.FORBIDDEN if answer.status == 401 and (answer.response.in_catch or _authenticates(answer, own)):
            return False  # what failed may as well be to find out who is calling
        case Fault.FORBIDDEN if answer.status in BY_BODY:  # as which business rules are answered that say "cannot"
            if SOME.search(text) or any(map(CALLER.search, answer.response.conditions[:1])):
                return SOME.search(text) is None
            as_caller = RANKS.search(text) is not None and all(map(RANK.search, answer.response.conditions[:1]))
            return is_spoken and (as_caller or RIGHTS.search(text) is not None)
    return is_spoken or fault is Fault.FORBIDDEN


def _is_caught(project: Project, answer: Answer) -> bool:
    """Whether what is raised is caught beneath by a clause for everything, and whoever asked may get another status."""
    if not (answer.response.raised and answer.response.in_try):
        return False
    made = answer.response.exception.rpartition(".")[2]
    beneath = (
        one
        for one in project.view(clauses).of(answer.at.path)
        if one.function == answer.response.function
        and one.at[:3] > answer.at[:3]
        and any(callee.rpartition(".")[2] == made for callee in one.attempts)
    )
    first = next(beneath, None)
    return first is not None and CATCH_ALL.issuperset(first.exceptions) and "raises" not in first.does


def _is_looked_up(answer: Answer, asked: list[Endpoint]) -> bool:
    """Whether an answer follows a lookup, or a test of what the path names: `order_id not in orders`."""
    test = next(iter(answer.response.conditions), "")
    named_here = any(re.search(rf"\b{re.escape(name)}\b", test) for name in parameters(asked))
    return isinstance(answer.response.lacks, Call) or named_here


def _knows_401(project: Project, answer: Answer) -> bool:
    """Whether the function answers 401 to others before: a 403 is for those who said who they are, such as a wrong key."""
    own = given_by(project.view(responses), answer.at.path, answer.response.function)
    return any(one.status == 401 and one.at[:3] < answer.at[:3] for one in own)


def _lets_nobody_in(project: Project, answer: Answer) -> bool:
    """Whether a 403 may be right for credentials: 401 is what others get who show none, a provider's hook is refused for
    its signature, or somebody who is known is asked for something else.
    """
    of_known = any(map(OF_KNOWN.search, answer.response.conditions[:1]))
    return of_known or _knows_401(project, answer) or to_webhook(project, answer)


def _authenticates(answer: Answer, own: list[Endpoint]) -> bool:
    """Whether an authenticator refuses somebody, outside of what anybody asked for."""
    return not own and AUTHENTICATES.search(answer.response.exception) is not None


# What excuses


def _is_excused(project: Project, answer: Answer, own: list[Endpoint], fault: Fault, text: str) -> bool:
    """Whether something speaks for the status that was sent, a framework, a standard or the answer itself."""
    raised = answer.response.raised and answer.status in BY_BODY
    if raised and _lists_fields(answer.response.body):
        return True
    if (answer.status == 400 and text in OF_OAUTH) or (
        fault is not Fault.DUPLICATE and _speaks_for_itself(answer, fault, text)
    ):
        return True
    match fault:
        case Fault.CREDENTIALS:
            return _may_be_others(project, answer, own, text)
        case Fault.MISSING:
            of_caller = answer.status == 401 and not own and PERSON.match(subject(text)) is not None
            return of_caller or _may_be_hidden(answer, own) or _is_of_field(answer, own)
        case Fault.INVALID:  # an address that is not well-formed leads nowhere, and that is a 404
            return not _is_of_query(own)
    if fault is Fault.FORBIDDEN and answer.status in BY_BODY and GIVEN.search(text):
        return True
    if fault is Fault.DUPLICATE and USED.search(text) and MAILED.search(answer.response.function):
        return True  # a link that is good for once: nobody was to make another
    return SERIALIZER.search(answer.response.exception) is not None or _names_field(answer)


def _speaks_for_itself(answer: Answer, fault: Fault, text: str) -> bool:
    """Whether another part of the answer than the one that tells of the fault speaks for its number."""
    if answer.status == 401 and (proves_nobody(answer) or any(map(PROOF.search, answer.response.conditions[:1]))):
        return True
    if answer.status == 401 and text.startswith("`") and AUTHENTICATES.search(answer.response.exception):
        return True
    if any(re.search(rf"\b{answer.status}\b", one) for one in answer.response.conditions):
        return True  # `error.status === 401`: somebody else chose the number
    speaks = SPEAKS_FOR.get(answer.status or 0)
    of_token = fault is Fault.CREDENTIALS  # an invalid token is no invalid field
    others = [one for one in said(answer) if one != text and not (of_token and TOKEN.search(one))]
    return speaks is not None and any(map(speaks.search, others))


def _may_be_others(project: Project, answer: Answer, own: list[Endpoint], text: str) -> bool:
    """Whether credentials that are missing or wrong may be any others than those of whoever makes the request."""
    lacks = answer.response.lacks
    if isinstance(lacks, Call) and MAKES.match(lacks.name):
        return True  # what the service itself was to make is no proof of who is calling
    if any(map(OF_FORM.search, (text, answer.at.path, answer.response.function, *answer.response.conditions[:1]))):
        return True
    if ELSEWHERE.search(text) or (TOKEN.search(text) and MAILED.search(answer.response.function)):
        return True
    if answer.status == 404:  # what is there is nobody's business who is not known
        return told(answer) is None and not compares_password(answer)
    if answer.status not in BY_BODY:
        return False
    if GRANT.search(text) or SERIALIZER.search(answer.response.exception):
        return True
    if any(PASSWORD_FORM.search(kind) for endpoint in own for kind in endpoint.route.annotations):
        return answer.status == 400
    called = text.startswith("`") or CALLING.search(text) or proves_nobody(answer)
    return not (called or where_signs_in(project, answer, own))


def _may_be_hidden(answer: Answer, own: list[Endpoint]) -> bool:
    """Whether a 403 may be right for what is not there: it is not looked for by its key alone, but by whose it is."""
    lacks = answer.response.lacks
    is_one = is_by_key(lacks) or (isinstance(lacks, Call) and is_by_path(lacks))
    by_path = not answer.at.path.endswith(".py") or not own or is_given_path(lacks, set(parameters(own)))
    return answer.status == 403 and not (is_one and by_path)


def _is_of_field(answer: Answer, own: list[Endpoint]) -> bool:
    """Whether a message is about one field of the request, or gathered with those about others."""
    about_field = isinstance(answer.body, Record) and any(map(FIELD.search, answer.body.keys))
    return about_field or (bool(SERIALIZER.search(answer.response.exception)) and not own)


def _names_field(answer: Answer) -> bool:
    """Whether what is raised says which field it is about: `FieldError("…", field="owner")`, gathered with others."""
    made = answer.response.body
    told = isinstance(made, Call) and any(name in LOCATES for name, _ in made.keywords)
    return told and answer.status in BY_BODY and answer.response.raised


def _is_of_query(own: list[Endpoint]) -> bool:
    """Whether it cannot be the address that is not well-formed: no path of the handler has a place to fill in."""
    return bool(own) and not any(PARAMETER in (endpoint.segments or (PARAMETER,)) for endpoint in own)


def _lists_fields(value: Value | None) -> bool:
    """Whether what is raised is a list of what is wrong with which field: `[{"loc": ("body", "email"), "msg": …}]`."""
    given = value.arguments if isinstance(value, Call) else (value,)
    items = [item for one in given if isinstance(one, Items) for item in one.items]
    return any(isinstance(item, Record) and LOCATES.intersection(item.keys) for item in items)


def _by_class(answer: Answer, text: str) -> bool:
    """Whether it is the project's own class that says so, and not the place where it is raised, or a test there."""
    made = answer.response.body
    given = made.arguments if isinstance(made, Call) else ()
    is_spoken = not text.startswith("`")
    return bool(answer.response.helper) and is_spoken and not any(text in words(one) for one in given)


def _in_class(project: Project, answer: Answer, text: str) -> Location | None:
    """Where the project's own class says both, the number and the words: `super(400, "It exists")`."""
    place = located(project, answer.at.path, answer.response.exception) if _by_class(answer, text) else None
    constructors = [f"{place[1]}.{name}" for name in ("constructor", "__init__")] if place is not None else []
    for one in project.facts_of(place[0], Response) if place is not None else ():
        if one.function in constructors and isinstance(one.body, Call):
            told = (*one.body.arguments, *(value for _, value in one.body.keywords))
            if any(isinstance(value, Constant) and value.value == answer.status for value in told):
                return one.at
    return None


# What functions give their handlers to answer with


def _given_back(project: Project) -> Iterator[Answer]:
    """What functions give their handlers to answer with: `return { ok: false, status: 409, error: "Taken" }`."""
    handled = {(endpoint.handler_path, endpoint.handler) for endpoint in project.view(endpoints)}
    known = project.view(functions)
    for place in sorted(project.view(answering) - handled):
        function = known.get(place)
        returned = (option for one in (function.returns if function is not None else ()) for option in options(one))
        for record in returned:
            for body in (record, *(inner for _, inner in record.entries)) if isinstance(record, Record) else ():
                status = _status_in(project, place[0], body)
                if status is not None:
                    response = Response(body.at, place[1], "", status, body, raised=True)
                    yield Answer(response, status, _said_by(body), None, body.at)


def _status_in(project: Project, path: str, body: Value) -> int | None:
    """The status that an object holds, or that a function which makes such objects is given."""
    said: Value | None = None
    if isinstance(body, Record):
        said = body.get("status") or body.get("statusCode")
    elif isinstance(body, Call) and (place := located(project, path, body.callee)) is not None:
        made = project.view(functions).get(place)
        makes = made is not None and any(isinstance(one, Record) and one.get("status") for one in made.returns)
        said = next((one for one in body.arguments if isinstance(one, Constant)), None) if makes else None
    return said.value if isinstance(said, Constant) and type(said.value) is int else None


def _said_by(body: Value) -> Value:
    """What such an object says: what it is made of."""
    return Items(body.at, body.arguments) if isinstance(body, Call) else body


REMARK = "“{said}” is one thing, {status} says another, and clients only read the number. {right} is the one."

EXAMPLES = [
    """
=== lock/routes.py
from fastapi import APIRouter, Depends, HTTPException

router = APIRouter()

@router.post("/orders/{order_id}/payments")
def pay(order_id: int):
    order = find(order_id)
    if order is None:
        raise HTTPException(409, "Order not found")  # <-- the path names it
    if not order.event.bank:
        raise HTTPException(409, "Bank account not found for the event")
    return start(order)

@router.post("/orders")
def place(order: OrderIn, user=Depends(signed_in)):
    if not is_customer_of(user, order.shop):
        raise HTTPException(404, "Only customers of the shop may order")  # <-- tells that it is there
    if numbers.has(order.number):
        raise HTTPException(403, "This number is already in use")  # <-- nobody is kept out
    return insert(order)
""",
    """
=== app/orders.py
from fastapi import APIRouter, HTTPException

router = APIRouter()

@router.get("/orders/{order_id}")
def read(order_id: int, user=None):
    if user is None:
        raise HTTPException(status_code=403, detail="Not authenticated")  # <-- 401
    if not may_read(user):
        raise HTTPException(status_code=400, detail="Not enough permissions")  # <-- 403
    order = find(order_id)
    if order is None:
        raise HTTPException(status_code=400, detail="Order not found")  # <-- the path names it: 404
    return order

@router.post("/orders")
def create(order: dict):
    if exists(order):
        raise HTTPException(status_code=400, detail="An order with this number already exists")  # <-- 409
    if not product(order):
        raise HTTPException(status_code=400, detail="Product not found")
    if not order.get("lines"):
        raise HTTPException(status_code=400, detail="lines is required")
    return insert(order)
""",
    """
=== src/server.ts
import express from 'express'

const app = express()

app.post('/users', async (req, res) => {
  if (!req.user) return res.status(401).json({ error: 'Not authenticated' })
  if (await taken(req.body.email)) {
    return res.status(400).json({ error: 'Email already in use' }) // <-- 409
  }
  if (!req.user.admin) return res.status(401).json({ error: 'Insufficient permissions' }) // <-- 403
  res.status(201).json({})
})
""",
    """
=== app/token.py
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException
from fastapi.security import OAuth2PasswordRequestForm

router = APIRouter()

@router.post("/token")
def token(form: Annotated[OAuth2PasswordRequestForm, Depends()]):
    user = check(form.username, form.password)
    if not user:
        raise HTTPException(status_code=400, detail="Incorrect username or password")
    return {"access_token": sign(user)}

@router.post("/session")
def session(email: str, password: str):
    user = find(email)
    if user is None:
        raise HTTPException(status_code=401, detail="User not found")
    if not matches(user, password):
        raise HTTPException(status_code=400, detail="Incorrect email or password")  # <-- 401
    return {"session": start(user)}
""",
    """
=== orders/serializers.py
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

class OrderSerializer(serializers.Serializer):
    number = serializers.CharField()

    def validate_number(self, number):
        if taken(number):
            raise serializers.ValidationError("An order with this number already exists")
        return number

class OrderView(APIView):
    def put(self, request, pk):
        customer = find(request.data["customer_id"])
        if customer is None:
            return Response({"customer_id": "Customer not found."}, status=400)
        if taken(request.data["number"]):
            return Response({"error": "An order with this number already exists"}, status=400)  # <-- 409
        return Response({})
=== orders/urls.py
from django.urls import path

from .serializers import OrderView

urlpatterns = [path("orders/<int:pk>/", OrderView.as_view())]
""",
    """
=== app/views.py
from flask import Blueprint, abort

bp = Blueprint("orders", __name__)

@bp.get("/orders/<int:oid>")
def read(oid):
    if not find(oid):
        abort(404, description="Order not found")
    abort(403, description="You do not have access to this order")
""",
    """
=== src/devices.ts
import express from "express";
import { z } from "zod";

const Device = z.object({ serial: z.string() });
const app = express();

app.get("/devices/:id", async (req, res) => {
  const device = await find(Number(req.params.id));
  if (!device) return res.status(401).json({ message: "Device not found" }); // <-- it is what the path asks for
  return res.json(device);
});

app.post("/devices", async (req, res) => {
  const parsed = Device.safeParse(req.body);
  if (!parsed.success) return res.status(403).json({ message: "Invalid device fields" }); // <-- the schema found it out
  return res.status(201).json(await store(parsed.data));
});

app.post("/login", async (req, res) => {
  const account = await found(req.body.email, req.body.password);
  if (!account) return res.status(404).json({ message: "Invalid credentials" }); // <-- of whoever signs in
  return res.json({ id: account.id });
});
""",
    """
=== app/schema/mutations.py
import graphene
from django.core.exceptions import PermissionDenied

class Pay(graphene.Mutation):
    ok = graphene.Boolean()

    def mutate(self, info, order):
        if not info.context.user.is_authenticated:
            raise PermissionDenied("Authentication required")
        return Pay(ok=True)
=== app/boats.py
from fastapi import APIRouter, HTTPException

router = APIRouter()

@router.post("/boats/{boat_id}/crew")
def hire(boat_id: int, crew: dict):
    if len(set(crew["ids"])) < len(crew["ids"]):
        raise HTTPException(400, "ids must be unique")  # <-- strict: unique in the request, as it seems
    if crew["kind"] != "sail" and crew["mast"]:
        raise HTTPException(400, "Only sailing boats can carry a mast")  # <-- strict: nobody is told what to do
    if not crew["permissions"]:
        raise HTTPException(400, "NO_PERMISSIONS_PROVIDED")
    return insert(crew)
""",
    """
=== src/refused.ts
export class Refused extends Error {
  status: number;

  constructor(code: "UNKNOWN" | "FORBIDDEN", message: string) {
    super(message);
    this.status = code === "UNKNOWN" ? 401 : 403;
  }
}

export class Failure extends Error {
  constructor(message: string, public statusCode: number = 500) {
    super(message);
  }
}

export class Invalid extends Failure {
  constructor(message: string) {
    super(message, 400);
  }
}
=== src/harbour.ts
import express from "express";
import { Invalid, Refused } from "./refused";

const app = express();

app.post("/harbour/berths", async (req, res) => {
  if (!req.user) throw new Refused("UNKNOWN", "Not authenticated");
  if (!req.user.isPilot) throw new Refused("FORBIDDEN", "You are not allowed to do this");
  res.status(201).json(await moor(req.body));
});

app.post("/harbour/boats", async (req, res) => {
  if (!req.headers.authorization) throw new Invalid("No"); // <-- here, and not where other faults are made of the class
  res.status(201).json(await launch(req.body));
});
=== src/gate.ts
import express from "express";
import { tokens, queue } from "./store";

const app = express();

app.get("/gate/metrics", async (req, res) => {
  const key = req.headers.authorization;
  if (!key) return res.status(401).json({ error: "Missing authorization header" });
  if (key !== process.env.METRICS_KEY) return res.status(403).json({ error: "Invalid API key" }); // <-- strict: 401 is for others here
  res.json(await queue.metrics());
});
app.get("/gate/inner", async (req, res) => {
  if (req.headers.authorization !== process.env.INNER_KEY) return res.status(403).json({ error: "Invalid API key" }); // <-- 401
  res.json(await queue.metrics());
});
app.get("/gate/jobs", async (req, res) => {
  if (req.headers["x-job"] !== process.env.SERVICE_ROLE_KEY) return res.status(401).json({ error: "Requires a role key" });
  if (!req.user.roles.includes("jobs")) return res.status(401).json({ error: "Requires the jobs role" }); // <-- it is known who asks
  res.json(await queue.jobs());
});
app.post("/gate/lists", async (req, res) => {
  try {
    res.status(201).json(await queue.enlist(req.body));
  } catch (error) {
    if (error.message === "TWICE") return res.status(400).json({ error: "Numbers must be unique in a list" }); // <-- strict: in the request, as it seems
    if (error.code === "23505") return res.status(400).json({ error: "Names must be unique" }); // <-- the database says of which
    throw error;
  }
});
app.post("/gate/pass", async (req, res) => {
  const pass = tokens.generatePass(req.body.name);
  if (!pass) return res.status(404).json({ error: "Access token is missing" });
  res.status(201).json({ pass });
});
app.post("/gate/names", async (req, res) => {
  if (await queue.has(req.body.name)) {
    // deliberately no 409: the old clients take it for an outage
    return res.status(400).json({ error: "This name is already taken" }); // <-- strict: the comment
  }
  res.status(201).json(await queue.add(req.body.name));
});
""",
    """
=== app/members.py
from fastapi import Depends, FastAPI, HTTPException

from app.auth import current_user
from app.store import users

app = FastAPI()

class FieldFault(HTTPException):
    def __init__(self, message, field):
        super().__init__(status_code=400, detail={field: message})

def check_admin(user):
    if not user:
        raise HTTPException(status_code=401, detail="User not found")

@app.get("/users/{user_id}")
def read(user_id: int, user=Depends(current_user)):
    check_admin(user)
    found = users.get(user_id)
    if found is None:
        raise HTTPException(status_code=401, detail="User not found")  # <-- who was asked for
    return found

@app.delete("/users/{user_id}")
def remove(user_id: int):
    user = users.get(user_id)
    if not user.can_be_removed:
        raise HTTPException(status_code=400, detail="It is still in use by a list")
    users.remove(user)

@app.post("/users")
def add(name: str):
    if users.named(name):
        raise FieldFault("This name is already taken", field="name")
    users.add(name)
""",
    """
=== app/edge.py
from fastapi import FastAPI, HTTPException, Request

app = FastAPI()

@app.middleware("http")
async def known(request: Request, call_next):
    if "x-api-key" not in request.headers:
        raise HTTPException(status_code=403, detail="Not authenticated")  # never becomes a response
    return await call_next(request)

@app.get("/tides")
def tides(request: Request):
    if "x-api-key" not in request.headers:
        raise HTTPException(status_code=403, detail="Not authenticated")  # <-- 401
    return []
""",
    """
=== app/leads.py
from flask import Blueprint, jsonify
from flask_sqlalchemy import SQLAlchemy

db = SQLAlchemy()
bp = Blueprint("leads", __name__)

class Lead(db.Model):
    id = db.Column(db.Integer, primary_key=True)

class Call(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    lead_id = db.Column(db.Integer)

@bp.post("/leads/<int:lead_id>/sorted")
def sort_out(lead_id):
    lead = Lead.query.filter_by(id=lead_id).first()
    if not lead:
        return jsonify({"error": "No such contact"}), 400  # <-- which the path names
    call = Call.query.filter_by(lead_id=lead_id).order_by(Call.id.desc()).first()
    if not call:
        return jsonify({"error": "No calls found for this contact"}), 400  # <-- strict: it lacks them
    return jsonify({"sorted": call.id})
""",
    """
=== app/doors.py
import hmac
from functools import wraps

from flask import Blueprint, abort, request

bp = Blueprint("doors", __name__)

def with_key(view):
    @wraps(view)
    def inner(*args, **kwargs):
        if not request.headers.get("Authorization"):
            abort(401, "An Authorization header is mandatory")
        if len(KEY) < 4 or not hmac.compare_digest(request.headers.get("Authorization").removeprefix("Bearer "), KEY):
            abort(403, "Invalid API token")  # <-- strict: who shows none is told from whose is wrong
        return view(*args, **kwargs)
    return inner

@bp.get("/doors")
@with_key
def doors():
    return []
""",
    """
=== src/rules.ts
import express from "express";
import { hives } from "./store";

const app = express();

app.post("/hives/:id/move", async (req, res) => {
  const hive = await hives.findUnique({ where: { id: req.params.id } });
  if (!hive) return res.status(404).json({ message: "No such hive" });
  if (hive.sealed) return res.status(400).json({ message: "You are not allowed to move a sealed hive" }); // <-- strict: who asks?
  if (hive.keeperId !== req.user.id) return res.status(400).json({ message: "You are not allowed to move this hive" }); // <-- 403
  if (hive.far) return res.status(400).json({ message: "Insufficient permissions" }); // <-- the words are about rights
  res.json(await hives.move(hive));
});
app.get("/hives/:id/honey", async (req, res) => {
  if (full()) return res.status(409).json({ message: "Hive not found" }); // <-- strict: nobody looked for it
  const hive = await hives.findUnique({ where: { id: req.params.id } });
  if (!hive) return res.status(409).json({ message: "Hive not found" }); // <-- 404
  res.json(hive.honey);
});
=== src/hives.controller.ts
import { BadRequestException, Controller, Get, Param } from "@nestjs/common";

@Controller("apiaries")
export class HivesController {
  @Get(":id/keys")
  async keys(@Param("id") id: string) {
    try {
      if (await this.keys.taken(id)) throw new BadRequestException("Key already taken"); // <-- strict: caught below
      return await this.keys.of(id);
    } catch (error) {
      return this.failed(error);
    }
  }
}
""",
    """
=== mill/settings.py
REST_FRAMEWORK = {"EXCEPTION_HANDLER": "mill.failures.answer"}
=== mill/failures.py
from rest_framework.response import Response
from rest_framework.views import exception_handler

class Refused(Exception):
    pass

def answer(exc, context):
    if not isinstance(exc, Refused):
        return exception_handler(exc, context)
    return Response({"detail": str(exc)}, status=400)
=== mill/grind.py
from django.contrib.auth.models import Permission

from .failures import Refused

def permit(user, path):
    found = Permission.objects.filter(codename=path).first()
    if found is None:
        raise Permission.DoesNotExist(f"Wrong permission path: {path}")  # which the handler does not know
    user.user_permissions.add(found)

def grind(name):
    if Sack.objects.filter(name=name).exists():
        raise Refused("A sack of this name already exists")  # <-- which it does
""",
    """
=== src/app/api/twilio-calls/route.ts
import twilio from "twilio";

export async function POST(request: Request) {
  const isKnown = twilio.validateRequest(process.env.KEY!, request.headers.get("x-signature")!, request.url, {});
  if (!isKnown) {
    return Response.json({ error: "Invalid signature" }, { status: 403 }); // <-- strict: as the provider's own middleware does
  }
  return Response.json({});
}
=== src/berths.service.ts
import { BadRequestException, Injectable } from "@nestjs/common";

@Injectable()
export class BerthsService {
  async reserve(input: Reservation, guest: Guest | null) {
    if (!guest && !input.email) {
      throw new BadRequestException([{ field: "email", message: "An email is required of unauthenticated guests" }]);
    }
    const known = await this.guests.findUnique({ where: { email: input.email } });
    if (known) throw new BadRequestException([{ field: "email", message: "This email is already registered" }]);
    const taken = await this.berths.findUnique({ where: { name: input.name } });
    if (taken) throw new BadRequestException("This berth is already taken"); // <-- it alone
  }
}
=== src/fees.py
from fastapi import Depends, HTTPException

from src.auth import current_user

def of_staff(user=Depends(current_user)):
    if not (user.is_clerk() or user.is_harbourmaster()):
        raise HTTPException(403, "Authentication required")  # <-- strict: somebody is there
    return user
""",
    """
=== src/vouchers.ts
import express from "express";
import { vouchers } from "./store";

const app = express();

app.delete("/vouchers/:id", async (req, res) => {
  const voucher = await vouchers.findUnique({ where: { id: req.params.id } });
  if (!voucher) return res.status(400).json({ error: "Voucher not found or expired" }); // <-- strict: or that it is over
  res.json(await vouchers.remove(voucher));
});
app.get("/vouchers/:id", async (req, res) => {
  const voucher = await vouchers.findUnique({ where: { id: req.params.id } });
  if (!voucher) return res.status(400).json({ error: "Voucher not found" }); // <-- 404
  res.json(voucher);
});
""",
    """
=== app/failures.py
class SignInError(Exception):
    pass

class TokenExpired(SignInError):
    pass

class TokenUnknown(SignInError):
    pass

class Unfit(Exception):
    pass
=== app/main.py
import jwt
from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse

from app.failures import SignInError, TokenExpired, TokenUnknown, Unfit

app = FastAPI()

@app.exception_handler(SignInError)
def refuse(request: Request, exc: SignInError):
    return JSONResponse({"detail": str(exc)}, status_code=403)  # <-- once, where the number is

@app.exception_handler(Unfit)
def mend(request: Request, exc: Unfit):
    return JSONResponse({"detail": str(exc)}, status_code=400)

def read(token):
    try:
        return jwt.decode(token, KEY, algorithms=["HS256"])
    except jwt.ExpiredSignatureError as error:
        raise TokenExpired from error
    except jwt.DecodeError as error:
        raise TokenUnknown from error

@app.get("/oars")
def oars(request: Request):
    return {"oars": of(read(request.headers["authorization"]))}

@app.post("/oars")
def lend(request: Request):
    if not request.headers.get("X-CSRF-Token"):
        raise HTTPException(403, "csrf_token_missing")  # of the page, not of whoever asks
    if not request.headers.get("X-Access-Token"):
        raise HTTPException(403, "access_token_missing")  # <-- 401
    return {}

@app.post("/passwords/reset")
def reset_password(form: Form):
    link = links.of(form.account)
    if link.is_used:
        raise HTTPException(400, "Password reset is already used")
    return {}

@app.post("/oars/{oar_id}/marks")
def mark(oar_id: int, form: Form):
    known = marks.find_one(name=form.name)
    if known:
        raise HTTPException(400, "This mark is already used")  # <-- another has it
    if form.coupon.spent:
        raise HTTPException(400, "This coupon is already used")  # <-- strict: is it good for once?
    return {}

@app.post("/oars/{oar_id}/names")
def name(oar_id: int, form: Form):
    if not form.name:
        raise Unfit("A name is required")
    if names.find_one(name=form.name):
        raise Unfit("This name is already taken")  # <-- the number is right for others
    if names.find_one(short=form.short):
        raise Unfit("This short name already exists")  # <-- as here
    return {}
""",
    """
=== src/crew.ts
import express from "express";
import { crews } from "./store";

const app = express();

app.post("/crews/:id/hands", async (req, res) => {
  const { role, name } = req.body;
  if (!role || !Object.values(Role).includes(role)) {
    return res.status(400).json({ error: "Invalid or missing role" }); // <-- strict: whose role is to be given
  }
  if (req.user.role !== "captain") return res.status(400).json({ error: "Missing role: captain" }); // <-- 403
  const crew = await crews.findUnique({ where: { id: req.params.id } });
  if (crew.kind !== "deck") return res.status(400).json({ error: "This post requires a deck role sheet" });
  const hand = await crews.findByCrewAndUser(req.params.id, req.user.id);
  if (!hand) return res.status(404).json({ error: "You are not a member of this crew" });
  if (!isCaptain(req)) return res.status(404).json({ error: "You are not the owner of this crew" }); // <-- 403
  res.json(await crews.hire(name, role));
});
""",
    """
=== src/faults.ts
export class Unauthorized extends Error {
  status = 401;
}
=== src/orders.ts
import express from "express";
import { Unauthorized } from "./faults";

const app = express();

app.delete("/orders/:id", (req, res) => {
  if (req.user.role !== "admin") throw new Unauthorized("This role is not authorized to delete orders"); // <-- 403
  res.json({});
});
export function erase(socket: Socket, order: Order) {
  if (socket.role !== "admin") throw new Unauthorized("A role not authorized to erase orders"); // <-- strict: no number
  return order;
}
""",
]
