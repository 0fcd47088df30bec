"""Rules that a copy of the process asks: the same findings, and nothing left behind whatever happens to the copy."""

import os
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reviewlint import asking, catalogue, desk, readers
from reviewlint.apart import apart
from reviewlint.cache import FOLDER
from reviewlint.config import Config
from reviewlint.facts.data import CallMade
from reviewlint.review import Review
from reviewlint.source import Source

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are copied on Linux alone")

SHOP = Path(__file__).parent / "fixtures" / "projects" / "shop"


@pytest.fixture
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    """Share the rules out over two processes, however small the project is."""
    monkeypatch.setattr(asking, "_SHARED", range(1, 1_000_000_000))


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return shutil.copytree(SHOP, tmp_path / "shop", ignore=shutil.ignore_patterns(FOLDER))


def children() -> list[str]:
    return [line for path in Path("/proc/self/task").glob("*/children") for line in path.read_text().split()]


def told(found: Review) -> tuple[object, ...]:
    return found.findings, found.faults, found.undecided


def test_the_work_is_done_elsewhere() -> None:
    with apart(os.getpid) as wait:
        assert wait() != os.getpid()
    assert children() == []


@pytest.mark.parametrize(
    "ending",
    [
        lambda: os._exit(0),
        lambda: os.kill(os.getpid(), signal.SIGKILL),
        lambda: sys.exit(3),
        lambda: 1 // 0,
        lambda: object,
        lambda: open(os.devnull),  # noqa: PTH123, SIM115 - what cannot be packed
    ],
)
def test_what_the_copy_cannot_do_is_done_here(ending: Callable[[], object], capfd: pytest.CaptureFixture[str]) -> None:
    here = os.getpid()
    with apart(lambda: "here" if os.getpid() == here else ending()) as wait:
        assert wait() == "here"
    assert children() == []
    assert capfd.readouterr() == ("", "")


def test_the_copy_does_not_outlive_what_it_was_made_for() -> None:
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt), apart(lambda: time.sleep(60)):
        raise KeyboardInterrupt
    assert time.monotonic() - started < 10
    assert children() == []


@pytest.mark.usefixtures("always")
def test_two_processes_find_what_one_finds(shop: Path) -> None:
    one = desk.check(shop, [], Config(strict=True), jobs=1)
    assert len(one.findings) > 25
    assert told(desk.check(shop, [], Config(strict=True), jobs=2)) == told(one)


@pytest.mark.usefixtures("always")
def test_two_processes_find_what_one_finds_in_a_folder_of_migrations(tmp_path: Path) -> None:
    folder = tmp_path / "supabase" / "migrations"
    folder.mkdir(parents=True)
    for number in range(4):
        (folder / f"2024010100000{number}_notes.sql").write_text(
            f"create table public.notes_{number} (owner uuid references auth.users (id), role text);\n"
            f"create policy own on public.notes_{number} for select using (owner = auth.uid() or true);\n"
        )
    one = desk.check(tmp_path, [], Config(strict=True), jobs=1)
    assert len({finding.rule for finding in one.findings}) > 3
    assert told(desk.check(tmp_path, [], Config(strict=True), jobs=2)) == told(one)


@pytest.mark.usefixtures("always")
def test_what_the_copy_looked_up_in_files_is_known_the_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(12):  # some of them are asked about here, some there
        (tmp_path / f"mail_{number}.py").write_text(
            "from fastapi import BackgroundTasks, FastAPI\n\napp = FastAPI()\n\n\n@app.post('/mail')\n"
            "def mail(tasks: BackgroundTasks, name: str, cursor):\n    tasks.add_task(send, name)\n"
            "    find(cursor, name)\n    return {}\n\n\ndef send(name):\n    print(name)\n\n\n"
            "def find(cursor, name):\n    cursor.execute('select 1 from t where n = ' + name)\n"
        )
    told = tmp_path.parent / f"{tmp_path.name}.told"
    look = readers.calls_made

    def looking(source: Source, *rest: Any) -> tuple[CallMade, ...]:
        with told.open("a") as file:
            file.write(f"{source.path}\n")
        return look(source, *rest)

    monkeypatch.setattr(readers, "calls_made", looking)
    for number in range(2):
        (tmp_path / "other.py").write_text(f"def one_{number}(value):\n    return value\n")
        told.write_text("")
        desk.check(tmp_path, [], Config(strict=True), cache=True, jobs=2)
        assert bool(told.read_text()) == (number == 0)


@pytest.mark.usefixtures("always")
def test_rules_that_break_there_are_told_of_here(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaking(*_: object) -> None:
        raise ValueError("no")

    for name in ("untested-module", "unstructured-log", "hardcoded-secret"):
        monkeypatch.setattr(catalogue.load(name).module, "check", breaking)
    one = desk.check(shop, [], Config(), jobs=1)
    assert [fault.rules for fault in one.faults] == [("hardcoded-secret",), ("unstructured-log",), ("untested-module",)]
    assert told(desk.check(shop, [], Config(), jobs=2)) == told(one)


@pytest.mark.usefixtures("always")
def test_rules_that_a_copy_took_along_when_it_died_are_asked_here(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = desk.check(shop, [], Config(), jobs=1)
    here = os.getpid()

    def dying(check: Callable[..., object]) -> Callable[..., object]:
        return lambda *given: check(*given) if os.getpid() == here else os._exit(1)

    for name in ("untested-module", "created-with-200", "unstructured-log", "hardcoded-secret", "unfiltered-write"):
        module = catalogue.load(name).module
        monkeypatch.setattr(module, "check", dying(module.check))
    assert told(desk.check(shop, [], Config(), jobs=2)) == told(one)
    assert children() == []
