"""The ecosystem check: repositories at their commit, differences of findings, and what was read of them."""

import re
import subprocess
from pathlib import Path

import pytest

from ecosystem import repositories, sample
from ecosystem.compare import difference
from ecosystem.repositories import Repository, UnavailableError, checkout, pinned
from ecosystem.reviews import PROJECT, findings, version
from ecosystem.sample import Measured, Verdict, measured
from reviewlint import catalogue

FAULT = "def find(cursor, name):\n    cursor.execute(f'select * from t where name = {name}')\n"


@pytest.fixture
def clones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a clone of one repository of two commits."""
    monkeypatch.setattr(repositories, "CHECKOUTS", tmp_path / "checkouts")
    clone = tmp_path / "clones" / "acme+shop"
    clone.mkdir(parents=True)
    git(clone, "init", "-q")
    for text in (FAULT, ""):
        (clone / "app.py").write_text(text)
        git(clone, "add", "-A")
        git(clone, "-c", "user.name=A", "-c", "user.email=a@example.com", "commit", "-qm", "Change", "--no-gpg-sign")
    return clone.parent


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def test_an_older_commit_is_had_from_a_clone_and_reviewed(clones: Path) -> None:
    first = git(clones / "acme+shop", "rev-parse", "HEAD~")
    folder = checkout(Repository("acme/shop", first), clones)
    assert (folder / "app.py").read_text() == FAULT
    (found,) = findings(folder, PROJECT, "--select", "interpolated-query")
    assert (found["path"], found["line"]) == ("app.py", 2)


def test_a_clone_at_the_commit_is_taken_as_it_is(clones: Path) -> None:
    head = git(clones / "acme+shop", "rev-parse", "HEAD")
    assert checkout(Repository("acme/shop", head), clones) == clones / "acme+shop"


def test_what_cannot_be_had_is_said(clones: Path) -> None:
    with pytest.raises(UnavailableError, match="acme/shop@000000000 cannot be had: "):
        checkout(Repository("acme/shop", "0" * 40), clones)


def test_a_version_of_a_commit_is_the_code_of_that_commit() -> None:
    with version("HEAD") as folder:
        assert folder != PROJECT
        assert git(folder, "rev-parse", "HEAD") == git(PROJECT, "rev-parse", "HEAD")


def test_a_difference_is_what_comes_what_goes_and_what_changes_its_severity() -> None:
    before = [{"fingerprint": "a", "severity": "error"}, {"fingerprint": "b", "severity": "error"}]
    after = [{"fingerprint": "b", "severity": "warning"}, {"fingerprint": "a", "severity": "error"}]
    assert difference(before, after) == ([before[1]], [after[0]])


def test_the_pins_are_commits_of_repositories() -> None:
    assert len(pinned()) >= 10
    assert all(re.fullmatch(r"[0-9a-f]{40}", each.commit) for each in pinned())
    assert all(re.fullmatch(r"[\w.-]+/[\w.-]+", each.name) for each in pinned())


def test_precision_is_the_share_of_those_read_that_was_right() -> None:
    read = [Verdict("a/b", "x", "p", "1", True), Verdict("a/c", "x", "p", "2", False, "it is bound")]
    assert measured(read) == {"x": Measured(2, 1, 2)}
    assert measured(read)["x"].precision == 0.5


def test_what_was_read_is_about_our_rules_and_the_pinned_repositories() -> None:
    names = {each.name for each in pinned()}
    read = sample.verdicts()
    assert {each.rule for each in read} <= set(catalogue.names())
    assert {each.repository for each in read} <= names
    assert len({(each.repository, each.fingerprint) for each in read}) == len(read)
    assert all(each.right or each.why for each in read)


def test_the_published_precision_is_that_of_the_sample() -> None:
    assert sample.PUBLISHED.read_text("utf-8") == sample.published(sample.verdicts()), (
        "python -m ecosystem.sample publish"
    )


def test_what_a_mended_rule_no_longer_finds_is_not_counted() -> None:
    gone = Verdict("acme/shop", "select-star", "a.py", "1", False, "a view", mended=True)
    assert measured([gone, Verdict("acme/shop", "select-star", "b.py", "2", True)]) == {
        "select-star": Measured(1, 1, 1)
    }
