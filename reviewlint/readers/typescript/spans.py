"""Which of several nested places a position is in."""

from bisect import bisect_right

from tree_sitter import Node


class Spans:
    """Nodes that may hold one another but do not overlap otherwise."""

    def __init__(self, nodes: list[Node]) -> None:
        """`nodes` are in the order of their start."""
        self._nodes = nodes
        self._starts = [node.start_byte for node in nodes]
        self._ends = [node.end_byte for node in nodes]
        self._around: list[int] = []
        open_: list[int] = []
        for number, start in enumerate(self._starts):
            while open_ and self._ends[open_[-1]] <= start:
                open_.pop()
            self._around.append(open_[-1] if open_ else -1)
            open_.append(number)

    def at(self, position: int) -> Node | None:
        """The innermost node that holds the byte at `position`."""
        number = bisect_right(self._starts, position) - 1
        while number >= 0 and self._ends[number] <= position:
            number = self._around[number]
        return self._nodes[number] if number >= 0 else None
