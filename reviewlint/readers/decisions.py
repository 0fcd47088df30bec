"""The lines of a file that choose a way, counted by function, and what computes without any."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator

from tree_sitter import Node

PREDICATE = re.compile(r"_*(?:is|has|can|may|should)(?:_|[A-Z])")
"""How the name of a function begins by whose answer others decide."""

TAKES_TIME = re.compile(rb"\b(?:Date\.now|performance\.now|hrtime|perf_counter|monotonic|time\.time|process_time)\b")
"""What asks a clock: a difference of it is how long something took."""

FEW = 5
"""So few lines choose a way in a file of which it matters what else it does."""


class Decisions:
    """What `pattern`, which begins with the end of a line and stays on the next, finds in a file, looked for once.

    `\\n[ \\t]*+` is looked for five times as fast as `^[ \\t]*`.
    """

    def __init__(self, pattern: re.Pattern[bytes], data: bytes) -> None:
        self._pattern, self._data = pattern, data
        self._starts = [found.start() + 1 for found in pattern.finditer(data)]

    @property
    def are_few(self) -> bool:
        """Whether there are few in the whole file."""
        return len(self._starts) <= FEW

    def between(self, start: int, end: int) -> int:
        """How many there are in a range of bytes; of the last line only what lies in it counts."""
        first, last = bisect_left(self._starts, start), bisect_left(self._starts, end)
        if first == last:
            return 0
        return last - first - (self._pattern.match(self._data, self._starts[last - 1] - 1, end) is None)


def outermost(nodes: Iterable[Node], headers: Iterable[Node]) -> Iterator[Node]:
    """Those of the nodes that stand in no other of them, nor in one of the `headers`."""
    inside = {node.id for node in headers}
    end = 0
    for node in sorted((*nodes, *headers), key=lambda one: (one.start_byte, -one.end_byte, one.id not in inside)):
        if node.start_byte >= end:
            end = node.end_byte
            if node.id not in inside:
                yield node
