"""Whether a comment gives a reason, or only says again what is done."""

import re
from itertools import takewhile

_WORD = re.compile(rb"[a-z][a-z']*", re.IGNORECASE)
_TOOL = re.compile(
    rb"\b(?:eslint|biome|tslint|prettier|istanbul|c8|v8|deno-lint|oxlint|sonar\w*)[- ](?:disable|ignore)[-\w ]*[^:\n-]*"
    rb"|@ts-\w+",
    re.IGNORECASE,
)
"""What tells a tool to be silent, up to the reason that it is given."""
_NOTHING = frozenset(
    b"ignore ignored ignores ignoring noop no op nop empty pass nothing do skip skipped swallow swallowed silent"
    b" silently error errors err exception exceptions e ex fail fails failed failure failures block here this it the"
    b" any all just catch catches continue ok todo fixme".split()
)
"""Words of comments that say what everybody sees: that whatever went wrong is ignored."""

TOLERATES = re.compile(
    rb"best[ -]?effort|ignor|swallow|silent|non-?block|not? block|optional|not (?:critical|fatal|important)|fail|error"
    rb"|don't care|doesn't matter|fire.and.forget|never|must not|duplicate",
    re.IGNORECASE,
)
"""Words of a comment above a statement by which it speaks of what happens when the statement fails."""

_BEST_EFFORT = re.compile(
    rb"best[ -]effort|fire[ -]and[ -]forget|\bswallow|\bignor\w+ (?:\w+ )?(?:error|failure|exception)"
    rb"|\bnever (?:raise|throw|fail|block|break|reject)s?\b"
    rb"|\b(?:(?:must|do|does|will|should|can) ?not|(?:mustn|don|doesn|won|shouldn|can)'t)"
    rb" (?:ever )?(?:raise|throw|fail|block|break|propagate)\b",
    re.IGNORECASE,
)
"""Words of a function's documentation by which it promises to go on, whatever fails in it."""

_LEVEL = re.compile(
    rb"\bnois[ey]|\bloud|\bspam|\blog level|\b(?:at|as) (?:an? )?(?:debug|info|warn(?:ing)?|error)\b"
    rb"|\bstill (?:log|report)|n't expect|\b(?:not|never) expect|\bunexpected",
    re.IGNORECASE,
)
"""Words of a comment above a log line by which it speaks of how loud the line is, or how expected what it tells."""


_STATUS = re.compile(
    rb"\b2\d\d\b|\b2xx\b|\bon purpose\b|\bdeliberate|\bintentional|\bby design\b|\bRFC ?\d{3,4}\b"
    rb"|\b(?:protocol|spec|specification) (?:says|wants|needs|demands|requires|expects)\b"
    rb"|\brequired by the (?:spec|protocol)|\benumerat|\breveal|\boracle\b"
    rb"|\b(?:rather than|instead of|not) (?:an? )?(?:[45]\d\d|[45]xx|http error|transport error)\b"
    rb"|\b(?:not|n't|never|without) (?:be )?(?:retr|resend|send(?:ing)? (?:it )?again)",
    re.IGNORECASE,
)
"""Words of a comment at a response by which it speaks for a status that is not the plain one."""


_EACH = re.compile(
    rb"\b(?:per|each|every)\b|\bone[ -](?:by[ -]one|at a time)\b|\bindividual|\bseparate|\bsequential|\bserial"
    rb"|\bin turn\b|\bN ?\+ ?1\b",
    re.IGNORECASE,
)
_NOT_AT_ONCE = re.compile(
    rb"\bnot\W{0,4}(?:in\b|in_|batch|bulk|all\b|across|together|one\b|a single|in parallel|concurrent|in one)"
    rb"|\b(?:instead of|rather than|avoid\w*)\b|\bbecause\b|\botherwise\b|\b(?:can ?not|can't)\b"
    rb"|\bon purpose\b|\bdeliberate|\bintentional|\bby design\b|\bURL (?:length|limit)",
    re.IGNORECASE,
)
"""Words of a comment that says why things are taken one by one, in addition to those that say that they are."""
_COMMENTED = (b"#", b"//", b"*", b"/*")
_FAR = 2000


def chooses_status(comment: bytes) -> bool:
    """Whether a comment at a response says why it has its status, or which success it is."""
    return _STATUS.search(comment) is not None


def gives_reason(comment: bytes) -> bool:
    """Whether a comment, with its signs, says more than that nothing is done: `// ignore`, `/* no-op */`."""
    return not _NOTHING.issuperset(word.lower() for word in _WORD.findall(_TOOL.sub(b"", comment)))


def promises_to_go_on(documentation: bytes) -> bool:
    """Whether what documents a function says that nothing that fails in it is anybody else's business."""
    return _BEST_EFFORT.search(documentation) is not None


def chooses_level(data: bytes, start: int) -> bool:
    """Whether the comment lines above the statement at byte `start` say why it is logged at its level."""
    line = data.rfind(b"\n", 0, start) + 1
    while line:
        above = data.rfind(b"\n", 0, line - 1) + 1
        comment = data[above:line].strip()
        if not comment.startswith((b"#", b"//", b"*", b"/*")):
            return False
        if _LEVEL.search(comment):
            return True
        line = above
    return False


def takes_each(data: bytes, start: int) -> bool:
    """Whether the comment above the statement at byte `start` says why it takes things one by one.

    One line may stand between them, such as the size of a page.
    """
    line = data.rfind(b"\n", 0, start) + 1
    above = [one.strip() for one in reversed(data[max(line - _FAR, 0) : line].splitlines())]
    if above and above[0] and not above[0].startswith(_COMMENTED):
        del above[0]
    comment = b" ".join(reversed([*takewhile(lambda one: one.startswith(_COMMENTED), above)]))
    return _EACH.search(comment) is not None and _NOT_AT_ONCE.search(comment) is not None
