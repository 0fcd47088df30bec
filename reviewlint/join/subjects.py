"""Whether tests and a function are called after the same subject: `test_pledges.py`, `pledge/endpoints.py`.

Who edits the tests of a subject has looked at it. Where none of them seems to reach a function of it, the way is often
one that cannot be seen: a signal, a name in a table, a suite that many share.
"""

import re
from collections.abc import Collection

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_ENDING = re.compile(r"(?:\.\w+)?$")
_PLAIN = frozenset(
    "api app base case client common component controller core create db delete domain endpoint feature for "
    "function get group handler helper http index integration internal is lib list main migration model module of "
    "on package page plugin project repository route router schema serializer server service set shared spec src "
    "store task test to type unit update use util view".split()
)
"""What files and functions of every subject are called."""


def share_subject(tests: Collection[str], path: str, name: str) -> bool:
    """Whether one of the files `tests` is called like the function `name` of the module at `path`, or like that."""
    own = _words(path) | _subject(name.partition("@")[0])
    return any(not own.isdisjoint(_words(test)) for test in tests)


def _words(path: str) -> frozenset[str]:
    return _subject(_ENDING.sub("", "/".join(path.split("/")[-2:])))


def _subject(text: str) -> frozenset[str]:
    """The words that a text is made of, in the singular, but for those that tell of no subject."""
    return frozenset(word.lower().removesuffix("s") for word in _WORD.findall(text)) - _PLAIN
