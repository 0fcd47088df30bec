"""Whose fault a response says it was, by the words of its message."""

import re
from enum import StrEnum

from .bodies import content, words
from .responses import Answer


class Fault(StrEnum):
    """What went wrong, as a message tells it."""

    MISSING = "a resource that is not there"
    CREDENTIALS = "missing or invalid credentials"
    FORBIDDEN = "a lack of permission"
    DUPLICATE = "a duplicate"
    INVALID = "invalid input"


_SAID = (
    (
        Fault.DUPLICATE,
        re.compile(
            r"\balready (?:exists?|taken|registered|in use|used|been (?:used|taken|registered))\b"
            r"|\bduplicate (?:key|entry|\w+ name)\b",
            re.IGNORECASE,
        ),
    ),
    (
        Fault.CREDENTIALS,
        re.compile(
            r"\b(?:missing|invalid|expired|incorrect|wrong|bad|no|could not validate) "
            r"(?:or (?:missing|invalid|expired) )?"
            r"(?:credentials|authorization(?: header)?|(?:access|auth|bearer|authentication|jwt|session) ?token"
            r"|api[ -]?key|jwt|username or password|email or password|login)\b"
            r"|\bnot authenticated\b|\bunauthenticated\b"
            r"|\bauthentication (?:is )?required\b|\blogin (?:is )?required\b|\b(?:must be|not) (?:logged|signed) in\b",
            re.IGNORECASE,
        ),
    ),
    (
        Fault.FORBIDDEN,
        re.compile(
            r"\b(?:not|n't|in)[ -]?(?:have )?(?:the )?(?:enough|sufficient|required|necessary) "
            r"(?:permissions?|privileges|rights)\b"
            r"|\b(?:no|lacks?|without|missing) permissions?\b|\bpermission denied\b|\baccess (?:is )?denied\b"
            r"|^forbidden\b|\bnot (?:authorized|permitted) to\b"
            r"|\byou (?:are not allowed|do not have access|don't have access)\b|\badmins? only\b",
            re.IGNORECASE,
        ),
    ),
    (
        Fault.MISSING,
        re.compile(
            r"\bnot found\b|\bdoes(?:n't| not) exist\b|\bno such \w+\b|\bcould(?:n't| not) find\b", re.IGNORECASE
        ),
    ),
    (
        Fault.INVALID,
        re.compile(
            r"\b(?:is|are) required\b|\bmust (?:be|have|contain|not)\b"
            r"|\bmissing (?:required )?(?:fields?|parameters?|body)\b"
            r"|\binvalid (?:input|request|body|payload|email|parameters?|json|format|id|uuid|date)\b"
            r"|\bvalidation (?:failed|error)\b|\bbad request\b|\bmalformed\b",
            re.IGNORECASE,
        ),
    ),
)

_OUR_OWN = re.compile(
    r"\bconfig|\bsecret|\benv|\bsetting|\bserver|\bsignature|\bprovider|\bupstream|\btemplate|\bkey not"
    r"|\bwebhook|\bdriver|\bplugin|\bdatabase|\bservice\b|\bnot set\b|\binternal",
    re.IGNORECASE,
)
"""Words of a message that is about the service itself: what is missing there is not the client's fault."""


def told(answer: Answer) -> tuple[Fault, str] | None:
    """What the response's message says went wrong, with the message; None where it says nothing of the kind."""
    for text in words(content(answer)):
        for fault, said in _SAID:
            if said.search(text):
                return None if _OUR_OWN.search(text) and fault in (Fault.MISSING, Fault.INVALID) else (fault, text)
    return None
