"""What is written for other programs is what their formats' schemas say, on made-up and on real reviews.

`REVIEWLINT_CORPORA` names repositories to review besides the sample project.
"""

import io
import json
import os
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest
import xmlschema

from reviewlint import reporters
from reviewlint.cli import run
from reviewlint.console import Look
from reviewlint.fault import Fault
from reviewlint.finding import Edit, Fix, Location, Related, Severity
from reviewlint.report import Report
from reviewlint.source import Skipped

from . import made, runner

SCHEMAS = Path(__file__).parent / "schemas"
SHOP = Path(__file__).parent / "fixtures" / "projects" / "shop"
PROJECTS = [SHOP, *(Path(folder) for folder in os.environ.get("REVIEWLINT_CORPORA", "").split(os.pathsep) if folder)]
FORMATS = ("sarif", "gitlab", "rdjson", "junit", "github", "json", "markdown")


def validator(name: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(
        json.loads((SCHEMAS / name).read_text()), format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )


SARIF = validator("sarif-2.1.0.json")
GITLAB = validator("gitlab-code-quality.json")
RDJSON = validator("rdjson.json")
JUNIT = xmlschema.XMLSchema(SCHEMAS / "junit-10.xsd")


def check(written: dict[str, str]) -> None:
    SARIF.validate(json.loads(written["sarif"]))
    GITLAB.validate(json.loads(written["gitlab"]))
    RDJSON.validate(json.loads(written["rdjson"]))
    tree = ElementTree.fromstring(written["junit"].encode())
    for case in tree.iter("testcase"):  # GitLab and CircleCI read these, Jenkins passes over them
        case.attrib.pop("file", None)
        case.attrib.pop("line", None)
    JUNIT.validate(io.BytesIO(ElementTree.tostring(tree)))


def hostile() -> Report:
    at = Location("::error::\n\udc80 日本.py", 2, 5, 3, 1)
    edit = Edit(Location(at.path, 1, 1, 1, 1), "import x\n")
    related = (Related(Location("b\x1b[31m.py", 9, 1, 9, 1), ""),)
    return made.reported(
        made.finding(at=at, evidence="\x00##[error]\u202e]]>", related=related, fix=Fix(True, (edit,))),
        made.finding("a b.py", severity=Severity.NOTE, fingerprint="f"),
        skipped=(Skipped("c.py", "cannot be read: permission denied", expected=False),),
        faults=(Fault("rule x", "ValueError: y"),),
        undecided=("interpolated-query",),
        data_flow_problem="semgrep is not installed",
    )


@pytest.mark.parametrize("report", [made.reported(), made.reported(made.finding()), hostile()])
def test_made_up_reviews(report: Report) -> None:
    check({name: reporters.render(name, report, Look()) for name in FORMATS})


@pytest.fixture(scope="module", params=PROJECTS, ids=lambda path: path.name)
def reviewed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The review of a project in every format."""
    folder = tmp_path_factory.mktemp("reviews")
    outputs = [f"--output={name}:{folder / name}" for name in FORMATS]
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.chdir(request.param)
        monkeypatch.setattr("sys.stdout", io.StringIO())
        assert run(["check", "--exit-zero", "--no-cache", "--no-baseline", "--all", *outputs]) == 0
    return {name: (folder / name).read_text() for name in FORMATS}


def test_real_reviews(reviewed: dict[str, str]) -> None:
    check(reviewed)


def test_each_format_has_every_finding_that_counts(reviewed: dict[str, str]) -> None:
    shown = [each for each in json.loads(reviewed["json"])["findings"] if each["state"] == "shown"]
    (sarif,) = json.loads(reviewed["sarif"])["runs"]
    assert len(sarif["results"]) == len(shown)
    for result in sarif["results"]:
        assert sarif["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    assert len(json.loads(reviewed["gitlab"])) == len(shown)
    assert len(json.loads(reviewed["rdjson"])["diagnostics"]) == len(shown)
    assert len(list(ElementTree.fromstring(reviewed["junit"].encode()).iter("failure"))) == len(shown)
    assert len(runner.commands(reviewed["github"])) == sum(
        min(10, sum(each["severity"] == severity for each in shown)) for severity in ("error", "warning", "note")
    )


def test_fingerprints_tell_findings_apart(reviewed: dict[str, str]) -> None:
    fingerprints = [each["fingerprint"] for each in json.loads(reviewed["gitlab"])]
    assert len(set(fingerprints)) == len(fingerprints)


@pytest.mark.parametrize("severity", ["error", "warning", "note"])
def test_the_ten_that_are_annotated_are_the_ten_worst(reviewed: dict[str, str], severity: str) -> None:
    surest = ["high", "medium", "low"]
    worst = sorted(
        (surest.index(each["confidence"]), each["path"], each["line"], each["column"], each["rule"])
        for each in json.loads(reviewed["json"])["findings"]
        if each["state"] == "shown" and each["severity"] == severity
    )
    command = "notice" if severity == "note" else severity
    annotated = [each for each in runner.commands(reviewed["github"]) if each.name == command]
    assert [
        (each.properties["file"], int(each.properties["line"]), each.properties["title"].removeprefix("reviewlint: "))
        for each in annotated
    ] == [(path, line, rule) for _, path, line, _, rule in worst[:10]]
    left = len(worst) - len(annotated)
    assert (f"{left:,} more {severity}" in reviewed["github"]) is (left > 0)
