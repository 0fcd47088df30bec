"""What fuzzing found stays mended, and every target still takes what it is given."""

from itertools import islice
from pathlib import Path

import pytest

from fuzz import run, targets
from fuzz.seeds import seeds

FOUND = Path(run.__file__).parent / "found"
TARGETS = run.names()


def found() -> list[object]:
    files = sorted(FOUND.glob("*/*"))
    return [pytest.param(file.parent.name, file, id=f"{file.parent.name}-{file.name[:16]}") for file in files]


@pytest.mark.parametrize(("target", "file"), found())
def test_what_once_broke_a_promise_keeps_it(target: str, file: Path) -> None:
    getattr(targets, target)(file.read_bytes())


@pytest.mark.parametrize("target", TARGETS)
def test_each_target_begins_with_inputs_that_keep_the_promise(target: str) -> None:
    inputs = list(islice(seeds(target), 10))
    assert inputs
    for data in [*inputs, b"", *(data[: len(data) // 2] for data in inputs)]:
        getattr(targets, target)(data)


def test_there_is_a_target_for_all_that_strangers_write() -> None:
    assert {"python", "typescript", "sql", "settings", "configuration", "known", "packed", "whole"} <= set(TARGETS)
