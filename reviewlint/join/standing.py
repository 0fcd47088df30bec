"""What a test of Python code asks about whoever makes the request: whether they are known, and what they may do."""

import re
from collections.abc import Collection, Iterator

from .faults import Fault

_PERSON = r"(?:user|member|account|customer|employee|principal|identity|admin|agent|student|staff)"
_KNOWN = (
    rf"(?:(?:self\.)?request\.(?:state\.)?{_PERSON}|g\.(?:current_)?{_PERSON}|(?:\w+\.)?current_{_PERSON}"
    rf"|me|principal|identity|actor|caller|viewer|requester|auth(?:ed|enticated)?_user|logged_in_user)"
)
"""Names under which frameworks and projects hand on who makes the request."""
_CLAIMS = r"(?:(?:\w+_)?claims|get_jwt\(\)|(?:flask\.)?session(?=\[)|token_data|auth)"
"""What says so of its fields alone."""
_KEY = r"(?:\.(?:id|pk|uuid|sub|uid|\w+_id)|\[['\"](?:id|sub|uid|\w+_id)['\"]\]|_id)"
_ROLE = r"(?:\w*roles?|\w*permissions?|scopes?|groups|access_level|privileges)"
_ALLOWED = (
    r"(?:is_\w*(?:admin|staff|superuser|owner|manager|moderator|editor|librarian|operator|agent|author|employee|teacher|doctor|seller|vendor|instructor|merchant|reviewer|organi[sz]er|maintainer|supervisor|root)\w*"
    r"|has_\w*(?:perm|role|scope|access|right|privilege)\w*|can_(?!be_|have_)\w+|can|may_\w+)"
)
_CHECKS = (
    r"(?:has_(?:perm|role|scope|access|right)\w*|is_(?:owner|admin|allowed|authori[sz]ed|permitted|member)\w*|can_\w+"
    r"|may_\w+|check_(?:perm|access|role)\w*|user_can\w*|owns)"
)
_SIDE = r"(?:int\(|str\(|UUID\()?([\w.]+(?:\(\))?(?:\[['\"]\w+['\"]\]|\.\w+)*)\)?"
_OWN = re.compile(rf"^{_SIDE} (?:!=|is not) {_SIDE}$")
_SIGNED_IN = (
    re.compile(rf"^not {_KNOWN}$|^{_KNOWN} is None$"),
    re.compile(
        r"^not (?:\w+_)?(?:authori[sz]ation|auth_header|bearer(?:_token)?|x_api_key)$"
        r"|^(?:\w+_)?(?:authori[sz]ation|auth_header|bearer(?:_token)?|x_api_key) is None$"
    ),
    re.compile(r"^not [\w.]+(?:\.lower\(\))?\.startswith\(['\"](?:bearer|token|basic|apikey)\b", re.IGNORECASE),
    re.compile(r"^\w*scheme(?:\.lower\(\))? != ['\"](?:bearer|basic)['\"]$", re.IGNORECASE),
    re.compile(r"^['\"](?:authorization|x-api-key)['\"] not in [\w.]*headers$", re.IGNORECASE),
    re.compile(r"^not [\w.]*headers\.get\(['\"](?:authorization|x-api-key)['\"]", re.IGNORECASE),
    re.compile(
        r"^['\"](?:user|username|uid|(?:user|account|member)_id)['\"] not in (?:\w+\.)?session$"
        r"|^not (?:\w+\.)?session\.get\(['\"](?:user|username|uid|(?:user|account|member)_id)['\"]\)$"
    ),
    re.compile(r"^(?:\w+_)?api_?key (?:!=|not in) "),
)
"""Tests that hold where nobody has said who they are, or not rightly."""
_PASSWORD = re.compile(
    r"^not (?:await )?(?:[\w.]+[._])?(?:verify_?(?:password|pw|hash)|check_password\w*|check_?pw|passwords?_match\w*)\("
    r"|^not (?:\w+\.)?(?:\w*pwd\w*|\w*hasher|ph|\w*crypt\w*)\.verify\("
)
"""Tests that hold where a password is wrong."""
_SIGNING = re.compile(r"log_?in|sign_?in|(?:^|[/_.])(?:token|auth|sessions?)(?:$|[/_.])|authenticate", re.IGNORECASE)
"""Functions and paths where a password says who somebody is; elsewhere it is one more field."""


def asked(condition: str, parameters: Collection[str], where: str) -> Fault | None:
    """What a test that holds says of the caller; None where it asks for anything besides.

    `parameters` are those of the function, `where` its name and paths.
    """
    ways = [part.strip().removeprefix("(").strip() for part in condition.split(" or ")]
    if _SIGNING.search(where) and any(map(_PASSWORD.search, ways)):
        return Fault.CREDENTIALS
    if all(any(one.search(way) for one in _SIGNED_IN) for way in ways):
        return Fault.CREDENTIALS
    return Fault.FORBIDDEN if all(any(_refuses(one, parameters) for one in _parts(way)) for way in ways) else None


def _parts(way: str) -> Iterator[str]:
    for part in way.split(" and "):
        part = part.strip()
        yield part.removeprefix("(") if part.count("(") > part.count(")") else part


def _refuses(test: str, parameters: Collection[str]) -> bool:
    """Whether a test holds for somebody who may not do it: another's row, the wrong role, a right that is not there."""
    person = rf"(?:{_KNOWN}|{'|'.join(name for name in sorted(parameters) if re.fullmatch(_PERSON, name)) or '(?!)'})"
    sides = _OWN.match(test)
    pairs = ((sides[1], sides[2]), (sides[2], sides[1])) if sides is not None else ()
    for left, right in pairs:
        if re.fullmatch(r"None|True|False", right) or re.match(rf"{_KNOWN}\b", right):
            continue
        if re.fullmatch(rf"{_KNOWN}{_KEY}?|{_CLAIMS}{_KEY}|get_jwt_identity\(\)|current_user_id", left):
            return True
        if re.fullmatch(rf"{person}{_KEY}", left) and re.search(r"^(?!.*token).*[.\[]", right):
            return True
    named = rf"(?:{_KNOWN}|{_PERSON})"
    return any(
        re.search(pattern, test)
        for pattern in (
            rf"^not (?:\w+\.)?{named}\.{_ALLOWED}\b",
            rf"^not (?:{_KNOWN}|{_CLAIMS})(?:\[|\.get\()['\"]{_ALLOWED}['\"]",
            rf"^{person}\.{_ROLE}(?:\.\w+)? (?:!=|not in|<) ",
            rf"^[\w.'\":-]+ not in {person}(?:\.{_ROLE}|\[['\"]{_ROLE}['\"]\])",
            rf"^{_KNOWN}{_KEY}? not in .*\b(?:members|owners|users|participants|editors|admins|collaborators)\b",
            rf"^not (?:await )?(?:[\w.]+[._])?{_CHECKS}\([^)]*\b{_KNOWN}\b",
        )
    )
