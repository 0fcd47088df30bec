"""The cache of facts: a second review reads nothing again, and whatever is wrong with the cache changes no finding."""

import os
import random
import re
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from reviewlint import asking, cache, classify, desk, discovery, looks, reading, review, trust
from reviewlint.cache import FOLDER, Cache
from reviewlint.config import Config
from reviewlint.facts.flows import DataFlowUnavailable, Flow
from reviewlint.facts.location import Location
from reviewlint.finding import Finding
from reviewlint.judged import Judged
from reviewlint.packing import pack
from reviewlint.plan import Run
from reviewlint.shelf import batch, batches
from reviewlint.source import Source

KEPT = ("facts", "files", "findings")

FILES = {
    "app/a.py": "def broken(:\n",
    "app/b.py": "x = 1  # reviewlint: ignore[timed-out]\n",
    "web/c.ts": "export const x = 1;\n",
    "db/d.sql": "create table a (id int);\n",
}

QUERY = "def find(cursor, name, tail):\n    text = tail(name)\n    cursor.execute('select 1 where ' + text)\n"
"""Data flow has to say whether a request reaches this."""

ROUTE = """
export async function POST(request: Request) {
  const { id } = await request.json()
  return Response.json(await pool.query(`select * from added where id = ${id}`))
}
"""
ADDED = {
    ".py": """

@router.post("/added")
def added(name: str, cur=None):
    cur.execute(f"select * from added where name = '{name}'")
    raise HTTPException(409, "Not found")
""",
    ".ts": ROUTE,
    ".tsx": ROUTE,
    ".sql": """
create table added (id int references orders (id));
create policy added on added for all using (true);
""",
}
"""A function with a route, a response and a query, or a table with a policy, for the end of a file."""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
        settle(tmp_path / path)
    return tmp_path


def settle(path: Path) -> None:
    """Make a file look as if it had been there for a while, as far as that can be done from outside."""
    os.utime(path, (1_000_000_000, 1_000_000_000))


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trust the times of files that were touched just now: the clock of this file system is fine enough."""
    monkeypatch.setattr(looks, "SETTLED", 0)


@pytest.fixture
def looked_into(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of files that discovery looked into."""
    seen: list[str] = []
    look = classify.classify_content

    def spying(path: str, *rest: object) -> object:
        seen.append(path)
        return look(path, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(discovery, "classify_content", spying)
    return seen


@pytest.fixture
def read_again(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths that were not taken from the cache."""
    seen: list[str] = []
    answers = reading._answers

    def spying(crew: reading.Crew, sources: list[Source], *rest: object, **named: object) -> object:
        seen.extend(source.path for source in sources)
        return answers(crew, sources, *rest, **named)  # type: ignore[arg-type]

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


@pytest.mark.usefixtures("at_once")
def test_what_nobody_touched_is_not_looked_into(project: Path, looked_into: list[str]) -> None:
    first = findings(project)
    assert sorted(looked_into) == sorted(FILES)
    looked_into.clear()
    assert findings(project) == first
    assert looked_into == []
    (project / "app" / "a.py").write_text("def broken(!\n")
    settle(project / "app" / "a.py")
    findings(project)
    assert looked_into == ["app/a.py"]


def test_what_was_touched_just_now_is_looked_into_again(project: Path, looked_into: list[str]) -> None:
    findings(project)
    looked_into.clear()
    findings(project)
    assert sorted(looked_into) == sorted(FILES)  # the time of the last change of state is never long ago in a test


@pytest.mark.usefixtures("at_once")
def test_a_package_json_that_changed_is_a_new_look_at_everything(project: Path, looked_into: list[str]) -> None:
    findings(project)
    looked_into.clear()
    (project / "package.json").write_text('{"dependencies": {"express": "5"}}')
    findings(project)
    assert sorted(looked_into) == sorted([*FILES, "package.json"])


@pytest.mark.usefixtures("at_once")
def test_the_rules_are_not_asked_again_where_nothing_is_any_different(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = findings(project)

    find = asking.findings

    def finding(run: Run, *rest: Any) -> Iterator[Finding]:
        if not run.rule.meta.after_review:
            raise AssertionError("asked again")
        return find(run, *rest)

    for module in (asking, review):
        monkeypatch.setattr(module, "findings", finding)
    assert findings(project) == first
    with pytest.raises(AssertionError, match="asked again"):
        desk.check(project, [], Config(ignore=("interpolated-query",)), cache=True)
    (project / "web" / "c.ts").write_text("export const x = 1; // one\n")
    (project / "db" / "d.sql").write_text("create table a (id int);\n\n")
    assert findings(project) == first  # they say what they said before
    assert findings(project) == first
    (project / "web" / "c.ts").write_text("// one\nexport const x = 1;\n")
    with pytest.raises(AssertionError, match="asked again"):
        findings(project)
    (project / "web" / "c.ts").write_text("export const x = 1; // one\n")
    assert findings(project) == first
    (project / "new.py").write_text("x = 1\n")
    with pytest.raises(AssertionError, match="asked again"):
        findings(project)


def test_what_data_flow_waits_for_is_asked_for_every_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: list[str]
) -> None:
    (tmp_path / "a.py").write_text(QUERY)

    def judged(problem: str) -> tuple[bool, str]:
        """Whether the rules were asked, and why data flow was not judged."""

        def judge(*_: object, **__: object) -> list[Flow]:
            if problem:
                raise DataFlowUnavailable(problem)
            return []

        asked.clear()
        monkeypatch.setattr(desk, "_flows", judge)
        found = desk.check(tmp_path, [], Config(), cache=True)
        assert found.undecided == (("interpolated-query",) if problem else ())
        return "interpolated-query" in asked, found.data_flow_problem

    assert judged("missing") == (True, "missing")
    assert judged("missing") == (False, "missing")
    assert judged("broken") == (True, "broken")
    assert judged("") == (True, "")
    assert judged("") == (False, "")


def test_where_data_flow_was_judged_any_other_text_is_judged_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged: list[str] = []

    def judge(check: str, paths: Collection[str], **_: object) -> list[Flow]:
        judged.extend(paths)
        return []

    monkeypatch.setattr(desk, "_flows", judge)
    for path, text in {"a.py": QUERY, "b.py": "x = 1\n"}.items():
        (tmp_path / path).write_text(text)
    for path, comment, asked in (("b.py", "", ["a.py"]), ("b.py", "# one\n", []), ("a.py", "# one\n", ["a.py"])):
        judged.clear()
        with (tmp_path / path).open("a") as file:
            file.write(comment)
        findings(tmp_path)
        assert judged == asked


def test_a_file_that_was_looked_into_is_looked_into_again_before_the_rules_are_asked(
    tmp_path: Path, asked: list[str]
) -> None:
    """What a call is given is no fact of the file, so that facts alone cannot tell whether it changed."""
    (tmp_path / "env.py").write_text("import os\n\n\ndef env(name, default):\n    return os.getenv(name, default)\n")
    (tmp_path / "app.py").write_text("import settings\n")
    settings = tmp_path / "settings.py"

    def lines(text: str) -> tuple[list[int], bool]:
        settings.write_text(f"from env import env\n\n{text}\n")
        asked.clear()
        told = desk.check(tmp_path, [], Config(), cache=True).findings
        return [one.at.line for one in told if one.rule == "secret-default"], bool(asked)

    assert lines('JWT_SECRET = env("JWT_SECRET", "kittens-and-puppies")') == ([3], True)
    assert lines('JWT_SECRET = env("JWT_SECRET", "kittens-and-puppies")') == ([3], False)
    assert lines('JWT_SECRET = env("JWT_SECRET", "kittens-and-puppies")  # why') == ([3], False)
    assert lines('JWT_SECRET = env("JWT_SECRET", "")  # why') == ([], True)


def test_after_any_edits_the_findings_are_those_of_a_review_without_a_cache(tmp_path: Path) -> None:
    """Files of the sample project come, go, change and move at random, between reviews that remember and ones that do
    not."""
    dice = random.Random(9)
    shop = Path(__file__).parent / "fixtures" / "projects" / "shop"
    root = tmp_path / "shop"
    shutil.copytree(shop, root, ignore=shutil.ignore_patterns(FOLDER))
    paths = sorted(path for path in root.rglob("*") if path.is_file() and path.suffix in (".py", ".ts", ".tsx", ".sql"))
    gone: dict[Path, str] = {}
    for chance in (1, 1, 0, 1, 0.5, 0.5, 1, 0, 1, 1, 0, 1):
        for path in dice.sample(paths, 3):
            text = gone.pop(path, None) or (path.read_text() if path.exists() else "")
            lines = text.split("\n")
            match dice.randrange(8) if dice.random() < chance else -1:
                case -1:
                    lines.append(
                        "-- more" if path.suffix == ".sql" else "# more" if path.suffix == ".py" else "// more"
                    )
                case 0:
                    gone[path] = text
                    path.unlink(missing_ok=True)
                    continue
                case 7 if path.exists():
                    gone[path] = text
                    path.rename(path.with_stem(f"{path.stem}_moved"))
                    continue
                case 1:
                    lines.insert(dice.randrange(len(lines)), "")
                case 2:
                    del lines[dice.randrange(len(lines))]
                case 3:
                    lines += [lines[dice.randrange(len(lines))]]
                case 4:
                    lines += ADDED[path.suffix].split("\n")
                case 5 if words := re.findall(r"\w+", text):  # a constant, or what something is called
                    before, after = dice.choices(words, k=2)
                    lines = text.replace(before, after, 1).split("\n")
                case _:
                    pass
            path.write_text("\n".join(lines))
        asked = dice.sample([path for path in paths if path.exists()], 3)
        some = desk.check(root, asked, Config(strict=True), cache=True)
        remembered = desk.check(root, [], Config(strict=True), cache=True)
        fresh = desk.check(root, [], Config(strict=True))
        assert some.findings == tuple(one for one in fresh.findings if root / one.at.path in asked)
        assert (remembered.findings, remembered.skipped) == (fresh.findings, fresh.skipped)


def test_a_review_that_remembers_loads_no_parser_and_no_rule_that_need_not_run(project: Path) -> None:
    subprocess.run(["git", "init", "-q", project], check=True)
    arguments = ["check", "--exit-zero", str(project)]
    code = f"import sys; from reviewlint.cli import run; run({arguments!r}); print(*sys.modules)"
    for _ in range(2):
        done = subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.PIPE, text=True)
    modules = done.stdout.splitlines()[-1].split()
    loaded = {name.partition(".")[0] for name in modules}
    assert "reviewlint" in loaded
    rules = [name for name in modules if name.startswith("reviewlint.rules.") and name.count(".") == 3]
    assert rules and all(name.startswith("reviewlint.rules.review.") for name in rules)  # they see how the review went
    heavy = {"tree_sitter", "libcst", "sqlglot", "postgast", "semgrep", "multiprocessing", "jsonschema", "pathspec"}
    assert loaded.isdisjoint(heavy)


def test_data_flow_is_judged_once_for_each_content(tmp_path: Path) -> None:
    asked: list[str] = []

    def judge(check: str, paths: Collection[str]) -> list[Flow]:
        asked.extend(paths)
        return [Flow(Location(path, 1, 1, 1, 2), check, "x", ()) for path in paths if path != "clean.py"]

    def judged(digests: dict[str, bytes], checks: bytes = b"") -> list[str]:
        asked.clear()
        judge_who_remembers = Judged(judge, Cache(tmp_path), digests, lambda: checks)
        flows = judge_who_remembers("query", sorted(digests))
        judge_who_remembers.save()
        return [flow.at.path for flow in flows]

    assert judged({"a.py": b"a1", "b.py": b"b1", "clean.py": b"c1"}) == ["a.py", "b.py"]
    assert asked == ["a.py", "b.py", "clean.py"]
    assert judged({"a.py": b"a1", "b.py": b"b2", "clean.py": b"c1"}) == ["a.py", "b.py"]
    assert asked == ["b.py"]
    assert judged({"a.py": b"a1"}, checks=b"others") == ["a.py"]
    assert asked == ["a.py"]


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


def test_what_changes_is_kept_beside_the_rest_until_it_is_much(project: Path, read_again: list[str]) -> None:
    paths = [project / f"{number}.py" for number in range(60)]
    for path in paths:
        path.write_text("def one(value):\n    return other(value)\n")
    findings(project)
    facts, recent = project / FOLDER / "facts", project / FOLDER / "recent"
    for changed, has_recent in ((paths[:2], True), (paths[1:3], True), (paths[:30], False), (paths[:1], True)):
        before = facts.read_bytes()
        read_again.clear()
        for path in changed:
            path.write_text(path.read_text() + "\n\ndef two(value):\n    return value\n")
        findings(project)
        assert {path.name for path in changed} <= {*read_again}
        assert (recent.exists(), facts.read_bytes() == before) == (has_recent, has_recent)
        read_again.clear()
        findings(project)
        assert read_again == []


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
    monkeypatch.setattr(cache, "_header", lambda *folders: b"reviewlint 3\n" + bytes(20))
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
    for name in KEPT:
        (folder / name).write_bytes(b"")


def halved(folder: Path) -> None:
    for name in KEPT:
        data = (folder / name).read_bytes()
        (folder / name).write_bytes(data[: len(data) // 2])


def exchanged(folder: Path) -> None:
    """Each file in the place of the next, and a bit of each turned."""
    data = [(folder / name).read_bytes() for name in KEPT]
    for name, content in zip(KEPT, [*data[1:], data[0]], strict=True):
        (folder / name).write_bytes(content[:-1] + bytes([content[-1] ^ 1]))


def replaced(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.write_text("not a folder")


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("damage", [linked, piped, occupied, emptied, halved, exchanged, replaced])
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


def test_what_somebody_else_wrote_is_not_believed(
    project: Path, read_again: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = findings(project)
    read_again.clear()
    monkeypatch.setattr(trust, "key", lambda: bytes(trust.SIZE))
    assert findings(project) == first
    assert sorted(read_again) == sorted(FILES)
    read_again.clear()
    assert findings(project) == first
    assert read_again == []


def test_what_was_made_up_is_not_unpacked(project: Path) -> None:
    """A pickle can name a place in its memo that takes more memory than there is."""
    kept = Cache(project)
    kept.remember("states", b"", {"a": 1})
    place = project / FOLDER / "states"
    greedy = b"\x80\x05K\x01r\xff\xff\xff\x7f."
    place.write_bytes(place.read_bytes()[: -len(pack({"a": 1}))] + greedy)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert kept.recall("states", b"") is None
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < before + 100_000  # KB


def test_without_a_place_for_a_key_nothing_is_kept(
    project: Path, read_again: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (project.parent / "file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(project.parent / "file"))
    trust.key.cache_clear()
    try:
        assert trust.key() == b""
        assert findings(project) == findings(project)
    finally:
        monkeypatch.undo()
        trust.key.cache_clear()
    assert len(read_again) == 2 * len(FILES)
    assert not (project / FOLDER).exists()


def test_the_key_is_for_its_user_alone() -> None:
    place = Path(os.environ["XDG_STATE_HOME"], "reviewlint", "key")
    assert place.stat().st_mode & 0o777 == 0o600
    assert place.read_bytes() == trust.key()
    assert sorted(place.parent.iterdir()) == [place]


def test_facts_of_another_file_are_not_taken(project: Path) -> None:
    kept = Cache(project)
    first, second, *_ = discovery.discover(project, cache=kept).sources
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
