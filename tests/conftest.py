"""What holds for every test."""

import os

import pytest
from hypothesis import settings

# A busy machine is no fault of the code; what CI says of a commit must not depend on chance.
settings.register_profile("reviewlint", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("reviewlint")


@pytest.fixture(autouse=True)
def no_pull_request(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests may run for a pull request of this project; the reviews in them do not."""
    monkeypatch.delenv("GITHUB_EVENT_NAME", raising=False)
