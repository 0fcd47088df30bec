"""Facts as bytes: what was packed comes back, and nothing else ever comes to life."""

import contextlib
import gc
import importlib
import io
import os
import pickle
import pkgutil
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from reviewlint import discovery, facts, finding, reading
from reviewlint.facts.file import FileFacts, Side
from reviewlint.facts.location import Location
from reviewlint.fault import Fault
from reviewlint.packing import UnpackingError, collecting_later, pack, unpack
from reviewlint.source import Skipped

SHOP = Path(__file__).parent / "fixtures" / "projects" / "shop"


def test_the_facts_of_a_project_come_back(tmp_path: Path) -> None:
    read = list(reading.read_all(SHOP, discovery.discover(SHOP).sources)[0])
    assert sum(len(file.facts) for file in read) > 100
    assert unpack(pack(read)) == read


def classes() -> Iterator[type]:
    for module in pkgutil.iter_modules(facts.__path__):
        for each in vars(importlib.import_module(f"{facts.__name__}.{module.name}")).values():
            if isinstance(each, type) and is_dataclass(each):
                yield each


def named_tuples() -> Iterator[type]:
    for module in pkgutil.iter_modules(facts.__path__):
        for each in vars(importlib.import_module(f"{facts.__name__}.{module.name}")).values():
            if isinstance(each, type) and issubclass(each, tuple) and hasattr(each, "_fields"):
                yield each


def test_every_named_tuple_of_the_vocabulary_is_known() -> None:
    for each in set(named_tuples()):
        made = each(*each._fields)  # type: ignore[attr-defined]
        assert unpack(pack(made)) == made
        assert type(unpack(pack(made))) is each


def test_every_class_of_the_vocabulary_is_known() -> None:
    for each in set(classes()):
        bare = object.__new__(each)
        for field in each.__dataclass_fields__:  # type: ignore[attr-defined]
            object.__setattr__(bare, field, field)
        assert unpack(pack(bare)) == bare


def test_every_part_of_a_finding_comes_back() -> None:
    parts = [each for each in vars(finding).values() if is_dataclass(each) and isinstance(each, type)]
    for each in parts:
        if each.__module__ == finding.__name__:
            made = each(**{one.name: one.name for one in fields(each)})
            assert unpack(pack(made)) == made


@pytest.mark.parametrize("thing", [Skipped("a", "b"), Fault("a", "b"), Side.EDGE, Location("a", 1, 2, 3, 4), (1, "a")])
def test_what_crosses_between_processes_comes_back(thing: object) -> None:
    assert unpack(pack(thing)) == thing


class Evil:
    def __init__(self, call: Any, *arguments: Any) -> None:
        self.reduced = (call, arguments)

    def __reduce__(self) -> Any:
        return self.reduced


@pytest.mark.parametrize(
    "evil",
    [
        Evil(os.system, "exit 1"),
        Evil(eval, "1"),
        Evil(getattr, FileFacts, "__init__"),
        Evil(importlib.import_module, "this"),
        Path("/"),
        ValueError("a"),
        bytearray(b"a"),
    ],
)
def test_nothing_else_comes_to_life(evil: object) -> None:
    with pytest.raises(UnpackingError):
        unpack(pickle.dumps(evil))


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("reviewlint.facts.file", "Side.__class__"),
        ("reviewlint.facts.file", "dataclass"),
        ("reviewlint.facts.algebra", "Iterator"),
        ("reviewlint.facts.os", "system"),
        ("reviewlint.source", "Side"),
        ("reviewlint.reading", "FileFacts"),
    ],
)
def test_names_that_only_look_like_facts_are_refused(module: str, name: str) -> None:
    stream = io.BytesIO()
    stream.write(b"\x80\x04" + b"\x8c" + bytes([len(module)]) + module.encode())
    stream.write(b"\x8c" + bytes([len(name)]) + name.encode() + b"\x93.")
    with pytest.raises(UnpackingError):
        unpack(stream.getvalue())


@given(some.binary(max_size=200), some.integers(0, 2000), some.integers(0, 255))
def test_damaged_bytes_are_refused_or_harmless(noise: bytes, position: int, value: int) -> None:
    whole = bytearray(pack(FileFacts("a.py", "python", Side.SERVER)))
    whole[position % len(whole)] = value
    for data in (noise, bytes(whole), bytes(whole[: position % len(whole)])):
        with contextlib.suppress(UnpackingError):
            unpack(data)


def test_collection_goes_on_afterwards() -> None:
    with collecting_later():
        assert not gc.isenabled()
    assert gc.isenabled()
