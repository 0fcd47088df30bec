"""What a test tells its helpers to expect: who is told does the checking, wherever it is defined."""

import re

_TOLD = re.compile(
    rb"\bexpect\w*\s*[:=](?!=)|,\s*(?:20[1-6]|30[1-478]|40\d|41[0-57]|42[2-689]|431|451|50[1-4])\s*,?\s*\)"
)
"""An argument that says so by its name, or the status of an answer as the last one (RFC 9110, "Status Codes").

Not 200 and 500, which are counts of something as often.
"""


def is_told_what_to_expect(body: bytes) -> bool:
    """Whether anything in the source of a test hands over what should come of it."""
    return _TOLD.search(body) is not None
