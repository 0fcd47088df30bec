"""What a merge left in a file: one version is read, at its places, and the conflict is the file's one problem."""

import pytest

from reviewlint.facts.code import Function
from reviewlint.facts.file import FileFacts, Problem, Side
from reviewlint.facts.secrets import Secret
from reviewlint.readers import read
from reviewlint.readers.conflicts import merged
from reviewlint.source import Source

PYTHON = """\
def before(): ...
<<<<<<< HEAD
def ours(): ...
{base}=======
def theirs(): ...
>>>>>>> main
def after(): ...
"""


def facts(text: str, path: str = "app/orders.py", language: str = "python") -> FileFacts:
    data = text.encode()
    return read(Source(path, language, Side.SERVER, len(data)), data)


def said(found: FileFacts) -> tuple[list[tuple[str, int]], list[tuple[int, str]]]:
    """The functions and the problems of a file, with their lines."""
    return (
        [(fact.name, fact.at.line) for fact in found.facts if isinstance(fact, Function)],
        [(fact.at.line, fact.reason) for fact in found.facts if isinstance(fact, Problem)],
    )


@pytest.mark.parametrize("base", ["", "||||||| 1a2b3c4\ndef base(): ...\n"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_first_version_is_read_where_it_stands(base: str, end: str) -> None:
    text = PYTHON.format(base=base)
    functions, problems = said(facts(text.replace("\n", end)))
    assert functions == [("before", 1), ("ours", 3), ("after", text.count("\n"))]
    assert problems == [(2, "`<<<<<<< HEAD`, a conflict of two versions that nobody resolved")]


def test_the_other_version_is_read_where_the_first_has_nothing() -> None:
    functions, _ = said(facts("<<<<<<< HEAD\n\n=======\ndef theirs(): ...\n>>>>>>> main\n"))
    assert functions == [("theirs", 4)]


def test_several_conflicts_are_one_problem() -> None:
    functions, problems = said(facts(PYTHON.format(base="") * 2))
    assert [name for name, _ in functions] == ["before", "ours", "after"] * 2
    assert [line for line, _ in problems] == [2]


def test_what_is_broken_beside_a_conflict_is_not_said_twice() -> None:
    _, problems = said(facts(PYTHON.format(base="") + "def broken(\n"))
    assert [line for line, _ in problems] == [2]


def test_a_conflict_in_a_text_is_none() -> None:
    functions, problems = said(facts(f'TEXT = """\n{PYTHON.format(base="")}"""\n\ndef whole(): ...\n'))
    assert (functions, problems) == ([("whole", 11)], [])


@pytest.mark.parametrize("text", ["<<<<<<< HEAD\na\n", "<<<<<<< HEAD\na\n>>>>>>> b\n", "a\n=======\n>>>>>>> b\n"])
def test_what_is_no_whole_conflict_stays(text: str) -> None:
    assert merged(text.encode()) is None


def test_settings_and_credentials_of_a_conflict() -> None:
    key = "sk_live_" + "4eC39HqLyjWDarjtT1zdp7dcTYooMQauvdEDq54NiTphI7jx"
    text = f"<<<<<<< HEAD\nA=1\n=======\nSTRIPE_SECRET_KEY={key}\n>>>>>>> main\n"
    found = facts(text, ".env", "env")
    assert said(found)[1] == [(1, "`<<<<<<< HEAD`, a conflict of two versions that nobody resolved")]
    assert [fact.at.line for fact in found.facts if isinstance(fact, Secret)] == [4]
