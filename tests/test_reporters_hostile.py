"""Whatever a file is called and whatever is in it: no reporter writes anything that is obeyed."""

import json
import os
import re
from unittest.mock import patch
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewlint import reporters
from reviewlint.console import Look
from reviewlint.fault import Fault
from reviewlint.finding import Edit, Fix, Location, Related, Severity, Subject
from reviewlint.printable import guarded, printable
from reviewlint.report import Report
from reviewlint.source import Skipped
from reviewlint.summary import by_rule, summary

from . import made, runner

EXAMPLES = int(os.environ.get("HOSTILE_EXAMPLES", "60"))
"""How many reviews are made up; each is written in every format. A whole run takes 100,000, about twenty minutes."""

PIECES = st.sampled_from(
    [
        "::error::", "::error file=a,line=1::", "::set-output name=x::y", "::", ":", "##[error]", "##[", "##", "#", "[",
        "]", "##vso[x]", "\n", "\r", "\r\n", "\t", " ", "\x1b[31m", "\x1b]8;;http://x\x1b\\", "\x07", "\x00", "\x7f",
        "\x85", "\x9b", "\u2028", "\u2029", "\u202e", "\u2066", "\u200b", "\ufeff", "\udc80", "\ud800", "\uffff", "`",
        "``", "```", "~~~", "<script>", "]]>", "&", "%0A", "%", ",", "|", "\\", "{table}", "é", "日本", "e\u0301",
        "👩‍💻",
        "stop-commands", "::stop-commands::x", "\u00a0::debug::", "\u3000::warning::", "\x1c::error::", "\v::error::",
        "x" * 90,
    ]
)  # fmt: skip
TEXT = st.lists(st.one_of(PIECES, st.text(max_size=4)), max_size=8).map("".join)
PATH = st.lists(st.one_of(PIECES, st.text(max_size=4)), min_size=1, max_size=4).map("".join)
FORBIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]|\ufeff")
OURS = re.compile("\x1b\\[[0-9;]*m|\x1b\\]8;;[^\x00-\x1f\x7f]*\x1b\\\\")


@st.composite
def reports(draw: st.DrawFn) -> Report:
    lines = draw(st.lists(TEXT.map(lambda text: re.sub("[\r\n]", "", text)), min_size=1, max_size=4))
    paths = draw(st.lists(PATH, min_size=1, max_size=2, unique=True))
    place = st.builds(
        lambda path, line, column, length: Location(path, line, column, line, column + length),
        st.sampled_from(paths),
        st.integers(1, 5),
        st.integers(1, 40),
        st.integers(0, 40),
    )
    findings = draw(
        st.lists(
            st.builds(
                lambda at, evidence, remedy, note, other, severity, slot, name: made.finding(
                    at=at,
                    evidence=evidence or "x",
                    remedy=remedy,
                    related=(Related(other, note),),
                    severity=severity,
                    slots={"variable": slot},
                    subject=Subject("table", name, schema=name),
                    fix=Fix(False, (Edit(at, remedy),)),
                ),
                place,
                TEXT,
                TEXT,
                TEXT,
                place,
                st.sampled_from(Severity),
                TEXT,
                TEXT,
            ),
            max_size=4,
        )
    )
    return made.reported(
        *findings,
        lines=dict.fromkeys(paths, lines),
        skipped=(Skipped(draw(PATH), draw(TEXT), expected=draw(st.booleans())),),
        faults=(Fault(draw(TEXT), draw(TEXT)),),
        undecided=(draw(TEXT),),
        data_flow_problem=draw(TEXT),
    )


# What the catalogue says of its rules is our own text; writing it each time would take most of the time.
@patch("reviewlint.reporters.sarif._rules", lambda report: list(report.review.rules))
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(reports())
def test_nothing_that_is_written_is_obeyed(report: Report) -> None:
    for name in reporters.names():
        written = reporters.render(name, report, Look(width=80))
        assert not FORBIDDEN.search(written), name
        assert "##[" not in written, name
        if name == "github":
            _only_our_annotations(written, report)
        else:
            assert runner.commands(written) == [], name
            assert not [line for line in written.splitlines() if line.lstrip().startswith("::")], name
        _can_be_read(name, written, report)
    said = "".join(f"{guarded(printable(line))}\n" for line in (*by_rule(report), *summary(report)))
    assert not FORBIDDEN.search(said) and runner.commands(said) == []
    dressed = reporters.render("text", report, Look(colours=True, links=True, width=80))
    assert not FORBIDDEN.search(OURS.sub("", dressed))
    assert runner.commands(dressed) == runner.commands(OURS.sub("", dressed)) == []


def _only_our_annotations(written: str, report: Report) -> None:
    annotated = runner.commands(written)
    assert len(annotated) == len(report.shown)
    assert {each.name for each in annotated} <= {"error", "warning", "notice"}
    assert {each.properties["title"] for each in annotated} <= {"reviewlint: interpolated-query"}
    assert all(set(each.properties) == {"file", "line", "endLine", "col", "endColumn", "title"} for each in annotated)
    places = sorted(int(each.properties["line"]) for each in annotated)
    assert places == sorted(finding.at.line for finding in report.shown)


def _can_be_read(name: str, written: str, report: Report) -> None:
    if name in ("json", "sarif", "gitlab", "rdjson"):
        json.loads(written)
    elif name == "junit":
        failures = ElementTree.fromstring(written.encode()).iter("failure")
        assert len(list(failures)) == len(report.shown)
    elif name == "concise":
        assert written.count("\n") == len(report.shown)


def test_json_loses_nothing_of_what_was_said() -> None:
    evidence = "##[error]\x1b[31m\u202e\n::error::\x00"
    report = made.reported(made.finding("::error::\n.py", evidence=evidence))
    (finding,) = json.loads(reporters.render("json", report, Look()))["findings"]
    assert (finding["path"], finding["evidence"]) == ("::error::\n.py", evidence)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("::error file=a::b", "error"),
        ("  ::warning::b", "warning"),
        ("\u00a0::debug::b", "debug"),
        ("text ##[group]b", "group"),
        ("::no-such-command::b", None),
        ("x ::error::b", None),
        ("\\::error::b", None),
        ("#\\#[error]b", None),
    ],
)
def test_the_port_of_the_runner_finds_commands(line: str, name: str | None) -> None:
    found = runner.command(line)
    assert (found.name if found else None) == name


def test_the_summary_cannot_give_commands_either(capsys: pytest.CaptureFixture[str]) -> None:
    from reviewlint.console import say
    from reviewlint.source import Skipped

    skipped = (Skipped("\n::error::x", "cannot be read: ##[error]", expected=False),)
    for line in summary(made.reported(skipped=skipped)):
        say(line)
    assert runner.commands(capsys.readouterr().err) == []


def test_what_is_said_of_every_rule_gives_no_commands() -> None:
    written = reporters.render("sarif", made.reported(), Look())
    assert not FORBIDDEN.search(written) and runner.commands(written) == []
