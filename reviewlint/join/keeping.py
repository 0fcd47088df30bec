"""Programs of a project's own that apply its migrations, and keep the whole names of those that they have applied."""

import re
from collections import defaultdict
from collections.abc import Iterator

from ..facts.data import HandedQuery, Query
from ..facts.schema import Database
from ..facts.values import Call, rendered
from ..project import Project
from .bodies import words

_LISTS = frozenset({"readdirSync", "readdir", "listdir", "scandir", "glob", "globSync", "iterdir", "sync"})
"""Calls that give the files of a folder."""
_KEEPS = re.compile(
    r"\binsert\s+into\s+[\w.\"{}]*(?:migrat|applied|schema_|history)[\w\"]*\s*\(([^)]*)\)", re.IGNORECASE
)
_NAME = re.compile(r"\b(?:file_?(?:name)?|name|migration(?:_?name)?|script)\b", re.IGNORECASE)
"""The columns of such tables that hold names; others hold versions alone."""


def keeps_names(project: Project, database: Database) -> bool:
    """Whether a program reads the folder of a database, and writes down the names of the files that it has applied."""
    return any(database.root in folder for folder in project.view(_read_by_keepers))


def _read_by_keepers(project: Project) -> tuple[str, ...]:
    """The view: the folders that such programs read, as they write them."""
    said: dict[str, list[str]] = defaultdict(list)
    told: list[Query | HandedQuery] = [*project.facts(Query), *project.facts(HandedQuery)]
    for one in told:
        said[one.at.path].append(rendered(one.text))
    keepers = [path for path, texts in said.items() if any(map(_keeps_name, texts))]
    return tuple(folder for path in keepers for folder in _folders(project, path))


def _keeps_name(text: str) -> bool:
    found = _KEEPS.search(text)
    return found is not None and _NAME.search(found[1]) is not None


def _folders(project: Project, path: str) -> Iterator[str]:
    for made in project.calls_made(path, _LISTS):
        for given in made.arguments:
            parts = given.arguments if isinstance(given, Call) else (given,)
            yield "/".join(word.strip("./") for part in parts for word in words(part))
