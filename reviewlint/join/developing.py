"""What happens on the machine of a developer alone."""

import re
from collections.abc import Iterable

_DEVELOPMENT = re.compile(
    r"^(?!not ).*(?:\bdevelopment\b|is_?(?:in_?)?dev(?:elopment)?(?:_?mode|_?env(?:ironment)?)?\b|\bdev_?mode\b"
    r"|\bdebug\b|!==? ?['\"]production\b)",
    re.IGNORECASE,
)


def in_development(conditions: Iterable[str]) -> bool:
    """Whether one of the tests around a statement holds in development alone."""
    return any(map(_DEVELOPMENT.match, conditions))
