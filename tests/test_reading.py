"""Reading in processes that may be killed: whatever a file does to its reader, the other files are read."""

import ctypes
import os
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from reviewlint import disk, readers, reading
from reviewlint.classify import classify
from reviewlint.facts.file import FileFacts, Problem, Side
from reviewlint.facts.sql import Statement
from reviewlint.reading import read_all
from reviewlint.source import Source

DEEP = 100_000


def made(root: Path, files: dict[str, bytes]) -> list[Source]:
    """The files on the disk, as sources."""
    sources = []
    for path, data in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
        source = classify(path, data)
        assert isinstance(source, Source), source
        sources.append(source)
    return sources


def problems(facts: Iterable[FileFacts]) -> dict[str, list[Problem]]:
    return {file.path: found for file in facts if (found := [fact for fact in file.facts if isinstance(fact, Problem)])}


def no_child_is_left() -> bool:
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return True
    return False


def raising() -> None:
    raise KeyError("what")


def hanging() -> None:
    time.sleep(60)


def crashing() -> None:
    ctypes.string_at(0)


def leaving() -> None:
    os._exit(7)


def recursing() -> None:
    recursing()


def hungry() -> None:
    _ = b"x" * (reading.MEMORY_LIMIT + 1)


@pytest.fixture
def struck(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], None]], None]:
    """Make the Python reader do something else first, in files that say so."""

    def strike(blow: Callable[[], None]) -> None:
        read = readers.read

        def patched(source: Source, data: bytes) -> FileFacts:
            if b"strike" in data:
                blow()
            return read(source, data)

        monkeypatch.setattr(readers, "read", patched)

    return strike


FILES = {f"app/m{number}.py": b"x = 1\n" for number in range(9)} | {"app/bad.py": b"strike\n"}


@pytest.mark.parametrize("jobs", [1, 3])
@pytest.mark.parametrize(
    ("blow", "message"),
    [
        (raising, "KeyError: 'what'"),
        (crashing, "the parser crashed (SIGSEGV)"),
        (leaving, "the parser ended the process (exit status 7)"),
    ],
)
def test_a_reader_that_breaks_costs_its_file_alone(
    tmp_path: Path, struck: Callable[[Callable[[], None]], None], blow: Callable[[], None], message: str, jobs: int
) -> None:
    struck(blow)
    facts, skipped, faults = read_all(tmp_path, made(tmp_path, FILES), jobs)
    assert [file.path for file in facts] == sorted(set(FILES) - {"app/bad.py"})
    assert [(one.path, one.reason, one.expected) for one in skipped] == [
        ("app/bad.py", f"reviewlint failed on it: {message}", False)
    ]
    assert [(fault.where, fault.message) for fault in faults] == [("the python reader on app/bad.py", message)]
    assert no_child_is_left()


@pytest.mark.parametrize("jobs", [1, 3])
def test_a_reader_that_hangs_is_killed(
    tmp_path: Path, struck: Callable[[Callable[[], None]], None], monkeypatch: pytest.MonkeyPatch, jobs: int
) -> None:
    struck(hanging)
    monkeypatch.setattr(reading, "TIME_LIMIT", 1.0)
    started = time.monotonic()
    facts, skipped, faults = read_all(tmp_path, made(tmp_path, FILES), jobs)
    assert time.monotonic() - started < 30
    assert [file.path for file in facts] == sorted(FILES)
    assert {path: [problem.timed_out for problem in found] for path, found in problems(facts).items()} == {
        "app/bad.py": [True]
    }
    assert not skipped
    assert not faults
    assert no_child_is_left()


def test_a_large_file_may_take_longer() -> None:
    sizes = (10, 999_999, 1_000_000, 2_500_000)
    assert [reading.time_limit(Source("a.py", "python", Side.SERVER, size)) for size in sizes] == [10, 10, 20, 30]


@pytest.mark.parametrize("blow", [recursing, hungry])
def test_what_is_too_deep_or_too_large_for_a_reader_is_a_problem_of_the_file(
    tmp_path: Path, struck: Callable[[Callable[[], None]], None], blow: Callable[[], None]
) -> None:
    struck(blow)
    facts, _, faults = read_all(tmp_path, made(tmp_path, FILES), 1)
    assert not faults
    assert list(problems(facts)) == ["app/bad.py"]
    assert not problems(facts)["app/bad.py"][0].timed_out


class NoFact:
    """Something that a reader has no business to put among the facts."""


@pytest.mark.parametrize("intruder", [NoFact(), lambda: None])
def test_facts_that_are_none_cost_their_file_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, intruder: object
) -> None:
    read = readers.read

    def patched(source: Source, data: bytes) -> FileFacts:
        facts = read(source, data)
        return replace(facts, facts=(intruder,)) if b"strike" in data else facts  # type: ignore[arg-type]

    monkeypatch.setattr(readers, "read", patched)
    facts, [skipped], [fault] = read_all(tmp_path, made(tmp_path, FILES), 1)
    assert len(list(facts)) == len(FILES) - 1
    assert (skipped.path, fault.where) == ("app/bad.py", "the python reader on app/bad.py")


def test_an_interruption_leaves_no_process_behind(
    tmp_path: Path, struck: Callable[[Callable[[], None]], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    struck(hanging)

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("multiprocessing.connection.wait", interrupt)
    with pytest.raises(KeyboardInterrupt):
        read_all(tmp_path, made(tmp_path, FILES), 2)
    assert no_child_is_left()


def test_a_file_that_vanished_or_changed_its_kind_is_skipped(tmp_path: Path) -> None:
    sources = made(tmp_path, {"a.py": b"", "b.py": b"", "c.py": b""})
    (tmp_path / "a.py").unlink()
    (tmp_path / "b.py").unlink()
    os.mkfifo(tmp_path / "b.py")
    facts, skipped, faults = read_all(tmp_path, sources)
    assert [file.path for file in facts] == ["c.py"]
    assert [(one.path, one.reason) for one in skipped] == [
        ("a.py", "cannot be read: No such file or directory"),
        ("b.py", "named pipe"),
    ]
    assert not faults


def test_nul_bytes_far_down_are_found_as_well(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"x = 1\n" * 20_000 + b"\0")
    source = classify("a.py", b"x = 1\n")
    assert isinstance(source, Source)
    facts, [skipped], faults = read_all(tmp_path, [source])
    assert (skipped.path, skipped.expected, [*facts], faults) == ("a.py", False, [], [])


def test_nothing_to_read_starts_nothing(tmp_path: Path) -> None:
    facts, skipped, faults = read_all(tmp_path, [])
    assert ([*facts], skipped, faults) == ([], [], [])


def test_the_facts_do_not_depend_on_the_number_of_processes(tmp_path: Path) -> None:
    sources = made(tmp_path, {f"m{number}.py": b"import os\nos.getenv('A')\n" * number for number in range(50)})
    assert list(read_all(tmp_path, sources, 1)[0]) == list(read_all(tmp_path, sources, 4)[0])


def test_contents_are_read_in_the_place_of_files(tmp_path: Path) -> None:
    sources = made(tmp_path, {"a.py": b"def f(:\n"})
    facts, _, _ = read_all(tmp_path, sources, contents={"a.py": b"x = 1\n"})
    assert not problems(facts)


HOSTILE = {
    "python-brackets": ("a.py", b"x = " + b"[" * DEEP + b"]" * DEEP + b"\n"),
    "python-open": ("a.py", b"[" * 2 * DEEP),
    "python-parens": ("a.py", b"f" + b"(" * DEEP + b")" * DEEP + b"\n"),
    "python-calls": ("a.py", b"cursor.execute(" + b"f(" * DEEP + b"1" + b")" * DEEP + b")\n"),
    "python-chain": ("a.py", b"cursor.execute('a'" + b" + x" * DEEP + b")\n"),
    "python-attributes": ("a.py", b"x = a" + b".b" * DEEP + b"\n"),
    "python-methods": ("a.py", b"x = a" + b".b()" * DEEP + b"\n"),
    "python-not": ("a.py", b"x = " + b"not " * DEEP + b"y\n"),
    "python-minus": ("a.py", b"x = " + b"-" * DEEP + b"1\n"),
    "python-lambda": ("a.py", b"x = " + b"lambda: " * DEEP + b"1\n"),
    "python-ternary": ("a.py", b"x = " + b"1 if a else " * DEEP + b"1\n"),
    "python-elif": ("a.py", b"if a:\n    x = 1\n" + b"elif a:\n    x = 1\n" * 20_000),
    "python-indent": ("a.py", b"".join(b" " * depth + b"if a:\n" for depth in range(1_500)) + b" " * 1500 + b"x\n"),
    "python-fstring": ("a.py", b"x = " + b"f'{" * DEEP + b"\n"),
    "python-lines": ("a.py", b"x = f(1)\n" * 20_000),
    "typescript-brackets": ("a.ts", b"const x = " + b"[" * DEEP + b"]" * DEEP + b";\n"),
    "typescript-open": ("a.ts", b"(" * 2 * DEEP),
    "typescript-objects": ("a.ts", b"const x = " + b"{a:" * DEEP + b"1" + b"}" * DEEP + b";\n"),
    "typescript-calls": ("a.ts", b"pool.query(" + b"f(" * DEEP + b")" * DEEP + b");\n"),
    "typescript-chain": ("a.ts", b"pool.query('a'" + b" + x" * DEEP + b");\n"),
    "typescript-methods": ("a.ts", b"const x = a" + b".b()" * DEEP + b";\n"),
    "typescript-arrows": ("a.ts", b"const x = " + b"() => " * DEEP + b"1;\n"),
    "typescript-templates": ("a.ts", b"const x = " + b"`${" * DEEP + b"1" + b"}`" * DEEP + b";\n"),
    "typescript-else": ("a.ts", b"if (a) { x(); }" + b" else if (a) { x(); }" * 20_000),
    "typescript-not": ("a.ts", b"const x = " + b"!" * DEEP + b"y;\n"),
    "typescript-ternary": ("a.ts", b"const x = " + b"a ? 1 : " * DEEP + b"1;\n"),
    "typescript-generics": ("a.ts", b"type X = " + b"A<" * DEEP + b"B" + b">" * DEEP + b";\n"),
    "typescript-blocks": ("a.ts", b"{" * DEEP + b"}" * DEEP),
    "tsx-elements": ("a.tsx", b"const x = " + b"<a>" * DEEP + b"</a>" * DEEP + b";\n"),
    "sql-parens": ("a.sql", b"select " + b"(" * DEEP + b"1" + b")" * DEEP + b";\n"),
    "sql-open": ("a.sql", b"(" * 2 * DEEP),
    "sql-chain": ("a.sql", b"select 1" + b" + 1" * DEEP + b";\n"),
    "sql-not": ("a.sql", b"select " + b"not " * DEEP + b"true;\n"),
    "sql-case": ("a.sql", b"select " + b"case when true then " * 20_000 + b"1" + b" end" * 20_000 + b";\n"),
    "sql-selects": ("a.sql", b"select (" * 20_000 + b"1" + b")" * 20_000 + b";\n"),
    "sql-comments": ("a.sql", b"/*" * DEEP + b"*/" * DEEP + b" select 1;\n"),
    "sql-dollars": ("a.sql", b"$a$ $b$ " * DEEP),
    "sql-quotes": ("a.sql", b"'" * (2 * DEEP + 1)),
    "sql-statements": ("a.sql", b"select 1;\n" * 10_000),
    "json-brackets": ("package.json", b"[" * DEEP + b"]" * DEEP),
    "json-objects": ("package.json", b'{"a":' * DEEP + b"1" + b"}" * DEEP),
    "toml-brackets": ("pyproject.toml", b"x = " + b"[" * DEEP + b"]" * DEEP),
    "toml-keys": ("pyproject.toml", b"a" + b".a" * DEEP + b" = 1\n"),
    "env-lines": (".env", b"A=1\n" * DEEP),
    "env-quote": (".env", b'A="' + b"\\" * DEEP),
    "text-line": ("a.md", b"x" * 900_000),
    "text-equals": ("a.yml", b"key: = : =" * 90_000),
    "python-line": ("a.py", b"x = '" + b"a" * 2_000_000 + b"'\n"),
    "python-nonsense": ("a.py", bytes(range(1, 256)) * 1000),
    "typescript-nonsense": ("a.ts", bytes(range(1, 256)).replace(b"\x00", b"") * 100),
    "sql-nonsense": ("a.sql", bytes(range(1, 256)) * 1000),
    "ignores": ("a.py", b"x = 1  # reviewlint: ignore[a]\n" * 5_000),
    "ignores-alone": ("a.ts", b"// reviewlint: ignore[a]\n" * 5_000 + b"f();\n"),
    "ignores-sql": ("a.sql", b"-- reviewlint: ignore[a]\n" * 5_000 + b"select 1;\n"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_neither_break_the_reader_nor_hold_it_up(tmp_path: Path, name: str) -> None:
    path, data = HOSTILE[name]
    (tmp_path / path).write_bytes(data)
    (tmp_path / "good.py").write_bytes(b"def broken(:\n")
    sources = [
        source
        for each in (path, "good.py")
        if isinstance(source := classify(each, disk.read(str(tmp_path / each))[0]), Source)
    ]
    facts, skipped, faults = read_all(tmp_path, sources, 1)
    assert "good.py" in problems(facts)
    assert {file.path for file in facts} | {one.path for one in skipped} == {source.path for source in sources}
    assert not faults
    assert not [problem for found in problems(facts).values() for problem in found if problem.timed_out]


def test_one_statement_that_is_too_deep_does_not_cost_the_others(tmp_path: Path) -> None:
    data = b"create table a (id int);\nselect " + b"(" * DEEP + b"1" + b")" * DEEP + b";\ncreate table b (id int);\n"
    facts, _, faults = read_all(tmp_path, made(tmp_path, {"a.sql": data}))
    assert not faults
    assert len(problems(facts)["a.sql"]) == 1
    assert [fact.parsed for fact in facts.facts(Statement)] == [True, False, True]


def test_a_parser_without_end_is_stopped(tmp_path: Path) -> None:
    """These bytes keep the TSX grammar of tree-sitter 0.26 busy for ever; fuzzing found them."""
    endless = next((Path(__file__).parent.parent / "fuzz" / "found" / "typescript").glob("timeout-*"))
    source = Source("a.tsx", "tsx", Side.SERVER, 1)
    _, facts = reading.read_one(tmp_path, source, {"a.tsx": endless.read_bytes()})
    assert isinstance(facts, FileFacts)
    (problem,) = problems([facts])["a.tsx"]
    assert problem.timed_out
    assert problem.reason == "the parser does not come to an end: mend its syntax, or exclude it"


def test_workers_get_ready_and_stay_for_more(tmp_path: Path) -> None:
    sources = made(tmp_path, {f"{number}.py": b"def broken(:\n" for number in range(4)})
    alone = [*read_all(tmp_path, sources, 2)[0]]
    with reading.crew(tmp_path) as workers:
        workers.get_ready(2, 1)
        assert no_child_is_left()
        workers.get_ready(2, 2)
        assert not no_child_is_left()
        assert [*read_all(tmp_path, sources, 2, workers=workers)[0]] == alone
        assert [*read_all(tmp_path, sources, 2, {"0.py": b"x = 1\n"}, workers=workers)[0]] != alone
        assert [*read_all(tmp_path, sources, 2, workers=workers)[0]] == alone
    assert no_child_is_left()


def test_files_that_were_begun_early_are_read_once(tmp_path: Path) -> None:
    sources = made(tmp_path, {f"{number}.py": b"def broken(:\n" for number in range(4)})
    alone = [*read_all(tmp_path, sources, 2)[0]]
    with reading.crew(tmp_path) as workers:
        workers.begin_early(sources[1:3], 2, {})
        handed = [one.path for worker in workers.workers for one in worker.piece]
        (worker,) = workers.workers
        assert handed == ["1.py", "2.py"]
        assert [*read_all(tmp_path, sources, 2, workers=workers)[0]] == alone
        assert worker in workers.workers
        workers.begin_early(sources[:1], 1, {})
        assert not workers.workers[0].piece  # a single process has no others that could begin


def test_what_was_begun_early_and_is_not_asked_for_is_forgotten(tmp_path: Path) -> None:
    """As a file that turns out to be a copy, which is read as what nobody wrote."""
    sources = made(tmp_path, {f"{number}.py": b"def broken(:\n" for number in range(4)})
    copy = replace(sources[2], side=Side.GENERATED)
    others = [*sources[:2], copy, sources[3]]
    with reading.crew(tmp_path) as workers:
        workers.begin_early(sources[1:3], 2, {})
        (worker,) = workers.workers
        assert [*read_all(tmp_path, others, 2, workers=workers)[0]] == [*read_all(tmp_path, others, 2)[0]]
        assert worker not in workers.workers
    assert no_child_is_left()


def test_workers_that_got_ready_in_vain_are_not_left_behind(tmp_path: Path) -> None:
    with reading.crew(tmp_path) as workers:
        workers.get_ready(2, 2)
        read_all(tmp_path, [], 2, workers=workers)
    assert no_child_is_left()
