"""The review of a change that wrote nothing but comments: what the rules found before is what they find."""

import subprocess
from pathlib import Path

import pytest

from reviewlint import change, desk, looks
from reviewlint.config import Config
from reviewlint.finding import State

from .test_desk import written

FILES = {
    "app/main.py": """\
import os

from fastapi import FastAPI

from app import settings

app = FastAPI()
KEY = os.getenv("JWT_SECRET", "kittens-and-puppies")


@app.post("/orders")
def orders(payload: dict):
    try:
        return payload["id"]
    except Exception:
        pass
""",
    "app/names.ts": """\
export const TEXT = `
# a heading
`;

export function named(name: string) {
  return name + TEXT;
}
""",
    "app/env.py": "import os\n\n\ndef env(name, default):\n    return os.getenv(name, default)\n",
    "app/settings.py": 'from app.env import env\n\nJWT_SECRET = env("JWT_SECRET", "kittens-and-puppies")\n',
    "migrations/0001_orders.sql": "create table orders (id bigint primary key);\n",
    "migrations/0002_total.sql": "alter table orders add check (id > 0);\n",
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository of which all is committed, and reviewed with a cache."""
    monkeypatch.setattr(looks, "SETTLED", 0)
    root = written(tmp_path, FILES)
    for command in ("init -q", "add -A", "-c user.name=A -c user.email=a@example.com commit -qm Begin"):
        subprocess.run(["git", *command.split()], cwd=root, check=True)
    desk.check(root, [], Config(), cache=True)
    return root


def reviewed(root: Path, *, cache: bool) -> list[tuple[str, str, int, str, State]]:
    """What a review of the change says of every finding."""
    found = desk.check(root, [], Config(), change=change.since(root, "HEAD"), cache=cache)
    assert not found.faults
    assert found.change is not None
    every = (*found.findings, *found.held_back)
    return [(one.rule, one.at.path, one.at.line, one.evidence, one.state) for one in every]


def edit(root: Path, path: str, old: str, new: str) -> None:
    text = (root / path).read_text()
    assert old in text
    (root / path).write_text(text.replace(old, new))


def test_no_rule_is_asked_where_comments_are_all_that_was_written(project: Path, asked: list[str]) -> None:
    for number in range(2):
        for path, mark in (("app/main.py", "#"), ("app/names.ts", "//"), ("migrations/0002_total.sql", "--")):
            with (project / path).open("a") as file:
                file.write(f"{mark} more {number}\n")
        asked.clear()
        found = reviewed(project, cache=True)
        assert asked == []
        assert {state for *_, state in found} == {State.OUT_OF_SCOPE}
        assert {rule for rule, *_ in found} >= {"secret-default", "validating-constraint"}
        assert found == reviewed(project, cache=False)


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("app/names.ts", "# a heading\n", "# another heading\n"),
        ("app/main.py", "app = FastAPI()\n", "# The application.\napp = FastAPI()\n"),
        ("app/main.py", 'puppies")', 'puppies")  # why'),
        ("app/main.py", "kittens-and-puppies", "dogs-and-puppies"),
    ],
    ids=["text", "moved", "beside", "code"],
)
def test_the_rules_are_asked_where_anything_else_is_different(
    project: Path, asked: list[str], path: str, old: str, new: str
) -> None:
    edit(project, path, old, new)
    found = reviewed(project, cache=True)
    assert asked
    assert found == reviewed(project, cache=False)


def test_a_new_file_and_one_that_is_gone_are_more_than_comments(project: Path, asked: list[str]) -> None:
    (project / "app" / "new.py").write_text("# Nothing yet.\n")
    reviewed(project, cache=True)
    assert asked
    (project / "app" / "new.py").unlink()
    (project / "app" / "names.ts").unlink()
    asked.clear()
    reviewed(project, cache=True)
    assert asked


def test_what_was_edited_and_taken_back_between_is_known_as_it_was(project: Path, asked: list[str]) -> None:
    """Whoever reviews files that are edited looks into them; what was found in them before is still needed."""
    settings = project / "app" / "settings.py"
    edit(project, "app/settings.py", "puppies", "dogs")
    assert desk.check(project, [settings], Config(), cache=True).findings
    edit(project, "app/settings.py", "dogs", "puppies")
    desk.check(project, [], Config(), cache=True)
    for path, mark in (("app/settings.py", "#"), ("app/names.ts", "//")):  # of one language alone less is read
        with (project / path).open("a") as file:
            file.write(f"{mark} more\n")
    asked.clear()
    found = reviewed(project, cache=True)
    assert asked == []
    assert ("secret-default", "app/settings.py") in {(rule, path) for rule, path, *_ in found}
