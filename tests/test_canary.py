"""A repository that tries to run code on whoever reviews it: nothing in it is executed, imported or connected to."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

GIT = ("git", "-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")

SPRING = "import pathlib; pathlib.Path({trap!r}).touch()\n"
"""Python that betrays that it was run."""

MODULES = (
    "conftest sitecustomize usercustomize setup click sqlglot libcst tomllib tree_sitter postgast pathspec semgrep "
    "json/__init__ reviewlint_plugin noxfile gunicorn.conf"
).split()

OBSERVER = """
import os, sys
root = os.path.realpath(os.getcwd())
log = open({log!r}, "a", buffering=1)

def inside(name):
    named = isinstance(name, (str, bytes)) and name[:1] not in ("<", b"<")
    return named and os.path.realpath(os.fsdecode(name)).startswith(root + os.sep)

def observe(event, arguments):
    if event == "exec" and inside(getattr(arguments[0], "co_filename", "")):
        log.write(f"exec {{arguments[0].co_filename!r}}\\n")
    elif event in ("subprocess.Popen", "os.exec", "os.posix_spawn", "os.system", "os.startfile"):
        log.write(f"run {{os.fsdecode(arguments[0])!r}}\\n")
    elif event.startswith(("socket.connect", "socket.getaddrinfo", "socket.bind", "urllib")):
        log.write(f"connect {{arguments[1:]!r}}\\n")
    elif event in ("open", "os.rename", "os.mkdir", "os.symlink", "os.chmod") and inside(arguments[0]):
        writes = event != "open" or (arguments[2] or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC)
        if writes:
            log.write(f"write {{os.path.relpath(os.fsdecode(arguments[0]), root)!r}}\\n")

sys.addaudithook(observe)
from reviewlint.cli import main
main({arguments!r})
"""


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    """The repository; whatever of it is run makes `tmp_path/trap`."""
    root = tmp_path / "repository"
    trap = tmp_path / "trap"
    root.mkdir()
    spring = SPRING.format(trap=str(trap))
    for module in MODULES:
        (root / module).parent.mkdir(exist_ok=True)
        (root / f"{module}.py").write_text(spring)
    (root / "evil.pth").write_text(spring)
    (root / "reviewlint_plugin.dist-info").mkdir()
    (root / "reviewlint_plugin.dist-info" / "METADATA").write_text("Name: reviewlint-plugin\nVersion: 1\n")
    (root / "reviewlint_plugin.dist-info" / "entry_points.txt").write_text(
        "[reviewlint.rules]\nours = reviewlint_plugin\n[reviewlint.readers]\nours = reviewlint_plugin\n"
    )
    program = f"#!/bin/sh\ntouch '{trap}'\nexec cat\n"
    for name in ("git", "semgrep", "semgrep-core", "python", "python3", "sh", "pager"):
        (root / name).write_text(program)
        (root / name).chmod(0o755)
    (root / "app.py").write_text(
        "from flask import request\n\n\ndef find(cursor):\n    cursor.execute('select ' + request.args['a'])\n"
    )
    (root / "migrations").mkdir()
    (root / "migrations" / "1_a.sql").write_text(
        f"\\! touch {trap}\n\\o |touch {trap}\ncopy t from program 'touch {trap}';\n"
    )
    (root / ".gitattributes").write_text("*.py filter=evil diff=evil merge=evil\n")
    (root / ".semgrepignore").write_text(f":include $(touch {trap})\n")
    (root / ".env").write_text(f"A=$(touch {trap})\n")
    git(root, "init", "-q")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "First")
    shell = f"sh -c 'touch {trap}; cat'"
    for key in (
        "core.fsmonitor core.pager core.editor core.sshCommand core.askPass diff.external diff.evil.textconv "
        "diff.evil.command filter.evil.clean filter.evil.smudge filter.evil.process merge.evil.driver gpg.program "
        "credential.helper pager.diff pager.log alias.ls-files uploadpack.packObjectsHook"
    ).split():
        git(root, "config", key, shell)
    hooks = root / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for hook in ("pre-commit", "post-checkout", "post-index-change", "reference-transaction", "fsmonitor-watchman"):
        (hooks / hook).write_text(program)
        (hooks / hook).chmod(0o755)
    with (root / "app.py").open("a") as file:
        file.write("\n\ndef other(cursor, b):\n    cursor.execute(f'select {b}')\n")
    trap.unlink(missing_ok=True)
    return root


def git(root: Path, *arguments: str) -> None:
    subprocess.run([*GIT, *arguments], cwd=root, check=True, capture_output=True)


def observed(root: Path, *arguments: str) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    """What the command did and what happened meanwhile, with the repository first wherever programs are looked for."""
    log = root.parent / "log"
    log.unlink(missing_ok=True)
    code = OBSERVER.format(log=str(log), arguments=list(arguments))
    environment = dict(os.environ, PATH=f".{os.pathsep}{os.environ['PATH']}", PYTHONSAFEPATH="1")
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, env=environment, capture_output=True, text=True, check=False
    )
    return done, log.read_text().splitlines() if log.exists() else []


@pytest.mark.parametrize(
    "arguments",
    [
        ("check",),
        ("check", "--no-cache", "app.py"),
        ("check", "--base", "HEAD"),
        ("check", "--staged"),
        ("check", "--output-format", "sarif"),
        ("check", "--diff", "--unsafe-fixes"),
        ("facts", "app.py"),
        ("schema",),
        ("config",),
        ("rules",),
        ("explain", "interpolated-query"),
        ("baseline", "write"),
    ],
    ids=" ".join,
)
def test_nothing_of_the_repository_is_run(canary: Path, arguments: tuple[str, ...]) -> None:
    done, log = observed(canary, *arguments)
    assert "Traceback" not in done.stderr
    assert done.returncode in (0, 1), done.stderr
    assert not (canary.parent / "trap").exists(), log
    assert not [line for line in log if line.startswith(("exec ", "connect "))]
    ran = {line.removeprefix("run ").strip("'") for line in log if line.startswith("run ")}
    assert {Path(each).name for each in ran} <= {"git", "semgrep-core"}
    assert all(Path(each).is_absolute() and not Path(each).is_relative_to(canary) for each in ran), ran
    written = {line.removeprefix("write ").strip("'") for line in log if line.startswith("write ")}
    assert all(each.startswith((".reviewlint_cache", ".reviewlint")) for each in written), written


def test_the_observer_sees_what_it_is_there_for(canary: Path) -> None:
    """Else the silence above would mean nothing."""
    code = OBSERVER.format(log=str(canary.parent / "log"), arguments=["--version"]).replace(
        "main(",
        "exec(compile(open('conftest.py').read(), 'conftest.py', 'exec')); open('x', 'w'); os.system('true'); (",
    )
    environment = dict(os.environ, PYTHONSAFEPATH="1")
    subprocess.run([sys.executable, "-c", code], cwd=canary, env=environment, capture_output=True, check=True)
    assert (canary.parent / "trap").exists()
    seen = (canary.parent / "log").read_text()
    assert re.findall(r"^(\w+) ", seen, re.M) == ["exec", "write", "run"]


def test_the_findings_are_those_of_the_code(canary: Path) -> None:
    done, _ = observed(canary, "check", "--select", "interpolated-query", "--output-format", "concise")
    assert [line.split(":")[1] for line in done.stdout.splitlines()] == ["5", "9"]


def test_the_module_can_be_run_inside_of_the_repository(canary: Path) -> None:
    """`python -m` puts the current directory before everything else."""
    done = subprocess.run(
        [sys.executable, "-m", "reviewlint", "check", "app.py"], cwd=canary, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stderr
    assert not (canary.parent / "trap").exists()
