"""What a comment tells a type checker, in the words of mypy, pyright and TypeScript."""

import re

_TELLS = re.compile(
    r"(?P<text>(?:type|pyright):\s*ignore(?:\[[^\]]*\])?|mypy:\s*ignore-errors|@ts-(?:ignore|expect-error|nocheck)\b)"
    r"(?P<rest>.*)",
    re.S,
)
_OTHERS = re.compile(
    r"#?\s*(?:noqa|nosec|pylint|pragma|ruff|fmt)\b.*|eslint-\S+(?:[ \t]+[@\w/-]+,?)*|biome-ignore\s+\S+:?"
)
"""What speaks to other tools, not to people."""
_WORD = re.compile(r"[^\W\d_]{2,}")
FEWEST_WORDS = 2
"""A reason has more than one word."""


def told(comment: str) -> tuple[str, bool] | None:
    """What a comment tells the type checker, and whether it says why; None where it tells nothing."""
    match = _TELLS.match(comment.lstrip("#/* \t"))
    return None if match is None else (match["text"], is_reason(match["rest"]))


def is_reason(comment: str) -> bool:
    """Whether a comment has something to say to people."""
    return len(_WORD.findall(_OTHERS.sub("", comment))) >= FEWEST_WORDS
