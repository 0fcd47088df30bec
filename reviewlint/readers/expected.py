"""What a test says that it expects: to helpers, which then do the checking, or in words, that nothing fails."""

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


_SURVIVES = re.compile(
    rb"(?:(?<![a-z])(?:no|not|never|without)|n't)[ _-]+(?:\w+[ _-]+){0,3}?"
    rb"(?:rais|throw|fail|crash|err|[a-z]*(?:error|exception)|problem|break|hang|reject|abort|block|warn|time)"
    rb"|(?<![a-z])(?:even[ _-](?:if|when|with|without)|no-?op|smoke|just|compiles?|silent(?:ly)?"
    rb"|(?:resolves?|returns?|completes?|finishes|settles?|exits?|ends?|stops?|quits?)[ _-]"
    rb"(?:immediately|at[ _-]once|right[ _-]away|promptly|cleanly|gracefully))(?![a-z])",
    re.IGNORECASE,
)
"""Words by which a test says that its point is not to fail."""
_HOPES = re.compile(
    rb"(?<![a-z])(?:works?|succe\w+|safe\w*|coverage|regression|stable|fine|good|allow\w*|able|valid|pass(?:es)?|handle[sd]?)(?![a-z])",
    re.IGNORECASE,
)
"""Words by which it may say so: that something works shows in what it gives, too."""
_PROVOKES = re.compile(
    rb"side_effect\s*=\s*(?:\w+\.)*(?:[A-Z]\w*(?:Error|Exception|Timeout|Exit)|Exception)\b|\.mockReject|\.(?:rejects|throws)\("
    rb"|\.mockImplementation(?:Once)?\(\s*(?:async\s*)?\(?[\w\s,]*\)?\s*=>\s*(?:\{\s*throw\b|Promise\.reject)"
)
"""Makes fail what the code calls: to live through that may be all that the test is there for."""
_OF_FAILURE = re.compile(
    rb"(?<![a-z])(?:(?:[a-z]*(?:error|exception|failure|timeout))s?|fails|raises|throws|rejects|down|unavailable|unreachable)$",
    re.IGNORECASE,
)
"""How a title ends that names no other outcome than the failure."""
_AT_ONCE = re.compile(
    rb"(?:#|//).*(?:(?<![a-z])(?:act|when)\s*(?:&|/|\+|and)\s*(?:assert|then)(?![a-z])|[\xce-\xe1\xe3-\xef][\x80-\xbf])",
    re.IGNORECASE,
)
"""A comment by which running the code is the check, or in a script in which nothing is read here."""
_COMMENT = re.compile(rb"(?:#|//|\*).*|\"\"\"[\s\S]*?\"\"\"")
"""What a test says in passing, docstrings among it."""


def is_to_survive(title: str, source: bytes) -> bool:
    """Whether a test says in its title or in a comment that not failing is its point."""
    return _says(_SURVIVES, title, source)


def is_hopeful(title: str, source: bytes) -> bool:
    """Whether a test says in its title, in a comment, or by a failure that it provokes, that all goes well."""
    provokes = _OF_FAILURE.search(title.encode()) is not None and _PROVOKES.search(source) is not None
    return provokes or _says(_HOPES, title, source) or _AT_ONCE.search(source) is not None


def _says(words: re.Pattern[bytes], title: str, source: bytes) -> bool:
    return any(map(words.search, (title.encode(), *_COMMENT.findall(source))))
