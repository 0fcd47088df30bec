"""Calls that only look into values, or turn one into another."""

import re

_CONVERTS = re.compile(
    r"^(?:replace\w*|strip|split|join|lower|upper|slugify|int|float|str|bool|len|list|dict|set|tuple|sorted|next|iter|filter|map"
    r"|round|get|loads|decode\w*|encode\w*|astimezone|isinstance|hasattr|getattr|strptime|fromisoformat|keys|values|items|Decimal|UUID"
    r"|trim|URL|URLSearchParams|RegExp|Date|toString|toFixed|Number|String|Boolean|BigInt|parseInt|parseFloat|slice|substring|match|test|includes|concat"
    r"|startsWith|endsWith|stringify|\w*[cC]lone|deep_?[cC]opy|b64decode|b64encode|atob|btoa|from|toUpperCase|toLowerCase|createHash|createHmac|digest)$"
    r"|^(?:is|has)(?:_|[A-Z])"
)
_HASHES = ("createHash", "createHmac", "hashlib.")


def converts(callee: str) -> bool:
    """Whether a call of this (dotted) name fails by the form of its input or not at all."""
    if any(word in callee for word in _HASHES):
        return True
    return _CONVERTS.search(callee.rpartition(".")[2].strip("()")) is not None
