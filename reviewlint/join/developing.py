"""What happens on the machine of a developer alone."""

import re
from collections.abc import Iterable

from ..facts.http import Response
from ..project import Project

_DEVELOPMENT = re.compile(
    r"^(?!not ).*(?:\bdevelopment\b|is_?(?:in_?)?dev(?:elopment)?(?:_?mode|_?env(?:ironment)?)?\b|\bdev_?mode\b"
    r"|\bdebug\b|!==? ?['\"]production\b)",
    re.IGNORECASE,
)
_TESTING = re.compile(
    r"^(?!not ).*(?:settings|config|environ|\benv\b|\bmode\b|app\.state)\b.*\b(?:is_?)?test(?:s|ing)?\b", re.IGNORECASE
)
"""Tests by which a setting says that the service runs for tests."""
_PRODUCTION = re.compile(
    r"(?:process\.env\.|import\.meta\.env\.|settings\.|config\.)?\w*ENV(?:IRONMENT)?\w* ?={2,3} ?"
    r"['\"]prod(?:uction)?['\"]"
    r"|is_?prod(?:uction)?(?:\(\))?|import\.meta\.env\.PROD",
    re.IGNORECASE,
)
_IN_PRODUCTION = re.compile(
    r"[^!]*(?<!not )(?:={2,3} ?['\"]prod(?:uction)?['\"]|\bis_?prod(?:uction)?\b)\W*", re.IGNORECASE
)
"""A test that holds in production, whatever it is a part of."""
_DEBUGGING = re.compile(r"^(?:scripts/)?debug(?:/|[-_][\w-]+\.)")


def is_debugging(path: str) -> bool:
    """Whether a file is one by which a developer looks at what there is, and that lets nobody in."""
    return _DEBUGGING.search(path) is not None


def in_development(conditions: Iterable[str]) -> bool:
    """Whether one of the tests around a statement holds in development alone."""
    return any(map(_DEVELOPMENT.match, conditions))


def in_production(condition: str) -> bool:
    """Whether a test holds in production alone."""
    return _IN_PRODUCTION.fullmatch(condition.strip()) is not None


def in_testing(conditions: Iterable[str]) -> bool:
    """Whether one of the tests around a statement holds alone where a setting says that it runs for tests."""
    return any(map(_TESTING.match, conditions))


def refuses_in_production(project: Project, path: str, function: str) -> bool:
    """Whether a function begins by answering that there is nothing here, wherever people really use it."""
    return any(
        fact.function == function and (fact.status or 0) >= 400 and len(fact.conditions) == 1
        for fact in project.facts_of(path, Response)
        if any(map(_PRODUCTION.fullmatch, fact.conditions))
    )
