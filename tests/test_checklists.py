"""Checklists: the map from the reviewers' documents to rules is complete, and every line gets an honest answer."""

import json
import re
from pathlib import Path

import pytest

from reviewlint import catalogue, checklists, voices
from reviewlint.checklists import ChecklistError
from reviewlint.checklists.subjects import SUBJECTS
from reviewlint.rule import Rule

from .terminal import Ran, run

INITIALS = {"F": "foreman", "E": "engineer", "R": "reliability", "A": "architect", "S": "specialist"}


def test_every_reviewer_with_a_document_has_a_checklist() -> None:
    assert set(checklists.names()) == set(INITIALS.values()) == set(voices.names()) - {"plain"}
    assert {name: voices.load(name).checklist for name in checklists.names()} == {n: n for n in checklists.names()}


@pytest.mark.parametrize("name", checklists.names())
def test_a_checklist_covers_its_whole_document(name: str) -> None:
    checklist = checklists.load(name)
    asked = {number for line in checklist.lines for number in line.asked_in}
    aside = {number for part in checklist.asides for number in part.lines}
    assert asked | aside == set(range(1, checklist.length + 1))
    assert not asked & aside


@pytest.mark.parametrize("name", checklists.names())
def test_every_line_names_rules_that_exist_or_what_it_needs(name: str) -> None:
    for line in checklists.load(name).lines:
        assert set(line.rules) <= set(catalogue.names()), line.id
        assert line.rules or line.needs, line.id
        assert line.about in SUBJECTS
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", line.id)
        assert line.says.endswith(".") and not line.needs.endswith("."), line.id


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.name) for rule in catalogue.load_all()])
def test_every_rule_stands_on_a_line_of_each_checklist_that_asks_for_it(rule: Rule) -> None:
    for initial in re.findall("[A-Z]", rule.meta.asked_by):
        name = INITIALS[initial]
        assert rule.name in checklists.load(name).rules, f"put {rule.name} on a line of checklists/{name}.toml"


def test_no_sentence_stands_in_two_places_of_one_checklist() -> None:
    for name in checklists.names():
        said = [line.says for line in checklists.load(name).lines]
        assert len(said) == len(set(said))


WHOLE = '[[sections]]\ntitle = "S"\n[[sections.lines]]\nid = "a"\nsays = "A."\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a = [\n", "is not valid TOML"),
        ("", "lacks [[sections]]"),
        ("section = 1\n", "unknown key `section`; did you mean `sections`?"),
        ('[[sections]]\ntitle = "S"\n', "the section “S” has no lines"),
        ("[[sections]]\n", "a section lacks `title`"),
        (WHOLE, "the line `a` lacks `rules` that answer it, or what it `needs`"),
        (WHOLE + 'rules = ["rls-disable"]\n', "line `a`: there is no rule `rls-disable`; did you mean `rls-disabled`?"),
        (WHOLE + 'needs = "x"\nabout = "table"\n', "about `table`, which is no subject; did you mean `tables`?"),
        (WHOLE + 'needs = "x"\nfrom = ["3-"]\n', ""),
        (WHOLE + 'needs = "x"\nfrom = ["three"]\n', "takes a list of numbers and of ranges"),
        (WHOLE + "needs = 3\n", "`needs` of the line `a` takes a text"),
        (WHOLE + 'rules = "x"\n', "`rules` of the line `a` takes a list of names"),
        (WHOLE + 'needs = "x"\n[[sections.lines]]\nid = "a"\nsays = "B."\nneeds = "y"\n', "two lines are called `a`"),
    ],
)
def test_a_checklist_that_cannot_be_used_says_why(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "house.toml"
    path.write_text(text)
    if not message:
        assert checklists.load(str(path)).lines
        return
    with pytest.raises(ChecklistError) as error:
        checklists.load(str(path))
    assert message in str(error.value)
    assert "house" in str(error.value)


MINE = """
[[sections]]
title = "Later"
families = ["logging"]
[[sections.lines]]
id = "logs"
says = "Log lines have fields."
rules = ["unstructured-log"]

[[sections]]
title = "First"
families = ["queries"]
[[sections.lines]]
id = "bound"
says = "Values are bound."
about = "queries"
rules = ["interpolated-query"]
[[sections.lines]]
id = "columns"
says = "Queries name their columns."
about = "queries"
rules = ["select-star"]
needs = "a look at the widest tables"
[[sections.lines]]
id = "views"
says = "Views are guarded."
about = "views"
rules = ["definer-view"]
[[sections.lines]]
id = "restored"
says = "A backup was restored."
needs = "the date of the last restore"
"""

VOICE = """
priorities = ["queries", "logging"]
checklist = "list.toml"
[verdict]
approve = "Fine."
approve-with-remarks = "{findings}."
request-changes = "{blocking}."
"""

CODE = """import logging

from fastapi import FastAPI

app = FastAPI()
log = logging.getLogger(__name__)


@app.get("/orders")
def orders(name: str, connection):
    with connection.cursor() as cursor:
        cursor.execute(f"select id from orders where name = '{name}'")
        cursor.execute(f"select id from orders where town = '{name}'")%s
        cursor.execute("select * from orders where id = 1")
        return cursor.fetchall()
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    (tmp_path / "app.py").write_text(CODE % "  # reviewlint: ignore[interpolated-query] moves out next week")
    (tmp_path / "list.toml").write_text(MINE)
    (tmp_path / "mine.toml").write_text(VOICE)
    return tmp_path


def checklist(project: Path, *more: str) -> Ran:
    return run("checklist", str(project), "--voice", str(project / "mine.toml"), "--no-cache", *more)


def standings(ran: Ran) -> dict[str, str]:
    data = json.loads(ran.out)
    return {line["id"]: line["standing"] for section in data["sections"] for line in section["lines"]}


def test_every_line_is_answered_and_strict_rules_run_too(project: Path) -> None:
    ran = checklist(project, "--output-format", "json")
    assert ran.status == 1
    assert standings(ran) == {
        "bound": "failed",
        "columns": "failed",
        "views": "not-applicable",
        "restored": "needs-evidence",
        "logs": "passed",
    }
    data = json.loads(ran.out)
    assert [section["title"] for section in data["sections"]] == ["First", "Later"]
    bound = data["sections"][0]["lines"][0]
    assert bound["severities"] == {"error": 1, "warning": 0, "note": 0}
    assert bound["accepted"] == 1
    assert (bound["worst"]["path"], bound["worst"]["line"]) == ("app.py", 12)
    assert data["summary"] == {
        "failed": 2,
        "passed": 1,
        "needs-evidence": 1,
        "not-applicable": 1,
        "not-judged": 0,
    }
    assert "strict ones too" in ran.err


def test_the_text_shows_counts_and_the_worst_place(project: Path) -> None:
    ran = checklist(project)
    assert ran.out == (
        "First\n"
        "  failed    Values are bound.\n"
        "            1 error of `interpolated-query`; the worst: app.py:12:9\n"
        "            1 more ignored or in the baseline\n"
        "  failed    Queries name their columns.\n"
        "            1 note of `select-star`; the worst: app.py:14:9\n"
        "            beyond the code: a look at the widest tables\n"
        "  n/a       Views are guarded.\n"
        "            no views in SQL migrations here\n"
        "  outside   A backup was restored.\n"
        "            needs the date of the last restore\n"
        "\n"
        "Later\n"
        "  passed    Log lines have fields.\n"
        "\n"
        "The list checklist, mine: 2 failed, 1 passed, 1 evidence needed from outside the code, "
        "1 not applicable here\n"
    )


def test_markdown_has_boxes_and_the_evidence(project: Path) -> None:
    lines = checklist(project, "--output-format", "markdown").out.split("\n")
    assert lines[0] == "# The list checklist, mine"
    assert "- [x] **passed**: Log lines have fields." in lines
    assert any(line.startswith("  1 error of `interpolated-query`; the worst: `app.py:12:9`: ") for line in lines)


def test_what_the_configuration_ignores_is_not_judged(project: Path) -> None:
    (project / "reviewlint.toml").write_text('select = ["logging"]\nignore = ["queries"]\n')
    ran = checklist(project, "--output-format", "json")
    assert ran.status == 0
    assert standings(ran)["bound"] == standings(ran)["columns"] == "not-judged"
    assert "`interpolated-query` turned off by the configuration" in ran.out


def test_a_rule_that_breaks_leaves_its_line_unjudged(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr(catalogue.load("unstructured-log").module, "check", broken)
    ran = checklist(project, "--output-format", "json")
    assert ran.status == 2
    assert standings(ran)["logs"] == "not-judged"
    assert standings(ran)["bound"] == "failed"


def test_exit_zero(project: Path) -> None:
    assert checklist(project, "--exit-zero").status == 0


@pytest.mark.parametrize("name", voices.names())
def test_every_voice_goes_through_a_checklist(project: Path, name: str) -> None:
    ran = run("checklist", str(project), "--voice", name, "--no-cache", "--output-format", "json")
    data = json.loads(ran.out)
    lines = [line for section in data["sections"] for line in section["lines"]]
    assert sorted(line["id"] for line in lines) == sorted(line.id for line in checklists.load(data["checklist"]).lines)
    assert data["voice"] == name
    assert data["summary"]["not-judged"] == 0
    assert data["summary"]["failed"] >= 1


@pytest.mark.parametrize(
    ("voice", "message"),
    [
        ("forman", "there is no voice `forman`; did you mean `foreman`?"),
        ("missing.toml", "cannot be read"),
    ],
)
def test_an_unknown_voice_is_one_line(project: Path, voice: str, message: str) -> None:
    ran = run("checklist", str(project), "--voice", voice)
    assert ran.status == 2
    assert message in ran.err
    assert ran.out == ""


def test_an_incomplete_voice_and_a_missing_checklist_are_one_line(project: Path) -> None:
    (project / "mine.toml").write_text('[verdict]\napprove = "Fine."\n')
    ran = checklist(project)
    assert (ran.status, ran.out) == (2, "")
    assert "lacks a sentence for `approve-with-remarks`" in ran.err
    (project / "mine.toml").write_text(VOICE.replace("list.toml", "reliabilty"))
    ran = checklist(project)
    assert (ran.status, ran.out) == (2, "")
    assert "there is no checklist `reliabilty`; did you mean `reliability`?" in ran.err


def test_nothing_to_review_is_no_pass(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    ran = run("checklist", str(tmp_path), "--no-cache", "--output-format", "json")
    assert ran.status == 0
    assert standings(ran)["bound-values"] == "not-applicable"


def test_the_documentation_shows_real_output() -> None:
    root = Path(__file__).parent.parent
    shown = re.search(r"```text\n\$ reviewlint (.*)\n(.*?)```", (root / "docs" / "checklist.md").read_text(), re.DOTALL)
    assert shown is not None
    shop = root / "tests" / "fixtures" / "projects" / "shop"
    ran = run(*shown[1].split("\n")[0].split(), str(shop), "--no-cache")
    said = ran.out.split("\n")
    assert [line for line in shown[2].split("\n") if line not in said] == []


def test_the_checklist_of_the_documentation_can_be_used(tmp_path: Path) -> None:
    text = (Path(__file__).parent.parent / "docs" / "checklist.md").read_text()
    block = re.search(r"```toml\n(.*?)```", text, re.DOTALL)
    assert block is not None
    (tmp_path / "ours.toml").write_text(block[1])
    assert [line.id for line in checklists.load(str(tmp_path / "ours.toml")).lines] == ["bound", "restored"]
    named = text[text.index("`about` is one of") :]
    assert {name for name in SUBJECTS if f"`{name}`" in named} == set(SUBJECTS)
