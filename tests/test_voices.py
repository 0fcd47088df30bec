"""Voices: the same finding always gets the same words, and never a slot."""

import re
from functools import cache
from itertools import combinations
from pathlib import Path

import pytest

from reviewlint import catalogue, voices
from reviewlint.examples import parse
from reviewlint.rule import Rule
from reviewlint.verdict import Decision
from reviewlint.voices import VoiceError
from reviewlint.voices.voice import DECISIONS, filled_in, first_sentence, slots_of

from . import made
from .test_examples import project_of

VERDICTS = """
[verdict]
approve = "Fine."
approve-with-remarks = "{findings}."
request-changes = "{blocking}, first {first}."
"""


def voice_file(tmp_path: Path, text: str) -> str:
    path = tmp_path / "house.toml"
    path.write_text(text + VERDICTS)
    return str(path)


@pytest.mark.parametrize("name", voices.names())
def test_a_voice_that_comes_with_reviewlint_is_whole(name: str) -> None:
    voice = voices.load(name)
    assert set(voice.remarks) <= set(catalogue.names())
    assert set(voice.priorities) >= set(catalogue.names().values()) - {"review"}
    assert voice.manner
    assert set(voice.verdict) == set(DECISIONS)
    assert sorted(voice.priorities) == sorted(set(voice.priorities))


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("`{table}` is open.", "`notes` is open."),
        ("{table} and {missing}.", ""),
        ("{table} and {empty}.", ""),
        ("Send {{error: {{code}}}} for {table}.", "Send {error: {code}} for notes."),
        ("{kind} {table} and a {vowel}; a {table}.", "Private key notes and an API key; a notes."),
        ("{path} is read.", "app/x.py is read."),
        ("{ not a slot } {Table}", "{ not a slot } {Table}"),
        ("{long}.", "x" * 61 + "...."),
        ("{lines}.", "Select 1 from t."),
        ("{several}.", "`aaaaaaaaaaaaaaaaaaaa`, `bbbbbbbbbbbbbbbbbbbb`, ...."),
        ("{code}.", "`" + "x" * 60 + "...`."),
    ],
)
def test_sentences_are_filled_or_not_spoken(sentence: str, said: str) -> None:
    slots = {"table": "notes", "empty": " ", "long": "x" * 200, "lines": "select 1\n   from t"}
    slots |= {"kind": "private key", "vowel": "API key", "path": "app/x.py"}
    slots["several"] = ", ".join(f"`{letter * 20}`" for letter in "abcd")
    slots["code"] = f"`{'x' * 200}`"
    assert filled_in(sentence, slots) == said


def test_the_first_sentence_does_not_end_inside_a_name() -> None:
    assert first_sentence("Calls `a.b` e.g. twice. Then it stops.") == "Calls `a.b` e.g. twice."


def test_the_default_voice_speaks_the_rules_own_remark() -> None:
    assert made.reported(made.finding()).findings[0].remark == "`name` ends up in the SQL."


def test_a_remark_that_lacks_a_slot_falls_back_to_the_reasons() -> None:
    assert made.reported(made.finding(slots={})).findings[0].remark == "Whoever sends the value writes the query."


def test_plain_gives_the_first_of_the_reasons() -> None:
    report = made.reported(made.finding(), voice="plain")
    assert report.findings[0].remark == "Whoever sends the value writes the query."


def test_a_teams_voice_says_the_first_sentence_that_can_be_filled(tmp_path: Path) -> None:
    remarks = '[remarks]\ninterpolated-query = ["{driver} binds.", "{variable} does not."]\n'
    rules = [made.rule()]
    known = "interpolated-query" in catalogue.names()
    name = voice_file(tmp_path, remarks)
    if not known:
        pytest.skip("the rule is not there yet")
    assert made.reported(made.finding(), rules=rules, voice=name).findings[0].remark == "name does not."


def test_findings_stand_in_the_order_of_severity_then_of_the_voices_priorities(tmp_path: Path) -> None:
    families = sorted(set(catalogue.names().values()))[:2]
    if len(families) < 2:
        pytest.skip("there are not enough families yet")
    name = voice_file(tmp_path, f'priorities = ["{families[1]}"]\n')
    warning = {"severity": made.Severity.WARNING}
    found = [
        made.finding(line=1, rule="a", family=families[0], **warning),
        made.finding(line=2, rule="b", family=families[1], **warning),
        made.finding(line=3, rule="c", family=families[0]),
    ]
    assert [each.rule for each in made.reported(*found, voice=name).shown] == ["c", "b", "a"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[remark]\n", "unknown key `remark`; did you mean `remarks`?"),
        ('otherwise = "shout"\n', '`otherwise` takes "remark" or "why"'),
        ("priorities = 3\n", "`priorities` takes a list of families"),
        ("[remarks]\nx = 3\n", "the remark on `x` takes a sentence or a list of sentences"),
        ('[remarks]\nno-such-rule-at-all = "x"\n', "there is no rule `no-such-rule-at-all`"),
        ('priorities = ["nothing-like-it"]\n', "there is no family `nothing-like-it`"),
        ("a = [\n", "is not valid TOML"),
    ],
)
def test_a_voice_file_that_cannot_be_used_says_why(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(VoiceError) as error:
        voices.load(voice_file(tmp_path, text))
    assert message in str(error.value)
    assert "house" in str(error.value)


def test_an_incomplete_voice_file_says_what_it_lacks(tmp_path: Path) -> None:
    (tmp_path / "short.toml").write_text('[verdict]\napprove = "Fine."\n')
    with pytest.raises(VoiceError, match="lacks a sentence for `approve-with-remarks`"):
        voices.load(str(tmp_path / "short.toml"))
    (tmp_path / "odd.toml").write_text('[verdict]\napprove = "{mood}"\n')
    with pytest.raises(VoiceError, match=r"`\{mood\}` in the sentence for `approve` is no slot"):
        voices.load(str(tmp_path / "odd.toml"))


def test_an_unknown_voice_gets_a_guess() -> None:
    with pytest.raises(VoiceError, match="there is no voice `forman`; did you mean `foreman`"):
        voices.load("forman")


@pytest.mark.parametrize("name", voices.names())
def test_what_is_said_has_no_slots_and_no_shouting(name: str) -> None:
    voice = voices.load(name)
    said = [each for sentences in voice.remarks.values() for each in sentences] + list(voice.verdict.values())
    assert not [each for each in said if "!" in each]
    report = made.reported(made.finding(), voice=name)
    assert report.closing and not slots_of(report.closing)


def test_verdicts_are_decided_by_severity_and_by_the_rules_security() -> None:
    warning = made.finding(severity=made.Severity.WARNING)
    assert made.reported().verdict.decision is Decision.APPROVE
    assert made.reported(warning).verdict.decision is Decision.APPROVE_WITH_REMARKS
    assert made.reported(made.finding()).verdict.decision is Decision.REQUEST_CHANGES
    secure = [made.rule(security="8.1")]
    assert made.reported(warning, rules=secure).verdict.decision is Decision.REQUEST_CHANGES
    unsure = made.finding(severity=made.Severity.WARNING, confidence=made.Confidence.MEDIUM)
    assert made.reported(unsure, rules=secure).verdict.decision is Decision.APPROVE_WITH_REMARKS


def test_a_verdict_names_what_decided_it_and_what_would_change_it() -> None:
    found = [
        made.finding(line=1),
        made.finding(line=2),
        made.finding(line=3, rule="rls-disabled", family="rls"),
        made.finding(line=1, rule="no-timeout", family="reliability", severity=made.Severity.WARNING),
    ]
    verdict = made.reported(*found).verdict
    assert [(each.rule, each.at.line) for each in verdict.deciding] == [
        ("interpolated-query", 1),
        ("rls-disabled", 3),
        ("interpolated-query", 2),
    ]
    assert verdict.blocking == 3
    assert verdict.change == (
        "Mend the 3 errors of `interpolated-query` (2) and `rls-disabled`, and it becomes `approve with remarks`."
    )


@cache
def slots_by_rule() -> dict[str, list[dict[str, str]]]:
    """The slots of every finding in the rules' own examples."""
    found: dict[str, list[dict[str, str]]] = {}
    for rule in catalogue.load_all():
        for text in rule.examples:
            options = rule.options() if rule.options else None
            findings = rule.check(project_of(parse(text).files), options)
            found.setdefault(rule.name, []).extend(dict(finding.slots) for finding in findings)
    return found


@pytest.mark.parametrize("name", [name for name in voices.names() if voices.load(name).remarks])
def test_a_voices_sentences_can_be_spoken_about_the_rules_own_examples(name: str) -> None:
    voice = voices.load(name)
    for rule, sentences in voice.remarks.items():
        for slots in slots_by_rule()[rule]:
            spoken = [filled_in(sentence, slots) for sentence in sentences]
            assert any(spoken), f"{rule}: {sentences} with {slots}"


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.name) for rule in catalogue.load_all()])
def test_the_default_voice_can_speak_the_rules_remark(rule: Rule) -> None:
    for slots in slots_by_rule()[rule.name]:
        assert any(filled_in(remark, slots) for remark in rule.remarks), f"{rule.remarks} with {slots}"


def test_no_sentence_is_said_twice_and_none_is_long_or_loud() -> None:
    said = [remark for rule in catalogue.load_all() for remark in rule.remarks]
    for name in voices.names():
        said += [sentence for sentences in voices.load(name).remarks.values() for sentence in sentences]
    assert len(said) == len(set(said))
    assert [sentence for sentence in said if len(" ".join(sentence.split())) > 280] == []
    assert [sentence for sentence in said if "!" in sentence or sentence.count(". ") > 3] == []


def remarks_of(name: str) -> dict[str, str]:
    """What a voice says first about each rule: its own sentence, or the rule's."""
    own = {rule: sentences[0] for rule, sentences in voices.load(name).remarks.items()}
    return {rule.name: own.get(rule.name, rule.remark) for rule in catalogue.load_all()}


def words(sentence: str) -> list[str]:
    """A remark's words, without what differs from finding to finding: slots and code."""
    return re.findall(r"[a-z']+", re.sub(r"\{\w+\}|`[^`]*`", " _ ", sentence.lower()))


@pytest.mark.parametrize("name", [name for name in voices.names() if voices.load(name).otherwise == "remark"])
def test_a_voice_does_not_repeat_itself(name: str) -> None:
    said = {rule: words(sentence) for rule, sentence in remarks_of(name).items()}
    runs: dict[tuple[str, ...], set[str]] = {}
    for rule, spoken in said.items():
        for start in range(len(spoken) - 5):
            runs.setdefault(tuple(spoken[start : start + 6]), set()).add(rule)
    assert {" ".join(run): sorted(rules) for run, rules in runs.items() if len(rules) > 1} == {}
    frame = {"implication", "practice"}  # the specialist's form, which is the same for all
    content = {rule: {word for word in spoken if len(word) > 3} - frame for rule, spoken in said.items()}
    alike = [
        (one, other)
        for one, other in combinations(sorted(content), 2)
        if len(content[one] & content[other]) > 0.5 * min(len(content[one]), len(content[other]))
    ]
    assert alike == []


FILLER = re.compile(
    r"\b(?:please|obviously|basically|of course|needless to say|as we all know|please note|make sure|"
    r"it is (?:important|recommended)|best practice|should really|you forgot|careless|lazy|stupid|sloppy)\b"
)


@pytest.mark.parametrize("name", voices.names())
def test_no_remark_has_filler_or_speaks_of_the_author(name: str) -> None:
    assert [sentence for sentence in remarks_of(name).values() if FILLER.search(sentence.lower())] == []
