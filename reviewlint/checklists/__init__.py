"""Checklists: what each reviewer asks of a backend, line by line, and which rules answer.

A checklist is a TOML file. The five in this folder come with reviewlint, one for each voice that has a document of its
own; a team's voice can name another, or bring one along.
"""

from functools import cache
from pathlib import Path

from .checklist import Checklist, ChecklistError, Line, Section, check_rules, read

__all__ = ["Checklist", "ChecklistError", "Line", "Section", "asking_for", "load", "names"]


@cache
def names() -> tuple[str, ...]:
    """The checklists that come with reviewlint, by the name of their voice."""
    from importlib.resources import files

    found = (each.name for each in files(__name__).iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in found if name.endswith(".toml")))


@cache
def load(name: str) -> Checklist:
    """The checklist called `name`, or the one in the file `name` where that ends in `.toml`.

    Raises ChecklistError where there is none or its file cannot be used.
    """
    if name.endswith(".toml"):
        checklist = read(Path(name))
        check_rules(checklist)
        return checklist
    if name not in names():
        from ..guess import did_you_mean

        raise ChecklistError(
            f"there is no checklist `{name}`{did_you_mean(name, names()) or '; there are ' + ', '.join(names())}"
        )
    return read(Path(__file__).parent / f"{name}.toml")


def asking_for(rule: str) -> list[tuple[str, Line]]:
    """The lines that a rule answers, of the checklists that come with reviewlint, each with its checklist's name."""
    return [(name, line) for name in names() for line in load(name).lines if rule in line.rules]
