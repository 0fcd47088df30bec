"""Which words occur in a file: asked for a hundred of them, most of which are not there."""

import re
from functools import cache, cached_property

_AS_NAMES = bytes(byte if re.match(rb"\w", bytes([byte])) else ord(" ") for byte in range(256))
"""Leaves nothing but names and numbers, and spaces between them."""


class Words:
    """The bytes of a file, as far as it is asked what occurs in them."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._known: dict[bytes, bool] = {}

    def mentioned(self, words: tuple[bytes, ...]) -> bool:
        """Whether one of `words` occurs."""
        known = self._known
        for word in words:
            found = known.get(word)
            if found is None:
                name = _name_in(word)
                found = known[word] = name in self._names and (name == word or word in self._data)
            if found:
                return True
        return False

    @cached_property
    def _names(self) -> bytes:
        """The names in the file, each once: a sixth of it, and what occurs in none of them is not there at all."""
        return b" ".join(set(self._data.translate(_AS_NAMES).split()))


@cache
def _name_in(word: bytes) -> bytes:
    """The longest name, or part of one, that stands in a word."""
    return max(word.translate(_AS_NAMES).split(), key=len, default=b"")
