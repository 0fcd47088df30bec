"""Which objects of the database each test may mean, by the words in it."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from ..facts import sql
from ..facts.data import TableAccess
from ..facts.file import Side
from ..facts.sql import Statement
from ..project import Project

_WORD = re.compile(r"[A-Za-z_]\w*")


def named_in_tests(project: Project) -> Mapping[str, frozenset[str]]:
    """The view: by the path of a test, relations that its SQL uses, words in its texts, and tables that it queries."""
    found: dict[str, set[str]] = defaultdict(set)
    for statement in project.facts(Statement, Side.TEST):
        found[statement.at.path].update(_named(statement))
    for access in project.facts(TableAccess, Side.TEST):
        if access.relation:
            found[access.at.path].add(access.relation)
    return {path: frozenset(words) for path, words in found.items()}


def _named(statement: Statement) -> Iterator[str]:
    match statement.action:
        case sql.Select(query=query):
            yield from _words(query)
        case sql.Insert(table=name):
            yield name.name
        case sql.Change(tables=names):
            yield from (name.name for name in names)
        case sql.Do(body=body):
            yield from _WORD.findall(body.text)
        case _:
            pass


def _words(query: sql.Query) -> Iterator[str]:
    for node in sql.walk(query):
        match node:
            case sql.Query(relations=relations):
                yield from (relation.name.name for relation in relations)
            case sql.Invocation(function=name):
                yield name.name
            case sql.Literal(value=str(text)):
                yield from _WORD.findall(text)
            case _:
                pass
