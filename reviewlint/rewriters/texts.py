"""Pieces of source text, and calls with one more argument."""

from ..facts.location import Location


def piece(text: str, at: Location) -> str:
    """The text at a place; lines are those that end with a newline."""
    lines = text.removeprefix("\ufeff").split("\n")[at.line - 1 : at.end_line]
    lines[-1] = lines[-1][: at.end_column - 1]
    lines[0] = lines[0][at.column - 1 :]
    return "\n".join(lines)


def with_argument(call: str, argument: str) -> str | None:
    """A call with `argument` behind its others, None where it does not end with its closing parenthesis."""
    if not call.endswith(")"):
        return None
    inside = call[:-1]
    kept = inside.rstrip()
    space = inside[len(kept) :]
    last = kept.rpartition("\n")[2]
    before = f"\n{last[: len(last) - len(last.lstrip())]}" if "\n" in space else " "
    if kept.endswith("("):
        return f"{kept}{argument})"
    if kept.endswith(","):
        return f"{kept}{before}{argument}{',' + space if space else ''})"
    return f"{kept},{before}{argument}{space})"
