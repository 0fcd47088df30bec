"""Calls that were looked for in files: looked for again where the file or the names are others, and only there."""

from collections.abc import Collection
from pathlib import Path

from reviewlint.cache import Cache
from reviewlint.called import Called
from reviewlint.facts.data import CallMade
from reviewlint.facts.location import Location


class Looking:
    """Looks into files, and says into which."""

    def __init__(self) -> None:
        self.into: list[tuple[str, set[str]]] = []
        self.line = 1

    def __call__(self, path: str, names: Collection[str]) -> tuple[CallMade, ...]:
        self.into.append((path, set(names)))
        return (CallMade(Location(path, self.line, 1, self.line, 9), "main", "orders.find", ()),)


def test_nothing_is_looked_for_twice_while_a_file_says_the_same(tmp_path: Path) -> None:
    looking = Looking()
    first = Called(looking, Cache(tmp_path), {"a.py": b"1", "b.py": b"2"})
    found = [first("a.py", {"find"}), first("b.py", {"find"})]
    assert looking.into == [("a.py", {"find"}), ("b.py", {"find"})]
    first.save({("a.py", ("find",)): found[0], ("b.py", ("find",)): found[1], ("old_name.py", ("find",)): ()})

    again = Called(looking, Cache(tmp_path), {"a.py": b"1", "b.py": b"3"})
    assert again("a.py", {"find"}) == found[0]
    assert looking.into[2:] == []
    again("b.py", {"find"})
    again("a.py", {"find", "search"})
    again("old_name.py", {"find"})
    assert looking.into[2:] == [("b.py", {"find"}), ("a.py", {"find", "search"}), ("old_name.py", {"find"})]


def test_what_nobody_asks_for_this_time_is_kept_for_the_next(tmp_path: Path) -> None:
    looking = Looking()
    for name in ("find", "search"):
        called = Called(looking, Cache(tmp_path), {"a.py": b"1"})
        called.save({("a.py", (name,)): called("a.py", {name})})
    last = Called(looking, Cache(tmp_path), {"a.py": b"1"})
    last("a.py", {"find"})
    last("a.py", {"search"})
    assert len(looking.into) == 2


def test_a_file_shows_the_same_where_all_that_was_looked_for_is_as_it_was(tmp_path: Path) -> None:
    looking = Looking()
    first = Called(looking, Cache(tmp_path), {"a.py": b"a1", "b.py": b"b1"})
    first.save({(path, ("find",)): first(path, {"find"}) for path in ("a.py", "b.py")})

    again = Called(looking, Cache(tmp_path), {"a.py": b"a2", "b.py": b"b2"})
    assert again.says_the_same("a.py", b"a1")
    assert not again.says_the_same("a.py", b"a0")  # nobody remembers what was there then
    looking.line = 2
    assert not again.says_the_same("b.py", b"b1")
    again.save({})

    last = Called(looking, Cache(tmp_path), {"a.py": b"a2", "b.py": b"b2"})
    looking.into.clear()
    assert [last("a.py", {"find"})[0].at.line, last("b.py", {"find"})[0].at.line] == [1, 2]
    assert not looking.into
