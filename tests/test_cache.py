"""The cache of facts: a second review reads nothing again, and whatever is wrong with the cache changes no finding."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from reviewlint import cache, desk, discovery, reading
from reviewlint.cache import FOLDER, Cache
from reviewlint.config import Config
from reviewlint.finding import Finding
from reviewlint.shelf import batch, batches
from reviewlint.source import Source

FILES = {
    "app/a.py": "def broken(:\n",
    "app/b.py": "x = 1  # reviewlint: ignore[timed-out]\n",
    "web/c.ts": "export const x = 1;\n",
    "db/d.sql": "create table a (id int);\n",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


@pytest.fixture
def read_again(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths that were not taken from the cache."""
    seen: list[str] = []
    answers = reading._answers

    def spying(root: Path, sources: list[Source], *rest: object, **named: object) -> object:
        seen.extend(source.path for source in sources)
        return answers(root, sources, *rest, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(reading, "_answers", spying)
    return seen


def findings(root: Path) -> tuple[Finding, ...]:
    found = desk.check(root, [], Config(), cache=True)
    assert not found.faults
    return found.findings


def test_nothing_changed_is_nothing_read(project: Path, read_again: list[str]) -> None:
    first = findings(project)
    assert len(first) == 2
    assert sorted(read_again) == sorted(FILES)
    read_again.clear()
    assert findings(project) == first
    assert read_again == []


def test_without_the_word_nothing_is_kept(project: Path) -> None:
    desk.check(project, [], Config())
    assert not (project / FOLDER).exists()


def test_only_what_changed_is_read(project: Path, read_again: list[str]) -> None:
    findings(project)
    read_again.clear()
    (project / "app" / "a.py").write_text("x = 1\n")
    (project / "web" / "c.ts").rename(project / "web" / "e.ts")
    assert len(findings(project)) == 1
    assert sorted(read_again) == ["app/a.py", "web/e.ts"]


def test_content_counts_and_not_the_time_of_the_change(project: Path, read_again: list[str]) -> None:
    findings(project)
    read_again.clear()
    for path in FILES:
        os.utime(project / path, (1, 1))
    findings(project)
    assert read_again == []
    before = (project / "app" / "a.py").stat()
    (project / "app" / "a.py").write_text("def broken(!\n")
    os.utime(project / "app" / "a.py", ns=(before.st_atime_ns, before.st_mtime_ns))
    findings(project)
    assert read_again == ["app/a.py"]


def test_the_cache_is_neither_discovered_nor_seen_by_git(project: Path) -> None:
    before = discovery.discover(project)
    findings(project)
    assert discovery.discover(project) == before
    subprocess.run(["git", "init", "-q", project], check=True)
    assert discovery.discover(project).discovered == before.discovered
    listed = subprocess.run(
        ["git", "-C", project, "status", "--porcelain", "-uall"], check=True, stdout=subprocess.PIPE
    )
    assert FOLDER.encode() not in listed.stdout


def test_a_cache_of_other_makers_is_not_read(
    project: Path, read_again: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    findings(project)
    read_again.clear()
    monkeypatch.setattr(cache, "_header", lambda: b"reviewlint facts 2\n" + bytes(20))
    findings(project)
    assert sorted(read_again) == sorted(FILES)


def test_a_cache_that_came_with_the_repository_is_not_believed(project: Path, read_again: list[str]) -> None:
    findings(project)
    subprocess.run(["git", "init", "-q", project], check=True)
    subprocess.run(["git", "-C", project, "add", "-f", FOLDER], check=True)
    read_again.clear()
    assert len(findings(project)) == 2
    assert sorted(read_again) == sorted(FILES)


def linked(folder: Path) -> None:
    folder.rename(folder.with_name("elsewhere"))
    folder.symlink_to("elsewhere")


def piped(folder: Path) -> None:
    (folder / "facts").unlink()
    os.mkfifo(folder / "facts")


def occupied(folder: Path) -> None:
    (folder / "facts").unlink()
    (folder / "facts").mkdir()


def emptied(folder: Path) -> None:
    (folder / "facts").write_bytes(b"")


def halved(folder: Path) -> None:
    data = (folder / "facts").read_bytes()
    (folder / "facts").write_bytes(data[: len(data) // 2])


def replaced(folder: Path) -> None:
    (folder / "facts").unlink()
    for name in (".gitignore", "CACHEDIR.TAG"):
        (folder / name).unlink()
    folder.rmdir()
    folder.write_text("not a folder")


@pytest.mark.parametrize("damage", [linked, piped, occupied, emptied, halved, replaced])
def test_a_damaged_cache_costs_time_and_nothing_else(project: Path, damage: Callable[[Path], None]) -> None:
    first = findings(project)
    damage(project / FOLDER)
    assert findings(project) == first


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some.lists(some.tuples(some.integers(0, 100_000), some.integers(0, 255)), min_size=1, max_size=4))
def test_no_flipped_byte_changes_what_is_read(project: Path, flips: list[tuple[int, int]]) -> None:
    found = discovery.discover(project)
    sources = [source for source in found.sources if not source.path.startswith(FOLDER)]
    kept = Cache(project)
    facts, *expected = reading.read_all(project, sources, cache=kept)
    kept.save()
    whole = (project / FOLDER / "facts").read_bytes()
    damaged = bytearray(whole)
    for position, value in flips:
        damaged[position % len(damaged)] = value
    (project / FOLDER / "facts").write_bytes(damaged)
    again, *others = reading.read_all(project, sources, cache=Cache(project))
    assert (list(again), others) == (list(facts), expected)
    (project / FOLDER / "facts").write_bytes(whole)


def test_facts_of_another_file_are_not_taken(project: Path) -> None:
    first, second, *_ = discovery.discover(project).sources
    kept = Cache(project)
    [facts] = reading.read_all(project, [second])[0]
    kept.keep(batches(batch([(first.digest, facts)])))
    kept.save()
    assert Cache(project).known([first, second]) == []


def test_what_is_gone_does_not_pile_up(project: Path) -> None:
    findings(project)
    size = (project / FOLDER / "facts").stat().st_size
    for number in range(20):
        for path in FILES:
            (project / path).write_text(f"x = {number}\n")
        findings(project)
    assert (project / FOLDER / "facts").stat().st_size < 2 * size


def test_the_cache_can_be_deleted(project: Path) -> None:
    findings(project)
    (project / FOLDER / "facts-left").write_text("from a review that was killed")
    assert cache.remove(project)
    assert not (project / FOLDER).exists()
    assert not cache.remove(project)


def test_a_link_in_the_place_of_the_cache_is_left_alone(project: Path) -> None:
    findings(project)
    linked(project / FOLDER)
    assert not cache.remove(project)
    assert (project / "elsewhere" / "facts").exists()
