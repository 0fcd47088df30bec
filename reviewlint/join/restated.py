"""Functions of a database that a migration says again as they were: laid out, commented or capitalised otherwise."""

import re

from ..facts.file import Side
from ..facts.location import Location
from ..facts.sql import CreateFunction, Name, Statement
from ..project import Project

_TOKEN = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|--[^\n]*|/\*.*?\*/|[\w$]+|\S", re.DOTALL)
_COMMENTS = ("--", "/*")
_QUOTES = ("'", '"')

_Said = tuple[object, ...]


def restated(project: Project) -> frozenset[Location]:
    """The view: the statements that make a function which the migrations before had made the same already."""
    last: dict[tuple[Name, tuple[str, ...]], _Said] = {}
    found = set()
    for statement in sorted(project.facts(Statement, Side.MIGRATION), key=lambda one: one.at):
        made = statement.action
        if not isinstance(made, CreateFunction) or made.body is None:
            continue
        key = made.name, tuple(argument.type for argument in made.arguments)
        said = _said(made)
        if last.get(key) == said:
            found.add(statement.at)
        last[key] = said
    return frozenset(found)


def _said(made: CreateFunction) -> _Said:
    text = made.body.text if made.body is not None else ""
    tokens = [one if one.startswith(_QUOTES) else one.lower() for one in _TOKEN.findall(text)]
    code = tuple(one for one in tokens if not one.startswith(_COMMENTS))
    return code, made.arguments, made.returns, made.language, made.definer, made.settings, made.volatility
