"""What comments say of an Edge Function: that it is meant for everybody, or that somebody in particular calls it."""

import re

from ..facts.http import Route
from ..project import Project
from .edge_functions import unverified_functions

_FOR_EVERYBODY = re.compile(
    r"\bpublic(?:ly)?\b|\banonymous|\bunauthenticated|\bguests?\b|\bvisitors?\b|\bbefore (?:\w+ )?(?:log|sign)"
    r"|\b(?:no|without) (?:\w+ )?(?:auth\w*|log-?in|sign-?in|account|users?|session)\b",
    re.I,
)
"""What a comment beside a setting says, which speaks of nothing but who may call."""
_OPEN_ITSELF = re.compile(
    r"(?<!not )(?<!non-)\bpublic(?:ly)?,? (?:(?:and )?(?:unauthenticated|anonymous)\b"
    r"|(?:edge |api |read |readonly |read-only |json )?(?:endpoint|function|route|api)\b(?! of)(?! key)"
    r"|(?:accessible|callable|reachable|available)\b)"
    r"|\bno (?:user )?(?:auth\w*|log-?in|sign-?in|account) (?:is )?(?:needed|required)\b"
    r"|\b(?:needs?|requires?) no (?:auth\w*|log-?in|sign-?in|account)\b"
    r"|\bwithout (?:an? |any )?(?:account|log-?in|logging.in|sign-?in|signing.in)\b",
    re.I,
)
"""What a comment at the head of a file says, which also speaks of public tables, buckets and addresses."""
_HAS_CALLER = re.compile(
    r"hook|callback|cron|schedul|trigger|service.to.service|internal(?:ly)? (?:only|call)"
    r"|\b(?:todo|fixme|temporar\w*|testing|debug\w*|hack)\b|\b(?:for|by|in|from) (?:\w+ )?tests?\b"
    r"|\btest (?:\w+ )?only\b"
    r"|signature|(?:secret|token|jwt|\bauth)\w*\W+(?:\w+\W+)?(?:verif|validat|check)"
    r"|(?:verif|validat|check)\w*\W+(?:\w+\W+){0,3}(?:secret|token|jwt|auth)",
    re.I,
)
"""Comments that tell of somebody in particular who calls, or of a check, or that the setting is not meant to stay."""
_SETTING = re.compile(r"(?:--no-)?\bverify[-_]jwt\b(?:\s*[:=]\s*\w+)?", re.I)
"""The name of the setting is no promise to verify anything."""


def documented_public(project: Project) -> frozenset[str]:
    """The entry files of functions that are said to be open to everybody, beside their setting or at their own head.

    Call it through `project.view(documented_public)`.
    """
    beside = {one.path for one in project.view(unverified_functions) if _meant_for_everybody(one.reason)}
    return frozenset(beside | {route.at.path for route in project.facts(Route) if _opens_itself(route.note)})


def _meant_for_everybody(comment: str) -> bool:
    """Whether a comment beside `verify_jwt = false` says that everybody may call."""
    said = _SETTING.sub(" ", comment)
    return _FOR_EVERYBODY.search(said) is not None and _HAS_CALLER.search(said) is None


def _opens_itself(note: str) -> bool:
    said = _SETTING.sub(" ", note)
    return _OPEN_ITSELF.search(said) is not None and _HAS_CALLER.search(said) is None
