"""Reporters, on reviews made by hand."""

import dataclasses
import json
from pathlib import Path

import jsonschema
import pytest

from reviewlint import reporters
from reviewlint.console import Look
from reviewlint.fault import Fault
from reviewlint.finding import Confidence, Edit, Finding, Fix, Location, Related, Severity, State, Subject
from reviewlint.source import Skipped
from reviewlint.summary import by_rule, summary

from . import made

SCHEMA = json.loads((Path(__file__).parent.parent / "docs" / "review.schema.json").read_text())
LOOK = Look(width=88)


def text_of(*findings: Finding, **changes: object) -> str:
    return reporters.render("text", made.reported(*findings, **changes), LOOK)  # type: ignore[arg-type]


def test_text_shows_evidence_source_remark_and_remedy() -> None:
    assert text_of(made.finding()).startswith(
        "api/orders.py:2:5: error: interpolated-query\n"
        "  `name` is part of the SQL text.\n"
        "\n"
        "    2 |     execute(f'select {name}')\n"
        "      |     ^^^^^^^\n"
        "\n"
        "  `name` ends up in the SQL.\n"
        "\n"
        "  Better:\n"
        "      | cursor.execute(query, [name])\n"
        "\n"
        "Verdict: request changes\n"
    )


def test_text_is_silent_where_there_is_nothing_to_show() -> None:
    assert text_of() == ""
    assert text_of(made.finding(state=State.IGNORED)) == ""


def test_text_shows_related_places_of_the_same_file_in_the_excerpt_and_others_after_it() -> None:
    related = (
        Related(Location("api/orders.py", 1, 18, 1, 22), "comes from the caller"),
        Related(Location("web/x.py", 3, 5, 3, 11), "called here"),
    )
    assert (
        "    1 | def find(cursor, name):\n"
        "      |                  ---- comes from the caller\n"
        "    2 |     execute(f'select {name}')\n"
        "      |     ^^^^^^^\n"
        "\n"
        "  web/x.py:3:5: called here\n"
        "    3 |     return cursor\n"
        "      |     ------\n"
    ) in text_of(made.finding(related=related))


def test_text_leaves_gaps_between_distant_lines() -> None:
    lines = [f"line {number}" for number in range(1, 31)]
    related = (Related(Location("a.py", 30, 1, 30, 5), "again"),)
    found = made.finding(at=Location("a.py", 2, 1, 2, 5), related=related)
    assert ("    2 | line 2\n      | ^^^^\n  ...\n   30 | line 30\n      | ---- again\n") in text_of(
        found, lines={"a.py": lines}
    )


@pytest.mark.parametrize(
    ("line", "column", "end", "shown", "marked"),
    [
        ("\tx = name", 6, 10, "    x = name", "        ^^^^"),
        ("x = '日本' + name", 12, 16, "x = '日本' + name", "             ^^^^"),
        ("x = 'e\u0301' + name", 12, 16, "x = 'e\u0301' + name", "          ^^^^"),
        ("\x1b[31m + name", 9, 13, "\\x1b[31m + name", "           ^^^^"),
        ("short", 40, 50, "short", "     ^"),
    ],
)
def test_marks_stand_below_what_they_mark(line: str, column: int, end: int, shown: str, marked: str) -> None:
    found = made.finding(at=Location("a.py", 1, column, 1, end))
    assert f"    1 | {shown}\n      | {marked}\n" in text_of(found, lines={"a.py": [line]})


def test_a_note_that_does_not_fit_beside_its_mark_stands_below_it() -> None:
    related = (Related(Location("a.py", 1, 5, 1, 75), "it comes from the caller"),)
    text = text_of(
        made.finding(at=Location("a.py", 2, 1, 2, 2), related=related), lines={"a.py": ["    " + "x" * 70, "y"]}
    )
    assert f"      |     {'-' * 70}\n      |     it comes from the caller\n    2 | y\n" in text


def test_of_a_long_line_the_part_around_the_mark_is_shown() -> None:
    line = "a" * 500 + "NAME" + "b" * 500
    text = text_of(made.finding(at=Location("a.py", 1, 501, 1, 505)), lines={"a.py": [line]})
    source, mark = text.splitlines()[3:5]
    assert len(source) <= 88
    assert source[mark.index("^") : mark.rindex("^") + 1] == "NAME"
    assert source.startswith("    1 | ...a") and source.endswith("b...")


def test_of_a_long_line_the_end_is_shown_in_full_width() -> None:
    text = text_of(made.finding(at=Location("a.py", 1, 501, 1, 505)), lines={"a.py": ["a" * 500 + "NAME"]})
    source, mark = text.splitlines()[3:5]
    assert source.endswith("NAME") and mark.endswith("  ^^^^")
    assert len(source) >= 84


def test_a_place_of_many_lines_is_cut() -> None:
    lines = ["create table notes (", *[f"  c{number} text," for number in range(20)], ");"]
    text = text_of(made.finding(at=Location("a.sql", 1, 1, 22, 3)), lines={"a.sql": lines})
    assert "    1 | create table notes (\n      | ^^^^^^^^^^^^^^^^^^^^\n\n" in text


def test_a_file_that_is_gone_has_no_excerpt() -> None:
    assert text_of(made.finding(), lines={"api/orders.py": []}).startswith(
        "api/orders.py:2:5: error: interpolated-query\n  `name` is part of the SQL text.\n\n  `name` ends"
    )


def test_text_says_how_sure_it_is_where_it_is_not() -> None:
    assert text_of(made.finding(confidence=Confidence.MEDIUM)).startswith(
        "api/orders.py:2:5: error (medium confidence): interpolated-query\n"
    )


def test_text_keeps_to_the_width() -> None:
    long = made.finding(evidence="`name` " * 60, slots={"variable": "x" * 300})
    assert max(map(len, text_of(long).splitlines())) <= 88


def test_two_processes_write_what_one_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reviewlint.reporters.text.MANY", 1)
    report = made.reported(*(made.finding(f"api/{name}.py", line) for line in (1, 2, 3) for name in "abc"))
    alone, two = (reporters.render("text", dataclasses.replace(report, processes=each), LOOK) for each in (1, 2))
    assert alone == two
    assert alone.count("error: ") == 9


def test_colours_and_links_add_nothing_but_escape_sequences() -> None:
    report = made.reported(made.finding())
    dressed = reporters.render("text", report, Look(colours=True, links=True, width=88))
    assert "\x1b[31;1merror\x1b[0m" in dressed
    assert "\x1b]8;;file:///project/api/orders.py#2\x1b\\" in dressed


def test_concise_is_one_line_a_finding_by_place() -> None:
    found = [
        made.finding("b.py", evidence="one\nand two"),
        made.finding("a.py", severity=Severity.NOTE),
    ]
    assert reporters.render("concise", made.reported(*found), LOOK) == (
        "a.py:2:5: note interpolated-query: `name` is part of the SQL text.\n"
        "b.py:2:5: error interpolated-query: one and two\n"
    )


def test_json_is_what_the_schema_says() -> None:
    edit = Edit(Location("api/orders.py", 2, 5, 2, 12), "run")
    found = [
        made.finding(fix=Fix(True, (edit,)), subject=Subject("policy", "p", schema="public", table="notes")),
        made.finding(line=3, state=State.IGNORED, reason="built from an enumeration"),
    ]
    report = made.reported(
        *found,
        skipped=(Skipped("dist/x.js", "generated"), Skipped("a.py", "cannot be read: permission denied", False)),
        faults=(Fault("rule no-timeout", "ValueError: x"),),
        undecided=("interpolated-query",),
        data_flow_problem="semgrep is not installed",
    )
    data = json.loads(reporters.render("json", report, LOOK))
    jsonschema.validate(data, SCHEMA)
    assert data["findings"][0] == {
        "rule": "interpolated-query",
        "family": "queries",
        "severity": "error",
        "confidence": "high",
        "state": "shown",
        "path": "api/orders.py",
        "line": 2,
        "column": 5,
        "end_line": 2,
        "end_column": 12,
        "evidence": "`name` is part of the SQL text.",
        "remark": "`name` ends up in the SQL.",
        "remedy": "cursor.execute(query, [name])",
        "subject": {"kind": "policy", "schema": "public", "name": "p", "table": "notes"},
        "related": [],
        "fingerprint": "0123456789abcdef",
        "fix": {
            "safe": True,
            "edits": [
                {"path": "api/orders.py", "line": 2, "column": 5, "end_line": 2, "end_column": 12, "text": "run"}
            ],
        },
    }
    assert data["findings"][1]["state_reason"] == "built from an enumeration"
    assert data["summary"]["states"] == {"shown": 1, "ignored": 1, "baselined": 0, "out-of-scope": 0}
    assert data["skipped"][1] == {"path": "a.py", "reason": "cannot be read: permission denied", "expected": False}


def test_json_of_an_empty_review_is_what_the_schema_says() -> None:
    jsonschema.validate(json.loads(reporters.render("json", made.reported(), LOOK)), SCHEMA)


def test_json_keeps_hostile_text_and_writes_it_harmlessly() -> None:
    hostile = "##[error]\x1b[31m\u202e\x9b\x7f\udce9\n::error::"
    text = reporters.render("json", made.reported(made.finding(evidence=hostile)), LOOK)
    assert json.loads(text)["findings"][0]["evidence"] == hostile
    assert "##[" not in text and text.isascii() and not {"\x1b", "\x7f"} & set(text)


def test_the_summary_counts_and_names_what_could_not_be_done() -> None:
    skipped = [Skipped(f"{name}.py", "cannot be read: permission denied", False) for name in "abcdefg"]
    report = made.reported(
        made.finding(),
        made.finding(line=1, severity=Severity.WARNING),
        made.finding(line=3, state=State.IGNORED),
        made.finding("b.py", state=State.OUT_OF_SCOPE),
        skipped=(*skipped, Skipped("dist/x.js", "generated")),
        undecided=("interpolated-query",),
        data_flow_problem="semgrep is not installed: pip install 'reviewlint[semgrep]'",
        faults=(Fault("rule no-timeout", "ValueError: x"),),
    )
    lines = list(summary(report))
    assert lines[0] == "not reviewed: a.py: cannot be read: permission denied"
    assert lines[5] == "not reviewed: 2 more files; `--output-format json` lists them all"
    assert lines[6] == (
        "data flow not judged by `interpolated-query`: semgrep is not installed: pip install 'reviewlint[semgrep]'"
    )
    assert lines[7].startswith("internal error in rule no-timeout: ValueError: x. Everything else was reviewed.")
    assert lines[8] == "2 files reviewed (8 skipped): 1 error, 1 warning (1 ignored, 1 out of scope)"


def test_one_error_in_many_places_is_told_once() -> None:
    struck = [*(Fault(f"the sql reader on {name}.sql", "ImportError: x") for name in "abcdefg"), Fault("rule r", "y")]
    lines = list(summary(made.reported(faults=struck)))
    assert [line.partition(" Everything")[0] for line in lines[:-1]] == [
        "internal error in the sql reader on a.sql, the sql reader on b.sql, the sql reader on c.sql, "
        "the sql reader on d.sql, the sql reader on e.sql and 2 more: ImportError: x.",
        "internal error in rule r: y.",
    ]


def test_the_summary_of_a_clean_review_is_one_line() -> None:
    assert list(summary(made.reported())) == ["1 file reviewed: no findings, approve"]
    nothing = dataclasses.replace(made.reported(), review=dataclasses.replace(made.reported().review, sources=()))
    assert list(summary(nothing)) == ["no files to review"]


def test_statistics_count_by_rule_the_most_frequent_first() -> None:
    report = made.reported(
        made.finding(rule="a-rule"),
        made.finding(),
        made.finding(line=1),
        made.finding(line=3, state=State.IGNORED),
        made.finding(rule="z", state=State.BASELINED),
    )
    assert list(by_rule(report)) == [
        "interpolated-query       2  (1 ignored)",
        "a-rule                   1",
        "z                        0  (1 in the baseline)",
    ]
