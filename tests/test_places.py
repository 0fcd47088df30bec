"""Where names are defined, whoever asks and in whatever order."""

import itertools

import pytest

from reviewlint.facts.file import Side
from reviewlint.join.places import aliases, located, may_lead
from reviewlint.project import Project
from reviewlint.readers import read
from reviewlint.source import Source

FILES = {
    "one/app/__init__.py": "",
    "one/app/orders.py": "import app.orders\ndef find(): ...\ndef use(): return app.orders.find()\n",
    "one/app/api.py": "from app.orders import find as search\n",
    "two/app/__init__.py": "",
    "two/app/orders.py": "def find(): ...\n",
    "two/app/api.py": "from app.orders import find\n",
}

ASKED = {
    ("one/app/orders.py", "app.orders.find"): None,  # a file does not look for a module in itself
    ("one/app/api.py", "app.orders.find"): ("one/app/orders.py", "find"),
    ("two/app/api.py", "app.orders.find"): ("two/app/orders.py", "find"),
    ("one/app/api.py", "search"): ("one/app/orders.py", "find"),
    ("two/app/api.py", "search"): None,
    ("two/app/api.py", "os.path.join"): None,
}


def project_of(files: dict[str, str]) -> Project:
    sources = [Source(path, "python", Side.SERVER, len(text)) for path, text in files.items()]
    return Project([read(source, files[source.path].encode()) for source in sources], sources=sources)


@pytest.mark.parametrize("first", ASKED)
def test_what_was_asked_before_makes_no_difference(first: tuple[str, str]) -> None:
    project = project_of(FILES)
    for path, name in itertools.chain([first], ASKED):
        assert located(project, path, name) == ASKED[path, name], (path, name)


def test_a_name_that_nothing_in_the_file_begins_with_leads_nowhere() -> None:
    project = project_of(FILES)
    assert may_lead(project, "one/app/api.py", "search")
    assert may_lead(project, "one/app/api.py", "app.anything")
    assert not may_lead(project, "one/app/api.py", "os.path.join")


def test_names_under_which_something_is_asked_for_elsewhere() -> None:
    assert aliases(project_of(FILES), {"find"}) == {"find", "search"}
    assert aliases(project_of({**FILES, "one/app/b.py": "from .api import search as look\n"}), {"find"}) == {
        "find",
        "search",
        "look",
    }


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("src/calendar/calendar.test.ts", "..overlaps"),
        ("src/calendar/deep/span.ts", "...overlaps"),
        ("src/calendar/deep/deeper/x.ts", "../...overlaps"),
        ("src/app.ts", "./calendar.overlaps"),
    ],
)
def test_a_folder_is_its_index_wherever_it_is_seen_from(path: str, name: str) -> None:
    files = {
        "src/calendar/index.ts": "export * from './overlap'\n",
        "src/calendar/overlap.ts": "export function overlaps() {}\n",
        "src/index.ts": "export const other = 1\n",
        path: "import { overlaps } from '.'\n",
    }
    sources = [Source(path, "typescript", Side.SERVER, len(text)) for path, text in files.items()]
    project = Project([read(source, files[source.path].encode()) for source in sources], sources=sources)
    assert located(project, path, name) == ("src/calendar/overlap.ts", "overlaps")
