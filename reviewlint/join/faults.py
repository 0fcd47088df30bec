"""Whose fault a response says it was, by the words of its message."""

import re
from collections.abc import Iterator
from dataclasses import replace
from enum import StrEnum
from functools import lru_cache
from http import HTTPStatus

from ..facts.code import Catch
from ..facts.values import Call, Choice, Constant, Record, Reference, Text, Value
from .bodies import content, words
from .responses import Answer


class Fault(StrEnum):
    """What went wrong, as a message tells it."""

    MISSING = "a resource that is not there"
    CREDENTIALS = "missing or invalid credentials"
    FORBIDDEN = "a lack of permission"
    DUPLICATE = "a duplicate"
    INVALID = "invalid input"


RIGHT = {
    Fault.MISSING: "404",
    Fault.CREDENTIALS: "401",
    Fault.FORBIDDEN: "403",
    Fault.DUPLICATE: "409",
    Fault.INVALID: "422 or 400",
}
"""What is answered to each (RFC 9110, 15.5)."""

_SAID = (
    (
        Fault.DUPLICATE,
        re.compile(
            r"\balready (?:exists?|taken|registered|in use|enrolled|subscribed|booked|invited|joined|a member"
            r"|been (?:taken|registered|booked|invited))\b"
            r"|^(?!.*\b(?:tokens?|links?|codes?|invalid|expired)\b).*\balready been used\b"
            r"|\b(?:is|are) already used\b"
            r"|^you(?: have|'ve)? already (?!verified|confirmed|used|exceeded|reached)\w+(?:ed|ten|id)\b"
            r"(?!.*\b(?:maximum|limit|times)\b)"
            r"|\b(?:exists?|taken|registered|in use) already\b|\b(?:has|have|with) this \w+ already\b"
            r"|\b(?:name|e-?mail|username|slug|number|handle|plate|sku|title|subdomain) (?:(?:is|has been) )?"
            r"(?:already )?(?:taken|used|unavailable|not available)\b"
            r"|\bduplicate (?:key|entry|\w+ name)\b|^duplicate \w+(?<!s)[.!]?$|\bmust be unique\b"
            r"|^(?:an? |the |this )?\w+ exists[.!]?$|\bwith (?:this|that|the same) [\w-]+ exists\b"
            r"|^already (?:checked in|a member|applied|following|liked|voted|submitted|registered|subscribed|joined)\b"
            r"|\b(?:is|are) already (?:paired|linked|assigned|attached|reserved|claimed|signed up)\b"
            r"|^duplicate$",
            re.IGNORECASE,
        ),
    ),
    (
        Fault.CREDENTIALS,
        re.compile(
            r"\b(?:missing|invalid|expired|incorrect|wrong|bad|no|revoked|could not (?:validate|verify)) "
            r"(?:(?:or|and|/) (?:missing|invalid|expired|revoked|incorrect) )?"
            r"(?:(?:\w+ )?credentials|authorization(?: header)?(?! (?:state|code|request|type|to|for))"
            r"|(?:access|auth|bearer|authentication|jwt|session) ?token"
            r"|api[ -]?key|jwt|login(?! \w)"
            r"|(?:user(?:[ -]?name)?|e-?mail(?: address)?|login|phone(?: number)?)(?: or | and |/)password)\b"
            r"|\bnot authenticated\b(?! (?:to|with)\b)|\bunauthenticated\b"
            r"|^you (?:need|have) to (?:be logged in|log in|sign in)\b"
            r"|\b(?:e-?mail|user[ -]?name|login) (?:or|and/or) password (?:is |are )?"
            r"(?:incorrect|wrong|invalid|not correct)\b"
            r"|\bsign[ -]?in required\b"
            r"|^please authenticate\b|\bcould not authenticate\b|^auth required\b|\bunknown api key\b"
            r"|(?<!factor )\bauthentication (?:is )?required\b|\blogin (?:is )?required\b"
            r"|\b(?:must be|not) (?:logged|signed) in\b(?! (?:through|with|via|as)\b)"
            r"|^(?:please |you must |you (?:need|have) to )?(?:log|sign) ?in(?: first| again| to \w+)?[.!]?$"
            r"|^(?:the |your )?(?:user |login )?session (?:(?:has|is|was) )?(?:expired|invalid|not valid)\b"
            r"|^(?:invalid|expired) (?:user |login )?session\b(?! \w)"
            r"|(?<!scoped )\b(?:credentials|(?:access |auth |bearer |session )?token|api[ -]?key|authorization header) "
            r"(?:(?:is|are|was|were) )?(?:missing|required|(?:not |in)valid|expired|not provided)\b(?!.*\bscopes?\b)",
            re.IGNORECASE,
        ),
    ),
    (
        Fault.FORBIDDEN,
        re.compile(
            r"(?:\bnot|n't|\bin)[ -]?(?:have )?(?:(?:the|any) )?(?:(?:enough|sufficient|required|necessary) )?"
            r"(?:permissions?|privileges|rights)\b"
            r"|\binsufficient (?:permissions?|privileges|rights|scopes?|role)\b"
            r"|\b(?:no|lacks?|without|missing) permissions?\b|\bpermission denied\b|\baccess (?:is )?denied\b"
            r"|^forbidden\b|\bnot (?:authorized|permitted) to\b"
            r"|\b(?:you|your (?:account|role|plan)|(?:this|the) user|user) "
            r"(?:(?:is|are) not (?:allowed|permitted)|may not|cannot access|do(?:es)?(?:n't| not) have access)\b"
            r"|\b(?:admin|member|owner|manager|moderator|editor|employee|merchant)s? only\b"
            r"|\bstaff only\b|^(?:(?:operation|action) )?not (?:allowed|permitted)[.!]?$|^not your \w+[.!]?$"
            r"|\bno access to (?:this|that|the)\b|\byou do(?:n't| not) own\b"
            r"|(?:^|\byou(?: are|'re) )not (?:an? |the )?(?:member|participant|owner|author|collaborator|admin\w*) of\b"
            r"|\b(?:admin\w*|owner|manager|moderator|staff|editor) (?:role|access|rights|privileges) (?:is |are )?"
            r"(?:required|needed)\b"
            r"|\brequires? (?:the |an? )?\w+ (?:role|permission|privileges)\b"
            r"(?! (?!(?:to|for|on|in|at|of|or|and|by|from|with)\b)\w)"
            r"|\breserved for (?:admin|staff|owner|member)\w*\b"
            r"|(?:^|\b(?:you|users?|callers?|requesters?|accounts?) )(?:must|have to|need to) be (?:an? |the )?"
            r"(?:admin\w*|owner|staff|moderator|manager)\b"
            r"|\b(?:not|n't) have the (?:right |required |necessary )?role\b"
            r"|\b(?:roles?|permissions?|scopes?|privileges?|access level|rights)(?: (?:of|for) \w+)? "
            r"(?:(?:do|does|is|are)(?: not|n't) |can(?:not|'t) |may not )"
            r"(?:permit|allow|include|grant|cover|sufficient|enough|high|let|access|do|perform|have)"
            r"|\b(?:missing|lacks?|lacking|wrong|insufficient|without) (?:the )?(?:required |necessary |right )?"
            r"(?:role|permission|scope|privilege|access level)s?\b(?! (?:is|are|field|id|name|parameter)\b)"
            r"|\b(?:restricted|limited) to (?:the )?(?:admin|staff|owner|member|manager|moderator)\w*\b"
            r"|\b(?:higher|elevated) (?:role|privileges?|permissions?|access)\b"
            r"|^only (?:the |an? )?[\w ]{3,30} (?:can|may|(?:is|are) (?:allowed|permitted) to) (?!be\b|have\b)\w+"
            r"|^only (?:the |an? )?[\w ]{3,30} ha(?:s|ve) (?:permission|access)\b"
            r"|\bbelongs? to (?:some(?:one|body) else\b|(?:an(?:other|y other)|a different) "
            r"(?:user|account|tenant|organi[sz]ation|team|workspace|compan|customer|owner|person|member))"
            r"|\byou(?: are|'re) not (?:the|an?) (?:owner|author|creator|admin\w*|moderator|organi[sz]er|host)\b"
            r"|\byou (?:can|may) only \w+ your own\b"
            r"|\b(?:is|are|does)(?: not|n't) (?:yours\b|your\b|belong to you\b)",
            re.IGNORECASE,
        ),
    ),
    (
        Fault.MISSING,
        re.compile(
            r"\bnot found\b|\bdoes(?:n't| not) exist\b|\bno such \w+\b|\bcould(?:n't| not) find\b"
            r"|^can(?:not|'t| not) find\b"
            r"|^no (?:\w+ ){1,2}found\b|^nothing found\b|\bthere is no (?:such )?\w+ (?:with|for|by)\b"
            r"|\bthere is no such\b"
            r"|^no [\w-]+ (?:for|with|by|at) (?:this|that|the|such|id)\b",
            re.IGNORECASE,
        ),
    ),
    (
        Fault.INVALID,
        re.compile(
            r"\b(?:is|are) required\b|\bmust (?:be|have|contain|not)\b|\b(?:is|are)(?: not|n't) (?:a )?valid\b"
            r"|\bmissing (?:required )?(?:fields?|parameters?|body)\b"
            r"|\binvalid (?:input|request|body|payload|email|parameters?|json|format)\b"
            r"|\binvalid (?:(?!client\b)\w+ )?(?:id|uuid|date)\b"
            r"|^invalid [\w ]{2,30} (?:data|details|input|body|payload)\b|^(?:the |this )?\w+ (?:is|are) invalid[.!]?$"
            r"|\bvalidation (?:failed|error)\b|\bbad (?:request|input)\b|\bmalformed\b"
            r"|\b(?:cannot|can't|must not|should not) be (?:empty|blank|null)\b"
            r"|^(?:please )?(?:provide|enter|specify) an? \w+"
            r"|^no (?:file|image|body|data|payload) (?:was )?(?:uploaded|provided|sent|given)\b|^\w+ required[.!]?$",
            re.IGNORECASE,
        ),
    ),
)

_CODE = re.compile(r"^[A-Za-z]+(?:[_.-][A-Za-z]+)+$|^[a-z]+(?:[A-Z][a-z]+)+$|^(?:[A-Z][a-z]+){2,}$")
"""A code that is made of words."""
_PHRASES = {one.value: one.phrase for one in HTTPStatus}

OUR_OWN = re.compile(
    r"config|\bsecret|\benv|\bsetting|\bserver|\bsignature|\bprovider|\bupstream|\btemplate|\bkey not"
    r"|\bwebhook|\bdriver|\bplugin|\bdatabase|\bservice\b|\bnot set\b|\binternal|\bresponse",
    re.IGNORECASE,
)
"""Words of a message that is about the service itself: what is missing there is not the client's fault."""


_BY_EXCEPTION = (
    (
        Fault.MISSING,
        re.compile(
            r"(?<!Template)(?:DoesNotExist|NoResultFound|RecordNotFound|EntityNotFound(?:Error)?|(?<![A-Za-z])NotFoundError)$"
        ),
    ),
    (
        Fault.DUPLICATE,
        re.compile(r"(?:UniqueViolation(?:Error)?|DuplicateKeyError|UniqueConstraint\w*|DuplicateKey\w*)$"),
    ),
    (
        Fault.CREDENTIALS,
        re.compile(r"(?:^|\.)(?:jwt|jose|jwt\.exceptions|jose\.exceptions)\.\w*(?:Error|Signature|Token)$"),
    ),
    (
        Fault.INVALID,
        re.compile(
            r"^(?:django|rest_framework|marshmallow|fastapi|wtforms|voluptuous)\.(?:\w+\.)*\w*(?:ValidationError|Invalid)$"
        ),
    ),
)
"""Exceptions that say by their type what is wrong, those of PyJWT, python-jose and what checks input among them."""

_BY_TEST = (
    (
        Fault.DUPLICATE,
        re.compile(r"['\"](?:23505|P2002|ER_DUP_ENTRY|SQLITE_CONSTRAINT_UNIQUE)['\"]|\b(?:11000|1062)\b"),
    ),
    (Fault.MISSING, re.compile(r"['\"](?:P2025|P2001|PGRST116)['\"]")),
    (Fault.INVALID, re.compile(r"^!\(?\w*(?:pars|valid|body|input|payload)\w*\.success\)?$")),
    (
        Fault.CREDENTIALS,
        re.compile(
            r"\bheaders(?:\.get\(|\[)['\"](?:authorization|x-api-key)['\"][\])]|\bheaders\.authorization\b",
            re.IGNORECASE,
        ),
    ),
    (Fault.INVALID, re.compile(r"^\w+\.isJoi$")),
    (Fault.INVALID, re.compile(r"^!(?:await )?\w*(?:[vV]alidat|[iI]sValid)\w*\([^()]*\b(?:body|payload)\b[^()]*\)$")),
    (Fault.INVALID, re.compile(r"instanceof (?:z\.)?(?:ZodError|ValidationError|ValiError)\b")),
)
"""Error codes of PostgreSQL (its manual, Appendix A), Prisma, MySQL, SQLite, MongoDB and PostgREST; what zod finds."""

_OTHER_THAN = re.compile(r"(?:!==?|\bnot in|<>) ?[(\[{]?(?:[^()\[\]{}&|]*, ?)?$|!\[[^\]]*$")
"""What stands before a code that a condition leaves out: `!==`, `not in (`, `!["P2025",`."""

_ABSENT = re.compile(r"^(?:not |!)\(?[\w.]+\)?$|^[\w.]+ (?:is None|={2,3} (?:null|undefined))$")
"""A test of what is not there."""

_BY_OWN_TEST = (
    (
        Fault.CREDENTIALS,
        re.compile(r"^not [\w.]*\buser\.is_authenticated(?:\(\))?$|^[\w.]*\buser\.is_anonymous(?:\(\))?$"),
    ),
    (Fault.INVALID, re.compile(r"^not (?:\w*form|\w*serializer)\.is_valid\(\)$")),
)
_VALIDATES = re.compile(
    r"(?:(?:schema|joi|yup|validator)\w*\.(?:validate|validateSync)|safeParse(?:Async)?|validationResult)\(\)\."
    r"|\.validate\(\)\.error$",
    re.IGNORECASE,
)
"""Calls that check what a client sent, in the name of a part of what they give; Joi's schemas are called anything."""
_RIGHT = ("success", "isEmpty", "valid")
"""Parts that are there where all was right; the others tell what was wrong."""

"""Tests of Python's frameworks that say what is wrong where a response is given for nothing else; one without a body
is a page that the framework makes, and Django's own for those who have not signed in is a 403."""

VERIFIES = re.compile(
    r"(?:^|[./])(?:jsonwebtoken|jwt|jose|fast-jwt|hono/jwt|hono/utils/jwt|jwtService|jwt_service)(?:\.default)?"
    r"\.(?:verify|verifyAsync|jwtVerify)$|(?:^|\.)jwtVerify$"
)
"""Calls that fail where the caller's token is none that this service gave."""


def told(answer: Answer) -> tuple[Fault, str] | None:
    """What the response's message says went wrong, with the message; None where it says nothing of the kind."""
    for text in sorted(said(answer), key=lambda text: " " not in text.strip()):  # codes after sentences
        fault = meant(text)
        if fault is not None:
            return None if OUR_OWN.search(text) and fault in (Fault.MISSING, Fault.INVALID) else (fault, text)
    return None


@lru_cache(maxsize=10_000)  # rules ask the same few hundred texts twenty times over
def meant(text: str) -> Fault | None:
    """What a text is about, by its words."""
    spoken = _spoken(text)
    return next((fault for fault, means in _SAID if means.search(spoken)), None)


@lru_cache(maxsize=10_000)
def _spoken(text: str) -> str:
    """The words of a code: "room not found" for `ROOM_NOT_FOUND` and `roomNotFound`; other texts as they are."""
    if not _CODE.match(text):
        return text
    return re.sub(r"[_.-]|(?<=[a-z])(?=[A-Z])", " ", text).lower()


def said(answer: Answer) -> Iterator[str]:
    """The texts that the client gets; of what a global handler answers, those it was raised with, where it has any.

    What a handler says to all failures of a framework's with that status is about none of them.

    The name of the status itself says nothing more: `{ error: "Bad Request", message: … }`, `sendStatus(403)`.
    """
    is_ours = answer.response.raised and (answer.response.helper or content(answer) is None)
    raised = list(_raised(answer)) if answer.handled or is_ours else []
    if not answer.handled or (not raised and answer.response.helper):
        texts = words(_settled(content(answer)) if answer.handled else _certain(content(answer)))
        phrase = _PHRASES.get(answer.status or 0, "").lower()
        yield from (text for text in texts if _spoken(text).lower() != phrase)
    yield from raised


def _raised(answer: Answer) -> Iterator[str]:
    """The texts that an exception is made with."""
    yield from words(answer.response.text)
    made = answer.response.body
    for given in (*made.arguments, *(one for _, one in made.keywords)) if isinstance(made, Call) else (made,):
        yield from words(given)


def _settled(value: Value | None) -> Value | None:
    """What a global handler answers to everything; what it chooses by what was raised is said of no one response."""
    match value:
        case Choice():
            return None
        case Record(entries=entries):
            return replace(value, entries=tuple((name, one) for name, one in entries if not isinstance(one, Choice)))
        case _:
            return value


def _certain(value: Value | None) -> Value | None:
    """What the code says for certain; what stands in for a text that an exception or a caller brings is none of it."""
    match value:
        case Choice(options=several) if not all(isinstance(one, Constant | Text) for one in several):
            return None
        case Choice() if len({meant(text) for text in words(value)}) > 1:
            return None  # now one thing, now another
        case Record(entries=entries):
            kept = ((name, _certain(one)) for name, one in entries)
            return replace(value, entries=tuple((name, one) for name, one in kept if one is not None))
        case _:
            return value


def _found_invalid(answer: Answer) -> str:
    """The test by which a schema's findings on what was sent decide about an answer, `""` where none does."""
    for value, right in ((answer.response.lacks, True), (answer.response.finds, False)):
        name = value.name if isinstance(value, Reference) else ""
        if isinstance(value, Call):
            made = value.receiver
            name = f"{made.callee}().{value.name}" if isinstance(made, Call) else value.callee
        if _VALIDATES.search(name) and name.endswith(_RIGHT) == right:
            return next(iter(answer.response.conditions), name)
    return ""


def _leaves_out(condition: str, found: re.Match[str]) -> bool:
    """Whether a condition holds for everything but a code that was found in it: `error.code !== "PGRST116"`."""
    before, after = condition[: found.start()], condition[found.end() :]
    is_code = found[0].strip("'\"").isalnum() or "_" in found[0]
    return is_code and bool(_OTHER_THAN.search(before) or after.lstrip().startswith("!="))


def checked(answer: Answer, clause: Catch | None) -> tuple[Fault, str] | None:
    """What the code found out before it answered, with where it says so: a database's code, an exception's type."""
    for condition in answer.response.conditions:
        for fault, test in _BY_TEST:
            found = test.search(condition)
            if found is not None and not condition.startswith("not ") and not _leaves_out(condition, found):
                return fault, f"`{condition}`"
        if _ABSENT.match(condition):
            break  # what was done about what is found further out came to nothing: that is something else
    for fault, test in _BY_OWN_TEST if content(answer) is not None else ():
        if any(map(test.search, answer.response.conditions[:1])):
            return fault, f"`{answer.response.conditions[0]}`"
    if (failed := _found_invalid(answer)) and not answer.response.in_catch:
        return Fault.INVALID, f"`{failed}`"
    for callee in clause.attempts if clause is not None and answer.response.in_catch and not clause.exceptions else ():
        if VERIFIES.search(callee) and not answer.response.conditions:
            return Fault.CREDENTIALS, f"`{callee.rpartition('.')[2]}` failed"
    for fault, kind in _BY_EXCEPTION if clause is not None and answer.response.in_catch else ():
        if clause is not None and clause.exceptions and all(kind.search(name) for name in clause.exceptions):
            return fault, f"`{' or '.join(name.rpartition('.')[2] for name in clause.exceptions)}`"
    return None
