"""What holds for every test."""

import pytest


@pytest.fixture(autouse=True)
def no_pull_request(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests may run for a pull request of this project; the reviews in them do not."""
    monkeypatch.delenv("GITHUB_EVENT_NAME", raising=False)
