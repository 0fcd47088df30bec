"""The formats of forges and of servers that build and test."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from reviewlint import catalogue, reporters
from reviewlint.console import Look
from reviewlint.fault import Fault
from reviewlint.finding import Confidence, Edit, Fix, Location, Related, Severity, State
from reviewlint.report import Report
from reviewlint.reporters.markdown import LARGEST, code, fenced, inline
from reviewlint.source import Skipped

from . import made, runner


@pytest.fixture(autouse=True)
def no_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITHUB_WORKSPACE", "CI_PROJECT_DIR"):
        monkeypatch.delenv(name, raising=False)


def written(name: str, report: Report) -> str:
    return reporters.render(name, report, Look())


def data(name: str, *findings: made.Finding, **changes: object) -> object:
    return json.loads(written(name, made.reported(*findings, **changes)))  # type: ignore[arg-type]


def test_github_annotates_the_line() -> None:
    assert written("github", made.reported(made.finding("a,b:%.py"))) == (
        "::error file=a%2Cb%3A%25.py,line=2,endLine=2,col=5,endColumn=12,title=reviewlint%3A interpolated-query::"
        "`name` is part of the SQL text.%0A%0A`name` ends up in the SQL.%0A%0ABetter:%0Acursor.execute(query, [name])\n"
    )


def test_github_leaves_columns_out_where_lines_differ() -> None:
    found = made.finding(at=Location("a.py", 2, 5, 3, 2), severity=Severity.NOTE)
    assert written("github", made.reported(found)).startswith("::notice file=a.py,line=2,endLine=3,title=")


def test_github_annotates_the_ten_worst_of_each_severity_and_logs_the_rest() -> None:
    lines = ["x"] * 40
    found = [
        *(made.finding("b.py", line, confidence=Confidence.LOW) for line in range(1, 9)),
        *(made.finding("a.py", line) for line in range(1, 9)),
        *(made.finding("c.py", line, severity=Severity.WARNING) for line in range(1, 13)),
    ]
    output = written("github", made.reported(*found, lines={"a.py": lines, "b.py": lines, "c.py": lines}))
    errors = [each for each in runner.commands(output) if each.name == "error"]
    places = [(each.properties["file"], int(each.properties["line"])) for each in errors]
    assert places == [*(("a.py", line) for line in range(1, 9)), ("b.py", 1), ("b.py", 2)]
    assert len(runner.commands(output)) == 20
    log = output.splitlines()[20:]
    assert log[0] == "6 more errors and 2 more warnings without annotation, for which GitHub has no room:"
    assert log[1] == "b.py:3:5: error interpolated-query: `name` is part of the SQL text."
    assert len(log) == 9


def test_github_cuts_long_messages() -> None:
    output = written("github", made.reported(made.finding(evidence="%" * 9000)))
    (annotation,) = runner.commands(output)
    assert len(annotation.data) == 4000
    assert annotation.data.endswith("%...")


def test_paths_are_relative_to_the_checkout(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GITHUB_WORKSPACE", "/")
    report = made.reported(made.finding("a b.py"))
    assert "file=project/a b.py," in written("github", report)
    (result,) = json.loads(written("sarif", report))["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": "project/a%20b.py"}
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
    assert "file=a b.py," in written("github", report)


def test_sarif_has_what_code_scanning_asks_for() -> None:
    related = (Related(Location("web/ü.ts", 1, 1, 1, 4), "imported here"),)
    report = made.reported(
        made.finding(related=related),
        made.finding(line=3, state=State.IGNORED),
        rules=[made.rule("a-rule"), made.rule(security="9.1")],
        skipped=(Skipped("a.py", "cannot be read: permission denied", expected=False),),
        faults=(Fault("rule no-timeout", "ValueError: x"),),
    )
    log = json.loads(written("sarif", report))
    assert (log["version"], len(log["runs"])) == ("2.1.0", 1)
    (run,) = log["runs"]
    described = run["tool"]["driver"]["rules"]
    plain, secure = (
        next(each for each in described if each["id"] == name) for name in ("a-rule", "interpolated-query")
    )
    for rule in (plain, secure):
        assert rule["shortDescription"]["text"] == "SQL text is put together."
        assert rule["fullDescription"]["text"].startswith("Whoever sends the value writes the query.")
        assert rule["help"]["markdown"].startswith(f"# {rule['id']}\n")
        assert rule["defaultConfiguration"] == {"enabled": True, "level": "error"}
    assert plain["properties"] == {"tags": ["queries"], "precision": "high", "problem.severity": "error"}
    assert secure["properties"] == {"tags": ["queries", "security"], "precision": "high", "security-severity": "9.1"}
    (result,) = run["results"]
    assert (result["ruleId"], result["level"]) == ("interpolated-query", "error")
    assert described[result["ruleIndex"]] is secure
    assert result["message"]["text"].startswith("`name` is part of the SQL text.\n\n")
    assert result["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "api/orders.py"},
                "region": {"startLine": 2, "startColumn": 5, "endLine": 2, "endColumn": 12},
            }
        }
    ]
    assert result["relatedLocations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "web/%C3%BC.ts"
    assert result["partialFingerprints"] == {"primaryLocationLineHash": "0123456789abcdef"}
    assert run["columnKind"] == "unicodeCodePoints"
    assert run["invocations"][0]["executionSuccessful"] is False
    assert [each["message"]["text"] for each in run["invocations"][0]["toolExecutionNotifications"]] == [
        "not reviewed: a.py: cannot be read: permission denied",
        "rule no-timeout: ValueError: x",
    ]


def test_sarif_describes_every_rule_of_the_catalogue() -> None:
    (run,) = json.loads(written("sarif", made.reported()))["runs"]
    described = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in described] == list(catalogue.names())
    for rule, known in zip(described, catalogue.load_all(), strict=True):
        assert ("security-severity" in rule["properties"]) is not ("problem.severity" in rule["properties"])
        assert rule["defaultConfiguration"]["enabled"] is (known.meta.level == "rec")


def test_gitlab_gets_places_and_fingerprints() -> None:
    (entry,) = data("gitlab", made.finding(severity=Severity.WARNING))  # type: ignore[misc]
    assert entry["check_name"] == "interpolated-query"
    assert entry["severity"] == "major"
    assert entry["fingerprint"] == "0123456789abcdef"
    assert entry["location"] == {
        "path": "api/orders.py",
        "positions": {"begin": {"line": 2, "column": 5}, "end": {"line": 2, "column": 12}},
    }
    assert data("gitlab") == []


def test_reviewdog_gets_columns_in_bytes_and_suggestions() -> None:
    at = Location("a.py", 1, 4, 1, 8)
    fix = Fix(True, (Edit(at, "other"),))
    report = made.reported(made.finding(at=at, fix=fix), lines={"a.py": ["é日 name"]})
    (diagnostic,) = json.loads(written("rdjson", report))["diagnostics"]
    byte_range = {"start": {"line": 1, "column": 7}, "end": {"line": 1, "column": 11}}
    assert diagnostic["location"] == {"path": "a.py", "range": byte_range}
    assert diagnostic["suggestions"] == [{"range": byte_range, "text": "other"}]
    assert (diagnostic["severity"], diagnostic["code"]) == ("ERROR", {"value": "interpolated-query"})


def test_junit_has_a_suite_for_every_rule_that_ran() -> None:
    report = made.reported(made.finding(), rules=[made.rule("a-rule"), made.rule()])
    suites = list(ElementTree.fromstring(written("junit", report).encode()))
    assert [(suite.get("name"), suite.get("tests"), suite.get("failures")) for suite in suites] == [
        ("a-rule", "1", "0"),
        ("interpolated-query", "1", "1"),
    ]
    failure = suites[1].find("testcase/failure")
    assert failure is not None and failure.get("type") == "error"
    assert suites[1][0].get("name") == "api/orders.py:2:5"


def test_markdown_is_a_review() -> None:
    assert written("markdown", made.reported(made.finding())) == (
        "# Review: request changes\n"
        "\n"
        f"> {made.reported(made.finding()).closing}\n"
        "\n"
        "Decided by\n"
        "\n"
        "- `api/orders.py:2` `interpolated-query`: `name` is part of the SQL text.\n"
        "\n"
        "Mend the error of `interpolated-query`, and it becomes `approve`.\n"
        "\n"
        "1 file reviewed: 1 error.\n"
        "\n"
        "## `api/orders.py`\n"
        "\n"
        "### Line 2: interpolated-query (error)\n"
        "\n"
        "`name` is part of the SQL text.\n"
        "\n"
        "```\n"
        "    2 |     execute(f'select {name}')\n"
        "      |     ^^^^^^^\n"
        "```\n"
        "\n"
        "`name` ends up in the SQL.\n"
        "\n"
        "Better:\n"
        "\n"
        "```\n"
        "cursor.execute(query, [name])\n"
        "```\n"
    )


def test_markdown_leaves_whole_files_out_where_it_would_grow_too_large() -> None:
    found = [made.finding(f"{number:03}.py", remedy="x\n" * 5000) for number in range(200)]
    text = written("markdown", made.reported(*found))
    assert len(text.encode()) <= LARGEST + 200
    assert text.count("\n## ") + int(text.rpartition("summary: ")[2].split()[0]) == 200
    assert text.endswith(" files.\n")


def test_markdown_leaves_out_what_does_not_fit_and_nothing_else() -> None:
    found = [made.finding("a.py", evidence="<" * 2_000_000), made.finding("b.py"), made.finding("c.py")]
    text = written("markdown", made.reported(*found))
    assert len(text.encode()) < 20_000
    assert "## `b.py`" in text and "## `c.py`" in text and "## `a.py`" not in text
    assert text.endswith("Left out, because GitHub takes no longer summary: 1 finding in 1 file.\n")


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("plain text.", "plain text."),
        ("`a` and `b_c`", "`a` and `b_c`"),
        ("a_b *c* [d](http://e)", "a\\_b \\*c\\* \\[d\\](http&#58;//e)"),
        ("<img src=x> & @team #12", "&lt;img src=x&gt; &amp; &#64;team &#35;12"),
        ("one ` backtick", "one ' backtick"),
        ("- a\n\n# b", "\\- a &#35; b"),
        ("1. one", "1\\. one"),
    ],
)
def test_markdown_text_is_no_markup(text: str, markdown: str) -> None:
    assert inline(text) == markdown


def test_markdown_code_cannot_be_left() -> None:
    assert code("a`b``c") == "```a`b``c```"
    assert code("`a`") == "`` `a` ``"
    assert fenced(["```", "x"]) == "````\n```\nx\n````"


def test_github_annotates_what_is_on_changed_lines_first() -> None:
    from reviewlint.change import Change, ChangedFile

    lines = {"a.py": ["x"] * 40}
    change = Change("`main`", {"a.py": ChangedFile("a.py", ((15, 40),))})
    found = [made.finding("a.py", line, confidence=Confidence.HIGH) for line in range(1, 13)]
    touched = [made.finding("a.py", line, confidence=Confidence.LOW) for line in range(16, 22)]
    output = written("github", made.reported(*found, *touched, lines=lines, change=change))
    annotated = [int(each.properties["line"]) for each in runner.commands(output)]
    assert annotated == [*range(16, 22), *range(1, 5)]


def test_markdown_says_how_the_checklist_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from reviewlint.cli import run

    shop = Path(__file__).parent / "fixtures" / "projects" / "shop"
    monkeypatch.chdir(shop)
    assert run(["check", "--exit-zero", "--no-cache", f"--output=markdown:{tmp_path / 'review.md'}"]) == 0
    head, _, rest = (tmp_path / "review.md").read_text().partition("## Checklist\n\n")
    assert head.startswith("# Review: request changes\n")
    section = rest.partition("\n\n## `")[0]
    assert section.startswith("The foreman checklist, as far as these rules answer it: ")
    failed = re.search(r": (\d+) failed, \d+ passed, ", section)
    assert failed is not None and section.count("\n- ") == int(failed[1])
    assert "of `interpolated-query`; the worst: `api/app/routes/orders.py:28`\n" in section
