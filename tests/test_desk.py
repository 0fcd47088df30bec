"""A review from the disk to its labels."""

import json
import os
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path

import pytest

from reviewlint import catalogue, desk, discovery, reading
from reviewlint.config import Config
from reviewlint.facts.flows import DataFlowUnavailable, Flow
from reviewlint.finding import State
from reviewlint.review import Review, review
from reviewlint.shelf import Shelf

BROKEN = "def f(:\n"
SHOP = Path(__file__).parent / "fixtures" / "projects" / "shop"


def written(root: Path, files: dict[str, str]) -> Path:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


def states(found: Review) -> dict[str, str]:
    return {f"{finding.at.path}:{finding.at.line} {finding.rule}": finding.state.value for finding in found.findings}


def accounted(found: Review) -> bool:
    paths = [*(one.path for one in found.sources), *(one.path for one in found.skipped), *found.ignored]
    return len(paths) == len(set(paths))


def test_paths_limit_what_is_reported_and_not_what_is_read(tmp_path: Path) -> None:
    written(tmp_path, {"app/a.py": BROKEN, "app/b.py": BROKEN, "lib/c.py": BROKEN})
    found = desk.check(tmp_path, [tmp_path / "app" / "a.py", tmp_path / "lib"], Config())
    assert states(found) == {
        "app/a.py:1 unreadable-source": "shown",
        "lib/c.py:1 unreadable-source": "shown",
    }
    assert len(found.sources) == 3


@pytest.mark.parametrize("given", ["", "."])
def test_the_root_asks_for_everything(tmp_path: Path, given: str) -> None:
    written(tmp_path, {"a.py": BROKEN})
    found = desk.check(tmp_path, [tmp_path / given] if given else [], Config())
    assert states(found) == {"a.py:1 unreadable-source": "shown"}


def test_standard_input_takes_the_place_of_the_file(tmp_path: Path) -> None:
    written(tmp_path, {"a.py": "x = 1\n", "b.py": BROKEN})
    found = desk.check(tmp_path, [], Config(), stdin=(str(tmp_path / "a.py"), BROKEN.encode()))
    assert states(found) == {"a.py:1 unreadable-source": "shown"}


def test_standard_input_may_be_a_file_that_is_not_there_yet(tmp_path: Path) -> None:
    found = desk.check(tmp_path, [], Config(), stdin=(str(tmp_path / "new" / "a.py"), BROKEN.encode()))
    assert states(found) == {"new/a.py:1 unreadable-source": "shown"}


def test_ignored_findings_are_labelled_with_the_reason(tmp_path: Path) -> None:
    written(tmp_path, {"a.py": f"# reviewlint: ignore-file[unreadable-source] a fixture\n{BROKEN}"})
    [finding] = desk.check(tmp_path, [], Config()).findings
    assert (finding.state, finding.reason) == (State.IGNORED, "a fixture")


def test_families_can_be_ignored(tmp_path: Path) -> None:
    written(tmp_path, {"a.py": f"# reviewlint: ignore-file[review]\n{BROKEN}"})
    assert states(desk.check(tmp_path, [], Config())) == {"a.py:2 unreadable-source": "ignored"}


def test_only_rules_that_ran_on_the_file_have_unused_ignores(tmp_path: Path) -> None:
    written(tmp_path, {"a.py": "x = 1  # reviewlint: ignore[unknown-ignore, timed-out]\n"})
    everything = desk.check(tmp_path, [], Config())
    assert states(everything) == {"a.py:1 unused-ignore": "shown"}
    assert "`unknown-ignore` or `timed-out`" in everything.findings[0].evidence
    assert states(desk.check(tmp_path, [], Config(ignore=("timed-out", "unknown-ignore")))) == {}
    assert states(desk.check(tmp_path, [], Config(select=("unused-ignore",)))) == {}


def test_ignores_in_a_file_that_could_not_be_read_to_the_end_are_not_called_unused(tmp_path: Path) -> None:
    written(tmp_path, {"a.py": f"x = 1  # reviewlint: ignore[timed-out]\n{BROKEN}"})
    assert states(desk.check(tmp_path, [], Config())) == {"a.py:2 unreadable-source": "shown"}


def test_ignores_of_a_rule_that_broke_are_not_called_unused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaking(*_: object) -> None:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr(catalogue.load("timed-out").module, "check", breaking)
    written(tmp_path, {"a.py": "x = 1  # reviewlint: ignore[timed-out, unreadable-source]\n", "b.py": BROKEN})
    found = desk.check(tmp_path, [], Config())
    assert states(found) == {"a.py:1 unused-ignore": "shown", "b.py:1 unreadable-source": "shown"}
    assert "timed-out" not in found.findings[0].evidence
    assert [(fault.where, fault.message) for fault in found.faults] == [
        ("rule timed-out", "ZeroDivisionError: by zero")
    ]


@pytest.mark.parametrize("name", catalogue.names())
def test_no_rule_that_breaks_changes_the_findings_of_the_others(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaking(*_: object) -> None:
        raise RecursionError

    def no_flows(check: str, paths: Collection[str]) -> list[Flow]:
        raise DataFlowUnavailable("not now")

    files, found = shop()
    config = Config(strict=True)

    def findings() -> Review:
        return review(files, found.sources, found.skipped, config, lines=lambda path: [], data_flow=no_flows)

    before = findings()
    monkeypatch.setattr(catalogue.load(name).module, "check", breaking)
    after = findings()
    assert [fault.where for fault in after.faults] == [f"rule {name}"]
    assert [one for one in after.findings if one.rule != "unused-ignore"] == [
        one for one in before.findings if one.rule not in (name, "unused-ignore")
    ]


SHOP_READ: list[tuple[Shelf, discovery.Discovery]] = []


def shop() -> tuple[Shelf, discovery.Discovery]:
    """The sample project, read once."""
    if not SHOP_READ:
        found = discovery.discover(SHOP)
        SHOP_READ.append((reading.read_all(SHOP, found.sources)[0], found))
    return SHOP_READ[0]


def test_every_file_is_accounted_for_once(tmp_path: Path) -> None:
    written(tmp_path, {"a.py": "x = 1\n", "vendor/b.py": "", "c.min.js": "", "old/d.py": "", "e.bin": "\0"})
    (tmp_path / "f.py").symlink_to("nowhere")
    (tmp_path / "g.py").write_bytes(b"x = 1\n\0" * 10)
    found = desk.check(tmp_path, [], Config(exclude=("old/",)))
    assert [one.path for one in found.sources] == ["a.py"]
    assert {one.path: one.expected for one in found.skipped} == {
        "c.min.js": True,
        "e.bin": True,
        "f.py": True,
        "g.py": False,
        "vendor/b.py": True,
    }
    assert found.ignored == ("old/d.py",)
    assert accounted(found)


def test_nothing_to_review_is_a_review(tmp_path: Path) -> None:
    found = desk.check(tmp_path, [], Config())
    assert (found.findings, found.sources, found.skipped) == ((), (), ())


CORPORA = sorted(Path(folder) for folder in os.environ.get("REVIEWLINT_CORPORA", "").split(os.pathsep) if folder)


@pytest.mark.parametrize("corpus", CORPORA, ids=lambda path: path.name)
def test_every_file_of_a_real_repository_is_accounted_for(corpus: Path) -> None:
    """Runs over the repositories whose paths stand in `REVIEWLINT_CORPORA`."""
    there = discovery.discover(corpus)
    found = desk.check(corpus, [], Config())
    assert accounted(found)
    assert len(found.sources) + len(found.skipped) + len(found.ignored) == there.discovered
    assert not found.faults


def output(cwd: Path, *arguments: str, seed: str = "0", cache: bool = False) -> str:
    """What the command prints, as JSON, from another place with another hash seed."""
    environment = {**os.environ, "PYTHONHASHSEED": seed, "NO_COLOR": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "reviewlint", "check", "--strict", "--output-format", "json", *arguments]
        + ([] if cache else ["--no-cache"]),
        cwd=cwd,
        env=environment,
        stdout=subprocess.PIPE,
        check=False,
    )
    assert done.returncode in (0, 1)
    return done.stdout.decode()


def test_the_output_is_the_same_whatever_the_jobs_seeds_order_and_working_directory() -> None:
    first = output(SHOP)
    assert json.loads(first)["findings"]
    assert output(SHOP, "--jobs", "1", seed="1") == first
    assert output(SHOP, "--jobs", "2", seed="2") == first
    assert output(SHOP, "--jobs", "8", seed="3") == first
    assert output(SHOP, cache=True) == first
    assert output(SHOP, cache=True, seed="4") == first
    assert output(SHOP.parent, SHOP.name) == first
    assert output(Path("/"), str(SHOP)) == first


def test_the_order_of_the_arguments_does_not_matter() -> None:
    folders = sorted(str(path) for path in SHOP.iterdir() if path.is_dir())
    assert output(SHOP, *folders) == output(SHOP, *reversed(folders), seed="1")


def test_a_rule_that_cannot_be_loaded_costs_the_others_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "broken.py").write_text("def f(:\n")
    monkeypatch.setattr(catalogue, "names", lambda: {"no-such-module": "review", "unreadable-source": "review"})
    result = desk.check(tmp_path, [], Config())
    assert [finding.rule for finding in result.findings] == ["unreadable-source"]
    assert [fault.where for fault in result.faults] == ["rule no-such-module"]


def test_a_template_that_no_parser_reads_is_a_note(tmp_path: Path) -> None:
    for folder in ("generator/template", "{{ name }}", "app"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "a.py").write_text("import __NAME__.(\n")
    found = desk.check(tmp_path, [], Config(strict=True)).findings
    assert {finding.at.path: finding.severity.name for finding in found if finding.rule == "unreadable-source"} == {
        "generator/template/a.py": "NOTE",
        "{{ name }}/a.py": "NOTE",
        "app/a.py": "WARNING",
    }
