"""Which words occur in a file: asked for a hundred of them, most of which are not there."""

from functools import cache, cached_property


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
                found = known[word] = word in (self._different if _is_unspaced(word) else self._data)
            if found:
                return True
        return False

    @cached_property
    def _different(self) -> bytes:
        """What stands between spaces, each once: a third of a file, and words are in there as in the whole of it."""
        return b" ".join(set(self._data.split()))


@cache
def _is_unspaced(word: bytes) -> bool:
    return word.split() == [word]
