"""The review of a change, in real repositories: what is shown, what is out of scope, and what cannot be told."""

import json
import subprocess
from pathlib import Path

import pytest

from reviewlint import change, scope
from reviewlint.change import ChangeError
from reviewlint.cli import run
from reviewlint.facts.change import Change, ChangedFile
from reviewlint.finding import Location
from reviewlint.memory import Tally

FAULT = "x = 1  # reviewlint: ignore[no-such-rule-exists] reason\n"
CLEAN = "y = 2\n"


def git(where: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
    settings = ("-c", "protocol.file.allow=always", "-c", "init.defaultBranch=main")
    command = ["git", *identity, *settings, *arguments]
    return subprocess.run(command, cwd=where, check=True, capture_output=True, text=True).stdout.strip()


def commit(where: Path, message: str = "Change") -> str:
    git(where, "add", "-A")
    git(where, "commit", "-qm", message)
    return git(where, "rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a fault on line 2 of `app/old.py`, on `main`, as working directory."""
    place = tmp_path / "work"
    (place / "app").mkdir(parents=True)
    git(place, "init", "-q")
    (place / "app" / "old.py").write_text(CLEAN + FAULT + CLEAN)
    (place / "app" / "spare.py").write_text(CLEAN + FAULT)
    commit(place, "Begin")
    monkeypatch.chdir(place)
    return place


def checked(
    capsys: pytest.CaptureFixture[str], *arguments: str, rule: str = "unknown-ignore"
) -> dict[str, list[tuple[str, int]]]:
    """Path and line of a rule's findings, by label."""
    options = ("--output-format", "json", "--no-cache", "--fail-on", "note", "--select", rule)
    status = run(["check", *options, *arguments])
    captured = capsys.readouterr()
    assert status in (0, 1), captured.err
    found: dict[str, list[tuple[str, int]]] = {}
    for each in json.loads(captured.out)["findings"]:
        found.setdefault(each["state"], []).append((each["path"], each["line"]))
    assert status == ("shown" in found)
    return found


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one line with which a review is refused."""
    status = run(["check", *arguments])
    captured = capsys.readouterr()
    assert (status, captured.out) == (2, "")
    assert captured.err.count("\n") == 1
    return captured.err


def test_what_was_done_since_the_base_is_shown(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    git(repository, "switch", "-qc", "feature")
    (repository / "app" / "old.py").write_text(FAULT + CLEAN + FAULT + CLEAN)
    commit(repository)
    (repository / "staged.py").write_text(FAULT)
    git(repository, "add", "staged.py")
    (repository / "untracked.py").write_text(CLEAN + FAULT)
    assert checked(capsys, "--base", "main") == {
        "shown": [("app/old.py", 1), ("staged.py", 1), ("untracked.py", 2)],
        "out-of-scope": [("app/old.py", 3), ("app/spare.py", 2)],
    }
    assert checked(capsys, "--base", "main", "app") == {
        "shown": [("app/old.py", 1)],
        "out-of-scope": [("app/old.py", 3), ("app/spare.py", 2)],
    }


def test_what_others_did_on_the_base_since_is_no_part_of_the_change(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    git(repository, "switch", "-qc", "feature")
    (repository / "new.py").write_text(FAULT)
    commit(repository)
    git(repository, "switch", "-q", "main")
    (repository / "app" / "spare.py").write_text(CLEAN)
    commit(repository)
    git(repository, "switch", "-q", "--detach", "feature")
    assert checked(capsys, "--base", "main") == {
        "shown": [("new.py", 1)],
        "out-of-scope": [("app/old.py", 2), ("app/spare.py", 2)],
    }


def test_the_summary_speaks_of_the_change(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (repository / "app" / "spare.py").unlink()
    git(repository, "mv", "app/old.py", "app/other.py")
    assert run(["check", "--output-format", "json", "--base", "main", "--no-cache"]) == 0
    captured = capsys.readouterr()
    assert "reviewed as a change since `main`: 2 files\n" in captured.err


def test_staged_lines_are_reviewed_as_they_are_staged(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = repository / "app" / "old.py"
    old.write_text(CLEAN + FAULT + CLEAN + FAULT)
    git(repository, "add", "app/old.py")
    old.write_text(FAULT + FAULT + "def broken(:\n")
    (repository / "untracked.py").write_text(FAULT)
    (repository / "app" / "spare.py").unlink()
    assert checked(capsys, "--staged") == {
        "shown": [("app/old.py", 4)],
        "out-of-scope": [("app/old.py", 2), ("app/spare.py", 2), ("untracked.py", 1)],
    }


def test_a_staged_file_that_is_gone_from_the_disk_is_reviewed(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (repository / "new.py").write_text(FAULT)
    git(repository, "add", "new.py")
    (repository / "new.py").unlink()
    assert checked(capsys, "--staged")["shown"] == [("new.py", 1)]


def test_nothing_staged_shows_nothing(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (repository / "app" / "old.py").write_text(FAULT)
    assert "shown" not in checked(capsys, "--staged")


SCHEMA = """create table public.notes (id bigint primary key, owner uuid);
alter table public.notes enable row level security;
"""
POLICY = "create policy own on public.notes for select to authenticated using (owner = (select auth.uid()));\n"


def test_what_the_change_causes_elsewhere_is_shown(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = repository / "supabase" / "migrations"
    folder.mkdir(parents=True)
    (folder / "20240101000000_notes.sql").write_text(SCHEMA)
    (folder / "20240101000001_policies.sql").write_text(POLICY)
    (folder / "20240101000002_tags.sql").write_text(SCHEMA.replace("notes", "tags"))
    commit(repository)
    (folder / "20240101000001_policies.sql").unlink()
    assert checked(capsys, "--base", "HEAD", rule="rls-without-policy") == {
        "shown": [("supabase/migrations/20240101000000_notes.sql", 1)],
        "out-of-scope": [("supabase/migrations/20240101000002_tags.sql", 1)],
    }
    (folder / "20240101000001_policies.sql").write_text("-- moved\n")
    (folder / "20240101000003_policies.sql").write_text(POLICY)
    assert checked(capsys, "--base", "HEAD", rule="rls-without-policy") == {
        "out-of-scope": [("supabase/migrations/20240101000002_tags.sql", 1)],
    }


MIXED = {
    "app/old.py": CLEAN + FAULT,
    "app/tests/test_old.py": FAULT,
    "web/client.ts": FAULT.replace("#", "//"),
    "web/page.tsx": FAULT.replace("#", "//"),
    "web/tests/page.test.tsx": FAULT.replace("#", "//"),
}


SUITE = """
import * as request from 'supertest'

export class Suite {
  constructor(private readonly app) {}

  get(path: string) {
    return request(this.app.getHttpServer()).get(`/${path}`)
  }

  rows() {
    return this.app.get(DataSource)
  }
}
"""
TESTS = """
import { Suite } from './suite'

const suite = new Suite(app)

it('reads', async () => {
  expect((await suite.get('invoices/7')).status).toBe(200)
})
"""
LETTER = """
it('writes a letter', async () => {
  expect((await suite.get('invoices/7/letter')).status).toBe(200)
})
"""
CONTROLLER = """
@Controller('invoices')
export class InvoicesController {
  @Get(':number')
  read() {
    return this.invoices.read()
  }

  @Get(':number/letter')
  letter() {
    return this.invoices.letter()
  }

  @Post(':number/void')
  void() {
    return this.invoices.void()
  }
"""
IMPORT = """
  @Post('import')
  importAll(rows: { number: string }[]) {
    return rows.filter((row) => row.number)
  }
"""


def on_a_branch_of(repository: Path, controller: str) -> None:
    """Commit a service with this controller and its tests, and begin a branch."""
    for name, text in {
        "package.json": "{}",
        "src/invoices.controller.ts": controller,
        "test/suite.ts": SUITE,
        "test/invoices.e2e-spec.ts": TESTS + LETTER,
    }.items():
        (repository / name).parent.mkdir(exist_ok=True)
        (repository / name).write_text(text)
    commit(repository)
    git(repository, "switch", "-qc", "feature")


def test_routes_that_are_new_or_lose_their_test_are_shown(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # The requests go through a suite of the tests, so that the tests have to be looked into as they were at the base.
    imports = "import { Controller, Get, Post } from '@nestjs/common'\n"
    on_a_branch_of(repository, imports + CONTROLLER + "}\n")
    (repository / "src" / "invoices.controller.ts").write_text(imports + CONTROLLER + IMPORT + "}\n")
    (repository / "test" / "invoices.e2e-spec.ts").write_text(TESTS)
    commit(repository)
    path = "src/invoices.controller.ts"
    assert checked(capsys, "--base", "main", rule="untested-endpoint") == {
        "shown": [(path, 10), (path, 20)],
        "out-of-scope": [(path, 15)],
    }
    assert checked(capsys, "--base", "main", rule="change-without-test") == {}


def test_what_was_untested_before_is_no_part_of_a_change_of_its_lines(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    imports = "import { Controller, Get, Post } from '@nestjs/common'\n"
    untested = CONTROLLER + IMPORT + "}\n"
    on_a_branch_of(repository, imports + untested)
    (repository / "src" / "invoices.controller.ts").write_text(imports + untested.replace("row.number", "!!row.number"))
    commit(repository)
    assert set(checked(capsys, "--base", "main", rule="untested-endpoint")) == {"out-of-scope"}


@pytest.mark.parametrize(
    ("changed", "left_out", "unread"),
    [
        (("app/old.py",), {"web/client.ts", "web/page.tsx"}, {"web/page.tsx"}),
        (("web/client.ts",), {"app/old.py"}, {"app/old.py"}),
        (("web/page.tsx",), {"app/old.py"}, {"app/old.py"}),
        (("app/old.py", "web/client.ts"), set(), set()),
        (("app/old.py", "pyproject.toml"), set(), set()),
    ],
)
def test_code_in_a_language_that_did_not_change_is_left_aside(
    repository: Path,
    capsys: pytest.CaptureFixture[str],
    changed: tuple[str, ...],
    left_out: set[str],
    unread: set[str],
) -> None:
    for path, text in MIXED.items():
        (repository / path).parent.mkdir(parents=True, exist_ok=True)
        (repository / path).write_text(text)
    (repository / "app" / "spare.py").unlink()
    (repository / "pyproject.toml").write_text("[project]\n")
    commit(repository)
    options = ("check", "--select", "unknown-ignore", "--output-format", "json", "--exit-zero")
    for path in changed:
        (repository / path).write_text((repository / path).read_text() + "\n")
    for cached in (False, True, True):  # nothing is known, some files are, and once more
        assert run([*options, "--base", "HEAD", *(() if cached else ("--no-cache",))]) == 0
        said = json.loads(capsys.readouterr().out)
        assert {one["path"] for one in said["findings"]} == MIXED.keys() - left_out
        assert {one["path"] for one in said["skipped"] if one["reason"] == scope.UNCONCERNED} == unread
    for _ in range(2):
        assert run([*options, "--all"]) == 0
        assert {one["path"] for one in json.loads(capsys.readouterr().out)["findings"]} == MIXED.keys()


def test_what_is_remembered_of_the_base_changes_nothing(
    repository: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = repository / "supabase" / "migrations"
    folder.mkdir(parents=True)
    (folder / "20240101000000_notes.sql").write_text(SCHEMA)
    (folder / "20240101000001_policies.sql").write_text(POLICY)
    commit(repository)
    options = ("check", "--select", "rls-without-policy", "--output-format", "json", "--exit-zero")
    assert run([*options]) == 0
    assert json.loads(capsys.readouterr().out)["findings"] == []
    (folder / "20240101000001_policies.sql").write_text("-- moved\n")

    def asked_again(*_: object) -> dict[str, Tally]:
        raise AssertionError("the base was asked although it was reviewed before")

    for cached in (True, True, False):
        with monkeypatch.context() as patched:
            if cached:
                patched.setattr(scope, "_told", lambda runs, *_: asked_again() if runs else {})
            assert run([*options, "--base", "HEAD", *(() if cached else ("--no-cache",))]) == 0
        (found,) = json.loads(capsys.readouterr().out)["findings"]
        assert (found["state"], found["path"]) == ("shown", "supabase/migrations/20240101000000_notes.sql")


TWINS = """import requests
from fastapi import FastAPI, HTTPException

app = FastAPI()


@app.post("/debug/mail")
def debug_mail() -> None:
    try:
        requests.post("https://mail.example.org/send")
    except Exception as e:
        raise HTTPException(status_code=500, detail=str(e))


@app.post("/mail")
def send_mail() -> None:
    try:
        requests.post("https://mail.example.org/send")
    except Exception as e:
        raise HTTPException(status_code=500, detail=str(e))
"""
"""Two failures that are told alike: who asks for the first one asks for its reason, so `--strict` alone shows it."""


def test_what_is_held_back_is_remembered_of_the_base_too(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (repository / "app" / "orders.py").write_text(TWINS)
    commit(repository)
    options = ("check", "--output-format", "json", "--exit-zero")
    for told, lines in (["--strict"], [12, 20]), ([], [20]):
        assert run([*options, *told]) == 0
        every = json.loads(capsys.readouterr().out)["findings"]
        assert [one["line"] for one in every if one["rule"] == "internals-in-error"] == lines
    (repository / "app" / "spare.py").write_text(f"{CLEAN}\n\ndef more():\n    return 1\n")
    for cached in ((), ("--no-cache",)):
        assert run([*options, "--base", "HEAD", *cached]) == 0
        every = json.loads(capsys.readouterr().out)["findings"]
        assert {one["state"] for one in every if one["rule"] == "internals-in-error"} == {"out-of-scope"}


def test_a_rule_may_weigh_more_in_new_code(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rule = "unknown-ignore"
    (repository / "reviewlint.toml").write_text(
        f'min-severity = "warning"\n[severities]\n{rule} = "note"\n[ratchet]\n{rule} = "error"\n'
    )
    commit(repository)
    (repository / "new.py").write_text(FAULT)
    assert "shown" not in checked(capsys)
    assert checked(capsys, "--base", "HEAD")["shown"] == [("new.py", 1)]
    assert run(["check", "--base", "HEAD", "--select", rule, "--fail-on", "error", "--no-cache"]) == 1
    capsys.readouterr()


def test_renamed_files_keep_what_they_had(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = repository / "app" / "old.py"
    old.write_text("".join(f"a{number} = {number}\n" for number in range(20)) + FAULT)
    commit(repository)
    old.rename(repository / "moved.py")
    with (repository / "moved.py").open("a") as file:
        file.write(FAULT)
    git(repository, "add", "-A")
    assert checked(capsys, "--base", "HEAD") == {
        "shown": [("moved.py", 22)],
        "out-of-scope": [("app/spare.py", 2), ("moved.py", 21)],
    }
    found = change.since(repository, "HEAD")
    assert found.files["moved.py"].before == "app/old.py"
    assert (set(found.gone), set(found.deleted)) == ({"app/old.py"}, set())


def test_a_file_that_was_moved_without_telling_git_keeps_what_it_had(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (repository / "app" / "old.py").rename(repository / "moved.py")
    (repository / "app" / "new.py").write_text(FAULT)
    assert checked(capsys, "--base", "HEAD") == {
        "shown": [("app/new.py", 1)],
        "out-of-scope": [("app/spare.py", 2), ("moved.py", 2)],
    }


def test_deleted_files_are_gone(repository: Path) -> None:
    (repository / "app" / "old.py").unlink()
    found = change.since(repository, "HEAD")
    assert not found.files
    assert found.gone == found.deleted == frozenset({"app/old.py"})
    git(repository, "rm", "-q", "app/spare.py")
    assert change.staged(repository).gone == {"app/spare.py"}


NAMES = ["with space.py", "new\nline.py", 'quo"te.py', "back\\slash.py", "tab\t.py", "ümlaut.py", " b/x.py", "-n.py"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("how", ["base", "staged"])
def test_any_name_will_do(repository: Path, name: str, how: str) -> None:
    path = repository / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(CLEAN * 3)
    commit(repository)
    path.write_text(CLEAN * 3 + FAULT)
    git(repository, "add", "-A")
    found = change.staged(repository) if how == "staged" else change.since(repository, "HEAD")
    assert {path: file.lines for path, file in found.files.items()} == {name: ((4, 4),)}


def test_lines_that_look_like_a_patch_are_lines(repository: Path) -> None:
    path = repository / "patch.sql"
    path.write_text("-- a/x\n-- one\nkept\n")
    commit(repository)
    path.write_text("++ b/y\ndiff --git a/x b/x\n@@ -1 +1 @@\nkept\n")
    found = change.since(repository, "HEAD").files["patch.sql"]
    assert found == ChangedFile(
        "patch.sql", ((1, 3),), ("-- a/x", "-- one"), ("++ b/y", "diff --git a/x b/x", "@@ -1 +1 @@")
    )


def test_a_file_that_git_calls_binary_has_lines_all_the_same(repository: Path) -> None:
    (repository / ".gitattributes").write_text("*.sql binary\n")
    (repository / "a.sql").write_text("select 1;\n")
    (repository / "b.bin").write_bytes(b"\0\1\n")
    commit(repository)
    (repository / "a.sql").write_text("select 1;\nselect 2;\n")
    (repository / "b.bin").write_bytes(b"\0\2\n\xff")
    found = change.since(repository, "HEAD")
    assert found.files["a.sql"].lines == ((2, 2),)
    assert set(found.files) == {"a.sql", "b.bin"}


def test_a_touched_file_with_the_same_content_is_not_changed(repository: Path) -> None:
    (repository / "app" / "old.py").touch()
    (repository / "app" / "spare.py").chmod(0o755)
    found = change.since(repository, "HEAD")
    assert (found.files, found.originals) == ({}, {})


def test_what_is_again_as_it_was_is_restored(repository: Path) -> None:
    for content in (CLEAN, CLEAN * 2, CLEAN * 3):
        (repository / "app" / "old.py").write_text(content)
        (repository / "app" / "spare.py").write_text(content)
        commit(repository)
    (repository / "app" / "old.py").write_text(CLEAN)
    (repository / "app" / "spare.py").write_text(CLEAN * 4)
    git(repository, "add", "-A")
    assert change.staged(repository).restored == {"app/old.py"}
    assert change.since(repository / "app", "HEAD").restored == {"old.py"}
    commit(repository)
    assert change.since(repository, "HEAD~1").restored == {"app/old.py"}


def test_a_submodule_is_another_repository(repository: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "-q")
    (other / "a.py").write_text(FAULT)
    commit(other)
    git(repository, "submodule", "add", "-q", str(other), "sub")
    assert set(change.staged(repository).files) == {".gitmodules"}
    assert set(change.since(repository, "HEAD").files) == {".gitmodules"}


def test_a_project_in_a_folder_of_the_repository_sees_its_own_files(repository: Path) -> None:
    (repository / "app" / "old.py").write_text(FAULT)
    (repository / "elsewhere.py").write_text(FAULT)
    assert set(change.since(repository / "app", "HEAD").files) == {"old.py"}


def test_no_program_of_the_repository_is_run(repository: Path) -> None:
    (repository / ".gitattributes").write_text("*.py filter=evil diff=evil\n*.txt filter=other\n")
    (repository / "a.txt").write_text("a\n")
    commit(repository)
    trap = repository.parent / "trap"
    program = f"sh -c 'touch {trap}; cat'"
    for name in ("filter.evil.clean", "filter.evil.smudge", "filter.other.process", "diff.evil.textconv"):
        git(repository, "config", name, program)
    git(repository, "config", "filter.evil.required", "true")
    git(repository, "config", "diff.evil.command", program)
    git(repository, "config", "core.fsmonitor", program)
    git(repository, "config", "diff.external", program)
    (repository / "app" / "old.py").write_text(CLEAN + FAULT + CLEAN + FAULT)
    (repository / "a.txt").write_text("b\n")
    trap.unlink(missing_ok=True)
    assert change.since(repository, "HEAD").files["app/old.py"].lines == ((4, 4),)
    change.staged(repository)
    assert not trap.exists()


@pytest.mark.parametrize("depth", [2, 50])
def test_a_pull_request_is_compared_with_the_first_parent_of_its_merge(
    tmp_path: Path,
    repository: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    depth: int,
) -> None:
    clone = pull_request(repository, tmp_path, depth)
    monkeypatch.chdir(clone)
    monkeypatch.setenv("GITHUB_EVENT_NAME", "pull_request")
    monkeypatch.setenv("GITHUB_BASE_REF", "main")
    monkeypatch.setenv("GITHUB_SHA", git(clone, "rev-parse", "HEAD"))
    everything = [("app/old.py", 2), ("app/spare.py", 2), ("more.py", 1)]
    assert checked(capsys) == {"shown": [("new.py", 1)], "out-of-scope": everything}
    assert checked(capsys, "--all") == {"shown": sorted([*everything, ("new.py", 1)])}


def pull_request(repository: Path, tmp_path: Path, depth: int) -> Path:
    """A clone as the platform makes it: detached, at the merge of a change into `main`."""
    git(repository, "switch", "-qc", "feature")
    (repository / "new.py").write_text(FAULT)
    commit(repository)
    git(repository, "switch", "-q", "main")
    (repository / "more.py").write_text(FAULT)
    commit(repository)
    git(repository, "switch", "-q", "--detach", "main")
    git(repository, "merge", "-q", "--no-ff", "-m", "Merge", "feature")
    git(repository, "branch", "merged")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--depth", str(depth), "--branch", "merged", f"file://{repository}", str(clone))
    git(clone, "switch", "-q", "--detach")
    return clone


def test_a_pull_request_without_its_base_is_refused(
    repository: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(pull_request(repository, tmp_path, 1))
    monkeypatch.setenv("GITHUB_EVENT_NAME", "pull_request")
    monkeypatch.setenv("GITHUB_BASE_REF", "main")
    assert "give actions/checkout `fetch-depth: 2`" in refused(capsys)


def test_the_head_of_a_pull_request_is_compared_with_where_it_left_the_base(
    repository: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    git(repository, "switch", "-qc", "feature")
    (repository / "new.py").write_text(FAULT)
    commit(repository)
    git(repository, "switch", "-q", "main")
    (repository / "more.py").write_text(FAULT)
    commit(repository)
    git(repository, "switch", "-q", "feature")
    git(repository, "merge", "-q", "-m", "Catch up", "main")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", f"file://{repository}", str(clone))
    monkeypatch.chdir(clone)
    monkeypatch.setenv("GITHUB_EVENT_NAME", "pull_request")
    monkeypatch.setenv("GITHUB_BASE_REF", "main")
    monkeypatch.setenv("GITHUB_SHA", "0" * 40)
    assert checked(capsys)["shown"] == [("new.py", 1)]
    git(clone, "switch", "-q", "--detach", "origin/main")
    assert "is the base of the pull request" in refused(capsys)


def test_a_merge_that_is_the_head_of_the_base_is_no_pull_request_that_was_merged(
    repository: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clone = pull_request(repository, tmp_path, 50)
    git(clone, "update-ref", "refs/remotes/origin/main", "HEAD")
    monkeypatch.chdir(clone)
    monkeypatch.setenv("GITHUB_EVENT_NAME", "pull_request_target")
    monkeypatch.setenv("GITHUB_BASE_REF", "main")
    monkeypatch.setenv("GITHUB_SHA", git(clone, "rev-parse", "HEAD"))
    assert "is the base of the pull request" in refused(capsys)


def test_a_push_is_no_pull_request(
    repository: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_EVENT_NAME", "push")
    assert checked(capsys) == {"shown": [("app/old.py", 2), ("app/spare.py", 2)]}


@pytest.mark.parametrize("base", ["no-such-branch", "--output=x", "main:app", "", "HEAD~9"])
def test_a_base_that_does_not_exist_is_refused(repository: Path, capsys: pytest.CaptureFixture[str], base: str) -> None:
    assert f"there is no commit `{base}` here" in refused(capsys, f"--base={base}")


@pytest.mark.parametrize("base", ["", "--all"])
def test_a_base_that_can_be_no_name_is_not_fetched(
    repository: Path, capsys: pytest.CaptureFixture[str], base: str
) -> None:
    assert "name a branch, a tag or a commit" in refused(capsys, f"--base={base}")


def test_a_base_that_only_the_remote_has_is_guessed(
    repository: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    git(repository, "branch", "release")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", f"file://{repository}", str(clone))
    monkeypatch.chdir(clone)
    assert "did you mean origin/release?" in refused(capsys, "--base", "release")


def test_a_shallow_clone_is_told_how_to_get_the_base(
    repository: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clone = pull_request(repository, tmp_path, 1)
    monkeypatch.chdir(clone)
    assert "the clone is shallow; `git fetch --unshallow`" in refused(capsys, "--base", "main")
    git(clone, "fetch", "-q", "--depth", "1", "origin", "main")
    assert "no common ancestor in this shallow clone" in refused(capsys, "--base", "FETCH_HEAD")


def test_histories_that_never_met_are_refused(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    git(repository, "switch", "-q", "--orphan", "other")
    (repository / "a.py").write_text(FAULT)
    commit(repository)
    assert "have no common ancestor: name another base" in refused(capsys, "--base", "main")


@pytest.mark.parametrize("arguments", [["--base", "main"], ["--staged"]])
def test_without_a_commit_or_a_repository_there_is_no_change(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.py").write_text(FAULT)
    assert "git knows no repository" in refused(capsys, *arguments)
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "a.py")
    assert "there is no commit yet" in refused(capsys, *arguments)


def test_a_conflict_is_not_reviewed_as_staged(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    git(repository, "switch", "-qc", "feature")
    (repository / "app" / "old.py").write_text("a = 1\n")
    commit(repository)
    git(repository, "switch", "-q", "main")
    (repository / "app" / "old.py").write_text("a = 2\n")
    commit(repository)
    with pytest.raises(subprocess.CalledProcessError):
        git(repository, "merge", "-q", "feature")
    assert "app/old.py is in conflict" in refused(capsys, "--staged")


@pytest.mark.parametrize(
    "arguments",
    [["--base", "main", "--staged"], ["--staged", "--all"], ["--staged", "--fix"], ["--staged", "--diff"]],
)
def test_what_excludes_one_another_is_refused(
    repository: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    refused(capsys, *arguments)


def test_standard_input_is_no_change(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    refused(capsys, "-", "--stdin-filename", "app/old.py", "--base", "main")


def at(path: str, line: int, end: int | None = None) -> Location:
    return Location(path, line, 1, end or line, 9)


@pytest.mark.parametrize(
    ("place", "touched"),
    [
        (at("new.py", 7), True),
        (at("old.py", 3), False),
        (at("old.py", 4), True),
        (at("old.py", 1, 9), True),
        (Location("old.py", 3, 1, 4, 1), False),
        (at("old.py", 20), False),
        (at("old.py", 21), False),
        (at("old.py", 20, 21), True),
        (at("gone.py", 1), True),
        (at("other.py", 4), False),
    ],
)
def test_a_place_is_touched_on_its_lines_and_around_what_was_taken_out(place: Location, touched: bool) -> None:
    changed = Change(
        "main", {"new.py": ChangedFile(""), "old.py": ChangedFile("old.py", ((4, 5), (21, 20)))}, frozenset({"gone.py"})
    )
    assert changed.touches(place) is touched


def test_broken_patches_are_an_error_not_an_empty_change(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = git(repository, "rev-parse", "HEAD:app/old.py")
    (repository / "app" / "old.py").write_text(FAULT)
    (repository / ".git" / "objects" / tree[:2] / tree[2:]).unlink()
    with pytest.raises(ChangeError, match="git could not compare"):
        change.since(repository, "HEAD")


def test_an_original_that_a_partial_clone_left_out_is_asked_for(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    blob = git(repository, "rev-parse", "HEAD:app/old.py")
    (repository / "app" / "old.py").unlink()
    (repository / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    assert "git fetch --refetch" in refused(capsys, "--base", "HEAD")


def test_what_nobody_reads_may_be_left_out_of_a_clone(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (repository / "film.mp4").write_bytes(b"\0" * 100)
    commit(repository)
    blob = git(repository, "rev-parse", "HEAD:film.mp4")
    (repository / "film.mp4").unlink()
    (repository / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    (repository / "new.py").write_text(FAULT)
    git(repository, "add", "new.py")
    assert checked(capsys, "--staged")["shown"] == [("new.py", 1)]


@pytest.fixture
def migrations(repository: Path) -> Path:
    """A folder of migrations in the repository."""
    folder = repository / "db" / "migrations"
    folder.mkdir(parents=True)
    for number, table in enumerate(("users", "notes", "tags"), 1):
        (folder / f"000{number}_{table}.sql").write_text(f"create table {table} (\n  id bigint primary key\n);\n")
    commit(repository)
    return folder


def test_edited_renamed_and_deleted_migrations_are_found(
    repository: Path, migrations: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (migrations / "0001_users.sql").write_text("create table users (\n  id uuid primary key\n);\n")
    git(repository, "mv", "db/migrations/0002_notes.sql", "db/migrations/0005_notes.sql")
    (migrations / "0003_tags.sql").unlink()
    (migrations / "0004_new.sql").write_text("create table new (id bigint primary key);\n")
    (repository / "db" / "reviewlint.toml").write_text('ignore = ["naming"]\n')
    found = {
        "shown": [
            ("db/migrations/0001_users.sql", 2),
            ("db/migrations/0003_tags.sql", 1),
            ("db/migrations/0005_notes.sql", 1),
        ]
    }
    assert checked(capsys, "--base", "HEAD", rule="edited-migration") == found
    git(repository, "add", "-A")
    assert checked(capsys, "--staged", rule="edited-migration") == found
    assert checked(capsys, rule="edited-migration") == {}
    for written in ("text", "concise", "github", "sarif", "markdown", "junit", "gitlab", "rdjson"):
        assert run(["check", "--staged", "--select", "edited-migration", "--output-format", written]) == 1
        assert "0003_tags.sql" in capsys.readouterr().out


def test_a_line_taken_out_of_a_migration_is_found(migrations: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (migrations / "0001_users.sql").write_text("  id bigint primary key\n);\n")
    (migrations / "0002_notes.sql").write_text("create table notes (\n  id bigint primary key\n")
    assert checked(capsys, "--base", "HEAD", rule="edited-migration") == {
        "shown": [("db/migrations/0001_users.sql", 1), ("db/migrations/0002_notes.sql", 2)]
    }


def test_what_does_not_run_once_may_be_edited(
    repository: Path, migrations: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (migrations / "R__views.sql").write_text("create view v as select 1;\n")
    (migrations / "0003_tags.down.sql").write_text("drop table tags;\n")
    (repository / "supabase" / "schemas").mkdir(parents=True)
    (repository / "supabase" / "schemas" / "01_users.sql").write_text("create table users (id bigint);\n")
    commit(repository)
    (migrations / "R__views.sql").write_text("create view v as select 2;\n")
    (migrations / "0003_tags.down.sql").write_text("drop table if exists tags;\n")
    (repository / "supabase" / "schemas" / "01_users.sql").unlink()
    git(repository, "mv", "db", "database")
    (repository / "database" / "migrations" / "0001_users.sql").write_text(
        "-- who signed up\ncreate table users (id bigint primary key);  -- and when\n"
    )
    git(repository, "add", "-A")
    assert "shown" not in checked(capsys, "--base", "HEAD", rule="edited-migration")
