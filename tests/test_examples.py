"""Every rule's examples: a finding on each arrow, and nowhere else."""

import subprocess
from collections.abc import Collection, Iterable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from reviewlint import baseline, catalogue, change, discovery, readers, reading
from reviewlint.config import Config
from reviewlint.examples import parse
from reviewlint.facts.change import Change
from reviewlint.facts.file import FileFact, FileFacts, Problem
from reviewlint.facts.flows import Flow
from reviewlint.finding import Finding
from reviewlint.join.sides import sides
from reviewlint.project import Project
from reviewlint.review import may_find, review
from reviewlint.rule import Rule
from reviewlint.source import Source

EXAMPLES = [
    pytest.param(rule, text, id=f"{rule.name}-{number}")
    for rule in catalogue.load_all()
    for number, text in enumerate(rule.examples, 1)
]


def project_of(files: dict[str, str], base: dict[str, str] | None = None) -> Project:
    """The project that these files are, read as `check` would read them; with a `base`, the change from it."""
    change = change_between(base, files) if base else None
    facts, sources = read(files, closely=change is not None)
    originals = {} if change is None else {path: data.decode() for path, data in change.originals.items()}
    before, _ = read(originals, closely=True)
    known = {source.path: source for source in sources}
    return Project(
        facts,
        sources=sources,
        known_rules=catalogue.names(),
        change=change,
        originals=before,
        calls_made=lambda path, names: readers.calls_made(known[path], files[path].encode(), names),
        sides=sides,
    )


def read(files: dict[str, str], *, closely: bool) -> tuple[list[FileFacts], list[Source]]:
    """What the files say, and what they are."""
    facts: list[FileFacts] = []
    sources: list[Source] = []
    for path, text in files.items():
        source = discovery.classify(path, text.encode())
        assert isinstance(source, Source), f"{path} would not be reviewed: {source}"
        sources.append(replace(source, closely=closely))
        facts.append(readers.read(sources[-1], text.encode()))
    return facts, sources


def change_between(base: dict[str, str], files: dict[str, str]) -> Change:
    """The change from `base`, committed, to `files`, staged."""
    with TemporaryDirectory() as folder:
        place = Path(folder)

        def git(*arguments: str) -> None:
            identity = ("-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
            subprocess.run(["git", *identity, *arguments], cwd=place, check=True, capture_output=True)

        git("init", "-q")
        for texts in (base, files):
            for path in base:
                (place / path).unlink(missing_ok=True)
            for path, text in texts.items():
                (place / path).parent.mkdir(parents=True, exist_ok=True)
                (place / path).write_text(text)
            git("add", "-A")
            if texts is base:
                git("commit", "-qm", "Base")
        return change.since(place, "HEAD")


def lines_found(rule: Rule, files: dict[str, str]) -> list[tuple[str, int]]:
    """Where the rule finds something."""
    return places(found(rule, files))


def found(
    rule: Rule, files: dict[str, str], given_up: Collection[str] = (), base: dict[str, str] | None = None
) -> list[Finding]:
    """What the rule finds; reading the files in `given_up` ended with the time limit.

    With a `base` the change from it is under review.
    """
    project = project_of(files, base)
    if given_up:
        stopped = [reading.given_up(project.sources[path], "ten seconds", timed_out=True) for path in given_up]
        project = Project(project.shelf.less(given_up, stopped), sources=project.sources.values())
    if rule.meta.after_review:
        return reviewed(rule, project, files)
    options = rule.options() if rule.options else None
    return list(rule.check(project, options))


def places(findings: Iterable[Finding]) -> list[tuple[str, int]]:
    """Where they are, in order."""
    return sorted((finding.at.path, finding.at.line) for finding in findings)


def reviewed(rule: Rule, project: Project, files: dict[str, str]) -> list[Finding]:
    """What a rule about the review finds when all the others have run before it."""

    def no_flows(check: str, paths: Collection[str]) -> list[Flow]:
        return []

    whole = review(
        project.shelf,
        project.sources.values(),
        (),
        Config(strict=True),
        lines=lambda path: files[path].split("\n"),
        data_flow=no_flows,
        baseline=baseline.parse(files.get(baseline.PATH, "")),
    )
    assert not whole.faults
    return [finding for finding in whole.findings if finding.rule == rule.name]


@pytest.mark.parametrize(("rule", "text"), EXAMPLES)
def test_findings_start_on_the_arrows_and_nowhere_else(rule: Rule, text: str) -> None:
    example = parse(text)
    given_up = {path for path, _ in example.arrows} if rule.name == "timed-out" else set()
    findings = found(rule, example.files, given_up, example.base)
    assert places(findings) == sorted(example.arrows)
    assert places(finding for finding in findings if finding.strict) == sorted(example.strict)
    assert not example.strict or rule.meta.strictly


@pytest.mark.parametrize(("rule", "text"), EXAMPLES)
def test_a_file_has_the_same_findings_where_no_others_are_wanted(rule: Rule, text: str) -> None:
    example = parse(text)
    if rule.meta.after_review or example.base:
        pytest.skip("it is asked about everything")
    options = rule.options() if rule.options else None
    whole = project_of(example.files)
    every = list(rule.check(whole, options))
    for path in example.files:
        alone = Project(
            whole.shelf,
            sources=whole.sources.values(),
            known_rules=whole.known_rules,
            calls_made=whole.calls_made,
            sides=sides,
            wanted={path},
        )
        said = list(rule.check(alone, options)) if may_find(alone, rule) else []
        assert [one for one in said if one.at.path == path] == [one for one in every if one.at.path == path]


def test_the_kinds_of_facts_that_findings_stand_at_are_kinds_of_facts() -> None:
    kinds = {kind.__name__ for kind in FileFact.__subclasses__()}
    assert not {kind for rule in catalogue.load_all() for kind in rule.meta.found_at} - kinds


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


_LANGUAGES = {"python": "python", "typescript": "typescript", "tsx": "typescript", "sql": "sql"}
_LANGUAGES |= {"env": "settings", "toml": "settings", "json": "settings", "text": "text"}


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.name) for rule in catalogue.load_all()])
def test_rule_has_a_finding_in_each_language_that_it_covers(rule: Rule) -> None:
    if rule.name == "timed-out":
        pytest.skip("it is about the clock, in whatever language")
    found = set()
    for text in rule.examples:
        example = parse(text)
        for path in {path for path, _ in example.arrows}:
            source = discovery.classify(path, (example.files.get(path) or example.base[path]).encode())
            assert isinstance(source, Source)
            found.add(_LANGUAGES[source.language])
    assert set(rule.meta.languages) <= found
