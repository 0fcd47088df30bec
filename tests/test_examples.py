"""Every rule's examples: a finding on each arrow, and nowhere else."""

import pytest

from reviewlint import catalogue, discovery, readers
from reviewlint.examples import parse
from reviewlint.facts.file import FileFacts, Problem
from reviewlint.project import Project
from reviewlint.rule import Rule
from reviewlint.source import Source

EXAMPLES = [
    pytest.param(rule, text, id=f"{rule.name}-{number}")
    for rule in catalogue.load_all()
    for number, text in enumerate(rule.examples, 1)
]


def project_of(files: dict[str, str]) -> Project:
    """The project that these files are, read as `check` would read them."""
    facts: list[FileFacts] = []
    sources: list[Source] = []
    for path, text in files.items():
        source = discovery.classify(path, text.encode())
        assert isinstance(source, Source), f"{path} would not be reviewed: {source}"
        sources.append(source)
        facts.append(readers.read(source, text.encode()))
    return Project(facts, sources=sources, known_rules=catalogue.names())


def lines_found(rule: Rule, files: dict[str, str]) -> list[tuple[str, int]]:
    options = rule.options() if rule.options else None
    return sorted((finding.at.path, finding.at.line) for finding in rule.check(project_of(files), options))


@pytest.mark.parametrize(("rule", "text"), [example for example in EXAMPLES if not example.values[0].meta.after_review])
def test_findings_start_on_the_arrows_and_nowhere_else(rule: Rule, text: str) -> None:
    example = parse(text)
    assert lines_found(rule, example.files) == sorted(example.arrows)


@pytest.mark.parametrize(("rule", "text"), EXAMPLES)
def test_example_can_be_read(rule: Rule, text: str) -> None:
    if rule.name == "unreadable-source":
        pytest.skip("its examples are unreadable on purpose")
    assert project_of(parse(text).files).facts(Problem) == []


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.name) for rule in catalogue.load_all()])
def test_rule_has_examples_that_find_and_examples_that_stay_silent(rule: Rule) -> None:
    examples = [parse(text) for text in rule.examples]
    assert any(example.arrows for example in examples)
    assert any(not example.arrows for example in examples)
    assert rule.summary and rule.why and rule.remark
