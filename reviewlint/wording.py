"""Counts and lists in words."""

from collections.abc import Sequence


def counted(number: int, thing: str) -> str:
    """`1 error`, `3 errors`, `2,140 files`, `no findings`."""
    many = f"{thing[:-1]}ies" if thing.endswith("y") else f"{thing}s"
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {many}" if number else f"no {many}"


def listed(things: Sequence[str], last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(things) < 2:
        return "".join(things)
    return f"{', '.join(things[:-1])} {last} {things[-1]}"
