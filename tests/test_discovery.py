"""What is there: every file found once, with git and without, and nothing of the repository run."""

import json
import os
import socket
import subprocess
from pathlib import Path

import pytest

from reviewlint import discovery, listing, readers
from reviewlint.chapters import chapters
from reviewlint.cli import run
from reviewlint.copies import copies, is_put_aside
from reviewlint.discovery import Discovery, OutsideRoot, discover, find_root
from reviewlint.facts.file import Side
from reviewlint.source import Source

RUNS_AS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


def git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", root, "-c", "user.name=a", "-c", "user.email=a@b.c", *arguments], check=True)


def files(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x = 1\n")


def reviewed(found: Discovery) -> list[str]:
    return [source.path for source in found.sources]


def reasons(found: Discovery) -> dict[str, str]:
    return {skipped.path: skipped.reason for skipped in found.skipped}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Tracked, untracked and ignored files in several folders, each with its own .gitignore."""
    git(tmp_path, "init", "-q")
    files(tmp_path, "app/main.py", "app/local.py", "app/keep.log", "app/other.log", "logs/a.py", "node_modules/a/i.js")
    files(tmp_path, "deep/er/a.py", "deep/er/b.tmp", "deep/b.tmp", "a b.py", "tracked.log", "cache/c/d.py")
    (tmp_path / ".gitignore").write_text("*.log\n/logs/\nnode_modules\n!app/keep.log\ncache/*\n")
    (tmp_path / "deep" / ".gitignore").write_text("*.tmp\n!er/*.tmp\n")
    (tmp_path / ".git" / "info" / "exclude").write_text("local.py\n")
    git(tmp_path, "add", "-f", "app/main.py", "tracked.log")
    return tmp_path


def test_tracked_and_unignored_files_are_found(repository: Path) -> None:
    found = discover(repository)
    assert reviewed(found) == [
        ".gitignore",
        "a b.py",
        "app/keep.log",
        "app/main.py",
        "deep/.gitignore",
        "deep/er/a.py",
        "deep/er/b.tmp",
        "tracked.log",
    ]
    assert {source.path for source in found.sources if source.tracked} == {"app/main.py", "tracked.log"}


def test_without_git_the_same_files_are_found(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with_git = reviewed(discover(repository))
    monkeypatch.setattr(listing, "by_git", lambda root: None)
    monkeypatch.setattr(discovery, "by_git", lambda root: None)
    without = discover(repository)
    assert reviewed(without) == [path for path in with_git if path != "tracked.log"]
    assert {source.tracked for source in without.sources} == {None}


def test_a_file_that_was_deleted_is_not_there(repository: Path) -> None:
    (repository / "app" / "main.py").unlink()
    assert "app/main.py" not in reviewed(discover(repository))


def test_a_path_that_was_asked_for_is_reviewed_although_git_ignores_it(repository: Path) -> None:
    found = discover(repository, [repository / "app" / "other.log", repository / "logs"])
    assert {"app/other.log", "logs/a.py"} <= set(reviewed(found))


def test_excluded_files_are_ignored_and_counted(repository: Path) -> None:
    everything = discover(repository)
    found = discover(repository, [repository / "deep" / "er" / "a.py"], ["deep/", "*.log"])
    assert found.ignored == ("app/keep.log", "deep/.gitignore", "deep/er/a.py", "deep/er/b.tmp", "tracked.log")
    assert found.discovered == everything.discovered
    assert reviewed(found) == [".gitignore", "a b.py", "app/main.py"]


def test_paths_outside_of_the_root_are_refused(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    with pytest.raises(OutsideRoot, match="outside of the project"):
        discover(tmp_path / "inner", [tmp_path / "a.py"])


def test_the_root_is_the_nearest_repository_else_the_nearest_settings(tmp_path: Path) -> None:
    files(tmp_path, "shop/package.json", "shop/web/package.json", "shop/web/src/a.ts", "plain/a.py")
    assert find_root(tmp_path / "shop" / "web" / "src" / "a.ts") == tmp_path / "shop" / "web"
    assert find_root(tmp_path / "plain" / "a.py") == tmp_path / "plain"
    git(tmp_path / "shop", "init", "-q")
    assert find_root(tmp_path / "shop" / "web") == tmp_path / "shop"


def test_only_regular_files_are_read(tmp_path: Path) -> None:
    files(tmp_path, "real.py")
    os.mkfifo(tmp_path / "pipe.py")
    with socket.socket(socket.AF_UNIX) as server:
        here = os.open(tmp_path, os.O_RDONLY)
        try:
            server.bind(f"/proc/self/fd/{here}/socket.py" if Path("/proc/self/fd").is_dir() else "socket.py")
        finally:
            os.close(here)
        (tmp_path / "link.py").symlink_to("real.py")
        (tmp_path / "outside.py").symlink_to("/etc/hostname")
        (tmp_path / "dangling.py").symlink_to("nowhere.py")
        (tmp_path / "loop.py").symlink_to("loop.py")
        (tmp_path / "folder").symlink_to("..")
        found = discover(tmp_path)
    assert reviewed(found) == ["real.py"]
    assert reasons(found) == {
        "dangling.py": "symbolic link to nothing",
        "folder": "symbolic link: its target is reviewed where it stands in the project",
        "link.py": "symbolic link: its target is reviewed where it stands in the project",
        "loop.py": "symbolic link that leads nowhere (a loop)",
        "outside.py": "symbolic link: its target is reviewed where it stands in the project",
        "pipe.py": "named pipe",
        "socket.py": "socket",
    }
    assert found.discovered == 8


def test_a_pipe_that_is_asked_for_does_not_block(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    os.mkfifo(tmp_path / "pipe.py")
    assert reasons(discover(tmp_path, [tmp_path / "pipe.py"])) == {"pipe.py": "named pipe"}


def test_names_may_hold_anything_but_a_slash(tmp_path: Path) -> None:
    names = [b"a\nb.py", b"\xff\xfe.py", "größe.py".encode(), b"-rf.py", b"quo'te\".py", b"tab\t.py"]
    for repository in (False, True):
        if repository:
            git(tmp_path, "init", "-q")
        for name in names:
            (tmp_path / os.fsdecode(name)).write_bytes(b"x = 1\n")
        assert sorted(os.fsencode(path) for path in reviewed(discover(tmp_path))) == sorted(names)


def test_submodules_and_nested_repositories_are_not_entered(tmp_path: Path) -> None:
    outer, inner = tmp_path / "outer", tmp_path / "inner"
    for folder in (outer, inner):
        files(folder, "a.py")
        git(folder, "init", "-q")
        git(folder, "add", ".")
        git(folder, "commit", "-qm", "a")
    git(outer, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner), "sub")
    files(outer / "loose", "b.py")
    git(outer / "loose", "init", "-q")
    git(outer / "loose", "add", ".")
    git(outer / "loose", "commit", "-qm", "a")
    found = discover(outer)
    assert reviewed(found) == [".gitmodules", "a.py"]
    assert reasons(found) == {"loose": "another repository (submodule)", "sub": "another repository (submodule)"}


@pytest.mark.skipif(RUNS_AS_ROOT, reason="root may read everything")
def test_what_may_not_be_read_is_said(tmp_path: Path) -> None:
    files(tmp_path, "a.py", "secret.py", "closed/b.py")
    (tmp_path / "secret.py").chmod(0)
    (tmp_path / "closed").chmod(0)
    try:
        found = discover(tmp_path)
    finally:
        (tmp_path / "closed").chmod(0o700)
    assert reviewed(found) == ["a.py"]
    assert reasons(found) == {
        "closed": "cannot be listed: Permission denied",
        "secret.py": "cannot be read: Permission denied",
    }
    assert not any(skipped.expected for skipped in found.skipped)


def test_settings_of_the_repository_run_nothing(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    files(tmp_path, "a.py")
    git(tmp_path, "add", "a.py")
    trap = tmp_path / "trap.sh"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\ncat\n")
    trap.chmod(0o755)
    for key in ("core.fsmonitor", "core.sshCommand", "core.pager", "core.editor", "diff.external", "core.askPass"):
        git(tmp_path, "config", key, str(trap))
    for key in ("filter.trap.clean", "filter.trap.smudge", "filter.trap.process", "alias.ls-files", "pager.ls-files"):
        git(tmp_path, "config", key, str(trap))
    git(tmp_path, "config", "core.hooksPath", str(tmp_path))
    (tmp_path / ".gitattributes").write_text("* filter=trap\n")
    (tmp_path / "a.py").write_text("x = 2\n")
    assert "a.py" in reviewed(discover(tmp_path))
    assert not (tmp_path / "sprung").exists()


def test_a_git_that_the_repository_brings_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files(tmp_path, "a.py")
    (tmp_path / "git").write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\n")
    (tmp_path / "git").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "a.py" in reviewed(discover(tmp_path))
    assert not (tmp_path / "sprung").exists()


def test_the_environment_of_a_hook_does_not_lead_elsewhere(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = reviewed(discover(repository))
    monkeypatch.setenv("GIT_DIR", "/nonexistent")
    monkeypatch.setenv("GIT_INDEX_FILE", "/nonexistent/index")
    assert reviewed(discover(repository)) == expected


def test_a_work_tree_elsewhere_gives_nothing_from_there(tmp_path: Path) -> None:
    files(tmp_path, "outside/secret.py", "inside/a.py")
    git(tmp_path / "inside", "init", "-q")
    git(tmp_path / "inside", "config", "core.worktree", str(tmp_path / "outside"))
    assert reviewed(discover(tmp_path / "inside")) == ["a.py"]


def test_the_nearest_package_tells_the_side(tmp_path: Path) -> None:
    files(tmp_path, "web/src/format.tsx", "api/src/format.tsx", "broken/src/format.tsx")
    (tmp_path / "web" / "package.json").write_text('{"dependencies": {"react-dom": "19"}}')
    (tmp_path / "api" / "package.json").write_text('{"devDependencies": {"express": "5"}}')
    (tmp_path / "broken" / "package.json").write_text('{"dependencies": ["react-dom"')
    sides = {source.path: str(source.side) for source in discover(tmp_path).sources}
    assert sides["web/src/format.tsx"] == "browser"
    assert sides["api/src/format.tsx"] == "server"
    assert sides["broken/src/format.tsx"] == "other"


def test_an_application_of_meteor_is_known_by_its_settings(tmp_path: Path) -> None:
    files(tmp_path, "server/mail.js", "client/mail.js", "models/mail.js")
    (tmp_path / "package.json").write_text('{"dependencies": {"jquery": "3"}, "meteor": {"mainModule": {}}}')
    sides = {source.path: str(source.side) for source in discover(tmp_path).sources}
    assert sides["server/mail.js"] == "server"
    assert sides["client/mail.js"] == "browser"
    assert sides["models/mail.js"] == "other"


def test_contents_stand_for_files_on_the_disk(tmp_path: Path) -> None:
    files(tmp_path, "a.py")
    found = discover(tmp_path, contents={"a.py": b"x" * 100, "new.py": b""})
    assert [(source.path, source.size) for source in found.sources] == [("a.py", 100), ("new.py", 0)]


def test_an_empty_folder_holds_nothing(tmp_path: Path) -> None:
    assert discover(tmp_path).discovered == 0


def test_what_gitattributes_declare_is_left_out_but_for_migrations(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    files(
        tmp_path, "sdk/a.py", "sdk/own/b.py", "api/c.py", "lib/d.ts", "shop/migrations/0001_initial.py", "sdk/notes.txt"
    )
    (tmp_path / "shop/migrations/0001_initial.py").write_text("class Migration(migrations.Migration):\n    pass\n")
    (tmp_path / ".gitattributes").write_text("sdk/** linguist-generated=true\nshop/** linguist-generated\n")
    (tmp_path / "sdk" / "own" / ".gitattributes").write_text("*.py -linguist-generated\n")
    (tmp_path / "lib").joinpath(".gitattributes").write_text("*.ts linguist-vendored\n")
    found = discover(tmp_path)
    assert [path for path in reviewed(found) if not path.endswith(".gitattributes")] == [
        "api/c.py",
        "sdk/notes.txt",
        "sdk/own/b.py",
        "shop/migrations/0001_initial.py",
    ]
    assert reasons(found) == {"lib/d.ts": "vendored", "sdk/a.py": "generated"}


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        ("src/a.ts src/b.ts src/c/d.ts old-x/a.ts", ""),
        (
            "src/a.ts src/b.ts src/c/d.ts",
            "src-backup-20251111-181132/a.ts src-backup-20251111-181132/b.ts src-backup-20251111-181132/c/d.ts "
            "src-backup-20251111-181132/gone.ts",
        ),
        ("a.py b.py c.py", "backup/a.py backup/b.py backup/c.py"),
        ("app/a.py app/b.py app/c.py", "copy_of_app/a.py copy_of_app/b.py copy_of_app/c.py"),
        ("src/a.ts src/b.ts src/c.ts src/old/a.ts src/old/b.ts src/old/c.ts src/old/d.ts", ""),
        ("src/backups/index.ts src/backups/routes.ts src/backups/service.ts src/index.ts", ""),
        ("src/a.ts src/b.old.ts src/old.ts", "src/a.old.ts src/a-backup.ts src/a.bak.ts"),
    ],
)
def test_what_was_put_aside_is_known_by_its_name_and_its_original(paths: str, expected: str) -> None:
    assert copies(f"{paths} {expected}".split()) == set(expected.split())


def test_a_copy_is_no_part_of_the_service(tmp_path: Path) -> None:
    names = ("main.py", "orders.py", "stock.py")
    files(tmp_path, *names, *(f"backup-2025/{name}" for name in names), "backup-2025/migrations/0001_one.py")
    sides = {source.path: source.side for source in discover(tmp_path).sources}
    assert sides["main.py"] is Side.SERVER
    assert sides["backup-2025/main.py"] is Side.GENERATED


STATES = {
    f"book/{name}/{file}": f"{file} {1 if name < '3' else 2 if file == 'api/orders.ts' else 1}".encode()
    for name in ("1-begin", "1-end", "2-begin", "2-end", "3-begin", "3-end")
    for file in ("api/server.ts", "api/orders.ts", "api/stock.ts", *(["api/users.ts"] if name > "2" else []))
}


def told(files: dict[str, bytes]) -> set[str]:
    return chapters(files, lambda path: files.get(path, b""))


def test_the_states_of_a_program_are_copies_but_for_the_last() -> None:
    assert told(STATES) == {path for path in STATES if not path.startswith("book/3-end/")}
    assert told({f"course/lesson_{path[5:]}": data for path, data in STATES.items()}) == {
        f"course/lesson_{path[5:]}" for path in STATES if not path.startswith("book/3-end/")
    }


def test_what_a_desktop_duplicates_is_a_copy_where_the_original_stands_beside_it() -> None:
    paths = ["src/core.ts", "src/core 2.ts", "src/core copy.ts", "src/part 2.ts", "src/core (1).ts", "src/core 7.ts"]
    assert copies(paths) == {"src/core 2.ts", "src/core copy.ts", "src/core (1).ts"}


def test_where_the_program_stands_outside_all_states_are_copies() -> None:
    program = {f"shop/{path}": data for path, data in STATES.items()}
    program |= {path.replace("book/3-end", "saas"): data for path, data in STATES.items() if "3-end" in path}
    assert told(program | STATES) >= set(STATES)
    assert not [path for path in told(program | STATES) if path.startswith("saas/")]


def test_what_only_one_state_has_is_no_copy() -> None:
    files = STATES | {"book/2-end/api/spare.ts": b"spare"}
    assert "book/2-end/api/spare.ts" not in told(files)
    assert "book/2-end/api/orders.ts" in told(files)


@pytest.mark.parametrize(
    "files",
    [
        {path.replace("book/", "sdk/2026_0"): data for path, data in STATES.items()},
        {path.replace("book/", "services/orders"): data for path, data in STATES.items()},
        {path: data for path, data in STATES.items() if path[5:8] in ("1-e", "2-b", "2-e")},
        {path: data + path.encode() for path, data in STATES.items()},
        {path.replace("/api/", f"/api/{path[5:8]}"): data for path, data in STATES.items()},
    ],
    ids=["versions", "services", "few", "other content", "other names"],
)
def test_what_only_looks_like_states_is_reviewed(files: dict[str, bytes]) -> None:
    assert not told(files)


def test_a_state_of_a_book_is_no_part_of_the_service(tmp_path: Path) -> None:
    for number in range(1, 6):
        files(tmp_path, *(f"book/{number}/{name}" for name in ("main.py", "orders.py", "stock.py")))
    sides = {source.path: source.side for source in discover(tmp_path).sources}
    assert sides["book/4/main.py"] is Side.GENERATED
    assert sides["book/5/main.py"] is Side.SERVER


@pytest.mark.parametrize(
    ("path", "aside"),
    [
        ("docs/OBSOLETE/moved/functions/pay/index.ts", True),
        ("archive/server/src/routes/employees.ts", True),
        ("supabase/migrations/archive/0001_a.sql", True),
        ("supabase/migrations/_archived/0001_a.sql", True),
        ("backend/alembic/versions_archive/0001_a.py", True),
        ("supabase/migrations_old/0001_a.sql", True),
        ("db/archived-migrations/0001_a.sql", True),
        ("shop/legacy_migrations/0001_a.py", False),
        ("shop/migrations/0002_archive.py", False),
        (".archived-tests/orders/tests/test_orders.py", True),
        ("src/archived-orders/service.ts", False),
        ("scripts/old/fix.py", True),
        ("src/archive/service.ts", False),
        ("src/old/service.ts", False),
        ("app/deprecated/api.py", False),
        ("docs/conf.py", False),
    ],
)
def test_archives_are_known_by_their_folder(path: str, aside: bool) -> None:
    assert is_put_aside(path) is aside


def test_what_is_archived_runs_no_more(tmp_path: Path) -> None:
    files(tmp_path, "supabase/migrations/1_a.sql", "supabase/migrations/archive/0_a.sql", "archive/main.py", "main.py")
    assert {source.path: source.side for source in discover(tmp_path).sources} == {
        "archive/main.py": Side.GENERATED,
        "main.py": Side.SERVER,
        "supabase/migrations/1_a.sql": Side.MIGRATION,
        "supabase/migrations/archive/0_a.sql": Side.GENERATED,
    }


def test_archived_migrations_make_no_database(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number, folder in enumerate(("docs/OBSOLETE/supabase/migrations", "supabase/migrations")):
        place = tmp_path / folder
        place.mkdir(parents=True)
        (place / f"2024010{number}000000_notes.sql").write_text(f"create table public.notes_{number} (id bigint);\n")
    options = ("--no-cache", "--output-format", "json", "--select", "rls-disabled")
    assert run(["check", str(tmp_path), *options]) == 1
    found = json.loads(capsys.readouterr().out)["findings"]
    assert [one["path"] for one in found] == ["supabase/migrations/20240101000000_notes.sql"]


def test_of_what_is_archived_only_credentials_are_asked() -> None:
    written = (
        b"""import os\nimport requests\nkey = "AKIA"""
        + b"""Q3EGRIZSVRDTKLMP"\nurl = os.environ.get("URL", "x")\nrequests.get(url)\n"""
    )
    kinds = {
        side: {
            type(fact).__name__ for fact in readers.read(Source("archive/main.py", "python", side, 9), written).facts
        }
        for side in (Side.SERVER, Side.GENERATED)
    }
    assert kinds[Side.GENERATED] == {"EnvironmentRead", "Secret"} < kinds[Side.SERVER]


def test_code_that_name_and_compiler_call_spare_runs_no_more(tmp_path: Path) -> None:
    names = (
        "seed-code/saas/app.ts",
        "temp/a/b.ts",
        "services/api.ts",
        "web/old/a.ts",
        "old/a.ts",
        "app.ts",
        "poc/a.ts",
    )
    files(tmp_path, *names)
    (tmp_path / "tsconfig.json").write_text(
        """{ "exclude": [
            "node_modules", // "poc" stays
            "seed-code", // templates
            "./temp/**/*", "services/**/*"
        ] }"""
    )
    (tmp_path / "web" / "tsconfig.json").write_text('{\n  "exclude": ["old"]\n}')
    found = {source.path for source in discover(tmp_path).sources if source.side is Side.GENERATED}
    assert found == {"seed-code/saas/app.ts", "temp/a/b.ts", "web/old/a.ts"}
