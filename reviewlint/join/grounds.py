"""What the test before an answer says of the caller: that nobody proved who it is, or that it may not do this."""

import re

from ..facts.values import Call, Choice, Parameter, Reference, Value, constant_text, named
from .responses import Answer

_HEADER = re.compile(
    r"^(?:authorization|api-key|x-(?!idempotency)(?:\w+-)?key|x-(?!csrf|xsrf)(?:\w+-)?token)$", re.IGNORECASE
)
_ASKS = frozenset({"get", "header", "getHeader"})
_PROVEN = re.compile(
    r"\.headers\.(?:authorization|x-api-key|x-access-token)$"
    r"|(?:^|\.)(?:req|request)\.(?:user|auth|userId|account|currentUser)(?:\.(?:id|sub|userId))?$"
    r"|(?:^|\.)(?:ctx|context|c)\.(?:state|var)\.(?:user|userId|auth|account|session)(?:\.(?:id|sub))?$"
    r"|(?:^|\.)(?:res|reply)\.locals\.(?:user|userId|auth)(?:\.(?:id|sub))?$"
    r"|(?:^|\.)session\.(?:user|userId)(?:\.(?:id|email))?$"
    r"|\.cookies\.(?:session|sid|token|access_?[tT]oken|auth(?:_?[tT]oken)?)$"
)
"""Parts of a request that only one who has signed in sends, or that what let the caller in leaves there."""
_KNOWS = re.compile(
    r"(?:^|[./])(?:getServerSession|getSession|currentUser|getCurrentUser|requireUser|validateRequest|getAuth"
    r"|getUserFromRequest|getUserFromToken|getSessionUser|getToken|getAuthUser|authenticate)$"
    r"|\.auth\.(?:getUser|getClaims|getSession)$|(?:^|[./])auth\.auth$|^auth$|\.auth\.api\.getSession$"
)
"""Calls that say who is calling."""
_PREDICATE = re.compile(r"(?:is|has|can|may|check|allow)(?:s|ed)?(?:_|[A-Z])")
"""How a call begins that says whether, and not who."""
_CONTEXT = frozenset({"user", "userId", "auth", "session", "account", "currentUser", "jwtPayload"})
"""Names under which middleware of Hono's keeps who is calling."""
_PIECES = frozenset({"split", "replace", "slice", "substring", "trim", "match", "at", "pop"})
_FIELD = re.compile(r"\b(?:req|request|ctx|c|event)\.(?:request\.)?(?:body|req\.json\(\)|json\(\)|payload)\.\w+$")
"""A field of a request's body."""
_COMPARES = re.compile(
    r"(?:^|[./])(?:bcrypt(?:js)?|argon2|scrypt)(?:\.default)?\.(?:compare|compareSync|verify|verifySync)$"
    r"|(?:^|[./])(?:comparePasswords?|verifyPassword|checkPassword|validatePassword|passwordMatches|isPasswordValid|matchPassword)$"
)
"""Calls that compare a password with its hash."""
_DIFFERS = re.compile(
    r"\bnot (?:await )?(?:[\w.]+\.)?(?:check_password(?:_hash)?|verify_password|password_matches|checkpw|compare_digest"
    r"|(?:pwd|password|crypt)\w*\.verify|bcrypt\.verify)\("
)
"""How Python asks whether a password is another than that of a hash."""
_SIGNS_IN = re.compile(r"log-?in|sign-?in|authenticat|validate_?user|(?:^|[./])(?:sessions?|tokens?)$", re.IGNORECASE)
_CALLER = (
    r"(?:(?:req|request|ctx\.state|context\.state|ctx|res\.locals|session|data|auth|c\.var)\??\.)"
    r"(?:user|auth|account|session|currentUser)\b[\w.?!]*|currentUser\b[\w.?]*|c\.get\(['\"]user(?:Id)?['\"]\)[\w.?]*"
    r"|(?:req|request|session)\??\.userId|(?:caller|viewer|me|actor|principal|claims|payload)\??\.(?:id|sub|userId|uid)|callerId|viewerId|actorId"
    r"|currentUserId|userId|user\??\.(?:id|sub|uid|_id|userId)|session\??\.(?:sub|uid)"
)
_OWNER = (
    r"[a-z]\w*[?!]?\.(?:\w+[?!]?\.)?(?:owner|author|user|creator|created_?by|organi[sz]er|seller|host|member|account|customer|patient"
    r"|student|buyer|renter|uploader|reporter|assignee|poster|sender)(?:_?[iI]d|Uid|_uid|\.id|\._id)?(?:\.toString\(\)|\.id)?"
)
_KNOWN = (
    r"(?:(?:req|request|ctx\.state|res\.locals|session|c\.var)\??\.(?:user|auth)|currentUser)[!?]?"
    r"\.(?:id|_id|sub|userId|uid)"
)
_NOT_OWNER = re.compile(
    rf"^(?:String\()?{_OWNER}\)?\s*!==?\s*(?:String\()?(?:{_CALLER})(?:\.toString\(\))?\)?$"
    rf"|^(?:String\()?(?:{_CALLER})\)?\s*!==?\s*(?:String\()?{_OWNER}\)?$"
    rf"|^!{_OWNER}\.equals\((?:{_CALLER})\)$"
    rf"|^(?!req\.(?:body|query))[a-z]\w*(?:[?!]?\.\w+)+(?:\.toString\(\))? !==? {_KNOWN}(?:\.toString\(\))?$"
)
"""Whose a row is, compared with who is calling."""
_SIGNED_IN = (
    r"(?:(?:req|request|ctx\.state|context\.state|res\.locals|session|c\.var|ctx)\??\.(?:user|auth|account|session|claims)"
    r"|currentUser|caller|viewer|claims|payload|me|c\.get\(['\"]user['\"]\)|user|session|(?:\w+P|p)rofile|membership)"
)
_NO_ROLE = re.compile(
    rf"^{_SIGNED_IN}[\w.?!]*\.(?:role|plan|account_?[tT]ype|app_metadata\??\.role)\s*!==?\s*[\w.]*['\"A-Z]"
    rf"|^!{_SIGNED_IN}[\w.?!]*\.(?i:is_?(?:admin|staff|superuser|owner|manager|moderator)|admin|staff)$"
    rf"|^!{_SIGNED_IN}[\w.?!]*\.(?:roles|permissions|scopes?)\??\.(?:includes|has|some)\("
    rf"|^!\[?[\w.,'\" ]*\]?\.(?:includes|has)\({_SIGNED_IN}[\w.?!]*\.role\)$"
    rf"|^\[?[\w.,'\" ]*\]?\.indexOf\({_SIGNED_IN}[\w.?!]*\.role\) (?:={{2,3}} -1|< 0)$"
    rf"|^![\w.]+\.(?:some|every)\(.*\b{_SIGNED_IN}[\w.?!]*\.(?:roles?|permissions|scopes?)\b"
    r"|^!(?:await )?(?:this\.)?(?:\w+\.)*"
    r"(?:can|isAllowed|hasPermission|hasRole|hasAccess|isAdmin|isOwner|isMember|isStaff|may)\w*"
    rf"\([^)]*\b(?:{_SIGNED_IN}|userId|role)\b"
)
"""What the one who is calling may not do, by a role or a permission that is not theirs."""
_NAME = re.compile(r"^\w+$")


def proves_nobody(answer: Answer) -> bool:
    """Whether a response is given because nobody proved who is calling."""
    lacks = answer.response.lacks
    if lacks is None or not _is_proof(lacks):
        return False
    test = next(iter(answer.response.conditions), "")
    if answer.status == 403 and " || " in test:
        return False  # or somebody is there who lacks something else
    return re.search(r"\w\.(?:id|sub|userId)$", test) is None  # without `?.` somebody is there, of another kind


def lacks_input(answer: Answer) -> bool:
    """Whether a response is given because the body lacks a field."""
    lacks = answer.response.lacks
    return isinstance(lacks, Parameter | Reference) and _FIELD.search(named(lacks)) is not None


def compares_password(answer: Answer) -> bool:
    """Whether a response is given for a password that is not the one of its hash."""
    lacks = answer.response.lacks
    asked = any(map(_DIFFERS.search, answer.response.conditions[:1]))
    return asked or (isinstance(lacks, Call) and _COMPARES.search(lacks.callee) is not None)


def signs_in(name: str) -> bool:
    """Whether a function or path is one by which callers sign in; a password is asked for elsewhere, too."""
    return _SIGNS_IN.search(name) is not None


def forbids(answer: Answer) -> str:
    """The test by which the caller may not do this, `""` where it is none."""
    test = next(iter(answer.response.conditions), "")
    if _NOT_OWNER.match(test) or _NO_ROLE.match(test):
        return test
    parts = test.split(" && ")
    said = [one for one in parts if _NOT_OWNER.match(one) or _NO_ROLE.match(one)]
    others = [one for one in parts if one not in said]  # `roles && !roles.includes(…)`
    there = all(_NAME.match(one) and any(f"{one}." in other for other in said) for one in others)
    return test if said and there else ""


def _is_proof(value: Value) -> bool:
    """Whether a value is what a caller proves themselves with, a piece of it, or what comes of it."""
    match value:
        case Choice(options=several):  # with `|| ""` behind it
            return any(map(_is_proof, several))
        case Parameter() | Reference():
            return _PROVEN.search(named(value)) is not None
        case Call(callee=callee, arguments=arguments, receiver=receiver):
            if not callee or value.name in _PIECES:  # what is done to `(header || "")` has no name
                return receiver is not None and _is_proof(receiver)
            key = constant_text(arguments[0]) if arguments else None
            if value.name in _ASKS and key is not None:
                return _HEADER.match(key) is not None or (callee in ("c.get", "ctx.get") and key in _CONTEXT)
            predicate = _PREDICATE.match(value.name.lstrip("_")) is not None
            asks = predicate or len(arguments) > 1  # something of one who is known
            return _KNOWS.search(callee) is not None or (not asks and any(map(_is_proof, arguments)))
    return False
