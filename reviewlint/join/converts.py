"""Calls that only look into values, or turn one into another."""

import re

_CONVERTS = re.compile(
    r"^(?:replace\w*|strip|split|join|lower|upper|slugify|int|float|str|bool|len|list|dict|set|tuple|sorted|next|iter|filter|map"
    r"|round|get|decode\w*|encode\w*|astimezone|isinstance|hasattr|getattr|strptime|fromisoformat|keys|values|items|Decimal|UUID"
    r"|trim|toString|toFixed|Number|String|Boolean|BigInt|parseInt|parseFloat|slice|substring|match|test|includes|concat"
    r"|startsWith|endsWith|stringify|b64decode|b64encode|atob|btoa)$"
    r"|^(?:is|has)(?:_|[A-Z])"
)


def converts(callee: str) -> bool:
    """Whether a call of this (dotted) name fails by the form of its input or not at all."""
    return _CONVERTS.search(callee.rpartition(".")[2].strip("()")) is not None
