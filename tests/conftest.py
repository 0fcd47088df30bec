"""What holds for every test."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

from reviewlint import asking, review, trust
from reviewlint.finding import Finding
from reviewlint.plan import Run

# A busy machine is no fault of the code; what CI says of a commit must not depend on chance.
settings.register_profile("reviewlint", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("reviewlint")


@pytest.fixture(autouse=True, scope="session")
def own_key(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Caches are made with a key of the tests, not with that of the user who runs them."""
    os.environ["XDG_STATE_HOME"] = str(tmp_path_factory.mktemp("state"))
    assert trust.key()


@pytest.fixture(autouse=True)
def no_pull_request(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests may run for a pull request of this project; the reviews in them do not."""
    monkeypatch.delenv("GITHUB_EVENT_NAME", raising=False)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the rules that are asked, as they are."""
    names: list[str] = []
    find = asking.findings

    def finding(run: Run, *rest: Any) -> Iterator[Finding]:
        if not run.rule.meta.after_review:
            names.append(run.rule.name)
        return find(run, *rest)

    for module in (asking, review):
        monkeypatch.setattr(module, "findings", finding)
    return names
